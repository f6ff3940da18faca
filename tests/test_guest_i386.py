# SPDX-License-Identifier: GPL-2.0-only
"""Where the fixmap of 32-bit x86 ends, and what is above it.

Its slots are counted down from __FIXADDR_TOP, and the first is never used.  A
parameter moves all of it down.
"""

import re

import pytest

from test_guest_qemu import number

pytestmark = pytest.mark.arch("i686")

END = 1 << 32


def reserved(run):
    """How many bytes the parameters keep free at the top."""
    found = re.search(r"reservetop=(\d+)M", run.spot.mode.cmdline)
    return int(found[1]) << 20 if found else 0


def test_reserved_top(run):
    if reserved(run):
        assert run.capture.areas["reserve_top"].range == range(END - reserved(run), END)
        return
    said, = (r for r in run.capture.records if r.type == "region" and r["name"] == "reserve_top")
    assert len(said["absent"]) > 10


def test_fixmap_leaves_out_its_unused_slot(run):
    end = run.capture.areas["fixmap"].range.stop
    assert end == END - reserved(run) - number(run, "page_size")


def test_nothing_is_mapped_above_the_fixmap(run):
    end = run.capture.areas["fixmap"].range.stop
    assert [hex(r.start) for r in run.oracle.mapped if r.stop > end] == []
