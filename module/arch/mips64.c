// SPDX-License-Identifier: GPL-2.0-only
/*
 * mips64: the regions, spelled in the kernel's own macros
 * (arch/mips/include/asm/addrspace.h, mach-.../spaces.h, pgtable-64.h, fixmap.h).
 *
 * The upper two bits of an address say how it is translated: in XKPHYS, windows
 * show memory without page tables; XKSSEG is for a supervisor, which Linux does
 * not use; XKSEG has page tables; and the last 2 GiB repeat the segments of
 * 32-bit processors.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/addrspace.h>
#include <asm/cpu-features.h>
#include <asm/fixmap.h>
#include <asm/irq.h>
#include <asm/processor.h>

#include "mips_image.h"

static const struct kvas_option options[] = {
	KVAS_SWITCH(CONFIG_PAGE_SIZE_4KB),
	KVAS_SWITCH(CONFIG_PAGE_SIZE_16KB),
	KVAS_SWITCH(CONFIG_PAGE_SIZE_64KB),
	KVAS_SWITCH(CONFIG_MIPS_VA_BITS_48),
	KVAS_SWITCH(CONFIG_MAPPED_KERNEL),
	KVAS_SWITCH(CONFIG_EVA),
	KVAS_NUMBER(CONFIG_RANDOMIZE_BASE_MAX_OFFSET),
	{ }
};

static struct kvas_image image;

/* The window of the image is the one in which an exported function of it lies. */
static unsigned long image_va(resource_size_t phys)
{
	if ((unsigned long)schedule >= CKSEG0)
		return CKSEG0 + phys;
	return (unsigned long)__va(phys);
}

/* Of CKSEG0 and XKPHYS alike. */
static bool image_phys(unsigned long addr, unsigned long long *phys)
{
	*phys = __pa(addr);
	return true;
}

/* vmlinux.lds.S: nothing but init stands between data and BSS. */
static void __init find_init(void)
{
	struct kvas_bound start = kvas_resource_end(&image.data, "PAGE_ALIGN(_edata)");
	struct kvas_bound end = kvas_resource_start(&image.bss, "__bss_start - 1");

	start.addr = PAGE_ALIGN(start.addr);
	start.route = KVAS_ROUTE_DERIVED;
	end.addr--;
	end.route = KVAS_ROUTE_DERIVED;
	kvas_part_found(KVAS_INIT, start, end, KVAS_NOTE_INIT);
}

static void __init init(void)
{
	/* Some machines map the image elsewhere, by the TLB. */
	if (!IS_ENABLED(CONFIG_MAPPED_KERNEL))
		kvas_image_find(&image);
	/* vmlinux.lds.S: _end is __bss_stop. */
	kvas_mips_find_image(&image, kvas_resource_end(&image.bss, "__bss_stop - 1"));
	find_init();
}

#if defined(MODULES_VADDR)
#define ROW_MODULES	REGION(MODULES, MODULES_VADDR, MODULES_END, EXPORTED)
#elif defined(MODULE_START)
#define ROW_MODULES	REGION(MODULES, MODULE_START, MODULE_END, EXPORTED)
#else
#define ROW_MODULES							\
	NO_REGION(MODULES, "modules are in vmalloc: KBUILD_64BIT_SYM32 is not set")
#endif

/*
 * Where a debugger's probe and its registers are seen, and not memory, in debug
 * mode (EJTAG specification, dseg).  No macro has it.
 */
#define EJTAG_START	0xffffffffff200000UL
#define EJTAG_SIZE	0x200000UL

/* The processor's register Config says which window is the direct map. */
static const char *why_no_uncached(void)
{
	if (UNCAC_BASE == CAC_BASE)
		return "the direct map itself is not cached: CAC_BASE is UNCAC_BASE";
	return NULL;
}

/* Each window shows all of memory; they differ in how it is cached. */
static void add_windows(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION(USER, 0, TASK_SIZE64, EXPORTED),
		REGION(XKSSEG, XKSSEG, XKPHYS, MACRO,
		       .note = "for supervisor mode, which Linux does not use"),
		REGION(XKPHYS, XKPHYS, XKSEG, MACRO),
		REGION(UNCACHED, UNCAC_BASE, UNCAC_BASE + TO_PHYS_MASK, CPU,
		       .absent = why_no_uncached()),
		REGION(DIRECT_MAP, PAGE_OFFSET, CAC_BASE + TO_PHYS_MASK, CPU,
		       .note = KVAS_NOTE_WINDOW),
		REGION(CKSEG0, CKSEG0, CKSEG1, MACRO),
		REGION(CKSEG1, CKSEG1, CKSSEG, MACRO),
		REGION(CKSSEG, CKSSEG, CKSEG3, MACRO),
		REGION(CKSEG3, CKSEG3, ULONG_MAX, MACRO),
		{ .id = KVAS_EJTAG,
		  .start = { EJTAG_START, "0xffffffffff200000", NULL, KVAS_ROUTE_MACRO },
		  .end = { EJTAG_START + EJTAG_SIZE - 1, "0xffffffffff3fffff", NULL,
			   KVAS_ROUTE_MACRO },
		  .note = "of a debugger's probe, in debug mode only" },
	};

	ADD_REGIONS(l, rows);
}

/* These have page tables. */
static void add_mapped(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION(VMALLOC, VMALLOC_START, VMALLOC_END, EXPORTED),
		ROW_MODULES,
		/* Slots count downward, from 0 at FIXADDR_TOP. */
		REGION(FIXMAP, __fix_to_virt(__end_of_fixed_addresses - 1),
		       FIXADDR_TOP + PAGE_SIZE, EXPORTED),
		ROW_NO_HIGHMEM_ON_64_BITS,
		NO_REGION(VMEMMAP, "this architecture has none"),
		NO_REGION(KASAN_SHADOW, "this architecture has none"),
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
	kvas_set_phys(l, KVAS_DIRECT_MAP, __pa(PAGE_OFFSET));
	kvas_set_populated(l, KVAS_DIRECT_MAP, PAGE_OFFSET, &memory->last);
	/* Each shows the first 512 MiB of memory. */
	kvas_set_phys(l, KVAS_CKSEG0, 0);
	kvas_set_phys(l, KVAS_CKSEG1, 0);
}

static void add_facts(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_fact facts[] = {
		FACT("page_levels", LEVELS, CONFIG_PGTABLE_LEVELS, MACRO),
		FACT("va_bits", BITS, cpu_vmbits, EXPORTED),
		FACT("user_limit", ADDRESS, TASK_SIZE64, EXPORTED),
		kvas_image_offset(&image, VMLINUX_LOAD_ADDRESS, "_text - VMLINUX_LOAD_ADDRESS"),
	};

	ADD_FACTS(l, facts);
	kvas_layout_add_split(l, TASK_SIZE64 - 1, XKPHYS, "TASK_SIZE64, XKPHYS",
			      KVAS_ROUTE_OF(TASK_SIZE64, KVAS_ROUTE_EXPORTED));
}

static struct kvas_stack stacks[] __ro_after_init = {
	STACK_IN_ARRAY("irq", IRQ_STACK_SIZE, AT, "irq_stack"),
	{ }
};

/* The fixmap's slots are used for moments only, one for each colour of the cache. */
const struct kvas_arch kvas_arch __refconst = {
	.name = "mips64",
	.image_area = KVAS_CKSEG0,
	.options = options,
	.init = init,
	.add_regions = add_regions,
	.add_facts = add_facts,
	.fill_in = fill_in,
	.image_va = image_va,
	.image_phys = image_phys,
	.stacks = stacks,
};
