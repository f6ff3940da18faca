# SPDX-License-Identifier: GPL-2.0-only
"""kvas predict: what is printed, and bad input."""

import json
import re

import pytest

import capture
from whole_configs import ARM, ARM64, EACH, I386, PPC64, RISCV64, X86_64, with_


# --- What is printed ------------------------------------------------------------------------------

@pytest.mark.parametrize("arch", EACH)
def test_table(output, write, arch):
    rows = output("predict", "-r", write(EACH[arch])).splitlines()
    assert rows[0].split() == ["NAME", "PREDICTION", "START", "END", "SIZE", "WHY"]
    kinds = {row.split(" ")[1] for row in rows[1:]}
    assert kinds <= {"exact", "interval", "absent", "open"} and "exact" in kinds
    starts = [int(row.split(" ")[2].split("..")[0], 16) for row in rows[1:]
              if row.split(" ")[2].startswith("0x") and row.split(" ")[1] != "open"]
    assert starts == sorted(starts) and len(starts) >= 5


def test_people_get_intervals_on_two_lines(output, write):
    text = output("predict", write(X86_64), env={"COLUMNS": "140"})
    assert re.search(r"^vmalloc +interval +0xff\w{14} +0xff\w{14} +32T", text, re.M)
    assert re.search(r"^ +to 0xf\w{15} to 0xf\w{15} to 12.5P", text, re.M)


def test_no_terminal_loses_the_reasons(output, write):
    """A narrow table has their numbers, and below it each of them once."""
    wide = output("predict", "-r", write(X86_64)).splitlines()[1:]
    expected = {row.split(" ")[0]: row.split(" ")[-1].replace("\\x20", " ") for row in wide}
    table, notes = output("predict", write(X86_64), env={"COLUMNS": "80"}).split("\n\n")
    assert max(map(len, table.splitlines())) <= 80 and max(map(len, notes.splitlines())) <= 80
    reasons = {n: " ".join(text.split())
               for n, text in re.findall(r"^ {1,5}(\d+) (.*(?:\n {7}.*)*)", notes, re.M)}
    assert len(set(reasons.values())) == len(reasons) == len(set(expected.values()))
    for row in table.splitlines()[1:]:
        if row[0] != " ":
            assert reasons[row.split()[-1]] == expected[row.split()[0]], row


def test_what_a_change_does(kvas, write, refused):
    """As lines of text, as data, and by the exit status."""
    before, after = write(I386, "before"), write(with_(I386, "CONFIG_PAGE_OFFSET=0x80000000",
                                                       "CONFIG_VMSPLIT_2G=y"), "after")
    same = kvas("predict", "--diff", before, before)
    assert same.returncode == 0 and same.stdout.endswith("No difference.\n")
    text = kvas("predict", "--ram", "4G", "--diff", before, after)
    assert text.returncode == 1
    assert re.search(r"^direct_map.start +0xc0000000 +0x80000000 +CONFIG_PAGE_OFFSET$", text.stdout, re.M)
    assert re.search(r"^user_kernel_split.value +3G:1G +2G:2G +CONFIG_PAGE_OFFSET$", text.stdout, re.M)
    assert "pkmap" not in text.stdout
    found = json.loads(kvas("predict", "-J", "--diff", before, after).stdout)
    assert (found["version"], found["command"]) == (1, "predict")
    assert found["from"]["source"] == str(before) and found["to"]["arch"] == "i386"
    rows = {f"{d['name']}.{d['key']}": (d["from"], d["to"]) for d in found["differences"]}
    old, new = rows["user.end"]
    assert (old["value"], new["value"]) == ("0xbfffffff", "0x7fffffff")
    assert "takes two operands" in refused("predict", "--diff", before)
    assert "takes one operand" in refused("predict", before, after)


def test_every_difference_is_told(kvas, predict, write):
    """Also what one of the two does not have, and between architectures."""
    for before, after in ((ARM64, with_(ARM64, "CONFIG_KASAN=y", "CONFIG_KASAN_GENERIC=y",
                                        "CONFIG_KASAN_SHADOW_OFFSET=0xdfff800000000000")),
                          (X86_64, I386)):
        old, new = predict(before), predict(after)
        result = kvas("predict", "-J", "--diff", write(before, "a"), write(after, "b"))
        told = {f"{d['name']}.{d['key']}" for d in json.loads(result.stdout)["differences"]}
        assert told == {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        assert result.returncode == 1


def test_facts(output, write):
    text = output("predict", "--facts", "--va-bits", "57", write(X86_64))
    assert re.search(r"^page_levels +exact +5 ", text, re.M)
    assert re.search(r"^user_kernel_split +exact +64P:64P ", text, re.M)
    assert re.search(r"^cpus +interval +1\.\.64 ", text, re.M)


def test_from_standard_input(output):
    assert "vmalloc" in output("predict", "-", stdin=X86_64)


def test_no_layout_is_read(output, write):
    """There need not be a machine with kvas."""
    assert "pkmap" in output("predict", write(I386))


# --- Bad input ------------------------------------------------------------------------------------

@pytest.mark.parametrize("text, said", [
    ("", "no option is set"),
    ("# nothing\n", "no option is set"),
    (b"\0\1\2", "binary"),
    (b"\x1f\x8b\x08\0\0", "zcat"),
    ("CONFIG_64BIT=y\nfoo\n", ":2: expected a line of a kernel's .config"),
    ("CONFIG_64BIT=y\n\nCONFIG_=\n", ":3: expected"),
    ("CONFIG_64BIT\n", ":1: expected"),
    ("CONFIG_64BIT =y\n", ":1: expected"),
    ("kvas 1\n", ":1: expected"),
    ("CONFIG_64BIT=y\n", "architecture"),
    ("CONFIG_A=y\nCONFIG_B=y\n# CONFIG_A is not set\n", ":3: sets an option that an earlier line"),
    ("CONFIG_RANDOMIZE_BASE=y\n", "expected a whole .config"),
    ("CONFIG_X86_64=y\nCONFIG_64BIT=y\nCONFIG_PGTABLE_LEVELS=4\n", "--release"),
    ("CONFIG_S390=y\nCONFIG_64BIT=y\n", "a kernel for s390x: the layout of that is not predicted"),
    ("CONFIG_MIPS=y\nCONFIG_64BIT=y\n", "a kernel for mips64: the layout of that is not predicted"),
    (X86_64.replace("CONFIG_PGTABLE_LEVELS=5\n", ""), "lacks CONFIG_PGTABLE_LEVELS,"),
    (with_(PPC64, "# CONFIG_PPC_BOOK3S_64 is not set", "CONFIG_PPC_BOOK3E_64=y"), "Book E"),
    (with_(RISCV64, "# CONFIG_MMU is not set"), "without an MMU"),
    (with_(ARM, "# CONFIG_MMU is not set"), "without an MMU"),
    ("CONFIG_PPC=y\nCONFIG_PPC32=y\n# CONFIG_PPC64 is not set\n", "PowerPC of 32 bits"),
    ("CONFIG_RISCV=y\n# CONFIG_64BIT is not set\nCONFIG_32BIT=y\n", "RISC-V of 32 bits"),
    ("CONFIG_MIPS=y\nCONFIG_32BIT=y\n# CONFIG_64BIT is not set\n", "MIPS of 32 bits"),
    ("CONFIG_RISCV=y\nCONFIG_32BIT=y\nCONFIG_MMU=y\n", "RISC-V of 32 bits"),
    ("CONFIG_LOONGARCH=y\nCONFIG_32BIT=y\n", "LoongArch of 32 bits"),
    ("CONFIG_PPC=y\nCONFIG_PPC32=y\nCONFIG_44x=y\nCONFIG_BOOKE=y\n", "PowerPC of 32 bits"),
    ("CONFIG_UML=y\nCONFIG_X86_32=y\n", "User Mode Linux"),
    (X86_64.replace("CONFIG_64BIT=y\n", ""), "part of a .config for x86, by its first lines"),
    ("# Linux/m68k 6.12.1 Kernel Configuration\nCONFIG_M68K=y\n", "a kernel for m68k, by its first lines"),
])
def test_what_is_no_config(refused, write, text, said):
    for command in (("predict",), ("verify", "-f", capture.SAMPLES[0], "--config")):
        if said == "--release" and command[0] == "verify":
            continue  # a layout tells it
        assert said in refused(*command, write(text, "config"))


@pytest.mark.parametrize("arch", EACH)
def test_a_line_is_missing(kvas, write, arch):
    """What a file does not mention is not taken for "no": where the rest of a prediction
    would be another, or would lack a row, the file is refused by the name of the option,
    or the row is open."""
    lines = EACH[arch].splitlines(keepends=True)
    whole = dict(row.split(" ")[:2] for row in kvas("predict", "-r", write(EACH[arch])).stdout.splitlines())
    for line in lines[1:]:
        found = kvas("predict", "-r", write("".join(other for other in lines if other != line), "config"))
        if found.returncode:
            assert "part of a .config" in found.stderr, line
            continue
        rows = dict(row.split(" ")[:2] for row in found.stdout.splitlines())
        assert set(rows) >= set(whole), line
    pages = {"ppc64": "CONFIG_PPC_64K_PAGES=y", "arm64": "CONFIG_ARM64_4K_PAGES=y", "arm": "CONFIG_NR_CPUS=4",
             "loongarch64": "CONFIG_PAGE_SIZE_16KB=y"}
    if arch in pages:
        found = kvas("predict", write(EACH[arch].replace(pages[arch] + "\n", ""), "config"))
        assert found.returncode == 2 and pages[arch].split("=")[0] in found.stderr


@pytest.mark.parametrize("arch, words", [
    ("x86_64", "x86_64 x86 amd64 x64"), ("i386", "i386 x86 i486 i586 i686"),
    ("arm64", "arm64 aarch64 aarch64_be"), ("arm", "arm armhf armel armv5tel armv6l armv7l armv8l"), ("riscv64", "riscv64 riscv"),
    ("ppc64", "ppc64 powerpc ppc64le ppc64el"),
    ("loongarch64", "loongarch64 loongarch loong64"),
])
def test_words_for_architectures(output, refused, write, arch, words):
    """uname(2)'s, those of ARCH= of the kernel's build, and of distributions."""
    file = write(EACH[arch], "config")
    plain = output("predict", "-r", file)
    for word in words.split():
        assert output("predict", "-r", "--arch", word, file) == plain
    for other in set(EACH) - {arch}:
        assert f"configures a kernel for {arch}" in refused("predict", "--arch", other, file)


@pytest.mark.parametrize("release", [
    "5.10", "5.10.1", "6.12.1", "7.2.0-rc3", "6.12.107+deb13-amd64", "5.15.0-91-generic",
    "5.14.0-427.13.1.el9_4.aarch64", "6.1.21-v8+", "6.6.0_rc1~2",
])
def test_releases(output, write, release):
    output("predict", "--release", release, write(X86_64))


@pytest.mark.parametrize("lines, taken", [
    (["CONFIG_FOO=y", "CONFIG_FOO=y"], True), (['CONFIG_FOO="a b"'] * 3, True),
    (["# CONFIG_FOO is not set", "CONFIG_FOO=n"], True),
    (["CONFIG_FOO=y", "CONFIG_FOO=m"], False), (["CONFIG_FOO=4", "CONFIG_FOO=48"], False),
    (["# CONFIG_FOO is not set", "CONFIG_FOO=y"], False),
])
def test_a_line_twice(output, refused, write, lines, taken):
    """The same again says nothing new; of two values Kconfig takes the later and
    then sets what depends on it."""
    file = write(X86_64 + "\n".join(lines) + "\n")
    if taken:
        assert output("predict", "-r", file) == output("predict", "-r", write(X86_64))
    else:
        at = X86_64.count("\n") + len(lines)
        assert f":{at}: sets an option that an earlier line has set otherwise" in refused("predict", file)


def test_ends_of_lines(output, write):
    config = X86_64.replace("\n", "\r\n") + "\r\n"
    assert output("predict", "-r", write(config)) == output("predict", "-r", write(X86_64))


def test_no_such_file(refused, tmp_path):
    assert "No such file" in refused("predict", tmp_path / "none")
    assert "directory" in refused("predict", tmp_path)


@pytest.mark.parametrize("options, said", [
    (["--ram", "lots"], "--ram=lots: expected an amount of memory"),
    (["--ram", "1M"], "at least 16M"),
    (["--va-bits", "20"], "--va-bits: expected"),
    (["--pa-bits", "x"], "--pa-bits: expected"),
    (["--mmu", "paper"], "expected radix or hash"),
    (["--release", "new"], "--release=new: expected"),
    (["--release", "6.12.1 foo"], "--release=6.12.1 foo: expected"),
    (["--release", "6.12."], "expected the release"),
    (["--release", "6.12.1-amd64 foo"], "expected the release"), (["--release", "6.12.1foo"], "expected the release"),
    (["--release", "5.9.16"], "no rules for releases before 5.10"),
    (["--release", "7.3-rc1"], "no rules yet for releases after 7.2"),
    (["--arch", "amd32"], "--arch=amd32: expected an architecture"),
    (["--arch", "i686"], "configures a kernel for x86_64"),
    (["--arch", "arm64"], "configures a kernel for x86_64"),
    (["more"], "takes one operand"),
    (["-f", "x"], "does not take --file"),
])
def test_bad_options(refused, write, options, said):
    assert said in refused("predict", *options, write(X86_64))


def test_cut_at_every_byte(kvas, write):
    """A .config may end anywhere, as long as its last line is one."""
    for n in range(0, len(I386), 3):
        result = kvas("predict", write(I386[:n]))
        assert result.returncode in (0, 2)
        assert (result.returncode == 2) == bool(result.stderr)
