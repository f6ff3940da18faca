# SPDX-License-Identifier: GPL-2.0-only
"""The module's style, as the kernel's developers check it."""

import subprocess

import configurations
import matrix
from lab import headers


def test_checkpatch():
    """That of the newest release, with the exceptions of .checkpatch.conf."""
    script = headers.tree(configurations.VERSIONS[-1]).dir / "scripts/checkpatch.pl"
    files = sorted((matrix.TOP / "module").rglob("*.[ch]"))
    done = subprocess.run(["perl", script, "--terse", "--show-types", "--no-summary", "-f", *files],
                          cwd=matrix.TOP, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
