# SPDX-License-Identifier: GPL-2.0-only
"""The cache: entries named by what they were made from, complete or absent."""

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import tempfile
import threading
import time
from concurrent.futures import Future
from pathlib import Path


def root():
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kvas"
    return Path(os.environ.get("KVAS_CACHE") or default).absolute()


_started = time.monotonic()
# Taken out, as children of ours do not have it.
_progress_fd = int(os.environ.pop("KVAS_PROGRESS_FD", 2))


def progress(text):
    """A line about work under way, past whatever captures a test's output."""
    line = f"[{time.monotonic() - _started:6.1f} s] {text}\n"
    os.write(_progress_fd, line.encode())


def digest(*parts):
    """A short name for a sequence of strings, bytes and files."""
    h = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part
        data = data.encode() if isinstance(data, str) else data
        h.update(b"%d:" % len(data))
        h.update(data)
    return h.hexdigest()[:16]


def once(function):
    """Call a function once for each set of arguments, and keep its result.

    Unlike lru_cache, it makes threads that ask at the same time wait for the
    one call, and an exception is kept, too: what failed is not tried again.
    """
    answers, guard = {}, threading.Lock()

    @functools.wraps(function, updated=())
    def ask(*arguments):
        with guard:
            first = arguments not in answers
            answer = answers.setdefault(arguments, Future())
        if first:
            try:
                answer.set_result(function(*arguments))
            except BaseException as error:
                answer.set_exception(error)
        return answer.result()

    return ask


@contextlib.contextmanager
def lock(name):
    """Held by one process at a time; the kernel drops it if that one dies."""
    locks = root() / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with open(locks / name, "w") as f:
        if not _taken_soon(f):
            progress(f"waiting for {name}, which another run or thread is making")
            fcntl.flock(f, fcntl.LOCK_EX)
        yield


def _taken_soon(f, seconds=20):
    """Most waits are too short to speak of."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.05)
    return False


def entry(kind, name, key, make, keep=1):
    """The directory kind/name-key; make(directory) fills it the first time.

    It is made under a temporary name and renamed, so that what is there is
    whole.  Of the entries with the same name but other keys, the newest
    (keep - 1) stay.
    """
    parent = root() / kind
    final = parent / f"{name}-{key}"
    with lock(f"{kind}-{name}"):
        if final.is_dir():
            os.utime(final)
            return final
        parent.mkdir(parents=True, exist_ok=True)
        # No name with this sign after it begins another one.
        _sweep(parent, f".{name}~")
        partial = Path(tempfile.mkdtemp(prefix=f".{name}~", dir=parent))
        try:
            partial.chmod(0o755)
            make(partial)
            partial.rename(final)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        others = [p for p in parent.glob(f"{name}-*")
                  if len(p.name) == len(final.name) and p != final]
        for old in sorted(others, key=lambda p: p.stat().st_mtime, reverse=True)[keep - 1:]:
            shutil.rmtree(old, ignore_errors=True)
    return final


def _sweep(parent, prefix):
    """Remove what an interrupted run left; its lock is ours now."""
    for left in parent.glob(prefix + "*"):
        shutil.rmtree(left, ignore_errors=True)
