// SPDX-License-Identifier: GPL-2.0-only
/*
 * loongarch64.c - the layout as the kernel's documentation and
 * sources give it (Documentation/arch/loongarch/introduction.rst,
 * arch/loongarch/include/asm/addrspace.h and pgtable.h).
 *
 * The bits of addresses are in /proc/cpuinfo, the size of pages and the number
 * of levels in the configuration; nothing is taken from kvas.
 */
#include <inttypes.h>
#include <string.h>

#include "arch.h"
#include "base/text.h"
#include "base/util.h"

#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)
#define BIT(n)	(UINT64_C(1) << (n))

struct documented {
	const char *why;		/* the page size is not known */
	const char *why_bits;		/* the bits are not known */
	uint64_t page, levels;
	unsigned int page_shift;
	uint64_t va_bits, pa_bits;
	uint64_t kfence_objects;	/* 0: none */
	unsigned int release;		/* major * 1000 + minor, or 0 */
	bool linked_elsewhere;		/* to run after a crash */
	bool no_kaslr, vmemmap, kasan;
};

static void find_pages(struct documented *d, const char *config)
{
	static const struct {
		const char *option;
		unsigned int shift;
	} sizes[] = {
		{ "CONFIG_PAGE_SIZE_4KB", 12 },	{ "CONFIG_PAGE_SIZE_16KB", 14 },
		{ "CONFIG_PAGE_SIZE_64KB", 16 },
	};
	const char *levels = after(config, "CONFIG_PGTABLE_LEVELS=");

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (is_switched_on(config, sizes[i].option))
			d->page_shift = sizes[i].shift;
	}
	d->page = BIT(d->page_shift);
	if (!d->page_shift || !levels || !scan_number(&levels, 10, &d->levels) ||
	    d->levels < 2 || d->levels > 4)
		d->why = "the configuration tells no page size";
}

/* "Address Sizes : 48 bits physical, 48 bits virtual" */
static void find_bits(struct documented *d, const char *cpuinfo)
{
	const char *p = after(cpuinfo, "Address Sizes\t\t: ");

	if (!p || !scan_number(&p, 10, &d->pa_bits) ||
	    !skip(&p, " bits physical, ") || !scan_number(&p, 10, &d->va_bits) ||
	    d->va_bits < 32 || d->va_bits > 60 || d->pa_bits < 32 || d->pa_bits > 60)
		d->why_bits = "/proc/cpuinfo tells no address sizes";
}

static const void *load(struct machine *m)
{
	struct documented *d = pool_alloc(machine_pool(m), sizeof(*d));
	const char *cmdline = machine_file(m, "/proc/cmdline", NULL, NULL);
	const char *cpuinfo, *config, *objects;

	cpuinfo = machine_file(m, "/proc/cpuinfo", NULL, &d->why_bits);
	if (cpuinfo)
		find_bits(d, cpuinfo);
	config = machine_config_file(m, &d->why);
	if (!config)
		return d;
	d->why = NULL;
	find_pages(d, config);
	objects = after(config, "CONFIG_KFENCE_NUM_OBJECTS=");
	if (is_switched_on(config, "CONFIG_KFENCE") && objects)
		scan_number(&objects, 10, &d->kfence_objects);
	d->vmemmap = is_switched_on(config, "CONFIG_SPARSEMEM_VMEMMAP");
	d->kasan = is_switched_on(config, "CONFIG_KASAN");
	d->release = release_number(machine_measured(m, "release"));
	d->linked_elsewhere = d->release < 6012 && is_switched_on(config, "CONFIG_CRASH_DUMP");
	d->no_kaslr = !is_switched_on(config, "CONFIG_RANDOMIZE_BASE") ||
		      (cmdline && line_has_word(cmdline, "nokaslr"));
	return d;
}

/* --- Windows, whatever machine it is ------------------------------------- */

static const struct {
	const char *name;
	uint64_t start;
} windows[] = {
	{ "uncached", 0x8000000000000000 },
	{ "direct_map", 0x9000000000000000 },
	{ "write_combine", 0xa000000000000000 },
};

#define WINDOW	BIT(48)

static void check_windows(struct verification *v)
{
	for (size_t i = 0; i < ARRAY_SIZE(windows); i++) {
		const char *how = "the window that the kernel sets up";

		expect(v, RECORD_REGION, windows[i].name, "start",
		       if_any(number(windows[i].start, how)));
		expect(v, RECORD_REGION, windows[i].name, "end",
		       if_any(number(windows[i].start + WINDOW - 1, how)));
		expect(v, RECORD_REGION, windows[i].name, "phys",
		       if_any(number(0, "all physical memory")));
	}
	expect(v, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
}

/* --- What hangs on the size of pages ------------------------------------- */

/* Bits that page tables translate. */
static unsigned int table_bits(const struct documented *d)
{
	return d->page_shift + (unsigned int)d->levels * (d->page_shift - 3);
}

static void check_pages(const struct documented *d, struct verification *v)
{
	unsigned int shift = d->page_shift;
	const char *how = "the page size and levels of the configuration";

	expect(v, RECORD_FACT, "page_size", "value", number(d->page, how));
	expect(v, RECORD_FACT, "page_levels", "value", number(d->levels, how));
	expect(v, RECORD_FACT, "pmd_size", "value",
	       number(BIT(shift + shift - 3), how));
	expect(v, RECORD_FACT, "pgdir_size", "value",
	       number(BIT(table_bits(d) - (shift - 3)), how));
	/* asm/thread_info.h, asm/sparsemem.h */
	expect(v, RECORD_FACT, "thread_size", "value",
	       number(16384, "THREAD_SIZE"));
	expect(v, RECORD_FACT, "section_size", "value", number(BIT(29), how));
	expect(v, RECORD_FACT, "max_physmem_bits", "value", number(48, how));
	/* asm/addrspace.h; FIX_EARLYCON_MEM_BASE */
	expect(v, RECORD_REGION, "fixmap", "end",
	       number(0xfffffffffffdffff, "FIXADDR_TOP"));
	expect_size(v, "fixmap", number(d->page, "one slot"));
	if (d->no_kaslr)
		expect(v, RECORD_FACT, "image_kaslr_offset", "value",
		       number(0, "nokaslr, or not configured"));
	else
		expect(v, RECORD_FACT, "image_kaslr_offset", "value",
		       range(0, GIB, "moved by KASLR"));
	if (d->linked_elsewhere)
		return;
	expect(v, RECORD_REGION, "image", "start", d->no_kaslr ?
	       number(0x9000000000200000, "where it is linked") :
	       range(0x9000000000200000, 0x9000000000200000 + GIB, "moved by KASLR"));
}

/* --- What hangs on the bits of addresses --------------------------------- */

static void check_bits(const struct documented *d, struct verification *v)
{
	uint64_t user_bits = d->va_bits - 1;
	uint64_t base = -BIT(d->va_bits - 1);
	const char *how = "the address sizes of /proc/cpuinfo";
	char *split;

	if (!d->why && user_bits > table_bits(d))
		user_bits = table_bits(d);
	split = pool_printf(&v->pool, "%" PRIu64 "T:8E", BIT(user_bits) >> 40);
	expect(v, RECORD_FACT, "va_bits", "value", number(d->va_bits, how));
	expect(v, RECORD_FACT, "pa_bits", "value", number(d->pa_bits, how));
	expect(v, RECORD_FACT, "vm_map_base", "value", number(base, how));
	expect(v, RECORD_FACT, "user_limit", "value", number(BIT(user_bits), how));
	expect(v, RECORD_FACT, "user_kernel_split", "value", word(split, how));
	expect(v, RECORD_REGION, "user", "start", number(0, how));
	expect(v, RECORD_REGION, "user", "end", number(BIT(user_bits) - 1, how));
}

/* 256 MiB of modules became 2 GiB after 6.6. */
static struct known modules_size(const struct documented *d)
{
	const char *how = "one behind the other, from vm_map_base on";

	if (d->release && d->release < 6007)
		return number(256 * MIB, how);
	return d->release >= 6012 ? number(2 * GIB, how) :
	       range(256 * MIB, 2 * GIB, "256 MiB in old releases, 2 GiB in new ones");
}

/* From vm_map_base up: I/O ports, modules, vmalloc. */
static void check_mapped(const struct documented *d, struct verification *v)
{
	uint64_t at = -BIT(d->va_bits - 1) + 2 * d->page;
	struct known size = modules_size(d), behind = size;
	const char *how = "one behind the other, from vm_map_base on";

	expect(v, RECORD_REGION, "pci_io", "start", number(at, how));
	at += 32 * MIB;
	expect(v, RECORD_REGION, "pci_io", "end", number(at - 1, how));
	expect(v, RECORD_REGION, "modules", "start", number(at, how));
	expect(v, RECORD_REGION, "modules_text", "start", if_any(number(at, how)));
	expect(v, RECORD_REGION, "modules_text", "end",
	       if_any(number(at + 256 * MIB - 1, how)));
	behind.number += at;
	behind.high += at;
	expect(v, RECORD_REGION, "vmalloc", "start", behind);
	behind.number--;
	behind.high--;
	expect(v, RECORD_REGION, "modules", "end", behind);
}

/* Where vmalloc ends, below a vmemmap of this many bytes and KFENCE's room. */
static uint64_t vmalloc_end(const struct documented *d, uint64_t map, uint64_t area)
{
	unsigned int bits = table_bits(d), most = (unsigned int)d->va_bits - 1 - d->kasan;

	if (bits > most)
		bits = most;
	return -BIT(d->va_bits - 1) + BIT(bits) - BIT(2 * d->page_shift - 3) - map - area;
}

/* With struct pages of that many bytes, from the least to the most. */
static void check_vmemmap(const struct documented *d, struct verification *v,
			  uint64_t least, uint64_t most, uint64_t area)
{
	unsigned int shift = (unsigned int)d->pa_bits - d->page_shift;
	uint64_t pmd = BIT(2 * d->page_shift - 3);
	uint64_t low = vmalloc_end(d, most << shift, area);
	uint64_t high = vmalloc_end(d, least << shift, area);

	expect_size(v, "vmemmap", known_between(least << shift, most << shift,
		"a struct page for each page of the physical addresses"));
	expect(v, RECORD_REGION, "vmalloc", "end",
	       known_between(low - 1, high - 1, "what is left below vmemmap"));
	/* Older kernels leave a whole table free where vmalloc ends with one. */
	expect(v, RECORD_REGION, "vmemmap", "start",
	       known_between((low + pmd - 1) & -pmd,
			     (high + pmd - (d->release >= 7002)) & -pmd,
			     "behind vmalloc, at a whole table"));
}

/* What page tables translate ends with vmemmap and KFENCE's room. */
static void check_top(const struct documented *d, struct verification *v)
{
	const struct value *size = value_of(v, RECORD_FACT, "struct_page_size", "value");
	const struct region *vmemmap = layout_region(v->layout, "vmemmap");
	uint64_t area = d->kfence_objects ?
		((d->kfence_objects + 1) * 2 + 2) * d->page : 0;

	expect_size(v, "kfence_area", area ?
		    number(area, "two pages for each object, and four") :
		    nothing("CONFIG_KFENCE is not set"));
	if (!d->vmemmap)
		return;
	/* 64 bytes, and in some configurations two words more. */
	check_vmemmap(d, v, 64, 80, area);
	if (!vmemmap || vmemmap->absent || !size || !size->is_number)
		return;
	v->leaning = true;
	check_vmemmap(d, v, size->number, size->number, area);
	expect(v, RECORD_REGION, "kfence_area", "start",
	       if_any(number(vmemmap->end + 1, "behind vmemmap")));
	v->leaning = false;
}

static void check(const void *evidence, struct verification *v)
{
	const struct documented *d = evidence;

	/* Rules without a machine to apply them to confirm nothing. */
	v->leaning = d->why && d->why_bits;
	check_windows(v);
	v->leaning = false;
	if (!d->why)
		check_pages(d, v);
	if (d->why_bits)
		return;
	check_bits(d, v);
	if (d->why)
		return;
	check_mapped(d, v);
	check_top(d, v);
}

const struct documentation documented_loongarch64 = {
	.load = load,
	.check = check,
	.image_home = "direct_map",
};
