# SPDX-License-Identifier: GPL-2.0-only
"""Programs of ours that guests run.

This machine's compiler builds those for its own architecture.  Those for
others are built by a cross compiler of Debian's, against the distribution's
own libraries, which come along into the guest.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

from . import apt, cache, initramfs, parts, records, toolchain

TOP = Path(__file__).parent.parent.parent
STRICT = ("-std=c17", "-O2", "-Wall", "-Wextra", "-Werror", "-D_FILE_OFFSET_BITS=64")

# The first of them that carries an architecture gives compiler and libraries;
# its programs run on kernels of all.
SUITES = ("bookworm", "trixie", "sid")
LIBRARIES = ("libc6-dev", "libsmartcols-dev", "libjansson-dev")


@lru_cache
def reader():
    """kvas(1) for this machine, as make builds it."""
    with cache.lock("reader"), parts.part("building the reader"):
        subprocess.run(["make", "-s", "--no-print-directory", "-C", TOP / "userspace"],
                       check=True, stdout=sys.stderr)
    return TOP / "userspace" / "build" / "kvas"


@lru_cache
def reader_files(arch):
    """kvas(1) and the libraries that it loads, by their paths in a guest."""
    if native(arch):
        return {"/bin/kvas": reader(),
                **{path: Path(path) for path in initramfs.libraries(reader())}}
    tree = _cross_reader(arch)
    return {f"/{file.relative_to(tree)}": file for file in tree.rglob("*") if file.is_file()}


@lru_cache
def shared_files():
    """What make install puts below share/kvas, and the manual pages as text, by their paths in a
    guest."""
    reader()
    files = {}
    with tempfile.TemporaryDirectory(prefix="kvas-install-") as root, cache.lock("reader"):
        subprocess.run(["make", "-s", "--no-print-directory", "-C", TOP / "userspace", "install",
                        f"DESTDIR={root}", "PREFIX=/usr"], check=True, stdout=sys.stderr)
        for file in Path(root, "usr/share/kvas").rglob("*"):
            if file.is_file():
                files[f"/{file.relative_to(root)}"] = file.read_bytes()
        for page in Path(root, "usr/share/man/man1").iterdir():
            files[f"/usr/share/man/text/{page.stem}"] = manual(page)
    return files


def manual(page):
    """A manual page as plain text; it comes with letters printed twice."""
    text = subprocess.run(["mandoc", "-T", "ascii", "-O", "width=78", page], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return re.sub(".\b", "", text)


@lru_cache
def static(source, arch=None, others=(), link="-static"):
    """A program with all that it needs in it; others: its further files, headers too."""
    sources = [p.name for p in (source, *others) if p.suffix == ".c"]
    name = source.stem + link.removeprefix("-static")
    return _compiled(name, arch, ((link, "-o", "program", *sources),), (source, *others)) / "program"


@lru_cache
def linked(source, library, arch, others=(), link="-pie"):
    """A program with a library of its own, and the other libraries that it loads, by their paths
    in a guest; others: headers."""
    shared, program = f"lib{library.stem}.so", source.stem + link.removeprefix("-pie")
    tree = _compiled(f"{program}-linked", arch,
                     (("-fPIC", "-shared", f"-Wl,-soname,{shared}", "-o", shared, library.name),
                      (link, "-rdynamic", "-o", program, source.name, shared, "-Wl,-rpath,$ORIGIN")),
                     (source, library, *others))
    ours = {f"/lab/{name}": tree / name for name in (program, shared)}
    if native(arch):
        theirs = {path: Path(path) for path in initramfs.libraries(tree / program)}
    else:
        theirs = {f"/{file.relative_to(tree)}": file for file in tree.rglob("*") if file.is_file()}
    return ours | {path: file for path, file in theirs.items() if file.parent != tree}


def _compiled(name, arch, commands, sources):
    """A directory with what the compiler makes of the sources by these commands, and with the
    libraries that this asks for if it is of another architecture."""
    tools = None if arch is None or native(arch) else _tools(arch)
    commands = [["cc", *STRICT, "-pthread", *words] for words in commands]

    def make(directory):
        for path in sources:
            shutil.copy(path, directory)
        for command in commands:
            if tools:
                _run(tools, ["sh", "-ec", 'cd /build; exec "$@"', "sh", *command], directory)
            else:
                subprocess.run(command, check=True, cwd=directory)
        for path in sources:
            (directory / path.name).unlink()
        for program in [*directory.iterdir()] if tools else ():
            _add_libraries(tools, directory, program)

    key = cache.digest(*(word for command in commands for word in command), *sources,
                       *(map(str, tools.layers) if tools else ()))
    return cache.entry("programs", f"{name}-{arch.debian}" if tools else name, key, make)


def promtool():
    """Prometheus' own judge of metrics; its package would start a server."""
    archive = apt.Archive("bookworm", "amd64")

    @parts.part("fetching promtool")
    def make(directory):
        debs = directory / "debs"
        for deb in archive.fetch(debs, alone=["prometheus"]):
            apt.unpack(deb, directory, ["./usr/bin/promtool"])
        shutil.rmtree(debs)

    key = cache.digest(*archive.plan(alone=["prometheus"]))
    return cache.entry("programs", "promtool", key, make) / "usr/bin/promtool"


@lru_cache
def native(arch):
    """Whether this machine's compiler is the one for an architecture."""
    return arch.debian == subprocess.run(["dpkg", "--print-architecture"], text=True, check=True,
                                         stdout=subprocess.PIPE).stdout.strip()


@cache.once
def _tools(arch):
    failures = []
    for suite in SUITES:
        kernel = next((k for k in records.KERNELS
                       if k.suite == suite and k.arch.debian == arch.debian), None)
        try:
            if kernel:
                return toolchain.userland(kernel, LIBRARIES)
        except apt.Gone as error:
            cache.progress(f"no compiler and libraries for {arch.debian} in {suite}: {error}")
            failures.append(str(error))
    raise apt.Gone("; ".join(failures))


def _run(tools, command, directory, **how):
    done = tools.run(command, {"/build": directory}, stdout=subprocess.PIPE,
                     stderr=subprocess.STDOUT, **how)
    if done.returncode:
        raise toolchain.BuildError(f"{' '.join(command)}:\n{done.stdout}")
    return done.stdout


def _cross_reader(arch):
    tools = _tools(arch)
    files = [TOP / "module/kvas_format.h", TOP / "dkms.conf", *reader_sources()]
    key = cache.digest(*map(str, tools.layers),
                       *(part for file in files for part in (str(file.relative_to(TOP)), file)))

    @parts.part(f"building the reader for {arch.debian}")
    def make(directory):
        with tempfile.TemporaryDirectory(prefix="kvas-build-") as work:
            for file in files:
                target = work / file.relative_to(TOP)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
            _run(tools, ["make", "-s", "-j2", "-C", "/build/userspace", "CC=cc", "CFLAGS=-O1",
                         "BUILD=/build/bin"], work)
            (directory / "bin").mkdir()
            shutil.copy(Path(work, "bin/kvas"), directory / "bin")
        _add_libraries(tools, directory, directory / "bin/kvas")

    return cache.entry("programs", f"kvas-{arch.debian}", key, make)


def reader_sources():
    """All that the reader is built from, whichever folders it has."""
    top = TOP / "userspace"
    return sorted(file for file in top.rglob("*") if file.is_file()
                  and not re.match(r"build(-\w+)?$", file.relative_to(top).parts[0]))


def _add_libraries(tools, directory, program):
    """What the program asks for, where its loader looks for it."""
    home = next(tools.layers[0].glob("usr/lib/*/libc.so.6")).parent
    dynamic = _run(tools, [f"{tools.compiler.triplet}-readelf", "-d", "-l", f"/build/{program.name}"],
                   program.parent)
    for path in re.findall(r"interpreter: /([^]]+)\]", dynamic):
        _copy(home / Path(path).name, directory / path)
    for name in re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic):
        if not any(directory.rglob(name)):
            target = directory / "lib" / home.name / name
            _copy(home / name, target)
            _add_libraries(tools, directory, target)


def _copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
