# SPDX-License-Identifier: GPL-2.0-only
"""What holds for every guest of an architecture: data only.

Addresses here are QEMU's machines', which their documentation gives.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Expected:
    counter: str  # the register that says what is executed
    # Where every kernel has something mapped, and where nothing may be mapped
    # while no process uses it.
    used: tuple[str, ...]
    empty: tuple[str, ...] = ()
    memory: int = 0  # physical, where it begins
    witnesses: int = 13  # one more where there is a slot of the fixmap
    # Of the witness fixmap_slot: the slot, and what it maps, if that is known.
    slot: tuple[str, int] = ("", 0)
    # Areas of which the last large page reaches on.
    rounded: tuple[str, ...] = ()
    # Witnesses that a processor without page tables translates by what its
    # kernel put into the TLB for a moment, or one with them by what the process
    # that runs has come to use.
    fleeting: tuple[str, ...] = ()
    late: int = 0  # pages at the start of vmalloc that may be free again
    head: int = 0  # bytes of the image's file that are given back at boot
    hidden: int = 0  # bytes mapped in areas that only data symbols would tell
    sections: int = 3  # at least so many, even without KALLSYMS_ALL
    # Least shares: of values that another source checks, of flipped values that
    # one from outside catches.  Lower where kernels list no data symbols, and
    # lowest where there is no /proc/kcore.
    checked: float = 0.8
    outside: float = 0.9
    # Values that only fit together with others, beside sizes, parents and ends;
    # and whether a witness' region may, where what it is in cannot be looked up.
    consistent: tuple[str, ...] = ()
    regions_lean: bool = True
    addresses: int = 15  # more than so many are published
    bases: int = 0  # that KASLR moves, each with its offset; 0: not the same for all


USED = ("direct_map", "vmalloc", "image", "fixmap")
APIC = ("fix_to_virt(FIX_APIC_BASE)", 0xFEE00000)

BY_ARCH = {
    "x86_64": Expected(
        "RIP", (*USED, "vmemmap", "cpu_entry_area", "modules"),
        ("noncanonical", "guard_hole", "ldt_remap", "efi_runtime"), slot=APIC,
        regions_lean=False, addresses=30, bases=4),
    "i686": Expected(
        "EIP", (*USED, "cpu_entry_area", "modules"), ("ldt_remap", "vmalloc_gap"), slot=APIC,
        checked=0.75, outside=0.7,
        consistent=("mem_map.start", "rodata.start", "data.start", "bss.start", "kmap.addr",
                    "fixmap_slot.addr")),
    # The loader puts the device tree where it likes.
    "aarch64": Expected(
        "PC", (*USED, "vmemmap", "dtb"), ("noncanonical",), memory=1 << 30,
        slot=("__fix_to_virt(FIX_FDT)", 0), outside=0.88,
        consistent=("fixmap_slot.addr", "data_bss.start")),
    "armv7l": Expected("R15", ("direct_map", "vmalloc", "image", "modules", "vectors"),
                       ("vmalloc_gap",), memory=1 << 30, checked=0.68, outside=0.65,
                       consistent=("image.start", "mem_map.start", "init.start", "data_bss.start", *(
                           f"{witness}.addr" for witness in (
                               "kmalloc", "page", "struct_page", "kmap", "percpu", "percpu_dynamic",
                               "reader_stack", "init_stack", "swapper_stack")))),
    "riscv64": Expected(
        "PC", (*USED, "vmemmap", "modules", "dtb"), ("noncanonical",), memory=2 << 30,
        slot=("__fix_to_virt(FIX_FDT)", 0), rounded=("image",)),
    "ppc64le": Expected("NIP", ("direct_map", "vmalloc", "image", "vmemmap"), outside=0.8),
    "s390x": Expected("ADDR", ("direct_map", "vmalloc", "image", "vmemmap", "modules"),
                      ("noncanonical",), checked=0.78, outside=0.73,
                      # With KASLR, from 6.10 on, nothing else tells how many levels there are.
                      consistent=("bss.start", "abs_lowcore.start", "memcpy_real.start",
                                  "noncanonical.start")),
    "loongarch64": Expected(
        "PC", ("vmalloc", "vmemmap", "modules"),
        consistent=("kfence_area.start", "fixmap.start", "data.start", "bss.start",
                    "struct_page.addr")),
    "mips64": Expected("PC", (), fleeting=("vmalloc", "module_function", "module_constant",
                                           "module_data", "module_bss"),
                       outside=0.85,
                       consistent=("mem_map.start", "data.start", "bss.start")),
    "mips": Expected("PC", (), fleeting=("vmalloc", "kmap", "module_function", "module_constant",
                                         "module_data", "module_bss")),
}


# With one table for user and kernel, a process that is older than the module
# translates the module's addresses once it came to use them.
OLD_PROCESS = {"used": ("direct_map", "vmalloc", "image", "vectors"),
               "fleeting": ("module_function", "module_constant", "module_data", "module_bss")}
# LPAE kernels first had only what lies above PAGE_OFFSET in TTBR1.
OLD_LPAE = {**OLD_PROCESS, "fleeting": ("kmap", *OLD_PROCESS["fleeting"])}

BY_KERNEL = {
    **{f"{version}-armmp": replace(BY_ARCH["armv7l"], **OLD_PROCESS)
       for version in ("5.10", "6.1", "6.12", "7.2")},
    "5.10-armmp-lpae": replace(BY_ARCH["armv7l"], **OLD_LPAE),
    "6.1-armmp-lpae": replace(BY_ARCH["armv7l"], **OLD_LPAE),
    # Text begins one SEGMENT_ALIGN behind the header.
    "6.1-arm64": replace(BY_ARCH["aarch64"], head=64 << 10),
    # Lowcore's second place, and the window of memcpy_real().
    "6.1-s390x": replace(BY_ARCH["s390x"], hidden=16 << 10),
    # Without data symbols only text is found.
    "6.1-powerpc64le": replace(BY_ARCH["ppc64le"], used=("direct_map", "vmalloc", "vmemmap"),
                               late=2, sections=1),
}


def of(run):
    return BY_KERNEL.get(run.spot.kernel.name, BY_ARCH[run.arch.name])
