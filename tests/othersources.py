# SPDX-License-Identifier: GPL-2.0-only
"""What a machine is like, from sources that kvas did not write: files of /proc, the kernel's
configuration, the notes and program headers of /proc/kcore, and constants that the kernel
documents.  For tests that must not take the reader's word, nor the module's.
"""

import re
import struct
from bisect import bisect_right
from functools import cached_property
from pathlib import Path

PAGE = 4096
MASK = (1 << 64) - 1


class Machine:
    """A directory as `kvas save --all` makes it, or / of a machine that runs."""

    def __init__(self, root):
        self.root = Path(root)
        measured = dict(re.findall(r"^(\w+)=(.*)$", self.text("kvas.measured"), re.M))
        self.name = measured["machine"]  # as uname -m has it
        self.release = measured["release"]
        self.bits = int(measured["word_bits"])

    def text(self, name):
        return (self.root / name).read_text(errors="replace")

    # --- Files ---------------------------------------------------------------------------

    @cached_property
    def config(self):
        found = re.findall(r'^(CONFIG_\w+)="?(.*?)"?$', self.text(f"boot/config-{self.release}"), re.M)
        return dict(found)

    @cached_property
    def iomem(self):
        """(depth, first, last, name) of each line."""
        found = re.findall(r"^( *)([0-9a-f]+)-([0-9a-f]+) : (.*)$", self.text("proc/iomem"), re.M)
        return [(len(depth) // 2, int(first, 16), int(last, 16), name) for depth, first, last, name in found]

    def resource(self, name):
        return next((first, last) for _, first, last, found in self.iomem if found == name)

    @cached_property
    def meminfo(self):
        return {name: int(number) << 10
                for name, number in re.findall(r"^(\w+): +(\d+) kB$", self.text("proc/meminfo"), re.M)}

    @cached_property
    def symbols(self):
        """(address, kind, name) of the kernel's, by address."""
        lines = (line.split() for line in self.text("proc/kallsyms").splitlines())
        return sorted((int(w[0], 16), w[1], w[2]) for w in lines if len(w) == 3)

    def symbol(self, name):
        return next((a for a, _, found in self.symbols if found == name), None)

    def symbols_at(self, address):
        """Names of the symbols of text that begin at or below it, nearest to it."""
        text = [s for s in self.symbols if s[1] in "tTwW" and s[0]]
        nearest = text[bisect_right(text, (address, "~")) - 1][0]
        return {name for start, _, name in text if start == nearest}

    @cached_property
    def areas(self):
        """(start, stop, what) of vmalloc's."""
        return [(int(a, 16), int(b, 16), rest) for a, b, rest in
                re.findall(r"^0x([0-9a-f]+)-0x([0-9a-f]+) +\d+ (.*)$", self.text("proc/vmallocinfo"), re.M)]

    # --- /proc/kcore ---------------------------------------------------------------------

    @cached_property
    def segments(self):
        """(address, physical address or None, size) of each piece of memory."""
        data = (self.root / "proc/kcore").read_bytes()
        wide = data[4] == 2
        offset, = struct.unpack_from("<Q" if wide else "<I", data, 32 if wide else 28)
        count, = struct.unpack_from("<H", data, 56 if wide else 44)
        found = []
        for n in range(count):
            if wide:
                kind, _, _, at, phys, _, size, _ = struct.unpack_from("<IIQQQQQQ", data, offset + 56 * n)
            else:
                kind, _, at, phys, _, size, _, _ = struct.unpack_from("<IIIIIIII", data, offset + 32 * n)
            if kind == 1:  # PT_LOAD
                none = phys == (1 << self.bits) - 1
                found.append((at, None if none else phys, size))
        return found

    @cached_property
    def notes(self):
        """The kernel's own VMCOREINFO: Documentation/admin-guide/kdump/vmcoreinfo.rst."""
        data = (self.root / "proc/kcore").read_bytes()
        start = data.find(b"OSRELEASE=")
        text = data[start:].split(b"\0")[0].decode()
        return dict(line.partition("=")[::2] for line in text.splitlines())

    # --- What follows from them ----------------------------------------------------------

    @cached_property
    def memory(self):
        """(address, physical address, size) of memory in the direct map, lowest first."""
        if self.name == "armv7l":  # Debian's kernels for arm have no /proc/kcore
            return [(self.page_offset, self.resource("System RAM")[0], self.lowmem)]
        image = self.symbol("_stext") if self.bits == 64 else 0
        found = sorted(s for s in self.segments if s[1] is not None and not s[0] <= image < s[0] + s[2])
        # x86 keeps frame 0 for itself: Documentation/arch/x86/boot.rst.
        if self.name == "x86_64":
            at, phys, size = found[0]
            found[0] = (at - phys, 0, size + phys)
        return found

    @cached_property
    def begin(self):
        return self.memory[0]

    @cached_property
    def end_of_memory(self):
        """The first address of the direct map after all memory of it."""
        at, _, size = self.memory[-1]
        return at + size

    def virt(self, phys):
        at, first, _ = self.begin
        return at + phys - first

    def phys(self, virt):
        """In the direct map and in the image."""
        for at, phys, size in (self.image, (self.begin[0], self.begin[1], self.end_of_memory - self.begin[0])):
            if at <= virt < at + size:
                return phys + virt - at
        raise ValueError(hex(virt))

    @cached_property
    def image(self):
        """(address, physical address, size): the segment that has the kernel's text."""
        text = self.symbol("_stext")
        if self.bits == 32:
            code = self.resource("Kernel code")[0]
            return self.virt(code), code, self.resource("Kernel bss" if self.name == "i686" else "Kernel data")[1] + 1 - code
        at, phys, size = next(s for s in self.segments if s[0] <= text < s[0] + s[2] and s[1] is not None)
        if self.name == "riscv64":  # kcore leaves out what is before the text
            phys, at, size = phys - (at & 0x1fffff), at - (at & 0x1fffff), size + (at & 0x1fffff)
        return at, phys, size

    @cached_property
    def page_offset(self):
        """Of 32 bits: where the kernel's part begins."""
        return int(self.config["CONFIG_PAGE_OFFSET"], 16)

    @cached_property
    def lowmem(self):
        """Of 32 bits, in bytes."""
        if self.name == "armv7l":
            # Documentation/arch/arm/memory.rst: vmalloc ends at 0xff800000, has 240 MiB, and
            # a gap of 8 MiB below it.
            end = 0xff800000 - (240 << 20) - (8 << 20)
            return min(end - self.page_offset, sum(last + 1 - first for _, first, last, name in self.iomem
                                                   if name == "System RAM"))
        return self.memory[-1][2]

    @cached_property
    def va_bits(self):
        """Of 64 bits: how many the processor translates, as the kernel uses it."""
        first = min(s[0] for s in self.segments)
        if self.name == "x86_64":  # Documentation/arch/x86/x86_64/mm.rst
            return 57 if first < 0xffff800000000000 else 48
        if self.name == "aarch64":  # Documentation/arch/arm64/memory.rst
            return 52 if first < 0xffff000000000000 else 48
        if self.name == "riscv64":  # Documentation/arch/riscv/vm-layout.rst
            return {"sv39": 39, "sv48": 48, "sv57": 57}[re.search(r"^mmu\s*: (\w+)", self.text("proc/cpuinfo"), re.M)[1]]
        raise ValueError(self.name)

    @cached_property
    def user_end(self):
        """The first address after the user half."""
        if self.name == "armv7l":  # Documentation/arch/arm/memory.rst
            return self.page_offset - (16 << 20)
        if self.bits == 32:
            return self.page_offset
        if self.name == "x86_64":  # mm.rst: with a guard page at its end
            return (1 << (self.va_bits - 1)) - PAGE
        return 1 << (self.va_bits if self.name == "aarch64" else self.va_bits - 1)

    @cached_property
    def thread_size(self):
        """THREAD_SIZE of each architecture's asm/thread_info.h, with pages of 4 KiB; for
        KASAN it is twice as large."""
        size = {"x86_64": 16384, "i686": 8192, "aarch64": 16384, "armv7l": 8192, "riscv64": 16384}[self.name]
        return size << (self.config.get("CONFIG_KASAN") == "y")

    @cached_property
    def kernel_start(self):
        """The lowest address of the kernel's part."""
        if self.bits == 32:
            return self.user_end
        return (1 << 64) - (1 << (self.va_bits if self.name == "aarch64" else self.va_bits - 1))

    def half(self, address):
        if address < self.user_end:
            return "user"
        return "kernel" if address >= self.kernel_start else "hole"

    @cached_property
    def vmalloc(self):
        """(first, first after it)."""
        if self.name == "armv7l":
            return 0xff800000 - (240 << 20), 0xff800000
        # The largest that is no memory; on x86 its size lacks the last byte.
        at, _, size = max((s for s in self.segments if s[1] is None), key=lambda s: s[2])
        return at, at + size + (size & 1)

    @cached_property
    def vmemmap(self):
        """Where the struct page of the first memory is, and the size of one."""
        size = int(self.notes["SIZE(page)"])
        if self.name == "riscv64":
            return int(self.notes["SYMBOL(vmemmap)"], 16) + self.begin[1] // PAGE * size, size
        start, stop = self.vmalloc
        after = min(s[0] for s in self.segments if s[1] is None and s[0] >= stop)
        return after, size

    # --- Page tables ---------------------------------------------------------------------

    @cached_property
    def shifts(self):
        """Of each level, from 1: the lowest bit that indexes it, and how many bits.
        Documentation/mm/page_tables.rst and the architectures' files of va_bits."""
        if self.name == "i686":
            return [(12, 9), (21, 9), (30, 2)] if self.config.get("CONFIG_X86_PAE") == "y" else [(12, 10), (22, 10)]
        bits, found = self.va_bits, []
        while 12 + 9 * len(found) < bits:
            shift = 12 + 9 * len(found)
            found.append((shift, min(9, bits - shift)))
        return found

    @property
    def levels(self):
        return len(self.shifts)

    def index(self, address, level):
        shift, bits = self.shifts[level - 1]
        return address >> shift & ((1 << bits) - 1)

    @property
    def entry_size(self):
        return 4 if self.name == "i686" and self.levels == 2 else 8

    # --- Sections ------------------------------------------------------------------------

    def section(self, address):
        """text, rodata, data or bss."""
        at, phys, _ = self.image
        edges = []
        if self.name in ("x86_64", "i686"):
            for name, resource in (("text", "code"), ("rodata", "rodata"), ("data", "data"), ("bss", "bss")):
                first, last = self.resource(f"Kernel {resource}")
                edges.append((at + first - phys, at + last - phys, name))
        else:
            # The kernel's markers: include/asm-generic/sections.h.
            for first, last, name in (("_stext", "_etext", "text"), ("_etext", "__init_begin", "rodata"),
                                      ("__start_rodata", "__end_rodata", "rodata"),
                                      ("_sdata", "_edata", "data"), ("__bss_start", "__bss_stop", "bss")):
                first, last = self.symbol(first), self.symbol(last)
                if first and last and first < last:
                    edges.append((first, last - 1, name))
            if self.name == "armv7l":  # its kernels list no data symbols; "code" reaches to __init_begin
                edges.append((self.symbol("_stext"), self.symbol("_etext") - 1, "text"))
                edges.append((self.symbol("_etext"), self.virt(self.resource("Kernel code")[1]), "rodata"))
        return next(name for first, last, name in edges if first <= address <= last)

    # --- Regions -------------------------------------------------------------------------

    def regions(self):
        """(first address, name), of those that exercises pick from."""
        found = [(0, "user"), (self.begin[0], "direct_map"), (self.vmalloc[0], "vmalloc")]
        if self.name == "x86_64":  # mm.rst; modules with CONFIG_RANDOMIZE_BASE begin here
            found += [(self.vmemmap[0], "vmemmap"), (0xffffffffc0000000, "modules"), (0xffffffffff000000, "fixmap")]
        elif self.name == "i686":  # arch/x86/include/asm/pgtable_32_areas.h: 2 pages below pkmap
            pkmap = self.vmalloc[1] + 2 * PAGE
            found += [(pkmap, "pkmap"), (pkmap + (self.shifts[0][1] == 9 and 512 or 1024) * PAGE, "fixmap")]
        elif self.name == "armv7l":  # memory.rst
            found += [(self.user_end, "modules"), (self.page_offset - (2 << 20), "pkmap"), (0xffc80000, "fixmap")]
        elif self.name == "riscv64":  # vm-layout.rst: fixmap, 16 MiB of PCI I/O, then vmemmap
            start = int(self.notes["NUMBER(VMEMMAP_START)"], 16)
            found += [(self.kernel_start, "fixmap"), (start, "vmemmap"),
                      (int(self.notes["NUMBER(MODULES_VADDR)"], 16), "modules")]
        elif self.name == "aarch64":
            module, = [s for s in self.segments if s[1] is None and s[0] < self.vmalloc[0] and s[0] >= 0xffff800000000000]
            pages = self.vmemmap[0] - (self.begin[0] - self.kernel_start) // PAGE * self.vmemmap[1]
            found += [(module[0], "modules"), (pages, "vmemmap")]
            # memory.rst: the fixmap is below vmemmap up to 6.8, and in the last GiB since.
            new = tuple(map(int, self.release.split(".")[:2])) >= (6, 9)
            found.append((-(1 << 30) & MASK if new else self.vmalloc[1], "fixmap"))
        return sorted(found)

    def region(self, address):
        return max(r for r in self.regions() if r[0] <= address)[1]
