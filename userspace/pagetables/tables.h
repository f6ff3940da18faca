/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tables.h - the kernel's page tables in its memory, walked entry by entry.
 *
 * Level 1 is that of single pages.  Where a table is said to be by its physical
 * address, the segments of RAM in /proc/kcore lead to its contents.  Memory in a crash
 * dump is read by its physical address: of one, "virtual address, for /proc/kcore"
 * means the physical one.
 */
#ifndef KVAS_TABLES_H
#define KVAS_TABLES_H

#include "layout/model.h"
#include "machine/elfcore.h"
#include "machine/machine.h"
#include "machine/symtab.h"

#define TABLES_MAX_LEVELS	5

/* As base: the tables translate the highest addresses that there are. */
#define HIGHEST_ADDRESSES	UINT64_MAX

struct tables;

enum entry_kind {
	ENTRY_NONE,			/* nothing is mapped */
	ENTRY_TABLE,			/* leads to the next table */
	ENTRY_TABLE_AT,			/* the same, by its virtual address */
	ENTRY_LEAF,			/* maps memory */
};

/* What the kernel keeps in an entry that maps nothing for the processor. */
enum entry_rest {
	REST_NOTHING,
	REST_PAGE,			/* a page: PROT_NONE, or not accessed since it was marked old */
	REST_OTHER,			/* a swap entry: swapped out, migration, a marker */
};

/* What entries that lead to tables change in the effect of the bits below them. */
struct limits {
	uint64_t set;			/* these have the effect of 1 */
	uint64_t clear;			/* these have the effect of 0 */
};

/* Addresses of which these bits are the physical one. */
struct direct_window {
	uint64_t start, end;
	uint64_t mask;
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
	/*
	 * The bits of an entry that count as attributes of a page, as kvas_format.h
	 * says: no address, nothing that the processor sets, nothing for software only.
	 */
	uint64_t (*attributes)(const struct tables *t, unsigned int level);

	/* --- This may be left out ----------------------------------------- */

	/*
	 * What the processor translates without asking any table; ends with one without
	 * an end.  NULL: all addresses are looked up.
	 */
	const struct direct_window *windows;
	/* Adds what an entry that leads to a table changes.  NULL: nothing. */
	void (*limit)(unsigned int level, uint64_t entry, struct limits *limits);
	/*
	 * How many bytes one translation may cover, if the entry of a page is one of a
	 * group that is marked so; else 0.  NULL: there are no such groups.
	 */
	uint64_t (*group)(const struct tables *t, unsigned int level, uint64_t entry);
	/*
	 * What a user's entry that maps nothing keeps; the physical address of a page.
	 * NULL: what is not zero is a swap entry.
	 */
	enum entry_rest (*rest)(const struct tables *t, unsigned int level, uint64_t entry,
				uint64_t *phys);
	/*
	 * Sets what is different in the table of a user half: t is the kernel's with
	 * another root.  Says in why if it cannot.  NULL: nothing.
	 */
	void (*user)(struct tables *t);
	/*
	 * The physical address of something in the kernel's image, by what a crash dump
	 * tells; false if it does not.  NULL: no note tells it, and the dump's segments
	 * must.
	 */
	bool (*image)(const struct tables *t, uint64_t addr, uint64_t *phys);
	/* What image() asks the dump for, as a message names it. */
	const char *image_by;
};

/* Ends with a NULL. */
extern const struct paging *const pagings[];

/* The physical address of one in a window; false if it is in none. */
bool paging_window(const struct paging *paging, uint64_t addr, uint64_t *phys);

/* NULL if it is not known how the tables of that one are built. */
const struct paging *paging_by_name(const char *name);

/*
 * What an entry that leads to a table changes for all below it, of any architecture
 * that kvas_walk has.
 */
void paging_limits(const char *arch, unsigned int levels, unsigned int level, uint64_t entry,
		   struct limits *limits);

struct tables {
	struct machine *machine;
	const struct paging *paging;	/* NULL: they cannot be read, and why tells */
	const struct elfcore *core;
	const struct symbols *symbols;	/* NULL if none are known */
	const char *config;		/* the configuration, or NULL */
	const char *why;		/* they cannot be read */
	bool of_dump;			/* of a crash dump; then: */
	const struct layout *layout;	/* a capture of the same machine, or NULL */

	/* What paging->find() has to set, if it is not the default. */
	uint64_t root;			/* virtual address of the top table */
	unsigned int levels;
	unsigned int page_shift;	/* of the kernel's page size */
	unsigned int entry_size;	/* bytes */
	bool big_endian;		/* entries */
	/* How many bits of an address index a table of each level. */
	unsigned int bits[TABLES_MAX_LEVELS + 1];
	uint64_t mask;			/* for decode(): of an address, say */
	uint64_t large;			/* the same: marks a large page */
	/*
	 * The address for which the first entry of the top table stands, 0 by default,
	 * and the first entry there that is the kernel's.
	 */
	uint64_t base;
	unsigned int first;
	unsigned int end;		/* one past the last that counts; 0: all do */
	/*
	 * Addresses from this one to the last of all have the last entries, in place of
	 * those that follow the ones before; 0 if it is not so.
	 */
	uint64_t high;
};

/* Where an address leads. */
struct mapping {
	enum { MAPPED, HOLE, UNREADABLE } state;
	uint64_t phys;
	const char *why;
};

const struct tables *tables_load(struct machine *m);

/*
 * The same of a crash dump, by nothing but itself.  Only how many levels there are is
 * taken from l, which may be NULL, where no note tells it.
 */
const struct tables *tables_load_dump(struct machine *m, const struct layout *l);

/* One half of a process's tables. */
struct process_half {
	uint64_t root;			/* physical, of its top table */
	bool user;			/* the user half, not the kernel's */
	unsigned int split;		/* entries of the top table that are the user's; 0: all */
};

/* The same tables from a process's root, and of one half only. */
struct tables tables_of_process(const struct tables *kernel, const struct process_half *half);

/* What an entry that maps nothing keeps. */
enum entry_rest tables_rest(const struct tables *t, unsigned int level, uint64_t entry,
			    uint64_t *phys);

/* By /proc/kallsyms or System.map, or as the note VMCOREINFO has it. */
bool tables_symbol(const struct tables *t, const char *name, uint64_t *addr);

/* What follows "KEY=" in the note VMCOREINFO, as a number in base 10 or 16. */
bool tables_note(const struct tables *t, const char *key, int base, uint64_t *number);

/*
 * The address by which memory at a symbol of the kernel's image is read.  False if it
 * is not known; of a dump, t->why then says what is missing.
 */
bool tables_place(struct tables *t, const char *name, uint64_t *addr);

struct mapping tables_walk(const struct tables *t, uint64_t addr);

/* An entry on the way to an address. */
struct step {
	uint64_t table;			/* virtual address of its table, for /proc/kcore */
	unsigned int index;
	uint64_t value;
	enum entry_kind kind;
	uint64_t phys;			/* as decode() gives it */
};

/* The way to an address: steps from t->levels down to last. */
struct path {
	struct step step[TABLES_MAX_LEVELS + 1];	/* by level */
	unsigned int last;		/* t->levels + 1: no entry could be read */
	struct limits limits;		/* of all entries that lead to tables */
	const char *why;		/* the next entry could not be read, or NULL */
};

/* Follows the tables down to a level, or to where they end before. */
struct path tables_path(const struct tables *t, uint64_t addr, unsigned int level);

/* Does the top table have an entry for addr that is the kernel's? */
bool tables_translate(const struct tables *t, uint64_t addr);

/* For which address an entry of a table stands, of which the first one stands for base. */
uint64_t tables_address(const struct tables *t, unsigned int level, unsigned int index,
			uint64_t base);

/* How many bits of an address index a table of this level. */
unsigned int tables_index_bits(const struct tables *t, unsigned int level);

/* The physical address of what a page's entry maps at addr. */
uint64_t tables_page(const struct tables *t, unsigned int level, uint64_t entry,
		     uint64_t addr);

/* Which of the attributes have another effect than they say. */
uint64_t limits_upper(const struct limits *limits, uint64_t attr);

/* The physical address of a table or an entry of one; false if it is not known. */
bool tables_physical(const struct tables *t, uint64_t addr, uint64_t *phys);

/* The address by which /proc/kcore has physical memory; false if it has not. */
bool tables_virtual(const struct tables *t, uint64_t phys, uint64_t *addr);

/*
 * What an entry says, by decode() of its format.  Below the last level there is no
 * table, whatever the bits say: a processor faults there.
 */
enum entry_kind tables_decode(const struct tables *t, uint64_t entry, unsigned int level,
			      uint64_t *phys);

/*
 * The address by which a table is read to which an entry leads, phys being what
 * tables_decode() made of that.  False with *why if it is in no segment.
 */
bool tables_next(const struct tables *t, enum entry_kind kind, uint64_t phys, uint64_t *addr,
		 const char **why);

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
