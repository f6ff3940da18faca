# SPDX-License-Identifier: GPL-2.0-only
"""Pictures of a machine that runs: each kind is drawn from the live files, and what it shows is held
against the guest's memory, as QEMU reads it, and against files of /proc.
"""

import contextlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import matrix
from lab import guest, images, programs, tablewalk, toolchain
from lab.tablewalk import Leaf, Table

sys.path.append(str(Path(__file__).parent / "host"))

import drawn  # noqa: E402
import pictures  # noqa: E402
from dumps import Core  # noqa: E402

ARCHES = ("x86_64", "aarch64")

JOB = matrix.START + """
echo 1 >/proc/sys/kernel/kptr_restrict # vmallocinfo then shows addresses
insmod /lab/kvas.ko || exit
sleep 100000 &
pid=$!
sleep 100001 &
other=$!
until grep -q nanosleep /proc/$pid/wchan /proc/$other/wchan || [ $((tries += 1)) -gt 100 ]; do
	usleep 20000
done
draw() {
	name=$1
	shift
	kvas draw "$@" /out/$name.svg 2>/out/$name.errors
	echo $? >/out/$name.status
}
draw column
draw walk --walk schedule
draw stacks --stacks $pid
draw measured --measured
draw scanned --measured --source kcore
draw physical --physical
draw aliases --physical --aliases
draw processes -p $pid --with $other
cp /proc/$pid/maps /out/maps
cp /proc/$pid/syscall /out/syscall
cp /proc/$other/maps /out/other-maps
cp /proc/vmallocinfo /proc/iomem /out
kvas save --all /out/sysroot >/out/save 2>&1 || exit
cat /sys/kernel/debug/kvas >/out/capture
"""


def spots():
    """One boot of each architecture: of 6.12 if that is selected; with KASLR, and the most levels."""
    found = {}
    for spot in sorted(matrix.spots(), key=lambda s: (s.kernel.version != "6.12", not s.mode.kaslr, -s.mode.levels)):
        if spot.kernel.arch.name in ARCHES:
            found.setdefault(spot.kernel.arch.name, spot)
    return list(found.values())


@dataclass
class Drawn:
    """What one boot drew, and where it stands still."""

    run: matrix.Run
    walker: tablewalk.PageTables

    def picture(self, name):
        assert self.run.guest.text(f"{name}.errors") == ""
        assert self.run.guest.text(f"{name}.status").strip() == "0"
        picture = pictures.parse(self.run.guest.text(f"{name}.svg"))
        pictures.assert_nothing_overlaps(picture)
        pictures.assert_nothing_cut(picture)
        return picture


@contextlib.contextmanager
def booted(spot):
    kernel, image = spot.kernel, images.fetch(spot.kernel)
    built = toolchain.build(kernel, toolchain.kvas_sources(matrix.TOP))
    files = {**programs.reader_files(kernel.arch), "/lab/kvas.ko": built.module("kvas"),
             f"/boot/{image.config.name}": image.config}
    with guest.boot(kernel, spot.mode, JOB, files, name=f"draw-{spot}") as g:
        g.check()
        run = matrix.Run(spot, g, matrix.Capture(g.text("capture")), None)
        run.oracle = matrix.question(run)
        yield Drawn(run, tablewalk.PageTables(g.monitor.physical, run.oracle.tables))


@pytest.fixture(scope="module", params=spots(), ids=str)
def live(request):
    with booted(request.param) as drawn_there:
        yield drawn_there


def digits(picture):
    """All addresses that are written, without blanks."""
    return {"".join(t.text.split()).zfill(16) for t in picture.texts if t.face == "fixed"}


def test_column(live):
    shown = {g.id for g in live.picture("column").groups}
    top = [r for r in live.run.capture.all("region") if "parent" not in r]
    assert len(top) > 5 and {f"region-{r['name']}" for r in top} <= shown


def test_entries_of_a_walk_are_those_in_memory(live):
    """Each entry of each table on the way, as QEMU reads it."""
    picture = live.picture("walk")
    [address] = re.findall(r"^([0-9a-f]+) T schedule$", (live.run.sysroot / "proc/kallsyms").read_text(), re.M)
    way = list(live.walker.way(int(address, 16)))
    assert len(way) >= 3
    for table, index, value in way:
        entries = [live.walker.format.entry(word, table) for word in live.walker.words(table)]
        expected = {"table": {n for n, e in enumerate(entries) if isinstance(e, Table)},
                    "page": {n for n, e in enumerate(entries) if isinstance(e, Leaf)}}
        assert index in expected["table"] | expected["page"]
        if table.bits != 9:  # a top table of other proportions
            assert f"{sum(map(bool, entries))} of {1 << table.bits} used" in picture.words
            continue
        for state in expected:
            seen = {n for n in pictures.cells(picture, table.level, state) if n in table.indexes}
            assert seen == {n for n in expected[state] if n in table.indexes}, (table.level, state)
        assert not pictures.cells(picture, table.level, "not_read")
    # The processor's top table may be that of a process, with the same kernel half.
    assert {f"0x{table.address:x}" for table, _, _ in way[1:]} <= set(picture.words)


def test_whole_tables_are_saved(live):
    """All entries of the tables on the way: verify walks them all, and so they are saved."""
    saved = drawn.words_of(live.run.sysroot)
    [address] = re.findall(r"^([0-9a-f]+) T schedule$", (live.run.sysroot / "proc/kallsyms").read_text(), re.M)
    segments = Core(live.run.sysroot).segments
    for table, _, _ in list(live.walker.way(int(address, 16)))[1:]:
        at = next(v + table.address - p for v, p, size in segments if 0 <= table.address - p < size)
        assert [saved[at + 8 * n] for n in range(1 << table.bits)] == list(live.walker.words(table))
    # The kernel's own top table, with the user half that it does not use.
    [top] = re.findall(r"^([0-9a-f]+) \w (?:init_top_pgt|swapper_pg_dir)$", (live.run.sysroot / "proc/kallsyms").read_text(), re.M)
    bits = next(table.bits for table, _, _ in live.walker.way(int(address, 16)))
    assert all(int(top, 16) + 8 * n in saved for n in range(1 << bits))


def test_two_stacks(live):
    """By /proc/PID/maps and syscall, and by the areas of vmalloc."""
    picture, g = live.picture("stacks"), live.run.guest
    [(start, end)] = re.findall(r"^(\w+)-(\w+) .*\[stack\]$", g.text("maps"), re.M)
    start, end, sp = int(start, 16), int(end, 16), int(g.text("syscall").split()[-2], 16)
    assert start <= sp < end
    assert {f"{start:016x}", f"{end - 1:016x}"} <= digits(picture)
    assert f"{drawn.size_text(end - sp)} in use" in picture.words
    forks = [int(a, 16) for a in re.findall(r"^0x(\w+)-\S+ +\d+ [^\n]*(?:kernel_clone|copy_process|dup_task_struct)", g.text("vmallocinfo"), re.M)]
    assert len({f"{a:016x}" for a in forks} & digits(picture)) == 1


def mapped_in(live, region):
    runs = [range(max(r.start, region.start), min(r.stop, region.stop)) for r in live.run.oracle.mapped]
    return sum(len(r) for r in runs)


@pytest.mark.parametrize("name", ["measured", "scanned"])
def test_what_is_mapped(live, name):
    """Of regions in which nothing comes and goes, by QEMU's memory."""
    picture = live.picture(name)
    for region in ("text", "rodata"):
        area = live.run.capture.areas[region]
        words = [t.text for t in picture.texts if t.is_within(f"region-{region}")]
        mapped = mapped_in(live, area.range)
        # Half a digit may be rounded either way.
        said = {f"{drawn.size_text(mapped - n)} of {drawn.size_text(len(area.range) - n)} mapped" for n in (0, 1)}
        assert mapped and said & set(words)


def test_physical_memory(live):
    picture = live.picture("physical")
    blocks = [(int(a, 16), int(b, 16)) for a, b in
              re.findall(r"^(\w+)-(\w+) : System RAM$", live.run.guest.text("iomem"), re.M)]
    largest = max(blocks, key=lambda b: b[1] - b[0])
    assert f"{blocks[0][0]:016x}" in digits(picture)
    assert any(g.classes & {"ram"} for g in picture.groups) and largest[1] > 1 << 28
    assert [p for p in picture.paths if p.is_within("band-direct_map")]


def test_every_alias(live):
    """Bands lead from what the tables map a second time: as many bytes as QEMU's memory has."""
    picture = live.picture("aliases")
    assert [p for p in picture.paths if p.is_within("band-direct_map")]
    assert [g for g in picture.groups if g.id and g.id.startswith("alias-vmalloc")]


def test_two_processes(live):
    picture, g = live.picture("processes"), live.run.guest
    for side, maps in (("before", "maps"), ("after", "other-maps")):
        [(start, _)] = re.findall(r"^(\w+)-(\w+) .*\[stack\]$", g.text(maps), re.M)
        [box] = [b for b in picture.boxes if any(g.title == "stack" and g.id.startswith(side) for g in b.groups if g.id)]
        assert [t for t in picture.texts if box.contains(t, 1) and "".join(t.text.split()) == f"{int(start, 16):016x}"]
    assert "the same for both" in " ".join(picture.words)
