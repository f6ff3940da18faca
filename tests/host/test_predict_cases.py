# SPDX-License-Identifier: GPL-2.0-only
"""kvas predict of the configurations in cases/, each with what is right.

Their first lines, which Kconfig would take for comments:

    ## why it is so
    #$ OPTIONS              of kvas predict
    #= NAME KIND START END  what it then says of a region; or NAME KIND VALUE of a
                            fact; what is left out at the end may be anything
    #! TEXT                 or what it is refused with
"""

import shlex
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"


def calls():
    """Each call, with the lines that follow it up to the next one."""
    for file in sorted(CASES.glob("*.config")):
        found = []
        for line in file.read_text().splitlines():
            if line.startswith("#$"):
                found.append((shlex.split(line[2:]), []))
            elif line.startswith(("#=", "#!")):
                found[-1][1].append((line[:2], line[2:].strip()))
        assert found and all(lines for _, lines in found), f"{file.name} expects nothing"
        yield from (pytest.param(file, options, lines, id=f"{file.stem} {' '.join(options)}")
                    for options, lines in found)


@pytest.mark.parametrize("file, options, lines", calls())
def test_case(file, options, lines, output, refused):
    if lines[0][0] == "#!":
        assert lines[0][1] in refused("predict", *options, file)
        return
    rows = {}
    for more in (["-o", "NAME,PREDICTION,START,END"], ["--facts", "-o", "NAME,PREDICTION,VALUE"]):
        for row in output("predict", "-r", "-n", *more, *options, file).splitlines():
            rows[row.split(" ")[0]] = row.split(" ")
    for _, line in lines:
        expected = line.split(" ")
        assert rows.get(expected[0], [])[:len(expected)] == expected, (line, rows.get(expected[0]))
