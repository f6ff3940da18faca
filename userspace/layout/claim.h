/* SPDX-License-Identifier: GPL-2.0-only */
/* claim.h - an expectation as a tree: expect.c makes it, judge.c asks a layout. */
#ifndef KVAS_CLAIM_H
#define KVAS_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sizes reach 2^64, offsets are negative: over * 2^64 + low. */
struct number {
	int over;
	uint64_t low;
};

static inline struct number from(uint64_t n)
{
	return (struct number){ 0, n };
}

static inline struct number minus(struct number a, struct number b)
{
	return (struct number){ a.over - b.over - (a.low < b.low), a.low - b.low };
}

static inline struct number plus_one(uint64_t n)
{
	return (struct number){ n == UINT64_MAX, n + 1 };
}

/* Below, at or above 0 as the first is below, at or above the second. */
static inline int order(struct number a, struct number b)
{
	if (a.over != b.over)
		return a.over < b.over ? -1 : 1;
	return a.low < b.low ? -1 : a.low > b.low;
}

/* 4096, 0x1000, 4K, -4K. */
bool number_parse(const char *text, struct number *value);

enum relation {
	EQUAL, UNEQUAL, LESS, AT_MOST, MORE, AT_LEAST,	/* TERM rel TERM */
	PRESENT, ABSENT,				/* REGION rel */
	IN, NOT_IN, ABOVE, BELOW,			/* PLACE rel PLACE */
	WITHIN,						/* PLACE within SIZE of PLACE */
};

/* A name, or a witness and its name; in what is to be freed, the term and its words. */
struct term;
struct term *term_parse(const char *text, char *error, size_t room);

struct term {
	enum { NUMBER, TEXT, NAME, WITNESS } kind;
	struct number value;
	const char *text;	/* of all but a number */
};

/* A relation, and the condition under which it is asked. */
struct claim {
	struct term left, right;
	enum relation relation;
	struct number distance;
	struct claim *condition;
};

#endif /* KVAS_CLAIM_H */
