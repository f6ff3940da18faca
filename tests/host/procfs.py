# SPDX-License-Identifier: GPL-2.0-only
"""A made-up /proc with one process, for what this machine does not have."""

import os
import struct
from dataclasses import dataclass, field

FIGURES = ("Rss", "Pss", "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty", "AnonHugePages",
           "ShmemPmdMapped", "FilePmdMapped", "Shared_Hugetlb", "Private_Hugetlb", "Swap")
PF_EXITING, PF_KTHREAD = 4, 0x200000
AT_PAGESZ = 6


@dataclass
class Vma:
    start: int
    stop: int
    perms: str = "rw-p"
    path: str = ""
    offset: int = 0
    inode: int = 0
    flags: str = "rd wr mr mw me ac"
    kb: dict = field(default_factory=dict)      # figures of smaps

    def head(self):
        text = f"{self.start:08x}-{self.stop:08x} {self.perms} {self.offset:08x} fe:00 {self.inode} "
        return f"{text:73}{self.path}\n" if self.path else text + "\n"

    def smaps(self):
        lines = [f"Size: {self.stop - self.start >> 10:15} kB"]
        lines += [f"{key}: {self.kb.get(key, 0):15} kB" for key in FIGURES]
        return self.head() + "\n".join(lines) + f"\nVmFlags: {self.flags} \n"


@dataclass
class Process:
    vmas: list
    pid: int = 412
    comm: str = "made up"
    state: str = "S"
    flags: int = 0
    bits: int = 64                              # of the program
    machine: str = "x86_64"
    release: str = "6.12.117+deb13-amd64"
    page: int = 4096
    order: str = "little"
    highest: int = 0x7FFFFFFFE000               # what mmap() gives
    word_bits: int = 64                         # of the kernel
    start_code: int = 0
    start_brk: int = 0
    start_stack: int = 0
    exe: str | None = None
    rollup: str | None = "true"
    cmdline: str = "quiet"
    threads: tuple = ()                         # (tid, comm, state, text of syscall); none: the main one

    def stat(self, tid=None, comm=None, state=None):
        fields = dict.fromkeys(range(4, 53), 0)
        fields |= {9: self.flags, 20: 1, 22: 4711, 26: self.start_code, 27: self.start_code, 28: self.start_stack,
                   47: self.start_brk}
        if (state or self.state) in "ZX":
            fields |= {26: 0, 27: 0, 28: 0, 47: 0}
        return f"{tid or self.pid} ({comm or self.comm}) {state or self.state} " + " ".join(map(str, fields.values())) + "\n"

    def auxv(self):
        code = {"little": "<", "big": ">"}[self.order] + {32: "II", 64: "QQ"}[self.bits]
        return b"".join(struct.pack(code, *pair) for pair in ((33, 0x1000), (AT_PAGESZ, self.page), (0, 0)))

    def rollup_text(self):
        counted = [v for v in self.vmas if v.path != "[vsyscall]"]
        total = {key: sum(v.kb.get(key, 0) for v in counted) for key in FIGURES}
        head = Vma(counted[0].start, counted[-1].stop, "---p", "[rollup]").head()
        return head + "".join(f"{key}: {kb:15} kB\n" for key, kb in total.items())

    def files(self):
        """What a directory of the process, or of a thread that lives, has."""
        found = {"smaps": "".join(v.smaps() for v in self.vmas), "maps": "".join(v.head() for v in self.vmas),
                 "auxv": self.auxv()}
        if self.rollup == "true":
            found["smaps_rollup"] = self.rollup_text()
        elif self.rollup:
            found["smaps_rollup"] = self.rollup
        return found


def write(directory, files):
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def make(root, p):
    """Below root, which --sysroot then names; gives the directory of the process."""
    here = root / f"proc/{p.pid}"
    threads = p.threads or ((p.pid, p.comm, p.state, "0 0x1 0x2 0x3 0x4 0x5 0x6 0x7ffe00001000 0x1234\n"),)
    write(root, {"kvas.measured": f"release={p.release}\nmachine={p.machine}\nword_bits={p.word_bits}\n"
                                  f"byte_order={p.order}\npage_size={p.page}\nmmap_highest={p.highest:#x}\n"})
    write(root / "proc", {"cmdline": p.cmdline + "\n"})
    status = f"Name:\t{p.comm}\nTgid:\t{p.pid}\nPid:\t{p.pid}\nUid:\t0\t1000\t0\t0\nNSpid:\t{p.pid}\t7\n"
    write(here, {"stat": p.stat(), "status": status} | ({} if p.state in "ZX" else p.files()))
    for tid, comm, state, syscall in threads:
        dead = state in "ZX"
        write(here / f"task/{tid}", {"stat": p.stat(tid, comm, state), "syscall": syscall} | ({} if dead else p.files()))
    if p.exe:
        os.symlink(p.exe, here / "exe")
    return here


# --- ELF files -----------------------------------------------------------------------------------

PT_LOAD, ET_EXEC, ET_DYN = 1, 2, 3
R, W, X = 4, 2, 1


def elf(loads, bits=64, order="little", kind=ET_DYN, phnum=None, phoff=None, phentsize=None):
    """The headers of a file; loads: (flags, offset, vaddr, filesz, memsz)."""
    end = {"little": "<", "big": ">"}[order]
    if bits == 64:
        head, entry = end + "HHIQQQIHHHHHH", end + "IIQQQQQQ"
        table = [struct.pack(entry, PT_LOAD, f, o, v, v, fs, ms, 4096) for f, o, v, fs, ms in loads]
    else:
        head, entry = end + "HHIIIIIHHHHHH", end + "IIIIIIII"
        table = [struct.pack(entry, PT_LOAD, o, v, v, fs, ms, f, 4096) for f, o, v, fs, ms in loads]
    start = 16 + struct.calcsize(head)
    ident = b"\x7fELF" + bytes([{32: 1, 64: 2}[bits], {"little": 1, "big": 2}[order], 1]) + bytes(9)
    return ident + struct.pack(head, kind, 62, 1, 0, start if phoff is None else phoff, 0, 0, start,
                               struct.calcsize(entry) if phentsize is None else phentsize,
                               len(table) if phnum is None else phnum, 0, 0, 0) + b"".join(table)
