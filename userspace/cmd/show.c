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
#include "texts/texts.h"

/* What the cells of a row are made from. */
struct row {
	const struct layout *l;
	const struct options *opt;
	const struct region *region;
	const struct fact *fact;
	const struct witness *witness;
	unsigned int purpose_width;	/* 0: any */
};

static char *text(const char *s)
{
	return s ? text_printf("%s", s) : NULL;
}

/* Words in lines of that width, which 0 leaves open. */
static char *broken(const char *s, unsigned int width)
{
	char *lines = text(s), *start = lines, *space = NULL;

	if (!lines || !width)
		return lines;
	for (char *p = lines; ; p++) {
		if (*p != ' ' && *p)
			continue;
		if (space && p > start + width) {
			*space = '\n';
			start = space + 1;
		}
		if (!*p)
			return lines;
		space = p;
	}
}

static char *address(const struct row *row, uint64_t addr)
{
	return text_printf("0x%0*" PRIx64, (int)row->l->bits / 4, addr);
}

static char *range(const struct row *row, uint64_t start, uint64_t end)
{
	int digits = (int)row->l->bits / 4;

	return text_printf("0x%0*" PRIx64 "-0x%0*" PRIx64, digits, start,
			   digits, end);
}

static char *size(const struct row *row, uint64_t less_one)
{
	return row->opt->bytes ? size_bytes(less_one) : size_human(less_one);
}

/* Both ends of a range, said once if they are the same. */
static char *both(const char *start, const char *separator, const char *end)
{
	if (strcmp(start, end) == 0)
		return text(start);
	return text_printf("%s%s%s", start, separator, end);
}

/* --- Regions and sections ------------------------------------------------ */

enum {
	REGION_NAME, REGION_RANGE, REGION_SIZE, REGION_PURPOSE, REGION_ROUTE,
	REGION_SOURCE, REGION_TYPE, REGION_PARENT, REGION_START, REGION_END,
	REGION_PHYS, REGION_USED, REGION_USED_RANGE, REGION_USED_SOURCE,
	REGION_USED_ROUTE, REGION_NOTE, REGION_ABSENT,
};

static const struct column region_columns[] = {
	[REGION_NAME] = { "NAME", "name of the region or section, as a tree", SCOLS_FL_TREE, BY_DEFAULT },
	[REGION_RANGE] = { "RANGE", "first and last address", 0, BY_DEFAULT },
	[REGION_SIZE] = { "SIZE", "size, rounded (--bytes: exact)", SCOLS_FL_RIGHT, BY_DEFAULT },
	[REGION_PURPOSE] = { "PURPOSE", "what it is for", SCOLS_FL_TRUNC, BY_DEFAULT },
	[REGION_ROUTE] = { "ROUTE", "how the bounds were obtained", 0, IF_WIDE },
	[REGION_SOURCE] = { "SOURCE", "the bounds, as the kernel spells them", 0, ON_REQUEST },
	[REGION_TYPE] = { "TYPE", "region, section of the kernel image, or memory of a device", 0, ON_REQUEST },
	[REGION_PARENT] = { "PARENT", "the smallest region around it", 0, ON_REQUEST },
	[REGION_START] = { "START", "first address", 0, ON_REQUEST },
	[REGION_END] = { "END", "last address", 0, ON_REQUEST },
	[REGION_PHYS] = { "PHYS", "physical address of START", 0, ON_REQUEST },
	[REGION_USED] = { "USED", "size of the part in use, where that is known", SCOLS_FL_RIGHT, ON_REQUEST },
	[REGION_USED_RANGE] = { "USED_RANGE", "first and last address in use", 0, ON_REQUEST },
	[REGION_USED_SOURCE] = { "USED_SOURCE", "end of that part, as the kernel spells it", 0, ON_REQUEST },
	[REGION_USED_ROUTE] = { "USED_ROUTE", "how that was obtained", 0, ON_REQUEST },
	[REGION_NOTE] = { "NOTE", "what else is important", 0, ON_REQUEST },
	[REGION_ABSENT] = { "ABSENT", "why this kernel does not have it", 0, ON_REQUEST },
};

static char *range_cell(const struct row *row, int column)
{
	const struct region *r = row->region;

	switch (column) {
	case REGION_RANGE:
		return range(row, r->start, r->end);
	case REGION_SIZE:
		return size(row, r->end - r->start);
	case REGION_START:
		return address(row, r->start);
	case REGION_END:
		return address(row, r->end);
	case REGION_PHYS:
		return r->has_phys ? text_printf("0x%0*" PRIx64, (int)row->l->bits / 4, r->phys) : NULL;
	case REGION_ROUTE:
		return r->is_memory ? NULL : both(r->start_route, "/", r->end_route);
	case REGION_SOURCE:
		return r->is_memory ? NULL : both(r->start_source, " .. ", r->end_source);
	case REGION_PARENT:
		return text(r->parent_name);
	default:
		return NULL;
	}
}

static char *used_cell(const struct row *row, int column)
{
	const struct region *r = row->region;

	switch (column) {
	case REGION_USED:
		return size(row, r->populated_end - r->populated_start);
	case REGION_USED_RANGE:
		return range(row, r->populated_start, r->populated_end);
	case REGION_USED_SOURCE:
		return text(r->populated_source);
	case REGION_USED_ROUTE:
		return text(r->populated_route);
	default:
		return NULL;
	}
}

static char *region_cell(const void *item, int column)
{
	const struct row *row = item;
	const struct region *r = row->region;

	switch (column) {
	case REGION_NAME:
		return text(r->name);
	case REGION_PURPOSE:
		return broken(region_purpose(r), row->purpose_width);
	case REGION_TYPE:
		return text(r->record->word);
	case REGION_NOTE:
		return text(r->note ? r->note : r->kind);
	case REGION_ABSENT:
		return text(r->absent);
	case REGION_USED:
	case REGION_USED_RANGE:
	case REGION_USED_SOURCE:
	case REGION_USED_ROUTE:
		return r->has_populated ? used_cell(row, column) : NULL;
	default:
		return r->absent ? NULL : range_cell(row, column);
	}
}

/* --- Facts and configuration --------------------------------------------- */

enum { FACT_NAME, FACT_VALUE, FACT_UNIT, FACT_SOURCE, FACT_ROUTE, FACT_ABSENT };

static const struct column fact_columns[] = {
	[FACT_NAME] = { "NAME", "name of the fact or configuration option", 0, BY_DEFAULT },
	[FACT_VALUE] = { "VALUE", "its value (--bytes: sizes not rounded)", 0, BY_DEFAULT },
	[FACT_UNIT] = { "UNIT", "what the value counts", 0, BY_DEFAULT },
	[FACT_SOURCE] = { "SOURCE", "as the kernel spells it", SCOLS_FL_TRUNC, BY_DEFAULT },
	[FACT_ROUTE] = { "ROUTE", "how it was obtained", 0, IF_WIDE },
	[FACT_ABSENT] = { "ABSENT", "why there is no value", 0, ON_REQUEST },
};

static char *fact_value(const struct row *row)
{
	const struct fact *f = row->fact;
	uint64_t number;

	if (row->opt->bytes || !f->unit || strcmp(f->unit, "bytes") != 0 ||
	    !fact_number(f, &number) || number == 0)
		return text(f->value);
	return size_human(number - 1);
}

static char *fact_cell(const void *item, int column)
{
	const struct row *row = item;
	const struct fact *f = row->fact;

	switch (column) {
	case FACT_NAME:
		return text(f->name);
	case FACT_VALUE:
		return fact_value(row);
	case FACT_UNIT:
		return text(f->unit);
	case FACT_SOURCE:
		return text(f->source);
	case FACT_ROUTE:
		return text(f->route);
	case FACT_ABSENT:
		return text(f->absent);
	default:
		return NULL;
	}
}

/* --- Witnesses ------------------------------------------------------------ */

enum { WITNESS_NAME, WITNESS_ADDR, WITNESS_REGION, WITNESS_SOURCE,
       WITNESS_CONTENT, WITNESS_ABSENT };

static const struct column witness_columns[] = {
	[WITNESS_NAME] = { "NAME", "name of the live object", 0, BY_DEFAULT },
	[WITNESS_ADDR] = { "ADDR", "where it is", 0, BY_DEFAULT },
	[WITNESS_REGION] = { "REGION", "the region or section that it must be in", 0, BY_DEFAULT },
	[WITNESS_SOURCE] = { "SOURCE", "the expression that made or found it", SCOLS_FL_TRUNC, BY_DEFAULT },
	[WITNESS_CONTENT] = { "CONTENT", "the text at that address", 0, ON_REQUEST },
	[WITNESS_ABSENT] = { "ABSENT", "why there is none", 0, ON_REQUEST },
};

static char *witness_cell(const void *item, int column)
{
	const struct row *row = item;
	const struct witness *w = row->witness;

	switch (column) {
	case WITNESS_NAME:
		return text(w->name);
	case WITNESS_ADDR:
		return w->absent ? NULL : address(row, w->addr);
	case WITNESS_REGION:
		return text(w->region_name);
	case WITNESS_SOURCE:
		return text(w->source);
	case WITNESS_CONTENT:
		return text(w->content);
	case WITNESS_ABSENT:
		return text(w->absent);
	default:
		return NULL;
	}
}

/* --- Tables ---------------------------------------------------------------- */

struct listing {
	FILE *out;
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

/* A row, or NULL for what is absent and listed later. */
static struct libscols_line *add(struct listing *s, const struct row *row,
				 const char *absent, const char *color,
				 struct libscols_line *parent)
{
	if (absent && s->list_absent) {
		s->n_absent++;
		return NULL;
	}
	return table_add(&s->table, parent, color, s->cell, row);
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

	begin(s, region_columns, ARRAY_SIZE(region_columns), region_cell,
	      REGION_ABSENT);
	purpose = purpose_width(s);
	if (purpose)
		table_break_lines(&s->table, REGION_PURPOSE);
	for (size_t i = 0; i < l->n_regions; i++) {
		const struct region *r = &l->regions[i];
		const struct row row = { l, s->opt, .region = r,
					 .purpose_width = purpose };

		lines[i] = add(s, &row, r->absent, region_color(r),
			       tree && r->parent ? lines[r->parent - l->regions] : NULL);
	}
	free(lines);
}

static void add_facts(struct listing *s, const struct fact *facts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct row row = { s->l, s->opt, .fact = &facts[i] };

		add(s, &row, facts[i].absent, NULL, NULL);
	}
}

static void add_witnesses(struct listing *s)
{
	begin(s, witness_columns, ARRAY_SIZE(witness_columns), witness_cell,
	      WITNESS_ABSENT);
	for (size_t i = 0; i < s->l->n_witnesses; i++) {
		const struct row row = { s->l, s->opt, .witness = &s->l->witnesses[i] };

		add(s, &row, row.witness->absent, NULL, NULL);
	}
}

/* "  name  reason", wrapped. */
static void print_absent(const struct listing *s, const char *name,
			 const char *why)
{
	enum { NAME_WIDTH = 22 };

	if (!why)
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

void show_table(FILE *out, const struct layout *l, const struct options *opt,
		enum show_what what)
{
	struct listing s = { .out = out, .l = l, .opt = opt };

	switch (what) {
	case SHOW_REGIONS:
		add_regions(&s);
		break;
	case SHOW_FACTS:
		begin(&s, fact_columns, ARRAY_SIZE(fact_columns), fact_cell,
		      FACT_ABSENT);
		add_facts(&s, l->facts, l->n_facts);
		add_facts(&s, l->configs, l->n_configs);
		break;
	case SHOW_WITNESSES:
		add_witnesses(&s);
		break;
	}
	table_print(&s.table, out);
	list_absent(&s, what);
}

static void print_columns(FILE *out)
{
	columns_help(out, region_columns, ARRAY_SIZE(region_columns));
	fputs("\nColumns with --facts:\n", out);
	columns_help(out, fact_columns, ARRAY_SIZE(fact_columns));
	fputs("\nColumns with --witnesses:\n", out);
	columns_help(out, witness_columns, ARRAY_SIZE(witness_columns));
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

static char *memory_sentence(const struct layout *l)
{
	char *sentence = text_printf("%s", "");
	uint64_t ram;

	if (fact_number(layout_fact(l, "ram"), &ram) && ram) {
		char *human = size_human(ram - 1);

		append(&sentence, text_printf("%s of RAM for the page allocator", human));
		free(human);
	}
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
	summary_line(out, opt, "Memory", memory_sentence(l));
	summary_line(out, opt, "KASLR", kaslr_sentence(l));
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

	if (opt->json && (other || summary != SUMMARY_AUTO))
		die("--json and %s exclude each other: JSON always has everything",
		    other ? other : "--summary");
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

static int run(const struct options *opt, int argc, char **argv)
{
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
	if (optind < argc)
		die("show takes no operand, but got '%s': a capture is named with -f", argv[optind]);
	check_summary(opt, what, summary);
	l = load_layout(opt);
	if (opt->json) {
		json_print(stdout, json_layout(l));
	} else {
		bool plain = !opt->raw && !opt->pairs && !opt->noheadings;

		if (summary == SUMMARY_AUTO)
			summary = opt->terminal && plain && what == SHOW_REGIONS ?
				  SUMMARY_ALWAYS : SUMMARY_NEVER;
		if (summary != SUMMARY_NEVER)
			show_summary(stdout, l, opt);
		if (summary == SUMMARY_ALWAYS)
			putchar('\n');
		if (summary != SUMMARY_ONLY)
			show_table(stdout, l, opt, what);
	}
	layout_free(l);
	return KVAS_OK;
}

const struct command cmd_show = {
	.name = "show", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS "b",
	.synopsis = "[options]",
	.summary = "the layout as a table (the default command)",
	.own_help =
	" --facts                 facts and options instead of regions\n"
	" --witnesses             live objects instead of regions\n"
	" --summary[=WHEN]        a summary first: auto, never, always, only\n",
	.columns_help = print_columns,
};
