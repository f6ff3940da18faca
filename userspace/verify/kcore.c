// SPDX-License-Identifier: GPL-2.0-only
/*
 * kcore.c - the program headers of /proc/kcore.
 *
 * The file (fs/proc/kcore.c, the same from 5.10 to 7.2) has a PT_LOAD for the
 * kernel's image with its physical address, one for vmalloc and one for
 * modules without any, and for each block of RAM one with its physical
 * address and one without for the struct pages of it.  vmalloc is one byte
 * short on x86, where VMALLOC_END is the last byte.
 */
#include <elf.h>

#include "../util.h"
#include "elfcore.h"
#include "text.h"
#include "verify.h"

enum item {
	ARCH, BITS, ENDIAN,
	IMAGE_START, IMAGE_LAST, PHYS_BASE, IMAGE_PHYS,
	VMALLOC_START, VMALLOC_LAST, MODULES_START, MODULES_LAST,
	VSYSCALL_START, VSYSCALL_LAST,
	DIRECT_START, DIRECT_FIRST, DIRECT_LAST, RAM,
	VMEMMAP_START, VMEMMAP_FIRST, VMEMMAP_LAST, PAGE_STRUCT, WINDOW,
	N_ITEMS,
};

struct kcore {
	const struct elfcore *core;
	const struct segment *text;
	struct known items[N_ITEMS];
};

#define X86_KERNEL_MAP	0xffffffff80000000u	/* __START_KERNEL_map */
#define X86_VSYSCALL	0xffffffffff600000u
#define X86_PAGE	4096u
#define TIB		(UINT64_C(1) << 40)

static uint64_t last_of(const struct segment *s)
{
	return s->vaddr + (s->size - 1);
}

static void identify_machine(struct kcore *k)
{
	static const struct {
		unsigned int machine, bits;
		const char *arch;
	} machines[] = {
		{ EM_X86_64, 64, "x86_64" },	{ EM_386, 32, "i386" },
		{ EM_AARCH64, 64, "arm64" },	{ EM_ARM, 32, "arm" },
	};

	k->items[BITS] = number(k->core->bits, "class of the ELF file");
	k->items[ENDIAN] = word(k->core->big_endian ? "big" : "little",
				"byte order of the ELF file");
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		if (machines[i].machine == k->core->machine &&
		    machines[i].bits == k->core->bits)
			k->items[ARCH] = word(machines[i].arch,
					      "machine of the ELF file");
	}
}

static bool is_ram(const struct segment *s)
{
	return s->paddr != ELFCORE_NO_PADDR && s->vaddr < X86_KERNEL_MAP;
}

static void find_ram(struct kcore *k)
{
	const struct segment *first = NULL, *last = NULL;
	uint64_t sum = 0;

	for (size_t i = 0; i < k->core->n_segments; i++) {
		const struct segment *s = &k->core->segments[i];

		if (!is_ram(s))
			continue;
		if (first && s->vaddr - s->paddr != first->vaddr - first->paddr) {
			k->items[DIRECT_START] = unknown("the segments of RAM do not lie at one distance from physical memory");
			return;
		}
		if (!first || s->vaddr < first->vaddr)
			first = s;
		if (!last || s->vaddr > last->vaddr)
			last = s;
		sum += s->size;
	}
	if (!first)
		return;
	k->items[DIRECT_START] = number(first->vaddr - first->paddr,
					"each segment of RAM less its physical address");
	k->items[DIRECT_FIRST] = range(first->vaddr - first->paddr,
				       first->vaddr, "first segment of RAM");
	k->items[DIRECT_LAST] = number(last_of(last), "last segment of RAM");
	k->items[RAM] = range(1, sum, "all segments of RAM");
}

/* The struct pages of a segment of RAM come with the segment next to it. */
static void find_vmemmap(struct kcore *k)
{
	const struct elfcore *core = k->core;
	uint64_t size = 0, start = 0, pages, most = 0, last_page = 0;

	for (size_t i = 0; i + 1 < core->n_segments; i++) {
		const struct segment *ram = &core->segments[i];
		const struct segment *map = ram + 1;

		if (!is_ram(ram) || map->paddr != ELFCORE_NO_PADDR)
			continue;
		pages = ram->size / X86_PAGE;
		if (ram->paddr / X86_PAGE + pages > last_page)
			last_page = ram->paddr / X86_PAGE + pages;
		if (pages <= most)
			continue;
		/* Rounded to pages at both ends: the longest is surest. */
		most = pages;
		size = (map->size + pages / 2) / pages;
		start = map->vaddr - ram->paddr / X86_PAGE * size;
		/* The segment starts at a page, the first struct may not. */
		start = (start + X86_PAGE - 1) & ~(uint64_t)(X86_PAGE - 1);
	}
	/* Rounding may hide a byte in a structure where there are few. */
	if (most < 4 * X86_PAGE)
		return;
	k->items[PAGE_STRUCT] = number(size, "struct pages per page of RAM");
	k->items[VMEMMAP_START] = number(start, "struct pages of a segment of RAM, less its first page's number");
	k->items[VMEMMAP_FIRST] = k->items[VMEMMAP_START];
	k->items[VMEMMAP_LAST] = number(start + last_page * size - 1,
					"struct pages of the last segment of RAM");
}

static void classify(struct kcore *k, const struct segment *s)
{
	const char *how = "a segment without physical address";

	if (s->paddr != ELFCORE_NO_PADDR) {
		if (s->vaddr >= X86_KERNEL_MAP)
			k->text = s;
	} else if (s->vaddr == X86_VSYSCALL) {
		k->items[VSYSCALL_START] = number(s->vaddr, how);
		k->items[VSYSCALL_LAST] = number(last_of(s), how);
	} else if (s->vaddr >= X86_KERNEL_MAP) {
		k->items[MODULES_START] = number(s->vaddr, how);
		k->items[MODULES_LAST] = number(last_of(s), how);
	} else if (s->size >= TIB - 1) {
		k->items[VMALLOC_START] = number(s->vaddr, how);
		k->items[VMALLOC_LAST] = number(last_of(s), how);
	}
}

/* Where the image would be if it were not moved: phys_base tells how far. */
static void find_window(struct kcore *k)
{
	const char *p = k->core->vmcoreinfo;
	uint64_t phys_base;
	bool negative;

	p = p ? after(p, "NUMBER(phys_base)=") : NULL;
	negative = p && *p == '-';
	if (negative)
		p++;
	if (p && scan_number(&p, 10, &phys_base))
		k->items[WINDOW] = number(k->text->vaddr - k->text->paddr +
					  (negative ? -phys_base : phys_base),
			"segment of the kernel's image, and phys_base in the note");
}

static void find_x86_64(struct kcore *k)
{
	const char *how = "segment of the kernel's image";

	k->items[VSYSCALL_START] = k->items[VSYSCALL_LAST] =
		unknown("no segment for it");
	for (size_t i = 0; i < k->core->n_segments; i++)
		classify(k, &k->core->segments[i]);
	find_ram(k);
	find_vmemmap(k);
	if (!k->text)
		return;
	k->items[IMAGE_START] = number(k->text->vaddr, how);
	k->items[IMAGE_LAST] = number(last_of(k->text), how);
	k->items[IMAGE_PHYS] = number(k->text->paddr, how);
	k->items[PHYS_BASE] = number(k->text->paddr -
				     (k->text->vaddr - X86_KERNEL_MAP), how);
	find_window(k);
}

static const void *load(struct machine *m)
{
	struct kcore *k = pool_alloc(machine_pool(m), sizeof(*k));
	const char *why;

	k->core = machine_core(m, &why);
	for (size_t i = 0; i < N_ITEMS; i++)
		k->items[i] = unknown(k->core ? "no segment tells" : why);
	if (!k->core)
		return k;
	identify_machine(k);
	if (k->core->machine == EM_X86_64)
		find_x86_64(k);
	return k;
}

static const struct rule rules[] = {
	{ NULL, RECORD_KERNEL, "kernel", "arch", ARCH, 0 },
	{ NULL, RECORD_KERNEL, "kernel", "bits", BITS, 0 },
	{ NULL, RECORD_KERNEL, "kernel", "endian", ENDIAN, 0 },
	{ "x86_64", RECORD_REGION, "image_window", "start", WINDOW, 0 },
	{ "x86_64", RECORD_REGION, "image", "start", IMAGE_START, 0 },
	{ "x86_64", RECORD_REGION, "image", "end", IMAGE_LAST, 0 },
	{ "x86_64", RECORD_REGION, "image", "phys", IMAGE_PHYS, 0 },
	{ "x86_64", RECORD_SECTION, "text", "start", IMAGE_START, 0 },
	{ "x86_64", RECORD_SECTION, "text", "phys", IMAGE_PHYS, 0 },
	{ "x86_64", RECORD_SECTION, "brk", "end", IMAGE_LAST, 0 },
	{ "x86_64", RECORD_FACT, "phys_base", "value", PHYS_BASE, 0 },
	{ "x86_64", RECORD_REGION, "vmalloc", "start", VMALLOC_START, 0 },
	{ "x86_64", RECORD_REGION, "vmalloc", "end", VMALLOC_LAST, 1 },
	{ "x86_64", RECORD_REGION, "modules", "start", MODULES_START, 0 },
	{ "x86_64", RECORD_REGION, "modules", "end", MODULES_LAST, 0 },
	{ "x86_64", RECORD_REGION, "vsyscall", "start", VSYSCALL_START, 0 },
	{ "x86_64", RECORD_REGION, "vsyscall", "end", VSYSCALL_LAST, 0 },
	{ "x86_64", RECORD_REGION, "direct_map", "start", DIRECT_START, 0 },
	{ "x86_64", RECORD_REGION, "direct_map", "populated_start", DIRECT_FIRST, 0 },
	{ "x86_64", RECORD_REGION, "direct_map", "populated_end", DIRECT_LAST, 0 },
	{ "x86_64", RECORD_FACT, "high_memory", "value", DIRECT_LAST, 1 },
	{ "x86_64", RECORD_FACT, "ram", "value", RAM, 0 },
	{ "x86_64", RECORD_REGION, "vmemmap", "start", VMEMMAP_START, 0 },
	{ "x86_64", RECORD_REGION, "vmemmap", "populated_start", VMEMMAP_FIRST, 0 },
	{ "x86_64", RECORD_REGION, "vmemmap", "populated_end", VMEMMAP_LAST, 0 },
	{ "x86_64", RECORD_FACT, "struct_page_size", "value", PAGE_STRUCT, 0 },
};

/* A part of the image is as far from its physical address as all of it. */
static void check_phys(const struct kcore *k, struct verification *v)
{
	for (size_t i = 0; i < v->layout->n_regions; i++) {
		const struct region *r = &v->layout->regions[i];

		if (!r->has_phys || r->absent || r->start < k->text->vaddr ||
		    r->start > last_of(k->text))
			continue;
		expect(v, r->record->type, r->name, "phys",
		       leaning(number(r->start - k->text->vaddr + k->text->paddr,
				      "by the segment of the kernel's image")));
	}
}

static const struct segment *segment_at(const struct elfcore *core,
					uint64_t addr)
{
	for (size_t i = 0; i < core->n_segments; i++) {
		const struct segment *s = &core->segments[i];

		if (addr >= s->vaddr && addr - s->vaddr < s->size)
			return s;
	}
	return NULL;
}

/* A live object lies in memory, and that is what segments describe. */
static void check_witness(const struct kcore *k, struct verification *v,
			  const struct witness *w)
{
	const struct value *value = value_of(v, RECORD_WITNESS, w->name, "addr");
	const struct region *r = layout_region(v->layout, w->region_name);
	const struct segment *s = segment_at(k->core, w->addr);

	/* No segment tells of the fixmap or of CPU entry areas. */
	if (!r || !segment_at(k->core, r->has_populated ?
			      r->populated_end : r->end - 1))
		return;
	if (s)
		report(v, value, ALLOWS, "within a segment");
	else
		report(v, value, DISAGREES, "outside all segments");
}

/* The structure of the page that another witness is. */
static void check_struct_page(const struct kcore *k, struct verification *v)
{
	const struct witness *page = layout_witness(v->layout, "page");
	const struct known *i = k->items;

	if (!page || page->absent || i[DIRECT_START].kind != NUMBER ||
	    i[VMEMMAP_START].kind != NUMBER || i[PAGE_STRUCT].kind != NUMBER)
		return;
	expect(v, RECORD_WITNESS, "struct_page", "addr",
	       leaning(number(i[VMEMMAP_START].number +
		       (page->addr - i[DIRECT_START].number) / X86_PAGE *
		       i[PAGE_STRUCT].number,
		       "by the segments of RAM and of struct pages, from the page")));
}

static void check(const void *evidence, struct verification *v)
{
	const struct kcore *k = evidence;

	apply_rules(v, rules, ARRAY_SIZE(rules), k->items);
	if (!k->core || !is_arch(v, "x86_64"))
		return;
	if (k->text)
		check_phys(k, v);
	check_struct_page(k, v);
	for (size_t i = 0; i < v->layout->n_witnesses; i++) {
		if (!v->layout->witnesses[i].absent)
			check_witness(k, v, &v->layout->witnesses[i]);
	}
}

const struct source source_kcore = {
	.name = "kcore",
	.title = "program headers of /proc/kcore",
	.load = load,
	.check = check,
};
