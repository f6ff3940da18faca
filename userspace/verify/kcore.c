// SPDX-License-Identifier: GPL-2.0-only
/*
 * kcore.c - the program headers of /proc/kcore, which elfcore.c tells apart.
 *
 * Those of RAM and of the image have a physical address.  vmalloc is one byte
 * short on x86_64, where VMALLOC_END is the last byte.
 */
#include <elf.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "machine/elfcore.h"
#include "rules/arch.h"
#include "verify.h"

enum item {
	ARCH, BITS, ENDIAN,
	IMAGE_START, IMAGE_LAST, IMAGE_PHYS, IMAGE_DISTANCE, IMAGE_HEAD,
	IMAGE_FIRST, PHYS_BASE,
	VMALLOC_START, VMALLOC_LAST, MODULES_START, MODULES_LAST,
	VSYSCALL_START, VSYSCALL_LAST,
	DISTANCE, RAM,
	PAGE_STRUCT, WINDOW,
	N_ITEMS,
};

struct kcore {
	const struct elfcore *core;
	uint64_t page;			/* bytes, or 0 */
	uint64_t first_page;		/* number of the first page of RAM */
	uint64_t pages_end;		/* number of the page after the last */
	uint64_t offline;		/* pages of memory after that, in no segment */
	struct known first, last;	/* bytes of RAM */
	struct known first_struct;	/* the struct page of page 0 */
	struct known items[N_ITEMS];
};

#define MIB		(1u << 20)
#define X86_KERNEL_MAP	0xffffffff80000000u	/* __START_KERNEL_map */

static uint64_t last_of(const struct segment *s)
{
	return s->vaddr + (s->size - 1);
}

static bool has_phys(const struct segment *s)
{
	return s->paddr != ELFCORE_NO_PADDR;
}

static void identify_machine(struct kcore *k)
{
	const struct arch *arch = arch_by_machine(k->core->machine, k->core->bits);

	k->items[BITS] = number(k->core->bits, "class of the ELF file");
	k->items[ENDIAN] = word(k->core->big_endian ? "big" : "little",
				"byte order of the ELF file");
	if (arch)
		k->items[ARCH] = word(arch->name, "machine of the ELF file");
}

static void take_range(struct kcore *k, enum item first, const struct segment *s,
		       const char *how)
{
	if (!s)
		return;
	k->items[first] = number(s->vaddr, how);
	k->items[first + 1] = number(last_of(s), how);
}

static void find_ranges(struct kcore *k)
{
	const char *how = "a segment without physical address";

	take_range(k, VSYSCALL_START, k->core->vsyscall, how);
	take_range(k, VMALLOC_START, k->core->vmalloc, how);
	take_range(k, MODULES_START, k->core->modules, how);
	if (k->core->machine == EM_X86_64 && k->core->vmalloc)
		k->items[VMALLOC_LAST].number++;
}

static void find_ram(struct kcore *k)
{
	const struct segment *first = NULL, *last = NULL;
	uint64_t sum = 0;

	for (const struct segment *s = k->core->ram; s < k->core->end; s++) {
		if (!has_phys(s))
			continue;
		if (first && s->vaddr - s->paddr != first->vaddr - first->paddr) {
			k->items[DISTANCE] = unknown("the segments of RAM are not all at the same distance from physical memory");
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
	k->items[DISTANCE] = number(first->vaddr - first->paddr,
				    "each segment of RAM less its physical address");
	k->first = number(first->vaddr, "first segment of RAM");
	k->last = number(last_of(last), "last segment of RAM");
	k->first_page = k->page ? first->paddr / k->page : 0;
	/* A 32-bit kernel may have more, in highmem. */
	if (k->core->bits == 64)
		k->items[RAM] = range(1, sum, "all segments of RAM");
}

/*
 * How large the structures of so many pages are, if the segment around them,
 * rounded to pages at both ends, allows one multiple of 8 only.
 */
static uint64_t struct_size(const struct kcore *k, uint64_t pages,
			    uint64_t bytes)
{
	uint64_t least = bytes > 2 * (k->page - 1) ?
			 (bytes - 2 * (k->page - 1) + pages - 1) / pages : 1;
	uint64_t size = (least + 7) / 8 * 8;

	return size * pages <= bytes && (size + 8) * pages > bytes ? size : 0;
}

/* The struct pages of a segment of RAM come with the segment next to it. */
static void find_vmemmap(struct kcore *k)
{
	uint64_t size, most = 0;

	for (const struct segment *s = k->core->ram; s + 1 < k->core->end; s++) {
		uint64_t pages, first;

		if (!k->page || !has_phys(s) || has_phys(s + 1))
			continue;
		pages = s->size / k->page;
		first = s->paddr / k->page;
		if (first + pages > k->pages_end)
			k->pages_end = first + pages;
		if (pages <= most)
			continue;
		/* Rounded to pages: the longest is surest. */
		most = pages;
		size = struct_size(k, pages, s[1].size);
		if (!size)
			continue;
		k->items[PAGE_STRUCT] = number(size, "struct pages per page of RAM");
		/* The segment starts at a page, the first struct may not. */
		k->first_struct = number(s[1].vaddr - first * size / k->page * k->page,
					 "struct pages of a segment of RAM");
	}
}

/* Where the image would be if it were not moved: phys_base tells how far. */
static void find_window(struct kcore *k)
{
	const struct segment *image = k->core->image;
	const char *p = k->core->vmcoreinfo;
	uint64_t phys_base;
	bool negative;

	p = p ? after(p, "NUMBER(phys_base)=") : NULL;
	negative = p && *p == '-';
	if (negative)
		p++;
	if (p && scan_number(&p, 10, &phys_base))
		k->items[WINDOW] = number(image->vaddr - image->paddr +
					  (negative ? -phys_base : phys_base),
			"segment of the kernel's image, and phys_base in the note");
}

static void find_image(struct kcore *k)
{
	const char *how = "segment of the kernel's image";
	const struct segment *image = k->core->image;

	if (!image)
		return;
	take_range(k, IMAGE_START, image, how);
	k->items[IMAGE_PHYS] = number(image->paddr, how);
	k->items[IMAGE_DISTANCE] = number(image->vaddr - image->paddr, how);
	/* Some releases give back what stands before _stext. */
	k->items[IMAGE_FIRST] = range(image->vaddr, image->vaddr + MIB, how);
	/* Code for the boot, before _text, is not counted in. */
	k->items[IMAGE_HEAD] = range(image->vaddr - MIB, image->vaddr, how);
	k->items[PHYS_BASE] = number(image->paddr -
				     (image->vaddr - X86_KERNEL_MAP), how);
	if (k->core->machine == EM_X86_64)
		find_window(k);
}

/* Memory that was added is no segment before it is online. */
static void find_offline(struct kcore *k, const char *iomem)
{
	uint64_t end = k->page ? ram_end(iomem) / k->page : 0;

	if (k->core->bits == 64 && k->pages_end && end > k->pages_end)
		k->offline = end - k->pages_end;
}

static const void *load(struct machine *m)
{
	struct kcore *k = pool_alloc(machine_pool(m), sizeof(*k));
	const char *why;

	k->core = machine_core(m, &why);
	for (size_t i = 0; i < N_ITEMS; i++)
		k->items[i] = unknown(k->core ? "no segment shows it" : why);
	k->first = k->last = k->first_struct = k->items[DISTANCE];
	if (!k->core)
		return k;
	k->page = machine_page_size(m);
	identify_machine(k);
	find_ranges(k);
	find_ram(k);
	find_vmemmap(k);
	find_image(k);
	find_offline(k, machine_file(m, "/proc/iomem", NULL, NULL));
	return k;
}

static const struct rule rules[] = {
	{ NULL, RECORD_KERNEL, "kernel", "bits", BITS, 0 },
	{ NULL, RECORD_KERNEL, "kernel", "endian", ENDIAN, 0 },
	{ "x86_64", RECORD_REGION, "image_window", "start", WINDOW, 0 },
	{ NULL, RECORD_REGION, "image", "end", IMAGE_LAST, 0 },
	{ "x86_64 s390x", RECORD_REGION, "image", "start", IMAGE_START, 0 },
	{ "x86_64 s390x", RECORD_REGION, "image", "phys", IMAGE_PHYS, 0 },
	{ "arm64", RECORD_REGION, "image", "start", IMAGE_FIRST, 0 },
	{ "riscv64", RECORD_REGION, "image", "start", IMAGE_HEAD, 0 },
	{ "riscv64", RECORD_FACT, "va_pa_offset", "value", DISTANCE, 0 },
	{ "riscv64", RECORD_FACT, "va_kernel_pa_offset", "value", IMAGE_DISTANCE, 0 },
	{ "x86_64", RECORD_SECTION, "text", "start", IMAGE_START, 0 },
	{ "x86_64", RECORD_SECTION, "text", "phys", IMAGE_PHYS, 0 },
	{ "x86_64", RECORD_SECTION, "brk", "end", IMAGE_LAST, 0 },
	{ "x86_64", RECORD_FACT, "phys_base", "value", PHYS_BASE, 0 },
	{ NULL, RECORD_REGION, "vmalloc", "start", VMALLOC_START, 0 },
	{ NULL, RECORD_REGION, "vmalloc", "end", VMALLOC_LAST, 0 },
	{ NULL, RECORD_REGION, "modules", "start", MODULES_START, 0 },
	{ NULL, RECORD_REGION, "modules", "end", MODULES_LAST, 0 },
	{ "x86_64", RECORD_REGION, "vsyscall", "start", VSYSCALL_START, 0 },
	{ "x86_64", RECORD_REGION, "vsyscall", "end", VSYSCALL_LAST, 0 },
	{ NULL, RECORD_FACT, "ram", "value", RAM, 0 },
	{ NULL, RECORD_FACT, "struct_page_size", "value", PAGE_STRUCT, 0 },
};

/* A part of the image is as far from its physical address as all of it. */
static void check_phys(const struct kcore *k, struct verification *v)
{
	const struct segment *image = k->core->image;

	for (size_t i = 0; image && i < v->layout->n_regions; i++) {
		const struct region *r = &v->layout->regions[i];

		if (!r->has_phys || r->absent ||
		    (!r->is_section && strcmp(r->name, "image")))
			continue;
		expect(v, r->record->type, r->name, "phys",
		       leaning(number(r->start - image->vaddr + image->paddr,
				      "by the segment of the kernel's image")));
	}
}

/* As far from its physical address as the segments of RAM are from theirs. */
static void check_direct_map(const struct kcore *k, struct verification *v)
{
	const struct region *r = layout_region(v->layout, "direct_map");
	struct known distance = k->items[DISTANCE], start = distance;
	struct known first = k->first, end = k->last;

	/* Used from its start, or from the first of RAM. */
	if (r && !r->absent && r->populated_start == r->start &&
	    first.kind == NUMBER)
		first = range(r->start, first.number, first.how);
	expect(v, RECORD_REGION, "direct_map", "populated_start", first);
	if (end.kind == NUMBER && k->offline)
		end = range(end.number, end.number + k->offline * k->page,
			    "last segment of RAM, and RAM that is offline");
	expect_memory_end(v, end);
	end.number++;
	end.high++;
	expect_high_memory(v, end);
	if (!r || r->absent || !r->has_phys)
		return;
	start.number = wrap(v, start.number + r->phys);
	expect(v, RECORD_REGION, r->name, "start", start);
	distance.number = r->start - distance.number;
	expect(v, RECORD_REGION, r->name, "phys", leaning(distance));
}

/* The structures start with that of the page that the direct map starts with. */
static void check_vmemmap(const struct kcore *k, struct verification *v)
{
	const struct region *map = layout_region(v->layout, "direct_map");
	const struct value *used = value_of(v, RECORD_REGION, "vmemmap",
					    "populated_start");
	struct known first = k->first_struct, last = first, ram = first;
	uint64_t size = k->items[PAGE_STRUCT].number, device;

	if (!map || map->absent || !map->has_phys || !k->page)
		return;
	last.number += k->pages_end * size - 1;
	last.how = "struct pages of the last segment of RAM";
	device = device_memory_last(v);
	device = device ? (device - map->start + map->phys) / k->page + 1 : 0;
	if (last.kind == NUMBER && device > k->pages_end) {
		last.number += (device - k->pages_end) * size;
		last.how = "struct pages, up to the last of device memory";
		last.leaning = true;
	}
	if (last.kind == NUMBER && k->offline)
		last = range(last.number, last.number + k->offline * size,
			     "struct pages of the last segment of RAM, and of RAM that is offline");
	/* Below 0 the direct map may start where no memory is. */
	first.number += (uint64_t)((int64_t)map->phys / (int64_t)k->page) * size;
	first.leaning = map->phys != 0;
	/* On RISC-V with that of a page before, at a large boundary. */
	if (first.kind == NUMBER && is_arch(v, "riscv64"))
		expect(v, RECORD_REGION, "vmemmap", "start",
		       range(0, first.number, first.how));
	else
		expect(v, RECORD_REGION, "vmemmap", "start", first);
	/*
	 * Used from its start, or from the structure of the first of RAM, or of
	 * memory before it that no segment shows.
	 */
	ram.number += k->first_page * size;
	ram.how = "struct pages of the first segment of RAM";
	if (used && used->number > first.number && used->number < ram.number &&
	    ram.kind == NUMBER)
		ram = range(first.number, ram.number,
			    "struct pages, from the first to that of RAM");
	else if (used && used->number != ram.number)
		ram = first;
	expect_value(v, used, ram);
	if (last.kind == NUMBER && high_memory_is_unmapped(v))
		last = up_to_there(last, v->layout->max_addr);
	expect_used_end(v, "vmemmap", last);
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
	/* Struct pages that share a page with others may have none. */
	else if (strcmp(r->name, "vmemmap") != 0)
		report(v, value, DISAGREES, "outside all segments");
}

/* The structure of the page that another witness is. */
static void check_struct_page(const struct kcore *k, struct verification *v)
{
	const struct witness *page = layout_witness(v->layout, "page");
	const struct known *i = k->items;

	if (!page || page->absent || i[DISTANCE].kind != NUMBER ||
	    k->first_struct.kind != NUMBER || !k->page)
		return;
	expect(v, RECORD_WITNESS, "struct_page", "addr",
	       leaning(number(k->first_struct.number +
		       wrap(v, page->addr - i[DISTANCE].number) / k->page *
		       i[PAGE_STRUCT].number,
		       "by the segments of RAM and of struct pages, from the page")));
}

static void check(const void *evidence, struct verification *v)
{
	const struct kcore *k = evidence;

	apply_rules(v, rules, ARRAY_SIZE(rules), k->items);
	/* The rules for any can be used for this one, too. */
	if (!is_arch(v, "generic"))
		expect(v, RECORD_KERNEL, "kernel", "arch", k->items[ARCH]);
	check_direct_map(k, v);
	check_vmemmap(k, v);
	if (!k->core)
		return;
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
