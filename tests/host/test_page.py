# SPDX-License-Identifier: GPL-2.0-only
"""The page to explore, in Chromium: what it shows is what a capture says.

Captures are read by capture.py, and page tables by the lines of their file.
"""

import re
import statistics

import pytest

import capture
from conftest import HERE, READER
from pagechecks import (ARM, GOLDEN, MAPPINGS, MEASURED, MOST_BYTES, ROWS, X86, check_boxes, check_rows, of,
                        search, size_text, terms)


# --- The file ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", GOLDEN)
def test_it_is_small_and_needs_no_other_file(pages, name):
    text = pages("--sysroot", GOLDEN[name]).read_text()
    assert len(text.encode()) <= MOST_BYTES
    markup = re.sub(r"<(script|style)\b[^>]*>.*?</\1>", "", text, flags=re.S)
    assert not re.search(r"\b(?:src|href)\s*=|<(?:link|img|iframe|object|embed)\b", markup)
    assert "@import" not in text and "url(" not in text and "eval(" not in text
    assert re.search(r"Content-Security-Policy\" content=\"default-src 'none';", markup)
    assert "unsafe" not in markup


def test_many_runs_still_fit(pages, plain_output, write, tmp_path):
    """More than are drawn one by one: neighbours become one, and nothing is lost at the ends."""
    head = [line for line in MAPPINGS.read_text().splitlines() if line.split()[0] in ("tables", "level")]
    start = of(MEASURED).regions["direct_map"][0]
    lines = head + [f"mapping start=0x{start + n * 0x2000:016x} end=0x{start + n * 0x2000 + 0xfff:016x} size=4K level=1 "
                    f"attr=0x{0x8000000000000101 + 2 * (n % 2):016x}" for n in range(30000)]
    file = write("\n".join(["kvas_mappings 1", *lines, f"end records={len(lines)}"]) + "\n", "many")
    text = pages("-f", MEASURED, "--mappings", file).read_text()
    assert len(text.encode()) <= MOST_BYTES
    assert f'["0x{start:016x}",' in text
    assert '"merged":"0x' in text
    assert '"merged":null' in pages("-f", MEASURED, "--mappings", MAPPINGS).read_text()


def test_it_is_ready_soon(page, machine):
    """Beside a plain table of a few thousand cells that the same browser makes."""
    page.open(machine(X86))
    plain = page.driver.execute_script("""
        const times = [];
        for (let turn = 0; turn < 3; turn++) {
            const begin = performance.now(), table = document.createElement("table");
            for (let row = 0; row < 600; row++)
                for (let cell = 0, tr = table.insertRow(); cell < 8; cell++)
                    tr.insertCell().textContent = `row ${row}, cell ${cell}`;
            document.body.append(table);
            table.offsetHeight;
            times.push(performance.now() - begin);
            table.remove();
        }
        return times;""")
    ready = []
    for _ in range(3):
        page.open(machine(X86))
        ready.append(page.run("return performance.getEntriesByName('kvas')[0].duration"))
        assert page.run("return performance.getEntriesByType('resource').length") == 0
    assert statistics.median(ready) < 8 * statistics.median(plain), (ready, plain)


# --- What it shows --------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", GOLDEN)
def test_each_region_is_there(page, machine, name):
    wanted = of(GOLDEN[name])
    page.open(machine(GOLDEN[name]))
    check_rows(page, wanted)
    boxes = check_boxes(page)
    # All that lies in nothing is in the first view, in its order.
    outer = sorted(((start, name) for name, (start, _, r) in wanted.regions.items() if len(wanted.chain(name)) == 1
                    and not capture.is_overlay(name)), reverse=True)
    drawn = [b["name"] for b in sorted(boxes, key=lambda b: b["top"]) if b["left"] < 3 and b["kind"] == "region"]
    assert [name for _, name in outer] == drawn
    assert page.window(wanted.bits) == (0, wanted.top)


def test_a_larger_region_is_not_lower(page, machine):
    """Of those that nothing is inside of."""
    page.open(machine(X86))
    regions = of(X86).regions
    around = {r.get("parent") for _, _, r in regions.values()}
    heights = [(regions[b["name"]][1] - regions[b["name"]][0], b["bottom"] - b["top"], b["name"]) for b in page.boxes()
               if b["kind"] == "region" and b["left"] < 3 and b["name"] not in {"noncanonical", *around}]
    assert len(heights) > 7
    for (size, height, name), (_, taller, other) in zip(sorted(heights), sorted(heights)[1:]):
        assert height <= taller + 1 or size == 0, (name, other)


# --- What a region is -----------------------------------------------------------------------------------

def test_a_click_tells_what_a_region_is(page, machine):
    wanted = of(X86)
    page.open(machine(X86))
    for name in ("vmemmap", "direct_map", "fixmap"):
        page.click(f".box[data-name={name}] .label")
        start, end, record = wanted.regions[name]
        said = terms(page)
        assert page.text("#panel-title") == name and page.link()["at"] == name
        assert (said["First address"], said["Last address"]) == (wanted.address(start), wanted.address(end))
        assert said["Size"] == size_text(end - start + 1)
        assert said.get("Note") == record.get("note")
        panel = page.text("#panel")
        assert record["start_source"] in panel and record["end_source"] in panel
        text = (HERE.parent.parent / f"userspace/texts/{name}.txt").read_text()
        first = " ".join(text.split("\nWhat:\n")[1].split("\n\n")[0].split())
        assert first in " ".join(panel.split())
    # Options that would change it, with what this kernel has.
    page.click(".box[data-name=vmemmap] .label")
    page.find("#panel").text.index("What would change it")
    page.follow("#at=vmalloc")
    assert "CONFIG_RANDOMIZE_MEMORY (here y)" in page.text("#panel")


def mapped_in(start, end):
    """Bytes of the file's mappings by level and by the bits W and NX, without the reader."""
    found = {}
    for line in MAPPINGS.read_text().splitlines():
        if not line.startswith("mapping"):
            continue
        fields = dict(pair.split("=") for pair in line.split()[1:])
        low, high = max(int(fields["start"], 16), start), min(int(fields["end"], 16), end)
        attr = int(fields["attr"], 16)
        if low <= high:
            key = int(fields["level"]), bool(attr & 2), not attr >> 63
            found[key] = found.get(key, 0) + high - low + 1
    return found


@pytest.mark.parametrize("name", ["modules", "vmalloc", "image", "text", "direct_map"])
def test_permissions_and_page_sizes(page, measured, name):
    start, end, _ = of(MEASURED).regions[name]
    by = mapped_in(start, end)
    page.open(measured, f"#at={name}")
    said = terms(page)
    assert said["Mapped"] == size_text(sum(by.values()))
    for writable, executable, letters in ((False, False, "r---"), (True, False, "rw--"), (False, True, "r-x-"), (True, True, "rwx-")):
        bytes_ = sum(n for (_, w, x), n in by.items() if (w, x) == (writable, executable))
        assert (letters in said["Allowed"]) == bool(bytes_)
        if bytes_:
            assert re.search(rf"{letters} \([a-z, ]+\) {re.escape(size_text(bytes_))}", said["Allowed"])
    for level, page_text in ((1, "4 KiB"), (2, "2 MiB")):
        bytes_ = sum(n for (at, _, _), n in by.items() if at == level)
        assert (f"{page_text} {size_text(bytes_)}" in said["Page sizes"]) == bool(bytes_)


def lane_color(page, address):
    return page.run("""
        const c = document.getElementById("lane"), y = Math.min(Math.round(makeScale().y(BigInt(arguments[0]))), c.height - 1);
        return c.hidden ? null : [...c.getContext("2d").getImageData(5, y, 1, 1).data].slice(0, 3);""", str(address))


def test_reserved_and_mapped(page, measured):
    """The strip has the colour of what may be done there, and nothing where nothing is mapped."""
    regions = of(MEASURED).regions
    page.open(measured, "#at=image")
    assert lane_color(page, regions["text"][0] + 4096) is None
    page.click("#mapped")
    assert page.link()["view"] == "mapped"
    middle = {name: (regions[name][0] + regions[name][1]) // 2 for name in ("text", "rodata", "data")}
    colors = {name: lane_color(page, address) for name, address in middle.items()}
    wanted = page.run("""
        const style = getComputedStyle(document.documentElement);
        return ["code", "read", "write"].map(kind => style.getPropertyValue(`--access-${kind}`).trim());""")
    assert ["#%02x%02x%02x" % tuple(colors[name]) for name in ("text", "rodata", "data")] == wanted
    assert len(set(wanted)) == 3
    page.follow("#at=vmalloc&view=mapped")
    low, high, _ = regions["vmalloc"]
    edges = sorted({low, high, *(int(edge, 16) for edge in re.findall(r"(?:start|end)=(0x\w+)", MAPPINGS.read_text())
                                 if low <= int(edge, 16) <= high)})
    gap = max(zip(edges, edges[1:]), key=lambda pair: pair[1] - pair[0])
    assert gap[1] - gap[0] > (high - low) // 10
    assert lane_color(page, sum(gap) // 2) == [0, 0, 0] and lane_color(page, low) != [0, 0, 0]
    page.click("#reserved")
    assert "view" not in page.link() and lane_color(page, middle["text"]) is None


def test_what_is_in_use(page, machine):
    """Where there are no page tables, the strip says how much of a region RAM is behind."""
    wanted = of(X86).regions["direct_map"][2]
    page.open(machine(X86))
    page.click("#mapped")
    used = int(wanted["populated_end"], 16) - int(wanted["populated_start"], 16) + 1
    page.click(".box[data-name=direct_map] .label")
    assert terms(page)["In use"].startswith(f"{size_text(used)} of 4 PiB")
    assert page.text("#mapped") == "In use"


# --- Two captures -----------------------------------------------------------------------------------------------

def test_switch_between_two_captures(page, pages):
    paths = X86, ROWS / "6.12-amd64-5level-nokaslr.kvas"
    one, two = map(of, paths)
    page.open(pages("--sysroot", paths[0], "--with", paths[1]), "#at=vmalloc")
    assert page.window() == one.regions["vmalloc"][:2]
    higher = two.regions["vmalloc"][0] - one.regions["vmalloc"][0]
    said = terms(page)["In the other capture"]
    assert said.startswith(two.address(two.regions["vmalloc"][0])) and ("higher" if higher > 0 else "lower") in said
    assert size_text(abs(higher)) in said
    page.click("#second")
    assert page.window() == two.regions["vmalloc"][:2] and page.link()["capture"] == "2"
    assert terms(page)["First address"] == two.address(two.regions["vmalloc"][0])
    check_rows(page, two)
    # The same part of a region, wherever that is.
    page.follow("#at=text&capture=2")
    page.click("#zoom-in")
    before = page.window()
    page.click("#first")
    moved = one.regions["text"][0] - two.regions["text"][0]
    assert page.window() == tuple(edge + moved for edge in before)
    page.click("#panel .back button")
    changes = page.run("return document.getElementById('panel').textContent")
    assert "memory_kaslr changed: y to n" in changes and "vmalloc moved" in changes


def test_one_capture_has_no_switch(page, machine):
    page.open(machine(X86))
    assert not page.find("#captures").is_displayed()


def test_captures_that_do_not_fit(refused):
    said = refused("draw", "--sysroot", X86, "--with", ARM, "unused.html")
    assert said == f"--with={ARM}: a layout of arm with 32 bits cannot be compared with one of x86_64 with 64"


# --- A process --------------------------------------------------------------------------------------------------------------

AGAIN = READER / "machines/x86_64-5level-again"
PROCESS = AGAIN / "kvas.process"


def mappings_of(process):
    return [(int(start, 16), int(end, 16), rest) for start, end, rest in
            re.findall(r"^mapping +start=(\S+) end=(\S+) (.*)", process.read_text(), flags=re.M)]


def rows_of(page):
    return {(name, int(first, 16), int(last, 16)) for name, first, last in page.run("""
        return [...document.querySelectorAll("#tables table:first-child tbody tr")]
            .map(row => [0, 2, 3].map(n => row.cells[n].textContent));""")}


def test_a_process_on_top_of_its_kernel(page, pages):
    """Each mapping is covered, nothing else of the user half is, and the kernel half is that of the capture."""
    page.open(pages("-p", PROCESS, "--sysroot", AGAIN))
    rows, kernel = rows_of(page), of(AGAIN)
    for name, (start, end, _) in kernel.regions.items():
        assert name == "user" or capture.is_overlay(name) or (name, start, end) in rows
    half, reached = kernel.regions["user"][1], 0
    inside = [(first, last) for name, first, last in rows if last <= half and not re.search("guard|unused|hole", name)]
    for start, end, rest in mappings_of(PROCESS):
        if start > half:
            continue
        covering = sorted((first, last) for first, last in inside if first <= end and last >= start)
        assert covering and covering[0][0] <= start and max(last for _, last in covering) >= end, rest
        reached += 1
    assert reached > 20
    for first, last in inside:
        assert any(first <= end and last >= start for start, end, _ in mappings_of(PROCESS)), hex(first)
    check_boxes(page)
    page.follow("#at=heap")
    heap, = [(start, end) for start, end, rest in mappings_of(PROCESS) if "[heap]" in rest]
    said = terms(page)
    assert tuple(int(said[name], 16) for name in ("First address", "Last address")) == heap
    assert page.window() == heap and "brk" in page.text("#panel")
    found = search(page, "libjansson")
    assert any("libjansson.so.4" in text for text in found) and page.text("#panel-title") == "libjansson.so.4"


def test_what_a_process_says_stays_text(page, pages, write):
    """The name of a program and of a file that it has mapped."""
    name = "".join(f"\\x{ord(c):02x}" if c in ' "\\' else c for c in f"/tmp/{EVIL.replace('/', '|')}")
    text = PROCESS.read_text().replace("comm=kvas", "comm=<b>x</b>").replace("/lib/x86_64-linux-gnu/libm.so.6", name)
    page.open(pages("-p", write(text), "--sysroot", AGAIN))
    assert page.all("img, b, #page svg") == [] and len(page.all("script")) == 2
    assert search(page, "onload") and EVIL.replace("/", "|") in page.text("#panel-title")
    assert "<b>x</b>" in page.run("return document.title")
    assert page.all("img, b") == [] and len(page.all("script")) == 2


# --- Hostile captures ---------------------------------------------------------------------------------------------------------

EVIL = "</script><img src=x onerror=document.title='taken'><svg onload=alert(1)>&lt;b&gt;${1}`-->"


def test_what_a_capture_says_stays_text(page, pages, write):
    lines = ['fact name=page_size value=4096 unit=bytes source="%s" route=macro' % EVIL,
             'config name=CONFIG_X value="%s"' % EVIL,
             capture.region("vmalloc", 0xffff800000000000, 0xffff8000ffffffff, more=f'note="{EVIL}"'),
             'region name=pkmap absent="%s"' % EVIL,
             f'witness addr=0xffff800000001000 name=kmalloc region=vmalloc source="{EVIL}" content="{EVIL}"']
    file = write(capture.build(lines).replace("release=1.0-test", f'release="{EVIL}"'))
    page.open(pages("-f", file), "#at=vmalloc")
    for link in ("", "#at=vmalloc", "#at=witness:kmalloc", "#at=pkmap", "#view=mapped"):
        page.follow(link)
        assert page.all("img, svg, b") == [] and len(page.all("script")) == 2
    page.follow("#at=vmalloc")
    assert EVIL in page.text("#panel") and EVIL in page.run("return document.title")
    search(page, EVIL[:20])
    text = page.run("return document.getElementById('tables').textContent")
    assert text.count(EVIL) >= 3


def test_overlaps_and_odd_ends_are_drawn(page, pages, write):
    """Regions that a damaged capture may have, up to the last address."""
    lines = [capture.region("vmalloc", 0x1000, 0x5fff), capture.region("vmemmap", 0x3000, 0x8fff),
             capture.region("fixmap", 2**64 - 4096, 2**64 - 1), capture.region("user", 0, 0xfff)]
    page.open(pages("-f", write(capture.build(lines))))
    check_boxes(page)
    assert page.window() == (0, 2**64 - 1)
    page.follow("#at=fixmap")
    assert page.window() == (2**64 - 4096, 2**64 - 1) and page.text("#shown") == "4 KiB shown"
