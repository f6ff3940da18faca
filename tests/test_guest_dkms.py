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

# The builds are those of test_guest_build; make check-all has the dkms of each suite.
pytestmark = pytest.mark.each()

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

# What the installation of a kernel calls, as it stands in dkms' own package,
# with a kernel of each kind.  Nothing else may say whether it failed.
HOOK = """
touch /etc/debian_version  # there, the hook uses Debian's functions
cd /build
dkms add .
good=$1 old=$2 without=$3
for release in $old $without; do
	mkdir /lib/modules/$release
	ln -s /usr/src/linux-headers-$release /lib/modules/$release/build
	cp -r /usr/src/linux-headers-$good /usr/src/linux-headers-$release
done
sed -i '/^CONFIG_DEBUG_FS=/d' /usr/src/linux-headers-$without/.config \\
	/usr/src/linux-headers-$without/include/config/auto.conf
for release in $old $without $good $old $without; do
	depmod $release 2>/dev/null
	/etc/kernel/postinst.d/dkms $release
	echo "hook for $release: $?"
done
for release in $old $without; do
	dkms build kvas/$4 -k $release
	echo "build for $release: $?"
done
for release in $old $without $good; do
	echo "modules of $release: $(find /lib/modules/$release/ -name 'kvas.ko*' | wc -l)"
done
"""

# What Debian 12's hook needs and does not depend on.
FUNCTIONS = {"bookworm": ("sysvinit-utils",)}

# What dkms says of a kernel that is not for the module.
EXCLUDED = {"bullseye": 9}

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
    shutil.copy(matrix.TOP / "Makefile", tmp_path)
    return tmp_path


def attempt(tools, tree, script, *words):
    done = tools.run(["bash", "-c", script, "bash", tools.release, *words], {"/build": tree},
                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_dkms(kernel, tree):
    """add, build, install, remove; in between modinfo finds the module."""
    tools = toolchain.prepare(kernel)
    said = attempt(tools, tree, DKMS)
    assert f"vermagic:       {tools.release} " in said
    assert f"version:        {VERSION}\n" in said
    assert re.search(rf"kvas[/,] ?{VERSION}, {re.escape(tools.release)}.*: installed", said)
    assert said.splitlines()[-1] == "nothing is left: "


@pytest.mark.all
@pytest.mark.arch("x86_64")
def test_a_kernel_that_cannot_have_kvas(kernel, tree):
    """It is installed all the same: dkms leaves kvas out, and says so if asked."""
    tools = toolchain.prepare(kernel, FUNCTIONS.get(kernel.suite, ()))
    old, without = "5.9.0-1-amd64", f"{tools.release}-without-debugfs"
    said = attempt(tools, tree, HOOK, old, without, VERSION)
    hooks = re.findall(r"^hook for (\S+): (\d+)$", said, re.M)
    assert hooks == [(r, "0") for r in (old, without, tools.release, old, without)], said
    excluded = str(EXCLUDED.get(kernel.suite, 77))
    assert re.findall(r"^build for (\S+): (\d+)$", said, re.M) == [
        (old, excluded), (without, excluded)], said
    assert re.findall(r"^modules of (\S+): (\d+)$", said, re.M) == [
        (old, "0"), (without, "0"), (tools.release, "1")], said


@pytest.mark.all
def test_make(kernel, tree):
    tools = toolchain.prepare(kernel)
    assert f"vermagic:       {tools.release} " in attempt(tools, tree, MAKE)
