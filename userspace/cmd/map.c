// SPDX-License-Identifier: GPL-2.0-only
/*
 * map.c - the address space drawn from top to bottom.
 *
 * What is drawn are spans (spans.h), so that no address is left out and none
 * is drawn twice.  Each region is a frame, inside those of its parents; the
 * line that begins a frame carries its last address, the last row of each
 * span its first, so that each line that has an address has the end of
 * something.  Heights are logarithmic: one region may be 2^35 times another.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "layout/spans.h"
#include "load.h"
#include "output/json.h"
#include "texts/texts.h"

enum {
	MIN_WIDTH = 40,
	MAX_WIDTH = 200,
	WIDE = 60,		/* from here on there is room for 0x */
	MIN_INNER = 14,		/* columns that frames leave for text */
	MAX_FRAMES = 32,
};

#define PIN_COLOR	"\033[33m"
#define QUIET_COLOR	"\033[90m"

struct glyphs {
	const char *horizontal, *vertical, *dots;
	const char *top_left, *top_right, *bottom_left, *bottom_right;
	const char *tee_left, *tee_right;
	const char *pin, *more;
	const char *tear[2];
};

static const struct glyphs utf8_glyphs = {
	"─", "│", "┄", "┌", "┐", "└", "┘", "├", "┤", "◆", "…", { "╱", "╲" },
};

static const struct glyphs ascii_glyphs = {
	"-", "|", ".", "+", "+", "+", "+", "+", "+", "*", "~", { "/", "\\" },
};

struct cell {
	const char *glyph;	/* one column; NULL is a space */
	char letter[2];		/* room for a glyph that is a letter */
	const char *color;	/* or NULL */
	bool bold;
};

struct map {
	FILE *out;
	const struct layout *l;
	const struct options *opt;
	const struct glyphs *g;
	const struct span *spans;
	size_t n_spans;
	bool *opened;		/* regions whose frame was begun before */
	const struct region *chain[MAX_FRAMES];	/* open frames, outermost first */
	unsigned int n_chain;
	unsigned int label_width;	/* with the space behind it */
	unsigned int width;		/* of the drawing, right of the labels */
	struct cell cells[MAX_WIDTH];	/* the line in hand */
};

/* --- A line ------------------------------------------------------------------ */

static void put(struct map *m, unsigned int x, const char *glyph,
		const char *color)
{
	if (x < m->width)
		m->cells[x] = (struct cell){ .glyph = glyph, .color = color };
}

/* ASCII text from column x on, cut before column limit. */
static void put_text(struct map *m, unsigned int x, unsigned int limit,
		     const char *text, const char *color, bool bold)
{
	if (limit > m->width)
		limit = m->width;
	for (; *text && x < limit; text++, x++) {
		struct cell *c = &m->cells[x];

		*c = (struct cell){ .letter = { *text }, .color = color, .bold = bold };
		if (x + 1 == limit && text[1])
			c->glyph = m->g->more;
	}
}

static void fill(struct map *m, unsigned int x, unsigned int limit,
		 const char *glyph, const char *color)
{
	for (; x < limit; x++)
		put(m, x, glyph, color);
}

static bool is_blank(const struct cell *c)
{
	return !c->glyph && !c->letter[0];
}

static void print_cell(const struct map *m, const struct cell *c,
		       const struct cell *before)
{
	const char *color = c->color ? c->color : "";
	bool same = before && before->bold == c->bold &&
		    strcmp(before->color ? before->color : "", color) == 0;

	if (m->opt->color && !same)
		fprintf(m->out, "\033[0m%s%s", c->bold ? "\033[1m" : "", color);
	fputs(c->glyph ? c->glyph : c->letter[0] ? c->letter : " ", m->out);
}

/* Prints the line with its label, or without if addr is NULL, and clears it. */
static void end_line(struct map *m, const uint64_t *addr)
{
	int digits = (int)m->l->bits / 4;
	unsigned int used = m->width;

	while (used && is_blank(&m->cells[used - 1]))
		used--;
	if (addr)
		fprintf(m->out, "%s%0*" PRIx64 "%s",
			m->label_width > (unsigned int)digits + 1 ? "0x" : "",
			digits, *addr, used ? " " : "");
	else if (used)
		fprintf(m->out, "%*s", (int)m->label_width, "");
	for (unsigned int x = 0; x < used; x++)
		print_cell(m, &m->cells[x], x ? &m->cells[x - 1] : NULL);
	if (m->opt->color && used)
		fputs("\033[0m", m->out);
	fputc('\n', m->out);
	memset(m->cells, 0, sizeof(m->cells));
}

/* --- Frames ------------------------------------------------------------------- */

static const char *color_of(const struct region *r)
{
	return r ? region_color(r) : NULL;
}

/* Frames this deep have no room for sides of their own. */
static unsigned int max_frames(const struct map *m)
{
	return (m->width - MIN_INNER) / 2;
}

/* The column of the left side of the frame at this depth. */
static unsigned int side(const struct map *m, unsigned int depth)
{
	return depth < max_frames(m) ? depth : max_frames(m);
}

/* The first column inside the frames, and the first behind the inside. */
static unsigned int inside(const struct map *m, unsigned int depth)
{
	return side(m, depth) + (depth == 0);
}

static unsigned int outside(const struct map *m, unsigned int depth)
{
	return m->width - inside(m, depth);
}

/* The sides of the outermost frames of a chain. */
static void put_sides(struct map *m, const struct region *const *chain,
		      unsigned int depth)
{
	for (unsigned int d = 0; d < depth && d < max_frames(m); d++) {
		put(m, d, m->g->vertical, color_of(chain[d]));
		put(m, m->width - 1 - d, m->g->vertical, color_of(chain[d]));
	}
}

enum border { BORDER_TOP, BORDER_BETWEEN, BORDER_BOTTOM };

static void put_border(struct map *m, const struct region *r,
		       unsigned int depth, enum border border)
{
	const char *const left[] = { m->g->top_left, m->g->tee_left, m->g->bottom_left };
	const char *const right[] = { m->g->top_right, m->g->tee_right, m->g->bottom_right };
	unsigned int x = side(m, depth), limit = m->width - side(m, depth);

	fill(m, x, limit, m->g->horizontal, color_of(r));
	if (depth < max_frames(m)) {
		put(m, x, left[border], color_of(r));
		put(m, limit - 1, right[border], color_of(r));
	}
}

/* Right-aligned "size " before column limit; returns where it begins. */
static unsigned int put_size(struct map *m, unsigned int limit,
			     const char *size)
{
	unsigned int n = (unsigned int)strlen(size);

	put(m, limit - 1, NULL, NULL);
	put_text(m, limit - 1 - n, limit - 1, size, NULL, false);
	return limit - 1 - n;
}

/* Is there room for " name size " in so many columns? */
static bool title_fits(const char *name, const char *size, unsigned int room)
{
	return strlen(name) + strlen(size) + 3 <= room;
}

/* What follows a name on the line, with a space around it, if it fits. */
static void put_aside(struct map *m, unsigned int x, unsigned int limit,
		      const char *text)
{
	unsigned int n = (unsigned int)strlen(text);

	if (x + n + 3 > limit)
		return;
	put(m, x + 1, NULL, NULL);
	put_text(m, x + 2, limit, text, QUIET_COLOR, false);
	put(m, x + 2 + n, NULL, NULL);
}

/*
 * Name, size and perhaps purpose of a region, on its border.  A name that is
 * too long for the size leaves it to the row below.
 */
static void put_title(struct map *m, const struct region *r, unsigned int depth,
		      bool with_purpose)
{
	const char *purpose = region_purpose(r);
	bool again = m->opened[r - m->l->regions];
	unsigned int x = side(m, depth) + 1;
	unsigned int limit = m->width - side(m, depth) - 1;
	char *name = text_printf("%s%s", r->name, again ? " (continued)" : "");
	char *size = size_human(r->end - r->start);

	if (!again && title_fits(name, size, limit - x)) {
		limit = put_size(m, limit, size) - 1;
		put(m, limit, NULL, NULL);
	}
	if (x + strlen(name) < limit)
		put(m, x++, NULL, NULL);
	put_text(m, x, limit, name, color_of(r), true);
	x += (unsigned int)strlen(name);
	if (x < limit)
		put(m, x++, NULL, NULL);
	if (with_purpose && purpose)
		put_aside(m, x, limit, purpose);
	free(size);
	free(name);
}

/* --- From one span to the next -------------------------------------------------- */

/* The regions around a span, outermost first; returns how many. */
static unsigned int find_chain(const struct span *s,
			       const struct region *chain[MAX_FRAMES])
{
	unsigned int n = s->region ? s->region->depth + 1 : 0;
	unsigned int i = n;

	for (const struct region *r = s->region; r; r = r->parent)
		chain[--i] = r;
	return n;
}

/* A region that is drawn as one piece has its purpose in its first row. */
static bool is_whole(const struct span *s)
{
	return s->region && s->start == s->region->start &&
	       s->end == s->region->end && !s->is_rest;
}

static void begin_frame(struct map *m, const struct span *s,
			const struct region *const *chain, unsigned int depth,
			enum border border)
{
	const struct region *r = chain[depth];

	put_sides(m, chain, depth);
	put_border(m, r, depth, border);
	put_title(m, r, depth, !(r == s->region && is_whole(s)));
	m->opened[r - m->l->regions] = true;
}

/*
 * Ends the frames that s is not in and begins those it is in.  The last line
 * is the upper edge of s and so carries its last address.
 */
static void change_frames(struct map *m, const struct span *s)
{
	const struct region *chain[MAX_FRAMES];
	unsigned int n = find_chain(s, chain), common = 0, d;
	bool shared;

	while (common < n && common < m->n_chain && chain[common] == m->chain[common])
		common++;
	shared = common < n && common < m->n_chain;
	for (d = m->n_chain; d > common + shared; d--) {
		put_sides(m, m->chain, d - 1);
		put_border(m, m->chain[d - 1], d - 1, BORDER_BOTTOM);
		end_line(m, n == common && d == common + 1 ? &s->end : NULL);
	}
	for (d = common; d < n; d++) {
		begin_frame(m, s, chain, d, shared && d == common ? BORDER_BETWEEN : BORDER_TOP);
		end_line(m, d + 1 == n ? &s->end : NULL);
	}
	if (common == n && common == m->n_chain) {
		put_sides(m, chain, n);
		fill(m, inside(m, n), outside(m, n), m->g->dots, color_of(s->region));
		end_line(m, &s->end);
	}
	memcpy(m->chain, chain, n * sizeof(*chain));
	m->n_chain = n;
}

static void end_frames(struct map *m)
{
	for (unsigned int d = m->n_chain; d > 0; d--) {
		put_sides(m, m->chain, d - 1);
		put_border(m, m->chain[d - 1], d - 1, BORDER_BOTTOM);
		end_line(m, NULL);
	}
}

/* --- The inside of a span ------------------------------------------------------- */

/* One row more each time the size grows 512-fold, as page tables do. */
static unsigned int span_rows(const struct span *s)
{
	unsigned int log2 = 0;

	for (uint64_t n = s->end - s->start; n; n >>= 1)
		log2++;
	return log2 <= 12 ? 1 : 1 + (log2 - 12) / 9;
}

/* What the first row of a span says; explanations may be left out. */
static char *span_text(const struct span *s, bool *is_explanation)
{
	const char *purpose = s->region ? region_purpose(s->region) : NULL;

	*is_explanation = false;
	if (s->kind == SPAN_USED)
		return text_printf("in use");
	if (s->kind == SPAN_RESERVED)
		return text_printf("reserved");
	if (s->kind == SPAN_HOLE || s->is_rest)
		return span_name(s);
	*is_explanation = true;
	return text_printf("%s", purpose && is_whole(s) ? purpose : "");
}

/* Has the frame's title no room for the size? */
static bool size_is_missing(const struct map *m, const struct span *s,
			    const char *size)
{
	return is_whole(s) && !title_fits(s->region->name, size,
		m->width - 2 * side(m, m->n_chain - 1) - 2);
}

static void put_row_text(struct map *m, const struct span *s)
{
	unsigned int x = inside(m, m->n_chain) + 1;
	unsigned int limit = outside(m, m->n_chain);
	bool is_explanation;
	char *text = span_text(s, &is_explanation);
	char *size = size_human(s->end - s->start);

	if (!is_explanation || size_is_missing(m, s, size))
		limit = put_size(m, limit, size) - 1;
	if (x + strlen(text) <= limit)
		put_text(m, x, limit, text, is_explanation ? QUIET_COLOR : NULL, false);
	else if (!is_explanation)	/* the frame says of what */
		put_text(m, x, limit, s->is_rest ? "rest" : text, NULL, false);
	free(size);
	free(text);
}

static void put_tear(struct map *m)
{
	for (unsigned int x = 0; x < m->width; x++)
		put(m, x, m->g->tear[x % 2], QUIET_COLOR);
}

static void draw_pin(struct map *m, const struct witness *w)
{
	unsigned int x = inside(m, m->n_chain) + 1;
	unsigned int limit = outside(m, m->n_chain);

	put_sides(m, m->chain, m->n_chain);
	put(m, x, m->g->pin, PIN_COLOR);
	x += x + 2 + strlen(w->name) <= limit ? 2 : 1;
	put_text(m, x, limit, w->name, PIN_COLOR, true);
	x += (unsigned int)strlen(w->name) + 2;
	if (w->source && x + strlen(w->source) <= limit)
		put_text(m, x, limit, w->source, QUIET_COLOR, false);
	end_line(m, &w->addr);
}

static int compare_pins(const void *a, const void *b)
{
	const struct witness *x = *(const struct witness *const *)a;
	const struct witness *y = *(const struct witness *const *)b;

	return x->addr > y->addr ? -1 : x->addr < y->addr;
}

/* The witnesses in a span, from the top down; returns how many. */
static size_t find_pins(const struct layout *l, const struct span *s,
			const struct witness **pins)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_witnesses; i++) {
		const struct witness *w = &l->witnesses[i];

		if (!w->absent && w->addr >= s->start && w->addr <= s->end)
			pins[n++] = w;
	}
	qsort(pins, n, sizeof(*pins), compare_pins);
	return n;
}

/* Which of the rows of a span an address belongs to. */
static unsigned int row_of(const struct span *s, unsigned int rows, uint64_t addr)
{
	uint64_t row_size = (s->end - s->start) / rows + 1;

	return (unsigned int)((s->end - addr) / row_size);
}

static void draw_row(struct map *m, const struct span *s, unsigned int row,
		     unsigned int rows)
{
	bool torn = s->region && strcmp(s->region->name, "noncanonical") == 0;

	put_sides(m, m->chain, m->n_chain);
	if (row == 0)
		put_row_text(m, s);
	else if (torn && row == rows / 2)
		put_tear(m);
	end_line(m, row + 1 == rows ? &s->start : NULL);
}

/* The text first, pins where they belong, the first address last. */
static void draw_span(struct map *m, const struct span *s,
		      const struct witness **pins)
{
	unsigned int rows = span_rows(s);
	size_t n = find_pins(m->l, s, pins), i = 0;

	if (n && rows == 1)
		rows = 2;
	for (unsigned int row = 0; row < rows; row++) {
		bool pinned = false;

		/* Before the last row, whose label is the lowest address. */
		if (row + 1 == rows)
			while (i < n)
				draw_pin(m, pins[i++]);
		for (; row && i < n && row_of(s, rows, pins[i]->addr) <= row; i++, pinned = true)
			draw_pin(m, pins[i]);
		if (!pinned)
			draw_row(m, s, row, rows);
	}
}

static void draw_legend(const struct map *m)
{
	char *text = text_printf("Not to scale: a row more each time the size grows 512-fold.%s%s%s",
				 m->l->n_witnesses ? " " : "",
				 m->l->n_witnesses ? m->g->pin : "",
				 m->l->n_witnesses ? " is a live object." : "");

	fputc('\n', m->out);
	print_wrapped(m->out, 0, m->opt->width < MIN_WIDTH ? MIN_WIDTH : m->opt->width, text);
	free(text);
}

void map_draw(FILE *out, const struct layout *l, const struct options *opt)
{
	unsigned int total = opt->width < MIN_WIDTH ? MIN_WIDTH :
			     opt->width > MAX_WIDTH ? MAX_WIDTH : opt->width;
	struct map m = {
		.out = out, .l = l, .opt = opt,
		.g = opt->utf8 ? &utf8_glyphs : &ascii_glyphs,
		.label_width = l->bits / 4 + (total >= WIDE || l->bits == 32 ? 3 : 1),
	};
	const struct witness **pins = zalloc_array(l->n_witnesses, sizeof(*pins));
	struct span *spans = spans_cut(l, &m.n_spans);

	m.spans = spans;
	m.width = total - m.label_width;
	m.opened = zalloc_array(l->n_regions, sizeof(*m.opened));
	for (size_t i = m.n_spans; i > 0; i--) {
		change_frames(&m, &spans[i - 1]);
		draw_span(&m, &spans[i - 1], pins);
	}
	end_frames(&m);
	draw_legend(&m);
	free(m.opened);
	free(spans);
	free(pins);
}

/* --- As data ---------------------------------------------------------------------- */

static json_t *json_span(const struct layout *l, const struct span *s,
			 const struct witness **pins)
{
	json_t *span = json_object(), *regions = json_array(), *array = json_array();
	const struct region *chain[MAX_FRAMES];
	unsigned int n = find_chain(s, chain);
	size_t n_pins = find_pins(l, s, pins);
	char *name = span_name(s);

	for (unsigned int i = 0; i < n; i++)
		json_element(regions, json_text(chain[i]->name));
	for (size_t i = 0; i < n_pins; i++) {
		json_t *pin = json_object();

		json_member(pin, "name", json_text(pins[i]->name));
		json_member(pin, "addr", json_address(l, pins[i]->addr));
		json_element(array, pin);
	}
	json_member(span, "start", json_address(l, s->start));
	json_member(span, "end", json_address(l, s->end));
	json_member(span, "size", json_size(s->end - s->start));
	json_member(span, "name", json_text(name));
	json_member(span, "kind", json_text(span_kind_word(s->kind)));
	json_member(span, "regions", regions);
	json_member(span, "witnesses", array);
	free(name);
	return span;
}

json_t *map_json(const struct layout *l)
{
	const struct witness **pins = zalloc_array(l->n_witnesses, sizeof(*pins));
	json_t *document = json_object(), *array = json_array();
	size_t n;
	struct span *spans = spans_cut(l, &n);

	for (size_t i = n; i > 0; i--)
		json_element(array, json_span(l, &spans[i - 1], pins));
	json_member(document, "kvas", json_integer(l->version));
	json_member(document, "spans", array);
	free(spans);
	free(pins);
	return document;
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct layout *l;

	if (argc > 2)
		die("map takes no operand, but got '%s': a capture is named with -f", argv[2]);
	l = load_layout(opt);
	if (opt->json)
		json_print(stdout, map_json(l));
	else
		map_draw(stdout, l, opt);
	layout_free(l);
	return KVAS_OK;
}

const struct command cmd_map = {
	.name = "map", .run = run,
	.takes = ALWAYS_TAKEN "J\4",
	.synopsis = "[options]",
	.summary = "the address space drawn from top to bottom",
};
