// SPDX-License-Identifier: GPL-2.0-only
/* sheet.c - see sheet.h */
#include <stdlib.h>

#include "base/util.h"
#include "blocks.h"
#include "frame.h"
#include "sheet.h"

/* --- Lines of text ----------------------------------------------------------------- */

void line_of_text(struct scene *s, double x, double *y, struct font font, enum ink ink,
		  const char *text)
{
	scene_text(s, x, *y + text_ascent(font), font, ANCHOR_START, ink, text);
	*y += line_height(font);
}

void line_with(struct scene *s, double x, double *y, struct font font, enum ink ink,
	       enum picture_word w, const char *part)
{
	char *text = word_with(w, part);

	line_of_text(s, x, y, font, ink, text);
	free(text);
}

double wrapped(struct scene *s, double x, double y, double width, struct font font,
	       enum ink ink, const char *text)
{
	struct block b = block_of_width(width);

	block_add(&b, text, font, ANCHOR_START, ink);
	block_draw(s, &b, x, y);
	y += b.height;
	block_free(&b);
	return y;
}

double wrapped_height(double width, struct font font, const char *text)
{
	struct block b = block_of_width(width);
	double height;

	block_add(&b, text, font, ANCHOR_START, INK_TEXT);
	height = b.height;
	block_free(&b);
	return height;
}

static bool is_one_line(double width, struct font font, const char *name, const char *size)
{
	return text_width(name, font) + 10 + text_width(size, NORMAL) <= width;
}

double name_and_size(struct scene *s, double x, double y, double width, struct font font,
		     const char *name, const char *size)
{
	double first = y;

	y = wrapped(s, x, y, width, font, INK_TEXT, name);
	if (is_one_line(width, font, name, size))
		scene_text(s, x + width, first + text_ascent(font), NORMAL, ANCHOR_END, INK_TEXT, size);
	else
		line_of_text(s, x, &y, NORMAL, INK_TEXT, size);
	return y;
}

double name_and_size_height(double width, struct font font, const char *name, const char *size)
{
	return wrapped_height(width, font, name) +
	       (is_one_line(width, font, name, size) ? 0 : line_height(NORMAL));
}

double note_not_drawn(struct scene *s, double x, double y, double width, const char *count)
{
	char *text = word_with(WORD_NOT_DRAWN, count);

	y = wrapped(s, x, y, width, SMALL, INK_QUIET, text);
	free(text);
	return y;
}

double sheet_title(struct scene *s, const struct page *page, const struct layout *l,
		   const char *const *lines)
{
	double margin = page_margin(page), width = page->width - 2 * margin, y;
	char *kernel = label_kernel(l, NULL), *date = label_date(l);

	y = draw_title(s, page, s->title, kernel, date);
	for (; *lines; lines++)
		y = wrapped(s, margin, y + 2, width, NORMAL, INK_TEXT, *lines);
	free(date);
	free(kernel);
	return y;
}

void outline_add(struct outline *o, double x, double y, double width, double height)
{
	struct point *to = &o->points[o->n];

	if (o->n)
		*to++ = PEN_UP;
	to[0] = (struct point){ x, y };
	to[1] = (struct point){ x + width, y };
	to[2] = (struct point){ x + width, y + height };
	to[3] = (struct point){ x, y + height };
	o->n = (size_t)(to - o->points) + 4;
}

/* --- A key --------------------------------------------------------------------------- */

enum { SWATCH = 22, SWATCH_HEIGHT = 13, AFTER_SWATCH = 6, SPACE = 18, ROW = 20 };

struct key key_begin(struct scene *s, const struct page *page, double y)
{
	double margin = page_margin(page);

	scene_group(s, "legend", "legend", NULL, NULL);
	return (struct key){ s, margin, y, margin, page->width - margin, true };
}

void key_add(struct key *k, enum tone tone, enum state state, const char *text)
{
	double width = SWATCH + AFTER_SWATCH + text_width(text, SMALL);

	if (!k->is_empty && k->x + width > k->right) {
		k->x = k->left;
		k->y += ROW;
	}
	scene_box(k->s, k->x, k->y, SWATCH, SWATCH_HEIGHT, tone, state, STROKE_THIN);
	scene_text(k->s, k->x + SWATCH + AFTER_SWATCH,
		   k->y + (SWATCH_HEIGHT - line_height(SMALL)) / 2 + text_ascent(SMALL), SMALL,
		   ANCHOR_START, INK_TEXT, text);
	k->x += width + SPACE;
	k->is_empty = false;
}

double key_end(struct key *k)
{
	scene_end_group(k->s);
	return k->is_empty ? k->y : k->y + ROW;
}
