# SPDX-License-Identifier: GPL-2.0-only
"""kvas user on processes that do not stand still, and on large ones: on each release, as
each has its own way to read the mappings of a process that runs."""

import json

import pytest

import matrix
import userhalf
from lab import guest, programs

JOB = "sh /lab/userhalf moving brief many asked\n"

CHECK = ("7.2-amd64", "4level")
PLACES = (CHECK, ("5.10-amd64", "4level"), ("6.1-amd64", "5level"), ("6.12-amd64", "5level"),
          ("7.2-arm64", "48bit"), ("7.2-s390x", "kaslr"), ("6.1-5kc-malta", "1g"))


def places():
    return [pytest.param(place, id="-".join(place),
                         marks=[pytest.mark.needs(place[0]), *([] if place == CHECK else [pytest.mark.all])])
            for place in PLACES]


@pytest.fixture(scope="module", params=places())
def read(request):
    """What the guest left, and its architecture."""
    name, mode = request.param
    kernel = next(k for k in matrix.selected() if k.name == name)
    files = {**programs.reader_files(kernel.arch), **userhalf.files(kernel.arch)}
    with guest.boot(kernel, kernel.mode(mode), JOB, files, name=f"{name}-{mode}-moving", longer=600) as g:
        g.check()
    return g.out, kernel.arch, kernel.version


def readings(read, name):
    """(documents that were read, reasons why others were not)"""
    found, reasons = [], []
    process = userhalf.Process(read[0], name)
    for file in sorted(process.dir.glob("*.json")):
        status, printed, errors = process.said_by_kvas(file.name)
        if status == 0:
            assert not errors
            found.append(userhalf.User(json.loads(printed)))
        else:
            assert status == 2 and not printed and errors, (file.name, status, errors)
            reasons.append(errors)
    return found, reasons


def is_whole(user):
    """Program, stack, and what is between them; not only what was read before it changed."""
    return {"text", "data", "bss", "stack"} <= {part.kind for part in user.parts}


def test_a_process_that_changes_all_the_time(read, report):
    """The marker is mapped once at any moment, and first not at all.  Nearly every picture in
    which it is twice says that the process changed: seldom all that is read changes alike."""
    found, reasons = readings(read, "moving")
    assert len(found) + len(reasons) == 200
    markers = {changed: [sum(part.file.startswith("/memfd:marker") for part in user.parts)
                         for user in found if user.document["process"]["changed"] == changed]
               for changed in (False, True)}
    report(f"{read[1].debian}: a process that moves: {len(found)} pictures, of them {len(markers[True])} "
           f"that changed, {len(reasons)} refusals")
    assert all(map(is_whole, found))
    assert len(found) >= 100 and len(markers[False]) >= 50
    assert sum(n > 1 for n in markers[False]) <= 3 and max(markers[False] + markers[True]) <= 2
    # In the middle of execve() there is no auxv.
    for reason in reasons:
        assert any(word in reason for word in ("again and again", "while it was read", "auxv")), reason


def asked(read, pattern):
    """name: (status, document or None, what was said on errors)"""
    found = {}
    for file in sorted((read[0] / "user/asked").glob(pattern)):
        status = int(file.with_name(file.name + ".status").read_text())
        text, errors = file.read_text(), file.with_name(file.name + ".errors").read_text()
        found[file.name] = status, json.loads(text) if text else None, errors
    return found


def can_be_asked(read):
    """PROCMAP_QUERY came with Linux 6.11."""
    return tuple(map(int, read[2].split("-")[0].split("."))) >= (6, 11)


def test_a_kernel_is_asked_about_a_process_that_stands_still(read):
    [(status, document, errors)] = asked(read, "objects.json").values()
    assert status == 0 and not errors and document["times_read"] == 1 and len(document["where"]) > 10
    confirmed = {answer["confirmed"] for answer in document["where"]
                 if not {"vsyscall", "vectors"} & set(answer["regions"])}
    assert confirmed == {True if can_be_asked(read) else None}


def test_a_kernel_is_asked_about_a_process_that_moves(read, report):
    """What is confirmed is of one moment: a marker there, or none.  Often it is another one than when it was read."""
    found = asked(read, "moving-*.json")
    documents = [document for status, document, _ in found.values() if status == 0]
    assert len(found) == 60 and len(documents) >= 20
    assert all(errors for status, _, errors in found.values() if status == 2)
    answers = [document["where"][0] for document in documents]
    if not can_be_asked(read):
        assert {(d["times_read"], a["confirmed"]) for d, a in zip(documents, answers)} == {(1, None)}
        return
    again = sum(document["times_read"] > 1 for document in documents)
    report(f"{read[1].debian}: of {len(documents)} answers about a process that moves {again} were read again")
    assert sum(answer["confirmed"] is True for answer in answers) > len(answers) / 2
    for document, answer in zip(documents, answers):
        assert answer["confirmed"] is not False or document["times_read"] == 4
        if answer["confirmed"] is None:
            assert "has ended" in answer["note"], answer


def test_processes_that_end(read):
    found, reasons = readings(read, "brief")
    assert len(found) + len(reasons) == 60 and found
    assert all(map(is_whole, found))
    for reason in reasons:
        assert any(word in reason for word in ("no process", "zombie", "ended", "no mappings")), reason


def test_ten_thousand_mappings(read):
    process = userhalf.Process(read[0], "mappings")
    user = userhalf.User(process.document())
    assert len(process.mappings) > 10000
    mapped = [(part.start, part.stop) for part in user.parts if part.kind == "anonymous"]
    wanted = [(m.start, m.stop) for m in process.mappings if not m.name and not m.inode]
    assert len(mapped) >= 10000 and set(mapped) <= set(wanted)


def test_two_thousand_threads(read):
    process = userhalf.Process(read[0], "threads", read[1].bits, read[1].endian)
    user = userhalf.User(process.document())
    assert len(process.stack_pointers) == 2000
    told = userhalf.stacks(process.document("stacks.json"))
    assert {tid: int(row["sp"], 16) for tid, row in told.items()} == process.stack_pointers
    assert sum(part.kind == "thread_stack" for part in user.parts) == 1999
