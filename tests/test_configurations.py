# SPDX-License-Identifier: GPL-2.0-only
"""Predictions of configurations that are not our own kernels', against the kernel's headers.

make check takes the first of those that are made, and Debian's newest kernels;
make check-all takes all.
"""

import itertools

import pytest

import configurations
import matrix
import predicted
from lab import cache, headers

FEW = 6  # of each architecture in make check


def selected():
    if matrix.EVERYTHING:
        return configurations.spots()
    return [(version, name) for version, name in configurations.spots()
            if version == "7.2" and name not in ("i386", "arm")] + [("6.12", "i386"), ("6.12", "arm")]


def wrong(outcomes):
    return "\n".join(f"{' '.join(where)}: {'absent' if right is None else hex(right)}, predicted"
                     f" {prediction}" for where, (outcome, prediction, right) in outcomes.items()
                     if outcome == predicted.WRONG)


@pytest.mark.parametrize("version, name", selected(), ids="-".join)
def test_configurations(version, name, report):
    """None is predicted wrong; the counts are printed at the end."""
    configs = configurations.made(version, name, None if matrix.EVERYTHING else FEW)
    if matrix.EVERYTHING:
        configs |= configurations.packaged(version, name)
    outcomes = configurations.hold(version, name, configs)
    counts = configurations.counts(outcomes)
    report(f"{version} {name}: {len(configs)} configurations, "
           + ", ".join(f"{n} {outcome}" for outcome, n in counts.items()))
    assert not counts[predicted.WRONG], wrong(outcomes)
    assert counts[predicted.EXACT] > 8 * counts[predicted.NOT_PREDICTED]


def test_pairs_are_covered():
    """Any two alternatives are together in some configuration."""
    for shared, factors in configurations.FACTORS.values():
        rows = list(configurations.pairs_covered(factors))
        for f, g in itertools.combinations(range(len(factors)), 2):
            together = {(row[f], row[g]) for row in rows}
            assert len(together) == len(factors[f]) * len(factors[g])


def test_a_wrong_prediction_is_seen():
    """The judge is no rubber stamp: a byte beside is wrong, and so is what is not there."""
    exact = {"prediction": "exact", "value": "0x1000"}
    interval = {"prediction": "interval", "low": "0x1000", "high": "0x2000"}
    assert configurations.judge(0x1000, exact) == predicted.EXACT
    assert configurations.judge(0x1001, exact) == predicted.WRONG
    assert configurations.judge(0x1001, interval) == predicted.WITHIN
    assert configurations.judge(0x2001, interval) == predicted.WRONG
    assert configurations.judge(0x1000, {"prediction": "absent"}) == predicted.WRONG
    assert configurations.judge(None, {"prediction": "absent"}) == predicted.EXACT
    assert configurations.judge(None, exact) == predicted.NOT_PREDICTED
    assert configurations.judge(0, None) == predicted.NOT_PREDICTED


def test_what_the_compiler_prints():
    """The sign before a number depends on the architecture; addresses wrap around."""
    text = '.ascii "=> va_bits=48"\n\t.ascii "-> a.start $-4096"\n.ascii "-> b.end #16"\n.ascii "-> c.start absent"\n'
    assert headers.parse(text, headers.TARGETS["arm64"]) == {
        "va_bits=48": {"a.start": (1 << 64) - 4096, "b.end": 16, "c.start": None}}
    assert headers.parse(text, headers.TARGETS["arm"])["va_bits=48"]["a.start"] == (1 << 32) - 4096
