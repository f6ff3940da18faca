# SPDX-License-Identifier: GPL-2.0-only
"""MIPS with 32 bits, of which only the rules for any architecture know something, and
the reader on MIPS with 64 bits, whose page tables are the kernel's own."""

import json

import pytest

import matrix
import test_guest_build
from lab import guest, images, programs, source

KERNEL = source.stock("6.1-4kc-malta")
pytestmark = pytest.mark.all
mips32, mips64 = pytest.mark.needs(KERNEL.name), pytest.mark.needs("6.1-5kc-malta")

JOB = """
insmod /lab/kvas.ko || exit
cat /sys/kernel/debug/kvas >/out/capture || exit
rmmod kvas || exit
"""

# The processor's, MIPS32 Architecture For Programmers, volume III, 3.
SEGMENTS = {"kseg0": range(0x80000000, 0xA0000000), "kseg1": range(0xA0000000, 0xC0000000)}


@pytest.fixture(scope="module", params=KERNEL.modes, ids=lambda mode: mode.name)
def capture(request):
    files = {"/lab/kvas.ko": matrix.module(KERNEL).module("kvas")}
    with guest.boot(KERNEL, request.param, JOB, files, name=f"{KERNEL.name}-{request.param.name}-kvas") as g:
        g.check()
    return matrix.Capture(g.text("capture"))


@mips32
def test_builds_without_a_warning():
    assert test_guest_build.unexpected(matrix.module(KERNEL).log) == []


@mips32
def test_segments_of_the_processor(capture):
    assert capture.records[1]["arch"] == "generic"
    assert {name: capture.areas[name].range for name in SEGMENTS if name in capture.areas} == SEGMENTS


@mips32
def test_memory_is_in_the_segment_without_tables(capture):
    """The direct map begins where kseg0 does, and has what the kernel allocates."""
    area = capture.areas["direct_map"].range
    assert area.start == SEGMENTS["kseg0"].start and area.stop <= SEGMENTS["kseg0"].stop
    for name in ("kmalloc", "page"):
        assert capture.witnesses[name].number("addr") in area, name
        assert capture.witnesses[name]["region"] == "direct_map", name


@mips32
def test_vmalloc_is_above_both(capture):
    assert capture.areas["vmalloc"].number("start") >= SEGMENTS["kseg1"].stop
    assert capture.witnesses["vmalloc"].number("addr") in capture.areas["vmalloc"].range


@mips32
def test_memory_is_counted_from_its_first_page(capture):
    """malta's begins at 0 and is flat: each page has its place in mem_map."""
    area = capture.areas["mem_map"]
    assert "vmemmap" not in capture.areas
    memory = capture.areas["direct_map"]
    pages = -(-(memory.number("end") + 1 - memory.number("start")) // int(capture.fact("page_size")))
    size = area.number("end") + 1 - area.number("start")
    assert size == pages * int(capture.fact("struct_page_size"))


# --- 64 bits ----------------------------------------------------------------------------

READ = """
insmod /lab/kvas.ko || exit
of() { sed -n "s/^witness addr=\\(0x[0-9a-f]*\\) name=$1 .*/\\1/p" /sys/kernel/debug/kvas; }
# Each reading of the file shows another page.
page=$(of page)
echo $page >/out/page
for source in module kcore; do
	kvas mappings --runs -J --source=$source >/out/runs.$source
	kvas mappings -J --source=$source >/out/regions.$source
	kvas walk -J --source=$source $(of module_data) $page $(of kernel_function) >/out/walks.$source
done
rmmod kvas || exit
"""


@pytest.fixture(scope="module")
def read():
    """What the reader says by the module's files, and by its own walk through kcore."""
    kernel = source.stock("6.1-5kc-malta")
    image = images.fetch(kernel)
    files = {"/lab/kvas.ko": matrix.module(kernel).module("kvas"),
             f"/boot/{image.config.name}": image.config, **programs.reader_files(kernel.arch)}
    with guest.boot(kernel, kernel.mode("1g"), READ, files, name="mips64-reader") as g:
        g.check()
    return g


def told(read, what):
    return [json.loads(read.text(f"{what}.{source}")) for source in ("module", "kcore")]


@mips64
def test_both_walks_find_the_same_runs(read):
    by_module, by_kcore = (found["runs"] for found in told(read, "runs"))
    assert by_module == by_kcore and len(by_module) > 10
    assert {run["access"] for run in by_module} == {"rwx-"}


@mips64
def test_regions_without_tables(read):
    for found in told(read, "regions"):
        windows = {r["name"] for r in found["regions"] if r["window"]}
        assert {"xkphys", "direct_map", "ckseg0", "ckseg1", "image", "text"} <= windows
        assert not windows & {"user", "vmalloc", "modules", "cksseg", "ckseg3", "fixmap"}


@mips64
def test_both_walks_of_an_address(read):
    """One by tables, and two through windows, which have no entries but an address."""
    walks = [found["walk"] for found in told(read, "walks")]
    for key in ("phys", "attributes", "access", "page", "entries"):
        assert [w[key] for w in walks[0]] == [w[key] for w in walks[1]], key
    tables, *windows = walks[0]
    assert len(tables["entries"]) == 3 and tables["page"] == "0x1000" and tables["access"] == "rwx-"
    for found in windows:
        assert found["known"] and found["absent"] is None and found["entries"] == []
    assert int(windows[0]["phys"], 16) == int(read.text("page"), 16) - (9 << 60)
