# SPDX-License-Identifier: GPL-2.0-only
"""What became of the boots: the table of architectures, kernels and modes.

    /usr/bin/python3 tests/results.py boot     boots all that KERNEL= and ARCH= select
    /usr/bin/python3 tests/results.py kept     what the last boots of each left behind

Each boot's result is kept in the laboratory's cache together with the day and
a digest of the sources that were run.  A row of other sources than those that
are here says so.
"""

import collections
import json
import subprocess
import sys
import time

import matrix
from lab import cache

COLUMNS = ("architecture", "kernel", "mode", "values", "checked", "consistent", "disagree",
           "unverified")
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


def keep(spot, values):
    """Note the outcome of a boot, whose sysroot the values are of."""
    verdicts = collections.Counter(value["verdict"] for value in values)
    row = {"architecture": spot.kernel.arch.name, "kernel": spot.kernel.name,
           "mode": spot.mode.name, "values": len(values),
           **{name: sum(verdicts[v] for v in those) for name, those in VERDICTS.items()},
           "day": time.strftime("%Y-%m-%d"), "sources": sources()}
    _file(spot).parent.mkdir(parents=True, exist_ok=True)
    _file(spot).write_text(json.dumps(row) + "\n")
    return row


def kept(spot):
    return json.loads(_file(spot).read_text()) if _file(spot).exists() else None


def booted(spots):
    """The rows of boots that are made now; a guest that does not come up has none."""
    runs = matrix.Matrix()
    runs.start(spots)
    for spot in spots:
        try:
            yield keep(spot, verified(runs.run(spot).sysroot)[0])
        except Exception as error:  # whatever it is, the other guests are asked
            print(f"{spot}: {error}", file=sys.stderr)
            yield None


def table(spots, rows):
    """Lines of text: columns, a row for each spot, when and of what they are."""
    here = sources()
    cells, days = [COLUMNS], set()
    for spot, row in zip(spots, rows):
        names = (spot.kernel.arch.name, spot.kernel.name, spot.mode.name)
        if row is None:
            cells.append((*names, *["-"] * (len(COLUMNS) - len(names))))
            continue
        days.add(row["day"])
        other = () if row["sources"] == here else (f"of other sources, {row['day']}",)
        cells.append((*(str(row[name]) for name in COLUMNS), *other))
    widths = [max(len(line[n]) for line in cells) for n in range(len(COLUMNS))]
    for line in cells:
        row = [cell.ljust(width) if n < 3 else cell.rjust(width)
               for n, (cell, width) in enumerate(zip(line, widths))]
        yield "  ".join((*row, *line[len(COLUMNS):])).rstrip()
    yield f"{sum(r is not None for r in rows)} of {len(rows)} boots, {' and '.join(sorted(days))}"


def main():
    if sys.argv[1:] not in (["boot"], ["kept"]):
        sys.exit("usage: results.py boot|kept")
    spots = matrix.spots()
    spots.sort(key=lambda spot: matrix.records.KERNELS.index(spot.kernel))
    rows = list(booted(spots)) if sys.argv[1] == "boot" else [kept(spot) for spot in spots]
    print("\n".join(table(spots, rows)))
    sys.exit(any(row is None or row["disagree"] for row in rows))


if __name__ == "__main__":
    main()
