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
#define ADDRESS		UINT64_C(0x0003fffffffff000)

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
}

static enum entry_kind decode(const struct tables *t, uint64_t entry,
			      unsigned int level, uint64_t *phys)
{
	*phys = entry & ADDRESS & -(UINT64_C(1) << t->page_shift);
	if (!(entry & VALID))
		return ENTRY_NONE;
	if (level == 1)
		return entry & TABLE ? ENTRY_LEAF : ENTRY_NONE;
	return entry & TABLE ? ENTRY_TABLE : ENTRY_LEAF;
}

const struct paging paging_arm64 = {
	.name = "arm64",
	.machine = EM_AARCH64,
	.bits = 64,
	.find = find,
	.decode = decode,
};
