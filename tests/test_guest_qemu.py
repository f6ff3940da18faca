# SPDX-License-Identifier: GPL-2.0-only
"""What is published, against what QEMU sees of the standing guest.

QEMU's registers, its translation of addresses, the guest's memory, and a walk
of the page tables in it: none of it is told by the guest's kernel.  Here is
what all architectures have in common; what to expect of each: expected.py.
"""

import re

import pytest

import expected
from lab import pagetables


def inside(run, name):
    """Mapped ranges that touch an area."""
    area = run.capture.areas[name].range
    return [r for r in run.oracle.mapped if r.start < area.stop and area.start < r.stop]


def number(run, fact):
    return int(run.capture.fact(fact), 0)


def built(run, option):
    return run.config.get(option) == "y"


def populated(area):
    """The part of an area that is said to be in use."""
    start, end = ("populated_start", "populated_end") if "populated_end" in area else ("start", "end")
    return range(area.number(start), area.number(end) + 1)


def translation(run, address):
    return run.oracle.translations[address]


def physical_start(run):
    """Of the direct map, as a live object in it has it."""
    address = run.capture.witnesses["page"].number("addr")
    return translation(run, address) - (address - run.capture.areas["direct_map"].number("start"))


@pytest.mark.walked
def test_the_walk_finds_what_qemu_finds(run):
    """Two readers of the same tables; of s390's first pages QEMU says where the
    processor's prefix puts them, and of MIPS's it knows few or none."""
    prefixed = {*range(0, 8192)} if run.arch.kernel == "s390" else {}
    differ = {hex(address): (walked, translation(run, address))
              for address, walked in run.oracle.walked.items()
              if walked != translation(run, address)
              and not (translation(run, address) is None and pagetables.filled_by_software(run.spot.kernel))
              and not {walked, translation(run, address)} & {*prefixed}}
    assert differ == {}
    found = [address for address in run.oracle.walked.values() if address is not None]
    # MIPS has few regions that tables translate.
    assert len(found) > (4 if pagetables.filled_by_software(run.spot.kernel) else 10)
    assert len(found) < len(run.oracle.walked)


@pytest.mark.walked
def test_the_walk_leads_to_the_witnesses(run):
    """What the kernel wrote at their addresses is in memory where the tables say."""
    told = {name: w["content"].encode() + b"\0" for name, w in run.capture.witnesses.items() if "content" in w}
    assert run.oracle.behind == {name: told[name] for name in run.oracle.behind}
    windows = run.arch.kernel in ("mips", "loongarch")
    assert len(run.oracle.behind) >= (2 if windows else 4)


def test_paging_is_the_processors(run):
    """As its registers say, the record of the mode, and the kernel's package."""
    tables, mode, capture = run.oracle.tables, run.spot.mode, run.capture
    assert number(run, "page_size") == run.spot.kernel.page_size
    if pagetables.there_are(run.spot.kernel, mode):
        assert (tables.page_size, tables.levels, tables.va_bits) == tuple(
            number(run, fact) for fact in ("page_size", "page_levels", "va_bits"))
    assert mode.levels in (0, int(capture.fact("page_levels") or "0"))
    assert mode.va_bits in (0, int(capture.fact("va_bits") or "0"))
    assert number(run, "cpus") == run.arch.cpus


def test_a_processor_stands_in_text(run):
    """That which ended the guest; it stopped the other wherever that was."""
    text = run.capture.areas["text"].range
    assert [counter for counter in run.oracle.counters if counter in text]


@pytest.mark.walked
def test_everything_mapped_is_published(run):
    """No page is mapped but in a region that says so."""
    areas = [a.range for a in run.capture.areas.values()]
    for name in expected.of(run).rounded:
        area, large = run.capture.areas[name].range, number(run, "pmd_size")
        areas.append(range(area.start, -(-area.stop // large) * large))
    stray = [r for r in run.oracle.mapped if uncovered(r, areas)]
    assert len(run.oracle.mapped) > 10
    assert sum(map(len, stray)) <= expected.of(run).hidden, [
        f"{r.start:#x}-{r.stop - 1:#x}" for r in stray]


def uncovered(r, areas):
    """Whether a byte of a range is in none of the areas."""
    at = r.start
    while at < r.stop:
        ends = [a.stop for a in areas if at in a]
        if not ends:
            return True
        at = max(ends)
    return False


@pytest.mark.walked
def test_regions_are_used_as_they_say(run):
    wanted = expected.of(run)
    empty = [name for name in wanted.empty if name in run.capture.areas]
    assert [name for name in wanted.used if not inside(run, name)] == []
    assert [name for name in empty if inside(run, name)] == []


def test_direct_map_is_one_addition(run):
    """All that lies in it translates by the same offset, memory's start, too."""
    area = run.capture.areas["direct_map"]
    base, start = physical_start(run), area.number("start")
    for name in ("kmalloc", "page", "percpu"):
        witness = run.capture.witnesses[name]
        if witness["region"] in ("direct_map", "percpu") and witness.number("addr") in area.range:
            assert translation(run, witness.number("addr")) == base + witness.number("addr") - start
    assert run.capture.witnesses["page"].number("addr") in populated(area)
    assert base + populated(area).start - start == expected.of(run).memory
    assert area.number("phys") == base % (1 << 64)


@pytest.mark.walked
def test_direct_map_ends_with_memory(run):
    area, ranges = run.capture.areas["direct_map"], inside(run, "direct_map")
    if not ranges:  # a window that the processor translates without tables
        assert run.arch.kernel in ("loongarch", "mips")
        return
    assert populated(area).start == ranges[0].start
    assert populated(area).stop == number(run, "high_memory")
    # Of KFENCE's pool, should it come last, most pages are without access.
    pool, end = run.capture.areas.get("kfence"), populated(area).stop
    slack = len(pool.range) if pool and pool.range.stop == end else 0
    assert end - slack <= ranges[-1].stop <= end


def test_vmemmap_is_indexed_by_page_numbers(run):
    """The struct page of a page lies at the start plus its number's share."""
    if not built(run, "CONFIG_SPARSEMEM_VMEMMAP"):
        assert "vmemmap" not in run.capture.areas
        return
    start = run.capture.areas["vmemmap"].number("start")
    page = run.capture.witnesses["page"].number("addr")
    # From 7.0 on riscv64 counts from 0, as x86_64 does, and not from memory's start.
    frames = {(translation(run, page) - first) // number(run, "page_size")
              for first in (physical_start(run), 0)}
    assert run.capture.witnesses["struct_page"].number("addr") in {
        start + frame * number(run, "struct_page_size") for frame in frames}


@pytest.mark.walked
def test_vmemmap_is_mapped_as_far_as_populated(run):
    if not built(run, "CONFIG_SPARSEMEM_VMEMMAP"):
        assert "vmemmap" not in run.capture.areas
        return
    area, ranges = run.capture.areas["vmemmap"], inside(run, "vmemmap")
    # Whole sections are mapped, with large pages where the processor has them.
    share = number(run, "section_size") // number(run, "page_size") * number(run, "struct_page_size")
    slack = max(share, number(run, "pmd_size"))
    assert populated(area).start - slack <= ranges[0].start <= populated(area).start
    assert populated(area).stop <= ranges[-1].stop <= populated(area).stop + slack


@pytest.mark.walked
def test_vmalloc_is_used_from_its_start(run):
    unused = inside(run, "vmalloc")[0].start - run.capture.areas["vmalloc"].number("start")
    assert 0 <= unused <= expected.of(run).late * number(run, "page_size")


def test_sections_are_where_they_say(run):
    """The first byte of each, and of the image, translates to its physical address."""
    sections = run.capture.all("section")
    image = run.capture.get("region", "image")  # none where _end cannot be found
    for area in (*sections, *([image] if image else [])):
        physical = translation(run, area.number("start"))
        freed = "freed" in area.get("note", "")
        assert physical == area.number("phys") or (freed and physical is None), area["name"]
    # Few can be found where kallsyms knows functions only.
    assert len(sections) >= (6 if built(run, "CONFIG_KALLSYMS_ALL") else expected.of(run).sections)


def test_witnesses_are_mapped(run):
    wanted = expected.of(run)
    lost = {name for name, w in run.capture.witnesses.items()
            if translation(run, w.number("addr")) is None}
    assert len(run.capture.witnesses) >= wanted.witnesses + bool(wanted.slot[0])
    assert lost <= set(wanted.fleeting)


def test_witnesses_hold_what_they_say(run):
    """Read at the virtual address, and in memory behind it."""
    fleeting = expected.of(run).fleeting
    told = {name: w["content"].encode() + b"\0"
            for name, w in run.capture.witnesses.items() if "content" in w
            and not (name in fleeting and name not in run.oracle.contents)}
    assert len(told) >= 5 - len(fleeting) and len(told) >= 2
    assert run.oracle.contents == told
    assert run.oracle.physical == told


def test_mem_map_has_a_struct_page_for_each_page(run):
    """From the direct map's first page to the end of the last zone."""
    area = run.capture.areas.get("mem_map")
    assert (area is not None) == built(run, "CONFIG_FLATMEM")
    if area:
        first = run.capture.areas["direct_map"].number("phys") // number(run, "page_size")
        assert len(area.range) == (end_of_zones(run.sysroot) - first) * number(run, "struct_page_size")


def end_of_zones(sysroot):
    """The number of the first page after the last zone, as the guest's kernel has it."""
    zones = [dict(re.findall(r"^ +(spanned|start_pfn):? +(\d+)$", zone, re.M))
             for zone in (sysroot / "proc/zoneinfo").read_text().split("\nNode ")]
    # An empty zone starts nowhere.
    return max(int(z["start_pfn"]) + int(z["spanned"]) for z in zones if "start_pfn" in z)


def test_the_fixmap_slot_is_what_it_says(run):
    """The first byte of a device, or of the device tree."""
    source, physical = expected.of(run).slot
    slot = run.capture.witnesses.get("fixmap_slot")
    assert (slot["source"] if slot else "") == source
    if slot:
        assert translation(run, slot.number("addr")) & -number(run, "page_size") == physical or (
            not physical and translation(run, slot.number("addr")) is not None)


@pytest.mark.walked
def test_kfence_pool_is_fenced_in(run):
    """Pages without access stand at both ends of the pool, and none outside."""
    pool = run.capture.areas.get("kfence")
    asked = ("kfence.sample_interval" in run.spot.mode.cmdline
             or run.config.get("CONFIG_KFENCE_SAMPLE_INTERVAL", "0") != "0")
    # RISC-V sets it aside before it knows whether it is asked for.
    reserved = asked or run.spot.kernel.arch.kernel == "riscv"
    assert (pool is not None) == (reserved and built(run, "CONFIG_KFENCE"))
    if pool and asked:
        seen = [translation(run, a) is not None
                for a in (pool.range.start - 1, pool.range.start,
                          pool.range.stop - 1, pool.range.stop)]
        around = populated(run.capture.areas["direct_map"])  # of which it is cut out, mostly
        assert seen == [pool.range.start - 1 in around, False, False, pool.range.stop in around]
