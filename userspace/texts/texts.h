/* SPDX-License-Identifier: GPL-2.0-only */
/* texts.h - what each name and word means; the texts are in texts/NAME.txt. */
#ifndef KVAS_TEXTS_H
#define KVAS_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

#include "layout/model.h"

/* X(identifier, "name"): explanations that are not in the contract's vocabulary. */
#define KVAS_WORDS(X)							\
	X(ZONE_DEVICE,		"zone_device")	/* of memory records */	\
	X(ADDRESS_SPACE,	"address_space")			\
	X(KERNEL,		"kernel")				\
	X(STACK,		"stack")				\
	X(KERNEL_STACK,		"kernel_stack")				\
	X(USER_STACK_POINTER,	"user_stack_pointer")			\
	X(IRQ_STACK,		"irq_stack")				\
	X(SHARED_KERNEL_HALF,	"shared_kernel_half")			\
	X(HEAP,			"heap")					\
	X(MMAP,			"mmap")					\
	X(ELF,			"elf")					\
	X(SHARED_MEMORY,	"shared_memory")			\
	X(HUGETLB,		"hugetlb")				\
	X(RESERVATION,		"reservation")				\
	X(VDSO,			"vdso")					\
	X(HOLE,			"hole")					\
	X(GUARD_PAGE,		"guard_page")				\
	X(PAGE_TABLES,		"page_tables")				\
	X(KASLR,		"kaslr")				\
	X(PHYSICAL_ADDRESS,	"physical_address")

enum explanation_kind { EXPLAINS_REGION, EXPLAINS_SECTION, EXPLAINS_FACT, EXPLAINS_WITNESS, EXPLAINS_WORD };

enum text_section {
	SECTION_WHAT = 1,	/* what it is */
	SECTION_USERS,		/* who allocates or lives there */
	SECTION_PLACE,		/* what decides its place and size */
	SECTION_OPTIONS,	/* which CONFIG_ and boot options move it */
	SECTION_WITNESS,	/* of a region: the witness of the same name */
};

struct paragraph {
	enum text_section section;
	const char *archs;	/* on which it is true, parted by spaces; NULL: on all */
	const char *text;
};

struct explanation {
	const char *name;
	enum explanation_kind kind;
	const char *purpose;		/* a few words, for tables and maps */
	const char *color;		/* terminal sequence, or NULL */
	const char *const *aliases;	/* other words for it; NULL ends them */
	const struct paragraph *paragraphs;	/* a section of 0 ends them */
};

/* In the order of the lists of kvas_format.h, then KVAS_WORDS. */
const struct explanation *explanation_at(size_t i);		/* NULL after the last */

/* The entry of this name; NULL if there is none.  Aliases are not looked up. */
const struct explanation *explanation_named(const char *name);

/*
 * The entry of this name or alias: in any case, with spaces or dashes for
 * underscores.  NULL if there is none.
 */
const struct explanation *explanation_for_word(const char *word);

/* The known name or alias most like this word; NULL if none is much like it. */
const char *similar_explanation(const char *word);

/* Is it true on this architecture? */
bool paragraph_is_for(const struct paragraph *p, const char *arch);

/* --- What tables and maps say ------------------------------------------------ */

/* A few words, or NULL for a name that is not in the vocabulary. */
const char *purpose_of(const char *name);

/* The same of a region, section or device memory. */
const char *region_purpose(const struct region *r);

/* A terminal sequence, or NULL. */
const char *region_color(const struct region *r);

/* What a colour stands for, for the legend of a map. */
struct color_meaning {
	const char *color;	/* as in struct explanation; NULL in the last */
	const char *meaning;
};

extern const struct color_meaning color_meanings[];

/*
 * "4.8G usable RAM, of it 721M lowmem and 4.1G highmem"; empty if that is not
 * known.  To be freed.
 */
char *ram_sentence(const struct layout *l);

#endif /* KVAS_TEXTS_H */
