/* SPDX-License-Identifier: GPL-2.0-only */
/* spot.h - an address with all that a layout and a machine's names say about it. */
#ifndef KVAS_SPOT_H
#define KVAS_SPOT_H

#include "layout/place.h"
#include "machine/symbols.h"

struct spot {
	const struct names *names;
	struct place place;
	const struct area *area;		/* of vmalloc, or NULL */
	const struct module_section *section;	/* of a module, or NULL */
	struct nearest nearest;
};

struct spot spot_find(const struct names *n, uint64_t addr);

/* "vmalloc > per-CPU chunk"; to be freed. */
char *spot_region(const struct spot *s);

/* "schedule+0x10", or NULL; to be freed. */
char *spot_symbol(const struct spot *s);

/* "kvas .data+0x20", or NULL; to be freed. */
char *spot_module(const struct spot *s);

/*
 * What is special there: beyond the memory in use, freed after boot, a guard page,
 * nothing mapped.  NULL if there is nothing to say; to be freed.
 */
char *spot_remark(const struct spot *s);

/*
 * May memory be there at all?  That vmalloc() has no area there now does not say so:
 * it may have had one a moment ago.
 */
bool spot_is_possible(const struct spot *s);

#endif /* KVAS_SPOT_H */
