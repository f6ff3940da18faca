// SPDX-License-Identifier: GPL-2.0-only
/* screen.c - see screen.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "screen.h"

enum {
	LAST_ADDRESS = 12,	/* columns of the words */
	MIN_MEMORY = 16,	/* columns of physical memory */
};

/* --- Names of addresses ----------------------------------------------------------- */

/* What there is room for of the names from the first on, which is moved; or NULL. */
static char *fitting_names(const struct edge *e, size_t *first, struct room r)
{
	unsigned int room = e->is_expression ? r.expression : r.names;
	char *text = NULL, *longer;

	for (; *first < MAX_NAMES && e->names[*first]; ++*first) {
		longer = text_printf("%s%s%s", text ? text : "", text ? ", " : "",
				     e->names[*first]);
		if (strlen(longer) > room) {
			free(longer);
			if (text)
				break;	/* the rest is for another line */
			continue;
		}
		free(text);
		text = longer;
	}
	return text;
}

static unsigned int wider(unsigned int width, const struct edge *e, struct room room)
{
	size_t first = 0;
	char *names = fitting_names(e, &first, room);

	if (names && strlen(names) > width)
		width = (unsigned int)strlen(names);
	free(names);
	return width;
}

unsigned int longest_names(const struct picture *p, struct room room)
{
	unsigned int width = wider(LAST_ADDRESS <= room.names ? LAST_ADDRESS : 0, &p->bottom, room);

	for (size_t i = 0; i < p->n_boxes; i++) {
		const struct box *b = &p->boxes[i];

		width = wider(width, &b->top, room);
		for (size_t k = 0; k < b->n_insets; k++)
			width = wider(width, &b->insets[k].bottom, room);
	}
	return width;
}

/* --- Physical memory ---------------------------------------------------------------- */

unsigned int memory_width(const struct picture *p)
{
	const struct physical *memory = &p->physical;
	size_t low = memory->is_known ? strlen("| lowmem  |") + strlen(memory->low_size) : 0;
	size_t high = memory->high_size ? strlen("| highmem  |") + strlen(memory->high_size) : 0;
	size_t width = low > high ? low : high;

	return width > MIN_MEMORY ? (unsigned int)width : MIN_MEMORY;
}

/* Highmem, if there is any, is drawn above lowmem, and the heading above that. */
bool memory_is_drawn(const struct screen *s)
{
	unsigned int above = s->p->physical.high_size ? 3 : 1;

	return s->memory_width && s->lowmem.has_top && s->lowmem.has_bottom &&
	       s->lowmem.top >= above && s->lowmem.bottom > s->lowmem.top + 1;
}

static void put_memory_text(struct screen *s, unsigned int x, const char *side,
			    const char *name, const char *size)
{
	unsigned int limit = x + s->memory_width;

	put(&s->line, x, side, NULL);
	put(&s->line, limit - 1, side, NULL);
	if (!name)
		return;
	put_text(&s->line, x + 2, limit - 2, name, NULL, true);
	put_text(&s->line, limit - 2 - (unsigned int)strlen(size), limit - 2, size, NULL, false);
}

static void put_memory_border(struct screen *s, unsigned int x, const char *left,
			      const char *right, const char *middle, const uint64_t *addr)
{
	unsigned int limit = x + s->memory_width;

	put_run(&s->line, x, limit, middle, NULL);
	put(&s->line, x, left, NULL);
	put(&s->line, limit - 1, right, NULL);
	if (addr) {
		char *text = text_printf(" 0x%08" PRIx64 " ", *addr);

		put_text(&s->line, x + 1, limit - 1, text, NULL, false);
		free(text);
	}
}

/* The part of the column of physical memory that is on this line. */
static void put_memory(struct screen *s, bool has_name)
{
	const struct physical *memory = &s->p->physical;
	const struct glyphs *g = s->g;
	unsigned int x = s->frame_width + s->names_width + BAND;
	unsigned int now = s->n_lines, top = s->lowmem.top, bottom = s->lowmem.bottom;
	unsigned int heading = top - (memory->high_size ? 3 : 1);
	uint64_t end = memory->low_end + 1;

	if (now < heading || now > bottom)
		return;
	if (now == heading)
		put_text(&s->line, x, s->line.width, "physical memory", NULL, false);
	else if (now == bottom)
		put_memory_border(s, x, g->bottom_left, g->bottom_right, g->horizontal,
				  &memory->low_start);
	else if (now == top)
		put_memory_border(s, x, memory->high_size ? g->tee_left : g->top_left,
				  memory->high_size ? g->tee_right : g->top_right,
				  g->horizontal, &end);
	else if (now + 2 == top)
		put_memory_border(s, x, g->top_left, g->top_right, g->dots, NULL);
	else if (now + 1 == top)
		put_memory_text(s, x, g->dotted, "highmem", memory->high_size);
	else
		put_memory_text(s, x, g->vertical, now == top + 1 ? "lowmem" : NULL, memory->low_size);
	/* The direct map shows it: a band from there to here. */
	if (now == top + 1 && !has_name)
		put_run(&s->line, s->frame_width + 1, x - 1, g->doubled, QUIET_COLOR);
}

/* --- Lines ------------------------------------------------------------------------- */

static void print_line(struct screen *s, const uint64_t *addr)
{
	unsigned int digits = s->p->l->bits / 4, used = line_length(&s->line);

	if (addr)
		fprintf(s->out, "%s%0*" PRIx64 "%s", s->label_width > digits + 1 ? "0x" : "",
			(int)digits, *addr, used ? " " : "");
	else if (used)
		fprintf(s->out, "%*s", (int)s->label_width, "");
	line_print(s->out, &s->line, used, s->opt->color);
	fputc('\n', s->out);
}

void end_line(struct screen *s, const uint64_t *addr, const char *name)
{
	bool has_name = name && *name;

	if (has_name)
		put_text(&s->line, s->frame_width + 1, s->frame_width + s->names_width, name,
			 NULL, false);
	if (s->out && memory_is_drawn(s))
		put_memory(s, has_name);
	if (s->out)
		print_line(s, addr);
	line_clear(&s->line);
	s->n_lines++;
}

static void note_lowmem(struct screen *s, uint64_t addr)
{
	const struct region *low = layout_region(s->p->l, "direct_map");

	if (!s->p->physical.is_known)
		return;
	if (addr == low->end + 1 && !s->lowmem.has_top) {
		s->lowmem.top = s->n_lines;
		s->lowmem.has_top = true;
	}
	if (addr == low->start && !s->lowmem.has_bottom) {
		s->lowmem.bottom = s->n_lines;
		s->lowmem.has_bottom = true;
	}
}

void end_named(struct screen *s, const uint64_t *addr, const struct edge *e,
		      size_t *first)
{
	const struct room room = { s->names_width - 1, s->names_width - 1 };
	char *names = s->names_width ? fitting_names(e, first, room) : NULL;

	end_line(s, addr, names);
	free(names);
}

void end_border(struct screen *s, uint64_t before, uint64_t addr, const struct edge *e)
{
	bool again = s->has_edge && s->edge == before;

	if (!s->out)
		note_lowmem(s, addr);
	s->has_edge = true;
	s->edge = before;
	if (!again)
		s->n_named = 0;
	end_named(s, again ? NULL : &addr, e, &s->n_named);
}

void end_top(struct screen *s, const struct box *b)
{
	static const struct edge last = { .names = { (char *)"last address" } };
	bool at_top = b->end == s->p->l->max_addr;

	end_border(s, b->end, at_top ? b->end : b->end + 1, at_top ? &last : &b->top);
}
