# SPDX-License-Identifier: GPL-2.0-only
"""The output on each capture is what it was; whether it is right, the other
tests say.

After a wanted change, or with a new capture, write it anew and read the diff:

    UPDATE=1 tests/run host/test_golden.py
"""

import os

import pytest

import capture
from conftest import HERE
from lab import records

EXPECTED = HERE / "expected"
UPDATE = bool(os.environ.get("UPDATE"))

# What is shown with which arguments and how many columns.
VIEWS = {
    "show": (["--summary=always"], None),
    "show-80": (["--summary=always"], 80),
    "show-all": (["--output-all", "-b", "--ascii"], None),
    "facts": (["--facts"], None),
    "witnesses": (["--witnesses", "--output-all"], None),
    "raw": (["-r"], None),
    "pairs": (["-P"], None),
    "json": (["-J"], None),
    "map-40": (["map", "--ascii"], 40),
    "map-80": (["map"], 80),
    "map-132-color": (["map", "--color=always"], 132),
}

# All of it of some; of machines of other architectures what differs; of what
# differs in numbers only, what everybody looks at.
def views(path):
    if path in capture.ROWS:
        return ["show"]
    foreign = capture.name_of(path) in {m.name for m in capture.FOREIGN}
    return ["show", "facts", "map-80"] if foreign else VIEWS


SEEN = [(path, view) for path in capture.ALL for view in views(path)]


@pytest.mark.parametrize("path, view", SEEN,
                         ids=lambda v: v if isinstance(v, str) else capture.name_of(v))
def test_output_is_as_before(output, path, view):
    args, width = VIEWS[view]
    text = output(*args, "-f", path, env={"COLUMNS": width} if width else {})
    file = EXPECTED / capture.name_of(path) / view
    if UPDATE:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.exists(), f"{file} is not there: see the head of test_golden.py"
    assert text == file.read_text(encoding="utf-8")


def test_nothing_is_left_over():
    """No expectation for a capture or a view that is no more."""
    wanted = {EXPECTED / capture.name_of(path) / view for path, view in SEEN}
    assert set(EXPECTED.glob("*/*")) == wanted


def test_every_place_of_the_matrix_is_kept():
    spots = {f"{kernel.name}-{mode.name}" for kernel in records.KERNELS if kernel.arch.covered
             for mode in kernel.modes}
    kept = [capture.name_of(path) for path in capture.REAL + capture.ROWS]
    assert sorted(kept) == sorted(spots)
