// SPDX-License-Identifier: GPL-2.0-only
/*
 * linear.c - the picture of an address space with heights that are those of the sizes,
 * to show why other pictures have another scale: nearly all of it is one box, and
 * the rest is a line.
 */
#include <stdlib.h>

#include "base/util.h"
#include "column.h"
#include "frame.h"
#include "panels.h"
#include "texts/words.h"

enum { HEIGHT = 800, LABEL_SPACE = 7, GAP = 90, ABOVE = 14, VISIBLE = 1 };

static double height_of(const struct strip *s, const struct unit *u)
{
	double all = (double)(s->p->end - s->p->start) + 1;

	return s->height * (((double)(u->box->end - u->box->start) + 1) / all);
}

/* Texts where there is room, and else a label beside the column. */
static struct panel *write_units(struct strip *s, const struct style *style, double label_x,
				 double label_width, size_t *n)
{
	struct panel *labels = zalloc_array(s->n_units, sizeof(*labels));

	units_prepare(s->units, s->n_units, s->p, style->is_narrow);
	for (size_t i = 0; i < s->n_units; i++) {
		struct unit *u = &s->units[i];
		const struct box *b = u->box;
		struct panel *label = &labels[*n];
		char *size = label_size(b->end - b->start), *text;

		u->height = u->head = height_of(s, u);
		unit_write(u, s->p, style, s->width);
		if (unit_need(u, style) <= u->height) {
			free(size);
			continue;
		}
		unit_clear(u);
		text = word_with(WORD_REGION_TITLE, b->name, size);
		label->around = u;
		label->strip.x = label_x;
		label->caption = block_of_width(label_width);
		block_add(&label->caption, text, style->small, ANCHOR_START, INK_TEXT);
		(*n)++;
		free(size);
		free(text);
	}
	return labels;
}

/* Of edges so near that their labels would overlap, the first is shown, and each strong one. */
static void hide_marks(struct strip *s, const struct style *style)
{
	struct mark_at *last = &s->marks[s->n_marks - 1];
	double free_from = 0, free_to = last->y - mark_above(last, style);

	for (size_t i = 0; i + 1 < s->n_marks; i++) {
		struct mark_at *m = &s->marks[i];

		m->is_hidden = i && (m->y - mark_above(m, style) < free_from ||
				     m->y + mark_below(m, style) > free_to);
		if (!m->is_hidden)
			free_from = m->y + mark_below(m, style);
	}
}

static char *lesson(const struct strip *s)
{
	const struct unit *largest = &s->units[0];
	size_t thin = 0;
	char *few, *all, *percent, *text;

	for (size_t i = 0; i < s->n_units; i++) {
		thin += s->units[i].height < VISIBLE;
		if (s->units[i].height > largest->height)
			largest = &s->units[i];
	}
	few = text_printf("%zu", thin);
	all = text_printf("%zu", s->n_units);
	percent = text_printf("%.1f", 100 * largest->height / s->height);
	text = word_with(WORD_LINEAR_LESSON, few, all, largest->box->name, percent);
	free(few);
	free(all);
	free(percent);
	return text;
}

/* How many regions are inside others, and so have no box here; or NULL. */
static char *inside_note(const struct picture *p, unsigned int base)
{
	size_t n = 0;
	char *count, *note;

	for (size_t i = 0; i < p->n_boxes; i++)
		n += p->boxes[i].kind == BOX_REGION && p->boxes[i].size && p->boxes[i].depth > base;
	if (!n)
		return NULL;
	count = text_printf("%zu", n);
	note = word_with(WORD_NOT_DRAWN, count);
	free(count);
	return note;
}

static void draw(struct scene *scene, struct strip *s, const struct page *page,
		 struct style *style)
{
	const struct layout *l = s->p->l;
	double margin = page_margin(page), gap = page_is_narrow(page) ? GAP / 2.0 : GAP;
	char *subtitle = label_sizes(s->p->subtitle ? s->p->subtitle : ""), *date = label_date(l), *why;
	char *inside = inside_note(s->p, s->units[0].box->depth), *covered = covered_note(s->p);
	const char *notes[6] = { word(WORD_HIGHEST_ON_TOP), word(WORD_SCALE_LINEAR) };
	struct ids ids = { 0 };
	struct panel *labels;
	size_t n = 0;

	s->x = margin + s->label_width + LABEL_SPACE;
	s->width = (page->width - margin - s->x - gap) / 2;
	s->height = HEIGHT;
	s->y = draw_title(scene, page, scene->title, subtitle, date) + ABOVE +
	       line_height(style->address) / 2;
	labels = write_units(s, style, s->x + s->width + gap, s->width, &n);
	strip_mark(s, style, NULL);
	strip_place(s);
	strip_place_marks(s);
	hide_marks(s, style);
	panels_place(labels, n, s->y, s->y + s->height);
	strip_draw(scene, s, style, &ids);
	panels_draw(scene, labels, n, s, style, &ids);
	strip_draw_marks(scene, s, style, &ids);
	notes[2] = why = lesson(s);
	notes[3] = inside ? inside : covered;
	notes[4] = inside ? covered : NULL;
	scene->height = s->y + s->height + mark_below(&s->marks[s->n_marks - 1], style);
	if (n)
		scene->height = larger(scene->height, labels[n - 1].y + labels[n - 1].caption.height);
	scene->height = draw_legend(scene, page, scene->height + ABOVE, 0, notes) + margin;
	panels_free(labels, n);
	strip_free_marks(s);
	ids_free(&ids);
	free(subtitle);
	free(date);
	free(why);
	free(inside);
	free(covered);
}

struct scene *compose_linear(const struct layout *l, const struct request *r,
			     const struct page *page)
{
	struct style style = style_of(page, l->bits);
	struct picture *p = picture_build(l, r);
	struct strip s = { .p = p };
	char *title = label_kernel(l, r->zoom ? r->zoom->name : NULL);
	struct scene *scene = scene_new(title, word(WORD_SCALE_LINEAR));

	style.names = 0;
	style.linear = true;
	s.n_units = units_of_picture(p, r->zoom && p->n_boxes > 1 && p->boxes[1].depth == 1, &s.units);
	s.label_width = style_label_width(&style, p);
	scene->width = page->width;
	draw(scene, &s, page, &style);
	units_free(s.units, s.n_units);
	picture_free(p);
	free(title);
	return scene;
}
