/* SPDX-License-Identifier: GPL-2.0-only */
/* parser.h - what parse.c, records.c and nesting.c share; see parse.h. */
#ifndef KVAS_PARSER_H
#define KVAS_PARSER_H

#include "frame.h"

struct parser {
	struct layout *l;
	struct frame frame;
	const struct record *record;	/* in hand */
};

/* parser.c: note what is wrong with the line in hand: false. */
__attribute__((format(printf, 2, 3)))
bool parser_fail(struct parser *p, const char *format, ...);

/* records.c: one record, which is split into its pairs, into the layout. */
bool parser_record(struct parser *p, const struct record *r);

/* nesting.c: all records together: unique names, parents, the order of regions. */
bool parser_relate(struct parser *p);

#endif /* KVAS_PARSER_H */
