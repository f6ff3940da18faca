/* SPDX-License-Identifier: GPL-2.0-only */
/* shared.h - what two sets of page tables have in common. */
#ifndef KVAS_SHARED_H
#define KVAS_SHARED_H

#include "tables.h"

/* --- Top tables, entry by entry ----------------------------------------------------------- */

enum top_kind {
	TOP_NONE,			/* neither has anything */
	TOP_SAME,			/* both lead to the same table, or map the same page */
	TOP_OWN,			/* each leads to another one */
	TOP_FIRST,			/* only the first one has something */
	TOP_SECOND,			/* only the second one */
};

/* Neighbouring entries of one kind. */
struct top_range {
	unsigned int first, last;
	enum top_kind kind;
};

struct tops {
	struct top_range *ranges;	/* without TOP_NONE */
	size_t n;
	unsigned int entries[TOP_SECOND + 1];	/* by kind */
	const char *why;		/* they cannot be read, or NULL */
};

/*
 * The top tables at two physical addresses, of the format of t: entries from first on,
 * up to end.  Lives as long as the machine.
 */
struct tops tops_compare(const struct tables *t, uint64_t one, uint64_t other, unsigned int first,
			 unsigned int end);

/* --- All below the top tables --------------------------------------------------------------- */

struct shared_level {
	uint64_t tables[2];		/* below either top table */
	uint64_t both;			/* below both: the same tables */
};

struct shared {
	unsigned int levels;
	struct shared_level level[TABLES_MAX_LEVELS + 1];
	/* Bytes of physical memory that pages map, each counted once. */
	bool has_memory;
	uint64_t memory[2], memory_both;
	/* Tables that could not be read: what they lead to is not counted. */
	uint64_t unread[2];
	const char *why;		/* the first of them was not, or NULL */
};

/* Both of one format; memory is counted if asked for. */
struct shared shared_compare(const struct tables *one, const struct tables *other, bool memory);

/* Bytes of a table. */
uint64_t shared_table_size(const struct tables *t, unsigned int level);

#endif /* KVAS_SHARED_H */
