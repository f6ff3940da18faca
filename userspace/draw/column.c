// SPDX-License-Identifier: GPL-2.0-only
/*
 * column.c - the picture of one address space: a column, its addresses on the left,
 * and on the right what is inside its boxes, magnified.
 */
#include <stdlib.h>

#include "base/util.h"
#include "column.h"
#include "frame.h"
#include "panels.h"
#include "kinds.h"
#include "texts/words.h"

enum {
	LABEL_SPACE = 7,		/* from a label to the box */
	ABOVE = 14,			/* from the title to the column */
	BRIEF_BOXES = 14,
	BRIEF_BOXES_OF_PROCESS = 24,	/* with the kernel half above it */
	MOST_STEPS = 12,
};

struct composer {
	const struct layout *l;
	const struct page *page;
	struct style style;
	struct picture *p;
	struct strip column;
	struct panel *panels;
	size_t n_panels;
	double space;			/* width of a process's address space on the left, or 0 */
	struct ids ids;
	struct scene *scene;
};

/* Of a brief picture: with so few lines that there are few boxes. */
static struct picture *build_brief(const struct layout *l, struct request r)
{
	unsigned int most = l->process ? BRIEF_BOXES_OF_PROCESS : BRIEF_BOXES;
	unsigned int low = most, high = 3 * most;
	struct picture *p;

	/* With most lines there are few enough boxes, and the more lines the more boxes. */
	while (low < high) {
		r.max_lines = (low + high + 1) / 2;
		p = picture_build(l, &r);
		if (p->n_boxes <= most)
			low = r.max_lines;
		else
			high = r.max_lines - 1;
		picture_free(p);
	}
	r.max_lines = low;
	return picture_build(l, &r);
}

/* --- The column and its panels ---------------------------------------------------- */

/* A picture of one region shows what is in it, if there is anything. */
static unsigned int base_of(const struct picture *p, const struct request *r)
{
	return r->zoom && p->n_boxes > 1 && p->boxes[1].depth == 1 ? 1 : 0;
}

static void share_width(struct composer *c)
{
	bool is_narrow = page_is_narrow(c->page);
	double margin = page_margin(c->page), gap = is_narrow ? 20 : 60;
	double left = style_label_width(&c->style, c->p);
	unsigned int hidden = is_narrow && c->l->bits == 64 ?
			      panels_common_groups(c->panels, c->n_panels) : 0;
	double right = larger(style_address_width(&c->style, c->l, hidden), is_narrow ? 0 : 100), rest;

	c->column.x = margin + c->space + left + LABEL_SPACE;
	c->column.label_width = left;
	rest = c->page->width - margin - c->column.x;
	if (!c->n_panels) {
		c->column.width = c->page->brief ? rest : lesser(rest, 600);
		return;
	}
	rest -= gap + right + LABEL_SPACE;
	c->column.width = lesser(rest * 0.54, 520);
	for (size_t i = 0; i < c->n_panels; i++) {
		struct strip *s = &c->panels[i].strip;

		s->p = c->p;
		s->is_panel = true;
		s->x = c->column.x + c->column.width + gap;
		s->width = lesser(rest - c->column.width, 420);
		s->label_width = right;
		s->hidden_groups = hidden;
	}
}

static void build(struct composer *c, const struct request *r)
{
	c->p = c->page->brief ? build_brief(c->l, *r) : picture_build(c->l, r);
	c->column.p = c->p;
	/* Only beside a whole address space. */
	if (!c->p->start && c->p->end == c->l->max_addr)
		c->space = spaces_width(c->l, c->page);
	c->column.n_units = units_of_picture(c->p, base_of(c->p, r), &c->column.units);
	c->panels = panels_of(&c->column, &c->n_panels);
	share_width(c);
	units_prepare(c->column.units, c->column.n_units, c->p, c->style.is_narrow);
	for (size_t i = 0; i < c->column.n_units; i++)
		unit_write(&c->column.units[i], c->p, &c->style, c->column.width);
	strip_mark(&c->column, &c->style, NULL);
	panels_measure(c->panels, c->n_panels, &c->column, &c->style);
}

/* The column is as high as its panels. */
static void measure(struct composer *c)
{
	double wanted = panels_height(c->panels, c->n_panels);

	for (unsigned int i = 0; i < MOST_STEPS; i++) {
		strip_measure(&c->column, &c->style);
		if (c->column.height >= wanted)
			return;
		c->style.per_bit *= 1.2;
	}
}

/* --- The page --------------------------------------------------------------------- */

static double lowest(const struct composer *c)
{
	const struct mark_at *last = &c->column.marks[c->column.n_marks - 1];
	double y = c->column.y + c->column.height + mark_below(last, &c->style);

	for (size_t i = 0; i < c->n_panels; i++) {
		const struct strip *s = &c->panels[i].strip;

		if (c->panels[i].pin) {
			y = larger(y, c->panels[i].y + c->panels[i].caption.height);
			continue;
		}
		last = &s->marks[s->n_marks - 1];
		y = larger(y, s->y + s->height + mark_below(last, &c->style));
	}
	return y;
}

static char *hidden_note(const struct picture *p)
{
	char *size, *count, *note;

	if (!p->n_hidden_gaps)
		return NULL;
	size = label_size(p->hidden_gaps - 1);
	count = text_printf("%zu", p->n_hidden_gaps);
	note = p->n_hidden_gaps == 1 ? word_with(WORD_HIDDEN_GAP, size) :
				       word_with(WORD_HIDDEN_GAPS, count, size);
	free(size);
	free(count);
	return note;
}

static bool has_pins(const struct scene *s)
{
	for (size_t i = 0; i < s->n_marks; i++)
		if (s->marks[i].tone == TONE_CHOSEN)
			return true;
	return false;
}

static void draw_foot(struct composer *c)
{
	char *hidden = hidden_note(c->p), *covered = covered_note(c->p), *scale;
	const char *notes[5] = { word(WORD_HIGHEST_ON_TOP) };
	bool has_insets = panels_have_insets(c->panels, c->n_panels);
	double y = lowest(c) + ABOVE;

	scale = text_printf("%s%s%s", word(WORD_SCALE_LOG), has_insets ? " " : "",
			    has_insets ? word(WORD_SCALE_OWN) : "");
	notes[1] = scale;
	notes[2] = hidden ? hidden : covered;
	notes[3] = hidden ? covered : NULL;
	if (!c->p->start && c->p->end == c->l->max_addr && !c->page->brief && !c->space)
		y = draw_roots(c->scene, c->l, c->page, y);
	c->scene->height = draw_legend(c->scene, c->page, y,
				       (has_pins(c->scene) ? SIGN_PIN : 0) |
				       (has_insets ? SIGN_INSIDE : 0), notes) +
			   page_margin(c->page);
	free(hidden);
	free(covered);
	free(scale);
}

static void draw(struct composer *c)
{
	struct strip *column = &c->column;
	char *subtitle = label_sizes(c->p->subtitle ? c->p->subtitle : "");
	char *date = label_date(c->l);
	double heads;

	c->scene->width = c->page->width;
	heads = draw_title(c->scene, c->page, c->scene->title, subtitle, date) + ABOVE;
	column->y = heads + (c->space ? spaces_heads_height(column) : 0) +
		    line_height(c->style.address) / 2;
	strip_place(column);
	strip_place_marks(column);
	panels_place(c->panels, c->n_panels, column->y - ABOVE / 2.0,
		     column->y + column->height + ABOVE);
	strip_draw(c->scene, column, &c->style, &c->ids);
	panels_draw(c->scene, c->panels, c->n_panels, column, &c->style, &c->ids);
	strip_draw_marks(c->scene, column, &c->style, &c->ids);
	if (c->space)
		spaces_draw(c->scene, c->l, c->page, column, heads);
	draw_foot(c);
	free(subtitle);
	free(date);
}

static struct scene *compose_scaled(const struct layout *l, const struct request *r,
				    const struct page *page)
{
	struct composer c = { .l = l, .page = page, .style = style_of(page, l->bits) };
	char *title = label_kernel(l, r->zoom ? r->zoom->name : NULL);
	char *subtitle = label_subtitle(l);
	char *about = text_printf("%s%s%s", subtitle, *subtitle ? ". " : "", word(WORD_HIGHEST_ON_TOP));

	c.scene = scene_new(title, about);
	build(&c, r);
	measure(&c);
	draw(&c);
	free(title);
	free(subtitle);
	free(about);
	panels_free(c.panels, c.n_panels);
	strip_free_marks(&c.column);
	units_free(c.column.units, c.column.n_units);
	picture_free(c.p);
	ids_free(&c.ids);
	return c.scene;
}

struct scene *compose_column(const struct layout *l, const struct request *r,
			     const struct page *page)
{
	return r->linear ? compose_linear(l, r, page) : compose_scaled(l, r, page);
}
