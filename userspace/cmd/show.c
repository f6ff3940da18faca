// SPDX-License-Identifier: GPL-2.0-only
/* show.c - the layout as tables: regions, facts, witnesses. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "output/json.h"
#include "output/table.h"
#include "layout/names.h"
#include "show.h"
#include "texts/texts.h"

/* --- Tables ---------------------------------------------------------------- */

/* The names that were asked for; none: all. */
struct selection {
	char **names;
	int n;
};

static bool is_selected(const struct selection *s, const char *name)
{
	for (int i = 0; s && i < s->n; i++)
		if (strcmp(s->names[i], name) == 0)
			return true;
	return !s || !s->n;
}

struct listing {
	FILE *out;
	const struct selection *selection;
	const struct layout *l;
	const struct options *opt;
	struct table table;
	char *(*cell)(const void *item, int column);
	bool list_absent;	/* below the table and not as rows */
	size_t n_absent;
};

static void begin(struct listing *s, const struct column *columns, size_t n,
		  char *(*cell)(const void *item, int column), int absent)
{
	const struct options *opt = s->opt;

	table_init(&s->table, opt, columns, n);
	s->cell = cell;
	s->list_absent = !table_has(&s->table, absent);
}

/* A row, or NULL for what is absent and listed later, or not asked for. */
static struct libscols_line *add(struct listing *s, const struct row *row, const char *name,
				 const char *absent, const char *color,
				 struct libscols_line *parent)
{
	if (!is_selected(s->selection, name))
		return NULL;
	if (absent && s->list_absent) {
		s->n_absent++;
		return NULL;
	}
	return table_add(&s->table, parent, color, s->cell, row);
}

/* Of a row only the name has the region's colour, so that the rest is read easily. */
static void color_name(const struct listing *s, struct libscols_line *line,
		       const struct region *r)
{
	for (size_t i = 0; line && i < s->table.n; i++)
		if (s->table.chosen[i] == REGION_NAME)
			scols_cell_set_color(scols_line_get_cell(line, i), region_color(r));
}

static unsigned int wider(unsigned int width, char *cell)
{
	unsigned int length = cell ? (unsigned int)strlen(cell) : 0;

	free(cell);
	return length > width ? length : width;
}

/*
 * What the other default columns leave of a terminal for the purpose, so that
 * it is broken between words.  0: there is no terminal to keep to, or which
 * columns to have was not left to us.
 */
static unsigned int purpose_width(const struct listing *s)
{
	enum { LEAST = 14 };	/* narrower terminals get what does not fit */
	const struct options *opt = s->opt;
	unsigned int names = 4, ranges = 5, sizes = 4, routes = 5, taken;

	if (!opt->width_known || opt->raw || opt->pairs || opt->columns ||
	    opt->all_columns)
		return 0;
	for (size_t i = 0; i < s->l->n_present; i++) {
		const struct region *r = &s->l->regions[i];
		const struct row row = { s->l, opt, .region = r };

		/* Two for each branch of the tree. */
		names = wider(names, text_printf("%*s%s", 2 * (int)r->depth, "", r->name));
		ranges = wider(ranges, region_cell(&row, REGION_RANGE));
		sizes = wider(sizes, region_cell(&row, REGION_SIZE));
		routes = wider(routes, region_cell(&row, REGION_ROUTE));
	}
	taken = names + 1 + ranges + 1 + sizes + 1;
	if (table_has(&s->table, REGION_ROUTE))
		taken += 1 + routes;
	return opt->width >= taken + LEAST ? opt->width - taken : LEAST;
}

static void add_regions(struct listing *s)
{
	const struct layout *l = s->l;
	struct libscols_line **lines = zalloc_array(l->n_regions, sizeof(*lines));
	bool tree = !s->opt->raw && !s->opt->pairs;
	unsigned int purpose;

	begin(s, region_columns, N_REGION_COLUMNS, region_cell,
	      REGION_ABSENT);
	purpose = purpose_width(s);
	if (purpose)
		table_break_lines(&s->table, REGION_PURPOSE);
	for (size_t i = 0; i < l->n_regions; i++) {
		const struct region *r = &l->regions[i];
		const struct row row = { l, s->opt, .region = r,
					 .purpose_width = purpose };

		lines[i] = add(s, &row, r->name, r->absent, NULL,
			       tree && r->parent ? lines[r->parent - l->regions] : NULL);
		color_name(s, lines[i], r);
	}
	free(lines);
}

static void add_facts(struct listing *s, const struct fact *facts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct row row = { s->l, s->opt, .fact = &facts[i] };

		add(s, &row, facts[i].name, facts[i].absent, NULL, NULL);
	}
}

static void add_witnesses(struct listing *s)
{
	begin(s, witness_columns, N_WITNESS_COLUMNS, witness_cell,
	      WITNESS_ABSENT);
	for (size_t i = 0; i < s->l->n_witnesses; i++) {
		const struct row row = { s->l, s->opt, .witness = &s->l->witnesses[i] };

		add(s, &row, row.witness->name, row.witness->absent, NULL, NULL);
	}
	table_fit(&s->table, s->opt, WITNESS_SOURCE, WITNESS_PURPOSE);
}

/* "  name  reason", wrapped. */
static void print_absent(const struct listing *s, const char *name,
			 const char *why)
{
	enum { NAME_WIDTH = 22 };

	if (!why || !is_selected(s->selection, name))
		return;
	fprintf(s->out, "  %-*s ", NAME_WIDTH, name);
	print_wrapped(s->out, 2 + NAME_WIDTH + 1,
		      s->opt->width_known ? s->opt->width : ~0u, why);
}

static void list_absent(const struct listing *s, enum show_what what)
{
	const struct layout *l = s->l;

	/* Scripts ask for the column ABSENT. */
	if (!s->n_absent || s->opt->raw || s->opt->pairs || s->opt->noheadings)
		return;
	fputs("\nAbsent:\n", s->out);
	for (size_t i = 0; what == SHOW_REGIONS && i < l->n_regions; i++)
		print_absent(s, l->regions[i].name, l->regions[i].absent);
	for (size_t i = 0; what == SHOW_FACTS && i < l->n_facts; i++)
		print_absent(s, l->facts[i].name, l->facts[i].absent);
	for (size_t i = 0; what == SHOW_FACTS && i < l->n_configs; i++)
		print_absent(s, l->configs[i].name, l->configs[i].absent);
	for (size_t i = 0; what == SHOW_WITNESSES && i < l->n_witnesses; i++)
		print_absent(s, l->witnesses[i].name, l->witnesses[i].absent);
}

static void show_selected(FILE *out, const struct layout *l, const struct options *opt,
			  enum show_what what, const struct selection *selection)
{
	struct listing s = { .out = out, .l = l, .opt = opt, .selection = selection };

	switch (what) {
	case SHOW_REGIONS:
		add_regions(&s);
		break;
	case SHOW_FACTS:
		begin(&s, fact_columns, N_FACT_COLUMNS, fact_cell,
		      FACT_ABSENT);
		add_facts(&s, l->facts, l->n_facts);
		add_facts(&s, l->configs, l->n_configs);
		table_fit(&s.table, opt, FACT_SOURCE, FACT_PURPOSE);
		break;
	case SHOW_WITNESSES:
		add_witnesses(&s);
		break;
	}
	table_print(&s.table, out);
	list_absent(&s, what);
}

void show_table(FILE *out, const struct layout *l, const struct options *opt,
		enum show_what what)
{
	show_selected(out, l, opt, what, NULL);
}

/* --- Summary ---------------------------------------------------------------- */

enum { LABEL_WIDTH = 13 };

/* Takes and frees a sentence; nothing is printed for an empty one. */
static void summary_line(FILE *out, const struct options *opt,
			 const char *label, char *sentence)
{
	if (*sentence) {
		fprintf(out, "%-*s", LABEL_WIDTH, label);
		print_wrapped(out, LABEL_WIDTH, opt->width, sentence);
	}
	free(sentence);
}

/* Appends to *sentence, with ", " between the parts. */
static void append(char **sentence, char *part)
{
	char *longer = text_printf("%s%s%s", *sentence, **sentence ? ", " : "", part);

	free(*sentence);
	free(part);
	*sentence = longer;
}

static const char *value_of(const struct layout *l, const char *name)
{
	const struct fact *f = layout_fact(l, name);

	return f ? f->value : NULL;
}

static char *page_table_sentence(const struct layout *l)
{
	const char *levels = value_of(l, "page_levels");
	const char *va = value_of(l, "va_bits"), *pa = value_of(l, "pa_bits");
	char *sentence = text_printf("%s", "");
	uint64_t page;

	if (levels)
		append(&sentence, text_printf("%s levels", levels));
	if (fact_number(layout_fact(l, "page_size"), &page) && page) {
		char *human = size_human(page - 1);

		append(&sentence, text_printf("pages of %s", human));
		free(human);
	}
	if (va)
		append(&sentence, text_printf("%s-bit virtual addresses", va));
	if (pa)
		append(&sentence, text_printf("%s-bit physical addresses", pa));
	return sentence;
}

/* How far KASLR moved what, from the facts NAME_kaslr_offset. */
static char *kaslr_sentence(const struct layout *l)
{
	static const char suffix[] = "_kaslr_offset";
	char *sentence = text_printf("%s", "");
	bool moved = false;

	for (size_t i = 0; i < l->n_facts; i++) {
		const struct fact *f = &l->facts[i];
		int n = (int)strlen(f->name) - (int)strlen(suffix);

		if (f->absent || n <= 0 || strcmp(f->name + n, suffix) != 0)
			continue;
		moved |= strcmp(f->value, "0x0") != 0;
		append(&sentence, text_printf("%.*s %s%s", n, f->name,
			*f->value == '-' ? "" : "+", f->value));
	}
	if (*sentence && !moved)
		append(&sentence, text_printf("all where they were linked"));
	return sentence;
}

void show_summary(FILE *out, const struct layout *l, const struct options *opt)
{
	const char *split = value_of(l, "user_kernel_split");

	summary_line(out, opt, "Kernel",
		     text_printf("%s, %s, %u bits, %s-endian", l->release, l->arch,
				 l->bits, l->big_endian ? "big" : "little"));
	summary_line(out, opt, "User:kernel", text_printf("%s", split ? split : ""));
	summary_line(out, opt, "Page tables", page_table_sentence(l));
	summary_line(out, opt, "Memory", ram_sentence(l));
	summary_line(out, opt, "KASLR", kaslr_sentence(l));
}

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

		if (!is_selected(selection, json_string_value(name)))
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

const struct command cmd_show = {
	.name = "show", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS "b",
	.synopsis = "[options] [REGION...]",
	.summary = "the layout as a table (the default command)",
	.own_help =
	" --facts                 facts and options instead of regions\n"
	" --witnesses             live objects instead of regions\n"
	" --summary[=WHEN]        a summary first: auto, never, always, only\n",
	.columns = show_columns,
};
