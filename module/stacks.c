// SPDX-License-Identifier: GPL-2.0-only
/* See stacks.h. */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/percpu.h>

#include "arch/arch.h"
#include "format.h"
#include "stacks.h"
#include "symbols.h"

static struct kvas_stack no_rules[] = {
	{
		.kind = "irq",
		.absent = "kvas has no rules for this architecture's stacks of interrupts",
	},
	{ }
};

static struct kvas_stack *stacks __ro_after_init;
static unsigned int n_stacks __ro_after_init;

/**
 * kvas_stacks_init() - look up the variables that tell where the stacks are
 */
void __init kvas_stacks_init(void)
{
	struct kvas_stack *stack;
	struct kvas_symbol symbol;

	stacks = kvas_arch.stacks ? kvas_arch.stacks : no_rules;
	for (stack = stacks; stack->kind; stack++, n_stacks++) {
		if (stack->absent || !stack->symbol)
			continue;
		symbol = kvas_symbol(stack->symbol, 0);
		stack->base = symbol.addr;
		stack->absent = symbol.absent;
	}
}

/**
 * kvas_stacks_count() - how many records of stacks there may be
 *
 * Return: the number, for kvas_stacks_write().
 */
unsigned int kvas_stacks_count(void)
{
	return n_stacks * nr_cpu_ids;
}

/* Where a processor has its variable; 0 if it has none, or that cannot be read. */
static unsigned long variable_of(const struct kvas_stack *stack, unsigned int cpu)
{
	unsigned long at = stack->base;

	switch (stack->variable) {
	case KVAS_PER_CPU:
		at = (unsigned long)per_cpu_ptr((void __percpu *)at, cpu);
		break;
	case KVAS_IN_ARRAY:
		at += cpu * stack->stride;
		break;
	case KVAS_BY_POINTER:
		at += cpu * sizeof(at);
		if (!kvas_read(&at, (const void *)at, sizeof(at)))
			return 0;
		break;
	}
	return at ? at + stack->offset : 0;
}

/* The first byte of a processor's stack.  Returns NULL, or why it is not known. */
static const char *find_start(unsigned long *start, const struct kvas_stack *stack,
			      unsigned int cpu)
{
	unsigned long at = variable_of(stack, cpu);

	*start = at;
	if (at && stack->place == KVAS_STACK_ITSELF)
		return NULL;
	if (!at || !kvas_read(&at, (const void *)at, sizeof(at)))
		return "the variable that tells its address cannot be read";
	if (!at)
		return "the variable that tells its address has none";
	*start = (unsigned long)kvas_untagged((void *)at);
	if (stack->place == KVAS_STACK_BEFORE)
		*start = ALIGN(*start, stack->align) - stack->size;
	return NULL;
}

static const char *find_stack(unsigned long *start, const struct kvas_stack *stack,
			      unsigned int cpu)
{
	const char *absent = find_start(start, stack, cpu);
	char byte;

	if (absent)
		return absent;
	if (!kvas_read(&byte, (const void *)*start, sizeof(byte)) ||
	    !kvas_read(&byte, (const void *)(*start + stack->size - 1), sizeof(byte)))
		return "there is no memory at its address";
	return NULL;
}

/**
 * kvas_stacks_write() - write the record of a processor's stack
 * @w:	the writer
 * @n:	which record, below kvas_stacks_count()
 *
 * Nothing is written of a processor that cannot be there, and a kind of which nothing
 * is known is written once.
 */
void kvas_stacks_write(struct kvas_writer *w, unsigned int n)
{
	const struct kvas_stack *stack = stacks + n % n_stacks;
	const unsigned int cpu = n / n_stacks;
	const char *absent = stack->absent;
	unsigned long start = 0;

	if (!cpu_possible(cpu) || (absent && cpu != cpumask_first(cpu_possible_mask)))
		return;
	if (!absent)
		absent = find_stack(&start, stack, cpu);
	kvas_begin_record(w, "stack");
	if (!absent)
		kvas_put_range(w, start, start + stack->size - 1);
	if (!stack->absent)
		kvas_put_number(w, "cpu", cpu);
	kvas_put_text(w, "kind", stack->kind);
	if (absent)
		kvas_put_text(w, "absent", absent);
	kvas_end_record(w);
}
