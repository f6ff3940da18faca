# SPDX-License-Identifier: GPL-2.0-only
"""Programs of ours that guests run, built by this machine's compiler."""

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from . import cache

TOP = Path(__file__).parent.parent.parent
STRICT = ("-std=c17", "-O2", "-Wall", "-Wextra", "-Werror")


@lru_cache
def reader():
    """kvas(1), as make builds it."""
    with cache.lock("reader"):
        cache.progress("building the reader")
        subprocess.run(["make", "-s", "--no-print-directory", "-C", TOP / "userspace"],
                       check=True, stdout=sys.stderr)
    return TOP / "userspace" / "build" / "kvas"


@lru_cache
def static(source):
    """A program of one file, with all that it needs in it."""

    def make(directory):
        subprocess.run(["cc", *STRICT, "-static", "-pthread", "-o", directory / "program", source],
                       check=True)

    key = cache.digest(*STRICT, source)
    return cache.entry("programs", source.stem, key, make) / "program"
