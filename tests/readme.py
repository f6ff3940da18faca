# SPDX-License-Identifier: GPL-2.0-only
"""The outputs in README.md, each the output of the command above it.

    /usr/bin/python3 tests/readme.py READER [--write]

Without --write it only says whether they are current, by its exit status.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
README = TOP / "README.md"
BLOCK = re.compile(r"(<!-- output of: (.+?) -->\n```\n)(.*?)(```\n)", re.S)


def output(command, reader):
    """What a command of the README prints, in a terminal of 112 columns."""
    script = f'set -e; kvas() {{ "{reader}" "$@"; }}; {command}'
    env = {"PATH": os.environ["PATH"], "COLUMNS": "112", "LC_ALL": "C.UTF-8"}
    return subprocess.run(["bash", "-c", script], cwd=TOP, env=env, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def current(text, reader):
    """The README as it ought to be, and how many outputs it holds."""
    return BLOCK.subn(lambda m: m[1] + output(m[2], reader) + m[4], text)


def main(reader, write):
    old = README.read_text(encoding="utf-8")
    new, count = current(old, reader)
    if not count:
        sys.exit(f"{README}: there is no output in it")
    if write:
        README.write_text(new, encoding="utf-8")
    elif new != old:
        sys.exit(f"{README}: an output is not what its command prints; run make readme")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), "--write" in sys.argv[2:])
