# SPDX-License-Identifier: GPL-2.0-only
"""kvas check: expectations that people write down."""

import json
import os
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path
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
    ("vmalloc.size = 32T and page_size = 4K", "holds"), ("bits = 64 and page_size = 8K", "fails"),
    ("bits = 32 and bits = 64", "fails"), ("bits = 32 if bits = 64 and page_size = 8K", "skipped"),
    ("bits = 64 and pkmap absent if bits = 64 and pkmap absent", "holds"),
    ("vmalloc.size = 31T +- 5%", "holds"), ("vmalloc.size = 31T+-1T", "holds"), ("vmalloc.size = 33T +- 1T", "holds"),
    ("vmalloc.size = 31T +- 1023G", "fails"), ("vmalloc.size != 31T +- 1023G", "holds"),
    ("vmalloc.size != 31T +- 5%", "fails"), ("vmalloc.size = 31T +- 3.2%", "fails"), ("vmalloc.size = 31T +- 3.3%", "holds"),
    ("ram = 1.9G +- 2%", "holds"), ("ram < 1.95G", "holds"), ("ram > 1.95G", "fails"), ("0 = page_size +- 100%", "holds"),
    ("release >= 6.1", "holds"), ("release < 6.2", "fails"), ("release > 6.12", "fails"), ("release <= 6.12", "holds"),
    ("release = 6.12", "holds"), ("release = 6", "holds"), ("release != 6.1", "holds"), ("release >= 6.12.0", "holds"),
    ("release >= 6.12.0.1", "fails"), ("release < 10", "holds"), ("release = 6.12.0-sample", "holds"),
    ("release = 6.12.0-other", "fails"), ('release = "6.12"', "fails"),
    ("page_size = 4KiB", "holds"), ("page_size = 4k", "holds"), ("page_size = 4096B", "holds"), ("page_size = 0x4K", "holds"),
    ("vmalloc.size = 0.03125P", "holds"), ("vmalloc.size = 32768G", "holds"), ("vmalloc.size = 0x8000G", "holds"),
    ("direct_map.size <= 16E", "holds"),
    ("pti = n", "holds"), ("pti = 0", "holds"), ("pti = no", "holds"), ("pti = off", "holds"), ("pti != false", "fails"),
    ("pti = 1", "fails"), ("pti = yes", "fails"), ("CONFIG_RANDOMIZE_BASE = 1", "holds"), ("CONFIG_RANDOMIZE_BASE = true", "holds"),
    ("vmaloc? absent", "holds"), ("vmaloc? present", "fails"), ("vmalloc? present", "holds"), ("vmaloc.size? > 1T", "fails"),
    ("vmaloc.size? > 1T if vmaloc? present", "skipped"), ("CONFIG_NEW? = y", "fails"), ("bits = 64 if new_fact? > 5", "skipped"),
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
    ("page_size = 6.1", "6.1 is a version: only release is compared with one"),
    ("6.1 <= release", "6.1 is a version"), ("release = 6.1 +- 5%", "'+-' needs numbers, and a release is none"),
    ("release in 6.1", "6.1 is a version"),
    ("ram = 4.8G", "4.8G is no whole number of bytes, and nothing is equal to it: say how near, as in '4.8G +- 1%'"),
    ("arch > 5", "arch is a text and no number: only = and != compare it"),
    ("release >= abc", "release is a text and no number"), ('release >= "6.1"', "a text and no number"), ('arch = "x" +- 5%', "a text and no number"),
    ("release >= 6.12.0-sample", "a text and no number"), ("pti = maybe", "pti is y or n, and never 'maybe'"),
    ("pti = 2", "never '2'"), ("vmalloc = 1T +- 1%", "vmalloc is a place"),
    ("bits = 64 and vmaloc present", "did you mean vmalloc?"), ("bits = 64 if bits = 64 and vmaloc present", "did you mean vmalloc?"),
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
    ('a = "x', "the quote at column 5 is never closed"), ('"<&"x"', "the quote at column 6 is never closed"),
    ('  a = "', "the quote at column 7 is never closed"),
    ("a = 16MB", "'16MB' may be meant in powers of 1000 or of 1024: write 16M for 1024"),
    ("a = 16kb", "write 16K for 1024"), ("a = 17E", "'17E' is more than 16E, the largest number here"),
    ("a = 36893488147419103232", "is more than 16E"), ("a = 0x10000000000000000", "is more than 16E"),
    ("a = 16.5E", "16.5E"), ("a = 5X", "expected a number such as 4096, 0x1000, 4K, 4KiB or 12.5P, a version such as 6.1,"
                             " or a \"text\", found '5X'"),
    ("a = 1.5.P", "found '1.5.P'"), ("a = 4Kib0", "found '4Kib0'"), ("a = 0x", "found '0x'"), ("a = 0x0x1", "found '0x0x1'"),
    ("a = 3G:x", "found '3G:x'"), ("a = 1BiB", "found '1BiB'"), ("5a present", "found '5a'"), ("-5a = 1", "found '-5a'"),
    ("a < 5 +- 1%", "'+-' belongs to = and !="), ("a = 5 +-", "expected a size or a share after '+-', such as 16M or 5%"),
    ("a = 5 +- 101%", "expected a size or a share"), ("a = 5 +- -1", "expected a size or a share"),
    ("a = 5 +- 5%%", "expected a size or a share"), ("a +- 5% = 5", "expected =, !=, <"),
    ("a = b and", 'expected a name, a number or a "text" at the end of the line'),
    ("a = b or a = c", "expected the end of the line, 'and' or 'if', found 'or'"),
    ("a = b\r", "the line ends as DOS ends them, with CR and LF: remove the CR, as with tr -d"),
    ("a = b\rc", "byte 0x0d in the line"),
    ("a within 2", "expected 'of' after the size"),
    ("a within of b", "expected a size after 'within'"),
    ("a within -1 of b", "expected a size after 'within'"),
    ("a = b c", "expected the end of the line, 'and' or 'if', found 'c'"),
    ("a = b if", 'expected a name, a number or a "text" at the end of the line'),
    ("a = b if c = d if e = f", "expected the end of the line, 'and', found 'if'"),
    ("5 present", "only a region or section is present or absent"),
    ("witness", "expected the name of a witness"),
    ("page_size =! 4K", "found '=!'"),
    ("a = b$", "expected a name, a number or a \"text\", found 'b$'"),
    ("a..b present", "found 'a..b'"),
    ("a \x01 b", "byte 0x01 in the line"),
    ("x " * 70, "more than 64 words"),
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


@pytest.mark.parametrize("line, found", [
    ("vmalloc.size = 31T", "32T"), ("vmalloc.size = 1", "35184372088832"), ("vmalloc.size = 0x1", "0x200000000000"),
    ("vmalloc.size = 0x1G", "32T"), ("page_size = 8K", "4K"), ("page_size = 8192", "4096"), ("page_size < 0x10", "0x1000"),
    ("1K = page_size", "4K"), ("ram > 4.8G", "2071842816 (1.9G)"), ("ram = 5", "2071842816"), ("page_levels = 4K", "4"),
    ("image_kaslr_offset = 0x1", "0x12000000"), ("image_kaslr_offset = 5G", "288M"), ("vmalloc.start = 5", "0xffffb2b240000000"),
    ("user_limit = 5", "0x00007ffffffff000"), ("release = 7.1", "6.12.0-sample"), ("pti = 1", "n"),
])
def test_numbers_are_found_as_the_line_writes_them(kvas, write, line, found):
    result = kvas("check", "-r", "-n", "-o", "FOUND", "-f", FOUR, write(line, "e"))
    name = line.split()[-1] if line[0].isdigit() else line.split()[0]
    assert result.stdout.strip().replace("\\x20", " ") == f"{name} is {found}"


def test_all_that_fails_of_a_line_is_found(kvas, write):
    result = kvas("check", "-J", "-f", FOUR, write("bits = 32 and page_size = 4K and pkmap present", "e"))
    found = json.loads(result.stdout)["expectations"][0]["found"]
    assert found.startswith("bits is 64; pkmap is absent: ")


@pytest.mark.parametrize("option, first", [("--tap", "TAP version 13"), ("--ktap", "KTAP version 1")])
def test_tap(kvas, write, option, first):
    """KTAP has what is said of a test before its line, TAP after it."""
    path = write(TEXT, "e")
    lines = kvas("check", option, "-f", FOUR, path).stdout.splitlines()
    assert lines[:2] == [first, "1..4"]
    assert lines[2] == "# Linux 6.12.0-sample, x86_64"
    assert lines[3] == f"ok 1 - {path}: bits = 64"
    failed = lines[4:6] if option == "--tap" else lines[5:3:-1]
    assert failed[0] == f"not ok 2 - {path}: pkmap present"
    assert failed[1].startswith(f"# {path}:2: pkmap is absent: ")
    assert lines[6] == f"ok 3 - {path}: page_size = 8K if bits = 32 # SKIP bits is 64"
    assert len(lines) == 8


@pytest.mark.parametrize("option", ["--tap", "--ktap", "--junit"])
def test_names_of_tests_do_not_depend_on_spaces_and_lines(kvas, write, option):
    def names(text):
        out = kvas("check", option, "-f", FOUR, write(text, "e")).stdout
        if option == "--junit":
            return [c.get("name") for c in xml.fromstring(out).iter("testcase")]
        return [line for line in out.splitlines() if re.match("(not )?ok ", line)]
    assert names(TEXT) == names(TEXT.replace(" ", "\t  ").replace("= 8K", "=8K").replace("pkmap", "# a comment\n\n  pkmap"))


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
    assert kvas("check", "--tap", "-f", FOUR, path).stdout.splitlines()[3] == f"ok 1 - {tmp_path}/{printed}: bits = 64"
    root = xml.fromstring(kvas("check", "--junit", "-f", FOUR, path).stdout)
    assert root.find("testsuite").get("name") == f"{tmp_path}/{printed}"
    assert re.fullmatch(r"kvas\.[\w-]+", root.find("testsuite/testcase").get("classname"))
    with open(path, "w") as file:
        file.write("?\n")
    assert kvas("check", "-f", FOUR, path).stderr.startswith(f"kvas: {tmp_path}/{printed}:1: ")


def test_a_hash_begins_no_directive(kvas, write):
    assert r"a\#b: bits = 64" in kvas("check", "--tap", "-f", FOUR, write("bits = 64\n", "a#b")).stdout


JUNIT = Path(__file__).parent / "junit.xsd"


def junit_errors(text, tmp_path):
    """What libxml2 holds against it, by the schema."""
    (tmp_path / "report.xml").write_text(text)
    done = subprocess.run(["xmllint", "--noout", "--schema", JUNIT, tmp_path / "report.xml"], capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr
    return done.stderr if done.returncode else ""


def test_junit(kvas, write, tmp_path):
    first, second = write(TEXT, "first.expect"), write("bits = 64\n", "a.b c.expect")
    out = kvas("check", "--junit", "-f", FOUR, first, second, first).stdout
    assert junit_errors(out, tmp_path) == ""
    root = xml.fromstring(out)
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "9", "2")
    suites = root.findall("testsuite")
    assert [(s.get("name"), s.get("tests"), s.get("failures"), s.get("skipped")) for s in suites] == [
        (str(first), "4", "1", "1"), (str(second), "1", "0", "0"), (str(first), "4", "1", "1")]
    assert [s.find("testcase").get("classname") for s in suites] == ["kvas.first", "kvas.a_b_c", "kvas.first"]
    for suite in suites:
        properties = {p.get("name"): p.get("value") for p in suite.find("properties")}
        assert properties == {"kernel": "6.12.0-sample", "machine": "x86_64", "arch": "x86_64",
                              "build_id": "00112233445566778899aabbccddeeff00112233"}
        times = [float(c.get("time")) for c in suite.findall("testcase")]
        assert all(0 <= t < 1 for t in times) and abs(sum(times) - float(suite.get("time"))) < 1e-5
        age = datetime.now(timezone.utc).replace(tzinfo=None) - datetime.fromisoformat(suite.get("timestamp"))
        assert abs(age.total_seconds()) < 60
    cases = suites[0].findall("testcase")
    assert [c.get("name") for c in cases] == TEXT.splitlines()
    assert [[e.tag for e in c] for c in cases] == [[], ["failure"], ["skipped"], []]
    assert cases[1][0].text == f"{first}:2: {cases[1][0].get('message')}"


@pytest.mark.parametrize("path", capture.REAL, ids=capture.name_of)
def test_junit_of_real_machines(kvas, write, tmp_path, path):
    text = kvas("check", "--init", "-f", path).stdout + "bits = 5\nbits = 6 if bits = 7\n"
    assert junit_errors(kvas("check", "--junit", "-f", path, write(text, "e")).stdout, tmp_path) == ""


@pytest.mark.parametrize("old, new", [
    ('tests="1"', 'tests="one"'), ('errors="0" ', ""), ('<testcase classname="kvas.e"', '<testcase line="1" classname="kvas.e"'),
    ('classname="kvas.e"', 'classname="/tmp/e.x"'), ('timestamp="', 'timestamp="on '), ("<properties>", "<property/><properties>"),
    (' name="kernel"', ""), ("bits = 64", ""),
])
def test_the_schema_can_fail(kvas, write, tmp_path, old, new):
    good = kvas("check", "--junit", "-f", FOUR, write("bits = 64", "e")).stdout
    assert old in good and not junit_errors(good, tmp_path)
    assert junit_errors(good.replace(old, new), tmp_path)


def test_formats_exclude_each_other(refused, write):
    path = write(TEXT, "e")
    assert "exclude each other" in refused("check", "--tap", "--junit", "-f", FOUR, path)
    assert "exclude each other" in refused("check", "--tap", "-J", "-f", FOUR, path)
    assert "exclude each other" in refused("check", "--init", "--tap", "-f", FOUR)
    assert "exclude each other" in refused("check", "--init", "-J", "-f", FOUR)
    assert f"--init takes no file, but got '{path}'" in refused("check", "--init", "-f", FOUR, path)


# --- A first file ----------------------------------------------------------------


def first_lines(kvas, path):
    return [line.partition("#")[0].strip() for line in kvas("check", "--init", "-f", path).stdout.splitlines()
            if line and line[0] != "#"]


@pytest.mark.parametrize("path", capture.ALL, ids=capture.name_of)
def test_each_line_of_a_first_file_holds(plain, write, path):
    lines = first_lines(plain, path)
    assert len(lines) > 20 and len(set(lines)) == len(lines)
    result = plain("check", "-J", "-f", path, write(plain("check", "--init", "-f", path).stdout, "e"))
    assert json.loads(result.stdout)["hold"] == len(lines), result.stdout


@pytest.mark.parametrize("machine", [m for m in capture.MACHINES if not re.search("s390x|malta", m.name)], ids=lambda m: m.name)
def test_a_first_file_has_nothing_that_kaslr_moves(kvas, machine):
    """By what the configuration predicts, which knows no capture."""
    path = machine / "sys/kernel/debug/kvas"
    config = next(machine.glob("boot/config-*"))
    values = json.loads(kvas("verify", "--sysroot", machine, "-J", "--config", config).stdout)["values"]
    moved = {f"{v['name']}.{v['key']}" for v in values if "moved by KASLR" in (v["why"] or "")}
    told = {line.split()[0] for line in first_lines(kvas, path)}
    assert "vmalloc.size" in told and not moved & told
    if re.search("amd64-[45]level$|52bit", machine.name):
        assert "image.start" in moved or "text.start" in moved


# What is not the same: the amount of memory, the processor, the command line.
SAME_BUT_FOR = {"ram", "memory_kaslr", "pti", "kpti", "pa_bits", "kfence"}


@pytest.mark.parametrize("one, other", [
    ("6.12-s390x-kaslr", "6.12-s390x-nokaslr"), ("7.2-s390x-kaslr", "7.2-s390x-nokaslr"),
    ("6.12-amd64-4level", "6.12-amd64-4level-nokaslr"), ("7.2-amd64-5level", "7.2-amd64-5level-nokaslr"),
    ("5.10-arm64-48bit", "5.10-arm64-48bit-nokaslr"), ("6.12-arm64-52bit", "6.12-arm64-52bit-nokaslr"),
])
def test_a_first_file_holds_on_another_boot(kvas, write, one, other):
    """The same kernel, started again: with KASLR and without."""
    named = {capture.name_of(p): p for p in capture.REAL + capture.ROWS}
    path = write(kvas("check", "--init", "-f", named[one]).stdout, "e")
    found = json.loads(kvas("check", "-J", "-f", named[other], path).stdout)["expectations"]
    failed = {e["expectation"].split()[0] for e in found if e["result"] != "holds"}
    assert failed <= SAME_BUT_FOR and len(found) > 80


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
