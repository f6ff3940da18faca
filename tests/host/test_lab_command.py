# SPDX-License-Identifier: GPL-2.0-only
"""kvas lab: the language of exercises, answers, sessions, results and grading.

The exercises that ship are in test_exercises.py. Here are made-up ones, whose answers are
computed by Python from the text of the capture.
"""

import json
import os
import re
import signal
import stat
import subprocess

import pytest

import capture
from capture import Capture
from conftest import PATIENCE, READER, clean_environment
from labs import THREE, X86, exercise
from test_schema import errors

FIVE = capture.GOLDEN / "6.12-amd64-5level"
PAE = capture.GOLDEN / "6.1-686-pae-pae-5g"
ARM64 = capture.GOLDEN / "6.12-arm64-52bit"
RISCV = capture.GOLDEN / "6.12-riscv64-sv57"
def live(machine):
    return Capture(machine / "sys/kernel/debug/kvas")


@pytest.fixture
def verdict(course, answered):
    """What becomes of an answer to one made-up exercise: (verdict, what is said)."""
    def call(text, answer, machine=X86):
        document = answered(course(one=text), [f"one: {answer}"], machine=machine)
        one, = document["exercises"]
        tried, = one["tries"]
        return tried["verdict"], tried["said"]
    return call


@pytest.fixture
def asked(course, answered):
    """What a text becomes, with its values."""
    def call(text, *args, machine=X86):
        document = answered(course(one=exercise("1", more=f"Text: {text}\n")), ["1: 1"], *args, machine=machine)
        return document["exercises"][0]["text"]
    return call


# --- Expressions ---------------------------------------------------------------------------------

MASK = (1 << 64) - 1


@pytest.mark.parametrize("text, value", [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 3 - 2", 5), ("2 * 3 % 4", 2), ("7 / 2", 3), ("1 << 4 + 1", 32),
    ("6 & 3 == 2", 1), ("1 | 6 ^ 2 & 3", 1 | (6 ^ (2 & 3))), ("0 - 1", MASK), ("-1", MASK), ("~0", MASK),
    ("!5", 0), ("!0", 1), ("0x10", 16), ("4K", 4096), ("1.5M", 3 << 19), ("1 < 2", 1), ("2 <= 1", 0), ("-1 > 1", 1),
    ("1 == 1 && 2 == 3", 0), ("0 || 7", 1), ("0 && 1 / 0", 0), ("1 || 1 / 0", 1), ("1 ? 2 : 3", 2),
    ("0 ? 2 : 0 ? 3 : 4", 4), ('"a b" == "A_B"', 1), ('"a" != "b"', 1), ("count([1, 2, 3])", 3), ("item([5, 6], 2)", 6),
    ("[1, 2] == [1, 2]", 1), ("log2(4096)", 12), ("log2(4097)", 12), ("bits(0xabcd, 11, 4)", 0xbc),
    ("bits(0 - 1, 63, 0)", MASK), ("align_down(0x1fff, 4K)", 0x1000), ("align_up(0x1001, 4K)", 0x2000),
    ("align_up(0x1000, 4K)", 0x1000), ("min(3, 2)", 2), ("max(3, 2)", 3), ("5 in place(5, 9)", 1),
    ("10 in place(5, 9)", 0), ("place(6, 7) in place(5, 9)", 1), ("place(6, 10) in place(5, 9)", 0),
    ("size(place(5, 9))", 5), ("1 >> 1", 0), ("0x8000000000000000 >> 63", 1),
])
def test_arithmetic(verdict, text, value):
    assert verdict(exercise(text), hex(value)) == ("right", None)
    assert verdict(exercise(text), hex((value + 1) & MASK))[0] == "wrong"


@pytest.mark.parametrize("machine", [X86, FIVE, PAE, ARM64, RISCV], ids=lambda m: m.name)
def test_terms_are_those_of_the_capture(asked, machine):
    it = live(machine)
    digits = it.bits // 4
    start, end, fields = it.regions["direct_map"]
    facts = {f["name"]: f.get("value") for f in it.of("fact")}
    assert asked("{direct_map.start} {lowmem.end} {direct_map.phys:number} {release} {page_size} {arch} {page_size:bytes} "
                 "{direct_map.size:bytes} {size(direct_map):hex} {direct_map}", machine=machine) == \
        (f"0x{start:0{digits}x} 0x{end:0{digits}x} {int(fields['phys'], 16)} {it.kernel['release']} "
         f"{int(facts['page_size']) >> 10}K {it.kernel['arch']} {facts['page_size']} {end - start + 1} 0x{end - start + 1:x} "
         f"0x{start:0{digits}x}-0x{end:0{digits}x}")


def shape(it):
    """Shift and width of the index of each level, from the top; as the processors' manuals have them."""
    table = {"x86_64": {4: [(39, 9), (30, 9), (21, 9), (12, 9)], 5: [(48, 9), (39, 9), (30, 9), (21, 9), (12, 9)]},
             "i386": {3: [(30, 2), (21, 9), (12, 9)]}, "arm64": {5: [(48, 4), (39, 9), (30, 9), (21, 9), (12, 9)]},
             "riscv64": {5: [(48, 9), (39, 9), (30, 9), (21, 9), (12, 9)]}}
    return table[it.kernel["arch"]][int(next(f["value"] for f in it.of("fact") if f["name"] == "page_levels"))]


@pytest.mark.parametrize("machine", [X86, FIVE, PAE, ARM64, RISCV], ids=lambda m: m.name)
@pytest.mark.parametrize("seed", [1, 2])
def test_indexes(course, lab, machine, seed, tmp_path):
    levels = shape(live(machine))
    text = exercise("indexes(a)", "list of numbers", question="{a} {a - page_of(a):number} {levels} {entries(levels)}",
                    more="Let: a = one_of(pick(user), pick(vmalloc), pick(direct_map))\n")
    answers = tmp_path / "answers"
    answers.write_text("1: 0\n")
    call = ("--lab-dir", course(walk=text), "--sysroot", machine, "--seed", seed, "-J", "--answers", answers)
    question = json.loads(lab(*call).stdout)["exercises"][0]["question"]
    addr, offset, n, entries = (int(word, 0) for word in question.split())
    assert n == len(levels) and entries == 1 << levels[0][1] and offset == addr % 4096
    answers.write_text("1: " + ", ".join(str(addr >> shift & (1 << width) - 1) for shift, width in levels) + "\n")
    assert json.loads(lab(*call).stdout)["score"]["right"] == 1


@pytest.mark.parametrize("machine", [X86, PAE, ARM64], ids=lambda m: m.name)
def test_addresses_are_where_they_should_be(answered, course, machine):
    """By the records of the capture: innermost region, half, physical address and back."""
    it = live(machine)
    text = exercise("1", question="{a} {region_of(a)} {half_of(a)} {b} {phys(b)} {virt(phys(b))}",
                    more="Let: a = one_of(pick(user), pick(hole()), pick(vmalloc), pick(modules), pick(noncanonical))\n"
                         "Let: b = pick(used(direct_map), 8)\n")
    seen = set()
    for seed in range(12):
        document = answered(course(one=text), ["1: 1"], "--seed", seed, machine=machine)
        a, region, half, b, phys, back = document["exercises"][0]["question"].split()
        a, b, phys, back = (int(x, 16) for x in (a, b, phys, back))
        inside = [(e - s, name) for name, (s, e, _) in it.regions.items()
                  if s <= a <= e and not name.startswith("execmem")]
        assert region == (min(inside)[1] if inside else "hole")
        assert half == ("user" if region in ("user", "user_guard") else "hole" if region == "noncanonical" else "kernel")
        start, end, fields = it.regions["direct_map"]
        assert start <= b <= end and b % 8 == 0 and phys == int(fields["phys"], 16) + b - start and back == b
        seen.add(region)
    assert len(seen) > 2


def test_what_is_asked_beside_the_layout(answered, course):
    """Symbols by kallsyms, options by the configuration, a process by its saved file."""
    machine = READER / "machines/x86_64-5level"
    symbols = dict(reversed(line.split()[:3:2]) for line in (machine / "proc/kallsyms").read_text().splitlines())
    config = next(machine.glob("boot/config-*")).read_text()
    mappings = (machine / "kvas.process").read_text().splitlines()
    heap = re.search(r"start=(\w+) end=(\w+)", next(m for m in mappings if "[heap]" in m))
    text = exercise('symbol("schedule")', "address",
                    question='{symbol_at(symbol("schedule") + 1)} {CONFIG_NR_CPUS} {CONFIG_SMP} '
                             '{process("heap.start")} {process("heap.end")}')
    document = answered(course(one=text), [f"1: {symbols['schedule']}"], machine=machine)
    assert document["score"]["right"] == 1
    said = document["exercises"][0]["question"].split()
    assert said[0] == "schedule" and said[1] == re.search(r"^CONFIG_NR_CPUS=(\d+)", config, re.M)[1]
    assert said[2] == "yes" and said[3:] == [heap[1].replace("0x", "0x0000"), heap[2].replace("0x", "0x0000")]
    assert len(document["exercises"][0]["observed"]) >= 4


def test_predictions(asked):
    """PAGE_OFFSET is what Kconfig of arch/x86 gives for each split."""
    for option, offset in (("CONFIG_VMSPLIT_2G", 0x80000000), ("CONFIG_VMSPLIT_1G", 0x40000000)):
        change = f"CONFIG_VMSPLIT_3G=n {option}=y CONFIG_PAGE_OFFSET={offset:#x}"
        assert asked(f'{{predicted("{change}", user.end)}}', machine=PAE) == f"0x{offset - 1:08x}"


def test_other_machines(asked):
    other = live(READER / "machines/i386-pae")
    assert asked('{on("i386-pae", direct_map.start)}') == f"0x{other.regions['direct_map'][0]:016x}"


def test_texts(asked):
    assert asked("a {{b} {4096:size} {4097:size} {255:hex} {1 == 1} {[1, 2]}") == "a {b} 4K 4097 0xff yes 1, 2"
    assert asked("{kvas}", machine=FIVE) == f"kvas --sysroot {FIVE}"


# --- Answers -------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind, right, good, bad, malformed", [
    ("address", "0xffff888000000000", ["0xffff888000000000", "FFFF888000000000", "ffff_8880_0000_0000", "ffff 8880 0000 0000"],
     ["0xffff888000000001", "0"], ["twelve", "0x", "0xfffff888000000000", "-1", "0x12g"]),
    ("size", "4K", ["4096", "0x1000", "4K", "4k", "4 KiB", "4096 bytes", "4_096"], ["4097", "5K"], ["4KB", "many", "4.5.6K"]),
    ("size", "1234567890", ["1234567890", "1.1G", "1.1 GiB"], ["1.2G"], ["1,1G"]),
    ("number", "511", ["511", "0x1ff", "0x1FF"], ["512", "-511"], ["0xzz", "five", "5 or 6"]),
    ("name", '"direct_map"', ["direct map", "lowmem", "Direct-Map", "PAGE_OFFSET"], ["vmalloc"], ["dierct map", "42"]),
    ("name", '"hole"', ["hole"], ["user"], ["whole"]),
    ("word", '"Kernel half"', ["kernel half", "KERNEL_HALF"], ["other"], []),
    ("word", '"schedule"', ["schedule", "schedule()", "schedule+0x10", "schedule+0x10/0xb0"],
     ["schedule_", "schedule+10", "schedule(1)", "schedule+0x1z", "()", "+0x10"], []),
    ("yes or no", "1 == 1", ["yes", "Y", "true"], ["no", "n"], ["maybe"]),
    ("list of numbers", "[1, 2, 2]", ["1, 2, 2", "1 2 2", "1,2,0x2", "[1, 2, 2]", "( 1 2 2 )", "1; 2; 2"], ["2, 1, 2", "1, 2", "[1]"],
     ["1,,2", "1, x", "[1, 2, 2", "1; 2, 2", "[]", "1;;2"]),
    ("set of names", '["user", "vmalloc"]', ["vmalloc, user", "user vmalloc"], ["user", "user, user", "user, vmalloc, modules"],
     ["user, nonsense"]),
    ("set of numbers", "[]", ["none"], ["1"], ["x"]),
], ids=lambda x: x if isinstance(x, str) else "")
def test_kinds_of_answers(course, answered, kind, right, good, bad, malformed):
    directory = course(one=exercise(right, kind))
    for word, answers in (("right", good), ("wrong", bad), ("refused", malformed)):
        for answer in answers:
            tried, = answered(directory, [f"1: {answer}"])["exercises"][0]["tries"]
            assert tried["verdict"] == word, (answer, tried)
            assert (word == "refused") == bool(tried["said"])


def test_choices(course, answered):
    text = exercise('2 > 1 ? "second" : "first"', "choice", more="Choice: first = the one\nChoice: second = the other\n")
    for answer, word in (("second", "right"), ("b", "right"), ("2", "right"), ("SECOND", "right"), ("a", "wrong"),
                         ("3", "refused"), ("c", "refused"), ("the other", "refused")):
        assert answered(course(one=text), [f"1: {answer}"])["exercises"][0]["tries"][0]["verdict"] == word


@pytest.mark.parametrize("tolerance, good, bad", [("5%", ["105", "95"], ["106", "94"]), ("3", ["103", "97"], ["104", "96"])])
def test_tolerance(verdict, tolerance, good, bad):
    text = exercise("100", more=f"Tolerance: {tolerance}\n")
    assert {verdict(text, a)[0] for a in good} == {"right"} and {verdict(text, a)[0] for a in bad} == {"wrong"}


def test_what_a_wrong_answer_means(verdict):
    text = exercise("vmalloc.end", "address") + \
        "Wrong: vmalloc.end + 1\n That is the first byte after {vmalloc.end}.\n" \
        "Wrong: 0 if 1 == 2\n never\nWrong: pkmap.start\n not here\nWrong: 0\n At 0 no region of the kernel begins.\n"
    _, end, _ = live(X86).regions["vmalloc"]
    assert verdict(text, hex(end)) == ("right", None)
    assert verdict(text, hex(end + 1)) == ("wrong", f"That is the first byte after 0x{end:016x}.")
    assert verdict(text, "0") == ("wrong", "At 0 no region of the kernel begins.")
    assert verdict(text, "1") == ("wrong", None)


def test_several_right_answers(verdict):
    text = exercise("1") + "Right: 2\n"
    assert [verdict(text, a)[0] for a in "123"] == ["right", "right", "wrong"]


# --- Machines ------------------------------------------------------------------------------------

def test_a_machine_that_lacks_it(lab, course, tmp_path):
    """64 bits have no pkmap: a saved machine is asked about, and the student is told."""
    answers = tmp_path / "answers"
    start = live(READER / "machines/i386-pae").regions["pkmap"][0]
    answers.write_text(f"1: {start:x}\n")
    directory = course(one=exercise("pkmap.start", "address", more="Machines: i386-pae\n"))
    said = lab("--lab-dir", directory, "--sysroot", X86, "--answers", answers)
    assert said.returncode == 0 and "This machine cannot be asked about that: pkmap is absent" in said.stdout
    assert f"saved machine i386-pae: Linux 6.1.0-50-686-pae on i686. Read it with 'kvas --sysroot {READER}" in \
        " ".join(said.stdout.split())
    # On one that has it, it is about that one.
    start = live(PAE).regions["pkmap"][0]
    answers.write_text(f"1: {start:x}\n")
    said = lab("--lab-dir", directory, "--sysroot", PAE, "--answers", answers)
    assert said.returncode == 0 and "saved machine" not in said.stdout


def test_here_only(lab, course, tmp_path):
    answers = tmp_path / "answers"
    answers.write_text("1: 1\n")
    directory = course(one=exercise("pkmap.start", "address", more="Machines: none\n"))
    said = lab("--lab-dir", directory, "--sysroot", X86, "--answers", answers)
    assert said.returncode == 1 and "It is about the live machine only." in said.stdout
    assert lab("--lab-dir", directory, "--check").returncode == 0


def test_without_a_live_layout(lab, course, tmp_path):
    """This machine has no module, as the machine that runs these tests."""
    if os.path.exists("/sys/kernel/debug/kvas"):
        pytest.skip("the module is loaded here")
    answers = tmp_path / "answers"
    answers.write_text("1: x86_64\n")
    said = lab("--lab-dir", course(one=exercise("arch", "word")), "--answers", answers)
    assert "No layout of this machine can be read" in said.stdout and said.returncode in (0, 1)


# --- Seeds ---------------------------------------------------------------------------------------

def test_seeds(lab, course, tmp_path):
    directory = course(one=exercise("a", question="{a} {b}", more="Let: a = pick(vmalloc)\nLet: b = between(3, 9, 3)\n"))
    answers = tmp_path / "answers"
    answers.write_text("1: 1\n")

    def question(machine, *args):
        result = lab("--lab-dir", directory, "--sysroot", machine, "--answers", answers, "-J", *args)
        document = json.loads(result.stdout)
        return document["exercises"][0]["question"], document["seed"]
    asked = {question(X86, "--seed", n)[0] for n in range(20)}
    assert len(asked) == 20 and {text.split()[1] for text in asked} == {"3", "6", "9"}
    start, end, _ = live(X86).regions["vmalloc"]
    assert all(start <= int(text.split()[0], 16) <= end for text in asked)
    assert question(X86, "--seed", 5) == question(X86, "--seed", 0x5) == question(X86, "--seed", "0x5")
    # By default it follows from the layout: the same one, another one.
    assert question(X86) == question(X86) and question(X86)[1] != question(FIVE)[1]


# --- Sessions ------------------------------------------------------------------------------------

def state_of(tmp_path):
    return json.loads((tmp_path / "state/kvas/lab.json").read_text())


def states(tmp_path):
    return [e["state"] for e in state_of(tmp_path)["exercises"]]


def test_a_session(lab, course, tmp_path):
    call = ("--lab-dir", course(**THREE), "--sysroot", X86, "--all")
    said = lab(*call, stdin="12\nnonsense\nhint\nHINT\nhint\n\nhelp\nagain\n11\nskip\nquit\n")
    assert said.returncode == 0 and said.stderr == ""
    for text in ("Not right.", "This does not count.", "It is 10 + 1.", "There is no further hint.", "Right.\nBecause.",
                 "The answer is a number.", "1 of 3 right, 0 of them at the first try; 0 shown, 1 skipped, 1 open; 2 hints."):
        assert " ".join(text.split()) in " ".join(said.stdout.split())
    assert said.stdout.count("The first") == 2 and said.stdout.count("The third") == 1
    assert states(tmp_path) == ["right", "skipped", "open"]
    document = state_of(tmp_path)
    assert errors(document) == []
    assert [t["verdict"] for t in document["exercises"][0]["tries"]] == ["wrong", "refused", "right"]
    assert stat.S_IMODE((tmp_path / "state/kvas/lab.json").stat().st_mode) == 0o600
    # It goes on where it was left; what was skipped comes again.
    said = lab(*call, stdin="22\nanswer\n")
    assert "The first" not in said.stdout and "The right answer is 33." in said.stdout
    assert states(tmp_path) == ["right", "right", "shown"]
    assert lab(*call).stdout.count("What?") == 0
    listed = lab("--lab-dir", tmp_path / "course", "--sysroot", X86).stdout
    assert re.findall(r"(right|shown|open)\s+\d+\s+\d+$", listed, re.M) == ["right", "right", "shown"]


@pytest.mark.parametrize("stdin", ["", "12", "12\n", "\n\n", "hint\n", "\0\0\n", "x" * 100000, "\x1b[2J\n"])
def test_input_ends(lab, course, tmp_path, stdin):
    said = lab("--lab-dir", course(**THREE), "--sysroot", X86, "--all", stdin=stdin)
    assert said.returncode == 0 and said.stderr == "" and "0 of 3 right" in said.stdout and "\x1b" not in said.stdout
    assert states(tmp_path) == ["open"] * 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_keeps_the_session(binary, course, tmp_path, number):
    env = clean_environment(XDG_STATE_HOME=tmp_path / "state")
    child = subprocess.Popen([binary, "lab", "--lab-dir", course(**THREE), "--sysroot", X86, "--all"], env=env,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    child.stdin.write("12\n11\n")
    child.stdin.flush()
    said = ""
    while not said.endswith("2. The second"):
        said += child.stdout.read(1)
    while not said.endswith("> "):
        said += child.stdout.read(1)
    child.send_signal(number)
    said += child.stdout.read()
    assert child.wait(timeout=PATIENCE) == 0 and "1 of 3 right" in said
    assert states(tmp_path) == ["right", "open", "open"]


def test_one_exercise(lab, course, tmp_path):
    directory = course(**THREE)
    for word in ("2", "second", "02", "Second"):
        said = lab("--lab-dir", directory, "--sysroot", X86, word, stdin="22\n")
        assert "2. The second" in said.stdout and "Right." in said.stdout
    assert states(tmp_path) == ["open", "right", "open"]
    refused = lab("--lab-dir", directory, "--sysroot", X86, "secnod")
    assert refused.returncode == 2 and "did you mean second?" in refused.stderr


def test_another_boot(lab, course, tmp_path):
    """Tries at numbers of an earlier boot are kept, and not judged by the new ones."""
    directory = course(one=exercise("a", "address", question="{a}?", more="Let: a = pick(vmalloc)\n"))
    lab("--lab-dir", directory, "--sysroot", X86, "--all", stdin="5\n")
    lab("--lab-dir", directory, "--sysroot", FIVE, "--all", stdin="6\n")
    document = state_of(tmp_path)
    tries = document["exercises"][0]["tries"]
    assert [t.get("earlier", False) for t in tries] == [True, False]
    # Only the layout that is needed is kept.
    assert ["6.12" in m["capture"].split("\n")[1] for m in document["machines"]] == [True]
    graded = lab("--lab-dir", directory, "--grade", tmp_path / "state/kvas/lab.json")
    assert graded.returncode == 0, graded.stdout


def test_the_state_file(lab, course, tmp_path):
    call = ("--lab-dir", course(**THREE), "--sysroot", X86)
    state = tmp_path / "state/kvas/lab.json"
    # A list writes nothing.
    assert lab(*call).returncode == 0 and not state.exists()
    lab(*call, "1", "--seed", 5, stdin="11\n")
    # Another seed is another session.
    refused = lab(*call, "1", "--seed", 6)
    assert refused.returncode == 2 and "has the seed 5: --new begins another" in refused.stderr
    lab(*call, "--new", "--seed", 6)
    assert state_of(tmp_path)["seed"] == "0x0000000000000006" and states(tmp_path) == ["open"] * 3
    assert json.loads((tmp_path / "state/kvas/lab.json.old").read_text())["seed"] == "0x0000000000000005"
    # Answers from a file are a session of their own.
    before = state.read_text()
    (tmp_path / "answers").write_text("1: 11\n")
    lab(*call, "--answers", tmp_path / "answers")
    assert state.read_text() == before
    # A damaged one is not lost.
    state.write_text(before[:1000])
    refused = lab(*call, "--all")
    assert refused.returncode == 2 and "it is cut" in refused.stderr and "--new begins again" in refused.stderr
    assert state.read_text() == before[:1000]


def test_two_labs_at_once(binary, lab, course, tmp_path):
    """The second would lose what the first keeps; a list and answers from a file disturb nobody."""
    call = ("--lab-dir", course(**THREE), "--sysroot", X86)
    first = subprocess.Popen([binary, "lab", *call, "--all"], env=clean_environment(XDG_STATE_HOME=tmp_path / "state"),
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while first.stdout.read(1) != ">":
        pass
    for args in (("2",), ("--all",), ("--new",)):
        refused = lab(*call, *args, stdin="22\n")
        assert refused.returncode == 2 and "another 'kvas lab' is running" in refused.stderr and refused.stdout == ""
    (tmp_path / "answers").write_text("1: 11\n")
    assert lab(*call).returncode == lab(*call, "--answers", tmp_path / "answers").returncode == 0
    first.communicate("11\nquit\n", timeout=PATIENCE)
    assert states(tmp_path) == ["right", "open", "open"]
    assert "Right." in lab(*call, "2", stdin="22\n").stdout and states(tmp_path) == ["right", "right", "open"]


@pytest.mark.parametrize("home", ["/dev/null", "/proc", "relative", ""])
def test_where_nothing_can_be_kept(lab, course, tmp_path, home):
    """The lab goes on, says so, and --result writes the answers."""
    call = ("--lab-dir", course(**THREE), "--sysroot", X86)
    env = {"XDG_STATE_HOME": "", "HOME": home}
    said = lab(*call, "1", "--result", tmp_path / "result", stdin="11\n", env=env)
    assert said.returncode == 0 and "nothing is kept when you leave, unless --result" in said.stderr and "Right." in said.stdout
    assert json.loads((tmp_path / "result").read_text())["score"]["right"] == 1
    assert lab(*call, env=env).stderr == ""


def test_a_narrow_terminal(lab, course):
    text = exercise("1", question="What is \u00e4\u00f6\u00fc \u00e4\u00f6\u00fc " * 12, more="Text: " + "word " * 60 + "\n")
    said = lab("--lab-dir", course(one=text), "--sysroot", X86, "1", stdin="2\nhelp\nx\n1\n", env={"COLUMNS": "40", "LC_ALL": "C.UTF-8"})
    assert said.returncode == 0 and max(map(len, said.stdout.splitlines()[1:])) <= 40


def test_results(lab, course, tmp_path):
    directory = course(**THREE)
    result = tmp_path / "result.json"
    lab("--lab-dir", directory, "--sysroot", X86, "1", "--name", "Ada", "--result", result, stdin="11\n")
    document = json.loads(result.read_text())
    assert errors(document) == [] and document["student"] == "Ada" and document["score"]["right"] == 1
    # Of the session that is kept, without a question.
    again = lab("--lab-dir", directory, "--sysroot", X86, "--result", "-")
    assert json.loads(again.stdout)["exercises"] == document["exercises"]
    # What cannot be written is said, and what was there stays.
    refused = lab("--lab-dir", directory, "--sysroot", X86, "--result", tmp_path / "no/such/place")
    assert refused.returncode == 2 and "cannot write" in refused.stderr
    assert lab("--lab-dir", directory, "--sysroot", X86, "--result", "/dev/full").returncode == 2
    assert [p.name for p in tmp_path.iterdir() if "result" in p.name] == ["result.json"]


def test_questions_that_do_not_arrive(binary, course, tmp_path):
    """Each is written at once; the last sentence still tells why the first was lost."""
    with open("/dev/full", "w") as full:
        result = subprocess.run([binary, "lab", "--lab-dir", course(**THREE), "--sysroot", X86, "--all"], stdout=full,
                                stderr=subprocess.PIPE, text=True, input="1\n" * 90, timeout=PATIENCE,
                                env={**clean_environment(), "XDG_STATE_HOME": str(tmp_path)})
    assert result.returncode == 2
    assert result.stderr == "kvas: cannot write the output: No space left on device\n"


# --- Wrong usage ---------------------------------------------------------------------------------

@pytest.mark.parametrize("args, said", [
    (["--csv"], "--each and --csv are for --grade"), (["--grade"], "--grade needs the files of results"),
    (["--grade", "--csv", "-J", "x"], "--csv, --json, --raw and --pairs exclude each other"),
    (["--grade", "--all", "x"], "ask nothing"), (["--grade", "--check"], "exclude each other"),
    (["--all", "1"], "--all asks all exercises"), (["--answers", "x", "1"], "takes no operand"),
    (["--seed", "x", "1"], "--seed: expected a number"), (["--seed", "99999999999999999999", "1"], "--seed: expected"),
    (["--name", "", "1"], "--name needs a name"),
    (["--name", "a\nb", "1"], "--name: expected one line"), (["--name", "\udcff", "1"], "--name: expected one line of text in UTF-8"), (["--result", ""], "--result needs the name of a file"),
    (["--all", "-J"], "--json prints no questions"), (["nosuch"], "there is no exercise 'nosuch'"),
    (["99"], "there is no exercise '99'"), (["--lab-dir", "/nosuch"], "there is no such directory"),
    (["--answers", "/nosuch"], "cannot read /nosuch"),
])
def test_wrong_usage(lab, course, args, said):
    result = lab("--sysroot", X86, *([] if "--lab-dir" in args else ["--lab-dir", course(**THREE)]), *args)
    assert result.returncode == 2 and said in result.stderr and result.stdout == ""
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("text, said", [
    ("1 11\n", "answers:1: expected 'EXERCISE: ANSWER'"), ("\n# x\n: 11\n", "answers:3: expected"),
    ("1: 11\nnosuch: 1\n", "answers:2: there is no exercise 'nosuch'"), ("# nothing\n", "has no answer"), ("", "has no answer"),
    ("\x1b[2J: 1\n", "there is no exercise"), ("1: a\0b\n", "found a NUL byte"),
])
def test_files_of_answers(lab, course, tmp_path, text, said):
    (tmp_path / "answers").write_text(text)
    result = lab("--lab-dir", course(**THREE), "--sysroot", X86, "--answers", tmp_path / "answers")
    assert result.returncode == 2 and said in result.stderr and "\x1b" not in result.stderr and result.stdout == ""
