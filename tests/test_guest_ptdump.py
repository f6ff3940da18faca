# SPDX-License-Identifier: GPL-2.0-only
"""kvas_mappings against the kernel's own dump of its page tables, see lab/ptdump.py.

Stock kernels of x86 are not built with the dump's file, but export what fills it: see
lab/ptdump.c.  Kernels built from source have the file.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

import pytest

import mappings
import matrix
import watched
from lab import guest, programs, ptdump, records, source
from lab.ptdump import FORMATS, Dump, shown_alike, without

LAB = matrix.TOP / "tests" / "lab"
ROUNDS = 4

JOB = matrix.START + """
insmod /lab/kvas.ko || exit
%(start)s
turns %(rounds)d /out /sys/kernel/debug/%(dump)s /sys/kernel/debug/kvas_mappings || exit
cat /sys/kernel/debug/kvas >/out/capture
"""

CHECK = ("6.12-amd64-5level", "6.1-686-pae-lowmem-nokaslr")
PLACES = ("5.10-amd64-4level", "6.1-amd64-4level", "6.1-amd64-5level", "6.12-amd64-4level",
          "5.10-686-highmem", "5.10-686-pae-pae-5g", "6.1-686-highmem", "6.1-686-pae-pae-5g",
          "6.12-arm64-52bit", "7.2-arm64-48bit", "7.2-arm64-16k-52bit", *CHECK)


@dataclass(frozen=True)
class Built(watched.Place):
    """A kernel built from source, and the dump's file."""

    dump: str = "page_tables/kernel"

    @property
    def kernel(self):
        return source.family(self.variant).base


FOREIGN = {"dump": "kernel_page_tables", "mode": "48bit-nokaslr"}
BUILT = (
    Built("plain", "4level"), Built("plain", "5level"), Built("plain", "4level-nokaslr", cmdline="pti=on"),
    *(Built(variant, mode, memory=watched.LITTLE) for variant in watched.CHECKED for mode in ("4level", "5level")),
    *(Built(variant, **FOREIGN) for variant in ("48bit", "39bit", "16k", "64k")),
    *(Built("riscv", mode, dump=FOREIGN["dump"]) for mode in ("sv39", "sv48", "sv57")),
)


def places():
    spots = {str(s): s for s in (matrix.Spot(k, m) for k in records.KERNELS for m in k.modes)}
    return [*(pytest.param(spots[name], id=name, marks=[] if name in CHECK else pytest.mark.all)
              for name in PLACES if spots[name].kernel in matrix.selected()),
            *(pytest.param(place, id=str(place)) for place in BUILT if place.kernel in matrix.selected())]


@pytest.fixture(scope="module", params=places())
def dumped(request):
    place = request.param
    with (boot_built if isinstance(place, Built) else boot_stock)(place) as g:
        g.check()
    return Dumped(place, g)


def boot_stock(spot):
    files = {"/lab/kvas.ko": matrix.module(spot.kernel).module("kvas"), "/lab/ptdump.ko": ptdump.module(spot.kernel),
             "/bin/turns": programs.static(LAB / "turns.c", spot.kernel.arch)}
    start = f"{ptdump.insmod(spot.kernel)} || exit"
    return guest.boot(spot.kernel, spot.mode, JOB % {"rounds": ROUNDS, "start": start, "dump": "ptdump"}, files,
                      name=f"{spot}-ptdump", cmdline="kfence.sample_interval=0")


def boot_built(place):
    prepared = source.prepare(place.variant)
    files = {"/lab/kvas.ko": watched.module(place.variant).module("kvas"),
             "/bin/turns": programs.static(LAB / "turns.c", prepared.record.arch)}
    return prepared.boot(prepared.mode(place.mode, place.memory, place.cmdline),
                         JOB % {"rounds": ROUNDS, "start": "", "dump": place.dump}, files, name=f"{place}-ptdump",
                         cmdline="kfence.sample_interval=0 rcupdate.rcu_cpu_stall_timeout=300")


class Dumped:
    def __init__(self, place, g):
        bits, self.form = place.kernel.arch.bits, FORMATS[place.kernel.arch.kernel]
        self.place, self.guest, self.capture = place, g, matrix.Capture(g.text("capture"))
        self.dumps = [Dump(g.text(f"first.{n}"), bits, self.form) for n in range(ROUNDS + 1)]
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
        told = without(shown_alike(dumped.kernel_half(file.runs), dumped.form), dump.left_out)
        found = without(dumped.kernel_half(dump.runs), dump.left_out)
        assert list(mappings.differences(told, found)) == []
        assert told == found and len(found) > 30
    walk, read = (min(column) / 1e6 for column in zip(*dumped.times))
    alone = min(file.end.number("ns") for file in dumped.files) / 1e6
    report(f"{dumped.place}: {len(dumped.rounds())} rounds, {len(found)} runs each; the dump {walk:.2f} ms,"
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
