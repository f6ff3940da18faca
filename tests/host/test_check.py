# SPDX-License-Identifier: GPL-2.0-only
"""kvas check: expectations that people write down."""

import json
import os
import re
import subprocess
import xml.etree.ElementTree as xml

import pytest

import capture
from conftest import READER

FOUR = next(p for p in capture.SAMPLES if p.stem == "x86_64-4level")
EXAMPLES = sorted((READER / "examples").glob("*.expect"))


@pytest.fixture
def check(kvas, write):
    """The outcome of each line, on a capture."""
    def call(text, path=FOUR):
        result = kvas("check", "-J", "-f", path, write(text, "expectations"))
        assert result.stderr == ""
        document = json.loads(result.stdout)
        assert result.returncode == bool(document["fail"])
        return [e["result"] for e in document["expectations"]]
    return call


LINES = (
    ("arch = x86_64", "holds"), ("arch = i386", "fails"), ("arch != i386", "holds"),
    ("bits = 64", "holds"), ('endian = "little"', "holds"), ("endian=big", "fails"),
    ("page_size = 4K", "holds"), ("page_size=4096", "holds"), ("page_size >= 8K", "fails"),
    ("page_size < 0x1001", "holds"), ("0x1000 = page_size", "holds"),
    ("vm_split = 128T:128T", "holds"), ("user_kernel_split = 3G:1G", "fails"),
    ("pkmap absent", "holds"), ("pkmap present", "fails"), ("vmalloc present", "holds"),
    ("vmalloc absent", "fails"), ("phb_io absent", "holds"), ("phb_io present", "fails"),
    ("vmalloc.start = 0xffffb2b240000000", "holds"), ("vmalloc.size = 32T", "holds"),
    ("vmalloc.end = 0xffffd2b23fffffff", "holds"), ("vmalloc.size > 32T", "fails"),
    ("text.parent = image", "holds"), ("text.parent = vmalloc", "fails"),
    ("image.text present", "holds"), ("vmalloc.text present", "fails"),
    ("image_window.image.text.size < 1G", "holds"),
    ("text in image", "holds"), ("image in text", "fails"), ("text not in vmalloc", "holds"),
    ("text not in image", "fails"), ("0xffffffff81000000 in image_window", "holds"),
    ("vmalloc above direct_map", "holds"), ("vmalloc below direct_map", "fails"),
    ("vmalloc below vmalloc.end", "fails"), ("lowmem below vmalloc.start", "holds"),
    ("modules within 2G of image.text", "holds"), ("modules within 1G of image.text", "fails"),
    ("user within 128T of 0", "holds"), ("direct_map within 16E of user", "holds"),
    ("witness kmalloc in direct_map", "holds"), ("witness kmalloc in vmalloc", "fails"),
    ("witness kmap in vmalloc", "fails"), ("witness kmalloc > 0", "holds"),
    ("CONFIG_RANDOMIZE_BASE = y", "holds"), ("kpti = 1", "fails"), ("mmu = radix", "fails"),
    ("image = image_window", "fails"), ("image != image_window", "holds"),
    ("pkmap.start = 0", "fails"), ("vm_split in vmalloc", "fails"),
    ("page_size = 8K if bits = 32", "skipped"), ("page_size = 8K if bits = 64", "fails"),
    ("pkmap present if pkmap present", "skipped"), ("bits = 64 if pkmap absent", "holds"),
    ("noncanonical.size > 15E", "holds"), ("-0x10 < 0", "holds"), ("image_kaslr_offset < 1G", "holds"),
)


def test_device_memory_has_no_name(refused, write):
    path = next(p for p in capture.SAMPLES if p.stem == "x86_64-device-memory")
    assert "nothing is called 'zone_device'" in refused("check", "-f", path, write("zone_device present", "e"))


MEANINGLESS = (
    ("vmaloc absent", "nothing is called 'vmaloc'; did you mean vmalloc?"),
    ("blah absent", "nothing is called 'blah'"),
    ("page_level = 5", "did you mean page_levels?"),
    ("vmalloc.end = vmalloc.ned", "nothing is called 'ned'"),
    ("imgae.text present", "nothing is called 'imgae'; did you mean image?"),
    ("page_size = 4096 if archs = i386", "nothing is called 'archs'; did you mean arch?"),
    ("vmaloc absent if bits = 32", "nothing is called 'vmaloc'"),
    ("witness kmaloc > 0", "did you mean kmalloc?"),
    ("page_size = pgae_size", "did you mean page_size?"),
    ("vmalloc > 1T", "vmalloc is a place and not a number: say vmalloc.size, vmalloc.start or vmalloc.end"),
    ("1T < image.text", "say image.text.size"),
    ("pkmap = 4M", "pkmap is a place"),
    ("vmalloc < vmemmap", "vmalloc is a place"),
    ("vmalloc.size = 16MB", "expected a number such as 4096, 0x1000, 4K or 32T, found '16MB'"),
    ("CONFIG_PCI = y", "the capture does not have CONFIG_PCI, and there is no machine to ask"),
)


@pytest.mark.parametrize("line, said", MEANINGLESS, ids=[line for line, _ in MEANINGLESS])
def test_what_has_no_meaning_is_an_error(refused, write, line, said):
    path = write(f"bits = 64\n{line}\n", "e")
    message = refused("check", "-f", FOUR, path)
    assert message.startswith(f"{path}:2: ") and said in message


def test_the_machine_tells_the_options_that_its_capture_lacks(kvas, write):
    """CONFIG_PCI is in the configuration only."""
    machine = capture.GOLDEN / "6.12-amd64-5level"
    assert "CONFIG_PCI=y\n" in next(machine.glob("boot/config-*")).read_text()
    for line, status in (("CONFIG_PCI = y", 0), ("CONFIG_PCI = n", 1), ("CONFIG_XEN_NO_SUCH = n", 0),
                         ("vmalloc absent if CONFIG_PCI = n", 0)):
        assert kvas("check", "--sysroot", machine, write(line, "e")).returncode == status, line


def test_the_contract_lists_all_facts_and_witnesses():
    header = (READER.parent / "module/kvas_format.h").read_text()
    for kind, name in (("fact", "KVAS_FACTS"), ("witness", "KVAS_WITNESSES")):
        listed = set(re.findall(r'"(\w+)"', header.partition(f"#define {name}(X)")[2].partition("\n\n")[0]))
        found = {r["name"] for path in capture.REAL + capture.ROWS
                 for word, r in capture.Capture(path).records if word == kind}
        assert found == listed


@pytest.mark.parametrize("line, outcome", LINES, ids=[line for line, _ in LINES])
def test_a_line(check, line, outcome):
    assert check(line) == [outcome]


def test_comments_spaces_and_the_last_line(check):
    text = "# nothing\n\n  bits = 64  # yes\n\tpkmap absent\nendian=\"little\" # \"x\"\nbits=32"
    assert check(text) == ["holds", "holds", "holds", "fails"]


WRONG = (
    ("foo", "expected =, !=, <, <=, >, >=, in, not in, above, below, within, present or absent,"
            " found the end of the line"),
    ("a =", 'expected a name, a number or a "text" at the end of the line'),
    ("a in", "expected a region or an address at the end of the line"),
    ('a = "x', "the quote before 'x' is never closed"),
    ("a within 2", "expected 'of' after the size"),
    ("a within of b", "expected a size after 'within'"),
    ("a within -1 of b", "expected a size after 'within'"),
    ("a = b c", "expected the end of the line or 'if', found 'c'"),
    ("a = b if", 'expected a name, a number or a "text" at the end of the line'),
    ("a = b if c = d if e = f", "expected the end of the line or 'if', found 'if'"),
    ("5 present", "only a region or section is present or absent"),
    ("witness", "expected the name of a witness"),
    ("page_size =! 4K", "found '=!'"),
    ("a = b$", "expected a name, a number or a \"text\", found 'b$'"),
    ("a..b present", "found 'a..b'"),
    ("a \x01 b", "byte 0x01 in the line"),
    ("x " * 40, "more than 32 words"),
    ("y" * 1001, "longer than 1000 bytes"),
)


@pytest.mark.parametrize("line, said", WRONG, ids=[line[:20] for line, _ in WRONG])
def test_a_mistake_is_told_with_its_place(refused, write, line, said):
    path = write(f"bits = 64\n\n{line}\n", "expectations")
    message = refused("check", "-f", FOUR, path)
    assert message.startswith(f"{path}:3: ") and said in message


def test_a_file_without_expectations(refused, write):
    path = write("# none\n", "expectations")
    assert "there is no expectation in it" in refused("check", "-f", FOUR, path)
    assert "check needs a file" in refused("check", "-f", FOUR)
    assert "cannot read /nowhere: No such file" in refused("check", "-f", FOUR, "/nowhere")
    assert "Is a directory" in refused("check", "-f", FOUR, path.parent)


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_junk_is_refused_or_judged(kvas, write, cut):
    """Whatever stands in it: no crash, and no more than one sentence."""
    junk = bytes(range(256))[cut * 4:cut * 4 + 40] + b"\n" + b"a = b if c within 2G of d"[:cut]
    result = kvas("check", "-f", FOUR, write(junk, "junk"))
    assert result.returncode in (1, 2) and result.stderr.count("\n") <= 1


TEXT = 'bits = 64\npkmap present\npage_size = 8K if bits = 32\nrelease != "<&>"\n'


def test_table(kvas, write):
    result = kvas("check", "-f", FOUR, write(TEXT, "e"))
    assert result.returncode == 1
    assert re.search(r"^fails +\S+:2 +pkmap present +pkmap is absent: ", result.stdout, re.M)
    assert result.stdout.endswith("\n2 of 4 hold, 1 fail, 1 skipped\n")


@pytest.mark.parametrize("option, first", [("--tap", "TAP version 13"), ("--ktap", "KTAP version 1")])
def test_tap(kvas, write, option, first):
    """KTAP has what is said of a test before its line, TAP after it."""
    path = write(TEXT, "e")
    lines = kvas("check", option, "-f", FOUR, path).stdout.splitlines()
    assert lines[:2] == [first, "1..4"]
    assert lines[2].startswith("# Linux ") and lines[2].endswith(", x86_64")
    assert lines[3] == f"ok 1 - {path}:1: bits = 64"
    failed = lines[4:6] if option == "--tap" else lines[5:3:-1]
    assert failed[0] == f"not ok 2 - {path}:2: pkmap present"
    assert failed[1].startswith("# pkmap is absent: ")
    assert lines[6] == f"ok 3 - {path}:3: page_size = 8K if bits = 32 # SKIP bits is 64"
    assert len(lines) == 8


@pytest.mark.parametrize("text, status", [("bits = 64\n", 0), (TEXT, 1)])
def test_prove_reads_tap(kvas, write, tmp_path, text, status):
    (tmp_path / "t").write_text(kvas("check", "--tap", "-f", FOUR, write(text, "e")).stdout)
    done = subprocess.run(["prove", "--exec", "cat", tmp_path / "t"], capture_output=True, text=True)
    assert done.returncode == status and "Parse errors" not in done.stdout, done.stdout


@pytest.mark.parametrize("name, printed", [
    ("x\nok 2 - fake\ny", r"x\x0aok 2 - fake\x0ay"), (b"x\xffy", r"x\xffy"), ("k\x1b[31m", r"k\x1b[31m"),
])
def test_names_of_files_forge_nothing(kvas, tmp_path, name, printed):
    path = os.fsdecode(os.path.join(os.fsencode(tmp_path), os.fsencode(name)))
    with open(path, "w") as file:
        file.write("bits = 64\n")
    assert kvas("check", "--tap", "-f", FOUR, path).stdout.splitlines()[3] == f"ok 1 - {tmp_path}/{printed}:1: bits = 64"
    root = xml.fromstring(kvas("check", "--junit", "-f", FOUR, path).stdout)
    assert root.find("testcase").get("classname") == f"{tmp_path}/{printed}"
    with open(path, "w") as file:
        file.write("?\n")
    assert kvas("check", "-f", FOUR, path).stderr.startswith(f"kvas: {tmp_path}/{printed}:1: ")


def test_a_hash_begins_no_directive(kvas, write):
    assert r"a\#b:1: bits = 64" in kvas("check", "--tap", "-f", FOUR, write("bits = 64\n", "a#b")).stdout


def test_junit(kvas, write):
    root = xml.fromstring(kvas("check", "--junit", "-f", FOUR, write(TEXT, "e")).stdout)
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("4", "1", "1")
    properties = {p.get("name"): p.get("value") for p in root.find("properties")}
    assert properties["machine"] == "x86_64" and re.match(r"\d+\.\d+", properties["kernel"])
    cases = root.findall("testcase")
    assert [c.get("name") for c in cases] == TEXT.splitlines()
    assert [[e.tag for e in c] for c in cases] == [[], ["failure"], ["skipped"], []]


def test_formats_exclude_each_other(refused, write):
    path = write(TEXT, "e")
    assert "exclude each other" in refused("check", "--tap", "--junit", "-f", FOUR, path)
    assert "exclude each other" in refused("check", "--tap", "-J", "-f", FOUR, path)


# --- The examples that are installed -------------------------------------------


@pytest.mark.parametrize("path", capture.REAL + capture.ROWS, ids=capture.name_of)
def test_invariants_hold_on_every_machine(kvas, path):
    result = kvas("check", "-f", path, READER / "examples/invariants.expect")
    assert result.returncode == 0, result.stdout


def test_examples_hold_where_they_should(kvas):
    real = {capture.name_of(p): p for p in capture.REAL + capture.ROWS}
    for example, machine in (("x86_64", "7.2-amd64-5level-nokaslr"), ("highmem", "7.2-armmp-highmem"),
                             ("highmem", "6.1-686-pae-pae-5g")):
        result = kvas("check", "-f", real[machine], READER / f"examples/{example}.expect")
        assert result.returncode == 0, result.stdout
    assert kvas("check", "-f", real["6.12-amd64-5level"],
                READER / "examples/x86_64.expect").returncode == 1
    assert {e.stem for e in EXAMPLES} == {"invariants", "x86_64", "highmem"}
