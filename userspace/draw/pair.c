// SPDX-License-Identifier: GPL-2.0-only
/*
 * pair.c - see kinds.h
 *
 * Both columns have one scale, so that the same address is at the same height and what
 * did not change is joined by level lines.  The bounds of all regions of both cut the
 * address space into steps; a step is as high as its size and the texts in it demand.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "frame.h"
#include "kinds.h"
#include "sheet.h"
#include "themes.h"

enum {
	MOST_DEPTH = 1,			/* what is deeper is told below the picture */
	MOST_TOLD = 4,			/* differences of one region */
	INDENT = 18,			/* of what is inside a region */
	PAD = 6,
	LEAST_STEP = 3,
	TORN_STEP = 22,
};

/* A region in one of the columns. */
struct bar {
	const struct region *r;
	char *size, *note;		/* note: what became of it, or NULL */
	enum { BAR_SAME, BAR_MOVED, BAR_CHANGED } fate;
	double need;			/* height of its texts */
	size_t free_from, free_to;	/* steps where no other bar is: one past the last */
};

struct column {
	struct bar *bars;		/* as in the layout: outer ones first */
	size_t n;
	double x, width;
};

struct pair_picture {
	const struct pair *pair;
	const struct page *page;
	struct scene *s;
	struct column columns[2];
	uint64_t *lasts;		/* the last address of each step, from 0 up */
	double *heights;
	size_t n_steps;
	double margin, top, y;
	double addresses;		/* the width of what stands beside a column, or 0 */
	struct font name_font, small_font;	/* in a column */
};

/* --- What became of a region ------------------------------------------------------- */

/* A prediction is silent about much: that is no difference. */
static bool is_silence(const struct pair_picture *p, const struct difference *d)
{
	return p->pair->is_predicted && !d->region[1] && !d->absent[1] && !d->value[1];
}

static void add_note(struct bar *b, char *text)
{
	char *longer = b->note ? text_printf("%s; %s", b->note, text) : text_printf("%s", text);

	free(b->note);
	free(text);
	b->note = longer;
}

/* What is told stands in the second column, if the region is there. */
static void tell_fate(struct pair_picture *p, struct bar *b, int side)
{
	const struct diff *d = p->pair->diff;
	bool is_open = side && p->pair->is_predicted && b->r->note;

	if (is_open)
		add_note(b, text_printf("%s", b->r->note));
	for (size_t i = 0; i < d->n; i++) {
		const struct difference *one = &d->differences[i];

		if (one->region[side] != b->r || is_silence(p, one) || is_open)
			continue;
		b->fate = one->kind == MOVED && b->fate != BAR_CHANGED ? BAR_MOVED : BAR_CHANGED;
		if (side || !one->region[1])
			add_note(b, pair_fate(d, one));
	}
}

/* --- The bars ----------------------------------------------------------------------- */

/* Is all of it within the regions inside, so that no place is left for its own name? */
static bool is_full(const struct layout *l, const struct region *r)
{
	uint64_t size = 0;

	for (size_t i = 0; i < l->n_present; i++)
		if (l->regions[i].parent == r && !l->regions[i].is_overlay && !l->regions[i].is_memory)
			size += l->regions[i].end - l->regions[i].start + 1;
	return size > r->end - r->start;
}

/* In a damaged capture, or where only intervals are known, regions may overlap. */
static bool overlaps_one_before(const struct layout *l, const struct region *r)
{
	for (const struct region *o = l->regions; o < r; o++)
		if (o->parent == r->parent && !o->is_overlay && !o->is_memory && o->end >= r->start)
			return true;
	return false;
}

static bool is_drawn(const struct pair_picture *p, const struct layout *l, const struct region *r)
{
	unsigned int most = p->page->brief ? 0 : MOST_DEPTH;

	return !overlaps_one_before(l, r) && !r->is_overlay && !r->is_memory && r->depth <= most &&
	       !(r->parent && is_full(l, r->parent));
}

/* What is inside a region is narrower: on the side that no join leads to. */
static double bar_x(const struct pair_picture *p, const struct column *c, const struct bar *b)
{
	return c->x + (c == &p->columns[0] ? b->r->depth * INDENT : 0);
}

static double inner_width(const struct column *c, const struct bar *b)
{
	return c->width - 2 * PAD - b->r->depth * INDENT;
}

static double texts_height(const struct pair_picture *p, const struct column *c,
			   const struct bar *b)
{
	double height = name_and_size_height(inner_width(c, b), p->name_font, b->r->name, b->size) + 4;

	if (!p->addresses)
		height += line_height(SMALL_FIXED);
	if (b->note)
		height += wrapped_height(inner_width(c, b), p->small_font, b->note);
	return height;
}

static void make_bars(struct pair_picture *p, int side)
{
	const struct layout *l = p->pair->diff->layout[side];
	struct column *c = &p->columns[side];

	c->bars = zalloc_array(l->n_present + 1, sizeof(*c->bars));
	for (size_t i = 0; i < l->n_present; i++) {
		struct bar *b = &c->bars[c->n];

		if (!is_drawn(p, l, &l->regions[i]))
			continue;
		c->n++;
		b->r = &l->regions[i];
		b->size = label_size(b->r->end - b->r->start);
		tell_fate(p, b, side);
		b->need = texts_height(p, c, b);
	}
}

/* --- The steps ---------------------------------------------------------------------- */

static int compare_addresses(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void make_steps(struct pair_picture *p)
{
	size_t n = 0, kept = 0;

	p->lasts = zalloc_array(2 * (p->columns[0].n + p->columns[1].n) + 1, sizeof(*p->lasts));
	p->lasts[n++] = p->pair->diff->layout[0]->max_addr;
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < p->columns[side].n; i++) {
			const struct region *r = p->columns[side].bars[i].r;

			p->lasts[n++] = r->end;
			if (r->start)
				p->lasts[n++] = r->start - 1;
		}
	}
	qsort(p->lasts, n, sizeof(*p->lasts), compare_addresses);
	for (size_t i = 0; i < n; i++)
		if (!kept || p->lasts[kept - 1] != p->lasts[i])
			p->lasts[kept++] = p->lasts[i];
	p->n_steps = kept;
	p->heights = zalloc_array(kept, sizeof(*p->heights));
}

/* The step that begins at an address, or that ends before it. */
static size_t step_at(const struct pair_picture *p, uint64_t start)
{
	size_t i = 0;

	while (i < p->n_steps && start && p->lasts[i] < start)
		i++;
	return i;
}

static size_t step_after(const struct pair_picture *p, uint64_t end)
{
	size_t i = 0;

	while (i < p->n_steps && p->lasts[i] <= end && p->lasts[i] != UINT64_MAX)
		i++;
	return end == UINT64_MAX || i > p->n_steps ? p->n_steps : i;
}

/* No address exists there in either. */
static bool is_torn(const struct pair_picture *p, uint64_t addr)
{
	for (int side = 0; side < 2; side++) {
		const struct region *r = layout_find(p->pair->diff->layout[side], addr);

		if (!r || strcmp(r->name, "noncanonical") != 0)
			return false;
	}
	return true;
}

static void measure_steps(struct pair_picture *p)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		uint64_t start = i ? p->lasts[i - 1] + 1 : 0, size = p->lasts[i] - start;
		unsigned int log2 = 0;

		while (size >> log2 > 1)
			log2++;
		p->heights[i] = LEAST_STEP + (log2 > 12 ? (log2 - 12) * 0.45 : 0);
		if (is_torn(p, p->lasts[i]))
			p->heights[i] = TORN_STEP;
	}
}

static double height_of(const struct pair_picture *p, size_t from, size_t to)
{
	double height = 0;

	for (size_t i = from; i < to; i++)
		height += p->heights[i];
	return height;
}

static bool is_covered(const struct pair_picture *p, const struct column *c, const struct bar *b,
		       size_t step)
{
	for (const struct bar *in = c->bars; in < c->bars + c->n; in++)
		if (in->r->parent == b->r && p->lasts[step] >= in->r->start &&
		    p->lasts[step] <= in->r->end)
			return true;
	return false;
}

/* The highest part of a bar in which no other bar is. */
static void find_free(const struct pair_picture *p, const struct column *c, struct bar *b)
{
	size_t first = step_at(p, b->r->start), end = step_after(p, b->r->end), from = first;

	b->free_from = b->free_to = first;
	for (size_t i = first; i <= end; i++) {
		if (i < end && !is_covered(p, c, b, i))
			continue;
		if (i > from && (b->free_from == b->free_to ||
				 height_of(p, from, i) > height_of(p, b->free_from, b->free_to))) {
			b->free_from = from;
			b->free_to = i;
		}
		from = i + 1;
	}
}

/* Makes room for the texts of all: in the highest step of each that is too low. */
static void stretch_steps(struct pair_picture *p, int side)
{
	struct column *c = &p->columns[side];

	for (size_t i = 0; i < c->n; i++) {
		struct bar *b = &c->bars[i];
		size_t best;
		double lacks;

		find_free(p, c, b);
		best = b->free_from;
		lacks = b->need - height_of(p, b->free_from, b->free_to);
		for (size_t k = b->free_from; k < b->free_to; k++)
			if (p->heights[k] > p->heights[best])
				best = k;
		if (lacks > 0 && b->free_to > b->free_from)
			p->heights[best] += lacks;
	}
}

/* The y of the lower edge of a step; that of step n_steps is the top. */
static double y_below(const struct pair_picture *p, size_t step)
{
	return p->top + height_of(p, step, p->n_steps);
}

/* --- Drawing ------------------------------------------------------------------------ */

static struct bar *twin_of(const struct pair_picture *p, const struct bar *b)
{
	const struct column *c = &p->columns[1];

	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->bars[i].r->name, b->r->name) == 0)
			return &c->bars[i];
	return NULL;
}

static void draw_join(struct pair_picture *p, const struct bar *from, const struct bar *to)
{
	static const char *const fates[] = { "same", "moved", "changed" };
	double left = p->columns[0].x + p->columns[0].width, right = p->columns[1].x;
	const struct point points[] = {
		{ left, y_below(p, step_after(p, from->r->end)) },
		{ right, y_below(p, step_after(p, to->r->end)) },
		{ right, y_below(p, step_at(p, to->r->start)) },
		{ left, y_below(p, step_at(p, from->r->start)) },
	};
	char *id = text_printf("join-%s", from->r->name);
	char *classes = text_printf("join kind-%s %s", from->r->name, fates[to->fate]);
	struct mark *mark;

	scene_group(p->s, id, classes, from->r->name, to->note);
	mark = scene_path(p->s, points, ARRAY_SIZE(points), true, STROKE_THIN,
			  to->fate == BAR_CHANGED ? INK_CHOSEN : INK_QUIET);
	mark->tone = to->fate == BAR_CHANGED ? TONE_CHOSEN :
		     to->fate == BAR_MOVED ? TONE_UNUSED : TONE_NONE;
	scene_end_group(p->s);
	free(classes);
	free(id);
}

static void draw_joins(struct pair_picture *p)
{
	/* What changed is not to be hidden by what did not. */
	for (int fate = BAR_SAME; fate <= BAR_CHANGED; fate++) {
		for (size_t i = 0; i < p->columns[0].n; i++) {
			const struct bar *from = &p->columns[0].bars[i], *to = twin_of(p, from);

			if (to && (int)to->fate == fate)
				draw_join(p, from, to);
		}
	}
}

static void draw_texts(struct pair_picture *p, const struct column *c, const struct bar *b)
{
	double x = bar_x(p, c, b) + PAD, width = inner_width(c, b);
	double room = height_of(p, b->free_from, b->free_to);
	double y = y_below(p, b->free_to) + larger((room - b->need) / 2, 0) + 2;

	y = name_and_size(p->s, x, y, width, p->name_font, b->r->name, b->size);
	if (!p->addresses) {
		char *addr = label_address(b->r->start, p->pair->diff->layout[0]->bits);

		line_of_text(p->s, x, &y, SMALL_FIXED, INK_QUIET, addr);
		free(addr);
	}
	if (b->note)
		wrapped(p->s, x, y, width, p->small_font, b->fate == BAR_CHANGED ? INK_CHOSEN : INK_TEXT,
			b->note);
}

static void draw_bar(struct pair_picture *p, int side, const struct bar *b)
{
	const struct column *c = &p->columns[side];
	double bottom = y_below(p, step_at(p, b->r->start));
	double top = y_below(p, step_after(p, b->r->end));
	double indent = b->r->depth * INDENT;
	char *id = text_printf("%s-region-%s", side ? "after" : "before", b->r->name);
	char *classes = text_printf("region kind-%s %s", b->r->name,
				    b->fate == BAR_CHANGED ? "changed" :
				    b->fate == BAR_MOVED ? "moved" : "same");
	struct mark *mark;

	scene_group(p->s, id, classes, b->r->name, b->note);
	mark = scene_box(p->s, bar_x(p, c, b), top, c->width - indent, bottom - top,
			 strcmp(b->r->name, "noncanonical") == 0 ? TONE_NOTHING : region_tone(b->r),
			 STATE_RESERVED, b->fate == BAR_CHANGED ? STROKE_THICK : STROKE_THIN);
	mark->ink = b->fate == BAR_CHANGED ? INK_CHOSEN : INK_TEXT;
	scene_end_group(p->s);
	free(classes);
	free(id);
}

/* Each edge once, and only where the one above leaves room. */
static void draw_addresses(struct pair_picture *p, int side)
{
	const struct column *c = &p->columns[side];
	unsigned int bits = p->pair->diff->layout[0]->bits;
	double x = side ? c->x + c->width + 6 : c->x - 6, last = -1000;
	double half = line_height(SMALL_FIXED) / 2;

	for (size_t i = c->n; i > 0; i--) {
		const struct bar *b = &c->bars[i - 1];
		double y = y_below(p, step_at(p, b->r->start));
		char *addr;

		if (b->r->depth || y - last < 2 * half)
			continue;
		addr = label_address(b->r->start, bits);
		scene_text(p->s, x, y - half + text_ascent(SMALL_FIXED), SMALL_FIXED,
			   side ? ANCHOR_START : ANCHOR_END, INK_QUIET, addr);
		free(addr);
		last = y;
	}
}

static void draw_column(struct pair_picture *p, int side)
{
	const struct column *c = &p->columns[side];

	scene_box(p->s, c->x, p->top, c->width, y_below(p, 0) - p->top, TONE_NONE,
		  STATE_RESERVED, STROKE_THIN);
	for (size_t i = 0; i < c->n; i++)
		draw_bar(p, side, &c->bars[i]);
	for (size_t i = 0; i < c->n; i++)
		draw_texts(p, c, &c->bars[i]);
	if (p->addresses)
		draw_addresses(p, side);
}

/* The names of both columns, and whose they are. */
static void draw_heads(struct pair_picture *p)
{
	double lowest = 0;

	for (int side = 0; side < 2; side++) {
		const struct layout *l = p->pair->diff->layout[side];
		const struct column *c = &p->columns[side];
		double x = c->x - (side ? 0 : p->addresses), width = c->width + p->addresses;
		bool is_predicted = side && p->pair->is_predicted;
		char *kernel = label_kernel(l, NULL), *date = label_date(l);
		char *called = pair_name(p->pair, side), *name = escaped(called);
		double y = wrapped(p->s, x, p->y, width, BOLD, INK_STRONG,
				   word(is_predicted ? WORD_PREDICTED :
					side ? WORD_AFTER : WORD_BEFORE));

		y = wrapped(p->s, x, y, width, SMALL, INK_TEXT, kernel);
		y = wrapped(p->s, x, y, width, SMALL, INK_QUIET, name);
		if (!is_predicted)
			y = wrapped(p->s, x, y, width, SMALL, INK_QUIET, date);
		lowest = larger(lowest, y);
		free(date);
		free(name);
		free(called);
		free(kernel);
	}
	p->top = lowest + 12;
}

/* --- What is not in the columns ------------------------------------------------------ */

static bool is_in_columns(const struct pair_picture *p, const struct difference *d)
{
	const struct diff *all = p->pair->diff;

	for (int side = 0; side < 2; side++)
		if (d->region[side] && is_drawn(p, all->layout[side], d->region[side]))
			return true;
	return false;
}

static void tell(struct pair_picture *p, bool causes)
{
	const struct diff *d = p->pair->diff;
	double width = p->page->width - 2 * p->margin;
	bool any = false;

	for (size_t i = 0; i < d->n; i++) {
		const struct difference *one = &d->differences[i];
		char *text, *line;

		if ((one->kind <= SET_PARAMETER) != causes || one->kind == MOVED ||
		    is_in_columns(p, one) || is_silence(p, one))
			continue;
		if (!any)
			p->y = wrapped(p->s, p->margin, p->y + 8, width, BOLD, INK_TEXT,
				       word(causes ? WORD_WHAT_WAS_SET : WORD_ALSO_CHANGED)) + 2;
		any = true;
		text = pair_told(d, one);
		line = escaped(text);
		p->y = wrapped(p->s, p->margin, p->y, width, SMALL, INK_TEXT, line) + 2;
		free(line);
		free(text);
	}
}

static void draw_key(struct pair_picture *p)
{
	struct key key = key_begin(p->s, p->page, p->y + 14);
	bool tones[N_TONES] = { false };

	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < p->columns[side].n; i++)
			tones[p->columns[side].bars[i].fate == BAR_CHANGED ? TONE_CHOSEN :
			      p->columns[side].bars[i].fate == BAR_MOVED ? TONE_UNUSED :
			      TONE_NONE] = true;
	if (tones[TONE_UNUSED])
		key_add(&key, TONE_UNUSED, STATE_RESERVED, word(WORD_KEY_MOVED));
	if (tones[TONE_CHOSEN])
		key_add(&key, TONE_CHOSEN, STATE_RESERVED, word(WORD_KEY_CHANGED));
	if (tones[TONE_NONE])
		key_add(&key, TONE_NONE, STATE_RESERVED, word(WORD_KEY_SAME));
	p->y = key_end(&key);
	p->y = wrapped(p->s, p->margin, p->y + 2, p->page->width - 2 * p->margin, SMALL, INK_QUIET,
		       word(WORD_PAIR_SCALE));
}

/* How many of each have no bar. */
static void draw_count(struct pair_picture *p)
{
	size_t n[2];
	char *count;

	for (int side = 0; side < 2; side++)
		n[side] = p->pair->diff->layout[side]->n_present - p->columns[side].n;
	if (!n[0] && !n[1])
		return;
	count = text_printf("%zu %s, %zu %s", n[0], word(WORD_BEFORE), n[1],
			    word(p->pair->is_predicted ? WORD_PREDICTED : WORD_AFTER));
	p->y = note_not_drawn(p->s, p->margin, p->y, p->page->width - 2 * p->margin, count);
	free(count);
}

/* --- The picture ---------------------------------------------------------------------- */

static void place_columns(struct pair_picture *p)
{
	double width = p->page->width - 2 * p->margin;
	char *addr = label_address(UINT64_MAX, p->pair->diff->layout[0]->bits);
	double joins = p->page->width * 0.17;

	p->addresses = text_width(addr, SMALL_FIXED) + 10;
	if (p->page->width < 760)
		p->addresses = 0;
	for (int side = 0; side < 2; side++)
		p->columns[side].width = (width - joins) / 2 - p->addresses;
	p->columns[0].x = p->margin + p->addresses;
	p->columns[1].x = p->page->width - p->margin - p->addresses - p->columns[1].width;
	free(addr);
}

static void free_columns(struct pair_picture *p)
{
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < p->columns[side].n; i++) {
			free(p->columns[side].bars[i].size);
			free(p->columns[side].bars[i].note);
		}
		free(p->columns[side].bars);
	}
	free(p->lasts);
	free(p->heights);
}

struct scene *compose_pair(const struct pair *pair, const struct page *page)
{
	const struct font large = { FACE_SANS, TEXT_LARGE, true };
	struct pair_picture p = {
		.pair = pair, .page = page, .margin = page_margin(page),
		.name_font = page->brief ? large : BOLD,
		.small_font = page->brief ? NORMAL : SMALL,
		.s = scene_new(word(WORD_PAIR_TITLE), word(WORD_PAIR_SCALE)),
	};

	p.s->width = page->width;
	p.y = draw_title(p.s, page, p.s->title, NULL, NULL) + 14;
	place_columns(&p);
	draw_heads(&p);
	make_bars(&p, 0);
	make_bars(&p, 1);
	make_steps(&p);
	measure_steps(&p);
	stretch_steps(&p, 0);
	stretch_steps(&p, 1);
	draw_joins(&p);
	draw_column(&p, 0);
	draw_column(&p, 1);
	p.y = y_below(&p, 0) + 8;
	draw_key(&p);
	draw_count(&p);
	if (!page->brief) {
		tell(&p, true);
		tell(&p, false);
	}
	p.s->height = p.y + p.margin;
	free_columns(&p);
	return p.s;
}
