// SPDX-License-Identifier: GPL-2.0-only
/*
 * loongarch64.c - the layout as the kernel's documentation and
 * sources give it (Documentation/arch/loongarch/introduction.rst,
 * arch/loongarch/include/asm/addrspace.h and pgtable.h).
 */
#include <inttypes.h>
#include <elf.h>
#include <string.h>

#include "arch.h"
#include "base/util.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH	258
#endif

#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)
#define BIT(n)	(UINT64_C(1) << (n))

struct facts {
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

static unsigned int find_page_shift(const struct situation *s)
{
	return has_option(s, "CONFIG_PAGE_SIZE_64KB") ? 16 :
	       has_option(s, "CONFIG_PAGE_SIZE_16KB") ? 14 :
	       has_option(s, "CONFIG_PAGE_SIZE_4KB") ? 12 : 0;
}

static void find_pages(struct facts *d, const struct situation *s)
{
	d->page_shift = find_page_shift(s);
	d->page = BIT(d->page_shift);
	d->levels = option_number(s, "CONFIG_PGTABLE_LEVELS");
	if (!d->page_shift || d->levels < 2 || d->levels > 4)
		d->why = "the configuration tells no page size";
}

static void find_bits(struct facts *d, const struct situation *s)
{
	const char *none = "/proc/cpuinfo tells no address sizes";

	d->va_bits = s->va_bits.number;
	d->pa_bits = s->pa_bits.number;
	if (s->va_bits.kind != NUMBER || s->pa_bits.kind != NUMBER)
		d->why_bits = s->va_bits.kind == NUMBER ? s->pa_bits.how : s->va_bits.how;
	else if (d->va_bits < 32 || d->va_bits > 60 || d->pa_bits < 32 || d->pa_bits > 60)
		d->why_bits = none;
}

static struct facts find_facts(const struct situation *s)
{
	struct facts d = { 0 };

	find_bits(&d, s);
	if (!s->options) {
		d.why = s->why_no_options;
		return d;
	}
	find_pages(&d, s);
	if (has_option(s, "CONFIG_KFENCE"))
		d.kfence_objects = option_number(s, "CONFIG_KFENCE_NUM_OBJECTS");
	d.vmemmap = has_option(s, "CONFIG_SPARSEMEM_VMEMMAP");
	d.kasan = has_option(s, "CONFIG_KASAN");
	d.release = s->release;
	d.linked_elsewhere = d.release < 6012 && has_option(s, "CONFIG_CRASH_DUMP");
	d.no_kaslr = !has_option(s, "CONFIG_RANDOMIZE_BASE") || has_parameter(s, "nokaslr");
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

static void expect_windows(struct expected_list *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(windows); i++) {
		const char *how = "the window that the kernel sets up";

		must_be(e, RECORD_REGION, windows[i].name, "start",
		       if_any(number(windows[i].start, how)));
		must_be(e, RECORD_REGION, windows[i].name, "end",
		       if_any(number(windows[i].start + WINDOW - 1, how)));
		must_be(e, RECORD_REGION, windows[i].name, "phys",
		       if_any(number(0, "all physical memory")));
	}
	must_be(e, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
}

/* --- What depends on the size of pages ----------------------------------- */

/* Bits that page tables translate. */
static unsigned int table_bits(const struct facts *d)
{
	return d->page_shift + (unsigned int)d->levels * (d->page_shift - 3);
}

static void expect_pages(const struct facts *d, struct expected_list *e)
{
	unsigned int shift = d->page_shift;
	const char *how = "the page size and levels of the configuration";

	must_be(e, RECORD_FACT, "page_size", "value", number(d->page, how));
	must_be(e, RECORD_FACT, "page_levels", "value", number(d->levels, how));
	must_be(e, RECORD_FACT, "pmd_size", "value",
	       number(BIT(shift + shift - 3), how));
	must_be(e, RECORD_FACT, "pgdir_size", "value",
	       number(BIT(table_bits(d) - (shift - 3)), how));
	/* asm/thread_info.h, asm/sparsemem.h */
	must_be(e, RECORD_FACT, "thread_size", "value",
	       number(16384, "THREAD_SIZE"));
	must_be(e, RECORD_FACT, "section_size", "value", number(BIT(29), how));
	must_be(e, RECORD_FACT, "max_physmem_bits", "value", number(48, how));
	/* asm/addrspace.h; FIX_EARLYCON_MEM_BASE */
	must_be(e, RECORD_REGION, "fixmap", "end",
	       number(0xfffffffffffdffff, "FIXADDR_TOP"));
	must_have_size(e, "fixmap", number(d->page, "one slot"));
	if (d->no_kaslr)
		must_be(e, RECORD_FACT, "image_kaslr_offset", "value",
		       number(0, "nokaslr, or not configured"));
	else
		must_be(e, RECORD_FACT, "image_kaslr_offset", "value",
		       range(0, GIB, "moved by KASLR"));
	if (d->linked_elsewhere)
		return;
	must_be(e, RECORD_REGION, "image", "start", d->no_kaslr ?
	       number(0x9000000000200000, "where it is linked") :
	       range(0x9000000000200000, 0x9000000000200000 + GIB, "moved by KASLR"));
}

/* --- What depends on the bits of addresses ------------------------------- */

static void expect_bits(const struct facts *d, struct expected_list *e)
{
	uint64_t user_bits = d->va_bits - 1;
	uint64_t base = -BIT(d->va_bits - 1);
	const char *how = "the address sizes of /proc/cpuinfo";
	char *split;

	if (!d->why && user_bits > table_bits(d))
		user_bits = table_bits(d);
	split = pool_printf(&e->pool, "%" PRIu64 "T:8E", BIT(user_bits) >> 40);
	must_be(e, RECORD_FACT, "va_bits", "value", number(d->va_bits, how));
	must_be(e, RECORD_FACT, "pa_bits", "value", number(d->pa_bits, how));
	must_be(e, RECORD_FACT, "vm_map_base", "value", number(base, how));
	must_be(e, RECORD_FACT, "user_limit", "value", number(BIT(user_bits), how));
	must_be(e, RECORD_FACT, "user_kernel_split", "value", word(split, how));
	must_be(e, RECORD_REGION, "user", "start", number(0, how));
	must_be(e, RECORD_REGION, "user", "end", number(BIT(user_bits) - 1, how));
}

/* 256 MiB of modules became 2 GiB after 6.6. */
static struct known modules_size(const struct facts *d)
{
	const char *how = "one after the other, from vm_map_base on";

	if (d->release && d->release < 6007)
		return number(256 * MIB, how);
	return d->release >= 6012 ? number(2 * GIB, how) :
	       range(256 * MIB, 2 * GIB, "256 MiB in old releases, 2 GiB in new ones");
}

/* From vm_map_base up: I/O ports, modules, vmalloc. */
static void expect_mapped(const struct facts *d, struct expected_list *e)
{
	uint64_t at = -BIT(d->va_bits - 1) + 2 * d->page;
	struct known size = modules_size(d), behind = size;
	const char *how = "one after the other, from vm_map_base on";

	must_be(e, RECORD_REGION, "pci_io", "start", number(at, how));
	at += 32 * MIB;
	must_be(e, RECORD_REGION, "pci_io", "end", number(at - 1, how));
	must_be(e, RECORD_REGION, "modules", "start", number(at, how));
	must_be(e, RECORD_REGION, "modules_text", "start", if_any(number(at, how)));
	must_be(e, RECORD_REGION, "modules_text", "end",
	       if_any(number(at + 256 * MIB - 1, how)));
	behind.number += at;
	behind.high += at;
	must_be(e, RECORD_REGION, "vmalloc", "start", behind);
	behind.number--;
	behind.high--;
	must_be(e, RECORD_REGION, "modules", "end", behind);
}

/* Where vmalloc ends, below a vmemmap of this many bytes and KFENCE's room. */
static uint64_t vmalloc_end(const struct facts *d, uint64_t map, uint64_t area)
{
	unsigned int bits = table_bits(d), most = (unsigned int)d->va_bits - 1 - d->kasan;

	if (bits > most)
		bits = most;
	return -BIT(d->va_bits - 1) + BIT(bits) - BIT(2 * d->page_shift - 3) - map - area;
}

/* With struct pages of that many bytes, from the least to the most. */
static void expect_vmemmap(const struct facts *d, struct expected_list *e, uint64_t least,
			  uint64_t most, uint64_t area, bool leans)
{
	unsigned int shift = (unsigned int)d->pa_bits - d->page_shift;
	uint64_t pmd = BIT(2 * d->page_shift - 3);
	uint64_t low = vmalloc_end(d, most << shift, area);
	uint64_t high = vmalloc_end(d, least << shift, area);

	must_have_size(e, "vmemmap", known_between(least << shift, most << shift,
		"a struct page for each page of the physical addresses"))->known.leaning = leans;
	must_be(e, RECORD_REGION, "vmalloc", "end",
		known_between(low - 1, high - 1, "what is left below vmemmap"))->known.leaning = leans;
	/* Older kernels leave a whole table free where vmalloc ends with one. */
	must_be(e, RECORD_REGION, "vmemmap", "start",
		known_between((low + pmd - 1) & -pmd,
			      (high + pmd - (d->release >= 7002)) & -pmd,
			      "after vmalloc, at a whole table"))->known.leaning = leans;
}

/* What page tables translate ends with vmemmap and KFENCE's room. */
static void expect_top(const struct facts *d, const struct situation *s,
		      struct expected_list *e)
{
	uint64_t area = d->kfence_objects ?
		((d->kfence_objects + 1) * 2 + 2) * d->page : 0;
	const uint64_t page = s->struct_page.number;

	must_have_size(e, "kfence_area", area ?
		       number(area, "two pages for each object, and four") :
		       nothing("CONFIG_KFENCE is not set"));
	if (!d->vmemmap) {
		must_be(e, RECORD_REGION, "vmalloc", "end",
			number(vmalloc_end(d, 0, area) - 1, "CONFIG_SPARSEMEM_VMEMMAP is not set"));
		return;
	}
	/* 64 bytes, and in some configurations two words more. */
	expect_vmemmap(d, e, 64, 80, area, false);
	if (s->struct_page.kind == NUMBER)
		expect_vmemmap(d, e, page, page, area, true);
	must_be_from(e, RECORD_REGION, "kfence_area", "start", REGION_END("vmemmap"),
		     if_any(number(1, "after vmemmap")));
}

static void expect(const struct situation *s, struct expected_list *e)
{
	const struct facts facts = find_facts(s), *d = &facts;

	/* Rules without a machine to apply them to confirm nothing. */
	e->weak = d->why && d->why_bits;
	expect_windows(e);
	e->weak = false;
	if (!d->why)
		expect_pages(d, e);
	if (d->why_bits)
		return;
	expect_bits(d, e);
	if (d->why)
		return;
	expect_mapped(d, e);
	expect_top(d, s, e);
}

static uint64_t page_size(const struct situation *s)
{
	return BIT(find_page_shift(s) ? find_page_shift(s) : 12);
}

/* --- What a capture of it must hold --------------------------------------- */

static const struct content_rule items[] = {
	{ RECORD_REGION, "uncached", NEVER, NULL, PHYS },
	{ RECORD_REGION, "direct_map", NEVER, NULL,
	  { "phys", "populated_start", "populated_end" } },
	{ RECORD_REGION, "write_combine", NEVER, NULL, PHYS },
	{ RECORD_REGION, "pci_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "modules_text", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", POPULATED },
	{ RECORD_REGION, "kfence_area", WITHOUT_OPTION, "CONFIG_KFENCE", { 0 } },
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "rodata", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "bss", NEVER, NULL, PHYS },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "pa_bits", "bits", NULL },
	{ "vm_map_base", "address", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_4KB_3LEVEL", "CONFIG_4KB_4LEVEL", "CONFIG_16KB_2LEVEL",
	"CONFIG_16KB_3LEVEL", "CONFIG_64KB_2LEVEL", "CONFIG_64KB_3LEVEL",
	"CONFIG_ARCH_IOREMAP", NULL
};

static const char *const numbers[] = { "CONFIG_RANDOMIZE_BASE_MAX_OFFSET", NULL };

static const char *const order[] = {
	"user", "uncached", "direct_map", "write_combine", "pci_io", "modules",
	"vmalloc", "vmemmap", "kfence_area", "kasan_shadow", "fixmap", NULL
};

const struct arch arch_loongarch64 = {
	.name = "loongarch64",
	.machine = EM_LOONGARCH,
	.bits = 64,
	.expect = expect,
	.image_home = "direct_map",
	.page_size = page_size,
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
