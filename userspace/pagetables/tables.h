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
#include "machine/machine.h"
#include "machine/symtab.h"

#define TABLES_MAX_LEVELS	5

struct tables;

enum entry_kind {
	ENTRY_NONE,			/* nothing is mapped */
	ENTRY_TABLE,			/* leads to the next table */
	ENTRY_TABLE_AT,			/* the same, by its virtual address */
	ENTRY_LEAF,			/* maps memory */
};

/* How an architecture's tables are built: pagetables/ARCH.c. */
struct paging {
	/* As a capture names the architecture. */
	const char *name;
	/* EM_... and the bits of addresses, as /proc/kcore has them. */
	unsigned int machine, bits;
	/*
	 * Sets levels and whatever is not its default: swapper_pg_dir at the top,
	 * entries of 8 bytes, tables of a page.  Says in why if it cannot.
	 */
	void (*find)(struct tables *t);
	/* What an entry of a level is, and the physical address in it. */
	enum entry_kind (*decode)(const struct tables *t, uint64_t entry,
				  unsigned int level, uint64_t *phys);

	/* --- This may be left out ----------------------------------------- */

	/*
	 * The physical address that the processor gives to this one without asking
	 * any table; false if it does not.  NULL: all addresses are looked up.
	 */
	bool (*window)(uint64_t addr, uint64_t *phys);
};

/* Ends with a NULL. */
extern const struct paging *const pagings[];

/* NULL if it is not known how the tables of that one are built. */
const struct paging *paging_by_name(const char *name);

struct tables {
	struct machine *machine;
	const struct paging *paging;	/* NULL: they cannot be read, and why tells */
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

#endif /* KVAS_TABLES_H */
