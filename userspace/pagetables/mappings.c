// SPDX-License-Identifier: GPL-2.0-only
/* mappings.c - see mappings.h: questions about an interval of addresses. */
#include <string.h>

#include "mappings.h"

bool mappings_same_levels(const struct mappings *a, const struct mappings *b)
{
	if (strcmp(a->arch, b->arch) != 0 || a->levels != b->levels)
		return false;
	for (unsigned int n = 1; n <= a->levels; n++) {
		const struct mappings_level *x = &a->level[n], *y = &b->level[n];

		if (x->size != y->size || x->entries != y->entries || x->mask != y->mask)
			return false;
	}
	return true;
}

/* Which copies of a repeat are in an interval. */
struct copies {
	uint64_t first, last;		/* counted from 0 */
	bool cut_first, cut_last;	/* the interval has a part of it only */
};

/* False if the interval lies between two copies. */
static bool find_copies(const struct run *r, uint64_t offset, uint64_t from, uint64_t to,
			struct copies *c)
{
	uint64_t start = r->start + offset, end = r->end + offset;

	c->first = from <= end ? 0 : (from - end - 1) / r->stride + 1;
	c->last = (to - start) / r->stride;
	if (c->last > r->times - 1)
		c->last = r->times - 1;
	if (c->first > c->last)
		return false;
	c->cut_first = start + c->first * r->stride < from;
	c->cut_last = end + c->last * r->stride > to;
	return true;
}

/* --- Each piece ------------------------------------------------------------------- */

struct visit {
	uint64_t from, to;
	void (*found)(void *data, const struct piece *piece);
	void *data;
};

/* Where the first copy of the list is, how many there are, and how far apart. */
struct position {
	uint64_t offset, times, reach;
};

static void visit_list(const struct visit *v, const struct run *list, struct position at);

/*
 * At most two copies are cut by the interval.  All others are alike, and one look at
 * the list is enough for them.
 */
static void visit_repeat(const struct visit *v, const struct run *r, struct position at)
{
	const struct visit whole = { 0, UINT64_MAX, v->found, v->data };
	struct copies c;
	uint64_t n;

	if (!find_copies(r, at.offset, v->from, v->to, &c))
		return;
	if (c.cut_first || (c.cut_last && c.first == c.last)) {
		visit_list(v, r->inside, (struct position){ at.offset + c.first * r->stride,
							     at.times, at.reach });
		if (c.first++ == c.last)
			return;
	}
	n = c.last - c.first + 1 - c.cut_last;
	if (n)
		visit_list(&whole, r->inside,
			   (struct position){ at.offset + c.first * r->stride, at.times * n,
					      at.reach + (n - 1) * r->stride });
	if (c.cut_last)
		visit_list(v, r->inside, (struct position){ at.offset + c.last * r->stride,
							     at.times, at.reach });
}

static void visit_list(const struct visit *v, const struct run *list, struct position at)
{
	for (const struct run *r = list; r && r->start + at.offset <= v->to; r = r->next) {
		struct piece piece = {
			r, r->start + at.offset, r->end + at.offset, at.times, at.reach
		};

		if (r->last + at.offset < v->from)
			continue;
		if (r->inside) {
			visit_repeat(v, r, at);
			continue;
		}
		if (piece.start < v->from)
			piece.start = v->from;
		if (piece.end > v->to)
			piece.end = v->to;
		v->found(v->data, &piece);
	}
}

void mappings_each(const struct mappings *m, uint64_t from, uint64_t to,
		   void (*found)(void *data, const struct piece *piece), void *data)
{
	const struct visit v = { from, to, found, data };

	visit_list(&v, m->runs, (struct position){ 0, 1, 0 });
}

/* --- Holes -------------------------------------------------------------------------- */

struct search {
	uint64_t from, to;
	uint64_t next;			/* all is known below */
	bool over;			/* the next address would be 2^64 */
	bool found;
	uint64_t start, end;		/* the largest hole so far */
};

static void note_hole(struct search *s, uint64_t start, uint64_t end)
{
	if (s->found && end - start <= s->end - s->start)
		return;
	s->found = true;
	s->start = start;
	s->end = end;
}

/* All is free up to start, and something is mapped up to end. */
static void note_mapped(struct search *s, uint64_t start, uint64_t end)
{
	if (end < s->from || start > s->to || s->over)
		return;
	if (start > s->next)
		note_hole(s, s->next, start - 1);
	s->next = end + 1;
	s->over = end == UINT64_MAX;
}

static void search_list(struct search *s, const struct run *list, uint64_t offset);

static void search_repeat(struct search *s, const struct run *r, uint64_t offset)
{
	uint64_t first_mapped, last_mapped;
	struct copies c;

	if (!find_copies(r, offset, s->from, s->to, &c))
		return;
	search_list(s, r->inside, offset + c.first * r->stride);
	if (c.cut_first && c.first < c.last)
		search_list(s, r->inside, offset + ++c.first * r->stride);
	if (c.first == c.last)
		return;
	/* The holes between the others are as large as that before the next one. */
	first_mapped = r->first_mapped + offset + (c.first + 1) * r->stride;
	last_mapped = r->last_mapped - (r->last - r->end) + offset + c.last * r->stride;
	if (c.cut_last)
		last_mapped -= r->stride;
	if (first_mapped <= last_mapped)
		note_mapped(s, first_mapped, last_mapped);
	if (c.cut_last)
		search_list(s, r->inside, offset + c.last * r->stride);
}

static void search_list(struct search *s, const struct run *list, uint64_t offset)
{
	for (const struct run *r = list; r && r->start + offset <= s->to; r = r->next) {
		if (r->last + offset < s->from)
			continue;
		if (r->inside)
			search_repeat(s, r, offset);
		else
			note_mapped(s, r->start + offset, r->end + offset);
	}
}

bool mappings_hole(const struct mappings *m, uint64_t from, uint64_t to,
		   uint64_t *start, uint64_t *end)
{
	struct search s = { .from = from, .to = to, .next = from };

	search_list(&s, m->runs, 0);
	if (!s.over && s.next <= to)
		note_hole(&s, s.next, to);
	*start = s.start;
	*end = s.end;
	return s.found;
}

bool mappings_in_window(const struct mappings *m, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < m->n_windows; i++)
		if (start >= m->windows[i].start && end <= m->windows[i].end)
			return true;
	return false;
}

void access_text(struct access access, char text[ACCESS_TEXT])
{
	text[0] = access.read ? 'r' : '-';
	text[1] = access.write ? 'w' : '-';
	text[2] = access.execute ? 'x' : '-';
	text[3] = access.user_execute ? 'U' : access.user ? 'u' : '-';
	text[4] = '\0';
}

bool is_wx(const struct run *run)
{
	return !run->unsettled && run->access.write &&
	       (run->access.execute || run->access.user_execute);
}
