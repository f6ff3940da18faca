// SPDX-License-Identifier: GPL-2.0-only
/* user_stacks.c - kvas user --stacks: both stacks of each thread; see user.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "output/table.h"
#include "stacks.h"
#include "user.h"

const struct column stacks_columns[] = {
	[STACKS_TID] = { "TID", "number of the thread", SCOLS_FL_RIGHT, BY_DEFAULT },
	[STACKS_NAME] = { "NAME", "its name", 0, BY_DEFAULT },
	[STACKS_STATE] = { "STATE", "as ps(1) has it: R, S, D ...", 0, IF_WIDE },
	[STACKS_STACK] = { "STACK", "first and last address of its user stack", 0, BY_DEFAULT },
	[STACKS_SIZE] = { "SIZE", "of the user stack; of a mapping that may hold more, at most", SCOLS_FL_RIGHT, BY_DEFAULT },
	[STACKS_USED] = { "USED", "from the stack pointer to the end of that", SCOLS_FL_RIGHT, BY_DEFAULT },
	[STACKS_GUARD] = { "GUARD", "size of the guard below it: an access is a fault", SCOLS_FL_RIGHT, IF_WIDE },
	[STACKS_GAP] = { "GAP", "size of the gap below one that grows: no other mapping may be there", SCOLS_FL_RIGHT, IF_WIDE },
	[STACKS_KERNEL_STACK] = { "KERNEL_STACK", "first and last address of its kernel stack", 0, IF_WIDE },
	[STACKS_KERNEL_SIZE] = { "KERNEL_SIZE", "of the kernel stack", SCOLS_FL_RIGHT, ON_REQUEST },
	[STACKS_KERNEL_REGION] = { "KERNEL_REGION", "where the kernel stack is", 0, IF_WIDE },
	[STACKS_KERNEL_GUARD] = { "KERNEL_GUARD", "size of the page below the kernel stack, if nothing is mapped there", SCOLS_FL_RIGHT, IF_WIDE },
	[STACKS_SP] = { "SP", "the user stack pointer at the last entry into the kernel", 0, ON_REQUEST },
	[STACKS_NOTE] = { "NOTE", "why something is not known, and what else is important", 0, BY_DEFAULT },
};

/*
 * The same thread in kvas_threads, or NULL.  A process and a machine that were saved may
 * be of two boots: then the stack pointer leads to nothing that the process has mapped.
 */
static const struct thread *kernel_side(const struct user_view *v, const struct process_thread *t)
{
	const struct thread *found = v->threads ? threads_find(v->threads, t->tid) : NULL;

	if (!found || found->pid != v->p->pid)
		return NULL;
	if (v->saved && (strcmp(found->comm, t->comm) != 0 || !found->has_sp ||
			 !process_vma(v->p, found->sp)))
		return NULL;
	return found;
}

void stacks_join(struct user_view *v)
{
	for (size_t i = 0; i < v->p->n_threads; i++) {
		struct process_thread *t = &v->p->threads[i];
		const struct thread *other = kernel_side(v, t);

		if (t->has_sp || !other || !other->has_sp)
			continue;
		t->has_sp = true;
		t->sp = other->sp;
		t->no_sp = NULL;
	}
}

/* What is right below it, if that is of this kind. */
static const struct part *part_below(const struct parts *parts, const struct part *stack,
				     enum part_kind kind)
{
	const struct part *below = stack - 1;

	return stack > parts->parts && below->end + 1 == stack->start && below->kind == kind ?
	       below : NULL;
}

struct stack_pair stacks_of(const struct user_view *v, const struct process_thread *thread)
{
	const struct thread *kernel = kernel_side(v, thread);
	struct stack_pair pair = { .v = v, .thread = thread, .kernel = kernel };

	pair.kernel_guard = kernel && kernel->stack.known &&
			    stack_is_guarded(&kernel->stack, kernel->stack.start - 1, &v->areas);
	if (!thread->has_sp)
		return pair;
	pair.part = parts_at(&v->parts, thread->sp);
	pair.on_stack = pair.part && (pair.part->kind == PART_STACK ||
				      pair.part->kind == PART_THREAD_STACK);
	if (!pair.on_stack)
		return pair;
	pair.used = pair.part->end - thread->sp + 1;
	pair.guard = part_below(&v->parts, pair.part, PART_GUARD);
	pair.gap = part_below(&v->parts, pair.part, PART_STACK_GAP);
	return pair;
}

bool stack_may_hold_more(const struct stack_pair *pair)
{
	return pair->on_stack && pair->part->kind == PART_THREAD_STACK;
}

const char *stacks_no_kernel(const struct stack_pair *pair)
{
	if (!pair->v->threads)
		return pair->v->no_threads;
	if (!pair->kernel)
		return KVAS_THREADS_NAME " does not have this thread";
	return pair->kernel->stack.known ? NULL : pair->kernel->stack.absent;
}

char *stacks_user_note(const struct stack_pair *pair)
{
	const struct process_thread *t = pair->thread;

	if (!t->has_sp)
		return text_printf("no stack pointer: %s", t->no_sp);
	if (!pair->part)
		return text_printf("its stack pointer is where nothing is mapped");
	if (!pair->on_stack)
		return text_printf("its stack pointer is in memory that is no stack with a guard: %s",
				   part_name(pair->part->kind));
	if (pair->part->n_threads > 1)
		return text_printf("%zu threads have their stack pointers there", pair->part->n_threads);
	return NULL;
}

char *stacks_note(const struct stack_pair *pair)
{
	/* Why no thread has a kernel stack is said once, for all. */
	const char *why = pair->v->threads ? stacks_no_kernel(pair) : NULL;
	char *user = stacks_user_note(pair), *both;

	if (!why)
		return user;
	both = text_printf("%s%sno kernel stack: %s", user ? user : "", user ? "; " : "", why);
	free(user);
	return both;
}

/* --- The table ---------------------------------------------------------------------- */

static char *range(const struct user_view *v, uint64_t start, uint64_t end)
{
	int digits = (int)v->p->kernel_bits / 4;

	return text_printf("0x%0*" PRIx64 "-0x%0*" PRIx64, digits, start, digits, end);
}

static char *size_cell(const struct stack_pair *pair, const struct part *part)
{
	return part ? user_amount(pair->v->opt, part->end - part->start + 1) : NULL;
}

static char *user_stack_cell(const struct stack_pair *pair, int column)
{

	switch (column) {
	case STACKS_STACK:
		return range(pair->v, pair->part->start, pair->part->end);
	case STACKS_SIZE:
		return size_cell(pair, pair->part);
	case STACKS_USED:
		return user_amount(pair->v->opt, pair->used);
	case STACKS_GUARD:
		return size_cell(pair, pair->guard);
	default:
		return size_cell(pair, pair->gap);
	}
}

static char *kernel_stack_cell(const struct stack_pair *pair, int column)
{
	const struct stack_range *stack = &pair->kernel->stack;

	switch (column) {
	case STACKS_KERNEL_STACK:
		return range(pair->v, stack->start, stack->end);
	case STACKS_KERNEL_SIZE:
		return user_amount(pair->v->opt, stack->end - stack->start + 1);
	case STACKS_KERNEL_GUARD:
		return pair->kernel_guard ? user_amount(pair->v->opt, pair->v->p->page_size) : NULL;
	default:
		return stack->region ? text_printf("%s", stack->region) : NULL;
	}
}

static char *stacks_cell(const void *item, int column)
{
	const struct stack_pair *pair = item;
	const struct process_thread *t = pair->thread;

	switch (column) {
	case STACKS_TID:
		return text_printf("%" PRIu64, t->tid);
	case STACKS_NAME:
		return text_printf("%s", t->comm);
	case STACKS_STATE:
		return text_printf("%c", t->state);
	case STACKS_SP:
		return t->has_sp ? text_printf("0x%0*" PRIx64, (int)pair->v->p->kernel_bits / 4,
					       t->sp) : NULL;
	case STACKS_NOTE:
		return stacks_note(pair);
	case STACKS_KERNEL_STACK:
	case STACKS_KERNEL_SIZE:
	case STACKS_KERNEL_REGION:
	case STACKS_KERNEL_GUARD:
		return pair->kernel && pair->kernel->stack.known ?
		       kernel_stack_cell(pair, column) : NULL;
	default:
		return pair->on_stack ? user_stack_cell(pair, column) : NULL;
	}
}

/* What is so of all threads is said once. */
static void print_summary(const struct user_view *v, bool may_hold_more)
{
	enum { LABEL_WIDTH = 15 };

	if (may_hold_more || !v->threads)
		putchar('\n');
	if (may_hold_more)
		table_sentence(v->opt, LABEL_WIDTH, "User stacks", text_printf("SIZE and USED are upper bounds, except of the main thread: the mapping that holds a stack may hold more above it"));
	if (!v->threads)
		table_sentence(v->opt, LABEL_WIDTH, "Kernel stacks", text_printf("not shown: %s", v->no_threads));
}

void stacks_print(const struct user_view *v)
{
	const struct options *opt = v->opt;
	bool may_hold_more = false;
	struct table t;

	table_init(&t, opt, stacks_columns, N_STACKS_COLUMNS);
	for (size_t i = 0; i < v->p->n_threads; i++) {
		const struct stack_pair pair = stacks_of(v, &v->p->threads[i]);

		table_add(&t, NULL, NULL, stacks_cell, &pair);
		may_hold_more |= stack_may_hold_more(&pair);
	}
	table_fit(&t, opt, STACKS_NAME, STACKS_NOTE);
	table_print(&t, stdout);
	if (!opt->raw && !opt->pairs && !opt->noheadings)
		print_summary(v, may_hold_more);
}
