# SPDX-License-Identifier: GPL-2.0-only
"""kvas predict, and kvas verify --config.

What is expected here is written down from the kernel's documents: mm.rst of
x86_64, memory.rst of arm and arm64, vm-layout.rst of riscv; and by hand from
the headers where there is no document.
"""

import json
import re

import pytest

import capture
from capture import exact_size as size

HEAD = "# Linux/{} {} Kernel Configuration\n"
X86_64 = HEAD.format("x86", "6.12.1") + """\
CONFIG_64BIT=y
CONFIG_X86=y
CONFIG_X86_64=y
CONFIG_PGTABLE_LEVELS=5
CONFIG_X86_5LEVEL=y
CONFIG_NR_CPUS=64
CONFIG_PHYSICAL_START=0x1000000
CONFIG_PHYSICAL_ALIGN=0x200000
CONFIG_RELOCATABLE=y
CONFIG_RANDOMIZE_BASE=y
CONFIG_RANDOMIZE_MEMORY=y
CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING=0xa
CONFIG_HAVE_ALIGNED_STRUCT_PAGE=y
CONFIG_SPARSEMEM_VMEMMAP=y
# CONFIG_KASAN is not set
"""
I386 = HEAD.format("i386", "6.1.0") + """\
# CONFIG_64BIT is not set
CONFIG_X86_32=y
CONFIG_X86=y
CONFIG_SMP=y
CONFIG_NR_CPUS=8
CONFIG_HIGHMEM4G=y
CONFIG_HIGHMEM=y
CONFIG_VMSPLIT_3G=y
CONFIG_PAGE_OFFSET=0xC0000000
CONFIG_PGTABLE_LEVELS=2
CONFIG_PHYSICAL_START=0x1000000
CONFIG_PHYSICAL_ALIGN=0x200000
"""
ARM64 = HEAD.format("arm64", "6.1.5") + """\
CONFIG_64BIT=y
CONFIG_ARM64=y
CONFIG_ARM64_4K_PAGES=y
CONFIG_ARM64_VA_BITS=48
CONFIG_ARM64_PA_BITS=48
CONFIG_PGTABLE_LEVELS=4
CONFIG_NR_CPUS=8
CONFIG_RANDOMIZE_BASE=y
CONFIG_RELOCATABLE=y
CONFIG_SPARSEMEM_VMEMMAP=y
"""
ARM = HEAD.format("arm", "6.1.5") + """\
CONFIG_ARM=y
CONFIG_MMU=y
CONFIG_SMP=y
CONFIG_NR_CPUS=4
CONFIG_HIGHMEM=y
CONFIG_PAGE_OFFSET=0xC0000000
CONFIG_PGTABLE_LEVELS=2
"""
RISCV64 = HEAD.format("riscv", "6.12.5") + """\
CONFIG_64BIT=y
CONFIG_RISCV=y
CONFIG_MMU=y
CONFIG_PGTABLE_LEVELS=5
CONFIG_SPARSEMEM_VMEMMAP=y
"""
PPC64 = HEAD.format("powerpc", "6.12.5") + """\
CONFIG_PPC64=y
CONFIG_64BIT=y
CONFIG_PPC_BOOK3S_64=y
CONFIG_PPC_RADIX_MMU=y
CONFIG_PPC_64K_PAGES=y
CONFIG_PGTABLE_LEVELS=4
CONFIG_SPARSEMEM_VMEMMAP=y
CONFIG_THREAD_SHIFT=14
"""
LOONGARCH64 = HEAD.format("loongarch", "6.12.5") + """\
CONFIG_64BIT=y
CONFIG_LOONGARCH=y
CONFIG_PAGE_SIZE_16KB=y
CONFIG_PGTABLE_LEVELS=3
"""
EACH = {"x86_64": X86_64, "i386": I386, "arm64": ARM64, "arm": ARM, "riscv64": RISCV64,
        "ppc64": PPC64, "loongarch64": LOONGARCH64}


@pytest.fixture
def predict(kvas, write):
    """name.key -> what is said of it; an interval as a pair of numbers."""
    def call(config, *options):
        result = kvas("predict", "-J", *options, write(config, "config"))
        assert result.returncode == 0 and result.stderr == "", result.stderr
        return {f"{p['name']}.{p['key']}": value(p)
                for p in json.loads(result.stdout)["predictions"]}
    return call


def number(found):
    """What is counted is a number, addresses and sizes are texts; some facts are words."""
    hexadecimal = isinstance(found, str) and re.match("-?0x", found)
    return int(found, 0) if hexadecimal else found


def value(p):
    if p["prediction"] == "interval":
        return number(p["low"]), number(p["high"])
    if p["prediction"] != "exact":
        return p["prediction"]
    return number(p["value"])


def with_(config, *lines):
    """Options set otherwise; a later line of an option replaces the former."""
    names = [re.match(r"(?:# )?(CONFIG_\w+)", line)[1] for line in lines]
    kept = [old for old in config.splitlines()
            if not any(re.match(rf"(# )?{name}\b", old) for name in names)]
    return "\n".join([*kept, *lines]) + "\n"


# --- What the documents say ----------------------------------------------------------------------

def test_x86_64_without_kaslr(predict):
    four = predict(X86_64, "--va-bits", "48", "--cmdline", "quiet nokaslr")
    assert four["direct_map.start"] == 0xffff888000000000
    assert four["direct_map.size"] == size("64T")
    assert four["vmalloc.start"] == 0xffffc90000000000
    assert four["vmalloc.end"] == 0xffffe8ffffffffff
    assert four["vmemmap.start"] == 0xffffea0000000000
    assert four["vmemmap.size"] == size("1T")
    assert four["image.start"] == four["text.start"] == 0xffffffff81000000
    assert four["modules.start"] == 0xffffffffc0000000
    assert four["kasan_shadow.start"] == "absent"
    assert four["page_levels.value"] == 4 and four["user_kernel_split.value"] == "128T:128T"
    five = predict(X86_64, "--va-bits", "57", "--cmdline", "nokaslr")
    assert five["direct_map.start"] == 0xff11000000000000
    assert five["vmalloc.start"] == 0xffa0000000000000
    assert five["vmalloc.size"] == size("12800T")
    assert five["vmemmap.start"] == 0xffd4000000000000
    assert five["user.end"] == 0x00ffffffffffefff


def test_x86_64_with_kaslr(predict):
    """The bases move within what is free; sizes do not."""
    found = predict(X86_64, "--va-bits", "48", "--ram", "1G")
    padded = size("11T")  # 1 GiB, up to a TiB, and 10 of padding
    low, high = found["direct_map.start"]
    # Of which of the two it is, release and boot loader decide.
    assert found["direct_map.size"] == (padded, size("64T"))
    assert (low, high) == (0xffff888000000000, 0xfffffe0000000000 - padded - size("33T"))
    assert found["vmalloc.size"] == size("32T") and found["vmemmap.size"] == size("1T")
    assert found["vmalloc.start"][0] == low + padded
    assert found["vmemmap.end"][1] == 0xfffffdffffffffff + size("2G")
    assert found["image.start"] == (0xffffffff81000000, 0xffffffffbfffffff)
    assert found["memory_kaslr.value"] == "open" and found["modules.start"] == 0xffffffffc0000000
    # Up to 1024 pages are left free before code.
    assert found["execmem_text.start"] == (0xffffffffc0000000, 0xffffffffc0400000)
    assert found["execmem_text.end"] == found["modules.end"] and found["execmem_bpf.start"] == "absent"


def test_x86_64_options(predict):
    kasan = predict(with_(X86_64, "CONFIG_KASAN=y"), "--va-bits", "48")
    assert kasan["direct_map.start"] == 0xffff888000000000
    assert kasan["kasan_shadow.start"] == 0xffffec0000000000
    assert kasan["thread_size.value"] == 32768 and kasan["memory_kaslr.value"] is False
    fixed = predict(with_(X86_64, "# CONFIG_RANDOMIZE_MEMORY is not set"), "--va-bits", "48")
    assert fixed["vmemmap.start"] == 0xffffea0000000000 and len(fixed["image.start"]) == 2
    unmoved = predict(with_(X86_64, "# CONFIG_RANDOMIZE_BASE is not set",
                            "# CONFIG_RANDOMIZE_MEMORY is not set",
                            "CONFIG_PHYSICAL_START=0x2100000"), "--va-bits", "48")
    assert unmoved["image.start"] == 0xffffffff82200000
    assert unmoved["modules.start"] == 0xffffffffa0000000


def test_without_the_processor_either_may_be(predict):
    both = predict(X86_64, "--cmdline", "nokaslr")
    assert both["vmalloc.start"] == (0xffa0000000000000, 0xffffc90000000000)
    assert both["page_levels.value"] == (4, 5)
    assert both["user_kernel_split.value"] == "open"
    assert both["modules.start"] == 0xffffffffc0000000
    four = with_(X86_64, "# CONFIG_X86_5LEVEL is not set", "CONFIG_PGTABLE_LEVELS=4")
    for config, options in ((X86_64, "nokaslr no5lvl"), (four, "nokaslr")):
        for bits in ([], ["--va-bits", "48"], ["--va-bits", "57"]):
            found = predict(config, "--cmdline", options, *bits)
            assert found["vmalloc.start"] == 0xffffc90000000000, (options, bits)


@pytest.mark.parametrize("offset, split", [
    (0xc0000000, "3G:1G"), (0xb0000000, "2816M:1280M"), (0x80000000, "2G:2G"),
    (0x78000000, "1920M:2176M"), (0x40000000, "1G:3G"),
])
def test_i386_split(predict, offset, split):
    """Lowmem is what is left of the kernel's part: highmem.rst and init_32.c."""
    found = predict(with_(I386, f"CONFIG_PAGE_OFFSET={offset:#x}"), "--ram", "16G")
    assert found["user_kernel_split.value"] == split
    assert found["user.end"] == offset - 1 and found["direct_map.start"] == offset
    # The same distance from the top whatever the split is.
    top = found["vmalloc.end"] + 1
    assert found["pkmap.start"] == top + 2 * 4096 and found["pkmap.size"] == size("4M")
    assert found["direct_map.end"] + 1 == top - size("128M")
    assert found["vmalloc.start"] == top - size("120M")
    # Slot 0, of the last page, is a hole.
    assert found["fixmap.end"] == 0xffffefff and found["reserve_top.start"] == "absent"


@pytest.mark.parametrize("pae, pmd", [("# CONFIG_X86_PAE is not set", size("4M")), ("CONFIG_X86_PAE=y", size("2M"))])
def test_i386_with_room_at_the_top(predict, pae, pmd):
    """reserve_top_address() rounds down to what an entry above pages maps."""
    config = with_(I386, pae)
    plain, moved = (predict(config, "--ram", "16G", "--cmdline", text) for text in ("quiet", "reservetop=1M"))
    assert moved["reserve_top.start"] == (1 << 32) - pmd and moved["reserve_top.end"] == 0xffffffff
    for value in ("fixmap.start", "fixmap.end", "vmalloc.end", "pkmap.start", "direct_map.end"):
        assert plain[value] - moved[value] == pmd, value


def test_i386_without_highmem(predict):
    config = with_(I386, "# CONFIG_HIGHMEM is not set", "CONFIG_NOHIGHMEM=y")
    found = predict(config, "--ram", "4G")
    assert found["pkmap.start"] == "absent" and found["kmap_local.start"] == "absent"


def test_i386_by_memory(predict):
    """Of less memory than fits, firmware may keep some; mem= leaves no doubt."""
    most = predict(I386, "--ram", "4G")["direct_map.end"]
    low, high = predict(I386, "--ram", "512M")["direct_map.end"]
    assert low < high == 0xc0000000 + size("512M") - 1 < most
    assert predict(I386)["direct_map.end"] == (0xc0000000 + size("16M") - 1, most)
    found = predict(I386, "--ram", "4G", "--cmdline", "mem=700M")
    assert found["direct_map.end"] == 0xc0000000 + size("700M") - 1
    assert predict(I386, "--ram", "4G", "--cmdline", "vmalloc=256M")["vmalloc.size"] == size("256M")


@pytest.mark.parametrize("bits, start, modules", [
    (48, 0xffff000000000000, 0xffff800008000000), (39, 0xffffff8000000000, 0xffffffc008000000),
])
def test_arm64(predict, bits, start, modules):
    """6.1: memory.rst; half of the kernel's addresses, then 128 MiB of modules."""
    levels = 4 if bits == 48 else 3
    found = predict(with_(ARM64, f"CONFIG_ARM64_VA_BITS={bits}", f"CONFIG_PGTABLE_LEVELS={levels}"))
    assert found["direct_map.start"] == start and found["user.end"] == (1 << bits) - 1
    assert found["modules.end"] + 1 == found["vmalloc.start"] == modules
    assert found["page_levels.value"] == levels


def test_arm64_of_52_bits(predict):
    config = with_(ARM64, "CONFIG_ARM64_VA_BITS=52", "CONFIG_ARM64_PA_BITS=52",
                   "CONFIG_PGTABLE_LEVELS=5").replace("6.1.5", "6.12.5")
    both = predict(config)
    assert both["va_bits.value"] == (48, 52)
    assert both["direct_map.start"] == (0xfff0000000000000, 0xffff000000000000)
    assert both["vmalloc.start"] == 0xffff800080000000
    for bits, start in ((48, 0xffff000000000000), (52, 0xfff0000000000000)):
        assert predict(config, "--va-bits", bits)["direct_map.start"] == start


def test_arm(predict):
    """memory.rst: 240 MiB for vmalloc, below 0xff800000."""
    found = predict(ARM, "--ram", "2G")
    assert found["vmalloc.end"] == 0xff7fffff and found["vmalloc.start"] == 0xf0800000
    assert found["modules.start"] == 0xbf000000 and found["pkmap.end"] == 0xbfffffff
    assert found["vectors.start"] == 0xffff0000
    two = predict(with_(ARM, "CONFIG_PAGE_OFFSET=0x80000000"), "--ram", "2G")
    assert two["user_kernel_split.value"] == "2G:2G" and two["modules.start"] == 0x7f000000
    assert two["direct_map.end"] == found["direct_map.end"]
    assert two["direct_map.phys"] == (0, 1 << 40)  # each board has its own


@pytest.mark.parametrize("cmdline, bits, start", [
    ("", 57, 0xff60000000000000), ("no5lvl", 48, 0xffffaf8000000000),
    ("no4lvl", 39, 0xffffffd600000000),
])
def test_riscv64(predict, cmdline, bits, start):
    found = predict(RISCV64, "--cmdline", cmdline, "--va-bits", "57")
    assert found["va_bits.value"] == bits and found["direct_map.start"] == start
    assert found["image.start"] == 0xffffffff80000000


def test_ppc64(predict):
    both = predict(PPC64)
    assert both["mmu.value"] == "open" and both["vmalloc.start"] == 0xc008000000000000
    assert predict(PPC64, "--mmu", "radix")["noncanonical.start"] == size("4P")
    assert predict(PPC64, "--cmdline", "disable_radix")["noncanonical.start"] == "absent"
    assert predict(with_(PPC64, "# CONFIG_PPC_64K_PAGES is not set"),
                   "--mmu", "hash")["vmalloc.start"] == 0xc0003d0000000000


def test_loongarch64(predict):
    found = predict(LOONGARCH64, "--va-bits", "48", "--pa-bits", "48", "--cmdline", "nokaslr")
    assert found["direct_map.start"] == 0x9000000000000000
    assert found["vm_map_base.value"] == 0xffff800000000000
    assert found["image.start"] == 0x9000000000200000
    assert "vm_map_base.value" not in predict(LOONGARCH64)


@pytest.mark.parametrize("bits, pages, levels, end", [
    (39, "4K", 3, 0xfffffffebffeffff), (48, "64K", 3, 0xfffffbdffffeffff),
    (42, "64K", 2, 0xffffffff5ffeffff), (47, "16K", 3, 0xffffffaffffeffff),
    (48, "4K", 4, 0xfffffdffbffeffff),
])
def test_arm64_5_10(predict, bits, pages, levels, end):
    """VMALLOC_END is a PUD below vmemmap, and of a folded level the size is that above."""
    config = with_(ARM64, f"CONFIG_ARM64_VA_BITS={bits}", f"CONFIG_PGTABLE_LEVELS={levels}",
                   *(f"CONFIG_ARM64_{p}_PAGES={'y' if p == pages else 'n'}"
                     for p in ("4K", "16K", "64K")))
    assert predict(config, "--release", "5.10.1")["vmalloc.end"] == end


def test_built_in_command_line(predict):
    """As each architecture joins it with what the boot loader gives."""
    own = with_(I386, "CONFIG_CMDLINE_BOOL=y", 'CONFIG_CMDLINE="vmalloc=256M"')
    assert predict(own, "--ram", "4G")["vmalloc.size"] == size("256M")
    assert predict(own, "--ram", "4G", "--cmdline", "vmalloc=384M")["vmalloc.size"] == size("384M")
    override = with_(own, "CONFIG_CMDLINE_OVERRIDE=y")
    assert predict(override, "--ram", "4G", "--cmdline", "vmalloc=384M")["vmalloc.size"] == size("256M")
    off = with_(own, "# CONFIG_CMDLINE_BOOL is not set")
    assert predict(off, "--ram", "4G")["vmalloc.size"] == size("120M")
    arm = with_(ARM, 'CONFIG_CMDLINE="vmalloc=384M"')
    for lines, given, expected in (
            (["CONFIG_CMDLINE_FORCE=y"], "vmalloc=512M", "384M"),
            (["CONFIG_CMDLINE_FROM_BOOTLOADER=y"], "", "384M"),
            (["CONFIG_CMDLINE_FROM_BOOTLOADER=y"], "vmalloc=512M", "512M"),
            (["CONFIG_CMDLINE_EXTEND=y"], "quiet", "384M")):
        found = predict(with_(arm, *lines), "--ram", "2G", "--cmdline", given)
        assert found["vmalloc.size"] == size(expected), (lines, given)


def test_kaslr_of_x86_heeds_the_boot_loader_only(predict):
    own = with_(X86_64, "CONFIG_CMDLINE_BOOL=y", 'CONFIG_CMDLINE="quiet"',
                "CONFIG_CMDLINE_OVERRIDE=y")
    assert predict(own, "--va-bits", "48", "--cmdline", "nokaslr")["image.start"] == 0xffffffff81000000
    for more in ([], ["CONFIG_CMDLINE_OVERRIDE=y"]):
        own = with_(X86_64, "CONFIG_CMDLINE_BOOL=y", 'CONFIG_CMDLINE="nokaslr no5lvl quiet"', *more)
        found = predict(own)
        assert len(found["image.start"]) == 2 and found["page_levels.value"] == (4, 5)
        assert predict(own, "--cmdline", "no5lvl")["page_levels.value"] == 4


@pytest.mark.parametrize("lines, given, expected", [
    # A device tree's parameters come first, those in tags last; without either
    # option, or with both, the boot loader decides.
    (["CONFIG_USE_OF=y"], "vmalloc=512M", "384M"),
    (["CONFIG_ATAGS=y"], "vmalloc=512M", "512M"),
    (["CONFIG_ATAGS=y", "CONFIG_USE_OF=y"], "vmalloc=512M", ("384M", "512M")),
    (["CONFIG_ATAGS=y", "CONFIG_USE_OF=y"], "quiet", "384M"),
])
def test_what_extends_the_command_line_of_arm(predict, lines, given, expected):
    config = with_(ARM, 'CONFIG_CMDLINE="vmalloc=384M"', "CONFIG_CMDLINE_EXTEND=y", *lines)
    found = predict(config, "--ram", "2G", "--cmdline", given)["vmalloc.start"]
    end = 0xff800000
    if isinstance(expected, str):
        assert found == end - size(expected)
    else:
        assert found == (end - size(expected[1]), end - size(expected[0]))


@pytest.mark.parametrize("cmdline, pti", [
    ("quiet", "open"), ("nopti", False), ("mitigations=off", False), ("pti=off", False), ("pti=on", True),
    ("pti=off pti=on", True), ("pti=on mitigations=off", "open"), ("pti=auto nopti", "open"),
    ("pti=off nopti", False), ("pti=onward", "open"),
])
def test_page_table_isolation_of_x86(predict, cmdline, pti):
    """pti_check_boottime_disable() of arch/x86/mm/pti.c"""
    for option in ("PAGE_TABLE_ISOLATION", "MITIGATION_PAGE_TABLE_ISOLATION"):
        assert predict(with_(X86_64, f"CONFIG_{option}=y"), "--cmdline", cmdline)["pti.value"] == pti
    assert predict(X86_64, "--cmdline", cmdline)["pti.value"] is False


def test_an_enterprise_kernel_may_have_taken_any_change(predict):
    """Its release stays that of long ago."""
    old = predict(ARM64, "--release", "5.14.0")
    assert old["bpf_jit.size"] == size("128M") and isinstance(old["modules.start"], int)
    either = predict(ARM64, "--release", "5.14.0-427.13.1.el9_4.aarch64")
    assert either["modules.start"] == (old["modules.start"] - size("128M"), old["modules.start"])


def test_why_names_what_decides(output, write):
    """The start and the end may have different reasons; what is not set is said so."""
    rows = {row.split(" ")[0]: row.split(" ")[-1].replace("\\x20", " ")
            for row in output("predict", "-r", "--va-bits", "48", write(X86_64)).splitlines()}
    assert rows["modules"] == "CONFIG_RANDOMIZE_BASE; CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP is not set"


def test_levels_by_the_built_in_command_line(predict):
    config = with_(RISCV64, 'CONFIG_CMDLINE="no4lvl"', "CONFIG_CMDLINE_FORCE=y")
    assert predict(config, "--va-bits", "57")["va_bits.value"] == 39
    config = with_(PPC64, 'CONFIG_CMDLINE="disable_radix"', "CONFIG_CMDLINE_EXTEND=y")
    assert predict(config, "--mmu", "radix", "--cmdline", "quiet")["mmu.value"] == "hash"


def test_pieces_of_memory(predict):
    """What is not computed is an interval."""
    for config, cmdline in ((I386, "memmap=512M$512M"), (ARM, "mem=256M@0x80000000")):
        low, high = predict(config, "--ram", "2G", "--cmdline", cmdline)["high_memory.value"]
        assert high - low > size("512M")
    assert predict(I386, "--ram", "4G", "--cmdline", "mem=512M mem=2G")["direct_map.size"] == size("512M")


def test_highmem_option(predict):
    """Not without highmem, nor if too little would be left."""
    no = with_(I386, "# CONFIG_HIGHMEM is not set")
    mem = "mem=512M"
    assert predict(no, "--cmdline", f"{mem} highmem=128M")["direct_map.size"] == (size("16M"), size("512M"))
    assert predict(I386, "--ram", "1G", "--cmdline", f"{mem} highmem=128M")["direct_map.size"] == size("384M")
    assert predict(I386, "--ram", "1G", "--cmdline", f"{mem} highmem=1G")["direct_map.size"] == size("512M")


def test_what_a_kernel_cannot_do(predict):
    for release, bits in (("5.10.1", 39), ("5.17.1", 48), ("5.18.1", 57)):
        assert predict(RISCV64, "--release", release, "--va-bits", "57")["va_bits.value"] == bits
    assert predict(with_(RISCV64, "CONFIG_XIP_KERNEL=y"), "--va-bits", "57")["va_bits.value"] == 39
    assert "image.start" not in predict(RISCV64, "--release", "5.10.1")
    config = with_(ARM64, "CONFIG_ARM64_VA_BITS=52", "CONFIG_PGTABLE_LEVELS=5")
    assert predict(config, "--cmdline", "arm64.nolva")["va_bits.value"] == 48


def test_stacks_with_kasan(predict):
    assert predict(ARM)["thread_size.value"] == 8192
    assert predict(with_(ARM, "CONFIG_KASAN=y"))["thread_size.value"] == 16384
    four = with_(PPC64, "# CONFIG_PPC_64K_PAGES is not set")
    assert predict(four)["thread_size.value"] == 16384
    assert predict(with_(four, "CONFIG_KASAN=y"))["thread_size.value"] == 32768
    assert predict(with_(four, "CONFIG_KASAN=y"), "--mmu", "hash")["kasan_shadow.start"] == "absent"


def test_kmsan_takes_three_quarters(predict):
    found = predict(with_(X86_64, "CONFIG_KMSAN=y"), "--va-bits", "48", "--ram", "1G")
    assert found["vmalloc.size"] == size("8T")
    assert found["vmalloc.end"][0] == found["vmalloc.start"][0] + size("8T") - 1


def test_loongarch64_of_old(predict):
    bits = ("--va-bits", "48", "--pa-bits", "48")
    assert predict(LOONGARCH64, *bits, "--release", "6.1.0")["modules.size"] == size("256M")
    assert predict(LOONGARCH64, *bits)["modules.size"] == size("2G")
    low, high = predict(LOONGARCH64, *bits, "--release", "6.8")["modules.end"]
    assert high - low == size("2G") - size("256M")


def test_contradiction(predict, kvas, write):
    """No kernel has both; so nothing is known, and it is said why."""
    config = with_(I386, "CONFIG_PGTABLE_LEVELS=3")
    assert predict(config)["page_levels.value"] == "open"
    assert "contradicts itself" in kvas("predict", "--facts", write(config)).stdout


def test_another_release(predict):
    """Modules of arm64 got 2 GiB in 6.5."""
    assert predict(ARM64)["modules.size"] == size("128M")
    assert predict(ARM64, "--release", "6.6.0")["modules.size"] == size("2G")


# --- What is printed ------------------------------------------------------------------------------

@pytest.mark.parametrize("arch", EACH)
def test_table(output, write, arch):
    rows = output("predict", "-r", write(EACH[arch])).splitlines()
    assert rows[0].split() == ["NAME", "PREDICTION", "START", "END", "SIZE", "WHY"]
    kinds = {row.split(" ")[1] for row in rows[1:]}
    assert kinds <= {"exact", "interval", "absent", "open"} and "exact" in kinds
    starts = [int(row.split(" ")[2].split("..")[0], 16) for row in rows[1:]
              if row.split(" ")[2].startswith("0x") and row.split(" ")[1] != "open"]
    assert starts == sorted(starts) and len(starts) >= 5


def test_people_get_intervals_on_two_lines(output, write):
    text = output("predict", write(X86_64), env={"COLUMNS": "140"})
    assert re.search(r"^vmalloc +interval +0xff\w{14} +0xff\w{14} +32T", text, re.M)
    assert re.search(r"^ +to 0xf\w{15} to 0xf\w{15} to 12.5P", text, re.M)


def test_no_terminal_loses_the_reasons(output, write):
    """A narrow table has their numbers, and below it each of them once."""
    wide = output("predict", "-r", write(X86_64)).splitlines()[1:]
    expected = {row.split(" ")[0]: row.split(" ")[-1].replace("\\x20", " ") for row in wide}
    table, notes = output("predict", write(X86_64), env={"COLUMNS": "80"}).split("\n\n")
    assert max(map(len, table.splitlines())) <= 80 and max(map(len, notes.splitlines())) <= 80
    reasons = {n: " ".join(text.split())
               for n, text in re.findall(r"^ {1,5}(\d+) (.*(?:\n {7}.*)*)", notes, re.M)}
    assert len(set(reasons.values())) == len(reasons) == len(set(expected.values()))
    for row in table.splitlines()[1:]:
        if row[0] != " ":
            assert reasons[row.split()[-1]] == expected[row.split()[0]], row


def test_what_a_change_does(kvas, write, refused):
    """As lines of text, as data, and by the exit status."""
    before, after = write(I386, "before"), write(with_(I386, "CONFIG_PAGE_OFFSET=0x80000000",
                                                       "CONFIG_VMSPLIT_2G=y"), "after")
    same = kvas("predict", "--diff", before, before)
    assert same.returncode == 0 and same.stdout.endswith("No difference.\n")
    text = kvas("predict", "--ram", "4G", "--diff", before, after)
    assert text.returncode == 1
    assert re.search(r"^direct_map.start +0xc0000000 +0x80000000 +CONFIG_PAGE_OFFSET$", text.stdout, re.M)
    assert re.search(r"^user_kernel_split.value +3G:1G +2G:2G +CONFIG_PAGE_OFFSET$", text.stdout, re.M)
    assert "pkmap" not in text.stdout
    found = json.loads(kvas("predict", "-J", "--diff", before, after).stdout)
    assert (found["version"], found["command"]) == (1, "predict")
    assert found["from"]["source"] == str(before) and found["to"]["arch"] == "i386"
    rows = {f"{d['name']}.{d['key']}": (d["from"], d["to"]) for d in found["differences"]}
    old, new = rows["user.end"]
    assert (old["value"], new["value"]) == ("0xbfffffff", "0x7fffffff")
    assert "takes two operands" in refused("predict", "--diff", before)
    assert "takes one operand" in refused("predict", before, after)


def test_every_difference_is_told(kvas, predict, write):
    """Also what one of the two does not have, and between architectures."""
    for before, after in ((ARM64, with_(ARM64, "CONFIG_KASAN=y", "CONFIG_KASAN_GENERIC=y",
                                        "CONFIG_KASAN_SHADOW_OFFSET=0xdfff800000000000")),
                          (X86_64, I386)):
        old, new = predict(before), predict(after)
        result = kvas("predict", "-J", "--diff", write(before, "a"), write(after, "b"))
        told = {f"{d['name']}.{d['key']}" for d in json.loads(result.stdout)["differences"]}
        assert told == {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        assert result.returncode == 1


def test_facts(output, write):
    text = output("predict", "--facts", "--va-bits", "57", write(X86_64))
    assert re.search(r"^page_levels +exact +5 ", text, re.M)
    assert re.search(r"^user_kernel_split +exact +64P:64P ", text, re.M)
    assert re.search(r"^cpus +interval +1\.\.64 ", text, re.M)


def test_from_standard_input(output):
    assert "vmalloc" in output("predict", "-", stdin=X86_64)


def test_no_layout_is_read(output, write):
    """There need not be a machine with kvas."""
    assert "pkmap" in output("predict", write(I386))


# --- Bad input ------------------------------------------------------------------------------------

@pytest.mark.parametrize("text, said", [
    ("", "no option is set"),
    ("# nothing\n", "no option is set"),
    (b"\0\1\2", "binary"),
    (b"\x1f\x8b\x08\0\0", "zcat"),
    ("CONFIG_64BIT=y\nfoo\n", ":2: expected a line of a kernel's .config"),
    ("CONFIG_64BIT=y\n\nCONFIG_=\n", ":3: expected"),
    ("CONFIG_64BIT\n", ":1: expected"),
    ("CONFIG_64BIT =y\n", ":1: expected"),
    ("kvas 1\n", ":1: expected"),
    ("CONFIG_64BIT=y\n", "architecture"),
    ("CONFIG_A=y\nCONFIG_B=y\n# CONFIG_A is not set\n", ":3: sets an option that an earlier line"),
    ("CONFIG_RANDOMIZE_BASE=y\n", "expected a whole .config"),
    ("CONFIG_X86_64=y\nCONFIG_64BIT=y\nCONFIG_PGTABLE_LEVELS=4\n", "--release"),
    ("CONFIG_S390=y\nCONFIG_64BIT=y\n", "a kernel for s390x: the layout of that is not predicted"),
    ("CONFIG_MIPS=y\nCONFIG_64BIT=y\n", "a kernel for mips64: the layout of that is not predicted"),
    (X86_64.replace("CONFIG_PGTABLE_LEVELS=5\n", ""), "lacks CONFIG_PGTABLE_LEVELS,"),
    (with_(PPC64, "# CONFIG_PPC_BOOK3S_64 is not set", "CONFIG_PPC_BOOK3E_64=y"), "Book E"),
    (with_(RISCV64, "# CONFIG_MMU is not set"), "without an MMU"),
    (with_(ARM, "# CONFIG_MMU is not set"), "without an MMU"),
    ("CONFIG_PPC=y\nCONFIG_PPC32=y\n# CONFIG_PPC64 is not set\n", "PowerPC of 32 bits"),
    ("CONFIG_RISCV=y\n# CONFIG_64BIT is not set\nCONFIG_32BIT=y\n", "RISC-V of 32 bits"),
    ("CONFIG_MIPS=y\nCONFIG_32BIT=y\n# CONFIG_64BIT is not set\n", "MIPS of 32 bits"),
    ("CONFIG_UML=y\nCONFIG_X86_32=y\n", "User Mode Linux"),
    ("# Linux/m68k 6.12.1 Kernel Configuration\nCONFIG_M68K=y\n", "a kernel for m68k, by its first lines"),
])
def test_what_is_no_config(refused, write, text, said):
    for command in (("predict",), ("verify", "-f", capture.SAMPLES[0], "--config")):
        if said == "--release" and command[0] == "verify":
            continue  # a layout tells it
        assert said in refused(*command, write(text, "config"))


@pytest.mark.parametrize("arch, words", [
    ("x86_64", "x86_64 x86 amd64 x64"), ("i386", "i386 x86 i486 i586 i686"),
    ("arm64", "arm64 aarch64"), ("arm", "arm armhf armel armv7l"), ("riscv64", "riscv64 riscv"),
    ("ppc64", "ppc64 powerpc ppc64le ppc64el"),
    ("loongarch64", "loongarch64 loongarch loong64"),
])
def test_words_for_architectures(output, refused, write, arch, words):
    """uname(2)'s, those of ARCH= of the kernel's build, and of distributions."""
    file = write(EACH[arch], "config")
    plain = output("predict", "-r", file)
    for word in words.split():
        assert output("predict", "-r", "--arch", word, file) == plain
    for other in set(EACH) - {arch}:
        assert f"configures a kernel for {arch}" in refused("predict", "--arch", other, file)


@pytest.mark.parametrize("release", [
    "5.10", "5.10.1", "6.12.1", "7.2.0-rc3", "6.12.107+deb13-amd64", "5.15.0-91-generic",
    "5.14.0-427.13.1.el9_4.aarch64", "6.1.21-v8+", "6.6.0_rc1~2",
])
def test_releases(output, write, release):
    output("predict", "--release", release, write(X86_64))


@pytest.mark.parametrize("lines, taken", [
    (["CONFIG_FOO=y", "CONFIG_FOO=y"], True), (['CONFIG_FOO="a b"'] * 3, True),
    (["# CONFIG_FOO is not set", "CONFIG_FOO=n"], True),
    (["CONFIG_FOO=y", "CONFIG_FOO=m"], False), (["CONFIG_FOO=4", "CONFIG_FOO=48"], False),
    (["# CONFIG_FOO is not set", "CONFIG_FOO=y"], False),
])
def test_a_line_twice(output, refused, write, lines, taken):
    """The same again says nothing new; of two values Kconfig takes the later and
    then sets what depends on it."""
    file = write(X86_64 + "\n".join(lines) + "\n")
    if taken:
        assert output("predict", "-r", file) == output("predict", "-r", write(X86_64))
    else:
        at = X86_64.count("\n") + len(lines)
        assert f":{at}: sets an option that an earlier line has set otherwise" in refused("predict", file)


def test_ends_of_lines(output, write):
    config = X86_64.replace("\n", "\r\n") + "\r\n"
    assert output("predict", "-r", write(config)) == output("predict", "-r", write(X86_64))


def test_no_such_file(refused, tmp_path):
    assert "No such file" in refused("predict", tmp_path / "none")
    assert "directory" in refused("predict", tmp_path)


@pytest.mark.parametrize("options, said", [
    (["--ram", "lots"], "--ram=lots: expected an amount of memory"),
    (["--ram", "1M"], "at least 16M"),
    (["--va-bits", "20"], "--va-bits: expected"),
    (["--pa-bits", "x"], "--pa-bits: expected"),
    (["--mmu", "paper"], "expected radix or hash"),
    (["--release", "new"], "--release=new: expected"),
    (["--release", "6.12.1 foo"], "--release=6.12.1 foo: expected"),
    (["--release", "6.12."], "expected the release"),
    (["--release", "5.9.16"], "no rules for releases before 5.10"),
    (["--release", "7.3-rc1"], "no rules yet for releases after 7.2"),
    (["--arch", "amd32"], "--arch=amd32: expected an architecture"),
    (["--arch", "i686"], "configures a kernel for x86_64"),
    (["--arch", "arm64"], "configures a kernel for x86_64"),
    (["more"], "takes one operand"),
    (["-f", "x"], "does not take --file"),
])
def test_bad_options(refused, write, options, said):
    assert said in refused("predict", *options, write(X86_64))


def test_cut_at_every_byte(kvas, write):
    """A .config may end anywhere, as long as its last line is one."""
    for n in range(0, len(I386), 3):
        result = kvas("predict", write(I386[:n]))
        assert result.returncode in (0, 2)
        assert (result.returncode == 2) == bool(result.stderr)


# --- Against layouts ------------------------------------------------------------------------------

PREDICTED = [m for m in capture.MACHINES
             if not re.search("s390x|malta", m.name)]


@pytest.fixture
def held(kvas):
    def call(config, *options):
        result = kvas("verify", "-J", "--config", config, *options)
        assert result.stderr == "", result.stderr
        document = json.loads(result.stdout)
        assert result.returncode == bool(document["summary"]["wrong"])
        return document
    return call


@pytest.mark.parametrize("machine", PREDICTED, ids=lambda m: m.name)
def test_machines_are_as_predicted(held, machine):
    """With all that the machine tells, and with the capture alone."""
    config = next(machine.glob("boot/config-*"))
    for options in (["--sysroot", machine], ["-f", machine / "sys/kernel/debug/kvas"]):
        summary = held(config, *options)["summary"]
        assert summary["wrong"] == 0
        assert summary["exact"] > 40 and summary["within"] >= 1


CHANGES = (
    ("5.10-amd64-4level", "CONFIG_KASAN=y", "kasan_shadow"),
    ("5.10-amd64-4level", "CONFIG_SPARSEMEM_VMEMMAP=n", "vmemmap"),
    ("6.12-amd64-5level", "CONFIG_RANDOMIZE_MEMORY=n", "direct_map"),
    ("6.1-686-pae-pae-5g", "CONFIG_PAGE_OFFSET=0x80000000", "direct_map"),
    ("6.1-686-pae-pae-5g", "CONFIG_HIGHMEM=n", "pkmap"),
    ("6.1-686-pae-pae-5g", "CONFIG_X86_PAE=n", "ldt_remap"),
    ("7.2-armmp-highmem", "CONFIG_PAGE_OFFSET=0x80000000", "direct_map"),
    ("5.10-arm64-48bit", "CONFIG_ARM64_VA_BITS=39", "direct_map"),
    ("6.12-powerpc64le-radix", "CONFIG_PPC_64K_PAGES=y", "user"),
    ("7.2-loong64-5g", "CONFIG_PAGE_SIZE_64KB=y", "fixmap"),
)


@pytest.mark.parametrize("name, line, wrong", CHANGES, ids=[f"{n}-{c}" for n, c, _ in CHANGES])
def test_another_configuration_is_found_out(held, write, name, line, wrong):
    machine = next(m for m in capture.MACHINES if m.name == name)
    config = with_(next(machine.glob("boot/config-*")).read_text(), line)
    document = held(write(config, "config"), "--sysroot", machine)
    assert wrong in {v["name"] for v in document["values"] if v["verdict"] == "wrong"}


def test_verify_prints_a_table(kvas, write):
    machine = next(m for m in capture.MACHINES if m.name == "6.12-amd64-5level")
    config = next(machine.glob("boot/config-*"))
    text = kvas("verify", "--config", config, "--sysroot", machine).stdout
    assert re.fullmatch(r"As configured: all of \d+ predicted values are right\.\n\d+ are exact, \d+ within what is "
                        r"possible; \d+ more are not predicted\.\n", text)
    text = kvas("verify", "--all", "--config", config, "--sysroot", machine).stdout
    assert text.startswith("As configured: ") and re.search(r"^vmalloc\.size +12800T +exact", text, re.M)
    assert kvas("verify", "--quiet", "--config", config, "--sysroot", machine).stdout == ""
    other = write(with_(config.read_text(), "CONFIG_KASAN=y"), "config")
    quiet = kvas("verify", "--quiet", "--config", other, "--sysroot", machine)
    assert quiet.returncode == 1 and "kasan_shadow" in quiet.stdout
    assert " exact " not in quiet.stdout and quiet.stdout.startswith("NAME ")
    loud = kvas("verify", "--config", other, "--sysroot", machine).stdout
    assert loud.startswith("Not as configured: ") and loud.endswith(quiet.stdout)
    other = write(config.read_text().replace("CONFIG_RANDOMIZE_MEMORY=y", "# CONFIG_RANDOMIZE_MEMORY is not set"), "config")
    text = kvas("verify", "--config", other, "--sysroot", machine).stdout
    assert re.search(r"^memory_kaslr +y +wrong +predicted n: CONFIG_RANDOMIZE_MEMORY is not set$", text, re.M)


def test_config_of_another_architecture(refused, write):
    assert "configures a kernel for arm64" in refused(
        "verify", "--config", write(ARM64, "config"), "-f", capture.SAMPLES[0])
    assert "exclude each other" in refused("verify", "--reasons", "--config", write(ARM64, "config"))
