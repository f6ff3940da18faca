// SPDX-License-Identifier: GPL-2.0-only
/*
 * RISC-V with 64 bits: the regions, spelled in the kernel's own macros
 * (arch/riscv/include/asm/pgtable.h, page.h, fixmap.h, kasan.h).
 *
 * The levels of the page tables are chosen at boot, and nearly everything
 * depends on them: pgtable_l4_enabled and pgtable_l5_enabled tell.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <asm/fixmap.h>

#include "arch.h"

static const struct kvas_option options[] = {
	KVAS_SWITCH(CONFIG_XIP_KERNEL),
	KVAS_SWITCH(CONFIG_COMPAT),
	KVAS_SWITCH(CONFIG_BUILTIN_DTB),
	KVAS_NUMBER(CONFIG_PHYS_RAM_BASE),
	{ }
};

static unsigned long image_va(resource_size_t phys)
{
	return (unsigned long)kernel_mapping_pa_to_va(phys);
}

static bool image_phys(unsigned long addr, unsigned long long *phys)
{
	*phys = kernel_mapping_va_to_pa(addr);
	return true;
}

static void __init init(void)
{
	const struct kvas_row whole =
		REGION(IMAGE, kernel_map.virt_addr, kernel_map.virt_addr + kernel_map.size,
		       EXPORTED);
	struct kvas_image image;

	kvas_image_find(&image);
	kvas_part_found(KVAS_IMAGE, whole.start, whole.end, NULL);
	kvas_resource_found(KVAS_TEXT, &image.code, "_text", "_etext - 1");
	kvas_resource_found(KVAS_RODATA, &image.rodata, "__start_rodata",
			    "__end_rodata - 1");
	kvas_resource_found(KVAS_DATA, &image.data, "_data", "_edata - 1");
	kvas_resource_found(KVAS_BSS, &image.bss, "__bss_start", "__bss_stop - 1");
	KVAS_MARKERS_FOUND(INIT, __init_begin, __init_end, KVAS_NOTE_INIT);
	KVAS_PERCPU_ORIGINAL_FOUND();
}

/*
 * MODULES_VADDR, MODULES_END and BPF_JIT_REGION_END are computed from _start
 * and _end, which are not exported: here from kernel_map instead.
 */
#define DERIVED_ROW(area, first, stop, ...)				\
	{ .id = KVAS_##area,						\
	  .start = { first, #first, NULL, KVAS_ROUTE_DERIVED },		\
	  .end = { (stop) - 1, #stop " - 1", NULL, KVAS_ROUTE_DERIVED }, \
	  ##__VA_ARGS__ }

/* Compat processes have another TASK_SIZE since 5.19. */
#ifdef TASK_SIZE_64
#define ROW_USER	REGION(USER, 0, TASK_SIZE_64, CPU)
#define FACT_USER_LIMIT	FACT("user_limit", ADDRESS, TASK_SIZE_64, CPU)
#else
#define ROW_USER	REGION(USER, 0, TASK_SIZE, CPU)
#define FACT_USER_LIMIT	FACT("user_limit", ADDRESS, TASK_SIZE, CPU)
#endif

/* Without it the device tree is mapped by the early page tables alone. */
#if KVAS_HAS_FIX_FDT
#define ROW_DTB								\
	REGION(DTB, __fix_to_virt(FIX_FDT), __fix_to_virt(FIX_FDT_END) + PAGE_SIZE, CPU)
#else
#define ROW_DTB	NO_REGION(DTB, "this release has no slot for it in the fixmap")
#endif

/* create_linear_mapping_page_table() sets KFENCE's pool aside in any case. */
static void add_regions(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_row rows[] = {
		ROW_USER,
		REGION(NONCANONICAL, 1UL << (VA_BITS - 1), -(1UL << (VA_BITS - 1)), CPU),
		/* The slot of FIXADDR_TOP itself is FIX_HOLE, which is never used. */
		REGION(FIXMAP, FIXADDR_START, FIXADDR_TOP, CPU),
		ROW_DTB,
		REGION(PCI_IO, PCI_IO_START, PCI_IO_END, CPU),
		REGION(VMEMMAP, VMEMMAP_START, VMEMMAP_END, CPU,
		       .absent = UNLESS(CONFIG_SPARSEMEM_VMEMMAP)),
		REGION(VMALLOC, VMALLOC_START, VMALLOC_END, CPU),
		REGION(DIRECT_MAP, PAGE_OFFSET, PAGE_OFFSET + KERN_VIRT_SIZE, CPU,
		       .note = KVAS_NOTE_HOLES),
		ROW_KASAN_SHADOW(CPU),
		DERIVED_ROW(MODULES, PFN_ALIGN(kernel_map.virt_addr + kernel_map.size) - SZ_2G,
			    PFN_ALIGN(kernel_map.virt_addr), .absent = UNLESS(CONFIG_MODULES)),
		DERIVED_ROW(BPF_JIT, PFN_ALIGN(kernel_map.virt_addr) - BPF_JIT_REGION_SIZE,
			    PFN_ALIGN(kernel_map.virt_addr)),
		ROW_NO_HIGHMEM_ON_64_BITS,
	};

	ADD_REGIONS(l, rows);
}

static void fill_in(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_area *pool = kvas_layout_get(l, KVAS_KFENCE);

	kvas_set_phys(l, KVAS_DIRECT_MAP, linear_mapping_va_to_pa(PAGE_OFFSET));
	kvas_set_populated_from_first(l, memory);
	/* The pool's first page is without access if KFENCE is on. */
	if (pool && kvas_readable_address(pool->row.start.addr))
		kvas_set_note(l, KVAS_KFENCE, "set aside at boot, but KFENCE is off");
}

#ifdef CONFIG_XIP_KERNEL
#define FACT_KERNEL_OFFSET						\
	{ .name = "va_kernel_pa_offset", .absent = "CONFIG_XIP_KERNEL is set" }
#else
#define FACT_KERNEL_OFFSET						\
	FACT("va_kernel_pa_offset", OFFSET, kernel_map.va_kernel_pa_offset, EXPORTED)
#endif

static void add_facts(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_fact facts[] = {
		FACT("page_levels", LEVELS, pgtable_l5_enabled ? 5 : pgtable_l4_enabled ? 4 : 3,
		     CPU),
		FACT("va_bits", BITS, VA_BITS, CPU),
		FACT_USER_LIMIT,
		FACT("phys_ram_base", ADDRESS, phys_ram_base, EXPORTED),
		FACT("va_pa_offset", OFFSET, kernel_map.va_pa_offset, EXPORTED),
		FACT_KERNEL_OFFSET,
		FACT("image_kaslr_offset", OFFSET, kernel_map.virt_addr - KERNEL_LINK_ADDR,
		     EXPORTED),
	};

	ADD_FACTS(l, facts);
	kvas_layout_add_split(l, (1UL << (VA_BITS - 1)) - 1, -(1UL << (VA_BITS - 1)),
			      "VA_BITS", KVAS_ROUTE_CPU);
}

/* The device tree stays where it was mapped at boot. */
static unsigned long fixmap_slot(const char **source)
{
#if KVAS_HAS_FIX_FDT
	*source = "__fix_to_virt(FIX_FDT)";
	return kvas_readable_address(__fix_to_virt(FIX_FDT));
#else
	return 0;
#endif
}

#ifdef CONFIG_IRQ_STACKS
#define STACK_IRQ	STACK_PER_CPU("irq", IRQ_STACK_SIZE, AT, "irq_stack_ptr")
#else
#define STACK_IRQ	NO_STACK("irq", "CONFIG_IRQ_STACKS is not set")
#endif
#ifdef CONFIG_VMAP_STACK
#define STACK_OVERFLOW	STACK_PER_CPU("overflow", OVERFLOW_STACK_SIZE, ITSELF, "overflow_stack")
#else
#define STACK_OVERFLOW	NO_STACK("overflow", "CONFIG_VMAP_STACK is not set")
#endif

static struct kvas_stack stacks[] __ro_after_init = {
	STACK_IRQ,
	STACK_OVERFLOW,
	{ }
};

const struct kvas_arch kvas_arch __refconst = {
	.name = "riscv64",
	.image_area = KVAS_IMAGE,
	.options = options,
	.init = init,
	.add_regions = add_regions,
	.add_facts = add_facts,
	.fill_in = fill_in,
	.image_va = image_va,
	.image_phys = image_phys,
	.fixmap_slot = fixmap_slot,
	.stacks = stacks,
};
