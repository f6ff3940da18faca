# SPDX-License-Identifier: GPL-2.0-only
"""kvas where --annotate, on oopses of a running kernel, as it prints them itself.

One boot for each architecture.  A module makes oopses in threads and tells the kernel's own
names of some addresses (%pS).  What kvas says is held against these, and against
the symbols and modules that the oops itself prints.
"""

import json
import re

import pytest

import matrix
from lab import guest, toolchain

FAULTS = ("null", "freed", "list", "unmapped", "call")
LAB = matrix.TOP / "tests" / "lab"

JOB = matrix.START + """
insmod /lab/kvas.ko || exit
insmod /lab/oops.ko || exit
echo 0 >/proc/sys/kernel/panic_on_oops
for fault in %s; do
	echo $fault >/sys/module/oops/parameters/fault
	try=0
	# The last line of an oops is this one, or comes shortly after.
	until dmesg | sed -n "/oops: making $fault/,\\$p" | grep -q -e 'end trace' || [ $((try += 1)) -gt 40 ]; do
		usleep 100000
	done
done
dmesg >/out/oops
cat /sys/kernel/debug/kvas >/out/capture || exit
grep ' oops_' /proc/kallsyms >/out/kallsyms
queries() {
	sed -n 's/.*oops: truth [a-z]* \\([0-9a-f]*\\) .*/0x\\1/p' /out/oops
}
# By default vmallocinfo hides where its areas are.
queries | kvas where -J - >/out/hidden.json
echo 1 >/proc/sys/kernel/kptr_restrict
kvas where --annotate -J /out/oops >/out/annotated.json 2>/out/annotate.stderr; echo $? >/out/annotate.status
kvas where --annotate /out/oops >/out/annotated
queries | kvas where -J - >/out/where.json
""" % " ".join(FAULTS)

SYMBOL = re.compile(r"([\w.]+)\+0x([0-9a-f]+)/0x([0-9a-f]+)(?: \[(\w+)[^\]]*\])?")


def places():
    """For each architecture the newest kernel that is selected, in the first of its modes;
    make check has that of x86_64 and arm64."""
    newest = {}
    for spot in sorted(matrix.spots(), key=lambda s: [-int(n) for n in s.kernel.version.split(".")]):
        newest.setdefault(spot.kernel.arch.name, spot)
    return [pytest.param(spot, marks=[] if name in ("x86_64", "arm64") else pytest.mark.all)
            for name, spot in newest.items()]


@pytest.fixture(scope="module", params=places(), ids=str)
def oopsed(request):
    spot = request.param
    built = toolchain.build(spot.kernel, {"Kbuild": LAB / "oops.kbuild", "oops.c": LAB / "oops.c"}, "oops")
    files = {"/lab/kvas.ko": matrix.module(spot.kernel).module("kvas"), "/lab/oops.ko": built.module("oops"),
             **matrix.programs.reader_files(spot.kernel.arch)}
    with guest.boot(spot.kernel, spot.mode, JOB, files, name=f"{spot}-oops") as g:
        g.check()
    return g


def notes(g):
    assert g.text("annotate.status").strip() == "0", g.text("annotate.stderr")
    for line in json.loads(g.text("annotated.json"))["lines"]:
        for note in line["notes"]:
            yield line["text"], note


def of_fault(g, fault):
    """The lines from one oops to the next, with their notes."""
    found, inside = [], False
    for line in json.loads(g.text("annotated.json"))["lines"]:
        if "oops: making" in line["text"]:
            inside = line["text"].endswith(f"making {fault}")
        elif inside:
            found.append(line)
    return found


def truths(g):
    return {m[1]: (int(m[2], 16), m[3]) for m in
            re.finditer(r"oops: truth (\w+) ([0-9a-f]+) (\S+)", g.text("oops"))}


def test_each_oops_was_made(oopsed):
    """Every architecture counts them: "Oops [#1]", "Internal error: Oops: 17 [#2] SMP ARM"."""
    for number, fault in enumerate(FAULTS, 1):
        counted = [n for line in of_fault(oopsed, fault) for n in re.findall(r"\[#(\d+)\]", line["text"])]
        assert counted == [str(number)], fault


@pytest.mark.parametrize("file", ["where.json", "hidden.json"])
def test_the_kernel_s_own_names(oopsed, file):
    """Where the kernel can name an address, kvas gives it the same name."""
    rows = {int(row["addr"], 16): row for row in json.loads(oopsed.text(file))["where"]}
    named = 0
    for name, (addr, symbol) in truths(oopsed).items():
        row = rows[addr]
        match = SYMBOL.match(symbol)
        if name in ("function", "kernel"):
            assert match, symbol
        if match and row["symbol"]:
            assert row["symbol"] == f"{match[1]}+0x{match[2]}"
            named += 1
        if name in ("function", "kernel"):
            assert row["symbol"], name
        if name in ("function", "data"):
            assert row["module"]["name"] == "oops"
    assert named >= 2


def test_regions_of_what_was_allocated(oopsed):
    rows = {int(row["addr"], 16): row for row in json.loads(oopsed.text("where.json"))["where"]}
    found = truths(oopsed)
    # On mips it is in a segment of the processor.
    assert rows[found["kmalloc"][0]]["regions"][-1] == "direct_map"
    assert rows[found["vmalloc"][0]]["area"]["caller"] == "tell_the_truth"
    assert "guard page after the area of unmapped_thread" in rows[found["unmapped"][0]]["note"]


def test_what_is_hidden_is_not_denied(oopsed):
    """Of an area that it cannot see kvas does not say that there is none."""
    rows = json.loads(oopsed.text("hidden.json"))["where"]
    assert len(rows) == len(truths(oopsed))
    for row in rows:
        assert row["area"] is None and "in no area" not in (row["note"] or ""), row


def test_printed_symbols_are_where_they_are(oopsed):
    """Each address that is printed with its symbol, and each symbol without."""
    compared = 0
    for text, note in notes(oopsed):
        if not note["printed_symbol"] or not note["where"] or "[" in note["printed_symbol"]:
            continue
        assert "another" not in note["text"], text
        # A return address after a function's last call is in the next one.
        if note["where"]["symbol"] and not re.search(r"\+(0x[0-9a-f]+)/\1\b", text):
            assert note["where"]["symbol"] == note["printed_symbol"], text
            compared += 1
    assert compared >= 5


def test_the_code_is_the_module_s(oopsed):
    for fault in ("null", "freed", "list", "unmapped"):
        texts = [note["where"] for line in of_fault(oopsed, fault) for note in line["notes"]
                 if note["printed_symbol"] and note["printed_symbol"].startswith(f"oops_{fault}+")]
        assert texts, fault
        assert all(where["module"]["name"] == "oops" for where in texts)


WRONG = {
    "null": r"NULL",
    "freed": r"POISON_FREE",
    "list": r"LIST_POISON1",
    "unmapped": r"guard page",
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_cannot_be_right_is_said(oopsed, fault):
    wrong = [note["text"] for line in of_fault(oopsed, fault) for note in line["notes"] if note["wrong"]]
    assert any(re.search(WRONG[fault], text) for text in wrong), wrong


def test_a_jump_to_data(oopsed):
    """Of which some architectures print the address only as a symbol of the module."""
    said = [note["text"] for line in of_fault(oopsed, "call") for note in line["notes"]]
    assert any("module oops" in text for text in said)


def test_nothing_else_is_wrong(oopsed):
    """Each mark stands at the access, at a pattern that led to it, or at the jump to data."""
    for text, note in notes(oopsed):
        if note["wrong"]:
            assert re.search(r"NULL|POISON|guard page|no code|in_data|error number", note["text"]), (text, note["text"])


def test_it_is_of_this_boot(oopsed):
    boot = json.loads(oopsed.text("annotated.json"))["boot"]
    assert not boot["other_boot"]
