# SPDX-License-Identifier: GPL-2.0-only
"""The file system that a guest boots into, as a cpio archive."""

import os
import re
import subprocess
from pathlib import Path

LAB = Path(__file__).parent
DIRECTORIES = ("dev", "proc", "sys", "tmp", "out", "etc", "root", "bin", "usr/bin")


class Tree:
    """Files by their path in the guest; the format is the kernel's own newc."""

    def __init__(self):
        self._entries = {}
        for name in DIRECTORIES:
            self._directory(name)

    def _directory(self, name):
        if name and name not in self._entries:
            self._directory(os.path.dirname(name))
            self._entries[name] = (0o040755, b"")

    def add(self, path, content, mode=0o755):
        name = path.lstrip("/")
        self._directory(os.path.dirname(name))
        data = content.read_bytes() if isinstance(content, Path) else content
        data = data.encode() if isinstance(data, str) else data
        self._entries[name] = (0o100000 | mode, data)

    def add_program(self, path, program):
        """A program of this machine, with the libraries that it loads."""
        self.add(path, Path(program))
        for library in libraries(program):
            self.add(library, Path(library))

    def write(self, file):
        with open(file, "wb") as out:
            for number, (name, (mode, data)) in enumerate(self._entries.items(), 1):
                out.write(_record(number, name, mode, data))
            out.write(_record(0, "TRAILER!!!", 0, b""))


def _record(number, name, mode, data):
    links = 2 if mode & 0o040000 else 1
    words = (number, mode, 0, 0, links, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08x" % word for word in words) + name.encode() + b"\0"
    return _padded(head) + _padded(data)


def _padded(data):
    return data + bytes(-len(data) % 4)


def libraries(program):
    """What the dynamic linker maps for a program, itself included."""
    listed = subprocess.run(["ldd", str(program)], text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)
    if "statically linked" in listed.stdout or "not a dynamic" in listed.stdout:
        return []
    if listed.returncode or "not found" in listed.stdout:
        raise OSError(f"ldd {program}: {listed.stdout.strip()}")
    return re.findall(r"(/\S+) \(0x", listed.stdout)


def build(image, busybox, job, files, programs):
    """A tree with the lab's own parts, the job, and what a test adds."""
    tree = Tree()
    tree.add("/init", LAB / "init")
    tree.add("/bin/busybox", busybox)
    tree.add("/lab/job", job)
    tree.add("/lab/drivers/order", "".join(f"{d.name}\n" for d in image.drivers))
    for driver in image.drivers:
        tree.add(f"/lab/drivers/{driver.name}", driver)
    for path, content in files.items():
        tree.add(path, content)
    for path, program in programs.items():
        tree.add_program(path, program)
    return tree
