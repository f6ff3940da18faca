// SPDX-License-Identifier: GPL-2.0-only
/* choose.c - see columns.h: which columns are asked for. */
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "columns.h"

__attribute__((noreturn))
static void refuse_column(const char *name, int length, const struct column *columns, size_t n)
{
	const char *names[TABLE_MAX_COLUMNS], *similar;

	for (size_t i = 0; i < n; i++)
		names[i] = columns[i].name;
	similar = similar_word(name, (size_t)length, names, n);
	if (similar)
		die("there is no column '%.*s'; did you mean %s?", length, name, similar);
	die("there is no column '%.*s': the option --list-columns lists them", length, name);
}

/* -1 if there is none of that name. */
static int index_of_column(const char *name, size_t length, const struct column *columns, size_t n)
{
	if (!length)
		die("--output: expected the name of a column before and after each comma");
	for (size_t i = 0; i < n; i++)
		if (strlen(columns[i].name) == length &&
		    strncasecmp(columns[i].name, name, length) == 0)
			return (int)i;
	return -1;
}

static int find_column(const char *name, size_t length,
		       const struct column *columns, size_t n)
{
	int column = index_of_column(name, length, columns, n);

	if (column < 0)
		refuse_column(name, (int)length, columns, n);
	return column;
}

void columns_check(const struct options *opt, const struct column_set *sets,
		   const struct column_set *set)
{
	const char *list = opt->columns;

	for (list += *list == '+'; ; list++) {
		size_t length = strcspn(list, ",");
		bool known = false;

		for (const struct column_set *s = sets; s->columns && !known; s++)
			known = index_of_column(list, length, s->columns, s->n) >= 0;
		if (!known)
			refuse_column(list, (int)length, set->columns, set->n);
		list += length;
		if (!*list)
			return;
	}
}

static void choose(int *chosen, size_t *n, int column)
{
	if (*n == TABLE_MAX_COLUMNS)
		die("more than %d columns asked for", TABLE_MAX_COLUMNS);
	chosen[(*n)++] = column;
}

/* LIST is names with commas between; +LIST adds to the default. */
size_t columns_choose(const struct options *opt, const struct column *columns, size_t n,
		      int chosen[TABLE_MAX_COLUMNS])
{
	const char *list = opt->columns;
	bool narrow = opt->width_known && opt->width < TABLE_WIDE &&
		      !opt->raw && !opt->pairs && !opt->json;
	size_t count = 0;

	if (!list || *list == '+')
		for (size_t i = 0; i < n; i++)
			if (opt->all_columns || columns[i].by_default == BY_DEFAULT ||
			    (columns[i].by_default == IF_WIDE && !narrow))
				choose(chosen, &count, (int)i);
	if (!list)
		return count;
	list += *list == '+';
	for (;;) {
		size_t length = strcspn(list, ",");

		choose(chosen, &count, find_column(list, length, columns, n));
		if (!list[length])
			return count;
		list += length + 1;
	}
}
