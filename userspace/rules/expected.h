/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * expected.h - what rules expect of a layout that they do not know.
 *
 * An expectation is of one value: exact, an interval, a word, absent, or open,
 * each with its reason.  Some are of what lies between two published values: "so
 * many bytes after the start of vmalloc".  They are kept as such, and judged when
 * there is a layout.
 */
#ifndef KVAS_EXPECTED_H
#define KVAS_EXPECTED_H

#include <stddef.h>

#include "base/pool.h"
#include "known.h"
#include "layout/record.h"

/* A value that a layout may publish. */
struct published {
	enum record_type type;
	const char *name, *key;
};

#define REGION_START(name)	((struct published) { RECORD_REGION, name, "start" })
#define REGION_END(name)	((struct published) { RECORD_REGION, name, "end" })
#define FACT(name)		((struct published) { RECORD_FACT, name, "value" })

/* A published value that is this number. */
struct premise {
	struct published value;
	uint64_t number;
	bool if_any;			/* it says nothing of a region that is absent */
};

struct expected {
	enum record_type type;
	const char *name, *key;
	struct known known;
	/* If it has a name, the known number is counted from that value. */
	struct published from;
	/* Of that value: each "per" of it count for "times", up to a "unit"; or 0. */
	uint64_t per, times, unit;
	/* Of a size: the region's end is as far from its published start. */
	bool end_too;
	/* There is no machine to apply the rule to, so it confirms nothing. */
	bool weak;
	/* Only where all these are so, or only where they are not. */
	enum { ANYWHERE, WHERE, UNLESS } when;
	const struct premise *premises;
	size_t n_premises;
};

/* Where a witness lives, or may live. */
struct home {
	const char *witness;
	bool may;			/* there, too, if that is published */
	bool weak, leaning;
	const char *region;		/* NULL: not known; how says why */
	const char *instead;		/* if there is such a region, it is there; or NULL */
	const char *apart;		/* or in this, if its address is not in region; or NULL */
	const char *otherwise;		/* if there is no such region; or NULL */
	const char *how;
};

/* An empty one is all zeroes. */
struct expected_list {
	struct expected *each;
	size_t n, room;
	struct home *homes;
	size_t n_homes, homes_room;
	bool weak;			/* what is added now is so */
	struct pool pool;		/* for sentences */
};

void expected_free(struct expected_list *e);

/* Adds one; it may be changed until the next is added. */
struct expected *must_be(struct expected_list *e, enum record_type type,
			 const char *name, const char *key, struct known k);

/* The same, counted from what is published of another; k must be numeric. */
struct expected *must_be_from(struct expected_list *e, enum record_type type,
			      const char *name, const char *key,
			      struct published from, struct known k);

/* A size, and thereby an end, whose distance to the published start it is. */
struct expected *must_have_size(struct expected_list *e, const char *name, struct known size);

/* A region from start to the byte before end. */
void must_span(struct expected_list *e, const char *name, uint64_t start,
	       uint64_t end, const char *how);

/* The same, if there is one. */
void must_span_if_any(struct expected_list *e, const char *name, uint64_t start,
		      uint64_t end, const char *how);

/* That a region is absent is right. */
void may_be_absent(struct expected_list *e, const char *name, const char *how);

/* Adds one; it may be changed until the next is added. */
struct home *must_live(struct expected_list *e, const char *witness, const char *region,
		       const char *otherwise, const char *how);
struct home *may_live(struct expected_list *e, const char *witness, const char *region,
		      const char *how);

#endif /* KVAS_EXPECTED_H */
