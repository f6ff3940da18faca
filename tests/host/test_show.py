# SPDX-License-Identifier: GPL-2.0-only
"""kvas show: what the tables and the JSON say is what the capture says."""

import json
import re
import shlex
from fractions import Fraction

import pytest

import capture
from capture import Capture, build, exact_size, region



def pairs(text):
    return [dict(pair.split("=", 1) for pair in shlex.split(line)) for line in text.splitlines()]


# --- JSON ----------------------------------------------------------------------------

@capture.on_each
def test_json_holds_all(output, path):
    cap = Capture(path)
    document = json.loads(output("-J", "-f", path))
    kernel = dict(cap.kernel, bits=cap.bits)
    assert document["version"] == document["format"] == 1 and document["command"] == "show"
    assert document["kernel"] == kernel
    assert document["configs"] == cap.of("config")
    assert document["witnesses"] == cap.of("witness")
    for key, word in (("regions", "region"), ("sections", "section"), ("memory", "memory")):
        wanted = [dict(r, size=hex(exact_size(r["size"]))) if "size" in r else r for r in cap.of(word)]
        assert document[key] == wanted
    assert len(document["facts"]) == len(cap.of("fact"))
    for got, wanted in zip(document["facts"], cap.of("fact")):
        value = wanted.get("value")
        if wanted.get("unit") in ("bits", "levels", "count"):
            value = int(value)
        elif wanted.get("unit") == "bytes":
            value = hex(int(value))
        elif wanted.get("unit") == "bool":
            value = value == "y"
        assert got == (dict(wanted, value=value) if "value" in wanted else wanted)


def test_json_keeps_what_it_does_not_know(output, write):
    text = build([region("user", 0, 0xfff, more="colour=blue"), 'future  type=t what="a b" n=1'])
    document = json.loads(output("-J", "-f", write(text)))
    assert document["regions"][0]["other"] == {"colour": "blue"}
    assert document["others"] == [{"type": "future", "fields": {"type": "t", "what": "a b", "n": "1"}}]


def test_json_of_the_whole_address_space(output, write):
    document = json.loads(output("-J", "-f", write(build([region("all", 0, (1 << 64) - 1)]))))
    assert document["regions"][0]["size"] == "0x10000000000000000"


# --- Tables -----------------------------------------------------------------------------

@capture.on_each
def test_all_columns_of_all_regions(output, path):
    cap = Capture(path)
    rows = {row["NAME"]: row for row in pairs(output("-P", "-b", "--output-all", "-f", path))
            if row["TYPE"] != "memory"}
    assert len(rows) == len(cap.of("region", "section"))
    for r in cap.of("region", "section"):
        row = rows[r["name"]]
        assert row["ABSENT"] == r.get("absent", "")
        assert row["NOTE"] == r.get("note", "")
        if "absent" in r:
            assert row["RANGE"] == row["SIZE"] == row["START"] == ""
            continue
        assert row["RANGE"] == f"{r['start']}-{r['end']}"
        assert (row["START"], row["END"]) == (r["start"], r["end"])
        assert int(row["SIZE"]) == exact_size(r["size"])
        assert row["PARENT"] == r.get("parent", "")
        assert int(row["PHYS"] or "0", 16) == int(r.get("phys", "0"), 16)
        assert row["ROUTE"].split("/")[0] == r["start_route"]
        assert row["ROUTE"].split("/")[-1] == r["end_route"]
        assert row["SOURCE"].startswith(r["start_source"])
        assert row["SOURCE"].endswith(r["end_source"])
        if "populated_start" in r:
            assert row["USED_RANGE"] == f"{r['populated_start']}-{r['populated_end']}"
            used = int(r["populated_end"], 16) - int(r["populated_start"], 16) + 1
            assert int(row["USED"]) == used
            assert row["USED_SOURCE"] == r["populated_source"]
            assert row["USED_ROUTE"] == r["populated_route"]
        else:
            assert row["USED"] == row["USED_RANGE"] == ""


@capture.on_each
def test_all_columns_of_device_memory(output, path):
    rows = [row for row in pairs(output("-P", "-b", "--output-all", "-f", path)) if row["TYPE"] == "memory"]
    wanted = sorted(Capture(path).of("memory"), key=lambda r: r["start"])
    assert len(rows) == len(wanted)
    for row, r in zip(rows, wanted):
        assert (row["NAME"], row["START"], row["END"], row["PHYS"]) == (r["name"], r["start"], r["end"], r["phys"])
        assert int(row["SIZE"]) == exact_size(r["size"])
        assert row["NOTE"] == r["kind"] and r["kind"] in row["PURPOSE"]
        assert row["ROUTE"] == row["SOURCE"] == row["USED"] == ""


@capture.on_each
def test_rows_are_in_order_of_address_and_absent_ones_follow(output, path):
    rows = pairs(output("-P", "-o", "NAME,START,ABSENT", "-f", path))
    starts = [int(row["START"], 16) for row in rows if not row["ABSENT"]]
    assert starts == sorted(starts)
    assert [bool(row["ABSENT"]) for row in rows] == sorted(bool(row["ABSENT"]) for row in rows)


@capture.on_each
def test_the_tree_follows_the_parents(output, path):
    cap = Capture(path)
    table = output("-n", "-o", "NAME", "--ascii", "-f", path).splitlines()
    open_names = []
    assert len(table) == len(cap.pieces)
    pieces = [name for name in cap.pieces if " " in name]
    for line in table:
        name = re.search(r"\w+$", line)[0]
        depth = (len(line) - len(name)) // 2
        del open_names[depth:]
        open_names.append(name)
        assert open_names == (cap.chain(name) if name in cap.regions else
                              [n.split()[0] for n in cap.chain(pieces.pop(0))])


@capture.on_each
def test_what_is_absent_is_listed_with_its_reason(output, path):
    cap = Capture(path)
    table, _, absent = output("-f", path).partition("\nAbsent:\n")
    for r in cap.of("region", "section"):
        if "absent" in r:
            assert re.search(rf"^  {r['name']} +{re.escape(r['absent'])}$", absent, re.M)
            assert not re.search(rf"^[│├└─ ]*{r['name']} ", table, re.M)
    assert "Absent" not in output("-n", "-f", path)
    assert "Absent" not in output("-r", "-f", path)


@capture.on_each
def test_facts(output, path):
    cap = Capture(path)
    rows = {row["NAME"]: row for row in pairs(output("--facts", "-b", "-P", "--output-all", "-f", path))}
    for f in cap.of("fact", "config"):
        row = rows.pop(f["name"])
        for key in ("value", "unit", "source", "route", "absent"):
            assert row[key.upper()] == f.get(key, "")
    assert not rows


@capture.on_each
def test_witnesses(output, path):
    cap = Capture(path)
    rows = pairs(output("--witnesses", "-P", "--output-all", "-f", path))
    assert len(rows) == len(cap.of("witness"))
    for row, w in zip(rows, cap.of("witness")):
        for key in ("name", "addr", "region", "source", "content", "absent"):
            assert row[key.upper()] == w.get(key, "")


def test_a_size_without_a_decimal_is_exact(output):
    """Whatever is shown as a whole number is one; the rest says that it is rounded."""
    compared = 0
    for path in capture.ALL:
        for line in output("-n", "-o", "SIZE,START,END", "-f", path).splitlines():
            if row := re.fullmatch(r" *(\S+) (0x\w+) (0x\w+)", line):
                exact = int(row[3], 16) - int(row[2], 16) + 1
                number, unit = Fraction(row[1][:-1]), 1024 ** "BKMGTPE".index(row[1][-1])
                assert abs(number * unit - exact) <= (unit / 20 if "." in row[1] else 0)
                compared += 1
    assert compared > 1000


@pytest.mark.parametrize("size, human", [
    (1, "1B"), (1023, "1023B"), (4096, "4K"), (1536, "1.5K"), (0x7ffffffff000, "128.0T"), (1 << 47, "128T"),
    (0xbf000000, "3056M"),     (12800 << 40, "12.5P"), (1 << 64, "16E"), (64 << 50, "64P"), (1008 << 20, "1008M"),
])
def test_sizes_for_people(output, write, size, human):
    path = write(build([region("r", 0, size - 1)]))
    assert output("-n", "-o", "SIZE", "-f", path).strip() == human
    assert output("-n", "-b", "-o", "SIZE", "-f", path).strip() == str(size)


def test_lowmem_is_said(output):
    assert re.search(r"^direct_map .* lowmem", output("-f", capture.SAMPLES[0]), re.M)


# --- Some of it -----------------------------------------------------------------------------

def test_rows_of_those_only(output):
    sample = capture.SAMPLES[0]
    rows = {line.split(" ")[0]: line for line in output("-r", "-f", sample).splitlines()}
    assert output("show", "-r", "-f", sample, "text", "vmalloc").splitlines() == [
        rows[name] for name in rows if name in ("NAME", "vmalloc", "text")]
    assert output("show", "lowmem", "-rn", "-f", sample).split(" ")[0] == "direct_map"
    assert output("show", "--facts", "-rn", "-f", sample, "page_size").startswith("page_size ")
    assert output("show", "--witnesses", "-rn", "-f", sample, "kmalloc").startswith("kmalloc ")


def test_absent_ones_by_name(output):
    machine = next(m for m in capture.MACHINES if m.name == "6.12-amd64-5level")
    text = output("show", "--sysroot", machine, "pkmap", "vmalloc")
    assert re.search(r"^  pkmap +no highmem", text, re.M) and "kasan_shadow" not in text


@pytest.mark.parametrize("args, said", [
    (["vmaloc"], "nothing is called 'vmaloc'; did you mean vmalloc?"),
    (["ckseg0"], "this layout has no region or section 'ckseg0'"),
    (["--facts", "vmalloc"], "this layout has no fact or option 'vmalloc'"),
    (["--facts", "page_sise"], "nothing is called 'page_sise'; did you mean page_size?"),
])
def test_names_that_are_not_there(refused, args, said):
    assert said in refused("show", "-f", next(p for p in capture.SAMPLES if p.stem == "x86_64-4level"), *args)


def test_json_of_some(output):
    machine = next(m for m in capture.MACHINES if m.name == "6.12-amd64-5level")
    document = json.loads(output("show", "-J", "-o", "NAME,RANGE,PURPOSE", "vmalloc", "--sysroot", machine))
    whole = json.loads(output("show", "-J", "--sysroot", machine))
    r = next(r for r in whole["regions"] if r["name"] == "vmalloc")
    assert document["regions"] == [{"name": "vmalloc", "start": r["start"], "end": r["end"],
                                    "purpose": "vmalloc(), ioremap(), stacks"}]
    assert document["columns"] == ["NAME", "RANGE", "PURPOSE"] and "facts" not in document
    assert json.loads(output("show", "-J", "-b", "--output-all", "--sysroot", machine)) == whole


# --- Columns ---------------------------------------------------------------------------

def test_columns_in_the_order_asked_for(output):
    header = output("-f", capture.SAMPLES[0], "-o", "size,name,Start").splitlines()[0]
    assert header.split() == ["SIZE", "NAME", "START"]


def test_columns_added(output):
    header = output("-f", capture.SAMPLES[0], "-o", "+note,phys").splitlines()[0]
    assert header.split() == ["NAME", "RANGE", "SIZE", "PURPOSE", "ROUTE", "NOTE", "PHYS"]


@pytest.mark.parametrize("columns, said", [
    ("colour", "there is no column 'colour'"),
    ("name,,size", "expected the name of a column before and after each comma"),
    ("", "--output names no column"),
    ("+", "--output names no column"),
    ("name,", "expected the name of a column before and after each comma"),
    ("nam", "there is no column 'nam'; did you mean NAME?"),
    ("sise", "there is no column 'sise'; did you mean SIZE?"),
    (",".join(["name"] * 33), "more than 32 columns"),
])
def test_columns_that_are_not_there(refused, columns, said):
    assert said in refused("-f", capture.SAMPLES[0], "-o", columns)


def test_a_narrow_terminal_has_no_route(output):
    assert "ROUTE" in output("-f", capture.SAMPLES[0])
    assert "ROUTE" in output("-f", capture.SAMPLES[0], env={"COLUMNS": 108})
    assert "ROUTE" not in output("-f", capture.SAMPLES[0], env={"COLUMNS": 107})
    assert "ROUTE" in output("-f", capture.SAMPLES[0], "-r", env={"COLUMNS": 107})


def purposes(table):
    """NAME and PURPOSE of each row, from a table in which cells may go over several lines."""
    header, *lines = table.partition("\nAbsent:\n")[0].splitlines()
    at, end = header.index("PURPOSE"), header.find("ROUTE") if "ROUTE" in header else None
    found = []
    for line in lines:
        named = re.search(r"(\w+) +0x", line)
        if named:
            found.append((named[1], ""))
        name, before = found[-1]
        found[-1] = name, f"{before} {line[at:end].strip()}".strip()
    return found


@capture.on_each
@pytest.mark.parametrize("width", [80, 81, 93, 100, 107, 108, 110, 132])
def test_purposes_are_whole(plain_output, path, width):
    wanted = [(row["NAME"], row["PURPOSE"]) for row in pairs(plain_output("-P", "-f", path))]
    found = purposes(plain_output("-f", path, env={"COLUMNS": width}))
    assert found and sorted(found) == sorted(wanted)
    assert len(found) == len(Capture(path).pieces)


@pytest.mark.parametrize("width", [80, 100, 132])
def test_tables_keep_to_the_terminal(output, width):
    for what in ([], ["--witnesses"]):
        for line in output("-f", capture.SAMPLES[-1], *what, env={"COLUMNS": width}).splitlines():
            assert len(line) <= width


# --- Summary ------------------------------------------------------------------------------

def test_summary(output):
    path = next(p for p in capture.SAMPLES if p.stem == "x86_64-4level")
    summary = output("--summary", "-f", path)
    assert "6.12.0-sample, x86_64, 64 bits, little-endian" in summary
    assert re.search(r"^User:kernel +128T:128T$", summary, re.M)
    assert re.search(r"^Page tables +4 levels, pages of 4K, 48-bit virtual", summary, re.M)
    assert re.search(r"^KASLR +direct_map \+0x11bdc0000000, vmalloc -0x164dc0000000", summary, re.M)
    assert "image +0x12000000" in summary
    assert "RANGE" not in summary


def test_summary_when(output, refused):
    path = capture.SAMPLES[0]
    table = output("-f", path)
    summary = output("-f", path, "--summary=only")
    assert output("-f", path, "--summary=always") == f"{summary}\n{table}"
    assert output("-f", path, "--summary=never") == table
    assert output("-f", path, "--summary=auto") == table
    assert "expected auto, never, always or only" in refused("-f", path, "--summary=maybe")


def test_no_kaslr_is_said(output, write):
    fact = "fact    name=image_kaslr_offset value=0x0 unit=offset source=x route=iomem"
    assert "image +0x0, all where they were linked" in output("--summary", "-f", write(build([fact])))
