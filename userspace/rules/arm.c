// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm.c - 32-bit Arm: Documentation/arch/arm/memory.rst, and
 * arch/arm/mm/mmu.c for how much of memory is lowmem.
 */
#include <elf.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "lowmem.h"

#define PAGE		UINT64_C(4096)
#define MIB		(UINT64_C(1) << 20)
#define VMALLOC_END	UINT64_C(0xff800000)
#define GAP		(8 * MIB)

/* Modules are near the code that they call; pkmap shares their end. */
static void expect_below(const struct lowmem *k, struct expected_list *e)
{
	bool highmem = has_option(k->situation, "CONFIG_HIGHMEM");
	bool thumb = has_option(k->situation, "CONFIG_THUMB2_KERNEL");
	uint64_t end = k->page_offset - (highmem ? 2 * MIB : 0);
	uint64_t user = k->page_offset - 16 * MIB;
	uint64_t shadow = option_number(k->situation, "CONFIG_KASAN_SHADOW_OFFSET");
	const char *how = "16 MiB below lowmem";

	must_span_if_any(e, "modules", k->page_offset - (thumb ? 8 : 16) * MIB, end,
		       "below lowmem");
	must_span_if_any(e, "pkmap", end, k->page_offset, "the last 2 MiB below lowmem");
	if (has_option(k->situation, "CONFIG_KASAN")) {
		/* asm/kasan_def.h: a byte for each 8 from there to the end of all. */
		how = "where the shadow of KASAN begins, by CONFIG_KASAN_SHADOW_OFFSET";
		user = shadow + ((shadow + 512 * MIB) >> 3);
		must_span(e, "kasan_shadow", user, shadow + 512 * MIB, "CONFIG_KASAN_SHADOW_OFFSET");
	}
	must_be(e, RECORD_REGION, "user", "end", number(user - 1, how));
	must_be(e, RECORD_FACT, "user_limit", "value", number(user, how));
}

/*
 * early_vmalloc(): 240 MiB, or what is asked for.  Until 5.13 the gap below
 * vmalloc was part of that, though not of the 240 MiB.
 */
static uint64_t most_lowmem(const struct lowmem *k)
{
	uint64_t size = 240 * MIB, gap = GAP, most;

	if (cmdline_size(k->situation->cmdline, "vmalloc=", &size)) {
		gap = k->situation->release < 5014 ? 0 : GAP;
		/* The kernel reads it into a word of its own. */
		size &= UINT32_MAX;
		most = VMALLOC_END - (k->page_offset + 32 * MIB + gap);
		size = size < 16 * MIB ? 16 * MIB : size;
		size = size > most ? most : size;
	}
	return VMALLOC_END - size - gap - k->page_offset;
}

/* Why lowmem cannot be computed, or NULL. */
static const char *lowmem_is_open(const struct lowmem *k)
{
	uint64_t size;

	if (k->situation->banks != 1)
		return "memory is not in one piece, or /proc/iomem does not tell";
	if (!k->situation->cmdline)
		return "needs /proc/cmdline, for vmalloc=";
	if (!k->situation->release && cmdline_size(k->situation->cmdline, "vmalloc=", &size))
		return "needs the release: what vmalloc= means changed in 5.14";
	return NULL;
}

/* adjust_lowmem_bounds() */
static void expect_lowmem(const struct lowmem *k, struct expected_list *e)
{
	const char *why = lowmem_is_open(k);
	uint64_t most, end;

	if (why) {
		must_be(e, RECORD_REGION, "direct_map", "end", unknown(why));
		return;
	}
	most = most_lowmem(k);
	end = k->ram_end - k->ram < most ? k->ram_end - k->ram : most;
	lowmem_must_be(k, e, end, (k->page_offset + end + GAP) & -GAP,
		      "memory, less what vmalloc needs");
}

static void expect_above(const struct lowmem *k, struct expected_list *e)
{
	bool lpae = has_option(k->situation, "CONFIG_ARM_LPAE");
	bool debug = has_option(k->situation, "CONFIG_DEBUG_KMAP_LOCAL");
	uint64_t slots = (debug ? 33 : 16) * k->cpus;
	const char *how = "the same for all";

	must_be(e, RECORD_REGION, "vmalloc", "end", number(VMALLOC_END - 1, how));
	must_span_if_any(e, "pci_io", 0xfee00000, 0xff000000, how);
	must_span_if_any(e, "dtb", VMALLOC_END, VMALLOC_END + (lpae ? 4 : 2) * MIB,
		       "two sections");
	must_span_if_any(e, "fixmap", 0xffc80000, 0xfff00000, how);
	/* Slot 0, of the last page but none, is an early console's. */
	must_span_if_any(e, "kmap_local", 0xffeff000 - slots * PAGE, 0xffeff000,
		       debug ? "33 slots for each CPU" : "16 slots for each CPU");
	must_span_if_any(e, "itcm", 0xfffe0000, 0xfffe8000, how);
	must_span_if_any(e, "dtcm", 0xfffe8000, 0xffff0000, how);
	must_span_if_any(e, "vectors", 0xffff0000, 0xffff2000, how);
}

static void expect_facts(const struct lowmem *k, struct expected_list *e)
{
	bool lpae = has_option(k->situation, "CONFIG_ARM_LPAE");
	const char *how = lpae ? "CONFIG_ARM_LPAE" : "without CONFIG_ARM_LPAE";

	must_be(e, RECORD_FACT, "page_levels", "value", number(lpae ? 3 : 2, how));
	must_be(e, RECORD_FACT, "pa_bits", "value", number(lpae ? 40 : 32, how));
	must_be(e, RECORD_FACT, "pgdir_size", "value", number(lpae ? 1024 * MIB : 2 * MIB, how));
	must_be(e, RECORD_FACT, "pmd_size", "value", number(2 * MIB, how));
}

static void expect(const struct situation *s, struct expected_list *e)
{
	struct lowmem lowmem = { 0 }, *k = &lowmem;

	lowmem_find(k, s);
	if (!k->why && !has_option(s, "CONFIG_MMU"))
		k->why = "a kernel without an MMU";
	if (k->why) {
		must_be(e, RECORD_REGION, "vmalloc", "end", unknown(k->why));
		return;
	}
	lowmem_expect(k, e);
	expect_below(k, e);
	expect_lowmem(k, e);
	expect_above(k, e);
	expect_facts(k, e);
}

/* --- What a capture of it must hold --------------------------------------- */

static const struct content_rule items[] = {
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pkmap", WITHOUT_OPTION, "CONFIG_HIGHMEM", { 0 } },
	{ RECORD_REGION, "kmap_local", WITHOUT_OPTION, "CONFIG_HIGHMEM", { 0 } },
	{ RECORD_REGION, "vmalloc_gap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pci_io", WITHOUT_OPTION, "CONFIG_PCI", { 0 } },
	{ RECORD_REGION, "dtb", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "itcm", AT_RUN_TIME, "CONFIG_HAVE_TCM", { 0 } },
	{ RECORD_REGION, "dtcm", AT_RUN_TIME, "CONFIG_HAVE_TCM", { 0 } },
	{ RECORD_REGION, "vectors", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "text", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "rodata", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "data_bss", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "data", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "bss", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_WITNESS, "kmap", OPTIONAL, "CONFIG_HIGHMEM", CONTENT },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "pa_bits", "bits", NULL },
	{ "highmem", "bytes", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_ARM_LPAE", "CONFIG_THUMB2_KERNEL", "CONFIG_ARM_MODULE_PLTS",
	"CONFIG_ARM_PATCH_PHYS_VIRT", "CONFIG_XIP_KERNEL",
	"CONFIG_DEBUG_ALIGN_RODATA", "CONFIG_PCI", "CONFIG_HAVE_TCM",
	"CONFIG_KUSER_HELPERS", NULL
};

static const char *const numbers[] = { "CONFIG_PHYS_OFFSET", NULL };

static const char *const order[] = {
	"user", "kasan_shadow", "modules", "pkmap", "direct_map", "vmalloc_gap",
	"vmalloc", "dtb", "fixmap", "kmap_local", "itcm", "dtcm", "vectors", NULL
};

const struct arch arch_arm = {
	.name = "arm",
	.machine = EM_ARM,
	.bits = 32,
	.expect = expect,
	.image_home = "direct_map",
	.memory_anywhere = true,
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
	/* BSS, and with it the image, ends with its last variable. */
	.ragged_image = true,
};
