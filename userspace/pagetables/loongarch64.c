// SPDX-License-Identifier: GPL-2.0-only
/*
 * loongarch64.c - windows of direct mapping, and for the rest tables
 * that name each other by virtual addresses
 * (arch/loongarch/include/asm/pgtable.h).
 */
#include <elf.h>

#include "base/text.h"
#include "tables.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH	258
#endif

#define VALID		0x1u
#define HUGE		0x40u		/* of an upper level; in entries of pages global */
#define GLOBAL_HUGE	0x1000u

/* Software's. */
#define PRESENT		0x80u
#define PROT_NONE	0x400u

/* V, D, PLV, the memory's kind, bit 6, P, W; NR, NX, RPLV.  Not MODIFIED and SPECIAL. */
#define ATTRIBUTES	(UINT64_C(0xe000000000000000) | UINT64_C(0x1ff))
#define ADDRESS		UINT64_C(0x0000fffffffff000)
#define IN_WINDOW	((UINT64_C(1) << 48) - 1)

/* No note tells how many levels there are. */
static void find(struct tables *t)
{
	const char *p = t->config ? after(t->config, "CONFIG_PGTABLE_LEVELS=") : NULL;
	const struct fact *told = t->layout ? layout_fact(t->layout, "page_levels") : NULL;
	uint64_t levels;

	if (((p && scan_number(&p, 10, &levels)) || (told && fact_number(told, &levels))) &&
	    levels <= TABLES_MAX_LEVELS)
		t->levels = (unsigned int)levels;
	else if (t->of_dump)
		t->why = "no note tells the number of levels: name a capture of the same machine with --file, which does";
	else
		t->why = "the configuration does not tell the number of levels";
	t->base = HIGHEST_ADDRESSES;
}

static enum entry_kind decode(const struct tables *t, uint64_t entry,
			      unsigned int level, uint64_t *phys)
{
	if (level > 1 && !(entry & HUGE)) {
		*phys = entry;
		return entry ? ENTRY_TABLE_AT : ENTRY_NONE;
	}
	*phys = entry & ADDRESS & -(UINT64_C(1) << t->page_shift);
	return entry & VALID ? ENTRY_LEAF : ENTRY_NONE;
}

static uint64_t attributes(const struct tables *t, unsigned int level)
{
	(void)t;
	return ATTRIBUTES | (level > 1 ? GLOBAL_HUGE : 0);
}

/* V is clear until a page is accessed; nothing may access one that is PROT_NONE. */
static enum entry_rest rest(const struct tables *t, unsigned int level, uint64_t entry,
			    uint64_t *phys)
{
	(void)level;
	*phys = entry & ADDRESS & -(UINT64_C(1) << t->page_shift);
	if (!entry)
		return REST_NOTHING;
	return entry & (PRESENT | PROT_NONE) ? REST_PAGE : REST_OTHER;
}

#define WINDOW(segment)	{ UINT64_C(segment) << 48, UINT64_C(segment) << 48 | IN_WINDOW, IN_WINDOW }

/* Uncached, cached and, on some, write-combining. */
static const struct direct_window windows[] = {
	WINDOW(0x8000), WINDOW(0x9000), WINDOW(0xa000), { 0 }
};

static bool image(const struct tables *t, uint64_t addr, uint64_t *phys)
{
	return paging_window(t->paging, addr, phys);
}

const struct paging paging_loongarch64 = {
	.name = "loongarch64",
	.machine = EM_LOONGARCH,
	.bits = 64,
	.find = find,
	.decode = decode,
	.attributes = attributes,
	.rest = rest,
	.windows = windows,
	.image = image,
	.image_by = "an address in a window of direct mapping",
};
