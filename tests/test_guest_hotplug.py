# SPDX-License-Identifier: GPL-2.0-only
"""Memory that is added while the module is loaded.

QEMU adds it, and says at which physical addresses.
"""

import dataclasses

import pytest

import matrix
from lab import cache, guest
from test_guest_verify import kvas

# Where the kernels have built in what QEMU's machine announces memory by: ACPI.
pytestmark = pytest.mark.arch("x86_64")

SIZE = 1 << 30
JOB = guest.PAUSE + f"""
insmod /lab/kvas.ko || exit
cat /sys/kernel/debug/kvas >/out/before
before=$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)
pause
for try in $(seq 600); do
	for state in /sys/devices/system/memory/memory*/state; do
		[ "$(cat $state)" = online ] || echo online >$state
	done
	now=$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)
	[ $((now - before)) -lt {(SIZE >> 10) - 4096} ] || break
	usleep 100000
done
cat /sys/kernel/debug/kvas >/out/after
kvas save --all /out/sysroot || exit
rmmod kvas && insmod /lab/kvas.ko && cat /sys/kernel/debug/kvas >/out/reloaded
"""


def add_memory(monitor):
    monitor.execute("object-add", **{"qom-type": "memory-backend-ram", "id": "more", "size": SIZE})
    monitor.execute("device_add", driver="pc-dimm", id="dimm", memdev="more")


@dataclasses.dataclass
class Grown:
    """A guest with memory added, as matrix.Run where the reader is asked."""

    guest: guest.Guest
    device: dict  # where QEMU put the memory

    @property
    def sysroot(self):
        return self.guest.out / "sysroot"

    def capture(self, name):
        return matrix.Capture(self.guest.text(name))


@pytest.fixture(scope="session")
def grown(kernel):
    mode = dataclasses.replace(kernel.modes[0], memory="1G,slots=1,maxmem=4G")
    files = {"/lab/kvas.ko": matrix.module(kernel).module("kvas"),
             **matrix.programs.reader_files(kernel.arch)}
    with guest.boot(kernel, mode, JOB, files, name=f"{kernel.name}-hotplug", asked=add_memory) as g:
        g.check()
        device, = g.monitor.execute("query-memory-devices")
    cache.progress(f"guest {g.name}: {g.seconds:.1f} s")
    return Grown(g, device["data"])


# What grows: the rest stands where it stood.  A witness is new at each reading.
GROWS = {"ram.value", "high_memory.value", "direct_map.populated_end", "vmemmap.populated_end"}


def values(capture):
    return {f"{r['name']}.{key}": value for r in capture.records if r.type in ("fact", "region", "section")
            for key, value in r.items()}


def changed(old, new):
    old, new = values(old), values(new)
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def test_only_what_is_populated_grows(grown):
    assert changed(grown.capture("before"), grown.capture("after")) == GROWS


def test_it_grows_to_the_new_memory_s_end(grown):
    area = grown.capture("after").areas["direct_map"]
    end = grown.device["addr"] + SIZE
    assert grown.device["size"] == SIZE
    assert area.number("populated_end") + 1 - area.number("start") + area.number("phys") == end
    # Each page has its struct page at its number's place.
    facts = grown.capture("after").fact
    pages = grown.capture("after").areas["vmemmap"]
    assert (pages.number("populated_end") + 1 - pages.number("start")
            == end // int(facts("page_size")) * int(facts("struct_page_size")))


def test_a_module_loaded_later_says_the_same(grown):
    """Not all that the kernel had at boot can still be asked for."""
    assert changed(grown.capture("after"), grown.capture("reloaded")) - {"ram.value"} == set()


def test_sources_agree(grown):
    done = kvas(grown, "verify")
    assert done.returncode == 0, done.stdout
