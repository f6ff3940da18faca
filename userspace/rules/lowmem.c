// SPDX-License-Identifier: GPL-2.0-only
/* lowmem.c - what decides the layout of kernels of 32 bits. */
#include "base/util.h"
#include "lowmem.h"

#define PAGE	4096u

void lowmem_find(struct lowmem *k, const struct situation *s)
{
	k->situation = s;
	k->ram = s->memory.number;
	k->ram_end = s->memory_end.number;
	k->first_page = situation_is_arch(s, "i386") ? 0 : k->ram;
	if (!s->options) {
		k->why = s->why_no_options;
		return;
	}
	k->page_offset = option_number(s, "CONFIG_PAGE_OFFSET");
	k->cpus = has_option(s, "CONFIG_SMP") ?
		(unsigned int)option_number(s, "CONFIG_NR_CPUS") : 1;
	/* arch/x86/Kconfig, NR_CPUS_RANGE_END; arm has at most 32. */
	if (!k->page_offset || k->page_offset > UINT32_MAX || !k->cpus || k->cpus > 64)
		k->why = "not the configuration of a 32-bit kernel";
}

static void expect_split(const struct lowmem *k, struct expected_list *e)
{
	static const struct {
		uint64_t page_offset;
		const char *split;
	} splits[] = {
		{ 0xc0000000, "3G:1G" },	{ 0xb0000000, "2816M:1280M" },
		{ 0x80000000, "2G:2G" },	{ 0x78000000, "1920M:2176M" },
		{ 0x40000000, "1G:3G" },
	};
	const char *how = "CONFIG_PAGE_OFFSET";

	must_be(e, RECORD_REGION, "user", "start", number(0, how));
	must_be(e, RECORD_REGION, "direct_map", "start", number(k->page_offset, how));
	for (size_t i = 0; i < ARRAY_SIZE(splits); i++) {
		if (splits[i].page_offset == k->page_offset)
			must_be(e, RECORD_FACT, "user_kernel_split", "value",
			       word(splits[i].split, how));
	}
}

/* One array, a struct page for each page from the first of memory to the last. */
static void expect_mem_map(const struct lowmem *k, struct expected_list *e, uint64_t end)
{
	const struct known *page = &k->situation->struct_page;

	if (!k->situation->banks)
		must_be(e, RECORD_REGION, "mem_map", "size",
			if_any(unknown("/proc/iomem does not tell where memory is")));
	else if (page->kind == NUMBER)
		must_have_size(e, "mem_map",
			       leaning(number((end - k->first_page) / PAGE * page->number,
					      "a struct page for each page of memory")));
}

void lowmem_must_be(const struct lowmem *k, struct expected_list *e,
		    uint64_t size, uint64_t vmalloc, const char *how)
{
	uint64_t end = k->page_offset + size;

	/* Without highmem, the rest of memory is as if it were not there. */
	if (!has_option(k->situation, "CONFIG_HIGHMEM"))
		expect_mem_map(k, e, k->first_page + size);

	must_be(e, RECORD_REGION, "direct_map", "end", number(end - 1, how));
	must_be(e, RECORD_FACT, "high_memory", "value", number(end, how));
	must_span_if_any(e, "vmalloc_gap", end, vmalloc, "between lowmem and vmalloc");
	must_be(e, RECORD_REGION, "vmalloc", "start", number(vmalloc, how));
}

/* x86 alone has it at 0 wherever memory begins. */
static struct known find_phys(const struct lowmem *k)
{
	if (situation_is_arch(k->situation, "i386"))
		return number(0, "always");
	return k->situation->banks ? number(k->ram, "where memory begins") :
	       unknown("/proc/iomem does not tell where memory is");
}

void lowmem_expect(const struct lowmem *k, struct expected_list *e)
{
	const struct situation *s = k->situation;
	const char *how = "a 32-bit kernel";

	expect_split(k, e);
	if (has_option(s, "CONFIG_HIGHMEM"))
		expect_mem_map(k, e, k->ram_end);
	must_be(e, RECORD_REGION, "direct_map", "phys", find_phys(k));
	must_be(e, RECORD_FACT, "va_bits", "value", number(32, how));
	must_be(e, RECORD_FACT, "page_size", "value", number(PAGE, how));
	must_be(e, RECORD_FACT, "thread_size", "value",
	       number(has_option(s, "CONFIG_KASAN") ? 4 * PAGE : 2 * PAGE,
		      "THREAD_SIZE"));
	must_be(e, RECORD_REGION, "vmemmap", "start", nothing("CONFIG_FLATMEM"));
	if (!has_option(s, "CONFIG_KASAN"))
		must_be(e, RECORD_REGION, "kasan_shadow", "start",
		       nothing("CONFIG_KASAN is not set"));
	if (has_option(s, "CONFIG_HIGHMEM"))
		return;
	must_be(e, RECORD_REGION, "pkmap", "start", nothing("CONFIG_HIGHMEM is not set"));
	/* x86 has slots for devices' memory, before 5.11 without that option. */
	if (!has_option(s, "CONFIG_KMAP_LOCAL") &&
	    (s->release >= 5011 || !situation_is_arch(s, "i386")))
		must_be(e, RECORD_REGION, "kmap_local", "start",
		       nothing("CONFIG_HIGHMEM is not set"));
}
