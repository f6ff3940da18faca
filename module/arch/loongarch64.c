// SPDX-License-Identifier: GPL-2.0-only
/*
 * loongarch64: the regions, spelled in the kernel's own macros
 * (arch/loongarch/include/asm/addrspace.h, pgtable.h, fixmap.h, kasan.h).
 *
 * The upper two bits of an address say how it is translated: from XKPRANGE on,
 * windows show memory without page tables; in XKVRANGE, from vm_map_base on,
 * are the regions that have them.  Rows that depend on the processor's address
 * bits use cpu_data or vm_map_base, which are exported.
 */
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <asm/addrspace.h>
#include <asm/cpu-features.h>
#include <asm/fixmap.h>
#include <asm/irq.h>
#include <asm/processor.h>

#include "mips_image.h"

static const struct kvas_option options[] = {
	KVAS_SWITCH(CONFIG_4KB_3LEVEL),
	KVAS_SWITCH(CONFIG_4KB_4LEVEL),
	KVAS_SWITCH(CONFIG_16KB_2LEVEL),
	KVAS_SWITCH(CONFIG_16KB_3LEVEL),
	KVAS_SWITCH(CONFIG_64KB_2LEVEL),
	KVAS_SWITCH(CONFIG_64KB_3LEVEL),
	KVAS_SWITCH(CONFIG_ARCH_IOREMAP),
	KVAS_NUMBER(CONFIG_RANDOMIZE_BASE_MAX_OFFSET),
	{ }
};

static struct kvas_image image;

static unsigned long image_va(resource_size_t phys)
{
	return (unsigned long)__va(phys);
}

static bool image_phys(unsigned long addr, unsigned long long *phys)
{
	*phys = __pa(addr);
	return true;
}

static void __init init(void)
{
	struct kvas_bound end;

	kvas_image_find(&image);
	/* PECOFF_SEGMENT_ALIGN of vmlinux.lds.S */
	end = kvas_resource_end(&image.bss, "ALIGN(__bss_stop, SZ_64K) - 1");
	end.addr = ALIGN(end.addr, SZ_64K) - 1;
	end.route = KVAS_ROUTE_DERIVED;
	kvas_mips_find_image(&image, end);
	KVAS_MARKERS_FOUND(INIT, __init_begin, __init_end, KVAS_NOTE_INIT);
}

#ifdef WRITECOMBINE_BASE
#define ROW_WRITE_COMBINE						\
	REGION(WRITE_COMBINE, WRITECOMBINE_BASE, WRITECOMBINE_BASE + TO_PHYS_MASK, EXPORTED)
#else
#define ROW_WRITE_COMBINE						\
	NO_REGION(WRITE_COMBINE, "no WRITECOMBINE_BASE in this kernel")
#endif

#if defined(CONFIG_KFENCE) && defined(KFENCE_AREA_START)
#define ROW_KFENCE_AREA							\
	REGION(KFENCE_AREA, KFENCE_AREA_START, KFENCE_AREA_END, EXPORTED)
#else
#define ROW_KFENCE_AREA	NO_REGION(KFENCE_AREA, "CONFIG_KFENCE is not set")
#endif

/* execmem_arch_setup() of arch/loongarch/mm/init.c keeps code in this part. */
static struct kvas_bound modules_text_end(void)
{
	return (struct kvas_bound) {
		MODULES_VADDR + SZ_256M - 1, "MODULES_VADDR + SZ_256M - 1", NULL,
		KVAS_ROUTE_DERIVED
	};
}

/* Each window shows all of memory; they differ in how it is cached. */
static void add_windows(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION(USER, 0, TASK_SIZE64, EXPORTED),
		REGION(UNCACHED, UNCACHE_BASE, UNCACHE_BASE + TO_PHYS_MASK, EXPORTED),
		REGION(DIRECT_MAP, PAGE_OFFSET, CACHE_BASE + TO_PHYS_MASK, EXPORTED,
		       .note = KVAS_NOTE_WINDOW),
		ROW_WRITE_COMBINE,
		ROW_NO_HIGHMEM_ON_64_BITS,
	};

	ADD_REGIONS(l, rows);
}

/* These have page tables. */
static void add_mapped(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION(PCI_IO, PCI_IOBASE, PCI_IOBASE + PCI_IOSIZE, EXPORTED),
		REGION_IF(CONFIG_MODULES, MODULES, MODULES_VADDR, MODULES_END, EXPORTED),
		REGION_UP_TO(MODULES_TEXT, MODULES_VADDR, modules_text_end(), EXPORTED,
			     .absent = MODULES_END - MODULES_VADDR > SZ_256M ?
				       UNLESS(CONFIG_MODULES) :
				       "all of modules may hold code"),
		REGION(VMALLOC, VMALLOC_START, VMALLOC_END, EXPORTED),
		REGION_IF(CONFIG_SPARSEMEM_VMEMMAP, VMEMMAP, vmemmap, VMEMMAP_END, EXPORTED),
		ROW_KFENCE_AREA,
		ROW_KASAN_SHADOW(EXPORTED),
		/* Slots count downward, from 0 at FIXADDR_TOP, which is FIX_HOLE. */
		REGION(FIXMAP, __fix_to_virt(__end_of_fixed_addresses - 1), FIXADDR_TOP, EXPORTED),
	};

	ADD_REGIONS(l, rows);
}

static void add_regions(struct kvas_layout *l, const struct kvas_memory *memory)
{
	add_windows(l);
	add_mapped(l);
}

static void fill_in(struct kvas_layout *l, const struct kvas_memory *memory)
{
	kvas_set_phys(l, KVAS_UNCACHED, 0);
	kvas_set_phys(l, KVAS_WRITE_COMBINE, 0);
	kvas_set_phys(l, KVAS_DIRECT_MAP, __pa(PAGE_OFFSET));
	kvas_set_populated(l, KVAS_DIRECT_MAP, PAGE_OFFSET, &memory->last);
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	kvas_set_populated(l, KVAS_VMEMMAP, (unsigned long)vmemmap, &memory->last_page);
#endif
}

static void add_facts(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_fact facts[] = {
		FACT("page_levels", LEVELS, CONFIG_PGTABLE_LEVELS, MACRO),
		/* The processor counts its bits from 0. */
		FACT("va_bits", BITS, cpu_vabits + 1, EXPORTED),
		FACT("pa_bits", BITS, cpu_pabits + 1, EXPORTED),
		FACT("user_limit", ADDRESS, TASK_SIZE64, EXPORTED),
		FACT("vm_map_base", ADDRESS, vm_map_base, EXPORTED),
		kvas_image_offset(&image, VMLINUX_LOAD_ADDRESS, "_text - VMLINUX_LOAD_ADDRESS"),
	};

	ADD_FACTS(l, facts);
	kvas_layout_add_split(l, TASK_SIZE64 - 1, UNCACHE_BASE, "TASK_SIZE64, UNCACHE_BASE",
			      KVAS_ROUTE_EXPORTED);
}

static struct kvas_stack stacks[] __ro_after_init = {
	STACK_PER_CPU("irq", IRQ_STACK_SIZE, AT, "irq_stack"),
	{ }
};

/* FIX_EARLYCON_MEM_BASE is used by the early console alone, if there is one. */
const struct kvas_arch kvas_arch __refconst = {
	.name = "loongarch64",
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
