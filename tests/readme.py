# SPDX-License-Identifier: GPL-2.0-only
"""Write the outputs in README.md anew, each of the command above it.

    /usr/bin/python3 tests/readme.py READER

The table of boots is that of the last ones (tests/results.py), which are not
made for this; it says of what day they are.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
README = TOP / "README.md"
BLOCK = re.compile(r"(<!-- output of: (.+?) -->\n```\n)(.*?)(```\n)", re.S)

TABLE = re.compile(r"(<!-- kept from: make matrix -->\n```\n)(.*?)(```\n)", re.S)


def output(command, reader):
    """What a command of the README prints, in a terminal of 112 columns."""
    script = f'kvas() {{ "{reader}" "$@"; }}; {command}'
    env = {"PATH": os.environ["PATH"], "COLUMNS": "112", "LC_ALL": "C.UTF-8"}
    return subprocess.run(["bash", "-c", script], cwd=TOP, env=env, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def current(text, reader):
    """The README as it ought to be, and how many outputs it holds."""
    return BLOCK.subn(lambda m: m[1] + output(m[2], reader) + m[4], text)


def boots(text):
    """The README with the table of the last boots, if all are known."""
    done = subprocess.run([sys.executable, TOP / "tests/results.py", "kept"], text=True,
                          stdout=subprocess.PIPE)
    if done.returncode:
        print("The table of boots is not renewed: make matrix, first.\n" + done.stdout,
              file=sys.stderr)
        return text
    return TABLE.sub(lambda m: m[1] + done.stdout + m[3], text)


if __name__ == "__main__":
    new, _ = current(README.read_text(encoding="utf-8"), Path(sys.argv[1]).resolve())
    README.write_text(boots(new), encoding="utf-8")
