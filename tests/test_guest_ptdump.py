# SPDX-License-Identifier: GPL-2.0-only
"""kvas_mappings against the kernel's own dump of its page tables, on stock kernels.

They are not built with its file, but export what fills it: see lab/ptdump.c.
The dump (arch/x86/mm/dump_pagetables.c) shows an entry's own bits, but never PAT of
a large page; it begins a new line for bits that it does not show, and cuts ESPfix
short.  So both sides are joined by what both know.
"""

import re
from itertools import pairwise

import pytest

import mappings
import matrix
from lab import guest, programs, records, toolchain
from lab.tablewalk import Run, append

LAB = matrix.TOP / "tests" / "lab"
ROUNDS = 4

JOB = matrix.START + """
insmod /lab/kvas.ko || exit
insmod /lab/ptdump.ko %(mm)s || exit
turns %(rounds)d /out /sys/kernel/debug/ptdump /sys/kernel/debug/kvas_mappings || exit
cat /sys/kernel/debug/kvas >/out/capture
"""

# The address of init_mm is no secret to root; on i386 the reader's own tables have
# the kernel's entries, too.
INIT_MM = "mm=0x$(sed -n 's/ [a-zA-Z] init_mm$//p' /proc/kallsyms)"

CHECK = ("6.12-amd64-5level", "6.1-686-pae-lowmem-nokaslr")
PLACES = ("5.10-amd64-4level", "6.1-amd64-4level", "6.1-amd64-5level", "6.12-amd64-4level",
          "5.10-686-highmem", "5.10-686-pae-pae-5g", "6.1-686-highmem", "6.1-686-pae-pae-5g", *CHECK)


def places():
    spots = {str(s): s for s in (matrix.Spot(k, m) for k in records.KERNELS for m in k.modes)}
    return [pytest.param(spots[name], id=name, marks=[] if name in CHECK else pytest.mark.all)
            for name in PLACES if spots[name].kernel in matrix.selected()]


@pytest.fixture(scope="module", params=places())
def dumped(request):
    spot = request.param
    built = toolchain.build(spot.kernel, {"Kbuild": LAB / "ptdump.kbuild", "ptdump.c": LAB / "ptdump.c"}, "ptdump")
    files = {"/lab/kvas.ko": matrix.module(spot.kernel).module("kvas"), "/lab/ptdump.ko": built.module("ptdump"),
             "/bin/turns": programs.static(LAB / "turns.c", spot.kernel.arch)}
    job = JOB % {"rounds": ROUNDS, "mm": INIT_MM if spot.kernel.arch.bits == 64 else ""}
    with guest.boot(spot.kernel, spot.mode, job, files, name=f"{spot}-ptdump",
                    cmdline="kfence.sample_interval=0") as g:
        g.check()
    return Dumped(spot, g)


LEVELS = {"pte": 1, "pmd": 2, "pud": 3}
WORDS = {"RW": 1 << 1, "USR": 1 << 2, "PWT": 1 << 3, "PCD": 1 << 4, "PSE": 1 << 7, "PAT": 1 << 7,
         "GLB": 1 << 8, "NX": 1 << 63}
PRESENT, PAT_LARGE = 1, 1 << 12
ATTRIBUTES = sum({PRESENT, *WORDS.values()})
LINE = re.compile(r"0x([0-9a-f]+)-0x([0-9a-f]+) +\d+[BKMGTPE] +(.*?) *(pgd|p4d|pud|pmd|pte)")
SKIPPED = re.compile(r"\.\.\. (\d+) entr(?:y|ies) skipped")


class Dump:
    """The runs of a dump, and what it leaves out."""

    def __init__(self, text, bits):
        self.runs, self.skipped, self.left_out = [], 0, None
        end = 0
        for line in text.splitlines():
            row, skipped = LINE.match(line), SKIPPED.match(line)
            assert row or skipped or line.startswith("---["), line
            if skipped:
                self.skipped = int(skipped[1])
            if not row:
                continue
            start, stop = int(row[1], 16), int(row[2], 16) or 1 << bits
            if self.skipped and not self.left_out:
                self.left_out = range(end, start)
            end = stop
            if row[3]:
                words = row[3].split()
                assert set(words) <= {*WORDS, "ro", "x"}, line
                attr = PRESENT | sum(WORDS[word] for word in words if word in WORDS)
                append(self.runs, [Run(start, stop, LEVELS[row[4]], attr, 0, 0)])


def shown_alike(runs):
    """As the dump shows them: their own bits, of large pages without PAT."""
    found = []
    for r in runs:
        assert not r.attr & ~ATTRIBUTES & ~(PAT_LARGE if r.level > 1 else 0), r
        append(found, [r._replace(attr=r.attr & ATTRIBUTES, upper=0)])
    return found


def without(runs, left_out):
    return [r for r in runs if left_out is None or r.stop <= left_out.start or left_out.stop <= r.start]


class Dumped:
    def __init__(self, spot, g):
        bits = spot.kernel.arch.bits
        self.spot, self.guest, self.capture = spot, g, matrix.Capture(g.text("capture"))
        self.dumps = [Dump(g.text(f"first.{n}"), bits) for n in range(ROUNDS + 1)]
        # On i386 the tables of the reader itself, too.
        self.first = 1 << 63 if bits == 64 else int(self.capture.fact("user_limit"), 0)
        self.files = [mappings.Mappings(g.text(f"second.{n}")) for n in range(ROUNDS)]
        self.times = [tuple(map(int, line.split())) for line in g.text("times").splitlines()]

    def kernel_half(self, runs):
        return [r for r in runs if r.start >= self.first]

    def rounds(self):
        """Of each round in which nothing changed: the dump and the file."""
        return [(one, file) for (one, other), file in zip(pairwise(self.dumps), self.files)
                if one.runs == other.runs]


def test_the_dump_and_the_file_have_the_same_runs(dumped, report):
    assert len(dumped.rounds()) >= 2
    for dump, file in dumped.rounds():
        told = without(shown_alike(dumped.kernel_half(file.runs)), dump.left_out)
        found = without(dumped.kernel_half(dump.runs), dump.left_out)
        assert list(mappings.differences(told, found)) == []
        assert told == found and len(found) > 30
    walk, read = (min(column) / 1e6 for column in zip(*dumped.times))
    alone = min(file.end.number("ns") for file in dumped.files) / 1e6
    report(f"{dumped.spot}: {len(dumped.rounds())} rounds, {len(found)} runs each; the dump {walk:.2f} ms,"
           f" kvas_mappings {read:.2f} ms (walk alone {alone:.2f} ms)")


def test_what_the_dump_leaves_out_is_espfix(dumped):
    """It counts lines, of holes as well; what follows ESPfix is empty to the next heading."""
    area = dumped.capture.areas.get("espfix")
    for dump, file in dumped.rounds():
        if dump.left_out is None:
            assert not area
            continue
        inside = [r for r in file.runs if dump.left_out.start <= r.start < dump.left_out.stop]
        assert area.range.start <= dump.left_out.start and inside[-1].stop <= area.range.stop
        assert len(inside) <= dump.skipped <= 2 * len(inside) + 1000


def test_the_file_is_the_same_in_all_rounds(dumped):
    """Where the dump is."""
    quiet = [file.runs for (one, other), file in zip(pairwise(dumped.dumps), dumped.files)
             if one.runs == other.runs == dumped.dumps[0].runs]
    assert all(runs == quiet[0] for runs in quiet)


def test_the_log_is_clean(dumped):
    log = matrix.job_log(dumped.guest.text("dmesg"))
    assert not re.search(r"BUG:|WARNING:|Oops|Call Trace", log), log
