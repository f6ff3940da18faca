# SPDX-License-Identifier: GPL-2.0-only
"""The module builds for kernels that no suite of Debian has.

Some headers of a kernel of the matrix are changed back to what another release
had there; the module built against them is then loaded into the kernel that they
came from, so that it can be seen what it makes of them.  And configurations
without an MMU, or with memory in one piece, are built from source as far as
modules need it; make check-all does that.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import pytest

import matrix
import test_guest_build
from lab import guest, records, source, toolchain

SOURCES = toolchain.kvas_sources(matrix.TOP)
RULES = {"own": (), "generic": ("KVAS_ARCH=generic",)}
each_rules = pytest.mark.parametrize("rules", ["own", pytest.param("generic", marks=pytest.mark.all)])


def strings(module):
    """The texts in a module; what it publishes is made of them."""
    found = re.findall(rb"[\x20-\x7e]{3,}", module.read_bytes())
    return {text.decode() for text in found}


# --- headers that are changed back --------------------------------------------


@dataclass(frozen=True)
class Change:
    """What other releases have in a header of this one."""

    name: str
    kernel: records.Kernel
    changes: dict
    lacks: tuple  # texts that the module must not have
    differs: tuple  # areas that are published otherwise than by the kernel's own module

    def __str__(self):
        return self.name

    def __hash__(self):
        return hash(self.name)


# 5.10.105 and 5.17 gave arm64's trampoline three pages of text for one.
# 6.4 (and stable 6.1) put the device tree into riscv's fixmap; 5.18 made two ends
# the first byte after a window, which had been the last one in it.
CHANGES = (
    Change("arm64-5.10.0", source.stock("5.10-arm64"), {
        "arch/arm64/include/asm/fixmap.h": (
            ("\tFIX_ENTRY_TRAMP_TEXT3,\n\tFIX_ENTRY_TRAMP_TEXT2,\n\tFIX_ENTRY_TRAMP_TEXT1,\n"
             "\tFIX_ENTRY_TRAMP_DATA,\n", "\tFIX_ENTRY_TRAMP_DATA,\n\tFIX_ENTRY_TRAMP_TEXT,\n"),
            ("FIX_ENTRY_TRAMP_TEXT1)", "FIX_ENTRY_TRAMP_TEXT)"),
        ),
    }, ("FIX_ENTRY_TRAMP_TEXT3",), ("kpti_trampoline", "fixmap")),
    Change("riscv64-older", source.stock("6.12-riscv64"), {
        "arch/riscv/include/asm/fixmap.h": (
            ("\tFIX_FDT_END,\n\tFIX_FDT = FIX_FDT_END + FIX_FDT_SIZE / PAGE_SIZE - 1,\n", ""),
        ),
        "arch/riscv/include/asm/pgtable.h": (
            ("#define VMALLOC_END      PAGE_OFFSET\n", "#define VMALLOC_END      (PAGE_OFFSET - 1)\n"),
            ("#define VMEMMAP_END\tVMALLOC_START\n", "#define VMEMMAP_END\t(VMALLOC_START - 1)\n"),
        ),
    }, ("FIX_FDT",), ("dtb",)),
)


def needs(change):
    return pytest.mark.needs(change.kernel.name)


each_change = pytest.mark.parametrize(
    "change", [pytest.param(change, marks=needs(change)) for change in CHANGES], ids=str)


@lru_cache
def build_changed(change, rules):
    tools = toolchain.changed(change.kernel, change.name, change.changes)
    return toolchain.build(change.kernel, SOURCES, f"kvas-{change.name}-{rules}", RULES[rules], tools)


@each_rules
@each_change
def test_builds_for_another_release(change, rules):
    assert test_guest_build.unexpected(build_changed(change, rules).log) == []


@each_change
def test_names_nothing_that_release_lacks(change):
    """But the module that is built for this release does."""
    assert named(change, build_changed(change, "own")) == set()
    assert named(change, matrix.module(change.kernel)) == set(change.lacks)


def named(change, built):
    texts = strings(built.module("kvas"))
    return {word for word in change.lacks if any(word in text for text in texts)}


JOB = """
for headers in changed own; do
	insmod /lab/$headers.ko || exit
	cat /sys/kernel/debug/kvas >/out/$headers
	rmmod kvas || exit
done
"""


@lru_cache
def boot(change):
    """Both modules in one guest of the kernel, in its first mode."""
    modules = {"changed": build_changed(change, "own"), "own": matrix.module(change.kernel)}
    files = {f"/lab/{headers}.ko": build.module("kvas") for headers, build in modules.items()}
    with guest.boot(change.kernel, change.kernel.modes[0], JOB, files,
                    name=f"changed-{change}") as g:
        g.check()
        return tuple(matrix.Capture(g.text(headers)) for headers in modules)


def bounds(area):
    return {key: area.get(key) for key in ("start", "end", "populated_start", "populated_end")}


@each_change
def test_publishes_the_same_layout(change):
    """An end that is counted in is not one byte away from one that is not."""
    changed, own = (capture.areas for capture in boot(change))
    assert len(own) > 10
    assert {name: (bounds(changed.get(name, {})), bounds(own[name])) for name in own
            if name not in change.differs
            and bounds(changed.get(name, {})) != bounds(own[name])} == {}
    assert set(changed) - set(own) == set()


@needs(CHANGES[0])
def test_trampoline_of_two_pages():
    """One of text, and above it one of data, where four begin else."""
    changed, own = (capture.areas["kpti_trampoline"] for capture in boot(CHANGES[0]))
    assert changed["end"] == own["end"]
    assert [r.number("end") + 1 - r.number("start") for r in (changed, own)] == [8 << 10, 16 << 10]


@needs(CHANGES[1])
def test_device_tree_is_said_to_be_absent():
    changed, _ = boot(CHANGES[1])
    said = [r for r in changed.records if r.type == "region" and r.get("name") == "dtb"]
    assert [bool(r.get("absent")) for r in said] == [True]


# --- configurations that modules are built against ------------------------------

# What modpost says where no kernel was built that could have the symbols.
NO_KERNEL = re.compile("|".join((
    r'WARNING: modpost: "\w+" \[\S+\.ko\] undefined!',
    r"WARNING: modpost: suppressed \d+ unresolved symbol warnings.*",
    r"WARNING: modpost: Symbol info of vmlinux is missing\. .*",
    r"WARNING: .*Module\.symvers\S* is missing\.",
    r"\s+Modules may not have dependencies or modversions\.",
    r"\s+You may get many unresolved symbol errors\.",
    r"\s+You can set KBUILD_MODPOST_WARN=1 to turn errors into warning",
    r"\s+if you want to proceed at your own risk\.")))


def each_variant(kind=""):
    """Configurations whose names begin so; m68k's kernel can never be selected."""
    found = [family for family in source.FAMILIES
             if not family.image and family.name.startswith(kind)]
    return pytest.mark.parametrize("variant", [
        pytest.param(family.variants[0].name, marks=(
            pytest.mark.all, *([pytest.mark.needs(family.stock)] if family.base.modes else [])))
        for family in found])


# What no other function calls is left out, with its texts.
LINKED = ("KCFLAGS=-ffunction-sections -fdata-sections", "LDFLAGS_MODULE=--gc-sections -u __this_module")


@lru_cache
def against(variant, rules):
    return source.build(source.prepare(variant), SOURCES, f"kvas-{rules}",
                        more=("KBUILD_MODPOST_WARN=1", *LINKED, *RULES[rules]))


@each_rules
@each_variant()
def test_builds_against_a_configuration(variant, rules):
    lines = test_guest_build.unexpected(against(variant, rules).log)
    assert [line for line in lines if not NO_KERNEL.fullmatch(line)] == []


@each_rules
@each_variant("nommu")
def test_no_vmalloc_without_an_mmu(variant, rules):
    """There its macros mean all addresses, or nothing."""
    texts = strings(against(variant, rules).module("kvas"))
    assert [text for text in texts if "VMALLOC_START" in text or "VMALLOC_END" in text] == []
    assert [text for text in texts if "CONFIG_MMU" in text]


@each_rules
@each_variant("flatmem")
def test_flatmem_compiles_its_mem_map_row(variant, rules):
    """By whichever name: its end is an expression of the module's."""
    assert [text for text in strings(against(variant, rules).module("kvas"))
            if "mem_map" in text and re.search(r"[-+>(]", text)]
