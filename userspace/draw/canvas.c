// SPDX-License-Identifier: GPL-2.0-only
/* canvas.c - see canvas.h */
#include <string.h>

#include "canvas.h"

const struct glyphs utf8_glyphs = {
	.horizontal = "─", .vertical = "│", .dots = "┄", .dotted = "┊", .doubled = "═",
	.top_left = "┌", .top_right = "┐", .bottom_left = "└", .bottom_right = "┘",
	.tee_left = "├", .tee_right = "┤",
	.split_left = "╞", .split_right = "╡",
	.split_top_left = "╒", .split_top_right = "╕",
	.pin = "◆", .more = "…", .tear = { "╱", "╲" },
};

const struct glyphs ascii_glyphs = {
	.horizontal = "-", .vertical = "|", .dots = ".", .dotted = ":", .doubled = "=",
	.top_left = "+", .top_right = "+", .bottom_left = "+", .bottom_right = "+",
	.tee_left = "+", .tee_right = "+",
	.split_left = "+", .split_right = "+",
	.split_top_left = "+", .split_top_right = "+",
	.pin = "*", .more = "~", .tear = { "/", "\\" },
};

void put(struct line *line, unsigned int x, const char *glyph, const char *color)
{
	if (x < line->width)
		line->cells[x] = (struct cell){ .glyph = glyph, .color = color };
}

void put_text(struct line *line, unsigned int x, unsigned int limit,
	      const char *text, const char *color, bool bold)
{
	if (limit > line->width)
		limit = line->width;
	for (; *text && x < limit; text++, x++) {
		struct cell *c = &line->cells[x];

		*c = (struct cell){ .letter = { *text }, .color = color, .bold = bold };
		if (x + 1 == limit && text[1])
			c->glyph = line->g->more;
	}
}

void put_run(struct line *line, unsigned int x, unsigned int limit,
	     const char *glyph, const char *color)
{
	for (; x < limit; x++)
		put(line, x, glyph, color);
}

static bool is_blank(const struct cell *c)
{
	return !c->glyph && (!c->letter[0] || c->letter[0] == ' ');
}

unsigned int line_length(const struct line *line)
{
	unsigned int length = line->width;

	while (length && is_blank(&line->cells[length - 1]))
		length--;
	return length;
}

static bool is_like(const struct cell *a, const struct cell *b)
{
	return a->bold == b->bold &&
	       strcmp(a->color ? a->color : "", b->color ? b->color : "") == 0;
}

void line_print(FILE *out, const struct line *line, unsigned int length, bool color)
{
	for (unsigned int x = 0; x < length; x++) {
		const struct cell *c = &line->cells[x];

		if (color && (x == 0 || !is_like(c, c - 1)))
			fprintf(out, "\033[0m%s%s", c->bold ? "\033[1m" : "",
				c->color ? c->color : "");
		fputs(c->glyph ? c->glyph : c->letter[0] ? c->letter : " ", out);
	}
	if (color && length)
		fputs("\033[0m", out);
}

void line_clear(struct line *line)
{
	memset(line->cells, 0, sizeof(line->cells));
}
