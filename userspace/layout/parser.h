/* SPDX-License-Identifier: GPL-2.0-only */
/* parser.h - what parse.c, records.c and nesting.c share; see parse.h. */
#ifndef KVAS_PARSER_H
#define KVAS_PARSER_H

#include "parse.h"

struct parser {
	struct layout *l;
	struct parse_error *error;
	unsigned int line;		/* of the record in hand */
	const struct record *record;
};

/* parser.c: note what is wrong with the line in hand, or that memory is short: false. */
__attribute__((format(printf, 2, 3)))
bool parser_fail(struct parser *p, const char *format, ...);
bool parser_no_memory(struct parser *p);

/* records.c: one record, which is split into its pairs, into the layout. */
bool parser_record(struct parser *p, const struct record *r);

/* nesting.c: all records together: unique names, parents, the order of regions. */
bool parser_relate(struct parser *p);

#endif /* KVAS_PARSER_H */
