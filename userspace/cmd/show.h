/* SPDX-License-Identifier: GPL-2.0-only */
/* show.h - the tables of show: show_table.c prints them, show_columns.c fills their cells. */
#ifndef KVAS_SHOW_H
#define KVAS_SHOW_H

#include "commands.h"
#include "layout/model.h"
#include "output/columns.h"

/* What the cells of a row are made from. */
struct row {
	const struct layout *l;
	const struct options *opt;
	const struct region *region;
	const struct fact *fact;
	const struct witness *witness;
	unsigned int purpose_width;	/* 0: any */
};

enum {
	REGION_NAME, REGION_RANGE, REGION_SIZE, REGION_PURPOSE, REGION_ROUTE,
	REGION_SOURCE, REGION_TYPE, REGION_PARENT, REGION_START, REGION_END,
	REGION_PHYS, REGION_USED, REGION_USED_RANGE, REGION_USED_SOURCE,
	REGION_USED_ROUTE, REGION_NOTE, REGION_ABSENT, N_REGION_COLUMNS,
};

enum { FACT_NAME, FACT_VALUE, FACT_UNIT, FACT_PURPOSE, FACT_SOURCE, FACT_ROUTE,
       FACT_ABSENT, N_FACT_COLUMNS };

enum { WITNESS_NAME, WITNESS_ADDR, WITNESS_REGION, WITNESS_PURPOSE, WITNESS_SOURCE,
       WITNESS_CONTENT, WITNESS_ABSENT, N_WITNESS_COLUMNS };

extern const struct column region_columns[], fact_columns[], witness_columns[];

/* The text of one column of a struct row, to be freed, or NULL. */
char *region_cell(const void *item, int column);
char *fact_cell(const void *item, int column);
char *witness_cell(const void *item, int column);

/* The names that were asked for; none: all. */
struct selection {
	char **names;
	int n;
};

bool show_is_selected(const struct selection *s, const char *name);

/* As show_table(), of those. */
void show_selected(FILE *out, const struct layout *l, const struct options *opt,
		   enum show_what what, const struct selection *selection);

/* All three, by enum show_what. */
const struct column_set *show_columns(void);

#endif /* KVAS_SHOW_H */
