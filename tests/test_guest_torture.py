# SPDX-License-Identifier: GPL-2.0-only
"""kvas_mappings is read while the kernel's tables change under it.

lab/stir.c frees tables and fills the memory with what no entry can be; modules,
filters' code, a persistent memory's pages and a DIMM come and go; lab/rereader.c looks
at each record that is read.  A module whose walker does not read entries again must be
found so, or the test would prove nothing.

That takes two minutes on a stock kernel, and half an hour on kernels that watch
themselves; KVAS_TORTURE_SECONDS gives another duration, of two minutes or more.
"""

import contextlib
import dataclasses
import os
import re
import time
from functools import cached_property

import pytest

import matrix
import watched
from lab import guest, images, programs, source, toolchain
from test_guest_hotplug import BLOCK, BLOCKS, Dimm

KERNEL = source.stock("6.12-amd64")

LAB = matrix.TOP / "tests" / "lab"
READERS = 2
# Protection keys are of processes' pages.
IMPOSSIBLE = 0xF << 59


@dataclasses.dataclass(frozen=True)
class Churn:
    """What comes and goes: a round of it, for the shell, and what the kernel must have."""

    name: str
    options: tuple[str, ...]
    few: int  # rounds, in two minutes
    round: str


DIMM_BLOCKS = 2
# Persistent memory that is memory of this range, as in test_guest_zone_device.py.
PMEM = "512M!1G"

CHURNS = (
    Churn("modules", ("CONFIG_MODULE_UNLOAD",), 20, """
	insmod /lab/visitor.ko && rmmod visitor
"""),
    # A program makes them, which counts itself.
    Churn("filters", ("CONFIG_NET", "CONFIG_UNIX", "CONFIG_BPF_JIT"), 100, ""),
    # Each gives its pages struct pages and a place in the direct map, or takes them away.
    Churn("pmem", ("CONFIG_X86_PMEM_LEGACY", "CONFIG_BLK_DEV_PMEM", "CONFIG_ZONE_DEVICE"), 10, """
	echo namespace0.0 >/sys/bus/nd/drivers/nd_pmem/unbind &&
	echo namespace0.0 >/sys/bus/nd/drivers/nd_pmem/bind
"""),
    # Of pages that can be moved away, so that it can always be removed.
    Churn("memory", ("CONFIG_ACPI_HOTPLUG_MEMORY", "CONFIG_MEMORY_HOTREMOVE"), 5, f"""
	pause
	wait_for_blocks $((few + {DIMM_BLOCKS})) || return
	for block in $(blocks | grep -v -x -f /tmp/old); do
		echo online_movable >$block/state || return
	done
	for block in $(blocks | grep -v -x -f /tmp/old); do
		until [ "$(cat $block/state)" = offline ]; do
			echo offline >$block/state
			usleep 20000
		done
	done
	pause
	wait_for_blocks $few
"""),
)


@dataclasses.dataclass(frozen=True)
class Place:
    """A kernel: a stock one, or a variant that is built from source."""

    kernel: object
    seconds: int
    variant: str = ""
    memory: str = "2G,slots=1,maxmem=4G"
    # Churns for which the kernel has no code, as lab/source.config leaves out what takes
    # long to compile: most have neither ACPI nor networking, so memory is never removed.
    # Without ACPI a kernel has no clock of its own, either.
    without: tuple[str, ...] = ()

    def __str__(self):
        return self.variant or self.kernel.name

    @cached_property
    def source(self):
        return source.prepare(self.variant) if self.variant else None

    @cached_property
    def options(self):
        """Of its configuration, with their values."""
        return source.configured((self.source or images.fetch(self.kernel)).config)

    def lacks(self, churn):
        return [option for option in churn.options if option not in self.options]

    @property
    def churns(self):
        return [churn for churn in CHURNS if not self.lacks(churn)]

    @property
    def duration(self):
        return int(os.environ.get("KVAS_TORTURE_SECONDS") or self.seconds)

    def kvas(self):
        built = watched.module(self.variant) if self.variant else matrix.module(self.kernel)
        return built.module("kvas")

    def module(self, name):
        """One of the laboratory's own."""
        sources = {"Kbuild": LAB / f"{name}.kbuild", f"{name}.c": LAB / f"{name}.c"}
        if self.variant:
            built = source.build(self.source, sources, name, more=["UBSAN_SANITIZE=y"])
        else:
            built = toolchain.build(self.kernel, sources, name)
        return built.module(name)

    @property
    def has_acpi(self):
        return "memory" not in self.without

    def boot(self, job, files, **how):
        how["cmdline"] = "memhp_default_state=offline" if "pmem" in self.without else \
            f"memmap={PMEM} memhp_default_state=offline"
        if self.variant:
            return self.source.boot(self.source.mode("4level", self.memory), job, files, **how)
        mode = dataclasses.replace(self.kernel.mode("4level-nokaslr"), memory=self.memory)
        return guest.boot(self.kernel, mode, job, files, **how)


STOCK = Place(KERNEL, 120)
CHECKED = (Place(source.family("checked").base, 1800, "checked", watched.LITTLE,
                 ("filters", "pmem", "memory")),
           Place(source.family("checked-7.2").base, 1800, "checked-7.2", without=("pmem",)))
PLACES = (pytest.param(STOCK, marks=pytest.mark.needs(KERNEL.name)),
          *(pytest.param(place, marks=[pytest.mark.needs(place.kernel.name), pytest.mark.all])
            for place in CHECKED))

JOB = matrix.START + guest.PAUSE + BLOCKS + watched.SCAN_FOR_LEAKS + """
[ ! -e /sys/kernel/debug/kmemleak ] || echo clear >/sys/kernel/debug/kmemleak
for driver in $(cat /lab/more/order); do
	insmod /lab/more/$driver || exit
done
blocks >/tmp/old
few=$(wc -l </tmp/old)
insmod /lab/kvas.ko || exit
insmod /lab/stir.ko || exit
fixed=$(cat /sys/module/stir/parameters/fixed)

# Rounds until the readers are done; what fails leaves no number.
churn() {
	rounds=0
	until [ -e /tmp/done ]; do
		round_of_$1 || {
			echo "failed after $rounds" >/out/$1
			return
		}
		rounds=$((rounds + 1))
		echo $rounds >/out/$1
		usleep 100000
	done
}
%(functions)s
for n in %(readers)s; do
	rereader %(seconds)d $fixed %(impossible)x %(first)d >/out/reader.$n &
	readers="$readers $!"
done
for name in %(churns)s; do
	churn $name &
	churns="$churns $!"
done
[ -z "%(filters)s" ] || filters /out/filters &
%(end)s
wait $readers
touch /tmp/done
wait $churns
cat /sys/module/stir/parameters/rounds /sys/module/stir/parameters/replaced >/out/stirred
rmmod stir && rmmod kvas || exit
cat /proc/sys/kernel/tainted >/out/tainted
[ ! -e /sys/kernel/debug/kmemleak ] || scan_for_leaks
"""


def job(place, first):
    rounds = {churn.name: churn.round for churn in place.churns}
    filters = "filters" if rounds.pop("filters", None) is not None else ""
    return JOB % {
        "functions": "".join(f"round_of_{name}() {{{text}}}\n" for name, text in rounds.items()),
        "churns": " ".join(rounds), "filters": filters, "seconds": place.duration,
        "end": "" if place.has_acpi else "pause; touch /tmp/done",
        "impossible": IMPOSSIBLE, "first": first, "readers": " ".join(map(str, range(READERS)))}


class Replugged(Dimm):
    """It is added once QEMU, too, knows that it is gone."""

    size = DIMM_BLOCKS * BLOCK
    adds = False

    def __call__(self, monitor):
        self.adds = not self.adds
        for _ in range(100):
            if bool(monitor.execute("query-memory-devices")) != self.adds:
                break
            time.sleep(0.05)
        super().__call__(monitor)


def wait_for(seconds):
    """Tells a guest that asks when they have passed: without ACPI a kernel counts ticks,
    of which it loses half, and takes twice the time."""
    def asked(monitor):
        end = time.monotonic() + seconds
        while time.monotonic() < end and monitor.execute("query-status")["running"]:
            time.sleep(1)
    return asked


def drivers(place):
    """Of persistent memory, where they are modules."""
    found = [] if place.variant else images.fetch(place.kernel).more_drivers
    return {"/lab/more/order": "".join(f"{driver.name}\n" for driver in found),
            **{f"/lab/more/{driver.name}": driver for driver in found}}


def torture(place, module, first, name):
    files = {"/lab/kvas.ko": module, "/bin/rereader": programs.static(LAB / "rereader.c"),
             "/bin/filters": programs.static(LAB / "filters.c"),
             **{f"/lab/{part}.ko": place.module(part) for part in ("stir", "visitor")},
             **drivers(place)}
    asked = Replugged() if place.has_acpi else wait_for(place.duration)
    with place.boot(job(place, first), files, name=f"{place}-{name}", asked=asked,
                    longer=2 * place.duration) as g:
        g.check()
    return g


def sums(g):
    """Of all readers."""
    lines = [g.text(f"reader.{n}").splitlines()[-1] for n in range(READERS)]
    told = [dict(word.split("=") for word in line.split()) for line in lines]
    return {key: sum(int(one[key]) for one in told) for key in told[0]}


@dataclasses.dataclass
class Tortured:
    place: Place
    guest: guest.Guest

    def text(self, name):
        return self.guest.text(name)

    @property
    def sums(self):
        return sums(self.guest)

    @property
    def rounds(self):
        """Of each churn, as text."""
        found = {}
        for churn in CHURNS:
            with contextlib.suppress(FileNotFoundError):
                found[churn.name] = self.text(churn.name).strip()
        return found


@pytest.fixture(scope="module", params=PLACES, ids=str)
def tortured(request, report):
    place = request.param
    done = Tortured(place, torture(place, place.kvas(), 0, "torture"))
    report(f"torture of {place}, {place.duration} s: {done.sums}, rounds {done.rounds},"
           f" stirred {done.text('stirred').split()}")
    return done


def test_no_run_is_strange(tortured):
    found = tortured.sums
    assert found["strange"] == found["broken"] == 0, \
        tortured.text("reader.0") + tortured.text("reader.1")
    assert found["passes"] > 100 and found["runs"] > 100 * found["passes"]


def test_what_does_not_change_is_in_each_pass(tortured):
    assert tortured.sums["lost"] == 0
    lines = {tortured.text(f"reader.{n}").splitlines()[-2] for n in range(READERS)}
    assert len(lines) == 1 and "size=12K" in lines.pop()


def test_entries_were_read_again(tortured):
    """The tables did change while they were walked."""
    rounds, replaced = map(int, tortured.text("stirred").split())
    assert tortured.sums["again"] > 10
    assert rounds > 100 and replaced > rounds / 2


@pytest.mark.parametrize("churn", CHURNS, ids=lambda churn: churn.name)
def test_it_came_and_went(tortured, churn):
    """Or the kernel is known to have no code for it, and its configuration says so."""
    if churn.name in tortured.place.without:
        assert tortured.place.lacks(churn), f"{tortured.place} has gained {churn.options}"
        assert churn.name not in tortured.rounds
        return
    assert not tortured.place.lacks(churn)
    assert int(tortured.rounds[churn.name]) > churn.few


def test_the_log_is_clean(tortured):
    log = matrix.job_log(tortured.text("dmesg"))
    assert watched.trouble(log) == []
    assert not re.search(r"BUG:|WARNING:|Oops|Call Trace|stall", log), log
    # A module without a signature (13), where the kernel wants one.
    assert watched.odd_taint(tortured.text("tainted")) & ~(1 << 13) == 0


def test_no_memory_is_lost(tortured):
    if "CONFIG_DEBUG_KMEMLEAK" not in tortured.place.options:
        assert not tortured.place.variant
        return
    assert tortured.text("kmemleak") == ""


# --- would any of that be noticed? -------------------------------------------------

READ_AGAIN = "\tchanged = changed_level(w, level);\n"


@pytest.fixture(scope="module")
def careless(tmp_path_factory):
    """The module with a walker that believes its copies."""
    sources = toolchain.kvas_sources(matrix.TOP)
    text = sources["module/pagetable.c"].read_text()
    assert text.count(READ_AGAIN) == 1
    changed = tmp_path_factory.mktemp("careless") / "pagetable.c"
    changed.write_text(text.replace(READ_AGAIN, "\tchanged = 0;\n"))
    sources["module/pagetable.c"] = changed
    return toolchain.build(KERNEL, sources, "kvas-careless").module("kvas")


@pytest.mark.needs(KERNEL.name)
def test_a_walker_that_does_not_read_again_is_found(careless, report):
    g = torture(STOCK, careless, 1, "torture-careless")
    found = sums(g)
    report(f"torture of {KERNEL.name}, without reading again: {found} after {g.seconds:.0f} s")
    assert found["strange"] > 0
    assert found["again"] == 0
