// SPDX-License-Identifier: GPL-2.0-only
/* where.c - what is at an address. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "output/json.h"
#include "output/table.h"
#include "trace/query.h"
#include "trace/spot.h"
#include "where.h"

enum { QUERIES_LIMIT = 16 << 20 };	/* bytes of standard input */

struct answer {
	const char *query;
	bool found;
	struct spot spot;		/* if found */
	const char *remark;		/* why it is not, what to know of it, or NULL */
};

struct answers {
	struct answer *list;
	size_t n, room;
	size_t queries, failed;
	struct names *names;
};

static void add_answer(struct answers *a, struct answer answer)
{
	if (a->n == a->room) {
		size_t room = a->room ? a->room * 2 : 16;
		struct answer *more = pool_alloc(&a->names->pool, room * sizeof(*more));

		if (a->n)
			memcpy(more, a->list, a->n * sizeof(*more));
		a->list = more;
		a->room = room;
	}
	a->list[a->n++] = answer;
}

__attribute__((format(printf, 3, 4)))
static void add_failure(struct answers *a, const char *query, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_answer(a, (struct answer){ .query = query,
		   .remark = pool_vprintf(&a->names->pool, format, args) });
	va_end(args);
	a->failed++;
}

static void add_address(struct answers *a, const char *query, uint64_t addr, const char *more)
{
	struct answer answer = { .query = query, .found = true,
				 .spot = spot_find(a->names, addr) };
	char *remark = spot_remark(&answer.spot);

	if (remark || more)
		answer.remark = pool_printf(&a->names->pool, "%s%s%s", remark ? remark : "",
					    remark && more ? "; " : "", more ? more : "");
	free(remark);
	add_answer(a, answer);
}

/* --- Queries ------------------------------------------------------------------- */

/* Per-CPU variables are offsets, absolute symbols numbers: no addresses. */
static bool is_place(const struct layout *l, uint64_t addr)
{
	const struct region *r = layout_find(l, addr);

	return !r || strcmp(r->name, "user") != 0;
}

/*
 * Of several static symbols of one name the size tells which is meant.  If none has
 * it, this is not the kernel or not the module that printed it.
 */
static bool has_size(const struct names *n, uint64_t symbol, const struct query *q)
{
	uint64_t size = names_size(n, symbol);

	return !q->size || !size || size == q->size;
}

static bool any_has_size(const struct names *n, const struct symbol_addresses *found,
			 const struct query *q)
{
	for (size_t i = 0; i < found->n; i++)
		if (has_size(n, found->addr[i], q))
			return true;
	return false;
}

/* What there is of that name, if it is no symbol. */
static void refuse_symbol(struct answers *a, const char *query, const struct query *q)
{
	const struct layout *l = a->names->layout;
	const struct region *r = layout_region(l, q->symbol);

	if (a->names->missing)
		add_failure(a, query, "%s", a->names->missing);
	else if (q->module)
		add_failure(a, query, "there is no symbol '%s' of a module '%s' in %s", q->symbol,
			    q->module, a->names->list);
	else if (r && !r->absent)
		add_failure(a, query, "there is no symbol '%s' in %s, but a region, from 0x%0*" PRIx64,
			    q->symbol, a->names->list, (int)l->bits / 4, r->start);
	else
		add_failure(a, query, "there is no symbol '%s' in %s; an address is written in hexadecimal, as 0xffffffff81000000",
			    q->symbol, a->names->list);
}

static void ask_symbol(struct answers *a, const char *query, const struct query *q)
{
	const struct layout *l = a->names->layout;
	struct symbol_addresses found = names_find(a->names, q->symbol, q->module);
	bool sized = any_has_size(a->names, &found, q);
	size_t before = a->n;

	for (size_t i = 0; i < found.n; i++) {
		uint64_t addr = found.addr[i];

		if (!is_place(l, addr) || (sized && !has_size(a->names, addr, q)))
			continue;
		if (addr > l->max_addr || q->offset > l->max_addr - addr)
			add_failure(a, query, "0x%" PRIx64 " bytes after the symbol is beyond the end of the address space",
				    q->offset);
		else
			add_address(a, query, addr + q->offset, sized ? NULL :
				    pool_printf(&a->names->pool, "'%s' has 0x%" PRIx64 " bytes here, not 0x%" PRIx64 ": another build",
						q->symbol, names_size(a->names, addr), q->size));
	}
	if (found.n && a->n == before)
		add_failure(a, query, "it has no address of its own: the symbol table says 0x%" PRIx64 ", an offset into each CPU's variables or a plain number",
			    found.addr[0]);
	if (!found.n)
		refuse_symbol(a, query, q);
}

static void ask(struct answers *a, const char *query)
{
	const struct layout *l = a->names->layout;
	struct pool *pool = &a->names->pool;
	const char *digits, *problem;
	struct query q;

	a->queries++;
	if (query_address(l, query, &digits)) {
		if (strlen(digits) > l->bits / 4)
			add_failure(a, query, "it is no address of this %u-bit kernel", l->bits);
		else
			add_address(a, query, strtoull(digits, NULL, 16), NULL);
		return;
	}
	problem = query_parse(pool, pool_copy(pool, query, strlen(query)), &q);
	if (problem)
		add_failure(a, query, "%s", problem);
	else
		ask_symbol(a, query, &q);
}

static bool is_module_word(const char *word)
{
	return word[0] == '[' && word[1] && word[strlen(word) - 1] == ']';
}

/* Words, of which "[module]" belongs to the symbol before it. */
static void ask_all(struct answers *a, char **words, size_t n)
{
	struct pool *pool = &a->names->pool;

	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && is_module_word(words[i + 1])) {
			ask(a, pool_printf(pool, "%s %s", words[i], words[i + 1]));
			i++;
		} else {
			ask(a, words[i]);
		}
	}
}

static void ask_input(struct answers *a)
{
	struct pool *pool = &a->names->pool;
	const char *name;
	size_t size, n = 0, length;
	char *text = load_operand("-", QUERIES_LIMIT, "list of addresses and symbols", &size, &name);
	char **words = pool_alloc(pool, (size / 2 + 1) * sizeof(*words));

	if (strlen(text) != size)
		die("%s has a NUL byte: expected addresses and symbols", name);
	for (char *p = text; *(p += strspn(p, " \t\r\n")); p += length) {
		length = strcspn(p, " \t\r\n");
		words[n++] = pool_copy(pool, p, length);
	}
	free(text);
	ask_all(a, words, n);
}

/* --- Answers ------------------------------------------------------------------ */

enum { WHERE_QUERY, WHERE_ADDR, WHERE_IN, WHERE_OFFSET, WHERE_SYMBOL, WHERE_MODULE,
       WHERE_PHYS, WHERE_ALIAS, WHERE_NOTE, WHERE_START, WHERE_END, WHERE_MODULE_RANGE,
       WHERE_WITNESS, WHERE_AREA };

static const struct column columns[] = {
	[WHERE_QUERY] = { "QUERY", "what was asked for", 0, ON_REQUEST },
	[WHERE_ADDR] = { "ADDR", "the virtual address", 0, BY_DEFAULT },
	[WHERE_IN] = { "IN", "regions and section around it, outermost first", 0, BY_DEFAULT },
	[WHERE_OFFSET] = { "OFFSET", "distance from the start of the innermost", SCOLS_FL_RIGHT, BY_DEFAULT },
	[WHERE_SYMBOL] = { "SYMBOL", "function or variable that it is in, and the distance from its start", 0, BY_DEFAULT },
	[WHERE_MODULE] = { "MODULE", "module, and section of it", 0, BY_DEFAULT },
	[WHERE_PHYS] = { "PHYS", "physical address, where the layout determines it", 0, BY_DEFAULT },
	[WHERE_ALIAS] = { "ALIAS", "another virtual address of the same byte", 0, BY_DEFAULT },
	[WHERE_NOTE] = { "NOTE", "what is special there, or why there is no answer", 0, BY_DEFAULT },
	[WHERE_START] = { "START", "first address of the innermost region, or of the hole", 0, ON_REQUEST },
	[WHERE_END] = { "END", "last address of the innermost region, or of the hole", 0, ON_REQUEST },
	[WHERE_MODULE_RANGE] = { "MODULE_RANGE", "the allocation the module is in there", 0, ON_REQUEST },
	[WHERE_AREA] = { "AREA", "the function that allocated the memory there from vmalloc", 0, ON_REQUEST },
	[WHERE_WITNESS] = { "WITNESS", "the witness at exactly this address", 0, ON_REQUEST },
};

/* The bounds of a hole are in an object of its own. */
static const struct column_set *column_sets(void)
{
	static const char *const members[ARRAY_SIZE(columns)] = {
		[WHERE_IN] = "in regions hole kind", [WHERE_START] = "start hole",
		[WHERE_END] = "end hole", [WHERE_MODULE_RANGE] = "module",
		[WHERE_NOTE] = "note error",
	};
	static const struct column_set sets[] = {
		{ NULL, columns, ARRAY_SIZE(columns), members },
		{ 0 },
	};

	return sets;
}

static char *address(const struct spot *s, uint64_t addr)
{
	return text_printf("0x%0*" PRIx64, (int)s->place.l->bits / 4, addr);
}

static char *cell_of_place(const struct spot *s, int column)
{
	const struct place *p = &s->place;
	const struct witness *w;

	switch (column) {
	case WHERE_ADDR:
		return address(s, p->addr);
	case WHERE_OFFSET:
		return p->region ? text_printf("0x%" PRIx64, p->addr - p->region->start) : NULL;
	case WHERE_PHYS:
		return p->has_phys ? address(s, p->phys) : NULL;
	case WHERE_ALIAS:
		return p->has_alias ? address(s, p->alias) : NULL;
	case WHERE_START:
		return address(s, place_start(p));
	case WHERE_END:
		return address(s, place_end(p));
	case WHERE_WITNESS:
		w = place_witness(p);
		return w ? text_printf("%s", w->name) : NULL;
	default:
		return NULL;
	}
}

static char *cell(const void *item, int column)
{
	const struct answer *a = item;
	const struct spot *s = &a->spot;

	if (column == WHERE_QUERY)
		return text_printf("%s", a->query);
	if (column == WHERE_NOTE)
		return a->remark ? text_printf("%s", a->remark) : NULL;
	if (!a->found)
		return NULL;
	switch (column) {
	case WHERE_IN:
		return spot_region(s);
	case WHERE_SYMBOL:
		return spot_symbol(s);
	case WHERE_MODULE:
		return spot_module(s);
	case WHERE_MODULE_RANGE:
		return s->section && s->area ? text_printf("0x%0*" PRIx64 "-0x%0*" PRIx64,
						(int)s->place.l->bits / 4, s->area->start,
						(int)s->place.l->bits / 4, s->area->end) : NULL;
	case WHERE_AREA:
		return s->area ? text_printf("%s", s->area->caller) : NULL;
	default:
		return cell_of_place(s, column);
	}
}

static json_t *json_answer(const struct answer *a)
{
	json_t *object = json_object();

	json_member(object, "query", json_text(a->query));
	json_member(object, "error", json_text(a->found ? NULL : a->remark));
	if (a->found) {
		json_spot(object, &a->spot);
		json_member(object, "note", json_text(a->remark));
	}
	return object;
}

static void print_json(const struct options *opt, const struct layout *l, const struct answers *a)
{
	json_t *document = json_document("where", l), *array = json_array();

	for (size_t i = 0; i < a->n; i++)
		json_element(array, json_answer(&a->list[i]));
	json_member(document, "where", array);
	columns_keep(document, "where", opt, column_sets());
	json_print(stdout, document);
}

/* With one query nobody needs to be told which row is which. */
static void print_table(const struct options *opt, const struct answers *a)
{
	struct column with_query[ARRAY_SIZE(columns)];
	struct table t;

	memcpy(with_query, columns, sizeof(columns));
	if (a->queries > 1)
		with_query[WHERE_QUERY].by_default = BY_DEFAULT;
	table_init(&t, opt, with_query, ARRAY_SIZE(columns));
	for (size_t i = 0; i < a->n; i++)
		table_add(&t, NULL, NULL, cell, &a->list[i]);
	table_print(&t, stdout);
}

/* --- The command ---------------------------------------------------------------- */

enum { ANNOTATE };

static const struct option own[] = {
	[ANNOTATE] = { "annotate", no_argument, NULL, 0 },
	{ 0 }
};

static bool is_own(const char *word, int option)
{
	return strncmp(word, "--", 2) == 0 && strcmp(word + 2, own[option].name) == 0;
}

static void read_input_once(const struct options *opt, int argc, char **argv)
{
	bool asked = opt->file && strcmp(opt->file, "-") == 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "-") != 0)
			continue;
		if (asked)
			die("standard input can be read only once");
		asked = true;
	}
}

/* Operands, of which "-" stands for those on standard input. */
static void answer_queries(struct answers *a, int argc, char **argv)
{
	for (int i = 0; i < argc; ) {
		int n = 0;

		if (strcmp(argv[i], "-") == 0) {
			ask_input(a);
			i++;
			continue;
		}
		while (i + n < argc && strcmp(argv[i + n], "-") != 0)
			n++;
		ask_all(a, argv + i, (size_t)n);
		i += n;
	}
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct names names;
	struct answers answers = { .names = &names };
	struct layout *l;

	if (is_own(argv[1], ANNOTATE))
		return where_annotate(opt, argc - 3, argv + 3);
	if (argc < 3)
		die("where needs an address or a symbol; see 'kvas where --help'");
	read_input_once(opt, argc - 2, argv + 2);
	l = load_layout(opt);
	names_load(&names, opt, l);
	answer_queries(&answers, argc - 2, argv + 2);
	if (opt->json)
		print_json(opt, l, &answers);
	else
		print_table(opt, &answers);
	names_free(&names);
	layout_free(l);
	return answers.failed ? KVAS_DIFFERS : KVAS_OK;
}

const struct command cmd_where = {
	.name = "where", .run = run, .own = own,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS,
	.synopsis = "[options] ADDRESS|SYMBOL[+OFFSET[/SIZE]] [[MODULE]]...|-\n"
		    " kvas where [options] --annotate [FILE]",
	.summary = "what is at an address",
	.own_help =
	"     --annotate          explain the addresses in an oops or a stack trace\n",
	.columns = column_sets,
};
