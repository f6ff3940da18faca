# SPDX-License-Identifier: GPL-2.0-only
"""The virtual-machine laboratory: real kernels, their own compilers, guests.

    records.py    what there is to test: one record an architecture and kernel
    cache.py      where downloads and results are kept, and who may write
    apt.py        a private view of the machine's Debian mirror
    mirror.py     whether a mirror holds a file, asked without fetching it
    images.py     which kernel to take; kernels and busybox, out of their packages
    toolchain.py  root file systems with a kernel's compiler and headers
    programs.py   our own programs, for the machine and for guests
    initramfs.py  what a guest boots into
    guest.py      one boot: a job in, a directory of files out
    monitor.py    questions to QEMU about a guest's registers and memory
    gdbstub.py    the registers that only QEMU's server for gdb tells
"""
