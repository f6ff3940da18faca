/* SPDX-License-Identifier: GPL-2.0-only */
/* kinds.h - the pictures that are no column: what each is made of. */
#ifndef KVAS_KINDS_H
#define KVAS_KINDS_H

#include "layout/diff.h"
#include "pagetables/mappings.h"
#include "pagetables/walk.h"
#include "pictures.h"

/* --- walked.c: the picture of a walk: the bits of an address, and the tables that they index --- */

struct walked_table {
	unsigned int first_bit, bits;	/* of the address, that index it */
	bool has_at;
	uint64_t at;			/* physical */
	const enum entry_seen *seen;	/* of each entry: 1 << bits of them */
	const char *value;		/* of the chosen entry, as digits */
	const char *means;		/* the same in words */
};

struct walked {
	const struct layout *l;
	const struct walk *walk;
	const char *name;		/* symbol, or NULL */
	const char *in;			/* the regions around it */
	const char *whose;		/* by which tables, and from which file */
	struct walked_table tables[TABLES_MAX_LEVELS];	/* as walk->entries */
	enum tone tone;			/* of the region of the address */
	const char *access;		/* what may be done there, or NULL */
	const char *end;		/* why there is no page, or NULL */
};

/* walked_words.c: as the kernel calls the tables of a level. */
const char *walked_table_name(unsigned int level, unsigned int levels);

/* n bits of an address from the one that is the lowest of them on, as digits. */
void walked_bits(uint64_t addr, unsigned int first, unsigned int n, char *to);

/* "12 of 512 used"; to be freed. */
char *walked_count(const enum entry_seen *seen, size_t n);

struct scene *compose_walk(const struct walked *w, const struct page *page);

/* --- pair.c: the picture of two layouts beside each other, with what became of each region --- */

struct pair {
	const struct diff *diff;	/* of layouts that are comparable */
	const char *names[2];		/* what the columns are called */
	bool is_predicted;		/* the second: notes of its regions say what is not exact */
};

struct scene *compose_pair(const struct pair *p, const struct page *page);

/*
 * pair_words.c: what a column is called.  Of a path only its last part, unless both
 * have the same; to be freed.
 */
char *pair_name(const struct pair *p, int side);

/* pair_words.c: what became of a region, and what explains it; to be freed. */
char *pair_fate(const struct diff *all, const struct difference *d);

/* The same of what is in no column: an option, a fact, a section. */
char *pair_told(const struct diff *all, const struct difference *d);

/* A note of a region that is predicted to begin somewhere between; to be freed. */
char *pair_interval(uint64_t low, uint64_t high, unsigned int bits);

/* --- processes.c: the picture of two processes, or of two moments of one, under one kernel half --- */

struct process_pair {
	const struct layout *l[2];	/* as cmd/process_layout.h makes them */
	const char *names[2];		/* what the columns are called: as it was asked for */
	bool is_one;			/* two moments of one run of a program */
	const char *kernel;		/* is the kernel half the same for both?  A sentence */
	const char *const *told;	/* what changed and is no place or size, or NULL */
	size_t n_told;
};

struct scene *compose_processes(const struct process_pair *p, const struct page *page);

/* --- two_stacks.c: the picture of the user stack and the kernel stack of threads --- */

/* A stack, or why it is not known. */
struct drawn_stack {
	bool known;
	uint64_t start, end;		/* inclusive */
	/* Bytes right below it, or 0: an access to a guard is a fault, a stack grows into a gap. */
	uint64_t guard, gap;
	const char *why;		/* it is not known, or what is special about it; or NULL */
};

struct drawn_thread {
	const char *name;		/* "thread 152, sleep" */
	const char *state;		/* a letter, as ps(1) has it */
	struct drawn_stack user, kernel;
	bool has_sp;
	uint64_t sp;			/* within the user stack */
	bool is_at_most;		/* the user stack may end before its mapping does */
	const char *region;		/* that has the kernel stack, or NULL */
};

struct two_stacks {
	const struct layout *l;		/* of the kernel, or NULL */
	const char *process;		/* what it is */
	const char *split;		/* where the user half ends: a sentence, or NULL */
	unsigned int bits;		/* of an address */
	bool is_space;			/* the kernel has an address space of its own */
	const struct drawn_thread *threads;
	size_t n_threads, n_hidden;	/* hidden: more than are drawn */
};

struct scene *compose_two_stacks(const struct two_stacks *t, const struct page *page);

/* --- measured.c: the picture of what the page tables really map, within what is reserved --- */

/* The mappings must be of the machine of the layout, and say what bits mean. */
struct scene *compose_measured(const struct layout *l, const struct mappings *m,
			       const struct page *page);

/* --- physical.c: the picture of the kernel's addresses beside physical memory --- */

/* A range of physical addresses; inclusive. */
struct physical_piece {
	uint64_t start, end;
	bool is_ram;			/* else devices, firmware, or nothing */
	bool is_highmem;
};

/* RAM to which a region leads by page tables or a window; inclusive. */
struct physical_alias {
	const struct region *r;
	uint64_t start, end;
};

struct physical_view {
	const struct layout *l;
	const struct physical_piece *pieces;	/* from 0 up, none missing between them */
	size_t n;
	const char *source;		/* where they are from */
	/* With --aliases, each byte of a region once; ascending.  Without: NULL. */
	const struct physical_alias *aliases;
	size_t n_aliases;
	const char *unread;		/* why aliases may be missing: a sentence, or NULL */
};

struct scene *compose_physical(const struct physical_view *v, const struct page *page);

/* --- roots.c: by which tables, or without any, the processor translates which addresses --- */

/*
 * From y on: a box for each half, window or address space, and what translates it.
 * Returns the y below; y itself where nothing is known of the architecture.
 */
double draw_roots(struct scene *s, const struct layout *l, const struct page *page, double y);

#endif /* KVAS_KINDS_H */
