# SPDX-License-Identifier: GPL-2.0-only
"""kvas threads, and what kvas where says of the kernel stack that an address is in."""

import copy as copies
import json
import re
import shlex
import shutil
import time

import jsonschema
import pytest

import saved
from conftest import HERE, READER

SAMPLE = HERE / "samples/x86_64-4level.threads"
LAYOUT = SAMPLE.with_suffix(".kvas")
LIVE = "sys/kernel/debug/kvas_threads"
TABLES = "tables arch=x86_64 levels=4 root=0x0000000001a0a000 first=256 entries=512"
BASE = 0xffffb2b240010000
VALIDATOR = jsonschema.Draft202012Validator(json.loads((READER / "schema/kvas.schema.json").read_text()))
TABLE = """\
TID PID COMM            KIND    START              SIZE USER_SP            KERNEL_HALF
  1   1 systemd         process 0xffffb2b240010000  16K 0x00007ffd5ea4b1b8 same
  2   2 kthreadd        kernel  0xffffb2b240018000  16K
412 412 sleep           process 0xffffb2b240048000  16K 0x00007ffdc0a3c9c8 same
500 500 server          exited  0xffffb2b240050000  16K
501 500 two words\\x0a"\\ process 0xffffb2b240058000  16K 0x00007f8f3d5fee70 own
502 500 worker          process 0xffffb2b240060000  16K                    own
600 600 zombie          exited

Kernel half of 2 processes, same: each has a top table of its own, but in its kernel half 13 entries
that are in use are copies of the kernel's: all share the tables below.
Kernel half of 1 process, own: 12 entries are copies of the kernel's, and 1 is the process's own by
design, as that of its LDT: number 384.
Page-table isolation: in user mode 3 processes run on a second top table. Of the entries of its
kernel half 2 are the kernel's, 1 to 2 lead to other tables, 10 are missing.
1 kernel thread has no user half.
2 threads have exited and given the user half back.
"""


def stack(start, size=0x4000, digits=16):
    return f"start=0x{start:0{digits}x} end=0x{start + size - 1:0{digits}x} size={size >> 10}K"


def thread(tid, more="", pid=None, kind="process", comm="a", place=None):
    place = place or stack(BASE + 0x8000 * tid)
    return f"thread tid={tid} pid={pid or tid} kind={kind} {place} comm=\"{comm}\" {more}".rstrip()


def half(word, same=13, copied=0, missing=0, own=0, other=None):
    return (f"root=0x0000000004d20000 kernel_half={word} same={same} copied={copied} missing={missing} own={own}"
            + (f' other="{other}"' if other else ""))


def build(lines, tables=TABLES, count=None):
    lines = [tables, *lines]
    return "\n".join(["kvas_threads 1", *lines, f"end records={len(lines) if count is None else count}"]) + "\n"


@pytest.fixture
def document(output):
    """What -J prints, once the schema has allowed it."""
    def call(command, *args):
        found = json.loads(output(command, "-J", *args))
        assert [e.message[:200] for e in VALIDATOR.iter_errors(found)] == []
        return found
    return call


@pytest.fixture
def rows(document, write):
    """The same of a made-up file."""
    def call(lines, *args, tables=TABLES):
        found = document("threads", *args, "--threads", write(build(lines, tables)))
        return found.get("threads", found.get("stacks"))
    return call


@pytest.fixture
def legend(output, write):
    """The sentences below the table, each on a line."""
    def call(lines, *args, tables=TABLES):
        text = output("threads", *args, "--threads", write(build(lines, tables)), env={"COLUMNS": "2000"})
        return text.split("\n\n")[1].splitlines()
    return call


# --- The table -------------------------------------------------------------------------------------------

def test_table(output):
    found = output("threads", "--threads", SAMPLE, env={"COLUMNS": "100"})
    assert [line.rstrip() for line in found.splitlines()] == TABLE.splitlines()
    assert max(map(len, found.splitlines())) <= 100


def test_wide_numbers_fit_100_columns(output, write):
    path = write(build([thread(4194304, half("copied") + " sp=0x00007ffd5ea4b1b8", comm="fifteen_letters")]))
    table = output("threads", "--threads", path, env={"COLUMNS": "100"}).split("\n\n")[0]
    assert "REGION" not in table and max(map(len, table.splitlines())) <= 100
    assert "REGION" in output("threads", "--threads", path, env={"COLUMNS": "120"}).splitlines()[0]


def test_all_columns(output):
    pairs = output("threads", "-P", "--output-all", "--threads", SAMPLE).splitlines()
    assert len(pairs) == 7
    assert ('ROOT="0x0000000009a10000" USER_ROOT="0x0000000009a11000" SAME="12" COPIED="0" MISSING="0" OWN="1" '
            'OTHER="384"') in pairs[4]
    assert 'SIZE="16384" REGION="vmalloc"' in pairs[0] and 'END="0xffffb2b240013fff" RUNNING="n"' in pairs[0]
    assert output("threads", "-r", "-n", "-o", "TID,SIZE", "--threads", SAMPLE, "1") == "1 16384\n"


def test_notes(document):
    found = document("threads", "--threads", SAMPLE)["threads"]
    assert {t["tid"]: t["note"] for t in found} == {
        1: None, 2: "a kernel thread has no user half", 412: None,
        500: "it has exited and given its user half back",
        501: "it was running: the user stack pointer is that of its last entry into the kernel",
        502: "no user stack pointer: it never runs in user mode",
        600: "it has exited and given its user half back; no kernel stack: it has given back its stack"}


def test_json(document):
    found = document("threads", "--threads", SAMPLE, "501")
    assert found["tables"] == {"arch": "x86_64", "absent": None, "levels": 4, "root": "0x000000006fa26000",
                               "user_root": None, "user_root_absent": None, "first": 256, "entries": 512}
    assert found["threads"] == [{
        "tid": 501, "pid": 500, "comm": 'two words\n"\\', "kind": "process", "start": "0xffffb2b240058000",
        "end": "0xffffb2b24005bfff", "size": "0x4000", "region": "vmalloc", "running": True,
        "user_sp": "0x00007f8f3d5fee70", "root": "0x0000000009a10000", "kernel_half": "own", "same": 12, "copied": 0,
        "missing": 0, "own": 1, "other": "384", "user_root": "0x0000000009a11000", "user_same": 2, "user_copied": 0,
        "user_missing": 10, "user_own": 2,
        "note": "it was running: the user stack pointer is that of its last entry into the kernel"}]
    assert "kernel" not in found
    assert document("threads", "-f", LAYOUT, "--threads", SAMPLE)["kernel"]["arch"] == "x86_64"
    found = document("threads", "-o", "TID,START", "--threads", SAMPLE, "1")
    assert found["threads"] == [{"tid": 1, "start": "0xffffb2b240010000"}] and found["columns"] == ["TID", "START"]


@pytest.mark.parametrize("key, value", [
    ("tid", "501"), ("comm", None), ("kind", "user"), ("size", "16K"), ("start", 1), ("running", "y"), ("user_sp", "0x1"),
    ("root", "4096"), ("kernel_half", "shared"), ("same", "12"), ("other", "384-"), ("surplus", 1),
])
def test_the_schema_can_fail(document, key, value):
    found = document("threads", "--threads", SAMPLE, "501")
    wrong, less = copies.deepcopy(found), copies.deepcopy(found)
    wrong["threads"][0][key] = value
    assert list(VALIDATOR.iter_errors(wrong))
    if less["threads"][0].pop(key, None) is not None:
        assert list(VALIDATOR.iter_errors(less))


def test_stacks_of_processors(document, output, refused, write):
    found = output("threads", "--cpus", "--threads", SAMPLE)
    assert [line.split(None, 6) for line in found.splitlines()] == [
        ["CPU", "KIND", "START", "END", "SIZE", "REGION", "NOTE"],
        ["0", "irq", "0xffffb2b240004000", "0xffffb2b240007fff", "16K", "vmalloc"],
        ["0", "nmi", "0xfffffe0000002000", "0xfffffe0000003fff", "8K", "cpu_entry_area"],
        ["overflow", "this", "architecture", "has", "none"]]
    found = document("threads", "--cpus", "--threads", SAMPLE)["stacks"]
    assert found[2] == {"cpu": None, "kind": "overflow", "start": None, "end": None, "size": None, "region": None,
                        "absent": "this architecture has none"}
    unnamed = write(SAMPLE.read_text().replace("region=cpu_entry_area ", ""))
    found = document("threads", "--cpus", "-f", LAYOUT, "--threads", unnamed)["stacks"]
    assert [s["region"] for s in found] == ["vmalloc", "cpu_entry_area", None]
    assert document("threads", "--cpus", "--threads", unnamed)["stacks"][1]["region"] is None
    assert "takes no process" in refused("threads", "--cpus", "--threads", SAMPLE, "1")
    assert "lists no stacks" in refused("threads", "--cpus", "--threads", write(build([thread(1)])))


# --- Which threads -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("operands, tids", [
    (["412"], [412]), (["500"], [500, 501, 502]), (["502"], [502]), (["502", "1", "500", "1"], [1, 500, 501, 502]),
])
def test_chosen(output, operands, tids):
    assert output("threads", "-r", "-n", "-o", "TID", "--threads", SAMPLE, *operands).split() == [str(t) for t in tids]


@pytest.mark.parametrize("operand, said", [
    ("3", "no process and no thread 3"), ("99999999999999999999", "expected the number"), ("0", "0 is no number of a process or thread"),
    ("-1", "unknown option"), ("4x", "expected the number"), ("", "expected the number"), ("sleep", "expected the number"),
    ("self", "not among the threads that were saved"),
])
def test_not_chosen(refused, operand, said):
    assert said in refused("threads", "--threads", SAMPLE, operand)


def test_json_of_a_table_that_is_not_known(document, write):
    tables = ARM64 + ' user_root_absent="needs KALLSYMS_ALL"'
    found = document("threads", "--threads", write(build([thread(1, ROOT)], tables)))["tables"]
    assert (found["user_root"], found["user_root_absent"]) == (None, "needs KALLSYMS_ALL")


# --- What the kernel half is ---------------------------------------------------------------------------------

ARM64 = "tables arch=arm64 levels=4 root=0x0000000041a0a000 first=0 entries=512"
S390 = "tables arch=s390x levels=3 root=0x0000000001a0a000 first=0 entries=2048"
PAE = "tables arch=i386 levels=3 root=0x0000000001a0a000 first=3 entries=4"
LPAE = "tables arch=arm levels=3 root=0x0000000040003000 first=3 entries=4"
ARM = "tables arch=arm levels=2 root=0x0000000040004000 first=1536 entries=2048"
ROOT = "root=0x0000000044d20000 kernel_half=root"


@pytest.mark.parametrize("tables, lines, said", [
    (ARM64, [thread(1, ROOT), thread(7, ROOT, pid=1)], "Kernel half of 1 process, root: its tables have a root of their "
     "own (TTBR1_EL1), the same for all; the tables of a process hold nothing of it."),
    (ARM64 + " user_root=0x0000000041a0c000", [thread(1, ROOT)], "Kernel half of 1 process, root: its tables have a root of "
     "their own (TTBR1_EL1), the same for all; the tables of a process hold nothing of it. With page-table isolation another "
     "table stands there in user mode, at 0x0000000041a0c000, also the same for all."),
    (ARM64 + ' user_root_absent="needs KALLSYMS_ALL"', [thread(1, ROOT)], "Kernel half of 1 process, root: its tables have a "
     "root of their own (TTBR1_EL1), the same for all; the tables of a process hold nothing of it. With page-table isolation "
     "another table stands there in user mode, also the same for all; where it is, is not known: needs KALLSYMS_ALL."),
    (LPAE, [thread(1, ROOT)], "Kernel half of 1 process, root: its tables have a root of their own (TTBR1), the same for all; "
     "the tables of a process hold nothing of it but modules and PKMAP."),
    (S390, [thread(1, ROOT.replace("=root", "=space"))], "Kernel half of 1 process, space: the kernel is in an address "
     "space of its own; the tables of a process hold nothing of it."),
    (PAE, [thread(1, half("copied", same=0, copied=1, other="3"))], "Kernel half of 1 process, copied: 1 entry of the "
     "top table leads to tables of the process's own, in which each entry is as the kernel's: what is below these is "
     "shared."),
    (ARM, [thread(1, half("lazy", 200, missing=12, other="1800-1811")), thread(9, half("lazy", 210, missing=2, other="1800-1801"))],
     "Kernel half of 2 processes, lazy: 200 to 210 entries are copies of the kernel's, and 2 to 12 are not there yet, or "
     "not whole: the kernel copies an entry to a process when that first needs it."),
    (TABLES, [thread(1, half("own", 12, own=1, other="384")), thread(9, half("own", 12, own=1, other="385"))],
     "Kernel half of 2 processes, own: 12 entries are copies of the kernel's, and 1 is the process's own by design, as "
     "that of its LDT."),
    ('tables arch=ppc64 absent="the hash MMU has none"', [thread(1)],
     "Kernel half of 1 process: how it is related to the kernel's own is not known: the hash MMU has none."),
    (TABLES, [thread(1, half("own", 12, own=2, other="384-385"))],
     "Kernel half of 1 process, own: 12 entries are copies of the kernel's, and 2 are the process's own by design, as "
     "that of its LDT: number 384-385."),
    (ARM, [thread(1, half("lazy", 1, missing=1, other="1800"))],
     "Kernel half of 1 process, lazy: 1 entry is a copy of the kernel's, and 1 is not there yet, or not whole: the kernel "
     "copies an entry to a process when that first needs it."),
    (TABLES, [thread(1, "root=0x0000000004d20000 unsettled=y")],
     "Kernel half of 1 process: how it is related to the kernel's own is not known; the column NOTE says why."),
])
def test_sentences(legend, tables, lines, said):
    assert legend(lines, tables=tables) == [said]


def test_isolation(legend):
    user = " user_root=0x0000000004d21000 user_same={} user_copied={} user_missing={} user_own={}"
    assert legend([thread(1, half("copied", 0, copied=1, other="3") + user.format(0, 1, 0, 0))], tables=PAE)[1] == \
        ("Page-table isolation: in user mode 1 process runs on a second top table. Of the entries of its kernel half 1 leads "
         "to another table.")
    assert legend([thread(1, half("same") + user.format(1, 0, 12, 0)), thread(2, half("same") + user.format(2, 0, 10, 1))])[1] == \
        ("Page-table isolation: in user mode 2 processes run on a second top table. Of the entries of its kernel half 1 to 2 "
         "are the kernel's, 0 to 1 lead to other tables, 10 to 12 are missing.")


def test_what_is_unsettled_is_said(rows):
    [first, second, third] = rows([thread(1, "root=0x0000000004d20000 unsettled=y"), thread(2),
                                   thread(3, half("same") + " user_root=0x0000000004d21000 user_unsettled=y")])
    assert first["kernel_half"] is None and first["same"] is None and "changed each time" in first["note"]
    assert second["note"] == "nothing is known of its page tables"
    assert third["user_same"] is None and third["note"].endswith("(those of user mode)")


def test_no_sentences_for_programs(output):
    for options in (("-r",), ("-P",), ("-n",)):
        assert "Kernel half" not in output("threads", *options, "--threads", SAMPLE)


# --- Of real kernels ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name, region, size, word", [
    ("6.1-686-pae-pae-5g", "direct_map", 8192, "copied"), ("6.12-amd64-5level", "vmalloc", 16384, "same"),
    ("6.12-arm64-48bit", "vmalloc", 16384, "root"), ("7.2-s390x-kaslr", "vmalloc", 16384, "space"),
])
def test_real(document, name, region, size, word):
    """What the module wrote, read by few lines that share nothing with the reader."""
    path = HERE / f"samples/{name}.threads"
    records = [shlex.split(line) for line in path.read_text().splitlines()]
    lines = [dict(pair.split("=", 1) for pair in pairs) for kind, *pairs in records if kind == "thread"]
    rows = document("threads", "--threads", path)["threads"]
    assert len(lines) > 50
    for row, line in zip(rows, lines, strict=True):
        for key in ("start", "end", "kind", "comm"):
            assert row[key] == line[key]
        for key in ("tid", "pid"):
            assert row[key] == int(line[key])
        assert row["region"] == region and int(row["size"], 16) == size
        assert row["running"] == (line.get("running") == "y") and row["user_sp"] == line.get("sp")
        assert row["kernel_half"] == (word if row["kind"] == "process" else None)
        assert bool(row["root"]) == bool(row["user_sp"]) == (row["kind"] == "process")
    assert len({row["start"] for row in rows}) == len(rows)
    assert {"process", "kernel"} == {row["kind"] for row in rows}
    # The one that read the file runs.
    assert [row["comm"] for row in rows if row["running"] and row["kind"] == "process"] == ["kvas"]


# --- Names ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("written, name", [
    ("a", "a"), ("a\\x20b", "a b"), ("\\x22\\x5c", '"\\'), ("\\x1b[31m", "\x1b[31m"), ("\\xc3\\xa4", "ä"), ("", ""),
    ("kworker/0:1-ev", "kworker/0:1-ev"), ("\\x01\\x7f", "\x01\x7f"),
])
def test_names(rows, output, write, written, name):
    [row] = rows([thread(1, comm=written)])
    assert row["comm"] == name
    table = output("threads", "-n", "-o", "TID,COMM", "--threads", write(build([thread(1, comm=written)])))
    assert table.count("\n") == 1 and all(c == "\n" or c.isprintable() for c in table)


@pytest.mark.parametrize("written, name", [
    ("\\xff\\xc3a", r"\xff\xc3a"), ("\\xfe\\xc3a", r"\xfe\xc3a"), ("\\xc3\\xa4\\xed\\xa0\\x80", r"ä\xed\xa0\x80"),
    ("\\xf5\\xc0\\xaf", r"\xf5\xc0\xaf"),
])
def test_bytes_that_are_no_text(rows, written, name):
    """Names that differ stay different."""
    [row] = rows([thread(1, comm=written)])
    assert row["comm"] == name


@pytest.mark.parametrize("written", ["\\", "\\x", "\\x4", "\\xG1", "\\x4G", "\\x00", "\\n", "a b", "\\X41", "\\xAB"])
def test_names_that_are_not_escaped(refused, write, written):
    said = refused("threads", "--threads", write(build([thread(1, comm=written)])))
    assert ":3: comm: expected " in said


# --- Damage ---------------------------------------------------------------------------------------------------

def test_no_proper_prefix(refused, write):
    text = SAMPLE.read_bytes()
    ends = [n for n, byte in enumerate(text) if byte == ord("\n")]
    for n in sorted({0, 1, len(text) - 1, *ends[:-1], *(n + 1 for n in ends[:-1]), *(n + 40 for n in ends[2:-2])}):
        said = refused("threads", "--threads", write(text[:n]))
        assert "list of threads" in said or "cut short" in said or "capture:" in said, n


T = thread(1)
CPU = f"stack {stack(BASE)} cpu=0 kind=irq"


@pytest.mark.parametrize("lines, said", [
    ([thread(2), thread(1)], ":4: tid=1 comes after tid=2"), ([T, T], "tid=1 comes after tid=1"),
    ([T.replace("tid=1", "tid=0")], "tid=0: expected a decimal number, at least 1"),
    ([T.replace("tid=1", "tid=2147483648")], "at most 2147483647"), ([T.replace("pid=1 ", "")], "has no 'pid'"),
    ([T.replace("kind=process ", "")], "has no 'kind'"), ([T.replace("=process", "=user")], "kind=user: it is no word"),
    ([T.split(" comm")[0]], "has no 'comm'"), ([T.replace("size=16K", "size=8K")], "the size does not match the range"),
    ([T.replace("start=0xf", "start=0xg")], "expected 0x and at most 16 digits"),
    ([T.replace("start=0xffffb", "start=0xfffff")], "start is above end"),
    ([T.replace(stack(BASE + 0x8000) + " ", "")], "has no 'start'"), ([T.replace(" size=16K", "")], "has no 'size'"),
    ([T, thread(2, place=stack(0xc1000000, digits=8))], "an address of this 64-bit kernel is 0x and 16 digits"),
    ([T + " sp=0x1"], "an address of this 64-bit kernel"), ([T + " running=yes"], "running=yes: it is no word"),
    ([T + " sp=0x00007ffd5ea4b1b8 sp_absent=why"], "it has an sp and says that it has none"),
    ([T + " root=4096"], "root=4096: expected 0x"), ([T + " kernel_half=shared"], "kernel_half=shared: it is no word"),
    ([T + " kernel_half=same"], "kernel_half=same, but there is no 'same'"),
    ([T + " same=1"], "has no 'copied'"), ([T + " " + half("same", 257)], "same=257: at most 256"),
    ([T + " " + half("same", 250, missing=7)], "more entries than the kernel half has, which is 256"),
    ([T + " user_same=1 user_copied=1 user_missing=1"], "has no 'user_own'"),
    *(([T + " " + half("own", other=other)], said) for other, said in (
        ("255", "expected entries of the kernel half"), ("512", "expected entries of the kernel half"),
        ("300-299", "expected entries of the kernel half"), ("300,300", "expected entries of the kernel half"),
        ("300,299", "expected entries of the kernel half"), ("300-", "expected a list"), ("-300", "expected a list"),
        ("300,", "expected a list"), ("...", "expected a list"), ("300...", "expected a comma"), ("x", "expected a list"),
        ("300,...,301", "expected a list"), ("99999999999999999999", "expected a list"))),
    ([CPU.replace(" cpu=0", "")], "has no 'cpu'"), ([CPU.replace(" kind=irq", "")], "has no 'kind'"),
    ([CPU.replace("cpu=0", "cpu=x")], "cpu=x: expected a decimal number"), ([CPU.replace("16K", "1K")], "size does not match"),
    ([TABLES], ":3: a second tables record"),
])
def test_refused(refused, write, lines, said):
    assert said in refused("threads", "--threads", write(build(lines)))


@pytest.mark.parametrize("tables, said", [
    (TABLES.replace("arch=x86_64 ", ""), "has no 'arch'"), (TABLES.replace("levels=4", "levels=9"), "at most 8"),
    (TABLES + " user_root=4096", "user_root=4096: expected 0x"),
    (TABLES + " user_root=0x0000000041a0c000 user_root_absent=why", "has a user_root and says that it is not known"),
    (TABLES.replace("first=256", "first=513"), "at most 512"), (TABLES.replace(" entries=512", ""), "has no 'entries'"),
    (TABLES.replace("root=0x0000000001a0a000 ", ""), "has no 'root'"), (TABLES.replace("512", "0"), "at least 1"),
    ("future a=1", "expected the tables record here"),
])
def test_tables_refused(refused, write, tables, said):
    assert said in refused("threads", "--threads", write(build([T], tables)))


def test_count_and_head(refused, write):
    assert "counts 9 records, 2 are here" in refused("threads", "--threads", write(build([T], count=9)))
    assert "expected 'kvas_threads 1'" in refused("threads", "--threads", LAYOUT)
    assert "no tables record" in refused("threads", "--threads", write("kvas_threads 1\nend records=0\n"))
    assert "made by a newer kvas" in refused("threads", "--threads", write(build([T]).replace("threads 1", "threads 2", 1)))


def test_what_a_later_module_says(rows):
    """Unknown records, and unknown keys of known ones."""
    found = rows(["future kind=x", thread(1, half("same", other="300,302-310,...") + " colour=blue"), "mapping a=1"])
    assert [t["tid"] for t in found] == [1] and found[0]["other"] == "300,302-310,..."


def test_32_bits(rows):
    [row] = rows([thread(1, "sp=0xbffff010", place=stack(0xc1000000, 0x2000, 8))], tables=PAE)
    assert (row["start"], row["size"], row["user_sp"]) == ("0xc1000000", "0x2000", "0xbffff010")


def test_none(refused, write):
    """Whoever reads the file is a thread."""
    assert "the list of threads is empty" in refused("threads", "--threads", write(build([])))


def test_many(plain_output, refused, write):
    """2,000 threads with 2,000 questions; and more lines than any file has."""
    start = time.process_time()
    path = write(build([thread(n, half("same")) for n in range(1, 2001)]))
    assert plain_output("threads", "-r", "-n", "-o", "TID", "--threads", path, *range(1, 2001)).count("\n") == 2000
    lines = b"thread tid=1\n" * ((1 << 20) + (1 << 17))
    said = refused("threads", "--threads", write(b"kvas_threads 1\n" + lines + b"end records=1\n"))
    assert "no list of threads is that large" in said
    assert time.process_time() - start < 20


# --- Of which machine -------------------------------------------------------------------------------------------

@pytest.fixture
def machine(copy):
    found = copy(saved.MAIN)
    (found / LIVE).write_bytes(SAMPLE.read_bytes())
    return found


def test_a_saved_machine(output, machine):
    assert output("threads", "--sysroot", machine) == output("threads", "--threads", SAMPLE)


def test_strangers(refused, write):
    for tables, place, said in ((ARM64, None, "has threads of arm64, and the capture is of x86_64"),
                                (TABLES, stack(0xc1000000, digits=8), "has addresses of 32 bits, and the capture has 64")):
        assert said in refused("threads", "-f", LAYOUT, "--threads", write(build([thread(1, place=place)], tables)))


def test_what_is_not_there(refused, copy):
    found = copy(saved.MAIN)
    assert f"holds no /{LIVE}" in refused("threads", "--sysroot", found)
    assert "holds no threads: name the file that does with --threads" in refused("threads", "-f", LAYOUT)
    assert "can be read only once" in refused("threads", "-f", "-", "--threads", "-", stdin="")
    assert "No such file" in refused("threads", "--threads", "/nonexistent")


def test_save(output, machine, tmp_path):
    said = output("save", "--all", "--sysroot", machine, tmp_path / "all")
    assert "the names of all processes" in said
    assert (tmp_path / "all" / LIVE).read_bytes() == SAMPLE.read_bytes()
    said = output("save", "--all", "--shareable", "--sysroot", machine, tmp_path / "some")
    assert "names of processes, is left out" in said
    assert not (tmp_path / "some" / LIVE).exists()
    assert f"left out /{LIVE}: it shows page tables, memory or names of processes" in (tmp_path / "some/MANIFEST").read_text()


# --- kvas where ---------------------------------------------------------------------------------------------------

@pytest.fixture
def place(tmp_path):
    """A machine of the layout's sample, with its threads and the areas of their stacks."""
    (tmp_path / "sys/kernel/debug").mkdir(parents=True)
    (tmp_path / "proc").mkdir()
    shutil.copy(LAYOUT, tmp_path / "sys/kernel/debug/kvas")
    shutil.copy(SAMPLE, tmp_path / LIVE)
    starts = [int(s, 16) for s in re.findall(r"^(?:thread|stack).* start=(0xffffb2\w+)", SAMPLE.read_text(), re.M)]
    (tmp_path / "proc/vmallocinfo").write_text("".join(
        f"0x{s:016x}-0x{s + 0x5000:016x}   20480 kernel_clone+0x9b/0x3a0 pages=4 vmalloc N0=4\n" for s in sorted(starts)))
    return tmp_path


@pytest.fixture
def at(document, place):
    def call(addr):
        [row] = document("where", "--sysroot", place, hex(addr))["where"]
        return row
    return call


@pytest.mark.parametrize("addr, note", [
    (0xffffb2b240048000, "kernel stack of thread 412, sleep, 0x4000 bytes below the top of its 16K"),
    (0xffffb2b24004bfff, "kernel stack of thread 412, sleep, 0x1 bytes below the top of its 16K"),
    (0xffffb2b240050100, "kernel stack of thread 500, server, which has exited, 0x3f00 bytes below the top of its 16K"),
    (0xffffb2b240063f58, "kernel stack of thread 502 of process 500, worker, 0xa8 bytes below the top of its 16K"),
    (0xffffb2b240007ff8, "irq stack of CPU 0, 0x8 bytes below the top of its 16K"),
    (0xfffffe0000002ff8, "nmi stack of CPU 0, 0x1008 bytes below the top of its 8K"),
    (0xffffb2b240047ff8, "in the page below the kernel stack of thread 412, sleep, where nothing is mapped, so that an "
     "overflow faults; nothing is mapped here now; 0x8 bytes below the area of kernel_clone"),
    (0xffffb2b240047000, "in the page below the kernel stack of thread 412, sleep, where nothing is mapped, so that an "
     "overflow faults; nothing is mapped here now; 0x1000 bytes below the area of kernel_clone"),
    (0xffffb2b240003ffe, "in the page below the irq stack of CPU 0, where nothing is mapped, so that an overflow faults; "
     "nothing is mapped here now; 0x2 bytes below the area of kernel_clone"),
    (0xffffb2b24004c000, "guard page after the area of kernel_clone: never mapped"),
    (0xffffb2b240046fff, "nothing is mapped here now: in no area of vmalloc()"),
    (0xfffffe0000001fff, None), (0xffff9a3dc0001000, None), (0x1000, None), (0xffffffffffffffff, None),
])
def test_where(at, addr, note):
    assert at(addr)["note"] == note


def test_where_json(at, output, place):
    assert at(0xffffb2b240049138)["stacks"] == [{
        "tid": 412, "pid": 412, "comm": "sleep", "cpu": None, "kind": "process", "start": "0xffffb2b240048000",
        "end": "0xffffb2b24004bfff", "size": "0x4000", "guard": False, "below_top": "0x2ec8"}]
    [irq] = at(0xffffb2b240007ff8)["stacks"]
    assert (irq["tid"], irq["cpu"], irq["kind"], irq["below_top"]) == (None, 0, "irq", "0x8")
    [guard] = at(0xffffb2b240047ff8)["stacks"]
    assert (guard["tid"], guard["guard"], guard["below_top"]) == (412, True, None)
    assert at(0xffff9a3dc0001000)["stacks"] == [] == at(0x1000)["stacks"]
    assert output("where", "-n", "-o", "STACK", "--sysroot", place, "0xffffb2b240063f58").strip() == \
        "thread 502 of process 500, worker"
    assert output("where", "-n", "-o", "STACK", "--sysroot", place, "0xffffb2b240007ff8").strip() == "irq of CPU 0"


def test_names_are_escaped_once(at, place, output):
    (place / LIVE).write_text(build([thread(5, comm=r"a\x1bb", place=stack(BASE))]))
    assert at(BASE)["note"].startswith("kernel stack of thread 5, a\x1bb, ")
    assert r"thread 5, a\x1bb, " in output("where", "--sysroot", place, hex(BASE))


def test_a_stack_that_had_two_threads(at, place):
    """One exits while the list is read, and the next one gets its stack."""
    (place / LIVE).write_text(build([thread(5, comm="old", place=stack(BASE)), thread(9, comm="new", place=stack(BASE))]))
    row = at(BASE + 0x3000)
    assert [s["tid"] for s in row["stacks"]] == [9, 5]
    assert row["note"] == ("kernel stack of thread 9, new, 0x1000 bytes below the top of its 16K; while threads were listed "
                           "it was that of thread 5, old before")


def test_guard_of_a_neighbour(at, place):
    """A small area fills the gap: then its own guard page is the one below the stack."""
    start = 0xffffb2b240048000
    with (place / "proc/vmallocinfo").open("a") as file:
        file.write(f"0x{start - 0x2000:016x}-0x{start:016x}    8192 bpf_prog_alloc+0x9b/0x3a0 pages=1 vmalloc N0=1\n")
    assert at(start - 8)["note"] == ("in the page below the kernel stack of thread 412, sleep, where nothing is mapped, so "
                                     "that an overflow faults; guard page after the area of bpf_prog_alloc: never mapped")
    assert at(start - 0x1008)["stacks"] == []


def test_no_guard_unless_the_areas_say_so(at, place):
    """In the direct map, or where vmallocinfo cannot be read, something may be mapped below a stack."""
    (place / "proc/vmallocinfo").unlink()
    assert at(0xffffb2b240048000)["note"].endswith("below the top of its 16K")
    assert at(0xffffb2b240047ff8)["note"].startswith("nothing need be mapped here")
    assert at(0xffffb2b240047ff8)["stacks"] == []
    lowmem = 0xffff9a3dc0100000
    (place / LIVE).write_text(build([thread(5, place=stack(lowmem))]))
    assert at(lowmem - 8)["stacks"] == [] and at(lowmem - 8)["note"] is None
    assert at(lowmem)["note"].startswith("kernel stack of thread 5, a, 0x4000 bytes")


def test_without_threads_nothing_changes(at, place, document, kvas):
    def rows(addr):
        row = at(addr)
        assert row.pop("stacks") is None
        return row
    (place / LIVE).unlink()
    assert rows(0xffffb2b240048000)["note"] is None
    assert rows(0xffffb2b240047ff8)["note"] == "nothing is mapped here now; 0x8 bytes below the area of kernel_clone"
    [row] = document("where", "-f", LAYOUT, "0xffffb2b240048000")["where"]
    assert row["stacks"] is None
    (place / LIVE).write_text("kvas_threads 1\n")
    result = kvas("where", "--sysroot", place, "0xffffb2b240048000")
    assert result.returncode == 2 and "cut short" in result.stderr
