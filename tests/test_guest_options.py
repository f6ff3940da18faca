# SPDX-License-Identifier: GPL-2.0-only
"""Kernels that differ in one option: predicted, booted, verified, and compared.

make check builds the fewest that show it, make check-all the rest, too.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from functools import lru_cache

import pytest

import matrix
import predicted
import test_guest_build
from lab import cache, programs, source

JOB = """
insmod /lab/kvas.ko || exit
echo 1 >/proc/sys/kernel/kptr_restrict # vmallocinfo then shows addresses
kvas save --all /out/sysroot || exit
kvas save /out/capture || exit
rmmod kvas || exit
"""


@dataclass(frozen=True)
class Pair:
    """Two kernels, how they are started, and how their layouts differ.

    options is what the .config of the second has besides, or has not; changes
    is what follows for the layout.
    """

    first: str
    second: str
    mode: str
    options: str
    changes: str
    always: bool = False  # in make check
    memory: str = ""  # other than the mode has

    def __str__(self):
        return f"{self.first}-{self.second}"


SPLIT = "CONFIG_PAGE_OFFSET CONFIG_VMSPLIT_3G"
PAIRS = (
    Pair("3g", "2g", "highmem", f"{SPLIT} CONFIG_VMSPLIT_2G",
         "changed:user_limit changed:user_kernel_split changed:high_memory changed:highmem"
         " shrank:user grew:direct_map relocated:image", True),
    Pair("3g", "nohighmem", "highmem", "CONFIG_HIGHMEM CONFIG_HIGHMEM4G",
         "changed:ram changed:high_memory changed:highmem grew:direct_map shrank:mem_map"
         " relocated:vmalloc_gap relocated:vmalloc vanished:pkmap", True),
    Pair("nosymbols", "norandom", "5level", "", "", True, "1G"),
    Pair("nosymbols", "no5level", "5level", "", "", memory="1G"),
    Pair("nosymbols", "kasan", "5level", "", "", memory="1G"),
    Pair("3g", "3g-opt", "highmem", "", ""),
    Pair("3g", "1g", "highmem", "", ""),
    Pair("3g", "pae", "highmem", "", ""),
    Pair("48bit", "39bit", "48bit-nokaslr", "", ""),
    Pair("48bit", "16k", "48bit-nokaslr", "", ""),
    Pair("48bit", "64k", "48bit-nokaslr", "", ""),
    Pair("arm-3g", "arm-2g", "highmem", "", ""),
)


def chosen():
    """Of the architectures that are asked for."""
    wanted = {kernel.name for kernel in matrix.selected()}
    return [p for p in PAIRS if (p.always or os.environ.get("KVAS_ALL") == "1")
            and source.family(p.first).stock in wanted]


KERNELS = {name: pair for pair in chosen() for name in (pair.first, pair.second)}
each_kernel = pytest.mark.parametrize("name", KERNELS)
each_pair = pytest.mark.parametrize("pair", chosen(), ids=str)


@lru_cache
def module(name):
    return source.build(source.prepare(name), matrix.toolchain.kvas_sources(matrix.TOP))


@dataclass
class Boot:
    predictions: dict  # made before it
    out: object  # the files that the guest left
    capture: matrix.Capture


@lru_cache
def boot(name):
    prepared, pair = source.prepare(name), KERNELS[name]
    mode = prepared.mode(pair.mode, pair.memory)
    predictions = predicted.predict(prepared.config,
                                    *predicted.circumstances(prepared.record, mode))
    files = {"/lab/kvas.ko": module(name).module("kvas"),
             **programs.reader_files(prepared.record.arch)}
    with prepared.boot(mode, JOB, files, name=f"option-{name}") as g:
        g.check()
    cache.progress(f"guest option-{name}: {g.seconds:.1f} s")
    return Boot(predictions, g.out, matrix.Capture(g.text("capture")))


def kvas(*words):
    """What the reader says on this machine, and what it exits with."""
    done = subprocess.run([matrix.reader(), *map(str, words)], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    assert done.stderr == ""
    return json.loads(done.stdout), done.returncode


@each_kernel
def test_builds_without_a_warning(name):
    assert test_guest_build.unexpected(module(name).log) == []


@each_kernel
def test_predicted_before_it_is_booted(name, report):
    booted = boot(name)
    outcomes = predicted.compare(booted.predictions, booted.capture)
    counts = predicted.counts(outcomes)
    report(f"{name}: predicted: " + ", ".join(f"{n} {word}" for word, n in counts.items()))
    assert [value for value, outcome in outcomes.items() if outcome == predicted.WRONG] == []
    assert counts[predicted.EXACT] >= 30


@each_kernel
def test_verify(name):
    """No source disagrees, nor does the .config."""
    sysroot = boot(name).out / "sysroot"
    found, status = kvas("verify", "-J", "--sysroot", sysroot)
    assert [v for v in found["values"] if v["verdict"] == "disagrees"] == [] and status == 0
    found, status = kvas("verify", "-J", "--config", source.prepare(name).config,
                         "--sysroot", sysroot)
    assert found["summary"]["wrong"] == 0 and status == 0


@each_pair
def test_the_other_configuration_is_wrong(pair):
    """So that the predictions could have failed."""
    for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
        found, status = kvas("verify", "-J", "--config", source.prepare(other).config,
                             "-f", boot(one).out / "capture")
        wrong = {v["name"] for v in found["values"] if v["verdict"] == "wrong"}
        assert set(pair.options.split()) <= wrong and len(wrong) > len(pair.options.split())
        assert status == 1


@each_pair
def test_diff(pair):
    """It names the option and what follows from it, and nothing else."""
    first, second = (boot(name).out / "capture" for name in (pair.first, pair.second))
    found, status = kvas("diff", "-J", first, second)
    assert status == 1
    changes = [d for d in found["differences"] if d["change"] not in ("moved", "rebuilt")]
    options = {d["name"] for d in changes if d["change"] == "option"}
    assert options == set(pair.options.split())
    said = [f"{d['change']}:{d['name']}" for d in changes if d["change"] != "option"]
    assert sorted(said) == sorted(pair.changes.split())
    for d in changes:
        if d["change"] != "option":
            assert set(d["because"]) & options, d
