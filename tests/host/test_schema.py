# SPDX-License-Identifier: GPL-2.0-only
"""What every command prints with -J is what the JSON Schema that ships says."""

import copy
import json

import jsonschema
import pytest

import capture
from capture import build, region
from conftest import HERE, READER

SCHEMA = json.loads((READER / "schema/kvas.schema.json").read_text())
RESULT = json.loads((READER / "schema/kvas-lab.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, resolver=jsonschema.RefResolver.from_schema(SCHEMA, store={RESULT["$id"]: RESULT}))
MACHINES = capture.MACHINES
PREDICTED = [m for m in MACHINES if "s390x" not in m.name and "malta" not in m.name]
OOPSES = HERE / "oopses"
EXAMPLES = sorted((READER / "examples").glob("*.expect"))

each = pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)


def errors(document):
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in VALIDATOR.iter_errors(document)]


@pytest.fixture
def document(plain):
    """The document that a call prints, once the schema has allowed it."""
    def call(*args, statuses=(0, 1)):
        result = plain(*args, "-J")
        assert result.returncode in statuses, result.stderr
        found = json.loads(result.stdout)
        assert errors(found) == [], args
        assert found["version"] == 1 and found["command"] == args[0]
        return found
    return call


def config_of(machine):
    return next(machine.glob("boot/config-*"))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


# --- Each command on each machine ----------------------------------------------------------------

@each
def test_layouts(document, machine, tmp_path):
    here = ("--sysroot", machine)
    whole = document("show", *here)
    for options in ((), ("--facts",), ("--witnesses",), ("-o", "NAME,SIZE"), ("--facts", "-o", "+ABSENT")):
        part = document("show", *here, *options)
        assert part["kernel"] == whole["kernel"]
    document("map", *here)
    document("where", "0x0", "schedule", *here)
    document("where", "0x0", "nosuch", "-o", "ADDR,IN,START", *here)
    document("walk", "0x0", "schedule", *here)
    document("walk", "0x0", "nosuch", "-o", "ADDR,LEVEL,PHYS", *here)
    document("explain", *here)
    document("get", "vmalloc", "vmalloc.size", "page_size", "page_levels", "release", "kfence", *here)
    document("verify", *here)
    document("verify", "-o", "NAME,VALUE", *here)
    document("verify", "--reasons", "-o", "NAME,SOURCE", *here)
    if (oops := OOPSES / f"{machine.name}.txt").exists():
        document("where", "--annotate", oops, *here)
    document("check", *EXAMPLES[:1], *here)
    other = next(m for m in MACHINES if m != machine)
    document("diff", other, machine)
    document("diff", other, machine, "-o", "NAME,FROM,TO")
    document("diff", other, machine, "--quiet")


@pytest.mark.parametrize("machine", PREDICTED, ids=lambda m: m.name)
def test_configurations(document, machine):
    config = config_of(machine)
    document("predict", config)
    document("predict", config, "--facts", "-o", "NAME,VALUE")
    document("predict", config, "-o", "NAME,START,WHY")
    document("verify", "--config", config, "--sysroot", machine)


@pytest.mark.parametrize("path", capture.ROWS, ids=capture.name_of)
def test_rows(document, path):
    document("show", "-f", path)
    document("map", "-f", path)


@pytest.mark.parametrize("command", ["show", "where", "walk", "verify", "diff", "mappings", "threads", "check", "predict",
                                     "lab"])
def test_lists_of_columns(document, output, command):
    found = document(command, "--list-columns")["list_columns"]
    assert [c["name"] for c in found] == output(command, "-H", "-r").split()


def test_what_a_later_module_says(document, write):
    text = build([region("user", 0, 0xfff, more="colour=blue"), 'future  type=t what="a b" n=1'])
    found = document("show", "-f", write(text))
    assert found["regions"][0]["other"] == {"colour": "blue"}
    assert found["others"][0]["type"] == "future"


# --- The schema can fail -------------------------------------------------------------------------

def altered(document, *path, value):
    """A copy with another value there; None takes the member away."""
    found = at = copy.deepcopy(document)
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return found


def test_damage_is_seen(document):
    machine = MACHINES[0]
    show = document("show", "--sysroot", machine)
    r = next(i for i, r in enumerate(show["regions"]) if "start" in r)
    f = next(i for i, f in enumerate(show["facts"]) if f.get("unit") == "bytes")
    predict = document("predict", config_of(machine))
    exact = next(i for i, p in enumerate(predict["predictions"]) if p["key"] == "size" and "value" in p)
    verify = document("verify", "--sysroot", machine)
    v = next(i for i, v in enumerate(verify["values"]) if v["key"] == "start")
    for bad in (altered(show, "version", value=2), altered(show, "kernel", value=None),
                altered(show, "kernel", "machine", value=None), altered(show, "command", value="draw"),
                altered(show, "surplus", value=1), altered(show, "regions", r, "start", value="0xFF"),
                altered(show, "regions", r, "start", value=17), altered(show, "regions", r, "size", value="4K"),
                altered(show, "regions", r, "size", value=4096), altered(show, "regions", r, "end", value=None),
                altered(show, "regions", r, "absent", value="why"), altered(show, "regions", r, "colour", value="x"),
                altered(show, "facts", f, "value", value="4096"), altered(show, "facts", f, "value", value=4096),
                altered(show, "facts", f, "absent", value="why"), altered(show, "witnesses", value=None),
                altered(predict, "predictions", exact, "value", value="4096"),
                altered(predict, "predictions", exact, "low", value="0x0"),
                altered(predict, "predictions", exact, "prediction", value="sure"),
                altered(verify, "values", v, "value", value="17"), altered(verify, "values", v, "absent", value="x"),
                altered(verify, "values", v, "verdict", value="fine")):
        assert errors(bad)


# --- The same thing is the same in every command --------------------------------------------------

@each
def test_commands_agree(document, machine):
    here = ("--sysroot", machine)
    show = document("show", *here)
    kinds = {"fact": "facts", "config": "configs", "region": "regions", "section": "sections",
             "memory": "memory", "witness": "witnesses"}
    published = {(word, r["name"], key): value for word, array in kinds.items()
                 for r in show[array] for key, value in r.items()}
    published |= {("kernel", "kernel", key): value for key, value in show["kernel"].items()}
    compared = 0
    for v in document("verify", *here)["values"]:
        if v["record"] in ("capture", "memory"):
            continue
        key = "absent" if "absent" in v else "value"
        assert v[key] == published[v["record"], v["name"], v["key"]]
        compared += 1
    assert compared > 100
    # A name that several commands print, and get: one value, one type.
    names = [r["name"] for r in show["regions"] if "start" in r]
    got = document("get", *(f"{n}.{key}" for n in names for key in ("start", "end", "size")), *here)["values"]
    assert [g["value"] for g in got] == [published["region", n, key] for n in names for key in ("start", "end", "size")]
    facts = [f for f in show["facts"] if "value" in f]
    got = document("get", *(f["name"] for f in facts), *here)["values"]
    assert [g["value"] for g in got] == [f["value"] for f in facts]
    bits = show["kernel"]["bits"]
    assert all(len(r["start"]) == 2 + bits // 4 for r in show["regions"] if "start" in r)


@pytest.mark.parametrize("machine", PREDICTED, ids=lambda m: m.name)
def test_predictions_are_in_the_same_units(document, machine):
    show = document("show", "--sysroot", machine)
    kinds = {"facts": "fact", "regions": "region", "sections": "section"}
    published = {(word, r["name"], key): value for array, word in kinds.items()
                 for r in show[array] for key, value in r.items()}
    compared = 0
    for p in document("predict", config_of(machine))["predictions"]:
        value = published.get((p["record"], p["name"], p["key"]))
        for bound in ("value", "low", "high"):
            if bound in p and value is not None:
                assert type(p[bound]) is type(value), (p, value)
                if isinstance(value, str) and value.startswith("0x") and p["key"] in ("start", "end"):
                    assert len(p[bound]) == len(value)
                compared += 1
    assert compared > 15


@each
def test_programs_read_no_rounded_size(plain, plain_output, machine):
    """-r and -P print what --bytes prints, in every table."""
    here = ("--sysroot", machine)
    for words in (["show"], ["show", "--facts"], ["verify"], ["diff", MACHINES[0]]):
        for form in ("-r", "-P"):
            printed = plain(*words, form, "--output-all", *here).stdout
            assert printed == plain(*words, form, "-b", "--output-all", *here).stdout
    facts = dict(line.split(" ")[:2] for line in plain_output("show", "--facts", "-rn", *here).splitlines())
    values = dict(line.split(" ")[:2] for line in plain("verify", "-rn", *here).stdout.splitlines())
    for name, value in facts.items():
        assert values.get(name, value) == value
