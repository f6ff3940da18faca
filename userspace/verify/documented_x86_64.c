// SPDX-License-Identifier: GPL-2.0-only
/*
 * documented_x86_64.c - the layout as the kernel's documentation gives it
 * (Documentation/arch/x86/x86_64/mm.rst), for four and five levels of page
 * tables; and the rules by which arch/x86/mm/kaslr.c moves it.
 *
 * How many levels there are, and whether KASLR may move anything, is taken
 * from /proc/cpuinfo, /proc/cmdline and the configuration, not from kvas.
 */
#include <inttypes.h>
#include <string.h>

#include "../util.h"
#include "arch.h"
#include "text.h"

#define PAGE	UINT64_C(4096)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)
#define TIB	(UINT64_C(1) << 40)
#define PIB	(UINT64_C(1) << 50)

#define IMAGE_WINDOW	UINT64_C(0xffffffff80000000)

struct documented {
	const char *why;		/* the number of levels is not known */
	bool five;
	enum question memory_kaslr, image_kaslr;
	bool kasan, vmemmap;
	enum question kmsan, force_map;
	unsigned int release;		/* major * 1000 + minor, or 0 */
	uint64_t padding;		/* TiB; 0 if not known */
	uint64_t ram_end;		/* physical, or 0 */
	uint64_t struct_page;		/* bytes; 0 if not known */
	uint64_t linked;		/* image's start without KASLR; 0 if not known */
	uint64_t modules;		/* where they begin; 0 if not known */
	struct known direct_map;	/* its size */
};

/* --- What decides -------------------------------------------------------- */

static void find_kaslr(struct documented *d, struct machine *m,
		       const char *config)
{
	const char *cmdline = machine_file(m, "/proc/cmdline", NULL, NULL);
	bool off = cmdline && line_has_word(cmdline, "nokaslr");

	d->memory_kaslr = d->image_kaslr = OPEN;
	if (off)
		d->memory_kaslr = d->image_kaslr = NO;
	if (!config)
		return;
	if (!is_switched_on(config, "CONFIG_RANDOMIZE_BASE"))
		d->image_kaslr = NO;
	/* KASAN's shadow has its place at compile time. */
	if (!is_switched_on(config, "CONFIG_RANDOMIZE_MEMORY") || d->kasan)
		d->memory_kaslr = NO;
}

/*
 * The direct map has room for all physical addresses, or, with KASLR, for what
 * memory there is and some padding.  Which one hangs on the release and, from
 * 2025 on, on ZONE_DEVICE; and a hypervisor may start a kernel without KASLR.
 */
static struct known find_direct_map_size(const struct documented *d)
{
	uint64_t most = UINT64_C(1) << (d->five ? 52 : 46), padded;

	if (d->memory_kaslr == NO)
		return number(most, "all physical addresses");
	if (!d->padding || !d->ram_end)
		return unknown("needs the configuration and /proc/iomem");
	padded = ((d->ram_end + TIB - 1) / TIB + d->padding) * TIB;
	return padded >= most ? number(most, "all physical addresses") :
	       range(padded, most, "one of the two sizes that KASLR leaves");
}

static const void *load(struct machine *m)
{
	struct documented *d = pool_alloc(machine_pool(m), sizeof(*d));
	const char *cpuinfo, *flags, *config, *p, *ignore;

	cpuinfo = machine_file(m, "/proc/cpuinfo", NULL, &d->why);
	flags = cpuinfo ? after(cpuinfo, "flags\t\t:") : NULL;
	if (cpuinfo && !flags)
		d->why = "/proc/cpuinfo lists no flags";
	d->five = flags && line_has_word(flags, "la57");
	config = machine_config_file(m, &ignore);
	d->kasan = is_switched_on(config, "CONFIG_KASAN");
	d->kmsan = ask_config(config, "CONFIG_KMSAN");
	d->force_map = ask_config(config, "CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP");
	d->vmemmap = is_switched_on(config, "CONFIG_SPARSEMEM_VMEMMAP");
	p = config ? after(config, "CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING=") :
		     NULL;
	if (p && (!scan_number(&p, 0, &d->padding) || d->padding > 1024))
		d->padding = 0;
	find_kaslr(d, m, config);
	d->ram_end = ram_end(machine_file(m, "/proc/iomem", NULL, NULL));
	d->release = release_number(machine_measured(m, "release"));
	d->direct_map = find_direct_map_size(d);
	/* Aligned, so that with or without some options it is the same. */
	if (is_switched_on(config, "CONFIG_HAVE_ALIGNED_STRUCT_PAGE") && d->kmsan == NO)
		d->struct_page = 64;
	if (config)
		d->modules = IMAGE_WINDOW + (is_switched_on(config, "CONFIG_RANDOMIZE_BASE") ?
					     GIB : GIB / 2);
	d->linked = linked_offset(config, GIB);
	if (d->linked)
		d->linked += IMAGE_WINDOW;
	return d;
}

/* --- What stands in the tables ------------------------------------------- */

/* The same place on every boot with that many levels. */
static const struct {
	enum record_type type;
	const char *name, *key;
	uint64_t four, five;
} fixed[] = {
	{ RECORD_REGION, "user", "start", 0, 0 },
	{ RECORD_REGION, "user", "end", 0x00007fffffffefff, 0x00ffffffffffefff },
	{ RECORD_REGION, "user_guard", "start", 0x00007ffffffff000, 0x00fffffffffff000 },
	{ RECORD_REGION, "user_guard", "end", 0x00007fffffffffff, 0x00ffffffffffffff },
	{ RECORD_REGION, "noncanonical", "start", 0x0000800000000000, 0x0100000000000000 },
	{ RECORD_REGION, "noncanonical", "end", 0xffff7fffffffffff, 0xfeffffffffffffff },
	{ RECORD_REGION, "guard_hole", "start", 0xffff800000000000, 0xff00000000000000 },
	{ RECORD_REGION, "guard_hole", "end", 0xffff87ffffffffff, 0xff0fffffffffffff },
	{ RECORD_REGION, "ldt_remap", "start", 0xffff880000000000, 0xff10000000000000 },
	{ RECORD_REGION, "ldt_remap", "end", 0xffff887fffffffff, 0xff10ffffffffffff },
	{ RECORD_REGION, "kasan_shadow", "end", 0xfffffbffffffffff, 0xfffffbffffffffff },
	{ RECORD_REGION, "cpu_entry_area", "start", 0xfffffe0000000000, 0xfffffe0000000000 },
	{ RECORD_REGION, "espfix", "start", 0xffffff0000000000, 0xffffff0000000000 },
	{ RECORD_REGION, "espfix", "end", 0xffffff7fffffffff, 0xffffff7fffffffff },
	{ RECORD_REGION, "efi_runtime", "start", 0xffffffef00000000, 0xffffffef00000000 },
	{ RECORD_REGION, "efi_runtime", "end", 0xfffffffeffffffff, 0xfffffffeffffffff },
	{ RECORD_REGION, "image_window", "start", IMAGE_WINDOW, IMAGE_WINDOW },
	/* The 2 MiB that hold the vsyscall page are its last (asm/fixmap.h). */
	{ RECORD_REGION, "fixmap", "end", 0xffffffffff7fffff, 0xffffffffff7fffff },
	{ RECORD_REGION, "vsyscall", "start", 0xffffffffff600000, 0xffffffffff600000 },
	{ RECORD_REGION, "vsyscall", "end", 0xffffffffff600fff, 0xffffffffff600fff },
	{ RECORD_FACT, "user_limit", "value", 0x00007ffffffff000, 0x00fffffffffff000 },
	{ RECORD_FACT, "page_levels", "value", 4, 5 },
	{ RECORD_FACT, "va_bits", "value", 48, 57 },
	{ RECORD_FACT, "page_size", "value", PAGE, PAGE },
	{ RECORD_FACT, "pmd_size", "value", 2 * MIB, 2 * MIB },
	{ RECORD_FACT, "pgdir_size", "value", 512 * GIB, PIB / 4 },
	/* asm/sparsemem.h */
	{ RECORD_FACT, "section_size", "value", 128 * MIB, 128 * MIB },
	{ RECORD_FACT, "max_physmem_bits", "value", 46, 52 },
};

/* Where the three big regions are unless KASLR moves them; and what for. */
static const struct {
	const char *name, *offset;
	uint64_t four, five;
} bases[] = {
	{ "direct_map", "direct_map_kaslr_offset", 0xffff888000000000, 0xff11000000000000 },
	{ "vmalloc", "vmalloc_kaslr_offset", 0xffffc90000000000, 0xffa0000000000000 },
	{ "vmemmap", "vmemmap_kaslr_offset", 0xffffea0000000000, 0xffd4000000000000 },
};

#define BASES_END	0xfffffe0000000000u	/* "vaddr_end for KASLR" */

static uint64_t pick(const struct documented *d, uint64_t four, uint64_t five)
{
	return d->five ? five : four;
}

static void check_fixed(const struct documented *d, struct verification *v)
{
	const char *how = d->five ? "the table for 5 levels" :
				    "the table for 4 levels";
	struct known start;

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		expect(v, fixed[i].type, fixed[i].name, fixed[i].key,
		       d->why ? unknown(d->why) :
		       if_any(number(pick(d, fixed[i].four, fixed[i].five), how)));
	/* With five levels the table is wrong: there it starts a little later. */
	start = d->five ? range(0xffdf000000000000, 0xfffffbffffffffff, how) :
			  number(0xffffec0000000000, how);
	if (!d->why)
		expect(v, RECORD_REGION, "kasan_shadow", "start",
		       d->kasan ? start : if_any(start));
	expect(v, RECORD_FACT, "user_kernel_split", "value",
	       d->why ? unknown(d->why) :
	       word(d->five ? "64P:64P" : "128T:128T", how));
	expect(v, RECORD_REGION, "direct_map", "phys",
	       number(0, "all physical memory"));
	expect(v, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
}

/* --- What KASLR moves ---------------------------------------------------- */

/* "1 TB" of 64-byte structures for 64 TB of memory, up to a whole TiB. */
static uint64_t vmemmap_size(uint64_t memory, uint64_t struct_page)
{
	return (memory / PAGE * struct_page + TIB - 1) / TIB * TIB;
}

/* Bytes that the region needs at least. */
static uint64_t least_size(const struct documented *d, size_t i)
{
	uint64_t map = d->direct_map.kind == UNKNOWN ? 0 : d->direct_map.number;

	switch (i) {
	case 0:
		return map;
	case 1:
		return pick(d, 32 * TIB, 12800 * TIB);
	default:
		return vmemmap_size(map, 64);
	}
}

/* Each has those before it below, and all others above, as far as KASLR goes. */
static void check_place(const struct documented *d, struct verification *v, size_t i)
{
	/* What KASLR leaves between two of them is not taken from what it has. */
	uint64_t low = pick(d, bases[0].four, bases[0].five), high = BASES_END + i * GIB;
	uint64_t size = least_size(d, i);

	if (d->memory_kaslr == NO) {
		expect(v, RECORD_REGION, bases[i].name, "start",
		       if_any(number(pick(d, bases[i].four, bases[i].five),
				     "its place without KASLR")));
		return;
	}
	for (size_t j = 0; j < i; j++)
		low += least_size(d, j);
	for (size_t j = i + 1; j < ARRAY_SIZE(bases); j++)
		high -= least_size(d, j);
	expect(v, RECORD_REGION, bases[i].name, "start",
	       if_any(range(low, high - size, "moved by KASLR")));
	if (i == 1 && d->kmsan != NO)
		size /= 4;
	if (ends_with_memory(v, bases[i].name))
		size = 1;
	expect(v, RECORD_REGION, bases[i].name, "end",
	       if_any(range(low + size - 1, high - 1, "moved by KASLR")));
}

static void check_base(const struct documented *d, struct verification *v,
		       size_t i)
{
	const struct value *start = value_of(v, RECORD_REGION, bases[i].name,
					     "start");
	uint64_t base = pick(d, bases[i].four, bases[i].five);

	check_place(d, v, i);
	if (d->memory_kaslr == NO)
		expect(v, RECORD_FACT, bases[i].offset, "value",
		       if_any(number(0, "nokaslr, or not configured")));
	if (!start || !start->is_number)
		return;
	expect(v, RECORD_FACT, bases[i].offset, "value",
	       leaning(number(start->number - base, "distance of the start from its documented place")));
	if (d->memory_kaslr != NO && start->number % GIB)
		report(v, start, DISAGREES, "KASLR moves by multiples of 1 GiB");
}

/* If it is one of two sizes, nothing between them is right. */
static void check_direct_map_size(const struct documented *d,
				  struct verification *v)
{
	const struct region *r = layout_region(v->layout, "direct_map");
	uint64_t size = r && !r->absent ? r->end - r->start + 1 : 0;
	struct known k = d->direct_map;

	if (k.kind == RANGE && size && size != k.number && size != k.high &&
	    !ends_with_memory(v, "direct_map"))
		k = number(k.number, "memory and padding, or all physical addresses");
	expect_size(v, "direct_map", k);
}

static void check_vmemmap_size(const struct documented *d, struct verification *v)
{
	const struct value *memory = value_of(v, RECORD_REGION, "direct_map", "size");
	const struct value *page = value_of(v, RECORD_FACT, "struct_page_size", "value");
	const struct known *map = &d->direct_map;
	const char *how = "a struct page for each page of direct_map, up to a TiB";

	if (d->struct_page && map->kind != UNKNOWN)
		expect_size(v, "vmemmap", known_between(
			vmemmap_size(map->number, d->struct_page),
			vmemmap_size(highest(map), d->struct_page), how));
	if (memory && memory->is_number && page && page->is_number &&
	    page->number <= PAGE)
		expect_size(v, "vmemmap", leaning(number(
			vmemmap_size(memory->number, page->number), how)));
}

static void check_vmalloc(const struct documented *d, struct verification *v)
{
	static const struct {
		const char *name;
		unsigned int quarter;
	} parts[] = {
		{ "kmsan_vmalloc_shadow", 1 }, { "kmsan_vmalloc_origin", 2 },
	};
	const struct region *r = layout_region(v->layout, "vmalloc");
	uint64_t size = pick(d, 32 * TIB, 12800 * TIB);

	if (d->kmsan == OPEN) {
		expect_size(v, "vmalloc",
			    unknown("needs the configuration: KMSAN takes three quarters of it"));
		return;
	}
	if (d->kmsan == YES)
		size /= 4;
	expect_size(v, "vmalloc",
		    number(size, d->kmsan == YES ? "a quarter of the documented size, for KMSAN" :
			   "the documented size"));
	for (size_t i = 0; d->kmsan == YES && r && i < ARRAY_SIZE(parts); i++) {
		uint64_t start = r->start + parts[i].quarter * size;

		expect(v, RECORD_REGION, parts[i].name, "start",
		       leaning(number(start, "a quarter of the documented vmalloc")));
		expect(v, RECORD_REGION, parts[i].name, "end",
		       leaning(number(start + size - 1, "a quarter of the documented vmalloc")));
	}
}

/* Where modules end, which a debugging option moves. */
static struct known modules_end(const struct documented *d)
{
	uint64_t lower = 0xfffffffffe000000, end = 0xffffffffff000000;

	if (d->force_map == OPEN)
		return range(lower - 1, end - 1, "the documented end, or 16 MiB less for DEBUG_KMAP_LOCAL_FORCE_MAP");
	return number((d->force_map == YES ? lower : end) - 1, "the documented end");
}

/*
 * One range for all code, behind up to 1024 pages that KASLR leaves free: before
 * 6.10 module_load_offset, then execmem_arch_setup().
 */
static void check_execmem(const struct documented *d, struct verification *v)
{
	static const char *const others[] = {
		"execmem_text_fallback", "execmem_kprobes", "execmem_ftrace",
		"execmem_bpf", "execmem_data",
	};
	struct known start = range(d->modules, d->modules + 1024 * PAGE,
				   "up to 1024 pages after the start of modules");

	if (d->image_kaslr == NO)
		start = number(d->modules, "the start of modules, without KASLR");
	if (!d->modules)
		start = unknown("needs the configuration, to tell where modules begin");
	expect(v, RECORD_REGION, "execmem_text", "start", if_any(start));
	expect(v, RECORD_REGION, "execmem_text", "end", if_any(modules_end(d)));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		expect(v, RECORD_REGION, others[i], "start", nothing("x86 has one range for all code"));
}

static void check_modules(const struct documented *d, struct verification *v)
{
	const struct region *vmalloc = layout_region(v->layout, "vmalloc");
	const struct region *modules = layout_region(v->layout, "modules");
	struct known last = modules_end(d);
	uint64_t at, size;

	expect(v, RECORD_REGION, "modules", "end", last);
	if (d->kmsan != YES || !vmalloc || !modules || modules->absent)
		return;
	/* Their shadow and origins share the last quarter of vmalloc. */
	size = highest(&last) + 1 - modules->start;
	at = vmalloc->start + 3 * (pick(d, 32 * TIB, 12800 * TIB) / 4);
	expect(v, RECORD_REGION, "kmsan_modules_shadow", "start", leaning(number(at, "the last quarter of vmalloc")));
	expect(v, RECORD_REGION, "kmsan_modules_shadow", "end", leaning(number(at + size - 1, "as long as modules")));
	expect(v, RECORD_REGION, "kmsan_modules_origin", "start", leaning(number(at + size, "after the shadow")));
	expect(v, RECORD_REGION, "kmsan_modules_origin", "end", leaning(number(at + 2 * size - 1, "as long as modules")));
}

/* KASLR goes up only. */
static void check_image(const struct documented *d, struct verification *v)
{
	struct known start = d->image_kaslr == NO ?
		number(d->linked, "CONFIG_PHYSICAL_START, without KASLR") :
		range(d->linked, IMAGE_WINDOW + GIB - 1, "CONFIG_PHYSICAL_START, and moved by KASLR");

	if (!d->linked)
		return;
	expect(v, RECORD_REGION, "image", "start", start);
	expect(v, RECORD_SECTION, "text", "start", start);
}

static void check_kaslr(const struct documented *d, struct verification *v)
{
	const char *kaslr = "n";

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		const struct region *r = layout_region(v->layout, bases[i].name);

		check_base(d, v, i);
		if (r && !r->absent &&
		    r->start != pick(d, bases[i].four, bases[i].five))
			kaslr = "y";
	}
	expect(v, RECORD_FACT, "memory_kaslr", "value",
	       leaning(word(kaslr, "the three regions against their documented places")));
	if (d->memory_kaslr == NO)
		expect(v, RECORD_FACT, "memory_kaslr", "value",
		       word("n", "nokaslr, or not configured"));
	expect(v, RECORD_FACT, "image_kaslr_offset", "value", d->image_kaslr == NO ?
	       number(0, "nokaslr, or not configured") :
	       range(0, GIB, "within the window"));
	check_image(d, v);
}

/* 6.2 spread the CPU entry areas over their whole window. */
static void check_entry_areas(const struct documented *d,
			      struct verification *v)
{
	uint64_t last = 0xfffffe7fffffffff;
	struct known end = number(last, "the documented window");

	if (!d->release)
		end = unknown("needs the release: before 6.2 part of the window was enough");
	else if (d->release < 6002)
		end = range(0xfffffe0000001fff, last,
			    "before 6.2, part of the documented window");
	expect(v, RECORD_REGION, "cpu_entry_area", "end", end);
}

static void check(const void *evidence, struct verification *v)
{
	const struct documented *d = evidence;

	/* Rules without a machine to apply them to confirm nothing. */
	v->leaning = d->why != NULL;
	check_fixed(d, v);
	check_entry_areas(d, v);
	check_modules(d, v);
	check_execmem(d, v);
	v->leaning = false;
	if (d->why)
		return;
	check_kaslr(d, v);
	check_direct_map_size(d, v);
	if (d->vmemmap)
		check_vmemmap_size(d, v);
	check_vmalloc(d, v);
}

const struct documentation documented_x86_64 = {
	.load = load,
	.check = check,
	.image_home = "image_window",
};
