// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of 64-bit RISC-V: Sv39, Sv48 and Sv57 (The RISC-V Instruction Set
 * Manual, volume II).
 */
#include <linux/bits.h>
#include <linux/init.h>
#include <linux/pgtable.h>
#include <asm/csr.h>

#include "pagetable.h"

#define ATTRIBUTES	(GENMASK_ULL(63, 61) | GENMASK_ULL(5, 0))

#ifdef CONFIG_RISCV_ISA_SVNAPOT
#define IS_NAPOT(value)	(has_svnapot() && (value) & BIT_ULL(63))
#else
/* Some processors without Svnapot have another meaning for this bit. */
#define IS_NAPOT(value)	false
#endif

static struct kvas_entry decode(const struct kvas_pagetable *t, unsigned int level,
				__u64 value)
{
	struct kvas_entry entry = { .phys = (value >> 10 & GENMASK_ULL(43, 0)) << 12 };

	if (!(value & _PAGE_PRESENT))
		return entry;
	entry.kind = value & (_PAGE_READ | _PAGE_WRITE | _PAGE_EXEC) ? KVAS_ENTRY_PAGE :
								       KVAS_ENTRY_TABLE;
	if (entry.kind == KVAS_ENTRY_PAGE && level == 1 && IS_NAPOT(value)) {
		/* The one size that there is. */
		entry.group = 16;
		entry.phys &= -(1ULL << entry.group);
	}
	return entry;
}

static const char *__init describe(struct kvas_pagetable *t, const void *top, __u64 *root)
{
	unsigned int level;

	t->levels = pgtable_l5_enabled ? 5 : pgtable_l4_enabled ? 4 : 3;
	t->entry_size = 8;
	t->decode = decode;
	t->first = PTRS_PER_PGD / 2;
	for (level = 1; level <= t->levels; level++)
		t->level[level] = (struct kvas_level) {
			PAGE_SHIFT + (level - 1) * 9, 9, ATTRIBUTES
		};
	t->base = -(1ULL << (PAGE_SHIFT + t->levels * 9));
	return NULL;
}

static unsigned int registers(struct kvas_register *list)
{
	list[0] = (struct kvas_register) { "satp", csr_read(CSR_SATP) };
	list[1] = (struct kvas_register) { "sstatus", csr_read(CSR_STATUS) };
	return 2;
}

static void __init find_sharing(struct kvas_sharing *sharing)
{
	sharing->first = PTRS_PER_PGD / 2;
	sharing->ignored = _PAGE_ACCESSED | _PAGE_DIRTY;
}

const struct kvas_arch_pagetable kvas_arch_pagetable __refconst = {
	.describe = describe,
	.find_sharing = find_sharing,
	.has_user_half = true,
	.registers = registers,
};
