# SPDX-License-Identifier: GPL-2.0-only
"""The manual page and the completion know what the reader knows."""

import os
import re
import subprocess

import pytest

import capture
from conftest import HERE, PATIENCE, READER, clean_environment

COMMANDS = ["show", "map", "draw", "where", "walk", "get", "explain", "verify", "diff", "mappings", "user", "threads", "check",
            "predict", "export", "save", "lab"]
MANUAL = READER / "kvas.1"
MANUALS = sorted(READER.glob("*.1"))
README = (READER.parent / "README.md").read_text()


@pytest.fixture(scope="module")
def manual():
    """As text, without the overstrikes of a terminal."""
    result = subprocess.run(["mandoc", "-T", "ascii", "-O", "width=100", MANUAL], capture_output=True,
                            text=True, check=True)
    return re.sub(r".\x08", "", result.stdout)


@pytest.mark.parametrize("page", MANUALS, ids=lambda p: p.name)
def test_lint(page):
    result = subprocess.run(["mandoc", "-T", "lint", page], capture_output=True, text=True)
    # Whether this machine has other manuals, and an index of them, is no matter.  Without a name, .Os makes of the
    # manual one of BSD's.
    said = [line for line in (result.stdout + result.stderr).splitlines()
            if "mandoc.db" not in line and "referenced manual not found" not in line
            and "operating system explicitly specified: Os Linux" not in line]
    assert said == []


def test_head_and_foot(manual):
    """No other system's, and the sections that people look for."""
    assert "BSD" not in manual.splitlines()[0] and "Linux" in manual.splitlines()[-1]
    for section in ("FILES", "AUTHORS", "CAVEATS", "BUGS", "EXAMPLES", "DIAGNOSTICS"):
        assert f"\n{section}\n" in manual
    files = manual.split("\nFILES\n")[1].split("\nEXIT STATUS\n")[0]
    for example in (READER / "examples").glob("*.expect"):
        assert example.name in files


def test_each_message_of_the_diagnosis_is_in_the_manual():
    """In the words of the program."""
    program = re.sub(r'"\s*"', "", (READER / "cmd/refusal.c").read_text())
    text = MANUAL.read_text().split(".Sh DIAGNOSTICS\n")[1].split(".Sh SEE ALSO\n")[0]
    listed = [line for line in re.findall(r'^\.It "(.*)"$', text, re.M) if not line.startswith("FILE:")]
    assert len(listed) >= 6
    assert [line for line in listed if line not in program] == []


# Words of another language's order, and calques, that plain English does not have.
NOT_PLAIN = re.compile(r"\bhad, see|behind (?:the )?(?:default|command)|\bhave rules of their own|by which it was had|"
                       r"hang(?:s|ed)? on\b|told apart|what such a kernel|\bhas not\b(?! been)|\bhave not\b(?! been)|past the caches|"
                       r"\bat its side\b|as no source knows")


def test_the_words_are_plain(manual, output):
    texts = {"kvas.1": manual, "README.md": README}
    texts |= {p.name: p.read_text() for p in (READER / "texts").glob("*.txt")}
    texts |= {f"{command} --help": output(command, "--help") for command in COMMANDS}
    found = {name: NOT_PLAIN.findall(text) for name, text in texts.items() if NOT_PLAIN.search(text)}
    assert found == {}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_is_documented(output, manual, command):
    options = re.findall(r"^ +(?:(-\w), )?(--[a-z-]+)", output(command, "--help"), re.M)
    assert len(options) >= 5
    for letter, word in options:
        wanted = rf"^ +{letter}, {word}\b" if letter else rf"^ +{word}\b"
        assert re.search(wanted, manual, re.M), word


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_documented(manual, command):
    commands = manual.split("Commands\n")[1].split("\nOPTIONS\n")[0]
    assert re.search(rf"^     {command}\b", commands, re.M)
    assert command in manual.split("DESCRIPTION")[0]


@pytest.mark.parametrize("command", ["show", "where", "walk", "verify", "diff", "mappings", "user", "threads", "check",
                                     "predict", "lab"])
def test_each_column_is_documented(output, manual, command):
    text = manual.split("\nCOLUMNS\n")[1].split("\nJSON\n")[0]
    listed = re.findall(r"^ +([A-Z_.]+)  \S", output(command, "--help").split("\nColumns:\n")[1], re.M)
    assert len(listed) > 3
    for column in listed:
        assert re.search(rf"\b{re.escape(column)}\b", text), column


def test_each_source_is_documented(output, manual):
    """In the words of the help text."""
    text = " ".join(manual.split("\nCOLUMNS\n")[1].split("\nJSON\n")[0].split())
    listed = re.findall(r"^ +([A-Z_.]+)  (.*)$", output("verify", "--help").split("\nColumns:\n")[1].split("\n\n")[0],
                        re.M)
    columns = [column for column, _ in listed]
    sources = listed[columns.index("KEY") + 1:]
    assert len(sources) > 15
    for column, title in sources:
        assert f"{column} {title}" in text


def test_the_readme_says_which_command_prints_what(output):
    """Of the options -J, -r and -P, as the help texts have them."""
    line = next(x for x in README.split("\n\n") if "raw columns (`-r`)" in x)
    tables, others = re.match(r"(.*?) print a table .*?; these, (.*?) print JSON", line, re.S).groups()
    takes = {command: re.findall(r"--(json|raw|pairs),?\s", output(command, "--help")) for command in COMMANDS}
    assert {c for c in COMMANDS if "raw" in takes[c] and "pairs" in takes[c]} == set(re.findall(r"`(\w+)`", tables))
    assert {c for c in COMMANDS if "json" in takes[c]} == set(re.findall(r"`(\w+)`", tables + others))


def test_each_key_route_and_record_is_documented(manual):
    header = (READER.parent / "module/kvas_format.h").read_text()
    text = manual.split("\nFORMAT\n")[1].split("\nENVIRONMENT\n")[0]
    for macro in ("KVAS_RECORD_TYPES", "KVAS_KEYS", "KVAS_ROUTES"):
        body = header.split(f"#define {macro}(X)", 1)[1].split("\n\n", 1)[0]
        words = re.findall(r'X\(\w+,\s*"(\w+)"\)', body)
        assert len(words) > 5
        for word in words:
            assert re.search(rf"\b{word}\b", text), word


def test_exit_statuses_are_documented(manual):
    text = manual.split("\nEXIT STATUS\n")[1].split("\nEXAMPLES\n")[0]
    assert re.findall(r"^ +(\d) ", text, re.M) == ["0", "1", "2"]


def examples(manual, section, end):
    text = manual.split(f"\n{section}\n")[1].split(f"\n{end}\n")[0]
    return re.findall(r"^           (\S.*)$", text, re.M)


# The live machine is a saved one, and sudo has nothing to add.
AS_IF_LIVE = """
kvas() {
	case " $* " in
	*" -f "* | *" predict "*) "$KVAS" "$@" ;;
	*) "$KVAS" --sysroot "$MACHINE" "$@" ;;
	esac
}
sudo() { "$@"; }
less() { cat; }
set -o pipefail
"""


def test_examples_run(manual, binary, tmp_path):
    """In the order in which they stand, as those after may use what those before have saved."""
    lines = examples(manual, "EXAMPLES", "DIAGNOSTICS")
    assert len(lines) == 13 and all("kvas" in line for line in lines)
    machine = next(m for m in capture.NATIVE if m.name == "6.12-amd64-5level")
    config = next(machine.glob("boot/config-*"))
    for name in (".config", ".config.old"):
        (tmp_path / name).write_bytes(config.read_bytes())
    for line in lines:
        result = subprocess.run(["bash", "--norc", "-c", AS_IF_LIVE + line], cwd=tmp_path, text=True,
                                capture_output=True, timeout=PATIENCE,
                                env=clean_environment(KVAS=binary, MACHINE=machine))
        assert result.returncode == 0 and result.stderr == "", (line, result.stderr)
        assert result.stdout or "save" in line, line
        if "jq" in line or "get" in line:
            assert re.fullmatch(r"0x[0-9a-f]{16}\n", result.stdout)


def test_expectations_are_understood(manual, kvas, write):
    lines = examples(manual, "EXPECTATIONS", "FORMAT")[:6]
    assert "vm_split" in lines[0] and " if " in lines[-1]
    result = kvas("check", "--sysroot", capture.GOLDEN / "6.12-amd64-5level",
                  write("\n".join(lines), "expectations"))
    assert result.returncode in (0, 1) and result.stderr == ""


# --- Completion --------------------------------------------------------------------------------

@pytest.fixture
def complete(binary):
    """What is offered for the last word; = is a word of its own, as in bash."""
    def call(*words):
        script = (f'source {READER / "kvas.bash"}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                  f'_kvas {binary}; printf "%s\\n" "${{COMPREPLY[@]}}"')
        result = subprocess.run(["bash", "--norc", "-c", script, "bash", "kvas", *words],
                                capture_output=True, text=True, env=clean_environment(), timeout=PATIENCE)
        assert result.returncode == 0 and result.stderr == "", result.stderr
        return [line for line in result.stdout.splitlines() if line]
    return call


@pytest.fixture
def zsh(binary, tmp_path, tmp_path_factory):
    """The same of zsh, for a whole line."""
    def call(*words):
        (tmp_path / "_kvas").write_bytes((READER / "kvas.zsh").read_bytes())
        offered = tmp_path / "offered"
        for old in tmp_path.glob("offered*"):
            old.unlink()
        env = clean_environment(OUT=offered, DUMP=tmp_path_factory.getbasetemp() / "zcompdump",
                                PATH=f"{binary.parent}:{os.environ['PATH']}")
        subprocess.run(["zsh", "-f", HERE / "complete.zsh", tmp_path, " ".join(("kvas", *words))], check=True,
                       env=env, timeout=PATIENCE, capture_output=True)
        lines = offered.read_text().splitlines()
        assert lines[-1] == "done"
        return [line.removeprefix("offered:") for line in lines if line.removeprefix("offered:") not in ("", "done")]
    return call


@pytest.fixture
def fish(binary, tmp_path):
    def call(*words):
        env = clean_environment(HOME=tmp_path, XDG_CONFIG_HOME=tmp_path, LINE=" ".join(("kvas", *words)),
                                PATH=f"{binary.parent}:{os.environ['PATH']}")
        result = subprocess.run(["fish", "--private", "-N", "-c", f"source {READER / 'kvas.fish'}; complete -C$LINE"],
                                env=env, capture_output=True, text=True, timeout=PATIENCE)
        assert result.returncode == 0 and result.stderr == "", result.stderr
        return [line.split("\t")[0] for line in result.stdout.splitlines()]
    return call


OTHER_SHELLS = [
    (["m"], ["map", "mappings"]),
    (["explain", "vmall"], ["vmalloc", "vmalloc_gap", "vmalloc_kaslr_offset"]),
    (["get", "vmall"], ["vmalloc", "vmalloc_gap", "vmalloc_kaslr_offset"]),
    (["show", "vmall"], ["vmalloc", "vmalloc_gap"]),
    (["where", "-o", "MOD"], ["MODULE", "MODULE_RANGE"]),
    (["show", "--facts", "-o", "U"], ["UNIT"]),
    (["predict", "--mmu", "r"], ["radix"]),
    (["walk", "--source", "m"], ["module"]),
    (["walk", "--source", f"{HERE}/dumps.p"], ["dumps.py"]),
    (["walk", "-p", "se"], ["self"]),
    (["user", "--shared", "1", "-o", "BO"], ["BOTH"]),
    (["diff", "-p", "1", "-o", "B"], ["BY"]),
    (["diff", "--process=1", "-o", "B"], ["BY"]),
    (["diff", "-p1", "-o", "B"], ["BY"]),
    (["show", "-p", "self", "-o", "IN"], ["INODE"]),
    (["show", "--wit"], ["--witnesses"]),
    (["mappings", "vmall"], ["vmalloc", "vmalloc_gap"]),
    (["mappings", "--runs", "-o", "AT"], ["ATTR", "ATTRIBUTES"]),
    (["-f", "map", "show", "--fac"], ["--facts"]),
    (["threads", "--threads", f"{HERE}/dumps.p"], ["dumps.py"]),
    (["threads", "--cpus", "-o", "C"], ["CPU"]),
]


@pytest.mark.parametrize("words, offered", OTHER_SHELLS)
def test_zsh(zsh, words, offered):
    assert [name.rsplit("/")[-1] for name in sorted(zsh(*words))] == offered


@pytest.mark.parametrize("words, offered", OTHER_SHELLS)
def test_fish(fish, words, offered):
    assert [name.rsplit("/")[-1] for name in sorted(fish(*words))] == offered


def test_files_with_blanks(complete, zsh, fish, tmp_path):
    for name in ("two words.kvas", "two more.kvas"):
        (tmp_path / name).touch()
    (tmp_path / "two rooms").mkdir()
    start, found = f"{tmp_path}/two", [f"{tmp_path}/two {end}" for end in ("more.kvas", "rooms", "words.kvas")]
    assert sorted(complete("-f", start)) == sorted(complete("diff", start)) == found
    assert complete("--sysroot", start) == found[1:2]
    assert {name.replace("\\", "") for name in zsh("-f", start)} >= {name.rsplit("/")[-1] for name in found}
    assert [name.rstrip("/") for name in sorted(fish("diff", start))] == found


@pytest.mark.parametrize("words, offered", [
    ([""], COMMANDS),
    (["m"], ["map", "mappings"]),
    (["s"], ["show", "save"]),
    (["-f", "x", "w"], ["where", "walk"]),
    (["walk", "--source", "=", "k"], ["kcore"]),
    (["walk", "--source", ""], ["module", "kcore"]),
    (["mappings", "--source", f"{HERE}/dumps.p"], [f"{HERE}/dumps.py"]),
    (["walk", "-o", "AC"], ["ACCESS"]),
    (["walk", "-p", "se"], ["self"]),
    (["user", "--shared", "1", "-o", "BO"], ["BOTH"]),
    (["diff", "-p", "1", "-o", "B"], ["BY"]),
    (["diff", "--process", "=", "1", "-o", "B"], ["BY"]),
    (["diff", "-p1", "-o", "B"], ["BY"]),
    (["diff", "-o", "B"], ["BECAUSE"]),
    (["show", "-p", "self", "-o", "IN"], ["INODE"]),
    (["-p", "self", "-o", "IN"], ["INODE"]),
    (["map", ""], []),
    (["--color", "=", "a"], ["auto", "always"]),
    (["--color", "="], ["auto", "always", "never"]),
    (["show", "--summary", "=", "n"], ["never"]),
    (["explain", "vm"], ["vmalloc", "vmalloc_gap", "vmalloc_kaslr_offset", "vmemmap", "vmemmap_kaslr_offset",
                         "vm_map_base"]),
    (["show", "--facts", "-o", ""], ["NAME", "VALUE", "UNIT", "PURPOSE", "SOURCE", "ROUTE", "ABSENT"]),
    (["--facts", "-o", "U"], ["UNIT"]),
    (["verify", "--config", "x", "-o", "W"], ["WHY"]),
    (["predict", "--arch", "a"], ["arm64", "arm"]),
    (["predict", "--ram", "s"], []),
    (["mappings", "--from", "s"], []),
    (["mappings", "--since", "x", "-o", "FROM_"], ["FROM_PAGE", "FROM_ATTRIBUTES"]),
    (["mappings", "--safety", "-o", "EV"], ["EVIDENCE"]),
    (["mappings", "--access", "+x"], ["+x"]),
    (["mappings", "vmall"], ["vmalloc", "vmalloc_gap"]),
    (["mappings", "--runs", "-o", "AT"], ["ATTR", "ATTRIBUTES"]),
    (["threads", "--cpus", "-o", "C"], ["CPU"]),
    (["threads", "--threads", f"{HERE}/dumps.p"], [f"{HERE}/dumps.py"]),
    (["get", "vmall"], ["vmalloc", "vmalloc_gap", "vmalloc_kaslr_offset"]),
    (["explain", "l"], ["lowmem", "lowcore", "ldt_remap"]),
    (["explain", "vmalloc", "kas"], ["kasan_shadow", "kaslr"]),
    (["--outp"], ["--output", "--output-all"]),
    (["show", "--fa"], ["--facts"]),
    (["verify", "--q"], ["--quiet"]),
    (["predict", "--mmu", ""], ["radix", "hash"]),
    (["map", "--p"], ["--process"]),
    (["where", "--an"], ["--annotate"]),
    (["where", ""], []),
    (["-o", "US"], ["USED", "USED_RANGE", "USED_ROUTE", "USED_SOURCE"]),
    (["-o", "NAME,SI"], ["NAME,SIZE"]),
    (["-o", "+PH"], ["+PHYS"]),
    (["where", "-o", "MOD"], ["MODULE", "MODULE_RANGE"]),
    # A file of the name of a command is none.
    (["-f", "map", "--fac"], ["--facts"]),
])
def test_completion(complete, words, offered):
    assert sorted(complete(*words)) == sorted(offered)


def test_completion_of_files(complete):
    samples = capture.SAMPLES[0].parent
    assert complete("-f", f"{samples}/power") == [str(samples / "powerpc-32.kvas")]
    assert complete("--sysroot", f"{samples.parent}/sam") == [str(samples)]
    assert complete("where", "--annotate", f"{samples}/power") == [str(samples / "powerpc-32.kvas")]


def test_completion_offers_each_option(complete, output):
    for command in COMMANDS:
        listed = re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", output(command, "--help"), re.M)
        assert sorted(complete(command, "--")) == sorted(listed)


def test_completion_is_registered():
    script = f'source {READER / "kvas.bash"}; complete -p kvas'
    result = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout == "complete -F _kvas kvas\n"
