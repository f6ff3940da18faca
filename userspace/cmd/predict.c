// SPDX-License-Identifier: GPL-2.0-only
/* predict.c - the layout of a kernel that need not be built yet. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "output/json.h"
#include "output/table.h"
#include "rules/arch.h"
#include "texts/texts.h"
#include "verify/predict.h"

enum { OPT_ARCH, OPT_RELEASE, OPT_RAM, OPT_CMDLINE, OPT_VA_BITS, OPT_PA_BITS,
       OPT_MMU, OPT_FACTS };

static const struct option own_options[] = {
	{ "arch", required_argument, NULL, OPT_ARCH },
	{ "release", required_argument, NULL, OPT_RELEASE },
	{ "ram", required_argument, NULL, OPT_RAM },
	{ "cmdline", required_argument, NULL, OPT_CMDLINE },
	{ "va-bits", required_argument, NULL, OPT_VA_BITS },
	{ "pa-bits", required_argument, NULL, OPT_PA_BITS },
	{ "mmu", required_argument, NULL, OPT_MMU },
	{ "facts", no_argument, NULL, OPT_FACTS },
	{ 0 }
};

/* --- What is given ------------------------------------------------------- */

/* "\r\n" becomes "\n", as Kconfig reads it; returns what size is left. */
static size_t without_returns(char *text, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		if (text[i] != '\r' || text[i + 1] != '\n')
			text[n++] = text[i];
	}
	text[n] = '\0';
	return n;
}

void kconfig_load(struct kconfig *k, const char *file, struct pool *pool)
{
	enum { MAX_CONFIG = 4 << 20 };
	const char *name, *error;
	unsigned int line;
	size_t size;
	char *text = load_operand(file, MAX_CONFIG, ".config", &size, &name), *kept;

	size = without_returns(text, size);
	kept = pool_copy(pool, text, size);
	free(text);
	if (kconfig_parse(k, kept, size, pool, &line, &error))
		return;
	if (line)
		die("%s:%u: %s", name, line, error);
	die("%s: %s", name, error);
}

void predict_or_refuse(const char *arch, const char *file)
{
	if (!arch)
		die("%s does not say for which architecture it is, or kvas knows no rules for that one: expected a whole .config, with CONFIG_X86_64=y or its like", file);
	if (!can_predict(arch))
		die("the layout of %s is not predicted, for lack of rules; those of x86_64, i386, arm64, arm, riscv64, ppc64 and loongarch64 are", arch);
}

static unsigned int parse_bits(const char *option, const char *text)
{
	uint64_t n;

	if (!scan_number(&text, 10, &n) || *text || n < 32 || n > 64)
		die("--%s: expected the bits of an address, 32 to 64", option);
	return (unsigned int)n;
}

static void parse_options(struct circumstances *c, bool *facts, int argc, char **argv)
{
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", own_options, NULL)) != -1) {
		switch (option) {
		case OPT_ARCH:
			c->arch = strcmp(optarg, "ppc64le") ? optarg : "ppc64";
			break;
		case OPT_RELEASE:
			if (!release_number(optarg))
				die("--release=%s: expected the release of a kernel, such as 6.12.1", optarg);
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
			*facts = true;
			break;
		}
	}
	if (argc - optind != 1)
		die("predict takes one operand, the .config of a kernel; see 'kvas predict --help'");
}

static void take_config(struct circumstances *c, const struct kconfig *k, const char *file)
{
	predict_or_refuse(k->arch, file);
	if (c->arch && strcmp(c->arch, k->arch))
		die("--arch=%s: %s configures a kernel for %s", c->arch, file, k->arch);
	c->arch = k->arch;
	if (!c->release)
		c->release = k->release;
	if (!c->release)
		die("%s does not say of which release it is: name one with --release, such as --release=6.12", file);
	c->config = k->text;
}

/* --- A table of regions -------------------------------------------------- */

/* A region or section, and what is said of it. */
struct row {
	const struct circumstances *c;
	const struct prediction *start, *end, *size;
	bool one_line;
};

enum { NAME, KIND, START, END, SIZE, PURPOSE, WHY };

static const struct column columns[] = {
	[NAME] = { "NAME", "region or section", 0, BY_DEFAULT },
	[KIND] = { "PREDICTION", "exact, interval (where KASLR or what is not given decides), absent, or open", 0, BY_DEFAULT },
	[START] = { "START", "first address, or the lowest and the highest that it can be", 0, BY_DEFAULT },
	[END] = { "END", "last address, or the lowest and the highest that it can be", 0, BY_DEFAULT },
	[SIZE] = { "SIZE", "how large it is", SCOLS_FL_RIGHT, BY_DEFAULT },
	[PURPOSE] = { "PURPOSE", "what it is for", 0, ON_REQUEST },
	[WHY] = { "WHY", "what decides it, or where the kernel says so", 0, IF_WIDE },
};

static void print_columns(FILE *out)
{
	columns_help(out, columns, ARRAY_SIZE(columns));
}

static const char *kind_name(enum known_kind kind)
{
	return kind == NUMBER || kind == WORD ? "exact" : kind == RANGE ? "interval" :
	       kind == NOTHING ? "absent" : "open";
}

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

/* "LOW\nto HIGH", or on one line, for scripts, "LOW..HIGH". */
static char *join(const struct row *row, char *low, char *high)
{
	char *text = text_printf(row->one_line ? "%s..%s" : "%s\nto %s", low, high);

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

static char *cell(const void *item, int column)
{
	const struct row *row = item;
	const struct prediction *first = row->start ? row->start : row->end;
	const struct explanation *about = explanation_named(first->name);

	switch (column) {
	case NAME:
		return text_printf("%s", first->name);
	case KIND:
		return text_printf("%s", kind_name(kind_of(row)));
	case START:
		return address_cell(row, row->start);
	case END:
		return kind_of(row) == NOTHING ? NULL : address_cell(row, row->end);
	case SIZE:
		return kind_of(row) == NOTHING ? NULL : size_cell(row);
	case PURPOSE:
		return about ? text_printf("%s", about->purpose) : NULL;
	default:
		return text_printf("%s", first->known.kind == NUMBER && row->end ?
				   row->end->known.how : first->known.how);
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

static void print_regions(const struct options *opt, const struct circumstances *c,
			  const struct predictions *p)
{
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
	table_init(&t, opt, columns, ARRAY_SIZE(columns));
	for (int column = START; column <= SIZE && !one_line; column++)
		table_break_lines(&t, column);
	for (size_t i = 0; i < n; i++)
		table_add(&t, NULL, !opt->color ? NULL :
			  kind_of(&rows[i]) == NUMBER ? "green" :
			  kind_of(&rows[i]) == RANGE ? "yellow" : "darkgray",
			  cell, &rows[i]);
	table_print(&t, stdout);
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

/* Small numbers count something, large ones are addresses. */
static char *number_text(uint64_t n)
{
	return n < 1u << 31 ? text_printf("%" PRIu64, n) : text_printf("0x%" PRIx64, n);
}

static char *known_text(const struct known *k)
{
	char *low, *high, *text;

	if (k->kind == WORD)
		return text_printf("%s", k->word);
	if (k->kind != NUMBER && k->kind != RANGE)
		return NULL;
	low = number_text(k->number);
	if (k->kind == NUMBER)
		return low;
	high = number_text(k->high);
	text = text_printf("%s..%s", low, high);
	free(low);
	free(high);
	return text;
}

static char *fact_cell(const void *item, int column)
{
	const struct prediction *p = item;

	switch (column) {
	case FACT_NAME:
		return text_printf("%s", p->name);
	case FACT_KIND:
		return text_printf("%s", kind_name(p->known.kind));
	case FACT_VALUE:
		return known_text(&p->known);
	default:
		return text_printf("%s", p->known.how);
	}
}

static void print_facts(const struct options *opt, const struct predictions *p)
{
	struct table t;

	table_init(&t, opt, fact_columns, ARRAY_SIZE(fact_columns));
	for (size_t i = 0; i < p->n; i++) {
		if (p->each[i].type == RECORD_FACT)
			table_add(&t, NULL, NULL, fact_cell, &p->each[i]);
	}
	table_print(&t, stdout);
}

/* --- JSON ---------------------------------------------------------------- */

static json_t *json_known_number(uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, n);
	return json_text(text);
}

static json_t *json_prediction(const struct prediction *p)
{
	json_t *object = json_object();

	json_member(object, "record", json_text(record_words[p->type]));
	json_member(object, "name", json_text(p->name));
	json_member(object, "key", json_text(p->key));
	json_member(object, "prediction", json_text(kind_name(p->known.kind)));
	json_member(object, "if_any", json_boolean(p->known.if_any));
	if (p->known.kind == WORD)
		json_member(object, "value", json_text(p->known.word));
	if (p->known.kind == NUMBER)
		json_member(object, "value", json_known_number(p->known.number));
	if (p->known.kind == RANGE) {
		json_member(object, "low", json_known_number(p->known.number));
		json_member(object, "high", json_known_number(p->known.high));
	}
	json_member(object, "why", json_text(p->known.how));
	return object;
}

static void print_json(const struct circumstances *c, const struct predictions *p)
{
	json_t *document = json_object(), *list = json_array();

	json_member(document, "arch", json_text(c->arch));
	json_member(document, "release", json_text(c->release));
	json_member(document, "cmdline", json_text(c->cmdline));
	for (size_t i = 0; i < p->n; i++)
		json_element(list, json_prediction(&p->each[i]));
	json_member(document, "predictions", list);
	json_print(stdout, document);
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct circumstances c = { .cmdline = "" };
	struct predictions p;
	struct pool pool = { 0 };
	struct kconfig k;
	bool facts = false;

	parse_options(&c, &facts, argc, argv);
	kconfig_load(&k, argv[optind], &pool);
	take_config(&c, &k, argv[optind]);
	predict(&c, &p);
	if (opt->json)
		print_json(&c, &p);
	else if (facts)
		print_facts(opt, &p);
	else
		print_regions(opt, &c, &p);
	predictions_free(&p);
	pool_free(&pool);
	return KVAS_OK;
}

const struct command cmd_predict = {
	.name = "predict", .run = run, .own = own_options,
	.takes = "hV\3" TABLE_OPTIONS "b",
	.synopsis = "[options] CONFIG",
	.summary = "the layout that a .config gives, before there is a kernel",
	.own_help =
	" --arch ARCH             what CONFIG must be for\n"
	" --release RELEASE       of which kernel, if CONFIG does not say\n"
	" --cmdline TEXT          boot parameters (none)\n"
	" --ram SIZE              memory of the machine\n"
	" --va-bits N             bits of virtual addresses of its processor\n"
	" --pa-bits N             bits of physical addresses\n"
	" --mmu KIND              radix or hash (ppc64)\n"
	" --facts                 facts instead of regions\n",
	.columns_help = print_columns,
};
