# SPDX-License-Identifier: GPL-2.0-only
"""All that page tables map, by the reader's own walk, and verify's comparison with the module's.

The tables are made up, and all of them are in the saved memory of a real machine: five
levels, with a table that is mapped again and again within another that is, too.
"""

import json
import re
import struct

import pytest

import capture
from saved import MAIN, address_of, cell, edit, published, start_of, words

PRESENT, RW, USER, LARGE, GLOBAL, NX = 1, 2, 4, 0x80, 0x100, 1 << 63
SIZE = {level: 1 << 12 + 9 * (level - 1) for level in range(1, 6)}
ATTRIBUTES = NX | 0xf << 59 | 0x19f
# The direct map begins there; entry 320 of the top table is its.
DIRECT = published(MAIN, "region", "direct_map", "start")
TOP = DIRECT & ~(SIZE[5] - 1)
RAM = 0x40000000


class Memory:
    """Tables at physical addresses, one page each, and a saved machine that has them."""

    def __init__(self, machine):
        self.machine, self.pages = machine, {}
        self.root = address_of(machine, "init_top_pgt")
        self.put(self.root, {})

    def table(self, number, entries):
        """The physical address of a new table; entries: {index: value}."""
        phys = RAM + number * 0x1000
        self.put(DIRECT + phys, entries)
        return phys

    def put(self, virtual, entries):
        data = bytearray(self.pages.get(virtual, bytes(4096)))
        for index, value in entries.items():
            struct.pack_into("<Q", data, index * 8, value)
        self.pages[virtual] = bytes(data)

    def write(self):
        lines = ["# made up"]
        for virtual, data in sorted(self.pages.items()):
            lines += [f"0x{virtual + at:016x} {data[at:at + 32].hex()}" for at in range(0, 4096, 32)]
        words(self.machine).write_text("\n".join(lines) + "\n")


@pytest.fixture
def memory(copy):
    """Pages, large pages, limits of upper levels, and a table that is mapped 4 times 2 times."""
    m = Memory(copy())
    leaf = RW | PRESENT | GLOBAL | NX
    # Neighbours with the same attributes are one run, wherever their memory is.
    pages = m.table(1, {3: 0x1000 | leaf, 4: 0x9000 | leaf, 5: 0xa000 | leaf | 0x60, 7: 0xb000 | PRESENT | NX})
    middle = m.table(2, {5: 0x200000 | leaf | LARGE, 7: pages | PRESENT | USER})
    upper = m.table(3, {0: middle | 7, 1: middle | 7, 9: 0x40000000 | leaf | LARGE})
    top = m.table(4, {n: upper | 7 for n in range(4)} | {100: m.table(5, {}) | 7})
    m.put(m.root, {320: top | 7})
    m.write()
    return m


# What there is of it, in one copy of the innermost table.
INNER = [
    (5 * SIZE[2], 1, 2, RW | PRESENT | GLOBAL | NX | LARGE, 0),
    (7 * SIZE[2] + 3 * SIZE[1], 3, 1, RW | PRESENT | GLOBAL | NX, RW),
    (7 * SIZE[2] + 7 * SIZE[1], 1, 1, PRESENT | NX, 0),
]
# As without repeats: (start, end, level, attr, upper).
EXPANDED = sorted(
    [(TOP + a * SIZE[4] + b * SIZE[3] + at, TOP + a * SIZE[4] + b * SIZE[3] + at + n * SIZE[level] - 1, level, attr, upper)
     for a in range(4) for b in range(2) for at, n, level, attr, upper in INNER] +
    [(TOP + a * SIZE[4] + 9 * SIZE[3], TOP + a * SIZE[4] + 10 * SIZE[3] - 1, 3, RW | PRESENT | GLOBAL | NX | LARGE, 0)
     for a in range(4)])


def runs(output, machine):
    return json.loads(output("mappings", "-J", "--runs", "--source=kcore", "--sysroot", machine))["runs"]


def test_the_scan(memory, output):
    """Runs, attributes, what upper levels take away, and how often each is mapped."""
    found = runs(output, memory.machine)
    assert [(int(r["start"], 16) - TOP, r["level"], r["times"], r["access"]) for r in found] == [
        (5 * SIZE[2], 2, 8, "rw--"), (7 * SIZE[2] + 3 * SIZE[1], 1, 8, "r---"), (7 * SIZE[2] + 7 * SIZE[1], 1, 8, "r---"),
        (9 * SIZE[3], 3, 4, "rw--")]
    for run, (at, n, level, attr, upper) in zip(found, INNER):
        assert int(run["start"], 16) == TOP + at and int(run["size"], 16) == n * SIZE[level]
        assert int(run["attr"], 16) == attr & (ATTRIBUTES | 0x1000) and int(run["upper"], 16) == upper


def test_tables_that_are_not_saved(memory, kvas):
    """They are said, and the rest is found."""
    lost = next(page for page in memory.pages if page == DIRECT + RAM + 0x1000)
    del memory.pages[lost]
    memory.write()
    result = kvas("mappings", "-J", "--runs", "--source=kcore", "--sysroot", memory.machine)
    assert "1 of 6 page tables could not be read, or not whole (memory there was not saved)" in result.stderr
    found = json.loads(result.stdout)["runs"]
    assert [r["attributes"] == "unsettled" for r in found] == [False, True, False]
    assert int(found[1]["size"], 16) == SIZE[2] and found[1]["times"] == 8


def test_tables_in_a_circle_end(memory, output):
    """A directory from elsewhere: a table whose entries lead to itself, in more ways than can be walked."""
    top = RAM + 4 * 0x1000
    memory.put(DIRECT + top, {n: top | 7 for n in range(512)})
    memory.write()
    # Equal entries are one repeat at each level, and the lowest level has pages.
    found = runs(output, memory.machine)
    assert len(found) == 1 and found[0]["level"] == 1


# --- Aliases ------------------------------------------------------------------------------------

@pytest.fixture
def aliased(memory):
    """The large page has another address, at which it is read-only."""
    table = memory.table(7, {4: 0x200000 | PRESENT | LARGE | NX})
    memory.put(DIRECT + RAM + 4 * 0x1000, {101: memory.table(6, {0: table | 7}) | 7})
    memory.write()
    return memory.machine, TOP + 5 * SIZE[2] + 0x123, TOP + 101 * SIZE[4] + 4 * SIZE[2] + 0x123


def test_aliases(aliased, output):
    """Each address finds the other, with what is allowed there and how often it is mapped."""
    machine, first, second = aliased
    rows = json.loads(output("where", "-J", "--sysroot", machine, hex(first), hex(second)))["where"]
    assert [r["access"] for r in rows] == ["rw--", "r---"] and {int(r["phys"], 16) for r in rows} == {0x200123}
    for row, other, access, times in ((rows[0], second, "r---", 1), (rows[1], first, "rw--", 8)):
        [alias] = row["aliases"]
        assert (int(alias["addr"], 16), alias["access"], alias["times"]) == (other, access, times)
        # One of them is in a table that is mapped eight times.
        assert "more than are listed" in row["aliases_incomplete"] and alias["in"]
    text = output("where", "--sysroot", machine, hex(first))
    assert f"{first:#018x} is also {second:#018x} r---, " in text and "\nand at 7 more addresses\n" in text
    assert output("where", "-r", "-n", "-o", "ALIASES,ACCESS", "--sysroot", machine, hex(second)) == \
        f"{first:#018x}\\x20rw-- r---\n"


def test_later_copies_of_a_table_are_counted(aliased, output):
    """Of those the first is listed, whichever is asked for."""
    machine, first, second = aliased
    rows = json.loads(output("where", "-J", "--sysroot", machine, hex(first + SIZE[3] + 2 * SIZE[4])))["where"]
    assert {int(alias["addr"], 16) for alias in rows[0]["aliases"]} == {first, second}
    assert "and at 6 more addresses" in output("where", "--sysroot", machine, hex(first + SIZE[3] + 2 * SIZE[4]))


def test_the_physical_address_is_that_of_the_tables(memory, output):
    """Not what the layout makes of it, where the tables have another."""
    asked = DIRECT + 0x3456
    entry = 0x123000 | PRESENT | NX
    for number, level in ((6, 1), (7, 2), (8, 3)):
        entry = memory.table(number, {asked // SIZE[level] % 512: entry}) | 7
    memory.put(DIRECT + RAM + 4 * 0x1000, {asked // SIZE[4] % 512: entry})
    memory.write()
    [row] = json.loads(output("where", "-J", "--sysroot", memory.machine, hex(asked)))["where"]
    [walk] = json.loads(output("walk", "-J", "--sysroot", memory.machine, hex(asked)))["walk"]
    assert row["phys"] == walk["phys"] == "0x0000000000123456"


def test_an_alias_says_whose_memory_is_there(aliased, output):
    machine, first, second = aliased
    area = second & ~0xfff
    (machine / "proc/vmallocinfo").write_text(
        f"{area:#018x}-{area + 0x2000:#018x}    8192 cache_of_a_driver+0x10/0x20 pages=1 vmalloc\n")
    text = output("where", "--sysroot", machine, hex(first))
    assert f" is also {second:#018x} r---, " in text and ", area of cache_of_a_driver\n" in text
    [row] = json.loads(output("where", "-J", "--sysroot", machine, hex(first)))["where"]
    assert row["area"] is None and row["aliases"][0]["area"]["caller"] == "cache_of_a_driver"


def test_aliases_of_what_is_not_mapped(aliased, output):
    machine, *_ = aliased
    [row] = json.loads(output("where", "-J", "--sysroot", machine, "0xffffffffffe00000"))["where"]
    assert row["aliases"] == [] and row["access"] is None and row["phys"] is None


def test_aliases_of_a_page_that_is_everywhere(memory, output):
    """As KASAN's zero shadow: some are listed, and the rest is counted."""
    table = memory.table(8, {n: 0x123000 | PRESENT | NX for n in range(0, 512, 2)})
    memory.put(DIRECT + RAM + 4 * 0x1000, {101: memory.table(6, {0: memory.table(7, {1: table | 7}) | 7}) | 7})
    memory.write()
    asked = TOP + 101 * SIZE[4] + SIZE[2] + 4 * SIZE[1]
    [row] = json.loads(output("where", "-J", "--sysroot", memory.machine, hex(asked)))["where"]
    assert len(row["aliases"]) == 64 and "more" in row["aliases_incomplete"]
    assert "and at 191 more addresses" in output("where", "--sysroot", memory.machine, hex(asked))


def test_without_kcore_there_is_arithmetic(memory, output):
    (memory.machine / "proc/kcore").unlink()
    text = output("where", "--sysroot", memory.machine, "_stext")
    assert "The column ALIAS is by arithmetic alone: there is no /proc/kcore" in text
    [row] = json.loads(output("where", "-J", "--sysroot", memory.machine, "_stext"))["where"]
    assert row["alias"] and row["aliases"] == [] and "kcore" in row["aliases_incomplete"]


# --- Against the module's ---------------------------------------------------------------------

def mapping(start, end, level, attr, upper):
    more = f" upper={upper:#018x}" if upper else ""
    return (f"mapping start={start:#018x} end={end:#018x} size={end - start + 1} level={level} attr={attr:#018x}{more}")


def put_mappings(machine, records, levels=5):
    lines = [f"tables arch=x86_64 levels={levels} root=0x0000000028c22000"]
    lines += [f"level level={n} size={SIZE[n]} entries=512 mask={ATTRIBUTES | (0x1000 if n > 1 else 0):#018x}"
              for n in range(1, levels + 1)]
    lines += records
    count = sum(line.startswith("mapping") for line in records)
    (machine / "sys/kernel/debug/kvas_mappings").write_text(
        "\n".join(["kvas_mappings 1", *lines, f"end records={len(lines)} runs={count} tables=6 again=0 ns=1", ""]))


def repeat(start, size, times):
    return f"repeat start={start:#018x} end={start + size - 1:#018x} size={size} times={times} stride={size}"


def as_repeats():
    inner = [mapping(TOP + at, TOP + at + n * SIZE[level] - 1, level, attr, upper) for at, n, level, attr, upper in INNER]
    large = next(e for e in EXPANDED if e[2] == 3)
    return [*inner, repeat(TOP, SIZE[3], 2), mapping(*large), repeat(TOP, SIZE[4], 4)]


@pytest.fixture
def verdict(memory, verify):
    def call(records):
        put_mappings(memory.machine, records)
        return cell(verify(memory.machine)[0], "mappings", "fact page_levels.value")
    return call


TOTAL = sum(end - start + 1 for start, end, *_ in EXPANDED)


@pytest.mark.parametrize("records", [as_repeats(), [mapping(*e) for e in EXPANDED],
                                     [*(mapping(*e) for e in EXPANDED if e[0] < TOP + SIZE[4]), repeat(TOP, SIZE[4], 4)]],
                         ids=["the same repeats", "none", "the outer one only"])
def test_the_same_is_the_same_however_it_is_written(verdict, records):
    """Copies are counted, and need not be written as copies."""
    found = verdict(records)
    assert found["verdict"] == "agrees"


def change(n, **what):
    """One of the expanded mappings is another one."""
    names = ("start", "end", "level", "attr", "upper")
    changed = dict(zip(names, EXPANDED[n])) | what
    return [mapping(*(tuple(changed[k] for k in names) if i == n else e)) for i, e in enumerate(EXPANDED)]


@pytest.mark.parametrize("records, said", [
    (change(1, attr=EXPANDED[1][3] & ~RW, upper=0), f"{3 * SIZE[1]} bytes"),
    (change(1, upper=0), f"{3 * SIZE[1]} bytes"),
    (change(0, end=EXPANDED[0][1] + SIZE[2]), f"{SIZE[2]} bytes"),
    ([mapping(*e) for e in EXPANDED[:-1]], f"{EXPANDED[-1][1] - EXPANDED[-1][0] + 1} bytes"),
    ([line.replace(f"attr={INNER[2][3]:#018x}", f"attr={INNER[2][3] | RW:#018x}") for line in as_repeats()],
     f"{8 * SIZE[1]} bytes"),
    ([], "nothing against level"),
], ids=["attributes", "upper", "longer", "shorter", "in each copy", "nothing"])
def test_a_difference_is_seen(verdict, records, said):
    found = verdict(records)
    assert found["verdict"] == "disagrees" and said in found["why"], found["why"]


def test_what_the_reader_cannot_read_is_no_difference(memory, verdict):
    del memory.pages[DIRECT + RAM + 0x1000]
    memory.write()
    assert verdict(as_repeats())["verdict"] == "agrees"
    assert verdict([line for line in as_repeats() if "level=1 " not in line])["verdict"] == "agrees"


def unsettled(start, end):
    return f"mapping start={start:#018x} end={end:#018x} size={end - start + 1} unsettled=y"


def test_what_the_module_cannot_read_is_not_agreed_on(memory, verdict):
    """All but one mapping is unsettled: of the same tables the reader knows more, or as little."""
    start, end, *_ = EXPANDED[0]
    records = [unsettled(TOP, start - 1), mapping(*EXPANDED[0]), unsettled(end + 1, TOP + SIZE[5] - 1)]
    found = verdict(records)
    missing = SIZE[5] - (end - start + 1)
    assert found["verdict"] == "cannot say" and f"{missing} bytes unsettled" in found["why"]
    del memory.pages[DIRECT + RAM + 0x1000]
    memory.write()
    lost = TOP + 7 * SIZE[2]
    repeated = [line for line in as_repeats() if "level=1 " not in line]
    at = 1 + next(i for i, line in enumerate(repeated) if line.startswith("mapping"))
    found = verdict([*repeated[:at], unsettled(lost, lost + SIZE[2] - 1), *repeated[at:]])
    assert found["verdict"] == "agrees"


def test_other_levels_disagree(memory, verify):
    put_mappings(memory.machine, [], levels=4)
    document, _ = verify(memory.machine)
    assert cell(document, "mappings", "fact page_levels.value")["verdict"] == "disagrees"


@pytest.mark.parametrize("old, new", [("mask=0xf80000000000119f", "mask=0xf80000000000139f"),
                                      (f"size={SIZE[5]} entries=512", f"size={SIZE[5]} entries=256")], ids=["mask", "entries"])
def test_levels_that_differ_are_not_compared(memory, verify, old, new):
    """The same bits would have another meaning."""
    put_mappings(memory.machine, as_repeats())
    path = memory.machine / "sys/kernel/debug/kvas_mappings"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    found = cell(verify(memory.machine)[0], "mappings", "fact page_levels.value")
    assert found["verdict"] == "disagrees" and "the levels of the module's tables" in found["why"]


def test_repeats_that_do_not_fit_say_nothing(memory, verdict):
    """What was compared before the work became too much is no difference, and not too many of them."""
    table = memory.table(7, {n: 0x123000 | PRESENT | NX for n in range(512)} | {511: 0x123000 | PRESENT | RW | NX})
    middle = memory.table(6, {n: table | 7 for n in range(512)})
    memory.put(DIRECT + RAM + 4 * 0x1000, {n: memory.table(8, {n: middle | 7 for n in range(512)}) | 7 for n in range(512)})
    memory.write()
    pages = [mapping(TOP + n * SIZE[1], TOP + (n + 1) * SIZE[1] - 1, 1, PRESENT | (RW if n % 3 else 0) | NX, 0) for n in range(511)]
    found = verdict([*pages, repeat(TOP, 511 * SIZE[1], 1 << 26)])
    assert found["verdict"] == "cannot say" and "do not fit together" in found["why"]


@pytest.mark.parametrize("damage, said", [
    (lambda text: text.replace("end records", "end record"), r":\d+: the 'end' line has no 'records'"),
    (lambda text: text + "\0" + text, r":\d+: "),
    (lambda text: "", ":1: the list of mappings is empty"),
    # What no line is at fault for is said of none.
    (lambda text: "kvas_mappings 1\nend records=0\n", ": there is no tables record"),
])
def test_a_damaged_file_is_refused(memory, refused, damage, said):
    put_mappings(memory.machine, as_repeats())
    path = memory.machine / "sys/kernel/debug/kvas_mappings"
    path.write_text(damage(path.read_text()))
    assert re.match(re.escape(str(path)) + said, refused("verify", "--sysroot", memory.machine))


def test_absent_tables_are_no_damage(memory, verify):
    (memory.machine / "sys/kernel/debug/kvas_mappings").write_text(
        'kvas_mappings 1\ntables arch=x86_64 absent="so it is"\nend records=1 runs=0\n')
    found = cell(verify(memory.machine)[0], "mappings", "fact page_levels.value")
    assert (found["verdict"], found["why"]) == ("cannot say", "so it is")


# --- Against the regions -----------------------------------------------------------------------------

def mapped_at(start, size=0x1000):
    return mapping(start, start + size - 1, 1, PRESENT | RW | NX, 0)


def test_what_is_mapped_lies_in_regions(memory, verify):
    fixmap = capture.Capture(memory.machine / "sys/kernel/debug/kvas").regions["fixmap"]
    put_mappings(memory.machine, [mapped_at(fixmap[0])])
    document, _ = verify(memory.machine)
    assert cell(document, "mappings", "region fixmap.start")["verdict"] == "allows"
    put_mappings(memory.machine, [mapped_at(fixmap[0] - 0x1000, 0x2000)])
    document, _ = verify(memory.machine)
    found = cell(document, "mappings", "region fixmap.start")
    assert found["verdict"] == "disagrees" and "begins before it" in found["why"]
    put_mappings(memory.machine, [mapped_at(fixmap[1] + 1)])
    document, _ = verify(memory.machine)
    found = cell(document, "mappings", "region fixmap.end")
    assert found["verdict"] == "disagrees" and "goes on after it" in found["why"]
    alone = fixmap[0] - 0x5000
    put_mappings(memory.machine, [mapped_at(alone)])
    document, _ = verify(memory.machine)
    found = cell(document, "mappings", f"region {alone:#x}.start")
    assert found["verdict"] == "disagrees" and "in no region" in found["why"]
    assert cell(document, "mappings", "region fixmap.start")["verdict"] == "no rule"


def test_a_page_may_reach_out_of_a_region(memory, verify):
    """The last page of a region is whole, though the region is not."""
    machine = memory.machine
    end = published(machine, "region", "fixmap", "end")
    large = SIZE[2]
    start = (end + 1) // large * large
    if (end + 1) % large == 0:
        size = f"{(end + 1 - start_of(machine, 'fixmap')) // 1024}K"
        edit(machine / "sys/kernel/debug/kvas", f"end={end:#018x} size={size}".encode(),
             f"end={end - 0x1000:#018x} size={int(size[:-1]) - 4}K".encode())
        start -= large
    put_mappings(machine, [mapping(start, start + large - 1, 2, PRESENT | RW | NX | LARGE, 0)])
    document, _ = verify(machine)
    assert cell(document, "mappings", "region fixmap.end")["verdict"] != "disagrees"
