// SPDX-License-Identifier: GPL-2.0-only
/*
 * i386.c - x86 of 32 bits: arch/x86/include/asm/fixmap.h and
 * pgtable_32_areas.h count everything above vmalloc down from the last page,
 * by what is configured; arch/x86/mm/init_32.c gives lowmem what is left.
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "lowmem.h"

#define PAGE		UINT64_C(4096)
#define MIB		(UINT64_C(1) << 20)
#define LAST_PAGE	UINT64_C(0xfffff000)
/* asm/cpu_entry_area.h: tables and stacks, the task state, Intel's debug store */
#define ENTRY_PAGES	43

struct documented {
	struct lowmem lowmem;
	bool pae, highmem;
	unsigned int kmap_slots;	/* of each CPU */
	unsigned int first_kmap;	/* the slot; 0: none */
	unsigned int slots;
	uint64_t top;			/* FIXADDR_TOP; 0: not known */
};

static bool has(const struct documented *d, const char *option)
{
	return is_switched_on(d->lowmem.config, option);
}

/* enum fixed_addresses */
static void count_slots(struct documented *d)
{
	unsigned int n = 3;	/* a hole, the debug port, an early console */

	n += has(d, "CONFIG_PROVIDE_OHCI1394_DMA_INIT");
	n += has(d, "CONFIG_X86_LOCAL_APIC");
	n += has(d, "CONFIG_X86_IO_APIC") * 64;
	if (d->kmap_slots) {
		d->first_kmap = n;
		n += d->kmap_slots * d->lowmem.cpus;
		n += has(d, "CONFIG_PCI_MMCONFIG");
	}
	n += has(d, "CONFIG_PARAVIRT_XXL");
	n += has(d, "CONFIG_X86_INTEL_MID") && d->kmap_slots == 20;
	n += has(d, "CONFIG_ACPI_APEI_GHES") * 2;
	/* 512 for early_ioremap(), in one table of pages. */
	if ((n ^ (n + 511)) & -(d->pae ? 512u : 1024u))
		n += 512 - (n & 511);
	d->slots = n + 512 + 1 + has(d, "CONFIG_INTEL_TXT");
}

static uint64_t pmd_size(const struct documented *d)
{
	return d->pae ? 2 * MIB : 4 * MIB;
}

/*
 * reserve_top_address() of arch/x86/mm/pgtable.c.  The kernel reads sizes of 32
 * bits there.
 */
static uint64_t find_top(const struct documented *d)
{
	uint64_t reserve = 0, top;

	if (d->lowmem.cmdline)
		cmdline_size(d->lowmem.cmdline, "reservetop=", &reserve);
	top = ((-reserve & -pmd_size(d)) - PAGE) & UINT32_MAX;
	return top > d->lowmem.page_offset + 256 * MIB ? top : 0;
}

static const void *load(struct machine *m)
{
	struct documented *d = pool_alloc(machine_pool(m), sizeof(*d));

	lowmem_find(&d->lowmem, m);
	if (d->lowmem.why)
		return d;
	if (!d->lowmem.release)
		d->lowmem.why = "the release is not known";
	else if (!d->lowmem.cmdline)
		d->lowmem.why = "needs /proc/cmdline, for reservetop= and vmalloc=";
	d->pae = has(d, "CONFIG_X86_PAE");
	d->top = find_top(d);
	if (!d->top && !d->lowmem.why)
		d->lowmem.why = "reservetop= leaves no room for the kernel";
	d->highmem = has(d, "CONFIG_HIGHMEM");
	/* Before 5.11 they are there without highmem, too. */
	if (d->lowmem.release < 5011)
		d->kmap_slots = has(d, "CONFIG_DEBUG_HIGHMEM") ? 41 : 20;
	else if (d->highmem || has(d, "CONFIG_KMAP_LOCAL"))
		d->kmap_slots = has(d, "CONFIG_DEBUG_KMAP_LOCAL") ? 33 : 16;
	count_slots(d);
	return d;
}

static uint64_t slot(const struct documented *d, unsigned int n)
{
	return d->top - n * PAGE;
}

/* From the top down; returns where vmalloc ends. */
static uint64_t check_top(const struct documented *d, struct verification *v)
{
	uint64_t pmd = pmd_size(d);
	uint64_t size = PAGE + ENTRY_PAGES * PAGE * d->lowmem.cpus;
	uint64_t entry = (slot(d, d->slots) - size) & -pmd;
	uint64_t ldt = entry - pmd, pkmap = ldt - pmd;
	const char *how = "counted down from the last page";

	/* Slot 0 is a hole, which older modules counted in. */
	expect_between(v, "fixmap", slot(d, d->slots - 1),
		       d->top + (is_older(v->layout) ? PAGE : 0), how);
	if (d->top == LAST_PAGE)
		expect(v, RECORD_REGION, "reserve_top", "start",
		       nothing("reservetop= is not given"));
	else
		expect_between(v, "reserve_top", d->top + PAGE, LAST_PAGE + PAGE, "reservetop=");
	expect_between(v, "kmap_local", slot(d, d->first_kmap + d->kmap_slots * d->lowmem.cpus - 1),
		       slot(d, d->first_kmap) + PAGE, how);
	expect_between(v, "cpu_entry_area", entry, entry + size, how);
	expect_between(v, "ldt_remap", ldt, entry, how);
	expect_between(v, "pkmap", pkmap, ldt, how);
	return (d->highmem ? pkmap : ldt) - 2 * PAGE;
}

/* find_low_pfn_range() */
static void check_lowmem(const struct documented *d, struct verification *v, uint64_t vmalloc_end)
{
	const struct lowmem *k = &d->lowmem;
	uint64_t reserve = (128 - 8) * MIB, highmem = 0;
	uint64_t most = vmalloc_end - k->page_offset, size;

	cmdline_size(k->cmdline, "vmalloc=", &reserve);
	if (d->highmem)
		cmdline_size(k->cmdline, "highmem=", &highmem);
	most -= reserve + 8 * MIB;
	if (!k->banks)
		return;
	size = k->ram_end & -PAGE;
	/* What would leave too little is not done. */
	if (highmem >= size || size - highmem < 64 * MIB)
		highmem = 0;
	if (size > most)
		size = most;
	else
		size -= highmem;
	expect_lowmem(k, v, size, k->page_offset + size + 8 * MIB,
		      "memory, less what vmalloc needs");
	expect(v, RECORD_REGION, "modules", "start",
	       if_any(number(k->page_offset + size + 8 * MIB, "all of vmalloc")));
}

static void check_facts(const struct documented *d, struct verification *v)
{
	const char *how = d->pae ? "CONFIG_X86_PAE" : "without CONFIG_X86_PAE";

	expect(v, RECORD_FACT, "user_limit", "value",
	       number(d->lowmem.page_offset, "CONFIG_PAGE_OFFSET"));
	expect(v, RECORD_FACT, "page_levels", "value", number(d->pae ? 3 : 2, how));
	expect(v, RECORD_FACT, "pgdir_size", "value", number(d->pae ? 1024 * MIB : 4 * MIB, how));
	expect(v, RECORD_FACT, "pmd_size", "value", number(d->pae ? 2 * MIB : 4 * MIB, how));
}

/* In lowmem, where it is linked or above. */
static void check_image(const struct documented *d, struct verification *v)
{
	/* Without KASLR, too, it stays where it was loaded, as after a crash. */
	bool fixed = !has(d, "CONFIG_RELOCATABLE");
	uint64_t linked = d->lowmem.page_offset + linked_offset(d->lowmem.config, 512 * MIB);
	const char *how = "below KERNEL_IMAGE_SIZE";

	expect(v, RECORD_FACT, "image_kaslr_offset", "value", fixed ?
	       number(0, "CONFIG_RELOCATABLE is not set") : range(0, 512 * MIB, how));
	if (linked == d->lowmem.page_offset)
		return;
	expect(v, RECORD_REGION, "image", "start", fixed ?
	       number(linked, "CONFIG_PHYSICAL_START") :
	       range(linked, d->lowmem.page_offset + 512 * MIB, how));
}

static void check(const void *evidence, struct verification *v)
{
	const struct documented *d = evidence;
	uint64_t vmalloc_end;

	if (d->lowmem.why) {
		expect(v, RECORD_REGION, "vmalloc", "end", unknown(d->lowmem.why));
		return;
	}
	lowmem_check(&d->lowmem, v);
	expect(v, RECORD_REGION, "user", "end",
	       number(d->lowmem.page_offset - 1, "CONFIG_PAGE_OFFSET"));
	vmalloc_end = check_top(d, v);
	expect(v, RECORD_REGION, "vmalloc", "end",
	       number(vmalloc_end - 1, "counted down from the last page"));
	expect(v, RECORD_REGION, "modules", "end",
	       if_any(number(vmalloc_end - 1, "all of vmalloc")));
	check_lowmem(d, v, vmalloc_end);
	check_facts(d, v);
	check_image(d, v);
}

const struct documentation documented_i386 = {
	.load = load,
	.check = check,
	.image_home = "direct_map",
};
