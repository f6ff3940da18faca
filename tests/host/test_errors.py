# SPDX-License-Identifier: GPL-2.0-only
"""What is wrong with a capture is said in one sentence, with file and line."""

import os
import re
import shutil
import subprocess

import pytest

import capture
from capture import SAMPLES, build, memory, region
from conftest import PATIENCE, clean_environment

USER = region("user", 0, 0x7fffffffefff)
IMAGE = region("image", 0xffffffff81000000, 0xffffffff82ffffff)
FACT = "fact    name=page_size value=4096 unit=bytes source=PAGE_SIZE route=macro"
MEMORY = memory(0x100000, 0x1fffff)
WITNESS = "witness addr=0x0000000000001000 name=w region=user"

# id: (text, line or 0, what the sentence must say)
CASES = {
    "empty": ("", 1, "the capture is empty"),
    "newer version": ("kvas 2\nwhatever\n", 1,
                      "made by a newer kvas: the capture has format version 2, this reader knows 1"),
    "much newer version": ("kvas 9999\n", 1, "made by a newer kvas"),
    "no header": (build([USER]).split("\n", 1)[1], 1, "expected 'kvas 1' as the first line"),
    "header without a number": ("kvas \nend records=0\n", 1, "expected 'kvas 1'"),
    "header of version 0": ("kvas 0\nend records=0\n", 1, "expected 'kvas 1'"),
    "header with a leading zero": ("kvas 01\nend records=0\n", 1, "expected 'kvas 1'"),
    "header with more": ("kvas 1 \nend records=0\n", 1, "expected 'kvas 1'"),
    "another file": ("root:x:0:0:root:/root:/bin/bash\n", 1, "not a capture of kvas"),
    "binary junk": (b"\x7fELF\x02\x01\x01\0\0\0", 1, "not a capture of kvas"),
    "no end": (build([USER]).rsplit("end", 1)[0], 3, "cut short: the last line is not 'end records=N'"),
    "cut in a line": (build([USER])[:-30], 3, "cut short: the last line does not end"),
    "cut in the last line": (build([USER])[:-1], 4, "cut short: the last line does not end"),
    "a line lost": (build([USER], count=3), 4,
                    "cut short or edited: the 'end' line counts 3 records, 2 are here"),
    "a line added": (build([USER, FACT], count=2), 5, "counts 2 records, 3 are here"),
    "a count that is no number": (build([USER], count="x"), 4, "counts x records"),
    "end without a count": ("kvas 1\nend\n", 2, "the 'end' line has no 'records'"),
    "text after the end": (build([USER]) + "end     records=2\n", 4, "text after the 'end' line"),
    "no kernel record": ("kvas 1\nend     records=0\n", 0, "no kernel record"),
    "kernel record not first": (build([]).replace("kernel", f"{FACT}\nkernel", 1)
                                .replace("records=1", "records=2"), 2, "expected the kernel record here"),
    "two kernel records": (build(["kernel  release=1 machine=m arch=a bits=64 endian=little"]), 3,
                           "a second kernel record"),
    "bits": (build([], bits=16), 2, "bits=16: expected 32 or 64"),
    "endian": (build([]).replace("little", "middle"), 2, "endian=middle: expected little or big"),
    "kernel without release": (build([]).replace("release=1.0-test ", ""), 2, "the kernel record has no 'release'"),
    "kernel without machine": (build([]).replace("machine=x86_64 ", ""), 2, "has no 'machine'"),
    "kernel without arch": (build([]).replace(" arch=x86_64", ""), 2, "has no 'arch'"),
    "carriage return": (build([USER]).replace("\n", "\r\n").replace("\r", "", 1), 2, "carriage return"),
    "tab": (build([USER.replace("region ", "region\t")]), 3, "byte 0x09"),
    "NUL": (build([USER.replace("macro", "mac\0ro", 1)]), 3, "byte 0x00"),
    "UTF-8": (build([USER.replace("name=user", "name=üser")]), 3, "byte 0xc3 in the line: a capture is plain ASCII"),
    "blank line": (build([""]), 3, "expected a record type"),
    "leading space": (build([" " + USER]), 3, "expected a record type in lower case, found ' region"),
    "upper-case type": (build([USER.replace("region", "Region")]), 3, "expected a record type in lower case"),
    "trailing space": (build([USER + " "]), 3, "spaces at the end of the line"),
    "no pair": (build([USER + " word"]), 3, "expected key=value, found 'word'"),
    "no key": (build([USER + " =value"]), 3, "expected key=value, found '=value'"),
    "upper-case key": (build([USER + " Key=1"]), 3, "expected key=value, found 'Key=1'"),
    "no value": (build([USER + " key="]), 3, "a key has no value"),
    "open quote": (build([USER + ' note="never']), 3, "the quote before 'never' is never closed"),
    "quote inside": (build([USER + ' note=a"b"']), 3, "quote inside the value 'a\"b\"'"),
    "quote then text": (build([USER + ' note="a"b']), 3, "expected a space after a quoted value, found 'b'"),
    "key twice": (build([USER + " name=user"]), 3, "the key 'name' appears twice"),
    "unknown key twice": (build([USER + " new=1 new=1"]), 3, "the key 'new' appears twice"),
    "too many pairs": (build(["future  " + " ".join(f"k{i}=1" for i in range(65))]), 3, "more than 64 pairs"),
    "too many records": (build(["f"] * 65536), 65537, "more than 65536 lines"),
    "no name": (build([USER.replace(" name=user", "")]), 3, "the region record has no 'name'"),
    "bad name": (build([USER.replace("name=user", 'name="us er"')]), 3, "'us er' is not a name"),
    "no start": (build([USER.replace("start=0x0000000000000000 ", "")]), 3, "has no 'start'"),
    "no end key": (build([USER.replace("end=0x00007fffffffefff ", "")]), 3, "has no 'end'"),
    "no size": (build([USER.replace("size=137438953468K ", "")]), 3, "has no 'size'"),
    "no provenance": (build([USER.replace(" end_route=macro", "")]), 3, "has no 'end_route'"),
    "short address": (build([USER.replace("0x00007fffffffefff", "0x7fffffffefff")]), 3,
                      "end=0x7fffffffefff: an address of this 64-bit kernel is 0x and 16 digits"),
    "long address": (build([region("user", 0, 0xffff)], bits=32), 3,
                     "start=0x0000000000000000: an address of this 32-bit kernel is 0x and 8 digits"),
    "upper-case address": (build([USER.replace("efff", "EFFF")]), 3, "an address of this 64-bit kernel"),
    "address without 0x": (build([USER.replace("end=0x", "end=00")]), 3, "an address of this 64-bit kernel"),
    "range upside down": (build([USER.replace("start=0x0000000000000000", "start=0x8000000000000000")]), 3,
                          "start is above end"),
    "wrong size": (build([USER.replace("137438953468K", "128T")]), 3, "size=128T does not match the range"),
    "no size at all": (build([USER.replace("137438953468K", "big")]), 3, "size=big: expected a decimal number"),
    "absent and present": (build([USER + ' absent="why"']), 3, "has both 'start' and 'absent'"),
    "half populated": (build([USER + " populated_start=0x0000000000000000"]), 3, "has no 'populated_end'"),
    "populated beyond": (build([region("user", 0, 0xfff, more="populated_start=0x0000000000000000 "
                                       "populated_end=0x0000000000001000 populated_source=x populated_route=macro")]),
                         3, "the populated part is not a range within"),
    "phys": (build([USER + " phys=0x1"]), 3, "phys=0x1: an address"),
    "no parent": (build([USER, IMAGE + " parent=image_window"]), 4, "the parent 'image_window' is not in this capture"),
    "absent parent": (build([IMAGE + " parent=gone", 'region  name=gone absent="why"']), 3, "the parent 'gone' is absent"),
    "child outside": (build([USER, IMAGE + " parent=user"]), 4, "'image' is not within its parent 'user'"),
    "own parent": (build([USER + " parent=user"]), 3, "'user' is its own ancestor"),
    "circle": (build([region("a", 0, 0xfff, more="parent=b"), region("b", 0, 0xfff, more="parent=a")]), 3,
               "'a' is its own ancestor"),
    "into a circle": (build([region("c", 0, 0xfff, more="parent=a"), region("a", 0, 0xfff, more="parent=b"),
                             region("b", 0, 0xfff, more="parent=a")]), 3, "nested more than 16 levels deep, or in a circle"),
    "too deep": (build([region(f"r{i}", 0, 0xfff, more=f"parent=r{i + 1}") for i in range(17)]
                       + [region("r17", 0, 0xfff)]), 3, "nested more than 16 levels deep"),
    "region twice": (build([USER, FACT, USER]), 5, "the name 'user' is taken by line 3"),
    "region and section": (build([IMAGE, IMAGE.replace("region", "section", 1)]), 4, "the name 'image' is taken by line 3"),
    "memory without kind": (build([MEMORY.replace(" kind=fs_dax", "")]), 3, "the memory record has no 'kind'"),
    "memory without phys": (build([re.sub(" phys=[^ ]+", "", MEMORY)]), 3, "the memory record has no 'phys'"),
    "memory without size": (build([MEMORY.replace("size=1024K ", "")]), 3, "the memory record has no 'size'"),
    "memory of another size": (build([MEMORY.replace("1024K", "1023K")]), 3, "size=1023K does not match the range"),
    "memory with both": (build([MEMORY + " absent=why"]), 3, "has both 'start' and 'absent'"),
    "memory upside down": (build([MEMORY.replace("start=0x0000000000100000", "start=0x0000000000200000")]), 3,
                           "start is above end"),
    "in memory": (build([MEMORY, region("a", 0x100000, 0x100fff, more="parent=zone_device")]), 4,
                  "the parent 'zone_device' is not in this capture"),
    "fact twice": (build([FACT, FACT]), 4, "the name 'page_size' is taken by line 3"),
    "witness twice": (build([USER, WITNESS, WITNESS]), 5, "the name 'w' is taken by line 4"),
    "config twice": (build(["config  name=CONFIG_A value=y"] * 2), 4, "the name 'CONFIG_A' is taken by line 3"),
    "fact without value": (build(["fact    name=f"]), 3, "the fact record has no 'value'"),
    "fact with both": (build(["fact    name=f value=1 absent=why"]), 3, "has both 'value' and 'absent'"),
    "unknown boolean": (build(["fact    name=pti value=maybe unit=bool"]), 3, "value=maybe: a bool is y or n"),
    "DOS line ends": (build([USER]).replace("\n", "\r\n"), 1, "carriage return in the line"),
    "too large a number": (build(["fact    name=f value=36893488147419103232 unit=levels"]), 3,
                           "value=36893488147419103232: the largest number is 18446744073709551615"),
    "no number": (build(["fact    name=f value=many unit=count"]), 3, "value=many: a number of count is decimal"),
    "hexadecimal number": (build(["fact    name=f value=0x10 unit=bytes"]), 3, "value=0x10: a number of bytes is decimal"),
    "shortened number": (build(["fact    name=f value=4K unit=bytes"]), 3, "value=4K: a number of bytes is decimal"),
    "decimal offset": (build(["fact    name=f value=12 unit=offset"]), 3, "value=12: an offset is 0x or -0x"),
    "padded offset": (build(["fact    name=f value=0x0012 unit=offset"]), 3, "an offset is 0x or -0x"),
    "offset of minus nothing": (build(["fact    name=f value=-0x0 unit=offset"]), 3, "an offset is 0x or -0x"),
    "empty offset": (build(["fact    name=f value=-0x unit=offset"]), 3, "an offset is 0x or -0x"),
    "long offset": (build(["fact    name=f value=0x10000000000000000 unit=offset"]), 3, "an offset is 0x or -0x"),
    "offset that is a word": (build(["fact    name=f value=-abc unit=offset"]), 3, "an offset is 0x or -0x"),
    "fact's address": (build(["fact    name=f value=0x1 unit=address"]), 3, "value=0x1: an address"),
    "witness without address": (build(["witness name=w region=user"]), 3, "the witness record has no 'addr'"),
    "witness without region": (build(["witness name=w addr=0x0000000000001000"]), 3, "has no 'region'"),
}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.replace(" ", "-"))
def test_malformed(refused, write, case):
    text, line, sentence = CASES[case]
    path = write(text)
    said = refused("-f", path)
    assert said.startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert sentence in said


def test_the_cases_differ_from_what_is_accepted(output, write):
    """The well-formed capture that the cases above damage."""
    output("-f", write(build([USER, IMAGE, FACT, WITNESS])))


@pytest.mark.parametrize("records", [
    ["future  anything=goes here=\"and here\""],
    [USER + " new_key=1"],
    [USER, MEMORY, MEMORY.replace("fs_dax", "of_a_kind_to_come")],
    [MEMORY, region("zone_device", 0, 0xfff)],
    [MEMORY, 'memory name=zone_device absent="there are more pieces than kvas lists"'],
    [USER.replace("start_route=macro", "start_route=telepathy")],
    [USER.replace("name=user", "name=not_in_the_vocabulary")],
    ['region  name=user note="" absent="no mmu"'],
    [USER + ' note=""'],
    ["future"],
    [region("whole", 0, 0xffffffffffffffff)],
    [region("a", 0, 0x1fff), region("b", 0x1000, 0x2fff)],
    [region("a", 0, 0xfff), region("b", 0, 0xfff)],
], ids=["record", "key", "memory", "name-of-memory", "more-memory", "route", "name", "absent", "empty-quotes", "bare-word", "16E", "overlap", "same-range"])
def test_what_may_come_is_accepted(output, write, records):
    path = write(build(records))
    for command in ([], ["map"], ["map", "-J"], ["-J"]):
        output("-f", path, *command)


def test_wide_physical_address_of_a_32_bit_kernel(output, write):
    path = write(build([region("direct_map", 0xc0000000, 0xefffffff, bits=32, more="phys=0x0000000100000000")],
                       bits=32, arch="powerpc"))
    assert "0x100001000" in output("where", "-f", path, "0xc0001000", "-o", "PHYS")


# --- Files that are no captures ---------------------------------------------------

def test_missing_file(refused, tmp_path):
    assert refused("-f", tmp_path / "none") == f"cannot read {tmp_path}/none: No such file or directory"


def test_directory(refused, tmp_path):
    assert "is a directory" in refused("-f", tmp_path)
    assert "--sysroot" in refused("-f", tmp_path)


def test_huge_file(refused, tmp_path):
    path = tmp_path / "huge"
    with path.open("wb") as f:
        f.truncate(5 << 20)
    assert "larger than 4 MiB" in refused("-f", path)


def test_sysroot_without_capture(refused, tmp_path):
    assert f"make one with 'kvas save --all {tmp_path}'" in refused("--sysroot", tmp_path)
    assert "holds no saved machine" in refused("--sysroot", tmp_path / "none")


def test_sysroot_with_malformed_capture(refused, tmp_path):
    live = tmp_path / "sys/kernel/debug/kvas"
    live.parent.mkdir(parents=True)
    live.write_text(build([USER + " word"]))
    assert refused("--sysroot", tmp_path).startswith(f"{live}:3: expected key=value")


def test_sysroot_with_directory_for_capture(refused, tmp_path):
    (tmp_path / "sys/kernel/debug/kvas").mkdir(parents=True)
    assert "is a directory" in refused("--sysroot", tmp_path)


def test_standard_input(output, refused):
    text = SAMPLES[0].read_text()
    assert output("-f", "-", stdin=text) == output("-f", SAMPLES[0])
    assert refused("-f", "-", stdin="x\n").startswith("standard input:1: not a capture")


@pytest.mark.parametrize("command", ["show", "verify", "save"])
def test_standard_input_is_read_once(refused, command, tmp_path):
    """What is wrong with it is said of all that came, not of the nothing behind."""
    text = SAMPLES[0].read_text()[:-100]
    operands = [tmp_path / "new"] if command == "save" else []
    said = refused(command, "-f", "-", *operands, stdin=text)
    assert said.startswith(f"standard input:{text.count(chr(10)) + 1}: cut short")
    assert "larger than 4 MiB" in refused(command, "-f", "-", *operands, stdin="x" * (9 << 20))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("args", [
    ["show"], ["show", "-J"], ["show", "-P"], ["map"], ["map", "-J"], ["where", "0x0"], ["where", "-J", "0x0"],
    ["explain", "vmalloc"], ["explain", "-J"], ["save", "-"],
], ids="-".join)
def test_output_that_does_not_arrive(binary, args):
    with open("/dev/full", "w") as full:
        result = subprocess.run([binary, "-f", SAMPLES[0], *args], stdout=full, stderr=subprocess.PIPE,
                                text=True, env=clean_environment(), timeout=PATIENCE)
    assert result.returncode == 2
    assert re.fullmatch(r"kvas: cannot write the output: No space left on device\n", result.stderr)


def test_live_file(kvas):
    """Whatever this machine has: a layout, or a sentence with a remedy."""
    result = kvas()
    if result.returncode == 0:
        assert "direct_map" in result.stdout
    else:
        assert re.match(r"kvas: cannot read /sys/kernel/debug/kvas: .*"
                        r"(mount -t debugfs|modprobe kvas|sudo|kptr_restrict|make load|headers|CAP_SYSLOG|"
                        r"takes no modules|no debugfs)",
                        result.stderr)


# --- A sysroot from elsewhere ---------------------------------------------------------------------

COMMANDS = (("show",), ("map",), ("verify",), ("where", "0xffffffff81000000"), ("save", "--all", "OUT"))


@pytest.fixture
def saved(tmp_path):
    target = tmp_path / "machine"
    shutil.copytree(capture.GOLDEN / "6.12-amd64-5level", target)
    return target


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
@pytest.mark.parametrize("target", ["{outside}", "../../../outside", "{here}/../outside"])
def test_a_link_that_leads_out_of_a_sysroot_is_refused(refused, saved, tmp_path, command, target):
    outside = tmp_path / "outside"
    outside.write_text("kvas 1\nsecret\n")
    file = saved / ("proc/iomem" if command[0] in ("verify", "save") else "sys/kernel/debug/kvas")
    file.unlink()
    target = target.format(outside=outside, here="/" + "../" * 3)
    if target.startswith(".."):
        target = "../" * len(file.relative_to(saved).parts) + "outside"
    file.symlink_to(target)
    words = [str(tmp_path / "out") if w == "OUT" else w for w in command]
    message = refused(*words, "--sysroot", saved)
    assert f"{file}: its link {file.name} -> {target} leads out of {saved}" in message
    assert not (tmp_path / "out/proc/iomem").exists()


def test_a_linked_directory_is_no_way_out(refused, saved, tmp_path):
    (saved / "proc").rename(tmp_path / "elsewhere")
    (saved / "proc").symlink_to(tmp_path / "elsewhere")
    assert "its link proc -> " in refused("verify", "--sysroot", saved)


def test_links_inside_a_sysroot_are_followed(kvas, saved):
    """An absolute one begins at the sysroot, as on the machine that it is of."""
    before = kvas("verify", "-J", "--sysroot", saved).stdout
    (saved / "kept").mkdir()
    (saved / "proc/iomem").rename(saved / "kept/iomem")
    (saved / "proc/iomem").symlink_to("/kept/./iomem")
    (saved / "sys").rename(saved / "kept/sys")
    (saved / "sys").symlink_to("proc/../kept/sys")
    assert kvas("verify", "-J", "--sysroot", saved).stdout == before


def test_a_circle_of_links_ends(refused, saved):
    file = saved / "sys/kernel/debug/kvas"
    file.unlink()
    file.symlink_to("kvas")
    assert "Too many levels of symbolic links" in refused("--sysroot", saved)


def test_a_pipe_in_a_saved_machine(refused, tmp_path):
    (tmp_path / "sys/kernel/debug").mkdir(parents=True)
    os.mkfifo(tmp_path / "sys/kernel/debug/kvas")
    assert "is no regular file: a saved machine holds nothing else" in refused("show", "--sysroot", tmp_path)


def test_no_name_colours_the_terminal(kvas, tmp_path):
    """Names of files are escaped, whatever prints them."""
    evil = tmp_path / "k\x1b[31m"
    evil.write_bytes(capture.SAMPLES[0].read_bytes())
    for words in (["diff", evil, evil], ["show", "-f", tmp_path / "no\x1b[31m"], ["\x1b[31mx"], ["--\x1b[31m"],
                  ["where", "-o", "QUERY", "\x1b[31m", "-f", evil], ["get", "\x1b[31m", "-f", evil], ["-o", "\x1b[31m", "-f", evil],
                  ["show", "\x1b[31m", "-f", evil], ["save", "--all", tmp_path / "s\x1b[31m", "--sysroot", capture.MACHINES[0]]):
        result = kvas(*words)
        assert "\x1b" not in result.stdout + result.stderr
        assert "\\x1b[31m" in result.stdout + result.stderr, words


@pytest.mark.parametrize("words, said", [
    (("threads", "abc"), "'abc': expected the number of a process or thread, or self"),
    (("threads", "1", "2x"), "'2x': expected the number of a process or thread, or self"),
    (("threads", "0"), "0 is no number of a process or thread: they go from 1 to 4194304"),
    (("threads", "4194305"), "4194305 is no number of a process or thread"),
    (("threads", "self"), "self is this program, which is not among the threads that were saved"),
    (("threads", "--cpus", "1"), "--cpus lists the stacks of processors"),
    (("threads", "-o", "COM"), "there is no column 'COM'; did you mean"),
    (("show", "-o", "NAME,,SIZE"), "--output: expected the name of a column before and after each comma"),
    (("get",), "get needs a name"), (("where",), "where needs an address"), (("walk",), "walk needs an address"),
    (("where", "-o", "X"), "there is no column 'X'"), (("walk", "-p", "0", "0x0"), "0 is no number of a process"),
    (("where", "-p", "0", "0x0"), "0 is no number of a process"), (("user", "0"), "0 is no number of a process"),
    (("user", "1", "--shared", "0"), "0 is no number of a process"),
    (("user", "1", "--shared", "1"), "both are process 1"),
    (("mappings", "--from", "zz"), "--from=zz: expected an address"),
    (("mappings", "--to", "0x0123456789abcdefg"), "--to=0x0123456789abcdefg: expected an address"),
    (("mappings", "-o", "X"), "there is no column 'X'"), (("verify", "-o", "X"), "there is no column 'X'"),
    (("map", "x"), "map takes no operand"), (("map", "-p", "0"), "0 is no number of a process"),
    (("save", "-p", "0", "x"), "0 is no number of a process"), (("diff", "-p", "0", "1"), "0 is no number of a process"),
    (("diff", "-o", "X", "1", "2"), "there is no column 'X'"), (("export",), "export needs a format"), (("check",), "check needs a file"),
], ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_usage_is_checked_before_anything_is_read(refused, tmp_path, words, said):
    """There is nothing to read, and that is not what is said."""
    command, *rest = words
    assert refused(command, "--sysroot", tmp_path, *rest).startswith(said)
