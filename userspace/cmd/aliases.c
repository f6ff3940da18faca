// SPDX-License-Identifier: GPL-2.0-only
/* aliases.c - see aliases.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "aliases.h"
#include "base/util.h"
#include "pagetables/scan.h"
#include "pagetables/walk.h"

struct finder {
	const struct tables *t;
	const struct attributes *attributes;
	struct aliased **by_phys;	/* those that have a physical address, sorted */
	size_t n;
	struct pool *pool;
};

/* Of a table that is mapped more than once the first copy is listed. */
static void add_alias(struct finder *f, struct aliased *a, const struct alias *alias)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->list[i].addr == alias->addr)
			return;
	a->more += alias->copies - 1;
	if (alias->addr == a->place->addr)
		return;
	/* The address itself is one of the later copies. */
	if (alias->entry && alias->entry == a->entry)
		a->more--;
	if (a->n == MOST_ALIASES) {
		a->more++;
		return;
	}
	if (!a->list)
		a->list = pool_alloc(f->pool, MOST_ALIASES * sizeof(*a->list));
	a->list[a->n++] = *alias;
}

static int compare_phys(const void *a, const void *b)
{
	const struct aliased *x = *(struct aliased *const *)a, *y = *(struct aliased *const *)b;

	return x->phys < y->phys ? -1 : x->phys > y->phys;
}

/* The first that is not below a physical address. */
static size_t first_from(const struct finder *f, uint64_t phys)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->by_phys[middle]->phys < phys)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A page that is mapped: is one of those that are asked about in it? */
static void look_at(void *data, const struct scan_leaf *leaf)
{
	struct finder *f = data;
	uint64_t size = tables_size(f->t, leaf->level), attr;
	uint64_t phys = tables_page(f->t, leaf->level, leaf->value, leaf->addr);
	struct alias alias = { .copies = leaf->copies };

	for (size_t i = first_from(f, phys); i < f->n && f->by_phys[i]->phys - phys < size; i++) {
		alias.addr = leaf->addr + (f->by_phys[i]->phys - phys);
		if (!tables_physical(f->t, leaf->entry, &alias.entry))
			alias.entry = 0;
		attr = leaf->value & f->t->paging->attributes(f->t, leaf->level);
		alias.has_access = f->attributes;
		if (f->attributes)
			alias.access = attributes_access(f->attributes, leaf->level, attr,
							 limits_upper(&leaf->limits, attr));
		add_alias(f, f->by_phys[i], &alias);
	}
}

/* The address itself. */
static void walk_to(const struct finder *f, struct aliased *a)
{
	struct walk w = walk_tables(f->t, a->place->addr);

	a->has_phys = w.mapped || a->place->has_phys;
	a->phys = w.mapped ? w.phys : a->place->phys;
	if (w.mapped && !w.by_window && w.entries[w.n_entries - 1].has_addr)
		a->entry = w.entries[w.n_entries - 1].addr;
	a->has_access = w.mapped && !w.by_window && f->attributes;
	if (a->has_access)
		a->access = attributes_access(f->attributes, w.level, w.attr, w.upper);
}

/* Windows of the processor are in no table, but arithmetic knows them. */
static void add_window(struct finder *f, struct aliased *a)
{
	struct walk w;

	if (!a->place->has_alias)
		return;
	w = walk_tables(f->t, a->place->alias);
	if (w.mapped && w.by_window && w.phys == a->phys)
		add_alias(f, a, &(struct alias){ .addr = a->place->alias, .copies = 1 });
}

static const char *scan_all(struct finder *f)
{
	const struct scan_visitor visitor = { .leaf = look_at, .data = f };
	struct scan scan = scan_tables(f->t, &visitor);
	const char *why = NULL;

	if (scan.unread)
		why = pool_printf(f->pool, "%" PRIu64 " of %" PRIu64 " page tables could not be read, or not whole: %s",
				  scan.unread, scan.tables, scan.why);
	scan_free(&scan);
	return why;
}

const char *aliases_find(const struct options *opt, struct aliased **list, size_t n,
			 struct pool *pool, bool *walked)
{
	struct machine *machine = machine_new(opt->sysroot, NULL);
	struct finder f = { .t = tables_load(machine), .pool = pool };
	const char *why = f.t->why;

	*walked = !why || (f.t->paging && f.t->paging->windows);
	f.by_phys = pool_alloc(pool, (n + 1) * sizeof(*f.by_phys));
	if (f.t->paging && !why)
		f.attributes = attributes_of(f.t->paging->name, f.t->levels,
					     f.t->paging->attributes(f.t, 1));
	for (size_t i = 0; i < n && *walked; i++) {
		walk_to(&f, list[i]);
		if (list[i]->has_phys)
			f.by_phys[f.n++] = list[i];
	}
	if (f.n)
		qsort(f.by_phys, f.n, sizeof(*f.by_phys), compare_phys);
	if (f.n && !why)
		why = scan_all(&f);
	for (size_t i = 0; i < f.n; i++)
		add_window(&f, f.by_phys[i]);
	if (why)
		why = pool_copy(pool, why, strlen(why));
	machine_free(machine);
	return why;
}
