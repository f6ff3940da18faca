// SPDX-License-Identifier: GPL-2.0-only
/*
 * terminal.c - a picture (draw.h) in the characters of a terminal.
 *
 * An address stands to the left of the border at which it is: what is above the
 * border begins there.  To the right stands what the kernel calls it.  The
 * border above a box has the name of the box.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "screen.h"
#include "texts/texts.h"
#include "texts/texts.h"

enum {
	MIN_WIDTH = 40,
	WIDE = 60,		/* from here on there is room for 0x */
	MIN_INNER = 14,		/* columns that frames leave for text */
	MIN_FRAME = 26,		/* columns of boxes beside which there may be names */
	LEAST_NAMES = 8,	/* fewer columns than this are no room for names */
	NAMES_SHARE = 38,	/* per cent of the width that names may have, */
	EXPRESSION_SHARE = 28,	/* and what is no name */
};

/* --- Frames ------------------------------------------------------------------------ */

static const char *color_of(const struct box *b)
{
	return b->region ? region_color(b->region) : QUIET_COLOR;
}

static bool is_empty_space(const struct box *b)
{
	return b->kind == BOX_HOLE;
}

/* Frames this deep have no room for sides of their own. */
static unsigned int max_frames(const struct screen *s)
{
	return (s->frame_width - MIN_INNER) / 2;
}

/* The column of the left side of the frame at this depth. */
static unsigned int side(const struct screen *s, unsigned int depth)
{
	return depth < max_frames(s) ? depth : max_frames(s);
}

/* The sides of the outermost open frames; the left one is a bar in their colour. */
static void put_sides(struct screen *s, unsigned int depth)
{
	for (unsigned int d = 0; d < depth && d < max_frames(s); d++) {
		const struct box *b = s->open[d];
		const char *glyph = is_empty_space(b) ? s->g->dotted : s->g->vertical;

		put(&s->line, d, glyph, color_of(b));
		put(&s->line, s->frame_width - 1 - d, glyph, NULL);
	}
}

static void put_border(struct screen *s, unsigned int depth, const char *left,
		       const char *middle, const char *right, const char *color)
{
	unsigned int x = side(s, depth), limit = s->frame_width - side(s, depth);

	put_run(&s->line, x, limit, middle, NULL);
	if (depth < max_frames(s)) {
		put(&s->line, x, left, color);
		put(&s->line, limit - 1, right, NULL);
	}
}

/* Right-aligned " size " before column limit; returns where it begins. */
static unsigned int put_size(struct screen *s, unsigned int limit, const char *size)
{
	unsigned int n = (unsigned int)strlen(size);

	put(&s->line, limit - 1, NULL, NULL);
	put_text(&s->line, limit - 1 - n, limit - 1, size, NULL, false);
	put(&s->line, limit - 2 - n, NULL, NULL);
	return limit - 2 - n;
}

/* Is there room for " name size " in the border of a box? */
static bool title_fits(const struct screen *s, const struct box *b)
{
	unsigned int room = s->frame_width - 2 * side(s, b->depth) - 2;

	return !b->size || strlen(b->name) + strlen(b->size) + 3 <= room;
}

/* The longer the dots, the larger the hole: their number grows with its logarithm. */
static void put_hole(struct screen *s, unsigned int x, unsigned int limit, unsigned int log2)
{
	unsigned int n = limit > x ? 1 + (limit - x) * log2 / 64 : 0;

	put_run(&s->line, x, limit, NULL, NULL);
	put_run(&s->line, x, x + n < limit ? x + n : limit, s->g->dots, QUIET_COLOR);
}

/* Name, size and what else there is room for, on the border above a box. */
static void put_title(struct screen *s, const struct box *b)
{
	unsigned int x = side(s, b->depth) + 1;
	unsigned int limit = s->frame_width - side(s, b->depth) - 1;
	unsigned int about = b->about ? (unsigned int)strlen(b->about) : 0;

	if (b->size && title_fits(s, b))
		limit = put_size(s, limit, b->size);
	if (x + strlen(b->name) < limit)
		put(&s->line, x++, NULL, NULL);
	put_text(&s->line, x, limit, b->name, color_of(b), b->kind != BOX_HOLE);
	x += (unsigned int)strlen(b->name);
	if (x < limit)
		put(&s->line, x++, NULL, NULL);
	if (about && x + about + 3 <= limit) {
		put(&s->line, x + 1, NULL, NULL);
		put_text(&s->line, x + 2, limit, b->about, QUIET_COLOR, false);
		x += about + 2;
		put(&s->line, x++, NULL, NULL);
	}
	if (is_empty_space(b) && x < limit)
		put_hole(s, x, limit, b->log2);
}

/* Ends the frames that are deeper than keep; b lies below them. */
static void close_frames(struct screen *s, unsigned int keep, const struct box *b,
			 bool border_follows)
{
	for (; s->n_open > keep; s->n_open--) {
		const struct box *open = s->open[s->n_open - 1];

		put_sides(s, s->n_open - 1);
		put_border(s, s->n_open - 1, s->g->bottom_left, s->g->horizontal,
			   s->g->bottom_right, color_of(open));
		if (border_follows || s->n_open > keep + 1)
			end_line(s, NULL, NULL);
		else if (b)
			end_top(s, b);
		else
			end_border(s, s->p->start - 1, s->p->start, &s->p->bottom);
	}
}

/* The line above a half of the address space; it ends the box before. */
static void draw_half(struct screen *s, const struct box *b)
{
	char *name = text_printf(" %s ", s->p->halves[b->half].name);
	bool first = !s->last;
	unsigned int limit = s->frame_width - 1;

	put_border(s, 0, first ? s->g->split_top_left : s->g->split_left, s->g->doubled,
		   first ? s->g->split_top_right : s->g->split_right, NULL);
	put_text(&s->line, 2, limit, name, NULL, true);
	free(name);
	put_size(s, limit - 1, s->p->halves[b->half].size);
	s->n_open = 0;
	s->between = true;
	end_top(s, b);
}

/* Does the kernel's half end above this box? */
static bool ends_half(const struct screen *s, const struct box *b)
{
	return s->between && b->depth == 0 && b->half == HALF_NEITHER && s->open[0] &&
	       s->open[0]->half != HALF_NEITHER;
}

static void open_frame(struct screen *s, const struct box *b)
{
	const struct glyphs *g = s->g;

	put_sides(s, b->depth);
	if (ends_half(s, b))
		put_border(s, 0, g->split_left, g->doubled, g->split_right, NULL);
	else
		put_border(s, b->depth, s->between ? g->tee_left : g->top_left,
			   is_empty_space(b) ? g->dots : g->horizontal,
			   s->between ? g->tee_right : g->top_right, color_of(b));
	put_title(s, b);
	s->between = false;
	s->open[b->depth] = b;
	s->n_open = b->depth + 1;
	end_top(s, b);
}

/* --- The inside of a box ------------------------------------------------------------- */

/* The first column inside the open frames, and the first after the inside. */
static unsigned int inside(const struct screen *s)
{
	return side(s, s->n_open) + 1;
}

static unsigned int outside(const struct screen *s)
{
	return s->frame_width - side(s, s->n_open);
}

static void draw_pin(struct screen *s, const struct witness *w)
{
	unsigned int x = inside(s), limit = outside(s);

	put_sides(s, s->n_open);
	put(&s->line, x, s->g->pin, PIN_COLOR);
	x += x + 2 + strlen(w->name) <= limit ? 2 : 1;
	put_text(&s->line, x, limit, w->name, PIN_COLOR, true);
	x += (unsigned int)strlen(w->name) + 2;
	if (w->source && x + strlen(w->source) < limit)
		put_text(&s->line, x, limit, w->source, QUIET_COLOR, false);
	end_line(s, &w->addr, NULL);
}

/* What fits of a list; a word is not cut. */
static void put_words(struct screen *s, unsigned int x, unsigned int limit, const char *text)
{
	size_t length = strlen(text), room = limit - x;
	char *cut = text_printf("%s", text);

	while (length > room) {
		char *space = strrchr(cut, ' ');

		if (!space)
			break;
		*space = '\0';
		length = strlen(cut) + 2;
	}
	put_text(&s->line, x, limit, cut, NULL, false);
	if (strlen(cut) < strlen(text) && x + strlen(cut) + 1 < limit)
		put(&s->line, x + (unsigned int)strlen(cut) + 1, s->g->more, NULL);
	free(cut);
}

static void draw_inset(struct screen *s, const struct box *b, const struct inset *inset)
{
	const char *color = inset->region ? region_color(inset->region) : NULL;
	unsigned int x = inside(s) + 1, limit = outside(s);
	size_t name = strcspn(inset->text, " ");
	bool at_edge = inset->start == b->start || !inset->region;
	size_t first = 0;

	put_sides(s, s->n_open);
	put_words(s, x, limit, inset->text);
	for (unsigned int i = 0; i < name && x + i < limit; i++)
		s->line.cells[x + i].color = color;
	if (at_edge)
		end_line(s, NULL, NULL);
	else
		end_named(s, &inset->start, &inset->bottom, &first);
}

/* The text of a box without a border of its own. */
static void put_part(struct screen *s, const struct box *b)
{
	unsigned int x = inside(s), limit = outside(s);
	const char *name = b->name;

	limit = put_size(s, limit, b->size) - 1;
	if (x + strlen(name) > limit && b->kind == BOX_REST)
		name = "rest";		/* the frame says of what */
	put_text(&s->line, x, limit, name, NULL, false);
	x += (unsigned int)strlen(name) + 1;
	if (b->kind != BOX_USED && x < limit)
		put_hole(s, x, limit, b->log2);
}

static void draw_row(struct screen *s, const struct box *b, unsigned int row,
		     unsigned int rows)
{
	put_sides(s, s->n_open);
	if (row == 0 && !box_is_framed(b))
		put_part(s, b);
	else if (row == 0 && !title_fits(s, b))
		put_size(s, outside(s), b->size);
	else if (b->is_torn && row == rows / 2)
		for (unsigned int x = 0; x < s->frame_width; x++)
			put(&s->line, x, s->g->tear[x % 2], QUIET_COLOR);
	end_line(s, NULL, NULL);
}

/* Which of the rows of a box an address belongs to. */
static unsigned int row_of(const struct box *b, unsigned int rows, uint64_t addr)
{
	return (unsigned int)((b->end - addr) / ((b->end - b->start) / rows + 1));
}

/* The text first; pins and insets where they belong. */
static void draw_inside(struct screen *s, const struct box *b)
{
	bool needs_row = !box_is_framed(b) || (!title_fits(s, b) && !b->n_insets);
	unsigned int rows = b->rows ? b->rows : needs_row;
	unsigned int spare = rows > b->n_insets ? rows - (unsigned int)b->n_insets : 0;
	size_t pin = 0;

	for (size_t i = 0; i < b->n_insets; i++)
		draw_inset(s, b, &b->insets[i]);
	for (unsigned int row = 0; row < spare; row++) {
		if (row || !needs_row)
			while (pin < b->n_pins && row_of(b, rows, b->pins[pin]->addr) < row)
				draw_pin(s, b->pins[pin++]);
		draw_row(s, b, row, rows);
	}
	while (pin < b->n_pins)
		draw_pin(s, b->pins[pin++]);
}

static bool begins_half(const struct screen *s, const struct box *b)
{
	return b->depth == 0 && b->half != HALF_NEITHER && s->p->halves[b->half].is_drawn &&
	       (!s->last || s->open[0]->half != b->half);
}

static void draw_box(struct screen *s, const struct box *b)
{
	bool framed = box_is_framed(b);

	if (begins_half(s, b)) {
		close_frames(s, 1, b, true);
		draw_half(s, b);
	} else if (framed && s->n_open > b->depth) {
		close_frames(s, b->depth + 1, b, true);
		s->between = true;
	} else if (s->n_open > b->depth) {
		close_frames(s, b->depth, b, false);
	} else if (!framed && s->last && s->last->is_leaf) {
		put_sides(s, s->n_open);
		put_run(&s->line, inside(s) - (s->n_open > 0), outside(s), s->g->dots, QUIET_COLOR);
		end_top(s, b);
	}
	if (framed)
		open_frame(s, b);
	if (b->is_leaf)
		draw_inside(s, b);
	else if (framed && !title_fits(s, b))
		draw_row(s, b, 0, 1);
	s->last = b;
}

static void draw_boxes(struct screen *s)
{
	s->n_open = s->n_lines = 0;
	s->between = s->has_edge = false;
	s->last = NULL;
	for (size_t i = 0; i < s->p->n_boxes; i++)
		draw_box(s, &s->p->boxes[i]);
	s->has_edge = false;
	close_frames(s, 0, NULL, false);
}

/* --- All of it ----------------------------------------------------------------------- */

static void decide_widths(struct screen *s)
{
	unsigned int total = s->opt->width < MIN_WIDTH ? MIN_WIDTH :
			     s->opt->width > MAX_WIDTH ? MAX_WIDTH : s->opt->width;
	unsigned int bits = s->p->l->bits, room, expressions;

	s->label_width = bits / 4 + (total >= WIDE || bits == 32 ? 3 : 1);
	s->line.width = total - s->label_width;
	s->line.g = s->g;
	room = s->line.width - (s->line.width < MIN_FRAME ? s->line.width : MIN_FRAME);
	if (s->p->physical.is_known && room >= memory_width(s->p) + BAND + LEAST_NAMES) {
		s->memory_width = memory_width(s->p);
		room -= s->memory_width + BAND;
	}
	if (room > total * NAMES_SHARE / 100)
		room = total * NAMES_SHARE / 100 + 1;
	expressions = total * EXPRESSION_SHARE / 100;
	if (room >= LEAST_NAMES)
		s->names_width = 1 + longest_names(s->p, (struct room){
			room - 1, room - 1 < expressions ? room - 1 : expressions });
	s->frame_width = s->line.width - s->names_width -
			 (s->memory_width ? s->memory_width + BAND : 0);
}

static void print_head(FILE *out, const struct screen *s, unsigned int width)
{
	print_wrapped(out, 0, width, s->p->title);
	if (s->p->subtitle)
		print_wrapped(out, 0, width, s->p->subtitle);
	fputc('\n', out);
}

static char *memory_text(const struct screen *s)
{
	const struct physical *memory = &s->p->physical;
	char *drawn = text_printf("%s", ""), *text;

	if (!memory->is_known)
		return drawn;
	if (!memory_is_drawn(s)) {
		free(drawn);
		drawn = text_printf(" Physical memory: %s of lowmem from 0x%08" PRIx64 ", in direct_map%s%s%s.",
				    memory->low_size, memory->low_start,
				    memory->high_size ? "; " : "",
				    memory->high_size ? memory->high_size : "",
				    memory->high_size ? " of highmem" : "");
	}
	if (!memory->high_size)
		return drawn;
	text = text_printf("%s Highmem has no addresses here: the kernel maps a page of it when it needs one.",
			   drawn);
	free(drawn);
	return text;
}

static void print_colors(FILE *out, unsigned int width)
{
	unsigned int used = (unsigned int)strlen("Colours:");

	fputs("Colours:", out);
	for (const struct color_meaning *c = color_meanings; c->color; c++) {
		unsigned int n = (unsigned int)strlen(c->meaning) + 2;

		if (used + n > width) {
			fputc('\n', out);
			used = 0;
		}
		fprintf(out, "%s\033[0m\033[1m%s%s%s\033[0m", used ? " " : "", c->color, c->meaning,
			c[1].color ? "," : "");
		used += n;
	}
	fputc('\n', out);
}

static void print_legend(FILE *out, const struct screen *s, unsigned int width)
{
	bool pins = false;
	char *memory = memory_text(s), *hidden = text_printf("%s", ""), *text;

	for (size_t i = 0; i < s->p->n_boxes; i++)
		pins |= s->p->boxes[i].n_pins > 0;
	if (s->p->n_hidden_gaps) {
		char *size = size_human(s->p->hidden_gaps - 1);

		free(hidden);
		hidden = text_printf(" %zu gap%s left out (%s).", s->p->n_hidden_gaps,
				     s->p->n_hidden_gaps == 1 ? " is" : "s are", size);
		free(size);
	}
	text = text_printf("Not to scale: heights follow the logarithm of the size.%s%s%s%s",
			   pins ? s->opt->utf8 ? " ◆ is a live object." : " * is a live object." : "",
			   hidden, memory, "");
	fputc('\n', out);
	print_wrapped(out, 0, width, text);
	if (s->opt->color)
		print_colors(out, width);
	free(text);
	free(hidden);
	free(memory);
}

/* Lines before and after the drawing. */
static unsigned int count_text(const struct screen *s, unsigned int width)
{
	unsigned int n = 0;
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		die("not enough memory");
	print_head(out, s, width);
	print_legend(out, s, width);
	fclose(out);
	for (size_t i = 0; i < size; i++)
		n += text[i] == '\n';
	free(text);
	return n;
}

static unsigned int measure(struct screen *s, const struct options *opt,
			    const struct picture *p, unsigned int width)
{
	*s = (struct screen){
		.p = p, .opt = opt, .g = opt->utf8 ? &utf8_glyphs : &ascii_glyphs,
	};
	decide_widths(s);
	draw_boxes(s);
	return s->n_lines + count_text(s, width);
}

void draw_terminal(FILE *out, const struct layout *l, struct request r,
		   const struct options *opt)
{
	unsigned int width = opt->width < MIN_WIDTH ? MIN_WIDTH : opt->width, n;
	struct screen *s = zalloc_array(1, sizeof(*s));
	struct picture *p;

	r.max_lines = BRIEF_LINES;
	for (;;) {
		p = picture_build(l, &r);
		n = measure(s, opt, p, width);
		if (!r.brief || n <= BRIEF_LINES || r.max_lines == 1)
			break;
		r.max_lines -= n - BRIEF_LINES < r.max_lines ? n - BRIEF_LINES : r.max_lines - 1;
		picture_free(p);
	}
	s->out = out;
	print_head(out, s, width);
	draw_boxes(s);
	print_legend(out, s, width);
	picture_free(p);
	free(s);
}
