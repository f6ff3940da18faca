# SPDX-License-Identifier: GPL-2.0-only
"""kvas draw as a command: formats, files, options, and the words of pictures."""

import os
import re
import shutil
import stat
import subprocess

import pytest

import capture
import pictures
from conftest import PATIENCE, READER
from test_user_saved import CAPTURE as PROCESS_CAPTURE
from test_user_saved import SAMPLE as PROCESS

MACHINE = capture.GOLDEN / "6.12-amd64-5level"
CAPTURE = MACHINE / "sys/kernel/debug/kvas"
FROM = ("-f", CAPTURE)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "layout.svg"


# --- Files ---------------------------------------------------------------------------------------

def test_the_name_says_the_format(kvas, file):
    result = kvas("draw", *FROM, file)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert pictures.parse(file.read_text()).width == 900
    other = file.with_suffix(".anything")
    kvas("draw", "--format=svg", *FROM, other)
    assert pictures.parse(other.read_text()).title


def test_standard_output(output, kvas, file):
    env = {"SOURCE_DATE_EPOCH": "1700000000"}
    kvas("draw", *FROM, file, env=env)
    assert output("draw", *FROM, "--format", "svg", "-", env=env) == file.read_text()
    assert output("draw", "--sysroot", MACHINE, "--format", "svg", "-", env=env) == file.read_text()
    assert output("draw", "-f", "-", "--format", "svg", "-", env=env, stdin=CAPTURE.read_text()) == file.read_text()


@pytest.mark.parametrize("options", (("-f", "NOTHING"), (*FROM, "--zoom=nonsense"), (*FROM, "--format=xyz"),
                                     (*FROM, "--width=1"), (*FROM, "--from=0x5", "--to=0x5")))
def test_on_failure_the_old_file_stays(refused, file, options):
    file.write_text("the old one")
    refused("draw", *options, file)
    assert file.read_text() == "the old one"
    assert os.listdir(file.parent) == [file.name]


def test_a_file_is_replaced_and_keeps_its_permissions(kvas, file):
    file.write_text("x" * (1 << 20))
    file.chmod(0o640)
    assert kvas("draw", *FROM, file).returncode == 0
    assert pictures.parse(file.read_text()).title
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert os.listdir(file.parent) == [file.name]


def test_a_folder_that_is_not_there(refused, tmp_path):
    assert "none/layout.svg" in refused("draw", *FROM, tmp_path / "none/layout.svg")


# --- Wrong usage ---------------------------------------------------------------------------------

@pytest.mark.parametrize("words, said", (
    (("draw",), r"draw needs the name of a file to write, such as layout.svg; - is standard output"),
    (("draw", ""), r"draw needs the name of a file to write: its argument is empty"),
    (("draw", "a.svg", "b.svg"), r"draw writes one file, but got 'a.svg' and 'b.svg'"),
    (("draw", "-"), r"draw - writes to standard output: expected --format, one of: svg, .*"),
    (("draw", "layout"), r"layout: the name says no format; expected one that ends in '.' and one of: svg, .*; or --format"),
    (("draw", "d.d/.svg"), r"d.d/.svg: the name says no format; .*"),
    (("draw", "layout."), r"layout.: the name says no format; .*"),
    (("draw", "a.jpeg"), r"a.jpeg: unknown format 'jpeg'; expected one of: svg, .*"),
    (("draw", "--format=", "a.svg"), r"--format=: unknown format ''; expected one of: svg, .*"),
    (("draw", "--format=SVG", "a"), r"--format=SVG: unknown format 'SVG'; expected one of: svg, .*"),
    (("draw", "--theme=blue", "a.svg"), r"--theme=blue: expected light, dark or print"),
    (("draw", "--width=479", "a.svg"), r"--width=479: expected a number of pixels from 480 to 4000"),
    (("draw", "--width=4001", "a.svg"), r"--width=4001: expected a number of pixels from 480 to 4000"),
    (("draw", "--width=900px", "a.svg"), r"--width=900px: expected a number of pixels from 480 to 4000"),
    (("draw", "--width=", "a.svg"), r"--width=: expected a number of pixels from 480 to 4000"),
    (("draw", "--lang=xx", "a.svg"), r"--lang=xx: pictures have no words of this language; there is: en"),
    (("draw", "--zoom=vmaloc", "a.svg"), r"--zoom=vmaloc: no region has this name; did you mean vmalloc\?"),
    (("draw", "--zoom=kasan_shadow", "a.svg"), r"--zoom=kasan_shadow: this kernel has no kasan_shadow: CONFIG_KASAN is not set"),
    (("draw", "--from=vmaloc", "a.svg"), r"--from=vmaloc: no region has this name; did you mean vmalloc\?"),
    (("draw", "--to=0xffffffff8b000001f", "a.svg"), r"--to=0xffffffff8b000001f: it is no address of this 64-bit kernel"),
    (("draw", "--from=fixmap", "--to=vmalloc", "a.svg"), r"--from and --to: expected a range, but it begins at 0x\w+ and ends at 0x\w+"),
    (("draw", "--zoom=vmalloc", "--to=fixmap", "a.svg"), r"--zoom and --to exclude each other"),
    (("draw", "--width=480", "a.html"), r"--width does not go with html"),
    (("draw", "--measured", "a.html"), r"--measured needs page tables, and --file names a capture, which holds none: .*"),
    (("draw", "-p", PROCESS, f"--with={CAPTURE}", "a.html"),
     r"--with=.*: the page compares layouts of the kernel only: without -p"),
    (("draw", "--theme=print", "a.html"), r"--theme=print does not go with html: the page has it when it is printed"),
    (("draw", "--linear", "--brief", "a.svg"), r"--linear and --brief exclude each other"),
    (("draw", "-J", "a.svg"), r"draw does not take --json; see 'kvas draw --help'"),
))
def test_wrong_usage(refused, tmp_path, words, said):
    message = refused(*words, *FROM, cwd=tmp_path)
    assert re.fullmatch(said, message), message
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("epoch", ("x", "-5", "1.5", "9" * 30, "1700000000 "))
def test_a_date_that_is_none(refused, file, epoch):
    assert refused("draw", *FROM, file, env={"SOURCE_DATE_EPOCH": epoch}).startswith(f"SOURCE_DATE_EPOCH is '{epoch}': ")
    assert not file.exists()


# --- Without a finding ---------------------------------------------------------------------------

@pytest.mark.parametrize("options", ((), ("--brief",), ("--linear",), ("--zoom=image",), ("--from=vmalloc",),
                                     ("--width=480", "--no-witnesses"), ("-p", PROCESS), ("-p", PROCESS, "--brief")))
@pytest.mark.parametrize("path", [CAPTURE, *(p for p in capture.REAL if "arm" in str(p))], ids=capture.name_of)
def test_sanitized(kvas, path, options):
    """No byte is lost, and none is read or written where there is none."""
    if "-p" in options and path != PROCESS_CAPTURE:
        return
    if "--zoom=image" in options and "image" not in capture.Capture(path).regions:
        return
    result = kvas("draw", "--format=svg", "-f", path, *options, "-", env={"ASAN_OPTIONS": "exitcode=99:detect_leaks=1"})
    assert (result.returncode, result.stderr) == (0, "")
    witnesses = [g for g in pictures.parse(result.stdout).groups if "witness" in g.classes]
    assert bool(witnesses) == (not {"--brief", "--linear", "--no-witnesses"} & set(options) and "--zoom=image" not in options
                               or "--zoom=image" in options)


# --- Words ---------------------------------------------------------------------------------------

WORDS = READER / "texts/words.h"
ENGLISH = READER / "texts/en.words"


@pytest.fixture
def compile_words(tmp_path):
    """What words.awk makes of English and another language; text: English is changed so."""
    def call(change=lambda text: text, other=None):
        files = [tmp_path / "en.words"]
        files[0].write_text(change(ENGLISH.read_text()))
        if other is not None:
            files.append(tmp_path / "cs.words")
            files[1].write_text(other)
        return subprocess.run(["awk", "-f", READER / "texts/words.awk", WORDS, *files], capture_output=True, text=True,
                              timeout=PATIENCE, env={"LC_ALL": "C", "PATH": os.environ["PATH"]})
    return call


@pytest.mark.parametrize("change, said", (
    (lambda t: t + "\nnonsense\n", r"en.words:\d+: expected 'key = text'"),
    (lambda t: t + "\nnonsense = x\n", r"en.words:\d+: 'nonsense' is no key of words.h"),
    (lambda t: t + "\nin_use = x\n", r"en.words:\d+: a second 'in_use'"),
    (lambda t: t.replace("in_use = in use\n", ""), r"en.words: 'in_use = ...' is missing"),
    (lambda t: t.replace("in_use = in use\n", "in_use =\n"), r"en.words:\d+: expected 'key = text'"),
    (lambda t: t.replace("in_use = in use\n", "in_use = {2}\n"), r"en.words:\d+: expected \{1\}, \{2\} ..., each once, in 'in_use'"),
    (lambda t: t.replace("in_use = in use\n", "in_use = \u00e4\n"), r"en.words:\d+: a character that is not printable ASCII"),
))
def test_mistakes_in_words(compile_words, change, said):
    result = compile_words(change)
    assert result.returncode == 1
    assert re.search(said, result.stderr), result.stderr


def test_another_language_has_the_same_parts(compile_words):
    english = ENGLISH.read_text()
    assert compile_words(other=english).returncode == 0
    assert compile_words(other=english.replace("= rest of {1}", "= zbytek {1} \u017e")).returncode == 0
    result = compile_words(other=english.replace("= rest of {1}", "= zbytek"))
    assert result.returncode == 1
    assert re.search(r"cs.words:\d+: 'rest_of' has other \{1\}, \{2\} ... than .*en.words", result.stderr)


def test_another_language_is_drawn(tmp_path):
    """A file is all that it takes."""
    tree = tmp_path / "tree"
    for part in ("userspace", "module"):
        shutil.copytree(READER.parent / part, tree / part, ignore=shutil.ignore_patterns("build", "build-*", "*.o", "*.ko"))
    shutil.copy(READER.parent / "dkms.conf", tree)
    text = ENGLISH.read_text()
    for english, czech in (("unused hole", "nepou\u017eito"), ("rest of {1}", "zbytek: {1}"), ("Highest address on top.", "Naho\u0159e.")):
        assert f" = {english}\n" in text
        text = text.replace(f" = {english}\n", f" = {czech}\n")
    (tree / "userspace/texts/cs.words").write_text(text)
    subprocess.run(["make", "-s", "-C", tree / "userspace", "CFLAGS=-O0"], check=True, timeout=PATIENCE)

    def words(language):
        result = subprocess.run([tree / "userspace/build/kvas", "draw", *FROM, f"--lang={language}", "--format=svg", "-"],
                                capture_output=True, text=True, check=True, timeout=PATIENCE)
        pictures.assert_nothing_overlaps(result.stdout)
        return pictures.parse(result.stdout).words
    assert {"nepou\u017eito", "zbytek: image", "Naho\u0159e."} <= set(words("cs"))
    assert {"unused hole", "rest of image", "Highest address on top."} <= set(words("en"))


def test_meanings_of_colours_are_those_of_the_map(output):
    """In the words of the terminal's legend."""
    legend = output("map", *FROM, "--color=always", env={"COLUMNS": 100}).splitlines()
    english = dict(line.split(" = ", 1) for line in ENGLISH.read_text().splitlines() if " = " in line)
    shown = " ".join(legend[-6:])
    for key in ("code", "data", "one_piece", "pages", "fixed", "unused"):
        assert english[f"legend_{key}"] in shown, key
