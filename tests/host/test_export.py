# SPDX-License-Identifier: GPL-2.0-only
"""kvas export: metrics for those who watch many machines."""

import re
import subprocess

import pytest

import capture
from lab import programs

FOUR = next(p for p in capture.SAMPLES if p.stem == "x86_64-4level")
SAMPLE = re.compile(r'(\w+)\{(\w+="[^"]*"(?:,\w+="[^"]*")*)\} (\d+)')


def samples(text):
    """(metric, labels) -> number"""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            key = name, *re.findall(r'="([^"]*)"', labels)
            assert key not in found
            found[key] = int(value)
    return found


@pytest.mark.parametrize("path", capture.ALL, ids=capture.name_of)
def test_metrics_are_what_the_capture_holds(output, path):
    found = samples(output("export", "--prometheus", "-f", path))
    c = capture.Capture(path)
    sizes = {name: end - start + 1 for name, (start, end, _) in c.regions.items()}
    assert {k[1]: v for k, v in found.items() if k[0] == "kvas_region_size_bytes"} == sizes
    there = {r["name"]: "absent" not in r for r in c.of("region", "section")}
    assert {k[1]: v for k, v in found.items() if k[0] == "kvas_region_present"} == there
    used = {name: int(r["populated_end"], 16) - int(r["populated_start"], 16) + 1
            for name, (_, _, r) in c.regions.items() if "populated_end" in r}
    assert {k[1]: v for k, v in found.items() if k[0] == "kvas_region_used_bytes"} == used
    facts = {f["name"]: f["value"] for f in c.of("fact")
             if f.get("unit") in ("bytes", "bits", "levels", "count", "bool") and "absent" not in f}
    told = {k[1]: v for k, v in found.items() if k[0] == "kvas_fact"}
    assert told == {n: "ny".find(v) if v in "ny" else int(v) for n, v in facts.items()}
    moved = {f["name"].removesuffix("_kaslr_offset"): int(f["value"] != "0x0") for f in c.of("fact")
             if f["name"].endswith("_kaslr_offset") and "absent" not in f}
    assert {k[1]: v for k, v in found.items() if k[0] == "kvas_kaslr_moved"} == moved
    assert len(sizes) > 8
    kinds = {}
    for r in c.of("memory"):
        kinds[r["kind"]] = kinds.get(r["kind"], 0) + int(r["end"], 16) - int(r["start"], 16) + 1
    assert {k[1]: v for k, v in found.items() if k[0] == "kvas_device_memory_bytes"} == kinds


def fingerprint(text):
    return re.search(r'fingerprint="([0-9a-f]{16})"', text)[1]


def test_the_fingerprint_is_of_the_layout(output, write):
    """Neither of a boot nor of the amount of memory; but of each size and fact."""
    def of(text):
        return fingerprint(output("export", "--prometheus", "-f", write(text)))
    text = FOUR.read_text()
    first = of(text)
    other_boot = re.sub(r"(name=\w+_kaslr_offset value=)\S+", r"\g<1>0x40000000", text)
    assert of(other_boot) == first
    assert of(re.sub(r"(name=ram value=)\d+", r"\g<1>4096", text)) == first
    assert of(re.sub(r"(name=page_levels value=)4", r"\g<1>5", text)) != first
    vsyscall = re.search(r"^region .* name=vsyscall .*\n", text, re.M)[0]
    gone = text.replace(vsyscall, "region  name=vsyscall absent=no\n")
    assert of(gone) not in (first,)


def test_promtool_has_no_complaint(output):
    for path in (FOUR, *capture.REAL):
        done = subprocess.run([programs.promtool(), "check", "metrics"], text=True,
                              input=output("export", "--prometheus", "-f", path),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert (done.returncode, done.stdout) == (0, "")


def test_promtool_would_complain(output):
    text = output("export", "--prometheus", "-f", FOUR).replace("# HELP kvas_fact ", "# ")
    done = subprocess.run([programs.promtool(), "check", "metrics"], text=True, input=text,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode and "kvas_fact" in done.stdout


def test_wrong_usage(refused):
    assert "needs a format" in refused("export", "-f", FOUR)
    assert "takes no operand" in refused("export", "--prometheus", "-f", FOUR, "x")
