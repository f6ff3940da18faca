# SPDX-License-Identifier: GPL-2.0-only
"""kvas where -p and walk -p: what is said of symbols of a process, above all of those that are not found."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import procfs
from conftest import clean_environment
from procfs import Process, Vma
from running import running
from test_map_process import HEAP, STACK
from test_schema import errors
from test_user_saved import CAPTURE, SAMPLE

LIBRARY = "libobjects_library.so"
NAMES = ("lib x.so", "lib (deleted)", "lib]y.so", "lib\x1b[31m.so", "lib")
OPENER = "import ctypes, sys, time\nfor name in sys.argv[1:]: ctypes.CDLL(name)\nprint('ready', flush=True)\ntime.sleep(1000)"


def rows(kvas, command, *words, status=0, **more):
    result = kvas(command, "-J", *words, **more)
    assert (result.returncode, result.stderr) == (status, "")
    document = json.loads(result.stdout)
    assert errors(document) == []
    return document[command]


@pytest.fixture
def where(kvas):
    def call(*words, **more):
        return rows(kvas, "where", *words, **more)
    return call


@pytest.fixture
def refusal(kvas):
    """Why a query has no answer, of where and of walk, which say the same."""
    def call(pid, query, command="where"):
        [row] = rows(kvas, command, "-p", pid, query, status=1)
        return row["error"]
    return call


both = pytest.mark.parametrize("command", ["where", "walk"])


# --- Files that cannot be searched -------------------------------------------------------------------

def test_an_answer_that_may_not_be_whole_says_so(programs, output, where, tmp_path):
    """The program and its library have a function of this name; the library is gone."""
    for name in ("pie", LIBRARY):
        shutil.copy(programs / name, tmp_path)
    with running(tmp_path / "pie", tmp_path) as it:
        output("save", "-p", it.pid, tmp_path / "saved")
    assert len(where("-p", tmp_path / "saved", "text")) == 2
    (tmp_path / LIBRARY).unlink()
    [row] = where("-p", tmp_path / "saved", "text")
    assert f"1 of its ELF files could not be searched, such as {tmp_path / LIBRARY}: " in row["note"]
    [row] = where("-p", tmp_path / "saved", "text [pie]")
    assert row["note"] is None


# --- Offsets and sizes ---------------------------------------------------------------------------------

@both
def test_an_offset_out_of_the_address_space(known, refusal, command):
    said = "bytes after the symbol is beyond the end of the address space"
    assert said in refusal(known.pid, "main+0xffffffffffffffff", command)


def size_of(program, name):
    text = subprocess.run(["readelf", "-sW", program], capture_output=True, text=True, check=True).stdout
    [size] = {int(line.split()[2], 0) for line in text.splitlines() if line.split()[-1:] == [name]}
    return size


def test_a_symbol_of_another_size(known, where):
    """As of a kernel: it is shown, and said to be of another build."""
    size = size_of(f"/proc/{known.pid}/exe", "main")
    [plain], [same], [other] = (where("-p", known.pid, f"main{end}") for end in ("", f"+0/{size:#x}", "+0/0x5"))
    assert plain["note"] is same["note"] is None and plain["addr"] == same["addr"] == other["addr"]
    assert other["note"] == f"'main' has {size:#x} bytes here, not 0x5: another build"


# --- What there is none of -----------------------------------------------------------------------------

@both
def test_no_such_file(known, refusal, command):
    assert refusal(known.pid, "malloc [nosuch.so]", command).startswith(
        f"'nosuch.so' is the name of none of the ELF files of process {known.pid}; ")


@both
def test_a_variable_of_threads(refusal, command):
    """errno is in the C library's tables of symbols, and has no address that is the same for all threads."""
    with running(sys.executable, "-c", OPENER) as it:
        assert refusal(it.pid, "errno", command).startswith(
            f"there is no symbol 'errno' in the ELF files of process {it.pid}, or each thread has its own (TLS); ")


def test_a_kernel_whose_symbols_are_not_known(where):
    [row] = where("-p", SAMPLE, "-f", CAPTURE, "schedule", status=1)
    assert "no symbol 'schedule' was found in process " in row["error"]
    assert "; the kernel's symbols were not searched: a capture holds no symbols" in row["error"]
    [row] = where("-p", SAMPLE, "schedule", status=1)
    assert "; the kernel's symbols were not searched: the process was saved, and " in row["error"]


# --- A process that moves on before its files are searched -----------------------------------------------

def waits_for_input(pid):
    """As /proc/PID/syscall has it: the first argument of read() is standard input, or a copy of it."""
    words, links = Path(f"/proc/{pid}/syscall").read_text().split(), Path(f"/proc/{pid}/fd")
    link = links / str(int(words[1], 16)) if len(words) > 1 else None
    return link and link.is_symlink() and os.readlink(link) == os.readlink(links / "0")


@contextlib.contextmanager
def reader(binary, pid):
    """One that has read the process, and waits for what it is asked: a function that asks, and gives the document."""
    with subprocess.Popen([binary, "where", "-J", "-p", str(pid), "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True, env=clean_environment()) as it:
        while not waits_for_input(it.pid):
            time.sleep(0.01)
        yield lambda query: json.loads(it.communicate(query)[0])


def test_a_process_that_has_ended_is_not_said_to_lack_a_symbol(binary, programs, tmp_path):
    with running(programs / "pie", tmp_path) as it, reader(binary, it.pid) as asks:
        it.process.kill()
        it.process.wait()
        document = asks("main")
    [row] = document["where"]
    assert errors(document) == [] and document["times_read"] == 1
    assert row["error"].startswith("no symbol 'main' was found in process ")
    assert " of its ELF files could not be searched: the process has ended since it was read" in row["error"]


STARTER = """
import os, signal
signal.signal(signal.SIGUSR1, lambda *unused: os.execv("/bin/sleep", ["sleep", "1000"]))
print("ready", flush=True)
while True:
    signal.pause()
"""


def start(it):
    it.process.send_signal(signal.SIGUSR1)
    while Path(f"/proc/{it.pid}/comm").read_text() != "sleep\n":
        time.sleep(0.01)


def test_a_process_that_runs_another_program_is_read_again(binary):
    """The program of before is gone, and is not said to be another file than the one that was mapped."""
    with running(sys.executable, "-c", STARTER) as it, reader(binary, it.pid) as asks:
        start(it)
        document = asks("nosuch")
    [row] = document["where"]
    assert errors(document) == [] and document["process"]["comm"] == "sleep"
    assert document["times_read"] == 2 and "could not be searched" not in row["error"]


# --- Names of files ----------------------------------------------------------------------------------------

@pytest.fixture
def opener(tmp_path):
    """A process with the same library under several names."""
    paths = [tmp_path / name for name in NAMES]
    subprocess.run(["cc", "-shared", "-fPIC", "-xc", "-o", paths[0], "-"], input="int library_text(void) { return 1; }",
                   text=True, check=True)
    for path in paths[1:]:
        shutil.copy(paths[0], path)
    with running(sys.executable, "-c", OPENER, *paths) as it:
        yield it


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_can_be_asked(opener, where, name):
    [row] = where("-p", opener.pid, f"library_text [{name}]")
    assert Path(row["process"]["part"]["file"]).name == name


def test_a_name_with_a_blank_on_standard_input(opener, where):
    found = where("-p", opener.pid, "-", stdin="library_text [lib x.so]\nlibrary_text [lib]\n[\n", status=1)
    assert [row["query"] for row in found] == ["library_text [lib x.so]", "library_text [lib]", "["]
    assert [row["error"] for row in found[:2]] == [None, None]


def test_a_build_id_on_standard_input(kvas):
    """As an oops has it: the module and its build id are one word."""
    result = kvas("where", "-J", "-f", CAPTURE, "-", stdin="nf_hook+0x4/0x20 [nf_tables 1234abcd] schedule")
    assert [row["query"] for row in json.loads(result.stdout)["where"]] == \
        ["nf_hook+0x4/0x20 [nf_tables 1234abcd]", "schedule"]


def test_a_name_is_escaped_once(opener, kvas, where):
    """JSON has its bytes, and the table each of them that is not to be printed as \\x and its number."""
    name = "lib\x1b[31m.so"
    query = f"library_text [{name}]"
    [row] = where("-p", opener.pid, query)
    assert row["regions"] == [name, "text"] and row["in"] == f"{name} > text"
    assert row["process"]["part"]["parent"] == name
    table = kvas("where", "-p", opener.pid, "-o", "IN", query).stdout
    assert "lib\\x1b[31m.so > text" in table
    text = kvas("walk", "-p", opener.pid, query).stdout
    assert "\x1b" not in text and ", lib\\x1b[31m.so > text\n" in text
    assert "\x1b" not in kvas("walk", "-p", opener.pid, "nosuch [lib\x1b]").stdout


# --- Beyond a 32-bit program -------------------------------------------------------------------------------

def test_beyond_the_end_of_a_32_bit_program(tmp_path, where):
    """Up to where programs of 64 bits end, as it was measured, no kernel is needed to say so."""
    process = Process([HEAP, Vma(0xFFFD0000, 0xFFFF1000, path="[stack]")], bits=32)
    procfs.make(tmp_path, process)
    ask = ("--sysroot", tmp_path, "-p", process.pid)
    for address in (0x100000000, process.highest + 0xFFF):
        [row] = where(*ask, hex(address))
        assert row["note"].startswith("nothing can be mapped: beyond the end of the user half of this process")
        assert row["process"] is None
    [row] = where(*ask, hex(process.highest + 0x1000), status=1)
    assert "holds no capture" in row["error"]


# --- A saved machine ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("command", [("user",), ("where", "0x1000", "-p")], ids=lambda c: c[0])
def test_a_program_that_was_not_saved(tmp_path, kvas, command):
    """The link of the process leads to no file of the directory; one of the same name outside is not read."""
    process = Process([HEAP, Vma(0x555555554000, 0x555555558000, "r-xp", "/usr/bin/true", inode=9), STACK],
                      start_code=0x555555554000, exe="/usr/bin/true")
    procfs.make(tmp_path, process)
    result = kvas(*command, process.pid, "--sysroot", tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    [row] = rows(kvas, "where", "-p", process.pid, "--sysroot", tmp_path, "0x555555554000")
    assert row["process"]["part"]["file"] == "/usr/bin/true" and row["symbol"] is None


# --- Nothing is asked for ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("words", [("where", "-p", SAMPLE), ("where", "-f", CAPTURE)], ids=["process", "kernel"])
@pytest.mark.parametrize("text", ["", " \n\t"], ids=["empty", "blank"])
def test_standard_input_without_a_query(refused, words, text):
    assert refused(*words, "-", stdin=text) == \
        "standard input holds nothing to look up: expected addresses or symbols, one in each line"


# --- Walks of a process ----------------------------------------------------------------------------------------

def test_a_walk_to_a_symbol_of_the_process(known, kvas, where):
    """Without the module, too: pagemap tells of the page."""
    [found] = where("-p", known.pid, "main")
    result = kvas("walk", "-J", "-p", known.pid, "main")
    [walk] = json.loads(result.stdout)["walk"]
    assert walk["query"] == "main" and walk["addr"] == found["addr"] and walk["in"].endswith("text")
    assert walk["process"]["pid"] == known.pid and walk["pagemap"]["present"] is True


def test_tables_that_were_not_read_are_not_said_to_be(known, kvas, where):
    [found] = where("-p", known.pid, "main")
    text = kvas("walk", "-p", known.pid, found["addr"]).stdout
    if "not known" not in text:
        pytest.skip("the tables of processes can be read here")
    assert text.startswith(f"{found['addr']}, ")
    assert f"\nthe tables of process {known.pid} (" in text and ") were not read\n" in text
    assert "from /proc/kcore" not in text
