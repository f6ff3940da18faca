// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86_64.c - the layout as the kernel's documentation gives it
 * (Documentation/arch/x86/x86_64/mm.rst), for four and five levels of page
 * tables; and the rules by which arch/x86/mm/kaslr.c moves it.
 */
#include <inttypes.h>
#include <elf.h>
#include <string.h>

#include "x86.h"
#include "base/util.h"

#define PAGE	UINT64_C(4096)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)
#define TIB	(UINT64_C(1) << 40)
#define PIB	(UINT64_C(1) << 50)

#define IMAGE_WINDOW	UINT64_C(0xffffffff80000000)

struct facts {
	const char *why;		/* the number of levels is not known */
	bool five;
	enum question memory_kaslr, image_kaslr;
	bool kasan, vmemmap;
	enum question kmsan, force_map;
	uint64_t padding;		/* TiB; 0 if not known */
	uint64_t ram_end;		/* physical, or 0 */
	uint64_t struct_page;		/* bytes; 0 if not known */
	uint64_t linked;		/* image's start without KASLR; 0 if not known */
	uint64_t modules;		/* where they begin; 0 if not known */
	struct known direct_map;	/* its size */
};

/* --- What decides -------------------------------------------------------- */

static void find_kaslr(struct facts *d, const struct situation *s)
{
	d->memory_kaslr = d->image_kaslr = has_parameter(s, "nokaslr") ? NO : OPEN;
	if (!s->options)
		return;
	if (!has_option(s, "CONFIG_RANDOMIZE_BASE"))
		d->image_kaslr = NO;
	/* KASAN's shadow has its place at compile time. */
	if (!has_option(s, "CONFIG_RANDOMIZE_MEMORY") || d->kasan)
		d->memory_kaslr = NO;
}

/*
 * The direct map has room for all physical addresses, or, with KASLR, for what
 * memory there is and some padding.  Which one depends on the release and, from
 * 2025 on, on ZONE_DEVICE; and a hypervisor may start a kernel without KASLR.
 */
static struct known find_direct_map_size(const struct facts *d)
{
	uint64_t most = UINT64_C(1) << (d->five ? 52 : 46), padded;

	if (d->memory_kaslr == NO)
		return number(most, "all physical addresses");
	if (!d->padding || !d->ram_end)
		return unknown("needs the configuration and /proc/iomem");
	padded = ((d->ram_end + TIB - 1) / TIB + d->padding) * TIB;
	return padded >= most ? number(most, "all physical addresses") :
	       either(padded, most, "one of the two sizes that KASLR leaves");
}

static struct facts find_facts(const struct situation *s)
{
	struct facts d = {
		.why = s->va_bits.kind == NUMBER ? NULL : s->va_bits.how,
		.five = s->va_bits.number == 57,
		.kasan = has_option(s, "CONFIG_KASAN"),
		.kmsan = ask_option(s, "CONFIG_KMSAN"),
		.force_map = ask_option(s, "CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP"),
		.vmemmap = has_option(s, "CONFIG_SPARSEMEM_VMEMMAP"),
		.padding = option_number(s, "CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING"),
		.ram_end = s->memory_end.number,
		.linked = linked_offset(s, GIB),
	};

	if (d.padding > 1024)
		d.padding = 0;
	find_kaslr(&d, s);
	d.direct_map = find_direct_map_size(&d);
	/* Aligned, so that with or without some options it is the same. */
	if (has_option(s, "CONFIG_HAVE_ALIGNED_STRUCT_PAGE") && d.kmsan == NO)
		d.struct_page = 64;
	if (s->options)
		d.modules = IMAGE_WINDOW + (has_option(s, "CONFIG_RANDOMIZE_BASE") ?
					    GIB : GIB / 2);
	if (d.linked)
		d.linked += IMAGE_WINDOW;
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

static uint64_t pick(const struct facts *d, uint64_t four, uint64_t five)
{
	return d->five ? five : four;
}

static void expect_fixed(const struct facts *d, struct expected_list *e)
{
	const char *how = d->five ? "the table for 5 levels" :
				    "the table for 4 levels";
	struct known start;

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		must_be(e, fixed[i].type, fixed[i].name, fixed[i].key,
		       d->why ? unknown(d->why) :
		       if_any(number(pick(d, fixed[i].four, fixed[i].five), how)));
	/* With five levels the table is wrong: there it starts a little later. */
	start = d->five ? range(0xffdf000000000000, 0xfffffbffffffffff, how) :
			  number(0xffffec0000000000, how);
	if (!d->why)
		must_be(e, RECORD_REGION, "kasan_shadow", "start",
		       d->kasan ? start : if_any(start));
	must_be(e, RECORD_FACT, "user_kernel_split", "value",
	       d->why ? unknown(d->why) :
	       word(d->five ? "64P:64P" : "128T:128T", how));
	must_be(e, RECORD_REGION, "direct_map", "phys",
	       number(0, "all physical memory"));
	must_be(e, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
}

/* --- What KASLR moves ---------------------------------------------------- */

/* "1 TB" of 64-byte structures for 64 TB of memory, up to a whole TiB. */
static uint64_t vmemmap_size(uint64_t memory, uint64_t struct_page)
{
	return (memory / PAGE * struct_page + TIB - 1) / TIB * TIB;
}

/* Bytes that the region needs at least. */
static uint64_t least_size(const struct facts *d, size_t i)
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
static struct known place_of_base(const struct facts *d, size_t i)
{
	/* What KASLR leaves between two of them is not taken from what it has. */
	uint64_t low = pick(d, bases[0].four, bases[0].five), high = BASES_END + i * GIB;

	if (d->memory_kaslr == NO)
		return number(pick(d, bases[i].four, bases[i].five), "its place without KASLR");
	for (size_t j = 0; j < i; j++)
		low += least_size(d, j);
	for (size_t j = i; j < ARRAY_SIZE(bases); j++)
		high -= least_size(d, j);
	return in_steps(range(low, high, "moved by KASLR"), GIB);
}

static void expect_place(const struct facts *d, struct expected_list *e, size_t i)
{
	struct known start = place_of_base(d, i);
	uint64_t size = least_size(d, i), last = start.high + size - 1;

	must_be(e, RECORD_REGION, bases[i].name, "start", if_any(start));
	if (d->memory_kaslr == NO)
		return;
	if (i == 1 && d->kmsan != NO)
		size /= 4;
	must_be(e, RECORD_REGION, bases[i].name, "end",
	       if_any(range(start.number + size - 1, last, "moved by KASLR")));
}

/* What KMSAN has in vmalloc: so many bytes, so far from its start. */
static void expect_in_vmalloc(const struct facts *d, struct expected_list *e, const char *name,
			      uint64_t at, uint64_t size, const char *how)
{
	struct known vmalloc = place_of_base(d, 1);
	uint64_t low = vmalloc.number + at, high = highest(&vmalloc) + at;

	must_be_from(e, RECORD_REGION, name, "start", REGION_START("vmalloc"), number(at, how));
	must_be_from(e, RECORD_REGION, name, "end", REGION_START("vmalloc"),
		     number(at + size - 1, how));
	must_be(e, RECORD_REGION, name, "start", known_between(low, high, how));
	must_be(e, RECORD_REGION, name, "end",
		known_between(low + size - 1, high + size - 1, how));
}

static void expect_base(const struct facts *d, struct expected_list *e, size_t i)
{
	uint64_t base = pick(d, bases[i].four, bases[i].five);

	expect_place(d, e, i);
	if (d->memory_kaslr == NO)
		must_be(e, RECORD_FACT, bases[i].offset, "value",
			if_any(number(0, "nokaslr, or not configured")));
	must_be_from(e, RECORD_FACT, bases[i].offset, "value", REGION_START(bases[i].name),
		     number(-base, "distance of the start from its documented place"));
}

static void expect_vmemmap_size(const struct facts *d, const struct situation *s,
			       struct expected_list *e)
{
	const struct known *map = &d->direct_map;
	const char *how = "a struct page for each page of direct_map, up to a TiB";
	struct expected *size;

	if (d->struct_page && map->kind != UNKNOWN)
		must_have_size(e, "vmemmap", known_between(
			vmemmap_size(map->number, d->struct_page),
			vmemmap_size(highest(map), d->struct_page), how));
	if (s->struct_page.kind != NUMBER || s->struct_page.number > PAGE)
		return;
	size = must_have_size(e, "vmemmap", leaning(number(0, how)));
	size->from = (struct published) { RECORD_REGION, "direct_map", "size" };
	size->per = PAGE;
	size->times = s->struct_page.number;
	size->unit = TIB;
}

static void expect_vmalloc(const struct facts *d, struct expected_list *e)
{
	static const struct {
		const char *name;
		unsigned int quarter;
	} parts[] = {
		{ "kmsan_vmalloc_shadow", 1 }, { "kmsan_vmalloc_origin", 2 },
	};
	const char *how = "a quarter of the documented vmalloc";
	uint64_t size = pick(d, 32 * TIB, 12800 * TIB);

	if (d->kmsan == OPEN) {
		must_have_size(e, "vmalloc",
			       unknown("needs the configuration: KMSAN takes three quarters of it"));
		return;
	}
	if (d->kmsan == YES)
		size /= 4;
	must_have_size(e, "vmalloc",
		       number(size, d->kmsan == YES ? "a quarter of the documented size, for KMSAN" :
			      "the documented size"));
	for (size_t i = 0; d->kmsan == YES && i < ARRAY_SIZE(parts); i++)
		expect_in_vmalloc(d, e, parts[i].name, parts[i].quarter * size, size, how);
}

/* Where modules end, which a debugging option moves. */
static struct known modules_end(const struct facts *d)
{
	uint64_t lower = 0xfffffffffe000000, end = 0xffffffffff000000;

	if (d->force_map == OPEN)
		return range(lower - 1, end - 1, "the documented end, or 16 MiB less for DEBUG_KMAP_LOCAL_FORCE_MAP");
	return number((d->force_map == YES ? lower : end) - 1, "the documented end");
}

/*
 * One range for all code, after up to 1024 pages that KASLR leaves free: before
 * 6.10 module_load_offset, then execmem_arch_setup().
 */
static void expect_execmem(const struct facts *d, struct expected_list *e)
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
	must_be(e, RECORD_REGION, "execmem_text", "start", if_any(start));
	must_be(e, RECORD_REGION, "execmem_text", "end", if_any(modules_end(d)));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		must_be(e, RECORD_REGION, others[i], "start", nothing("x86 has one range for all code"));
}

static void expect_modules(const struct facts *d, struct expected_list *e)
{
	static const char *const names[] = { "kmsan_modules_shadow", "kmsan_modules_origin" };
	struct known last = modules_end(d);
	uint64_t at = 3 * (pick(d, 32 * TIB, 12800 * TIB) / 4), size;

	must_be(e, RECORD_REGION, "modules", "end", last);
	if (d->kmsan != YES || d->why)
		return;
	/* Their shadow and origins share the last quarter of vmalloc. */
	size = highest(&last) + 1 - d->modules;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++, at += size)
		expect_in_vmalloc(d, e, names[i], at, size, "the last quarter of vmalloc");
}

/* KASLR goes up only. */
static void expect_image(const struct facts *d, struct expected_list *e)
{
	struct known start = d->image_kaslr == NO ?
		number(d->linked, "CONFIG_PHYSICAL_START, without KASLR") :
		range(d->linked, IMAGE_WINDOW + GIB - 1, "CONFIG_PHYSICAL_START, and moved by KASLR");

	if (!d->linked)
		start = unknown("needs CONFIG_PHYSICAL_START and CONFIG_PHYSICAL_ALIGN");
	must_be(e, RECORD_REGION, "image", "start", start);
	must_be(e, RECORD_SECTION, "text", "start", start);
}

/* It is on if one of the three is not at its documented place. */
static void expect_memory_kaslr(const struct facts *d, struct expected_list *e)
{
	static const char how[] = "the three regions against their documented places";
	struct premise *places = pool_alloc(&e->pool, ARRAY_SIZE(bases) * sizeof(*places));

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++)
		places[i] = (struct premise) {
			REGION_START(bases[i].name), pick(d, bases[i].four, bases[i].five), true
		};
	for (int moved = 0; moved < 2; moved++) {
		struct expected *kaslr = must_be(e, RECORD_FACT, "memory_kaslr", "value",
						 leaning(word(moved ? "y" : "n", how)));

		kaslr->when = moved ? UNLESS : WHERE;
		kaslr->premises = places;
		kaslr->n_premises = ARRAY_SIZE(bases);
	}
	if (d->memory_kaslr == NO)
		must_be(e, RECORD_FACT, "memory_kaslr", "value",
			word("n", "nokaslr, or not configured"));
}

static void expect_kaslr(const struct facts *d, struct expected_list *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++)
		expect_base(d, e, i);
	expect_memory_kaslr(d, e);
	must_be(e, RECORD_FACT, "image_kaslr_offset", "value", d->image_kaslr == NO ?
		number(0, "nokaslr, or not configured") :
		range(0, GIB, "within the window"));
	expect_image(d, e);
}

/* 6.2 spread the CPU entry areas over their whole window. */
static void expect_entry_areas(const struct situation *s, struct expected_list *e)
{
	uint64_t last = 0xfffffe7fffffffff;
	struct known end = number(last, "the documented window");

	if (!s->release)
		end = unknown("needs the release: before 6.2 part of the window was enough");
	else if (s->release < 6002)
		end = range(0xfffffe0000001fff, last,
			    "before 6.2, part of the documented window");
	must_be(e, RECORD_REGION, "cpu_entry_area", "end", end);
}

static void expect(const struct situation *s, struct expected_list *e)
{
	const struct facts facts = find_facts(s), *d = &facts;

	/* Rules without a machine to apply them to confirm nothing. */
	e->weak = d->why != NULL;
	expect_fixed(d, e);
	expect_entry_areas(s, e);
	expect_modules(d, e);
	expect_execmem(d, e);
	e->weak = false;
	if (d->why)
		return;
	expect_kaslr(d, e);
	must_have_size(e, "direct_map", d->direct_map);
	if (d->vmemmap)
		expect_vmemmap_size(d, s, e);
	expect_vmalloc(d, e);
}

/* Five levels, where the kernel has them, the processor has them and no parameter forbids it. */
static size_t modes(const struct situation *s, struct situation *each)
{
	static const unsigned int bits[] = { 48, 57 };
	bool five = option_number(s, "CONFIG_PGTABLE_LEVELS") == 5 &&
		    !has_parameter(s, "no5lvl");

	return modes_by_bits(s, bits, five ? 2 : 1, each);
}

/* --- What a capture of it must hold --------------------------------------- */

static const struct content_rule items[] = {
	{ RECORD_REGION, "user_guard", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "noncanonical", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "guard_hole", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "ldt_remap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "direct_map", NEVER, NULL,
	  { "phys", "populated_start", "populated_end" } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", POPULATED },
	{ RECORD_REGION, "cpu_entry_area", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "espfix", WITHOUT_OPTION, "CONFIG_X86_ESPFIX64", { 0 } },
	{ RECORD_REGION, "efi_runtime", WITHOUT_OPTION, "CONFIG_EFI", { 0 } },
	{ RECORD_REGION, "image_window", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vsyscall", WITHOUT_OPTION, "CONFIG_X86_VSYSCALL_EMULATION", { 0 } },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "kmsan_vmalloc_shadow", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_vmalloc_origin", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_modules_shadow", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_modules_origin", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_SECTION, "rodata", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "bss", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "brk", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_WITNESS, "fixmap_slot", NEVER, NULL, { 0 } },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "pa_bits", "bits", NULL },
	{ "pti", "bool", NULL },
	{ "phys_base", "address", NULL },
	{ "memory_kaslr", "bool", NULL },
	{ "direct_map_kaslr_offset", "offset", NULL },
	{ "vmalloc_kaslr_offset", "offset", NULL },
	{ "vmemmap_kaslr_offset", "offset", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_X86_5LEVEL", "CONFIG_DYNAMIC_MEMORY_LAYOUT",
	"CONFIG_RANDOMIZE_MEMORY", "CONFIG_PAGE_TABLE_ISOLATION",
	"CONFIG_MITIGATION_PAGE_TABLE_ISOLATION",
	"CONFIG_MODIFY_LDT_SYSCALL", "CONFIG_X86_ESPFIX64",
	"CONFIG_X86_VSYSCALL_EMULATION", "CONFIG_LEGACY_VSYSCALL_XONLY",
	"CONFIG_LEGACY_VSYSCALL_NONE", "CONFIG_XEN_PV",
	"CONFIG_AMD_MEM_ENCRYPT", NULL
};

static const char *const numbers[] = {
	"CONFIG_PHYSICAL_START", "CONFIG_PHYSICAL_ALIGN",
	"CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING", NULL
};

/* arch/x86/mm/kaslr.c moves three of them, and keeps the order. */
static const char *const order[] = {
	"user", "user_guard", "noncanonical", "guard_hole", "ldt_remap",
	"direct_map", "vmalloc", "vmemmap", "kasan_shadow",
	"cpu_entry_area", "espfix", "efi_runtime", "image_window",
	"modules", "fixmap", NULL
};

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.machine = EM_X86_64,
	.bits = 64,
	.expect = expect,
	.image_home = "image_window",
	.modes = modes,
	.modes_differ = DIFFER_BY_BITS,
	.loader_only = X86_LOADER_ONLY,
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
