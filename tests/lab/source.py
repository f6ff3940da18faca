# SPDX-License-Identifier: GPL-2.0-only
"""Kernels built from source: what no distribution's kernel has switched on.

    source.config             what all of them have on top of allnoconfig
    source.config.ARCH        the machine that they are for
    source.config.plain       kallsyms and kprobes, and nothing that watches it
    source.config.checked     KASAN, lockdep, kmemleak and more: watches itself
    source.config.nosymbols   neither kallsyms nor kprobes, all bases random
    source.config.bare        one processor, and the least of everything
    source.config.adverse     allocations can be made to fail, and memory that
                              was freed is not mapped
    source.config.cfi         clang's control flow integrity
    source.patch.NAME         what a family changes in the source, and why

Of the others each differs by one option from the first of its family.

Debian's own source and compiler make them.  Of the trees only what guests and
builds of modules need is kept.
"""

import contextlib
import dataclasses
import itertools
import os
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from . import apt, cache, guest, images, parts, records, toolchain
from .toolchain import BuildError

LAB = Path(__file__).parent

# What a kernel's build needs besides a compiler; libelf is for objtool.
TOOLS = ("bc", "bison", "flex", "gzip", "libc6-dev", "libelf-dev", "python3-minimal")


PREPARED = "source.config.prepared"


@dataclass(frozen=True)
class Variant:
    """A kernel's configuration: a fragment of its own, or some lines, or both."""

    name: str
    fragment: str = ""
    options: tuple[str, ...] = ()

    def text(self, family):
        shared = ("source.config", f"source.config.{family.arch}") if family.image else (PREPARED,)
        files = (*shared, self.fragment)
        return "".join([*((LAB / name).read_text() for name in files if name),
                        *(f"{line}\n" for line in (*family.options, *self.options)),
                        f'CONFIG_LOCALVERSION="-kvas-{self.name}"\n'])


@dataclass(frozen=True)
class Family:
    """Kernels that are built together, of one source and by one compiler."""

    name: str
    base: records.Kernel  # whose source and compiler are taken
    arch: str  # as make's ARCH= and source.config.ARCH have it
    # Goal, and its place below arch/*/boot; if it is empty, there is no kernel,
    # just what modules are built against.
    image: str
    variants: tuple[Variant, ...]
    # Of all variants, for what this release calls otherwise.
    options: tuple[str, ...] = ()
    patches: tuple[str, ...] = ()  # of the source, see source.patch.*
    llvm: str = ""  # the release of clang that builds it, if that is not gcc

    @property
    def stock(self):
        return self.base.name

    @property
    def srcarch(self):
        return self.base.arch.kernel

    @property
    def hostcc(self):
        return records.GCC[self.base.suite]

    @property
    def packages(self):
        llvm = (f"clang-{self.llvm}", f"lld-{self.llvm}", f"llvm-{self.llvm}") if self.llvm else ()
        return (self.hostcc, *TOOLS, *llvm)

    @property
    def patch_files(self):
        return [LAB / f"source.patch.{name}" for name in self.patches]

    def key(self):
        return cache.digest(*(part for v in self.variants for part in (v.name, v.text(self))),
                            *self.patch_files)


def stock(name):
    return next(k for k in records.KERNELS if k.name == name)


def options(*lines):
    return tuple(f"CONFIG_{line}" for line in lines)


NOSYMBOLS = "source.config.nosymbols"

# 6.9 renamed the first.  Later kernels always have five levels, and run KUnit's
# suites unasked only with the last.
RENAMED_6_12 = options("PAGE_TABLE_ISOLATION=n", "MITIGATION_PAGE_TABLE_ISOLATION=y")
RENAMED_7_2 = (*RENAMED_6_12, *options("X86_5LEVEL=n", "UBSAN_SANITIZE_ALL=n",
                                    "KUNIT_AUTORUN_ENABLED=y"))

# What test_guest_torture.py lets come and go.  Memory that can be removed is told of by ACPI,
# which takes long to compile.
CHURNED = options("ACPI=y", "X86_PM_TIMER=y", "ACPI_HOTPLUG_MEMORY=y", "MIGRATION=y",
                  "MEMORY_HOTREMOVE=y", "NET=y", "UNIX=y", "BPF_JIT=y")

# One option in each, but for those that stand aside for it: of a choice only
# one is taken.
#
# Only make check-all builds them: each takes minutes.
FAMILIES = (
    Family("plain", stock("6.1-amd64"), "x86_64", "bzImage", (
        Variant("plain", "source.config.plain"),
    )),
    Family("watched", stock("6.1-amd64"), "x86_64", "bzImage", (
        Variant("checked", "source.config.checked"),
        Variant("bare", "source.config.bare"),
    )),
    Family("watched-7.2", stock("7.2-amd64"), "x86_64", "bzImage", (
        Variant("checked-7.2", "source.config.checked", CHURNED),
    ), RENAMED_7_2, ("debugfs-open-delay",)),
    Family("adverse", stock("6.1-amd64"), "x86_64", "bzImage", (
        Variant("adverse", "source.config.adverse"),
    ), patches=("kprobes-read-unchecked", "large-initramfs")),
    Family("clang", stock("6.12-amd64"), "x86_64", "bzImage", (
        Variant("cfi", "source.config.cfi"),
    ), RENAMED_6_12, llvm="19"),
    Family("x86_64", stock("6.1-amd64"), "x86_64", "bzImage", (
        Variant("nosymbols", NOSYMBOLS),
        Variant("norandom", NOSYMBOLS, options("RANDOMIZE_MEMORY=n")),
        Variant("no5level", NOSYMBOLS, options("X86_5LEVEL=n")),
        Variant("kasan", NOSYMBOLS, options("KASAN=y", "KASAN_GENERIC=y", "KASAN_VMALLOC=y")),
    )),
    Family("i386", stock("6.1-686"), "i386", "bzImage", (
        Variant("3g"),
        Variant("2g", options=options("VMSPLIT_3G=n", "VMSPLIT_2G=y")),
        Variant("nohighmem", options=options("HIGHMEM4G=n", "NOHIGHMEM=y")),
    )),
    Family("i386-more", stock("6.1-686"), "i386", "bzImage", (
        Variant("3g-opt", options=options("VMSPLIT_3G=n", "VMSPLIT_3G_OPT=y")),
        Variant("1g", options=options("VMSPLIT_3G=n", "VMSPLIT_1G=y")),
        Variant("pae", options=options("HIGHMEM4G=n", "HIGHMEM64G=y")),
    )),
    Family("arm64", stock("6.1-arm64"), "arm64", "Image", (
        Variant("48bit"),
        Variant("39bit", options=options("ARM64_VA_BITS_48=n", "ARM64_VA_BITS_39=y")),
        Variant("16k", options=options("ARM64_4K_PAGES=n", "ARM64_16K_PAGES=y")),
        Variant("64k", options=options("ARM64_4K_PAGES=n", "ARM64_64K_PAGES=y")),
    )),
    Family("riscv64", stock("6.12-riscv64"), "riscv", "Image", (Variant("riscv"),)),
    Family("arm", stock("6.1-armmp"), "arm", "zImage", (
        Variant("arm-3g"),
        Variant("arm-2g", options=options("VMSPLIT_3G=n", "VMSPLIT_2G=y")),
    )),
)

# Debian has the compiler, but no kernel.
M68K = records.Kernel(
    "6.12", "trixie",
    records.Arch("m68k", "m68k", "m68k", "", "", (), "", bits=32, triplet="m68k-linux-gnu"),
    "gcc-14-m68k-linux-gnu", "m68k", ())

FLATMEM = options("FLATMEM_MANUAL=y", "FLATMEM=y")

# What no kernel of the matrix has: no MMU; memory in one piece.
FAMILIES += tuple(
    Family(name, base, arch, "", (Variant(name, options=more),)) for name, base, arch, more in (
        ("nommu-riscv", stock("6.12-riscv64"), "riscv", options("NONPORTABLE=y", "MMU=n", "64BIT=y")),
        ("nommu-arm", stock("6.12-armmp"), "arm", options("MMU=n")),
        ("nommu-m68k", M68K, "m68k", options("MMU=n", "COLDFIRE=y", "M520x=y")),
        ("flatmem-arm64", stock("5.10-arm64"), "arm64", FLATMEM),
        ("flatmem-riscv", stock("6.12-riscv64"), "riscv", FLATMEM),
        ("flatmem-ppc64", stock("6.12-powerpc64le"), "powerpc",
         options("PPC64=y", "CPU_LITTLE_ENDIAN=y") + FLATMEM),
        ("flatmem-loongarch", stock("7.2-loong64"), "loongarch", FLATMEM),
    ))

# Where the trees stand while they are used: kbuild writes their place down.
PLACE = "/kernel"

# Raise it when what is made of the same source and options changes.
RECIPE = "2"

# Most of what a kernel of these options never compiles; kbuild wants every
# Kconfig and Makefile, however.
UNNEEDED = [
    *(f"*/drivers/{sub}/*.[ch]" for sub in ("gpu", "infiniband", "media", "net/*", "scsi", "staging")),
    "*/arch/*.dts*", "*/sound/*.[ch]",
    "*/tools/testing/*", "*/tools/perf/*", "*/Documentation/*/*",
]

ENVIRONMENT = [
    "KBUILD_BUILD_USER=kvas", "KBUILD_BUILD_HOST=lab", "KBUILD_BUILD_TIMESTAMP=@0",
    "KBUILD_BUILD_VERSION=1",
]

@dataclass(frozen=True)
class Source:
    """A kernel built from source."""

    family: Family
    variant: str
    tree: Path  # all variants, and the headers that they share
    tools: toolchain.Toolchain

    @property
    def dir(self):
        return self.tree / self.variant

    @property
    def release(self):
        return (self.dir / "include/config/kernel.release").read_text().strip()

    @property
    def config(self):
        return self.dir / ".config"

    @property
    def symbols(self):
        return self.dir / "System.map"

    @property
    def record(self):
        """As the lab names kernels; its suite is where busybox comes from."""
        stock = self.family.base
        arch = stock.arch
        if self.family.srcarch == "x86":
            # The MP table has one processor of each socket.
            cpus = 1 if self.variant == "bare" else 2
            arch = dataclasses.replace(arch, cpus=cpus,
                                       machine=(*arch.machine, "-smp", f"sockets={cpus}"))
        return dataclasses.replace(stock, version=f"{stock.version}-source",
                                   flavour=self.variant, arch=arch)

    def mode(self, name, memory="", cmdline=""):
        """One of the record's modes, with other memory and more parameters."""
        mode = self.record.mode(name)
        return dataclasses.replace(mode, memory=memory or mode.memory,
                                   cmdline=f"{mode.cmdline} {cmdline}".strip())

    def boot(self, mode, job, files=None, **how):
        """As guest.boot(); the guest has the files that a package would bring."""
        image = images.Image(self.release, self.dir / "image")
        files = {
            f"/boot/System.map-{self.release}": self.symbols,
            f"/boot/config-{self.release}": self.config,
            **(files or {}),
        }
        return guest.boot(self.record, mode, job, files, image=image, **how)


def family(variant):
    return next(f for f in FAMILIES if variant in {v.name for v in f.variants})


@cache.once
def prepare(variant):
    """A kernel of those above; its family is made when the first is asked for."""
    made = family(variant)
    archive = apt.Archive(made.base.suite, toolchain.HOST)
    package = next(d for d in archive.depends("linux-source") if d.startswith("linux-source-"))
    # Another compiler makes another kernel; another bison does not.
    files = archive.plan(alone=[package])
    tools = toolchain.plain(made.base.suite, made.base.compiler, made.packages)

    def make(directory):
        with tempfile.TemporaryDirectory(prefix=".build-", dir=directory) as work:
            with parts.part(f"fetching and unpacking {package}"):
                _unpack(archive, package, Path(work))
                _patch(made, Path(work))
            _make_all(made, tools, Path(work), directory)

    key = cache.digest(RECIPE, *files, *map(str, tools.layers), made.key())
    tree = cache.entry("source", made.name, key, make)
    return Source(made, variant, tree, tools)


def words(family, tools):
    """What tells make for which architecture, and by which compiler."""
    triplet = tools.compiler.triplet
    cross = [f"CROSS_COMPILE={triplet}-"] if triplet else []
    llvm = [f"LLVM=-{family.llvm}"] if family.llvm else []
    return [f"ARCH={family.arch}", f"HOSTCC={family.hostcc}", *llvm, *cross]


def _unpack(archive, package, work):
    for deb in archive.fetch(work / "debs", alone=[package]):
        apt.unpack(deb, work, ["./usr/src/linux-source-*.tar.xz"])
    (work / "src").mkdir()
    done = subprocess.run(
        ["tar", "-x", "-C", str(work / "src"), "--strip-components=1", "--no-same-owner",
         "--wildcards", *(f"--exclude={pattern}" for pattern in UNNEEDED),
         "-f", str(next(work.glob("usr/src/*.tar.xz")))],
        stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise BuildError(f"cannot unpack {package}: {done.stderr}")
    shutil.rmtree(work / "debs")
    shutil.rmtree(work / "usr")


def _patch(family, work):
    for file in family.patch_files:
        done = subprocess.run(["patch", "-p1", "--fuzz=3", "-d", work / "src", "-i", file],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise BuildError(f"{file.name} does not apply: {done.stdout}")


def _make_all(family, tools, work, directory):
    shared = None
    for variant in family.variants:
        out = work / variant.name
        # The programs that kbuild itself needs are the same for all.
        if shared:
            for part in ("scripts", "tools"):
                if (shared / part).exists():
                    shutil.copytree(shared / part, out / part, symlinks=True)
        else:
            out.mkdir()
        shared = out
        with parts.part(f"building the kernel {variant.name}"):
            _configure(family, tools, work, variant)
            if family.image:
                _run(family, tools, work, variant, family.image, "modules")
                _keep_image(family, out, directory / variant.name)
            else:
                _run(family, tools, work, variant, "modules_prepare")
    for variant in family.variants:
        _keep_output(family, work / variant.name, directory / variant.name)
    _keep_source(family, work / "src", directory / "src")


def _configure(family, tools, work, variant):
    fragment = work / variant.name / "fragment"
    fragment.write_text(variant.text(family))
    _run(family, tools, work, variant,
         f"KCONFIG_ALLCONFIG={PLACE}/{variant.name}/fragment", "allnoconfig")
    got = configured(work / variant.name / ".config")
    lost = [f"{name}={value}" for name, value in configured(fragment).items()
            if got.get(name, "n") != value]
    if lost:
        raise BuildError(f"kernel {variant.name}: Kconfig does not take {' '.join(lost)}")


def configured(config):
    """The options of a configuration; one that is not set is not there."""
    lines = config.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line.startswith("CONFIG_"))


def _run(family, tools, work, variant, *goals):
    log = work / f"{variant.name}.log"
    with open(log, "a") as out, _heartbeat(f"kernel {variant.name}", log):
        done = tools.run(
            ["nice", "make", f"-j{os.cpu_count()}", "-C", f"{PLACE}/src", f"O={PLACE}/{variant.name}",
             *words(family, tools), *ENVIRONMENT, *goals],
            {PLACE: work}, stdout=out, stderr=subprocess.STDOUT)
    text = log.read_text()
    if done.returncode:
        raise BuildError(f"kernel {variant.name} does not build:\n{text[-4000:]}")


@contextlib.contextmanager
def _heartbeat(what, log, pause=30):
    """Say now and then how far a long build has come."""
    end = threading.Event()

    def beat():
        while not end.wait(pause):
            with open(log) as f:
                cache.progress(f"building {what}: {sum(' CC ' in line for line in f)} files")

    beater = threading.Thread(target=beat, daemon=True)
    beater.start()
    try:
        yield
    finally:
        end.set()
        beater.join()


def _keep_image(family, out, kept):
    image = kept / "image"
    (image / "drivers").mkdir(parents=True)
    (image / "drivers" / "order").touch()  # all drivers are built in
    shutil.copy(out / "arch" / family.srcarch / "boot" / family.image, image / "kernel")
    shutil.copy(out / ".config", image / "config")
    shutil.copy(out / "System.map", kept / "System.map")


def _keep_output(family, out, kept):
    """What builds of modules need of an output directory."""
    kept.mkdir(exist_ok=True)
    for name in ("Makefile", ".config", "Module.symvers"):
        if (out / name).exists():
            shutil.copy(out / name, kept / name)
    (kept / "source").symlink_to("../src")
    for part in ("include", f"arch/{family.srcarch}/include", "scripts"):
        shutil.copytree(out / part, kept / part, symlinks=True,
                        ignore=shutil.ignore_patterns("*.o", "*.a", ".*.d"))
    objtool = Path("tools/objtool/objtool")
    if (out / objtool).exists():
        (kept / objtool.parent).mkdir(parents=True)
        shutil.copy(out / objtool, kept / objtool)


def _keep_source(family, src, kept):
    """Headers, and what kbuild is made of."""
    for part in ("include", f"arch/{family.srcarch}/include", "scripts"):
        shutil.copytree(src / part, kept / part, symlinks=True)
    for file in itertools.chain(src.glob("Makefile*"), src.glob(f"arch/{family.srcarch}/Makefile*"),
                                src.glob("Kbuild*"), src.glob("Kconfig*")):
        shutil.copy(file, kept / file.relative_to(src))


def build(source, sources, name="kvas", goals=("modules",), more=()):
    """As toolchain.build(): modules for a kernel built from source.

    A source may also be given as bytes; more is further words for make.
    """
    key = cache.digest(source.tree.name, source.variant, *goals, *more,
                       *(part for path in sorted(sources) for part in (path, sources[path])))

    @parts.part(f"building {name} for the kernel {source.variant}")
    def make(directory):
        with tempfile.TemporaryDirectory(prefix="kvas-build-") as work:
            for path, file in sources.items():
                target = Path(work, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file if isinstance(file, bytes) else file.read_bytes())
            done = source.tools.run(
                ["make", "-j2", "-C", f"{PLACE}/{source.variant}", "M=/build", "W=1", "C=2",
                 *words(source.family, source.tools), *more, *goals],
                {"/build": work, PLACE: source.tree},
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode:
                raise BuildError(f"{name} does not build for the kernel"
                                 f" {source.variant}:\n{done.stdout}")
            (directory / "build.log").write_text(done.stdout)
            for module in Path(work).rglob("*.ko"):
                shutil.copy(module, directory)

    label = f"{name}-{source.record.name}"
    return toolchain.Built(cache.entry("modules", label, key, make, keep=8))
