# SPDX-License-Identifier: GPL-2.0-only
"""A root file system with a kernel's own compiler and headers, used by chroot.

Its packages are unpacked and not configured: a compiler needs no more, it
takes half the time, and it needs no root.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import apt, cache, images

# What kbuild and DKMS call beside the compiler; kernel-doc, which checks
# comments, is a script in Perl.
TOOLS = ("make", "bash", "dash", "coreutils", "diffutils", "findutils", "grep", "kmod", "mawk",
         "patch", "perl", "sed", "util-linux")
# These come without what they depend on, and do not miss it here.
ALONE = ("sparse", "dkms")
LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}


# The root under a layer in memory.
SCRATCH = """
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o "lowerdir=$root,upperdir=/mnt/upper,workdir=/mnt/work" overlay /mnt/root
root=/mnt/root
"""


class BuildError(Exception):
    pass


@dataclass(frozen=True)
class Toolchain:
    release: str
    root: Path

    @property
    def headers(self):
        return f"/usr/src/linux-headers-{self.release}"

    def run(self, command, mounts=None, scratch=False, **how):
        """Run a command in the root, with directories mounted into it.

        The mounts are in a name space of their own and vanish with it; so
        does what a command that works on scratch changes in the root.
        """
        script = ["set -e; root=$1; shift", SCRATCH if scratch else ""]
        script += [f'mount --rbind {place} "$root{place}"' for place in ("/dev", "/proc")]
        for place, directory in (mounts or {}).items():
            (self.root / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
            script.append(f'mount --bind "{directory}" "$root{place}"')
        script.append('exec chroot "$root" "$@"')
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        return subprocess.run(
            ["unshare", "--mount", *user, "sh", "-c", "\n".join(script), "sh",
             str(self.root), *command],
            text=True, env={"PATH": "/usr/bin:/usr/sbin", "LC_ALL": "C", "HOME": "/tmp"},
            **how)


def prepare(kernel, extra=()):
    """The toolchain of a kernel, with further packages if a test needs them."""
    archive = apt.Archive(kernel.suite, kernel.arch.debian)
    name = images.release(kernel)
    headers = f"linux-headers-{name}"
    # The headers package itself asks for the whole kernel: it comes alone.
    alone = [headers, *ALONE]
    wanted = [d for d in archive.depends(headers)
              if d.endswith("-common") or d.startswith("linux-kbuild-")]
    closure = [*TOOLS, kernel.compiler, *wanted, *extra]
    files = archive.plan(alone, closure)

    def make(directory):
        cache.progress(f"making the toolchain for {name}: {kernel.compiler},"
                       f" {len(files)} packages of {kernel.suite}")
        debs, root = directory / "debs", directory / "root"
        for link, target in LINKS.items():
            (root / target).mkdir(parents=True, exist_ok=True)
            (root / link).symlink_to(target)
        for deb in archive.fetch(debs, alone, closure):
            apt.unpack(deb, root, leave=("./usr/share/doc/*", "./usr/share/man/*",
                                         "./usr/share/locale/*"))
            deb.unlink()
        shutil.rmtree(debs)
        _finish(root, kernel.compiler)
        _complete_headers(root)

    label = "-".join((kernel.name, *extra))
    key = cache.digest(*files)
    return Toolchain(name, cache.entry("toolchains", label, key, make) / "root")


def _finish(root, compiler):
    """What the packages' own scripts would have set up, as far as needed."""
    for sub in ("dev", "proc", "tmp", "build"):
        (root / sub).mkdir(exist_ok=True)
    for link, target in (("usr/bin/awk", "mawk"), ("usr/bin/sh", "dash"),
                         ("usr/bin/gcc", compiler), ("usr/bin/cc", compiler)):
        if not (root / link).exists():
            (root / link).symlink_to(target)


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
WORDS = ("W=1", "C=2", "CONFIG_DEBUG_INFO_BTF_MODULES=")


def build(kernel, sources, name="kvas"):
    """Build the modules of a source tree with every warning switched on.

    sources maps paths in the build directory to files.  The result is kept
    by what went into it; the log is part of it.
    """
    tools = prepare(kernel)
    key = cache.digest(str(tools.root), *WORDS, *(part for path in sorted(sources)
                                          for part in (path, sources[path])))

    def make(directory):
        cache.progress(f"building {name} for {tools.release}")
        with tempfile.TemporaryDirectory(prefix="kvas-build-") as work:
            for path, file in sources.items():
                target = Path(work, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
            done = tools.run(
                ["make", "-j2", "-C", tools.headers, "M=/build", *WORDS, "modules"],
                {"/build": work}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode:
                raise BuildError(f"{name} does not build for {tools.release}:\n{done.stdout}")
            (directory / "build.log").write_text(done.stdout)
            for module in Path(work).rglob("*.ko"):
                shutil.copy(module, directory)

    return Built(cache.entry("modules", f"{name}-{kernel.name}", key, make, keep=8))


def kvas_sources(top):
    """The module's sources, as kbuild and DKMS see them."""
    files = [top / "Kbuild", *(p for p in (top / "module").rglob("*") if p.suffix in (".c", ".h"))]
    return {str(p.relative_to(top)): p for p in files}
