# SPDX-License-Identifier: GPL-2.0-only
"""kvas mappings: its numbers against an expansion of every copy, which is done here."""

import json
import random
import re
import shlex

import jsonschema
import pytest

import capture
from conftest import HERE, READER

SAMPLES = HERE / "samples"
VALIDATOR = jsonschema.Draft202012Validator(json.loads((READER / "schema/kvas.schema.json").read_text()))

# The file, and what options name the layout of the same machine.
CASES = {
    "x86_64-4level": ("-f", SAMPLES / "x86_64-4level.kvas"),
    "arm64-48bit": ("--sysroot", capture.GOLDEN / "5.10-arm64-48bit"),
    "i386-2level": (),
}
each = pytest.mark.parametrize("case", CASES)


def mappings(case):
    return SAMPLES / f"{case}.mappings"


def options(case):
    return (*CASES[case], "--mappings", mappings(case))


# --- An expansion that shares nothing with the reader -----------------------------------------------

def records(path):
    for n, line in enumerate(path.read_text().splitlines()[1:-1], 2):
        word, *pairs = shlex.split(line)
        yield word, {"line": n} | dict(pair.split("=", 1) for pair in pairs)


def expand(path):
    """[(start, end, record)] of each mapping, by address, each copy by itself."""
    found = []
    for word, fields in records(path):
        if word not in ("mapping", "repeat"):
            continue
        start, end = int(fields["start"], 16), int(fields["end"], 16)
        if word == "mapping":
            found.append((start, end, fields))
            continue
        inside = [x for x in found if start <= x[0] and x[1] <= end]
        assert inside
        stride = capture.exact_size(fields["stride"])
        found += [(a + n * stride, b + n * stride, r) for n in range(1, int(fields["times"])) for a, b, r in inside]
    return sorted(found, key=lambda x: x[:2])


def page_sizes(path):
    return {r["level"]: capture.exact_size(r["size"]) for word, r in records(path) if word == "level"}


def allowed(case, fields):
    """The four letters, by the manuals."""
    bits = int(fields["attr"], 16) ^ int(fields.get("upper", "0"), 16)

    def bit(n):
        return bits >> n & 1

    if case.startswith("arm64"):
        write = not bit(7) or bit(51)
        user, user_execute = bit(6) or not bit(54), not bit(54)
        execute = not bit(53) and not (bit(6) and write)
    else:
        write, execute = bit(1), case.startswith("i386") or not bit(63)
        user, user_execute = bit(2), bit(2) and execute
    return "r" + ("w" if write else "-") + ("x" if execute else "-") + ("U" if user_execute else "u" if user else "-")


def is_wx(access):
    return access[1] == "w" and (access[2] == "x" or access[3] == "U")


class Expected:
    """What is between two addresses."""

    def __init__(self, case, pieces, start, end):
        sizes = page_sizes(mappings(case))
        self.mapped = self.wx = self.unsettled = 0
        self.by_page, self.by_access = {}, {}
        self.hole, at = None, start
        for a, b, fields in pieces:
            a, b = max(a, start), min(b, end)
            if a > b:
                continue
            self.note_hole(at, a - 1)
            at = b + 1
            if "unsettled" in fields:
                self.unsettled += b - a + 1
                continue
            access = allowed(case, fields)
            page = sizes[fields["level"]], capture.exact_size(fields["group"]) if "group" in fields else None
            self.mapped += b - a + 1
            self.wx += b - a + 1 if is_wx(access) else 0
            self.by_page[page] = self.by_page.get(page, 0) + b - a + 1
            self.by_access[access] = self.by_access.get(access, 0) + b - a + 1
        self.note_hole(at, end)

    def note_hole(self, a, b):
        if a <= b and (self.hole is None or b - a > self.hole[1] - self.hole[0]):
            self.hole = a, b


def number(text):
    return None if text is None else int(text, 16)


def check_usage(row, expected):
    assert number(row["mapped"]) == expected.mapped
    assert number(row["wx"]) == expected.wx
    assert number(row["unsettled"]) == expected.unsettled
    assert {(number(p["page"]), number(p["group"])): number(p["bytes"]) for p in row["by_page"]} == expected.by_page
    assert {a["access"]: number(a["bytes"]) for a in row["by_access"]} == expected.by_access
    hole = row["hole"] and (number(row["hole"]["start"]), number(row["hole"]["end"]))
    assert hole == expected.hole
    assert hole is None or number(row["hole"]["size"]) == hole[1] - hole[0] + 1


@pytest.fixture
def document(plain):
    def call(*args, status=0):
        result = plain("mappings", "-J", *args)
        assert result.returncode == status, result.stderr
        assert result.stderr == ""
        found = json.loads(result.stdout)
        assert [e.message[:200] for e in VALIDATOR.iter_errors(found)] == []
        return found
    return call


# --- Sums ---------------------------------------------------------------------------------------------

@each
def test_each_region(document, case):
    pieces = expand(mappings(case))
    rows = document(*options(case))["regions"]
    for row in rows:
        start, end = number(row["start"]), number(row["end"])
        assert number(row["size"]) == end - start + 1
        check_usage(row, Expected(case, pieces, start, end))
    names = [row["name"] for row in rows]
    if case == "i386-2level":
        assert names == [None]
        return
    layout = capture.Capture(CASES[case][1] if CASES[case][0] == "-f" else CASES[case][1] / "sys/kernel/debug/kvas")
    assert {n for n in names if n} == set(layout.regions)
    for row in filter(lambda r: r["name"], rows):
        assert (number(row["start"]), number(row["end"])) == layout.regions[row["name"]][:2]
    # All that is mapped is in a region, or in a row of its own.
    outer = [r for r in rows if r["name"] is None or not layout.regions[r["name"]][2].get("parent")]
    outer = [r for r in outer if not capture.is_overlay(r["name"] or "")]
    assert sum(number(r["mapped"]) for r in outer) == Expected(case, pieces, 0, layout.top).mapped
    assert (None in names) == (case == "x86_64-4level")


def edges(pieces):
    found = sorted({x for a, b, _ in pieces for x in (a - 1, a, a + 1, b - 1, b, b + 1)})
    return [x for x in found if 0 <= x < 1 << 64]


@each
def test_windows(document, case):
    """Of all sizes, between and across copies."""
    pieces = expand(mappings(case))
    top = (1 << (32 if case.startswith("i386") else 64)) - 1
    places = [x for x in edges(pieces) if x <= top]
    dice = random.Random(case)
    windows = [sorted((dice.choice(places), dice.choice(places))) for _ in range(25)]
    # Narrow ones: the next few edges.
    for _ in range(25):
        n = dice.randrange(len(places) - 1)
        windows.append((places[n], places[min(n + dice.randrange(1, 40), len(places) - 1)]))
    windows += [(0, top), (top, top), (0, 0)]
    for start, end in windows:
        found = document("--mappings", mappings(case), "--from", hex(start), "--to", hex(end))["regions"]
        assert len(found) == 1 and number(found[0]["start"]) == start and number(found[0]["end"]) == end
        check_usage(found[0], Expected(case, pieces, start, end))


@each
def test_runs(document, case):
    pieces = expand(mappings(case))
    runs = document("--mappings", mappings(case), "--runs")["runs"]
    written = {r["line"]: r for word, r in records(mappings(case)) if word == "mapping"}
    assert [r["line"] for r in runs] == sorted(written)
    sizes = page_sizes(mappings(case))
    for run in runs:
        fields = written[run["line"]]
        copies = [(a, b) for a, b, r in pieces if r["line"] == run["line"]]
        assert (number(run["start"]), number(run["end"])) == copies[0]
        assert run["times"] == len(copies) and number(run["last"]) == copies[-1][1]
        assert number(run["size"]) == copies[0][1] - copies[0][0] + 1
        if "unsettled" in fields:
            assert run["attributes"] == "unsettled" and "access" not in run
            continue
        assert run["access"] == allowed(case, fields)
        assert number(run["page"]) == sizes[fields["level"]]
        assert number(run["attr"]) == int(fields["attr"], 16)
        assert number(run["upper"]) == int(fields.get("upper", "0"), 16)


@each
def test_runs_of_a_window(document, case):
    """Each copy is in one run, and none in two."""
    pieces = expand(mappings(case))
    places, dice = edges(pieces), random.Random(case)
    for _ in range(20):
        start, end = sorted((dice.choice(places), dice.choice(places)))
        if case.startswith("i386") and end >> 32:
            continue
        found = document("--mappings", mappings(case), "--runs", "--from", hex(start), "--to", hex(end))["runs"]
        total = sum(number(r["size"]) * r["times"] for r in found)
        assert total == sum(min(b, end) - max(a, start) + 1 for a, b, _ in pieces if a <= end and b >= start)
        for run in found:
            assert start <= number(run["start"]) and number(run["last"]) <= end


def test_named_regions(document, output):
    case = "x86_64-4level"
    rows = document(*options(case), "modules", "lowmem")["regions"]
    assert [r["name"] for r in rows] == ["direct_map", "modules"]
    runs = document(*options(case), "--runs", "text", "image", "rodata")["runs"]
    # Sections are in the image, and are not listed again.
    assert [r["region"] for r in runs] == ["text", "rodata", "data", "init_percpu", "bss"]
    assert output("mappings", *options(case), "text", "-n", "-o", "NAME,MAPPED,ACCESS").split() == ["text", "16M", "r-x-:16M"]


@pytest.mark.parametrize("args, said", [
    (["nonsense"], "nothing is called 'nonsense'"), (["kasan_shadow"], "this kernel has no kasan_shadow: CONFIG_KASAN"),
    (["lowcore"], "this layout has no region or section 'lowcore'"),
    (["--access=x"], "expected letters of rwxuU"), (["--access=+"], "expected letters"), (["--access=+x,"], "expected"),
    (["--access=+x,w"], "expected letters"), (["--access=+x-x"], "nothing has a permission and has it not"),
    (["--access="], "expected letters"), (["--access=+q"], "expected letters"), (["--access=+x,,-w"], "expected letters"),
    (["--from", "17"], "--from=17: expected an address"), (["--to=0x10000000000000000"], "it is no address"),
    (["--from=0x2000", "--to=0x1000"], "--from is above --to"),
    (["-o", "NOTHING"], "there is no column 'NOTHING'"), (["--runs", "-o", "HOLE"], "there is no column 'HOLE'"),
])
def test_wrong_usage(refused, args, said):
    assert said in refused("mappings", *options("x86_64-4level"), *args)


# --- What is allowed ----------------------------------------------------------------------------------

@each
@pytest.mark.parametrize("filter_, test", [
    ("+x", lambda a: "x" in a), ("-w", lambda a: "w" not in a), ("+x,-w", lambda a: "x" in a and "w" not in a),
    ("+w+x", lambda a: "w" in a and "x" in a), ("+wx", lambda a: "w" in a and "x" in a),
    ("-wx", lambda a: "w" not in a and "x" not in a), ("+u", lambda a: a[3] in "uU"), ("-u", lambda a: a[3] == "-"),
    ("+U", lambda a: a[3] == "U"), ("+u-U", lambda a: a[3] == "u"),
])
def test_filters(document, case, filter_, test):
    accesses = {r["line"]: allowed(case, r) for w, r in records(mappings(case)) if w == "mapping" and "attr" in r}
    runs = document(*options(case), "--runs", "--access", filter_)["runs"]
    assert [r["line"] for r in runs] == [line for line, a in accesses.items() if test(a)]
    whole, part = (document("--mappings", mappings(case), *o)["regions"][0] for o in ((), ("--access", filter_)))
    assert part["by_access"] == [a for a in whole["by_access"] if test(a["access"])]
    assert part["hole"] == whole["hole"]


@each
def test_writable_and_executable(kvas, document, case):
    lines = [r["line"] for w, r in records(mappings(case)) if w == "mapping" and "attr" in r
             and is_wx(allowed(case, r))]
    assert lines
    for more in ((), ("--runs",), ("--access=-w",), ("-o", "START")):
        found = document(*options(case), *more)["writable_executable"]
        assert [r["line"] for r in found] == lines
        document(*options(case), *more, "--fail-on-wx", status=1)
    text = kvas("mappings", *options(case)).stdout
    assert "\nWritable and executable: " in text and f" in {len(lines)} run" in text
    if case == "x86_64-4level":
        assert "  0xffffffffc0010000-0xffffffffc0010fff in modules\n" in text
        assert document(*options(case), "text", "--fail-on-wx")["writable_executable"] == []
        assert "\nNothing is both writable and executable.\n" in kvas("mappings", *options(case), "text").stdout
        document(*options(case), "modules", "--fail-on-wx", status=1)


def test_what_is_unsettled_may_be_writable_and_executable(kvas, document):
    """Up to here nothing known is, and one run is unsettled."""
    asked = (*options("x86_64-4level"), "--to", "0xffffffffc000ffff")
    assert document(*asked, "--fail-on-wx", status=1)["writable_executable"] == []
    text = kvas("mappings", *asked).stdout
    assert " of unsettled mappings are writable and executable is not known.\n" in text
    assert "Nothing is both" not in text


# --- Forms --------------------------------------------------------------------------------------------

@each
@pytest.mark.parametrize("table", [(), ("--runs",)])
def test_forms_agree(output, document, case, table):
    whole = document(*options(case), *table)["runs" if table else "regions"]
    columns = output("mappings", *table, "-H", "-r").split()
    pairs = output("mappings", *options(case), *table, "-P", "--output-all").splitlines()
    raw = output("mappings", *options(case), *table, "-r", "--output-all").splitlines()
    assert raw[0].split() == columns and len(raw) == len(pairs) + 1 == len(whole) + 1
    for line, row in zip(pairs, whole):
        cells = dict(re.findall(r'(\w+)="([^"]*)"', line))
        assert list(cells) == columns
        assert cells["START"] == row["start"] and cells["END"] == row["end"]
        assert int(cells["SIZE"]) == number(row["size"])
        if table:
            assert int(cells["TIMES"]) == row["times"] and cells["LAST"] == row["last"]
            assert cells["ACCESS"] == row.get("access", "")
        else:
            assert int(cells["MAPPED"]) == number(row["mapped"])
            assert cells["ACCESS"] == " ".join(f"{a['access']}:{number(a['bytes'])}" for a in row["by_access"])
    plain = output("mappings", *options(case), *table, "-n", "-b")
    assert len(plain.splitlines()) == len(whole)


def test_columns_of_json(document):
    rows = document(*options("x86_64-4level"), "-o", "NAME,PAGES,HOLE")["regions"]
    assert all(set(row) == {"name", "by_page", "window", "hole"} for row in rows)
    rows = document(*options("x86_64-4level"), "--runs", "-o", "START,ATTRIBUTES")["runs"]
    assert all(set(row) == {"start", "attributes"} for row in rows)


# --- Saved machines -----------------------------------------------------------------------------------

LIVE = "sys/kernel/debug/kvas_mappings"


@pytest.fixture
def machine(copy):
    """A saved one with the sample's page tables."""
    found = copy(CASES["arm64-48bit"][1])
    (found / LIVE).write_bytes(mappings("arm64-48bit").read_bytes())
    return found


def test_a_saved_machine(output, machine):
    assert output("mappings", "--sysroot", machine) == output("mappings", *options("arm64-48bit"))


def test_save_keeps_the_tables(output, machine, tmp_path):
    said = output("save", "--all", "--sysroot", machine, tmp_path / "all")
    assert "page tables" in said and "--shareable" in said
    assert (tmp_path / "all" / LIVE).read_bytes() == mappings("arm64-48bit").read_bytes()
    assert f"saved /{LIVE} " in (tmp_path / "all/MANIFEST").read_text()
    assert (tmp_path / "all/proc/kcore.words").exists()


def test_save_leaves_them_out(output, kvas, machine, tmp_path):
    (machine / "sys/kernel/debug/kernel_page_tables").write_text("---[ Linear Mapping start ]---\n")
    said = output("save", "--all", "--shareable", "--sysroot", machine, tmp_path / "some")
    assert "left out" in said
    for private in (LIVE, "sys/kernel/debug/kernel_page_tables", "proc/kcore.words"):
        assert not (tmp_path / "some" / private).exists()
    manifest = (tmp_path / "some/MANIFEST").read_text()
    assert f"left out /{LIVE}" in manifest and "saved /proc/kcore.words" not in manifest
    assert (tmp_path / "some/sys/kernel/debug/kvas").exists() and (tmp_path / "some/proc/kallsyms").exists()
    assert kvas("verify", "--sysroot", tmp_path / "some").returncode == 0
    result = kvas("mappings", "--sysroot", tmp_path / "some")
    assert result.returncode == 2 and "--shareable" in result.stderr


def test_save_without_tables(output, refused, copy, tmp_path):
    said = output("save", "--all", "--sysroot", copy(), tmp_path / "all")
    assert "memory" in said and "page tables" not in said
    assert not (tmp_path / "all" / LIVE).exists()
    assert "--all" in refused("save", "--shareable", "--sysroot", tmp_path / "all", tmp_path / "one")


# --- What cannot be answered --------------------------------------------------------------------------

def test_no_tables(refused, write):
    path = write('kvas_mappings 1\ntables arch=ppc64 absent="a hash table has no levels"\nend records=1\n')
    assert refused("mappings", "--mappings", path) == f"{path}: there are no page tables: a hash table has no levels"


def test_other_machines(refused):
    said = refused("mappings", "-f", SAMPLES / "x86_64-4level.kvas", "--mappings", mappings("arm64-48bit"))
    assert "page tables of arm64, and the capture is of x86_64" in said
    assert "names a capture, which holds no page tables" in refused("mappings", "-f", SAMPLES / "x86_64-4level.kvas")
    assert "--mappings alone" in refused("mappings", "--mappings", mappings("arm64-48bit"), "vmalloc")
    assert "read only once" in refused("mappings", "-f", "-", "--mappings", "-")
    assert "No such file" in refused("mappings", "--mappings", "/nonexistent")


def test_standard_input(output, kvas):
    text = mappings("i386-2level").read_text()
    assert kvas("mappings", "--mappings", "-", stdin=text).stdout == output("mappings", *options("i386-2level"))


def test_an_unknown_architecture(document, kvas, refused, write):
    text = mappings("x86_64-4level").read_text().replace("arch=x86_64", "arch=vax64")
    path = write(text)
    row = document("--mappings", path)["regions"][0]
    known = document("--mappings", mappings("x86_64-4level"))["regions"][0]
    assert row["by_page"] == known["by_page"] and row["wx"] is None and {a["access"] for a in row["by_access"]} == {None}
    assert document("--mappings", path)["writable_executable"] is None
    assert "It is not known what the bits" in kvas("mappings", "--mappings", path).stdout
    for asked in ("--fail-on-wx", "--access=+x"):
        assert "cannot be answered" in refused("mappings", "--mappings", path, asked)
