// SPDX-License-Identifier: GPL-2.0-only
/* stacks.c - see stacks.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "output/json.h"
#include "stacks.h"

static const struct stack_range *range_of(const struct on_stack *on)
{
	return on->thread ? &on->thread->stack : on->cpu ? &on->cpu->range : NULL;
}

/* --- Finding --------------------------------------------------------------------- */

/* Of several threads the last is the newest: the list was read from the first on. */
static void find_stack(struct on_stack *on)
{
	const struct threads *t = on->of;
	size_t i = threads_cpu_stack(t, on->addr, 0);

	if (i < t->n_stacks) {
		on->cpu = &t->stacks[i];
		return;
	}
	for (i = threads_with_stack(t, on->addr, 0); i < t->n_threads;
	     i = threads_with_stack(t, on->addr, i + 1)) {
		on->before = on->thread;
		on->thread = &t->threads[i];
	}
}

/* It is between two areas, or in the guard page that ends the area before. */
bool stack_is_guarded(const struct stack_range *stack, uint64_t addr, const struct names *n)
{
	const struct area *area = names_area(n, stack->start), *here = names_area(n, addr);

	return n->areas_known && area && area->start == stack->start &&
	       (!here || area_is_guard(n, here, addr));
}

static struct on_stack find_above(const struct threads *t, const struct spot *s)
{
	const struct fact *fact = layout_fact(s->place.l, "page_size");
	struct on_stack on = { .of = t };
	uint64_t page, last;

	if (!fact || !fact_number(fact, &page))
		return (struct on_stack){ 0 };
	last = s->place.addr | (page - 1);
	if (last == t->max_addr)
		return (struct on_stack){ 0 };
	on.addr = last + 1;
	find_stack(&on);
	if (!range_of(&on) || range_of(&on)->start != on.addr)
		return (struct on_stack){ 0 };
	on.addr = s->place.addr;
	on.guard = true;
	return stack_is_guarded(range_of(&on), on.addr, s->names) ? on : (struct on_stack){ 0 };
}

struct on_stack stack_find(const struct threads *t, const struct spot *s)
{
	struct on_stack on = { .of = t, .addr = s->place.addr };

	find_stack(&on);
	return range_of(&on) ? on : find_above(t, s);
}

/* --- Saying ------------------------------------------------------------------------ */

char *stack_owner(const struct on_stack *on)
{
	if (on->cpu)
		return text_printf("%s of CPU %" PRIu64, on->cpu->kind, on->cpu->cpu);
	return on->thread ? thread_name(on->thread) : NULL;
}

/* "kernel stack of thread 412, sleep", "irq stack of CPU 1"; to be freed. */
static char *stack_name(const struct on_stack *on)
{
	char *thread, *text;

	if (on->cpu)
		return text_printf("%s stack of CPU %" PRIu64, on->cpu->kind, on->cpu->cpu);
	thread = thread_name(on->thread);
	text = text_printf("kernel stack of %s%s", thread,
			   on->thread->kind == THREAD_EXITED ? ", which has exited" : "");
	free(thread);
	return text;
}

const char *stack_remark(const struct on_stack *on, struct pool *pool)
{
	const struct stack_range *stack = range_of(on);
	char *name, *size, *before;
	const char *text;

	if (!stack)
		return NULL;
	name = stack_name(on);
	before = on->before ? thread_name(on->before) : NULL;
	if (on->guard) {
		text = pool_printf(pool, "in the page below the %s, where nothing is mapped, so that an overflow faults",
				   name);
	} else {
		size = size_human(stack->end - stack->start);
		text = pool_printf(pool, "%s, 0x%" PRIx64 " bytes below the top of its %s", name,
				   stack->end - on->addr + 1, size);
		free(size);
	}
	if (before)
		text = pool_printf(pool, "%s; while threads were listed it was that of %s before",
				   text, before);
	free(name);
	free(before);
	return text;
}

static json_t *json_owner_of(const struct on_stack *on, const struct thread *thread)
{
	const struct stack_range *stack = range_of(on);
	const unsigned int bits = on->of->bits;
	json_t *object = json_object();

	json_member(object, "tid", thread ? json_count(thread->tid) : json_null());
	json_member(object, "pid", thread ? json_count(thread->pid) : json_null());
	json_member(object, "comm", json_text(thread ? thread->comm : NULL));
	json_member(object, "cpu", on->cpu ? json_count(on->cpu->cpu) : json_null());
	json_member(object, "kind", json_text(thread ? thread_kind_words[thread->kind] :
						       on->cpu->kind));
	json_member(object, "start", json_number(VALUE_ADDRESS, bits, stack->start));
	json_member(object, "end", json_number(VALUE_ADDRESS, bits, stack->end));
	json_member(object, "size", json_size(stack->end - stack->start));
	json_member(object, "guard", json_boolean(on->guard));
	json_member(object, "below_top", on->guard ? json_null() : json_size(stack->end - on->addr));
	return object;
}

json_t *json_stacks(const struct on_stack *on)
{
	json_t *array = json_array();

	if (range_of(on))
		json_element(array, json_owner_of(on, on->thread));
	if (on->before)
		json_element(array, json_owner_of(on, on->before));
	return array;
}
