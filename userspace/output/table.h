/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.h - tables in the manner of util-linux.
 *
 * Which columns there are, columns.h says.
 */
#ifndef KVAS_TABLE_H
#define KVAS_TABLE_H

#include <libsmartcols.h>
#include <stdio.h>

#include "base/options.h"
#include "columns.h"

struct table {
	struct libscols_table *scols;
	size_t n;			/* columns chosen */
	int chosen[TABLE_MAX_COLUMNS];	/* indexes into the column array */
};

/*
 * A table with the columns that the options ask for, or the default ones.
 * Exits with KVAS_FAILURE on a column that does not exist.
 */
void table_init(struct table *t, const struct options *opt,
		const struct column *columns, size_t n_columns);

/* Breaks the cells of a column at the newlines in them. */
void table_break_lines(struct table *t, int column);

/*
 * Of a table that is wider than the terminal, once it has its rows: cuts the texts of
 * one column, so that another, which is what the table is read for, keeps room to be
 * broken at spaces.
 */
void table_fit(struct table *t, const struct options *opt, int cut, int wrapped);

bool table_has(const struct table *t, int column);

/*
 * Adds a row, below parent in a tree (NULL otherwise).  cell() returns the
 * text of one column of item, to be freed, or NULL for an empty cell.  color
 * is a name libsmartcols knows or a terminal sequence, or NULL.
 */
struct libscols_line *table_add(struct table *t, struct libscols_line *parent,
				const char *color,
				char *(*cell)(const void *item, int column),
				const void *item);

/* Prints the table, and frees it. */
void table_print(struct table *t, FILE *out);

/* Below a table: a label, and a sentence that is indented and escaped.  Takes the sentence. */
void table_sentence(const struct options *opt, unsigned int indent, const char *label,
		    char *sentence);

#endif /* KVAS_TABLE_H */
