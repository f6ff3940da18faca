/* SPDX-License-Identifier: GPL-2.0-only */
/* known.h - what is known of one quantity: exactly, within limits, or not at all. */
#ifndef KVAS_KNOWN_H
#define KVAS_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

struct known {
	enum known_kind {
		UNKNOWN,	/* nothing; how says why */
		NUMBER,		/* exactly number */
		RANGE,		/* from number to high */
		WORD,		/* exactly word */
		NOTHING,	/* that there is no such thing */
		ANYTHING,	/* whatever is published is right; how says why */
	} kind;
	uint64_t number, high;
	uint64_t multiple;	/* of this, if it is not 0 */
	const char *word;
	const char *how;	/* where it stands, or why it is not known */
	bool either;		/* RANGE: one of its two ends, and nothing between */
	bool if_any;		/* where it must be, not that it is there */
	bool certain;		/* that it is there is certain, whatever is published */
	bool leaning;		/* computed from another published value */
};

static inline struct known unknown(const char *why)
{
	return (struct known) { .kind = UNKNOWN, .how = why };
}

static inline struct known number(uint64_t n, const char *how)
{
	return (struct known) { .kind = NUMBER, .number = n, .how = how };
}

static inline struct known range(uint64_t low, uint64_t high, const char *how)
{
	return (struct known) { .kind = RANGE, .number = low, .high = high,
				.how = how };
}

/* Exactly, if both are the same. */
static inline struct known known_between(uint64_t low, uint64_t high, const char *how)
{
	return low == high ? number(low, how) : range(low, high, how);
}

/* One of two numbers, the lower one first. */
static inline struct known either(uint64_t low, uint64_t high, const char *how)
{
	struct known k = known_between(low, high, how);

	k.either = true;
	return k;
}

static inline struct known word(const char *w, const char *how)
{
	return (struct known) { .kind = WORD, .word = w, .how = how };
}

static inline struct known nothing(const char *how)
{
	return (struct known) { .kind = NOTHING, .how = how };
}

static inline bool is_numeric(const struct known *k)
{
	return k->kind == NUMBER || k->kind == RANGE;
}

/* The most that it can be, of what is numeric. */
static inline uint64_t highest(const struct known *k)
{
	return k->kind == RANGE ? k->high : k->number;
}

/* Of what is numeric: anything from there to it, or from it to there. */
static inline struct known from_there(struct known k, uint64_t low)
{
	k.high = highest(&k);
	k.number = low;
	k.kind = RANGE;
	k.either = false;
	return k;
}

static inline struct known up_to_there(struct known k, uint64_t high)
{
	k.high = high;
	k.kind = RANGE;
	k.either = false;
	return k;
}

/* A rule of where a thing is, which does not tell whether there is one. */
static inline struct known if_any(struct known k)
{
	k.if_any = true;
	return k;
}

/* Only multiples of this are possible. */
static inline struct known in_steps(struct known k, uint64_t multiple)
{
	k.multiple = multiple;
	return k;
}

/*
 * Computed from another published value.  It can contradict that value; where it
 * does not, neither of the two is confirmed.
 */
static inline struct known leaning(struct known k)
{
	k.leaning = true;
	return k;
}

#endif /* KVAS_KNOWN_H */
