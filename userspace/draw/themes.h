/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * themes.h - what tones, states and inks look like in each theme.
 *
 * The colours are tints of the eight of Okabe and Ito, which are made for people
 * who confuse colours.  As tints of two of them may be equal in grey, each tone
 * has a hatch of its own, too, and each state of a tone another density.  Text in
 * any ink is readable on any fill and on its hatch.
 */
#ifndef KVAS_THEMES_H
#define KVAS_THEMES_H

#include <stdbool.h>
#include <stdint.h>

#include "backend.h"
#include "layout/model.h"

/* The lines of a hatch, or of each kind that it is made of. */
enum {
	HATCH_RISING = 1,	/* / */
	HATCH_FALLING = 2,	/* \ */
	HATCH_LEVEL = 4,
	HATCH_UPRIGHT = 8,
	HATCH_DOTS = 16,	/* one in each square */
};

struct hatch {
	unsigned int lines;	/* several HATCH_, or none */
	double side;		/* of the square that is repeated, from the origin of the page on */
	double width;		/* of lines; dots have that radius */
};

/* Colours are 0xRRGGBB. */
struct fill {
	uint32_t color, hatch_color, edge;
	struct hatch hatch;
};

/* Of any tone but TONE_NONE. */
struct fill theme_fill(enum theme theme, enum tone tone, enum state state);

uint32_t theme_ink(enum theme theme, enum ink ink);
uint32_t theme_page(enum theme theme);

/* Do texts have a seam in the colour of the page?  Its width is in px. */
enum { HALO = 3 };
bool theme_has_halo(enum theme theme);

/* "light": as it is written on a command line; NULL after the last. */
extern const char *const theme_names[];

/* A word each, for classes: "one-piece", "reserved", "quiet". */
const char *tone_name(enum tone tone);
const char *state_name(enum state state);
const char *ink_name(enum ink ink);

/* As the terminal colours it, see texts/. */
enum tone region_tone(const struct region *r);

#endif /* KVAS_THEMES_H */
