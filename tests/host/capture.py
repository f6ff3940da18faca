# SPDX-License-Identifier: GPL-2.0-only
"""A capture, read by few lines that share nothing with the reader."""

import shlex
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SAMPLES = sorted((HERE / "samples").glob("*.kvas"))
GOLDEN = HERE.parent / "golden"
# Of real kernels, some each in what `kvas save --all` made of its machine.
ROWS = sorted((GOLDEN / "rows").glob("*.kvas"))
MACHINES = sorted(p for p in GOLDEN.glob("*") if p.is_dir() and p.name != "rows")
# Those of other architectures are there for what differs, and are tested for less.
FOREIGN = [m for m in MACHINES
           if " arch=x86_64 " not in (m / "sys/kernel/debug/kvas").read_text()]
NATIVE = [m for m in MACHINES if m not in FOREIGN]
REAL = [machine / "sys/kernel/debug/kvas" for machine in MACHINES]
ALL = SAMPLES + REAL + ROWS


def name_of(path):
    """What to call a capture."""
    return MACHINES[REAL.index(path)].name if path in REAL else path.stem


# make check has one capture of each kind; all boots are in make check-all.
on_each = pytest.mark.parametrize("path", [*SAMPLES, *REAL, *(pytest.param(p, marks=pytest.mark.all) for p in ROWS)],
                                  ids=name_of)

UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40, "P": 50, "E": 60}


def exact_size(text):
    unit = text[-1] if text[-1].isalpha() else ""
    return int(text.rstrip("KMGTPE")) << UNITS[unit]


class Capture:
    def __init__(self, path):
        self.path = path
        self.text = path.read_text()
        self.records = []
        for line in self.text.splitlines()[1:-1]:
            word, *pairs = shlex.split(line)
            self.records.append((word, dict(pair.split("=", 1) for pair in pairs)))
        self.kernel = self.records[0][1]
        self.bits = int(self.kernel["bits"])
        self.top = (1 << self.bits) - 1

    def of(self, *words):
        return [fields for word, fields in self.records if word in words]

    @property
    def regions(self):
        """Those that are there: name -> (start, end, fields)."""
        return {r["name"]: (int(r["start"], 16), int(r["end"], 16), r)
                for r in self.of("region", "section") if "absent" not in r}

    @property
    def pieces(self):
        """Regions and sections, and device memory, whose name does not tell one from another."""
        found = self.regions
        for n, r in enumerate(self.of("memory")):
            start, end = int(r["start"], 16), int(r["end"], 16)
            around = [(b - a, name) for name, (a, b, _) in found.items() if not is_overlay(name) and a <= start and end <= b]
            found[f"{r['name']} {n}"] = start, end, r | {"parent": min(around)[1] if around else None}
        return found

    @property
    def witnesses(self):
        return [(w["name"], int(w["addr"], 16)) for w in self.of("witness")
                if "absent" not in w]

    def fact(self, name):
        return next(f["value"] for f in self.of("fact") if f["name"] == name)

    def address(self, addr):
        return f"0x{addr:0{self.bits // 4}x}"

    def innermost(self, addr):
        around = [(is_overlay(name), end - start, -self.depth(name), name)
                  for name, (start, end, _) in self.pieces.items() if start <= addr <= end]
        return min(around)[3] if around else None

    def chain(self, name):
        """The regions around one, outermost first, itself last."""
        chain = []
        while name:
            chain.insert(0, name)
            name = self.pieces[name][2].get("parent")
        return chain

    def depth(self, name):
        return len(self.chain(name))


def is_overlay(name):
    """Ranges for allocators: an address belongs to what is around or below."""
    return name.startswith("execmem_")


def build(records, bits=64, header="kvas 1", count=None, arch="x86_64"):
    """The text of a capture of these lines, behind a kernel record."""
    machine = f"kernel  release=1.0-test machine={arch} arch={arch} bits={bits} endian=little"
    lines = [machine, *records]
    count = len(lines) if count is None else count
    return "\n".join([header, *lines, f"end     records={count}"]) + "\n"


def memory(start, end, kind="fs_dax", phys=0, name="zone_device"):
    """A piece of device memory: phys is what lies at the address 0."""
    return (f"memory start=0x{start:016x} end=0x{end:016x} size={(end - start + 1) >> 10}K "
            f"phys=0x{(start + phys) % (1 << 64):016x} name={name} kind={kind}")


def region(name, start, end, bits=64, kind="region", more=""):
    digits = bits // 4
    size = end - start + 1
    for unit in "EPTGMK":
        if size % (1 << UNITS[unit]) == 0:
            size = f"{size >> UNITS[unit]}{unit}"
            break
    return (f"{kind} start=0x{start:0{digits}x} end=0x{end:0{digits}x} size={size} name={name} "
            f"start_source=a start_route=macro end_source=b end_route=macro {more}").rstrip()
