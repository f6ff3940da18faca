# SPDX-License-Identifier: GPL-2.0-only
"""How wide the letters of DejaVu are, for metrics.c:

    /usr/bin/python3 draw/metrics.py >draw/metrics.inc

Needs the packages fonts-dejavu-core and python3-fonttools.  metrics.inc is kept with the
sources, so that neither is needed to build the reader.
"""

import textwrap

from fontTools.ttLib import TTFont

FOLDER = "/usr/share/fonts/truetype/dejavu"
FILES = {"sans": "DejaVuSans.ttf", "sans_bold": "DejaVuSans-Bold.ttf",
         "mono": "DejaVuSansMono.ttf", "mono_bold": "DejaVuSansMono-Bold.ttf"}

# What texts may consist of: ASCII, Latin of Western and Central Europe, dashes and dots,
# arrows, signs of mathematics, lines of boxes, marks.
RANGES = ((0x20, 0x7e), (0xa0, 0xac), (0xae, 0x17f), (0x2010, 0x2027), (0x2190, 0x2199),
          (0x2200, 0x226b), (0x2500, 0x259f), (0x25a0, 0x25cf), (0xfffd, 0xfffd))


def widths(file):
    """Code point -> units, and how many of those are an em."""
    font = TTFont(f"{FOLDER}/{file}", lazy=True)
    cmap, advance = font.getBestCmap(), font["hmtx"]
    return {c: advance[cmap[c]][0] if c in cmap else 0 for first, last in RANGES
            for c in range(first, last + 1)}, font["head"].unitsPerEm


def main():
    print("/* SPDX-License-Identifier: GPL-2.0-only */\n"
          "/* Made by draw/metrics.py from the font files of DejaVu; 0 is a letter that it has not. */")
    tables = {name: widths(file) for name, file in FILES.items()}
    (em,) = {em for _, em in tables.values()}
    print(f"\n#define EM {em}")
    print("\nstatic const struct range ranges[] = {")
    for first, last in RANGES:
        print(f"\t{{ 0x{first:04x}, 0x{last:04x} }},")
    print("};")
    for name, (units, _) in tables.items():
        print(f"\nstatic const uint16_t {name}[] = {{")
        numbers = ", ".join(map(str, units.values())) + ","
        print(textwrap.indent(textwrap.fill(numbers, 92), "\t"))
        print("};")


if __name__ == "__main__":
    main()
