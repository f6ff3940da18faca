# SPDX-License-Identifier: GPL-2.0-only
"""What a run says of its course, see course.py and lab/parts.py."""

import os
import re
import subprocess
import sys
import textwrap

import pytest

import course
import matrix
from lab import cache, parts

CONFTEST = """
    import sys

    sys.path.insert(0, {tests!r})
    import course

    course.PAUSE = 0.2

    def pytest_configure(config):
        config.pluginmanager.register(course.Course(["words"]))
"""

TESTS = """
    import time

    import pytest

    from lab import parts

    @pytest.mark.parametrize("number", range(12))
    def test_part(number):
        if number == 0:
            parts.expect("boots", 2)
        if number in (3, 5):
            parts.count("boots")
        with parts.part(f"part {number}"):
            time.sleep(number / 50)
"""


@pytest.fixture
def attempt(tmp_path):
    (tmp_path / "conftest.py").write_text(
        textwrap.dedent(CONFTEST.format(tests=str(matrix.TOP / "tests"))))
    (tmp_path / "test_parts.py").write_text(textwrap.dedent(TESTS))

    def attempt():
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", tmp_path],
            cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "KVAS_CACHE": str(tmp_path / "cache"), "KVAS_PROGRESS_FD": "2",
                 "KVAS_SESSION": "tests"})
        assert done.returncode == 0, done.stdout
        return done.stdout, done.stderr

    return attempt


def test_a_run_says_how_far_it_is(attempt):
    said, progress = attempt()
    lines = re.findall(r"\] (\d+) of 12 tests, (\d) of 2 boots$", progress, re.M)
    assert len(lines) >= 3 and lines == sorted(lines, key=lambda words: int(words[0]))
    assert "min left" not in progress
    # Each part has a line when it begins, and one with its time.
    assert "] part 11\n" in progress and re.search(r"\] part 11: 0\.[2-9] s$", progress, re.M)
    slowest = re.findall(r"^ +(\d\.\d) s  part \d+$", said, re.M)
    assert len(slowest) == 10 and slowest == sorted(slowest, reverse=True)
    # The next run knows how long it takes.
    assert re.search(r" of 12 tests, \d of 2 boots; about 0 min left$", attempt()[1], re.M)


def test_what_is_left_is_what_the_last_run_took(monkeypatch, tmp_path):
    monkeypatch.setenv("KVAS_CACHE", str(tmp_path))
    monkeypatch.delenv("KVAS_SESSION", raising=False)
    monkeypatch.setattr(parts, "_counted", {})
    now = [1000.0]
    monkeypatch.setattr(course.time, "monotonic", lambda: now[0])

    class Session:
        items = ["a", "b", "c"]

        class config:
            class option:
                collectonly = True

    def begin():
        run = course.Course([])
        run.pytest_collection_finish(Session)
        return run

    def pass_time(minutes):
        now[0] += 60 * minutes

    first = begin()
    for test, minutes in zip("abc", (10, 2, 8)):
        pass_time(minutes)
        first.pytest_runtest_logfinish(test)
    first.pytest_sessionfinish()
    second = begin()
    assert second.line() == "0 of 3 tests; about 20 min left"
    pass_time(3)
    assert second.line() == "0 of 3 tests; about 17 min left"
    second.pytest_runtest_logfinish("a")  # sooner than last time
    assert second.line() == "1 of 3 tests; about 10 min left"
    pass_time(15)
    assert second.line() == "1 of 3 tests; about 0 min left"
    # A run that does not come to its end is no measure, nor is the rest of one.
    second.pytest_sessionfinish()
    third = begin()
    third._total = 1
    third.pytest_runtest_logfinish("c")
    third.pytest_sessionfinish()
    assert begin().line() == "0 of 3 tests; about 20 min left"


def test_a_part_that_fails_says_so(monkeypatch):
    said = []
    monkeypatch.setattr(cache, "progress", said.append)
    with pytest.raises(RuntimeError), parts.part("building"):
        raise RuntimeError
    assert said == ["building", "building: failed after 0.0 s"]
