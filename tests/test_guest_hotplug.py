# SPDX-License-Identifier: GPL-2.0-only
"""Memory that is added and removed while the module is loaded.

QEMU adds it, and says at which physical addresses.
"""

import dataclasses

import pytest

import mappings
import matrix
from lab import cache, guest
from test_guest_verify import kvas

# Where the kernels have built in what QEMU's machine announces memory by: ACPI.
pytestmark = [pytest.mark.arch("x86_64"), pytest.mark.each()]

SIZE = 1 << 30
BLOCK = 128 << 20
BLOCKS = """
blocks() {
	ls -d /sys/devices/system/memory/memory[0-9]*
}
# Until there are so many; their names.
wait_for_blocks() {
	for try in $(seq 600); do
		[ $(blocks | wc -l) -ne $1 ] || return 0
		usleep 100000
	done
	return 1
}
"""
JOB = guest.PAUSE + BLOCKS + f"""
insmod /lab/kvas.ko || exit
cat /sys/kernel/debug/kvas >/out/before
before=$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)
blocks >/tmp/old
few=$(wc -l </tmp/old)
pause
wait_for_blocks $((few + {SIZE // BLOCK})) || exit
added=$(blocks | grep -v -x -f /tmp/old)
grep -h . $(for block in $added; do echo $block/state; done) >/out/states
kvas save --all /out/offline || exit
pause
wait_for_blocks $few || exit
kvas save --all /out/removed || exit
pause
wait_for_blocks $((few + {SIZE // BLOCK})) || exit
for try in $(seq 600); do
	for block in $added; do
		[ "$(cat $block/state)" = online ] || echo online >$block/state
	done
	now=$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)
	[ $((now - before)) -lt {(SIZE >> 10) - 4096} ] || break
	usleep 100000
done
cat /sys/kernel/debug/kvas >/out/after
kvas save --all /out/sysroot || exit
rmmod kvas && insmod /lab/kvas.ko && cat /sys/kernel/debug/kvas >/out/reloaded
"""


class Dimm:
    """Each time the guest asks it is added, or removed if it is there."""

    size = SIZE
    data = None  # where QEMU put it

    def __call__(self, monitor):
        if monitor.execute("query-memory-devices"):
            monitor.execute("device_del", id="dimm")
            return
        if not self.data:
            monitor.execute("object-add", **{"qom-type": "memory-backend-ram", "id": "more", "size": self.size})
        monitor.execute("device_add", driver="pc-dimm", id="dimm", memdev="more")
        self.data = monitor.execute("query-memory-devices")[0]["data"]


@dataclasses.dataclass
class Grown:
    """A guest with memory added, as matrix.Run where the reader is asked."""

    guest: guest.Guest
    device: dict  # where QEMU put the memory

    saved: str = "sysroot"

    @property
    def sysroot(self):
        return self.guest.out / self.saved

    def capture(self, name):
        return matrix.Capture(self.guest.text(name))


@pytest.fixture(scope="session")
def grown(kernel):
    mode = dataclasses.replace(kernel.modes[0], memory="1G,slots=1,maxmem=4G")
    files = {"/lab/kvas.ko": matrix.module(kernel).module("kvas"),
             **matrix.programs.reader_files(kernel.arch)}
    dimm = Dimm()
    with guest.boot(kernel, mode, JOB, files, name=f"{kernel.name}-hotplug", asked=dimm,
                    cmdline="memhp_default_state=offline") as g:
        g.check()
    cache.progress(f"guest {g.name}: {g.seconds:.1f} s")
    return Grown(g, dimm.data)


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


def test_memory_that_is_not_online_counts(grown):
    assert set(grown.guest.text("states").split()) == {"offline"}
    offline = matrix.Capture((grown.guest.out / "offline/sys/kernel/debug/kvas").read_text())
    end = offline.areas["direct_map"].number("populated_end")
    assert end == grown.capture("after").areas["direct_map"].number("populated_end")


def test_removed_memory_does_not_count(grown):
    removed = matrix.Capture((grown.guest.out / "removed/sys/kernel/debug/kvas").read_text())
    for name in ("direct_map", "vmemmap"):
        ends = [c.areas[name].number("populated_end") for c in (grown.capture("before"), removed)]
        assert ends[0] == ends[1], name


def test_page_tables_come_and_go_with_the_memory(grown):
    area = grown.capture("after").areas["direct_map"]
    first = area.number("start") + grown.device["addr"] - area.number("phys")
    for saved, size in (("offline", SIZE), ("removed", 0), ("sysroot", SIZE)):
        text = (grown.guest.out / saved / "sys/kernel/debug/kvas_mappings").read_text()
        mapped = sum(max(0, min(run.stop, first + SIZE) - max(run.start, first))
                     for run in mappings.Mappings(text).runs)
        assert mapped == size, saved


def test_sources_agree(grown):
    for saved in ("offline", "sysroot", "removed"):
        done = kvas(dataclasses.replace(grown, saved=saved), "verify")
        assert done.returncode == 0, (saved, done.stdout)
