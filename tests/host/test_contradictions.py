# SPDX-License-Identifier: GPL-2.0-only
"""kvas predict and kvas verify --config never contradict each other.

On each machine, every option that the rules read is set otherwise in turn.  What
predict then calls exact, in the machine's circumstances, and the machine has
otherwise, must be wrong by verify; and what verify calls exact or wrong, predict
must not call something else.
"""

import json
import re

import pytest

import capture
from conftest import READER

MACHINES = [m for m in capture.MACHINES if not re.search("s390x|malta", m.name)]

# Options that go together: only one page size is set, and it decides on the levels.
TOGETHER = {
    "x86_64": (("X86_5LEVEL=n", "PGTABLE_LEVELS=4"), ("X86_5LEVEL=y", "PGTABLE_LEVELS=5"),
               ("KASAN=y", "RANDOMIZE_MEMORY=n"), ("RANDOMIZE_BASE=n", "RANDOMIZE_MEMORY=n")),
    "i386": (("X86_PAE=n", "PGTABLE_LEVELS=2"), ("HIGHMEM=n", "PAGE_OFFSET=0x80000000")),
    "arm": (("ARM_LPAE=y", "PGTABLE_LEVELS=3"), ("HIGHMEM=n", "PAGE_OFFSET=0x80000000")),
    "arm64": tuple((f"ARM64_VA_BITS={bits}", f"PGTABLE_LEVELS={levels}",
                    *(f"ARM64_{p}_PAGES={'y' if p == page else 'n'}" for p in ("4K", "16K", "64K")))
                   for bits, page, levels in ((39, "4K", 3), (48, "4K", 4), (52, "4K", 5), (36, "16K", 2),
                                              (47, "16K", 3), (48, "16K", 4), (52, "16K", 4),
                                              (42, "64K", 2), (48, "64K", 3), (52, "64K", 3))),
    "riscv64": (("RANDOMIZE_BASE=y", "RELOCATABLE=y"),),
    "ppc64": (("PPC_64K_PAGES=y", "PPC_4K_PAGES=n"), ("PPC_64K_PAGES=n", "PPC_4K_PAGES=y")),
    "loongarch64": tuple((f"PGTABLE_LEVELS={levels}",
                          *(f"PAGE_SIZE_{p}KB={'y' if p == page else 'n'}" for p in (4, 16, 64)))
                         for page, levels in ((4, 3), (4, 4), (16, 2), (16, 3), (64, 2), (64, 3))),
}
# For options that hold a number.
OTHERWISE = {
    "PAGE_OFFSET": ("0x80000000", "0xc0000000", "0xb0000000"), "NR_CPUS": ("1", "8192"),
    "PGTABLE_LEVELS": ("2", "3", "4", "5"), "PHYSICAL_START": ("0x2000000",),
    "PHYSICAL_ALIGN": ("0x1000000",), "ARM64_VA_BITS": ("39", "48", "52"),
    "ARM64_PA_BITS": ("48", "52"), "THREAD_SHIFT": ("13", "15"),
    "KFENCE_NUM_OBJECTS": ("63",), "KASAN_SHADOW_OFFSET": ("0xdfff800000000000",),
    "RANDOMIZE_MEMORY_PHYSICAL_PADDING": ("0x0", "0x20"), "CMDLINE": ('"nokaslr vmalloc=256M"',),
}
# They say which kernel it is for, or whether there is a kernel that could be this one at all.
NOT_FLIPPED = {"64BIT", "X86_32", "ARM", "MAX_PHYSMEM_BITS", "KERNEL_IMAGE_BASE"}

UNITS = {unit: 1 << 10 * n for n, unit in enumerate("KMGTPE", 1)}


def options_of_rules(arch):
    """All that rules/ looks up for one."""
    text = "".join(p.read_text() for p in sorted((READER / "rules").glob("*.[ch]"))
                   if p.stem not in TOGETHER or p.stem == arch)
    text = re.sub(r"/\* --- What a capture of it must hold.*?\nconst struct arch ", "", text, flags=re.S)
    return sorted(set(re.findall(r'"CONFIG_(\w+)"', text)) - NOT_FLIPPED)


def with_(config, *settings):
    for setting in settings:
        name = setting.partition("=")[0]
        config = re.sub(rf"^(?:# )?CONFIG_{name}(?:=.*| is not set)\n", "", config, flags=re.M)
    return config + "".join(f"CONFIG_{s}\n" for s in settings if not s.endswith("=n"))


def changes(config, arch):
    """The lines of each other configuration."""
    for name in options_of_rules(arch):
        is_on = re.search(rf"^CONFIG_{name}=(.*)$", config, re.M)
        if name in OTHERWISE:
            yield from ([f"{name}={value}"] for value in OTHERWISE[name] if not is_on or is_on[1] != value)
        else:
            yield [f"{name}={'n' if is_on and is_on[1] == 'y' else 'y'}"]
    yield from TOGETHER[arch]


def number(text):
    """Of a value as published or predicted; a word, y or n stays one."""
    if not isinstance(text, str):
        return text
    match = re.fullmatch(r"(-?)(0x[0-9a-f]+|\d+)([KMGTPE]?)", text)
    return (-1 if match[1] else 1) * int(match[2], 0) * UNITS.get(match[3], 1) % (1 << 64) if match else text


def excludes(prediction, value):
    """Can the machine have that value, if this is right?"""
    kind = prediction["prediction"]
    if kind == "exact":
        return number(prediction["value"]) != number(value)
    return kind == "absent" or (kind == "interval" and isinstance(number(value), int) and
                                not number(prediction["low"]) <= number(value) <= number(prediction["high"]))


def contradictions(predicted, verified):
    """Names of values of which the one says what the other denies."""
    found, of = [], {(p["record"], p["name"], p["key"]): p for p in predicted}
    for value in verified:
        prediction = of.get((value["record"], value["name"], value["key"]))
        if not prediction or value["key"] == "absent":
            continue
        exact = prediction["prediction"] in ("exact", "absent")
        out = excludes(prediction, value["value"])
        verdict = value["verdict"]
        if (exact and out and verdict != "wrong") or (out and verdict == "exact") or \
           (exact and not out and verdict == "wrong"):
            found.append(f"{value['name']}.{value['key']} is {value['value']}: {verdict}, and {prediction}")
    return found


def circumstances(machine, facts):
    """What predict can be told of that machine."""
    given = ["--cmdline", (machine / "proc/cmdline").read_text().strip(), "--release", facts["release"]]
    for option, fact in (("--va-bits", "va_bits"), ("--pa-bits", "pa_bits"), ("--mmu", "mmu")):
        given += [option, facts[fact]] if fact in facts else []
    return given


def facts_of(machine):
    text = (machine / "sys/kernel/debug/kvas").read_text()
    kernel = re.search(r"^kernel .*?release=(\S+) .*?arch=(\S+)", text, re.M)
    return {"release": kernel[1], "arch": kernel[2],
            **dict(re.findall(r"^fact +name=(\S+) +value=(\S+)", text, re.M))}


@pytest.fixture
def compare(plain, write):
    def call(machine, settings):
        facts = facts_of(machine)
        config = write(with_(next(machine.glob("boot/config-*")).read_text(), *settings), "config")
        predicted = plain("predict", "-J", *circumstances(machine, facts), config)
        verified = plain("verify", "-J", "--config", config, "--sysroot", machine)
        # What is no whole configuration both refuse, in the same words.
        if predicted.returncode == 2:
            assert " lacks CONFIG_" in predicted.stderr
            assert (verified.returncode, verified.stderr) == (2, predicted.stderr)
            return [], []
        assert predicted.returncode == 0 and verified.returncode < 2, predicted.stderr + verified.stderr
        values = json.loads(verified.stdout)["values"]
        return contradictions(json.loads(predicted.stdout)["predictions"], values), values
    return call


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)
def test_no_contradiction(machine, compare):
    config = next(machine.glob("boot/config-*")).read_text()
    tried, refused, wrong, found = 0, 0, 0, []
    for settings in changes(config, facts_of(machine)["arch"]):
        contradicted, values = compare(machine, settings)
        tried += 1
        refused += not values
        wrong += any(v["verdict"] == "wrong" and v["record"] != "config" for v in values)
        found += [f"{' '.join(settings)}: {text}" for text in contradicted]
    assert not found, "\n".join(found)
    assert tried > 25 and refused < 7 and wrong > 3


def test_options_of_rules():
    """Else fewer might be flipped than are read."""
    for arch, some in (("x86_64", "KASAN KMSAN PGTABLE_LEVELS PHYSICAL_START RANDOMIZE_MEMORY"),
                       ("i386", "X86_PAE HIGHMEM PAGE_OFFSET INTEL_TXT PHYSICAL_START"),
                       ("arm64", "ARM64_VA_BITS ARM64_64K_PAGES KASAN_SW_TAGS KVM")):
        assert set(some.split()) <= set(options_of_rules(arch))
    assert "ARM64_VA_BITS" not in options_of_rules("x86_64")


@pytest.mark.parametrize("prediction, value, verdict, contradict", [
    ({"prediction": "exact", "value": "0x4"}, "5", "not predicted", True),
    ({"prediction": "exact", "value": "0x4"}, "5", "exact", True),
    ({"prediction": "exact", "value": "0x4"}, "5", "wrong", False),
    ({"prediction": "exact", "value": "0x4"}, "4", "wrong", True),
    ({"prediction": "exact", "value": "128T:128T"}, "64P:64P", "within", True),
    ({"prediction": "exact", "value": "0x800000000000"}, "128T", "exact", False),
    ({"prediction": "interval", "low": "0x10", "high": "0x20"}, "0x30", "exact", True),
    ({"prediction": "interval", "low": "0x10", "high": "0x20"}, "0x18", "exact", False),
    ({"prediction": "absent"}, "0x10", "not predicted", True),
    ({"prediction": "open"}, "0x10", "wrong", False),
])
def test_a_contradiction_is_seen(prediction, value, verdict, contradict):
    name = {"record": "fact", "name": "x", "key": "value"}
    assert bool(contradictions([{**prediction, **name}],
                               [{**name, "value": value, "verdict": verdict}])) == contradict
