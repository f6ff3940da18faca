/* SPDX-License-Identifier: GPL-2.0-only */
/* backend.h - the methods of a format: how it draws boxes, lines and texts. */
#ifndef KVAS_BACKEND_H
#define KVAS_BACKEND_H

#include <stdio.h>

#include "scene.h"

enum theme { THEME_LIGHT, THEME_DARK, THEME_PRINT, N_THEMES };

struct backend {
	const char *format;	/* "svg": also the ending of a file's name */
	/* Why this program has it not, with what to do about it; or NULL. */
	const char *missing;
	/* Begins a page; path "-" is standard output.  Does not return on failure. */
	void *(*begin)(const struct scene *s, enum theme theme, const char *path);
	void (*group)(void *page, const struct mark *m);	/* or NULL: no groups */
	void (*end_group)(void *page);				/* or NULL */
	void (*box)(void *page, const struct mark *m);
	void (*path)(void *page, const struct mark *m);
	void (*text)(void *page, const struct mark *m);
	void (*end)(void *page);	/* writes all; does not return on failure */
};

/* One for each format: svg, png, pdf, txt. */
extern const struct backend *const backends[];		/* NULL after the last */

void backend_draw(const struct backend *b, const struct scene *s, enum theme theme,
		  const char *path);

/*
 * page.c: the page to explore, of the files in page/, which is no scene.  Writes one
 * file of HTML that needs no other.  data is JSON, in ASCII only; what it says stays
 * text, whatever it is.
 */
void page_write(FILE *out, const char *title, const char *data);

#endif /* KVAS_BACKEND_H */
