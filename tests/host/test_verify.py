# SPDX-License-Identifier: GPL-2.0-only
"""kvas verify on saved machines: all agree, each source can disagree, changes are noticed."""

import re
import subprocess

import pytest

import capture
import mutation
from conftest import clean_environment
from saved import (GOLDEN, HERE, MAIN, NOSYMBOLS, RELEASE, address_of, cell, disputes, edit, move_map,
                   on_native, poke, published, segment, set_symbol, start_of, substitute, text_of_witness)

# A kernel built from source that dumps its page tables.
KASAN = HERE / "machines/6.1-kasan-5level"

# --- Real machines -----------------------------------------------------------

@on_native
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
    *((m, {"ptdump"}) for m in capture.NATIVE), (KASAN, set()), (NOSYMBOLS, {"kallsyms", "modules"}),
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
    ("mappings", "region fixmap.end",
     lambda m: poke(m, address_of(m, "level1_fixmap_pgt") - 0x1000 + 508 * 8, lambda n: 0x80000000000001e3)),
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

@on_native
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
