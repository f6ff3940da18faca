/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scan.h - all that the kernel's tables map, by the reader's own walk through
 * /proc/kcore or a crash dump, which shares nothing with the module's.
 *
 * A table to which neighbouring entries lead is read once, so that tables which
 * stand for terabytes, as KASAN's, cost what one does.
 */
#ifndef KVAS_SCAN_H
#define KVAS_SCAN_H

#include "tables.h"

/* Entries of a page each that follow one another, or a repeat of what is before it. */
struct scan_run {
	uint64_t start, end;
	uint64_t attr, upper, group;
	unsigned int level;
	bool unread;			/* its tables could not be read, or changed meanwhile */
	uint64_t times;			/* of a repeat; else 0 */
};

struct scan {
	struct scan_run *runs;
	size_t n, room;
	uint64_t tables;		/* that were read */
	uint64_t unread;		/* that were not, or not wholly */
	const char *why;		/* the first of those was not, or NULL */
};

/* An entry of a page: the walk gives each one that it sees, once for all copies. */
struct scan_leaf {
	uint64_t addr;			/* of the first copy */
	unsigned int level;
	uint64_t value;
	uint64_t entry;			/* its virtual address; of a dump its physical one */
	struct limits limits;
	uint64_t copies;		/* of the tables on the way here, all together */
};

/* Each may be NULL. */
struct scan_visitor {
	void (*leaf)(void *data, const struct scan_leaf *leaf);
	/* An entry that maps nothing and is not zero, once for all equal neighbours. */
	void (*rest)(void *data, unsigned int level, uint64_t value);
	/*
	 * A table of a level, whether or not it can be read, as often as it is reached
	 * from entries that are no neighbours.  at: its address as the entry has it.
	 */
	void (*table)(void *data, unsigned int level, uint64_t at);
	void *data;
};

/*
 * visitor may be NULL.  The runs are freed with scan_free().  Only for tables that
 * can be read: t->why is NULL.
 */
struct scan scan_tables(const struct tables *t, const struct scan_visitor *visitor);
void scan_free(struct scan *s);

/* As the module's kvas_mappings would have it; to be freed.  NULL: the root is not known. */
char *scan_text(const struct tables *t, const struct scan *s);

#endif /* KVAS_SCAN_H */
