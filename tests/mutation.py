# SPDX-License-Identifier: GPL-2.0-only
"""Whether kvas verify notices a flipped value: see mutate.c."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parent
READER = TESTS.parent / "userspace"


def build(target, objects, *flags):
    """Link mutate.c with the reader's objects (its build directory)."""
    parts = [p for p in sorted(Path(objects).rglob("*.o")) if p.name != "kvas.o"]
    libraries = subprocess.run(["pkg-config", "--libs", "smartcols", "jansson"], check=True,
                               text=True, capture_output=True).stdout.split()
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-g", "-Wall", "-Wextra", "-Werror",
                    *flags, f"-I{READER}", "-o", target, TESTS / "mutate.c", *parts, *libraries],
                   check=True, timeout=120)
    return target


@dataclass
class Score:
    caught: int
    tried: int
    sources: int  # noticed by one that leans on no published value
    consistency: int  # noticed only since published values do not fit together
    parser: int
    values: int
    firm: int  # values of which no flip goes unnoticed
    flips: tuple  # of values, without what is left out: tried, sources, consistency, parser
    escaped: list  # one line for each that did, with the reasons

    def __str__(self):
        return (f"{self.caught} of {self.tried} mutations caught"
                f" ({100 * self.caught / self.tried:.1f}%; {100 * self.sources / self.tried:.1f}% by"
                f" sources outside, {100 * self.consistency / self.tried:.1f}% by consistency only,"
                f" {100 * self.parser / self.tried:.1f}% by the parser);"
                f" {self.firm} of {self.values} values cannot be flipped unnoticed;"
                f" of {self.flips[0]} flips {self.flips[1]} by sources outside,"
                f" {self.flips[2]} by consistency only, {self.flips[3]} by the parser")


def score(program, sysroot, **how):
    done = subprocess.run([program, sysroot], text=True, capture_output=True, timeout=300, **how)
    if done.returncode:
        raise RuntimeError(f"{sysroot}: {done.stderr}")
    first, second, *escaped = done.stdout.splitlines()
    caught, tried, sources, consistency, parser = map(int, re.fullmatch(
        r".*: (\d+) of (\d+) mutations caught \([\d.]+%\): (\d+) by sources that lean on no published"
        r" value, (\d+) by consistency only, (\d+) by the parser", first).groups())
    values, firm = map(int, re.search(r": of (\d+) values, (\d+) cannot", second).groups())
    flips = tuple(map(int, re.search(r"of (\d+) such flips (\d+) are caught from outside,"
                                     r" (\d+) by consistency only, (\d+) by the parser", second).groups()))
    return Score(caught, tried, sources, consistency, parser, values, firm, flips, escaped)
