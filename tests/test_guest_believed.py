# SPDX-License-Identifier: GPL-2.0-only
"""A variable that the module looked up is checked before it is believed.

Kernels of which a variable holds nonsense while the module is loaded: what hangs
on it is absent, or known from elsewhere, and everything else is as it was.
"""

import pytest

import matrix
from lab import guest, toolchain

LAB = matrix.TOP / "tests" / "lab"

# The variable (of two names the one that there is), its size, what it holds, and
# what hangs on it.  On none does the kernel itself depend meanwhile.
NONSENSE = {
    "6.1-amd64": (
        ("module_load_offset", 8, 0x123, "execmem_text"),
        ("module_load_offset", 8, 0x800000, "execmem_text"),
        ("pcpu_unit_size", 4, 12345, "percpu"),
    ),
    "6.12-amd64": (
        ("direct_map_physmem_end physmem_end", 8, 0xFFFFF, "direct_map vmemmap"),
        ("direct_map_physmem_end physmem_end", 8, (1 << 47) - 1, "direct_map vmemmap"),
        ("pcpu_unit_size", 4, 12345, "percpu"),
    ),
}

HEAD = """
look() {
	insmod /lab/kvas.ko || exit
	cat /sys/kernel/debug/kvas >/out/$1
	rmmod kvas || exit
}
at() {
	for name; do
		sed -n "s/^\\([0-9a-f]*\\) [A-Za-z] $name\\$/0x\\1/p" /proc/kallsyms
	done | head -n 1
}
look before
"""
EACH = """
insmod /lab/poke.ko at=$(at %(names)s) size=%(size)d value=%(value)d || exit
look %(n)d
rmmod poke || exit
"""


def job(cases):
    return HEAD + "".join(EACH % {"names": names, "size": size, "value": value, "n": n}
                          for n, (names, size, value, _) in enumerate(cases)) + "look after\n"


def places():
    return [pytest.param((kernel, n), id=f"{kernel.name}-{case[0].split()[0]}-{case[2]:#x}")
            for kernel in matrix.selected() for n, case in enumerate(NONSENSE.get(kernel.name, ()))]


@pytest.fixture(scope="module")
def looks():
    """What was published of a kernel in each case; one boot for all."""
    found = {}

    def of(kernel):
        if kernel.name not in found:
            poke = toolchain.build(kernel, {"Kbuild": LAB / "poke.kbuild", "poke.c": LAB / "poke.c"}, "poke")
            files = {"/lab/kvas.ko": matrix.module(kernel).module("kvas"), "/lab/poke.ko": poke.module("poke")}
            with guest.boot(kernel, kernel.mode("4level"), job(NONSENSE[kernel.name]), files,
                            cmdline="rodata=off", name=f"{kernel.name}-believed") as g:
                g.check()
            found[kernel.name] = g
        return found[kernel.name]
    return of


def regions(g, name):
    """Each region's record, absent ones, too."""
    return {r["name"]: r for r in matrix.Capture(g.text(name)).records if r.type == "region"}


@pytest.mark.all
@pytest.mark.needs("6.1-amd64", "6.12-amd64")
@pytest.mark.parametrize("place", places())
def test_nonsense_is_not_believed(looks, place):
    kernel, n = place
    g, hanging = looks(kernel), NONSENSE[kernel.name][n][-1]
    before, now = regions(g, "before"), regions(g, str(n))
    hang = {name for name in before if any(name.startswith(word) for word in hanging.split())}
    told = [now[name] for name in hang if "absent" not in before[name]]
    assert told
    for region in told:
        assert region != before[region["name"]]  # it does hang on the variable
        assert "absent" in region or "to the end of memory" in region["note"]
        assert len(region.get("absent", region.get("note"))) > 20
    assert {name: r for name, r in now.items() if name not in hang} == \
        {name: r for name, r in before.items() if name not in hang}


@pytest.mark.all
@pytest.mark.needs("6.1-amd64", "6.12-amd64")
@pytest.mark.parametrize("name", [k.name for k in matrix.selected() if k.name in NONSENSE])
def test_the_truth_is_believed_again(looks, name):
    g = looks(next(k for k in matrix.selected() if k.name == name))
    assert regions(g, "before") == regions(g, "after")
