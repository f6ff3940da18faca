// SPDX-License-Identifier: GPL-2.0-only
/* heights.c - see column.h: one scale for all units of a strip. */
#include <stdlib.h>

#include "base/bits.h"
#include "base/util.h"
#include "column.h"

enum { SMALLEST = 12, TEAR = 2 };	/* log2 of a page; heights of the least box */

struct sized {
	struct unit *unit;
	uint64_t less_one;
	unsigned int depth;
	double need;		/* of its head: its texts, and what is beside it */
};

struct list {
	struct sized *units;
	size_t n;
};

/* How much the labels at its upper edge and at the next one take. */
static double label_need(const struct strip *s, const struct unit *u, const struct style *style)
{
	const struct mark_at *top = strip_mark_of(s, u->box->end);

	return top ? mark_below(top, style) + mark_above(top + 1, style) : 0;
}

static void collect(struct list *list, const struct strip *s, struct unit *units, size_t n,
		    unsigned int depth, const struct style *style)
{
	for (size_t i = 0; i < n; i++) {
		struct unit *u = &units[i];

		list->units[list->n++] = (struct sized){
			u, u->box->end - u->box->start, depth,
			larger(unit_need(u, style), label_need(s, u, style)),
		};
		if (u->is_frame)
			collect(list, s, u->inside, u->n_inside, depth + 1, style);
	}
}

/* Smaller ones first, and what is inside before what is around it. */
static int compare_sizes(const void *a, const void *b)
{
	const struct sized *x = a, *y = b;

	if (x->less_one != y->less_one)
		return x->less_one < y->less_one ? -1 : 1;
	return (x->depth < y->depth) - (x->depth > y->depth);
}

/*
 * The binary logarithm of a size; between powers of two it rises evenly, so that it needs
 * no library that other commands would load for nothing.
 */
static double doublings(uint64_t less_one)
{
	unsigned int whole = log2_of(less_one);
	double power = (double)(1ULL << whole);

	return whole + ((double)less_one + 1 - power) / power;
}

static double natural_height(uint64_t less_one, const struct style *style)
{
	double bits = doublings(less_one) - SMALLEST;

	return style->least + (bits > 0 ? bits * style->per_bit : 0);
}

/*
 * Texts may make a small one high.  Each larger one is higher all the same, and much
 * higher where it is much larger.
 */
static double higher_than(const struct sized *smaller, const struct sized *one,
			  const struct style *style)
{
	if (!smaller)
		return 0;
	return smaller->unit->height +
	       (doublings(one->less_one) - doublings(smaller->less_one)) * style->growth;
}

static double height_of_parts(const struct unit *u)
{
	double sum = 0;

	for (size_t i = 0; u->is_frame && i < u->n_inside; i++)
		sum += u->inside[i].height;
	return sum;
}

void strip_measure(struct strip *s, const struct style *style)
{
	struct list list = { zalloc_array(units_count(s->units, s->n_units), sizeof(*list.units)), 0 };
	const struct sized *smaller = NULL;

	collect(&list, s, s->units, s->n_units, 0, style);
	qsort(list.units, list.n, sizeof(*list.units), compare_sizes);
	for (size_t i = 0; i < list.n; i++) {
		struct sized *one = &list.units[i];
		struct unit *u = one->unit;
		double parts = height_of_parts(u);

		if (u->box->is_torn) {
			u->height = u->head = larger(one->need, TEAR * style->least) + 2 * style->pad;
			continue;
		}
		u->height = larger(natural_height(one->less_one, style), higher_than(smaller, one, style));
		u->height = larger(u->height, one->need + parts);
		u->head = u->height - parts;
		smaller = one;
	}
	s->height = 0;
	for (size_t i = 0; i < s->n_units; i++)
		s->height += s->units[i].height;
	free(list.units);
}

static void place(struct unit *units, size_t n, double y)
{
	for (size_t i = 0; i < n; i++) {
		units[i].y = y;
		unit_place_insets(&units[i]);
		if (units[i].is_frame)
			place(units[i].inside, units[i].n_inside, y + units[i].head);
		y += units[i].height;
	}
}

void strip_place(struct strip *s)
{
	place(s->units, s->n_units, s->y);
}
