# SPDX-License-Identifier: GPL-2.0-only
"""--source FILE: page tables in an ELF crash dump, of each architecture, whole and damaged."""

import json
import os
import re
import struct

import pytest

import capture
import dumps
from dumps import EM_386, EM_ARM, EM_LOONGARCH, Dump, Piece, vmcoreinfo
from saved import GOLDEN, MAIN, published

# Of these the tables are walked, and verify has read pieces of them.
TREES = [m for m in capture.MACHINES if not re.search(r"hash|armmp|loong|malta", m.name)]
I386 = GOLDEN / "6.1-686-pae-pae-5g"
LOONG = GOLDEN / "7.2-loong64-5g"
RISCV = GOLDEN / "6.12-riscv64-sv57"
RADIX = GOLDEN / "6.12-powerpc64le-radix"
LIVE = "sys/kernel/debug/kvas"

PRESENT, RW, LARGE, GLOBAL, NX = 1, 2, 0x80, 0x100, 1 << 63
PAGE, LARGE_PAGE = 0x1000, 0x200000


@pytest.fixture
def put(write):
    """Writes a dump and gives its path."""
    def call(dump, name="dump"):
        return write(dump if isinstance(dump, bytes) else dump.bytes(), name)
    return call


def number(text):
    return int(text, 16)


# --- A made-up kernel -----------------------------------------------------------------------

KERNEL_MAP = 0xffffffff80000000
BASE = 0x12345000000  # phys_base: physical memory far above 4 GiB
ROOT = KERNEL_MAP + 0x1000000 + PAGE
INFO = "\n".join(["OSRELEASE=6.12.0-made", "PAGESIZE=4096", f"SYMBOL(init_top_pgt)={ROOT:x}",
                  f"SYMBOL(swapper_pg_dir)={ROOT:x}", f"NUMBER(phys_base)={BASE}", "NUMBER(pgtable_l5_enabled)=0",
                  "NUMBER(sme_mask)=0", ""])


def table(entries):
    data = bytearray(PAGE)
    for index, value in entries.items():
        struct.pack_into("<Q", data, 8 * index, value)
    return bytes(data)


def x86_pieces():
    """Four levels: the image in a large page, and a page next to it that is writable."""
    top = BASE + 0x1000000 + PAGE
    upper, middle, pages = top + PAGE, top + 2 * PAGE, top + 3 * PAGE
    image = BASE + 0x1000000
    memory = [table({511: upper | 3}), table({510: middle | 3}),
              table({8: image | PRESENT | LARGE | GLOBAL, 9: pages | 3}), table({0: image | RW | PRESENT | NX})]
    return [Piece(top + n * PAGE, data) for n, data in enumerate(memory)]


def x86(info=INFO, **more):
    dump = Dump(**more)
    dump.notes, dump.pieces = dumps.note("CORE", bytes(336)) + vmcoreinfo(info), x86_pieces()
    return dump


IMAGE = KERNEL_MAP + 0x1000000
RUNS = [(IMAGE, IMAGE + LARGE_PAGE - 1, 2, PRESENT | LARGE | GLOBAL),
        (IMAGE + LARGE_PAGE, IMAGE + LARGE_PAGE + PAGE - 1, 1, PRESENT | RW | NX)]


@pytest.fixture
def runs(output, put):
    def call(dump, *options):
        document = json.loads(output("mappings", "-J", "--runs", "--source", put(dump), *options))
        return [(number(r["start"]), number(r["end"]), r["level"], number(r["attr"])) for r in document["runs"]]
    return call


def test_a_dump(runs):
    assert runs(x86()) == RUNS


def test_without_a_capture_there_are_no_regions(output, put, refused):
    path = put(x86())
    assert "Nothing is both writable and executable." in output("mappings", "--source", path)
    assert "name the capture of the same machine with --file" in refused("mappings", "--source", path, "vmalloc")
    assert "name the capture of the same machine with --file" in refused("walk", "--source", path, hex(IMAGE))


def test_nothing_is_taken_from_the_running_machine(output, put):
    """Which may be one with five levels: a note that tells of none means four."""
    dump = x86(INFO.replace("NUMBER(pgtable_l5_enabled)=0\n", ""))
    document = json.loads(output("mappings", "-J", "--source", put(dump)))
    assert document["tables"]["registers"] == []
    assert number(document["tables"]["root"]) == BASE + 0x1000000 + PAGE and document["tables"]["levels"] == 4


# --- Of saved machines ------------------------------------------------------------------------

def of_machine(machine):
    dump = dumps.of_machine(machine)
    if machine == I386:  # no note tells it: /proc/vmcore has virtual addresses
        for piece in dump.pieces:
            piece.vaddr = piece.phys + dump.core.segments[0][0]
    return dump


on_trees = pytest.mark.parametrize("machine", TREES, ids=lambda m: m.name)


def places(machine):
    areas = capture.Capture(machine / LIVE).regions
    return [hex(areas[name][end] if end < 2 else areas[name][0] + 0x1123)
            for name in ("text", "rodata", "data", "direct_map", "vmalloc", "vmemmap", "fixmap") if name in areas
            for end in (0, 1, 2)]


@on_trees
def test_walks_are_those_through_kcore(machine, kvas, put):
    def walks(*words):
        result = kvas("walk", "-J", *words, *places(machine))
        found = json.loads(result.stdout)["walk"]
        return [{k: v for k, v in w.items() if k not in ("source", "absent", "in")} for w in found], result.returncode
    by_dump, status = walks("--source", put(of_machine(machine)), "-f", machine / LIVE)
    assert (by_dump, status) == walks("--source=kcore", "--sysroot", machine)
    assert any(w["phys"] for w in by_dump) and len(by_dump) > 10


@on_trees
def test_runs_are_those_through_kcore(machine, kvas, put):
    """What was not saved is unsettled in both."""
    def rows(*words):
        result = kvas("mappings", "-J", "--runs", *words)
        assert result.returncode == 0 and "could not be read, or not whole" in result.stderr
        document = json.loads(result.stdout)
        return document["tables"], document["runs"]
    by_dump = rows("--source", put(of_machine(machine)), "-f", machine / LIVE)
    assert by_dump == rows("--source=kcore", "--sysroot", machine)
    assert any(r["attributes"] != "unsettled" for r in by_dump[1])


def test_a_text_for_people(output, put):
    path = put(of_machine(MAIN))
    text = output("walk", "--source", path, "--sysroot", MAIN, "_stext+0x12345")
    assert f"by the kernel's tables, from {path}" in text
    row = output("walk", "-r", "-n", "-o", "SOURCE", "--source", path, "-f", MAIN / LIVE,
                 hex(published(MAIN, "section", "text", "start")))
    assert set(row.split()) == {"dump"}


def test_what_is_not_in_the_dump(kvas, put):
    dump = of_machine(MAIN)
    result = kvas("mappings", "--runs", "--source", put(dump), "-f", MAIN / LIVE)
    assert "(the dump does not hold that memory)" in result.stderr
    dump.pieces = [p for p in dump.pieces if p.data]  # nothing is said to be there
    result = kvas("mappings", "--runs", "--source", put(dump), "-f", MAIN / LIVE)
    assert result.returncode == 0 and "unsettled" in result.stdout


# --- Where the root is ------------------------------------------------------------------------

def i386(pae=True):
    """Two or three levels that map the image at 0xc1000000, physical 16 MiB."""
    dump = Dump(EM_386, 32)
    top, below = 0x1000000, 0x1001000
    lines = ["OSRELEASE=6.1.0-made", "PAGESIZE=4096", "SYMBOL(swapper_pg_dir)=c1000000"]
    if pae:
        lines.append("CONFIG_X86_PAE=y")
        memory = [table({3: below | 1}), table({8: top | PRESENT | LARGE | RW})]
    else:
        small = bytearray(PAGE)
        struct.pack_into("<I", small, 4 * 0x304, top | PRESENT | LARGE | RW)
        memory = [bytes(small)]
    dump.pieces = [Piece(top + n * PAGE, data) for n, data in enumerate(memory)]
    dump.notes = vmcoreinfo("\n".join(lines) + "\n")
    return dump


I386_RUNS = {True: [(0xc1000000, 0xc11fffff, 2, PRESENT | LARGE | RW)],
             False: [(0xc1000000, 0xc13fffff, 2, PRESENT | LARGE | RW)]}
on_both = pytest.mark.parametrize("pae", (True, False), ids=("PAE", "two levels"))


@on_both
@pytest.mark.parametrize("bits", (32, 64))
def test_i386_by_a_processor(runs, pae, bits):
    """QEMU's note has CR3, of a process's table with the same entries; a file for more than 4 GiB is of 64 bits."""
    dump = i386(pae)
    dump.bits = bits
    dump.pieces.append(Piece(0x5000000, dump.pieces[0].data))
    dump.notes = dumps.processor(0x7000000) + dumps.processor(0x5000018 if pae else 0x5000000) + dump.notes
    assert runs(dump) == I386_RUNS[pae]


@on_both
def test_i386_by_a_segment(runs, pae):
    dump = i386(pae)
    for piece in dump.pieces:
        piece.vaddr = piece.phys + 0xc0000000
    assert runs(dump) == I386_RUNS[pae]


def test_i386_by_nothing(refused, put):
    said = refused("mappings", "--source", put(i386()))
    assert "0xc1000000, is not known: expected QEMU's note of a processor with CR3" in said
    wrong = i386()
    wrong.notes = dumps.processor(0x1001000) + wrong.notes
    assert "is not known" in refused("mappings", "--source", put(wrong))


def test_a_segment_tells_what_a_note_does_not(runs, refused, put):
    """As /proc/vmcore has the image, beside all of memory."""
    dump = x86(re.sub(r"NUMBER\(phys_base\).*\n", "", INFO))
    said = refused("mappings", "--source", put(dump))
    assert f"{ROOT:#x}, is not known: expected NUMBER(phys_base) in the notes, or a segment" in said
    first = dump.pieces[0]
    dump.pieces.insert(0, Piece(first.phys - PAGE, bytes(PAGE) + first.data, vaddr=ROOT - PAGE))
    assert runs(dump) == RUNS


def loong():
    """Tables by virtual addresses, in the cached window; they map 0xffff800000000000 and what follows."""
    window, root = 0x9000 << 48, 0x200000
    dump = Dump(EM_LOONGARCH)
    size = 0x4000

    def pages(entries):
        data = bytearray(size)
        for index, value in entries.items():
            struct.pack_into("<Q", data, 8 * index, value)
        return bytes(data)
    nothing = window | root + 3 * size
    memory = [pages({0: window | root + size, 1: nothing}), pages({0: window | root + 2 * size}),
              pages({5: 0x123 << 14 | 0x81}), bytes(size)]
    dump.pieces = [Piece(root + n * size, data) for n, data in enumerate(memory)]
    dump.notes = vmcoreinfo(f"OSRELEASE={RELEASE_OF_LOONG}\nPAGESIZE=16384\nSYMBOL(swapper_pg_dir)={window | root:x}\n")
    return dump


RELEASE_OF_LOONG = re.search(r"release=(\S+)", (LOONG / LIVE).read_text())[1]


def test_loongarch(kvas, refused, put):
    """How many levels there are is told by no note, but by a capture."""
    path = put(loong())
    assert "no note tells the number of levels: name a capture" in refused("mappings", "--source", path)
    result = kvas("mappings", "-J", "--runs", "--source", path, "-f", LOONG / LIVE)
    assert result.returncode == 0 and result.stderr == ""
    [run] = json.loads(result.stdout)["runs"]
    assert (number(run["start"]), number(run["size"]), run["level"]) == (2 ** 64 - 2 ** 47 + 5 * 0x4000, 0x4000, 1)
    stray = loong()
    stray.pieces[0].data = stray.pieces[0].data.replace(b"\x90", b"\x70", 1)
    result = kvas("mappings", "--runs", "--source", put(stray), "-f", LOONG / LIVE)
    assert "in no window of direct mapping" in result.stderr


def changed_note(machine, pattern, replacement):
    dump = of_machine(machine)
    new, count = re.subn(pattern, replacement, dump.core.info, flags=re.M)
    assert count == 1
    dump.notes = vmcoreinfo(new, dump.order)
    return dump


def test_riscv_by_satp(output, kvas, put):
    """A later kernel notes the register; it outranks what the kernel computes with."""
    def levels(dump):
        result = kvas("mappings", "-J", "--source", put(dump), "-f", RISCV / LIVE)
        return json.loads(result.stdout)["tables"]["levels"] if result.returncode == 0 else result.stderr
    assert levels(changed_note(RISCV, r"$\Z", "NUMBER(satp)=0xa000000000081fcb\n")) == 5
    assert levels(changed_note(RISCV, r"^NUMBER\(VA_BITS\).*\n", "NUMBER(satp)=0xa000000000081fcb\n")) == 5
    assert "expected NUMBER(satp) or NUMBER(VA_BITS)" in levels(changed_note(RISCV, r"^NUMBER\(VA_BITS\).*\n", ""))


def test_powerpc(kvas, put, write):
    """Older kernels do not note the kind of MMU; the capture knows it."""
    def said(dump, *options):
        result = kvas("walk", "--source", put(dump), *options, "0xc000000000000000")
        return result.stdout + result.stderr
    older = changed_note(RADIX, r"^NUMBER\(RADIX_MMU\).*\n", "")
    assert "physical address" in said(older, "-f", RADIX / LIVE)
    text = (RADIX / LIVE).read_text()
    silent = write(re.sub(r"(?m)^fact +name=mmu .*\n", "", re.sub(r"records=(\d+)", lambda m: f"records={int(m[1]) - 1}", text)))
    assert "the note VMCOREINFO does not tell NUMBER(RADIX_MMU): name a capture" in said(older, "-f", silent)
    hashed = changed_note(RADIX, r"^(NUMBER\(RADIX_MMU\))=1", r"\1=0")
    assert "the MMU has a hash table" in said(hashed, "-f", RADIX / LIVE)


@pytest.mark.parametrize("machine, name", [
    ("6.1-5kc-malta-1g", "the configuration does not tell the number of levels"),
    ("7.2-powerpc64le-hash", "by NUMBER(RADIX_MMU) in the note VMCOREINFO the MMU has a hash table"),
    ("6.1-powerpc64le-hash-power8", "by the capture the MMU has a hash table"),
])
def test_no_tree(refused, put, machine, name):
    machine = GOLDEN / machine
    assert name in refused("mappings", "--source", put(of_machine(machine)), "-f", machine / LIVE)


@pytest.mark.parametrize("size, said", [("0x20", "fits no kernel of 52 bits"), ("0x11", "fits no kernel of 52 bits")])
def test_arm64_of_a_size_that_cannot_be(refused, put, size, said):
    """A kernel of 52 bits with pages of 64K has 48 where the processor has no more, and never fewer."""
    machine = GOLDEN / "6.12-arm64-52bit"
    dump = of_machine(machine)
    assert "NUMBER(VA_BITS)=52\n" in dump.core.info
    info = re.sub(r"(?m)^PAGESIZE=.*$", "PAGESIZE=65536", dump.core.info)
    dump.notes = vmcoreinfo(re.sub(r"(NUMBER\(TCR_EL1_T1SZ\))=.*", rf"\1={size}", info), dump.order)
    assert said in refused("mappings", "--source", put(dump), "-f", machine / LIVE)


# --- The wrong machine, or the wrong boot --------------------------------------------------------

@pytest.mark.parametrize("pattern, replacement, said", [
    ("^OSRELEASE=.*$", "OSRELEASE=5.4.0", "is of the kernel with the release 5.4.0, and the capture of one with 6.12"),
    ("^BUILD-ID=.*$", "BUILD-ID=0123456789abcdef", "the build ID 0123456789abcdef, and the capture"),
    (r"^SYMBOL\(_stext\)=.*$", "SYMBOL(_stext)=ffffffff81000000",
     "has the kernel's text at 0xffffffff81000000, and the capture at"),
], ids=("release", "build", "boot"))
def test_a_capture_of_something_else(refused, put, pattern, replacement, said):
    path = put(changed_note(MAIN, pattern, replacement))
    assert said in refused("mappings", "--source", path, "-f", MAIN / LIVE)
    assert said in refused("walk", "--source", path, "--sysroot", MAIN, "_stext")


def test_a_capture_of_another_architecture(refused, put):
    path = put(x86(INFO.replace("OSRELEASE=6.12.0-made\n", "")))
    assert "x86_64, and the capture is of riscv64" in refused("mappings", "--source", path, "-f", RISCV / LIVE)


# --- What is no such file -----------------------------------------------------------------------

@pytest.mark.parametrize("data, said", [
    (b"", "is too short"),
    (b"\x7fELF", "is too short"),
    (b"kvas 1\n" * 20, "does not start as an ELF core file"),
    (b"KDUMP   " + bytes(8192), "is a compressed dump (kdump-compressed), and kvas reads ELF: read it with crash"),
    (b"DISKDUMP" + bytes(8192), "is a compressed dump (diskdump)"),
    (b"makedumpfile\0\0\0\0" + bytes(8192), "flattened format, and kvas reads ELF: makedumpfile -R"),
    (b"\x1f\x8b\x08" + bytes(100), "is packed by gzip"),
    (b"\xfd7zXZ\0" + bytes(100), "is packed by xz"),
    (b"\x28\xb5\x2f\xfd" + bytes(100), "is packed by zstd"),
    (bytes(5000), "does not start as an ELF core file"),
])
def test_what_is_no_elf(refused, put, data, said):
    path = put(data)
    for command in (["mappings"], ["walk", "-f", MAIN / LIVE, "0x0"]):
        message = refused(*command, "--source", path)
        assert said in message and str(path) in message


def test_what_is_no_file(refused, tmp_path):
    said = refused("mappings", f"--source={tmp_path}/none")
    assert "expected module, kcore or a crash dump" in said and "No such file" in said
    assert "expected module, kcore or a crash dump" in refused("walk", "--source=", "0x0")
    assert "is no file that can be read in any order" in refused("mappings", "--source", tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "is no file that can be read in any order" in refused("mappings", "--source", tmp_path / "pipe")
    (tmp_path / "secret").write_bytes(x86().bytes())
    assert "--source and --mappings exclude each other" in refused(
        "mappings", "--source", tmp_path / "secret", "--mappings", tmp_path / "secret")


def header(data, at, code, value):
    changed = bytearray(data)
    struct.pack_into("<" + code, changed, at, value)
    return bytes(changed)


# Offsets in a header of 64 bits, and in the program header n.
def of_program(n, member):
    return 64 + 56 * n + {"type": 0, "offset": 8, "vaddr": 16, "paddr": 24, "filesz": 32, "memsz": 40}[member]


@pytest.mark.parametrize("at, code, value, said", [
    (4, "B", 3, "does not start as an ELF core file"),
    (5, "B", 0, "does not start as an ELF core file"),
    (16, "H", 2, "does not start as an ELF core file"),
    (18, "H", 43, "(43 of ELF, 64 bits) of which kvas walks no tables: expected one of x86_64, i386, arm64,"),
    (18, "H", EM_ARM, "(40 of ELF, 64 bits) of which kvas walks no tables"),
    (32, "Q", 1 << 40, "has a header that makes no sense"),
    (32, "Q", 100_000, "ends before its program headers do"),
    (54, "H", 32, "has a header that makes no sense"),
    (56, "H", 0, "has no memory"),
    (56, "H", 0xffff, "has a header that makes no sense"),
    (of_program(0, "filesz"), "Q", 1 << 40, "has notes that make no sense"),
    (of_program(0, "offset"), "Q", 1 << 62, "ends before its notes do"),
    (of_program(0, "offset"), "Q", (1 << 64) - 1, "has notes that make no sense"),
    (of_program(0, "type"), "I", 1, "has no note VMCOREINFO"),
    (of_program(2, "memsz"), "Q", (1 << 64) - PAGE, "program header 2 makes no sense"),
    (of_program(3, "paddr"), "Q", (1 << 64) - 2 * PAGE, None),
    (of_program(3, "offset"), "Q", 1 << 63, "program header 3 makes no sense"),
    (of_program(3, "offset"), "Q", (1 << 63) - PAGE, "program header 3 makes no sense"),
])
def test_damaged_headers(kvas, put, at, code, value, said):
    result = kvas("mappings", "--source", put(header(x86().bytes(), at, code, value)))
    if said:
        assert result.returncode == 2 and said in result.stderr and result.stdout == ""
    else:
        assert result.returncode == 0


def test_a_kernel_without_the_note(refused, put):
    dump = x86()
    dump.notes = dumps.note("CORE", bytes(336))
    said = refused("mappings", "--source", put(dump))
    assert "it has no note VMCOREINFO" in said and "-device vmcoreinfo" in said and "/proc/vmcore" in said
    dump.notes = vmcoreinfo(INFO)[:-40]  # its size says more than there is
    assert "it has no note VMCOREINFO" in refused("mappings", "--source", put(dump))


@pytest.mark.parametrize("old, new, said", [
    ("SYMBOL(init_top_pgt)", "SYMBOL(x)", "expected SYMBOL(init_top_pgt)"),
    ("PAGESIZE=4096", "PAGESIZE=", "expected PAGESIZE=4096"),
    ("PAGESIZE=4096", "PAGESIZE=4095", "expected PAGESIZE=4096"),
    ("PAGESIZE=4096", "PAGESIZE=65536", "levels do not fit the page size"),
    (f"NUMBER(phys_base)={BASE}", "NUMBER(phys_base)=x", "is not known: expected NUMBER(phys_base)"),
    (f"NUMBER(phys_base)={BASE}", f"NUMBER(phys_base)={BASE + PAGE}", "do not map its address"),
    (f"NUMBER(phys_base)={BASE}", "NUMBER(phys_base)=-4096", "the top page table, at 0x1000000, cannot be read"),
    (f"dir)={ROOT:x}", f"dir)={ROOT + PAGE:x}", None),
    ("pgtable_l5_enabled)=0", "pgtable_l5_enabled)=1", "swapper_pg_dir must be at"),
])
def test_damaged_notes(kvas, put, old, new, said):
    assert INFO.count(old) == 1
    result = kvas("mappings", "--source", put(x86(INFO.replace(old, new))))
    if said:
        assert result.returncode == 2 and said in result.stderr, result.stderr
    else:
        assert result.returncode == 0


def test_memory_of_another_kernel(refused, put):
    """The note's own address leads elsewhere: by the tables that are there, it is other memory."""
    dump = x86()
    dump.pieces[2].data = table({8: BASE + 0x1200000 | PRESENT | LARGE})
    said = refused("mappings", "--source", put(dump))
    assert "map its address to other memory: note and memory are not of one kernel" in said


# --- What is unusual, and right -----------------------------------------------------------------

def test_each_way_to_write_a_file(runs):
    big = x86()
    big.many = True  # as with 65535 headers or more
    assert runs(big) == RUNS
    overlapping = x86()
    first = overlapping.pieces[0]
    overlapping.pieces = [Piece(first.phys - 8 * PAGE, b"", size=64 * PAGE), Piece(first.phys, first.data[:64]),
                          *overlapping.pieces, Piece(first.phys, bytes(PAGE))]
    assert runs(overlapping) == RUNS
    split = x86()
    split.pieces = [Piece(p.phys + at, p.data[at:at + 24]) for p in split.pieces for at in range(0, PAGE, 24)]
    assert runs(split) == RUNS
    other = x86()
    other.pieces.append(Piece((1 << 64) - 1, bytes(PAGE), vaddr=0))  # no physical address, as /proc/kcore marks it
    other.pieces.append(Piece(0, b""))
    assert runs(other) == RUNS
    longer = x86()
    longer.pieces[0].in_file += PAGE  # more in the file than in memory: that is other memory
    longer.pieces[1:3] = reversed(longer.pieces[1:3])
    assert runs(longer) == RUNS


def test_notes_in_any_order(runs):
    dump = x86()
    dump.notes = vmcoreinfo(INFO) + dumps.note("CORE", bytes(336)) + dumps.processor(0)
    assert runs(dump) == RUNS
    dump.notes = dumps.note("VMCOREINFO_XEN", b"PAGESIZE=1") + dump.notes
    assert runs(dump) == RUNS


def test_a_file_of_more_than_4_gib(runs, tmp_path, output):
    """Sparse: the tables are at its end."""
    dump = x86()
    for n, piece in enumerate(dump.pieces):
        piece.offset = (5 << 30) + n * PAGE
    path = tmp_path / "big"
    path.write_bytes(dump.bytes())
    with open(path, "r+b") as file:
        for piece in dump.pieces:
            file.seek(piece.offset)
            file.write(piece.data)
    rows = json.loads(output("mappings", "-J", "--runs", "--source", path))["runs"]
    assert [(number(r["start"]), number(r["end"])) for r in rows] == [r[:2] for r in RUNS]


def test_tables_in_a_circle_end(kvas, put):
    dump = x86()
    top = dump.pieces[0].phys
    dump.pieces[0].data = table({n: (top if n < 511 else dump.pieces[1].phys) | 3 for n in range(256, 512)})
    result = kvas("mappings", "--source", put(dump))
    assert result.returncode == 0


# --- Truncated ----------------------------------------------------------------------------------

@pytest.mark.parametrize("dump", (x86(), i386()), ids=("64 bits", "32 bits"))
@pytest.mark.parametrize("step", (53, pytest.param(1, marks=pytest.mark.all)))
def test_truncated_in_the_headers(kvas, tmp_path, dump, step):
    """Nothing but an error, and never another one than of the file's own end."""
    path = tmp_path / "dump"
    data = dump.bytes()
    end = len(data) - sum(len(p.data) for p in dump.pieces)
    first, entry = {64: (64, 56), 32: (52, 32)}[dump.bits]
    ends = [first + entry * n + by for n in range(len(dump.pieces) + 2) for by in (-1, 0)]
    for length in sorted({*range(0, end, step), *ends, end - 1}):
        path.write_bytes(data[:length])
        result = kvas("mappings", "--source", path)
        assert result.returncode == 2 and result.stdout == "", length
        assert re.search("too short|ends before its (program headers|notes) do", result.stderr), (length, result.stderr)


def test_truncated_in_memory(kvas, put):
    """The rest is there: the last table has no page, the first is needed."""
    data = x86().bytes()
    result = kvas("mappings", "-J", "--runs", "--source", put(data[:-PAGE]))
    assert result.returncode == 0 and "(the dump is cut off before that memory)" in result.stderr
    found = json.loads(result.stdout)["runs"]
    assert [r["attributes"] == "unsettled" for r in found] == [False, True] and number(found[1]["size"]) == LARGE_PAGE
    result = kvas("mappings", "--source", put(data[:-4 * PAGE]))
    assert result.returncode == 2
    assert "the top page table, at 0x12346001000, cannot be read: the dump is cut off" in result.stderr
