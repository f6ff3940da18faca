# SPDX-License-Identifier: GPL-2.0-only
"""Page tables in a crash dump that QEMU writes of a standing guest, as `kvas mappings` and
`kvas walk` read them.

The guest's kernel hands its note VMCOREINFO to QEMU, which puts it into the dump.  The dump is
of the same moment as the memory that the walker of lab/tablewalk.py reads, so these agree
wholly; with what the module said just before, but for what may change meanwhile.
"""

import dataclasses
import json
import subprocess
from collections import Counter
from dataclasses import dataclass

import pytest

import mappings
import matrix
import tableoracle
from lab import gdbstub, guest, images, pagetables, programs, tablewalk
from lab.tablewalk import Run
from test_guest_mappings import STACKS, changed

MEMORY = "512M"  # all of it is in the dump

JOB = """
insmod /lab/kvas.ko || exit
insmod /lab/qemu_fw_cfg.ko || exit
sh -c 'exec 9</sys/kernel/debug/kvas; cat <&9 >/out/capture; sleep 100000; :' &
until grep -q '^end ' /out/capture; do
	usleep 10000
done
kvas save --all /out/sysroot || exit
grep -oE '(start|end|addr)=0x[0-9a-f]*' /out/capture | sed 's/.*=//' | sort -u >/out/addresses
pagewalks /out </out/addresses >/out/pagewalks 2>&1 &
until [ -e /out/walked ] || [ -s /out/pagewalks ]; do
	usleep 10000
done
"""

CHECK = (("6.12-amd64", "5level"),)
# The other machines of QEMU 7.2 cannot have the device: even RISC-V's lacks the DMA for it.
PLACES = (*CHECK, ("5.10-amd64", "4level"), ("7.2-amd64", "4level"), ("6.1-686-pae", "lowmem-nokaslr"),
          ("6.1-686", "mem"), ("6.12-arm64", "52bit"), ("7.2-arm64-16k", "47bit-nokaslr"))


def places():
    return [pytest.param(place, id="-".join(place),
                         marks=[pytest.mark.needs(place[0]), *([] if place in CHECK else [pytest.mark.all])])
            for place in PLACES]


@dataclass
class Dumped:
    run: matrix.Run
    shown: mappings.Mappings  # by the module
    documents: dict  # of kvas mappings, by how QEMU wrote the dump
    walks: list  # of kvas walk
    translations: dict  # address: (by the same memory, by QEMU)


def reader(*words):
    """What kvas says on this machine, of which nothing is looked at."""
    done = subprocess.run([programs.reader(), *map(str, words)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and not done.stderr, done.stderr + done.stdout
    return json.loads(done.stdout)


def write_dump(g, paging):
    """Virtual addresses are in the dump only if it was made with paging."""
    path = g.dir / "dump"
    path.unlink(missing_ok=True)
    g.monitor.execute("dump-guest-memory", timeout=300, paging=paging, protocol=f"file:{path}")
    return path


def look(spot, g):
    run = matrix.Run(spot, g, matrix.Capture(g.text("capture")), matrix.Oracle())
    registers = gdbstub.registers(g.monitor, run.arch)
    run.oracle.tables = pagetables.of(spot.kernel, spot.mode, registers, None)
    run.oracle.shown = tableoracle.look(g, tablewalk.PageTables(g.monitor.physical, run.oracle.tables))
    documents, addresses = {}, [hex(a) for a in run.oracle.shown.physical]
    capture = g.out / "capture"
    for paging in (True, False):
        dump = write_dump(g, paging)
        documents[paging] = reader("mappings", "-J", "--runs", "--source", dump, "-f", capture)
    walks = reader("walk", "-J", "--source", dump, "--sysroot", g.out / "sysroot", *addresses)["walk"]
    dump.unlink()
    return Dumped(run, mappings.Mappings(g.text("mappings")), documents, walks, run.oracle.shown.physical)


@pytest.fixture(scope="module", params=places())
def dumped(request):
    name, mode = request.param
    kernel = next(k for k in matrix.selected() if k.name == name)
    arch = dataclasses.replace(kernel.arch, machine=(*kernel.arch.machine, "-device", "vmcoreinfo"))
    kernel = dataclasses.replace(kernel, arch=arch)
    mode = dataclasses.replace(kernel.mode(mode), memory=MEMORY)
    image = images.fetch(kernel)
    files = {"/lab/kvas.ko": matrix.module(kernel).module("kvas"), "/bin/pagewalks": matrix.pagewalks(arch),
             "/lab/qemu_fw_cfg.ko": images.driver(kernel, "firmware/qemu_fw_cfg"),
             f"/boot/{image.config.name}": image.config, **programs.reader_files(arch)}
    with guest.boot(kernel, mode, JOB, files, name=f"{kernel.name}-{mode.name}-dump") as g:
        g.check()
        return look(matrix.Spot(kernel, mode), g)


def run_of(row):
    """As lab/tablewalk.py has it; of what is mapped again and again, the first copy."""
    return Run(int(row["start"], 16), int(row["end"], 16) + 1, row["level"], int(row["attr"], 16),
               int(row["upper"], 16), int(row["group"] or "0", 16))


def rows_of(dumped):
    return dumped.documents[False]["runs"]


def test_the_root_is_the_kernels(dumped):
    assert int(dumped.documents[False]["tables"]["root"], 16) == dumped.shown.root


def test_every_run_is_that_of_the_memory(dumped):
    """Where, and how much with which attributes: copies are counted on one side only."""
    found, rows = dumped.run.oracle.shown.runs, rows_of(dumped)
    told, there = Counter(), Counter()
    for row in rows:
        run = run_of(row)
        told[run.kind] += (run.stop - run.start) * row["times"]
        assert any(r.start <= run.start and run.stop <= r.stop and r.kind == run.kind for r in found), row
    for r in found:
        there[r.kind] += r.stop - r.start
    assert told == there and len(rows) > 10
    once = {run_of(row) for row in rows if row["times"] == 1}
    assert len(once & set(found)) > len(once) * 3 / 4


def test_the_module_said_the_same(dumped, report):
    """Runs that there are once, but for stacks and the like; copies as it wrote them."""
    rows = rows_of(dumped)
    again = {row["start"]: row for row in rows if row["times"] > 1}
    firsts = [range(int(row["start"], 16), int(row["last"], 16) + 1) for row in again.values()]

    def once(runs):
        return [r for r in runs if not any(r.start < f.stop and f.start < r.stop for f in firsts)]

    told, found = once(dumped.shown.runs), once(run_of(row) for row in rows if row["times"] == 1)
    left, stacks, too_many = changed(dumped.run, told, found)
    assert left == [] and too_many == {} and stacks <= STACKS
    report(f"{dumped.run.spot}: {len(set(told) & set(found))} runs of {len(told)} are those in the dump")


def test_virtual_addresses_in_the_dump_change_nothing(dumped):
    def without_lines(document):
        return [{k: v for k, v in row.items() if k != "line"} for row in document["runs"]]
    assert without_lines(dumped.documents[True]) == without_lines(dumped.documents[False])
    assert dumped.documents[True]["tables"] == dumped.documents[False]["tables"]


def test_walks_are_those_of_the_memory(dumped):
    mapped = 0
    for walk in dumped.walks:
        assert walk["source"] == "dump" and walk["known"], walk
        by_memory, _ = dumped.translations[int(walk["addr"], 16)]
        assert (int(walk["phys"], 16) if walk["phys"] else None) == by_memory, walk
        mapped += by_memory is not None
    assert mapped > 10 and len(dumped.walks) == len(dumped.translations)


