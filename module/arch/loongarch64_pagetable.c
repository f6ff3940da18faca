// SPDX-License-Identifier: GPL-2.0-only
/* Page tables of LoongArch (arch/loongarch/include/asm/pgtable.h). */
#include <linux/bits.h>
#include <linux/init.h>
#include <linux/pgtable.h>
#include <asm/addrspace.h>
#include <asm/loongarch.h>

#include "mips_pagetable.h"
#include "pagetable.h"

#define ATTRIBUTES	(_PAGE_VALID | _PAGE_DIRTY | _PAGE_PLV | _CACHE_MASK | \
			 BIT_ULL(6) | _PAGE_PRESENT | _PAGE_WRITE | _PAGE_NO_READ | \
			 _PAGE_NO_EXEC | _PAGE_RPLV)

static struct kvas_entry decode(const struct kvas_pagetable *t, unsigned int level,
				__u64 value)
{
	return kvas_mips_decode(level, value, _PAGE_HUGE, value & GENMASK_ULL(47, 12) &
							  -(1ULL << t->level[level].shift));
}

static const char *__init describe(struct kvas_pagetable *t, const void *top, __u64 *root)
{
	const unsigned int va_bits = PAGE_SHIFT + CONFIG_PGTABLE_LEVELS * (PAGE_SHIFT - 3);

	/* vmalloc and the fixmap then lie at both ends of what the processor has. */
	if (va_bits < cpu_vabits)
		return "the tables have fewer addresses than the processor";
	kvas_mips_shape(t, ATTRIBUTES, _PAGE_HGLOBAL);
	t->decode = decode;
	t->base = -(1ULL << va_bits);
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

/* PGDH. */
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
