# SPDX-License-Identifier: GPL-2.0-only
"""kvas where --annotate: an oops or a stack trace, explained line by line.

oopses/MACHINE.txt is an oops in the form in which that machine's architecture
prints it.  {region+0x10} is an address of the machine, {fact} what it publishes.  A line "^ LABEL MARK TEXT"
is a note that must stand below the line before: MARK is ! if it cannot be right, and
TEXT a part of what is said ("-" for a label or a text that does not matter).  A line
with none of these must have no note.
"""

import json
import re

import pytest

import capture
from capture import Capture

HERE = capture.HERE
FILES = sorted((HERE / "oopses").glob("*.txt"))
MACHINES = {m.name: m for m in capture.MACHINES}
FIVE = MACHINES["6.12-amd64-5level"]
CAP = Capture(FIVE / "sys/kernel/debug/kvas")


def expand(text, cap):
    def place(match):
        name, key, offset = match[1], match[2], int(match[3], 0)
        start, _, fields = cap.regions[name]
        return f"{(int(fields[key], 16) if key else start) + offset:0{cap.bits // 4}x}"
    text = re.sub(r"\{(\w+)\}", lambda match: cap.fact(match[1]), text)
    return re.sub(r"\{(\w+)(?:\.(\w+))?\+(\w+)\}", place, text)


def read(path, cap):
    """The lines, and the notes that each must have."""
    lines, notes = [], []
    for line in expand(path.read_text(), cap).splitlines():
        if line.startswith("^ "):
            notes[-1].append(line[2:].split(" ", 2))
        else:
            lines.append(line)
            notes.append([])
    return lines, notes


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_each_line_is_explained(output, path, tmp_path):
    machine = MACHINES[path.stem]
    lines, expected = read(path, Capture(machine / "sys/kernel/debug/kvas"))
    file = tmp_path / "oops"
    file.write_text("\n".join(lines) + "\n")
    document = json.loads(output("where", "-J", "--annotate", "--sysroot", machine, file))
    assert (document["version"], document["command"]) == (1, "where")
    assert [line["text"] for line in document["lines"]] == lines
    for line, notes in zip(document["lines"], expected, strict=True):
        found = [(n["label"] or "-", "!" if n["wrong"] else "|", n["text"]) for n in line["notes"]]
        if "Kernel Offset" in line["text"] and not notes:
            continue
        assert len(found) == len(notes), (line["text"], found)
        for (label, mark, text), (label2, mark2, part) in zip(found, notes):
            assert (label, mark) == (label2, mark2), (line["text"], text)
            assert part == "-" or part in text, line["text"]


def test_every_architecture_has_one():
    archs = {Capture(MACHINES[p.stem] / "sys/kernel/debug/kvas").kernel["arch"] for p in FILES}
    assert archs == {"x86_64", "i386", "arm", "arm64", "riscv64", "ppc64", "s390x", "loongarch64", "mips64"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_text_is_kept(output, path):
    """With notes below its lines, which nothing else begins like."""
    machine = MACHINES[path.stem]
    lines, _ = read(path, Capture(machine / "sys/kernel/debug/kvas"))
    text = output("where", "--annotate", "--sysroot", machine, stdin="\n".join(lines) + "\n")
    assert [x for x in text.splitlines() if not re.match(r"    [|!] ", x)] == lines
    assert text.count("\n") > len(lines) + 3


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_damaged_text_is_no_trouble(kvas, path):
    """Cut off and garbled in any place."""
    machine = MACHINES[path.stem]
    text = expand(path.read_text(), Capture(machine / "sys/kernel/debug/kvas"))
    garbled = "\n".join(line[:n % (len(line) + 1)] + line[n % (len(line) + 1):][::-1] if n % 3 else line[:n * 7 % 90]
                        for n, line in enumerate(text.splitlines() * 4))
    assert kvas("where", "--annotate", "--sysroot", machine, stdin=garbled).returncode == 0


# --- This boot or another ---------------------------------------------------------------------------

TEXT = CAP.regions["text"][0]
HERE_BY = int(CAP.fact("image_kaslr_offset"), 0)


def annotate(output, lines, *args):
    document = json.loads(output("where", "-J", "--annotate", *args, stdin="\n".join(lines) + "\n"))
    return document["boot"], [note for line in document["lines"] for note in line["notes"]]


def kernel_offset(by):
    return f"Kernel Offset: {by:#x} from 0xffffffff81000000 (relocation range: 0xffffffff80000000-0xffffffffbfffffff)"


@pytest.mark.parametrize("by", (0, 0x1000000, 0x3fe00000))
def test_addresses_of_another_boot_are_moved(output, by):
    boot, notes = annotate(output, [f"RAX: {TEXT - HERE_BY + by + 0x123:016x} RBX: {TEXT + 0x10000000:016x}",
                                    kernel_offset(by)], "--sysroot", FIVE)
    assert boot["other_boot"] and int(boot["moved"], 16) % (1 << 64) == (HERE_BY - by) % (1 << 64)
    assert notes[0]["where"]["addr"] == CAP.address(TEXT + 0x123)
    assert notes[0]["where"]["regions"][-1] == "text"


def test_the_same_offset_is_the_same_place(output):
    boot, notes = annotate(output, [f"RAX: {TEXT + 0x123:016x}", kernel_offset(HERE_BY)], "--sysroot", FIVE)
    assert not boot["other_boot"] and notes[0]["where"]["addr"] == CAP.address(TEXT + 0x123)


def test_without_kaslr(output):
    boot, _ = annotate(output, [f"RAX: {TEXT + 0x123:016x}", "Kernel Offset: disabled"], "--sysroot", FIVE)
    assert boot["other_boot"] and int(boot["moved"], 16) % (1 << 64) == HERE_BY


def test_what_is_placed_anew_is_not_looked_up(output):
    """The direct map, vmalloc and vmemmap have offsets of their own, which no oops prints."""
    lines = [f"RAX: {CAP.regions[name][0] + 0x40:016x}" for name in ("direct_map", "vmalloc", "vmemmap")]
    _, notes = annotate(output, [*lines, kernel_offset(0)], "--sysroot", FIVE)
    for note in notes:
        assert "not known in which" in note["text"] and not note["wrong"] and note["where"] is None
    _, notes = annotate(output, lines, "--sysroot", FIVE)
    assert [n["where"]["regions"][0] for n in notes] == ["direct_map", "vmalloc", "vmemmap"]


def test_it_is_said_where_the_offset_is_not_known(output):
    boot, _ = annotate(output, [f"RAX: {TEXT + 0x123:016x}"], "--sysroot", FIVE)
    assert not boot["known"] and "addresses are taken to be of the same boot" in boot["text"]
    text = output("where", "--annotate", "--sysroot", FIVE, stdin=f"RAX: {TEXT:016x}\n")
    assert "taken to be of the same boot" in text.splitlines()[-1]


def symbols(path):
    """Those that /proc/kallsyms has once."""
    lines = [line.split() for line in path.read_text().splitlines()]
    names = [words[2] for words in lines]
    return {words[2]: int(words[0], 16) for words in lines if names.count(words[2]) == 1 and len(words) == 3}


@pytest.mark.parametrize("by", (0, 0x200000, -0x400000))
def test_symbols_with_addresses_tell_the_offset(output, by):
    """As arm, s390, powerpc, mips and loongarch print them."""
    known = symbols(FIVE / "proc/kallsyms")
    pairs = [(name, addr) for name, addr in known.items() if TEXT < addr < CAP.regions["text"][1]][:3]
    lines = [f"[<{addr + by + 8:016x}>] {name}+0x8/0x100" for name, addr in pairs]
    boot, _ = annotate(output, lines, "--sysroot", FIVE)
    assert boot["known"] and boot["other_boot"] == (by != 0)
    assert int(boot["moved"], 16) % (1 << 64) == -by % (1 << 64)
    lines[1] = lines[1].replace("+0x8/", "+0x18/")
    boot, _ = annotate(output, lines, "--sysroot", FIVE)
    assert not boot["known"] and "another build" in boot["text"]


def test_an_offset_and_symbols_that_contradict_it(output):
    [(name, addr)] = [x for x in symbols(FIVE / "proc/kallsyms").items() if TEXT < x[1] < CAP.regions["text"][1]][:1]
    line = f"[<{addr + 8:016x}>] {name}+0x8/0x100"
    assert annotate(output, [line, kernel_offset(HERE_BY)], "--sysroot", FIVE)[0]["known"]
    boot, notes = annotate(output, [line, kernel_offset(0x1000000)], "--sysroot", FIVE)
    assert not boot["known"] and boot["moved"] is None and "another build" in boot["text"]
    assert notes[0]["where"]["addr"] == CAP.address(addr + 8)


def test_the_offset_as_mips_and_loongarch_print_it(output):
    machine = MACHINES["6.1-5kc-malta-1g"]
    boot, _ = annotate(output, ["Kernel relocated by 0x1000000", "BadVA : 0000000000000010"], "--sysroot", machine)
    here = int(Capture(machine / "sys/kernel/debug/kvas").fact("image_kaslr_offset"), 0)
    assert int(boot["kernel_offset"], 16) == 0x1000000
    assert int(boot["moved"], 16) % (1 << 64) == (here - 0x1000000) % (1 << 64)
    # %pK prints a hash.
    boot, _ = annotate(output, ["Kernel relocated by 0x000000001d2c3b4a", "BadVA : 0000000000000010"], "--sysroot", machine)
    assert boot["kernel_offset"] is None and not boot["known"]


# --- What is asked --------------------------------------------------------------------------------------

def test_a_capture_alone(output):
    _, notes = annotate(output, [f"RIP: 0010:{TEXT + 0x10:016x}", " schedule+0x10/0x20", " kvas_open+0x1/0x2 [kvas]"],
                        "-f", FIVE / "sys/kernel/debug/kvas")
    assert [n["text"].split(":")[0] for n in notes] == ["image_window > image > text", "of the kernel itself",
                                                        "of the module kvas"]


def test_colours(output):
    args = ("where", "--annotate", "--sysroot", FIVE)
    oops = "RIP: 0010:0x0 RAX: dead000000000100\x1b[31m\n"
    assert "\x1b" not in output(*args, stdin=oops)
    text = output(*args, "--color=always", stdin=oops)
    assert "\x1b[1;31m    ! RIP" in text and "\x1b[31m\n" not in text
    assert "\\x1b[31m" in text


def test_tabs_and_carriage_returns(output):
    text = output("where", "--annotate", "--sysroot", FIVE, stdin="Status: 140084e3\tKX\r\nCR2: 0000000000000010\r\n")
    assert text.startswith("Status: 140084e3\tKX\nCR2: 0000000000000010\n")


@pytest.mark.parametrize("args, stdin, said", [
    ([], "nothing of the kind\n", "expected an oops or a stack trace"),
    ([], "", "expected an oops or a stack trace"),
    ([], "EAX: c0101234 EBX: 00000000\n", "as a 64-bit kernel prints them"),
    ([], "CR2: 0000000000000010\0\n", "has a NUL byte"),
    (["/nowhere"], "", "cannot read /nowhere"),
    (["-", "-"], "", "takes one file"),
    (["-r"], "CR2: 0000000000000010\n", "no table"),
    (["-o", "ADDR"], "CR2: 0000000000000010\n", "no table"),
])
def test_refused(refused, args, stdin, said):
    assert said in refused("where", "--annotate", "--sysroot", FIVE, *args, stdin=stdin)


def test_standard_input_once(refused):
    assert "only once" in refused("where", "--annotate", "-f", "-", stdin="x")
