# SPDX-License-Identifier: GPL-2.0-only
"""kvas lab end to end in guests of three architectures, on the live file, and make lab.

In one boot of each all exercises are asked, the host computes the answers from files of the guest
that kvas did not write, and from what QEMU's own walk says (exercise_answers.py), and gives them
by way of the folder that make lab shares.
"""

import json
import os
import pty
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

import exercise_answers
import matrix
from lab import folder, guest, images, programs, toolchain
from othersources import Machine
from test_make import converse

ARCHES = ("x86_64", "i686", "aarch64")
SEED = 20

# The questions; then, from outside, the answers; then both once more, and what is asked of a
# person, who looks at the process while the lab waits.
JOB = matrix.START + """
echo 1 >/proc/sys/kernel/kptr_restrict
export XDG_STATE_HOME=/tmp/state COLUMNS=100
mount-folder results /results || exit
insmod /lab/kvas.ko || exit
cd /results
kvas save --all sysroot || exit
kvas lab --seed %(seed)d --answers /lab/skip --result questions >asked
echo $? >asked.status
pause
kvas lab --seed %(seed)d --answers answers --result result >judged
echo $? >judged.status
kvas lab --grade --each -J result >graded
echo $? >graded.status
for exercise in process two-stacks; do
	mkfifo /tmp/$exercise
	kvas lab $exercise --seed %(seed)d --result $exercise.json </tmp/$exercise >$exercise.said 2>&1 &
	exec 9>/tmp/$exercise
	until grep -q '[?]' $exercise.said; do
		usleep 100000
	done
	for process in /proc/[0-9]*; do
		mkdir -p processes/${process#/proc/}
		cat $process/maps >processes/${process#/proc/}/maps 2>/dev/null
		cat $process/syscall >processes/${process#/proc/}/syscall 2>/dev/null
	done
	for answer in %(words)s; do
		echo $answer >&9
	done
	exec 9>&-
	wait
done
kvas map >map.txt
""" % {"seed": SEED, "words": "perhaps text heap stack program kernel quit"}


def spots():
    """One boot of each architecture: of the newest kernel that is selected, with KASLR if it has it."""
    found = {}
    for spot in sorted(matrix.spots(), key=lambda s: ([-int(n) for n in s.kernel.version.split(".")], not s.mode.kaslr)):
        if spot.kernel.arch.name in ARCHES:
            found.setdefault(spot.kernel.arch.name, spot)
    return list(found.values())


@dataclass
class Lab:
    """What one boot left in the folder."""

    machine: Machine
    place: Path
    walked: dict  # what QEMU says of addresses in questions

    def session(self, name):
        document = json.loads((self.place / name).read_text())
        return {record["exercise"]: record for record in document["exercises"]}, document["machines"]

    def status(self, name):
        return int((self.place / f"{name}.status").read_text())


class Outside:
    """What happens while the job pauses."""

    def __init__(self, spot, place):
        self.spot, self.place, self.lab = spot, place, None

    def __call__(self, monitor):
        self.lab = Lab(Machine(self.place / "sysroot"), self.place, {})
        questions, machines = self.lab.session("questions")
        guest.stop_in_kernel(self.spot.kernel.arch, monitor)
        for address in re.findall(r"0x[0-9a-f]+", questions["real-walk"]["question"]):
            self.lab.walked[int(address, 16)] = monitor.translate(int(address, 16))
        monitor.execute("cont")
        given = exercise_answers.answers_to(questions, machines, self.lab.machine)
        lines = [f"{name}: {answer}" for name, each in given.items() for answer in each]
        (self.place / "answers").write_text("\n".join(lines) + "\n")



@pytest.fixture(scope="module", params=spots(), ids=str)
def lab(request, tmp_path_factory):
    spot, place = request.param, folder.prepare(tmp_path_factory.mktemp("results"))
    kernel = spot.kernel
    image = images.fetch(kernel)
    built = toolchain.build(kernel, toolchain.kvas_sources(matrix.TOP))
    files = {**programs.reader_files(kernel.arch), **programs.shared_files(), **folder.files(kernel),
             "/lab/kvas.ko": built.module("kvas"), f"/boot/config-{image.release}": image.config,
             "/lab/skip": "".join(f"{name}: skip\n" for name in exercise_answers.names())}
    outside = Outside(spot, place)
    with guest.boot(kernel, spot.mode, guest.PAUSE + JOB, files, name=f"lab-{spot}", asked=outside, longer=600,
                    options=folder.options(kernel, place)) as g:
        g.check()
        yield outside.lab


def test_each_exercise_is_asked(lab):
    """Of this machine, or of one that is installed in the guest."""
    questions, machines = lab.session("questions")
    assert set(questions) == set(exercise_answers.names())
    here = [name for name, record in questions.items() if machines[record["machine"]]["path"] is None]
    assert len(here) > 25 and {"mapped", *exercise_answers.ASKED_OF_PEOPLE} <= set(here)


def test_answers_are_judged(lab):
    """Malformed, wrong and right ones."""
    questions, machines = lab.session("questions")
    judged, _ = lab.session("result")
    given = {}
    for line in (lab.place / "answers").read_text().splitlines():
        given.setdefault(line.partition(": ")[0], []).append(line.partition(": ")[2])
    assert len(given) == len(questions) - len(exercise_answers.ASKED_OF_PEOPLE)
    for name, answers in given.items():
        assert judged[name]["question"] == questions[name]["question"], name
        assert [t["answer"] for t in judged[name]["tries"]] == answers, name
        verdicts = [t["verdict"] for t in judged[name]["tries"]]
        assert verdicts == ["refused", "wrong", "right"][3 - len(answers):], (name, judged[name])


def test_the_walk_is_that_of_qemu(lab):
    """Which reads the same tables from outside."""
    (address, walked), = lab.walked.items()
    assert walked == lab.machine.phys(address)
    judged, _ = lab.session("result")
    assert int(judged["real-walk"]["tries"][-1]["answer"], 16) == walked


def test_the_parts_of_a_process(lab):
    """By /proc/PID/maps of the process, which ran while the lab waited."""
    records, _ = lab.session("process.json")
    record = records["process"]
    pid = re.search(r"kvas user (\d+)", record["text"])[1]
    address = exercise_answers.said(record["question"], "of that process is # in?")
    part = exercise_answers.part_at((lab.place / "processes" / pid / "maps").read_text(), address)
    assert verdicts(record) == judged_by(part, "text heap stack")


def test_the_two_stacks(lab):
    """By /proc/PID/syscall and maps."""
    records, _ = lab.session("two-stacks.json")
    record = records["two-stacks"]
    address = exercise_answers.said(record["question"], "shows the stack pointer #.")
    pointers = {words.split()[-2] for p in (lab.place / "processes").iterdir()
                if (words := (p / "syscall").read_text()) and len(words.split()) > 2}
    code = "program" if address in {int(pointer, 16) for pointer in pointers} else "kernel"
    assert (code == "kernel") == (lab.machine.half(address) == "kernel")
    assert verdicts(record) == judged_by(code, "program kernel")


def verdicts(record):
    return [t["verdict"] for t in record["tries"]]


def judged_by(right, words):
    """As they must be: what is no choice is refused, and the right answer is the last."""
    known = words.split()
    given = "perhaps text heap stack program kernel".split()
    tried = given[:given.index(right) + 1]
    return ["right" if word == right else "wrong" if word in known else "refused" for word in tried]


def test_statuses(lab):
    """1 while exercises are open or were skipped; grading finds nothing amiss."""
    assert [lab.status(name) for name in ("asked", "judged", "graded")] == [1, 0, 0]
    assert (lab.place / "map.txt").read_text(encoding="utf-8").count("\n") > 10


def test_what_a_teacher_sees(lab):
    """Computed again in the guest, and on this machine."""
    here = subprocess.run([programs.reader(), "lab", "--grade", "--each", "-J", lab.place / "result"], check=True,
                          text=True, stdout=subprocess.PIPE).stdout
    given = (lab.place / "answers").read_text()
    for text in ((lab.place / "graded").read_text(), here):
        rows = {row["exercise"]: row for row in json.loads(text)["grades"]}
        for name in exercise_answers.names():
            wanted = "open" if name in exercise_answers.ASKED_OF_PEOPLE else "right"
            assert rows[name]["grade"] == wanted, rows[name]
        assert given.count("\n") >= 2 * sum(row["grade"] == "right" for row in rows.values())


# --- The folder -----------------------------------------------------------------------------------

def test_the_folder_holds_plain_files_of_ours(lab):
    """Whoever is root in the guest: neither another owner nor a program to run."""
    found = [p for p in lab.place.rglob("*")]
    assert len(found) > 20
    assert {p.lstat().st_uid for p in found} == {os.geteuid()}
    assert not any(p.is_symlink() or p.is_fifo() for p in found)


# --- make lab -------------------------------------------------------------------------------------

# What is typed, each when what is before it has been printed.
PROMPT = "lab:/results#"
TYPED = (
    (PROMPT, "kvas lab split"), ("> ", "quit"),
    (PROMPT, "man kvas-lab | head -n 3"),
    (PROMPT, "kvas map >map.txt; ls /usr/share/kvas"),
    (PROMPT, "ln -s /etc/passwd link; cp /bin/busybox setuid; chmod 4755 setuid"),
    (PROMPT, "rmmod kvas && insmod /lab/kvas.ko && echo back"),
    (PROMPT, "exit"),
)


@pytest.mark.parametrize("spot", spots(), ids=str)
def test_make_lab(spot, tmp_path):
    """A shell in a machine of each architecture, and what is left in its folder."""
    place = tmp_path / "folder with blanks"
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "vt100", "COLUMNS": "120"}
    child = subprocess.Popen(
        ["make", "-C", matrix.TOP, "--no-print-directory", "lab", f"KERNEL={spot.kernel.name}", f"MODE={spot.mode.name}",
         f"FOLDER={place}"], stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True)
    os.close(slave)
    try:
        said = "".join(converse(master, expected, f"{answer}\r".encode(), patience=guest.PATIENCE)
                       for expected, answer in TYPED)
        assert "kvas.ko is loaded" in said and "stays: it is a folder" in said
        assert "KVAS-LAB(1)" in said and re.search(r"\bmachines\b", said) and re.search(r"^back\b", said, re.M)
        assert child.wait(guest.PATIENCE) == 0
    finally:
        if child.poll() is None:
            child.terminate()
        os.close(master)
    assert (place / "map.txt").stat().st_size > 500
    assert not (place / "link").is_symlink() and not (place / "setuid").stat().st_mode & 0o7111
    assert [p for p in (place / "state").rglob("*") if p.is_file()]
