/* SPDX-License-Identifier: GPL-2.0-only */
/* claim.h - an expectation as a tree: expect.c makes it, judge.c asks a layout. */
#ifndef KVAS_CLAIM_H
#define KVAS_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- Numbers, in numbers.c ------------------------------------------------------ */

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

static inline struct number magnitude(struct number n)
{
	return n.over < 0 ? minus(from(0), n) : n;
}

/* Below, at or above 0 as the first is below, at or above the second. */
static inline int order(struct number a, struct number b)
{
	if (a.over != b.over)
		return a.over < b.over ? -1 : 1;
	return a.low < b.low ? -1 : a.low > b.low;
}

/*
 * 4096, -4096, 0x1000, and as sizes are printed: 4K, 4k, 4KiB, 0x1000K, 12.5P,
 * 256B.  Of what is no whole number of bytes (4.8G) *exact is false, and the rest
 * is cut off.  exact may be NULL.
 */
bool number_parse(const char *text, struct number *value, bool *exact);

/* Why that is no number, for people: what is written in its place. */
char *number_error(const char *text);

/* "5%" or "0.5%", at most 100%, in thousandths of a percent. */
bool percent_parse(const char *text, uint64_t *share);

/* That share of a number, cut off. */
struct number percent_of(struct number n, uint64_t share);

/* 6.1, 6.12.3: digits with dots between. */
bool is_version(const char *text);

/*
 * Below, at or above 0 as the release is older, the same or newer: as many numbers
 * are compared as the version has, so that 6.12.3 is 6.12.
 */
int version_order(const char *release, const char *version);

/* --- The tree ------------------------------------------------------------------- */

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
	enum { NUMBER, VERSION, TEXT, NAME, WITNESS } kind;
	struct number value;
	bool exact;		/* a number of whole bytes */
	bool may_be_unknown;	/* a ? follows the name */
	const char *text;	/* as written, without quotes and ? */
};

struct claim {
	struct term left, right;
	enum relation relation;
	struct number distance;		/* of WITHIN; of EQUAL and UNEQUAL: +- so much */
	uint64_t share;			/* of EQUAL and UNEQUAL: +- so much of the right side */
	bool tolerant;			/* one of the two is given */
};

/* What is claimed, and after it the conditions. */
struct claims {
	size_t n, n_conditions;
	struct claim each[];
};

#endif /* KVAS_CLAIM_H */
