# SPDX-License-Identifier: GPL-2.0-only
"""What tests/lab/touched.c says of its two processes, and what is found in the standing
guest's memory of their page tables.

Of the module's list of threads only the roots and the kind of kernel half are looked at.
"""

import re
from copy import copy
from dataclasses import dataclass, field, replace

from lab.tablewalk import Leaf, Table

# Those whose processes have the kernel half in their own tables.
OWN_KERNEL_HALF = ("same", "copied", "lazy", "own")


@dataclass
class Told:
    """What a process says of itself."""

    pid: int
    pages: dict  # name: (address, entry of pagemap)
    frames: set  # of all its pages

    @classmethod
    def of(cls, text):
        return cls(int(re.search(r"^pid (\d+)", text, re.M)[1]),
                   {name: (int(a, 16), int(e, 16)) for name, a, e in re.findall(r"^page (\w+) (\w+) (\w+)", text, re.M)},
                   {int(frame, 16) for frame in re.findall(r"^frame (\w+)", text, re.M)})


@dataclass
class Half:
    """One half of both processes, as it is in memory."""

    tops: list  # of each: {index: meaning of the entry}
    tables: list  # of each: {level: addresses of tables below the top one}


@dataclass
class ProcessOracle:
    told: list = field(default_factory=list)  # parent, child
    records: list = field(default_factory=list)  # of kvas_threads, as text
    ways: dict = field(default_factory=dict)  # address of the parent's: [(Table, index, value)]
    physical: dict = field(default_factory=dict)  # the same: where it leads, or None
    formats: object = None  # of the parent's user half
    halves: dict = field(default_factory=dict)  # user, kernel: Half
    # Page tables of the parent's kernel half that user mode's top table leads to, and all.
    kept_in_isolation: tuple = None


def number(record, key):
    found = re.search(rf"\b{key}=(0x[0-9a-f]+)", record)
    return found and int(found[1], 16)


def look(guest, arch, walk):
    """walk is that of the tables which the processor has; None if it has none."""
    oracle, monitor = ProcessOracle(), guest.monitor
    oracle.told = [Told.of(guest.text(f"touched-{who}")) for who in ("parent", "child")]
    threads = guest.text("touched-threads")
    oracle.records = [re.search(rf"^thread .*\btid={told.pid} .*$", threads, re.M)[0] for told in oracle.told]
    if not walk or arch.kernel == "arm":  # of which kvas walks no process
        return oracle

    def users(record):
        root = number(record, "root")
        size = {"Q": 8, "I": 4}[walk.format.word]
        first = int.from_bytes(monitor.physical(root, size), {"<": "little", ">": "big"}[walk.format.order])
        return walk.with_format(walk.format.of_process(root, first))

    walks = [users(record) for record in oracle.records]
    split = user_entries(threads, arch)
    # User mode has a table of its own with page-table isolation, and the walk is by that one.
    isolated = split and number(oracle.records[0], "user_root")
    in_user_mode = walks[0].with_root(isolated) if isolated else walks[0]
    oracle.formats = in_user_mode.format
    for address, _ in oracle.told[0].pages.values():
        oracle.ways[address] = list(in_user_mode.way(address))
        oracle.physical[address] = in_user_mode.translate(address)
    oracle.halves["user"] = half([only(w, range(split)) if split else w for w in walks])
    if re.search(r"kernel_half=(\w+)", oracle.records[0])[1] in OWN_KERNEL_HALF:
        kernels = [only(walk.with_root(number(r, "root")), range(split, entries(walk))) for r in oracle.records]
        oracle.halves["kernel"] = half(kernels)
        if isolated:
            kept, all_of_them = (half([only(walk.with_root(root), range(split, entries(walk)))]).tables[0]
                                 for root in (isolated, number(oracle.records[0], "root")))
            oracle.kept_in_isolation = (sum(len(kept.get(level, set()) & tables) for level, tables in all_of_them.items()),
                                        sum(map(len, all_of_them.values())))
    return oracle


def user_entries(threads, arch):
    """Of the top table, where it has the kernel's, too; 0: all are the user's."""
    if arch.kernel not in ("x86", "riscv"):
        return 0
    return int(re.search(r"^tables .*\bfirst=(\d+)", threads, re.M)[1])


def entries(walk):
    [(_, top)] = walk.format.roots
    return 1 << top.bits


def only(walk, indexes):
    """The same, of these entries of the top table."""
    tables = copy(walk.format)
    tables.roots = [(base, replace(top, there=indexes)) for base, top in walk.format.roots]
    return walk.with_format(tables)


def top_of(walk):
    """What the entries of the top table mean: an address and whether it is a table."""
    [(_, top)] = walk.format.roots
    words = walk.words(top)
    found = {index: walk.format.entry(words[index], top) for index in top.indexes}
    return {index: (type(e), e.address) for index, e in found.items() if isinstance(e, (Leaf, Table))}


def half(walks):
    found = Half([top_of(w) for w in walks], [])
    for walk in walks:
        below = {}
        for table in walk.tables():
            if table not in [top for _, top in walk.format.roots]:
                below.setdefault(table.level, set()).add(table.address)
        found.tables.append(below)
    return found
