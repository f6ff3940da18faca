# SPDX-License-Identifier: GPL-2.0-only
"""Pictures of kvas, read from their SVG: what is where, and whether anything overlaps or is cut.

Texts are measured with the font files of DejaVu, and not with what kvas knows of them.
"""

import functools
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

from fontTools.ttLib import TTFont

FONTS = "/usr/share/fonts/truetype/dejavu"
FILES = {("sans", False): "DejaVuSans.ttf", ("sans", True): "DejaVuSans-Bold.ttf",
         ("fixed", False): "DejaVuSansMono.ttf", ("fixed", True): "DejaVuSansMono-Bold.ttf"}
FAMILIES = {"DejaVu Sans": "sans", "DejaVu Sans Mono": "fixed"}
SVG = "{http://www.w3.org/2000/svg}"

# Of an em: how far letters reach above the baseline and below it.  That of f is 0.76, of p 0.24.
ABOVE, BELOW = 0.76, 0.24


# --- Measures ------------------------------------------------------------------------------------

@functools.cache
def _font(face, bold):
    font = TTFont(f"{FONTS}/{FILES[face, bold]}", lazy=True)
    return font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm


def measure(text, face="sans", bold=False, px=13):
    """The sum of the advance widths; what the font lacks is as wide as its widest of common use."""
    cmap, advance, em = _font(face, bold)
    return sum(advance[cmap[ord(letter)]][0] for letter in text) * px / em


def has_letters(text, face="sans", bold=False):
    return all(ord(letter) in _font(face, bold)[0] for letter in text)


# --- Marks ---------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Mark:
    """Edges are in px; groups: those around it, the outermost first."""
    left: float
    top: float
    right: float
    bottom: float
    classes: frozenset
    groups: tuple = ()
    style: dict = field(default_factory=dict, compare=False)

    def part_after(self, prefix):
        """That of a class such as tone-data, or None."""
        return next((c.removeprefix(prefix) for c in self.classes if c.startswith(prefix)), None)

    @property
    def tone(self):
        return self.part_after("tone-")

    @property
    def state(self):
        return self.part_after("state-")

    @property
    def is_stroked(self):
        return float(self.style.get("stroke-width", "0").removesuffix("px")) > 0

    def is_within(self, group):
        return any(g.id == group for g in self.groups)

    def is_within_class(self, name):
        return any(name in g.classes for g in self.groups)

    def overlaps(self, other, slack):
        """By more than slack in both directions?"""
        return (min(self.right, other.right) - max(self.left, other.left) > slack and
                min(self.bottom, other.bottom) - max(self.top, other.top) > slack)

    def contains(self, other, slack=0.0):
        return (self.left - slack <= other.left and other.right <= self.right + slack and
                self.top - slack <= other.top and other.bottom <= self.bottom + slack)

    def __str__(self):
        inside = "/".join(g.id or "?" for g in self.groups)
        return (f"{type(self).__name__.lower()} {' '.join(sorted(self.classes))} of [{inside}] at "
                f"x {self.left:.1f}..{self.right:.1f} y {self.top:.1f}..{self.bottom:.1f}")


@dataclass(frozen=True)
class Box(Mark):
    pass


@dataclass(frozen=True)
class Text(Mark):
    text: str = ""
    baseline: float = 0
    face: str = "sans"
    bold: bool = False
    px: float = 0
    length: float = 0       # as the document says

    def __str__(self):
        return f"{self.text!r}: {super().__str__()}"


@dataclass(frozen=True)
class Path(Mark):
    parts: tuple = ()       # of points
    is_closed: bool = False

    @property
    def points(self):
        return [point for part in self.parts for point in part]

    @property
    def segments(self):
        return [segment for points in self.parts
                for segment in zip(points, points[1:] + (points[:1] if self.is_closed else ()))]


@dataclass(frozen=True)
class Group:
    id: str | None
    classes: frozenset
    title: str | None
    about: str | None


@dataclass
class Picture:
    width: float
    height: float
    title: str
    description: str
    theme: str
    rules: list             # of the style sheet: (selectors, properties)
    patterns: dict          # id -> element
    boxes: list = field(default_factory=list)
    texts: list = field(default_factory=list)
    paths: list = field(default_factory=list)
    groups: list = field(default_factory=list)

    def group(self, id):
        found = [g for g in self.groups if g.id == id]
        assert len(found) == 1, (id, found)
        return found[0]

    @property
    def words(self):
        """Every text, in the order of drawing."""
        return [t.text for t in self.texts]

    def style_of(self, tag, classes):
        """What the style sheet says: of rules with as many classes the last."""
        found = {}
        for _, properties in sorted(
                ((weight, p) for selectors, p in self.rules for s in selectors
                 if (weight := _weight(s, tag, classes)) is not None), key=lambda pair: pair[0]):
            found |= properties
        return found


# --- Parsing -------------------------------------------------------------------------------------

def _rules(sheet):
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    for selectors, body in re.findall(r"([^{}]+)\{([^}]*)\}", sheet):
        properties = dict(p.strip().split(":", 1) for p in body.split(";") if p.strip())
        yield [s.strip() for s in selectors.split(",")], properties


def _weight(selector, tag, classes):
    """None if it does not match: a tag and classes, nothing else."""
    match = re.fullmatch(r"([a-z]*)((?:\.[\w-]+)*)", selector)
    assert match, selector
    wanted = match[2].split(".")[1:]
    if (match[1] and match[1] != tag) or not set(wanted) <= set(classes):
        return None
    return len(wanted), bool(match[1])


def _classes(element):
    return frozenset((element.get("class") or "").split())


def _points(text):
    return tuple((float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+)[ ,](-?[\d.]+)", text))


def _path(element, where):
    d = element.get("d")
    assert re.fullmatch(r"[MLz\d. -]+", d), d
    parts = tuple(map(_points, d.split("M")[1:]))
    xs, ys = zip(*(point for points in parts for point in points))
    return Path(min(xs), min(ys), max(xs), max(ys), parts=parts, is_closed=d.endswith("z"), **where)


def _text(element, where):
    style, text = where["style"], element.text or ""
    face = FAMILIES[style["font-family"].split(",")[0].strip("'\" ")]
    bold, px = style.get("font-weight") == "bold", float(style["font-size"].removesuffix("px"))
    x, baseline, length = (float(element.get(name)) for name in ("x", "y", "textLength"))
    width = measure(text, face, bold, px) if has_letters(text, face, bold) else length
    left = x - width * {"start": 0, "middle": 0.5, "end": 1}[element.get("text-anchor", "start")]
    return Text(left, baseline - ABOVE * px, left + width, baseline + BELOW * px, text=text,
                baseline=baseline, face=face, bold=bold, px=px, length=length, **where)


def _walk(picture, element, groups):
    for child in element:
        tag, classes = child.tag.removeprefix(SVG), _classes(child)
        where = {"classes": classes, "groups": groups, "style": picture.style_of(tag, classes)}
        if tag == "g":
            group = Group(child.get("id"), classes, child.findtext(f"{SVG}title"), child.findtext(f"{SVG}desc"))
            picture.groups.append(group)
            _walk(picture, child, (*groups, group))
        elif tag == "rect" and "page" not in classes:
            x, y, width, height = (float(child.get(n)) for n in ("x", "y", "width", "height"))
            picture.boxes.append(Box(x, y, x + width, y + height, **where))
        elif tag == "path":
            picture.paths.append(_path(child, where))
        elif tag == "text":
            picture.texts.append(_text(child, where))
        else:
            assert tag in ("title", "desc", "style", "defs", "rect"), tag


def parse(svg):
    """Of the text of a document."""
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    _, _, width, height = map(float, root.get("viewBox").split())
    (theme,) = (c.removeprefix("theme-") for c in _classes(root))
    rules = list(_rules("".join(e.text for e in root.iter(f"{SVG}style"))))
    patterns = {e.get("id"): e for e in root.iter(f"{SVG}pattern")}
    picture = Picture(width, height, root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc"), theme,
                      rules, patterns)
    _walk(picture, root, ())
    return picture


# --- What must hold of each picture --------------------------------------------------------------

def _crosses(segment, mark):
    """Is a part of a line within a rectangle?  By Liang and Barsky."""
    (x1, y1), (x2, y2) = segment
    enter, leave = 0.0, 1.0
    for start, delta, low, high in ((x1, x2 - x1, mark.left, mark.right), (y1, y2 - y1, mark.top, mark.bottom)):
        if delta == 0:
            if not low < start < high:
                return False
            continue
        first, last = sorted(((low - start) / delta, (high - start) / delta))
        enter, leave = max(enter, first), min(leave, last)
    return enter < leave


def _shrunk(mark, by):
    return Box(mark.left + by, mark.top + by, mark.right - by, mark.bottom - by, mark.classes)


def overlaps(picture, slack=0.75):
    """A sentence for each: texts on texts, on the border of a box or on a line, and boxes that
    neither nest nor lie apart.  Marks may touch."""
    found = []
    for i, a in enumerate(picture.texts):
        found += [f"{a} is on {b}" for b in picture.texts[i + 1:] if a.overlaps(b, slack)]
        found += [f"{a} is across the border of {box}" for box in picture.boxes
                  if (box.is_stroked or box.tone) and a.overlaps(box, slack) and not box.contains(a, slack)
                  and not (a.contains(box) and not box.is_stroked)]
        inner = _shrunk(a, slack)
        found += [f"{path} goes through {a}" for path in picture.paths
                  if path.is_stroked and any(_crosses(s, inner) for s in path.segments)]
    for i, a in enumerate(picture.boxes):
        found += [f"{a} and {b} overlap" for b in picture.boxes[i + 1:]
                  if a.overlaps(b, slack) and not a.contains(b, slack) and not b.contains(a, slack)]
    return found


def cut(picture, slack=0.01):
    """A sentence for each mark that is not wholly on the page, and each text that is squeezed."""
    page = Box(0, 0, picture.width, picture.height, frozenset())
    found = [f"{mark} is not on the page" for mark in (*picture.texts, *picture.boxes, *picture.paths)
             if not page.contains(mark, slack)]
    found += [f"{t} is {t.length} long, and not {t.right - t.left:.2f}" for t in picture.texts
              if abs(t.length - (t.right - t.left)) > 0.01 + 0.001 * t.length]
    return found


def _assert_none(found):
    assert not found, f"{len(found)}:\n" + "\n".join(found[:20])


def assert_nothing_overlaps(svg):
    """Of a document or a Picture."""
    picture = svg if isinstance(svg, Picture) else parse(svg)
    assert picture.texts and (picture.boxes or picture.paths)
    _assert_none(overlaps(picture))


def assert_nothing_cut(svg):
    picture = svg if isinstance(svg, Picture) else parse(svg)
    assert picture.texts and (picture.boxes or picture.paths)
    _assert_none(cut(picture))


def assert_ids_differ(svg):
    ids = re.findall(r'\bid="([^"]*)"', svg)
    assert len(ids) == len(set(ids)), [i for i in ids if ids.count(i) > 1]


def cells(picture, level, state):
    """Which entries of a walk's table are lit so, by where their rectangles are in the grid."""
    name, found = f"table-{level}", set()
    grid = next(b for b in picture.boxes if b.is_within(name) and not b.tone)
    for path in picture.paths:
        if not path.is_within(name) or not path.is_within_class(f"entries-{state}"):
            continue
        assert len(path.points) % 4 == 0
        for n in range(0, len(path.points), 4):
            xs, ys = zip(*path.points[n:n + 4])
            column, row = round((min(xs) - grid.left - 1) / 7), round((grid.bottom - max(ys) - 1) / 7)
            assert max(xs) - min(xs) < 7
            index = row * 16 + column
            assert index not in found
            found.add(index)
    return found
