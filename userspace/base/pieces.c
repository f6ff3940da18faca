// SPDX-License-Identifier: GPL-2.0-only
/* pieces.c - see pieces.h */
#include <stdlib.h>

#include "bits.h"
#include "pieces.h"
#include "util.h"

void pieces_add(struct pieces *p, uint64_t start, uint64_t size)
{
	struct memory_piece *last = p->n ? &p->list[p->n - 1] : NULL;

	if (last && last->start + last->size == start) {
		last->size += size;
		return;
	}
	if (p->n >= MOST_PIECES) {
		p->full = true;
		return;
	}
	if (p->n == p->room) {
		p->room = p->room ? p->room * 2 : 1024;
		p->list = realloc(p->list, p->room * sizeof(*p->list));
		if (!p->list)
			die("not enough memory");
	}
	p->list[p->n++] = (struct memory_piece){ start, size };
}

static int compare_pieces(const void *a, const void *b)
{
	const struct memory_piece *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

uint64_t pieces_join(struct pieces *p)
{
	uint64_t total = 0;
	size_t n = 0;

	if (p->n)
		qsort(p->list, p->n, sizeof(*p->list), compare_pieces);
	for (size_t i = 0; i < p->n; i++) {
		struct memory_piece *last = n ? &p->list[n - 1] : NULL;
		const struct memory_piece *next = &p->list[i];
		uint64_t end = next->start + next->size;

		if (!last || next->start > last->start + last->size)
			p->list[n++] = *next;
		else if (end > last->start + last->size)
			last->size = end - last->start;
	}
	p->n = n;
	for (size_t i = 0; i < n; i++)
		total += p->list[i].size;
	return total;
}

uint64_t pieces_in_both(const struct pieces *a, const struct pieces *b)
{
	uint64_t total = 0;

	for (size_t i = 0, j = 0; i < a->n && j < b->n; ) {
		uint64_t end_a = a->list[i].start + a->list[i].size;
		uint64_t end_b = b->list[j].start + b->list[j].size;
		uint64_t start = a->list[i].start > b->list[j].start ? a->list[i].start :
								        b->list[j].start;
		uint64_t end = smaller(end_a, end_b);

		total += start < end ? end - start : 0;
		if (end_a < end_b)
			i++;
		else
			j++;
	}
	return total;
}

void pieces_free(struct pieces *p)
{
	free(p->list);
	*p = (struct pieces){ 0 };
}
