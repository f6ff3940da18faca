# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of kernels built from source share.

plain      KUnit, and the kernel's page-table dump, as all but bare
checked    KASAN, UBSAN, lockdep, kmemleak;
           of 6.1, and of 7.2
nosymbols  neither kallsyms nor kprobes, every base random
bare       one processor and as little else as a kernel can have
"""

import re
from dataclasses import dataclass

import pytest

import matrix
import test_guest_module
from lab import source
from lab.monitor import MonitorError

LAB = matrix.TOP / "tests" / "lab"
LITTLE = "512M"  # KASAN and kmemleak take their time for each page

CHECKED = ("checked", "checked-7.2")
KERNELS = ("plain", *CHECKED, "nosymbols", "bare")


@dataclass(frozen=True)
class Place:
    """A kernel built from source, one way to start it, and what is special."""

    variant: str
    mode: str
    cmdline: str = ""
    memory: str = ""

    def __str__(self):
        pti = "pti" if "pti=on" in self.cmdline else ""
        return "-".join(filter(None, (self.variant, self.mode, pti)))


def only_for(variant):
    return pytest.mark.needs(source.family(variant).stock)


def each(*things):
    """Parameters: variants, or places of one; each needs its kernel's source."""
    return [pytest.param(thing, marks=only_for(getattr(thing, "variant", thing)))
            for thing in things]


def module(variant, **how):
    prepared = source.prepare(variant)
    words = ["UBSAN_SANITIZE=y"] if variant.startswith("checked") else []
    return source.build(prepared, matrix.toolchain.kvas_sources(matrix.TOP), more=words, **how)


def modules(variant):
    built = module(variant)
    return {f"/lab/{m.name}": m for m in built.modules}


def system_map(prepared):
    rows = (line.split() for line in prepared.symbols.read_text().splitlines())
    return {name: int(address, 16) for address, _, name in rows}


def find_slide(monitor, markers):
    """Where the kernel's banner really is: QEMU looks for it in memory."""
    banner, found = markers["linux_banner"], []
    for slide in range(0, 1 << 30, 2 << 20):
        try:
            if (monitor.translate(banner + slide) is not None
                    and monitor.virtual(banner + slide, 14) == b"Linux version "):
                found.append(slide)
        except MonitorError:
            continue  # not mapped
    assert len(found) == 1, found
    return found[0]


# kmemleak speaks of an object that is 5 s old and was the same at two scans.
SCAN_FOR_LEAKS = """
scan_for_leaks() {
	sleep 6
	for i in 1 2; do
		echo scan >/sys/kernel/debug/kmemleak
	done
	cat /sys/kernel/debug/kmemleak >/out/kmemleak
}
"""

TROUBLE = re.compile(test_guest_module.TROUBLE.pattern.replace("|kmemleak", "")
                     + r"|UBSAN|INFO: possible|possible (?:circular|recursive)|kmemleak: \d+ new"
                     r"|sleeping function|DEBUG_LOCKS_WARN|corruption|Attempted to kill")


def trouble(log):
    return [line for line in log.splitlines() if TROUBLE.search(line)]


def addresses(log):
    return re.findall(r"\b(?:0x)?[89a-f][0-9a-f]{15}\b", log)


# A module from outside the tree (12) and, for KUnit, a test (18).
EXPECTED_TAINT = 1 << 12 | 1 << 18


def odd_taint(text):
    return int(text) & ~EXPECTED_TAINT
