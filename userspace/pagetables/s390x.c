// SPDX-License-Identifier: GPL-2.0-only
/*
 * s390x.c - dynamic address translation: segment tables above page
 * tables, and one to three levels of region tables above those
 * (arch/s390/include/asm/pgtable.h).
 */
#include <elf.h>

#include "tables.h"

#define INVALID		0x20u		/* of a region or segment */
#define INVALID_PAGE	0x400u
#define LARGE		0x400u		/* a region or segment without a table */
#define PRESENT		0x1u		/* software's */
#define COMMON		0x10u
#define NO_EXECUTION	0x100u
#define PROTECTED	0x200u
#define TYPE(entry)	((entry) >> 2 & 3)

/* Each entry of the top table tells of which kind it is. */
static void find_levels(struct tables *t)
{
	unsigned char bytes[8];

	if (machine_memory(t->machine, t->root, bytes, sizeof(bytes), &t->why))
		t->levels = (unsigned int)TYPE(load_word(bytes, 8, true)) + 2;
}

static void find(struct tables *t)
{
	t->bits[1] = 8;
	for (unsigned int level = 2; level <= TABLES_MAX_LEVELS; level++)
		t->bits[level] = 11;
	if (!tables_place(t, "swapper_pg_dir", &t->root)) {
		if (!t->why)
			t->why = "swapper_pg_dir is not listed";
	} else {
		find_levels(t);
	}
}

/* Kernels without KERNELOFFPHYS, such as 6.1, have the image at its physical address. */
static bool image(const struct tables *t, uint64_t addr, uint64_t *phys)
{
	uint64_t at, phys_at;

	*phys = addr;
	if (!tables_note(t, "KERNELOFFPHYS", 16, &phys_at))
		return true;
	if (!tables_note(t, "KERNELOFFSET", 16, &at))
		return false;
	*phys = addr - at + phys_at;
	return true;
}

static enum entry_kind decode(const struct tables *t, uint64_t entry,
			      unsigned int level, uint64_t *phys)
{
	(void)t;
	/* Page tables lie at a multiple of 2 KiB, all others of 4 KiB. */
	*phys = entry & -(UINT64_C(1) << (level == 2 ? 11 : 12));
	if (level == 1)
		return entry & INVALID_PAGE ? ENTRY_NONE : ENTRY_LEAF;
	if (entry & INVALID)
		return ENTRY_NONE;
	return level <= 3 && (entry & LARGE) ? ENTRY_LEAF : ENTRY_TABLE;
}

/*
 * The lowest bit of a page's entry says that there is a page, whatever the processor may
 * do with it: it is also invalid until it is accessed, or for good as PROT_NONE.  A large
 * page has its mark then; a swap entry, from 7.2 on, has COMMON, too.
 */
static enum entry_rest rest(const struct tables *t, unsigned int level, uint64_t entry,
			    uint64_t *phys)
{
	uint64_t empty = level == 1 ? INVALID_PAGE : INVALID | TYPE(entry) << 2;

	*phys = entry & -tables_size(t, level <= 3 ? level : 1);
	if (entry == empty)
		return REST_NOTHING;
	if (level == 1)
		return entry & PRESENT ? REST_PAGE : REST_OTHER;
	return (entry & (LARGE | COMMON)) == LARGE ? REST_PAGE : REST_OTHER;
}

static uint64_t attributes(const struct tables *t, unsigned int level)
{
	(void)t;
	return PROTECTED | NO_EXECUTION | (level == 1 ? INVALID_PAGE : INVALID | LARGE);
}

/* Protection holds for all below; there is no such bit for execution. */
static void limit(unsigned int level, uint64_t entry, struct limits *limits)
{
	(void)level;
	limits->set |= entry & PROTECTED;
}

const struct paging paging_s390x = {
	.name = "s390x",
	.machine = EM_S390,
	.bits = 64,
	.find = find,
	.decode = decode,
	.attributes = attributes,
	.limit = limit,
	.rest = rest,
	.user = find_levels,
	.image = image,
	.image_by = "KERNELOFFSET",
};
