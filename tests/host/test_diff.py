# SPDX-License-Identifier: GPL-2.0-only
"""kvas diff: what only moved, what changed, and what explains it."""

import json
import re

import pytest

import capture

FOUR, FIVE = (next(p for p in capture.SAMPLES if p.stem == f"x86_64-{n}level") for n in (4, 5))
THIRTY_TWO = next(p for p in capture.SAMPLES if p.stem == "powerpc-32")
DIRECT_MAP = 0xffff888000000000
REAL = {capture.name_of(p): p for p in capture.REAL + capture.ROWS}


@pytest.fixture
def diff(kvas):
    """The document of diff -J; the status must be what it says."""
    def call(*paths):
        result = kvas("diff", "-J", *paths)
        assert result.stderr == ""
        document = json.loads(result.stdout)
        assert result.returncode == document["changed"]
        return document
    return call


def changes(document, *kinds):
    return {(d["change"], d["name"]): d for d in document["differences"]
            if not kinds or d["change"] in kinds}


def edit(text, *pairs):
    for old, new in pairs:
        text, n = re.subn(old, new, text)
        assert n, old
    return text


def moved(text, region, slide):
    """A region and all that lies in it, elsewhere."""
    inside = {region}
    for _ in range(4):
        inside |= {m[1] for m in re.finditer(r" name=(\w+) +parent=(\w+)", text) if m[2] in inside}

    def move(m):
        line = m[0]
        if m[1] in inside and "absent" not in line:
            line = re.sub(r"\b((?:populated_)?(?:start|end))=0x([0-9a-f]{16})",
                          lambda a: f"{a[1]}=0x{(int(a[2], 16) + slide) % (1 << 64):016x}", line)
        return line
    return re.sub(r"^(?:region|section) .* name=(\w+) .*$", move, text, flags=re.M)


def offset(text, fact, slide):
    old = int(re.search(rf"name={fact} value=(\S+)", text)[1], 0)
    new = old + slide
    return edit(text, (rf"name={fact} value=\S+", f"name={fact} value={'-' * (new < 0)}{abs(new):#x}"))


def test_a_layout_and_itself(diff, output):
    document = diff(FOUR, FOUR)
    assert document["differences"] == [] and document["same_kernel"] and not document["changed"]
    assert output("diff", FOUR, FOUR).endswith("\nNo difference.\n")


def test_what_kaslr_moves_is_no_change(diff, write, output):
    """By as much as its base: with all that lies in it."""
    slide = 5 << 30
    text = FOUR.read_text()
    text = offset(moved(text, "direct_map", slide), "direct_map_kaslr_offset", slide)
    text = re.sub(r"(name=high_memory value)=(\S+)",
                  lambda m: f"{m[1]}=0x{int(m[2], 16) + slide:016x}", text)
    other = write(text)
    found = changes(diff(FOUR, other))
    assert found and {kind for kind, _ in found} == {"moved"}
    assert found["moved", "direct_map"]["slide"] == f"0x{slide:016x}"
    assert found["moved", "direct_map"]["because"] == ["direct_map_kaslr_offset"]
    text = output("diff", FOUR, other)
    moved_rows = len([line for line in text.splitlines() if line.startswith("moved ")])
    assert moved_rows == len(found)
    assert f"\n{moved_rows} moved, none changed: what moved is placed anew on each boot.\n" in text
    assert "KASLR" in text
    # --quiet: only what changed.
    assert output("diff", "--quiet", FOUR, other) == output("diff", "--quiet", "-J", FOUR, other) == ""


def test_quiet_hides_what_only_moved(kvas, write):
    other = write(moved(moved(FOUR.read_text(), "percpu", 1 << 20), "vmalloc", 1 << 30))
    loud, quiet = kvas("diff", FOUR, other), kvas("diff", "--quiet", FOUR, other)
    assert loud.returncode == quiet.returncode == 1
    rows = [line.split()[:2] for line in loud.stdout.splitlines() if re.match("moved|relocated", line)]
    assert ["moved", "percpu"] in rows and ["relocated", "vmalloc"] in rows
    left = [line.split()[:2] for line in quiet.stdout.splitlines() if re.match("moved|relocated", line)]
    assert left == [row for row in rows if row[0] != "moved"]
    n = len(rows) - len(left)
    assert f"\n{n} moved, {len(left)} changed." in loud.stdout and f"\n{n} moved, {len(left)} changed." in quiet.stdout
    assert kvas("diff", "--quiet", "-r", "-n", "-o", "CHANGE", FOUR, other).stdout.split() == ["relocated"] * len(left)
    document = json.loads(kvas("diff", "--quiet", "-J", FOUR, other).stdout)
    assert {d["change"] for d in document["differences"]} == {"relocated"}


def test_of_whom_the_boot_parameters_are_not_known(kvas, write):
    def said(a, b):
        text = " ".join(kvas("diff", write(capture.build(a), "a"), write(capture.build(b), "b")).stdout.split())
        return (re.findall(r"The boot parameters of (\S+) (?:are|is)", text) or [""])[0].rpartition("/")[2]
    known = 'capture when=2026-01-01T00:00:00Z cmdline="quiet"'
    more = [line.replace("value=4", "value=5") for line in BASE]
    assert said([known, *BASE], [known, *more]) == ""
    assert said(BASE, [known, *more]) == "a"
    assert said([known, *BASE], more) == "b"
    assert said(BASE, more) == "neither"


def test_what_is_not_there_is_absent(kvas, write):
    """In words, and the reason in its own column."""
    new = BASE[:5] + [region("kasan_shadow", 0xffffec0000000000, 0xfffffbffffffffff)]
    old, new = write(capture.build(BASE), "a"), write(capture.build(new), "b")
    columns = ["diff", "-P", "-o", "CHANGE,FROM,TO,BECAUSE"]
    assert kvas(*columns, old, new).stdout == f'CHANGE="appeared" FROM="absent" TO="{16 << 40}" BECAUSE="no"\n'
    assert kvas(*columns, new, old).stdout == f'CHANGE="vanished" FROM="{16 << 40}" TO="absent" BECAUSE="no"\n'


def test_sizes_in_bytes(kvas, write):
    """Exact for programs, and where -b asks for it."""
    new = [BASE[0], BASE[1].replace("1073741824", "2147484161"), *BASE[2:4],
           region("vmalloc", 0xffffc90000000000, 0xffffe8ffffffefff), BASE[5]]
    a, b = write(capture.build(BASE), "a"), write(capture.build(new), "b")
    exact = ["1073741824", "2147484161", str(32 << 40), str((32 << 40) - 4096)]
    for options, expected in ((), ["1G", "2.0G", "32T", "32.0T"]), (("-b",), exact), (("-r",), exact):
        text = kvas("diff", *options, "-n", "-o", "FROM,TO", a, b).stdout
        assert text.split()[-4:] == expected


def test_what_moves_otherwise_is_one(diff, write):
    document = diff(FOUR, write(moved(FOUR.read_text(), "vmalloc", 1 << 30)))
    assert changes(document)["relocated", "vmalloc"]["because"] == []


def test_what_boot_places_anew_is_no_change(diff, write):
    found = changes(diff(FOUR, write(moved(FOUR.read_text(), "percpu", 1 << 20))))
    assert list(found) == [("moved", "percpu")]
    assert found["moved", "percpu"]["because"] == ["boot"]


region = capture.region


BASE = [
    "fact name=page_levels value=4 unit=levels source=a route=cpu",
    "fact name=ram value=1073741824 unit=bytes source=a route=cpu",
    "config name=CONFIG_KASAN value=n", "config name=CONFIG_X86_5LEVEL value=n",
    region("vmalloc", 0xffffc90000000000, 0xffffe8ffffffffff),
    "region name=kasan_shadow absent=no",
]


def difference(diff, write, old, new, **how):
    return changes(diff(write(capture.build(old), "old"), write(capture.build(new, **how), "new")))


def test_device_memory_is_known_by_where_it_is(diff, write):
    """All pieces have one name."""
    def layout(start, *pieces):
        return [f"fact name=direct_map_kaslr_offset value={start - DIRECT_MAP:#x} unit=offset source=a route=cpu",
                region("direct_map", start, start + (8 << 30) - 1, more="phys=0x0000000000000000"),
                *(capture.memory(start + (at << 30), start + (at << 30) + (1 << 29) - 1, phys=-start) for at in pieces)]
    slide = 3 << 30
    found = difference(diff, write, layout(DIRECT_MAP, 4, 6), layout(DIRECT_MAP + slide, 4, 6))
    assert set(found) == {("moved", "direct_map"), ("moved", "zone_device")}
    assert found["moved", "zone_device"]["because"] == ["direct_map_kaslr_offset"]
    found = difference(diff, write, layout(DIRECT_MAP, 4, 6), layout(DIRECT_MAP, 6))
    assert list(found) == [("vanished", "zone_device")]
    assert found["vanished", "zone_device"]["from"]["start"] == f"{DIRECT_MAP + (4 << 30):#x}"
    assert list(difference(diff, write, layout(DIRECT_MAP, 6), layout(DIRECT_MAP, 6, 7))) == [("appeared", "zone_device")]


def test_appeared_and_vanished(diff, write):
    new = BASE[:2] + ["config name=CONFIG_KASAN value=y"] + BASE[3:5] + [
        region("kasan_shadow", 0xffffec0000000000, 0xfffffbffffffffff)]
    found = difference(diff, write, BASE, new)
    assert set(found) == {("option", "CONFIG_KASAN"), ("appeared", "kasan_shadow")}
    appeared = found["appeared", "kasan_shadow"]
    assert appeared["from"] == {"absent": "no"}
    assert appeared["to"] == {"start": "0xffffec0000000000", "end": "0xfffffbffffffffff", "size": hex(16 << 40)}
    assert appeared["because"] == ["CONFIG_KASAN"]
    back = difference(diff, write, new, BASE)
    assert back["vanished", "kasan_shadow"]["because"] == ["CONFIG_KASAN"]


def test_grew_through_a_fact_to_the_option_behind_it(diff, write):
    new = ["fact name=page_levels value=5 unit=levels source=a route=cpu", BASE[1], BASE[2],
           "config name=CONFIG_X86_5LEVEL value=y",
           region("vmalloc", 0xffa0000000000000, 0xffd1ffffffffffff), BASE[5]]
    found = difference(diff, write, BASE, new)
    assert set(found) == {("option", "CONFIG_X86_5LEVEL"), ("changed", "page_levels"),
                          ("grew", "vmalloc")}
    assert found["grew", "vmalloc"]["because"] == ["CONFIG_X86_5LEVEL"]
    assert [found["grew", "vmalloc"][key]["size"] for key in ("from", "to")] == [hex(32 << 40), hex(12800 << 40)]
    assert (found["changed", "page_levels"]["from"], found["changed", "page_levels"]["to"]) == (4, 5)
    # Without the option, the fact; and what is behind that, no capture tells.
    found = difference(diff, write, BASE, new[:3] + [BASE[3]] + new[4:])
    assert found["grew", "vmalloc"]["because"] == ["processor", "parameter"]
    assert found["changed", "page_levels"]["because"] == ["processor", "parameter"]


def test_boot_parameters_are_in_what_save_makes(diff, write, kvas, tmp_path):
    def made(cmdline):
        records = [f'capture when=2026-01-01T00:00:00Z cmdline="{cmdline}"', *BASE]
        return records
    found = difference(diff, write, made("quiet no5lvl mem=1G nokaslr"), made("quiet mem=2G nokaslr"))
    assert set(found) == {("parameter", "no5lvl"), ("parameter", "mem")}
    assert (found["parameter", "mem"]["from"], found["parameter", "mem"]["to"]) == ("mem=1G", "mem=2G")
    assert found["parameter", "no5lvl"]["to"] is None
    # The last one counts.
    assert difference(diff, write, made("mem=1G mem=2G"), made("mem=2G")) == {}


def test_little_more_or_less_memory_is_none(diff, write):
    new = [BASE[0], BASE[1].replace("1073741824", "1072693248"), *BASE[2:]]
    assert difference(diff, write, BASE, new) == {}
    new = [BASE[0], BASE[1].replace("1073741824", "2147483648"), *BASE[2:]]
    ram = difference(diff, write, BASE, new)["changed", "ram"]
    assert ram["because"] == ["memory", "parameter"] and (ram["from"], ram["to"]) == (hex(1 << 30), hex(2 << 30))


def test_order(diff, write):
    low, high = (0xffff800000000000, 0xffff8fffffffffff), (0xffff900000000000, 0xffff9fffffffffff)
    old, new = ([region("vmalloc", *a), region("vmemmap", *b)] for a, b in ((low, high), (high, low)))
    found = difference(diff, write, old, new)
    assert found["reordered", "vmalloc"]["from"] == "below vmemmap"
    assert found["reordered", "vmalloc"]["to"] == "above vmemmap"


def test_another_build_has_other_sections(diff, write):
    def built(build_id, end):
        text = capture.build([region("image", 0x10000, 0x4ffff),
                              region("text", 0x10000, end, kind="section", more="parent=image")])
        return text.replace(" bits=", f" build_id={build_id} bits=")
    document = diff(write(built("11", 0x1ffff), "a"), write(built("22", 0x2ffff), "b"))
    assert not document["same_kernel"]
    assert list(changes(document)) == [("rebuilt", "text")]


def test_other_architectures(diff, output, kvas):
    document = diff(FOUR, THIRTY_TWO)
    assert not document["comparable"] and document["changed"]
    assert not changes(document, "moved", "relocated", "reordered")
    assert not [d for d in document["differences"] if d["name"] in ("user_limit", "high_memory")]
    text = " ".join(kvas("diff", FOUR, THIRTY_TWO).stdout.split())
    assert "have different address layouts" in text


@pytest.mark.parametrize("a, b, option, kinds", [
    ("5.10-amd64-4level", "6.12-amd64-5level", "CONFIG_X86_5LEVEL",
     {"page_levels", "va_bits", "user", "noncanonical", "vmalloc", "vmemmap", "guard_hole"}),
    ("6.12-powerpc64le-radix", "7.2-powerpc64le-hash", "disable_radix",
     {"mmu", "va_bits", "vmalloc", "vmemmap", "kernel_io", "ioremap", "fixmap"}),
])
def test_real_machines(diff, a, b, option, kinds):
    machines = [capture.GOLDEN / name for name in (a, b)]
    document = diff(*machines)
    told = {d["name"] for d in document["differences"] if d["because"] == [option]}
    assert kinds <= told


def test_columns_and_scripts(output, kvas, write):
    other = write(moved(FOUR.read_text(), "percpu", 1 << 20))
    assert kvas("diff", "-r", "-o", "NAME,SLIDE", FOUR, other).stdout == "NAME SLIDE\npercpu +0x100000\n"
    back = kvas("diff", "-r", "-n", "-o", "SLIDE", other, FOUR).stdout
    assert back == "-0x100000\n"


def test_operands(refused, kvas, tmp_path):
    assert "diff needs one capture or two" in refused("diff")
    assert "diff needs one capture or two" in refused("diff", FOUR, FOUR, FOUR)
    assert "name the second" in refused("diff", "-f", FOUR, FOUR, FOUR)
    assert "holds no saved machine" in refused("diff", FOUR, tmp_path)
    assert "No such file" in refused("diff", FOUR, tmp_path / "none")
    assert kvas("diff", "-f", FOUR, FOUR).returncode == 0


def test_saved_captures_tell_when_and_how(kvas, tmp_path):
    machine = capture.NATIVE[0]
    saved = tmp_path / "saved"
    assert kvas("save", "--sysroot", machine, saved).returncode == 0
    again = json.loads(kvas("diff", "-J", machine, saved).stdout)
    assert again["differences"] == []
    cmdline = (machine / "proc/cmdline").read_text().strip()
    assert again["from"]["cmdline"] == again["to"]["cmdline"] == cmdline
    assert kvas("-f", saved).returncode == 0
