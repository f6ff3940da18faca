# SPDX-License-Identifier: GPL-2.0-only
"""What all tests share: the selection of kernels, the boots, the last line."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import matrix as lab_matrix  # noqa: E402


def pytest_generate_tests(metafunc):
    """A test that asks for a run or a kernel is there once for each."""
    if "run" in metafunc.fixturenames:
        metafunc.parametrize("run", lab_matrix.spots(), ids=str, indirect=True, scope="session")
    elif "kernel" in metafunc.fixturenames:
        kernels = list(dict.fromkeys(spot.kernel for spot in lab_matrix.spots()))
        metafunc.parametrize("kernel", kernels, ids=lambda k: k.name, scope="session")


@pytest.fixture(scope="session")
def matrix(request):
    boots = lab_matrix.Matrix()
    wanted = [item.callspec.params["run"] for item in request.session.items
              if "run" in getattr(getattr(item, "callspec", None), "params", {})]
    order = {spot: n for n, spot in enumerate(lab_matrix.spots())}
    boots.start(sorted(set(wanted), key=order.get))
    yield boots
    boots.stop()


@pytest.fixture(scope="session")
def run(request, matrix):
    """The findings of one boot, see matrix.py."""
    return matrix.run(request.param)


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
    terminalreporter.config.kvas_counts = counts


def pytest_unconfigure(config):
    """The last line is the same whatever pytest prints before it."""
    counts = getattr(config, "kvas_counts", None)
    if counts is None:
        return
    bad = counts["failed"] + counts["error"] + counts["xpassed"]
    skipped = counts["skipped"] + counts["xfailed"]
    tail = f", {skipped} skipped" if skipped else ""
    print(f"{counts['passed']} passed, {bad} failed{tail}", flush=True)
