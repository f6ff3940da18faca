# SPDX-License-Identifier: GPL-2.0-only
"""The boots that the guest tests share: every kernel in every mode, once.

One job does all that needs a running guest and leaves its findings in files;
while the guest then stands still, QEMU is asked for its registers and memory.
The tests look at the findings.
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from lab import cache, guest, images, programs, records, toolchain, vmlinux
from lab.pagetables import PageTables

TOP = Path(__file__).parent.parent
PROBES = ("reads", "crowd", "rights", "passed", "kptr_restrict", "mounts", "memory", "busy",
          "reload", "lockdown")

# Lockdown comes last but one, as nothing lifts it; at the very end a process
# holds the file open, so that its witnesses live when QEMU looks for them.
JOB = """
echo 'kvas-lab: the job starts' >/dev/kmsg
insmod /lab/kvas.ko || exit
grep '^kvas ' /proc/modules >/out/modules
ls -l /sys/kernel/debug/kvas >/out/ls
for group in %(before)s; do
	probe $group >/out/probe-$group 2>&1
done
grep '^kvas ' /proc/modules >/out/modules-after
kvas save --all /out/sysroot >/out/save 2>&1; echo $? >>/out/save
kvas >/out/show 2>&1; echo $? >>/out/show
kvas verify >/out/verify 2>&1; echo $? >>/out/verify
probe lockdown >/out/probe-lockdown 2>&1
sh -c 'exec 9</sys/kernel/debug/kvas; cat <&9 >/out/capture; sleep 100000; :' &
until grep -q '^end ' /out/capture; do
	usleep 10000
done
cat /proc/uptime >/out/uptime
""" % {"before": " ".join(p for p in PROBES if p != "lockdown")}


@dataclass(frozen=True)
class Spot:
    """A place in the matrix."""

    kernel: records.Kernel
    mode: records.Mode

    def __str__(self):
        return f"{self.kernel.name}-{self.mode.name}"


def spots():
    """What KERNEL= and ARCH= select; modes first, so that boots of different
    kernels stand side by side and their downloads overlap."""
    kernels = records.select(os.environ.get("KERNEL", ""), os.environ.get("ARCH", ""))
    names = list(dict.fromkeys(m.name for k in kernels for m in k.modes))
    return [Spot(k, k.mode(name)) for name in names for k in kernels
            if any(m.name == name for m in k.modes)]


class Record(dict):
    """A line of the file: its type and its keys."""

    def __init__(self, line):
        words = re.findall(r'(\w+)=(?:"([^"]*)"|(\S*))', line)
        super().__init__((key, quoted or bare) for key, quoted, bare in words)
        self.type = line.split(None, 1)[0]

    def number(self, key):
        return int(self[key], 0)

    @property
    def range(self):
        return range(self.number("start"), self.number("end") + 1)


class Capture:
    """The file as a guest had it, read without the reader's parser."""

    def __init__(self, text):
        self.text = text
        self.records = [Record(line) for line in text.splitlines()]

    def all(self, *types):
        return [r for r in self.records if r.type in types and "absent" not in r]

    def get(self, kind, name):
        return next((r for r in self.all(kind) if r.get("name") == name), None)

    def fact(self, name):
        found = self.get("fact", name)
        return found and found["value"]

    @property
    def areas(self):
        return {r["name"]: r for r in self.all("region", "section")}

    @property
    def witnesses(self):
        return {r["name"]: r for r in self.all("witness")}


@dataclass
class Oracle:
    """What QEMU says about the guest that stands still."""

    registers: dict = field(default_factory=dict)
    translations: dict = field(default_factory=dict)  # virtual: physical or None
    contents: dict = field(default_factory=dict)  # witness: bytes, by its virtual address
    physical: dict = field(default_factory=dict)  # the same, by the physical one
    mapped: list = field(default_factory=list)  # ranges in the page tables
    notes: bytes = b""  # of the kernel, where its published offset says they are


@dataclass
class Run:
    """What one boot gave."""

    spot: Spot
    guest: guest.Guest
    capture: Capture
    oracle: Oracle

    @property
    def sysroot(self):
        return self.guest.out / "sysroot"

    def log(self):
        """The kernel's log from the start of the job on, and all of it."""
        whole = self.guest.text("dmesg")
        return whole.partition("kvas-lab: the job starts")[2], whole


reader = programs.reader


def probe():
    """The guest's checker of system calls."""
    return programs.static(TOP / "tests" / "lab" / "probe.c")


@lru_cache
def linked(kernel):
    """The kernel as its linker left it, out of the package's image."""
    return vmlinux.Linked(vmlinux.payload(images.fetch(kernel).kernel.read_bytes()))


def module(kernel):
    return toolchain.build(kernel, toolchain.kvas_sources(TOP))


def run(spot):
    """Boot a spot of the matrix and collect all there is to know about it."""
    image = images.fetch(spot.kernel)
    files = {"/lab/kvas.ko": module(spot.kernel).module("kvas"), "/bin/probe": probe(),
             f"/boot/{image.config.name}": image.config}
    with guest.boot(spot.kernel, spot.mode, JOB, files, {"/bin/kvas": reader()}) as g:
        g.check()
        capture = Capture(g.text("capture"))
        oracle = question(g.monitor, capture)
        start, end = linked(spot.kernel).sections[".notes"]
        offset = int(capture.fact("image_kaslr_offset"), 0)
        oracle.notes = g.monitor.virtual(start + offset, end - start)
    cache.progress(f"guest {spot}: {g.seconds:.1f} s")
    return Run(spot, g, capture, oracle)


def question(monitor, capture):
    oracle = Oracle(registers=monitor.registers())
    for area in capture.all("region", "section"):
        for address in points(area):
            oracle.translations[address] = monitor.translate(address)
    for name, witness in capture.witnesses.items():
        address = witness.number("addr")
        physical = oracle.translations[address] = monitor.translate(address)
        if "content" in witness and physical is not None:
            size = len(witness["content"]) + 1
            oracle.contents[name] = monitor.virtual(address, size)
            oracle.physical[name] = monitor.physical(physical, size)
    oracle.mapped = PageTables(monitor, oracle.registers).kernel_half()
    return oracle


def points(area):
    """Addresses at which an area is looked at: both ends, and just outside."""
    found = {area.number("start"), area.number("end"), area.number("end") + 1,
             area.number("start") - 1}
    if "populated_end" in area:
        found |= {area.number("populated_end"), area.number("populated_end") + 1}
    return sorted(a for a in found if 0 <= a < 1 << 64)


class Matrix:
    """Boots in the background; a test waits for the one that it looks at."""

    def __init__(self):
        self._pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
        self._runs = {}

    def start(self, wanted):
        for spot in wanted:
            if spot not in self._runs:
                self._runs[spot] = self._pool.submit(run, spot)

    def run(self, spot):
        self.start([spot])
        return self._runs[spot].result()

    def stop(self):
        self._pool.shutdown(cancel_futures=True)
