# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel's own dump of its page tables says, run by run.

x86's (arch/x86/mm/dump_pagetables.c) shows an entry's own bits, but never PAT of a
large page; it begins a new line for bits that it does not show, and cuts ESPfix short.
arm64's and riscv64's (their mm/ptdump.c) have words of their own, and show whether a page
was used, which kvas leaves out.  So both sides are joined by what both know.
"""

import re

from lab.tablewalk import Run, append

PRESENT = 1
LEVELS = {"pte": 1, "pmd": 2, "pud": 3, "p4d": 4}
SKIPPED = re.compile(r"\.\.\. (\d+) entr(?:y|ies) skipped")


class X86:
    line = re.compile(r"0x([0-9a-f]+)-0x([0-9a-f]+) +\d+[BKMGTPE] +(.*?) *(pgd|p4d|pud|pmd|pte)")
    words = {"RW": 1 << 1, "USR": 1 << 2, "PWT": 1 << 3, "PCD": 1 << 4, "PSE": 1 << 7, "PAT": 1 << 7,
             "GLB": 1 << 8, "NX": 1 << 63}
    nothing = {"ro", "x"}
    pat_large = 1 << 12

    @classmethod
    def attr(cls, words):
        return PRESENT | sum(cls.words.get(word, 0) for word in words)

    @classmethod
    def shown(cls, run):
        known = PRESENT | sum({*cls.words.values()})
        assert not run.attr & ~known & ~(cls.pat_large if run.level > 1 else 0), run
        return run.attr & known


class Arm64:
    line = re.compile(r"0x([0-9a-f]+)-0x([0-9a-f]+) +\d+[KMGTPE] (PGD|P4D|PUD|PMD|PTE)(.*)")
    words = {"USR": 1 << 6, "ro": 1 << 7, "NX": 1 << 53, "SHD": 3 << 8, "NG": 1 << 11,
             "CON": 1 << 52, "UXN": 1 << 54, "GP": 1 << 50, "DEVICE/nGnRnE": 3 << 2, "DEVICE/nGnRE": 4 << 2,
             "MEM/NORMAL-NC": 2 << 2, "MEM/NORMAL-TAGGED": 1 << 2, "MEM/NORMAL": 0}
    nothing = {"RW", "x", "BLK", "AF"}

    @classmethod
    def attr(cls, words):
        return PRESENT | sum(cls.words.get(word, 0) for word in words)

    @classmethod
    def shown(cls, run):
        known = sum({*cls.words.values()} - {4 << 2, 2 << 2, 1 << 2, 3 << 2}) | 7 << 2
        return PRESENT | run.attr & known


class Riscv64:
    line = re.compile(r"0x([0-9a-f]+)-0x([0-9a-f]+) 0x[0-9a-f]+ +\d+[KMGTPE] (PGD|P4D|PUD|PMD|PTE)(.*)")
    words = {"G": 1 << 5, "U": 1 << 4, "X": 1 << 3, "W": 1 << 2, "R": 1 << 1, "V": 1}
    nothing = {".", "..", "A", "D"}

    @classmethod
    def attr(cls, words):
        return sum(cls.words.get(word, 0) for word in words)

    @classmethod
    def shown(cls, run):
        return run.attr & sum(cls.words.values())


FORMATS = {"x86": X86, "arm64": Arm64, "riscv": Riscv64}


class Dump:
    """The runs of a dump, and what it leaves out."""

    def __init__(self, text, bits, form=X86):
        self.runs, self.skipped, self.left_out = [], 0, None
        end = 0
        for line in text.splitlines():
            row, skipped = form.line.match(line), SKIPPED.match(line)
            assert row or skipped or line.startswith("---["), line
            if skipped:
                self.skipped = int(skipped[1])
            if not row:
                continue
            start, stop = int(row[1], 16), int(row[2], 16) or 1 << bits
            if self.skipped and not self.left_out:
                self.left_out = range(end, start)
            end = stop
            level, words = (row[4], row[3]) if form is X86 else (row[3], row[4])
            if words.split():
                assert {*words.split()} <= {*form.words} | form.nothing, line
                append(self.runs, [Run(start, stop, LEVELS[level.lower()], form.attr(words.split()), 0, 0)])


def shown_alike(runs, form=X86):
    """Runs as the dump shows them: by their own bits, those that it knows."""
    found = []
    for r in runs:
        append(found, [r._replace(attr=form.shown(r), upper=0, group=0)])
    return found


def without(runs, left_out):
    return [r for r in runs if left_out is None or r.stop <= left_out.start or left_out.stop <= r.start]
