// SPDX-License-Identifier: GPL-2.0-only
/* tables.c - see tables.h */
#include <string.h>

#include "base/text.h"
#include "tables.h"

/* Neighbours come along, so that a saved machine has them, too. */
#define LINE	64

static unsigned int index_bits(const struct tables *t, unsigned int level)
{
	unsigned int entry_shift = t->entry_size == 4 ? 2 : 3;

	return t->bits[level] ? t->bits[level] : t->page_shift - entry_shift;
}

static unsigned int shift_of(const struct tables *t, unsigned int level)
{
	unsigned int shift = t->page_shift;

	for (unsigned int at = 1; at < level; at++)
		shift += index_bits(t, at);
	return shift;
}

unsigned int tables_bits(const struct tables *t)
{
	return shift_of(t, t->levels) + index_bits(t, t->levels);
}

uint64_t tables_size(const struct tables *t, unsigned int level)
{
	return UINT64_C(1) << shift_of(t, level);
}

/* The virtual address of physical memory, as /proc/kcore has it. */
static bool to_virtual(const struct elfcore *core, uint64_t phys, uint64_t *addr)
{
	for (size_t i = 0; i < core->n_segments; i++) {
		const struct segment *s = &core->segments[i];

		if (s->paddr != ELFCORE_NO_PADDR && phys >= s->paddr &&
		    phys - s->paddr < s->size) {
			*addr = s->vaddr + (phys - s->paddr);
			return true;
		}
	}
	return false;
}

static bool read_entry(const struct tables *t, uint64_t table,
		       unsigned int level, uint64_t addr, uint64_t *entry,
		       const char **why)
{
	uint64_t index = addr >> shift_of(t, level) &
			 ((UINT64_C(1) << index_bits(t, level)) - 1);
	uint64_t at = table + index * t->entry_size;
	unsigned char line[LINE];

	if (!machine_memory(t->machine, at - at % LINE, line,
			    sizeof(line), why))
		return false;
	*entry = load_word(line + at % LINE, t->entry_size, t->big_endian);
	return true;
}

bool tables_entry(const struct tables *t, uint64_t addr, unsigned int level,
		  enum entry_kind *kind, uint64_t *phys,
		  unsigned int *reached, const char **why)
{
	uint64_t table = t->root, entry;

	for (unsigned int at = t->levels; ; at--) {
		if (!read_entry(t, table, at, addr, &entry, why))
			return false;
		*kind = t->paging->decode(t, entry, at, phys);
		*reached = at;
		if (at == level || *kind == ENTRY_NONE || *kind == ENTRY_LEAF)
			return true;
		if (*kind == ENTRY_TABLE_AT) {
			table = *phys;
		} else if (!to_virtual(t->core, *phys, &table)) {
			*why = "a page table lies outside the segments of /proc/kcore";
			return false;
		}
	}
}

struct mapping tables_walk(const struct tables *t, uint64_t addr)
{
	struct mapping m = { .state = UNREADABLE };
	enum entry_kind kind;
	unsigned int level;
	uint64_t size, phys;

	if (t->paging->window && t->paging->window(addr, &phys)) {
		m.state = MAPPED;
		m.phys = phys;
		return m;
	}
	m.why = t->why;
	if (t->why || !tables_entry(t, addr, 1, &kind, &phys, &level, &m.why))
		return m;
	m.state = HOLE;
	if (kind == ENTRY_NONE)
		return m;
	size = tables_size(t, level);
	m.state = MAPPED;
	/* The lowest bits of a large page's address may be flags. */
	m.phys = (phys & ~(size - 1)) | (addr & (size - 1));
	return m;
}

bool tables_read(const struct tables *t, uint64_t addr, void *to, size_t size,
		 const char **why)
{
	uint64_t page = UINT64_C(1) << t->page_shift, alias;
	struct mapping at = { .state = UNREADABLE, .why = t->why };

	if (t->paging)
		at = tables_walk(t, addr);
	if (at.state == HOLE)
		at.why = "nothing is mapped there";
	*why = at.why;
	if (at.state != MAPPED)
		return false;
	*why = "that memory is in no segment of RAM of /proc/kcore";
	return size <= page - addr % page && to_virtual(t->core, at.phys, &alias) &&
	       machine_memory(t->machine, alias, to, size, why);
}

bool tables_symbol(const struct tables *t, const char *name, uint64_t *addr)
{
	const char *key = pool_printf(machine_pool(t->machine), "SYMBOL(%s)=",
				      name);
	const char *p;

	if (t->symbols && symbols_find(t->symbols, name, NULL, addr))
		return true;
	p = t->core && t->core->vmcoreinfo ? after(t->core->vmcoreinfo, key) :
					     NULL;
	return p && scan_number(&p, 16, addr);
}
