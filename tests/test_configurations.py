# SPDX-License-Identifier: GPL-2.0-only
"""Predictions of configurations that are not our own kernels', against the kernel's headers.

make check takes some that are made, of the newest release; make check-all takes all.
"""

import itertools

import pytest

import configurations
import matrix
import predicted
from lab import headers

# Of arm64 many are made with KASAN's tags and NUMA balancing together.
LARGE_PAGES = "struct page may have more than 64 bytes"
FEW = 2  # of each architecture in make check


def selected():
    return [spot for spot in configurations.spots() if matrix.EVERYTHING or spot[0] == configurations.VERSIONS[-1]]


def wrong(outcomes):
    return "\n".join(f"{' '.join(where)}: {'absent' if right is None else hex(right)}, predicted"
                     f" {prediction}" for where, (outcome, prediction, right) in outcomes.items()
                     if outcome == predicted.WRONG)


@pytest.mark.parametrize("version, name", selected(), ids=str)
def test_configurations(version, name, report):
    """None is predicted wrong; the counts are printed at the end."""
    outcomes = configurations.hold(version, name, None if matrix.EVERYTHING else FEW)
    counts = configurations.counts(outcomes)
    report(f"{version} {name}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    assert not counts[predicted.WRONG], wrong(outcomes)
    open_by_pages = sum(outcome == predicted.NOT_PREDICTED and (prediction or {}).get("why") == LARGE_PAGES
                        for outcome, prediction, _ in outcomes.values())
    assert counts[predicted.EXACT] > 8 * (counts[predicted.NOT_PREDICTED] - open_by_pages)


@pytest.mark.all
def test_there_are_enough():
    """Of all releases and architectures together, at least 300."""
    total = sum(len(configurations.proof(*spot)) for spot in configurations.spots())
    assert total >= 300


def test_what_is_kept_of_a_configuration():
    """Only what the rules read; a name is no part of a longer one."""
    text = ("# Linux/x86 6.12.1 Kernel Configuration\nCONFIG_SMP=y\n# CONFIG_KASAN is not set\n"
            "CONFIG_SMP_OTHER=y\nCONFIG_FOO=m\n")
    assert configurations.reduced(text, ["CONFIG_SMP", "CONFIG_KASAN"]) == (
        "# Linux/x86 6.12.1 Kernel Configuration\nCONFIG_SMP=y\n# CONFIG_KASAN is not set\n")
    assert {"CONFIG_KASAN", "CONFIG_PGTABLE_LEVELS", "CONFIG_VMAP_STACK"} <= set(configurations.options_read())


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
