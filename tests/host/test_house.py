# SPDX-License-Identifier: GPL-2.0-only
"""How the reader's files hang together: no circles, no long files, complete architectures.

Files are joined by what their objects need of one another, headers by what they
include, and folders by both.
"""

import re
import subprocess

import pytest

import mutation
from conftest import BUILD, HERE, PATIENCE, READER, clean_environment, compile_test

MOST_LINES = 600

# What a folder may use of others, where more would make it impure.
ALLOWED = {
    "base": set(),
    "layout": {"base"},
    "machine": {"base", "layout"},
    "rules": {"base", "layout"},
    "pagetables": {"base", "layout", "machine"},
    "process": {"base", "layout", "machine"},
    "threads": {"base", "layout"},
    "lab": {"base", "layout", "texts"},
}
# Of the layout, rules know the words and nothing more.
RULES_MAY_INCLUDE = {"layout/record.h"}


def sources(*endings):
    return sorted(p for p in READER.glob("*/*") if p.suffix in endings and not p.parts[-2].startswith("build"))


def name(path):
    return str(path.relative_to(READER))


def includes(path):
    """Names of the reader's own files; next to it, or from the top."""
    found = re.findall(r'^#include "([^"]+)"', path.read_text(), re.M)
    for one in found:
        for place in (path.parent / one, READER / one):
            if place.is_file() and READER in place.resolve().parents:
                yield name(place.resolve())
                break


def header_graph(paths):
    return {name(p): set(includes(p)) for p in paths}


def object_graph(symbols):
    """file -> files that define what it needs; of file -> (defined, needed)."""
    of = {symbol: file for file, (defined, _) in symbols.items() for symbol in defined}
    return {file: {of[s] for s in needed if s in of} - {file} for file, (_, needed) in symbols.items()}


def read_symbols(build):
    """Of each file that has an object, what nm(1) says."""
    objects = {str((build / name(path)).with_suffix(".o")): name(path) for path in sources(".c")}
    text = subprocess.run(["nm", "-A", *objects], check=True, capture_output=True, text=True).stdout
    found = {file: (set(), set()) for file in objects.values()}
    for line in text.splitlines():
        *_, kind, symbol = line.split()
        defined, needed = found[objects[line.partition(":")[0]]]
        if kind in "TDRBCV":
            defined.add(symbol)
        elif kind == "U":
            needed.add(symbol)
    return found


def folder_graph(*graphs):
    found = {}
    for graph in graphs:
        for file, others in graph.items():
            here = file.split("/")[0]
            found.setdefault(here, set()).update({o.split("/")[0] for o in others} - {here})
    return found


def circles(graph):
    """Each file or folder that leads back to itself, with the way."""
    def way(start):
        before, todo = {}, [start]
        while todo:
            at = todo.pop(0)
            for other in sorted(graph.get(at, ())):
                if other == start:
                    path = [at]
                    while path[0] != start:
                        path.insert(0, before[path[0]])
                    return " -> ".join([*path, start])
                if other not in before:
                    before[other] = at
                    todo.append(other)
        return None
    return [found for start in sorted(graph) if (found := way(start))]


@pytest.fixture(scope="session")
def symbols(binary):
    return read_symbols(BUILD)


def test_no_circle_between_files(symbols):
    assert not circles(object_graph(symbols))
    assert not circles(header_graph(sources(".h")))


def test_no_circle_between_folders(symbols):
    graph = folder_graph(object_graph(symbols), header_graph(sources(".c", ".h")))
    assert not circles(graph)
    for folder, allowed in ALLOWED.items():
        assert graph.get(folder, set()) <= allowed, folder


def test_rules_know_no_capture():
    for path in sources(".c", ".h"):
        if path.parent.name == "rules":
            outside = {i for i in includes(path) if not i.startswith(("rules/", "base/"))}
            assert outside <= RULES_MAY_INCLUDE, path
            assert not re.search(r"/proc/.*open|struct (machine|verification|layout)\b", path.read_text()), path


def test_circles_are_seen(symbols, tmp_path):
    """Made-up ones: of two files, of three folders, and one among what there is."""
    assert circles({"a/x.h": {"a/y.h"}, "a/y.h": {"a/x.h"}}) == \
        ["a/x.h -> a/y.h -> a/x.h", "a/y.h -> a/x.h -> a/y.h"]
    assert circles(folder_graph({"a/x.c": {"b/y.c"}, "b/z.c": {"c/u.c"}, "c/v.c": {"a/w.c"}}))
    assert not circles({"a": {"b"}, "b": {"c"}, "c": set()})
    # As if situation.c called arch_by_name().
    defined, needed = symbols["rules/situation.c"]
    assert circles(object_graph({**symbols, "rules/situation.c": (defined, needed | {"arch_by_name"})}))
    # Of objects that a compiler made.
    for file, text in (("one", "int two(void); int one(void) { return two(); }"),
                       ("two", "int one(void); int two(void) { return one(); }")):
        (tmp_path / f"{file}.c").write_text(text)
        subprocess.run(["cc", "-c", "-o", tmp_path / f"{file}.o", tmp_path / f"{file}.c"], check=True)
    made = {}
    for file in ("one", "two"):
        text = subprocess.run(["nm", tmp_path / f"{file}.o"], check=True, capture_output=True, text=True).stdout
        rows = [line.split()[-2:] for line in text.splitlines()]
        made[file] = ({s for kind, s in rows if kind == "T"}, {s for kind, s in rows if kind == "U"})
    assert circles(object_graph(made)) == ["one -> two -> one", "two -> one -> two"]


def test_objects_are_of_these_files(symbols):
    """Else a file without symbols would be in no circle."""
    graph = object_graph(symbols)
    assert len(graph) > 90 and sum(map(len, graph.values())) > 300
    assert "verify/values.c" in graph["verify/verdicts.c"] and "rules/x86_64.c" in graph["rules/arch.c"]


def test_no_long_file():
    """Of the module, the reader and the tests."""
    top = READER.parent
    top = READER.parent
    written = [p for folder in ("module", "userspace", "tests") for p in (top / folder).rglob("*.*")
               if p.suffix in (".c", ".h", ".py", ".sh") and not re.search(r"/build|\.mod\.c$", str(p.relative_to(top)))]
    assert len(written) > 200
    assert not {str(p) for p in written if len(p.read_text(encoding="utf-8").splitlines()) > MOST_LINES}


def declarations(text):
    """(functions, anything else) that a header declares."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    guard = re.search(r"#ifndef (\w+)\n#define \1\n", text)
    text = text.replace(guard[0], "") if guard else text
    others = re.findall(r"^(?:#define|typedef|extern|static|(?:struct|enum|union) ?\w* \{)", text, re.M)
    text = re.sub(r"^#[^\n]*(?:\\\n[^\n]*)*", "", text, flags=re.M)
    text = re.sub(r"\{.*?\n\}", "", text, flags=re.S)
    return len(re.findall(r"\w+\s*\([^;{]*\)[^;{()]*(?:\(\(.*?\)\))?;", text)), len(others)


@pytest.mark.parametrize("path", sources(".h"), ids=name)
def test_no_header_for_one_function(path):
    functions, others = declarations(path.read_text())
    assert functions != 1 or others


def test_a_header_for_one_function_is_seen():
    head = "#ifndef X\n#define X\n#include <stddef.h>\n"
    assert declarations(head + "/* f(); */\nint f(int a,\n      int b);\n#endif\n") == (1, 0)
    assert declarations(head + "struct s {\n\tint (*f)(void);\n};\nint f(void);\n#endif\n")[1] == 1
    assert declarations(head + "int f(void);\nchar *g(int x);\n#endif\n") == (2, 0)


# --- Architectures -------------------------------------------------------------------------------

@pytest.fixture(scope="session")
def architectures(binary, tmp_path_factory):
    """Links every object but that of main(); prints what is missing."""
    program = tmp_path_factory.mktemp("arch") / "test_arch"
    objects = [(BUILD / name(p)).with_suffix(".o") for p in sources(".c")]
    return compile_test(program, HERE / "test_arch.c", *objects, *mutation.libraries())


def test_architectures_are_complete(architectures):
    result = subprocess.run([architectures], capture_output=True, text=True, timeout=PATIENCE,
                            env=clean_environment())
    assert result.returncode == 0, result.stdout + result.stderr
    listed = dict(re.findall(r"^(rules|pagetables) (.*)$", result.stdout, re.M))
    for folder, kind in (("rules", "arch"), ("pagetables", "paging")):
        files = {p.stem for p in (READER / folder).glob("*.c")
                 if re.search(rf"^const struct {kind} {kind}_{p.stem} =", p.read_text(), re.M)}
        assert set(listed[folder].split()) == files, folder


def test_an_incomplete_architecture_is_seen(architectures):
    result = subprocess.run([architectures, "--made-up"], capture_output=True, text=True, timeout=PATIENCE,
                            env=clean_environment())
    assert result.returncode == 1
    for what in ("expect", "items", "order", "modes_differ"):
        assert f"made_up: {what} is missing" in result.stdout


def test_the_checklist_names_every_member():
    """Whoever adds an architecture reads rules/README.md."""
    text = (READER / "rules/README.md").read_text()
    for header, struct in (("rules/arch.h", "arch"), ("pagetables/tables.h", "paging")):
        body = re.search(rf"^struct {struct} \{{\n(.*?)^\}};", (READER / header).read_text(), re.M | re.S)[1]
        body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
        for member in re.findall(r"(?:\(\*(\w+)\)\(|(\w+)(?:, (\w+))?;)", body):
            for one in filter(None, member):
                assert f"`{one}`" in text, one
