# SPDX-License-Identifier: GPL-2.0-only
"""kvas draw: the picture of one address space, read back from its SVG.

What must be in it comes from the capture itself (capture.py), and widths of texts from the font files (pictures.py).
"""

import itertools
import re
import resource
from collections import Counter

import pytest

import capture
import pictures
from capture import Capture, build, is_overlay, region
from test_user_saved import CAPTURE as PROCESS_CAPTURE
from test_user_saved import SAMPLE as PROCESS

WIDTHS = (480, 900, 1600)
KINDS = {"full": (), "brief": ("--brief",), "linear": ("--linear",)}
EPOCH = {"SOURCE_DATE_EPOCH": "1700000000"}
UNITS = ("region", "hole", "used", "reserved", "rest", "fold")
TONES = {"code", "data", "one-piece", "pages", "fixed", "unused", "nothing"}


@pytest.fixture(scope="module")
def draw(plain):
    """The text of an SVG."""
    def call(path, *options):
        result = plain("draw", "--format=svg", "-f", path, *options, "-", env=EPOCH)
        assert result.returncode == 0, result.stderr
        return result.stdout
    return call


class Unit:
    """A group that is a range of addresses, with its box."""

    def __init__(self, group, boxes, path):
        self.group, self.path = group, path
        self.kind = next(k for k in UNITS if k in group.classes)
        self.start, self.end = (int(x.replace(" ", ""), 16)
                                for x in re.match(r"([0-9a-f ]+) - ([0-9a-f ]+)", group.about).groups())
        self.size = self.end - self.start + 1
        self.box = boxes[0] if boxes else None
        self.is_note, self.is_torn = "note" in group.classes, "torn" in group.classes


def units_of(picture):
    own = {}
    for box in picture.boxes:
        own.setdefault(box.groups, []).append(box)
    paths = dict.fromkeys(m.groups[:n] for m in (*picture.boxes, *picture.texts) for n in range(1, len(m.groups) + 1))
    return [Unit(path[-1], own.get(path), path) for path in paths
            if path[-1].about and path[-1].classes & set(UNITS)]


def column_of(picture):
    """Those that are one below the other in the column itself, from the top down."""
    units = [u for u in units_of(picture) if u.box and len(u.path) == 1]
    left = min(u.box.left for u in units)
    return sorted((u for u in units if u.box.left == left), key=lambda u: u.box.top)


def panels_of(picture):
    """Lists of units in one scale: the column, and what is in each inset."""
    units = [u for u in units_of(picture) if u.box]
    column = column_of(picture)
    insets = {}
    for u in units:
        if u not in column:
            insets.setdefault(id(u.path[0]), []).append(u)
    return [column, *insets.values()]


def check_good(text):
    pictures.assert_ids_differ(text)
    picture = pictures.parse(text)
    pictures.assert_nothing_overlaps(picture)
    pictures.assert_nothing_cut(picture)
    return picture


def check_column(column, low, high):
    """From high to low without a gap, but for those that the picture leaves out."""
    for above, below in itertools.pairwise(column):
        assert abs(above.box.bottom - below.box.top) < 0.02
        assert below.end < above.start
    assert column[0].end == high and column[-1].start == low


def check_monotone(units):
    """A larger one is never lower."""
    scaled = sorted((u for u in units if not u.is_torn), key=lambda u: u.size)
    for small, large in itertools.pairwise(scaled):
        if small.size < large.size:
            assert small.box.bottom - small.box.top <= large.box.bottom - large.box.top + 0.02, \
                (small.group.id, large.group.id)


# --- Every picture -------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", WIDTHS)
@capture.on_each
def test_nothing_overlaps_and_nothing_is_cut(draw, path, width, kind):
    cap, text = Capture(path), draw(path, f"--width={width}", *KINDS[kind])
    picture = check_good(text)
    assert picture.width == width
    check_column(column_of(picture), 0, cap.top)
    if kind != "linear":
        for units in panels_of(picture):
            check_monotone(units)
    assert "Highest address on top." in picture.words
    assert cap.kernel["release"] in " ".join(picture.words[:3]) and cap.kernel["release"] in picture.title
    assert len(text) < 200 << 10


@pytest.mark.parametrize("kind", KINDS)
@capture.on_each
def test_themes_differ_in_looks_only(draw, path, kind):
    def without_looks(theme):
        text = draw(path, f"--theme={theme}", *KINDS[kind])
        assert pictures.parse(text).theme == theme
        return re.sub(r"<style>.*?</defs>", "", text, flags=re.S).replace(f"theme-{theme}", "")
    assert without_looks("light") == without_looks("dark") == without_looks("print")


@capture.on_each
def test_a_much_larger_one_looks_larger(draw, path):
    """Texts do not make all alike: a thousand times the size is at least 4 px."""
    for units in panels_of(pictures.parse(draw(path))):
        sizes = sorted((u.size, u.box.bottom - u.box.top, u.group.id) for u in units if not u.is_torn)
        for small, large in itertools.combinations(sizes, 2):
            if large[0] >= 1024 * small[0]:
                assert large[1] >= small[1] + 4, (small, large)


@pytest.mark.parametrize("width", (900, 1600))
@capture.on_each
def test_sizes_end_at_one_place(draw, path, width):
    picture = pictures.parse(draw(path, f"--width={width}"))
    starts = {u.group: u.box.left for u in column_of(picture)}
    # One that has no room beside the name stands below it, where texts begin.
    ends = {round(t.right, 1) for t in picture.texts
            if t.groups and t.groups[-1] in starts and t.left > starts[t.groups[-1]] + 20
            and re.fullmatch(r"[\d.]+ ([KMGTPE]iB|bytes)", t.text)}
    assert len(ends) == 1


@capture.on_each
def test_every_region_is_there(draw, path):
    cap, picture = Capture(path), pictures.parse(draw(path))
    units = units_of(picture)
    ids = {u.group.id: u for u in units}
    for name, (start, end, _) in cap.regions.items():
        # Where others lie in the middle of it, it goes on below them.
        parts = [u for i, u in ids.items() if re.fullmatch(rf"region-{name}(-\d+)?", i)]
        assert parts, name
        high, low = max(u.end for u in parts), min(u.start for u in parts)
        assert start <= low and high <= end
        # What overlaps it without being inside it has these addresses.
        assert high == end or name not in cap.chain(cap.innermost(high + 1)), name
        assert low == start or name not in cap.chain(cap.innermost(low - 1)), name
        assert all(f"kind-{name}" in u.group.classes for u in parts)
    device = [u for u in units if "kind-zone_device" in u.group.classes and u.kind == "region"]
    assert len(device) >= len(cap.of("memory"))
    for u in units:
        if u.kind == "region" and u.group.id.removeprefix("region-") in cap.regions:
            assert u.group.title.startswith(u.group.id.removeprefix("region-"))


@capture.on_each
def test_a_full_column_leaves_no_address_out(draw, path):
    for above, below in itertools.pairwise(column_of(pictures.parse(draw(path)))):
        assert below.end + 1 == above.start


def whole_regions(cap, start, end):
    return [n for n, (a, b, r) in cap.pieces.items() if start <= a and b <= end and not r.get("parent") and not is_overlay(n)]


@capture.on_each
def test_a_brief_picture_counts_what_it_leaves_out(draw, path):
    cap, picture = Capture(path), pictures.parse(draw(path, "--brief"))
    column, text = column_of(picture), " ".join(picture.words)
    assert len(column) <= 14
    folds = [u for u in column if u.kind == "fold"]
    for u in folds:
        named = re.match(r"(\S+) and a hole\b", u.group.title)
        if named:
            assert whole_regions(cap, u.start, u.end) == [named[1]]
            continue
        assert int(u.group.title.split()[0]) >= len(whole_regions(cap, u.start, u.end)) > 0
    for name in whole_regions(cap, 0, cap.top):
        start, end, _ = cap.pieces[name]
        assert f'region-{name}' in {u.group.id for u in column} or \
            any(u.start <= start and end <= u.end for u in folds) or " " in name, name
    left_out = sum(above.start - below.end - 1 for above, below in itertools.pairwise(column))
    gaps = sum(above.start - below.end > 1 for above, below in itertools.pairwise(column))
    note = re.search(r"(\d+) gaps?(?:, (\S+ \S+) together,| of (\S+ \S+)) (?:is|are) left out", text)
    assert bool(note) == bool(gaps)
    if note:
        assert int(note[1]) == gaps
        size, unit = (note[2] or note[3]).split()
        exact = float(size) * 1024 ** ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"].index(unit)
        assert abs(exact - left_out) <= 0.06 * left_out


# --- What is beside the column -------------------------------------------------------------------

def grouped(addr, bits):
    return " ".join(re.findall("....", f"{addr:0{bits // 4}x}"))


@pytest.mark.parametrize("width", (900, 1600))
@capture.on_each
def test_each_edge_has_its_address_once(draw, path, width):
    """Insets repeat no address of the column."""
    cap, picture = Capture(path), pictures.parse(draw(path, f"--width={width}"))
    column = column_of(picture)
    labels = [t for t in picture.texts if t.face == "fixed" and t.right < column[0].box.left and not t.is_within("roots")]
    # The last address is no edge, but in a strange capture there may be one at it.
    assert all(n == 1 or text == grouped(cap.top, cap.bits) for text, n in Counter(t.text for t in labels).items())
    for u in column[1:]:
        label = min((t for t in labels if t.text == grouped(u.end + 1, cap.bits)), key=lambda t: abs(t.top - u.box.top))
        assert label.right < u.box.left
        assert label.top - 3 <= u.box.top <= label.bottom + 5
    last = min((t for t in labels if t.text == grouped(cap.top, cap.bits)), key=lambda t: t.top)
    assert abs((last.top + last.bottom) / 2 - column[0].box.top) < 3
    assert "last address" in picture.words and "lowest address" in picture.words
    others = {t.text for t in picture.texts if t.face == "fixed" and t.left > column[0].box.right and not t.is_within("roots")}
    assert not others & {t.text for t in labels}
    assert max(t.top for t in labels if t.text == grouped(0, cap.bits)) >= column[-1].box.bottom - 14


@capture.on_each
def test_macros_are_at_the_edges(draw, path):
    """The sources of the capture that are one word, each at its address."""
    cap, picture = Capture(path), pictures.parse(draw(path))
    titles = {g.id: g.title for g in picture.groups if g.id and g.id.startswith("edge-")}
    at = [g for t in picture.texts for g in t.groups if g.id and g.id.startswith("edge-")]
    found = 0
    for name, (start, _, fields) in cap.regions.items():
        source = fields.get("start_source", "")
        edge = f"edge-{start:0{cap.bits // 4}x}"
        if re.fullmatch(r"[A-Z_][A-Za-z0-9_]*", source) and edge in titles and not is_overlay(name):
            found += source in re.split(r"[:,] ", titles[edge])
    assert found or not at or path in capture.SAMPLES


def test_what_the_names_are(draw):
    """Of one machine, by hand."""
    picture = pictures.parse(draw(capture.GOLDEN / "6.12-amd64-5level/sys/kernel/debug/kvas"))
    by_edge = {}
    for t in picture.texts:
        if t.groups and t.groups[-1].id and t.groups[-1].id.startswith("edge-"):
            by_edge.setdefault(t.groups[-1].id.removeprefix("edge-"), []).append(t.text)
    assert by_edge["ff6a5963c0000000"] == ["ff6a 5963 c000 0000", "VMALLOC_START"]
    assert by_edge["ff4020cac0000000"] == ["ff40 20ca c000 0000", "PAGE_OFFSET"]
    assert by_edge["ff00000000000000"] == ["kernel half, 64 PiB", "ff00 0000 0000 0000", "GUARD_HOLE_BASE_ADDR"]
    assert by_edge["0100000000000000"] == ["0100 0000 0000 0000", "user half, 64 PiB"]
    assert by_edge["ffffffff8a000000"] == ["ffff ffff 8a00 0000", "_text"]


def crossing(a, b):
    """Do two lines cross between their ends?"""
    def side(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
    (p, q), (r, s) = a, b
    slack = 1.0
    return (side(p, q, r) * side(p, q, s) < -slack and side(r, s, p) * side(r, s, q) < -slack)


@pytest.mark.parametrize("width", WIDTHS)
@capture.on_each
def test_each_object_has_a_label_and_no_lines_cross(draw, path, width):
    cap, picture = Capture(path), pictures.parse(draw(path, f"--width={width}"))
    labels = {g.id: g for g in picture.groups if "witness" in g.classes}
    for name, addr in cap.witnesses:
        assert grouped(addr, cap.bits) in labels[f"label-{name}"].title
    assert len(labels) == len(cap.witnesses)
    lines = [s for p in picture.paths if not p.is_closed and p.groups and p.groups[-1].classes & {"witness", "join"}
             for s in p.segments]
    crossed = [(a, b) for a, b in itertools.combinations(lines, 2) if crossing(a, b)]
    assert crossed == []


def test_objects_are_where_they_are(draw):
    """The point of a pin is within the box of the region that the capture says."""
    path = capture.GOLDEN / "6.12-amd64-5level/sys/kernel/debug/kvas"
    picture = pictures.parse(draw(path))
    boxes = {u.group.id: u.box for u in units_of(picture) if u.box}
    regions = {w["name"]: w["region"] for w in Capture(path).of("witness")}
    for name, where in regions.items():
        pin = next(p for p in picture.paths if p.is_closed and p.is_within(f"label-{name}"))
        box = boxes[f"region-{where}"]
        assert box.top <= (pin.top + pin.bottom) / 2 <= box.bottom, name
    assert len(regions) == 15


@capture.on_each
def test_the_split_is_the_strongest_line(draw, path):
    cap, picture = Capture(path), pictures.parse(draw(path))
    thick = [p for p in picture.paths if "thick" in p.classes and not p.is_within("roots")]
    users = [end for name, (_, end, _) in cap.regions.items() if name in ("user", "user_guard")]
    if not users:
        assert not thick
        return
    if "kernel half" not in " ".join(picture.words):
        return
    column = column_of(picture)
    edge = next(u for u in column if u.end == max(users)).box.top
    assert any(p.top == p.bottom == edge for p in thick)
    widths = {float(p.style["stroke-width"]) for p in picture.paths if "thick" not in p.classes and not p.is_within("roots")}
    assert all(float(p.style["stroke-width"]) > max(widths) for p in thick)


@pytest.mark.parametrize("kind", KINDS)
@capture.on_each
def test_the_legend_has_what_the_picture_has(draw, path, kind):
    picture = pictures.parse(draw(path, *KINDS[kind]))
    in_legend = {b.tone for b in picture.boxes if b.is_within("legend")}
    used = {b.tone for b in picture.boxes if not b.is_within("legend") and b.tone}
    assert in_legend == used and used <= TONES
    states = {b.state for b in picture.boxes if b.is_within("legend")}
    assert {b.state for b in picture.boxes if b.tone in TONES - {"unused", "nothing"}} <= states


def test_a_large_direct_map_looks_almost_empty(draw):
    picture = pictures.parse(draw(capture.GOLDEN / "6.12-amd64-5level/sys/kernel/debug/kvas"))
    whole, *parts = [b for b in picture.boxes if b.groups[-1].id == "region-direct_map"]
    populated = [b for b in parts if b.state == "populated" and b.right - b.left == whole.right - whole.left]
    assert whole.state == "reserved"
    assert [b.bottom - b.top < (whole.bottom - whole.top) / 8 for b in populated] == [True]
    assert abs(populated[0].bottom - whole.bottom) < 0.02
    assert "in use: 7 GiB of 4 PiB" in picture.words


# --- Linear --------------------------------------------------------------------------------------

@capture.on_each
def test_linear_heights_are_the_sizes(draw, path):
    cap, picture = Capture(path), pictures.parse(draw(path, "--linear"))
    column = column_of(picture)
    height = column[-1].box.bottom - column[0].box.top
    for u in column:
        assert abs((u.box.bottom - u.box.top) / height - u.size / (cap.top + 1)) < 0.0001
    thin = sum(u.size / (cap.top + 1) * height < 1 for u in column)
    largest = max(column, key=lambda u: u.size)
    words = " ".join(picture.words)
    assert f"{thin} of {len(column)} parts" in words
    assert f"{largest.group.title.split(',')[0]} alone takes {100 * largest.size / (cap.top + 1):.1f}%" in words


# --- A part, a process, and what is made up ------------------------------------------------------

@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_process(draw, width, kind):
    picture = check_good(draw(PROCESS_CAPTURE, "-p", PROCESS, f"--width={width}", *KINDS[kind]))
    ids = {g.id for g in picture.groups}
    assert {"region-stack", "region-heap", "region-vmalloc"} <= ids
    if kind == "full":
        arrows = [p for p in picture.paths if p.groups and "growth" in p.groups[-1].classes and not p.is_closed]
        ways = {p.groups[-2].id: p.segments[0][1][1] - p.segments[0][0][1] for p in arrows}
        assert ways["region-stack"] > 0 > ways["region-heap"]
        assert {"region-text", "region-libc-so-6"} <= ids


@pytest.mark.parametrize("name", ("image", "vmalloc", "direct_map", "lowmem"))
def test_zoom(draw, name):
    path = capture.GOLDEN / "7.2-armmp-highmem/sys/kernel/debug/kvas"
    start, end, _ = Capture(path).regions["direct_map" if name == "lowmem" else name]
    picture = check_good(draw(path, "--zoom", name))
    column = column_of(picture)
    check_column(column, start, end)
    check_monotone(column)
    assert picture.title.endswith(": direct_map" if name == "lowmem" else f": {name}")


@pytest.mark.parametrize("low, high", (("vmalloc", "fixmap"), ("0xffffffff8a000000", "modules"),
                                       ("0xff4020cac0001000", "0xff4020cac0001fff"), ("user", "0x5000"),
                                       ("ffffffff8b000001", "ffffffff8b00001f")))
def test_ranges(draw, low, high):
    cap = Capture(capture.GOLDEN / "6.12-amd64-5level/sys/kernel/debug/kvas")

    def number(text, which):
        return cap.regions[text][which] if text in cap.regions else int(text, 16)
    picture = check_good(draw(cap.path, "--from", low, "--to", high))
    check_column(column_of(picture), number(low, 0), number(high, 1))


LONG = "a_very_long_name_that_nobody_gives_to_a_region_of_a_kernel_but_a_file_may_have_it_all_the_same" * 2
STRANGE = {
    "long names": [region(LONG, 0, 0xfff), region("w" * 300, 0x1000, 0xffffff)],
    "one": [region("vmalloc", 0, (1 << 64) - 1)],
    "none": [],
    "tiny": [region(f"r{n}", n, n) for n in range(40)],
    "nested": [region("vmalloc", 0x1000, 0x8fff), region("image", 0x2000, 0x7fff, more="parent=vmalloc"),
               region("text", 0x3000, 0x6fff, kind="section", more="parent=image"),
               region("init", 0x4000, 0x5fff, kind="section", more="parent=text"),
               region("data", 0x4000, 0x4fff, kind="section", more="parent=init")],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", STRANGE)
def test_strange_captures(draw, write, name, width, kind):
    text = draw(write(build(STRANGE[name])), f"--width={width}", *KINDS[kind])
    check_column(column_of(check_good(text)), 0, (1 << 64) - 1)


OVERLAPS = [region("vmalloc", 0x1000, 0x9fff), region("modules", 0x5000, 0xefff), region("fixmap", 0x5000, 0xefff),
            region("vmemmap", 0x5000, 0xe000)]


@pytest.mark.parametrize("kind", KINDS)
def test_regions_that_others_hide_are_named(draw, write, kind):
    """Three have some address of their own; that of the fourth are all those of another."""
    picture = check_good(draw(write(build(OVERLAPS)), *KINDS[kind]))
    notes = [text for text in picture.words if "others have all of their addresses" in text]
    assert notes == ["Not drawn, as others have all of their addresses: fixmap."]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("around", ([], [region("vmalloc", 0, (1 << 40) - 1)]), ids=("beside each other", "in one"))
def test_ten_thousand_regions(plain, write, around, kind):
    """In seconds of the processor, and not in a minute as in cubic time."""
    more = "parent=vmalloc" if around else ""
    lines = around + [region(f"r{n}", n << 16, (n << 16) + (0xffff if around else 0xfff), more=more) for n in range(10000)]
    path = write(build(lines))

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    assert plain("draw", "-f", path, *KINDS[kind], "--format=svg", "/dev/null", preexec_fn=limit).returncode == 0


def test_hostile_names_stay_text(draw, write):
    name = "<script>x</script>&amp;"
    lines = [region("vmalloc", 0, 0xfff).replace("start_source=a", f"start_source=\"{name}\"")]
    text = draw(write(build(lines)))
    assert "<script" not in text
    assert name in pictures.parse(text).group("edge-0000000000000000").title


# --- The date ------------------------------------------------------------------------------------

def test_the_same_twice(draw):
    path = capture.SAMPLES[0]
    assert draw(path) == draw(path)
    assert "drawn on 2023-11-14" in pictures.parse(draw(path)).words


def test_the_date_of_the_capture(draw, write):
    text = capture.SAMPLES[0].read_text()
    first, kernel, *rest = text.splitlines(keepends=True)
    end = rest.pop()
    count = int(end.split("=")[1])
    made = "".join([first, kernel, "capture when=2025-03-04T05:06:07Z\n", *rest]) + f"end records={count + 1}\n"
    assert "captured on 2025-03-04" in pictures.parse(draw(write(made))).words
