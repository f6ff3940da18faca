# SPDX-License-Identifier: GPL-2.0-only
"""Processes of a saved machine: page tables in its memory, kvas_threads and pagemap.

The entries are made by the architectures' manuals and the kernel's headers, and share
nothing with the reader.
"""

import struct
from dataclasses import dataclass, field

import dumps
from saved import GOLDEN, words

LINE = 64  # the reader asks for such pieces
PRESENT, SWAPPED, FILE, GUARD, UFFD_WP, EXCLUSIVE, SOFT_DIRTY = (1 << n for n in (63, 62, 61, 58, 57, 56, 55))


@dataclass(frozen=True)
class Kind:
    """How an architecture's entries of processes are written."""

    machine: str  # the saved machine
    shifts: tuple  # of the levels, from the top down
    top: int  # bits of the top table's index
    table: object  # (physical address, level of the entry) -> entry
    page: object  # (physical address, level) -> entry
    kept: object  # the same of a page that the processor may not use: PROT_NONE
    half: str = "root"
    split: int = 0  # entries of the top table that are the user's
    order: str = "<"
    size: int = 8  # of an entry
    empty: object = lambda level: 0
    swap: int = 0x4A5A00 << 8  # an entry that is none of the above
    old: object = None  # a page that has not been accessed yet, if V says so
    large: int = 2  # the level of large pages, or 0
    options: tuple = ()  # that the saved machine's configuration lacks
    pages: tuple = (0x12345000, 0x6600000)  # a page, a large one

    @property
    def path(self):
        return GOLDEN / self.machine

    @property
    def levels(self):
        return len(self.shifts)


def riscv(bits):
    return lambda phys, level: phys >> 12 << 10 | bits


def plain(bits):
    return lambda phys, level: phys | bits


def inverted(bits):
    """As Linux hides an address from processors that follow entries which are not present."""
    return lambda phys, level: ~phys & 0xFFFFFFFFFF000 | bits


def s390_table(phys, level):
    return phys | (level - 2) << 2 | (3 if level > 2 else 0)


def s390_empty(level):
    return 0x400 if level == 1 else 0x20 | (level - 2) << 2


VALID, LEAF = 1 << 63, 1 << 62
# Tables of mips64 and loongarch64 have virtual addresses.
XKPHYS = DIRECT = 0x9000 << 48
MIPS_PAGE = 14  # with RI and XI: 8 bits of software's, then G V D C
KINDS = {
    "x86_64": Kind("6.12-amd64-5level", (48, 39, 30, 21, 12), 9, plain(0x67),
                   lambda p, level: p | 0x8000000000000067 | (0x80 if level > 1 else 0),
                   inverted(0x8000000000000160), half="same", split=256),
    "x86_64-4": Kind("5.10-amd64-4level", (39, 30, 21, 12), 9, plain(0x67),
                     lambda p, level: p | 0x8000000000000067 | (0x80 if level > 1 else 0),
                     inverted(0x8000000000000160), half="same", split=256),
    "i386-pae": Kind("6.1-686-pae-pae-5g", (30, 21, 12), 2, lambda p, level: p | (1 if level == 3 else 0x67),
                     lambda p, level: p | 0x8000000000000067 | (0x80 if level > 1 else 0),
                     inverted(0x8000000000000160), half="same", split=3),
    "arm64-48": Kind("5.10-arm64-48bit", (39, 30, 21, 12), 9, plain(3),
                     lambda p, level: p | 0x60000000000F41 | (2 if level == 1 else 0),
                     lambda p, level: p | 0x460000000000F80 | (2 if level == 1 else 0)),
    "arm64-52": Kind("6.12-arm64-52bit", (48, 39, 30, 21, 12), 4, plain(3),
                     lambda p, level: p | 0x60000000000C41 | (2 if level == 1 else 0),
                     lambda p, level: p | 0x60000000000C80 | (2 if level == 1 else 0)),
    "riscv64": Kind("6.12-riscv64-sv57", (48, 39, 30, 21, 12), 9, riscv(1), riscv(0xD7), riscv(0xE0),
                    half="same", split=256, pages=(0x92345000, 0x96600000)),
    "ppc64": Kind("6.12-powerpc64le-radix", (39, 30, 21, 12), 13, plain(VALID | 9), plain(VALID | LEAF | 0x186),
                  None, order=">"),
    "s390x": Kind("6.12-s390x-kaslr", (31, 20, 12), 11, s390_table,
                  lambda p, level: p | (0x3D if level == 1 else 0xFC00),
                  lambda p, level: p | (0x60D if level == 1 else 0xFE20), half="space", order=">", empty=s390_empty,
                  swap=0x4A5A000600),
    "s390x-31bit": Kind("7.2-s390x-kaslr", (20, 12), 11, s390_table,
                        lambda p, level: p | (0x3D if level == 1 else 0xFC01),
                        lambda p, level: p | (0x60D if level == 1 else 0xFE21), half="space", order=">",
                        empty=s390_empty, swap=0x4A5A000600),
    "loongarch64": Kind("7.2-loong64-5g", (36, 25, 14), 11, plain(DIRECT),
                        lambda p, level: p | 0x19F | (0x40 if level > 1 else 0),
                        lambda p, level: p | 0x6000000000000410 | (0x40 if level > 1 else 0),
                        old=lambda p, level: p | 0x19E, pages=(0xC344000, 0x6000000)),
    "mips64": Kind("6.1-5kc-malta-1g", (30, 21, 12), 10, plain(XKPHYS),
                   lambda p, level: p >> 12 << MIPS_PAGE | 0x1F << 9 | 0x0F | (0x10 if level > 1 else 0),
                   None, old=lambda p, level: p >> 12 << MIPS_PAGE | 3 << 11 | 0x05,
                   options=("CPU_HAS_RIXI", "MIPS_HUGE_TLB_SUPPORT")),
}


@dataclass
class Process:
    """One whose tables stand in a saved machine's memory from some page on."""

    kind: Kind
    machine: object
    pid: int = 412
    comm: str = "sleep"
    at: int = 0  # physical address of the next table; the root is the first
    memory: dict = field(default_factory=dict)  # physical address of a line: its words
    made: list = field(default_factory=list)  # tables: their address and level
    pages: dict = field(default_factory=dict)  # number of a page: its entry in pagemap

    def __post_init__(self):
        self.core = dumps.Core(self.machine)
        if not self.at:
            # In the middle of the last piece of memory, far from what was saved.
            _, paddr, size = self.core.segments[-1]
            self.at = (paddr + size // 2) & -0x100000
        self.root = self.new_table(self.kind.levels)
        self.configure(*self.kind.options)

    def configure(self, *options):
        [config] = (self.machine / "boot").glob("config-*")
        config.write_text(config.read_text() + "".join(f"CONFIG_{option}=y\n" for option in options))

    def new_table(self, level):
        address, self.at = self.at, self.at + 0x10000
        # The first entry tells of which kind a table is on s390x.
        self.put(address, self.kind.empty(level), level)
        self.made.append((address, level))
        return address

    def bits(self, level):
        if level == self.kind.levels:
            return self.kind.top
        return self.kind.shifts[-level - 1] - self.kind.shifts[-level]

    def complete(self):
        """The lines of tables that have no entries, too."""
        for table, level in self.made:
            for line in range(table & -LINE, table + (self.kind.size << self.bits(level)), LINE):
                self.memory.setdefault(line, [self.kind.empty(level)] * (LINE // self.kind.size))

    def put(self, address, value, level):
        per_line = LINE // self.kind.size
        line = self.memory.setdefault(address & -LINE, [self.kind.empty(level)] * per_line)
        line[address % LINE // self.kind.size] = value

    def index(self, address, level):
        shift = self.kind.shifts[self.kind.levels - level]
        above = self.kind.shifts[self.kind.levels - level - 1] if level < self.kind.levels else shift + self.kind.top
        return address >> shift & (1 << above - shift) - 1

    def place(self, address, level):
        """Where the entry is, with the tables that lead to it."""
        table = self.root
        for at in range(self.kind.levels, level, -1):
            where = table + self.index(address, at) * self.kind.size
            word = self.memory.get(where & -LINE, [self.kind.empty(at)] * LINE)[where % LINE // self.kind.size]
            table = self.tables.get((where, word)) if word != self.kind.empty(at) else None
            if table is None:
                table = self.new_table(at - 1)
                word = self.kind.table(table, at)
                self.put(where, word, at)
                self.tables[where, word] = table
        return table + self.index(address, level) * self.kind.size

    @property
    def tables(self):
        return self.__dict__.setdefault("_tables", {})

    def map(self, address, value, level=1):
        self.put(self.place(address, level), value, level)

    def page(self, address, phys, level=1, flags=PRESENT, told=None):
        """A page, of which pagemap tells, too."""
        self.map(address, self.kind.page(phys, level), level)
        self.tell(address, flags | (phys if told is None else told) >> self.shift)

    @property
    def shift(self):
        return self.kind.shifts[-1]

    def tell(self, address, entry):
        self.pages[address >> self.shift] = entry

    @property
    def record(self):
        half = self.kind.half
        more = f" kernel_half={half}" + (" same=1 copied=0 missing=0 own=0" if half == "same" else "")
        return (f"thread tid={self.pid} pid={self.pid} kind=process start=0x0 end=0x3fff size=16K comm={self.comm} "
                f"root=0x{self.root:016x}{more}")

    def write_memory(self):
        lines = []
        for address, line in sorted(self.memory.items()):
            data = struct.pack(f"{self.kind.order}{len(line)}{'Q' if self.kind.size == 8 else 'I'}", *line)
            # By each address that it has.
            aliases = [v + address - p for v, p, s in self.core.segments if 0 <= address - p < s]
            lines += [f"0x{alias + n:016x} {data[n:n + 32].hex()}" for alias in aliases for n in (0, 32)]
        with open(words(self.machine), "a") as file:
            file.write("\n".join(lines) + "\n")

    def write_pagemap(self, path=None):
        path = path or f"proc/{self.pid}/pagemap"
        file = self.machine / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "wb") as out:
            for page, entry in self.pages.items():
                out.seek(8 * page)
                out.write(struct.pack(self.core.order + "Q", entry))

    def write(self, *more, records=None):
        self.write_memory()
        self.write_pagemap()
        threads(self.machine, self.kind, *(records if records is not None else [self.record]), *more)


def threads(machine, kind, *records):
    """The module's list, ordered by the caller."""
    arch = next(w for w in (machine / "sys/kernel/debug/kvas").read_text().split() if w.startswith("arch="))
    lines = [f"tables {arch} levels={kind.levels} root=0x{0x1000:016x} first={kind.split} entries={1 << kind.top}",
             *records]
    digits = dumps.Core(machine).bits // 4
    lines = [line.replace("start=0x0 end=0x3fff", f"start=0x{0:0{digits}x} end=0x{0x3fff:0{digits}x}") for line in lines]
    (machine / "sys/kernel/debug/kvas_threads").write_text(
        "\n".join(["kvas_threads 1", *lines, f"end records={len(lines)}", ""]))
