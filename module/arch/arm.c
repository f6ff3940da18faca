// SPDX-License-Identifier: GPL-2.0-only
/*
 * 32-bit Arm with an MMU: the regions, spelled in the kernel's own macros
 * (arch/arm/include/asm/memory.h, pgtable.h, fixmap.h, io.h).
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

static const struct kvas_option options[] = {
	KVAS_SWITCH(CONFIG_ARM_LPAE),
	KVAS_SWITCH(CONFIG_THUMB2_KERNEL),
	KVAS_SWITCH(CONFIG_ARM_MODULE_PLTS),
	KVAS_SWITCH(CONFIG_ARM_PATCH_PHYS_VIRT),
	KVAS_SWITCH(CONFIG_XIP_KERNEL),
	KVAS_SWITCH(CONFIG_DEBUG_ALIGN_RODATA),
	KVAS_SWITCH(CONFIG_PCI),
	KVAS_SWITCH(CONFIG_HAVE_TCM),
	KVAS_SWITCH(CONFIG_KUSER_HELPERS),
	KVAS_NUMBER(CONFIG_PHYS_OFFSET),
	{ }
};

static unsigned long image_va(resource_size_t phys)
{
	return (unsigned long)__va(phys);
}

/* What is executed in place is not in the memory that the direct map shows. */
static bool image_phys(unsigned long addr, unsigned long long *phys)
{
	if (addr < PAGE_OFFSET)
		return false;
	*phys = __pa(addr);
	return true;
}

static void __init init(void)
{
	struct kvas_image image;

	kvas_image_find(&image);
	kvas_arm_find_image(&image, kvas_resource_start(&image.code, "_text"),
			    kvas_arm_text_start());
}

/* pci_reserve_io() of arch/arm/mm/mmu.c */
#ifndef CONFIG_PCI
#define ROW_PCI_IO	NO_REGION(PCI_IO, "CONFIG_PCI is not set")
#elif !defined(CONFIG_NEED_MACH_IO_H)
#define ROW_PCI_IO							\
	REGION(PCI_IO, PCI_IO_VIRT_BASE, PCI_IO_VIRT_BASE + SZ_2M, MACRO)
#else
#define ROW_PCI_IO							\
	NO_REGION(PCI_IO, "the machine has its own: CONFIG_NEED_MACH_IO_H is set")
#endif

/* From 5.11 on. */
#ifdef FDT_FIXED_BASE
#define ROW_DTB								\
	REGION(DTB, FDT_FIXED_BASE, FDT_FIXED_BASE + FDT_FIXED_SIZE, MACRO, \
	       .note = "mapped if the boot loader passed a device tree or ATAGs")
#else
#define ROW_DTB	NO_REGION(DTB, "before FDT_FIXED_BASE, 5.11")
#endif

#ifdef CONFIG_ARM_MODULE_PLTS
#define NOTE_MODULES	"when it is full, modules go to vmalloc"
#else
#define NOTE_MODULES	NULL
#endif

#define NO_TCM	"not in this processor"

static void add_regions(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_row rows[] = {
		REGION(USER, 0, TASK_SIZE, MACRO),
		ROW_KASAN_SHADOW(CPU),
		REGION_IF(CONFIG_MODULES, MODULES, MODULES_VADDR, MODULES_END, MACRO,
			  .note = NOTE_MODULES),
		REGION(VMALLOC, VMALLOC_START, VMALLOC_END, EXPORTED),
		NO_REGION(VMEMMAP, "CONFIG_SPARSEMEM_VMEMMAP is not set"),
		ROW_PCI_IO,
		ROW_DTB,
		REGION(FIXMAP, FIXADDR_START, FIXADDR_END, MACRO),
		/* Documentation/arch/arm/memory.rst: 32 KiB for each. */
		REGION_IF(CONFIG_HAVE_TCM, ITCM, ITCM_OFFSET, ITCM_OFFSET + SZ_32K, MACRO,
			  .absent = tcm_itcm_present() ? NULL : NO_TCM),
		REGION_IF(CONFIG_HAVE_TCM, DTCM, DTCM_OFFSET, DTCM_OFFSET + SZ_32K, MACRO,
			  .absent = tcm_dtcm_present() ? NULL : NO_TCM),
		/* Exception vectors, and the stubs that they branch to. */
		REGION(VECTORS, VECTORS_BASE, VECTORS_BASE + 2 * PAGE_SIZE, MACRO,
		       .note = vectors_high() ? NULL :
			       "mapped at 0 too, where the processor looks for them"),
	};

	ADD_REGIONS(l, rows);
	kvas_add_lowmem(l, memory);
	kvas_add_highmem(l);
}

static void add_facts(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_fact facts[] = {
		FACT("page_levels", LEVELS, CONFIG_PGTABLE_LEVELS, MACRO),
		FACT("va_bits", BITS, BITS_PER_LONG, MACRO),
		FACT("pa_bits", BITS, MAX_POSSIBLE_PHYSMEM_BITS, MACRO),
		FACT("user_limit", ADDRESS, TASK_SIZE, MACRO),
		kvas_highmem_fact(),
	};

	ADD_FACTS(l, facts);
	kvas_layout_add_split(l, PAGE_OFFSET - 1, PAGE_OFFSET, "PAGE_OFFSET", KVAS_ROUTE_MACRO);
}

static void fill_in(struct kvas_layout *l, const struct kvas_memory *memory)
{
	kvas_set_phys(l, KVAS_DIRECT_MAP, __pa(PAGE_OFFSET));
}

/* Before 5.18 interrupts took the thread's own stack. */
#ifdef OVERFLOW_STACK_SIZE
#define STACKS_OF_ITS_OWN						\
	STACK_PER_CPU("irq", THREAD_SIZE, BEFORE, "irq_stack_ptr"),	\
	STACK_PER_CPU("overflow", OVERFLOW_STACK_SIZE, BEFORE, "overflow_stack_ptr")
#else
#define STACKS_OF_ITS_OWN						\
	NO_STACK("irq", "this kernel's interrupts take the thread's own stack")
#endif

static struct kvas_stack stacks[] __ro_after_init = {
	STACKS_OF_ITS_OWN,
	{ }
};

/* No slot is always in use: the only lasting one is that of an early console. */
const struct kvas_arch kvas_arch __refconst = {
	.name = "arm",
	.image_area = KVAS_DIRECT_MAP,
	.options = options,
	.init = init,
	.add_regions = add_regions,
	.add_facts = add_facts,
	.fill_in = fill_in,
	.image_va = image_va,
	.image_phys = image_phys,
	.stacks = stacks,
};
