/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch.h - an architecture, as one struct in rules/ARCH.c.
 *
 * README.md in this directory lists what a new one takes.
 */
#ifndef KVAS_RULES_ARCH_H
#define KVAS_RULES_ARCH_H

#include "expected.h"
#include "situation.h"

/* --- What a capture holds ------------------------------------------------ */

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

/* --- An architecture ----------------------------------------------------- */

enum { MAX_MODES = 3 };

struct arch {
	/* As a capture names it. */
	const char *name;
	/* EM_... and the bits of addresses, as /proc/kcore has them. */
	unsigned int machine, bits;
	/*
	 * What must hold in this situation: adds to the list.  Where something that
	 * it needs is not known, it adds what is not known and why.
	 */
	void (*expect)(const struct situation *s, struct expected_list *e);
	/* The region around the image, for where its sections are not known. */
	const char *image_home;
	/*
	 * What a capture must hold besides what is common; a row with the name of
	 * a common one replaces it.  All end with a NULL.
	 */
	const struct content_rule *items;
	const struct fact_rule *facts;
	const char *const *switches;
	/* Published where the kernel has them. */
	const char *const *numbers;
	/* Regions by start. */
	const char *const *order;

	/* --- These may be left out ---------------------------------------- */

	/*
	 * The size of a page by the configuration.  NULL: it is 4096 with any.
	 */
	uint64_t (*page_size)(const struct situation *s);
	/*
	 * The situations that differ by the processor, of one in which its bits of
	 * addresses, or its MMU, may be unknown, or more than this kernel uses; with
	 * the processor that it has, one.  At most MAX_MODES.  NULL: the layout is
	 * taken not to depend on the processor.
	 */
	size_t (*modes)(const struct situation *s, struct situation *modes);
	/* "by ...": on what it then depends; set if modes is. */
	const char *modes_differ;
	/* Nothing is predicted, for want of rules; why.  NULL: it is predicted. */
	const char *not_predicted;
	/*
	 * Parameters that count only as the boot loader gives them, as x86 has them;
	 * with this set, what CONFIG_CMDLINE holds comes first, and the boot
	 * loader's is always added.  NULL: the options decide which of both counts.
	 */
	const char *loader_only;
	/* RAM begins at another physical address on each board, and not at 0. */
	bool memory_anywhere;
	/* KASLR may put modules near the image instead of in their region. */
	bool modules_move;
	/* Boot may leave the stack that it was linked with. */
	bool boot_stack_moves;
	/* The image's end is not that of a page. */
	bool ragged_image;
};

/* Ends with a NULL. */
extern const struct arch *const arches[];

/* NULL if there are no rules for that one. */
const struct arch *arch_by_name(const char *name);
const struct arch *arch_by_machine(unsigned int machine, unsigned int bits);

#define DIFFER_BY_BITS	"by the bits of addresses that the processor has (--va-bits)"

/* For modes(): of these bits of addresses, the lowest first, those possible. */
size_t modes_by_bits(const struct situation *s, const unsigned int *bits, size_t n,
		     struct situation *modes);

/* --- All rules ----------------------------------------------------------- */

/*
 * Of the architecture; of where objects live, and of ranges for code; whether
 * the architecture has rules or not.
 */
void rules_of_arch(const struct situation *s, struct expected_list *e);

/* What follows from options on any architecture, which arch_name tells. */
void rules_of_options(const struct situation *s, const char *arch_name,
		      struct expected_list *e);

#endif /* KVAS_RULES_ARCH_H */
