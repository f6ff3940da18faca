// SPDX-License-Identifier: GPL-2.0-only
/*
 * ppc64.c - the radix tree of POWER9 and later; entries are big-endian
 * whatever the kernel is (arch/powerpc/include/asm/book3s/64/radix.h).  The hash
 * table of older ones is no tree.
 */
#include <elf.h>
#include <string.h>

#include "base/text.h"
#include "tables.h"

#define VALID		(UINT64_C(1) << 63)
#define LEAF		(UINT64_C(1) << 62)
#define PAGE_ADDRESS	UINT64_C(0x01fffffffffff000)
#define TABLE_ADDRESS	UINT64_C(0x0fffffffffffff00)

/* "MMU		: Radix" */
static void find(struct tables *t)
{
	const char *text = machine_file(t->machine, "/proc/cpuinfo", NULL, &t->why);
	const char *p = text ? after(text, "MMU\t\t: ") : NULL;

	if (!text)
		return;
	if (!p || strncmp(p, "Radix", 5)) {
		t->why = "by /proc/cpuinfo the MMU has a hash table, and no tree";
		return;
	}
	t->levels = 4;
	t->base = UINT64_C(0xc000000000000000);
	t->big_endian = true;
	t->bits[1] = 21 - t->page_shift;
	t->bits[2] = t->bits[3] = 9;
	t->bits[4] = 13;
}

static enum entry_kind decode(const struct tables *t, uint64_t entry,
			      unsigned int level, uint64_t *phys)
{
	(void)t;
	(void)level;
	*phys = entry & (entry & LEAF ? PAGE_ADDRESS : TABLE_ADDRESS);
	if (!(entry & VALID))
		return ENTRY_NONE;
	return entry & LEAF ? ENTRY_LEAF : ENTRY_TABLE;
}

/* Valid, leaf, the memory's kind and the rights; without R and C (0x180). */
static uint64_t attributes(const struct tables *t, unsigned int level)
{
	(void)t;
	(void)level;
	return VALID | LEAF | 0x3f;
}

const struct paging paging_ppc64 = {
	.name = "ppc64",
	.machine = EM_PPC64,
	.bits = 64,
	.find = find,
	.decode = decode,
	.attributes = attributes,
};
