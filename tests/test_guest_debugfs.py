# SPDX-License-Identifier: GPL-2.0-only
"""The file is opened while the module goes.

From 6.14 on debugfs looks at a file's operations at its first open before it
looks whether the file was removed.  The kernel for this waits in between, and
has KASAN, which notices a look at memory that was freed.
"""

import re

import pytest

import matrix
import watched
from lab import programs, source

pytestmark = [pytest.mark.all, pytest.mark.needs("7.2-amd64")]

VARIANT = "checked-7.2"
SECONDS = 60
DELAY = 300  # milliseconds, at most
ENOUGH = 3  # of the opens that we want to see

JOB = matrix.START + """
echo %(delay)d >/sys/module/kernel/parameters/debugfs_open_delay || exit
opener /sys/kernel/debug/kvas /tmp/stop >/out/opened &
rounds=0 refused=0
read -r now rest </proc/uptime
end=$((${now%%.*} + %(seconds)d))
while [ ${now%%.*} -lt $end ]; do
	insmod /lab/kvas.ko || exit
	until rmmod kvas 2>/dev/null; do
		refused=$((refused + 1))
		usleep 3000
	done
	rounds=$((rounds + 1))
	read -r now rest </proc/uptime
done
touch /tmp/stop
wait
echo "rounds=$rounds refused=$refused" >/out/rounds
echo 0 >/sys/module/kernel/parameters/debugfs_open_delay
cat /proc/sys/kernel/tainted >/out/tainted
""" % {"seconds": SECONDS, "delay": DELAY}


@pytest.fixture(scope="module")
def raced():
    prepared = source.prepare(VARIANT)
    files = {**watched.modules(VARIANT),
             "/bin/opener": programs.static(watched.LAB / "opener.c")}
    mode = prepared.mode("4level", watched.LITTLE)
    with prepared.boot(mode, JOB, files, name="debugfs-race") as g:
        g.check()
    return g


def counts(raced):
    return [{key: int(n) for key, n in re.findall(r"(\w+)=(\d+)", line)}
            for line in raced.text("opened").splitlines()]


def test_some_came_too_late(raced):
    """They held a file that was removed while they waited; else nothing was tried."""
    sums = {key: sum(n[key] for n in counts(raced)) for key in counts(raced)[0]}
    assert sums["late"] >= ENOUGH and sums["opened"] >= 1 and sums["other"] == 0, sums


def test_nobody_sees_freed_memory(raced):
    log = matrix.job_log(raced.text("dmesg"))
    assert watched.trouble(log) == []
    assert watched.odd_taint(raced.text("tainted")) == 0
