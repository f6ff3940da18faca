// SPDX-License-Identifier: GPL-2.0-only
/*
 * s390x: the regions, spelled in the kernel's own macros
 * (arch/s390/include/asm/pgtable.h, page.h, lowcore.h, abs_lowcore.h,
 * maccess.h); arch/s390/boot/startup.c places them.
 *
 * The kernel has all addresses for itself, and so has each process: there are
 * no halves.  Up to 6.9 all memory, and in it the image, stands at its physical
 * address; later kernels map the image separately.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>
#include <asm/lowcore.h>
#include <asm/setup.h>

#include "arch.h"

/* A header since 6.0. */
#if KVAS_HAS_ABS_LOWCORE_H
#include <asm/abs_lowcore.h>
#endif

static const struct kvas_option options[] = {
	KVAS_SWITCH(CONFIG_RANDOMIZE_IDENTITY_BASE),
	KVAS_NUMBER(CONFIG_MAX_PHYSMEM_BITS),
	KVAS_NUMBER(CONFIG_KERNEL_IMAGE_BASE),
	{ }
};

/* What needs a search; it does not change while the kernel runs. */
static struct {
	struct kvas_bound direct_map_end;
	struct kvas_bound vmemmap_end;
	struct kvas_row abs_lowcore;
	struct kvas_row memcpy_real;
	struct kvas_row amode31;
	unsigned long kaslr_offset;
	bool has_kaslr_offset;
} found;

/* Since 6.10 the image has a mapping of its own. */
#ifdef __kaslr_offset_phys
static unsigned long image_va(resource_size_t phys)
{
	return phys - __kaslr_offset_phys + __kaslr_offset;
}

static bool image_phys(unsigned long addr, unsigned long long *phys)
{
	*phys = addr - __kaslr_offset + __kaslr_offset_phys;
	return true;
}
#else
static unsigned long image_va(resource_size_t phys)
{
	return phys;
}

static bool image_phys(unsigned long addr, unsigned long long *phys)
{
	*phys = addr;
	return true;
}
#endif

/* Where this CPU's first lowcore is: its name changed in 6.12. */
#ifdef LOWCORE_ALT_ADDRESS
static const struct lowcore *this_lowcore(void)
{
	return get_lowcore();
}
#else
static const struct lowcore *this_lowcore(void)
{
	return &S390_lowcore;
}
#endif

/* The linker script (vmlinux.lds.S) goes on at the next page. */
static struct kvas_bound __init next_page(const struct kvas_phys_range *range,
					  const char *source)
{
	struct kvas_bound bound = kvas_resource_end(range, source);

	bound.addr = PAGE_ALIGN(bound.addr);
	return bound;
}

static struct kvas_bound __init byte_before(struct kvas_bound bound, const char *source)
{
	bound.addr--;
	bound.source = source;
	return bound;
}

static void __init find_image(void)
{
	struct kvas_image image;

	kvas_image_find(&image);
	kvas_part_found(KVAS_IMAGE, kvas_resource_start(&image.code, "_text"),
			byte_before(next_page(&image.bss, ""), "PAGE_ALIGN(__bss_stop) - 1"), NULL);
	kvas_resource_found(KVAS_TEXT, &image.code, "_text", "_etext - 1");
	/* "Kernel data" starts at _etext. */
	KVAS_MARKERS_FOUND(RODATA, __start_rodata, __end_rodata, NULL);
	kvas_part_found(KVAS_DATA, kvas_marker("_sdata"),
			kvas_resource_end(&image.data, "_edata - 1"), NULL);
	kvas_part_found(KVAS_INIT, next_page(&image.data, "PAGE_ALIGN(_edata)"),
			byte_before(kvas_resource_start(&image.bss, ""), "__bss_start - 1"),
			KVAS_NOTE_INIT);
	KVAS_PERCPU_ORIGINAL_FOUND();
	kvas_resource_found(KVAS_BSS, &image.bss, "__bss_start", "__bss_stop - 1");
}

/* A number of the kernel's that must lie in a range, or the reason for none. */
static const char * __init variable_between(const char *name, unsigned long lowest,
					    unsigned long highest, unsigned long *value)
{
	const char *why = kvas_variable(name, value, sizeof(*value));

	if (!why && (*value < lowest || *value > highest))
		why = "its variable has no plausible value";
	return why;
}

/* Where the end of the identity mapping is a macro, it is the same at all times. */
#ifdef VMEM_MAX_PHYS
#ifdef CONFIG_KASAN
/* setup_memory_end() of 5.10 caps all memory at the shadow, not VMEM_MAX_PHYS. */
#define DIRECT_MAP_END	min(VMEM_MAX_PHYS, KASAN_SHADOW_START)
#define DIRECT_MAP_LAST	"min(VMEM_MAX_PHYS, KASAN_SHADOW_START) - 1"
#else
#define DIRECT_MAP_END	VMEM_MAX_PHYS
#define DIRECT_MAP_LAST	"VMEM_MAX_PHYS - 1"
#endif

static struct kvas_bound __init find_direct_map_end(void)
{
	return (struct kvas_bound) {
		(unsigned long)DIRECT_MAP_END - 1, DIRECT_MAP_LAST, NULL, KVAS_ROUTE_EXPORTED
	};
}
#else
static struct kvas_bound __init find_direct_map_end(void)
{
	struct kvas_bound end = {
		.source = "__va(max_mappable) - 1", .route = KVAS_ROUTE_KPROBE,
	};
	unsigned long mappable;

	end.absent = variable_between("max_mappable", (unsigned long)high_memory - PAGE_OFFSET,
				      (unsigned long)vmemmap - PAGE_OFFSET, &mappable);
	if (!end.absent)
		end.addr = (unsigned long)__va(mappable) - 1;
	return end;
}
#endif

static struct kvas_bound __init find_vmemmap_end(void)
{
	unsigned long start = (unsigned long)vmemmap, size;
	struct kvas_bound end = {
		.source = "vmemmap + vmemmap_size - 1", .route = KVAS_ROUTE_KPROBE,
	};

	end.absent = variable_between("vmemmap_size", PAGE_SIZE, VMALLOC_START - start, &size);
	if (!end.absent)
		end.addr = start + size - 1;
	return end;
}

/* Windows at addresses that only variables tell, since 6.0 and 6.1. */
#ifdef ABS_LOWCORE_MAP_SIZE
static void __init find_window(struct kvas_row *row, const char *variable, unsigned long size,
			       const char *end_source)
{
	unsigned long start;

	row->absent = variable_between(variable, PAGE_SIZE, VMALLOC_START - size, &start);
	row->start = (struct kvas_bound) { start, variable, NULL, KVAS_ROUTE_KPROBE };
	row->end = (struct kvas_bound) { start + size - 1, end_source, NULL, KVAS_ROUTE_KPROBE };
}

static void __init find_windows(void)
{
	find_window(&found.abs_lowcore, "__abs_lowcore", ABS_LOWCORE_MAP_SIZE,
		    "__abs_lowcore + ABS_LOWCORE_MAP_SIZE - 1");
	/* One page; named MEMCPY_REAL_SIZE since 6.3. */
	find_window(&found.memcpy_real, "__memcpy_real_area", PAGE_SIZE,
		    "__memcpy_real_area + PAGE_SIZE - 1");
}
#else
static void __init find_windows(void)
{
	found.abs_lowcore.absent = "this release has none";
	found.memcpy_real.absent = "this release has none";
}
#endif

static void __init find_amode31(struct kvas_row *row)
{
	unsigned long start, stop;

	/* Its name since 5.15. */
	if (!kvas_vmcoreinfo_hex("SAMODE31=", &start) ||
	    !kvas_vmcoreinfo_hex("EAMODE31=", &stop)) {
		row->absent = "not in VMCOREINFO";
		return;
	}
	row->start = (struct kvas_bound) {
		start, "__samode31", NULL, KVAS_ROUTE_VMCOREINFO
	};
	row->end = (struct kvas_bound) {
		stop - 1, "__eamode31 - 1", NULL, KVAS_ROUTE_VMCOREINFO
	};
}

static void __init init(void)
{
	find_image();
	found.direct_map_end = find_direct_map_end();
	found.vmemmap_end = find_vmemmap_end();
	found.abs_lowcore.id = KVAS_ABS_LOWCORE;
	found.memcpy_real.id = KVAS_MEMCPY_REAL;
	found.amode31.id = KVAS_AMODE31;
	find_windows();
	find_amode31(&found.amode31);
	found.has_kaslr_offset = kvas_vmcoreinfo_hex("KERNELOFFSET=", &found.kaslr_offset);
}

/* The first table of the kernel's address space resolves 31, 42, 53 or 64 bits. */
#define SEGMENT_TABLE_BITS	31
#define BITS_PER_REGION_TABLE	11

/* How many tables lie above the segment table. */
static unsigned int region_tables(void)
{
	unsigned long asce;

	/* Control register 13 names the kernel's tables at all times. */
	asm volatile("stctg %%c13,%%c13,%0" : "=Q" (asce));
	return (asce & _ASCE_TYPE_MASK) >> 2;
}

/* As ptdump (arch/s390/mm/dump_pagetables.c) takes its limit. */
static unsigned int va_bits(void)
{
	return min(64U, SEGMENT_TABLE_BITS + region_tables() * BITS_PER_REGION_TABLE);
}

static void add_low_regions(struct kvas_layout *l, const struct kvas_memory *memory)
{
	unsigned int bits = va_bits();
	bool end_known = !found.direct_map_end.absent;
	bool pages_known = !found.vmemmap_end.absent;
	const struct kvas_row rows[] = {
		NO_REGION(USER, "in address spaces of their own, one for each process"),
		{ .id = KVAS_NONCANONICAL,
		  .absent = bits < 64 ? NULL : "the kernel's page tables translate all 64 bits",
		  .start = { 1UL << (bits & 63), "1UL << bits that the kernel_asce translates",
			     NULL, KVAS_ROUTE_CPU },
		  .end = { ULONG_MAX, "ULONG_MAX", NULL, KVAS_ROUTE_MACRO } },
		REGION_UP_TO(DIRECT_MAP, PAGE_OFFSET,
			     end_known ? found.direct_map_end : memory->last, EXPORTED,
			     .note = end_known ? NULL : KVAS_NOTE_ROOM_UNKNOWN),
		{ .id = KVAS_LOWCORE,
		  .start = { (unsigned long)this_lowcore(), "&lowcore", NULL, KVAS_ROUTE_CPU },
		  .end = { (unsigned long)(this_lowcore() + 1) - 1, "&lowcore + 1 - 1 byte", NULL,
			   KVAS_ROUTE_CPU },
		  .note = "each CPU finds its own here" },
		found.amode31,
		found.abs_lowcore,
		found.memcpy_real,
		REGION_UP_TO(VMEMMAP, (unsigned long)vmemmap,
			     pages_known ? found.vmemmap_end : memory->last_page, EXPORTED,
			     .absent = UNLESS(CONFIG_SPARSEMEM_VMEMMAP),
			     .note = pages_known ? NULL : KVAS_NOTE_ROOM_UNKNOWN),
	};

	ADD_REGIONS(l, rows);
}

/* MODULES_VADDR is not exported, but startup.c leaves no gap before it. */
#define DERIVED_ROW(area, first, stop)					\
	{ .id = KVAS_##area,						\
	  .start = { first, #first, NULL, KVAS_ROUTE_DERIVED },		\
	  .end = { (stop) - 1, #stop " - 1", NULL, KVAS_ROUTE_DERIVED } }

#ifdef CONFIG_KMSAN
#define ROW_MODULES							\
	DERIVED_ROW(MODULES, KMSAN_MODULES_ORIGIN_END, KMSAN_MODULES_ORIGIN_END + MODULES_LEN)
#else
#define ROW_MODULES	DERIVED_ROW(MODULES, VMALLOC_END, VMALLOC_END + MODULES_LEN)
#endif

static void add_high_regions(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION(VMALLOC, VMALLOC_START, VMALLOC_END, EXPORTED),
		REGION_IF(CONFIG_KMSAN, KMSAN_VMALLOC_SHADOW, KMSAN_VMALLOC_SHADOW_START,
			  KMSAN_VMALLOC_SHADOW_END, EXPORTED),
		REGION_IF(CONFIG_KMSAN, KMSAN_VMALLOC_ORIGIN, KMSAN_VMALLOC_ORIGIN_START,
			  KMSAN_VMALLOC_ORIGIN_END, EXPORTED),
		REGION_IF(CONFIG_KMSAN, KMSAN_MODULES_SHADOW, KMSAN_MODULES_SHADOW_START,
			  KMSAN_MODULES_SHADOW_END, EXPORTED),
		REGION_IF(CONFIG_KMSAN, KMSAN_MODULES_ORIGIN, KMSAN_MODULES_ORIGIN_START,
			  KMSAN_MODULES_ORIGIN_END, EXPORTED),
		ROW_MODULES,
		ROW_KASAN_SHADOW(CPU),
		NO_REGION(FIXMAP, "s390 has none"),
		ROW_NO_HIGHMEM_ON_64_BITS,
	};

	ADD_REGIONS(l, rows);
}

static void add_regions(struct kvas_layout *l, const struct kvas_memory *memory)
{
	add_low_regions(l, memory);
	add_high_regions(l);
}

static void fill_in(struct kvas_layout *l, const struct kvas_memory *memory)
{
	kvas_set_phys(l, KVAS_DIRECT_MAP, __pa(PAGE_OFFSET));
	/* At LOWCORE_ALT_ADDRESS real address 0 is mapped, and not what the direct map has. */
	if (this_lowcore())
		kvas_set_phys(l, KVAS_LOWCORE, 0);
	/* Virtual and physical addresses are the same here. */
	kvas_set_phys(l, KVAS_AMODE31, found.amode31.start.addr);
	if (!found.direct_map_end.absent)
		kvas_set_populated(l, KVAS_DIRECT_MAP, PAGE_OFFSET, &memory->last);
	if (!found.vmemmap_end.absent)
		kvas_set_populated(l, KVAS_VMEMMAP, (unsigned long)vmemmap, &memory->last_page);
}

#ifdef __kaslr_offset_phys
static void add_kaslr_facts(struct kvas_layout *l)
{
	const struct kvas_fact facts[] = {
		FACT("image_kaslr_offset", OFFSET, __kaslr_offset, EXPORTED),
		FACT("image_kaslr_offset_phys", OFFSET, __kaslr_offset_phys, EXPORTED),
	};

	ADD_FACTS(l, facts);
}
#else
static void add_kaslr_facts(struct kvas_layout *l)
{
	const struct kvas_fact facts[] = {
		{ .name = "image_kaslr_offset", .unit = KVAS_UNIT_OFFSET,
		  .absent = found.has_kaslr_offset ? NULL : "not in VMCOREINFO",
		  .value = found.kaslr_offset, .source = "__kaslr_offset",
		  .route = KVAS_ROUTE_VMCOREINFO },
	};

	ADD_FACTS(l, facts);
}
#endif

static void add_facts(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_fact facts[] = {
		/* The segment table, the page table, and those above. */
		{ .name = "page_levels", .unit = KVAS_UNIT_LEVELS, .value = region_tables() + 2,
		  .source = "type of the kernel_asce", .route = KVAS_ROUTE_CPU },
		{ .name = "va_bits", .unit = KVAS_UNIT_BITS, .value = va_bits(),
		  .source = "type of the kernel_asce", .route = KVAS_ROUTE_CPU },
		FACT("user_limit", ADDRESS, TASK_SIZE_MAX, MACRO),
		KVAS_TEXT_FACT("user_kernel_split", "separate", "user_asce, kernel_asce", CPU),
	};

	ADD_FACTS(l, facts);
	add_kaslr_facts(l);
}

/*
 * A processor swaps two pieces of real memory (prefixing): that at 0 and that at the
 * address of its own lowcore.  So what it finds through lowcore_ptr[] is right of the
 * others, and of itself it is what is at absolute address 0.  That holds wherever the
 * kernel maps real address 0: at 0, or since 6.12, with relocate_lowcore, at
 * LOWCORE_ALT_ADDRESS.  The stack of a restart is the same for all, and at absolute 0.
 */
#define IN_LOWCORE(what)						\
	NO_STACK(what, "the reader's own processor does not see its lowcore as others do")

static struct kvas_stack stacks[] __ro_after_init = {
	IN_LOWCORE("irq"),
	IN_LOWCORE("nodat"),
	IN_LOWCORE("machine_check"),
	STACK_BY_POINTER("restart", THREAD_SIZE, lowcore_ptr,
			 offsetof(struct lowcore, restart_stack),
			 .below = STACK_FRAME_OVERHEAD + sizeof(struct pt_regs),
			 .is_shared = true),
	{ }
};

const struct kvas_arch kvas_arch __refconst = {
	.name = "s390x",
	.image_area = KVAS_IMAGE,
	.options = options,
	.init = init,
	.add_regions = add_regions,
	.add_facts = add_facts,
	.fill_in = fill_in,
	.image_va = image_va,
	.image_phys = image_phys,
	.stacks = stacks,
};
