# SPDX-License-Identifier: GPL-2.0-only
"""What the laboratory knows about architectures and kernels: data only.

A new architecture or kernel is a new record here.  Nothing in these records
names a release or an ABI: the newest that the archive holds is looked up when
it is needed (images.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mode:
    """One way to start a kernel, and what the layout must then look like."""

    name: str
    cpu: str
    memory: str  # as QEMU's -m takes it
    levels: int = 0  # of the kernel's page tables; 0: not for the record to say
    kaslr: bool = False
    cmdline: str = ""
    va_bits: int = 0  # of a kernel address, where processor and kernel agree on it
    mmu: str = ""  # where one processor has several: radix or hash
    highmem: bool = False  # memory that the kernel does not map for good
    firmware: str = ""  # the package with an EFI firmware that starts the kernel


@dataclass(frozen=True)
class Arch:
    name: str  # as uname -m says it
    debian: str  # as dpkg says it
    kernel: str  # arch/ in the kernel's sources
    qemu: str
    qemu_package: str
    machine: tuple[str, ...]
    console: str
    cmdline: str = ""
    bits: int = 64
    endian: str = "little"
    disk: str = "virtio-blk-pci"
    cpus: int = 2
    # One thread runs all processors: with more, QEMU 7.2 now and then lets one
    # run x86 code that the other has just patched, and the kernel dies of a
    # stray int3.
    accel: str = "tcg,thread=single"
    # The suite to take QEMU from, where the machine's own may be too old, and
    # the package with the firmware that it needs.
    qemu_suite: str = ""
    firmware: str = ""
    # The firmware serves the kernel below this physical address, without
    # translation; a guest is not stopped there.
    firmware_end: int = 0
    # Whether the module and the tests that need it know this architecture.
    covered: bool = False
    # As in the names of the packages of cross compilers.
    triplet: str = ""


@dataclass(frozen=True)
class Kernel:
    version: str  # what the suite is known to carry; the label of tests
    suite: str
    arch: Arch
    compiler: str  # package, as the headers ask for it
    flavour: str  # the metapackages are linux-image- and linux-headers-FLAVOUR
    modes: tuple[Mode, ...]
    page_size: int = 4096
    check: str = ""  # the modes that make check boots; make check-all boots all

    @property
    def name(self):
        return f"{self.version}-{self.flavour}"

    def mode(self, name):
        return next(m for m in self.modes if m.name == name)


def pick(modes, names):
    """Some modes of an architecture, by name."""
    known = {m.name: m for m in modes}
    return tuple(known[name] for name in names.split())


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
    # On a busy machine the interrupts that Linux waits for may come too late.
    cmdline="no_timer_check",
    covered=True,
)
X86_64_4LEVEL = (
    Mode("4level", "max,la57=off", "1G", 4, True,
         "kfence.sample_interval=100 vsyscall=emulate"),
    Mode("4level-nokaslr", "max", "5G", 4, False, "nokaslr no5lvl"),
)
X86_64_MODES = X86_64_4LEVEL + (
    Mode("5level", "max", "5G", 5, True),
    Mode("5level-nokaslr", "max", "1G", 5, False,
         "nokaslr kfence.sample_interval=100 pti=on"),
)

I386 = Arch(
    name="i686",
    debian="i386",
    triplet="i686-linux-gnu",
    kernel="x86",
    qemu="qemu-system-x86_64",
    qemu_package="qemu-system-x86",
    machine=("-M", "q35"),
    console="ttyS0",
    cmdline="no_timer_check",
    bits=32,
    covered=True,
)

# As AMD's, "max" would be a model that was never meant for two processors.
I386_CPU = "max,vendor=GenuineIntel"


def i386_modes(levels):
    """What decides is how much memory lowmem leaves over, and for what."""
    return (
        Mode("highmem", I386_CPU, "2G", levels, True, highmem=True),
        Mode("lowmem-nokaslr", I386_CPU, "512M", levels, False, "nokaslr"),
        Mode("vmalloc", I386_CPU, "1G", levels, True, "vmalloc=512M", highmem=True),
        Mode("highmem-option", I386_CPU, "768M", levels, False, "nokaslr highmem=256M",
             highmem=True),
        Mode("mem", I386_CPU, "2G", levels, True, "mem=700M"),
        Mode("reserve-top", I386_CPU, "1G", levels, False, "nokaslr reservetop=16M", highmem=True),
    )


I386_2LEVEL = i386_modes(2)
# Memory past 4 GiB has physical addresses that do not fit a word.
I386_PAE = i386_modes(3) + (Mode("pae-5g", I386_CPU, "5G", 3, True, highmem=True),)

ARM = Arch(
    name="armv7l",
    debian="armhf",
    triplet="arm-linux-gnueabihf",
    kernel="arm",
    qemu="qemu-system-arm",
    qemu_package="qemu-system-arm",
    machine=("-M", "virt"),
    console="ttyAMA0",
    bits=32,
    disk="virtio-blk-device",
    # In one thread, one processor waits for the other for ever.
    accel="tcg",
    covered=True,
)


def arm_modes(levels):
    return (
        Mode("highmem", "cortex-a15", "2G", levels, highmem=True),
        Mode("lowmem", "cortex-a15", "512M", levels),
        Mode("vmalloc", "cortex-a15", "1G", levels, cmdline="vmalloc=512M", highmem=True),
    )


ARM_2LEVEL = arm_modes(2)
ARM_LPAE = arm_modes(3)

# A processor without 52-bit addresses runs a kernel for 52 bits with 48; plain
# "max" computes pointer authentication so slowly that a boot takes a minute.
CPU48, CPU52 = "cortex-a72", "max,pauth-impdef=on"
ARM64 = Arch(
    name="aarch64",
    debian="arm64",
    triplet="aarch64-linux-gnu",
    kernel="arm64",
    qemu="qemu-system-aarch64",
    qemu_package="qemu-system-arm",
    machine=("-M", "virt"),
    console="ttyAMA0",
    covered=True,
)
ARM64_VA48 = (
    Mode("48bit", CPU48, "1G", 4, True, "kpti=1", va_bits=48),
    Mode("48bit-nokaslr", CPU52, "5G", 4, False, "nokaslr kpti=0", va_bits=48),
)
ARM64_VA52 = (
    Mode("48bit", CPU48, "5G", 4, True, "kpti=1", va_bits=48),
    Mode("48bit-nokaslr", CPU48, "2G", 4, False,
         "nokaslr mem=1G kfence.sample_interval=100", va_bits=48),
    Mode("52bit", CPU52, "1G", 5, True, "kpti=0", va_bits=52),
    Mode("52bit-nokaslr", CPU52, "5G", 5, False, "nokaslr kpti=1", va_bits=52),
)
# Firmware tells the kernel where it may be and of the machine's tables; the loader
# of the other modes gives it a device tree.
ARM64_EFI = Mode("efi", CPU48, "2G", 4, False, va_bits=48, firmware="qemu-efi-aarch64")
ARM64_16K = (
    Mode("47bit-nokaslr", "cortex-a76", "1G", 3, False, "nokaslr", va_bits=47),
    Mode("52bit", CPU52, "5G", 4, True, va_bits=52),
)

RISCV64 = Arch(
    name="riscv64",
    debian="riscv64",
    triplet="riscv64-linux-gnu",
    kernel="riscv",
    qemu="qemu-system-riscv64",
    qemu_package="qemu-system-misc",
    machine=("-M", "virt"),
    console="ttyS0",
    disk="virtio-blk-device",
    # In one thread, each processor waits long for the other to flush its TLB.
    accel="tcg",
    firmware_end=1 << 32,
    covered=True,
)
# From 7.2 on the kernel takes no more levels than the device tree says, and
# QEMU's says sv48 whatever the processor can.
RISCV64_MODES = (
    Mode("sv57", "rv64", "1G", 5, va_bits=57),
    Mode("sv48", "rv64", "5G", 4, cmdline="no5lvl", va_bits=48),
    Mode("sv39", "rv64", "2G", 3, cmdline="no4lvl", va_bits=39),
)

PPC64 = Arch(
    name="ppc64le",
    debian="ppc64el",
    triplet="powerpc64le-linux-gnu",
    kernel="powerpc",
    qemu="qemu-system-ppc64",
    qemu_package="qemu-system-ppc",
    machine=("-M", "pseries"),
    console="hvc0",
    # In one thread, a kernel with hashed page tables does not get as far as init.
    accel="tcg",
    covered=True,
)
PPC64_MODES = (
    Mode("radix", "power9", "1G", 4, mmu="radix"),
    Mode("hash", "power9", "2G", cmdline="disable_radix", mmu="hash"),
    Mode("hash-power8", "power8", "1G", mmu="hash"),
)

S390X = Arch(
    name="s390x",
    debian="s390x",
    triplet="s390x-linux-gnu",
    kernel="s390",
    qemu="qemu-system-s390x",
    qemu_package="qemu-system-misc",
    machine=("-M", "s390-ccw-virtio"),
    console="ttysclp0",
    endian="big",
    disk="virtio-blk-ccw",
    covered=True,
)
S390X_MODES = (
    Mode("kaslr", "max", "1G", kaslr=True),
    Mode("nokaslr", "max", "3G", cmdline="nokaslr"),
)
# QEMU's processors lack the random numbers that KASLR asks for: 6.1 then goes
# without, later kernels put the image as high as they can.
S390X_UNMOVED = (
    Mode("1g", "max", "1G"),
    Mode("nokaslr", "max", "3G", cmdline="nokaslr"),
)

LOONGARCH64 = Arch(
    name="loongarch64",
    debian="loong64",
    triplet="loongarch64-linux-gnu",
    kernel="loongarch",
    qemu="qemu-system-loongarch64",
    qemu_package="qemu-system-misc",
    machine=("-M", "virt"),
    console="ttyS0",
    # Without firmware it has no ACPI, and without ACPI no PCI and no disk.
    qemu_suite="trixie",
    covered=True,
    firmware="qemu-efi-loongarch64",
)
LOONGARCH64_MODES = (
    Mode("1g", "la464", "1G", 3, va_bits=48),
    Mode("5g", "la464", "5G", 3, va_bits=48),
)

MIPS64 = Arch(
    name="mips64",
    debian="mips64el",
    triplet="mips64el-linux-gnuabi64",
    kernel="mips",
    qemu="qemu-system-mips64el",
    qemu_package="qemu-system-mips",
    machine=("-M", "malta"),
    console="ttyS0",
    cpus=1,
    covered=True,
)
MIPS64_MODES = (
    Mode("1g", "MIPS64R2-generic", "1G", kaslr=True),
    Mode("256m", "MIPS64R2-generic", "256M", cmdline="nokaslr"),
)

MIPS = Arch(
    name="mips",
    debian="mipsel",
    triplet="mipsel-linux-gnu",
    kernel="mips",
    qemu="qemu-system-mipsel",
    qemu_package="qemu-system-mips",
    machine=("-M", "malta"),
    console="ttyS0",
    bits=32,
    cpus=1,
)
MIPS_MODES = (
    Mode("kaslr", "24Kf", "256M", kaslr=True),
    Mode("nokaslr", "24Kf", "256M", cmdline="nokaslr"),
)

ARCHES = (X86_64, I386, ARM64, ARM, RISCV64, PPC64, S390X, LOONGARCH64, MIPS64, MIPS)

GCC = {"bullseye": "gcc-10", "bookworm": "gcc-12", "trixie": "gcc-14", "sid": "gcc-16"}
VERSION = {"bullseye": "5.10", "bookworm": "6.1", "trixie": "6.12", "sid": "7.2"}


def kernel(suite, arch, flavour, modes, page_size=4096, check=""):
    compiler = f"{GCC[suite]}-{arch.triplet}" if arch.triplet else GCC[suite]
    return Kernel(VERSION[suite], suite, arch, compiler, flavour, modes, page_size, check)


# The variants of an architecture are spread over its kernels, two or three
# for each, so that all of them are run and none for too long.
#
# Of these, make check boots the oldest and the newest kernel of an architecture,
# so that each page size, number of levels, width of addresses, kind of MMU, and
# use of highmem is there once, by few kernels: one more takes longer to fetch and
# to build for than another boot.  What is left for make check-all are kernels
# between the two, and modes that another kernel shows in make check.
KERNELS = (
    # Debian built 5.10 without CONFIG_X86_5LEVEL.
    kernel("bullseye", X86_64, "amd64", X86_64_4LEVEL, check="4level-nokaslr"),
    kernel("bookworm", X86_64, "amd64", X86_64_MODES),
    kernel("trixie", X86_64, "amd64", X86_64_MODES, check="5level"),
    kernel("sid", X86_64, "amd64", X86_64_MODES, check="4level"),
    kernel("trixie", X86_64, "rt-amd64", pick(X86_64_MODES, "5level")),
    kernel("trixie", X86_64, "cloud-amd64", pick(X86_64_MODES, "4level-nokaslr")),

    kernel("bullseye", I386, "686", pick(I386_2LEVEL, "highmem lowmem-nokaslr"),
           check="highmem lowmem-nokaslr"),
    kernel("bullseye", I386, "686-pae", pick(I386_PAE, "pae-5g highmem-option")),
    kernel("bookworm", I386, "686", pick(I386_2LEVEL, "highmem mem reserve-top")),
    kernel("bookworm", I386, "686-pae", pick(I386_PAE, "pae-5g vmalloc lowmem-nokaslr reserve-top"),
           check="pae-5g lowmem-nokaslr"),

    kernel("bullseye", ARM64, "arm64", ARM64_VA48, check="48bit-nokaslr"),
    kernel("bookworm", ARM64, "arm64", ARM64_VA48),
    kernel("trixie", ARM64, "arm64", (*ARM64_VA52, ARM64_EFI)),
    kernel("trixie", ARM64, "cloud-arm64", pick(ARM64_VA52, "52bit-nokaslr")),
    kernel("trixie", ARM64, "arm64-16k", ARM64_16K, 16384),
    kernel("sid", ARM64, "arm64", ARM64_VA52, check="48bit 52bit"),
    kernel("sid", ARM64, "arm64-16k", ARM64_16K, 16384, check="47bit-nokaslr 52bit"),

    kernel("bullseye", ARM, "armmp", pick(ARM_2LEVEL, "highmem lowmem"),
           check="highmem lowmem"),
    kernel("bullseye", ARM, "armmp-lpae", pick(ARM_LPAE, "highmem lowmem")),
    kernel("bookworm", ARM, "armmp", pick(ARM_2LEVEL, "highmem vmalloc")),
    kernel("bookworm", ARM, "armmp-lpae", pick(ARM_LPAE, "highmem vmalloc")),
    kernel("trixie", ARM, "armmp", pick(ARM_2LEVEL, "highmem lowmem")),
    kernel("trixie", ARM, "armmp-lpae", pick(ARM_LPAE, "highmem lowmem")),
    kernel("sid", ARM, "armmp", pick(ARM_2LEVEL, "highmem vmalloc")),
    kernel("sid", ARM, "armmp-lpae", pick(ARM_LPAE, "highmem lowmem vmalloc"),
           check="highmem lowmem"),

    kernel("trixie", RISCV64, "riscv64", RISCV64_MODES, check="sv57 sv39"),
    kernel("sid", RISCV64, "riscv64", pick(RISCV64_MODES, "sv48 sv39"), check="sv48"),

    kernel("bookworm", PPC64, "powerpc64le", pick(PPC64_MODES, "radix hash-power8"), 65536,
           check="radix hash-power8"),
    kernel("trixie", PPC64, "powerpc64le", pick(PPC64_MODES, "radix hash")),
    kernel("trixie", PPC64, "powerpc64le-64k", pick(PPC64_MODES, "radix hash"), 65536),
    kernel("sid", PPC64, "powerpc64le", pick(PPC64_MODES, "radix hash"), check="radix hash"),
    kernel("sid", PPC64, "powerpc64le-64k", pick(PPC64_MODES, "radix hash"), 65536),

    kernel("bookworm", S390X, "s390x", S390X_UNMOVED, check="nokaslr"),
    kernel("trixie", S390X, "s390x", S390X_MODES),
    kernel("sid", S390X, "s390x", S390X_MODES, check="kaslr"),

    kernel("sid", LOONGARCH64, "loong64", LOONGARCH64_MODES, 16384, check="5g"),

    kernel("bookworm", MIPS64, "5kc-malta", MIPS64_MODES, check="1g"),
    kernel("bookworm", MIPS, "4kc-malta", MIPS_MODES, check="kaslr"),
)


def select(kernel="", arch=""):
    """The kernels that KERNEL= and ARCH= name; both may be lists, or empty."""
    wanted = set(kernel.replace(",", " ").split())
    arches = set(arch.replace(",", " ").split())
    chosen = [
        k
        for k in KERNELS
        if (not wanted or {k.version, k.suite, k.flavour, k.name} & wanted)
        and (not arches or {k.arch.name, k.arch.debian, k.arch.kernel} & arches)
    ]
    if not chosen:
        known = " ".join(k.name for k in KERNELS)
        names = " ".join(a.name for a in ARCHES)
        raise SystemExit(
            f"lab: no kernel matches KERNEL='{kernel}' ARCH='{arch}';"
            f" there are {known}, for {names}"
        )
    return chosen
