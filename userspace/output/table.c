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

/* --- Into the width of a terminal ------------------------------------------- */

static size_t position(const struct table *t, int column)
{
	size_t i = 0;

	while (i < t->n && t->chosen[i] != column)
		i++;
	return i;
}

static const char *cell_text(struct libscols_line *line, size_t column)
{
	return scols_cell_get_data(scols_line_get_cell(line, column));
}

/* Of the widest cell or the head. */
static size_t width_of(const struct table *t, size_t column)
{
	size_t n = scols_table_get_nlines(t->scols);
	size_t widest = strlen(scols_column_get_name(scols_table_get_column(t->scols, column)));

	for (size_t i = 0; i < n; i++) {
		const char *text = cell_text(scols_table_get_line(t->scols, i), column);

		if (text && strlen(text) > widest)
			widest = strlen(text);
	}
	return widest;
}

static char *cut_text(const char *text, size_t room)
{
	return strlen(text) <= room ? text_printf("%s", text) :
	       text_printf("%.*s...", (int)room - 3, text);
}

/* A word that is longer than a line is broken, too. */
static char *wrap_text(const char *text, size_t room)
{
	size_t length = strlen(text), at = 0;
	char *lines = zalloc_array(2 * length + 1, 1);

	while (length > room) {
		size_t n = room;

		while (n && text[n] != ' ')
			n--;
		if (!n)
			n = room;
		memcpy(lines + at, text, n);
		at += n;
		lines[at++] = '\n';
		n += text[n] == ' ';
		text += n;
		length -= n;
	}
	memcpy(lines + at, text, length);
	return lines;
}

static void replace_cells(struct table *t, size_t column, size_t room,
			  char *(*change)(const char *text, size_t room))
{
	size_t n = scols_table_get_nlines(t->scols);

	for (size_t i = 0; i < n; i++) {
		struct libscols_line *line = scols_table_get_line(t->scols, i);
		const char *text = cell_text(line, column);

		if (text && scols_line_refer_data(line, column, change(text, room)))
			die("not enough memory");
	}
}

void table_fit(struct table *t, const struct options *opt, int cut, int wrapped)
{
	enum { LEAST_CUT = 8, LEAST_WRAPPED = 24 };
	size_t c = position(t, cut), w = position(t, wrapped);
	/* Others, and a space between two columns. */
	size_t others = t->n - 1, cut_room = 0, least, room;

	if (!opt->width_known || opt->raw || opt->pairs || w == t->n)
		return;
	for (size_t i = 0; i < t->n; i++)
		others += i == c || i == w ? 0 : width_of(t, i);
	room = opt->width > others ? opt->width - others : 0;
	least = width_of(t, w) < LEAST_WRAPPED ? width_of(t, w) : LEAST_WRAPPED;
	if (c < t->n) {
		size_t widest = width_of(t, c);

		if (widest + width_of(t, w) <= room)
			return;
		cut_room = room > LEAST_CUT + least ? room - least : LEAST_CUT;
		cut_room = cut_room < widest ? cut_room : widest;
		replace_cells(t, c, cut_room, cut_text);
	}
	room = room > cut_room + LEAST_WRAPPED / 2 ? room - cut_room : LEAST_WRAPPED / 2;
	replace_cells(t, w, room, wrap_text);
	table_break_lines(t, wrapped);
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
	/* These have each byte that is not ASCII as a number. */
	bool is_plain = scols_table_is_raw(t->scols) || scols_table_is_export(t->scols);

	if (!line)
		die("not enough memory");
	for (size_t i = 0; i < t->n; i++) {
		char *text = cell(item, t->chosen[i]);

		/* The library takes them for letters. */
		if (text && !is_plain)
			text = without_directions(text);
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

void table_sentence(const struct options *opt, unsigned int indent, const char *label,
		    char *sentence)
{
	char *plain = escaped(sentence);

	printf("%-*s", (int)indent, label);
	print_wrapped(stdout, indent, opt->width_known ? opt->width : ~0u, plain);
	free(plain);
	free(sentence);
}
