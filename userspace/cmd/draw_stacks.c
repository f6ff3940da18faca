// SPDX-License-Identifier: GPL-2.0-only
/* draw_stacks.c - kvas draw --stacks PID: both stacks of each thread of a process. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/util.h"
#include "draw.h"
#include "draw/kinds.h"
#include "texts/words.h"
#include "user.h"

enum { MOST_THREADS = 12 };		/* that are drawn */

static void take_user_stack(struct drawn_thread *to, const struct stack_pair *pair,
			    struct pool *pool)
{
	char *note = stacks_user_note(pair);

	if (note)
		to->user.why = pool_printf(pool, "%s", note);
	free(note);
	if (!pair->on_stack)
		return;
	to->user.known = to->has_sp = true;
	to->user.start = pair->part->start;
	to->user.end = pair->part->end;
	to->sp = pair->thread->sp;
	to->is_at_most = stack_may_hold_more(pair);
	if (pair->guard)
		to->user.guard = pair->guard->end - pair->guard->start + 1;
	if (pair->gap)
		to->user.gap = pair->gap->end - pair->gap->start + 1;
}

static void take_kernel_stack(struct drawn_thread *to, const struct stack_pair *pair)
{
	const struct stack_range *stack = pair->kernel ? &pair->kernel->stack : NULL;

	if (!stack || !stack->known) {
		to->kernel.why = stacks_no_kernel(pair);
		return;
	}
	to->kernel.known = true;
	to->kernel.start = stack->start;
	to->kernel.end = stack->end;
	to->region = stack->region;
	to->kernel.guard = pair->kernel_guard ? pair->v->p->page_size : 0;
}

static void take_thread(struct drawn_thread *to, const struct user_view *v, size_t i,
			struct pool *pool)
{
	const struct process_thread *thread = &v->p->threads[i];
	const struct stack_pair pair = stacks_of(v, thread);

	to->name = pool_printf(pool, "%" PRIu64 " %s", thread->tid, thread->comm);
	take_user_stack(to, &pair, pool);
	take_kernel_stack(to, &pair);
}

struct scene *draw_stacks(const struct drawing *d)
{
	struct drawn_thread threads[MOST_THREADS] = { 0 };
	struct pool pool = { 0 };
	struct two_stacks t = { .threads = threads };
	struct user_view v;
	struct scene *s;
	char *split, *limit;

	user_view_open(&v, d->opt, d->argument, true);
	limit = user_limit_sentence(&v);
	split = text_printf("%s %s", word(WORD_USER_HALF), limit);
	free(limit);
	t.l = v.l;
	t.bits = v.p->kernel_bits;
	t.is_space = user_other_space(&v);
	t.split = split;
	t.process = pool_printf(&pool, "%" PRIu64 " (%s)", v.p->pid, v.p->comm);
	t.n_threads = v.p->n_threads < MOST_THREADS ? v.p->n_threads : MOST_THREADS;
	t.n_hidden = v.p->n_threads - t.n_threads;
	for (size_t i = 0; i < t.n_threads; i++)
		take_thread(&threads[i], &v, i, &pool);
	s = compose_two_stacks(&t, &d->page);
	free(split);
	user_view_close(&v);
	pool_free(&pool);
	return s;
}
