/* SPDX-License-Identifier: GPL-2.0-only */
/* map.h - the picture of kvas map. */
#ifndef KVAS_MAP_H
#define KVAS_MAP_H

#include <jansson.h>
#include <stdio.h>

#include "kvas.h"

/* Draws the address space from its top to 0, opt->width columns wide. */
void map_draw(FILE *out, const struct layout *l, const struct options *opt);

/* The same as data: what a caller may check for gaps and overlaps. */
json_t *map_json(const struct layout *l);

#endif /* KVAS_MAP_H */
