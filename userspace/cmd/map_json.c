// SPDX-License-Identifier: GPL-2.0-only
/* map_json.c - the address space as data; see commands.h. */
#include <stdlib.h>

#include "base/util.h"
#include "commands.h"
#include "layout/spans.h"
#include "output/json.h"

enum { MAX_CHAIN = 32 };

/* The regions around a span, outermost first; returns how many. */
static unsigned int find_chain(const struct span *s,
			       const struct region *chain[MAX_CHAIN])
{
	unsigned int n = s->region ? s->region->depth + 1 : 0;
	unsigned int i = n;

	for (const struct region *r = s->region; r; r = r->parent)
		chain[--i] = r;
	return n;
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

static json_t *json_span(const struct layout *l, const struct span *s,
			 const struct witness **pins)
{
	json_t *span = json_object(), *regions = json_array(), *array = json_array();
	const struct region *chain[MAX_CHAIN];
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
	json_t *document = json_document("map", l), *array = json_array();
	size_t n;
	struct span *spans = spans_cut(l, &n);

	for (size_t i = n; i > 0; i--)
		json_element(array, json_span(l, &spans[i - 1], pins));
	json_member(document, "spans", array);
	free(spans);
	free(pins);
	return document;
}
