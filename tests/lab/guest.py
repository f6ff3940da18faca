# SPDX-License-Identifier: GPL-2.0-only
"""One boot of one kernel: a job goes in, a directory of files comes out.

A guest that is done is not gone: QEMU stops it where it idles in its kernel, so
that its registers and memory can be asked for with guest.monitor until the end
of the with statement.  (Were it to power off, some would stand in firmware, or
with their page tables switched off.)
"""

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import tarfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import cache, images, initramfs, parts
from .monitor import Monitor, MonitorError

DISK = 256 << 20  # sparse; results must fit
GROWTH = 1 << 20  # of the disk, when something that was asked for is done
HEADER = 4096
PATIENCE = float(os.environ.get("KVAS_TIMEOUT") or 240)  # seconds for a boot
SETTLE = 0.2  # seconds for the last write's process to end
KEEP_RUNS = 4

# Messages of level 4 and more urgent reach the console; the whole log comes
# back as a file.  A panic ends the run at once.
CMDLINE = "panic=-1 loglevel=5 log_buf_len=2M random.trust_cpu=on"

# For a job that needs something done from outside, see boot(): when it is done, the
# disk has another size.
PAUSE = """
pause() {
	size=$(cat /sys/block/vda/size)
	echo "kvas-lab asks $size" | dd of=/dev/vda bs=512 conv=notrunc 2>/dev/null
	sync
	until [ "$(cat /sys/block/vda/size)" != "$size" ]; do
		usleep 50000
	done
}
"""


class GuestError(Exception):
    pass


class NotStarted(GuestError):
    """The guest died before its job began, so nothing of ours is to blame."""


@dataclass
class Guest:
    name: str
    dir: Path
    patience: float = PATIENCE  # seconds for all of it
    seconds: float = 0
    status: int = -1
    monitor: Monitor = field(default=None, repr=False)

    @property
    def out(self):
        """The files that the job left."""
        return self.dir / "out"

    @property
    def console(self):
        return (self.dir / "console.log").read_text(errors="replace")

    def text(self, name):
        return (self.out / name).read_text(errors="replace")

    def check(self):
        """Raise unless the job ended with status 0; say what it said."""
        if self.status:
            raise GuestError(f"{self.name}: the job ended with status {self.status}\n"
                             f"{self.text('stdout')}{self.text('stderr')}")
        return self


def parameters(kernel, mode, more=""):
    """The kernel's parameters."""
    arch = kernel.arch
    return " ".join(f"console={arch.console} {CMDLINE} {arch.cmdline} {mode.cmdline} {more}".split())


def command(kernel, image, mode, ramdisk, more=""):
    """The part of QEMU's command line that all guests share."""
    arch = kernel.arch
    firmware = ["-bios", str(images.firmware(mode.firmware))] if mode.firmware else []
    accel = "kvm" if os.environ.get("KVM") == "1" else arch.accel
    return [
        *images.emulator(arch), *arch.machine, *firmware, "-accel", accel, "-cpu", mode.cpu,
        "-m", mode.memory, "-smp", str(arch.cpus), "-no-user-config", "-nodefaults",
        "-display", "none", "-kernel", str(image.kernel), "-initrd", str(ramdisk),
        "-append", parameters(kernel, mode, more),
    ]


@contextlib.contextmanager
def boot(kernel, mode, job, files=None, programs=None, cmdline="", name=None, image=None,
         asked=None, longer=0, options=()):
    """Run a job in a guest; the guest stands still while the body runs.

    files maps paths in the guest to contents, programs to programs of this
    machine whose libraries come along; image replaces Debian's kernel.  asked(monitor)
    is called each time the job calls pause; the job goes on when it returns.  A job
    that takes long says by how many seconds it is longer than others.  options are
    more words for QEMU.
    """
    image = image or images.fetch(kernel)
    tree = initramfs.build(image, images.busybox(kernel), job, files or {}, programs or {})
    name = name or f"{kernel.name}-{mode.name}"
    for last in (False, False, True):
        with contextlib.ExitStack() as stack:
            try:
                guest = stack.enter_context(_once(kernel, mode, image, tree, cmdline, name, asked,
                                                  PATIENCE + longer, options))
            except NotStarted as error:
                if last:
                    raise
                cache.progress(f"once more: {str(error).splitlines()[0].removesuffix(' ends:')}")
                continue
            yield guest
            return


@contextlib.contextmanager
def _once(kernel, mode, image, tree, cmdline, name, asked, patience, options):
    guest = Guest(name, _run_directory(name), patience)
    ramdisk, disk = guest.dir / "initramfs", guest.dir / "disk"
    tree.write(ramdisk)
    with open(disk, "wb") as f:
        f.truncate(DISK)
    words = [
        *command(kernel, image, mode, ramdisk, cmdline), *options,
        "-action", "reboot=shutdown,shutdown=pause",
        "-serial", f"file:{guest.dir / 'console.log'}",
        "-drive", f"file={disk},format=raw,if=none,id=disk,cache=unsafe",
        "-device", f"{kernel.arch.disk},drive=disk",
    ]
    try:
        with _running(guest, words):
            started = time.monotonic()
            end = _wait(kernel.arch, guest, disk, asked)
            guest.seconds = time.monotonic() - started
            parts.record(f"guest {guest.name}", guest.seconds)
            _collect(guest, disk, end)
            yield guest
    finally:
        ramdisk.unlink()
        disk.unlink()


@contextlib.contextmanager
def _running(guest, words):
    """QEMU with its monitor; it cannot outlive its time, whatever happens to us."""
    ours, theirs = socket.socketpair()
    with open(guest.dir / "qemu.log", "wb") as log, theirs:
        child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM",
             "timeout", "--kill-after=5", str(int(guest.patience) + 300), *words,
             "-chardev", f"socket,id=qmp,fd={theirs.fileno()}",
             "-mon", "chardev=qmp,mode=control"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[theirs.fileno()])
    try:
        guest.monitor = _monitor(guest, ours)
        yield
        guest.monitor.quit()
        child.wait(10)
    finally:
        guest.monitor = None
        ours.close()
        child.terminate()
        child.wait()


def _monitor(guest, connection):
    try:
        return Monitor(connection)
    except (MonitorError, OSError) as error:
        log = (guest.dir / "qemu.log").read_text()
        raise GuestError(f"{guest.name}: QEMU did not start: {error}\n{log}") from error


def _wait(arch, guest, disk, asked):
    """Until the guest's verdict is there, and it stands still: {}; until it
    ended by itself: the data of the event; None if neither came in time."""
    monitor = guest.monitor
    deadline = time.monotonic() + guest.patience
    answered, size = None, DISK
    while time.monotonic() < deadline and not monitor.gone:
        end = monitor.wait_for("SHUTDOWN", 0.1)
        if end is not None:
            return end
        words = _verdict(disk)
        if asked and words[1:2] == ["asks"] and words != answered:
            asked(monitor)
            answered, size = words, size + GROWTH
            monitor.execute("block_resize", device="disk", size=size)
        if len(words) == 4:
            time.sleep(SETTLE)
            stop_in_kernel(arch, monitor)
            return {}
    return None


def stop_in_kernel(arch, monitor):
    """Stop where the first processor has the kernel's page tables."""
    monitor.execute("stop")
    while not _has_kernel_tables(arch, monitor):
        monitor.execute("cont")
        time.sleep(0.01)
        monitor.execute("stop")


def _has_kernel_tables(arch, monitor):
    """Firmware has no page tables, and a process has others, under PTI (x86) or KPTI
    (arm64).  On x86, until the entry code changes to the kernel's, the stack is the
    process's, or one in the CPU entry area (Documentation/arch/x86/x86_64/mm.rst;
    CPU_ENTRY_AREA_BASE on i386).  On arm64 it runs on tables without the stack."""
    registers = monitor.registers()
    if registers.get("PC", arch.firmware_end) < arch.firmware_end:
        return False
    if "PSTATE" in registers:
        level = registers["PSTATE"] >> 2 & 3
        return level != 0 and monitor.translate(registers["SP"]) is not None
    if "RSP" in registers:
        return registers["RSP"] >> 63 == 1 and registers["RSP"] >> 39 != 0xfffffe0000000000 >> 39
    return not registers.get("CPL") and registers.get("ESP", 0) < 0xff000000


def _verdict(disk):
    """The words after "kvas-lab" in the disk's first line."""
    with open(disk, "rb") as f:
        line, newline, _ = f.read(HEADER).partition(b"\n")
    words = line.decode(errors="replace").split()
    return words if newline and words[:1] == ["kvas-lab"] else []


def _collect(guest, disk, end):
    """Unpack the results, or say how the guest died."""
    header = _verdict(disk)
    with open(disk, "rb") as f:
        if end is None or len(header) != 4:
            reason = end.get("reason", "") if end else ""
            how = f"ended ({reason})" if end else f"did not end in {guest.patience:.0f} s"
            # What was interrupted is not tried again.
            kind = GuestError if header or reason.startswith("host-") else NotStarted
            raise kind(f"{guest.name}: the guest {how} without results; its console"
                       f" ({guest.dir / 'console.log'}) ends:\n{_tail(guest.console)}")
        _, status, length, wanted = header
        f.seek(HEADER)
        data = f.read(int(length))
    if hashlib.sha256(data).hexdigest() != wanted:
        raise GuestError(f"{guest.name}: the results were damaged on their way")
    archive = guest.dir / "out.tar"
    archive.write_bytes(data)
    guest.out.mkdir()
    with tarfile.open(archive) as tar:
        tar.extractall(guest.out)
    archive.unlink()
    guest.status = int(status)


def _tail(text, lines=60):
    return "\n".join(text.replace("\r", "").splitlines()[-lines:])


_session = None


def _run_directory(name):
    """A directory for this boot; those of the last few runs stay for reading."""
    global _session
    with cache.lock("runs"):
        runs = cache.root() / "runs"
        if _session is None:
            _session = runs / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
            _session.mkdir(parents=True)
            for old in sorted(p for p in runs.iterdir() if p.is_dir())[:-KEEP_RUNS]:
                if not Path("/proc", old.name.split("-")[-1]).exists():  # else in use
                    shutil.rmtree(old, ignore_errors=True)
        directory = _session / name
        number = 1
        while directory.exists():
            number += 1
            directory = _session / f"{name}-{number}"
        directory.mkdir()
    return directory
