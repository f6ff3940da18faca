/* SPDX-License-Identifier: GPL-2.0-only */
/* place.h - what a layout alone says about an address. */
#ifndef KVAS_PLACE_H
#define KVAS_PLACE_H

#include "model.h"

struct place {
	const struct layout *l;
	uint64_t addr;
	const struct region *region;	/* innermost; NULL in a hole */
	/* The outermost regions on either side of a hole, or NULL at the end. */
	const struct region *below, *above;
	/* The innermost region around it of which only a part is in use, or NULL. */
	const struct region *partial;
	bool in_use;			/* in that part */
	bool has_phys, has_alias;
	uint64_t phys;			/* where an addition gives it */
	uint64_t alias;			/* another virtual address of the same byte */
};

/* Is it in the user half? */
bool is_user_address(const struct layout *l, uint64_t addr);

struct place place_find(const struct layout *l, uint64_t addr);

/* The first and the last address of the innermost region, or of the hole. */
uint64_t place_start(const struct place *p);
uint64_t place_end(const struct place *p);

/* Is it in a region of that name, however deep? */
bool place_is_in(const struct place *p, const char *name);

/* "vmalloc > zone_device (fs_dax)", "unused hole above fixmap"; to be freed. */
char *place_name(const struct place *p);

/* A witness at exactly this address, or NULL. */
const struct witness *place_witness(const struct place *p);

#endif /* KVAS_PLACE_H */
