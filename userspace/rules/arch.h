/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch.h - what is true of one architecture only, as tables that sources look
 * things up in: rules/contents_ARCH.c, rules/ARCH.c, pagetables/ARCH.c.  What all
 * architectures have in common stands in the source itself.
 */
#ifndef KVAS_VERIFY_ARCH_H
#define KVAS_VERIFY_ARCH_H

#include "verify/verify.h"

struct tables;

/* --- completeness.c: what a capture must hold ---------------------------- */

/* When a record may say that there is no such thing. */
enum absence {
	NEVER,
	WITHOUT_OPTION,
	WITHOUT_SYMBOLS,		/* or without the option */
	AT_RUN_TIME,			/* or without the option */
	ALWAYS,
	OPTIONAL,			/* the record may be missing, too */
	BY_EXECMEM,			/* by what the kernel has of execmem_info */
};

struct content_rule {
	enum record_type type;
	const char *name;
	enum absence absence;
	const char *option;
	const char *keys[3];		/* what it has besides, if present */
};

#define POPULATED	{ "populated_start", "populated_end" }
#define PHYS		{ "phys" }
#define CONTENT		{ "content" }

struct fact_rule {
	const char *name, *unit;
	const char *option;		/* only with it, or NULL */
};

/*
 * Besides what is common; a row with the name of a common one replaces it.
 * Each list ends with a NULL, and may itself be NULL.
 */
struct contents {
	const struct content_rule *items;
	const struct fact_rule *facts;
	const char *const *switches;
	const char *const *numbers;	/* published where the kernel has them */
	const char *const *order;	/* regions by start; invariants.c */
	bool ragged_image;		/* its end is not that of a page */
};

/* --- documented.c: what the kernel's documentation and sources fix ------- */

struct documentation {
	/* As in struct source. */
	const void *(*load)(struct machine *m);
	void (*check)(const void *evidence, struct verification *v);
	/* Around the image, for where its sections are not known. */
	const char *image_home;
	/* KASLR may put modules near the image instead of in their region. */
	bool modules_move;
	/* Boot may leave the stack that it was linked with. */
	bool boot_stack_moves;
};

/*
 * Where x86 links its image, less where physical memory is mapped for it, if
 * that is in its window of so many bytes; 0 if the configuration, which may be
 * NULL, does not tell.
 */
uint64_t linked_offset(const char *config, uint64_t window);

/* A size, and thereby an end, whose distance to the published start it is. */
void expect_size(struct verification *v, const char *name, struct known size);

/* --- pagetables.c: how the tables are built ------------------------------ */

enum entry_kind {
	ENTRY_NONE,			/* nothing is mapped */
	ENTRY_TABLE,			/* leads to the next table */
	ENTRY_TABLE_AT,			/* the same, by its virtual address */
	ENTRY_LEAF,			/* maps memory */
};

struct paging {
	/*
	 * Set levels and whatever is not its default: swapper_pg_dir at the top,
	 * entries of 8 bytes, tables of a page.  Says in why if it cannot.
	 */
	void (*find)(struct tables *t);
	/* What an entry of a level is, and the physical address in it. */
	enum entry_kind (*decode)(const struct tables *t, uint64_t entry,
				  unsigned int level, uint64_t *phys);
	/*
	 * The physical address that the processor gives to this one without asking
	 * any table; false if it does not.  May be NULL.
	 */
	bool (*window)(uint64_t addr, uint64_t *phys);
	/* What no other architecture has; may be NULL. */
	void (*check)(const struct tables *t, struct verification *v);
	/* What check() judges, for when it cannot; each item is the reason. */
	const struct rule *rules;
	size_t n_rules;
};

/* --- The list ------------------------------------------------------------ */

struct arch {
	const char *name;		/* as a capture has it */
	unsigned int machine;		/* EM_..., of /proc/kcore */
	unsigned int bits;
	const struct contents *contents;
	const struct documentation *documentation;
	const struct paging *paging;
};

extern const struct arch arches[];
extern const size_t n_arches;

/* NULL if there are no rules for that one. */
const struct arch *arch_by_name(const char *name);
const struct arch *arch_by_machine(unsigned int machine, unsigned int bits);

#endif /* KVAS_VERIFY_ARCH_H */
