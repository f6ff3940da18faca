# SPDX-License-Identifier: GPL-2.0-only
"""kvas_mappings and kvas_walk as a guest had them, read without the reader's parser."""

from dataclasses import dataclass
from functools import cached_property

import matrix
from lab.tablewalk import Run, append

UNSETTLED = 0  # as the level of a run


def size(text):
    """Bytes, of a number that K, M, G, T, P or E may follow."""
    unit = "KMGTPE".find(text[-1]) + 1
    return int(text[:-1] if unit else text) << 10 * unit


def run_of(record):
    """Of a record of mapping; its address need not be written."""
    r = record.range
    if "unsettled" in record:
        return Run(r.start, r.stop, UNSETTLED, 0, 0, 0)
    return Run(r.start, r.stop, record.number("level"), record.number("attr"),
               int(record.get("upper", "0"), 0), size(record.get("group", "0")))


class Mappings:
    """The file kvas_mappings."""

    def __init__(self, text):
        self.lines = text.splitlines()
        self.records = [matrix.Record(line) for line in self.lines]
        self.levels = {r.number("level"): r for r in self.all("level")}

    def all(self, *types):
        return [r for r in self.records if r.type in types]

    @property
    def end(self):
        return self.records[-1]

    @property
    def absent(self):
        return self.all("tables")[0].get("absent")

    @property
    def root(self):
        return self.all("tables")[0].number("root")

    @cached_property
    def runs(self):
        """All that is mapped: repeats written out, and neighbours joined."""
        found = []
        for record in self.all("mapping", "repeat"):
            if record.type == "mapping":
                found.append(run_of(record))
            else:
                found += copies(found, record)
        whole = []
        for run in found:
            append(whole, [run])
        return whole


def copies(runs, repeat):
    """What follows the runs, of which those in a range are mapped again and again."""
    first = len(runs)
    while first and runs[first - 1].stop > repeat.range.start:
        first -= 1
    inside = [run._replace(start=max(run.start, repeat.range.start)) for run in runs[first:]]
    assert all(run.stop <= repeat.range.stop for run in inside), repeat
    for n in range(1, repeat.number("times")):
        base = n * size(repeat["stride"])
        yield from (run._replace(start=run.start + base, stop=run.stop + base) for run in inside)


@dataclass
class Walk:
    """One walk of kvas_walk."""

    records: list

    def first(self, kind):
        return next(r for r in self.records if r.type == kind)

    @property
    def address(self):
        return self.first("walk").number("addr")

    @property
    def half(self):
        return self.first("walk")["half"]

    @property
    def entries(self):
        return [r for r in self.records if r.type == "entry"]

    @property
    def page(self):
        return self.first("page")


def walks(text):
    """Of what pagewalks left: each walk, and each line that says why there is none."""
    found, errors = [], []
    for line in text.splitlines():
        record = matrix.Record(line)
        if record.type == "kvas_walk":
            found.append(Walk([]))
        if record.type == "error":
            errors.append(record)
        else:
            found[-1].records.append(record)
    return found, errors


def differences(first, second):
    """Ranges of addresses, upwards, that two lists of runs map otherwise: each with
    how the first and the second map it, None if it does not."""
    common = set(first) & set(second)
    lists = [[run for run in runs if run not in common] for runs in (first, second)]
    bounds = sorted({at for runs in lists for run in runs for at in (run.start, run.stop)})
    for start, stop in zip(bounds, bounds[1:]):
        ways = [next((run.kind for run in runs if run.start <= start < run.stop), None)
                for runs in lists]
        if ways[0] != ways[1]:
            yield range(start, stop), *ways
