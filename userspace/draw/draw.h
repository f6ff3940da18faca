/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * draw.h - the picture of an address space.
 *
 * picture_build() decides what the picture shows: boxes in their order, nested
 * as regions nest, their heights, what is folded, and all text.  A back end
 * only draws what struct picture says, so that every back end shows the same.
 */
#ifndef KVAS_DRAW_H
#define KVAS_DRAW_H

#include <stdio.h>

#include "base/options.h"
#include "layout/model.h"

enum half { HALF_KERNEL, HALF_NEITHER, HALF_USER };

enum box_kind {
	BOX_REGION,		/* a region or section, with what is inside */
	BOX_HOLE,		/* in no region */
	BOX_USED,		/* the part of a region that is in use */
	BOX_RESERVED,		/* the part of it that is not */
	BOX_REST,		/* what the regions inside leave of a region */
	BOX_FOLDED,		/* neighbours that are too many to be drawn */
};

enum { MAX_NAMES = 3 };

/* The macros or variables of the kernel that an address is known by. */
struct edge {
	char *names[MAX_NAMES];	/* the best one first; NULL after the last */
	bool is_expression;	/* there is no name of one word, but a computation */
};

/* In a brief picture: a region inside a box, drawn as one row. */
struct inset {
	uint64_t start, end;	/* inclusive */
	const struct region *region;	/* NULL: the text names several */
	char *text;
	struct edge bottom;
};

struct box {
	uint64_t start, end;	/* inclusive */
	enum box_kind kind;
	const struct region *region;	/* itself, or the one around; or NULL */
	unsigned int depth;	/* number of boxes around it */
	bool is_leaf;		/* no box is inside */
	bool is_torn;		/* no address of it exists: not to any scale */
	enum half half;
	char *name, *size;
	char *about;		/* a few words more, or NULL */
	struct edge top;	/* of the address after end */
	unsigned int rows;	/* height of the inside; grows with log2 of the size */
	unsigned int log2;	/* of the size, rounded up */
	const struct witness **pins;	/* of a leaf, from the top down */
	size_t n_pins;
	struct inset *insets;	/* from the top down */
	size_t n_insets;
	size_t n_folded;	/* regions in a BOX_FOLDED */
};

/* Half of the address space. */
struct half_range {
	bool is_drawn;
	uint64_t start, end;
	const char *name;
	char *size;
};

/*
 * Physical memory beside a 32-bit address space: lowmem, which the direct map
 * shows, and highmem above it, which has no addresses of its own.
 */
struct physical {
	bool is_known;
	uint64_t low_start, low_end;	/* inclusive */
	char *low_size;
	char *high_size;	/* or NULL: there is none */
};

struct picture {
	const struct layout *l;
	uint64_t start, end;	/* the part of the address space, inclusive */
	char *title, *subtitle;	/* subtitle: or NULL */
	struct half_range halves[HALF_USER + 1];
	/* From the top down, each box before those inside; leaves leave no gap. */
	struct box *boxes;
	size_t n_boxes;
	struct edge bottom;	/* of start */
	struct physical physical;
	size_t n_hidden_gaps;	/* left out, as small */
	uint64_t hidden_gaps;	/* their sizes together */
	char *covered;		/* names of regions that have no box, as others overlap them; or NULL */
};

enum drawn_part { PART_ALL, PART_USER, PART_KERNEL };

struct request {
	bool brief;		/* no boxes in boxes, and no more than max_lines */
	unsigned int max_lines;	/* borders and rows of all boxes */
	bool without_pins;
	enum drawn_part part;
	const struct region *zoom;	/* this region and what is inside, or NULL */
	bool has_range;			/* only these addresses, inclusive */
	uint64_t from, to;
	bool linear;			/* of a page: heights are those of the sizes */
};

/* Has it a border with its name?  Another one is a part of the box around it. */
bool box_is_framed(const struct box *b);

/* Is there anything to draw? */
bool picture_has(const struct layout *l, enum drawn_part part);

/* The split between users and the kernel, and how much memory there is; or empty. */
char *picture_subtitle(const struct layout *l);

struct picture *picture_build(const struct layout *l, const struct request *r);
void picture_free(struct picture *p);

/* --- The terminal's back end ---------------------------------------------------- */

enum { BRIEF_LINES = 40 };

/* Sets max_lines of a brief request, so that all is within BRIEF_LINES lines. */
void draw_terminal(FILE *out, const struct layout *l, struct request r,
		   const struct options *opt);

#endif /* KVAS_DRAW_H */
