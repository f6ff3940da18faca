# SPDX-License-Identifier: GPL-2.0-only
"""What the laboratory knows about architectures and kernels: data only.

A new architecture or kernel is a new record here.  Nothing in these records
names a release or an ABI: those are resolved from Debian's metapackages when
they are needed (images.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mode:
    """One way to start a kernel, and what the layout must then look like."""

    name: str
    cpu: str
    memory: str  # as QEMU's -m takes it
    levels: int  # of page tables
    kaslr: bool
    cmdline: str = ""


@dataclass(frozen=True)
class Arch:
    name: str  # as uname -m says it
    debian: str  # as dpkg says it
    kernel: str  # arch/ in the kernel's sources
    qemu: str
    qemu_package: str
    machine: tuple[str, ...]
    console: str
    image: str  # the file in the package that QEMU boots
    modes: tuple[Mode, ...]
    cmdline: str = ""
    # The machine's own compiler builds guest programs for itself only; another
    # architecture names a cross compiler here.
    cc: str = "gcc"


@dataclass(frozen=True)
class Kernel:
    version: str  # what the suite is known to carry; the label of tests
    suite: str
    arch: Arch
    compiler: str  # package, as the headers ask for it
    flavour: str  # the metapackages are linux-image- and linux-headers-FLAVOUR
    levels: tuple[int, ...]  # page-table depths this kernel can run with

    @property
    def name(self):
        return f"{self.version}-{self.flavour}"

    @property
    def modes(self):
        return [m for m in self.arch.modes if m.levels in self.levels]

    def mode(self, name):
        return next(m for m in self.modes if m.name == name)


# What could go unseen if all guests were alike differs from mode to mode:
# 5 GiB reach past the 32-bit hole for PCI, so that the end of addresses and the
# amount of memory are not the same number; four levels come from the processor
# or from the command line; kfence has a pool only when it samples.
X86_64 = Arch(
    name="x86_64",
    debian="amd64",
    kernel="x86",
    qemu="qemu-system-x86_64",
    qemu_package="qemu-system-x86",
    machine=("-M", "q35"),
    console="ttyS0",
    image="vmlinuz",
    # On a busy machine the interrupts that Linux waits for may come too late.
    cmdline="no_timer_check",
    modes=(
        Mode("4level", "max,la57=off", "1G", 4, True,
             "kfence.sample_interval=100 vsyscall=emulate"),
        Mode("4level-nokaslr", "max", "5G", 4, False, "nokaslr no5lvl"),
        Mode("5level", "max", "5G", 5, True),
        Mode("5level-nokaslr", "max", "1G", 5, False,
             "nokaslr kfence.sample_interval=100 pti=on"),
    ),
)

ARCHES = (X86_64,)

KERNELS = (
    # Debian built 5.10 without CONFIG_X86_5LEVEL.
    Kernel("5.10", "bullseye", X86_64, "gcc-10", "amd64", (4,)),
    Kernel("6.1", "bookworm", X86_64, "gcc-12", "amd64", (4, 5)),
    Kernel("6.12", "trixie", X86_64, "gcc-14", "amd64", (4, 5)),
    Kernel("7.2", "sid", X86_64, "gcc-16", "amd64", (4, 5)),
)


def select(kernel="", arch=""):
    """The kernels that KERNEL= and ARCH= name; both may be lists, or empty."""
    wanted = kernel.replace(",", " ").split()
    arches = arch.replace(",", " ").split()
    chosen = [
        k
        for k in KERNELS
        if (not wanted or {k.version, k.suite, k.name} & set(wanted))
        and (not arches or {k.arch.name, k.arch.debian, k.arch.kernel} & set(arches))
    ]
    if not chosen:
        known = " ".join(k.name for k in KERNELS)
        names = " ".join(a.name for a in ARCHES)
        raise SystemExit(
            f"lab: no kernel matches KERNEL='{kernel}' ARCH='{arch}';"
            f" there are {known}, for {names}"
        )
    return chosen
