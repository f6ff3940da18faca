// SPDX-License-Identifier: GPL-2.0-only
/* verify_json.c - see verify.h */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "output/json.h"
#include "verify.h"

static json_t *json_judged(const struct verification *v, size_t i)
{
	json_t *object = json_published(&v->values[i]), *judgements = json_object();

	json_member(object, "verdict", json_text(overall(verdict_of(v, i))));
	for (size_t j = 0; j < n_sources; j++) {
		const struct cell *c = cell_of(v, i, j);
		json_t *judgement;

		if (c->verdict == NO_RULE)
			continue;
		judgement = json_object();
		json_member(judgement, "verdict", json_text(verdict_name(c->verdict)));
		json_member(judgement, "why", json_text(c->why));
		json_member(judgements, sources[j]->name, judgement);
	}
	json_member(object, "sources", judgements);
	return object;
}

/* Those of a list with ", " between. */
static json_t *json_names(const char *list)
{
	json_t *names = json_array();

	while (list && *list) {
		size_t n = strcspn(list, ",");
		char *name = text_printf("%.*s", (int)n, list);

		json_element(names, json_text(name));
		free(name);
		list += n;
		list += strspn(list, ", ");
	}
	return names;
}

static json_t *json_summary(const struct summary *s)
{
	json_t *object = json_object(), *by = json_object();
	char text[24];

	json_member(object, "values", json_count(s->values));
	json_member(object, "checked",
		    json_count(s->exactly + s->bounded));
	json_member(object, "exactly", json_count(s->exactly));
	json_member(object, "bounded", json_count(s->bounded));
	json_member(object, "consistent", json_count(s->consistent));
	json_member(object, "disagree", json_count(s->disagree));
	json_member(object, "unverified", json_count(s->unverified));
	for (size_t i = 0; i < ARRAY_SIZE(s->by); i++) {
		if (!s->by[i])
			continue;
		snprintf(text, sizeof(text), "%zu", i);
		json_member(by, text, json_count(s->by[i]));
	}
	json_member(object, "by_number_of_sources", by);
	return object;
}

json_t *json_verification(const struct verification *v, const struct summary *s)
{
	json_t *document = json_document("verify", v->layout), *list = json_object();

	for (size_t i = 0; i < n_sources; i++) {
		json_t *source = json_object();

		json_member(source, "title", json_text(sources[i]->title));
		json_member(source, "judged",
			    json_count(s->judged[i]));
		json_member(list, sources[i]->name, source);
	}
	json_member(document, "sources", list);
	json_member(document, "lacks", json_names(v->lacks));
	json_member(document, "summary", json_summary(s));
	list = json_array();
	for (size_t i = 0; i < v->n_values; i++)
		json_element(list, json_judged(v, i));
	json_member(document, "values", list);
	return document;
}
