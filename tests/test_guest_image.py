# SPDX-License-Identifier: GPL-2.0-only
"""The kernel image, against the ELF file that its linker made.

That file is packed in the image of the kernel's package; the running kernel
differs from it by KASLR's offset only.
"""

import re

import matrix

PAGE = 4096


def up(address):
    return -(-address // PAGE) * PAGE


def expected(linked):
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


def test_sections_are_as_linked(run):
    offset = int(run.capture.fact("image_kaslr_offset"), 0)
    told = {name: (a.number("start") - offset, a.number("end") + 1 - offset)
            for name, a in run.capture.areas.items()}
    linked = expected(matrix.linked(run.spot.kernel))
    assert {name: told[name] for name in linked} == linked


def test_the_offset_is_where_the_kernel_is(run):
    """The notes that the linker wrote are found in memory at that offset."""
    wanted = matrix.linked(run.spot.kernel).content(".notes")
    assert len(wanted) > 100 and run.oracle.notes == wanted


def test_build_id(run):
    notes = matrix.linked(run.spot.kernel).content(".notes")
    found = re.search(rb"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0(.{20})", notes, re.S)
    assert run.capture.all("kernel")[0]["build_id"] == found[1].hex()


def test_offset_is_aligned_and_inside_the_window(run):
    """CONFIG_PHYSICAL_ALIGN; and none at all with nokaslr.

    KASLR may choose the link address, too: there the memory at the offset
    tells (above), which QEMU reads.
    """
    offset = int(run.capture.fact("image_kaslr_offset"), 0)
    align = int(run.capture.get("config", "CONFIG_PHYSICAL_ALIGN")["value"], 0)
    assert offset % align == 0
    assert offset == 0 or run.spot.mode.kaslr
    image, window = (run.capture.areas[n].range for n in ("image", "image_window"))
    assert window.start <= image.start and image.stop <= window.stop


def test_config_is_that_of_the_package(run):
    """Every option that the module was built with, as the package has it."""
    text = matrix.images.fetch(run.spot.kernel).config.read_text()
    package = dict(re.findall(r"^(CONFIG_\w+)=(.*)$", text, re.M))
    wrong = []
    for record in run.capture.all("config"):
        ours, theirs = record["value"], package.get(record["name"], "n")
        same = ours == theirs or (ours[0].isdigit() and theirs[0].isdigit()
                                  and int(ours, 0) == int(theirs, 0))
        wrong += [] if same else [f"{record['name']}: {ours}, in the package {theirs}"]
    assert len(run.capture.all("config")) > 30 and wrong == []
