// SPDX-License-Identifier: GPL-2.0-only
/*
 * mips64.c - the segments that the processor does not look up: XKPHYS, CKSEG0 and
 * CKSEG1 (arch/mips/include/asm/addrspace.h), and the tables from which the kernel
 * fills the TLB for the rest (pgtable-64.h, pgtable-bits.h).
 *
 * An entry has bits for software, and then those of EntryLo: XI and RI, if the kernel
 * is built for them, G, V, D, three for the cache, and the page's number.
 */
#include <elf.h>

#include "base/text.h"
#include "tables.h"

#define XKPHYS		UINT64_C(0x8000000000000000)
#define XKSEG		UINT64_C(0xc000000000000000)
#define CKSEG0		UINT64_C(0xffffffff80000000)
#define CKSEG1		UINT64_C(0xffffffffa0000000)
#define CKSSEG		UINT64_C(0xffffffffc0000000)
#define CKSEG_SIZE	UINT64_C(0x20000000)

#define PRESENT		1u		/* software's */

static bool has(const struct tables *t, const char *option)
{
	return after(t->config, option);
}

/* enum pgtable_bits: those of EntryLo, and the mark of a large page before them. */
static void find_bits(struct tables *t)
{
	bool rixi = has(t, "CONFIG_CPU_HAS_RIXI=y");
	bool huge = has(t, "CONFIG_MIPS_HUGE_TLB_SUPPORT=y");
	/* Present, no read (if there is no RI), written, accessed, modified. */
	unsigned int bit = rixi ? 4 : 5;

	t->large = huge ? UINT64_C(1) << bit : 0;
	/* This one, and special. */
	bit += huge + 1 + has(t, "CONFIG_HAVE_ARCH_SOFT_DIRTY=y");
	t->mask = (rixi ? UINT64_C(0xff) : UINT64_C(0x3f)) << bit;
}

/* C is the highest field of the mask, and has three bits. */
static unsigned int first_bit_of_page(const struct tables *t)
{
	unsigned int bit = 0;

	while (t->mask >> bit)
		bit++;
	return bit;
}

/* The top table has two pages. */
static bool is_wide(const struct tables *t)
{
	return has(t, has(t, "CONFIG_MIPS_VA_BITS_48=y") ? "CONFIG_PAGE_SIZE_16KB=y" :
							   "CONFIG_PAGE_SIZE_4KB=y");
}

static void find(struct tables *t)
{
	const char *p = t->config ? after(t->config, "CONFIG_PGTABLE_LEVELS=") : NULL;
	uint64_t levels;

	if (!p || !scan_number(&p, 10, &levels) || !levels || levels > TABLES_MAX_LEVELS) {
		t->why = "the configuration does not tell the number of levels";
		return;
	}
	t->levels = (unsigned int)levels;
	t->bits[levels] = t->page_shift - 3 + is_wide(t);
	t->base = XKSEG;
	t->high = CKSSEG;
	find_bits(t);
}

static enum entry_kind decode(const struct tables *t, uint64_t entry,
			      unsigned int level, uint64_t *phys)
{
	unsigned int page = first_bit_of_page(t);

	if (level > 1 && !(entry & t->large)) {
		*phys = entry;
		return entry ? ENTRY_TABLE_AT : ENTRY_NONE;
	}
	*phys = entry >> page << t->page_shift;
	/* After V there are D and C. */
	return entry >> (page - 5) & 1 ? ENTRY_LEAF : ENTRY_NONE;
}

/*
 * Present is the lowest bit, and V is clear until a page is accessed.  An empty entry
 * may have G, which is before V.
 */
static enum entry_rest rest(const struct tables *t, unsigned int level, uint64_t entry,
			    uint64_t *phys)
{
	unsigned int page = first_bit_of_page(t);

	(void)level;
	*phys = entry >> page << t->page_shift;
	if (!(entry & ~(UINT64_C(1) << (page - 6))))
		return REST_NOTHING;
	return entry & PRESENT ? REST_PAGE : REST_OTHER;
}

static uint64_t attributes(const struct tables *t, unsigned int level)
{
	return t->mask | (level > 1 ? t->large : 0);
}

/* Bits 61 to 59 of an address in XKPHYS say how it is cached. */
static const struct direct_window windows[] = {
	{ XKPHYS, XKSEG - 1, (UINT64_C(1) << 59) - 1 },
	{ CKSEG0, CKSEG0 + CKSEG_SIZE - 1, CKSEG_SIZE - 1 },
	{ CKSEG1, CKSEG1 + CKSEG_SIZE - 1, CKSEG_SIZE - 1 },
	{ 0 }
};

const struct paging paging_mips64 = {
	.name = "mips64",
	.machine = EM_MIPS,
	.bits = 64,
	.find = find,
	.decode = decode,
	.attributes = attributes,
	.rest = rest,
	.windows = windows,
};
