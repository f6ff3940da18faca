/* SPDX-License-Identifier: GPL-2.0-only */
/* canvas.h - one line of a terminal: cells, filled in any order, then printed. */
#ifndef KVAS_CANVAS_H
#define KVAS_CANVAS_H

#include <stdbool.h>
#include <stdio.h>

enum { MAX_WIDTH = 200 };

struct glyphs {
	const char *horizontal, *vertical, *dots, *dotted, *doubled;
	const char *top_left, *top_right, *bottom_left, *bottom_right;
	const char *tee_left, *tee_right;
	const char *split_left, *split_right, *split_top_left, *split_top_right;
	const char *pin, *more;
	const char *tear[2];
};

extern const struct glyphs utf8_glyphs, ascii_glyphs;

struct cell {
	const char *glyph;	/* one column; NULL is a space */
	char letter[5];		/* room for a glyph that is a letter */
	const char *color;	/* or NULL */
	bool bold;
};

struct line {
	const struct glyphs *g;
	unsigned int width;
	struct cell cells[MAX_WIDTH];
};

void put(struct line *line, unsigned int x, const char *glyph, const char *color);

/*
 * Text from column x on, cut before column limit; a letter a column.  With the
 * glyphs of ASCII, letters that are not of ASCII become what is most like them.
 */
void put_text(struct line *line, unsigned int x, unsigned int limit,
	      const char *text, const char *color, bool bold);

/* The same glyph from column x to before column limit. */
void put_run(struct line *line, unsigned int x, unsigned int limit,
	     const char *glyph, const char *color);

/* The number of columns up to the last one that is not blank. */
unsigned int line_length(const struct line *line);

/* Prints that many columns and no newline. */
void line_print(FILE *out, const struct line *line, unsigned int length, bool color);

void line_clear(struct line *line);

#endif /* KVAS_CANVAS_H */
