# SPDX-License-Identifier: GPL-2.0-only
"""What an open file takes is charged to the memory cgroup of its opener."""

import pytest

import matrix
from lab import guest

pytestmark = [pytest.mark.arch("x86_64"), pytest.mark.all]

OPEN_FILES = 100
JOB = f"""
insmod /lab/kvas.ko || exit
mkdir /tmp/cgroup && mount -t cgroup2 cgroup /tmp/cgroup || exit
echo +memory >/tmp/cgroup/cgroup.subtree_control || exit
for what in null kvas; do
	file=/dev/null
	[ $what = null ] || file=/sys/kernel/debug/kvas
	mkdir /tmp/cgroup/$what
	sh -c 'echo $$ >/tmp/cgroup/'$what'/cgroup.procs
		open() {{ [ $1 -eq 0 ] || {{ (cat >/dev/null; sleep 100000) <'$file' & open $(($1 - 1)); }}; }}
		open {OPEN_FILES}
		sleep 100000' &
	until [ "$(cat $(sed 's|.*|/proc/&/comm|' /tmp/cgroup/$what/cgroup.procs) | grep -c sleep)" -gt {OPEN_FILES} ]; do
		sleep 1
	done
	cat /tmp/cgroup/$what/memory.current >/out/$what
done
"""


def test_open_files_are_charged(kernel):
    """The same number of processes, with and without the file: the difference is
    the snapshot and the text, of about 40 KiB."""
    files = {"/lab/kvas.ko": matrix.module(kernel).module("kvas")}
    with guest.boot(kernel, kernel.modes[0], JOB, files, name=f"{kernel.name}-charge") as g:
        g.check()
    charged = int(g.text("kvas")) - int(g.text("null"))
    assert 28 <= charged / OPEN_FILES / 1024 <= 48
