# SPDX-License-Identifier: GPL-2.0-only
"""The command line: what is accepted where, what excludes what, colour."""

import os
import pty
import re
import subprocess

import pytest

import capture
from conftest import PATIENCE, READER, clean_environment

SAMPLE = next(p for p in capture.SAMPLES if p.stem == "x86_64-4level")


def test_show_is_the_default(output):
    assert output("-f", SAMPLE) == output("show", "-f", SAMPLE)


@pytest.mark.parametrize("args", [
    ["-f", SAMPLE, "-o", "NAME", "show"], ["show", "-f", SAMPLE, "-o", "NAME"],
    ["-f", SAMPLE, "show", "-o", "NAME"], [f"--file={SAMPLE}", "show", "--output=NAME"],
    ["show", f"-f{SAMPLE}", "-oNAME"], ["--output", "NAME", "--file", SAMPLE],
])
def test_options_before_and_behind_the_command(output, args):
    assert output(*args) == output("-f", SAMPLE, "-o", "NAME")


def test_options_behind_operands(output):
    assert output("where", "0x0", "-f", SAMPLE, "-n") == output("-n", "-f", SAMPLE, "where", "0x0")


def test_own_options_without_the_command(output):
    assert output("--facts", "-f", SAMPLE) == output("show", "-f", SAMPLE, "--facts")


@pytest.mark.parametrize("args, said", [
    (["-J", "-r"], "--json and --raw exclude each other"),
    (["-J", "-P"], "--json and --pairs exclude each other"),
    (["-r", "-P"], "--raw and --pairs exclude each other"),
    (["-J", "show", "-P"], "--json and --pairs exclude each other"),
    (["-f", "x", "--sysroot", "y"], "--file and --sysroot exclude each other"),
    (["-o", "NAME", "--output-all"], "--output and --output-all exclude each other"),
    (["-n", "where", "-J", "0x0"], "--json and --noheadings exclude each other"),
    (["-J", "--summary=only"], "--json and --summary exclude each other"),
    (["-J", "--summary=always"], "--json and --summary exclude each other"),
    (["--facts", "--summary", "-o", "NAME"], "--facts has no effect on the summary alone"),
    *((["--summary", *option], f"--{name} has no effect on the summary alone") for option, name in (
        (["-r"], "raw"), (["-P"], "pairs"), (["-n"], "noheadings"), (["-b"], "bytes"),
        (["-o", "NAME"], "output"), (["--output-all"], "output-all"), (["--witnesses"], "witnesses"))),
    (["verify", "--all", "--quiet"], "--all and --quiet exclude each other"),
    (["verify", "--quiet", "-r", "--all"], "--all and --quiet exclude each other"),
    (["--facts", "--witnesses"], "--facts and --witnesses exclude each other"),
    (["--facts", "map"], "--facts is an option of show, not of map"),
    (["map", "--facts"], "unknown option --facts; see 'kvas map --help'"),
    (["map", "-r"], "map does not take --raw; see 'kvas map --help'"),
    (["explain", "-P"], "explain does not take --pairs"),
    (["-x"], "unknown option -x; see 'kvas --help'"),
    (["map", "-x"], "unknown option -x; see 'kvas map --help'"),
    (["--nonsense"], "unknown option --nonsense; see 'kvas --help'"),
    (["--jsn"], "unknown option --jsn; did you mean --json?"),
    (["--json=yes"], "the option --json takes no argument, but got 'yes'"),
    (["--outpu", "NAME"], "the option --outpu is ambiguous: it may be --output, --output-all"),
    (["verify", "--al=x"], "the option --all takes no argument, but got 'x'"),
    (["predict", "--r"], "the option --r is ambiguous: it may be --raw, --release, --ram"),
    (["-f"], "the option -f needs an argument"),
    (["--sysroot"], "the option --sysroot needs an argument"),
    (["--sysroot", ""], "--sysroot needs the name of a directory: its argument is empty"),
    (["save", "--all", "--sysroot=", "x"], "--sysroot needs the name of a directory: its argument is empty"),
    (["-f", ""], "--file needs the name of a capture: its argument is empty"),
    (["show", "--file="], "--file needs the name of a capture: its argument is empty"),
    (["shwo"], "unknown command 'shwo'; did you mean show?"),
    (["frobnicate"], "unknown command 'frobnicate'; see 'kvas --help'"),
    (["map", "-H"], "map does not take --list-columns"),
    (["map", "file"], "map takes no operand, but got 'file'"),
    (["--color=sometimes"], "--color=sometimes: expected auto, always or never"),
])
def test_wrong_usage(refused, args, said):
    assert said in refused(*args)


def test_facts_behind_a_summary(output):
    summary = output("--summary", "-f", SAMPLE)
    facts = output("--facts", "-n", "-o", "NAME", "-f", SAMPLE)
    assert output("--facts", "-n", "-o", "NAME", "--summary=always", "-f", SAMPLE) == f"{summary}\n{facts}"


def test_abbreviations(output):
    for short, whole in ((["--js"], ["--json"]), (["--noh"], ["--noheadings"]), (["--fa", "--by"], ["--facts", "--bytes"]),
                         (["--output-a"], ["--output-all"])):
        assert output(*short, "-f", SAMPLE) == output(*whole, "-f", SAMPLE)


# --- Help ----------------------------------------------------------------------------------

def test_help(output):
    text = output("--help")
    assert output("-h") == text
    for word in ("Usage:", "Commands:", "Options:", "Columns:", " show ", " map ", " where ", " explain ",
                 "--sysroot DIR", "--color[=WHEN]"):
        assert word in text


@pytest.mark.parametrize("command", ["show", "map", "where", "explain"])
def test_help_of_a_command(output, refused, command):
    text = output(command, "--help")
    assert text == output("--help", command)
    assert f"kvas {command} " in text
    # It lists what is taken, and nothing else is.
    for letter in "JrPnb":
        if f" -{letter}," not in text:
            assert f"{command} does not take" in refused(command, f"-{letter}", "-f", SAMPLE)


def test_version(output):
    """Reader, module and package say the same."""
    said = re.fullmatch(r"kvas ([\d.]+) \(format 1\)\n", output("--version"))[1]
    top = READER.parent
    assert f'\nPACKAGE_VERSION="{said}"\n' in (top / "dkms.conf").read_text()
    assert "MODULE_VERSION(KVAS_VERSION)" in (top / "module/main.c").read_text()
    assert output("-V") == output("--version")


def test_help_columns_are_the_columns(output):
    text = output("show", "--help")
    for options, heading in (([], "Columns:"), (["--facts"], "Columns with --facts:"),
                             (["--witnesses"], "Columns with --witnesses:")):
        listed = re.findall(r"^ +([A-Z_]+)  ", text.split(f"\n{heading}\n")[1].split("\n\n")[0], re.M)
        assert output("-f", SAMPLE, "--output-all", *options).splitlines()[0].split() == listed


# --- Colour ----------------------------------------------------------------------------------

def terminal(binary, *args, **env):
    """What kvas prints to a terminal."""
    master, slave = pty.openpty()
    child = subprocess.Popen([binary, *map(str, args)], stdout=slave, stderr=slave, stdin=subprocess.DEVNULL,
                             env=clean_environment(**{"TERM": "xterm"} | env))
    os.close(slave)
    data = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:     # the other end is closed
            break
        if not part:
            break
        data += part
    os.close(master)
    assert child.wait(timeout=PATIENCE) == 0, data
    return data.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("command", ["show", "map"])
def test_colour_when(binary, output, command):
    def colored(*args, **env):
        return "\033[" in output(command, "-f", SAMPLE, *args, env=env)

    def on_terminal(*args, **env):
        return "\033[" in terminal(binary, command, "-f", SAMPLE, *args, **env)
    assert not colored()
    assert not colored("--color=auto")
    assert not colored("--color=never")
    assert colored("--color=always")
    assert colored("--color")
    assert on_terminal()
    assert on_terminal("--color=auto")
    assert not on_terminal("--color=never")
    assert not on_terminal(NO_COLOR=1)
    assert on_terminal(NO_COLOR="")
    assert on_terminal("--color=always", NO_COLOR=1)


def test_terminals_without_colours(binary):
    for term in ("dumb", ""):
        assert "\033[" not in terminal(binary, "show", "-f", SAMPLE, TERM=term)
    assert "\033[" in terminal(binary, "show", "-f", SAMPLE, "--color=always", TERM="dumb")


@pytest.mark.parametrize("files, colored", [
    ((), True), (("kvas.disable",), False), (("disable",), False), (("kvas@xterm.disable",), False),
    (("@xterm.disable",), False), (("kvas@vt100.disable",), True), (("ls.disable",), True), (("kvas.scheme",), True),
    (("disable", "kvas.enable"), True), (("enable", "kvas.disable"), False), (("kvas.disable", "kvas.enable"), True),
    (("kvas.disable", "kvas@xterm.enable"), True), (("@xterm.enable", "kvas.disable"), False),
])
def test_terminal_colors_d(binary, tmp_path, files, colored):
    """The more special name wins, as terminal-colors.d(5) has it."""
    for home in ("XDG_CONFIG_HOME", "HOME"):
        top = tmp_path / home
        directory = (top if home == "XDG_CONFIG_HOME" else top / ".config") / "terminal-colors.d"
        directory.mkdir(parents=True)
        for name in files:
            (directory / name).touch()
        assert ("\033[" in terminal(binary, "show", "-f", SAMPLE, **{home: top})) == colored
    if not colored:
        assert "\033[" in terminal(binary, "show", "-f", SAMPLE, "--color=always", HOME=tmp_path / "HOME")


def test_terminal_gets_a_summary(binary):
    text = terminal(binary, "-f", SAMPLE, "--color=never", COLUMNS=120)
    assert text.startswith("Kernel       6.12.0-sample")
    assert "\n\nNAME" in text
    assert not terminal(binary, "-f", SAMPLE, "-n").startswith("Kernel")


def test_utf8_only_if_the_locale_says_so(output):
    for command in ("show", "map"):
        assert not output(command, "-f", SAMPLE).isascii()
        assert output(command, "-f", SAMPLE, "--ascii").isascii()
        assert output(command, "-f", SAMPLE, env={"LC_ALL": "C"}).isascii()


def test_the_narrowest_and_senseless_columns(output):
    for columns in ("0", "-5", "x", "999999999999"):
        assert output("map", "-f", SAMPLE, env={"COLUMNS": columns}) == output("map", "-f", SAMPLE)
