# SPDX-License-Identifier: GPL-2.0-only
"""The page to explore, in Chromium: it can be read at each size, in each theme, on paper and by readers of the screen."""

import re

import pytest

from pagechecks import ARM, GOLDEN, MAPPINGS, MEASURED, WIDTHS, X86, check_boxes, of, size_text


# --- How it looks -------------------------------------------------------------------------------------------------------

CONTRAST = """
    const parse = color => (color.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
        if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
    const found = [];
    for (const e of document.querySelectorAll(".box .label span, .address, .macro, .pin, .half span, #panel *, #tables td, header *")) {
        if (!e.textContent.trim() || e.children.length || !e.getClientRects().length || e.tagName === "OPTION") continue;
        const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        found.push([ratio, e.outerHTML.slice(0, 120)]);
    }
    return found.sort((x, y) => x[0] - y[0]);"""


@pytest.mark.parametrize("scheme, media", [("light", ""), ("dark", ""), ("light", "print")])
def test_text_can_be_read(page, measured, scheme, media):
    page.prefer(scheme, media)
    page.open(measured, "#view=mapped")
    assert page.run("return document.documentElement.dataset.theme") == scheme
    found = page.run(CONTRAST)
    assert len(found) > 300 and found[0][0] >= 4.5, found[:3]


def test_the_switch_of_themes(page, machine):
    page.open(machine(X86))
    light = page.run("return getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.run("return getComputedStyle(document.body).backgroundColor") != light
    assert page.text("#theme") == "Light"
    page.click("#theme")
    assert page.run("return getComputedStyle(document.body).backgroundColor") == light
    page.prefer("dark")
    page.open(machine(X86))
    assert page.run("return document.documentElement.dataset.theme") == "dark"


def test_kinds_differ_without_colour(page, machine):
    """On paper each tone has a hatch of its own, and no colour."""
    page.prefer("dark", "print")
    page.open(machine(X86))
    swatches = page.run("""
        return [...document.querySelectorAll(".legend .swatch[class*=tone]")].map(s =>
            [getComputedStyle(s).backgroundImage, getComputedStyle(s).backgroundColor]);""")
    assert len(swatches) == 7 and len({image for image, _ in swatches}) == 7
    assert {color for _, color in swatches} == {"rgb(255, 255, 255)"}
    parts = [rgb for image, _ in swatches for rgb in re.findall(r"rgb\((\d+), (\d+), (\d+)\)", image)]
    assert len(parts) > 6 and all(len(set(rgb)) == 1 for rgb in parts)
    assert not page.find("#search").is_displayed() and page.find("#tables").is_displayed()
    assert page.text("h1") == "Linux 6.12.117+deb13-amd64 on x86_64"


def test_paper_has_greys_only(page, measured):
    """In the strip, too, which is drawn before the page is printed."""
    page.open(measured, "#at=image&view=mapped")
    page.run("dispatchEvent(new Event('beforeprint'))")
    pixels = page.run("""
        const c = document.getElementById("lane");
        return [...c.getContext("2d").getImageData(5, 0, 1, c.height).data];""")
    colors = {tuple(pixels[n:n + 3]) for n in range(0, len(pixels), 4)}
    assert len(colors) >= 3 and all(len(set(color)) == 1 for color in colors)
    page.run("dispatchEvent(new Event('afterprint'))")
    page.settle()


OVERLAPS = """
    const shown = [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility() && e.textContent.trim());
    const boxes = shown.map(e => [e.getBoundingClientRect(), e.textContent.slice(0, 40)]);
    const found = [];
    for (let i = 0; i < boxes.length; i++)
        for (let j = i + 1; j < boxes.length; j++) {
            const [a, b] = [boxes[i][0], boxes[j][0]];
            if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
                found.push([boxes[i][1], boxes[j][1]]);
        }
    return [boxes.length, found];"""

CUT = """
    return [...document.querySelectorAll(".box:not(.tiny) .label")].filter(l => {
        const box = l.parentElement.getBoundingClientRect(), r = l.getBoundingClientRect();
        return r.top < box.top - 1 || r.bottom > box.bottom + 1 || r.right > box.right + 1 || r.left < box.left;
    }).map(l => l.textContent);"""


@pytest.mark.parametrize("width, height", WIDTHS)
@pytest.mark.parametrize("path", [MEASURED, ARM, GOLDEN["7.2-powerpc64le-hash"]], ids=lambda p: p.stem)
def test_nothing_overlaps_and_nothing_is_cut(page, pages, width, height, path):
    page.resize(width, height)
    file = pages("-f", MEASURED, "--mappings", MAPPINGS) if path == MEASURED else pages("--sysroot", path)
    for link in ("", "#view=mapped", "#at=image", "#at=witness:kernel_function"):
        page.open(file, link)
        assert page.run("return document.documentElement.scrollWidth") <= width
        for selector, least in ((".address", 2), (".macro, .pin", 0), ("header h1, #subtitle, #search, .controls button", 5),
                                (".bar nav, #shown, .zoom button", 5), ("#minimap, #addresses, #halves, #column, #names, #panel", 2),
                                ("#panel dt, #panel dd, #panel h3, #panel p", 6)):
            number, found = page.run(OVERLAPS, selector)
            assert found == [] and number >= least, (link, selector)
        number, found = page.run(OVERLAPS, ".box:not(.tiny):not(.open) .label")
        assert found == [] and number > 0, link
        assert page.run(CUT) == [], link
        check_boxes(page)


@pytest.mark.parametrize("width, height", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_rules_of_accessibility(page, measured, width, height, scheme):
    page.resize(width, height)
    page.prefer(scheme)
    page.open(measured, "#at=vmalloc&view=mapped")
    assert page.violations(*(["color-contrast"] if scheme == "dark" else [])) == []


def test_rules_of_accessibility_of_other_views(page, pages):
    page.open(pages("--sysroot", X86), "#walk=kernel_function&step=2")
    page.run("document.getElementById('tables').remove()")
    assert page.violations() == []
    page.click("#panel .back button")
    page.find("#search").send_keys("vm")
    page.settle()
    assert page.all("#found li") and page.violations() == []


def test_violations_are_seen(page, machine):
    """Else rules that find nothing would prove nothing."""
    page.open(machine(X86))
    page.run("document.getElementById('search-form').querySelector('label').remove();"
             "document.getElementById('search').removeAttribute('placeholder')")
    assert "label" in [rule for rule, _ in page.violations()]


def test_tables_are_tables_to_readers_of_the_screen(page, machine):
    """On a narrow screen, too, where rows are drawn as blocks."""
    page.resize(320, 700)
    page.open(machine(ARM))
    tree = page.tell("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in tree if not node["ignored"]]
    assert roles.count("table") >= 4 and roles.count("columnheader") >= 10
    assert roles.count("row") > 80 and roles.count("cell") + roles.count("gridcell") > 200
    names = {node["name"]["value"] for node in tree if node.get("name") and node["role"]["value"] == "button"}
    for name, (start, end, _) in of(ARM).regions.items():
        if name in ("vmalloc", "pkmap", "user"):
            assert any(text.startswith(f"{name}, {size_text(end - start + 1)}, ") for text in names)
