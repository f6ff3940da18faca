# SPDX-License-Identifier: GPL-2.0-only
"""kvas lab: what is wrong with exercises, grading of results, documents and installation."""

import copy
import csv
import io
import json
import re
import subprocess

import pytest

import capture
from conftest import HERE, PATIENCE, READER, clean_environment
from labs import THREE, X86, exercise
from test_schema import altered, errors


# --- Mistakes in exercises -----------------------------------------------------------------------

GOOD = exercise("1")


@pytest.mark.parametrize("text, line, said", [
    ("", None, "there is no Title:"), ("Title: x\n", None, "there is no Question:"), ("x\n", 1, "expected a heading"),
    (GOOD + "Hnit: x\n", 5, "there is no heading 'Hnit:'; did you mean Hint?"),
    (GOOD + "Title: y\n", 5, "Title stands in line 1 already"), (GOOD + "Hint:\n", 5, "nothing follows Hint:"),
    (GOOD.replace("number", "thing"), 3, "Answer: expected address"),
    (GOOD.replace("number", "list of choices"), 3, "Answer: expected address"),
    (exercise("1 +"), 4, "expected an expression, found the end"), (exercise("1 2"), 4, "expected an operator or the end"),
    (exercise("(1"), 4, "expected ')'"), (exercise('"x'), 4, "the quote is never closed"),
    (exercise("nosuch(1)"), 4, "there is no function 'nosuch'"), (exercise("inedx(1, 2)"), 4, "did you mean index?"),
    (exercise("index(1)"), 4, "index(): the number of arguments must be 2, and is 1"), (exercise("used(1)"), 4, "argument 1 of used() is a name"),
    (exercise("vmaloc.start"), 4, "nothing is called 'vmaloc'; did you mean vmalloc?"),
    (exercise("1 / 0"), 4, "by zero"), (exercise("1 << 64"), 4, "at most 63"), (exercise("pick(vmalloc)"), 4, "belongs after Let"),
    (exercise('"x" + 1'), 4, "stands between numbers"), (exercise('1 == "x"'), 4, "cannot be compared"),
    (exercise("99999999999999999999"), 4, "at most 64 bits"), (exercise('"x"'), 4, "expected a number, for an answer that is a number; found a word"),
    (exercise("1", "list of numbers"), 4, "it is a list, not a number"), (exercise("1", "name"), 4, "expected a word, for an answer that is the name of a region; found a number"),
    (exercise("(" * 100 + "1" + ")" * 100), 4, "nested more than"), (exercise("-" * 100 + "1"), 4, "nested more than"),
    (exercise("1" + "+1" * 100), 4, "operators stand in a row"), (exercise(f"max({'1,' * 80}1)"), 4, "more than 64"),
    (exercise("1", more="Text: {1 +}\n"), 2, "expected an expression"), (exercise("1", more="Text: a\n\n{b\n"), 4, "brace is never closed"),
    (exercise("1", more="Let: vmalloc = 1\n"), 2, "has a meaning already"), (exercise("1", more="Let: x\n"), 2, "expected 'Let: NAME = EXPRESSION'"),
    (exercise("x", more="Let: x = 1\nLet: x = 2\n"), 3, "there are two variables 'x'"),
    (exercise("1", more="Let: unused = 1\n"), 2, "nothing uses the variable 'unused'"),
    (exercise("1", more="Tolerance: much\n"), 2, "Tolerance: expected"), (exercise('"a"', "word", more="Tolerance: 5%\n"), 2, "Tolerance: is for"),
    (exercise('"aa"', "choice", more="Choice: aa = x\n"), 4, "needs two or more of Choice:"),
    (exercise('"cc"', "choice", more="Choice: aa = x\nChoice: bb = y\n"), 6, "there is no choice 'cc'"),
    (exercise("1", more="Choice: aa = x\n"), 2, "Choice: is for"), (GOOD + "Wrong: 2\n", 5, "expected what this answer means"),
    (GOOD + "Wrong: 1\n But it is right.\n", 5, "this is a right answer"), (exercise("1", more="Machines: nosuch\n"), 2, "no saved machine 'nosuch'"),
    (exercise("1", more="Needs: 1 == 2\n"), 2, "saved machines has what it needs"), (exercise("1", more='Needs: "x"\n'), 2, "true or false"),
    (exercise('"gibberish"', "name"), 4, "is not taken for one"), ("Title: a\x01b\n", 1, "byte 0x01 is no text"),
    (GOOD.replace("\n", "\r\n"), 1, "lines end with a newline alone"), (GOOD + "Hint: x\n" * 40, 37, "more than 31"),
    (GOOD + "Why: " + "x" * 70000, None, "larger than 64 KiB"), (exercise("place(2, 1) == place(1, 2)"), 4, "above the last one"),
    ("\ufeff" + GOOD, 1, "begins with a byte order mark"), (GOOD + "Why: a\u009b31m\n", 5, "byte 0xc2: expected printable text in UTF-8"),
    # In a text, the line of the value that is wrong; on one kind of machine only.
    (exercise("1", more="Text:\n{page_size}\n{item([1], 2)}\n"), 4, "expected a number from 1 to 1, found 2"),
    (GOOD + "Wrong: 2\n first\n {nosuch.start}\n", 7, "nothing is called 'nosuch'"),
    (exercise("x", more='Let: x = arch == "arm" ? 1 / 0 : 1\n'), 2, "on arm-highmem: '/' by zero"),
])
def test_mistakes_are_told_with_their_lines(lab, write, text, line, said):
    path = write(text, "01-bad.txt")
    result = lab("--check", path)
    assert result.returncode == 2 and result.stdout == ""
    where = f"kvas: {path}:{line}: " if line else f"kvas: {path}: "
    assert any(said in message and message.startswith(where) for message in result.stderr.splitlines()), result.stderr
    document = json.loads(lab("--check", "-J", path).stdout)
    assert errors(document) == [] and any(said in m["message"] and m["line"] == line for m in document["mistakes"])


@pytest.mark.parametrize("name", ["07.txt", "01-a b.txt", "01-a:b.txt", "01-15.txt", "01-\x1b[31m.txt", "01-\udcff.txt"])
def test_names_that_no_answer_can_have(lab, tmp_path, name):
    (tmp_path / name).write_text(GOOD)
    result = lab("--check", tmp_path / name)
    assert result.returncode == 2 and "expected a file name such as 07-direct-map.txt" in result.stderr
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("text, line", [(b"Title: gr\xf6\xdfe\n", 1), (b"Title: x\nText: a\n\xc0\x80\n", 3), (b"Title: \xed\xa0\x80\n", 1),
                                        (b"Title: x\n\xe2\x82", 2), (b"Title: \xf4\x90\x80\x80\n", 1)])
def test_other_encodings(lab, tmp_path, text, line):
    path = tmp_path / "01-bad.txt"
    path.write_bytes(text)
    assert f"{path}:{line}: byte 0x" in lab("--check", path).stderr
    path.write_text(exercise("1", title="Gr\u00f6\u00dfe \u2192 \U0001f600", more="Text: \u0416\n"))
    assert lab("--check", path).returncode == 0


def test_good_exercises_have_no_mistake(lab, write):
    assert "1 exercise checked on" in lab("--check", write(GOOD, "01-good.txt")).stdout
    shipped = lab("--check")
    assert shipped.returncode == 0, shipped.stderr


def test_a_course_with_a_mistake_is_not_begun(lab, course):
    result = lab("--lab-dir", course(one=GOOD, two="Title: x\n"), "--sysroot", X86, "--all")
    assert result.returncode == 2 and "02-two.txt: there is no Question:" in result.stderr


def test_all_mistakes_of_a_course(lab, course):
    """--check tells those of each file, and stops at none."""
    result = lab("--lab-dir", course(one="Title: x\n", two=GOOD, three=exercise("1 +")), "--check")
    assert result.returncode == 2 and "01-one.txt: there is no Question:" in result.stderr
    assert "03-three.txt:4: expected an expression" in result.stderr and "two" not in result.stderr


def test_two_of_one_name(lab, course):
    directory = course(one=GOOD)
    (directory / "07-one.txt").write_text(GOOD)
    result = lab("--lab-dir", directory)
    assert result.returncode == 2 and f"07-one.txt: it has the same name as {directory}/01-one.txt" in result.stderr
    # Answers tell neither of these apart; --check says so, too.
    for other, said in (("08-ONE.txt", "the same name"), ("01-two.txt", "the same number")):
        (directory / "07-one.txt").unlink(missing_ok=True)
        (directory / other).write_text(GOOD)
        for args in ((), ("--check",)):
            result = lab("--lab-dir", directory, *args)
            assert result.returncode == 2 and f"it has {said} as {directory}/01-one.txt" in result.stderr
        (directory / other).unlink()


# --- Grading -------------------------------------------------------------------------------------

@pytest.fixture
def graded(lab, course, tmp_path):
    """Grades a result after a change; gives the row of the whole, and those of the exercises by name."""
    def call(document, status=None):
        path = tmp_path / "graded.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        found = []
        for args in ((), ("--each",)):
            result = lab("--lab-dir", tmp_path / "course", "--grade", "-J", *args, path)
            assert result.returncode in (0, 1) and result.stderr == ""
            assert status is None or result.returncode == status
            found.append(json.loads(result.stdout))
            assert errors(found[-1]) == []
        whole, = found[0]["results"]
        return whole, {g["exercise"]: g for g in found[1]["grades"]}
    return call


@pytest.fixture
def result(answered, course):
    """Of three exercises: one right at the second try, one wrong, one not answered."""
    texts = {"right": exercise("a", "address", question="{a}?", more="Let: a = pick(vmalloc)\n"),
             "wrong": exercise('symbol("schedule")', "address", question="Where? {CONFIG_SMP}"), "open": GOOD}
    directory = course(**texts)
    addr = answered(directory, ["1: 1"])["exercises"][0]["question"].rstrip("?")
    return answered(directory, ["1: zzz", "1: 1", f"1: {addr}", "2: 0x5"], "--name", "Ada")


def test_a_result_is_graded(graded, result):
    whole, each = graded(result, 0)
    assert (whole["right"], whole["wrong"], whole["open"], whole["of"], whole["unknown"], whole["first"]) == (1, 1, 1, 3, 0, 0)
    assert whole["student"] == "Ada" and whole["condition"] is None
    symbols = (X86 / "proc/kallsyms").read_text()
    assert int(each["wrong"]["computed"], 16) == int(re.search(r"^(\w+) \w schedule$", symbols, re.M)[1], 16)
    assert each["right"]["grade"] == "right" and each["right"]["tries"] == 2


def test_two_machines(graded, answered, course):
    """The result has both, so that the answer is computed again."""
    text = exercise('direct_map.start - on("i386-pae", direct_map.start) + on("x86_64-5level", vmalloc.size)', "address")
    document = answered(course(one=text), ["1: 5"])
    whole, each = graded(document, 0)
    assert each["one"]["grade"] == "wrong" and whole["condition"] is None
    starts = [capture.Capture(m / "sys/kernel/debug/kvas").regions["direct_map"][0]
              for m in (X86, READER / "machines/i386-pae")]
    start, end, _ = capture.Capture(READER / "machines/x86_64-5level/sys/kernel/debug/kvas").regions["vmalloc"]
    assert int(each["one"]["computed"], 16) == (starts[0] - starts[1] + end - start + 1) % (1 << 64)


def test_what_was_altered_is_said(graded, result):
    by_name = {e["exercise"]: i for i, e in enumerate(result["exercises"])}
    right, wrong = by_name["right"], by_name["wrong"]
    for bad, exercise_name, condition in (
            (altered(result, "exercises", wrong, "tries", 0, "verdict", value="right"), "wrong", "stands as right, and is wrong"),
            (altered(result, "exercises", wrong, "state", value="right"), "wrong", "without a right answer"),
            (altered(result, "exercises", right, "tries", 2, "answer", value="0x7"), "right", "stands as right, and is wrong"),
            (altered(result, "seed", value="0x0000000000000008"), "right", "another question"),
            (altered(result, "exercises", right, "question", value="0x1?"), "right", "another question"),
            (altered(result, "exercises", right, value=None), "right", "missing: the result does not have it"),
            (altered(result, "exercises", wrong, "observed", value=[]), "wrong", "cannot be computed again"),
            (altered(result, "exercises", wrong, "hash", value="0x0000000000000000"), "wrong", "another version"),
            (altered(result, "machines", 0, "capture", value="kvas 1\n"), "right", "damaged: machines[0].capture")):
        whole, each = graded(bad, 1)
        assert condition in each[exercise_name]["condition"], each
        assert "digest does not fit" in whole["condition"] and f"{exercise_name}: " in whole["condition"]
        # An answer that is not right never counts as right.
        assert each["wrong"]["grade"] != "right"
    # Each answer is judged by the layout in the result, whatever the result says of it.
    _, each = graded(altered(result, "exercises", right, "tries", 2, "verdict", value="wrong"), 1)
    assert each["right"]["grade"] == "right" and "stands as wrong, and is right" in each["right"]["condition"]
    # What does not fit costs no point: it is unknown, not wrong.
    whole, each = graded(altered(result, "machines", 0, "capture", value="kvas 1\n"), 1)
    assert (whole["unknown"], whole["wrong"]) == (2, 0)


def test_a_mistyped_result_is_told_where(graded, result):
    for path, value, said in (
            (("exercises", 0, "state"), "opn", "exercises[0].state: expected one of open, skipped, shown, right"),
            (("exercises", 1, "tries"), 7, "exercises[1].tries: expected a list"), (("seed",), 7, "seed: expected a text such as"),
            (("machines",), {}, "machines: expected a list"), (("exercises", 0, "machine"), 9, "exercises[0].machine: expected"),
            (("exercises", 0, "hints"), -1, "exercises[0].hints: expected a number"), (("version",), 2, "version: expected 1"),
            (("command",), "show", "no result of kvas lab"), (("exercises", 0), 7, "expected an object"),
            (("exercises", 2, "exercise"), result["exercises"][0]["exercise"], "each exercise once"),
            (("exercises",), result["exercises"] * 2000, "exercises: expected a list of at most 4096")):
        whole, each = graded(altered(result, *path, value=value), 1)
        assert said in whole["condition"] and each == {} and whole["right"] is None


def test_exercises_that_are_not_installed(graded, result):
    one = result["exercises"][2]
    strange = [altered(one, "exercise", value=f"strange{n}") for n in range(1000)]
    condition = graded(altered(result, "exercises", value=result["exercises"] + strange), 1)[0]["condition"]
    assert all(f"no exercise 'strange{n}' is installed" in condition for n in range(3)) and "nor are 997 others" in condition


def test_a_cut_result_is_said(graded, result):
    text = json.dumps(result, indent=1)
    for length in (0, 1, 2, 100, len(text) // 2, len(text) - 1):
        whole, _ = graded(text[:length], 1)
        assert "it is cut" in whole["condition"], length
    for bad in ("nonsense", "[]", "{}", '{"a": 1, "a": 2}', text.replace('"seed"', '"sed"', 1)):
        assert graded(bad, 1)[0]["condition"]


def test_a_flipped_bit_is_noticed(graded, result):
    """Each letter of the text that is not layout: another one is no JSON, or does not fit the digest."""
    text = json.dumps(result)
    start = text.index('"exercises"')
    for at in range(start, len(text) - 30, 97):
        letter = "7" if text[at] != "7" else "3"
        assert graded(text[:at] + letter + text[at + 1:], 1)[0]["condition"], text[at - 20:at + 20]


def test_copies_are_told(lab, result, tmp_path):
    """Under another name, too; whoever gives the same answers at other times is no copy."""
    files = [tmp_path / f"{n}.json" for n in range(3)]
    later = copy.deepcopy(result)
    for one in later["exercises"]:
        for tried in one["tries"]:
            tried["at"] = "2020-01-01T00:00:00Z"
    for path, document in zip(files, (result, later, altered(result, "student", value="Bob")), strict=True):
        path.write_text(json.dumps(document))
    rows = json.loads(lab("--lab-dir", tmp_path / "course", "--grade", "-J", *files).stdout)["results"]
    assert ["a copy:" in (row["condition"] or "") for row in rows] == [False, False, True]
    assert str(files[0]) in rows[2]["condition"] and rows[2]["right"] == 1


def test_results_of_a_large_class(lab, result, tmp_path):
    """Also with names that end a line, or that a spreadsheet would compute."""
    files = []
    for n in range(500):
        document = altered(result, "student", value=("Ada\n=1", "\n=1+1", "-2", "@x", "\u00e9\x1b[31m")[n % 5])
        files.append(tmp_path / ("new\nline.json" if n == 7 else f"{n}.json"))
        files[-1].write_text(json.dumps(document))
    rows = list(csv.DictReader(io.StringIO(lab("--lab-dir", tmp_path / "course", "--grade", "--csv", *files).stdout, newline="")))
    assert len(rows) == 500 and rows[7]["FILE"] == str(files[7])
    assert [row["STUDENT"] for row in rows[:5]] == ["Ada\n=1", "'\n=1+1", "'-2", "'@x", "\u00e9\\x1b[31m"]
    assert len(lab("--lab-dir", tmp_path / "course", "--grade", "-rn", *files).stdout.splitlines()) == 500


def test_tables(lab, graded, result, tmp_path):
    graded(altered(result, "student", value='=1+"Ada"'))
    path = tmp_path / "graded.json"
    call = ("--lab-dir", tmp_path / "course", "--grade")
    said = lab(*call, path, "/nosuch")
    assert said.returncode == 1 and "it cannot be read: No such file or directory" in said.stdout
    assert "Tries, hints and times are the students' own word." in said.stdout
    rows = list(csv.DictReader(io.StringIO(lab(*call, "--csv", path).stdout)))
    # A spreadsheet takes what begins with = for a formula.
    assert rows[0]["STUDENT"] == "'=1+\"Ada\"" and rows[0]["RIGHT"] == "1" and rows[0]["OF"] == "3"
    each = list(csv.DictReader(io.StringIO(lab(*call, "--csv", "--each", path).stdout)))
    assert [r["GRADE"] for r in each] == ["right", "wrong", "open"]
    assert lab(*call, "-rn", "-o", "RIGHT,OF", path).stdout == "1 3\n"
    assert lab(*call, "--each", "-rno", "EXERCISE", path).stdout == "right\nwrong\nopen\n"


# --- What is printed and installed ------------------------------------------------------------------

def test_documents(lab, course):
    directory = course(**THREE)
    for args in ((), ("-o", "EXERCISE,STATE")):
        document = json.loads(lab("--lab-dir", directory, "--sysroot", X86, "-J", *args).stdout)
        assert errors(document) == [] and [row["exercise"] for row in document["list"]] == ["first", "second", "third"]
    document["list"][0]["state"] = "fine"
    assert errors(document)


def test_the_schema_of_results_can_fail(result):
    for path, value in ((("seed",), 7), (("digest",), "x"), (("exercises", 0, "tries", 0, "verdict"), "maybe"),
                        (("exercises", 0, "observed"), None), (("machines", 0, "surplus"), 1), (("begun",), "today")):
        assert errors(altered(result, *path, value=value)), path


def test_installed(plain, tmp_path):
    """From the place that it was installed to, with the exercises and machines there."""
    subprocess.run(["make", "-s", "-C", READER, "install", f"DESTDIR={tmp_path}", "PREFIX=/usr"], check=True)
    program, share = tmp_path / "usr/bin/kvas", tmp_path / "usr/share/kvas"
    env = clean_environment(XDG_STATE_HOME=tmp_path)

    def run(*args, **more):
        return subprocess.run([program, "lab", *args], capture_output=True, text=True, env=env | more, timeout=PATIENCE)
    listed = run("-rno", "EXERCISE").stdout.split()
    shipped = sorted((READER / "lab/exercises").glob("*.txt"))
    assert listed == [re.sub(r"^\d+-", "", p.stem) for p in shipped]
    for path in share.glob("lab/*.txt"):
        path.unlink()
    (share / "lab/01-mine.txt").write_text(GOOD)
    assert run("-rno", "EXERCISE").stdout == "mine\n"
    assert {p.name for p in (share / "machines").iterdir()} == {p.name for p in (READER / "machines").iterdir()}
    moved = tmp_path / "elsewhere"
    share.rename(moved)
    assert run("-rno", "EXERCISE", KVAS_DATA=str(moved)).stdout == "mine\n"


@pytest.mark.parametrize("machine", sorted((READER / "machines").iterdir()), ids=lambda p: p.name)
def test_saved_machines_are_whole(plain_output, machine):
    """Each is a capture that the reader takes, and that the machine's other files agree with."""
    assert "disagree with none" in " ".join(plain_output("verify", "--sysroot", machine).split())
