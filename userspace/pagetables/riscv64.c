// SPDX-License-Identifier: GPL-2.0-only
/* riscv64.c - page tables of 64-bit RISC-V: Sv39, Sv48 and Sv57. */
#include <elf.h>

#include "base/text.h"
#include "tables.h"

#define VALID		1u
#define ANY_ACCESS	0xeu		/* read, write, execute: it is a leaf */
#define NAPOT		(UINT64_C(1) << 63)
#define PFN(entry)	((entry) >> 10 & ((UINT64_C(1) << 44) - 1))

/* "mmu		: sv57" */
static void find(struct tables *t)
{
	const char *text = machine_file(t->machine, "/proc/cpuinfo", NULL, &t->why);
	const char *p = text ? after(text, "mmu\t\t: sv") : NULL;
	uint64_t bits;

	if (!text)
		return;
	if (p && scan_number(&p, 10, &bits) && bits >= 39 && bits <= 57)
		t->levels = (unsigned int)(bits - 12) / 9;
	else
		t->why = "/proc/cpuinfo does not tell the mode of the MMU";
}

static enum entry_kind decode(const struct tables *t, uint64_t entry,
			      unsigned int level, uint64_t *phys)
{
	(void)t;
	*phys = PFN(entry) << 12;
	if (!(entry & VALID))
		return ENTRY_NONE;
	/* A run of 16 pages, of which no entry tells its own. */
	if (level == 1 && (entry & NAPOT))
		return ENTRY_NONE;
	return entry & ANY_ACCESS ? ENTRY_LEAF : ENTRY_TABLE;
}

const struct paging paging_riscv64 = {
	.name = "riscv64",
	.machine = EM_RISCV,
	.bits = 64,
	.find = find,
	.decode = decode,
};
