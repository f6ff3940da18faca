# SPDX-License-Identifier: GPL-2.0-only
"""The right answer of each exercise, computed from its question and from sources that kvas did
not write (othersources.py): never from what `kvas get` says.

Each function takes a machine and the text of a question, and gives the answer as a student
would type it: a number for addresses, sizes and numbers, a word, or a list of numbers.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from othersources import MASK, PAGE, Machine
from userhalf import parse_mappings

READER = Path(__file__).parent.parent / "userspace"
EXERCISES = sorted((READER / "lab/exercises").glob("*.txt"))
SAVED = READER / "machines"  # as they are installed
MEASURED = Path(__file__).parent / "host/measured"  # what /proc said of the process that was saved with one

ANSWERS = {}
TWO_MEGS = 2 << 20


def answers(name):
    def keep(function):
        ANSWERS[name] = function
        return function
    return keep


# --- What a question says -----------------------------------------------------------------

UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40, "P": 50, "E": 60}


def number(text):
    digits, unit = re.fullmatch(r"(0x[0-9a-f]+|[0-9.]+)([KMGTPE]?)", text).groups()
    if "." in digits:
        return int(float(digits) * (1 << UNITS[unit]))
    return int(digits, 0) << UNITS[unit]


def said(text, pattern):
    """The numbers at the # of a sentence, however its lines are broken."""
    pattern = re.escape(pattern).replace(r"\ ", r"\s+").replace(r"\#", r"(-?0x[0-9a-f]+|[0-9.]+[KMGTPE]?)")
    pattern = pattern.replace("#", r"(-?0x[0-9a-f]+|[0-9.]+[KMGTPE]?)")
    found = re.search(pattern, text)
    assert found, f"no sentence as {pattern!r} in:\n{text}"
    numbers = [number(group) for group in found.groups()]
    return numbers[0] if len(numbers) == 1 else numbers


# --- The halves ---------------------------------------------------------------------------

@answers("split")
def split(m, text):
    return m.user_end


@answers("halves")
def halves(m, text):
    return m.half(said(text, "In which half is #?"))


@answers("canonical")
def canonical(m, text):
    return m.kernel_start


@answers("region")
def region(m, text):
    return m.region(said(text, "Which region is # in?"))


# --- Memory -------------------------------------------------------------------------------

@answers("frame")
def frame(m, text):
    return m.virt(said(text, "of the direct map is page frame #?") * PAGE)


@answers("lowmem")
def lowmem(m, text):
    return m.lowmem


@answers("direct-map")
def direct_map(m, text):
    return m.phys(said(text, "the physical address of the byte at #?"))


@answers("back")
def back(m, text):
    return m.virt(said(text, "is the physical address #?"))


# --- The image ----------------------------------------------------------------------------

@answers("sections")
def sections(m, text):
    return m.section(said(text, "of the kernel image is #?"))


@answers("declarations")
def declarations(m, text):
    """As the compiler and nm(1) have it."""
    line = re.search(r"has, outside of any function, this\s+line: (.*?[;}])\s+Where", text, re.S)[1]
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory, "driver.c")
        source.write_text(line + "\nint *kept(void) { return (int *)&%s; }\n" % re.search(r"(\w+)(\[|\(| =|;)", line)[1])
        subprocess.run(["cc", "-c", "-fno-common", "-o", source.with_suffix(".o"), source], check=True)
        listed = subprocess.run(["nm", source.with_suffix(".o")], check=True, text=True, capture_output=True).stdout
    kind = next(kind for _, kind, name in map(str.split, listed.splitlines()) if name != "kept")
    return {"T": "text", "R": "rodata", "D": "data", "B": "bss"}[kind.upper()]


@answers("twice")
def twice(m, text):
    return m.virt(m.phys(m.symbol("schedule") + said(text, "is the byte # bytes after the beginning of schedule()")))


@answers("image-phys")
def image_phys(m, text):
    return m.phys(said(text, "of the variable at #, which is in BSS?"))


# --- Allocators ---------------------------------------------------------------------------

@answers("allocators")
def allocators(m, text):
    start, stop = m.vmalloc
    return "vmalloc" if start <= said(text, "Which function returned #?") < stop else "kmalloc"


@answers("guard-page")
def guard_page(m, text):
    """As /proc/vmallocinfo counts areas: pages=N in N + 1 pages."""
    counted = {(stop - start) // PAGE - int(re.search(r"pages=(\d+)", what)[1]) for start, stop, what in m.areas
               if "pages=" in what and what.endswith(("vmalloc", "vmalloc N0=1", "vmalloc N0=4"))}
    guard = max(counted) if counted else 1
    return (-(-said(text, "calls vmalloc(#)") // PAGE) + guard) * PAGE


@answers("struct-page")
def struct_page(m, text):
    frame, size = said(text, "is the struct page of page frame #?"), int(m.notes["SIZE(page)"])
    if m.bits == 32:  # only the kernel's memory has the address of mem_map
        first, start = said(text, "the struct page of the first frame of memory, #, is at #")
        return start + (frame - first) * size
    return m.vmemmap[0] + (frame - m.begin[1] // PAGE) * size


@answers("modules")
def modules(m, text):
    module, function = said(text, "the module kvas at # calls the function at #.")
    assert m.section(function) == "text"
    return abs(module - function)


# --- 32 bits and 64 -----------------------------------------------------------------------

@answers("highmem")
def highmem(m, text):
    phys = said(text, "Is the page at the physical address # in lowmem or in highmem?")
    return "lowmem" if phys < m.begin[1] + m.lowmem else "highmem"


@answers("pkmap")
def pkmap(m, text):
    """LAST_PKMAP: arch/x86/include/asm/pgtable_32_areas.h, arch/arm/include/asm/highmem.h."""
    return 512 if m.name == "armv7l" or m.config.get("CONFIG_X86_PAE") == "y" else 1024


@answers("no-highmem")
def no_highmem(m, text):
    start, end = said(text, "the region direct_map is from # to #.")
    assert m.begin[0] <= m.end_of_memory <= end + 1 and start <= m.begin[0]
    return (end + 1 - start) // m.meminfo["MemTotal"]


# --- Processes ----------------------------------------------------------------------------

@answers("system-call")
def system_call(m, text):
    if m.name == "aarch64":
        isolated = "kpti=1" in m.text("proc/cmdline")
    else:
        isolated = "PTI" in m.text("sys/devices/system/cpu/vulnerabilities/meltdown") or "pti=on" in m.text("proc/cmdline")
    return "both" if isolated else "stack"


@answers("kernel-stack")
def kernel_stack(m, text):
    start, sp = said(text, "begins at #:"), said(text, "The stack pointer is #.")
    return start + m.thread_size - sp


@answers("shared-half")
def shared_half(m, text):
    shift, bits = m.shifts[-1]
    whole = 1 << (m.bits if m.bits == 32 else 64)
    return (whole - m.kernel_start) >> shift


# --- Reserved, used, mapped ---------------------------------------------------------------

@answers("populated")
def populated(m, text):
    return m.end_of_memory - m.begin[0]


# --- Page tables --------------------------------------------------------------------------

@answers("page-offset")
def page_offset(m, text):
    return said(text, "Which byte of its page is #?") % PAGE


@answers("top-index")
def top_index(m, text):
    return m.index(said(text, "does the processor read for #?"), m.levels)


@answers("all-indexes")
def all_indexes(m, text):
    address = said(text, "does the processor read for #,")
    return [m.index(address, level) for level in range(m.levels, 0, -1)]


@answers("next-index")
def next_index(m, text):
    level, address = said(text, "of the table of level # does the processor read for #?")
    return m.index(address, level)


@answers("entry-place")
def entry_place(m, text):
    table, address = said(text, "begins at the physical address #. At which physical address is the entry for #?")
    return table + m.index(address, 1) * m.entry_size


@answers("from-indexes")
def from_indexes(m, text):
    listed = re.search(r"these\s+were\s+the\s+entries\s+([0-9,\s]+),\s+and\s+then\s+byte\s+(\d+)", text)
    address = int(listed[2])
    indexes = [int(word) for word in re.findall(r"\d+", listed[1])]
    for level, index in zip(range(m.levels, 0, -1), indexes, strict=True):
        address |= index << m.shifts[level - 1][0]
    if m.bits == 64:
        top = sum(m.shifts[-1])
        address |= MASK >> top << top
    return address


@answers("entry-covers")
def entry_covers(m, text):
    return 1 << m.shifts[said(text, "is one entry of level #?") - 1][0]


@answers("entry-frame")
def entry_frame(m, text):
    """Documentation/arch/x86/x86_64/mm.rst; bits 12 to 51 of the manual's format."""
    return said(text, "An entry of level 1 is #.") & 0x000ffffffffff000


@answers("entry-access")
def entry_access(m, text):
    entry = said(text, "An entry of level 1 is #.")
    return "r" + ("w" if entry & 2 else "-") + ("-" if entry >> 63 else "x")


@answers("real-walk")
def real_walk(m, text):
    address = said(text, "What is the physical address of #, where the function schedule() begins?")
    assert address == m.symbol("schedule")
    return m.phys(address)


@answers("page-sizes")
def page_sizes(m, text):
    large = 1 << m.shifts[1][0]
    size = said(text, "The kernel maps # of the direct map")
    assert size % large == 0
    return size // large * PAGE


@answers("w-xor-x")
def w_xor_x(m, text):
    """Documentation/security/self-protection.rst."""
    assert m.config["CONFIG_STRICT_KERNEL_RWX"] == "y"
    return {"text": "r-x", "rodata": "r--", "data": "rw-", "bss": "rw-"}[m.section(said(text, "The address # is in"))]


# --- Changes ------------------------------------------------------------------------------

@answers("kaslr-boots")
def kaslr_boots(m, text):
    other = said(text, "In another boot of the same kernel it began at #.")
    return said(text, "A log of that other boot shows a function at #.") - other + m.image[0]


@answers("kaslr-offset")
def kaslr_offset(m, text):
    linked = said(text, "The image was linked to begin at #.")
    if m.name == "x86_64":  # __START_KERNEL: arch/x86/include/asm/page_types.h
        start = int(m.config["CONFIG_PHYSICAL_START"], 16)
        align = int(m.config["CONFIG_PHYSICAL_ALIGN"], 16)
        assert linked == 0xffffffff80000000 + -(-start // align) * align
    return said(text, "System.map has a symbol at #.") + m.image[0] - linked


@answers("two-boots")
def two_boots(m, text):
    """Of two saved machines, by /proc/kcore of each."""
    first, _, second, _ = said(text, "In the first the direct map began at # and the image at #. In the second the "
                                     "direct map began at # and the image at #.")
    assert [first, second] == [Machine(SAVED / name).begin[0] for name in ("x86_64-5level", "x86_64-5level-again")]
    return said(text, "A page of memory was at # in the first boot.") - first + second


@answers("split-changed")
def split_changed(m, text):
    """arch/x86/Kconfig: the defaults of PAGE_OFFSET."""
    offset = {"VMSPLIT_2G": 0x80000000, "VMSPLIT_1G": 0x40000000}[re.search(r"CONFIG_(VMSPLIT_\w+)\s+makes", text)[1]]
    return m.end_of_memory - offset


@answers("levels-changed")
def levels_changed(m, text):
    """mm.rst: 128 TiB and 64 PiB, less the guard page."""
    return (128 << 40 if said(text, "is the user half with # levels?") == 4 else 64 << 50) - PAGE


# --- Debugging ----------------------------------------------------------------------------

@answers("fault-address")
def fault_address(m, text):
    """include/linux/poison.h, and CONFIG_ILLEGAL_POINTER_VALUE."""
    address = said(text, "and the kernel faults at # as it reads a member.")
    for word, pointer in (("null", 0), ("list", 0xdead000000000100), ("list", 0xdead000000000122),
                          ("freed", 0x6b6b6b6b6b6b6b6b)):
        if 0 <= address - pointer < 1024:
            return word
    return "wild"


@answers("oops-symbol")
def oops_symbol(m, text):
    """Several names may be those of one address: any of them."""
    return m.symbols_at(said(text, "A call trace has the address #."))


@answers("kasan")
def kasan(m, text):
    """Documentation/dev-tools/kasan.rst: kasan_mem_to_shadow()."""
    address = said(text, "is the shadow byte for #?")
    return ((address >> 3) + int(m.config["CONFIG_KASAN_SHADOW_OFFSET"], 16)) & MASK


@answers("per-cpu")
def per_cpu(m, text):
    """mm/percpu.c: the units of one group are one after the other."""
    pieces, unit = said(text, "There are # pieces of # bytes.")
    copy, processor = said(text, "for processor 0 is at #. Where is its copy for processor #?")
    possible = m.text("sys/devices/system/cpu/possible").strip()
    assert pieces == int(possible.split("-")[-1]) + 1 and processor < pieces
    return copy + processor * unit


# --- What is asked of the machine beside its layout -----------------------------------------

# Of a machine that runs, a person who looks at the process while the lab waits tells (test_guest_lab.py).
ASKED_OF_PEOPLE = {"process", "two-stacks"}


def part_at(maps, address):
    """Of a process, by /proc/PID/maps."""
    mapping, = (m for m in parse_mappings(maps) if m.start <= address < m.stop)
    part = {"[heap]": "heap", "[stack]": "stack"}.get(mapping.name, "text")
    assert part != "text" or "x" in mapping.rights
    return part


@answers("process")
def process(m, text):
    return part_at((MEASURED / f"{m.root.name}.maps").read_text(), said(text, "of that process is # in?"))


@answers("two-stacks")
def two_stacks(m, text):
    """By /proc/PID/syscall, and by the memory that /proc/vmallocinfo knows as kernel stacks."""
    address = said(text, "shows the stack pointer #.")
    if address == int((MEASURED / f"{m.root.name}.syscall").read_text().split()[-2], 16):
        return "program"
    area, = (what for start, stop, what in m.areas if start <= address < stop)
    assert area.startswith("kernel_clone") and f"pages={m.thread_size // PAGE}" in area, area
    return "kernel"


@answers("mapped")
def mapped(m, text):
    """By /proc/vmallocinfo: all areas without their guard pages.  What is kept for per-CPU
    memory is mapped only in part, which is small."""
    start, stop = m.vmalloc
    return sum(end - begin - PAGE for begin, end, what in m.areas if start <= begin < stop and "pcpu_get_vm_areas" not in what)


# --- Answers as they are typed -------------------------------------------------------------

def name_of(path):
    return re.fullmatch(r"\d+-(.*)", path.stem)[1]


def names():
    """Of all exercises, in their order."""
    return [name_of(path) for path in EXERCISES]


def heading(path, word):
    return re.findall(rf"^{word}: *(.*)$", path.read_text(), re.M)


def written(answer, kind):
    """As a student types it."""
    if isinstance(answer, list):
        return ", ".join(written(one, kind) for one in answer)
    if isinstance(answer, str):
        return answer
    return f"0x{answer:x}" if kind == "address" else f"{answer}"


def malformed(kind):
    return {"choice": "perhaps", "name": "no such region", "word": ""}.get(kind, "about 12 apples")


def wrong(answer, kind, choices):
    if kind == "choice":
        return next(word for word in choices if word != answer)
    if isinstance(answer, list):
        return [one + 1 for one in answer]
    if isinstance(answer, (str, set)):
        return "user_guard" if kind == "name" else "no_such_function_at_all"
    return answer + 1 + (answer if kind in ("size", "number") else 0)


def machine_of(record, machines, here):
    """The machine that a question is about: this one, or one that is installed."""
    path = machines[record["machine"]]["path"]
    return Machine(SAVED / Path(path).name) if path and (SAVED / Path(path).name).is_dir() else here


def answers_to(questions, machines, here):
    """Malformed, wrong and right ones, in this order, by the names of the exercises."""
    given = {}
    for path in EXERCISES:
        name = name_of(path)
        record = questions.get(name)
        if record is None or name in ASKED_OF_PEOPLE and machines[record["machine"]]["path"] is None:
            continue
        text = f"{record['text']}\n{record['question']}"
        kind = heading(path, "Answer")[0]
        answer = ANSWERS[name](machine_of(record, machines, here), text)
        right = sorted(answer)[0] if isinstance(answer, set) else answer
        choices = [choice.split(" = ")[0] for choice in heading(path, "Choice")]
        given[name] = [written(one, kind) for one in (malformed(kind), wrong(answer, kind, choices), right) if one != ""]
    return given
