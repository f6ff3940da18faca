# SPDX-License-Identifier: GPL-2.0-only
"""An archive whose index lists files that it does not hold."""

import os
import subprocess
import sys
import time

import pytest

import archive
import matrix
import results
from lab import apt, cache, images, mirror, records

pytestmark = pytest.mark.own_archive

KERNEL = next(k for k in records.KERNELS if k.name == "6.12-s390x")
OLD, NEW = "6.12.9+deb13", "6.12.10+deb13"  # as text, the old one would come last

# The archive's lists are not signed.
TRUST = 'Acquire::AllowInsecureRepositories "true"; APT::Get::AllowUnauthenticated "true";\n'


class Lab:
    """The laboratory with nothing but this archive, and an empty cache."""

    def __init__(self, monkeypatch, directory):
        self.monkeypatch, self.archive, self.said = monkeypatch, archive.Archive(), []
        self.settings = directory / "apt.conf"
        self.settings.write_text(TRUST)
        monkeypatch.setenv("APT_CONFIG", str(self.settings))
        monkeypatch.setenv("KVAS_CACHE", str(directory / "cache"))
        monkeypatch.setattr(cache, "progress", self.said.append)
        monkeypatch.setattr(mirror, "PAUSES", (0.01, 0.01, 0.01))
        monkeypatch.setattr(apt, "RETRY_PAUSES", (0.01,))
        self.new_run()

    def new_run(self):
        """Forget what a process keeps in memory."""
        for module, name in ((apt, "Archive"), (mirror, "holds"), (mirror, "_settings"),
                             (images, "resolve")):
            self.monkeypatch.setattr(module, name, cache.once(getattr(module, name).__wrapped__))
        self.archive.asked.clear()
        self.said.clear()

    def use(self, url):
        self.monkeypatch.setenv("KVAS_MIRROR", url)
        apt.mirrors.cache_clear()


@pytest.fixture
def lab(monkeypatch, tmp_path):
    lab = Lab(monkeypatch, tmp_path)
    with archive.Server(lab.archive) as server:
        lab.use(server.url)
        yield lab
    apt.mirrors.cache_clear()


@pytest.fixture
def two_kernels(lab):
    for release in (OLD, NEW):
        lab.archive.add_kernel("trixie", "s390x", release, "s390x")
    return lab


@pytest.fixture
def quickly():
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 30  # on a busy machine


def missing(lab):
    """What was asked for and is not there, without the lists."""
    return [path for _, path in lab.archive.asked
            if path.startswith("/pool") and path not in lab.archive.files]


def test_the_newest_is_taken(two_kernels):
    assert images.resolve(KERNEL) == images.Resolved(f"{NEW}-s390x")
    assert missing(two_kernels) == []
    assert {method for method, path in two_kernels.archive.asked if "pool" in path} == {"HEAD"}


@pytest.mark.parametrize("what", ["linux-image", "linux-headers", "common", "kbuild"])
def test_an_older_kernel_where_the_newest_lacks_something(two_kernels, quickly, what):
    lab = two_kernels
    word = f"{what}-{NEW}" if what != "common" else f"{NEW}-common"
    lab.archive.remove(word)
    found = images.resolve(KERNEL)
    assert (found.release, found.passed_over) == (f"{OLD}-s390x", (f"{NEW}-s390x",))
    assert word in found.why
    # Progress names the reason and what is taken.
    assert any(word in line and NEW in line for line in lab.said)
    assert f"6.12-s390x: taking {OLD}-s390x" in lab.said
    # A 404 is asked for once.
    assert len(missing(lab)) == 1
    # The answers are kept with the index.
    lab.new_run()
    assert images.resolve(KERNEL) == found and lab.archive.asked == []


def test_no_kernel_is_complete(two_kernels, quickly):
    lab = two_kernels
    lab.archive.remove(f"linux-image-{NEW}", f"linux-headers-{OLD}-s390x")
    with pytest.raises(apt.Gone, match=r"^6\.12-s390x: no kernel in the archive is complete") as error:
        images.resolve(KERNEL)
    assert f"linux-image-{NEW}" in str(error.value) and f"linux-headers-{OLD}" in str(error.value)
    with pytest.raises(apt.Gone):
        images.fetch(KERNEL)
    assert len(missing(lab)) == 2
    lab.new_run()
    with pytest.raises(apt.Gone):
        images.resolve(KERNEL)
    assert lab.archive.asked == []


def test_no_kernel_is_listed(lab, quickly):
    lab.archive.add("trixie", "s390x", "busybox-static", "1")
    with pytest.raises(apt.Gone, match="6.12-s390x: trixie-s390x lists no such kernel"):
        images.resolve(KERNEL)


def test_a_suite_that_has_gone(lab, quickly):
    lab.archive.add("sid", "s390x", "busybox-static", "1")
    for _ in range(2):
        with pytest.raises(apt.Gone, match="no mirror of this machine has the suite trixie"):
            images.resolve(KERNEL)
    # apt asks for each name once, and the laboratory does to be sure.
    assert lab.archive.count("trixie/InRelease") == 2
    lab.new_run()
    with pytest.raises(apt.Gone):
        images.resolve(KERNEL)
    assert lab.archive.asked == []


def test_a_suite_that_fails_is_not_gone(two_kernels, quickly):
    """So that a mirror out of order is a failure and never a skip."""
    lab = two_kernels
    for name in ("InRelease", "Release"):
        lab.archive.instead[f"/dists/trixie/{name}"] = [503] * 1000
    with pytest.raises(apt.AptError) as error:
        images.resolve(KERNEL)
    assert not isinstance(error.value, apt.Gone)


def test_a_mirror_that_answers_later(two_kernels, quickly):
    lab = two_kernels
    path = f"/pool/linux-image-{NEW}-s390x_6.12.10_s390x.deb"
    lab.archive.instead[path] = [503]
    assert images.resolve(KERNEL).release == f"{NEW}-s390x"
    assert lab.archive.count(path) == 2
    lab.archive.instead[path] = [503] * 1000
    (apt.Archive("trixie", "s390x").dir / "fresh").unlink()
    lab.new_run()
    # Never taken for a file that is not there.
    with pytest.raises(apt.AptError, match="503") as error:
        images.resolve(KERNEL)
    assert not isinstance(error.value, apt.Gone)
    assert lab.archive.count(path) == 1 + len(mirror.PAUSES)


def test_an_older_version_of_another_package(lab, quickly):
    for version in ("1.9-1", "1.10-1"):
        lab.archive.add("trixie", "s390x", "busybox-static", version)
    lab.archive.remove("busybox-static_1.10-1")
    files = apt.Archive("trixie", "s390x").plan(alone=["busybox-static"])
    assert files == ["busybox-static_1.9-1_s390x.deb"]
    assert lab.said[-1] == ("trixie-s390x: the archive does not hold busybox-static 1.10-1;"
                            " taking older versions")
    assert len(missing(lab)) == 1


def test_no_older_version_of_another_package(lab, quickly):
    lab.archive.add("trixie", "amd64", "gcc-14", "14.2.0", ["libc6"])
    lab.archive.add("trixie", "amd64", "libc6", "2.41")
    held = apt.Archive("trixie", "amd64")
    assert held.plan(closure=["gcc-14"]) == ["gcc-14_14.2.0_amd64.deb", "libc6_2.41_amd64.deb"]
    lab.archive.remove("libc6")
    (held.dir / "fresh").unlink()
    lab.new_run()
    with pytest.raises(apt.Gone, match="trixie-amd64 lists libc6 2.41, but the archive does not"):
        apt.Archive("trixie", "amd64").plan(closure=["gcc-14"])


def test_a_package_that_nobody_lists_is_a_mistake_of_ours(lab):
    lab.archive.add("trixie", "amd64", "gcc-14", "14.2.0")
    with pytest.raises(apt.AptError, match="Unable to locate package gcc-41") as error:
        apt.Archive("trixie", "amd64").plan(alone=["gcc-41"])
    assert not isinstance(error.value, apt.Gone)


@pytest.mark.parametrize("how", ["alone", "closure"])
def test_a_file_that_goes_away_before_it_is_fetched(lab, quickly, tmp_path, how):
    """One request and no patience; the next run asks the archive anew."""
    lab.archive.add("trixie", "s390x", "busybox-static", "1.9-1")
    held = apt.Archive("trixie", "s390x")
    what = {how: ["busybox-static"]}
    held.plan(**what)
    assert [deb.read_bytes() for deb in held.fetch(tmp_path / "there", **what)] == [
        b"busybox-static 1.9-1 s390x"]
    lab.archive.remove("busybox-static")
    lab.archive.asked.clear()
    lab.said.clear()
    with pytest.raises(apt.Gone, match="busybox-static_1.9-1_s390x.deb is not there"):
        held.fetch(tmp_path / "gone", **what)
    assert len(lab.archive.asked) == 1 and lab.said == []
    lab.new_run()
    with pytest.raises(apt.Gone, match="lists busybox-static 1.9-1, but"):
        apt.Archive("trixie", "s390x").plan(**what)


@pytest.mark.parametrize("setting", ["Acquire::http::Proxy", "Acquire::http::Proxy::mirror.invalid"])
def test_questions_go_by_the_proxy_of_apt(lab, setting):
    lab.settings.write_text(f'{setting} "{apt.mirrors()[0]}";\n')
    lab.archive.files["http://mirror.invalid/there"] = b""
    assert mirror.holds("http://mirror.invalid/there")
    assert not mirror.holds("http://mirror.invalid/not/there")
    assert lab.archive.asked == [("HEAD", "http://mirror.invalid/there"),
                                 ("HEAD", "http://mirror.invalid/not/there")]


def test_a_host_that_has_no_proxy(lab):
    lab.settings.write_text('Acquire::http::Proxy "http://proxy.invalid:1/";'
                            ' Acquire::http::Proxy::127.0.0.1 "DIRECT";\n')
    lab.archive.files["/there"] = b""
    assert mirror.holds(f"{apt.mirrors()[0]}there")


def test_what_cannot_be_asked_counts_as_there(lab):
    assert mirror.holds("mirror+file:/etc/nowhere")
    lab.archive.instead["/refused"] = [405]
    assert mirror.holds(f"{apt.mirrors()[0]}refused")


def test_a_redirection_is_followed_with_the_same_question(lab):
    lab.archive.files["/there"] = b""
    for path in ("there", "nowhere"):
        lab.archive.instead[f"/moved/{path}"] = [f"/{path}"]
        assert mirror.holds(f"{apt.mirrors()[0]}moved/{path}") == (path == "there")
    assert {method for method, _ in lab.archive.asked} == {"HEAD"}


def run_tests(*words):
    """A run of its own for the kernel above: its exit status and its output."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "pytest.ini", *words],
        cwd=matrix.TOP / "tests", text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "KERNEL": "6.12", "ARCH": "s390x", "PYTHONDONTWRITEBYTECODE": "1"})
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("gone", ["kernels", "suite"])
def test_such_a_machine_is_skipped_by_name(two_kernels, quickly, gone):
    """Nothing is fetched or built for it, and the run passes."""
    lab = two_kernels
    if gone == "kernels":
        lab.archive.remove("linux-image-")
    else:
        lab.archive.remove("/dists/trixie/")
    status, said, progress = run_tests("test_guest_build.py", "test_guest_module.py")
    *_, last = said.splitlines()
    number = int(last.removeprefix("0 passed, 0 failed, ").removesuffix(" skipped"))
    assert status == 0 and number > 20
    why = ("6.12-s390x: no kernel in the archive is complete" if gone == "kernels"
           else "6.12-s390x: no mirror of this machine has the suite trixie")
    assert f"SKIPPED [{number}]" in said and why in said
    assert [path for method, path in lab.archive.asked if method == "GET" and "pool" in path] == []
    assert "building" not in progress and not (cache.root() / "toolchains").exists()


def test_the_table_of_boots_says_so():
    spots = [matrix.Spot(KERNEL, mode) for mode in KERNEL.modes]
    row = {name: 0 for name in results.COLUMNS[3:]} | {
        "day": "2026-01-01", "sources": results.sources(), "regions": {},
        "release": f"{OLD}-s390x", "passed_over": [f"{NEW}-s390x"]}
    rows = [row, {"skipped": "reason", "day": "2026-01-01", "sources": ""}]
    head, first, second, count = results.table(spots, rows)
    assert first.endswith(f"  {OLD}-s390x, as the archive lacks {NEW}-s390x")
    assert second.endswith("  skipped: reason")
    assert count == "1 of 2 boots, 1 skipped, 2026-01-01"
