# SPDX-License-Identifier: GPL-2.0-only
"""The reader, on what guests saved: verify above all."""

import collections
import json
import subprocess

import pytest

import matrix


def kvas(run, *words):
    return subprocess.run([matrix.reader(), *words, "--sysroot", run.sysroot], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})


def test_saved_and_shown_in_the_guest(run):
    """Each word of the guest's own reader ended with status 0."""
    for name in ("save", "show", "verify"):
        assert run.guest.text(name).splitlines()[-1] == "0", run.guest.text(name)


def test_verify(run, report):
    """No source disagrees, on the host as in the guest."""
    done = kvas(run, "verify", "-J")
    values = json.loads(done.stdout)["values"]
    verdicts = collections.Counter(v["verdict"] for v in values)
    opinions = collections.Counter(s for v in values for s in v["sources"])
    unchecked = [v["name"] for v in values if v["verdict"] == "unverified"]
    report(f"{run.spot}: {len(values)} values, {sum(opinions.values())} confirmations by"
           f" {len(opinions)} sources, {verdicts['disagrees']} disagreements;"
           f" no source for: {' '.join(unchecked) or 'none'}")
    assert [v for v in values if v["verdict"] == "disagrees"] == []
    assert done.returncode == 0 and done.stderr == ""


@pytest.mark.parametrize("words", [["show"], ["map"], ["show", "-J"], ["where", "schedule"],
                                   ["explain", "vmalloc"]], ids=" ".join)
def test_other_commands(run, words):
    done = kvas(run, *words)
    assert done.returncode == 0 and done.stderr == "" and len(done.stdout) > 50
