# SPDX-License-Identifier: GPL-2.0-only
"""make bench: a picture of the largest capture beside one of this machine by lstopo, as whole
processes on the host, by turns."""

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from lab import cache, programs

GOLDEN = Path(__file__).parent.parent / "golden"
CAPTURE = "sys/kernel/debug/kvas"
ROUNDS = 21

# What is compared, with the most that kvas may take of the time of lstopo.
MAP, FORMATS = "kvas map", {"svg": 1, "png": 2, "pdf": None}


def largest_machine():
    return max((path for path in GOLDEN.iterdir() if (path / CAPTURE).exists()),
               key=lambda path: (path / CAPTURE).stat().st_size)


def commands(kvas, machine, folder):
    made = {MAP: [kvas, "map", "--sysroot", machine]}
    for format in FORMATS:
        made[f"kvas draw, {format}"] = [kvas, "draw", "--sysroot", machine, folder / f"kvas.{format}"]
        made[f"lstopo, {format}"] = ["lstopo", "--force", folder / f"lstopo.{format}"]
    return made


def once(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def medians(made):
    """Each once before, so that all files are in memory; then in turns, so that a slow moment meets
    all alike."""
    for command in made.values():
        once(command)
    times = {name: [] for name in made}
    for _ in range(ROUNDS):
        for name, command in made.items():
            times[name].append(once(command))
    return {name: statistics.median(all_times) for name, all_times in times.items()}


def main(goal):
    """goal(text, met) says of each goal whether it is met."""
    if not shutil.which("lstopo"):
        raise SystemExit("bench: there is no lstopo: install the package hwloc")
    kvas, machine = programs.reader(), largest_machine()
    cache.progress("measuring pictures on this machine")
    with tempfile.TemporaryDirectory(prefix="kvas-bench-") as folder:
        made = commands(kvas, machine, Path(folder))
        found = medians(made)
        sizes = {name: Path(command[-1]).stat().st_size for name, command in made.items() if name != MAP}
    print(f"\nA picture of {machine.name} by kvas, and one of this machine by lstopo; whole processes\n"
          "on this machine, medians.")
    for name, seconds in found.items():
        format = name.rpartition(" ")[2]
        other = found[f"lstopo, {format if format in FORMATS else 'svg'}"]
        size = f"  {sizes[name]:8} bytes" if name in sizes else ""
        print(f"  {name:15} {seconds * 1e3:9.3f} ms  {seconds / other:6.2f} x lstopo{size}")
    print("\nGoals:")
    goal("map takes no longer than lstopo to SVG", found[MAP] <= found["lstopo, svg"])
    for format, times in FORMATS.items():
        if times:
            goal(f"draw to {format.upper()} takes at most {times} x lstopo's",
                 found[f"kvas draw, {format}"] <= times * found[f"lstopo, {format}"])
