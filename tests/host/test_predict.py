# SPDX-License-Identifier: GPL-2.0-only
"""kvas predict: what is said of a configuration.

What is expected here is written down from the kernel's documents: mm.rst of
x86_64, memory.rst of arm and arm64, vm-layout.rst of riscv; and by hand from
the headers where there is no document.
"""


import pytest

from capture import exact_size as size
from whole_configs import ARM, ARM64, I386, LOONGARCH64, PPC64, RISCV64, X86_64, with_


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


@pytest.mark.parametrize("release", ["5.10.1", "5.15.20", "6.1.5", "6.6.1", "6.12.1", "7.2.1"])
@pytest.mark.parametrize("more", [[], ["CONFIG_KASAN=y", "CONFIG_KASAN_GENERIC=y",
                                       "CONFIG_KASAN_SHADOW_OFFSET=0xdfff800000000000"]])
def test_kaslr_of_arm64_stays_in_vmalloc(predict, release, more):
    """kaslr.c and pi/kaslr_early.c: the image moves within vmalloc."""
    found = predict(with_(ARM64, *more), "--release", release)
    low, high = found["image.start"]
    assert low == found["vmalloc.start"] < high <= found["vmalloc.end"]
    low, high = predict(with_(ARM64, *more), "--release", release, "--cmdline", "nokaslr")["image.start"]
    assert low == found["vmalloc.start"] and high < low + size("2M")


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


@pytest.mark.parametrize("offset, vmalloc", [
    # CONFIG_MAXPHYSMEM_128GB, CONFIG_MAXPHYSMEM_2GB
    (0xffffffe000000000, 0xffffffd000000000), (0xffffffff80000000, 0xffffffff40000000),
])
def test_riscv64_5_10(predict, offset, vmalloc):
    """asm/pgtable.h of 5.10: all of it hangs on CONFIG_PAGE_OFFSET."""
    config = with_(RISCV64, f"CONFIG_PAGE_OFFSET={offset:#x}", "CONFIG_PGTABLE_LEVELS=3", "CONFIG_KASAN=y")
    found = predict(config, "--release", "5.10.1")
    expected = [("direct_map", offset, 1 << 64), ("vmalloc", vmalloc, offset),
                ("bpf_jit", offset - size("128M"), offset), ("vmemmap", vmalloc - size("4G"), vmalloc),
                ("pci_io", vmalloc - size("4G") - size("16M"), vmalloc - size("4G")),
                ("fixmap", vmalloc - size("4G") - size("18M"), vmalloc - size("4G") - size("16M")),
                ("kasan_shadow", 0xffffffc000000000, 0xffffffc800000000)]
    for name, start, end in expected:
        assert (found[f"{name}.start"], found[f"{name}.end"]) == (start, end - 1), name
    for other in ("5.11", "5.16.20"):
        assert predict(config, "--release", other)["vmalloc.start"] == "open"


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
    # The last mitigations= counts, too, and "off" is its whole word.
    ("mitigations=off mitigations=auto", "open"), ("mitigations=auto mitigations=off", False),
    ("mitigations=off,nosmt", "open"), ("nopti mitigations=auto", False),
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


@pytest.mark.parametrize("release, known", [
    ("5.10.240", True), ("5.10.0-28-arm64", True), ("5.14", True), ("5.14.0-rc3", True), ("5.14.21-rt", True),
    # Updates that were made for another release, or for none of kernel.org's.
    ("5.13.0-30-generic", False), ("5.14.0-1024-oem", False), ("5.15.0-1015-raspi", False), ("5.15.0", False),
    ("5.10.0-182.0.0.95.oe2203sp3.aarch64", False), ("5.10.134-16.an8.aarch64", False),
    ("5.10.205-195.807.amzn2.aarch64", False), ("5.14.21-150500.55.68-default", False),
    ("5.15.0-200.131.27.el8uek.aarch64", False), ("5.14.21-150500", True), ("5.15.160-0-lts", True),
    ("5.15.153.1-microsoft-standard-WSL2", True), ("6.1.0-25-arm64", True),
])
def test_a_release_that_hides_its_updates(predict, release, known):
    """Where BPF's region, which updates removed, may be there or not, nothing is exact."""
    found = predict(ARM64, "--release", release)
    for value in ("modules.start", "modules.end", "vmalloc.start"):
        assert isinstance(found[value], int if known else tuple), value
        assert known or found[value][1] - found[value][0] == size("128M")


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


@pytest.mark.parametrize("config", [ARM, I386], ids=["arm", "i386"])
def test_vmalloc_at_its_ends(predict, config):
    """Its bytes are kept in 32 bits; no address has more, and no region ends before it begins."""
    for offset in (0x40000000, 0x80000000, 0xc0000000):
        split = with_(config, f"CONFIG_PAGE_OFFSET={offset:#x}")

        def found(amount, memory):
            return predict(split, "--ram", memory, "--cmdline", f"vmalloc={amount}")

        assert found("4352M", "2G") == found("256M", "2G")
        if config is I386:
            # MAXMEM_PFN rounds down to a page.
            assert found("200000001", "4G")["vmalloc.size"] == (200000001 + 0xfff) // 0x1000 * 0x1000
        for amount in ("0", "1", "16M", "900M", "1012M", "1G", "4088M", "4095M", "4G", "99999G",
                       "18446744073709551615", "-1", "x"):
            for memory in ("16M", "512M", "4G"):
                rows = found(amount, memory)
                numbers = {key: value for key, value in rows.items()
                           if isinstance(value, int) and key.endswith((".start", ".end"))}
                assert all(0 <= value <= 0xffffffff for value in numbers.values()), (offset, amount, memory)
                for key, value in numbers.items():
                    assert value <= numbers.get(key.replace(".start", ".end"), value), (key, amount, memory)
                if {"direct_map.end", "vmalloc.start"} <= set(numbers):
                    assert numbers["direct_map.end"] < numbers["vmalloc.start"] < numbers["vmalloc.end"]


@pytest.mark.parametrize("offset, most", [(0xc0000000, 976), (0x80000000, 2000), (0x40000000, 3024)])
def test_vmalloc_leaves_32_mib_of_lowmem_on_arm(predict, offset, most):
    """early_vmalloc() of arch/arm/mm/mmu.c, since 5.14 less 8 MiB for the gap"""
    config = with_(ARM, f"CONFIG_PAGE_OFFSET={offset:#x}")
    for amount in (most, most + 1, 4095):
        found = predict(config, "--ram", "2G", "--cmdline", f"vmalloc={amount}M")
        assert found["direct_map.size"] == size("32M"), amount
        assert found["vmalloc.start"] == offset + size("40M")


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


@pytest.mark.parametrize("bits, vmalloc, quarter", [
    ("48", 0xffffc90000000000, size("8T")), ("57", 0xffa0000000000000, size("3200T")),
])
def test_kmsan_moves_with_vmalloc(predict, bits, vmalloc, quarter):
    """asm/pgtable_64_types.h: its shadows and origins are so far from VMALLOC_START."""
    config, modules = with_(X86_64, "CONFIG_KMSAN=y"), 0xffffffffff000000 - 0xffffffffc0000000
    places = {"vmalloc_shadow": (quarter, quarter), "vmalloc_origin": (2 * quarter, quarter),
              "modules_shadow": (3 * quarter, modules), "modules_origin": (3 * quarter + modules, modules)}
    fixed = predict(config, "--va-bits", bits, "--cmdline", "nokaslr")
    moved = predict(config, "--va-bits", bits, "--ram", "4G")
    low, high = moved["vmalloc.start"]
    assert low < vmalloc < high
    for name, (offset, length) in places.items():
        assert fixed[f"kmsan_{name}.start"] == vmalloc + offset
        assert fixed[f"kmsan_{name}.size"] == length
        assert moved[f"kmsan_{name}.start"] == (low + offset, high + offset)
        assert moved[f"kmsan_{name}.end"] == (low + offset + length - 1, high + offset + length - 1)


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
