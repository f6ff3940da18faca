/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pictures.h - the kinds of picture: each is one function that makes a scene, in a
 * file of its own.  cmd/draw.h says how the command line chooses one.
 *
 * A composer reads no file and knows no format.  Strings are copied into the scene,
 * so what it was made of may be freed.
 */
#ifndef KVAS_PICTURES_H
#define KVAS_PICTURES_H

#include <stdbool.h>
#include <stdint.h>

#include "draw.h"
#include "scene.h"

enum { LEAST_PAGE_WIDTH = 480, USUAL_PAGE_WIDTH = 900, MOST_PAGE_WIDTH = 4000 };

/* What each kind of picture has to respect. */
struct page {
	double width;		/* of the whole picture; the height is what it takes */
	bool brief;		/* few things and large texts: to be read from ten metres */
};

/* --- One function for each kind ------------------------------------------------- */

/* column.c: one address space from top to bottom. */
struct scene *compose_column(const struct layout *l, const struct request *r,
			     const struct page *page);

/* --- labels.c: how values are written in every picture; to be freed ------------- */

/* Digits in groups: "ffff 8880 0000 0000", "c000 0000". */
char *label_address(uint64_t addr, unsigned int bits);

/* "128 TiB", "4 KiB", "16 bytes"; the size less one.  As exact as size_human(). */
char *label_size(uint64_t less_one);

/* A text with its sizes spelled so: "4.8G usable RAM" is "4.8 GiB usable RAM". */
char *label_sizes(const char *text);

/* "Linux RELEASE on MACHINE", and more words after a colon, or NULL. */
char *label_kernel(const struct layout *l, const char *more);

/*
 * When the capture was made, if it says so; else "drawn on" a date: that of
 * SOURCE_DATE_EPOCH, or now.
 */
char *label_date(const struct layout *l);

/* The split between users and the kernel, and how much memory there is; or empty. */
char *label_subtitle(const struct layout *l);

#endif /* KVAS_PICTURES_H */
