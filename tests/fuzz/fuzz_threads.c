// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_threads.c - whatever bytes a file of threads has, the reader must neither crash
 * nor leak nor take long, each mistake gets a sentence, and what is listed is found.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "threads/threads.h"
#include "fuzz.h"

static void check_range(const struct threads *t, const struct stack_range *range)
{
	require(!range->known || (range->start <= range->end && range->end <= t->max_addr),
		"a stack is a range of addresses");
	require(range->known || range->absent, "or the reason is there");
}

static void check_entries(const struct threads *t, const struct half_entries *e)
{
	require(e->same + e->copied + e->missing + e->own <= t->entries - t->first,
		"no more entries than the half has");
}

static void check_thread(const struct threads *t, size_t i)
{
	const struct thread *thread = &t->threads[i];
	const struct stack_range *stack = &thread->stack;

	require(threads_find(t, thread->tid) == thread, "each thread is found by its number");
	require(!i || thread->tid > thread[-1].tid, "they are in order");
	require(thread->comm != NULL, "each has a name");
	check_range(t, stack);
	check_entries(t, &thread->entries);
	check_entries(t, &thread->user_entries);
	if (!stack->known)
		return;
	require(threads_with_stack(t, stack->start, i) == i &&
		threads_with_stack(t, stack->end, i) == i, "and by its stack");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parse_error error = { 0 };
	struct threads *t = threads_parse((const char *)data, size, &error);

	if (!t) {
		require(*error.message && !strchr(error.message, '\n'), "a mistake has a sentence");
		return 0;
	}
	require(t->first <= t->entries, "the kernel half is in the table");
	for (size_t i = 0; i < t->n_threads; i++)
		check_thread(t, i);
	for (size_t i = 0; i < t->n_stacks; i++) {
		check_range(t, &t->stacks[i].range);
		require(!t->stacks[i].range.known ||
			threads_cpu_stack(t, t->stacks[i].range.start, i) == i,
			"a processor's stack is found");
	}
	threads_free(t);
	return 0;
}
