/* SPDX-License-Identifier: GPL-2.0-only */
/* value.h - the values of expressions in exercises. */
#ifndef KVAS_LAB_VALUE_H
#define KVAS_LAB_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

enum lab_kind { LAB_NUMBER, LAB_PLACE, LAB_WORD, LAB_LIST };

/* How a number is written unless a form is given. */
enum lab_look { LOOK_NUMBER, LOOK_ADDRESS, LOOK_SIZE, LOOK_HEX, LOOK_BOOL };

struct lab_value {
	enum lab_kind kind;
	enum lab_look look;		/* of a number */
	uint64_t n;			/* a number, or the first address of a place */
	uint64_t last;			/* of a place, inclusive */
	const char *word;
	const struct lab_value *items;	/* of a list */
	size_t n_items;
};

static inline struct lab_value lab_number(enum lab_look look, uint64_t n)
{
	return (struct lab_value){ .kind = LAB_NUMBER, .look = look, .n = n };
}

static inline struct lab_value lab_word(const char *word)
{
	return (struct lab_value){ .kind = LAB_WORD, .word = word };
}

static inline struct lab_value lab_place(uint64_t first, uint64_t last)
{
	return (struct lab_value){ .kind = LAB_PLACE, .n = first, .last = last };
}

/* Numbers by value alone; words in any case, with spaces or dashes for underscores. */
bool lab_equal(const struct lab_value *a, const struct lab_value *b);

/* Are both the same word, in any case, with spaces or dashes for underscores? */
bool lab_same_word(const char *a, const char *b);

/* "a number", "a place": for messages. */
const char *lab_kind_word(enum lab_kind kind);

/*
 * As it is printed in a text; form is "address", "size", "bytes", "number" or "hex", or
 * NULL for that of the value.  bits is the word size of the kernel.
 */
const char *lab_text(struct pool *pool, unsigned int bits, const struct lab_value *v,
		     const char *form);

/* Is it one of those forms? */
bool lab_is_form(const char *form);

#endif /* KVAS_LAB_VALUE_H */
