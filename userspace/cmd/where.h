/* SPDX-License-Identifier: GPL-2.0-only */
/* where.h - what where.c and annotate.c have in common. */
#ifndef KVAS_WHERE_H
#define KVAS_WHERE_H

#include <jansson.h>

#include "base/options.h"
#include "trace/spot.h"

/* kvas where --annotate [FILE]: the operands. */
int where_annotate(const struct options *opt, int argc, char **argv);

/* Adds what is known of an address, under the same keys for both. */
void json_spot(json_t *object, const struct spot *s);

/* Only whose memory is there: a module, an area of vmalloc. */
void json_owner(json_t *object, const struct spot *s);

#endif /* KVAS_WHERE_H */
