// SPDX-License-Identifier: GPL-2.0-only
/* draw_page.c - see draw_page.h: a layout, its explanations and its tables as one document. */
#include <stdlib.h>
#include <string.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "commands.h"
#include "draw/backend.h"
#include "draw/draw.h"
#include "draw/pictures.h"
#include "draw/themes.h"
#include "draw_page.h"
#include "layout/diff.h"
#include "output/json.h"
#include "texts/texts.h"

/* --- Explanations ------------------------------------------------------------------ */

/* In the order of enum tone, as region_tone() has it. */
static json_t *json_tones(void)
{
	json_t *array = json_array();

	for (size_t i = 0; color_meanings[i].color; i++) {
		json_t *tone = json_object();

		json_member(tone, "tone", json_text(tone_name(TONE_CODE + i)));
		json_member(tone, "meaning", json_text(color_meanings[i].meaning));
		json_element(array, tone);
	}
	return array;
}

/* Of all words: any may be looked up. */
static json_t *json_words(void)
{
	json_t *words = json_array();

	for (size_t i = 0; explanation_at(i); i++)
		json_element(words, json_explanation(explanation_at(i), NULL));
	return words;
}

/* --- A layout ----------------------------------------------------------------------- */

static void add_range(json_t *object, const struct layout *l, const struct region *r)
{
	json_member(object, "start", json_address(l, r->start));
	json_member(object, "end", json_address(l, r->end));
	json_member(object, "size", json_size(r->end - r->start));
	json_member(object, "start_source", json_text(r->start_source));
	json_member(object, "start_route", json_text(r->start_route));
	json_member(object, "end_source", json_text(r->end_source));
	json_member(object, "end_route", json_text(r->end_route));
	if (r->has_phys)
		json_member(object, "phys", json_address(l, r->phys));
	if (!r->has_populated)
		return;
	json_member(object, "populated_start", json_address(l, r->populated_start));
	json_member(object, "populated_end", json_address(l, r->populated_end));
	json_member(object, "populated_source", json_text(r->populated_source));
	json_member(object, "populated_route", json_text(r->populated_route));
}

static json_t *json_region(const struct layout *l, const struct region *r)
{
	json_t *object = json_object();

	json_member(object, "name", json_text(r->name));
	json_member(object, "type", json_text(r->is_memory ? "memory" : r->is_section ?
					      "section" : "region"));
	json_member(object, "tone", json_text(tone_name(region_tone(r))));
	json_member(object, "purpose", json_text(region_purpose(r)));
	json_member(object, "note", json_text(r->note));
	json_member(object, "overlay", json_boolean(r->is_overlay));
	json_member(object, "parent", json_text(r->parent ? r->parent->name : NULL));
	json_member(object, "depth", json_count(r->depth));
	if (r->absent)
		json_member(object, "absent", json_text(r->absent));
	else
		add_range(object, l, r);
	return object;
}

static json_t *json_regions(const struct layout *l)
{
	json_t *array = json_array();

	for (size_t i = 0; i < l->n_regions; i++)
		json_element(array, json_region(l, &l->regions[i]));
	return array;
}

static json_t *json_edge(const struct layout *l, uint64_t addr, const struct edge *e)
{
	json_t *object = json_object(), *names = json_array();

	for (size_t i = 0; i < MAX_NAMES && e->names[i]; i++)
		json_element(names, json_text(e->names[i]));
	json_member(object, "addr", json_address(l, addr));
	json_member(object, "names", names);
	return object;
}

static json_t *json_half(const struct layout *l, const struct half_range *half)
{
	json_t *object;

	if (!half->is_drawn)
		return json_null();
	object = json_object();
	json_member(object, "start", json_address(l, half->start));
	json_member(object, "end", json_address(l, half->end));
	json_member(object, "name", json_text(half->name));
	json_member(object, "size", json_text(half->size));
	return object;
}

/* What the picture of the terminal has to say: titles, halves, the names of edges. */
static void add_picture(json_t *object, const struct layout *l)
{
	const struct request everything = { 0 };
	struct picture *p = picture_build(l, &everything);
	char *subtitle = p->subtitle ? label_sizes(p->subtitle) : NULL;
	json_t *edges = json_array();

	json_member(object, "title", json_text(p->title));
	json_member(object, "subtitle", json_text(subtitle));
	free(subtitle);
	json_member(object, "user", json_half(l, &p->halves[HALF_USER]));
	json_member(object, "kernel_half", json_half(l, &p->halves[HALF_KERNEL]));
	for (size_t i = 0; i < p->n_boxes; i++) {
		const struct box *b = &p->boxes[i];

		if (b->top.names[0] && !b->top.is_expression && b->end < l->max_addr)
			json_element(edges, json_edge(l, b->end + 1, &b->top));
	}
	if (p->bottom.names[0] && !p->bottom.is_expression)
		json_element(edges, json_edge(l, p->start, &p->bottom));
	json_member(object, "edges", edges);
	picture_free(p);
}

static json_t *json_capture(const struct page_request *r, size_t i)
{
	const struct page_capture *c = &r->captures[i];
	static const char *const own[] = {
		"version", "command", "regions", "sections", "memory", "others",
	};
	json_t *object = json_layout(c->l), *map = map_json(c->l);

	for (size_t k = 0; k < ARRAY_SIZE(own); k++)
		json_object_del(object, own[k]);
	json_member(object, "regions", json_regions(c->l));
	json_member(object, "spans", json_incref(json_object_get(map, "spans")));
	json_decref(map);
	add_picture(object, c->l);
	json_member(object, "process_note", json_text(c->l->process_note));
	json_member(object, "mappings", json_page_mappings(c));
	json_member(object, "walks", json_page_walks(c, i == 0 ? r->walk : NULL));
	return object;
}

/* --- What is between two layouts ----------------------------------------------------- */

static char *cmdline_of(const struct page_capture *c)
{
	if (c->l->cmdline)
		return text_printf("%s", c->l->cmdline);
	return c->opt->file ? NULL : sysroot_cmdline(c->opt->sysroot);
}

static json_t *json_change(const struct diff *d, const struct difference *c)
{
	json_t *object = json_object(), *values = json_array(), *because = json_array();

	for (int side = 0; side < 2; side++) {
		if (c->region[side])
			json_element(values, json_address(d->layout[side], c->region[side]->start));
		else
			json_element(values, json_text(c->absent[side] ? c->absent[side] :
						       c->value[side]));
	}
	for (size_t i = 0; i < c->n_reasons; i++)
		json_element(because, json_text(c->reason[i]));
	json_member(object, "change", json_text(difference_word(c->kind)));
	json_member(object, "name", json_text(c->name));
	json_member(object, "values", values);
	json_member(object, "because", because);
	return object;
}

static json_t *json_changes(const struct page_request *r)
{
	char *cmdlines[2];
	json_t *array;
	struct diff *d;

	if (r->n_captures < 2)
		return json_null();
	array = json_array();
	for (int side = 0; side < 2; side++)
		cmdlines[side] = cmdline_of(&r->captures[side]);
	d = diff_layouts(r->captures[0].l, cmdlines[0], r->captures[1].l, cmdlines[1]);
	for (size_t i = 0; i < d->n; i++)
		json_element(array, json_change(d, &d->differences[i]));
	diff_free(d);
	for (int side = 0; side < 2; side++)
		free(cmdlines[side]);
	return array;
}

/* --- The page -------------------------------------------------------------------------- */

void draw_page(FILE *out, const struct page_request *r)
{
	json_t *document = json_document("draw", NULL), *captures = json_array(), *first;
	char *title, *data;

	for (size_t i = 0; i < r->n_captures; i++)
		json_element(captures, json_capture(r, i));
	json_member(document, "captures", captures);
	json_member(document, "changes", json_changes(r));
	json_member(document, "link", json_text(r->link));
	json_member(document, "theme", json_text(r->is_dark ? "dark" : NULL));
	json_member(document, "tones", json_tones());
	json_member(document, "words", json_words());
	data = json_dumps(document, JSON_COMPACT | JSON_ENSURE_ASCII);
	if (!data)
		die("not enough memory");
	first = json_array_get(captures, 0);
	title = text_printf("Address space of %s", json_string_value(json_object_get(first, "title")));
	page_write(out, title, data);
	free(title);
	free(data);
	json_decref(document);
}
