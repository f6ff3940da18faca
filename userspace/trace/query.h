/* SPDX-License-Identifier: GPL-2.0-only */
/* query.h - what kvas where is asked for: an address, or a symbol as the kernel prints it. */
#ifndef KVAS_QUERY_H
#define KVAS_QUERY_H

#include "base/pool.h"
#include "layout/model.h"

/* SYMBOL[+OFFSET[/SIZE]] [[MODULE]], as the kernel prints it. */
struct query {
	char *symbol;
	uint64_t offset, size;	/* 0 if not given */
	char *bracket;		/* all that is in the brackets, or NULL */
	char *module;		/* its first word: the kernel may print a build id after it */
};

/*
 * Is it an address: with 0x, or with all the digits that one of this kernel has?  Its
 * digits, without leading zeros, may be too many.
 */
bool query_address(const struct layout *l, const char *s, const char **digits);

/* Of a symbol, whose size is 0 if it is not known. */
bool query_fits_size(const struct query *q, uint64_t size);

/* Takes the text apart.  Returns why it is no query, or NULL. */
const char *query_parse(struct pool *pool, char *text, struct query *q);

#endif /* KVAS_QUERY_H */
