# SPDX-License-Identifier: GPL-2.0-only
"""dkms.conf, by the dkms of each kernel's own release; and make, beside it.

Both run among Debian's headers, as on a machine where these are installed.
"""

import re
import shutil
import subprocess

import pytest

import matrix
from lab import toolchain

# dkms differs from suite to suite; the builds are those of test_guest_build.
pytestmark = pytest.mark.each("suite")

VERSION = re.search(r'^PACKAGE_VERSION="(.*)"', (matrix.TOP / "dkms.conf").read_text(), re.M)[1]

DKMS = f"""
depmod $1 2>/dev/null  # as the installation of a kernel does
set -ex
cp -r /build /usr/src/kvas-{VERSION}
dkms add -m kvas -v {VERSION}
dkms build -m kvas -v {VERSION} -k $1
dkms install -m kvas -v {VERSION} -k $1
dkms status
modinfo -k $1 kvas
dkms remove -m kvas -v {VERSION} --all
set +x
if find /lib/modules/$1 -name 'kvas.ko*' | grep .; then exit 1; fi
echo nothing is left: "$(dkms status)"
"""

# The reader is somebody else's matter here.
MAKE = """
set -ex
make -C /build module RELEASE=$1
modinfo /build/kvas.ko
make -C /build clean || true
"""


@pytest.fixture
def tree(tmp_path):
    """The files that a release would hold for the module's sake."""
    for name, file in toolchain.kvas_sources(matrix.TOP).items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    for name in ("Makefile", "dkms.conf"):
        shutil.copy(matrix.TOP / name, tmp_path)
    return tmp_path


def attempt(kernel, tree, script):
    tools = toolchain.prepare(kernel)
    done = tools.run(["bash", "-c", script, "bash", tools.release], {"/build": tree},
                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    assert f"vermagic:       {tools.release} " in done.stdout
    return done.stdout


def test_dkms(kernel, tree):
    """add, build, install, remove; in between modinfo finds the module."""
    said = attempt(kernel, tree, DKMS)
    assert re.search(rf"kvas[/,] ?{VERSION}, {re.escape(toolchain.prepare(kernel).release)}.*"
                     r": installed", said)
    assert said.splitlines()[-1] == "nothing is left: "


def test_make(kernel, tree):
    attempt(kernel, tree, MAKE)
