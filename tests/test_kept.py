# SPDX-License-Identifier: GPL-2.0-only
"""A run that is interrupted goes on where it was, see kept.py."""

import os
import re
import subprocess
import sys
import textwrap

import pytest

import kept
import matrix
from lab import records

CONFTEST = """
    import sys
    from pathlib import Path

    sys.path.insert(0, {tests!r})
    import kept

    HERE = Path(__file__).parent

    def pytest_configure(config):
        # Each test is made of the file of its own name.
        kept_ = kept.Kept(lambda item: [(HERE / item.name).read_text()])
        config.pluginmanager.register(kept_)
"""

TESTS = """
    from pathlib import Path

    import pytest

    HERE = Path(__file__).parent

    def note(name):
        with open(HERE / "run", "a") as file:
            file.write(name + " ")

    def test_first():
        note("first")

    def test_fails():
        note("fails")
        assert (HERE / "mended").exists()

    @pytest.fixture
    def breaks_down():
        yield
        assert (HERE / "mended").exists()

    def test_breaks_down(breaks_down):
        note("breaks_down")

    def test_is_skipped():
        note("is_skipped")
        pytest.skip("not here")

    def test_is_interrupted():
        note("is_interrupted")
        if not (HERE / "patient").exists():
            raise KeyboardInterrupt

    def test_last():
        note("last")
"""
NAMES = ["first", "fails", "breaks_down", "is_skipped", "is_interrupted", "last"]


class Runs:
    """Runs of the tests above, each a process of its own, with one cache."""

    def __init__(self, directory):
        self.directory = directory
        (directory / "conftest.py").write_text(
            textwrap.dedent(CONFTEST.format(tests=str(matrix.TOP / "tests"))))
        (directory / "test_few.py").write_text(textwrap.dedent(TESTS))
        for name in NAMES:
            (directory / f"test_{name}").write_text("source")

    def run(self, *words):
        """What was run, and what the run said."""
        (self.directory / "run").write_text("")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", self.directory,
             *words],
            cwd=self.directory, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "KVAS_CACHE": str(self.directory / "cache"),
                 "PYTHONDONTWRITEBYTECODE": "1"})
        self.status = done.returncode
        return (self.directory / "run").read_text().split(), done.stdout


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path)


def test_an_interrupted_run_goes_on(runs):
    ran, said = runs.run()
    assert ran == NAMES[:5] and runs.status == pytest.ExitCode.INTERRUPTED and "kept" not in said
    (runs.directory / "patient").touch()
    ran, said = runs.run()
    # What failed, was skipped, or was interrupted is run again.
    assert ran == NAMES[1:] and "kept from an earlier run: 1\n" in said
    (runs.directory / "mended").touch()
    ran, said = runs.run()
    assert ran == ["fails", "breaks_down", "is_skipped"]
    assert "kept from an earlier run: 3\n" in said and runs.status == 0
    ran, said = runs.run()
    assert ran == ["is_skipped"] and "kept from an earlier run: 5\n" in said


def test_a_run_with_nothing_left_to_run_passes(runs):
    runs.run("-k", "first")
    assert runs.run("-k", "first")[0] == [] and runs.status == 0


def test_a_changed_source_is_tested_again(runs):
    for name in ("patient", "mended"):
        (runs.directory / name).touch()
    runs.run()
    (runs.directory / "test_last").write_text("another source")
    assert runs.run()[0] == ["is_skipped", "last"]
    assert runs.run()[0] == ["is_skipped"]
    # As it was before: that result is there, too.
    (runs.directory / "test_last").write_text("source")
    assert runs.run()[0] == ["is_skipped"]


def test_a_changed_file_changes_the_digest(monkeypatch, tmp_path):
    """Of module, reader and laboratory for the guests; any file for the others."""
    monkeypatch.setattr(kept, "TOP", tmp_path)
    digest = kept.sources.__wrapped__
    for place in ("module/main.c", "tests/lab/init", "tests/host/test_show.py", "README.md",
                  ".checkpatch.conf"):
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        before = digest(True), digest(False)
        file.write_text("new")
        guests = not place.startswith(kept.APART)
        assert (digest(True) != before[0]) == guests and digest(False) != before[1]
        before = digest(True), digest(False)
        file.write_text("changed")
        assert (digest(True) != before[0]) == guests and digest(False) != before[1]
    before = digest(False)
    for made in ("module/main.o", "userspace/build/kvas", ".git/index"):
        (tmp_path / made).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / made).write_text("made")
    assert digest(False) == before


def test_an_upgraded_package_changes_what_a_test_is_made_of(monkeypatch):
    kernel = records.KERNELS[0]
    monkeypatch.setattr(kept, "package_files", lambda kernel: ["linux-image_1.deb"])
    before = kept.made_of(matrix.TOP / "tests/test_guest_module.py", kernel)
    monkeypatch.setattr(kept, "package_files", lambda kernel: ["linux-image_2.deb"])
    after = kept.made_of(matrix.TOP / "tests/test_guest_module.py", kernel)
    assert before != after and len(before) == len(after) == 3
    # The laboratory itself is tested each time.
    assert kept.made_of(matrix.TOP / "tests/test_lab.py", None) == []


MADE_OF = """
    import sys

    import pytest

    class Collected:
        def pytest_collection_finish(self, session):
            import kept

            kept.package_files = lambda kernel: [f"image:{kernel.name}"]
            kept.source_files = lambda: ["source"]
            for item in session.items:
                words = [w for w in session.config.kvas_kept._made_of(item) if w.startswith(("image:", "source"))]
                print("made", item.nodeid.replace(" ", "_"), *words)

    sys.exit(pytest.main(["-c", "pytest.ini", "-q", "--collect-only", *sys.argv[1:]], [Collected()]))
"""


def test_what_boots_a_kernel_is_made_of_its_package(tmp_path):
    """Each test of make check-all whose name or mark says which one; what is built
    from source for any other is made of its source."""
    environment = {name: value for name, value in os.environ.items() if name not in ("KERNEL", "ARCH")}
    said = subprocess.run([sys.executable, "-c", textwrap.dedent(MADE_OF),
                           *map(str, (matrix.TOP / "tests").glob("test_guest_*.py"))], cwd=matrix.TOP / "tests",
                          text=True, check=True, stdout=subprocess.PIPE,
                          env={**environment, "KVAS_ALL": "1", "KVAS_CACHE": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}).stdout
    made = {words[1]: words[2:] for words in map(str.split, said.splitlines())
            if words[:1] == ["made"] and words[1].startswith("test_guest")}
    assert len(made) > 1000 and [name for name, words in made.items() if not words] == []
    wrong = {}
    for name, words in made.items():
        kernels = [k.name for k in records.KERNELS if re.search(rf"[-[]{k.name}[-\]]", name)]
        if kernels and f"image:{max(kernels, key=len)}" not in words:
            wrong[name] = words
    assert wrong == {}
    assert {name.partition(".py")[0] for name, words in made.items() if words == ["source"]} == {
        "test_guest_options", "test_guest_compile"}
    assert "image:6.1-4kc-malta" in made["test_guest_mips.py::test_builds_without_a_warning"]
