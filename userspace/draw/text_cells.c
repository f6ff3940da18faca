// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_cells.c - a scene in the characters of a text file.
 *
 * Columns are to scale.  Rows are, too, but each height at which something is has a
 * row of its own, so that no line of text is on a border: the rows are pulled apart
 * where they are less than a line from one another.  What is smaller than a letter
 * with a frame is one letter, which tells tone and state.  Texts come last, and the
 * lines give way to them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/write.h"
#include "canvas.h"
#include "letters.h"
#include "themes.h"

enum {
	ROW_PX = 16,		/* of a row, at most */
	SAME_ROW = 6,		/* px: what is closer than that is on one row */
	LEAST_WIDTH = 4,	/* of a column, in px */
	USUAL_WIDTH = 8,
	SAMPLE = 6,		/* columns: less than that is a sample */
	LONG_TEXT = 4,		/* letters: shorter ones do not decide a width */
};

/* The sides of a cell from which a line comes. */
enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

struct page {
	const struct scene *s;
	const char *path;
	const struct glyphs *g;
	double column;			/* px */
	double *heights;		/* px, of each row that has something, from the top */
	unsigned int *rows;		/* the number of that row */
	size_t n_heights;
	struct line *lines;
	unsigned char (*sides)[MAX_WIDTH];
	unsigned int n_lines;
	const struct mark **texts;
	size_t n_texts;
};

/* --- What is where --------------------------------------------------------------------- */

static double text_middle(const struct mark *m)
{
	return m->y - 0.35 * font_px(m->font.size);
}

static double text_left(const struct mark *m)
{
	double width = text_width(m->text, m->font);

	return m->anchor == ANCHOR_START ? m->x : m->anchor == ANCHOR_END ? m->x - width :
	       m->x - width / 2;
}

/* No room for a frame with a letter in it; a sample in a legend has it, and needs none. */
static bool is_small(const struct page *p, const struct mark *m)
{
	return m->height < ROW_PX - SAME_ROW || m->width < 2 * p->column ||
	       (m->height < ROW_PX + SAME_ROW && m->width < SAMPLE * p->column);
}

struct extent {
	double left, top, right, bottom;
};

/* Of the part of a path that begins at point i, which is moved to the next part. */
static struct extent next_part(const struct mark *m, size_t *i)
{
	struct extent e = { INFINITY, INFINITY, -INFINITY, -INFINITY };

	for (; *i < m->n_points && !is_pen_up(m->points[*i]); ++*i) {
		e.left = lesser(e.left, m->points[*i].x);
		e.top = lesser(e.top, m->points[*i].y);
		e.right = larger(e.right, m->points[*i].x);
		e.bottom = larger(e.bottom, m->points[*i].y);
	}
	++*i;
	return e;
}

/* A filled shape no higher than a letter: a pin, or an entry of a table. */
static bool is_spot(const struct mark *m, const struct extent *e)
{
	return m->is_closed && m->tone != TONE_NONE && e->bottom - e->top < ROW_PX;
}

static unsigned int column_of(const struct page *p, double x)
{
	double column = round(x / p->column);

	return column < 0 ? 0 : column >= MAX_WIDTH ? MAX_WIDTH - 1 : (unsigned int)column;
}

/* That of the nearest height. */
static unsigned int row_of(const struct page *p, double y)
{
	size_t low = 0, high = p->n_heights - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (p->heights[middle] < y)
			low = middle + 1;
		else
			high = middle;
	}
	if (low && y - p->heights[low - 1] < p->heights[low] - y)
		low--;
	return p->rows[low];
}

/* Wide enough that most texts have the columns for their letters. */
static double column_width(const struct scene *s)
{
	double width = USUAL_WIDTH;

	for (size_t i = 0; i < s->n_marks; i++) {
		const struct mark *m = &s->marks[i];
		size_t letters = m->type == MARK_TEXT ? count_letters(m->text) : 0;

		if (letters >= LONG_TEXT && text_width(m->text, m->font) / (double)letters < width)
			width = text_width(m->text, m->font) / (double)letters;
	}
	if (width < LEAST_WIDTH)
		width = LEAST_WIDTH;
	return s->width / width > MAX_WIDTH ? s->width / MAX_WIDTH : width;
}

static void note_height(struct page *p, double y)
{
	p->heights[p->n_heights++] = y;
}

static void note_path(struct page *p, const struct mark *m)
{
	for (size_t i = 0; i < m->n_points;) {
		size_t first = i;
		struct extent e = next_part(m, &i);

		if (is_spot(m, &e))
			note_height(p, (e.top + e.bottom) / 2);
		for (size_t k = first; k + 1 < i && !is_spot(m, &e); k++)
			note_height(p, m->points[k].y);
	}
}

static void note_heights(struct page *p, const struct mark *m)
{
	switch (m->type) {
	case MARK_BOX:
		note_height(p, is_small(p, m) ? m->y + m->height / 2 : m->y);
		if (!is_small(p, m))
			note_height(p, m->y + m->height);
		break;
	case MARK_PATH:
		note_path(p, m);
		break;
	case MARK_TEXT:
		note_height(p, text_middle(m));
		break;
	case MARK_GROUP:
	case MARK_GROUP_END:
		break;
	}
}

static int by_height(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void collect_heights(struct page *p)
{
	size_t most = 1, n = 0;

	for (size_t i = 0; i < p->s->n_marks; i++)
		most += 2 + p->s->marks[i].n_points;
	p->heights = zalloc_array(most, sizeof(*p->heights));
	p->rows = zalloc_array(most, sizeof(*p->rows));
	for (size_t i = 0; i < p->s->n_marks; i++)
		note_heights(p, &p->s->marks[i]);
	qsort(p->heights, p->n_heights, sizeof(*p->heights), by_height);
	for (size_t i = 0; i < p->n_heights; i++)
		if (!n || p->heights[i] - p->heights[n - 1] >= SAME_ROW)
			p->heights[n++] = p->heights[i];
	p->n_heights = n;
}

static void number_rows(struct page *p)
{
	for (size_t i = 0; i < p->n_heights; i++) {
		double rows = i ? (p->heights[i] - p->heights[i - 1]) / ROW_PX : 0;

		p->rows[i] = (i ? p->rows[i - 1] : 0) + (rows > 1 ? (unsigned int)rows : i > 0);
	}
	p->n_lines = p->n_heights ? p->rows[p->n_heights - 1] + 1 : 0;
}

static void *begin(const struct scene *s, enum theme theme, const char *path)
{
	struct page *p = zalloc_array(1, sizeof(*p));

	(void)theme;
	p->s = s;
	p->path = path;
	p->g = s->is_ascii ? &ascii_glyphs : &utf8_glyphs;
	p->column = column_width(s);
	collect_heights(p);
	number_rows(p);
	p->lines = zalloc_array(p->n_lines, sizeof(*p->lines));
	p->sides = zalloc_array(p->n_lines, sizeof(*p->sides));
	p->texts = zalloc_array(s->n_marks, sizeof(*p->texts));
	for (unsigned int i = 0; i < p->n_lines; i++) {
		p->lines[i].g = p->g;
		p->lines[i].width = MAX_WIDTH;
	}
	return p;
}

/* --- Boxes and lines --------------------------------------------------------------------- */

/* The letter of a tone in a state: the more there is, the more ink. */
static const char *shade(const struct page *p, const struct mark *m)
{
	static const char *const utf8[N_TONES][STATE_MAPPED + 1] = {
		[TONE_NONE] = { " ", " ", " " },
		[TONE_CODE] = { "▫", "▪", "■" },
		[TONE_DATA] = { "◦", "○", "●" },
		[TONE_ONE_PIECE] = { "▁", "▃", "▅" },
		[TONE_PAGES] = { "░", "▒", "▓" },
		[TONE_FIXED] = { "▵", "▴", "▲" },
		[TONE_UNUSED] = { "·", "·", "·" },
		[TONE_NOTHING] = { "╳", "╳", "╳" },
		[TONE_ALERT] = { "!", "!", "!" },
		[TONE_CHOSEN] = { "█", "█", "█" },
	};
	static const char *const ascii[N_TONES][STATE_MAPPED + 1] = {
		[TONE_NONE] = { " ", " ", " " },
		[TONE_CODE] = { "c", "c", "C" },
		[TONE_DATA] = { "d", "d", "D" },
		[TONE_ONE_PIECE] = { "o", "o", "O" },
		[TONE_PAGES] = { "p", "p", "P" },
		[TONE_FIXED] = { "f", "f", "F" },
		[TONE_UNUSED] = { ".", ".", "." },
		[TONE_NOTHING] = { "x", "x", "x" },
		[TONE_ALERT] = { "!", "!", "!" },
		[TONE_CHOSEN] = { "@", "@", "@" },
	};

	return (p->s->is_ascii ? ascii : utf8)[m->tone][m->state];
}

static void across(struct page *p, unsigned int row, unsigned int from, unsigned int to)
{
	for (unsigned int x = from; x <= to; x++)
		p->sides[row][x] |= (unsigned char)((x > from ? LEFT : 0) | (x < to ? RIGHT : 0));
}

static void down(struct page *p, unsigned int x, unsigned int from, unsigned int to)
{
	for (unsigned int y = from; y <= to; y++)
		p->sides[y][x] |= (unsigned char)((y > from ? UP : 0) | (y < to ? DOWN : 0));
}

static void put_box(void *page, const struct mark *m)
{
	struct page *p = page;
	unsigned int left = column_of(p, m->x), right = column_of(p, m->x + m->width);
	unsigned int top, bottom;

	if (is_small(p, m)) {
		if (m->tone != TONE_NONE)
			put_run(&p->lines[row_of(p, m->y + m->height / 2)], left,
				right > left ? right : left + 1, shade(p, m), NULL);
		return;
	}
	if (m->stroke == STROKE_NONE)
		return;
	top = row_of(p, m->y);
	bottom = row_of(p, m->y + m->height);
	across(p, top, left, right);
	across(p, bottom, left, right);
	down(p, left, top, bottom);
	down(p, right, top, bottom);
}

/* Neither level nor upright: a slash on each row, and dots to that of the next. */
static void put_slope(struct page *p, struct point a, struct point b)
{
	struct point high = a.y < b.y ? a : b, low = a.y < b.y ? b : a;
	unsigned int from = row_of(p, high.y), to = row_of(p, low.y);
	double step = (low.x - high.x) / (double)(to - from + 1);

	for (unsigned int y = from; y <= to; y++) {
		double x = high.x + step * (double)(y - from);
		unsigned int here = column_of(p, x), next = column_of(p, x + step);

		if (here < next)
			put_run(&p->lines[y], here + 1, next, p->g->dots, NULL);
		else
			put_run(&p->lines[y], next + 1, here, p->g->dots, NULL);
		put(&p->lines[y], here, p->g->tear[high.x < low.x], NULL);
	}
}

static void put_segment(struct page *p, struct point a, struct point b)
{
	unsigned int x1 = column_of(p, a.x), x2 = column_of(p, b.x);
	unsigned int y1 = row_of(p, a.y), y2 = row_of(p, b.y);

	if (y1 == y2)
		across(p, y1, x1 < x2 ? x1 : x2, x1 < x2 ? x2 : x1);
	else if (x1 == x2)
		down(p, x1, y1 < y2 ? y1 : y2, y1 < y2 ? y2 : y1);
	else
		put_slope(p, a, b);
}

static void put_head(struct page *p, struct point from, struct point tip)
{
	bool level = fabs(tip.x - from.x) > fabs(tip.y - from.y);
	const char *utf8 = level ? (tip.x > from.x ? "▶" : "◀") : tip.y > from.y ? "▼" : "▲";
	const char *ascii = level ? (tip.x > from.x ? ">" : "<") : tip.y > from.y ? "v" : "^";

	put(&p->lines[row_of(p, tip.y)], column_of(p, tip.x), p->s->is_ascii ? ascii : utf8, NULL);
}

static void put_spot(struct page *p, const struct mark *m, const struct extent *e)
{
	struct line *line = &p->lines[row_of(p, (e->top + e->bottom) / 2)];
	unsigned int from = column_of(p, e->left), to = column_of(p, e->right);

	if (e->right - e->left < ROW_PX && m->stroke != STROKE_NONE)
		put(line, column_of(p, (e->left + e->right) / 2), p->g->pin, NULL);
	else
		put_run(line, from, to > from ? to : from + 1, shade(p, m), NULL);
}

static void put_path(void *page, const struct mark *m)
{
	struct page *p = page;
	size_t i = 0;

	while (i < m->n_points) {
		size_t first = i, last;
		struct extent e = next_part(m, &i);

		last = i - 2;
		if (is_spot(m, &e))
			put_spot(p, m, &e);
		else if (m->stroke == STROKE_NONE || last < first)
			continue;
		for (size_t k = first; k < last && !is_spot(m, &e); k++)
			put_segment(p, m->points[k], m->points[k + 1]);
		if (m->is_closed && !is_spot(m, &e))
			put_segment(p, m->points[last], m->points[first]);
	}
	if (m->has_arrow && m->n_points > 1)
		put_head(p, m->points[m->n_points - 2], m->points[m->n_points - 1]);
}

static void keep_text(void *page, const struct mark *m)
{
	struct page *p = page;

	if (*m->text)
		p->texts[p->n_texts++] = m;
}

/* --- The end ------------------------------------------------------------------------------- */

/* What is in no cell yet becomes the glyph of the lines that meet there. */
static void put_sides(struct page *p)
{
	static const char *const utf8[] = {
		NULL, "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼",
	};
	static const char *const ascii[] = {
		NULL, "|", "|", "|", "-", "+", "+", "+", "-", "+", "+", "+", "-", "+", "+", "+",
	};

	for (unsigned int y = 0; y < p->n_lines; y++)
		for (unsigned int x = 0; x < MAX_WIDTH; x++)
			if (p->sides[y][x] && !p->lines[y].cells[x].glyph)
				put(&p->lines[y], x, (p->s->is_ascii ? ascii : utf8)[p->sides[y][x]], NULL);
}

static int by_place(const void *a, const void *b)
{
	const struct mark *x = *(const struct mark *const *)a, *y = *(const struct mark *const *)b;
	double left = text_left(x), other = text_left(y);

	return left < other ? -1 : left > other;
}

/* The first column of a text, which is not a side of a box if there is room beside. */
static unsigned int first_column(const struct page *p, const struct mark *m, unsigned int row)
{
	unsigned int n = (unsigned int)count_letters(m->text);
	unsigned int x = column_of(p, m->anchor == ANCHOR_START ? m->x : m->anchor == ANCHOR_END ?
				   m->x - n * p->column : m->x - n * p->column / 2);

	if (p->sides[row][x] == (UP | DOWN) && x + 1 < MAX_WIDTH)
		return x + 1;
	if (x && x + n <= MAX_WIDTH && p->sides[row][x + n - 1] == (UP | DOWN))
		return x - 1;
	return x;
}

/* Of one row, from the left: each ends before the next one begins. */
static void put_all_texts(struct page *p)
{
	unsigned int *ends = zalloc_array(p->n_lines, sizeof(*ends));

	qsort(p->texts, p->n_texts, sizeof(*p->texts), by_place);
	for (size_t i = 0; i < p->n_texts; i++) {
		const struct mark *m = p->texts[i];
		unsigned int row = row_of(p, text_middle(m)), x = first_column(p, m, row);

		if (ends[row] && x <= ends[row])
			x = ends[row] + 1;
		put_text(&p->lines[row], x, MAX_WIDTH, m->text, NULL, false);
		ends[row] = x + (unsigned int)count_letters(m->text);
	}
	free(ends);
}

static void end(void *page)
{
	struct page *p = page;
	size_t size;
	char *data;
	FILE *out = open_memstream(&data, &size);

	if (!out)
		die("not enough memory");
	put_sides(p);
	put_all_texts(p);
	for (unsigned int i = 0; i < p->n_lines; i++) {
		line_print(out, &p->lines[i], line_length(&p->lines[i]), false);
		fputc('\n', out);
	}
	if (fclose(out))
		die("not enough memory");
	write_whole(p->path, data, size);
	free(data);
	free(p->lines);
	free(p->sides);
	free(p->texts);
	free(p->heights);
	free(p->rows);
	free(p);
}

const struct backend txt_backend = {
	.format = "txt", .begin = begin, .box = put_box, .path = put_path, .text = keep_text,
	.end = end,
};
