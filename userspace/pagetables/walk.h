/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * walk.h - the way from the top table to one address, entry by entry: as the reader
 * finds it in /proc/kcore or a crash dump, or as the module's kvas_walk tells it.
 */
#ifndef KVAS_WALK_H
#define KVAS_WALK_H

#include "layout/parse.h"
#include "mappings.h"
#include "tables.h"

struct walk_entry {
	unsigned int level, index;
	bool has_addr;
	uint64_t addr;			/* physical, of the entry */
	uint64_t value;
	enum entry_kind kind;		/* ENTRY_TABLE for ENTRY_TABLE_AT, too */
	struct limits limits;		/* what it changes below; none if that is not known */
};

struct walk {
	uint64_t addr;
	bool user;			/* through the tables of a process, not the kernel's */
	const char *arch;
	unsigned int levels;		/* 0 if nothing is known of the tables */
	bool has_root;
	uint64_t root;			/* physical, of the top table */
	struct walk_entry entries[TABLES_MAX_LEVELS];	/* from the top down */
	size_t n_entries;

	bool mapped;
	uint64_t phys;			/* of addr, if mapped */
	bool by_window;			/* the processor asks no table: nothing below is set */
	unsigned int level;
	uint64_t size, group;		/* bytes; group is 0 if there is none */
	uint64_t attr, upper;

	enum entry_rest rest;		/* what the last entry keeps, if that maps nothing */
	uint64_t kept;			/* the physical address of addr in a page that it keeps */
	const char *absent;		/* why it is not mapped */
	bool unknown;			/* absent says why it is not known whether it is */
};

/*
 * Through /proc/kcore, or what a saved machine has of it, or a crash dump.  What an
 * entry keeps that maps nothing is told of entries of processes.
 */
struct walk walk_tables(const struct tables *t, uint64_t addr);

/*
 * What kvas_walk says.  Strings are put into the pool.  False with the error filled
 * in if the text is not of such a file or is of another address, by its page.
 */
bool walk_parse(const char *text, size_t size, uint64_t addr, uint64_t page_size,
		struct pool *pool, struct walk *walk, struct parse_error *error);

/* What is known of an entry of a table that the walk went through. */
enum entry_seen {
	SEEN_NOT,			/* it could not be read */
	SEEN_EMPTY,			/* maps nothing */
	SEEN_TABLE,			/* leads to a table */
	SEEN_LEAF,			/* maps a page */
	SEEN_MAPPED,			/* something is mapped below it: by kvas_mappings */
	SEEN_UNMAPPED,			/* nothing is, but an empty table may be there */
	N_SEEN
};

/*
 * entries.c: all entries of the table that has entries[i] of the walk, by the memory of
 * /proc/kcore or a dump; n of them.  What cannot be read is SEEN_NOT, and so is all of a
 * table of which no physical address is known.
 */
void walk_read_table(const struct tables *t, const struct walk *w, size_t i,
		     enum entry_seen *seen, size_t n);

/*
 * The same by what is mapped, of entries that are SEEN_NOT: each stands for size bytes,
 * the first one for those from start on.
 */
void walk_infer_table(const struct mappings *m, uint64_t start, uint64_t size,
		      enum entry_seen *seen, size_t n);

#endif /* KVAS_WALK_H */
