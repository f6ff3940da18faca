/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * columns.h - the columns of a table.
 *
 * One array of struct column drives --help, --list-columns, -o LIST, the table
 * (table.h) and which members JSON has.
 */
#ifndef KVAS_COLUMNS_H
#define KVAS_COLUMNS_H

#include <jansson.h>
#include <libsmartcols.h>
#include <stddef.h>
#include <stdio.h>

#include "base/options.h"

/* Without -o: never, always, or unless the terminal is narrow. */
enum column_default { ON_REQUEST, BY_DEFAULT, IF_WIDE };

struct column {
	const char *name;
	const char *help;
	int flags;		/* SCOLS_FL_* */
	enum column_default by_default;
};

/* The table that a command prints with one of its own options, or without (NULL). */
struct column_set {
	const char *option;
	const struct column *columns;	/* NULL at the end of a list of sets */
	size_t n;
	/*
	 * The members of JSON that each column stands for, with a space between.
	 * NULL, for one of them or for all: the member of its name in lower case.
	 */
	const char *const *members;
};

enum { TABLE_MAX_COLUMNS = 32, TABLE_WIDE = 108 };

/*
 * The columns that the options ask for, or the default ones, as indexes; returns
 * how many.  Exits with KVAS_FAILURE on a column that does not exist.
 */
size_t columns_choose(const struct options *opt, const struct column *columns, size_t n,
		      int chosen[TABLE_MAX_COLUMNS]);

/*
 * Exits with KVAS_FAILURE if -o LIST names a column that no table of a command has; set is
 * the table that it would print.  For what can be told before anything is read.
 */
void columns_check(const struct options *opt, const struct column_set *sets,
		   const struct column_set *set);

/*
 * With -o LIST leaves only the members of these columns in the objects of an array
 * of a document, and puts "columns" into the document.
 */
void columns_keep(json_t *document, const char *array, const struct options *opt,
		  const struct column_set *set);

/* For --help; and for --list-columns, as a table, names only (-r), or JSON. */
void columns_help(FILE *out, const struct column_set *sets);
void columns_list(FILE *out, const struct options *opt, const char *command,
		  const struct column_set *set);

#endif /* KVAS_COLUMNS_H */
