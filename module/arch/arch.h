/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the files of this directory: what an architecture tells, and what all
 * have in common.
 */
#ifndef KVAS_ARCH_H
#define KVAS_ARCH_H

#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "../compat.h"
#include "../kvas.h"

#define KVAS_NEEDS_SYMBOLS	"needs KALLSYMS_ALL and KPROBES"

/* A bound for kvas_part_found(); an addr of 0 is one that is not known. */
#define KVAS_BOUND(addr, source, route)					\
	(&(const struct kvas_bound) { addr, source, KVAS_ROUTE_##route })

/* The same for a last byte of which the one behind it is known, or 0. */
#define KVAS_BOUND_BEFORE(next, source, route)				\
	KVAS_BOUND((next) ? (next) - 1 : 0, source, route)

/* A part between two markers, for which only kallsyms has addresses. */
#define KVAS_MARKERS_FOUND(id_, start, end)				\
	kvas_part_found(KVAS_##id_,					\
			KVAS_BOUND(kvas_symbol(#start, 0), #start, KPROBE), \
			KVAS_BOUND_BEFORE(kvas_symbol(#end, 0), #end " - 1", KPROBE))

/* An architecture's own: where the kernel image's byte lies in memory, and back. */
phys_addr_t kvas_arch_image_phys(unsigned long addr);
unsigned long kvas_arch_image_va(resource_size_t phys);

/**
 * struct kvas_memory - what the direct map shows
 * @end:	high_memory, as all of a layout takes it: memory may be added
 *		at any time
 * @first:	where the lowest byte of memory is seen
 * @last:	where the highest one is
 */
struct kvas_memory {
	const void *end;
	unsigned long first;
	struct kvas_bound last;
};

/* common.c */
extern const char kvas_not_in_tree[];	/* why a part of the image is absent */
void kvas_common_init(void);
void kvas_set_populated(struct kvas_area *area, const struct kvas_bound *end);
void kvas_part_found(enum kvas_area_id id, const struct kvas_bound *start,
		     const struct kvas_bound *end);
void kvas_resource_found(enum kvas_area_id id,
			 const struct kvas_phys_range *range,
			 const char *start_source, const char *end_source);
unsigned long kvas_symbols_end(unsigned long in, unsigned long out,
			       unsigned long step);
void kvas_add_parts(struct kvas_layout *l);
void kvas_add_kasan_shadow(struct kvas_layout *l);
void kvas_find_memory(struct kvas_memory *memory);
void kvas_add_percpu(struct kvas_layout *l);
#ifdef CONFIG_FLATMEM
void kvas_add_mem_map(struct kvas_layout *l);
#else
static inline void kvas_add_mem_map(struct kvas_layout *l) { }
#endif

/* Those below are called at one place, and so take no room as functions. */

/**
 * kvas_set_linear() - say where in memory the direct map starts
 * @area:	direct_map, one addition away from physical addresses
 */
static inline void kvas_set_linear(struct kvas_area *area)
{
	area->has_phys = true;
	area->phys = __pa(area->start.addr);
}

/**
 * kvas_last_page() - where the struct page of the last memory ends
 * @memory:	which memory
 *
 * Return: its last byte.
 */
static inline struct kvas_bound kvas_last_page(const struct kvas_memory *memory)
{
	return (struct kvas_bound) {
		(unsigned long)(virt_to_page((void *)memory->last.addr) + 1) - 1,
		memory->last.route == KVAS_ROUTE_EXPORTED ?
			"virt_to_page(high_memory - 1) + 1 - 1 byte" :
			"virt_to_page(end of System RAM) + 1 - 1 byte",
		memory->last.route,
	};
}

/**
 * kvas_add_direct_map() - add a direct map that ends with the memory
 * @l:		the layout
 * @memory_end:	high_memory, as the rest of the layout takes it
 *
 * Return: as kvas_layout_add().
 */
static inline struct kvas_area *kvas_add_direct_map(struct kvas_layout *l,
						    const void *memory_end)
{
	struct kvas_area *area;

	area = KVAS_RANGE(l, DIRECT_MAP, PAGE_OFFSET, memory_end - 1, EXPORTED);
	area->end.source = "high_memory - 1";
	kvas_set_linear(area);
	return area;
}

/**
 * kvas_add_image_offset() - add how far the image lies from where it was linked
 * @l:		the layout
 * @image:	the image as it was found
 * @linked:	where _text was linked
 * @source:	the difference, as the kernel spells it
 */
static inline void kvas_add_image_offset(struct kvas_layout *l,
					 const struct kvas_image *image,
					 unsigned long linked,
					 const char *source)
{
	struct kvas_fact *fact;

	fact = kvas_layout_add_fact(l, "image_kaslr_offset", KVAS_UNIT_OFFSET,
				    kvas_arch_image_va(image->code.start) - linked,
				    source, KVAS_ROUTE_IOMEM);
	if (!image->code.end)
		fact->absent = kvas_not_in_tree;
}

/**
 * kvas_add_kfence() - add KFENCE's pool
 * @l:	the layout
 *
 * Return: as kvas_layout_add(), or NULL if there is none.
 */
static inline struct kvas_area *kvas_add_kfence(struct kvas_layout *l)
{
#ifdef CONFIG_KFENCE
	if (!__kfence_pool) {
		kvas_layout_add_absent(l, KVAS_KFENCE, "off: __kfence_pool is NULL");
		return NULL;
	}
	return KVAS_RANGE(l, KFENCE, __kfence_pool,
			  __kfence_pool + KFENCE_POOL_SIZE - 1, EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_KFENCE, "CONFIG_KFENCE is not set");
	return NULL;
#endif
}

/**
 * kvas_add_split() - add the ratio of user and kernel addresses
 * @l:		the layout
 * @user:	last byte of the user half, which begins at 0
 * @kernel:	first byte of the kernel half, which ends with all addresses
 * @source:	of what decides it, as the kernel spells it
 * @route:	how it was had
 */
static inline void kvas_add_split(struct kvas_layout *l, unsigned long user,
				  unsigned long kernel, const char *source,
				  enum kvas_route route)
{
	struct kvas_fact *split;
	unsigned int at;

	split = kvas_layout_add_fact(l, "user_kernel_split", KVAS_UNIT_TEXT, 0,
				     source, route);
	at = kvas_size_text(split->text, sizeof(split->text) / 2, 0, user);
	split->text[at++] = ':';
	kvas_size_text(split->text + at, sizeof(split->text) - at, kernel, ULONG_MAX);
}

/**
 * kvas_add_paging_facts() - add the sizes that paging hangs on
 * @l:	the layout
 */
static inline void kvas_add_paging_facts(struct kvas_layout *l)
{
	KVAS_FACT(l, "page_size", BYTES, PAGE_SIZE, MACRO);
	KVAS_FACT(l, "pgdir_size", BYTES, PGDIR_SIZE, EXPORTED);
	KVAS_FACT(l, "pmd_size", BYTES, PMD_SIZE, EXPORTED);
#ifdef CONFIG_SPARSEMEM
	KVAS_FACT(l, "max_physmem_bits", BITS, MAX_PHYSMEM_BITS, CPU);
	KVAS_FACT(l, "section_size", BYTES, 1UL << SECTION_SIZE_BITS, MACRO);
#endif
	KVAS_FACT(l, "struct_page_size", BYTES, sizeof(struct page), MACRO);
	KVAS_FACT(l, "thread_size", BYTES, THREAD_SIZE, MACRO);
}

/**
 * kvas_add_memory_facts() - add how much there is
 * @l:		the layout
 * @memory_end:	high_memory, as the rest of the layout took it
 */
static inline void kvas_add_memory_facts(struct kvas_layout *l, const void *memory_end)
{
	KVAS_FACT(l, "cpus", COUNT, num_possible_cpus(), EXPORTED);
	KVAS_FACT(l, "ram", BYTES, (u64)totalram_pages() * PAGE_SIZE, EXPORTED);
	kvas_layout_add_fact(l, "high_memory", KVAS_UNIT_ADDRESS,
			     (unsigned long)memory_end, "high_memory",
			     KVAS_ROUTE_EXPORTED);
}

/* highmem.c, for kernels of 32 bits */
void kvas_add_lowmem(struct kvas_layout *l, const void *memory_end);
void kvas_add_highmem(struct kvas_layout *l);

#endif /* KVAS_ARCH_H */
