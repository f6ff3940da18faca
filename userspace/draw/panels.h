/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * panels.h - what is beside a column: insets, which are what is inside a box,
 * magnified, and the names of live objects.
 */
#ifndef KVAS_PANELS_H
#define KVAS_PANELS_H

#include "column.h"

struct panel {
	struct unit *around;		/* the unit of the column */
	struct unit *unit;		/* what is magnified: the same, or a part of it; or */
	const struct witness *pin;	/* NULL: this object is in it; or only a caption, of it */
	struct strip strip;
	struct block caption;		/* above it, or of the object; empty for a strip of one */
	double y;			/* of the caption */
	double from_top, from_bottom;	/* at the column */
};

/*
 * Which panels a column has, from the top down; to be freed by panels_free().  Takes
 * the pins of its units.
 */
struct panel *panels_of(struct strip *column, size_t *n);
bool panels_have_insets(const struct panel *panels, size_t n);
void panels_free(struct panel *panels, size_t n);

/* Writes and measures them; x and width are known. */
void panels_measure(struct panel *panels, size_t n, const struct strip *column,
		    const struct style *style);

/* How many groups of digits all their addresses share. */
unsigned int panels_common_groups(const struct panel *panels, size_t n);

/* The height that they take together. */
double panels_height(const struct panel *panels, size_t n);

/*
 * Places each beside the box that it is of, as near as the others let it, not above
 * top and, if all fit, not below bottom.
 */
void panels_place(struct panel *panels, size_t n, double top, double bottom);

/* Draws them, and a line from each to where it belongs. */
void panels_draw(struct scene *scene, struct panel *panels, size_t n, const struct strip *column,
		 const struct style *style, struct ids *ids);

/* --- spaces.c ----------------------------------------------------------------------- */

/*
 * What the column of a process takes on the left, where processes have address spaces of
 * their own; else 0, or if the page is too narrow for it.
 */
double spaces_width(const struct layout *l, const struct page *page);

/* What stands above both columns. */
double spaces_heads_height(const struct strip *column);

/* The process's column beside the kernel's, which is placed, and what is above both. */
void spaces_draw(struct scene *s, const struct layout *l, const struct page *page,
		 const struct strip *column, double heads);

/* --- linear.c --------------------------------------------------------------------- */

/* compose_column() with heights that are those of the sizes. */
struct scene *compose_linear(const struct layout *l, const struct request *r,
			     const struct page *page);

#endif /* KVAS_PANELS_H */
