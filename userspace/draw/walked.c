// SPDX-License-Identifier: GPL-2.0-only
/*
 * walked.c - see kinds.h
 *
 * From left to right a column for each group of bits: the bits, and below them the
 * table that they index, as a grid of its entries with entry 0 at the lower left.  The
 * last column is the page.  A narrow picture has several rows of columns.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "frame.h"
#include "sheet.h"
#include "texts/words.h"
#include "kinds.h"

enum {
	GAP = 18,			/* between columns: room for an arrow */
	GRID_WIDTH = 112, GRID_HEIGHT = 224,
	LEAST_GAPPED = 4,		/* cells this wide have gaps between them */
	ROW_GAP = 30,
};

/* A group of bits of the address, and what is below it. */
struct strand {
	unsigned int first_bit, bits;
	enum tone tone;
	const struct walked_table *table;	/* or NULL: the upper bits, or the page */
	const struct walk_entry *entry;		/* of the table */
	bool is_page;
	double x, top, width;			/* top: of the labels of the bits */
	double grid;				/* the upper edge of the grid or page */
};

struct walk_picture {
	const struct walked *w;
	struct scene *s;
	const struct page *page;
	struct strand strands[TABLES_MAX_LEVELS + 2];
	size_t n;
	double margin, y;			/* the next free place */
	bool has_state[N_SEEN];
};

static const struct {
	enum tone tone;
	enum state state;
	enum picture_word word;
	const char *classes;
} looks[N_SEEN] = {
	[SEEN_NOT] = { TONE_NOTHING, STATE_RESERVED, WORD_ENTRY_NOT_READ, "entries entries-not_read" },
	[SEEN_EMPTY] = { TONE_UNUSED, STATE_RESERVED, WORD_ENTRY_EMPTY, "entries entries-empty" },
	[SEEN_TABLE] = { TONE_DATA, STATE_MAPPED, WORD_ENTRY_TABLE, "entries entries-table" },
	[SEEN_LEAF] = { TONE_PAGES, STATE_MAPPED, WORD_ENTRY_PAGE, "entries entries-page" },
	[SEEN_MAPPED] = { TONE_PAGES, STATE_POPULATED, WORD_ENTRY_MAPPED, "entries entries-mapped" },
	[SEEN_UNMAPPED] = { TONE_UNUSED, STATE_RESERVED, WORD_ENTRY_UNMAPPED, "entries entries-unmapped" },
};

/* --- Which columns there are ----------------------------------------------------- */

static struct strand *add_strand(struct walk_picture *p, unsigned int first_bit,
				 unsigned int bits, enum tone tone)
{
	struct strand *s = &p->strands[p->n];

	if (!bits)
		return NULL;
	p->n++;
	*s = (struct strand){ .first_bit = first_bit, .bits = bits, .tone = tone };
	return s;
}

static void find_strands(struct walk_picture *p)
{
	const struct walk *walk = p->w->walk;
	unsigned int top = p->w->l->bits, rest = top;

	for (size_t i = 0; i < walk->n_entries; i++) {
		const struct walked_table *t = &p->w->tables[i];
		struct strand *s;

		if (!i)
			add_strand(p, t->first_bit + t->bits, top - t->first_bit - t->bits,
				   TONE_UNUSED);
		s = add_strand(p, t->first_bit, t->bits, TONE_DATA);
		s->table = t;
		s->entry = &walk->entries[i];
		rest = t->first_bit;
	}
	add_strand(p, 0, rest, walk->mapped ? TONE_PAGES : TONE_UNUSED)->is_page = true;
}

/* So many bits have no room in a narrow picture otherwise. */
static struct font bits_font(unsigned int bits)
{
	return bits > 48 ? SMALL_FIXED : FIXED;
}

static double bits_width(unsigned int bits)
{
	char digits[65];

	memset(digits, '0', bits);
	digits[bits] = '\0';
	return text_width(digits, bits_font(bits)) + 10;
}

/* The text below a table may be wider than the table. */
static double table_width(const struct strand *s)
{
	char *text = walked_count(s->table->seen, (size_t)1 << s->bits);
	double width = larger(text_width(text, SMALL), GRID_WIDTH);

	free(text);
	return width;
}

/* Gives each column a place; a new row where one has no room. */
static size_t place_strands(struct walk_picture *p)
{
	double x = p->margin;
	size_t rows = 1;

	for (size_t i = 0; i < p->n; i++) {
		struct strand *s = &p->strands[i];

		s->width = bits_width(s->bits);
		if (s->table)
			s->width = larger(s->width, table_width(s));
		else if (s->is_page)
			s->width = larger(s->width, GRID_WIDTH);
		if (i && x + s->width > p->page->width - p->margin) {
			x = p->margin;
			rows++;
		}
		s->x = x;
		s->top = (double)rows;		/* for now: its row */
		x += s->width + GAP;
	}
	return rows;
}

/* What is left of the page's width is shared out. */
static void spread_strands(struct walk_picture *p)
{
	const struct strand *last = &p->strands[p->n - 1];
	double free_width = p->page->width - p->margin - last->x - last->width;
	double step = p->n > 1 ? free_width / (double)(p->n - 1) : 0;

	if (step > GAP * 2)
		step = GAP * 2;
	for (size_t i = 0; i < p->n; i++)
		p->strands[i].x += step * (double)i;
}

/* --- The bits -------------------------------------------------------------------- */

static void draw_bits(struct walk_picture *p, const struct strand *s)
{
	char digits[65], number[24];
	char *range = s->bits > 1 ? text_printf("%u-%u", s->first_bit + s->bits - 1, s->first_bit) :
				    text_printf("%u", s->first_bit);
	double y = s->top, width = bits_width(s->bits);

	walked_bits(p->w->walk->addr, s->first_bit, s->bits, digits);
	snprintf(number, sizeof(number), "bits-%u", s->first_bit);
	scene_group(p->s, number, "bits", range, NULL);
	line_of_text(p->s, s->x, &y, SMALL, INK_QUIET, range);
	y += 2;
	scene_box(p->s, s->x, y, width, line_height(FIXED) + 6, s->tone, STATE_RESERVED,
		  STROKE_THIN);
	scene_text(p->s, s->x + 5, y + 3 + text_ascent(FIXED), bits_font(s->bits), ANCHOR_START,
		   INK_TEXT, digits);
	scene_end_group(p->s);
	free(range);
}

static double bits_height(void)
{
	return line_height(SMALL) + 2 + line_height(FIXED) + 6 + 8;
}

/* --- A table ---------------------------------------------------------------------- */

struct grid {
	unsigned int columns, rows;
	double x, y, cell_width, cell_height;
};

static struct grid grid_of(const struct strand *s)
{
	unsigned int across = s->bits > 4 ? s->bits / 2 : 0;
	struct grid g = { .columns = 1u << across, .rows = 1u << (s->bits - across) };

	g.cell_width = (double)GRID_WIDTH / g.columns;
	g.cell_height = GRID_HEIGHT / g.rows > 14 ? 14 : (double)GRID_HEIGHT / g.rows;
	g.x = s->x;
	g.y = s->grid + GRID_HEIGHT - g.rows * g.cell_height;
	if (g.columns == 1)
		g.cell_width = 28;
	return g;
}

static double cell_x(const struct grid *g, size_t i)
{
	return g->x + (double)(i % g->columns) * g->cell_width;
}

/* Entry 0 is at the lower left. */
static double cell_y(const struct grid *g, size_t i)
{
	return g->y + (double)(g->rows - 1 - i / g->columns) * g->cell_height;
}

/* All entries that look alike are one path; small ones beside each other touch. */
static void draw_state(struct walk_picture *p, const struct strand *s, const struct grid *g,
		       enum entry_seen seen)
{
	size_t n = (size_t)1 << s->bits;
	double gap = g->cell_width >= LEAST_GAPPED ? 1 : 0;
	struct outline o = { .points = zalloc_array(n * 5, sizeof(*o.points)) };
	struct mark *mark;

	for (size_t i = 0; i < n; i++) {
		size_t run = 1;

		if (s->table->seen[i] != seen)
			continue;
		while ((gap == 0 || seen == SEEN_NOT) && (i + run) % g->columns && i + run < n &&
		       s->table->seen[i + run] == seen)
			run++;
		outline_add(&o, cell_x(g, i), cell_y(g, i),
			      (double)run * g->cell_width - (seen == SEEN_NOT ? 0 : gap),
			      g->cell_height - (seen == SEEN_NOT ? 0 : gap));
		i += run - 1;
	}
	if (o.n && looks[seen].tone != TONE_NONE) {
		scene_group(p->s, NULL, looks[seen].classes, word(looks[seen].word), NULL);
		mark = scene_path(p->s, o.points, o.n, true, STROKE_NONE, INK_TEXT);
		mark->tone = looks[seen].tone;
		mark->state = looks[seen].state;
		scene_end_group(p->s);
	}
	p->has_state[seen] |= o.n > 0;
	free(o.points);
}

static void draw_labels(struct walk_picture *p, const struct strand *s)
{
	char number[24], *text;
	double y = s->top + bits_height();
	double width;

	snprintf(number, sizeof(number), "%u", s->entry->index);
	text = word_with(WORD_ENTRY_NUMBER, number);
	line_of_text(p->s, s->x, &y, BOLD, INK_CHOSEN, text);
	free(text);
	text = label_size((UINT64_C(1) << s->first_bit) - 1);
	line_with(p->s, s->x, &y, SMALL, INK_QUIET, WORD_ENTRY_STANDS_FOR, text);
	free(text);
	y += 6;
	snprintf(number, sizeof(number), "%u", s->entry->level);
	text = word_with(WORD_LEVEL, number);
	width = text_width(walked_table_name(s->entry->level, p->w->walk->levels), BOLD);
	scene_text(p->s, s->x + width + 6, y + text_ascent(BOLD), SMALL, ANCHOR_START, INK_QUIET,
		   text);
	line_of_text(p->s, s->x, &y, BOLD, INK_TEXT,
		     walked_table_name(s->entry->level, p->w->walk->levels));
	free(text);
	text = s->table->has_at ? text_printf("0x%" PRIx64, s->table->at) :
				  text_printf("%s", word(WORD_PLACE_NOT_KNOWN));
	line_of_text(p->s, s->x, &y, SMALL_FIXED, INK_TEXT, text);
	free(text);
}

static double labels_height(void)
{
	return line_height(BOLD) * 2 + line_height(SMALL) + 6 + line_height(SMALL_FIXED) + 4;
}

/* Framed, and large enough to be seen. */
static void draw_chosen(struct walk_picture *p, const struct strand *s, const struct grid *g)
{
	double width = larger(g->cell_width, 7), height = larger(g->cell_height, 7);
	double left = g->x - 1, top = g->y - 1;
	double x = cell_x(g, s->entry->index) + (g->cell_width - width) / 2 - 0.5;
	double y = cell_y(g, s->entry->index) + (g->cell_height - height) / 2 - 0.5;
	double right = left + g->columns * g->cell_width + 1 - width;
	double bottom = top + g->rows * g->cell_height + 1 - height;

	scene_group(p->s, NULL, "entry entry-chosen", s->table->means, NULL);
	scene_box(p->s, x < left ? left : x > right ? right : x, y < top ? top : y > bottom ? bottom : y,
		  width, height, TONE_CHOSEN, STATE_MAPPED, STROKE_THICK);
	scene_end_group(p->s);
}

static void draw_table(struct walk_picture *p, const struct strand *s)
{
	struct grid g = grid_of(s);
	size_t last = ((size_t)1 << s->bits) - 1;
	double right = g.x + g.columns * g.cell_width, y;
	char id[32], number[24], *text = walked_count(s->table->seen, (size_t)1 << s->bits);

	snprintf(id, sizeof(id), "table-%u", s->entry->level);
	scene_group(p->s, id, "table", walked_table_name(s->entry->level, p->w->walk->levels), text);
	draw_labels(p, s);
	for (size_t seen = 0; seen < N_SEEN; seen++)
		draw_state(p, s, &g, (enum entry_seen)seen);
	scene_box(p->s, g.x - 1, g.y - 1, right - g.x + 1, g.rows * g.cell_height + 1, TONE_NONE,
		  STATE_RESERVED, STROKE_THIN);
	draw_chosen(p, s, &g);
	snprintf(number, sizeof(number), "%zu", last);
	scene_text(p->s, right, g.y - 4, SMALL, ANCHOR_END, INK_QUIET, number);
	y = s->grid + GRID_HEIGHT + 3;
	line_of_text(p->s, s->x, &y, SMALL, INK_QUIET, "0");
	line_of_text(p->s, s->x, &y, SMALL, INK_TEXT, text);
	scene_end_group(p->s);
	free(text);
}

/* --- The page ----------------------------------------------------------------------- */

static void draw_hole(struct walk_picture *p, const struct strand *s)
{
	double y = s->grid + 8, bottom;

	scene_group(p->s, "page", p->w->walk->unknown ? "page unknown" : "page hole", p->w->end,
		    NULL);
	scene_box(p->s, s->x, s->grid, s->width, GRID_HEIGHT, TONE_NONE, STATE_RESERVED,
		  STROKE_DASHED);
	bottom = wrapped(p->s, s->x + 8, y, s->width - 16, NORMAL, INK_TEXT,
			 word(p->w->walk->unknown ? WORD_NOT_KNOWN : WORD_NOT_MAPPED));
	wrapped(p->s, s->x + 8, bottom + 4, s->width - 16, SMALL, INK_TEXT, p->w->end);
	scene_end_group(p->s);
}

/* The byte, as far above the lower edge as its offset is in the page. */
static void draw_byte(struct walk_picture *p, const struct strand *s)
{
	const struct walk *walk = p->w->walk;
	uint64_t size = UINT64_C(1) << s->bits, offset = walk->addr & (size - 1);
	double height = GRID_HEIGHT - 8;
	double at = s->grid + 4 + height - height * ((double)offset / (double)size);
	double arrow = s->x + s->width - 12;
	double lines = line_height(SMALL) + line_height(SMALL_FIXED);
	double y = at + 4 + lines < s->grid + GRID_HEIGHT - line_height(SMALL) * 3 ? at + 4 :
		   at - 4 - lines;
	char *text = text_printf("0x%" PRIx64, offset);

	scene_group(p->s, "byte", "byte", word(WORD_THE_BYTE), text);
	scene_line(p->s, s->x, at, s->x + s->width, at, STROKE_THICK, INK_CHOSEN);
	scene_line(p->s, arrow, s->top + bits_height() - 6, arrow, at - 1, STROKE_THICK,
		   INK_CHOSEN)->has_arrow = true;
	line_of_text(p->s, s->x + 6, &y, SMALL, INK_TEXT, word(WORD_THE_BYTE));
	line_of_text(p->s, s->x + 6, &y, SMALL_FIXED, INK_TEXT, text);
	scene_end_group(p->s);
	free(text);
}

static void draw_page(struct walk_picture *p, const struct strand *s)
{
	const struct walk *walk = p->w->walk;
	double y = s->grid - 4 - line_height(BOLD) - line_height(SMALL_FIXED);
	char *size = label_size(walk->size - 1), *title = word_with(WORD_PAGE_OF, size);
	char *text;

	scene_group(p->s, "page", "page", title, p->w->access);
	line_of_text(p->s, s->x, &y, BOLD, INK_TEXT, title);
	text = text_printf("0x%" PRIx64, walk->phys & -walk->size);
	line_of_text(p->s, s->x, &y, SMALL_FIXED, INK_TEXT, text);
	free(text);
	scene_box(p->s, s->x, s->grid, s->width, GRID_HEIGHT, p->w->tone, STATE_MAPPED,
		  STROKE_THIN);
	draw_byte(p, s);
	y = s->grid + GRID_HEIGHT + 3;
	line_of_text(p->s, s->x, &y, SMALL, INK_QUIET, word(WORD_PHYSICAL_ADDRESS));
	text = text_printf("0x%" PRIx64, walk->phys);
	line_of_text(p->s, s->x, &y, SMALL_FIXED, INK_TEXT, text);
	free(text);
	scene_end_group(p->s);
	free(title);
	free(size);
}

/* --- Arrows ------------------------------------------------------------------------- */

/* From the chosen entry to where the next table, or the page, begins: its lower left. */
static void draw_arrow(struct walk_picture *p, const struct strand *from,
		       const struct strand *to)
{
	struct grid g = grid_of(from);
	double x = cell_x(&g, from->entry->index) + g.cell_width;
	double y = cell_y(&g, from->entry->index) + g.cell_height / 2;
	double end = to->grid + GRID_HEIGHT - 4;
	double gutter = from->x + from->width + GAP / 2.0;
	double below = from->grid + GRID_HEIGHT + 6 + line_height(SMALL) * 2 + ROW_GAP / 2.0;
	const struct point same_row[] = {
		{ x, y }, { to->x - GAP / 2.0, y }, { to->x - GAP / 2.0, end }, { to->x - 2, end },
	};
	const struct point next_row[] = {
		{ x, y }, { gutter, y }, { gutter, below }, { p->margin / 2.0, below },
		{ p->margin / 2.0, end }, { to->x - 2, end },
	};
	bool is_next_row = to->top != from->top;
	bool is_lost = !to->table && !p->w->walk->mapped;

	scene_group(p->s, NULL, "arrow", NULL, NULL);
	scene_path(p->s, is_next_row ? next_row : same_row, is_next_row ? 6 : 4, false,
		   is_lost ? STROKE_DASHED : STROKE_THICK, INK_CHOSEN)->has_arrow = true;
	scene_end_group(p->s);
}

/* --- In words ------------------------------------------------------------------------- */

static void draw_words(struct walk_picture *p)
{
	double names = text_width("PGD", BOLD) + 12;
	double numbers = text_width("00000", FIXED) + 12;
	double values = text_width("0000 0000 0000 0000", FIXED) + 16;
	double x = p->margin + names + numbers + values, y = p->y;
	/* In a narrow picture the words have lines of their own. */
	bool beside = p->page->width - p->margin - x > 220;

	for (size_t i = 0; i < p->w->walk->n_entries; i++) {
		const struct walk_entry *e = &p->w->walk->entries[i];
		const struct walked_table *t = &p->w->tables[i];
		double base = y + text_ascent(FIXED);
		char number[24], id[24];

		snprintf(number, sizeof(number), "%u", e->index);
		snprintf(id, sizeof(id), "entry-%u", e->level);
		scene_group(p->s, id, "words", NULL, NULL);
		scene_text(p->s, p->margin, base, BOLD, ANCHOR_START, INK_TEXT,
			   walked_table_name(e->level, p->w->walk->levels));
		scene_text(p->s, p->margin + names + numbers - 12, base, FIXED, ANCHOR_END, INK_CHOSEN,
			   number);
		scene_text(p->s, p->margin + names + numbers, base, FIXED, ANCHOR_START, INK_TEXT,
			   t->value);
		if (!beside)
			y += line_height(FIXED);
		y = wrapped(p->s, beside ? x : p->margin + names, y,
			    p->page->width - p->margin - (beside ? x : p->margin + names), NORMAL,
			    INK_TEXT, t->means) + 5;
		scene_end_group(p->s);
	}
	if (p->w->access) {
		scene_group(p->s, "access", "words", NULL, NULL);
		scene_text(p->s, p->margin, y + text_ascent(BOLD), BOLD, ANCHOR_START, INK_TEXT,
			   word(WORD_ACCESS));
		y = wrapped(p->s, p->margin + names + numbers, y,
			    p->page->width - 2 * p->margin - names - numbers, NORMAL, INK_TEXT,
			    p->w->access) + 5;
		scene_end_group(p->s);
	}
	p->y = y;
}

static void draw_key(struct walk_picture *p)
{
	struct key key = key_begin(p->s, p->page, p->y + 10);

	for (size_t seen = 0; seen < N_SEEN; seen++) {
		if (p->has_state[seen])
			key_add(&key, looks[seen].tone, looks[seen].state, word(looks[seen].word));
	}
	if (p->w->walk->n_entries)
		key_add(&key, TONE_CHOSEN, STATE_MAPPED, word(WORD_ENTRY_CHOSEN));
	p->y = key_end(&key);
}

/* --- The picture ----------------------------------------------------------------------- */

static void draw_strands(struct walk_picture *p, size_t rows)
{
	double above = bits_height() + labels_height() + line_height(SMALL);
	double below = 3 + line_height(SMALL) * 2;
	double height = above + GRID_HEIGHT + below + ROW_GAP;

	for (size_t i = 0; i < p->n; i++) {
		struct strand *s = &p->strands[i];

		s->top = p->y + (s->top - 1) * height;
		s->grid = s->top + above;
		draw_bits(p, s);
		if (s->table)
			draw_table(p, s);
		else if (s->is_page && p->w->walk->mapped)
			draw_page(p, s);
		else if (s->is_page)
			draw_hole(p, s);
	}
	for (size_t i = 0; i + 1 < p->n; i++) {
		const struct strand *s = &p->strands[i];

		if (s->table && s->entry->kind != ENTRY_NONE)
			draw_arrow(p, &p->strands[i], &p->strands[i + 1]);
	}
	p->y += height * (double)rows - ROW_GAP + 14;
}

/* How many of the lower bits are those of the physical address. */
static unsigned int kept_bits(const struct walk *walk, unsigned int bits)
{
	unsigned int n = 0;

	while (n < bits && !((walk->addr ^ walk->phys) >> n & 1))
		n++;
	return n;
}

/* No table is asked: the lower bits of the address are the physical one. */
static void draw_window(struct walk_picture *p)
{
	const struct walk *walk = p->w->walk;
	unsigned int bits = p->w->l->bits, kept = kept_bits(walk, bits);
	char *phys = text_printf("0x%" PRIx64, walk->phys);
	double middle, y = p->y;

	add_strand(p, kept, bits - kept, TONE_UNUSED);
	add_strand(p, 0, kept, TONE_PAGES);
	place_strands(p);
	for (size_t i = 0; i < p->n; i++) {
		struct strand *s = &p->strands[i];

		s->top = p->y + (s->top - 1) * (bits_height() + 4);
		draw_bits(p, s);
		y = s->top + bits_height();
	}
	middle = p->strands[p->n - 1].x + 40;
	scene_line(p->s, middle, y - 6, middle, y + 30, STROKE_THICK, INK_CHOSEN)->has_arrow = true;
	y += 32;
	scene_box(p->s, middle - 40, y, larger(text_width(phys, FIXED),
		  text_width(word(WORD_PHYSICAL_ADDRESS), SMALL)) + 16,
		  line_height(SMALL) + line_height(FIXED) + 10, p->w->tone, STATE_MAPPED, STROKE_THIN);
	y += 4;
	line_of_text(p->s, middle - 32, &y, SMALL, INK_TEXT, word(WORD_PHYSICAL_ADDRESS));
	line_of_text(p->s, middle - 32, &y, FIXED, INK_TEXT, phys);
	p->y = wrapped(p->s, p->margin, y + 16, p->page->width - 2 * p->margin, NORMAL, INK_TEXT,
		       word(WORD_NO_TABLE_ASKED)) + 8;
	free(phys);
}

/* Nothing is known of any table, or there is none. */
static void draw_nothing(struct walk_picture *p)
{
	double width = p->page->width - 2 * p->margin;
	double height = line_height(BOLD) + wrapped_height(width - 24, NORMAL, p->w->end) + 20;
	double y = p->y + 10;

	scene_box(p->s, p->margin, p->y, width, height, TONE_NONE, STATE_RESERVED, STROKE_DASHED);
	line_of_text(p->s, p->margin + 12, &y, BOLD, INK_TEXT,
		     word(p->w->walk->unknown ? WORD_NOT_KNOWN : WORD_NOT_MAPPED));
	wrapped(p->s, p->margin + 12, y, width - 24, NORMAL, INK_TEXT, p->w->end);
	p->y += height + 8;
}

static void draw_head(struct walk_picture *p)
{
	const struct walked *w = p->w;
	char *in = w->name ? text_printf("%s, %s", w->name, w->in) : text_printf("%s", w->in);
	const char *const lines[] = { in, w->whose, NULL };

	p->y = sheet_title(p->s, p->page, w->l, lines) + 16;
	free(in);
}

struct scene *compose_walk(const struct walked *w, const struct page *page)
{
	char *addr = label_address(w->walk->addr, w->l->bits);
	char *title = word_with(WORD_WALK_TITLE, addr);
	struct walk_picture p = { .w = w, .page = page, .s = scene_new(title, w->in) };

	p.margin = page_margin(page);
	p.s->width = page->width;
	draw_head(&p);
	if (w->walk->n_entries) {
		size_t rows;

		find_strands(&p);
		rows = place_strands(&p);
		if (rows == 1)
			spread_strands(&p);
		draw_strands(&p, rows);
		draw_words(&p);
	} else if (w->walk->mapped) {
		draw_window(&p);
	} else {
		draw_nothing(&p);
	}
	draw_key(&p);
	p.s->height = p.y + p.margin;
	free(title);
	free(addr);
	return p.s;
}
