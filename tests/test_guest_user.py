# SPDX-License-Identifier: GPL-2.0-only
"""kvas user on processes with known objects, and on unusual ones, in each guest; and on this
machine on what it saved there.  See lab/userhalf for what the guests do."""

import userhalf
from userhalf import User, overlap

# Programs of objects.c, by how they are linked and started.
LINKED = ("objects", "fixed", "no-pie", "static", "static-pie", "bare", "32bit")
WITH_LIBRARY = ("objects", "fixed", "no-pie", "bare")

PARTS = {
    "bss": {"bss"}, "library_bss": {"bss"},
    "vdso": {"vdso"}, "stack_arguments": {"stack"}, "stack_grown": {"stack"},
    "heap_malloc": {"heap"}, "heap_sbrk": {"heap"},
    "anonymous": {"anonymous"}, "executable": {"anonymous"}, "high": {"anonymous"},
    "transparent_huge": {"anonymous"}, "guarded": {"anonymous", "guard"},
    "reserved": {"reservation"}, "hugetlb": {"hugetlb"}, "shared_anonymous": {"shared_anonymous"},
    "system_v": {"sysv_shm"}, "memfd": {"memfd"},
    "file_first": {"file"}, "file_second": {"file"}, "file_odd": {"file"}, "file_live": {"file"},
    "file_gone": {"file"},
    # Stacks without a guard, and one that its thread does not run on, may be anything.
    "given_stack": {"anonymous"}, "alternate_stack": {"anonymous"}, "left_stack": {"anonymous"},
}
# What is in a segment of an ELF file is known by the rights: a linker may put constants into
# the text, and need not make anything read-only after relocation.
BY_RIGHTS = {"text": {"r-x": "text"}, "rodata": {"r--": "rodata", "r-x": "text"},
             "relro": {"r--": "relro", "rw-": "data"}, "data": {"rw-": "data"}}
FILES = {"file_first": "file", "file_second": "file", "file_odd": "odd \\ \\012\nname",
         "file_live": "live (deleted)", "file_gone": "gone"}


def there(run, name):
    """Whether a machine has such a program, and runs it."""
    if name == "static-pie":
        return run.arch.debian not in userhalf.NO_STATIC_PIE
    if name == "32bit":
        option = userhalf.COMPAT.get(run.arch.debian, (None, None))[1]
        # The segments of such programs begin at multiples of 4096.
        return run.config.get(option) == "y" and run.spot.kernel.page_size == 4096
    return True


def process(run, name):
    bits = 32 if name == "32bit" else run.arch.bits
    return userhalf.Process(run.guest.out, name, bits, run.arch.endian)


def known(run):
    """The processes of objects.c."""
    return [process(run, name) for name in LINKED if there(run, name)]


def expected(p, name, where):
    """The parts that an object lies in."""
    section = name.removeprefix("library_")
    if section not in BY_RIGHTS:
        return PARTS[name]
    rights, = {m.rights[:3] for m in p.mappings if where.start in m.range}
    return {BY_RIGHTS[section][rights]}


def test_the_programs_ran(run):
    """Each that this kernel can run."""
    for name in LINKED:
        p = process(run, name)
        assert p.ready == there(run, name), (name, p.said)


def test_programs_and_proc_agree(run):
    """What the programs print is what /proc has; else nothing below proves anything."""
    for p in known(run):
        mappings = p.mappings
        for name, where in p.objects.items():
            assert sum(overlap(m, where) for m in mappings) == len(where), (p.name, name)
        assert [m.range for m in mappings] == [m.range for m in p.smaps]
        for tid, local in p.threads.values():
            assert abs(p.stack_pointers[tid] - local) < 8192


def test_objects_lie_in_their_parts(run):
    for p in known(run):
        for document in (p.document(), p.saved()):
            user = User(document)
            for name, where in p.objects.items():
                parts = user.at(where)
                assert {part.kind for part in parts} == expected(p, name, where), (p.name, name, parts)
                assert sum(overlap(part, where) for part in parts) == len(where), (p.name, name)


def test_files_of_parts(run):
    for p in known(run):
        user = User(p.document())
        program = "/lab/objects" + (f"-{p.name}" if p.name not in ("objects", "fixed", "bare") else "")
        library = "/lab/libobjects_library.so" if p.name in WITH_LIBRARY else program
        for name, where in p.objects.items():
            section = name.removeprefix("library_")
            if section in (*BY_RIGHTS, "bss"):
                wanted = program if section == name else library
            elif name in FILES:
                wanted = f"/tmp/user/{FILES[name]}"
            else:
                continue
            assert {part.file for part in user.at(where)} == {wanted}, (p.name, name)
        gone = [row["file"] for row in user.rows if row.get("deleted") and row["name"] == "file"]
        assert gone == (["/tmp/user/gone"] if p.name != "bare" else [])


def end_of(user):
    return int(user.limit["end"], 16)


def user_half(user, mappings):
    """Those that the kernel does not put into its own half, of which it tells, too."""
    return [m for m in mappings if m.start <= end_of(user)]


def mapped(user):
    """The parts of the user half that are no gaps."""
    return [part for part in user_half(user, user.parts) if part.kind != "stack_guard_gap"]


def test_every_mapping_is_there(run):
    """The parts are those of the mappings, one after the other, and nothing is left out."""
    for p in known(run):
        user = User(p.document())
        parts = mapped(user)
        assert all(a.stop <= b.start for a, b in zip(user.parts, user.parts[1:]))
        for m in user_half(user, p.mappings):
            inside = [part for part in parts if overlap(part, m)]
            assert inside[0].start == m.start and inside[-1].stop == m.stop, (p.name, m)
            assert all(a.stop == b.start for a, b in zip(inside, inside[1:])), (p.name, m)
            for part in inside:  # pages that MADV_GUARD_INSTALL guards can be in any
                rights = "---p" if part.kind == "guard" else m.rights
                assert part.rights == rights, (p.name, m)
        assert size(parts) == size(user_half(user, p.mappings))
        for m in p.mappings:
            assert any(int(row["start"], 16) == m.start for row in user.rows), (p.name, m)


def size(ranges):
    return sum(len(r.range) for r in ranges)


def test_stacks_of_threads(run):
    for p in known(run):
        told = userhalf.stacks(p.document("stacks.json"))
        assert {tid: int(row["sp"], 16) for tid, row in told.items()} == p.stack_pointers
        for name, (tid, local) in p.threads.items():
            row = told[tid]
            assert ("start" in row) == (name in ("main", "first", "second")), (p.name, row)
            if "start" not in row:
                continue
            # pthread_create() guards the end of it; that of the main thread grows, with a gap of 256 pages.
            stack, guard = p.accessible(local)
            guard = 256 * p.auxv[userhalf.AT_PAGESZ] if name == "main" else guard
            assert range(int(row["start"], 16), int(row["end"], 16) + 1) == stack, (p.name, row)
            assert int(row["used"], 16) == stack.stop - p.stack_pointers[tid], (p.name, row)
            below = {key: int(row[key], 16) for key in ("guard", "gap") if key in row}
            assert below == {"gap" if name == "main" else "guard": guard} and guard > 0, (p.name, row)
        assert userhalf.stacks(p.saved("--stacks")).keys() == told.keys()


# Of smaps_rollup; what other processes share may change between two readings.
TOTALS = {"rss": ("Rss",), "swap": ("Swap",), "hugetlb": ("Shared_Hugetlb", "Private_Hugetlb"),
          "huge": ("AnonHugePages", "ShmemPmdMapped", "FilePmdMapped")}


def test_totals_are_those_of_smaps_rollup(run):
    for p in known(run):
        user, rollup = User(p.document()), p.rollup.figures
        for key, of in TOTALS.items():
            wanted = sum(rollup.get(name, 0) for name in of)
            assert user.total[key] == wanted, (p.name, key)
            assert sum(part.use[key] for part in user.parts if part.use) == wanted, (p.name, key)
        assert user.total["shared"] + user.total["private"] == user.total["rss"], p.name


def test_pages_are_those_of_pagemap(run):
    """Of each mapping.  pagemap counts pages of zeros, too, and those of the kernel."""
    for p in known(run):
        user, page = User(p.document()), p.auxv[userhalf.AT_PAGESZ]
        for start, (present, swapped) in p.pagecounts.items():
            mapping, = (m for m in p.mappings if m.start == start)
            part = next(part for part in user.at(mapping.range) if part.use)
            more = present * page - part.use["rss"] - part.use["hugetlb"]
            zeros = page if part.kind in ("anonymous", "bss", "data", "heap") else 0
            assert 0 <= more <= zeros or part.kind in ("vdso", "vvar"), (p.name, part, present)
            assert part.use["swap"] == swapped * page, (p.name, part)


def test_where_the_user_half_ends(run):
    """As the program tried by itself, below its own kernel."""
    for p in known(run):
        for document in (p.document(), p.saved()):
            end = User(document).limit["end"]
            assert [f"0x{int(end, 16) + 1:x}"] == p.lines("limit")[0], (p.name, User(document).limit)


def test_a_heap_that_was_never_used(run):
    user = User(process(run, "bare").document())
    assert [part for part in user.parts if part.kind == "heap"] == []
    assert int(user.document["process"]["start_brk"], 16) == int(process(run, "bare").stat[47])


def test_kernel_half_in_the_same_picture(run):
    """Above the user half: what the module publishes."""
    user = User(process(run, "objects").document())
    regions = {row["name"]: (int(row["start"], 16), int(row["end"], 16)) for row in user.rows
               if row["type"] == "region" and row["name"] != "user"}
    wanted = {name: (r.number("start"), r.number("end")) for name, r in run.capture.areas.items()
              if r.type == "region" and name != "user"}
    assert regions and regions.items() <= wanted.items()
    assert "kernel_half_absent" not in user.document


def test_saved_is_live(run):
    """Nothing of the process is lost in the file; the kernel half is not in it."""
    for p in known(run):
        live, saved = p.document(), p.saved()
        assert saved["process"] | {"user_limit": 0} == live["process"] | {"user_limit": 0}, p.name
        assert [part.range for part in mapped(User(saved))] == [part.range for part in mapped(User(live))]
        assert "kernel_half_absent" in saved


# --- Unusual processes -----------------------------------------------------------------------------

def refusal(p, file="user.json"):
    status, printed, errors = p.said_by_kvas(file)
    assert status == 2 and not printed and errors.count("\n") == 1, (p.name, status, errors, printed[:200])
    return errors


def test_what_has_no_user_half(run):
    for name, word in (("zombie", "zombie"), ("kernel_thread", "no user half"), ("none", "no process 4000000")):
        assert word in refusal(process(run, name))


def test_a_process_without_its_main_thread(run):
    """Another thread is asked."""
    p = process(run, "leaderless")
    user = User(p.document())
    (_, pid, tid), = p.lines("process")
    assert user.document["process"]["pid"] == int(pid)
    assert user.document["process"]["read_by"] in p.stack_pointers.keys() - {int(pid)}
    assert size(mapped(user)) == size(user_half(user, p.mappings)) > 0
    assert "text" in {part.kind for part in user.parts}
    told = userhalf.stacks(p.document("stacks.json"))
    assert len(told) == 3 and told[int(pid)]["sp"] is None and told[int(tid)]["sp"]


def test_memory_in_common(run):
    """Of two processes that are no threads of each other."""
    for kind in ("vfork", "clone"):
        parent, child = (User(process(run, f"{kind}_{who}").document()) for who in ("parent", "child"))
        assert [part.range for part in parent.parts] == [part.range for part in child.parts]
        assert parent.document["process"]["pid"] != child.document["process"]["pid"]


def test_another_pid_namespace(run):
    p = process(run, "namespace")
    told = p.document()["process"]
    assert told["inner_pid"] == 1 and told["pid"] > 1


def test_without_rights(run):
    """One's own process, without the kernel half; of another user's, the reason."""
    p = process(run, "own")
    own = User(p.document("own.json"))
    assert [part.range for part in mapped(own)] == [part.range for part in mapped(User(p.document()))]
    assert "kernel_half_absent" in own.document
    assert "no right to ptrace" in refusal(p, "other.json")
