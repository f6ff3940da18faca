// SPDX-License-Identifier: GPL-2.0-only
/* Areas and facts that are had in the same way on all architectures. */
#include <linux/cpumask.h>
#include <linux/ioport.h>
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include "arch.h"

/* The first chunk of the per-CPU allocator, set once at boot. */
static struct {
	void *base;
	int unit_size;
} percpu;

const char kvas_not_in_tree[] = "not in the resource tree";

/* The image does not move. */
static struct kvas_part {
	enum kvas_area_id id;
	struct kvas_bound start;
	struct kvas_bound end;
} parts[1 + KVAS_N_AREAS - KVAS_FIRST_SECTION];
static unsigned int n_parts;

/** kvas_common_init() - find what takes a search, once */
void __init kvas_common_init(void)
{
	if (!kvas_variable("pcpu_base_addr", &percpu.base, sizeof(percpu.base)) ||
	    !kvas_variable("pcpu_unit_size", &percpu.unit_size,
			   sizeof(percpu.unit_size)))
		percpu.base = NULL;
}

/**
 * kvas_set_populated() - set the used part of an area that is used from its start
 * @area:	the area
 * @end:	last byte in use
 */
void kvas_set_populated(struct kvas_area *area, const struct kvas_bound *end)
{
	area->has_populated = true;
	area->populated_start = area->start.addr;
	area->populated_end = *end;
}

/**
 * kvas_part_found() - note where the kernel image or a part of it lies
 * @id:		which part
 * @start:	first byte
 * @end:	last byte
 *
 * To be called once for each part that the architecture has.
 */
void __init kvas_part_found(enum kvas_area_id id,
			    const struct kvas_bound *start,
			    const struct kvas_bound *end)
{
	if (n_parts < ARRAY_SIZE(parts))
		parts[n_parts++] = (struct kvas_part) { id, *start, *end };
}

/**
 * kvas_resource_found() - note where the resource tree has a part of the image
 * @id:			which part
 * @range:		where it lies in memory
 * @start_source:	of its first byte, as the kernel spells it
 * @end_source:		of its last byte
 */
void __init kvas_resource_found(enum kvas_area_id id,
				const struct kvas_phys_range *range,
				const char *start_source,
				const char *end_source)
{
	bool known = range->end;

	kvas_part_found(id,
			KVAS_BOUND(known ? kvas_arch_image_va(range->start) : 0,
				   start_source, IOMEM),
			KVAS_BOUND(known ? kvas_arch_image_va(range->end) : 0,
				   end_source, IOMEM));
}

/**
 * kvas_symbols_end() - how far the kernel's symbols reach
 * @in:		an address of theirs, a multiple of @step
 * @out:	an address behind them, a multiple of @step
 * @step:	what the end is rounded up to: a power of 2, at least 2
 *
 * Not every end has a symbol that can be looked up.  To be asked of a range in
 * which kallsyms counts what lies before one address to the kernel, and nothing
 * behind it.
 *
 * Return: the first multiple of @step that is not the kernel's; 0 if not even
 * @in is.
 */
unsigned long __init kvas_symbols_end(unsigned long in, unsigned long out,
				      unsigned long step)
{
	/* One byte further: 5.10 counts an end itself to the kernel. */
	if (!kvas_is_kernel_symbol(in + 1))
		return 0;
	while (out - in > step) {
		unsigned long middle = (in + (out - in) / 2) & -step;

		if (kvas_is_kernel_symbol(middle + 1))
			in = middle;
		else
			out = middle;
	}
	return out;
}

/**
 * kvas_add_parts() - add the kernel image and its parts, as they were found
 * @l:	the layout
 */
void kvas_add_parts(struct kvas_layout *l)
{
	const struct kvas_bound *missing;
	const struct kvas_part *part;
	struct kvas_area *area;

	for (part = parts; part < parts + n_parts; part++) {
		if (!part->start.addr || part->end.addr <= part->start.addr) {
			missing = part->start.addr ? &part->end : &part->start;
			/* What is derived is so from there. */
			kvas_layout_add_absent(l, part->id,
					       missing->route == KVAS_ROUTE_IOMEM ||
					       missing->route == KVAS_ROUTE_DERIVED ?
					       kvas_not_in_tree :
					       KVAS_NEEDS_SYMBOLS);
			continue;
		}
		area = kvas_layout_add(l, &(struct kvas_area) {
			.id = part->id,
			.start = part->start,
			.end = part->end,
			/* What is executed in place is not in the direct map's memory. */
			.has_phys = !IS_ENABLED(CONFIG_ARM) || part->start.addr >= PAGE_OFFSET,
			.phys = kvas_arch_image_phys(part->start.addr),
		});
		/* Only x86 may know no better end than that of BSS. */
		if (IS_ENABLED(CONFIG_X86_32) && part->id == KVAS_IMAGE &&
		    part->end.route == KVAS_ROUTE_IOMEM)
			area->note = "without brk, the end of which needs KALLSYMS_ALL";
		if (part->id == KVAS_INIT)
			area->note = "freed after boot";
		if (part->id == KVAS_INIT_PERCPU)
			area->note = "each CPU's original; freed after boot";
	}
}

#ifndef CONFIG_X86	/* there is more to say of the one, and no need of the other */
/**
 * kvas_add_kasan_shadow() - add the shadow of a KASAN that keeps one
 * @l:	the layout
 */
void kvas_add_kasan_shadow(struct kvas_layout *l)
{
#if defined(CONFIG_KASAN_GENERIC) || defined(CONFIG_KASAN_SW_TAGS)
	KVAS_RANGE(l, KASAN_SHADOW, KASAN_SHADOW_START, KASAN_SHADOW_END - 1, CPU);
#elif defined(CONFIG_KASAN)
	kvas_layout_add_absent(l, KVAS_KASAN_SHADOW, "tags are kept by the hardware");
#else
	kvas_layout_add_absent(l, KVAS_KASAN_SHADOW, "CONFIG_KASAN is not set");
#endif
}

#endif

#if !defined(CONFIG_X86) || defined(KVAS_GENERIC)
static int widen(struct resource *res, void *ram)
{
	struct kvas_phys_range *range = ram;

	range->start = min(range->start, res->start);
	range->end = max(range->end, res->end);
	return 0;
}

/**
 * kvas_find_memory() - from where to where there is memory
 * @memory:	filled in
 *
 * Only x86 and powerpc move high_memory when memory is added, so the resource
 * tree is asked, too; but not where the direct map ends before the memory does.
 */
void kvas_find_memory(struct kvas_memory *memory)
{
	struct kvas_phys_range ram = { .start = (resource_size_t)-1 };
	unsigned long last;

	walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY,
			    0, -1, &ram, widen);
	memory->end = high_memory;
	memory->first = (unsigned long)__va(ram.end ? ram.start : 0);
	memory->last = *KVAS_BOUND((unsigned long)memory->end - 1, "high_memory - 1", EXPORTED);
	last = (unsigned long)__va(ram.end);
	if (!IS_ENABLED(CONFIG_HIGHMEM) && last > memory->last.addr)
		memory->last = *KVAS_BOUND(last, "end of System RAM", IOMEM);
}
#endif

/* From the lowest CPU's unit to the highest's; a kernel for one has one. */
static unsigned long percpu_span(void)
{
#ifdef CONFIG_SMP
	unsigned long lowest = ULONG_MAX, highest = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		lowest = min_t(unsigned long, lowest, per_cpu_offset(cpu));
		highest = max_t(unsigned long, highest, per_cpu_offset(cpu));
	}
	return highest - lowest;
#else
	return 0;
#endif
}

/**
 * kvas_add_percpu() - add the first chunk, where its units stand side by side
 * @l:	the layout
 */
void kvas_add_percpu(struct kvas_layout *l)
{
	unsigned long base = (unsigned long)percpu.base;
	struct kvas_area *area;
	unsigned long span;

	if (!base || percpu.unit_size <= 0) {
		kvas_layout_add_absent(l, KVAS_PERCPU, KVAS_NEEDS_SYMBOLS);
		return;
	}
	span = percpu_span();
	if (span / percpu.unit_size >= num_possible_cpus()) {
		kvas_layout_add_absent(l, KVAS_PERCPU,
				       "in several pieces, one for each memory node");
		return;
	}
	area = kvas_layout_add_range(l, KVAS_PERCPU, base, "pcpu_base_addr",
				     KVAS_ROUTE_KPROBE,
				     base + span + percpu.unit_size - 1,
				     "pcpu_base_addr + span of __per_cpu_offset[] + pcpu_unit_size - 1",
				     KVAS_ROUTE_KPROBE);
	if (!is_vmalloc_addr(percpu.base))
		area->note = "the unused end of each CPU's unit is ordinary memory";
}

#ifdef CONFIG_FLATMEM
/**
 * kvas_add_mem_map() - add the array of all struct page, where it is just that
 * @l:	the layout
 */
void kvas_add_mem_map(struct kvas_layout *l)
{
	struct kvas_area *area;

	/* MIPS counts from page 0, others from the first that there is. */
	area = KVAS_RANGE(l, MEM_MAP, mem_map,
			  (unsigned long)(mem_map + max_mapnr -
					  (IS_ENABLED(CONFIG_MIPS) ? ARCH_PFN_OFFSET : 0)) - 1,
			  EXPORTED);
	area->end.source = IS_ENABLED(CONFIG_MIPS) ?
		"mem_map + max_mapnr - ARCH_PFN_OFFSET - 1 byte" :
		"mem_map + max_mapnr - 1 byte";
}
#endif
