# SPDX-License-Identifier: GPL-2.0-only
"""Memory of a device that gets struct pages while the module is loaded.

No device is needed: the command line sets the last of the memory apart as
persistent memory, and drivers that come with the kernel then map it like any
other memory, at the direct map's end.  While the guest waits, the page tables in
its memory say what is mapped.
"""

import dataclasses

import pytest

import matrix
from lab import gdbstub, guest, images, pagetables, tablewalk
from test_guest_verify import kvas

# This machine has the fourth GiB of its memory above the 32-bit hole for PCI: the
# last half of that.
MACHINE = ("-M", "pc")
MEMORY = "4G"
START, END = 9 << 29, 5 << 30
CMDLINE = f"memmap={END - START >> 20}M!{START >> 20}M"

JOB = guest.PAUSE + """
look() {
	mkdir -p /out/$1
	cat /sys/kernel/debug/kvas >/out/$1/capture || exit
	kvas save --all /out/$1/sysroot || exit
	pause
}

insmod /lab/kvas.ko || exit
look before
for driver in $(cat /lab/more/order); do
	insmod /lab/more/$driver || exit
done
until [ -b /dev/pmem0 ]; do
	usleep 50000
done
look there
echo namespace0.0 >/sys/bus/nd/drivers/nd_pmem/unbind || exit
look gone
rmmod kvas || exit
"""
PHASES = ("before", "there", "gone")
each_phase = pytest.mark.parametrize("phase", PHASES)


@dataclasses.dataclass
class Look:
    """What was published and what was mapped at one moment, as matrix.Run has it."""

    out: object
    mapped: list

    @property
    def sysroot(self):
        return self.out / "sysroot"

    @property
    def capture(self):
        return matrix.Capture((self.out / "capture").read_text())

    @property
    def areas(self):
        return self.capture.areas

    def last_mapped(self, name):
        """Where the page tables' last range in an area ends."""
        area = self.areas[name].range
        return max(min(r.stop, area.stop) for r in self.mapped
                   if r.start < area.stop and area.start < r.stop)


def walk(kernel, mode, monitor):
    guest.stop_in_kernel(kernel.arch, monitor)
    try:
        tables = pagetables.of(kernel, mode, gdbstub.registers(monitor, kernel.arch), None)
        return tablewalk.PageTables(monitor.physical, tables).mapped()
    finally:
        monitor.execute("cont")


PLACES = (
    pytest.param(("6.1-amd64", "4level"), marks=[pytest.mark.needs("6.1-amd64"), pytest.mark.all]),
    pytest.param(("6.12-amd64", "5level"), marks=pytest.mark.needs("6.12-amd64")),
    pytest.param(("7.2-amd64", "4level"), marks=[pytest.mark.needs("7.2-amd64"), pytest.mark.all]),
)


@pytest.fixture(scope="module", params=PLACES, ids="-".join)
def looks(request):
    name, mode = request.param
    kernel = next(k for k in matrix.selected() if k.name == name)
    kernel = dataclasses.replace(kernel, arch=dataclasses.replace(kernel.arch, machine=MACHINE))
    mode = dataclasses.replace(kernel.mode(mode), memory=MEMORY)
    drivers = images.fetch(kernel).more_drivers
    files = {"/lab/kvas.ko": matrix.module(kernel).module("kvas"),
             "/lab/more/order": "".join(f"{driver.name}\n" for driver in drivers),
             **{f"/lab/more/{driver.name}": driver for driver in drivers},
             **matrix.programs.reader_files(kernel.arch)}
    mapped = []
    with guest.boot(kernel, mode, JOB, files, cmdline=CMDLINE, name=f"{kernel.name}-zone-device",
                    asked=lambda monitor: mapped.append(walk(kernel, mode, monitor))) as g:
        g.check()
    return {phase: Look(g.out / phase, ranges) for phase, ranges in zip(PHASES, mapped)}


@each_phase
def test_the_device_s_memory_is_mapped_while_it_is_there(looks, phase):
    """In the page tables, so that the tests below have something to find."""
    area = looks[phase].areas["direct_map"]
    end = looks[phase].last_mapped("direct_map") - area.number("start") + area.number("phys")
    assert end == (END if phase == "there" else START)


@each_phase
@pytest.mark.parametrize("name", ("direct_map", "vmemmap"))
def test_populated_up_to_what_is_mapped(looks, phase, name):
    area = looks[phase].areas[name]
    assert hex(area.number("populated_end") + 1) == hex(looks[phase].last_mapped(name))


@each_phase
def test_it_is_published_while_it_is_there(looks, phase):
    found = looks[phase].capture.all("memory")
    if phase != "there":
        assert found == []
        return
    memory, area = found[0], looks[phase].areas["direct_map"]
    assert len(found) == 1 and memory["name"] == "zone_device" and memory["kind"] == "fs_dax"
    assert memory.number("phys") == START
    assert memory.range == range(area.number("start") - area.number("phys") + START,
                                 area.number("start") - area.number("phys") + END)


def test_nothing_else_changes(looks):
    """What the device does not move stays where it was."""
    before, there = (values(looks[phase]) for phase in ("before", "there"))
    moved = {key for key in before.keys() | there.keys() if before.get(key) != there.get(key)}
    assert {key.split(".")[0] for key in moved} <= {"ram", "direct_map", "vmemmap", "high_memory"}
    assert {key.split(".")[1] for key in moved} <= {"value", "populated_end", "populated_source",
                                                    "populated_route"}


def values(look):
    return {f"{r['name']}.{key}": value for r in look.capture.records
            if r.type in ("fact", "region", "section") for key, value in r.items()}


@each_phase
def test_sources_agree(looks, phase):
    done = kvas(looks[phase], "verify")
    assert done.returncode == 0, done.stdout
