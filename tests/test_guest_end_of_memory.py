# SPDX-License-Identifier: GPL-2.0-only
"""Memory that is not RAM to its end: ACPI's tables, or a part of a page.

We say where RAM ends; since 6.11 high_memory of x86_64 counts such tables, too.
"""

import dataclasses

import pytest

import matrix
from lab import cache, guest
from test_guest_verify import kvas

pytestmark = [pytest.mark.arch("x86_64"), pytest.mark.all]

MIB = 1 << 20
# Parameter: where what is mapped then ends.
ENDS = {"memmap=64M#960M": 960 * MIB, f"mem={900 * MIB + 1000}": 900 * MIB}


@dataclasses.dataclass
class Cut:
    guest: guest.Guest
    end: int

    @property
    def sysroot(self):
        return self.guest.out / "sysroot"


@pytest.fixture(scope="session", params=ENDS, ids=("acpi", "part-of-a-page"))
def cut(kernel, request):
    mode = dataclasses.replace(kernel.modes[0], memory="1G")
    files = {"/lab/kvas.ko": matrix.module(kernel).module("kvas"), **matrix.programs.reader_files(kernel.arch)}
    job = "insmod /lab/kvas.ko && kvas save --all /out/sysroot"
    with guest.boot(kernel, mode, job, files, cmdline=request.param, name=f"{kernel.name}-end-of-memory") as g:
        g.check()
    cache.progress(f"guest {g.name}: {g.seconds:.1f} s")
    return Cut(g, ENDS[request.param])


def test_the_direct_map_is_populated_to_the_end_of_ram(cut):
    capture = matrix.Capture((cut.sysroot / "sys/kernel/debug/kvas").read_text())
    area = capture.areas["direct_map"]
    assert area.number("populated_end") + 1 - area.number("start") == cut.end
    pages = capture.areas["vmemmap"]
    size, page = (int(capture.fact(name)) for name in ("struct_page_size", "page_size"))
    assert pages.number("populated_end") + 1 - pages.number("start") == cut.end // page * size


def test_sources_agree(cut):
    done = kvas(cut, "verify")
    assert done.returncode == 0, done.stdout
