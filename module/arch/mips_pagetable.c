// SPDX-License-Identifier: GPL-2.0-only
/*
 * See mips_pagetable.h.  The processor has a TLB, which the kernel fills from tables of
 * its own, so that tables name each other by virtual addresses.
 */
#include <linux/pgtable.h>

#include "mips_pagetable.h"

/**
 * kvas_mips_shape() - fill in levels of one page each
 * @t:		the format
 * @attributes:	of a page's entry
 * @of_large:	those that only a large page has
 */
void kvas_mips_shape(struct kvas_pagetable *t, __u64 attributes, __u64 of_large)
{
	const unsigned int bits = PAGE_SHIFT - 3;
	unsigned int level;

	t->levels = CONFIG_PGTABLE_LEVELS;
	t->entry_size = 8;
	for (level = 1; level <= t->levels; level++)
		t->level[level] = (struct kvas_level) {
			PAGE_SHIFT + (level - 1) * bits, bits,
			attributes | (level > 1 ? of_large : 0)
		};
}

/**
 * kvas_mips_decode() - say what an entry is
 * @level:	of its table
 * @value:	the entry
 * @large:	the bit of a large page, or 0
 * @phys:	the address of the page, if it is one
 *
 * An empty entry leads to a table whose entries are all invalid.
 *
 * Return: see struct kvas_entry.
 */
struct kvas_entry kvas_mips_decode(unsigned int level, __u64 value, __u64 large, __u64 phys)
{
	if (level > 1 && !(value & large)) {
		if (!value)
			return (struct kvas_entry) { KVAS_ENTRY_NONE };
		return (struct kvas_entry) { KVAS_ENTRY_TABLE, .phys = __pa(value) };
	}
	if (!(value & _PAGE_VALID))
		return (struct kvas_entry) { KVAS_ENTRY_NONE };
	return (struct kvas_entry) { KVAS_ENTRY_PAGE, .phys = phys };
}
