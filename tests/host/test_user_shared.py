# SPDX-License-Identifier: GPL-2.0-only
"""kvas user PID --shared PID2: what the page tables of two processes have in common."""

import json

import pytest

from processes import KINDS, Process, threads
from saved import words
from test_schema import errors
from test_tables_process import KTHREAD, other

A, B, C, D = 0x12345000, 0x12346000, 0x12347000, 0x12400000
KERNEL = 0xFFFF888000000000  # 256 TiB less of 5-level x86_64's half: entry 511
LOW = 0xFF11000000000000  # entry 273


@pytest.fixture
def pair(copy):
    """Two processes of one machine; the second's tables follow the first's."""
    def call(kind=KINDS["x86_64"], other_kind=None):
        machine = copy(kind.path)
        one = Process(kind, machine)
        return one, Process(other_kind or kind, machine, pid=413, comm="cat", at=one.at + 0x1000000)
    return call


@pytest.fixture
def shared(kvas):
    """The object of the document, and the status."""
    def call(one, other, records=None, status=0):
        for process in (one, other):
            process.complete()
            process.write_memory()
        threads(one.machine, one.kind, *(records or [one.record, other.record]))
        result = kvas("user", "-J", "--sysroot", one.machine, one.pid, "--shared", other.pid)
        assert (result.stderr, result.returncode) == ("", status)
        document = json.loads(result.stdout)
        assert errors(document) == []
        return document["shared"]
    return call


def memory(first, second, both, source="tables"):
    return {"source": source, "first": hex(first), "second": hex(second), "both": hex(both), "absent": None}


def levels(half):
    return {level["level"]: (level["first"], level["second"], level["both"]) for level in half["levels"]}


def tops(half):
    return [(r["first"], r["last"], r["kind"]) for r in half["top"]]


def share(one, other, address, level):
    """An entry of the other's tables that leads where the first one's does."""
    value = one.memory[one.place(address, level) & -64][one.place(address, level) % 64 // one.kind.size]
    other.map(address, value, level)


def test_user_halves_apart_and_one_kernel_half(pair, shared, kvas):
    one, two = pair()
    # A in both, at different addresses; B and C of one each; D is PROT_NONE in the first.
    one.page(0x400000, A), one.page(0x401000, B), two.page(0x7FFFF0000000, A), two.page(0x7FFFF0001000, C)
    one.map(0x402000, one.kind.kept(D, 1)), two.page(0x400000, D)
    # The kernel: 273 is the same, 400 is each one's own, 511 has only the first.
    one.map(LOW, 0x2000063 | 0x80, 2), share(one, two, LOW, 5)
    one.map(-0x6F << 48 & (1 << 64) - 1, 0x63 | 0x80, 2), two.map(-0x6F << 48 & (1 << 64) - 1, 0x63 | 0x80, 2)
    one.map(KERNEL, 0x4000063 | 0x80, 2)
    found = shared(one, two)
    user, kernel = found["halves"]
    assert (user["half"], kernel["half"]) == ("user", "kernel")
    assert tops(user) == [(0, 0, "own")]
    # The first: a table each of levels 4, 3, 2, 1; the second: two of levels 2 and 1 for two places.
    assert levels(user) == {4: (1, 1, 0), 3: (1, 2, 0), 2: (1, 2, 0), 1: (1, 2, 0)}
    assert tops(kernel) == [(273, 273, "same"), (401, 401, "own"), (511, 511, "first")]
    assert kernel["top"][0]["start"] == f"0x{LOW:016x}" and kernel["top"][0]["end"] == "0xff11ffffffffffff"
    assert levels(kernel) == {4: (3, 2, 1), 3: (3, 2, 1), 2: (3, 2, 1), 1: (0, 0, 0)}
    assert kernel["levels"][0]["size"] == "0x1000"
    assert found["memory"] == memory(0x3000, 0x3000, 0x2000)
    assert found["isolation"] is None
    assert found["kernel_half"].startswith("1 of 3 entries that either top table has lead to the same tables")
    text = kvas("user", "--sysroot", one.machine, 412, "--shared", 413).stdout
    assert "412 maps 12K, 413 maps 12K, and of this 8K is the same memory" in " ".join(text.split())
    assert "0xff11000000000000-0xff11ffffffffffff  the same\n" in text


def test_a_table_of_the_user_halves_is_shared(pair, shared):
    """As hugetlb does: a table of level 2 for both."""
    one, two = pair()
    one.page(0x40000000, 0x6600000, level=2)
    two.page(0x400000, B)
    share(one, two, 0x40000000, 3)
    found = shared(one, two)
    assert levels(found["halves"][0]) == {4: (1, 1, 0), 3: (1, 1, 0), 2: (1, 2, 1), 1: (0, 1, 0)}
    assert found["memory"] == memory(0x200000, 0x201000, 0x200000)


def test_tables_of_its_own_with_equal_entries(pair, shared):
    """i386 with PAE and isolation: each has a table of level 2, and those below are the same."""
    one, two = pair(KINDS["i386-pae"])
    address = 0xC0000000
    one.map(address, 0x163), share(one, two, address, 2)
    found = shared(one, two, [p.record.replace("kernel_half=same same=1 copied=0", "kernel_half=copied same=0 copied=1")
                              for p in (one, two)])
    assert tops(found["halves"][1]) == [(3, 3, "own")] and levels(found["halves"][1]) == {2: (1, 1, 0), 1: (1, 1, 1)}
    assert "equal entries in tables of its own" in found["kernel_half"]


@pytest.mark.parametrize("name, said", [("arm64-52", "has a root of its own"), ("ppc64", "a root of its own"),
                                        ("s390x", "is an address space of its own"), ("loongarch64", "a root of its own")])
def test_the_kernel_half_is_elsewhere(pair, shared, name, said):
    one, two = pair(KINDS[name])
    phys = KINDS[name].pages[0]
    one.page(0x400000, phys), two.page(0x400000, phys)
    found = shared(one, two)
    [user] = found["halves"]
    assert said in found["kernel_half"] and {both for *_, both in levels(user).values()} == {0}
    assert found["memory"]["both"] == f"0x{1 << one.shift:x}"


def test_pages_that_were_not_accessed_are_memory_too(pair, shared):
    one, two = pair(KINDS["s390x"])
    one.map(0x400000, one.kind.kept(A, 1)), two.page(0x400000, A)
    assert shared(one, two)["memory"] == memory(0x1000, 0x1000, 0x1000)


def test_other_numbers_of_levels(pair, shared):
    """s390x: a 31-bit process has a level less, and so no top table to compare."""
    kind, compat = KINDS["s390x"], KINDS["s390x-31bit"]
    one, two = pair(kind, compat)
    one.page(0x400000, A), two.page(0x400000, A)
    found = shared(one, two, status=1)
    [user] = found["halves"]
    assert user["top"] == [] and "different numbers of levels" in user["top_absent"]
    assert levels(user) == {2: (1, 0, 0), 1: (1, 1, 0)} and found["memory"]["both"] == "0x1000"


def test_isolation(pair, shared, kvas):
    one, two = pair()
    records = []
    for process in (one, two):
        process.page(0x400000, A)
        process.map(LOW, 0x2000063 | 0x80, 2), process.map(KERNEL, 0x4000063 | 0x80, 2)
        root = process.new_table(5)
        process.put(root, process.memory[process.root & -64][0], 5)
        process.put(root + 511 * 8, process.memory[process.root + 511 * 8 & -64][7], 5)
        records.append(process.record + f" user_root=0x{root:016x} user_same=1 user_copied=0 user_missing=1 user_own=0")
    found = shared(one, two, records)
    assert "1 of the 2 kernel entries, with 0 more in tables of its own: 3 of the 6 page tables" in found["isolation"]
    assert "CONFIG_MITIGATION_PAGE_TABLE_ISOLATION" in found["isolation"] and "pti=off" in found["isolation"]
    assert found["processes"][0]["user_root"] == f"0x{one.made[-1][0]:016x}"
    text = " ".join(kvas("user", "--sysroot", one.machine, 412, "--shared", 413).stdout.split())
    assert f"in user mode at 0x{one.made[-1][0]:016x}" in text and "isolation user mode of 412 runs" in text


def test_tables_that_cannot_be_read(pair, shared, kvas):
    """HIGHPTE: what they lead to is not known, and what is known is the least."""
    one, two = pair(KINDS["i386-pae"])
    one.configure("HIGHPTE")
    for process in (one, two):
        process.page(0x400000, A), process.page(0x600000, 0x6600000, level=2)
        process.put(process.place(0x400000, 2), 0x13F000067, 2)
    found = shared(one, two, status=1)
    user = found["halves"][0]
    assert user["unread"] == 2 and "CONFIG_HIGHPTE" in user["why"]
    # They are counted, for the entries tell where they are.
    assert levels(user) == {2: (1, 1, 0), 1: (1, 1, 1)}
    # There is no /proc of them that tells more.
    assert found["memory"]["source"] is None and "412" in found["memory"]["absent"]
    text = " ".join(kvas("user", "--sysroot", one.machine, 412, "--shared", 413).stdout.split())
    assert "is not known: " in text and "not known 1 and 1 tables of the user half" in text


def test_a_table_for_programs(pair, shared, output):
    one, two = pair()
    one.page(0x400000, A), two.page(0x400000, A)
    shared(one, two)
    rows = output("user", "-r", "-n", "-o", "HALF,LEVEL,FIRST,SECOND,BOTH", "--sysroot", one.machine, 412, "--shared", 413)
    assert rows.splitlines()[:4] == ["user 4 1 1 0", "user 3 1 1 0", "user 2 1 1 0", "user 1 1 1 0"]


def test_refusals(pair, refused):
    one, two = pair()
    one.page(0x400000, A)
    one.write(KTHREAD.replace("tid=2 pid=2", "tid=500 pid=500"), other(tid=501, pid=501, kind="exited", comm="sh"))

    def said(*words):
        return refused("user", "--sysroot", one.machine, *words)
    assert said(412, "--shared", 412) == "both are process 412: --shared needs another one"
    assert said(412, "--shared", 500).startswith("500 (kthreadd) is a kernel thread: it has no user half")
    assert said(501, "--shared", 412).startswith("process 501 (sh) has ended and is a zombie")
    assert "prints all members" in said("-J", "-o", "HALF", 412, "--shared", 413)
    (one.machine / "proc/kcore").unlink()
    words(one.machine).unlink()
    assert said(412, "--shared", 413).startswith("the page tables of process 412 cannot be read: there is no /proc/kcore")
    (one.machine / "sys/kernel/debug/kvas_threads").unlink()
    assert "kvas_threads" in said(412, "--shared", 413)
