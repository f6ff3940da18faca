# SPDX-License-Identifier: GPL-2.0-only
"""Programs of lab/ that run on this machine, and say themselves where their objects are; their files by readelf(1)."""

import contextlib
import re
import subprocess
from pathlib import Path

from userhalf import parse_mappings

LAB = Path(__file__).parent.parent / "lab"
LINKS = ("pie", "no-pie", "static", "static-pie")


def build(to):
    """lab/objects.c, linked in each way, and unusual."""
    source, library, unusual = (LAB / name for name in ("objects.c", "objects_library.c", "unusual.c"))
    shared = "libobjects_library.so"

    def compile_to(name, *words):
        return subprocess.Popen(["cc", "-O1", "-pthread", "-o", to / name, *words])
    assert compile_to(shared, "-fPIC", "-shared", f"-Wl,-soname,{shared}", library).wait() == 0
    jobs = [compile_to("unusual", unusual)]
    jobs += [compile_to(link, f"-{link}", "-rdynamic", source, to / shared, "-Wl,-rpath,$ORIGIN") for link in LINKS[:2]]
    jobs += [compile_to(link, f"-{link}", source, library) for link in LINKS[2:]]
    assert [job.wait() for job in jobs] == [0] * len(jobs)


class Running:
    """A program that has said that it is ready; ends with the test."""

    def __init__(self, *command):
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        self.pid, self.said = self.process.pid, []
        for line in self.process.stdout:
            self.said.append(line.split())
            if line.startswith("ready"):
                return
        raise AssertionError(self.said)

    def lines(self, word):
        return [words[1:] for words in self.said if words and words[0] == word]

    @property
    def objects(self):
        return {name: int(start, 16) for name, start, _ in self.lines("object")}

    def proc(self, name):
        return Path(f"/proc/{self.pid}/{name}").read_text()

    @property
    def smaps(self):
        return parse_mappings(self.proc("smaps"))


@contextlib.contextmanager
def running(*command):
    it = Running(*command)
    try:
        yield it
    finally:
        it.process.kill()
        it.process.wait()


def table_of(file):
    """(value, name) of the symbols that are places in the file."""
    text = subprocess.run(["readelf", "-sW", file], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in text.splitlines() if re.match(r" *\d+: [0-9a-f]{8}", line)]
    return {(int(row[1], 16), row[7].partition("@")[0]) for row in rows
            if len(row) > 7 and row[6].isdigit() and row[3] in ("FUNC", "OBJECT", "NOTYPE", "IFUNC", "COMMON")}


def images(it):
    """Where each executed file begins, and its path."""
    found = {}
    for m in parse_mappings(it.proc("maps")):
        if m.name.startswith("/"):
            found.setdefault(m.name, [m.start, False])[1] |= "x" in m.rights
    return {path: start for path, (start, executed) in found.items() if executed}


def bias_of(path, start):
    """As the program headers say it: the first segment's address is that of the first mapping."""
    text = subprocess.run(["readelf", "-lW", path], capture_output=True, text=True, check=True).stdout
    first = int(re.search(r"^ +LOAD +\S+ (0x\w+)", text, re.M)[1], 16)
    return start - first // 4096 * 4096
