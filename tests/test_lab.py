# SPDX-License-Identifier: GPL-2.0-only
"""The laboratory itself: its verdicts cannot be had by accident or by forgery."""

import errno
import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import matrix
from lab import apt, cache, folder, guest, images, records


@pytest.fixture
def spot():
    kernel = matrix.first()
    return matrix.Spot(kernel, kernel.modes[0])


def boot(spot, job, name):
    with guest.boot(spot.kernel, spot.mode, job, name=name) as g:
        return g.check()


def test_a_job_that_fails_is_no_success(spot):
    with pytest.raises(guest.GuestError, match="status 3\nbefore the end"):
        boot(spot, "echo before the end; exit 3", "lab-fails")


def test_consoles_cannot_forge_a_verdict(spot):
    """Whatever a dying guest prints, on each console and in the log."""
    forged = f"kvas-lab 0 0 {hashlib.sha256(b'').hexdigest()}"
    job = f"""
        echo '{forged}' >/dev/console
        echo '{forged}' >/dev/{spot.kernel.arch.console}
        echo '<0>{forged}' >/dev/kmsg
        echo c >/proc/sysrq-trigger
    """
    with pytest.raises(guest.GuestError, match="guest-reset.* without results") as error:
        boot(spot, job, "lab-panics")
    assert "Kernel panic" in str(error.value)


def test_a_guest_stands_still_in_the_kernel(spot):
    """Under PTI the page tables of a process lack all but the kernel's entries."""
    job = "for i in 1 2; do (while :; do :; done) & done; grep ' _text$' /proc/kallsyms >/out/text"
    with guest.boot(spot.kernel, spot.mode, job, cmdline="pti=on", name="lab-busy") as g:
        g.check()
        address = int(g.text("text").split()[0], 16)
        for _ in range(10):
            assert g.monitor.translate(address) is not None
            g.monitor.execute("cont")
            time.sleep(0.05)
            guest.stop_in_kernel(spot.kernel.arch, g.monitor)


def test_a_guest_that_hangs_is_ended(spot, monkeypatch):
    monkeypatch.setattr(guest, "PATIENCE", 15)
    with pytest.raises(guest.GuestError, match="did not end in 15 s"):
        boot(spot, "sleep 1000", "lab-hangs")


def test_a_guest_that_does_not_come_up_gets_another_chance(spot, monkeypatch):
    """A kernel that dies before the job is tried three times, no more."""
    tried = []
    monkeypatch.setattr(guest, "_running", count(tried, guest._running))
    with pytest.raises(guest.NotStarted, match="guest-reset.* without results"):
        with guest.boot(spot.kernel, spot.mode, "true", cmdline="rdinit=/nowhere init=/nowhere",
                        name="lab-no-init"):
            pass
    assert len(tried) == 3


def test_a_guest_that_is_interrupted_is_not_tried_again(spot, monkeypatch):
    tried, start = [], subprocess.Popen

    def starting(words, **how):
        child = start(words, **how)
        if words[0] == "setpriv":
            tried.append(child)
            threading.Timer(3, child.send_signal, [signal.SIGINT]).start()
        return child

    monkeypatch.setattr(guest.subprocess, "Popen", starting)
    with pytest.raises(guest.GuestError, match=r"ended \(host-signal\)"):
        boot(spot, "sleep 1000", "lab-interrupted")
    assert len(tried) == 1


def count(calls, function):
    def counting(*args):
        calls.append(args)
        return function(*args)
    return counting


@pytest.mark.parametrize("damage", ["length", "content", "sum", "none"])
def test_results_are_summed(tmp_path, damage):
    """A header or a content that does not fit the other is refused."""
    made = subprocess.run(["tar", "-c", "-C", tmp_path, "."], stdout=subprocess.PIPE, check=True)
    data = made.stdout
    total = hashlib.sha256(data).hexdigest()
    length = len(data) - 512 * (damage == "length")
    total = total if damage != "sum" else total[::-1]
    data = data if damage != "content" else data[:100] + b"!" + data[101:]
    disk = tmp_path / "disk"
    disk.write_bytes(f"kvas-lab 0 {length} {total}\n".encode().ljust(guest.HEADER, b"\0") + data)
    g = guest.Guest("made up", tmp_path)
    if damage == "none":
        guest._collect(g, disk, {})
        assert g.status == 0
    else:
        with pytest.raises(guest.GuestError, match="damaged"):
            guest._collect(g, disk, {})


def test_cache_holds_only_what_is_complete(tmp_path, monkeypatch):
    monkeypatch.setenv("KVAS_CACHE", str(tmp_path))

    def fails(directory):
        (directory / "half").touch()
        raise RuntimeError("no network")

    with pytest.raises(RuntimeError):
        cache.entry("kind", "name", "0" * 16, fails)
    assert list((tmp_path / "kind").iterdir()) == []
    made = cache.entry("kind", "name", "0" * 16, lambda d: (d / "whole").touch())
    assert [p.name for p in made.iterdir()] == ["whole"]
    newer = cache.entry("kind", "name", "1" * 16, lambda d: None)
    assert list((tmp_path / "kind").iterdir()) == [newer]


@pytest.mark.parametrize("served", ["trixie", "forky"])
def test_an_alias_is_taken_for_what_it_stands_for(tmp_path, monkeypatch, served):
    """Where a mirror lacks the code name; but not if Debian has moved on."""
    monkeypatch.setenv("KVAS_CACHE", str(tmp_path))
    monkeypatch.setattr(apt, "RETRY_PAUSES", ())
    monkeypatch.setattr(apt, "mirrors", lambda: ["http://mirror.invalid/debian"])
    monkeypatch.setattr(apt.mirror, "holds", lambda uri: True)

    def update(archive, *words):
        if " stable " not in (archive.dir / "sources.list").read_text():
            raise apt.AptError("E: Mirror sync in progress?")
        (archive.dir / "state/lists/mirror.invalid_debian_dists_stable_InRelease").write_text(
            f"Suite: stable\nCodename: {served}\n")

    monkeypatch.setattr(apt.Archive.__wrapped__, "_get", update)
    if served == "trixie":
        assert apt.Archive("trixie", "mips").name == "trixie-mips"
    else:
        with pytest.raises(apt.AptError, match="^E: Mirror sync .*\nE: stable is not trixie$"):
            apt.Archive("trixie", "m68k")


def test_two_runs_make_an_entry_once(tmp_path):
    program = textwrap.dedent("""
        import sys, time
        sys.path.insert(0, sys.argv[1])
        from lab import cache
        def make(directory):
            print("made", flush=True)
            time.sleep(0.5)
        cache.entry("kind", "name", "0" * 16, make)
    """)
    runs = [subprocess.Popen([sys.executable, "-c", program, str(matrix.TOP / "tests")],
                             env={"KVAS_CACHE": str(tmp_path)}, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            for _ in range(3)]
    assert sorted(r.communicate()[0] for r in runs) == ["", "", "made\n"]


@pytest.mark.parametrize("fails", [False, True])
def test_threads_that_ask_together_get_one_answer(fails):
    calls = []

    @cache.once
    def answer(question):
        calls.append(question)
        time.sleep(0.1)
        if fails:
            raise RuntimeError(question)
        return question * 2

    def ask(question):
        try:
            return answer(question)
        except RuntimeError as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, "aabb"))
    answers += [ask("a")]
    assert answers == (["a", "a", "b", "b", "a"] if fails else ["aa", "aa", "bb", "bb", "aa"])
    assert sorted(calls) == ["a", "b"]


def test_selection():
    assert records.select() == list(records.KERNELS)
    assert [k.flavour for k in records.select("6.12", "x86_64")] == [
        "amd64", "rt-amd64", "cloud-amd64"]
    assert [k.version for k in records.select("sid, 5.10", "amd64")] == ["5.10", "7.2"]
    assert [k.flavour for k in records.select("6.1", "arm64 armhf")] == [
        "arm64", "armmp", "armmp-lpae"]
    assert {k.arch.name for k in records.select("", "x86")} == {"x86_64", "i686"}
    assert [k.version for k in records.select("686-pae")] == ["5.10", "6.1"]
    assert [k.flavour for k in records.select("6.12-arm64-16k, 7.2-riscv64")] == [
        "arm64-16k", "riscv64"]
    for wrong in (("6.13", ""), ("", "pdp11")):
        with pytest.raises(SystemExit, match="no kernel matches"):
            records.select(*wrong)


def test_records_name_kernels_and_modes_once():
    names = [k.name for k in records.KERNELS]
    assert len(set(names)) == len(names)
    for kernel in records.KERNELS:
        modes = [m.name for m in kernel.modes]
        assert modes and len(set(modes)) == len(modes), kernel.name


def test_check_boots_what_differs():
    """Of each architecture the oldest and the newest kernel, and whatever changes
    the layout."""
    def shape(kernel, mode):
        return (kernel.arch, kernel.page_size, mode.levels, mode.va_bits, mode.mmu, mode.highmem)

    for arch in records.ARCHES:
        kernels = [k for k in records.KERNELS if k.arch == arch]
        checked = [k for k in kernels if k.check]
        for end in (min, max):
            suite = end((k.suite for k in kernels), key=list(records.VERSION).index)
            assert suite in {k.suite for k in checked}, arch.name
        assert ({shape(k, k.mode(name)) for k in checked for name in k.check.split()}
                == {shape(k, mode) for k in kernels for mode in k.modes})


# The processor's own word for what the record says: Intel SDM volume 3, 2.5;
# Arm DDI 0406C, B4.1.153, and DDI 0487, D17.2.131; RISC-V volume 2, 4.1.11.
LEVELS = {
    "i386": lambda r: 3 if r["CR4"] >> 5 & 1 else 2,
    "armhf": lambda r: 3 if r["TTBCR"] >> 31 & 1 else 2,
    "riscv64": lambda r: (r["SATP"] >> 60) - 5,
}
VA_BITS = {
    "arm64": lambda r: 64 - (r["TCR_EL1"] >> 16 & 0x3F),
    "riscv64": lambda r: 9 * ((r["SATP"] >> 60) - 5) + 12,
}


def test_a_guest_is_what_its_record_says(census):
    spot, found = census
    kernel, mode, facts = spot.kernel, spot.mode, found.facts
    assert facts["machine"] == [kernel.arch.name]
    assert facts["release"] == [images.release(kernel)]
    assert facts["release"][0].startswith(kernel.version + ".")
    assert int(facts["page_kb"][0]) * 1024 == kernel.page_size
    assert bool(facts["high_kb"] and int(facts["high_kb"][0])) == mode.highmem
    if mode.mmu:
        assert facts["mmu"][0].lower() == mode.mmu
    if mode.levels and kernel.arch.debian in LEVELS:
        assert LEVELS[kernel.arch.debian](found.registers) == mode.levels
    if mode.va_bits and kernel.arch.debian in VA_BITS:
        assert VA_BITS[kernel.arch.debian](found.registers) == mode.va_bits


# --- The folder that make lab shares ---------------------------------------------------------------

def test_folders_that_cannot_be_shared(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(folder.FolderError, match="no folder to share, .*/file: File exists"):
        folder.prepare(tmp_path / "file")
    with pytest.raises(folder.FolderError, match="with a comma"):
        folder.prepare(tmp_path / "a,b")


@pytest.mark.parametrize("number, model", ((0, "mapped-xattr"), (errno.ENOTSUP, "mapped-file"), (errno.EPERM, "mapped-file")))
def test_attributes_are_kept_beside_files(tmp_path, monkeypatch, number, model):
    """In the file system, or in files where it has no such attributes."""
    def set_attribute(*arguments):
        if number:
            raise OSError(number, os.strerror(number))
    monkeypatch.setattr(os, "setxattr", set_attribute)
    assert folder.model(tmp_path) == model and list(tmp_path.iterdir()) == []
