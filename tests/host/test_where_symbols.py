# SPDX-License-Identifier: GPL-2.0-only
"""kvas where -p: the symbols of a process's files, and of which files they are.

Symbols are compared with those that readelf(1) reads.  Files are linked for a test, or their tables are made up.
"""

import itertools
import json
import os
import re
import resource
import shutil
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest

from running import bias_of, images, running, table_of
from test_map_process import number


# --- Symbols ---------------------------------------------------------------------------------------------

@pytest.fixture(scope="session")
def symbols(known):
    """(address, name) of all symbols of all its files, by readelf."""
    found = set()
    for path, start in images(known).items():
        bias = bias_of(path, start)
        found |= {(bias + value, name, Path(path).name) for value, name in table_of(path)}
    return found


def test_all_candidates_are_told(known, symbols, where):
    """A name that several files have, or one file twice."""
    by_name = {}
    for addr, name, _ in symbols:
        by_name.setdefault(name, set()).add(addr)
    several = sorted((name for name, at in by_name.items() if len(at) > 1 and re.fullmatch(r"\w+", name)),
                     key=lambda n: -len(by_name[n]))[:3]
    several += ["main", "_start"]
    for name in several:
        answers = where(known.pid, name)
        assert {number(a["addr"]) for a in answers} == by_name[name], name
        assert len(answers) == len(by_name[name])
        for answer in answers if len(answers) > 1 else ():
            assert f"one of {len(answers)} symbols of this name" in answer["note"]


def test_symbols_of_one_file(known, symbols, where):
    for path in images(known):
        file = Path(path).name
        own = sorted((name, addr) for addr, name, of in symbols if of == file and re.fullmatch(r"\w+", name))
        for name, _ in own[:: max(1, len(own) // 8)]:
            found = {number(a["addr"]) for a in where(known.pid, f"{name} [{file}]")}
            assert found == {addr for other, addr in own if other == name}, name


def test_every_address_has_the_symbol_of_readelf(known, symbols, where):
    names = {}
    for addr, name, _ in symbols:
        names.setdefault(addr, set()).add(name)
    some = sorted(names)[:: max(1, len(names) // 200)]
    for addr, answer in zip(some, where(known.pid, *map(hex, some)), strict=True):
        name, offset = answer["symbol"].rsplit("+", 1)
        assert name.partition("@")[0] in names[addr] and offset == "0x0", hex(addr)


VERSIONS = r"""
int one(void) { return 1; }
int two(void) { return 2; }
__asm__(".symver one, chosen@V1\n.symver two, chosen@@V2");
"""


@pytest.mark.parametrize("strip", ["-s", "-g"])
def test_versions_of_one_name(tmp_path, where, unanswered, strip):
    """The default one is written without its version."""
    library, script = tmp_path / "library.so", tmp_path / "versions"
    script.write_text("V1 { global: chosen; local: *; };\nV2 { global: chosen; } V1;\n")
    subprocess.run(["cc", "-shared", "-fPIC", strip, "-o", library, f"-Wl,--version-script={script},-soname,library.so",
                    "-x", "c", "-"], input=VERSIONS, text=True, check=True)
    build_waiting(tmp_path / "program", "mine", "-Wl,--no-as-needed", library, f"-Wl,-rpath,{tmp_path}")
    text = subprocess.run(["readelf", "-W", "--dyn-syms", library], capture_output=True, text=True, check=True).stdout
    values = {version: int(value, 16) for value, version in re.findall(r"([0-9a-f]{8,}) .* (chosen@+V\d)$", text, re.M)}
    with running(tmp_path / "program") as it:
        bias = bias_of(library, images(it)[str(library)])
        found = {number(answer["addr"]): answer["symbol"] for answer in where(it.pid, "chosen")}
        assert found == {bias + values["chosen@V1"]: "chosen@V1+0x0", bias + values["chosen@@V2"]: "chosen+0x0"}
        [answer] = where(it.pid, "chosen@V1")
        assert number(answer["addr"]) == bias + values["chosen@V1"] and answer["note"] is None
        assert "there is no symbol 'chosen@V3' in" in unanswered(it.pid, "chosen@V3")


def test_a_file_that_is_gone(programs, where, tmp_path):
    """The link of the process still leads to it."""
    shutil.copy(programs / "static", tmp_path / "moved")
    with running(tmp_path / "moved", tmp_path) as it:
        (tmp_path / "moved").unlink()
        [answer] = where(it.pid, hex(it.objects["data"]))
        assert answer["symbol"] == "data+0x0"
        assert answer["process"]["part"]["deleted"] is True
        assert answer["process"]["part"]["file"] == str(tmp_path / "moved")


def test_no_such_symbol(known, unanswered):
    assert unanswered(known.pid, "no_such_symbol_x").startswith(
        f"there is no symbol 'no_such_symbol_x' in the ELF files of process {known.pid}")


# --- Another file ------------------------------------------------------------------------------------------

NOT_SAME = "its file is not the one that was mapped"
WAITING = r"""
#include <unistd.h>
char NAME[4096] = "NAME";
int main(void) { return write(1, "ready\n", 6) < 0 || pause(); }
"""


def build_waiting(path, name, *options):
    """A program with one variable, called so and with its name in it; of another name it has the same segments."""
    subprocess.run(["cc", "-o", path, "-x", "c", "-", "-x", "none", *options],
                   input=WAITING.replace("NAME", name), text=True, check=True)


@pytest.fixture
def saved(output, tmp_path):
    """Of a program in tmp_path that ran: the saved process, and the address of its variable."""
    def call(name):
        [addr] = [value for value, symbol in table_of(tmp_path / "program") if symbol == name]
        with running(tmp_path / "program") as it:
            output("save", "-p", it.pid, tmp_path / "saved")
            exe = str(tmp_path / "program")
            return tmp_path / "saved", hex(bias_of(exe, images(it)[exe]) + addr)
    return call


WITH_AND_WITHOUT_ID = pytest.mark.parametrize("build_id", ["--build-id", "--build-id=none"])


def image_record(path):
    return next(line for line in path.read_text().splitlines() if line.startswith("image") and "program=y" in line)


@WITH_AND_WITHOUT_ID
def test_a_saved_process_and_the_program_that_was_built_again(saved, tmp_path, where, unanswered, build_id):
    """Under the same name and inode, with the same segments, and of the same size."""
    program = tmp_path / "program"
    build_waiting(program, "first", f"-Wl,{build_id}")
    path, addr = saved("first")
    assert ("build_id=" in image_record(path)) == ("mtime=" not in image_record(path)) == (build_id == "--build-id")
    [answer] = where(path, addr)
    assert answer["symbol"] == "first+0x0"
    size, inode = program.stat().st_size, program.stat().st_ino
    build_waiting(tmp_path / "again", "other", f"-Wl,{build_id}")
    program.write_bytes((tmp_path / "again").read_bytes())
    assert (program.stat().st_size, program.stat().st_ino) == (size, inode)
    [answer] = where(path, addr)
    assert answer["symbol"] is None and answer["note"] == NOT_SAME
    assert f"could not be searched, such as {program}: {NOT_SAME}" in unanswered(path, "first")


@WITH_AND_WITHOUT_ID
def test_a_saved_process_and_the_same_file_elsewhere(saved, tmp_path, where, build_id):
    """A copy has another inode; on a file system of layers maps and stat(2) tell different devices."""
    program = tmp_path / "program"
    build_waiting(program, "first", f"-Wl,{build_id}")
    path, addr = saved("first")
    shutil.copy2(program, tmp_path / "copy")
    os.replace(tmp_path / "copy", program)
    path.write_text(re.sub(r"dev=\S+", "dev=ff:7", path.read_text()))
    [answer] = where(path, addr)
    assert answer["symbol"] == "first+0x0"


def test_the_build_id_that_is_saved(saved, tmp_path, known, output):
    build_waiting(tmp_path / "program", "first", "-Wl,--build-id=0x0123456789abcdef")
    path, _ = saved("first")
    assert image_record(path).endswith(" build_id=0123456789abcdef")
    output("save", "-p", known.pid, tmp_path / "other")
    for file, build_id in re.findall(r"^image +path=(\S+).* build_id=(\w+)$", (tmp_path / "other").read_text(), re.M):
        notes = subprocess.run(["readelf", "-nW", file], capture_output=True, text=True, check=True).stdout
        assert f"Build ID: {build_id}" in notes, file


def test_a_saved_process_that_does_not_tell_its_files(saved, tmp_path, where):
    """An older version saved no build ids."""
    build_waiting(tmp_path / "program", "first")
    path, addr = saved("first")
    path.write_text(re.sub(r" build_id=\w+| size=\d+ mtime=\d+", "", path.read_text()))
    [answer] = where(path, addr)
    assert answer["symbol"] is None and answer["note"] == "what was saved does not tell which file this was"


def test_a_saved_process_that_names_a_pipe(saved, tmp_path, where):
    """Nor a device: nothing is opened that opening alone does something to.  A writer of a pipe waits for that."""
    build_waiting(tmp_path / "program", "first")
    path, addr = saved("first")
    (tmp_path / "program").unlink()
    os.mkfifo(tmp_path / "program")
    opened = threading.Event()

    def write_to_it():
        with open(tmp_path / "program", "wb"):
            opened.set()
    writer = threading.Thread(target=write_to_it, daemon=True)
    writer.start()
    time.sleep(0.2)
    [answer] = where(path, addr)
    assert answer["symbol"] is None and answer["note"] == "the file that was mapped then is not on this machine"
    assert not opened.wait(0.2)
    os.close(os.open(tmp_path / "program", os.O_RDONLY | os.O_NONBLOCK))
    writer.join(10)
    assert opened.is_set()


def test_a_saved_process_whose_file_is_gone(saved, tmp_path, where):
    build_waiting(tmp_path / "program", "first")
    path, addr = saved("first")
    (tmp_path / "program").unlink()
    [answer] = where(path, addr)
    assert answer["symbol"] is None and answer["note"] == "the file that was mapped then is not on this machine"


# In a namespace of its own, where the kernel lets nobody open map_files.
IN_NAMESPACE = r"""
set -e
{before}
exec 3< <(exec ./program)
read -r _ <&3
pid=$!
{after}
{kvas} where -J -p $pid "$1" || true
kill $pid
"""


@pytest.fixture
def in_namespace(binary, tmp_path):
    """The answer to a query of a program with a library, of which there is another with other names only."""
    for name in ("first", "other"):
        (tmp_path / name).mkdir()
        build_waiting(tmp_path / name / "library.so", name, "-shared", "-fPIC", "-Wl,-soname,library.so")
    build_waiting(tmp_path / "program", "mine", "-Wl,--no-as-needed", tmp_path / "first/library.so",
                  "-Wl,-rpath,$ORIGIN/first")

    def call(query, **steps):
        script = IN_NAMESPACE.format(kvas=binary, **{"before": "", "after": ""} | steps)
        result = subprocess.run(["unshare", "-rm", "bash", "-c", script, "-", query], capture_output=True, text=True,
                                timeout=60, cwd=tmp_path)
        if re.match("unshare:|mount:", result.stderr):
            pytest.skip(result.stderr)
        assert result.stderr == ""
        [answer] = json.loads(result.stdout)["where"]
        return answer
    return call


def test_another_file_lies_over_the_name_of_a_library(in_namespace, tmp_path):
    answer = in_namespace("other", after="mount -t tmpfs none first; cp other/library.so first")
    assert f"1 of its ELF files could not be searched, such as {tmp_path}/first/library.so: its file cannot be read" in \
        answer["error"]


def test_a_library_on_a_file_system_of_layers(in_namespace, tmp_path):
    """Of which stat(2) and maps tell different devices."""
    answer = in_namespace("first", before="mkdir own; mount -t tmpfs none own; mkdir own/up own/work; "
                          "mount -t overlay -o lowerdir=first,upperdir=own/up,workdir=own/work none first")
    assert answer["symbol"] == "first+0x0" and answer["process"]["part"]["file"] == f"{tmp_path}/first/library.so"


# --- Tables that are made up, and damaged ------------------------------------------------------------------

def test_of_a_damaged_file_nothing_is_believed(programs, plain, output, tmp_path):
    """No byte of a symbol table makes more than other answers of it."""
    shutil.copy(programs / "static", tmp_path / "program")
    with running(tmp_path / "program", tmp_path) as it:
        output("save", "-p", it.pid, tmp_path / "saved")
        data = hex(it.objects["data"])
    good = (tmp_path / "program").read_bytes()
    header = int.from_bytes(good[40:48], "little")
    # Of the last sections, .symtab among them: offset, size, link and size of an entry.
    for at in range(header, len(good), 64)[-4:]:
        for offset, value in ((24, b"\xff" * 8), (32, b"\xff" * 8), (40, b"\xff" * 4), (56, b"\x00" * 8)):
            with open(tmp_path / "program", "r+b") as file:
                file.write(good[:at + offset] + value + good[at + offset + len(value):])
            result = plain("where", "-p", tmp_path / "saved", data, "main")
            assert result.returncode in (0, 1) and result.stderr == ""


SYMTAB, STRTAB, DYNSYM = 2, 3, 11
DAMAGED = "its file is damaged"
CUT_SHORT = f"{DAMAGED}: a table goes beyond the end"
NOTYPE, OBJECT, FUNC, IFUNC, LOCAL, GLOBAL = 0, 1, 2, 10, 0, 1 << 4


def limit_it():
    resource.setrlimit(resource.RLIMIT_AS, (256 << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (5,) * 2)


class Tables:
    """A program whose sections are replaced, and nothing that is mapped: symbol tables, each with its strings."""

    def __init__(self, path):
        self.path, self.bytes, self.headers = path, bytearray(path.read_bytes()), [bytes(64)]

    def add(self, kind, data, link=0, entry=0):
        """The number of the section."""
        self.headers.append(struct.pack("<IIQQQQIIQQ", 0, kind, 0, 0, len(self.bytes), len(data), link, 0, 8, entry))
        self.bytes += data
        return len(self.headers) - 1

    def add_symbols(self, symbols, strings, kind=SYMTAB):
        return self.add(kind, b"".join(symbols), self.add(STRTAB, strings), 24)

    def write(self, count=None):
        self.bytes += bytes(-len(self.bytes) % 8)
        self.bytes[40:48] = len(self.bytes).to_bytes(8, "little")
        self.bytes[60:62] = (len(self.headers) if count is None else count).to_bytes(2, "little")
        self.path.write_bytes(self.bytes + b"".join(self.headers))


def symbol(name, value, size=0, info=GLOBAL | OBJECT, section=1):
    return struct.pack("<IBBHQQ", name, info, 0, section, value, size)


@pytest.fixture
def with_tables(saved, tmp_path, plain):
    """A saved process whose program has other tables of symbols: calls make(tables, value of its variable),
    and asks for names, or offsets from the variable."""
    def call(make, *queries):
        build_waiting(tmp_path / "program", "first")
        [value] = [value for value, name in table_of(tmp_path / "program") if name == "first"]
        path, addr = saved("first")
        tables = Tables(tmp_path / "program")
        make(tables, value)
        words = [hex(int(addr, 16) + query) if isinstance(query, int) else query for query in queries or [0]]
        result = plain("where", "-J", "-p", path, *words,
                       preexec_fn=limit_it)
        assert result.stderr == ""
        return json.loads(result.stdout)["where"]
    return call


def test_names_that_share_their_bytes(with_tables):
    """Each is a tail of the one before it: together they are as long as half the square of the table."""
    def make(tables, value):
        tables.add_symbols([symbol(n, value) for n in range(40000)], b"a" * (1 << 20) + b"\0")
        tables.write()
    [answer] = with_tables(make)
    assert answer["symbol"] is None and answer["note"] == f"{DAMAGED}: the names of symbols overlap"


def test_one_table_that_many_headers_name(with_tables):
    def make(tables, value):
        table = tables.add_symbols([symbol(1, value)] * 40000, b"\0mine")
        tables.headers += [tables.headers[table]] * 65000
        tables.write()
    assert [answer["symbol"] for answer in with_tables(make, "mine")] == ["mine+0x0"]


def test_more_sections_than_the_header_can_count(with_tables):
    """The first has their count; and a symbol in one of the later ones has its number elsewhere."""
    def make(tables, value):
        tables.headers += [bytes(64)] * 0x10000
        tables.add_symbols([symbol(1, value, section=0xFFFF)], b"\0mine\0")
        tables.headers[0] = bytes(32) + len(tables.headers).to_bytes(8, "little") + bytes(24)
        tables.write(count=0)
    assert [answer["symbol"] for answer in with_tables(make)] == ["mine+0x0"]


@pytest.mark.parametrize("count, note", [
    (1 << 63, f"{DAMAGED}: the number of its sections"), (1000, CUT_SHORT),
    (0, "its file has no symbols"),
])
def test_a_wrong_count_of_sections(with_tables, count, note):
    def make(tables, value):
        tables.add_symbols([symbol(1, value)], b"\0mine\0")
        tables.headers[0] = bytes(32) + count.to_bytes(8, "little") + bytes(24)
        tables.write(count=0)
    [answer] = with_tables(make)
    assert answer["symbol"] is None and answer["note"] == note


def test_many_names_of_many_are_found_soon(with_tables):
    """They are not looked for in all symbols, each: that took ten times the time that there is."""
    names = [f"a_name_that_begins_as_all_of_them_do_{n}" for n in range(100000)]

    def make(tables, value):
        starts = itertools.accumulate((len(name) + 1 for name in names), initial=1)
        tables.add_symbols([symbol(at, value) for at in starts][:-1], "\0".join(["", *names, ""]).encode())
        tables.write()
    some = names[::5]
    assert [answer["symbol"] for answer in with_tables(make, *some)] == [f"{names[0]}+0x0"] * len(some)


@pytest.fixture
def symbols_at(with_tables):
    """The symbols at offsets from a variable, of a table of (name, offset, size, info)."""
    def call(given, *offsets):
        names = [name.encode() + b"\0" for name, *_ in given]
        starts = itertools.accumulate(map(len, names), initial=1)

        def make(tables, value):
            entries = [symbol(at, value + offset, size, info)
                       for at, (_, offset, size, info) in zip(starts, given, strict=False)]
            tables.add_symbols(entries, b"\0" + b"".join(names))
            tables.write()
        return [answer["symbol"] for answer in with_tables(make, *offsets)]
    return call


def test_a_mark_of_the_linker_hides_nothing(symbols_at):
    """As __bss_start does, which has no size, and is global where the variable is static."""
    table = [("mark", 0, 0, GLOBAL | NOTYPE), ("variable", 0, 4, LOCAL | OBJECT), ("end", 4, 0, GLOBAL | NOTYPE)]
    assert symbols_at(table, 0, 1, 4, 5) == ["variable+0x0", "variable+0x1", "end+0x0", None]


def test_a_function_with_many_symbols_in_it(symbols_at):
    """Local labels, which have no size; and a part that has one, at two places."""
    table = [("function", 0, 1000, GLOBAL | FUNC), *((f"label{n}", 2 * n, 0, LOCAL | NOTYPE) for n in range(1, 200)),
             ("part", 500, 10, LOCAL | FUNC), ("again", 500, 20, GLOBAL | FUNC), ("after", 1000, 0, GLOBAL | NOTYPE)]
    assert symbols_at(table, 1, 198, 199, 505, 515, 520, 999, 1000, 1001) == \
        ["function+0x1", "label99+0x0", "function+0xc7", "again+0x5", "again+0xf", "function+0x208", "function+0x3e7",
         "after+0x0", None]


def test_labels_that_a_compiler_made_are_no_symbols(symbols_at):
    table = [("function", 0, 100, GLOBAL | FUNC), (".L12", 10, 0, LOCAL | NOTYPE), (".Lx", 20, 4, LOCAL | OBJECT),
             ("$d", 30, 0, LOCAL | NOTYPE), (".local", 40, 0, LOCAL | NOTYPE)]
    assert symbols_at(table, 10, 21, 30, 40) == ["function+0xa", "function+0x15", "function+0x1e", ".local+0x0"]


def test_a_function_that_is_chosen_at_load_time(with_tables):
    """The symbol has the address of the function that chooses."""
    def make(tables, value):
        tables.add_symbols([symbol(1, value, 16, GLOBAL | IFUNC), symbol(8, value + 16, 16, GLOBAL | FUNC)],
                           b"\0copied\0other\0")
        tables.write()
    *chosen, other = with_tables(make, "copied", 1, "other")
    assert [answer["note"] for answer in chosen] == \
        ["copied is chosen when the file is loaded: this is the function that chooses"] * 2
    assert other["note"] is None


@pytest.mark.parametrize("number, place, value, note", [
    (2, 24, 1 << 63, CUT_SHORT), (2, 32, 1 << 40, CUT_SHORT),
    (1, 24, 1 << 63, CUT_SHORT), (1, 32, 1 << 40, CUT_SHORT),
    (2, 40, 99, f"{DAMAGED}: the header of a symbol table"), (2, 56, 23, f"{DAMAGED}: the header of a symbol table"),
])
def test_tables_that_are_damaged(with_tables, number, place, value, note):
    """Section 1 has the strings; a header has offset, size, link and the size of an entry at these places."""
    def make(tables, at):
        tables.add_symbols([symbol(1, at)], b"\0mine\0")
        header = tables.headers[number]
        width = 4 if place == 40 else 8
        tables.headers[number] = header[:place] + value.to_bytes(width, "little") + header[place + width:]
        tables.write()
    [answer] = with_tables(make)
    assert answer["symbol"] is None and answer["note"] == note
