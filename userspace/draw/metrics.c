// SPDX-License-Identifier: GPL-2.0-only
/* metrics.c - see letters.h, and text_width() in scene.h */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"
#include "letters.h"

struct range {
	uint32_t first, last;	/* code points, inclusive */
};

#include "metrics.inc"

/* Of all faces of DejaVu: above the baseline and below, in units of EM. */
enum { ASCENT = 1901, DESCENT = 483 };

/* --- Letters ----------------------------------------------------------------------- */

/* What moves or hides other text, or is not in a document of XML. */
static const struct range unwanted[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xd800, 0xdfff },
	{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff },
	{ 0xe0000, 0xe0fff },
};

static bool is_unwanted(uint32_t letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(unwanted); i++)
		if (letter >= unwanted[i].first && letter <= unwanted[i].last)
			return true;
	return letter > 0x10ffff;
}

/* The number of bytes that a first byte announces; 0: it is none. */
static unsigned int announced(unsigned char first)
{
	return first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 :
	       first < 0xf5 ? 4 : 0;
}

uint32_t next_letter(const char **text)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)*text;
	unsigned int n = announced(*p);
	uint32_t letter = n > 1 ? *p & (0xffu >> (n + 1)) : *p;

	for (unsigned int i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			n = 0;
			break;
		}
		letter = letter << 6 | (p[i] & 0x3f);
	}
	*text += n ? n : 1;
	return !n || letter < least[n] || is_unwanted(letter) ? REPLACEMENT : letter;
}

size_t letter_bytes(uint32_t letter, char bytes[5])
{
	size_t n = letter < 0x80 ? 1 : letter < 0x800 ? 2 : letter < 0x10000 ? 3 : 4;

	bytes[n] = '\0';
	for (size_t i = n - 1; i > 0; i--, letter >>= 6)
		bytes[i] = (char)(0x80 | (letter & 0x3f));
	bytes[0] = (char)(n == 1 ? letter : (0xf00u >> n & 0xf0) | letter);
	return n;
}

size_t count_letters(const char *text)
{
	size_t n = 0;

	for (; *text; n++)
		next_letter(&text);
	return n;
}

char *drawable(const char *text)
{
	/* A letter that is replaced has at least one byte, and its replacement three. */
	char *copy = zalloc_array(strlen(text) * 3 + 5, 1), *end = copy;

	while (*text)
		end += letter_bytes(next_letter(&text), end);
	return copy;
}

/* --- Measures ---------------------------------------------------------------------- */

double font_px(enum text_size size)
{
	static const double px[N_TEXT_SIZES] = {
		[TEXT_SMALL] = 11, [TEXT_NORMAL] = 13, [TEXT_LARGE] = 20,
	};

	return px[size];
}

static unsigned int widest(const uint16_t *units)
{
	unsigned int most = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sans); i++)
		most = units[i] > most ? units[i] : most;
	return most;
}

static unsigned int letter_units(const uint16_t *units, uint32_t letter)
{
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		if (letter >= ranges[i].first && letter <= ranges[i].last) {
			unsigned int width = units[at + letter - ranges[i].first];

			return width ? width : widest(units);
		}
		at += ranges[i].last - ranges[i].first + 1;
	}
	return widest(units);
}

double text_width(const char *text, struct font font)
{
	const uint16_t *units = font.face == FACE_FIXED ? (font.bold ? mono_bold : mono) :
				font.bold ? sans_bold : sans;
	double sum = 0;

	while (*text)
		sum += letter_units(units, next_letter(&text));
	return sum * font_px(font.size) / EM;
}

double line_height(struct font font)
{
	return ceil(font_px(font.size) * (ASCENT + DESCENT) / EM);
}

double text_ascent(struct font font)
{
	double px = font_px(font.size);

	return px * ASCENT / EM + (line_height(font) - px * (ASCENT + DESCENT) / EM) / 2;
}

/* --- Arrows ------------------------------------------------------------------------ */

bool arrow_head(const struct mark *path, struct point head[3])
{
	enum { LENGTH = 8, HALF_WIDTH = 3 };
	size_t n = path->n_points;
	struct point tip, from;
	double dx, dy, length;

	if (n < 2)
		return false;
	tip = path->points[n - 1];
	from = path->points[n - 2];
	dx = tip.x - from.x;
	dy = tip.y - from.y;
	length = sqrt(dx * dx + dy * dy);
	if (length < 1)
		return false;
	dx /= length;
	dy /= length;
	head[0] = tip;
	head[1] = (struct point){ tip.x - dx * LENGTH - dy * HALF_WIDTH,
				  tip.y - dy * LENGTH + dx * HALF_WIDTH };
	head[2] = (struct point){ tip.x - dx * LENGTH + dy * HALF_WIDTH,
				  tip.y - dy * LENGTH - dx * HALF_WIDTH };
	return true;
}
