# SPDX-License-Identifier: GPL-2.0-only
"""A walk of a standing guest's page tables, read out of its physical memory.

Written from the processor's manual (Intel SDM volume 3, 4.5), not from what
the kernel or kvas know about the layout.
"""

import struct

PRESENT, LARGE = 1 << 0, 1 << 7
FRAME = ((1 << 52) - 1) & ~0xFFF
LA57 = 1 << 12  # in CR4


class PageTables:
    def __init__(self, monitor, registers):
        self._monitor = monitor
        self._root = registers["CR3"] & FRAME
        self.levels = 5 if registers["CR4"] & LA57 else 4
        self._known = {}

    def kernel_half(self):
        """Mapped ranges of virtual addresses, upwards, neighbours joined."""
        size = 1 << (12 + 9 * (self.levels - 1))
        top = (1 << 64) - 512 * size
        return [range(top + r.start, top + r.stop)
                for r in self._table(self._root, self.levels, range(256, 512))]

    def _table(self, frame, level, indexes=range(512)):
        """What one table maps, counted from its own first address.

        Tables that are mapped in many places are walked once.
        """
        key = (frame, level, indexes)
        if key not in self._known:
            self._known[key] = list(joined(self._entries(frame, level, indexes)))
        return self._known[key]

    def _entries(self, frame, level, indexes):
        size = 1 << (12 + 9 * (level - 1))
        entries = struct.unpack("<512Q", self._monitor.physical(frame, 4096))
        for index in indexes:
            entry, base = entries[index], index * size
            if not entry & PRESENT:
                continue
            if level == 1 or (entry & LARGE and level <= 3):
                yield range(base, base + size)
            else:
                for inner in self._table(entry & FRAME, level - 1):
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
