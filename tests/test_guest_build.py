# SPDX-License-Identifier: GPL-2.0-only
"""The module builds for every kernel, with that kernel's compiler, in silence."""

import re

import pytest

import matrix
from lab import toolchain

# What a build may say beside its list of steps.
STEP = re.compile(r"  (CC|LD|AR|CHECK|MODPOST|BTF|OBJTOOL)\b")
QUIET = re.compile(r"make(\[\d+\])?: (Entering|Leaving) directory '.*'")


def unexpected(log):
    return [line for line in log.splitlines()
            if line.strip() and not STEP.match(line) and not QUIET.fullmatch(line)]


def test_builds_without_a_warning(kernel):
    """With W=1, and on some with sparse; whatever is not a plain step is a warning."""
    assert unexpected(matrix.module(kernel).log) == []


@pytest.mark.parametrize("checked", [k for k in matrix.kernels() if toolchain.has_sparse(k)],
                         ids=lambda k: k.name)
def test_sparse_looked_at_every_file(checked):
    log = matrix.module(checked).log
    compiled = set(re.findall(r"^  CC \[M\] +(?:/build/)?(module/\S+)\.o$", log, re.M))
    checked = set(re.findall(r"^  CHECK +(?:/build/)?(module/\S+)\.c$", log, re.M))
    assert compiled and compiled == checked


@pytest.mark.each()
def test_a_warning_would_be_seen(kernel, tmp_path):
    """The checks above fail for a file with a mistake for each tool."""
    source = tmp_path / "bad.c"
    source.write_text(
        '// SPDX-License-Identifier: GPL-2.0-only\n#include <linux/module.h>\n'
        'int __user *kvas_bad(int *p);\n'
        '/**\n * kvas_bad() - has an argument that is not described\n */\n'
        'int __user *kvas_bad(int *p)\n{\n\tint unused;\n\treturn p;\n}\n'
        'MODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("bad");\n')
    kbuild = tmp_path / "Kbuild"
    kbuild.write_text("obj-m := bad.o\n")
    log = "\n".join(unexpected(toolchain.build(
        kernel, {"Kbuild": kbuild, "bad.c": source}, "bad").log))
    assert "unused variable" in log  # the compiler
    assert ("different address spaces" in log) == toolchain.has_sparse(kernel)


@pytest.mark.arch("x86_64")
def test_80_kib_loaded(run):
    """As /proc/modules counts it, right after loading."""
    name, size, users = run.guest.text("modules").split()[:3]
    assert name == "kvas" and int(size) <= 80 * 1024
