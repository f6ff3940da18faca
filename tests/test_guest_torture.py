# SPDX-License-Identifier: GPL-2.0-only
"""kvas_mappings is read while the kernel's tables change under it.

lab/stir.c frees tables and fills the memory with what no entry can be; modules and
filters' code come and go; lab/rereader.c looks at each record that is read.  A module
whose walker does not read entries again must be found so, or the test would prove
nothing.
"""

import dataclasses
import re

import pytest

import matrix
from lab import guest, programs, source, toolchain

KERNEL = source.stock("6.12-amd64")
pytestmark = pytest.mark.needs(KERNEL.name)

LAB = matrix.TOP / "tests" / "lab"
SECONDS = 120
READERS = 2
# Protection keys are of processes' pages.
IMPOSSIBLE = 0xF << 59

JOB = matrix.START + """
insmod /lab/kvas.ko || exit
insmod /lab/stir.ko || exit
fixed=$(cat /sys/module/stir/parameters/fixed)
for n in %(readers)s; do
	rereader %(seconds)d $fixed %(impossible)x %(first)d >/out/reader.$n &
	readers="$readers $!"
done
filters /out/filters &
loads=0
while kill -0 $readers 2>/dev/null; do
	insmod /lab/ptdump.ko && rmmod ptdump && loads=$((loads + 1))
	usleep 200000
done
wait $readers
cat /sys/module/stir/parameters/rounds /sys/module/stir/parameters/replaced >/out/stirred
rmmod stir
cat /proc/sys/kernel/tainted >/out/tainted
echo $loads >/out/loads
"""


def torture(module, first, name):
    parts = {}
    for part in ("stir", "ptdump"):
        built = toolchain.build(KERNEL, {"Kbuild": LAB / f"{part}.kbuild", f"{part}.c": LAB / f"{part}.c"}, part)
        parts[f"/lab/{part}.ko"] = built.module(part)
    files = {"/lab/kvas.ko": module, "/bin/rereader": programs.static(LAB / "rereader.c"),
             "/bin/filters": programs.static(LAB / "filters.c"), **parts}
    job = JOB % {"seconds": SECONDS, "impossible": IMPOSSIBLE, "first": first,
                 "readers": " ".join(map(str, range(READERS)))}
    mode = dataclasses.replace(KERNEL.mode("4level-nokaslr"), memory="2G")
    with guest.boot(KERNEL, mode, job, files, name=f"{KERNEL.name}-{name}") as g:
        g.check()
    return g


def sums(g):
    """Of all readers."""
    lines = [g.text(f"reader.{n}").splitlines()[-1] for n in range(READERS)]
    told = [dict(word.split("=") for word in line.split()) for line in lines]
    return {key: sum(int(one[key]) for one in told) for key in told[0]}


@pytest.fixture(scope="module")
def tortured():
    return torture(matrix.module(KERNEL).module("kvas"), 0, "torture")


def test_no_run_is_strange(tortured, report):
    found = sums(tortured)
    report(f"torture of {KERNEL.name}: {found}")
    assert found["strange"] == found["broken"] == 0, tortured.text("reader.0") + tortured.text("reader.1")
    assert found["passes"] > 100 and found["runs"] > 100 * found["passes"]


def test_what_does_not_change_is_in_each_pass(tortured):
    assert sums(tortured)["lost"] == 0
    lines = {tortured.text(f"reader.{n}").splitlines()[-2] for n in range(READERS)}
    assert len(lines) == 1 and "size=12K" in lines.pop()


def test_entries_were_read_again(tortured):
    """The tables did change while they were walked."""
    rounds, replaced = map(int, tortured.text("stirred").split())
    assert sums(tortured)["again"] > 10
    assert rounds > 100 and replaced > rounds / 2
    assert int(tortured.text("loads")) > 20 and int(tortured.text("filters")) > 100


def test_the_log_is_clean(tortured):
    log = matrix.job_log(tortured.text("dmesg"))
    assert not re.search(r"BUG:|WARNING:|Oops|Call Trace|stall", log), log
    assert int(tortured.text("tainted")) & ~(1 << 12 | 1 << 13) == 0


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


def test_a_walker_that_does_not_read_again_is_found(careless, report):
    g = torture(careless, 1, "torture-careless")
    found = sums(g)
    report(f"torture of {KERNEL.name}, without reading again: {found} after {g.seconds:.0f} s")
    assert found["strange"] > 0
    assert found["again"] == 0
