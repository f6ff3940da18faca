// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of powerpc: the radix tree (Power ISA 3.0B, book III, 5.7.10),
 * whose entries are big-endian whatever the kernel is.
 */
#include <linux/bits.h>
#include <linux/init.h>
#include <linux/pgtable.h>
#include <asm/mmu.h>

#include "pagetable.h"

#define VALID		BIT_ULL(63)
#define LEAF		BIT_ULL(62)
#define ATTRIBUTES	(VALID | LEAF | GENMASK_ULL(5, 0))

static struct kvas_entry decode(const struct kvas_pagetable *t, unsigned int level,
				__u64 value)
{
	if (!(value & VALID))
		return (struct kvas_entry) { KVAS_ENTRY_NONE };
	if (!(value & LEAF))
		return (struct kvas_entry) { KVAS_ENTRY_TABLE, .phys = value & GENMASK_ULL(59, 8) };
	return (struct kvas_entry) {
		KVAS_ENTRY_PAGE,
		.phys = value & GENMASK_ULL(56, 12) & -(1ULL << t->level[level].shift),
	};
}

static const char *__init describe(struct kvas_pagetable *t, const void *top, __u64 *root)
{
	const unsigned char bits[] = {
		0, RADIX_PTE_INDEX_SIZE, RADIX_PMD_INDEX_SIZE, RADIX_PUD_INDEX_SIZE,
		RADIX_PGD_INDEX_SIZE
	};
	unsigned int level, shift = PAGE_SHIFT;

	if (!radix_enabled())
		return "the processor looks pages up in a hash table, which is no tree";
	t->levels = 4;
	t->entry_size = 8;
	t->swapped = IS_ENABLED(CONFIG_CPU_LITTLE_ENDIAN);
	t->decode = decode;
	for (level = 1; level <= t->levels; level++) {
		t->level[level] = (struct kvas_level) { shift, bits[level], ATTRIBUTES };
		shift += bits[level];
	}
	t->base = PAGE_OFFSET;
	return NULL;
}

/* Quadrant 3 is of process 0, whatever process runs. */
static void __init find_sharing(struct kvas_sharing *sharing)
{
	sharing->place = KVAS_HALF_AT_ROOT;
}

const struct kvas_arch_pagetable kvas_arch_pagetable __refconst = {
	.describe = describe,
	.find_sharing = find_sharing,
	.has_user_half = true,
};
