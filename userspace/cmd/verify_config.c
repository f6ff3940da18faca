// SPDX-License-Identifier: GPL-2.0-only
/* verify_config.c - a layout against what a .config predicts. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "output/json.h"
#include "output/table.h"
#include "rules/predict.h"
#include "verify/situation.h"

/* --- What is predicted --------------------------------------------------- */

/* What a capture alone tells of the machine that it is of. */
static void take_facts(struct circumstances *c, const struct layout *l)
{
	const struct fact *mmu = layout_fact(l, "mmu");
	uint64_t n;

	if (fact_number(layout_fact(l, "va_bits"), &n) && n <= 64)
		c->va_bits = (unsigned int)n;
	if (fact_number(layout_fact(l, "pa_bits"), &n) && n <= 64)
		c->pa_bits = (unsigned int)n;
	c->mmu = mmu ? mmu->value : NULL;
	c->cmdline = l->cmdline;
}

/* Options too: those that a layout publishes are what the .config says. */
static void predict_options_of(const struct layout *l, const struct kconfig *k,
			       struct predictions *p)
{
	for (size_t i = 0; i < l->n_configs; i++) {
		const char *name = l->configs[i].name;
		const char *value = kconfig_value(k, name, &p->pool);

		/* What is built as a module is not built in. */
		predictions_add(p, RECORD_CONFIG, name, "value",
				word(strcmp(value, "m") ? value : "n", "the .config"));
	}
}

/* The configuration's options, and all else as the machine has it. */
static void predict_on_machine(const struct options *opt, const struct layout *l,
			       const struct kconfig *k, struct predictions *p)
{
	struct machine *m = machine_new(opt->sysroot, NULL);
	struct situation s;

	situation_of_machine(&s, m, arch_by_name(l->arch));
	s.options = kernel_options_parse(k->text, machine_pool(m));
	if (!s.release) {
		s.release = release_number(l->release);
		s.release_name = l->release;
	}
	/* Where this boot put the image is no prediction. */
	s.stext = unknown("a configuration does not tell");
	predict_situation(&s, p);
	machine_free(m);
}

void predict_for(const struct options *opt, const struct layout *l, const struct kconfig *k,
		 struct predictions *p)
{
	struct circumstances c = {
		.arch = l->arch, .release = l->release, .config = k->text,
	};

	if (opt->file && !opt->sysroot) {
		take_facts(&c, l);
		predict(&c, p);
	} else {
		predict_on_machine(opt, l, k, p);
	}
	predict_options_of(l, k, p);
}

static struct verification *hold(const struct options *opt, const struct capture *capture,
				 const struct kconfig *k)
{
	struct predictions p;
	struct verification *v;

	predict_for(opt, capture->layout, k, &p);
	v = verify_predictions(capture->layout, &p);
	predictions_free(&p);
	return v;
}

/* --- The table ----------------------------------------------------------- */

struct row {
	const struct verification *v;
	size_t value;
	const struct options *opt;
};

enum { NAME, VALUE, VERDICT, WHY };

const struct column verify_config_columns[N_CONFIG_COLUMNS] = {
	[NAME] = { "NAME", "what it is: record and key", 0, BY_DEFAULT },
	[VALUE] = { "VALUE", "as kvas publishes it", 0, BY_DEFAULT },
	[VERDICT] = { "VERDICT", "exact, within, wrong or not predicted", 0, BY_DEFAULT },
	[WHY] = { "WHY", "what was predicted, and why", 0, BY_DEFAULT },
};

const char *const verify_config_members[N_CONFIG_COLUMNS] = {
	[NAME] = "record name key", [VALUE] = "value absent",
};

enum outcome { NOT_PREDICTED, WRONG, WITHIN, EXACT, N_OUTCOMES };

static const char *const outcomes[N_OUTCOMES] = {
	"not predicted", "wrong", "within", "exact",
};

/* Keys of JSON hold no space. */
static const char *const outcome_keys[N_OUTCOMES] = {
	"not_predicted", "wrong", "within", "exact",
};

/* Nothing is predicted of where an object of this boot is. */
static bool is_of_layout(const struct verification *v, size_t value)
{
	return v->values[value].record->type != RECORD_WITNESS;
}

static enum outcome outcome_of(const struct verification *v, size_t value)
{
	switch (cell_of(v, value, 0)->verdict) {
	case AGREES:
		return EXACT;
	case ALLOWS:
		return WITHIN;
	case DISAGREES:
		return WRONG;
	default:
		return NOT_PREDICTED;
	}
}

static char *cell(const void *item, int column)
{
	const struct row *row = item;
	const struct value *value = &row->v->values[row->value];
	const struct cell *c = cell_of(row->v, row->value, 0);

	switch (column) {
	case NAME:
		return value_name(value);
	case VALUE:
		return published_text(value, row->opt);
	case VERDICT:
		return text_printf("%s", outcomes[outcome_of(row->v, row->value)]);
	default:
		return c->why ? text_printf("%s%s", outcome_of(row->v, row->value) == WRONG ?
					    "predicted " : "", c->why) : NULL;
	}
}

static void print_table(const struct options *opt, const struct verification *v,
			bool all)
{
	static const char *const colors[N_OUTCOMES] = { "yellow", "red" };
	struct table t;

	table_init(&t, opt, verify_config_columns, N_CONFIG_COLUMNS);
	for (size_t i = 0; i < v->n_values; i++) {
		const struct row row = { v, i, opt };
		enum outcome outcome = outcome_of(v, i);

		if (is_of_layout(v, i) && (all || outcome == WRONG))
			table_add(&t, NULL, opt->color ? colors[outcome] : NULL, cell, &row);
	}
	table_fit(&t, opt, VALUE, WHY);
	table_print(&t, stdout);
}

static void print_verdict(const struct options *opt, const size_t *counts)
{
	size_t right = counts[EXACT] + counts[WITHIN], all = right + counts[WRONG];
	char *text;

	text = counts[WRONG] ?
		text_printf("Not as configured: %zu of %zu predicted values %s wrong.", counts[WRONG],
			    all, counts[WRONG] == 1 ? "is" : "are") :
		text_printf("As configured: all of %zu predicted values are right.", all);
	print_wrapped(stdout, 0, opt->width, text);
	free(text);
	text = text_printf("%zu are exact, %zu within what is possible; %zu more are not predicted.",
			   counts[EXACT], counts[WITHIN], counts[NOT_PREDICTED]);
	print_wrapped(stdout, 0, opt->width, text);
	free(text);
}

static void print_text(const struct options *opt, const struct verification *v,
		       const size_t *counts, bool all, bool quiet)
{
	bool words = !quiet && !opt->raw && !opt->pairs && !opt->noheadings;

	if (words)
		print_verdict(opt, counts);
	if (!all && !counts[WRONG])
		return;
	if (words)
		putchar('\n');
	print_table(opt, v, all);
}

static void print_json(const struct options *opt, const struct verification *v,
		       const char *file, const size_t *counts)
{
	const struct column_set set = {
		"config", verify_config_columns, N_CONFIG_COLUMNS, verify_config_members,
	};
	json_t *document = json_document("verify", v->layout), *list = json_array(), *summary = json_object();

	json_member(document, "config", json_text(file));
	for (size_t i = 0; i < N_OUTCOMES; i++)
		json_member(summary, outcome_keys[i], json_count(counts[i]));
	json_member(document, "summary", summary);
	for (size_t i = 0; i < v->n_values; i++) {
		json_t *object;

		if (!is_of_layout(v, i))
			continue;
		object = json_published(&v->values[i]);
		json_member(object, "verdict", json_text(outcomes[outcome_of(v, i)]));
		json_member(object, "why", json_text(cell_of(v, i, 0)->why));
		json_element(list, object);
	}
	json_member(document, "values", list);
	columns_keep(document, "values", opt, &set);
	json_print(stdout, document);
}

int verify_config(const struct options *opt, const char *file, bool all, bool quiet)
{
	size_t counts[N_OUTCOMES] = { 0 };
	struct pool pool = { 0 };
	struct verification *v;
	struct capture capture;
	struct kconfig k;

	kconfig_load(&k, file, &pool);
	predict_or_refuse(&k, file, &pool);
	capture_open(&capture, opt);
	if (strcmp(k.arch, capture.layout->arch))
		die("%s configures a kernel for %s, and the layout is that of %s", file,
		    k.arch, capture.layout->arch);
	release_or_refuse(capture.layout->release, "the layout is of release ");
	v = hold(opt, &capture, &k);
	for (size_t i = 0; i < v->n_values; i++)
		counts[outcome_of(v, i)] += is_of_layout(v, i);
	if (opt->json)
		print_json(opt, v, file, counts);
	else
		print_text(opt, v, counts, all, quiet);
	verification_free(v);
	capture_close(&capture);
	pool_free(&pool);
	return counts[WRONG] ? KVAS_DIFFERS : KVAS_OK;
}
