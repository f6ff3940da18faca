# SPDX-License-Identifier: GPL-2.0-only
"""kvas map: nothing left out, nothing twice, at any width."""

import json
import re

import pytest

import capture
from capture import Capture, build, is_overlay, region

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


@capture.on_each
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


@capture.on_each
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


@capture.on_each
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
LEGEND = "\n\nNot to scale"


def drawing_of(text):
    """What is between the title and the legend."""
    return text.partition("\n\n")[2].rpartition(LEGEND)[0]


def check_drawing(text, path, spans, width):
    """Each line fits; the addresses are those of edges and witnesses, in order."""
    cap = Capture(path)
    labels = []
    for line in text.splitlines():
        assert len(line) <= max(width, 40)
        assert line == line.rstrip()
    for line in drawing_of(text).splitlines():
        label = LABEL.match(line)
        if label:
            assert len(label[1]) == cap.bits // 4
            labels.append(int(label[1], 16))
        else:
            assert line[:cap.bits // 4].strip() == ""
    wanted = [cap.top]
    for s in spans:
        wanted += [int(pin["addr"], 16) for pin in s["witnesses"]]
        wanted.append(s["start"])
    assert labels == wanted


@capture.on_each
@pytest.mark.parametrize("charset", ["utf8", "ascii"])
def test_widths(plain_output, path, charset):
    spans = spans_of(plain_output, path)
    options = ["--ascii"] if charset == "ascii" else []
    for width in {*FEW_WIDTHS, *(range(40, 201, 3) if path in capture.SAMPLES else ())}:
        text = plain_output("map", "-f", path, *options, env={"COLUMNS": width})
        assert text.isascii() == (charset == "ascii")
        check_drawing(text, path, spans, width)


def test_a_word_wider_than_the_screen_is_cut(output, tmp_path):
    """uname -m may have 64 characters."""
    path = tmp_path / "kvas"
    path.write_text(f"kvas 1\nkernel  release=6.12.0 machine={'m' * 64} arch=x86_64 bits=64 endian=little\n"
                    "end     records=1\n")
    text = output("map", "--ascii", "-f", path, env={"COLUMNS": 40})
    assert max(map(len, text.splitlines())) <= 40
    assert "m" * 64 in text.replace("\n", "")


@capture.on_each
@pytest.mark.parametrize("width", FEW_WIDTHS)
def test_all_is_named_and_sized(plain_output, path, width):
    cap = Capture(path)
    text = plain_output("map", "-f", path, env={"COLUMNS": width})
    rows = plain_output("-o", "NAME,SIZE", "--noheadings", "-f", path).splitlines()
    sizes = {row.split()[-1] for row in rows if not is_overlay(re.search(r"\w+", row)[0])}
    assert sizes
    for name in (n.split()[0] for n in cap.pieces if not is_overlay(n)):
        assert re.search(rf"\b{name}\b", text)
    for name, _ in cap.witnesses:
        assert f"◆ {name}" in text or f"◆{name}" in text
    text = drawing_of(text)
    for size in sizes:
        assert re.search(rf"(?<![\d.]){re.escape(size)}\b", text)
    holes = [s for s in spans_of(plain_output, path) if s["kind"] == "hole"]
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
    assert [rows(1 << bits) for bits in (0, 16, 23, 24, 32, 40, 48, 56)] == [0, 0, 0, 1, 2, 3, 4, 5]


def test_gaps_of_different_sizes_do_not_look_alike(output, write):
    """Four bytes, 256, 64K and 16M all have one line, or nearly so."""
    sizes = [1 << 2, 1 << 8, 1 << 16, 1 << 24]
    start, records = 0x10000000, []
    for n, size in enumerate(sizes):
        records.append(region(f"r{n}", start, start + 0xffffff))
        start += 0x1000000 + size
    text = output("map", "-f", write(build([*records, region("top", start, (1 << 64) - 1)])))
    dots = [line.count("┄") for line in text.splitlines() if "unused hole" in line]
    assert len(dots) == 5 and len(set(dots)) == 5		# and what is below all
    assert dots[:4] == sorted(dots[:4], reverse=True)


# --- Title, halves and names -----------------------------------------------------------------

@capture.on_each
@pytest.mark.parametrize("brief", [[], ["--brief"]], ids=["full", "brief"])
def test_what_is_drawn_is_said(output, path, brief):
    cap = Capture(path)
    text = output("map", *brief, "-f", path, env={"COLUMNS": 80})
    head = text.partition("\n\n")[0]
    assert cap.kernel["release"] in head and cap.kernel["machine"] in head
    drawing = drawing_of(text)
    if "user" in cap.regions:
        assert drawing.count(" user half ") == 1
        user_end = max(end for n, (_, end, _) in cap.regions.items() if n in ("user", "user_guard"))
        line = next(line for line in drawing.splitlines() if " user half " in line)
        assert int(LABEL.match(line)[1], 16) == user_end + 1
    if len(cap.regions) > 1:
        assert drawing.count(" kernel half ") + drawing.count(" the kernel's own ") == 1


@pytest.mark.parametrize("machine, names", [
    ("6.1-686-pae-pae-5g", "PAGE_OFFSET TASK_SIZE VMALLOC_START VMALLOC_END PKMAP_BASE FIXADDR_TOP high_memory"),
    ("7.2-armmp-highmem", "PAGE_OFFSET TASK_SIZE MODULES_VADDR VMALLOC_START VMALLOC_END PKMAP_BASE FIXADDR_START FIXADDR_END"),
    ("6.12-amd64-5level", "PAGE_OFFSET TASK_SIZE_MAX VMALLOC_START VMALLOC_END MODULES_VADDR MODULES_END VMEMMAP_START"),
    ("6.12-arm64-52bit", "VMALLOC_START VMALLOC_END MODULES_VADDR FIXADDR_TOP PAGE_END VMEMMAP_END"),
    ("7.2-loong64-5g", "PAGE_OFFSET TASK_SIZE64 VMALLOC_START VMALLOC_END MODULES_VADDR"),
])
def test_the_macros_of_the_textbooks(output, machine, names):
    path = capture.GOLDEN / machine / "sys/kernel/debug/kvas"
    cap = Capture(path)
    for options in ([], ["--brief"]):
        text = output("map", *options, "-f", path, env={"COLUMNS": 80})
        for name in names.split():
            line = next(line for line in text.splitlines() if re.search(rf"[│┤╡,] {name}\b|, {name}\b", line))
            address = LABEL.match(line)
            if not address:		# the second line of the same border
                continue
            near = [r for r in cap.regions.values() if int(address[1], 16) in (r[0], r[1] + 1)]
            assert any(name in r[2][key] for r in near for key in ("start_source", "end_source")) or name == "high_memory"


def test_physical_memory_is_beside(output):
    path = capture.GOLDEN / "6.1-686-pae-pae-5g/sys/kernel/debug/kvas"
    for options in ([], ["--brief"]):
        lines = output("map", *options, "-f", path, env={"COLUMNS": 80}).splitlines()
        heading = next(n for n, line in enumerate(lines) if line.endswith(" physical memory"))
        assert "highmem  4.1G" in lines[heading + 2]
        low = next(n for n, line in enumerate(lines) if "├ 0x36ffe000 ─" in line)
        assert low == heading + 3 and " direct_map " in lines[low] and "high_memory" in lines[low]
        assert "lowmem" in lines[low + 1]
        foot = next(n for n, line in enumerate(lines) if "└ 0x00000000 ─" in line)
        assert lines[foot].startswith("0xc0000000 ")
    narrow = output("map", "--brief", "-f", path, env={"COLUMNS": 50})
    narrow = " ".join(narrow.split())
    assert "physical memory" not in narrow
    assert "Physical memory: 880.0M of lowmem from 0x00000000, in direct_map; 4.1G of highmem." in narrow


# --- Less of it --------------------------------------------------------------------------------

@capture.on_each
@pytest.mark.parametrize("charset", ["utf8", "ascii"])
def test_brief_is_at_most_40_lines(plain_output, path, charset):
    options = ["--ascii"] if charset == "ascii" else []
    for width in FEW_WIDTHS:
        text = plain_output("map", "--brief", "-f", path, *options, env={"COLUMNS": width})
        assert len(text.splitlines()) <= 40
        assert text.isascii() == (charset == "ascii")
        assert all(len(line) <= width for line in text.splitlines())
        assert "◆" not in text and LEGEND in text
        labels = [int(label[1], 16) for line in drawing_of(text).splitlines() if (label := LABEL.match(line))]
        # The first is the last address, and so may be where a region of one byte begins.
        assert labels[1:] == sorted(set(labels[1:]), reverse=True) and labels[0] >= labels[1]
        assert (labels[0], labels[-1]) == (Capture(path).top, 0)
    assert len(plain_output("map", "--brief", "--color=always", "-f", path, *options).splitlines()) <= 40


@capture.on_each
@pytest.mark.parametrize("width", [80, 120])
def test_brief_draws_each_region_that_lies_in_no_other(output, path, width):
    cap = Capture(path)
    text = drawing_of(output("map", "--brief", "-f", path, env={"COLUMNS": width}))
    for name in cap.pieces:
        if len(cap.chain(name)) == 1 and not is_overlay(name):
            assert re.search(rf"^(0x\w+)? +[├╞┌] {name.split()[0]} ", text, re.M)


def test_brief_says_what_it_leaves_out(output):
    path = capture.GOLDEN / "7.2-s390x-kaslr/sys/kernel/debug/kvas"
    text = output("map", "--brief", "-f", path)
    assert re.search(r"\d gaps? (is|are) left out \(\w+\)", " ".join(text.split()))
    assert "left out" not in output("map", "-f", path)


@capture.on_each
def test_without_witnesses(output, path):
    cap = Capture(path)
    text = output("map", "--no-witnesses", "-f", path, env={"COLUMNS": 200})
    assert "◆" not in text
    spans = [dict(s, witnesses=[]) for s in spans_of(output, path)]
    check_drawing(text, path, spans, 200)
    assert cap.kernel["release"] in text


def test_one_half(output):
    path = capture.SAMPLES[1]
    kernel = drawing_of(output("map", "--only", "kernel", "-f", path))
    user = drawing_of(output("map", "--only=user", "-f", path))
    assert " kernel half " in kernel and " user" not in kernel and " noncanonical " not in kernel
    assert " user half " in user and " direct_map " not in user and " kernel" not in user
    assert user.splitlines()[-1].startswith("0x0000000000000000 ")


def test_one_region(output):
    path = capture.SAMPLES[1]
    start, end, _ = Capture(path).regions["image"]
    lines = drawing_of(output("map", "--zoom=image", "-f", path)).splitlines()
    assert re.match(rf"0x{end + 1:016x} ┌ image ", lines[0])
    assert re.match(rf"0x{start:016x} └", lines[-1])
    assert not any("image_window" in line or "vmalloc" in line for line in lines)
    assert any(" text " in line for line in lines)
    brief = output("map", "--brief", "--zoom", "lowmem", "-f", path)
    assert " direct_map " in brief and len(brief.splitlines()) <= 40


@capture.on_each
def test_brief_of_one_region_is_brief(plain_output, path):
    for name in Capture(path).regions:
        for width in (60, 120):
            text = plain_output("map", "--brief", "--zoom", name, "-f", path, env={"COLUMNS": width})
            assert text
            assert len(text.splitlines()) <= 40
            assert all(len(line) <= width for line in text.splitlines())


def test_what_cannot_be_drawn_is_refused(refused, write):
    path = capture.SAMPLES[1]
    assert refused("map", "--zoom", "vmaloc", "-f", path) == \
        "--zoom=vmaloc: no region has this name; did you mean vmalloc?"
    assert refused("map", "--zoom", "nothing_like_it_at_all", "-f", path) == \
        "--zoom=nothing_like_it_at_all: no region has this name"
    assert refused("map", "--zoom", "pkmap", "-f", path).startswith("--zoom=pkmap: this kernel has no pkmap: ")
    assert refused("map", "--zoom=vmalloc", "-f", write(build([]))) == \
        "--zoom=vmalloc: the capture says nothing of it"
    assert refused("map", "--only=both", "-f", path) == "--only=both: expected user or kernel"
    assert "region of user processes" in refused("map", "--only=user", "-f", write(build([])))
    assert "of the kernel" in refused("map", "--only=kernel", "-f", write(build([])))
    assert "exclude each other" in refused("map", "--only=user", "--zoom=image", "-f", path)
    assert "exclude each other" in refused("map", "-J", "--brief", "-f", path)


def test_very_many_regions(output, write):
    path = write(build([region(f"r{i}", 0x100000 * i, 0x100000 * i + 0x7ffff) for i in range(3000)]))
    text = output("map", "--brief", "-f", path, env={"COLUMNS": 80})
    assert len(text.splitlines()) <= 40
    assert re.search(r"\d+ regions", text)


# --- Colour -----------------------------------------------------------------------------------

CODE = re.compile(r"\033\[([0-9;]*)m")


def test_colour_changes_nothing_else(output):
    for path in capture.SAMPLES + capture.REAL:
        plain = output("map", "-f", path)
        colored = output("map", "-f", path, "--color=always")
        assert "\033" in colored and "\033" not in plain
        drawing, _, legend = CODE.sub("", colored).partition("\nColours: ")
        assert drawing + "\n" == plain
        assert "data, " in legend.replace("\n", " ")
        for line in colored.splitlines():
            assert "\033" not in line or line.endswith("\033[0m")


def rgb_of(number):
    """Of xterm's 256 colours, of which the first 16 are the theme's."""
    assert 16 <= number <= 255
    if number >= 232:
        return [8 + 10 * (number - 232)] * 3
    cube = [(number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6]
    return [0 if c == 0 else 55 + 40 * c for c in cube]


def luminance(rgb):
    linear = [c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))


def test_colours_are_read_on_black_and_on_white(output):
    """WCAG 2: 3:1 for large or bold text and for graphics."""
    seen = set()
    for path in capture.SAMPLES + capture.REAL:
        for command in ("map", "show"):
            seen |= set(CODE.findall(output(command, "-f", path, "--color=always")))
    numbers = {int(code.removeprefix("38;5;")) for code in seen - {"0", "1", ""}}
    assert len(numbers) >= 6
    for number in numbers:
        light = luminance(rgb_of(number))
        assert min((light + 0.05) / 0.05, 1.05 / (light + 0.05)) >= 3.9


def test_only_names_and_bars_have_colours(output):
    path = capture.SAMPLES[1]
    for line in output("show", "-f", path, "--color=always").splitlines():
        if "\033" in line:
            assert re.fullmatch(r"\033\[[0-9;]+m[ │├└─\w]+\033\[0m .*", line)
    for line in output("map", "-f", path, "--color=always").splitlines():
        for color, text in re.findall(r"\033\[(38;5;(?!243|161)\d+)m([^\033]*)", line):
            assert re.fullmatch(r"[│┌├└]+|\w+( \(continued\))?|[\w ]+,?", text)
