// SPDX-License-Identifier: GPL-2.0-only
/*
 * Witnesses: live objects, one or more in each region, found anew whenever the
 * file is opened.  What was allocated for it stays until the file is closed.
 * Those with a content can be looked at by anyone who may read kernel memory.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel_stat.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/sections.h>

#include "compat.h"
#include "witness.h"

#define OBJECT_SIZE	32

/* Not static, so that none is folded away or moved to another section. */
const char kvas_witness_constant[OBJECT_SIZE] = "kvas witness constant";
char kvas_witness_data[OBJECT_SIZE] = "kvas witness data";
char kvas_witness_bss[OBJECT_SIZE];

/* The first of these areas that this layout has; outer ones come last. */
static enum kvas_area_id home(const struct kvas_layout *l,
			      enum kvas_area_id inner, enum kvas_area_id outer)
{
	return kvas_layout_get(l, inner) ? inner : outer;
}

static bool lies_in(const struct kvas_layout *l, enum kvas_area_id id,
		    const void *object)
{
	const struct kvas_area *area = kvas_layout_get(l, id);
	unsigned long addr = (unsigned long)object;

	return area && addr >= area->start.addr && addr <= area->end.addr;
}

/*
 * Modules go to vmalloc where they have no area of their own, or it is full:
 * since 6.4 each of a module's parts by itself.
 */
static enum kvas_area_id home_of_module(const struct kvas_layout *l, const void *part)
{
	if (lies_in(l, KVAS_MODULES, part))
		return KVAS_MODULES;
	if (IS_ENABLED(KVAS_GENERIC) && !lies_in(l, KVAS_VMALLOC, part))
		return KVAS_NO_AREA;
	return KVAS_VMALLOC;
}

/* The first chunk is mapped page by page if there is no large enough piece. */
static enum kvas_area_id home_of_percpu(const struct kvas_layout *l, const void *object)
{
	/* Of one CPU only, its variables are the image's own. */
	if (!IS_ENABLED(CONFIG_SMP))
		return home(l, KVAS_DATA, kvas_arch_image_home);
	return home(l, KVAS_PERCPU, is_vmalloc_addr(object) ? KVAS_VMALLOC : KVAS_DIRECT_MAP);
}

/* Where a function's instructions are, and not its descriptor or its mode. */
static const void *code_of(const void *function)
{
	unsigned long addr = (unsigned long)dereference_function_descriptor((void *)function);

	return (const void *)(IS_ENABLED(CONFIG_THUMB2_KERNEL) ? addr & ~1UL : addr);
}

/* On LoongArch KFENCE's pool is no part of the direct map. */
static enum kvas_area_id home_of_object(const struct kvas_layout *l,
					const void *object)
{
	if (IS_ENABLED(CONFIG_LOONGARCH) && lies_in(l, KVAS_KFENCE, object))
		return KVAS_KFENCE;
	return KVAS_DIRECT_MAP;
}

static noinline void add(struct kvas_snapshot *s, const char *name,
			 const void *addr, enum kvas_area_id where,
			 const char *source, const char *content)
{
	struct kvas_witness *w = s->witnesses + s->n_witnesses;

	if (s->n_witnesses == ARRAY_SIZE(s->witnesses))
		return;
	*w = (struct kvas_witness) {
		.name = name,
		.addr = (unsigned long)kvas_untagged(addr),
		.home = where,
		.source = source,
		.content = content,
	};
	if (!addr)
		w->absent = "no memory, or no such process";
	else if (IS_ENABLED(KVAS_GENERIC) && where == KVAS_NO_AREA)
		w->absent = "no rule says where it must lie";
	s->n_witnesses++;
}

static void add_allocated(struct kvas_snapshot *s)
{
	const struct kvas_layout *l = &s->layout;

	s->kmalloc_object = kzalloc(OBJECT_SIZE, GFP_KERNEL);
	if (s->kmalloc_object)
		strscpy(s->kmalloc_object, "kvas witness kmalloc", OBJECT_SIZE);
	add(s, "kmalloc", s->kmalloc_object, home_of_object(l, s->kmalloc_object),
	    "kzalloc(32, GFP_KERNEL)", "kvas witness kmalloc");

	s->vmalloc_object = vzalloc(OBJECT_SIZE);
	if (s->vmalloc_object)
		strscpy(s->vmalloc_object, "kvas witness vmalloc", OBJECT_SIZE);
	add(s, "vmalloc", s->vmalloc_object, KVAS_VMALLOC, "vzalloc(32)",
	    "kvas witness vmalloc");

	s->page = get_zeroed_page(GFP_KERNEL);
	if (s->page)
		strscpy((char *)s->page, "kvas witness page", OBJECT_SIZE);
	add(s, "page", (void *)s->page, KVAS_DIRECT_MAP,
	    "get_zeroed_page(GFP_KERNEL)", "kvas witness page");
	add(s, "struct_page", s->page ? virt_to_page((void *)s->page) : NULL,
	    home(l, IS_ENABLED(CONFIG_FLATMEM) ? KVAS_MEM_MAP : KVAS_VMEMMAP,
		 IS_ENABLED(KVAS_GENERIC) && IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP) ?
		 KVAS_NO_AREA : KVAS_DIRECT_MAP),
	    "virt_to_page(page)", NULL);
}

#ifdef CONFIG_HIGHMEM
/* The slots of PKMAP are few, and an open file may stay so for long. */
static atomic_t kmap_taken;
#endif

/* A page without a permanent address, if there is highmem to take it from. */
static void add_highmem(struct kvas_snapshot *s)
{
#ifdef CONFIG_HIGHMEM
	char *at = NULL;

	/* Who comes when all slots are taken waits, and not only here. */
	if (!atomic_cmpxchg(&kmap_taken, 0, 1)) {
		s->highmem = alloc_page(GFP_HIGHUSER | __GFP_ZERO);
		if (s->highmem)
			at = kmap(s->highmem);
		else
			atomic_set(&kmap_taken, 0);
	}
	if (at)
		strscpy(at, "kvas witness kmap", OBJECT_SIZE);
	add(s, "kmap", at, at && PageHighMem(s->highmem) ?
	    home(&s->layout, KVAS_PKMAP, KVAS_NO_AREA) : KVAS_DIRECT_MAP,
	    "kmap(alloc_page(GFP_HIGHUSER))", "kvas witness kmap");
	if (!at)
		s->witnesses[s->n_witnesses - 1].absent = "another open file has it";
#endif
}

static void add_image(struct kvas_snapshot *s)
{
	const struct kvas_layout *l = &s->layout;
	const void *function = code_of(kvas_witness_collect);

	add(s, "kernel_function", code_of(schedule),
	    home(l, KVAS_TEXT, kvas_arch_image_home), "schedule", NULL);
	add(s, "module_function", function, home_of_module(l, function),
	    "kvas_witness_collect", NULL);
	add(s, "module_constant", kvas_witness_constant,
	    home_of_module(l, kvas_witness_constant),
	    "kvas_witness_constant", kvas_witness_constant);
	add(s, "module_data", kvas_witness_data, home_of_module(l, kvas_witness_data),
	    "kvas_witness_data", kvas_witness_data);
	add(s, "module_bss", kvas_witness_bss, home_of_module(l, kvas_witness_bss),
	    "kvas_witness_bss", NULL);
}

static void add_stacks(struct kvas_snapshot *s)
{
	const struct kvas_layout *l = &s->layout;
	enum kvas_area_id stacks = IS_ENABLED(CONFIG_VMAP_STACK) ?
		KVAS_VMALLOC : KVAS_DIRECT_MAP;
	struct task_struct *init;
	const void *stack = NULL;

	add(s, "reader_stack", end_of_stack(current), stacks,
	    "end_of_stack(current)", NULL);

	rcu_read_lock();
	init = pid_task(find_pid_ns(1, &init_pid_ns), PIDTYPE_PID);
	if (init)
		stack = end_of_stack(init);
	rcu_read_unlock();
	add(s, "init_stack", stack, stacks, "end_of_stack(pid 1)", NULL);

	/* s390 left it for another during boot until 6.1. */
	stack = end_of_stack(&init_task);
	if (IS_ENABLED(CONFIG_S390) && is_vmalloc_addr(stack))
		add(s, "swapper_stack", stack, stacks,
		    "init_stack", NULL);
	else
		add(s, "swapper_stack", stack,
		    home(l, KVAS_DATA, kvas_arch_image_home),
		    "init_stack", NULL);
}

/**
 * kvas_witness_collect() - find the witnesses
 * @s:	snapshot whose layout is complete
 *
 * Allocates; kvas_witness_release() frees.
 */
void kvas_witness_collect(struct kvas_snapshot *s)
{
	const void *percpu = per_cpu_ptr(&kernel_cpustat, 0);
	const char *source;
	unsigned long slot;

	add_allocated(s);
	add_highmem(s);
	add(s, "percpu", percpu, home_of_percpu(&s->layout, percpu),
	    "per_cpu_ptr(&kernel_cpustat, 0)", NULL);
	add_image(s);
	add_stacks(s);
	slot = kvas_arch_fixmap_slot(&source);
	if (slot)
		add(s, "fixmap_slot", (void *)slot, KVAS_FIXMAP, source, NULL);
}

/**
 * kvas_witness_release() - free what kvas_witness_collect() allocated
 * @s:	the snapshot
 */
void kvas_witness_release(struct kvas_snapshot *s)
{
	kfree(s->kmalloc_object);
	vfree(s->vmalloc_object);
	free_page(s->page);
#ifdef CONFIG_HIGHMEM
	if (s->highmem) {
		kunmap(s->highmem);
		__free_page(s->highmem);
		atomic_set(&kmap_taken, 0);
	}
#endif
}
