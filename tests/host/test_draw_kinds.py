# SPDX-License-Identifier: GPL-2.0-only
"""The pictures that are no column: a walk, two layouts, two stacks, what is mapped, physical memory.

What they show is held against the saved machines' own files, read without kvas; where it is, against
the font files.
"""

import random
import re
import shutil

import pytest

import capture
import drawn
import pictures
import procfs
from conftest import HERE
from pictures import cells
from procfs import Process, Vma
from saved import GOLDEN, MAIN, address_of

MACHINES = capture.MACHINES
ARM = GOLDEN / "7.2-armmp-highmem"
PAE = GOLDEN / "6.1-686-pae-pae-5g"
MEASURED = HERE / "measured/6.12-amd64-5level.kvas"
WALKED = HERE / "machines/6.12-amd64-5level-walk"
SAVED = HERE / "samples/x86_64.process"
WIDTHS = (480, 900, 1600)
on_machines = pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)

def arch(machine):
    return re.search(r" arch=(\S+)", drawn.capture_of(machine).read_text())[1]


# Two captures of one architecture each.
PAIRS = [(a, b) for a in MACHINES for b in MACHINES if a != b and arch(a) == arch(b)]


@pytest.fixture(scope="session")
def draw(plain_output):
    """The picture, and its text as .svg."""
    def call(*args):
        svg = plain_output("draw", "--format", "svg", *args, "-")
        return pictures.parse(svg), svg
    return call


@pytest.fixture(scope="session")
def draw_well(draw):
    """The same at each width: nothing overlaps, nothing is cut, ids differ, and it is not large."""
    def call(*args):
        for width in WIDTHS:
            picture, svg = draw(*args, "--width", width)
            pictures.assert_nothing_overlaps(picture)
            pictures.assert_nothing_cut(picture)
            pictures.assert_ids_differ(svg)
            assert picture.width == width and len(svg) <= 200 << 10
        return picture
    return call


def in_group(picture, marks, name):
    return [m for m in marks if any(g.id == name for g in m.groups)]


def the_box(picture, name):
    [box] = in_group(picture, picture.boxes, name)
    return box


# --- A walk ----------------------------------------------------------------------------------------

@on_machines
@pytest.mark.parametrize("query", ["schedule", "0x1000"])
def test_a_walk_is_well_drawn(machine, query, draw_well):
    """On machines with tables, without, and where the processor asks none."""
    picture = draw_well("--walk", query, "--sysroot", machine)
    bits = "".join(t.text for t in picture.texts if t.is_within_class("bits") and set(t.text) <= {"0", "1"} and
                   t.face == "fixed")
    if bits:
        address = int(picture.title.removeprefix("The walk to ").replace(" ", ""), 16)
        assert len(bits) == (32 if arch(machine) in ("i386", "arm") else 64) and int(bits, 2) == address
        if query == "schedule":
            assert address == address_of(machine, "schedule")


def test_entries_that_are_lit_are_those_in_memory(copy, draw):
    """Each table on the way is filled with made-up entries; the test counts them itself."""
    machine, chance = copy(), random.Random(15)
    memory = drawn.Memory(machine)
    root = memory.core.phys(address_of(machine, "init_top_pgt")) or \
        address_of(machine, "init_top_pgt") - drawn.regions(drawn.capture_of(machine))["image"].start + \
        int(drawn.value(drawn.capture_of(machine), "region", "image", "phys"), 0)
    address = address_of(machine, "schedule")
    way = drawn.walk(memory, root, 5, address)
    assert len(way) == 4
    tables = {}
    for level, table, _, _ in way:
        kinds = [0, 0, drawn.PRESENT | 0x62, 0x800, drawn.PRESENT | drawn.LARGE | 0x62]
        tables[level] = memory.fill(table, [chance.choice(kinds) | 0x2000 * n for n in range(512)])
    memory.save()
    picture, _ = draw("--walk", "schedule", "--sysroot", machine)
    for level, table, index, _ in way:
        entries = tables[level]
        present = {i for i, e in enumerate(entries) if e & drawn.PRESENT}
        pages = {i for i in present if level <= 3 and entries[i] & drawn.LARGE}
        assert cells(picture, level, "table") == present - pages
        assert cells(picture, level, "page") == pages
        assert cells(picture, level, "empty") == set(range(512)) - present
        assert not cells(picture, level, "not_read")
        texts = [t.text for t in in_group(picture, picture.texts, f"table-{level}")]
        assert f"{len(present)} of 512 used" in texts and f"entry {index}" in texts and f"0x{table:x}" in texts
        grid = next(b for b in in_group(picture, picture.boxes, f"table-{level}") if not b.tone)
        [chosen] = [b for b in in_group(picture, picture.boxes, f"table-{level}") if b.tone == "chosen"]
        assert round((chosen.left + 1 - grid.left - 1) / 7) == index % 16
        assert round((grid.bottom - chosen.bottom) / 7) == index // 16
    page = way[-1][3] & drawn.ADDRESS & ~0x1fffff
    offset = address & 0x1fffff
    assert {f"0x{page:x}", f"0x{page + offset:x}", f"0x{offset:x}"} <= set(picture.words)
    box = in_group(picture, picture.boxes, "page")[0]
    line = next(p for p in in_group(picture, picture.paths, "byte") if p.top == p.bottom)
    assert abs((box.bottom - line.top) / (box.bottom - box.top) - offset / 0x200000) < 0.04


def test_what_was_not_saved_is_not_lit(draw):
    """Of a table of which a few lines were saved all else is unknown."""
    memory = drawn.Memory(MAIN)
    picture, _ = draw("--walk", "schedule", "--sysroot", MAIN)
    image = drawn.regions(drawn.capture_of(MAIN))["image"].start
    root = address_of(MAIN, "init_top_pgt") - image + int(drawn.value(drawn.capture_of(MAIN), "region", "image", "phys"), 0)
    for level, table, _, _ in drawn.walk(memory, root, 5, address_of(MAIN, "schedule")):
        entries = {i: memory.entry(table, i) for i in range(512)}
        used = {i for i, e in entries.items() if e and e & drawn.PRESENT}
        unknown = sum(e is None for e in entries.values())
        assert cells(picture, level, "table") | cells(picture, level, "page") == used
        assert f"{len(used)} used, {unknown} not read" in [t.text for t in in_group(picture, picture.texts, f"table-{level}")]


def test_entries_are_inferred_from_what_is_mapped(copy, draw):
    """What could not be read, but is in kvas_mappings: once, and in copies."""
    machine = copy()
    address = address_of(machine, "schedule")
    table = address & ~0x3fffffff
    runs = [(table + 0x12345000, 0x1000), (table + 0x20000000, 0x800000)]
    copies = (table + 0x30000000, 5, 0x1000000)
    lines = [f"mapping start=0x{a:016x} end=0x{a + n - 1:016x} size={n // 1024}K level=1 attr=0x8000000000000103" for a, n in runs]
    lines += [f"mapping start=0x{copies[0]:016x} end=0x{copies[0] + 0xfff:016x} size=4K level=1 attr=0x8000000000000103",
              f"repeat start=0x{copies[0]:016x} end=0x{copies[0] + 0xffffff:016x} size=16M times={copies[1]} stride=16M"]
    head = MEASURED.with_suffix(".mappings").read_text().split("mapping ")[0]
    tail = f"end records={head.count(chr(10)) - 1 + len(lines)} runs=3 tables=9 again=0 ns=1\n"
    (machine / "sys/kernel/debug/kvas_mappings").write_text(head + "\n".join(lines) + "\n" + tail)
    picture, _ = draw("--walk", "schedule", "--sysroot", machine)
    expected = {(a - table + k >> 21) for a, n in runs for k in range(0, n, 0x1000)}
    expected |= {copies[0] - table + k * copies[2] >> 21 for k in range(copies[1])}
    read = cells(picture, 2, "table") | cells(picture, 2, "page") | cells(picture, 2, "empty")
    assert cells(picture, 2, "mapped") == expected - read and expected - read
    assert cells(picture, 2, "unmapped") == set(range(512)) - expected - read
    # Of the user's half of the top table kvas_mappings says nothing.
    assert not {i for i in cells(picture, 5, "mapped") | cells(picture, 5, "unmapped") if i < 256}


# --- Before and after -------------------------------------------------------------------------------

@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p[0].name}..{p[1].name}")
def test_two_layouts(pair, draw_well):
    """Fates by the captures' own text; a join has the edges of the boxes that it joins."""
    before, after = (drawn.regions(drawn.capture_of(m)) for m in pair)
    picture = draw_well("--with", pair[1], "--sysroot", pair[0])
    ids = {g.id: g for g in picture.groups if g.id}
    for name, region in before.items():
        if f"join-{name}" not in ids:
            continue
        join, twin = ids[f"join-{name}"], after[name]
        left, right = the_box(picture, f"before-region-{name}"), the_box(picture, f"after-region-{name}")
        [path] = in_group(picture, picture.paths, f"join-{name}")
        corners = ((left.right, left.top), (right.left, right.top), (right.left, right.bottom), (left.right, left.bottom))
        assert path.points == [pytest.approx(corner, abs=0.03) for corner in corners]
        if (region.start, region.end) == (twin.start, twin.end):
            assert (left.top, left.bottom) == pytest.approx((right.top, right.bottom), abs=0.03)
        # An address is at one height in both columns, a higher one above.
        for here, there in ((left.bottom, right.bottom),):
            assert (region.start == twin.start) == (abs(here - there) < 0.02) or abs(here - there) < 30
            assert here > there - 0.02 if region.start < twin.start else here < there + 0.02
        words = " ".join(t.text for t in picture.texts if right.contains(t, 1))
        if region.size == twin.size and region.start != twin.start and "moved" in join.classes:
            distance = (twin.start - region.start)
            distance -= (1 << 64) if distance >= 1 << 63 else 0
            distance += (1 << 64) if distance < -(1 << 63) else 0
            assert re.sub(r"\s+", "", f"moved by {'-' if distance < 0 else '+'}{drawn.size_text(abs(distance))}") in \
                re.sub(r"\s+", "", words), name
        if region == twin:
            assert "same" in join.classes
        if region.size != twin.size and "image" not in (name, region.parent):
            assert "same" not in join.classes
    shown = {i.removeprefix("after-region-") for i in ids if i.startswith("after-region-")}
    assert all(ids[f"after-region-{n}"].classes >= {"changed"} for n in shown - set(before))
    assert {n for n, r in after.items() if not r.parent and not n.startswith("execmem")} <= shown


def test_two_layouts_in_large_letters(draw_well):
    """Of --brief: all regions that are in no other, and none that is."""
    picture = draw_well("--brief", "--with", GOLDEN / "5.10-amd64-4level", "--sysroot", MAIN)
    regions = drawn.regions(drawn.capture_of(MAIN)).values()
    shown = {g.id.removeprefix("before-region-") for g in picture.groups if (g.id or "").startswith("before-region-")}
    assert shown == {r.name for r in regions if not r.parent and not r.name.startswith("execmem")}
    assert "What else changed" not in picture.words


def test_what_a_configuration_gives(draw_well, write):
    """The split of a 32-bit Arm machine, moved in its .config."""
    [config] = (ARM / "boot").glob("config-*")
    text = config.read_text()
    for old, new in (("CONFIG_VMSPLIT_3G=y", "# CONFIG_VMSPLIT_3G is not set"),
                     ("# CONFIG_VMSPLIT_2G is not set", "CONFIG_VMSPLIT_2G=y"),
                     ("CONFIG_PAGE_OFFSET=0xC0000000", "CONFIG_PAGE_OFFSET=0x80000000")):
        assert old in text
        text = text.replace(old, new)
    picture = draw_well("--predicted", write(text, "config"), "--sysroot", ARM)
    split = next(b for b in picture.boxes if b.is_within("after-region-direct_map"))
    [label] = [t for t in picture.texts if t.text == "8000 0000"]
    assert abs((label.top + label.bottom) / 2 - split.bottom) < 3 and label.left > split.right
    assert "changed" in picture.group("join-user").classes and "same" in picture.group("join-vectors").classes
    assert "shrank from 3056 MiB to 2032 MiB" in " ".join(picture.words)
    assert "CONFIG_VMSPLIT_2G: n -> y" in picture.words


@on_machines
def test_a_machine_and_its_own_configuration(machine, draw_well, plain):
    """Nothing is changed; where there are no rules that is said."""
    for config in (machine / "boot").glob("config-*"):
        result = plain("draw", "--predicted", config, "--sysroot", machine, "--format", "svg", "-")
        if arch(machine) in ("s390x", "mips64"):
            assert result.returncode == 2 and "for lack of rules" in result.stderr
            continue
        picture = draw_well("--predicted", config, "--sysroot", machine)
        before = drawn.regions(drawn.capture_of(machine))
        joined = [g for g in picture.groups if g.id and g.id.startswith("join-")]
        assert len(joined) >= 4
        for join in joined:
            name = join.id.removeprefix("join-")
            words = " ".join(t.text for t in picture.texts if the_box(picture, f"after-region-{name}").contains(t, 1))
            assert "changed" not in join.classes or before[name].parent or "anywhere" in words, name


# --- Two stacks --------------------------------------------------------------------------------------

STACK = Vma(0x7ffd6fb2a000, 0x7ffd6fb4b000, path="[stack]")
OTHER = Vma(0x7f0010001000, 0x7f0010801000)
POINTERS = {412: 0x7ffd6fb4ac40, 413: 0x7f0010500000}
KERNEL = {412: 0xff6a95a640470000, 413: 0xff6a95a640410000}


@pytest.fixture
def sleeper(tmp_path):
    """A machine with a process of two threads, and what kvas_threads says of them."""
    root = tmp_path / "machine"
    root.mkdir()
    syscall = "202 0x1 0x2 0x3 0x4 0x5 0x6 {:#x} 0x9\n"
    procfs.make(root, Process([Vma(0x7f0010000000, 0x7f0010001000, "---p"), OTHER, STACK],
                              threads=[(tid, f"t{tid}", "S", syscall.format(sp)) for tid, sp in POINTERS.items()]))
    live = root / "sys/kernel/debug"
    live.mkdir(parents=True)
    shutil.copy(drawn.capture_of(MAIN), live / "kvas")
    lines = [f"thread tid={tid} pid=412 kind=process start=0x{start:x} end=0x{start + 0x3fff:x} size=16K region=vmalloc "
             f"comm=t{tid} sp=0x{POINTERS[tid]:016x}" for tid, start in KERNEL.items()]
    (live / "kvas_threads").write_text('kvas_threads 1\ntables arch=x86_64 absent="not of interest"\n' +
                                       "\n".join(lines) + "\nend records=3\n")
    (root / "proc/vmallocinfo").write_text("".join(
        f"0x{start:016x}-0x{start + 0x5000:016x}   20480 kernel_clone+0x9b/0x3a0 pages=4 vmalloc N0=4\n" for start in KERNEL.values()))
    return root


def test_both_stacks_of_each_thread(sleeper, draw_well):
    picture = draw_well("--stacks", "412", "--sysroot", sleeper)
    calls = [p for p in picture.paths if p.is_within_class("system-call") and not p.is_closed]
    split = next(p for p in picture.paths if p.is_within_class("split"))
    assert len(calls) == 2
    for call, (tid, vma) in zip(calls, ((412, STACK), (413, OTHER))):
        outer = {kind: next(b for b in picture.boxes if b.is_within_class(kind) and b.right == call.points[0][0] and
                            b.bottom - b.top > 100) for kind in ("user-stack", "kernel-stack")}
        registers = next(b for b in picture.boxes if b.is_within_class("registers") and outer["kernel-stack"].contains(b))
        used = next(b for b in picture.boxes if b.is_within_class("used") and outer["user-stack"].contains(b))
        (x1, y1), (x2, y2) = call.points[0], call.points[-1]
        # Out at the stack pointer, up through the split, in at the registers, at the kernel stack's upper end.
        assert abs(y1 - used.bottom) < 0.1 and registers.top < y2 < registers.bottom and registers.top == outer["kernel-stack"].top
        assert y2 < split.top < y1 and used.top == outer["user-stack"].top
        share = (vma.stop - POINTERS[tid]) / (vma.stop - vma.start)
        height = outer["user-stack"].bottom - outer["user-stack"].top
        assert abs((used.bottom - used.top) / height - share) < 0.01 or used.bottom - used.top == 8 and share < 8 / height
        words = picture.words
        in_use = "at most " * (vma is OTHER) + f"{drawn.size_text(vma.stop - POINTERS[tid])} in use"
        for text in (drawn.size_text(vma.stop - vma.start), in_use, "16 KiB",
                     " ".join(re.findall("....", f"{KERNEL[tid]:016x}"))):
            assert text in words
    assert "which may hold more above it" in " ".join(picture.words)
    assert picture.words.count("guard, 4 KiB: no access") == 3 and picture.words.count("gap, 1 MiB: room to grow") == 1
    assert [len([b for b in picture.boxes if b.is_within_class(kind)]) for kind in ("guard", "gap")] == [3, 1]


def test_stacks_that_are_not_known(draw_well):
    picture = draw_well("--stacks", HERE / "samples/x86_64.process", "-f", drawn.capture_of(MAIN))
    assert picture.words.count("not known") >= 5 and not [p for p in picture.paths if p.is_within_class("system-call")]


# --- What is mapped ------------------------------------------------------------------------------------

def measure(draw, capture_file, mappings):
    return draw("--measured", "-f", capture_file, "--mappings", mappings)


@pytest.mark.parametrize("sample", [MEASURED, HERE / "samples/x86_64-4level.kvas"], ids=lambda p: p.name)
def test_what_is_mapped_and_how(sample, draw_well):
    """Sums and places of each region by the runs themselves."""
    kvas_file, mappings = sample, sample.with_suffix(".mappings")
    picture = measure(draw_well, kvas_file, mappings)
    runs = drawn.mapped(mappings)
    for group in [g for g in picture.groups if g.id and g.id.startswith("region-")]:
        region = drawn.regions(kvas_file)[group.id.removeprefix("region-")]
        sums, words = {}, [t.text for t in picture.texts if any(g == group for g in t.groups)]
        parts = [(max(a, region.start), min(b, region.end), right) for a, b, right in runs
                 if a <= region.end and b >= region.start]
        for start, end, right in parts:
            sums[right] = sums.get(right, 0) + end - start + 1
        expected = ", ".join(f"{right} {drawn.size_text(sums[right])}" for right in
                             drawn.RIGHTS if right in sums)
        assert (expected or "nothing mapped") in " ".join(words), region.name
        settled = sum(size for right, size in sums.items() if right != "not settled")
        total = f"{drawn.size_text(settled) if settled else 0} of {drawn.size_text(region.size)} mapped"
        assert total in words, region.name
        lens = next((t for t in words if t.endswith("from the first byte that is mapped to the last")), None)
        if lens:
            reach = max(b for _, b, _ in parts) - min(a for a, _, _ in parts) + 1
            assert lens.startswith(drawn.size_text(reach) + " of it"), region.name
        # The strip: where something is mapped there is colour, and nowhere else.
        strip = next((b for b in picture.boxes if any(g == group for g in b.groups) and b.bottom - b.top == 20), None)
        colours = [p for p in picture.paths if any(g == group for g in p.groups) and p.is_within_class("mapped") and p.top == strip.top]
        width, painted = strip.right - strip.left, set()
        for path in colours:
            for n in range(0, len(path.points), 4):
                xs = [x for x, _ in path.points[n:n + 4]]
                painted |= set(range(round(min(xs) - strip.left), round(max(xs) - strip.left)))
        pixels = {min(int((a - region.start) / region.size * width), int(width) - 1) for s, e, _ in parts for a in (s, e)}
        assert pixels <= painted and len(painted) <= len(parts) * 2 + sum(e - s for s, e, _ in parts) / region.size * width
    assert not any("can be written and executed" in w for w in picture.words) == (
        not any(right == "write and execute" for _, _, right in runs))


def test_writable_and_executable_shouts(draw_well, write):
    """One run of vmalloc that loses its NX."""
    kvas_file, text = MEASURED, MEASURED.with_suffix(".mappings").read_text()
    vmalloc = drawn.regions(kvas_file)["vmalloc"]
    line = next(x for x in text.splitlines() if x.startswith("mapping") and vmalloc.start <= int(x.split("start=")[1][:18], 0) <= vmalloc.end)
    bad = write(text.replace(line, line.replace("attr=0x8", "attr=0x0")), "mappings")
    picture = measure(draw_well, kvas_file, bad)
    size = drawn.size_text(drawn.amount(re.search(r"size=(\S+)", line)[1]))
    assert f"{size} can be written and executed." in picture.words
    [alert] = in_group(picture, picture.boxes, "wx")
    assert alert.tone == "alert"
    assert [p for p in in_group(picture, picture.paths, "region-vmalloc") if p.tone == "alert"]
    assert "Nothing is both writable and executable." in measure(draw_well, kvas_file, MEASURED.with_suffix(".mappings")).words


def test_many_regions_in_one_another(draw_well, write):
    """As deep as a capture may be; and a name that no line has room for."""
    lines, around = MEASURED.read_text().splitlines(), drawn.regions(MEASURED)["vmalloc"]
    parent, inner = "vmalloc", []
    for n in range(1, 16):
        name = "x" * 1000 if n == 15 else f"nested{n}"
        inner.append(capture.region(name, around.start + n * 4096, around.end - n * 4096, more=f"parent={parent}"))
        parent = name
    file = write("\n".join([*lines[:-1], *inner, f"end records={len(lines) - 2 + len(inner)}"]) + "\n")
    measure(draw_well, file, MEASURED.with_suffix(".mappings"))
    draw_well("--with", MEASURED, "-f", file)


# --- Physical memory ------------------------------------------------------------------------------------

def test_a_long_name_beside_physical_memory(draw_well, write):
    lines = [capture.region("direct_map", 0xffff888000000000, 0xffffc87fffffffff, more="phys=0x0000000000000000"),
             capture.region("x" * 1000, 0xffffc90000000000, 0xffffe8ffffffffff)]
    draw_well("--physical", "-f", write(capture.build(lines)))


@on_machines
def test_physical_memory(machine, draw_well):
    """RAM by /proc/iomem, the direct map's band by phys of the capture."""
    picture = draw_well("--physical", "--sysroot", machine)
    low = drawn.regions(drawn.capture_of(machine))["direct_map"]
    blocks = drawn.system_ram(machine)
    pieces = [g for g in picture.groups if g.id and g.id.startswith("physical-")]
    ram = [g for g in pieces if g.classes & {"ram", "highmem"}]
    for start in (blocks[0][0], *(s for (_, before), (s, _) in zip(blocks, blocks[1:]) if s - before > sum(e - s for s, e in blocks) / 16)):
        assert any(f"{start:x}".zfill(16) == "".join(t.text.split()).zfill(16) for g in ram
                   for t in in_group(picture, picture.texts, g.id)), hex(start)
    highmem = drawn.value(drawn.capture_of(machine), "fact", "highmem")
    assert any("highmem" in g.classes for g in pieces) == bool(highmem and int(highmem))
    [band] = in_group(picture, picture.paths, "band-direct_map")
    box = next(b for b in in_group(picture, picture.boxes, "region-direct_map") if b.state == "populated")
    assert {p[0] for p in (band.points[0], band.points[3])} == {box.right}
    assert (band.points[0][1], band.points[3][1]) == (box.top, box.bottom)
    if highmem and int(highmem):
        # The band ends where highmem begins.
        first = min((b for g in pieces if "highmem" in g.classes for b in in_group(picture, picture.boxes, g.id)),
                    key=lambda b: -b.bottom)
        assert abs(band.points[1][1] - first.bottom) < 0.1
        phys = int(drawn.value(drawn.capture_of(machine), "region", "direct_map", "phys"), 0)
        assert " ".join(re.findall("....", f"{phys + low.size:08x}".zfill(16 if machine == PAE else 8))) in picture.words
        assert "dashed" in picture.group("band-pkmap").classes


# --- What translates an address ----------------------------------------------------------------------

ROOTS = {"x86_64": ["CR3", "CR3"], "i386": ["CR3", "CR3"], "arm64": ["TTBR1_EL1", "TTBR0_EL1"], "riscv64": ["satp", "satp"],
         "loongarch64": ["PGDH", "PGDL"], "mips64": ["swapper_pg_dir", "swapper_pg_dir", "pgd_current"], "s390x": ["ASCE", "ASCE"],
         "arm": ["TTBR0", "TTBR0"]}


@on_machines
def test_what_translates_an_address(machine, draw):
    picture, _ = draw("--sysroot", machine)
    roots = [t.text for t in in_group(picture, picture.texts, "roots") if t.bold][1:]
    mmu = drawn.value(drawn.capture_of(machine), "fact", "mmu")
    expected = {"radix": ["quadrant 3", "quadrant 0"], "hash": ["segment 0xc", "segment 0x0"]}.get(mmu, ROOTS.get(arch(machine)))
    assert [t for t in roots if t in expected] == expected
    if arch(machine) == "s390x":
        assert [p for p in picture.paths if p.is_within_class("system-call")]
    starts = {"".join(t.text.split()) for t in in_group(picture, picture.texts, "roots")
              if t.face == "fixed" and not t.is_within("user-space")}
    known = {r.start for r in drawn.regions(drawn.capture_of(machine)).values()}
    assert {int(s, 16) for s in starts} <= known | {0x8000000000000000, 0xff00000000000000, 0xffff800000000000, 0}


@pytest.mark.parametrize("machine", [m for m in MACHINES if "s390x" in m.name], ids=lambda m: m.name)
def test_two_address_spaces_beside_each_other(machine, draw):
    """From address 0 to the last one of a process, which no region of the kernel's is in."""
    limit = int(drawn.value(drawn.capture_of(machine), "fact", "user_limit"), 0)
    for width in (480, 900, 1600):
        picture, _ = draw("--sysroot", machine, "--width", width)
        [call] = [p for p in picture.paths if p.is_within_class("system-call") and not p.is_closed and p.top != p.bottom or
                  p.is_within_class("system-call") and p.right - p.left > 60]
        boxes = in_group(picture, picture.boxes, "user-space")
        assert len(boxes) == (width > 480)
        if not boxes:
            continue
        kernel = [b for b in picture.boxes if any((g.id or "").startswith("region-direct_map") for g in b.groups)]
        assert boxes[0].bottom == pytest.approx(max(b.bottom for b in kernel), abs=0.05)
        assert call.top == call.bottom < boxes[0].top and boxes[0].right < call.left and call.right < min(b.left for b in kernel)
        written = {"".join(t.text.split()) for t in picture.texts if boxes[0].contains(t, 1)}
        assert {f"{limit - 1:016x}", "0" * 16, "aprocess"} <= written
        assert not in_group(picture, picture.boxes, "root-0")


# --- Bad input ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("args, what", [
    (["--walk", "nosuchsymbol", "--sysroot", MAIN], "there is no symbol"),
    (["--walk", "-", "--sysroot", MAIN], "expected one address"),
    (["--walk", "schedule", "-f", drawn.capture_of(MAIN)], "--sysroot"),
    (["--with", ARM, "--sysroot", MAIN], "expected a capture of the same architecture"),
    (["--with", "/nonexistent", "--sysroot", MAIN], "/nonexistent"),
    (["--predicted", drawn.capture_of(MAIN), "--sysroot", MAIN], "config"),
    (["--stacks", "/nonexistent", "--sysroot", MAIN], "/nonexistent"),
    (["--measured", "-f", drawn.capture_of(MAIN)], "--mappings"),
    (["--measured", "--sysroot", MAIN], "kvas_mappings"),
    (["--measured", "-f", drawn.capture_of(ARM), "--mappings", MEASURED.with_suffix(".mappings")], "both must be of one machine"),
    (["--physical", "--walk", "schedule", "--sysroot", MAIN], "exclude each other"),
    (["--physical", "--zoom", "vmalloc", "--sysroot", MAIN], "does not go with --physical"),
    (["--mappings", MEASURED.with_suffix(".mappings"), "--sysroot", MAIN], "does not go with"),
])
def test_bad_input(args, what, refused, tmp_path):
    """A sentence, and a picture that was there stays."""
    file = tmp_path / "picture.svg"
    file.write_text("as it was")
    assert what in refused("draw", *args, file)
    assert file.read_text() == "as it was"


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_each_kind_with_sanitizers(theme, output, sleeper):
    """Once for each theme."""
    for args in (["--walk", "schedule", "--sysroot", MAIN], ["--with", GOLDEN / "5.10-amd64-4level", "--sysroot", MAIN],
                 ["--stacks", "412", "--sysroot", sleeper], ["--physical", "--sysroot", PAE],
                 ["--physical", "--aliases", "--sysroot", WALKED], ["--measured", "--source", "kcore", "--sysroot", WALKED],
                 ["-p", SAVED, "--with", SAVED, "-f", drawn.capture_of(MAIN)], ["--sysroot", GOLDEN / "7.2-s390x-kaslr"],
                 ["-p", SAVED, "--brief", "--with", SAVED], ["--brief", "--with", GOLDEN / "5.10-amd64-4level", "--sysroot", MAIN],
                 ["--predicted", *(ARM / "boot").glob("config-*"), "--sysroot", ARM],
                 ["--measured", "-f", MEASURED, "--mappings", MEASURED.with_suffix(".mappings")]):
        assert pictures.parse(output("draw", "--theme", theme, "--format", "svg", *args, "-")).theme == theme
