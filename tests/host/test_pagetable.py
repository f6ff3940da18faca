# SPDX-License-Identifier: GPL-2.0-only
"""The walker of the module on the host, see test_pagetable.c, and walkers with one
mistake each, which that test must find."""

import subprocess

import pytest

from conftest import HERE, PATIENCE, SANITIZED, clean_environment

MODULE = HERE.parent.parent / "module"
WALKER = MODULE / "pagetable.c"

MISTAKES = {
    "looks at no entry again": (
        "	for (level = w->t->levels; level >= down_to; level--) {\n		if (!read",
        "	for (level = w->t->levels; level > w->t->levels; level--) {\n		if (!read"),
    "looks at the parent alone": (
        "	for (level = w->t->levels; level >= down_to; level--) {\n		if (!read",
        "	for (level = down_to; level >= down_to; level--) {\n		if (!read"),
    "takes nothing back": ("		w->n_runs = from;\n		w->unmerged = unmerged;\n", ""),
    "leaves a run longer": ("			w->runs[from - 1] = before;", "			;"),
    "believes a change of permission to be none": (
        " &&\n	       old.set == new.set && old.clear == new.clear", ""),
    "takes a bit of the processor's for a change": (
        "	entry = kvas_decode(t, level, now);\n", "	return false;\n"),
    "follows an entry of the last level": ("	if (level == 1 && entry.kind == KVAS_ENTRY_TABLE)\n", "	if (0)\n"),
    "never gives up": ("++tries < MAX_TRIES", "++tries < 1000000"),
    "lets a run grow into a repeat": ("	if (times > 1)\n		w->unmerged = from;\n", ""),
    "leaves the limits of upper levels out": (
        "		w->t->limit(level, w->step[level].value, &below);\n", "		;\n"),
    "passes over attributes": ("run->attr == next->attr &&", ""),
    "takes the last addresses for the next ones": (
        "addr - (end + t->high) < -t->high ? addr - end : addr", "addr"),
    "overruns the room": ("	if (w->n_runs == w->room)", "	if (w->n_runs > w->room)"),
}


def built(tmp_path, source):
    program = tmp_path / "test_pagetable"
    (tmp_path / "pagetable.c").write_text(source)
    subprocess.run(["cc", "-std=gnu17", "-g", "-O1", "-Wall", "-Wextra",
                    *SANITIZED, f"-I{MODULE}",
                    "-o", program, HERE / "test_pagetable.c", tmp_path / "pagetable.c"],
                   check=True, timeout=PATIENCE, capture_output=True)
    return subprocess.run([program], capture_output=True, text=True, timeout=PATIENCE,
                          env=clean_environment())


def test_pagetable(tmp_path):
    result = built(tmp_path, WALKER.read_text())
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("ok ") > 30


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(tmp_path, mistake):
    right, wrong = MISTAKES[mistake]
    source = WALKER.read_text()
    assert source.count(right) == 1, right
    assert built(tmp_path, source.replace(right, wrong)).returncode != 0
