/* SPDX-License-Identifier: GPL-2.0-only */
/* mappings.h - the parts of kvas mappings: what is read, what is asked for, the tables. */
#ifndef KVAS_CMD_MAPPINGS_H
#define KVAS_CMD_MAPPINGS_H

#include <jansson.h>

#include "base/options.h"
#include "layout/model.h"
#include "output/columns.h"
#include "pagetables/mappings.h"
#include "pagetables/safety.h"
#include "source.h"

#define KVAS_LIVE_MAPPINGS "/sys/kernel/debug/" KVAS_MAPPINGS_NAME

/* A part of the address space that is asked about. */
struct window {
	const struct region *region;	/* NULL: outside of all regions, or of none */
	uint64_t start, end;
};

/* Which letters of "rwxuU" a run must have, and must not have. */
struct access_filter {
	unsigned int must, must_not;	/* by the places of the letters */
};

struct question {
	const struct options *opt;
	const struct mappings *m;
	const struct mappings *before;	/* to compare with; or NULL */
	const struct layout *l;		/* NULL: the regions are not known */
	struct access_filter filter;
	/* By region, as the layout has them; a section is within its region. */
	struct window *windows;
	size_t n_windows;
	/* The same addresses, each once. */
	struct window *intervals;
	size_t n_intervals;
};

/* --- mappings_load.c --------------------------------------------------------- */

/*
 * The file of page tables, or below --sysroot, or the live one (file is NULL).  Does
 * not return without tables, or if they are not those of the layout, which may be NULL.
 */
struct mappings *mappings_load(const struct options *opt, const char *file,
			       const struct layout *l);

/*
 * The same by a walk of the reader's own through /proc/kcore or a crash dump.  What of
 * the tables it cannot read is unsettled, and said on standard error.
 */
struct mappings *mappings_scan(const struct options *opt, struct table_source source,
			       const struct layout *l);

/* Another one, a file or a saved machine, that must be of the same architecture. */
struct mappings *mappings_load_before(const struct options *opt, const char *operand,
				      const struct mappings *m);

/* --- mappings_access.c --------------------------------------------------------- */

/* "+x,-w": letters after a sign, with commas or without.  Does not return for others. */
void filter_parse(struct access_filter *f, const char *text);
bool filter_takes(const struct question *q, const struct run *run);

/* --- mappings_regions.c: a row for each window ----------------------------------- */

enum { N_MAPPINGS_REGION_COLUMNS = 12 };
extern const struct column mappings_region_columns[N_MAPPINGS_REGION_COLUMNS];
extern const char *const mappings_region_members[N_MAPPINGS_REGION_COLUMNS];

void mappings_print_regions(const struct question *q);
json_t *json_mappings_regions(const struct question *q);

/* --- mappings_runs.c ------------------------------------------------------------ */

enum { N_MAPPINGS_RUN_COLUMNS = 14 };
extern const struct column mappings_run_columns[N_MAPPINGS_RUN_COLUMNS];

void mappings_print_runs(const struct question *q);
json_t *json_mappings_runs(const struct question *q);

/* What is writable and executable, filter or not. */
struct wx {
	uint64_t bytes;
	uint64_t unsettled;		/* bytes of which it is not known */
	bool window;			/* some is in a window of the processor, where all is so */
	size_t n;
	struct piece *pieces;		/* to be freed */
};

struct wx find_wx(const struct question *q);
json_t *json_wx(const struct question *q, const struct wx *wx);

/* --- mappings_diff.c ------------------------------------------------------------ */

enum { N_MAPPINGS_DIFF_COLUMNS = 13 };
extern const struct column mappings_diff_columns[N_MAPPINGS_DIFF_COLUMNS];
extern const char *const mappings_diff_members[N_MAPPINGS_DIFF_COLUMNS];

struct mappings_diff {
	struct mapping_pair *changes;	/* to be freed */
	size_t n;
};

/* Of the question's intervals, from before to m. */
struct mappings_diff mappings_find_changes(const struct question *q);

void mappings_print_diff(const struct question *q, const struct mappings_diff *d);
json_t *json_mappings_diff(const struct question *q, const struct mappings_diff *d);

/* --- mappings_safety.c ----------------------------------------------------------- */

enum { N_MAPPINGS_SAFETY_COLUMNS = 4 };
extern const struct column mappings_safety_columns[N_MAPPINGS_SAFETY_COLUMNS];

struct safety mappings_safety(const struct question *q);	/* safety_free() it */

/* With a line below that counts the answers, or without. */
void mappings_print_safety(const struct question *q, const struct safety *s, bool summary);
json_t *json_mappings_safety(const struct safety *s);

#endif /* KVAS_CMD_MAPPINGS_H */
