/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * safety.h - what protects the kernel's memory, by its page tables and registers.
 *
 * Pure: from mappings and a layout to answers.  Yes is always the safe answer.
 */
#ifndef KVAS_SAFETY_H
#define KVAS_SAFETY_H

#include "layout/model.h"
#include "mappings.h"

enum safety_answer { SAFETY_YES, SAFETY_NO, SAFETY_NOT_KNOWN, N_SAFETY_ANSWERS };

struct safety_row {
	const char *name;
	const char *question;
	enum safety_answer answer;
	const char *evidence;		/* what tells so, or why it is not known */
};

enum { MOST_SAFETY_ROWS = 16 };

struct safety {
	struct safety_row rows[MOST_SAFETY_ROWS];
	size_t n;
	size_t count[N_SAFETY_ANSWERS];
	struct pool pool;		/* owns the evidence */
};

/*
 * The questions that the architecture has an answer to.  The layout may be NULL: then
 * what takes a region or a fact is not known.  size() spells a size less one.
 */
struct safety safety_ask(const struct mappings *m, const struct layout *l,
			 char *(*size)(uint64_t less_one));
void safety_free(struct safety *s);

#endif /* KVAS_SAFETY_H */
