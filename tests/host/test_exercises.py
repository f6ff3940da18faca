# SPDX-License-Identifier: GPL-2.0-only
"""The exercises of kvas lab on saved machines: each right answer is computed a second time, from
sources that kvas did not write (exercise_answers.py), and right, wrong and malformed answers are
judged as such."""

import json
import re

import pytest

from conftest import HERE, READER
from exercise_answers import ANSWERS, EXERCISES, answers_to, heading, name_of, names
from othersources import Machine

GOLDEN = HERE.parent / "golden"
MACHINES = ("6.12-amd64-5level", "5.10-amd64-4level", "7.2-amd64-5level-nokaslr", "6.1-686-pae-pae-5g",
            "6.12-arm64-52bit", "5.10-arm64-48bit", "7.2-armmp-highmem", "6.12-riscv64-sv57")
KASAN = HERE / "machines/6.1-kasan-5level"
SEEDS = (1, 2, 3, 4)

# What a course has to be about, in its order, and the exercises that are.
COURSE = (
    ("the VM split and canonical addresses", "split halves canonical"),
    ("user, hole or kernel", "halves region"),
    ("lowmem, and frame 0 at PAGE_OFFSET", "frame lowmem"),
    ("virtual to physical and back", "direct-map back"),
    ("text, data and BSS, and schedule() twice", "sections declarations twice image-phys"),
    ("vmalloc and kmalloc", "allocators guard-page struct-page"),
    ("modules near the text", "modules"),
    ("highmem, pkmap, and why 64 bits have none", "highmem pkmap no-highmem"),
    ("a process's half", "process"),
    ("what a system call crosses", "system-call"),
    ("the two stacks", "two-stacks kernel-stack"),
    ("the shared kernel half", "shared-half"),
    ("reserved, populated, mapped", "populated mapped"),
    ("a walk by hand", "page-offset top-index all-indexes next-index entry-place from-indexes entry-covers "
     "entry-frame entry-access real-walk"),
    ("page sizes", "page-sizes"),
    ("writable or executable", "w-xor-x"),
    ("KASLR over two boots", "kaslr-boots kaslr-offset two-boots"),
    ("a change that is predicted", "split-changed levels-changed"),
    ("an oops", "fault-address oops-symbol"),
    ("KASAN's shadow", "kasan"),
    ("per-CPU memory", "per-cpu"),
)


# --- The files ------------------------------------------------------------------------------

def test_every_exercise_is_computed_again():
    assert len(EXERCISES) >= 25
    assert {name_of(path) for path in EXERCISES} == set(ANSWERS)


def test_the_course_is_complete_and_in_order():
    numbers = {name_of(path): int(path.stem.split("-")[0]) for path in EXERCISES}
    assert list(numbers.values()) == list(range(1, len(EXERCISES) + 1))
    firsts = []
    for topic, names in COURSE:
        assert set(names.split()) <= set(numbers), topic
        firsts.append(max(numbers[name] for name in names.split()))
    assert firsts == sorted(firsts)
    assert {name for _, names in COURSE for name in names.split()} == set(numbers)


@pytest.mark.parametrize("path", EXERCISES, ids=name_of)
def test_each_helps(path):
    """Hints, the meaning of a wrong answer, and what there is to say after the right one."""
    assert heading(path, "Hint") and re.search(r"^Why:", path.read_text(), re.M)
    assert heading(path, "Wrong") or heading(path, "Answer")[0] in ("name", "word", "list of number")
    assert all(len(line) <= 160 for line in path.read_text().splitlines())


def test_the_checker_finds_no_mistake(output):
    """So each can be asked of a saved machine, without root."""
    assert "nothing is wrong" in output("lab", "--check")


# --- Answers --------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def session(plain, tmp_path_factory):
    """All exercises on a machine with a seed, as a result has them; answers by name."""
    def run(machine, seed, answers):
        place = tmp_path_factory.mktemp("lab")
        given = [f"{name}: {answer}" for name, each in answers.items() for answer in each]
        (place / "answers").write_text("\n".join(given) + "\n")
        done = plain("lab", "--sysroot", machine, "--seed", seed, "--answers", place / "answers",
                     "--result", place / "result", env={"XDG_STATE_HOME": place / "state"})
        assert done.returncode in (0, 1), done.stderr
        document = json.loads((place / "result").read_text())
        return {record["exercise"]: record for record in document["exercises"]}, document["machines"]
    return run


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("machine", [*(GOLDEN / name for name in MACHINES), KASAN], ids=lambda p: p.name)
def test_answers_are_judged_right(session, machine, seed):
    questions, machines = session(machine, seed, {name: ["skip"] for name in names()})
    assert set(names()) == set(questions)
    answers = answers_to(questions, machines, Machine(machine))
    judged, _ = session(machine, seed, answers)
    assert set(answers) == set(names())
    for name, given in answers.items():
        tries = judged[name]["tries"]
        assert judged[name]["question"] == questions[name]["question"], name
        assert [t["answer"] for t in tries] == given, name
        wanted = ["refused", "wrong", "right"][3 - len(given):]
        assert [t["verdict"] for t in tries] == wanted, (name, given, questions[name]["question"], tries)


# --- The course -------------------------------------------------------------------------------

def test_the_lesson_page_names_each_exercise_in_order():
    text = (READER / "lab/course.md").read_text()
    rows = re.findall(r"^\| (\d+)(?:-(\d+))?: ([^|]+) \|", text, re.M)
    listed = [(number, name) for first, last, named in rows
              for number, name in zip(range(int(first), int(last or first) + 1), re.findall(r"`([\w-]+)`", named), strict=True)]
    assert listed == list(enumerate(names(), 1))
