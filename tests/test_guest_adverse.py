# SPDX-License-Identifier: GPL-2.0-only
"""A kernel where what seldom goes wrong goes wrong.

Memory is refused while the module is loaded: then what it publishes must be what
it always publishes, or absent, or the module is not loaded.  And freed memory
is not mapped, on a kernel that looks at it when a symbol is resolved.
"""

import errno
import re
import subprocess

import pytest

import matrix
import watched
from lab import programs, source

pytestmark = [pytest.mark.all, pytest.mark.needs("6.1-amd64")]

VARIANT = "adverse"
RANDOM = 150  # loads
# What the kernel says when memory is refused is no trouble of ours.
TROUBLE = re.compile(r"BUG:|Oops|WARNING: |general protection|[Uu]nable to handle|refcount_t"
                     r"|possible circular|sleeping function|Kernel panic|invalid opcode")

FAIL = matrix.START + watched.SCAN_FOR_LEAKS + """
for fault in failslab fail_page_alloc; do
	cd /sys/kernel/debug/$fault
	echo Y >task-filter && echo N >ignore-gfp-wait && echo 0 >verbose || exit
	echo -1 >times && echo 3 >probability || exit
done
echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem
echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
cd /out
echo clear >/sys/kernel/debug/kmemleak
mkdir each random
unlucky each /lab/kvas.ko /out/each >each/results || exit
unlucky random /lab/kvas.ko /out/random %d >random/results || exit
cat /proc/sys/kernel/tainted >/out/tainted
scan_for_leaks
""" % RANDOM


def boot(job, name, cmdline=""):
    prepared = source.prepare(VARIANT)
    files = {"/lab/kvas.ko": watched.module(VARIANT).module("kvas"),
             "/bin/unlucky": programs.static(watched.LAB / "unlucky.c")}
    return prepared.boot(prepared.mode("4level", cmdline=cmdline), job, files,
                         programs={"/bin/kvas": matrix.reader()}, name=name)


# --- memory is refused -----------------------------------------------------------


@pytest.fixture(scope="module")
def refused():
    with boot(FAIL, "adverse-refused") as g:
        g.check()
    return g


def loads(refused, way):
    """(name, error of loading, error of opening) of each load."""
    return [(name, int(load), int(opened)) for name, load, opened in
            re.findall(r"^(\w+) load=(\d+) open=(\d+)$", refused.text(f"{way}/results"), re.M)]


def captures(refused, way):
    """What was published by those that were loaded, but for the one without a fault."""
    names = [name for name, load, opened in loads(refused, way) if not load and not opened]
    if way == "each":
        names.pop()
    return {name: matrix.Capture(refused.text(f"{way}/{name}")) for name in names}


each_way = pytest.mark.parametrize("way", ("each", "random"))


@each_way
def test_memory_was_refused(refused, way):
    """To loads that failed, and to others that did not."""
    results = loads(refused, way)
    failed = [name for name, load, _ in results if load]
    assert len(results) >= 100 and len(failed) >= 10
    assert len(captures(refused, way)) >= 10


@each_way
def test_refused_cleanly(refused, way):
    errors = {error for _, load, opened in loads(refused, way) for error in (load, opened)}
    assert errors == {0, errno.ENOMEM}


def said(record):
    """What a record tells of the kernel; a bound may come from a second source."""
    return {key: value for key, value in record.items()
            if key in ("start", "end", "phys", "value", "populated_start", "populated_end", "kind")}


@each_way
def test_published_as_always_or_absent(refused, way):
    """The amount of memory, and what lies where for the moment, may differ."""
    always = published(matrix.Capture(refused.text("each/none")))
    assert len(always) > 60
    wrong = []
    for name, capture in captures(refused, way).items():
        for key, record in published(capture).items():
            if "absent" in record:
                if record["absent"] != always.get(key, {}).get("absent"):
                    wrong.append((name, key, record["absent"]))
            elif key not in always or "absent" in always[key]:
                wrong.append((name, key, "never published otherwise"))
            elif not said(record).items() <= said(always[key]).items():
                wrong.append((name, key, said(record), said(always[key])))
        wrong += [(name, key, "not said to be absent")
                  for key in always.keys() - published(capture).keys()]
    assert wrong == []


def published(capture):
    return {f"{r.type} {r['name']}": r for r in capture.records
            if r.type in ("fact", "config", "region", "section", "memory") and r["name"] != "ram"}


def test_log_is_clean(refused):
    log = matrix.job_log(refused.text("dmesg"))
    assert [line for line in log.splitlines() if TROUBLE.search(line)] == []
    assert watched.odd_taint(refused.text("tainted")) == 0


def test_no_memory_is_lost(refused):
    """By the module: what the kernel itself loses if it cannot load one is not ours."""
    objects = refused.text("kmemleak").split("unreferenced object")
    assert [text for text in objects if "kvas" in text.replace("kvas-adverse", "")] == []


# --- memory is gone ----------------------------------------------------------------

GONE = matrix.START + """
insmod /lab/kvas.ko || exit
echo 1 >/proc/sys/kernel/kptr_restrict # vmallocinfo then shows addresses
kvas save --all /out/sysroot || exit
kvas save /out/capture || exit
rmmod kvas || exit
cat /proc/sys/kernel/tainted >/out/tainted
"""


@pytest.fixture(scope="module")
def gone():
    prepared = source.prepare(VARIANT)
    markers = watched.system_map(prepared)
    with boot(GONE, "adverse-gone", "debug_pagealloc=on") as g:
        slide = watched.find_slide(g.monitor, markers)
        g.unmapped = [name for name in ("__start_bss_decrypted_unused", "__init_begin")
                      if g.monitor.translate(markers[name] + slide) is None]
    return g


def test_there_is_memory_to_stumble_over(gone):
    assert gone.unmapped == ["__start_bss_decrypted_unused", "__init_begin"]


def test_loaded_without_an_oops(gone):
    log = matrix.job_log(gone.text("dmesg"))
    assert watched.trouble(log) == []
    gone.check()
    assert watched.odd_taint(gone.text("tainted")) == 0


def test_sources_agree(gone):
    gone.check()
    found = matrix.Capture(gone.text("capture"))
    assert {"direct_map", "vmalloc", "text"} <= set(found.areas)
    done = subprocess.run(
        [matrix.reader(), "verify", "--sysroot", gone.out / "sysroot"], text=True,
        stdout=subprocess.PIPE)
    assert done.returncode == 0, done.stdout
