/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fields.h - the values of a record of the module's files: each is there and is what it
 * must be, or the frame has the error and the answer is false.
 */
#ifndef KVAS_FIELDS_H
#define KVAS_FIELDS_H

#include "frame.h"

bool field_text(struct frame *f, const struct record *r, const char *key, const char **value);

/* A decimal number from least to most. */
bool field_decimal(struct frame *f, const struct record *r, const char *key, uint64_t least,
		   uint64_t most, uint64_t *n);

/* A size, less one. */
bool field_size(struct frame *f, const struct record *r, const char *key, uint64_t *less_one);

/* "0x" and 1 to 16 digits. */
bool field_hex(struct frame *f, const struct record *r, const char *key, uint64_t *n);

/*
 * Bytes of which each below 0x21, above 0x7e, each double quote and each backslash is
 * written as \xNN; without them, in memory that lives as long as the records.  There
 * is no NUL among them.
 */
bool field_escaped(struct frame *f, const struct record *r, const char *key, const char **bytes);

#endif /* KVAS_FIELDS_H */
