# SPDX-License-Identifier: GPL-2.0-only
"""A kernel built by clang that checks the type of what it calls through a pointer.

The kernel calls the module by nothing else, so that a function of another type than
its caller takes it for would be seen at once.
"""

import subprocess

import pytest

import matrix
import test_guest_build
import watched
from lab import source

pytestmark = [pytest.mark.all, pytest.mark.needs("6.12-amd64")]

VARIANT = "cfi"

JOB = matrix.START + """
insmod /lab/kvas.ko || exit
for i in 1 2 3; do
	cat /sys/kernel/debug/kvas >/out/capture || exit
	dd if=/sys/kernel/debug/kvas bs=100 skip=3 count=2 of=/dev/null 2>/dev/null || exit
done
echo 1 >/proc/sys/kernel/kptr_restrict # vmallocinfo then shows addresses
kvas save --all /out/sysroot || exit
rmmod kvas || exit
insmod /lab/kvas_test.ko || exit
rmmod kvas_test || exit
cat /proc/sys/kernel/tainted >/out/tainted
dmesg >/out/log
insmod /lab/faults.ko fault=call_by_another_type
true
"""


@pytest.fixture(scope="module")
def booted():
    prepared = source.prepare(VARIANT)
    kbuild = {"Kbuild": b"obj-m := faults.o\n", "faults.c": watched.LAB / "faults.c"}
    faults = source.build(prepared, kbuild, "faults")
    files = {**watched.modules(VARIANT), "/lab/faults.ko": faults.module("faults")}
    with prepared.boot(prepared.mode("4level"), JOB, files,
                       programs={"/bin/kvas": matrix.reader()}, name="source-cfi") as g:
        g.check()
    return g


def test_builds_without_a_warning():
    assert test_guest_build.unexpected(watched.module(VARIANT).log) == []


def test_built_by_clang_with_its_checks():
    config = source.configured(source.prepare(VARIANT).config)
    assert config.get("CONFIG_CC_IS_CLANG") == config.get("CONFIG_CFI_CLANG") == "y"
    assert "__kcfi_typeid_" in subprocess.run(
        ["readelf", "-sW", watched.module(VARIANT).module("kvas")], check=True,
        text=True, stdout=subprocess.PIPE).stdout


def test_loaded_read_and_unloaded_without_a_report(booted):
    log = matrix.job_log(booted.text("log"))
    assert "CFI failure" not in log and watched.trouble(log) == []
    assert watched.odd_taint(booted.text("tainted")) == 0
    assert matrix.Capture(booted.text("capture")).areas["vmalloc"]


def test_a_call_by_another_type_would_be_seen(booted):
    assert "CFI failure" in booted.text("dmesg")


def test_sources_agree(booted):
    done = subprocess.run(
        [matrix.reader(), "verify", "--sysroot", booted.out / "sysroot"], text=True,
        stdout=subprocess.PIPE)
    assert done.returncode == 0, done.stdout
