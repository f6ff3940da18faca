/* SPDX-License-Identifier: GPL-2.0-only */
/* blocks.h - lines of text of a width: each is measured, and broken where it is too long. */
#ifndef KVAS_BLOCKS_H
#define KVAS_BLOCKS_H

#include "scene.h"

struct item {
	char *text;
	struct font font;
	enum anchor anchor;
	enum ink ink;
	double x, baseline;	/* from the upper left corner of the block */
};

struct block {
	double width;		/* no text is wider */
	double height;		/* of all lines so far */
	struct item *items;
	size_t n_items, room;
	double free_from, free_to;	/* of the last line: what no text takes */
};

struct block block_of_width(double width);
void block_free(struct block *b);

/*
 * Adds lines: broken at spaces, in a word that is too long after a sign in it such as
 * "_", and else anywhere.
 */
void block_add(struct block *b, const char *text, struct font font, enum anchor anchor,
	       enum ink ink);

/* Leaves a space at the end of the last line free. */
void block_end_before(struct block *b, double space);

/* Adds text to the last line if there is room for it; else returns false. */
bool block_beside(struct block *b, const char *text, struct font font, enum anchor anchor,
		  enum ink ink);

void block_skip(struct block *b, double height);

/* The widest line. */
double block_extent(const struct block *b);

void block_draw(struct scene *s, const struct block *b, double x, double y);

#endif /* KVAS_BLOCKS_H */
