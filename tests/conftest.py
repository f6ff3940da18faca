# SPDX-License-Identifier: GPL-2.0-only
"""What all tests share: the selection of kernels, the boots, the last line."""

import contextlib
import os
import sys
import threading
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import course  # noqa: E402
import kept  # noqa: E402
import matrix as lab_matrix  # noqa: E402
from lab import apt, pagetables, records, source  # noqa: E402


# The file for the last lines of several sessions, see run; not for those that tests start.
COUNTS = os.environ.pop("KVAS_COUNTS", None)


def pytest_configure(config):
    config.pluginmanager.register(course.Course(config.invocation_params.args))
    if lab_matrix.EVERYTHING:
        config.kvas_kept = kept.Kept(made_of)
        config.pluginmanager.register(config.kvas_kept)


def pytest_generate_tests(metafunc):
    """A test that asks for a run or a kernel is there once for each."""
    if "run" in metafunc.fixturenames:
        metafunc.parametrize("run", lab_matrix.spots(), ids=str, indirect=True, scope="session")
    elif "census" in metafunc.fixturenames:
        metafunc.parametrize("census", lab_matrix.spots(covered=False), ids=str, indirect=True,
                             scope="session")
    elif "kernel" in metafunc.fixturenames:
        metafunc.parametrize("kernel", lab_matrix.kernels(), ids=lambda k: k.name, scope="session")


def machine(item):
    """The kernel of Debian that a test is for, and its mode; None if it has none."""
    for value in getattr(getattr(item, "callspec", None), "params", {}).values():
        kernel = getattr(value, "kernel", value)
        if isinstance(kernel, records.Kernel):
            return kernel, getattr(value, "mode", None)
    return None, None


def made_of(item):
    """See kept.py."""
    named = {name for mark in item.iter_markers("needs") for name in mark.args}
    return kept.made_of(item.path, machine(item)[0], [k for k in records.KERNELS if k.name in named])


def fits(item):
    """Whether a test is for the machine that it was given, see pytest.ini."""
    if any("empty parameter set" in mark.kwargs.get("reason", "") for mark in item.iter_markers("skip")):
        if not lab_matrix.NAMED:
            raise pytest.UsageError(f"{item.nodeid} has no machine")
        return False  # none of its machines is selected
    if not lab_matrix.EVERYTHING and (item.get_closest_marker("all") or any(built_from_source([item]))):
        return False
    selected = {kernel.name for kernel in lab_matrix.selected()}
    if not all(selected & set(mark.args) for mark in item.iter_markers("needs")):
        return False
    kernel, mode = machine(item)
    for mark in item.iter_markers("arch"):
        if not {kernel.arch.name, kernel.arch.kernel} & set(mark.args):
            return False
    return not item.get_closest_marker("walked") or pagetables.there_are(kernel, mode)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item, call):
    """A test that needs what the archive does not hold is a skip that says so."""
    gone = call.excinfo and call.excinfo.errisinstance(apt.Gone)
    if gone and not item.get_closest_marker("own_archive"):
        kernel, _ = machine(item)
        name = f"{kernel.name}: " if kernel else ""
        try:
            pytest.skip(name + str(call.excinfo.value).removeprefix(name))
        except pytest.skip.Exception:
            call.excinfo = pytest.ExceptionInfo.from_current()


# Of kernels that take long to build, and are built while other tests run.
LAST = ("test_guest_source", "test_guest_ptdump", "test_guest_load", "test_guest_debugfs", "test_guest_adverse",
        "test_guest_cfi", "test_guest_options", "test_guest_torture", "test_guest_storm")
VARIANTS = {v.name: v for family in source.FAMILIES for v in family.variants}


def pytest_collection_modifyitems(config, items):
    chosen = [item for item in items if fits(item)]
    if not lab_matrix.EVERYTHING and not lab_matrix.NAMED:
        chosen = list(samples(chosen))
    left = set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item not in left])
    items[:] = sorted(chosen, key=place)


def place(item):
    """Tests with an archive of their own come before anything runs beside them."""
    return not item.get_closest_marker("own_archive"), item.module.__name__ in LAST


def samples(items):
    """All of them, but of a test with the mark "each" only one for each such machine."""
    seen = set()
    for item in items:
        mark = item.get_closest_marker("each")
        if mark:
            kernel, _ = machine(item)
            key = item.function, *(getattr(kernel, key) for key in mark.args)
            if key in seen:
                continue
            seen.add(key)
        yield item


@pytest.fixture(autouse=True)
def beside_the_tests(request):
    """Guests run and kernels are built while tests run, but not beside tests that
    put another archive and another cache in their place."""
    if not request.node.get_closest_marker("own_archive"):
        request.getfixturevalue("matrix")
        request.getfixturevalue("source_kernels")


# From the first test on that needs no archive of its own.
@pytest.fixture(scope="session")
def matrix(request):
    yield from lab_matrix.boots(request, "run", lab_matrix.spots(), lab_matrix.run,
                                lab_matrix.fetch)


@pytest.fixture(scope="session")
def source_kernels(request):
    """Built with what time the processors have left."""
    variants = dict.fromkeys(v.name for v in built_from_source(request.session.items))

    def prepare():
        for variant in variants:
            # What goes wrong is said by the test that asks for the kernel.
            with contextlib.suppress(Exception):
                source.prepare(variant)

    threading.Thread(target=prepare, daemon=True).start()


def built_from_source(items):
    """The kernels that tests of these modules are for, see source.py."""
    for item in items:
        if item.module.__name__ not in LAST:
            continue
        for value in getattr(getattr(item, "callspec", None), "params", {}).values():
            names = [value] if isinstance(value, str) else [
                getattr(value, key, None) for key in ("variant", "first", "second")]
            yield from (VARIANTS[name] for name in names if name in VARIANTS)


@pytest.fixture(scope="session")
def bare_boots(request):
    yield from lab_matrix.boots(request, "census", lab_matrix.spots(covered=False), lab_matrix.census)


@pytest.fixture(scope="session")
def run(request, matrix):
    """The findings of one boot, see matrix.py."""
    return matrix.run(request.param)


@pytest.fixture(scope="session")
def census(request, bare_boots):
    """The spot, and the findings there without the module."""
    return request.param, bare_boots.run(request.param)


@pytest.fixture(scope="session")
def report(request):
    """A line for the end of the run, where people look."""
    lines = request.config.kvas_report = getattr(request.config, "kvas_report", [])
    return lines.append


def pytest_terminal_summary(terminalreporter):
    for line in getattr(terminalreporter.config, "kvas_report", ()):
        terminalreporter.write_line(line)
    counts = {name: len(terminalreporter.stats.get(name, ()))
              for name in ("passed", "failed", "error", "skipped", "xfailed", "xpassed")}
    if lab_matrix.EVERYTHING:
        counts["passed"] += terminalreporter.config.kvas_kept.number
    terminalreporter.config.kvas_counts = counts


def pytest_unconfigure(config):
    """The last line is the same whatever pytest prints before it."""
    counts = getattr(config, "kvas_counts", None)
    if counts is None:
        return
    bad = counts["failed"] + counts["error"] + counts["xpassed"]
    skipped = counts["skipped"] + counts["xfailed"]
    tail = f", {skipped} skipped" if skipped else ""
    line = f"{counts['passed']} passed, {bad} failed{tail}"
    if COUNTS:
        with open(COUNTS, "a") as file:
            file.write(f"{line}\n")
    else:
        print(line, flush=True)
