# SPDX-License-Identifier: GPL-2.0-only
"""make bench: kvas user beside pmap -X, as whole processes by turns; and what a thread costs
in kvas_threads."""

import shutil
from pathlib import Path

from lab import cache, guest, programs
from lab.__main__ import module

HERE = Path(__file__).parent
THREADS = "/sys/kernel/debug/kvas_threads"
MAPPINGS, NUMBERS = (50, 1000, 10000), (500, 1000, 2000)

JOB = f"""
insmod /lab/kvas.ko || exit
start() {{
	unusual "$@" >said &
	until grep -q ready said; do
		usleep 50000
	done
}}
for n in {' '.join(map(str, MAPPINGS))}; do
	start mappings $n
	bench processes "kvas user $!" "pmap -X $!" >mappings-$n || exit
	kill $!
done
[ -e {THREADS} ] || exit 0
for n in {' '.join(map(str, NUMBERS))}; do
	start threads $n
	bench shortest {THREADS} >threads-$n || exit
	grep -c ^thread {THREADS} >records-$n
	kill $!
done
"""


def times(text):
    """The first and the second of two lines, in nanoseconds."""
    return [int(line.rsplit(None, 2)[1]) for line in text.splitlines()]


def main(kernel, mode):
    files = {"/lab/kvas.ko": module(kernel), "/bin/bench": programs.static(HERE / "bench.c"),
             "/bin/unusual": programs.static(HERE.parent / "lab/unusual.c")}
    wanted = {"/bin/kvas": programs.reader(), "/bin/pmap": shutil.which("pmap")}
    cache.progress("measuring processes in a guest")
    with guest.boot(kernel, mode, JOB, files, wanted, name="bench-user", longer=300) as g:
        g.check()
    print("\nOne process, as whole processes with output to nowhere; medians.  An exclamation mark:\n"
          "kvas user is slower than pmap -X.\n"
          f"{'mappings':>10} {'kvas user':>12} {'pmap -X':>12} {'ratio':>7}")
    for n in MAPPINGS:
        kvas, pmap = times(g.text(f"mappings-{n}"))
        print(f"{n:10} {kvas / 1e6:9.3f} ms {pmap / 1e6:9.3f} ms {kvas / pmap:6.2f}{'!' if kvas > pmap else ' '}")
    if not (g.out / f"threads-{NUMBERS[0]}").exists():
        print(f"\nThreads are not measured: there is no {THREADS}.")
        return
    print(f"\nAll threads, from {THREADS}; shortest times.\n{'threads':>10} {'read':>12} {'of each':>12}")
    for n in NUMBERS:
        ns, records = times(g.text(f"threads-{n}"))[0], int(g.text(f"records-{n}"))
        print(f"{records:10} {ns / 1e6:9.3f} ms {ns / records:9.0f} ns")
