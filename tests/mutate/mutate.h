/* SPDX-License-Identifier: GPL-2.0-only */
/* mutate.h - one lie about a machine, and the trial of all of them. */
#ifndef KVAS_MUTATE_H
#define KVAS_MUTATE_H

#include <stdio.h>

#include "verify/verify.h"

enum { MAX_EDITS = 512, MAX_CAPTURE = 4 << 20 };

/* A value of one field, instead of the one that is there; NULL for none. */
struct edit {
	size_t record, field;
	const char *value;
};

/* One lie about the machine. */
struct mutation {
	const char *kind;
	char what[160];			/* the value, for people */
	struct edit edits[MAX_EDITS];
	size_t n;
	const char *line;		/* a record in place of edits[0].record; "": none */
};

struct trial {
	const struct layout *layout;	/* as it was saved */
	struct evidence *evidence;
	struct pool pool;
	bool list;
	size_t tried, parser, inside, outside;
	char *last_value;		/* for counting values */
	size_t values, values_caught;
	bool value_escaped, values_done;
	struct {
		size_t tried, outside, inside, parser;
	} flips;			/* of all that was tried */
	char *escaped;			/* names of what nobody noticed */
	size_t escaped_size;
	FILE *out;
};

/* What takes the place of this value of a field; NULL: nothing does. */
const char *edited(const struct mutation *m, size_t record,
		   size_t field, const char *value);

/* Is it noticed?  Counts it, and names it if not. */
void attempt(struct trial *t, const struct mutation *m);

/* A value ends where the next begins. */
void count_value(struct trial *t, const char *what);

/* Every lie that one can think of. */
void flip_all(struct trial *t);

#endif /* KVAS_MUTATE_H */
