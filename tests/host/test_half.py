# SPDX-License-Identifier: GPL-2.0-only
"""The module's comparison of two top tables on the host, see test_half.c, and such with
one mistake each, which that test must find."""

import subprocess

import pytest

from conftest import HERE, PATIENCE, SANITIZED, clean_environment

MODULE = HERE.parent.parent / "module"
HALF = MODULE / "half.c"

MISTAKES = {
    "looks at the kernel's entries once": ("		if (!memcmp(h->chunk[0], h->chunk[2], size))\n", "		if (1)\n"),
    "takes a bit of the processor's for a difference": (" & ~h->ignored ?", " ?"),
    "counts what nobody uses": ("	if (!has && !used)\n", "	if (0)\n"),
    "looks at the user half": ("for (index = h->first;", "for (index = 0;"),
    "leaves the last range out": ("	end_range(&r);\n}\n\n/**", "}\n\n/**"),
    "names nine ranges": ("r->n > KVAS_HALF_RANGES)\n		return;\n	if (++r->n > KVAS_HALF_RANGES)",
                          "r->n > KVAS_HALF_RANGES)\n		return;\n	if (++r->n > KVAS_HALF_RANGES + 1)"),
    "believes each table below to be a copy": ("	return compare_tables(h, level - 1, ours.phys, theirs.phys);\n",
                                               "	return COPIED;\n"),
}


def built(tmp_path, source):
    program = tmp_path / "test_half"
    (tmp_path / "half.c").write_text(source)
    subprocess.run(["cc", "-std=gnu17", "-g", "-O1", "-Wall", "-Wextra", *SANITIZED, f"-I{MODULE}", "-o", program,
                    HERE / "test_half.c", tmp_path / "half.c", MODULE / "pagetable.c"],
                   check=True, timeout=PATIENCE, capture_output=True)
    return subprocess.run([program], capture_output=True, text=True, timeout=PATIENCE, env=clean_environment())


def test_half(tmp_path):
    result = built(tmp_path, HALF.read_text())
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("ok ") == 16


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(tmp_path, mistake):
    right, wrong = MISTAKES[mistake]
    source = HALF.read_text()
    assert source.count(right) == 1, right
    assert built(tmp_path, source.replace(right, wrong)).returncode != 0
