# SPDX-License-Identifier: GPL-2.0-only
"""The layout pass of the map, see test_draw.c: what a picture shows, before it is drawn."""

import re
import subprocess
from types import SimpleNamespace

import pytest

import capture
from capture import Capture, build, exact_size, is_overlay, region
from conftest import HERE, PATIENCE, READER, SANITIZED, clean_environment, compile_test

PURE = ["base/text.c", "base/util.c", "texts/texts.c", "texts/words.c",
        *(f"layout/{name}.c" for name in ("frame", "model", "nesting", "parse", "parser", "records", "spans")),
        *(f"draw/{name}.c" for name in ("box", "picture", "edges", "halves", "fold"))]


@pytest.fixture(scope="session")
def picture_of(tmp_path_factory, binary):
    return drawing(tmp_path_factory, binary, *SANITIZED)


@pytest.fixture(scope="session")
def plain_picture_of(tmp_path_factory, binary):
    """The same without sanitizers, for a thousand pictures that differ little."""
    return drawing(tmp_path_factory, binary)


def drawing(tmp_path_factory, binary, *flags):
    path = compile_test(tmp_path_factory.mktemp("draw") / "test_draw", HERE / "test_draw.c",
                        *(READER / name for name in PURE), flags=(*flags, f"-I{binary.parent}"))

    def call(capture_path, lines=0, *more):
        result = subprocess.run([path, capture_path, str(lines), *more], capture_output=True,
                                text=True, timeout=PATIENCE, env=clean_environment())
        assert result.returncode == 0, result.stderr
        return parse(result.stdout)
    return call


def names_of(text):
    return text.split("|") if text else []


def parse(text):
    picture = SimpleNamespace(boxes=[], halves={}, physical=None)
    for line in text.splitlines():
        word, *cells = line.split("\t")
        if word == "picture":
            picture.start, picture.end = (int(c, 16) for c in cells[:2])
            picture.n_hidden, picture.hidden = (int(c) for c in cells[2:4])
            picture.title, picture.subtitle = cells[4:]
        elif word == "half":
            picture.halves[cells[0]] = int(cells[1], 16), int(cells[2], 16)
        elif word == "physical":
            picture.physical = int(cells[0], 16), int(cells[1], 16), cells[2]
        elif word == "inset":
            picture.boxes[-1].insets.append(SimpleNamespace(
                start=int(cells[0], 16), end=int(cells[1], 16), text=cells[2],
                names=names_of(cells[3])))
        else:
            assert word == "box"
            depth, kind, half, start, end, leaf, rows, log2, folded, name, about, names = cells
            picture.boxes.append(SimpleNamespace(
                depth=int(depth), kind=kind, half=half, start=int(start, 16), end=int(end, 16),
                leaf=leaf == "1", rows=int(rows), log2=int(log2), folded=int(folded), name=name,
                about=about, names=names_of(names), insets=[]))
    return picture


def leaves(picture):
    return [b for b in picture.boxes if b.leaf]


def check_nesting(picture):
    """Each box lies in the one around it, and what is inside fills it."""
    around = []
    for b in picture.boxes:
        del around[b.depth:]
        assert len(around) == b.depth
        if around:
            assert around[-1].start <= b.start and b.end <= around[-1].end
        around.append(b)


# --- The full map -----------------------------------------------------------------------

@capture.on_each
def test_leaves_leave_no_gap(picture_of, path):
    cap, p = Capture(path), picture_of(path)
    expected = cap.top
    for b in leaves(p):
        assert b.end == expected and b.start <= b.end
        expected = b.start - 1
    assert expected == -1
    assert sum(b.end - b.start + 1 for b in leaves(p)) == 1 << cap.bits
    assert (p.start, p.end, p.n_hidden) == (0, cap.top, 0)
    check_nesting(p)


@capture.on_each
def test_each_region_has_its_box(picture_of, path):
    cap, p = Capture(path), picture_of(path)
    drawn = [(b.name, b.depth) for b in p.boxes if b.kind == "region" and "(continued)" not in b.name]
    expected = [(name.split()[0], len(cap.chain(name)) - 1) for name in cap.pieces
                if not is_overlay(name)]
    assert sorted(drawn) == sorted(expected)


@capture.on_each
def test_a_larger_box_is_never_lower(picture_of, path):
    for lines in (0, 36):
        rows = sorted((b.log2, b.rows) for b in leaves(picture_of(path, lines))
                      if b.kind in ("region", "hole") and not b.insets)
        assert [r for _, r in rows] == sorted(r for _, r in rows)


@capture.on_each
def test_edges_are_called_what_the_capture_calls_them(picture_of, path):
    """Where something begins or ends at a macro, the macro is there."""
    cap, p = Capture(path), picture_of(path)
    names = {b.end + 1: b.names for b in p.boxes}
    for name, (start, end, fields) in cap.regions.items():
        if is_overlay(name):
            continue
        plain = re.fullmatch(r"([A-Z_0-9]*[A-Z][A-Z_0-9]*)( - 1)?", fields["end_source"])
        # On mips64 the modules end within ckseg3, where nothing is cut.
        if plain and end < cap.top and end + 1 in names:
            assert (plain[1] if plain[2] else f"{plain[1]} + 1") in names[end + 1]
        if re.fullmatch(r"[A-Z_0-9]*[A-Z][A-Z_0-9]*", fields["start_source"]) and start in names:
            assert fields["start_source"] in names[start]
    for found in names.values():
        assert len(set(found)) == len(found)
        assert not any(n.isdigit() or n.startswith("0x") for n in found)


def test_the_name_of_an_inclusive_end_is_one_more(picture_of, write):
    """x86's VMALLOC_END is the last address, others' is the one after it."""
    def names(end_source):
        path = write(build([region("vmalloc", 0x1000, 0x1fff).replace("end_source=b", f'end_source="{end_source}"')]))
        return next(b.names for b in picture_of(path).boxes if b.name == "vmalloc")
    assert names("VMALLOC_END") == ["VMALLOC_END + 1"]
    assert names("VMALLOC_END - 1") == ["VMALLOC_END"]
    assert names("(1UL << BITS) - 1") == ["1UL << BITS"]
    assert names("(unsigned long)vmemmap - 1") == ["vmemmap"]
    assert names("&lowcore + 1 - 1 byte") == ["&lowcore + 1"]
    assert names("the end of RAM") == [] == names("0x2000 - 1")


# --- The halves --------------------------------------------------------------------------

@capture.on_each
def test_the_halves_are_as_the_kernel_says(picture_of, path):
    cap, p = Capture(path), picture_of(path)
    facts = {f["name"]: f.get("value") for f in cap.of("fact")}
    user = [r for name, r in cap.regions.items() if name in ("user", "user_guard")]
    assert ("user" in p.halves) == bool(user)
    if user:
        assert p.halves["user"] == (0, max(end for _, end, _ in user))
    split = facts.get("user_kernel_split") or ""
    if ":" not in split:
        return
    start, end = p.halves["kernel"]
    if cap.kernel["arch"] == "arm":		# the modules lie below PAGE_OFFSET
        assert start == int(facts["user_limit"], 16) and end == cap.top
    else:
        assert end - start + 1 == exact_size(split.split(":")[1])
        assert p.halves["user"][1] + 1 == exact_size(split.split(":")[0])
    for b in leaves(p):
        for half, (first, last) in p.halves.items():
            assert (first <= b.start <= last) == (b.half == half)


@capture.on_each
@pytest.mark.parametrize("part", ["user", "kernel"])
def test_a_half_alone(picture_of, path, part):
    p, whole = picture_of(path, 0, part), picture_of(path)
    if part not in whole.halves:
        return
    assert (p.start, p.end) == whole.halves[part]
    expected = [b for b in leaves(whole) if b.half == part]
    assert [(b.start, b.end, b.name) for b in leaves(p)] == [(b.start, b.end, b.name) for b in expected]


@capture.on_each
def test_each_region_alone(picture_of, plain_picture_of, path):
    cap = Capture(path)
    for name, (start, end, _) in cap.regions.items():
        p = (picture_of if name in ("direct_map", "image") else plain_picture_of)(path, 0, "all", name)
        assert (p.start, p.end) == (start, end)
        assert (p.boxes[0].name, p.boxes[0].depth) == (name, 0)
        assert sum(b.end - b.start + 1 for b in leaves(p)) == end - start + 1
        check_nesting(p)
        inside = {b.name for b in p.boxes if b.kind == "region"}
        assert inside >= {n for n in cap.regions if name in cap.chain(n) and not is_overlay(n)}


# --- Brief pictures ------------------------------------------------------------------------

def lines_of(b):
    return 1 + max(b.rows, len(b.insets), b.kind not in ("region", "hole", "folded"))


@capture.on_each
@pytest.mark.parametrize("lines", [36, 24, 12])
def test_a_brief_picture_has_all_in_it(picture_of, path, lines):
    cap, p = Capture(path), picture_of(path, lines)
    assert sum(map(lines_of, p.boxes)) <= lines
    assert all(b.depth == 0 and b.leaf for b in p.boxes)
    assert sum(b.end - b.start + 1 for b in p.boxes) + p.hidden == 1 << cap.bits
    below = cap.top + 1
    for b in p.boxes:
        assert b.end < below
        below = b.start
    assert p.boxes[0].end == cap.top and p.boxes[-1].start == 0
    top = [name for name in cap.pieces if len(cap.chain(name)) == 1 and not is_overlay(name)]
    drawn = [b.name for b in p.boxes if b.kind == "region"]
    assert set(drawn) <= set(top) and len(set(drawn)) == len(drawn)
    assert len(drawn) + sum(b.folded for b in p.boxes) == len(top)
    if lines == 36:
        assert set(drawn) == set(top)


@capture.on_each
def test_what_is_inside_is_told(picture_of, path):
    cap, p = Capture(path), picture_of(path, 60)
    for b in p.boxes:
        inside = {n.split()[0] for n in cap.pieces if b.name in cap.chain(n)[:-1][-1:] and not is_overlay(n)}
        assert {i.text.split()[0] for i in b.insets} == inside
        starts = [i.start for i in b.insets]
        assert starts == sorted(starts, reverse=True)
        assert all(b.start <= i.start <= i.end <= b.end for i in b.insets)


def test_small_gaps_are_left_out(picture_of, write):
    path = write(build([region("user", 0, 0xffff), region("vmalloc", 0x11000, 0x1ffffff),
                        region("modules", 0x2001000, 0x2ffffff).replace("=a ", '="f(a)" '), region("fixmap", 0x4000000, 0x4ffffff)]))
    p = picture_of(path, 36)
    assert (p.n_hidden, p.hidden) == (1, 0x1000)
    assert [b.name for b in p.boxes] == ["unused hole", "fixmap", "unused hole", "modules", "vmalloc",
                                         "unused hole", "user"]
    assert next(b for b in p.boxes if b.name == "vmalloc").about == "4K unused above"


def test_very_many_regions_fit(picture_of, write):
    path = write(build([region(f"r{i}", 0x100000 * i, 0x100000 * i + 0x7ffff) for i in range(5000)]))
    p = picture_of(path, 30)
    assert sum(map(lines_of, p.boxes)) <= 30
    assert sum(b.folded for b in p.boxes) + sum(b.kind == "region" for b in p.boxes) == 5000
    assert sum(b.end - b.start + 1 for b in p.boxes) + p.hidden == 1 << 64


# --- Physical memory -----------------------------------------------------------------------

@capture.on_each
def test_physical_memory_of_32_bit_machines(picture_of, path):
    cap, p = Capture(path), picture_of(path)
    low = cap.regions.get("direct_map")
    if cap.bits == 64 or not low or "phys" not in low[2]:
        assert p.physical is None
        return
    start, end, fields = low
    assert p.physical[:2] == (int(fields["phys"], 16), int(fields["phys"], 16) + end - start)
    highmem = next((f.get("value") for f in cap.of("fact") if f["name"] == "highmem"), None)
    assert bool(p.physical[2]) == (highmem not in (None, "0"))
