# SPDX-License-Identifier: GPL-2.0-only
"""kvas verify and kvas save, on small machines made of real ones (golden/)."""

import functools
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import zlib

import pytest

import capture
from conftest import BUILD, HERE, clean_environment

GOLDEN = HERE.parent / "golden"
MACHINES = capture.NATIVE
MAIN = GOLDEN / "6.12-amd64-5level"
RELEASE = re.search(r"^release=(.*)$", (MAIN / "kvas.measured").read_text(), re.M)[1]
# Kernels built from source: one that dumps its page tables, and one that
# lists no symbols.
KASAN, NOSYMBOLS = HERE / "machines/6.1-kasan-5level", HERE / "machines/6.1-nosymbols-4level"

sys.path.insert(0, str(HERE.parent))
import mutation  # noqa: E402

machines = pytest.mark.parametrize("machine", MACHINES, ids=lambda p: p.name)


@pytest.fixture
def copy(tmp_path):
    def call(machine=MAIN):
        target = tmp_path / "machine"
        shutil.copytree(machine, target)
        return target
    return call


@pytest.fixture
def verify(kvas):
    """The document and the status of verify -J on a machine."""
    def call(machine):
        result = kvas("verify", "-J", "--sysroot", machine)
        document = json.loads(result.stdout)
        summary = document["summary"]
        assert bool(result.stderr) == (summary["checked"] + summary["disagree"] == 0)
        return document, result.returncode
    return call


@pytest.fixture(scope="session")
def mutate(binary, tmp_path_factory):
    return mutation.build(tmp_path_factory.mktemp("mutate") / "mutate", BUILD,
                          "-fsanitize=address,undefined", "-fno-sanitize-recover=all")


@pytest.fixture(scope="session")
def scored(mutate):
    """How much of a machine verify notices; each machine is tried once."""
    return functools.cache(lambda machine: mutation.score(mutate, machine, env=clean_environment()))


def cell(document, source, value):
    """What a source says of a value that is called "region vmalloc.start"."""
    record, rest = value.split(" ", 1)
    name, key = rest.rsplit(".", 1)
    found = [v for v in document["values"]
             if (v["record"], v["name"], v["key"]) == (record, name, key)]
    assert len(found) == 1, value
    return found[0]["sources"].get(source, {"verdict": "no rule", "why": None})


def disputes(document):
    return {(s, f"{v['record']} {v['name']}.{v['key']}") for v in document["values"]
            for s, c in v["sources"].items() if c["verdict"] == "disagrees"}


def edit(path, old, new, count=1):
    data = path.read_bytes()
    assert old in data, f"{path} does not hold {old}"
    path.write_bytes(data.replace(old, new, count))


# --- Real machines -----------------------------------------------------------

@machines
def test_real_machines_agree(machine, verify):
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0
    summary = document["summary"]
    assert summary["values"] > 200 and summary["unverified"] == 0
    assert summary["checked"] == summary["exactly"] + summary["bounded"]
    assert summary["checked"] + summary["consistent"] == summary["values"]
    # What is said twice, and so confirmed by nobody else.
    consistent = {v["key"] for v in document["values"] if v["verdict"] == "consistent"}
    assert consistent <= {"size", "parent", "end", "phys"} and summary["checked"] > 0.8 * summary["values"]
    # How far the windows reach: before 6.10 no variable tells.
    assert {v["name"] for v in document["values"] if (v["key"], v["verdict"]) == ("end", "consistent")} \
        <= ({"vmemmap", "direct_map", "kfence"} if machine.name.startswith("5.10") else {"vmemmap", "kfence"})
    # Freed after boot, and not always mapped any more.
    assert {v["name"] for v in document["values"] if (v["key"], v["verdict"]) == ("phys", "consistent")} \
        <= {"init", "init_percpu"}
    assert sum(summary["by_number_of_sources"].values()) == summary["values"]


@pytest.mark.parametrize("machine", capture.FOREIGN, ids=lambda p: p.name)
def test_machines_of_other_architectures_agree(machine, verify, scored):
    """Most values are checked from outside."""
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0
    summary = document["summary"]
    assert summary["values"] > 100 and summary["checked"] > 0.5 * summary["values"]
    score = scored(machine)
    assert score.seen >= 0.99 and len(score.unseen) < 0.02 * score.tried


def test_what_no_source_can_see_is_listed(scored):
    """With its reason; each reason stands for something on some machine, and no other excuses are taken."""
    line = ("not caught: witness module_bss.addr=0xffffffffc0160ae0, a byte more: kcore: allows (within a segment);"
            " kallsyms: cannot say (kvas_witness_bss is not listed)")
    assert "zeroes in BSS" in mutation.why_unseen(line)
    for other in (line.replace("is not listed", "is there"), line.replace("module_bss", "module_data"),
                  line.replace("a byte more", "1 GiB more")):
        assert mutation.why_unseen(other) is None
    used = {why for machine in capture.FOREIGN for _, why in scored(machine).unseen}
    assert used == {u.why for u in mutation.UNSEEN}


def test_a_machine_of_the_other_byte_order_is_kept():
    assert any(" endian=big" in (m / "sys/kernel/debug/kvas").read_text() for m in capture.FOREIGN)


@pytest.mark.parametrize("machine, silent", [
    *((m, {"ptdump"}) for m in MACHINES), (KASAN, set()), (NOSYMBOLS, {"kallsyms", "modules"}),
], ids=lambda p: getattr(p, "name", ""))
def test_each_source_judges(machine, silent, verify):
    judged = {name: s["judged"] for name, s in verify(machine)[0]["sources"].items()}
    assert {name for name, n in judged.items() if n == 0} == silent


def test_a_kernel_that_dumps_its_page_tables(verify, mutate):
    document, status = verify(KASAN)
    assert disputes(document) == set() and status == 0 and document["summary"]["unverified"] == 0
    exact = {f"{v['name']}.{v['key']}" for v in document["values"]
             if v["sources"].get("ptdump", {}).get("verdict") == "agrees"}
    assert exact >= {"vmalloc.start", "vmemmap.start", "kasan_shadow.start", "kasan_shadow.end",
                     "cpu_entry_area.start", "espfix.start", "modules.start", "modules.end"}
    score = mutation.score(mutate, KASAN, env=clean_environment())
    assert score.escaped == [] and score.caught == score.tried


def test_a_kernel_that_lists_no_symbols(verify, mutate):
    """System.map stands in; what kvas could not find is absent, and not wrong."""
    document, status = verify(NOSYMBOLS)
    assert disputes(document) == set() and status == 0
    assert cell(document, "memory", "region direct_map.start")["verdict"] == "agrees"
    assert cell(document, "pagetables", "section text.phys")["verdict"] == "agrees"
    assert cell(document, "System.map", "section rodata.end")["verdict"] == "agrees"
    assert document["summary"]["unverified"] == 0
    for absent in ("region percpu", "region image", "section init", "section init_percpu", "section brk"):
        assert cell(document, "completeness", f"{absent}.absent")["verdict"] == "allows"
    score = mutation.score(mutate, NOSYMBOLS, env=clean_environment())
    assert {line.split()[3].split(".")[0] for line in score.escaped} == {"module_function", "module_bss"}


# --- Each source can disagree ------------------------------------------------

def words(machine):
    return machine / "proc/kcore.words"


def address_of(machine, symbol):
    for line in (machine / "proc/kallsyms").read_text().splitlines():
        address, _, name = line.split()[:3]
        if name == symbol:
            return int(address, 16)
    raise KeyError(symbol)


def poke(machine, address, change):
    """Change 8 bytes of saved memory: change(old number) -> new one."""
    lines = words(machine).read_text().splitlines()
    for n, line in enumerate(lines):
        if line.startswith("#"):
            continue
        start, data = line.split()
        at, data = address - int(start, 16), bytearray.fromhex(data)
        if 0 <= at <= len(data) - 8:
            old = struct.unpack_from("<Q", data, at)[0]
            struct.pack_into("<Q", data, at, change(old))
            lines[n] = f"{start} {data.hex()}"
            words(machine).write_text("\n".join(lines) + "\n")
            return
    raise KeyError(hex(address))


def segment(machine, vaddr, field, change):
    """Change a field of the program header of that address."""
    path = machine / "proc/kcore"
    data = bytearray(path.read_bytes())
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for at in range(offset, offset + size * count, size):
        if struct.unpack_from("<Q", data, at + 16)[0] == vaddr:
            where = at + {"vaddr": 16, "paddr": 24, "memsz": 40}[field]
            struct.pack_into("<Q", data, where, change(struct.unpack_from("<Q", data, where)[0]))
            path.write_bytes(data)
            return
    raise KeyError(hex(vaddr))


def published(machine, record, name, key):
    text = (machine / "sys/kernel/debug/kvas").read_text()
    line = next(x for x in text.splitlines()
                if x.startswith(record) and f" name={name} " in x + " ")
    return int(re.search(rf" {key}=(\S+)", line)[1], 0)


def start_of(machine, region):
    return published(machine, "region", region, "start")


def set_symbol(machine, symbol, by):
    old = address_of(machine, symbol)
    text = (machine / "proc/kallsyms").read_text()
    new = re.sub(rf"^{old:016x} (\S) {symbol}$", rf"{old + by:016x} \1 {symbol}", text, flags=re.M)
    assert new != text
    (machine / "proc/kallsyms").write_text(new)


def substitute(path, pattern, replacement):
    def change(machine):
        file = machine / path
        text = file.read_text()
        new = re.sub(pattern, replacement, text, count=1, flags=re.M)
        assert new != text
        file.write_text(new)
    return change


def move_map(machine, by, symbol=".*"):
    path = machine / f"boot/System.map-{RELEASE}"
    path.write_text(re.sub(rf"^ffffffff\w+(?= \w {symbol}$)", lambda m: f"{int(m[0], 16) + by:016x}",
                           path.read_text(), flags=re.M))


def text_of_witness(machine):
    old = b"kvas witness kmalloc".hex().encode()
    edit(words(machine), old, old.replace(b"6b76", b"6b77", 1))


DISPUTES = [
    ("kcore", "region vmalloc.start",
     lambda m: segment(m, start_of(m, "vmalloc"), "vaddr", lambda n: n + 4096)),
    ("kcore", "region vmalloc.end",
     lambda m: segment(m, start_of(m, "vmalloc"), "memsz", lambda n: n + 1)),
    ("kcore", "region image.phys",
     lambda m: segment(m, start_of(m, "image"), "paddr", lambda n: n + 4096)),
    ("kcore", "region modules.end",
     lambda m: segment(m, start_of(m, "modules"), "memsz", lambda n: n - 4096)),
    ("kcore", "kernel kernel.arch",
     lambda m: edit(m / "proc/kcore", b"\x04\x00\x3e\x00", b"\x04\x00\xb7\x00")),
    ("vmcoreinfo", "fact page_size.value",
     lambda m: edit(m / "proc/kcore", b"PAGESIZE=4096", b"PAGESIZE=8192")),
    ("vmcoreinfo", "fact page_levels.value",
     lambda m: edit(m / "proc/kcore", b"pgtable_l5_enabled)=1", b"pgtable_l5_enabled)=0")),
    ("vmcoreinfo", "fact struct_page_size.value",
     lambda m: edit(m / "proc/kcore", b"SIZE(page)=64", b"SIZE(page)=56")),
    ("vmcoreinfo", "kernel kernel.release",
     lambda m: edit(m / "proc/kcore", b"OSRELEASE=6.12", b"OSRELEASE=6.13")),
    ("memory", "region direct_map.start",
     lambda m: poke(m, address_of(m, "page_offset_base"), lambda n: n + (1 << 30))),
    ("memory", "region direct_map.end",
     lambda m: poke(m, address_of(m, "physmem_end"), lambda n: n - 1)),
    ("memory", "region cpu_entry_area.start",
     lambda m: poke(m, address_of(m, "idt_descr") + 2, lambda n: n + 4096)),
    ("memory", "witness kmalloc.content", text_of_witness),
    ("memory", "witness init_stack.addr",
     lambda m: poke(m, published(m, "witness", "init_stack", "addr"), lambda n: n + 1)),
    ("pagetables", "region espfix.start",
     lambda m: poke(m, address_of(m, "init_top_pgt") + 511 * 8, lambda n: n & ~1)),
    ("pagetables", "region guard_hole.start",
     lambda m: poke(m, address_of(m, "init_top_pgt") + 256 * 8, lambda n: 0x1063)),
    ("pagetables", "region cpu_entry_area.start", lambda m: set_symbol(m, "idt_table", 4096)),
    ("pagetables", "region fixmap.start",
     substitute(f"boot/config-{RELEASE}", "^CONFIG_INTEL_TXT=y", "# CONFIG_INTEL_TXT is not set")),
    ("pagetables", "witness fixmap_slot.addr",
     substitute("proc/iomem", "fec00000-fec003ff : IOAPIC 0", "fec01000-fec013ff : IOAPIC 0")),
    ("kallsyms", "section rodata.end", lambda m: set_symbol(m, "__end_rodata", 4096)),
    ("kallsyms", "witness kernel_function.addr", lambda m: set_symbol(m, "schedule", 16)),
    ("kallsyms", "fact thread_size.value", lambda m: set_symbol(m, "__end_init_stack", 4096)),
    ("System.map", "fact image_kaslr_offset.value", lambda m: move_map(m, 0x200000)),
    ("System.map", "section data.start", lambda m: ((m / "proc/kallsyms").unlink(), move_map(m, 16, "_sdata"))),
    ("iomem", "section bss.size",
     substitute("proc/iomem", r"ff : Kernel bss", "fe : Kernel bss")),
    ("iomem", "section text.phys",
     substitute("proc/iomem", r"(\w)00000-(\w+) : Kernel code", r"\g<1>00010-\2 : Kernel code")),
    ("iomem", "fact high_memory.value",
     substitute("proc/iomem", r"-1(\w{7})f : System RAM", r"-1\g<1>e : System RAM")),
    ("meminfo", "fact ram.value", substitute("proc/meminfo", r"(?<=MemTotal:)( +\d+)\d kB", r"\g<1>1 kB")),
    ("meminfo", "region vmalloc.size",
     substitute("proc/meminfo", r"(?<=VmallocTotal:)( +\d+)\d kB", r"\g<1>0 kB")),
    ("meminfo", "fact high_memory.value",
     substitute("proc/zoneinfo", r"(start_pfn: +1048576$)", "start_pfn: 1048577")),
    ("vmallocinfo", "witness vmalloc.addr",
     substitute("proc/vmallocinfo", r"^(.* )kvas_witnesses_collect(.*) \[kvas\]", r"\1somebody\2")),
    ("vmallocinfo", "region vmalloc.start",
     lambda m: edit(m / "proc/vmallocinfo", b"0x", b"0xff00000000001000-0xff00000000003000 8192 someone\n0x")),
    ("vmallocinfo", "fact thread_size.value",
     lambda m: (m / "proc/vmallocinfo").write_text(
         re.sub(r"^(\S+000)-\S+( +20480 kernel_clone)", lambda x: f"{x[1]}-0x{int(x[1], 16) + 12288:x}{x[2]}",
                (m / "proc/vmallocinfo").read_text(), flags=re.M)
         .replace("20480 fork_idle", "20480 x"))),
    ("modules", "witness module_data.addr",
     lambda m: (m / "sys/module/kvas/sections/.data").write_text(
         f"{published(m, 'witness', 'module_data', 'addr') + 1:#x}\n")),
    ("modules", "region modules.start",
     lambda m: (m / "proc/modules").write_text("odd 4096 0 - Live 0xffffffff90000000\n")),
    ("config", "config CONFIG_SMP.value", substitute(f"boot/config-{RELEASE}", "^CONFIG_SMP=y\n", "")),
    ("config", "config CONFIG_NR_CPUS.value",
     substitute(f"boot/config-{RELEASE}", "CONFIG_NR_CPUS=8192", "CONFIG_NR_CPUS=64")),
    ("config", "region kasan_shadow.absent",
     substitute(f"boot/config-{RELEASE}", "^CONFIG_SMP=y", "CONFIG_KASAN=y\nCONFIG_SMP=y")),
    ("notes", "kernel kernel.build_id",
     lambda m: edit(m / "sys/kernel/notes", bytes.fromhex(
         re.search(r"build_id=(\w{8})", (m / "sys/kernel/debug/kvas").read_text())[1]), b"\0\1\2\3")),
    ("calls", "kernel kernel.machine", substitute("kvas.measured", "machine=x86_64", "machine=i686")),
    ("calls", "region user.end", substitute("kvas.measured", "mmap_highest=0xff", "mmap_highest=0x7f")),
    ("maps", "fact user_limit.value",
     lambda m: edit(m / "proc/self/maps", b"\n7f", b"\n200000000000000-200000000001000 rw-p 0 0:0 0 \n7f")),
    ("maps", "region vsyscall.start",
     lambda m: edit(m / "proc/self/maps", b"\n7f", b"\nffffffffff601000-ffffffffff602000 --xp 0 0:0 0 [vsyscall]\n7f")),
    ("cpu", "fact page_levels.value", substitute("proc/cpuinfo", " la57", "")),
    ("cpu", "fact pa_bits.value", substitute("proc/cpuinfo", "40 bits physical", "39 bits physical")),
    ("cpu", "fact cpus.value", substitute("sys/devices/system/cpu/possible", "0-1", "0-2")),
    ("cpu", "fact pti.value",
     substitute("sys/devices/system/cpu/vulnerabilities/meltdown", ".*", "Mitigation: PTI")),
    ("documented", "region guard_hole.end", substitute("proc/cpuinfo", " la57", "")),
    ("documented", "region direct_map.start", substitute("proc/cmdline", "$", " nokaslr")),
    ("documented", "region vmalloc.size",
     substitute(f"boot/config-{RELEASE}", "CONFIG_ZONE_DEVICE=y", "CONFIG_ZONE_DEVICE=y\nCONFIG_KMSAN=y")),
    ("invariants", "region guard_hole.end",
     substitute("sys/kernel/debug/kvas", "end=0xff0fffffffffffff size=4P ",
                "end=0xff1000000000ffff size=4398046511168K ")),
    ("invariants", "witness init_stack.addr",
     lambda m: substitute("sys/kernel/debug/kvas", r"addr=\S+ name=init_stack",
                          f"addr={published(m, 'witness', 'reader_stack', 'addr'):#x} name=init_stack")(m)),
    ("invariants", "section init_percpu.parent",
     substitute("sys/kernel/debug/kvas", "parent=init ", "parent=image ")),
]


@pytest.mark.parametrize("source, value, change", DISPUTES,
                         ids=[f"{source}: {value}" for source, value, _ in DISPUTES])
def test_a_source_can_disagree(source, value, change, copy, verify):
    machine = copy()
    change(machine)
    document, status = verify(machine)
    assert cell(document, source, value)["verdict"] == "disagrees"
    assert cell(document, source, value)["why"]
    assert status == 1 and document["summary"]["disagree"] >= 1


DUMP = """\
---[ User Space ]---
0x0000000000000000-0xff00000000000000   16776960T                               pgd
---[ Kernel Space ]---
0xff00000000000000-{before:#018x}       1P                               pud
---[ Low Kernel Mapping ]---
{direct:#018x}-{behind:#018x}           1G     RW                 GLB NX pud
"""


@pytest.mark.parametrize("by, verdict", [(0, "agrees"), (0x1000, "allows"), (0x3ffff000, "allows"),
                                         (1 << 30, "disagrees"), (-0x1000, "disagrees")])
def test_the_dump_of_page_tables(by, verdict, copy, verify):
    """A marker is where the first entry after it starts, or in the hole before."""
    machine = copy()
    start = start_of(machine, "direct_map") + by
    path = machine / "sys/kernel/debug/page_tables/kernel"
    path.parent.mkdir()
    path.write_text(DUMP.format(before=start, direct=start, behind=start + (1 << 30)))
    document, _ = verify(machine)
    assert cell(document, "ptdump", "region direct_map.start")["verdict"] == verdict
    assert cell(document, "ptdump", "region vmalloc.start")["verdict"] == "cannot say"


def test_every_source_is_shown_to_disagree(verify):
    assert {source for source, *_ in DISPUTES} | {"ptdump", "completeness"} == set(verify(MAIN)[0]["sources"])


@pytest.fixture
def make(tmp_path):
    """A machine of few words: records of a capture, and files by their paths."""
    def call(arch, release, records, files, bits=64):
        machine = tmp_path / "made"
        measured = f"release={release}\nword_bits={bits}\npage_size=4096\n"
        text = capture.build(records, bits=bits, arch=arch).replace("release=1.0-test", f"release={release}")
        for path, content in {"sys/kernel/debug/kvas": text, "kvas.measured": measured, **files}.items():
            (machine / path).parent.mkdir(parents=True, exist_ok=True)
            (machine / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        return machine
    return call


def judged(document, value, source="documented"):
    return cell(document, source, value)["verdict"]


# --- Rules of single architectures -------------------------------------------

ARM = {"proc/iomem": "40000000-bfffffff : System RAM\n", "proc/cpuinfo": "x\n"}
ARM_CONFIG = "CONFIG_ARM=y\nCONFIG_MMU=y\nCONFIG_HIGHMEM=y\nCONFIG_SMP=y\nCONFIG_NR_CPUS=4\nCONFIG_PAGE_OFFSET=0xC0000000\n"


@pytest.mark.parametrize("release, cmdline, lowmem_end, vmalloc", [
    ("5.10.0-x", "quiet", 0xefffffff, 0xf0800000),
    ("5.13.19-x", "vmalloc=256M", 0xef7fffff, 0xf0000000),
    ("5.14.0-x", "vmalloc=256M", 0xeeffffff, 0xef800000),
    ("6.12.0-x", "quiet", 0xefffffff, 0xf0800000),
    ("6.12.0-x", "vmalloc=256M", 0xeeffffff, 0xef800000),
    # Less is made 16 MiB; the last word counts; half a word is none.
    ("6.12.0-x", "vmalloc=1M", 0xfdffffff, 0xfe800000),
    ("5.10.0-x", "vmalloc=0", 0xfe7fffff, 0xff000000),
    ("6.12.0-x", "vmalloc=512m quiet vmalloc=256M", 0xeeffffff, 0xef800000),
    ("6.12.0-x", "xvmalloc=512M a=vmalloc=3 vmalloc=256M", 0xeeffffff, 0xef800000),
    ("6.12.0-x", "quiet -- vmalloc=256M", 0xefffffff, 0xf0800000),
])
def test_vmalloc_is_read_as_arm_does(release, cmdline, lowmem_end, vmalloc, make, verify):
    def verdicts(by):
        records = [capture.region("direct_map", 0xc0000000, lowmem_end + by, bits=32),
                   capture.region("vmalloc", vmalloc + by, 0xff7fffff, bits=32)]
        document, _ = verify(make("arm", release, records, ARM | {
            "proc/cmdline": cmdline + "\n", f"boot/config-{release}": ARM_CONFIG}, bits=32))
        return judged(document, "region direct_map.end"), judged(document, "region vmalloc.start")
    assert verdicts(0) == ("agrees", "agrees")
    assert verdicts(-0x800000) == ("disagrees", "disagrees")


def test_vmalloc_on_arm_needs_the_command_line(make, verify):
    records = [capture.region("direct_map", 0xc0000000, 0xefffffff, bits=32)]
    files = ARM | {"boot/config-6.12.0-x": ARM_CONFIG}
    document, _ = verify(make("arm", "6.12.0-x", records, files, bits=32))
    assert judged(document, "region direct_map.end") == "cannot say"


@pytest.mark.parametrize("option, slots", [("", 16), ("CONFIG_DEBUG_KMAP_LOCAL=y\n", 33)])
def test_slots_of_kmap_on_arm(option, slots, make, verify):
    for n, verdict in ((slots, "agrees"), (49 - slots, "disagrees")):
        records = [capture.region("kmap_local", 0xffeff000 - 4 * n * 4096, 0xffefefff, bits=32)]
        document, _ = verify(make("arm", "6.12.0-x", records, ARM | {
            "boot/config-6.12.0-x": ARM_CONFIG + option}, bits=32))
        assert judged(document, "region kmap_local.start") == verdict


@pytest.mark.parametrize("cmdline", ["vmalloc=300M", "vmalloc=100M vmalloc=300M", "xvmalloc=100M vmalloc=300M"])
def test_vmalloc_is_read_as_i386_does(cmdline, copy, verify):
    """As the golden machine's, but that lowmem is smaller."""
    machine = copy(GOLDEN / "6.1-686-pae-pae-5g")
    substitute("proc/cmdline", "$", " " + cmdline)(machine)
    document, _ = verify(machine)
    old = start_of(machine, "vmalloc")
    said = cell(document, "documented", "region vmalloc.start")
    assert said["verdict"] == "disagrees" and int(said["why"].partition(":")[0], 16) == old - (180 << 20)


def test_highmem_ends_memory_on_i386(copy, verify):
    """Of 5 GiB, lowmem holds 880 MiB; highmem= leaves out what is above so much more
    (highmem_pfn_init() of init_32.c), and mem_map ends there."""
    machine = copy(GOLDEN / "6.1-686-pae-pae-5g")
    lowmem = published(machine, "region", "direct_map", "end") + 1 - 0xc0000000
    page = published(machine, "fact", "struct_page_size", "value")
    whole = published(machine, "region", "mem_map", "end")
    cut = start_of(machine, "mem_map") - 1 + (lowmem + (512 << 20)) // 4096 * page
    for cmdline, end, verdict in (("quiet", whole, "consistent"), ("highmem=512M", whole, "disagrees"),
                                  ("highmem=512M", cut, "consistent"),
                                  # More than there is changes nothing.
                                  ("highmem=8G", whole, "consistent")):
        shutil.rmtree(machine)
        machine = copy(GOLDEN / "6.1-686-pae-pae-5g")
        substitute("proc/cmdline", "$", " " + cmdline)(machine)
        if end != whole:
            substitute("sys/kernel/debug/kvas", rf"end={whole:#x} size=\S+( .*name=mem_map )",
                       rf"end={end:#x} size={end - start_of(machine, 'mem_map') + 1}\1")(machine)
        document, _ = verify(machine)
        assert judged(document, "region mem_map.end") == verdict, (cmdline, end)


@pytest.mark.parametrize("bits", [48, 52])
def test_modules_on_arm64_are_at_one_place_for_all_processors(bits, make, verify):
    """Of a kernel for 52 bits the direct map's end moves (until 5.10), modules do not."""
    least, mib = 0xffff800000000000, 1 << 20
    half = 2 ** 64 - 2 ** (bits - 1)
    records = [capture.region("direct_map", 2 ** 64 - 2 ** bits, half - 1),
               capture.region("bpf_jit", least, least + 128 * mib - 1),
               capture.region("modules", least + 128 * mib, least + 256 * mib - 1),
               capture.region("vmalloc", least + 256 * mib, 0xffffffbfefffffff)]
    document, _ = verify(make("arm64", "5.10.0-x", records, {
        "boot/config-5.10.0-x": "CONFIG_ARM64_64K_PAGES=y\nCONFIG_ARM64_VA_BITS=52\nCONFIG_ARM64_PA_BITS=52\n"
                                "CONFIG_PGTABLE_LEVELS=3\n",
        "proc/kcore": core_file(64, "<", [(2 ** 64 - 2 ** bits, 0, 4096)],
                                b"NUMBER(TCR_EL1_T1SZ)=%#x\n" % (64 - bits))}))
    for value in ("direct_map.end", "bpf_jit.start", "bpf_jit.end", "modules.start", "modules.end", "vmalloc.start"):
        assert judged(document, f"region {value}") == "agrees", value


ARM64_CONFIG = "CONFIG_ARM64_VA_BITS=48\nCONFIG_ARM64_PA_BITS=48\nCONFIG_PGTABLE_LEVELS={levels}\n{more}"


@pytest.mark.parametrize("release, top, pages, more, above, slots, below", [
    # Above the trampoline, its own, and below, as asm/fixmap.h of Debian's releases counts.
    ("5.10.0-x", 0xfffffdfffea00000, 4, "", 1024 + 6, 4, 7 * 64 + 4),
    ("6.1.0-x", 0xfffffbfffe000000, 4, "CONFIG_RELOCATABLE=y\n", 1024 + 6, 4, 7 * 64 + 4),
    ("6.1.0-x", 0xfffffbfffe000000, 4, "", 1024 + 6, 3, 7 * 64 + 4),
    ("6.12.0-x", 0xffffffffff800000, 4, "CONFIG_RELOCATABLE=y\n", 514 + 6, 4, 7 * 65 + 5),
    ("6.12.0-x", 0xffffffffff800000, 16, "CONFIG_RELOCATABLE=y\n", 130 + 6, 4, 7 * 17 + 5),
    ("6.12.0-x", 0xffffffffff800000, 64, "CONFIG_RELOCATABLE=y\n", 34 + 6, 4, 7 * 5 + 5),
    ("7.2.0-x", 0xffffffffff800000, 4, "CONFIG_RELOCATABLE=y\nCONFIG_KVM=y\nCONFIG_NR_CPUS=4096\n",
     514 + 6 + 4097, 4, 7 * 65 + 5),
], ids=["5.10", "6.1", "6.1 not relocatable", "6.12", "16K pages", "64K pages", "KVM"])
def test_slots_of_the_fixmap_on_arm64(release, top, pages, more, above, slots, below, make, verify):
    page = pages << 10
    config = ARM64_CONFIG.format(levels={64: 3}.get(pages, 4), more=more + {
        16: "CONFIG_ARM64_16K_PAGES=y\n", 64: "CONFIG_ARM64_64K_PAGES=y\n"}.get(pages, ""))

    def verdicts(lower=0, longer=0):
        trampoline = top - (above + slots) * page
        records = [capture.region("fixmap", top - (above + slots + below) * page - lower, top - 1),
                   capture.region("kpti_trampoline", trampoline, trampoline + (slots + longer) * page - 1,
                                  more="parent=fixmap")]
        document, _ = verify(make("arm64", release, records, {f"boot/config-{release}": config}))
        return [judged(document, f"region {value}") for value in
                ("fixmap.end", "fixmap.start", "kpti_trampoline.start", "kpti_trampoline.size")]
    # Before 6.0, some kernels have fewer slots than the last of that release.
    of_size = "allows" if release.startswith("5.") else "agrees"
    assert verdicts() == ["agrees", "allows", "allows", of_size]
    assert verdicts(lower=32 << 20)[1] == "disagrees"
    assert verdicts(longer=1)[3] == verdicts(longer=1 - slots)[3] == "disagrees"


S390X = [m for m in capture.FOREIGN if " arch=s390x " in (m / "sys/kernel/debug/kvas").read_text()]
LEVELS = {
    "levels": substitute("sys/kernel/debug/kvas", "(?<=name=page_levels value=)3", "4"),
    "bits": substitute("sys/kernel/debug/kvas", "(?<=name=va_bits value=)42", "43"),
    "53 bits": substitute("sys/kernel/debug/kvas", "(?<=name=va_bits value=)42", "53"),
    "limit": substitute("sys/kernel/debug/kvas", "start=0x0000040000000000 end=0xffffffffffffffff size=16777212T",
                        "start=0x0020000000000000 end=0xffffffffffffffff size=16376P"),
    "none": substitute("sys/kernel/debug/kvas", "^region .*name=noncanonical .*$",
                       'region  name=noncanonical absent="all 64 bits are translated"'),
}


@pytest.mark.parametrize("machine", S390X, ids=lambda p: p.name)
def test_levels_and_bits_go_together_on_s390x(machine, copy, verify):
    original = (machine / "sys/kernel/debug/kvas").read_text()
    machine = copy(machine)
    for change in LEVELS.values():
        change(machine)
        document, status = verify(machine)
        assert "documented" in {s for s, _ in disputes(document)} and status == 1
        (machine / "sys/kernel/debug/kvas").write_text(original)


@pytest.mark.parametrize("name, cmdline, verdict", [
    # Modules are at the end of all addresses there, and that is below 2^42.
    ("6.1-s390x-nokaslr", "", "agrees"),
    # Three levels or four: that one of them is published proves nothing.
    ("6.12-s390x-kaslr", "", "consistent"), ("7.2-s390x-kaslr", "", "consistent"),
    ("6.12-s390x-kaslr", " nokaslr", "agrees"),
])
def test_what_tells_the_levels_on_s390x(name, cmdline, verdict, copy, verify):
    machine = copy(GOLDEN / name)
    path = machine / "proc/cmdline"
    path.write_text(path.read_text().rstrip("\n") + cmdline + "\n")
    document, _ = verify(machine)
    assert {judged(document, value) for value in
            ("fact page_levels.value", "fact va_bits.value", "region noncanonical.start")} == {verdict}


def test_what_lies_above_three_levels_needs_four(copy, verify):
    machine = copy(next(m for m in S390X if m.name.startswith("6.1-")))
    path = machine / "proc/kcore"
    data = bytearray(path.read_bytes())
    struct.pack_into(">Q", data, 64 + 56 + 16, 0x1fff7fffd00000)
    path.write_bytes(data)
    document, _ = verify(machine)
    assert cell(document, "documented", "fact page_levels.value")["why"].startswith("4: ")
    assert judged(document, "region noncanonical.start") == judged(document, "fact va_bits.value") == "disagrees"


@pytest.mark.parametrize("witness", ["reader_stack", "init_stack"])
def test_any_stack_would_do(witness, verify):
    """A mark and an area tell of a stack, but not of whose."""
    document, _ = verify(MAIN)
    assert judged(document, f"witness {witness}.addr", "memory") == "allows"
    assert judged(document, f"witness {witness}.addr", "vmallocinfo") == "allows"
    assert judged(document, "witness swapper_stack.addr", "kallsyms") == "agrees"


def grow(machine, by):
    """Memory behind the last, and what the module publishes then."""
    old = published(machine, "region", "direct_map", "populated_end")
    segment(machine, start_of(machine, "direct_map"), "memsz", lambda n: n + by)
    substitute("proc/zoneinfo", "spanned  262144", f"spanned  {262144 + by // 4096}")(machine)
    substitute("sys/kernel/debug/kvas", f'populated_end={old:#x} populated_source="high_memory - 1"'
               ' populated_route=exported', f'populated_end={old + by:#x} populated_source="end of System RAM"'
               ' populated_route=iomem')(machine)


def test_memory_that_was_added_to_arm64(copy, verify):
    machine = copy(GOLDEN / "6.12-arm64-52bit")
    grow(machine, 1 << 30)
    document, _ = verify(machine)
    high, end = "fact high_memory.value", "region direct_map.populated_end"
    assert {source: judged(document, high, source) for source in ("memory", "kcore", "meminfo", "invariants")} \
        == {"memory": "agrees", "kcore": "allows", "meminfo": "consistent", "invariants": "consistent"}
    assert {source: judged(document, end, source) for source in ("memory", "kcore", "meminfo", "invariants")} \
        == {"memory": "allows", "kcore": "agrees", "meminfo": "consistent", "invariants": "consistent"}


def test_memory_that_went_is_noticed(copy, verify):
    machine = copy(GOLDEN / "6.12-arm64-52bit")
    grow(machine, -1 << 20)
    document, _ = verify(machine)
    assert judged(document, "region direct_map.populated_end", "iomem") == "disagrees"


def test_x86_moves_high_memory_when_memory_is_added(copy, verify):
    machine = copy()
    old = published(machine, "region", "direct_map", "populated_end")
    substitute("sys/kernel/debug/kvas", f'(?<=populated_end={old:#x} populated_source=)("[^"]*"|\\S+)',
               '"end of System RAM"')(machine)
    substitute("sys/kernel/debug/kvas", f"populated_end={old:#x}", f"populated_end={old + (1 << 30):#x}")(machine)
    document, _ = verify(machine)
    assert judged(document, "fact high_memory.value", "invariants") == "disagrees"


def open_end(machine, by=0):
    """As the module says it where KASLR's two rules leave open what is after memory."""
    for region in ("direct_map", "vmemmap"):
        start, last = (published(machine, "region", region, key) for key in ("start", "populated_end"))
        last += by if region == "direct_map" else 0
        substitute("sys/kernel/debug/kvas",
                   f"end=\\S+ +size=\\S+( +name={region} .*)end_source=\"[^\"]*\" end_route=derived"
                   ' populated_start=\\S+ populated_end=\\S+ populated_source=("[^"]*") populated_route=exported.*',
                   rf"end={last:#x} size={last - start + 1}\1end_source=\2 end_route=exported"
                   ' note="to the end of memory; how much room is after it is not known"')(machine)


def test_a_direct_map_that_ends_with_memory(copy, verify):
    machine = copy(NOSYMBOLS)
    open_end(machine)
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0


def test_a_direct_map_that_does_not_reach_the_end_of_memory(copy, verify):
    machine = copy(NOSYMBOLS)
    open_end(machine, -4096)
    document, _ = verify(machine)
    assert judged(document, "region direct_map.end", "memory") == "disagrees"


def test_percpu_memory_may_be_in_vmalloc(copy, verify):
    """percpu_alloc=page, or memory too far apart."""
    machine = copy()
    substitute("sys/kernel/debug/kvas", "(name=percpu +region=)percpu", r"\1vmalloc")(machine)
    document, _ = verify(machine)
    assert judged(document, "witness percpu.region") == "allows"


@pytest.mark.parametrize("reason, verdict", [("in several pieces, one for each memory node", "cannot say"),
                                             ("needs KALLSYMS_ALL and KPROBES", "disagrees")])
def test_percpu_memory_may_be_in_pieces(reason, verdict, copy, verify):
    machine = copy()
    replace_record("region", "percpu", lambda _: f'region  name=percpu absent="{reason}"')(machine)
    document, _ = verify(machine)
    assert judged(document, "region percpu.absent", "completeness") == verdict


def test_the_slot_of_pkmap_may_be_taken(copy, verify):
    machine = copy(GOLDEN / "7.2-armmp-highmem")
    substitute("sys/kernel/debug/kvas", "^witness .*name=kmap .*$",
               'witness name=kmap absent="another open file has it"')(machine)
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0


RISCV_OLD = {"fixmap": (0xffffffc6fea00000, 0xffffffc6feffffff), "pci_io": (0xffffffc6ff000000, 0xffffffc6ffffffff),
             "vmemmap": (0xffffffc700000000, 0xffffffc7ffffffff), "vmalloc": (0xffffffc800000000, 0xffffffd7ffffffff),
             "direct_map": (0xffffffd800000000, 0xfffffff7ffffffff)}
RISCV_NEW = {"fixmap": (0xffffffc4fea00000, 0xffffffc4feffffff), "pci_io": (0xffffffc4ff000000, 0xffffffc4ffffffff),
             "vmemmap": (0xffffffc500000000, 0xffffffc5ffffffff), "vmalloc": (0xffffffc600000000, 0xffffffd5ffffffff),
             "direct_map": (0xffffffd600000000, 0xfffffff5ffffffff)}


@pytest.mark.parametrize("release, layout, verdicts", [
    ("6.10.14-x", RISCV_OLD, {"agrees"}), ("6.10.14-x", RISCV_NEW, {"disagrees"}),
    ("6.11.0-x", RISCV_NEW, {"agrees"}), ("6.11.0-x", RISCV_OLD, {"disagrees"}),
    ("5.16.0-x", RISCV_OLD, {"cannot say"}), ("", RISCV_OLD, {"cannot say"}), ("", RISCV_NEW, {"cannot say"}),
])
def test_sv39_by_release(release, layout, verdicts, make, verify):
    machine = make("riscv64", release or "6.1.0-x", [capture.region(name, *ends) for name, ends in layout.items()],
                   {"proc/cpuinfo": "mmu\t\t: sv39\n"} | ({} if release else {"kvas.measured": ""}))
    document, _ = verify(machine)
    assert {judged(document, f"region {name}.{key}") for name in layout for key in ("start", "end")} == verdicts


def test_fixmap_of_riscv64_without_slots_for_the_device_tree(make, verify):
    """6.1 as it was released; an update moved the device tree there."""
    for start, verdict in ((0xffffffc6fea00000, "allows"), (0xffffffc6fee00000, "allows"),
                           (0xffffffc6fe900000, "disagrees")):
        machine = make("riscv64", "6.1.0-x", [capture.region("fixmap", start, 0xffffffc6feffffff)],
                       {"proc/cpuinfo": "mmu\t\t: sv39\n"})
        assert judged(verify(machine)[0], "region fixmap.start") == verdict


def test_what_hangs_on_the_configuration_of_x86_64(make, verify):
    """KMSAN and a debugging option shrink regions, if they are set."""
    flags = {"proc/cpuinfo": "flags\t\t: fpu\n", "proc/cmdline": "nokaslr\n"}
    records = [capture.region("vmalloc", 0xffffc90000000000, 0xffffd0ffffffffff),
               capture.region("modules", 0xffffffffc0000000, 0xfffffffffdffffff)]

    def verdicts(config):
        files = flags | ({} if config is None else {"boot/config-6.12.0-x": config})
        document, _ = verify(make("x86_64", "6.12.0-x", records, files))
        return judged(document, "region vmalloc.size"), judged(document, "region modules.end")
    assert verdicts(None) == ("cannot say", "allows")
    assert verdicts("CONFIG_KMSAN=y\nCONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP=y\n") == ("agrees", "agrees")
    assert verdicts("CONFIG_SMP=y\n") == ("disagrees", "disagrees")


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


ALL_MACHINES = pytest.mark.parametrize("machine", capture.MACHINES, ids=lambda p: p.name)


@ALL_MACHINES
def test_a_file_less_is_no_disagreement(machine, copy, verify):
    """What is not known is not said: each file of the machine is taken away in turn."""
    machine = copy(machine)
    held = [p for p in sorted(machine.rglob("*")) if p.is_file() and p.name != "MANIFEST"
            and p != machine / "sys/kernel/debug/kvas"]
    for path in held:
        data = path.read_bytes()
        path.unlink()
        document, status = verify(machine)
        assert disputes(document) == set() and status == 0, path
        path.write_bytes(data)


@ALL_MACHINES
@pytest.mark.parametrize("path", ["boot", "proc/iomem", "proc/cmdline", "proc/meminfo", "kvas.measured"])
def test_an_empty_file_is_no_disagreement(machine, path, copy, verify):
    machine = copy(machine)
    for file in [machine / path] if (machine / path).is_file() else (machine / path).glob("config-*"):
        file.write_bytes(b"")
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0


@ALL_MACHINES
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


def change_lines(machine, change):
    """Rewrite the capture's records: change(line) -> line, or None to delete."""
    capture = machine / "sys/kernel/debug/kvas"
    first, *records, _ = capture.read_text().splitlines()
    kept = [new for new in map(change, records) if new is not None]
    assert kept != records
    capture.write_text("\n".join([first, *kept, f"end records={len(kept)}"]) + "\n")


def replace_record(kind, name, new):
    def change(line):
        mine = re.match(rf"{kind} .*\bname={name}( |$)", line)
        return new(line) if mine else line
    return lambda machine: change_lines(machine, change)


def drop(pattern):
    return lambda line: re.sub(pattern, "", line)


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


def core_file(bits, order, segments, info):
    """An ELF core file as /proc/kcore starts."""
    word = "Q" if bits == 64 else "I"
    head = {64: 64, 32: 52}[bits]
    size = {64: 56, 32: 32}[bits]
    note = struct.pack(order + "III", 11, len(info), 0) + b"VMCOREINFO\0\0" + info + bytes(-len(info) % 4)
    table = head + size * (1 + len(segments))

    def header(kind, offset, vaddr, paddr, length):
        if bits == 64:
            return struct.pack(order + "IIQQQQQQ", kind, 7, offset, vaddr, paddr, length, length, 4096)
        return struct.pack(order + "IIIIIIII", kind, offset, vaddr, paddr, length, length, 7, 4096)

    ident = b"\x7fELF" + bytes([bits // 32, 1 if order == "<" else 2, 1]) + bytes(9)
    data = ident + struct.pack(order + "HHI" + word * 3 + "IHHHHHH", 4, 20, 1, 0, head, 0, 0,
                               head, size, 1 + len(segments), 0, 0, 0)
    data += header(4, table, 0, 0, len(note))
    data += b"".join(header(1, table + 4096, *segment) for segment in segments)
    return data + note


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


# --- Objects -----------------------------------------------------------------

ARMHF = GOLDEN / "7.2-armmp-highmem"


@pytest.mark.parametrize("record, key, new, said", [
    ("witness kmalloc", "content", '"kvas witness page"', "the module writes 'kvas witness kmalloc' there"),
    ("witness percpu_dynamic", "content", '"kvas"', "the module writes 'kvaspcp' there"),
    ("witness kmalloc", "addr", 1, "no multiple of 0x4"), ("witness page", "addr", 4, "no multiple of 0x1000"),
    ("witness kmap", "addr", 0x800, "no multiple of 0x1000"), ("witness percpu", "addr", 2, "no multiple of 0x4"),
    ("witness swapper_stack", "addr", 0x1000, "reader_stack is no whole number of stacks away"),
    ("witness struct_page", "addr", 36, "mem_map, at the number of the page"),
    ("witness page", "addr", 0x1000, "mem_map, at the number of the page"),
    ("region image", "end", 0x1000, "moved as the image is"),
])
def test_objects_of_a_machine_without_kcore(copy, verify, record, key, new, said):
    """What the module does with its own objects, and where such objects can be."""
    machine = copy(ARMHF)
    file = machine / "sys/kernel/debug/kvas"
    word, name = record.split()
    line = next(x for x in file.read_text().splitlines() if re.match(rf"{word} .*\bname={name} ", x))
    old = re.search(rf'\b{key}=("[^"]*"|\S+)', line)
    changed = new if isinstance(new, str) else f"0x{int(old[1], 16) + new:08x}"
    text = line.replace(old[0], f"{key}={changed}")
    if key == "end":
        start = int(re.search(r"\bstart=(\S+)", line)[1], 16)
        text = re.sub(r"\bsize=\S+", f"size={int(changed, 16) - start + 1}", text)
    edit(file, line.encode(), text.encode())
    document, status = verify(machine)
    assert status == 1
    assert any(said in (c["why"] or "") for v in document["values"] for c in v["sources"].values()
               if c["verdict"] == "disagrees")


@pytest.mark.parametrize("record", ["fact max_physmem_bits", "fact section_size", "witness kmap"])
def test_what_every_capture_lists_is_missed(copy, verify, record):
    machine = copy(ARMHF)
    file = machine / "sys/kernel/debug/kvas"
    word, name = record.split()
    lines = [x for x in file.read_text().splitlines() if not re.match(rf"{word} .*\bname={name} ", x)]
    file.write_text("\n".join([*lines[:-1], f"end records={len(lines) - 2}"]) + "\n")
    document, status = verify(machine)
    assert status == 1 and ("completeness", name) in {(s, v.split()[1].split(".")[0]) for s, v in disputes(document)}


# --- Mutations ---------------------------------------------------------------

@machines
def test_no_value_can_be_flipped_unnoticed(machine, mutate):
    score = mutation.score(mutate, machine, env=clean_environment())
    assert score.escaped == []
    assert score.firm == score.values > 200 and score.caught == score.tried > 4 * score.values
    tried, outside, consistency, parser = score.flips
    assert tried == outside + consistency + parser > 4 * score.values
    assert outside > 0.9 * (tried - parser)


def test_a_machine_in_dispute_is_not_mutated(mutate, copy):
    machine = copy()
    edit(machine / "proc/cpuinfo", b" la57", b"")
    done = subprocess.run([mutate, machine], capture_output=True, text=True, env=clean_environment())
    assert done.returncode == 2 and "verify disagrees as it is" in done.stderr


def test_what_escapes_is_named(mutate, copy):
    """Without the file behind it, nobody notices a flipped option."""
    machine = copy()
    (machine / f"boot/config-{RELEASE}").unlink()
    score = mutation.score(mutate, machine, env=clean_environment())
    assert score.caught < score.tried
    line = next(x for x in score.escaped if "CONFIG_SMP" in x)
    assert "not caught: config CONFIG_SMP.value=y, y for n: config: cannot say" in line


# --- Output ------------------------------------------------------------------

def test_tables(output, kvas, copy, verify):
    n = verify(MAIN)[0]["summary"]
    fine = (f"All is well: other sources have or allow {n['checked']} of {n['values']} values, and disagree with none.\n"
            f"{n['consistent']} are only consistent with other published values.\n")
    def joined(text):
        return re.sub(r"(?<=\w|,)\n(?=[a-z])", " ", text)
    # No row where nothing is to be looked at.
    assert joined(output("verify", "--sysroot", MAIN)) == fine
    table = joined(output("verify", "--all", "--sysroot", MAIN))
    assert table.startswith(fine)
    assert f"Of all values {n['exactly']} are exactly those of another source and {n['bounded']} within its bounds;" in table
    assert re.search(r"^NAME +VALUE +VERDICT +SOURCES +WHY", table, re.M)
    assert re.search(r"^vmalloc.start +0x\w{16} +agrees +kcore,", table, re.M)
    assert len(re.findall(r" (?:agrees|allows|consistent) ", table.partition("\n\n")[2])) == n["values"]
    matrix = output("verify", "--output-all", "--all", "--sysroot", MAIN)
    assert "KCORE" in matrix and "SYSTEM.MAP" in matrix
    one = output("verify", "-r", "--all", "-o", "NAME,KCORE,MEMORY", "--sysroot", MAIN)
    assert "\nvmalloc.start agrees agrees\n" in one and "All is" not in one
    long = output("verify", "--reasons", "--sysroot", MAIN)
    assert re.search(r"^vmalloc.start +\S+ +ptdump +cannot say +this kernel has no dump", long, re.M)
    assert output("verify", "--quiet", "--sysroot", MAIN) == ""

    machine = copy()
    edit(machine / "proc/cpuinfo", b"40 bits physical", b"41 bits physical")
    result = kvas("verify", "--quiet", "--sysroot", machine)
    assert result.returncode == 1 and result.stdout.count("\n") == 2
    wrong = r"^pa_bits +40 +disagrees +iomem +cpu says 41: address sizes"
    assert re.search(wrong.replace("iomem +", ""), result.stdout, re.M)
    result = kvas("verify", "--sysroot", machine)
    assert result.stdout.startswith(f"Not all is well: other sources disagree with 1 of {n['values']} values.\n")
    assert result.stdout.count("pa_bits") == 1 and " agrees " not in result.stdout
    assert re.search(wrong, kvas("verify", "--all", "--sysroot", machine).stdout, re.M)


@pytest.mark.parametrize("width", [60, 80, 100, 132])
@pytest.mark.parametrize("options", [(), ("--all",), ("--reasons",)], ids=str)
def test_a_narrow_terminal_keeps_the_reasons(kvas, width, options):
    """WHY is what the table is for: it is broken at spaces, and all of it is there."""
    machine = GOLDEN / "7.2-armmp-highmem"
    wide = kvas("verify", *options, "-P", "-o", "NAME,WHY", "--sysroot", machine).stdout
    narrow = kvas("verify", *options, "--sysroot", machine, env={"COLUMNS": width}).stdout
    table = narrow.partition("\n\n")[2].splitlines()
    start = table[0].index("WHY")
    found = " ".join(line[start:].strip() for line in table[1:]).split()
    assert "".join(found) == "".join("".join(re.findall(r'WHY="(.*?)"\n', wide)).split())
    names = max(len(name) for name in re.findall(r'NAME="(.*?)"', wide))
    assert all(len(line.rstrip()) <= max(width, names + 50) for line in narrow.splitlines())


def test_an_operand_is_refused(refused):
    assert "--sysroot" in refused("verify", "somewhere")


# --- Saving ------------------------------------------------------------------

def test_save_a_capture(tmp_path, output, refused):
    target = tmp_path / "capture"
    published = (MAIN / "sys/kernel/debug/kvas").read_text().splitlines()
    output("save", "--sysroot", MAIN, target)
    # How it was started stands in the third line, and the last counts it.
    original = target.read_bytes()
    lines = original.decode().splitlines()
    cmdline = (MAIN / "proc/cmdline").read_text().strip()
    assert lines.pop(2) == f'capture cmdline="{cmdline}"'
    assert lines[:-1] == published[:-1]
    count = int(published[-1].split("=")[1])
    assert lines[-1] == f"end     records={count + 1}"
    assert target.stat().st_mode & 0o777 == 0o600
    target.write_text("precious")
    assert "already exists" in refused("save", "--sysroot", MAIN, target)
    assert target.read_text() == "precious"
    output("save", "--force", "--sysroot", MAIN, target)
    assert target.read_bytes() == original
    assert [p.name for p in tmp_path.iterdir()] == ["capture"]
    assert output("save", "-f", target, "-").encode() == original


def test_save_refuses_what_does_not_parse(tmp_path, refused):
    bad = tmp_path / "bad"
    bad.write_text("kvas 1\nend records=7\n")
    assert f"{bad}:" in refused("save", "-f", bad, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    assert "cannot write" in refused("save", "--sysroot", MAIN, tmp_path / "no" / "where")
    assert "operand" in refused("save")


@machines
def test_a_saved_machine_is_verified_alike(machine, tmp_path, output, verify):
    target = tmp_path / "again"
    assert "saved" in output("save", "--all", "--sysroot", machine, target)
    assert verify(target) == verify(machine)
    assert (target / "MANIFEST").read_text().startswith("# saved by kvas from a machine that runs Linux ")
    assert "missing there is no /sys/kernel/debug/page_tables/kernel" in (target / "MANIFEST").read_text()
    for path in target.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


def test_save_all_wants_an_empty_directory(tmp_path, refused, output):
    (tmp_path / "file").touch()
    assert "not empty" in refused("save", "--all", "--sysroot", MAIN, tmp_path)
    assert "no directory" in refused("save", "--all", "--sysroot", MAIN, tmp_path / "file")
    assert "exclude" in refused("save", "--all", "--force", "--sysroot", MAIN, tmp_path)
    (tmp_path / "empty").mkdir()
    assert "saved" in output("save", "--all", "--sysroot", MAIN, tmp_path / "empty")


@pytest.mark.parametrize("release", ["../../../../escaped", "..", "a/b", ""])
def test_save_all_writes_nowhere_else(release, copy, tmp_path, kvas):
    """A release is a part of paths, and a saved machine may call anything so."""
    machine = copy()
    measured = machine / "kvas.measured"
    measured.write_text(re.sub(r"release=.*", f"release={release}", measured.read_text()))
    (machine / "boot/config-..").mkdir()
    (machine / "boot/config-a").mkdir()
    for path in (tmp_path / "escaped", machine / "boot/config-a/b", machine / "boot/config-"):
        path.write_text("CONFIG_SMP=y\n")
    target = tmp_path / "deep/target"
    target.parent.mkdir()
    before = set(tmp_path.rglob("*"))
    assert kvas("save", "--all", "--sysroot", machine, target).returncode == 0
    new = set(tmp_path.rglob("*")) - before
    assert new and all(p == target or target in p.parents for p in new)
    assert not list(target.rglob("config*"))


def test_missing_sources_are_noted(copy, tmp_path, output):
    machine = copy()
    (machine / "proc/iomem").unlink()
    output("save", "--all", "--sysroot", machine, tmp_path / "saved")
    assert "missing there is no /proc/iomem\n" in (tmp_path / "saved/MANIFEST").read_text()


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
    assert "name the machine that it is of with --sysroot" in refused(
        "verify", "-f", other, "--sysroot", GOLDEN / "7.2-amd64-5level-nokaslr")
    # Another boot of the same kernel: its addresses disagree.
    assert kvas("verify", "--quiet", "-f", other, "--sysroot", MAIN).returncode == 1
