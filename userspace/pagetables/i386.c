// SPDX-License-Identifier: GPL-2.0-only
/* i386.c - page tables of 32-bit x86: two levels, or three with PAE. */
#include <elf.h>

#include "base/text.h"
#include "tables.h"
#include "x86.h"

static void find(struct tables *t)
{
	const char *note = t->core->vmcoreinfo;

	if (!note) {
		t->why = "there is no note VMCOREINFO to tell whether PAE is used";
		return;
	}
	if (after(note, "CONFIG_X86_PAE=y")) {
		t->levels = 3;
		t->bits[3] = 2;
		t->mask = UINT64_C(0x000ffffffffff000);
	} else {
		t->levels = 2;
		t->entry_size = 4;
		t->mask = 0xfffff000u;
	}
}

static enum entry_kind decode(const struct tables *t, uint64_t entry,
			      unsigned int level, uint64_t *phys)
{
	*phys = entry & t->mask;
	if (!(entry & X86_PRESENT))
		return ENTRY_NONE;
	return level == 1 || (level == 2 && (entry & X86_LARGE)) ? ENTRY_LEAF :
								   ENTRY_TABLE;
}

static uint64_t attributes(const struct tables *t, unsigned int level)
{
	return X86_ATTRIBUTES | (level > 1 ? X86_PAT_LARGE : 0) |
	       (t->entry_size == 8 ? X86_KEYS | X86_NX : 0);
}

/* The four entries of PAE's top table have no rights in them. */
static void limit(unsigned int level, uint64_t entry, struct limits *limits)
{
	if (level == 3)
		return;
	limits->clear |= ~entry & X86_RIGHTS;
	limits->set |= entry & X86_NX;
}

/* With PAE the address in an entry that is not present is inverted, as on x86_64. */
static enum entry_rest rest(const struct tables *t, unsigned int level, uint64_t entry,
			    uint64_t *phys)
{
	*phys = (t->entry_size == 8 ? ~entry : entry) & t->mask;
	if (!entry)
		return REST_NOTHING;
	return x86_keeps_page(level, entry) ? REST_PAGE : REST_OTHER;
}

/*
 * No note tells where the direct map begins.  But each process has the kernel's entries
 * in its own tables, and QEMU notes the processors' CR3.
 */
static bool image(const struct tables *t, uint64_t addr, uint64_t *phys)
{
	struct tables own = *t;
	uint64_t mask = t->entry_size == 8 ? 0xffffffe0u : 0xfffff000u;

	own.why = NULL;
	for (size_t i = 0; i < t->core->n_cr3; i++) {
		struct mapping m;

		own.root = t->core->cr3[i] & mask;
		m = tables_walk(&own, addr);
		*phys = m.phys;
		if (m.state == MAPPED)
			return true;
	}
	return false;
}

const struct paging paging_i386 = {
	.name = "i386",
	.machine = EM_386,
	.bits = 32,
	.find = find,
	.decode = decode,
	.attributes = attributes,
	.limit = limit,
	.rest = rest,
	.image = image,
	.image_by = "QEMU's note of a processor with CR3",
};
