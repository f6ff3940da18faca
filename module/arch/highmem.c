// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernels of 32 bits: lowmem ends before the memory does, and what lies behind
 * it is seen through windows.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/fixmap.h>

#include "arch.h"

/**
 * kvas_add_lowmem() - add lowmem, and the gap that follows it
 * @l:		the layout
 * @memory_end:	high_memory
 */
void kvas_add_lowmem(struct kvas_layout *l, const void *memory_end)
{
	kvas_add_direct_map(l, memory_end);
	kvas_layout_add_range(l, KVAS_VMALLOC_GAP, (unsigned long)memory_end,
			      "high_memory", KVAS_ROUTE_EXPORTED,
			      VMALLOC_START - 1, "VMALLOC_START - 1",
			      KVAS_ROUTE_EXPORTED);
}

static u64 highmem(void)
{
	struct sysinfo info;

	si_meminfo(&info);
	return (u64)info.totalhigh * info.mem_unit;
}

/**
 * kvas_add_highmem() - add how much highmem there is, and the windows to it
 * @l:	the layout
 */
void kvas_add_highmem(struct kvas_layout *l)
{
	kvas_layout_add_fact(l, "highmem", KVAS_UNIT_BYTES, highmem(),
			     "sysinfo.totalhigh", KVAS_ROUTE_EXPORTED);
#ifdef CONFIG_HIGHMEM
	KVAS_RANGE(l, PKMAP, PKMAP_BASE, PKMAP_BASE + LAST_PKMAP * PAGE_SIZE - 1,
		   EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_PKMAP, "CONFIG_HIGHMEM is not set");
#endif
	/* Slots of the fixmap, which count downward; x86 maps devices there, too. */
#if defined(CONFIG_HIGHMEM) || defined(CONFIG_KMAP_LOCAL)
	KVAS_RANGE(l, KMAP_LOCAL, __fix_to_virt(FIX_KMAP_END),
		   __fix_to_virt(FIX_KMAP_BEGIN) + PAGE_SIZE - 1, EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_KMAP_LOCAL, "CONFIG_HIGHMEM is not set");
#endif
}
