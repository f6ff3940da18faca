/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tables.h - the kernel's page tables in its memory, walked entry by entry.
 *
 * Level 1 is that of single pages.  Where a table is said to be by its physical
 * address, the segments of RAM in /proc/kcore lead to its contents.
 */
#ifndef KVAS_TABLES_H
#define KVAS_TABLES_H

#include "machine/elfcore.h"
#include "machine/symtab.h"
#include "rules/arch.h"

#define TABLES_MAX_LEVELS	5

struct tables {
	struct machine *machine;
	const struct arch *arch;
	const struct elfcore *core;
	const struct symbols *symbols;	/* NULL if none are known */
	const char *config;		/* the configuration, or NULL */
	const char *why;		/* they cannot be read */

	/* What paging->find() has to set, if it is not the default. */
	uint64_t root;			/* virtual address of the top table */
	unsigned int levels;
	unsigned int page_shift;	/* of the kernel's page size */
	unsigned int entry_size;	/* bytes */
	bool big_endian;		/* entries */
	/* How many bits of an address index a table of each level. */
	unsigned int bits[TABLES_MAX_LEVELS + 1];
	uint64_t mask;			/* for decode(): of an address, say */
};

/* Where an address leads. */
struct mapping {
	enum { MAPPED, HOLE, UNREADABLE } state;
	uint64_t phys;
	const char *why;
};

const struct tables *tables_load(struct machine *m);

/* By /proc/kallsyms or System.map, or as the note VMCOREINFO has it. */
bool tables_symbol(const struct tables *t, const char *name, uint64_t *addr);

struct mapping tables_walk(const struct tables *t, uint64_t addr);

/*
 * Memory at addr by its physical address, which must be in a segment of RAM of
 * /proc/kcore, for what that file does not give by the virtual one.
 */
bool tables_read(const struct tables *t, uint64_t addr, void *to, size_t size,
		 const char **why);

/* How many bits of an address they translate. */
unsigned int tables_bits(const struct tables *t);

/* How many bytes an entry of a level stands for. */
uint64_t tables_size(const struct tables *t, unsigned int level);

/*
 * The entry for addr in the tables of a level, or above where the way ends
 * before.  False with *why if memory there cannot be read.
 */
bool tables_entry(const struct tables *t, uint64_t addr, unsigned int level,
		  enum entry_kind *kind, uint64_t *phys,
		  unsigned int *reached, const char **why);

/* --- pagetables.c, for what an architecture's check() has to ask --------- */

/* A region that starts where a mapping does, at a known physical address. */
void check_first(const struct tables *t, struct verification *v,
		 enum record_type type, const char *name, const char *key,
		 struct known phys);

/* A known object of the image is mapped there as well. */
void check_alias(const struct tables *t, struct verification *v,
		 const struct value *value, const char *symbol, bool may_be_off);

/* Nothing is ever mapped there in the tables of the kernel itself. */
void check_empty(const struct tables *t, struct verification *v,
		 const char *name, unsigned int level);

#endif /* KVAS_TABLES_H */
