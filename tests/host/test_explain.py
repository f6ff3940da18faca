# SPDX-License-Identifier: GPL-2.0-only
"""kvas explain: a text for each name, and where it is on this machine."""

import json
import re
import shutil
import subprocess

import pytest

import capture
import saved
from capture import Capture
from conftest import PATIENCE, READER, clean_environment

HEADERS = [(READER.parent / "module/kvas_format.h").read_text(), (READER / "texts/texts.h").read_text()]
SAMPLE = next(p for p in capture.SAMPLES if p.stem == "x86_64-4level")
ARCHS = {"x86_64", "i386", "arm", "arm64", "riscv64", "ppc64", "s390x", "loongarch64", "mips64"}


def vocabulary(*lists):
    """Every name in these lists of the headers, in their order, each once."""
    bodies = [body for header in HEADERS for body in
              re.findall(rf"#define KVAS_(?:{'|'.join(lists)})\(X\)(.*?)\n\n", header, re.S)]
    return list(dict.fromkeys(name for body in bodies for name in re.findall(r'X\(\w+,\s*"(\w+)"\)', body)))


REGIONS = vocabulary("REGIONS", "SECTIONS")
NAMES = vocabulary("REGIONS", "SECTIONS", "FACTS", "WITNESSES", "WORDS")


@pytest.fixture
def explained(output):
    """What is said of a word, as data."""
    def call(*words):
        return json.loads(output("explain", "-J", *words))["explain"]
    return call


def said(texts, key, arch=None):
    """The paragraphs of a section that are true on an architecture; with None, on all of them."""
    return " ".join(p["text"] for p in texts[key] if not p["archs"] or arch in p["archs"])


def test_the_vocabulary_is_found():
    assert {"user", "direct_map", "pkmap", "text", "brk", "zone_device", "page_levels", "kmalloc", "heap"} <= set(NAMES)


def test_each_name_has_a_text(explained):
    texts = explained()
    assert [t["name"] for t in texts] == NAMES
    for t in texts:
        assert 3 <= len(t["purpose"]) <= 32 - 4 * (t["name"] in REGIONS), t["name"]
        assert len(said(t, "what")) > 40
        for key in ("what", "users", "place", "options", "witness"):
            assert t[key] or key != "what" and t["name"] not in REGIONS or key == "witness", t["name"]
            for p in t[key]:
                assert p["text"].endswith(".") and p["text"] == p["text"].strip()
                assert set(p["archs"] or []) <= ARCHS | {"mips"}
                assert all(c.isprintable() for c in p["text"])


def test_each_name_that_the_module_publishes_has_a_text(output):
    for golden in capture.REAL:
        names = {r["name"] for r in Capture(golden).of("region", "section", "fact", "witness")}
        assert "page_size" in names and "kmalloc" in names
        output("explain", *sorted(names))


def test_texts_are_not_copies_of_each_other(explained):
    texts = explained()
    assert len({t["purpose"] for t in texts}) == len(texts)
    assert len({said(t, "what") for t in texts}) == len(texts)


# What is so on 64-bit x86 only.
OF_X86_64 = re.compile(r"[45]-level|la57|no5lvl|CONFIG_X86|__START_KERNEL_map|RANDOMIZE_MEMORY|1008 MiB|128 TiB|"
                       r"CONFIG_PHYSICAL_|memmap=|\bGS\b|espfix|12800 TiB")


def test_what_is_so_on_x86_is_not_said_of_all(explained):
    for t in explained():
        for key in ("what", "users", "place", "options"):
            found = OF_X86_64.search(said(t, key))
            assert not found, (t["name"], key, found)


@pytest.mark.parametrize("machine, arch", [("7.2-armmp-highmem", "arm"), ("6.1-686-pae-pae-5g", "i386"),
                                           ("6.12-riscv64-sv57", "riscv64")])
def test_the_architecture_of_the_capture_is_first(output, machine, arch):
    where = capture.GOLDEN / machine
    text = output("explain", "modules", "--sysroot", where)
    assert re.findall(r"\bOn (\w+):", text) and set(re.findall(r"\bOn (\w+):", text)) == {arch}
    assert "1008 MiB" not in text
    assert "kvas explain --all modules" in " ".join(text.split())
    everything = output("explain", "--all", "modules", "--sysroot", where)
    assert "1008 MiB" in everything and "kvas explain --all" not in everything
    place = " ".join(everything.split("\nWhere ")[1].split("\nDecided by")[0].split())
    assert re.findall(r"\bOn (\w+)", place)[0] == arch


def test_without_a_capture_every_architecture_is_told(output):
    text = output("explain", "modules", env={"COLUMNS": 80})
    assert {"x86_64", "arm", "arm64"} <= set(re.findall(r"\bOn (\w+)", text))


def test_list(output):
    listed = re.findall(r"^([a-z]\w*)  ", output("explain"), re.M)
    assert listed == [n for n in NAMES if n != "zone_device"][:len(REGIONS)] + [n for n in NAMES if n not in REGIONS]
    assert "PAGE_OFFSET" in output("explain") and "lowmem" in output("explain")


@pytest.mark.parametrize("name", REGIONS)
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


def test_facts_and_witnesses_of_this_machine(output):
    machine = capture.GOLDEN / "7.2-armmp-highmem"
    kmalloc = saved.published(machine, "witness", "kmalloc", "addr")
    for name, here in (("highmem", "1280M (1342177280 bytes)"), ("page_levels", "2 levels"),
                       ("kmalloc", f"{kmalloc:#x}"), ("section_size", "not on Linux 7.2.13+deb14-armmp: "
                                                   "CONFIG_SPARSEMEM is not set")):
        text = " ".join(output("explain", name, "--sysroot", machine).split("\nHere ")[1].split())
        assert text.startswith(here), name


@pytest.mark.parametrize("name, key, arch, words", [
    ("noncanonical", "place", "s390x", "There is no upper half"), ("noncanonical", "place", "s390x", "2^53 with four"),
    ("noncanonical", "place", "ppc64", "from 2^52 to 0xbfffffffffffffff"), ("percpu", "what", "i386", "FS"),
    ("text", "place", "mips64", "nothing in it is read-only"), ("rodata", "place", "loongarch64", "can be written"),
    ("data", "place", "mips64", "can be executed"), ("modules", "place", "arm", "CONFIG_ARM_MODULE_PLTS"),
    ("modules", "what", "x86_64", "Nothing in it has to be mapped"), ("highmem", "place", "arm64", "has none"),
])
def test_what_differs_between_architectures(explained, name, key, arch, words):
    [text] = explained(name)
    assert words in said(text, key, arch)


def test_the_texts_agree_with_the_machines(explained):
    """Sizes and places in the texts, against captures of real kernels."""
    def of(machine, name):
        return Capture(capture.GOLDEN / machine / "sys/kernel/debug/kvas").regions[name][:2]

    def place(name, arch):
        return said(explained(name)[0], "place", arch)

    start, end = of("6.12-amd64-5level", "modules")
    assert f"{(end + 1 - start) >> 20} MiB" == "1008 MiB" in place("modules", "x86_64")
    start, end = of("7.2-armmp-highmem", "modules")
    assert (end + 1 - start) >> 20 == 16 - 2 and "less 2 MiB for pkmap" in place("modules", "arm")
    assert of("7.2-armmp-highmem", "pkmap")[0] == end + 1
    start, end = of("7.2-armmp-highmem", "vmalloc")
    assert "240 MiB" in place("vmalloc", "arm") and (end + 1 - start) >> 20 == 240 and end == 0xff7fffff
    assert hex(of("6.12-riscv64-sv57", "direct_map")[0]) in place("direct_map", "riscv64")
    assert hex(of("7.2-loong64-5g", "direct_map")[0]) in place("direct_map", "loongarch64")
    assert hex(of("7.2-powerpc64le-hash", "direct_map")[0]) in place("direct_map", "ppc64")
    assert hex(of("7.2-powerpc64le-hash", "vmalloc")[0]) in place("vmalloc", "ppc64")
    assert hex(of("6.12-powerpc64le-radix", "vmalloc")[0]) in place("vmalloc", "ppc64")
    assert of("6.1-s390x-nokaslr", "direct_map")[0] == 0 and "begins at 0" in place("direct_map", "s390x")
    assert of("5.10-arm64-48bit", "direct_map") == (0xffff000000000000, 0xffff7fffffffffff)
    assert "0xffff000000000000 to 0xffff7fffffffffff" in place("direct_map", "arm64")
    assert hex(of("7.2-amd64-5level-nokaslr", "direct_map")[0]) in place("direct_map", "x86_64")


def test_text_without_a_layout(output):
    """This works anywhere: nothing is loaded, nobody is root."""
    assert "What it is" in output("explain", "vmalloc", env={"COLUMNS": 80})


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_text_keeps_to_the_width(output, width):
    env = {"COLUMNS": width}
    for line in output("explain", *NAMES, "-f", SAMPLE, env=env).splitlines():
        # An option's name is not broken.
        assert len(line) <= min(width, 100) or re.fullmatch(r"(Decided by|Other words)? +\w+\W*", line)
    for line in output("explain", env=env).splitlines():
        assert len(line) <= width or width == 40


# --- Words ------------------------------------------------------------------------------------

@pytest.mark.parametrize("word, name", [
    ("lowmem", "direct_map"), ("LOWMEM", "direct_map"), ("linear_map", "direct_map"), ("PAGE_OFFSET", "direct_map"),
    ("VMALLOC_START", "vmalloc"), ("VMALLOC_END", "vmalloc"), ("MODULES_VADDR", "modules"), ("PKMAP_BASE", "pkmap"),
    ("FIXADDR_TOP", "fixmap"), ("TASK_SIZE", "user_limit"), ("VMALLOC_OFFSET", "vmalloc_gap"),
    ("canonical", "noncanonical"), ("KASLR", "kaslr"), ("nokaslr", "kaslr"), ("vm_split", "user_kernel_split"),
    ("slab", "kmalloc"), ("kernel space", "kernel"), ("kernel-stack", "kernel_stack"), ("Highmem", "highmem"),
    ("user stack", "stack"), ("irq stack", "irq_stack"), ("pt_regs", "user_stack_pointer"),
    ("VMAP_STACK", "kernel_stack"), ("page table root", "shared_kernel_half"),
    ("THREAD_SIZE", "thread_size"), ("page tables", "page_tables"), ("userspace", "user"), ("VMEMMAP_START", "vmemmap"),
])
def test_words_of_the_textbooks_and_of_the_kernel(explained, output, word, name):
    assert explained(word)[0]["name"] == name
    text = output("explain", word, env={"COLUMNS": 80})
    assert text.startswith(f"{word}: see {name}\n\n{name}: ") or word == name


def test_each_alias_is_of_one_name(explained):
    words = [w.lower() for t in explained() for w in [t["name"], *t["aliases"]]]
    assert sorted(words) == sorted(set(words))
    # In one call; a name of one word between them, so that no two aliases are taken together.
    asked = [(alias, t["name"]) for t in explained() for alias in t["aliases"]]
    found = explained(*[word for alias, _ in asked for word in (alias, "espfix")])
    assert [t["name"] for t in found[::2]] == [name for _, name in asked]


def test_several_words(explained):
    def names(*words):
        return [t["name"] for t in explained(*words)]
    assert names("linear", "map") == ["direct_map"]
    assert names("vmalloc", "linear", "map", "heap") == ["vmalloc", "direct_map", "heap"]
    assert names("user", "kernel") == ["user_kernel_split"]
    assert names("stack", "heap") == ["stack", "heap"]


@pytest.mark.parametrize("word, meant", [("vmaloc", "vmalloc"), ("hihgmem", "highmem"), ("PAGE_OFSET", "PAGE_OFFSET"),
                                         ("page-level", "page_levels"), ("Kmaloc", "kmalloc"), ("modlues", "modules")])
def test_a_typo_gets_a_suggestion(refused, word, meant):
    assert refused("explain", "heap", word) == f"nothing is known of '{word}'; did you mean {meant}?"


@pytest.mark.parametrize("word", ["xyzzyplugh", "", "CONFIG_NO_SUCH_OPTION", "x" * 100])
def test_unknown_word(refused, word):
    assert refused("explain", word) == f"nothing is known of '{word}': 'kvas explain' lists the words"


def test_an_option_leads_to_what_it_decides(output, explained):
    [t] = explained("CONFIG_ARM_MODULE_PLTS")
    assert t["kind"] == "option" and t["see"] == ["modules", "execmem_text_fallback"]
    # The name of an option may be the start of another.
    assert "pkmap" in explained("CONFIG_X86_PAE")[0]["see"]
    text = output("explain", "CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING", "--sysroot",
                  capture.GOLDEN / "6.12-amd64-5level")
    assert "direct_map" in text and re.search(r"^Here +0xa, on Linux", text, re.M)


def test_a_part_of_an_option_is_no_option(refused):
    assert "nothing is known" in refused("explain", "CONFIG_X86_PA")


def test_a_capture_that_is_named_must_be_good(refused, tmp_path):
    assert "No such file" in refused("explain", "vmalloc", "-f", tmp_path / "none")


def test_json_of_one(explained, output):
    [t] = json.loads(output("explain", "-J", "lowmem", "-f", SAMPLE))["explain"]
    assert t["name"] == "direct_map" and t["kind"] == "region" and "lowmem" in t["aliases"]
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
                          capture_output=True, text=True, timeout=PATIENCE, env=clean_environment())


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

Witness:
A variable.
"""


def edit(sources, old, new):
    assert GOOD.count(old) == 1
    (sources / "texts/percpu.txt").write_text(GOOD.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("old, new, said", [
    ("Users:\n", "User:\n", "percpu.txt:8: unknown heading 'User:'"),
    ("Users:\n", "Users\n", "percpu.txt: 'Users:' is missing"),
    ("Users:\nAll.\n", "Users:\n", "percpu.txt:8: 'Users:' is empty"),
    ("Users:\n", "Users on amd64:\n", "percpu.txt:8: unknown architecture 'amd64'"),
    ("Witness:\nA variable.\n", "", "percpu.txt: 'Witness:' is missing"),
    ("Color: ", "Aliases: VMALLOC_START\nColor: ",
     "vmalloc.txt:3: 'VMALLOC_START' is already taken: it is an alias of percpu"),
    ("Options:\n", "Users:\n", "percpu.txt:14: a second 'Users:'"),
    ("\n\nUsers:", "\n\nMore.\n\nUsers:", "percpu.txt:8: 'What:' has a second paragraph"),
    ("Purpose: ", "Purpos: ", "percpu.txt:1: expected 'Purpose: ...', 'Color: ...', 'Aliases: ...' or a heading"),
    ("Purpose: ", "Purpose ", "percpu.txt:1: expected 'Purpose: ...', 'Color: ...', 'Aliases: ...' or a heading"),
    ("Color: yellow\n", "", "percpu.txt: 'Color:' is missing"),
    ("yellow", "yelow", "percpu.txt: unknown color 'yelow'"),
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
    assert "texts/percpus.txt: 'percpus' is no name of kvas_format.h and texts.h" in done.stderr


def test_a_change_of_the_texts_is_noticed(sources):
    """Also by a build that was complete before."""
    assert compile_texts(sources).returncode == 0
    edit(sources, "One copy", 'One "\\copy"')
    assert compile_texts(sources).returncode == 0
    made = (sources / "out/texts.inc").read_text()
    assert '{ SECTION_WHAT, NULL,\n\t\t  "One \\"\\\\copy\\" for each CPU." },' in made
    (sources / "texts/percpu.txt").unlink()
    assert compile_texts(sources).returncode != 0


def test_lines_fit_a_terminal():
    for path in (READER / "texts").glob("*.txt"):
        assert max(map(len, path.read_text().splitlines())) <= 80, path.name
