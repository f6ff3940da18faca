# SPDX-License-Identifier: GPL-2.0-only
"""The page to explore, in Chromium: each way to move, to search and to link."""

import re

from selenium.webdriver.common.keys import Keys

from pagechecks import ARM, MEASURED, X86, of, terms, search


# --- Zoom --------------------------------------------------------------------------------------------

def look_at(page, address):
    """The share of the height at which an address is, by the labels above and below it."""
    return page.run("""
        const scale = makeScale();
        return scale.y(BigInt(arguments[0])) / scale.height;""", str(address))


def test_the_wheel_zooms_to_one_page(page, machine):
    """From 2^64 to 4 KiB, evenly, and what is under the pointer stays there."""
    target = dict(of(X86).witnesses)["vmalloc"]
    page.open(machine(X86))
    sizes = [1 << 64]
    for _ in range(120):
        page.wheel("#column", look_at(page, target), -300, times=3)
        first, last = page.window()
        assert first <= target <= last
        sizes.append(last - first + 1)
        if sizes[-1] == 4096:
            break
    assert sizes[-1] == 4096 and target // 4096 * 4096 == page.window()[0]
    assert all(a >= b for a, b in zip(sizes, sizes[1:])) and len(sizes) > 12
    # Within a box the zoom is even: no step is far larger than the one before it.
    inside = [a / b for a, b in zip(sizes, sizes[1:]) if a < 1 << 50 and b > 8192]
    assert max(inside) < 12 and min(inside) > 3
    assert page.text("#shown") == "4 KiB shown"
    page.wheel("#column", 0.5, 300, times=200)
    assert page.window() == (0, 2**64 - 1)


def test_fingers_zoom_and_move(page, machine):
    page.open(machine(ARM))
    (x, top), (_, bottom) = page.point("#column", 0.4), page.point("#column", 0.6)
    page.touch("touchStart", (x - 20, top), (x + 20, bottom))
    for n in range(1, 9):
        page.touch("touchMove", (x - 20, top - 20 * n), (x + 20, bottom + 20 * n))
    page.touch("touchEnd")
    page.settle()
    first, last = page.window()
    assert last - first < 1 << 31
    page.touch("touchStart", (x, top))
    for n in range(1, 6):
        page.touch("touchMove", (x, top + 12 * n))
    page.touch("touchEnd")
    page.settle()
    # What was there went down, so that higher addresses are seen.
    assert page.window()[1] > last and page.window()[0] > first


def test_keys_go_everywhere(page, machine):
    wanted = of(X86)
    page.open(machine(X86))
    page.run("document.querySelector('.box[tabindex=\"0\"]').focus()")
    seen = []
    for _ in range(60):
        page.press(Keys.ARROW_DOWN)
        name = page.run("return document.activeElement.dataset.name")
        seen.append(name)
        if name == "user":
            break
    for name in ("fixmap", "modules", "text", "vmemmap", "vmalloc", "guard_hole", "user"):
        assert name in seen
    assert seen.index("vmemmap") < seen.index("vmalloc") < seen.index("user")
    page.press(Keys.ENTER)
    assert page.window() == wanted.regions["user"][:2]
    page.press(Keys.BACKSPACE)
    assert page.window() == (0, wanted.top)
    page.press("+", "+")
    smaller = page.window()
    assert smaller[1] - smaller[0] < wanted.top
    page.press(Keys.PAGE_UP)
    assert page.window()[0] > smaller[0]
    before = page.window()
    page.press("-")
    assert page.window()[1] - page.window()[0] > before[1] - before[0]
    page.press(Keys.HOME)
    assert page.window() == (0, wanted.top)


def test_left_and_right_go_out_and_in(page, machine):
    page.open(machine(X86))
    page.run("document.querySelector('.box[data-name=image]').focus()")
    page.press(Keys.ARROW_LEFT)
    assert page.run("return document.activeElement.dataset.name") == "image_window"
    page.press(Keys.BACKSPACE)
    page.follow("#at=rodata")
    page.run("document.querySelector('.box[data-name=rodata]').focus()")
    for around in ("image", "image_window"):
        page.press(Keys.BACKSPACE)
        assert page.window() == of(X86).regions[around][:2]
    page.press(Keys.HOME)
    page.run("document.querySelector('.box[data-name=image]').focus()")
    page.press(Keys.ARROW_LEFT, Keys.ARROW_RIGHT)
    assert "image_window" in page.run("return document.activeElement.getAttribute('aria-label')")


def test_the_way_back(page, machine):
    wanted = of(X86)
    page.open(machine(X86), "#at=rodata")
    assert [e.text for e in page.all("#crumbs li")] == ["whole 64-bit space", "image_window", "image", "rodata"]
    assert page.find("#crumbs [aria-current]").text == "rodata"
    page.click("#crumbs li:nth-child(3) button")
    assert page.window() == wanted.regions["image"][:2]
    page.click("#out")
    assert page.window() == wanted.regions["image_window"][:2]
    page.click("#zoom-in")
    assert page.window()[1] - page.window()[0] < wanted.regions["image_window"][1] - wanted.regions["image_window"][0]
    page.click("#zoom-out")
    page.click("#whole")
    assert page.window() == (0, wanted.top)


def test_the_small_map_moves_the_window(page, machine):
    wanted = of(X86)
    page.open(machine(X86), "#at=user")
    glass = page.run("return parseFloat(document.getElementById('glass').style.top)")
    page.drag("#minimap", 0.9, 0.05)
    assert page.window()[0] > wanted.regions["modules"][0]
    assert page.run("return parseFloat(document.getElementById('glass').style.top)") < glass


def test_a_drag_moves_and_does_not_choose(page, machine):
    page.open(machine(X86), "#at=text")
    page.click("#panel .back button")
    before = page.window()
    page.drag("#column", 0.3, 0.7)
    assert page.window()[0] > before[0]
    assert "at" not in page.link()


def test_motion_ends_where_it_goes(page, machine):
    """With motion, which the other tests are without."""
    page.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "no-preference"}])
    page.open(machine(X86))
    page.run("document.querySelector('.box[data-name=vsyscall], .box[data-name=fixmap]').focus()")
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.wait(lambda: page.window() == of(X86).regions["fixmap"][:2])


# --- Search ---------------------------------------------------------------------------------------------

def test_search(page, machine):
    wanted = of(X86)
    page.open(machine(X86))
    address = wanted.regions["rodata"][0] + 0x1234
    for spelled in (f"0x{address:x}", f"{address:016x}", re.sub("(....)(?=.)", r"\1 ", f"{address:016x}")):
        found = search(page, spelled)
        assert found[0].startswith(f"0x{address:x}") and "rodata" in found[0]
        first, last = page.window()
        assert first <= address <= last and page.text("#panel-title") == "rodata"
    # A symbol at an edge, another name of a region, a live object, a word, an option.
    search(page, "__start_rodata")
    assert page.window()[0] <= wanted.regions["rodata"][0] <= page.window()[1]
    search(page, "lowmem")
    assert page.text("#panel-title") == "direct_map" and page.window() == wanted.regions["direct_map"][:2]
    search(page, "schedule")
    assert wanted.address(dict(wanted.witnesses)["kernel_function"]) in page.text("#panel")
    search(page, "heap")
    assert page.text("#panel-title") == "heap"
    search(page, "CONFIG_X86_5LEVEL")
    assert "here: y" in page.text("#panel")
    assert search(page, "nonsense") == []
    assert "Nothing here is called" in page.run("return document.getElementById('status').textContent")
    page.run("document.activeElement.blur()")
    page.find("body").send_keys("/")
    assert page.run("return document.activeElement.id") == "search"


def test_what_was_found_is_reached_by_keys(page, machine):
    page.open(machine(X86))
    page.find("#search").send_keys("vm")
    page.settle()
    page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_UP)
    name = page.run("return document.activeElement.querySelector('strong').textContent")
    page.press(Keys.ENTER)
    assert page.text("#panel-title") in (name, "vmalloc", "vmemmap") and page.all("#found li") == []


# --- Walks -------------------------------------------------------------------------------------------------

def test_step_through_a_walk(page, pages):
    """Indexes are bits of the address, and the end is where the capture has the kernel in memory."""
    wanted = of(X86)
    address = dict(wanted.witnesses)["kernel_function"]
    start, _, record = wanted.regions["text"]
    page.open(pages("--sysroot", X86))
    page.follow("#at=witness:kernel_function")
    page.click("#panel .primary")
    for level, shift in ((5, 48), (4, 39), (3, 30), (2, 21)):
        index = address >> shift & 511
        panel = page.text("#panel")
        assert f"Bits {shift + 8} to {shift} of the address are {index}" in panel
        assert page.text(".group.current").split("\n") == [f"{index:09b}", f"level {level}: {index}"]
        mark, grid = page.find(".entry-mark").rect, page.find(".grid-of-entries").rect
        across = round((mark["x"] - grid["x"]) / grid["width"] * 32), round((mark["y"] - grid["y"]) / grid["height"] * 16)
        assert across == (index % 32, index // 32)
        # The map shows what the entry stands for.
        assert page.window() == (address >> shift << shift, (address >> shift << shift) + (1 << shift) - 1)
        page.click("#walk-on")
    phys = int(record["phys"], 16) + address - start
    assert terms(page)["Physical address"] == wanted.address(phys) and terms(page)["Page"] == "2 MiB"
    assert not page.find("#walk-on").is_enabled()
    page.click("#walk-back")
    assert page.link()["walk"] == "kernel_function" and page.link()["step"] == "3"


def test_a_walk_that_was_asked_for(page, pages):
    page.open(pages("--sysroot", X86, "--walk", "schedule"), "#walk=schedule&step=0")
    assert page.text("#panel-title") == "Walk to schedule"
    page.follow("#walk=nothing")
    assert "no walk" in page.run("return document.getElementById('status').textContent")


def test_a_capture_alone_has_no_walk(page, measured, refused):
    page.open(measured, "#at=witness:kmalloc")
    assert "There is no walk to it" in page.text("#panel") and not page.find("#walks-section").is_displayed()
    said = refused("draw", "-f", MEASURED, "--walk", "schedule", "unused.html")
    assert said.startswith("--walk=schedule: a capture alone has no page tables")


# --- Links ----------------------------------------------------------------------------------------------------------

def test_a_link_is_a_view(page, measured, machine):
    """What the address bar has after some steps leads there again."""
    wanted = of(MEASURED)
    page.open(measured, "#at=vmalloc&view=mapped")
    assert page.window() == wanted.regions["vmalloc"][:2] and page.text("#panel-title") == "vmalloc"
    page.click("#zoom-in")
    link, window = page.run("return location.hash"), page.window()
    page.open(measured, link)
    assert page.window() == window and page.link()["view"] == "mapped" and page.text("#panel-title") == "vmalloc"
    page.follow("#at=0xffffffff81000000")
    assert page.window()[0] <= 0xffffffff81000000 <= page.window()[1]
    page.follow("#at=nowhere")
    assert 'Nothing here is called "nowhere"' in page.run("return document.getElementById('status').textContent")
    for wrong in ("#from=0x5&to=0x1", "#capture=9", "#at=", "#from=x&to=y", "#walk", "#step=-3&walk=kmalloc", "#at=%3Cb%3E"):
        page.open(measured, wrong)
        assert page.window() == (0, wanted.top), wrong


ODD = ("#view=mapped", "#at=vmalloc&view=mapped", "#at=__proto__", "#at=constructor&walk=__proto__&step=NaN", "#capture=1e308",
       "#capture=0.5", "#capture=-0", "#walk=kmalloc&step=1e99", "#at=%3Cscript%3Ealert(1)%3C/script%3E", "#%", "#at=%E0%A4%A",
       "#from=0x" + "f" * 400 + "&to=0x" + "f" * 400, "#from=-1&to=" + "9" * 400, "#from=0xffffffffffffffff&to=0xffffffffffffffff",
       "#at=" + "x" * 5000, "#at=toString", "#at=region:valueOf")


def test_odd_links_are_harmless(page, machine):
    """Also on a page of a capture without mappings: there is no complaint, no script runs, and the next link is followed."""
    wanted = of(MEASURED)
    for odd in ODD:
        page.open(machine(MEASURED), odd)
        low, high = page.window()
        assert 0 <= low <= high <= wanted.top, odd
        page.click("#zoom-in")
        assert page.complaints() == [], odd
        page.follow("#at=modules")
        assert page.window() == wanted.regions["modules"][:2], odd


def test_the_command_line_chooses_the_first_view(page, pages):
    wanted = of(X86)
    page.open(pages("--sysroot", X86, "--zoom", "modules", "--theme", "dark"))
    assert page.window() == wanted.regions["modules"][:2]
    assert page.run("return document.documentElement.dataset.theme") == "dark"
    page.open(pages("--sysroot", X86, "--from", "rodata", "--to", "bss"))
    assert page.window() == (wanted.regions["rodata"][0], wanted.regions["bss"][1])
