// SPDX-License-Identifier: GPL-2.0-only
/* canvas.c - see canvas.h */
#include <string.h>

#include "base/util.h"
#include "canvas.h"
#include "letters.h"

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

static uint32_t letter_of_ascii(uint32_t letter)
{
	static const struct {
		uint32_t letter;
		char like;
	} likes[] = {
		{ 0xa0, ' ' }, { 0xb7, '.' }, { 0xd7, 'x' }, { 0x2013, '-' }, { 0x2014, '-' },
		{ 0x2026, '~' }, { 0x2190, '<' }, { 0x2191, '^' }, { 0x2192, '>' }, { 0x2193, 'v' },
		{ 0x2248, '~' }, { 0x25c6, '*' },
	};

	for (size_t i = 0; i < ARRAY_SIZE(likes); i++)
		if (likes[i].letter == letter)
			return (unsigned char)likes[i].like;
	return letter < 0x7f ? letter : '?';
}

void put_text(struct line *line, unsigned int x, unsigned int limit,
	      const char *text, const char *color, bool bold)
{
	if (limit > line->width)
		limit = line->width;
	for (; *text && x < limit; x++) {
		struct cell *c = &line->cells[x];
		uint32_t letter = next_letter(&text);

		*c = (struct cell){ .color = color, .bold = bold };
		letter_bytes(line->g == &ascii_glyphs ? letter_of_ascii(letter) : letter, c->letter);
		if (x + 1 == limit && *text)
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
