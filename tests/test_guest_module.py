# SPDX-License-Identifier: GPL-2.0-only
"""The loaded module: its file, its policy, its manners, its log."""

import re

import pytest

import expected
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
    if group == "lockdown" and run.config.get("CONFIG_SECURITY_LOCKDOWN_LSM") != "y":
        assert not (run.guest.out / f"probe-{group}").exists()
        return
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
    assert mode.levels in (0, int(capture.fact("page_levels") or "0"))
    # s390 has a place for the image that was not linked there, and KASLR another.
    place = capture.get("config", "CONFIG_KERNEL_IMAGE_BASE") or {"value": "0"}
    moved = [int(record["value"], 0) not in (0, int(place["value"], 0))
             for record in capture.all("fact")
             if re.fullmatch("image_kaslr_offset|(direct_map|vmalloc|vmemmap)_kaslr_offset", record["name"])]
    assert any(moved) == mode.kaslr and expected.of(run).bases in (0, len(moved))
    assert mode.mmu == (capture.fact("mmu") or "")
    assert capture.all("kernel")[0]["release"] == release(run)
    assert mode.highmem == (capture.witnesses.get("kmap", {}).get("region") == "pkmap")


def release(run):
    return re.search(r"Linux version (\S+)", run.log()[1])[1]


def test_log_is_clean(run):
    ours, whole = run.log()
    assert [line for line in whole.splitlines() if TROUBLE.search(line)] == []
    odd = [line for line in ours.splitlines()[1:]
           if not any(text in line for text in EXPECTED) and "kvas" in line.lower()]
    assert odd == []


def test_no_address_in_the_log(run):
    """Neither one that was published, nor any other that looks like one."""
    ours, whole = run.log()
    digits = run.arch.bits // 4
    assert re.findall(r"\b(?:0x)?[89a-f][0-9a-f]{%d}\b" % (digits - 1), ours) == []
    addresses = {r[key] for r in run.capture.records for key in ("start", "end", "addr") if key in r}
    # Those of s390 are of the lower half; the very last one is no secret.
    secret = {a[2:] for a in addresses if int(a, 16) >> 31 and set(a[2:]) != {"f"}}
    assert len(secret) > expected.of(run).addresses
    assert [a for a in secret if a in ours or a.lstrip("0") in ours] == []
    # Bounds that are the same on every machine are no secret.
    if run.spot.mode.kaslr and run.arch.bits == 64:
        assert [a for a in secret if a in whole] == []


def test_reloading_changes_no_size(run):
    before, after = (run.guest.text(f).split()[1] for f in ("modules", "modules-after"))
    assert before == after


def test_reasons_are_true(run):
    """An option that is said to be missing is missing; and symbols that the kernel
    knows are no reason."""
    told = [record[key] for record in run.capture.records for key in ("absent", "note")
            if key in record]
    options = {option for text in told for option in re.findall(r"(CONFIG_\w+) is not set", text)}
    assert len(told) > 5 and options
    assert [option for option in options if run.config.get(option) == "y"] == []
    if run.config.get("CONFIG_KALLSYMS_ALL") == "y":
        assert [text for text in told if "KALLSYMS" in text] == []


@pytest.mark.arch("riscv", "s390")
def test_computed_bounds_do_not_carry_a_macros_name(run):
    """The kernel's own macros need symbols that it does not export."""
    modules = run.capture.areas["modules"]
    assert (modules["start_route"], modules["end_route"]) == ("derived", "derived")
    assert "MODULES_" not in modules["start_source"].replace("KMSAN_MODULES_", "")
