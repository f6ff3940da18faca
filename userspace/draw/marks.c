// SPDX-License-Identifier: GPL-2.0-only
/* marks.c - see column.h: the addresses beside a strip, each once, and what they are called. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "column.h"
#include "texts/words.h"

enum { SPACE = 7, TICK = 4, STRONG_SPACE = 3, GROUP = 5 /* four digits and a space */ };

/* --- Which there are -------------------------------------------------------------- */

struct mark_at *strip_mark_of(const struct strip *s, uint64_t before)
{
	/* The last one is that of the lower end. */
	for (size_t i = 0; i + 1 < s->n_marks; i++)
		if (s->marks[i].before == before)
			return &s->marks[i];
	return NULL;
}

static struct mark_at *add_mark(struct strip *s, uint64_t before, const struct edge *edge)
{
	struct mark_at *m = &s->marks[s->n_marks++];

	*m = (struct mark_at){ .before = before, .addr = before + 1, .edge = edge };
	if (before == s->p->l->max_addr && s->n_marks == 1) {
		m->addr = before;
		m->is_last = true;
	}
	return m;
}

static void add_tops(struct strip *s, const struct unit *units, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct unit *u = &units[i];

		if (!s->n_marks || s->marks[s->n_marks - 1].before != u->box->end)
			add_mark(s, u->box->end, &u->box->top);
		if (u->is_frame)
			add_tops(s, u->inside, u->n_inside);
	}
}

/* The names of the lower end of a strip: those of the upper end of the box below. */
static const struct edge *names_of_end(const struct picture *p, uint64_t start)
{
	for (size_t i = 0; start != p->start && i < p->n_boxes; i++)
		if (p->boxes[i].end == start - 1)
			return &p->boxes[i].top;
	return &p->bottom;
}

static void add_bottom(struct strip *s)
{
	uint64_t start = s->units[s->n_units - 1].box->start;

	add_mark(s, start - 1, names_of_end(s->p, start))->is_last = false;
	s->marks[s->n_marks - 1].addr = start;
}

static bool shows(const struct strip *s, uint64_t addr)
{
	for (size_t i = 0; s && i < s->n_marks; i++)
		if (s->marks[i].addr == addr && !s->marks[i].is_last)
			return true;
	return false;
}

/* --- What they say ---------------------------------------------------------------- */

static char *address_of(const struct strip *s, const struct mark_at *m)
{
	char *all = label_address(m->addr, s->p->l->bits), *shown;

	shown = text_printf("%s", all + s->hidden_groups * GROUP);
	free(all);
	return shown;
}

/* All names that are words, and a computation only if there is nothing else. */
static char *all_names(const struct mark_at *m)
{
	char *names = text_printf("%s", m->edge->names[0] ? m->edge->names[0] : "");

	for (size_t i = 1; i < MAX_NAMES && m->edge->names[i]; i++) {
		char *longer = text_printf("%s, %s", names, m->edge->names[i]);

		free(names);
		names = longer;
	}
	return names;
}

static void write_beside(struct mark_at *m, const struct style *style)
{
	char *names = all_names(m);

	if (text_width(names, style->small) > style->names && m->edge->names[0]) {
		free(names);
		names = text_printf("%s", m->edge->names[0]);
	}
	if (*names && text_width(names, style->small) <= style->names)
		m->beside = names;
	else
		free(names);
}

/* Long computations are in the title of the edge only. */
static void write_names(struct mark_at *m, const struct style *style)
{
	const char *name = m->edge->names[0];

	if (style->names)
		write_beside(m, style);
	if (!name || m->beside || style->brief ||
	    (m->edge->is_expression && text_width(name, style->small) > m->below.width))
		return;
	block_add(&m->below, name, style->small, ANCHOR_END, INK_QUIET);
}

static void write_half(struct block *b, const struct picture *p, enum half which,
		       const struct style *style)
{
	const struct font bold = { FACE_SANS, style->size.size, true };
	char *text = half_label(&p->halves[which], which);

	block_add(b, text, bold, ANCHOR_END, INK_STRONG);
	free(text);
}

/* Where one half of the address space ends, and something else is beyond. */
static void write_halves(const struct strip *s, struct mark_at *m, const struct style *style)
{
	const struct picture *p = s->p;
	const struct half_range *kernel = &p->halves[HALF_KERNEL], *user = &p->halves[HALF_USER];

	if (!kernel->is_drawn || !user->is_drawn || s->is_panel)
		return;
	if (m->addr == kernel->start && kernel->start > p->start && kernel->start <= p->end) {
		m->is_strong = true;
		write_half(&m->above, p, HALF_KERNEL, style);
	}
	if (m->before == user->end && user->end < p->end && user->end >= p->start) {
		m->is_strong = true;
		write_half(&m->below, p, HALF_USER, style);
	}
}

static void write_mark(const struct strip *s, struct mark_at *m, const struct style *style)
{
	m->above = m->below = block_of_width(s->label_width);
	if (m->is_last)
		block_add(&m->below, word(WORD_LAST_ADDRESS), style->small, ANCHOR_END, INK_QUIET);
	else if (m->addr == 0)
		block_add(&m->below, word(WORD_FIRST_ADDRESS), style->small, ANCHOR_END, INK_QUIET);
	write_names(m, style);
	write_halves(s, m, style);
}

void strip_mark(struct strip *s, const struct style *style, const struct strip *main)
{
	s->marks = zalloc_array(units_count(s->units, s->n_units) + 1, sizeof(*s->marks));
	add_tops(s, s->units, s->n_units);
	add_bottom(s);
	for (size_t i = 0; i < s->n_marks; i++) {
		struct mark_at *m = &s->marks[i];

		m->is_hidden = shows(main, m->addr) || (m->is_last && main);
		if (!m->is_hidden)
			write_mark(s, m, style);
	}
}

void strip_free_marks(struct strip *s)
{
	for (size_t i = 0; i < s->n_marks; i++) {
		block_free(&s->marks[i].above);
		block_free(&s->marks[i].below);
		free(s->marks[i].beside);
	}
	free(s->marks);
}

/* --- Where they are --------------------------------------------------------------- */

double mark_above(const struct mark_at *m, const struct style *style)
{
	if (m->is_hidden)
		return 0;
	if (m->is_strong)
		return STRONG_SPACE + line_height(style->address) + m->above.height;
	return line_height(style->address) / 2;
}

double mark_below(const struct mark_at *m, const struct style *style)
{
	if (m->is_hidden)
		return 0;
	return m->below.height + (m->is_strong ? STRONG_SPACE : line_height(style->address) / 2);
}

static void place_marks(struct strip *s, const struct unit *units, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct mark_at *m = strip_mark_of(s, units[i].box->end);

		/* What begins a frame is below its head, but at the same address. */
		if (m && m->y == 0)
			m->y = units[i].y;
		if (units[i].is_frame)
			place_marks(s, units[i].inside, units[i].n_inside);
	}
}

void strip_place_marks(struct strip *s)
{
	place_marks(s, s->units, s->n_units);
	s->marks[s->n_marks - 1].y = s->y + s->height;
}

/* --- Drawing ---------------------------------------------------------------------- */

static void draw_tick(struct scene *scene, const struct strip *s, const struct mark_at *m)
{
	double right = s->x + s->width;

	if (m->is_strong)
		scene_line(scene, s->x - SPACE - s->label_width, m->y, right + SPACE, m->y,
			   STROKE_THICK, INK_STRONG);
	else if (s->is_panel)
		scene_line(scene, right, m->y, right + TICK, m->y, STROKE_THIN, INK_QUIET);
	else
		scene_line(scene, s->x - TICK, m->y, s->x, m->y, STROKE_THIN, INK_QUIET);
}

static void draw_mark(struct scene *scene, const struct strip *s, const struct mark_at *m,
		      const struct style *style)
{
	enum anchor anchor = s->is_panel ? ANCHOR_START : ANCHOR_END;
	double x = s->is_panel ? s->x + s->width + SPACE : s->x - SPACE;
	double line = line_height(style->address), top = m->y - line / 2;
	char *address = address_of(s, m);
	struct font bold = style->address;

	if (m->is_strong) {
		top = m->y - STRONG_SPACE - line;
		bold.bold = true;
	}
	draw_tick(scene, s, m);
	scene_text(scene, x, top + text_ascent(style->address), bold, anchor, INK_TEXT, address);
	if (m->beside) {
		double away = text_width(address, style->address) + 10;

		scene_text(scene, s->is_panel ? x + away : x - away,
			   top + (line - line_height(style->small)) / 2 + text_ascent(style->small),
			   style->small, anchor, INK_QUIET, m->beside);
	}
	free(address);
}

/* A block at the right of its lines, or beside a panel at the left. */
static void draw_block(struct scene *scene, const struct strip *s, const struct block *b, double y)
{
	for (size_t i = 0; i < b->n_items; i++) {
		const struct item *item = &b->items[i];

		if (s->is_panel)
			scene_text(scene, s->x + s->width + SPACE, y + item->baseline, item->font,
				   ANCHOR_START, item->ink, item->text);
		else
			scene_text(scene, s->x - SPACE, y + item->baseline, item->font, ANCHOR_END,
				   item->ink, item->text);
	}
}

static void draw_edge(struct scene *scene, const struct strip *s, const struct mark_at *m,
		      const struct style *style, struct ids *ids)
{
	char *address = text_printf(s->p->l->bits == 32 ? "%08jx" : "%016jx", (uintmax_t)m->addr);
	char *names = all_names(m), *title;

	title = *names ? word_with(WORD_EDGE_TITLE, address, names) : text_printf("%s", address);
	scene_group(scene, unique_id(ids, "edge", address), m->is_strong ? "edge split" : "edge",
		    title, NULL);
	draw_block(scene, s, &m->above, m->y - mark_above(m, style));
	draw_mark(scene, s, m, style);
	draw_block(scene, s, &m->below, m->y + mark_below(m, style) - m->below.height);
	scene_end_group(scene);
	free(address);
	free(names);
	free(title);
}

void strip_draw_marks(struct scene *scene, struct strip *s, const struct style *style,
		      struct ids *ids)
{
	for (size_t i = 0; i < s->n_marks; i++)
		if (!s->marks[i].is_hidden)
			draw_edge(scene, s, &s->marks[i], style, ids);
}
