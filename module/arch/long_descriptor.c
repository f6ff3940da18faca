// SPDX-License-Identifier: GPL-2.0-only
/*
 * Long descriptors, which arm64 and LPAE have in common
 * (ARM DDI 0487, D8; ARM DDI 0406, B3.6).
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "long_descriptor.h"

#define VALID		BIT_ULL(0)
#define TABLE		BIT_ULL(1)	/* a page, at the lowest level */
#define USER		BIT_ULL(6)	/* AP[1] */
#define READ_ONLY	BIT_ULL(7)	/* AP[2] */
#define CONTIGUOUS	BIT_ULL(52)
#define PXN		BIT_ULL(53)
#define UXN		BIT_ULL(54)
#define PXN_TABLE	BIT_ULL(59)
#define UXN_TABLE	BIT_ULL(60)
#define NO_USER_TABLE	BIT_ULL(61)
#define READ_ONLY_TABLE	BIT_ULL(62)

/* How many neighbours a contiguous group has: the binary logarithm. */
static unsigned int contiguous_bits(const struct kvas_pagetable *t, unsigned int level)
{
	switch (t->level[1].shift) {
	case 14:
		return level == 1 ? 7 : 5;
	case 16:
		return 5;
	default:
		return 4;
	}
}

/**
 * kvas_decode_long() - what a long descriptor says, but for its address
 * @t:		how the tables are built
 * @level:	of the entry
 * @value:	the entry
 * @phys:	the address in it
 *
 * Return: the entry.
 */
struct kvas_entry kvas_decode_long(const struct kvas_pagetable *t, unsigned int level,
				   __u64 value, __u64 phys)
{
	const bool is_table = value & TABLE;
	struct kvas_entry entry = { .phys = phys };

	/* The lowest level has no other kind of page than TABLE marks. */
	if (!(value & VALID) || (level == 1 && !is_table))
		return entry;
	entry.kind = level > 1 && is_table ? KVAS_ENTRY_TABLE : KVAS_ENTRY_PAGE;
	if (entry.kind == KVAS_ENTRY_TABLE)
		return entry;
	entry.phys &= -(1ULL << t->level[level].shift);
	if (value & CONTIGUOUS)
		entry.group = t->level[level].shift + contiguous_bits(t, level);
	return entry;
}

/**
 * kvas_limit_long() - what a long descriptor of a table changes below it
 * @level:	of the entry
 * @value:	the entry
 * @limits:	what is changed so far
 */
void kvas_limit_long(unsigned int level, __u64 value, struct kvas_limits *limits)
{
	if (value & READ_ONLY_TABLE)
		limits->set |= READ_ONLY;
	if (value & UXN_TABLE)
		limits->set |= UXN;
	if (value & PXN_TABLE)
		limits->set |= PXN;
	if (value & NO_USER_TABLE)
		limits->clear |= USER;
}
