# SPDX-License-Identifier: GPL-2.0-only
"""MIPS with 32 bits, of which only the rules for any architecture know something."""

import pytest

import matrix
import test_guest_build
from lab import guest, source

KERNEL = source.stock("6.1-4kc-malta")
pytestmark = [pytest.mark.all, pytest.mark.needs(KERNEL.name)]

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


def test_builds_without_a_warning():
    assert test_guest_build.unexpected(matrix.module(KERNEL).log) == []


def test_segments_of_the_processor(capture):
    assert capture.records[1]["arch"] == "generic"
    assert {name: capture.areas[name].range for name in SEGMENTS if name in capture.areas} == SEGMENTS


def test_memory_is_in_the_segment_without_tables(capture):
    """The direct map begins where kseg0 does, and has what the kernel allocates."""
    area = capture.areas["direct_map"].range
    assert area.start == SEGMENTS["kseg0"].start and area.stop <= SEGMENTS["kseg0"].stop
    for name in ("kmalloc", "page"):
        assert capture.witnesses[name].number("addr") in area, name
        assert capture.witnesses[name]["region"] == "direct_map", name


def test_vmalloc_is_above_both(capture):
    assert capture.areas["vmalloc"].number("start") >= SEGMENTS["kseg1"].stop
    assert capture.witnesses["vmalloc"].number("addr") in capture.areas["vmalloc"].range


def test_memory_is_counted_from_its_first_page(capture):
    """malta's begins at 0 and is flat: each page has its place in mem_map."""
    area = capture.areas["mem_map"]
    assert "vmemmap" not in capture.areas
    memory = capture.areas["direct_map"]
    pages = -(-(memory.number("end") + 1 - memory.number("start")) // int(capture.fact("page_size")))
    size = area.number("end") + 1 - area.number("start")
    assert size == pages * int(capture.fact("struct_page_size"))
