# SPDX-License-Identifier: GPL-2.0-only
"""The kernel image, against the file that its linker made.

That file is packed in the image of the kernel's package.  For x86, powerpc and
some for MIPS it is an ELF file, and the running kernel's sections differ from
it by KASLR's offset only.  All others are stripped to what goes to memory,
without a table of sections; of them, the size in their header, if they have
one, and the build id's note tell where the image begins and ends.
"""

import pytest

import expected
import matrix

PAGE = 4096


def up(address):
    return -(-address // PAGE) * PAGE


def x86(linked):
    """First and one past the last link address of what kvas calls a section.

    The linker script (arch/x86/kernel/vmlinux.lds.S) opens and closes rodata
    and init with symbols at the next page.
    """
    s = linked.sections
    return {
        "image": (s[".text"][0], s[".brk"][1]),
        "text": s[".text"],
        "rodata": (s[".rodata"][0], up(linked.before(".data"))),
        "data": s[".data"],
        "init": (up(linked.before(".init.text")), s[".smp_locks"][0]),
        "bss": s[".bss"],
        "brk": s[".brk"],
    }


@pytest.mark.arch("x86")
def test_sections_are_as_linked(run):
    offset = int(run.capture.fact("image_kaslr_offset"), 0)
    told = {name: (a.number("start") - offset, a.number("end") + 1 - offset)
            for name, a in run.capture.areas.items()}
    linked = x86(matrix.linked(run.spot.kernel))
    if run.config.get("CONFIG_KALLSYMS_ALL") != "y":  # the way to init and _end
        linked = {name: linked[name] for name in ("text", "rodata", "data", "bss")} | {
            "image": (linked["image"][0], linked["bss"][1])}
    assert {name: told[name] for name in linked} == linked


def test_the_image_is_where_the_kernel_is(run):
    """The notes that the linker wrote are found in memory where they would be."""
    _, wanted = matrix.linked(run.spot.kernel).notes
    assert len(wanted) >= 36 and run.oracle.notes == wanted


@pytest.mark.arch("arm64", "riscv", "loongarch")
def test_the_image_is_as_large_as_its_header_says(run):
    """From the first byte of the file on; LoongArch's linker script rounds _end
    up to 64 KiB behind the last byte of BSS, which is what is published."""
    align = 1 << 16 if run.arch.kernel == "loongarch" else 1
    length = expected.of(run).head + len(run.capture.areas["image"].range)
    assert -(-length // align) * align == matrix.linked(run.spot.kernel).size > 1 << 24


def test_build_id(run):
    assert run.capture.all("kernel")[0]["build_id"] == matrix.linked(run.spot.kernel).build_id


@pytest.mark.arch("x86")
def test_offset_is_aligned_and_inside_the_window(run):
    """CONFIG_PHYSICAL_ALIGN; and none at all with nokaslr.

    KASLR may choose the link address, too: there the memory at the offset
    tells (above), which QEMU reads.
    """
    offset = int(run.capture.fact("image_kaslr_offset"), 0)
    assert offset % int(run.config["CONFIG_PHYSICAL_ALIGN"], 0) == 0
    assert offset == 0 or run.spot.mode.kaslr
    image = run.capture.areas["image"].range
    window = run.capture.areas.get("image_window", run.capture.areas["direct_map"]).range
    assert window.start <= image.start and image.stop <= window.stop


def test_config_is_that_of_the_package(run):
    """Every option that the module was built with, as the package has it."""
    wrong = []
    for record in run.capture.all("config"):
        ours, theirs = record["value"], run.config.get(record["name"], "n")
        same = ours == theirs or (ours[0].isdigit() and theirs[0].isdigit()
                                  and int(ours, 0) == int(theirs, 0))
        wrong += [] if same else [f"{record['name']}: {ours}, in the package {theirs}"]
    assert len(run.capture.all("config")) > 15 and wrong == []
