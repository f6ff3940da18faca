# SPDX-License-Identifier: GPL-2.0-only
"""What passed is not run again: make check-all goes on where it was interrupted.

A plugin of pytest.  Of each test that passed, a digest is kept in the
laboratory's cache: of the test's name, and of all that its result was made of.
A later run counts it as passed as long as the digest is the same.  Remove the
file "passed" from the cache to run all tests.
"""

import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

from lab import apt, cache, images, source, toolchain

TOP = Path(__file__).resolve().parent.parent

# What no test of the guests reads: a change there leaves their results alone.
APART = ("README.md", "COPYING", "tests/README.md", "tests/host", "tests/fuzz", "tests/golden", "tests/bench")
MADE = (".o", ".ko", ".mod", ".pyc", ".cmd", ".d")  # no sources
PROGRAMS = ("qemu-system-*", "gcc*", "clang*", "libc6*", "libjansson*", "libsmartcols*")
LIMIT = 100_000  # lines; of longer files the older half is dropped


class Kept:
    def __init__(self, made_of):
        """made_of(item) gives a sequence of texts; if one changes, the test is run."""
        self._made_of = made_of
        self._file = cache.root() / "passed"
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        if len(lines) > LIMIT:
            lines = lines[-LIMIT // 2:]
            self._file.write_text("".join(f"{line}\n" for line in lines))
        # The name comes first, so that nothing else is worked out for new tests.
        self._names = {line.split()[0] for line in lines}
        self._lines = set(lines)
        self._failed = set()
        self.number = 0

    # After all others have made their choice.
    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        left = [item for item in items if not self._passed(item)]
        self.number = len(items) - len(left)
        items[:] = left

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item):
        report = (yield).get_result()
        if not report.passed:
            self._failed.add(item.nodeid)
        elif report.when == "teardown" and item.nodeid not in self._failed:
            self._note(item)

    def pytest_sessionfinish(self, session, exitstatus):
        if self.number and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter):
        if self.number:
            terminalreporter.write_line(f"kept from an earlier run: {self.number}")

    def _passed(self, item):
        return cache.digest(item.nodeid) in self._names and self._line(item) in self._lines

    def _note(self, item):
        line = self._line(item)
        if line:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with open(self._file, "a") as file:
                file.write(f"{line}\n")

    def _line(self, item):
        """Empty if the test is to be run each time."""
        try:
            parts = self._made_of(item)
        except apt.AptError:
            return ""
        return f"{cache.digest(item.nodeid)} {cache.digest(*parts)}" if parts else ""


def made_of(file, kernel, needed=()):
    """Of what the results of a file of tests are made: sources, packages, and
    this machine's programs; kernel is that of Debian which the test is for.  If
    there is none, it may boot those that it needs, or kernels built from source.

    The tests of commands and of the laboratory itself are run each time.
    """
    guests = file.name.startswith("test_guest")
    if not guests and file.parent.name not in ("host", "fuzz"):
        return []
    words = [sources(guests), programs()]
    if guests:
        words += package_files(kernel) if kernel else [
            *source_files(), *(name for other in needed for name in package_files(other))]
    return words


@lru_cache
def sources(guests):
    """A digest of the files that the tests of the guests, or all tests, depend on."""
    files = [file for file in sorted(TOP.rglob("*")) if file.is_file() and _is_source(file)]
    names = [str(file.relative_to(TOP)) for file in files]
    return cache.digest(*(part for name, file in zip(names, files) for part in (name, file)
                          if not guests or not name.startswith(APART)))


def _is_source(file):
    return file.name == ".checkpatch.conf" or file.suffix not in MADE and not any(
        part.startswith(("build", ".")) or part == "__pycache__"
        for part in file.relative_to(TOP).parts)


@lru_cache
def programs():
    """Names and versions of this machine's packages that have a say."""
    return subprocess.run(["dpkg-query", "-W", *PROGRAMS], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


@lru_cache
def package_files(kernel):
    """Names of the files of packages: kernel, headers, busybox, compiler, emulator."""
    archive, host = apt.Archive(kernel.suite, kernel.arch.debian), apt.Archive(kernel.suite, apt.HOST)
    release = images.release(kernel)
    _, shared = images.shared_headers(kernel, release)
    files = archive.plan(alone=(*images.packages(archive, release), f"linux-headers-{release}",
                                "busybox-static"))
    files += host.plan(toolchain.ALONE, (*toolchain.TOOLS, *shared, kernel.compiler))
    if kernel.arch.qemu_suite:
        files += apt.Archive(kernel.arch.qemu_suite, apt.HOST).plan(
            closure=(kernel.arch.qemu_package, kernel.arch.firmware))
    for package in {mode.firmware for mode in kernel.modes if mode.firmware}:
        files += images.firmware_archive().plan(alone=[package])
    return files


@lru_cache
def source_files():
    """The same for the kernels that are built from source, all together."""
    files = []
    for suite in sorted({family.base.suite for family in source.FAMILIES}):
        host = apt.Archive(suite, apt.HOST)
        package, = (d for d in host.depends("linux-source") if d.startswith("linux-source-"))
        tools = sorted({tool for family in source.FAMILIES if family.base.suite == suite
                        for tool in (family.base.compiler, *family.packages)})
        files += host.plan((package,), (*toolchain.TOOLS, *tools))
    return files
