# SPDX-License-Identifier: GPL-2.0-only
"""kvas verify where a source is missing, where a capture lacks something, and on hostile files."""

import os
import random
import re
import shutil
import zlib

import pytest

import capture
from saved import (GOLDEN, MAIN, RELEASE, cell, change_lines, core_file, disputes, drop, edit, judged,
                   on_all, replace_record)

# --- A source can be missing -------------------------------------------------

MISSING = {
    "proc/kcore": ("kcore", "region vmalloc.start"),
    "proc/kcore.words": ("memory", "region vmalloc.start"),
    "proc/kallsyms": ("kallsyms", "section text.end"),
    "proc/iomem": ("iomem", "section text.phys"),
    "proc/meminfo": ("meminfo", "region vmalloc.size"),
    "proc/vmallocinfo": ("vmallocinfo", "region vmalloc.start"),
    "proc/modules": ("modules", "region modules.start"),
    "proc/cpuinfo": ("cpu", "fact pa_bits.value"),
    "proc/self/maps": ("maps", "fact user_limit.value"),
    "sys/kernel/notes": ("notes", "kernel kernel.build_id"),
    "kvas.measured": ("calls", "kernel kernel.machine"),
    f"boot/config-{RELEASE}": ("config", "config CONFIG_SMP.value"),
    f"boot/System.map-{RELEASE}": ("System.map", "section text.end"),
}


@pytest.mark.parametrize("how", ["gone", "empty", "a pipe"])
@pytest.mark.parametrize("path", MISSING)
def test_what_is_missing_is_said(path, how, copy, verify):
    source, value = MISSING[path]
    machine = copy()
    (machine / path).unlink()
    if how == "empty":
        (machine / path).touch()
    elif how == "a pipe":
        os.mkfifo(machine / path)
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0
    assert cell(document, source, value)["verdict"] == "cannot say"
    assert cell(document, source, value)["why"]


@on_all
def test_a_file_less_is_no_disagreement(machine, copy, plain_verify):
    """What is not known is not said: each file of the machine is taken away in turn."""
    machine = copy(machine)
    held = [p for p in sorted(machine.rglob("*")) if p.is_file() and p.name != "MANIFEST"
            and p != machine / "sys/kernel/debug/kvas"]
    for path in held:
        data = path.read_bytes()
        path.unlink()
        document, status = plain_verify(machine)
        assert disputes(document) == set() and status == 0, path
        path.write_bytes(data)


@on_all
@pytest.mark.parametrize("path", ["boot", "proc/iomem", "proc/cmdline", "proc/meminfo", "kvas.measured"])
def test_an_empty_file_is_no_disagreement(machine, path, copy, plain_verify):
    machine = copy(machine)
    for file in [machine / path] if (machine / path).is_file() else (machine / path).glob("config-*"):
        file.write_bytes(b"")
    document, status = plain_verify(machine)
    assert disputes(document) == set() and status == 0


@on_all
def test_hidden_memory_is_no_disagreement(machine, copy, verify):
    """Without CAP_SYS_ADMIN all of /proc/iomem is at 0."""
    machine = copy(machine)
    path = machine / "proc/iomem"
    path.write_text(re.sub(r"\b[0-9a-f]{8,16}\b", lambda m: "0" * len(m[0]), path.read_text()))
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0


def test_a_capture_alone_verifies_nothing(kvas, verify, tmp_path):
    machine = tmp_path / "bare"
    (machine / "sys/kernel/debug").mkdir(parents=True)
    shutil.copy(MAIN / "sys/kernel/debug/kvas", machine / "sys/kernel/debug")
    document, _ = verify(machine)
    result = kvas("verify", "--sysroot", machine)
    assert result.returncode == 1
    assert "unverified" in result.stdout and "there is no /proc/kcore" in result.stdout
    assert result.stdout.startswith(f"Nothing could be checked of {document['summary']['values']} values.\n")
    summary = document["summary"]
    assert summary["checked"] == summary["disagree"] == 0 and summary["consistent"] > 100
    assert summary["by_number_of_sources"] == {"0": summary["values"]}


@pytest.mark.parametrize("machine", capture.FOREIGN, ids=lambda p: p.name)
def test_a_capture_of_another_architecture_verifies_nothing_alone(machine, verify, tmp_path):
    (tmp_path / "bare/sys/kernel/debug").mkdir(parents=True)
    shutil.copy(machine / "sys/kernel/debug/kvas", tmp_path / "bare/sys/kernel/debug")
    document, status = verify(tmp_path / "bare")
    assert {v["name"] for v in document["values"] if v["verdict"] in ("agrees", "allows")} == set() and status == 1


@pytest.mark.parametrize("arch, records", [
    ("loongarch64", [capture.region("direct_map", 0x9000000000000000, 0x9000ffffffffffff, more="phys=0x0000000000000000"),
                     capture.region("uncached", 0x8000000000000000, 0x8000ffffffffffff)]),
    ("mips64", [capture.region("xkphys", 0x8000000000000000, 0xbfffffffffffffff),
                capture.region("ckseg0", 0xffffffff80000000, 0xffffffff9fffffff),
                "fact name=va_bits value=40 unit=bits source=x route=cpu"]),
    ("riscv64", [capture.region("vmalloc", 0xffffffc600000000, 0xffffffd5ffffffff)]),
])
def test_windows_of_no_known_machine_verify_nothing(arch, records, make, verify):
    machine = make(arch, "6.12.0-x", [*records, 'region name=pkmap absent="no highmem on a 64-bit kernel"'], {})
    (machine / "kvas.measured").unlink()
    document, _ = verify(machine)
    assert {v["name"] for v in document["values"] if v["verdict"] in ("agrees", "allows")} == set()
    assert judged(document, "region pkmap.absent") == "consistent"


LEFT_OUT = [
    ("region user.start", replace_record("region", "user", lambda _: None)),
    ("fact pa_bits.value", replace_record("fact", "pa_bits", lambda _: None)),
    ("section bss.start", replace_record("section", "bss", lambda _: None)),
    ("witness kmalloc.addr", replace_record("witness", "kmalloc", lambda _: None)),
    ("config CONFIG_SMP.value", replace_record("config", "CONFIG_SMP", lambda _: None)),
    ("region kasan_shadow.start", replace_record("region", "kasan_shadow", lambda _: None)),
    ("region espfix.absent",
     replace_record("region", "espfix", lambda _: 'region name=espfix absent="CONFIG_X86_ESPFIX64 is not set"')),
    ("section brk.absent",
     replace_record("section", "brk",
                    lambda _: 'section name=brk absent="needs kallsyms with data symbols, and kprobes"')),
    ("fact ram.absent", replace_record("fact", "ram", lambda _: 'fact name=ram absent="not known"')),
    ("section text.phys", replace_record("section", "text", drop(r" phys=\S+"))),
    ("region vmemmap.populated_end", replace_record("region", "vmemmap", drop(r' populated_\w+=("[^"]*"|\S+)'))),
    ("witness page.content", replace_record("witness", "page", drop(r' content="[^"]*"'))),
    ("kernel kernel.build_id", lambda m: change_lines(m, drop(r" build_id=\S+"))),
    ("fact ram.value", replace_record("fact", "ram", lambda x: x.replace("unit=bytes", "unit=count"))),
    ("region user.end", replace_record("region", "user", lambda x: x.replace("end_route=cpu", "end_route=hearsay"))),
]


@pytest.mark.parametrize("value, change", LEFT_OUT, ids=[value for value, _ in LEFT_OUT])
def test_what_a_capture_lacks_is_noticed(value, change, copy, verify):
    machine = copy()
    change(machine)
    document, status = verify(machine)
    assert cell(document, "completeness", value)["verdict"] == "disagrees" and status == 1


def test_a_name_that_nobody_knows_is_not_checked(copy, verify):
    machine = copy()
    first = 'section start=0xffff{0} end=0xffff{1} size=4K name=weather start_source=sky start_route=macro' \
            ' end_source=sky end_route=macro'
    change_lines(machine, lambda line: line if " name=CONFIG_SMP" not in line else
                 line + "\n" + first.replace("section", "region").format("fe8000000000", "fe8000000fff"))
    capture = machine / "sys/kernel/debug/kvas"
    text = capture.read_text()
    capture.write_text(re.sub(r"records=\d+", f"records={text.count(chr(10)) - 2}", text))
    document, status = verify(machine)
    verdicts = {v["key"]: v["verdict"] for v in document["values"] if v["name"] == "weather"}
    assert status == 0 and set(verdicts.values()) == {"consistent"} and len(verdicts) == 3


def test_no_rule_for_another_architecture(copy, verify):
    machine = copy()
    edit(machine / "sys/kernel/debug/kvas", b"arch=x86_64", b"arch=sparc64")
    document, status = verify(machine)
    assert disputes(document) == {(s, "kernel kernel.arch") for s in ("kcore", "calls")} and status == 1
    for source in ("kcore", "memory", "pagetables", "documented", "kallsyms"):
        assert cell(document, source, "region direct_map.start")["verdict"] != "disagrees"
    assert cell(document, "memory", "region direct_map.end")["why"] == "no rule for sparc64"
    assert cell(document, "documented", "region user.end")["why"] == "no rule for sparc64"


@pytest.mark.parametrize("order, endian", [("<", "little"), (">", "big")])
@pytest.mark.parametrize("bits", [32, 64])
def test_other_word_sizes_and_byte_orders(bits, order, endian, tmp_path, verify):
    machine = tmp_path / "machine"
    (machine / "sys/kernel/debug").mkdir(parents=True)
    (machine / "proc").mkdir()
    zero = "0x" + "0" * (bits // 4)
    (machine / "sys/kernel/debug/kvas").write_text(
        f"kvas 1\nkernel release=6.1.0 machine=ppc arch=ppc bits={bits} endian={endian}\n"
        "fact name=page_size value=4096 unit=bytes source=PAGE_SIZE route=macro\n"
        f"region start={zero} end={zero[:-3]}fff size=4K name=vmalloc start_source=0"
        " start_route=macro end_source=4095 end_route=macro\n"
        f'witness addr={zero} name=kmalloc region=vmalloc source=x content="kvas witness kmalloc"\nend records=4\n')
    (machine / "proc/kcore").write_bytes(core_file(bits, order, [(0, 2 ** bits - 1, 4096)],
                                                   b"OSRELEASE=6.1.0\nPAGESIZE=4096\n"))
    (machine / "proc/kcore.words").write_text("0x0 " + b"kvas witness kmalloc\0".hex() + "\n")
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0
    for source, value, verdict in (("kcore", "kernel kernel.bits", "agrees"),
                                   ("kcore", "kernel kernel.endian", "agrees"),
                                   ("vmcoreinfo", "kernel kernel.release", "agrees"),
                                   ("vmcoreinfo", "fact page_size.value", "agrees"),
                                   ("memory", "witness kmalloc.content", "agrees"),
                                   ("kcore", "region vmalloc.start", "agrees")):
        assert cell(document, source, value)["verdict"] == verdict, (source, value)


def test_unknown_names_are_listed(copy, kvas):
    machine = copy()
    capture = machine / "sys/kernel/debug/kvas"
    lines = capture.read_text().splitlines()
    lines[2:2] = ["fact name=weather value=17 unit=count source=sky route=measured",
                  "omen name=raven colour=black"]
    lines[-1] = f"end records={len(lines) - 2}"
    capture.write_text("\n".join(lines) + "\n")
    result = kvas("verify", "--sysroot", machine)
    assert re.search(r"^weather +17 +unverified +no source knows it$", result.stdout, re.M)
    assert re.search(r"^raven.colour +black +unverified +no source knows it$", result.stdout, re.M)
    assert "\n2 are unverified: no source can judge them.\n" in result.stdout and result.returncode == 0


def test_restricted_files_say_nothing(copy, verify):
    """Zeroes and hashes for addresses are no evidence."""
    machine = copy()
    for path, pattern in (("proc/kallsyms", r"^\w{16}"), ("proc/iomem", r"\w{8,}-\w{8,}")):
        file = machine / path
        file.write_text(re.sub(pattern, lambda m: re.sub(r"\w", "0", m[0]), file.read_text(), flags=re.M))
    file = machine / "proc/vmallocinfo"
    file.write_text(re.sub(r"0x\w{8}(\w{8})", lambda m: f"0x{zlib.crc32(m[0].encode()):016x}", file.read_text()))
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0
    for source, value, reason in (("kallsyms", "section text.end", "CAP_SYSLOG"),
                                  ("iomem", "section text.phys", "CAP_SYS_ADMIN"),
                                  ("vmallocinfo", "region vmalloc.start", "kptr_restrict=1")):
        assert reason in cell(document, source, value)["why"]


# --- Hostile machines --------------------------------------------------------

@pytest.mark.parametrize("seed", range(25))
def test_damaged_files(seed, copy, kvas):
    """Whatever the files hold, verify ends with a verdict (and no sanitizer's)."""
    chance = random.Random(seed)
    machine = copy(chance.choice(capture.MACHINES))
    files = sorted(p for p in machine.rglob("*") if p.is_file()
                   and "debug" not in p.parts and p.name != "MANIFEST")
    for path in chance.sample(files, 12):
        data = bytearray(path.read_bytes())
        for _ in range(chance.randint(1, 20)):
            if not data:
                break
            at = chance.randrange(len(data))
            how = chance.randrange(4)
            if how == 0:
                data[at] = chance.randrange(256)
            elif how == 1:
                data[at] ^= 1 << chance.randrange(8)
            elif how == 2:
                del data[at:at + chance.randint(1, 64)]
            else:
                data[at:at] = data[max(0, at - 40):at]
        path.write_bytes(data)
    result = kvas("verify", "-J", "--sysroot", machine)
    assert result.returncode in (0, 1) and result.stderr == ""


@pytest.mark.parametrize("length", [0, 1, 4, 16, 51, 52, 63, 64, 100, 500, 4000])
def test_short_core_files(length, copy, verify):
    machine = copy()
    path = machine / "proc/kcore"
    path.write_bytes(path.read_bytes()[:length])
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0
    assert "/proc/kcore" in cell(document, "kcore", "region vmalloc.start")["why"]


# --- When there is nothing to be green about -----------------------------------


def test_a_capture_alone_is_not_verified(kvas, tmp_path):
    place = tmp_path / "sys/kernel/debug"
    place.mkdir(parents=True)
    shutil.copy(MAIN / "sys/kernel/debug/kvas", place)
    for options in ((), ("--quiet",), ("-J",)):
        result = kvas("verify", *options, "--sysroot", tmp_path)
        assert result.returncode == 1 and "nothing could be checked" in result.stderr, options


def test_strict_wants_every_value_judged(kvas):
    for machine, unverified in ((MAIN, 0), (GOLDEN / "6.1-686-pae-pae-5g", 1)):
        assert kvas("verify", "--quiet", "--sysroot", machine).returncode == 0
        result = kvas("verify", "--quiet", "--strict", "--sysroot", machine)
        assert result.returncode == unverified
        assert ("no source can judge" in result.stderr) == bool(unverified)


def test_a_capture_of_another_machine_is_refused(kvas, refused):
    """By its build id, or by its release where there is no build id."""
    other = GOLDEN / "rows/6.12-amd64-4level.kvas"
    assert "this capture is of another kernel (6.12." in refused("verify", "-f", other)
    assert "name the machine that it was made on with --sysroot" in refused(
        "verify", "-f", other, "--sysroot", GOLDEN / "7.2-amd64-5level-nokaslr")
    # Another boot of the same kernel: its addresses disagree.
    assert kvas("verify", "--quiet", "-f", other, "--sysroot", MAIN).returncode == 1
