# SPDX-License-Identifier: GPL-2.0-only
"""Kernels, busybox and emulators, taken out of Debian's packages."""

import contextlib
import lzma
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import apt, cache, parts

# Debian builds these as modules; guests need them to hand back their results.
DRIVERS = ("drivers/virtio", "drivers/block/virtio_blk.ko*")
LOADED = ("virtio_pci", "virtio_mmio", "virtio_blk")

# And these, for jobs that load them: persistent memory.
MORE_DRIVERS = ("drivers/nvdimm",)
ON_DEMAND = ("nd_e820", "nd_pmem")

# And these share a folder.
FOLDER_DRIVERS = ("fs/9p", "fs/netfs", "fs/fscache", "net/9p")
FOLDER_LOADED = ("9pnet_virtio", "9p")


class ImageError(Exception):
    pass


@dataclass(frozen=True)
class Image:
    """A kernel as fetched: a directory with what guests and checks need."""

    release: str
    dir: Path

    @property
    def kernel(self):
        return self.dir / "kernel"

    @property
    def config(self):
        return self.dir / f"config-{self.release}"

    @property
    def drivers(self):
        """Modules in the order in which they must be loaded."""
        return self._ordered("order")

    @property
    def more_drivers(self):
        """Those that a job may load, in that order."""
        return self._ordered("more")

    def _ordered(self, file):
        names = (self.dir / "drivers" / file).read_text().split()
        return [self.dir / "drivers" / name for name in names]


@dataclass(frozen=True)
class Resolved:
    """The kernel to take for a record, and newer ones that the archive lacks."""

    release: str  # as uname -r says it
    passed_over: tuple[str, ...] = ()
    why: str = ""


@cache.once
def resolve(kernel):
    """The newest kernel of which the archive holds all that the laboratory needs.

    Raises apt.Gone if there is none.
    """
    archive = apt.Archive(kernel.suite, kernel.arch.debian)
    # The version and, in older suites, the number of the ABI; not a variant's name.
    version = r"\d[^-]*(-\d[^-]*)?"
    names = archive.names(rf"linux-image-{version}-{re.escape(kernel.flavour)}")
    releases = apt.newest_first(name.removeprefix("linux-image-") for name in names)
    reasons = []
    for release in releases:
        try:
            _ask_for_all(kernel, archive, release)
        except apt.Gone as error:
            cache.progress(f"{kernel.name}: not {release}: {error}")
            reasons.append(str(error))
            continue
        found = Resolved(release, tuple(releases[:len(reasons)]), "; ".join(reasons))
        if reasons:
            cache.progress(f"{kernel.name}: taking {release}")
        return found
    raise apt.Gone(f"{kernel.name}: no kernel in the archive is complete: {'; '.join(reasons)}"
                   if reasons else f"{kernel.name}: {archive.name} lists no such kernel")


def _ask_for_all(kernel, archive, release):
    """Raise apt.Gone unless the archive holds image, headers, and what these share."""
    headers = f"linux-headers-{release}"
    if not archive.names(re.escape(headers)):
        raise apt.Gone(f"{archive.name} does not list {headers}")
    archive.plan(alone=packages(archive, release))
    archive.plan(alone=[headers])
    host, shared = shared_headers(kernel, release)
    unlisted = [name for name in shared if not host.names(re.escape(name))]
    if unlisted:
        raise apt.Gone(f"{host.name} does not list {' and '.join(unlisted)}")
    host.plan(alone=shared)


def shared_headers(kernel, release):
    """The archive that modules are built from, and the names of the packages
    that a kernel's headers share with those of other kernels."""
    archive = apt.Archive(kernel.suite, kernel.arch.debian)
    return apt.Archive(kernel.suite, apt.HOST), [
        name for name in archive.depends(f"linux-headers-{release}")
        if re.search("-common(-rt)?$", name) or name.startswith("linux-kbuild-")]


def release(kernel):
    """uname -r of the kernel that is taken."""
    return resolve(kernel).release


@contextlib.contextmanager
def _unpacked(archive, wanted, directory, patterns):
    """Files of packages in a tree, for as long as the body runs.  Only one package is
    kept at a time, as some are large."""
    tree, debs = directory / "tree", directory / "debs"
    tree.mkdir()
    for deb in archive.fetch(debs, alone=wanted):
        apt.unpack(deb, tree, patterns)
        deb.unlink()
    yield tree
    shutil.rmtree(tree)
    shutil.rmtree(debs)


def _planned(kernel):
    """The archive, the kernel's release, the packages that hold its files, and the files
    of the archive that these are."""
    archive = apt.Archive(kernel.suite, kernel.arch.debian)
    name = release(kernel)
    wanted = packages(archive, name)
    return archive, name, wanted, archive.plan(alone=wanted)


def fetch(kernel):
    """The kernel's image, configuration, symbols and drivers."""
    archive, name, wanted, files = _planned(kernel)

    @parts.part(f"fetching kernel {name} ({kernel.suite})")
    def make(directory):
        with _unpacked(archive, wanted, directory,
                       ["./boot/*", "*/modules/*/vmlinu?", "*/modules/*/config",
                        *(f"*/kernel/{d}" for d in DRIVERS + MORE_DRIVERS)]) as tree:
            _sort_out(kernel, name, tree, directory)

    key = cache.digest(*files, *DRIVERS, *MORE_DRIVERS)
    return Image(name, cache.entry("kernels", kernel.name, key, make))


def driver(kernel, path):
    """One more module of a kernel, by its place below drivers/ and without its ending.

    It has an entry of its own, so that what few guests load makes no other wait for
    packages to be fetched again.
    """
    archive, name, wanted, files = _planned(kernel)

    @parts.part(f"fetching {path} of kernel {name} ({kernel.suite})")
    def make(directory):
        with _unpacked(archive, wanted, directory, [f"*/kernel/drivers/{path}.ko*"]) as tree:
            found = list(tree.rglob("*.ko*"))
            if len(found) != 1:
                raise ImageError(f"{kernel.name}: the packages of {name} have no drivers/{path}")
            (directory / "driver.ko").write_bytes(_decompressed(found[0]))

    place = f"{kernel.name}-{Path(path).name}"
    return cache.entry("drivers", place, cache.digest(*files), make) / "driver.ko"


def folder_drivers(kernel):
    """The modules that mount a folder of the host, in the order in which they must be loaded
    after the kernel's other drivers; raises ImageError if the packages have none."""
    archive, name, wanted, files = _planned(kernel)

    @parts.part(f"fetching the 9P modules of kernel {name} ({kernel.suite})")
    def make(directory):
        patterns = [f"*/kernel/{d}" for d in DRIVERS + FOLDER_DRIVERS]
        with _unpacked(archive, wanted, directory, patterns) as tree:
            found = _modules(tree, directory)
        order = []
        for root in FOLDER_LOADED:
            _depth_first(root, found, order)
        (directory / "order").write_text("".join(f"{name}\n" for name in order))

    key = cache.digest(*files, *FOLDER_DRIVERS, *FOLDER_LOADED)
    place = cache.entry("drivers", f"{kernel.name}-folder", key, make)
    order = (place / "order").read_text().split()
    if not {f"{root}.ko" for root in FOLDER_LOADED} <= set(order):
        raise ImageError(f"the packages of {name} have no 9P file system")
    loaded = {driver.name for driver in fetch(kernel).drivers}
    return [place / name for name in order if name not in loaded]


def packages(archive, name):
    """The packages that hold a kernel's files; from 7.x on there are several."""
    whole = f"linux-image-{name}"
    parts = re.compile(rf"linux-(binary|base|modules)-{re.escape(name)}")
    return [p for p in archive.depends(whole) if parts.fullmatch(p)] or [whole]


def _sort_out(kernel, name, tree, directory):
    # In boot with the release in the name, or beside the modules without it.
    for wanted, final in (("vmlinu[xz]", "kernel"), ("config", f"config-{name}")):
        found = [*tree.rglob(wanted), *tree.rglob(f"{wanted}-{name}")]
        if not found:
            raise ImageError(f"{kernel.name}: the packages of {name} have no {wanted}")
        found[0].rename(directory / final)
    drivers = directory / "drivers"
    drivers.mkdir()
    found = _modules(tree, drivers)
    order = []
    for root in LOADED:
        _depth_first(root, found, order)
    whole = list(order)
    for root in ON_DEMAND:
        _depth_first(root, found, whole)
    for module in drivers.glob("*.ko"):
        if module.name not in whole:
            module.unlink()
    for file, names in (("order", order), ("more", whole[len(order):])):
        (drivers / file).write_text("".join(f"{name}\n" for name in names))


def _modules(tree, directory):
    """Put all modules of a tree into a directory; gives them by their names."""
    found = {}
    for packed in tree.rglob("*.ko*"):
        module = directory / (packed.name.split(".ko")[0] + ".ko")
        module.write_bytes(_decompressed(packed))
        found[module.stem.replace("-", "_")] = module
    return found


def _decompressed(module):
    if module.suffix == ".xz":
        return lzma.decompress(module.read_bytes())
    if module.suffix == ".zst":
        return subprocess.run(["zstd", "-dc", module], check=True,
                              stdout=subprocess.PIPE).stdout
    return module.read_bytes()


def _depth_first(name, found, order):
    """Append a module after the modules that it depends on."""
    module = found.get(name)
    if module is None or module.name in order:
        return  # built into this kernel, or there already
    depends = re.search(rb"\0depends=([^\0]*)\0", module.read_bytes())
    for other in depends[1].decode().split(",") if depends else []:
        _depth_first(other.replace("-", "_"), found, order)
    order.append(module.name)


def emulator(arch):
    """The command that is QEMU, for an architecture."""
    if not arch.qemu_suite:
        return [arch.qemu]
    machine = subprocess.run(["dpkg", "--print-architecture"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout.strip()
    archive = apt.Archive(arch.qemu_suite, machine)
    packages = [arch.qemu_package, arch.firmware]
    files = archive.plan(closure=packages)
    share = "usr/share"

    @parts.part(f"fetching {arch.qemu} ({arch.qemu_suite})")
    def make(directory):
        debs = directory / "debs"
        for deb in archive.fetch(debs, closure=packages):
            apt.unpack(deb, directory, [f"./usr/bin/{arch.qemu}", "*.so*", f"./{share}/qemu/*",
                                        f"./{share}/{arch.firmware}/*"])
        shutil.rmtree(debs)

    root = cache.entry("qemu", f"{arch.qemu}-{archive.name}", cache.digest(*files), make)
    # Nothing of it is installed: it runs with the libraries that it came with.
    loader = next(p for p in sorted(root.rglob("ld-linux*.so*")) if p.is_file())
    places = sorted({str(p.parent) for p in root.rglob("lib*.so*")})
    return [str(loader), "--library-path", ":".join(places), str(root / "usr/bin" / arch.qemu),
            "-L", str(root / share / "qemu"),
            "-bios", str(root / share / arch.firmware / "QEMU_EFI.fd")]


def firmware_archive():
    return apt.Archive("bookworm", apt.HOST)


def firmware(package):
    """A file with the firmware that the package is for."""
    archive = firmware_archive()

    def make(directory):
        for deb in archive.fetch(directory / "debs", alone=[package]):
            apt.unpack(deb, directory, [f"./usr/share/{package}/*"])
        shutil.rmtree(directory / "debs")

    entry = cache.entry("firmware", package, cache.digest(*archive.plan(alone=[package])), make)
    return entry / "usr/share" / package / "QEMU_EFI.fd"


def busybox(kernel):
    """A statically linked busybox for the kernel's architecture."""
    archive = apt.Archive(kernel.suite, kernel.arch.debian)
    files = archive.plan(alone=["busybox-static"])

    def make(directory):
        debs = directory / "debs"
        for deb in archive.fetch(debs, alone=["busybox-static"]):
            apt.unpack(deb, directory)
        binary = next(p for p in directory.rglob("busybox") if p.is_file() and p.parent.name == "bin")
        binary.rename(directory / "busybox")
        for other in directory.iterdir():
            if other.name != "busybox":
                shutil.rmtree(other)

    key = cache.digest(*files)
    return cache.entry("busybox", archive.name, key, make) / "busybox"
