# SPDX-License-Identifier: GPL-2.0-only
"""What only processors of the x86 family show QEMU: see test_guest_qemu.py."""

import pytest

import matrix
from test_guest_qemu import number, translation

pytestmark = pytest.mark.arch("x86")
wide = pytest.mark.arch("x86_64")


def test_interrupt_table_starts_the_cpu_entry_area(run):
    assert run.capture.areas["cpu_entry_area"].number("start") == run.oracle.registers["IDT"]


def test_descriptor_tables_are_in_the_cpu_entry_area(run):
    area = run.capture.areas["cpu_entry_area"].range
    assert [t for t in ("GDT", "TR") if run.oracle.registers[t] not in area] == []


@wide
def test_halves_are_as_wide_as_the_tables_reach(run):
    """Each level of tables translates 9 bits; half of it is the processes'."""
    half = 1 << (12 + 9 * run.spot.mode.levels - 1)
    hole = run.capture.areas["noncanonical"]
    assert hole.range == range(half, (1 << 64) - half)
    assert run.capture.areas["user"].range == range(0, number(run, "user_limit"))
    assert run.capture.areas["user_guard"].range == range(number(run, "user_limit"), half)


@wide
def test_percpu_starts_where_the_first_processors_does(run):
    """GS points to the processor's own variables, less where they were linked:
    at 0 up to 6.14, in a section with an address of its own later."""
    linked = matrix.linked(run.spot.kernel).sections
    first, _ = linked.get(".data..percpu", (0, 0))
    slide = number(run, "image_kaslr_offset") if first else 0
    base = (run.oracle.registers["GS"] + first + slide) % (1 << 64)
    assert run.capture.areas["percpu"].number("start") == base


@wide
def test_address_width(run):
    """As QEMU does untold."""
    assert number(run, "pa_bits") == 40


@wide
def test_phys_base_ties_the_image_to_memory(run):
    image, window = (run.capture.areas[n].number("start") for n in ("image", "image_window"))
    assert number(run, "phys_base") == (translation(run, image) - (image - window)) % (1 << 64)


@wide
def test_vsyscall_page(run):
    """Where the processes' ABI has it, and mapped only if it is emulated."""
    page = run.capture.areas["vsyscall"].number("start")
    mapped = translation(run, page) is not None
    assert page == 0xFFFFFFFFFF600000
    assert mapped == ("vsyscall=emulate" in run.spot.mode.cmdline)


@wide
def test_page_table_isolation(run):
    assert run.capture.fact("pti") == ("y" if "pti=on" in run.spot.mode.cmdline else "n")
