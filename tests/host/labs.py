# SPDX-License-Identifier: GPL-2.0-only
"""Made-up exercises for the tests of kvas lab."""

import capture

X86 = capture.GOLDEN / "5.10-amd64-4level"
SCRIPT = "Title: {title}\n{more}Question: {question}\nAnswer: {kind}\nRight: {right}\n"


def exercise(right, kind="number", title="A title", question="What?", more=""):
    return SCRIPT.format(title=title, more=more, question=question, kind=kind, right=right)


THREE = {"first": exercise("11", title="The first") + "Hint: It is 10 + 1.\nHint: 11\nWhy: Because.\n",
         "second": exercise("22", title="The second"), "third": exercise("33", title="The third")}
