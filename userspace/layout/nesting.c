// SPDX-License-Identifier: GPL-2.0-only
/* nesting.c - the records of a capture together: names, nesting, order; see parser.h */
#include <stdlib.h>
#include <string.h>

#include "parser.h"

enum { MAX_DEPTH = 16 };	/* of regions inside regions */

/* --- Names ---------------------------------------------------------------- */

struct name {
	const char *text;
	unsigned int line;
	size_t index;
};

static int compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order)
		return order;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Sorts names for look-up, and refuses the second use of one. */
static bool sort_names(struct parser *p, struct name *names, size_t n)
{
	qsort(names, n, sizeof(*names), compare_names);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(names[i - 1].text, names[i].text) != 0)
			continue;
		p->frame.line = names[i].line;
		return parser_fail(p, "the name '%.40s' is taken by line %u",
			    names[i].text, names[i - 1].line);
	}
	return true;
}

/* An array of records whose first members are .record and .name. */
#define COLLECT(names, array, n)					\
	for (size_t i_ = 0; i_ < (n); i_++)				\
		(names)[i_] = (struct name){ (array)[i_].name,		\
					     (array)[i_].record->line, i_ }

/* Leaves the names of regions and sections in names, sorted. */
static bool check_names(struct parser *p, struct name *names, size_t *n_regions)
{
	struct layout *l = p->l;

	COLLECT(names, l->facts, l->n_facts);
	if (!sort_names(p, names, l->n_facts))
		return false;
	COLLECT(names, l->configs, l->n_configs);
	if (!sort_names(p, names, l->n_configs))
		return false;
	COLLECT(names, l->witnesses, l->n_witnesses);
	if (!sort_names(p, names, l->n_witnesses))
		return false;
	/* Last, because the parents are looked up in these. */
	*n_regions = 0;
	for (size_t i = 0; i < l->n_regions; i++) {
		const struct region *r = &l->regions[i];

		if (!r->is_memory)
			names[(*n_regions)++] = (struct name){ r->name, r->record->line, i };
	}
	return sort_names(p, names, *n_regions);
}

static bool find_parent(struct parser *p, struct region *r,
			const struct name *names, size_t n)
{
	struct layout *l = p->l;
	struct name key = { .text = r->parent_name };
	const struct region *parent;
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names[middle].text, key.text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	p->frame.line = r->record->line;
	if (low == n || strcmp(names[low].text, key.text) != 0)
		return parser_fail(p, "the parent '%.40s' is not in this capture", key.text);
	parent = &l->regions[names[low].index];
	if (parent->absent)
		return parser_fail(p, "the parent '%.40s' is absent", key.text);
	if (r->start < parent->start || r->end > parent->end)
		return parser_fail(p, "'%.40s' is not within its parent '%.40s'", r->name, key.text);
	r->parent = parent;
	return true;
}

/* Device memory names no parent: it is the smallest region around it. */
static void find_region_around(const struct layout *l, struct region *memory)
{
	for (size_t i = 0; i < l->n_regions; i++) {
		const struct region *r = &l->regions[i];

		if (r->absent || r->is_memory || r->is_overlay ||
		    r->start > memory->start || r->end < memory->end)
			continue;
		if (!memory->parent ||
		    r->end - r->start < memory->parent->end - memory->parent->start)
			memory->parent = r;
	}
	if (memory->parent)
		memory->parent_name = memory->parent->name;
}

static bool measure_depth(struct parser *p, struct region *r)
{
	p->frame.line = r->record->line;
	for (const struct region *a = r->parent; a; a = a->parent) {
		if (a == r)
			return parser_fail(p, "'%.40s' is its own ancestor", r->name);
		/* Also ends the walk into a circle that r is not part of. */
		if (++r->depth > MAX_DEPTH)
			return parser_fail(p, "'%.40s' is nested more than %d levels deep, or in a circle", r->name, MAX_DEPTH);
	}
	return true;
}

static int compare_regions(const void *a, const void *b)
{
	const struct region *x = *(const struct region *const *)a;
	const struct region *y = *(const struct region *const *)b;

	if (!x->absent != !y->absent)
		return x->absent ? 1 : -1;
	if (!x->absent && x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (!x->absent && x->end != y->end)
		return x->end > y->end ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return x->record->line < y->record->line ? -1 : 1;
}

/* Puts the regions in order, parents before what lies in them. */
static bool sort_regions(struct parser *p)
{
	struct layout *l = p->l;
	size_t n = l->n_regions;
	struct region *sorted = layout_alloc(l, n, sizeof(*sorted));
	const struct region **order = layout_alloc(l, n, sizeof(*order));
	size_t *place = layout_alloc(l, n, sizeof(*place));

	if (!sorted || !order || !place)
		return frame_no_memory(&p->frame);
	for (size_t i = 0; i < n; i++)
		order[i] = &l->regions[i];
	qsort(order, n, sizeof(*order), compare_regions);
	for (size_t i = 0; i < n; i++)
		place[order[i] - l->regions] = i;
	for (size_t i = 0; i < n; i++) {
		sorted[i] = *order[i];
		if (sorted[i].parent)
			sorted[i].parent = &sorted[place[sorted[i].parent - l->regions]];
		l->n_present += !sorted[i].absent;
	}
	l->regions = sorted;
	return true;
}

bool parser_relate(struct parser *p)
{
	struct layout *l = p->l;
	struct name *names = layout_alloc(l, l->n_records, sizeof(*names));
	size_t n;

	if (!names)
		return frame_no_memory(&p->frame);
	if (!check_names(p, names, &n))
		return false;
	for (size_t i = 0; i < l->n_regions; i++) {
		struct region *r = &l->regions[i];

		if (r->is_memory && !r->absent)
			find_region_around(l, r);
		else if (!r->is_memory && r->parent_name && !find_parent(p, r, names, n))
			return false;
	}
	for (size_t i = 0; i < l->n_regions; i++)
		if (!measure_depth(p, &l->regions[i]))
			return false;
	return sort_regions(p);
}
