// SPDX-License-Identifier: GPL-2.0-only
/* walk.c - the walk of the page tables to an address, level by level. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ask_process.h"
#include "base/util.h"
#include "commands.h"
#include "layout/value.h"
#include "load.h"
#include "output/json.h"
#include "output/table.h"
#include "process_layout.h"
#include "user.h"
#include "walk.h"

struct trails {
	struct asker asker;		/* the first: what it calls gets all of this */
	struct walker walker;
	struct walk_process *process;	/* of -p, or NULL */
	struct asked_process asked;	/* of which symbols are asked for */
	struct trail *list;
	size_t n, room;
	bool failed;			/* something is not known */
};

/* --- Queries ------------------------------------------------------------------------ */

static struct trail *add_trail(struct trails *all, const char *query)
{
	if (all->n == all->room) {
		size_t room = all->room ? all->room * 2 : 16;
		struct trail *more = pool_alloc(&all->asker.names->pool, room * sizeof(*more));

		if (all->n)
			memcpy(more, all->list, all->n * sizeof(*more));
		all->list = more;
		all->room = room;
	}
	all->list[all->n] = (struct trail){ .query = query, .walker = &all->walker,
					 .shape = &all->walker.shape, .process = all->process };
	return &all->list[all->n++];
}

static void add_refusal(struct asker *asker, const char *query, const char *why)
{
	struct trails *all = (struct trails *)asker;

	add_trail(all, query)->error = why;
	all->failed = true;
}

static void add_address(struct asker *asker, const char *query, uint64_t addr, const char *more)
{
	struct trails *all = (struct trails *)asker;
	struct trail *t = add_trail(all, query);

	t->note = more;
	t->spot = spot_find(asker->names, addr);
	if (all->process)
		t->walk = walk_process_walk(all->process, addr, &t->opinion, &t->shape);
	else
		t->walk = walker_walk(&all->walker, addr, &asker->names->pool);
	if (t->walk.arch && t->walk.levels)
		t->attributes = attributes_of(t->walk.arch, t->walk.levels, t->shape->mask);
	all->failed |= t->walk.unknown || t->opinion.says >= OPINION_CHANGED;
}

static const char *ask_process(struct asker *asker, const char *query, const struct query *q)
{
	return asked_process_find(&((struct trails *)asker)->asked, asker, query, q);
}

/* --- The table ------------------------------------------------------------------------- */

enum { WALK_QUERY, WALK_ADDR, WALK_LEVEL, WALK_INDEX, WALK_ENTRY, WALK_VALUE, WALK_KIND,
       WALK_MEANS, WALK_PHYS, WALK_PAGE, WALK_ACCESS, WALK_PAGEMAP, WALK_NOTE, WALK_IN, WALK_SOURCE };

static const struct column columns[] = {
	[WALK_QUERY] = { "QUERY", "what was asked for", 0, ON_REQUEST },
	[WALK_ADDR] = { "ADDR", "the virtual address", 0, BY_DEFAULT },
	[WALK_LEVEL] = { "LEVEL", "level of the entry's table; 1 has entries of single pages", SCOLS_FL_RIGHT, BY_DEFAULT },
	[WALK_INDEX] = { "INDEX", "number of the entry in its table", SCOLS_FL_RIGHT, BY_DEFAULT },
	[WALK_ENTRY] = { "ENTRY", "physical address of the entry", 0, BY_DEFAULT },
	[WALK_VALUE] = { "VALUE", "the entry, as the processor reads it", 0, BY_DEFAULT },
	[WALK_KIND] = { "KIND", "leads to a table, maps a page, or none", 0, BY_DEFAULT },
	[WALK_MEANS] = { "MEANS", "attributes of the page, or what the entry changes for all below", 0, BY_DEFAULT },
	[WALK_PHYS] = { "PHYS", "physical address that is found", 0, BY_DEFAULT },
	[WALK_PAGE] = { "PAGE", "size of the page", SCOLS_FL_RIGHT, BY_DEFAULT },
	[WALK_ACCESS] = { "ACCESS", "what all levels together allow: rwx by the kernel, u: user mode reaches it, U: and executes it", 0, BY_DEFAULT },
	[WALK_PAGEMAP] = { "PAGEMAP", "with --process: what /proc/PID/pagemap says of the page, and whether it agrees", 0, ON_REQUEST },
	[WALK_NOTE] = { "NOTE", "why nothing is mapped, or why there is no answer", 0, BY_DEFAULT },
	[WALK_IN] = { "IN", "regions and section around the address, outermost first", 0, ON_REQUEST },
	[WALK_SOURCE] = { "SOURCE", "module (kvas_walk), kcore (/proc/kcore) or dump", 0, ON_REQUEST },
};

static const struct column_set *column_sets(void)
{
	static const char *const members[ARRAY_SIZE(columns)] = {
		[WALK_LEVEL] = "entries levels level", [WALK_INDEX] = "entries",
		[WALK_ENTRY] = "entries root", [WALK_VALUE] = "entries attr upper group",
		[WALK_KIND] = "entries", [WALK_MEANS] = "entries attributes",
		[WALK_PAGE] = "page start end", [WALK_NOTE] = "absent known note error",
		[WALK_SOURCE] = "source half process", [WALK_PAGEMAP] = "pagemap",
	};
	static const struct column_set sets[] = {
		{ NULL, columns, ARRAY_SIZE(columns), members },
		{ 0 },
	};

	return sets;
}

static char *cell_of_entry(const struct trail *t, const struct walk_entry *e, int column)
{
	switch (column) {
	case WALK_LEVEL:
		return text_printf("%u", e->level);
	case WALK_INDEX:
		return text_printf("%u", e->index);
	case WALK_ENTRY:
		return e->has_addr ? value_number(VALUE_ADDRESS, t->spot.place.l->bits,
						  e->addr, true) : NULL;
	case WALK_VALUE:
		return text_printf("0x%0*" PRIx64, entry_digits(t), e->value);
	case WALK_KIND:
		return text_printf("%s", walk_kinds[e->kind]);
	case WALK_MEANS:
		return entry_meaning(t, e);
	default:
		return NULL;
	}
}

static char *cell_of_end(const struct trail *t, int column)
{
	const struct walk *w = &t->walk;

	switch (column) {
	case WALK_PHYS:
		return w->mapped ? value_number(VALUE_ADDRESS, t->spot.place.l->bits, w->phys,
						true) : NULL;
	case WALK_PAGE:
		return !w->mapped || w->by_window ? NULL :
		       t->walker->opt->bytes ? size_bytes(w->size - 1) : size_human(w->size - 1);
	case WALK_ACCESS:
		return page_access(t);
	case WALK_PAGEMAP:
		return opinion_words(t);
	case WALK_NOTE:
		return walk_end(t);
	default:
		return NULL;
	}
}

static char *cell(const void *item, int column)
{
	const struct walk_row *row = item;
	const struct trail *t = row->trail;

	if (column == WALK_QUERY)
		return text_printf("%s", t->query);
	if (t->error)
		return column == WALK_NOTE ? text_printf("%s", t->error) : NULL;
	switch (column) {
	case WALK_ADDR:
		return text_printf("0x%0*" PRIx64, (int)t->spot.place.l->bits / 4, t->walk.addr);
	case WALK_IN:
		return spot_region(&t->spot);
	case WALK_SOURCE:
		return text_printf("%s", walk_source(t));
	case WALK_PHYS:
	case WALK_PAGE:
	case WALK_ACCESS:
	case WALK_PAGEMAP:
	case WALK_NOTE:
		return row->last ? cell_of_end(t, column) : NULL;
	default:
		return row->entry ? cell_of_entry(t, row->entry, column) : NULL;
	}
}

static void add_rows(struct table *table, const struct trail *t)
{
	size_t n = t->error ? 0 : t->walk.n_entries;
	struct walk_row row = { t, NULL, true };

	if (!n)
		table_add(table, NULL, NULL, cell, &row);
	for (size_t i = 0; i < n; i++) {
		row.entry = &t->walk.entries[i];
		row.last = i + 1 == n;
		table_add(table, NULL, NULL, cell, &row);
	}
}

/* --- Output ---------------------------------------------------------------------------- */

static void print_table(const struct options *opt, const struct trails *all)
{
	struct column with_query[ARRAY_SIZE(columns)];
	struct table table;

	memcpy(with_query, columns, sizeof(columns));
	if (all->asker.queries > 1)
		with_query[WALK_QUERY].by_default = BY_DEFAULT;
	if (all->process)
		with_query[WALK_PAGEMAP].by_default = BY_DEFAULT;
	table_init(&table, opt, with_query, ARRAY_SIZE(columns));
	for (size_t i = 0; i < all->n; i++)
		add_rows(&table, &all->list[i]);
	table_print(&table, stdout);
}

static void print_text(const struct options *opt, const struct trails *all)
{
	struct column of_entries[ARRAY_SIZE(columns)];

	memcpy(of_entries, columns, sizeof(columns));
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		of_entries[i].by_default = i >= WALK_LEVEL && i <= WALK_MEANS ? BY_DEFAULT :
										ON_REQUEST;
	for (size_t i = 0; i < all->n; i++) {
		if (i)
			putchar('\n');
		walk_print(opt, &all->list[i], of_entries, ARRAY_SIZE(columns), cell);
	}
}

static void print_json(const struct options *opt, const struct layout *l, const struct trails *all)
{
	json_t *document = json_document("walk", l), *array = json_array();

	for (size_t i = 0; i < all->n; i++)
		json_element(array, json_walk(&all->list[i]));
	json_member(document, "walk", array);
	columns_keep(document, "walk", opt, column_sets());
	json_print(stdout, document);
}

/* Whoever asks for columns, or for a form that programs read, wants the table. */
static bool wants_table(const struct options *opt)
{
	return opt->raw || opt->pairs || opt->noheadings || opt->columns || opt->all_columns;
}

/* --- The command ------------------------------------------------------------------------ */

enum { SOURCE };

static const struct option own_options[] = {
	[SOURCE] = { "source", required_argument, NULL, SOURCE },
	{ 0 }
};

static struct table_source parse_source(int argc, char **argv)
{
	struct table_source source = { 0 };

	optind = 0;
	while (getopt_long(argc, argv, "", own_options, NULL) != -1)
		source = source_parse(optarg);
	return source;
}

/* A process's tables are walked through /proc/kcore only. */
static void refuse_strange_source(const struct options *opt, struct table_source source)
{
	if (!opt->process)
		return;
	if (source.kind == SOURCE_MODULE)
		die("--source=module walks the tables of kvas itself only: those of a process are walked through /proc/kcore");
	if (source.kind == SOURCE_DUMP)
		die("--source=%s does not tell where the tables of a process are: a dump has no kvas_threads",
		    source.dump);
}

/* Addresses are told by the regions of the machine that has the tables. */
static void refuse_strange_input(const struct options *opt, struct table_source source)
{
	if (source.dump && !opt->file && !opt->sysroot)
		die("--source=%s does not tell what a region is: name the capture of the same machine with --file, or the saved machine with --sysroot",
		    source.dump);
	if (opt->file && !source.dump)
		die("--file names a capture, which holds no page tables: a saved machine is named with --sysroot, a crash dump with --source");
}

/*
 * The layout by which addresses are told.  Without the module a process is a layout of
 * its own parts, and its pagemap is left to tell of each page.
 */
struct ground {
	struct layout *l;
	struct process_layout pl;	/* of which it is, or nothing */
	struct names names;
};

static void ground_open(struct ground *g, const struct options *opt)
{
	*g = (struct ground){ 0 };
	/* What names no process is said before anything is read. */
	if (opt->process)
		process_of(opt, opt->process);
	if (!opt->process)
		g->l = load_layout(opt);
	else if (may_have_layout(opt))
		g->l = load_layout_if_any(opt);
	if (g->l) {
		names_load(&g->names, opt, g->l);
		return;
	}
	process_layout_open(&g->pl, opt, &(struct folding){ 0 });
	g->names = (struct names){ .layout = g->pl.l, .missing = g->pl.view->no_layout };
}

static void ground_close(struct ground *g)
{
	names_free(&g->names);
	if (g->pl.l)
		process_layout_close(&g->pl);
	layout_free(g->l);
}

static void open_process(struct trails *all, struct walk_process *process,
			 const struct ground *ground)
{
	const struct options *opt = all->walker.opt;
	const struct process *gathered = ground->pl.l ? ground->pl.view->p : NULL;

	all->process = process;
	all->asker.ask_more = ask_process;
	walk_process_open(process, &all->walker, ground->names.layout, opt->process, gathered);
	asked_process_open(&all->asked, opt, process->pid, gathered);
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct table_source source = parse_source(argc, argv);
	struct walk_process process;
	struct ground ground;
	struct trails all = { .asker = {
		.names = &ground.names, .found = add_address, .refused = add_refusal } };
	const struct layout *l;

	if (optind == argc)
		die("walk needs an address or a symbol; see 'kvas walk --help'");
	refuse_strange_input(opt, source);
	refuse_strange_source(opt, source);
	ask_check_input(opt, argc - optind, argv + optind);
	ground_open(&ground, opt);
	l = ground.names.layout;
	if (opt->process)
		source.kind = SOURCE_KCORE;
	walker_open(&all.walker, opt, l, source);
	if (opt->process)
		open_process(&all, &process, &ground);
	ask_operands(&all.asker, argc - optind, argv + optind);
	if (opt->json)
		print_json(opt, l, &all);
	else if (wants_table(opt))
		print_table(opt, &all);
	else
		print_text(opt, &all);
	if (all.process) {
		asked_process_close(&all.asked);
		walk_process_close(all.process);
	}
	walker_close(&all.walker);
	ask_close(&all.asker);
	ground_close(&ground);
	return all.failed ? KVAS_DIFFERS : KVAS_OK;
}

const struct command cmd_walk = {
	.name = "walk", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS "bp",
	.synopsis = "[options] ADDRESS|SYMBOL[+OFFSET] [[MODULE]]...|-",
	.summary = "the page-table walk to an address, entry by entry",
	.own_help =
	"     --source WHERE      module (its kvas_walk), kcore (/proc/kcore), or FILE,\n"
	"                         an ELF crash dump with a note VMCOREINFO\n",
	.columns = column_sets,
};
