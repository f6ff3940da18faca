# SPDX-License-Identifier: GPL-2.0-only
"""A walk of a standing guest's page tables, read out of its physical memory.

Written from the processors' manuals, not from what the kernel or kvas know
about the layout.  PageTables walks; a class for each format says where tables
begin and what their entries mean.

Two processors have no such tables.  One for MIPS has a TLB that the kernel
fills as it likes; a POWER processor with a hash table keeps no tree, and its
kernel's own tables neither hold the direct map nor are read by the processor.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache

WORD = 1 << 64


def field(value, high, low):
    """Bits of a register or an entry, counted from the lowest."""
    return value >> low & (1 << high - low + 1) - 1


def aligned(value, low, high=52):
    """An address in the bits from low up to, without, high."""
    return value & (1 << high) - (1 << low)


@dataclass(frozen=True)
class Table:
    address: int  # physical
    shift: int  # an entry stands for 1 << shift bytes
    bits: int  # of the index
    there: range = None  # the entries that there are, if not all

    @property
    def indexes(self):
        return self.there if self.there is not None else range(1 << self.bits)


@dataclass(frozen=True)
class Leaf:
    address: int  # physical, of the whole page's first byte
    size: int  # of the page, of which the entry may be a part


class PageTables:
    """The format's tables in a guest's memory, as read(address, size) gives it."""

    def __init__(self, read, tables):
        self.format = tables
        self._read = read
        self._known = {}
        self._words = lru_cache(4096)(self._words)

    def mapped(self):
        """Mapped ranges of virtual addresses, upwards, neighbours joined."""
        found = [range(base + r.start, base + r.stop)
                 for base, table in self.format.roots for r in self._table(table)]
        return list(joined(sorted(found, key=lambda r: r.start)))

    def covers(self, address):
        """Whether these tables are what translates an address: some processors
        have windows besides, and the other half may have tables of its own."""
        return any(address - base >> table.shift in table.indexes
                   for base, table in self.format.roots)

    def translate(self, address):
        """The physical address behind a virtual one; None where none is mapped."""
        for base, table in self.format.roots:
            index = address - base >> table.shift
            while index in table.indexes:
                found = self._entry(table, index)
                if isinstance(found, Leaf):
                    return found.address + address % found.size
                if found is None:
                    break
                table = found
                index = address >> table.shift & (1 << table.bits) - 1
        return None

    def _words(self, table):
        code = f"{self.format.order}{1 << table.bits}{self.format.word}"
        return struct.unpack(code, self._read(table.address, struct.calcsize(code)))

    def _entry(self, table, index):
        return self.format.entry(self._words(table)[index], table)

    def _table(self, table):
        """What one table maps, counted from its own first address.

        Tables that are mapped in many places are walked once.
        """
        if table not in self._known:
            self._known[table] = list(joined(self._ranges(table)))
        return self._known[table]

    def _ranges(self, table):
        for index in table.indexes:
            base, found = index << table.shift, self._entry(table, index)
            if isinstance(found, Leaf):
                yield range(base, base + (1 << table.shift))
            elif found is not None:
                for inner in self._table(found):
                    yield range(base + inner.start, base + inner.stop)


def joined(ranges):
    """Ranges in order, those that touch made one."""
    last = None
    for r in ranges:
        if last is not None and r.start == last.stop:
            last = range(last.start, r.stop)
        else:
            if last is not None:
                yield last
            last = r
    if last is not None:
        yield last


class X86:
    """Intel SDM volume 3, 4.3 (32-bit), 4.4 (PAE), 4.5 (4 and 5 levels).

    Of 64 bits the kernel's half, of 32 bits all: one table has both.
    """

    order = "<"
    PRESENT, LARGE = 1 << 0, 1 << 7
    PAE, LA57, LMA = 1 << 5, 1 << 12, 1 << 10  # CR4, CR4, EFER

    def __init__(self, registers):
        cr3, cr4 = registers["CR3"], registers["CR4"]
        self.page_size = 4096
        self.word, self._bits = ("Q", 9) if cr4 & self.PAE else ("I", 10)
        if registers["EFER"] & self.LMA:
            self.levels = 5 if cr4 & self.LA57 else 4
            self.va_bits = 12 + 9 * self.levels
            self._large = (21, 30)
            root = Table(aligned(cr3, 12), self.va_bits - 9, 9, range(256, 512))
            self.roots = [(WORD - (1 << self.va_bits), root)]
            return
        self.va_bits = 32
        if cr4 & self.PAE:
            self.levels, self._large = 3, (21,)
            self.roots = [(0, Table(aligned(cr3, 5), 30, 2))]
        else:
            self.levels, self._large = 2, (22,)
            self.roots = [(0, Table(aligned(cr3, 12), 22, 10))]

    def entry(self, value, table):
        if not value & self.PRESENT:
            return None
        if table.shift > 12 and not (value & self.LARGE and table.shift in self._large):
            return Table(aligned(value, 12), table.shift - self._bits, self._bits)
        address = aligned(value, table.shift)
        if table.shift == 22:  # PSE-36
            address |= field(value, 20, 13) << 32
        return Leaf(address, 1 << table.shift)


class ArmShort:
    """ARM DDI 0406, B3.5: short descriptors, with tables of 16 KiB and 1 KiB.

    Linux leaves TTBCR.N at 0, so that the table of TTBR0 has all addresses.
    DACR closes domains: that of the processes while the kernel runs.
    """

    order, word = "<", "I"
    page_size, levels, va_bits = 4096, 2, 32

    def __init__(self, registers):
        self._closed = {n for n in range(16) if not field(registers["DACR"], 2 * n + 1, 2 * n)}
        n = field(registers["TTBCR"], 2, 0)
        self.roots = [(0, Table(aligned(registers["TTBR0"], 14 - n, 32), 20, 12 - n))]
        if n:
            first = 1 << 12 - n
            self.roots.append((0, Table(aligned(registers["TTBR1"], 14, 32), 20, 12,
                                        range(first, 1 << 12))))

    def entry(self, value, table):
        kind = value & 3
        if not kind:
            return None
        if table.shift == 12:  # a large page stands there 16 times
            size = 1 << 16 if kind == 1 else 1 << 12
            return Leaf(aligned(value, size.bit_length() - 1, 32), size)
        if not (kind & 2 and value & 1 << 18) and field(value, 8, 5) in self._closed:
            return None
        if kind == 1:
            return Table(aligned(value, 10, 32), 12, 8)
        if value & 1 << 18:  # a supersection, too
            high = field(value, 23, 20) << 32 | field(value, 8, 5) << 36
            return Leaf(aligned(value, 24, 32) | high, 1 << 24)
        return Leaf(aligned(value, 20, 32), 1 << 20)


class LongDescriptors:
    """What ARM DDI 0406, B3.6 and ARM DDI 0487, D8 have in common."""

    order, word = "<", "Q"
    granule = 12
    top = 48  # one more than the highest bit of an address in an entry

    def root(self, address, bits, indexes=None):
        """The first table of a walk for so many bits of an address."""
        stride = self.granule - 3
        levels = -(-(bits - self.granule) // stride)
        shift = self.granule + (levels - 1) * stride
        return levels, Table(address, shift, bits - shift, indexes)

    def address(self, value, low):
        return aligned(value, low, self.top)

    def entry(self, value, table):
        if not value & 1:
            return None
        last = table.shift == self.granule
        if value & 2 and not last:
            bits = self.granule - 3
            return Table(self.address(value, self.granule), table.shift - bits, bits)
        if last and not value & 2:
            return None
        return Leaf(self.address(value, table.shift), 1 << table.shift)


class ArmLong(LongDescriptors):
    """ARM DDI 0406, B3.6: TTBR1 has the top addresses, by T1SZ, or if that is 0
    all that T0SZ leaves over.

    The rest, the processes' and what the kernel keeps below them, is TTBR0's,
    unless EPD0 closes it, as kernels do that keep off the processes' memory.
    """

    top = 40
    page_size, levels, va_bits = 4096, 3, 32
    EPD0 = 1 << 7

    def __init__(self, registers):
        control = registers["TTBCR"]
        t0, t1 = field(control, 2, 0), field(control, 18, 16)
        bases = [aligned(registers[name], 5, self.top) for name in ("TTBR0", "TTBR1")]
        self.roots = []
        if not control & self.EPD0:
            end = min(1 << 32 - t0, (1 << 32) - (1 << 32 - t1) if t1 else 1 << 32)
            _, low = self.root(bases[0], 32 - t0)
            self.roots.append((0, Table(low.address, low.shift, low.bits, range(end >> low.shift))))
        if t1 or t0:
            _, high = self.root(bases[1], 32 - t1)
            self.roots.append(((1 << 32) - (1 << 32 - t1), high))


class Arm64(LongDescriptors):
    """ARM DDI 0487, D8: the half of TTBR1_EL1, with all granules and 52 bits."""

    def __init__(self, registers):
        control = registers["TCR_EL1"]
        self.granule = {1: 14, 2: 12, 3: 16}[field(control, 31, 30)]
        self.page_size = 1 << self.granule
        self.va_bits = 64 - field(control, 21, 16)
        self._lpa2 = bool(control >> 59 & 1)  # DS
        self._wide = field(control, 34, 32) == 6  # IPS: 52 bits
        base = registers["TTBR1_EL1"]
        address = aligned(base, 1, 48)
        if self._wide and (self._lpa2 or self.granule == 16):
            address = aligned(base, 6, 48) | field(base, 5, 2) << 48
        self.levels, root = self.root(address, self.va_bits)
        self.roots = [(WORD - (1 << self.va_bits), root)]

    def address(self, value, low):
        if self._lpa2:
            return aligned(value, low, 50) | field(value, 9, 8) << 50
        if self.granule == 16:
            return aligned(value, low, 48) | field(value, 15, 12) << 48
        return aligned(value, low, 48)


class RiscV:
    """The RISC-V Instruction Set Manual, volume II, 10.3 to 10.6, and Svnapot."""

    order, word = "<", "Q"
    page_size = 4096
    VALID, RWX, NAPOT = 1, 0b1110, 1 << 63

    def __init__(self, registers):
        satp = registers["SATP"]
        self.levels = field(satp, 63, 60) - 5  # 8 is Sv39
        self.va_bits = 12 + 9 * self.levels
        root = Table(field(satp, 43, 0) << 12, self.va_bits - 9, 9, range(256, 512))
        self.roots = [(WORD - (1 << self.va_bits), root)]

    def entry(self, value, table):
        if not value & self.VALID:
            return None
        address = field(value, 53, 10) << 12
        if not value & self.RWX:
            return Table(address, table.shift - 9, 9)
        if value & self.NAPOT:
            return Leaf(aligned(address, 16, 56), 1 << 16)
        return Leaf(address, 1 << table.shift)


class S390:
    """z/Architecture Principles of Operation, chapter 3: dynamic address
    translation, by the address-space-control element of the space that the PSW
    names: the home space (control register 13), in which 7.2 runs, or the
    primary one (1).

    It is the kernel's while the kernel runs, and has all addresses from 0 on.
    """

    order, word = ">", "Q"
    page_size = 4096
    LARGE, INVALID, INVALID_PAGE = 1 << 10, 1 << 5, 1 << 10

    def __init__(self, registers):
        home = field(registers["MASK"], 47, 46) == 3
        element = registers["C13" if home else "C01"]
        kind = field(element, 3, 2)
        self.levels = 2 + kind
        self.va_bits = 31 + 11 * kind
        self.roots = [(0, self._table(element, 20 + 11 * kind, 0))]

    def _table(self, value, shift, first):
        """A region or segment table, a quarter of which may be there."""
        there = range(first * 512, (field(value, 1, 0) + 1) * 512)
        return Table(aligned(value, 12, 64), shift, 11, there)

    def entry(self, value, table):
        if table.shift == 12:
            return None if value & self.INVALID_PAGE else Leaf(aligned(value, 12, 64), 4096)
        if value & self.INVALID:
            return None
        if value & self.LARGE and table.shift in (20, 31):
            return Leaf(aligned(value, table.shift, 64), 1 << table.shift)
        if table.shift == 20:
            return Table(aligned(value, 11, 64), 12, 8)
        return self._table(value, table.shift - 11, field(value, 7, 6))


class LoongArch:
    """LoongArch Reference Manual, volume 1, 5.4.5 and 7.5: lddir and ldpte.

    QEMU shows neither PGDH nor PWCL and PWCH.  PGDH is the kernel's
    swapper_pg_dir; the shape follows from pages of 16 KiB and three levels.
    """

    order, word = "<", "Q"
    levels, va_bits = 3, 48
    VALID, HUGE = 1 << 0, 1 << 6

    def __init__(self, root, page_size):
        self.page_size = page_size
        self.roots = [(WORD - (1 << 47), Table(root, 36, 11))]

    def entry(self, value, table):
        if table.shift == 14 or value & self.HUGE:
            return Leaf(aligned(value, table.shift, 48), 1 << table.shift) if value & self.VALID else None
        return Table(aligned(value, 14, 48), table.shift - 11, 11) if value else None


class Radix:
    """Power ISA version 3.0B, book III, 5.7.10: radix tree translation.

    The process table is the hypervisor's to know, here QEMU itself; the root
    that it has for the kernel is swapper_pg_dir, with 2^13 entries.
    """

    order, word = ">", "Q"
    levels, va_bits = 4, 52
    VALID, LEAF = 1 << 63, 1 << 62

    def __init__(self, root, page_size):
        self.page_size = page_size  # the tree's shape follows from its entries
        # Quadrant 3: the highest bits only say whose tables these are.
        self.roots = [(0xC << 60, Table(root, 39, 13))]

    def entry(self, value, table):
        if not value & self.VALID:
            return None
        if value & self.LEAF:
            return Leaf(aligned(value, max(12, table.shift), 57), 1 << table.shift)
        bits = field(value, 4, 0)
        return Table(aligned(value, 8, 60), table.shift - bits, bits)


def there_are(kernel, mode):
    """Whether a guest's processor has such tables at all."""
    return kernel.arch.kernel != "mips" and mode.mmu != "hash"


def of(kernel, mode, registers, root):
    """The format of a guest's tables, if there are any.

    root() is the physical address of swapper_pg_dir.
    """
    name = kernel.arch.kernel
    if not there_are(kernel, mode):
        return None
    if name == "arm":
        return ArmLong(registers) if registers["TTBCR"] >> 31 else ArmShort(registers)
    told = {"x86": X86, "arm64": Arm64, "riscv": RiscV, "s390": S390}
    if name in told:
        return told[name](registers)
    return {"loongarch": LoongArch, "powerpc": Radix}[name](root(), kernel.page_size)
