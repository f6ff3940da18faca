# SPDX-License-Identifier: GPL-2.0-only
"""What is found in a standing guest's memory of the tables that kvas_threads names: the
entries of the top tables, and what a process's tables lead to.

Of the file only roots are looked at here.
"""

import re
import struct
from dataclasses import dataclass, field, replace

from lab import pagetables
from lab.tablewalk import PageTables, Table


@dataclass
class ThreadOracle:
    tops: dict = field(default_factory=dict)  # physical address of a top table: its entries
    below: dict = field(default_factory=dict)  # of PAE: the tables to which their entries lead
    ends: dict = field(default_factory=dict)  # (processor, kind): the address after the stack
    words: dict = field(default_factory=dict)  # (tid of the crew, address): what its tables have there


def roots(text, record):
    """That a record names, and that of user mode."""
    return {int(root, 16) for line in re.findall(rf"^{record}\b.*", text, re.M)
            for root in re.findall(r"\b(?:user_)?root=(\S+)", line)}


def entries(monitor, form, address, bits):
    code = f"{form.order}{1 << bits}{form.word}"
    return struct.unpack(code, monitor.physical(address, struct.calcsize(code)))


# The interrupt-stack table in the task-state segment: Intel SDM volume 3, 8.7; which
# entry is for what: arch/x86/include/asm/page_64_types.h.
IST, VECTORS = 36, ("double_fault", "nmi", "debug", "machine_check")


def exception_stacks(monitor, form, cpus):
    """As the segment of each processor has them, of which QEMU knows where it is."""
    if not isinstance(form, pagetables.X86) or form.va_bits == 32:
        return {}
    ends = {}
    for cpu in range(cpus):
        table = monitor.virtual(monitor.registers(cpu)["TR"] + IST, 8 * len(VECTORS))
        ends.update({(cpu, kind): end for kind, end in zip(VECTORS, struct.unpack(f"<{len(VECTORS)}Q", table))})
    return ends


def look(guest, walk, cpus):
    """walk is that of the kernel's tables; None if there are none."""
    oracle, monitor = ThreadOracle(), guest.monitor
    if not walk:
        return oracle
    form, text = walk.format, guest.text("threads")
    oracle.ends = exception_stacks(monitor, form, cpus)
    crew = [line.split() for line in guest.text("crew").splitlines()]
    named = roots(text, "tables").union(*(roots(text, f"thread +tid={words[2]}") for words in crew))
    bits = form.with_root(next(iter(named))).roots[0][1].bits
    for root in named:
        oracle.tops[root] = entries(monitor, form, root, bits)
        if form.va_bits == 32 and form.levels == 3:
            oracle.below[root] = [entries(monitor, form, form.entry(value, Table(0, 30, 2, level=3)).address, 9)
                                  if value & 1 else None for value in oracle.tops[root]]
    for _, _, tid, _, _, word, _ in crew:
        root = re.search(rf"^thread +tid={tid} .*\broot=(\S+)", text, re.M)
        if root and int(word, 0):
            oracle.words[int(tid)] = read_word(monitor, form, int(root[1], 16), int(word, 0))
    return oracle


def read_word(monitor, form, root, address):
    """The long at a process's address; None if its tables lead nowhere."""
    physical = PageTables(monitor.physical, user_half(monitor, form, root)).translate(address)
    size = 4 if form.va_bits == 32 else 8
    order = "big" if isinstance(form, pagetables.S390) else "little"
    return None if physical is None else int.from_bytes(monitor.physical(physical, size), order)


def user_half(monitor, form, root):
    """The format of a process's own tables."""
    other = form.with_root(root)
    _, table = other.roots[0]
    if isinstance(form, pagetables.S390):
        # Each entry of the top table says of which kind that is.
        kind = entries(monitor, form, root, 0)[0] >> 2 & 3
        table = Table(root, 20 + 11 * kind, 11, level=2 + kind)
    elif isinstance(form, (pagetables.X86, pagetables.RiscV)) and form.va_bits > 32:
        table = replace(table, there=range(256))
    else:
        table = replace(table, there=None)
    if isinstance(form, pagetables.ArmShort):
        other.closed = set()  # the kernel closes the domain of processes
    other.roots = [(0, table)]
    return other
