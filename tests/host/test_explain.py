# SPDX-License-Identifier: GPL-2.0-only
"""kvas explain: a text for each name, and where it is on this machine."""

import json
import re
import shutil
import subprocess

import pytest

import capture
from capture import Capture
from conftest import READER, clean_environment

HEADERS = [(READER.parent / "module/kvas_format.h").read_text(), (READER / "texts/texts.h").read_text()]
SAMPLE = next(p for p in capture.SAMPLES if p.stem == "x86_64-4level")


def vocabulary():
    """Every name in the lists of regions and sections, and every other word."""
    lists = [body for header in HEADERS for body in
             re.findall(r"#define KVAS_(?:REGIONS|SECTIONS|WORDS)\(X\)(.*?)\n\n", header, re.S)]
    return [name for body in lists for name in re.findall(r'X\(\w+,\s*"(\w+)"\)', body)]


NAMES = vocabulary()


def test_the_vocabulary_is_found():
    assert {"user", "direct_map", "pkmap", "text", "brk", "zone_device"} <= set(NAMES)


def test_each_name_has_a_text(output):
    texts = json.loads(output("explain", "-J"))["explain"]
    assert [t["name"] for t in texts] == NAMES
    for t in texts:
        assert 3 <= len(t["purpose"]) <= 28
        assert len(t["what"]) > 40
        for key in ("users", "place", "options"):
            assert t[key].endswith(".") and t[key] == t[key].strip()
        assert all(c.isprintable() for key in t for c in t[key] or "")


def test_texts_are_not_copies_of_each_other(output):
    texts = json.loads(output("explain", "-J"))["explain"]
    assert len({t["purpose"] for t in texts}) == len(texts)
    assert len({t["what"] for t in texts}) == len(texts)


def test_list(output):
    listed = [line.split()[0] for line in output("explain").split("\n\n")[0].splitlines()]
    assert listed == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_text_with_this_machine(output, name):
    text = output("explain", name, "-f", SAMPLE)
    here = re.search(r"^Here +(.*(?:\n +.*)*)", text, re.M)
    record = next((r for r in Capture(SAMPLE).of("region", "section") if r["name"] == name), None)
    if not record:  # other architectures have it
        assert not here
        return
    here = here[1]
    words = " ".join(here.split())
    assert words.startswith(f"not on Linux 6.12.0-sample: {record['absent']}" if "absent" in record
                            else f"{record['start']}-{record['end']}, ")


@pytest.mark.parametrize("name, key, said", [
    ("noncanonical", "elsewhere", "s390 has no upper half"), ("noncanonical", "elsewhere", "2^53 with four"),
    ("noncanonical", "elsewhere", "from 2^52 to 0xbfffffffffffffff"), ("percpu", "what", "on 32-bit x86 FS"),
    ("text", "elsewhere", "LoongArch and mips64"), ("rodata", "elsewhere", "LoongArch and mips64"),
    ("data", "elsewhere", "LoongArch and mips64"),
])
def test_what_differs_elsewhere(output, name, key, said):
    """What is said of most machines is untrue of these."""
    [text] = json.loads(output("explain", "-J", name))["explain"]
    assert said in text[key]


def test_text_without_a_layout(output):
    """This works anywhere: nothing is loaded, nobody is root."""
    assert "What it is" in output("explain", "vmalloc", env={"COLUMNS": 80})


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_text_keeps_to_the_width(output, width):
    env = {"COLUMNS": width}
    for line in (output("explain", *NAMES, "-f", SAMPLE, env=env) + output("explain", env=env)).splitlines():
        # An option's name is not broken.
        assert len(line) <= min(width, 100) or re.fullmatch(r"(Moved by)? +CONFIG_\w+\W*", line)


def test_lowmem_is_the_direct_map(output):
    assert output("explain", "lowmem", "-f", SAMPLE) == output("explain", "direct_map", "-f", SAMPLE)
    assert "lowmem" in output("explain", "direct_map")


def test_unknown_name(refused):
    assert refused("explain", "heap") == "there is no text about 'heap': 'kvas explain' lists the names"


def test_a_capture_that_is_named_must_be_good(refused, tmp_path):
    assert "No such file" in refused("explain", "vmalloc", "-f", tmp_path / "none")


def test_json_of_one(output):
    [t] = json.loads(output("explain", "-J", "lowmem", "-f", SAMPLE))["explain"]
    assert t["name"] == "direct_map"
    assert t["start"] == "0xffff9a3dc0000000"


# How texts/ becomes texts.inc, see texts/texts.awk.

@pytest.fixture
def sources(tmp_path):
    """A copy of what the texts are made from."""
    target = tmp_path / "userspace"
    shutil.copytree(READER / "texts", target / "texts")
    shutil.copy(READER / "Makefile", target)
    (tmp_path / "module").mkdir()
    shutil.copy(READER.parent / "module/kvas_format.h", tmp_path / "module")
    shutil.copy(READER.parent / "dkms.conf", tmp_path)
    return target


def compile_texts(sources):
    return subprocess.run(["make", "-s", "-C", sources, "BUILD=out", "out/texts.inc"],
                          capture_output=True, text=True, timeout=60, env=clean_environment())


GOOD = """\
Purpose: each CPU's own variables
Color: yellow

What:
One copy
for each CPU.

Users:
All.

Place:
Anywhere.

Options:
None.
"""


def edit(sources, old, new):
    assert GOOD.count(old) == 1
    (sources / "texts/percpu.txt").write_text(GOOD.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("old, new, said", [
    ("Users:\n", "User:\n", "percpu.txt:8: unknown heading 'User:'"),
    ("Users:\n", "Users\n", "percpu.txt: 'Users:' is missing or empty"),
    ("Options:\n", "Users:\n", "percpu.txt:14: a second 'Users:'"),
    ("\n\nUsers:", "\n\nMore.\n\nUsers:", "percpu.txt:8: 'What:' has a second paragraph"),
    ("Purpose: ", "Purpos: ", "percpu.txt:1: expected 'Purpose: ...', 'Color: ...' or a heading"),
    ("Purpose: ", "Purpose ", "percpu.txt:1: expected 'Purpose: ...', 'Color: ...' or a heading"),
    ("Color: yellow\n", "", "percpu.txt: unknown or no 'Color:'"),
    ("yellow", "yelow", "percpu.txt: unknown or no 'Color:'"),
    ("CPU's", "CPU\u2019s", "percpu.txt:1: a character that is not printable ASCII"),
    ("One copy", "One\tcopy", "percpu.txt:5: a character that is not printable ASCII"),
])
def test_a_mistake_in_a_text_stops_the_build(sources, old, new, said):
    edit(sources, old, new)
    done = compile_texts(sources)
    assert done.returncode != 0 and f"texts/{said}" in done.stderr
    assert not (sources / "out/texts.inc").exists()


def test_each_name_needs_a_text(sources):
    (sources / "texts/percpu.txt").unlink()
    (sources / "texts/brk.txt").write_text("")
    done = compile_texts(sources)
    assert done.returncode != 0
    for name in ("percpu", "brk"):
        assert f"texts/{name}.txt: there is no such file, or it has no 'Purpose:'" in done.stderr


def test_each_text_needs_a_name(sources):
    shutil.copy(sources / "texts/percpu.txt", sources / "texts/percpus.txt")
    done = compile_texts(sources)
    assert done.returncode != 0
    assert "texts/percpus.txt: 'percpus' is no region, section or word of" in done.stderr


def test_a_change_of_the_texts_is_noticed(sources):
    """Also by a build that was complete before."""
    assert compile_texts(sources).returncode == 0
    edit(sources, "One copy", 'One "\\copy"')
    assert compile_texts(sources).returncode == 0
    made = (sources / "out/texts.inc").read_text()
    assert '.what = "One \\"\\\\copy\\" for each CPU.",' in made
    (sources / "texts/percpu.txt").unlink()
    assert compile_texts(sources).returncode != 0


def test_lines_fit_a_terminal():
    for path in (READER / "texts").glob("*.txt"):
        assert max(map(len, path.read_text().splitlines())) <= 80, path.name
