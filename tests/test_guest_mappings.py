# SPDX-License-Identifier: GPL-2.0-only
"""kvas_mappings and kvas_walk, against a walk of the standing guest's memory.

tests/lab/pagewalks.c read the files as the last that the job did, and still
sleeps, so that its stack and its tables are there.  The walker of
lab/tablewalk.py then reads the same tables through QEMU.
"""

from functools import partial
from itertools import pairwise

import pytest

import mappings
from lab import pagetables
from lab.tablewalk import Leaf, Table


@pytest.fixture(scope="session")
def shown(run):
    return mappings.Mappings(run.guest.text("mappings"))


def test_pagewalks_had_no_trouble(run):
    assert run.guest.text("pagewalks") == ""
    assert (run.guest.out / "walked").exists()


def test_frame_and_totals(shown):
    assert shown.lines[0] == "kvas_mappings 1"
    assert shown.end.type == "end"
    assert shown.end.number("records") == len(shown.lines) - 2
    assert shown.end.number("runs") == len(shown.all("mapping"))
    assert (shown.absent is None) == (len(shown.all("mapping")) > 10)


def test_no_tables_is_said(run, shown):
    """A processor without such tables has no runs, and the file says why."""
    if run.oracle.tables is None:
        assert shown.absent and shown.end.number("tables") == 0
        assert {r.type for r in shown.records} == {"kvas_mappings", "tables", "end"}


@pytest.mark.walked
def test_shape_of_the_tables(run, shown):
    tables = run.oracle.shown.tables
    assert {level: (mappings.size(r["size"]), r.number("entries")) for level, r in shown.levels.items()} == {
        t.level: (1 << t.shift, 1 << t.bits) for t in tables}
    assert shown.all("tables")[0].number("levels") == run.oracle.tables.levels


@pytest.mark.walked
def test_runs_are_whole_entries_in_order(shown):
    before = 0
    for record in shown.all("mapping"):
        written, unit = mappings.run_of(record), mappings.size(shown.levels[record.number("level")]["size"])
        assert mappings.size(record["size"]) == written.stop - written.start
        assert written.start % unit == written.stop % unit == 0 and written.stop > written.start
        assert not (written.attr | written.upper) & ~shown.levels[written.level].number("mask")
        assert written.start >= before
        before = written.stop


@pytest.mark.walked
def test_neighbours_are_joined(shown):
    """Where a table is not mapped again."""
    for one, next_one in pairwise(shown.all("mapping", "repeat")):
        if {one.type, next_one.type} == {"mapping"}:
            a, b = mappings.run_of(one), mappings.run_of(next_one)
            assert a.stop != b.start or a.kind != b.kind, (one, next_one)


@pytest.mark.walked
def test_repeats_save_what_they_can(shown):
    for record in shown.all("repeat"):
        assert record.number("times") > 1
        assert mappings.size(record["size"]) == len(record.range) <= mappings.size(record["stride"])


# --- run by run ------------------------------------------------------------------

def areas_around(run, r):
    """Names of the areas that hold a range, the smallest first."""
    # len() does not know a range of half of all addresses.
    around = [(a.range.stop - a.range.start, name) for name, a in run.capture.areas.items()
              if a.range.start <= r.start and r.stop <= a.range.stop]
    return [name for _, name in sorted(around)]


def area_of(run, r):
    return next(iter(areas_around(run, r)), None)


def way_of(runs, address):
    return next((r.kind for r in runs if r.start <= address < r.stop), None)


# What may change between the reading and the standing still: the area, and how many
# pages of it.  Processes end and begin, with a stack each; highmem is mapped for as
# long as it is looked at, or until all slots are in use; KFENCE's pages are closed
# while they hold nothing.
STACKS = 12
# Code that is freed gives its pages of the direct map back, on x86 without the bit G.
CHANGING = {"kfence": 32, "kfence_area": 32, "pkmap": 64, "kmap_local": 8, "fixmap": 8}


GIVEN_BACK, GLOBAL = 64, 1 << 8


def is_given_back(run, area, ways):
    """Whether the only difference is that an entry of x86's direct map lost its G."""
    told, found = ways
    return (area == "direct_map" and run.arch.kernel == "x86" and None not in ways
            and told[0] == found[0] == 1 and told[1] == found[1] | GLOBAL and told[2:] == found[2:])


def is_stack(run, r, ways):
    """Whether it is a stack, which one of both has and the other has not."""
    in_use = run.capture.witnesses["init_stack"].number("addr")
    return (run.config.get("CONFIG_VMAP_STACK") == "y" and "vmalloc" in areas_around(run, r)
            and len(r) == int(run.capture.fact("thread_size"))
            and set(ways) == {None, way_of(run.oracle.shown.runs, in_use)})


def changed(run, told, found):
    """What differs, without what may: the stacks, and pages of areas that change."""
    left, stacks, given_back, pages = [], 0, 0, dict.fromkeys(CHANGING, 0)
    for r, *ways in mappings.differences(told, found):
        area = area_of(run, r)
        if is_stack(run, r, ways):
            stacks += 1
        elif is_given_back(run, area, ways):
            given_back += len(r) // int(run.capture.fact("page_size"))
        elif area in CHANGING and (run.arch.bits == 32 or "kfence" in area):
            pages[area] += len(r) // int(run.capture.fact("page_size"))
        else:
            left.append((f"{r.start:#x}-{r.stop - 1:#x}", area, *ways))
    pages["direct_map"] = given_back
    return left, stacks, {area: n for area, n in pages.items() if n > CHANGING.get(area, GIVEN_BACK)}


@pytest.mark.walked
def test_every_run_is_in_memory(run, shown, report):
    told, found = shown.runs, run.oracle.shown.runs
    assert [r for r in told if r.level == mappings.UNSETTLED] == []
    left, stacks, too_many = changed(run, told, found)
    assert left == [] and too_many == {} and stacks <= STACKS
    report(f"{run.spot}: {len(set(told) & set(found))} runs of {len(told)} are those in memory,"
           f" {stacks} stacks moved; {shown.end['tables']} tables, {shown.end.number('ns') / 1e6:.2f} ms")


def wrong(r):
    """The run, each time with something wrong."""
    bit = r.attr & -r.attr or 1 << 8
    yield [r._replace(attr=r.attr ^ bit)]
    yield [r._replace(upper=r.upper ^ bit)]
    yield [r._replace(level=r.level + 1)]
    yield [r._replace(group=r.group + 65536)]
    yield [r._replace(start=r.start + 4096)]
    yield [r._replace(stop=r.stop - 4096)]
    yield [r._replace(stop=r.stop + 4096)]
    yield []


@pytest.mark.walked
def test_a_wrong_run_would_be_seen(run):
    """The first of each area but those that change."""
    firm = {}
    for r in run.oracle.shown.runs:
        firm.setdefault(area_of(run, range(r.start, r.stop)), r)
    firm = [r for area, r in firm.items() if area not in {None, *CHANGING}]
    assert len(firm) >= 2
    for r in firm:
        for other in wrong(r):
            left, stacks, _ = changed(run, other, [r])
            assert left or stacks, (r, other)


def copies_come_late(run):
    """Whether a process has a copy of the kernel's top table, which may lack what the
    kernel mapped later until the process comes to use it."""
    return run.arch.kernel in ("arm", "riscv") or run.arch.name == "i686"


@pytest.mark.walked
def test_the_processor_uses_these_tables(run):
    """In the kernel's half: by its own register the same is mapped."""
    start = int(run.capture.fact("user_limit"), 0) if run.arch.bits == 32 else 0
    odd = [(f"{r.start:#x}-{r.stop - 1:#x}", named, used)
           for r, named, used in mappings.differences(run.oracle.shown.runs, run.oracle.shown.in_use)
           if r.start >= start and not (used is None and copies_come_late(run))]
    assert odd == [] and len(run.oracle.shown.in_use) > 10


@pytest.mark.walked
def test_tables_are_counted(run, shown):
    """Each is read at least once, and no more often than neighbours differ."""
    tables, again = run.oracle.shown.tables, shown.end.number("again")
    top = max(t.level for t in tables)
    reads = sum(n for t, n in tables.items() if t.level == top)
    assert len({t.address for t in tables}) - STACKS <= shown.end.number("tables") <= reads + again + STACKS
    assert 0 < shown.end.number("ns") < 60e9


# Bits of registers that are the same wherever the kernel runs: WP and PG; PSE, PAE,
# LA57, SMEP and SMAP; LME, LMA and NXE; M, WXN, EIS and SPAN; MODE; SUM and MXR.
REGISTERS = {"cr0": 1 << 16 | 1 << 31, "cr4": 1 << 4 | 1 << 5 | 1 << 12 | 1 << 20 | 1 << 21,
             "efer": 1 << 8 | 1 << 10 | 1 << 11, "tcr_el1": ~0, "sctlr_el1": 1 << 0 | 1 << 19 | 3 << 22,
             "satp": 0xF << 60, "sstatus": 3 << 18}
# In 5.10 only the first processor of x86_64 has PSE, where it decides nothing.
ON_32_BITS = {"cr4": 1 << 4}
QEMUS_NAMES = {"sctlr_el1": "SCTLR", "sstatus": "MSTATUS"}


@pytest.mark.walked
def test_registers(run, shown):
    told = {r["name"]: r.number("value") for r in shown.all("register")}
    assert set(told) - {"pan"} <= set(REGISTERS)
    assert {"x86": {"cr0", "cr4"}, "arm64": {"tcr_el1", "sctlr_el1"}, "riscv": {"satp", "sstatus"}}.get(
        run.arch.kernel, set()) <= set(told)
    for name in set(told) & set(REGISTERS):
        value = run.oracle.registers[QEMUS_NAMES.get(name, name.upper())]
        bits = REGISTERS[name] & ~(ON_32_BITS.get(name, 0) if run.arch.bits == 64 else 0)
        assert not (told[name] ^ value) & bits, name


# --- the walks of single addresses ------------------------------------------------------

@pytest.fixture(scope="session")
def walks(run):
    found, errors = mappings.walks(run.guest.text("walks"))
    assert errors == []
    return found


def of_half(walks, half):
    return [walk for walk in walks if walk.half == half]


def meaning(run, value, table):
    """Of an entry: what the processor sets in it does not matter."""
    return run.oracle.tables.entry(value, table)


def is_settled(run, walk):
    """Whether its page is no slot that is used for a moment."""
    area = area_of(run, range(walk.address, walk.address + 1))
    return not (run.arch.bits == 32 and area in CHANGING)


def test_walks_are_framed(run, walks):
    asked = [int(a, 0) for a in run.guest.text("addresses").split()]
    page = int(run.capture.fact("page_size"))
    assert [w.address for w in walks][:len(asked)] == [a & -page for a in asked]
    assert len(walks) == len(asked) + 6 and len(asked) > 10
    for walk in walks:
        first, second, *inner, page, end = [r.type for r in walk.records]
        assert (first, second, page, end) == ("kvas_walk", "walk", "page", "end")
        assert set(inner) <= {"entry"}
        assert walk.records[-1].number("records") == len(walk.records) - 2


@pytest.mark.walked
def test_entries_are_those_on_the_way(run, walks):
    """Of the kernel's half, each: its table, its index, its value."""
    size = {"Q": 8, "I": 4}[run.oracle.tables.word]
    compared = 0
    for walk in filter(partial(is_settled, run), of_half(walks, "kernel")):
        way = run.oracle.shown.ways[walk.address]
        assert walk.first("walk").number("root") == mappings.Mappings(run.guest.text("mappings")).root
        assert [(e.number("level"), e.number("index"), e.number("addr")) for e in walk.entries] == [
            (table.level, index, table.address + index * size) for table, index, _ in way], walk
        for entry, (table, _, value) in zip(walk.entries, way):
            assert meaning(run, entry.number("value"), table) == meaning(run, value, table), walk
            kind = {Table: "table", Leaf: "page"}.get(type(meaning(run, value, table)), "none")
            assert entry["kind"] == kind, walk
            compared += 1
    assert compared > 40


@pytest.mark.walked
def test_pages_are_where_qemu_translates_to(run, walks):
    prefixed = {*range(0, 8192)} if run.arch.kernel == "s390" else set()
    size, found = int(run.capture.fact("page_size")), 0
    for walk in filter(partial(is_settled, run), of_half(walks, "kernel")):
        by_memory, by_qemu = run.oracle.shown.physical[walk.address]
        if "absent" in walk.page:
            assert by_memory is None and walk.page["absent"]
            # Some windows need no tables.
            assert by_qemu is None or not walk.entries, walk
            continue
        physical = walk.page.number("phys") + walk.address - walk.page.number("start")
        assert physical == by_memory, walk
        late = by_qemu is None and (copies_come_late(run) or pagetables.filled_by_software(run.spot.kernel))
        assert physical == by_qemu or late or {physical, by_qemu} & prefixed, walk
        assert walk.address in walk.page.range and len(walk.page.range) >= size
        found += 1
    # MIPS has few regions that tables translate.
    assert found > (4 if pagetables.filled_by_software(run.spot.kernel) else 10)


@pytest.mark.walked
def test_pages_are_as_in_the_mappings(run, walks):
    runs = run.oracle.shown.runs
    for walk in filter(partial(is_settled, run), of_half(walks, "kernel")):
        if "absent" not in walk.page:
            assert mappings.run_of(walk.page).kind == way_of(runs, walk.address), walk
        else:
            assert way_of(runs, walk.address) is None, walk


@pytest.mark.walked
def test_entries_are_in_memory(run, walks):
    """Of both halves: the words where the entries are said to be; each table is that
    to which the entry before leads."""
    size = {"Q": 8, "I": 4}[run.oracle.tables.word]
    shapes = {t.level: t for t in run.oracle.shown.tables}
    for walk in walks:
        table = None
        for entry in walk.entries:
            value, at = entry.number("value"), entry.number("addr")
            first = at - entry.number("index") * size
            if table is not None:
                assert isinstance(table, Table) and first == table.address, walk
            shape = shapes.get(entry.number("level"))
            if shape:
                now = run.oracle.shown.words[at]
                assert not is_settled(run, walk) or meaning(run, value, shape) == meaning(run, now, shape), walk
                table = meaning(run, value, shape)


@pytest.mark.walked
def test_nothing_is_mapped_between_the_halves(run, walks):
    """The top tables have entries for other addresses, which are not these."""
    hole = run.capture.areas.get("noncanonical")
    for walk in walks:
        if hole and walk.address in hole.range:
            assert "absent" in walk.page and not walk.entries, walk


# What the processor translates without tables: MIPS64 Architecture For Programmers,
# volume III, 4.3; LoongArch Reference Manual, volume 1, 5.2.1, as Linux sets DMW0 to DMW2.
WINDOWS = {
    "mips": {range(2 << 62, 3 << 62), range(0xFFFFFFFF80000000, 0xFFFFFFFFA0000000),
             range(0xFFFFFFFFA0000000, 0xFFFFFFFFC0000000)},
    "loongarch": {range(n << 48, n + 1 << 48) for n in (0x8000, 0x9000, 0xA000)},
}


def test_windows_have_no_tables(run, shown, walks):
    """Each is told, nothing is mapped there, and a walk says that there is nothing to walk."""
    windows = WINDOWS.get(run.arch.kernel, set()) if run.arch.bits == 64 else set()
    assert {r.range for r in shown.all("window")} == windows
    assert [r for r in shown.runs if any(r.start < w.stop and w.start < r.stop for w in windows)] == []
    inside = [w for w in walks if any(w.address in window for window in windows)]
    assert (len(inside) > 3) == bool(windows)
    for walk in inside:
        assert walk.page["absent"] == "the processor translates this window without asking any table"
        assert not walk.entries


@pytest.mark.walked
def test_the_readers_own_pages(run, walks):
    """Code, data and stack are mapped; address 0 is not, and a page without access
    is not, or has other attributes than one with."""
    if run.arch.kernel == "s390":  # an address does not tell whose it is
        return
    code, data, stack, large, fenced, nothing = walks[-6:]
    assert {w.half for w in walks[-6:]} == {"user"}
    for walk in (code, data, stack, large):
        assert "absent" not in walk.page, walk
        assert walk.address in walk.page.range
    # By a bit of the table above, which the page has not.
    if run.arch.kernel == "arm" and run.oracle.tables.levels == 2:
        assert code.page["upper"] == "0x0000000100000000"
    assert "absent" in nothing.page
    assert "absent" in fenced.page or mappings.run_of(fenced.page).kind != mappings.run_of(data.page).kind
