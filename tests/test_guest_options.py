# SPDX-License-Identifier: GPL-2.0-only
"""Kernels that differ in one option: predicted, booted, verified, and compared.

They take long to build: make check-all does it.
"""

import json
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
    options: str
    changes: str
    mode: str
    memory: str = ""  # other than the mode has
    cmdline: str = ""  # more than the mode has

    def __str__(self):
        return f"{self.first}-{self.second}"


SPLIT = "CONFIG_PAGE_OFFSET CONFIG_VMSPLIT_3G"
SPLIT_CHANGES = ("changed:user_limit changed:user_kernel_split changed:high_memory changed:highmem"
                 " shrank:user grew:direct_map")
# KASLR might by chance put the image of one where that of the other is.
I386 = {"mode": "highmem", "cmdline": "nokaslr"}
X86_64 = {"mode": "5level", "memory": "1G"}
ARM64 = {"mode": "48bit-nokaslr"}

PAIRS = (
    Pair("3g", "2g", f"{SPLIT} CONFIG_VMSPLIT_2G", SPLIT_CHANGES, **I386),
    Pair("3g", "3g-opt", f"{SPLIT} CONFIG_VMSPLIT_3G_OPT", SPLIT_CHANGES, **I386),
    # All memory is lowmem, and vmalloc has the rest.
    Pair("3g", "1g", f"{SPLIT} CONFIG_VMSPLIT_1G",
         f"{SPLIT_CHANGES} relocated:vmalloc_gap grew:vmalloc grew:modules", **I386),
    Pair("3g", "nohighmem", "CONFIG_HIGHMEM CONFIG_HIGHMEM4G",
         "changed:ram changed:high_memory changed:highmem grew:direct_map shrank:mem_map"
         " relocated:vmalloc_gap relocated:vmalloc vanished:pkmap", **I386),
    # Larger tables of larger entries: less for each window.
    Pair("3g", "pae", "CONFIG_X86_PAE CONFIG_HIGHMEM4G CONFIG_HIGHMEM64G CONFIG_PGTABLE_LEVELS",
         "changed:page_levels changed:pgdir_size changed:pmd_size changed:high_memory"
         " grew:direct_map relocated:vmalloc_gap relocated:vmalloc shrank:pkmap shrank:ldt_remap"
         " relocated:cpu_entry_area grew:fixmap", **I386),
    # Without KASLR, and with KASAN, the direct map has room for all that there could be.
    Pair("nosymbols", "norandom",
         "CONFIG_RANDOMIZE_MEMORY CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING",
         "changed:memory_kaslr grew:direct_map grew:vmemmap appeared:execmem_text", **X86_64),
    Pair("nosymbols", "kasan", "CONFIG_KASAN CONFIG_KASAN_VMALLOC CONFIG_KASAN_SHADOW_OFFSET",
         "changed:thread_size changed:ram changed:memory_kaslr grew:direct_map grew:vmemmap"
         " grew:cpu_entry_area appeared:kasan_shadow", **X86_64),
    # The processor could have five levels.
    Pair("nosymbols", "no5level", "CONFIG_X86_5LEVEL CONFIG_PGTABLE_LEVELS",
         "changed:page_levels changed:va_bits changed:user_limit changed:user_kernel_split"
         " changed:pgdir_size changed:max_physmem_bits shrank:user relocated:user_guard"
         " grew:noncanonical shrank:guard_hole shrank:ldt_remap relocated:direct_map"
         " shrank:vmalloc relocated:vmemmap", **X86_64),
    Pair("48bit", "39bit", "CONFIG_PGTABLE_LEVELS CONFIG_ARM64_VA_BITS",
         "changed:page_levels changed:va_bits changed:user_limit changed:user_kernel_split"
         " changed:pgdir_size shrank:user grew:noncanonical shrank:direct_map relocated:modules"
         " shrank:vmalloc relocated:fixmap relocated:pci_io shrank:vmemmap", **ARM64),
    Pair("48bit", "16k", "CONFIG_ARM64_4K_PAGES CONFIG_ARM64_16K_PAGES",
         "changed:page_size changed:pgdir_size changed:pmd_size grew:vmalloc grew:fixmap"
         " relocated:dtb relocated:pci_io shrank:vmemmap", **ARM64),
    Pair("48bit", "64k",
         "CONFIG_ARM64_4K_PAGES CONFIG_ARM64_64K_PAGES CONFIG_PGTABLE_LEVELS",
         "changed:page_levels changed:page_size changed:pgdir_size changed:pmd_size"
         " changed:section_size changed:thread_size grew:vmalloc grew:fixmap relocated:dtb"
         " relocated:pci_io shrank:vmemmap", **ARM64),
    Pair("arm-3g", "arm-2g", f"{SPLIT} CONFIG_VMSPLIT_2G",
         f"{SPLIT_CHANGES} relocated:modules relocated:pkmap", mode="highmem"),
)


def chosen():
    """Of the architectures that are asked for."""
    wanted = {kernel.name for kernel in matrix.selected()}
    return [p for p in PAIRS if source.family(p.first).stock in wanted]


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
    mode = prepared.mode(pair.mode, pair.memory, pair.cmdline)
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
    """So that the predictions could have failed; with some options either layout is right."""
    options, beyond = set(pair.options.split()), set()
    for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
        found, status = kvas("verify", "-J", "--config", source.prepare(other).config,
                             "-f", boot(one).out / "capture")
        wrong = {v["name"] for v in found["values"] if v["verdict"] == "wrong"}
        published = {r["name"] for r in boot(one).capture.all("config")}
        assert options & published <= wrong and status == 1
        beyond |= wrong - options
    assert beyond


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
    # By chance KASLR leaves it open where the window of a kernel without kallsyms ends.
    open_ended = {area["name"] for name in (pair.first, pair.second)
                  for area in boot(name).capture.all("region") if predicted.ends_with_memory(area)}
    said, wanted = ([word for word in words if word.split(":")[1] not in open_ended]
                    for words in (said, pair.changes.split()))
    assert sorted(said) == sorted(wanted)
    for d in changes:
        if d["change"] != "option":
            assert set(d["because"]) & options, d
