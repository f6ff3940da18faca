// SPDX-License-Identifier: GPL-2.0-only
/* columns.c - see columns.h */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "columns.h"
#include "json.h"
#include "table.h"

/* --- Members of JSON ----------------------------------------------------- */

/* The members of a column, with a space between; the caller frees it. */
static char *members_of(const struct column_set *set, int column)
{
	const char *own = set->members ? set->members[column] : NULL;
	char *members = text_printf("%s", own ? own : set->columns[column].name);

	for (char *p = members; *p && !own; p++)
		*p = (char)tolower((unsigned char)*p);
	return members;
}

static bool has_member(const json_t *wanted, const char *key)
{
	return json_object_get(wanted, key) != NULL;
}

static void keep_members(json_t *object, const json_t *wanted)
{
	const char *key;
	json_t *value;
	void *next;

	json_object_foreach_safe(object, next, key, value)
		if (!has_member(wanted, key))
			json_object_del(object, key);
}

void columns_keep(json_t *document, const char *array, const struct options *opt,
		  const struct column_set *set)
{
	json_t *wanted = json_object(), *names = json_array(), *row;
	int chosen[TABLE_MAX_COLUMNS];
	size_t count, at;

	if (!opt->columns) {
		json_decref(wanted);
		json_decref(names);
		return;
	}
	count = columns_choose(opt, set->columns, set->n, chosen);
	for (size_t i = 0; i < count; i++) {
		char *members = members_of(set, chosen[i]), *rest = NULL;

		json_element(names, json_text(set->columns[chosen[i]].name));
		for (char *m = strtok_r(members, " ", &rest); m; m = strtok_r(NULL, " ", &rest))
			json_member(wanted, m, json_true());
		free(members);
	}
	json_member(document, "columns", names);
	json_array_foreach(json_object_get(document, array), at, row)
		keep_members(row, wanted);
	json_decref(wanted);
}

/* --- The list of them ---------------------------------------------------- */

void columns_help(FILE *out, const struct column_set *sets)
{
	for (const struct column_set *s = sets; s->columns; s++) {
		fprintf(out, s->option ? "\nColumns with --%s:\n" : "\nColumns:\n", s->option);
		for (size_t i = 0; i < s->n; i++)
			fprintf(out, " %16s  %s\n", s->columns[i].name, s->columns[i].help);
	}
}

enum { LIST_NAME, LIST_DESCRIPTION };

static const struct column list_columns[] = {
	[LIST_NAME] = { "NAME", "of the column", 0, BY_DEFAULT },
	[LIST_DESCRIPTION] = { "DESCRIPTION", "what is in it", 0, BY_DEFAULT },
};

static char *list_cell(const void *item, int column)
{
	const struct column *c = item;

	return text_printf("%s", column == LIST_NAME ? c->name : c->help);
}

static void list_as_json(FILE *out, const char *command, const struct column_set *set)
{
	json_t *document = json_document(command, NULL), *array = json_array();

	for (size_t i = 0; i < set->n; i++) {
		json_t *object = json_object();

		json_member(object, "name", json_text(set->columns[i].name));
		json_member(object, "description", json_text(set->columns[i].help));
		json_element(array, object);
	}
	json_member(document, "list_columns", array);
	json_print(out, document);
}

void columns_list(FILE *out, const struct options *opt, const char *command,
		  const struct column_set *set)
{
	struct options own = *opt;
	struct table t;

	if (opt->json) {
		list_as_json(out, command, set);
		return;
	}
	own.columns = opt->raw ? "NAME" : NULL;
	own.noheadings = opt->noheadings || opt->raw;
	table_init(&t, &own, list_columns, ARRAY_SIZE(list_columns));
	for (size_t i = 0; i < set->n; i++)
		table_add(&t, NULL, NULL, list_cell, &set->columns[i]);
	table_print(&t, out);
}
