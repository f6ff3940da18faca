// SPDX-License-Identifier: GPL-2.0-only
/*
 * Live objects, found anew whenever the file is opened.  Whoever may read
 * kernel memory can look at the content of those that have one.
 */
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel_stat.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/sections.h>

#include "arch/arch.h"
#include "compat.h"
#include "witness.h"

#define OBJECT_SIZE	32

const char kvas_witness_constant[OBJECT_SIZE] = "kvas witness constant";
char kvas_witness_data[OBJECT_SIZE] = "kvas witness data";
char kvas_witness_bss[OBJECT_SIZE];

static bool lies_in(struct kvas_layout *l, enum kvas_area_id id, const void *object)
{
	const struct kvas_area *area = kvas_layout_get(l, id);
	unsigned long addr = (unsigned long)object;

	return area && addr >= area->row.start.addr && addr <= area->row.end.addr;
}

/* The inner area if this layout has it, else the outer one. */
static enum kvas_area_id area_or(struct kvas_layout *l, enum kvas_area_id inner,
				 enum kvas_area_id outer)
{
	return kvas_layout_get(l, inner) ? inner : outer;
}

/* A kernel without an MMU gives memory of the direct map for vmalloc(), too. */
static enum kvas_area_id area_of_vmalloc(void)
{
	return IS_ENABLED(CONFIG_MMU) ? KVAS_VMALLOC : KVAS_DIRECT_MAP;
}

/*
 * Modules go to vmalloc where they have no region of their own, or it is full:
 * since 6.4 each of a module's parts by itself.
 */
static enum kvas_area_id area_of_module(struct kvas_layout *l, const void *part)
{
	if (lies_in(l, KVAS_MODULES, part))
		return KVAS_MODULES;
	if (kvas_arch.is_generic && !lies_in(l, KVAS_VMALLOC, part))
		return KVAS_NO_AREA;
	return KVAS_VMALLOC;
}

/*
 * A variable of the first chunk.  The chunk is mapped page by page if there is
 * no large enough piece of memory for it.
 */
static enum kvas_area_id area_of_percpu(struct kvas_layout *l, const void *object)
{
	/* Without SMP the variables are the image's own. */
	if (!IS_ENABLED(CONFIG_SMP))
		return area_or(l, KVAS_DATA, kvas_arch.image_area);
	return area_or(l, KVAS_PERCPU,
		       is_vmalloc_addr(object) ? KVAS_VMALLOC : KVAS_DIRECT_MAP);
}

/* An object that was allocated at run time, in the first chunk or a later one. */
static enum kvas_area_id area_of_dynamic_percpu(struct kvas_layout *l, const void *object)
{
	if (lies_in(l, KVAS_PERCPU, object))
		return KVAS_PERCPU;
	return is_vmalloc_addr(object) ? KVAS_VMALLOC : KVAS_DIRECT_MAP;
}

/* The instructions of a function, rather than its descriptor or its mode. */
static const void *code_of(const void *function)
{
	unsigned long addr = (unsigned long)dereference_function_descriptor((void *)function);

	return (const void *)(IS_ENABLED(CONFIG_THUMB2_KERNEL) ? addr & ~1UL : addr);
}

/* On LoongArch KFENCE's pool is not part of the direct map. */
static enum kvas_area_id area_of_slab_object(struct kvas_layout *l, const void *object)
{
	if (IS_ENABLED(CONFIG_LOONGARCH) && lies_in(l, KVAS_KFENCE, object))
		return KVAS_KFENCE;
	return KVAS_DIRECT_MAP;
}

static enum kvas_area_id area_of_struct_page(struct kvas_layout *l)
{
	if (IS_ENABLED(CONFIG_FLATMEM))
		return area_or(l, KVAS_MEM_MAP, KVAS_DIRECT_MAP);
	if (kvas_arch.is_generic && IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP))
		return area_or(l, KVAS_VMEMMAP, KVAS_NO_AREA);
	return area_or(l, KVAS_VMEMMAP, KVAS_DIRECT_MAP);
}

/* absent is the reason if there is no object. */
static void add(struct kvas_witnesses *w, const char *name, const void *object,
		enum kvas_area_id area, const char *source, const char *content,
		const char *absent)
{
	if (WARN_ON_ONCE(w->n == KVAS_MAX_WITNESSES))
		return;
	if (object)
		absent = area == KVAS_NO_AREA ? "no rule says where it must lie" : NULL;
	w->list[w->n++] = (struct kvas_witness) {
		.name = name,
		.absent = absent,
		.addr = (unsigned long)kvas_untagged(object),
		.area = area,
		.source = source,
		.content = content,
	};
}

static const char no_memory[] = "no memory";

static void add_slab_object(struct kvas_witnesses *w, struct kvas_layout *l)
{
	static const char content[] = "kvas witness kmalloc";

	w->kmalloc_object = kzalloc(OBJECT_SIZE, GFP_KERNEL_ACCOUNT);
	if (w->kmalloc_object)
		strscpy(w->kmalloc_object, content, OBJECT_SIZE);
	add(w, "kmalloc", w->kmalloc_object, area_of_slab_object(l, w->kmalloc_object),
	    "kzalloc(32, GFP_KERNEL_ACCOUNT)", content, no_memory);
}

static void add_vmalloc_object(struct kvas_witnesses *w)
{
	static const char content[] = "kvas witness vmalloc";

	w->vmalloc_object = __vmalloc(OBJECT_SIZE, GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (w->vmalloc_object)
		strscpy(w->vmalloc_object, content, OBJECT_SIZE);
	add(w, "vmalloc", w->vmalloc_object, area_of_vmalloc(),
	    "__vmalloc(32, GFP_KERNEL_ACCOUNT | __GFP_ZERO)", content, no_memory);
}

static void add_page(struct kvas_witnesses *w, struct kvas_layout *l)
{
	static const char content[] = "kvas witness page";

	w->page = get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (w->page)
		strscpy((char *)w->page, content, OBJECT_SIZE);
	add(w, "page", (void *)w->page, KVAS_DIRECT_MAP, "get_zeroed_page(GFP_KERNEL_ACCOUNT)",
	    content, no_memory);
	add(w, "struct_page", w->page ? virt_to_page((void *)w->page) : NULL,
	    area_of_struct_page(l), "virt_to_page(page)", NULL, no_memory);
}

static void add_percpu(struct kvas_witnesses *w, struct kvas_layout *l)
{
	static const char content[sizeof(u64)] = "kvaspcp";
	unsigned int cpu = cpumask_first(cpu_possible_mask);
	const void *object = per_cpu_ptr(&kernel_cpustat, cpu);
	u64 *allocated = NULL;

	add(w, "percpu", object, area_of_percpu(l, object),
	    "per_cpu_ptr(&kernel_cpustat, 0)", NULL, NULL);

	w->percpu_object = alloc_percpu_gfp(u64, GFP_KERNEL_ACCOUNT);
	if (w->percpu_object) {
		allocated = per_cpu_ptr(w->percpu_object, cpu);
		memcpy(allocated, content, sizeof(content));
	}
	add(w, "percpu_dynamic", allocated, area_of_dynamic_percpu(l, allocated),
	    "per_cpu_ptr(alloc_percpu(u64), 0)", content, no_memory);
}

#ifdef CONFIG_HIGHMEM
/* PKMAP has few slots, and a file may stay open for long: one takes one slot. */
static atomic_t kmap_is_taken;

/*
 * A page without a permanent address, if there is highmem to take it from.
 * kmap() sleeps while all slots are in use.  It is deprecated for its cost;
 * here its window is the point.
 */
static void add_highmem(struct kvas_witnesses *w, struct kvas_layout *l)
{
	static const char content[] = "kvas witness kmap";
	enum kvas_area_id area = KVAS_DIRECT_MAP;
	const char *absent = no_memory;
	char *at = NULL;

	if (atomic_cmpxchg(&kmap_is_taken, 0, 1)) {
		absent = "another open file has it";
	} else {
		w->highmem = alloc_page(GFP_HIGHUSER | __GFP_ZERO | __GFP_ACCOUNT);
		if (w->highmem)
			at = kmap(w->highmem);
		else
			atomic_set(&kmap_is_taken, 0);
	}
	if (at)
		strscpy(at, content, OBJECT_SIZE);
	if (at && PageHighMem(w->highmem))
		area = area_or(l, KVAS_PKMAP, KVAS_NO_AREA);
	add(w, "kmap", at, area, "kmap(alloc_page(GFP_HIGHUSER))", content, absent);
}

static void release_highmem(struct kvas_witnesses *w)
{
	if (!w->highmem)
		return;
	kunmap(w->highmem);
	__free_page(w->highmem);
	atomic_set(&kmap_is_taken, 0);
}
#else
static void add_highmem(struct kvas_witnesses *w, struct kvas_layout *l)
{
}

static void release_highmem(struct kvas_witnesses *w)
{
}
#endif

static void add_image(struct kvas_witnesses *w, struct kvas_layout *l)
{
	const void *function = code_of(function_nocfi(kvas_witnesses_collect));

	add(w, "kernel_function", code_of(function_nocfi(schedule)),
	    area_or(l, KVAS_TEXT, kvas_arch.image_area), "schedule", NULL, NULL);
	add(w, "module_function", function, area_of_module(l, function),
	    "kvas_witnesses_collect", NULL, NULL);
	add(w, "module_constant", kvas_witness_constant,
	    area_of_module(l, kvas_witness_constant),
	    "kvas_witness_constant", kvas_witness_constant, NULL);
	add(w, "module_data", kvas_witness_data, area_of_module(l, kvas_witness_data),
	    "kvas_witness_data", kvas_witness_data, NULL);
	add(w, "module_bss", kvas_witness_bss, area_of_module(l, kvas_witness_bss),
	    "kvas_witness_bss", NULL, NULL);
}

static const void *stack_of_init(void)
{
	struct task_struct *init;
	const void *stack = NULL;

	rcu_read_lock();
	init = pid_task(find_pid_ns(1, &init_pid_ns), PIDTYPE_PID);
	if (init)
		stack = end_of_stack(init);
	rcu_read_unlock();
	return stack;
}

static void add_stacks(struct kvas_witnesses *w, struct kvas_layout *l)
{
	enum kvas_area_id stacks = IS_ENABLED(CONFIG_VMAP_STACK) ?
		KVAS_VMALLOC : KVAS_DIRECT_MAP;
	const void *swapper = end_of_stack(&init_task);
	/* s390 left the linked one for another during boot until 6.1. */
	bool was_moved = IS_ENABLED(CONFIG_S390) && is_vmalloc_addr(swapper);

	add(w, "reader_stack", end_of_stack(current), stacks,
	    "end_of_stack(current)", NULL, NULL);
	add(w, "init_stack", stack_of_init(), stacks,
	    "end_of_stack(pid 1)", NULL, "there is no process 1");
	add(w, "swapper_stack", swapper,
	    was_moved ? stacks : area_or(l, KVAS_DATA, kvas_arch.image_area),
	    "init_stack", NULL, NULL);
}

static void add_fixmap_slot(struct kvas_witnesses *w)
{
	const char *source;
	unsigned long slot;

	if (!kvas_arch.fixmap_slot)
		return;
	slot = kvas_arch.fixmap_slot(&source);
	if (slot)
		add(w, "fixmap_slot", (void *)slot, KVAS_FIXMAP, source, NULL, NULL);
}

/**
 * kvas_witnesses_collect() - find the witnesses
 * @w:	filled in; zero before
 * @l:	a finished layout
 *
 * Context: process; allocates, for kvas_witnesses_release() to free.
 */
void kvas_witnesses_collect(struct kvas_witnesses *w, struct kvas_layout *l)
{
	add_slab_object(w, l);
	add_vmalloc_object(w);
	add_page(w, l);
	add_highmem(w, l);
	add_percpu(w, l);
	add_image(w, l);
	add_stacks(w, l);
	add_fixmap_slot(w);
}

/**
 * kvas_witnesses_release() - free what was allocated for the witnesses
 * @w:	the witnesses
 */
void kvas_witnesses_release(struct kvas_witnesses *w)
{
	kfree(w->kmalloc_object);
	vfree(w->vmalloc_object);
	free_page(w->page);
	free_percpu(w->percpu_object);
	release_highmem(w);
}
