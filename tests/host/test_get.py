# SPDX-License-Identifier: GPL-2.0-only
"""kvas get: single values, a line each."""

import json

import pytest

import capture
from capture import Capture, exact_size

MACHINE = next(m for m in capture.MACHINES if m.name == "6.12-amd64-5level")
ALL = pytest.mark.parametrize("path", capture.REAL, ids=capture.name_of)


@ALL
def test_each_value_of_a_capture(output, path):
    """As the capture has it, but sizes in bytes."""
    cap = Capture(path)
    wanted = [(f["name"], f["value"]) for f in cap.of("fact") if "value" in f]
    wanted += [(c["name"], c["value"]) for c in cap.of("config")]
    wanted += [(key, value) for key, value in cap.kernel.items()]
    for r in cap.of("region", "section"):
        if "start" in r and "." not in r["name"]:
            wanted += [(f"{r['name']}.start", r["start"]), (f"{r['name']}.end", r["end"]),
                       (f"{r['name']}.size", str(exact_size(r["size"]))), (r["name"], f"{r['start']}-{r['end']}")]
            wanted += [(f"{r['name']}.phys", r["phys"])] if "phys" in r else []
    # A fact of the same name comes first, as in check.
    facts = {f["name"] for f in cap.of("fact")}
    wanted = [(name, value) for name, value in wanted if name not in facts or (name, value) in
              [(f["name"], f.get("value")) for f in cap.of("fact")]]
    assert len(wanted) > 60
    lines = output("get", "-f", path, *(name for name, _ in wanted)).splitlines()
    assert lines == [str(value) for _, value in wanted]


def test_terms_are_those_of_check(output):
    here = ("--sysroot", MACHINE)
    assert output("get", "image.text.phys", *here) == output("get", "text.phys", *here)
    assert output("get", "lowmem.start", *here) == output("get", "direct_map.start", *here)
    assert output("get", "vm_split", *here) == "64P:64P\n"
    assert output("get", "text.parent", *here) == "image\n"
    witness = next(w for w in Capture(MACHINE / "sys/kernel/debug/kvas").of("witness") if w["name"] == "kmalloc")
    assert output("get", "witness kmalloc", *here) == witness["addr"] + "\n"
    # By the configuration file of the machine.
    config = next(MACHINE.glob("boot/config-*")).read_text()
    assert "\nCONFIG_PCI=y\n" in config and output("get", "CONFIG_PCI", *here) == "y\n"


def test_absent(kvas):
    result = kvas("get", "page_size", "pkmap.start", "page_levels", "--sysroot", MACHINE)
    assert result.returncode == 1 and result.stdout == "4096\n\n5\n"
    assert result.stderr == "kvas: pkmap is absent: no highmem on a 64-bit kernel\n"
    result = kvas("get", "-J", "pkmap.start", "--sysroot", MACHINE)
    assert result.returncode == 1
    assert json.loads(result.stdout)["values"] == [{"query": "pkmap.start", "absent": "no highmem on a 64-bit kernel"}]


@pytest.mark.parametrize("name, said", [
    ("vmaloc", "nothing is called 'vmaloc'; did you mean vmalloc?"),
    ("vmalloc.siz", "nothing is called 'siz'; did you mean size?"),
    ("page_sise", "did you mean page_size?"),
    ("witness kmaloc", "did you mean kmalloc?"),
    ("4096", "expected a name, found '4096'"),
    ("vmalloc.start x", "expected one name, found 'x' after it"),
    ("", "expected a name"),
])
def test_what_nothing_is_called(refused, name, said):
    """Of all that was asked, nothing is printed."""
    assert said in refused("get", "page_size", name, "--sysroot", MACHINE)


def test_options_that_the_capture_does_not_hold(refused):
    path = MACHINE / "sys/kernel/debug/kvas"
    assert "the capture does not have CONFIG_PCI" in refused("get", "CONFIG_PCI", "-f", path)
    assert "get needs a name" in refused("get", "-f", path)
