# SPDX-License-Identifier: GPL-2.0-only
"""test_backends.c: made-up scenes in each format."""

import subprocess

import mutation
from conftest import BUILD, HERE, PATIENCE, READER, clean_environment, compile_test


def build(to, instead=()):
    """With the reader's objects, or others instead of some."""
    ours = {path.with_suffix(".o").name: path for path in map(HERE.__class__, instead)}
    objects = [ours.get(p.name, p) for p in sorted(BUILD.rglob("*.o")) if p.name != "kvas.o"
               and (READER / p.relative_to(BUILD)).with_suffix(".c").exists()]
    return compile_test(to / "test_backends", HERE / "test_backends.c", *objects, *mutation.libraries())


def run(program, *args, env=None, **more):
    return subprocess.run([program, *map(bytes_of, args)], capture_output=True, timeout=PATIENCE,
                          env=clean_environment(**(env or {})), **more)


def bytes_of(arg):
    return arg if isinstance(arg, bytes) else str(arg).encode()


def drawing(program):
    def call(scene, format="svg", theme="light", *text):
        result = run(program, scene, format, theme, "-", *text)
        assert result.returncode == 0 and not result.stderr, result.stderr.decode()
        return result.stdout
    return call
