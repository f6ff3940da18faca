// SPDX-License-Identifier: GPL-2.0-only
/* units_draw.c - see column.h: the boxes of a strip as marks of a scene. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "column.h"
#include "frame.h"
#include "texts/words.h"
#include "themes.h"

enum { TOOTH = 8, TOOTH_HEIGHT = 5, INSET_WIDTH = 9, PIN_SPACE = 6 };

struct drawer {
	struct scene *scene;
	const struct strip *s;
	const struct style *style;
	struct ids *ids;
};

/* --- Where something is in a unit ------------------------------------------------- */

/* The y of an address, linear within the unit. */
static double y_of(const struct unit *u, uint64_t addr)
{
	double size = (double)(u->box->end - u->box->start) + 1;

	return u->y + u->head * ((double)(u->box->end - addr) / size);
}

struct extent_of unit_extent(const struct unit *u, uint64_t start, uint64_t end, double least)
{
	struct extent_of e;
	double middle, half;

	start = start < u->box->start ? u->box->start : start;
	end = end > u->box->end ? u->box->end : end;
	e.top = y_of(u, end);
	e.bottom = lesser(y_of(u, start) + u->head / ((double)(u->box->end - u->box->start) + 1),
			  u->y + u->head);
	middle = (e.top + e.bottom) / 2;
	half = larger((e.bottom - e.top) / 2, least / 2);
	middle = lesser(larger(middle, u->y + half), u->y + u->head - half);
	return (struct extent_of){ middle - half, middle + half };
}

void unit_place_insets(struct unit *u)
{
	enum { LEAST = 3 };
	double bottom = u->y, below = u->y + u->head;

	/* Those below need at least so much. */
	for (size_t i = 0; i < u->n_inside; i++)
		below -= u->inside[i].box->kind == BOX_REGION ? LEAST : 0;
	for (size_t i = 0; i < u->n_inside; i++) {
		const struct box *b = u->inside[i].box;
		struct extent_of *e = &u->inside[i].inset;

		if (b->kind != BOX_REGION)
			continue;
		below += LEAST;
		*e = unit_extent(u, b->start, b->end, LEAST);
		e->top = lesser(larger(e->top, bottom), below - LEAST);
		e->bottom = lesser(larger(e->bottom, e->top + LEAST), below);
		bottom = e->bottom;
	}
}

/* --- Groups ----------------------------------------------------------------------- */

static char *range_text(const struct picture *p, uint64_t start, uint64_t end)
{
	char *from = label_address(start, p->l->bits), *to = label_address(end, p->l->bits);
	char *text = text_printf("%s - %s", from, to);

	free(from);
	free(to);
	return text;
}

static void begin_group(const struct drawer *d, const char *kind, const char *id_of,
			const char *classes, const char *name, uint64_t start, uint64_t end,
			const char *about)
{
	char *size = label_size(end - start), *range = range_text(d->s->p, start, end);
	char *title = word_with(WORD_REGION_TITLE, name, size);
	char *sentence = text_printf("%s%s%s", range, about && *about ? ": " : "", about ? about : "");

	scene_group(d->scene, unique_id(d->ids, kind, id_of), classes, title, sentence);
	free(size);
	free(range);
	free(title);
	free(sentence);
}

static void begin_unit(const struct drawer *d, const struct unit *u)
{
	static const char *const kinds[] = {
		[BOX_REGION] = "region", [BOX_HOLE] = "hole", [BOX_USED] = "used",
		[BOX_RESERVED] = "reserved", [BOX_REST] = "rest", [BOX_FOLDED] = "fold",
	};
	const struct box *b = u->box;
	const char *kind = kinds[b->kind];
	char *address = text_printf(d->s->p->l->bits == 32 ? "%08" PRIx64 : "%016" PRIx64, b->start);
	char *classes = text_printf("%s kind-%s state-%s%s", kind, b->region ? b->region->name : kind,
				    state_name(unit_state(u, d->s->p->l)), b->is_torn ? " torn" : "");

	for (char *c = classes; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_- ", *c))
			*c = '-';
	begin_group(d, kind, b->kind == BOX_REGION ? b->region->name : address, classes, b->name,
		    b->start, b->end, b->about);
	free(address);
	free(classes);
}

/* --- Fills ------------------------------------------------------------------------ */

/* A border of teeth: here addresses are left out, and the scale ends. */
static void draw_teeth(const struct drawer *d, double y)
{
	double x = d->s->x, width = d->s->width;
	size_t n = 2 * (size_t)(width / (2 * TOOTH));
	struct point *points = zalloc_array(n + 1, sizeof(*points));

	for (size_t i = 0; i <= n; i++)
		points[i] = (struct point){ x + width * (double)i / (double)n,
					    i % 2 ? y + TOOTH_HEIGHT : y };
	scene_path(d->scene, points, n + 1, false, STROKE_THIN, INK_STRONG);
	free(points);
}

/* What is inside is no more than is there. */
static void include_insets(const struct unit *u, const struct region *r, struct extent_of *e)
{
	for (size_t i = 0; unit_has_insets(u) && i < u->n_inside; i++) {
		const struct unit *inside = &u->inside[i];
		const struct box *b = inside->box;

		if (b->kind != BOX_REGION || b->start < r->populated_start ||
		    b->end > r->populated_end)
			continue;
		e->top = lesser(e->top, inside->inset.top);
		e->bottom = larger(e->bottom, inside->inset.bottom);
	}
}

/* What exists of a region: beside its texts if not below them. */
static void draw_populated(const struct drawer *d, const struct unit *u, double x)
{
	const struct region *r = u->box->region;
	double text = u->y + d->style->pad / 2 + unit_text_height(u);
	double right = d->s->x + d->s->width;
	struct extent_of e;

	/* Of a box that is too low for its text, this would be more than all. */
	if (!u->text.n_items || r->populated_start > u->box->end ||
	    r->populated_end < u->box->start)
		return;
	e = unit_extent(u, r->populated_start, r->populated_end, 5);
	include_insets(u, r, &e);
	if (e.top < text)
		x = right - d->style->lane;
	scene_box(d->scene, x, e.top, right - x, e.bottom - e.top, unit_tone(u), STATE_POPULATED,
		  STROKE_NONE);
}

static void draw_fill(const struct drawer *d, const struct unit *u, double x)
{
	const struct box *b = u->box;
	double width = d->s->x + d->s->width - x;
	enum state state = unit_state(u, d->s->p->l);

	scene_box(d->scene, x, u->y, width, u->height, unit_tone(u), state,
		  b->is_torn && !d->style->linear ? STROKE_NONE : STROKE_THIN);
	if (b->is_torn && !d->style->linear) {
		draw_teeth(d, u->y + 1);
		draw_teeth(d, u->y + u->height - TOOTH_HEIGHT - 1);
	}
	if (unit_shows_populated(u) && state != STATE_POPULATED)
		draw_populated(d, u, x);
}

/* --- What is beside the text ------------------------------------------------------ */

static void draw_insets(const struct drawer *d, const struct unit *u)
{
	for (size_t i = 0; unit_has_insets(u) && i < u->n_inside; i++) {
		const struct unit *inside = &u->inside[i];
		const struct extent_of e = inside->inset;

		if (inside->box->kind != BOX_REGION)
			continue;
		scene_box(d->scene, d->s->x + d->s->width - INSET_WIDTH, e.top, INSET_WIDTH,
			  e.bottom - e.top, unit_tone(inside), unit_state(inside, d->s->p->l),
			  STROKE_THIN);
	}
}

static double draw_notes(const struct drawer *d, const struct unit *u, double x, double y)
{
	for (size_t i = 0; i < u->n_notes; i++) {
		const struct region *r = u->notes[i].region;
		char *classes = text_printf("region kind-%s state-reserved note", r->name);

		begin_group(d, "region", r->name, classes, r->name, r->start, r->end,
			    u->notes[i].about);
		block_draw(d->scene, &u->notes[i].text, x, y);
		scene_end_group(d->scene);
		free(classes);
		y += u->notes[i].text.height;
	}
	return y;
}

/* Labels in rows; from each a line to the place where the object is. */
static void draw_pins(const struct drawer *d, const struct unit *u, double x, double y)
{
	double right = x + u->text.width, pin = d->s->x + d->s->width - d->style->lane / 2 - 2;

	for (size_t i = 0; i < u->n_pins; i++) {
		const struct witness *w = u->pins[i].witness;
		double at = lesser(larger(y_of(u, w->addr), u->y + PIN_SPACE), u->y + u->head - PIN_SPACE);
		char *address = label_address(w->addr, d->s->p->l->bits);
		char *title = word_with(WORD_REGION_TITLE, w->name, address);

		scene_group(d->scene, unique_id(d->ids, "label", w->name), "label witness", title,
			    w->source);
		scene_line(d->scene, right + 2, y + line_height(d->style->small) / 2, pin, at, STROKE_THIN,
			   INK_CHOSEN);
		draw_pin(d->scene, pin, at);
		block_draw(d->scene, &u->pins[i].text, x, y);
		scene_end_group(d->scene);
		free(address);
		free(title);
		y += u->pins[i].text.height;
	}
}

/* A stack grows down, a heap up. */
static void draw_growth(const struct drawer *d, const struct unit *u)
{
	int way = unit_grows(u, d->s->p);
	double x = d->s->x + d->s->width - d->style->lane / 2, top = u->y + 2,
	       bottom = u->y + u->head - 2;
	struct mark *arrow;

	if (!way)
		return;
	scene_group(d->scene, NULL, "growth", word(way < 0 ? WORD_GROWS_DOWN : WORD_GROWS_UP), NULL);
	arrow = scene_line(d->scene, x, way < 0 ? top : bottom, x, way < 0 ? bottom : top,
			   STROKE_THICK, INK_STRONG);
	arrow->has_arrow = true;
	scene_end_group(d->scene);
}

/* --- Units ------------------------------------------------------------------------ */

static void draw_units(const struct drawer *d, const struct unit *units, size_t n, double x)
{
	for (size_t i = 0; i < n; i++) {
		const struct unit *u = &units[i];
		double left = x + d->style->pad, y = u->y + d->style->pad / 2;

		begin_unit(d, u);
		draw_fill(d, u, x);
		if (u->box->is_torn)
			y = u->y + (u->height - u->text.height) / 2;
		block_draw(d->scene, &u->text, left, y);
		draw_insets(d, u);
		y = draw_notes(d, u, left, y + u->text.height);
		draw_pins(d, u, left, y);
		draw_growth(d, u);
		if (u->is_frame)
			draw_units(d, u->inside, u->n_inside, x + d->style->pad);
		scene_end_group(d->scene);
	}
}

void strip_draw(struct scene *scene, const struct strip *s, const struct style *style,
		struct ids *ids)
{
	const struct drawer d = { scene, s, style, ids };

	draw_units(&d, s->units, s->n_units, s->x);
}
