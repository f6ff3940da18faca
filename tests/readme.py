# SPDX-License-Identifier: GPL-2.0-only
"""Write the outputs and the pictures in README.md anew, and the table in tests/README.md.

    /usr/bin/python3 tests/readme.py READER

Each output is that of the command above it, and each picture is drawn by that command.  The table of boots is that of the
last ones (tests/results.py), which are not made for this; it says of what day
they are.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
README = TOP / "README.md"
BOOTS = TOP / "tests/README.md"
BLOCK = re.compile(r"(<!-- output of: (.+?) -->\n```\n)(.*?)(```\n)", re.S)

PICTURE = re.compile(r"<!-- drawn by: (kvas draw .+ (\S+\.svg)) -->\n!\[([^\]]*)\]\(\2\)\n")

# The day that pictures of captures without a date bear, so that they are always the same.
DAY = "1795996800"

TABLE = re.compile(r"(<!-- kept from: make matrix -->\n```\n)(.*?)(```\n)", re.S)


def output(command, reader):
    """What a command of the README prints, in a terminal of 100 columns or what it sets itself."""
    script = f'kvas() {{ "{reader}" "$@"; }}; {command}'
    env = {"PATH": os.environ["PATH"], "COLUMNS": "100", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": DAY}
    return subprocess.run(["bash", "-c", script], cwd=TOP, env=env, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def current(text, reader):
    """The README as it ought to be, and how many outputs it holds."""
    return BLOCK.subn(lambda m: m[1] + output(m[2], reader) + m[4], text)


def pictures(text, reader):
    """Yields the path of each picture and what its command draws now."""
    for command, path, _ in PICTURE.findall(text):
        yield TOP / path, output(command.removesuffix(path) + "--format svg -", reader)


def boots(text):
    """The text with the table of the last boots, if all are known."""
    done = subprocess.run([sys.executable, TOP / "tests/results.py", "kept"], text=True,
                          stdout=subprocess.PIPE)
    if done.returncode:
        print("The table of boots is not renewed: make matrix, first.\n" + done.stdout,
              file=sys.stderr)
        return text
    return TABLE.sub(lambda m: m[1] + done.stdout + m[3], text)


if __name__ == "__main__":
    # The table first: an output in the README counts its rows.
    BOOTS.write_text(boots(BOOTS.read_text(encoding="utf-8")), encoding="utf-8")
    new, _ = current(README.read_text(encoding="utf-8"), Path(sys.argv[1]).resolve())
    README.write_text(new, encoding="utf-8")
    for file, drawn in pictures(new, Path(sys.argv[1]).resolve()):
        file.parent.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
