// SPDX-License-Identifier: GPL-2.0-only
/*
 * 32-bit Arm with an MMU: which areas there are, spelled in the kernel's own
 * macros (arch/arm/include/asm/memory.h, pgtable.h, fixmap.h, io.h).  To add a
 * region is to add a row.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>
#include <asm/cp15.h>
#include <asm/fixmap.h>
#ifdef CONFIG_HAVE_TCM
#include <asm/tcm.h>
#endif

#include "arm_image.h"

const char kvas_arch_name[] = "arm";
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
	struct kvas_image image;
	struct kvas_bound stext;

	kvas_common_init();
	kvas_image_find(&image);
	stext = kvas_arm_text_start();
	kvas_arm_find_image(&image,
			    KVAS_BOUND(image.code.end ? kvas_arch_image_va(image.code.start) : 0,
				       "_text", IOMEM), &stext);
}

static void add_vmalloc(struct kvas_layout *l)
{
	KVAS_RANGE(l, VMALLOC, VMALLOC_START, VMALLOC_END - 1, EXPORTED);
	kvas_layout_add_absent(l, KVAS_VMEMMAP, "CONFIG_SPARSEMEM_VMEMMAP is not set");
#if defined(CONFIG_PCI) && !defined(CONFIG_NEED_MACH_IO_H)
	/* pci_reserve_io() of arch/arm/mm/mmu.c */
	KVAS_RANGE(l, PCI_IO, PCI_IO_VIRT_BASE, PCI_IO_VIRT_BASE + SZ_2M - 1, MACRO);
#else
	kvas_layout_add_absent(l, KVAS_PCI_IO,
			       "CONFIG_PCI is not set, or the machine has its own");
#endif
}

/* Documentation/arch/arm/memory.rst: 32 KiB for each. */
static void add_tcm(struct kvas_layout *l)
{
#ifdef CONFIG_HAVE_TCM
	if (tcm_itcm_present())
		KVAS_RANGE(l, ITCM, ITCM_OFFSET, ITCM_OFFSET + SZ_32K - 1, MACRO);
	else
		kvas_layout_add_absent(l, KVAS_ITCM, "not in this processor");
	if (tcm_dtcm_present())
		KVAS_RANGE(l, DTCM, DTCM_OFFSET, DTCM_OFFSET + SZ_32K - 1, MACRO);
	else
		kvas_layout_add_absent(l, KVAS_DTCM, "not in this processor");
#else
	kvas_layout_add_absent(l, KVAS_ITCM, "CONFIG_HAVE_TCM is not set");
	kvas_layout_add_absent(l, KVAS_DTCM, "CONFIG_HAVE_TCM is not set");
#endif
}

/* Above vmalloc, at the same place in all builds. */
static void add_fixed(struct kvas_layout *l)
{
	struct kvas_area *area;

#ifdef FDT_FIXED_BASE
	area = KVAS_RANGE(l, DTB, FDT_FIXED_BASE, FDT_FIXED_BASE + FDT_FIXED_SIZE - 1,
			  MACRO);
	area->note = "mapped if the boot loader passed a device tree or ATAGs";
#else
	kvas_layout_add_absent(l, KVAS_DTB, "before FDT_FIXED_BASE, 5.11");
#endif
	KVAS_RANGE(l, FIXMAP, FIXADDR_START, FIXADDR_END - 1, MACRO);
	add_tcm(l);
	/* Exception vectors, and the stubs that they branch to. */
	area = KVAS_RANGE(l, VECTORS, VECTORS_BASE, VECTORS_BASE + 2 * PAGE_SIZE - 1,
			  MACRO);
	if (!vectors_high())
		area->note = "mapped at 0 too, where the processor looks for them";
}

static void add_facts(struct kvas_layout *l)
{
	KVAS_FACT(l, "page_levels", LEVELS, CONFIG_PGTABLE_LEVELS, MACRO);
	KVAS_FACT(l, "va_bits", BITS, BITS_PER_LONG, MACRO);
	KVAS_FACT(l, "pa_bits", BITS, MAX_POSSIBLE_PHYSMEM_BITS, MACRO);
	KVAS_FACT(l, "user_limit", ADDRESS, TASK_SIZE, MACRO);
	kvas_add_split(l, PAGE_OFFSET - 1, PAGE_OFFSET, "PAGE_OFFSET",
		       KVAS_ROUTE_MACRO);
}

void kvas_arch_layout(struct kvas_layout *l)
{
	const void *memory_end = high_memory;

	KVAS_RANGE(l, USER, 0, TASK_SIZE - 1, MACRO);
	kvas_add_kasan_shadow(l);
#ifdef CONFIG_MODULES
	KVAS_RANGE(l, MODULES, MODULES_VADDR, MODULES_END - 1, MACRO)->note =
		IS_ENABLED(CONFIG_ARM_MODULE_PLTS) ?
		"when it is full, modules go to vmalloc" : NULL;
#endif
	kvas_add_lowmem(l, memory_end);
	kvas_add_mem_map(l);
	kvas_add_kfence(l);
	kvas_add_percpu(l);
	add_vmalloc(l);
	add_fixed(l);
	kvas_add_parts(l);
	add_facts(l);
	kvas_add_paging_facts(l);
	kvas_add_memory_facts(l, memory_end);
	kvas_add_highmem(l);
}

/* None that is surely in use: the console's is, if it was wanted early. */
unsigned long kvas_arch_fixmap_slot(const char **source)
{
	return 0;
}
