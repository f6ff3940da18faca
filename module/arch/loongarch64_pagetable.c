// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of LoongArch.  Tables name each other by virtual addresses, as
 * the kernel fills the TLB itself (arch/loongarch/include/asm/pgtable.h).
 */
#include <linux/bits.h>
#include <linux/init.h>
#include <linux/pgtable.h>
#include <asm/addrspace.h>
#include <asm/loongarch.h>

#include "pagetable.h"

#define ATTRIBUTES	(_PAGE_VALID | _PAGE_DIRTY | _PAGE_PLV | _CACHE_MASK | \
			 BIT_ULL(6) | _PAGE_PRESENT | _PAGE_WRITE | _PAGE_NO_READ | \
			 _PAGE_NO_EXEC | _PAGE_RPLV)

/* An empty entry leads to a table whose entries are all invalid. */
static struct kvas_entry decode(const struct kvas_pagetable *t, unsigned int level,
				__u64 value)
{
	if (level > 1 && !(value & _PAGE_HUGE)) {
		if (!value)
			return (struct kvas_entry) { KVAS_ENTRY_NONE };
		return (struct kvas_entry) { KVAS_ENTRY_TABLE, .phys = __pa(value) };
	}
	if (!(value & _PAGE_VALID))
		return (struct kvas_entry) { KVAS_ENTRY_NONE };
	return (struct kvas_entry) {
		KVAS_ENTRY_PAGE,
		.phys = value & GENMASK_ULL(47, 12) & -(1ULL << t->level[level].shift),
	};
}

static const char *__init describe(struct kvas_pagetable *t, const void *top, __u64 *root)
{
	const unsigned int bits = PAGE_SHIFT - 3;
	unsigned int level;

	/* vmalloc and the fixmap then lie at both ends of what the processor has. */
	if (PAGE_SHIFT + CONFIG_PGTABLE_LEVELS * bits < cpu_vabits)
		return "the tables have fewer addresses than the processor";
	t->levels = CONFIG_PGTABLE_LEVELS;
	t->entry_size = 8;
	t->decode = decode;
	for (level = 1; level <= t->levels; level++)
		t->level[level] = (struct kvas_level) {
			PAGE_SHIFT + (level - 1) * bits, bits,
			ATTRIBUTES | (level > 1 ? _PAGE_HGLOBAL : 0)
		};
	t->base = -(1ULL << (PAGE_SHIFT + t->levels * bits));
	return NULL;
}

/* Registers DMW0 to DMW2; the last since 6.11. */
static const struct kvas_window windows[] = {
	{ CSR_DMW0_BASE, CSR_DMW0_BASE + TO_PHYS_MASK },
	{ CSR_DMW1_BASE, CSR_DMW1_BASE + TO_PHYS_MASK },
#ifdef CSR_DMW2_BASE
	{ CSR_DMW2_BASE, CSR_DMW2_BASE + TO_PHYS_MASK },
#endif
	{ }
};

const struct kvas_arch_pagetable kvas_arch_pagetable __refconst = {
	.describe = describe,
	.has_user_half = true,
	.windows = windows,
};
