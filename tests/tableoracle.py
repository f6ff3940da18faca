# SPDX-License-Identifier: GPL-2.0-only
"""What is found in a standing guest's memory of the page tables that the files of
kvas show: runs, the way to each address, and the words at each address that
kvas_walk names.

Of the files only root= and addr= are looked at here.
"""

import re
from dataclasses import dataclass, field

@dataclass
class TableOracle:
    runs: list = field(default_factory=list)  # by the root that kvas_mappings names
    in_use: list = field(default_factory=list)  # by the one that the processor has
    tables: dict = field(default_factory=dict)  # Table: how many reads it and those below take
    ways: dict = field(default_factory=dict)  # address: [(Table, index, value)] by that root
    physical: dict = field(default_factory=dict)  # address: (by these ways, by QEMU)
    words: dict = field(default_factory=dict)  # physical address of an entry: its value


def look(guest, walk):
    """walk is that of the tables which the processor has; None if it has none."""
    oracle, monitor = TableOracle(), guest.monitor
    walks = guest.text("walks")
    if not walk:
        return oracle
    oracle.in_use = walk.runs()
    root = int(re.search(r"^tables .*\broot=(\S+)", guest.text("mappings"), re.M)[1], 16)
    named = walk.with_root(root)
    oracle.runs, oracle.tables = named.runs(), named.tables()
    for address in addresses(r"^walk .*\baddr=(\S+) *half=kernel", walks):
        oracle.ways[address] = list(named.way(address))
        oracle.physical[address] = named.translate(address), monitor.translate(address)
    size = {"Q": 8, "I": 4}[walk.format.word]
    order = {"<": "little", ">": "big"}[walk.format.order]
    for address in addresses(r"^entry .*\baddr=(\S+)", walks):
        oracle.words[address] = int.from_bytes(monitor.physical(address, size), order)
    return oracle


def addresses(pattern, text):
    return sorted({int(found, 16) for found in re.findall(pattern, text, re.M)})
