# SPDX-License-Identifier: GPL-2.0-only
"""What a saved machine's own files say, for pictures to be held against: read without kvas."""

import re
import struct
from dataclasses import dataclass

from dumps import Core
from saved import words


@dataclass(frozen=True)
class Region:
    name: str
    start: int
    end: int
    parent: str | None

    @property
    def size(self):
        return self.end - self.start + 1


def capture_of(machine):
    return machine / "sys/kernel/debug/kvas"


def regions(path):
    """Regions and sections that are there, by name."""
    found = {}
    for line in path.read_text().splitlines():
        if line.split()[0] in ("region", "section") and " start=" in line:
            key = dict(re.findall(r'(\w+)=("[^"]*"|\S+)', line))
            found[key["name"]] = Region(key["name"], int(key["start"], 0), int(key["end"], 0), key.get("parent"))
    return found


def value(path, record, name, key="value"):
    for line in path.read_text().splitlines():
        if line.startswith(record) and f" name={name} " in line + " ":
            found = re.search(rf" {key}=(\S+)", line)
            return found and found[1]
    return None


def system_ram(machine):
    """Blocks at top level of /proc/iomem: first and last address."""
    return [(int(start, 16), int(end, 16)) for start, end in
            re.findall(r"^([0-9a-f]+)-([0-9a-f]+) : System RAM$", (machine / "proc/iomem").read_text(), re.M)]


def size_text(size):
    """As pictures have it: exact, or of four digits."""
    letters = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    for power in range(len(letters) - 1, -1, -1):
        if size >= 1 << 10 * power and size % (1 << 10 * power) == 0 and size >> 10 * power < 10000:
            return f"{size >> 10 * power} {letters[power]}"
    power = max(p for p in range(7) if size >= 1 << 10 * p)
    return f"{size / (1 << 10 * power):.1f} {letters[power]}"


# --- Page tables of x86_64 ----------------------------------------------------------------------

ADDRESS = 0x000ffffffffff000
PRESENT, WRITABLE, LARGE, NO_EXECUTE = 1, 2, 0x80, 1 << 63


def words_of(machine):
    """Words of 8 bytes by virtual address; a line of four parts is a series."""
    found = {}
    for line in words(machine).read_text().splitlines():
        if line.startswith("#"):
            continue
        address, data, *series = line.split()
        address, data = int(address, 16), bytes.fromhex(data)
        if series:
            step, count = int(series[0], 16), int(series[1])
            [first] = struct.unpack("<Q", data)
            found |= {address + 8 * n: first + n * step & (1 << 64) - 1 for n in range(count)}
        else:
            found |= {address + 8 * n: word
                      for n, (word,) in enumerate(struct.iter_unpack("<Q", data[:len(data) & -8]))}
    return found


class Memory:
    """That of a saved x86_64 machine, by physical address, in whole pages that can be filled."""

    def __init__(self, machine):
        self.machine, self.core = machine, Core(machine)
        self.chunks = {}
        for line in words(machine).read_text().splitlines():
            if not line.startswith("#"):
                address, data = line.split()
                self.chunks[int(address, 16)] = bytes.fromhex(data)

    def virtual(self, phys):
        return next(vaddr + phys - paddr for vaddr, paddr, size in self.core.segments if 0 <= phys - paddr < size)

    def entry(self, table, index):
        """None if it was not saved."""
        for where in (self.virtual(table) + 8 * index,):
            for start, data in self.chunks.items():
                if start <= where and where + 8 <= start + len(data):
                    return struct.unpack_from("<Q", data, where - start)[0]
        return None

    def fill(self, table, entries):
        """A whole table; an entry of which something was saved stays."""
        entries = [e if (old := self.entry(table, i)) is None else old for i, e in enumerate(entries)]
        start = self.virtual(table)
        self.chunks = {a: d for a, d in self.chunks.items() if not start <= a < start + 4096}
        data = struct.pack("<512Q", *entries)
        self.chunks |= {start + at: data[at:at + 32] for at in range(0, 4096, 32)}
        return entries

    def save(self):
        lines = ["# memory of the kernel: address, bytes in the order of memory"]
        lines += [f"0x{a:016x} {d.hex()}" for a, d in sorted(self.chunks.items())]
        words(self.machine).write_text("\n".join(lines) + "\n")


def walk(memory, root, levels, address):
    """Physical address of each table on the way, the index there, and the entry, from the top."""
    table, way = root, []
    for level in range(levels, 0, -1):
        index = address >> 12 + 9 * (level - 1) & 511
        entry = memory.entry(table, index)
        way.append((level, table, index, entry))
        if not entry & PRESENT or level == 1 or entry & LARGE:
            return way
        table = entry & ADDRESS
    return way


# --- kvas_mappings of x86_64 ---------------------------------------------------------------------

def mapped(path):
    """Start, end and what is allowed of each mapping, as often as it is there: a repeat follows what it repeats."""
    found = []
    for line in path.read_text().splitlines():
        key = dict(word.split("=", 1) for word in line.split()[1:] if "=" in word)
        if line.startswith("mapping"):
            bits = int(key["attr"], 0) ^ int(key.get("upper", "0"), 0) if "attr" in key else None
            found.append((int(key["start"], 0), int(key["end"], 0), right(bits)))
        elif line.startswith("repeat"):
            start, end, stride = int(key["start"], 0), int(key["end"], 0), amount(key["stride"])
            once = [run for run in found if start <= run[0] <= end]
            found += [(a + n * stride, b + n * stride, what) for n in range(1, int(key["times"])) for a, b, what in once]
    return found


def amount(text):
    return int(text[:-1]) << 10 * (1 + "KMGTPE".index(text[-1])) if text[-1].isalpha() else int(text)


RIGHTS = ("not settled", "read", "read and write", "read and execute", "write and execute")


def right(bits):
    if bits is None:
        return "not settled"
    if bits & WRITABLE and not bits & NO_EXECUTE:
        return "write and execute"
    return "read and write" if bits & WRITABLE else "read" if bits & NO_EXECUTE else "read and execute"
