# SPDX-License-Identifier: GPL-2.0-only
"""What the README shows is what its commands print."""

import sys

from conftest import HERE

sys.path.insert(0, str(HERE.parent))

import matrix  # noqa: E402
import readme  # noqa: E402


def test_outputs_are_current(binary):
    text = readme.README.read_text(encoding="utf-8")
    new, count = readme.current(text, binary)
    assert count >= 3
    assert new == text, "an output is not what its command prints; run make readme"


def test_the_table_of_boots_is_whole():
    """A row for each architecture, kernel and mode, and no disagreement in it.

    Where the archive held no complete kernel, the row says so.
    """
    found = readme.TABLE.search(readme.README.read_text(encoding="utf-8"))
    head, *rows, _ = [line.split() for line in found[2].splitlines()]
    named = {(kernel.name, mode.name) for kernel in matrix.records.KERNELS if kernel.arch.covered
             for mode in kernel.modes}
    assert {tuple(row[1:3]) for row in rows} == named
    booted = [row for row in rows if "skipped:" not in row]
    assert {row[head.index("disagree")] for row in booted} == {"0"}
