/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attributes.h - what the bits of an entry that maps a page mean.
 *
 * Pure: from numbers to words.  What registers add (CR0.WP, SMEP, PAN, SCTLR.WXN,
 * AMR) is not considered here.
 */
#ifndef KVAS_ATTRIBUTES_H
#define KVAS_ATTRIBUTES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"

/* A row: is the field mask of the entry this value?  Ends with a row without a name. */
struct attribute {
	const char *name;
	uint64_t mask, value;
	const char *set, *clear;	/* the text if it is, and if not; or NULL */
};

/* What the entries allow. */
struct access {
	bool read, write, execute;	/* by the kernel */
	bool user;			/* user mode can reach it */
	bool user_execute;		/* user mode can execute it */
};

/* The tables of one architecture, or of one of its formats. */
struct attributes {
	const char *arch;
	unsigned int levels;		/* of this format alone; 0: of any */
	uint64_t mask;			/* of this format alone, in that of a page's entry */
	unsigned int bits;		/* of an address: 32 or 64 */
	/* Which rows apply to an entry; two kinds of page may share a level. */
	const struct attribute *(*rows)(unsigned int level, uint64_t attr);
	/* Of bits as they are in effect. */
	struct access (*access)(unsigned int level, uint64_t bits);
};

/* Ends with a NULL. */
extern const struct attributes *const all_attributes[];

/*
 * By the arch and the levels of a "tables" record, and the mask of level 1 or 0: 2
 * levels are those of i386 without PAE and of arm's short descriptors, the mask tells
 * mips64's formats.  NULL if they are not known.
 */
const struct attributes *attributes_of(const char *arch, unsigned int levels, uint64_t mask);

/* The rows for such an entry. */
const struct attribute *attributes_rows(const struct attributes *a, unsigned int level,
					uint64_t attr);

/* What can be done with a page; upper has the bits whose effect the levels above change. */
struct access attributes_access(const struct attributes *a, unsigned int level,
				uint64_t attr, uint64_t upper);

/* The texts of all rows, with a blank between them. */
char *attributes_text(const struct attributes *a, unsigned int level, uint64_t attr,
		      struct pool *pool);

#endif /* KVAS_ATTRIBUTES_H */
