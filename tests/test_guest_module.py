# SPDX-License-Identifier: GPL-2.0-only
"""The loaded module: its file, its policy, its manners, its log."""

import re

import pytest

import matrix

TROUBLE = re.compile(
    r"WARNING:|BUG:|Oops|Call Trace|stack segment|general protection|suspicious|KASAN"
    r"|INFO: task|INFO: rcu|rcu: INFO|stall on|scheduling while atomic|refcount_t|use-after-free"
    r"|[Uu]nable to handle|Unknown symbol|disagrees about version|invalid opcode|kmemleak")

# The kernel's own words about a module from outside its tree.
EXPECTED = (
    "kvas: loading out-of-tree module taints kernel",
    "kvas: module verification failed: signature and/or required key missing - tainting kernel",
    "Lockdown: probe: ", "Kernel is locked down from ",
)


@pytest.mark.parametrize("group", matrix.PROBES)
def test_probe(run, group):
    """See tests/lab/probe.c: each line is one check, the last counts them."""
    said = run.guest.text(f"probe-{group}")
    lines = said.splitlines()
    assert [line for line in lines if line.startswith("not ok")] == []
    passed = sum(line.startswith("ok ") for line in lines)
    assert lines and lines[-1] == f"done {group} {passed}" and passed, said


def test_file(run):
    """One complete file of the contract, a plain file of mode 0400."""
    lines = run.capture.text.splitlines()
    assert run.guest.text("ls").split()[0] == "-r--------"
    assert lines[0] == "kvas 1"
    assert run.capture.records[-1].type == "end"
    assert run.capture.records[-1].number("records") == len(lines) - 2
    assert run.capture.text.endswith("\n")


def test_mode_is_as_asked(run):
    """The guest did start as the record of its mode says."""
    mode, capture = run.spot.mode, run.capture
    assert capture.fact("page_levels") == str(mode.levels)
    moved = [int(capture.fact(f"{name}_kaslr_offset"), 0) != 0
             for name in ("image", "direct_map", "vmalloc", "vmemmap")]
    assert moved == [mode.kaslr] * 4 or (mode.kaslr and any(moved))
    assert capture.all("kernel")[0]["release"] == release(run)


def release(run):
    return re.search(r"Linux version (\S+)", run.log()[1])[1]


def test_log_is_clean(run):
    ours, whole = run.log()
    assert ours, "the job's mark is not in the log"
    assert [line for line in whole.splitlines() if TROUBLE.search(line)] == []
    odd = [line for line in ours.splitlines()[1:]
           if not any(text in line for text in EXPECTED) and "kvas" in line.lower()]
    assert odd == []


def test_no_address_in_the_log(run):
    """Neither one that was published, nor any other that looks like one."""
    ours, whole = run.log()
    assert re.findall(r"\b(?:0x)?[89a-f][0-9a-f]{15}\b", ours) == []
    addresses = {r[key] for r in run.capture.records for key in ("start", "end", "addr") if key in r}
    secret = {a[2:] for a in addresses if int(a, 16) >> 63}
    assert len(secret) > 30
    # Bounds that are the same on every machine are no secret.
    if run.spot.mode.kaslr:
        assert [a for a in secret if a in whole] == []


def test_reloading_changes_no_size(run):
    before, after = (run.guest.text(f).split()[1] for f in ("modules", "modules-after"))
    assert before == after
