# SPDX-License-Identifier: GPL-2.0-only
"""kvas mappings --since: two files against an expansion of both, which is done here."""

import json
import random
import re

import jsonschema
import pytest

import capture
from conftest import READER
from test_mappings import CASES, LIVE, allowed, each, expand, mappings, number
from test_mappings_parse import BASE, build, mapping, repeat

VALIDATOR = jsonschema.Draft202012Validator(json.loads((READER / "schema/kvas.schema.json").read_text()))


def key_of(fields):
    if fields is None:
        return None
    bits = [int(fields.get(k, "0"), 16) for k in ("attr", "upper")]
    return bits + [fields.get(k) for k in ("level", "group", "unsettled")]


def cuts(before, after):
    return sorted({x for pieces in (before, after) for a, b, _ in pieces for x in (a, b + 1)})


def differences(case, before, after, start, end):
    """{(change, from, to): bytes}, from one address where either changes to the next."""
    found, i, j = {}, 0, 0
    places = cuts(before, after)
    for a, b in zip(places, places[1:]):
        while i < len(before) and before[i][1] < a:
            i += 1
        while j < len(after) and after[j][1] < a:
            j += 1
        old = before[i][2] if i < len(before) and before[i][0] <= a else None
        new = after[j][2] if j < len(after) and after[j][0] <= a else None
        size = min(b - 1, end) - max(a, start) + 1
        if size <= 0 or key_of(old) == key_of(new):
            continue
        access = [f and "attr" in f and allowed(case, f) or None for f in (old, new)]
        if any(f and "unsettled" in f for f in (old, new)):
            kind = "unsettled"
        elif old is None or new is None:
            kind = "mapped" if new else "unmapped"
        elif access[0] != access[1]:
            kind = "access"
        else:
            same = old["level"] == new["level"] and old.get("group") == new.get("group")
            kind = "attributes" if same else "pages"
        key = kind, *access
        found[key] = found.get(key, 0) + size
    return found


@pytest.fixture
def since(kvas):
    def call(before, after, *args):
        result = kvas("mappings", "-J", "--mappings", after, "--since", before, *args)
        assert result.stderr == "", result.stderr
        document = json.loads(result.stdout)
        assert [e.message[:200] for e in VALIDATOR.iter_errors(document)] == []
        assert result.returncode == (1 if document["differences"] else 0)
        return document["differences"]
    return call


def summed(rows):
    found = {}
    for row in rows:
        assert number(row["size"]) == number(row["end"]) - number(row["start"]) + 1
        assert number(row["last"]) >= number(row["end"]) and (row["times"] > 1 or row["last"] == row["end"])
        key = row["change"], *(row[side] and row[side]["access"] for side in ("from", "to"))
        found[key] = found.get(key, 0) + number(row["size"]) * row["times"]
    return found


def recount(lines):
    runs = sum(line.startswith("mapping") for line in lines)
    return "\n".join([*lines, f"end records={len(lines) - 1} runs={runs}"]) + "\n"


def changed(lines, dice):
    """The file with some records away, of other copies or of other attributes."""
    lines = list(lines)
    for _ in range(dice.randrange(1, 4)):
        at = dice.choice([n for n, line in enumerate(lines) if line.startswith(("mapping", "repeat"))])
        line = lines[at]
        if line.startswith("repeat"):
            times = int(re.search("times=([0-9]+)", line)[1])
            less = dice.randrange(1, times)
            # A repeat of one is none.
            lines[at] = None if less == 1 else re.sub("times=[0-9]+", f"times={less}", line)
            lines = [x for x in lines if x is not None]
        elif dice.randrange(3) == 0:
            del lines[at]
        elif "attr" in line:
            lines[at] = re.sub("attr=0x([0-9a-f]+)", lambda m: f"attr=0x{int(m[1], 16) ^ dice.choice((2, 8, 16)):x}", line)
    return lines


@each
def test_changed_files(since, kvas, write, case):
    *lines, _ = mappings(case).read_text().splitlines()
    dice, compared = random.Random(case), 0
    top = (1 << (32 if case.startswith("i386") else 64)) - 1
    while compared < 30:
        files = [write(recount(changed(lines, dice)), name) for name in ("before", "after")]
        if dice.randrange(3) == 0:
            files[0] = mappings(case)
        # Without what it held a repeat is refused.
        if any(kvas("mappings", "--mappings", f).returncode for f in files):
            continue
        before, after = map(expand, files)
        window = 0, top
        if dice.randrange(2):
            window = sorted((dice.choice(cuts(before, after)) + dice.choice((-1, 0, 1)) & top,
                             dice.choice(cuts(before, after)) + dice.choice((-1, 0, 1)) & top))
        where = "--from", hex(window[0]), "--to", hex(window[1])
        assert summed(since(*files, *where)) == differences(case, before, after, *window)
        compared += 1


@each
def test_no_difference(since, output, case):
    assert since(mappings(case), mappings(case)) == []
    assert output("mappings", "--mappings", mappings(case), "--since", mappings(case)).startswith("No difference.\n")


def test_huge_repeats(since, write):
    """Alike, at another depth, and with a hole in each copy: nothing is expanded."""
    def nest(first, *shifts):
        lines, size = [mapping(BASE, first)], first
        for shift in shifts:
            lines.append(repeat(BASE, size, 1 << (shift - size.bit_length() + 1), size))
            size = 1 << shift
        return lines
    deep, flat = write(build(nest(0x1000, 21, 30, 46)), "deep"), write(build(nest(0x1000, 46)), "flat")
    uniform = write(build(nest(1 << 21, 46)), "uniform")
    holes = write(build([mapping(BASE, 0x1000), repeat(BASE, 0x1000, 1 << 33, 8192)]), "holes")
    assert since(deep, flat) == since(flat, deep) == since(flat, uniform) == since(uniform, deep) == []
    for one in (deep, flat, uniform):
        assert summed(since(one, holes)) == {("unmapped", "rw--", None): 1 << 45}
        assert summed(since(holes, one)) == {("mapped", None, "rw--"): 1 << 45}
        found = summed(since(one, holes, "--from", hex(BASE + 0x1800), "--to", hex(BASE + (1 << 45) + 0x17ff)))
        assert found == {("unmapped", "rw--", None): 1 << 44}
    nothing = write(build([]), "nothing")
    assert summed(since(nothing, deep)) == {("mapped", None, "rw--"): 1 << 46}


def test_repeats_that_do_not_fit(refused, write):
    one = write(build([mapping(BASE, 0x1000), repeat(BASE, 0x1000, 1 << 30, 12288)]), "one")
    other = write(build([mapping(BASE, 0x1000), repeat(BASE, 0x1000, 1 << 30, 8192)]), "other")
    assert "more than 65536 places; compare less" in refused("mappings", "--mappings", one, "--since", other)


def test_work_is_bounded(refused, write):
    """All is alike, but each cell holds thousands of runs, and those of the one do not fit those of the other."""
    one, other = (write(build([*(mapping(BASE + i * 0x1000, 0x1000) for i in range(n)),
                               repeat(BASE, n * 0x1000, 1 << 16, n * 0x1000)]), str(n)) for n in (16384, 16385))
    assert "do not fit together" in refused("mappings", "--mappings", one, "--since", other)


def test_a_list_is_bounded(kvas, refused, write):
    some, empty = [mapping(BASE + n * 0x2000, 0x1000) for n in range(1 + (1 << 16))], write(build([]), "empty")
    assert "more than 65536 places" in refused("mappings", "--mappings", write(build(some)), "--since", empty)
    result = kvas("mappings", "-r", "-n", "-o", "START", "--mappings", write(build(some[1:])), "--since", empty)
    assert result.returncode == 1 and result.stdout.count("\n") == 1 << 16


def test_a_saved_machine(kvas, copy, tmp_path):
    machine = copy(CASES["arm64-48bit"][1])
    text = mappings("arm64-48bit").read_text()
    (machine / LIVE).write_text(text.replace("attr=0x0048000000000313", "attr=0x0068000000000313"))
    result = kvas("mappings", *CASES["arm64-48bit"], "--mappings", mappings("arm64-48bit"), "--since", machine, "-r",
                  "-o", "CHANGE,START,FROM,TO,REGION,FROM_ATTRIBUTES")
    assert result.returncode == 1
    assert result.stdout.splitlines()[1:] == [
        r"access 0xffff800008020000 rw-- rwx- modules RW\x20PXN\x20UXN\x20G\x20ISH\x20DBM\x20ATTR4"]


@pytest.mark.parametrize("old, new", [("mask=0x800000000000119f", "mask=0x800000000000019f"),
                                      ("size=512G entries=512", "size=512G entries=256")])
def test_other_levels_are_not_compared(refused, write, old, new):
    text = build([mapping(BASE, 0x1000)])
    assert old in text
    one, other = write(text, "one"), write(text.replace(old, new), "other")
    assert "another size, number of entries or mask" in refused("mappings", "--mappings", one, "--since", other)


def test_wrong_usage(refused):
    here = ("mappings", "--mappings", mappings("i386-2level"))
    assert "exclude each other" in refused(*here, "--since", mappings("i386-2level"), "--runs")
    assert "exclude each other" in refused(*here, "--since", mappings("i386-2level"), "--access=+x")
    assert "cannot be compared" in refused(*here, "--since", mappings("arm64-48bit"))
    assert "No such file" in refused(*here, "--since", "/nonexistent")
    assert f"holds no /{LIVE}" in refused(*here, "--since", capture.GOLDEN / "5.10-arm64-48bit")
