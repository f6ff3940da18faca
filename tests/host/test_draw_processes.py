# SPDX-License-Identifier: GPL-2.0-only
"""kvas draw -p PID --with PID2: two made-up processes under one kernel, or two moments of one."""

import re
import shutil

import pytest

import drawn
import procfs
from procfs import Process, Vma
from saved import HERE, MAIN
from test_draw_kinds import draw, draw_well  # noqa: F401
from test_user_shared import KERNEL, pair, threads  # noqa: F401

LIBC, FAR, FILE = 0x7f0010000000, 0x123456000, "mapped file libc.so.6"


def maps(libc, heap, more=()):
    return [Vma(heap, heap + 0x21000, path="[heap]"), Vma(libc, libc + 0x1bd000, "r--p", "/lib/libc.so.6", 0, 77),
            *more, Vma(0x7ffd6fb2a000, 0x7ffd6fb4b000, path="[stack]")]


@pytest.fixture
def machine(tmp_path):
    root = tmp_path / "made"
    (root / "sys/kernel/debug").mkdir(parents=True)
    shutil.copy(drawn.capture_of(MAIN), root / "sys/kernel/debug/kvas")
    return root


def bar(picture, side, name):
    """The box of a part, and all that is written in it."""
    [box] = [b for b in picture.boxes if any(g.title == name and (g.id or "").startswith(side + "-") for g in b.groups)]
    return box, [t.text for t in picture.texts if box.contains(t, 1)]


def join(picture, name):
    return [p for p in picture.paths if any(g.title == name and (g.id or "").startswith("join-") for g in p.groups)]


def test_two_processes(machine, draw_well):  # noqa: F811
    procfs.make(machine, Process(maps(LIBC, 0x55550000000), pid=412))
    procfs.make(machine, Process(maps(LIBC - FAR, 0x55560000000, [Vma(LIBC + 0x10000000, LIBC + 0x10004000)]), pid=413))
    picture = draw_well("-p", "412", "--with", "413", "--sysroot", machine)
    assert picture.title == "Two processes under one kernel"
    for name, by in ((FILE, f"moved by -{drawn.size_text(FAR)}"), ("heap", "moved by +256 MiB"), ("stack", "at the same place")):
        (left, _), (right, words) = bar(picture, "before", name), bar(picture, "after", name)
        assert by in words, name
        [path] = join(picture, name)
        corners = ((left.right, left.top), (right.left, right.top), (right.left, right.bottom), (left.right, left.bottom))
        assert path.points == [pytest.approx(c, abs=0.03) for c in corners]
        assert left.bottom - left.top == pytest.approx(right.bottom - right.top, abs=0.05)
    assert "only here" in bar(picture, "after", "anonymous")[1] and not join(picture, "anonymous")
    # The kernel half once, above both, highest address first; what is below is in order, too.
    regions = drawn.regions(drawn.capture_of(MAIN))
    rows = [b for b in picture.boxes if b.is_within("kernel-half")]
    shown = [next(g.title for g in b.groups if g.id != "kernel-half") for b in sorted(rows, key=lambda b: b.top)]
    top = sorted((r for r in regions.values() if not r.parent and r.start >> 56 == 0xff and not r.name.startswith("execmem")),
                 key=lambda r: -r.start)
    assert shown == [r.name for r in top]
    assert max(b.bottom for b in rows) < min(bar(picture, s, "stack")[0].top for s in ("before", "after"))
    order = ["stack", FILE, "heap"]
    for side in ("before", "after"):
        assert [n for n in sorted(order, key=lambda n: bar(picture, side, n)[0].top)] == order


def test_two_moments_of_one(machine, draw_well, output, tmp_path):  # noqa: F811
    """Its heap grew, a library came, a thread started."""
    files = []
    call = "202 0x1 0x2 0x3 0x4 0x5 0x6 0x7ffd6fb4ac40 0x9\n"
    for name, process in (("one", Process(maps(LIBC, 0x55550000000), threads=[(412, "made up", "S", call)])),
                          ("two", Process(maps(LIBC, 0x55550000000, [Vma(LIBC + 0x400000, LIBC + 0x420000, "r--p", "/lib/libm.so.6", 0, 78)]),
                                          threads=[(412, "made up", "S", call), (414, "second", "S", call)]))):
        if name == "two":
            process.vmas[0] = Vma(0x55550000000, 0x55550042000, path="[heap]")
        shutil.rmtree(machine / "proc", ignore_errors=True)
        procfs.make(machine, process)
        files.append(tmp_path / f"{name}.process")
        output("save", "--sysroot", machine, "-p", "412", files[-1])
    picture = draw_well("-p", files[0], "--with", files[1], "-f", drawn.capture_of(MAIN))
    assert picture.title == "A process at two moments"
    assert "grew from 132 KiB to 264 KiB" in bar(picture, "after", "heap")[1]
    assert "new" in bar(picture, "after", "mapped file libm.so.6")[1]
    assert "at the same place" in bar(picture, "after", FILE)[1]
    assert "thread 414 (second): started" in picture.words
    assert "not compared: a saved process has no page tables" in picture.words


@pytest.mark.parametrize("same", [True, False], ids=["same", "own"])
def test_the_kernel_half_is_that_of_the_tables(pair, same, plain, draw):  # noqa: F811
    """As kvas user --shared says."""
    one, other = pair()
    for process in (one, other):
        process.complete()
    if not same:
        one.map(KERNEL, one.kind.page(0x12345000, 1), 1)
    for process in (one, other):
        process.write_memory()
        procfs.make(one.machine, Process(maps(LIBC, 0x55550000000), pid=process.pid))
    threads(one.machine, one.kind, one.record, other.record)
    picture, _ = draw("-p", one.pid, "--with", other.pid, "--sysroot", one.machine)
    words = " ".join(t.text for t in picture.texts if t.is_within("kernel-half"))
    assert ("not the same for both: " in words) == (not same) and "the same for both: " in words
    said = plain("user", "--sysroot", one.machine, one.pid, "--shared", other.pid).stdout
    counts = re.search(r"(\d+ of \d+) entries", said)
    assert counts and counts[1] in words


@pytest.mark.parametrize("args, what", [
    (["-p", HERE / "samples/x86_64.process", "--with", "/nonexistent", "-f", drawn.capture_of(MAIN)], "/nonexistent"),
    (["-p", HERE / "samples/x86_64.process", "--walk", "1", "--with", HERE / "samples/x86_64.process"], "exclude each other"),
])
def test_bad_input(args, what, refused, tmp_path):
    assert what in refused("draw", *args, tmp_path / "new.svg")
