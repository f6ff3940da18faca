// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86 of 32 bits, with PAE and without: which areas there are, spelled in the
 * kernel's own macros (arch/x86/include/asm/pgtable_32_areas.h,
 * page_32_types.h); what 64 bits have too is in x86.h.
 *
 * All above lowmem hangs on two exported variables: high_memory, where it
 * ends, and __FIXADDR_TOP, from which the rest is counted down.
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "x86.h"

const char kvas_arch_name[] = "i386";
const enum kvas_area_id kvas_arch_image_home = KVAS_DIRECT_MAP;

phys_addr_t kvas_arch_image_phys(unsigned long addr)
{
	return __pa(addr);
}

unsigned long kvas_arch_image_va(resource_size_t phys)
{
	return (unsigned long)__va(phys);
}

void __init kvas_arch_init(void)
{
	kvas_common_init();
	kvas_x86_find_image((unsigned long)high_memory & PAGE_MASK);
}

static void add_vmalloc(struct kvas_layout *l)
{
	KVAS_RANGE(l, VMALLOC, VMALLOC_START, VMALLOC_END - 1, EXPORTED);
#ifdef CONFIG_MODULES
	KVAS_RANGE(l, MODULES, MODULES_VADDR, MODULES_END - 1, EXPORTED)->note =
		"all of vmalloc";
#endif
	kvas_layout_add_absent(l, KVAS_VMEMMAP, "CONFIG_SPARSEMEM_VMEMMAP is not set");
	kvas_layout_add_absent(l, KVAS_KASAN_SHADOW, "CONFIG_KASAN is not set");
}

static void add_facts(struct kvas_layout *l)
{
	KVAS_FACT(l, "page_levels", LEVELS, CONFIG_PGTABLE_LEVELS, MACRO);
	KVAS_FACT(l, "va_bits", BITS, BITS_PER_LONG, MACRO);
	KVAS_FACT(l, "pa_bits", BITS, boot_cpu_data.x86_phys_bits, EXPORTED);
	KVAS_FACT(l, "user_limit", ADDRESS, TASK_SIZE, MACRO);
	kvas_add_split(l, PAGE_OFFSET - 1, PAGE_OFFSET, "PAGE_OFFSET",
		       KVAS_ROUTE_MACRO);
}

void kvas_arch_layout(struct kvas_layout *l)
{
	const void *memory_end = high_memory;

	KVAS_RANGE(l, USER, 0, TASK_SIZE - 1, MACRO);
	kvas_add_lowmem(l, memory_end);
	kvas_add_mem_map(l);
	kvas_add_kfence(l);
	kvas_add_percpu(l);
	add_vmalloc(l);
	kvas_add_parts(l);
	add_facts(l);
	kvas_add_paging_facts(l);
	kvas_add_memory_facts(l, memory_end);
	kvas_add_highmem(l);
	kvas_x86_add(l);
}
