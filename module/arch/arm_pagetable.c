// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of arm: long descriptors with LPAE, else short ones
 * (ARM DDI 0406, B3.5).
 */
#include <linux/bits.h>
#include <linux/init.h>
#include <linux/pgtable.h>

#include "../kvas_format.h"
#include "long_descriptor.h"
#include "pagetable.h"

#ifdef CONFIG_ARM_LPAE

static struct kvas_entry decode(const struct kvas_pagetable *t, unsigned int level,
				__u64 value)
{
	return kvas_decode_long(t, level, value, value & GENMASK_ULL(39, PAGE_SHIFT));
}

static const char *__init describe(struct kvas_pagetable *t, const void *top, __u64 *root)
{
	unsigned int level;

	t->levels = 3;
	t->entry_size = 8;
	t->decode = decode;
	t->limit = kvas_limit_long;
	for (level = 1; level <= t->levels; level++) {
		t->level[level].shift = PAGE_SHIFT + (level - 1) * 9;
		t->level[level].bits = level == t->levels ? 2 : 9;
		t->level[level].mask = KVAS_LONG_ATTRIBUTES;
	}
	return NULL;
}

#define T1SZ(ttbcr)	((ttbcr) >> 16 & 7)

static u32 __init read_ttbcr(void)
{
	u32 value;

	asm("mrc p15, 0, %0, c2, c0, 2" : "=r" (value));
	return value;
}

/*
 * TTBR1 has the last 1 or 2 GiB, unless memory begins after them (arch/arm/mm/
 * proc-v7-3level.S).  Modules and PKMAP lie below them, in tables of each process.
 * With CONFIG_CPU_TTBR0_PAN a process's table has all addresses (T1SZ is 0), and the
 * kernel changes to its own only while it keeps off the process's memory.
 */
static void __init find_sharing(struct kvas_sharing *sharing)
{
	sharing->first = PAGE_OFFSET >> 30;
	if (T1SZ(read_ttbcr()))
		sharing->place = KVAS_HALF_AT_ROOT;
}

#else

/* A process's table is the whole of TTBR0; TTBR1 is not used. */
static void __init find_sharing(struct kvas_sharing *sharing)
{
	sharing->first = TASK_SIZE >> 20;
}

#define KIND(value)	((value) & 3)
#define SUPERSECTION	BIT(18)

/* An entry of the processor's tables, of which the kernel's pmd_t has two. */
static struct kvas_entry decode_section(__u64 value)
{
	if (KIND(value) == 0)
		return (struct kvas_entry) { KVAS_ENTRY_NONE };
	if (KIND(value) == 1)
		return (struct kvas_entry) { KVAS_ENTRY_TABLE, .phys = value & GENMASK(31, 10) };
	if (value & SUPERSECTION)
		return (struct kvas_entry) {
			KVAS_ENTRY_PAGE, 24,
			(value & GENMASK(31, 24)) | (value >> 20 & 0xf) << 32 |
			(value >> 5 & 0xf) << 36,
		};
	return (struct kvas_entry) { KVAS_ENTRY_PAGE, .phys = value & GENMASK(31, 20) };
}

static struct kvas_entry decode_page(__u64 value)
{
	if (KIND(value) == 0)
		return (struct kvas_entry) { KVAS_ENTRY_NONE };
	if (KIND(value) == 1)
		return (struct kvas_entry) { KVAS_ENTRY_PAGE, 16, value & GENMASK(31, 16) };
	return (struct kvas_entry) { KVAS_ENTRY_PAGE, .phys = value & PAGE_MASK };
}

static struct kvas_entry decode(const struct kvas_pagetable *t, unsigned int level,
				__u64 value)
{
	return level == 1 ? decode_page(value) : decode_section(value);
}

/* Pages have no bit for what PXN in the entry above them denies: see kvas_format.h. */
#define TABLE_PXN	BIT(2)

static void limit(unsigned int level, __u64 value, struct kvas_limits *limits)
{
	if (value & TABLE_PXN)
		limits->set |= KVAS_ARM_TABLE_PXN;
}

static const char *__init describe(struct kvas_pagetable *t, const void *top, __u64 *root)
{
	t->levels = 2;
	t->entry_size = 4;
	t->decode = decode;
	t->limit = limit;
	/* Of a large page, which the kernel does not use, bits 12 to 15 are left out. */
	t->level[1] = (struct kvas_level) { 12, 8, GENMASK(11, 0) };
	t->level[2] = (struct kvas_level) { 20, 12, GENMASK(19, 0) };
	return NULL;
}

#endif

const struct kvas_arch_pagetable kvas_arch_pagetable __refconst = {
	.describe = describe,
	.find_sharing = find_sharing,
	.has_user_half = true,
};
