/* SPDX-License-Identifier: GPL-2.0-only */
/* compare.h - where two lists of mappings differ, without expanding what is repeated. */
#ifndef KVAS_COMPARE_H
#define KVAS_COMPARE_H

#include "mappings.h"

/* What is mapped at an address. */
struct mapped_as {
	unsigned int level;		/* 0: nothing */
	uint64_t attr, upper, group;
};

struct difference {
	uint64_t start, end;		/* of the first copy */
	uint64_t times;			/* copies */
	struct mapped_as a, b;
};

struct comparison {
	struct difference *list;
	size_t n, room;
	uint64_t equal;			/* bytes that are mapped alike in both */
	uint64_t unsettled;		/* bytes of which one of them does not know */
	uint64_t unsettled_by_a;	/* of these, those that b knows */
	bool too_different;		/* there was more: the list is not whole */
	bool not_comparable;		/* nothing is known: it would take too much work */
};

/* To be freed with comparison_free(). */
struct comparison comparison_of(const struct mappings *a, const struct mappings *b);
void comparison_free(struct comparison *c);

/* Bytes that differ, copies counted. */
uint64_t comparison_bytes(const struct comparison *c);

/*
 * Leaves only those differences that the other comparison has, too, both sides alike.
 * If the list of one is not whole, that of the other one is left; if neither is, c's:
 * then the result is false, as only one comparison tells of them.
 */
bool comparison_keep(struct comparison *c, const struct comparison *other);

#endif /* KVAS_COMPARE_H */
