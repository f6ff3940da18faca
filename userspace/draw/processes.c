// SPDX-License-Identifier: GPL-2.0-only
/*
 * processes.c - see kinds.h
 *
 * The kernel half is drawn once, above both.  Each user half is a column below it with a
 * scale of its own, since what is alike in both lies at random places.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/util.h"
#include "frame.h"
#include "kinds.h"
#include "sheet.h"
#include "themes.h"

enum {
	PAD = 6,
	KERNEL_ROW = 20, KERNEL_ROW_BRIEF = 34,
	LEAST_HOLE = 6, HOLE_WITH_TEXT = 22,
	HOLE_TOLD = 30,			/* holes of so many bits have a text */
};

enum fate { PART_SAME, PART_MOVED, PART_CHANGED, PART_ALONE };

static const char *const fate_classes[] = { "same", "moved", "changed", "alone" };

struct part_bar {
	const struct region *r;
	struct part_bar *twin;		/* in the other column, or NULL */
	const char *name;
	char *size, *note;
	enum fate fate;
	double top, bottom;
};

struct side_column {
	struct part_bar *bars;		/* upwards */
	size_t n;
	double x, width;
};

struct processes {
	const struct process_pair *pair;
	const struct page *page;
	struct scene *s;
	struct side_column columns[2];
	struct font name_font, note_font;
	double margin, y;
};

/* What programs write to, code, and what is mapped page by page. */
static enum tone tone_of(const struct region *r)
{
	static const char *const data[] = { "heap", "stack", "thread_stack", "anonymous",
					    "shared_anonymous", "sysv_shm", "memfd", "hugetlb" };
	static const char *const nothing[] = { "guard", "stack_guard_gap", "reservation" };
	static const char *const fixed[] = { "vdso", "vvar", "vsyscall", "vectors", "special" };

	for (size_t i = 0; i < ARRAY_SIZE(data); i++)
		if (strcmp(r->name, data[i]) == 0)
			return TONE_DATA;
	for (size_t i = 0; i < ARRAY_SIZE(nothing); i++)
		if (strcmp(r->name, nothing[i]) == 0)
			return TONE_NOTHING;
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		if (strcmp(r->name, fixed[i]) == 0)
			return TONE_FIXED;
	/* The name of several mappings begins with their number. */
	return strcmp(r->name, "file") == 0 || (*r->name >= '0' && *r->name <= '9') ? TONE_PAGES :
										     TONE_CODE;
}

static bool is_users(const struct layout *l, const struct region *r)
{
	return !r->depth && r->end <= l->user_end && !r->is_overlay && !r->is_memory;
}

/* --- What belongs together ------------------------------------------------------------ */

enum likeness { SAME_START, SAME_SIZE, ONE_OF_ITS_NAME, N_LIKENESSES };

static bool is_alone(const struct side_column *c, const struct part_bar *b)
{
	for (size_t i = 0; i < c->n; i++)
		if (&c->bars[i] != b && !c->bars[i].twin && strcmp(c->bars[i].name, b->name) == 0)
			return false;
	return true;
}

static bool are_alike(const struct processes *p, const struct part_bar *a,
		      const struct part_bar *b, enum likeness how)
{
	if (a->twin || b->twin || strcmp(a->name, b->name) != 0)
		return false;
	switch (how) {
	case SAME_START:
		return a->r->start == b->r->start;
	case SAME_SIZE:
		return a->r->end - a->r->start == b->r->end - b->r->start;
	default:
		return is_alone(&p->columns[0], a) && is_alone(&p->columns[1], b);
	}
}

/* The best likeness first; of equal ones the lowest addresses. */
static void find_twins(struct processes *p)
{
	struct side_column *c = p->columns;

	for (enum likeness how = SAME_START; how < N_LIKENESSES; how++) {
		for (size_t i = 0; i < c[0].n; i++) {
			for (size_t k = 0; k < c[1].n && !c[0].bars[i].twin; k++) {
				if (!are_alike(p, &c[0].bars[i], &c[1].bars[k], how))
					continue;
				c[0].bars[i].twin = &c[1].bars[k];
				c[1].bars[k].twin = &c[0].bars[i];
			}
		}
	}
}

static char *moved_words(uint64_t from, uint64_t to)
{
	char *size = label_size((from > to ? from - to : to - from) - 1);
	char *distance = text_printf("%s%s", from > to ? "-" : "+", size);
	char *text = word_with(WORD_MOVED_BY, distance);

	free(distance);
	free(size);
	return text;
}

static char *size_words(const struct region *from, const struct region *to)
{
	uint64_t before = from->end - from->start, after = to->end - to->start;
	char *a = label_size(before), *b = label_size(after), *text;

	text = before == after ? NULL : word_with(after > before ? WORD_GREW : WORD_SHRANK, a, b);
	free(a);
	free(b);
	return text;
}

/* What stands in the second column of both. */
static void tell_fate(const struct processes *p, int side, struct part_bar *b)
{
	const struct region *from, *to;
	char *moved = NULL, *size;

	if (!b->twin) {
		b->fate = PART_ALONE;
		b->note = text_printf("%s", word(!p->pair->is_one ? WORD_ONLY_HERE :
						 side ? WORD_APPEARED : WORD_VANISHED));
		return;
	}
	from = side ? b->twin->r : b->r;
	to = side ? b->r : b->twin->r;
	size = size_words(from, to);
	b->fate = size ? PART_CHANGED : from->start != to->start ? PART_MOVED : PART_SAME;
	if (from->start != to->start)
		moved = moved_words(from->start, to->start);
	if (side)
		b->note = text_printf("%s%s%s", moved ? moved : "", moved && size ? "; " : "",
				      size ? size : moved ? "" : word(WORD_SAME_PLACE));
	free(moved);
	free(size);
}

/* Files are told apart by their names, which are in what they are for. */
static const char *name_of(const struct region *r)
{
	return r->purpose && strcmp(r->name, "file") == 0 ? r->purpose : r->name;
}

static void make_bars(struct processes *p, int side)
{
	const struct layout *l = p->pair->l[side];
	struct side_column *c = &p->columns[side];

	c->bars = zalloc_array(l->n_present + 1, sizeof(*c->bars));
	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		if (!is_users(l, r))
			continue;
		c->bars[c->n++] = (struct part_bar){
			.r = r, .name = name_of(r),
			.size = label_size(r->end - r->start),
		};
	}
}

/* --- Places ------------------------------------------------------------------------------ */

static bool is_one_line(const struct processes *p, const struct side_column *c,
			const struct part_bar *b)
{
	return text_width(b->name, p->name_font) + 10 + text_width(b->size, p->note_font) <=
	       c->width - 2 * PAD;
}

static double texts_height(const struct processes *p, const struct side_column *c,
			   const struct part_bar *b)
{
	double width = c->width - 2 * PAD;
	double height = wrapped_height(width, p->name_font, b->name) + 4;

	if (!is_one_line(p, c, b))
		height += line_height(p->note_font);
	if (!p->page->brief)
		height += line_height(SMALL_FIXED);
	if (b->note)
		height += wrapped_height(width, p->note_font, b->note);
	return height;
}

static double growth(uint64_t less_one)
{
	unsigned int log2 = log2_of(less_one);

	return log2 > 12 ? (log2 - 12) * 0.8 : 0;
}

/* Above a bar, up to the next one or to the end of the user half. */
static bool hole_above(const struct processes *p, int side, size_t i, uint64_t *less_one)
{
	const struct side_column *c = &p->columns[side];
	uint64_t from = i < c->n ? c->bars[i].r->end : 0;
	uint64_t to = i + 1 < c->n ? c->bars[i + 1].r->start : p->pair->l[side]->user_end + 1;

	if (to <= from + 1)
		return false;
	*less_one = to - from - 2;
	return true;
}

static double hole_height(const struct processes *p, uint64_t less_one)
{
	if (log2_of(less_one) < HOLE_TOLD)
		return LEAST_HOLE;
	return p->page->brief ? KERNEL_ROW_BRIEF : HOLE_WITH_TEXT + growth(less_one) / 4;
}

/* A part that is the same in both is equally high in both. */
static double bar_height(const struct processes *p, int side, const struct part_bar *b)
{
	double height = texts_height(p, &p->columns[side], b) + growth(b->r->end - b->r->start);

	if (!b->twin || b->twin->r->end - b->twin->r->start != b->r->end - b->r->start)
		return height;
	return larger(height, texts_height(p, &p->columns[!side], b->twin) +
			      growth(b->r->end - b->r->start));
}

static double place_bars(struct processes *p, int side)
{
	struct side_column *c = &p->columns[side];
	double y = p->y;
	uint64_t hole;

	for (size_t i = c->n; i > 0; i--) {
		struct part_bar *b = &c->bars[i - 1];

		if (hole_above(p, side, i - 1, &hole))
			y += hole_height(p, hole);
		b->top = y;
		y += bar_height(p, side, b);
		b->bottom = y;
	}
	if (c->n && c->bars[0].r->start)
		y += hole_height(p, c->bars[0].r->start - 1);
	return y;
}

/* --- Drawing ------------------------------------------------------------------------------ */

static void draw_join(struct processes *p, size_t i, const struct part_bar *from)
{
	const struct part_bar *to = from->twin;
	double left = p->columns[0].x + p->columns[0].width, right = p->columns[1].x;
	const struct point points[] = {
		{ left, from->top }, { right, to->top }, { right, to->bottom }, { left, from->bottom },
	};
	char *id = text_printf("join-%zu", i);
	char *classes = text_printf("join %s", fate_classes[to->fate]);
	struct mark *mark;

	scene_group(p->s, id, classes, from->name, to->note);
	mark = scene_path(p->s, points, ARRAY_SIZE(points), true, STROKE_THIN,
			  to->fate == PART_CHANGED ? INK_CHOSEN : INK_QUIET);
	mark->tone = to->fate == PART_CHANGED ? TONE_CHOSEN :
		     to->fate == PART_MOVED ? TONE_UNUSED : TONE_NONE;
	scene_end_group(p->s);
	free(classes);
	free(id);
}

static void draw_texts(struct processes *p, const struct side_column *c, const struct part_bar *b)
{
	double x = c->x + PAD, width = c->width - 2 * PAD, y = b->top + 2, first = y;
	bool counts = b->fate == PART_CHANGED || b->fate == PART_ALONE;

	y = wrapped(p->s, x, y, width, p->name_font, INK_TEXT, b->name);
	if (is_one_line(p, c, b))
		scene_text(p->s, x + width, first + text_ascent(p->name_font), p->note_font,
			   ANCHOR_END, INK_TEXT, b->size);
	else
		line_of_text(p->s, x, &y, p->note_font, INK_TEXT, b->size);
	if (!p->page->brief) {
		char *addr = label_address(b->r->start, p->pair->l[0]->bits);

		line_of_text(p->s, x, &y, SMALL_FIXED, INK_QUIET, addr);
		free(addr);
	}
	if (b->note)
		wrapped(p->s, x, y, width, p->note_font, counts ? INK_CHOSEN : INK_TEXT, b->note);
}

static void draw_bar(struct processes *p, int side, size_t i)
{
	const struct side_column *c = &p->columns[side];
	const struct part_bar *b = &c->bars[i];
	bool counts = b->fate == PART_CHANGED || b->fate == PART_ALONE;
	char *id = text_printf("%s-%zu", side ? "after" : "before", i);
	char *classes = text_printf("part %s", fate_classes[b->fate]);
	struct mark *mark;

	scene_group(p->s, id, classes, b->name, b->r->purpose);
	mark = scene_box(p->s, c->x, b->top, c->width, b->bottom - b->top, tone_of(b->r),
			 STATE_RESERVED, counts ? STROKE_THICK : STROKE_THIN);
	mark->ink = counts ? INK_CHOSEN : INK_TEXT;
	draw_texts(p, c, b);
	scene_end_group(p->s);
	free(classes);
	free(id);
}

static void draw_hole(struct processes *p, const struct side_column *c, double top,
		      uint64_t less_one)
{
	double height = hole_height(p, less_one);
	char *size, *text;

	if (log2_of(less_one) < HOLE_TOLD)
		return;
	size = label_size(less_one);
	text = word_with(WORD_HOLE_OF, size);
	scene_text(p->s, c->x + PAD, top + (height - line_height(p->note_font)) / 2 +
		   text_ascent(p->note_font), p->note_font, ANCHOR_START, INK_QUIET, text);
	free(text);
	free(size);
}

static void draw_column(struct processes *p, int side, double bottom)
{
	const struct side_column *c = &p->columns[side];
	uint64_t hole;

	scene_box(p->s, c->x, p->y, c->width, bottom - p->y, TONE_NONE, STATE_RESERVED,
		  STROKE_THIN);
	for (size_t i = c->n; i > 0; i--) {
		if (hole_above(p, side, i - 1, &hole))
			draw_hole(p, c, c->bars[i - 1].top - hole_height(p, hole), hole);
		draw_bar(p, side, i - 1);
	}
	if (c->n && c->bars[0].r->start)
		draw_hole(p, c, c->bars[0].bottom, c->bars[0].r->start - 1);
}

/* --- The kernel half --------------------------------------------------------------------------- */

static void draw_row(struct processes *p, const struct region *r)
{
	double width = p->page->width - 2 * p->margin, height = KERNEL_ROW;
	double base = p->y + (height - line_height(SMALL)) / 2 + text_ascent(SMALL);
	char *id = text_printf("region-%s", r->name), *size = label_size(r->end - r->start);
	char *classes = text_printf("region kind-%s", r->name);

	scene_group(p->s, id, classes, r->name, r->purpose);
	/* What no capture tells of has no record. */
	scene_box(p->s, p->margin, p->y, width, height,
		  r->record ? region_tone(r) : TONE_UNUSED, STATE_RESERVED, STROKE_THIN);
	scene_text(p->s, p->margin + PAD, base, SMALL, ANCHOR_START, INK_TEXT, r->name);
	scene_text(p->s, p->margin + width - PAD, base, SMALL, ANCHOR_END, INK_TEXT, size);
	scene_end_group(p->s);
	p->y += height;
	free(classes);
	free(size);
	free(id);
}

static bool is_kernels(const struct layout *l, const struct region *r)
{
	static const char *const others[] = { "user_guard", "noncanonical" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(r->name, others[i]) == 0)
			return false;
	return !r->depth && r->start > l->user_end && !r->is_overlay && !r->is_memory;
}

static void draw_kernel(struct processes *p)
{
	const struct layout *l = p->pair->l[0];
	double width = p->page->width - 2 * p->margin;

	scene_group(p->s, "kernel-half", "half kernel", word(WORD_KERNEL_HALF), p->pair->kernel);
	p->y = wrapped(p->s, p->margin, p->y, width, p->name_font, INK_STRONG,
		       word(WORD_KERNEL_HALF));
	p->y = wrapped(p->s, p->margin, p->y, width, p->note_font, INK_TEXT, p->pair->kernel) + 4;
	if (p->page->brief) {
		scene_box(p->s, p->margin, p->y, width, KERNEL_ROW_BRIEF, TONE_PAGES,
			  STATE_RESERVED, STROKE_THIN);
		p->y += KERNEL_ROW_BRIEF;
	}
	for (size_t i = l->n_present; i > 0 && !p->page->brief; i--) {
		if (is_kernels(l, &l->regions[i - 1]))
			draw_row(p, &l->regions[i - 1]);
	}
	p->y += 8;
	scene_line(p->s, p->margin, p->y, p->margin + width, p->y, STROKE_THICK, INK_STRONG);
	p->y += 10;
	scene_end_group(p->s);
}

/* --- The picture ------------------------------------------------------------------------------- */

static void draw_heads(struct processes *p)
{
	double lowest = p->y;

	for (int side = 0; side < 2; side++) {
		const struct side_column *c = &p->columns[side];
		char *what = escaped(p->pair->l[side]->process), *name = escaped(p->pair->names[side]);
		double y = p->y;

		y = wrapped(p->s, c->x, y, c->width, p->name_font, INK_STRONG, what);
		if (p->pair->is_one || strchr(name, '/'))
			y = wrapped(p->s, c->x, y, c->width, p->note_font, INK_QUIET, name);
		lowest = larger(lowest, y);
		free(name);
		free(what);
	}
	p->y = lowest + 6;
}

static void draw_told(struct processes *p)
{
	double width = p->page->width - 2 * p->margin;

	if (!p->pair->n_told || p->page->brief)
		return;
	p->y = wrapped(p->s, p->margin, p->y + 8, width, BOLD, INK_TEXT, word(WORD_ALSO_CHANGED)) + 2;
	for (size_t i = 0; i < p->pair->n_told; i++) {
		char *line = escaped(p->pair->told[i]);

		p->y = wrapped(p->s, p->margin, p->y, width, SMALL, INK_TEXT, line) + 2;
		free(line);
	}
}

static void draw_key(struct processes *p)
{
	struct key key = key_begin(p->s, p->page, p->y + 14);
	bool fates[PART_ALONE + 1] = { false };

	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < p->columns[side].n; i++)
			fates[p->columns[side].bars[i].fate] = true;
	key_add(&key, TONE_CODE, STATE_RESERVED, word(WORD_LEGEND_CODE));
	key_add(&key, TONE_DATA, STATE_RESERVED, word(WORD_LEGEND_DATA));
	key_add(&key, TONE_PAGES, STATE_RESERVED, word(WORD_KEY_FILES));
	if (fates[PART_SAME])
		key_add(&key, TONE_NONE, STATE_RESERVED, word(WORD_SAME_PLACE));
	if (fates[PART_MOVED])
		key_add(&key, TONE_UNUSED, STATE_RESERVED, word(WORD_KEY_MOVED_PART));
	if (fates[PART_CHANGED])
		key_add(&key, TONE_CHOSEN, STATE_RESERVED, word(WORD_KEY_CHANGED));
	p->y = key_end(&key);
	p->y = wrapped(p->s, p->margin, p->y + 2, p->page->width - 2 * p->margin, SMALL, INK_QUIET,
		       word(WORD_PROCESSES_NOTE));
}

static void free_columns(struct processes *p)
{
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < p->columns[side].n; i++) {
			free(p->columns[side].bars[i].size);
			free(p->columns[side].bars[i].note);
		}
		free(p->columns[side].bars);
	}
}

static void make_columns(struct processes *p)
{
	double width = p->page->width - 2 * p->margin;

	for (int side = 0; side < 2; side++) {
		struct side_column *c = &p->columns[side];

		c->width = width * 0.39;
		c->x = side ? p->margin + width - c->width : p->margin;
		make_bars(p, side);
	}
	find_twins(p);
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < p->columns[side].n; i++)
			tell_fate(p, side, &p->columns[side].bars[i]);
}

struct scene *compose_processes(const struct process_pair *pair, const struct page *page)
{
	const struct font large = { FACE_SANS, TEXT_LARGE, true };
	struct processes p = {
		.pair = pair, .page = page, .margin = page_margin(page),
		.name_font = page->brief ? large : BOLD, .note_font = page->brief ? NORMAL : SMALL,
	};
	struct layout bare = *pair->l[0];
	char *kernel, *date;
	double left, right;

	bare.process = NULL;		/* both are named below */
	kernel = label_kernel(&bare, NULL);
	date = label_date(&bare);
	p.s = scene_new(word(pair->is_one ? WORD_MOMENTS_TITLE : WORD_PROCESSES_TITLE),
			word(WORD_PROCESSES_NOTE));
	p.s->width = page->width;
	p.y = draw_title(p.s, page, p.s->title, kernel, date) + 14;
	draw_kernel(&p);
	make_columns(&p);
	draw_heads(&p);
	left = place_bars(&p, 0);
	right = place_bars(&p, 1);
	for (size_t i = 0; i < p.columns[0].n; i++)
		if (p.columns[0].bars[i].twin)
			draw_join(&p, i, &p.columns[0].bars[i]);
	draw_column(&p, 0, left);
	draw_column(&p, 1, right);
	p.y = larger(left, right);
	draw_key(&p);
	draw_told(&p);
	p.s->height = p.y + p.margin;
	free_columns(&p);
	free(date);
	free(kernel);
	return p.s;
}
