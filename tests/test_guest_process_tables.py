# SPDX-License-Identifier: GPL-2.0-only
"""kvas walk -p and kvas user --shared, of two processes that know where their pages are.

tests/lab/touched.c asked its own pagemap for the frames of its pages; the walker of
lab/tablewalk.py reads the same tables through QEMU.
"""

import json

import pytest

from processoracle import OWN_KERNEL_HALF

PRESENT, SWAPPED, GUARD, FRAME = 1 << 63, 1 << 62, 1 << 58, (1 << 55) - 1
NOT_THERE = {"untouched", "hole", "guard", "swapped", "hugetlb_untouched"}
# Of a process that sleeps: its last calls may touch what it did not touch before.
FEW_PAGES = 4


@pytest.fixture(scope="session")
def processes(run):
    assert run.guest.text("touched-errors") == ""
    return run.oracle.processes


@pytest.fixture(scope="session")
def walks(run, processes):
    return walks_of(run, processes)


def walks_of(run, processes):
    """name of a page: its walk"""
    assert run.guest.text("touched-walk-errors") == ""
    found = json.loads(run.guest.text("touched-walk"))["walk"]
    assert [int(w["addr"], 16) for w in found] == [address for address, _ in processes.told[0].pages.values()]
    return dict(zip(processes.told[0].pages, found))


def page_size(run):
    return int(run.capture.fact("page_size"))


def has_levels(run):
    """Whether the reader can read tables at all: no /proc/kcore on arm, no tree on others."""
    return run.oracle.tables is not None and run.arch.kernel != "arm"


def in_highmem(run, walk):
    """HIGHPTE puts tables where no kcore has them, and where none may be at all."""
    return not walk["known"] and run.config.get("CONFIG_HIGHPTE") == "y" and "highmem" in walk["absent"]


def test_pagemap_is_what_the_process_read(run, processes, walks):
    """All bits that are told, of each page; whether the tables can be read or not."""
    for name, walk in walks.items():
        _, entry = processes.told[0].pages[name]
        said = walk["pagemap"]
        assert (said["present"], said["swapped"]) == (bool(entry & PRESENT), bool(entry & SWAPPED)), name
        assert said["guard"] == bool(entry & GUARD), name
        frame = int(said["phys"], 16) // page_size(run) if said["phys"] else None
        assert frame == (entry & FRAME if entry & PRESENT else None), name
        assert said["says"] == ("agrees" if walk["known"] else "alone"), (name, said["why"])


def test_levels_are_shown_or_it_is_said_why(run, walks):
    for name, walk in walks.items():
        if has_levels(run) and not in_highmem(run, walk):
            assert walk["known"] and walk["entries"] and walk["half"] == "user", (name, walk["absent"])
        else:
            assert not walk["known"] and walk["absent"] and walk["phys"] is None, name
    assert run.guest.text("touched-walk-status").strip() == ("0" if all(w["known"] for w in walks.values()) else "1")


def test_walks_lead_to_the_pages(run, processes, walks):
    for name, walk in walks.items():
        address, entry = processes.told[0].pages[name]
        if not walk["known"]:
            continue
        if walk["phys"]:
            assert int(walk["phys"], 16) == (entry & FRAME) * page_size(run) + address % page_size(run), name
        elif entry & PRESENT:
            assert f"keeps the page at 0x{(entry & FRAME) * page_size(run):0{len(walk['addr']) - 2}x}" in walk["absent"], name
        elif entry & SWAPPED:
            assert "it is a swap entry" in walk["absent"], name
        else:
            assert walk["absent"].endswith("maps nothing"), name
    none = walks["none"]
    if none["known"] and run.arch.kernel != "powerpc":  # where it is valid, and not the user's
        assert none["phys"] is None and "PROT_NONE" in none["absent"]
    # Of the rest, those that are certainly there.
    assert {name for name in walks if not processes.told[0].pages[name][1] & PRESENT} <= NOT_THERE


@pytest.mark.walked
def test_entries_are_in_memory(run, processes, walks):
    """Each: its table, its index, and what its value means."""
    if not has_levels(run):
        return
    size, compared = {"Q": 8, "I": 4}[run.oracle.tables.word], 0
    for name, walk in walks.items():
        address, _ = processes.told[0].pages[name]
        way = processes.ways[address][:len(walk["entries"])]
        assert walk["known"] is False or len(way) == len(processes.ways[address]), name
        for entry, (table, index, value) in zip(walk["entries"], way, strict=True):
            assert (entry["level"], entry["index"]) == (table.level, index), name
            assert int(entry["addr"], 16) == table.address + index * size, name
            meaning = processes.formats.entry
            assert meaning(int(entry["value"], 16), table) == meaning(value, table), name
            compared += 1
        if walk["known"]:
            assert (int(walk["phys"], 16) if walk["phys"] else None) == processes.physical[address], name
    # In highmem there may be all but the top tables.
    assert compared >= len(walks)


# --- What both share ---------------------------------------------------------------------------

@pytest.fixture(scope="session")
def shared(run):
    """The object; None where the reader cannot read tables, see the next test."""
    text = run.guest.text("touched-shared")
    return json.loads(text)["shared"] if has_levels(run) else None


def test_it_is_said_why_nothing_is_compared(run):
    errors, status = (run.guest.text(f"touched-shared-{what}").strip() for what in ("errors", "status"))
    if has_levels(run):
        assert errors == "" and status in "01"
    else:
        assert status == "2" and errors.startswith("kvas: the page tables of process ") and "cannot be read: " in errors


def told_tops(half):
    found = {}
    for r in half["top"]:
        found |= dict.fromkeys(range(r["first"], r["last"] + 1), r["kind"])
    return found


def kinds(tops):
    one, other = tops
    return {index: "first" if index not in other else "second" if index not in one else
            "same" if one[index] == other[index] else "own" for index in {*one, *other}}


def test_which_processes(run, processes, shared):
    if shared is None:
        return
    assert [p["pid"] for p in shared["processes"]] == [told.pid for told in processes.told]
    for told, record in zip(shared["processes"], processes.records):
        assert f"kernel_half={told['kernel_half']}" in record and told["comm"] == "touched"
        assert int(told["root"], 16) == int(record.split(" root=")[1].split()[0], 16)


def test_top_entries_are_those_in_memory(processes, shared):
    if shared is None:
        return
    for half in shared["halves"]:
        assert told_tops(half) == kinds(processes.halves[half["half"]].tops), half["half"]
    assert {half["half"] for half in shared["halves"]} == set(processes.halves)


def test_tables_are_those_in_memory(processes, shared):
    if shared is None:
        return
    for half in shared["halves"]:
        one, other = processes.halves[half["half"]].tables
        for level in half["levels"]:
            found = one.get(level["level"], set()), other.get(level["level"], set())
            assert (level["first"], level["second"], level["both"]) == (
                len(found[0]), len(found[1]), len(found[0] & found[1])), (half["half"], level)


def test_one_kernel_half(processes, shared):
    """All of it is shared, but for what is by design each process's own."""
    if shared is None:
        return
    how = shared["processes"][0]["kernel_half"]
    if how not in OWN_KERNEL_HALF:
        assert [h["half"] for h in shared["halves"]] == ["user"]
        return
    kernel = shared["halves"][1]
    tops = list(told_tops(kernel).values())
    if how == "same":
        assert set(tops) == {"same"}
    if how == "copied":
        assert "own" in tops and kernel["levels"][-1]["both"] == kernel["levels"][-1]["first"]
    # A table of level 2 at the top may map a large page that both have since the fork.
    two_levels = len(shared["halves"][0]["levels"]) == 1
    assert set(told_tops(shared["halves"][0]).values()) <= {"own", "first", "second"} | ({"same"} if two_levels else set())


def test_memory_is_what_the_processes_counted(run, processes, shared, report):
    if shared is None:
        return
    one, other = (told.frames for told in processes.told)
    size = page_size(run)
    memory = {key: int(shared["memory"][key], 16) // size for key in ("first", "second", "both")}
    unread = any(half["unread"] for half in shared["halves"])
    assert shared["memory"]["source"] == ("pagemap" if unread else "tables")
    for key, frames in (("first", one), ("second", other), ("both", one & other)):
        assert abs(memory[key] - len(frames)) <= FEW_PAGES, key
    report(f"{run.spot}: {memory['both']} of {memory['first']} pages are the same memory")


def test_isolation_is_said(run, processes, shared):
    if shared is None:
        return
    assert bool(shared["isolation"]) == (processes.kept_in_isolation is not None)
    if shared["isolation"]:
        kept, all_of_them = processes.kept_in_isolation
        assert f" {kept} of the {all_of_them} page tables of the kernel half" in shared["isolation"]
        assert kept < all_of_them
