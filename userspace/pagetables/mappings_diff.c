// SPDX-License-Identifier: GPL-2.0-only
/*
 * mappings_diff.c - see mappings.h: two trees of runs, compared without expanding them.
 *
 * Both are followed by address.  Where one repeats, its copies and the gaps between
 * them are cells of one size.  Cells in which the other file is alike, too, are
 * compared once: it may have nothing there, one run all over, or a repeat whose
 * stride divides the size of a cell.
 */
#include "base/bits.h"
#include "mappings.h"

/* More than twice what the largest files take that repeat nothing. */
enum { MOST_STEPS = 1 << 25 };

struct pairing {
	void (*found)(void *data, const struct mapping_pair *pair);
	void *data;
	unsigned int steps;
};

/* A place in one of the files: the run at or after an address, moved by an offset. */
struct side {
	const struct run *list;
	uint64_t offset;
};

/* What is compared, and how many copies of it there are. */
struct range {
	uint64_t start, end;
	uint64_t times, reach;
};

static uint64_t start_of(const struct side *s)
{
	return s->list->start + s->offset;
}

static uint64_t last_of(const struct side *s)
{
	return s->list->last + s->offset;
}

static void skip_before(struct pairing *c, struct side *s, uint64_t addr)
{
	for (; s->list && last_of(s) < addr; c->steps++)
		s->list = s->list->next;
}

/* The run, or NULL where nothing is mapped. */
static const struct run *run_at(const struct side *s, uint64_t addr)
{
	return s->list && start_of(s) <= addr ? s->list : NULL;
}

/* How far it goes on: to the end of a run, or of a hole. */
static uint64_t end_at(const struct side *s, uint64_t addr)
{
	if (!s->list)
		return UINT64_MAX;
	return start_of(s) <= addr ? last_of(s) : start_of(s) - 1;
}

bool runs_alike(const struct run *a, const struct run *b)
{
	if (!a || !b)
		return a == b;
	return a->level == b->level && a->attr == b->attr && a->upper == b->upper &&
	       a->group == b->group && a->unsettled == b->unsettled;
}

/* Is the other side the same in each cell of this one? */
static bool fits(const struct side *outer, const struct side *other, uint64_t addr)
{
	const struct run *r = run_at(other, addr);
	uint64_t a = start_of(outer), b;

	if (!r || !r->inside)
		return true;
	b = start_of(other);
	return outer->list->stride % r->stride == 0 && (a > b ? a - b : b - a) % r->stride == 0;
}

/* The side with the larger cells, or -1 if neither repeats at this address. */
static int outer_side(const struct side sides[2], uint64_t addr)
{
	uint64_t stride[2] = { 0, 0 };

	for (int i = 0; i < 2; i++) {
		const struct run *r = run_at(&sides[i], addr);

		if (r && r->inside)
			stride[i] = r->stride;
	}
	if (!stride[0] && !stride[1])
		return -1;
	return stride[1] > stride[0];
}

static bool compare(struct pairing *c, const struct side sides[2], struct range range);

/* The cell at addr, or all that are alike from there on; done is their last address. */
static bool compare_cells(struct pairing *c, const struct side sides[2], int o,
			  uint64_t addr, struct range range, uint64_t *done)
{
	const struct side *outer = &sides[o], *other = &sides[!o];
	const struct run *r = outer->list;
	uint64_t moved = (addr - start_of(outer)) / r->stride * r->stride;
	uint64_t cell = start_of(outer) + moved, more = 0;
	uint64_t last = smaller(last_of(outer), range.end);
	uint64_t limit = smaller(last, end_at(other, addr));
	struct side inner[2];

	*done = cell + smaller(r->stride - 1, last - cell);
	if (addr == cell && limit - cell >= r->stride - 1 && fits(outer, other, addr))
		more = (limit - cell - (r->stride - 1)) / r->stride;
	inner[o] = (struct side){ r->inside, outer->offset + moved };
	inner[!o] = *other;
	if (!compare(c, inner, (struct range){ addr, *done, range.times * (more + 1),
						range.reach + more * r->stride }))
		return false;
	*done += more * r->stride;
	return true;
}

static bool compare(struct pairing *c, const struct side sides[2], struct range range)
{
	struct side at[2] = { sides[0], sides[1] };

	for (uint64_t addr = range.start, done; ; addr = done + 1) {
		int outer;

		skip_before(c, &at[0], addr);
		skip_before(c, &at[1], addr);
		if (c->steps++ >= MOST_STEPS)
			return false;
		outer = outer_side(at, addr);
		if (outer >= 0) {
			if (!compare_cells(c, at, outer, addr, range, &done))
				return false;
		} else {
			const struct run *from = run_at(&at[0], addr), *to = run_at(&at[1], addr);

			done = smaller(smaller(end_at(&at[0], addr), end_at(&at[1], addr)),
				       range.end);
			if (from || to)
				c->found(c->data, &(struct mapping_pair){
					from, to, addr, done, range.times, range.reach });
		}
		if (done >= range.end)
			return true;
	}
}

bool mappings_compare(const struct mappings *from, const struct mappings *to,
		      uint64_t start, uint64_t end,
		      void (*found)(void *data, const struct mapping_pair *pair), void *data)
{
	struct pairing c = { .found = found, .data = data };
	const struct side sides[2] = { { from->runs, 0 }, { to->runs, 0 } };

	return compare(&c, sides, (struct range){ start, end, 1, 0 });
}
