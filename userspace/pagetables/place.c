// SPDX-License-Identifier: GPL-2.0-only
/* place.c - see tables.h: where memory at a symbol is, of a dump by its physical address. */
#include <inttypes.h>

#include "tables.h"

/* By the segment that has it, which is that of the image in /proc/vmcore. */
static bool find_in_segments(const struct tables *t, uint64_t addr, uint64_t *phys)
{
	for (size_t i = 0; i < t->core->n_by_virtual; i++) {
		const struct segment *s = &t->core->by_virtual[i];

		if (addr >= s->vaddr && addr - s->vaddr < s->size) {
			*phys = s->paddr + (addr - s->vaddr);
			return true;
		}
	}
	return false;
}

bool tables_place(struct tables *t, const char *name, uint64_t *addr)
{
	struct pool *pool = machine_pool(t->machine);
	uint64_t virtual;

	if (!t->of_dump)
		return tables_symbol(t, name, addr);
	if (!tables_symbol(t, name, &virtual)) {
		t->why = pool_printf(pool, "the note VMCOREINFO does not tell where %s is: expected SYMBOL(%s)",
				     name, name);
		return false;
	}
	if ((t->paging->image && t->paging->image(t, virtual, addr)) ||
	    find_in_segments(t, virtual, addr))
		return true;
	t->why = pool_printf(pool, "the physical address of %s, which is at 0x%" PRIx64 ", is not known: expected %s%sa segment with its virtual address",
			     name, virtual, t->paging->image_by ? t->paging->image_by : "",
			     t->paging->image_by ? " in the notes, or " : "");
	return false;
}
