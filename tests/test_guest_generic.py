# SPDX-License-Identifier: GPL-2.0-only
"""The rules for architectures without a file of their own, where there is one.

Both modules are loaded in one guest, one after the other: whatever the generic
one publishes, the other one must publish, too, and it must be the same.
"""

import dataclasses
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

import matrix
import test_guest_build
from lab import guest, records, toolchain

GENERIC = "KVAS_ARCH=generic"
JOB = """
for rules in generic own; do
	insmod /lab/$rules.ko || exit
	cat /sys/kernel/debug/kvas >/out/$rules
	rmmod kvas || exit
done
"""

STALE = {"7.2-s390x": "runs in the home space, where QEMU 7.2 keeps the code of an earlier module"}


IN_CHECK = "s390x"  # of the other byte order; the others are for make check-all


def places():
    """The newest kernel of each architecture that is not stale, in its first mode."""
    by_age = sorted(matrix.kernels(),
                    key=lambda k: (list(records.VERSION).index(k.suite), k.flavour))
    newest = {k.arch.name: k for k in by_age if k.name not in STALE}
    return [pytest.param(matrix.Spot(k, k.modes[0]),
                         marks=[] if k.arch.name == IN_CHECK else pytest.mark.all)
            for k in newest.values()] + [
        pytest.param(matrix.Spot(k, k.modes[0]),
                     marks=pytest.mark.skip(reason=f"{k.name}: {STALE[k.name]}"))
        for k in by_age if k.name in STALE]


@pytest.fixture(scope="module", params=places(), ids=str)
def both(request):
    spot = request.param
    sources = toolchain.kvas_sources(matrix.TOP)
    modules = {"generic": toolchain.build(spot.kernel, sources, "kvas-generic", (GENERIC,)),
               "own": toolchain.build(spot.kernel, sources)}
    assert test_guest_build.unexpected(modules["generic"].log) == []
    files = {f"/lab/{rules}.ko": built.module("kvas") for rules, built in modules.items()}
    with guest.boot(spot.kernel, spot.mode, JOB, files, name=f"{spot}-generic") as g:
        g.check()
        return tuple(matrix.Capture(g.text(rules)) for rules in modules)


@pytest.mark.all
def test_builds_without_a_word(kernel):
    built = toolchain.build(kernel, toolchain.kvas_sources(matrix.TOP), "kvas-generic", (GENERIC,))
    assert test_guest_build.unexpected(built.log) == []


def test_regions_are_the_same(both):
    generic, own = both
    assert generic.records[1]["arch"] == "generic" != own.records[1]["arch"]
    assert {"direct_map", "vmalloc"} <= set(generic.areas)
    for name, area in generic.areas.items():
        mine = own.areas[name]
        # The generic rules know what is used of a window, not how far it reaches.
        end = mine.get("populated_end", mine["end"])
        assert area["end"] in (end, mine["end"]), name
        if area["start_source"].startswith("__va("):
            assert mine.number("start") <= area.number("start") < area.number("end"), name
            continue
        assert area["start"] == mine["start"], name
        assert area.get("phys") == mine.get("phys"), name


def test_facts_are_the_same(both):
    generic, own = both
    for record in generic.all("fact"):
        # Memory comes and goes.
        if record["name"] != "ram":
            assert own.fact(record["name"]) == record["value"], record["name"]


def test_witnesses_lie_in_their_regions(both):
    generic, own = both
    for name, witness in generic.witnesses.items():
        assert witness.number("addr") in generic.areas[witness["region"]].range, name
    assert {"kmalloc", "page", "vmalloc", "reader_stack"} <= set(generic.witnesses)
    if "kernel_function" in generic.witnesses:
        assert generic.witnesses["kernel_function"]["addr"] == own.witnesses["kernel_function"]["addr"]


@pytest.mark.all
@pytest.mark.arch("x86_64")
@pytest.mark.each()
def test_environment_does_not_choose_the_rules(kernel):
    """Only the command line of make does."""
    tools = toolchain.prepare(kernel)
    script = "make -j2 -C $1 M=/build modules && modinfo -F vermagic /build/kvas.ko && nm /build/kvas.ko"
    with tempfile.TemporaryDirectory() as work:
        for name, file in toolchain.kvas_sources(matrix.TOP).items():
            target = Path(work, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
        done = dataclasses.replace(tools, environment={**tools.environment, "KVAS_ARCH": "generic"}).run(
            ["sh", "-c", script, "sh", tools.headers], {"/build": work},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    assert "kvas_x86_find_image" in done.stdout
