/* SPDX-License-Identifier: GPL-2.0-only */
/* draw_page.h - kvas draw FILE.html: all that the page to explore shows. */
#ifndef KVAS_CMD_DRAW_PAGE_H
#define KVAS_CMD_DRAW_PAGE_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "base/options.h"
#include "layout/model.h"
#include "pagetables/mappings.h"

/* A layout, and what is known of the same machine. */
struct page_capture {
	const struct options *opt;	/* its file or sysroot, where page tables are looked for */
	const struct layout *l;
	const struct mappings *mappings;	/* or NULL: draw_page() looks for them itself */
};

struct page_request {
	struct page_capture captures[2];
	size_t n_captures;		/* the second one is switched to */
	const char *walk;		/* an address or a symbol to walk to, besides the witnesses */
	const char *link;		/* to the view at the start, "#at=vmalloc", or NULL */
	bool is_dark;			/* and not as the system has it */
};

/* Does not return if there is no walk to that address. */
void draw_page(FILE *out, const struct page_request *r);

/* --- draw_page_tables.c: what page tables say; for draw_page.c --------------------- */

/* How much of each region is mapped, and each run; null without tables. */
json_t *json_page_mappings(const struct page_capture *c);

/* The walk to each witness, and to that address or symbol; null without tables. */
json_t *json_page_walks(const struct page_capture *c, const char *walk);

#endif /* KVAS_CMD_DRAW_PAGE_H */
