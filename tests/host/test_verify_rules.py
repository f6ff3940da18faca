# SPDX-License-Identifier: GPL-2.0-only
"""kvas verify: rules of single architectures."""

import re
import shutil
import struct

import pytest

import capture
from saved import (GOLDEN, MAIN, NOSYMBOLS, address_of, cell, core_file, disputes, judged, poke, published,
                   replace_record, segment, start_of, substitute)

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
    """Memory after the last, and what the module publishes then."""
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
                   f"end=\\S+ +size=\\S+( +name={region} .*)end_source=\"?[^\"]*\"? end_route=(?:derived|kprobe)"
                   ' populated_start=\\S+ populated_end=\\S+ populated_source=("[^"]*") populated_route=exported.*',
                   rf"end={last:#x} size={last - start + 1}\1end_source=\2 end_route=exported"
                   ' note="to the end of memory; how much room is after it is not known"')(machine)


def test_a_direct_map_that_ends_with_memory(copy, verify):
    machine = copy(NOSYMBOLS)
    open_end(machine)
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0


@pytest.mark.parametrize("by", (-4096, 4096))
@pytest.mark.parametrize("source", ("memory", "iomem", "meminfo"))
def test_a_direct_map_that_does_not_end_with_memory(source, by, copy, verify):
    machine = copy(NOSYMBOLS)
    open_end(machine, by)
    document, _ = verify(machine)
    assert judged(document, "region direct_map.end", source) == "disagrees"


def test_a_window_whose_end_the_module_should_know(copy, verify):
    """Its variable is listed, and kprobes find it."""
    machine = copy()
    open_end(machine)
    document, _ = verify(machine)
    assert judged(document, "region direct_map.end", "memory") == "disagrees"


def test_memory_that_drivers_add(copy, verify):
    """dax/kmem and virtio-mem call it "System RAM (kmem)"."""
    machine = copy()
    substitute("proc/iomem", "(100000000-[0-9a-f]+ : System RAM)$", r"\1 (kmem)")(machine)
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0


@pytest.mark.parametrize("machine", (MAIN, GOLDEN / "6.12-arm64-52bit"), ids=lambda p: p.name)
def test_memory_that_is_offline_is_in_no_zone(machine, copy, verify):
    machine = copy(machine)
    path = machine / "proc/zoneinfo"
    old = max(int(n) for n in re.findall(r"spanned +(\d+)", path.read_text()))
    substitute("proc/zoneinfo", f"spanned  {old}", f"spanned  {old - 32768}")(machine)
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0


def test_memory_that_a_kernel_without_highmem_leaves_out(copy, verify):
    """It is in no zone and never will be: the last zone tells where lowmem ends."""
    machine = copy(GOLDEN / "6.1-686-pae-pae-5g")
    path = machine / "proc/zoneinfo"
    text, n = re.subn(r"^Node 0, zone  HighMem\n(?:(?!Node ).*\n)*", "", path.read_text(), flags=re.M)
    assert n == 1
    path.write_text(text)
    document, _ = verify(machine)
    assert judged(document, "fact high_memory.value", "meminfo") == "consistent"
    assert judged(document, "region direct_map.end", "meminfo") == "consistent"


def test_high_memory_may_count_tables_of_acpi(copy, verify):
    """They are at the end of memory, but not mapped; so it is where memory was removed."""
    machine, more = copy(), 4 << 20
    poke(machine, address_of(machine, "high_memory"), lambda n: n + more)
    poke(machine, address_of(machine, "max_pfn"), lambda n: n + more // 4096)
    fact = published(machine, "fact", "high_memory", "value")
    substitute("sys/kernel/debug/kvas", f"(name=high_memory +value=){fact:#x}", rf"\g<1>{fact + more:#x}")(machine)
    document, status = verify(machine)
    assert disputes(document) == set() and status == 0


def test_ranges_for_code_are_told_apart(copy, verify):
    """Each is where execmem_info has the one of its name."""
    machine = copy()
    path = machine / "sys/kernel/debug/kvas"
    names = {"execmem_text": "execmem_text_fallback", "execmem_text_fallback": "execmem_text"}
    path.write_text(re.sub(r"(?<=name=)execmem_text\w*", lambda m: names[m[0]], path.read_text()))
    document, _ = verify(machine)
    assert judged(document, "region execmem_text_fallback.start", "memory") == "disagrees"


def test_what_is_absent_was_not_moved(copy, verify):
    """Without vmemmap the two other regions tell whether KASLR moved them."""
    machine = copy(GOLDEN / "7.2-amd64-5level-nokaslr")
    replace_record("region", "vmemmap", lambda _: 'region  name=vmemmap absent="CONFIG_SPARSEMEM_VMEMMAP is not set"')(machine)
    document, _ = verify(machine)
    assert judged(document, "fact memory_kaslr.value") == "agrees"


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
