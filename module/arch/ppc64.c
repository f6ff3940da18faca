// SPDX-License-Identifier: GPL-2.0-only
/*
 * ppc64 for servers (Book3S): the regions, spelled in the kernel's own macros
 * (arch/powerpc/include/asm/book3s/64/pgtable.h, radix.h, hash.h, hash-4k.h,
 * hash-64k.h, task_size_64.h, fixmap.h, kasan.h).
 *
 * A row's route is CPU where its macros depend on the MMU in use.  With radix
 * the processor walks the page tables.  With hash it looks into a table of its
 * own, which the kernel fills, and the direct map is in no page table at all.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>
#include <asm/fixmap.h>
#include <asm/mmu.h>
#include <asm/paca.h>

#include "arch.h"

static const struct kvas_option options[] = {
	KVAS_SWITCH(CONFIG_PPC_4K_PAGES),
	KVAS_SWITCH(CONFIG_PPC_64K_PAGES),
	KVAS_SWITCH(CONFIG_PPC_RADIX_MMU),
	KVAS_SWITCH(CONFIG_PPC_RADIX_MMU_DEFAULT),
	KVAS_SWITCH(CONFIG_PPC_64S_HASH_MMU),
	KVAS_NUMBER(CONFIG_PAGE_OFFSET),
	KVAS_NUMBER(CONFIG_KERNEL_START),
	KVAS_NUMBER(CONFIG_PHYSICAL_START),
	{ }
};

static struct kvas_bound vectors_end;	/* of the copy at PAGE_OFFSET */

/* Only a kernel that can be moved has a variable for where it lies in memory. */
#ifdef CONFIG_NONSTATIC_KERNEL
#define IMAGE_PHYS	kernstart_addr
#else
#define IMAGE_PHYS	PHYSICAL_START
#endif

static bool image_phys(unsigned long addr, unsigned long long *phys)
{
	*phys = addr - kernstart_virt_addr + IMAGE_PHYS;
	return true;
}

/*
 * Without KALLSYMS_ALL only text has symbols: text itself, a gap, and init
 * text.  So the end of text is searched page by page.
 */
static struct kvas_bound __init text_end(void)
{
	struct kvas_bound end = kvas_marker_end("_etext", "_etext - 1");
	unsigned long addr = kernstart_virt_addr;

	if (!end.absent || IS_ENABLED(CONFIG_KALLSYMS_ALL) ||
	    !kvas_is_kernel_symbol(addr + 1))
		return end;
	while (kvas_is_kernel_symbol(addr + 1))
		addr += PAGE_SIZE;
	return (struct kvas_bound) { addr - 1, "_etext - 1", NULL, KVAS_ROUTE_KALLSYMS };
}

/* The last symbols are those of BSS. */
static struct kvas_bound __init image_end(void)
{
	struct kvas_bound bss = kvas_marker("__bss_start");

	if (bss.absent)
		return bss;
	return kvas_symbols_end(bss.addr & PAGE_MASK, (unsigned long)high_memory, PAGE_SIZE,
				"_end - 1");
}

/*
 * An image that was moved leaves a copy of the exception vectors at PAGE_OFFSET,
 * where the processor looks for them (copy_to_here in head_64.S).
 */
static struct kvas_bound __init find_vectors_end(void)
{
	struct kvas_bound end;

	if (kernstart_virt_addr == PAGE_OFFSET)
		return (struct kvas_bound) {
			.absent = "the image was not moved: its text starts with them"
		};
	end = kvas_marker_end("__end_interrupts",
			      "PAGE_OFFSET + (__end_interrupts - _stext) - 1");
	end.addr = end.addr - kernstart_virt_addr + PAGE_OFFSET;
	return end;
}

static struct kvas_stack stacks[] __ro_after_init = {
	STACK_IN_ARRAY("irq", THREAD_SIZE, AT, "hardirq_ctx"),
	STACK_IN_ARRAY("softirq", THREAD_SIZE, AT, "softirq_ctx",
		       .absent = UNLESS_SOFTIRQS_ARE_THREADS),
	STACK_BY_POINTER("emergency", THREAD_SIZE, 0,
			 offsetof(struct paca_struct, emergency_sp)),
	STACK_BY_POINTER("nmi", THREAD_SIZE, 0,
			 offsetof(struct paca_struct, nmi_emergency_sp)),
	STACK_BY_POINTER("machine_check", THREAD_SIZE, 0,
			 offsetof(struct paca_struct, mc_emergency_sp)),
	{ }
};

/* paca_ptrs is itself a variable. */
static void __init find_pacas(void)
{
	struct kvas_stack *stack;

	for (stack = stacks; stack->kind; stack++) {
		if (stack->variable == KVAS_BY_POINTER)
			stack->base = (unsigned long)paca_ptrs;
	}
}

static void __init init(void)
{
	const struct kvas_bound start = {
		kernstart_virt_addr, "kernstart_virt_addr", NULL, KVAS_ROUTE_EXPORTED
	};

	find_pacas();
	vectors_end = find_vectors_end();
	kvas_part_found(KVAS_IMAGE, start, image_end(), NULL);
	kvas_part_found(KVAS_TEXT, start, text_end(), NULL);
	KVAS_MARKERS_FOUND(RODATA, __start_rodata, __end_rodata, NULL);
	KVAS_MARKERS_FOUND(INIT, __init_begin, __init_end, KVAS_NOTE_INIT);
	KVAS_PERCPU_ORIGINAL_FOUND();
	KVAS_MARKERS_FOUND(DATA, _sdata, _edata, NULL);
	KVAS_MARKERS_FOUND(BSS, __bss_start, __bss_stop, NULL);
}

#ifdef MODULES_VADDR
#define ROW_MODULES	REGION(MODULES, MODULES_VADDR, MODULES_END, EXPORTED)
#else
#define ROW_MODULES	NO_REGION(MODULES, "modules are in vmalloc")
#endif

/* kasan_init() of arch/powerpc/mm/kasan/init_book3s_64.c */
#ifdef CONFIG_KASAN
#define WHY_NO_KASAN	(radix_enabled() ? NULL : "KASAN is off: it needs radix")
#else
#define WHY_NO_KASAN	NULL
#endif

#define NOTE_HOLE							\
	"the page tables' quadrants 1 and 2, which only guests have, among them"
#define WHY_NO_HOLE							\
	"the kernel and not the CPU refuses what hash has no segment for"

static void add_main_regions(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION(USER, 0, TASK_SIZE_USER64, EXPORTED),
		REGION(NONCANONICAL, RADIX_PGTABLE_RANGE, PAGE_OFFSET, CPU,
		       .absent = radix_enabled() ? NULL : WHY_NO_HOLE,
		       .note = NOTE_HOLE),
		REGION(DIRECT_MAP, PAGE_OFFSET, KERN_VIRT_START, EXPORTED),
		REGION_UP_TO(VECTORS, PAGE_OFFSET, vectors_end, EXPORTED),
		REGION(VMALLOC, VMALLOC_START, VMALLOC_END, EXPORTED),
		ROW_MODULES,
		ROW_KASAN_SHADOW(CPU, .absent = WHY_NO_KASAN),
		ROW_NO_HIGHMEM_ON_64_BITS,
	};

	ADD_REGIONS(l, rows);
}

static struct kvas_bound vmemmap_end(void)
{
	if (radix_enabled())
		return KVAS_END(RADIX_VMEMMAP_END, "RADIX_VMEMMAP_END", KVAS_ROUTE_EXPORTED);
	return KVAS_END(H_VMEMMAP_END, "H_VMEMMAP_END", KVAS_ROUTE_EXPORTED);
}

/* I/O ends at __kernel_io_end, which is not exported, and is vmemmap. */
static void add_io_regions(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION(KERNEL_IO, KERN_IO_START, (unsigned long)vmemmap, EXPORTED),
		REGION(ISA_IO, ISA_IO_BASE, ISA_IO_END, EXPORTED),
		REGION(PHB_IO, PHB_IO_BASE, PHB_IO_END, EXPORTED),
		REGION(IOREMAP, IOREMAP_BASE, (unsigned long)vmemmap - FIXADDR_SIZE, EXPORTED),
		REGION(FIXMAP, (unsigned long)vmemmap - FIXADDR_SIZE, (unsigned long)vmemmap,
		       EXPORTED, .note = "slots fill it from the top"),
		REGION_UP_TO(VMEMMAP, (unsigned long)vmemmap, vmemmap_end(), EXPORTED,
			     .absent = UNLESS(CONFIG_SPARSEMEM_VMEMMAP)),
	};

	ADD_REGIONS(l, rows);
}

static void add_regions(struct kvas_layout *l, const struct kvas_memory *memory)
{
	add_main_regions(l);
	add_io_regions(l);
}

static void fill_in(struct kvas_layout *l, const struct kvas_memory *memory)
{
	kvas_set_phys(l, KVAS_DIRECT_MAP, __pa(PAGE_OFFSET));
	kvas_set_phys(l, KVAS_VECTORS, __pa(PAGE_OFFSET));
	kvas_set_populated(l, KVAS_DIRECT_MAP, PAGE_OFFSET, &memory->last);
	kvas_set_populated(l, KVAS_VMEMMAP, (unsigned long)vmemmap, &memory->last_page);
}

static void add_facts(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_fact facts[] = {
		KVAS_TEXT_FACT("mmu", radix_enabled() ? "radix" : "hash", "radix_enabled()", CPU),
		FACT("page_levels", LEVELS, CONFIG_PGTABLE_LEVELS, MACRO),
		FACT("user_limit", ADDRESS, TASK_SIZE_USER64, EXPORTED),
		FACT("image_kaslr_offset", OFFSET, kernstart_virt_addr - KERNELBASE, EXPORTED),
	};
	const struct kvas_fact radix_bits[] = {
		FACT("va_bits", BITS, RADIX_PGTABLE_EADDR_SIZE, CPU),
	};
	const struct kvas_fact hash_bits[] = {
		FACT("va_bits", BITS, H_PGTABLE_EADDR_SIZE, CPU),
	};

	ADD_FACTS(l, facts);
	kvas_layout_add_facts(l, radix_enabled() ? radix_bits : hash_bits, 1);
	kvas_layout_add_split(l, TASK_SIZE_USER64 - 1, PAGE_OFFSET,
			      "TASK_SIZE_USER64, PAGE_OFFSET", KVAS_ROUTE_MACRO);
}

/* The fixmap's slots are for early boot. */
const struct kvas_arch kvas_arch __refconst = {
	.name = "ppc64",
	.image_area = KVAS_DIRECT_MAP,
	.options = options,
	.init = init,
	.add_regions = add_regions,
	.add_facts = add_facts,
	.fill_in = fill_in,
	.image_phys = image_phys,
	.stacks = stacks,
};
