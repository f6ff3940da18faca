/* SPDX-License-Identifier: GPL-2.0-only */
/* aliases.h - every virtual address of the kernel that leads to the same byte. */
#ifndef KVAS_ALIASES_H
#define KVAS_ALIASES_H

#include "base/options.h"
#include "layout/place.h"
#include "pagetables/attributes.h"

enum { MOST_ALIASES = 64 };		/* that are listed of one address */

struct alias {
	uint64_t addr;			/* of the first copy */
	uint64_t copies;		/* of the table that maps it */
	uint64_t entry;			/* physical address of its entry there, or 0 */
	bool has_access;		/* no window of the processor */
	struct access access;
};

/* An address, and what page tables say of it. */
struct aliased {
	const struct place *place;
	bool has_phys;
	uint64_t phys;
	uint64_t entry;			/* as in struct alias, of the address itself */
	bool has_access;
	struct access access;		/* of the address itself */
	struct alias *list;		/* without itself */
	size_t n;
	uint64_t more;			/* that are not listed: beyond that number, or later copies */
};

/*
 * Fills in all but place, by one walk of all tables through /proc/kcore.  Returns
 * why not all aliases are known, or NULL; *walked tells whether any could be looked for.
 * Everything is put into the pool.
 */
const char *aliases_find(const struct options *opt, struct aliased **list, size_t n,
			 struct pool *pool, bool *walked);

#endif /* KVAS_ALIASES_H */
