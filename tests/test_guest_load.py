# SPDX-License-Identifier: GPL-2.0-only
"""Kernels that watch themselves, under load; and mistakes, which they must notice."""

from dataclasses import dataclass

import pytest

import matrix
from lab import source
from watched import (CHECKED, LAB, LITTLE, SCAN_FOR_LEAKS, addresses, each, modules, odd_taint,
                     trouble)

pytestmark = pytest.mark.needs("6.1-amd64", "7.2-amd64")

ROUNDS = 30

STRESS = matrix.START + SCAN_FOR_LEAKS + """
file=/sys/kernel/debug/kvas
echo clear >/sys/kernel/debug/kmemleak

reader() {
	whole=0 broken=0
	while [ ! -e /tmp/stop ]; do
		if text=$(dd if=$file bs=$2 2>/dev/null); then
			case $text in
			"kvas 1"*"end     records="*) whole=$((whole + 1));;
			*) broken=$((broken + 1));;
			esac
		fi
		usleep 200000
	done
	echo "$whole $broken" >/out/reader.$1
}

for size in 65536 1000 257; do
	reader $size $size &
done
refused=0 killed=0 rounds=0
while [ $rounds -lt %(rounds)d ]; do
	insmod /lab/kvas.ko || exit
	dd if=$file of=/dev/null bs=1 2>/dev/null &
	exec 9<$file || exit
	rmmod kvas 2>/dev/null || refused=$((refused + 1))
	kill -9 $! 2>/dev/null; wait $! 2>/dev/null
	[ $? -eq 137 ] && killed=$((killed + 1))
	exec 9<&-
	until rmmod kvas 2>/dev/null; do usleep 5000; done
	rounds=$((rounds + 1))
done
touch /tmp/stop
wait
echo "rounds=$rounds refused=$refused killed=$killed" >/out/stress

insmod /lab/kvas.ko || exit
for group in reads crowd reload; do
	probe $group >/out/probe-$group 2>&1
done
rmmod kvas || exit
scan_for_leaks
cat /proc/sys/kernel/tainted >/out/tainted
""" % {"rounds": ROUNDS}


@dataclass(frozen=True)
class Stress:
    """A boot of one of these kernels under load."""

    variant: str

    def __str__(self):
        return f"stress-{self.variant}"

    def __call__(self):
        prepared = source.prepare(self.variant)
        files = {**modules(self.variant), "/bin/probe": matrix.probe()}
        with prepared.boot(prepared.mode("4level", LITTLE), STRESS, files,
                           programs={"/bin/kvas": matrix.reader()}, name=f"source-{self}") as g:
            g.check()
        return g


@pytest.fixture(scope="session")
def guests(request):
    """Side by side, as each takes one processor."""
    asked = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    first = [params[name] for name in ("stressed", "faulty") for params in asked if name in params]
    yield from matrix.boots(request, "stressed", (), lambda what: what(), first=first)


@pytest.fixture(scope="session", params=each(*map(Stress, CHECKED)), ids=str)
def stressed(request, guests):
    return guests.run(request.param)


def test_loaded_and_unloaded_under_readers(stressed):
    """While the file was open, unloading was refused, each time."""
    counts = dict(word.split("=") for word in stressed.text("stress").split())
    assert counts["rounds"] == counts["refused"] == str(ROUNDS)
    assert int(counts["killed"]) >= ROUNDS / 2


@pytest.mark.parametrize("size", ("65536", "1000", "257"))
def test_readers_saw_whole_files(stressed, size):
    whole, broken = map(int, stressed.text(f"reader.{size}").split())
    assert whole >= 5 and broken == 0


@pytest.mark.parametrize("group", ("reads", "crowd", "reload"))
def test_probe(stressed, group):
    lines = stressed.text(f"probe-{group}").splitlines()
    assert [line for line in lines if not line.startswith("ok ")][:-1] == []
    assert lines[-1] == f"done {group} {len(lines) - 1}" and len(lines) > 1


def test_no_memory_is_lost(stressed):
    assert stressed.text("kmemleak") == ""


def test_log_under_load_is_clean(stressed):
    log = stressed.text("dmesg")
    assert trouble(log) == []
    assert odd_taint(stressed.text("tainted")) == 0


def test_no_address_in_the_log(stressed):
    ours = matrix.job_log(stressed.text("dmesg"))
    assert addresses(ours) == []


# --- would any of that be noticed? -------------------------------------------

FAULTS = {
    "locks_in_both_orders": "WARNING: possible circular locking dependency detected",
    "sleep_with_a_spinlock": "BUG: sleeping function called from invalid context",
    "warn": "WARNING: ",
    "index_too_large": "UBSAN: array-index-out-of-bounds",
    "use_after_free": "use-after-free",  # KASAN or KFENCE sees it first
    "read_behind": "BUG: KASAN: vmalloc-out-of-bounds",
}

MAKE_FAULTS = SCAN_FOR_LEAKS + """
echo clear >/sys/kernel/debug/kmemleak
for fault in print_an_address lose_memory %s; do
	dmesg -c >/dev/null
	insmod /lab/faults.ko fault=$fault || exit
	rmmod faults || exit
	dmesg >/out/$fault
	cat /proc/sys/kernel/tainted >/out/$fault.tainted
done
scan_for_leaks
""" % " ".join(FAULTS)


@dataclass(frozen=True)
class Faults:
    """A boot of one of these kernels with a module that makes mistakes."""

    variant: str

    def __str__(self):
        return f"faults-{self.variant}"

    def __call__(self):
        prepared = source.prepare(self.variant)
        kbuild = {"Kbuild": b"obj-m := faults.o\n", "faults.c": LAB / "faults.c"}
        built = source.build(prepared, kbuild, "faults", more=["UBSAN_SANITIZE=y"])
        with prepared.boot(prepared.mode("4level", LITTLE), MAKE_FAULTS,
                           {"/lab/faults.ko": built.module("faults")},
                           cmdline="kasan_multi_shot", name=f"source-{self}") as g:
            g.check()
        return g


@pytest.fixture(scope="session", params=each(*map(Faults, CHECKED)), ids=str)
def faulty(request, guests):
    return guests.run(request.param)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_would_be_seen(faulty, fault):
    """What the logs above are searched for is what this kernel says."""
    log = faulty.text(fault)
    assert FAULTS[fault] in log
    assert trouble(log)
    # lockdep alone leaves no taint.
    assert odd_taint(faulty.text(f"{fault}.tainted")) or fault == "locks_in_both_orders"


def test_lost_memory_would_be_seen(faulty):
    assert "unreferenced object" in faulty.text("kmemleak")


def test_an_address_would_be_seen(faulty):
    log = faulty.text("print_an_address")
    assert addresses(log) and not trouble(log)
