// SPDX-License-Identifier: GPL-2.0-only
/* draw_processes.c - kvas draw -p PID --with PID: two processes, or two moments of one. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "draw.h"
#include "draw/kinds.h"
#include "process.h"
#include "process/diff.h"
#include "process_layout.h"
#include "user.h"
#include "user_shared.h"

enum {
	/* Mappings of a process that are drawn one by one; more are drawn as one. */
	LONG_RUN = 12, BRIEF_RUN = 2,
	MOST_TOLD = 12,
};

struct telling {
	struct pool pool;
	const char *list[MOST_TOLD + 1];
	size_t n, more;
};

/* What of a difference is no place and no size; or NULL. */
static const char *told(struct telling *t, const struct process_difference *d)
{
	const struct moment *m = d->at[1].there ? &d->at[1] : &d->at[0];
	const char *word = process_change_word(d->change), *file;

	if (d->thread)
		return pool_printf(&t->pool, "thread %" PRIu64 " (%s): %s", d->thread->tid,
				   d->thread->comm, word);
	if (d->change != PROCESS_PERMISSIONS && d->change != PROCESS_REPLACED)
		return NULL;
	file = m->part->image ? m->part->image->path : m->vma->path;
	return pool_printf(&t->pool, "%s%s%s at 0x%" PRIx64 ": %s", part_name(m->part->kind),
			   *file ? " of " : "", last_name(file), m->start, word);
}

static void tell_all(struct telling *t, const struct process_diff *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *line = told(t, &d->list[i]);

		if (line && t->n < MOST_TOLD)
			t->list[t->n++] = line;
		else if (line)
			t->more++;
	}
	if (!d->same_program)
		t->list[t->n++] = pool_printf(&t->pool, "These are two different programs.");
	else if (t->more)
		t->list[t->n++] = pool_printf(&t->pool, "and %zu more", t->more);
}

static char *kernel_sentence(const struct drawing *d, const struct process_layout pl[2])
{
	const char *names[2] = { d->opt->process, d->argument };
	unsigned int pids[2];

	for (int i = 0; i < 2; i++) {
		if (names_saved_process(names[i]))
			return text_printf("not compared: a saved process has no page tables");
		pids[i] = (unsigned int)pl[i].view->p->pid;
	}
	if (!pl[0].view->l)
		return text_printf("not compared: %s", pl[0].view->no_layout);
	if (pids[0] == pids[1])
		return text_printf("the same for both: they are one process");
	return shared_kernel_half(d->opt, pl[0].view->l, pids);
}

static void refuse_strangers(const struct drawing *d, const struct process *a,
			     const struct process *b)
{
	if (a->kernel_bits != b->kernel_bits || strcmp(a->arch, b->arch) != 0 ||
	    strcmp(a->release, b->release) != 0)
		die("--with=%s: it ran on Linux %s on %s, and the first on %s on %s: expected a process of the same kernel",
		    d->argument, b->release, b->arch, a->release, a->arch);
}

struct scene *draw_processes(const struct drawing *d)
{
	struct process_layout pl[2] = { 0 };
	struct options opts[2] = { *d->opt, *d->opt };
	struct process_diff diff;
	struct process_pair pair = { .names = { d->opt->process, d->argument } };
	const struct folding folding = { .most = d->page.brief ? BRIEF_RUN : LONG_RUN };
	struct telling t = { 0 };
	struct scene *s;
	char *kernel;

	opts[1].process = d->argument;
	for (int i = 0; i < 2; i++) {
		process_layout_open(&pl[i], &opts[i], &folding);
		pair.l[i] = pl[i].l;
	}
	refuse_strangers(d, pl[0].view->p, pl[1].view->p);
	process_diff_find(&diff, pl[0].view->p, &pl[0].view->parts, pl[1].view->p, &pl[1].view->parts);
	tell_all(&t, &diff);
	kernel = kernel_sentence(d, pl);
	pair.kernel = kernel;
	pair.is_one = diff.same_run && pl[0].view->p->pid == pl[1].view->p->pid;
	pair.told = t.list;
	pair.n_told = t.n;
	s = compose_processes(&pair, &d->page);
	free(kernel);
	process_diff_free(&diff);
	pool_free(&t.pool);
	process_layout_close(&pl[0]);
	process_layout_close(&pl[1]);
	return s;
}
