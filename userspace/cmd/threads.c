// SPDX-License-Identifier: GPL-2.0-only
/* threads.c - each thread's kernel stack, user stack pointer and page tables. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/util.h"
#include "commands.h"
#include "load.h"
#include "output/json.h"
#include "output/table.h"
#include "threads.h"

enum { CPUS, THREADS };

static const struct option own_options[] = {
	[CPUS] = { "cpus", no_argument, NULL, CPUS },
	[THREADS] = { "threads", required_argument, NULL, THREADS },
	{ 0 }
};

struct wishes {
	bool cpus;
	const char *file;
};

/* An item of a table: a thread, or a stack of a processor. */
struct row {
	const struct options *opt;
	const struct threads *of;
	const struct thread *thread;
	const struct cpu_stack *stack;
};

/* --- Cells --------------------------------------------------------------------- */

enum { TID, PID, COMM, KIND, START, SIZE, REGION, USER_SP, KERNEL_HALF, END, RUNNING, ROOT,
       USER_ROOT, SAME, COPIED, MISSING, OWN, OTHER, NOTE };

static const struct column columns[] = {
	[TID] = { "TID", "number of the thread", SCOLS_FL_RIGHT, BY_DEFAULT },
	[PID] = { "PID", "number of its process", SCOLS_FL_RIGHT, BY_DEFAULT },
	[COMM] = { "COMM", "name of the thread", 0, BY_DEFAULT },
	[KIND] = { "KIND", "process, kernel (it has no user half) or exited", 0, BY_DEFAULT },
	[START] = { "START", "first address of its kernel stack", 0, BY_DEFAULT },
	[SIZE] = { "SIZE", "of the kernel stack", SCOLS_FL_RIGHT, BY_DEFAULT },
	[REGION] = { "REGION", "region that the kernel stack is in", 0, IF_WIDE },
	[USER_SP] = { "USER_SP", "user stack pointer, as saved when it entered the kernel", 0, BY_DEFAULT },
	[KERNEL_HALF] = { "KERNEL_HALF", "root, space, same, copied, lazy or own: the kernel half of its tables", 0, BY_DEFAULT },
	[END] = { "END", "last address of its kernel stack", 0, ON_REQUEST },
	[RUNNING] = { "RUNNING", "y: it was on a processor just then", 0, ON_REQUEST },
	[ROOT] = { "ROOT", "physical address of its top page table", 0, ON_REQUEST },
	[USER_ROOT] = { "USER_ROOT", "the same of user mode, with page-table isolation", 0, ON_REQUEST },
	[SAME] = { "SAME", "entries of the kernel half that are the kernel's", SCOLS_FL_RIGHT, ON_REQUEST },
	[COPIED] = { "COPIED", "entries that lead to tables of its own with equal entries", SCOLS_FL_RIGHT, ON_REQUEST },
	[MISSING] = { "MISSING", "entries that only the kernel has, or not whole", SCOLS_FL_RIGHT, ON_REQUEST },
	[OWN] = { "OWN", "entries that are others than the kernel's", SCOLS_FL_RIGHT, ON_REQUEST },
	[OTHER] = { "OTHER", "numbers of the entries that are not the kernel's", 0, ON_REQUEST },
	[NOTE] = { "NOTE", "what is special, or why something is not known", 0, ON_REQUEST },
};

enum { CPU, CPU_KIND, CPU_START, CPU_END, CPU_SIZE, CPU_REGION, CPU_NOTE };

static const struct column cpu_columns[] = {
	[CPU] = { "CPU", "number of the processor", SCOLS_FL_RIGHT, BY_DEFAULT },
	[CPU_KIND] = { "KIND", "what it takes the stack for, as irq, nmi", 0, BY_DEFAULT },
	[CPU_START] = { "START", "first address", 0, BY_DEFAULT },
	[CPU_END] = { "END", "last address", 0, BY_DEFAULT },
	[CPU_SIZE] = { "SIZE", "of the stack", SCOLS_FL_RIGHT, BY_DEFAULT },
	[CPU_REGION] = { "REGION", "region that it is in", 0, BY_DEFAULT },
	[CPU_NOTE] = { "NOTE", "why it is not known", 0, BY_DEFAULT },
};

static const struct column_set *column_sets(void)
{
	static const char *const members[ARRAY_SIZE(columns)] = {
		[USER_ROOT] = "user_root user_same user_copied user_missing user_own",
	};
	static const char *const cpu_members[ARRAY_SIZE(cpu_columns)] = {
		[CPU_NOTE] = "absent",
	};
	static const struct column_set sets[] = {
		{ NULL, columns, ARRAY_SIZE(columns), members },
		{ "cpus", cpu_columns, ARRAY_SIZE(cpu_columns), cpu_members },
		{ 0 },
	};

	return sets;
}

static char *address(const struct row *row, uint64_t addr)
{
	return text_printf("0x%0*" PRIx64, (int)row->of->bits / 4, addr);
}

static char *physical(bool known, uint64_t addr)
{
	return known ? text_printf("0x%016" PRIx64, addr) : NULL;
}

static char *size_of(const struct row *row, const struct stack_range *stack)
{
	uint64_t less_one = stack->end - stack->start;

	if (!stack->known)
		return NULL;
	return row->opt->bytes ? size_bytes(less_one) : size_human(less_one);
}

static char *number(bool known, uint64_t n)
{
	return known ? text_printf("%" PRIu64, n) : NULL;
}

static char *text(const char *s)
{
	return s ? text_printf("%s", s) : NULL;
}

static char *cell_of_tables(const struct thread *t, int column)
{
	switch (column) {
	case KERNEL_HALF:
		return text(kernel_half_words[t->half]);
	case ROOT:
		return physical(t->has_root, t->root);
	case USER_ROOT:
		return physical(t->has_user_root, t->user_root);
	case SAME:
		return number(t->has_entries, t->entries.same);
	case COPIED:
		return number(t->has_entries, t->entries.copied);
	case MISSING:
		return number(t->has_entries, t->entries.missing);
	case OWN:
		return number(t->has_entries, t->entries.own);
	case OTHER:
		return text(t->other);
	default:
		return NULL;
	}
}

static char *cell(const void *item, int column)
{
	const struct row *row = item;
	const struct thread *t = row->thread;

	switch (column) {
	case TID:
		return number(true, t->tid);
	case PID:
		return number(true, t->pid);
	case COMM:
		return text(t->comm);
	case KIND:
		return text(thread_kind_words[t->kind]);
	case START:
		return t->stack.known ? address(row, t->stack.start) : NULL;
	case END:
		return t->stack.known ? address(row, t->stack.end) : NULL;
	case SIZE:
		return size_of(row, &t->stack);
	case REGION:
		return text(t->stack.region);
	case USER_SP:
		return t->has_sp ? address(row, t->sp) : NULL;
	case RUNNING:
		return text(t->running ? "y" : "n");
	case NOTE:
		return thread_note(t);
	default:
		return cell_of_tables(t, column);
	}
}

static char *cpu_cell(const void *item, int column)
{
	const struct row *row = item;
	const struct cpu_stack *s = row->stack;

	switch (column) {
	case CPU:
		return number(s->has_cpu, s->cpu);
	case CPU_KIND:
		return text(s->kind);
	case CPU_START:
		return s->range.known ? address(row, s->range.start) : NULL;
	case CPU_END:
		return s->range.known ? address(row, s->range.end) : NULL;
	case CPU_SIZE:
		return size_of(row, &s->range);
	case CPU_REGION:
		return text(s->range.region);
	default:
		return text(s->range.absent);
	}
}

/* --- JSON ------------------------------------------------------------------------ */

static json_t *json_root(bool known, uint64_t root)
{
	return known ? json_number(VALUE_ADDRESS, 64, root) : json_null();
}

static json_t *json_tables(const struct threads *t)
{
	json_t *tables = json_object();

	json_member(tables, "arch", json_text(t->arch));
	json_member(tables, "absent", json_text(t->absent));
	if (t->absent)
		return tables;
	json_member(tables, "levels", json_count(t->levels));
	json_member(tables, "root", json_number(VALUE_ADDRESS, 64, t->root));
	json_member(tables, "user_root", json_root(t->has_user_root, t->user_root));
	json_member(tables, "user_root_absent", json_text(t->user_root_absent));
	json_member(tables, "first", json_count(t->first));
	json_member(tables, "entries", json_count(t->entries));
	return tables;
}

static void add_range(json_t *object, const struct threads *t, const struct stack_range *range)
{
	json_member(object, "start", range->known ? json_number(VALUE_ADDRESS, t->bits, range->start) :
						    json_null());
	json_member(object, "end", range->known ? json_number(VALUE_ADDRESS, t->bits, range->end) :
						  json_null());
	json_member(object, "size", range->known ? json_size(range->end - range->start) : json_null());
	json_member(object, "region", json_text(range->region));
}

/* Of one of the two tables, under keys that begin alike. */
static void add_entries(json_t *object, const char *before, bool known,
			const struct half_entries *e)
{
	const struct {
		const char *key;
		uint64_t n;
	} members[] = {
		{ "same", e->same }, { "copied", e->copied }, { "missing", e->missing },
		{ "own", e->own },
	};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		char *key = text_printf("%s%s", before, members[i].key);

		json_member(object, key, known ? json_count(members[i].n) : json_null());
		free(key);
	}
}

static json_t *json_thread(const struct threads *of, const struct thread *t)
{
	json_t *object = json_object();
	char *note = thread_note(t);

	json_member(object, "tid", json_count(t->tid));
	json_member(object, "pid", json_count(t->pid));
	json_member(object, "comm", json_text(t->comm));
	json_member(object, "kind", json_text(thread_kind_words[t->kind]));
	add_range(object, of, &t->stack);
	json_member(object, "running", json_boolean(t->running));
	json_member(object, "user_sp", t->has_sp ? json_number(VALUE_ADDRESS, of->bits, t->sp) :
						   json_null());
	json_member(object, "root", json_root(t->has_root, t->root));
	json_member(object, "kernel_half", json_text(kernel_half_words[t->half]));
	add_entries(object, "", t->has_entries, &t->entries);
	json_member(object, "other", json_text(t->other));
	json_member(object, "user_root", json_root(t->has_user_root, t->user_root));
	add_entries(object, "user_", t->has_user_entries, &t->user_entries);
	json_member(object, "note", json_text(note));
	free(note);
	return object;
}

static json_t *json_stack(const struct threads *of, const struct cpu_stack *s)
{
	json_t *object = json_object();

	json_member(object, "cpu", s->has_cpu ? json_count(s->cpu) : json_null());
	json_member(object, "kind", json_text(s->kind));
	add_range(object, of, &s->range);
	json_member(object, "absent", json_text(s->range.absent));
	return object;
}

static void print_json(const struct options *opt, const struct layout *l,
		       const struct thread_list *listed, bool cpus)
{
	const struct threads *of = listed->of;
	json_t *document = json_document("threads", l), *array = json_array();
	const char *name = cpus ? "stacks" : "threads";

	json_member(document, "tables", json_tables(of));
	for (size_t i = 0; cpus && i < of->n_stacks; i++)
		json_element(array, json_stack(of, &of->stacks[i]));
	for (size_t i = 0; !cpus && i < listed->n; i++)
		json_element(array, json_thread(of, listed->list[i]));
	json_member(document, name, array);
	columns_keep(document, name, opt, &column_sets()[cpus]);
	json_print(stdout, document);
}

/* --- Tables ------------------------------------------------------------------------ */

static void print_cpus(const struct options *opt, const struct threads *of)
{
	struct row row = { .opt = opt, .of = of };
	struct table table;

	table_init(&table, opt, cpu_columns, ARRAY_SIZE(cpu_columns));
	for (size_t i = 0; i < of->n_stacks; i++) {
		row.stack = &of->stacks[i];
		table_add(&table, NULL, NULL, cpu_cell, &row);
	}
	table_print(&table, stdout);
}

static void print_threads(const struct options *opt, const struct thread_list *listed)
{
	struct row row = { .opt = opt, .of = listed->of };
	struct table table;

	table_init(&table, opt, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < listed->n; i++) {
		row.thread = listed->list[i];
		table_add(&table, NULL, NULL, cell, &row);
	}
	table_print(&table, stdout);
	if (!opt->raw && !opt->pairs && !opt->noheadings)
		threads_print_legend(opt, listed);
}

/* --- Which threads ------------------------------------------------------------------ */

static uint64_t parse_id(const struct options *opt, const struct wishes *w, const char *word)
{
	enum { MOST = 1 << 22 };	/* PID_MAX_LIMIT of 64-bit kernels */

	const char *p = word;
	uint64_t n;

	if (strcmp(word, "self") == 0) {
		if (opt->sysroot || w->file)
			die("self is this program, which is not among the threads that were saved: name a number");
		return (uint64_t)getpid();
	}
	if (!scan_number(&p, 10, &n) || *p)
		die("'%s': expected the number of a process or thread, or self", word);
	if (!n || n > MOST)
		die("%s is no number of a process or thread: they go from 1 to %d", word, MOST);
	return n;
}

/* Before anything is read. */
static uint64_t *parse_ids(const struct options *opt, const struct wishes *w, size_t n, char **words)
{
	uint64_t *ids = zalloc_array(n + 1, sizeof(*ids));

	for (size_t i = 0; i < n; i++)
		ids[i] = parse_id(opt, w, words[i]);
	return ids;
}

/* All threads of a process of that number, or else one thread. */
static void choose(const struct threads *t, bool *chosen, uint64_t id)
{
	const struct thread *one = threads_find(t, id);
	bool any = false;

	for (size_t i = 0; i < t->n_threads; i++) {
		if (t->threads[i].pid != id)
			continue;
		chosen[i] = any = true;
	}
	if (!any && !one)
		die("there is no process and no thread %" PRIu64 ": 'kvas threads' lists all that are there", id);
	if (!any)
		chosen[one - t->threads] = true;
}

static void choose_all(struct thread_list *listed, const uint64_t *ids, size_t n)
{
	const struct threads *t = listed->of;
	bool *chosen = zalloc_array(t->n_threads + 1, sizeof(*chosen));

	for (size_t i = 0; i < n; i++)
		choose(t, chosen, ids[i]);
	listed->list = zalloc_array(t->n_threads + 1, sizeof(*listed->list));
	for (size_t i = 0; i < t->n_threads; i++)
		if (!n || chosen[i])
			listed->list[listed->n++] = &t->threads[i];
	free(chosen);
}

/* The module does not write which region a processor's stack is in. */
static void find_regions(struct threads *t, const struct layout *l)
{
	for (size_t i = 0; l && i < t->n_stacks; i++) {
		struct stack_range *range = &t->stacks[i].range;
		const struct region *r = range->known ? layout_find(l, range->start) : NULL;

		if (r && !range->region)
			range->region = r->name;
	}
}

/* --- The command ---------------------------------------------------------------------- */

static void parse_wishes(struct wishes *w, int argc, char **argv)
{
	int c;

	*w = (struct wishes){ 0 };
	optind = 0;
	while ((c = getopt_long(argc, argv, "", own_options, NULL)) != -1) {
		w->cpus = w->cpus || c == CPUS;
		w->file = c == THREADS ? optarg : w->file;
	}
	if (w->cpus && optind < argc)
		die("--cpus lists the stacks of processors: it takes no process");
}

static struct layout *load_kernel(const struct options *opt, const char *file)
{
	if (opt->file && !file)
		die("--file names a capture, which holds no threads: name the file that does with --threads");
	if (opt->file && strcmp(opt->file, "-") == 0 && strcmp(file, "-") == 0)
		die("standard input can be read only once");
	return !file || opt->file || opt->sysroot ? load_layout(opt) : NULL;
}

static int run(const struct options *opt, int argc, char **argv)
{
	struct thread_list listed = { 0 };
	struct wishes w;
	struct layout *l;
	struct threads *t;
	uint64_t *ids;

	parse_wishes(&w, argc, argv);
	ids = parse_ids(opt, &w, (size_t)(argc - optind), argv + optind);
	l = load_kernel(opt, w.file);
	t = threads_load(opt, w.file, l);
	if (w.cpus && !t->n_stacks)
		die("the module lists no stacks of processors of this kernel");
	if (!w.cpus && !t->n_threads)
		die("the list of threads is empty, not even the one that read it is there: make it again");
	find_regions(t, l);
	listed.of = t;
	choose_all(&listed, ids, (size_t)(argc - optind));
	if (opt->json)
		print_json(opt, l, &listed, w.cpus);
	else if (w.cpus)
		print_cpus(opt, t);
	else
		print_threads(opt, &listed);
	free(ids);
	free(listed.list);
	threads_free(t);
	layout_free(l);
	return KVAS_OK;
}

const struct command cmd_threads = {
	.name = "threads", .run = run, .own = own_options,
	.takes = ALWAYS_TAKEN TABLE_OPTIONS "b",
	.synopsis = "[options] [PID...]",
	.summary = "both stacks and the page tables of each thread",
	.own_help =
	"     --cpus              the stacks that processors have for interrupts\n"
	"     --threads FILE      read this copy of kvas_threads (- is standard input)\n",
	.columns = column_sets,
};
