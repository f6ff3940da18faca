# SPDX-License-Identifier: GPL-2.0-only
"""A walk of a standing guest's page tables, read out of its physical memory.

What tables look like is up to the format, see pagetables.py.  A table that is
reached in many places is walked once for each way in which the levels above it
limit access.
"""

import struct
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

WORD = 1 << 64


@dataclass(frozen=True)
class Table:
    address: int  # physical
    shift: int  # an entry stands for 1 << shift bytes
    bits: int  # of the index
    there: range = None  # the entries that there are, if not all
    level: int = 1  # of its entries; those of single pages are of level 1

    @property
    def indexes(self):
        return self.there if self.there is not None else range(1 << self.bits)

    def below(self, address, bits, there=None):
        """A table of the next lower level."""
        return Table(address, self.shift - bits, bits, there, self.level - 1)


@dataclass(frozen=True)
class Leaf:
    address: int  # physical, of the whole page's first byte
    size: int  # of the page, of which the entry may be a part
    attr: int = 0  # the entry's bits but its address, and what is no attribute
    group: int = 0  # bytes that one translation may cover, if the entry says so


class Limits(NamedTuple):
    """How the levels above a leaf change the effect of its attributes."""

    cleared: int = 0  # the bits that have the effect of 0
    set: int = 0  # and those of 1

    def and_those(self, other):
        return Limits(self.cleared | other.cleared, self.set | other.set)

    def upper(self, attr):
        """The bits of these attributes of which the effect is another."""
        return attr & self.cleared | ~attr & self.set


NO_LIMITS = Limits()


class Run(NamedTuple):
    """Neighbouring entries of one level that do not differ but in their addresses."""

    start: int
    stop: int
    level: int
    attr: int
    upper: int
    group: int

    @property
    def kind(self):
        return self[2:]


class PageTables:
    """The format's tables in a guest's memory, as read(address, size) gives it."""

    def __init__(self, read, tables):
        self.format = tables
        self._read = read
        self._known = {}
        self.words = lru_cache(4096)(self._words)

    def with_root(self, address):
        """The same from another top table; what was read is not read again."""
        other = copy(self)
        other.format = self.format.with_root(address)
        return other

    def with_format(self, tables):
        """The same memory by another format."""
        other = copy(self)
        other.format, other._known = tables, {}
        return other

    def runs(self):
        """All that is mapped, upwards, neighbours joined."""
        found = []
        for base, table in sorted(self.format.roots, key=lambda root: root[0]):
            append(found, self._runs(table, NO_LIMITS), base)
        return found

    def mapped(self):
        """Mapped ranges of virtual addresses, upwards, whatever their attributes."""
        return list(joined(range(run.start, run.stop) for run in self.runs()))

    def covers(self, address):
        """Whether these tables are what translates an address: some processors
        have windows besides, and the other half may have tables of its own."""
        return any(address - base >> table.shift in table.indexes
                   for base, table in self.format.roots)

    def way(self, address):
        """The entries on the way to an address: of each its table, its index, and
        its value, which is the last where it leads to no further table."""
        for base, table in self.format.roots:
            index = address - base >> table.shift
            while index in table.indexes:
                value = self.words(table)[index]
                yield table, index, value
                table = self.format.entry(value, table)
                if not isinstance(table, Table):
                    return
                index = address >> table.shift & (1 << table.bits) - 1

    def translate(self, address):
        """The physical address behind a virtual one; None where none is mapped."""
        found = None
        for table, _, value in self.way(address):
            found = self.format.entry(value, table)
        return found.address + address % found.size if isinstance(found, Leaf) else None

    def tables(self):
        """Each table there is, and how many reads it takes to walk it and all below
        if only neighbouring entries that are equal are followed once."""
        reads = {}

        def count(table):
            if table not in reads:
                entries = [self.words(table)[index] for index in table.indexes]
                new = [entry for n, entry in enumerate(entries) if not n or entry != entries[n - 1]]
                below = [self.format.entry(entry, table) for entry in new]
                reads[table] = 1 + sum(count(t) for t in below if isinstance(t, Table))
            return reads[table]

        for _, table in self.format.roots:
            count(table)
        return reads

    def _words(self, table):
        code = f"{self.format.order}{1 << table.bits}{self.format.word}"
        return struct.unpack(code, self._read(table.address, struct.calcsize(code)))

    def _runs(self, table, limits):
        """What one table maps, counted from its own first address."""
        if (table, limits) not in self._known:
            found = self._known[table, limits] = []
            words, size = self.words(table), 1 << table.shift
            for index in table.indexes:
                value, base = words[index], index << table.shift
                entry = self.format.entry(value, table)
                if isinstance(entry, Leaf):
                    append(found, [Run(0, size, table.level, entry.attr, limits.upper(entry.attr),
                                       entry.group)], base)
                elif entry is not None:
                    append(found, self._runs(entry, limits.and_those(self.format.limits(value, table))),
                           base)
        return self._known[table, limits]


def append(runs, more, base=0):
    """Further runs, joined already, counted from a base; the first may continue the last."""
    for n, (start, stop, *kind) in enumerate(more):
        run = Run(base + start, base + stop, *kind)
        if n == 0 and runs and runs[-1].stop == run.start and runs[-1].kind == run.kind:
            run = run._replace(start=runs.pop().start)
        runs.append(run)


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
