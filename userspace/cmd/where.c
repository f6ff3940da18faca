// SPDX-License-Identifier: GPL-2.0-only
/* where.c - what is at an address. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "machine/symbols.h"
#include "output/json.h"
#include "output/table.h"

struct answer {
	const struct layout *l;
	const char *query;
	uint64_t addr;
	const struct region *region;	/* innermost, or NULL */
	bool has_phys, has_alias, has_module, has_area;
	uint64_t phys, alias;
	struct module_place module;
	struct area area;
};

/* --- Physical addresses ------------------------------------------------------ */

static bool is_in_use(const struct region *r, uint64_t addr)
{
	return !r->has_populated || (addr >= r->populated_start &&
				     addr <= r->populated_end);
}

/*
 * The first 8 KiB of s390 are other memory on each CPU: prefixing replaces these
 * addresses behind the page tables.
 */
static bool is_prefixed(const struct layout *l, uint64_t phys)
{
	return strcmp(l->arch, "s390x") == 0 && phys < 8192;
}

/* Only where an addition gives it; all else the page tables decide. */
static bool find_phys(struct answer *a)
{
	for (const struct region *r = a->region; r; r = r->parent) {
		/* Wherever the lowcore was moved to, it means these 8 KiB. */
		if (strcmp(r->name, "lowcore") == 0)
			return false;
		if (!r->has_phys)
			continue;
		a->phys = r->phys + (a->addr - r->start);
		return is_in_use(r, a->addr) && !is_prefixed(a->l, a->phys);
	}
	return false;
}

/*
 * Does the address in the image still mean the image?  What was needed at boot
 * only is freed.  Its mapping goes with page-table isolation and stays without, but
 * either way the pages are anybody's.
 */
static bool is_kept_section(const struct region *r)
{
	return r && r->is_section && strncmp(r->name, "init", 4) != 0;
}

/* The other virtual address of the same byte, in the region r. */
static bool find_alias_in(struct answer *a, const struct region *r)
{
	/* Below 0 a region may start whose lowest addresses mean no memory. */
	uint64_t offset = a->phys - r->phys;

	if (r->absent || !r->has_phys || offset > r->end - r->start)
		return false;
	a->alias = r->start + offset;
	return a->alias != a->addr && is_in_use(r, a->alias) &&
	       (!r->is_section || is_kept_section(layout_find(a->l, a->alias)));
}

static bool find_alias(struct answer *a)
{
	for (size_t i = 0; i < a->l->n_present; i++) {
		const struct region *r = &a->l->regions[i];

		if ((r->is_section || strcmp(r->name, "direct_map") == 0) &&
		    find_alias_in(a, r))
			return true;
	}
	return false;
}

/* --- Questions ---------------------------------------------------------------- */

static struct answer answer(const struct options *opt, const struct layout *l,
			    const char *query, uint64_t addr)
{
	struct answer a = { .l = l, .query = query, .addr = addr };

	a.region = layout_find(l, addr);
	a.has_phys = find_phys(&a);
	a.has_alias = a.has_phys && find_alias(&a);
	if (a.region && !a.region->is_section && !a.has_phys) {
		a.has_module = module_find(opt, addr, &a.module);
		a.has_area = area_find(opt, addr, &a.area);
	}
	return a;
}

/* With 0x, or all the digits that an address of this kernel has. */
static bool parse_address(const struct layout *l, const char *s, uint64_t *addr)
{
	bool prefixed = strncasecmp(s, "0x", 2) == 0;
	const char *digits = prefixed ? s + 2 : s;
	size_t n = strspn(digits, "0123456789abcdefABCDEF");

	if (n == 0 || digits[n] || (!prefixed && n != l->bits / 4))
		return false;
	digits += strspn(digits, "0");
	if (strlen(digits) > l->bits / 4)
		die("'%s' is no address of this %u-bit kernel", s, l->bits);
	*addr = strtoull(digits, NULL, 16);
	return true;
}

/* SYMBOL+OFFSET, decimal or with 0x: cuts the offset off. */
static uint64_t cut_offset(char *name, const char *query)
{
	char *plus = strchr(name, '+');
	bool hexadecimal;
	uint64_t offset;
	char *end;

	if (!plus)
		return 0;
	*plus++ = '\0';
	hexadecimal = strncasecmp(plus, "0x", 2) == 0;
	plus += hexadecimal ? 2 : 0;
	/* No sign, no space, no second 0x: strtoull() would take them. */
	if (!*plus || plus[strspn(plus, hexadecimal ? "0123456789abcdefABCDEF" : "0123456789")])
		die("'%s': what follows + must be a number, decimal or hexadecimal with 0x", query);
	errno = 0;
	offset = strtoull(plus, &end, hexadecimal ? 16 : 10);
	if (errno || *end)
		die("'%s': the offset is larger than 64 bits can hold", query);
	return offset;
}

static uint64_t add_offset(const struct layout *l, const char *query,
			   uint64_t addr, uint64_t offset)
{
	if (addr > l->max_addr || offset > l->max_addr - addr)
		die("'%s': 0x%" PRIx64 " bytes after the symbol is beyond the end of the address space",
		    query, offset);
	return addr + offset;
}

struct answers {
	struct answer *list;
	size_t n, room;
};

static void add_answer(struct answers *a, struct answer answer)
{
	if (a->n == a->room) {
		size_t room = a->room ? a->room * 2 : 16;
		struct answer *more = reallocarray(a->list, room, sizeof(*more));

		if (!more)
			die("not enough memory");
		a->list = more;
		a->room = room;
	}
	a->list[a->n++] = answer;
}

/* Per-CPU variables are offsets, absolute symbols numbers: no addresses. */
static bool is_address(const struct layout *l, uint64_t addr)
{
	const struct region *r = layout_find(l, addr);

	return !r || strcmp(r->name, "user") != 0;
}

static void ask(const struct options *opt, const struct layout *l,
		const char *query, struct answers *answers)
{
	struct symbol_addresses found = { 0 };
	size_t before = answers->n;
	uint64_t addr, offset;
	char *name;

	if (parse_address(l, query, &addr)) {
		add_answer(answers, answer(opt, l, query, addr));
		return;
	}
	name = text_printf("%s", query);
	offset = cut_offset(name, query);
	symbol_find(opt, l, name, &found);
	free(name);
	for (size_t i = 0; i < found.n; i++) {
		if (!is_address(l, found.addr[i]))
			continue;
		addr = add_offset(l, query, found.addr[i], offset);
		add_answer(answers, answer(opt, l, query, addr));
	}
	if (found.n && answers->n == before)
		die("'%s' has no address of its own: the symbol table says 0x%" PRIx64 ", an offset into each CPU's variables or a plain number",
		    query, found.addr[0]);
	symbol_free(&found);
}

/* --- Answers ------------------------------------------------------------------ */

enum { WHERE_QUERY, WHERE_ADDR, WHERE_IN, WHERE_OFFSET, WHERE_MODULE,
       WHERE_PHYS, WHERE_ALIAS, WHERE_START, WHERE_END, WHERE_MODULE_RANGE,
       WHERE_WITNESS, WHERE_AREA };

static const struct column columns[] = {
	[WHERE_QUERY] = { "QUERY", "what was asked for", 0, ON_REQUEST },
	[WHERE_ADDR] = { "ADDR", "the virtual address", 0, BY_DEFAULT },
	[WHERE_IN] = { "IN", "regions and section around it, outermost first", 0, BY_DEFAULT },
	[WHERE_OFFSET] = { "OFFSET", "distance from the start of the innermost", SCOLS_FL_RIGHT, BY_DEFAULT },
	[WHERE_MODULE] = { "MODULE", "module, and section of it", 0, BY_DEFAULT },
	[WHERE_PHYS] = { "PHYS", "physical address, where the layout determines it", 0, BY_DEFAULT },
	[WHERE_ALIAS] = { "ALIAS", "another virtual address of the same byte", 0, BY_DEFAULT },
	[WHERE_START] = { "START", "first address of the innermost region", 0, ON_REQUEST },
	[WHERE_END] = { "END", "last address of the innermost region", 0, ON_REQUEST },
	[WHERE_MODULE_RANGE] = { "MODULE_RANGE", "the allocation the module is in there", 0, ON_REQUEST },
	[WHERE_AREA] = { "AREA", "the function that allocated the memory there from vmalloc", 0, ON_REQUEST },
	[WHERE_WITNESS] = { "WITNESS", "the witness at exactly this address", 0, ON_REQUEST },
};

static void print_columns(FILE *out)
{
	columns_help(out, columns, ARRAY_SIZE(columns));
}

static char *address(const struct answer *a, uint64_t addr)
{
	return text_printf("0x%0*" PRIx64, (int)a->l->bits / 4, addr);
}

/* The regions that a hole is between, or NULL at either end. */
static void find_neighbours(const struct answer *a, const struct region **below,
			    const struct region **above)
{
	*below = *above = NULL;
	for (size_t i = 0; i < a->l->n_present; i++) {
		const struct region *r = &a->l->regions[i];

		if (r->depth == 0 && r->end < a->addr && (!*below || r->end > (*below)->end))
			*below = r;
		if (r->depth == 0 && r->start > a->addr && !*above)
			*above = r;
	}
}

static char *hole_text(const struct answer *a)
{
	const struct region *below, *above;

	find_neighbours(a, &below, &above);
	if (below && above)
		return text_printf("unused hole between %s and %s", below->name, above->name);
	if (below || above)
		return text_printf("unused hole %s %s", below ? "above" : "below",
				   below ? below->name : above->name);
	return text_printf("unused hole");
}

static char *in_text(const struct answer *a)
{
	char *text;

	if (!a->region)
		return hole_text(a);
	text = a->region->is_memory ?
		text_printf("%s (%s)", a->region->name, a->region->kind) :
		text_printf("%s", a->region->name);
	for (const struct region *r = a->region->parent; r; r = r->parent) {
		char *longer = text_printf("%s > %s", r->name, text);

		free(text);
		text = longer;
	}
	if (a->has_area && area_is_percpu(&a->area)) {
		char *longer = text_printf("%s > per-CPU chunk", text);

		free(text);
		text = longer;
	}
	return text;
}

static const char *witness_name(const struct answer *a)
{
	for (size_t i = 0; i < a->l->n_witnesses; i++)
		if (!a->l->witnesses[i].absent && a->l->witnesses[i].addr == a->addr)
			return a->l->witnesses[i].name;
	return NULL;
}

static char *module_cell(const struct answer *a, int column)
{
	const struct module_place *m = &a->module;

	if (!a->has_module)
		return NULL;
	if (column == WHERE_MODULE)
		return text_printf("%s %s+0x%" PRIx64, m->name, m->section,
				   a->addr - m->section_start);
	return text_printf("0x%0*" PRIx64 "-0x%0*" PRIx64, (int)a->l->bits / 4,
			   m->start, (int)a->l->bits / 4, m->end);
}

static char *cell(const void *item, int column)
{
	const struct answer *a = item;

	switch (column) {
	case WHERE_QUERY:
		return text_printf("%s", a->query);
	case WHERE_ADDR:
		return address(a, a->addr);
	case WHERE_IN:
		return in_text(a);
	case WHERE_OFFSET:
		return a->region ? text_printf("0x%" PRIx64, a->addr - a->region->start) : NULL;
	case WHERE_MODULE:
	case WHERE_MODULE_RANGE:
		return module_cell(a, column);
	case WHERE_PHYS:
		return a->has_phys ? address(a, a->phys) : NULL;
	case WHERE_ALIAS:
		return a->has_alias ? address(a, a->alias) : NULL;
	case WHERE_START:
		return a->region ? address(a, a->region->start) : NULL;
	case WHERE_END:
		return a->region ? address(a, a->region->end) : NULL;
	case WHERE_AREA:
		return a->has_area ? text_printf("%s", a->area.caller) : NULL;
	case WHERE_WITNESS:
		return witness_name(a) ? text_printf("%s", witness_name(a)) : NULL;
	default:
		return NULL;
	}
}

static json_t *json_module(const struct answer *a)
{
	const struct module_place *m = &a->module;
	json_t *module = json_object();

	json_member(module, "name", json_text(m->name));
	json_member(module, "section", json_text(m->section));
	json_member(module, "section_start", json_address(a->l, m->section_start));
	json_member(module, "start", json_address(a->l, m->start));
	json_member(module, "end", json_address(a->l, m->end));
	return module;
}

static json_t *json_area(const struct answer *a)
{
	json_t *area = json_object();

	json_member(area, "caller", json_text(a->area.caller));
	json_member(area, "percpu", json_boolean(area_is_percpu(&a->area)));
	json_member(area, "start", json_address(a->l, a->area.start));
	json_member(area, "end", json_address(a->l, a->area.end));
	return area;
}

static json_t *json_answer(const struct answer *a)
{
	json_t *object = json_object(), *regions = json_array();

	for (const struct region *r = a->region; r; r = r->parent)
		json_array_insert_new(regions, 0, json_text(r->name));
	json_member(object, "query", json_text(a->query));
	json_member(object, "addr", json_address(a->l, a->addr));
	json_member(object, "regions", regions);
	json_member(object, "offset", a->region ?
		    json_sprintf("0x%" PRIx64, a->addr - a->region->start) : json_null());
	json_member(object, "kind", json_text(a->region ? a->region->kind : NULL));
	json_member(object, "module", a->has_module ? json_module(a) : json_null());
	json_member(object, "area", a->has_area ? json_area(a) : json_null());
	json_member(object, "phys", a->has_phys ? json_address(a->l, a->phys) : json_null());
	json_member(object, "alias", a->has_alias ? json_address(a->l, a->alias) : json_null());
	json_member(object, "witness", json_text(witness_name(a)));
	return object;
}

static void print_json(const struct answer *answers, size_t n)
{
	json_t *document = json_object(), *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_element(array, json_answer(&answers[i]));
	json_member(document, "where", array);
	json_print(stdout, document);
}

static void print_table(const struct options *opt, const struct answer *answers,
			size_t n)
{
	struct table t;

	table_init(&t, opt, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < n; i++)
		table_add(&t, NULL, NULL, cell, &answers[i]);
	table_print(&t, stdout);
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct answers answers = { 0 };
	struct layout *l;

	if (argc < 3)
		die("where needs an address or a symbol; see 'kvas where --help'");
	l = load_layout(opt);
	for (int i = 2; i < argc; i++)
		ask(opt, l, argv[i], &answers);
	if (opt->json)
		print_json(answers.list, answers.n);
	else
		print_table(opt, answers.list, answers.n);
	free(answers.list);
	layout_free(l);
	return KVAS_OK;
}

const struct command cmd_where = {
	.name = "where", .run = run,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS,
	.synopsis = "[options] ADDRESS|SYMBOL[+OFFSET]...",
	.summary = "what is at an address",
	.columns_help = print_columns,
};
