// SPDX-License-Identifier: GPL-2.0-only
/* predict.c - the layout of a kernel that need not be built yet. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "commands.h"
#include "output/json.h"
#include "output/table.h"
#include "predict.h"
#include "rules/arch.h"
#include "texts/texts.h"

enum { OPT_ARCH, OPT_RELEASE, OPT_RAM, OPT_CMDLINE, OPT_VA_BITS, OPT_PA_BITS,
       OPT_MMU, OPT_FACTS, OPT_DIFF };

static const struct option own_options[] = {
	{ "arch", required_argument, NULL, OPT_ARCH },
	{ "release", required_argument, NULL, OPT_RELEASE },
	{ "ram", required_argument, NULL, OPT_RAM },
	{ "cmdline", required_argument, NULL, OPT_CMDLINE },
	{ "va-bits", required_argument, NULL, OPT_VA_BITS },
	{ "pa-bits", required_argument, NULL, OPT_PA_BITS },
	{ "mmu", required_argument, NULL, OPT_MMU },
	{ "facts", no_argument, NULL, OPT_FACTS },
	{ "diff", no_argument, NULL, OPT_DIFF },
	{ 0 }
};

/* --- What is given ------------------------------------------------------- */

static unsigned int parse_bits(const char *option, const char *text)
{
	uint64_t n;

	if (!scan_number(&text, 10, &n) || *text || n < 32 || n > 64)
		die("--%s: expected the bits of an address, 32 to 64", option);
	return (unsigned int)n;
}

/* What is asked for besides, and of what it must be. */
struct request {
	const char *arch;
	bool facts, diff;
};

static void parse_options(struct circumstances *c, struct request *r, int argc, char **argv)
{
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", own_options, NULL)) != -1) {
		switch (option) {
		case OPT_ARCH:
			r->arch = optarg;
			break;
		case OPT_RELEASE:
			release_or_refuse(optarg, "--release=");
			c->release = optarg;
			break;
		case OPT_RAM:
			if (!size_parse(optarg, &c->ram) || ++c->ram < 16u << 20)
				die("--ram=%s: expected an amount of memory, at least 16M, such as 4G", optarg);
			break;
		case OPT_CMDLINE:
			c->cmdline = optarg;
			break;
		case OPT_VA_BITS:
			c->va_bits = parse_bits("va-bits", optarg);
			break;
		case OPT_PA_BITS:
			c->pa_bits = parse_bits("pa-bits", optarg);
			break;
		case OPT_MMU:
			if (strcmp(optarg, "radix") && strcmp(optarg, "hash"))
				die("--mmu=%s: expected radix or hash", optarg);
			c->mmu = optarg;
			break;
		case OPT_FACTS:
			r->facts = true;
			break;
		case OPT_DIFF:
			r->diff = true;
			break;
		}
	}
	if (r->diff && argc - optind != 2)
		die("predict --diff takes two operands, the .config before and after; see 'kvas predict --help'");
	if (!r->diff && argc - optind != 1)
		die("predict takes one operand, the .config of a kernel; see 'kvas predict --help'");
}

static void take_config(struct circumstances *c, struct kconfig *k, const struct request *r,
			const char *file, struct pool *pool)
{
	kconfig_load(k, file, pool);
	predict_or_refuse(k, file, pool);
	if (r->arch)
		arch_or_refuse(r->arch, k, file);
	if (!c->release && !k->release)
		die("%s does not say of which release it is: name one with --release, such as --release=6.12", file);
	if (!c->release) {
		c->release = k->release;
		release_or_refuse(c->release, "");
	}
	c->arch = k->arch;
	c->config = k->text;
}

/* --- A table of regions -------------------------------------------------- */

/* A region or section, and what is said of it. */
struct row {
	const struct circumstances *c;
	const struct prediction *start, *end, *size;
	bool one_line;
	size_t note;			/* the number of its reason, below the table */
};

enum { NAME, KIND, START, END, SIZE, PURPOSE, NOTE, WHY };

static const struct column columns[] = {
	[NAME] = { "NAME", "region or section", 0, BY_DEFAULT },
	[KIND] = { "PREDICTION", "exact, interval (where KASLR or what is not given decides), absent, or open", 0, BY_DEFAULT },
	[START] = { "START", "first address, or the lowest and the highest that it can be", 0, BY_DEFAULT },
	[END] = { "END", "last address, or the lowest and the highest that it can be", 0, BY_DEFAULT },
	[SIZE] = { "SIZE", "how large it is", SCOLS_FL_RIGHT, BY_DEFAULT },
	[PURPOSE] = { "PURPOSE", "what it is for", 0, ON_REQUEST },
	[NOTE] = { "NOTE", "the number of WHY, which a narrow table has below it", SCOLS_FL_RIGHT, ON_REQUEST },
	[WHY] = { "WHY", "what decides it, or where the kernel says so", 0, IF_WIDE },
};

static bool has_numbers(const struct prediction *p)
{
	return p && is_numeric(&p->known);
}

/* The least that is said of the region's ends. */
static enum known_kind kind_of(const struct row *row)
{
	if (!row->start || row->start->known.kind == NOTHING)
		return row->start ? NOTHING : row->end->known.kind;
	if (!row->end)
		return row->start->known.kind;
	if (has_numbers(row->start) && has_numbers(row->end))
		return row->start->known.kind == NUMBER ? row->end->known.kind : RANGE;
	return UNKNOWN;
}

static char *address_text(const struct row *row, uint64_t n)
{
	return text_printf("0x%0*" PRIx64, (int)arch_by_name(row->c->arch)->bits / 4, n);
}

/* "LOW\nto HIGH", "LOW\n..HIGH" in a narrow table, or for scripts "LOW..HIGH". */
static char *join(const struct row *row, char *low, char *high)
{
	char *text = text_printf(row->one_line ? "%s..%s" : row->note ? "%s\n..%s" :
				 "%s\nto %s", low, high);

	free(low);
	free(high);
	return text;
}

static char *address_cell(const struct row *row, const struct prediction *p)
{
	char *low;

	if (!has_numbers(p))
		return NULL;
	low = address_text(row, p->known.number);
	return p->known.kind == NUMBER ? low :
	       join(row, low, address_text(row, p->known.high));
}

static char *size_cell(const struct row *row)
{
	const struct known *k = row->size ? &row->size->known : NULL;
	char *(*text)(uint64_t) = row->one_line ? size_bytes : size_human;

	if (!has_numbers(row->size))
		return NULL;
	return k->kind == NUMBER ? text(k->number - 1) :
	       join(row, text(k->number - 1), text(k->high - 1));
}

/* Of both bounds, if they are exact for different reasons; the caller frees it. */
static char *why_of(const struct row *row)
{
	const char *start = row->start ? row->start->known.how : NULL;
	const char *end = row->end ? row->end->known.how : NULL;

	if (!start || !end || row->start->known.kind != NUMBER || !strcmp(start, end))
		return text_printf("%s", start ? start : end);
	return text_printf("%s; %s", start, end);
}

static char *cell(const void *item, int column)
{
	const struct row *row = item;
	const struct prediction *first = row->start ? row->start : row->end;
	const struct explanation *about = explanation_named(first->name);

	switch (column) {
	case NAME:
		return text_printf("%s", first->name);
	case KIND:
		return text_printf("%s", prediction_kind(kind_of(row)));
	case START:
		return address_cell(row, row->start);
	case END:
		return kind_of(row) == NOTHING ? NULL : address_cell(row, row->end);
	case SIZE:
		return kind_of(row) == NOTHING ? NULL : size_cell(row);
	case PURPOSE:
		return about ? text_printf("%s", about->purpose) : NULL;
	case NOTE:
		return row->note ? text_printf("%zu", row->note) : NULL;
	default:
		return why_of(row);
	}
}

static uint64_t place_of(const struct row *row)
{
	return has_numbers(row->start) ? row->start->known.number :
	       has_numbers(row->end) ? row->end->known.number : UINT64_MAX;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return place_of(x) < place_of(y) ? -1 : place_of(x) > place_of(y);
}

/* Whether a table of the default columns would leave out WHY; programs get it all. */
static bool needs_notes(const struct options *opt)
{
	return !opt->columns && !opt->all_columns && !opt->raw && !opt->pairs &&
	       opt->width_known && opt->width < TABLE_WIDE;
}

/* Numbers the reasons in the order of the rows, each reason once. */
static void number_notes(struct row *rows, size_t n)
{
	size_t notes = 0;

	for (size_t i = 0; i < n; i++) {
		size_t j = 0;
		bool same = false;

		for (; j < i && !same; j += !same) {
			char *a = why_of(&rows[j]), *b = why_of(&rows[i]);

			same = !strcmp(a, b);
			free(a);
			free(b);
		}
		rows[i].note = same ? rows[j].note : ++notes;
	}
}

static void print_notes(const struct options *opt, const struct row *rows, size_t n)
{
	size_t printed = 0;

	for (size_t i = 0; i < n; i++) {
		char *why;

		if (rows[i].note <= printed)
			continue;
		printed = rows[i].note;
		why = why_of(&rows[i]);
		printf("%s%6zu ", printed == 1 ? "\n" : "", printed);
		print_wrapped(stdout, 7, opt->width, why);
		free(why);
	}
}

static void print_regions(const struct options *opt, const struct circumstances *c,
			  const struct predictions *p)
{
	struct options own = *opt;
	struct row *rows = zalloc_array(p->n + 1, sizeof(*rows));
	bool one_line = opt->raw || opt->pairs || opt->bytes;
	struct table t;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct prediction *one = &p->each[i];
		bool is_start = !strcmp(one->key, "start");
		const struct prediction *start =
			prediction_of(p, one->type, one->name, "start");

		if (one->type == RECORD_FACT ||
		    (!is_start && (start || strcmp(one->key, "end"))))
			continue;
		rows[n++] = (struct row) {
			.c = c, .start = start, .one_line = one_line,
			.end = prediction_of(p, one->type, one->name, "end"),
			.size = prediction_of(p, one->type, one->name, "size"),
		};
	}
	qsort(rows, n, sizeof(*rows), compare_rows);
	if (needs_notes(opt)) {
		own.columns = "NAME,PREDICTION,START,END,NOTE";
		number_notes(rows, n);
	}
	table_init(&t, &own, columns, ARRAY_SIZE(columns));
	for (int column = START; column <= SIZE && !one_line; column++)
		table_break_lines(&t, column);
	for (size_t i = 0; i < n; i++)
		table_add(&t, NULL, !opt->color ? NULL :
			  kind_of(&rows[i]) == NUMBER ? "green" :
			  kind_of(&rows[i]) == RANGE ? "yellow" : "darkgray",
			  cell, &rows[i]);
	table_print(&t, stdout);
	print_notes(opt, rows, n);
	free(rows);
}

/* --- A table of facts ---------------------------------------------------- */

enum { FACT_NAME, FACT_KIND, FACT_VALUE, FACT_WHY };

static const struct column fact_columns[] = {
	[FACT_NAME] = { "NAME", "fact", 0, BY_DEFAULT },
	[FACT_KIND] = { "PREDICTION", "exact, interval or open", 0, BY_DEFAULT },
	[FACT_VALUE] = { "VALUE", "what it is, or from what to what", 0, BY_DEFAULT },
	[FACT_WHY] = { "WHY", "what decides it, or where the kernel says so", 0, BY_DEFAULT },
};

struct fact_row {
	const struct prediction *prediction;
	unsigned int bits;
	bool exact;
};

static char *known_text(const struct fact_row *row)
{
	const struct known *k = &row->prediction->known;
	enum value_kind kind = kind_of_prediction(row->prediction);
	char *low, *high, *text;

	if (k->kind == WORD)
		return text_printf("%s", k->word);
	if (k->kind != NUMBER && k->kind != RANGE)
		return NULL;
	low = value_number(kind, row->bits, k->number, row->exact);
	if (k->kind == NUMBER)
		return low;
	high = value_number(kind, row->bits, k->high, row->exact);
	text = text_printf("%s..%s", low, high);
	free(low);
	free(high);
	return text;
}

static char *fact_cell(const void *item, int column)
{
	const struct fact_row *row = item;
	const struct prediction *p = row->prediction;

	switch (column) {
	case FACT_NAME:
		return text_printf("%s", p->name);
	case FACT_KIND:
		return text_printf("%s", prediction_kind(p->known.kind));
	case FACT_VALUE:
		return known_text(row);
	default:
		return text_printf("%s", p->known.how);
	}
}

static void print_facts(const struct options *opt, const struct circumstances *c,
			const struct predictions *p)
{
	struct table t;

	table_init(&t, opt, fact_columns, ARRAY_SIZE(fact_columns));
	for (size_t i = 0; i < p->n; i++) {
		const struct fact_row row = {
			&p->each[i], arch_by_name(c->arch)->bits, opt->bytes,
		};

		if (p->each[i].type == RECORD_FACT)
			table_add(&t, NULL, NULL, fact_cell, &row);
	}
	table_print(&t, stdout);
}

/* --- JSON ---------------------------------------------------------------- */

static const struct column_set *column_sets(void)
{
	static const char *const members[] = {
		[NAME] = "record name key", [KIND] = "prediction", [START] = "value low high",
		[END] = "value low high", [SIZE] = "value low high", [PURPOSE] = "purpose", [WHY] = "why",
	};
	static const char *const fact_members[] = {
		[FACT_NAME] = "record name key", [FACT_KIND] = "prediction",
		[FACT_VALUE] = "value low high", [FACT_WHY] = "why",
	};
	static const struct column_set sets[] = {
		{ NULL, columns, ARRAY_SIZE(columns), members },
		{ "facts", fact_columns, ARRAY_SIZE(fact_columns), fact_members },
		{ "diff", predict_diff_columns, N_DIFF_COLUMNS, predict_diff_members },
		{ 0 },
	};

	return sets;
}

/*
 * Is it in the table that was asked for?  Of regions -o START, for example, asks
 * for predictions of starts only.
 */
static bool is_wanted(const struct options *opt, bool facts, const struct prediction *p)
{
	static const char *const keys[] = { [START] = "start", [END] = "end", [SIZE] = "size" };
	int chosen[TABLE_MAX_COLUMNS];
	bool any = false;
	size_t n;

	if (!opt->columns && !facts)
		return true;
	if (facts != (p->type == RECORD_FACT))
		return false;
	n = facts ? 0 : columns_choose(opt, columns, ARRAY_SIZE(columns), chosen);
	for (size_t i = 0; i < n; i++) {
		if (chosen[i] != START && chosen[i] != END && chosen[i] != SIZE)
			continue;
		if (strcmp(keys[chosen[i]], p->key) == 0)
			return true;
		any = true;
	}
	return !any;
}

static void print_json(const struct options *opt, bool facts, const struct circumstances *c,
		       const struct predictions *p)
{
	json_t *document = json_document("predict", NULL), *list = json_array();
	unsigned int bits = arch_by_name(c->arch)->bits;
	json_t *kernel = json_object();

	json_member(kernel, "release", json_text(c->release));
	json_member(kernel, "arch", json_text(c->arch));
	json_member(kernel, "bits", json_count(bits));
	json_member(document, "kernel", kernel);
	json_member(document, "cmdline", json_text(c->cmdline));
	for (size_t i = 0; i < p->n; i++)
		if (is_wanted(opt, facts, &p->each[i]))
			json_element(list, json_prediction(bits, &p->each[i]));
	json_member(document, "predictions", list);
	columns_keep(document, "predictions", opt, &column_sets()[facts]);
	json_print(stdout, document);
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct circumstances c[2] = { { .cmdline = "" } };
	struct request request = { 0 };
	struct predictions p;
	struct pool pool = { 0 };
	struct kconfig k[2];
	int status = KVAS_OK;

	parse_options(&c[0], &request, argc, argv);
	c[1] = c[0];
	take_config(&c[0], &k[0], &request, argv[optind], &pool);
	if (request.diff) {
		take_config(&c[1], &k[1], &request, argv[optind + 1], &pool);
		status = predict_diff(opt, c, (const char *const *)&argv[optind]);
		pool_free(&pool);
		return status;
	}
	predict(&c[0], &p);
	if (opt->json)
		print_json(opt, request.facts, &c[0], &p);
	else if (request.facts)
		print_facts(opt, &c[0], &p);
	else
		print_regions(opt, &c[0], &p);
	predictions_free(&p);
	pool_free(&pool);
	return status;
}

const struct command cmd_predict = {
	.name = "predict", .run = run, .own = own_options,
	.takes = "hV\3" TABLE_OPTIONS "b",
	.synopsis = "[options] CONFIG, or [options] --diff CONFIG CONFIG",
	.summary = "the layout that a .config gives, before there is a kernel",
	.own_help =
	" --diff                  what differs between two\n"
	" --arch ARCH             what CONFIG must be for\n"
	" --release RELEASE       of which kernel, if CONFIG does not say\n"
	" --cmdline TEXT          boot parameters (none)\n"
	" --ram SIZE              memory of the machine\n"
	" --va-bits N             bits of virtual addresses of its processor\n"
	" --pa-bits N             bits of physical addresses\n"
	" --mmu KIND              radix or hash (ppc64)\n"
	" --facts                 facts instead of regions\n",
	.columns = column_sets,
	.exclusive = { "diff", "facts" },
};
