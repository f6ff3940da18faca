// SPDX-License-Identifier: GPL-2.0-only
/* lowmem.c - what decides the layout of kernels of 32 bits. */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "lowmem.h"

#define PAGE	4096u

/* Top-level lines of /proc/iomem; reserved pieces within stand further in. */
static void find_memory(struct lowmem *k, const char *iomem)
{
	uint64_t start, end;

	for (const char *line = iomem; line; line = next_line(line)) {
		const char *p = line;

		if (!scan_number(&p, 16, &start) || !skip(&p, "-") ||
		    !scan_number(&p, 16, &end) || !skip(&p, " : System RAM\n") ||
		    end <= start)
			continue;
		if (!k->banks)
			k->ram = start;
		if (!k->banks || start != k->ram_end)
			k->banks++;
		k->ram_end = end + 1;
	}
}

void lowmem_find(struct lowmem *k, struct machine *m)
{
	const char *iomem = machine_file(m, "/proc/iomem", NULL, &k->why);

	k->cmdline = machine_file(m, "/proc/cmdline", NULL, NULL);
	k->release = release_number(machine_measured(m, "release"));
	if (iomem)
		find_memory(k, iomem);
	k->config = machine_config_file(m, &k->why);
	if (!k->config)
		return;
	k->why = NULL;
	k->page_offset = config_number(k->config, "CONFIG_PAGE_OFFSET=");
	k->cpus = (unsigned int)config_number(k->config, "CONFIG_NR_CPUS=");
	if (!is_switched_on(k->config, "CONFIG_SMP"))
		k->cpus = 1;
	if (!k->page_offset || k->page_offset > UINT32_MAX || !k->cpus)
		k->why = "not the configuration of a 32-bit kernel";
}

void expect_between(struct verification *v, const char *name, uint64_t start,
		    uint64_t end, const char *how)
{
	expect(v, RECORD_REGION, name, "start", if_any(number(start, how)));
	expect(v, RECORD_REGION, name, "end", if_any(number(end - 1, how)));
}

static void check_split(const struct lowmem *k, struct verification *v)
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

	expect(v, RECORD_REGION, "user", "start", number(0, how));
	expect(v, RECORD_REGION, "direct_map", "start", number(k->page_offset, how));
	for (size_t i = 0; i < ARRAY_SIZE(splits); i++) {
		if (splits[i].page_offset == k->page_offset)
			expect(v, RECORD_FACT, "user_kernel_split", "value",
			       word(splits[i].split, how));
	}
}

/* x86 alone counts pages from 0, wherever memory begins. */
static uint64_t first_page(const struct lowmem *k, const struct verification *v)
{
	return is_arch(v, "i386") ? 0 : k->ram;
}

/* One array, a struct page for each page from the first of memory to the last. */
static void check_mem_map(const struct lowmem *k, struct verification *v, uint64_t end)
{
	const struct value *page = value_of(v, RECORD_FACT, "struct_page_size", "value");

	if (!k->banks)
		expect(v, RECORD_REGION, "mem_map", "size",
		       if_any(unknown("/proc/iomem does not tell where memory is")));
	else if (page && page->is_number)
		expect_size(v, "mem_map",
			    leaning(number((end - first_page(k, v)) / PAGE * page->number,
					   "a struct page for each page of memory")));
}

void expect_lowmem(const struct lowmem *k, struct verification *v,
		   uint64_t size, uint64_t vmalloc, const char *how)
{
	uint64_t end = k->page_offset + size;

	/* Without highmem, the rest of memory is as if it were not there. */
	if (!is_switched_on(k->config, "CONFIG_HIGHMEM"))
		check_mem_map(k, v, first_page(k, v) + size);

	expect(v, RECORD_REGION, "direct_map", "end", number(end - 1, how));
	expect(v, RECORD_FACT, "high_memory", "value", number(end, how));
	expect_between(v, "vmalloc_gap", end, vmalloc, "between lowmem and vmalloc");
	expect(v, RECORD_REGION, "vmalloc", "start", number(vmalloc, how));
}

/* x86 alone has it at 0 wherever memory begins. */
static struct known find_phys(const struct lowmem *k, const struct verification *v)
{
	if (is_arch(v, "i386"))
		return number(0, "always");
	return k->banks ? number(k->ram, "where memory begins") :
	       unknown("/proc/iomem does not tell where memory is");
}

void lowmem_check(const struct lowmem *k, struct verification *v)
{
	const char *how = "a 32-bit kernel";

	check_split(k, v);
	if (is_switched_on(k->config, "CONFIG_HIGHMEM"))
		check_mem_map(k, v, k->ram_end);
	expect(v, RECORD_REGION, "direct_map", "phys", find_phys(k, v));
	expect(v, RECORD_FACT, "va_bits", "value", number(32, how));
	expect(v, RECORD_FACT, "page_size", "value", number(PAGE, how));
	expect(v, RECORD_FACT, "thread_size", "value",
	       number(is_switched_on(k->config, "CONFIG_KASAN") ? 4 * PAGE : 2 * PAGE,
		      "THREAD_SIZE"));
	expect(v, RECORD_REGION, "vmemmap", "start", nothing("CONFIG_FLATMEM"));
	if (!is_switched_on(k->config, "CONFIG_KASAN"))
		expect(v, RECORD_REGION, "kasan_shadow", "start",
		       nothing("CONFIG_KASAN is not set"));
	if (is_switched_on(k->config, "CONFIG_HIGHMEM"))
		return;
	expect(v, RECORD_REGION, "pkmap", "start", nothing("CONFIG_HIGHMEM is not set"));
	/* x86 has slots for devices' memory, before 5.11 without that option. */
	if (!is_switched_on(k->config, "CONFIG_KMAP_LOCAL") &&
	    (k->release >= 5011 || !is_arch(v, "i386")))
		expect(v, RECORD_REGION, "kmap_local", "start",
		       nothing("CONFIG_HIGHMEM is not set"));
}
