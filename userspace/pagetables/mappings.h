/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mappings.h - what the kernel's page tables map, parsed from kvas_mappings.
 *
 * What is mapped again and again is kept as a tree, as it was written, and is never
 * expanded: each question takes time in proportion to the records.  Ranges are
 * inclusive.  Strings live as long as the mappings.
 */
#ifndef KVAS_MAPPINGS_H
#define KVAS_MAPPINGS_H

#include "attributes.h"
#include "layout/parse.h"

#define MAPPINGS_MAX_LEVELS	8

/* A mapping, or a repeat with what it holds. */
struct run {
	uint64_t start, end;		/* of the first copy */
	uint64_t last;			/* the last byte of the last copy */
	uint64_t first_mapped, last_mapped;	/* of all copies */
	const struct run *next;		/* the next one by address, in the same repeat */
	unsigned int line;

	/* --- A repeat. ------------------------------------------------------ */
	const struct run *inside;	/* the first; NULL: this is a mapping */
	uint64_t times, stride;

	/* --- A mapping. ----------------------------------------------------- */
	bool unsettled;			/* what is mapped is not known */
	unsigned int level;		/* 0 if unsettled */
	uint64_t attr, upper;
	uint64_t group;			/* bytes; 0: its entries are not grouped */
	struct access access;		/* if the attributes are known */
};

struct mappings_level {
	uint64_t size;			/* what an entry stands for; 0: no such level */
	uint64_t entries, mask;
};

struct mappings_register {
	const char *name;
	uint64_t value;
};

/* Addresses that the processor translates without asking any table. */
struct mappings_window {
	uint64_t start, end;
};

struct mappings {
	const char *arch;
	const char *absent;		/* why there are no tables, or NULL */
	unsigned int levels, bits;
	uint64_t max_addr, root;
	struct mappings_level level[MAPPINGS_MAX_LEVELS + 1];
	const struct attributes *attributes;	/* NULL: it is not known what bits mean */
	struct mappings_register *registers;
	size_t n_registers;
	struct mappings_window *windows;
	size_t n_windows;
	const struct run *runs;		/* the first; NULL: nothing is mapped */
	size_t n_runs;			/* mappings, as written */
	struct pool pool;
};

/* As layout_parse(); the caller frees it with mappings_free(). */
struct mappings *mappings_parse(const char *text, size_t size, struct parse_error *error);
void mappings_free(struct mappings *m);

/* Does no table translate a range, because one window has all of it? */
bool mappings_in_window(const struct mappings *m, uint64_t start, uint64_t end);

/* A mapping, or the part of it that is in an interval. */
struct piece {
	const struct run *run;
	uint64_t start, end;		/* of the first copy */
	uint64_t times;			/* copies */
	uint64_t reach;			/* from the first copy to the last */
};

/*
 * Each piece of what is mapped between two addresses, and what is unsettled there,
 * by address of its first copy within each repeat.
 */
void mappings_each(const struct mappings *m, uint64_t from, uint64_t to,
		   void (*found)(void *data, const struct piece *piece), void *data);

/* The largest range between two addresses that is free; false: there is none. */
bool mappings_hole(const struct mappings *m, uint64_t from, uint64_t to,
		   uint64_t *start, uint64_t *end);

/* Level, attributes, group, and whether they are settled; NULL is like NULL only. */
bool runs_alike(const struct run *a, const struct run *b);

/* A range that is the same all over in each of two files; a run is NULL where nothing is mapped. */
struct mapping_pair {
	const struct run *from, *to;	/* not both NULL */
	uint64_t start, end;		/* of the first copy */
	uint64_t times;			/* copies */
	uint64_t reach;			/* from the first copy to the last */
};

/*
 * Are both of one architecture, and are their levels alike in size, entries and mask?
 * If not, a level or an attribute of one says nothing of those of the other.
 */
bool mappings_same_levels(const struct mappings *a, const struct mappings *b);

/*
 * Each such range between two addresses, by address within each repeat.  The files
 * must have the same levels.  False if they repeat in ways that do not fit together,
 * so that to compare them would take to expand them: some were found, not all.
 */
bool mappings_compare(const struct mappings *from, const struct mappings *to,
		      uint64_t start, uint64_t end,
		      void (*found)(void *data, const struct mapping_pair *pair), void *data);

/* "rwx" by the kernel and "u" if user mode reaches it, "U" if it can execute it. */
#define ACCESS_TEXT	5
void access_text(struct access access, char text[ACCESS_TEXT]);

/* Can memory be written and executed by it? */
bool is_wx(const struct run *run);

#endif /* KVAS_MAPPINGS_H */
