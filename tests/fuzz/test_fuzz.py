# SPDX-License-Identifier: GPL-2.0-only
"""The fuzzer, for half a minute: on the kept corpus and on what it makes of it."""

import os
import re
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
SECONDS = 30


def test_fuzz(record_property):
    env = os.environ | {"FUZZ_SECONDS": str(SECONDS)}
    result = subprocess.run([HERE / "run"], env=env, capture_output=True, text=True, timeout=3600)
    assert result.returncode == 0, result.stderr
    done = re.findall(r"^(\w+): (\d+) executions in \d+ seconds, no finding$", result.stdout, re.M)
    assert [target for target, _ in done] == ["capture", "draw", "expect", "config", "mappings", "threads", "process",
                                             "symbols", "exercise"]
    for target, executions in done:
        record_property(target, executions)
        # A fuzzer that hardly runs finds nothing.
        assert int(executions) > 25 * SECONDS
