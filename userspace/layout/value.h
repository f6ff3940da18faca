/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * value.h - of what kind a value of a capture is, and how it is printed.
 *
 * Every command prints a value of one kind in one form: rounded for people,
 * exact for programs, and typed in JSON (output/json.h).
 */
#ifndef KVAS_VALUE_H
#define KVAS_VALUE_H

#include "model.h"

enum value_kind {
	VALUE_TEXT,
	VALUE_BOOL,		/* y or n */
	VALUE_COUNT,		/* decimal: bits, levels, a number of things */
	VALUE_SIZE,		/* bytes */
	VALUE_ADDRESS,		/* 0x and all digits */
	VALUE_OFFSET,		/* a difference of addresses: 0x or -0x, no more digits than needed */
};

/* By the record's type and the key; a fact's value is of its unit, which may be NULL. */
enum value_kind value_kind(enum record_type type, const char *key, const char *unit);

/* The same, of a field of this record. */
enum value_kind field_kind(const struct record *r, const char *key);

/* The unit in which a known fact is published, whatever machine it is; or NULL. */
const char *fact_unit(const char *name);

/*
 * What is published as text, as people read it: sizes are rounded, unless exact.
 * Then they are in bytes.  The caller frees it.
 */
char *value_text(enum value_kind kind, const char *text, bool exact);

/* As people read it, but exact: a size has a letter only if no byte is lost by it. */
char *value_short(enum value_kind kind, const char *text);

/*
 * As value_text(), of a number of a kernel of so many bits.  An offset is below zero if
 * its highest bit is set; of an address what is beyond 32 bits has 16 digits.
 */
char *value_number(enum value_kind kind, unsigned int bits, uint64_t number, bool exact);

#endif /* KVAS_VALUE_H */
