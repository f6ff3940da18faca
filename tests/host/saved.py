# SPDX-License-Identifier: GPL-2.0-only
"""Saved machines (golden/, machines/), what verify says of them, and changes to their files."""

import re
import struct
from pathlib import Path

import pytest

import capture

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden"
MAIN = GOLDEN / "6.12-amd64-5level"
RELEASE = re.search(r"^release=(.*)$", (MAIN / "kvas.measured").read_text(), re.M)[1]
# A kernel built from source that lists no symbols.
NOSYMBOLS = HERE / "machines/6.1-nosymbols-4level"

on_native = pytest.mark.parametrize("machine", capture.NATIVE, ids=lambda p: p.name)
on_all = pytest.mark.parametrize("machine", capture.MACHINES, ids=lambda p: p.name)


# --- What is said -----------------------------------------------------------

def cell(document, source, value):
    """What a source says of a value that is called "region vmalloc.start"."""
    record, rest = value.split(" ", 1)
    name, key = rest.rsplit(".", 1)
    found = [v for v in document["values"]
             if (v["record"], v["name"], v["key"]) == (record, name, key)]
    assert len(found) == 1, value
    return found[0]["sources"].get(source, {"verdict": "no rule", "why": None})


def disputes(document):
    return {(s, f"{v['record']} {v['name']}.{v['key']}") for v in document["values"]
            for s, c in v["sources"].items() if c["verdict"] == "disagrees"}


def edit(path, old, new, count=1):
    data = path.read_bytes()
    assert old in data, f"{path} does not hold {old}"
    path.write_bytes(data.replace(old, new, count))


def judged(document, value, source="documented"):
    return cell(document, source, value)["verdict"]



# --- Changes to files --------------------------------------------------------

def words(machine):
    return machine / "proc/kcore.words"


def address_of(machine, symbol):
    for line in (machine / "proc/kallsyms").read_text().splitlines():
        address, _, name = line.split()[:3]
        if name == symbol:
            return int(address, 16)
    raise KeyError(symbol)


def poke(machine, address, change):
    """Change 8 bytes of saved memory: change(old number) -> new one."""
    lines = words(machine).read_text().splitlines()
    for n, line in enumerate(lines):
        if line.startswith("#"):
            continue
        start, data = line.split()
        at, data = address - int(start, 16), bytearray.fromhex(data)
        if 0 <= at <= len(data) - 8:
            old = struct.unpack_from("<Q", data, at)[0]
            struct.pack_into("<Q", data, at, change(old))
            lines[n] = f"{start} {data.hex()}"
            words(machine).write_text("\n".join(lines) + "\n")
            return
    raise KeyError(hex(address))


def segment(machine, vaddr, field, change):
    """Change a field of the program header of that address."""
    path = machine / "proc/kcore"
    data = bytearray(path.read_bytes())
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for at in range(offset, offset + size * count, size):
        if struct.unpack_from("<Q", data, at + 16)[0] == vaddr:
            where = at + {"vaddr": 16, "paddr": 24, "memsz": 40}[field]
            struct.pack_into("<Q", data, where, change(struct.unpack_from("<Q", data, where)[0]))
            path.write_bytes(data)
            return
    raise KeyError(hex(vaddr))


def published(machine, record, name, key):
    text = (machine / "sys/kernel/debug/kvas").read_text()
    line = next(x for x in text.splitlines()
                if x.startswith(record) and f" name={name} " in x + " ")
    return int(re.search(rf" {key}=(\S+)", line)[1], 0)


def start_of(machine, region):
    return published(machine, "region", region, "start")


def set_symbol(machine, symbol, by):
    old = address_of(machine, symbol)
    text = (machine / "proc/kallsyms").read_text()
    new = re.sub(rf"^{old:016x} (\S) {symbol}$", rf"{old + by:016x} \1 {symbol}", text, flags=re.M)
    assert new != text
    (machine / "proc/kallsyms").write_text(new)


def substitute(path, pattern, replacement):
    def change(machine):
        file = machine / path
        text = file.read_text()
        new = re.sub(pattern, replacement, text, count=1, flags=re.M)
        assert new != text
        file.write_text(new)
    return change


def move_map(machine, by, symbol=".*"):
    path = machine / f"boot/System.map-{RELEASE}"
    path.write_text(re.sub(rf"^ffffffff\w+(?= \w {symbol}$)", lambda m: f"{int(m[0], 16) + by:016x}",
                           path.read_text(), flags=re.M))


def text_of_witness(machine):
    old = b"kvas witness kmalloc".hex().encode()
    edit(words(machine), old, old.replace(b"6b76", b"6b77", 1))


def change_lines(machine, change):
    """Rewrite the capture's records: change(line) -> line, or None to delete."""
    capture = machine / "sys/kernel/debug/kvas"
    first, *records, _ = capture.read_text().splitlines()
    kept = [new for new in map(change, records) if new is not None]
    assert kept != records
    capture.write_text("\n".join([first, *kept, f"end records={len(kept)}"]) + "\n")


def replace_record(kind, name, new):
    def change(line):
        mine = re.match(rf"{kind} .*\bname={name}( |$)", line)
        return new(line) if mine else line
    return lambda machine: change_lines(machine, change)


def drop(pattern):
    return lambda line: re.sub(pattern, "", line)


def core_file(bits, order, segments, info):
    """An ELF core file as /proc/kcore starts."""
    word = "Q" if bits == 64 else "I"
    head = {64: 64, 32: 52}[bits]
    size = {64: 56, 32: 32}[bits]
    note = struct.pack(order + "III", 11, len(info), 0) + b"VMCOREINFO\0\0" + info + bytes(-len(info) % 4)
    table = head + size * (1 + len(segments))

    def header(kind, offset, vaddr, paddr, length):
        if bits == 64:
            return struct.pack(order + "IIQQQQQQ", kind, 7, offset, vaddr, paddr, length, length, 4096)
        return struct.pack(order + "IIIIIIII", kind, offset, vaddr, paddr, length, length, 7, 4096)

    ident = b"\x7fELF" + bytes([bits // 32, 1 if order == "<" else 2, 1]) + bytes(9)
    data = ident + struct.pack(order + "HHI" + word * 3 + "IHHHHHH", 4, 20, 1, 0, head, 0, 0,
                               head, size, 1 + len(segments), 0, 0, 0)
    data += header(4, table, 0, 0, len(note))
    data += b"".join(header(1, table + 4096, *segment) for segment in segments)
    return data + note
