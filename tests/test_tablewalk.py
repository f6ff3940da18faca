# SPDX-License-Identifier: GPL-2.0-only
"""The walker of lab/tablewalk.py and the formats of lab/pagetables.py, on tables made up here."""

import struct

import pytest

from lab import pagetables, tablewalk
from lab.tablewalk import Run


class Memory(dict):
    """Words by their address; all others are 0, or whatever an empty entry is."""

    def __init__(self, code, empty=0):
        super().__init__()
        self.code, self.empty, self.reads = code, empty, []

    def fill(self, table, words):
        size = struct.calcsize(self.code)
        self.update((table + index * size, word) for index, word in words.items())

    def read(self, address, size):
        self.reads.append(address)
        step = struct.calcsize(self.code)
        return b"".join(struct.pack(self.code, self.get(at, self.empty))
                        for at in range(address, address + size, step))


X86_REGISTERS = {"CR3": 0x1000, "CR4": 1 << 5, "EFER": 1 << 10 | 1 << 11}
NX = 1 << 63


def x86(**tables):
    memory = Memory("<Q")
    for address, words in tables.items():
        memory.fill(int(address.lstrip("t"), 16), words)
    return memory, tablewalk.PageTables(memory.read, pagetables.X86(X86_REGISTERS))


TOP = (1 << 64) - (1 << 39)  # what the last entry of four levels stands for


def test_attributes_and_what_upper_levels_change():
    """Accessed, dirty and software's bits are none; RW and US must be set, NX clear, all the way."""
    _, walk = x86(t1000={511: 0x2001 | 0x6}, t2000={0: 0x3001 | 0x2, 1: 0x3001 | 0x6 | NX},
                  t3000={0: 0x4001 | 0x6, 1: 0x200000 | 0x1000 | 0x80 | 0x1E7},
                  t4000={0: 0x7000 | 0xE67 | 1 << 58, 1: 0x9000 | 0x105, 2: 0x9000 | 0x105})
    page, large, other = 0x007, 0x1187, 0x105
    assert walk.runs() == [
        Run(TOP, TOP + 0x1000, 1, page, 0x4, 0),
        Run(TOP + 0x1000, TOP + 0x3000, 1, other, 0x4, 0),
        Run(TOP + 0x200000, TOP + 0x400000, 2, large, 0x4, 0),
        Run(TOP + 0x40000000, TOP + 0x40001000, 1, page, NX, 0),
        Run(TOP + 0x40001000, TOP + 0x40003000, 1, other, NX, 0),
        Run(TOP + 0x40200000, TOP + 0x40400000, 2, large, NX, 0),
    ]


def test_runs_join_across_tables_of_one_kind():
    entries = dict.fromkeys(range(512), 0x5000 | 3)
    memory, walk = x86(t1000={511: 0x2003}, t2000={0: 0x3003},
                       t3000={0: 0x4003, 1: 0x4003, 2: 0x4001, 3: 0x600083}, t4000=entries)
    assert walk.runs() == [Run(TOP, TOP + 0x400000, 1, 3, 0, 0),
                           Run(TOP + 0x400000, TOP + 0x600000, 1, 3, 2, 0),
                           Run(TOP + 0x600000, TOP + 0x800000, 2, 0x83, 0, 0)]
    assert walk.mapped() == [range(TOP, TOP + 0x800000)]
    assert walk.translate(TOP + 0x201234) == 0x5234 and walk.translate(TOP + 0x800000) is None
    # The table of pages is read once, but walked for both ways to limit it.
    assert memory.reads.count(0x4000) == 1
    assert sorted(walk.tables().values()) == [1, 3, 4, 5]


def test_a_table_that_is_shared_65536_times_is_read_once():
    memory, walk = x86(t1000={511: 0x2003}, t2000=dict.fromkeys(range(512), 0x3003),
                       t3000=dict.fromkeys(range(512), 0x4003), t4000={0: 0x5001, 8: 0x5003})
    runs = walk.runs()
    assert len(runs) == 2 * 512 * 512 and len(memory.reads) == 4
    assert runs[-1] == Run((1 << 64) - 0x200000 + 0x8000, (1 << 64) - 0x200000 + 0x9000, 1, 3, 0, 0)
    assert sorted(walk.tables().values()) == [1, 2, 3, 4]


def test_the_way_to_an_address():
    _, walk = x86(t1000={511: 0x2003}, t2000={0: 0x3003}, t3000={0: 0, 1: 0x600083})
    at = TOP + 0x212345
    assert [(t.level, t.address, i, value) for t, i, value in walk.way(at)] == [
        (4, 0x1000, 511, 0x2003), (3, 0x2000, 0, 0x3003), (2, 0x3000, 1, 0x600083)]
    assert [value for _, _, value in walk.way(TOP)] == [0x2003, 0x3003, 0]
    assert walk.translate(at) == 0x612345 and walk.translate(TOP) is None


def test_the_top_of_pae_limits_nothing():
    memory = Memory("<Q")
    memory.fill(0x1000, {3: 0x2001})
    memory.fill(0x2000, {0: 0x600083})
    walk = tablewalk.PageTables(memory.read, pagetables.X86({"CR3": 0x1000, "CR4": 1 << 5, "EFER": 1 << 11}))
    assert walk.runs() == [Run(0xC0000000, 0xC0200000, 2, 0x83, 0, 0)]


# TCR_EL1: T1SZ of 25 is three levels of 4 KiB; TG1 2; IPS 5; TTBR1 at 0x1000.
def arm64(tcr, tables):
    memory = Memory("<Q")
    for address, words in tables.items():
        memory.fill(address, words)
    registers = {"TCR_EL1": tcr, "TTBR1_EL1": 0x1000}
    return tablewalk.PageTables(memory.read, pagetables.Arm64(registers))


def test_arm64_tables_limit_and_entries_stand_together():
    walk = arm64(25 << 16 | 2 << 30 | 5 << 32,
                 {0x1000: {0: 0x2003 | 3 << 61, 1: 0x2003 | 3 << 59},
                  0x2000: {0: 0x3003, 1: 1 << 52 | 0x40000701},
                  0x3000: {**dict.fromkeys(range(16), 1 << 52 | 0x5743), 16: 0x5743 | 1 << 55}})
    page, block, group = 0x343, 0x301, 1 << 52
    first, second = (1 << 64) - (1 << 39), (1 << 64) - (1 << 39) + (1 << 30)
    assert walk.runs() == [
        Run(first, first + 0x10000, 1, page | group, 0xC0, 0x10000),
        Run(first + 0x10000, first + 0x11000, 1, page, 0xC0, 0),
        Run(first + 0x200000, first + 0x400000, 2, block | group, 0x80, 0x2000000),
        Run(second, second + 0x10000, 1, page | group, 3 << 53, 0x10000),
        Run(second + 0x10000, second + 0x11000, 1, page, 3 << 53, 0),
        Run(second + 0x200000, second + 0x400000, 2, block | group, 3 << 53, 0x2000000),
    ]


@pytest.mark.parametrize("tcr, entry, physical, attr", [
    (25 << 16 | 2 << 30 | 5 << 32, 0x123456789703, 0x123456789000, 0x303),
    # With DS bits 8 and 9 are of the address; 50 and 51 are not.
    (25 << 16 | 2 << 30 | 6 << 32 | 1 << 59, 3 << 50 | 0x3_1234_5678_9303, 0xF_1234_5678_9000,
     3 << 50 | 3),
    # Pages of 64 KiB have bits 48 to 51 in 12 to 15.
    (36 << 16 | 3 << 30 | 6 << 32, 1 << 51 | 0x12345678_F703 & ~0xF000 | 0xA000, 0xA_1234_5678_0000,
     1 << 51 | 0x303),
])
def test_arm64_wide_addresses(tcr, entry, physical, attr):
    memory = Memory("<Q")
    tables = pagetables.Arm64({"TCR_EL1": tcr, "TTBR1_EL1": 0x1000})
    last = tablewalk.Table(0x1000, tables.granule, tables.granule - 3)
    assert tables.entry(entry, last) == tablewalk.Leaf(physical, 1 << tables.granule, attr)
    assert memory.reads == []


def test_arm_short_kinds_of_pages():
    """A section, a supersection, a large page, a small one; XN is in another bit of each."""
    memory = Memory("<I")
    registers = {"DACR": 0x55555555, "TTBCR": 0, "TTBR0": 0x4000}
    memory.fill(0x4000, {0xC00: 0x10011C1E & ~0xC | 0x2, 0xC10: 0x8001 | 1 << 5,
                         **dict.fromkeys(range(0xD00, 0xD10), 0x23000002 | 1 << 18 | 1 << 16)})
    memory.fill(0x8000, {0: 0x7000 | 0x213, **dict.fromkeys(range(16, 32), 0x120000 | 0x8011)})
    walk = tablewalk.PageTables(memory.read, pagetables.ArmShort(registers))
    assert walk.runs() == [
        Run(0xC0000000, 0xC0100000, 2, 0x11C12, 0, 0),
        Run(0xC1000000, 0xC1001000, 1, 0x213, 0, 0),
        Run(0xC1010000, 0xC1020000, 1, 0x8011, 0, 0x10000),
        Run(0xD0000000, 0xD1000000, 2, 0x50002, 0, 0x1000000),
    ]


def test_riscv_napot():
    memory = Memory("<Q")
    memory.fill(0x1000, {256: 0x2000 >> 2 | 1})
    memory.fill(0x2000, {0: 0x3000 >> 2 | 1, 1: 0x40000000 >> 2 | 0xE7})
    memory.fill(0x3000, dict.fromkeys(range(16), 1 << 63 | 0x18000 >> 2 | 0x3E7))
    walk = tablewalk.PageTables(memory.read, pagetables.RiscV({"SATP": 8 << 60 | 1}))
    start = (1 << 64) - (1 << 38)
    assert walk.runs() == [Run(start, start + 0x10000, 1, 1 << 63 | 0x27, 0, 0x10000),
                           Run(start + 0x200000, start + 0x400000, 2, 0x27, 0, 0)]
    assert walk.translate(start + 0x1234) == 0x11234


def test_s390_protection_of_segments():
    """All of whose entries with no bit set are valid."""
    memory = Memory(">Q", 0x420)
    memory.fill(0x4000, {0: 0x8000 | 0x200, 1: 0x8000, 2: 0x300000 | 0x500})
    memory.fill(0x8000, {0: 0, 1: 0x5000 | 0x100, 2: 0x6000 | 0x204})
    walk = tablewalk.PageTables(memory.read, pagetables.S390({"MASK": 0, "C01": 0x4000 | 3}))
    assert walk.runs() == [
        Run(0, 0x1000, 1, 0, 0x200, 0), Run(0x1000, 0x2000, 1, 0x100, 0x200, 0),
        Run(0x2000, 0x3000, 1, 0x200, 0, 0),
        Run(0x100000, 0x101000, 1, 0, 0, 0), Run(0x101000, 0x102000, 1, 0x100, 0, 0),
        Run(0x102000, 0x103000, 1, 0x200, 0, 0),
        Run(0x200000, 0x300000, 2, 0x500, 0, 0)]


def test_power_and_loongarch():
    memory = Memory(">Q")
    memory.fill(0x10000, {0: 1 << 63 | 0x20000 | 9})
    memory.fill(0x20000, {1: 3 << 62 | 0x40000000 | 0x18E})
    walk = tablewalk.PageTables(memory.read, pagetables.Radix(0x10000, 65536))
    start = 0xC << 60
    assert walk.runs() == [Run(start + (1 << 30), start + (2 << 30), 3, 3 << 62 | 0xE, 0, 0)]

    memory = Memory("<Q")
    memory.fill(0x10000, {1024: 0x14000})
    memory.fill(0x14000, {0: 0x18000, 1: 0x4000000 | 1 << 12 | 0xFF | 1 << 62})
    memory.fill(0x18000, {2: 0x1C000 | 0x1D3 | 1 << 63, 3: 0x20000 | 0x1D2})
    walk = tablewalk.PageTables(memory.read, pagetables.LoongArch(0x10000, 16384))
    start = (1 << 64) - (1 << 47) + (1024 << 36)
    assert walk.runs() == [
        Run(start + 0x8000, start + 0xC000, 1, 0x1D3 | 1 << 63, 0, 0),
        Run(start + (1 << 25), start + (2 << 25), 2, 1 << 12 | 0xFF | 1 << 62, 0, 0)]


def test_mips64():
    """Empty entries lead to tables of empty ones; the last entry is that of the last addresses."""
    in_image, in_window = 0xFFFFFFFF80000000, 0x9 << 60
    memory = Memory("<Q")
    memory.fill(0x2000, dict.fromkeys(range(1024), in_image + 0x8000))
    memory.fill(0x8000, dict.fromkeys(range(512), in_image + 0x9000))
    memory.fill(0x2000, {0: in_window + 0x4000, 1023: in_window + 0x5000})
    memory.fill(0x4000, {**dict.fromkeys(range(512), in_image + 0x9000), 1: 0x1234 << 14 | 0x1E40 | 0x1F})
    memory.fill(0x5000, {**dict.fromkeys(range(512), in_image + 0x9000), 511: in_window + 0x6000})
    # Global and nothing else, as beside a page that is global; and what only software uses.
    memory.fill(0x6000, {510: 1 << 8, 511: 0x7 << 14 | 0x1700 | 0x0F})
    walk = tablewalk.PageTables(memory.read, pagetables.Mips64(0x2000))
    start, last = 0xC << 60, (1 << 64) - 4096
    assert walk.runs() == [Run(start + (2 << 20), start + (4 << 20), 2, 0x1E50, 0, 0),
                           Run(last, 1 << 64, 1, 0x1700, 0, 0)]
    assert walk.translate(last + 0x123) == 0x7123
    # Neither the segments without tables nor what lies behind the tables of XKSEG.
    assert not any(walk.covers(a) for a in (in_window, in_image, start + (1 << 40), start + (1 << 40) - 4096))
