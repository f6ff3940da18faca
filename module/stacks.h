/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stacks that a processor takes for interrupts and exceptions in place of the
 * thread's own.  Each architecture has a table of them.
 */
#ifndef KVAS_STACKS_H
#define KVAS_STACKS_H

#include <linux/types.h>

struct kvas_writer;

/* Where each processor has a variable. */
enum kvas_stack_variable {
	KVAS_PER_CPU,		/* among its own variables */
	KVAS_IN_ARRAY,		/* in an array */
	KVAS_BY_POINTER,	/* in what an element of an array of pointers leads to */
};

/* What the variable tells of the stack. */
enum kvas_stack_place {
	KVAS_STACK_AT,		/* its first byte's address */
	KVAS_STACK_BEFORE,	/* the address after it, or one that is a known way below */
	KVAS_STACK_ITSELF,	/* it is the stack */
};

/**
 * struct kvas_stack - a row of an architecture's table of stacks
 * @kind:	for what, as the record has it
 * @absent:	why they are not known, or NULL
 * @size:	of each, bytes
 * @variable:	where each processor has its variable
 * @base:	the variable, or the array
 * @symbol:	looked up for @base, if that is not exported
 * @stride:	from one element of the array to the next
 * @offset:	into the variable
 * @place:	what it tells
 * @below:	how far what it tells is below the address after the stack
 * @is_shared:	all processors have the same
 */
struct kvas_stack {
	const char *kind;
	const char *absent;
	unsigned int size;
	enum kvas_stack_variable variable;
	unsigned long base;
	const char *symbol;
	unsigned int stride;
	unsigned int offset;
	enum kvas_stack_place place;
	unsigned int below;
	bool is_shared;
};

void kvas_stacks_init(void);
unsigned int kvas_stacks_count(void);
void kvas_stacks_write(struct kvas_writer *w, unsigned int n);

#endif /* KVAS_STACKS_H */
