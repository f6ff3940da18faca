# SPDX-License-Identifier: GPL-2.0-only
"""Pictures and pages of saved machines look as those that were looked at and kept.

UPDATE=1 keeps what is drawn now; look at it before you commit it.
"""

import io
import os
import subprocess

import pytest
from PIL import Image, ImageChops, ImageStat

import capture
from conftest import HERE, PATIENCE, clean_environment

KEPT = HERE / "expected_pictures"
X86, ARM = (capture.GOLDEN / name for name in ("6.12-amd64-5level", "7.2-armmp-highmem"))
MEASURED = HERE / "measured/6.12-amd64-5level"
DAY = 1795996800

PICTURES = {
    "machine": ["--sysroot", ARM],
    "machine-dark": ["--sysroot", X86, "--theme=dark"],
    "machine-print": ["--sysroot", capture.GOLDEN / "6.1-5kc-malta-1g", "--theme=print"],
    "brief": ["--sysroot", X86, "--brief"],
    "walk": ["--sysroot", X86, "--walk", "schedule"],
    "before-after": ["--sysroot", capture.GOLDEN / "7.2-amd64-5level-nokaslr", "--with", X86],
    "measured-print": ["-f", f"{MEASURED}.kvas", "--mappings", f"{MEASURED}.mappings", "--measured", "--theme=print"],
    "physical-narrow": ["--sysroot", ARM, "--physical", "--width=480"],
}
# Width and height, and whether it is dark.
PAGES = {"page-phone": (320, 640, False), "page": (800, 900, False), "page-dark": (1280, 800, True)}

# Kept with a palette, so that files are small: each colour is a little off.
COLORS = 255
MOST_BYTES = 150 << 10
# A letter or an edge that is not as it was differs by much in few places; other colours by little in all.
# The browser draws letters a little otherwise from release to release.
FAR = 40
MOST_MEAN = {"picture": 0.5, "page": 2.5}
MOST_FAR = {"picture": 0.0005, "page": 0.01}


def differences(one, two):
    """The mean difference of 255, and the share of pixels that differ by much."""
    gap = ImageChops.difference(one, two)
    red, green, blue = gap.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    far = sum(most.histogram()[FAR:]) / (one.width * one.height)
    return sum(ImageStat.Stat(gap).mean) / 3, far


def look_alike(one, two, kind):
    mean, far = differences(one, two)
    return one.size == two.size and mean <= MOST_MEAN[kind] and far <= MOST_FAR[kind]


def compare(name, data, kind, tmp_path):
    now, file = Image.open(io.BytesIO(data)).convert("RGB"), KEPT / f"{name}.png"
    if os.environ.get("UPDATE"):
        KEPT.mkdir(exist_ok=True)
        now.quantize(COLORS, dither=Image.Dither.NONE).save(file, optimize=True)
    kept = Image.open(file).convert("RGB")
    if not look_alike(now, kept, kind):
        (tmp_path / file.name).write_bytes(data)
        pytest.fail(f"{tmp_path / file.name} ({now.size}) does not look like {file} ({kept.size}): mean difference and "
                    f"share of pixels that are far off {differences(now, kept) if now.size == kept.size else 'not computed'}")


@pytest.fixture(scope="session")
def png(binary):
    def draw(*options):
        done = subprocess.run([binary, "draw", *options, "--format=png", "-"], capture_output=True, timeout=PATIENCE,
                              env=clean_environment(SOURCE_DATE_EPOCH=DAY))
        assert done.returncode == 0 and not done.stderr, done.stderr.decode()
        return done.stdout
    return draw


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture(png, tmp_path, name):
    compare(name, png(*PICTURES[name]), "picture", tmp_path)


@pytest.mark.parametrize("name", PAGES)
def test_a_page(page, measured, tmp_path, name):
    width, height, is_dark = PAGES[name]
    page.resize(width, height)
    page.prefer("dark" if is_dark else "light")
    page.open(measured, "#view=mapped" if is_dark else "")
    compare(name, page.picture(), "page", tmp_path)


def test_files_are_small_and_known():
    files = {f.stem: f.stat().st_size for f in KEPT.iterdir()}
    assert set(files) == {*PICTURES, *PAGES}
    assert max(files.values()) < MOST_BYTES, files


def test_a_small_change_is_seen(png):
    """A label that is another, a line that moved, another theme: each is more than may differ."""
    def image(*options):
        return Image.open(io.BytesIO(png(*options))).convert("RGB")

    usual = image(*PICTURES["machine"])
    assert look_alike(usual, usual.quantize(COLORS, dither=Image.Dither.NONE).convert("RGB"), "picture")
    assert not look_alike(usual, image(*PICTURES["machine"], "--theme=print"), "picture")
    assert not look_alike(usual, ImageChops.offset(usual, 0, 1), "picture")
    moved = usual.copy()
    moved.paste(usual.crop((190, 370, 330, 400)), (195, 372))
    assert not look_alike(usual, moved, "picture")
