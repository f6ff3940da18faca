// SPDX-License-Identifier: GPL-2.0-only
/* show.c - the layout: regions, facts, witnesses. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "output/json.h"
#include "layout/names.h"
#include "show.h"
#include "texts/texts.h"
#include "user.h"

/* --- JSON ------------------------------------------------------------------- */

/* The arrays of what is shown. */
static const struct {
	enum show_what what;
	const char *array;
} arrays[] = {
	{ SHOW_FACTS, "facts" },
	{ SHOW_FACTS, "configs" },
	{ SHOW_REGIONS, "regions" },
	{ SHOW_REGIONS, "sections" },
	{ SHOW_REGIONS, "memory" },
	{ SHOW_WITNESSES, "witnesses" },
};

/* What a capture does not hold, for those who ask for these columns. */
static void add_words(const struct layout *l, enum show_what what, json_t *array)
{
	json_t *row;
	size_t i;

	json_array_foreach(array, i, row) {
		const char *name = json_string_value(json_object_get(row, "name"));
		const struct region *r = layout_region(l, name ? name : "");
		const char *purpose = r ? region_purpose(r) : name ? purpose_of(name) : NULL;

		if (what == SHOW_REGIONS)
			json_member(row, "type", json_text(r ? r->record->word : record_words[RECORD_MEMORY]));
		if (purpose)
			json_member(row, "purpose", json_text(purpose));
	}
}

/* Leaves in an array of the document the rows that were asked for. */
static void keep_selected(json_t *array, const struct selection *selection)
{
	for (size_t i = json_array_size(array); i-- > 0;) {
		const json_t *name = json_object_get(json_array_get(array, i), "name");

		if (!show_is_selected(selection, json_string_value(name)))
			json_array_remove(array, i);
	}
}

/* The whole capture, or if a table, columns or names were asked for, those. */
static json_t *json_show(const struct layout *l, const struct options *opt, enum show_what what,
			 const struct selection *selection)
{
	json_t *document = json_layout(l);

	if (what == SHOW_REGIONS && !opt->columns && !selection->n)
		return document;
	json_object_del(document, "format");
	json_object_del(document, "capture");
	json_object_del(document, "others");
	for (size_t i = 0; i < ARRAY_SIZE(arrays); i++) {
		json_t *array = json_object_get(document, arrays[i].array);

		if (arrays[i].what != what) {
			json_object_del(document, arrays[i].array);
			continue;
		}
		keep_selected(array, selection);
		if (opt->columns)
			add_words(l, what, array);
		columns_keep(document, arrays[i].array, opt, &show_columns()[what]);
	}
	return document;
}

/* --- The command ------------------------------------------------------------ */

static const struct option own_options[] = {
	{ "facts", no_argument, NULL, 'F' },
	{ "witnesses", no_argument, NULL, 'W' },
	{ "summary", optional_argument, NULL, 'S' },
	{ 0 }
};

enum summary { SUMMARY_AUTO, SUMMARY_NEVER, SUMMARY_ALWAYS, SUMMARY_ONLY };

static enum summary parse_summary(const char *when)
{
	static const char *const words[] = { "auto", "never", "always", "only" };

	if (!when)
		return SUMMARY_ONLY;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(when, words[i]) == 0)
			return (enum summary)i;
	die("--summary=%s: expected auto, never, always or only", when);
}

/* What would have no effect is a mistake. */
static void check_summary(const struct options *opt, enum show_what what,
			  enum summary summary)
{
	const char *other = what == SHOW_FACTS ? "--facts" :
			    what == SHOW_WITNESSES ? "--witnesses" : NULL;

	if (opt->json && summary != SUMMARY_AUTO)
		die("--json and --summary exclude each other: the summary is a text for people");
	if (summary != SUMMARY_ONLY)
		return;
	if (!other)
		other = opt->raw ? "--raw" : opt->pairs ? "--pairs" :
			opt->noheadings ? "--noheadings" : opt->bytes ? "--bytes" :
			opt->columns ? "--output" :
			opt->all_columns ? "--output-all" : NULL;
	if (other)
		die("%s has no effect on the summary alone: use --summary=always",
		    other);
}

static bool is_known(const struct layout *l, enum show_what what, const char *name)
{
	bool memory = false;

	switch (what) {
	case SHOW_FACTS:
		return layout_fact(l, name) || layout_config(l, name);
	case SHOW_WITNESSES:
		return layout_witness(l, name);
	default:
		for (size_t i = 0; i < l->n_regions; i++)
			memory = memory || (l->regions[i].is_memory && !strcmp(l->regions[i].name, name));
		return memory || layout_region(l, name);
	}
}

/* Operands: names of what is shown; lowmem is another name of direct_map. */
static void select_names(struct selection *s, const struct layout *l, enum show_what what,
			 char **names, int n)
{
	static const char *const kinds[] = {
		[SHOW_REGIONS] = "region or section", [SHOW_FACTS] = "fact or option",
		[SHOW_WITNESSES] = "witness",
	};

	*s = (struct selection){ .names = names, .n = n };
	for (int i = 0; i < n; i++) {
		if (what == SHOW_REGIONS && strcmp(names[i], "lowmem") == 0)
			names[i] = (char *)"direct_map";
		if (is_known(l, what, names[i]))
			continue;
		if (is_region_name(names[i], strlen(names[i])) || is_fact_name(names[i]) ||
		    is_witness_name(names[i]))
			die("this layout has no %s '%s'", kinds[what], names[i]);
		die("%s", unknown_name(names[i], strlen(names[i])));
	}
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct selection selection;
	enum show_what what = SHOW_REGIONS;
	enum summary summary = SUMMARY_AUTO;
	struct layout *l;
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, NULL)) != -1) {
		if (c == 'S')
			summary = parse_summary(optarg);
		else if (what != SHOW_REGIONS)
			die("--facts and --witnesses exclude each other");
		else
			what = c == 'F' ? SHOW_FACTS : SHOW_WITNESSES;
	}
	check_summary(opt, what, summary);
	if (opt->process && (what != SHOW_REGIONS || summary != SUMMARY_AUTO || optind < argc))
		die("with --process show takes no other option of its own and no operand: it prints what 'kvas user' does");
	if (opt->process)
		return user_print(opt, opt->process, false);
	l = load_layout(opt);
	select_names(&selection, l, what, argv + optind, argc - optind);
	if (opt->json) {
		json_print(stdout, json_show(l, opt, what, &selection));
	} else {
		bool plain = !opt->raw && !opt->pairs && !opt->noheadings;

		if (summary == SUMMARY_AUTO)
			summary = opt->terminal && plain && what == SHOW_REGIONS && !selection.n ?
				  SUMMARY_ALWAYS : SUMMARY_NEVER;
		if (summary != SUMMARY_NEVER)
			show_summary(stdout, l, opt);
		if (summary == SUMMARY_ALWAYS)
			putchar('\n');
		if (summary != SUMMARY_ONLY)
			show_selected(stdout, l, opt, what, &selection);
	}
	layout_free(l);
	return KVAS_OK;
}

/* Also those of kvas user. */
static const struct column_set *column_sets(void)
{
	static struct column_set sets[SHOW_WITNESSES + 3];

	for (size_t i = 0; i <= SHOW_WITNESSES; i++)
		sets[i] = show_columns()[i];
	sets[SHOW_WITNESSES + 1] = user_column_sets()[0];
	sets[SHOW_WITNESSES + 1].option = "process";
	return sets;
}

const struct command cmd_show = {
	.name = "show", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS "bp",
	.synopsis = "[options] [REGION...]\n"
		    " kvas show [options] -p PID",
	.summary = "the layout as a table (the default command)",
	.own_help =
	" --facts                 facts and options instead of regions\n"
	" --witnesses             live objects instead of regions\n"
	" --summary[=WHEN]        a summary first: auto, never, always, only\n",
	.columns = column_sets,
};
