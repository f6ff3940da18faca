# SPDX-License-Identifier: GPL-2.0-only
"""The commands for users, as users give them."""

import os
import pty
import re
import select
import subprocess
import time

import matrix


def make(*words, **more):
    done = subprocess.run(["make", "-C", matrix.TOP, "--no-print-directory", *words], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_help_names_every_target():
    makefile = (matrix.TOP / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split()
    assert len(targets) > 10
    said = make("help")
    assert [t for t in targets if f"\n  {t} " not in said] == []


def test_plain_make_says_why_there_is_no_module():
    said = make("KDIR=/nowhere", "RELEASE=1.2.3")
    assert "No module: the headers of 1.2.3 are not in /nowhere" in said


def test_install_and_uninstall(tmp_path):
    destination = f"DESTDIR={tmp_path}"
    make("install", destination, "KDIR=/nowhere", "PREFIX=/usr")
    installed = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert {"usr/bin/kvas", "usr/share/man/man1/kvas.1",
            "usr/share/bash-completion/completions/kvas"} <= installed
    make("uninstall", destination, "PREFIX=/usr")
    assert [p for p in tmp_path.rglob("*") if not p.is_dir()] == []


def kernel():
    """The first of the selected kernels, so that nothing else is fetched."""
    return f"KERNEL={matrix.first().version}"


def test_demo():
    """The layout and nothing else on standard output."""
    said = make("demo", kernel(), env={**os.environ, "COLUMNS": "100"})
    assert re.search(r"^# Linux \S+, \d-level page tables, KASLR on: kvas$", said, re.M)
    assert re.search(r"^direct_map +0xff[0-9a-f]{14}-0xff[0-9a-f]{14} ", said, re.M)
    assert "kvas map\n" in said and said.count("vmemmap") >= 2
    assert "\033" not in said and not re.search(r"^\[ *\d+\.\d+\]", said, re.M)


def converse(master, expected, answer, patience=120):
    """Wait for a text on the terminal, then type; gives what was printed."""
    seen, end = "", time.monotonic() + patience
    while expected not in seen:
        ready, _, _ = select.select([master], [], [], max(0, end - time.monotonic()))
        assert ready, f"no '{expected}' in {patience} s after:\n{seen}"
        seen += os.read(master, 65536).decode(errors="replace")
    os.write(master, answer)
    return seen


def test_lab(tmp_path):
    """A shell on the terminal, with the module loaded, and a way out."""
    master, slave = pty.openpty()
    child = subprocess.Popen(["make", "-C", matrix.TOP, "lab", kernel(), f"FOLDER={tmp_path}"], stdin=slave,
                             stdout=slave, stderr=slave, close_fds=True)
    os.close(slave)
    try:
        greeting = converse(master, "lab:", b"kvas -n -o NAME | grep -c . ; echo a$((6*7))b\r")
        assert "kvas.ko is loaded" in greeting
        said = converse(master, "a42b", b"exit\r")
        assert int(re.search(r"^(\d+)\r", said, re.M)[1]) > 20
        assert child.wait(60) == 0
    finally:
        if child.poll() is None:
            child.terminate()
        os.close(master)
