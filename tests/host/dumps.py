# SPDX-License-Identifier: GPL-2.0-only
"""ELF crash dumps, made of pieces of memory and notes, and of what a saved machine has of both."""

import struct

from saved import words

PT_LOAD, PT_NOTE = 1, 4
EM_386, EM_ARM, EM_X86_64, EM_LOONGARCH = 3, 40, 62, 258


def note(name, desc, order="<"):
    label = name.encode() + b"\0"
    return (struct.pack(order + "III", len(label), len(desc), 0) + label + bytes(-len(label) % 4) +
            desc + bytes(-len(desc) % 4))


def vmcoreinfo(text, order="<"):
    return note("VMCOREINFO", text.encode(), order)


def processor(cr3):
    """What QEMU notes of an x86 one: 440 bytes, CR3 the 52nd of the words of 8."""
    return note("QEMU", struct.pack("<II", 1, 440) + bytes(408) + struct.pack("<Q", cr3) + bytes(16))


class Piece:
    """Memory, and how its program header tells of it."""

    def __init__(self, phys, data, vaddr=None, size=None, offset=None, in_file=None):
        self.phys, self.data = phys, data
        self.vaddr = phys if vaddr is None else vaddr
        self.size = len(data) if size is None else size
        self.offset, self.in_file = offset, len(data) if in_file is None else in_file


class Dump:
    """A file: header, program headers, notes, memory."""

    def __init__(self, machine=EM_X86_64, bits=64, order="<"):
        self.machine, self.bits, self.order = machine, bits, order
        self.pieces, self.notes = [], b""
        self.kind, self.many = 4, False  # ET_CORE; more headers than e_phnum can count

    def _header(self, kind, offset, vaddr, paddr, in_file, size):
        if self.bits == 64:
            return struct.pack(self.order + "IIQQQQQQ", kind, 0, offset, vaddr, paddr, in_file, size, 0)
        return struct.pack(self.order + "IIIIIIII", kind, offset, vaddr, paddr, in_file, size, 0, 0)

    def bytes(self):
        word = "Q" if self.bits == 64 else "I"
        head, entry, section = {64: (64, 56, 64), 32: (52, 32, 40)}[self.bits]
        count = len(self.pieces) + 1
        sections = head + entry * count
        at = sections + (section if self.many else 0)
        ident = b"\x7fELF" + bytes([self.bits // 32, 1 if self.order == "<" else 2, 1]) + bytes(9)
        data = ident + struct.pack(self.order + "HHI" + word * 3 + "IHHHHHH", self.kind, self.machine, 1, 0, head,
                                   sections if self.many else 0, 0, head, entry,
                                   0xffff if self.many else count, section if self.many else 0, int(self.many), 0)
        data += self._header(PT_NOTE, at, 0, 0, len(self.notes), len(self.notes))
        body, at = self.notes, at + len(self.notes)
        for piece in self.pieces:
            data += self._header(PT_LOAD, at if piece.offset is None else piece.offset, piece.vaddr, piece.phys,
                                 piece.in_file, piece.size)
            body, at = body + piece.data, at + len(piece.data)
        if self.many:  # sh_info, the 8th of 10 numbers
            data += struct.pack(self.order + "II" + word * 4 + "II" + word * 2, *[0] * 7, count, 0, 0)
        return data + body


# --- Of a saved machine -----------------------------------------------------------------------

class Core:
    """The headers of a saved machine's /proc/kcore, and its note."""

    def __init__(self, machine):
        data = (machine / "proc/kcore").read_bytes()
        self.bits = 32 * data[4]
        self.order = "<" if data[5] == 1 else ">"
        self.machine, = struct.unpack_from(self.order + "H", data, 18)
        wide = self.bits == 64
        offset, = struct.unpack_from(self.order + ("Q" if wide else "I"), data, 32 if wide else 28)
        entry, count = struct.unpack_from(self.order + "HH", data, 54 if wide else 42)
        self.segments = []
        for at in range(offset, offset + entry * count, entry):
            fields = struct.unpack_from(self.order + ("IIQQQQQQ" if wide else "IIIIIIII"), data, at)
            kind, where, vaddr, paddr, size = (fields[i] for i in ((0, 2, 3, 4, 6) if wide else (0, 1, 2, 3, 5)))
            if kind == PT_NOTE:
                length = fields[5] if wide else fields[4]
                self.info = self._vmcoreinfo(data[where:where + length])
            elif paddr != (1 << self.bits) - 1:
                self.segments.append((vaddr, paddr, size))

    def _vmcoreinfo(self, notes):
        at = notes.index(b"VMCOREINFO\0")
        size, = struct.unpack_from(self.order + "I", notes, at - 8)
        return notes[at + 12:at + 12 + size].decode()

    def phys(self, address):
        return next((paddr + address - vaddr for vaddr, paddr, size in self.segments
                     if 0 <= address - vaddr < size), None)


def chunks(machine):
    """The saved memory: address, bytes."""
    for line in words(machine).read_text().splitlines():
        if not line.startswith("#"):
            address, data = line.split()
            yield int(address, 16), bytes.fromhex(data)


def of_machine(machine):
    """A dump that holds what a saved machine has of its physical memory.

    The rest is said to be there and not in the file.  The same memory may be there twice,
    as it was read by two addresses.
    """
    core = Core(machine)
    dump = Dump(core.machine, core.bits, core.order)
    dump.notes = vmcoreinfo(core.info, core.order)
    dump.core = core
    memory = sorted((core.phys(address), data) for address, data in chunks(machine)
                    if core.phys(address) is not None)
    dump.pieces = [Piece(phys, data) for phys, data in memory]
    dump.pieces += [Piece(paddr, b"", size=size) for _, paddr, size in core.segments]
    return dump
