# SPDX-License-Identifier: GPL-2.0-only
"""Where a processor's page tables begin, and what their entries mean.

Written from the processors' manuals, not from what the kernel or kvas know
about the layout.  There is a class for each format; tablewalk.py walks.

Attributes are all bits of an entry but the address, those that the processor
sets while it translates, and those that only software reads.

A POWER processor with a hash table has no such tables: it keeps no tree, and its
kernel's own neither hold the direct map nor are read by the processor.  One for
MIPS has a TLB that the kernel fills as it likes: its tables are Linux's own.
"""

from copy import copy
from dataclasses import replace

from .tablewalk import NO_LIMITS, WORD, Leaf, Limits, Table


def field(value, high, low):
    """Bits of a register or an entry, counted from the lowest."""
    return value >> low & (1 << high - low + 1) - 1


def bits(high, low):
    """The mask of these bits."""
    return (1 << high + 1) - (1 << low)


def aligned(value, low, high=52):
    """An address in the bits from low up to, without, high."""
    return value & (1 << high) - (1 << low)


class Format:
    """What most have in common."""

    def with_root(self, address):
        """The same, with the top table at a physical address."""
        other = copy(self)
        other.roots = [(base, replace(table, address=address)) for base, table in self.roots]
        return other

    user_entries = None  # of a top table that has the kernel's, too

    def of_process(self, address, first):
        """The user half of a process, by its top table and the first entry of that."""
        other = copy(self)
        _, top = self.roots[0]
        other.roots = [(0, replace(top, address=address, there=self.user_entries))]
        return other

    def limits(self, value, table):
        """What the entry for a table changes in all that is below."""
        return NO_LIMITS


class X86(Format):
    """Intel SDM volume 3, 4.3 (32-bit), 4.4 (PAE), 4.5 (4 and 5 levels).

    Of 64 bits the kernel's half, of 32 bits all: one table has both.
    """

    order = "<"
    PRESENT, WRITE, USER, LARGE, NX = 1 << 0, 1 << 1, 1 << 2, 1 << 7, 1 << 63
    PAE, LA57, LMA = 1 << 5, 1 << 12, 1 << 10  # CR4, CR4, EFER
    # Accessed and dirty; software's.  Bit 12 of a large page is its PAT.
    OTHERS = bits(6, 5) | bits(11, 9) | bits(58, 52)

    def __init__(self, registers):
        cr3, cr4 = registers["CR3"], registers["CR4"]
        self.page_size = 4096
        self.word, self._bits = ("Q", 9) if cr4 & self.PAE else ("I", 10)
        if registers["EFER"] & self.LMA:
            self.levels = 5 if cr4 & self.LA57 else 4
            self.va_bits = 12 + 9 * self.levels
            self._large = (21, 30)
            self.user_entries = range(256)
            root = Table(aligned(cr3, 12), self.va_bits - 9, 9, range(256, 512), self.levels)
            self.roots = [(WORD - (1 << self.va_bits), root)]
            return
        self.va_bits = 32
        if cr4 & self.PAE:
            self.levels, self._large = 3, (21,)
            self.roots = [(0, Table(aligned(cr3, 5), 30, 2, level=3))]
        else:
            self.levels, self._large = 2, (22,)
            self.roots = [(0, Table(aligned(cr3, 12), 22, 10, level=2))]

    def entry(self, value, table):
        if not value & self.PRESENT:
            return None
        if table.shift > 12 and not (value & self.LARGE and table.shift in self._large):
            return table.below(aligned(value, 12), self._bits)
        address, frame = aligned(value, table.shift), bits(51, 12 if table.shift == 12 else 13)
        if table.shift == 22:  # PSE-36
            address |= field(value, 20, 13) << 32
        return Leaf(address, 1 << table.shift, value & ~frame & ~self.OTHERS)

    def limits(self, value, table):
        """The top of PAE has no such bits."""
        if self.va_bits == 32 and table.shift == 30:
            return NO_LIMITS
        return Limits(~value & (self.WRITE | self.USER), value & self.NX)


class ArmShort(Format):
    """ARM DDI 0406, B3.5: short descriptors, with tables of 16 KiB and 1 KiB.

    Linux leaves TTBCR.N at 0, so that the table of TTBR0 has all addresses.
    DACR closes domains: that of the processes while the kernel runs.
    """

    order, word = "<", "I"
    page_size, levels, va_bits = 4096, 2, 32

    def __init__(self, registers):
        self.closed = {n for n in range(16) if not field(registers["DACR"], 2 * n + 1, 2 * n)}
        n = field(registers["TTBCR"], 2, 0)
        self.roots = [(0, Table(aligned(registers["TTBR0"], 14 - n, 32), 20, 12 - n, level=2))]
        if n:
            first = 1 << 12 - n
            self.roots.append((0, Table(aligned(registers["TTBR1"], 14, 32), 20, 12,
                                        range(first, 1 << 12), 2)))

    def entry(self, value, table):
        kind = value & 3
        if not kind:
            return None
        if table.shift == 12:  # a large page stands there 16 times
            if kind == 1:
                return Leaf(aligned(value, 16, 32), 1 << 16, field(value, 15, 0), 1 << 16)
            return Leaf(aligned(value, 12, 32), 1 << 12, field(value, 11, 0))
        if not (kind & 2 and value & 1 << 18) and field(value, 8, 5) in self.closed:
            return None
        if kind == 1:
            return table.below(aligned(value, 10, 32), 8)
        if value & 1 << 18:  # a supersection, too
            high = field(value, 23, 20) << 32 | field(value, 8, 5) << 36
            attr = field(value, 19, 0) & ~bits(8, 5)
            return Leaf(aligned(value, 24, 32) | high, 1 << 24, attr, 1 << 24)
        return Leaf(aligned(value, 20, 32), 1 << 20, field(value, 19, 0))


class LongDescriptors(Format):
    """What ARM DDI 0406, B3.6 and ARM DDI 0487, D8 have in common."""

    order, word = "<", "Q"
    granule = 12
    top = 48  # one more than the highest bit of an address in an entry
    # The access flag; software's.
    OTHERS = 1 << 10 | bits(58, 55)
    CONTIGUOUS = 1 << 52
    # How many such entries stand together, by granule and level: D8.7.1.
    TOGETHER = {12: (16, 16, 16, 1), 14: (128, 32, 1), 16: (32, 32, 1)}

    def root(self, address, width):
        """The first table of a walk for so many bits of an address."""
        stride = self.granule - 3
        levels = -(-(width - self.granule) // stride)
        shift = self.granule + (levels - 1) * stride
        return levels, Table(address, shift, width - shift, level=levels)

    def address(self, value, low):
        return aligned(value, low, self.top)

    def address_bits(self, low):
        """The mask of what address() reads."""
        return bits(self.top - 1, low)

    def entry(self, value, table):
        if not value & 1:
            return None
        last = table.shift == self.granule
        if value & 2 and not last:
            return table.below(self.address(value, self.granule), self.granule - 3)
        if last and not value & 2:
            return None
        group = self.TOGETHER[self.granule][table.level - 1] << table.shift
        return Leaf(self.address(value, table.shift), 1 << table.shift,
                    value & ~self.address_bits(table.shift) & ~self.OTHERS,
                    group if value & self.CONTIGUOUS else 0)

    def limits(self, value, table):
        """APTable, UXNTable (XNTable) and PXNTable, against AP, UXN (XN) and PXN."""
        return Limits(field(value, 61, 61) << 6,
                      field(value, 62, 62) << 7 | field(value, 60, 59) << 53)


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
            self.roots.append((0, replace(low, there=range(end >> low.shift))))
        if t1 or t0:
            _, high = self.root(bases[1], 32 - t1)
            self.roots.append(((1 << 32) - (1 << 32 - t1), high))

    def with_root(self, address):
        """The kernel's own table has all addresses, whatever a processor has of it."""
        other = copy(self)
        other.roots = [(0, Table(address, 30, 2, level=3))]
        return other


class Arm64(LongDescriptors):
    """ARM DDI 0487, D8: the half of TTBR1_EL1, with all granules and 52 bits."""

    def __init__(self, registers):
        control = registers["TCR_EL1"]
        self.granule = {1: 14, 2: 12, 3: 16}[field(control, 31, 30)]
        self.page_size = 1 << self.granule
        self.va_bits = 64 - field(control, 21, 16)
        self._lpa2 = bool(control >> 59 & 1)  # DS
        self._user_bits = 64 - field(control, 5, 0)  # T0SZ
        self._wide = field(control, 34, 32) == 6  # IPS: 52 bits
        base = registers["TTBR1_EL1"]
        address = aligned(base, 1, 48)
        if self._wide and (self._lpa2 or self.granule == 16):
            address = aligned(base, 6, 48) | field(base, 5, 2) << 48
        self.levels, root = self.root(address, self.va_bits)
        self.roots = [(WORD - (1 << self.va_bits), root)]

    def of_process(self, address, first):
        """That of TTBR0_EL1."""
        other = copy(self)
        other.levels, root = self.root(address, self._user_bits)
        other.roots = [(0, root)]
        return other

    def address(self, value, low):
        if self._lpa2:
            return aligned(value, low, 50) | field(value, 9, 8) << 50
        if self.granule == 16:
            return aligned(value, low, 48) | field(value, 15, 12) << 48
        return aligned(value, low, 48)

    def address_bits(self, low):
        if self._lpa2:
            return bits(49, low) | bits(9, 8)
        return bits(47, low) | (bits(15, 12) if self.granule == 16 else 0)


class RiscV(Format):
    """The RISC-V Instruction Set Manual, volume II, 10.3 to 10.6, and Svnapot."""

    order, word = "<", "Q"
    page_size = 4096
    VALID, RWX, NAPOT = 1, 0b1110, 1 << 63
    # V, R, W, X, U and G; PBMT; N.
    ATTRIBUTES = bits(5, 0) | bits(62, 61) | NAPOT
    user_entries = range(256)

    def __init__(self, registers):
        satp = registers["SATP"]
        self.levels = field(satp, 63, 60) - 5  # 8 is Sv39
        self.va_bits = 12 + 9 * self.levels
        root = Table(field(satp, 43, 0) << 12, self.va_bits - 9, 9, range(256, 512), self.levels)
        self.roots = [(WORD - (1 << self.va_bits), root)]

    def entry(self, value, table):
        if not value & self.VALID:
            return None
        address = field(value, 53, 10) << 12
        if not value & self.RWX:
            return table.below(address, 9)
        attr = value & self.ATTRIBUTES
        if value & self.NAPOT:
            return Leaf(aligned(address, 16, 56), 1 << 16, attr, 1 << 16)
        return Leaf(address, 1 << table.shift, attr)


class S390(Format):
    """z/Architecture Principles of Operation, chapter 3: dynamic address
    translation, by the address-space-control element of the space that the PSW
    names: the home space (control register 13), in which 7.2 runs, or the
    primary one (1).

    It is the kernel's while the kernel runs, and has all addresses from 0 on.
    """

    order, word = ">", "Q"
    page_size = 4096
    LARGE, INVALID, INVALID_PAGE = 1 << 10, 1 << 5, 1 << 10
    PROTECTED, NO_EXECUTION = 1 << 9, 1 << 8

    def __init__(self, registers):
        home = field(registers["MASK"], 47, 46) == 3
        element = registers["C13" if home else "C01"]
        kind = field(element, 3, 2)
        self.levels = 2 + kind
        self.va_bits = 31 + 11 * kind
        there = range((field(element, 1, 0) + 1) * 512)
        self.roots = [(0, Table(aligned(element, 12, 64), 20 + 11 * kind, 11, there, self.levels))]

    def of_process(self, address, first):
        """Each entry of a top table says of which kind that is."""
        other, kind = copy(self), field(first, 3, 2)
        other.levels = 2 + kind
        other.roots = [(0, Table(address, 20 + 11 * kind, 11, None, other.levels))]
        return other

    def entry(self, value, table):
        if table.shift == 12:
            if value & self.INVALID_PAGE:
                return None
            return Leaf(aligned(value, 12, 64), 4096, value & (self.PROTECTED | self.NO_EXECUTION))
        if value & self.INVALID:
            return None
        if value & self.LARGE and table.shift in (20, 31):
            return Leaf(aligned(value, table.shift, 64), 1 << table.shift,
                        value & (self.LARGE | self.PROTECTED | self.NO_EXECUTION))
        if table.shift == 20:
            return table.below(aligned(value, 11, 64), 8)
        # Of a region or segment table quarters may be missing.
        there = range(field(value, 7, 6) * 512, (field(value, 1, 0) + 1) * 512)
        return table.below(aligned(value, 12, 64), 11, there)

    def limits(self, value, table):
        return Limits(set=value & self.PROTECTED)


class LoongArch(Format):
    """LoongArch Reference Manual, volume 1, 5.4.5 and 7.5: lddir and ldpte.

    QEMU shows neither PGDH nor PWCL and PWCH.  PGDH is the kernel's
    swapper_pg_dir; the shape follows from pages of 16 KiB and three levels.
    """

    order, word = "<", "Q"
    levels, va_bits = 3, 48
    VALID, HUGE = 1 << 0, 1 << 6
    # V, D, PLV, MAT, and G or that it is huge; P and W; NR, NX and RPLV.
    ATTRIBUTES, GLOBAL_HUGE = bits(8, 0) | bits(63, 61), 1 << 12

    def __init__(self, root, page_size):
        self.page_size = page_size
        self.roots = [(WORD - (1 << 47), Table(root, 36, 11, level=3))]

    def entry(self, value, table):
        if table.shift == 14 or value & self.HUGE:
            if not value & self.VALID:
                return None
            attr = self.ATTRIBUTES | (self.GLOBAL_HUGE if table.shift > 14 else 0)
            return Leaf(aligned(value, table.shift, 48), 1 << table.shift, value & attr)
        return table.below(aligned(value, 14, 48), 11) if value else None


class Radix(Format):
    """Power ISA version 3.0B, book III, 5.7.10: radix tree translation.

    The process table is the hypervisor's to know, here QEMU itself; the root
    that it has for the kernel is swapper_pg_dir, with 2^13 entries.
    """

    order, word = ">", "Q"
    levels, va_bits = 4, 52
    VALID, LEAF = 1 << 63, 1 << 62
    ATTRIBUTES = VALID | LEAF | bits(5, 0)  # ATT and EAA

    def __init__(self, root, page_size):
        self.page_size = page_size  # the tree's shape follows from its entries
        # Quadrant 3: the highest bits only say whose tables these are.
        self.roots = [(0xC << 60, Table(root, 39, 13, level=4))]

    def entry(self, value, table):
        if not value & self.VALID:
            return None
        if value & self.LEAF:
            return Leaf(aligned(value, max(12, table.shift), 57), 1 << table.shift,
                        value & self.ATTRIBUTES)
        return table.below(aligned(value, 8, 60), field(value, 4, 0))


class Mips64(Format):
    """MIPS64 Architecture For Programmers, volume III, 4.3 (segments) and 9.6 (EntryLo).

    The tables are those that Linux's handler of TLB misses follows (arch/mips, 6.1):
    pages of 4 KiB, three levels, of which the top one has two pages.  Tables name each
    other by virtual addresses in the segments without tables, and an empty entry leads
    to a table of empty ones.  An entry has eight bits of software's, the last two of
    them moved to the top as XI and RI, and then EntryLo.
    """

    order, word = "<", "Q"
    page_size, levels = 4096, 3
    va_bits = 42  # SEGBITS of QEMU's processor; the tables have 40
    HUGE, ENTRY_LO, VALID = 1 << 4, 8, 1 << 1
    # XI and RI; G, V, D and C.
    ATTRIBUTES = bits(7, 6) | bits(5, 0) << ENTRY_LO
    XKSEG, CKSEG0, CKSSEG = 0xC << 60, 0xFFFFFFFF80000000, 0xFFFFFFFFC0000000

    def __init__(self, root):
        """What is from CKSSEG on has the last entry, as if it followed 1023 others."""
        top = Table(root, 30, 10, range(1020), 3)
        self.roots = [(self.XKSEG, top), (WORD - (1 << 40), replace(top, there=range(1023, 1024)))]

    def without_tables(self, address):
        """The physical address of one in XKPHYS, CKSEG0 or CKSEG1."""
        return aligned(address, 0, 29 if address >= self.CKSEG0 else 59)

    def entry(self, value, table):
        if table.shift > 12 and not value & self.HUGE:
            return table.below(self.without_tables(value), 9) if value else None
        entry = value >> self.ENTRY_LO
        if not entry & self.VALID:
            return None
        huge = self.HUGE if table.shift > 12 else 0
        return Leaf(entry >> 6 << 12, 1 << table.shift, value & (self.ATTRIBUTES | huge))


def there_are(kernel, mode):
    """Whether a guest's processor, or its kernel, has such tables at all."""
    return kernel.arch.name != "mips" and mode.mmu != "hash"


def filled_by_software(kernel):
    """Whether the processor knows only those pages of which its TLB has an entry."""
    return kernel.arch.kernel == "mips"


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
    if name == "mips":
        return Mips64(root())
    return {"loongarch": LoongArch, "powerpc": Radix}[name](root(), kernel.page_size)
