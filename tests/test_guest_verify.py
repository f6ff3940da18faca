# SPDX-License-Identifier: GPL-2.0-only
"""The reader, on what guests saved: verify above all."""

import collections
import functools
import subprocess

import pytest

import expected as expect
import matrix
import predicted
import results
from lab import images


def kvas(run, *words):
    return subprocess.run([matrix.reader(), *words, "--sysroot", run.sysroot], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})


def test_saved_and_shown_in_the_guest(run):
    """Each word of the guest's own reader ended with status 0."""
    for name in ("save", "show", "verify"):
        assert run.guest.text(name).splitlines()[-1] == "0", run.guest.text(name)


# What follows from two published values, the region around one, and how far
# windows reach of which no variable tells; where init was, which is freed, and
# where all of the image is, if nothing else tells its place in memory.
DERIVED = {"size", "parent", "end", "phys"}


# Asked once for each boot.
foretold = functools.lru_cache(results.foretold)


def test_verify(run, report):
    """No source disagrees, on the host as in the guest."""
    values, status = results.verified(run.sysroot)
    results.keep(run.spot, values, foretold(run.spot, run.capture))
    verdicts = collections.Counter(v["verdict"] for v in values)
    # Only what does not lean on other published values agrees or allows.
    confirmations = collections.Counter(source for v in values for source, cell in v["sources"].items()
                                        if cell["verdict"] in ("agrees", "allows"))
    checked = verdicts["agrees"] + verdicts["allows"]
    report(f"{run.spot}: {len(values)} values, {checked} checked by other sources with"
           f" {sum(confirmations.values())} confirmations by {len(confirmations)} sources,"
           f" {verdicts['consistent']} only consistent with other published values,"
           f" {verdicts['disagrees']} disagreements, {verdicts['unverified']} unverified")
    for verdict in ("consistent", "unverified"):
        names = " ".join(f"{v['name']}.{v['key']}" for v in values if v["verdict"] == verdict)
        report(f"{run.spot}: {verdict}: {names or 'none'}")
    assert [v for v in values if v["verdict"] == "disagrees"] == []
    expected = expect.of(run)
    assert checked >= expected.checked * len(values)
    derived = DERIVED | ({"region"} if expected.regions_lean else set())
    odd = [f"{v['name']}.{v['key']}" for v in values
           if v["verdict"] == "consistent" and v["key"] not in derived]
    assert [name for name in odd if name not in expected.consistent] == []
    assert status == 0


def test_predicted(run, report):
    """From the packaged configuration, and what QEMU was told; the guest is not asked."""
    outcomes = foretold(run.spot, run.capture)
    if run.arch.name in predicted.UNPREDICTED:
        done = subprocess.run([matrix.reader(), "predict", images.fetch(run.spot.kernel).config],
                              text=True, stderr=subprocess.PIPE)
        assert done.returncode == 2 and "is not predicted" in done.stderr
        return
    counts = predicted.counts(outcomes)
    report(f"{run.spot}: predicted: " + ", ".join(f"{n} {word}" for word, n in counts.items()))
    assert [value for value, outcome in outcomes.items() if outcome == predicted.WRONG] == []
    assert counts[predicted.EXACT] >= 30


@pytest.mark.parametrize("words", [["show"], ["map"], ["show", "-J"], ["where", "schedule"],
                                   ["explain", "vmalloc"]], ids=" ".join)
def test_other_commands(run, words):
    done = kvas(run, *words)
    assert done.returncode == 0 and done.stderr == "" and len(done.stdout) > 50
