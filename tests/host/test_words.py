# SPDX-License-Identifier: GPL-2.0-only
"""Memory that is saved: each byte as it was, and a full table in one line."""

import re
import shutil

import pytest

import saved


def memory(machine):
    """Each byte by its address, read without the reader's parser."""
    order = "big" if "s390x" in str(machine) else "little"
    found = {}
    for line in saved.words(machine).read_text().splitlines():
        if line.startswith("#"):
            continue
        at, data, *series = line.split()
        data = bytes.fromhex(data)
        if series:
            size, (step, n) = len(data), (int(series[0], 16), int(series[1]))
            word = int.from_bytes(data, order)
            data = b"".join(((word + i * step) % (1 << 8 * size)).to_bytes(size, order)
                            for i in range(n))
        found.update(enumerate(data, int(at, 16)))
    return found


@pytest.mark.parametrize("machine", (saved.GOLDEN / name for name in (
    "6.12-amd64-5level", "6.1-686-pae-pae-5g", "7.2-s390x-kaslr")), ids=lambda m: m.name)
def test_what_is_saved_again_is_the_same(output, machine, tmp_path):
    output("--sysroot", machine, "save", "--all", tmp_path / machine.name)
    again = memory(tmp_path / machine.name)
    assert again == memory(machine)
    output("--sysroot", tmp_path / machine.name, "save", "--all", tmp_path / "twice")
    assert saved.words(tmp_path / "twice").read_text() == \
        saved.words(tmp_path / machine.name).read_text()


def test_a_full_table_takes_one_line(output, tmp_path):
    """An entry for each page, one after the other, but for the last three."""
    machine = tmp_path / "machine"
    shutil.copytree(saved.GOLDEN / "5.10-arm64-48bit", machine)
    table = [0x78000040000f07 + (n << 12) for n in range(509)] + [1, 2, 4]
    lines = [f"{0xffff204e00000000 + 32 * n:#x} "
             + b"".join(e.to_bytes(8, "little") for e in table[4 * n:4 * n + 4]).hex() + "\n"
             for n in range(128)]
    saved.words(machine).write_text("".join(lines))
    before = memory(machine)
    output("--sysroot", machine, "save", "--all", tmp_path / "again")
    assert memory(tmp_path / "again") == before and len(before) == 4096
    assert [line for line in saved.words(tmp_path / "again").read_text().splitlines()
            if line[0] != "#"] == [
        "0xffff204e00000000 070f004000007800 0x1000 509",
        "0xffff204e00000fe8 010000000000000002000000000000000400000000000000"]


@pytest.mark.parametrize("series", ("0x0 8193", "0x0 18446744073709551615", "0x0", "0x0 0", "0x0 -1", "x"))
def test_a_series_that_cannot_be_is_left_out(output, tmp_path, series):
    machine = tmp_path / "machine"
    shutil.copytree(saved.GOLDEN / "5.10-arm64-48bit", machine)
    saved.words(machine).write_text(f"0xffff204e00000000 0000000000000000 {series}\n"
                                    "0xffff204e00001000 01\n")
    output("--sysroot", machine, "save", "--all", tmp_path / "again")
    assert re.findall("^0x.*", saved.words(tmp_path / "again").read_text(), re.M) == [
        "0xffff204e00001000 01"]


def test_a_series_of_nothing_at_the_lowest_address(output, tmp_path):
    machine = tmp_path / "machine"
    shutil.copytree(saved.GOLDEN / "5.10-arm64-48bit", machine)
    saved.words(machine).write_text("0x0 0000000000000000 0x0 0\n0xffff204e00001000 01\n")
    output("--sysroot", machine, "save", "--all", tmp_path / "again")
    assert re.findall("^0x.*", saved.words(tmp_path / "again").read_text(), re.M) == [
        "0xffff204e00001000 01"]
