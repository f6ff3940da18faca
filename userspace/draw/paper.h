/* SPDX-License-Identifier: GPL-2.0-only */
/* paper.h - how a scene goes on sheets of paper. */
#ifndef KVAS_PAPER_H
#define KVAS_PAPER_H

#include "scene.h"

/* In pt, 1/72 inch: around what is drawn. */
enum { PAPER_MARGIN = 36 };

/* pt for a px, as on a screen; a small scene is not enlarged. */
#define USUAL_SCALE 0.75

/* What is between top and bottom of the scene (px) is in the middle of it. */
struct sheet {
	double width, height;	/* pt */
	double scale;		/* pt for a px */
	double top, bottom;
};

/*
 * The whole scene on the first sheet.  If texts are too small to be read there,
 * the same in parts on further sheets.  To be freed; *n is their number.
 */
struct sheet *paper_sheets(const struct scene *s, size_t *n);

#endif /* KVAS_PAPER_H */
