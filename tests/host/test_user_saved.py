# SPDX-License-Identifier: GPL-2.0-only
"""A saved process: what is said of it stays the same, and a damaged one is refused with its line.

After a wanted change of what is printed:

    UPDATE=1 tests/run host/test_user_saved.py
"""

import json
import os
import re

import pytest

from conftest import HERE
from test_schema import errors

SAMPLE = HERE / "samples/x86_64.process"
CAPTURE = HERE.parent / "golden/6.12-amd64-5level/sys/kernel/debug/kvas"
EXPECTED = HERE / "expected_processes"
VIEWS = {
    "user": ([SAMPLE, "-f", CAPTURE], None),
    "user-80": ([SAMPLE, "--ascii"], 80),
    "raw": ([SAMPLE, "-r", "--output-all"], None),
    "json": ([SAMPLE, "-J", "-f", CAPTURE], None),
    "stacks": ([SAMPLE, "--stacks", "--output-all"], None),
    "stacks-json": ([SAMPLE, "--stacks", "-J"], None),
}
LINES = SAMPLE.read_text().splitlines()


def number_of(word, n=0):
    """Of the line of the sample with the n-th such record."""
    return [i for i, line in enumerate(LINES) if line.split()[0] == word][n]


def changed(word, old, new, n=0):
    """The sample with another text in a record, and the number of its line in messages."""
    lines, i = list(LINES), number_of(word, n)
    assert old in lines[i]
    lines[i] = lines[i].replace(old, new, 1)
    return "\n".join(lines) + "\n", i + 1


def without(word, n=0):
    lines = list(LINES)
    del lines[number_of(word, n)]
    return counted(lines), number_of(word, n) + 1


def twice(word):
    lines, i = list(LINES), number_of(word)
    return counted([*lines[:i + 1], lines[i], *lines[i + 1:]]), i + 2


def counted(lines):
    return re.sub(r"records=\d+", f"records={len(lines) - 2}", "\n".join(lines)) + "\n"


@pytest.mark.parametrize("view", VIEWS)
def test_output_is_as_before(output, view):
    args, width = VIEWS[view]
    text, file = output("user", *args, env={"COLUMNS": width} if width else {}), EXPECTED / view
    if os.environ.get("UPDATE"):
        EXPECTED.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
    if view == "user-80":
        assert max(map(len, text.splitlines())) <= 80


def test_nothing_is_left_over():
    assert {path.name for path in EXPECTED.iterdir()} == set(VIEWS)


@pytest.mark.parametrize("options", [(), ("-f", CAPTURE), ("--stacks",), ("-o", "NAME,RANGE,FILE"), ("--stacks", "-o", "TID,STACK")])
def test_the_schema(output, options):
    document = json.loads(output("user", "-J", SAMPLE, *options))
    assert errors(document) == []
    assert ("kernel" in document) == ("-f" in options)


def test_it_is_written_as_it_was_read(output, tmp_path, write):
    """Whatever a name holds; what a later version may add is skipped."""
    odd = "".join(chr(c) for c in (1, 9, 10, 13, 27, 32, 34, 92, 127)) + "é"
    escaped = "".join(f"\\x{b:02x}" if b < 0x21 or b > 0x7E or b in (34, 92) else chr(b) for b in odd.encode())
    text, _ = changed("process", "comm=objects", f"comm={escaped} later=1")
    lines = text.splitlines()
    path = write(counted([*lines[:-1], "later    key=value", lines[-1]]))
    document = json.loads(output("user", "-J", path))
    assert document["process"]["comm"] == odd
    # On a terminal it stays in its line.
    shown = output("user", path)
    assert "\x1b" not in shown and "\\x1b" in shown


def test_a_guard_has_no_memory(output, write):
    """If pages that madvise() guards come first, as below a stack, the mapping's memory is that of the part above."""
    text, _ = changed("guard", "start=0x7fe9637a8000", "start=0x7fe9637a6000")
    path = write(text)
    guard, above = [row for row in json.loads(output("user", "-J", path))["rows"]
                    if row["start"] in ("0x00007fe9637a6000", "0x00007fe9637aa000")]
    assert guard["name"] == "guard" and guard["perms"] == "---p" and "rss" not in guard
    assert guard["note"] == "its memory is counted with anonymous after it, in one mapping"
    assert above["name"] == "anonymous" and above["rss"] == "0x8000" and above["perms"] == "rw-p" and "note" not in above
    assert "stand at the first that is no guard" in output("user", path)


def test_names_of_threads_are_escaped_once(output, write):
    text, _ = changed("thread", "comm=objects", "comm=a\\x1bb\\x5c")
    stack = re.search(r"end=(0x\w+) .*\[stack\]", text)[1]
    path = write(text)
    assert r"(a\x1bb\)" in output("where", "--process", path, stack)
    [answer] = json.loads(output("where", "-J", "--process", path, stack))["where"]
    assert "(a\x1bb\\)" in answer["note"]


# --- Damage ----------------------------------------------------------------------------------------

def test_no_proper_prefix(refused, write):
    text = SAMPLE.read_bytes()
    for n in [1, 11, 12, 13, 14, 15, 16, *range(20, len(text) - 2, 997), len(text) - 2, len(text) - 1]:
        said = refused("user", write(text[:n]))
        assert "cut short" in said or "not a saved process" in said or "empty" in said, n


BAD = [
    (*changed("kernel", "bits=64", "bits=16"), "bits=16: expected 32 or 64"),
    (*changed("kernel", "page_size=4096", "page_size=4095"), "page_size=4095: expected a power of two, at most 1048576"),
    (*changed("kernel", "page_size=4096", "page_size=0"), "page_size=0: expected a power of two"),
    (*changed("kernel", "endian=little", "endian=odd"), "endian=odd: expected little or big"),
    (*changed("kernel", " release=6.12.117+deb13-amd64", ""), "the kernel record has no 'release'"),
    (*changed("process", "pid=412", "pid=0"), "pid=0: expected a decimal number, at least 1"),
    (*changed("process", "comm=objects", "comm=a\\x0"), "comm: expected \\x01 to \\xff"),
    (*changed("process", "comm=objects", "comm=a\\x00b"), "comm: expected \\x01 to \\xff"),
    (*changed("process", "use=y", "use=maybe"), "use=maybe: expected y or n"),
    (*changed("memory", "stack_gap=1048576", "stack_gap=1"), "stack_gap is not one of whole pages"),
    (*changed("memory", "start_brk=0x", "start_brk="), "expected 0x and at most 16 digits"),
    (*changed("mapping", "start=0x55b3c4ccb000", "start=0x55b3c4ccb001"), "the range is not one of whole pages"),
    (*changed("mapping", "end=0x55b3c4cccfff", "end=0x45b3c4cccfff"), "start is above end"),
    (*changed("mapping", "end=0x55b3c4cccfff", "end=0x55b3c4ccdfff", 0), "it begins before the end of the mapping before it"),
    (*changed("mapping", "perms=r--p", "perms=r--q"), "perms=r--q: expected p or s as the last of four letters"),
    (*changed("mapping", "perms=r--p", "perms=r--px"), "as the last of four letters"),
    (*changed("mapping", "perms=r--p", "perms=w--p"), "perms=w--p: expected letters of rwx, or a dash for each"),
    (*changed("mapping", "perms=r--p", "perms=r"), "perms=r: expected letters of rwx"),
    (*changed("mapping", "dev=fe:0", "dev=fe"), "dev: expected two hexadecimal numbers"),
    (*changed("mapping", "dev=fe:0", "dev=fe:100000000"), "dev: expected two hexadecimal numbers"),
    (*changed("mapping", "rss=8192", "rss=9223372036854775807"), "rss: no machine has that much memory"),
    (*changed("mapping", "inode=", "inode=x"), "expected a decimal number"),
    (*changed("image", " program=y", " build_id=0x12"), "build_id=0x12: expected hexadecimal digits"),
    (*changed("image", " program=y", " size=0x12 mtime=1"), "size=0x12: expected a decimal number"),
    (*changed("image", " program=y", " size=12"), "the image record has no 'mtime'"),
    (*changed("segment", "memory=4472", "memory=4471"), "more of it is in the file than in memory"),
    (*changed("segment", "file=4472 memory=4472", "file=0 memory=0"), "memory=0: expected a decimal number, at least 1"),
    (*changed("segment", "memory=4472", "memory=18446744073709551615"), "it goes beyond the last address"),
    (*changed("segment", "file=4472 memory=4472", "file=4472 memory=8193"), "it begins before the end of the segment before it"),
    (*changed("guard", "start=0x7fe9637a8000", "start=0x7fe9637a8001"), "the range is not one of whole pages"),
    (*changed("thread", "tid=415", "tid=412", 1), "its tid is not above that of the thread before it"),
    (*changed("thread", "state=S", "state=SS"), "state=SS: expected one letter"),
    (*changed("thread", " sp=0x7ffeab3734c0", ""), "the thread record has no 'no_sp'"),
    (*twice("kernel"), "a second kernel record"), (*twice("process"), "a second process record"),
    (*twice("memory"), "a second memory record"), (*twice("total"), "a second total record"),
]


@pytest.mark.parametrize("text, line, message", BAD, ids=[b[2][:40] for b in BAD])
def test_what_is_wrong_is_said_with_its_line(refused, write, text, line, message):
    path = write(text)
    said = refused("user", path)
    # Of two mappings that overlap, the second is at fault.
    line += "before the end of" in message and "thread" not in message
    assert said.startswith(f"{path}:{line}: ") and message in said, said


@pytest.mark.parametrize("text, message", [
    (without("process")[0], "there is no process record"), (without("memory")[0], "there is no memory record"),
    (counted([*LINES[:5], LINES[-1]]), "there is no mapping record, and each process has mappings"),
    (counted([line for line in LINES if not line.startswith("segment")]), "image 1 has no segments"),
    (changed("segment", "memory=3147032", "memory=99999999999999", 3)[0], "image 2 begins before the end of the one before it"),
])
def test_what_is_missing_is_said(refused, write, text, message):
    path = write(text)
    assert refused("user", path) == f"{path}: {message}"


def test_the_kernel_comes_first(refused, write):
    """Its page size and width decide what all others may hold."""
    assert ":2: expected the kernel record here, before all others" in refused("user", write(without("kernel")[0]))


def test_a_segment_before_any_image(refused, write):
    text, line = without("image")
    assert f":{line}: a segment without an image before it" in refused("user", write(text))


def test_a_later_version_is_refused(refused, write):
    path = write("\n".join(["kvas_process 2", *LINES[1:]]) + "\n")
    assert "made by a newer kvas" in refused("user", path)


def test_another_kernel_is_refused(refused):
    other = HERE.parent / "golden/5.10-amd64-4level/sys/kernel/debug/kvas"
    assert "both must be of one machine and boot" in refused("user", SAMPLE, "-f", other)
