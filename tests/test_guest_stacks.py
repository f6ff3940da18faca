# SPDX-License-Identifier: GPL-2.0-only
"""A stack of interrupts is checked before it is believed.

The module is built with more rows in its table of stacks, each of which looks for
something that is no stack: for each it says why, and the right ones are as before.
"""

import pytest

import matrix
from lab import guest, source, toolchain

KERNEL = source.stock("7.2-amd64")
PLACE = "\tSTACK_VC,\n\t{ }\n"
TABLE = "static struct kvas_stack stacks[]"

# The kernel's hardirq_stack_ptr and cpu_tss_rw are variables of each processor, jiffies_64 is
# one for all.
ROWS = {
    "too_small": ('STACK_PER_CPU("too_small", IRQ_STACK_SIZE, ITSELF, "hardirq_stack_ptr")', "another one"),
    "for_all": ('STACK_PER_CPU("for_all", IRQ_STACK_SIZE, AT, "jiffies_64")', "another one"),
    "of_each": ('STACK_IN_ARRAY("of_each", 8, ITSELF, "cpu_tss_rw")', "another one"),
    "no_such": ('STACK_PER_CPU("no_such", IRQ_STACK_SIZE, AT, "kvas_lab_nothing")', "no such symbol"),
    "odd": ('STACK_PER_CPU_IN("odd", IRQ_STACK_SIZE, AT, lab_odd, 0)', "not one of a stack"),
    "rounded": ('STACK_PER_CPU_IN("rounded", 16, BEFORE, lab_odd, 0)', "not one of a stack"),
    "text": ('STACK_PER_CPU_IN("text", 1024, BEFORE, lab_text, 0)', "not one of a stack"),
    "same": ('STACK_PER_CPU_IN("same", IRQ_STACK_SIZE, AT, lab_same, 0)', "the same address for another processor"),
    "beside": ('STACK_PER_CPU_IN("beside", 4 * PAGE_SIZE, AT, lab_beside, 0)', "no memory"),
    "none": ('STACK_PER_CPU_IN("none", IRQ_STACK_SIZE, AT, lab_none, 0)', "has none"),
}
# One that a row says is the same for all, as s390x has it.
SHARED = """	{ .kind = "shared", .size = IRQ_STACK_SIZE, .variable = KVAS_PER_CPU,
	  .base = (unsigned long)&lab_same, .place = KVAS_STACK_AT, .is_shared = true },
"""
OBJECTS = """static char lab_place[IRQ_STACK_SIZE + 16] __aligned(16);
static DEFINE_PER_CPU(char *, lab_odd) = lab_place + 1;
static DEFINE_PER_CPU(const char *, lab_text) = (const char *)snprintf + 1001;
static DEFINE_PER_CPU(char *, lab_same) = lab_place;
/* What is mapped there ends after a page; a module's own memory does not reach so far. */
static DEFINE_PER_CPU(unsigned long, lab_beside) = 0xffffffffff600000UL - 4096;
static DEFINE_PER_CPU(char *, lab_none);

"""
JOB = """
insmod /lab/kvas.ko || exit
cat /sys/kernel/debug/kvas_threads >/out/threads
cat /proc/kallsyms >/out/kallsyms
"""

pytestmark = pytest.mark.needs(KERNEL.name)


def changed(directory):
    """The module's sources, with these rows."""
    sources = toolchain.kvas_sources(matrix.TOP)
    text = sources["module/arch/x86_64.c"].read_text()
    assert text.count(PLACE) == 1 and text.count(TABLE) == 1
    rows = "".join(f"\t{row},\n" for row, _ in ROWS.values()) + SHARED
    file = directory / "x86_64.c"
    file.write_text(text.replace(PLACE, rows + PLACE).replace(TABLE, OBJECTS + TABLE))
    return {**sources, "module/arch/x86_64.c": file}


@pytest.fixture(scope="module")
def stacks(tmp_path_factory):
    built = toolchain.build(KERNEL, changed(tmp_path_factory.mktemp("rows")), "kvas-stacks")
    with guest.boot(KERNEL, KERNEL.modes[0], JOB, {"/lab/kvas.ko": built.module("kvas")},
                    name=f"{KERNEL.name}-stacks") as g:
        g.check()
        return [r for r in matrix.Capture(g.text("threads")).records if r.type == "stack"]


@pytest.mark.parametrize("kind", ROWS)
def test_what_is_no_stack_is_refused(stacks, kind):
    found = [r for r in stacks if r["kind"] == kind]
    assert found and all(ROWS[kind][1] in r.get("absent", "") and "start" not in r for r in found), found


def test_the_right_ones_are_there(stacks):
    kinds = ("irq", "double_fault", "nmi", "debug", "machine_check")
    found = [(r["kind"], r.number("cpu")) for r in stacks if "start" in r and r["kind"] in kinds]
    assert sorted(found) == sorted((kind, cpu) for kind in kinds for cpu in range(KERNEL.arch.cpus))


def test_one_may_be_the_same_for_all(stacks):
    found = [r for r in stacks if r["kind"] == "shared"]
    assert len(found) == KERNEL.arch.cpus > 1 and len({r["start"] for r in found}) == 1
