/* SPDX-License-Identifier: GPL-2.0-only */
/* sheet.h - what the pictures that are no column are made of: lines of text, and a key. */
#ifndef KVAS_SHEET_H
#define KVAS_SHEET_H

#include "pictures.h"
#include "texts/words.h"

static const struct font NORMAL = { FACE_SANS, TEXT_NORMAL, false };
static const struct font BOLD = { FACE_SANS, TEXT_NORMAL, true };
static const struct font SMALL = { FACE_SANS, TEXT_SMALL, false };
static const struct font FIXED = { FACE_FIXED, TEXT_NORMAL, false };
static const struct font SMALL_FIXED = { FACE_FIXED, TEXT_SMALL, false };

/* One line with its upper edge at *y, which is moved below it. */
void line_of_text(struct scene *s, double x, double *y, struct font font, enum ink ink,
		  const char *text);

/* The same of a word with one part, {1}. */
void line_with(struct scene *s, double x, double *y, struct font font, enum ink ink,
	       enum picture_word w, const char *part);

/* Lines of at most width.  Returns where the next line would begin. */
double wrapped(struct scene *s, double x, double y, double width, struct font font,
	       enum ink ink, const char *text);

/* The height that this would take. */
double wrapped_height(double width, struct font font, const char *text);

/*
 * A name and a size in one line if there is room for both, else in several.  Returns
 * the y below; or the height that this would take.  The font is of the name.
 */
double name_and_size(struct scene *s, double x, double y, double width, struct font font,
		     const char *name, const char *size);
double name_and_size_height(double width, struct font font, const char *name, const char *size);

/* How many regions and sections the picture has no place for, as a line; or the same y. */
double note_not_drawn(struct scene *s, double x, double y, double width, const char *count);

/*
 * Title, kernel and date of the scene, and lines below them, NULL after the last.
 * Returns the y below all.
 */
double sheet_title(struct scene *s, const struct page *page, const struct layout *l,
		   const char *const *lines);

/* Rectangles that are one path: at most five points each. */
struct outline {
	struct point *points;
	size_t n;
};

void outline_add(struct outline *o, double x, double y, double width, double height);

/* --- A key: what the fills stand for here ----------------------------------------- */

struct key {
	struct scene *s;
	double x, y, left, right;
	bool is_empty;
};

struct key key_begin(struct scene *s, const struct page *page, double y);
void key_add(struct key *k, enum tone tone, enum state state, const char *text);

/* The y below it. */
double key_end(struct key *k);

#endif /* KVAS_SHEET_H */
