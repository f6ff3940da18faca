// SPDX-License-Identifier: GPL-2.0-only
/* get.c - single values, for scripts. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "layout/terms.h"
#include "load.h"
#include "machine/machine.h"
#include "output/json.h"

static json_t *json_answer(const struct layout *l, const char *query, const struct answer *a)
{
	json_t *object = json_object(), *place;

	json_member(object, "query", json_text(query));
	if (a->type == ANSWER_ABSENT) {
		json_member(object, "absent", json_text(a->reason));
	} else if (a->type == ANSWER_VALUE) {
		json_member(object, "value", json_value(a->kind, a->text));
	} else {
		place = json_object();
		json_member(place, "start", json_address(l, a->place->start));
		json_member(place, "end", json_address(l, a->place->end));
		json_member(place, "size", json_size(a->place->end - a->place->start));
		json_member(object, "value", place);
	}
	return object;
}

/* A line for each name, empty for what is absent, so that lines keep their order. */
static void print_line(const struct layout *l, const struct answer *a)
{
	int digits = (int)l->bits / 4;
	char *text;

	if (a->type == ANSWER_PLACE) {
		printf("0x%0*" PRIx64 "-0x%0*" PRIx64 "\n", digits, a->place->start, digits,
		       a->place->end);
		return;
	}
	text = a->type == ANSWER_VALUE ? value_text(a->kind, a->text, true) : text_printf("%s", "");
	puts(text);
	free(text);
}

/* All of them, before anything is printed: a name that nothing has is an error. */
static struct answer *ask(char **names, int n, const struct layout *l, struct machine *m)
{
	const struct option_source options = { value_of_option, m };
	struct answer *answers = zalloc_array((size_t)n, sizeof(*answers));

	for (int i = 0; i < n; i++) {
		answers[i] = term_answer(names[i], l, &options);
		if (answers[i].type == ANSWER_UNKNOWN)
			die("%s", answers[i].why);
	}
	return answers;
}

static int run(const struct options *opt, int argc, char **argv)
{
	char **names = argv + 2;	/* argv[1] is "--" */
	struct machine *m = NULL;
	struct answer *answers;
	int n = argc - 2, status = KVAS_OK;
	json_t *array = json_array(), *document;
	struct layout *l;

	if (n < 1)
		die("get needs a name, such as vmalloc.start or page_size; see 'kvas get --help'");
	l = load_layout(opt);
	/* What a capture alone was saved of may not be this machine. */
	if (!opt->file)
		m = machine_new(opt->sysroot, NULL);
	answers = ask(names, n, l, m);
	for (int i = 0; i < n; i++) {
		struct answer *a = &answers[i];

		if (opt->json)
			json_element(array, json_answer(l, names[i], a));
		else
			print_line(l, a);
		if (a->type == ANSWER_ABSENT) {
			fprintf(stderr, "kvas: %s\n", a->why);
			status = KVAS_DIFFERS;
		}
		answer_free(a);
	}
	if (opt->json) {
		document = json_document("get", l);
		json_member(document, "values", json_incref(array));
		json_print(stdout, document);
	}
	json_decref(array);
	free(answers);
	if (m)
		machine_free(m);
	layout_free(l);
	return status;
}

const struct command cmd_get = {
	.name = "get", .run = run,
	.takes = ALWAYS_TAKEN "J",
	.synopsis = "[options] NAME[.KEY]...",
	.summary = "single values, for scripts",
};
