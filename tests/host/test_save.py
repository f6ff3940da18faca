# SPDX-License-Identifier: GPL-2.0-only
"""kvas save to one file: what it replaces, and what it never does."""

import os
import socket
import stat
import subprocess

import pytest

import capture

SAMPLE = next(p for p in capture.SAMPLES if p.stem == "x86_64-4level")
force = pytest.mark.parametrize("options", [[], ["--force"]], ids=["unasked", "force"])


def inode(path):
    found = os.lstat(path)
    return found.st_ino, stat.S_IFMT(found.st_mode)


def test_a_regular_file_is_replaced_only_when_asked(output, refused, write):
    path = write("something else")
    assert "--force" in refused("save", "-f", SAMPLE, path)
    assert path.read_text() == "something else"
    assert output("save", "--force", "-f", SAMPLE, path) == ""
    assert path.read_bytes() == SAMPLE.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# As a file system without hard links.
NO_LINKS = """
#include <errno.h>
int link(const char *from, const char *to)
{
	(void)from, (void)to;
	errno = %s;
	return -1;
}
"""


@pytest.mark.parametrize("error", ["EPERM", "EOPNOTSUPP"])
def test_a_file_system_without_hard_links(kvas, tmp_path, write, error):
    library = tmp_path / "nolink.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-o", library, "-"], check=True,
                   input=NO_LINKS % error, text=True)
    env = {"LD_PRELOAD": library, "ASAN_OPTIONS": "exitcode=99:verify_asan_link_order=0"}
    target, there = tmp_path / "capture", write("something else", "there")
    names = sorted([*os.listdir(tmp_path), target.name])
    result = kvas("save", "-f", SAMPLE, target, env=env)
    assert result.returncode == 0, result.stderr
    assert target.read_bytes() == SAMPLE.read_bytes() and sorted(os.listdir(tmp_path)) == names
    result = kvas("save", "-f", SAMPLE, there, env=env)
    assert result.returncode == 2 and "already exists" in result.stderr
    assert there.read_text() == "something else" and sorted(os.listdir(tmp_path)) == names


@force
@pytest.mark.parametrize("kind", ["fifo", "socket", "link", "dangling", "directory"])
def test_what_is_no_regular_file_stays(refused, tmp_path, kind, options):
    path, target = tmp_path / "path", tmp_path / "target"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(str(path))
    elif kind == "directory":
        path.mkdir()
    else:
        path.symlink_to(target)
    if kind == "link":
        target.write_text("something else")
    before, names = inode(path), sorted(os.listdir(tmp_path))
    said = refused("save", *options, "-f", SAMPLE, path)
    assert str(path) in said and "--force" not in said
    assert {"link": "symbolic link", "dangling": "symbolic link",
            "directory": "is a directory"}.get(kind, "not a regular file") in said
    assert inode(path) == before and sorted(os.listdir(tmp_path)) == names
    if kind == "link":
        assert target.read_text() == "something else"
