// SPDX-License-Identifier: GPL-2.0-only
/* shared.c - see shared.h */
#include "base/pieces.h"
#include "scan.h"
#include "shared.h"

uint64_t shared_table_size(const struct tables *t, unsigned int level)
{
	return (uint64_t)t->entry_size << tables_index_bits(t, level);
}

/* --- Top tables -------------------------------------------------------------------------- */

struct top {
	unsigned char *bytes;
	uint64_t root;
};

static bool read_top(const struct tables *t, struct top *top, const char **why)
{
	size_t size = shared_table_size(t, t->levels);
	uint64_t addr;

	top->bytes = pool_alloc(machine_pool(t->machine), size);
	*why = "the top page table lies outside the segments of /proc/kcore";
	return tables_virtual(t, top->root, &addr) &&
	       machine_memory(t->machine, addr, top->bytes, size, why);
}

/* What an entry leads to, or 0. */
static enum entry_kind target(const struct tables *t, const struct top *top, unsigned int index,
			      uint64_t *phys)
{
	uint64_t value = load_word(top->bytes + (size_t)index * t->entry_size, t->entry_size,
				   t->big_endian);

	return tables_decode(t, value, t->levels, phys);
}

static enum top_kind kind_of(const struct tables *t, const struct top tops[2], unsigned int index)
{
	uint64_t one, other;
	enum entry_kind first = target(t, &tops[0], index, &one);
	enum entry_kind second = target(t, &tops[1], index, &other);

	if (first == ENTRY_NONE)
		return second == ENTRY_NONE ? TOP_NONE : TOP_SECOND;
	if (second == ENTRY_NONE)
		return TOP_FIRST;
	return first == second && one == other ? TOP_SAME : TOP_OWN;
}

struct tops tops_compare(const struct tables *t, uint64_t one, uint64_t other, unsigned int first,
			 unsigned int end)
{
	struct top tops[2] = { { .root = one }, { .root = other } };
	struct tops found = { 0 };
	struct top_range *last = NULL;

	if (!read_top(t, &tops[0], &found.why) || !read_top(t, &tops[1], &found.why))
		return found;
	found.why = NULL;
	found.ranges = pool_alloc(machine_pool(t->machine),
				  (end - first + 1) * sizeof(*found.ranges));
	for (unsigned int index = first; index < end; index++) {
		enum top_kind kind = kind_of(t, tops, index);

		found.entries[kind]++;
		if (last && last->kind == kind && last->last + 1 == index) {
			last->last = index;
		} else if (kind != TOP_NONE) {
			last = &found.ranges[found.n++];
			*last = (struct top_range){ index, index, kind };
		}
	}
	return found;
}

/* --- All below ------------------------------------------------------------------------------- */

struct collection {
	const struct tables *t;
	struct pieces tables[TABLES_MAX_LEVELS + 1];	/* as pieces of one byte two apart */
	struct pieces memory;
};

/* Tables are counted, not measured, so none must touch another. */
static void take_table(void *data, unsigned int level, uint64_t at)
{
	struct collection *c = data;

	pieces_add(&c->tables[level], at, 1);
}

static void take_leaf(void *data, const struct scan_leaf *leaf)
{
	struct collection *c = data;
	uint64_t size = tables_size(c->t, leaf->level);

	pieces_add(&c->memory, tables_page(c->t, leaf->level, leaf->value, leaf->addr & -size), size);
}

/* A page that the processor may not use at the moment is memory of the process, too. */
static void take_rest(void *data, unsigned int level, uint64_t value)
{
	struct collection *c = data;
	uint64_t size = tables_size(c->t, level), phys;

	if (tables_rest(c->t, level, value, &phys) == REST_PAGE)
		pieces_add(&c->memory, phys & -size, size);
}

static void collect(struct collection *c, const struct tables *t, bool memory, struct shared *s,
		    unsigned int which)
{
	struct scan_visitor visitor = { .table = take_table, .data = c };
	struct scan scan;

	*c = (struct collection){ .t = t };
	if (memory) {
		visitor.leaf = take_leaf;
		visitor.rest = take_rest;
	}
	scan = scan_tables(t, &visitor);
	s->unread[which] = scan.unread;
	if (!s->why)
		s->why = scan.why;
	scan_free(&scan);
}

static void compare_levels(struct shared *s, struct collection all[2])
{
	for (unsigned int level = 1; level < s->levels; level++) {
		struct shared_level *found = &s->level[level];

		for (unsigned int i = 0; i < 2; i++)
			found->tables[i] = pieces_join(&all[i].tables[level]);
		found->both = pieces_in_both(&all[0].tables[level], &all[1].tables[level]);
	}
}

struct shared shared_compare(const struct tables *one, const struct tables *other, bool memory)
{
	struct shared s = { .levels = one->levels > other->levels ? one->levels : other->levels };
	struct collection all[2];

	collect(&all[0], one, memory, &s, 0);
	collect(&all[1], other, memory, &s, 1);
	compare_levels(&s, all);
	s.has_memory = memory && !all[0].memory.full && !all[1].memory.full;
	for (unsigned int i = 0; i < 2; i++)
		s.memory[i] = pieces_join(&all[i].memory);
	s.memory_both = pieces_in_both(&all[0].memory, &all[1].memory);
	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int level = 1; level <= TABLES_MAX_LEVELS; level++)
			pieces_free(&all[i].tables[level]);
		pieces_free(&all[i].memory);
	}
	return s;
}
