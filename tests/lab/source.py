# SPDX-License-Identifier: GPL-2.0-only
"""Kernels built from source: what no distribution's kernel has switched on.

    source.config             what all of them have on top of allnoconfig
    source.config.checked     KASAN, lockdep, kmemleak and more: watches itself
    source.config.nosymbols   neither kallsyms nor kprobes, all bases random
    source.config.bare        one processor, and the least of everything

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
from functools import lru_cache
from pathlib import Path

from . import apt, cache, guest, images, records, toolchain
from .toolchain import BuildError

LAB = Path(__file__).parent

# What else than a module's build needs; libelf is for objtool.
TOOLS = ("bc", "bison", "flex", "gzip", "libc6-dev", "libelf-dev")

VARIANTS = ("checked", "nosymbols", "bare")

# Where the trees stand while they are used: kbuild writes their place down.
PLACE = "/kernel"

# Raise it when what is made of the same source and options changes.
RECIPE = "1"

# Most of what a kernel of these options never compiles; kbuild wants every
# Kconfig and Makefile, however.
UNNEEDED = [
    *(f"*/drivers/{sub}/*.[ch]" for sub in ("gpu", "infiniband", "media", "net", "scsi", "staging")),
    "*/arch/[!x]*/*.[chS]", "*/arch/*.dts*", "*/sound/*.[ch]",
    "*/tools/testing/*", "*/tools/perf/*", "*/Documentation/*/*",
]

ENVIRONMENT = [
    "KBUILD_BUILD_USER=kvas", "KBUILD_BUILD_HOST=lab", "KBUILD_BUILD_TIMESTAMP=@0",
    "KBUILD_BUILD_VERSION=1",
]

def base():
    """The stock kernel whose source and compiler are taken."""
    return records.select("6.1", "x86_64")[0]


@dataclass(frozen=True)
class Source:
    """A kernel built from source."""

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
        stock = base()
        # The MP table has one processor of each socket.
        cpus = 1 if self.variant == "bare" else 2
        arch = dataclasses.replace(stock.arch, cpus=cpus,
                                   machine=(*stock.arch.machine, "-smp", f"sockets={cpus}"))
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


@lru_cache
def prepare(variant):
    """A kernel of those above; all are made when the first is asked for."""
    stock = base()
    archive = apt.Archive(stock.suite, stock.arch.debian)
    package = next(d for d in archive.depends("linux-source") if d.startswith("linux-source-"))
    # Another compiler makes another kernel; another bison does not.
    files = archive.plan(alone=[package, stock.compiler])
    tools = toolchain.prepare(stock, TOOLS)
    fragments = [LAB / "source.config",
                 *(LAB / f"source.config.{v}" for v in VARIANTS)]

    def make(directory):
        with tempfile.TemporaryDirectory(prefix=".build-", dir=directory) as work:
            _unpack(archive, package, Path(work))
            _make_all(tools, Path(work), directory)

    key = cache.digest(RECIPE, *files, *fragments)
    tree = cache.entry("source", stock.name, key, make)
    return Source(variant, tree, tools)


def _unpack(archive, package, work):
    cache.progress(f"fetching and unpacking {package}")
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


def _make_all(tools, work, directory):
    shared = None
    for variant in VARIANTS:
        out = work / variant
        # The programs that kbuild itself needs are the same for all.
        if shared:
            for part in ("scripts", "tools"):
                shutil.copytree(shared / part, out / part, symlinks=True)
        else:
            out.mkdir()
        shared = out
        _configure(tools, work, variant)
        _run(tools, work, variant, "bzImage", "modules")
        _keep_image(out, directory / variant)
    for variant in VARIANTS:
        _keep_output(work / variant, directory / variant)
    _keep_source(work / "src", directory / "src")


def _configure(tools, work, variant):
    fragment = "".join((LAB / name).read_text()
                       for name in ("source.config", f"source.config.{variant}"))
    (work / variant / "fragment").write_text(fragment)
    _run(tools, work, variant, f"KCONFIG_ALLCONFIG={PLACE}/{variant}/fragment", "allnoconfig")
    got = options(work / variant / ".config")
    lost = [f"{name}={value}" for name, value in options(work / variant / "fragment").items()
            if got.get(name, "n") != value]
    if lost:
        raise BuildError(f"kernel {variant}: Kconfig does not take {' '.join(lost)}")


def options(config):
    """The options of a configuration; one that is not set is not there."""
    lines = config.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line.startswith("CONFIG_"))


def _run(tools, work, variant, *goals):
    log = work / f"{variant}.log"
    with open(log, "a") as out, _heartbeat(f"kernel {variant}", log):
        done = tools.run(
            ["make", f"-j{os.cpu_count()}", "-C", f"{PLACE}/src", f"O={PLACE}/{variant}",
             *ENVIRONMENT, *goals],
            {PLACE: work}, stdout=out, stderr=subprocess.STDOUT)
    text = log.read_text()
    if done.returncode:
        raise BuildError(f"kernel {variant} does not build:\n{text[-4000:]}")


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


def _keep_image(out, kept):
    image = kept / "image"
    (image / "drivers").mkdir(parents=True)
    (image / "drivers" / "order").touch()  # all drivers are built in
    shutil.copy(out / "arch/x86/boot/bzImage", image / "kernel")
    shutil.copy(out / ".config", image / "config")
    shutil.copy(out / "System.map", kept / "System.map")


def _keep_output(out, kept):
    """What builds of modules need of an output directory."""
    kept.mkdir(exist_ok=True)
    for name in ("Makefile", ".config", "Module.symvers"):
        if (out / name).exists():
            shutil.copy(out / name, kept / name)
    (kept / "source").symlink_to("../src")
    for part in ("include", "arch/x86/include", "scripts"):
        shutil.copytree(out / part, kept / part, symlinks=True,
                        ignore=shutil.ignore_patterns("*.o", "*.a", ".*.d"))
    (kept / "tools/objtool").mkdir(parents=True)
    shutil.copy(out / "tools/objtool/objtool", kept / "tools/objtool")


def _keep_source(src, kept):
    """Headers, and what kbuild is made of."""
    for part in ("include", "arch/x86/include", "scripts"):
        shutil.copytree(src / part, kept / part, symlinks=True)
    for file in itertools.chain(src.glob("Makefile*"), src.glob("arch/x86/Makefile*"),
                                src.glob("Kbuild*"), src.glob("Kconfig*")):
        shutil.copy(file, kept / file.relative_to(src))


def build(source, sources, name="kvas", goals=("modules",), words=()):
    """As toolchain.build(): modules for a kernel built from source.

    A source may also be given as bytes; words are further ones for make.
    """
    key = cache.digest(source.tree.name, source.variant, *goals, *words,
                       *(part for path in sorted(sources) for part in (path, sources[path])))

    def make(directory):
        cache.progress(f"building {name} for the kernel {source.variant}")
        with tempfile.TemporaryDirectory(prefix="kvas-build-") as work:
            for path, file in sources.items():
                target = Path(work, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file if isinstance(file, bytes) else file.read_bytes())
            done = source.tools.run(
                ["make", "-j2", "-C", f"{PLACE}/{source.variant}", "M=/build", "W=1", "C=2",
                 *words, *goals],
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
