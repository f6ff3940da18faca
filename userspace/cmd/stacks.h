/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stacks.h - the kernel stack that an address is in, for kvas where.
 *
 * How much of a stack is in use is not told: the stack pointer of a thread that runs, or
 * may run at any moment, is not known.
 */
#ifndef KVAS_STACKS_H
#define KVAS_STACKS_H

#include <jansson.h>

#include "base/pool.h"
#include "threads.h"
#include "trace/spot.h"

/* A thread or a processor's stack is there, never both; or all are NULL. */
struct on_stack {
	const struct threads *of;
	uint64_t addr;
	const struct thread *thread;
	const struct thread *before;	/* had the same stack while the list was read, or NULL */
	const struct cpu_stack *cpu;
	bool guard;			/* it is in the page below the stack, which is not mapped */
};

/*
 * Is nothing mapped at an address in the page below a stack, because vmalloc() made the
 * stack?  False if that is not known.
 */
bool stack_is_guarded(const struct stack_range *stack, uint64_t addr, const struct names *n);

/* The place of an address of the kernel. */
struct on_stack stack_find(const struct threads *t, const struct spot *s);

/* "thread 412, sleep", "irq of CPU 1", or NULL; to be freed. */
char *stack_owner(const struct on_stack *on);

/* A sentence of it, or NULL. */
const char *stack_remark(const struct on_stack *on, struct pool *pool);

json_t *json_stacks(const struct on_stack *on);

#endif /* KVAS_STACKS_H */
