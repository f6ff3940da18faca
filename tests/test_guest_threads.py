# SPDX-License-Identifier: GPL-2.0-only
"""kvas_threads, against what /proc says of each thread, a module that was in its stack,
and the tables in the standing guest's memory.

lab/crew.c is the threads that stand still, and lab/threads.c the module; matrix.CREW
starts them in the boots that all tests share, and here in some with page-table
isolation.
"""

import re
from dataclasses import dataclass
from functools import cached_property

import pytest

import mappings
import matrix
import threadoracle
from lab import gdbstub, guest, pagetables, source, tablewalk

PF_KTHREAD = 0x200000
WAITING = ("sh", "usleep", "exe")


@dataclass(frozen=True)
class Task:
    """A line of /proc as the crew saw it."""

    pid: int
    tid: int
    flags: int
    state: str
    comm: str  # as kvas_threads escapes it
    system: str  # what /proc says of its system call

    @property
    def is_kernel(self):
        return bool(self.flags & PF_KTHREAD)

    @property
    def sp(self):
        """The user stack pointer of a thread that is in the kernel."""
        words = self.system.split()
        return int(words[-2], 0) if len(words) > 2 and not self.is_kernel else None


def escaped(text):
    """Of a name in hexadecimal."""
    data = bytes.fromhex(text.replace("-", ""))
    return "".join(chr(b) if 0x20 < b < 0x7f and b not in b'"\\' else f"\\x{b:02x}" for b in data)


def tasks(text):
    found = {}
    for line in text.splitlines():
        pid, tid, flags, state, name, *system = line.split(maxsplit=5)
        found[int(tid)] = Task(int(pid), int(tid), int(flags, 0), state, escaped(name), "".join(system))
    return found


@dataclass(frozen=True)
class Member:
    """A thread of the crew, as it told itself."""

    role: str
    pid: int
    tid: int
    comm: str
    local: int
    value: int


class Threads:
    """The file as a guest had it, and what the guest says beside."""

    def __init__(self, g):
        self.guest = g
        self.lines = g.text("threads").splitlines()
        self.records = [matrix.Record(line) for line in self.lines]
        self.threads = {r.number("tid"): r for r in self.all("thread")}
        self.before, self.after = tasks(g.text("before")), tasks(g.text("after"))

    def all(self, kind):
        return [r for r in self.records if r.type == kind]

    @property
    def tables(self):
        return self.all("tables")[0]

    @property
    def processes(self):
        return [r for r in self.threads.values() if r["kind"] == "process"]

    @cached_property
    def both(self):
        """What was there before and after: the record, and both lines of /proc."""
        return [(self.threads.get(tid), task, self.after[tid]) for tid, task in self.before.items()
                if tid in self.after and self.after[tid].pid == task.pid]

    @cached_property
    def crew(self):
        found = []
        for line in self.guest.text("crew").splitlines():
            role, pid, tid, name, local, _, value = line.split()
            found.append(Member(role, int(pid), int(tid), escaped(name), int(local, 0), int(value, 0)))
        return found

    def members(self, *roles):
        return [member for member in self.crew if member.role in roles]

    @cached_property
    def here(self):
        """Where a thread was: the address of a variable on its kernel stack."""
        rows = [line.split() for line in self.guest.text("here").splitlines()]
        return [(int(tid), int(address, 0)) for tid, address in rows]


@pytest.fixture(scope="session")
def shown(run):
    return Threads(run.guest)


def test_the_crew_had_no_trouble(run):
    assert run.guest.text("crew-errors") == ""
    assert (run.guest.out / "settled").exists()


def test_frame(shown):
    assert shown.lines[0] == "kvas_threads 1"
    assert shown.records[-1] == {"records": str(len(shown.lines) - 2)}
    assert [r.type for r in shown.records[:2]] == ["kvas_threads", "tables"]
    assert list(shown.threads) == sorted(shown.threads) and len(shown.threads) == len(shown.all("thread"))
    assert {r.type for r in shown.records} <= {"kvas_threads", "tables", "stack", "thread", "end"}


def test_each_thread_is_there(shown):
    assert [task for record, task, _ in shown.both if record is None] == []
    assert len(shown.both) > 20
    # A worker of the kernel may have come and gone in between, and with what the job's shell waits.
    others = {*shown.threads} - {*shown.before} - {*shown.after}
    assert [r for r in map(shown.threads.get, others) if r["kind"] != "kernel" and r["comm"] not in WAITING] == []
    assert len(others) < 5


def test_numbers_kinds_and_names(shown):
    for record, task, after in shown.both:
        assert record.number("pid") == task.pid
        kind = "kernel" if task.is_kernel else "exited" if task.state in "ZX" else "process"
        assert record["kind"] == kind, (record, task)
        # /proc says more of the kernel's own.
        if task.comm == after.comm:
            assert task.comm == record["comm"] or task.is_kernel and task.comm.startswith(record["comm"]), record


def test_the_crew_is_as_it_told(shown):
    by_role = {role: shown.members(role) for role in ("process", "thread", "headless", "zombie")}
    assert [len(members) for members in by_role.values()] == [1, 7, 1, 1]
    for member in shown.crew:
        record = shown.threads[member.tid]
        assert (record.number("pid"), record["comm"]) == (member.pid, member.comm), record
        assert record["kind"] == ("exited" if member.role in ("headless", "zombie") else "process")
    # The same name with a blank in it, and as it is written in its place.
    assert {"a\\x20b\\x0a\\x09\\x22\\x5cx", "\\x5cx20", ""} <= {member.comm for member in shown.crew}


def test_user_stack_pointer_is_that_of_proc(shown):
    # The reader and what waits in a loop are elsewhere in between.
    asleep = [(record, before.sp) for record, before, after in shown.both
              if before.sp is not None and before.system == after.system
              and before.comm not in WAITING and record["kind"] == "process" and "running" not in record]
    assert len(asleep) >= 9
    for record, sp in asleep:
        assert record.number("sp") == sp, record


def test_user_stack_pointer_is_near_a_variable_on_that_stack(shown):
    for member in shown.members("process", "thread"):
        assert 0 <= member.local - shown.threads[member.tid].number("sp") < 1 << 16


def test_who_has_what(shown):
    for record in shown.threads.values():
        assert ("sp" in record or "sp_absent" in record) == (record["kind"] == "process"), record
        assert ("root" in record) == (record["kind"] == "process" and "root" in shown.tables), record
        assert ("start" in record) != ("stack_absent" in record), record
        assert "start" in record or record["kind"] == "exited"
    reader = [r for r in shown.threads.values() if r["comm"] == "crew" and r["kind"] == "process"]
    assert [r.get("running") for r in reader if r.number("tid") == shown.members("main")[0].tid] == ["y"]


def test_a_thread_was_in_its_kernel_stack(shown):
    known = [(shown.threads[tid], address) for tid, address in shown.here if tid in shown.threads]
    assert {"lab-sleeper", "lab-borrower"} <= {record["comm"] for record, _ in known}
    assert len(known) >= 10
    for record, address in known:
        assert address in record.range, record


def test_stacks_do_not_overlap(run, shown):
    ranges = sorted((r.range for r in shown.threads.values() if "start" in r), key=lambda r: r.start)
    assert all(one.stop <= other.start for one, other in zip(ranges, ranges[1:]))
    assert {len(r) for r in ranges} == {int(run.capture.fact("thread_size"))}


def test_stacks_lie_in_their_region(run, shown):
    for record in shown.threads.values():
        if "start" in record:
            area = run.capture.areas[record["region"]].range
            assert area.start <= record.range.start and record.range.stop <= area.stop, record
    mapped = run.config.get("CONFIG_VMAP_STACK") == "y"
    assert {r["region"] == "vmalloc" for r in shown.threads.values() if "start" in r} == {mapped}


def test_mapped_stacks_are_areas_of_vmalloc(run, shown):
    areas = re.findall(r"^0x([0-9a-f]+)-0x([0-9a-f]+) .*", shown.guest.text("vmallocinfo"), re.M)
    starts = {int(start, 16): int(stop, 16) for start, stop in areas}
    for record in shown.processes:
        if record["region"] == "vmalloc":
            # A guard page follows.
            assert starts[record.range.start] == record.range.stop + run.spot.kernel.page_size, record


def test_stacks_of_interrupts(run, shown):
    """Each processor has its own, or it is said why none is known."""
    known = [r for r in shown.all("stack") if "absent" not in r]
    assert shown.all("stack") and all(r["absent"] for r in shown.all("stack") if r not in known)
    assert len({r.range for r in known}) == len(known) or run.arch.name == "s390x"
    expected = EXPECTED_STACKS.get(run.arch.name, {})
    if run.spot.kernel.version in expected:
        found = {(r["kind"], r.number("cpu")) for r in known}
        assert {(kind, cpu) for kind in expected[run.spot.kernel.version].split() for cpu in range(run.arch.cpus)} <= found
    if run.arch.name == "s390x":
        assert {r["kind"] for r in known} == {"restart"} and len({r.range for r in known}) == 1
    for record in known:
        assert len(record.range) in SIZES[run.arch.name, record["kind"]], record
        assert record.range.start % 16 == 0, record


def test_stacks_of_interrupts_hold_what_ran_there(run, shown):
    """A module noted where its variables were in an interrupt and in a softirq of each processor."""
    known = {(r.number("cpu"), r["kind"]): r.range for r in shown.all("stack") if "absent" not in r}
    threads = [r.range for r in shown.threads.values() if "start" in r]
    noted = [(int(cpu), kind, int(place, 16)) for cpu, kind, place in
             (line.split() for line in shown.guest.text("interrupts").splitlines())]
    assert {cpu for cpu, kind, _ in noted if kind == "soft"} == set(range(run.arch.cpus))
    for kind, names in RUNS_ON.get(run.arch.name, {}).items():
        for cpu in range(run.arch.cpus):
            stacks = [known[cpu, name] for name in names if (cpu, name) in known]
            places = [place for one, what, place in noted if (one, what) == (cpu, kind)]
            # From user mode an interrupt may stay on the thread's own stack.
            assert places and (not stacks or any(place in stack for stack in stacks for place in places)), (cpu, kind)
    for cpu, kind, place in noted:
        others = [key for key, stack in known.items() if place in stack and key[0] != cpu]
        assert not others, (cpu, kind, hex(place), others)
        assert not (any(place in stack for stack in threads) and any(place in stack for stack in known.values()))


# On which stacks interrupts and softirqs run.  ppc64 takes those of irq_work on the thread's.
RUNS_ON = {
    "x86_64": {"hard": ["irq"], "soft": ["irq"]}, "aarch64": {"hard": ["irq"], "soft": ["irq"]},
    "riscv64": {"hard": ["irq"], "soft": ["irq"]}, "ppc64le": {"soft": ["softirq"]},
}

# In bytes; of the architecture's sources, for each size of page and each kernel.
SIZES = {
    ("x86_64", "irq"): [16384], **{("x86_64", kind): [8192] for kind in threadoracle.VECTORS},
    # A page has the stack, and above it a task-state segment of 104 bytes.
    ("i686", "double_fault"): [4096 - 104], ("i686", "irq"): [8192], ("i686", "softirq"): [8192],
    ("aarch64", "irq"): [16384, 65536], ("aarch64", "overflow"): [4096],
    ("riscv64", "irq"): [16384], ("riscv64", "overflow"): [4096], ("s390x", "restart"): [16384],
    **{("ppc64le", kind): [16384, 32768] for kind in ("irq", "softirq", "emergency", "nmi", "machine_check")},
}


# Those that are known on a kernel of Debian.
EXPECTED_STACKS = {
    "x86_64": {"6.12": "irq double_fault nmi debug machine_check", "7.2": "irq double_fault nmi debug machine_check",
               "5.10": "double_fault nmi debug machine_check", "6.1": "double_fault nmi debug machine_check"},
    "i686": {"5.10": "double_fault", "6.1": "double_fault"},
    "aarch64": {"6.12": "irq overflow", "7.2": "irq overflow"},
    "riscv64": {"6.12": "irq overflow", "7.2": "irq overflow"},
    "ppc64le": {"6.1": "emergency nmi machine_check", "6.12": "irq softirq emergency nmi machine_check",
                "7.2": "irq softirq emergency nmi machine_check"},
    "s390x": {version: "restart" for version in ("6.1", "6.12", "7.2")},
}


@pytest.mark.arch("x86_64")
def test_stacks_of_exceptions_are_those_of_the_processor(run, shown):
    told = {(r.number("cpu"), r["kind"]): r.range for r in shown.all("stack") if "absent" not in r}
    told = {key: stack for key, stack in told.items() if key[1] in threadoracle.VECTORS}
    assert {key: stack.stop for key, stack in told.items()} == run.oracle.threads.ends and len(told) == 4 * run.arch.cpus
    # Each has a guard below it, and the next one lies before that.
    size, = SIZES["x86_64", "nmi"]
    ends = sorted(stack.stop for stack in told.values())
    assert all(other - one >= size + 4096 for one, other in zip(ends, ends[1:]))


def test_from_inside_a_pid_namespace(shown):
    lines = shown.guest.text("inside").splitlines()
    inside = [matrix.Record(line) for line in lines]
    assert inside[-1] == {"records": str(len(lines) - 2)}
    threads = [r for r in inside if r.type == "thread"]
    assert [(r["tid"], r["pid"], r["comm"], r["kind"]) for r in threads] == [
        ("1", "1", "inside", "process"), ("2", "2", "inside", "process")]


# --- tables -------------------------------------------------------------------------


@pytest.mark.walked
def test_the_kernels_table(run, shown):
    table = run.oracle.tables.with_root(shown.tables.number("root")).roots[0][1]
    assert shown.tables.number("levels") == run.oracle.tables.levels
    assert shown.tables.number("entries") == 1 << table.bits
    assert shown.tables["root"] == mappings.Mappings(run.guest.text("mappings")).all("tables")[0]["root"]


def test_no_tables_are_said(run, shown):
    if run.oracle.tables is None:
        assert shown.tables["absent"] and not [r for r in shown.threads.values() if "root" in r]


@pytest.mark.walked
def test_a_root_leads_to_what_its_process_has(run, shown):
    check_words(shown, run.oracle.threads)


def check_words(shown, oracle):
    members = shown.members("process", "thread")
    assert {m.tid: oracle.words[m.tid] for m in members} == {m.tid: m.value for m in members}
    roots = {member.pid: {shown.threads[m.tid]["root"] for m in members if m.pid == member.pid} for member in members}
    assert len(roots) == 2 and {len(found) for found in roots.values()} == {1}
    assert len(set.union(*roots.values())) == 2


@pytest.mark.walked
def test_the_kernel_half(run, shown):
    check_halves(run.spot.kernel, shown, run.oracle.threads)


@pytest.mark.arch("arm64")
def test_the_table_of_user_mode_under_kpti(run, shown):
    """Where the kernel's symbols say, or why that is not known."""
    if run.capture.fact("kpti") != "y":
        assert not {"user_root", "user_root_absent"} & set(shown.tables)
        return
    found = re.search(r"^([0-9a-f]+) . tramp_pg_dir$", (run.sysroot / "proc/kallsyms").read_text(), re.M)
    image = run.capture.areas["image"]
    told = found and image.number("phys") + int(found[1], 16) - image.number("start")
    assert told is None or shown.tables.number("user_root") == told
    assert ("user_root" in shown.tables) == bool(found)
    assert bool(shown.tables.get("user_root_absent")) != bool(found)


# What the processor sets in an entry: accessed and dirty.
IGNORED = {"x86": 3 << 5, "riscv": 3 << 6}
USED = {"x86": 1, "riscv": 1, "arm": 3}
ELSEWHERE = {"arm64": "root", "loongarch": "root", "powerpc": "root", "mips": "root", "s390": "space"}


class Comparison:
    """Two top tables, entry by entry, as the standing guest's memory has them."""

    def __init__(self, arch, first, oracle, kernel, process):
        self.counts = {"same": 0, "copied": 0, "missing": 0, "own": 0}
        self.other = []
        used, ignored = USED[arch.kernel], IGNORED.get(arch.kernel, 0)
        ours, theirs = oracle.tops[kernel], oracle.tops[process]
        below = oracle.below.get(kernel), oracle.below.get(process)

        def relation(one, other):
            if not (one & used or other & used):
                return None
            if not other & used:
                return "missing"
            return "same" if not (one ^ other) & ~ignored else "own"

        for index in range(first, len(ours)):
            found = relation(ours[index], theirs[index])
            if found == "own" and below[0] and below[0][index] and below[1][index]:
                lower = {relation(*pair) for pair in zip(below[0][index], below[1][index])}
                found = next((word for word in ("own", "missing") if word in lower), "copied")
            if found:
                self.counts[found] += 1
            if found not in (None, "same"):
                self.other.append(index)

    @property
    def kind(self):
        words = {"own": "own", "missing": "lazy", "copied": "copied", "same": "same"}
        return next(word for key, word in words.items() if self.counts[key])


def indices(text):
    found = []
    for part in filter(None, text.split(",")):
        if part != "...":
            start, _, stop = part.partition("-")
            found += range(int(start), int(stop or start) + 1)
    return found


def check_halves(kernel, shown, oracle):
    arch = kernel.arch
    elsewhere = ELSEWHERE.get(arch.kernel)
    # Unless TTBR1 is for the kernel while it keeps off the process's memory alone.
    if kernel.flavour == "armmp-lpae" and "CONFIG_CPU_TTBR0_PAN" not in matrix.package_config(kernel):
        elsewhere = "root"
    if elsewhere:
        assert {r["kernel_half"] for r in shown.processes} == {elsewhere}
        assert not [r for r in shown.processes if "same" in r or "user_root" in r]
        return
    first = shown.tables.number("first")
    # They are there still.
    for record in map(shown.threads.get, [m.tid for m in shown.members("main", "process", "thread")]):
        found = Comparison(arch, first, oracle, shown.tables.number("root"), record.number("root"))
        told = {key: record.number(key) for key in found.counts}
        assert told == found.counts, record
        assert record["kernel_half"] == found.kind
        assert indices(record.get("other", "")) == found.other[:len(indices(record.get("other", "")))]
        assert bool(record.get("other")) == bool(found.other)
        if "user_root" in record:
            found = Comparison(arch, first, oracle, shown.tables.number("root"), record.number("user_root"))
            assert {key: record.number(f"user_{key}") for key in found.counts} == found.counts, record


# --- with page-table isolation, and without ---------------------------------------------

# It is on where the processor is one of Intel's, as i386's is here.
PLACES = (("6.12-amd64", "5level", "on"), ("6.1-686-pae", "lowmem-nokaslr", "off"))


@dataclass
class Isolated:
    spot: matrix.Spot
    pti: str
    shown: Threads = None
    oracle: threadoracle.ThreadOracle = None

    @property
    def kernel(self):
        return self.spot.kernel


def places():
    found = [Isolated(matrix.Spot(source.stock(name), source.stock(name).mode(mode)), pti) for name, mode, pti in PLACES]
    return [pytest.param(place, id=f"{place.spot}-pti-{place.pti}") for place in found
            if place.kernel in matrix.selected()]


@pytest.fixture(scope="module", params=places())
def isolated(request):
    place, kernel, mode = request.param, request.param.kernel, request.param.spot.mode
    files = {"/lab/kvas.ko": matrix.module(kernel).module("kvas"), **matrix.crew(kernel)}
    job = matrix.START + matrix.LOAD + "cat /sys/kernel/debug/kvas >/out/capture\n" + matrix.CREW
    with guest.boot(kernel, mode, job, files, cmdline=f"pti={place.pti}", name=f"{place.spot}-pti") as g:
        g.check()
        form = pagetables.of(kernel, mode, gdbstub.registers(g.monitor, kernel.arch), None)
        walk = tablewalk.PageTables(g.monitor.physical, form)
        place.shown, place.oracle = Threads(g), threadoracle.look(g, walk, kernel.arch.cpus)
        return place


def test_isolation_is_as_asked(isolated):
    fact = matrix.Capture(isolated.shown.guest.text("capture")).fact("pti")
    assert fact == ("y" if isolated.pti == "on" else "n")
    assert isolated.shown.guest.text("crew-errors") == ""


def test_isolated_halves(isolated):
    check_words(isolated.shown, isolated.oracle)
    check_halves(isolated.kernel, isolated.shown, isolated.oracle)
    assert {r["kernel_half"] for r in isolated.shown.processes} == {"same"}


def test_user_mode_has_a_table_of_its_own_with_isolation(isolated):
    check_user_roots(isolated.shown, isolated.pti == "on")


def check_user_roots(shown, isolated):
    for record in shown.processes:
        assert ("user_root" in record) == isolated
        if isolated:
            assert record.number("user_root") == record.number("root") + 4096
            # Hardly anything of the kernel.
            assert record.number("user_same") <= 2 and record.number("user_missing") + record.number("user_own") > 0


@pytest.mark.arch("x86")
def test_user_roots(run, shown):
    pti = run.capture.fact("pti") == "y"
    check_user_roots(shown, pti)
    if run.arch.bits == 32 and pti:
        assert {r["kernel_half"] for r in shown.processes} == {"copied"}
