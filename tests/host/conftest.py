# SPDX-License-Identifier: GPL-2.0-only
"""The reader, built with ASan and UBSan, and a way to run it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
READER = HERE.parent.parent / "userspace"
BUILD = READER / "build-sanitize"

# No exit status of the reader, so that a finding is never taken for one.
SANITIZER_STATUS = 99


def clean_environment(**more):
    """One that looks the same on each machine."""
    env = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    env |= {"LC_ALL": "C.UTF-8",
            "ASAN_OPTIONS": f"exitcode={SANITIZER_STATUS}",
            "UBSAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:print_stacktrace=1"}
    return env | {name: str(value) for name, value in more.items()}


@pytest.fixture(scope="session")
def binary():
    subprocess.run(["make", "-s", "-C", READER, "SANITIZE=1", f"BUILD={BUILD.name}"],
                   check=True, timeout=600)
    return BUILD / "kvas"


@pytest.fixture(scope="session")
def kvas(binary):
    """kvas("map", "-f", path, env={...}, stdin="...") -> CompletedProcess."""
    def call(*args, env=None, stdin=None, **more):
        result = subprocess.run([binary, *map(str, args)], input=stdin, text=True,
                                capture_output=True, timeout=60, encoding="utf-8",
                                env=clean_environment(**(env or {})), **more)
        assert result.returncode in (0, 1, 2), result.stderr
        return result
    return call


@pytest.fixture(scope="session")
def output(kvas):
    """The standard output of a call that must succeed without a word besides."""
    def call(*args, **more):
        result = kvas(*args, **more)
        assert result.returncode == 0, result.stderr
        assert result.stderr == ""
        return result.stdout
    return call


@pytest.fixture
def refused(kvas):
    """What is said on failure: one line, status 2, nothing on standard output."""
    def call(*args, **more):
        result = kvas(*args, **more)
        assert result.returncode == 2, result.stdout
        assert result.stdout == ""
        assert result.stderr.startswith("kvas: ") and result.stderr.count("\n") == 1
        return result.stderr.removeprefix("kvas: ").rstrip("\n")
    return call


@pytest.fixture
def write(tmp_path):
    """Writes a capture and gives its path."""
    def call(text, name="capture"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path
    return call
