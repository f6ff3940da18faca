# SPDX-License-Identifier: GPL-2.0-only
"""kvas draw --physical --aliases, and pictures by page tables in /proc/kcore, of saved machines.

The aliases are held against a walk of the saved memory by this test.
"""

import re

import pytest

import capture
import drawn
import saved
from dumps import Core
from pictures import cells
from saved import GOLDEN, MAIN, address_of
from test_draw_kinds import draw, draw_well, in_group, on_machines  # noqa: F401

# With all entries of the tables to schedule().
WALKED = saved.HERE / "machines/6.12-amd64-5level-walk"
ARM_WALKED = saved.HERE / "machines/6.12-arm64-52bit-walk"


def leaves(machine, levels):
    """Virtual address, physical address and size of each page in tables that were saved."""
    memory, segments = drawn.words_of(machine), Core(machine).segments
    found, seen = [], set()

    def virtual(phys):
        return next((vaddr + phys - paddr for vaddr, paddr, size in segments if 0 <= phys - paddr < size), None)

    def table(at, level, base):
        for n in range(256 if level == levels else 0, 512):
            entry, address = memory.get(at + 8 * n), base + (n << 12 + 9 * (level - 1))
            if not entry or not entry & drawn.PRESENT:
                continue
            if level == 1 or entry & drawn.LARGE and level <= 3:
                size = 1 << 12 + 9 * (level - 1)
                found.append((address | 0xffff << 48 if levels == 4 else address | 0x7f << 57, entry & drawn.ADDRESS & -size, size))
            elif (below := virtual(entry & drawn.ADDRESS)) is not None:
                seen.add(below)
                table(below, level - 1, address)

    table(address_of(machine, "init_top_pgt"), levels, 0)
    assert seen
    return found


def test_aliases_by_a_walk_of_the_saved_memory(draw_well):  # noqa: F811
    """Bytes of RAM that a region leads to, and where the bands end."""
    picture = draw_well("--physical", "--aliases", "--sysroot", WALKED)
    regions, ram = drawn.regions(drawn.capture_of(WALKED)), drawn.system_ram(WALKED)
    low = regions["direct_map"]
    expected = {name: set() for name in ("image", "vmalloc", "vmemmap", "modules", "cpu_entry_area")}
    for address, phys, size in leaves(WALKED, 5):
        if low.start <= address <= low.end:
            continue
        for page in range(0, size, 4096):
            home = next((n for n in expected if regions[n].start <= address + page <= regions[n].end), None)
            if home and any(a <= phys + page <= b for a, b in ram):
                expected[home].add(phys + page)
    assert expected["image"] and not in_group(picture, picture.paths, "alias-direct_map")
    for name, pages in expected.items():
        words = " ".join(t.text for t in in_group(picture, picture.texts, f"region-{name}"))
        bands = in_group(picture, picture.paths, f"alias-{name}")
        if not pages:
            assert "leads to" not in words and not bands, name
            continue
        assert f"leads to {drawn.size_text(len(pages) * 4096)} of RAM" in words, name
        [band] = bands
        box = in_group(picture, picture.boxes, f"region-{name}")[0]
        left, right = [x for x, _ in band.points[::4]], [x for x, _ in band.points[1::4]]
        assert set(left) == {box.right} and min(right) > box.right
        ends = [y for _, y in band.points[0::4] + band.points[3::4]]
        assert (min(ends), max(ends)) == pytest.approx((box.top, box.bottom), abs=0.05)


@on_machines
def test_aliases_or_why_there_are_none(machine, draw_well, plain):  # noqa: F811
    result = plain("draw", "--physical", "--aliases", "--sysroot", machine, "--format", "svg", "-")
    if result.returncode:
        assert result.returncode == 2 and "--aliases: " in result.stderr and not result.stdout
        assert "powerpc64le-hash" in machine.name or "armmp" in machine.name
        return
    picture = draw_well("--physical", "--aliases", "--sysroot", machine)
    # Only what verify reads was saved.
    scanned = plain("mappings", "--source", "kcore", "--sysroot", machine)
    unread = re.search(r"(\d+) of (\d+) page tables could not be read", scanned.stderr)
    said = re.search(r"(\d+) of (\d+) page tables could not be read", " ".join(picture.words))
    assert (unread and unread.groups()) == (said and said.groups())


def test_windows_of_the_processor_are_aliases(draw):  # noqa: F811
    picture, _ = draw("--physical", "--aliases", "--sysroot", GOLDEN / "7.2-loong64-5g")
    assert in_group(picture, picture.paths, "alias-uncached")
    assert in_group(picture, picture.paths, "band-direct_map")


# --- Page tables of /proc/kcore -----------------------------------------------------------------

@pytest.mark.parametrize("machine, levels", [(WALKED, 5), (ARM_WALKED, 5)], ids=lambda p: getattr(p, "name", p))
def test_a_walk_with_whole_tables(machine, levels, draw_well):  # noqa: F811
    picture = draw_well("--walk", "schedule", "--sysroot", machine)
    assert not any("not read" in w for w in picture.words)
    assert sum(bool(re.fullmatch(r"\d+ of \d+ used", w)) for w in picture.words) >= 4
    if machine == WALKED:
        memory, top = drawn.words_of(machine), address_of(machine, "init_top_pgt")
        assert cells(picture, levels, "table") == {n for n in range(512) if memory[top + 8 * n] & drawn.PRESENT}


def test_whole_tables_are_saved_again(output, tmp_path, draw):  # noqa: F811
    output("save", "--all", "--sysroot", WALKED, tmp_path / "again")
    picture, _ = draw("--walk", "schedule", "--sysroot", tmp_path / "again")
    assert not any("not read" in w for w in picture.words)


def test_what_is_mapped_by_kcore(draw_well):  # noqa: F811
    """Without the module's file."""
    picture = draw_well("--measured", "--source", "kcore", "--sysroot", WALKED)
    regions, pages = drawn.regions(drawn.capture_of(WALKED)), leaves(WALKED, 5)
    for name in ("text", "rodata", "vmemmap", "modules"):
        region = regions[name]
        mapped = sum(max(min(a + n, region.end + 1) - max(a, region.start), 0) for a, _, n in pages)
        words = [t.text for t in in_group(picture, picture.texts, f"region-{name}")]
        assert mapped and f"{drawn.size_text(mapped)} of {drawn.size_text(region.size)} mapped" in words, name


def test_what_of_kcore_cannot_be_read(plain):
    """Of most saved machines that is nearly all, which is said."""
    result = plain("draw", "--measured", "--source", "kcore", "--sysroot", MAIN, "--format", "svg", "-")
    assert result.returncode == 0 and "page tables could not be read" in result.stderr and "not settled" in result.stdout


@pytest.mark.parametrize("args, what", [
    (["draw", "--physical", "--aliases", "-f", drawn.capture_of(MAIN)], "--sysroot"),
    (["draw", "--aliases", "--sysroot", MAIN], "does not go with"),
    (["draw", "--measured", "--source", "kcore", "--mappings", "x", "--sysroot", MAIN], "exclude each other"),
    (["draw", "--measured", "--source", "/nonexistent", "--sysroot", MAIN], "expected module, kcore or a crash dump"),
    (["draw", "--source", "kcore", "--sysroot", MAIN], "does not go with"),
])
def test_bad_input(args, what, refused, tmp_path):
    assert what in refused(*args, tmp_path / "new.svg")
