# SPDX-License-Identifier: GPL-2.0-only
"""What a run is made of (downloads, builds, boots), and how long each part takes."""

import contextlib
import threading
import time

from . import cache

_times = []  # (seconds, what) of all that is done
_counted = {}  # what: [done, of how many]
_guard = threading.Lock()


@contextlib.contextmanager
def part(what):
    """Say that a part begins, and how long it took."""
    cache.progress(what)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        took = time.monotonic() - started
        cache.progress(f"{what}: failed after {took:.1f} s")
        raise
    took = time.monotonic() - started
    record(what, took)
    cache.progress(f"{what}: {took:.1f} s")


def record(what, seconds):
    _times.append((seconds, what))


def slowest(number):
    """Pairs of seconds and what took them, the slowest first."""
    return sorted(_times, reverse=True)[:number]


def expect(kind, number):
    """So many more are to be done."""
    with _guard:
        _counted.setdefault(kind, [0, 0])[1] += number


def count(kind):
    """One more is done; tells how many of how many that makes."""
    with _guard:
        _counted[kind][0] += 1
    return state(kind)


def state(kind):
    done, number = _counted[kind]
    return f"{done} of {number} {kind}"


def states():
    """All that is counted, as text."""
    with _guard:
        return [state(kind) for kind, (_, number) in _counted.items() if number]
