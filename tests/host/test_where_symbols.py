# SPDX-License-Identifier: GPL-2.0-only
"""kvas where -p and walk -p: what is said of symbols of a process, above all of those that are not found."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import procfs
from conftest import clean_environment
from procfs import Process, Vma
from running import running
from test_map_process import HEAP, STACK
from test_schema import errors
from test_user_saved import CAPTURE, SAMPLE

LIBRARY = "libobjects_library.so"
NAMES = ("lib x.so", "lib (deleted)", "lib]y.so", "lib\x1b[31m.so", "lib")
OPENER = "import ctypes, sys, time\nfor name in sys.argv[1:]: ctypes.CDLL(name)\nprint('ready', flush=True)\ntime.sleep(1000)"


def rows(kvas, command, *words, status=0, **more):
    result = kvas(command, "-J", *words, **more)
    assert (result.returncode, result.stderr) == (status, "")
    document = json.loads(result.stdout)
    assert errors(document) == []
    return document[command]


@pytest.fixture
def where(kvas):
    def call(*words, **more):
        return rows(kvas, "where", *words, **more)
    return call


@pytest.fixture
def refusal(kvas):
    """Why a query has no answer, of where and of walk, which say the same."""
    def call(pid, query, command="where"):
        [row] = rows(kvas, command, "-p", pid, query, status=1)
        return row["error"]
    return call


both = pytest.mark.parametrize("command", ["where", "walk"])


# --- Beyond a 32-bit program -------------------------------------------------------------------------------

def test_beyond_the_end_of_a_32_bit_program(tmp_path, where):
    """Up to where programs of 64 bits end, as it was measured, no kernel is needed to say so."""
    process = Process([HEAP, Vma(0xFFFD0000, 0xFFFF1000, path="[stack]")], bits=32)
    procfs.make(tmp_path, process)
    ask = ("--sysroot", tmp_path, "-p", process.pid)
    for address in (0x100000000, process.highest + 0xFFF):
        [row] = where(*ask, hex(address))
        assert row["note"].startswith("nothing can be mapped: beyond the end of the user half of this process")
        assert row["process"] is None
    [row] = where(*ask, hex(process.highest + 0x1000), status=1)
    assert "holds no capture" in row["error"]
