// SPDX-License-Identifier: GPL-2.0-only
/* show_table.c - the layout as tables, and the summary above them; see show.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "output/table.h"
#include "show.h"
#include "texts/texts.h"

/* --- Tables ---------------------------------------------------------------- */

bool show_is_selected(const struct selection *s, const char *name)
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
	if (!show_is_selected(s->selection, name))
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

	if (!why || !show_is_selected(s->selection, name))
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

void show_selected(FILE *out, const struct layout *l, const struct options *opt,
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
