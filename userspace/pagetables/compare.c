// SPDX-License-Identifier: GPL-2.0-only
/* compare.c - see compare.h */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "compare.h"

/* Repeats that do not have the same shape on both sides are gone through copy by copy. */
enum { MAX_DIFFERENCES = 4096, MAX_STEPS = 1 << 22 };

struct cursor {
	struct comparison *c;
	uint64_t times;			/* of the copy in hand */
	size_t steps;
};

/* What is at an address and up to where. */
struct stretch {
	const struct run *run;		/* NULL: nothing is mapped */
	uint64_t end;
};

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

static void judge(struct cursor *k, const struct run *a, const struct run *b, uint64_t start,
		  uint64_t end)
{
	struct difference d = { start, end, k->times, described(a), described(b) };
	uint64_t bytes = (end - start + 1) * k->times;

	if (!a && !b)
		return;
	if ((a && a->unsettled) || (b && b->unsettled))
		k->c->unsettled += bytes;
	else if (is_same(&d.a, &d.b))
		k->c->equal += bytes;
	else
		add_difference(k->c, &d);
}

/* --- Two lists --------------------------------------------------------------------------- */

/* The first item of a list that does not end before an address. */
static const struct run *item_at(const struct run *list, uint64_t addr)
{
	while (list && list->last < addr)
		list = list->next;
	return list;
}

/* Goes down into repeats, to the copy in hand; offset is what is added to its addresses. */
static struct stretch stretch_at(const struct run *list, uint64_t addr, uint64_t to)
{
	struct stretch s = { NULL, to };
	uint64_t offset = 0, copy;

	for (;;) {
		const struct run *r = item_at(list, addr - offset);

		if (!r || r->start + offset > s.end)
			return s;
		if (r->start + offset > addr) {
			s.end = r->start + offset - 1;
			return s;
		}
		if (!r->inside) {
			s.run = r;
			if (r->end + offset < s.end)
				s.end = r->end + offset;
			return s;
		}
		copy = (addr - offset - r->start) / r->stride;
		offset += copy * r->stride;
		if (r->start + offset + (r->stride - 1) < s.end)
			s.end = r->start + offset + (r->stride - 1);
		list = r->inside;
	}
}

static bool is_same_repeat(const struct run *a, const struct run *b, uint64_t addr)
{
	return a && b && a->inside && b->inside && a->start == addr && b->start == addr &&
	       a->end == b->end && a->times == b->times && a->stride == b->stride;
}

static void compare_lists(struct cursor *k, const struct run *a, const struct run *b,
			  uint64_t from, uint64_t to)
{
	for (uint64_t addr = from, end; addr <= to; addr = end + 1) {
		const struct run *x = item_at(a, addr), *y = item_at(b, addr);
		struct stretch p, q;

		if (!x && !y)
			return;
		if (++k->steps > MAX_STEPS) {
			k->c->too_different = true;
			return;
		}
		if (is_same_repeat(x, y, addr)) {
			uint64_t times = k->times;

			k->times *= x->times;
			compare_lists(k, x->inside, y->inside, addr, x->end);
			k->times = times;
			end = x->last;
		} else {
			p = stretch_at(a, addr, to);
			q = stretch_at(b, addr, to);
			end = p.end < q.end ? p.end : q.end;
			judge(k, p.run, q.run, addr, end);
		}
		a = x;
		b = y;
		if (end == UINT64_MAX)
			return;
	}
}

struct comparison comparison_of(const struct mappings *a, const struct mappings *b)
{
	struct comparison c = { 0 };
	struct cursor cursor = { .c = &c, .times = 1 };

	compare_lists(&cursor, a->runs, b->runs, 0, UINT64_MAX);
	return c;
}

void comparison_free(struct comparison *c)
{
	free(c->list);
	*c = (struct comparison){ 0 };
}

uint64_t comparison_bytes(const struct comparison *c)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < c->n; i++)
		bytes += (c->list[i].end - c->list[i].start + 1) * c->list[i].times;
	return bytes;
}

void comparison_keep(struct comparison *c, const struct comparison *other)
{
	struct comparison kept = { .too_different = c->too_different && other->too_different };

	for (size_t i = 0; i < c->n; i++) {
		for (size_t j = 0; j < other->n; j++) {
			struct difference d = c->list[i];
			const struct difference *o = &other->list[j];

			if (o->end < d.start || d.end < o->start || o->times != d.times ||
			    !is_same(&o->a, &d.a) || !is_same(&o->b, &d.b))
				continue;
			d.start = o->start > d.start ? o->start : d.start;
			d.end = o->end < d.end ? o->end : d.end;
			add_difference(&kept, &d);
		}
	}
	free(c->list);
	kept.equal = c->equal;
	kept.unsettled = c->unsettled;
	*c = kept;
}
