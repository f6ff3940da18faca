/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spans.h - the whole address space, cut into pieces without gap or overlap.
 *
 * Regions nest, leave holes, are partly in use, and in a damaged capture may
 * overlap; spans do none of this.  Each piece belongs to the innermost region
 * around it, or to none.
 */
#ifndef KVAS_SPANS_H
#define KVAS_SPANS_H

#include "model.h"

enum span_kind {
	SPAN_HOLE,		/* in no region */
	SPAN_REGION,		/* in a region */
	SPAN_USED,		/* in the part of a region that is in use */
	SPAN_RESERVED,		/* in a region, outside the part in use */
};

struct span {
	uint64_t start, end;		/* inclusive */
	enum span_kind kind;
	const struct region *region;	/* innermost; NULL in a hole */
	bool is_rest;			/* the region also holds other regions */
};

/* From address 0 up.  The caller frees the array. */
struct span *spans_cut(const struct layout *l, size_t *n_spans);

/* What to call a span: "unused hole", "vmalloc", "rest of image".  The caller
 * frees it. */
char *span_name(const struct span *s);

/* The JSON word of a kind. */
const char *span_kind_word(enum span_kind kind);

#endif /* KVAS_SPANS_H */
