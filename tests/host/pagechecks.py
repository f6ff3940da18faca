# SPDX-License-Identifier: GPL-2.0-only
"""What tests of the page to explore know of it, and of the captures that it is made of."""

from selenium.webdriver.common.keys import Keys

import capture
from conftest import HERE

GOLDEN = {machine.name: machine for machine in capture.MACHINES}
X86 = GOLDEN["6.12-amd64-5level"]
ARM = GOLDEN["7.2-armmp-highmem"]
MEASURED = HERE / "measured/6.12-amd64-5level.kvas"
MAPPINGS = MEASURED.with_suffix(".mappings")
# Two boots that differ in KASLR.
ROWS = HERE.parent / "golden/rows"
WIDTHS = ((320, 700), (800, 900), (1920, 1080))
MOST_BYTES = 1 << 20


def of(machine):
    return capture.Capture(machine / "sys/kernel/debug/kvas" if machine.is_dir() else machine)


def size_text(size):
    """As the page writes sizes, by other means: exact with at most four digits, or with a decimal."""
    units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    exact = max(n for n in range(7) if size % (1 << 10 * n) == 0)
    if size >> 10 * exact < 10000:
        return f"{size >> 10 * exact} {units[exact]}"
    unit = (size.bit_length() - 1) // 10
    return f"{size / (1 << 10 * unit):.1f} {units[unit]}"


def terms(page):
    """What the panel says, by its terms."""
    return page.run("""
        const found = {};
        for (const term of document.querySelectorAll("#panel dt"))
            if (term.textContent)
                found[term.textContent] = term.nextElementSibling.textContent;
        return found;""")


def check_rows(page, wanted):
    """Each region of the capture is in the first table with its addresses, the highest first."""
    rows = page.run("""
        return [...document.querySelectorAll("#tables table:first-child tbody tr")]
            .map(row => [...row.cells].slice(0, 5).map(cell => cell.textContent));""")
    listed = {(name, int(first, 16), int(last, 16)) for name, _, first, last, _ in rows}
    for name, (start, end, _) in wanted.regions.items():
        if not capture.is_overlay(name):
            assert (name, start, end) in listed, name
    # Some windows of mips64 cross one another; what does not has an order.
    crossing = {a for a, (s, e, _) in wanted.regions.items() for b, (t, f, _) in wanted.regions.items()
                if s < t <= e < f and not capture.is_overlay(a) and not capture.is_overlay(b) for a in (a, b)}
    tops = [int(last, 16) for name, _, _, last, _ in rows if name not in crossing]
    assert tops == sorted(tops, reverse=True) and len(tops) > 0.8 * len(rows)
    assert max(tops) == wanted.top and min(int(first, 16) for _, _, first, _, _ in rows) == 0
    text = page.run("return document.getElementById('tables').textContent")
    for record in wanted.of("region"):
        if "absent" in record:
            assert record["absent"] in text, record["name"]


def check_boxes(page):
    """Leaves cover the column without gap or overlap; what is inside is inside, and right of its name."""
    boxes = page.boxes()
    height = page.run("return document.getElementById('column').clientHeight")
    leaves = sorted((b for b in boxes if not b["open"]), key=lambda b: b["top"])
    for above, below in zip(leaves, leaves[1:]):
        assert abs(above["bottom"] - below["top"]) < 1.6, (above, below)
    assert leaves[0]["top"] < 3 and leaves[-1]["bottom"] > height - 2
    for box in boxes:
        inside = [b for b in leaves if box["open"] and b["top"] > box["top"] - 0.5 and b["bottom"] < box["bottom"] + 0.5]
        assert all(b["left"] > box["left"] for b in inside), box
    return boxes


def search(page, text):
    page.run("document.getElementById('search').value = ''")
    page.find("#search").send_keys(text)
    page.settle()
    found = [e.text for e in page.all("#found li")]
    page.find("#search").send_keys(Keys.ENTER)
    page.settle()
    return found
