/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * column.h - a column of boxes with its addresses beside it, for every picture that
 * has one: what is in it (units.c), how high each part is (heights.c), what is
 * written beside its edges (marks.c), and how all is drawn (units_draw.c).  What is
 * beside its boxes is in panels.h.
 */
#ifndef KVAS_COLUMN_H
#define KVAS_COLUMN_H

#include "blocks.h"
#include "pictures.h"

/* Sizes of texts and spaces, which depend on the page. */
struct style {
	struct font name, size, small, address;
	double pad;			/* from a border to a text */
	double lane;			/* at the right of a box, for pins and what is inside */
	double names;			/* room for names beside an address; 0: they are below */
	double least;			/* height of a box */
	double per_bit;			/* more height for twice the size */
	double growth;			/* the least of that, where texts decide about heights */
	bool brief, linear, is_narrow;
};

/* A region that is no box of its own, in the one that it is in. */
struct note {
	const struct region *region;
	const char *about;
	struct block text;
};

/* The name of a live object in the box that it is in. */
struct label_of_pin {
	const struct witness *witness;
	struct block text;
};

struct extent_of {
	double top, bottom;
};

/* A box of the picture with what is inside. */
struct unit {
	const struct box *box;
	struct unit *inside;		/* from the top down */
	size_t n_inside;
	bool is_frame;			/* what is inside is drawn inside, below its text */
	bool has_panel;			/* or in a panel: only where it is can be seen here */
	bool is_in_panel;		/* inside a panel: what is inside is a note, or drawn inside */
	bool has_lane;			/* at its right */
	bool is_beside_lane;		/* one of the same strip has one: sizes end at one place */

	struct block text;
	struct note *notes;
	size_t n_notes;
	struct label_of_pin *pins;	/* from the top down; in a panel */
	size_t n_pins;

	double head;			/* height of all that is not inside */
	double y, height;
	struct extent_of inset;		/* of a region: its mark in the lane of the unit around it */
};

/*
 * What is beside an edge: the address is at the edge, or above a strong one; names
 * are below it or, on a wide page, beside it.
 */
struct mark_at {
	uint64_t before;		/* the address below the edge: 2^64 cannot be written */
	uint64_t addr;			/* what is shown */
	const struct edge *edge;	/* its names */
	bool is_hidden;			/* another strip shows it */
	bool is_last;			/* the last address, and no edge */
	bool is_strong;			/* one half ends here */
	struct block above, below;
	char *beside;			/* or NULL */
	double y;
};

/* Units from the top down, in one scale, and the edges between them. */
struct strip {
	const struct picture *p;
	struct unit *units;
	size_t n_units;
	bool is_panel;			/* its addresses are on its right */
	double x, y, width, height;
	double label_width;		/* of what is beside it */
	unsigned int hidden_groups;	/* of digits, that all addresses of a panel share */
	struct mark_at *marks;		/* from the top down */
	size_t n_marks;
};

/* --- ids.c ------------------------------------------------------------------------ */

/* What is drawn so far, so that ids are unique: a tree of tsearch(3). */
struct ids {
	void *used;
};

/* An id such as "region-vmalloc", or "region-vmalloc-2" the second time. */
const char *unique_id(struct ids *ids, const char *kind, const char *name);
void ids_free(struct ids *ids);

/* --- style.c ---------------------------------------------------------------------- */

struct style style_of(const struct page *page, unsigned int bits);

/* "kernel half, 128 TiB"; to be freed. */
char *half_label(const struct half_range *half, enum half which);

/* Which regions have no box, as others overlap them; NULL: all have one.  To be freed. */
char *covered_note(const struct picture *p);

bool page_is_narrow(const struct page *page);

/* The widths of an address without some groups, and of all that is left of a column. */
double style_address_width(const struct style *style, const struct layout *l,
			   unsigned int hidden_groups);
double style_label_width(const struct style *style, const struct picture *p);

/* --- units.c ---------------------------------------------------------------------- */

/* The units of depth base and below; returns how many.  To be freed by units_free(). */
size_t units_of_picture(const struct picture *p, unsigned int base, struct unit **units);
void units_free(struct unit *units, size_t n);

/* How many there are, with those inside. */
size_t units_count(const struct unit *units, size_t n);

/* Its fill. */
enum tone unit_tone(const struct unit *u);

enum state unit_state(const struct unit *u, const struct layout *l);

/* Is the memory of all of a region known to exist? */
bool region_is_backed(const struct layout *l, const struct region *r);

/* Do its regions, as many as asked for, take most of it? */
bool unit_is_tiled(const struct unit *u, size_t least);

/* Is a part of it marked in its lane? */
bool unit_has_insets(const struct unit *u);

/* Finds what is drawn inside units of one depth, their pins and their lanes. */
void units_prepare(struct unit *units, size_t n, const struct picture *p, bool is_narrow);

/* Puts the texts, notes and pins of a unit and of what is drawn inside together. */
void unit_write(struct unit *u, const struct picture *p, const struct style *style, double width);

/* Which way a part of a process grows: -1 is down, 0 is not at all. */
int unit_grows(const struct unit *u, const struct picture *p);

/* Is the part of it that exists drawn in it? */
bool unit_shows_populated(const struct unit *u);

/* The height of all texts in it. */
double unit_text_height(const struct unit *u);

/* Takes its texts, notes and pins away. */
void unit_clear(struct unit *u);

/* The least height of its head. */
double unit_need(const struct unit *u, const struct style *style);

/* --- marks.c ---------------------------------------------------------------------- */

/* Makes the marks of a strip, whose label_width is set.  main shows its addresses, too. */
void strip_mark(struct strip *s, const struct style *style, const struct strip *main);
void strip_free_marks(struct strip *s);

/* How far a mark reaches above its edge and below it. */
double mark_above(const struct mark_at *m, const struct style *style);
double mark_below(const struct mark_at *m, const struct style *style);

/* The one of the edge that the address before is below; NULL if there is none. */
struct mark_at *strip_mark_of(const struct strip *s, uint64_t before);

/* Beside units that were placed. */
void strip_place_marks(struct strip *s);

void strip_draw_marks(struct scene *scene, struct strip *s, const struct style *style,
		      struct ids *ids);

/* --- heights.c -------------------------------------------------------------------- */

/* Heights in one scale: a larger unit is never lower.  Sets height. */
void strip_measure(struct strip *s, const struct style *style);

/* Places the units of a strip at its y. */
void strip_place(struct strip *s);

/* --- units_draw.c ----------------------------------------------------------------- */

void strip_draw(struct scene *scene, const struct strip *s, const struct style *style,
		struct ids *ids);

/* The part of a unit's height that a range inside it takes, at least so much. */
struct extent_of unit_extent(const struct unit *u, uint64_t start, uint64_t end, double least);

/* Sets inset of each region inside; these do not overlap. */
void unit_place_insets(struct unit *u);

#endif /* KVAS_COLUMN_H */
