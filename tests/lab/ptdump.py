# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel's own dump of its page tables says, run by run, and how to have it.

x86's (arch/x86/mm/dump_pagetables.c) shows an entry's own bits, but never PAT of a
large page; it begins a new line for bits that it does not show, and cuts ESPfix short.
arm64's and riscv64's (their mm/ptdump.c) have words of their own, and show whether a page
was used, which kvas leaves out.  So both sides are joined by what both know.
"""

import functools
import operator
import re
from dataclasses import dataclass
from pathlib import Path

from . import toolchain
from .tablewalk import Run, append

LAB = Path(__file__).parent
PRESENT = 1
LEVELS = {"pte": 1, "pmd": 2, "pud": 3, "p4d": 4}
SKIPPED = re.compile(r"\.\.\. (\d+) entr(?:y|ies) skipped")


@dataclass(frozen=True)
class Format:
    """The lines of an architecture's dump, and the bits that its words stand for."""

    line: re.Pattern
    words: dict
    nothing: set  # words for a bit that is not set, or that kvas leaves out
    shows_groups: bool = False  # by a bit

    @property
    def known(self):
        return functools.reduce(operator.or_, self.words.values(), PRESENT)


RANGE = r"0x(?P<start>[0-9a-f]+)-0x(?P<stop>[0-9a-f]+)"
REST = r" +\d+[KMGTPE] (?P<level>PGD|P4D|PUD|PMD|PTE)(?P<words>.*)"
X86 = Format(
    re.compile(RANGE + r" +\d+[BKMGTPE] +(?P<words>.*?) *(?P<level>pgd|p4d|pud|pmd|pte)"),
    {"RW": 1 << 1, "USR": 1 << 2, "PWT": 1 << 3, "PCD": 1 << 4, "PSE": 1 << 7, "PAT": 1 << 7,
     "GLB": 1 << 8, "NX": 1 << 63}, {"ro", "x"})
PAT_LARGE = 1 << 12  # of X86, never shown
ARM64 = Format(
    re.compile(RANGE + REST),
    {"USR": 1 << 6, "ro": 1 << 7, "NX": 1 << 53, "SHD": 3 << 8, "NG": 1 << 11, "CON": 1 << 52, "UXN": 1 << 54,
     "GP": 1 << 50, "DEVICE/nGnRnE": 3 << 2, "DEVICE/nGnRE": 4 << 2, "MEM/NORMAL-NC": 2 << 2,
     "MEM/NORMAL-TAGGED": 1 << 2, "MEM/NORMAL": 0}, {"RW", "x", "BLK", "AF"}, shows_groups=True)
RISCV64 = Format(
    re.compile(RANGE + " 0x[0-9a-f]+" + REST),
    {"G": 1 << 5, "U": 1 << 4, "X": 1 << 3, "W": 1 << 2, "R": 1 << 1, "V": PRESENT}, {".", "..", "A", "D"})
FORMATS = {"x86": X86, "arm64": ARM64, "riscv": RISCV64}


class Dump:
    """The runs of a dump, and what it leaves out."""

    def __init__(self, text, bits, form):
        self.runs, self.skipped, self.left_out = [], 0, None
        end = 0
        for line in text.splitlines():
            row, skipped = form.line.match(line), SKIPPED.match(line)
            assert row or skipped or line.startswith("---["), line
            if skipped:
                self.skipped = int(skipped[1])
            if not row:
                continue
            start, stop = int(row["start"], 16), int(row["stop"], 16) or 1 << bits
            if self.skipped and not self.left_out:
                self.left_out = range(end, start)
            end = stop
            words = row["words"].split()
            if words:
                assert {*words} <= {*form.words} | form.nothing, line
                attr = PRESENT | sum(form.words.get(word, 0) for word in words)
                append(self.runs, [Run(start, stop, LEVELS[row["level"].lower()], attr, 0, 0)])


def shown_alike(runs, form):
    """Runs as the dump shows them: by their own bits, those that it knows."""
    found = []
    for r in runs:
        assert form is not X86 or not r.attr & ~form.known & ~(PAT_LARGE if r.level > 1 else 0), r
        append(found, [r._replace(attr=r.attr & form.known, upper=0, group=0 if form.shows_groups else r.group)])
    return found


def without(runs, left_out):
    return [r for r in runs if left_out is None or r.stop <= left_out.start or left_out.stop <= r.start]


def module(kernel):
    """ptdump.c, for a stock kernel."""
    sources = {"Kbuild": LAB / "ptdump.kbuild", "ptdump.c": LAB / "ptdump.c"}
    return toolchain.build(kernel, sources, "ptdump").module("ptdump")


def insmod(kernel):
    """The command that loads it.  The addresses of what is not exported are no secret to
    root; on i386 the tables of the reader itself have the kernel's entries, too."""
    words = {"mm": "init_mm"} if kernel.arch.bits == 64 else {}
    if kernel.arch.kernel == "arm64":
        words["walk"] = "ptdump_walk"
    return " ".join(["insmod /lab/ptdump.ko", *(f"{word}=0x$(sed -n 's/ [a-zA-Z] {symbol}$//p' /proc/kallsyms)"
                                               for word, symbol in words.items())])
