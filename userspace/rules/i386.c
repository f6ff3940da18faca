// SPDX-License-Identifier: GPL-2.0-only
/*
 * i386.c - x86 of 32 bits: arch/x86/include/asm/fixmap.h and
 * pgtable_32_areas.h count everything above vmalloc down from the last page,
 * by what is configured; arch/x86/mm/init_32.c gives lowmem what is left.
 */
#include <elf.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "lowmem.h"
#include "x86.h"

#define PAGE		UINT64_C(4096)
#define MIB		(UINT64_C(1) << 20)
#define LAST_PAGE	UINT64_C(0xfffff000)
#define GAP		(8 * MIB)		/* VMALLOC_OFFSET */
/* asm/cpu_entry_area.h: tables and stacks, the task state, Intel's debug store */
#define ENTRY_PAGES	43

struct facts {
	struct lowmem lowmem;
	bool pae, highmem;
	unsigned int kmap_slots;	/* of each CPU */
	unsigned int first_kmap;	/* the slot; 0: none */
	unsigned int slots;
	uint64_t top;			/* FIXADDR_TOP; 0: not known */
};

static bool has(const struct facts *d, const char *option)
{
	return has_option(d->lowmem.situation, option);
}

/* enum fixed_addresses */
static void count_slots(struct facts *d)
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

static uint64_t pmd_size(const struct facts *d)
{
	return d->pae ? 2 * MIB : 4 * MIB;
}

/*
 * reserve_top_address() of arch/x86/mm/pgtable.c.  The kernel reads sizes of 32
 * bits there.
 */
static uint64_t find_top(const struct facts *d)
{
	uint64_t reserve = 0, top;

	if (d->lowmem.situation->cmdline)
		cmdline_size(d->lowmem.situation->cmdline, "reservetop=", &reserve);
	top = ((-reserve & -pmd_size(d)) - PAGE) & UINT32_MAX;
	return top > d->lowmem.page_offset + 256 * MIB ? top : 0;
}

static void find_facts(struct facts *d, const struct situation *s)
{
	lowmem_find(&d->lowmem, s);
	if (d->lowmem.why)
		return;
	if (!s->release)
		d->lowmem.why = "the release is not known";
	else if (!s->cmdline)
		d->lowmem.why = "needs /proc/cmdline, for reservetop= and vmalloc=";
	d->pae = has(d, "CONFIG_X86_PAE");
	d->top = find_top(d);
	if (!d->top && !d->lowmem.why)
		d->lowmem.why = "reservetop= leaves no room for the kernel";
	d->highmem = has(d, "CONFIG_HIGHMEM");
	/* Before 5.11 they are there without highmem, too. */
	if (s->release < 5011)
		d->kmap_slots = has(d, "CONFIG_DEBUG_HIGHMEM") ? 41 : 20;
	else if (d->highmem || has(d, "CONFIG_KMAP_LOCAL"))
		d->kmap_slots = has(d, "CONFIG_DEBUG_KMAP_LOCAL") ? 33 : 16;
	count_slots(d);
}

static uint64_t slot(const struct facts *d, unsigned int n)
{
	return d->top - n * PAGE;
}

/* From the top down; returns where vmalloc ends. */
static uint64_t expect_top(const struct facts *d, struct expected_list *e)
{
	uint64_t pmd = pmd_size(d);
	uint64_t size = PAGE + ENTRY_PAGES * PAGE * d->lowmem.cpus;
	uint64_t entry = (slot(d, d->slots) - size) & -pmd;
	uint64_t ldt = entry - pmd, pkmap = ldt - pmd;
	const char *how = "counted down from the last page";

	/* Slot 0 is a hole. */
	must_span_if_any(e, "fixmap", slot(d, d->slots - 1), d->top, how);
	if (d->top == LAST_PAGE)
		must_be(e, RECORD_REGION, "reserve_top", "start",
		       nothing("reservetop= is not given"));
	else
		must_span_if_any(e, "reserve_top", d->top + PAGE, LAST_PAGE + PAGE, "reservetop=");
	must_span_if_any(e, "kmap_local", slot(d, d->first_kmap + d->kmap_slots * d->lowmem.cpus - 1),
		       slot(d, d->first_kmap) + PAGE, how);
	must_span_if_any(e, "cpu_entry_area", entry, entry + size, how);
	must_span_if_any(e, "ldt_remap", ldt, entry, how);
	must_span_if_any(e, "pkmap", pkmap, ldt, how);
	return (d->highmem ? pkmap : ldt) - 2 * PAGE;
}

/* highmem=, where the kernel has highmem at all; or 0. */
static uint64_t asked_highmem(const struct facts *d)
{
	uint64_t size = 0;

	if (d->highmem)
		cmdline_size(d->lowmem.situation->cmdline, "highmem=", &size);
	return size & -PAGE;
}

/*
 * MAXMEM: the most that lowmem can be, in whole pages, or 0 if vmalloc= leaves none.
 * The kernel keeps what is reserved, with the gap below vmalloc, in 32 bits.
 */
static uint64_t most_lowmem(const struct facts *d, uint64_t vmalloc_end)
{
	uint64_t window = vmalloc_end - d->lowmem.page_offset, reserve = 120 * MIB;

	cmdline_size(d->lowmem.situation->cmdline, "vmalloc=", &reserve);
	reserve = (reserve + GAP) & UINT32_MAX;
	return reserve < window ? (window - reserve) & -PAGE : 0;
}

/*
 * Where memory ends that the kernel uses: without PAE at 4 GiB, and with more than
 * lowmem can hold where highmem= says (highmem_pfn_init() of init_32.c).
 */
static uint64_t memory_used(const struct facts *d, uint64_t most)
{
	uint64_t end = d->lowmem.ram_end & -PAGE, highmem = asked_highmem(d);

	if (!d->pae && end > 4096 * MIB)
		end = 4096 * MIB;
	return highmem && most && end > most && highmem < end - most ? most + highmem : end;
}

/* find_low_pfn_range() */
static void expect_lowmem(const struct facts *d, struct expected_list *e,
			 uint64_t most, uint64_t vmalloc_end)
{
	static const char too_much[] = "vmalloc= leaves no room";
	const struct lowmem *k = &d->lowmem;
	uint64_t highmem = asked_highmem(d), size = k->ram_end & -PAGE, vmalloc;

	if (!k->situation->banks)
		return;
	/* What would leave too little is not done. */
	if (highmem >= size || size - highmem < 64 * MIB)
		highmem = 0;
	if (size > most)
		size = most;
	else
		size -= highmem;
	vmalloc = k->page_offset + size + GAP;
	if (!size || vmalloc >= vmalloc_end) {
		must_be(e, RECORD_REGION, "direct_map", "end", unknown(too_much));
		must_be(e, RECORD_REGION, "vmalloc", "start", unknown(too_much));
		return;
	}
	lowmem_must_be(k, e, size, vmalloc, "memory, less what vmalloc needs");
	must_be(e, RECORD_REGION, "modules", "start", if_any(number(vmalloc, "all of vmalloc")));
}

static void expect_facts(const struct facts *d, struct expected_list *e)
{
	const char *how = d->pae ? "CONFIG_X86_PAE" : "without CONFIG_X86_PAE";

	must_be(e, RECORD_FACT, "user_limit", "value",
	       number(d->lowmem.page_offset, "CONFIG_PAGE_OFFSET"));
	must_be(e, RECORD_FACT, "page_levels", "value", number(d->pae ? 3 : 2, how));
	must_be(e, RECORD_FACT, "pgdir_size", "value", number(d->pae ? 1024 * MIB : 4 * MIB, how));
	must_be(e, RECORD_FACT, "pmd_size", "value", number(d->pae ? 2 * MIB : 4 * MIB, how));
}

/* In lowmem, where it is linked or above. */
static void expect_image(const struct facts *d, struct expected_list *e)
{
	/* Without KASLR, too, it stays where it was loaded, as after a crash. */
	bool fixed = !has(d, "CONFIG_RELOCATABLE");
	uint64_t linked = d->lowmem.page_offset + linked_offset(d->lowmem.situation, 512 * MIB);
	const char *how = "below KERNEL_IMAGE_SIZE";
	struct known start = fixed ? number(linked, "CONFIG_PHYSICAL_START") :
		range(linked, d->lowmem.page_offset + 512 * MIB, how);

	must_be(e, RECORD_FACT, "image_kaslr_offset", "value", fixed ?
	       number(0, "CONFIG_RELOCATABLE is not set") : range(0, 512 * MIB, how));
	if (linked == d->lowmem.page_offset)
		start = unknown("needs CONFIG_PHYSICAL_START and CONFIG_PHYSICAL_ALIGN");
	must_be(e, RECORD_REGION, "image", "start", start);
}

static void expect(const struct situation *s, struct expected_list *e)
{
	struct facts facts = { 0 }, *d = &facts;
	uint64_t vmalloc_end, most;

	find_facts(d, s);
	if (d->lowmem.why) {
		must_be(e, RECORD_REGION, "vmalloc", "end", unknown(d->lowmem.why));
		return;
	}
	vmalloc_end = expect_top(d, e);
	most = most_lowmem(d, vmalloc_end);
	d->lowmem.ram_end = memory_used(d, most);
	lowmem_expect(&d->lowmem, e);
	must_be(e, RECORD_REGION, "user", "end",
	       number(d->lowmem.page_offset - 1, "CONFIG_PAGE_OFFSET"));
	must_be(e, RECORD_REGION, "vmalloc", "end",
	       number(vmalloc_end - 1, "counted down from the last page"));
	must_be(e, RECORD_REGION, "modules", "end",
	       if_any(number(vmalloc_end - 1, "all of vmalloc")));
	expect_lowmem(d, e, most, vmalloc_end);
	expect_facts(d, e);
	expect_image(d, e);
}

/* --- What a capture of it must hold --------------------------------------- */

static const struct content_rule items[] = {
	{ RECORD_REGION, "vmalloc_gap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pkmap", WITHOUT_OPTION, "CONFIG_HIGHMEM", { 0 } },
	{ RECORD_REGION, "kmap_local", WITHOUT_OPTION, "CONFIG_HIGHMEM", { 0 } },
	{ RECORD_REGION, "ldt_remap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "cpu_entry_area", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "reserve_top", AT_RUN_TIME, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "kasan_shadow", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "rodata", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "bss", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "brk", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_WITNESS, "kmap", OPTIONAL, "CONFIG_HIGHMEM", CONTENT },
	{ RECORD_WITNESS, "fixmap_slot", OPTIONAL, NULL, { 0 } },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "pa_bits", "bits", NULL },
	{ "highmem", "bytes", NULL },
	{ "pti", "bool", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_X86_PAE", "CONFIG_HIGHMEM4G", "CONFIG_HIGHMEM64G",
	"CONFIG_PAGE_TABLE_ISOLATION", "CONFIG_MITIGATION_PAGE_TABLE_ISOLATION",
	"CONFIG_MODIFY_LDT_SYSCALL", NULL
};

static const char *const numbers[] = {
	"CONFIG_PHYSICAL_START", "CONFIG_PHYSICAL_ALIGN", NULL
};

static const char *const order[] = {
	"user", "direct_map", "vmalloc_gap", "vmalloc", "pkmap", "ldt_remap",
	"cpu_entry_area", "fixmap", "kmap_local", "reserve_top", NULL
};

const struct arch arch_i386 = {
	.name = "i386",
	.machine = EM_386,
	.bits = 32,
	.expect = expect,
	.image_home = "direct_map",
	.loader_only = X86_LOADER_ONLY,
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
