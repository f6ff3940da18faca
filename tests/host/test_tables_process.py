# SPDX-License-Identifier: GPL-2.0-only
"""kvas walk -p PID: a process's own tables, held against its pagemap."""

import ctypes
import json
import mmap
import os
import shutil
import struct
import subprocess
from pathlib import Path

import procfs
import pytest

from processes import EXCLUSIVE, FILE, GUARD, KINDS, PRESENT, SOFT_DIRTY, SWAPPED, UFFD_WP, Process, threads
from running import LAB
from saved import GOLDEN, MAIN
from test_schema import errors

ADDRESS = 0x1234567  # of a page in the first entries; below 2 GiB
on_kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture
def process(copy):
    def call(kind=KINDS["x86_64"], **more):
        return Process(kind, copy(kind.path), **more)
    return call


@pytest.fixture
def walk(kvas):
    """The only walk of a document, and the status."""
    def call(process, address=ADDRESS, pid=None):
        result = kvas("walk", "-J", "--sysroot", process.machine, "-p", pid or process.pid, hex(address))
        assert result.stderr == ""
        document = json.loads(result.stdout)
        assert errors(document) == []
        [found] = document["walk"]
        return found, result.returncode
    return call


def number(text):
    return int(text, 16)


# --- Each architecture ---------------------------------------------------------------------------

@on_kinds
def test_a_page(process, walk, kvas, kind):
    p = process(kind)
    phys = kind.pages[0]
    p.page(ADDRESS, phys, flags=PRESENT | EXCLUSIVE | SOFT_DIRTY)
    p.write()
    found, status = walk(p)
    size = 1 << p.shift
    assert (found["known"], found["absent"], status) == (True, None, 0)
    assert number(found["phys"]) == phys + ADDRESS % size and number(found["page"]) == size
    assert found["half"] == "user" and found["levels"] == kind.levels and number(found["root"]) == p.root
    assert [e["index"] for e in found["entries"]] == [p.index(ADDRESS, level) for level in range(kind.levels, 0, -1)]
    assert [e["kind"] for e in found["entries"]] == ["table"] * (kind.levels - 1) + ["page"]
    assert [number(e["addr"]) for e in found["entries"]] == [p.place(ADDRESS, level) for level in range(kind.levels, 0, -1)]
    assert found["process"] == {"pid": 412, "tid": 412, "comm": "sleep", "kernel_half": kind.half,
                                "root": found["root"], "user_root": None}
    said = found["pagemap"]
    assert said["says"] == "agrees" and said["why"] is None and number(said["phys"]) == phys
    assert [said[k] for k in ("present", "exclusive", "soft_dirty")] == [True] * 3
    assert [said[k] for k in ("swapped", "file", "uffd_wp", "guard")] == [False] * 4
    text = kvas("walk", "--sysroot", p.machine, "-p", "412", hex(ADDRESS)).stdout
    assert "by the tables of process 412 (sleep), from saved /proc/kcore" in text
    assert "agrees: the page at 0x" in text and ", anonymous, mapped once, soft-dirty" in text


@on_kinds
def test_a_large_page(process, walk, kind):
    p = process(kind)
    phys, size = kind.pages[1], 1 << kind.shifts[-kind.large]
    inside = ADDRESS % size
    p.page(ADDRESS, phys, level=2, told=phys + (inside & -(1 << p.shift)))
    p.write()
    found, status = walk(p)
    assert status == 0 and number(found["page"]) == size and number(found["phys"]) == phys + inside
    assert found["pagemap"]["says"] == "agrees"


@on_kinds
def test_another_frame_is_said(process, walk, kvas, kind):
    p = process(kind)
    p.page(ADDRESS, kind.pages[0], told=kind.pages[1])
    p.write()
    found, status = walk(p)
    assert status == 1 and found["pagemap"]["says"] == "differs"
    assert f"{kind.pages[1]:x} is there" in found["pagemap"]["why"]
    assert "pagemap says otherwise, twice" in kvas("walk", "--sysroot", p.machine, "-p", 412, hex(ADDRESS)).stdout


@pytest.mark.parametrize("entry", [0, SWAPPED | 5 | 0x77 << 5], ids=["nothing", "swap"])
@on_kinds
def test_no_page_where_tables_have_one(process, walk, kind, entry):
    p = process(kind)
    p.page(ADDRESS, kind.pages[0])
    p.tell(ADDRESS, entry)
    p.write()
    found, status = walk(p)
    assert status == 1 and found["pagemap"]["says"] == "differs"


@on_kinds
def test_nothing_is_mapped(process, walk, kind):
    p = process(kind)
    p.map(ADDRESS, kind.empty(1))
    p.tell(ADDRESS, 0)
    p.write()
    found, status = walk(p)
    assert (status, found["phys"], found["known"]) == (0, None, True)
    assert found["pagemap"]["says"] == "agrees" and found["absent"] == "the entry of level 1 maps nothing"
    p.tell(ADDRESS, PRESENT | 0x1234)
    p.write_pagemap()
    found, status = walk(p)
    assert status == 1 and found["pagemap"]["why"] == "a page is there"


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.kept], ids=[n for n, k in KINDS.items() if k.kept])
def test_a_page_that_nothing_may_access(process, walk, kind, level):
    """PROT_NONE: not mapped, but the page is there; on x86 its address is inverted."""
    p = process(kind)
    phys, size = kind.pages[level - 1], 1 << kind.shifts[-level]
    inside = (ADDRESS % size) & -(1 << p.shift)
    p.map(ADDRESS, kind.kept(phys, level), level)
    p.tell(ADDRESS, PRESENT | phys + inside >> p.shift)
    p.write()
    found, status = walk(p)
    assert (status, found["phys"], found["access"]) == (0, None, None)
    assert found["pagemap"]["says"] == "agrees"
    assert f"it keeps the page at 0x{phys + inside:0{len(found['addr']) - 2}x}: PROT_NONE" in found["absent"]
    p.tell(ADDRESS, PRESENT | 0x777)
    p.write_pagemap()
    assert walk(p)[0]["pagemap"]["says"] == "differs"


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.old], ids=[n for n, k in KINDS.items() if k.old])
def test_a_page_that_was_not_accessed(process, walk, kind):
    p = process(kind)
    p.map(ADDRESS, kind.old(kind.pages[0], 1))
    p.tell(ADDRESS, PRESENT | kind.pages[0] >> p.shift)
    p.write()
    found, status = walk(p)
    assert status == 0 and found["phys"] is None and found["pagemap"]["says"] == "agrees"
    assert f"keeps the page at 0x{kind.pages[0]:016x}" in found["absent"]


@on_kinds
def test_a_swap_entry_maps_nothing(process, walk, kind):
    p = process(kind)
    p.map(ADDRESS, kind.swap)
    p.tell(ADDRESS, SWAPPED | 3 | 0x4A5A << 5)
    p.write()
    found, status = walk(p)
    assert (status, found["phys"]) == (0, None) and "it is a swap entry" in found["absent"]
    said = found["pagemap"]
    assert (said["says"], said["swap_type"], number(said["swap_offset"])) == ("agrees", 3, 0x4A5A)


# --- What differs by architecture ------------------------------------------------------------------

def test_the_kernel_half_of_a_process(process, walk):
    """Entries of its own top table; pagemap has nothing of them."""
    p = process()
    address = 0xFFFFFFFF80000000
    p.map(address, 0x2000063 | 0x80, 2)
    p.write()
    found, status = walk(p, address + 0x123)
    assert status == 0 and found["half"] == "kernel" and number(found["phys"]) == 0x2000123 and found["pagemap"] is None
    assert number(found["root"]) == p.root


def test_one_kernel_half_for_all(process, kvas, walk):
    """arm64 has it in a root of its own: the process's tables do not matter."""
    p = process(KINDS["arm64-52"])
    p.write()
    result = kvas("walk", "-J", "--sysroot", p.machine, "-p", p.pid, "_stext")
    [found] = json.loads(result.stdout)["walk"]
    assert result.returncode == 0 and found["half"] == "kernel" and number(found["root"]) != p.root
    [alone] = json.loads(kvas("walk", "-J", "--sysroot", p.machine, "_stext").stdout)["walk"]
    assert found["entries"] == alone["entries"]


def test_all_addresses_are_the_processes(process, walk):
    """On s390x an address of the kernel's is another one in a process."""
    p = process(KINDS["s390x"])
    address = 0x3FFE0001234 % (1 << 42)
    p.page(address, 0x12345000)
    p.write()
    found, status = walk(p, address)
    assert status == 0 and found["half"] == "user" and number(found["phys"]) == 0x12345234
    # Beyond the third level there is nothing.
    found, status = walk(p, 1 << 42)
    assert found["phys"] is None and "no entry for this address" in found["absent"]


def test_isolation(process, walk, kvas):
    """User mode runs on a second top table, and that one is walked for the user half."""
    p = process()
    p.page(ADDRESS, 0x12345000)
    top = p.memory[p.root & -64][0]
    user_root = p.new_table(5)
    p.put(user_root, top, 5)
    p.put(p.root, top | 1 << 63, 5)
    p.write(records=[p.record + f" user_root=0x{user_root:016x} user_same=2 user_copied=0 user_missing=11 user_own=0"])
    found, status = walk(p)
    assert status == 0 and number(found["root"]) == user_root and number(found["process"]["user_root"]) == user_root
    assert number(found["process"]["root"]) == p.root and found["entries"][0]["means"] is None
    text = kvas("walk", "--sysroot", p.machine, "-p", 412, hex(ADDRESS)).stdout
    assert f"the kernel runs on the one at 0x{p.root:016x}" in text and "page-table isolation" in text


def test_tables_in_highmem(process, walk):
    """i386 with HIGHPTE: kcore has no such memory, and pagemap knows."""
    p = process(KINDS["i386-pae"])
    p.page(ADDRESS, 0x12345000)
    where = p.place(ADDRESS, 2)
    p.put(where, 0x13f000067, 2)
    p.write()
    p.configure("HIGHPTE")
    found, status = walk(p)
    assert status == 1 and not found["known"] and found["phys"] is None
    assert found["absent"] == ("after level 2: a page table lies in highmem, where this kernel puts those of processes"
                               " (CONFIG_HIGHPTE), and which /proc/kcore does not have")
    assert found["pagemap"]["says"] == "alone" and number(found["pagemap"]["phys"]) == 0x12345000


def test_no_kcore(copy, kvas):
    """armhf: no level is shown, with the reason, and what pagemap knows."""
    machine = copy(GOLDEN / "7.2-armmp-highmem")
    (machine / "sys/kernel/debug/kvas_threads").write_text(
        "kvas_threads 1\ntables arch=arm levels=2 root=0x0000000000001000 first=3056 entries=4096\n"
        "thread tid=7 pid=7 kind=process start=0x00000000 end=0x00001fff size=8K comm=cat root=0x0000000000004000 "
        "kernel_half=same same=13 copied=0 missing=0 own=0\nend records=2\n")
    path = machine / "proc/7/pagemap"
    path.parent.mkdir()
    with open(path, "wb") as file:
        file.seek(ADDRESS // 4096 * 8)
        file.write((PRESENT | FILE | 0x45678).to_bytes(8, "little"))
    result = kvas("walk", "-J", "--sysroot", machine, "-p", 7, hex(ADDRESS))
    [found] = json.loads(result.stdout)["walk"]
    assert result.returncode == 1 and found["entries"] == [] and "/proc/kcore" in found["absent"]
    assert found["pagemap"]["says"] == "alone" and number(found["pagemap"]["phys"]) == 0x45678000
    text = kvas("walk", "--sysroot", machine, "-p", 7, hex(ADDRESS)).stdout
    assert "alone says: the page at 0x45678000, of a file or shared" in text


# --- What pagemap says -----------------------------------------------------------------------------

@pytest.mark.parametrize("entry, words", [
    (PRESENT | FILE, "a page is there; its frame is shown to CAP_SYS_ADMIN only, of a file or shared"),
    (PRESENT | UFFD_WP | 0x12345, "the page at 0x0000000012345000, anonymous, write-protected by userfaultfd"),
], ids=["no right", "uffd"])
def test_a_page_in_words(process, kvas, walk, entry, words):
    p = process()
    p.page(ADDRESS, 0x12345000)
    p.tell(ADDRESS, entry)
    p.write()
    assert walk(p)[1] == 0
    assert f"agrees: {words}\n" in kvas("walk", "--sysroot", p.machine, "-p", 412, hex(ADDRESS)).stdout
    assert f'PAGEMAP="agrees: {words}"' in kvas("walk", "-P", "-o", "PAGEMAP", "--sysroot", p.machine, "-p", 412,
                                               hex(ADDRESS)).stdout


@pytest.mark.parametrize("entry, words", [
    (SWAPPED | GUARD | 31 | 4 << 5, "a guard region: an access is a fault"),
    (SWAPPED, "a swap entry; its type and offset are shown to CAP_SYS_ADMIN only"),
    (SWAPPED | 2 | 0x99 << 5, "a swap entry of type 2, offset 0x99"),
], ids=["guard", "no right", "swap"])
def test_a_swap_entry_in_words(process, kvas, walk, entry, words):
    p = process()
    p.map(ADDRESS, p.kind.swap)
    p.tell(ADDRESS, entry)
    p.write()
    found, status = walk(p)
    assert status == 0 and found["pagemap"]["guard"] == bool(entry & GUARD)
    assert f"agrees: {words}\n" in kvas("walk", "--sysroot", p.machine, "-p", 412, hex(ADDRESS)).stdout


def test_no_pagemap(process, walk):
    """The tables alone: known, and it is said that nothing held them against pagemap."""
    p = process()
    p.page(ADDRESS, 0x12345000)
    p.write()
    (p.machine / "proc/412/pagemap").unlink()
    found, status = walk(p)
    assert status == 0 and number(found["phys"]) == 0x12345567 and found["pagemap"]["says"] == "unreadable"
    assert "CONFIG_PROC_PAGE_MONITOR" in found["pagemap"]["why"]


def test_pagemap_ends(process, walk):
    p = process()
    p.page(ADDRESS, 0x12345000)
    p.pages = {0: 0}
    p.write()
    found, status = walk(p)
    assert found["pagemap"]["says"] == "unreadable" and "ends before this address" in found["pagemap"]["why"]


# --- Which process ---------------------------------------------------------------------------------

def other(**fields):
    return " ".join(["thread", *(f"{k}={v}" for k, v in fields.items()), "start=0x0 end=0x3fff size=16K"])


KTHREAD = other(tid=2, pid=2, kind="kernel", comm="kthreadd")


def test_by_name(process, walk, refused):
    p = process()
    p.page(ADDRESS, 0x12345000)
    p.write()
    stat = p.machine / "proc/412/stat"
    stat.write_text("412 (sleep) S 1 " + "0 " * 48 + "\n")
    assert walk(p, pid="sleep")[0]["process"]["pid"] == 412
    assert refused("walk", "--sysroot", p.machine, "-p", "slep", "0x0").startswith("there is no process named 'slep'")


def test_the_main_thread_has_ended(process, walk):
    p = process()
    p.page(ADDRESS, 0x12345000)
    p.write_memory()
    p.write_pagemap("proc/412/task/413/pagemap")
    threads(p.machine, p.kind, other(tid=412, pid=412, kind="exited", comm="sleep"), p.record.replace("tid=412", "tid=413"))
    found, status = walk(p)
    assert status == 0 and found["process"]["tid"] == 413 and found["pagemap"]["says"] == "agrees"


@pytest.mark.parametrize("pid, record, said", [
    (2, KTHREAD, "2 (kthreadd) is a kernel thread: it has no user half"),
    (9, other(tid=9, pid=9, kind="exited", comm="sh"), "process 9 (sh) has ended and is a zombie"),
    (77, KTHREAD, "there is no process 77 in /sys/kernel/debug/kvas_threads"),
    (0, KTHREAD, "0 is no number of a process"),
    ("./x", KTHREAD, "'./x' names a saved process, which has no page tables"),
], ids=["kernel thread", "zombie", "none", "zero", "saved"])
def test_no_user_half(process, refused, pid, record, said):
    p = process()
    threads(p.machine, p.kind, record)
    assert refused("walk", "--sysroot", p.machine, "-p", pid, "0x1000").startswith(said)


def test_nothing_is_known(copy, refused):
    machine = copy()
    said = refused("walk", "--sysroot", machine, "-p", 412, "0x1000")
    assert said.startswith("nothing is known of process 412: there is no ") and "kvas_threads" in said
    assert "there is no /proc/412/pagemap" in said


def without_rights():
    """Root loses what lets it read any file (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH)."""
    libc, drop = ctypes.CDLL(None), 24
    for capability in (1, 2):
        libc.prctl(drop, capability, 0, 0, 0)


@pytest.mark.parametrize("has_threads", [True, False])
def test_no_right(process, kvas, has_threads):
    """As of another user's process."""
    p = process()
    p.page(ADDRESS, 0x12345000)
    p.write()
    (p.machine / "proc/412/pagemap").chmod(0)
    if not has_threads:
        (p.machine / "sys/kernel/debug/kvas_threads").chmod(0)
    result = kvas("walk", "--sysroot", p.machine, "-p", 412, hex(ADDRESS), preexec_fn=without_rights)
    said = "/proc/412/pagemap cannot be read: no right to ptrace the process"
    if has_threads:
        assert result.returncode == 0 and f"pagemap           {said}" in result.stdout
    else:
        assert result.returncode == 2 and result.stdout == ""
        assert result.stderr.startswith("kvas: nothing is known of process 412: ") and said in result.stderr


def test_pagemap_without_the_module(process, walk):
    p = process()
    p.page(ADDRESS, 0x12345000)
    p.write()
    (p.machine / "sys/kernel/debug/kvas_threads").unlink()
    found, status = walk(p)
    assert status == 1 and found["entries"] == [] and "kvas_threads" in found["absent"]
    assert found["pagemap"]["says"] == "alone" and number(found["pagemap"]["phys"]) == 0x12345000


# --- Without the module ----------------------------------------------------------------------------

HAS_MODULE = os.path.exists("/sys/kernel/debug/kvas_threads")
FRAME = (1 << 55) - 1


@pytest.fixture
def pages():
    """Memory of this process: a page that is written, one that is not touched, one of a file that is read."""
    size = mmap.PAGESIZE
    with open(__file__, "rb") as file, mmap.mmap(-1, 2 * size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as ours, \
            mmap.mmap(file.fileno(), size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE) as its:
        ours[0], _ = 1, its[0]
        address = [ctypes.addressof(ctypes.c_char.from_buffer(memory)) for memory in (ours, its)]
        yield address[0], address[0] + size, address[1]


def own_entry(address):
    with open("/proc/self/pagemap", "rb", buffering=0) as file:
        return struct.unpack("=Q", os.pread(file.fileno(), 8, address // mmap.PAGESIZE * 8))[0]


def check_entry(said, entry, sees_frames):
    told = {"present": PRESENT, "swapped": SWAPPED, "file": FILE, "exclusive": EXCLUSIVE, "soft_dirty": SOFT_DIRTY,
            "uffd_wp": UFFD_WP, "guard": GUARD}
    assert {key: said[key] for key in told} == {key: bool(entry & bit) for key, bit in told.items()}
    frame = entry & FRAME if entry & PRESENT and sees_frames else 0
    assert said["phys"] == (f"0x{frame * mmap.PAGESIZE:016x}" if frame else None)


@pytest.mark.parametrize("sees_frames", [True, False], ids=["as it is", "without CAP_SYS_ADMIN"])
def test_pagemap_of_a_process_that_runs(kvas, pages, sees_frames):
    """Without the module no level is known, but pagemap is; all that it told this process itself."""
    def without_frames():
        ctypes.CDLL(None).prctl(24, 21, 0, 0, 0)  # PR_CAPBSET_DROP, CAP_SYS_ADMIN
    result = kvas("walk", "-J", "-p", os.getpid(), *map(hex, pages), preexec_fn=None if sees_frames else without_frames)
    assert result.stderr == ""
    document = json.loads(result.stdout)
    assert errors(document) == []
    entries = [own_entry(address) for address in pages]
    assert [bool(entry & PRESENT) for entry in entries] == [True, False, True] and entries[2] & FILE
    for found, entry in zip(document["walk"], entries, strict=True):
        check_entry(found["pagemap"], entry, sees_frames)
        if not HAS_MODULE:
            assert not found["known"] and found["entries"] == [] and "kvas_threads" in found["absent"]
            assert found["pagemap"]["says"] == "alone"
            comm = Path("/proc/self/comm").read_text().rstrip("\n")
            assert (found["process"]["pid"], found["process"]["comm"]) == (os.getpid(), comm)
    assert result.returncode == (0 if HAS_MODULE else 1)


@pytest.mark.skipif(HAS_MODULE, reason="the module is loaded")
def test_what_cannot_be_known_without_the_module(kvas, pages, refused):
    result = kvas("walk", "-J", "-p", os.getpid(), "0xffffffff81000000", "main")
    kernel, symbol = json.loads(result.stdout)["walk"]
    assert result.returncode == 1 and not kernel["known"] and kernel["half"] == "kernel" and kernel["pagemap"] is None
    assert "cannot read /sys/kernel/debug/kvas: " in symbol["error"]
    assert "alone says: " in kvas("walk", "-p", os.getpid(), hex(pages[0])).stdout
    assert "is a thread of the kernel: it has no user half" in refused("walk", "-p", 2, "0x1000")
    assert "cannot read /sys/kernel/debug/kvas: " in refused("walk", hex(pages[0]))


def test_a_directory_without_a_capture(kvas, tmp_path, refused):
    """A made-up /proc, of a process whose main thread has exited: another one's pagemap is read."""
    threads_of = ((412, "made up", "Z", ""), (413, "other", "S", "0 0x1 0x2 0x3 0x4 0x5 0x6 0x7ffe00001000 0x1234\n"))
    made = procfs.Process([procfs.Vma(0x10000, 0x20000)], state="Z", threads=threads_of, start_stack=0)
    here = procfs.make(tmp_path, made)
    with open(here / "task/413/pagemap", "wb") as file:
        file.seek(0x10 * 8)
        file.write((PRESENT | 0x54321).to_bytes(8, "little"))
    result = kvas("walk", "-J", "--sysroot", tmp_path, "-p", 412, "0x10008")
    assert result.returncode == 1 and result.stderr == ""
    [found] = json.loads(result.stdout)["walk"]
    assert found["process"]["tid"] == 413 and number(found["pagemap"]["phys"]) == 0x54321000
    assert found["in"] == "anonymous"
    shutil.rmtree(here / "task/413")
    assert "is a zombie" in refused("walk", "--sysroot", tmp_path, "-p", 412, "0x10008")


# --- A process that changes meanwhile ----------------------------------------------------------------

@pytest.fixture(scope="session")
def pagemaps(tmp_path_factory):
    """See lab/pagemaps.c."""
    shim = tmp_path_factory.mktemp("shim") / "pagemaps.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o", shim, LAB / "pagemaps.c", "-ldl"], check=True)
    return shim


HERE, ELSEWHERE, GONE = PRESENT | 0x12345, PRESENT | 0x777, 0


@pytest.mark.parametrize("entries, says, why, status", [
    ((HERE, HERE), "agrees", None, 0),
    # It was moved while the tables were walked, and at the second look it was there.
    ((ELSEWHERE, HERE, HERE, HERE), "agrees", None, 0),
    ((GONE, HERE, HERE, HERE), "agrees", None, 0),
    # It moved just before, and the tables were old: at the second look both are new.
    ((ELSEWHERE, ELSEWHERE, HERE, HERE), "agrees", None, 0),
    ((ELSEWHERE, HERE, ELSEWHERE, HERE), "changed", None, 1),
    ((HERE, GONE, HERE, GONE), "changed", None, 1),
    # Of both looks the second counts.
    ((ELSEWHERE, HERE, ELSEWHERE, ELSEWHERE), "differs", "the page at 0x777000 is there", 1),
    ((ELSEWHERE, ELSEWHERE, GONE, GONE), "differs", "no page is there", 1),
    ((ELSEWHERE, ELSEWHERE, HERE, ELSEWHERE), "changed", None, 1),
])
def test_a_second_look(process, plain, pagemaps, entries, says, why, status):
    """pagemap is read before and after the walk; if either look finds a difference, all is read again."""
    p = process()
    p.page(ADDRESS, 0x12345000)
    p.write()
    result = plain("walk", "-J", "--sysroot", p.machine, "-p", 412, hex(ADDRESS),
                   env={"LD_PRELOAD": str(pagemaps), "PAGEMAPS": ",".join(map(hex, entries))})
    [found] = json.loads(result.stdout)["walk"]
    assert (found["pagemap"]["says"], found["pagemap"]["why"], result.returncode) == (says, why, status), result.stderr
    assert number(found["phys"]) == 0x12345000 + ADDRESS % 4096
    # What is said of the page is what was read last.
    assert found["pagemap"]["present"] == bool(entries[-1] & PRESENT)


def test_changed_in_words(process, plain, pagemaps):
    p = process()
    p.page(ADDRESS, 0x12345000)
    p.write()
    text = plain("walk", "--sysroot", p.machine, "-p", 412, hex(ADDRESS),
                 env={"LD_PRELOAD": str(pagemaps), "PAGEMAPS": ",".join(map(hex, (HERE, GONE, HERE, GONE)))}).stdout
    assert "changed while the tables were walked, twice: nothing is there" in text


def test_sources_that_have_no_processes(refused):
    assert "--source=module walks the tables of kvas itself only" in refused(
        "walk", "--sysroot", MAIN, "--source=module", "-p", 1, "0x0")
    assert "a dump has no kvas_threads" in refused("walk", "-f", "x", "--source=/dev/null", "-p", 1, "0x0")


def test_a_name_colours_no_terminal(process, kvas):
    p = process()
    p.page(ADDRESS, 0x12345000)
    p.write(records=[p.record.replace("comm=sleep", r"comm=a\x1b[31m\x0ab")])
    text = kvas("walk", "--sysroot", p.machine, "-p", 412, hex(ADDRESS)).stdout
    assert "process 412 (a\\x1b[31m\\x0ab), from" in text and "\x1b" not in text
