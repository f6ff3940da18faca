// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of arm64, of TTBR1_EL1.  TCR_EL1 says how they are built, as the
 * kernel's options do not: a kernel for 52 bits runs on processors with 48.
 */
#include <linux/bits.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <asm/cpufeature.h>
#include <asm/page.h>
#include <asm/sysreg.h>

#include "arch.h"
#include "long_descriptor.h"
#include "pagetable.h"

#define T1SZ(tcr)	((tcr) >> 16 & 0x3f)
#define HPD1		BIT_ULL(42)	/* limits of upper levels are off */
#define DS		BIT_ULL(59)	/* 52-bit addresses with 4K and 16K pages */

static struct kvas_entry decode_48(const struct kvas_pagetable *t, unsigned int level,
				   __u64 value)
{
	return kvas_decode_long(t, level, value, value & GENMASK_ULL(47, PAGE_SHIFT));
}

/* Bits 50 and 51 of the address stand in bits 8 and 9. */
static struct kvas_entry decode_lpa2(const struct kvas_pagetable *t, unsigned int level,
				     __u64 value)
{
	return kvas_decode_long(t, level, value, (value & GENMASK_ULL(49, PAGE_SHIFT)) |
				(value & GENMASK_ULL(9, 8)) << 42);
}

/* Bits 48 to 51 of the address stand in bits 12 to 15. */
static struct kvas_entry decode_64k(const struct kvas_pagetable *t, unsigned int level,
				    __u64 value)
{
	return kvas_decode_long(t, level, value, (value & GENMASK_ULL(47, 16)) |
				(value & GENMASK_ULL(15, 12)) << 36);
}

/*
 * A kernel for 52 bits with pages of 64K, on a processor with 48, gives the
 * processor the last part of swapper_pg_dir (arch/arm64/include/asm/assembler.h,
 * offset_ttbr1).
 */
static __u64 __init top_table(bool wide)
{
	const u64 ttbr = read_sysreg(ttbr1_el1);

	if (!wide)
		return ttbr & GENMASK_ULL(47, 1);
	return (ttbr & GENMASK_ULL(47, 6)) | (ttbr & GENMASK_ULL(5, 2)) << 46;
}

static const char *__init describe(struct kvas_pagetable *t, const void *top, __u64 *root)
{
	const u64 tcr = read_sysreg(tcr_el1);
	const unsigned int bits = PAGE_SHIFT - 3, va_bits = 64 - T1SZ(tcr);
	const bool lpa2 = PAGE_SHIFT < 16 && tcr & DS;
	unsigned int level;

	t->levels = DIV_ROUND_UP(va_bits - PAGE_SHIFT, bits);
	t->entry_size = 8;
	t->decode = lpa2 ? decode_lpa2 : PAGE_SHIFT == 16 ? decode_64k : decode_48;
	t->limit = tcr & HPD1 ? NULL : kvas_limit_long;
	for (level = 1; level <= t->levels; level++) {
		t->level[level].shift = PAGE_SHIFT + (level - 1) * bits;
		t->level[level].bits = bits;
		t->level[level].mask = KVAS_LONG_ATTRIBUTES & ~(lpa2 ? GENMASK_ULL(9, 8) : 0);
	}
	t->level[t->levels].bits = va_bits - t->level[t->levels].shift;
	t->base = -(1ULL << va_bits);
	*root = top_table(IS_ENABLED(CONFIG_ARM64_PA_BITS_52));
	return NULL;
}

/* The field PAN of ID_AA64MMFR1_EL1 and the register PSTATE.PAN. */
#define HAS_PAN		(read_sysreg(id_aa64mmfr1_el1) >> 20 & 0xf)
#define PAN		sys_reg(3, 0, 4, 2, 3)

static unsigned int registers(struct kvas_register *list)
{
	unsigned int n = 0;

	list[n++] = (struct kvas_register) { "tcr_el1", read_sysreg(tcr_el1) };
	list[n++] = (struct kvas_register) { "sctlr_el1", read_sysreg(sctlr_el1) };
	if (HAS_PAN)
		list[n++] = (struct kvas_register) { "pan", read_sysreg_s(PAN) };
	return n;
}

/* TTBR1_EL1; in user mode with KPTI, that has the trampoline's table. */
static void __init find_sharing(struct kvas_sharing *sharing)
{
	struct kvas_symbol trampoline;
	unsigned long long phys;

	sharing->place = KVAS_HALF_AT_ROOT;
	if (!cpus_have_cap(ARM64_UNMAP_KERNEL_AT_EL0))
		return;
	trampoline = kvas_symbol("tramp_pg_dir", 0);
	sharing->user_root_absent = trampoline.absent;
	if (!trampoline.absent && kvas_arch.image_phys(trampoline.addr, &phys))
		sharing->user_root = phys;
}

const struct kvas_arch_pagetable kvas_arch_pagetable __refconst = {
	.describe = describe,
	.find_sharing = find_sharing,
	.has_user_half = true,
	.registers = registers,
};
