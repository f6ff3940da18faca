// SPDX-License-Identifier: GPL-2.0-only
/* The regions and facts that are found in the same way on all architectures. */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>
#include <linux/sched.h>

#include "../kvas.h"
#include "arch.h"

#ifdef CONFIG_FLATMEM
/*
 * The array of all struct pages.  It may begin before the node does: on i386
 * with page 0, and the node with page 1.  Its end is not by max_mapnr: whether
 * that counts from ARCH_PFN_OFFSET differs between architectures and, in 6.15,
 * changed.
 */
#define ROW_MEM_MAP							\
	REGION(MEM_MAP, mem_map,					\
	       NODE_DATA(0)->node_mem_map + NODE_DATA(0)->node_spanned_pages, \
	       EXPORTED)
#else
#define ROW_MEM_MAP	NO_REGION(MEM_MAP, "CONFIG_FLATMEM is not set")
#endif

static void add_common_regions(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION_IF(CONFIG_KFENCE, KFENCE, __kfence_pool, __kfence_pool + KFENCE_POOL_SIZE,
			  EXPORTED, .absent = __kfence_pool ? NULL : "off: __kfence_pool is NULL"),
		ROW_MEM_MAP,
	};

	ADD_REGIONS(l, rows);
	kvas_percpu_add(l);
	kvas_parts_add(l);
	kvas_execmem_add(l);
}

static void add_paging_facts(struct kvas_layout *l)
{
	const struct kvas_fact facts[] = {
		FACT("page_size", BYTES, PAGE_SIZE, MACRO),
		FACT_IF(CONFIG_MMU, "pgdir_size", BYTES, PGDIR_SIZE, EXPORTED),
		FACT_IF(CONFIG_MMU, "pmd_size", BYTES, PMD_SIZE, EXPORTED),
		FACT_IF(CONFIG_SPARSEMEM, "max_physmem_bits", BITS, MAX_PHYSMEM_BITS, CPU),
		FACT_IF(CONFIG_SPARSEMEM, "section_size", BYTES, 1UL << SECTION_SIZE_BITS, MACRO),
		FACT("struct_page_size", BYTES, sizeof(struct page), MACRO),
		FACT("thread_size", BYTES, THREAD_SIZE, MACRO),
	};

	ADD_FACTS(l, facts);
}

static void add_memory_facts(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_fact facts[] = {
		FACT("cpus", COUNT, num_possible_cpus(), EXPORTED),
		FACT("ram", BYTES, (u64)totalram_pages() * PAGE_SIZE, EXPORTED),
		{ .name = "high_memory", .unit = KVAS_UNIT_ADDRESS,
		  .value = (unsigned long)memory->end, .source = "high_memory",
		  .route = KVAS_ROUTE_EXPORTED },
	};

	ADD_FACTS(l, facts);
}

/**
 * kvas_layout_take() - the layout of the kernel as it is now
 * @l:		zeroed
 * @memory:	zeroed; takes the memory of the same moment
 */
void kvas_layout_take(struct kvas_layout *l, struct kvas_memory *memory)
{
	kvas_memory_find(memory);
	kvas_arch.add_regions(l, memory);
	add_common_regions(l);
	if (kvas_arch.fill_in)
		kvas_arch.fill_in(l, memory);
	add_paging_facts(l);
	add_memory_facts(l, memory);
	kvas_arch.add_facts(l, memory);
	kvas_layout_finish(l);
}

/**
 * kvas_set_populated() - set the used part of a region
 * @l:		the layout
 * @id:		the region; if it is absent, this does nothing
 * @start:	first byte in use
 * @end:	last byte in use
 */
void kvas_set_populated(struct kvas_layout *l, enum kvas_area_id id, unsigned long start,
			const struct kvas_bound *end)
{
	struct kvas_area *area = kvas_layout_get(l, id);

	if (!area)
		return;
	area->has_populated = true;
	area->populated_start = start;
	area->populated_end = *end;
}

/**
 * kvas_set_populated_from_first() - set what the direct map and vmemmap use
 * @l:		the layout
 * @memory:	the memory of this moment
 *
 * For windows that start before all memory.
 */
void kvas_set_populated_from_first(struct kvas_layout *l, const struct kvas_memory *memory)
{
	kvas_set_populated(l, KVAS_DIRECT_MAP, memory->first, &memory->last);
	kvas_set_populated(l, KVAS_VMEMMAP,
			   (unsigned long)pfn_to_page(memory->first_pfn),
			   &memory->last_page);
}

/**
 * kvas_readable_address() - an address, if there is memory at it
 * @addr:	the address
 *
 * Return: @addr; 0 if its first byte cannot be read.
 */
unsigned long kvas_readable_address(unsigned long addr)
{
	char byte;

	return kvas_read(&byte, (const void *)addr, sizeof(byte)) ? addr : 0;
}

/**
 * kvas_set_phys() - set the physical address of a region
 * @l:		the layout
 * @id:		the region; if it is absent, this does nothing
 * @phys:	of its first byte
 */
void kvas_set_phys(struct kvas_layout *l, enum kvas_area_id id, unsigned long long phys)
{
	struct kvas_area *area = kvas_layout_get(l, id);

	if (!area)
		return;
	area->has_phys = true;
	area->phys = phys;
}

/**
 * kvas_set_note() - set the note of a region
 * @l:		the layout
 * @id:		the region; if it is absent, this does nothing
 * @note:	as in struct kvas_row
 */
void kvas_set_note(struct kvas_layout *l, enum kvas_area_id id, const char *note)
{
	struct kvas_area *area = kvas_layout_get(l, id);

	if (area)
		area->row.note = note;
}

/**
 * kvas_image_offset() - how far the image lies from where it was linked
 * @image:	the image as it was found
 * @linked:	where _text was linked
 * @source:	the difference, as the kernel spells it
 *
 * Return: the fact image_kaslr_offset.
 */
struct kvas_fact kvas_image_offset(const struct kvas_image *image, unsigned long linked,
				   const char *source)
{
	struct kvas_fact fact = {
		.name = "image_kaslr_offset",
		.unit = KVAS_UNIT_OFFSET,
		.source = source,
		.route = KVAS_ROUTE_IOMEM,
	};

	if (image->code.end)
		fact.value = kvas_arch.image_va(image->code.start) - linked;
	else
		fact.absent = "not in the resource tree";
	return fact;
}
