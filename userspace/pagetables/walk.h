/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * walk.h - the way from the top table to one address, entry by entry: as the reader
 * finds it in /proc/kcore or a crash dump, or as the module's kvas_walk tells it.
 */
#ifndef KVAS_WALK_H
#define KVAS_WALK_H

#include "layout/parse.h"
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

#endif /* KVAS_WALK_H */
