// SPDX-License-Identifier: GPL-2.0-only
/* lab_list.c - see lab.h: the exercises, and what became of each. */
#include <stdlib.h>

#include "base/util.h"
#include "lab.h"
#include "output/json.h"
#include "output/table.h"

enum { NUMBER, NAME, TITLE, STATE, TRIES, HINTS, TIME };

const struct column lab_columns[] = {
	[NUMBER] = { "NUMBER", "of the exercise", SCOLS_FL_RIGHT, BY_DEFAULT },
	[NAME] = { "EXERCISE", "its name", 0, BY_DEFAULT },
	[TITLE] = { "TITLE", "what it is about", 0, BY_DEFAULT },
	[STATE] = { "STATE", "open, skipped, shown or right", 0, BY_DEFAULT },
	[TRIES] = { "TRIES", "answers so far", SCOLS_FL_RIGHT, BY_DEFAULT },
	[HINTS] = { "HINTS", "given so far", SCOLS_FL_RIGHT, BY_DEFAULT },
	[TIME] = { "SECONDS", "it took so far", SCOLS_FL_RIGHT, ON_REQUEST },
};

struct row {
	const struct exercise *ex;
	const struct session_record *record;	/* or NULL */
};

static char *count(uint64_t n)
{
	return text_printf("%llu", (unsigned long long)n);
}

static char *cell(const void *item, int column)
{
	const struct row *row = item;
	const struct session_record *r = row->record;

	switch (column) {
	case NUMBER:
		return row->ex->number ? count(row->ex->number) : NULL;
	case NAME:
		return text_printf("%s", row->ex->name);
	case TITLE:
		return text_printf("%s", row->ex->title);
	case STATE:
		return text_printf("%s", record_state_words[r ? r->state : STATE_OPEN]);
	case TRIES:
		return r ? count(record_tries(r)) : count(0);
	case HINTS:
		return count(r ? r->hints : 0);
	default:
		return count(r ? r->seconds : 0);
	}
}

static const char *color_of(const struct session_record *r)
{
	static const char *const colors[] = {
		[STATE_RIGHT] = "green", [STATE_SHOWN] = "yellow", [STATE_SKIPPED] = "yellow",
	};

	return r ? colors[r->state] : NULL;
}

void lab_print_list(const struct lab *lab)
{
	const struct options *opt = lab->opt;
	struct table t;

	table_init(&t, opt, lab_columns, ARRAY_SIZE(lab_columns));
	for (size_t i = 0; i < lab->files.n_exercises; i++) {
		const struct exercise *ex = lab->files.exercises[i];
		const struct row row = { ex, session_find(&lab->session, ex->name) };

		table_add(&t, NULL, opt->color ? color_of(row.record) : NULL, cell, &row);
	}
	table_print(&t, stdout);
	if (opt->raw || opt->pairs || opt->noheadings)
		return;
	putchar('\n');
	lab_print_score(lab);
	puts("'kvas lab --all' goes on, 'kvas lab EXERCISE' asks one.");
}

json_t *lab_json_list(const struct lab *lab)
{
	json_t *document = json_document("lab", NULL), *array = json_array();
	const struct column_set set = { NULL, lab_columns, N_LAB_COLUMNS, NULL };

	for (size_t i = 0; i < lab->files.n_exercises; i++) {
		const struct exercise *ex = lab->files.exercises[i];
		const struct session_record *r = session_find(&lab->session, ex->name);
		json_t *object = json_object();

		json_member(object, "number", json_count(ex->number));
		json_member(object, "exercise", json_text(ex->name));
		json_member(object, "title", json_text(ex->title));
		json_member(object, "state", json_text(record_state_words[r ? r->state : STATE_OPEN]));
		json_member(object, "tries", json_count(r ? record_tries(r) : 0));
		json_member(object, "hints", json_count(r ? r->hints : 0));
		json_member(object, "seconds", json_count(r ? r->seconds : 0));
		json_element(array, object);
	}
	json_member(document, "list", array);
	columns_keep(document, "list", lab->opt, &set);
	return document;
}
