# SPDX-License-Identifier: GPL-2.0-only
"""The colours and hatches of each theme, by computation on the SVG that kvas writes: texts are
readable, and kinds differ for people who confuse colours and on grey paper.

Contrast as in WCAG 2.1; what colours become as in Machado, Oliveira and Fernandes, "A
Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), of the greatest
severity; distances of colours are CIEDE2000, as in Sharma, Wu and Dalal (2005).
"""

import itertools
import math
import re

import pytest

import backends
import pictures
from conftest import READER

THEMES = ("light", "dark", "print")
READABLE = 4.5

# Distances: two fills that are seen as two without thinking, and a hatch that is seen on its fill.
APART, SEEN = 9, 3.5

VISION = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
}


# --- Colours -------------------------------------------------------------------------------------

def linear(color):
    """Of "#rrggbb"; each part from 0 to 1."""
    assert re.fullmatch("#[0-9a-f]{6}", color), color
    parts = (int(color[i:i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)


def luminance(color):
    return sum(k * p for k, p in zip((0.2126, 0.7152, 0.0722), linear(color)))


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def seen(color, vision):
    """Linear light, as somebody sees it."""
    return tuple(min(1, max(0, sum(k * p for k, p in zip(row, linear(color))))) for row in VISION[vision])


def lab(light):
    matrix = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    xyz = (sum(k * p for k, p in zip(row, light)) / white for row, white in zip(matrix, (0.95047, 1, 1.08883)))
    x, y, z = (v ** (1 / 3) if v > (6 / 29) ** 3 else v / (3 * (6 / 29) ** 2) + 4 / 29 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one, two):
    (l1, a1, b1), (l2, a2, b2) = one, two
    c7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    g = (1 - math.sqrt(c7 / (c7 + 25 ** 7))) / 2
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0 if not c1 * c2 else h2 - h1 if abs(h2 - h1) <= 180 else h2 - h1 - math.copysign(360, h2 - h1)
    dl, dc, dh = l2 - l1, c2 - c1, 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    l, c = (l1 + l2) / 2, (c1 + c2) / 2
    h = h1 + h2 if not c1 * c2 else (h1 + h2) / 2 if abs(h1 - h2) <= 180 else \
        (h1 + h2 + (360 if h1 + h2 < 360 else -360)) / 2
    t = (1 - 0.17 * math.cos(math.radians(h - 30)) + 0.24 * math.cos(math.radians(2 * h)) +
         0.32 * math.cos(math.radians(3 * h + 6)) - 0.20 * math.cos(math.radians(4 * h - 63)))
    sl, sc, sh = 1 + 0.015 * (l - 50) ** 2 / math.sqrt(20 + (l - 50) ** 2), 1 + 0.045 * c, 1 + 0.015 * c * t
    rt = -2 * math.sqrt(c ** 7 / (c ** 7 + 25 ** 7)) * math.sin(math.radians(60 * math.exp(-((h - 275) / 25) ** 2)))
    return math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh))


def distance(a, b, vision):
    return ciede2000(lab(seen(a, vision)), lab(seen(b, vision)))


@pytest.mark.parametrize("one, two, wanted", [
    # From the table of test data in the paper.
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
])
def test_the_distance_is_computed_as_published(one, two, wanted):
    assert ciede2000(one, two) == pytest.approx(wanted, abs=0.00006)
    assert ciede2000(two, one) == pytest.approx(wanted, abs=0.00006)


def test_contrast_and_simulation_are_computed_as_published():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    for vision in VISION:
        assert distance("#ffffff", "#808080", vision) > 30
        assert seen("#ffffff", vision) == pytest.approx((1, 1, 1), abs=0.001)
    assert distance("#d00000", "#707000", "deuteranopia") < distance("#d00000", "#707000", "usual") / 2


# --- Fills ---------------------------------------------------------------------------------------

class Fill:
    """Of one class of boxes, as the style sheet and the patterns say."""

    def __init__(self, picture, box):
        style = picture.style_of("rect", box.classes)
        self.tone, self.state, self.edge, self.color = box.tone, box.state, style["stroke"], style["fill"]
        self.hatch_color, self.motif, self.side, self.width = None, frozenset(), 0, 0
        if self.color.startswith("url("):
            self._read(picture.patterns[self.color[len("url(#"):-1]])

    def _read(self, pattern):
        rect, mark = pattern
        self.color = _declarations(rect)["fill"]
        self.side = float(pattern.get("width"))
        style = _declarations(mark)
        if mark.tag.endswith("circle"):
            self.hatch_color, self.width, self.motif = style["fill"], float(mark.get("r")), frozenset({"dots"})
            return
        self.hatch_color, self.width = style["stroke"], float(style["stroke-width"])
        assert style["fill"] == "none"
        self.motif = frozenset(_directions(mark.get("d")))

    @property
    def colors(self):
        return {self.color, self.hatch_color} - {None}

    @property
    def is_hatched(self):
        return bool(self.motif)

    def __repr__(self):
        return f"{self.tone}-{self.state}"


def _declarations(element):
    return dict(part.split(":") for part in element.get("style").split(";"))


def _directions(d):
    """Into which directions a path's lines go."""
    at = None
    for letter, numbers in re.findall(r"([MLHV])([^MLHV]*)", d):
        values = tuple(map(float, numbers.split()))
        to = {"M": values, "L": values, "H": values and at and (values[0], at[1]),
              "V": values and at and (at[0], values[0])}[letter]
        if letter != "M":
            dx, dy = to[0] - at[0], to[1] - at[1]
            yield "level" if not dy else "upright" if not dx else "falling" if dx * dy > 0 else "rising"
        at = to


@pytest.fixture(scope="session")
def draw(binary, tmp_path_factory):
    return backends.drawing(backends.build(tmp_path_factory.mktemp("themes")))


@pytest.fixture(scope="session")
def themes(draw):
    return {theme: pictures.parse(draw("fills", "svg", theme)) for theme in THEMES}


@pytest.fixture(params=THEMES)
def picture(request, themes):
    return themes[request.param]


@pytest.fixture
def fills(picture):
    return [Fill(picture, box) for box in picture.boxes if box.tone]


@pytest.fixture
def inks(draw, picture):
    """Each colour of texts, by its class."""
    sheet = pictures.parse(draw("texts", "svg", picture.theme))
    names = {c for selectors, _ in sheet.rules for s in selectors for c in re.findall(r"text\.(ink-\w+)", s)}
    assert len(names) == 4
    return {name: sheet.style_of("text", {name} - {""})["fill"] for name in names | {""}}


def test_every_kind_is_in_the_picture(fills):
    """As many as scene.h has."""
    text = (READER / "draw/scene.h").read_text()
    tones = re.findall(r"\bTONE_(\w+),", re.search(r"enum tone \{(.*?)\}", text, re.S)[1])
    assert len({f.tone for f in fills}) == len(tones) - 1 and len(fills) == 3 * (len(tones) - 1)


def test_each_text_is_readable_on_each_fill_and_its_hatch(picture, fills, inks):
    page = picture.style_of("rect", {"page"})["fill"]
    for name, ink in inks.items():
        for fill in fills:
            for color in fill.colors:
                assert contrast(ink, color) >= READABLE, (name, ink, fill, color, contrast(ink, color))
        assert contrast(ink, page) >= READABLE


def test_fills_are_light_and_text_dark_or_the_other_way(picture, fills, inks):
    light = picture.theme != "dark"
    for fill in fills:
        assert (luminance(fill.color) > luminance(inks[""])) is light, fill


def test_each_edge_is_seen(picture, fills):
    """WCAG asks for 3:1 of what is no text."""
    page = picture.style_of("rect", {"page"})["fill"]
    for fill in fills:
        assert contrast(fill.edge, page) >= 3 and contrast(fill.edge, fill.color) >= 2.2, (
            fill, contrast(fill.edge, page), contrast(fill.edge, fill.color))


def differ(a, b, vision):
    """By colour, or by a hatch of which one sees at least one: other lines, or the same twice as close or as thick."""
    if distance(a.color, b.color, vision) >= APART:
        return "colour"
    visible = [f for f in (a, b) if f.is_hatched and distance(f.color, f.hatch_color, vision) >= SEEN]
    if a.is_hatched and b.is_hatched and len(visible) < 2:
        return None
    if visible and a.motif != b.motif:
        return "hatch"
    if len(visible) == 2 and (max(a.side, b.side) >= 1.4 * min(a.side, b.side) or
                              max(a.width, b.width) >= 2 * min(a.width, b.width)):
        return "density"
    return None


@pytest.mark.parametrize("vision", VISION)
def test_kinds_and_states_differ(fills, vision):
    for a, b in itertools.combinations(fills, 2):
        assert differ(a, b, vision), (a, b, distance(a.color, b.color, vision))


@pytest.mark.parametrize("vision", VISION)
def test_two_kinds_never_have_the_same_hatch(fills, vision):
    """So that no colour is needed to tell kinds apart: what is hatched alike differs in thickness."""
    for a, b in itertools.combinations(fills, 2):
        if a.tone != b.tone and a.motif == b.motif:
            assert max(a.width, b.width) >= 2 * min(a.width, b.width), (a, b)
    for fill in fills:
        if fill.is_hatched:
            assert distance(fill.color, fill.hatch_color, vision) >= SEEN, (
                fill, distance(fill.color, fill.hatch_color, vision))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_kinds_of_regions_differ_by_colour_for_the_usual_eye(themes, theme):
    """In each state; those without a colour, and those that are one with text, aside."""
    fills = [Fill(themes[theme], box) for box in themes[theme].boxes if box.tone in
             ("code", "data", "one-piece", "pages", "fixed", "unused", "alert")]
    for a, b in itertools.combinations(fills, 2):
        if a.state == b.state and a.tone != b.tone:
            assert distance(a.color, b.color, "usual") >= 4.5, (a, b, distance(a.color, b.color, "usual"))


def test_print_needs_no_colour(themes):
    picture = themes["print"]
    for color in re.findall("#([0-9a-f]{6})", str(picture.rules)):
        assert color[0:2] == color[2:4] == color[4:6]
    for box in picture.boxes:
        if box.tone:
            assert all(c[1:3] == c[3:5] == c[5:7] for c in (*Fill(picture, box).colors, Fill(picture, box).edge))


def test_print_has_a_seam_around_texts(themes):
    style = themes["print"].style_of("text", frozenset())
    assert style["paint-order"] == "stroke" and style["stroke"] == "#ffffff"
    assert "stroke" not in themes["light"].style_of("text", frozenset())


def test_tones_have_the_hues_of_the_terminal(themes):
    """Okabe and Ito's, by their names: greens are green, and so on."""
    hues = {"code": 0x009E73, "data": 0xF0E442, "one-piece": 0x56B4E9, "pages": 0x0072B2, "fixed": 0xCC79A7,
            "alert": 0xD55E00, "chosen": 0xE69F00}
    for theme in ("light", "dark"):
        for box in themes[theme].boxes:
            if box.tone in hues and box.state == "mapped":
                _, a, b = lab(linear(Fill(themes[theme], box).color))
                _, a2, b2 = lab(linear(f"#{hues[box.tone]:06x}"))
                turn = math.degrees(math.atan2(b, a) - math.atan2(b2, a2)) % 360
                assert min(turn, 360 - turn) < 30, (theme, box.tone, turn)
