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
static bool cpuinfo_has_tree(struct tables *t)
{
	const char *text = machine_file(t->machine, "/proc/cpuinfo", NULL, &t->why);
	const char *p = text ? after(text, "MMU\t\t: ") : NULL;

	if (text && (!p || strncmp(p, "Radix", 5)))
		t->why = "by /proc/cpuinfo the MMU has a hash table, and no tree";
	return !t->why;
}

/* The note of 6.12 tells it, that of 6.1 does not. */
static bool dump_has_tree(struct tables *t)
{
	const struct fact *mmu = t->layout ? layout_fact(t->layout, "mmu") : NULL;
	uint64_t radix;

	if (tables_note(t, "NUMBER(RADIX_MMU)", 10, &radix))
		t->why = radix ? NULL : "by NUMBER(RADIX_MMU) in the note VMCOREINFO the MMU has a hash table, and no tree";
	else if (mmu && mmu->value)
		t->why = strcmp(mmu->value, "radix") ?
			"by the capture the MMU has a hash table, and no tree" : NULL;
	else
		t->why = "the note VMCOREINFO does not tell NUMBER(RADIX_MMU): name a capture of the same machine with --file, which does";
	return !t->why;
}

static void find(struct tables *t)
{
	if (t->of_dump ? !dump_has_tree(t) : !cpuinfo_has_tree(t))
		return;
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

/* __pa(): the image is in the direct map. */
static bool image(const struct tables *t, uint64_t addr, uint64_t *phys)
{
	(void)t;
	*phys = addr & UINT64_C(0x0fffffffffffffff);
	return addr >> 60 == 0xc;
}

const struct paging paging_ppc64 = {
	.name = "ppc64",
	.machine = EM_PPC64,
	.bits = 64,
	.find = find,
	.decode = decode,
	.attributes = attributes,
	.image = image,
	.image_by = "an address in the direct map",
};
