# SPDX-License-Identifier: GPL-2.0-only
"""What the README shows is what its commands print."""

import re
import sys

from conftest import HERE, READER

sys.path.insert(0, str(HERE.parent))

import matrix  # noqa: E402
import readme  # noqa: E402


def test_outputs_are_current(binary):
    text = readme.README.read_text(encoding="utf-8")
    new, count = readme.current(text, binary)
    assert count >= 5
    assert new == text, "an output is not what its command prints; run make readme"


def test_pictures_are_current(binary):
    """Each has words for those who do not see it, and no file is left that is not shown."""
    text = readme.README.read_text(encoding="utf-8")
    shown = dict(readme.pictures(text, binary))
    assert len(shown) >= 3 and text.count("![") == len(shown)
    for path, drawn in shown.items():
        assert path.read_text(encoding="utf-8") == drawn, f"{path.name} is not what its command draws; run make readme"
    assert set((READER / "pictures").iterdir()) == set(shown)
    assert all(len(words) > 40 for _, _, words in readme.PICTURE.findall(text))


def test_the_table_of_boots_is_whole():
    """A row for each architecture, kernel and mode, and no disagreement in it.

    Where the archive held no complete kernel, the row says so.
    """
    found = readme.TABLE.search(readme.BOOTS.read_text(encoding="utf-8"))
    head, *rows, _ = [line.split() for line in found[2].splitlines()]
    named = {(kernel.name, mode.name) for kernel in matrix.records.KERNELS if kernel.arch.covered
             for mode in kernel.modes}
    assert {tuple(row[1:3]) for row in rows} == named
    booted = [row for row in rows if "skipped:" not in row]
    assert {row[head.index("disagree")] for row in booted} == {"0"}


def test_it_fits_a_phone():
    """Outputs that a narrow screen need not scroll, and a page that is not long."""
    text = readme.README.read_text(encoding="utf-8")
    for _, _, shown, _ in readme.BLOCK.findall(text):
        assert max(map(len, shown.splitlines()), default=0) <= 54, shown
    assert text.count("\n") < 300


def test_its_links_lead_somewhere():
    for path in (readme.README, readme.BOOTS, READER / "README.md", READER / "texts/README.md",
                 READER / "lab/README.md", READER / "lab/course.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), (path.name, target)


def test_its_commands_are_targets_of_make():
    makefile = (readme.TOP / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split())
    for path in (readme.README, readme.BOOTS, READER / "README.md", READER / "lab/course.md"):
        named = re.findall(r"(?:^|`|sudo )make ([a-z-]+)", path.read_text(encoding="utf-8"), re.M)
        assert set(named) <= targets, path.name


def test_the_top_level_holds_what_it_should():
    """Folders, the files that tools look for there, and nothing else."""
    listed = {p.name for p in readme.TOP.iterdir() if not p.name.startswith(".")}
    built = {n for n in listed if n.endswith((".ko", ".o", ".mod", ".mod.c"))} | {"Module.symvers", "modules.order"}
    assert listed - built - {"lab-results"} == {"module", "userspace", "tests", "Kbuild", "Makefile", "dkms.conf", "README.md", "COPYING"}


def test_the_way_to_a_rule_is_as_the_manual_says():
    """Each function on it is defined in the file that is named, and nothing goes round."""
    text = (READER / "README.md").read_text(encoding="utf-8")
    way = text.split("## The longest way")[1].split("\n## ")[0]
    steps = re.findall(r"^\d+\. `(\w+)\(\)` in `([\w/]+\.c)`", way, re.M)
    assert steps[0] == ("main", "kvas.c") and len(steps) >= 5
    assert len(set(steps)) == len(steps)
    for function, file in steps:
        assert re.search(rf"^\w[\w *]*\b{function}\(", (READER / file).read_text(), re.M), (function, file)
