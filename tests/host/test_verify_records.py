# SPDX-License-Identifier: GPL-2.0-only
"""kvas verify on what came with execmem_*: device memory, ranges for code, per-CPU
chunks, segments, and captures that have nothing of it."""

import re

import pytest

import capture
import mutation
from conftest import clean_environment
from saved import GOLDEN, MAIN, cell, disputes, edit, judged, on_all, published, start_of, substitute, words

# What no capture had before; mem_map, efi_runtime and vectors some architectures had.
NEW = re.compile(r" name=(execmem_\w+|percpu_dynamic|data_bss|reserve_top|xksseg|cksseg|ckseg3|ejtag|kseg[01])\b"
                 r"|^memory ")
GIB, MIB = 1 << 30, 1 << 20


def put(machine, *lines):
    """Records in place of those of the same type and name."""
    keys = {re.match(r"(\w+) .*?\bname=(\w+)", line).groups() for line in lines}

    def change(line):
        found = re.match(r"(\w+) .*?\bname=(\w+)", line)
        return None if found and found.groups() in keys - {("memory", "zone_device")} else line
    path = machine / "sys/kernel/debug/kvas"
    head, *records, _ = path.read_text().splitlines()
    kept = [r for r in map(change, records) if r is not None] + list(lines)
    path.write_text("\n".join([head, *kept, f"end     records={len(kept)}"]) + "\n")


def drop_new(machine):
    arch = re.search(r" arch=(\w+)", (machine / "sys/kernel/debug/kvas").read_text())[1]
    more = {"arm64": "mem_map|efi_runtime", "ppc64": "mem_map|vectors", "mips64": "-", "i386": "-", "arm": "-"}
    also = re.compile(rf" name=({more.get(arch, 'mem_map')})\b")
    path = machine / "sys/kernel/debug/kvas"
    head, *records, _ = path.read_text().splitlines()
    kept = [r.replace(" parent=data_bss", " parent=image").replace(" parent=ckseg3", "")
            for r in records if not NEW.search(r) and not also.search(r)]
    path.write_text("\n".join([head, *kept, f"end     records={len(kept)}"]) + "\n")


def absent(*names, why="same range as execmem_text"):
    return [f'region name={name} absent="{why}"' for name in names]


OTHERS = ["execmem_text_fallback", "execmem_kprobes", "execmem_ftrace", "execmem_bpf", "execmem_data"]


# --- Captures of older modules ------------------------------------------------------------

@on_all
def test_an_older_capture_lacks_what_is_new(machine, copy, verify, kvas):
    machine = copy(machine)
    drop_new(machine)
    document, status = verify(machine)
    assert {value for value in disputes(document) if value[0] == "completeness"} == set()
    assert "execmem_text" in document["lacks"] and "percpu_dynamic" in document["lacks"]
    said = " ".join(kvas("verify", "--sysroot", machine).stdout.split())
    assert f" Saved by an older module: it has no {', '.join(document['lacks'])}." in said
    # Where it says one of them it must say all.
    put(machine, *absent("execmem_text", why="needs KALLSYMS_ALL and KPROBES"))
    document, status = verify(machine)
    assert document["lacks"] == [] and status == 1
    missing = {value.split()[1].split(".")[0] for source, value in disputes(document) if source == "completeness"}
    assert {"percpu_dynamic", "execmem_data"} <= missing
    assert ("data_bss" in missing) == (" arch=arm" in (machine / "sys/kernel/debug/kvas").read_text())


# --- Device memory --------------------------------------------------------------------------

PMEM, SIZE = 7 * GIB, 512 * MIB


@pytest.fixture
def with_memory(copy):
    """The golden machine with 512 MiB of persistent memory behind its RAM."""
    def call(start=PMEM, size=SIZE, kind="fs_dax", populated=None):
        machine = copy()
        drop_new(machine)
        direct, vmemmap = start_of(machine, "direct_map"), start_of(machine, "vmemmap")
        last = PMEM + SIZE if populated is None else populated
        text = (machine / "sys/kernel/debug/kvas").read_text()
        for name, end in (("direct_map", direct + last - 1), ("vmemmap", vmemmap + last // 4096 * 64 - 1)):
            text = re.sub(rf"(name={name} .*populated_end)=\S+", rf"\1={end:#x}", text)
        (machine / "sys/kernel/debug/kvas").write_text(text)
        put(machine, capture.memory(direct + start, direct + start + size - 1, kind, -direct))
        edit(machine / "proc/iomem", b"1c0000000-9bfffffff : PCI Bus 0000:00\n",
             f"{PMEM:x}-{PMEM + SIZE - 1:x} : Persistent Memory (legacy)\n"
             f"  {PMEM:x}-{PMEM + SIZE - 1:x} : namespace0.0\n".encode())
        device(machine, SIZE // 4096)
        return machine
    return call


def hide_tables(machine):
    """In those that were saved there is no device memory."""
    edit(machine / "proc/kcore", b"SYMBOL(init_top_pgt)", b"SYMBOL(init_top_xxx)")
    for path in (machine / "proc/kallsyms", next(machine.glob("boot/System.map-*"))):
        path.write_text(re.sub(r".* init_top_pgt\n", "", path.read_text()))


def device(machine, pages):
    substitute("proc/zoneinfo", r"(zone   Device\n(?:.*\n)*?        spanned ) \d+", rf"\1 {pages}")(machine)


MEMORY = "memory zone_device"


def of_memory(document):
    return {v["key"]: v for v in document["values"] if v["record"] == "memory"}


def about_memory(document):
    return {(source, value) for source, value in disputes(document)
            if source != "completeness" or value.startswith("memory")}


def test_device_memory_is_checked(with_memory, verify):
    machine = with_memory()
    document, _ = verify(machine)
    assert about_memory(document) == {("pagetables", "region direct_map.populated_end"),
                                      ("pagetables", f"{MEMORY}.start"), ("pagetables", f"{MEMORY}.end")}
    hide_tables(machine)
    document, _ = verify(machine)
    assert about_memory(document) == set()
    assert {key: v["verdict"] for key, v in of_memory(document).items()} == {
        "start": "allows", "end": "allows", "size": "agrees", "phys": "agrees", "kind": "agrees"}
    for source in ("kcore", "memory", "iomem", "meminfo", "invariants"):
        assert judged(document, "region direct_map.populated_end", source) == "consistent"
    assert judged(document, "region vmemmap.populated_end", "kcore") == "consistent"
    # RAM ends where it did.
    for source in ("kcore", "memory", "meminfo", "iomem", "invariants"):
        assert judged(document, "fact high_memory.value", source) in ("agrees", "consistent")


@pytest.mark.parametrize("how, disputed", [
    # Too low: what there was before device memory counted.
    ({"populated": PMEM}, {("invariants", "region direct_map.populated_end"), ("invariants", f"{MEMORY}.end"),
                           ("kcore", "region vmemmap.populated_end")}),
    ({"populated": PMEM + SIZE + 4096}, {("kcore", "region direct_map.populated_end")}),
    ({"kind": "generic"}, {("iomem", f"{MEMORY}.kind")}),
    ({"kind": "fast"}, {("completeness", f"{MEMORY}.kind"), ("iomem", f"{MEMORY}.kind")}),
    ({"size": 2 * SIZE}, {("iomem", f"{MEMORY}.phys"), ("meminfo", f"{MEMORY}.end")}),
    ({"start": 6 * GIB}, {("iomem", f"{MEMORY}.phys")}),
    ({"start": PMEM + SIZE}, {("iomem", f"{MEMORY}.phys")}),
    ({"start": PMEM + 2048}, {("invariants", f"{MEMORY}.start")}),
], ids=lambda v: "-".join(map(str, v)) if isinstance(v, dict) else "")
def test_device_memory_is_disputed(how, disputed, with_memory, verify):
    document, status = verify(with_memory(**how))
    assert disputed <= disputes(document) and status == 1


def test_device_memory_that_no_zone_has(with_memory, verify):
    machine = with_memory()
    device(machine, 0)
    assert judged(verify(machine)[0], f"{MEMORY}.start", "meminfo") == "disagrees"
    device(machine, SIZE // 4096 - 1)
    assert judged(verify(machine)[0], f"{MEMORY}.start", "meminfo") == "disagrees"
    device(machine, 4 * SIZE // 4096)
    assert judged(verify(machine)[0], f"{MEMORY}.start", "meminfo") == "allows"


def test_device_memory_without_sources(with_memory, verify):
    machine = with_memory()
    for path in ("proc/iomem", "proc/zoneinfo", "proc/kcore"):
        (machine / path).unlink()
    document, _ = verify(machine)
    assert about_memory(document) == set()


def test_no_value_of_device_memory_can_be_flipped_unnoticed(with_memory, mutate):
    machine = with_memory()
    hide_tables(machine)
    score = mutation.score(mutate, machine, env=clean_environment())
    assert [line for line in score.escaped if " memory " in line] == [] and score.tried > 500


def test_pieces_do_not_overlap(with_memory, verify):
    machine = with_memory()
    direct = start_of(machine, "direct_map")
    put(machine, capture.memory(direct + PMEM + MIB, direct + PMEM + 2 * MIB - 1, "fs_dax", -direct))
    text = (machine / "sys/kernel/debug/kvas").read_text()
    assert text.count("\nmemory ") == 2
    document, _ = verify(machine)
    said = [v["sources"]["invariants"]["why"] for v in document["values"] if v["record"] == "memory"
            and v["sources"].get("invariants", {"verdict": None})["verdict"] == "disagrees"]
    assert said and all("overlaps zone_device" in why for why in said)


def test_the_direct_map_ends_where_its_mapping_does(copy, verify):
    """On x86_64; a module that knew of no device memory may have stopped before it."""
    machine = copy()
    drop_new(machine)
    end = "region direct_map.populated_end"
    assert judged(verify(machine)[0], end, "pagetables") == "consistent"
    last = published(machine, "region", "direct_map", "populated_end")
    # Both pages are in the last table that was saved.
    substitute("sys/kernel/debug/kvas", rf"populated_end={last:#x}", f"populated_end={last - 4096:#x}")(machine)
    assert judged(verify(machine)[0], end, "pagetables") == "consistent"
    put(machine, *absent("execmem_text", why="needs KALLSYMS_ALL and KPROBES"))
    assert judged(verify(machine)[0], end, "pagetables") == "disagrees"


def test_high_memory_may_move_over_device_memory(with_memory, verify):
    """As 5.10 has it on x86."""
    machine = with_memory()
    direct = start_of(machine, "direct_map")
    substitute("sys/kernel/debug/kvas", r"(name=high_memory value)=\S+", rf"\1={direct + PMEM + SIZE:#x}")(machine)
    document, _ = verify(machine)
    assert judged(document, "fact high_memory.value", "kcore") == "consistent"
    assert judged(document, "fact high_memory.value", "invariants") == "consistent"


# --- Ranges for code ------------------------------------------------------------------------

MODULES_END = 0xfffffffffeffffff


def execmem(machine, start, end=MODULES_END, name="execmem_text", parent="modules"):
    put(machine, capture.region(name, start, end, more=f"parent={parent}"))


@pytest.fixture
def with_execmem(copy):
    def call(start, end=MODULES_END, machine=MAIN):
        machine = copy(machine)
        drop_new(machine)
        put(machine, *absent(*OTHERS))
        execmem(machine, start, end)
        return machine
    return call


def test_code_of_modules_on_x86_64(with_execmem, verify):
    document, _ = verify(with_execmem(start_of(MAIN, "execmem_text")))
    start, end = "region execmem_text.start", "region execmem_text.end"
    assert {source: judged(document, start, source) for source in ("documented", "invariants", "modules")} \
        == {"documented": "allows", "invariants": "consistent", "modules": "allows"}
    assert judged(document, end) == "agrees"
    assert judged(document, "region execmem_bpf.absent") == "agrees"
    assert {value for _, value in disputes(document) if "execmem" in value} == set()


@pytest.mark.parametrize("start, source", [
    (0xffffffffc0000000 + 1025 * 4096, "documented"),  # more pages than are left free
    (0xffffffffc0000000 - 4096, "invariants"),  # not in modules
    (0xffffffffc0001800, "invariants"),  # not a page
    (0xffffffffc0600000, "modules"),  # behind the code of this module
    (0xffffffffc0600000, "invariants"),
])
def test_code_of_modules_elsewhere(start, source, with_execmem, verify):
    machine = with_execmem(start) if start >= 0xffffffffc0000000 else with_execmem(start, 0xffffffffbfffffff)
    if start < 0xffffffffc0000000:
        substitute("sys/kernel/debug/kvas", r"(name=execmem_text .*) parent=modules", r"\1")(machine)
    assert judged(verify(machine)[0], "region execmem_text.start", source) == "disagrees"


def test_code_of_modules_without_kaslr(with_execmem, verify):
    machine = with_execmem(start_of(MAIN, "modules") + 4096)
    edit(machine / "proc/cmdline", b"\n", b" nokaslr\n")
    assert judged(verify(machine)[0], "region execmem_text.start") == "disagrees"
    execmem(machine, start_of(MAIN, "modules"))
    assert judged(verify(machine)[0], "region execmem_text.start") == "agrees"


def test_x86_64_has_one_range(with_execmem, verify):
    machine = with_execmem(start_of(MAIN, "modules") + 0x2a7000)
    execmem(machine, start_of(MAIN, "modules"), name="execmem_bpf")
    assert judged(verify(machine)[0], "region execmem_bpf.start") == "disagrees"


def test_ranges_are_those_of_the_kernel(with_execmem, verify):
    """mm/execmem.c has a pointer, arch/x86/mm/init.c a structure, of one name."""
    start = start_of(MAIN, "modules") + 0x2a7000
    machine = with_execmem(start)
    info = 0xffffffff90000000
    with open(machine / "proc/kallsyms", "a") as file:
        file.write(f"{info:016x} d execmem_info\n{info + 4096:016x} d execmem_info\n")
    ranges = [start, MODULES_END + 1, 0, 0, 0x163, 4096, 0] * 5 + [0] * 13
    with open(words(machine), "a") as file:
        file.write(f"{info:#x} {b''.join(n.to_bytes(8, 'little') for n in ranges).hex()}\n")
    document, _ = verify(machine)
    assert judged(document, "region execmem_text.start", "memory") == "agrees"
    assert judged(document, "region execmem_text.end", "memory") == "agrees"
    execmem(machine, start + 4096)
    assert judged(verify(machine)[0], "region execmem_text.start", "memory") == "disagrees"


@pytest.mark.parametrize("machine, source, why, verdict", [
    (MAIN, "needs KALLSYMS_ALL and KPROBES", None, "disagrees"),
    (MAIN, "needs KALLSYMS_ALL and KPROBES", "CONFIG_KALLSYMS_ALL=y", "allows"),
    (MAIN, "CONFIG_EXECMEM is not set", "CONFIG_EXECMEM=y", "allows"),
    (GOLDEN / "6.1-powerpc64le-hash-power8", "before 6.10", None, "allows"),
    (GOLDEN / "6.1-686-pae-pae-5g", "before 6.10", None, "disagrees"),
    (GOLDEN / "5.10-amd64-4level", "before 6.10", None, "disagrees"),
])
def test_code_of_modules_may_be_unknown(machine, source, why, verdict, copy, verify):
    machine = copy(machine)
    drop_new(machine)
    put(machine, *absent("execmem_text", *OTHERS, why=source))
    config = next(machine.glob("boot/config-*"))
    # The golden file has the options that were asked for when it was made.
    have = config.read_text()
    for option in ("CONFIG_EXECMEM=y", "CONFIG_KALLSYMS_ALL=y", "CONFIG_KPROBES=y", "CONFIG_MODULES=y"):
        have = have if option in have else have + option + "\n"
    config.write_text(have.replace(why, "") if why else have)
    assert judged(verify(machine)[0], "region execmem_text.absent", "completeness") == verdict


@pytest.mark.parametrize("by, longer, verdict", [(0, 0, ""), (-64 * MIB, 0, ""), (-128 * MIB, 0, "start end"),
                                                 (0, 4096, "size"), (-3 * GIB, 0, "start end")])
def test_code_of_modules_on_arm64(by, longer, verdict, copy, verify):
    """128 MiB around the image, wherever KASLR has put it."""
    machine = copy(GOLDEN / "6.12-arm64-52bit")
    drop_new(machine)
    # Its kernel tells other ranges: by a structure and by a pointer to it.
    for _ in range(2):
        substitute("proc/kallsyms", r"^.* execmem_info\n", "")(machine)
    image = start_of(machine, "image") & -(2 * MIB)
    start = image - 16 * MIB + by
    put(machine, *absent("execmem_ftrace", "execmem_data"))
    for name in ("execmem_kprobes", "execmem_bpf"):
        execmem(machine, start_of(machine, "vmalloc"), published(machine, "region", "vmalloc", "end"), name, "vmalloc")
    execmem(machine, image + 128 * MIB - 2 * GIB, image + 128 * MIB - 1, "execmem_text_fallback", "vmalloc")
    execmem(machine, start, start + 128 * MIB + longer - 1, parent="vmalloc")
    if verdict == "start end":
        # There its own code and that of others is not, either.
        assert judged(verify(machine)[0], "region execmem_text.end") == "disagrees"
        return
    document, _ = verify(machine)
    assert {value for _, value in disputes(document) if "execmem" in value} \
        == {f"region execmem_text.{key}" for key in (["size", "end"] if verdict else [])}


# --- The top of i386 --------------------------------------------------------------------------

PAE = GOLDEN / "6.1-686-pae-pae-5g"


@pytest.mark.parametrize("cmdline, top", [
    ("quiet", 0xfffff000), ("reservetop=0", 0xfffff000), ("reservetop=4M", 0xffbff000),
    ("reservetop=0x400000", 0xffbff000), ("reservetop=1", 0xffdff000), ("reservetop=8M reservetop=4097K", 0xff9ff000),
    ("reservetop=2M -- reservetop=8M", 0xffdff000),
])
def test_what_is_reserved_above_the_fixmap(cmdline, top, copy, verify):
    """round_down(-SIZE, PMD_SIZE) less a page; PMD_SIZE is 2 MiB with PAE."""
    machine = copy(PAE)
    drop_new(machine)
    (machine / "proc/cmdline").write_text(cmdline + "\n")
    by = 0xfffff000 - top
    fixmap = start_of(machine, "fixmap") - by
    substitute("sys/kernel/debug/kvas", "(name=kmap_local +)parent=fixmap ", r"\1")(machine)
    put(machine, capture.region("fixmap", fixmap, top - 1, bits=32),
        capture.region("reserve_top", top + 4096, 0xffffffff, bits=32) if by else
        'region name=reserve_top absent="nothing is reserved"')

    def verdicts():
        document, _ = verify(machine)
        return [judged(document, f"region {value}") for value in
                ("fixmap.start", "fixmap.end", "reserve_top.start" if by else "reserve_top.absent")]
    assert verdicts() == ["agrees"] * 3
    # Slot 0 is a hole.
    put(machine, capture.region("fixmap", fixmap, top + 4095, bits=32))
    assert verdicts()[1] == "disagrees"
    if by:
        put(machine, 'region name=reserve_top absent="nothing is reserved"')
        document, _ = verify(machine)
        assert judged(document, "region reserve_top.absent") == "cannot say"


def test_nothing_is_reserved_unless_asked(copy, verify):
    machine = copy(PAE)
    drop_new(machine)
    put(machine, capture.region("reserve_top", 0xffc00000, 0xffffffff, bits=32))
    assert judged(verify(machine)[0], "region reserve_top.start") == "disagrees"


def test_no_room_is_left(copy, verify):
    machine = copy(PAE)
    (machine / "proc/cmdline").write_text("reservetop=1G\n")
    assert "no room" in cell(verify(machine)[0], "documented", "region vmalloc.end")["why"]


# --- Segments of MIPS -----------------------------------------------------------------------

SEGMENTS = {"xksseg": (1 << 62, (1 << 63) - 1), "cksseg": (0xffffffffc0000000, 0xffffffffdfffffff),
            "ckseg3": (0xffffffffe0000000, (1 << 64) - 1), "ejtag": (0xffffffffff200000, 0xffffffffff3fffff)}
PARENTS = {"cksseg": "parent=modules", "ejtag": "parent=ckseg3"}


def test_segments_of_mips64(copy, verify):
    machine = copy(GOLDEN / "6.1-5kc-malta-1g")
    drop_new(machine)
    put(machine, *(capture.region(name, *ends, more=PARENTS.get(name, "")) for name, ends in SEGMENTS.items()))
    substitute("sys/kernel/debug/kvas", " name=fixmap ", " name=fixmap parent=ckseg3 ")(machine)
    document, _ = verify(machine)
    assert {source for source, _ in disputes(document)} <= {"completeness"}
    for name in SEGMENTS:
        assert judged(document, f"region {name}.start") == judged(document, f"region {name}.end") == "agrees"
    put(machine, capture.region("ejtag", 0xffffffffff300000, 0xffffffffff3fffff, more="parent=ckseg3"))
    assert judged(verify(machine)[0], "region ejtag.start") == "disagrees"


# --- Data and BSS -----------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["5.10-arm64-48bit", "6.12-arm64-52bit", "7.2-armmp-highmem"])
def test_data_and_bss_together(name, copy, verify):
    machine = copy(GOLDEN / name)
    drop_new(machine)
    bits = 64 if "arm64" in name else 32
    start, end = (int(n, 16) for n in re.search(r"(\w+)-(\w+) : Kernel data", (machine / "proc/iomem").read_text()).groups())
    distance = start_of(machine, "image") - published(machine, "region", "image", "phys")
    phys = f"phys=0x{start:0{bits // 4}x}"

    def verdicts(first=0, last=0):
        put(machine, capture.region("data_bss", start + distance + first, end + distance + last, bits, "section", phys))
        document, _ = verify(machine)
        return {key: judged(document, f"section data_bss.{key}", "iomem") for key in ("start", "end", "size", "phys")}
    assert verdicts() == {"start": "consistent", "end": "consistent", "size": "agrees", "phys": "agrees"}
    assert verdicts(first=4096)["start"] == verdicts(last=4096)["end"] == verdicts(last=-1)["size"] == "disagrees"


def test_data_and_bss_are_parts_of_both(copy, verify):
    machine = copy(GOLDEN / "6.12-arm64-52bit")
    drop_new(machine)
    data, bss = start_of_section(machine, "data"), start_of_section(machine, "bss")
    put(machine, capture.region("data_bss", data, bss, kind="section"))
    assert judged(verify(machine)[0], "section data_bss.end", "invariants") == "disagrees"
    put(machine, capture.region("data_bss", data + 1, bss + 2 * MIB, kind="section"))
    assert judged(verify(machine)[0], "section data_bss.start", "invariants") == "disagrees"


def start_of_section(machine, name):
    return published(machine, "section", name, "start")


# --- Per-CPU memory ---------------------------------------------------------------------------

def test_per_cpu_memory_is_at_the_top_of_vmalloc(copy, verify):
    machine = copy()
    document, _ = verify(machine)
    assert judged(document, "region vmalloc.end", "vmallocinfo") == "allows"
    path = machine / "proc/vmallocinfo"
    start = start_of(machine, "vmalloc")
    text = re.sub(r".* pcpu_get_vm_areas.*\n", "", path.read_text())
    # In the lower half, where nothing that looks from the top down comes to.
    path.write_text(text + f"{start + (1 << 52):#x}-{start + (1 << 52) + 0x200000:#x} 2097152 "
                           "pcpu_get_vm_areas+0x0/0x1000 vmalloc\n")
    said = cell(verify(machine)[0], "vmallocinfo", "region vmalloc.end")
    assert said["verdict"] == "disagrees" and "upper half" in said["why"]


def test_an_object_of_alloc_percpu(copy, verify):
    machine = copy()
    area = int(re.search(r"0x(\w+)-\S+ +\d+ pcpu_get_vm_areas", (machine / "proc/vmallocinfo").read_text())[1], 16)

    def verdicts(addr, home):
        put(machine, f"witness addr={addr:#x} name=percpu_dynamic region={home} source=alloc_percpu")
        document, _ = verify(machine)
        return [judged(document, "witness percpu_dynamic.addr", source) for source in ("invariants", "vmallocinfo")] + \
            [judged(document, "witness percpu_dynamic.region")]
    first = start_of(machine, "percpu")
    assert verdicts(first + 0x20000, "percpu") == ["consistent", "no rule", "agrees"]
    assert verdicts(area + 64, "vmalloc") == ["consistent", "allows", "allows"]
    assert verdicts(start_of(machine, "vmalloc") + 64, "vmalloc")[1] == "disagrees"
    assert verdicts(first + 0x20000, "direct_map")[2] == "disagrees"


# --- The rest ---------------------------------------------------------------------------------

LINEAR = 0xc000000000000000
VECTORS = capture.region("vectors", LINEAR, LINEAR + 0x5cff, more="parent=direct_map phys=0x0000000000000000")


def test_vectors_of_an_image_in_its_place_on_ppc64(copy, verify):
    machine = copy(GOLDEN / "6.12-powerpc64le-radix")
    assert start_of(machine, "image") == LINEAR
    sources = ("documented", "kallsyms")
    put(machine, 'region name=vectors absent="the image is there"')
    document, _ = verify(machine)
    assert [judged(document, "region vectors.absent", s) for s in sources] == ["consistent", "agrees"]
    put(machine, VECTORS)
    document, _ = verify(machine)
    assert [judged(document, "region vectors.start", s) for s in sources] == ["disagrees", "disagrees"]


def test_vectors_of_a_relocated_image_on_ppc64(copy, verify):
    machine = copy(GOLDEN / "6.12-powerpc64le-radix")
    # By 256 MiB.
    for file, lines in (("sys/kernel/debug/kvas", "section .*|region .* name=image .*"),
                        ("proc/kallsyms", ".* _stext|.* __end_interrupts")):
        path = machine / file
        path.write_text(re.sub(f"(?m)^(?:{lines})$", lambda line: line[0].replace("c00000000", "c00000001"),
                               path.read_text()))
    put(machine, VECTORS)
    document, _ = verify(machine)
    assert judged(document, "region vectors.start") == judged(document, "region vectors.start", "kallsyms") == "agrees"
    assert judged(document, "region vectors.end", "kallsyms") == "agrees"


def test_efi_runtime_of_arm64_is_where_processes_are(copy, verify):
    machine = copy(GOLDEN / "6.12-arm64-52bit")
    drop_new(machine)
    put(machine, capture.region("efi_runtime", 0x20000000, 0x200fffff, more="parent=user"))
    document, _ = verify(machine)
    assert judged(document, "region efi_runtime.start") == "allows"
    assert {value for _, value in disputes(document) if "efi_runtime" in value} == set()
    put(machine, capture.region("efi_runtime", 0xffffffff20000000, 0xffffffff200fffff))
    assert judged(verify(machine)[0], "region efi_runtime.start") == "disagrees"
