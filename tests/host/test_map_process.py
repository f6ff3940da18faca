# SPDX-License-Identifier: GPL-2.0-only
"""kvas map -p, show -p: the picture of a process on top of its kernel."""

import json
import re

import pytest

import procfs
from capture import Capture
from procfs import Process, Vma
from test_schema import errors
from test_user import parse_mappings
from test_user_saved import CAPTURE, SAMPLE

STACK = Vma(0x7FFE00000000, 0x7FFE00021000, path="[stack]", flags="rd wr mr mw me gd ac")
LOW_STACK = Vma(0xBF000000, 0xBF021000, path="[stack]", flags="rd wr mr mw me gd ac")
HEAP = Vma(0x8100000, 0x8121000, path="[heap]")
MADE = {
    "32-bit-kernel": Process([HEAP, Vma(0xB7000000, 0xB7001000), LOW_STACK], bits=32, word_bits=32, machine="i686",
                             highest=0xBFFFF000),
    "32-bit-program": Process([HEAP, Vma(0xF7000000, 0xF7001000), Vma(0xFFFD0000, 0xFFFF1000, path="[stack]")], bits=32),
    "arm": Process([HEAP, Vma(0xB6F00000, 0xB6F01000), LOW_STACK, Vma(0xFFFF0000, 0xFFFF1000, "r-xp", "[vectors]")],
                   bits=32, word_bits=32, machine="armv7l", highest=0xBFFFF000, rollup=None),
    "5-level": Process([HEAP, STACK, Vma(1 << 55, (1 << 55) + 0x1000)], highest=0xFFFFFFFFFFE000),
    "s390x": Process([HEAP, Vma(0x3FFF0000000, 0x3FFF0021000, path="[stack]")], machine="s390x", order="big",
                     highest=(1 << 64) - 0x2000),
    "vsyscall": Process([STACK, Vma(0xFFFFFFFFFF600000, 0xFFFFFFFFFF601000, "--xp", "[vsyscall]", flags="ex")]),
    "a name": Process([Vma(0x10000, 0x11000, "r--p", "/x y/\x1b[31m \u00e9 │", inode=9), STACK]),
}


def number(text):
    return int(text, 16)


def pieces(document, schema=True):
    """(start, stop, regions) of each span from address 0 on; none may be left out or be there twice."""
    assert not schema or errors(document) == []
    spans = [(number(s["start"]), number(s["end"]) + 1, s["regions"], s["kind"]) for s in reversed(document["spans"])]
    assert spans[0][0] == 0 and spans[-1][1] == 1 << document["kernel"]["bits"]
    assert all(a[1] == b[0] for a, b in zip(spans, spans[1:]))
    assert all((kind == "hole") == (not regions) for _, _, regions, kind in spans)
    return spans


def check_mappings(spans, mappings):
    """What is mapped is in a region, and a hole is not mapped."""
    for start, stop in mappings:
        inside = [s for s in spans if s[0] < stop and s[1] > start]
        assert all(s[2] for s in inside)
        assert inside[0][0] == start and inside[-1][1] == stop, hex(start)


@pytest.fixture(params=MADE)
def made(request, tmp_path):
    procfs.make(tmp_path / "root", MADE[request.param])
    return MADE[request.param], ("-p", 412, "--sysroot", tmp_path / "root")


def test_no_address_is_left_out(known, ask):
    spans = pieces(ask("-p", known.pid, command="map"))
    check_mappings(spans, [(m.start, m.stop) for m in parse_mappings(known.proc("maps"))])
    for name, part in {"data": "data", "heap_malloc": "heap", "library_text": "text", "memfd": "memfd"}.items():
        [regions] = [s[2] for s in spans if s[0] <= known.objects[name] < s[1]]
        assert regions[-1] == part
        assert len(regions) == (2 if part in ("data", "text") else 1)


def test_made_up_processes(made, ask):
    process, args = made
    spans = pieces(ask(*args, command="map"))
    check_mappings(spans, [(v.start, v.stop) for v in process.vmas])


def check_pictures(plain_output, *args):
    """They fit, and have nothing that colours a terminal."""
    for width in (60, 100):
        text = plain_output("map", *args, env={"COLUMNS": width})
        assert max(map(len, text.splitlines())) <= width and "\x1b" not in text
    brief = plain_output("map", "--brief", *args, env={"COLUMNS": 80})
    assert len(brief.splitlines()) <= 40 and max(map(len, brief.splitlines())) <= 80


def test_pictures_of_made_up_processes(made, plain_output):
    check_pictures(plain_output, *made[1])


def test_pictures_of_processes(known, plain_output):
    check_pictures(plain_output, "-p", known.pid)


@pytest.mark.parametrize("capture", [(), ("-f", CAPTURE)], ids=["alone", "with-kernel"])
def test_pictures_of_a_saved_process(plain_output, capture):
    check_pictures(plain_output, "-p", SAMPLE, *capture)


def test_the_order_of_the_textbooks(plain_output):
    text = plain_output("map", "-p", SAMPLE, env={"COLUMNS": 100})
    names = re.findall(r" [├╞]═? ?(\S.*?) [─═┄ ]", text)
    order = ["user half", "stack", "stack_guard_gap", "unused hole", "ld-linux-x86-64.so.2", "vdso", "libc.so.6", "heap",
             "unused hole", "objects"]
    at = [text.index(f" {name} ") for name in order if name != "unused hole"]
    assert at == sorted(at) and {*order} <= {*names, "user half"}
    assert "unused hole ┄ room for stack and mmap()" in text and "unused hole ┄ room for heap and mmap()" in text
    assert text.startswith("Linux 6.12.117+deb13-amd64 on x86_64, process 412 (objects)\n")
    # Of each part where it begins.
    for line in SAMPLE.read_text().splitlines():
        if "path=[heap]" in line:
            start = number(re.search(r"start=(\S+)", line)[1])
            assert re.search(rf"^{start:#018x} ", text, re.M)


def test_only_the_main_stack_has_room(tmp_path, plain_output):
    """An area of MAP_GROWSDOWN has a gap below it, too, but the hole there is no more its own than any other."""
    grows = Vma(0x7F0000200000, 0x7F0000300000, flags="rd wr mr mw me gd")
    procfs.make(tmp_path, Process([grows, STACK]))
    text = plain_output("map", "-p", "412", "--sysroot", tmp_path, env={"COLUMNS": 100})
    [above, between, below] = re.findall(r"^.*unused hole.*$", text, re.M)
    assert text.count("stack_guard_gap") == 2 and "room for stack and mmap()" in between
    assert "room" not in above + below


# --- The kernel half ----------------------------------------------------------------------------------

def test_the_kernel_half_is_as_without_a_process(ask):
    top = Capture(CAPTURE).regions["user"][1]
    alone, both = (ask(*args, "-f", CAPTURE, command="map")["spans"] for args in ((), ("-p", SAMPLE)))
    above = [[s for s in spans if number(s["start"]) > top] for spans in (alone, both)]
    assert above[0] == above[1] and len(above[0]) > 20
    assert not [s for s in both if "user" in s["regions"]]


def test_without_a_capture_nothing_is_said_of_it(ask, plain_output, says_no):
    document = ask("-p", SAMPLE, command="map")
    assert "name a capture of the same boot" in document["kernel_half_absent"]
    beyond = min(number(s["start"]) for s in document["spans"] if "beyond_user_half" in s["regions"])
    # The end was not measured: it is not below the last mapping.
    assert document["process"]["user_limit"]["end"] is None
    assert beyond == max(int(end, 16) for end in re.findall(r"end=(0x7f\w+)", SAMPLE.read_text())) + 1
    text = plain_output("map", "-p", SAMPLE)
    assert "kernel half ═" not in text and "the kernel half is not shown:" in " ".join(text.split())
    assert "the kernel half is not shown" in says_no("map", "--only", "kernel", "-p", SAMPLE)
    assert "heap" in plain_output("map", "--only", "user", "-p", SAMPLE)


def test_the_capture_must_be_of_its_kernel(says_no):
    other = CAPTURE.parents[4] / "5.10-amd64-4level/sys/kernel/debug/kvas"
    assert "both must be of one machine and boot" in says_no("map", "-p", SAMPLE, "-f", other)


def test_s390x_has_a_space_for_each(ask, tmp_path, plain_output):
    capture = CAPTURE.parents[4] / "6.12-s390x-kaslr/sys/kernel/debug/kvas"
    release = re.search(r"release=(\S+)", capture.read_text())[1]
    process = Process(MADE["s390x"].vmas, machine="s390x", order="big", highest=(1 << 53) - 0x1000, release=release)
    procfs.make(tmp_path, process)
    args = ("-p", 412, "--sysroot", tmp_path, "-f", capture)
    document = ask(*args, command="map")
    assert document["kernel_half_absent"] == "it is not part of this address space"
    spans = pieces(document)
    assert {name for s in spans for name in s[2]} == {"heap", "stack", "stack_guard_gap", "beyond_user_half"}
    assert "the kernel half is not shown: it is not part of this address space" in " ".join(plain_output("map", *args).split())


# --- Many, and one ------------------------------------------------------------------------------------

def test_many_mappings_are_drawn_as_one(tmp_path, ask, plain_output):
    many = [Vma(0x700000000000 + n * 0x3000, 0x700000001000 + n * 0x3000, "rw-p" if n % 2 else "---p") for n in range(10000)]
    procfs.make(tmp_path, Process([HEAP, *many, STACK]))
    args = ("-p", 412, "--sysroot", tmp_path)
    text = plain_output("map", *args, env={"COLUMNS": 140})
    assert len(text.splitlines()) < 60
    assert "10000 mappings ─ 5000 anonymous, 5000 reservation, 39.1M mapped" in text
    spans = pieces(ask(*args, command="map"), schema=False)
    assert {(s[0], s[1]) for s in spans if s[2] and 1 << 46 < s[0] < STACK.start - (1 << 20)} == {(v.start, v.stop) for v in many}


def test_zoom(plain_output, says_no):
    for name in ("heap", "libc.so.6", "stack"):
        text = plain_output("map", "--zoom", name, "-p", SAMPLE, env={"COLUMNS": 100})
        assert f"process 412 (objects): {name}\n" in text and "user half ═" not in text
    # The kernel's own comes first.
    kernel = plain_output("map", "--zoom", "text", "-f", CAPTURE)
    assert kernel.splitlines()[4:] == plain_output("map", "--zoom", "text", "-f", CAPTURE, "-p", SAMPLE).splitlines()[-len(kernel.splitlines()) + 4:]
    assert "no region has this name" in says_no("map", "--zoom", "libm.so.6", "-p", SAMPLE)


@pytest.mark.parametrize("n", [2, 40])
def test_zoom_to_one_of_many(plain_output, tmp_path, n):
    """Also where more than 16 are drawn as one, and where the name is another word for a region, as thread_stack for stack."""
    many = [Vma(start, start + 0x1000, "rw-s", f"/memfd:{start:x} (deleted)", 0, 9)
            for start in range(0x700000000000, 0x700000000000 + n * 0x2000, 0x2000)]
    stack = [Vma(0x710000000000, 0x710000001000, "---p"), Vma(0x710000001000, 0x710000009000)]
    threads = ((412, "a", "S", "202 0x1 0x2 0x3 0x4 0x5 0x6 0x710000004000 0x9\n"),)
    procfs.make(tmp_path, Process([HEAP, *many, *stack, STACK], threads=threads))
    for command in (("map",), ("draw", "--format=txt", "-"), ("draw", "--from=heap", "--to=memfd", "--format=txt", "-")):
        zoom = ("--zoom=memfd",) if "--to=memfd" not in command else ()
        text = plain_output(*command, *zoom, "-p", "412", "--sysroot", tmp_path)
        assert "memfd" in text and (hex(many[0].start)[2:] in text.replace(" ", "")) and "mappings" not in text
    text = plain_output("map", "--zoom=thread_stack", "-p", "412", "--sysroot", tmp_path)
    assert "thread_stack ─ stack of thread 412" in text and "0x0000710000001000" in text


# --- show -p ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("options", [(), ("-J",), ("-r", "--output-all"), ("-b", "-o", "NAME,SIZE"), ("-f", CAPTURE)])
def test_show_is_user(plain_output, options):
    assert plain_output("show", "-p", SAMPLE, *options) == plain_output("user", SAMPLE, *options)


def test_show_takes_nothing_besides(says_no, plain_output):
    for more in (("--facts",), ("--summary=only",), ("vmalloc",)):
        assert "prints what 'kvas user' does" in says_no("show", "-p", SAMPLE, *more)
    columns = json.loads(plain_output("show", "-p", SAMPLE, "-J", "-H"))["list_columns"]
    assert [c["name"] for c in columns] == [c["name"] for c in json.loads(plain_output("user", "-J", "-H"))["list_columns"]]


@pytest.mark.parametrize("command", [("map",), ("show",), ("where", "0x1000"), ("diff", SAMPLE)])
def test_no_such_process(says_no, command, tmp_path):
    assert "there is no process" in says_no(*command, "-p", 2**22 + 1)
    assert "there is no process named 'no such one'" in says_no(*command, "-p", "no such one")
    bad = tmp_path / "bad"
    bad.write_text(SAMPLE.read_text()[:-20])
    assert "cut short" in says_no(*command, "-p", bad)


def test_a_heap_on_the_last_page_of_the_program(ask, write):
    """Without randomisation, on older kernels; it is larger than the program, and not in its box."""
    brk, old = 0x55B3C4FD14A0, "start=0x55b3c4cd2000 end=0x55b3c4fd1fff"
    text = SAMPLE.read_text().replace("start_brk=0x55b401114000", f"start_brk={brk:#x}")
    [line] = [line for line in text.splitlines() if old in line]
    heap = line.replace("end=0x55b3c4fd1fff", "end=0x55b3d4fd1fff").replace(" inode=0", " inode=0 path=[heap]")
    assert heap != line
    spans = pieces(ask("-p", write(text.replace(line, heap)), command="map"))
    around = [s[2] for s in spans if s[1] > brk - 1 and s[0] <= brk]
    assert around == [["objects", "bss"], ["heap"]]
