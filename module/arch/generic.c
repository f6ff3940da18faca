// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any architecture without a file of its own: what the macros that most share
 * and exported variables give.  A macro that may depend on a variable which is
 * not exported is used only where the compiler can fold it.  A macro with two
 * meanings is used where both agree.  Anything else is absent.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>
#ifdef CONFIG_COMPAT
#include <linux/compat.h>
#endif
#if defined(CONFIG_MIPS) && !defined(CONFIG_64BIT)
#include <asm/addrspace.h>
#endif

#include "arch.h"

#define NO_RULE		"kvas has no rules for this architecture"
#define NOT_CONSTANT	"no constant, and kvas has no rules for this architecture"

static const struct kvas_option options[] = {
	{ }
};

static void __init init(void)
{
	/* What the resource tree calls code is not only text everywhere. */
	kvas_part_absent(KVAS_IMAGE, NO_RULE);
	kvas_part_absent(KVAS_TEXT, NO_RULE);
	kvas_part_absent(KVAS_RODATA, NO_RULE);
	kvas_part_absent(KVAS_DATA, NO_RULE);
	kvas_part_absent(KVAS_INIT, NO_RULE);
	kvas_part_absent(KVAS_BSS, NO_RULE);
}

#ifdef CONFIG_COMPAT
static bool reader_is_compat(void)
{
	return in_compat_syscall();
}
#else
static bool reader_is_compat(void)
{
	return false;
}
#endif

static const char *why_no_user(void)
{
	if (!IS_ENABLED(CONFIG_MMU))
		return "CONFIG_MMU is not set: user and kernel share all addresses";
	/* As on s390, where user and kernel have all addresses each. */
	if (PAGE_OFFSET < TASK_SIZE)
		return "user addresses are also kernel addresses";
	if (reader_is_compat())
		return "a 32-bit process reads, whose TASK_SIZE is not that of others";
	return NULL;
}

/*
 * PAGE_OFFSET is where the direct map starts if memory does; arm64 may leave
 * its start empty.
 */
static bool starts_at_page_offset(void)
{
	return virt_addr_valid((void *)PAGE_OFFSET);
}

/* A macro that the compiler can fold, or 0; any other one is not even used. */
#define FOLDED(macro)							\
	__builtin_choose_expr(__builtin_constant_p(macro), macro, 0UL)

/* A region between macros of which both must be constants. */
#define CONSTANT_REGION(area, first, stop, why)				\
	{ .id = KVAS_##area,						\
	  .absent = __builtin_constant_p(first) && __builtin_constant_p(stop) ? \
		    (why) : NOT_CONSTANT,				\
	  .start = { (unsigned long)FOLDED(first), #first, NULL, KVAS_ROUTE_MACRO }, \
	  .end = kvas_bound_at_end((unsigned long)FOLDED(stop), #stop, #stop " - 1", \
				   KVAS_ROUTE_MACRO) }

/* KASLR may have put modules elsewhere: this module's own place is the proof. */
#ifdef MODULES_VADDR
static const char *why_no_modules(void)
{
	unsigned long here = (unsigned long)options;

	if (here < FOLDED(MODULES_VADDR) || here > kvas_last_byte(FOLDED(MODULES_END)))
		return "not between MODULES_VADDR and MODULES_END";
	return NULL;
}

#define ROW_MODULES							\
	CONSTANT_REGION(MODULES, MODULES_VADDR, MODULES_END, why_no_modules())
#else
#define ROW_MODULES	NO_REGION(MODULES, NO_RULE)
#endif

#if defined(CONFIG_KASAN) && defined(KASAN_SHADOW_START)
#define ROW_KASAN							\
	CONSTANT_REGION(KASAN_SHADOW, KASAN_SHADOW_START, KASAN_SHADOW_END, NULL)
#elif defined(CONFIG_KASAN)
#define ROW_KASAN	NO_REGION(KASAN_SHADOW, NO_RULE)
#else
#define ROW_KASAN	NO_REGION(KASAN_SHADOW, "CONFIG_KASAN is not set")
#endif

#ifdef CONFIG_HIGHMEM
#define ROW_PKMAP							\
	CONSTANT_REGION(PKMAP, PKMAP_BASE, PKMAP_BASE + LAST_PKMAP * PAGE_SIZE, NULL)
#else
#define ROW_PKMAP	NO_REGION(PKMAP, "CONFIG_HIGHMEM is not set")
#endif

#ifdef VMEMMAP_START
#define FIRST_PAGE	{ (unsigned long)VMEMMAP_START, "VMEMMAP_START", NULL, KVAS_ROUTE_EXPORTED }
#else
#define FIRST_PAGE	{ (unsigned long)virt_to_page((void *)PAGE_OFFSET),	\
			  "virt_to_page((void *)PAGE_OFFSET)", NULL, KVAS_ROUTE_EXPORTED }
#endif

/* 32-bit MIPS shows the first 512 MiB of memory in two windows. */
#if defined(CONFIG_MIPS) && !defined(CONFIG_64BIT)
static void add_mips_segments(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION(KSEG0, CKSEG0, CKSEG1, MACRO),
		REGION(KSEG1, CKSEG1, CKSEG2, MACRO),
	};

	ADD_REGIONS(l, rows);
	kvas_set_phys(l, KVAS_KSEG0, 0);
	kvas_set_phys(l, KVAS_KSEG1, 0);
}
#else
static void add_mips_segments(struct kvas_layout *l)
{
}
#endif

static void add_direct_map(struct kvas_layout *l, const struct kvas_memory *memory)
{
	bool at_page_offset = starts_at_page_offset();
	const struct kvas_bound page_offset = {
		PAGE_OFFSET, "PAGE_OFFSET", NULL, KVAS_ROUTE_EXPORTED
	};
	const struct kvas_bound first_memory = {
		memory->first, "start of System RAM", NULL, KVAS_ROUTE_IOMEM
	};
	const struct kvas_row rows[] = {
		{ .id = KVAS_DIRECT_MAP,
		  .start = at_page_offset ? page_offset : first_memory,
		  .end = memory->last,
		  .note = at_page_offset ? NULL : "from the first memory on" },
		{ .id = KVAS_VMEMMAP,
		  .absent = at_page_offset ? UNLESS(CONFIG_SPARSEMEM_VMEMMAP) : NO_RULE,
		  .start = FIRST_PAGE,
		  .end = memory->last_page },
	};

	ADD_REGIONS(l, rows);
}

static void add_regions(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_row rows[] = {
		REGION(USER, 0, TASK_SIZE, EXPORTED, .absent = why_no_user()),
		REGION_IF(CONFIG_MMU, VMALLOC, VMALLOC_START, VMALLOC_END, EXPORTED),
		ROW_MODULES,
		/* Whether the slot at FIXADDR_TOP is used, macros do not say. */
		NO_REGION(FIXMAP, NO_RULE),
		ROW_PKMAP,
		ROW_KASAN,
	};

	add_direct_map(l, memory);
	ADD_REGIONS(l, rows);
	add_mips_segments(l);
}

static void fill_in(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_area *area = kvas_layout_get(l, KVAS_DIRECT_MAP);

	if (area)
		kvas_set_phys(l, KVAS_DIRECT_MAP, __pa(area->row.start.addr));
}

static void add_facts(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_fact facts[] = {
		{ .name = "user_limit", .unit = KVAS_UNIT_ADDRESS, .absent = why_no_user(),
		  .value = TASK_SIZE, .source = "TASK_SIZE", .route = KVAS_ROUTE_EXPORTED },
	};

	ADD_FACTS(l, facts);
}

const struct kvas_arch kvas_arch __refconst = {
	.name = "generic",
	.is_generic = true,
	.image_area = KVAS_NO_AREA,
	.options = options,
	.init = init,
	.add_regions = add_regions,
	.add_facts = add_facts,
	.fill_in = fill_in,
};
