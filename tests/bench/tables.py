# SPDX-License-Identifier: GPL-2.0-only
"""make bench: what the walk of the page tables costs, beside the kernel's own dump.

Everything in a line was measured in one guest, by turns; the shortest times count,
as whatever else the machine does only makes times longer.
"""

import dataclasses
import re
from dataclasses import dataclass, field
from pathlib import Path

from lab import apt, cache, guest, ptdump, records, source, toolchain
from lab.__main__ import module

HERE = Path(__file__).parent
LAB = HERE.parent / "lab"
MAPPINGS, LAYOUT, IOMEM = "/sys/kernel/debug/kvas_mappings", "/sys/kernel/debug/kvas", "/proc/iomem"

START = """
set -e
insmod /lab/kvas.ko
insmod /lab/copies.ko pages=$(sed -n 's/^end .* tables=\\([0-9]*\\).*/\\1/p' %(mappings)s)
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	sed -n 's/^end //p' %(mappings)s >>ends
	cat /sys/kernel/debug/copies >>copies
done
""" % {"mappings": MAPPINGS}
DUMP_MODULE = """
%s
dumps="/sys/kernel/debug/ptdump /sys/kernel/debug/ptdump_file"
"""
DUMP_FILE = """
dumps=/sys/kernel/debug/%s
"""
MEASURE = f"bench shortest {MAPPINGS} $dumps {LAYOUT} {IOMEM} >files\n"


@dataclass
class Row:
    """A guest, and how much faster than the dump's one walk and its file it shall be."""

    what: str
    kernel: str
    mode: str
    walk: float = 0
    file: float = 0
    copies: float = 0  # the walk alone, at most so many bare copies; 0: no limit
    variant: str = ""  # of a kernel built from source
    changes: dict = field(default_factory=dict)  # of the mode
    dump: str = "page_tables/kernel"  # the file of a kernel built from source


SMALL_PAGES = {"cpu": "max,pse=off,la57=off"}
ROWS = (
    Row("6.1, 4 levels", "6.1-amd64", "4level", 100, 400, 3),
    Row("6.1, 5 levels", "6.1-amd64", "5level", 100, 400, 3),
    Row("6.12, 4 levels", "6.12-amd64", "4level", 100, 400, 3),
    Row("6.12, 5 levels", "6.12-amd64", "5level", 100, 400, 3),
    Row("6.12, direct map in 4K", "6.12-amd64", "4level", 40, 150, 3, changes=SMALL_PAGES),
    Row("6.1 KASAN, 4 levels", "6.1-amd64", "4level", 40, 130, variant="checked"),
    Row("6.1 KASAN, 5 levels", "6.1-amd64", "5level", 70, 300, variant="checked"),
    Row("6.1 i386", "6.1-686", "highmem", 1, 3),
    Row("6.1 i386 with PAE", "6.1-686-pae", "pae-5g", 1, 3),
    Row("6.12 arm64", "6.12-arm64", "52bit", 1, 3),
    # Debian's has nothing that would fill the file.
    Row("6.12 riscv64 from source", "6.12-riscv64", "sv57", 1, 3, variant="riscv",
        dump="kernel_page_tables"),
)
GROWTH = [Row(f"6.12, direct map in 4K, {size} GiB", "6.12-amd64", "4level", copies=3,
              changes={**SMALL_PAGES, "memory": f"{size}G"}) for size in (1, 4, 16)]


def kernel(name):
    return next(k for k in records.KERNELS if k.name == name)


def copies(build):
    return build({"Kbuild": HERE / "copies.kbuild", "copies.c": HERE / "copies.c"},
                 "copies").module("copies")


def counter_khz():
    """How fast the counter of a guest's processor runs, which is the host's own."""
    found = re.search(r"^cpu MHz\s*: ([0-9.]+)", Path("/proc/cpuinfo").read_text(), re.M)
    return int(float(found[1]) * 1000) if found else 1_000_000


def timed(mode, arch, **changes):
    """With a clock of nanoseconds: Linux takes one of milliseconds if it finds that the
    counters of two processors differ, or nothing by which to measure their speed."""
    clock = f" tsc=reliable tsc_early_khz={counter_khz()}" if arch.kernel == "x86" else ""
    return dataclasses.replace(mode, cmdline=mode.cmdline + clock, **changes)


def stock(row, files):
    """A kernel of Debian, with the kernel's dump by a module that asks for it."""
    stock = kernel(row.kernel)
    mode = timed(stock.mode(row.mode), stock.arch, **{"memory": "4G", **row.changes})
    files |= {"/lab/kvas.ko": module(stock), "/lab/ptdump.ko": ptdump.module(stock),
              "/lab/copies.ko": copies(lambda *what: toolchain.build(stock, *what))}
    dump = DUMP_MODULE % ptdump.insmod(stock)
    return guest.boot(stock, mode, START + dump + MEASURE, files, name="bench-tables")


def built(row, files):
    """A kernel built from source, which has the file of its dump."""
    prepared = source.prepare(row.variant)
    sources = toolchain.kvas_sources(LAB.parent.parent)
    files |= {"/lab/kvas.ko": source.build(prepared, sources).module("kvas"),
              "/lab/copies.ko": copies(lambda *what: source.build(prepared, *what))}
    mode = timed(prepared.record.mode(row.mode), prepared.record.arch, memory="4G")
    job = START + DUMP_FILE % row.dump + MEASURE
    return prepared.boot(mode, job, files, name="bench-tables")


def measured(row, bench):
    files = {"/bin/bench": bench(kernel(row.kernel).arch)}
    cache.progress(f"measuring {row.what}")
    with (built if row.variant else stock)(row, files) as g:
        g.check()
    ends = [dict(re.findall(r"(\w+)=(\d+)", line)) for line in g.text("ends").splitlines()]
    read = [line.split() for line in g.text("files").splitlines()]
    times = {name: int(ns) for name, ns, _ in read}
    sizes = {name: int(size) for name, _, size in read if "dump" in name or "page_tables" in name}
    if any(size < 1000 for size in sizes.values()):
        raise SystemExit(f"bench: {row.what}: the kernel dumped nothing: {sizes}")
    dumps = [times[name] for name in sizes]
    return {
        "read": times[MAPPINGS], "walk": min(int(end["ns"]) for end in ends),
        "tables": int(ends[0]["tables"]), "copies": min(map(int, g.text("copies").split())),
        # A file that is shown again for a larger buffer walks four times.
        "dump": dumps[0] if len(dumps) == 2 else dumps[0] / 4 if dumps else None,
        "file": dumps[-1] if dumps else None,
        "layout": times[LAYOUT], "iomem": times[IOMEM],
    }


HEAD = (f"{'guest, 4 GiB':31} {'read':>9} {'walk':>9} {'tables':>6} {'walk/copies':>11} "
        f"{'dump walks':>12} {'its file':>12} {'kvas/iomem':>10}")


def line(row, got):
    copied = got["walk"] / got["copies"]
    words = [f"{row.what:31}", f"{got['read'] / 1e6:6.3f} ms", f"{got['walk'] / 1e6:6.3f} ms",
             f"{got['tables']:6}",
             f"{copied:10.1f}{'!' if row.copies and copied > row.copies else ' '}"]
    for what, goal in (("dump", row.walk), ("file", row.file)):
        times = got[what] / got["read"] if got[what] else 0
        words.append(f"{times:9.1f} x{'!' if goal and times < goal else ' '}" if times else f"{'-':>12}")
    words.append(f"{got['layout'] / got['iomem']:10.2f}")
    return " ".join(words)


def main(bench):
    """bench(arch) is the program that measures."""
    print("\nThe page tables: /sys/kernel/debug/kvas_mappings beside the kernel's own dump; shortest\n"
          "times. An exclamation mark: the goal is not met.\n" + HEAD)
    for row in ROWS:
        try:
            print(line(row, measured(row, bench)), flush=True)
        except apt.Gone as gone:
            print(f"{row.what:31} not measured: {gone}")
    print("\nWith the memory, where each page has an entry of its own:\n" + HEAD)
    for row in GROWTH:
        got = measured(row, bench)
        print(f"{line(row, got)} {got['walk'] / got['tables']:7.0f} ns a table", flush=True)
