# SPDX-License-Identifier: GPL-2.0-only
"""The boots that the guest tests share: every kernel in every mode, once.

One job does all that needs a running guest and leaves its findings in files;
while the guest then stands still, QEMU is asked for its registers and memory.
The tests look at the findings.
"""

import contextlib
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import expected
import processoracle
import tableoracle
import threadoracle
import userhalf
from lab import (apt, cache, gdbstub, guest, images, pagetables, parts, programs, records, tablewalk,
                 toolchain, vmlinux)

TOP = Path(__file__).parent.parent
PROBES = ("reads", "crowd", "tables", "rights", "passed", "kptr_restrict", "mounts", "memory", "busy",
          "reload", "lockdown")

MARK = "kvas-lab: the job starts"
START = f"echo '{MARK}' >/dev/kmsg\n"  # of a job whose log is looked at

# Both early: a worker frees the code that ran when a module was loaded, which may split
# a large page of the direct map, and nothing must change once tables are read.
LOAD = """
insmod /lab/kvas.ko || exit
insmod /lab/threads.ko || exit
"""

# Threads that stand still are there, and kvas_threads is read.
CREW = """
crew /out >/out/crew-errors 2>&1 &
crew=$!
until [ -e /out/settled ] || ! kill -0 $crew; do
	usleep 10000
done
"""

# Two processes know their pages, and are walked.
TOUCHED = """
touched /out 2>/out/touched-errors &
until [ -e /out/touched-ready ] || [ -s /out/touched-errors ]; do
	usleep 10000
done
cat /sys/kernel/debug/kvas_threads >/out/touched-threads 2>&1
of() { sed -n "s/^pid //p" /out/touched-$1; }
kvas walk -J -p $(of parent) $(grep '^page ' /out/touched-parent | cut -d ' ' -f 3) >/out/touched-walk 2>/out/touched-walk-errors
echo $? >/out/touched-walk-status
kvas user -J $(of parent) --shared $(of child) >/out/touched-shared 2>/out/touched-shared-errors
echo $? >/out/touched-shared-status
"""

# At the end a process holds the file open, so that its witnesses live when QEMU
# looks for them; another reads what the page tables map.  Only lockdown comes
# later, as nothing lifts it, if this kernel has it.
JOB = START + LOAD + """
grep '^kvas ' /proc/modules >/out/modules
ls -l /sys/kernel/debug/kvas >/out/ls
for group in %(before)s; do
	probe $group >/out/probe-$group 2>&1
done
sh /lab/userhalf objects unusual rights
grep '^kvas ' /proc/modules >/out/modules-after
kvas save --all /out/sysroot >/out/save 2>&1; echo $? >>/out/save
kvas >/out/show 2>&1; echo $? >>/out/show
kvas verify >/out/verify 2>&1; echo $? >>/out/verify
sh -c 'exec 9</sys/kernel/debug/kvas; cat <&9 >/out/capture; sleep 100000; :' &
until grep -q '^end ' /out/capture; do
	usleep 10000
done
%(crew)s
%(touched)s
grep -oE '(start|end|addr)=0x[0-9a-f]*' /out/capture | sed 's/.*=//' | sort -u >/out/addresses
pagewalks /out </out/addresses >/out/pagewalks 2>&1 &
until [ -e /out/walked ] || [ -s /out/pagewalks ]; do
	usleep 10000
done
[ ! -e /sys/kernel/security/lockdown ] || probe lockdown >/out/probe-lockdown 2>&1
cat /proc/uptime >/out/uptime
""" % {"before": " ".join(p for p in PROBES if p != "lockdown"), "crew": CREW, "touched": TOUCHED}


def job_log(log):
    """The kernel's log from the start of the job on."""
    _, mark, ours = log.partition(MARK)
    assert mark, "the job's mark is not in the log"
    return ours


@dataclass(frozen=True)
class Spot:
    """A place in the matrix."""

    kernel: records.Kernel
    mode: records.Mode

    def __str__(self):
        return f"{self.kernel.name}-{self.mode.name}"


EVERYTHING = os.environ.get("KVAS_ALL") == "1"  # make check-all
NAMED = bool(os.environ.get("KERNEL") or os.environ.get("ARCH"))


def selected():
    return records.select(os.environ.get("KERNEL", ""), os.environ.get("ARCH", ""))


@lru_cache
def first():
    """The first selected kernel that the archive holds."""
    gone = None
    for kernel in selected():
        try:
            images.resolve(kernel)
            return kernel
        except apt.Gone as error:
            gone = error
    raise gone


def spots(covered=True, everything=EVERYTHING):
    """What KERNEL= and ARCH= select, of architectures that are covered, or named
    by ARCH=, or of the others; if neither selects anything and not everything is
    wanted, what make check boots.

    Modes first, so that boots of different kernels stand side by side and their
    downloads overlap.
    """
    asked = covered and os.environ.get("ARCH")
    kernels = [k for k in selected() if asked or k.arch.covered == covered]
    everything = everything or NAMED
    names = list(dict.fromkeys(m.name for k in kernels for m in k.modes))
    return [Spot(k, m) for name in names for k in kernels for m in k.modes
            if m.name == name and (everything or name in k.check.split())]


def kernels():
    """Those of the spots that are covered."""
    return list(dict.fromkeys(spot.kernel for spot in spots()))


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
    counters: list = field(default_factory=list)  # what each processor executes
    translations: dict = field(default_factory=dict)  # virtual: physical or None
    walked: dict = field(default_factory=dict)  # the same, by the tables in memory
    behind: dict = field(default_factory=dict)  # witness: the bytes to which those lead
    contents: dict = field(default_factory=dict)  # witness: bytes, by its virtual address
    physical: dict = field(default_factory=dict)  # the same, by the physical one
    tables: object = None  # their format, see lab/pagetables.py, if there are any
    mapped: list = field(default_factory=list)  # ranges in the page tables
    processes: processoracle.ProcessOracle = None  # what those of tests/lab/touched.c have
    shown: tableoracle.TableOracle = None  # what the files of page tables must show
    threads: threadoracle.ThreadOracle = None  # the tables that kvas_threads names
    notes: bytes = b""  # of the kernel, where the published image would have them


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

    @property
    def arch(self):
        return self.spot.kernel.arch

    @property
    def config(self):
        """What the kernel's package says it was built with."""
        return package_config(self.spot.kernel)

    def log(self):
        """The kernel's log from the start of the job on, and all of it."""
        whole = self.guest.text("dmesg")
        return job_log(whole), whole


reader = programs.reader


def probe(arch=None):
    """The guest's checker of system calls."""
    lab = TOP / "tests" / "lab"
    return programs.static(lab / "probe.c", arch, (lab / "probe_rights.c", lab / "probe_tables.c", lab / "probe.h"))


def touched(arch=None):
    """Two processes that know where their pages are."""
    return programs.static(TOP / "tests" / "lab" / "touched.c", arch)


def pagewalks(arch=None):
    """The guest's reader of the files of page tables."""
    return programs.static(TOP / "tests" / "lab" / "pagewalks.c", arch)


def crew(kernel):
    """What a job with CREW needs."""
    lab = TOP / "tests" / "lab"
    sources = {"Kbuild": lab / "threads.kbuild", "threads.c": lab / "threads.c"}
    return {"/lab/threads.ko": toolchain.build(kernel, sources, "threads").module("threads"),
            "/bin/crew": programs.static(lab / "crew.c", kernel.arch)}


@lru_cache
def linked(kernel):
    """The kernel as its linker left it, out of the package's image."""
    return vmlinux.kernel(images.fetch(kernel).kernel.read_bytes())


@lru_cache
def package_config(kernel):
    text = images.fetch(kernel).config.read_text()
    return dict(re.findall(r"^(CONFIG_\w+)=(.*)$", text, re.M))


@cache.once
def module(kernel):
    return toolchain.build(kernel, toolchain.kvas_sources(TOP))


def run(spot):
    """Boot a spot of the matrix and collect all there is to know about it."""
    image, arch = images.fetch(spot.kernel), spot.kernel.arch
    files = {"/lab/kvas.ko": module(spot.kernel).module("kvas"), "/bin/probe": probe(arch),
             "/bin/pagewalks": pagewalks(arch), "/bin/touched": touched(arch), **crew(spot.kernel),
             f"/boot/{image.config.name}": image.config, **programs.reader_files(arch), **userhalf.files(arch)}
    with guest.boot(spot.kernel, spot.mode, JOB, files) as g:
        g.check()
        found = Run(spot, g, Capture(g.text("capture")), None)
        found.oracle = question(found)
        place, notes = linked(spot.kernel).notes
        found.oracle.notes = content(g.monitor, linked_at(found) + place, len(notes))
    return found


def linked_at(run):
    """What to add to a place in the linked kernel, to have its address."""
    if linked(run.spot.kernel).sections:
        return int(run.capture.fact("image_kaslr_offset") or "0", 0)
    return run.capture.areas["image"].number("start") - expected.of(run).head


def question(run):
    monitor, capture = run.guest.monitor, run.capture
    counters = [monitor.registers(n)[expected.of(run).counter] for n in range(run.arch.cpus)]
    oracle = Oracle(registers=gdbstub.registers(monitor, run.arch), counters=counters)
    oracle.tables = pagetables.of(run.spot.kernel, run.spot.mode, oracle.registers,
                                  lambda: monitor.translate(root_symbol(run)))
    walk = oracle.tables and tablewalk.PageTables(monitor.physical, oracle.tables)

    def translate(address):
        if walk and walk.covers(address):
            oracle.walked[address] = walk.translate(address)
        oracle.translations[address] = monitor.translate(address)
        return oracle.translations[address]

    for area in capture.all("region", "section"):
        for address in points(area, run.arch.bits):
            translate(address)
    for name, witness in capture.witnesses.items():
        address = witness.number("addr")
        physical = translate(address)
        if "content" in witness and physical is not None:
            size = len(witness["content"]) + 1
            oracle.contents[name] = monitor.virtual(address, size)
            oracle.physical[name] = monitor.physical(physical, size)
        if "content" in witness and oracle.walked.get(address) is not None:
            oracle.behind[name] = monitor.physical(oracle.walked[address], len(witness["content"]) + 1)
    if walk:
        oracle.mapped = walk.mapped()
    if (run.guest.out / "threads").exists():
        oracle.threads = threadoracle.look(run.guest, walk, run.arch.cpus)
    if (run.guest.out / "walks").exists():
        oracle.shown = tableoracle.look(run.guest, walk)
    if (run.guest.out / "touched-threads").exists():
        oracle.processes = processoracle.look(run.guest, run.arch, walk)
    return oracle


def content(monitor, address, size):
    """Bytes of the guest; none where none are mapped."""
    return monitor.virtual(address, size) if monitor.translate(address) is not None else b""


def root_symbol(run):
    """The kernel's first page table, as its crash-dump note has it."""
    note = (run.sysroot / "proc/kcore").read_bytes().decode("latin-1")
    return int(re.search(r"SYMBOL\(swapper_pg_dir\)=([0-9a-f]+)", note)[1], 16)


def points(area, bits):
    """Addresses at which an area is looked at: both ends, and just outside."""
    found = {area.number("start"), area.number("end"), area.number("end") + 1,
             area.number("start") - 1}
    if "populated_end" in area:
        found |= {area.number("populated_end"), area.number("populated_end") + 1}
    return sorted(a for a in found if 0 <= a < 1 << bits)


@dataclass
class Census:
    """What a guest without the module says of itself, and QEMU of it."""

    facts: dict
    registers: dict


COUNT = """
echo machine $(uname -m)
echo release $(uname -r)
echo page_kb $(sed -n 's/^KernelPageSize: *//p;/^VmFlags/q' /proc/self/smaps)
echo high_kb $(sed -n 's/^HighTotal: *//p' /proc/meminfo)
echo mmu $(sed -n 's/^MMU[[:space:]]*: //p' /proc/cpuinfo)
"""


def census(spot):
    with guest.boot(spot.kernel, spot.mode, COUNT) as g:
        g.check()
        registers = gdbstub.registers(g.monitor, spot.kernel.arch)
    return Census({words[0]: words[1:] for words in map(str.split, g.text("stdout").splitlines())},
                  registers)


def fetch(spot):
    """What a boot needs from the archive, so that none has to wait for it."""
    images.fetch(spot.kernel), images.busybox(spot.kernel), toolchain.prepare(spot.kernel)


class Matrix:
    """Boots in the background; a test waits for the one that it looks at."""

    def __init__(self, boot=run, prepare=None):
        self._boot, self._prepare = boot, prepare
        self._pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
        self._runs = {}
        self._stopped = threading.Event()

    def start(self, wanted):
        new = [spot for spot in dict.fromkeys(wanted) if spot not in self._runs]
        parts.expect("boots", len(new))
        for spot in new:
            self._runs[spot] = self._pool.submit(self._counted, spot)
        if self._prepare:
            threading.Thread(target=self._prepare_all, args=(new,), daemon=True).start()

    def _prepare_all(self, spots):
        for spot in spots:
            # What goes wrong is said by the boot.
            with contextlib.suppress(Exception):
                if not self._stopped.is_set():
                    self._prepare(spot)

    def _counted(self, spot):
        started = time.monotonic()
        try:
            return self._boot(spot)
        finally:
            name = getattr(spot, "__name__", spot)
            cache.progress(f"{name}: {time.monotonic() - started:.1f} s; {parts.count('boots')}")

    def run(self, spot):
        self.start([spot])
        return self._runs[spot].result()

    def stop(self):
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)


def boots(request, name, spots, boot, prepare=None, first=()):
    """Boots of all that the session's tests ask for by this fixture's name, after
    some others."""
    under_way = Matrix(boot, prepare)
    under_way.start(first)
    wanted = {item.callspec.params.get(name) for item in request.session.items
              if hasattr(item, "callspec")}
    under_way.start([spot for spot in spots if spot in wanted])
    yield under_way
    under_way.stop()
