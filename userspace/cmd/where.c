// SPDX-License-Identifier: GPL-2.0-only
/* where.c - what is at an address. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "aliases.h"
#include "ask.h"
#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "output/json.h"
#include "output/table.h"
#include "pagetables/mappings.h"
#include "stacks.h"
#include "trace/spot.h"
#include "where.h"
#include "where_process.h"

struct answer {
	const char *query;
	bool found;
	struct spot spot;		/* if found */
	const char *more;		/* what to know of the query, or NULL */
	const char *remark;		/* why it is not found, what to know of it, or NULL */
	struct aliased aliased;
	struct on_stack on_stack;
	struct user_spot user;		/* of --process */
};

struct answers {
	struct asker asker;		/* the first: what it calls gets all of this */
	struct answer *list;
	size_t n, room;
	size_t failed;
	bool walked;			/* aliases were looked for in the page tables */
	const char *unwalked;		/* why there may be more of them, or NULL */
	struct threads *threads;	/* whose stacks were looked through, or NULL */
	struct where_process *process;	/* of --process, or NULL */
	unsigned int times_read;	/* so often was it read */
	bool moved_on;			/* and it has changed since then */
};

static void add_answer(struct answers *a, struct answer answer)
{
	if (a->n == a->room) {
		size_t room = a->room ? a->room * 2 : 16;
		struct answer *more = pool_alloc(&a->asker.names->pool, room * sizeof(*more));

		if (a->n)
			memcpy(more, a->list, a->n * sizeof(*more));
		a->list = more;
		a->room = room;
	}
	a->list[a->n++] = answer;
}

static void add_failure(struct asker *asker, const char *query, const char *why)
{
	struct answers *a = (struct answers *)asker;

	add_answer(a, (struct answer){ .query = query, .remark = why });
	a->failed++;
}

static void add_address(struct asker *asker, const char *query, uint64_t addr, const char *more)
{
	struct answers *a = (struct answers *)asker;
	const char *unknown = a->process ? where_process_unknown(a->process, addr) : NULL;
	struct answer answer = {
		.query = query, .found = true, .spot = spot_find(asker->names, addr), .more = more,
	};

	if (unknown) {
		add_failure(asker, query, unknown);
		return;
	}
	if (a->process)
		answer.user = user_spot_find(a->process, addr, &asker->names->pool);
	a->moved_on |= answer.user.now == USER_OTHER || answer.user.now == USER_OTHER_PROGRAM;
	add_answer(a, answer);
}

static const char *ask_process(struct asker *asker, const char *query, const struct query *q)
{
	struct answers *a = (struct answers *)asker;
	const char *why = asked_process_find(&a->process->asked, asker, query, q);

	a->moved_on |= a->process->asked.has_changed;
	return why;
}

/* Once the list of answers grows no more. */
static void find_aliases(struct answers *a, const struct options *opt)
{
	struct pool *pool = &a->asker.names->pool;
	struct aliased **list = pool_alloc(pool, (a->n + 1) * sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++) {
		a->list[i].aliased.place = &a->list[i].spot.place;
		if (a->list[i].found && !a->list[i].user.w)
			list[n++] = &a->list[i].aliased;
	}
	/* Of a process's own memory nothing is looked for. */
	if (a->process && !n)
		return;
	if (opt->file) {
		a->unwalked = "a capture alone holds no page tables";
		return;
	}
	a->unwalked = aliases_find(opt, list, n, pool, &a->walked);
}

static bool is_user(const struct spot *s)
{
	return is_user_address(s->place.l, s->place.addr);
}

/* Threads are read only if an address may be in one's kernel stack. */
static void find_stacks(struct answers *a, const struct options *opt)
{
	bool any = false;

	for (size_t i = 0; i < a->n; i++)
		any |= a->list[i].found && !is_user(&a->list[i].spot);
	if (!any || opt->file)
		return;
	a->threads = threads_load_if_any(opt, a->asker.names->layout);
	for (size_t i = 0; a->threads && i < a->n; i++) {
		if (a->list[i].found && !is_user(&a->list[i].spot))
			a->list[i].on_stack = stack_find(a->threads, &a->list[i].spot);
	}
}

/* All that there is to say; a stack is mapped, whatever the list of areas says. */
static const char *remark_of(const struct answer *a, struct pool *pool)
{
	const char *stack = a->user.w ? a->user.remark : stack_remark(&a->on_stack, pool), *text = stack;
	char *spot = a->user.w || (stack && !a->on_stack.guard) ? NULL : spot_remark(&a->spot);

	if (spot)
		text = pool_printf(pool, "%s%s%s", text ? text : "", text ? "; " : "", spot);
	free(spot);
	if (text && a->more)
		return pool_printf(pool, "%s; %s", text, a->more);
	return text ? text : a->more;
}

static void make_remarks(struct answers *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->list[i].found)
			a->list[i].remark = remark_of(&a->list[i], &a->asker.names->pool);
}

/* --- Answers ------------------------------------------------------------------ */

enum { WHERE_QUERY, WHERE_ADDR, WHERE_IN, WHERE_OFFSET, WHERE_SYMBOL, WHERE_MODULE,
       WHERE_PHYS, WHERE_ALIAS, WHERE_NOTE, WHERE_START, WHERE_END, WHERE_MODULE_RANGE,
       WHERE_WITNESS, WHERE_AREA, WHERE_ACCESS, WHERE_ALIASES, WHERE_STACK,
       WHERE_PERMS, WHERE_FILE, WHERE_FILE_OFFSET };

static const struct column columns[] = {
	[WHERE_QUERY] = { "QUERY", "what was asked for", 0, ON_REQUEST },
	[WHERE_ADDR] = { "ADDR", "the virtual address", 0, BY_DEFAULT },
	[WHERE_IN] = { "IN", "regions and section around it, outermost first", 0, BY_DEFAULT },
	[WHERE_OFFSET] = { "OFFSET", "distance from the start of the innermost", SCOLS_FL_RIGHT, BY_DEFAULT },
	[WHERE_SYMBOL] = { "SYMBOL", "function or variable that it is in, and the distance from its start", 0, BY_DEFAULT },
	[WHERE_MODULE] = { "MODULE", "module, and section of it", 0, BY_DEFAULT },
	[WHERE_PHYS] = { "PHYS", "physical address, by the layout or by the page tables", 0, BY_DEFAULT },
	[WHERE_ALIAS] = { "ALIAS", "another virtual address of the same byte", 0, BY_DEFAULT },
	[WHERE_NOTE] = { "NOTE", "what is special there, or why there is no answer", 0, BY_DEFAULT },
	[WHERE_START] = { "START", "first address of the innermost region, or of the hole", 0, ON_REQUEST },
	[WHERE_END] = { "END", "last address of the innermost region, or of the hole", 0, ON_REQUEST },
	[WHERE_MODULE_RANGE] = { "MODULE_RANGE", "the allocation the module is in there", 0, ON_REQUEST },
	[WHERE_AREA] = { "AREA", "the function that allocated the memory there from vmalloc", 0, ON_REQUEST },
	[WHERE_WITNESS] = { "WITNESS", "the witness at exactly this address", 0, ON_REQUEST },
	[WHERE_ACCESS] = { "ACCESS", "what the page tables allow: rwx by the kernel, u: user mode reaches it, U: and executes it", 0, ON_REQUEST },
	[WHERE_ALIASES] = { "ALIASES", "every other address of the same byte in the page tables, and what is allowed there", 0, ON_REQUEST },
	[WHERE_STACK] = { "STACK", "the thread or processor whose kernel stack it is in", 0, ON_REQUEST },
	[WHERE_PERMS] = { "PERMS", "with --process: what the process may do there", 0, ON_REQUEST },
	[WHERE_FILE] = { "FILE", "with --process: the file that is mapped there", 0, ON_REQUEST },
	[WHERE_FILE_OFFSET] = { "FILE_OFFSET", "with --process: of the address in that file", 0, ON_REQUEST },
};

/* The bounds of a hole are in an object of its own. */
static const struct column_set *column_sets(void)
{
	static const char *const members[ARRAY_SIZE(columns)] = {
		[WHERE_IN] = "in regions hole kind", [WHERE_START] = "start hole",
		[WHERE_END] = "end hole", [WHERE_MODULE_RANGE] = "module",
		[WHERE_NOTE] = "note error confirmed", [WHERE_ALIASES] = "aliases aliases_incomplete",
		[WHERE_STACK] = "stacks", [WHERE_PERMS] = "process", [WHERE_FILE] = "process",
		[WHERE_FILE_OFFSET] = "process",
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

static char *access_letters(struct access access)
{
	char text[ACCESS_TEXT];

	access_text(access, text);
	return text_printf("%s", text);
}

static char *cell_of_aliases(const struct answer *a)
{
	char *text = NULL;

	for (size_t i = 0; i < a->aliased.n; i++) {
		const struct alias *alias = &a->aliased.list[i];
		char *where = address(&a->spot, alias->addr);
		char *access = alias->has_access ? access_letters(alias->access) : NULL;
		char *longer = text_printf("%s%s%s%s%s", text ? text : "", text ? ", " : "",
					   where, access ? " " : "", access ? access : "");

		free(text);
		free(where);
		free(access);
		text = longer;
	}
	return text;
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
	case WHERE_PHYS:
		return a->aliased.has_phys ? address(s, a->aliased.phys) :
		       s->place.has_phys ? address(s, s->place.phys) : NULL;
	case WHERE_ACCESS:
		return a->aliased.has_access ? access_letters(a->aliased.access) : NULL;
	case WHERE_ALIASES:
		return cell_of_aliases(a);
	case WHERE_STACK:
		return stack_owner(&a->on_stack);
	case WHERE_SYMBOL:
		return a->user.w ? user_spot_symbol(&a->user) : spot_symbol(s);
	case WHERE_PERMS:
		return user_spot_cell(&a->user, USER_PERMS);
	case WHERE_FILE:
		return user_spot_cell(&a->user, USER_FILE);
	case WHERE_FILE_OFFSET:
		return user_spot_cell(&a->user, USER_OFFSET);
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

static json_t *json_access(bool known, struct access access)
{
	char text[ACCESS_TEXT];

	access_text(access, text);
	return json_text(known ? text : NULL);
}

static json_t *json_alias(const struct names *names, const struct alias *alias)
{
	struct spot spot = spot_find(names, alias->addr);
	char *in = spot_region(&spot);
	json_t *object = json_object();

	json_member(object, "addr", json_address(names->layout, alias->addr));
	json_member(object, "in", json_text(in));
	json_owner(object, &spot);
	json_member(object, "access", json_access(alias->has_access, alias->access));
	json_member(object, "times", json_count(alias->copies));
	free(in);
	return object;
}

static void json_aliases(json_t *object, const struct answers *all, const struct answer *a)
{
	const struct layout *l = a->spot.place.l;
	json_t *array = json_array();

	for (size_t i = 0; i < a->aliased.n; i++)
		json_element(array, json_alias(all->asker.names, &a->aliased.list[i]));
	if (a->aliased.has_phys)
		json_object_set_new(object, "phys", json_address(l, a->aliased.phys));
	json_member(object, "access", json_access(a->aliased.has_access, a->aliased.access));
	json_member(object, "aliases", array);
	json_member(object, "aliases_incomplete", json_text(a->aliased.more ?
		    "there are more than are listed" : all->unwalked));
}

static void json_process(json_t *object, const struct user_spot *user)
{
	char *symbol = user_spot_symbol(user);

	if (user->w)
		json_member(object, "symbol", json_text(symbol));
	json_member(object, "process", json_user_spot(user));
	json_member(object, "confirmed", user->now == USER_SAME || user->now == USER_OTHER ?
		    json_boolean(user->now == USER_SAME) : json_null());
	free(symbol);
}

static json_t *json_answer(const struct answers *all, const struct answer *a)
{
	json_t *object = json_object();

	json_member(object, "query", json_text(a->query));
	json_member(object, "error", json_text(a->found ? NULL : a->remark));
	if (a->found) {
		json_spot(object, &a->spot);
		json_aliases(object, all, a);
		json_member(object, "stacks", all->threads || is_user(&a->spot) ?
			    json_stacks(&a->on_stack) : json_null());
		json_member(object, "note", json_text(a->remark));
		if (all->process)
			json_process(object, &a->user);
	}
	return object;
}

static void print_json(const struct options *opt, const struct layout *l, const struct answers *a)
{
	json_t *document = json_document("where", l), *array = json_array();

	for (size_t i = 0; i < a->n; i++)
		json_element(array, json_answer(a, &a->list[i]));
	if (a->process) {
		process_layout_json(&a->process->pl, document);
		json_member(document, "times_read", json_count(a->times_read));
	}
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
	if (a->asker.queries > 1)
		with_query[WHERE_QUERY].by_default = BY_DEFAULT;
	if (a->process) {
		with_query[WHERE_FILE].by_default = BY_DEFAULT;
		with_query[WHERE_FILE_OFFSET].by_default = BY_DEFAULT;
		with_query[WHERE_MODULE].by_default = ON_REQUEST;
	}
	table_init(&t, opt, with_query, ARRAY_SIZE(columns));
	for (size_t i = 0; i < a->n; i++)
		table_add(&t, NULL, NULL, cell, &a->list[i]);
	table_print(&t, stdout);
}

/* "module kvas .text+0x20", "area of load_module", or nothing; to be freed. */
static char *owner(const struct spot *s)
{
	char *module = spot_module(s), *text;

	if (!module && !s->area)
		return text_printf("%s", "");
	text = module ? text_printf(", module %s", module) : text_printf(", area of %s", s->area->caller);
	free(module);
	return text;
}

static void print_alias(const struct spot *asked, const struct alias *alias)
{
	struct spot spot = spot_find(asked->names, alias->addr);
	char *first = address(asked, asked->place.addr), *other = address(asked, alias->addr);
	char *access = alias->has_access ? access_letters(alias->access) : NULL;
	char *in = spot_region(&spot), *whose = owner(&spot);

	printf("%s is also %s%s%s, %s%s%s\n", first, other, access ? " " : "", access ? access : "",
	       in, whose, alias->copies > 1 ? ", in tables that are mapped more than once" : "");
	free(whose);
	free(in);
	free(access);
	free(other);
	free(first);
}

/* Below the table for people. */
static void print_moves(const struct options *opt, const struct answers *a)
{
	if (opt->raw || opt->pairs || opt->noheadings || opt->columns || opt->all_columns ||
	    a->times_read < 2)
		return;
	putchar('\n');
	print_wrapped(stdout, 0, opt->width, a->moved_on ?
		      "The process changes again and again: what is above was so when it was read." :
		      "The process moved on while it was asked about: it was read again, and what is above is so now.");
}

/* The same: addresses in lines of their own. */
static void print_aliases(const struct options *opt, const struct answers *a)
{
	bool any = false;

	if (opt->raw || opt->pairs || opt->noheadings || opt->columns || opt->all_columns ||
	    opt->file)
		return;
	for (size_t i = 0; i < a->n; i++) {
		const struct aliased *aliased = &a->list[i].aliased;

		if (aliased->n && !any)
			putchar('\n');
		any |= aliased->n;
		for (size_t j = 0; j < aliased->n; j++)
			print_alias(&a->list[i].spot, &aliased->list[j]);
		if (aliased->more)
			printf("and at %" PRIu64 " more addresses\n", aliased->more);
	}
	if (a->unwalked)
		printf("\n%s: %s\n", a->walked ? "There may be more addresses of the same bytes" :
		       "The column ALIAS is by arithmetic alone", a->unwalked);
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

/*
 * All answers are of one reading of the process.  If it moved on meanwhile, it is read
 * again, as long as there is hope.
 */
static void ask_about_process(struct answers *a, const struct options *opt, int n, char **operands)
{
	enum { MOST_READS = 4 };

	a->asker.ask_more = ask_process;
	for (;;) {
		where_process_open(a->process, opt);
		where_process_names(a->process, a->asker.names, opt);
		a->times_read++;
		ask_operands(&a->asker, n, operands);
		if (!a->moved_on || a->times_read == MOST_READS)
			return;
		a->moved_on = false;
		a->n = a->room = a->failed = a->asker.queries = 0;
		names_free(a->asker.names);
		where_process_close(a->process);
	}
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct names names;
	struct answers answers = { .asker = {
		.names = &names, .found = add_address, .refused = add_failure } };
	struct where_process process;
	struct layout *l = NULL;

	if (is_own(argv[1], ANNOTATE) && opt->process)
		die("--annotate and --process exclude each other: an oops tells of the kernel");
	if (is_own(argv[1], ANNOTATE))
		return where_annotate(opt, argc - 3, argv + 3);
	if (argc < 3)
		die("where needs an address or a symbol; see 'kvas where --help'");
	ask_check_input(opt, argc - 2, argv + 2);
	if (opt->process) {
		answers.process = &process;
		ask_about_process(&answers, opt, argc - 2, argv + 2);
	} else {
		l = load_layout(opt);
		names_load(&names, opt, l);
		ask_operands(&answers.asker, argc - 2, argv + 2);
	}
	find_aliases(&answers, opt);
	find_stacks(&answers, opt);
	make_remarks(&answers);
	if (opt->json) {
		print_json(opt, names.layout, &answers);
	} else {
		print_table(opt, &answers);
		print_moves(opt, &answers);
		print_aliases(opt, &answers);
	}
	ask_close(&answers.asker);
	threads_free(answers.threads);
	names_free(&names);
	if (opt->process)
		where_process_close(&process);
	layout_free(l);
	return answers.failed ? KVAS_DIFFERS : KVAS_OK;
}

const struct command cmd_where = {
	.name = "where", .run = run, .own = own,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS "p",
	.synopsis = "[options] [-p PID] ADDRESS|SYMBOL[+OFFSET[/SIZE]] [[MODULE]]...|-\n"
		    " kvas where [options] --annotate [FILE]",
	.summary = "what is at an address",
	.own_help =
	"     --annotate          explain the addresses in an oops or a stack trace\n",
	.columns = column_sets,
};
