# SPDX-License-Identifier: GPL-2.0-only
"""kvas where: region, module, physical address and alias of an address."""

import json
import re
import shutil
import subprocess

import pytest

import capture
from capture import Capture, build, region
from conftest import PATIENCE, clean_environment

SAMPLE = next(p for p in capture.SAMPLES if p.stem == "x86_64-4level")
CAP = Capture(SAMPLE)
DIRECT_MAP = CAP.regions["direct_map"][0]
MODULES = CAP.regions["modules"][0]


def ask(output, *args):
    return json.loads(output("where", "-J", *args))["where"]


@pytest.fixture
def failed(kvas):
    """Why there is no answer to a query: a row, status 1, and nothing on standard error."""
    def call(*args):
        result = kvas("where", "-J", *args)
        assert result.returncode == 1 and result.stderr == "", result.stderr
        [row] = json.loads(result.stdout)["where"]
        assert set(row) == {"query", "error"} and row["query"] == str(args[-1])
        table = kvas("where", "-n", "-o", "ADDR,NOTE", *args)
        assert table.returncode == 1 and table.stdout.strip() == row["error"]
        return row["error"]
    return call


# --- Regions -----------------------------------------------------------------------------

@capture.on_each
def test_both_ends_of_each_region(output, path):
    cap = Capture(path)
    around = {0, cap.top}
    for start, end, _ in cap.pieces.values():
        around |= {start, end, max(start - 1, 0), min(end + 1, cap.top)}
    addresses = [cap.address(addr) for addr in sorted(around)]
    for address, answer in zip(addresses, ask(output, "-f", path, *addresses), strict=True):
        name = cap.innermost(int(address, 16))
        assert answer["addr"] == address
        assert answer["regions"] == ([n.split()[0] for n in cap.chain(name)] if name else [])
        assert answer["kind"] == (cap.pieces[name][2].get("kind") if name else None)
        if name:
            assert int(answer["offset"], 16) == int(address, 16) - cap.pieces[name][0]
        else:
            assert answer["offset"] is None


@capture.on_each
def test_witnesses_are_recognised(output, path):
    cap = Capture(path)
    answers = ask(output, "-f", path, *(cap.address(addr) for _, addr in cap.witnesses))
    first = {}
    for name, addr in cap.witnesses:
        first.setdefault(addr, name)
    assert [a["witness"] for a in answers] == [first[addr] for _, addr in cap.witnesses]


def test_holes_have_neighbours(output):
    def hole(address):
        return output("where", "-n", "-o", "IN", "-f", SAMPLE, address).strip()
    assert hole("0xffffffff00000000") == "unused hole between efi_runtime and image_window"
    assert hole("0xffffffffffffffff") == "unused hole above fixmap"
    assert hole("0xffffffffff000000") == "unused hole between modules and fixmap"


def test_hole_at_the_bottom(output, write):
    path = write(build([region("r", 0x10000, 0x1ffff)]))
    assert output("where", "-n", "-o", "IN", "-f", path, "0x1").strip() == "unused hole below r"
    assert output("where", "-n", "-o", "IN", "-f", write(build([])), "0x1").strip() == "unused hole"


# --- Physical addresses ----------------------------------------------------------------------

def test_direct_map(output):
    [answer] = ask(output, "-f", SAMPLE, hex(DIRECT_MAP + 0x12345678))
    assert answer["phys"] == "0x0000000012345678"
    assert answer["alias"] is None


def test_image_and_its_alias(output):
    start, _, text = CAP.regions["text"]
    phys = int(text["phys"], 16) + 0x1234
    [image] = ask(output, "-f", SAMPLE, hex(start + 0x1234))
    assert image["phys"] == CAP.address(phys)
    assert image["alias"] == CAP.address(DIRECT_MAP + phys)
    [alias] = ask(output, "-f", SAMPLE, image["alias"])
    assert alias["phys"] == image["phys"]
    assert alias["alias"] == image["addr"]


def test_freed_init_memory_has_no_alias_in_the_image(output):
    phys = int(CAP.regions["init"][2]["phys"], 16)
    [answer] = ask(output, "-f", SAMPLE, hex(DIRECT_MAP + phys + 0x40000))
    assert answer["phys"] and answer["alias"] is None


@pytest.mark.parametrize("name", ["vmalloc", "vmemmap", "modules", "user", "fixmap", "image_window"])
def test_what_the_layout_does_not_determine(output, name):
    start = CAP.regions[name][0]
    [answer] = ask(output, "-f", SAMPLE, hex(start + 0x10))
    assert answer["phys"] is None and answer["alias"] is None


def test_device_memory(output):
    path = next(p for p in capture.SAMPLES if p.stem == "x86_64-device-memory")
    cap = Capture(path)
    for r in cap.of("memory"):
        address = cap.address(int(r["start"], 16) + 0x1234)
        [answer] = ask(output, "-f", path, address)
        assert answer["regions"] == ["direct_map", "zone_device"] and answer["kind"] == r["kind"]
        assert (answer["offset"], answer["alias"]) == ("0x1234", None)
        assert int(answer["phys"], 16) == int(r["phys"], 16) + 0x1234
        assert output("where", "-n", "-o", "IN", "-f", path, address).strip() == \
            f"direct_map > zone_device ({r['kind']})"


def test_beyond_the_memory_there_is(output):
    end = int(CAP.regions["direct_map"][2]["populated_end"], 16)
    last, behind = ask(output, "-f", SAMPLE, hex(end), hex(end + 1))
    assert last["phys"] == CAP.address(end - DIRECT_MAP)
    assert behind["phys"] is None


def test_no_guess_where_nothing_is_published(output, write):
    records = [region("direct_map", 0xffff000000000000, 0xffff00ffffffffff)]
    for arch in "x86_64", "arm64":
        path = write(build(records, arch=arch))
        assert ask(output, "-f", path, "0xffff000000001000")[0]["phys"] is None
    records[0] += " phys=0x0000000040000000"
    path = write(build(records, arch="arm64"))
    assert ask(output, "-f", path, "0xffff000000001000")[0]["phys"] == "0x0000000040001000"


def s390x(map_start, lowcore, more=""):
    size = 1 << 30
    return build([region("direct_map", map_start, map_start + size - 1, more="phys=0x0000000000000000"),
                  region("lowcore", lowcore, lowcore + 0x1fff, more=more)], arch="s390x")


@pytest.mark.parametrize("map_start, lowcore, more, unknown, known", [
    (0, 0, "parent=direct_map", [0, 0x1fff], [0x2000]),
    # relocate_lowcore
    (0, 0x70000, "parent=direct_map", [0, 0x1fff, 0x70000, 0x71fff], [0x2000, 0x6ffff, 0x72000]),
    # CONFIG_RANDOMIZE_IDENTITY_BASE
    (1 << 40, 0, "", [0, 0x1fff, 1 << 40, (1 << 40) + 0x1fff], [(1 << 40) + 0x2000]),
])
def test_the_lowcore_is_each_cpus_own(output, write, map_start, lowcore, more, unknown, known):
    path = write(s390x(map_start, lowcore, more))
    for answer in ask(output, "-f", path, *map(hex, unknown)):
        assert answer["phys"] is None and answer["alias"] is None, answer
    for answer in ask(output, "-f", path, *map(hex, known)):
        assert int(answer["phys"], 16) == int(answer["addr"], 16) - map_start


# --- Symbols and modules ------------------------------------------------------------------------

@pytest.fixture
def sysroot(tmp_path):
    """A saved machine, by hand."""
    def put(path, text):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "sys/kernel/debug").mkdir(parents=True)
    shutil.copy(SAMPLE, tmp_path / "sys/kernel/debug/kvas")
    text = CAP.regions["text"][0]
    put("proc/kallsyms", "0000000000000000 A fixed_percpu_data\n"
        f"{text:016x} T _text\n{text + 0xa3c2d0:016x} T schedule\n{text + 0xa3c2d0:016x} T schedule_alias\n"
        f"{text + 0x100:016x} t twice\n{text + 0x200:016x} t twice\n"
        f"{MODULES + 0x409010:016x} t kvas_open\t[kvas]\n")
    put("proc/modules", f"kvas 28672 0 - Live 0x{MODULES + 0x409000:016x} (OE)\n"
        f"other 28672 0 - Live 0x{MODULES + 0x500000:016x}\n")
    for module, section, offset in (("kvas", ".text", 0x409000), ("kvas", ".data", 0x40c000),
                                    ("kvas", ".init.text", 0), ("other", ".text", 0x500000)):
        addr = MODULES + offset if offset else 0
        put(f"sys/module/{module}/sections/{section}", f"0x{addr:016x}\n")
    put("proc/vmallocinfo", "".join(
        f"0x{MODULES + start:016x}-0x{MODULES + end:016x} {end - start:7} move_module\n"
        for start, end in ((0x409000, 0x40b000), (0x40c000, 0x40e000), (0x500000, 0x507000), (0x600000, 0x601000))))
    return tmp_path


def test_symbols(output, sysroot):
    text = CAP.regions["text"][0]
    [answer] = ask(output, "--sysroot", sysroot, "schedule")
    assert answer["query"] == "schedule"
    assert answer["addr"] == CAP.address(text + 0xa3c2d0)
    assert answer["regions"] == ["image_window", "image", "text"]
    [answer] = ask(output, "--sysroot", sysroot, "schedule+0x10")
    assert answer["addr"] == CAP.address(text + 0xa3c2e0)
    [answer] = ask(output, "--sysroot", sysroot, "kvas_open")
    assert answer["module"]["name"] == "kvas"


def test_all_symbols_of_a_name(output, sysroot):
    text = CAP.regions["text"][0]
    answers = ask(output, "--sysroot", sysroot, "twice")
    assert [a["addr"] for a in answers] == [CAP.address(text + 0x100), CAP.address(text + 0x200)]


def test_symbols_without_an_address_hide_no_others(output, failed, sysroot):
    """A per-CPU variable of the name of a function, and an absolute symbol."""
    text = CAP.regions["text"][0]
    with (sysroot / "proc/kallsyms").open("a") as f:
        f.write(f"0000000000012340 D shared\n{text + 0x300:016x} t shared\n0000000000000040 A shared\n"
                "0000000000000010 A number\n0000000000012380 D number\n")
    assert [a["addr"] for a in ask(output, "--sysroot", sysroot, "shared+1")] == [CAP.address(text + 0x301)]
    # An answer to another question does not stand in.
    assert "it has no address of its own" in failed("--sysroot", sysroot, "number")


@pytest.mark.parametrize("label", ("$d", ".LVL50", "L0"))
def test_labels_of_the_compiler_name_nothing(output, sysroot, label):
    text = CAP.regions["text"][0]
    with (sysroot / "proc/kallsyms").open("a") as f:
        f.write(f"{text + 0xa3c2d4:016x} t {label}\n")
    assert [a["symbol"] for a in ask(output, "--sysroot", sysroot, f"{text + 0xa3c2e0:#x}")] == ["schedule+0x10"]


def test_words_that_are_not_utf8(binary, sysroot):
    """JSON is; so what is not is written as in the table."""
    text = CAP.regions["text"][0]
    with (sysroot / "proc/kallsyms").open("ab") as f:
        f.write(b"%016x t caf\xe9\n" % text)
    result = subprocess.run([binary, "where", "-J", "--sysroot", sysroot, b"caf\xe9"], capture_output=True,
                            env=clean_environment(), timeout=PATIENCE)
    assert result.returncode == 0 and result.stderr == b""
    [answer] = json.loads(result.stdout)["where"]
    assert (answer["query"], answer["addr"]) == ("caf\\xe9", CAP.address(text))


def test_words_that_are_utf8(output, sysroot):
    with (sysroot / "proc/kallsyms").open("a", encoding="utf-8") as f:
        f.write(f"{CAP.regions['text'][0]:016x} t café\n")
    assert ask(output, "--sysroot", sysroot, "café")[0]["query"] == "café"


def test_all_symbols_of_a_name_however_many(output, sysroot):
    text = CAP.regions["text"][0]
    with (sysroot / "proc/kallsyms").open("a") as f:
        f.writelines(f"{text + i * 16:016x} t cleanup\n" for i in range(100))
    assert [a["addr"] for a in ask(output, "--sysroot", sysroot, "cleanup", "schedule", "cleanup+1")] == [
        CAP.address(text + addr) for addr in (*range(0, 1600, 16), 0xa3c2d0, *range(1, 1601, 16))]


@pytest.mark.parametrize("offset, number", [
    ("010", 10), ("0x10", 16), ("0X10", 16), ("08", 8), ("0", 0), ("0x00000000000000000001", 1),
])
def test_offsets(output, sysroot, offset, number):
    [answer] = ask(output, "--sysroot", sysroot, f"schedule+{offset}")
    assert answer["addr"] == CAP.address(CAP.regions["text"][0] + 0xa3c2d0 + number)


def test_the_last_offset_there_is(output, failed, sysroot):
    most = CAP.top - CAP.regions["text"][0]
    [answer] = ask(output, "--sysroot", sysroot, f"_text+{most}")
    assert int(answer["addr"], 16) == CAP.top
    assert "beyond the end of the address space" in failed("--sysroot", sysroot, f"_text+{most + 1}")


def test_modules(output, sysroot):
    def module(offset):
        return ask(output, "--sysroot", sysroot, hex(MODULES + offset))[0]["module"]
    place = module(0x40c020)
    assert (place["name"], place["section"]) == ("kvas", ".data")
    assert place["section_start"] == CAP.address(MODULES + 0x40c000)
    assert (place["start"], place["end"]) == (CAP.address(MODULES + 0x40c000), CAP.address(MODULES + 0x40dfff))
    assert module(0x409000)["section"] == ".text"
    assert module(0x506fff)["name"] == "other"
    # Between two allocations, in one without a module's section, above all.
    assert module(0x40b800) is None
    assert module(0x600800) is None
    assert module(0x700000) is None
    row = output("where", "-n", "-o", "MODULE", "--sysroot", sysroot, hex(MODULES + 0x40c020))
    assert row.strip() == "kvas .data+0x20"


def test_modules_where_areas_are_hidden(output, sysroot):
    """vmallocinfo prints hashes by default; symbols show how far a module surely reaches."""
    file = sysroot / "proc/vmallocinfo"
    file.write_text(re.sub(r"0x\w+-0x\w+", "0x00000000b9a3f1c3-0x00000000e4e1fd2a", file.read_text()))
    with (sysroot / "proc/kallsyms").open("a") as f:
        f.write(f"{MODULES + 0x40b020:016x} t kvas_release\t[kvas]\n")
    for offset, section in ((0x409800, ".text"), (0x40a800, ".text"), (0x40b800, ".text"), (0x40c020, ".data"),
                            (0x500020, ".text"), (0x40d000, None), (0x506fff, None), (0x408fff, None)):
        [answer] = ask(output, "--sysroot", sysroot, hex(MODULES + offset))
        module = answer["module"]
        assert (module and module["section"]) == section, hex(offset)
        assert answer["area"] is None and "in no area" not in (answer["note"] or "")
        assert not module or (module["start"], module["end"]) == (None, None)
    assert output("where", "-o", "MODULE_RANGE", "-n", "--sysroot", sysroot, hex(MODULES + 0x40c020)).strip() == ""


def test_freed_sections_name_no_module(output, sysroot):
    """sections/ of kvas goes on naming its init memory, which now is other's."""
    for section, offset in ((".init.text", 0x502000), (".init.rodata", 0x502800), (".symtab", 0x503000),
                            (".strtab", 0x504000)):
        (sysroot / "sys/module/kvas/sections" / section).write_text(f"0x{MODULES + offset:016x}\n")
    for offset in (0x502010, 0x502810, 0x503010, 0x504010):
        [answer] = ask(output, "--sysroot", sysroot, hex(MODULES + offset))
        assert (answer["module"]["name"], answer["module"]["section"]) == ("other", ".text")
    # What begins with the same letters and is kept counts.
    (sysroot / "sys/module/kvas/sections/.symtab_shndx").write_text(f"0x{MODULES + 0x505000:016x}\n")
    assert ask(output, "--sysroot", sysroot, hex(MODULES + 0x505000))[0]["module"]["name"] == "kvas"


VMALLOC = CAP.regions["vmalloc"][1] - 0x5fffff


def test_the_area_in_vmalloc(output, sysroot):
    path = sysroot / "proc/vmallocinfo"
    with open(path, "a") as file:
        file.write(f"{VMALLOC:#x}-{VMALLOC + 0x200000:#x} 2097152 pcpu_get_vm_areas+0x0/0x1000 vmalloc\n"
                   f"{VMALLOC + 0x200000:#x}-{VMALLOC + 0x205000:#x}   20480 kernel_clone+0x9b/0x3a0 pages=4 vmalloc N0=4\n"
                   f"{VMALLOC + 0x300000:#x}-{VMALLOC + 0x305000:#x}   20480 unpurged vm_area\n")

    def found(offset):
        [answer] = ask(output, "--sysroot", sysroot, hex(VMALLOC + offset))
        assert answer["module"] is None and answer["regions"] == ["vmalloc"]
        return answer["area"] and (answer["area"]["caller"], answer["area"]["percpu"])
    assert found(0x1234) == ("pcpu_get_vm_areas", True)
    assert found(0x200000) == ("kernel_clone", False)
    assert found(0x300000) == ("unpurged vm_area", False)
    assert found(0x400000) is None
    [answer] = ask(output, "--sysroot", sysroot, hex(VMALLOC))
    assert (answer["area"]["start"], answer["area"]["end"]) == (CAP.address(VMALLOC), CAP.address(VMALLOC + 0x1fffff))
    row = output("where", "-n", "-o", "IN,AREA", "--sysroot", sysroot, hex(VMALLOC + 0x1234))
    assert row.split() == ["vmalloc", ">", "per-CPU", "chunk", "pcpu_get_vm_areas"]
    assert ask(output, "-f", SAMPLE, hex(VMALLOC + 0x1234))[0]["area"] is None


def test_a_capture_has_no_modules(output):
    assert ask(output, "-f", SAMPLE, hex(MODULES + 0x409010))[0]["module"] is None


def test_system_map_where_kallsyms_hides(output, failed, sysroot):
    """Addresses as linked, moved to where the layout says the text is."""
    (sysroot / "proc/kallsyms").write_text("0000000000000000 T _text\n0000000000000000 T schedule\n")
    assert "shows no addresses" in failed("--sysroot", sysroot, "schedule")
    (sysroot / "boot").mkdir()
    (sysroot / "boot/System.map-6.12.0-sample").write_text(
        "0000000000000000 D fixed_percpu_data\nffffffff81000000 T _text\nffffffff81a3c2d0 T schedule\n")
    [answer] = ask(output, "--sysroot", sysroot, "schedule")
    assert answer["addr"] == CAP.address(CAP.regions["text"][0] + 0xa3c2d0)
    (sysroot / "proc/kallsyms").unlink()
    assert ask(output, "--sysroot", sysroot, "schedule") == [answer]
    # It did not move with the image.
    assert "there is no symbol" in failed("--sysroot", sysroot, "fixed_percpu_data")
    (sysroot / "boot/System.map-6.12.0-sample").unlink()
    assert "cannot be read" in failed("--sysroot", sysroot, "schedule")


# --- Machines as they are ------------------------------------------------------------------------

each_machine = pytest.mark.parametrize("machine", capture.MACHINES, ids=lambda p: p.name)


@each_machine
def test_the_witness_function_by_its_name(output, machine):
    cap = Capture(machine / "sys/kernel/debug/kvas")
    w = next(w for w in cap.of("witness") if w["name"] == "kernel_function")
    [answer] = ask(output, "--sysroot", machine, w["source"])
    assert answer["addr"] == w["addr"]
    assert answer["witness"] == "kernel_function"
    assert answer["regions"][-1] == "text"


@each_machine
def test_the_module_of_its_own_witnesses(output, machine):
    cap = Capture(machine / "sys/kernel/debug/kvas")
    for name, section in (("module_function", ".text"), ("module_data", ".data"), ("module_bss", ".bss"),
                          ("module_constant", ".rodata")):
        addr = dict(cap.witnesses)[name]
        [answer] = ask(output, "--sysroot", machine, hex(addr))
        assert answer["module"]["name"] == "kvas"
        assert answer["module"]["section"] == section


@pytest.mark.parametrize("machine", capture.NATIVE, ids=lambda p: p.name)
def test_physical_addresses_are_those_of_iomem(output, machine):
    cap = Capture(machine / "sys/kernel/debug/kvas")
    lines = (machine / "proc/iomem").read_text().splitlines()
    for title, name in (("Kernel code", "text"), ("Kernel data", "data"), ("Kernel bss", "bss")):
        start = int(next(line for line in lines if line.endswith(title)).split("-")[0], 16)
        [answer] = ask(output, "--sysroot", machine, cap.regions[name][2]["start"])
        assert int(answer["phys"], 16) == start
        assert int(answer["alias"], 16) == cap.regions["direct_map"][0] + start


# --- Questions without an answer ---------------------------------------------------------------

@pytest.mark.parametrize("query, said", [
    ("no_such_symbol", "there is no symbol 'no_such_symbol'"),
    ("schedule+x", "the offset after + must be a number"),
    ("schedule+", "the offset after + must be a number"),
    ("schedule+-1", "the offset after + must be a number"),
    ("schedule+ 1", "the offset after + must be a number"),
    ("schedule+0x", "the offset after + must be a number"),
    ("schedule+0x-1", "the offset after + must be a number"),
    ("schedule+0x0x1", "the offset after + must be a number"),
    ("schedule+1+1", "the offset after + must be a number"),
    ("schedule+10a", "the offset after + must be a number"),
    ("schedule+1/x", "the size after / must be a number"),
    ("schedule+1/", "the size after / must be a number"),
    ("schedule [", "there is no symbol 'schedule ['"),
    ("kvas_open [other]", "there is no symbol 'kvas_open' of a module 'other'"),
    ("vmalloc", "there is no symbol 'vmalloc' in"),
    ("vmalloc", "but a region, from 0xffff"),
    ("schedule+18446744073709551616", "the offset after + is larger than 64 bits can hold"),
    ("schedule+0x10000000000000000", "the offset after + is larger than 64 bits can hold"),
    ("schedule+0xffffffffffffffff", "beyond the end of the address space"),
    ("fixed_percpu_data", "has no address of its own"),
    ("0x10000000000000000", "is no address of this 64-bit kernel"),
    ("0x", "there is no symbol '0x'"),
    ("12345", "there is no symbol '12345'"),
    ("", "there is no symbol ''"),
])
def test_no_answer(failed, sysroot, query, said):
    assert said in failed("--sysroot", sysroot, query)


def test_symbols_need_a_machine(failed):
    assert "a capture holds no symbols" in failed("-f", SAMPLE, "schedule")


def test_nothing_asked(refused):
    assert "where needs an address or a symbol" in refused("where", "-f", SAMPLE)


def test_address_without_prefix(output):
    assert ask(output, "-f", SAMPLE, "ffffffff93a3c2d0")[0]["addr"] == "0xffffffff93a3c2d0"
    path = next(p for p in capture.SAMPLES if p.stem == "powerpc-32")
    assert ask(output, "-f", path, "C0001000")[0]["addr"] == "0xc0001000"


def test_address_beyond_32_bits(failed):
    path = next(p for p in capture.SAMPLES if p.stem == "powerpc-32")
    assert "is no address of this 32-bit kernel" in failed("-f", path, "0x100000000")


# --- Several queries, and queries as oopses print them -----------------------------------------

SCHEDULE = CAP.regions["text"][0] + 0xa3c2d0


def test_what_fails_leaves_the_others(kvas, sysroot):
    result = kvas("where", "-J", "--sysroot", sysroot, "nosuch", "schedule", "schedule+x", "0x10")
    rows = json.loads(result.stdout)["where"]
    assert result.returncode == 1 and result.stderr == ""
    assert [row["query"] for row in rows] == ["nosuch", "schedule", "schedule+x", "0x10"]
    assert [bool(row["error"]) for row in rows] == [True, False, True, False]
    assert rows[1]["addr"] == CAP.address(SCHEDULE)


def test_the_query_is_a_column_of_several(kvas, sysroot):
    def heading(*queries):
        return kvas("where", "--sysroot", sysroot, *queries).stdout.split("\n")[0].split()[0]
    assert heading("schedule") == "ADDR"
    assert heading("schedule", "nosuch") == "QUERY"
    # Of one symbol that is at two addresses nobody asked twice.
    assert heading("twice") == "ADDR"


def test_queries_from_standard_input(kvas, sysroot):
    lines = "schedule\n  0x10 \t kvas_open+0x4/0x10 [kvas]\nschedule+0x10/0x200\n"
    result = kvas("where", "-J", "--sysroot", sysroot, "-", stdin=lines)
    rows = json.loads(result.stdout)["where"]
    assert [row["query"] for row in rows] == ["schedule", "0x10", "kvas_open+0x4/0x10 [kvas]", "schedule+0x10/0x200"]
    assert [row["addr"] for row in rows] == [CAP.address(a) for a in (
        SCHEDULE, 0x10, MODULES + 0x409014, SCHEDULE + 0x10)]
    assert result.returncode == 0


def test_standard_input_once(refused):
    assert "only once" in refused("where", "-f", "-", "-", stdin="x")
    assert "only once" in refused("where", "-f", SAMPLE, "-", "-", stdin="0x10")


@pytest.mark.parametrize("words", [["kvas_open+0x4/0x10", "[kvas]"], ["kvas_open+0x4/0x10 [kvas]"],
                                   ["kvas_open+0x4/0x10 [kvas 0123456789abcdef]"], ["kvas_open+4 [kvas]"],
                                   ["kvas_open+0x4/0x10"]])
def test_as_an_oops_prints_it(output, sysroot, words):
    [row] = ask(output, "--sysroot", sysroot, *words)
    assert row["addr"] == CAP.address(MODULES + 0x409014)


def test_the_size_tells_which_of_a_name(output, sysroot):
    """Up to the next symbol: 0x100 bytes of one and 0xa3c0d0 of the other."""
    text = CAP.regions["text"][0]
    [row] = ask(output, "--sysroot", sysroot, "twice+0x4/0x100")
    assert row["addr"] == CAP.address(text + 0x104) and row["note"] is None
    [row] = ask(output, "--sysroot", sysroot, "twice+0x4/0xa3c0d0")
    assert row["addr"] == CAP.address(text + 0x204)
    rows = ask(output, "--sysroot", sysroot, "twice+0x4/0x77")
    assert len(rows) == 2 and all("another build" in row["note"] for row in rows)


# --- Symbols, holes and what is special ----------------------------------------------------------

def test_the_symbol_of_an_address(output, sysroot):
    text = CAP.regions["text"][0]

    def symbol(addr):
        return ask(output, "--sysroot", sysroot, hex(addr))[0]["symbol"]
    # Of two names of one address the first, as the kernel has it.
    assert symbol(SCHEDULE + 0x10) == "schedule+0x10"
    assert symbol(text) == "_text+0x0"
    assert symbol(text + 0x1ff) == "twice+0xff"
    assert symbol(MODULES + 0x409020) == "kvas_open+0x10"
    assert symbol(MODULES + 0x409008) is None
    assert symbol(MODULES + 0x40c020) is None, "data, and the symbol is of code"
    assert symbol(MODULES + 0x500010) is None, "another module"
    assert symbol(DIRECT_MAP + 0x1000) is None
    assert symbol(0x10) is None
    row = output("where", "-n", "-o", "SYMBOL", "--sysroot", sysroot, hex(SCHEDULE + 0x10))
    assert row.strip() == "schedule+0x10"
    assert ask(output, "-f", SAMPLE, hex(SCHEDULE))[0]["symbol"] is None


def test_data_has_symbols_only_if_the_kernel_lists_them(output, sysroot):
    data = CAP.regions["data"][0]
    with open(sysroot / "proc/kallsyms", "a") as file:
        file.write(f"{data + 0x40:016x} d jiffies_lock\n")
    path = sysroot / "sys/kernel/debug/kvas"
    *lines, end = path.read_text().splitlines()
    for value, symbol in (("y", "jiffies_lock+0x4"), ("n", None)):
        more = f"config  name=CONFIG_KALLSYMS_ALL value={value}"
        path.write_text("\n".join([*lines, more, f"end     records={len(lines)}"]) + "\n")
        assert ask(output, "--sysroot", sysroot, hex(data + 0x44))[0]["symbol"] == symbol


def test_a_hole_is_named_as_in_the_table(output):
    addr = 0xffffffff00000000
    [row] = ask(output, "-f", SAMPLE, hex(addr))
    assert row["in"] == output("where", "-n", "-o", "IN", "-f", SAMPLE, hex(addr)).strip()
    below, above = CAP.regions["efi_runtime"], CAP.regions["image_window"]
    assert row["hole"] == {"start": CAP.address(below[1] + 1), "end": CAP.address(above[0] - 1),
                           "below": "efi_runtime", "above": "image_window"}
    assert ask(output, "-f", SAMPLE, hex(DIRECT_MAP))[0]["hole"] is None


def note(output, *args):
    return ask(output, *args)[0]["note"]


def test_beyond_the_memory_in_use_is_said(output):
    end = int(CAP.regions["direct_map"][2]["populated_end"], 16)
    assert note(output, "-f", SAMPLE, hex(end)) is None
    assert note(output, "-f", SAMPLE, hex(end + 1)) == \
        f"beyond the memory in use, which ends at {CAP.address(end)}"


def test_must_anything_be_mapped_there(output, sysroot):
    """In a region of which the kernel maps only what it hands out."""
    assert "nothing need be mapped here" in note(output, "-f", SAMPLE, hex(MODULES))
    args = ("--sysroot", sysroot)
    assert note(output, *args, hex(MODULES)) == "nothing is mapped here now: in no area of vmalloc()"
    assert note(output, *args, hex(MODULES + 0x408ff8)) == \
        "nothing is mapped here now; 0x8 bytes below the area of move_module"
    assert note(output, *args, hex(MODULES + 0x409010)) is None
    (sysroot / "proc/vmallocinfo").write_text(
        f"0x{VMALLOC:016x}-0x{VMALLOC + 0x5000:016x}   20480 kernel_clone+0x9b/0x3a0 pages=4 vmalloc N0=4\n")
    assert note(output, *args, hex(VMALLOC + 0x3fff)) is None
    assert "guard page after the area of kernel_clone" in note(output, *args, hex(VMALLOC + 0x4000))
    # The kernel shows zeros instead of addresses.
    (sysroot / "proc/vmallocinfo").write_text("0x0000000000000000-0x0000000000000000 20480 x pages=4 vmalloc\n")
    assert "nothing need be mapped here" in note(output, *args, hex(MODULES))


def test_freed_memory_is_said(output):
    assert "freed after boot" in note(output, "-f", SAMPLE, hex(CAP.regions["init"][0]))
