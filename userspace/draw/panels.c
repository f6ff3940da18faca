// SPDX-License-Identifier: GPL-2.0-only
/* panels.c - see panels.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "frame.h"
#include "panels.h"
#include "texts/texts.h"
#include "texts/words.h"

enum { SPACE = 14, PIN_EXTENT = 8, PIN_SPACE = 4, GROUPS = 3 };

/* --- Which there are -------------------------------------------------------------- */

static struct panel *add_panel(struct panel **panels, size_t *n, struct unit *around)
{
	*panels = realloc(*panels, (*n + 1) * sizeof(**panels));
	if (!*panels)
		die("not enough memory");
	(*panels)[*n] = (struct panel){ .around = around };
	return &(*panels)[(*n)++];
}

static void add_inset(struct panel **panels, size_t *n, struct unit *around, struct unit *unit)
{
	add_panel(panels, n, around)->unit = unit;
	around->has_panel = true;
}

static void add_pins(struct panel **panels, size_t *n, struct unit *around, const struct box *b)
{
	for (size_t i = 0; i < b->n_pins; i++)
		add_panel(panels, n, around)->pin = b->pins[i];
}

struct panel *panels_of(struct strip *column, size_t *n)
{
	struct panel *panels = NULL;

	*n = 0;
	for (size_t i = 0; i < column->n_units; i++) {
		struct unit *u = &column->units[i];

		if (unit_is_tiled(u, 2)) {
			add_panel(&panels, n, u)->unit = u;
			continue;
		}
		add_pins(&panels, n, u, u->box);
		for (size_t j = 0; j < u->n_inside; j++) {
			if (u->inside[j].box->kind == BOX_REGION)
				add_inset(&panels, n, u, &u->inside[j]);
			else
				add_pins(&panels, n, u, u->inside[j].box);
		}
	}
	return panels;
}

bool panels_have_insets(const struct panel *panels, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (panels[i].unit)
			return true;
	return false;
}

void panels_free(struct panel *panels, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		block_free(&panels[i].caption);
		strip_free_marks(&panels[i].strip);
	}
	free(panels);
}

unsigned int panels_common_groups(const struct panel *panels, size_t n)
{
	unsigned int common = GROUPS - 1;

	/* Both ends of each; the upper one is the first address after it. */
	for (size_t i = 0; i < n; i++) {
		const struct box *b = panels[i].unit ? panels[i].unit->box : NULL;

		while (b && common && (b->start ^ (b->end + 1)) >> (64 - 16 * common))
			common--;
	}
	return common;
}

/* --- Sizes ------------------------------------------------------------------------ */

static void write_caption(struct panel *panel, const struct style *style)
{
	const struct box *b = panel->unit->box;
	const char *purpose = region_purpose(b->region);
	char *size = label_size(b->end - b->start);

	panel->caption = block_of_width(panel->strip.width + panel->strip.label_width);
	block_skip(&panel->caption, SPACE / 2.0);
	block_add(&panel->caption, b->name, style->name, ANCHOR_START, INK_TEXT);
	if (!block_beside(&panel->caption, size, style->size, ANCHOR_START, INK_TEXT))
		block_add(&panel->caption, size, style->size, ANCHOR_START, INK_TEXT);
	if (purpose && !block_beside(&panel->caption, purpose, style->small, ANCHOR_START, INK_QUIET))
		block_add(&panel->caption, purpose, style->small, ANCHOR_START, INK_QUIET);
	block_skip(&panel->caption, style->pad / 2 + line_height(style->address) / 2);
	free(size);
}

static void write_pin(struct panel *panel, const struct style *style)
{
	const char *purpose = purpose_of(panel->pin->name);

	panel->caption = block_of_width(panel->strip.width + panel->strip.label_width);
	block_add(&panel->caption, panel->pin->name, style->small, ANCHOR_START, INK_TEXT);
	if (purpose)
		block_beside(&panel->caption, purpose, style->small, ANCHOR_START, INK_QUIET);
}

static void measure_inset(struct panel *panel, const struct strip *column,
			  const struct style *style)
{
	struct strip *s = &panel->strip;
	bool has_parts = panel->unit->n_inside > 0;

	s->units = has_parts ? panel->unit->inside : panel->unit;
	s->n_units = has_parts ? panel->unit->n_inside : 1;
	for (size_t i = 0; i < s->n_units; i++)
		s->units[i].is_in_panel = true;
	units_prepare(s->units, s->n_units, s->p, style->is_narrow);
	for (size_t i = 0; i < s->n_units; i++)
		unit_write(&s->units[i], s->p, style, s->width);
	if (has_parts)
		write_caption(panel, style);
	strip_mark(s, style, column);
	strip_measure(s, style);
}

void panels_measure(struct panel *panels, size_t n, const struct strip *column,
		    const struct style *style)
{
	for (size_t i = 0; i < n; i++) {
		if (panels[i].pin)
			write_pin(&panels[i], style);
		else
			measure_inset(&panels[i], column, style);
	}
}

/* How much of it is above the strip, and below. */
static double panel_head(const struct panel *panel)
{
	return !panel->unit ? 0 : larger(panel->caption.height, SPACE / 2.0);
}

static double panel_height(const struct panel *panel)
{
	const struct mark_at *last;

	if (!panel->unit)
		return panel->caption.height + 1;
	last = &panel->strip.marks[panel->strip.n_marks - 1];
	return panel_head(panel) + panel->strip.height + last->below.height + SPACE;
}

double panels_height(const struct panel *panels, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += panel_height(&panels[i]);
	return sum;
}

/* --- Places ----------------------------------------------------------------------- */

static void find_origin(struct panel *panel)
{
	struct extent_of e = { panel->around->y, panel->around->y + panel->around->head };

	if (panel->pin)
		e = unit_extent(panel->around, panel->pin->addr, panel->pin->addr, PIN_EXTENT);
	else if (panel->unit && panel->unit != panel->around)
		e = panel->unit->inset;
	/* Of an object the middle. */
	panel->from_top = panel->unit ? e.top : (e.top + e.bottom) / 2;
	panel->from_bottom = panel->unit ? e.bottom : panel->from_top;
}

/*
 * Lines do not cross if they begin in the order in which they end.  Insets have a
 * least height, so an object near one of them may seem to be beyond it.
 */
static void order_origins(struct panel *panels, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct panel *panel = &panels[i];
		size_t next = i + 1;
		double y = panel->from_top;

		if (panel->unit)
			continue;
		while (next < n && !panels[next].unit)
			next++;
		if (next < n && panels[next].around == panel->around)
			y = lesser(y, panels[next].from_top);
		if (i && panels[i - 1].around == panel->around)
			y = larger(y, panels[i - 1].from_bottom);
		panel->from_top = panel->from_bottom = y;
	}
}

/* Neighbours that would overlap go together: a run, in the middle of where its members want. */
struct run {
	double wanted, height;		/* wanted: the sum, of the run's upper end */
	size_t n;
};

static double run_top(const struct run *r, double top)
{
	return larger(r->wanted / (double)r->n, top);
}

static size_t make_runs(const struct panel *panels, size_t n, double top, struct run *runs)
{
	size_t n_runs = 0;

	for (size_t i = 0; i < n; i++) {
		const struct panel *panel = &panels[i];
		double height = panel_height(panel);
		double middle = (panel->from_top + panel->from_bottom) / 2;

		runs[n_runs++] = (struct run){
			!panel->unit ? middle - height / 2 :
			middle - panel_head(panel) - panel->strip.height / 2, height, 1,
		};
		while (n_runs > 1 && run_top(&runs[n_runs - 2], top) + runs[n_runs - 2].height >
				     run_top(&runs[n_runs - 1], top)) {
			struct run *above = &runs[n_runs - 2], *below = &runs[n_runs - 1];

			above->wanted += below->wanted - (double)below->n * above->height;
			above->height += below->height;
			above->n += below->n;
			n_runs--;
		}
	}
	return n_runs;
}

void panels_place(struct panel *panels, size_t n, double top, double bottom)
{
	struct run *runs = zalloc_array(n, sizeof(*runs));
	size_t n_runs, at = 0;

	for (size_t i = 0; i < n; i++)
		find_origin(&panels[i]);
	order_origins(panels, n);
	n_runs = make_runs(panels, n, top, runs);
	for (size_t i = 0; i < n_runs; i++) {
		double y = run_top(&runs[i], top);

		for (size_t j = 0; j < runs[i].n; j++, at++) {
			panels[at].y = y;
			y += panel_height(&panels[at]);
		}
	}
	/* From the bottom up: as far as there is room above. */
	for (size_t i = n; i > 0; i--) {
		double limit = (i == n ? bottom : panels[i].y) - panel_height(&panels[i - 1]);

		panels[i - 1].y = lesser(panels[i - 1].y, limit);
	}
	for (size_t i = 0; i < n; i++) {
		double least = i ? panels[i - 1].y + panel_height(&panels[i - 1]) : top;

		panels[i].y = larger(panels[i].y, least);
		if (!panels[i].unit)
			continue;
		panels[i].strip.y = panels[i].y + panel_head(&panels[i]);
		strip_place(&panels[i].strip);
		strip_place_marks(&panels[i].strip);
	}
	free(runs);
}

/* --- Drawing ---------------------------------------------------------------------- */

/* To where the lines of all panels end: lines with ends in the same order do not cross. */
static void draw_join(struct scene *scene, double right, double from, double x, double to)
{
	const struct point points[] = { { right, from }, { x - PIN_SPACE, to }, { x, to } };

	scene_path(scene, points, ARRAY_SIZE(points), false, STROKE_THIN, INK_QUIET);
}

static void draw_joins(struct scene *scene, const struct panel *panel, const struct strip *column)
{
	const struct strip *s = &panel->strip;
	double right = column->x + column->width;

	scene_group(scene, NULL, "join", NULL, NULL);
	draw_join(scene, right, panel->from_top, s->x, s->y);
	draw_join(scene, right, panel->from_bottom, s->x, s->y + s->height);
	scene_end_group(scene);
}

/* What has no room in its box. */
static void draw_label(struct scene *scene, const struct panel *panel, const struct strip *column,
		       const struct style *style, struct ids *ids)
{
	scene_group(scene, unique_id(ids, "label", panel->around->box->name), "label", NULL, NULL);
	scene_line(scene, column->x + column->width, (panel->from_top + panel->from_bottom) / 2,
		   panel->strip.x - PIN_SPACE, panel->y + line_height(style->small) / 2,
		   STROKE_THIN, INK_QUIET);
	block_draw(scene, &panel->caption, panel->strip.x, panel->y);
	scene_end_group(scene);
}

/* A region that is drawn as its parts only. */
static void begin_region(struct scene *scene, const struct panel *panel, struct ids *ids)
{
	const struct box *b = panel->unit->box;
	char *from = label_address(b->start, panel->strip.p->l->bits);
	char *to = label_address(b->end, panel->strip.p->l->bits);
	char *size = label_size(b->end - b->start);
	char *title = word_with(WORD_REGION_TITLE, b->name, size);
	char *about = text_printf("%s - %s%s%s", from, to, b->about ? ": " : "",
				  b->about ? b->about : "");
	/* Of one that is a box of the column this is a second picture. */
	const char *kind = panel->unit == panel->around ? "inset" : "region";
	char *classes = text_printf("%s kind-%s", kind, b->region->name);

	scene_group(scene, unique_id(ids, kind, b->region->name), classes, title, about);
	free(from);
	free(to);
	free(size);
	free(title);
	free(about);
	free(classes);
}

/* Its name, and a line from the place where it is. */
static void draw_object(struct scene *scene, const struct panel *panel,
			const struct strip *column, const struct style *style, struct ids *ids)
{
	const struct witness *w = panel->pin;
	double right = column->x + column->width, y = (panel->from_top + panel->from_bottom) / 2;
	char *address = label_address(w->addr, column->p->l->bits);
	char *title = word_with(WORD_REGION_TITLE, w->name, address);

	scene_group(scene, unique_id(ids, "label", w->name), "label witness", title, w->source);
	scene_line(scene, right, y, panel->strip.x - PIN_SPACE,
		   panel->y + line_height(style->small) / 2, STROKE_THIN, INK_CHOSEN);
	draw_pin(scene, right, y);
	block_draw(scene, &panel->caption, panel->strip.x, panel->y);
	scene_end_group(scene);
	free(address);
	free(title);
}

void panels_draw(struct scene *scene, struct panel *panels, size_t n, const struct strip *column,
		 const struct style *style, struct ids *ids)
{
	for (size_t i = 0; i < n; i++) {
		struct panel *panel = &panels[i];
		bool has_parts = panel->unit && panel->unit->n_inside > 0;

		if (!panel->unit) {
			(panel->pin ? draw_object : draw_label)(scene, panel, column, style, ids);
			continue;
		}
		draw_joins(scene, panel, column);
		if (has_parts) {
			begin_region(scene, panel, ids);
			block_draw(scene, &panel->caption, panel->strip.x, panel->y);
		}
		strip_draw(scene, &panel->strip, style, ids);
		if (has_parts)
			scene_end_group(scene);
		strip_draw_marks(scene, &panel->strip, style, ids);
	}
}
