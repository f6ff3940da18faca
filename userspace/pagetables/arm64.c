// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64.c - page tables of arm64, by TTBR1_EL1: as many levels as the
 * addresses that TCR_EL1.T1SZ allows need, the top one maybe short.
 */
#include <elf.h>

#include "base/text.h"
#include "tables.h"

#define VALID		1u
#define TABLE		2u		/* a page, at the lowest level */
#define USER		UINT64_C(0x40)
#define READ_ONLY	UINT64_C(0x80)
#define CONTIGUOUS	(UINT64_C(1) << 52)
#define PXN		(UINT64_C(1) << 53)
#define UXN		(UINT64_C(1) << 54)

/* Of an entry that is not valid, and keeps a page: of releases up to 6.1, and from 6.12 on. */
#define PROT_NONE	(UINT64_C(1) << 58)
#define PRESENT_INVALID	(UINT64_C(1) << 11)

/* Of an entry that leads to a table. */
#define PXN_TABLE	(UINT64_C(1) << 59)
#define UXN_TABLE	(UINT64_C(1) << 60)
#define AP_TABLE_USER	(UINT64_C(1) << 61)
#define AP_TABLE_WRITE	(UINT64_C(1) << 62)

/*
 * Bits 0 to 9, 11, 50 to 54 and 59 to 63: the rest is the address, the access flag,
 * which the processor may set, and bits 55 to 58, which are software's.
 */
#define ATTRIBUTES	UINT64_C(0xf87c000000000bff)
#define LPA2_ADDRESS	UINT64_C(0x300)	/* bits 50 and 51 of the address */

/*
 * With pages of less than 64K addresses have 52 bits if TCR_EL1.DS is set, as Linux
 * does if, and only if, virtual ones have more than 48 (arch/arm64/mm/proc.S).
 */
static bool is_lpa2(const struct tables *t)
{
	return t->page_shift < 16 && tables_bits(t) > 48;
}

/*
 * A kernel for 52 bits with pages of 64K has a table of that size.  On a processor
 * that has but 48 TTBR1 leads to its last entries (TTBR1_BADDR_4852_OFFSET).
 */
static void shorten_top(struct tables *t, uint64_t bits)
{
	const char *p = after(t->core->vmcoreinfo, "NUMBER(VA_BITS)=");
	uint64_t linked;

	if (t->page_shift != 16 || !p || !scan_number(&p, 10, &linked) ||
	    linked != 52 || bits >= linked)
		return;
	if (bits < 48) {
		t->why = "TCR_EL1.T1SZ in the note VMCOREINFO fits no kernel of 52 bits: it has 52 or 48";
		return;
	}
	if (!tables_place(t, "swapper_pg_dir", &t->root) && !t->why)
		t->why = "swapper_pg_dir is not listed";
	t->root += ((UINT64_C(1) << (52 - 42)) - (UINT64_C(1) << (bits - 42))) * 8;
}

static void find(struct tables *t)
{
	const char *p = t->core->vmcoreinfo;
	unsigned int index = t->page_shift - 3;
	uint64_t size, bits;

	p = p ? after(p, "NUMBER(TCR_EL1_T1SZ)=0x") : NULL;
	if (!p || !scan_number(&p, 16, &size) || size > 64 - 32) {
		t->why = "the note VMCOREINFO does not tell TCR_EL1.T1SZ";
		return;
	}
	bits = 64 - size;
	t->levels = (unsigned int)(bits - 4) / index;
	if (!t->levels || t->levels > TABLES_MAX_LEVELS)
		return;
	t->bits[t->levels] = (unsigned int)bits - t->page_shift -
			     index * (t->levels - 1);
	t->base = HIGHEST_ADDRESSES;
	shorten_top(t, bits);
}

static uint64_t address_of(const struct tables *t, uint64_t entry)
{
	uint64_t page = -(UINT64_C(1) << t->page_shift);

	if (is_lpa2(t))
		return (entry & UINT64_C(0x0003ffffffffffff) & page) |
		       (entry & LPA2_ADDRESS) << 42;
	/* Bits 48 to 51 of the address stand in bits 12 to 15. */
	if (t->page_shift == 16)
		return (entry & UINT64_C(0x0000ffffffff0000)) | (entry & 0xf000) << 36;
	return entry & UINT64_C(0x0000ffffffffffff) & page;
}

static enum entry_kind decode(const struct tables *t, uint64_t entry,
			      unsigned int level, uint64_t *phys)
{
	*phys = address_of(t, entry);
	if (!(entry & VALID))
		return ENTRY_NONE;
	if (level == 1)
		return entry & TABLE ? ENTRY_LEAF : ENTRY_NONE;
	return entry & TABLE ? ENTRY_TABLE : ENTRY_LEAF;
}

static uint64_t attributes(const struct tables *t, unsigned int level)
{
	(void)level;
	return is_lpa2(t) ? ATTRIBUTES & ~LPA2_ADDRESS : ATTRIBUTES;
}

/*
 * An entry of a single page keeps bit 1, which swap entries have not.  Of a large one
 * the marks of all releases are asked for: a migration entry has neither.
 */
static enum entry_rest rest(const struct tables *t, unsigned int level, uint64_t entry,
			    uint64_t *phys)
{
	*phys = address_of(t, entry);
	if (!entry)
		return REST_NOTHING;
	return entry & (level == 1 ? TABLE : PROT_NONE | PRESENT_INVALID) ? REST_PAGE : REST_OTHER;
}

/* TCR_EL1.HPD1, which would turn these off, is never set by Linux. */
static void limit(unsigned int level, uint64_t entry, struct limits *limits)
{
	(void)level;
	limits->set |= (entry & PXN_TABLE ? PXN : 0) | (entry & UXN_TABLE ? UXN : 0) |
		       (entry & AP_TABLE_WRITE ? READ_ONLY : 0);
	limits->clear |= entry & AP_TABLE_USER ? USER : 0;
}

/* 16 or 32 neighbours; 128 pages of 16K (Arm ARM, "the Contiguous bit"). */
static uint64_t group(const struct tables *t, unsigned int level, uint64_t entry)
{
	unsigned int neighbours = t->page_shift == 12 ? 16 : 32;

	if (!(entry & CONTIGUOUS))
		return 0;
	if (t->page_shift == 14 && level == 1)
		neighbours = 128;
	return neighbours * tables_size(t, level);
}

static bool image(const struct tables *t, uint64_t addr, uint64_t *phys)
{
	uint64_t distance;

	if (!tables_note(t, "NUMBER(kimage_voffset)", 16, &distance))
		return false;
	*phys = addr - distance;
	return true;
}

const struct paging paging_arm64 = {
	.name = "arm64",
	.machine = EM_AARCH64,
	.bits = 64,
	.find = find,
	.decode = decode,
	.attributes = attributes,
	.limit = limit,
	.rest = rest,
	.group = group,
	.image = image,
	.image_by = "NUMBER(kimage_voffset)",
};
