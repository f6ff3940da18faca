# SPDX-License-Identifier: GPL-2.0-only
"""kvas where -p: what is at an address of a process, and where its symbols are.

Addresses and symbols come from the programs themselves, files and offsets from maps, stack pointers from
task/TID/syscall.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import procfs
from procfs import Process, Vma
from running import LAB, running
from test_map_process import HEAP, STACK, number
from test_schema import errors
from test_user import PARTS, parse_mappings
from test_user_saved import CAPTURE, SAMPLE, changed

OBJECTS = ("text", "rodata", "relro", "data", "bss")


def mapping_at(it, addr):
    [found] = [m for m in parse_mappings(it.proc("maps")) if m.start <= addr < m.stop]
    return found


# --- Objects ------------------------------------------------------------------------------------------

def test_each_object_is_found(known, where):
    for (name, addr), answer in zip(known.objects.items(), where(known.pid, *map(hex, known.objects.values())), strict=True):
        m, spot = mapping_at(known, addr), answer["process"]
        assert spot["part"]["name"] == PARTS[name] and answer["regions"][-1] == PARTS[name]
        assert spot["part"]["perms"] == m.rights
        assert spot["file_offset"] == (hex(m.offset + addr - m.start) if m.inode and PARTS[name] != "bss" else None)
        assert answer["phys"] is None and answer["aliases"] == [] and answer["module"] is None


def test_symbols_have_the_addresses_that_the_program_prints(known, where):
    """The library has a function of its own that is called text, too."""
    for name, symbol in (*((name, name) for name in OBJECTS), ("library_text", "text")):
        found = {number(answer["addr"]) for answer in where(known.pid, symbol)}
        assert known.objects[name] in found, name


def test_addresses_have_symbols(known, where):
    for name in OBJECTS:
        [answer] = where(known.pid, hex(known.objects[name] + 1))
        assert answer["symbol"] == f"{name}+0x1"
        [answer] = [a for a in where(known.pid, f"{name}+1") if number(a["addr"]) == known.objects[name] + 1]
        assert answer["symbol"] == f"{name}+0x1"


# --- Stacks, guards, holes -------------------------------------------------------------------------------

def test_stacks(known, where):
    """Of each thread that sleeps: above its stack pointer is in use, below not."""
    seen = 0
    for task in Path(f"/proc/{known.pid}/task").iterdir():
        words = (task / "syscall").read_text().split()
        if words[0] == "running":
            continue
        sp, tid = int(words[-2], 16), int(task.name)
        here, below, far = where(known.pid, hex(sp), hex(sp - 1), hex(sp - 600))
        if here["process"]["part"]["name"] not in ("stack", "thread_stack"):
            continue
        seen += 1
        for answer, is_below in ((here, False), (below, True)):
            thread = answer["process"]["thread"]
            assert (thread["tid"], number(thread["sp"]), thread["below_sp"]) == (tid, sp, is_below)
            assert f"stack of thread {tid} (" in answer["note"]
        in_use = "in use" if here["regions"] == ["stack"] else "in use, unless the stack ends before it"
        assert "0 bytes above the stack pointer" in here["note"] and here["note"].endswith(f"kernel: {in_use}")
        assert "1 bytes below" in below["note"] and "red zone" in below["note"]
        if far["process"]["part"]["start"] == here["process"]["part"]["start"]:
            assert "600 bytes below" in far["note"] and far["note"].endswith("unused")
        [guard] = where(known.pid, hex(number(here["start"]) - 1))
        assert guard["process"]["part"]["name"] in ("guard", "stack_guard_gap")
        assert f"that of thread {tid} (" in guard["note"] and guard["process"]["thread"]["tid"] == tid
        assert guard["note"].startswith("the guard gap below the stack" if here["regions"] == ["stack"] else "the guard below the stack")
    assert seen > 2


def test_holes(known, where):
    mappings = parse_mappings(known.proc("maps"))
    heap = next(i for i, m in enumerate(mappings) if m.name == "[heap]")
    [answer] = where(known.pid, hex(mappings[heap].stop))
    assert answer["process"] is None and answer["note"] == "nothing is mapped" and answer["regions"] == []
    assert answer["in"].startswith("unused hole between heap and ") and answer["hole"]["below"] == "heap"
    assert number(answer["hole"]["start"]) == mappings[heap].stop
    assert number(answer["hole"]["end"]) + 1 == mappings[heap + 1].start


def test_what_no_process_of_this_kind_can_map(tmp_path, where):
    def of(process, *queries):
        root = tmp_path / str(process.bits + process.highest)
        procfs.make(root, process)
        return where(process.pid, *queries, options=("--sysroot", root))
    narrow = Process([HEAP, Vma(0xFFFD0000, 0xFFFF1000, path="[stack]")], bits=32)
    [answer] = of(narrow, "0xfffe0000")
    assert answer["regions"] == ["stack"]
    high = Process([HEAP, STACK, Vma(1 << 55, (1 << 55) + 0x1000)], highest=0xFFFFFFFFFFE000)
    inside, beside = of(high, hex(1 << 55), hex((1 << 55) + 0x1000))
    assert inside["regions"] == ["anonymous"]
    assert "mmap() gives an address only if its hint is there" in beside["note"]


# --- The kernel ---------------------------------------------------------------------------------------------

def test_kernel_addresses_are_as_without_a_process(where, ask):
    queries = ("0xffffffffff600000", "0xff4020cac0001000", "0x0100000000000000", "0xffffffff8a000010", "0x00fffffffffff000")
    alone = ask("-f", CAPTURE, *queries, command="where")["where"]
    both = where(SAMPLE, *queries, options=("-f", CAPTURE))
    assert [{**a, "process": None, "confirmed": None} for a in alone] == both
    assert both[2]["regions"] == ["noncanonical"]


def test_of_a_32_bit_program_on_its_kernel(tmp_path, where):
    """The kernel's user half is larger than the program's."""
    process = Process([HEAP, Vma(0xFFFD0000, 0xFFFF1000, path="[stack]")], bits=32)
    procfs.make(tmp_path, process)
    [answer] = where(412, "0x500000000000", options=("--sysroot", tmp_path, "-f", CAPTURE))
    assert "beyond the end of the user half of this process, IA32_PAGE_OFFSET" in answer["note"]


def test_without_a_capture_kernel_addresses_are_not_known(unanswered, where):
    assert "name a capture of the same boot" in unanswered(SAMPLE, "0xffffffff81000000")
    [answer] = where(SAMPLE, "0xffffffffff600000")
    assert answer["regions"] == ["beyond_user_half", "vsyscall"] and answer["process"]["part"]["perms"] == "--xp"


def test_s390x_has_another_space(tmp_path, unanswered):
    capture = CAPTURE.parents[4] / "6.12-s390x-kaslr/sys/kernel/debug/kvas"
    release = re.search(r"release=(\S+)", capture.read_text())[1]
    procfs.make(tmp_path, Process([HEAP, STACK], machine="s390x", order="big", highest=(1 << 53) - 0x1000, release=release))
    assert "the kernel has a space of its own: ask without --process" in \
        unanswered(412, "0xffffffffffffffff", "--sysroot", tmp_path, "-f", capture)


# --- Tables ------------------------------------------------------------------------------------------------------

def test_columns(known, plain_output):
    addr = known.objects["file_second"]
    m = mapping_at(known, addr)
    text = plain_output("where", "-r", "-n", "-o", "ADDR,IN,PERMS,FILE,FILE_OFFSET", "-p", known.pid, hex(addr))
    assert text.split() == [f"{addr:#018x}", "file", m.rights, m.name, f"{m.offset + addr - m.start:#018x}"]


def test_what_excludes_one_another(says_no):
    assert "exclude each other" in says_no("where", "-p", SAMPLE, "--annotate")


def test_several_threads_in_one_stack(write, where):
    text, _ = changed("thread", "sp=0x7ffeab3734c0", "sp=0x7ffeab3734c0")
    lines = text.splitlines()
    more = "thread   tid=9000 state=S comm=x sp=0x7ffeab3734d0"
    path = write(re.sub(r"records=(\d+)", lambda m: f"records={int(m[1]) + 1}", "\n".join([*lines[:-1], more, lines[-1]])) + "\n")
    [answer] = where(path, "0x7ffeab3734c8")
    assert answer["note"] == "2 threads have their stack pointers in it" and answer["process"]["thread"] is None


# --- A process that moves on -------------------------------------------------------------------------------------

# At SIGUSR1 it does a word, and tells it by a file.
MOVER = r"""
import ctypes, mmap, os, signal, sys, time
word, done = sys.argv[1:]
libc = ctypes.CDLL(None)
libc.mmap.restype, libc.mmap.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_long, *[ctypes.c_int] * 3, ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_long, ctypes.c_int]
SIZE, PRIVATE, FIXED = 16 * mmap.PAGESIZE, 0x22, 0x10
area = libc.mmap(None, 3 * SIZE, 0, PRIVATE, -1, 0) + SIZE
if word != "map":
    libc.mmap(area, SIZE, 3, PRIVATE | FIXED, -1, 0)
def move(*unused):
    if word == "unmap":
        libc.munmap(area, SIZE)
    elif word == "protect":
        libc.mprotect(area, SIZE, 1)
    elif word == "replace":
        libc.mmap(area, SIZE, 1, 2 | FIXED, os.open("/proc/self/exe", os.O_RDONLY), mmap.PAGESIZE)
    elif word == "map":
        libc.mmap(area, SIZE, 3, PRIVATE | FIXED, -1, 0)
    elif word == "end":
        os._exit(0)
    open(done, "w").close()
signal.signal(signal.SIGUSR1, move)
print("ready", hex(area), flush=True)
while True:
    time.sleep(1)
"""
HAS_QUERY = tuple(map(int, re.findall(r"\d+", os.uname().release)[:2])) >= (6, 11)
needs_query = pytest.mark.skipif(not HAS_QUERY, reason="this kernel has no PROCMAP_QUERY: it is older than 6.11")


@pytest.fixture(scope="session")
def procmaps(tmp_path_factory):
    """See lab/procmaps.c."""
    shim = tmp_path_factory.mktemp("shim") / "procmaps.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o", shim, LAB / "procmaps.c", "-ldl"],
                   check=True)
    return shim


@pytest.fixture
def mover(tmp_path):
    """Starts one: its number, the address, and what the shim must do."""
    with contextlib.ExitStack() as stack:
        def call(word):
            done = tmp_path / f"done-{word}"
            it = stack.enter_context(running(sys.executable, "-c", MOVER, word, done))
            [[area]] = it.lines("ready")
            if word == "end":
                # What ends becomes a zombie, and then goes.
                threading.Thread(target=lambda: (it.process.wait(), done.touch())).start()
            return it.pid, int(area, 16), {"MOVER": f"{it.pid} {done}"}
        yield call


def asked(plain, shim, pid, *addresses, env, options=("-J",), **more):
    result = plain("where", *options, "-p", pid, *map(hex, addresses), env={"LD_PRELOAD": str(shim), **env}, **more)
    return json.loads(result.stdout) if "-J" in options else result.stdout


@needs_query
@pytest.mark.parametrize("word, name, perms", [
    ("replace", "file", "r--p"), ("protect", "anonymous", "r--p"), ("unmap", None, None), ("map", "anonymous", "rw-p"),
])
def test_a_process_that_moves_on_is_read_again(plain, procmaps, mover, word, name, perms):
    """It changes after it was read and before the kernel is asked: the answer is of afterwards, and that is said."""
    pid, area, env = mover(word)
    document = asked(plain, procmaps, pid, area, env=env)
    assert errors(document) == []
    [answer] = document["where"]
    part = (answer["process"] or {}).get("part")
    assert (document["times_read"], answer["confirmed"]) == (2, True)
    assert (part and part["name"], part and part["perms"]) == (name, perms) or (name == "file" and part["perms"] == perms)
    line = next((line for line in Path(f"/proc/{pid}/maps").read_text().splitlines()
                 if int(line.split("-")[0], 16) <= area < int(re.split("[- ]", line)[1], 16)), None)
    assert (line and line.split()[1]) == perms


@needs_query
def test_that_it_moved_on_is_said(plain, procmaps, mover):
    pid, area, env = mover("protect")
    text = asked(plain, procmaps, pid, area, env={**env, "COLUMNS": "200"}, options=())
    assert "The process moved on while it was asked about: it was read again, and what is above is so now." in text
    assert "was read again" not in asked(plain, procmaps, pid, area, env={}, options=())
    pid, area, env = mover("unmap")
    assert "moved on" not in asked(plain, procmaps, pid, area, env=env, options=("-r",))


@needs_query
def test_addresses_on_standard_input_are_asked_again(plain, procmaps, mover):
    pid, area, env = mover("protect")
    result = plain("where", "-J", "-p", pid, "-", "0x1000", stdin=f"{area:#x} {area + 1:#x}\n",
                   env={"LD_PRELOAD": str(procmaps), **env})
    document = json.loads(result.stdout)
    assert [a["query"] for a in document["where"]] == [hex(area), hex(area + 1), "0x1000"]
    assert document["times_read"] == 2 and {a["confirmed"] for a in document["where"]} == {True}


@needs_query
def test_a_process_that_never_stands_still(plain, procmaps, mover):
    pid, area, _ = mover("protect")
    document = asked(plain, procmaps, pid, area, 0x1000, env={"PROCMAPS": "other"})
    [answer, hole] = document["where"]
    assert (document["times_read"], answer["confirmed"], hole["confirmed"]) == (4, False, True)
    assert "as it was when the process was read; the kernel has another mapping here by now" in answer["note"]
    text = asked(plain, procmaps, pid, area, env={"PROCMAPS": "other", "COLUMNS": "300"}, options=())
    assert "The process changes again and again" in text


@needs_query
def test_a_process_that_ends_meanwhile(plain, procmaps, mover):
    pid, area, env = mover("end")
    [answer] = asked(plain, procmaps, pid, area, env=env)["where"]
    assert answer["confirmed"] is None and answer["note"].endswith("the process has ended since it was read")


def test_a_kernel_that_cannot_be_asked(plain, procmaps, mover, known):
    """As before: nothing is confirmed, and the answers are the same."""
    addresses = [*known.objects.values(), 0x1000]
    document, other = (asked(plain, procmaps, known.pid, *addresses, env=env) for env in ({"PROCMAPS": "none"}, {}))
    assert document["times_read"] == 1 and {a["confirmed"] for a in document["where"]} == {None}
    assert {a.pop("confirmed") for a in other["where"]} <= ({True, None} if HAS_QUERY else {None})
    for answer in document["where"]:
        del answer["confirmed"]
    assert [a["process"] for a in document["where"]] == [a["process"] for a in other["where"]]


@needs_query
def test_what_stands_still_is_confirmed(known, where):
    """Each object but what the kernel puts into all processes; and holes."""
    answers = where(known.pid, *map(hex, known.objects.values()), "0x1000")
    assert [a["query"] for a in answers if a["confirmed"] is not True and "vsyscall" not in a["in"]] == []


def test_a_saved_process_is_not_asked(where):
    [answer] = where(SAMPLE, "0x7ffeab373670")
    assert answer["confirmed"] is None
