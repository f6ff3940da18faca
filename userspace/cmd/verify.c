// SPDX-License-Identifier: GPL-2.0-only
/* verify.c - every value against every source, as a table or as JSON. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "output/json.h"
#include "output/table.h"
#include "verify.h"

static const struct option own_options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "reasons", no_argument, NULL, 'r' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "strict", no_argument, NULL, 's' },
	{ "config", required_argument, NULL, 'c' },
	{ 0 }
};

struct wishes {
	bool all, reasons, quiet, strict;
	const char *config;
};

/* --- The whole in numbers ------------------------------------------------ */

/* Does it say more than that published values fit together? */
static bool is_check(const struct cell *c)
{
	return c->verdict == DISAGREES ? c->outside : c->verdict >= ALLOWS;
}

static size_t count_judges(const struct verification *v, size_t value)
{
	size_t n = 0;

	for (size_t i = 0; i < n_sources; i++)
		n += is_check(cell_of(v, value, i));
	return n;
}

static void summarize(const struct verification *v, struct summary *s)
{
	*s = (struct summary) { .values = v->n_values };
	s->judged = zalloc_array(n_sources, sizeof(*s->judged));
	for (size_t i = 0; i < v->n_values; i++) {
		enum verdict verdict = verdict_of(v, i);
		size_t judges = count_judges(v, i);

		s->exactly += verdict == AGREES;
		s->bounded += verdict == ALLOWS;
		s->disagree += verdict == DISAGREES;
		s->consistent += verdict == CONSISTENT;
		s->unverified += verdict < CONSISTENT;
		s->by[judges < ARRAY_SIZE(s->by) ? judges : ARRAY_SIZE(s->by) - 1]++;
		for (size_t j = 0; j < n_sources; j++)
			s->judged[j] += cell_of(v, i, j)->verdict >= CONSISTENT;
	}
}

/* --- The table: a row for each value ------------------------------------- */

enum { COL_NAME, COL_VALUE, COL_VERDICT, COL_SOURCES, COL_WHY, COL_RECORD,
       COL_KEY, COL_FIRST_SOURCE };

static const struct column value_columns[COL_FIRST_SOURCE] = {
	{ "NAME", "what it is: record and key", 0, BY_DEFAULT },
	{ "VALUE", "as kvas publishes it", 0, BY_DEFAULT },
	{ "VERDICT", "agrees, allows (within what is possible), consistent (with other published values only), disagrees, or unverified", 0, BY_DEFAULT },
	{ "SOURCES", "which sources have this value, or allow it", 0, IF_WIDE },
	{ "WHY", "what disagrees, or why it is not verified", 0, BY_DEFAULT },
	{ "RECORD", "type of the record", 0, ON_REQUEST },
	{ "KEY", "key in the record", 0, ON_REQUEST },
};

/* The above, and one column for each source. */
static const struct column *all_columns(bool all, size_t *n)
{
	static struct column columns[TABLE_MAX_COLUMNS];
	static char names[TABLE_MAX_COLUMNS][16];

	memcpy(columns, value_columns, sizeof(value_columns));
	columns[COL_SOURCES].by_default = all ? IF_WIDE : ON_REQUEST;
	*n = COL_FIRST_SOURCE;
	for (size_t i = 0; i < n_sources && *n < TABLE_MAX_COLUMNS; i++, ++*n) {
		for (size_t j = 0; j < sizeof(names[0]) - 1 && sources[i]->name[j]; j++) {
			char c = sources[i]->name[j];

			names[i][j] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
		}
		columns[*n] = (struct column) {
			names[i], sources[i]->title, 0, ON_REQUEST };
	}
	return columns;
}

struct row {
	const struct verification *v;
	size_t value;
	size_t source;		/* in the table of all cells */
	const struct options *opt;
};

/* "kcore,memory": those whose verdict is the value's. */
static char *list_sources(const struct row *row, enum verdict low,
			  enum verdict high)
{
	char *list = text_printf("%s", ""), *longer;

	for (size_t i = 0; i < n_sources; i++) {
		enum verdict verdict = cell_of(row->v, row->value, i)->verdict;

		if (verdict < low || verdict > high)
			continue;
		longer = text_printf("%s%s%s", list, *list ? "," : "",
				     sources[i]->name);
		free(list);
		list = longer;
	}
	return list;
}

/* The reasons of those that give this verdict. */
static char *list_reasons(const struct row *row, enum verdict wanted)
{
	char *list = text_printf("%s", ""), *longer;

	for (size_t i = 0; i < n_sources; i++) {
		const struct cell *c = cell_of(row->v, row->value, i);

		if (c->verdict != wanted)
			continue;
		longer = text_printf("%s%s%s%s%s", list, *list ? "; " : "",
				     sources[i]->name, wanted == DISAGREES ? " says " : ": ",
				     c->why ? c->why : "");
		free(list);
		list = longer;
	}
	return list;
}

static char *why(const struct row *row)
{
	enum verdict verdict = verdict_of(row->v, row->value);

	if (verdict == DISAGREES || verdict == CANNOT_SAY)
		return list_reasons(row, verdict);
	return verdict == NO_RULE ? text_printf("no source knows it") : NULL;
}

static char *value_cell(const void *item, int column)
{
	const struct row *row = item;
	const struct value *value = &row->v->values[row->value];

	switch (column) {
	case COL_NAME:
		return value_name(value);
	case COL_VALUE:
		return published_text(value, row->opt);
	case COL_VERDICT:
		return text_printf("%s", overall(verdict_of(row->v, row->value)));
	case COL_SOURCES:
		return verdict_of(row->v, row->value) == CONSISTENT ?
			list_sources(row, CONSISTENT, CONSISTENT) :
			list_sources(row, ALLOWS, AGREES);
	case COL_WHY:
		return why(row);
	case COL_RECORD:
		return text_printf("%s", value->record->word);
	case COL_KEY:
		return text_printf("%s", value->key);
	default:
		return text_printf("%s", verdict_name(
			cell_of(row->v, row->value,
				(size_t)(column - COL_FIRST_SOURCE))->verdict));
	}
}

static const char *color_of(const struct options *opt, enum verdict verdict)
{
	if (!opt->color)
		return NULL;
	return verdict == DISAGREES ? "red" : verdict < CONSISTENT ? "yellow" : NULL;
}

/* Nobody needs to look at what other sources have, too, or what fits them. */
static bool is_fine(enum verdict verdict)
{
	return verdict >= CONSISTENT && verdict != DISAGREES;
}

static void print_values(const struct options *opt, const struct wishes *w,
			 const struct verification *v)
{
	size_t n;
	const struct column *columns = all_columns(w->all, &n);
	struct table t;

	table_init(&t, opt, columns, n);
	for (size_t i = 0; i < v->n_values; i++) {
		const struct row row = { .v = v, .value = i, .opt = opt };
		enum verdict verdict = verdict_of(v, i);

		if (w->all || verdict == DISAGREES || (!w->quiet && !is_fine(verdict)))
			table_add(&t, NULL, color_of(opt, verdict), value_cell,
				  &row);
	}
	table_fit(&t, opt, COL_VALUE, COL_WHY);
	table_print(&t, stdout);
}

/* --- The table of all cells ---------------------------------------------- */

enum { CELL_NAME, CELL_VALUE, CELL_SOURCE, CELL_VERDICT, CELL_WHY };

static const struct column cell_columns[] = {
	{ "NAME", "what it is: record and key", 0, BY_DEFAULT },
	{ "VALUE", "as kvas publishes it", 0, BY_DEFAULT },
	{ "SOURCE", "who judges", 0, BY_DEFAULT },
	{ "VERDICT", "agrees, allows, consistent, disagrees, or cannot say", 0, BY_DEFAULT },
	{ "WHY", "where it stands, or why there is no verdict", 0, BY_DEFAULT },
};

static char *judgement_cell(const void *item, int column)
{
	const struct row *row = item;
	const struct value *value = &row->v->values[row->value];
	const struct cell *c = cell_of(row->v, row->value, row->source);

	switch (column) {
	case CELL_NAME:
		return value_name(value);
	case CELL_VALUE:
		return published_text(value, row->opt);
	case CELL_SOURCE:
		return text_printf("%s", sources[row->source]->name);
	case CELL_VERDICT:
		return text_printf("%s", verdict_name(c->verdict));
	default:
		return c->why ? text_printf("%s", c->why) : NULL;
	}
}

static void print_judgements(const struct options *opt,
			     const struct verification *v, bool quiet)
{
	struct table t;

	table_init(&t, opt, cell_columns, ARRAY_SIZE(cell_columns));
	for (size_t i = 0; i < v->n_values * n_sources; i++) {
		const struct row row = { v, i / n_sources, i % n_sources, opt };
		enum verdict verdict = v->cells[i].verdict;

		if (verdict == NO_RULE || (quiet && verdict != DISAGREES))
			continue;
		table_add(&t, NULL, color_of(opt, verdict), judgement_cell, &row);
	}
	table_fit(&t, opt, CELL_VALUE, CELL_WHY);
	table_print(&t, stdout);
}

/* --- In words ------------------------------------------------------------ */

/* Takes the text. */
static void print_sentence(const struct options *opt, char *text)
{
	print_wrapped(stdout, 0, opt->width, text);
	free(text);
}

static const char *are(size_t n)
{
	return n == 1 ? "is" : "are";
}

static void print_verdict(const struct options *opt, const struct verification *v,
			  const struct summary *s)
{
	size_t checked = s->exactly + s->bounded;

	if (s->disagree)
		print_sentence(opt, text_printf("Not all is well: other sources disagree with %zu of %zu values.",
						s->disagree, s->values));
	else if (!checked)
		print_sentence(opt, text_printf("Nothing could be checked of %zu values.", s->values));
	else
		print_sentence(opt, text_printf("All is well: other sources have or allow %zu of %zu values, and disagree with none.",
						checked, s->values));
	if (s->consistent)
		print_sentence(opt, text_printf("%zu %s only consistent with other published values.",
						s->consistent, are(s->consistent)));
	if (s->unverified)
		print_sentence(opt, text_printf("%zu %s unverified: no source can judge them.",
						s->unverified, are(s->unverified)));
	if (v->lacks)
		print_sentence(opt, text_printf("Saved by an older module: it has no %s.", v->lacks));
}

/* How much of it each source knows. */
static void print_statistics(const struct options *opt, const struct summary *s)
{
	char *text = text_printf("Of all values %zu are exactly those of another source and %zu within its bounds; by number of sources:",
				 s->exactly, s->bounded), *longer;

	for (size_t i = 0; i < ARRAY_SIZE(s->by); i++) {
		if (!s->by[i])
			continue;
		longer = text_printf("%s %zu by %zu,", text, s->by[i], i);
		free(text);
		text = longer;
	}
	text[strlen(text) - 1] = '.';
	print_sentence(opt, text);
	text = text_printf("Values that each source judged:");
	for (size_t i = 0; i < n_sources; i++) {
		longer = text_printf("%s %s %zu%s", text, sources[i]->name, s->judged[i],
				     i + 1 < n_sources ? "," : ".");
		free(text);
		text = longer;
	}
	print_sentence(opt, text);
}

/* --- All columns --------------------------------------------------------- */

/* The columns of the sources, and their reasons, are members of "sources". */
static const char *const value_members[TABLE_MAX_COLUMNS] = {
	[COL_NAME] = "record name key", [COL_VALUE] = "value absent",
	[COL_WHY] = "sources", [COL_FIRST_SOURCE ... TABLE_MAX_COLUMNS - 1] = "sources",
};

static const char *const cell_members[] = {
	[CELL_NAME] = "record name key", [CELL_VALUE] = "value absent",
	[CELL_SOURCE] = "sources", [CELL_VERDICT] = "sources", [CELL_WHY] = "sources",
};

static const struct column_set *column_sets(void)
{
	static struct column_set sets[4] = {
		[1] = { "reasons", cell_columns, ARRAY_SIZE(cell_columns), cell_members },
	};

	sets[0].columns = all_columns(true, &sets[0].n);
	sets[0].members = value_members;
	sets[2] = (struct column_set){ "config", verify_config_columns, N_CONFIG_COLUMNS,
				       verify_config_members };
	return sets;
}

/* --- The command --------------------------------------------------------- */

static enum verdict verdict_on_kernel(const struct verification *v, const char *key)
{
	const struct value *value = value_of(v, RECORD_KERNEL, "kernel", key);

	return value ? verdict_of(v, (size_t)(value - v->values)) : NO_RULE;
}

/* Of a capture that --file names: is it of the machine that it is held against? */
static void refuse_another_machine(const struct verification *v, struct machine *m)
{
	enum verdict build = verdict_on_kernel(v, "build_id");
	const char *release = machine_measured(m, "release");

	if (build == DISAGREES ||
	    (build < CONSISTENT && verdict_on_kernel(v, "release") == DISAGREES))
		die("this capture is of another kernel (%s) than this machine's (%s): name the machine that it was made on with --sysroot",
		    v->layout->release, release ? release : "whose release is not known");
}

static int status_of(const struct summary *s, const struct wishes *w)
{
	if (s->disagree)
		return KVAS_DIFFERS;
	if (!(s->exactly + s->bounded))
		fputs("kvas: nothing could be checked: the machine offers no other source, see 'kvas verify --reasons'\n",
		      stderr);
	else if (w->strict && s->unverified)
		fprintf(stderr, "kvas: no source can judge %zu of %zu values\n",
			s->unverified, s->values);
	else
		return KVAS_OK;
	return KVAS_DIFFERS;
}

static bool has_rows(const struct wishes *w, const struct summary *s)
{
	return w->all || w->reasons || s->disagree || (s->unverified && !w->quiet);
}

static void print_text(const struct options *opt, const struct wishes *w,
		       const struct verification *v, const struct summary *s)
{
	bool words = !w->quiet && !opt->raw && !opt->pairs && !opt->noheadings;

	if (words)
		print_verdict(opt, v, s);
	if (words && w->all)
		print_statistics(opt, s);
	if (!has_rows(w, s))
		return;
	if (words)
		putchar('\n');
	if (w->reasons)
		print_judgements(opt, v, w->quiet);
	else
		print_values(opt, w, v);
}

static void print_json(const struct options *opt, const struct wishes *w,
		       const struct verification *v, const struct summary *s)
{
	json_t *document = json_verification(v, s);

	columns_keep(document, "values", opt, &column_sets()[w->reasons]);
	json_print(stdout, document);
}

static void print_result(const struct options *opt, const struct wishes *w,
			 const struct verification *v, const struct summary *s)
{
	if (opt->json)
		print_json(opt, w, v, s);
	else if (!w->quiet || s->disagree)
		print_text(opt, w, v, s);
}

static void parse_wishes(struct wishes *w, int argc, char **argv)
{
	int c;

	*w = (struct wishes) { 0 };
	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, NULL)) != -1) {
		w->all = w->all || c == 'a';
		w->reasons = w->reasons || c == 'r';
		w->quiet = w->quiet || c == 'q';
		w->strict = w->strict || c == 's';
		if (c == 'c')
			w->config = optarg;
	}
	if (optind < argc)
		die("verify takes no operand, but got '%s': a saved machine is named with --sysroot",
		    argv[optind]);
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct verification *v;
	struct evidence *evidence;
	struct capture capture;
	struct machine *m;
	struct wishes wishes;
	struct summary summary;
	int status;

	parse_wishes(&wishes, argc, argv);
	if (wishes.config && (wishes.reasons || wishes.strict))
		die("--config and --%s exclude each other", wishes.reasons ? "reasons" : "strict");
	if (wishes.config)
		return verify_config(opt, wishes.config, wishes.all, wishes.quiet);
	capture_open(&capture, opt);
	m = machine_new(opt->sysroot, NULL);
	evidence = evidence_load(m);
	v = verify(capture.layout, evidence, true);
	if (opt->file)
		refuse_another_machine(v, m);
	summarize(v, &summary);
	print_result(opt, &wishes, v, &summary);
	status = status_of(&summary, &wishes);
	free(summary.judged);
	verification_free(v);
	evidence_free(evidence);
	machine_free(m);
	capture_close(&capture);
	return status;
}

const struct command cmd_verify = {
	.name = "verify", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS "b",
	.synopsis = "[options]",
	.summary = "each value against the other sources of the machine",
	.own_help =
	" --all                   every value, not only those that are not fine\n"
	" --reasons               every value with every source, and the reasons\n"
	" --quiet                 only what disagrees, and the exit status\n"
	" --strict                fail also if no source can judge a value\n"
	" --config FILE           against what this .config predicts, instead\n",
	.columns = column_sets,
	.joins_file_and_sysroot = true,
	.exclusive = { "all", "quiet" },
};
