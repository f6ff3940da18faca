# SPDX-License-Identifier: GPL-2.0-only
"""Where there is no layout to read, kvas finds out why and names the next command."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from conftest import PATIENCE, clean_environment

RELEASE = "6.12.117+deb13-amd64"
MODULES = f"lib/modules/{RELEASE}"
LOADED = {"proc/modules": "ext4 1000 1 - Live 0x0\nkvas 65536 0 - Live 0x0000000000000000 (OE)\n"}
INSTALLED = {f"{MODULES}/modules.dep": "kernel/fs/ext4.ko:\nupdates/dkms/kvas.ko.xz:\n",
             f"{MODULES}/updates/dkms/kvas.ko.xz": "\xfd7zXZ"}
BY_HAND = {f"{MODULES}/updates/kvas.ko": "\x7fELF", f"{MODULES}/modules.dep": "updates/kvas.ko:\n"}
HEADERS = {f"{MODULES}/build/Makefile": "all:\n"}
LOCKED = {"sys/kernel/security/lockdown": "none [integrity] confidentiality\n"}
SIGNATURE = "~Module signature appended~\n"


@pytest.fixture
def machine(tmp_path):
    """The root of a machine that runs, without kvas's file; debugfs is mounted and kvas not loaded."""
    def make(*more):
        files = {
            "proc/sys/kernel/osrelease": RELEASE + "\n", "proc/sys/kernel/kptr_restrict": "0\n",
            "proc/sys/kernel/modules_disabled": "0\n", "proc/modules": "ext4 1000 1 - Live 0x0\n",
            "proc/filesystems": "nodev\tproc\nnodev\tdebugfs\n\text4\n",
            "proc/mounts": "proc /proc proc rw 0 0\ndebugfs /sys/kernel/debug debugfs rw 0 0\n",
            "sys/kernel/security/lockdown": "[none] integrity confidentiality\n",
            "sys/module/module/parameters/sig_enforce": "N\n",
        }
        for changes in more:
            files |= changes
        root = tmp_path / "root"
        (root / "sys/kernel/debug").mkdir(parents=True)
        for name, text in files.items():
            if text is None:
                continue
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="latin-1")
        return root
    return make


CASES = {
    "not loaded": ([INSTALLED], "the module kvas is not loaded: load it with 'modprobe kvas'"),
    "not known to modprobe": ([INSTALLED, {f"{MODULES}/modules.dep": "kernel/fs/ext4.ko:\n"}],
                              "load it with 'depmod && modprobe kvas'"),
    "not built": ([HEADERS], f"not installed for Linux {RELEASE}: build and load it with 'make load' in the sources"),
    "not built, DKMS": ([HEADERS, {"usr/src/kvas-1.0/dkms.conf": ""}],
                        f"not installed for Linux {RELEASE}: build it with 'dkms autoinstall -k {RELEASE}'"),
    "built for another kernel": ([HEADERS, {"lib/modules/6.1.0-9-amd64/updates/kvas.ko": "\x7fELF"}],
                                 f"is built for Linux 6.1.0-9-amd64, and not for {RELEASE}, which is running"),
    "no headers": ([], f"get the kernel's headers first: 'apt-get install linux-headers-{RELEASE}'",
                   {"etc/debian_version": "12.5\n"}),
    "no headers, not Debian": ([], f"install the kernel's headers first (/lib/modules/{RELEASE}/build)"),
    "no module support": ([{"proc/modules": None}], "takes no modules (CONFIG_MODULES is not set)"),
    "modules disabled": ([INSTALLED, {"proc/sys/kernel/modules_disabled": "1\n"}], "kernel.modules_disabled=1"),
    "lockdown": ([BY_HAND, LOCKED], "the kernel is locked down (integrity, usually by Secure Boot), so it refuses a "
                 f"module without a signature: sign it with '/lib/modules/{RELEASE}/build/scripts/sign-file sha256 "
                 f"KEY CERT /lib/modules/{RELEASE}/updates/kvas.ko'"),
    "lockdown, signed": ([BY_HAND, LOCKED, {f"{MODULES}/updates/kvas.ko": "\x7fELF" + SIGNATURE}],
                         "works only if the module is signed with a key that the kernel knows"),
    "lockdown, packed": ([INSTALLED, LOCKED], "'mokutil --import /var/lib/dkms/mok.pub'"),
    "signatures enforced": ([BY_HAND, {"sys/module/module/parameters/sig_enforce": "Y\n"}],
                            "the kernel enforces signatures (module.sig_enforce), so it refuses"),
    "lockdown, not built": ([HEADERS, LOCKED], "'make load' in the sources"),
    "lockdown, but loaded": ([LOADED, LOCKED, {"proc/mounts": "proc /proc proc rw 0 0\n"}], "debugfs is not mounted"),
    "debugfs not mounted": ([LOADED, {"proc/mounts": "proc /proc proc rw 0 0\n"}],
                            "debugfs is not mounted: mount it with 'mount -t debugfs none /sys/kernel/debug'"),
    "debugfs elsewhere": ([LOADED, {"proc/mounts": "none /mnt/d debugfs rw 0 0\n"}],
                          "debugfs is mounted at /mnt/d: read the file there, with 'kvas -f /mnt/d/kvas'"),
    "a place that is named debugfs": ([LOADED, {"proc/mounts": "debugfs /debugfs tmpfs rw 0 0\n"}],
                                      "debugfs is not mounted"),
    "no debugfs": ([LOADED, {"proc/filesystems": "nodev\tproc\n", "proc/mounts": "proc /proc proc rw 0 0\n"}],
                   "has no debugfs, in which kvas publishes"),
    "loaded without a file": ([LOADED], "is loaded but has made no file: its reason is in 'dmesg | grep kvas'"),
    "another module's name": ([INSTALLED, {"proc/modules": "kvas_test 1 0 - Live 0x0\n"}], "'modprobe kvas'"),
    "a user that is named": ([INSTALLED, {"proc/modules": "x 1 1 kvas, Live 0x0\n"}], "'modprobe kvas'"),
}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.replace(" ", "-").replace(",", ""))
def test_no_file(refused, machine, case):
    changes, words, *more = CASES[case]
    root = machine(*changes, *more)
    said = refused("--sysroot", root)
    assert said.startswith(f"cannot read {root}/sys/kernel/debug/kvas: ")
    assert words in said


def test_each_case_has_its_own_answer(refused, machine, tmp_path):
    """No sentence is the answer to everything."""
    answers = []
    for case in ("not loaded", "not built", "lockdown", "debugfs not mounted", "loaded without a file"):
        answers.append(refused("--sysroot", machine(*CASES[case][0])).split("debug/kvas: ")[1])
        shutil.rmtree(tmp_path / "root")
    assert len(set(answers)) == len(answers)


@pytest.mark.parametrize("command", [["map"], ["verify"], ["where", "0x0"], ["save", "-"]], ids=lambda c: c[0])
def test_every_command_says_so(refused, machine, command):
    assert "'modprobe kvas'" in refused(*command, "--sysroot", machine(INSTALLED))


def test_a_directory_that_is_no_machine(refused, tmp_path):
    assert f"make one with 'kvas save --all {tmp_path}'" in refused("--sysroot", tmp_path)


# --- Without the right ------------------------------------------------------------------------

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
NOBODY = 65534


@pytest.fixture
def as_user(binary):
    """Runs kvas as nobody, who has no capability."""
    with tempfile.TemporaryDirectory(prefix="kvas-") as place:
        os.chmod(place, 0o755)
        reader = shutil.copy(binary, Path(place) / "kvas")

        def call(root):
            done = subprocess.run([reader, "--sysroot", root], capture_output=True, text=True, timeout=PATIENCE, cwd="/",
                                  env=clean_environment(), user=NOBODY, group=NOBODY, extra_groups=[])
            assert done.returncode == 2 and done.stdout == "", done.stderr
            return done.stderr
        yield call


@pytest.fixture
def closed(machine):
    """A machine whose debugfs only root may enter, at a place that others may enter."""
    with tempfile.TemporaryDirectory(prefix="kvas-") as place:
        def make(*more):
            os.chmod(place, 0o755)
            root = Path(place) / "root"
            shutil.copytree(machine(*more), root)
            (root / "sys/kernel/debug/kvas").write_text("kvas 1\n")
            (root / "sys/kernel/debug").chmod(0o700)
            return root
        yield make


@as_root
def test_nobody_is_told_to_be_root(as_user, closed):
    assert re.fullmatch(r"kvas: cannot read /.*: only root may read the kernel's addresses: 'sudo kvas'\n",
                        as_user(closed(LOADED)))


@as_root
def test_nobody_is_told_that_the_module_is_not_loaded(as_user, closed):
    """Root's rights would not help."""
    assert "is not loaded: load it with 'sudo modprobe kvas'" in as_user(closed(INSTALLED))


@as_root
def test_nobody_is_told_of_kptr_restrict(as_user, closed):
    said = as_user(closed(LOADED, {"proc/sys/kernel/kptr_restrict": "2\n"}))
    assert "lower it with 'sudo sysctl kernel.kptr_restrict=1', then 'sudo kvas'" in said
