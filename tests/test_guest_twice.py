# SPDX-License-Identifier: GPL-2.0-only
"""One kernel, started twice in the same way: all that differs is moved by KASLR."""

import json
import subprocess

import pytest

import matrix as lab_matrix
from lab import cache, guest

JOB = "insmod /lab/kvas.ko && cat /sys/kernel/debug/kvas >/out/capture"
# Where KASLR has so many places that two boots hardly agree on one.
PLACES = {"6.12-amd64": "5level", "7.2-arm64": "52bit"}
SPOTS = [lab_matrix.Spot(kernel, kernel.mode(PLACES[kernel.name])) for kernel in lab_matrix.selected()
         if kernel.name in PLACES]


@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_two_boots_differ_by_what_moved(spot, matrix, tmp_path):
    first = tmp_path / "first"
    first.write_text(matrix.run(spot).capture.text)
    files = {"/lab/kvas.ko": lab_matrix.module(spot.kernel).module("kvas")}
    with guest.boot(spot.kernel, spot.mode, JOB, files, name=f"{spot}-again") as g:
        g.check()
    cache.progress(f"guest {g.name}: {g.seconds:.1f} s")
    done = subprocess.run([lab_matrix.reader(), "diff", "-J", first, g.out / "capture"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    found = json.loads(done.stdout)
    assert done.stderr == "" and found["same_kernel"]
    assert [d for d in found["differences"] if d["change"] != "moved"] == []
    assert done.returncode == 0 and not found["changed"]
    assert {d["name"] for d in found["differences"]} & {"image", "text", "direct_map"}
