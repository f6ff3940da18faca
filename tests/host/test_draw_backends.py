# SPDX-License-Identifier: GPL-2.0-only
"""Scenes in each format, see test_backends.c: what is drawn is what the scene has, and files are
written whole or not at all."""

import io
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree

import pytest
from PIL import Image

import backends
import pictures
from conftest import BUILD, PATIENCE, READER

SIZES = (11, 13, 20)
FACES = [(face, bold, px) for px in SIZES for bold in (False, True) for face in ("sans", "fixed")]
# More bits than a picture has pixels for an em.
CLOSE = 0.001

# Names that would be more than text, and what must stand in their place.
HOSTILE = {
    "<script>alert(1)</script>": None,
    "\"><svg onload=\"alert(1)\">": None,
    "' onclick='x": None,
    "]]>-->&amp;<!--": None,
    "&#60;b&#62;": None,
    "url(#page)": None,
    "  two  spaces ": None,
    "line\nfeed\x1b[31m": "line\ufffdfeed\ufffd[31m",
    "tab\tdel\x7f\u0085": "tab\ufffddel\ufffd\ufffd",
    "\u202eright to left\u2066": "\ufffdright to left\ufffd",
    "no\u200bspace\ufeff\u00ad": "no\ufffdspace\ufffd\ufffd",
    b"not \xff\xc3 utf8 \xe2\x82": "not \ufffd\ufffd utf8 \ufffd\ufffd",
    b"overlong \xc0\xaf \xe0\x80\xaf": "overlong \ufffd\ufffd \ufffd",
    b"surrogate \xed\xa0\x80": "surrogate \ufffd",
    "\u00fcber \u4e2d\u6587 \U0001f600": None,
    "a" * 5000: None,
}


def parts_of_hostile():
    for given, drawn in HOSTILE.items():
        yield pytest.param(given, given if drawn is None else drawn, id=ascii(given)[:20])


@pytest.fixture(scope="session")
def program(binary, tmp_path_factory):
    return backends.build(tmp_path_factory.mktemp("backends"))


@pytest.fixture(scope="session")
def draw(program):
    return backends.drawing(program)


@pytest.fixture(scope="session")
def drawn(draw):
    """An SVG as text."""
    return lambda *args: draw(*args).decode()


# --- Widths --------------------------------------------------------------------------------------

def widths(program, lines):
    result = backends.run(program, "widths", input="".join(f"{line}\n" for line in lines).encode())
    return [list(map(float, line.split())) for line in result.stdout.decode().splitlines()]


def test_widths_are_those_of_the_font_files(program):
    lines = [chr(c) for c in (*range(0x20, 0x7f), *range(0xa0, 0x180), 0x2013, 0x2026, 0x2190, 0x2192, 0x2248,
                              0x2500, 0x25c6, 0xfffd) if c != 0xad]
    lines += ["ffff 8880 0000 0000", "Aviation, Type", "fine office"]
    for line, found in zip(lines, widths(program, lines), strict=True):
        for (face, bold, px), width in zip(FACES, found, strict=True):
            assert width == pytest.approx(pictures.measure(line, face, bold, px), abs=CLOSE), (line, face, bold, px)


def test_the_table_of_widths_is_current():
    """Made anew from the font files."""
    made = subprocess.run([sys.executable, "-B", READER / "draw/metrics.py"], capture_output=True, text=True,
                          check=True, timeout=PATIENCE).stdout
    assert made == (READER / "draw/metrics.inc").read_text()


def test_an_unknown_letter_is_as_wide_as_the_widest(program):
    letters = [chr(c) for c in range(0x21, 0x180) if c not in (0xad, *range(0x7f, 0xa0))]
    unknown, *known = widths(program, ["\u4e2d", *letters])
    assert all(u >= max(column) for u, column in zip(unknown, zip(*known)))


# --- SVG -----------------------------------------------------------------------------------------

def test_svg_has_what_readers_of_the_screen_need(drawn):
    root = ElementTree.fromstring(drawn("texts"))
    assert root.get("role") == "img" and root.get("viewBox") == "0 0 400 500"
    assert (root.get("width"), root.get("height")) == ("400", "500")
    for what, text in (("title", "Texts & fonts"), ("desc", "Each <font>")):
        element = root.find(f"{pictures.SVG}{what}")
        assert element.text == text
        assert element.get("id") in (root.get("aria-labelledby"), root.get("aria-describedby"))


def test_svg_groups_have_ids_classes_and_titles(drawn):
    picture = pictures.parse(drawn("fills"))
    group = picture.group("one-piece-mapped")
    assert group.classes == {"fill"} and group.title == "one-piece-mapped" and group.about is None
    (box,) = (b for b in picture.boxes if b.is_within("one-piece-mapped"))
    assert (box.tone, box.state) == ("one-piece", "mapped") and box.is_stroked
    pictures.assert_ids_differ(drawn("fills"))


@pytest.mark.parametrize("scene", ["fills", "texts"])
def test_svg_marks_are_where_the_scene_has_them(drawn, scene):
    picture = pictures.parse(drawn(scene))
    pictures.assert_nothing_overlaps(picture)
    pictures.assert_nothing_cut(picture)
    if scene == "fills":
        assert len(picture.boxes) == len(picture.texts) == 30
        assert (picture.boxes[-1].left, picture.boxes[-1].bottom) == (470, 400)
    else:
        assert {(t.face, t.bold, t.px) for t in picture.texts} == set(FACES)
        assert {c for t in picture.texts for c in t.classes if c.startswith("ink-")} == \
            {"ink-quiet", "ink-strong", "ink-alert", "ink-chosen"}


def test_svg_text_is_held_to_its_measured_length(drawn):
    for text in pictures.parse(drawn("texts")).texts:
        assert text.length == pytest.approx(pictures.measure(text.text, text.face, text.bold, text.px), abs=0.006)
    sheet = drawn("texts")
    assert "font-family:'DejaVu Sans'," in sheet and "sans-serif" in sheet and "monospace" in sheet


def test_svg_an_arrow_ends_where_its_line_does(drawn):
    picture = pictures.parse(drawn("texts"))
    (head,) = (p for p in picture.paths if "head" in p.classes)
    assert head.parts[0][0] == (380, 430) and head.right == 380
    assert picture.style_of("path", head.classes)["fill"] == picture.style_of("text", {"ink-quiet"})["fill"]


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize("scene", ["fills", "texts"])
def test_svg_needs_no_script_and_no_other_file(drawn, scene, theme):
    text = drawn(scene, "svg", theme)
    assert text == drawn(scene, "svg", theme)
    assert not re.search(r"<script|<image|<foreignObject|href|@import|javascript:|\son\w+=", text)
    assert set(re.findall(r"url\((.)", text)) <= {"#"}
    assert set(re.findall(r"url\(#([^)]*)\)", text)) == set(pictures.parse(text).patterns)
    assert not re.search(r"\d\.\d{3}", text)
    assert len(text) < 20000


@pytest.mark.parametrize("given, drawn_as", parts_of_hostile())
def test_svg_a_hostile_name_stays_text(draw, given, drawn_as):
    document = draw("text", "svg", "light", given)
    tags = {e.tag.removeprefix(pictures.SVG) for e in ElementTree.fromstring(document).iter()}
    assert tags <= {"svg", "title", "desc", "style", "defs", "pattern", "rect", "circle", "path", "g", "text"}
    picture = pictures.parse(document)
    (text,), (group,) = picture.texts, picture.groups
    assert text.text == picture.title == picture.description == group.title == group.about == drawn_as
    assert re.fullmatch(r"[\w-]+", group.id)
    assert group.classes == frozenset(drawn_as.split())
    pictures.assert_nothing_cut(picture)


# --- PNG -----------------------------------------------------------------------------------------

def image(png):
    return Image.open(io.BytesIO(png)).convert("RGB")


def hexadecimal(color):
    return tuple(bytes.fromhex(color.removeprefix("#")))


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_png_has_the_colors_of_the_svg(draw, theme, scale):
    """Beside the text and the hatch: each fill that has no hatch, and the most frequent color of others."""
    found = image(draw(f"fills@{scale}", "png", theme))
    assert found.size == (700 * scale, 420 * scale)
    picture = pictures.parse(draw("fills", "svg", theme))
    page = hexadecimal(picture.style_of("rect", {"page"})["fill"])
    assert found.getpixel((2, 2)) == page
    for box in picture.boxes:
        fill = picture.style_of("rect", box.classes)["fill"]
        wanted = page if fill == "none" else hexadecimal(
            fill if fill.startswith("#") else
            picture.patterns[fill[len("url(#"):-1]].find(f"{pictures.SVG}rect").get("style").removeprefix("fill:"))
        part = found.crop([int(edge) * scale for edge in
                           (box.left + 150, box.top + 3, box.right - 3, box.bottom - 3)])
        colors = dict((color, n) for n, color in part.getcolors(1 << 16))
        assert colors.get(wanted, 0) > 0.2 * part.width * part.height, (box, wanted, colors)
        assert (len(colors) > 1) == fill.startswith("url")


def test_png_has_texts(draw):
    """Dark where the scene has a text, and nowhere else."""
    found = image(draw("texts@2", "png")).convert("L")
    for text in pictures.parse(draw("texts")).texts:
        part = found.crop([round(2 * edge) for edge in (text.left, text.top, text.right, text.bottom)])
        dark = part.point(lambda value: 255 * (value < 128)).getbbox()
        assert dark and dark[2] - dark[0] > 0.85 * part.width, text
    assert found.crop((0, 0, 200, 400)).getextrema() == (255, 255)


def test_png_another_font_takes_no_more_room(program, draw, tmp_path):
    """Where DejaVu Sans is missing: here the only font is a wider one."""
    (tmp_path / "fonts").mkdir()
    shutil.copy(f"{pictures.FONTS}/DejaVuSerif-Bold.ttf", tmp_path / "fonts")
    (tmp_path / "fonts.conf").write_text(f"<fontconfig><dir>{tmp_path}/fonts</dir>"
                                         f"<cachedir>{tmp_path}/cache</cachedir></fontconfig>")
    result = backends.run(program, "texts@2", "png", "light", "-", env={"FONTCONFIG_FILE": tmp_path / "fonts.conf"})
    assert result.returncode == 0, result.stderr
    found = image(result.stdout).convert("L")
    assert found.tobytes() != image(draw("texts@2", "png")).convert("L").tobytes()
    for text in pictures.parse(draw("texts")).texts:
        row = found.crop((0, round(2 * text.top), 600, round(2 * text.bottom)))
        left, _, right, _ = row.point(lambda value: 255 * (value < 128)).getbbox()
        assert 2 * text.left - 3 <= left and right <= 2 * text.right + 3, text


def test_png_edges_are_no_blur(draw):
    """A line of one pixel has its colour, and the pixels beside it that of the page."""
    found, picture = image(draw("fills", "png")), pictures.parse(draw("fills"))
    for box in picture.boxes:
        edge = hexadecimal(picture.style_of("rect", box.classes)["stroke"])
        x, y = int(box.left), int(box.top + 5)
        near = [found.getpixel((x + i, y)) for i in (-2, -1, 0, 1)]
        assert near.count(edge) == 1 and (255, 255, 255) in near[:2], (box, edge, near)


def test_png_has_its_title(draw):
    found = Image.open(io.BytesIO(draw("texts", "png")))
    assert found.text == {"Title": "Texts & fonts"}
    assert Image.open(io.BytesIO(draw("text", "png", "light", "\u00fcber\n"))).text == {"Title": "??ber???"}


def test_png_for_a_printer_has_no_color(draw):
    assert all(r == g == b for _, (r, g, b) in image(draw("fills", "png", "print")).getcolors(1 << 20))
    assert any(r != g for _, (r, g, b) in image(draw("fills", "png", "light")).getcolors(1 << 20))


def test_png_of_a_long_name_is_no_larger_than_cairo_can(draw):
    assert image(draw("text", "png", "light", "w" * 5000)).width == 32767


# --- PDF -----------------------------------------------------------------------------------------

def ask_pdf(tool, pdf, tmp_path, *options):
    (tmp_path / "picture.pdf").write_bytes(pdf)
    return subprocess.run([tool, tmp_path / "picture.pdf", *options], check=True, capture_output=True,
                          text=True, timeout=PATIENCE).stdout


@pytest.mark.parametrize("scene", ["fills", "texts"])
def test_pdf_has_its_texts_as_text(draw, tmp_path, scene):
    pdf = draw(scene, "pdf")
    words = ask_pdf("pdftotext", pdf, tmp_path, "-").split()
    wanted = [word for text in pictures.parse(draw(scene)).texts for word in text.text.split()]
    assert sorted(words) == sorted(wanted)
    info = ask_pdf("pdfinfo", pdf, tmp_path)
    title, about = {"fills": ("Fills", "Each tone in each state"),
                    "texts": ("Texts & fonts", "Each <font>")}[scene]
    assert re.search(r"^Title: +(.*)$", info, re.M)[1] == title
    assert re.search(r"^Subject: +(.*)$", info, re.M)[1] == about
    assert re.search(r"^Pages: +1$", info, re.M)


@pytest.mark.parametrize("scene, size", [(("fills",), (595, 792)), (("text", "w" * 300), (792, 595))],
                         ids=["small", "wide"])
def test_pdf_fits_both_papers(draw, tmp_path, scene, size):
    """A4 is 595 x 842 pt, Letter 612 x 792; a wide picture lies.  Nothing is cut."""
    pdf = draw(scene[0], "pdf", "light", *scene[1:])
    width, height = map(float, re.search(r"Page size: +([\d.]+) x ([\d.]+)", ask_pdf("pdfinfo", pdf, tmp_path)).groups())
    assert (width, height) == size
    box = subprocess.run(["pdftotext", "-bbox", tmp_path / "picture.pdf", "-"], check=True, capture_output=True,
                         text=True).stdout
    words = [tuple(map(float, w)) for w in
             re.findall(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"', box)]
    assert words
    for left, top, right, bottom in words:
        assert 36 <= left < right <= width - 36 and 30 <= top < bottom <= height - 30


def words_of_sheets(pdf, tmp_path):
    """Of each sheet: the words with their edges, in pt."""
    text = ask_pdf("pdftotext", pdf, tmp_path, "-bbox", "-")
    return [[(word, *map(float, edges)) for *edges, word in re.findall(
        r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]*)<', sheet)]
        for sheet in text.split("<page ")[1:]]


def test_pdf_has_a_picture_that_would_be_too_small_in_parts_too(draw, tmp_path):
    """The whole of it first; then each row once and whole, in letters of at least 6 pt."""
    whole, *parts = words_of_sheets(draw("tall", "pdf"), tmp_path)
    rows = [f"row-{i:02}" for i in range(100)]
    number = f"/{len(parts) + 1}"
    assert [w[0] for w in whole] == ["Tall", "1" + number, *rows]
    assert [w[0] for part in parts for w in part if w[0].startswith("row")] == rows
    assert [part[1][0] for part in parts] == [f"{i + 2}{number}" for i in range(len(parts))]
    # DejaVu Sans is 1.164 em high.
    assert all(1.16 * 6 <= bottom - top < 10 for part in parts for _, _, top, _, bottom in part[2:])
    assert all(bottom - top < 4 for _, _, top, _, bottom in whole[2:])
    assert all(36 <= top < bottom <= 792 - 36 for part in parts for _, _, top, _, bottom in part[2:])
    # Each sheet begins with a whole row, so the one before ends with one.
    assert 3 <= len(parts) <= 5 and all(len(part) > 12 for part in parts[:-1])
    assert all(part[2][2] == pytest.approx(parts[0][2][2], abs=0.1) for part in parts)


def test_pdf_is_the_same_again_if_the_date_is_given(program):
    """As reproducible builds give it."""
    def once():
        result = backends.run(program, "fills", "pdf", "light", "-", env={"SOURCE_DATE_EPOCH": 86400})
        assert result.returncode == 0, result.stderr
        return result.stdout
    first = once()
    assert b"19700102000000" in first and first == once()


@pytest.mark.parametrize("given, drawn_as", parts_of_hostile())
@pytest.mark.parametrize("format", ["png", "pdf", "txt"])
def test_a_hostile_name_is_drawn(draw, format, given, drawn_as):
    document = draw("text", format, "light", given)
    assert document.startswith({"png": b"\x89PNG", "pdf": b"%PDF-", "txt": b""}[format])
    if format == "png":
        assert len(image(document).getcolors(1 << 20)) > 3
    elif format == "txt":
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066\u200b]", document.decode())
        if len(given) < 100:
            assert drawn_as.strip() in document.decode()


# --- Text ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("scene", ["fills", "texts"])
def test_txt_has_each_text(draw, scene):
    text = draw(scene, "txt").decode()
    for word in pictures.parse(draw(scene)).words:
        assert re.search(rf"(?<![^\s│]){re.escape(word)}(?![^\s│])", text), word


def test_txt_in_ascii(draw):
    text = draw("ascii", "txt").decode()
    assert text.isascii() and "one-piece-mapped" in text
    assert draw("fills", "txt").decode().translate(str.maketrans("─│┌┐└┘", "-|++++")) == text


# --- Paths of several parts ----------------------------------------------------------------------

def test_parts_of_a_path_are_apart_in_each_format(draw, tmp_path):
    picture = pictures.parse(draw("entries"))
    (path,) = picture.paths
    assert [len(part) for part in path.parts] == [4, 4, 4] and len(path.segments) == 12
    pictures.assert_nothing_overlaps(picture)
    fill = hexadecimal(picture.style_of("path", path.classes)["fill"])
    (tmp_path / "entries.pdf").write_bytes(draw("entries", "pdf"))
    subprocess.run(["pdftoppm", "-r", "96", "-png", "-singlefile", tmp_path / "entries.pdf", tmp_path / "page"],
                   check=True, timeout=PATIENCE)
    paper = Image.open(tmp_path / "page.png").convert("RGB")
    left, top = (round(edge) for edge in ((paper.width - 200) / 2, 36 * 96 / 72))
    for found, x, y in ((image(draw("entries", "png")), 0, 0), (paper, left, top)):
        colors = [found.getpixel((x + at, y + 26)) for at in (10, 30, 60, 90, 120, 150, 180)]
        assert colors == [(255, 255, 255), fill] * 3 + [(255, 255, 255)]
    row = next(line for line in draw("entries", "txt").decode().splitlines() if "█" in line)
    assert re.fullmatch(r" +█+ +█+ +█+", row)


# --- Files ---------------------------------------------------------------------------------------

def test_a_file_is_replaced_and_keeps_its_permissions(program, tmp_path):
    target, link = tmp_path / "picture.svg", tmp_path / "link.svg"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target.name)
    inode = target.stat().st_ino
    assert backends.run(program, "fills", "svg", "light", link).returncode == 0
    assert pictures.parse(target.read_text()).title == "Fills"
    assert link.is_symlink() and target.stat().st_mode & 0o777 == 0o640 and target.stat().st_ino != inode
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.svg", "picture.svg"]


def test_a_new_file_has_the_permissions_that_a_shell_would_give(program, tmp_path):
    old = os.umask(0o027)
    try:
        assert backends.run(program, "fills", "svg", "light", tmp_path / "new.svg").returncode == 0
    finally:
        os.umask(old)
    assert (tmp_path / "new.svg").stat().st_mode & 0o777 == 0o640


def test_a_file_is_left_as_it_was_if_there_is_no_room(program, tmp_path):
    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    (tmp_path / "picture.svg").write_text("old")
    result = backends.run(program, "fills", "svg", "light", tmp_path / "picture.svg", preexec_fn=small)
    assert result.returncode == 2
    assert result.stderr.decode() == f"kvas: cannot write {tmp_path}/picture.svg: File too large\n"
    assert (tmp_path / "picture.svg").read_text() == "old" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("path, why", [
    ("/dev/full", "cannot write /dev/full: No space left on device"),
    ("/nowhere/x.svg", "cannot write /nowhere/x.svg: No such file or directory"),
    ("/tmp", "/tmp is a directory: expected the name of a file"),
])
@pytest.mark.parametrize("format", ["svg", "png", "pdf", "txt"])
def test_what_cannot_be_written_is_said(program, format, path, why):
    result = backends.run(program, "fills", format, "light", path)
    assert (result.returncode, result.stderr.decode()) == (2, f"kvas: {why}\n")


def test_a_pipe_is_written_to(program, draw, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    got = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    assert backends.run(program, "fills", "svg", "light", tmp_path / "pipe").returncode == 0
    reader.join(PATIENCE)
    assert got == [draw("fills")]


# --- Without cairo -------------------------------------------------------------------------------

def test_a_reader_built_without_cairo_says_so(binary, tmp_path):
    subprocess.run(["make", "-s", "-C", READER, "SANITIZE=1", "CAIRO=", f"BUILD={tmp_path}/b",
                    f"{tmp_path}/b/draw/cairo.o"], check=True, timeout=PATIENCE)
    program = backends.build(tmp_path, instead=[tmp_path / "b/draw/cairo.o"])
    for format in ("png", "pdf"):
        result = backends.run(program, "fills", format, "light", "-")
        assert (result.returncode, result.stdout) == (2, b"this kvas was built without cairo: "
                                                         b"install the package libcairo2-dev and build it again\n")
    assert backends.drawing(program)("fills").startswith(b"<svg")


def test_a_machine_without_the_library_says_which_package_has_it(program, tmp_path):
    (tmp_path / "libcairo.so.2").write_text("none")
    for format in ("png", "pdf"):
        result = backends.run(program, "fills", format, "light", "-", env={"LD_LIBRARY_PATH": tmp_path})
        assert result.returncode == 2 and not result.stdout
        assert result.stderr == b"kvas: cannot load libcairo.so.2, which draws this format: " \
                                b"install the package libcairo2\n"


def test_no_other_command_waits_for_what_only_pictures_need(binary):
    needed = subprocess.run(["readelf", "-d", BUILD / "kvas"], check=True, capture_output=True, text=True).stdout
    assert "libjansson" in needed and "cairo" not in needed and "libm.so" not in needed
