# SPDX-License-Identifier: GPL-2.0-only
"""What a process of a guest says of itself and what /proc has of it, without the reader.

The guest's part is lab/userhalf: a process of lab/objects.c prints where its objects are,
lab/procfiles.c copies the files.
"""

import json
import re
import subprocess
import struct
from dataclasses import dataclass, field
from pathlib import Path

from lab import programs, records

LAB = Path(__file__).parent / "lab"
AT_PAGESZ, AT_ENTRY, AT_SYSINFO_EHDR = 6, 9, 33

# Whose programs run on a kernel of another architecture, by the kernel's option.
COMPAT = {"amd64": ("i386", "CONFIG_IA32_EMULATION"), "arm64": ("armhf", "CONFIG_COMPAT"),
          "mips64el": ("mipsel", "CONFIG_MIPS32_O32")}
NO_STATIC_PIE = ("armhf", "ppc64el", "mips64el", "mipsel")  # Debian has no rcrt1.o for them


def objects(arch):
    """The programs of objects.c, by their paths in a guest."""
    source, library, header = LAB / "objects.c", LAB / "objects_library.c", LAB / "objects.h"
    found = {"/lab/objects-static": programs.static(source, arch, (library, header))}
    if arch.debian not in NO_STATIC_PIE:
        found["/lab/objects-static-pie"] = programs.static(source, arch, (library, header), "-static-pie")
    if arch.debian in COMPAT:
        other = next(a for a in records.ARCHES if a.debian == COMPAT[arch.debian][0])
        found["/lab/objects-32bit"] = programs.static(source, other, (library, header))
    for link in ("-pie", "-no-pie"):
        found |= programs.linked(source, library, arch, (header,), link)
    return found


def files(arch):
    """What lab/userhalf needs in a guest."""
    return {"/lab/userhalf": LAB / "userhalf", "/bin/unusual": programs.static(LAB / "unusual.c", arch),
            "/bin/procfiles": programs.static(LAB / "procfiles.c", arch), **objects(arch)}


@dataclass
class Mapping:
    """Of /proc/PID/maps; figures of smaps in bytes."""

    start: int
    stop: int
    rights: str
    offset: int
    inode: int
    name: str
    figures: dict = field(default_factory=dict)
    flags: tuple = ()

    @property
    def range(self):
        return range(self.start, self.stop)


MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ (\d+) *(.*)")


def parse_mappings(text):
    """The text of maps, smaps or smaps_rollup."""
    found = []
    for line in text.splitlines():
        fields = MAPPING.fullmatch(line)
        if fields:
            start, stop, rights, offset, inode, name = fields.groups()
            found.append(Mapping(int(start, 16), int(stop, 16), rights, int(offset, 16), int(inode), name))
            continue
        key, _, value = line.partition(":")
        if key == "VmFlags":
            found[-1].flags = tuple(value.split())
        elif value.endswith(" kB"):
            found[-1].figures[key] = int(value[:-3]) << 10
    return found


def plain(name):
    """A name of maps with its newlines."""
    return name.replace("\\012", "\n")


class Process:
    """What the guest left of a process."""

    def __init__(self, out, name, bits=64, endian="little"):
        self.name, self.dir = name, out / "user" / name
        self.bits, self.endian = bits, endian
        said = out / "user" / f"{name}.said"
        self.said = said.read_text() if said.exists() else ""

    def __str__(self):
        return self.name

    def text(self, name):
        return (self.dir / name).read_text(errors="surrogateescape")

    def lines(self, word):
        """Of what it prints: the rest of the lines that begin so."""
        return [line.split()[1:] for line in self.said.splitlines() if line.split()[:1] == [word]]

    @property
    def ready(self):
        return "\nready" in self.said

    @property
    def objects(self):
        return {name: range(int(start, 16), int(start, 16) + int(size, 16))
                for name, start, size in self.lines("object")}

    @property
    def threads(self):
        """(TID, address of a local variable), by name."""
        return {name: (int(tid), int(local, 16)) for name, tid, local in self.lines("thread")}

    @property
    def mappings(self):
        return parse_mappings(self.text("maps"))

    @property
    def smaps(self):
        return parse_mappings(self.text("smaps"))

    @property
    def rollup(self):
        return parse_mappings(self.text("smaps_rollup"))[0]

    @property
    def stack_pointers(self):
        """By TID: what the kernel's file syscall says of a thread that sleeps."""
        words = (line.split() for line in self.text("syscall").splitlines())
        return {int(w[0]): int(w[-2], 16) for w in words if len(w) > 3}

    @property
    def auxv(self):
        data = (self.dir / "auxv").read_bytes()
        word = {32: "I", 64: "Q"}[self.bits]
        code = (">" if self.endian == "big" else "<") + word * 2
        return dict(struct.iter_unpack(code, data[:len(data) // struct.calcsize(code) * struct.calcsize(code)]))

    @property
    def stat(self):
        """The fields of stat after the name, numbered as proc(5) does."""
        return dict(enumerate(self.text("stat").rpartition(")")[2].split(), 3))

    def accessible(self, address):
        """The range around an address that is one mapping, without guarded pages; and how large
        the guard below is, 0 if none is mapped."""
        page, mapping = self.auxv[AT_PAGESZ], next(m for m in self.mappings if address in m.range)
        guards = sorted(int(line, 16) for line in self.text("guards").split())
        inside = [g for g in guards if g in mapping.range]
        start = max([g + page for g in inside if g < address], default=mapping.start)
        stop = min([g for g in inside if g > address], default=mapping.stop)
        size = 0
        while start - size - page in inside:
            size += page
        below = [len(m.range) for m in self.mappings if m.stop == start and m.rights[:3] == "---"]
        return range(start, stop), size or sum(below)

    @property
    def pagecounts(self):
        """(present, swapped) pages by the start of the mapping."""
        return {int(start, 16): (int(present), int(swapped)) for start, present, swapped
                in map(str.split, self.text("pagecounts").splitlines())}

    def said_by_kvas(self, file="user.json"):
        """(status, what it printed, its errors)."""
        return (int(self.text(f"{file}.status")), self.text(file), self.text(f"{file}.errors"))

    def document(self, file="user.json"):
        status, printed, errors = self.said_by_kvas(file)
        assert status == 0 and not errors, (self.name, status, errors, printed[:500])
        return json.loads(printed)

    def saved(self, *options):
        """What the reader makes on this machine of the file that it wrote in the guest."""
        command = [programs.reader(), "user", "-J", *options, self.dir / "saved"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0 and not done.stderr, (self.name, done.stderr, done.stdout[:500])
        return json.loads(done.stdout)


USE = ("rss", "pss", "shared", "private", "swap", "huge", "hugetlb")


def figures(row):
    return {key: int(row[key], 16) for key in USE} if "rss" in row else None


@dataclass
class Part:
    start: int
    stop: int
    kind: str
    file: str  # of the ELF file that it is a part of, too
    rights: str
    use: dict  # None: counted with another part of the mapping

    @property
    def range(self):
        return range(self.start, self.stop)


class User:
    """A document of kvas user."""

    def __init__(self, document):
        self.document = document
        self.total = figures(document["total"])
        self.limit = document["process"]["user_limit"]
        self.rows = document["rows"]
        self.parts = []
        image = None
        for row in self.rows:
            if row["type"] == "image":
                image = row
            if row["type"] == "part":
                whole = image if image and row.get("parent") == image["name"] else row
                self.parts.append(Part(int(row["start"], 16), int(row["end"], 16) + 1, row["name"],
                                       whole.get("file") or "", row.get("perms", ""), figures(row)))

    def at(self, where):
        """The parts that hold something of a range."""
        return [part for part in self.parts if part.start < where.stop and where.start < part.stop]


def overlap(a, b):
    return max(0, min(a.stop, b.stop) - max(a.start, b.start))


def stacks(document):
    """The rows of kvas user --stacks, by TID."""
    return {row["tid"]: row for row in document["stacks"]}
