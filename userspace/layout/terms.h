/* SPDX-License-Identifier: GPL-2.0-only */
/* terms.h - what a layout says of a term: a number, a place, a text, or why nothing. */
#ifndef KVAS_TERMS_H
#define KVAS_TERMS_H

#include "claim.h"
#include "expect.h"
#include "model.h"
#include "value.h"

/* What is asked: a layout, and for options that it lacks its machine. */
struct view {
	const struct layout *layout;
	const struct option_source *options;
};

struct meaning {
	enum { IS_NUMBER, IS_RANGE, IS_TEXT, IS_NOTHING } kind;
	struct number first, last;	/* inclusive; one and the same of a number */
	const char *text;
	char *why;			/* of IS_NOTHING, to be freed */
};

struct meaning term_meaning(const struct view *view, const struct term *t);

/* Of a region or section, whether it is there. */
struct meaning name_meaning(const struct view *view, const char *name);

/* Why nothing can be said of a term, whatever machine it is, to be freed; or NULL. */
char *term_error(const struct view *view, const struct term *t);

/* Does it name a region, and none of its numbers? */
bool is_bare_region(const struct layout *l, const struct term *t);

/* The fact that it names, or NULL. */
const struct fact *term_fact(const struct layout *l, const struct term *t);

/* Is its value an address, as printed in full? */
bool is_address(const struct layout *l, const struct term *t);

/* What a layout says of one TERM by itself, exact. */
struct answer {
	enum {
		ANSWER_VALUE,		/* kind and text */
		ANSWER_PLACE,		/* a region without a key */
		ANSWER_ABSENT,		/* why */
		ANSWER_UNKNOWN,		/* why: it is no term, or names nothing that kvas knows */
	} type;
	enum value_kind kind;
	char *text;			/* as a capture has it */
	const struct region *place;
	char *why;
	const char *reason;		/* the same without the name, as a capture has it */
};

struct answer term_answer(const char *term, const struct layout *l,
			  const struct option_source *options);
void answer_free(struct answer *a);

#endif /* KVAS_TERMS_H */
