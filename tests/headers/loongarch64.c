// SPDX-License-Identifier: GPL-2.0-only
/* Processors with 48 and with 40 bits. */
#ifndef BITS
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/addrspace.h>
#include <asm/cpu-features.h>
#include <asm/fixmap.h>
#include <asm/io.h>
#include <asm/pgtable.h>
#include <asm/sparsemem.h>
#include "values.h"

/* cpu_probe() of arch/loongarch/kernel/cpu-probe.c takes one off each. */
#undef cpu_vabits
#define cpu_vabits	(BITS - 1)
#undef cpu_pabits
#define cpu_pabits	(BITS - 1)
#define vm_map_base	(0UL - (1UL << cpu_vabits))

#define BITS 48
#define PRINT print_48
#include "loongarch64.c"
#undef BITS
#undef PRINT
#define BITS 40
#define PRINT print_40
#include "loongarch64.c"
#else
void PRINT(void)
{
	if (BITS == 48)
		MODE_BEGINS("va_bits=48 pa_bits=48");
	else
		MODE_BEGINS("va_bits=40 pa_bits=40");
	REGION("user", 0, TASK_SIZE64);
	VALUE("direct_map.start", CACHE_BASE);
	VALUE("uncached.start", UNCACHE_BASE);
#ifdef WRITECOMBINE_BASE
	VALUE("write_combine.start", WRITECOMBINE_BASE);
#endif
	REGION("pci_io", vm_map_base + 2 * PAGE_SIZE, vm_map_base + 2 * PAGE_SIZE + PCI_IOSIZE);
#ifdef CONFIG_MODULES
	REGION("modules", MODULES_VADDR, MODULES_END);
#endif
	REGION("vmalloc", VMALLOC_START, VMALLOC_END);
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	VALUE("vmemmap.start", (unsigned long)vmemmap);
	VALUE("vmemmap.size", VMEMMAP_SIZE);
#endif
	VALUE("fixmap.end", FIXADDR_TOP - 1);
	VALUE("vm_map_base.value", vm_map_base);
	VALUE("user_limit.value", TASK_SIZE64);
	VALUE("page_levels.value", CONFIG_PGTABLE_LEVELS);
	VALUE("page_size.value", PAGE_SIZE);
	VALUE("pmd_size.value", PMD_SIZE);
	VALUE("pgdir_size.value", PGDIR_SIZE);
	VALUE("thread_size.value", THREAD_SIZE);
#ifdef CONFIG_SPARSEMEM
	VALUE("section_size.value", 1UL << SECTION_SIZE_BITS);
	VALUE("max_physmem_bits.value", MAX_PHYSMEM_BITS);
#endif
}
#endif
