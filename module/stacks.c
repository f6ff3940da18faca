// SPDX-License-Identifier: GPL-2.0-only
/* See stacks.h. */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/percpu.h>

#include "arch/arch.h"
#include "format.h"
#include "stacks.h"
#include "symbols.h"

/* No architecture has a stack that begins at less. */
#define KVAS_STACK_ALIGN	16

static struct kvas_stack no_rules[] = {
	{
		.kind = "irq",
		.absent = "kvas has no rules for this architecture's stacks of interrupts",
	},
	{ }
};

static struct kvas_stack *stacks __ro_after_init;
static unsigned int n_stacks __ro_after_init;

/* How many bytes a variable has at least, of all processors if it is an array. */
static unsigned long __init size_of_variable(const struct kvas_stack *stack)
{
	unsigned long size = stack->place == KVAS_STACK_ITSELF ? stack->size : sizeof(void *);

	if (stack->variable == KVAS_IN_ARRAY)
		size += (nr_cpu_ids - 1) * stack->stride;
	return stack->offset + size;
}

#ifdef CONFIG_SMP
/* Whether each processor has its own copy, or none has; true if that is not known. */
static bool __init is_where_it_should_be(const struct kvas_stack *stack, unsigned long addr)
{
	const struct kvas_symbol start = kvas_symbol("__per_cpu_start", 0);
	const struct kvas_symbol end = kvas_symbol("__per_cpu_end", 0);
	const bool is_per_cpu = addr >= start.addr && addr < end.addr;

	return start.absent || end.absent || is_per_cpu == (stack->variable == KVAS_PER_CPU);
}
#else
static bool __init is_where_it_should_be(const struct kvas_stack *stack, unsigned long addr)
{
	return true;
}
#endif

/*
 * kallsyms may know several symbols of one name and gives the first.  One that is too
 * small, or that is one for all processors where each should have its own, is another.
 */
static const char *__init find_variable(struct kvas_stack *stack)
{
	const struct kvas_symbol symbol = kvas_symbol(stack->symbol, 0);

	if (symbol.absent)
		return symbol.absent;
	if (symbol.size < size_of_variable(stack) || !is_where_it_should_be(stack, symbol.addr))
		return "the symbol of its name is another one";
	stack->base = symbol.addr;
	return NULL;
}

/**
 * kvas_stacks_init() - look up the variables that tell where the stacks are
 */
void __init kvas_stacks_init(void)
{
	struct kvas_stack *stack;

	stacks = kvas_arch.stacks ? kvas_arch.stacks : no_rules;
	for (stack = stacks; stack->kind; stack++, n_stacks++) {
		if (!stack->absent && stack->symbol)
			stack->absent = find_variable(stack);
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

/* Where a processor has its variable; 0 if it has none. */
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
	if (!at)
		return "the variable that tells its address is not there, as while it is offline";
	if (!kvas_read(&at, (const void *)at, sizeof(at)))
		return "the variable that tells its address cannot be read";
	if (!at)
		return "the variable that tells its address has none";
	*start = (unsigned long)kvas_untagged((void *)at);
	if (stack->place == KVAS_STACK_BEFORE)
		*start = *start + stack->below - stack->size;
	return NULL;
}

/* No guard page lies in it. */
static bool is_readable(unsigned long start, unsigned int size)
{
	unsigned int at;
	char byte;

	for (at = 0; at < size; at += PAGE_SIZE) {
		if (!kvas_read(&byte, (const void *)(start + at), sizeof(byte)))
			return false;
	}
	return kvas_read(&byte, (const void *)(start + size - 1), sizeof(byte));
}

/* Whether the next processor has the same: a variable that is no stack's may be one for all. */
static bool is_of_another(unsigned long start, const struct kvas_stack *stack, unsigned int cpu)
{
	unsigned int other = cpumask_next(cpu, cpu_possible_mask);
	unsigned long its_start;

	if (other >= nr_cpu_ids)
		other = cpumask_first(cpu_possible_mask);
	return other != cpu && !find_start(&its_start, stack, other) && its_start == start;
}

static const char *find_stack(unsigned long *start, const struct kvas_stack *stack,
			      unsigned int cpu)
{
	const char *absent = find_start(start, stack, cpu);

	if (absent)
		return absent;
	if (!IS_ALIGNED(*start, KVAS_STACK_ALIGN))
		return "the address that its variable tells is not one of a stack";
	if (!is_readable(*start, stack->size))
		return "there is no memory at its address";
	if (!stack->is_shared && is_of_another(*start, stack, cpu))
		return "its variable tells the same address for another processor";
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
	if (!absent) {
		/* A processor that goes takes its variables along; one that comes sets them. */
		cpus_read_lock();
		absent = find_stack(&start, stack, cpu);
		cpus_read_unlock();
	}
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
