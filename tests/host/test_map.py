# SPDX-License-Identifier: GPL-2.0-only
"""kvas map: nothing left out, nothing twice, at any width."""

import json
import re

import pytest

import capture
from capture import Capture, build, is_overlay, region

each_capture = pytest.mark.parametrize("path", capture.ALL, ids=capture.name_of)
FEW_WIDTHS = [40, 59, 60, 80, 132, 200]


def spans_of(output, path):
    document = json.loads(output("map", "-J", "-f", path))
    return [dict(s, start=int(s["start"], 16), end=int(s["end"], 16), size=int(s["size"], 16))
            for s in document["spans"]]


# --- The data ---------------------------------------------------------------------------

def check_cover(spans, top):
    """From the top of the address space to 0 without gap or overlap."""
    expected = top
    for s in spans:
        assert s["end"] == expected
        assert s["start"] <= s["end"]
        assert s["size"] == s["end"] - s["start"] + 1
        expected = s["start"] - 1
    assert expected == -1


@each_capture
def test_spans_cover_the_address_space(output, path):
    cap = Capture(path)
    spans = spans_of(output, path)
    check_cover(spans, cap.top)
    for s in spans:
        name = cap.innermost(s["start"])
        assert s["regions"] == ([n.split()[0] for n in cap.chain(name)] if name else [])
        assert cap.innermost(s["end"]) == name
        if name is None:
            assert (s["name"], s["kind"]) == ("unused hole", "hole")
        else:
            assert s["name"] in (name.split()[0], f"rest of {name}")


@each_capture
def test_each_region_is_the_sum_of_its_spans(output, path):
    spans = spans_of(output, path)
    regions = Capture(path).regions
    for name, (start, end, fields) in regions.items():
        if is_overlay(name):
            assert all(name not in s["regions"] for s in spans)
            continue
        # What two regions share is drawn in the one that starts later: on mips64
        # the modules reach into ckseg3.
        end = min([end, *(first - 1 for other, (first, last, _) in regions.items()
                          if start < first <= end < last and not is_overlay(other))])
        mine = [s for s in spans if name in s["regions"]]
        # A region of the same range inside leaves nothing.
        assert sum(s["size"] for s in mine) == end - start + 1
        assert (mine[-1]["start"], mine[0]["end"]) == (start, end)
        if "populated_start" in fields:
            used = [s for s in mine if s["regions"][-1] != name or s["kind"] == "used"]
            assert used[-1]["start"] == int(fields["populated_start"], 16)
            assert used[0]["end"] == int(fields["populated_end"], 16)


@each_capture
def test_each_witness_is_in_the_span_of_its_address(output, path):
    seen = []
    for s in spans_of(output, path):
        for pin in s["witnesses"]:
            addr = int(pin["addr"], 16)
            assert s["start"] <= addr <= s["end"]
            seen.append((pin["name"], addr))
    assert sorted(seen) == sorted(Capture(path).witnesses)
    assert [addr for _, addr in seen] == sorted((addr for _, addr in seen), reverse=True)


@pytest.mark.parametrize("records, names", [
    ([], ["unused hole"]),
    ([region("all", 0, (1 << 64) - 1)], ["all"]),
    ([region("first", 0, 0)], ["unused hole", "first"]),
    ([region("last", (1 << 64) - 1, (1 << 64) - 1)], ["last", "unused hole"]),
    # The smaller one keeps its range, whichever is published first.
    ([region("a", 0, 0x2fff), region("b", 0x2000, 0x3fff)], ["unused hole", "b", "a"]),
    ([region("a", 0, 0x1fff), region("b", 0x1000, 0x3fff)], ["unused hole", "b", "a"]),
    ([region("a", 0, 0x9fff), region("b", 0x4000, 0x4fff)], ["unused hole", "a", "b", "a"]),
    ([region("a", 0, 0xfff), region("b", 0, 0xfff, more="parent=a")], ["unused hole", "b"]),
], ids=["none", "all", "first-byte", "last-byte", "overlap", "overlap-2", "inside-without-parent", "same"])
def test_odd_layouts(output, write, records, names):
    path = write(build(records))
    spans = spans_of(output, path)
    check_cover(spans, (1 << 64) - 1)
    assert [s["name"] for s in spans] == names
    check_drawing(output("map", "-f", path, env={"COLUMNS": 80}), path, spans, 80)


# --- The drawing --------------------------------------------------------------------------

LABEL = re.compile(r"^(?:0x)?([0-9a-f]{16}|[0-9a-f]{8})(?= |$)")


def check_drawing(text, path, spans, width):
    """Each line fits; the addresses are those of spans and witnesses, in order."""
    cap = Capture(path)
    drawing = text.rpartition("\n\nNot to scale")[0]
    labels = []
    for line in text.splitlines():
        assert len(line) <= max(width, 40)
        assert line == line.rstrip()
    for line in drawing.splitlines():
        label = LABEL.match(line)
        if label:
            assert len(label[1]) == cap.bits // 4
            labels.append(int(label[1], 16))
        else:
            assert line[:cap.bits // 4].strip() == ""
    wanted = []
    for s in spans:
        wanted.append(s["end"])
        wanted += [int(pin["addr"], 16) for pin in s["witnesses"]]
        wanted.append(s["start"])
    assert labels == wanted


@each_capture
@pytest.mark.parametrize("charset", ["utf8", "ascii"])
def test_widths(output, path, charset):
    spans = spans_of(output, path)
    options = ["--ascii"] if charset == "ascii" else []
    for width in range(40, 201) if path in capture.SAMPLES else FEW_WIDTHS:
        text = output("map", "-f", path, *options, env={"COLUMNS": width})
        assert text.isascii() == (charset == "ascii")
        check_drawing(text, path, spans, width)


@each_capture
@pytest.mark.parametrize("width", FEW_WIDTHS)
def test_all_is_named_and_sized(output, path, width):
    cap = Capture(path)
    text = output("map", "-f", path, env={"COLUMNS": width})
    rows = [re.findall(r'="([^"]*)"', row) for row in
            output("-P", "-o", "NAME,SIZE", "-f", path).splitlines()]
    sizes = {size for name, size in rows if not is_overlay(name)}
    for name in (n.split()[0] for n in cap.pieces if not is_overlay(n)):
        assert re.search(rf"\b{name}\b", text)
    for name, _ in cap.witnesses:
        assert f"◆ {name}" in text or f"◆{name}" in text
    for size in sizes - {""}:
        assert re.search(rf"(?<![\d.]){re.escape(size)}\b", text)
    holes = [s for s in spans_of(output, path) if s["kind"] == "hole"]
    assert text.count("unused hole") == len(holes)


def test_too_narrow_and_too_wide(output):
    path = capture.SAMPLES[0]
    assert output("map", "-f", path, env={"COLUMNS": 10}) == output("map", "-f", path, env={"COLUMNS": 40})
    assert max(map(len, output("map", "-f", path, env={"COLUMNS": 500}).splitlines())) == 200


def test_deep_nesting_at_40_columns(output, write):
    """Sixteen frames leave no column for text: the innermost share a side."""
    records = [region(f"region_number_{i}", 0x10000 * i, 0xffffffff, more=f"parent=region_number_{i - 1}" if i else "")
               for i in range(17)]
    path = write(build(records))
    for width in (40, 80):
        text = output("map", "-f", path, env={"COLUMNS": width})
        check_drawing(text, path, spans_of(output, path), width)
        assert text.count("region_number_") + text.count("region_numb") >= 17


def test_the_hole_that_is_no_address_is_torn(output):
    path = next(p for p in capture.SAMPLES if p.stem == "x86_64-4level")
    lines = output("map", "-f", path, env={"COLUMNS": 60}).splitlines()
    torn = [n for n, line in enumerate(lines) if "╱╲╱╲╱╲" in line]
    title = next(n for n, line in enumerate(lines) if " noncanonical " in line)
    assert len(torn) == 1 and title < torn[0] < title + 7
    assert any("/\\/\\/\\" in line for line in output("map", "--ascii", "-f", path).splitlines())


def test_heights_grow_with_the_logarithm(output, write):
    def rows(size):
        text = output("map", "-f", write(build([region("r", 0, size - 1)])))
        lines = text.splitlines()
        first = next(n for n, line in enumerate(lines) if " r " in line)
        return next(n for n, line in enumerate(lines) if n > first and "└" in line) - first - 1
    assert [rows(1 << bits) for bits in (0, 12, 20, 21, 30, 39, 48, 57)] == [1, 1, 1, 2, 3, 4, 5, 6]


# --- Colour -----------------------------------------------------------------------------------

def test_colour_changes_nothing_else(output):
    for path in capture.ALL:
        plain = output("map", "-f", path)
        colored = output("map", "-f", path, "--color=always")
        assert "\033" in colored and "\033" not in plain
        assert re.sub(r"\033\[[0-9;]*m", "", colored) == plain
        for line in colored.splitlines():
            assert "\033" not in line or line.endswith("\033[0m")
