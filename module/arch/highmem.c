// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernels of 32 bits: lowmem ends before the memory does, and the rest is seen
 * through windows.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/fixmap.h>

#include "arch.h"

/* Slots of the fixmap count downward; x86 maps devices in these, too. */
#if defined(CONFIG_HIGHMEM) || defined(CONFIG_KMAP_LOCAL)
#define ROW_KMAP_LOCAL							\
	REGION(KMAP_LOCAL, __fix_to_virt(FIX_KMAP_END),			\
	       __fix_to_virt(FIX_KMAP_BEGIN) + PAGE_SIZE, EXPORTED)
#else
#define ROW_KMAP_LOCAL	NO_REGION(KMAP_LOCAL, "CONFIG_HIGHMEM is not set")
#endif

/**
 * kvas_add_lowmem() - add lowmem, and the gap that follows it
 * @l:		the layout
 * @memory:	the memory of this moment
 */
void kvas_add_lowmem(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const void *high_memory_now = memory->end;
	const struct kvas_row rows[] = {
		REGION_UP_TO(DIRECT_MAP, PAGE_OFFSET, memory->last, MACRO),
		{ .id = KVAS_VMALLOC_GAP,
		  .start = { (unsigned long)high_memory_now, "high_memory", NULL,
			     KVAS_ROUTE_EXPORTED },
		  .end = KVAS_END(VMALLOC_START, "VMALLOC_START", KVAS_ROUTE_EXPORTED) },
	};

	ADD_REGIONS(l, rows);
}

/**
 * kvas_add_highmem() - add the windows to highmem
 * @l:	the layout
 */
void kvas_add_highmem(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION_IF(CONFIG_HIGHMEM, PKMAP, PKMAP_BASE, PKMAP_BASE + LAST_PKMAP * PAGE_SIZE,
			  EXPORTED),
		ROW_KMAP_LOCAL,
	};

	ADD_REGIONS(l, rows);
}

/**
 * kvas_highmem_fact() - how much highmem there is
 *
 * Return: the fact highmem, in bytes.
 */
struct kvas_fact kvas_highmem_fact(void)
{
	struct sysinfo info;

	si_meminfo(&info);
	return (struct kvas_fact) {
		.name = "highmem",
		.unit = KVAS_UNIT_BYTES,
		.value = (u64)info.totalhigh * info.mem_unit,
		.source = "sysinfo.totalhigh",
		.route = KVAS_ROUTE_EXPORTED,
	};
}
