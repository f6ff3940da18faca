# SPDX-License-Identifier: GPL-2.0-only
"""kvas user on processes of this machine: programs that know where their objects are, and unusual ones.

Nothing that is compared here comes from kvas: a program prints the addresses of its objects, and maps, smaps,
smaps_rollup, task/TID/syscall and pmap(1) are read without it.
"""

import contextlib
import ctypes
import errno
import json
import os
import re
import shutil
import stat
import subprocess
import time
from pathlib import Path

import pytest

from running import LAB, LINKS, running
from userhalf import parse_mappings, plain as plain_name

# The part that each object of lab/objects.c belongs to.
PARTS = {
    "text": "text", "rodata": "rodata", "relro": "relro", "data": "data", "bss": "bss", "library_text": "text",
    "library_rodata": "rodata", "library_data": "data", "library_bss": "bss", "vdso": "vdso",
    "stack_arguments": "stack", "heap_malloc": "heap", "heap_sbrk": "heap", "anonymous": "anonymous",
    "executable": "anonymous", "shared_anonymous": "shared_anonymous", "reserved": "reservation", "high": "anonymous",
    "transparent_huge": "anonymous", "hugetlb": "hugetlb", "system_v": "sysv_shm", "memfd": "memfd",
    "file_first": "file", "file_second": "file", "file_odd": "file", "file_live": "file", "file_gone": "file",
    "guarded": "anonymous", "stack_grown": "stack", "given_stack": "anonymous", "alternate_stack": "anonymous", "left_stack": "anonymous",
}


def number(text):
    return int(text, 16)


def parts(document):
    return [row for row in document["rows"] if row["type"] == "part"]


def part_at(document, addr):
    [row] = [row for row in parts(document) if number(row["start"]) <= addr <= number(row["end"])]
    return row


# --- What each part is for ---------------------------------------------------------------------

def test_each_object_is_in_its_part(known, ask):
    document = ask(known.pid)
    assert len(known.objects) > 25
    for name, addr in known.objects.items():
        row = part_at(document, addr)
        assert row["name"] == PARTS[name], name
        if name.startswith("library_") and Path(document["process"]["exe"]).name in LINKS[:2]:
            assert row["parent"] == "libobjects_library.so"
    assert part_at(document, known.objects["text"])["parent"] == Path(document["process"]["exe"]).name


def test_each_mapping_is_cut_into_parts(known, ask):
    """Without gap or overlap; and what is besides is mapped nowhere."""
    mappings, document = parse_mappings(known.proc("maps")), ask(known.pid)
    pieces = [(number(r["start"]), number(r["end"]) + 1) for r in parts(document) if "perms" in r]
    assert pieces == sorted(pieces)
    for m in mappings:
        own = [p for p in pieces if m.start <= p[0] < m.stop]
        assert own[0][0] == m.start and own[-1][1] == m.stop
        assert all(a[1] == b[0] for a, b in zip(own, own[1:]))
    assert sum(b - a for a, b in pieces) == sum(m.stop - m.start for m in mappings)
    for row in parts(document):
        if "perms" not in row:
            assert row["name"] == "stack_guard_gap"
            assert not [m for m in mappings if m.start <= number(row["end"]) and m.stop > number(row["start"])]


def test_names_of_files(known, ask):
    """Whatever is in them; a live file may be called deleted."""
    document = ask(known.pid)
    for m in known.smaps:
        row = part_at(document, m.start)
        name = plain_name(m.name) if "odd" not in m.name else m.name.rpartition("/")[0] + "/odd \\ \\012\nname"
        if m.name.endswith("(deleted)") and "live" not in m.name:
            name = m.name.removesuffix(" (deleted)")
            assert row["deleted"] is True
        else:
            assert "deleted" not in row
        assert (row["file"] or "") == name
        assert row["perms"] == m.rights
        assert row.get("offset", "0x0") == hex(m.offset) and row.get("inode", 0) == m.inode
        assert row["flags"].split() == list(m.flags)
    twice = {part_at(document, known.objects[name])["file"] for name in ("file_first", "file_second")}
    assert len(twice) == 1


@pytest.mark.parametrize("name, removed, other", [
    ("program", False, None), ("program", True, None), ("live (deleted)", False, None), ("live (deleted)", True, None),
    # Another file has the name that the link seems to have.
    ("program", True, "program (deleted)"), ("program", False, "program (deleted)"),
], ids=["there", "removed", "named so", "named so and removed", "removed beside one named so", "beside one named so"])
def test_a_program_that_is_removed(programs, ask, plain_output, tmp_path, name, removed, other):
    place = tmp_path / "place"
    place.mkdir()
    shutil.copy(programs / "static", place / name)
    with running(place / name, tmp_path) as it:
        if removed:
            (place / name).unlink()
        if other:
            (place / other).write_text("another")
        found, text = ask(it.pid)["process"], plain_output("user", it.pid, env={"COLUMNS": "2000"})
        plain_output("save", "-p", it.pid, tmp_path / "saved")
        same = ask("-p", it.pid, tmp_path / "saved", command="diff")
    assert (found["exe"], found.get("exe_deleted", False)) == (str(place / name), removed)
    assert (f", {place / name}, which is deleted\n" in text, f", {place / name}\n" in text) == (removed, not removed)
    assert same["same_program"] and same["differences"] == []
    kept = ask(tmp_path / "saved")["process"]
    assert (kept["exe"], kept.get("exe_deleted", False)) == (found["exe"], removed)


def test_the_highest_page_that_mmap_gives(plain_output, tmp_path):
    """The kernel maps it for this test, too, and not the one after it."""
    plain_output("save", "-p", os.getpid(), tmp_path / "saved")
    highest = int(re.search(r" mmap_highest=(\w+)", (tmp_path / "saved").read_text())[1], 16)
    libc, size, none_private_there = ctypes.CDLL(None, use_errno=True), os.sysconf("SC_PAGESIZE"), 0x100022
    libc.mmap.restype, libc.mmap.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    failed = ctypes.c_void_p(-1).value
    got = libc.mmap(highest, size, 0, none_private_there, -1, 0)
    assert got == highest or got == failed and ctypes.get_errno() == errno.EEXIST
    if got == highest:
        libc.munmap(got, size)
    assert libc.mmap(highest + size, size, 0, none_private_there, -1, 0) == failed
    assert ctypes.get_errno() in (errno.ENOMEM, errno.EINVAL)


def test_pages_that_madvise_guards(known, ask):
    """They are no mapping of their own: of eight pages the third and the fourth."""
    if "guarded" not in known.objects:
        pytest.skip("this kernel has no MADV_GUARD_INSTALL")
    document, page = ask(known.pid), os.sysconf("SC_PAGESIZE")
    names = [part_at(document, known.objects["guarded"] + n * page)["name"] for n in range(8)]
    assert names == ["anonymous"] * 2 + ["guard"] * 2 + ["anonymous"] * 4


def test_a_heap_that_was_never_used(programs, ask, plain_output):
    with running(programs / "pie", "--bare") as it:
        document, text = ask(it.pid), plain_output("user", it.pid)
        brk = int(it.proc("stat").rpartition(")")[2].split()[44])
        heap = [m for m in it.smaps if m.name == "[heap]"]
    assert number(document["process"]["start_brk"]) == brk and brk
    if not heap:
        assert not [row for row in parts(document) if row["name"] == "heap"]
        assert re.search(rf"^Heap +never used: brk\(\) would begin at {brk:#018x}$", text, re.M)


def test_without_randomisation_the_heap_follows_the_bss(programs, ask, tmp_path):
    with running(programs / "no-pie", "--fixed", tmp_path) as it:
        document = ask(it.pid)
        for name, addr in it.objects.items():
            assert part_at(document, addr)["name"] == PARTS[name], name
        bss = max(number(r["end"]) for r in parts(document) if r["name"] == "bss" and r["parent"] == "no-pie")
        heap = next(r for r in parts(document) if r["name"] == "heap")
        brk = int(it.proc("stat").rpartition(")")[2].split()[44])
    assert number(heap["start"]) == brk > bss


def test_one_table_with_both_halves(programs, plain_output, tmp_path, says_no):
    """The kernel half as show has it, from a capture of the same kernel."""
    golden = LAB.parent / "golden/5.10-amd64-4level/sys/kernel/debug/kvas"
    capture = tmp_path / "capture"
    capture.write_text(re.sub(r"release=\S+", f"release={os.uname().release}", golden.read_text()))
    if os.uname().machine != "x86_64":
        pytest.skip("there is a capture of x86_64 only")
    rows = plain_output("user", "self", "-f", capture, "-r", "-n", "-o", "NAME,START,END,PURPOSE").splitlines()
    shown = plain_output("show", "-f", capture, "-r", "-n", "-o", "NAME,START,END,PURPOSE").splitlines()
    shown = [line for line in shown if " 0x" in line]
    assert shown[0] == rows[0] and rows[-len(shown) + 1:] == shown[1:]
    assert len(rows) > len(shown) + 20
    starts = [int(row.split()[1], 16) for row in rows if row not in shown]
    assert starts == sorted(starts) and max(starts) < 1 << 47
    assert "must be of one machine and boot" in says_no("user", "self", "-f", golden)


# --- What of it is in memory ---------------------------------------------------------------------

# What does not change with other processes, as the share of a page does, and whether it is shared.
KEYS = {"rss": ["Rss"], "swap": ["Swap"], "huge": ["AnonHugePages", "ShmemPmdMapped", "FilePmdMapped"],
        "hugetlb": ["Shared_Hugetlb", "Private_Hugetlb"]}


def figure(mapping, key):
    return sum(mapping.figures[k] for k in KEYS[key])


def test_the_figures_are_those_of_smaps(known, ask):
    document = ask(known.pid)
    [rollup] = parse_mappings(known.proc("smaps_rollup"))
    for m in known.smaps:
        row = part_at(document, m.start)
        assert {key: number(row[key]) for key in KEYS} == {key: figure(m, key) for key in KEYS}, m
        assert number(row["shared"]) + number(row["private"]) == number(row["rss"]) >= number(row["pss"])
    rows = [row for row in document["rows"] if "rss" in row]
    assert len(rows) == len(known.smaps)
    for key in KEYS:
        assert sum(number(row[key]) for row in rows) == figure(rollup, key) == number(document["total"][key]), key
    assert number(document["total"]["smaps_rollup"]["rss"]) == rollup.figures["Rss"]


def test_pmap_counts_the_same(known, ask):
    if not shutil.which("pmap"):
        pytest.skip("there is no pmap")
    lines = subprocess.run(["pmap", "-X", str(known.pid)], capture_output=True, text=True, check=True).stdout.splitlines()
    heads, total = lines[1].split(), lines[-1].split()
    column = {name: int(n) << 10 for name, n in zip(heads[heads.index("Size"):], total[:-1])}
    document = ask(known.pid)["total"]
    assert column["Rss"] == number(document["rss"])
    # It counts x86's page vsyscall, which is none of the user half.
    assert column["Size"] - number(document["size"]) in (0, 4096)


# --- Stacks -----------------------------------------------------------------------------------------

def test_stacks(known, ask):
    document = {row["tid"]: row for row in ask("--stacks", known.pid)["stacks"]}
    smaps = known.smaps
    assert sorted(document) == sorted(int(p) for p in os.listdir(f"/proc/{known.pid}/task"))
    for name, tid, local in known.lines("thread"):
        row, local = document[int(tid)], number(local)
        sp = number(known.proc(f"task/{tid}/syscall").split()[-2])
        assert number(row["sp"]) == sp
        if name in ("given", "alternate"):
            assert "start" not in row and "no stack with a guard: anonymous" in row["note"]
            continue
        [at] = [m for m in smaps if m.start <= sp < m.stop]
        assert number(row["start"]) >= at.start and number(row["end"]) == at.stop - 1
        assert sp <= local <= number(row["end"])
        assert number(row["used"]) == at.stop - sp
        assert number(row["size"]) == number(row["end"]) - number(row["start"]) + 1
        # A guard is a mapping without access, or pages of MADV_GUARD_INSTALL; the main stack grows into a gap.
        below = number(row["start"]) - 1
        assert not [m for m in smaps if m.start <= below < m.stop and m.rights[0] == "r" and "gu" not in m.flags]
        assert {"guard", "gap"} & row.keys() == {"gap" if name == "main" else "guard"}
        assert number(row["gap" if name == "main" else "guard"]) >= 4096
        if name == "main":
            assert number(row["gap"]) == 256 * os.sysconf("SC_PAGESIZE") or "stack_guard_gap" in Path("/proc/cmdline").read_text()


@pytest.mark.skipif(Path("/sys/kernel/debug/kvas").exists(), reason="the module is loaded")
def test_without_the_module_both_views_say_the_same_why(known, plain_output):
    """Why no kernel stack and no kernel half is shown; in a terminal's width."""
    stacks, whole = (plain_output("user", known.pid, *option, env={"COLUMNS": 60}) for option in (["--stacks"], []))
    [why], [same] = (re.findall(r"^Kernel (?:stacks|half) +not shown: ([^\0]*)", text, re.M) for text in (stacks, whole))
    assert why.split() == same.split()
    assert max(map(len, stacks.partition("Kernel stacks")[2].splitlines())) <= 60


def test_a_thread_that_runs_has_no_stack_pointer(ask):
    with spinning() as pid:
        for _ in range(20):
            [row] = ask("--stacks", pid)["stacks"]
            if row["sp"] is None:
                break
        assert row["note"] == "no stack pointer: it is running" and "start" not in row


@contextlib.contextmanager
def spinning():
    process = subprocess.Popen(["sh", "-c", "while :; do :; done"])
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


# --- Unusual processes --------------------------------------------------------------------------------

@pytest.fixture
def unusual(programs):
    """A function that gives the PIDs by their names, as long as the test takes."""
    with contextlib.ExitStack() as stack:
        def start(*words):
            it = stack.enter_context(running(programs / "unusual", *words))
            return {name: int(pid) for name, pid, _ in it.lines("process")}
        yield start


def test_zombie(unusual, says_no):
    pid = unusual("zombie")["zombie"]
    assert says_no("user", pid) == f"process {pid} (unusual) has exited and is a zombie: it has given back its memory"


def test_the_main_thread_has_exited(unusual, ask):
    pid = unusual("leaderless")["leaderless"]
    document = ask(pid)
    tid = document["process"]["read_by"]
    assert document["process"]["pid"] == document["process"]["inner_pid"] == pid != tid
    mappings = parse_mappings(Path(f"/proc/{pid}/task/{tid}/maps").read_text())
    assert Path(f"/proc/{pid}/maps").read_text() == "" and document["total"]["mappings"] == len(mappings)
    assert {"text", "heap", "stack"} <= {row["name"] for row in parts(document)}
    assert [row for row in document["rows"] if row["type"] == "image" and row["name"] == "unusual"]
    states = {row["tid"]: row for row in ask("--stacks", pid)["stacks"]}
    assert states[pid]["state"] == "Z" and states[pid]["note"] == "no stack pointer: it has exited"
    assert sum("start" in row for row in states.values()) == 2


def test_another_pid_namespace(unusual, ask):
    pid = unusual("namespace")["namespace"]
    assert ask(pid)["process"]["inner_pid"] == 1


@pytest.mark.parametrize("kind", ["vfork", "clone"])
def test_memory_of_another_process(unusual, ask, kind):
    """The same mappings under another number, and not its thread."""
    pids = unusual(kind)
    parent, child = (ask(pids[f"{kind}_{who}"]) for who in ("parent", "child"))
    assert parent["process"]["pid"] != child["process"]["pid"]
    assert [row["start"] for row in parts(parent)] == [row["start"] for row in parts(child)]
    assert len(ask("--stacks", pids[f"{kind}_child"])["stacks"]) == 1


def kernel_thread():
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[6]) & 0x200000:
                return int(path.parent.name)
    return None


def test_no_process_of_its_own(says_no, programs):
    if pid := kernel_thread():
        assert "is a thread of the kernel: it has no user half" in says_no("user", pid)
    none = 4194304
    assert says_no("user", none).startswith(f"there is no process {none}: ")
    assert "no number of a process" in says_no("user", "0") and "no number" in says_no("user", "99999999999999999999")
    with running(programs / "unusual", "threads", "2") as it:
        tid = max(map(int, os.listdir(f"/proc/{it.pid}/task")))
        assert says_no("user", tid) == f"{tid} is a thread of process {it.pid}: name the process"


def test_without_the_right_to_ptrace(unusual, plain, says_no, ask):
    """Another user's stat can be read, and has 0 and 1 in the place of addresses."""
    if os.geteuid():
        pytest.skip("only root can be another user")
    pid = unusual("user", "1000")["user"]
    assert says_no("user", pid, user=1001, group=1001, extra_groups=[]) == \
        f"the mappings of process {pid} cannot be read: no right to ptrace it, which is user 1000's; try as root"
    own = ask(pid, user=1000, group=1000, extra_groups=[])
    assert own["process"]["uid"] == 1000
    assert {"text", "data", "bss", "stack"} <= {row["name"] for row in parts(own)}
    assert own["kernel_half_absent"]


def test_names_of_processes(programs, says_no, ask):
    with running(programs / "unusual", "mappings", "60") as it:
        os.symlink("unusual", programs / "only one") if not (programs / "only one").exists() else None
        assert "more than one process" in two_of_them(says_no, it)
        assert "there is no process named 'no such name'" in says_no("user", "no such name")
    with running(programs / "only one", "mappings", "60") as it:
        assert ask("only one")["process"]["pid"] == it.pid
    assert ask("self")["process"]["comm"] == "kvas"


def two_of_them(says_no, it):
    with running(it.process.args[0], "mappings", "60"):
        return says_no("user", "unusual")


def test_many_mappings(unusual, ask):
    pid = unusual("mappings", "10000")["mappings"]
    began = time.monotonic()
    document = ask(pid)
    assert time.monotonic() - began < 20
    assert document["total"]["mappings"] == len(Path(f"/proc/{pid}/maps").read_text().splitlines()) > 10000


def test_many_threads(unusual, ask):
    pid = unusual("threads", "2000")["threads"]
    document = ask("--stacks", pid)["stacks"]
    assert len(document) == 2000 and sum("start" in row for row in document) == 2000
    assert sum(row["name"] == "thread_stack" for row in parts(ask(pid))) == 1999


def test_a_process_that_does_not_stand_still(unusual, ask):
    """It calls execve(), maps and moves mappings: each answer is whole, and of one program."""
    pid = unusual("moving", "0")["moving"]
    markers = []
    for _ in range(40):
        document = ask(pid)
        rows = parts(document)
        assert sum(row["name"] == "stack" for row in rows) == 1 and {"text", "vdso"} <= {row["name"] for row in rows}
        markers.append(sum(row["name"] == "memfd" for row in rows) if not document["process"]["changed"] else 1)
    # Before the program has made it, it is not there.
    assert max(markers) == 1 and sum(markers) > 20


def test_processes_that_end(programs, plain):
    """While they are read: all of it, or a sentence."""
    for microseconds in range(0, 6000, 200):
        process = subprocess.Popen([programs / "unusual", "brief", str(microseconds)])
        result = plain("user", "-J", process.pid)
        if result.returncode:
            assert re.search(r"zombie|ended while|no mappings", result.stderr) and result.stdout == ""
        else:
            assert {"stack", "text"} <= {row["name"] for row in parts(json.loads(result.stdout))}
        process.wait()


# --- Saved ---------------------------------------------------------------------------------------------

def alone(document):
    """Without what changes with other processes."""
    for holder in [*document["rows"], document["total"], document["total"]["smaps_rollup"]]:
        for key in ("pss", "shared", "private"):
            holder.pop(key, None)
    return document


def test_a_saved_process_says_the_same(known, ask, plain, tmp_path, says_no):
    to = tmp_path / "saved"
    assert plain("save", "-p", known.pid, to).returncode == 0
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    live, saved = alone(ask(known.pid)), alone(ask(to))
    assert "was saved" in saved.pop("kernel_half_absent")
    live.pop("kernel_half_absent")
    assert live == saved
    stacks, saved_stacks = ask("--stacks", known.pid), ask("--stacks", to)
    assert stacks["stacks"] == saved_stacks["stacks"]
    assert "already exists" in says_no("save", "-p", known.pid, to)
    assert plain("save", "-p", known.pid, "--force", to).returncode == 0
    text = plain("save", "-p", known.pid, "-").stdout
    piped = alone(ask("-", stdin=text))
    assert "was saved" in piped.pop("kernel_half_absent") and piped == saved
    os.symlink(to, tmp_path / "link")
    assert "symbolic link" in says_no("save", "-p", known.pid, "--force", tmp_path / "link")
    assert "excludes" in says_no("save", "-p", known.pid, "--all", tmp_path / "all")


def test_a_file_is_known_by_its_first_line(known, plain, ask, tmp_path, says_no):
    plain("save", "-p", known.pid, tmp_path / "here")
    (tmp_path / "other").write_text("something else\n")
    assert ask("here", cwd=tmp_path)["process"]["pid"] == known.pid
    assert "there is no process named 'other'" in says_no("user", "other", cwd=tmp_path)
    assert "./other:1: not a saved process" in says_no("user", "./other", cwd=tmp_path)
    assert "cannot read ./none" in says_no("user", "./none", cwd=tmp_path)


def test_nothing_is_written_beyond_memory(known, kvas):
    """Once under the sanitizers, for each kind of program."""
    for words in (("user", known.pid), ("user", "--stacks", known.pid), ("user", "-J", "self"),
                  ("save", "-p", known.pid, "-")):
        result = kvas(*words, env={"COLUMNS": "80"})
        assert result.returncode == 0 and result.stderr == "", result.stderr
