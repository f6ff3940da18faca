# SPDX-License-Identifier: GPL-2.0-only
"""Each command gives back the memory that it took.

The search for what was lost takes longer than most commands, so no other test asks
for it.
"""

import subprocess

import pytest

import conftest
import saved
from capture import SAMPLES

LEAKS = {"ASAN_OPTIONS": f"exitcode={conftest.SANITIZER_STATUS}:detect_leaks=1"}
SYSROOT = ("--sysroot", saved.MAIN)
THREADS = SAMPLES[0].parent / "x86_64-4level.threads"
PROCESS = SAMPLES[0].parent / "x86_64.process"
CONFIG, = (saved.MAIN / "boot").glob("config-*")


@pytest.mark.parametrize("command", (
    ("show", "-J", *SYSROOT), ("map", *SYSROOT), ("explain", "vmalloc", *SYSROOT),
    ("where", "0xffffffff81000000", "schedule+4", "0x1000", *SYSROOT),
    ("get", "vmalloc.start", *SYSROOT), ("diff", SAMPLES[0], SAMPLES[1]),
    ("check", "--init", *SYSROOT), ("verify", "-J", *SYSROOT), ("export", "--prometheus", *SYSROOT),
    ("mappings", "--source", "kcore", "--runs", "-J", *SYSROOT),
    ("map", "-p", PROCESS), ("show", "-p", PROCESS), ("where", "-J", "-p", "self", "0x7ffeab3734c0", "main", "0x1000"),
    ("diff", "-J", "-p", PROCESS, "self"), ("diff", "-p", PROCESS, PROCESS),
    ("threads", "-J", "--threads", THREADS), ("walk", "-J", "0xffffffff81000000", *SYSROOT), ("predict", "-J", CONFIG),
    ("save", "--all", *SYSROOT, "SAVED"), ("save", "-p", "self", "SAVED"), ("user", "self"), ("user", "-J", PROCESS),
    ("user", "--stacks", PROCESS), ("lab", "-J", *SYSROOT), ("lab", "--answers", "ANSWERS", "--result", "SAVED", *SYSROOT),
    ("lab", "--check"), ("lab", "--grade", "ANSWERS"),
    ("draw", *SYSROOT, "--format=svg", "-"),
), ids=lambda command: command[0])
def test_nothing_is_lost(kvas, command, tmp_path):
    (tmp_path / "answers").write_text("2: nonsense\n2: hint\n7: 1\n7: answer\n")
    names = {"SAVED": tmp_path / "saved", "ANSWERS": tmp_path / "answers"}
    result = kvas(*(names.get(a, a) for a in command), env=LEAKS | {"XDG_STATE_HOME": tmp_path})
    assert result.returncode < 2, result.stderr


def test_a_loss_would_be_seen(tmp_path):
    source = tmp_path / "lose.c"
    source.write_text("#include <stdlib.h>\n"
                      "int main(void)\n{\n\tchar *volatile p = malloc(9);\n\tp = NULL;\n\treturn p != NULL;\n}\n")
    program = conftest.compile_test(tmp_path / "lose", source)
    for found, status in ((LEAKS, conftest.SANITIZER_STATUS), ({}, 0)):
        env = conftest.clean_environment(**found)
        assert subprocess.run([program], env=env, capture_output=True).returncode == status
