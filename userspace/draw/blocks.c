// SPDX-License-Identifier: GPL-2.0-only
/* blocks.c - see blocks.h */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "blocks.h"

enum { SPACE = 8 };	/* between two texts of a line */

struct block block_of_width(double width)
{
	return (struct block){ .width = width };
}

void block_free(struct block *b)
{
	for (size_t i = 0; i < b->n_items; i++)
		free(b->items[i].text);
	free(b->items);
	*b = (struct block){ .width = b->width };
}

static void add_item(struct block *b, char *text, struct font font, enum anchor anchor,
		     enum ink ink, double baseline)
{
	double width = text_width(text, font), x = anchor == ANCHOR_END ? b->free_to :
		       anchor == ANCHOR_MIDDLE ? b->width / 2 : b->free_from;

	if (b->n_items == b->room) {
		b->room = b->room ? 2 * b->room : 8;
		b->items = realloc(b->items, b->room * sizeof(*b->items));
		if (!b->items)
			die("not enough memory");
	}
	b->items[b->n_items++] = (struct item){ text, font, anchor, ink, x, baseline };
	if (anchor == ANCHOR_START)
		b->free_from = x + width + SPACE;
	else
		b->free_to = x - width * (anchor == ANCHOR_END ? 1 : 0.5) - SPACE;
}

static double width_of_first(const char *text, size_t n, struct font font)
{
	char *part = text_printf("%.*s", (int)n, text);
	double width = text_width(part, font);

	free(part);
	return width;
}

/* The bytes of the letter at text. */
static size_t letter_size(const char *text)
{
	size_t n = 1;

	while (((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* May a line end at this space?  A number and its unit stay together. */
static bool is_break(const char *space)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "bytes" };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strncmp(space + 1, units[i], strlen(units[i])) == 0)
			return false;
	return true;
}

/* The bytes of text that make a line; at least one letter. */
static size_t line_of(const char *text, struct font font, double width)
{
	size_t n = 0, at_space = 0, at_sign = 0;

	while (text[n]) {
		size_t next = n + letter_size(text + n);

		if (width_of_first(text, next, font) > width)
			break;
		if (text[n] == ' ' && is_break(text + n))
			at_space = n;
		else if (strchr("_/.,:-()+", text[n]))
			at_sign = next;
		n = next;
	}
	if (!text[n] || (text[n] == ' ' && is_break(text + n)))
		return n;
	n = at_space ? at_space : at_sign ? at_sign : n;
	return n ? n : letter_size(text);
}

void block_add(struct block *b, const char *text, struct font font, enum anchor anchor,
	       enum ink ink)
{
	while (*text) {
		size_t n = line_of(text, font, b->width);

		b->free_from = 0;
		b->free_to = b->width;
		add_item(b, text_printf("%.*s", (int)n, text), font, anchor, ink,
			 b->height + text_ascent(font));
		b->height += line_height(font);
		text += n;
		text += strspn(text, " ");
	}
}

void block_end_before(struct block *b, double space)
{
	b->free_to -= space;
}

bool block_beside(struct block *b, const char *text, struct font font, enum anchor anchor,
		  enum ink ink)
{
	if (!b->n_items || text_width(text, font) > b->free_to - b->free_from)
		return false;
	add_item(b, text_printf("%s", text), font, anchor, ink, b->items[b->n_items - 1].baseline);
	return true;
}

void block_skip(struct block *b, double height)
{
	b->height += height;
	b->free_from = b->free_to = 0;
}

double block_extent(const struct block *b)
{
	double extent = 0;

	for (size_t i = 0; i < b->n_items; i++)
		extent = larger(extent, text_width(b->items[i].text, b->items[i].font));
	return extent;
}

void block_draw(struct scene *s, const struct block *b, double x, double y)
{
	for (size_t i = 0; i < b->n_items; i++) {
		const struct item *item = &b->items[i];

		scene_text(s, x + item->x, y + item->baseline, item->font, item->anchor, item->ink,
			   item->text);
	}
}
