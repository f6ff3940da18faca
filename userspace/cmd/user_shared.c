// SPDX-License-Identifier: GPL-2.0-only
/* user_shared.c - see user_shared.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "load.h"
#include "output/json.h"
#include "output/table.h"
#include "user_shared.h"

/* --- Reading ---------------------------------------------------------------------------- */

static void open_side(struct shared_side *side,
		      const struct threads *threads, const struct tables *kernel)
{
	side->thread = thread_with_tables(threads, side->pid);
	process_tables(&side->tables, threads, side->thread, kernel);
	if (side->tables.user.why)
		die("the page tables of process %u cannot be read: %s", side->pid,
		    side->tables.user.why);
}

/* The top table with which user mode runs has nothing else than the other one, but less. */
static void compare_isolation(struct shared_side *side, const struct threads *threads)
{
	const struct thread *t = side->thread;

	const struct tables *kernel = &side->tables.kernel;
	struct process_half half = {
		.root = t->user_root, .split = (unsigned int)threads->first,
	};
	struct tables in_user_mode;

	if (!side->tables.kernel_is_own || !t->has_user_root)
		return;
	side->isolation = tops_compare(kernel, t->root, t->user_root, half.split,
				       (unsigned int)threads->entries);
	in_user_mode = tables_of_process(kernel, &half);
	if (!side->isolation.why)
		side->below = shared_compare(kernel, &in_user_mode, false);
}

static unsigned int end_of_top(const struct tables *t)
{
	return t->end ? t->end : 1u << tables_index_bits(t, t->levels);
}

static void add_half(struct sharing *s, bool user)
{
	struct shared_half *h = &s->half[s->n_halves++];

	h->name = user ? "user" : "kernel";
	h->user = user;
	for (unsigned int i = 0; i < 2; i++)
		h->tables[i] = user ? &s->side[i].tables.user : &s->side[i].tables.kernel;
	h->below = shared_compare(h->tables[0], h->tables[1], user);
	/* On s390x processes may have different numbers of levels. */
	if (h->tables[0]->levels != h->tables[1]->levels)
		h->tops.why = "the two have different numbers of levels";
	else
		h->tops = tops_compare(h->tables[0], s->side[0].thread->root,
				       s->side[1].thread->root, h->tables[0]->first,
				       end_of_top(h->tables[0]));
}

static void compare(struct sharing *s, const struct threads *threads, struct pool *pool)
{
	add_half(s, true);
	if (s->side[0].tables.kernel_is_own && s->side[1].tables.kernel_is_own)
		add_half(s, false);
	for (unsigned int i = 0; i < 2; i++)
		compare_isolation(&s->side[i], threads);
	s->memory = shared_memory_find(s, pool);
}

/* --- The kernel half alone ------------------------------------------------------------------ */

static bool is_same_kernel_half(const struct sharing *s)
{
	const struct tops *tops = &s->half[0].tops;

	return !s->n_halves || (!tops->entries[TOP_OWN] && !tops->entries[TOP_FIRST] &&
				!tops->entries[TOP_SECOND]);
}

/* Why it cannot be compared, or NULL. */
static const char *compare_kernel_half(struct sharing *s, const struct threads *threads,
				       const struct tables *kernel)
{
	const char *why = kernel->why;

	for (unsigned int i = 0; i < 2; i++) {
		struct shared_side *side = &s->side[i];

		side->thread = thread_with_tables(threads, side->pid);
		process_tables(&side->tables, threads, side->thread, kernel);
		if (!why && side->tables.kernel_is_own)
			why = side->tables.kernel.why;
	}
	if (s->side[0].thread->half == HALF_ROOT || s->side[0].thread->half == HALF_SPACE)
		return NULL;
	if (!why && s->side[0].tables.kernel_is_own && s->side[1].tables.kernel_is_own)
		add_half(s, false);
	else if (!why)
		why = "it is not in the tables of both";
	return why ? why : s->half[0].tops.why;
}

char *shared_kernel_half(const struct options *opt, const struct layout *l,
			 const unsigned int pids[2])
{
	struct sharing s = { .opt = opt, .l = l, .side = { { .pid = pids[0] }, { .pid = pids[1] } } };
	struct machine *machine;
	const struct tables *kernel = source_open((struct table_source){ .kind = SOURCE_KCORE },
						  opt->sysroot, l, &machine);
	const char *why = NULL;
	struct threads *threads = process_threads(opt, machine_pool(machine), &why);
	char *text, *words;

	if (threads)
		why = compare_kernel_half(&s, threads, kernel);
	if (why) {
		text = text_printf("not compared: %s", why);
	} else {
		words = kernel_half_text(&s);
		text = text_printf("%s: %s%s", is_same_kernel_half(&s) ? "the same for both" :
				   "not the same for both", s.n_halves ? "" : "it ", words);
		free(words);
	}
	threads_free(threads);
	machine_free(machine);
	return text;
}

/* --- The table ---------------------------------------------------------------------------- */

enum { SHARED_HALF, SHARED_LEVEL, SHARED_COVERS, SHARED_FIRST, SHARED_SECOND, SHARED_BOTH,
       SHARED_SIZE, SHARED_UNREAD };

const struct column shared_columns[N_SHARED_COLUMNS] = {
	[SHARED_HALF] = { "HALF", "user or kernel; only user if the kernel half has tables of its own", 0, BY_DEFAULT },
	[SHARED_LEVEL] = { "LEVEL", "level of the tables; 1 has entries of single pages", SCOLS_FL_RIGHT, BY_DEFAULT },
	[SHARED_COVERS] = { "COVERS", "what one table translates", SCOLS_FL_RIGHT, BY_DEFAULT },
	[SHARED_FIRST] = { "FIRST", "tables below the first process's top table", SCOLS_FL_RIGHT, BY_DEFAULT },
	[SHARED_SECOND] = { "SECOND", "tables below the second one's", SCOLS_FL_RIGHT, BY_DEFAULT },
	[SHARED_BOTH] = { "BOTH", "of these the same tables", SCOLS_FL_RIGHT, BY_DEFAULT },
	[SHARED_SIZE] = { "SIZE", "memory of the tables that are the same", SCOLS_FL_RIGHT, BY_DEFAULT },
	[SHARED_UNREAD] = { "UNREAD", "tables of the half, of all levels, that could not be read", SCOLS_FL_RIGHT, ON_REQUEST },
};

const char *const shared_members[N_SHARED_COLUMNS] = { NULL };

static const struct tables *format_of(const struct shared_row *row)
{
	const struct tables *const *t = row->half->tables;

	return t[0]->levels >= t[1]->levels ? t[0] : t[1];
}

static char *size_of(const struct shared_row *row, uint64_t size)
{
	if (!size)
		return text_printf("0");
	return row->s->opt->bytes ? size_bytes(size - 1) : size_human(size - 1);
}

static char *cell(const void *item, int column)
{
	const struct shared_row *row = item;
	const struct shared_level *level = &row->half->below.level[row->level];
	const struct tables *t = format_of(row);

	switch (column) {
	case SHARED_HALF:
		return text_printf("%s", row->half->name);
	case SHARED_LEVEL:
		return text_printf("%u", row->level);
	case SHARED_COVERS:
		return size_of(row, tables_size(t, row->level + 1));
	case SHARED_FIRST:
		return text_printf("%" PRIu64, level->tables[0]);
	case SHARED_SECOND:
		return text_printf("%" PRIu64, level->tables[1]);
	case SHARED_BOTH:
		return text_printf("%" PRIu64, level->both);
	case SHARED_SIZE:
		return size_of(row, level->both * shared_table_size(t, row->level));
	case SHARED_UNREAD:
		return text_printf("%" PRIu64, row->half->below.unread[0] +
				   row->half->below.unread[1]);
	default:
		return NULL;
	}
}

static void print_table(const struct sharing *s)
{
	struct table table;

	table_init(&table, s->opt, shared_columns, N_SHARED_COLUMNS);
	for (size_t i = 0; i < s->n_halves; i++) {
		const struct shared_half *h = &s->half[i];

		for (unsigned int level = h->below.levels - 1; level; level--) {
			struct shared_row row = { s, h, level };

			table_add(&table, NULL, NULL, cell, &row);
		}
	}
	table_print(&table, stdout);
}

/* --- The command ---------------------------------------------------------------------------- */

static void print(const struct sharing *s)
{
	const struct options *opt = s->opt;

	if (opt->json) {
		json_print(stdout, json_sharing(s));
		return;
	}
	print_table(s);
	if (!opt->raw && !opt->pairs && !opt->noheadings && !opt->columns && !opt->all_columns)
		shared_print(s);
}

static bool is_whole(const struct sharing *s)
{
	for (size_t i = 0; i < s->n_halves; i++) {
		const struct shared *below = &s->half[i].below;

		if (below->unread[0] || below->unread[1] || s->half[i].tops.why)
			return false;
	}
	return s->memory.source;
}

int user_shared(const struct options *opt, const char *one, const char *other)
{
	struct sharing s = {
		.opt = opt,
		.side = { { .pid = process_of(opt, one) }, { .pid = process_of(opt, other) } },
	};
	struct machine *machine;
	const struct tables *kernel;
	const char *why = NULL;
	struct threads *threads;
	struct layout *l;
	int status;

	if (opt->json && opt->columns)
		die("--shared with --json prints all members: leave --output out");
	if (s.side[0].pid == s.side[1].pid)
		die("both are process %u: --shared needs another one", s.side[0].pid);
	s.l = l = load_layout(opt);
	kernel = source_open((struct table_source){ .kind = SOURCE_KCORE }, opt->sysroot, l,
			     &machine);
	threads = process_threads(opt, machine_pool(machine), &why);
	if (!threads)
		die("%s", why);
	open_side(&s.side[0], threads, kernel);
	open_side(&s.side[1], threads, kernel);
	compare(&s, threads, machine_pool(machine));
	print(&s);
	status = is_whole(&s) ? KVAS_OK : KVAS_DIFFERS;
	threads_free(threads);
	machine_free(machine);
	layout_free(l);
	return status;
}
