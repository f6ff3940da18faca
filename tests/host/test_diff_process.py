# SPDX-License-Identifier: GPL-2.0-only
"""kvas diff -p: two moments of one process; the program says itself what it did between them."""

import contextlib
import json
import re
import subprocess

import procfs
import pytest

from test_map_process import number
from test_schema import errors
from test_user_saved import LINES, SAMPLE, changed, counted

PAGE = 4096
# Obeys words on standard input: each of them is one change, of which it prints where it was.
CHILD = r"""
import ctypes, mmap, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
for name, result, words in (("mmap", "p", "pliiil"), ("sbrk", "p", "l"), ("mprotect", "i", "pli"), ("munmap", "i", "pl")):
    call = getattr(libc, name)
    types = {"p": ctypes.c_void_p, "l": ctypes.c_long, "i": ctypes.c_int}
    call.restype, call.argtypes = types[result], [types[w] for w in words]
PAGE, PRIVATE, RW = 4096, 0x22, 3
area = libc.mmap(None, 64 * PAGE, RW, PRIVATE, -1, 0)
libc.mprotect(area + 63 * PAGE, PAGE, 0)    # so that no neighbour merges with it
libc.mprotect(area, PAGE, 0)
ctypes.memset(area + PAGE, 1, 4 * PAGE)
def grow():
    at = libc.sbrk(0)
    libc.sbrk(100 * PAGE)
    return at
def touch():
    ctypes.memset(area + 8 * PAGE, 1, 5 * PAGE)
    return area
def protect():
    libc.mprotect(area + 20 * PAGE, 3 * PAGE, 1)
    return area + 20 * PAGE
def punch():
    libc.munmap(area + 40 * PAGE, 2 * PAGE)
    return area + 40 * PAGE
def map():
    return libc.mmap(0x200000000000, 7 * PAGE, 1, PRIVATE, -1, 0)
def replace():
    file = open("/proc/self/exe", "rb")
    return libc.mmap(area + 30 * PAGE, PAGE, 1, 0x12, file.fileno(), 0)
def library():
    import _json
    import _lsprof
    return 0
def thread():
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    return 0
print("ready", hex(area), flush=True)
for word in iter(sys.stdin.readline, ""):
    print(hex(globals()[word.strip()]()), flush=True)
"""


class Obedient:
    def __init__(self):
        self.process = subprocess.Popen(["/usr/bin/python3", "-S", "-E", "-c", CHILD], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.area = number(self.process.stdout.readline().split()[1])
        self.pid = self.process.pid

    def obey(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return number(self.process.stdout.readline())


@contextlib.contextmanager
def obedient():
    it = Obedient()
    try:
        yield it
    finally:
        it.process.kill()
        it.process.wait()


@pytest.fixture(scope="session")
def child():
    with obedient() as it:
        yield it


@pytest.fixture
def diff(plain):
    """The document and the status."""
    def call(first, second, *options):
        result = plain("diff", "-J", "-p", first, second, *options)
        assert result.returncode in (0, 1) and result.stderr == "", result.stderr
        if not result.stdout:
            return None, result.returncode
        document = json.loads(result.stdout)
        assert errors(document) == []
        assert document["changed"] == (result.returncode == 1)
        return document, result.returncode
    return call


@pytest.fixture
def change(child, plain_output, diff, tmp_path):
    """What is told after one word was obeyed, and the address that the program printed."""
    def call(word):
        plain_output("save", "-p", child.pid, tmp_path / "before")
        at = child.obey(word)
        document, status = diff(tmp_path / "before", child.pid)
        assert status == 1 and document["same_run"] and document["same_program"]
        return document["differences"], at
    return call


def only(differences, what):
    [found] = [d for d in differences if d["change"] == what]
    return found


def bounds(moment):
    return number(moment["start"]), number(moment["end"])


# --- One run -------------------------------------------------------------------------------------------

def test_the_heap_grew(change):
    differences, at = change("grow")
    grew = [d for d in differences if d["change"] == "grew" and d["part"] == "heap"]
    assert len(grew) == 1 and grew[0]["by"] == hex(100 * PAGE)
    assert bounds(grew[0]["from"])[1] + 1 == at and bounds(grew[0]["to"])[1] + 1 == at + 100 * PAGE


def test_pages_were_touched(change, child):
    differences, at = change("touch")
    [touched] = [d for d in differences if d["change"] == "touched" and bounds(d["from"])[0] == child.area + PAGE]
    assert touched["by"] == hex(5 * PAGE)
    assert number(touched["to"]["resident"]) - number(touched["from"]["resident"]) == 5 * PAGE


def test_permissions_of_a_range(change):
    differences, at = change("protect")
    found = only(differences, "permissions")
    assert (found["from"]["perms"], found["to"]["perms"]) == ("rw-p", "r--p")
    assert bounds(found["from"]) == bounds(found["to"]) == (at, at + 3 * PAGE - 1)
    # It is one mapping less and three more, and nothing grew or went.
    assert not [d for d in differences if d["change"] in ("mapped", "unmapped", "shrank") and bounds(d["from"] or d["to"])[0] == at]


def test_a_range_that_was_unmapped(change):
    differences, at = change("punch")
    found = only(differences, "shrank")
    assert found["by"] == hex(2 * PAGE) and bounds(found["from"])[0] < at < bounds(found["from"])[1]


def test_memory_that_was_mapped(change):
    differences, at = change("map")
    [found] = [d for d in differences if d["change"] == "mapped" and bounds(d["to"])[0] == at]
    assert found["from"] is None and found["to"]["size"] == hex(7 * PAGE) and found["to"]["perms"] == "r--p"


def test_a_file_over_memory(change):
    differences, at = change("replace")
    found = only(differences, "replaced")
    assert bounds(found["to"]) == (at, at + PAGE - 1)
    assert found["from"]["file"] is None and "python3" in found["to"]["file"]


def test_a_library_is_one_row(change, child):
    differences, _ = change("library")
    loaded = {m.split()[5] for m in open(f"/proc/{child.pid}/maps") if "_lsprof" in m or "_json" in m}
    rows = [d for d in differences if d["change"] == "mapped" and (d["file"] or "").endswith(".so")]
    assert {d["file"] for d in rows} == loaded and len(rows) == len(loaded)
    for row in rows:
        mapped = [line for line in open(f"/proc/{child.pid}/maps") if row["file"] in line]
        assert bounds(row["to"])[0] == int(mapped[0].split("-")[0], 16) and row["mappings"] >= len(mapped)
        assert row["name"] == row["file"].rsplit("/", 1)[1]


def test_a_thread_came(change, child):
    before = set(subprocess.run(["ls", f"/proc/{child.pid}/task"], capture_output=True, text=True).stdout.split())
    differences, _ = change("thread")
    after = set(subprocess.run(["ls", f"/proc/{child.pid}/task"], capture_output=True, text=True).stdout.split())
    assert str(only(differences, "started")["thread"]["tid"]) in after - before
    assert {d["part"] for d in differences if d["change"] == "mapped"} >= {"guard", "thread_stack"}


def test_the_other_way_round(change, child, diff, tmp_path, plain_output):
    """What came has gone, and what grew shrank."""
    opposite = {"mapped": "unmapped", "grew": "shrank", "touched": "released", "started": "ended"}
    opposite |= {b: a for a, b in opposite.items()}
    plain_output("save", "-p", child.pid, tmp_path / "a")
    for word in ("thread", "grow"):
        child.obey(word)
    plain_output("save", "-p", child.pid, tmp_path / "b")
    there, back = (diff(*pair)[0]["differences"] for pair in ((tmp_path / "a", tmp_path / "b"), (tmp_path / "b", tmp_path / "a")))
    assert sorted((opposite.get(d["change"], d["change"]), d["by"] or "") for d in there) == \
        sorted((d["change"], d["by"] or "") for d in back)


def test_nothing(diff, kvas):
    document, status = diff(SAMPLE, SAMPLE)
    assert status == 0 and document["differences"] == [] and document["same_run"]
    result = kvas("diff", "-p", SAMPLE, SAMPLE)
    assert result.returncode == 0 and "No difference." in result.stdout
    assert kvas("diff", "--quiet", "-p", SAMPLE, SAMPLE).stdout == ""


# --- Another run, another program ---------------------------------------------------------------------------

def test_another_run_is_said(child, diff, kvas, tmp_path, plain_output):
    with obedient() as other:
        maps = [{line.split()[-1]: int(line.split("-")[0], 16) for line in reversed(list(open(f"/proc/{pid}/maps")))
                 if line.split()[-1].startswith(("/", "["))} for pid in (child.pid, other.pid)]
        document, _ = diff(child.pid, other.pid)
        text = " ".join(kvas("diff", "-p", child.pid, other.pid).stdout.split())
    assert document["same_program"] and not document["same_run"]
    assert "This is another run of the program: the stack begins elsewhere." in text
    moved = [d for d in document["differences"] if d["change"] == "moved"]
    assert len(moved) > 2
    for d in moved:
        file = d["from"]["file"]
        if file in maps[0] and bounds(d["from"])[0] == maps[0][file]:
            assert (maps[0][file] + number(d["by"])) % (1 << 64) == maps[1][file]
    # Resident memory of another run is no news.
    assert not [d for d in document["differences"] if d["change"] in ("touched", "released")]


def moved_sample(by):
    """The sample, all of it elsewhere."""
    return re.sub(r"\b(start|end|sp|start_\w+|end_\w+)=0x([57]\w{11})",
                  lambda m: f"{m[1]}={int(m[2], 16) + by:#x}", SAMPLE.read_text())


def test_what_only_moved_does_not_count(diff, write, kvas):
    path = write(moved_sample(0x10000000))
    document, status = diff(SAMPLE, path)
    assert status == 0 and {d["change"] for d in document["differences"]} == {"moved"}
    assert {d["by"] for d in document["differences"]} == {"0x10000000"}
    assert len(document["differences"]) == 1 and document["differences"][0]["mappings"] > 30
    assert re.search(r"1 moved, 0 changed\.", kvas("diff", "-p", SAMPLE, path).stdout)
    assert kvas("diff", "--quiet", "-p", SAMPLE, path).stdout == ""


def test_what_moved_down(diff, write, output):
    document, _ = diff(SAMPLE, write(moved_sample(-0x10000000)))
    assert {d["by"] for d in document["differences"]} == {"-0x10000000"} and errors(document) == []


def test_names_are_escaped_once(kvas, diff, write):
    line = record("thread", "tid=415").replace("comm=objects", r"comm=a\x1bb\x5c")
    library = record("mapping", "path=/dev/zero").replace("path=/dev/zero", r"path=/a\x1bb")
    before = write(edited((record("thread", "tid=415"), line), (record("mapping", "path=/dev/zero"), library)), "before")
    after = write(edited((record("thread", "tid=415"), None), (record("mapping", "path=/dev/zero"), None)), "after")
    shown = kvas("diff", "-o", "+FILE", "-p", before, after).stdout
    assert r"thread 415 (a\x1bb\)" in shown and r" /a\x1bb" in shown
    names = {d["name"] for d in diff(before, after)[0]["differences"]}
    assert "thread 415 (a\x1bb\\)" in names


def test_two_programs(diff, kvas, write):
    text, _ = changed("process", "exe=/usr/local/bin/objects", "exe=/usr/bin/other")
    path = write(text.replace("path=/usr/local/bin/objects ", "path=/usr/bin/other ").replace("path=/usr/local/bin/objects\n", "path=/usr/bin/other\n"))
    document, status = diff(SAMPLE, path)
    assert status == 1 and not document["same_program"]
    assert [d["change"] for d in document["differences"]] == ["program"]
    result = kvas("diff", "-p", SAMPLE, path)
    assert "These are two different programs: nothing else is compared." in result.stdout
    assert re.search(r"^program +program +/usr/local/bin/objects +/usr/bin/other *$", result.stdout, re.M)


def test_one_program_for_two_architectures(diff, kvas, write, tmp_path):
    """It has one name, and what differs is said on both sides."""
    path = write(changed("kernel", "arch=x86_64", "arch=arm64")[0])
    document, status = diff(SAMPLE, path)
    assert status == 1 and not document["same_program"]
    text = kvas("diff", "-p", SAMPLE, path).stdout
    assert "two different programs, for two architectures: nothing else" in text
    name = "/usr/local/bin/objects for {}, 64 bits"
    assert re.search(rf"^program +program +{name.format('x86_64')} +{name.format('arm64')} *$", text, re.M)
    for pid, bits in ((412, 64), (413, 32)):
        procfs.make(tmp_path / "made", procfs.Process([procfs.Vma(0x10000, 0x20000)], pid=pid, bits=bits, exe="/bin/one"))
    text = kvas("diff", "--sysroot", tmp_path / "made", "-p", 412, 413).stdout
    assert re.search(r"^program +program +/bin/one, 64 bits +/bin/one, 32 bits *$", text, re.M)
    assert "for two architectures" not in text


# --- Made-up moments --------------------------------------------------------------------------------------------

def record(word, containing):
    [line] = [line for line in LINES if line.startswith(word) and containing in line]
    return line


def edited(*changes):
    """The sample with lines replaced, or taken away (None)."""
    lines = list(LINES)
    for old, new in changes:
        at = lines.index(old)
        lines[at:at + 1] = [] if new is None else [new] if isinstance(new, str) else new
    return counted(lines)


def test_a_stack_that_grew_and_was_touched(diff, write):
    old = record("mapping", "path=[stack]")
    start, rss = (re.search(rf"\b{key}=(\w+)", old)[1] for key in ("start", "rss"))
    new = old.replace(start, hex(number(start) - 8 * PAGE)).replace(f"rss={rss}", f"rss={int(rss) + 2 * PAGE}")
    document, status = diff(SAMPLE, write(edited((old, new))))
    assert status == 1
    assert [(d["change"], d["part"], d["by"]) for d in document["differences"]] == \
        [("grew", "stack", hex(8 * PAGE)), ("touched", "stack", hex(2 * PAGE))]


def test_a_thread_that_ended(diff, write, output):
    line = record("thread", "tid=415")
    path = write(edited((line, None)))
    document, _ = diff(SAMPLE, path)
    assert [(d["change"], d["thread"]["tid"]) for d in document["differences"]] == [("ended", 415)]


def test_one_mapping_became_three(diff, write):
    old = record("mapping", "start=0x7be963600000")
    def piece(start, end, perms):
        return f"mapping  start={start:#x} end={end - 1:#x} perms={perms} offset=0x0 dev=0:0 inode=0 flags=\"mr mw me nr\""
    low, high = (number(re.search(rf"{key}=(\w+)", old)[1]) for key in ("start", "end"))
    pieces = [piece(low, low + PAGE, "---p"), piece(low + PAGE, low + 3 * PAGE, "rw-p"), piece(low + 3 * PAGE, high + 1, "---p")]
    document, _ = diff(SAMPLE, write(edited((old, pieces))))
    [found] = document["differences"]
    assert found["change"] == "permissions" and bounds(found["to"]) == (low + PAGE, low + 3 * PAGE - 1)
    assert (found["from"]["perms"], found["to"]["perms"]) == ("---p", "rw-p")


def test_pairs_and_columns(kvas, write):
    path = write(edited((record("thread", "tid=415"), None)))
    result = kvas("diff", "-P", "-o", "CHANGE,NAME", "-p", SAMPLE, path)
    assert result.returncode == 1 and re.fullmatch(r'CHANGE="ended" NAME="thread 415 \(.*\)"\n', result.stdout)
    listed = kvas("diff", "-p", SAMPLE, "-H", "-r", path).stdout.split()
    assert listed == ["CHANGE", "NAME", "FROM", "TO", "BY", "FILE", "FROM_RANGE", "TO_RANGE"]
    assert "BY" not in kvas("diff", "-H", "-r").stdout.split()


def test_wrong_usage(says_no):
    assert "needs one operand, the same process at another moment" in says_no("diff", "-p", SAMPLE)
    assert "needs one operand" in says_no("diff", "-p", SAMPLE, SAMPLE, SAMPLE)
    assert "needs one operand" in says_no("diff", "-p", SAMPLE, SAMPLE, "-f", SAMPLE)
