# SPDX-License-Identifier: GPL-2.0-only
"""make bench: what reading the layout costs, beside what others take.

Most numbers come from a guest without hardware virtualisation: times are long,
ratios are what they tell.
"""

import os
import shutil
from pathlib import Path

from lab import cache, guest, images, programs
from lab.__main__ import chosen, module

from . import draw, tables, user

HERE = Path(__file__).parent
KVAS, IOMEM, EMPTY = "/sys/kernel/debug/kvas", "/proc/iomem", "/proc/locks"
JOB = f"""
set -e
insmod /lab/kvas.ko
grep '^kvas ' /proc/modules >modules
cat /sys/module/kvas/coresize >coresize
bench files {KVAS} {IOMEM} {EMPTY} >files
bench processes kvas lsmem >processes
bench loading >loading
grep '^kvas ' /proc/modules >>modules
"""


def rows(text):
    return {name: (int(ns), int(size)) for name, ns, size in
            (line.rsplit(None, 2) for line in text.splitlines())}


def compare(title, measured, first):
    """A table of times, each also as a share of the first one's."""
    print(f"\n{title}")
    for name, (ns, size) in measured.items():
        volume = f"  {size:6} bytes" if "/" in name else ""
        volume += f", {ns / size:6.1f} ns a byte" if size else ""
        ratio = ns / measured[first][0]
        print(f"  {name:22} {ns / 1e6:9.3f} ms  {ratio:6.2f} x {first}{volume}")


def main():
    kernel, mode = chosen()
    files = {"/lab/kvas.ko": module(kernel), "/bin/bench": programs.static(HERE / "bench.c")}
    wanted = {"/bin/kvas": programs.reader(), "/bin/lsmem": shutil.which("lsmem")}
    cache.progress("measuring in a guest")
    with guest.boot(kernel, mode, JOB, files, wanted, name="bench") as g:
        g.check()
    print(f"Linux {images.release(kernel)}, {mode.levels}-level page tables; medians.")
    read = rows(g.text("files"))
    if read[EMPTY][1]:
        raise SystemExit(f"bench: {EMPTY} was not empty")
    compare("Opening, reading to the end, closing", read, IOMEM)
    run = rows(g.text("processes"))
    compare("A whole process, output to nowhere", run, "lsmem")
    size = int(g.text("modules").split()[1])
    init = rows(g.text("loading"))["insmod"][0]
    print(f"\nThe module\n  loaded size {size:>14} bytes   {size / 65536:6.2f} x 64 KiB"
          f"\n  insmod      {init / 1e6:14.3f} ms")
    print("\nGoals:")
    goal("reading costs no more than /proc/iomem", read[KVAS][0] <= read[IOMEM][0])
    goal("the reader takes no longer than lsmem", run["kvas"][0] <= run["lsmem"][0])
    goal("the loaded module fits into 64 KiB", size <= 65536)
    draw.main(goal)
    user.main(kernel, mode)
    if not os.environ.get("KERNEL") and not os.environ.get("ARCH"):
        tables.main(lambda arch: programs.static(HERE / "bench.c", arch))


def goal(text, met):
    print(f"  {'met    ' if met else 'NOT MET'}  {text}")


if __name__ == "__main__":
    main()
