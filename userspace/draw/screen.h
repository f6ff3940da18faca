/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * screen.h - the lines of a map in a terminal: an address, boxes, the names of the
 * address, and physical memory, from left to right.
 */
#ifndef KVAS_SCREEN_H
#define KVAS_SCREEN_H

#include "canvas.h"
#include "draw.h"

enum {
	BAND = 2,		/* columns between names and physical memory */
	MAX_OPEN = 40,
};

/* As those of texts.c: read on black and on white. */
#define PIN_COLOR	"\033[38;5;161m"
#define QUIET_COLOR	"\033[38;5;243m"

/* Lines of the drawing between which physical memory is drawn. */
struct extent {
	unsigned int top, bottom;
	bool has_top, has_bottom;
};

struct screen {
	FILE *out;			/* NULL: lines are only counted */
	const struct picture *p;
	const struct options *opt;
	const struct glyphs *g;
	unsigned int label_width;	/* with the space after it */
	unsigned int frame_width;	/* of the boxes */
	unsigned int names_width;	/* with the space before them, or 0 */
	unsigned int memory_width;	/* or 0: no room */
	const struct box *open[MAX_OPEN];	/* frames, outermost first */
	unsigned int n_open;
	bool between;			/* a border was drawn that the next box shares */
	const struct box *last;		/* the box before */
	bool has_edge;
	uint64_t edge;			/* the last one that was labelled: the address before it */
	size_t n_named;			/* of its names, so many were printed */
	unsigned int n_lines;
	struct extent lowmem;
	struct line line;		/* the one in hand */
};

/* Columns for the names of an address, and for an expression in the place of one. */
struct room {
	unsigned int names, expression;
};

/* The columns that the names of all edges take in such a room. */
unsigned int longest_names(const struct picture *p, struct room room);

/* Columns of physical memory, if it is drawn. */
unsigned int memory_width(const struct picture *p);

/* Are its lines known, and are there enough of them? */
bool memory_is_drawn(const struct screen *s);

/* Ends a line, with an address and its name, or without. */
void end_line(struct screen *s, const uint64_t *addr, const char *name);

/* Ends a line with an address and those of its names that fit, from *first on. */
void end_named(struct screen *s, const uint64_t *addr, const struct edge *e, size_t *first);

/*
 * Ends the line of a border: with its address, unless the line before had it, and
 * with the names that the line before had no room for.  before is the address
 * before it: 2^64 cannot be written.
 */
void end_border(struct screen *s, uint64_t before, uint64_t addr, const struct edge *e);

/* The same for the border above a box. */
void end_top(struct screen *s, const struct box *b);

#endif /* KVAS_SCREEN_H */
