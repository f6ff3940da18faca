# SPDX-License-Identifier: GPL-2.0-only
"""The module's pure functions on the host, see test_layout.c."""

import subprocess

from conftest import HERE, PATIENCE, clean_environment

MODULE = HERE.parent.parent / "module"


def test_layout(tmp_path):
    program = tmp_path / "test_layout"
    subprocess.run(["cc", "-std=gnu17", "-g", "-O1", "-Wall", "-Wextra", "-Werror",
                    "-fsanitize=address,undefined", "-fno-sanitize-recover=all", f"-I{MODULE}",
                    "-o", program, HERE / "test_layout.c", MODULE / "layout.c"],
                   check=True, timeout=PATIENCE)
    result = subprocess.run([program], capture_output=True, text=True, timeout=PATIENCE,
                            env=clean_environment())
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("ok ") > 80
