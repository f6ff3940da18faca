# SPDX-License-Identifier: GPL-2.0-only
"""What is published, against what QEMU sees of the standing guest.

QEMU's registers, its translation of addresses, the guest's memory, and a walk
of the page tables in it: none of it is told by the guest's kernel.
"""

import matrix

LA57 = 1 << 12  # bit of CR4
MIB = 1 << 20

# Where nothing may be mapped while no process uses it.
EMPTY = ("noncanonical", "guard_hole", "ldt_remap", "efi_runtime")
# Where every x86_64 kernel has something mapped.
USED = ("direct_map", "vmalloc", "vmemmap", "cpu_entry_area", "image", "modules", "fixmap")


def inside(run, name):
    """Mapped ranges that touch an area."""
    area = run.capture.areas[name].range
    return [r for r in run.oracle.mapped if r.start < area.stop and area.start < r.stop]


def number(run, fact):
    return int(run.capture.fact(fact), 0)


def test_levels(run):
    levels = 5 if run.oracle.registers["CR4"] & LA57 else 4
    assert number(run, "page_levels") == levels == run.spot.mode.levels


def test_interrupt_table_starts_the_cpu_entry_area(run):
    assert run.capture.areas["cpu_entry_area"].number("start") == run.oracle.registers["IDT"]


def test_descriptor_tables_are_in_the_cpu_entry_area(run):
    area = run.capture.areas["cpu_entry_area"].range
    assert [t for t in ("GDT", "TR") if run.oracle.registers[t] not in area] == []


def test_the_processor_stands_in_text(run):
    assert run.oracle.registers["RIP"] in run.capture.areas["text"].range


def test_halves_are_as_wide_as_the_tables_reach(run):
    """Each level of tables translates 9 bits; half of it is the processes'."""
    half = 1 << (12 + 9 * run.spot.mode.levels - 1)
    hole = run.capture.areas["noncanonical"]
    assert hole.range == range(half, (1 << 64) - half)
    assert number(run, "va_bits") == half.bit_length()
    assert run.capture.areas["user"].range == range(0, number(run, "user_limit"))
    assert run.capture.areas["user_guard"].range == range(number(run, "user_limit"), half)


def test_percpu_starts_where_the_first_processors_does(run):
    """GS points to the processor's own variables, less where they were linked:
    at 0 up to 6.14, in a section with an address of its own later."""
    linked = matrix.linked(run.spot.kernel).sections
    first, _ = linked.get(".data..percpu", (0, 0))
    slide = number(run, "image_kaslr_offset") if first else 0
    base = (run.oracle.registers["GS"] + first + slide) % (1 << 64)
    assert run.capture.areas["percpu"].number("start") == base


def test_processors_and_address_width(run):
    """As QEMU was told, or does untold."""
    assert (number(run, "cpus"), number(run, "pa_bits")) == (2, 40)


def test_everything_mapped_is_published(run):
    """No page is mapped in the kernel's half but in a region that says so."""
    areas = [a.range for a in run.capture.areas.values()]
    stray = [f"{r.start:#x}-{r.stop - 1:#x}" for r in run.oracle.mapped
             if not any(a.start <= r.start and r.stop <= a.stop for a in areas)]
    assert run.oracle.mapped and stray == []


def test_regions_are_used_as_they_say(run):
    assert [name for name in USED if not inside(run, name)] == []
    assert [name for name in EMPTY if inside(run, name)] == []


def test_direct_map_starts_with_physical_address_0(run):
    area = run.capture.areas["direct_map"]
    first = inside(run, "direct_map")[0]
    assert area.number("start") == area.number("populated_start") == first.start
    for witness in ("kmalloc", "page", "percpu"):
        address = run.capture.witnesses[witness].number("addr")
        assert run.oracle.translations[address] == address - area.number("start")


def test_direct_map_ends_with_memory(run):
    area = run.capture.areas["direct_map"]
    last = inside(run, "direct_map")[-1]
    assert area.number("populated_end") == last.stop - 1 == number(run, "high_memory") - 1


def test_vmemmap_is_indexed_by_page_numbers(run):
    """The struct page of a page lies at the start plus its number's share."""
    start = run.capture.areas["vmemmap"].number("start")
    page = run.capture.witnesses["page"].number("addr")
    frame = run.oracle.translations[page] // number(run, "page_size")
    expected = start + frame * number(run, "struct_page_size")
    assert run.capture.witnesses["struct_page"].number("addr") == expected


def test_vmemmap_is_mapped_as_far_as_populated(run):
    area, ranges = run.capture.areas["vmemmap"], inside(run, "vmemmap")
    assert ranges[0].start == area.number("start")
    # Whole sections are mapped, with large pages where the processor has them.
    share = number(run, "section_size") // number(run, "page_size") * number(run, "struct_page_size")
    end = area.number("populated_end") + 1
    assert end <= ranges[-1].stop <= end + max(share, 2 * MIB)


def test_vmalloc_is_used_from_its_start(run):
    assert inside(run, "vmalloc")[0].start == run.capture.areas["vmalloc"].number("start")


def test_sections_are_where_they_say(run):
    """Each section's first byte translates to its physical address."""
    for area in run.capture.all("section"):
        physical = run.oracle.translations[area.number("start")]
        freed = "freed" in area.get("note", "")
        assert physical == area.number("phys") or (freed and physical is None), area["name"]
    image = run.capture.areas["image"]
    assert run.oracle.translations[image.number("start")] == image.number("phys")


def test_phys_base_ties_the_image_to_memory(run):
    image, window = (run.capture.areas[n].number("start") for n in ("image", "image_window"))
    physical = run.oracle.translations[image]
    assert number(run, "phys_base") == (physical - (image - window)) % (1 << 64)


def test_vsyscall_page(run):
    """Where the processes' ABI has it, and mapped only if it is emulated."""
    page = run.capture.areas["vsyscall"].number("start")
    mapped = run.oracle.translations[page] is not None
    assert page == 0xFFFFFFFFFF600000
    assert mapped == ("vsyscall=emulate" in run.spot.mode.cmdline)


def test_witnesses_are_mapped(run):
    lost = [name for name, w in run.capture.witnesses.items()
            if run.oracle.translations[w.number("addr")] is None]
    assert len(run.capture.witnesses) >= 14 and lost == []


def test_witnesses_hold_what_they_say(run):
    """Read at the virtual address, and in memory behind it."""
    told = {name: w["content"].encode() + b"\0"
            for name, w in run.capture.witnesses.items() if "content" in w}
    assert len(told) >= 5
    assert run.oracle.contents == told
    assert run.oracle.physical == told


def test_the_fixmap_slot_is_the_interrupt_controller(run):
    """FIX_APIC_BASE maps the local APIC, which QEMU has at its usual place."""
    slot = run.capture.witnesses["fixmap_slot"]
    assert slot["source"] == "fix_to_virt(FIX_APIC_BASE)"
    assert run.oracle.translations[slot.number("addr")] == 0xFEE00000


def test_kfence_pool_is_fenced_in(run):
    """Pages without access stand at both ends of the pool, and none outside."""
    pool = run.capture.areas.get("kfence")
    asked = "kfence.sample_interval" in run.spot.mode.cmdline
    built = run.capture.get("config", "CONFIG_KFENCE")["value"] == "y"
    assert (pool is not None) == (asked and built)
    if pool:
        seen = [run.oracle.translations[a] is not None
                for a in (pool.range.start - 1, pool.range.start,
                          pool.range.stop - 1, pool.range.stop)]
        assert seen == [True, False, False, True]


def test_page_table_isolation(run):
    assert run.capture.fact("pti") == ("y" if "pti=on" in run.spot.mode.cmdline else "n")
