// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of x86: two levels, three with PAE, four or five with 64 bits
 * (Intel SDM volume 3, chapter 4).
 */
#include <linux/bits.h>
#include <linux/init.h>
#include <linux/pgtable.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/special_insns.h>

#include "pagetable.h"

/* Protection keys of processes' pages, without the option for them, too. */
#define PROTECTION_KEY	(sizeof(pteval_t) == 8 ? GENMASK_ULL(62, 59) : 0)
#define ATTRIBUTES	(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_PWT | _PAGE_PCD | \
			 _PAGE_PSE | _PAGE_GLOBAL | PROTECTION_KEY | _PAGE_NX)

static bool may_map_page(unsigned int level, __u64 value)
{
	return level == 1 || (level <= CONFIG_PGTABLE_LEVELS && level <= 3 && value & _PAGE_PSE);
}

static struct kvas_entry decode(const struct kvas_pagetable *t, unsigned int level,
				__u64 value)
{
	struct kvas_entry entry = { .phys = value & PTE_PFN_MASK };

	if (!(value & _PAGE_PRESENT))
		return entry;
	entry.kind = may_map_page(level, value) ? KVAS_ENTRY_PAGE : KVAS_ENTRY_TABLE;
	/* PAT of a large page stands in the lowest bit of its address. */
	if (entry.kind == KVAS_ENTRY_PAGE)
		entry.phys &= -(1ULL << t->level[level].shift);
	return entry;
}

static void limit(unsigned int level, __u64 value, struct kvas_limits *limits)
{
	/* The four entries of PAE's top table have no permissions. */
	if (IS_ENABLED(CONFIG_X86_PAE) && level == 3)
		return;
	limits->clear |= ~value & (_PAGE_RW | _PAGE_USER);
	limits->set |= value & _PAGE_NX;
}

#ifdef CONFIG_X86_64
#define LEVELS		(pgtable_l5_enabled() ? 5 : 4)
#define TOP_BITS	9
#define KERNEL_HALF	256
#else
#define LEVELS		CONFIG_PGTABLE_LEVELS
#define TOP_BITS	ilog2(PTRS_PER_PGD)
#define KERNEL_HALF	0
#endif

static const char *__init describe(struct kvas_pagetable *t, const void *top, __u64 *root)
{
	unsigned int level, bits = ilog2(PTRS_PER_PTE);

	if (cpu_feature_enabled(X86_FEATURE_XENPV))
		return "Xen keeps the tables of a paravirtual guest";
	t->levels = LEVELS;
	t->entry_size = sizeof(pteval_t);
	t->decode = decode;
	t->limit = limit;
	t->first = KERNEL_HALF;
	for (level = 1; level <= t->levels; level++) {
		t->level[level].shift = PAGE_SHIFT + (level - 1) * bits;
		t->level[level].bits = level == t->levels ? TOP_BITS : bits;
		t->level[level].mask = ATTRIBUTES | (level > 1 ? _PAGE_PAT_LARGE : 0);
	}
	if (KERNEL_HALF)
		t->base = -(1ULL << (t->level[t->levels].shift + TOP_BITS));
	return NULL;
}

static unsigned int registers(struct kvas_register *list)
{
	u32 low = 0, high = 0;
	unsigned int n = 0;

	list[n++] = (struct kvas_register) { "cr0", read_cr0() };
	list[n++] = (struct kvas_register) { "cr4", __read_cr4() };
	if (boot_cpu_has(X86_FEATURE_NX)) {
		rdmsr(MSR_EFER, low, high);
		list[n++] = (struct kvas_register) { "efer", (u64)high << 32 | low };
	}
	return n;
}

/*
 * With isolation, user mode runs on the page after the top table, and with PAE each
 * process has its own copy of the table below (arch/x86/mm/pgtable.c).
 */
static void __init find_sharing(struct kvas_sharing *sharing)
{
	sharing->first = KERNEL_HALF ? KERNEL_HALF : pgd_index(PAGE_OFFSET);
	sharing->ignored = _PAGE_ACCESSED | _PAGE_DIRTY;
	sharing->has_copies = IS_ENABLED(CONFIG_X86_PAE);
	if (boot_cpu_has(X86_FEATURE_PTI))
		sharing->user_root_offset = PAGE_SIZE;
}

const struct kvas_arch_pagetable kvas_arch_pagetable __refconst = {
	.describe = describe,
	.find_sharing = find_sharing,
	.has_user_half = true,
	.registers = registers,
};
