// SPDX-License-Identifier: GPL-2.0-only
/* 4 GiB of memory in one piece from 0, of which lowmem has as much as it can. */
#include <linux/kasan.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/fixmap.h>
#include <asm/io.h>
#include <asm/memory.h>
#include <asm/pgtable.h>
#include "values.h"

/* arch/arm/mm/mmu.c: 240 MiB for vmalloc, and the gap below it. */
#define high_memory	((void *)(VMALLOC_END - (240UL << 20) - VMALLOC_OFFSET))

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
#ifdef CONFIG_KASAN
	REGION("kasan_shadow", KASAN_SHADOW_START, KASAN_SHADOW_END);
#else
	ABSENT("kasan_shadow");
#endif
	VALUE("pci_io.start", PCI_IO_VIRT_BASE);
	REGION("dtb", FDT_FIXED_BASE, FDT_FIXED_BASE + FDT_FIXED_SIZE);
	REGION("fixmap", FIXADDR_START, FIXADDR_END);
	VALUE("vectors.start", VECTORS_BASE);
	VALUE("user_limit.value", TASK_SIZE);
	VALUE("high_memory.value", (unsigned long)high_memory);
	VALUE("page_size.value", PAGE_SIZE);
	VALUE("pmd_size.value", PMD_SIZE);
	VALUE("pgdir_size.value", PGDIR_SIZE);
	VALUE("thread_size.value", THREAD_SIZE);
}
