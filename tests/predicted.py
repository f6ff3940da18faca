# SPDX-License-Identifier: GPL-2.0-only
"""What kvas predict says of a guest before it is started, against what it then
publishes: exact, within (an interval), wrong, or not predicted.
"""

import collections
import json
import subprocess

import matrix
from lab import guest

EXACT, WITHIN, WRONG, NOT_PREDICTED = OUTCOMES = ("exact", "within", "wrong", "not predicted")
# Of a record; the rest of its keys tell where these are from.
KEYS = ("start", "end", "size", "phys", "value")
RECORDS = ("region", "section", "fact")

# Architectures whose layout is not predicted.
UNPREDICTED = ("s390x", "mips64")

UNITS = {unit: 1024 ** n for n, unit in enumerate(" KMGTPE")}


def circumstances(kernel, mode, cmdline=""):
    """Options of kvas predict: what is asked of QEMU, and nothing that a guest says."""
    words = guest.parameters(kernel, mode, cmdline)
    given = ["--ram", mode.memory, "--cmdline", words]
    if kernel.arch.kernel == "x86":
        given += ["--va-bits", "48" if "la57=off" in mode.cpu else "57"]
    elif mode.va_bits:
        given += ["--va-bits", str(mode.va_bits)]
    if kernel.arch.kernel == "loongarch":
        given += ["--pa-bits", "48"]  # as QEMU's la464 has
    if mode.mmu:
        given += ["--mmu", "hash" if "power8" in mode.cpu else "radix"]
    return given


def predict(config, *given):
    """The predictions for a .config, by record, name and key."""
    done = subprocess.run([matrix.reader(), "predict", "-J", *given, config], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode or done.stderr:
        raise RuntimeError(done.stderr)
    predictions = json.loads(done.stdout)["predictions"]
    # Which is so if two rules do.
    if any("contradicts itself" in p["why"] for p in predictions):
        raise RuntimeError(f"{config} contradicts itself: {predictions}")
    return {(p["record"], p["name"], p["key"]): p for p in predictions}


def number(text):
    """Decimal, 0x, or with a unit; what is below zero wraps around as addresses do."""
    try:
        if text[-1] in UNITS and not text.startswith("0x"):
            return int(text[:-1]) * UNITS[text[-1]]
        return int(text, 0) % (1 << 64)
    except ValueError:
        return None


def judge(record, key, prediction):
    """One value that a capture has, or the absence of a region."""
    kind = prediction["prediction"]
    if "absent" in record:
        if kind == "absent":
            return EXACT
        # A kernel without the symbols does not know all that it has.
        return NOT_PREDICTED
    if kind == "absent":
        return WRONG
    value = record[key]
    if kind == "interval":
        low, high = number(str(prediction["low"])), number(str(prediction["high"]))
        return WITHIN if low <= number(value) <= high else WRONG
    if kind == "exact":
        wanted = prediction["value"]
        if isinstance(wanted, bool):
            return EXACT if value == ("y" if wanted else "n") else WRONG
        same = value == wanted or number(value) is not None and number(value) == number(str(wanted))
        return EXACT if same else WRONG
    return NOT_PREDICTED


def ends_with_memory(record):
    """Of these the module could not tell how much room is after memory."""
    return record.get("note", "").startswith("to the end of memory")


def compare(predictions, capture):
    """What became of each value that a capture publishes."""
    found = {}
    for record in capture.records:
        if record.type not in RECORDS:
            continue
        for key in KEYS:
            if key not in record and not ("absent" in record and key in ("start", "value")):
                continue
            prediction = predictions.get((record.type, record["name"], key))
            if key in ("end", "size") and ends_with_memory(record):
                prediction = None
            found[record.type, record["name"], key] = (
                judge(record, key, prediction) if prediction else NOT_PREDICTED)
    return found


def by_region(outcomes):
    """A word for each region and section: the worst of what is predicted of it."""
    regions = collections.defaultdict(set)
    for (kind, name, _), outcome in outcomes.items():
        if kind != "fact":
            regions[name].add(outcome)
    return {name: next(word for word in (WRONG, WITHIN, EXACT, NOT_PREDICTED) if word in said)
            for name, said in regions.items()}


def counts(outcomes):
    counted = collections.Counter(outcomes.values())
    return {outcome: counted[outcome] for outcome in OUTCOMES}
