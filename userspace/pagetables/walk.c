// SPDX-License-Identifier: GPL-2.0-only
/* walk.c - see walk.h: the walk through /proc/kcore. */
#include "walk.h"

static void take_entry(const struct tables *t, unsigned int level, const struct step *step,
		       struct walk *w)
{
	struct walk_entry *e = &w->entries[w->n_entries++];

	e->level = level;
	e->index = step->index;
	e->has_addr = tables_physical(t, step->table, &e->addr);
	e->addr += (uint64_t)step->index * t->entry_size;
	e->value = step->value;
	e->kind = step->kind == ENTRY_TABLE_AT ? ENTRY_TABLE : step->kind;
	if (e->kind == ENTRY_TABLE && t->paging->limit)
		t->paging->limit(level, step->value, &e->limits);
}

static void take_page(const struct tables *t, const struct path *path, struct walk *w)
{
	unsigned int level = path->last;
	uint64_t value = path->step[level].value;

	w->mapped = true;
	w->phys = tables_page(t, level, value, w->addr);
	w->level = level;
	w->size = tables_size(t, level);
	w->group = t->paging->group ? t->paging->group(t, level, value) : 0;
	w->attr = value & t->paging->attributes(t, level);
	w->upper = limits_upper(&path->limits, w->attr);
}

static void take_rest(const struct tables *t, const struct path *path, struct walk *w)
{
	const struct step *last = &path->step[path->last];
	uint64_t size = tables_size(t, path->last);

	w->absent = "the last entry maps nothing";
	w->rest = tables_rest(t, path->last, last->value, &w->kept);
	w->kept = (w->kept & -size) | (w->addr & (size - 1));
}

static void follow_tables(const struct tables *t, struct walk *w)
{
	struct path path = tables_path(t, w->addr, 1);

	w->levels = t->levels;
	w->has_root = tables_physical(t, t->root, &w->root);
	for (unsigned int level = t->levels; level >= path.last && level; level--)
		take_entry(t, level, &path.step[level], w);
	w->unknown = path.why;
	w->absent = path.why;
	if (path.why)
		return;
	if (path.step[path.last].kind == ENTRY_LEAF)
		take_page(t, &path, w);
	else
		take_rest(t, &path, w);
}

struct walk walk_tables(const struct tables *t, uint64_t addr)
{
	struct walk w = { .addr = addr };

	if (t->paging)
		w.arch = t->paging->name;
	if (t->paging && paging_window(t->paging, addr, &w.phys)) {
		w.mapped = w.by_window = true;
	} else if (t->why) {
		w.unknown = true;
		w.absent = t->why;
	} else if (!tables_translate(t, addr)) {
		w.absent = "the tables have no entry for this address";
	} else {
		follow_tables(t, &w);
	}
	return w;
}
