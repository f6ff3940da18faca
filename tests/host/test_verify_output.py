# SPDX-License-Identifier: GPL-2.0-only
"""What kvas verify prints, and kvas save."""

import re

import pytest

from saved import GOLDEN, MAIN, edit, on_native

# --- Output ------------------------------------------------------------------

def test_tables(output, kvas, copy, verify):
    n = verify(MAIN)[0]["summary"]
    fine = (f"All is well: other sources have or allow {n['checked']} of {n['values']} values, and disagree with none.\n"
            f"{n['consistent']} are only consistent with other published values.\n")
    def joined(text):
        return re.sub(r"(?<=\w|,)\n(?=[a-z])", " ", text)
    # No row where nothing is to be looked at.
    assert joined(output("verify", "--sysroot", MAIN)) == fine
    table = joined(output("verify", "--all", "--sysroot", MAIN))
    assert table.startswith(fine)
    assert f"Of all values {n['exactly']} are exactly those of another source and {n['bounded']} within its bounds;" in table
    assert re.search(r"^NAME +VALUE +VERDICT +SOURCES +WHY", table, re.M)
    assert re.search(r"^vmalloc.start +0x\w{16} +agrees +kcore,", table, re.M)
    assert len(re.findall(r" (?:agrees|allows|consistent) ", table.partition("\n\n")[2])) == n["values"]
    matrix = output("verify", "--output-all", "--all", "--sysroot", MAIN)
    assert "KCORE" in matrix and "SYSTEM.MAP" in matrix
    one = output("verify", "-r", "--all", "-o", "NAME,KCORE,MEMORY", "--sysroot", MAIN)
    assert "\nvmalloc.start agrees agrees\n" in one and "All is" not in one
    long = output("verify", "--reasons", "--sysroot", MAIN)
    assert re.search(r"^vmalloc.start +\S+ +ptdump +cannot say +this kernel has no dump", long, re.M)
    assert output("verify", "--quiet", "--sysroot", MAIN) == ""

    machine = copy()
    edit(machine / "proc/cpuinfo", b"40 bits physical", b"41 bits physical")
    result = kvas("verify", "--quiet", "--sysroot", machine)
    assert result.returncode == 1 and result.stdout.count("\n") == 2
    wrong = r"^pa_bits +40 +disagrees +iomem +cpu says 41: address sizes"
    assert re.search(wrong.replace("iomem +", ""), result.stdout, re.M)
    result = kvas("verify", "--sysroot", machine)
    assert result.stdout.startswith(f"Not all is well: other sources disagree with 1 of {n['values']} values.\n")
    assert result.stdout.count("pa_bits") == 1 and " agrees " not in result.stdout
    assert re.search(wrong, kvas("verify", "--all", "--sysroot", machine).stdout, re.M)


@pytest.mark.parametrize("width", [60, 80, 100, 132])
@pytest.mark.parametrize("options", [(), ("--all",), ("--reasons",)], ids=str)
def test_a_narrow_terminal_keeps_the_reasons(kvas, width, options):
    """WHY is what the table is for: it is broken at spaces, and all of it is there."""
    machine = GOLDEN / "7.2-armmp-highmem"
    wide = kvas("verify", *options, "-P", "-o", "NAME,WHY", "--sysroot", machine).stdout
    narrow = kvas("verify", *options, "--sysroot", machine, env={"COLUMNS": width}).stdout
    table = narrow.partition("\n\n")[2].splitlines()
    start = table[0].index("WHY")
    found = " ".join(line[start:].strip() for line in table[1:]).split()
    assert "".join(found) == "".join("".join(re.findall(r'WHY="(.*?)"\n', wide)).split())
    names = max(len(name) for name in re.findall(r'NAME="(.*?)"', wide))
    assert all(len(line.rstrip()) <= max(width, names + 50) for line in narrow.splitlines())


def test_an_operand_is_refused(refused):
    assert "--sysroot" in refused("verify", "somewhere")


# --- Saving ------------------------------------------------------------------

def test_save_a_capture(tmp_path, output, refused):
    target = tmp_path / "capture"
    published = (MAIN / "sys/kernel/debug/kvas").read_text().splitlines()
    output("save", "--sysroot", MAIN, target)
    # How it was started stands in the third line, and the last counts it.
    original = target.read_bytes()
    lines = original.decode().splitlines()
    cmdline = (MAIN / "proc/cmdline").read_text().strip()
    assert lines.pop(2) == f'capture cmdline="{cmdline}"'
    assert lines[:-1] == published[:-1]
    count = int(published[-1].split("=")[1])
    assert lines[-1] == f"end     records={count + 1}"
    assert target.stat().st_mode & 0o777 == 0o600
    target.write_text("precious")
    assert "already exists" in refused("save", "--sysroot", MAIN, target)
    assert target.read_text() == "precious"
    output("save", "--force", "--sysroot", MAIN, target)
    assert target.read_bytes() == original
    assert [p.name for p in tmp_path.iterdir()] == ["capture"]
    assert output("save", "-f", target, "-").encode() == original


def test_save_refuses_what_does_not_parse(tmp_path, refused):
    bad = tmp_path / "bad"
    bad.write_text("kvas 1\nend records=7\n")
    assert f"{bad}:" in refused("save", "-f", bad, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    assert "cannot write" in refused("save", "--sysroot", MAIN, tmp_path / "no" / "where")
    assert "operand" in refused("save")


@on_native
def test_a_saved_machine_is_verified_alike(machine, tmp_path, output, verify):
    target = tmp_path / "again"
    assert "saved" in output("save", "--all", "--sysroot", machine, target)
    assert verify(target) == verify(machine)
    assert (target / "MANIFEST").read_text().startswith("# saved by kvas from a machine that runs Linux ")
    assert "missing there is no /sys/kernel/debug/page_tables/kernel" in (target / "MANIFEST").read_text()
    for path in target.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


def test_save_all_wants_an_empty_directory(tmp_path, refused, output):
    (tmp_path / "file").touch()
    assert "not empty" in refused("save", "--all", "--sysroot", MAIN, tmp_path)
    assert "is not a directory" in refused("save", "--all", "--sysroot", MAIN, tmp_path / "file")
    assert "exclude" in refused("save", "--all", "--force", "--sysroot", MAIN, tmp_path)
    (tmp_path / "empty").mkdir()
    assert "saved" in output("save", "--all", "--sysroot", MAIN, tmp_path / "empty")


@pytest.mark.parametrize("release", ["../../../../escaped", "..", "a/b", ""])
def test_save_all_writes_nowhere_else(release, copy, tmp_path, kvas):
    """A release is a part of paths, and a saved machine may call anything so."""
    machine = copy()
    measured = machine / "kvas.measured"
    measured.write_text(re.sub(r"release=.*", f"release={release}", measured.read_text()))
    (machine / "boot/config-..").mkdir()
    (machine / "boot/config-a").mkdir()
    for path in (tmp_path / "escaped", machine / "boot/config-a/b", machine / "boot/config-"):
        path.write_text("CONFIG_SMP=y\n")
    target = tmp_path / "deep/target"
    target.parent.mkdir()
    before = set(tmp_path.rglob("*"))
    assert kvas("save", "--all", "--sysroot", machine, target).returncode == 0
    new = set(tmp_path.rglob("*")) - before
    assert new and all(p == target or target in p.parents for p in new)
    assert not list(target.rglob("config*"))


def test_missing_sources_are_noted(copy, tmp_path, output):
    machine = copy()
    (machine / "proc/iomem").unlink()
    output("save", "--all", "--sysroot", machine, tmp_path / "saved")
    assert "missing there is no /proc/iomem\n" in (tmp_path / "saved/MANIFEST").read_text()
