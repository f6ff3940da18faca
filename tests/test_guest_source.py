# SPDX-License-Identifier: GPL-2.0-only
"""The layout of kernels built from source: see watched.py for which there are."""

import collections
import json
import re
import subprocess
from dataclasses import dataclass

import pytest

import expected
import matrix
import test_guest_build
import test_guest_qemu
import test_guest_qemu_x86
from lab import source
from watched import (CHECKED, KERNELS, LITTLE, Place, each, find_slide, module, modules, odd_taint, only_for,
                     system_map, trouble)

pytestmark = pytest.mark.needs("6.1-amd64", "7.2-amd64")

# --- boots that look at the layout ------------------------------------------

LAYOUT = matrix.START + """
if [ -e /lab/kvas_test.ko ]; then
	insmod /lab/kvas_test.ko || exit
	cp -r /sys/kernel/debug/kunit /out/kunit
	rmmod kvas_test || exit
fi
insmod /lab/kvas.ko || exit
echo 1 >/proc/sys/kernel/kptr_restrict # vmallocinfo then shows addresses
kvas save --all /out/sysroot >/out/save 2>&1; echo $? >>/out/save
cat /proc/sys/kernel/tainted >/out/tainted
sh -c 'exec 9</sys/kernel/debug/kvas; cat <&9 >/out/capture; sleep 100000; :' &
until grep -q '^end ' /out/capture; do
	usleep 10000
done
cat /proc/uptime >/out/uptime
"""


each_kernel = pytest.mark.parametrize("variant", each(*KERNELS))

# Page-table isolation unmaps what is freed after boot.  The checked kernel has
# its pool for kfence always.
POOL = "kfence.sample_interval=100"
PLACES = (
    Place("plain", "4level"),
    Place("plain", "5level"),
    Place("checked", "4level", POOL, LITTLE),
    Place("checked", "5level", POOL, LITTLE),
    Place("checked", "4level-nokaslr", f"{POOL} pti=on"),
    Place("checked-7.2", "4level", POOL, LITTLE),
    Place("checked-7.2", "5level", POOL, LITTLE),
    Place("checked-7.2", "4level-nokaslr", f"{POOL} pti=on"),
    Place("nosymbols", "4level"),
    Place("nosymbols", "5level"),
    Place("nosymbols", "4level-nokaslr", "pti=on"),
    Place("bare", "4level-nokaslr"),
)


@dataclass
class Look(matrix.Run):
    """A run of the matrix, and what only these kernels tell."""

    place: Place
    markers: dict  # System.map
    slide: int  # by how much KASLR moved the image, as QEMU sees it
    init: int | None  # the physical address of what only boot needed, if it is mapped

    @property
    def config(self):
        return source.configured(source.prepare(self.place.variant).config)

    def marker(self, name):
        return self.markers[name] + self.slide


def look(place):
    prepared = source.prepare(place.variant)
    mode = prepared.mode(place.mode, place.memory, place.cmdline)
    files = {**modules(place.variant), "/bin/probe": matrix.probe()}
    markers = system_map(prepared)
    # The dump of KASAN's shadow holds a processor for longer than RCU likes.
    with prepared.boot(mode, LAYOUT, files, programs={"/bin/kvas": matrix.reader()},
                       cmdline="rcupdate.rcu_cpu_stall_timeout=300", name=f"source-{place}") as g:
        g.check()
        slide = find_slide(g.monitor, markers)
        found = Look(matrix.Spot(prepared.record, mode), g, matrix.Capture(g.text("capture")),
                     None, place, markers, slide,
                     g.monitor.translate(markers["__init_begin"] + slide))
        found.oracle = matrix.question(found)
    return found


@pytest.fixture(scope="session")
def guests(request):
    """Side by side: KASAN makes them slow, and each takes one processor."""
    yield from matrix.boots(request, "looked", PLACES, look)


@pytest.fixture(scope="session", params=each(*PLACES), ids=str)
def looked(request, guests):
    """One boot of each place, however the tests are ordered; or its failure."""
    return guests.run(request.param)


def everywhere_but(variant):
    """For what one of the kernels was built without."""
    places = [place for place in PLACES if place.variant != variant]
    return pytest.mark.parametrize("looked", each(*places), indirect=True, ids=str)


# --- builds ------------------------------------------------------------------


@each_kernel
def test_builds_without_a_warning(variant):
    assert test_guest_build.unexpected(module(variant).log) == []


@pytest.mark.all
@only_for("nosymbols")
def test_kmsan_compiles():
    """Its kernel needs another compiler; its rows and macros do not."""
    prepared = source.prepare("nosymbols")
    built = source.build(prepared, matrix.toolchain.kvas_sources(matrix.TOP), "kvas-kmsan",
                         more=["KCFLAGS=-DCONFIG_KMSAN=1"])
    assert test_guest_build.unexpected(built.log) == []
    assert b"KMSAN_MODULES_ORIGIN_START" in built.module("kvas").read_bytes()


@each_kernel
def test_suites_are_built_where_there_is_kunit(variant):
    suites = [] if variant == "bare" else ["kvas_test"]
    assert [m.stem for m in module(variant).modules] == ["kvas", *suites]


@pytest.mark.parametrize("variant", each(*CHECKED))
def test_module_is_watched(variant):
    """KASAN and UBSAN are in the module's code, not just in the kernel's."""
    listed = subprocess.run(["nm", "-u", module(variant).module("kvas")], check=True,
                            text=True, stdout=subprocess.PIPE).stdout
    assert "__asan_load8_noabort" in listed and "__asan_store8_noabort" in listed


# --- the layout --------------------------------------------------------------


def test_started_as_asked(looked):
    capture, mode = looked.capture, looked.spot.mode
    assert capture.fact("page_levels") == str(mode.levels)
    random = looked.place.variant == "nosymbols" and mode.kaslr
    assert capture.fact("memory_kaslr") == ("y" if random else "n")
    assert capture.all("kernel")[0]["release"] == source.prepare(looked.place.variant).release


def test_saved(looked):
    assert looked.guest.text("save").splitlines()[-1] == "0", looked.guest.text("save")


def test_verify(looked, report):
    """No source disagrees."""
    done = subprocess.run([matrix.reader(), "verify", "-J", "--sysroot", looked.sysroot],
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    values = json.loads(done.stdout)["values"]
    verdicts = collections.Counter(v["verdict"] for v in values)
    opinions = collections.Counter(s for v in values for s in v["sources"])
    report(f"{looked.place}: {len(values)} values, {sum(opinions.values())} confirmations by"
           f" {len(opinions)} sources, {verdicts['disagrees']} disagreements,"
           f" {verdicts['unverified']} without a source")
    assert [v for v in values if v["verdict"] == "disagrees"] == []
    assert done.returncode == 0 and done.stderr == ""


def test_log_is_clean(looked):
    assert trouble(looked.log()[1]) == []
    assert odd_taint(looked.guest.text("tainted")) == 0


# Section, its first symbol, the first symbol behind it.
PERCPU = "init_percpu"
SECTIONS = (
    ("image", "_text", "_end"),
    ("text", "_text", "_etext"),
    ("rodata", "__start_rodata", "__end_rodata"),
    ("data", "_sdata", "_edata"),
    ("bss", "__bss_start", "__bss_stop"),
    ("init", "__init_begin", "__init_end"),
    (PERCPU, "__per_cpu_load", "_sinittext"),
    ("brk", "__brk_base", "_end"),
)

# What remains when the kernel can name no address of its own.
ALWAYS = ("text", "rodata", "data", "bss")


def sections(looked):
    """From 6.15 on per-CPU variables are linked where the image has them."""
    return [(PERCPU, "__per_cpu_start", "__per_cpu_end")
            if row[0] == PERCPU and looked.markers.get("__per_cpu_start") else row
            for row in SECTIONS]


def test_sections_against_system_map(looked):
    """System.map, moved by what QEMU found, is all that this compares with."""
    known = {s: looked.capture.areas[s] for s, _, _ in SECTIONS if s in looked.capture.areas}
    wrong = {s: known[s] for s, first, behind in sections(looked) if s in known
             and known[s].range != range(looked.marker(first), looked.marker(behind))}
    assert wrong == {}
    whole = LOST[looked.place.variant] == set()
    assert sorted(known) == sorted(s for s, _, _ in SECTIONS if whole or s in ALWAYS)


def test_sections_are_in_memory(looked):
    for area in looked.capture.all("section"):
        physical = looked.oracle.translations[area.number("start")]
        freed = "freed" in area.get("note", "")
        assert physical == area.number("phys") or (freed and physical is None), area["name"]


def test_isolation_unmaps_what_boot_freed(looked):
    """So that the look-ups did have something to stumble over; nothing else does."""
    assert (looked.init is None) == ("pti=on" in looked.place.cmdline)


def test_image_offset(looked):
    assert int(looked.capture.fact("image_kaslr_offset"), 0) == looked.slide
    assert (looked.slide != 0) <= looked.spot.mode.kaslr


# What a kernel without kallsyms and kprobes cannot tell.
LOST = {"nosymbols": {"image", "init", "init_percpu", "brk", "percpu", "execmem_text"},
        "bare": {"image", "init", "brk", "percpu"},
        **dict.fromkeys(("plain", *CHECKED), set())}


def test_what_is_lost_is_absent(looked):
    absent = {r["name"]: r["absent"] for r in looked.capture.records if "absent" in r}
    assert absent and all(len(why) > 10 for why in absent.values())
    lost = {name for name, why in absent.items() if "KALLSYMS" in why}
    assert lost == LOST[looked.place.variant]
    assert [r for r in looked.capture.records if "KALLSYMS" in r.get("note", "")] == []


# --- the checks of the distributions' kernels --------------------------------

NEEDS_PACKAGE = {"test_percpu_starts_where_the_first_processors_does"}
# Here it is asked of the regions that the kernel has.
NEEDS_ALL_REGIONS = {"test_regions_are_used_as_they_say"}
NEEDS_SYMBOLS = {"test_phys_base_ties_the_image_to_memory"}
NEEDS_VSYSCALL = {"test_vsyscall_page"}
NOT_FOR = {
    "plain": NEEDS_PACKAGE | NEEDS_ALL_REGIONS | NEEDS_VSYSCALL,
    **dict.fromkeys(CHECKED, NEEDS_PACKAGE | NEEDS_ALL_REGIONS),
    **dict.fromkeys(("nosymbols", "bare"), NEEDS_PACKAGE | NEEDS_ALL_REGIONS | NEEDS_SYMBOLS | NEEDS_VSYSCALL),
}
# test_dump_shows_nothing_unpublished says why.
ROUNDED = [(place, "test_everything_mapped_is_published") for place in PLACES
           if place.variant in CHECKED and place.mode == "5level"]

CHECKS = {name: f for module in (test_guest_qemu, test_guest_qemu_x86)
          for name, f in vars(module).items() if name.startswith("test_")}
APPLY = [pytest.param(place, name, marks=only_for(place.variant))
         for place in PLACES for name in CHECKS
         if name not in NOT_FOR[place.variant] and (place, name) not in ROUNDED]


@pytest.mark.parametrize("looked, check", APPLY, indirect=["looked"],
                         ids=lambda p: str(p).removeprefix("test_"))
def test_as_others(looked, check):
    """What holds for the distributions' kernels holds for these."""
    CHECKS[check](looked)


def test_regions_are_used_as_they_say(looked):
    areas, inside, wanted = looked.capture.areas, test_guest_qemu.inside, expected.of(looked)
    used = [n for n in wanted.used if n in areas]
    empty = [n for n in wanted.empty if n in areas]
    assert len(used) >= 5 and [n for n in used if not inside(looked, n)] == []
    assert len(empty) >= 3 and [n for n in empty if inside(looked, n)] == []


def test_percpu_starts_where_the_first_processors_does(looked):
    """GS has the distance from where per-CPU variables are linked: 0 up to 6.14."""
    area = looked.capture.areas.get("percpu")
    linked = looked.markers.get("__per_cpu_start", 0)
    assert (linked != 0) == (looked.place.variant in ("bare", "checked-7.2"))
    if area:
        base = looked.oracle.registers["GS"] + (linked and linked + looked.slide)
        assert area.number("start") == base % (1 << 64)


# --- the kernel's own dump of its page tables --------------------------------

ROW = re.compile(r"0x([0-9a-f]{16})-0x([0-9a-f]{16}) +\S+ (.*?) *(?:pgd|p4d|pud|pmd|pte)?$")


class Dump:
    """page_tables/kernel: what is mapped, and where its headings stand."""

    def __init__(self, text):
        self.mapped, self.headings, self.starts = [], {}, set()
        heading = None
        for line in text.splitlines():
            if line.startswith("---["):
                heading = line.strip("-[] ")
                continue
            row = ROW.match(line)
            if not row:
                continue
            first, behind = int(row[1], 16), int(row[2], 16)
            self.headings.setdefault(heading, first)
            self.starts.add(first)
            if row[3].strip():
                self.mapped.append(range(first, behind or 1 << 64))


# Headings of arch/x86/mm/dump_pagetables.c, and what must start or end there.
# The first two come a row late: the dump moves on by one heading a row.
HEADINGS = (
    ("LDT remap", "ldt_remap", 0), ("Low Kernel Mapping", "direct_map", 0),
    ("vmalloc() Area", "vmalloc", 0), ("Vmemmap", "vmemmap", 0),
    ("KASAN shadow", "kasan_shadow", 0), ("KASAN shadow end", "kasan_shadow", 1),
    ("CPU entry Area", "cpu_entry_area", 0), ("ESPfix Area", "espfix", 0),
    ("High Kernel Mapping", "image_window", 0), ("Modules", "modules", 0),
    ("End Modules", "modules", 1),
)
LATE = 2


@pytest.fixture
def dump(looked):
    return Dump((looked.sysroot / "sys/kernel/debug/page_tables/kernel").read_text())


@everywhere_but("bare")
def test_dump_has_the_same_bounds(looked, dump):
    areas, compared = looked.capture.areas, 0
    for n, (heading, name, behind) in enumerate(HEADINGS):
        if name not in areas or heading not in dump.headings:
            continue
        bound = areas[name].range.stop if behind else areas[name].range.start
        assert bound in dump.starts, (heading, hex(bound))
        if n >= LATE:
            assert dump.headings[heading] == bound, (heading, hex(bound))
        compared += 1
    assert compared >= 7


@everywhere_but("bare")
def test_dump_shows_nothing_unpublished(looked, dump):
    areas = [a.range for a in looked.capture.areas.values()]
    areas += shadow_of_nothing(looked.capture)
    stray = [f"{r.start:#x}-{r.stop - 1:#x}" for r in dump.mapped
             if not any(a.start <= r.start and r.stop <= a.stop for a in areas)]
    assert len(dump.mapped) > 50 and stray == []


def shadow_of_nothing(capture):
    """KASAN's shadow fills the first entry of the top table that it needs."""
    shadow = capture.areas.get("kasan_shadow")
    if not shadow or "PGDIR_MASK" not in shadow.get("note", ""):
        return []
    start = shadow.number("start")
    return [range(start & -int(capture.fact("pgdir_size")), start)]


# --- KUnit -------------------------------------------------------------------


def results(text):
    """(number, name, good) of each case of one suite, as KTAP has them."""
    return [(int(number), name, verdict == "ok") for verdict, number, name in
            re.findall(r"^ +(ok|not ok) (\d+) -? ?(\w+)$", text, re.M)]


@everywhere_but("bare")
@pytest.mark.parametrize("suite", ("kvas_layout", "kvas_format", "kvas_policy"))
def test_kunit(looked, suite):
    text = looked.guest.text(f"kunit/{suite}/results")
    planned = int(re.search(r"^ +1\.\.(\d+)$", text, re.M)[1])
    cases = results(text)
    assert planned > 0 and [number for number, _, _ in cases] == list(range(1, planned + 1))
    assert [name for _, name, good in cases if not good] == [], text
    assert [name for _, name, _ in cases] == written(suite.removeprefix("kvas_"))


def written(suite):
    text = (matrix.TOP / "module/kvas_test.c").read_text()
    cases = re.search(rf"kunit_case {suite}_cases\[\] = {{(.*?)}};", text, re.S)[1]
    return re.findall(r"KUNIT_CASE\((\w+)\)", cases)
