# SPDX-License-Identifier: GPL-2.0-only
"""The laboratory for people: make demo, make lab.

    cd tests && python3 -m lab demo|shell|list|fetch|emulator|emulators   (KERNEL= ARCH= FOLDER=)
"""

import locale
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import cache, folder, guest, images, initramfs, programs, records, toolchain

TOP = programs.TOP
DEFAULT = "6.12"  # the kernel of demo and shell, if none is asked for
FOLDER = "lab-results"  # what shell shares, if nothing else is asked for


def chosen():
    """One kernel, in the mode that a recent machine would run it in."""
    kernels = selected()
    if not os.environ.get("KERNEL"):
        kernels.sort(key=lambda k: k.version != DEFAULT)
    kernel = first_in_archive(kernels)
    wanted = os.environ.get("MODE")
    modes = {m.name: m for m in kernel.modes}
    if wanted and wanted not in modes:
        raise SystemExit(f"lab: {kernel.name} has no mode '{wanted}'; it has {' '.join(modes)}")
    recent = [m for m in kernel.modes if m.kaslr] or kernel.modes
    return kernel, modes[wanted] if wanted else recent[-1]


def first_in_archive(kernels):
    for kernel in kernels[:-1]:
        try:
            images.resolve(kernel)
            return kernel
        except images.apt.Gone as error:
            cache.progress(f"another kernel: {error}")
    return kernels[-1]


def module(kernel):
    built = toolchain.build(kernel, toolchain.kvas_sources(TOP))
    return built.module("kvas")


def terminal():
    """How the reader shall print: as wide and as colourful as we may."""
    size = shutil.get_terminal_size((100, 24))
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return size, "always" if colour else "never"


def demo():
    """The layout of a stock kernel that runs in a guest, as table and picture."""
    kernel, mode = chosen()
    files = {**programs.reader_files(kernel.arch), "/lab/kvas.ko": module(kernel)}
    size, colour = terminal()
    ascii_only = "UTF-8" not in locale.nl_langinfo(locale.CODESET).upper()
    kvas = f"COLUMNS={size.columns} kvas --color={colour}"
    job = f"""
        insmod /lab/kvas.ko || exit
        {kvas} show >show || exit
        {kvas} map {'--ascii' if ascii_only else ''} >map
    """
    cache.progress(f"starting Linux {images.release(kernel)} in a virtual machine")
    with guest.boot(kernel, mode, job, files, name="demo") as g:
        g.check()
    cache.progress(f"the guest ran for {g.seconds:.1f} s")
    tables = f", {mode.levels}-level page tables" if mode.levels else ""
    rule = f"# Linux {images.release(kernel)}{tables}, KASLR {'on' if mode.kaslr else 'off'}:"
    print(f"\n{rule} kvas\n\n{g.text('show')}\n{rule} kvas map\n\n{g.text('map')}")


def shell():
    """An interactive guest on this terminal, and a folder that it shares with this machine."""
    kernel, mode = chosen()
    image, results = images.fetch(kernel), folder.prepare(TOP / (os.environ.get("FOLDER") or FOLDER))
    shared = folder.files(kernel)
    files = {**programs.reader_files(kernel.arch), **programs.shared_files(), **shared,
             f"/boot/config-{image.release}": image.config,
             "/lab/kvas.ko": module(kernel), "/bin/man": initramfs.LAB / "man",
             "/lab/interactive": settings(kernel, bool(shared)) + (initramfs.LAB / "interactive").read_text()}
    tree = initramfs.build(image, images.busybox(kernel), "", files, {})
    with tempfile.TemporaryDirectory(prefix="kvas-lab-") as directory:
        ramdisk = Path(directory, "initramfs")
        tree.write(ramdisk)
        cache.progress("starting; Ctrl-A X stops the virtual machine at once")
        words = guest.command(kernel, image, mode, ramdisk, "quiet loglevel=1")
        words += folder.options(kernel, results) if shared else []
        done = subprocess.run([*words, "-no-reboot", "-serial", "mon:stdio"])
    if shared:
        cache.progress(f"what was left in {folder.PLACE} is in {results}")
    sys.exit(done.returncode)


def settings(kernel, shared):
    """What the guest's shell cannot find out by itself, as variables."""
    size, _ = terminal()
    said = {"LAB_COLUMNS": size.columns, "LAB_LINES": size.lines, "LAB_CONSOLE": kernel.arch.console,
            "LAB_FOLDER": folder.TAG if shared else "", "LAB_PLACE": folder.PLACE,
            "TERM": os.environ.get("TERM", "vt100")}
    return "".join(f"{name}={shlex.quote(str(value))}\n" for name, value in said.items())


def selected():
    return records.select(os.environ.get("KERNEL", ""), os.environ.get("ARCH", ""))


def listing():
    for kernel in selected():
        modes = " ".join(m.name for m in kernel.modes)
        try:
            found = images.resolve(kernel)
            release, note = found.release, f"  ({found.why})" if found.why else ""
        except images.apt.Gone as error:
            release, note = "-", f"  ({error})"
        print(f"{kernel.name:21} {kernel.suite:9} {release:32} {modes}{note}")


def emulator():
    """The package with the QEMU that demo and shell run."""
    print(*packages([chosen()[0]]))


def emulators():
    """The same for all that is selected."""
    print(*packages(selected()))


def packages(kernels):
    """Not those that the laboratory fetches for itself alone."""
    return sorted({k.arch.qemu_package for k in kernels if not k.arch.qemu_suite})


def fetch():
    for kernel in selected():
        try:
            images.fetch(kernel), images.busybox(kernel), toolchain.prepare(kernel)
        except images.apt.Gone as error:
            cache.progress(f"not fetched: {error}")


def main():
    commands = {"demo": demo, "shell": shell, "list": listing, "fetch": fetch,
                "emulator": emulator, "emulators": emulators}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(f"usage: python3 -m lab {'|'.join(commands)}")
    locale.setlocale(locale.LC_ALL, "")
    try:
        commands[sys.argv[1]]()
    except (folder.FolderError, guest.GuestError, toolchain.BuildError, images.ImageError, images.apt.AptError) as error:
        sys.exit(f"lab: {error}")


if __name__ == "__main__":
    main()
