// SPDX-License-Identifier: GPL-2.0-only
/*
 * invariants.c - the published values against each other: whatever the
 * machine is, a layout must not contradict itself.
 *
 * That confirms nothing but what is said twice: the parent of a region, its
 * size, the region around a witness.
 */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "rules/arch.h"
#include "verify.h"

/* --- Ranges -------------------------------------------------------------- */

static bool contains(const struct region *outer, const struct region *inner)
{
	return outer->start <= inner->start && inner->end <= outer->end;
}

static bool overlap(const struct region *a, const struct region *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* Which region may lie in which; sections where the image may, and in it. */
static bool may_nest(const struct region *inner, const struct region *outer)
{
	static const char *const pairs[][2] = {
		{ "image", "image_window" },	{ "kfence", "direct_map" },
		{ "percpu", "direct_map" },	{ "percpu", "vmalloc" },
		{ "vsyscall", "fixmap" },	{ "image", "direct_map" },
		{ "image", "vmalloc" },		{ "modules", "vmalloc" },
		{ "dtb", "fixmap" },		{ "kpti_trampoline", "fixmap" },
		{ "bpf_jit", "modules" },	{ "mem_map", "direct_map" },
		{ "pci_io", "vmalloc" },	{ "kmap_local", "fixmap" },
		{ "isa_io", "kernel_io" },	{ "phb_io", "kernel_io" },
		{ "ioremap", "kernel_io" },	{ "fixmap", "kernel_io" },
		{ "lowcore", "direct_map" },	{ "amode31", "direct_map" },
		{ "modules_text", "modules" },	{ "image", "ckseg0" },
		{ "direct_map", "xkphys" },	{ "uncached", "xkphys" },
		{ "kfence", "kfence_area" },	{ "percpu", "xkphys" },
		{ "image", "xkphys" },		{ "mem_map", "xkphys" },
		{ "vectors", "direct_map" },	{ "efi_runtime", "user" },
		/* On 64-bit MIPS modules reach over the segments of 32-bit processors. */
		{ "cksseg", "modules" },	{ "ejtag", "modules" },
		{ "ejtag", "ckseg3" },		{ "fixmap", "ckseg3" },
		{ "direct_map", "kseg0" },	{ "percpu", "kseg0" },
		{ "mem_map", "kseg0" },		{ "kfence", "kseg0" },
		{ "zone_device", "direct_map" }, { "zone_device", "xkphys" },
		{ "zone_device", "kseg0" },
	};
	const char *name = inner->is_section ? "image" :
			   inner->is_memory ? "zone_device" : inner->name;

	if (inner->is_section &&
	    (outer->is_section || !strcmp(outer->name, "image")))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		if (!strcmp(name, pairs[i][0]) &&
		    !strcmp(outer->name, pairs[i][1]))
			return true;
	}
	return false;
}

/*
 * The smallest other range around this one; of equal ones, the last before it.
 * Nothing lies in ranges for allocators.
 */
static const struct region *smallest_around(const struct layout *l, size_t at)
{
	const struct region *r = &l->regions[at], *best = NULL;

	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *o = &l->regions[i];

		if (i == at || o->is_overlay || !contains(o, r) ||
		    (o->start == r->start && o->end == r->end && i > at))
			continue;
		if (!best || o->end - o->start <= best->end - best->start)
			best = o;
	}
	return best;
}

static void check_parent(struct verification *v, size_t at)
{
	const struct region *r = &v->layout->regions[at];
	const struct region *around = smallest_around(v->layout, at);
	const struct value *parent = value_at(v, r->record, "parent");

	if (parent && around)
		expect_value(v, parent, word(around->name,
					     "the smallest region around it"));
	else if (parent)
		report(v, parent, DISAGREES, "no region contains it");
	else if (around && !r->is_memory)
		report(v, value_at(v, r->record, "start"), DISAGREES,
		       "it is in %s, which is not its parent", around->name);
}

static bool are(const struct region *a, const struct region *b, const char *one,
		const char *other)
{
	return (!strcmp(a->name, one) && !strcmp(b->name, other)) ||
	       (!strcmp(a->name, other) && !strcmp(b->name, one));
}

/* The unused end of a CPU's unit is ordinary memory: KFENCE's pool, say. */
static bool may_overlap(const struct region *a, const struct region *b)
{
	return are(a, b, "percpu", "kfence") || are(a, b, "modules", "ckseg3") ||
	       a->is_overlay || b->is_overlay;
}

static void check_neighbours(struct verification *v, size_t at)
{
	const struct layout *l = v->layout;
	const struct region *r = &l->regions[at];

	for (size_t i = at + 1; i < l->n_present; i++) {
		const struct region *o = &l->regions[i];

		if (!overlap(r, o) || may_overlap(r, o))
			continue;
		if (contains(r, o) && may_nest(o, r))
			continue;
		if (contains(o, r) && may_nest(r, o))
			continue;
		report(v, value_at(v, r->record, "end"), DISAGREES, "overlaps %s", o->name);
		report(v, value_at(v, o->record, "start"), DISAGREES, "overlaps %s", r->name);
	}
}

/* Regions are made of pages; the parts of the image need not be. */
static void check_alignment(struct verification *v, const struct region *r,
			    uint64_t page)
{
	const struct arch *arch = arch_by_name(v->layout->arch);
	bool ragged = arch && arch->ragged_image &&
		      !strcmp(r->name, "image");
	const struct value *start = value_at(v, r->record, "start");
	const struct value *end = value_at(v, r->record, "end");

	/* An array that the kernel allocated at boot. */
	if (!page || (!strcmp(r->name, "mem_map") && !r->is_memory) ||
	    (r->is_section && strcmp(r->name, "init"))) {
		report(v, start, ALLOWS, "overlaps nothing");
		report(v, end, ALLOWS, "overlaps nothing");
		return;
	}
	report(v, start, r->start % page ? DISAGREES : ALLOWS,
	       "at the start of a page");
	/* RISC-V's __init_end is a multiple of 8; the last struct page may end anywhere. */
	if (ragged || (r->is_section && is_arch(v, "riscv64")) || ends_with_memory(v, r->name))
		report(v, end, ALLOWS, "overlaps nothing");
	else
		report(v, end, (r->end + 1) % page ? DISAGREES : ALLOWS,
		       "at the end of a page");
}

static void check_range(struct verification *v, size_t at, uint64_t page)
{
	const struct region *r = &v->layout->regions[at];

	/* The parser takes no other; so it is as good as the two bounds are. */
	report(v, value_at(v, r->record, "size"), CONSISTENT, "from start to end");
	check_parent(v, at);
	check_neighbours(v, at);
	check_alignment(v, r, page);
	if (r->has_populated && r->populated_start == r->start)
		report(v, value_at(v, r->record, "populated_start"), ALLOWS,
		       "where the region starts");
	if (r->has_populated && page)
		report(v, value_at(v, r->record, "populated_end"),
		       !strcmp(r->name, "direct_map") &&
		       (r->populated_end + 1) % page ? DISAGREES : ALLOWS,
		       "within the region");
}

/* Device memory lies in the part of the direct map that is in use. */
static void check_memory(struct verification *v, const struct region *r)
{
	const struct region *map = layout_region(v->layout, "direct_map");
	uint64_t last;

	if (!map || map->absent)
		return;
	last = map->has_populated ? map->populated_end : map->end;
	report(v, value_at(v, r->record, "start"),
	       r->start < map->start || r->start > last ? DISAGREES : ALLOWS,
	       "in the used part of direct_map");
	report(v, value_at(v, r->record, "end"),
	       r->end < map->start || r->end > last ? DISAGREES : ALLOWS,
	       "in the used part of direct_map");
	report(v, value_at(v, map->record, map->has_populated ? "populated_end" : "end"),
	       r->end > last ? DISAGREES : ALLOWS, "against the end of device memory");
}

/*
 * What may hold code is where modules are or in vmalloc; on arm64 text may be
 * anywhere around the image, as far as calls reach.
 */
static void check_overlay(struct verification *v, const struct region *r)
{
	static const char *const homes[] = { "modules", "vmalloc" };
	const struct region *image = layout_region(v->layout, "image");
	const uint64_t reach = UINT64_C(1) << 31;
	bool fits = false;

	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		const struct region *home = layout_region(v->layout, homes[i]);

		fits = fits || (home && !home->absent && contains(home, r));
	}
	if (is_arch(v, "arm64") && !strncmp(r->name, "execmem_text", 12))
		fits = fits || !image || image->absent ||
		       (r->start + reach >= image->end && r->end <= image->start + reach);
	report(v, value_at(v, r->record, "start"), fits ? ALLOWS : DISAGREES,
	       "in modules, in vmalloc, or in reach of the image");
	report(v, value_at(v, r->record, "end"), fits ? ALLOWS : DISAGREES,
	       "in modules, in vmalloc, or in reach of the image");
}

/* The code of kvas.ko is where code of modules may be. */
static void check_own_code(struct verification *v)
{
	const struct region *text = layout_region(v->layout, "execmem_text");
	const struct witness *w = layout_witness(v->layout, "module_function");
	bool inside;

	if (!text || text->absent || !w || w->absent)
		return;
	inside = may_be_code(v, w->addr);
	report(v, value_at(v, text->record, w->addr < text->start ? "start" : "end"),
	       inside ? ALLOWS : DISAGREES, "against the witness module_function");
	report(v, value_of(v, RECORD_WITNESS, w->name, "addr"),
	       inside ? ALLOWS : DISAGREES, "against execmem_text");
}

/* Data and BSS are the two parts of it. */
static void check_data_bss(struct verification *v)
{
	static const char *const parts[] = { "data", "bss" };
	const struct region *both = layout_region(v->layout, "data_bss");

	if (!both || both->absent)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const struct region *part = layout_region(v->layout, parts[i]);
		bool first = i == 0;

		if (!part || part->absent)
			continue;
		report(v, value_at(v, both->record, "start"),
		       (first ? part->start == both->start : part->start > both->start) ?
		       ALLOWS : DISAGREES, "against the start of %s", parts[i]);
		report(v, value_at(v, both->record, "end"),
		       part->end <= both->end ? ALLOWS : DISAGREES,
		       "against the end of %s", parts[i]);
	}
}

/* The image lies in physical memory as it does in virtual memory. */
static void check_phys(struct verification *v)
{
	const struct region *first = NULL;

	for (size_t i = 0; i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];

		if (!r->has_phys || (!r->is_section && strcmp(r->name, "image")))
			continue;
		if (!first)
			first = r;
		report(v, value_at(v, r->record, "phys"),
		       r->start - r->phys == first->start - first->phys ?
		       ALLOWS : DISAGREES, "as far from its virtual address as %s",
		       first->name);
	}
}

/* What lies in the direct map does as the direct map does. */
static void check_linear(struct verification *v)
{
	const struct region *map = layout_region(v->layout, "direct_map");

	for (size_t i = 0; i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];

		if (!map || !map->has_phys || r == map || !r->has_phys ||
		    !contains(map, r))
			continue;
		report(v, value_at(v, r->record, "phys"),
		       r->start - r->phys == map->start - map->phys ?
		       ALLOWS : DISAGREES, "as far from its virtual address as direct_map");
	}
}

/* --- x86_64 -------------------------------------------------------------- */

static uint64_t fact_of(const struct verification *v, const char *name)
{
	const struct value *f = value_of(v, RECORD_FACT, name, "value");

	return f && f->is_number ? f->number : 0;
}

static bool is_canonical(uint64_t addr, uint64_t va_bits)
{
	uint64_t upper = addr >> (va_bits - 1);

	return upper == 0 || upper == UINT64_MAX >> (va_bits - 1);
}

static void check_canonical(struct verification *v, uint64_t va_bits)
{
	if (va_bits < 32 || va_bits > 64)
		return;
	for (size_t i = 0; i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];

		if (!strcmp(r->name, "noncanonical"))
			continue;
		if (!is_canonical(r->start, va_bits))
			report(v, value_at(v, r->record, "start"), DISAGREES,
			       "no canonical address with va_bits");
		if (!is_canonical(r->end, va_bits))
			report(v, value_at(v, r->record, "end"), DISAGREES,
			       "no canonical address with va_bits");
	}
}

/* Each starts after the one before. */
static void check_order(struct verification *v, const char *const *order)
{
	const struct region *before = NULL;

	for (; order && *order; order++) {
		const struct region *r = layout_region(v->layout, *order);

		if (!r || r->absent)
			continue;
		if (before && r->start <= before->start)
			report(v, value_at(v, r->record, "start"), DISAGREES,
			       "must be above %s", before->name);
		before = r;
	}
}

/* Calls between modules and the kernel reach 2 GiB. */
static void check_reach(struct verification *v)
{
	const struct region *modules = layout_region(v->layout, "modules");
	const struct region *text = layout_region(v->layout, "text");

	if (!modules || modules->absent || !text || text->absent)
		return;
	if (modules->end - text->start >= UINT64_C(1) << 31)
		report(v, value_at(v, modules->record, "end"), DISAGREES,
		       "out of reach of the kernel's text");
	else
		report(v, value_at(v, modules->record, "end"), ALLOWS,
		       "within reach of the kernel's text");
}

/* Memory that was added is above high_memory, and device memory may be. */
static bool may_be_more(const struct verification *v, const struct value *fact,
			uint64_t end)
{
	return !strcmp(fact->name, "high_memory") && end > fact->number &&
	       (memory_was_added(v) || device_memory_last(v) == end - 1);
}

/* What two records say of one thing. */
static void check_twins(struct verification *v)
{
	static const struct {
		const char *fact, *region, *key;
		int add;
	} twins[] = {
		{ "direct_map_base", "direct_map", "start", 0 },
		{ "high_memory", "direct_map", "populated_end", 1 },
		{ "user_limit", "user", "end", 1 },
		{ "image_phys", "image", "phys", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(twins); i++) {
		const struct value *fact = value_of(v, RECORD_FACT, twins[i].fact,
						    "value");
		const struct value *other = value_of(v, RECORD_REGION,
						     twins[i].region, twins[i].key);
		enum verdict verdict;
		uint64_t is;

		if (!fact || !other || !fact->is_number || !other->is_number)
			continue;
		is = other->number + (uint64_t)twins[i].add;
		verdict = is == fact->number || may_be_more(v, fact, is) ||
			  (is < fact->number && !strcmp(fact->name, "high_memory") &&
			   high_memory_is_unmapped(v)) ?
			  ALLOWS : DISAGREES;
		report(v, fact, verdict, "against %s of %s", other->key, other->name);
		report(v, other, verdict, "against %s", fact->name);
	}
}

/* --- Witnesses ----------------------------------------------------------- */

static void check_witness(struct verification *v, const struct witness *w)
{
	const struct region *r = layout_region(v->layout, w->region_name);
	const struct value *addr = value_of(v, RECORD_WITNESS, w->name, "addr");
	const struct value *region = value_of(v, RECORD_WITNESS, w->name, "region");

	if (!r || r->absent) {
		report(v, region, DISAGREES, "no such region is published");
		return;
	}
	if (w->addr < r->start || w->addr > r->end) {
		report(v, addr, DISAGREES, "not in %s", r->name);
		report(v, region, DISAGREES, "the address is not in it");
		return;
	}
	report(v, addr, ALLOWS, "in %s", r->name);
	report(v, region, ALLOWS, "the address is in it");
}

/* Objects that live at the same time are not at the same place. */
static void check_distinct(struct verification *v, size_t at)
{
	const struct witness *all = v->layout->witnesses;

	for (size_t i = 0; i < at; i++) {
		if (all[i].absent || all[i].addr != all[at].addr)
			continue;
		report(v, value_of(v, RECORD_WITNESS, all[at].name, "addr"),
		       DISAGREES, "%s is there already", all[i].name);
	}
}

/* What the module writes there, and what its object must be aligned to. */
static const struct object {
	const char *name, *content;
	enum { ANY_BYTE, AT_A_WORD, AT_A_PAGE } aligned;
} objects[] = {
	{ "kmalloc", "kvas witness kmalloc", AT_A_WORD },
	{ "vmalloc", "kvas witness vmalloc", ANY_BYTE },
	{ "page", "kvas witness page", AT_A_PAGE },
	{ "kmap", "kvas witness kmap", AT_A_PAGE },
	{ "percpu", NULL, AT_A_WORD },
	{ "percpu_dynamic", "kvaspcp", AT_A_WORD },
	{ "module_constant", "kvas witness constant", ANY_BYTE },
	{ "module_data", "kvas witness data", ANY_BYTE },
	{ "fixmap_slot", NULL, AT_A_PAGE },
};

static void check_object(struct verification *v, const struct object *o, uint64_t page)
{
	const struct witness *w = layout_witness(v->layout, o->name);
	uint64_t unit = o->aligned == AT_A_PAGE ? page :
			o->aligned == AT_A_WORD ? v->layout->bits / 8 : 1;

	if (!w || w->absent)
		return;
	if (unit && w->addr % unit)
		report(v, value_of(v, RECORD_WITNESS, o->name, "addr"), DISAGREES,
		       "no multiple of 0x%" PRIx64, unit);
	if (o->content && w->content && strcmp(w->content, o->content))
		report(v, value_of(v, RECORD_WITNESS, o->name, "content"), DISAGREES,
		       "the module writes '%s' there", o->content);
}

/* The ends of all stacks are as far from where a stack is aligned to. */
static void check_stacks(struct verification *v)
{
	static const char *const names[] = { "reader_stack", "init_stack", "swapper_stack" };
	uint64_t size = fact_of(v, "thread_size");
	const struct witness *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names) && size; i++) {
		const struct witness *w = layout_witness(v->layout, names[i]);

		if (!w || w->absent)
			continue;
		if (first && (w->addr - first->addr) % size)
			report(v, value_of(v, RECORD_WITNESS, names[i], "addr"), DISAGREES,
			       "%s is no whole number of stacks away", first->name);
		first = first ? first : w;
	}
}

/* Where all struct pages are in one array; the first is that of the first page of direct_map. */
static void check_mem_map(struct verification *v)
{
	const struct witness *page = layout_witness(v->layout, "page");
	const struct region *direct = layout_region(v->layout, "direct_map");
	const struct region *map = layout_region(v->layout, "mem_map");
	uint64_t page_size = fact_of(v, "page_size"), size = fact_of(v, "struct_page_size");

	if (!page || page->absent || !direct || direct->absent || !map || map->absent ||
	    !page_size || !size)
		return;
	expect(v, RECORD_WITNESS, "struct_page", "addr",
	       number(map->start + (page->addr - direct->start) / page_size * size,
		      "mem_map, at the number of the page"));
}

/* The struct page of the page: the one place where two witnesses meet. */
static void check_struct_page(struct verification *v)
{
	const struct witness *page = layout_witness(v->layout, "page");
	const struct region *map = layout_region(v->layout, "direct_map");
	const struct region *vmemmap = layout_region(v->layout, "vmemmap");
	uint64_t page_size = fact_of(v, "page_size");
	uint64_t size = fact_of(v, "struct_page_size");
	uint64_t by_first, by_last;

	if (!page || page->absent || !map || map->absent || !vmemmap ||
	    vmemmap->absent || !map->has_populated || !vmemmap->has_populated ||
	    !page_size || !size)
		return;
	/*
	 * They need not begin for the same page.  Where they are used they do, or
	 * end for the same: memory that is not mapped has struct pages, too.
	 */
	by_first = vmemmap->populated_start +
		   (page->addr - map->populated_start) / page_size * size;
	by_last = vmemmap->populated_end + 1 -
		  (map->populated_end - page->addr + 1) / page_size * size;
	if (by_first == by_last)
		expect(v, RECORD_WITNESS, "struct_page", "addr",
		       number(by_first, "vmemmap, at the number of the page"));
	else
		expect(v, RECORD_WITNESS, "struct_page", "addr",
		       range(by_first < by_last ? by_first : by_last,
			     by_first < by_last ? by_last : by_first,
			     "vmemmap, at the number of the page, counted from its first and its last"));
}

static void check(const void *evidence, struct verification *v)
{
	const struct arch *arch = arch_by_name(v->layout->arch);
	const struct layout *l = v->layout;
	uint64_t page = fact_of(v, "page_size");

	(void)evidence;
	if (page & (page - 1))
		page = 0;
	for (size_t i = 0; i < l->n_present; i++) {
		check_range(v, i, page);
		if (l->regions[i].is_memory)
			check_memory(v, &l->regions[i]);
		if (l->regions[i].is_overlay)
			check_overlay(v, &l->regions[i]);
	}
	check_own_code(v);
	check_data_bss(v);
	check_phys(v);
	check_linear(v);
	check_twins(v);
	for (size_t i = 0; i < l->n_witnesses; i++) {
		if (l->witnesses[i].absent)
			continue;
		check_witness(v, &l->witnesses[i]);
		check_distinct(v, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		check_object(v, &objects[i], page);
	check_stacks(v);
	check_mem_map(v);
	check_struct_page(v);
	if (arch)
		check_order(v, arch->order);
	if (!is_arch(v, "x86_64"))
		return;
	check_canonical(v, fact_of(v, "va_bits"));
	check_reach(v);
}

const struct source source_invariants = {
	.name = "invariants",
	.title = "the published values against each other",
	.check = check,
	.inside = true,
};
