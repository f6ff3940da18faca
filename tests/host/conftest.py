# SPDX-License-Identifier: GPL-2.0-only
"""The reader, built with ASan and UBSan, and a way to run it."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
READER = HERE.parent.parent / "userspace"
BUILD = READER / "build-sanitize"

import capture  # noqa: E402
import labs  # noqa: E402
import mutation  # noqa: E402
import running  # noqa: E402
import saved  # noqa: E402

# Seconds for what hangs.  It is much, for these tests stand back for those of guests.
PATIENCE = 1800

# No exit status of the reader, so that a finding is never taken for one.
SANITIZER_STATUS = 99


def clean_environment(**more):
    """One that looks the same on each machine."""
    env = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    env |= {"LC_ALL": "C.UTF-8",
            "ASAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:detect_leaks=0",  # see test_leaks.py
            "UBSAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:print_stacktrace=1"}
    return env | {name: str(value) for name, value in more.items()}


@pytest.fixture(scope="session")
def binary():
    subprocess.run(["make", "-s", "-C", READER, "SANITIZE=1", f"BUILD={BUILD.name}"],
                   check=True, timeout=PATIENCE)
    return BUILD / "kvas"


@pytest.fixture(scope="session")
def kvas(binary):
    """kvas("map", "-f", path, env={...}, stdin="...") -> CompletedProcess."""
    return runner(binary)


@pytest.fixture(scope="session")
def plain():
    """The same without sanitizers, a fifth of the time, for thousands of runs that differ little."""
    subprocess.run(["make", "-s", "-C", READER], check=True, timeout=PATIENCE)
    return runner(READER / "build/kvas")


def runner(program):
    def call(*args, env=None, stdin=None, **more):
        result = subprocess.run([program, *map(str, args)], input=stdin, text=True,
                                capture_output=True, timeout=PATIENCE, encoding="utf-8",
                                env=clean_environment(**(env or {})), **more)
        assert result.returncode in (0, 1, 2), result.stderr
        return result
    return call


@pytest.fixture(scope="session")
def output(kvas):
    """The standard output of a call that must succeed without a word besides."""
    return quiet(kvas)


@pytest.fixture(scope="session")
def plain_output(plain):
    """The same, as plain is the same."""
    return quiet(plain)


def quiet(run):
    def call(*args, **more):
        result = run(*args, **more)
        assert result.returncode == 0, result.stderr
        assert result.stderr == ""
        return result.stdout
    return call


@pytest.fixture
def refused(kvas):
    """What is said on failure: one line, status 2, nothing on standard output."""
    def call(*args, **more):
        result = kvas(*args, **more)
        assert result.returncode == 2, result.stdout
        assert result.stdout == ""
        assert result.stderr.startswith("kvas: ") and result.stderr.count("\n") == 1
        return result.stderr.removeprefix("kvas: ").rstrip("\n")
    return call


@pytest.fixture
def write(tmp_path):
    """Writes a capture and gives its path."""
    def call(text, name="capture"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path
    return call


# --- The page to explore ------------------------------------------------------

@pytest.fixture(scope="session")
def pages(plain_output, tmp_path_factory):
    """Makes a page, once for each set of arguments."""
    directory, made = tmp_path_factory.mktemp("pages"), {}

    def make(*arguments):
        if arguments not in made:
            made[arguments] = directory / f"{len(made)}.html"
            assert plain_output("draw", *arguments, made[arguments]) == ""
        return made[arguments]
    return make


@pytest.fixture(scope="session")
def machine(pages):
    return lambda path: pages("--sysroot", path) if path.is_dir() else pages("-f", path)


@pytest.fixture(scope="session")
def measured(pages):
    return pages("-f", HERE / "measured/6.12-amd64-5level.kvas", "--mappings", HERE / "measured/6.12-amd64-5level.mappings")


@pytest.fixture(scope="session")
def shared():
    import browser
    page = browser.Page()
    yield page
    page.close()


@pytest.fixture
def page(shared):
    """The one browser; nothing that a test does may make its console complain."""
    shared.resize(1280, 900)
    shared.prefer("light")
    shared.complaints()
    yield shared
    assert shared.complaints() == []


# --- Processes ---------------------------------------------------------------

@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """The directory with those of lab/objects.c, and unusual."""
    to = tmp_path_factory.mktemp("programs")
    running.build(to)
    return to


@pytest.fixture(scope="session", params=running.LINKS)
def known(request, programs, tmp_path_factory):
    with running.running(programs / request.param, tmp_path_factory.mktemp("files")) as it:
        yield it


@pytest.fixture(scope="session")
def ask(plain):
    def call(*args, command="user", **more):
        result = plain(command, "-J", *args, **more)
        assert result.returncode == 0 and result.stderr == "", result.stderr
        return json.loads(result.stdout)
    return call


def schema_errors(document):
    from test_schema import errors  # which needs this file
    return errors(document)


@pytest.fixture
def where(ask):
    """The answers to queries; each must have one, or several."""
    def call(process, *queries, options=()):
        document = ask("-p", process, *options, *map(str, queries), command="where")
        assert schema_errors(document) == []
        return document["where"]
    return call


@pytest.fixture
def unanswered(plain):
    """Why there is no answer to one query: status 1, and a row with the sentence."""
    def call(process, query, *options):
        result = plain("where", "-J", "-p", process, *options, query)
        assert result.returncode == 1 and result.stderr == ""
        document = json.loads(result.stdout)
        assert schema_errors(document) == []
        [row] = document["where"]
        return row["error"]
    return call


@pytest.fixture
def says_no(plain):
    """The sentence of a failure, from which nothing is printed."""
    def call(*args, **more):
        result = plain(*args, **more)
        assert result.returncode == 2 and result.stdout == "", result.stdout
        assert result.stderr.count("\n") == 1
        return result.stderr.removeprefix("kvas: ").strip()
    return call


# --- Saved machines ----------------------------------------------------------

@pytest.fixture
def copy(tmp_path):
    """A copy of a saved machine, to be changed."""
    def call(machine=saved.MAIN):
        target = tmp_path / "machine"
        shutil.copytree(machine, target)
        return target
    return call


@pytest.fixture
def verify(kvas):
    """The document and the status of verify -J on a machine."""
    return verifying(kvas)


@pytest.fixture
def plain_verify(plain):
    """The same, as plain is the same."""
    return verifying(plain)


def verifying(run):
    def call(machine):
        result = run("verify", "-J", "--sysroot", machine)
        document = json.loads(result.stdout)
        summary = document["summary"]
        assert bool(result.stderr) == (summary["checked"] + summary["disagree"] == 0)
        return document, result.returncode
    return call


SANITIZED = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-no-pie")


def compile_test(program, *sources, flags=SANITIZED):
    """A C test of the reader's files."""
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-g", "-O1", "-Wall", "-Wextra", "-Werror", *flags,
                    f"-I{READER}", "-o", program, *sources], check=True, timeout=PATIENCE)
    return program


@pytest.fixture(scope="session")
def mutate(binary, tmp_path_factory):
    """The program that flips values of a capture, built with the reader's objects."""
    return mutation.build(tmp_path_factory.mktemp("mutate") / "mutate", BUILD, *SANITIZED)


@pytest.fixture(scope="session")
def scored(mutate):
    """How much of a machine verify notices; each machine is tried once."""
    return functools.cache(lambda machine: mutation.score(mutate, machine, env=clean_environment()))


@pytest.fixture
def make(tmp_path):
    """A machine of few words: records of a capture, and files by their paths."""
    def call(arch, release, records, files, bits=64):
        machine = tmp_path / "made"
        measured = f"release={release}\nword_bits={bits}\npage_size=4096\n"
        text = capture.build(records, bits=bits, arch=arch).replace("release=1.0-test", f"release={release}")
        for path, content in {"sys/kernel/debug/kvas": text, "kvas.measured": measured, **files}.items():
            (machine / path).parent.mkdir(parents=True, exist_ok=True)
            (machine / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        return machine
    return call


# --- Predictions -------------------------------------------------------------

def _number(found):
    """What is counted is a number, addresses and sizes are texts; some facts are words."""
    hexadecimal = isinstance(found, str) and re.match("-?0x", found)
    return int(found, 0) if hexadecimal else found


def _value(p):
    if p["prediction"] == "interval":
        return _number(p["low"]), _number(p["high"])
    if p["prediction"] != "exact":
        return p["prediction"]
    return _number(p["value"])


@pytest.fixture
def predict(kvas, write):
    """name.key -> what is said of it; an interval as a pair of numbers."""
    def call(config, *options):
        result = kvas("predict", "-J", *options, write(config, "config"))
        assert result.returncode == 0 and result.stderr == "", result.stderr
        return {f"{p['name']}.{p['key']}": _value(p)
                for p in json.loads(result.stdout)["predictions"]}
    return call


# --- Exercises of kvas lab ----------------------------------------------------

@pytest.fixture
def course(tmp_path):
    """Writes exercises, name -> text, and gives their directory."""
    def call(**texts):
        directory = tmp_path / "course"
        directory.mkdir(exist_ok=True)
        for i, (name, text) in enumerate(texts.items(), 1):
            (directory / f"{i:02}-{name}.txt").write_text(text)
        return directory
    return call


@pytest.fixture
def lab(kvas, tmp_path):
    """kvas lab with a state of its own; stdin by default empty."""
    def call(*args, stdin="", **more):
        env = {"XDG_STATE_HOME": tmp_path / "state", **more.pop("env", {})}
        return kvas("lab", *args, stdin=stdin, env=env, **more)
    return call


@pytest.fixture
def answered(lab, tmp_path):
    """The result of a file of answers, a list of lines."""
    def call(directory, lines, *args, machine=labs.X86):
        path = tmp_path / "answers"
        path.write_text("\n".join(lines) + "\n")
        result = lab("--lab-dir", directory, "--sysroot", machine, "--answers", path, "-J", "--seed", 7, *args)
        assert result.returncode in (0, 1) and result.stderr == "", result.stderr
        return json.loads(result.stdout)
    return call
