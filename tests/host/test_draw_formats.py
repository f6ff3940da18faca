# SPDX-License-Identifier: GPL-2.0-only
"""kvas draw of saved machines in each format: the same picture in all of them."""

import io
import os
import re
import subprocess

import pytest
from PIL import Image

import pictures
import saved
from conftest import PATIENCE, READER, clean_environment

TEXTS = READER / "texts"
TONES = {"green": "code", "yellow": "data", "cyan": "one-piece", "blue": "pages", "magenta": "fixed",
         "grey": "unused"}

# A file that is mailed and put on a slide.
MOST_SVG = 200 << 10


@pytest.fixture(scope="session")
def drawn(binary, tmp_path_factory):
    """The bytes of a picture of a saved machine."""
    folder = tmp_path_factory.mktemp("drawn")

    def call(machine, format, *options):
        path = folder / f"picture.{format}"
        result = subprocess.run([binary, "draw", "--sysroot", machine, *options, path], capture_output=True,
                                timeout=PATIENCE, env=clean_environment(SOURCE_DATE_EPOCH=0))
        assert result.returncode == 0 and not result.stdout + result.stderr, result.stderr.decode()
        return path.read_bytes()
    return call


@pytest.fixture(scope="session")
def picture(drawn):
    return lambda machine, *options: pictures.parse(drawn(machine, "svg", *options).decode())


@saved.on_all
def test_svg_is_small_and_the_same_again(drawn, machine):
    svg = drawn(machine, "svg")
    assert 5000 < len(svg) <= MOST_SVG and svg == drawn(machine, "svg")
    pictures.assert_ids_differ(svg.decode())


@saved.on_all
def test_png_shows_the_boxes_of_the_svg(drawn, picture, machine):
    """Each filled box has its colours, and the page has no others beside them."""
    svg, png = picture(machine), Image.open(io.BytesIO(drawn(machine, "png"))).convert("RGB")
    assert png.size == (round(svg.width), -int(-svg.height // 1))
    filled = [box for box in svg.boxes if box.tone and box.bottom - box.top > 12]
    assert len(filled) >= 5
    for box in filled:
        fill = svg.style_of("rect", box.classes)["fill"]
        if fill.startswith("url"):
            rect = svg.patterns[fill[len("url(#"):-1]].find(f"{pictures.SVG}rect")
            fill = rect.get("style").removeprefix("fill:")
        part = png.crop([round(edge) for edge in (box.left + 2, box.top + 2, box.right - 2, box.bottom - 2)])
        inner = [b for b in svg.boxes if b is not box and box.contains(b, 1)]
        if not inner:
            assert tuple(bytes.fromhex(fill[1:])) in {color for _, color in part.getcolors(1 << 20)}, box


@saved.on_all
def test_pdf_has_the_texts_of_the_svg(drawn, picture, machine, tmp_path):
    (tmp_path / "picture.pdf").write_bytes(drawn(machine, "pdf"))

    def ask(*command):
        return subprocess.run([*command], check=True, capture_output=True, text=True, timeout=PATIENCE).stdout
    words = set(re.sub(r"\s", "", ask("pdftotext", "-raw", tmp_path / "picture.pdf", "-")).split())
    text = "".join(words)
    svg = picture(machine)
    missing = [t for t in svg.words if re.sub(r"\s", "", t) not in text]
    assert not missing
    assert re.search(rf"^Title: +{re.escape(svg.title)}$", ask("pdfinfo", tmp_path / "picture.pdf"), re.M)


@saved.on_all
def test_a_region_has_the_tone_of_its_colour_in_the_terminal(picture, machine):
    """Of the text of that name, as the terminal's map takes it, too."""
    seen, first = 0, {}
    for box in picture(machine).boxes:
        if box.tone and box.groups and "region" in box.groups[-1].classes:
            first.setdefault(box.groups[-1], box)   # what is inside is drawn after it
    for group, box in first.items():
        (name,) = (c.removeprefix("kind-") for c in group.classes if c.startswith("kind-"))
        path = TEXTS / f"{name}.txt"
        if not path.exists() or box.tone in ("alert", "chosen"):
            continue
        color = re.search(r"^Color: (\w+)$", path.read_text(), re.M)
        wanted = "nothing" if name == "noncanonical" else TONES[color[1]] if color else "unused"
        assert box.tone == wanted, (name, box.tone, wanted)
        seen += 1
    assert seen >= 4


def test_a_picture_on_standard_output_that_does_not_arrive_is_an_error(binary):
    with open("/dev/full", "w") as full:
        result = subprocess.run([binary, "draw", "--sysroot", saved.MAIN, "--format", "svg", "-"], stdout=full,
                                stderr=subprocess.PIPE, env=clean_environment(), timeout=PATIENCE)
    assert result.returncode == 2 and result.stderr.startswith(b"kvas: cannot write the output: ")


@pytest.mark.parametrize("format", ["svg", "png", "pdf", "txt"])
def test_the_old_picture_stays_if_there_is_no_new_one(refused, tmp_path, format):
    path = tmp_path / f"picture.{format}"
    path.write_text("old")
    refused("draw", "-f", "/nowhere", path)
    refused("draw", "--sysroot", saved.MAIN, "--theme", "pale", path)
    assert path.read_text() == "old" and os.listdir(tmp_path) == [path.name]
