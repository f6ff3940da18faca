// SPDX-License-Identifier: GPL-2.0-only
/* predict_diff.c - what a change of the configuration does, before anything is built. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "output/json.h"
#include "output/table.h"
#include "predict.h"
#include "rules/arch.h"

/* One value as both predict it; NULL where nothing is said of it. */
struct row {
	const struct prediction *side[2];
	unsigned int bits[2];		/* of an address */
	bool one_line;
};

enum { NAME, FROM, TO, WHY };

const struct column predict_diff_columns[N_DIFF_COLUMNS] = {
	[NAME] = { "NAME", "region or fact, and which value of it", 0, BY_DEFAULT },
	[FROM] = { "FROM", "what the first predicts", 0, BY_DEFAULT },
	[TO] = { "TO", "what the second predicts", 0, BY_DEFAULT },
	[WHY] = { "WHY", "where that of the second stands, or what decides", 0, BY_DEFAULT },
};

const char *const predict_diff_members[N_DIFF_COLUMNS] = {
	[NAME] = "record name key", [WHY] = "from to",
};

static bool is_same(const struct prediction *a, const struct prediction *b)
{
	const struct known *x = &a->known, *y = &b->known;

	if (x->kind != y->kind)
		return false;
	if (x->kind == WORD)
		return !strcmp(x->word, y->word);
	return !is_numeric(x) || (x->number == y->number && highest(x) == highest(y));
}

static char *number_text(const struct row *row, int side, uint64_t n)
{
	return value_number(kind_of_prediction(row->side[side]), row->bits[side], n,
			    row->one_line);
}

static char *side_text(const struct row *row, int side)
{
	const struct prediction *p = row->side[side];
	char *low, *high, *text;

	if (!p)
		return NULL;
	if (p->known.kind == WORD)
		return text_printf("%s", p->known.word);
	if (!is_numeric(&p->known))
		return text_printf("%s", prediction_kind(p->known.kind));
	low = number_text(row, side, p->known.number);
	if (p->known.kind == NUMBER)
		return low;
	high = number_text(row, side, p->known.high);
	text = text_printf(row->one_line ? "%s..%s" : "%s\nto %s", low, high);
	free(low);
	free(high);
	return text;
}

static char *cell(const void *item, int column)
{
	const struct row *row = item;
	const struct prediction *any = row->side[1] ? row->side[1] : row->side[0];

	switch (column) {
	case NAME:
		return text_printf("%s.%s", any->name, any->key);
	case FROM:
		return side_text(row, 0);
	case TO:
		return side_text(row, 1);
	default:
		return text_printf("%s", row->side[1] ? any->known.how :
				   "the second says nothing of it");
	}
}

/* The values that differ, in the order of the second; returns how many. */
static size_t find_differences(const struct predictions *a, const struct predictions *b,
			       struct row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct prediction *to = &b->each[i];
		const struct prediction *from = prediction_of(a, to->type, to->name, to->key);

		if (!from || !is_same(from, to))
			rows[n++] = (struct row) { .side = { from, to } };
	}
	for (size_t i = 0; i < a->n; i++) {
		const struct prediction *from = &a->each[i];

		if (!prediction_of(b, from->type, from->name, from->key))
			rows[n++] = (struct row) { .side = { from, NULL } };
	}
	return n;
}

static void print_table(const struct options *opt, const struct row *rows, size_t n)
{
	struct table t;

	table_init(&t, opt, predict_diff_columns, N_DIFF_COLUMNS);
	for (int column = FROM; column <= TO && !opt->raw && !opt->pairs; column++)
		table_break_lines(&t, column);
	for (size_t i = 0; i < n; i++)
		table_add(&t, NULL, NULL, cell, &rows[i]);
	table_print(&t, stdout);
}

static void print_text(const struct options *opt, const struct circumstances *c,
		       const char *const *names, const struct row *rows, size_t n)
{
	for (int i = 0; i < 2; i++) {
		char *name = escaped(names[i]);

		printf("%s  Linux %s, %s: %s\n", i ? "to  " : "from", c[i].release,
		       c[i].arch, name);
		free(name);
	}
	if (n)
		printf("%zu %s.\n\n", n, n == 1 ? "value differs" : "values differ");
	else
		puts("No difference.");
	if (n)
		print_table(opt, rows, n);
}

static json_t *json_side(const struct row *row, int side)
{
	return row->side[side] ? json_prediction(row->bits[side], row->side[side]) : json_null();
}

static json_t *json_circumstances(const struct circumstances *c, const char *name)
{
	json_t *object = json_object();

	json_member(object, "source", json_text(name));
	json_member(object, "release", json_text(c->release));
	json_member(object, "arch", json_text(c->arch));
	json_member(object, "cmdline", json_text(c->cmdline));
	return object;
}

static void print_json(const struct options *opt, const struct circumstances *c,
		       const char *const *names, const struct row *rows, size_t n)
{
	static const struct column_set set = {
		"diff", predict_diff_columns, N_DIFF_COLUMNS, predict_diff_members,
	};
	json_t *document = json_document("predict", NULL), *list = json_array();

	json_member(document, "from", json_circumstances(&c[0], names[0]));
	json_member(document, "to", json_circumstances(&c[1], names[1]));
	for (size_t i = 0; i < n; i++) {
		const struct row *row = &rows[i];
		const struct prediction *any = row->side[1] ? row->side[1] : row->side[0];
		json_t *object = json_object();

		json_member(object, "record", json_text(record_words[any->type]));
		json_member(object, "name", json_text(any->name));
		json_member(object, "key", json_text(any->key));
		json_member(object, "from", json_side(row, 0));
		json_member(object, "to", json_side(row, 1));
		json_element(list, object);
	}
	json_member(document, "differences", list);
	columns_keep(document, "differences", opt, &set);
	json_print(stdout, document);
}

int predict_diff(const struct options *opt, const struct circumstances *c,
		 const char *const *names)
{
	struct predictions p[2];
	struct row *rows;
	size_t n;

	predict(&c[0], &p[0]);
	predict(&c[1], &p[1]);
	rows = zalloc_array(p[0].n + p[1].n + 1, sizeof(*rows));
	n = find_differences(&p[0], &p[1], rows);
	for (size_t i = 0; i < n; i++) {
		rows[i].one_line = opt->raw || opt->pairs || opt->bytes;
		for (int side = 0; side < 2; side++)
			rows[i].bits[side] = arch_by_name(c[side].arch)->bits;
	}
	if (opt->json)
		print_json(opt, c, names, rows, n);
	else if (opt->raw || opt->pairs)
		print_table(opt, rows, n);
	else
		print_text(opt, c, names, rows, n);
	free(rows);
	predictions_free(&p[0]);
	predictions_free(&p[1]);
	return n ? KVAS_DIFFERS : KVAS_OK;
}
