// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm.c - 32-bit Arm: Documentation/arch/arm/memory.rst, and
 * arch/arm/mm/mmu.c for how much of memory is lowmem.
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "lowmem.h"

#define PAGE		UINT64_C(4096)
#define MIB		(UINT64_C(1) << 20)
#define VMALLOC_END	UINT64_C(0xff800000)
#define GAP		(8 * MIB)

static const void *load(struct machine *m)
{
	struct lowmem *k = pool_alloc(machine_pool(m), sizeof(*k));

	lowmem_find(k, m);
	if (!k->why && !is_switched_on(k->config, "CONFIG_MMU"))
		k->why = "a kernel without an MMU";
	return k;
}

/* Modules are near the code that they call; pkmap shares their end. */
static void check_below(const struct lowmem *k, struct verification *v)
{
	bool highmem = is_switched_on(k->config, "CONFIG_HIGHMEM");
	bool thumb = is_switched_on(k->config, "CONFIG_THUMB2_KERNEL");
	uint64_t end = k->page_offset - (highmem ? 2 * MIB : 0);
	uint64_t user = k->page_offset - 16 * MIB;

	expect_between(v, "modules", k->page_offset - (thumb ? 8 : 16) * MIB, end,
		       "below lowmem");
	expect_between(v, "pkmap", end, k->page_offset, "the last 2 MiB below lowmem");
	if (is_switched_on(k->config, "CONFIG_KASAN"))
		return;
	expect(v, RECORD_REGION, "user", "end", number(user - 1, "16 MiB below lowmem"));
	expect(v, RECORD_FACT, "user_limit", "value", number(user, "16 MiB below lowmem"));
}

/*
 * early_vmalloc(): 240 MiB, or what is asked for.  Until 5.13 the gap below
 * vmalloc was part of that, though not of the 240 MiB.
 */
static uint64_t most_lowmem(const struct lowmem *k)
{
	uint64_t size = 240 * MIB, gap = GAP, most;

	if (cmdline_size(k->cmdline, "vmalloc=", &size)) {
		gap = k->release < 5014 ? 0 : GAP;
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

	if (k->banks != 1)
		return "memory is not in one piece, or /proc/iomem does not tell";
	if (!k->cmdline)
		return "needs /proc/cmdline, for vmalloc=";
	if (!k->release && cmdline_size(k->cmdline, "vmalloc=", &size))
		return "needs the release: what vmalloc= means changed in 5.14";
	return NULL;
}

/* adjust_lowmem_bounds() */
static void check_lowmem(const struct lowmem *k, struct verification *v)
{
	const char *why = lowmem_is_open(k);
	uint64_t most, end;

	if (why) {
		expect(v, RECORD_REGION, "direct_map", "end", unknown(why));
		return;
	}
	most = most_lowmem(k);
	end = k->ram_end - k->ram < most ? k->ram_end - k->ram : most;
	expect_lowmem(k, v, end, (k->page_offset + end + GAP) & -GAP,
		      "memory, less what vmalloc needs");
}

static void check_above(const struct lowmem *k, struct verification *v)
{
	bool lpae = is_switched_on(k->config, "CONFIG_ARM_LPAE");
	bool debug = is_switched_on(k->config, "CONFIG_DEBUG_KMAP_LOCAL");
	uint64_t slots = (debug ? 33 : 16) * k->cpus;
	const char *how = "the same for all";

	expect(v, RECORD_REGION, "vmalloc", "end", number(VMALLOC_END - 1, how));
	expect_between(v, "pci_io", 0xfee00000, 0xff000000, how);
	expect_between(v, "dtb", VMALLOC_END, VMALLOC_END + (lpae ? 4 : 2) * MIB,
		       "two sections");
	expect_between(v, "fixmap", 0xffc80000, 0xfff00000, how);
	/* Slot 0, of the last page but none, is an early console's. */
	expect_between(v, "kmap_local", 0xffeff000 - slots * PAGE, 0xffeff000,
		       debug ? "33 slots for each CPU" : "16 slots for each CPU");
	expect_between(v, "itcm", 0xfffe0000, 0xfffe8000, how);
	expect_between(v, "dtcm", 0xfffe8000, 0xffff0000, how);
	expect_between(v, "vectors", 0xffff0000, 0xffff2000, how);
}

static void check_facts(const struct lowmem *k, struct verification *v)
{
	bool lpae = is_switched_on(k->config, "CONFIG_ARM_LPAE");
	const char *how = lpae ? "CONFIG_ARM_LPAE" : "without CONFIG_ARM_LPAE";

	expect(v, RECORD_FACT, "page_levels", "value", number(lpae ? 3 : 2, how));
	expect(v, RECORD_FACT, "pa_bits", "value", number(lpae ? 40 : 32, how));
	expect(v, RECORD_FACT, "pgdir_size", "value", number(lpae ? 1024 * MIB : 2 * MIB, how));
	expect(v, RECORD_FACT, "pmd_size", "value", number(2 * MIB, how));
}

static void check(const void *evidence, struct verification *v)
{
	const struct lowmem *k = evidence;

	if (k->why) {
		expect(v, RECORD_REGION, "vmalloc", "end", unknown(k->why));
		return;
	}
	lowmem_check(k, v);
	check_below(k, v);
	check_lowmem(k, v);
	check_above(k, v);
	check_facts(k, v);
}

const struct documentation documented_arm = {
	.load = load,
	.check = check,
	.image_home = "direct_map",
};
