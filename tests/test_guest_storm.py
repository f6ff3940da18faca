# SPDX-License-Identifier: GPL-2.0-only
"""kvas_threads is read while threads and processes fork, exec and exit.

lab/storm.c knows each thread that it ever made, and by which name: no record may be of
any other.  That takes a minute on a stock kernel, and twenty on kernels that watch
themselves; KVAS_STORM_SECONDS gives another duration.
"""

import os
import re
from dataclasses import dataclass

import pytest

import matrix
import watched
from lab import guest, programs, source, toolchain

LAB = matrix.TOP / "tests" / "lab"
KERNEL = source.stock("7.2-amd64")

JOB = matrix.START + watched.SCAN_FOR_LEAKS + """
[ ! -e /sys/kernel/debug/kmemleak ] || echo clear >/sys/kernel/debug/kmemleak
insmod /lab/kvas.ko || exit
storm %(seconds)d /out || exit
rmmod kvas || exit
cat /proc/sys/kernel/tainted >/out/tainted
[ ! -e /sys/kernel/debug/kmemleak ] || scan_for_leaks
"""


@dataclass(frozen=True)
class Place:
    """A kernel: a stock one, or a variant that is built from source."""

    kernel: object
    seconds: int
    variant: str = ""

    def __str__(self):
        return self.variant or self.kernel.name

    @property
    def duration(self):
        return int(os.environ.get("KVAS_STORM_SECONDS") or self.seconds)

    def kvas(self):
        built = watched.module(self.variant) if self.variant else matrix.module(self.kernel)
        return built.module("kvas")

    def boot(self, module):
        job = JOB % {"seconds": self.duration}
        how = {"name": f"{self}-storm", "longer": 3 * self.duration}
        files = {"/lab/kvas.ko": module, "/bin/storm": programs.static(LAB / "storm.c")}
        if not self.variant:
            return guest.boot(self.kernel, self.kernel.mode("4level"), job, files, **how)
        prepared = source.prepare(self.variant)
        return prepared.boot(prepared.mode("4level", watched.LITTLE), job, files, **how)


STOCK = Place(KERNEL, 60)
CHECKED = [Place(source.family(variant).base, 1200, variant) for variant in watched.CHECKED]
PLACES = (pytest.param(STOCK, marks=pytest.mark.needs(KERNEL.name)),
          *(pytest.param(place, marks=[pytest.mark.needs(place.kernel.name), pytest.mark.all]) for place in CHECKED))


@pytest.fixture(scope="module", params=PLACES, ids=str)
def storm(request, report):
    with request.param.boot(request.param.kvas()) as g:
        g.check()
    for file in ("outside", "inside"):
        report(f"storm on {request.param}, {request.param.duration} s, {file}: {g.text(file).splitlines()[-1]}")
    return g


def sums(storm, file):
    return {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", storm.text(file).splitlines()[-1])}


@pytest.mark.parametrize("file", ["outside", "inside"])
def test_no_record_is_of_a_thread_that_never_was(storm, file):
    found = sums(storm, file)
    assert found["strange"] == found["broken"] == found["unknown"] == 0, storm.text(file)


@pytest.mark.parametrize("file", ["outside", "inside"])
def test_no_process_is_lost(storm, file):
    """One is there all the time, and its threads take its number one after the other."""
    assert sums(storm, file)["lost"] == 0, storm.text(file)


@pytest.mark.parametrize("file", ["outside", "inside"])
def test_there_was_a_storm(storm, file):
    found = sums(storm, file)
    assert found["made"] > 300 and found["ours"] > 100 and found["passes"] > 50 and found["away"] > 0
    assert found["records"] > 5 * found["passes"]


def test_the_log_is_clean(storm):
    log = matrix.job_log(storm.text("dmesg"))
    assert watched.trouble(log) == []
    assert not re.search(r"BUG:|WARNING:|Oops|Call Trace|stall", log), log
    # A module without a signature (13), where the kernel wants one.
    assert watched.odd_taint(storm.text("tainted")) & ~(1 << 13) == 0


def test_no_memory_is_lost(storm):
    assert not (storm.out / "kmemleak").exists() or storm.text("kmemleak") == ""


# --- would any of that be noticed? -------------------------------------------------

# It sleeps between finding a thread and reading it, and believes that the thread still has
# its number.
MISTAKES = (
    ("#include <linux/fs.h>\n", "#include <linux/delay.h>\n#include <linux/fs.h>\n"),
    ("		same = look_at(", "		usleep_range(1000, 2000);\n		same = look_at("),
    ("	return same && thread->pid && task_pid_nr_ns(task, f->ns) == f->tid;\n", "	return true;\n"),
)


@pytest.mark.all
@pytest.mark.needs(KERNEL.name)
def test_a_module_that_does_not_look_again_is_found(tmp_path, report):
    sources = toolchain.kvas_sources(matrix.TOP)
    text = sources["module/threads.c"].read_text()
    for right, wrong in MISTAKES:
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    changed = tmp_path / "threads.c"
    changed.write_text(text)
    sources["module/threads.c"] = changed
    with STOCK.boot(toolchain.build(KERNEL, sources, "kvas-careless").module("kvas")) as g:
        g.check()
    found = sums(g, "outside")
    report(f"storm on {KERNEL.name}, without looking again: {found}")
    assert found["strange"] > 0
