# SPDX-License-Identifier: GPL-2.0-only
"""How far a run of the tests has come, how long it will take, what took longest.

A plugin of pytest.  When each test ended is kept in the laboratory's cache, so
that the next run of the same tests can tell how much time is left.
"""

import json
import os
import threading
import time

from lab import cache, parts

PAUSE = 30  # seconds between two lines
SLOWEST = 10


class Course:
    def __init__(self, arguments):
        chosen = [os.environ.get(name, "") for name in ("KERNEL", "ARCH", "KVAS_ALL")]
        self._file = cache.root() / "times" / f"{cache.digest(*chosen, *arguments)}.json"
        self._before = json.loads(self._file.read_text()) if self._file.exists() else {}
        self._started = time.monotonic()
        self._ended = {}  # seconds after the start at which each test ended, in order
        self._total = 0
        self._stop = threading.Event()

    def pytest_collection_finish(self, session):
        self._total = len(session.items)
        if not session.config.option.collectonly:
            threading.Thread(target=self._beat, daemon=True).start()

    def pytest_runtest_logfinish(self, nodeid):
        self._ended[nodeid] = round(time.monotonic() - self._started, 1)

    def pytest_sessionfinish(self):
        self._stop.set()
        whole = self._total and len(self._ended) == self._total
        # A run that only goes on where another was interrupted is no measure.
        if whole and len(self._ended) > len(self._before) / 2:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(self._ended) + "\n")

    def pytest_terminal_summary(self, terminalreporter):
        slowest = parts.slowest(SLOWEST)
        if slowest:
            terminalreporter.section(f"slowest {len(slowest)} parts")
        for seconds, what in slowest:
            terminalreporter.write_line(f"{seconds:7.1f} s  {what}")

    def _beat(self):
        while not self._stop.wait(PAUSE):
            cache.progress(self.line())

    def line(self):
        """What is done of what is to be done."""
        tests = os.environ.get("KVAS_SESSION", "tests")
        words = [f"{len(self._ended)} of {self._total} {tests}", *parts.states()]
        return ", ".join(words) + self._left()

    def _left(self):
        """By the last run: it stood where this one stands, and then took so long."""
        if not self._before:
            return ""
        known = next((test for test in reversed(list(self._ended)) if test in self._before), None)
        then = self._before[known] if known else 0
        since = time.monotonic() - self._started - (self._ended[known] if known else 0)
        left = max(0, max(self._before.values()) - then - since)
        return f"; about {left / 60:.0f} min left"
