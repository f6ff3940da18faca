// SPDX-License-Identifier: GPL-2.0-only
/* compare.c - see compare.h */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/util.h"
#include "compare.h"

enum { MAX_DIFFERENCES = 4096 };

/* --- Differences ------------------------------------------------------------------------- */

static struct mapped_as described(const struct run *run)
{
	if (!run)
		return (struct mapped_as){ 0 };
	return (struct mapped_as){ run->level, run->attr, run->upper, run->group };
}

static bool is_same(const struct mapped_as *x, const struct mapped_as *y)
{
	return x->level == y->level && x->attr == y->attr && x->upper == y->upper &&
	       x->group == y->group;
}

static void add_difference(struct comparison *c, const struct difference *d)
{
	struct difference *last = c->n ? &c->list[c->n - 1] : NULL;

	if (last && last->end + 1 == d->start && last->times == d->times &&
	    is_same(&last->a, &d->a) && is_same(&last->b, &d->b)) {
		last->end = d->end;
		return;
	}
	if (c->n == MAX_DIFFERENCES) {
		c->too_different = true;
		return;
	}
	if (c->n == c->room) {
		c->room = c->room ? c->room * 2 : 16;
		c->list = realloc(c->list, c->room * sizeof(*c->list));
		if (!c->list)
			die("not enough memory");
	}
	c->list[c->n++] = *d;
}

static void judge(void *data, const struct mapping_pair *pair)
{
	struct comparison *c = data;
	const struct run *a = pair->from, *b = pair->to;
	uint64_t bytes = (pair->end - pair->start + 1) * pair->times;

	if (a && a->unsettled && !(b && b->unsettled))
		c->unsettled_by_a += bytes;
	if ((a && a->unsettled) || (b && b->unsettled))
		c->unsettled += bytes;
	else if (runs_alike(a, b))
		c->equal += bytes;
	else
		add_difference(c, &(struct difference){ pair->start, pair->end, pair->times,
							described(a), described(b) });
}

void comparison_free(struct comparison *c)
{
	free(c->list);
	*c = (struct comparison){ 0 };
}

struct comparison comparison_of(const struct mappings *a, const struct mappings *b)
{
	struct comparison c = { 0 };

	if (!mappings_compare(a, b, 0, UINT64_MAX, judge, &c)) {
		comparison_free(&c);
		c.not_comparable = true;
	}
	return c;
}

uint64_t comparison_bytes(const struct comparison *c)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < c->n; i++)
		bytes += (c->list[i].end - c->list[i].start + 1) * c->list[i].times;
	return bytes;
}

/* What both have; how a repeat is cut may be another way each time. */
static void add_common(struct comparison *kept, const struct difference *x,
		       const struct difference *y)
{
	struct difference d = *x;

	if (y->end < d.start || d.end < y->start || !is_same(&y->a, &d.a) || !is_same(&y->b, &d.b))
		return;
	d.start = y->start > d.start ? y->start : d.start;
	d.end = smaller(y->end, d.end);
	d.times = smaller(y->times, d.times);
	add_difference(kept, &d);
}

bool comparison_keep(struct comparison *c, const struct comparison *other)
{
	struct comparison kept = { .equal = c->equal, .unsettled = c->unsettled };
	bool both = !c->too_different;

	/* A list that is not whole does not tell what is gone. */
	if (other->too_different || other->not_comparable)
		return false;
	for (size_t j = 0; !both && j < other->n; j++)
		add_difference(&kept, &other->list[j]);
	for (size_t i = 0; both && i < c->n; i++)
		for (size_t j = 0; j < other->n; j++)
			add_common(&kept, &c->list[i], &other->list[j]);
	kept.unsettled_by_a = smaller(c->unsettled_by_a, other->unsettled_by_a);
	free(c->list);
	*c = kept;
	return both;
}
