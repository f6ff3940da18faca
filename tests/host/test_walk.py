# SPDX-License-Identifier: GPL-2.0-only
"""kvas walk: the way from the top page table to an address, from kcore and from the module."""

import json
import os
import re

import pytest

import capture
from saved import GOLDEN, MAIN, address_of, poke, published, substitute, words

# These have tables that the reader walks, and what it read of them is saved.
TREES = [m for m in capture.MACHINES if not re.search(r"hash|armmp|loong|malta", m.name)]
RISCV = GOLDEN / "6.12-riscv64-sv57"
ARM64 = GOLDEN / "6.12-arm64-52bit"
S390X = GOLDEN / "6.12-s390x-kaslr"
WRITABLE, USER, NO_EXECUTE = 2, 4, 1 << 63

on_trees = pytest.mark.parametrize("machine", TREES, ids=lambda m: m.name)


@pytest.fixture
def walk(kvas):
    """The walks of a document, and the status."""
    def call(machine, *queries):
        result = kvas("walk", "-J", "--sysroot", machine, *queries)
        assert result.stderr == ""
        return json.loads(result.stdout)["walk"], result.returncode
    return call


def number(text):
    return int(text, 16)


# --- From kcore ------------------------------------------------------------------------------

@on_trees
def test_the_text_is_where_it_is_published(machine, walk):
    start, phys = (published(machine, "section", "text", key) for key in ("start", "phys"))
    [found], status = walk(machine, hex(start))
    assert status == 0 and found["known"] and found["absent"] is None and found["source"] == "kcore"
    assert number(found["phys"]) == phys
    assert found["access"] == "r-x-"
    # Each level once, each index made of the bits that it says, all bits used once.
    entries = found["entries"]
    assert [e["level"] for e in entries] == list(range(found["levels"], found["level"] - 1, -1))
    assert [e["kind"] for e in entries] == ["table"] * (len(entries) - 1) + ["page"]
    for upper, lower in zip(entries, entries[1:]):
        assert upper["first_bit"] == lower["first_bit"] + lower["bits"]
        size = 8 << lower["bits"]
        # The entry above names the table in which the next one is.
        assert number(lower["addr"]) % size == 8 * lower["index"]
    for entry in entries:
        assert entry["index"] == start >> entry["first_bit"] & ((1 << entry["bits"]) - 1)
    assert 1 << entries[-1]["first_bit"] == number(found["page"])
    assert number(found["start"]) <= start <= number(found["end"])
    assert (start - number(found["start"])) == phys % number(found["page"])


def test_a_text_for_people(output):
    """The bits in groups are the address."""
    start = published(MAIN, "section", "text", "start")
    text = output("walk", "--sysroot", MAIN, "_stext+0x12345")
    lines = text.splitlines()
    assert re.fullmatch(rf"0x{start + 0x12345:016x} = \S+\+0x\w+, image_window > image > text", lines[0])
    assert "/proc/kcore" in lines[1]
    bits = next(line for line in lines if re.fullmatch(r" ([01]+ *)+", line))
    assert int(bits.replace(" ", ""), 2) == start + 0x12345 and len(bits.split()) == 6
    assert lines[lines.index(bits) + 1].split() == ["511", "511", "510", "80", "0x12345"]
    assert f"physical address  0x{published(MAIN, 'section', 'text', 'phys') + 0x12345:016x}" in text
    assert "r-x-: can be read and executed by the kernel, not reached by user mode" in text


def test_a_table_for_programs(output, kvas):
    rows = output("walk", "-r", "-n", "--sysroot", MAIN, "_stext").splitlines()
    assert len(rows) == 4 and rows[-1].split()[5] == "page"
    both = kvas("walk", "-P", "-o", "QUERY,LEVEL,NOTE", "--sysroot", MAIN, "nosuch", "0xffffffffff600000")
    assert both.returncode == 1
    lines = both.stdout.splitlines()
    assert lines[0].startswith('QUERY="nosuch" LEVEL="" NOTE="there is no symbol')
    assert lines[-1] == 'QUERY="0xffffffffff600000" LEVEL="1" NOTE="the entry of level 1 maps nothing"'


def test_what_ends_the_walk(copy, walk):
    machine = copy()
    text = published(machine, "section", "text", "start")
    [found], _ = walk(machine, hex(text))
    # The entries by their place in the image, which the words know by its virtual address.
    root = address_of(machine, "init_top_pgt")
    poke(machine, root + 511 * 8, lambda old: old & ~1)
    [cut], status = walk(machine, hex(text))
    assert status == 0 and cut["known"] and cut["phys"] is None
    assert len(cut["entries"]) == 1 and cut["absent"] == "the entry of level 5 maps nothing"
    assert cut["root"] == found["root"]
    # A table in memory that is no RAM.
    poke(machine, root + 511 * 8, lambda old: (old & 0xfff) | 1 | 0xffff << 36)
    [lost], status = walk(machine, hex(text))
    assert status == 1 and not lost["known"]
    assert lost["absent"] == "after level 5: a page table lies outside the segments of /proc/kcore"
    # Memory that was not saved.
    words(machine).write_text("# nothing\n")
    [unread], status = walk(machine, hex(text))
    assert status == 1 and not unread["known"] and unread["absent"] == "memory there was not saved"


@pytest.mark.parametrize("change, upper, access", [
    (lambda old: old & ~WRITABLE, WRITABLE, "r---"),
    (lambda old: old, 0, "rw--"),
    (lambda old: old | NO_EXECUTE, 0, "rw--"),
    (lambda old: old & ~USER, 0, "rw--"),
])
def test_upper_levels_restrict(copy, walk, change, upper, access):
    """Of the direct map, whose pages are writable and not executable."""
    machine = copy()
    direct = published(machine, "region", "direct_map", "start") + 0x1000
    poke(machine, address_of(machine, "init_top_pgt") + (direct >> 48 & 511) * 8, change)
    [found], _ = walk(machine, hex(direct))
    assert number(found["upper"]) == upper and found["access"] == access
    assert number(found["attr"]) & WRITABLE and "RW" in found["attributes"]
    assert found["entries"][0]["means"] in (None, *(f"all below: {w}" for w in ("RO", "NX", "no-user")))


def test_upper_levels_forbid_execution(copy, walk, output):
    machine = copy()
    text = published(machine, "section", "text", "start")
    poke(machine, address_of(machine, "init_top_pgt") + 511 * 8, lambda old: old | NO_EXECUTE)
    [found], _ = walk(machine, hex(text))
    assert number(found["upper"]) == NO_EXECUTE and found["access"] == "r---"
    assert found["entries"][0]["means"] == "all below: NX"
    said = output("walk", "--sysroot", machine, hex(text))
    assert "the page's entry alone would allow r-x-" in said


def test_an_x86_page_of_one_gigabyte_is_not_one_of_512(copy, walk):
    """Bit 7 says that an entry maps a page at levels 2 and 3 only."""
    machine = copy()
    text = published(machine, "section", "text", "start")
    poke(machine, address_of(machine, "init_top_pgt") + 511 * 8, lambda old: old | 0x80)
    [found], _ = walk(machine, hex(text))
    assert found["level"] == 2


def test_napot(copy, walk):
    """A group of 16 pages names one address: bit 63, and 0b1000 in the lowest bits of the number."""
    machine = copy(RISCV)
    text = published(machine, "section", "text", "start")
    [found], _ = walk(machine, hex(text))
    entry = found["entries"][-1]
    # No saved entry is of level 1, so the one of level 2 becomes a table of one.
    assert found["level"] == 2 and entry["kind"] == "page"
    table = number(found["entries"][-2]["addr"])
    ram = published(machine, "region", "direct_map", "start") - published(machine, "region", "direct_map", "phys")
    at = ram + number(entry["addr"])
    page, napot = 0x80345, 1 << 63
    poke(machine, at, lambda _: (table >> 12) << 10 | 1)
    # The same entry for the first eight pages.
    data = ((page & ~15 | 8) << 10 | napot | 0xcf).to_bytes(8, "little").hex()
    line = ram + (table & ~0xfff)
    words(machine).write_text(words(machine).read_text() + f"0x{line:016x} {data * 4}\n0x{line + 32:016x} {data * 4}\n")
    substitute("proc/cpuinfo", r"^(isa\t\t: \w+)", r"\1_svnapot")(machine)
    [found], status = walk(machine, hex(text + 0x3123))
    assert status == 0 and found["level"] == 1 and number(found["group"]) == 0x10000
    inside = (text + 0x3123) % 0x10000
    assert number(found["phys"]) == (page & ~15) * 0x1000 + inside
    assert "NAPOT" in found["attributes"]


def test_addresses_of_52_bits(copy, walk):
    """With LPA2 bits 8 and 9 of an entry are bits 50 and 51 of the address, and no attributes."""
    machine = copy(ARM64)
    text = published(machine, "section", "text", "start")
    [before], _ = walk(machine, hex(text))
    entry = before["entries"][-1]
    # These tables are in the image.
    at = text + number(entry["addr"]) - published(machine, "section", "text", "phys")
    poke(machine, at, lambda old: old & ~0x300 | 0x200)
    [found], _ = walk(machine, hex(text))
    assert number(found["phys"]) == number(before["phys"]) % (1 << 50) + (1 << 51)
    assert found["attr"] == before["attr"] and number(found["attr"]) & 0x300 == 0
    assert number(before["group"]) == 0x10000


def test_windows_have_no_tables(output, walk):
    machine = GOLDEN / "7.2-loong64-5g"
    [found], status = walk(machine, "0x9000000000200123")
    assert status == 0 and found["entries"] == [] and number(found["phys"]) == 0x200123
    assert "without asking any table" in output("walk", "--sysroot", machine, "0x9000000000200123")


def test_a_hash_table_is_no_tree(walk):
    [found], status = walk(GOLDEN / "7.2-powerpc64le-hash", "0xc000000000000000")
    assert status == 1 and not found["known"] and "hash table" in found["absent"]


def test_addresses_of_processes_need_the_module(walk):
    [found], status = walk(MAIN, "0x401000")
    assert status == 0 and found["entries"] == [] and "no entry for this address" in found["absent"]


def test_wrong_usage(refused):
    assert "expected module, kcore or a crash dump" in refused("walk", "--source=x", "0x0")
    assert "needs an address" in refused("walk")
    assert "--sysroot" in refused("walk", "-f", "x", "0x0")
    assert "kvas_walk: No such file" in refused("walk", "--sysroot", MAIN, "--source=module", "0x0")


# --- From the module's file ---------------------------------------------------------------------

def record(word, **pairs):
    return " ".join([word, *(f"{k}={v}" if " " not in str(v) else f'{k}="{v}"' for k, v in pairs.items())])


def framed(lines):
    return "\n".join(["kvas_walk 1", *lines, f"end records={len(lines)} again=0", ""])


def as_the_module(found, bits=64):
    """The text of kvas_walk that tells the same as a walk from kcore."""
    page = number(found["page"]) if found["page"] else 0
    addr = number(found["addr"])
    lines = [record("walk", addr=f"0x{addr & ~0xfff:0{bits // 4}x}", half=found["half"], arch=found["arch"],
                    levels=found["levels"], root=found["root"])]
    lines += [record("entry", level=e["level"], index=e["index"], addr=e["addr"], value=e["value"], kind=e["kind"])
              for e in found["entries"]]
    if page:
        more = {k: found[k] for k in ("upper",) if number(found[k])}
        more |= {"group": f"{number(found['group'])}"} if found["group"] else {}
        lines.append(record("page", start=found["start"], end=found["end"], size=f"{page}",
                            phys=f"0x{number(found['phys']) - addr % page:016x}", level=found["level"],
                            attr=found["attr"], **more))
    else:
        lines.append(record("page", absent="the last entry maps nothing"))
    return lines


def put_walk(machine, addr, text):
    """The file at the position that is the number of the address's page; nothing is before it."""
    path = machine / "sys/kernel/debug/kvas_walk"
    path.unlink(missing_ok=True)
    with open(path, "wb") as file:
        os.pwrite(file.fileno(), text.encode(), addr // 0x1000)


@pytest.mark.parametrize("machine, query", [
    (S390X, "startup_continue"), (S390X, "0x3fffe8f8123"), (S390X, "0x3fc00000000"),
    (GOLDEN / "6.1-686-pae-pae-5g", "_stext"), (GOLDEN / "6.1-686-pae-pae-5g", "0x1000"),
], ids=str)
def test_both_sources_say_the_same(copy, walk, machine, query):
    """Of machines whose addresses are small enough for a position in a file of this one."""
    arch = re.search(r" arch=(\w+)", (machine / "sys/kernel/debug/kvas").read_text())[1]
    bits = 32 if arch == "i386" else 64
    machine = copy(machine)
    [found], status = walk(machine, query)
    if not found["known"]:
        pytest.fail(f"{query} leads to tables that are not saved")
    put_walk(machine, number(found["addr"]), framed(as_the_module(found | {"arch": arch}, bits)))
    [told], told_status = walk(machine, query)
    assert told_status == status and told["source"] == "module"
    # Only kcore knows without kvas_mappings which bits an index is made of.
    for entry in found["entries"]:
        entry |= {"first_bit": None, "bits": None}
    assert told == found | {"source": "module"}
    # And the one that is asked for is used.
    [again], _ = walk(machine, "--source=kcore", query)
    assert again["source"] == "kcore"


def user_walk(**page):
    """Four levels to a page of the process, at 0x401000."""
    lines = [record("walk", addr="0x0000000000401000", half="user", arch="x86_64", levels=4, root="0x0000000001000000")]
    lines += [record("entry", level=n, index=i, addr=f"0x{n:016x}", value="0x0000000000001067", kind="table")
              for n, i in ((4, 0), (3, 0), (2, 2))]
    lines.append(record("entry", level=1, index=1, addr="0x0000000000000008", value="0x8000000012345025", kind="page"))
    lines.append(record("page", **({"start": "0x0000000000401000", "end": "0x0000000000401fff", "size": "4K",
                                    "phys": "0x0000000012345000", "level": 1, "attr": "0x8000000000000005"} | page)))
    return lines


def test_the_process_has_tables_of_its_own(copy, walk, output):
    machine = copy()
    put_walk(machine, 0x401000, framed(user_walk()))
    [found], status = walk(machine, "0x401abc")
    assert status == 0 and found["half"] == "user" and found["phys"] == "0x0000000012345abc"
    assert found["access"] == "r--u" and [e["index"] for e in found["entries"]] == [0, 0, 2, 1]
    assert "this process's own tables" in output("walk", "--sysroot", machine, "0x401abc")


@pytest.mark.parametrize("entries, attr, more, means, access", [
    # Short descriptors: the table has PXN.
    ([(2, "0x00005005", "table"), (1, "0x00006a7e", "page")], "0x0000000000000a7e", "upper=0x0000000100000000",
     "all below: PXN", "r--U"),
    # Long ones, of LPAE: PXNTable.
    ([(3, "0x0000000005000003", "table"), (2, "0x0800000005001003", "table"), (1, "0x00000000060000cf", "page")],
     "0x00000000000000cf", "upper=0x0020000000000000", "all below: PXN", "r--U"),
], ids=["short", "LPAE"])
def test_what_tables_of_arm_deny(copy, walk, entries, attr, more, means, access):
    machine = copy(GOLDEN / "7.2-armmp-highmem")
    lines = [f"walk addr=0x00010000 half=user arch=arm levels={len(entries)} root=0x0000000001000000"]
    lines += [f"entry level={level} index=0 addr=0x0000000000001000 value={value} kind={kind}"
              for level, value, kind in entries]
    lines += [f"page start=0x00010000 end=0x00010fff size=4K phys=0x0000000000006000 level=1 attr={attr} {more}"]
    put_walk(machine, 0x10000, framed(lines))
    [found], status = walk(machine, "0x10000")
    assert (status, found["access"], found["entries"][-2]["means"]) == (0, access, means)


def test_the_split_of_the_modules_walk(copy, output, walk):
    """kvas_mappings tells which bits are an index; if it does not fit, no bits are shown."""
    machine = copy()
    put_walk(machine, 0x401000, framed(user_walk()))
    levels = [record("level", level=n, size=s, entries=512, mask="0xf800000000001fff")
              for n, s in ((1, "4K"), (2, "2M"), (3, "1G"), (4, "512G"))]
    lines = [record("tables", arch="x86_64", levels=4, root="0x0000000001000000"), *levels]
    (machine / "sys/kernel/debug/kvas_mappings").write_text(
        "\n".join(["kvas_mappings 1", *lines, f"end records={len(lines)} runs=0 tables=1 again=0 ns=1", ""]))
    text = output("walk", "--sysroot", machine, "0x401abc")
    bits = next(line for line in text.splitlines() if re.fullmatch(r" ([01]+ *)+", line))
    assert int(bits.replace(" ", ""), 2) == 0x401abc and len(bits.split()) == 6
    put_walk(machine, 0x401000, framed([line.replace("index=2", "index=3") for line in user_walk()]))
    text = output("walk", "--sysroot", machine, "0x401abc")
    assert "physical address" in text and not re.search(r"^ [01]+ ", text, re.M)


ROOT = {"levels": 4, "root": "0x0000000001000000"}


@pytest.mark.parametrize("of_walk, kinds, of_page, known", [
    ({}, [], {"absent": "the processor looks pages up in a hash table, which is no tree"}, False),
    (ROOT, [], {"absent": "the tables changed each time they were read", "unsettled": "y"}, False),
    (ROOT, [], {"absent": "the next table cannot be read", "unsettled": "y"}, False),
    (ROOT, ["table", "table"], {"absent": "the next table cannot be read", "unsettled": "y"}, False),
    # As a module said it that had no such key.
    (ROOT, ["table", "table"], {"absent": "the next table cannot be read"}, False),
    (ROOT, ["table", "none"], {"absent": "the last entry maps nothing"}, True),
    (ROOT, [], {"absent": "no table translates this address"}, True),
], ids=str)
def test_what_the_module_does_not_know(copy, kvas, walk, of_walk, kinds, of_page, known):
    """Not known is not the same as not mapped."""
    machine = copy()
    lines = [record("walk", addr="0x0000000000401000", half="user", arch="x86_64", **of_walk)]
    lines += [record("entry", level=4 - n, index=0, addr="0x0", value="0x0", kind=kind) for n, kind in enumerate(kinds)]
    put_walk(machine, 0x401000, framed([*lines, record("page", **of_page)]))
    [found], status = walk(machine, "0x401abc")
    assert (found["known"], status, found["phys"]) == (known, 0 if known else 1, None)
    text = kvas("walk", "--sysroot", machine, "0x401abc").stdout
    assert ("not mapped " if known else "not known ") in text and ("not known " if known else "not mapped ") not in text


@pytest.mark.parametrize("levels", [["size=1 entries=2"], ["size=4G entries=1"], ["size=4K entries=512", "size=1 entries=2"],
                                    ["size=4K entries=1", "size=4K entries=512"]], ids=str)
def test_no_split_by_levels_that_cannot_be(copy, output, levels):
    """The neighbour's levels are those of no table: the walk is shown, its bits are not."""
    machine = copy()
    walk = [record("walk", addr="0x0000000000000000", half="user", arch="i386", levels=1, root="0x0"),
            record("entry", level=1, index=0, addr="0x0", value="0x0", kind="none"), record("page", absent="so it is")]
    put_walk(machine, 0, framed(walk))
    lines = [f"tables arch=i386 levels={len(levels)} root=0x0",
             *(f"level level={n} {level} mask=0x0" for n, level in enumerate(levels, 1))]
    (machine / "sys/kernel/debug/kvas_mappings").write_text(
        "\n".join(["kvas_mappings 1", *lines, f"end records={len(lines)} runs=0", ""]))
    text = output("walk", "--sysroot", machine, "0x0")
    assert "the entry of level 1 maps nothing" in text and not re.search(r"^ [01]+ ", text, re.M)


DAMAGE = [
    (lambda lines: lines[:-1], "no 'page' record"),
    (lambda lines: lines[1:], "expected a 'walk' record first"),
    (lambda lines: [lines[0], *lines], "more than one walk"),
    (lambda lines: [*lines, lines[-1]], "more than one page"),
    (lambda lines: [*lines[:-1], *lines[1:]], "more entries than levels"),
    (lambda lines: [lines[0], *lines[2:]], "from the top level down"),
    (lambda lines: [x.replace("0x0000000000401", "0x0000000000405") for x in lines], "of another address"),
    (lambda lines: [x.replace("half=user", "half=x") for x in lines], "expected user or kernel"),
    (lambda lines: [x.replace("levels=4", "levels=6") for x in lines], "at most 5"),
    (lambda lines: [x.replace("index=2", "index=x") for x in lines], "expected a decimal number"),
    (lambda lines: [x.replace("index=2", "") for x in lines], "spaces"),
    (lambda lines: [x.replace("kind=page", "kind=leaf") for x in lines], "expected table, page or none"),
    (lambda lines: [x.replace("size=4K", "size=4X") for x in lines], "expected a decimal number of bytes"),
    (lambda lines: [*lines[:-1], record("page", absent="x y")], "the last entry maps a page, and the page is absent"),
    (lambda lines: [x.replace("level=1 attr", "level=0 attr") for x in lines], "no such level"),
    (lambda lines: [x.replace("start=0x0000000000401000 end=0x0000000000401", "start=0x0000000000404000 end=0x0000000000404")
                    for x in lines], "not that of the"),
    (lambda lines: [x.replace("addr=0x0000000000401", "addr=0x0000000000400") for x in lines], "of another address"),
    (lambda lines: [x.replace("addr=0x0000000000401000", "addr=0x0000000000401800") for x in lines], "of another address"),
    (lambda lines: [x.replace(" end=0x0000000000401fff", "") for x in lines], "no 'end'"),
    (lambda lines: [x.replace("end=0x0000000000401fff", "end=0x0000000000000001") for x in lines], "does not match the range"),
    (lambda lines: [x.replace("size=4K", "size=8K") for x in lines], "does not match the range"),
    (lambda lines: [x.replace("401fff size=4K", "403fff size=12K") for x in lines], "size: expected a power of two"),
    (lambda lines: [x.replace("401fff size=4K", "402fff size=8K") for x in lines], "not start at a multiple of its size"),
    (lambda lines: [x + " group=12K" if "attr" in x else x for x in lines], "group: expected a power of two"),
    (lambda lines: [x + " group=2K" if "attr" in x else x for x in lines], "smaller than the page"),
    (lambda lines: [x.replace("level=1 attr", "level=2 attr") for x in lines], "that maps the page is of level 1"),
    (lambda lines: [x.replace("kind=page", "kind=table") for x in lines], "no entry maps the page"),
    (lambda lines: [lines[0], lines[-1]], "no entry maps the page"),
]


@pytest.mark.parametrize("damage, said", DAMAGE, ids=[said for _, said in DAMAGE])
def test_a_damaged_file_is_refused(copy, refused, damage, said):
    machine = copy()
    put_walk(machine, 0x401000, framed(damage(user_walk())))
    told = refused("walk", "--sysroot", machine, "0x401abc")
    line = "" if "no 'page'" in said else r", line [1-9]\d*"
    assert re.search(rf"kvas_walk, at 0x401abc{line}: ", told) and (said in told or said == "spaces")


def test_each_prefix_is_refused(copy, refused):
    machine = copy()
    text = framed(user_walk())
    for end in (0, 1, 11, 40, len(text) // 2, len(text) - 1):
        put_walk(machine, 0x401000, text[:end])
        assert "kvas_walk" in refused("walk", "--sysroot", machine, "0x401000"), end
