/* SPDX-License-Identifier: GPL-2.0-only */
/* purpose.h - what tables and maps say of a region, a section or memory. */
#ifndef KVAS_PURPOSE_H
#define KVAS_PURPOSE_H

#include "layout/model.h"

/* A few words, or NULL for a name that is not in the vocabulary. */
const char *region_purpose(const struct region *r);

/* A terminal sequence, or NULL. */
const char *region_color(const struct region *r);

/*
 * "4.8G usable RAM, of it 721M lowmem and 4.1G highmem"; empty if that is not
 * known.  To be freed.
 */
char *ram_sentence(const struct layout *l);

#endif /* KVAS_PURPOSE_H */
