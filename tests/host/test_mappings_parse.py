# SPDX-License-Identifier: GPL-2.0-only
"""Files of page tables that are damaged, made up or of other architectures."""

import json
import re
import time

import pytest

from conftest import HERE, READER

SAMPLES = sorted((HERE / "samples").glob("*.mappings"))
TABLES = ["tables arch=x86_64 levels=4 root=0x0000000001a0a000",
          "level level=1 size=4K entries=512 mask=0x800000000000019f",
          "level level=2 size=2M entries=512 mask=0x800000000000119f",
          "level level=3 size=1G entries=512 mask=0x800000000000119f",
          "level level=4 size=512G entries=512 mask=0x800000000000119f"]
BASE = 0xffff800000000000


def mapping(start, size, level=1, attr=0x8000000000000103, digits=16, text=None, more=""):
    return (f"mapping start=0x{start:0{digits}x} end=0x{start + size - 1:0{digits}x} size={text or size} "
            f"level={level} attr=0x{attr:x} {more}").rstrip()


def repeat(start, size, times, stride, digits=16):
    return (f"repeat start=0x{start:0{digits}x} end=0x{start + size - 1:0{digits}x} size={size} times={times} "
            f"stride={stride}")


def build(lines, tables=None, end=None):
    lines = (TABLES if tables is None else tables) + lines
    return "\n".join(["kvas_mappings 1", *lines, end or f"end records={len(lines)}"]) + "\n"


@pytest.fixture
def rows(kvas, write):
    """The runs of a made-up file, by -J."""
    def call(lines, *args, tables=None):
        result = kvas("mappings", "-J", *args, "--mappings", write(build(lines, tables)))
        assert result.returncode == 0 and result.stderr == "", result.stderr
        found = json.loads(result.stdout)
        return found.get("runs", found.get("regions"))
    return call


# --- Damage --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_no_proper_prefix(refused, write, path):
    """Each end of a line, and places around it and in it."""
    text = path.read_bytes()
    ends = [n for n, byte in enumerate(text) if byte == ord("\n")]
    places = {0, 1, len(text) - 1, len(text) - 2, *ends[::3], *(n + 1 for n in ends[1::3]), *(n + 30 for n in ends[2:-1:3])}
    for n in sorted(n for n in places if n < len(text)):
        said = refused("mappings", "--mappings", write(text[:n]))
        assert "list of mappings" in said or "cut short" in said or "capture:" in said, n


M1 = mapping(BASE, 0x1000)


@pytest.mark.parametrize("lines, said", [
    ([mapping(BASE, 0x1000).replace("start=0xffff8", "start=0xffff9")], "start is above end"),
    ([mapping(BASE, 0x1000, text="8K")], "the size does not match the range"),
    ([mapping(BASE, 0x1000, text="4k")], "expected a decimal number of bytes"),
    ([mapping(BASE, 0x1000, text="0")], "expected a decimal number of bytes"),
    ([M1.replace("level=1 ", "")], "the mapping record has no 'level'"),
    ([M1.split(" attr")[0]], "the mapping record has no 'attr'"),
    ([M1.replace("level=1", "level=0")], "at least 1"), ([M1.replace("level=1", "level=5")], "these tables have 4 levels"),
    ([M1.replace("level=1", "level=x")], "expected a decimal number"),
    ([M1.replace("level=1", "level=18446744073709551617")], "expected a decimal number"),
    ([mapping(BASE, 0x800)], "not one of whole pages of level 1"),
    ([mapping(BASE + 0x800, 0x1000)], "not one of whole pages of level 1"),
    ([mapping(BASE + 0x1000, 2 << 20, 2)], "not one of whole pages of level 2"),
    ([mapping(BASE, 0x1000, attr=0x100000)], "attr has bits that the mask of level 1 has not"),
    ([M1.replace("attr=0x", "attr=")], "expected 0x and at most 16 digits"),
    ([M1 + " upper=0x"], "upper=0x: expected 0x and"), ([M1 + " group=12K"], "the group is not a power of two"),
    ([M1 + " group=2K"], "the group is smaller than the page"), ([M1 + " group=16E"], "the group is not a power of two"),
    ([M1 + " group=0x1000"], "group=0x1000: expected a decimal number of bytes"),
    ([M1.replace("0xffff80", "0xFFFF80")], "0-9a-f"), ([M1.replace("0xffff80", "0xff80")], "an address of this 64-bit kernel"),
    ([M1, M1], "begins before the end of what is mapped up to line 7"),
    ([mapping(BASE + 0x1000, 0x1000), mapping(BASE, 0x1000)], "begins before the end"),
    ([mapping(BASE, 0x3000), mapping(BASE + 0x2000, 0x2000)], "begins before the end"),
    (["mapping start=0x0000000000000000 end=0xffffffffffffffff size=16E unsettled=y"], "no tables map all addresses"),
    (["mapping start=0x0000000000000000 end=0x7fffffffffffffff size=8E unsettled=y",
      "mapping start=0x8000000000000000 end=0xffffffffffffffff size=8E unsettled=y"], "more is mapped than there are addresses"),
    # Repeats.
    ([repeat(BASE, 0x1000, 2, 4096)], "the repeat holds no mapping"),
    ([M1, repeat(BASE + 0x1000, 0x1000, 2, 4096)], "the repeat holds no mapping"),
    ([M1, repeat(BASE, 0x1000, 1, 4096)], "times=1: expected a decimal number, at least 2"),
    ([M1, repeat(BASE, 0x1000, 0, 4096)], "times=0"), ([M1, repeat(BASE, 0x1000, -1, 4096)], "times=-1"),
    ([M1, repeat(BASE, 0x1000, 2, 2048)], "the stride is less than the size"),
    ([M1, repeat(BASE, 0x1000, 2, "16E")], "beyond the last address"),
    ([M1, repeat(BASE, 0x1000, 18446744073709551615, 4096)], "beyond the last address"),
    ([M1, repeat(BASE, 0x1000, 18446744073709551616, 4096)], "expected a decimal number"),
    ([M1, repeat(BASE, 0x1000, 1 << 40, "1P")], "beyond the last address"),
    ([M1, repeat(BASE, 0x1000, 2, "128T")], "beyond the last address"),
    ([mapping(BASE, 0x3000), repeat(BASE, 0x2000, 2, 8192)], "goes beyond the end of the repeat"),
    ([mapping(BASE, 0x3000), repeat(BASE + 0x1000, 0x2000, 2, 8192)], "the repeat holds no mapping"),
    ([mapping(BASE, 0x3000), mapping(BASE + 0x3000, 0x1000, attr=0x103), repeat(BASE + 0x2000, 0x2000, 2, 8192)],
     "begins before the end of what is mapped up to line 7"),
    ([M1, repeat(BASE, 0x1000, 4, 4096), mapping(BASE + 0x3000, 0x1000)], "begins before the end of what is mapped up to line 8"),
    ([M1, repeat(BASE, 0x1000, 4, 4096), repeat(BASE, 0x2000, 2, 8192)], "goes beyond the end of the repeat"),
    ([M1, repeat(BASE, 0x1000, 4, 4096).replace(" times=4", "")], "the repeat record has no 'times'"),
    ([M1, repeat(BASE, 0x1000, 4, 4096).split(" stride")[0]], "the repeat record has no 'stride'"),
    # Other records.
    (["tables arch=x86_64 levels=4 root=0x0"], "a second tables record"),
    (["level level=1 size=4K entries=512 mask=0x1"], "a second record of level 1"),
    (["register name=cr0"], "the register record has no 'value'"),
    (["register name=cr0 value=17"], "value=17: expected 0x"), ([M1 + " colour=blue colour=red"], "appears twice"),
])
def test_malformed(refused, write, lines, said):
    path = write(build(lines))
    found = refused("mappings", "--mappings", path)
    # Of the last line, after that with the version.
    assert said in found and found.startswith(f"{path}:{1 + len(TABLES) + len(lines)}: "), found


@pytest.mark.parametrize("text, said", [
    (build([], tables=[]), "there is no tables record"),
    (build([M1], tables=[]), ":2: expected the tables record here"),
    (build([], tables=["level level=1 size=4K entries=1 mask=0x1"]), ":2: expected the tables record here"),
    (build([], tables=["tables arch=x86_64 root=0x0"]), "no 'levels'"),
    (build([], tables=["tables arch=x86_64 levels=9 root=0x0"]), "levels=9: more than 8"),
    (build([], tables=["tables arch=x86_64 levels=0 root=0x0"]), "levels=0"),
    (build([], tables=["tables arch=x86_64 levels=4"]), "no 'root'"), (build([], tables=["tables levels=4"]), "no 'arch'"),
    (build([M1], tables=['tables arch=x86_64 absent="so it is"']), "the tables are absent, but something is mapped"),
    (build([M1]).replace("kvas_mappings 1", "kvas 1"), "expected 'kvas_mappings 1' as the first line"),
    (build([M1]).replace("kvas_mappings 1", "kvas_mappings 2"), "made by a newer kvas"),
    (build([M1]).replace("\n", "\r\n"), "carriage return"), (build([M1], end="end records=5"), "counts 5 records, 6 are here"),
    (build([M1], end="end records=6 runs=2"), "counts 2 mappings, 1 are here"),
    (build([M1], end="end records=6 runs=x"), "runs=x: expected a decimal number"), (build([M1], end="end"), "no 'records'"),
    (build([M1]) + "\n", "text after the 'end' line"),
])
def test_malformed_frame(refused, write, text, said):
    assert said in refused("mappings", "--mappings", write(text))


@pytest.mark.parametrize("line, said", [
    ("level level=4 size=3K entries=512 mask=0x1", "not a power of two"),
    ("level level=4 size=16E entries=512 mask=0x1", "not a power of two"),
    ("level level=4 size=512G entries=0 mask=0x1", "at least 1"),
    ("level level=4 size=512G entries=1 mask=0x1", "entries=1: expected a power of two, at least 2"),
    ("level level=4 size=512G entries=511 mask=0x1", "entries=511: expected a power of two"),
    ("level level=4 size=512G entries=4294967296 mask=0x1", "goes beyond the last address"),
    ("level level=4 size=1T entries=512 mask=0x1", "does not stand for a table of the level below"),
    ("level level=4 size=2 entries=512 mask=0x1", "less than any page's"),
    ("level level=4 size=512G mask=0x1", "no 'entries'"),
    (M1, "expected the record of level 4 here"), (repeat(BASE, 0x1000, 2, 4096), "expected the record of level 4 here"),
    (None, "expected the record of level 4 here"),
    (TABLES[-1] + "\n" + TABLES[-1], "a second record of level 4"),
])
def test_malformed_levels(refused, write, line, said):
    """All of them are there before what is mapped."""
    lines = TABLES[:-1] + (line.split("\n") if line else [])
    path = write(build([], lines))
    found = refused("mappings", "--mappings", path)
    assert found.startswith(f"{path}:{1 + len(lines) + (not line)}: ") and said in found


@pytest.mark.parametrize("lines", [
    ["level level=2 size=2M entries=512 mask=0x0", "level level=1 size=4K entries=1024 mask=0x0"],
    ["level level=2 size=4M entries=512 mask=0x0", "level level=1 size=4K entries=512 mask=0x0"],
])
def test_levels_in_any_order_are_joined(refused, write, lines):
    path = write(build([], ["tables arch=x86_64 levels=2 root=0x0", *lines]))
    assert f"{path}:4: an entry does not stand for a table" in refused("mappings", "--mappings", path)


I386 = ["tables arch=i386 levels=2 root=0x01a0a000", "level level=1 size=4K entries=1024 mask=0x0000019f",
        "level level=2 size=4M entries=1024 mask=0x0000119f"]


@pytest.mark.parametrize("lines, said", [
    ([mapping(0xc0000000, 0x1000, attr=0x103)], "an address of this 32-bit kernel is 0x and 8 digits"),
    ([mapping(0x1c0000000, 0x1000, attr=0x103, digits=9)], "an address of this 32-bit kernel"),
    ([mapping(0xc0000000, 0x1000, attr=0x103, digits=8), repeat(0xc0000000, 0x1000, 1 << 20, 4096, digits=8)],
     "beyond the last address"),
    ([mapping(0xfffff000, 0x1000, attr=0x103, digits=8), repeat(0xfffff000, 0x1000, 2, 4096, digits=8)],
     "beyond the last address"),
])
def test_32_bits(refused, write, lines, said):
    assert said in refused("mappings", "--mappings", write(build(lines, I386)))


def test_the_last_page(rows):
    lines = [mapping(0xffffe000, 0x1000, attr=0x103, digits=8), repeat(0xffffe000, 0x1000, 2, 4096, digits=8)]
    assert [r["last"] for r in rows(lines, "--runs", tables=I386)] == ["0xffffffff"]
    lines = [mapping((1 << 64) - 0x2000, 0x1000), repeat((1 << 64) - 0x2000, 0x1000, 2, 4096)]
    assert rows(lines)[0]["hole"] == {"start": "0x0000000000000000", "end": "0xffffffffffffdfff", "size": "0xffffffffffffe000"}


def test_what_a_later_module_says(rows):
    lines = ["future type=x", M1 + " colour=blue", "end_of_times n=1", "register name=new value=0x1"]
    assert [r["start"] for r in rows(lines, "--runs")] == [f"0x{BASE:016x}"]


# --- Many copies ---------------------------------------------------------------------------------------

def test_copies_are_not_expanded(kvas, write):
    """KASAN's shadow of nothing, and more: 2^35 copies of a page, and holes between those of another."""
    lines = [mapping(BASE, 0x1000), repeat(BASE, 0x1000, 512, "4K")]
    for shift in (21, 30, 39):
        lines.append(repeat(BASE, 1 << shift, 512 if shift < 39 else 64, 1 << shift))
    other = BASE + (64 << 39)
    lines += [mapping(other + 0x1000, 0x1000, attr=0x103)]
    for shift in (13, 14, 21, 30, 39):
        lines.append(repeat(other, 1 << shift, {13: 2, 14: 128, 21: 512, 30: 512, 39: 64}[shift], 1 << shift))
    path = write(build(lines))
    begin = time.monotonic()
    for window, bytes_ in (((BASE, other - 1), 64 << 39), ((other, other + (64 << 39) - 1), 32 << 39),
                           ((BASE + 0x1800, BASE + (63 << 39) + 0x27ff), (63 << 39) + 0x1000),
                           ((other + 0x1800, other + (63 << 39) + 0x27ff), (63 << 38) + 0x800)):
        result = kvas("mappings", "-J", "--mappings", path, "--from", hex(window[0]), "--to", hex(window[1]))
        found = json.loads(result.stdout)["regions"][0]
        assert int(found["mapped"], 16) == bytes_
        hole = {BASE: None, other: "0x1000"}[BASE if window[1] < other else other]
        assert (found["hole"] and found["hole"]["size"]) == hole
    runs = json.loads(kvas("mappings", "-J", "--runs", "--mappings", path).stdout)["runs"]
    assert [r["times"] for r in runs] == [64 << 27, 64 << 26]
    assert [r["last"] for r in runs] == [f"0x{other - 1:016x}", f"0x{other + (64 << 39) - 1:016x}"]
    assert time.monotonic() - begin < 30


def test_deep_nests(rows):
    """As deep as 64 bits allow; the work does not double with each."""
    start, lines = 0, [mapping(0, 0x1000)]
    lines += [repeat(start, 1 << shift, 2, 1 << shift) for shift in range(12, 63)]
    found = rows(lines, "--from", "0x800", "--to", hex((1 << 63) - 0x801))[0]
    assert int(found["mapped"], 16) == (1 << 63) - 0x1000 and found["hole"] is None
    lines, size = [mapping(0, 0x1000)], 0x1000
    for shift in range(14, 63):
        lines.append(repeat(start, size, 2, 1 << shift))
        size += 1 << shift
    found = rows(lines, "--runs", "--from", "0x800")
    assert sum(int(r["size"], 16) * r["times"] for r in found) == (1 << 49) * 0x1000 - 0x800


def test_as_large_as_the_module_may_write(kvas, write):
    """As many lines and more, and longer ones than a live file ever has."""
    module = (READER.parent / "module/mappings.c").read_text()
    room = int(re.search(r"#define ROOM\s+(\d+)\n", module)[1])
    most = room << int(re.search(r"#define MAX_ROOM\s+\(ROOM << (\d+)\)\n", module)[1])
    # A record that is not known.
    lines = ["x"] * (most + 100) + ["x a=" + "y" * (1 << 20)] * 130
    result = kvas("mappings", "-J", "--runs", "--mappings", write(build([M1, *lines])))
    assert result.returncode == 0 and len(json.loads(result.stdout)["runs"]) == 1, result.stderr


def test_many_records(kvas, write):
    """Each other page of 64 MiB, and as many repeats beside one another."""
    lines = [mapping(BASE + n * 0x2000, 0x1000) for n in range(1 << 15)]
    for n in range(1 << 14):
        start = BASE + (1 << 32) + n * 0x10000
        lines += [mapping(start, 0x1000), repeat(start, 0x2000, 4, 0x2000)]
    begin = time.monotonic()
    found = json.loads(kvas("mappings", "-J", "--mappings", write(build(lines))).stdout)["regions"][0]
    assert int(found["mapped"], 16) == (1 << 15) * 0x1000 + (1 << 16) * 0x1000
    assert time.monotonic() - begin < 30


# --- What bits mean --------------------------------------------------------------------------------------

PXN, UXN, NX = 1 << 53, 1 << 54, 1 << 63

# arch, levels, level, attr, upper: what is allowed, in words.
BITS = [
    ("x86_64", 5, 1, 0x8000000000000103, 0, "rw--", "RW NX G WB"),
    ("x86_64", 5, 1, 0x101, 0, "r-x-", "RO X G WB"), ("x86_64", 5, 1, 0x7, 0, "rwxU", "RW USER X WB"),
    ("x86_64", 5, 1, NX | 0x5, 0, "r--u", "RO USER NX WB"), ("x86_64", 5, 1, 0x3, 2, "r-x-", "RW X WB"),
    ("x86_64", 5, 1, 0x3, NX, "rw--", "RW X WB"), ("x86_64", 5, 1, 0x7, 4, "rwx-", "RW USER X WB"),
    # PAT is bit 7 of a page and bit 12 of a larger one, whose bit 7 says that it is one.
    ("x86_64", 4, 1, NX | 0x8b, 0, "rw--", "RW NX WP"), ("x86_64", 4, 2, NX | 0x8b, 0, "rw--", "RW NX WC"),
    ("x86_64", 4, 2, NX | 0x108b, 0, "rw--", "RW NX WP"), ("x86_64", 4, 3, NX | 0x1183, 0, "rw--", "RW NX G WB"),
    ("x86_64", 4, 1, NX | 0x13, 0, "rw--", "RW NX UC-"), ("x86_64", 4, 1, NX | 0x9b, 0, "rw--", "RW NX WT"),
    ("i386", 2, 1, 0x163, 0, "rwx-", "RW G WB"), ("i386", 2, 2, 0x1e5, 0, "r-xU", "RO USER G WB"),
    ("i386", 3, 1, NX | 0x103, 0, "rw--", "RW NX G WB"), ("i386", 3, 1, 0x101, 0, "r-x-", "RO X G WB"),
    ("arm64", 4, 1, PXN | UXN | 0x303, 0, "rw--", "RW PXN UXN G ISH ATTR0"),
    ("arm64", 4, 1, UXN | 0x383, 0, "r-x-", "RO PX UXN G ISH ATTR0"),
    ("arm64", 4, 1, UXN | 0x303, 0, "rwx-", "RW PX UXN G ISH ATTR0"),
    ("arm64", 4, 1, PXN | UXN | 1 << 51 | 0x383, 0, "rw--", "RO PXN UXN G ISH DBM ATTR0"),
    # What user mode can write the kernel never executes; user mode may execute what it cannot read.
    ("arm64", 4, 1, 0x43, 0, "rw-U", "RW USER PX UX G ATTR0"), ("arm64", 4, 1, UXN | 0xc3, 0, "r-xu", "RO USER PX UXN G ATTR0"),
    ("arm64", 4, 1, PXN | 0x883, 0, "r--U", "RO PXN UX ATTR0"), ("arm64", 3, 2, UXN | 0x301, PXN, "rw--", "RW PX UXN G ISH ATTR0"),
    ("arm64", 4, 1, PXN | UXN | 1 << 52 | 1 << 50 | 0x20f, 0x80, "r---", "RW PXN UXN G OSH CONT GP ATTR3"),
    # Small page: XN is bit 0.  Large page: 15.  Section: 4, and PXN is bit 0.
    ("arm", 2, 1, 0x41e, 0, "rwx-", "RW X G SHD WB"), ("arm", 2, 1, 0x61f, 0, "r---", "RO XN G SHD WB"),
    ("arm", 2, 1, 0xa3a, 0, "r-xU", "RO USER X WT"), ("arm", 2, 1, 0x32, 0, "rwxU", "RW USER X G SO"),
    ("arm", 2, 1, 0x22, 0, "rwxU", "RW USER-RO X G SO"), ("arm", 2, 1, 0x2, 0, "----", "NONE X G SO"),
    ("arm", 2, 1, 0x852, 0, "rwx-", "RW X DEV"), ("arm", 2, 1, 0x41d, 0, "rwx-", "RW X G SHD WB"),
    ("arm", 2, 1, 0x9615, 0, "r---", "RO XN G SHD TYPE5"), ("arm", 2, 1, 0x605, 0, "----", "NONE X G SHD NC"),
    ("arm", 2, 2, 0x1140e, 0, "rwx-", "RW X G SHD WBWA"), ("arm", 2, 2, 0x1141e, 0, "rw--", "RW XN G SHD WBWA"),
    ("arm", 2, 2, 0x1940e, 0, "r-x-", "RO X G SHD WBWA"), ("arm", 2, 2, 0x1940f, 0, "r---", "RO X G SHD WBWA PXN"),
    ("arm", 2, 2, 0x51c1e, 0, "rw-u", "RW USER XN G SHD WBWA SUPER"), ("arm", 2, 2, 0xc0f, 0, "rw-U", "RW USER X G WB PXN"),
    ("arm", 3, 1, PXN | UXN | 0x70f, 0, "rw--", "RW XN PXN G ISH WB"), ("arm", 3, 1, 0x39f, 0, "r-x-", "RO X G ISH WBWA"),
    ("arm", 3, 1, PXN | 0x3df, 0, "r--U", "RO USER X PXN G ISH WBWA"), ("arm", 3, 2, UXN | 0x31d, 0, "rw--", "RW XN G ISH WBWA"),
    ("riscv64", 5, 1, 0x27, 0, "rw--", "R W G"), ("riscv64", 4, 1, 0x2b, 0, "r-x-", "R X G"),
    ("riscv64", 3, 2, 0x2f, 0, "rwx-", "R W X G"), ("riscv64", 3, 1, 0x1f, 0, "rw-U", "R W X USER"),
    ("riscv64", 3, 1, 1 << 61 | 0x27, 0, "rw--", "R W G NC"), ("riscv64", 3, 1, 2 << 61 | 0x27, 0, "rw--", "R W G IO"),
    ("riscv64", 4, 1, NX | 0x27, 0, "rw--", "R W G NAPOT"), ("riscv64", 4, 1, 0x29, 0, "--x-", "X G"),
    ("ppc64", 4, 1, 0xc00000000000000e, 0, "rw--", "R W"), ("ppc64", 4, 1, 0xc00000000000000d, 0, "r-x-", "R X"),
    ("ppc64", 4, 2, 0xc00000000000000f, 0, "rwx-", "R W X"), ("ppc64", 4, 1, 0xc000000000000007, 0, "rwxU", "R W X USER"),
    ("ppc64", 4, 1, 0xc00000000000002e, 0, "rw--", "R W NON-IDEMPOTENT"), ("ppc64", 4, 1, 0xc00000000000003a, 0, "rw--", "W TOLERANT"),
    ("ppc64", 4, 1, 0xc00000000000001c, 0, "r---", "R SAO"),
    ("s390x", 3, 1, 0x100, 0, "rw--", "RW NX"), ("s390x", 3, 1, 0x200, 0, "r-x-", "RO X"), ("s390x", 5, 1, 0x300, 0, "r---", "RO NX"),
    ("s390x", 3, 2, 0x400, 0, "rwx-", "RW X"), ("s390x", 3, 2, 0x700, 0, "r---", "RO NX"),
    ("s390x", 3, 1, 0x100, 0x200, "r---", "RW NX"),
    ("loongarch64", 3, 1, 1 << 62 | 0x1d3, 0, "rw--", "W D NX G CC"), ("loongarch64", 3, 1, 0xd1, 0, "r-x-", "X G CC"),
    ("loongarch64", 3, 2, 1 << 62 | 0x11d1, 0, "rw--", "W NX G CC"), ("loongarch64", 4, 2, 1 << 62 | 0x41, 0, "r---", "NX SUC"),
    ("loongarch64", 3, 1, 0x1f, 0, "rwxU", "D X USER CC"), ("loongarch64", 3, 1, NX | 0x1f, 0, "---U", "D X USER RPLV CC"),
    ("loongarch64", 3, 1, 3 << 61 | 0x61, 0, "----", "NR NX G WUC"),
]
# By the mask, where the options of a kernel of mips64 have put the bits.
MIPS64 = [
    (0x3fc0, 1, 0x1f00, "rwx-", "D X G CACHED"), (0x3fc0, 1, 0x1b00, "r-x-", "X G CACHED"),
    (0x3fc0, 1, 0x1e40, "rw-u", "D XI USER CACHED"), (0x3fc0, 1, 0x1780, "-wx-", "RI D X G UC"),
    (0x3fd0, 2, 0x1610, "rwxU", "D X USER UC"), (0x3f00, 1, 0x3f00, "rwx-", "D X G UCA"),
    (0x1fe0, 1, 0xf80, "rwx-", "D X G CACHED"), (0x1fe0, 1, 0xf20, "rw-u", "D XI USER CACHED"),
    (0x7f80, 1, 0x3e00, "rwx-", "D X G CACHED"), (0x7f80, 1, 0x3c80, "rw-u", "D XI USER CACHED"),
    (0xfc0, 1, 0x7c0, "rwx-", "D X G CACHED"), (0xfc0, 1, 0xb80, "rwxU", "D X USER CCA5"),
]


def levels_of(levels, *masks):
    """So many of 512 entries; the last mask holds for all above, too."""
    return [f"level level={n} size={1 << 3 + 9 * n} entries=512 mask=0x{masks[min(n, len(masks)) - 1]:x}"
            for n in range(1, levels + 1)]


@pytest.mark.parametrize("arch, levels, level, attr, upper, access, text", BITS)
def test_attributes(rows, arch, levels, level, attr, upper, access, text):
    digits = 8 if arch in ("arm", "i386") else 16
    tables = [f"tables arch={arch} levels={levels} root=0x0", *levels_of(levels, (1 << 64) - 1)]
    run, = rows([mapping(0xc0000000, 1 << 3 + 9 * level, level, attr, digits, more=f"upper=0x{upper:x}")], "--runs", tables=tables)
    assert run["access"] == access and run["attributes"] == text


@pytest.mark.parametrize("mask, level, attr, access, text", MIPS64)
def test_attributes_of_mips64(rows, mask, level, attr, access, text):
    tables = ["tables arch=mips64 levels=3 root=0x0", *levels_of(3, mask & ~0x10, mask | 0x10)]
    size = 4096 if level == 1 else 2 << 20
    run, = rows([mapping(0xffffffffc0000000, size, level, attr)], "--runs", tables=tables)
    assert run["access"] == access and run["attributes"] == text


def test_mips64_of_no_known_mask(rows):
    tables = ["tables arch=mips64 levels=3 root=0x0", *levels_of(3, 0x1f)]
    run, = rows([mapping(0xffffffffc0000000, 4096, attr=3)], "--runs", tables=tables)
    assert run["access"] is None and run["attributes"] is None


def test_windows(rows, refused, write):
    """Regions that lie in one are no free holes; those beside one are."""
    window = "window start=0xffff900000000000 end=0xffff9fffffffffff size=16T"
    found = rows([window, M1], "--from", "0xffff910000000000", "--to", "0xffff91ffffffffff")
    assert [(r["window"], r["hole"], r["mapped"]) for r in found] == [(True, None, "0x0")]
    found = rows([window, M1], "--from", "0xffff8fffffffffff", "--to", "0xffff91ffffffffff")
    assert [r["window"] for r in found] == [False] and found[0]["hole"]
    assert "the size does not match" in refused("mappings", "--mappings", write(build([window.replace("16T", "8T")])))
    assert "has no 'end'" in refused("mappings", "--mappings", write(build(["window start=0xffff900000000000"])))


def test_levels_of_other_formats(rows):
    """Arm's and i386's formats follow the levels, and there is none of four."""
    for arch in ("arm", "i386"):
        tables = [f"tables arch={arch} levels=4 root=0x0", *levels_of(4, 0xfff)]
        run, = rows([mapping(0xc0000000, 0x1000, attr=3, digits=8)], "--runs", tables=tables)
        assert run["access"] is None and run["attributes"] is None
