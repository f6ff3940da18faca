// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86_64.c - page tables of x86_64: four or five levels.
 */
#include <elf.h>
#include <string.h>

#include "base/text.h"
#include "tables.h"
#include "x86.h"

#define ADDRESS		UINT64_C(0x000ffffffffff000)
#define KERNEL_MAP	UINT64_C(0xffffffff80000000)	/* __START_KERNEL_map */

static void find(struct tables *t)
{
	unsigned char bytes[4];
	uint64_t addr;
	const char *note, *p;

	if (!tables_place(t, "init_top_pgt", &t->root)) {
		if (!t->why)
			t->why = "init_top_pgt is not listed: this kernel is built without KALLSYMS_ALL";
		return;
	}
	note = t->core->vmcoreinfo;
	p = note ? after(note, "NUMBER(pgtable_l5_enabled)=") : NULL;
	/* Kernels that know four levels only have no such variable. */
	t->levels = 4;
	if (p) {
		t->levels += *p == '1';
	} else if (tables_symbol(t, "__pgtable_l5_enabled", &addr)) {
		if (!machine_memory(t->machine, addr, bytes, sizeof(bytes), &t->why))
			return;
		t->levels += load_word(bytes, sizeof(bytes), false) != 0;
	}
	t->base = HIGHEST_ADDRESSES;
	t->first = 256;
	t->mask = ADDRESS;
	p = note ? after(note, "NUMBER(sme_mask)=") : NULL;
	if (p && scan_number(&p, 10, &addr))
		t->mask &= ~addr;
}

static enum entry_kind decode(const struct tables *t, uint64_t entry,
			      unsigned int level, uint64_t *phys)
{
	*phys = entry & t->mask;
	if (!(entry & X86_PRESENT))
		return ENTRY_NONE;
	return level == 1 || (level <= 3 && (entry & X86_LARGE)) ? ENTRY_LEAF :
								  ENTRY_TABLE;
}

static uint64_t attributes(const struct tables *t, unsigned int level)
{
	(void)t;
	return X86_ATTRIBUTES | X86_KEYS | X86_NX | (level > 1 ? X86_PAT_LARGE : 0);
}

static void limit(unsigned int level, uint64_t entry, struct limits *limits)
{
	(void)level;
	limits->clear |= ~entry & X86_RIGHTS;
	limits->set |= entry & X86_NX;
}

/*
 * The address in an entry that is not present is inverted, so that a processor which
 * looks at it all the same (L1TF) finds no memory (asm/pgtable-invert.h).
 */
static enum entry_rest rest(const struct tables *t, unsigned int level, uint64_t entry,
			    uint64_t *phys)
{
	*phys = ~entry & t->mask;
	if (!entry)
		return REST_NOTHING;
	return x86_keeps_page(level, entry) ? REST_PAGE : REST_OTHER;
}

/* __pa_symbol(): the image is at __START_KERNEL_map + what phys_base is less than 0. */
static bool image(const struct tables *t, uint64_t addr, uint64_t *phys)
{
	uint64_t phys_base;

	if (!tables_note(t, "NUMBER(phys_base)", 10, &phys_base) || addr < KERNEL_MAP)
		return false;
	*phys = addr - KERNEL_MAP + phys_base;
	return true;
}

const struct paging paging_x86_64 = {
	.name = "x86_64",
	.machine = EM_X86_64,
	.bits = 64,
	.find = find,
	.decode = decode,
	.attributes = attributes,
	.limit = limit,
	.rest = rest,
	.image = image,
	.image_by = "NUMBER(phys_base)",
};
