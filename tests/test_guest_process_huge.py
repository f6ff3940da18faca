# SPDX-License-Identifier: GPL-2.0-only
"""kvas walk -p of a page that is swapped out, and of pages of hugetlb.

As test_guest_process_tables.py, of which each test is asked about a boot of its own: its
process has swap on a part of the disk.  (No page can be kept in migration.)
"""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

import matrix
import processoracle
import test_guest_process_tables as tables
from lab import gdbstub, guest, pagetables, programs, source, tablewalk

CHECK = ("7.2-amd64", "4level")
PLACES = (CHECK, ("5.10-amd64", "4level"), ("6.12-amd64", "5level"), ("7.2-arm64", "48bit"), ("6.12-riscv64", "sv48"))
JOB = matrix.START + "insmod /lab/kvas.ko || exit\ncat /sys/kernel/debug/kvas >/out/capture\n" + \
    matrix.TOUCHED.replace("touched /out", "touched /out /dev/vda") + "cat /proc/swaps >/out/swaps\n"


@dataclass
class Run:
    """As those of the matrix, but for what is not asked here."""

    guest: guest.Guest
    capture: matrix.Capture
    oracle: SimpleNamespace
    arch: object
    config: dict


def places():
    return [pytest.param(place, id="-".join(place),
                         marks=[pytest.mark.needs(place[0]), *([] if place == CHECK else [pytest.mark.all])])
            for place in PLACES]


@pytest.fixture(scope="module", params=places())
def huge(request):
    name, mode = request.param
    kernel = source.stock(name)
    files = {"/lab/kvas.ko": matrix.module(kernel).module("kvas"), "/bin/touched": matrix.touched(kernel.arch),
             **programs.reader_files(kernel.arch)}
    with guest.boot(kernel, kernel.mode(mode), JOB, files, name=f"{name}-{mode}-huge") as g:
        g.check()
        assert g.text("touched-errors") == ""
        form = pagetables.of(kernel, kernel.mode(mode), gdbstub.registers(g.monitor, kernel.arch), None)
        walk = tablewalk.PageTables(g.monitor.physical, form)
        oracle = SimpleNamespace(tables=form, processes=processoracle.look(g, kernel.arch, walk))
        return Run(g, matrix.Capture(g.text("capture")), oracle, kernel.arch, matrix.package_config(kernel))


@pytest.fixture(scope="module")
def processes(huge):
    return huge.oracle.processes


@pytest.fixture(scope="module")
def walks(huge, processes):
    return tables.walks_of(huge, processes)


def test_the_process_has_such_pages(huge, processes):
    pages = {name: entry for name, (_, entry) in processes.told[0].pages.items()}
    assert "/dev/vda1" in huge.guest.text("swaps")
    assert pages["swapped"] & tables.SWAPPED and not pages["swapped"] & tables.PRESENT
    assert all(pages[name] & tables.PRESENT for name in ("hugetlb", "hugetlb_inside", "hugetlb_none"))


def test_pagemap_is_what_the_process_read(huge, processes, walks):
    tables.test_pagemap_is_what_the_process_read(huge, processes, walks)


def test_the_place_in_swap(walks, processes):
    """As pagemap's documentation has it: the type in bits 0-4, the offset above."""
    entry, said = processes.told[0].pages["swapped"][1], walks["swapped"]["pagemap"]
    assert (said["swap_type"], int(said["swap_offset"], 16)) == (entry & 31, (entry & tables.FRAME) >> 5)
    assert "it is a swap entry" in walks["swapped"]["absent"]


def test_pages_of_hugetlb(huge, walks):
    size = int(walks["hugetlb"]["page"], 16)
    assert size > tables.page_size(huge) and walks["hugetlb_inside"]["page"] == walks["hugetlb"]["page"]
    assert int(walks["hugetlb_inside"]["phys"], 16) - int(walks["hugetlb"]["phys"], 16) == size // 2 + 3 * tables.page_size(huge) + 5
    assert walks["hugetlb_none"]["phys"] is None and "keeps the page at" in walks["hugetlb_none"]["absent"]
    assert walks["hugetlb_untouched"]["absent"].endswith("maps nothing")


def test_walks_lead_to_the_pages(huge, processes, walks):
    tables.test_walks_lead_to_the_pages(huge, processes, walks)


def test_entries_are_in_memory(huge, processes, walks):
    tables.test_entries_are_in_memory(huge, processes, walks)
