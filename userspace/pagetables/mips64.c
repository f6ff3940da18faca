// SPDX-License-Identifier: GPL-2.0-only
/*
 * mips64.c - the segments that the processor does not look up: XKPHYS,
 * CKSEG0 and CKSEG1 (arch/mips/include/asm/addrspace.h).  How a page's entry is
 * laid out in the tables for the rest is up to each processor.
 */
#include <elf.h>

#include "tables.h"

static void find(struct tables *t)
{
	t->why = "entries are laid out by the processor's kind";
}

static enum entry_kind decode(const struct tables *t, uint64_t entry,
			      unsigned int level, uint64_t *phys)
{
	(void)t;
	(void)entry;
	(void)level;
	(void)phys;
	return ENTRY_NONE;
}

static uint64_t attributes(const struct tables *t, unsigned int level)
{
	(void)t;
	(void)level;
	return 0;
}

static bool window(uint64_t addr, uint64_t *phys)
{
	if (addr >> 62 == 2)
		*phys = addr & ((UINT64_C(1) << 59) - 1);
	else
		*phys = addr & ((UINT64_C(1) << 29) - 1);
	return addr >> 62 == 2 ||
	       (addr >= 0xffffffff80000000u && addr <= 0xffffffffbfffffffu);
}

const struct paging paging_mips64 = {
	.name = "mips64",
	.machine = EM_MIPS,
	.bits = 64,
	.find = find,
	.decode = decode,
	.attributes = attributes,
	.window = window,
};
