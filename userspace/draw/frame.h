/* SPDX-License-Identifier: GPL-2.0-only */
/* frame.h - what is around every picture: its title above, legend and notes below. */
#ifndef KVAS_FRAME_H
#define KVAS_FRAME_H

#include "pictures.h"

/* The distance of everything from the page's borders. */
double page_margin(const struct page *page);

/*
 * The title, a line below it (or NULL) and the date, from the top of the page; returns
 * the y below them.
 */
double draw_title(struct scene *s, const struct page *page, const char *title,
		  const char *subtitle, const char *date);

/* What a legend has an entry for, besides the tones and the states of boxes. */
enum legend_sign { SIGN_PIN = 1, SIGN_INSIDE = 2 };

/*
 * From y on: an entry for each tone and state that a box of the scene has so far, and
 * for each sign; then the notes, NULL after the last.  Returns the y below them.
 */
double draw_legend(struct scene *s, const struct page *page, double y, unsigned int signs,
		   const char *const *notes);

/* The diamond of a live object. */
void draw_pin(struct scene *s, double x, double y);

#endif /* KVAS_FRAME_H */
