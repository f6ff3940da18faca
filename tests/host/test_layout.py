# SPDX-License-Identifier: GPL-2.0-only
"""The module's pure functions on the host, see test_layout.c."""

import subprocess

from conftest import HERE, PATIENCE, SANITIZED, clean_environment, compile_test

MODULE = HERE.parent.parent / "module"


def test_layout(tmp_path):
    program = tmp_path / "test_layout"
    compile_test(program, HERE / "test_layout.c", MODULE / "layout.c", flags=(*SANITIZED, f"-I{MODULE}"))
    result = subprocess.run([program], capture_output=True, text=True, timeout=PATIENCE,
                            env=clean_environment())
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("ok ") > 80
