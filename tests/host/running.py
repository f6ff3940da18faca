# SPDX-License-Identifier: GPL-2.0-only
"""Programs of lab/ that run on this machine, and say themselves where their objects are."""

import contextlib
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
