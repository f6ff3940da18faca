// SPDX-License-Identifier: GPL-2.0-only
/* table.c - see table.h */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "table.h"

void table_init(struct table *t, const struct options *opt,
		const struct column *columns, size_t n_columns)
{
	struct libscols_table *s = scols_new_table();

	if (!s)
		die("not enough memory");
	*t = (struct table){ .scols = s };
	t->n = columns_choose(opt, columns, n_columns, t->chosen);
	scols_table_enable_raw(s, opt->raw);
	scols_table_enable_export(s, opt->pairs);
	scols_table_enable_noheadings(s, opt->noheadings);
	scols_table_enable_ascii(s, !opt->utf8);
	scols_table_enable_colors(s, opt->color);
	if (opt->width_known) {
		scols_table_set_termforce(s, SCOLS_TERMFORCE_ALWAYS);
		scols_table_set_termwidth(s, opt->width);
	} else {
		scols_table_set_termforce(s, SCOLS_TERMFORCE_NEVER);
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct column *c = &columns[t->chosen[i]];
		int flags = c->flags;

		/* A script wants names, not branches. */
		if (opt->raw || opt->pairs)
			flags &= ~SCOLS_FL_TREE;
		if (!scols_table_new_column(s, c->name, 0, flags))
			die("not enough memory");
	}
}

void table_break_lines(struct table *t, int column)
{
	for (size_t i = 0; i < t->n; i++) {
		struct libscols_column *c = scols_table_get_column(t->scols, i);

		if (t->chosen[i] != column)
			continue;
		scols_column_set_flags(c, SCOLS_FL_WRAP);
		scols_column_set_wrapfunc(c, scols_wrapnl_chunksize,
					  scols_wrapnl_nextchunk, NULL);
		scols_column_set_safechars(c, "\n");
	}
}

bool table_has(const struct table *t, int column)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->chosen[i] == column)
			return true;
	return false;
}

struct libscols_line *table_add(struct table *t, struct libscols_line *parent,
				const char *color,
				char *(*cell)(const void *item, int column),
				const void *item)
{
	struct libscols_line *line = scols_table_new_line(t->scols, parent);

	if (!line)
		die("not enough memory");
	for (size_t i = 0; i < t->n; i++) {
		char *text = cell(item, t->chosen[i]);

		if (text && scols_line_refer_data(line, i, text))
			die("not enough memory");
	}
	if (color)
		scols_line_set_color(line, color);
	return line;
}

void table_print(struct table *t, FILE *out)
{
	scols_table_set_stream(t->scols, out);
	/* Of output that does not arrive the end of the program tells. */
	if (scols_print_table(t->scols) && !ferror(out))
		die("the table cannot be printed");
	scols_unref_table(t->scols);
}
