// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of 64-bit MIPS (arch/mips/mm/tlbex.c).  An entry is what the TLB gets
 * (EntryLo), after some bits for software only.
 *
 * The kernel's table serves XKSEG, where vmalloc is, and by its last entries the
 * mapped segments of 32-bit processors, where modules and the fixmap are.
 */
#include <linux/bits.h>
#include <linux/init.h>
#include <linux/log2.h>
#include <linux/pgtable.h>
#include <asm/addrspace.h>

#include "mips_pagetable.h"
#include "pagetable.h"

/* The macros ask the running processor, which has the bits anyway. */
#ifdef CONFIG_CPU_HAS_RIXI
#define INHIBITED	(BIT_ULL(_PAGE_NO_EXEC_SHIFT) | BIT_ULL(_PAGE_NO_READ_SHIFT))
#else
#define INHIBITED	0
#endif

#ifdef CONFIG_MIPS_HUGE_TLB_SUPPORT
#define HUGE		_PAGE_HUGE
#else
#define HUGE		0
#endif

#define ATTRIBUTES	(INHIBITED | _PAGE_GLOBAL | _PAGE_VALID | _PAGE_DIRTY | _CACHE_MASK)

static struct kvas_entry decode(const struct kvas_pagetable *t, unsigned int level,
				__u64 value)
{
	return kvas_mips_decode(level, value, HUGE, value >> _PFN_SHIFT << PAGE_SHIFT);
}

static const char *__init describe(struct kvas_pagetable *t, const void *top, __u64 *root)
{
	kvas_mips_shape(t, ATTRIBUTES, HUGE);
	t->decode = decode;
	t->level[t->levels].bits = ilog2(PTRS_PER_PGD);
	t->base = MAP_BASE;
	t->high = CKSSEG;
	return NULL;
}

/* MIPS64 Architecture For Programmers, volume III, 4.3. */
static const struct kvas_window windows[] = {
	{ XKPHYS, XKSEG - 1 },
	{ CKSEG0, CKSEG1 - 1 },
	{ CKSEG1, CKSSEG - 1 },
	{ }
};

/* The handler of TLB misses takes swapper_pg_dir for all addresses from XKSEG on. */
static void __init find_sharing(struct kvas_sharing *sharing)
{
	sharing->place = KVAS_HALF_AT_ROOT;
}

const struct kvas_arch_pagetable kvas_arch_pagetable __refconst = {
	.describe = describe,
	.find_sharing = find_sharing,
	.has_user_half = true,
	.windows = windows,
};
