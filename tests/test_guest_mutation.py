# SPDX-License-Identifier: GPL-2.0-only
"""Every value that a guest published is flipped in turn; verify must notice."""

import pytest

import expected as expect
import matrix
import mutation


@pytest.fixture(scope="session")
def mutate(tmp_path_factory):
    objects = matrix.reader().parent
    return mutation.build(tmp_path_factory.mktemp("mutate") / "mutate", objects)


@pytest.mark.each("arch")
def test_mutations_are_noticed(run, mutate, report):
    score = mutation.score(mutate, run.sysroot)
    report(f"{run.spot}: {score}")
    report(f"{run.spot}: of what a source can see {100 * score.seen:.1f}%, {len(score.unseen)} none can see")
    for line in score.escaped:
        why = mutation.why_unseen(line)
        report(f"{run.spot}: {line}" + (f" [no source can: {why}]" if why else ""))
    assert score.tried > 4 * score.values
    # Of flipped values that the parser takes; what is left are sizes, parents.
    tried, outside, _, parser = score.flips
    assert outside >= expect.of(run).outside * (tried - parser)
    assert score.seen >= 0.99
