// SPDX-License-Identifier: GPL-2.0-only
/* diff.c - see diff.h */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/util.h"
#include "diff.h"

enum { FROM, TO };

const char *process_change_word(enum process_change change)
{
	static const char *const words[] = {
#define X(id, word) [PROCESS_##id] = word,
		PROCESS_CHANGES(X)
#undef X
	};

	return words[change];
}

bool process_difference_counts(const struct process_difference *d)
{
	return d->change != PROCESS_MOVED;
}

static struct process_difference *add(struct process_diff *d, enum process_change change)
{
	if (d->n == d->room) {
		d->room = d->room ? d->room * 2 : 64;
		d->list = realloc(d->list, d->room * sizeof(*d->list));
		if (!d->list)
			die("not enough memory");
	}
	d->list[d->n] = (struct process_difference){ .change = change };
	return &d->list[d->n++];
}

static struct moment moment_of(const struct process_diff *d, int side, const struct vma *v,
			       uint64_t start, uint64_t end)
{
	return (struct moment){
		.there = true, .start = start, .end = end, .vma = v,
		.part = parts_at(d->parts[side], start),
	};
}

static struct moment whole(const struct process_diff *d, int side, const struct vma *v)
{
	return moment_of(d, side, v, v->start, v->end);
}

/* A mapping that only one of both has; those of an ELF file are one. */
static void note_alone(struct process_diff *d, int side, const struct vma *v, uint64_t start,
		       uint64_t end)
{
	enum process_change change = side == FROM ? PROCESS_UNMAPPED : PROCESS_MAPPED;
	struct process_difference *last = d->n ? &d->list[d->n - 1] : NULL;
	struct moment m = moment_of(d, side, v, start, end);

	if (last && last->change == change && m.part->image &&
	    m.part->image == last->at[side].part->image) {
		last->at[side].end = end;
		last->mappings++;
	} else {
		last = add(d, change);
		last->at[side] = m;
		last->mappings = 1;
	}
	last->by += end - start + 1;
}

static bool same_rights(const struct vma *a, const struct vma *b)
{
	return a->readable == b->readable && a->writable == b->writable &&
	       a->executable == b->executable;
}

static bool same_file(const struct vma *a, const struct vma *b)
{
	return a->inode == b->inode && a->major == b->major && a->minor == b->minor &&
	       strcmp(a->path, b->path) == 0;
}

/* --- The same addresses -------------------------------------------------------------------- */

/* Mappings of both that overlap one another. */
struct cluster {
	struct process_diff *d;
	const struct vma *v[2];
	size_t n[2];
};

/* Is one byte of memory the same in both, where they overlap? */
static bool same_memory(const struct vma *a, const struct vma *b)
{
	return a->shared == b->shared && same_file(a, b) &&
	       (!a->inode || a->offset - a->start == b->offset - b->start);
}

/* The one of the other side that it is a part of, or that is a part of it; or NULL. */
static const struct vma *kin_of(const struct cluster *c, const struct vma *v, int other)
{
	for (size_t i = 0; i < c->n[other]; i++) {
		const struct vma *o = &c->v[other][i];

		if (o->start <= v->end && v->start <= o->end && same_memory(o, v))
			return o;
	}
	return NULL;
}

/* A range that only one of both has. */
static void note_one(const struct cluster *c, int side, const struct vma *v,
		     uint64_t start, uint64_t end)
{
	const struct vma *kin = kin_of(c, v, !side);
	struct process_difference *new;

	if (!kin) {
		note_alone(c->d, side, v, start, end);
		return;
	}
	new = add(c->d, side == FROM ? PROCESS_SHRANK : PROCESS_GREW);
	new->by = end - start + 1;
	new->at[side] = whole(c->d, side, v);
	new->at[!side] = whole(c->d, !side, kin);
}

static void note_both(const struct cluster *c, const struct vma *const v[2],
		      uint64_t start, uint64_t end)
{
	bool same = same_memory(v[FROM], v[TO]);
	struct process_difference *new;

	if (same && same_rights(v[FROM], v[TO]))
		return;
	new = add(c->d, same ? PROCESS_PERMISSIONS : PROCESS_REPLACED);
	for (int side = FROM; side <= TO; side++)
		new->at[side] = moment_of(c->d, side, v[side], start, end);
}

/* From one edge of a mapping to the next. */
static void sweep(const struct cluster *c)
{
	uint64_t at = smaller(c->v[FROM]->start, c->v[TO]->start);
	size_t i[2] = { 0 };

	while (i[FROM] < c->n[FROM] || i[TO] < c->n[TO]) {
		const struct vma *here[2] = { NULL };
		uint64_t end = UINT64_MAX;

		for (int side = FROM; side <= TO; side++) {
			const struct vma *v = &c->v[side][i[side]];

			if (i[side] == c->n[side])
				continue;
			here[side] = v->start <= at ? v : NULL;
			end = smaller(end, here[side] ? v->end : v->start - 1);
		}
		if (here[FROM] && here[TO])
			note_both(c, here, at, end);
		else if (here[FROM] || here[TO])
			note_one(c, here[TO] ? TO : FROM, here[TO] ? here[TO] : here[FROM], at, end);
		for (int side = FROM; side <= TO; side++)
			i[side] += here[side] && here[side]->end == end;
		at = end + 1;
	}
}

static uint64_t resident(const struct vma *v, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i].use.rss + v[i].use.hugetlb;
	return sum;
}

static void compare_residence(const struct cluster *c)
{
	uint64_t from = resident(c->v[FROM], c->n[FROM]), to = resident(c->v[TO], c->n[TO]);
	struct process_difference *new;

	if (from == to || !c->d->p[FROM]->has_use || !c->d->p[TO]->has_use)
		return;
	new = add(c->d, to > from ? PROCESS_TOUCHED : PROCESS_RELEASED);
	new->by = to > from ? to - from : from - to;
	for (int side = FROM; side <= TO; side++) {
		const struct vma *v = c->v[side];

		new->at[side] = moment_of(c->d, side, v, v->start, v[c->n[side] - 1].end);
		new->at[side].resident = side == FROM ? from : to;
	}
}

static void compare_cluster(const struct cluster *c)
{
	for (int side = FROM; side <= TO; side++)
		for (size_t i = 0; !c->n[!side] && i < c->n[side]; i++) {
			const struct vma *v = &c->v[side][i];

			note_one(c, side, v, v->start, v->end);
		}
	if (!c->n[FROM] || !c->n[TO])
		return;
	sweep(c);
	compare_residence(c);
}

static void compare_in_place(struct process_diff *d)
{
	size_t i[2] = { 0 };

	while (i[FROM] < d->p[FROM]->n_vmas || i[TO] < d->p[TO]->n_vmas) {
		struct cluster c = { .d = d };
		uint64_t end = UINT64_MAX;
		bool grew = true;

		for (int side = FROM; side <= TO; side++) {
			c.v[side] = &d->p[side]->vmas[i[side]];
			if (i[side] < d->p[side]->n_vmas)
				end = smaller(end, c.v[side]->end);
		}
		while (grew) {
			grew = false;
			for (int side = FROM; side <= TO; side++)
				for (; i[side] < d->p[side]->n_vmas &&
				       d->p[side]->vmas[i[side]].start <= end; i[side]++) {
					uint64_t last = d->p[side]->vmas[i[side]].end;

					end = last > end ? last : end;
					c.n[side]++;
					grew = true;
				}
		}
		compare_cluster(&c);
	}
}

/* --- Other addresses ------------------------------------------------------------------------ */

/*
 * A mapping by its file or name; the BSS of an ELF file by its place there; other memory
 * without a name by its size alone, for nothing else tells which it is.
 */
struct key {
	const char *name;
	bool nameless;			/* it has no name of its own */
	uint64_t n;			/* offset in the file or from its start, or size */
	size_t index;
};

static int compare_names(const struct key *x, const struct key *y)
{
	int order = strcmp(x->name, y->name);

	if (order || x->nameless != y->nameless)
		return order ? order : x->nameless - y->nameless;
	return x->n < y->n ? -1 : x->n > y->n;
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = compare_names(x, y);

	return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

static struct key *keys_of(const struct process_diff *d, int side)
{
	const struct process *p = d->p[side];
	struct key *keys = zalloc_array(p->n_vmas, sizeof(*keys));

	for (size_t i = 0; i < p->n_vmas; i++) {
		const struct vma *v = &p->vmas[i];
		const struct image *image = parts_at(d->parts[side], v->start)->image;

		keys[i] = (struct key){ .name = v->path, .n = v->offset, .index = i };
		if (*v->path)
			continue;
		keys[i].nameless = true;
		keys[i].name = image ? image->path : "";
		keys[i].n = image ? v->start - image_first(p, image) : v->end - v->start;
	}
	qsort(keys, p->n_vmas, sizeof(*keys), compare_keys);
	return keys;
}

/* A stack grows down: its end is what stays. */
static uint64_t slide_of(const struct vma *from, const struct vma *to)
{
	return strcmp(from->path, "[stack]") == 0 ? to->end - from->end : to->start - from->start;
}

static void compare_pair(struct process_diff *d, const struct vma *from, const struct vma *to)
{
	uint64_t old = from->end - from->start, new = to->end - to->start;
	struct process_difference *last = d->n ? &d->list[d->n - 1] : NULL;
	uint64_t slide = slide_of(from, to);

	/* What moved together is one. */
	if (last && last->change == PROCESS_MOVED && last->by == slide) {
		last->at[FROM].end = from->end;
		last->at[TO].end = to->end;
		last->mappings++;
	} else if (slide) {
		last = add(d, PROCESS_MOVED);
		last->by = slide;
		last->mappings = 1;
		last->at[FROM] = whole(d, FROM, from);
		last->at[TO] = whole(d, TO, to);
	}
	if (old != new) {
		last = add(d, new > old ? PROCESS_GREW : PROCESS_SHRANK);
		last->by = new > old ? new - old : old - new;
		last->at[FROM] = whole(d, FROM, from);
		last->at[TO] = whole(d, TO, to);
	}
	if (!same_rights(from, to)) {
		last = add(d, PROCESS_PERMISSIONS);
		last->at[FROM] = whole(d, FROM, from);
		last->at[TO] = whole(d, TO, to);
	}
}

/* The index of the other side's mapping for each of this side, or SIZE_MAX; by address. */
static void pair(const struct process_diff *d, size_t *other_of, size_t *other_of_to)
{
	struct key *from = keys_of(d, FROM), *to = keys_of(d, TO);
	size_t i = 0, j = 0;

	memset(other_of, 0xff, d->p[FROM]->n_vmas * sizeof(*other_of));
	memset(other_of_to, 0xff, d->p[TO]->n_vmas * sizeof(*other_of_to));
	while (i < d->p[FROM]->n_vmas && j < d->p[TO]->n_vmas) {
		int order = compare_names(&from[i], &to[j]);

		if (order == 0) {
			other_of[from[i].index] = to[j].index;
			other_of_to[to[j].index] = from[i].index;
		}
		i += order <= 0;
		j += order >= 0;
	}
	free(from);
	free(to);
}

static void compare_moved(struct process_diff *d)
{
	const struct process *from = d->p[FROM], *to = d->p[TO];
	size_t *other = zalloc_array(from->n_vmas, sizeof(*other));
	size_t *other_of_to = zalloc_array(to->n_vmas, sizeof(*other_of_to));

	pair(d, other, other_of_to);
	for (size_t i = 0; i < from->n_vmas; i++) {
		if (other[i] != SIZE_MAX)
			compare_pair(d, &from->vmas[i], &to->vmas[other[i]]);
		else
			note_alone(d, FROM, &from->vmas[i], from->vmas[i].start, from->vmas[i].end);
	}
	for (size_t i = 0; i < to->n_vmas; i++)
		if (other_of_to[i] == SIZE_MAX)
			note_alone(d, TO, &to->vmas[i], to->vmas[i].start, to->vmas[i].end);
	free(other);
	free(other_of_to);
}

/* --- Threads -------------------------------------------------------------------------------- */

/* Of another process all numbers are other ones: then the surplus is told. */
static int order_of_threads(const struct process_diff *d, size_t i, size_t j)
{
	uint64_t a, b;

	if (i == d->p[FROM]->n_threads || j == d->p[TO]->n_threads)
		return i == d->p[FROM]->n_threads ? 1 : -1;
	if (d->p[FROM]->pid != d->p[TO]->pid)
		return 0;
	a = d->p[FROM]->threads[i].tid;
	b = d->p[TO]->threads[j].tid;
	return a < b ? -1 : a > b;
}

static void compare_threads(struct process_diff *d)
{
	size_t i = 0, j = 0;

	while (i < d->p[FROM]->n_threads || j < d->p[TO]->n_threads) {
		int order = order_of_threads(d, i, j);

		if (order < 0)
			add(d, PROCESS_ENDED)->thread = &d->p[FROM]->threads[i];
		if (order > 0)
			add(d, PROCESS_STARTED)->thread = &d->p[TO]->threads[j];
		i += order <= 0;
		j += order >= 0;
	}
}

/* --- All of it ------------------------------------------------------------------------------ */

/* The file that runs; without the right to read the link, that of the mapped program. */
static const char *program_of(const struct process *p)
{
	for (size_t i = 0; i < p->n_images; i++)
		if (p->images[i].is_program)
			return p->images[i].path;
	return p->exe ? p->exe : p->comm;
}

static const char *why_other_run(const struct process *a, const struct process *b)
{
	if (a->start_stack != b->start_stack)
		return "the stack begins elsewhere";
	if (a->start_code != b->start_code)
		return "the program lies elsewhere";
	return a->start_brk != b->start_brk ? "the heap begins elsewhere" : NULL;
}

void process_diff_find(struct process_diff *d, const struct process *from,
		       const struct parts *from_parts, const struct process *to,
		       const struct parts *to_parts)
{
	*d = (struct process_diff){
		.p = { from, to }, .parts = { from_parts, to_parts },
		.same_program = strcmp(program_of(from), program_of(to)) == 0 &&
				from->bits == to->bits && strcmp(from->arch, to->arch) == 0,
		.other_run = why_other_run(from, to),
	};
	d->same_run = d->same_program && !d->other_run;
	if (!d->same_program) {
		add(d, PROCESS_PROGRAM);
		return;
	}
	if (d->same_run)
		compare_in_place(d);
	else
		compare_moved(d);
	compare_threads(d);
}

void process_diff_free(struct process_diff *d)
{
	free(d->list);
}
