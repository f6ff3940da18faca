// SPDX-License-Identifier: GPL-2.0-only
/*
 * measured.c - see kinds.h
 *
 * A row for each region of the kernel, the highest on top.  Its strip is the region from
 * its first address, on the left, to its last; what is mapped is in the colour of what
 * may be done there.  Where all that is mapped lies close together, a second strip below
 * shows that part, as under a magnifier.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "frame.h"
#include "kinds.h"
#include "sheet.h"
#include "themes.h"

enum {
	INDENT = 16, MOST_INDENTS = 6,	/* deeper ones would leave no room for an address */
	NAMES_WIDTH = 250, LEAST_BESIDE = 700,	/* a narrow page has the strip below the name */
	STRIP_HEIGHT = 20, LENS_HEIGHT = 16, LENS_GAP = 14,
	LENS_FROM = 6,			/* the mapped part is this many times smaller */
	ROW_GAP = 12,
};

/* What may be done in a place; where a pixel has several the later ones are shown. */
enum right {
	RIGHT_NOTHING, RIGHT_UNSETTLED, RIGHT_NONE, RIGHT_READ, RIGHT_WRITE, RIGHT_EXECUTE,
	RIGHT_ALL, N_RIGHTS
};

static const struct {
	enum tone tone;
	enum picture_word word;
	const char *classes;
} rights[N_RIGHTS] = {
	[RIGHT_UNSETTLED] = { TONE_UNUSED, WORD_RIGHT_UNSETTLED, "mapped access-unsettled" },
	[RIGHT_NONE] = { TONE_FIXED, WORD_RIGHT_NONE, "mapped access-none" },
	[RIGHT_READ] = { TONE_PAGES, WORD_RIGHT_READ, "mapped access-read" },
	[RIGHT_WRITE] = { TONE_DATA, WORD_RIGHT_WRITE, "mapped access-write" },
	[RIGHT_EXECUTE] = { TONE_CODE, WORD_RIGHT_EXECUTE, "mapped access-execute" },
	[RIGHT_ALL] = { TONE_ALERT, WORD_RIGHT_ALL, "mapped access-wx" },
};

struct measure {
	const struct layout *l;
	const struct mappings *m;
	const struct page *page;
	struct scene *s;
	double margin, y;
	bool used[N_RIGHTS];
	uint64_t wx;			/* bytes, in all regions that are in no other */
};

/* A range of addresses, as it is drawn. */
struct row {
	const struct region *r;		/* NULL: outside of all */
	uint64_t start, end;
	uint64_t bytes[N_RIGHTS];
	bool any, by_window;
	uint64_t first, last;		/* of what is mapped */
};

struct strip {
	uint64_t start, end;
	size_t n;			/* pixels */
	unsigned char *pixels;		/* enum right of each */
};

/* --- What is mapped ----------------------------------------------------------------- */

static enum right right_of(const struct run *run)
{
	if (run->unsettled)
		return RIGHT_UNSETTLED;
	if (is_wx(run))
		return RIGHT_ALL;
	return run->access.execute || run->access.user_execute ? RIGHT_EXECUTE :
	       run->access.write ? RIGHT_WRITE : run->access.read ? RIGHT_READ : RIGHT_NONE;
}

static void count_piece(void *data, const struct piece *piece)
{
	struct row *row = data;
	uint64_t last = piece->end + piece->reach;

	row->bytes[right_of(piece->run)] += (piece->end - piece->start + 1) * piece->times;
	if (!row->any || piece->start < row->first)
		row->first = piece->start;
	if (!row->any || last > row->last)
		row->last = last;
	row->any = true;
}

static struct row row_of(const struct measure *p, const struct region *r, uint64_t start,
			 uint64_t end)
{
	struct row row = { .r = r, .start = start, .end = end };

	mappings_each(p->m, start, end, count_piece, &row);
	row.by_window = mappings_in_window(p->m, start, end);
	if (row.by_window) {
		row.any = true;
		row.first = start;
		row.last = end;
		row.bytes[RIGHT_ALL] = end - start + 1;
	}
	return row;
}

static size_t pixel_of(const struct strip *s, uint64_t addr)
{
	size_t pixel = (size_t)((double)(addr - s->start) / ((double)(s->end - s->start) + 1) *
				(double)s->n);

	return pixel < s->n ? pixel : s->n - 1;
}

/* Copies that follow one another are drawn as one. */
static void paint_piece(void *data, const struct piece *piece)
{
	struct strip *s = data;
	enum right right = right_of(piece->run);
	size_t last = pixel_of(s, piece->end + piece->reach);

	for (size_t i = pixel_of(s, piece->start); i <= last; i++)
		if (s->pixels[i] < right)
			s->pixels[i] = (unsigned char)right;
}

/* --- A strip -------------------------------------------------------------------------- */

static void draw_right(struct measure *p, const struct strip *s, enum right right, double x,
		       double y, double height)
{
	struct outline o = { .points = zalloc_array(s->n * 5 + 5, sizeof(*o.points)) };
	struct mark *mark;

	for (size_t i = 0; i < s->n; i++) {
		size_t run = 0;

		while (i + run < s->n && s->pixels[i + run] == right)
			run++;
		if (run)
			outline_add(&o, x + (double)i, y, (double)run, height);
		i += run;
	}
	if (o.n) {
		scene_group(p->s, NULL, rights[right].classes, word(rights[right].word), NULL);
		mark = scene_path(p->s, o.points, o.n, true, STROKE_NONE, INK_TEXT);
		mark->tone = rights[right].tone;
		mark->state = STATE_MAPPED;
		scene_end_group(p->s);
		p->used[right] = true;
	}
	free(o.points);
}

static void draw_strip(struct measure *p, const struct row *row, uint64_t start, uint64_t end,
		       double x, double y, double width, double height)
{
	struct strip s = { .start = start, .end = end, .n = (size_t)width };

	s.pixels = zalloc_array(s.n, sizeof(*s.pixels));
	if (row->by_window)
		memset(s.pixels, RIGHT_ALL, s.n);
	else
		mappings_each(p->m, start, end, paint_piece, &s);
	for (int right = RIGHT_NOTHING + 1; right < N_RIGHTS; right++)
		draw_right(p, &s, (enum right)right, x, y, height);
	scene_box(p->s, x, y, (double)s.n, height, TONE_NONE, STATE_RESERVED, STROKE_THIN);
	free(s.pixels);
}

/* Is what is mapped so small a part that the strip shows nothing of it? */
static bool needs_lens(const struct row *row)
{
	return row->any && (row->end - row->start) / LENS_FROM > row->last - row->first &&
	       row->last > row->first;
}

static void draw_lens(struct measure *p, const struct row *row, double x, double y, double width)
{
	double size = (double)(row->end - row->start) + 1;
	double from = x + (double)(row->first - row->start) / size * width;
	double to = x + ((double)(row->last - row->start) + 1) / size * width;
	double top = y + STRIP_HEIGHT, below = top + LENS_GAP;

	if (to < from + 1)
		to = from + 1;
	scene_line(p->s, from, top, x, below, STROKE_THIN, INK_QUIET);
	scene_line(p->s, to, top, x + width, below, STROKE_THIN, INK_QUIET);
	draw_strip(p, row, row->first, row->last, x, below, width, LENS_HEIGHT);
}

static char *lens_words(const struct row *row)
{
	char *size = label_size(row->last - row->first), *text = word_with(WORD_LENS, size);

	free(size);
	return text;
}

/* --- A row ------------------------------------------------------------------------------ */

static uint64_t mapped_of(const struct row *row)
{
	uint64_t sum = 0;

	for (int right = RIGHT_NONE; right < N_RIGHTS; right++)
		sum += row->bytes[right];
	return sum;
}

/* "read 29.6 MiB, read and execute 8 KiB" */
static char *amounts(const struct row *row)
{
	char *text = NULL;

	if (row->by_window)
		return text_printf("%s", word(WORD_BY_WINDOW));
	for (int right = RIGHT_NOTHING + 1; right < N_RIGHTS; right++) {
		char *size, *longer;

		if (!row->bytes[right])
			continue;
		size = label_size(row->bytes[right] - 1);
		longer = text_printf("%s%s%s %s", text ? text : "", text ? ", " : "",
				     word(rights[right].word), size);
		free(size);
		free(text);
		text = longer;
	}
	return text ? text : text_printf("%s", word(WORD_NOTHING_MAPPED));
}

static char *share_words(const struct row *row)
{
	uint64_t mapped = mapped_of(row);
	char *all = label_size(row->end - row->start);
	char *part = mapped ? label_size(mapped - 1) : text_printf("0");
	char *text = word_with(WORD_MAPPED_OF, part, all);

	free(part);
	free(all);
	return text;
}

/* Name, first address and sums; returns the y below. */
static double draw_names(struct measure *p, const struct row *row, double x, double y,
			 double width)
{
	char *addr = label_address(row->start, p->l->bits), *share = share_words(row);

	y = wrapped(p->s, x, y, width, BOLD, INK_TEXT, row->r ? row->r->name :
		    word(WORD_OUTSIDE));
	line_of_text(p->s, x, &y, SMALL_FIXED, INK_QUIET, addr);
	y = wrapped(p->s, x, y, width, SMALL, INK_TEXT, share);
	free(share);
	free(addr);
	return y;
}

static double draw_strips(struct measure *p, const struct row *row, double x, double y,
			  double width)
{
	char *text = amounts(row), *lens;

	if (!row->r || strcmp(row->r->name, "noncanonical") != 0)
		draw_strip(p, row, row->start, row->end, x, y, width, STRIP_HEIGHT);
	if (needs_lens(row)) {
		draw_lens(p, row, x, y, (double)(size_t)width);
		y += LENS_GAP + LENS_HEIGHT;
		lens = lens_words(row);
		y = wrapped(p->s, x, y + STRIP_HEIGHT + 2, width, SMALL, INK_QUIET, lens) -
		    STRIP_HEIGHT;
		free(lens);
	}
	y = wrapped(p->s, x, y + STRIP_HEIGHT + 2, width, row->bytes[RIGHT_ALL] ? BOLD : SMALL,
		    row->bytes[RIGHT_ALL] ? INK_ALERT : INK_TEXT, text);
	free(text);
	return y;
}

static void draw_row(struct measure *p, const struct row *row)
{
	unsigned int depth = row->r ? row->r->depth : 0;
	double x = p->margin + (depth < MOST_INDENTS ? depth : MOST_INDENTS) * INDENT;
	double right = p->page->width - p->margin, below;
	char *id = text_printf("region-%s", row->r ? row->r->name : "none");
	char *classes = text_printf("region kind-%s state-mapped", row->r ? row->r->name : "none");
	char *text = amounts(row);

	/* Holes are several, and have no id. */
	scene_group(p->s, row->r ? id : NULL, classes, row->r ? row->r->name : word(WORD_OUTSIDE),
		    text);
	if (p->page->width >= LEAST_BESIDE) {
		double strips = p->margin + NAMES_WIDTH;

		below = draw_names(p, row, x, p->y, strips - x - 12);
		p->y = larger(below, draw_strips(p, row, strips, p->y, right - strips));
	} else {
		p->y = draw_names(p, row, x, p->y, right - x);
		p->y = draw_strips(p, row, x, p->y + 2, right - x);
	}
	p->y += ROW_GAP;
	scene_end_group(p->s);
	free(text);
	free(classes);
	free(id);
}

/* --- Which rows there are ----------------------------------------------------------------- */

/* A hole only if something is mapped there. */
static void draw_hole(struct measure *p, uint64_t start, uint64_t end)
{
	struct row row = row_of(p, NULL, start, end);

	if (!mapped_of(&row) || row.by_window)
		return;
	p->wx += row.bytes[RIGHT_ALL];
	draw_row(p, &row);
}

/* What is inside a region, or at top level (NULL), from the top down. */
static void draw_inside(struct measure *p, const struct region *around)
{
	uint64_t above = p->l->max_addr;	/* the last address that no row has */
	bool over = false;			/* all have one */

	for (size_t i = p->l->n_present; i > 0; i--) {
		const struct region *r = &p->l->regions[i - 1];
		struct row row;

		if (r->parent != around || r->is_overlay || r->is_memory)
			continue;
		if (!around && !over && r->end < above)
			draw_hole(p, r->end + 1, above);
		over |= !r->start;
		above = r->start ? r->start - 1 : 0;
		if (!region_is_kernels(r))
			continue;
		row = row_of(p, r, r->start, r->end);
		if (!around && !row.by_window)
			p->wx += row.bytes[RIGHT_ALL];
		draw_row(p, &row);
		draw_inside(p, r);
	}
}

/* --- The picture ------------------------------------------------------------------------- */

static void draw_verdict(struct measure *p, double y)
{
	char *size, *text;

	if (!p->wx) {
		wrapped(p->s, p->margin, y, p->page->width - 2 * p->margin, NORMAL, INK_TEXT,
			word(WORD_NO_WX));
		return;
	}
	size = label_size(p->wx - 1);
	text = word_with(WORD_SOME_WX, size);
	scene_group(p->s, "wx", "alert", text, NULL);
	scene_box(p->s, p->margin, y - 4, p->page->width - 2 * p->margin, line_height(BOLD) + 8,
		  TONE_ALERT, STATE_RESERVED, STROKE_THICK);
	wrapped(p->s, p->margin + 6, y, p->page->width - 2 * p->margin - 12, BOLD, INK_TEXT, text);
	scene_end_group(p->s);
	free(text);
	free(size);
}

static void draw_key(struct measure *p)
{
	struct key key = key_begin(p->s, p->page, p->y);

	for (int right = RIGHT_NOTHING + 1; right < N_RIGHTS; right++)
		if (p->used[right])
			key_add(&key, rights[right].tone, STATE_MAPPED, word(rights[right].word));
	key_add(&key, TONE_NONE, STATE_RESERVED, word(WORD_NOTHING_MAPPED));
	p->y = key_end(&key);
	p->y = wrapped(p->s, p->margin, p->y, p->page->width - 2 * p->margin, SMALL, INK_QUIET,
		       word(WORD_MEASURED_NOTE));
}

struct scene *compose_measured(const struct layout *l, const struct mappings *m,
			       const struct page *page)
{
	struct measure p = { .l = l, .m = m, .page = page, .margin = page_margin(page) };
	char *kernel = label_kernel(l, NULL), *date = label_date(l);
	double verdict;

	p.s = scene_new(word(WORD_MEASURED_TITLE), word(WORD_MEASURED_NOTE));
	p.s->width = page->width;
	verdict = draw_title(p.s, page, p.s->title, kernel, date) + 8;
	p.y = verdict + line_height(BOLD) * (page->width < LEAST_BESIDE ? 2 : 1) + 20;
	draw_inside(&p, NULL);
	draw_verdict(&p, verdict);
	draw_key(&p);
	p.s->height = p.y + p.margin;
	free(date);
	free(kernel);
	return p.s;
}
