# SPDX-License-Identifier: GPL-2.0-only
"""kvas user on made-up /proc: kernels and processes that this machine does not have, and files made to deceive."""

import json
import re
import shutil
from pathlib import Path

import pytest

import procfs
from procfs import ET_EXEC, R, W, X, Process, Vma, elf

GOLDEN = Path(__file__).parent.parent / "golden"
PAGE = 4096
STACK = Vma(0x7FFE00000000, 0x7FFE00021000, path="[stack]", flags="rd wr mr mw me gd ac", kb={"Rss": 20, "Private_Dirty": 20})
PROGRAM = 0x555555554000


@pytest.fixture
def made(tmp_path, kvas):
    """A document of a made-up process; files: what its map_files or exe lead to."""
    root = tmp_path / "root"

    def call(process, *options, files=None):
        shutil.rmtree(root, ignore_errors=True)
        here = procfs.make(root, process)
        for name, content in (files or {}).items():
            path = here / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        result = kvas("user", "-J", "--sysroot", root, process.pid, *options)
        assert result.returncode == 0 and result.stderr == "", result.stderr
        return json.loads(result.stdout)
    call.root, call.kvas = root, kvas
    return call


@pytest.fixture
def no(made, refused):
    """The sentence why a made-up process is not shown."""
    def call(process, change=lambda here: None):
        shutil.rmtree(made.root, ignore_errors=True)
        change(procfs.make(made.root, process))
        return refused("user", "--sysroot", made.root, process.pid)
    return call


def number(text):
    return int(text, 16)


def parts(document):
    return [row for row in document["rows"] if row["type"] == "part"]


def cut(document):
    """(name, start, end) of each part, but for the gap below the stack."""
    return [(r["name"], number(r["start"]), number(r["end"])) for r in parts(document) if r["name"] != "stack_guard_gap"]


# --- What kernels show --------------------------------------------------------------------------

def test_what_smaps_says_of_each_kind(made):
    names = {
        "/anon_hugepage (deleted)": "hugetlb", "/memfd:a b (deleted)": "memfd", "/SYSV0000002a (deleted)": "sysv_shm",
        "/dev/zero (deleted)": "shared_anonymous", "[anon:a name]": "anonymous", "[anon_shmem:x]": "shared_anonymous",
        "[vvar]": "vvar", "[vvar_vclock]": "vvar", "[vdso]": "vdso", "[uprobes]": "special", "/usr/share/x": "file",
        "anon_inode:[io_uring]": "kernel_object", "/[aio] (deleted)": "kernel_object", "/dev/shm/x": "file",
    }
    vmas = [Vma(0x10000 + n * 0x10000, 0x12000 + n * 0x10000, "rw-p" if path[0] == "[" else "rw-s", path,
                inode=0 if path[0] == "[" else n + 1) for n, path in enumerate(names)]
    vmas.append(Vma(0x1000000, 0x1001000, "rw-s", "/dev/mem", inode=99, flags="rd wr sh io pf"))
    vmas.append(Vma(0x1200000, 0x1400000, "rw-s", "/hugepages/x", inode=98, flags="rd wr sh ht", kb={"Shared_Hugetlb": 2048}))
    document = made(Process([*vmas, STACK]))
    assert [row["name"] for row in parts(document) if row["name"] != "stack_guard_gap"] == \
        [*names.values(), "device", "hugetlb", "stack"]
    assert document["total"]["hugetlb"] == "0x200000" and document["total"]["rss"] == hex(20 << 10)


def test_each_figure(made):
    """What counts as shared, private, huge and hugetlb."""
    kb = {key: 1 << n + 2 for n, key in enumerate(procfs.FIGURES)}
    [row] = [r for r in parts(made(Process([Vma(0x10000, 0x20000, kb=kb)]))) if "rss" in r]
    keys = {"rss": ["Rss"], "pss": ["Pss"], "shared": ["Shared_Clean", "Shared_Dirty"], "swap": ["Swap"],
            "private": ["Private_Clean", "Private_Dirty"], "huge": ["AnonHugePages", "ShmemPmdMapped", "FilePmdMapped"],
            "hugetlb": ["Shared_Hugetlb", "Private_Hugetlb"]}
    assert {key: number(row[key]) >> 10 for key in keys} == {key: sum(kb[k] for k in of) for key, of in keys.items()}
    assert sum(map(len, keys.values())) == len(procfs.FIGURES)


def test_a_reservation_of_many_tib(made):
    document = made(Process([Vma(0x100000000000, 0x500000000000, "---p", flags="mr mw me nr"), STACK]))
    assert cut(document)[0] == ("reservation", 0x100000000000, 0x4FFFFFFFFFFF)
    assert number(document["total"]["size"]) == 0x400000021000 and document["total"]["rss"] == "0x5000"


@pytest.mark.parametrize("size,name", [(PAGE, "guard"), (1 << 20, "guard"), (4 << 40, "reservation")])
def test_a_guard_is_small(made, size, name):
    """What happens to be below a stack may have been reserved for something else."""
    below = Vma(STACK.start - size, STACK.start, "---p")
    assert cut(made(Process([below, STACK])))[0][0] == name


@pytest.mark.parametrize("cmdline,size", [("quiet", 256), ("stack_guard_gap=16 x", 16), ("stack_guard_gap=0", 0)])
def test_the_gap_below_the_stack(made, cmdline, size):
    gaps = [r for r in parts(made(Process([Vma(0x10000, 0x11000), STACK], cmdline=cmdline))) if r["name"] == "stack_guard_gap"]
    assert [(number(r["start"]), number(r["end"])) for r in gaps] == \
        ([(STACK.start - size * PAGE, STACK.start - 1)] if size else [])
    # Another mapping may have been put into it.
    near = Vma(STACK.start - 3 * PAGE, STACK.start - 2 * PAGE)
    [gap, *_] = [r for r in parts(made(Process([near, STACK], cmdline=cmdline))) if r["name"] == "stack_guard_gap"] or [None]
    assert gap is None if not size else number(gap["start"]) == STACK.start - 2 * PAGE


def test_without_smaps(made, kvas):
    """A kernel without PROC_PAGE_MONITOR: the mappings are known, and nothing of their memory."""
    root, here = made.root, procfs.make(made.root, Process([Vma(0x10000, 0x11000), STACK], start_stack=STACK.stop - 16))
    for path in (here, here / "task/412"):
        (path / "smaps").unlink()
        (path / "smaps_rollup").unlink()
    result = kvas("user", "--sysroot", root, "412")
    assert result.returncode == 0 and "does not tell what of it is resident" in result.stdout
    rows = parts(json.loads(kvas("user", "-J", "--sysroot", root, "412").stdout))
    assert [r["name"] for r in rows] == ["anonymous", "stack_guard_gap", "stack"] and not [r for r in rows if "rss" in r]


def test_names_that_are_no_paths(made, kvas):
    """That of a memfd may have slashes; a newline in it ends no row."""
    markup = "</script><script>alert(1)</script>"
    names = {markup: markup, "a\\012b": r"a\nb", "x (deleted)": "x (deleted)"}
    vmas = [Vma(0x10000 + n * 0x2000, 0x11000 + n * 0x2000, "rw-s", f"/memfd:{name} (deleted)", 0, n + 1)
            for n, name in enumerate(names)]
    made(Process([*vmas, STACK]))
    links = made.root / "proc/412/map_files"
    links.mkdir()
    (links / f"{vmas[1].start:x}-{vmas[1].stop:x}").symlink_to("/memfd:a\nb (deleted)")

    def purposes(*options):
        text = kvas("user", *options, "-o", "NAME,PURPOSE", "--sysroot", made.root, "412").stdout
        return [line.partition("memfd:")[2] for line in text.splitlines() if line.lstrip("├─").startswith("memfd")]
    # In a narrow terminal the words stand below one another.
    narrow = kvas("user", "-o", "NAME,PURPOSE", "--sysroot", made.root, "412", env={"COLUMNS": 40})
    assert re.search(r"^[│ ]+memfd:a\\nb$", narrow.stdout, re.M), narrow.stdout
    assert purposes() == list(names.values())
    assert purposes("-r") == [markup, r"a\x0ab", r"x\x20(deleted)"]


TURNS = [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]


def test_no_name_turns_the_direction_of_writing(made, kvas):
    name = "".join(f"{chr(c) * 2}\u00e9\u061e\u2020" for c in TURNS)
    shown = "".join(rf"\u{c:04x}" * 2 + "\u00e9\u061e\u2020" for c in TURNS)
    document = made(Process([Vma(0x10000, 0x11000, "r--p", f"/{name}", 0, 7), STACK], comm=name))
    [row] = [r for r in parts(document) if r["name"] == "file"]
    assert row["file"] == f"/{name}"
    # In the table, below it, and in a message.
    args = ("--sysroot", made.root, "412")
    text = kvas("user", "-o", "PURPOSE,FILE", *args).stdout + kvas("user", "-f", name, *args).stderr
    assert text.count(shown) == 4 and not [c for c in text if ord(c) in TURNS]
    raw = "".join(chr(b) if b < 127 else rf"\x{b:02x}" for b in f"/{name}".encode())
    assert raw in kvas("user", "-r", "-o", "FILE", *args).stdout


def test_vsyscall_is_not_of_the_user_half(made):
    page = Vma(0xFFFFFFFFFF600000, 0xFFFFFFFFFF601000, "--xp", "[vsyscall]", flags="ex")
    document = made(Process([STACK, page]))
    row = parts(document)[-1]
    assert row["name"] == "vsyscall" and "parent" not in row
    assert number(document["total"]["size"]) == STACK.stop - STACK.start


# --- Where the user half ends ---------------------------------------------------------------------

HIGH = Vma(1 << 55, (1 << 55) + PAGE)


@pytest.mark.parametrize("process,end,window,beyond", [
    (Process([STACK]), 0x7FFFFFFFEFFF, None, 0),
    (Process([STACK], highest=0xFFFFFFFFFFE000), 0xFFFFFFFFFFEFFF, 0x7FFFFFFFEFFF, 0),
    (Process([STACK, HIGH], highest=0xFFFFFFFFFFE000), 0xFFFFFFFFFFEFFF, 0x7FFFFFFFEFFF, 1),
    (Process([Vma(0x8048000, 0x8049000), Vma(0xFFFDD000, 0xFFFFE000, path="[stack]")], bits=32), 0xFFFFDFFF, None, 0),
    (Process([Vma(0xBEF00000, 0xBEF21000, path="[stack]")], bits=32, machine="aarch64"), 0xFFFFEFFF, None, 0),
    (Process([Vma(0x7FF00000, 0x7FF21000, path="[stack]")], bits=32, machine="mips64", order="big"), 0x7FFF7FFF, None, 0),
    (Process([STACK], machine="aarch64", highest=(1 << 52) - PAGE), (1 << 52) - 1, (1 << 48) - 1, 0),
    (Process([STACK], machine="aarch64", highest=(1 << 48) - PAGE), (1 << 48) - 1, None, 0),
    (Process([STACK], machine="riscv64", highest=(1 << 56) - PAGE), (1 << 56) - 1, (1 << 47) - 1, 0),
    (Process([STACK], machine="riscv64", highest=(1 << 56) - PAGE, release="6.1.0-1"), (1 << 56) - 1, None, 0),
    (Process([STACK], machine="s390x", order="big", highest=(1 << 64) - 2 * PAGE), (1 << 64) - PAGE - 1, (1 << 42) - 1, 1),
    (Process([Vma(0x10000, 0x11000)], bits=32, machine="armv7l", word_bits=32, highest=0xBEFFF000), 0xBEFFFFFF, None, 0),
], ids=lambda x: f"{x.machine}-{x.bits}-{x.highest:x}" if isinstance(x, Process) else "")
def test_user_limit(made, process, end, window, beyond):
    limit = made(process)["process"]["user_limit"]
    assert number(limit["end"]) == end and limit["source"]
    assert (number(limit["mmap_end"]) if "mmap_end" in limit else None) == window
    assert limit.get("beyond", 0) == beyond


def test_a_limit_that_is_not_known(made, kvas):
    limit = made(Process([STACK], machine="riscv64", bits=32))["process"]["user_limit"]
    assert limit["end"] is None and "32-bit programs end on riscv64" in limit["absent"]
    measured = made.root / "kvas.measured"
    made(Process([STACK]))
    measured.write_text(re.sub("mmap_highest.*", "", measured.read_text()))
    limit = json.loads(kvas("user", "-J", "--sysroot", made.root, "412").stdout)["process"]["user_limit"]
    assert limit == {"end": None, "absent": "it was not measured, and there is no capture of the kernel"}


def test_a_kernel_with_an_address_space_of_its_own(made):
    """On s390x the rows of the kernel begin at 0 again."""
    capture = GOLDEN / "6.12-s390x-kaslr/sys/kernel/debug/kvas"
    release = re.search(r"release=(\S+)", capture.read_text())[1]
    document = made(Process([STACK], machine="s390x", order="big", release=release), "-f", capture)
    starts = [number(r["start"]) for r in document["rows"]]
    assert starts.count(0) >= 3 and "address space of its own" in document["kernel_half_note"]
    assert document["rows"][0]["name"] == "user" and document["process"]["user_limit"]["source"] == "TASK_SIZE_MAX"
    assert [r["name"] for r in document["rows"] if r.get("parent") == "user"] == ["stack_guard_gap", "stack"]


def test_a_32_bit_process_below_a_64_bit_kernel(made):
    capture = GOLDEN / "6.12-amd64-5level/sys/kernel/debug/kvas"
    document = made(Process([Vma(0x8048000, 0x8049000, "r-xp"), Vma(0xFFFDD000, 0xFFFFE000, path="[stack]")], bits=32), "-f", capture)
    assert document["process"]["bits"] == 32 and document["process"]["user_limit"]["end"] == "0x00000000ffffdfff"
    assert "kernel_half_note" not in document
    names = [r["name"] for r in document["rows"]]
    assert names[:2] == ["user", "anonymous"] and {"noncanonical", "direct_map", "vsyscall"} <= set(names)


# --- Processes that cannot be shown ------------------------------------------------------------------

def test_sentences(no, made):
    assert no(Process([STACK], state="Z")) == \
        "process 412 (made up) has exited and is a zombie: it has given back its memory"
    assert no(Process([STACK], flags=procfs.PF_KTHREAD)) == \
        "process 412 (made up) is a thread of the kernel: it has no user half"
    assert no(Process([STACK], comm=") S 1 (x", state="X")).startswith("process 412 () S 1 (x) has exited")
    assert no(Process([STACK]), lambda here: shutil.rmtree(here)).startswith("there is no process 412: ")
    assert "no mappings" in no(Process([STACK]), lambda here: [(here / f).write_text("") for f in ("smaps", "maps", "smaps_rollup")])
    assert no(Process([STACK]), lambda here: (here / "stat").write_text("412 no brackets")).endswith("/stat cannot be read: Invalid argument")
    assert no(Process([STACK]), lambda here: (here / "status").write_text("Tgid:\t7\n")) == \
        "412 is a thread of process 7: name the process"


def test_a_word_size_that_is_not_known(no):
    assert no(Process([STACK]), lambda here: (here / "auxv").write_bytes(bytes(64))) == \
        "/proc/412/auxv has no page size of 4096: the word size of process 412 is not known"


def test_a_list_that_was_cut_by_execve(no):
    """The end of smaps is a plain end of file: only the rollup knows what is missing."""
    whole = Process([Vma(0x10000, 0x11000), STACK])
    cut_short = Process(whole.vmas[:1], rollup=whole.rollup_text())
    assert "it starts another program again and again" in no(cut_short)
    assert "it starts another program again and again" in no(Process(whole.vmas[:1], rollup=None, start_stack=STACK.stop - 16))


def test_changes_are_told(made, kvas):
    here = procfs.make(made.root, Process([Vma(0x10000, 0x11000), STACK]))
    (here / "maps").write_text("")
    result = kvas("user", "--sysroot", made.root, "412")
    assert result.returncode == 0 and "mappings came or went while they were read" in result.stdout
    assert made(Process([STACK]))["process"]["changed"] is False
    more = Process([STACK]).rollup_text().replace(" 20 kB", " 24 kB")
    procfs.make(made.root, Process([STACK], pid=413, rollup=more))
    assert "smaps_rollup counted 24K resident a moment later" in kvas("user", "--sysroot", made.root, "413").stdout


@pytest.mark.parametrize("text", [
    "10000-11000\n", "10000-11000 rw-p\n", "11000-10000 rw-p 0 0:0 0\n", "10000-11000 rq-p 0 0:0 0\n",
    "Rss: 4 kB\n", "20000-21000 rw-p 0 0:0 0\n10000-11000 rw-p 0 0:0 0\n", "10000-11000 rw-p 0 0:0 0\nRss: x kB\n",
    "20000-21000 rw-p 0 0:0 0\n20000-21000 rw-p 0 0:0 0\n", "\n", "z\n",
    "20000-23000 rw-p 0 0:0 0\n20000-22000 rw-p 0 0:0 0\n",
])
def test_mappings_that_are_none(no, text):
    said = no(Process([STACK]), lambda here: (here / "smaps").write_text(text))
    assert re.search(r"/smaps:[123]: expected a mapping as proc\(5\) describes it$", said)


def test_a_mapping_that_grew_down_while_it_was_read(made):
    """The kernel continues after the last mapping, and prints the next one whole, also if it begins earlier now."""
    lower, upper, grown = Vma(0x10000, 0x11000, kb={"Rss": 4, "Swap": 8}), Vma(0x12000, 0x14000), Vma(0x10000, 0x18000)
    whole = Process([grown, STACK])
    for told in ([lower, upper, grown], [upper, grown], [Vma(0x8000, 0x9000), lower, grown]):
        here = procfs.make(made.root, Process([v for v in told if v.start < 0x10000] + whole.vmas))
        (here / "smaps").write_text("".join(v.smaps() for v in (*told, STACK)))
        document = json.loads(made.kvas("user", "-J", "--sysroot", made.root, "412").stdout)
        ranges = [(int(r["start"], 16), int(r["end"], 16)) for r in document["rows"] if r["name"] == "anonymous"]
        assert ranges[-1] == (0x10000, 0x17fff) and len(ranges) == 1 + (told[0].start < 0x10000)
        assert document["process"]["changed"] is False and not [r for r in document["rows"] if r.get("swap", "0x0") != "0x0"]


def test_names_are_ambiguous_or_not(made, kvas, refused):
    procfs.make(made.root, Process([STACK]))
    assert kvas("user", "--sysroot", made.root, "made up").returncode == 0
    procfs.make(made.root, Process([STACK], pid=9))
    assert refused("user", "--sysroot", made.root, "made up") == \
        "more than one process is named 'made up': give the number of one, such as 9 or 412"


# --- ELF files -------------------------------------------------------------------------------------------

LOADS = [(R, 0, 0, 0x800, 0x800), (R | X, 0x1000, 0x1000, 0x1800, 0x1800), (R, 0x3000, 0x3000, 0x200, 0x200),
         (R | W, 0x3E00, 0x4E00, 0x300, 0x2200)]
FILE = {"path": "/bin/x", "inode": 5}
MAPPED = [Vma(PROGRAM, PROGRAM + 0x1000, "r--p", offset=0, **FILE), Vma(PROGRAM + 0x1000, PROGRAM + 0x3000, "r-xp", offset=0x1000, **FILE),
          Vma(PROGRAM + 0x3000, PROGRAM + 0x4000, "r--p", offset=0x3000, **FILE),
          Vma(PROGRAM + 0x4000, PROGRAM + 0x5000, "r--p", offset=0x3000, **FILE),
          Vma(PROGRAM + 0x5000, PROGRAM + 0x6000, "rw-p", offset=0x4000, **FILE), Vma(PROGRAM + 0x6000, PROGRAM + 0x8000)]
LINK = f"map_files/{PROGRAM:x}-{PROGRAM + 0x1000:x}"


def program(vmas=MAPPED, **more):
    return Process([*vmas, STACK], start_code=PROGRAM + 0x1000, start_brk=PROGRAM + 0x10000, **more)


@pytest.mark.parametrize("order", ["little", "big"])
def test_parts_of_a_program(made, order):
    """Data and BSS share a page; the BSS ends within an anonymous mapping that goes on."""
    document = made(program(order=order, machine={"little": "x86_64", "big": "ppc64"}[order]), files={LINK: elf(LOADS, order=order)})
    assert cut(document) == [
        ("rodata", PROGRAM, PROGRAM + 0xFFF), ("text", PROGRAM + 0x1000, PROGRAM + 0x2FFF),
        ("rodata", PROGRAM + 0x3000, PROGRAM + 0x3FFF), ("relro", PROGRAM + 0x4000, PROGRAM + 0x4FFF),
        ("data", PROGRAM + 0x5000, PROGRAM + 0x50FF), ("bss", PROGRAM + 0x5100, PROGRAM + 0x5FFF),
        ("bss", PROGRAM + 0x6000, PROGRAM + 0x6FFF), ("anonymous", PROGRAM + 0x7000, PROGRAM + 0x7FFF),
        ("stack", STACK.start, STACK.stop - 1)]
    [image] = [r for r in document["rows"] if r["type"] == "image"]
    assert image["purpose"] == "program" and number(image["end"]) == PROGRAM + 0x6FFF
    assert [r["note"] for r in parts(document) if "counted with" in r.get("note", "")] == \
        ["its memory is counted with data before it, in one mapping", "its memory is counted with bss before it, in one mapping"]


@pytest.mark.parametrize("order", ["little", "big"])
def test_parts_of_a_32_bit_program(made, order):
    base = 0x10000
    vmas = [Vma(base, base + 0x2000, "r-xp", offset=0, **FILE), Vma(base + 0x2000, base + 0x3000, offset=0x1000, **FILE)]
    process = Process([*vmas, Vma(0xFFE00000, 0xFFE21000, path="[stack]")], bits=32, order=order, start_code=base,
                      machine={"little": "x86_64", "big": "ppc64"}[order])
    loads = [(R | X, 0, base, 0x1400, 0x1400), (R | W, 0x1400, base + 0x2400, 0x10, 0x20)]
    document = made(process, files={f"map_files/{base:x}-{base + 0x2000:x}": elf(loads, 32, order, ET_EXEC)})
    assert cut(document)[:3] == [("text", base, base + 0x1FFF), ("data", base + 0x2000, base + 0x240F),
                                 ("bss", base + 0x2410, base + 0x2FFF)]
    assert "with the constants" in parts(document)[0]["note"]
    # A program of the other word size does not fit this process.
    assert made(process, files={f"map_files/{base:x}-{base + 0x2000:x}": elf(loads, 64, order, ET_EXEC)})["rows"][1]["name"] == "file"


def test_the_heap_may_begin_in_the_mapping_of_the_bss(made):
    """Without randomisation; one mapping, which the kernel calls heap, holds the end of the BSS."""
    vmas = [*MAPPED[:5], Vma(PROGRAM + 0x6000, PROGRAM + 0x30000, path="[heap]")]
    document = made(Process([*vmas, STACK], start_code=PROGRAM + 0x1000, start_brk=PROGRAM + 0x7000), files={LINK: elf(LOADS)})
    assert cut(document)[-3:-1] == [("bss", PROGRAM + 0x6000, PROGRAM + 0x6FFF), ("heap", PROGRAM + 0x7000, PROGRAM + 0x2FFFF)]
    # brk() may begin within a page.
    vmas[-1] = Vma(PROGRAM + 0x6000, PROGRAM + 0x30000, path="[heap]")
    loads = [*LOADS[:3], (R | W, 0x3E00, 0x4E00, 0x300, 0x1300)]
    document = made(Process([*vmas, STACK], start_code=PROGRAM + 0x1000, start_brk=PROGRAM + 0x6100), files={LINK: elf(loads)})
    assert cut(document)[-3:-1] == [("bss", PROGRAM + 0x6000, PROGRAM + 0x60FF), ("heap", PROGRAM + 0x6100, PROGRAM + 0x2FFFF)]


def test_a_file_that_is_mapped_twice(made):
    """Once to be executed, once to be read; and executed at a second place."""
    far = 0x7F0000000000
    again = [Vma(v.start - PROGRAM + far, v.stop - PROGRAM + far, v.perms, v.path, v.offset, v.inode) for v in MAPPED]
    data = Vma(0x7E0000000000, 0x7E0000006000, "r--p", offset=0, **FILE)
    document = made(program([*MAPPED, data, *again]), files={LINK: elf(LOADS)})
    images = [r for r in document["rows"] if r["type"] == "image"]
    assert [(number(r["start"]), r["purpose"]) for r in images] == [(PROGRAM, "program"), (far, "shared library")]
    assert [n for n, start, _ in cut(document) if start == data.start] == ["file"]


BAD = {
    "empty": b"", "no ELF": b"#!/bin/sh\n" * 100, "cut in the head": elf(LOADS)[:40], "cut in the table": elf(LOADS)[:150],
    "no word size": elf(LOADS)[:4] + b"\3" + elf(LOADS)[5:], "no byte order": elf(LOADS)[:5] + b"\0" + elf(LOADS)[6:],
    "many headers": elf(LOADS, phnum=65535), "far table": elf(LOADS, phoff=2**64 - 8), "far, but not too far": elf(LOADS, phoff=2**62),
    "odd entries": elf(LOADS, phentsize=1), "none": elf([]),
    "wraps": elf([*LOADS[:2], (R, 0x3000, 2**64 - 4096, 0x800, 0x1000)]), "more in the file": elf([LOADS[0], (R | X, 0x1000, 0x1000, 0x1800, 0x100)]),
    "not by address": elf([*LOADS[:2], LOADS[3], LOADS[2]]),
    "overlap": elf([*LOADS[:2], (R | W, 0x2000, 0x2000, 0x10, 0x10)]),
    "at other places": elf([(R, 0, 0, 0x800, 0x800), (R | X, 0x2000, 0x1000, 0x1800, 0x1800)]),
    "not aligned": elf([*LOADS[:2], (R, 0x3001, 0x3000, 0x10, 0x10)]), "fixed": elf(LOADS, kind=ET_EXEC),
    "nothing executed": elf([(R, 0, 0, 0x800, 0x800)]), "endless": elf([*LOADS[:3], (R | W, 0x3E00, 0x4E00, 0x300, 2**64 - 0x10000)]),
    "of 32 bits": elf([(R | X, 0, 0, 0x800, 0x800)], bits=32),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_damaged(made, name):
    """Its mappings are files, and no more is said of them."""
    document = made(program(), files={LINK: BAD[name]})
    assert not [r for r in document["rows"] if r["type"] == "image"]
    assert [n for n, *_ in cut(document)] == ["file"] * 5 + ["anonymous", "stack"]


def test_files_that_claim_the_same_addresses(made):
    """No loader puts one into the other: neither may stretch over the next."""
    other = [Vma(PROGRAM + 0x10000, PROGRAM + 0x12000, "r-xp", "/lib/y", 0, 6)]
    files = {LINK: elf([*LOADS[:3], (R | W, 0x3E00, 0x4E00, 0x300, 0x100000)]),
             f"map_files/{other[0].start:x}-{other[0].stop:x}": elf([(R | X, 0, 0, 0x1800, 0x1800)])}
    document = made(program([*MAPPED, *other]), files=files)
    assert [r["name"] for r in document["rows"] if r["type"] == "image"] == ["y"]


# --- Stacks ----------------------------------------------------------------------------------------------

def test_stacks_that_share_a_mapping(made):
    """Two stack pointers in one piece of memory below which is a guard; a signal's stack; the heap of a runtime."""
    vmas = [Vma(0x10000, 0x20000, "---p"), Vma(0x20000, 0x40000), Vma(0x50000, 0x60000), Vma(0x70000, 0x80000, path="[heap]"), STACK]
    syscall = "202 0x1 0x2 0x3 0x4 0x5 0x6 {:#x} 0x9\n"
    threads = ((412, "main", "S", syscall.format(STACK.start + 0x100)), (500, "a", "S", syscall.format(0x30000)),
               (501, "b", "S", syscall.format(0x38000)), (502, "c", "S", syscall.format(0x58000)),
               (503, "d", "S", syscall.format(0x78000)), (504, "e", "R", "running\n"), (505, "f", "S", "-1 0x99999000 0x1\n"),
               (506, "g", "S", "odd\n"), (507, "h", "Z", ""), (508, "i", "S", "-1 0x0 0x0\n"))
    document = made(Process(vmas, threads=threads))
    assert [n for n, *_ in cut(document)] == ["guard", "thread_stack", "anonymous", "heap", "stack"]
    stacks = {r["tid"]: r for r in made(Process(vmas, threads=threads), "--stacks")["stacks"]}
    assert stacks[412]["used"] == hex(STACK.stop - STACK.start - 0x100)
    assert stacks[500]["start"] == stacks[501]["start"] == "0x0000000000020000"
    below = {tid: (r.get("guard"), r.get("gap")) for tid, r in stacks.items() if "start" in r}
    assert below == {412: (None, "0x100000"), 500: ("0x10000", None), 501: ("0x10000", None)}
    assert stacks[500]["note"] == "2 threads have their stack pointers there"
    notes = {tid: r.get("note") for tid, r in stacks.items() if tid > 501}
    assert notes == {502: "its stack pointer is in memory that is no stack with a guard: anonymous",
                     503: "its stack pointer is in memory that is no stack with a guard: heap",
                     504: "no stack pointer: it is running", 505: "its stack pointer is where nothing is mapped",
                     506: "no stack pointer: /proc shows its stack pointer in a form that is not known",
                     507: "no stack pointer: it has exited", 508: "no stack pointer: it never runs in user mode"}


def test_a_stack_that_grows_has_a_gap_and_no_guard(made, kvas):
    """An access to the gap makes it grow: so it is with the main thread's, and with one of MAP_GROWSDOWN."""
    grows = Vma(0x7F0000200000, 0x7F0000300000, flags="rd wr mr mw me gd")
    syscall = "202 0x1 0x2 0x3 0x4 0x5 0x6 {:#x} 0x9\n"
    threads = ((412, "main", "S", syscall.format(STACK.start)), (500, "a", "S", syscall.format(grows.start)))
    for row in made(Process([grows, STACK], threads=threads), "--stacks")["stacks"]:
        assert "guard" not in row and row["gap"] == "0x100000" and "note" not in row
    assert "User stacks" in kvas("user", "--stacks", "--sysroot", made.root, "412").stdout
    text = kvas("user", "-r", "-o", "TID,GUARD,GAP", "--stacks", "--sysroot", made.root, "412").stdout
    assert text.splitlines()[1:] == ["412  1048576", "500  1048576"]


def test_a_mapping_may_hold_more_than_the_stack_of_a_thread(made, kvas):
    """The program's own data above its stack are in one mapping with it; that of the main stack is the kernel's."""
    vmas = [Vma(0x10000, 0x20000, "---p"), Vma(0x20000, 0x40000), STACK]
    syscall = "202 0x1 0x2 0x3 0x4 0x5 0x6 {:#x} 0x9\n"
    threads = ((412, "main", "S", syscall.format(STACK.start)), (500, "a", "S", syscall.format(0x28000)))

    def say(*words):
        return kvas(*words, "--sysroot", made.root).stdout
    made(Process(vmas, threads=threads))
    said = " ".join(say("user", "--stacks", "412").split())
    assert "User stacks SIZE and USED are upper bounds, except of the main thread" in said
    where = [say("where", "-r", "-o", "NOTE", "-p", "412", hex(at)) for at in (0x38000, STACK.start + 0x8000)]
    assert [re.search(r"kernel:\\x20(.*)", text)[1].replace(r"\x20", " ") for text in where] == \
        ["in use, unless the stack ends before it", "in use"]
    made(Process(vmas, threads=threads[:1]))
    assert "User stacks" not in say("user", "--stacks", "412")


def test_kernel_stacks_and_stack_pointers_of_kvas_threads(made, kvas, refused):
    """Of the same thread of the same process; the stack pointer of one that runs is only known there."""
    vmas = [Vma(0x10000, 0x20000, "---p"), Vma(0x20000, 0x40000), STACK]
    root = made.root
    procfs.make(root, Process(vmas, threads=((412, "made up", "R", "running\n"), (413, "x", "R", "running\n"))))
    live = root / "sys/kernel/debug"
    live.mkdir(parents=True)
    (live / "kvas_threads").write_text(
        "kvas_threads 1\ntables  arch=x86_64 absent=\"not of interest\"\n"
        "thread  tid=412 pid=412 kind=process start=0xffffc90000010000 end=0xffffc90000013fff size=16K region=vmalloc "
        "comm=made\\x20up running=y sp=0x00007ffe00010000\n"
        "thread  tid=413 pid=999 kind=process start=0xffffc90000020000 end=0xffffc90000023fff size=16K region=vmalloc "
        "comm=x running=y sp=0x0000000000030000\nend     records=3\n")
    document = json.loads(kvas("user", "-J", "--stacks", "--sysroot", root, "412").stdout)
    first, second = document["stacks"]
    assert first["kernel_start"] == "0xffffc90000010000" and first["kernel_size"] == "0x4000" and first["kernel_region"] == "vmalloc"
    assert first["sp"] == "0x00007ffe00010000" and first["used"] == hex(STACK.stop - 0x7FFE00010000)
    assert "kernel_start" not in second and second["sp"] is None
    assert "kernel_guard" not in first
    area = "0x{:016x}-0x{:016x}   20480 {}+0x9b/0x3a0 pages=4 vmalloc N0=4\n"
    (root / "proc/vmallocinfo").write_text(area.format(0xffffc90000010000, 0xffffc90000015000, "kernel_clone"))
    [first, _] = json.loads(kvas("user", "-J", "--stacks", "--sysroot", root, "412").stdout)["stacks"]
    assert first["kernel_guard"] == "0x1000"
    with (root / "proc/vmallocinfo").open("a") as file:  # mapped up to the stack, as never happens
        file.write(area.format(0xffffc9000000b000, 0xffffc90000010000, "vmap").replace("pages=4", "pages=5"))
    [first, _] = json.loads(kvas("user", "-J", "--stacks", "--sysroot", root, "412").stdout)["stacks"]
    assert "kernel_guard" not in first
    text = kvas("user", "--stacks", "--sysroot", root, "412").stdout
    assert "0xffffc90000010000-0xffffc90000013fff" in text and "Kernel stacks" not in text
    (live / "kvas_threads").write_text("kvas_threads 1\n")
    assert refused("user", "--stacks", "--sysroot", root, "412").startswith(f"{live}/kvas_threads:")


def test_kernel_stacks_of_a_saved_process(made, kvas, tmp_path):
    """Of the machine that was saved with it.  One of another boot has other threads, or other places for their stacks."""
    root, saved = made.root, tmp_path / "saved.process"
    procfs.make(root, Process([STACK], threads=((412, "a", "S", f"202 1 2 3 4 5 6 {STACK.start + 0x100:#x} 9\n"),
                                                (413, "b", "R", "running\n"))))
    assert kvas("save", "-p", "412", "--sysroot", root, saved).returncode == 0
    live = root / "sys/kernel/debug"
    live.mkdir(parents=True)

    def stacks(first_sp=" sp=0x00007ffe00010000", second="b", pid=412):
        (live / "kvas_threads").write_text(
            "kvas_threads 1\ntables  arch=x86_64 absent=\"not of interest\"\n"
            f"thread  tid=412 pid={pid} kind=process start=0xffffc90000010000 end=0xffffc90000013fff size=16K region=vmalloc "
            f"comm=a{first_sp}\n"
            f"thread  tid=413 pid={pid} kind=process start=0xffffc90000020000 end=0xffffc90000023fff size=16K region=vmalloc "
            f"comm={second} running=y sp=0x00007ffe00018000\nend     records=3\n")
        rows = json.loads(kvas("user", "-J", "--stacks", "--sysroot", root, saved).stdout)["stacks"]
        return [(row.get("kernel_start"), row["sp"], row.get("note")) for row in rows]

    own = hex(STACK.start + 0x100).replace("0x", "0x0000")
    unknown = "no kernel stack: kvas_threads does not have this thread"
    running = (None, None, f"no stack pointer: it is running; {unknown}")
    assert stacks() == [("0xffffc90000010000", own, "2 threads have their stack pointers there"),
                        ("0xffffc90000020000", "0x00007ffe00018000", "2 threads have their stack pointers there")]
    assert stacks(second="other")[1] == running
    assert stacks(pid=999) == [(None, own, unknown), running]
    for sp in (" sp=0x00007ffd00010000", ""):
        assert stacks(first_sp=sp)[0][:2] == (None, own)
    text = kvas("user", "--stacks", saved).stdout
    assert "--sysroot names a machine that was saved with it" in " ".join(text.split())
    (live / "kvas_threads").unlink()
    text = kvas("user", "--stacks", "--sysroot", root, saved).stdout
    assert f"not shown: {root} has no /sys/kernel/debug/kvas_threads" in text
