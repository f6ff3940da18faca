// SPDX-License-Identifier: GPL-2.0-only
/* 4 GiB of memory, of which lowmem has as much as it can. */
#include <linux/kasan.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/cpu_entry_area.h>
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/pgtable_areas.h>
#include "values.h"

/* arch/x86/mm/pgtable_32.c and pgtable.c */
#define __VMALLOC_RESERVE	(128UL << 20)
#define __FIXADDR_TOP		0xfffff000UL
/* find_low_pfn_range() of init_32.c */
#define VMALLOC_GAP		VMALLOC_OFFSET
#define high_memory		((void *)(PAGE_OFFSET + MAXMEM))

void print(void)
{
	MODE_BEGINS("ram=4G");
	REGION("user", 0, TASK_SIZE);
	REGION("direct_map", PAGE_OFFSET, (unsigned long)high_memory);
	REGION("vmalloc", VMALLOC_START, VMALLOC_END);
#ifdef CONFIG_MODULES
	REGION("modules", MODULES_VADDR, MODULES_END);
#endif
#ifdef CONFIG_HIGHMEM
	REGION("pkmap", PKMAP_BASE, PKMAP_BASE + LAST_PKMAP * PAGE_SIZE);
#else
	ABSENT("pkmap");
#endif
	REGION("ldt_remap", LDT_BASE_ADDR, LDT_END_ADDR);
	REGION("cpu_entry_area", CPU_ENTRY_AREA_BASE, CPU_ENTRY_AREA_BASE + CPU_ENTRY_AREA_MAP_SIZE);
	VALUE("fixmap.start", FIXADDR_TOT_START + PAGE_SIZE);
#if defined(CONFIG_HIGHMEM) || defined(CONFIG_KMAP_LOCAL)
	REGION("kmap_local", FIXADDR_TOP - ((unsigned long)FIX_KMAP_END << PAGE_SHIFT),
	       FIXADDR_TOP - ((unsigned long)FIX_KMAP_BEGIN << PAGE_SHIFT) + PAGE_SIZE);
#endif
	VALUE("user_limit.value", TASK_SIZE);
	VALUE("high_memory.value", (unsigned long)high_memory);
	VALUE("page_size.value", PAGE_SIZE);
	VALUE("pmd_size.value", PMD_SIZE);
	VALUE("pgdir_size.value", PGDIR_SIZE);
	VALUE("thread_size.value", THREAD_SIZE);
}
