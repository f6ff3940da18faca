# SPDX-License-Identifier: GPL-2.0-only
"""Root file systems with a kernel's own compiler and headers, used by chroot.

Everything is built on one architecture; kernels of others have a cross
compiler of the same release.  A root is a stack of layers, so that kernels
share what they can: the tools and kbuild of a suite, a compiler, and at the top
the headers of one kernel.

Packages are unpacked and not configured: a compiler needs no more, it takes
half the time, and it needs no root.
"""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from . import apt, cache, images, parts
from .apt import HOST

# What kbuild and DKMS call beside the compiler; kernel-doc, which checks
# comments, is a script in Perl.
TOOLS = ("make", "bash", "dash", "coreutils", "diffutils", "findutils", "grep", "kmod", "mawk",
         "patch", "perl", "sed", "util-linux")
# These come without what they depend on, and do not miss it here.
ALONE = ("sparse", "dkms")
LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}
COMMANDS = {"awk": "mawk", "sh": "dash"}  # which packages' scripts would link

# Sparse complains of words of kbuild's that it has no use for: RISC-V's
# extensions with long names, and for MIPS all that gcc predefines, of which it
# knows these itself.
SPARSE = """\
#!/bin/sh
for word; do
	shift
	case $word in
	-march=rv*_*) word=${word%%_*} ;;
	-D__ATOMIC_*) continue ;;
	esac
	set -- "$@" "$word"
done
exec /usr/bin/sparse "$@"
"""

# The layers, the first on top, and above them one in memory.
MOUNT = """
set -e
place=$1 count=$2 lower=
shift 2
mount -t tmpfs tmpfs "$place"
cd "$place"
mkdir upper work root
while [ "$count" -gt 0 ]; do
	mkdir "$count"
	mount --bind "$1" "$count"
	lower=${lower:+$lower:}$place/$count
	count=$((count - 1))
	shift
done
mount -t overlay -o "lowerdir=$lower,upperdir=$place/upper,workdir=$place/work" overlay root
cd root
mount --rbind /dev dev
mount --rbind /proc proc
"""


class BuildError(Exception):
    pass


@dataclass(frozen=True)
class Compiler:
    """One of Debian's packages gcc-N and gcc-N-TRIPLET."""

    package: str

    @property
    def triplet(self):
        """Empty for the compiler that compiles for where it runs."""
        return re.fullmatch(r"gcc-\d+-?(.*)", self.package)[1]

    @property
    def command(self):
        version = re.match(r"gcc-\d+", self.package)[0]
        return f"{self.triplet}-{version}" if self.triplet else version


@dataclass(frozen=True)
class Toolchain:
    release: str  # of the kernel, if it is for one
    layers: tuple[Path, ...]  # the first on top
    compiler: Compiler
    environment: dict

    @property
    def headers(self):
        return f"/usr/src/linux-headers-{self.release}"

    def run(self, command, mounts=None, **how):
        """Run a command in the root, with directories mounted into it.

        The mounts are in a name space of their own and vanish with it, and so
        does what the command changes elsewhere in the root.
        """
        script = [MOUNT]
        for place, directory in (mounts or {}).items():
            inside = shlex.quote(place.lstrip("/"))
            script.append(f"mkdir -p {inside}; mount --bind {shlex.quote(str(directory))} {inside}")
        script.append('exec chroot . "$@"')
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        with tempfile.TemporaryDirectory(prefix="kvas-root-") as place:
            return subprocess.run(
                ["unshare", "--mount", *user, "sh", "-c", "\n".join(script), "sh",
                 place, str(len(self.layers)), *map(str, self.layers), *command],
                text=True, env={"PATH": "/usr/local/bin:/usr/bin:/usr/sbin", "LC_ALL": "C",
                                "HOME": "/tmp", **self.environment},
                **how)


def prepare(kernel, extra=()):
    """The toolchain of a kernel, with further packages if a test needs them."""
    release = images.release(kernel)
    headers = f"linux-headers-{release}"
    archive = apt.Archive(kernel.suite, kernel.arch.debian)
    _, kbuild = images.shared_headers(kernel, release)
    compiler = Compiler(kernel.compiler)
    # A real-time kernel has common headers of its own, beside those of the others.
    shared = "kbuild-rt" if any(name.endswith("-rt") for name in kbuild) else "kbuild"
    # The headers package itself asks for the whole kernel: it comes alone.
    layers = [_layer(f"headers-{kernel.name}", archive, [headers])]
    if extra:
        layers.append(_packages(kernel.suite, "-".join(extra), extra))
    layers += [_compiler(kernel.suite, compiler),
               _packages(kernel.suite, shared, kbuild, _complete_headers),
               _tools(kernel.suite)]
    return Toolchain(release, tuple(layers), compiler, _environment(kernel.arch, compiler))


def plain(suite, package, extra):
    """A compiler and further packages, for what brings its own headers."""
    compiler = Compiler(package)
    return Toolchain("", (_packages(suite, "-".join(extra), extra), _compiler(suite, compiler),
                          _tools(suite)), compiler, {})


def userland(kernel, libraries):
    """A toolchain for programs on a kernel of another architecture."""
    compiler = Compiler(kernel.compiler)
    archive = apt.Archive(kernel.suite, kernel.arch.debian)
    foreign = _layer(f"libraries-{archive.name}", archive, _closure(archive, libraries))
    places = (f"/{p.relative_to(foreign)}" for p in foreign.glob("usr/lib/*/pkgconfig"))
    return Toolchain("", (foreign, _compiler(kernel.suite, compiler),
                          _packages(kernel.suite, "pkgconf", ["pkgconf"]), _tools(kernel.suite)),
                     compiler, {"PKG_CONFIG_LIBDIR": ":".join(places)})


def _environment(arch, compiler):
    """As dpkg-buildpackage has it; the headers of 6.1 and older ask for it."""
    if not compiler.triplet:
        return {}
    return {"DEB_BUILD_ARCH": HOST, "DEB_HOST_ARCH": arch.debian,
            "DEB_HOST_GNU_TYPE": compiler.triplet}


def _layer(name, archive, packages, finish=lambda root: None, recipe=()):
    """Just these packages, unpacked; the recipe tells versions of finish() apart.

    Runs from other checkouts, or for another architecture that is not yet
    where this one is, may still use the layer before.
    """
    files = archive.plan(packages)

    @parts.part(f"unpacking {name}: {len(files)} packages of {archive.name}")
    def make(directory):
        debs, root = directory / "debs", directory / "root"
        for link, target in LINKS.items():
            (root / target).mkdir(parents=True, exist_ok=True)
            (root / link).symlink_to(target)
        for deb in archive.fetch(debs, packages):
            apt.unpack(deb, root, leave=("./usr/share/doc/*", "./usr/share/man/*",
                                         "./usr/share/locale/*"))
            deb.unlink()
        shutil.rmtree(debs)
        finish(root)

    key = cache.digest(*files, *recipe)
    return cache.entry("toolchains", name, key, make, keep=2) / "root"


def _tools(suite):
    archive = apt.Archive(suite, HOST)

    def finish(root):
        for sub in ("dev", "proc", "tmp", "build"):
            (root / sub).mkdir(exist_ok=True)
        for command, package in COMMANDS.items():
            if not (root / "usr/bin" / command).exists():
                (root / "usr/bin" / command).symlink_to(package)
        sparse = root / "usr/local/bin/sparse"
        sparse.parent.mkdir(parents=True)
        sparse.write_text(SPARSE)
        sparse.chmod(0o755)

    return _layer(f"tools-{suite}", archive, [*_closure(archive, TOOLS), *ALONE], finish,
                  recipe=(SPARSE,))


def _packages(suite, name, wanted, finish=lambda root: None):
    """Packages and what they depend on, on top of the tools."""
    archive = apt.Archive(suite, HOST)
    closure = set(_closure(archive, [*TOOLS, *wanted])) - set(_closure(archive, TOOLS))
    return _layer(f"{name}-{suite}", archive, sorted(closure), finish)


def _closure(archive, packages):
    return [file.split("_")[0] for file in archive.plan(closure=packages)]


def _compiler(suite, compiler):

    def finish(root):
        unversioned = f"{compiler.triplet}-gcc" if compiler.triplet else "gcc"
        for link in (unversioned, "cc"):
            if not (root / "usr/bin" / link).exists():
                (root / "usr/bin" / link).symlink_to(compiler.command)

    return _packages(suite, compiler.package, [compiler.package], finish)


# Linux 7.1 asks a script whether sparse is recent enough; Debian's headers
# name that script and do not hold it.
CHECKER_VALID = """\
#!/bin/sh
printf 'static int f(const int *q) { __typeof_unqual__(*q) v = *q; return v; }\\n' >/tmp/valid.c
if "$@" /tmp/valid.c 2>&1 | grep -q error; then echo 0; else echo 1; fi
"""


def _complete_headers(root):
    for makefile in root.glob("usr/src/linux-headers-*-common/Makefile"):
        script = makefile.parent / "scripts" / "checker-valid.sh"
        if "checker-valid.sh" in makefile.read_text() and not script.exists():
            script.write_text(CHECKER_VALID)
            script.chmod(0o755)


@dataclass(frozen=True)
class Built:
    """What one build of a module gave."""

    dir: Path

    @property
    def log(self):
        return (self.dir / "build.log").read_text()

    @property
    def modules(self):
        return sorted(self.dir.glob("*.ko"))

    def module(self, name):
        return self.dir / f"{name}.ko"


# BTF would add 10 KiB to what is loaded.
WORDS = ("W=1", "CONFIG_DEBUG_INFO_BTF_MODULES=")


# Both word sizes and byte orders.
WITH_SPARSE = ("7.2-amd64", "7.2-armmp-lpae", "7.2-s390x")


def has_sparse(kernel):
    """It takes as long as the compiler, and finds the same in most files for all kernels."""
    return os.environ.get("KVAS_ALL") == "1" or kernel.name in WITH_SPARSE


def changed(kernel, name, changes):
    """The toolchain of a kernel with some of its headers changed.

    changes maps the paths of headers to pairs of an old text, which must stand
    there once, and a new one.
    """
    tools = prepare(kernel)
    common = next(p for layer in tools.layers for p in layer.glob("usr/src/*-common"))

    def make(directory):
        for path, pairs in changes.items():
            text = (common / path).read_text()
            for old, new in pairs:
                if text.count(old) != 1:
                    raise BuildError(f"{path} of {tools.release} does not have once:\n{old}")
                text = text.replace(old, new)
            target = directory / "root/usr/src" / common.name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)

    key = cache.digest(*map(str, tools.layers), repr(changes))
    layer = cache.entry("toolchains", f"changed-{name}", key, make, keep=2) / "root"
    return replace(tools, layers=(layer, *tools.layers))


def build(kernel, sources, name="kvas", words=(), tools=None):
    """Build the modules of a source tree with every warning switched on.

    sources maps paths in the build directory to files, words go to make; tools
    may be others than the kernel's own.  The result is kept by what went into
    it; the log is part of it.
    """
    tools = tools or prepare(kernel)
    words = (*WORDS, *(["C=2"] if has_sparse(kernel) else []), *words)
    key = cache.digest(*map(str, tools.layers), *words, *(part for path in sorted(sources)
                                          for part in (path, sources[path])))

    @parts.part(f"building {name} for {tools.release}")
    def make(directory):
        with tempfile.TemporaryDirectory(prefix="kvas-build-") as work:
            for path, file in sources.items():
                target = Path(work, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
            done = tools.run(
                ["make", "-j2", "-C", tools.headers, "M=/build", *words, "modules"],
                {"/build": work}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode:
                raise BuildError(f"{name} does not build for {tools.release}:\n{done.stdout}")
            (directory / "build.log").write_text(done.stdout)
            for module in Path(work).rglob("*.ko"):
                shutil.copy(module, directory)

    return Built(cache.entry("modules", f"{name}-{kernel.name}", key, make, keep=8))


def kvas_sources(top):
    """The module's sources, as kbuild and DKMS see them."""
    files = [top / "Kbuild", top / "dkms.conf",
             *(p for p in (top / "module").rglob("*") if p.suffix in (".c", ".h"))]
    return {str(p.relative_to(top)): p for p in files}
