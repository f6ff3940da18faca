# SPDX-License-Identifier: GPL-2.0-only
"""What the README shows is what its commands print."""

import sys

from conftest import HERE

sys.path.insert(0, str(HERE.parent))

import readme  # noqa: E402


def test_outputs_are_current(binary):
    text = readme.README.read_text(encoding="utf-8")
    new, count = readme.current(text, binary)
    assert count >= 3
    assert new == text, "an output is not what its command prints; run make readme"
