# SPDX-License-Identifier: GPL-2.0-only
"""The C tests of pure functions, see test_unit.c."""

import subprocess

import pytest

import capture
from conftest import HERE, PATIENCE, READER, clean_environment, compile_test

PURE = ["base/sysroot.c", "base/text.c", "base/util.c", "cmd/load.c", "cmd/refusal.c",
        *(f"layout/{name}.c" for name in ("frame", "model", "nesting", "parse", "parser", "records"))]


@pytest.fixture(scope="session")
def unit(tmp_path_factory):
    return compile_test(tmp_path_factory.mktemp("unit") / "test_unit", HERE / "test_unit.c",
                        *(READER / name for name in PURE))


def test_pure_functions(unit):
    result = subprocess.run([unit], capture_output=True, text=True, timeout=PATIENCE,
                            env=clean_environment())
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("\n") > 70


def test_differences_that_last(tmp_path):
    path = compile_test(tmp_path / "test_compare", HERE / "test_compare.c", READER / "base/util.c",
                        READER / "base/text.c", READER / "pagetables/compare.c",
                        READER / "pagetables/mappings_diff.c")
    result = subprocess.run([path], capture_output=True, text=True, timeout=PATIENCE, env=clean_environment())
    assert result.returncode == 0 and result.stdout.count("ok: ") == 16, result.stdout + result.stderr


@pytest.mark.parametrize("path", capture.SAMPLES, ids=lambda p: p.stem)
def test_damaged_captures(unit, path):
    result = subprocess.run([unit, path], capture_output=True, text=True, timeout=PATIENCE,
                            env=clean_environment())
    assert result.returncode == 0, result.stdout + result.stderr
    assert "no proper prefix" in result.stdout
