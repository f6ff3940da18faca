// SPDX-License-Identifier: GPL-2.0-only
/* mappings_safety.c - what protects the kernel's memory, with the evidence. */
#include "base/util.h"
#include "mappings.h"
#include "output/json.h"
#include "output/table.h"

static const char *const answer_words[] = {
	[SAFETY_YES] = "yes", [SAFETY_NO] = "no", [SAFETY_NOT_KNOWN] = "not known",
};

_Static_assert(ARRAY_SIZE(answer_words) == N_SAFETY_ANSWERS, "each answer has a word");

enum { NAME, ANSWER, QUESTION, EVIDENCE };

const struct column mappings_safety_columns[N_MAPPINGS_SAFETY_COLUMNS] = {
	[NAME] = { "NAME", "of the question, for scripts", 0, ON_REQUEST },
	[ANSWER] = { "ANSWER", "yes, which is safe; no; or not known", 0, BY_DEFAULT },
	[QUESTION] = { "QUESTION", "what is asked", 0, BY_DEFAULT },
	[EVIDENCE] = { "EVIDENCE", "what tells so, or why it is not known", 0, BY_DEFAULT },
};

_Static_assert(EVIDENCE == N_MAPPINGS_SAFETY_COLUMNS - 1, "all are listed");

static char *cell(const void *item, int column)
{
	const struct safety_row *row = item;

	switch (column) {
	case NAME:
		return text_printf("%s", row->name);
	case ANSWER:
		return text_printf("%s", answer_words[row->answer]);
	case QUESTION:
		return text_printf("%s", row->question);
	default:
		return text_printf("%s", row->evidence);
	}
}

struct safety mappings_safety(const struct question *q)
{
	return safety_ask(q->m, q->l, q->opt->bytes ? size_bytes : size_human);
}

void mappings_print_safety(const struct question *q, const struct safety *s, bool summary)
{
	struct table t;

	table_init(&t, q->opt, mappings_safety_columns, N_MAPPINGS_SAFETY_COLUMNS);
	for (size_t i = 0; i < s->n; i++)
		table_add(&t, NULL, q->opt->color && s->rows[i].answer == SAFETY_NO ? "red" : NULL,
			  cell, &s->rows[i]);
	table_fit(&t, q->opt, QUESTION, EVIDENCE);
	table_print(&t, stdout);
	if (summary)
		printf("\n%zu questions: %zu yes, %zu no, %zu not known.\n", s->n,
		       s->count[SAFETY_YES], s->count[SAFETY_NO], s->count[SAFETY_NOT_KNOWN]);
}

json_t *json_mappings_safety(const struct safety *s)
{
	json_t *array = json_array();

	for (size_t i = 0; i < s->n; i++) {
		json_t *object = json_object();

		json_member(object, "name", json_text(s->rows[i].name));
		json_member(object, "question", json_text(s->rows[i].question));
		json_member(object, "answer", json_text(answer_words[s->rows[i].answer]));
		json_member(object, "evidence", json_text(s->rows[i].evidence));
		json_element(array, object);
	}
	return array;
}
