# SPDX-License-Identifier: GPL-2.0-only
"""kvas mappings --safety: each answer both ways, from files with one thing changed."""

import json
import re

import jsonschema
import pytest

import capture
from conftest import HERE, READER
from test_mappings import mappings
from test_mappings_parse import BASE

VALIDATOR = jsonschema.Draft202012Validator(json.loads((READER / "schema/kvas.schema.json").read_text()))
CAPTURE, TABLES = (HERE / "measured" / f"6.12-amd64-5level.{end}" for end in ("kvas", "mappings"))
BOOT_OPTIONS = "-f", CAPTURE, "--mappings", TABLES
ARM64 = capture.GOLDEN / "5.10-arm64-48bit"
X86 = ["w_xor_x", "no_execute", "write_protect", "user_execution", "user_access", "umip", "page_table_isolation",
       "user_pages", "direct_map", "rodata", "text"]


@pytest.fixture
def safety(kvas):
    """{name: (answer, evidence)}"""
    def call(*args):
        result = kvas("mappings", "--safety", "-J", *args)
        assert result.returncode == 0, result.stderr
        assert result.stderr == ""
        document = json.loads(result.stdout)
        assert [e.message[:200] for e in VALIDATOR.iter_errors(document)] == []
        found = {row["name"]: (row["answer"], row["evidence"]) for row in document["safety"]}
        assert len(found) == len(document["safety"])
        return found
    return call


def recount(text):
    lines = text.splitlines()[:-1]
    runs = sum(line.startswith("mapping") for line in lines)
    return "\n".join([*lines, f"end records={len(lines) - 1} runs={runs}"]) + "\n"


def flip(text, register, bit):
    def change(match):
        return f"{match[1]}0x{int(match[2], 16) ^ 1 << bit:016x}"
    changed, n = re.subn(rf"(register name={register} value=)(0x[0-9a-f]+)", change, text)
    assert n == 1
    return changed


def without(text, start):
    """Without the records that start so."""
    lines = text.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) < len(lines)
    return recount("".join(kept))


def set_bits(text, start, change):
    """With other attributes of the mapping that starts at an address."""
    def new(match):
        return f"{match[1]}0x{change(int(match[2], 16)):016x}"
    changed, n = re.subn(rf"(mapping start=0x{start:016x} .* attr=)(0x[0-9a-f]+)", new, text)
    assert n == 1
    return changed


def boot_mapping(name):
    """The first run within a region of the boot, [start, attr]."""
    region = re.search(rf"start=(0x[0-9a-f]+) end=(0x[0-9a-f]+) size=\S+ +name={name} ", CAPTURE.read_text())
    first, last = int(region[1], 16), int(region[2], 16)
    for match in re.finditer(r"mapping start=(0x[0-9a-f]+) .* attr=", TABLES.read_text()):
        if first <= int(match[1], 16) <= last:
            return int(match[1], 16)
    raise AssertionError(name)


def of_boot(safety, write, text, capture_text=None):
    kvas_file = write(capture_text, "capture") if capture_text else CAPTURE
    return safety("-f", kvas_file, "--mappings", write(text, "tables"))


@pytest.fixture
def boot(safety, write):
    """The answers of a real boot with a change; all but the named ones must stay."""
    text = TABLES.read_text()
    before = of_boot(safety, write, text)

    def call(change, *names, capture_text=None):
        found = of_boot(safety, write, change(text), capture_text)
        differ = {name for name in found if found[name][0] != before[name][0]}
        assert differ == set(names)
        return {name: found[name] for name in names}
    call.before = before
    return call


NX = 1 << 63
TRAMPOLINE = 0xff3ea10f80099000
# The first run of the direct map that is above 1M.
HIGH_RAM = min(int(x, 16) for x in re.findall("mapping start=(0x[0-9a-f]+)", TABLES.read_text())
               if int(x, 16) >= 0xff3ea10f80100000)


# --- x86_64: a real boot -------------------------------------------------------------------------------

def test_the_boot_as_it_was(boot):
    assert list(boot.before) == X86
    assert {name: answer for name, (answer, _) in boot.before.items() if answer != "yes"} == {"page_table_isolation": "no"}
    assert boot.before["write_protect"][1] == "CR0.WP (bit 16) is set: cr0=0x0000000080050033"
    assert boot.before["w_xor_x"][1] == "both: nothing of 5.6G"
    assert boot.before["direct_map"][1].endswith(
        "by design, the trampoline to and from real mode below 1M: 8K at 0xff3ea10f80099000-0xff3ea10f8009afff in direct_map")


@pytest.mark.parametrize(("name", "register", "bit"), [
    ("no_execute", "efer", 11), ("write_protect", "cr0", 16), ("user_execution", "cr4", 20), ("user_access", "cr4", 21),
    ("umip", "cr4", 11)])
def test_bits_of_registers(boot, name, register, bit):
    answer, evidence = boot(lambda text: flip(text, register, bit), name)[name]
    assert answer == "no" and f"(bit {bit}) is clear: {register}=0x" in evidence
    answer, evidence = boot(lambda text: without(text, f"register name={register}"),
                            *[n for n, (_, e) in boot.before.items() if f" {register}=0x" in e])[name]
    assert answer == "not known" and f"{register} is not among the registers" in evidence


def test_without_registers(boot):
    """As the reader's own walk leaves them."""
    found = boot(lambda text: without(text, "register"), "no_execute", "write_protect", "user_execution", "user_access", "umip")
    assert all(answer == "not known" and "no registers were read" in why for answer, why in found.values())


# What turns an answer to no, and which others go with it.
TURNS = {
    "w_xor_x": (lambda text: set_bits(text, boot_mapping("text"), lambda attr: attr | 2), "text"),
    "no_execute": (lambda text: flip(text, "efer", 11),),
    "write_protect": (lambda text: flip(text, "cr0", 16),),
    "user_execution": (lambda text: flip(text, "cr4", 20),),
    "user_access": (lambda text: flip(text, "cr4", 21),),
    "umip": (lambda text: flip(text, "cr4", 11),),
    "user_pages": (lambda text: flip(set_bits(text, boot_mapping("text"), lambda attr: attr | 4), "cr4", 20), "user_execution"),
    "direct_map": (lambda text: set_bits(text, HIGH_RAM, lambda attr: attr & ~NX & ~2),),
    "rodata": (lambda text: set_bits(text, boot_mapping("rodata"), lambda attr: attr | 2),),
    "text": (lambda text: set_bits(text, boot_mapping("text"), lambda attr: attr | 2), "w_xor_x"),
}


@pytest.mark.parametrize("name", [name for name in X86 if name != "page_table_isolation"])
def test_each_answer_turns(boot, name):
    assert boot.before[name][0] == "yes"
    change, *others = TURNS[name]
    assert boot(change, name, *others)[name][0] == "no"


def test_isolation(boot):
    text = CAPTURE.read_text()
    assert "name=pti value=n " in text
    found = boot(str, "page_table_isolation", capture_text=text.replace("name=pti value=n ", "name=pti value=y "))
    assert found == {"page_table_isolation": ("yes", "the fact pti is y")}
    absent = re.sub("name=pti value=n .*", 'name=pti absent="nobody tells"', text)
    found = boot(str, "page_table_isolation", capture_text=absent)
    assert found == {"page_table_isolation": ("not known", "the fact pti is absent: nobody tells")}


def test_writable_text_and_rodata(boot):
    at = boot_mapping("text")
    found = boot(lambda text: set_bits(text, at, lambda attr: attr | 2), "text", "w_xor_x")
    assert found["text"] == ("no", f"writable: 16M at 0x{at:016x}-0x{at + (16 << 20) - 1:016x} in text")
    assert found["w_xor_x"] == ("no", f"both: 16M at 0x{at:016x}-0x{at + (16 << 20) - 1:016x} in text")
    at = boot_mapping("rodata")
    answer, evidence = boot(lambda text: set_bits(text, at, lambda attr: attr | 2), "rodata")["rodata"]
    assert answer == "no" and f"0x{at:016x}-0x" in evidence


def test_trampoline(boot):
    """Below 1M it is by design; not above, and not if it can be written, too."""
    at = HIGH_RAM
    answer, evidence = boot(lambda text: set_bits(text, at, lambda attr: attr & ~NX & ~2), "direct_map")["direct_map"]
    assert answer == "no" and f" 0x{at:016x}-0x" in evidence and "by design" in evidence
    found = boot(lambda text: set_bits(text, TRAMPOLINE, lambda attr: attr | 2), "direct_map", "w_xor_x")
    assert found["direct_map"] == ("no", f"executable: 8K at 0x{TRAMPOLINE:016x}-0x{TRAMPOLINE + 8191:016x} in direct_map")
    assert boot(lambda text: set_bits(text, TRAMPOLINE, lambda attr: attr | NX)) == {}


def test_user_pages(boot):
    """SMEP denies what the entries allow."""
    at = boot_mapping("text")

    def user(text):
        return set_bits(text, at, lambda attr: attr | 4)
    assert boot(user) == {}
    found = boot(lambda text: flip(user(text), "cr4", 20), "user_pages", "user_execution")
    answer, evidence = found["user_pages"]
    assert answer == "no"
    assert evidence.startswith(f"reached by user mode and executable: 16M at 0x{at:016x}-0x")
    assert "CR4.SMEP (bit 20) is clear" in evidence


def test_what_cannot_be_read(boot):
    """Nothing bad was found, and something was not read: that is no yes."""
    at = boot_mapping("rodata")

    def lose(text):
        changed, n = re.subn(rf"(mapping start=0x{at:016x} end=\S+ size=\S+) .*", r"\1 unsettled=y", text)
        assert n == 1
        return changed
    found = boot(lose, "w_xor_x", "user_pages", "rodata")
    assert {answer for answer, _ in found.values()} == {"not known"}
    assert all(f"could not be read, from 0x{at:016x} on" in evidence for _, evidence in found.values())


# --- The samples -----------------------------------------------------------------------------------------

def test_efer_is_not_there(safety, write):
    """Without NX no entry is marked; where one is, something else kept EFER away."""
    sample = mappings("x86_64-4level")
    answer, evidence = safety("--mappings", sample)["no_execute"]
    assert answer == "not known" and "efer is not among the registers" in evidence
    text = re.sub("attr=0x8", "attr=0x0", sample.read_text())
    assert safety("--mappings", write(text))["no_execute"][0] == "no"


def test_without_a_capture(safety):
    found = safety("--mappings", TABLES)
    unknown = {name for name, (answer, _) in found.items() if answer == "not known"}
    assert unknown == {"page_table_isolation", "direct_map", "rodata", "text"}
    assert all("--file" in found[name][1] for name in unknown)


def test_i386(safety):
    """Entries of 32 bits."""
    found = safety("--mappings", mappings("i386-2level"))
    assert list(found) == X86
    assert found["w_xor_x"] == ("no", "both: 872.0M in 5 runs, first 0xc0000000-0xc03fffff")
    assert found["no_execute"] == ("no", "entries of 32 bits have no NX bit; entries let the kernel execute 885.0M of 885.0M")
    answer, evidence = found["user_pages"]
    assert answer == "no" and "4K at 0xffbff000-0xffbfffff; CR4.SMEP decides" in evidence


def test_image_in_the_direct_map(safety, write):
    """The kernel's text is executable there by design, to the end of its last page; no other page is."""
    file = capture.GOLDEN / "6.1-686-pae-pae-5g/sys/kernel/debug/kvas"
    assert re.search("start=0xde000000 end=0xde933eff .* name=text ", file.read_text())

    def tables(attr):
        lines = ["kvas_mappings 1", "tables arch=i386 levels=3 root=0x1000"]
        lines += [f"level level={n} size={size} entries=512 mask=0x{(1 << 64) - 1:x}"
                  for n, size in ((1, "4K"), (2, "2M"), (3, "1G"))]
        for start, pages, bits in ((0xc0098000, 1, 0x101), (0xde000000, 0x934, 0x101), (0xde934000, 1, attr)):
            lines.append(f"mapping start=0x{start:08x} end=0x{start + pages * 4096 - 1:08x} size={pages * 4}K level=1 "
                         f"attr=0x{bits:016x}")
        return write(recount("\n".join([*lines, "end"])), "tables")
    answer, evidence = safety("-f", file, "--mappings", tables(NX | 0x101))["direct_map"]
    assert answer == "yes" and evidence.startswith("executable besides the kernel's text: nothing of 8K; besides, by design")
    answer, evidence = safety("-f", file, "--mappings", tables(0x101))["direct_map"]
    assert answer == "no" and "text: 4K at 0xde934000-0xde934fff in " in evidence


def arm64(safety, write, text, kpti="y"):
    """The sample with the capture of the machine it was made for."""
    kvas_text = (ARM64 / "sys/kernel/debug/kvas").read_text()
    assert "name=kpti value=y " in kvas_text
    return safety("-f", write(kvas_text.replace("name=kpti value=y ", f"name=kpti value={kpti} "), "capture"),
                  "--mappings", write(text, "tables"))


def test_arm64(safety, write):
    text = mappings("arm64-48bit").read_text()
    before = arm64(safety, write, text)
    assert "user_execution" not in before and "umip" not in before
    wx = "both: 4K at 0xffff800008020000-0xffff800008020fff in modules; SCTLR_EL1.WXN (bit 19) is "
    assert before["w_xor_x"] == ("no", wx + "clear: sctlr_el1=0x0000000034f4d91d")
    assert before["user_access"] == ("yes", "PSTATE.PAN (bit 22) is set: pan=0x0000000000400000")
    assert before["user_access_entry"] == ("no", "SCTLR_EL1.SPAN (bit 23) is set: sctlr_el1=0x0000000034f4d91d")
    assert {before[name][0] for name in ("no_execute", "write_protect", "page_table_isolation", "user_pages", "direct_map",
                                         "rodata", "text")} == {"yes"}
    assert arm64(safety, write, flip(text, "sctlr_el1", 19))["w_xor_x"] == \
        ("yes", wx + "set: sctlr_el1=0x0000000034fcd91d")
    assert arm64(safety, write, flip(text, "sctlr_el1", 23))["user_access_entry"][0] == "yes"
    assert arm64(safety, write, flip(text, "pan", 22))["user_access"][0] == "no"
    answer, why = arm64(safety, write, without(text, "register name=pan"))["user_access"]
    assert answer == "not known" and "the processor has no PAN" in why
    assert arm64(safety, write, text, kpti="n")["page_table_isolation"][0] == "no"


@pytest.mark.parametrize(("name", "start", "clear"), [
    ("direct_map", 0xffff000000200000, 1 << 53),
    ("text", 0xffffc1a9ba010000, 1 << 7),
    ("rodata", 0xffffc1a9bab80000, 1 << 7),
    # The trampoline of KPTI without PXN.
    ("user_pages", 0xfffffdfffe5f8000, 1 << 53),
])
def test_arm64_entries(safety, write, name, start, clear):
    text = mappings("arm64-48bit").read_text()
    answer, evidence = arm64(safety, write, set_bits(text, start, lambda attr: attr & ~clear))[name]
    assert answer == "no" and f"0x{start:016x}-0x" in evidence


# --- Architectures of which there is no sample -------------------------------------------------------------

def other(arch, levels, attrs, registers=(), size=4096):
    lines = ["kvas_mappings 1", f"tables arch={arch} levels={levels} root=0x80000000"]
    lines += [f"level level={n} size={4 << 10 + 9 * (n - 1) - 10}K entries=512 mask=0x{(1 << 64) - 1:x}"
              for n in range(1, levels + 1)]
    lines += [f"register name={name} value=0x{value:016x}" for name, value in registers]
    lines += [f"mapping start=0x{BASE + n * size:016x} end=0x{BASE + (n + 1) * size - 1:016x} size=4K level=1 attr=0x{attr:016x}"
              for n, attr in enumerate(attrs)]
    return recount("\n".join([*lines, "end"]))


def test_riscv64(safety, write):
    for sum_bit, answer in ((0, "yes"), (1 << 18, "no")):
        found = safety("--mappings", write(other("riscv64", 3, [0x2f, 0x27], [("sstatus", 0x8000000200006000 | sum_bit)])))
        assert found["user_access"][0] == answer and "sstatus.SUM (bit 18)" in found["user_access"][1]
        assert found["user_execution"][0] == found["write_protect"][0] == found["no_execute"][0] == "yes"
        assert found["w_xor_x"][0] == "no" and "page_table_isolation" not in found


def test_s390x(safety, write):
    """Without its facility no entry is marked."""
    for attrs, answer in (([0x0, 0x200], "no"), ([0x100, 0x200], "yes")):
        found = safety("--mappings", write(other("s390x", 3, attrs)))
        assert found["no_execute"][0] == answer
        assert found["user_access"][0] == found["user_execution"][0] == "yes"


def test_ppc64(safety, write):
    found = safety("--mappings", write(other("ppc64", 4, [0x8 | 0x5, 0x8 | 0x6])))
    assert found["user_access"] == ("not known", "AMR decides, which is not published")
    assert found["w_xor_x"][0] == "yes" and "user_execution" not in found
    # A page that user mode reaches, and that the kernel may execute.
    assert safety("--mappings", write(other("ppc64", 4, [0x5])))["user_pages"][0] == "no"


def test_mips64(safety, write):
    """Everything can be executed, and what lies in a window can be written, too."""
    text = other("mips64", 3, [0x1700, 0x1b00]).replace("ffffffffffffffff\n", "0000000000003fc0\n")
    found = safety("--mappings", write(text))
    assert found["w_xor_x"][0] == found["no_execute"][0] == "no"
    assert found["write_protect"][0] == found["user_pages"][0] == "yes"


def test_windows(safety, write, kvas):
    """They allow everything, whatever tables say of other addresses."""
    machine = HERE.parent / "golden/7.2-loong64-5g/sys/kernel/debug/kvas"
    window = "window start=0x9000000000000000 end=0x9000ffffffffffff size=256T"
    text = other("loongarch64", 3, [1 << 62 | 0x1d3]).replace("\nmapping", f"\n{window}\nmapping", 1)
    options = ("--mappings", write(recount(text)), "--file", machine)
    found = safety(*options)
    for name in ("direct_map", "text"):
        assert found[name][0] == "no" and "window of the processor" in found[name][1], found[name]
    assert found["w_xor_x"] == ("no", "the processor has windows for which it asks no table, first 0x9000000000000000-"
                                "0x9000ffffffffffff: all in them can be written and executed")
    whole = kvas("mappings", *options, "--fail-on-wx")
    assert whole.returncode == 1 and "Nothing that tables map is both writable and executable." in whole.stdout
    assert re.search(r"All that is in windows of the processor, for\s+which\s+it\s+asks\s+no\s+table,", whole.stdout)
    assert json.loads(kvas("mappings", *options, "-J").stdout)["tables"]["windows"] == [
        {"start": "0x9000000000000000", "end": "0x9000ffffffffffff"}]
    # What is asked about decides.
    part = kvas("mappings", *options, "--fail-on-wx", "vmalloc")
    assert part.returncode == 0 and "window" not in part.stdout.split("\n\n")[-1]


def test_what_an_upper_level_denies_on_arm(write, output):
    """PXN of a table, for which its pages have no bit."""
    head = ["kvas_mappings 1", "tables arch=arm levels=2 root=0x80000000",
            "level level=1 size=4K entries=256 mask=0xfff", "level level=2 size=1M entries=4096 mask=0xfffff"]
    for upper, access in (("", "r-xU"), (" upper=0x0000000100000000", "r--U")):
        page = f"mapping start=0x00010000 end=0x00010fff size=4K level=1 attr=0x0000000000000a7e{upper}"
        [run] = json.loads(output("mappings", "-J", "--runs", "--mappings", write(recount("\n".join([*head, page, "end"])))))["runs"]
        assert run["access"] == access


def test_unknown_entries(safety, write):
    found = safety("--mappings", write(other("sparc64", 3, [0x1])))
    assert {answer for answer, _ in found.values()} == {"not known"}
    assert "it is not known what page tables of sparc64" in found["w_xor_x"][1]


# --- The forms -----------------------------------------------------------------------------------------------

def test_table(output):
    text = output("mappings", "--safety", *BOOT_OPTIONS, env={"COLUMNS": "80"})
    assert max(map(len, text.splitlines())) <= 80
    assert text.splitlines()[0].split() == ["ANSWER", "QUESTION", "EVIDENCE"]
    assert text.endswith("\n\n11 questions: 10 yes, 1 no, 0 not known.\n")
    assert "Nothing is both" not in text


def test_forms(output, kvas):
    raw = output("mappings", "--safety", "-r", "-o", "NAME,ANSWER", *BOOT_OPTIONS)
    assert raw.splitlines() == ["NAME ANSWER", *[f"{n} {'no' if n == 'page_table_isolation' else 'yes'}" for n in X86]]
    pairs = output("mappings", "--safety", "-P", "-o", "NAME,EVIDENCE", *BOOT_OPTIONS).splitlines()
    assert len(pairs) == len(X86) and pairs[2] == 'NAME="write_protect" EVIDENCE="CR0.WP (bit 16) is set: cr0=0x0000000080050033"'
    document = json.loads(output("mappings", "--safety", "-J", "-o", "NAME", *BOOT_OPTIONS))
    assert document["safety"] == [{"name": n} for n in X86] and document["writable_executable"] == []
    assert [e.message for e in VALIDATOR.iter_errors(document)] == []
    assert output("mappings", "--safety", "--list-columns", "-r").split() == ["NAME", "ANSWER", "QUESTION", "EVIDENCE"]
    red = kvas("mappings", "--safety", "--color=always", *BOOT_OPTIONS).stdout
    assert red.count("\x1b[31m") >= 1
    exact = output("mappings", "--safety", "-b", "-r", "-o", "EVIDENCE", *BOOT_OPTIONS).splitlines()[-1]
    assert exact == r"writable:\x20nothing\x20of\x2016777216"


def test_status(kvas):
    """What is unsafe does not fail, unless --fail-on-wx asks for it."""
    for more, status in (((), 0), (("--fail-on-wx",), 1)):
        assert kvas("mappings", "--safety", "--mappings", mappings("x86_64-4level"), *more).returncode == status
    assert kvas("mappings", "--safety", "--fail-on-wx", *BOOT_OPTIONS).returncode == 0


def test_wrong_usage(refused):
    here = ("mappings", "--safety", *BOOT_OPTIONS)
    for more in (["--runs"], ["--since", mappings("x86_64-4level")]):
        assert "exclude each other" in refused(*here, *more)
    for more in (["--access=+x"], ["--from=0x0"], ["--to=0xffffffffffffffff"], ["text"]):
        assert "--safety asks about all that is mapped" in refused(*here, *more)


def test_manual_has_each_question():
    text = (READER / "kvas.1").read_text()
    names = set(re.findall(r"^\.It Cm ([a-z_]+(?: , [a-z_]+)*)$", text, re.M))
    names = {name for group in names for name in group.split(" , ")}
    assert set(X86) | {"user_access_entry"} <= names
