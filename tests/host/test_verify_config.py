# SPDX-License-Identifier: GPL-2.0-only
"""kvas verify --config: saved machines against the predictions for their configurations."""

import json
import re

import pytest

import capture
from whole_configs import ARM64, with_


PREDICTED = [m for m in capture.MACHINES
             if not re.search("s390x|malta", m.name)]


@pytest.fixture
def held(kvas):
    def call(config, *options):
        result = kvas("verify", "-J", "--config", config, *options)
        assert result.stderr == "", result.stderr
        document = json.loads(result.stdout)
        assert result.returncode == bool(document["summary"]["wrong"])
        return document
    return call


@pytest.mark.parametrize("machine", PREDICTED, ids=lambda m: m.name)
def test_machines_are_as_predicted(held, machine):
    """With all that the machine tells, and with the capture alone."""
    config = next(machine.glob("boot/config-*"))
    for options in (["--sysroot", machine], ["-f", machine / "sys/kernel/debug/kvas"]):
        summary = held(config, *options)["summary"]
        assert summary["wrong"] == 0
        assert summary["exact"] > 40 and summary["within"] >= 1


CHANGES = (
    ("5.10-amd64-4level", "CONFIG_KASAN=y", "kasan_shadow"),
    ("5.10-amd64-4level", "CONFIG_SPARSEMEM_VMEMMAP=n", "vmemmap"),
    ("6.12-amd64-5level", "CONFIG_RANDOMIZE_MEMORY=n", "direct_map"),
    ("6.1-686-pae-pae-5g", "CONFIG_PAGE_OFFSET=0x80000000", "direct_map"),
    ("6.1-686-pae-pae-5g", "CONFIG_HIGHMEM=n", "pkmap"),
    ("6.1-686-pae-pae-5g", "CONFIG_X86_PAE=n", "ldt_remap"),
    ("7.2-armmp-highmem", "CONFIG_PAGE_OFFSET=0x80000000", "direct_map"),
    ("5.10-arm64-48bit", "CONFIG_ARM64_VA_BITS=39", "direct_map"),
    ("6.12-powerpc64le-radix", "CONFIG_PPC_64K_PAGES=y", "user"),
    ("7.2-loong64-5g", "CONFIG_PAGE_SIZE_64KB=y", "fixmap"),
)


@pytest.mark.parametrize("name, line, wrong", CHANGES, ids=[f"{n}-{c}" for n, c, _ in CHANGES])
def test_another_configuration_is_found_out(held, write, name, line, wrong):
    machine = next(m for m in capture.MACHINES if m.name == name)
    config = with_(next(machine.glob("boot/config-*")).read_text(), line)
    document = held(write(config, "config"), "--sysroot", machine)
    assert wrong in {v["name"] for v in document["values"] if v["verdict"] == "wrong"}


def test_verify_prints_a_table(kvas, write):
    machine = next(m for m in capture.MACHINES if m.name == "6.12-amd64-5level")
    config = next(machine.glob("boot/config-*"))
    text = kvas("verify", "--config", config, "--sysroot", machine).stdout
    assert re.fullmatch(r"As configured: all of \d+ predicted values are right\.\n\d+ are exact, \d+ within what is "
                        r"possible; \d+ more are not predicted\.\n", text)
    text = kvas("verify", "--all", "--config", config, "--sysroot", machine).stdout
    assert text.startswith("As configured: ") and re.search(r"^vmalloc\.size +12800T +exact", text, re.M)
    assert kvas("verify", "--quiet", "--config", config, "--sysroot", machine).stdout == ""
    other = write(with_(config.read_text(), "CONFIG_KASAN=y"), "config")
    quiet = kvas("verify", "--quiet", "--config", other, "--sysroot", machine)
    assert quiet.returncode == 1 and "kasan_shadow" in quiet.stdout
    assert " exact " not in quiet.stdout and quiet.stdout.startswith("NAME ")
    loud = kvas("verify", "--config", other, "--sysroot", machine).stdout
    assert loud.startswith("Not as configured: ") and loud.endswith(quiet.stdout)
    other = write(config.read_text().replace("CONFIG_RANDOMIZE_MEMORY=y", "# CONFIG_RANDOMIZE_MEMORY is not set"), "config")
    text = kvas("verify", "--config", other, "--sysroot", machine).stdout
    assert re.search(r"^memory_kaslr +y +wrong +predicted n: CONFIG_RANDOMIZE_MEMORY is not set$", text, re.M)


def test_reasons_have_no_addresses_in_decimal(kvas, write):
    for machine in PREDICTED:
        config = next(machine.glob("boot/config-*")).read_text()
        other = write(with_(config, "CONFIG_PGTABLE_LEVELS=2", "CONFIG_PAGE_OFFSET=0x40000000",
                            "CONFIG_RANDOMIZE_BASE=y", "CONFIG_ARM64_VA_BITS=42"), "config")
        text = kvas("verify", "--all", "--config", other, "--sysroot", machine).stdout
        assert " wrong " in text
        assert not re.search(r"\b[0-9]{17,}\b|0x[0-9a-f]+ \([0-9]", text), machine


def test_config_of_another_architecture(refused, write):
    assert "configures a kernel for arm64" in refused(
        "verify", "--config", write(ARM64, "config"), "-f", capture.SAMPLES[0])
    assert "exclude each other" in refused("verify", "--reasons", "--config", write(ARM64, "config"))
