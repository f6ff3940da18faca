// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of s390: dynamic address translation (z/Architecture Principles
 * of Operation, chapter 3).
 */
#include <linux/bits.h>
#include <linux/init.h>
#include <linux/pgtable.h>

#include "../symbols.h"
#include "pagetable.h"

#define INVALID		0x20	/* of a region or segment */
#define INVALID_PAGE	0x400
#define LARGE		0x400	/* a region or segment without a table */
#define PROTECTED	0x200
#define NO_EXECUTION	0x100
#define TYPE(entry)	((entry) >> 2 & 3)

static struct kvas_entry decode(const struct kvas_pagetable *t, unsigned int level,
				__u64 value)
{
	struct kvas_entry entry = { .phys = value & PAGE_MASK };

	if (value & (level == 1 ? INVALID_PAGE : INVALID))
		return entry;
	entry.kind = KVAS_ENTRY_TABLE;
	/* Page tables lie at a multiple of 2 KiB, all others of 4 KiB. */
	if (level == 2)
		entry.phys = value & -(1ULL << 11);
	if (level == 1 || (level <= 3 && value & LARGE)) {
		entry.kind = KVAS_ENTRY_PAGE;
		entry.phys &= -(1ULL << t->level[level].shift);
	}
	return entry;
}

static void limit(unsigned int level, __u64 value, struct kvas_limits *limits)
{
	limits->set |= value & PROTECTED;
}

static void __init set_shape(struct kvas_pagetable *t, unsigned int type)
{
	unsigned int level;

	t->levels = 2 + type;
	t->level[1] = (struct kvas_level) {
		PAGE_SHIFT, 8, INVALID_PAGE | PROTECTED | NO_EXECUTION
	};
	for (level = 2; level <= t->levels; level++)
		t->level[level] = (struct kvas_level) {
			20 + (level - 2) * 11, 11, LARGE | PROTECTED | NO_EXECUTION | INVALID
		};
}

/* Each entry of the top table tells of which kind the table is. */
static const char *__init describe(struct kvas_pagetable *t, const void *top, __u64 *root)
{
	u64 first;

	if (!kvas_read(&first, top, sizeof(first)))
		return "swapper_pg_dir cannot be read";
	t->entry_size = 8;
	t->decode = decode;
	t->limit = limit;
	set_shape(t, TYPE(first));
	return NULL;
}

static void __init find_sharing(struct kvas_sharing *sharing)
{
	sharing->place = KVAS_HALF_IN_SPACE;
}

/* The kernel has an address space of its own, with all addresses from 0 on. */
const struct kvas_arch_pagetable kvas_arch_pagetable __refconst = {
	.describe = describe,
	.find_sharing = find_sharing,
};
