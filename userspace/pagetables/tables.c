// SPDX-License-Identifier: GPL-2.0-only
/* tables.c - see tables.h */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tables.h"

/* Neighbours come along, so that a saved machine has them, too. */
#define LINE	64

bool paging_window(const struct paging *paging, uint64_t addr, uint64_t *phys)
{
	for (const struct direct_window *w = paging->windows; w && w->end; w++) {
		*phys = addr & w->mask;
		if (addr >= w->start && addr <= w->end)
			return true;
	}
	return false;
}

unsigned int tables_index_bits(const struct tables *t, unsigned int level)
{
	unsigned int entry_shift = t->entry_size == 4 ? 2 : 3;

	return t->bits[level] ? t->bits[level] : t->page_shift - entry_shift;
}

static unsigned int shift_of(const struct tables *t, unsigned int level)
{
	unsigned int shift = t->page_shift;

	for (unsigned int at = 1; at < level; at++)
		shift += tables_index_bits(t, at);
	return shift;
}

unsigned int tables_bits(const struct tables *t)
{
	return shift_of(t, t->levels) + tables_index_bits(t, t->levels);
}

uint64_t tables_size(const struct tables *t, unsigned int level)
{
	return UINT64_C(1) << shift_of(t, level);
}

/* After the last entry of the top table. */
static uint64_t end_of_tables(const struct tables *t)
{
	return t->base + (UINT64_C(1) << tables_bits(t));
}

uint64_t tables_address(const struct tables *t, unsigned int level, unsigned int index,
			uint64_t base)
{
	uint64_t addr = base + index * tables_size(t, level), end;

	if (!t->high)
		return addr;
	end = end_of_tables(t);
	return addr - (end + t->high) < -t->high ? addr - end : addr;
}

bool tables_translate(const struct tables *t, uint64_t addr)
{
	uint64_t index = (addr - t->base) >> shift_of(t, t->levels);

	if (t->high && addr >= end_of_tables(t) + t->high)
		return addr >= t->high;
	return index >= t->first && (!t->end || index < t->end) &&
	       index >> tables_index_bits(t, t->levels) == 0;
}

bool tables_virtual(const struct tables *t, uint64_t phys, uint64_t *addr)
{
	for (size_t i = 0; i < t->core->n_segments; i++) {
		const struct segment *s = &t->core->segments[i];

		if (s->paddr != ELFCORE_NO_PADDR && phys >= s->paddr &&
		    phys - s->paddr < s->size) {
			*addr = s->vaddr + (phys - s->paddr);
			return true;
		}
	}
	return false;
}

bool tables_next(const struct tables *t, enum entry_kind kind, uint64_t phys, uint64_t *addr,
		 const char **why)
{
	*addr = phys;
	if (kind == ENTRY_TABLE_AT && !t->of_dump)
		return true;
	/* Of those that name each other by virtual addresses, all are in a window. */
	if (kind == ENTRY_TABLE_AT && !paging_window(t->paging, phys, &phys)) {
		*why = "the virtual address of a page table is in no window of direct mapping";
		return false;
	}
	*why = t->of_dump ? "a page table lies outside the memory of the dump" :
	       is_switched_on(t->config, "CONFIG_HIGHPTE") ?
		"a page table lies in highmem, where this kernel puts those of processes (CONFIG_HIGHPTE), and which /proc/kcore does not have" :
		"a page table lies outside the segments of /proc/kcore";
	return tables_virtual(t, phys, addr);
}

bool tables_physical(const struct tables *t, uint64_t addr, uint64_t *phys)
{
	struct mapping m;

	*phys = addr;
	if (t->of_dump)
		return true;
	for (size_t i = 0; i < t->core->n_segments; i++) {
		const struct segment *s = &t->core->segments[i];

		if (s->paddr != ELFCORE_NO_PADDR && addr >= s->vaddr &&
		    addr - s->vaddr < s->size) {
			*phys = s->paddr + (addr - s->vaddr);
			return true;
		}
	}
	m = tables_walk(t, addr);
	*phys = m.phys;
	return m.state == MAPPED;
}

enum entry_kind tables_decode(const struct tables *t, uint64_t entry, unsigned int level,
			      uint64_t *phys)
{
	enum entry_kind kind = t->paging->decode(t, entry, level, phys);

	return level == 1 && kind != ENTRY_LEAF ? ENTRY_NONE : kind;
}

static bool read_entry(const struct tables *t, unsigned int level, struct step *step,
		       const char **why)
{
	uint64_t at = step->table + (uint64_t)step->index * t->entry_size;
	unsigned char line[LINE];

	if (at % t->entry_size) {
		*why = "the address of a page table is no multiple of an entry's size";
		return false;
	}
	if (!machine_memory(t->machine, at - at % LINE, line,
			    sizeof(line), why))
		return false;
	step->value = load_word(line + at % LINE, t->entry_size, t->big_endian);
	step->kind = tables_decode(t, step->value, level, &step->phys);
	return true;
}

static struct path follow(const struct tables *t, uint64_t addr, unsigned int level)
{
	struct path path = { .last = t->levels + 1 };
	uint64_t table = t->root;
	const char *why;

	for (unsigned int at = t->levels; at >= level; at--) {
		struct step *step = &path.step[at];

		step->table = table;
		step->index = addr >> shift_of(t, at) &
			      ((1u << tables_index_bits(t, at)) - 1);
		if (!read_entry(t, at, step, &path.why))
			break;
		path.last = at;
		if (at == level || step->kind == ENTRY_NONE || step->kind == ENTRY_LEAF)
			break;
		if (t->paging->limit)
			t->paging->limit(at, step->value, &path.limits);
		if (!tables_next(t, step->kind, step->phys, &table, &why)) {
			path.why = why;
			break;
		}
	}
	return path;
}

/* That the processor has marked an entry as used is no change. */
static bool is_same_way(const struct tables *t, const struct path *a, const struct path *b)
{
	if (a->last != b->last || !a->why != !b->why)
		return false;
	for (unsigned int level = t->levels; level >= a->last && level; level--)
		if (a->step[level].kind != b->step[level].kind ||
		    a->step[level].phys != b->step[level].phys)
			return false;
	return a->limits.set == b->limits.set && a->limits.clear == b->limits.clear;
}

/*
 * Tables of the live kernel may be freed while they are followed.  A way that is the
 * same twice led to tables that were there in between.
 */
struct path tables_path(const struct tables *t, uint64_t addr, unsigned int level)
{
	enum { MOST_TRIES = 8 };
	struct path before, path = follow(t, addr, level);

	if (!machine_is_live(t->machine))
		return path;
	for (unsigned int i = 0; i < MOST_TRIES; i++) {
		before = path;
		path = follow(t, addr, level);
		if (is_same_way(t, &before, &path))
			return path;
	}
	path.why = "the tables changed each time they were read";
	return path;
}

bool tables_entry(const struct tables *t, uint64_t addr, unsigned int level,
		  enum entry_kind *kind, uint64_t *phys,
		  unsigned int *reached, const char **why)
{
	struct path path = tables_path(t, addr, level);

	if (path.why) {
		*why = path.why;
		return false;
	}
	*kind = path.step[path.last].kind;
	*phys = path.step[path.last].phys;
	*reached = path.last;
	return true;
}

uint64_t tables_page(const struct tables *t, unsigned int level, uint64_t entry,
		     uint64_t addr)
{
	uint64_t size = tables_size(t, level), group = 0, phys;

	tables_decode(t, entry, level, &phys);
	if (t->paging->group)
		group = t->paging->group(t, level, entry);
	/* An entry may name the group's address and not its own page's. */
	if (group > size)
		size = group;
	/* The lowest bits of a large page's address may be flags. */
	return (phys & -size) | (addr & (size - 1));
}

uint64_t limits_upper(const struct limits *limits, uint64_t attr)
{
	return attr ^ ((attr | limits->set) & ~limits->clear);
}

struct mapping tables_walk(const struct tables *t, uint64_t addr)
{
	struct mapping m = { .state = UNREADABLE };
	const struct step *step;
	struct path path;

	if (paging_window(t->paging, addr, &m.phys)) {
		m.state = MAPPED;
		return m;
	}
	m.why = t->why;
	if (t->why)
		return m;
	path = tables_path(t, addr, 1);
	m.why = path.why;
	if (path.why)
		return m;
	step = &path.step[path.last];
	m.state = step->kind == ENTRY_LEAF ? MAPPED : HOLE;
	if (m.state == MAPPED)
		m.phys = tables_page(t, path.last, step->value, addr);
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
	return size <= page - addr % page && tables_virtual(t, at.phys, &alias) &&
	       machine_memory(t->machine, alias, to, size, why);
}

bool tables_symbol(const struct tables *t, const char *name, uint64_t *addr)
{
	char key[80];

	if (t->symbols && symbols_find(t->symbols, name, NULL, addr))
		return true;
	snprintf(key, sizeof(key), "SYMBOL(%s)", name);
	return tables_note(t, key, 16, addr);
}

bool tables_note(const struct tables *t, const char *key, int base, uint64_t *number)
{
	const char *note = t->core ? t->core->vmcoreinfo : NULL, *p;
	bool negative;
	char start[96];

	snprintf(start, sizeof(start), "%s=", key);
	p = note ? after(note, start) : NULL;
	if (!p)
		return false;
	if (base == 16)
		skip(&p, "0x");
	negative = skip(&p, "-");
	if (!scan_number(&p, base, number))
		return false;
	if (negative)
		*number = -*number;
	return true;
}
