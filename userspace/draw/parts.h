/* SPDX-License-Identifier: GPL-2.0-only */
/* parts.h - the parts of the layout pass, for picture.c. */
#ifndef KVAS_PARTS_H
#define KVAS_PARTS_H

#include "draw.h"

/* --- edges.c -------------------------------------------------------------------- */

/* What the address is called where a region begins, or the one below ends. */
struct edge edge_at(const struct layout *l, uint64_t addr);

void edge_free(struct edge *e);

/* --- halves.c ------------------------------------------------------------------- */

/*
 * Where user processes end and the kernel begins.  Between them may be what
 * belongs to neither; where users have an address space of their own there is
 * no user half.
 */
void find_halves(const struct layout *l, struct half_range halves[HALF_USER + 1]);

enum half half_of(const struct half_range halves[HALF_USER + 1], uint64_t addr);

/* --- fold.c --------------------------------------------------------------------- */

/*
 * Makes the boxes of a brief picture: what is inside a box of depth base
 * becomes rows in it, small gaps are left out, and then as much more is folded
 * as max_lines takes.
 */
void fold_boxes(struct picture *p, unsigned int base, unsigned int max_lines);

/* --- box.c ---------------------------------------------------------------------- */

/* Frees what a box owns. */
void box_clear(struct box *b);

#endif /* KVAS_PARTS_H */
