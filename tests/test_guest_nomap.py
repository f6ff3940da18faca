# SPDX-License-Identifier: GPL-2.0-only
"""Firmware keeps memory above all RAM.

A device tree says so of the last part of memory.  Its pages have struct pages,
and high_memory counts it, but the kernel does not map it.
"""

import dataclasses
import subprocess

import pytest

import matrix
from lab import guest, images, source
from test_guest_verify import kvas
from test_guest_zone_device import walk

KEPT = 32 << 20
JOB = guest.PAUSE + """
insmod /lab/kvas.ko || exit
kvas save --all /out/sysroot
pause
"""

# Where memory begins, as QEMU's machine has it.
PLACES = (
    pytest.param(("6.12-arm64", "48bit-nokaslr", 0x40000000), marks=pytest.mark.needs("6.12-arm64")),
    pytest.param(("7.2-arm64", "48bit", 0x40000000), marks=pytest.mark.needs("7.2-arm64")),
    pytest.param(("7.2-riscv64", "sv48", 0x80000000), marks=pytest.mark.needs("7.2-riscv64")),
    pytest.param(("6.12-riscv64", "sv48", 0x80000000), marks=pytest.mark.needs("6.12-riscv64")),
)

pytestmark = pytest.mark.all


def device_tree(kernel, mode, start, path):
    """QEMU's own, and a node that keeps memory."""
    arch = kernel.arch
    kind, machine = arch.machine[:2]
    subprocess.run([*images.emulator(arch), kind, f"{machine},dumpdtb={path}", *arch.machine[2:],
                    "-cpu", mode.cpu, "-m", mode.memory, "-smp", str(arch.cpus), "-display", "none"],
                   check=True, capture_output=True, timeout=60)

    def put(node, name, *values):
        subprocess.run(["fdtput", "-p", "-t", "x", path, node, name, *values], check=True)

    put("/reserved-memory", "#address-cells", "2")
    put("/reserved-memory", "#size-cells", "2")
    put("/reserved-memory", "ranges")
    node = f"/reserved-memory/kept@{start:x}"
    put(node, "reg", f"{start >> 32:x}", f"{start & 0xffffffff:x}", "0", f"{KEPT:x}")
    put(node, "no-map")


@dataclasses.dataclass
class Kept:
    guest: guest.Guest
    start: int  # of the memory that firmware keeps, physical
    mapped: list  # ranges of virtual addresses, by the page tables

    @property
    def sysroot(self):
        return self.guest.out / "sysroot"


@pytest.fixture(scope="module", params=PLACES, ids=lambda place: "-".join(place[:2]))
def kept(request, tmp_path_factory):
    name, mode, memory = request.param
    kernel = source.stock(name)
    mode = dataclasses.replace(kernel.mode(mode), memory="1G")
    start, tree = memory + (1 << 30) - KEPT, tmp_path_factory.mktemp("tree") / "dtb"
    device_tree(kernel, mode, start, tree)
    machine = (*kernel.arch.machine, "-dtb", str(tree))
    kernel = dataclasses.replace(kernel, arch=dataclasses.replace(kernel.arch, machine=machine))
    files = {"/lab/kvas.ko": matrix.module(kernel).module("kvas"),
             **matrix.programs.reader_files(kernel.arch)}
    mapped = []
    with guest.boot(kernel, mode, JOB, files, name=f"{kernel.name}-nomap",
                    asked=lambda monitor: mapped.extend(walk(kernel, mode, monitor))) as g:
        g.check()
    return Kept(g, start, mapped)


def test_populated_ends_where_ram_is_mapped_to(kept):
    layout = matrix.Capture((kept.sysroot / "sys/kernel/debug/kvas").read_text())
    area = layout.areas["direct_map"]
    moved = area.number("start") - area.number("phys")
    assert area.number("populated_end") + 1 - moved == kept.start
    # Of KFENCE's pool, should it come last, most pages are without access.
    pool, end = layout.areas.get("kfence"), area.number("populated_end") + 1
    slack = len(pool.range) if pool and pool.range.stop == end else 0
    assert end - slack <= max(r.stop for r in kept.mapped if r.start in area.range) <= end


def test_what_firmware_keeps_has_struct_pages(kept):
    layout = matrix.Capture((kept.sysroot / "sys/kernel/debug/kvas").read_text())
    area, pages = layout.areas["direct_map"], layout.areas["vmemmap"]
    page, size = int(layout.fact("page_size")), int(layout.fact("struct_page_size"))
    assert int(layout.fact("high_memory"), 16) == area.number("populated_end") + 1 + KEPT
    last = (area.number("populated_end") - area.number("populated_start") + 1 + KEPT) // page * size
    assert pages.number("populated_end") + 1 - pages.number("populated_start") == last
    assert any(pages.number("populated_end") in r for r in kept.mapped)


def test_sources_agree(kept):
    done = kvas(kept, "verify")
    assert done.returncode == 0, done.stdout
