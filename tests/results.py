# SPDX-License-Identifier: GPL-2.0-only
"""What became of the boots: the table of architectures, kernels and modes.

    /usr/bin/python3 tests/results.py boot     boots all that KERNEL= and ARCH= select
    /usr/bin/python3 tests/results.py kept     what the last boots of each left behind

Each boot's result is kept in the laboratory's cache together with the day and
a digest of the sources that were run.  A row of other sources than those that
are here says so.  So does a row of an older kernel than the archive lists, and
one that is empty since the archive holds no complete kernel.
"""

import collections
import json
import subprocess
import sys
import time

import configurations
import matrix
import predicted
from lab import apt, cache, images

COLUMNS = ("architecture", "kernel", "mode", "values", "checked", "consistent", "disagree",
           "unverified", "predicted", "wrong")
VERDICTS = {"checked": ("agrees", "allows"), "consistent": ("consistent",),
            "disagree": ("disagrees",), "unverified": ("unverified",)}


def verified(sysroot):
    """The values of a saved machine, as kvas verify judges them, and what it exits with."""
    done = subprocess.run([matrix.reader(), "verify", "-J", "--sysroot", sysroot], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
    if done.stderr:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)["values"], done.returncode


def sources():
    """A short name for the sources of module and reader, as they are here."""
    files = [matrix.TOP / "Kbuild", *sorted(matrix.TOP.glob("module/**/*.[ch]")),
             *sorted(matrix.TOP.glob("userspace/**/*.[ch]"))]
    files = [file for file in files if not any(part.startswith("build") for part in file.parts)]
    return cache.digest(*(part for file in files
                          for part in (str(file.relative_to(matrix.TOP)), file)))


def _file(spot):
    return cache.root() / "results" / f"{spot}.json"


def foretold(spot, capture):
    """What the kernel's packaged configuration predicts of each value, see
    predicted.py; empty where kvas predicts none."""
    if spot.kernel.arch.name in predicted.UNPREDICTED:
        return {}
    config = images.fetch(spot.kernel).config
    predictions = predicted.predict(config, *predicted.circumstances(spot.kernel, spot.mode))
    return predicted.compare(predictions, capture)


def keep(spot, values, outcomes):
    """Note what became of a boot: of its values, and of what was predicted."""
    found, counts = images.resolve(spot.kernel), predicted.counts(outcomes)
    verdicts = collections.Counter(value["verdict"] for value in values)
    row = {"architecture": spot.kernel.arch.name, "kernel": spot.kernel.name,
           "mode": spot.mode.name, "values": len(values),
           **{name: sum(verdicts[v] for v in those) for name, those in VERDICTS.items()},
           "predicted": counts[predicted.EXACT] + counts[predicted.WITHIN] if outcomes else None,
           "wrong": counts[predicted.WRONG] if outcomes else None,
           "regions": predicted.by_region(outcomes),
           "release": found.release, "passed_over": found.passed_over}
    return _note(spot, row)


def _note(spot, row):
    row |= {"day": time.strftime("%Y-%m-%d"), "sources": sources()}
    _file(spot).parent.mkdir(parents=True, exist_ok=True)
    _file(spot).write_text(json.dumps(row) + "\n")
    return row


def kept(spot):
    return json.loads(_file(spot).read_text()) if _file(spot).exists() else None


def booted(spots):
    """The rows of boots that are made now; a guest that does not come up has none."""
    runs = matrix.Matrix(prepare=matrix.fetch)
    runs.start(spots)
    for spot in spots:
        try:
            run = runs.run(spot)
            yield keep(spot, verified(run.sysroot)[0], foretold(spot, run.capture))
        except apt.Gone as error:
            yield _note(spot, {"skipped": str(error)})
        except Exception as error:  # whatever it is, the other guests are asked
            print(f"{spot}: {error}", file=sys.stderr)
            yield None


def table(spots, rows):
    """Lines of text: columns, a row for each spot, when and of what they are."""
    here = sources()
    cells, days = [COLUMNS], set()
    for spot, row in zip(spots, rows):
        names = (spot.kernel.arch.name, spot.kernel.name, spot.mode.name)
        row = row or {}
        days |= {row["day"]} if row else set()
        values = ("-" if row.get(name) is None else str(row[name]) for name in COLUMNS[len(names):])
        cells.append((*names, *values, *remarks(row, here)))
    widths = [max(len(line[n]) for line in cells) for n in range(len(COLUMNS))]
    for line in cells:
        row = [cell.ljust(width) if n < 3 else cell.rjust(width)
               for n, (cell, width) in enumerate(zip(line, widths))]
        yield "  ".join((*row, *line[len(COLUMNS):])).rstrip()
    skipped = sum("skipped" in row for row in rows if row)
    made = sum(row is not None for row in rows) - skipped
    yield ", ".join((f"{made} of {len(rows)} boots", *([f"{skipped} skipped"] if skipped else []),
                     " and ".join(sorted(days))))


def remarks(row, here):
    """What is to be said of a row beside its values."""
    if row.get("passed_over"):
        yield f"{row['release']}, as the archive lacks {' and '.join(row['passed_over'])}"
    if "skipped" in row:
        yield f"skipped: {row['skipped']}"
    elif row and row["sources"] != here:
        yield f"of other sources, {row['day']}"


SIGNS = {predicted.EXACT: "=", predicted.WITHIN: "~", predicted.WRONG: "!",
         predicted.NOT_PREDICTED: "."}


def prediction_table(spots, rows):
    """Regions down and boots across, for each architecture."""
    yield ("What a kernel's configuration predicts of its regions, and what they are: "
           + ", ".join(f"{sign} {word}" for word, sign in SIGNS.items()))
    boots = collections.defaultdict(list)
    for spot, row in zip(spots, rows):
        if row and row.get("regions"):
            boots[row["architecture"]].append((f"{row['kernel']} {row['mode']}", row["regions"]))
    for arch, those in boots.items():
        names = dict.fromkeys(name for _, regions in those for name in regions)
        width = max(map(len, names))
        yield ""
        yield f"{arch:{width}}  " + " ".join(f"{n + 1:2}" for n in range(len(those)))
        for name in names:
            yield f"{name:{width}}  " + " ".join(
                f"{SIGNS.get(regions.get(name), ' '):>2}" for _, regions in those)
        yield from (f"{n + 1:2} {boot}" for n, (boot, _) in enumerate(those))


def configuration_table():
    """What the configurations of others predict, against the kernel's headers."""
    yield ("What other configurations predict of their values, against the kernel's headers:"
           " values by outcome")
    rows, names = [], ("configurations", *predicted.OUTCOMES)
    for version, name in configurations.spots():
        counts = configurations.counts(configurations.hold(version, name))
        rows.append((f"{version} {name}", *(counts[column] for column in names)))
    rows.append(("all", *(sum(column) for column in list(zip(*rows))[1:])))
    yield f"{'':18}" + "".join(f"{name:>15}" for name in names)
    for label, *numbers in rows:
        yield f"{label:18}" + "".join(f"{n:15}" for n in numbers)


def main():
    if sys.argv[1:] not in (["boot"], ["kept"]):
        sys.exit("usage: results.py boot|kept")
    spots = matrix.spots(everything=True)
    spots.sort(key=lambda spot: matrix.records.KERNELS.index(spot.kernel))
    rows = list(booted(spots)) if sys.argv[1] == "boot" else [kept(spot) for spot in spots]
    print("\n".join(table(spots, rows)))
    if sys.argv[1] == "boot":
        print("", *prediction_table(spots, rows), sep="\n")
        print("", *configuration_table(), sep="\n")
    sys.exit(any(row is None or row.get("disagree") or row.get("wrong") for row in rows))


if __name__ == "__main__":
    main()
