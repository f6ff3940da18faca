// SPDX-License-Identifier: GPL-2.0-only
/* scan.c - see scan.h */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "layout/frame.h"
#include "scan.h"

/* A saved machine has such pieces of tables. */
#define LINE	64

/* More than any machine has; a directory from elsewhere may hold tables in a circle. */
#define MAX_TABLES	(UINT64_C(1) << 20)

/* A table on the way, and what is known of it. */
struct table {
	uint64_t addr;			/* virtual, for /proc/kcore; of a dump physical */
	unsigned char *bytes;
	bool *known;			/* by lines; NULL: all are */
	unsigned int index;		/* of the entry that leads on */
	uint64_t value;			/* which was this */
};

struct walk_state {
	const struct tables *t;
	const struct scan_visitor *visitor;
	struct scan *scan;
	size_t closed;			/* runs before this one do not grow any more */
	struct table on_way[TABLES_MAX_LEVELS + 1];	/* by level */
};

static size_t table_size(const struct tables *t, unsigned int level)
{
	return (size_t)t->entry_size << tables_index_bits(t, level);
}

/* --- Runs ------------------------------------------------------------------------------ */

static bool is_continued(const struct scan_run *run, const struct scan_run *next)
{
	return !run->times && run->end + 1 == next->start && run->level == next->level &&
	       run->attr == next->attr && run->upper == next->upper &&
	       run->group == next->group && run->unread == next->unread;
}

static void add_run(struct walk_state *w, const struct scan_run *run)
{
	struct scan *s = w->scan;

	if (s->n > w->closed && is_continued(&s->runs[s->n - 1], run)) {
		s->runs[s->n - 1].end = run->end;
		return;
	}
	if (s->n == s->room) {
		s->room = s->room ? s->room * 2 : 256;
		s->runs = realloc(s->runs, s->room * sizeof(*s->runs));
		if (!s->runs)
			die("not enough memory");
	}
	s->runs[s->n++] = *run;
}

static void add_unread(struct walk_state *w, unsigned int level, uint64_t start, uint64_t n)
{
	add_run(w, &(struct scan_run){ .start = start, .level = level, .unread = true,
				       .end = start + n * tables_size(w->t, level) - 1 });
}

/* What was added since is mapped so often, one copy after the other. */
static void add_repeat(struct walk_state *w, size_t since, size_t closed, uint64_t start,
		       uint64_t size, uint64_t times)
{
	struct scan *s = w->scan;
	struct scan_run only;

	w->closed = closed;
	if (s->n == since)
		return;
	only = s->runs[since];
	if (s->n == since + 1 && !only.times && only.start == start &&
	    only.end == start + size - 1) {
		/* One run that fills the table goes on in the next copy. */
		only.end = start + size * times - 1;
		s->n = since;
		add_run(w, &only);
		return;
	}
	w->closed = s->n;
	add_run(w, &(struct scan_run){ .start = start, .end = start + size - 1,
				       .times = times });
	w->closed = s->n;
}

/* --- Tables ---------------------------------------------------------------------------- */

static uint64_t load_entry(const struct walk_state *w, const struct table *table,
			   unsigned int index)
{
	return load_word(table->bytes + (size_t)index * w->t->entry_size, w->t->entry_size,
			 w->t->big_endian);
}

static bool is_known(const struct walk_state *w, const struct table *table, unsigned int index)
{
	return !table->known || table->known[(size_t)index * w->t->entry_size / LINE];
}

static void note_unread(struct walk_state *w, const char *why)
{
	w->scan->unread++;
	if (!w->scan->why)
		w->scan->why = why;
}

/* The whole table or, of a saved machine, what there is of it. */
static void read_table(struct walk_state *w, struct table *table, unsigned int level)
{
	size_t size = table_size(w->t, level);
	const char *why, *ignore;

	table->bytes = zalloc_array(size, 1);
	table->known = NULL;
	w->scan->tables++;
	if (machine_memory(w->t->machine, table->addr, table->bytes, size, &why))
		return;
	note_unread(w, why);
	table->known = zalloc_array(size / LINE + 1, sizeof(bool));
	for (size_t at = 0; at < size; at += LINE) {
		size_t piece = size - at < LINE ? size - at : LINE;

		table->known[at / LINE] = machine_memory(w->t->machine, table->addr + at,
							 table->bytes + at, piece, &ignore);
	}
}

static void free_table(struct table *table)
{
	free(table->bytes);
	free(table->known);
}

/*
 * Whether each entry on the way down to a level is what it was.  If not, a table
 * that was read after it may have been freed before.
 */
static bool way_holds(const struct walk_state *w, unsigned int level)
{
	for (unsigned int at = w->t->levels; at >= level; at--) {
		const struct table *table = &w->on_way[at];
		unsigned char now[8];
		enum entry_kind kind;
		uint64_t phys, before;
		const char *why;

		if (!machine_memory(w->t->machine, table->addr +
				    (uint64_t)table->index * w->t->entry_size, now,
				    w->t->entry_size, &why))
			return false;
		kind = tables_decode(w->t, table->value, at, &before);
		/* That the processor has marked it as used is no change. */
		if (tables_decode(w->t, load_word(now, w->t->entry_size,
						  w->t->big_endian), at, &phys) != kind ||
		    phys != before)
			return false;
	}
	return true;
}

static void walk_table(struct walk_state *w, unsigned int level, unsigned int first,
		       uint64_t base, const struct limits *limits, uint64_t copies);

/* Goes on in the table to which the entry in hand leads. */
static void walk_next(struct walk_state *w, unsigned int level, enum entry_kind kind,
		      uint64_t phys, uint64_t base, const struct limits *limits,
		      uint64_t copies)
{
	struct table *next = &w->on_way[level - 1];
	struct limits below = *limits;
	const char *why;

	if (w->visitor && w->visitor->table)
		w->visitor->table(w->visitor->data, level - 1, phys);
	if (w->scan->tables >= MAX_TABLES || w->scan->n >= MAPPINGS_MOST_RUNS) {
		note_unread(w, "there are more page tables than any machine has");
		add_unread(w, level, base, 1);
		return;
	}
	if (!tables_next(w->t, kind, phys, &next->addr, &why)) {
		note_unread(w, why);
		add_unread(w, level, base, 1);
		return;
	}
	read_table(w, next, level - 1);
	if (!way_holds(w, level)) {
		note_unread(w, "the tables changed while they were read");
		add_unread(w, level, base, 1);
	} else {
		if (w->t->paging->limit)
			w->t->paging->limit(level, w->on_way[level].value, &below);
		walk_table(w, level - 1, 0, base, &below, copies);
	}
	free_table(next);
}

/* So many neighbouring entries lead to the same table. */
static void walk_alike(struct walk_state *w, unsigned int level, unsigned int index,
		       unsigned int n, uint64_t base, const struct limits *limits,
		       uint64_t copies)
{
	struct table *table = &w->on_way[level];
	size_t since = w->scan->n, closed = w->closed;
	enum entry_kind kind;
	uint64_t phys;

	table->index = index;
	table->value = load_entry(w, table, index);
	kind = tables_decode(w->t, table->value, level, &phys);
	if (n > 1)
		w->closed = since;
	walk_next(w, level, kind, phys, base, limits, copies * n);
	if (n > 1)
		add_repeat(w, since, closed, base, tables_size(w->t, level), n);
}

/* Pages of one entry each, of which the first is at an index of a table. */
struct pages {
	unsigned int level, index, n;
	uint64_t addr, value;
};

static void show_leaf(const struct walk_state *w, const struct pages *p, unsigned int i,
		      const struct limits *limits, uint64_t copies)
{
	w->visitor->leaf(w->visitor->data, &(struct scan_leaf){
		.addr = p->addr + i * tables_size(w->t, p->level), .level = p->level,
		.value = p->value,
		.entry = w->on_way[p->level].addr + (uint64_t)(p->index + i) * w->t->entry_size,
		.limits = *limits, .copies = copies });
}

static void add_pages(struct walk_state *w, const struct pages *p, const struct limits *limits,
		      uint64_t copies)
{
	const struct paging *paging = w->t->paging;
	uint64_t attr = p->value & paging->attributes(w->t, p->level);
	struct scan_run run = {
		.start = p->addr, .end = p->addr + p->n * tables_size(w->t, p->level) - 1,
		.level = p->level, .attr = attr, .upper = limits_upper(limits, attr),
		.group = paging->group ? paging->group(w->t, p->level, p->value) : 0,
	};

	add_run(w, &run);
	for (unsigned int i = 0; w->visitor && w->visitor->leaf && i < p->n; i++)
		show_leaf(w, p, i, limits, copies);
}

/* How many entries from this one on are the same, or as unknown as it is. */
static unsigned int count_alike(const struct walk_state *w, const struct table *table,
				unsigned int index, unsigned int end)
{
	bool known = is_known(w, table, index);
	uint64_t value = load_entry(w, table, index);
	unsigned int at = index + 1;

	while (at < end && is_known(w, table, at) == known &&
	       (!known || load_entry(w, table, at) == value))
		at++;
	return at - index;
}

static void walk_table(struct walk_state *w, unsigned int level, unsigned int first,
		       uint64_t base, const struct limits *limits, uint64_t copies)
{
	const struct table *table = &w->on_way[level];
	unsigned int end = 1u << tables_index_bits(w->t, level), n;

	if (level == w->t->levels && w->t->end)
		end = w->t->end;
	for (unsigned int index = first; index < end; index += n) {
		uint64_t addr = tables_address(w->t, level, index, base), phys, value;

		n = count_alike(w, table, index, end);
		if (!is_known(w, table, index)) {
			add_unread(w, level, addr, n);
			continue;
		}
		value = load_entry(w, table, index);
		switch (tables_decode(w->t, value, level, &phys)) {
		case ENTRY_NONE:
			if (value && w->visitor && w->visitor->rest)
				w->visitor->rest(w->visitor->data, level, value);
			break;
		case ENTRY_LEAF:
			add_pages(w, &(struct pages){ level, index, n, addr, value }, limits,
				  copies);
			break;
		case ENTRY_TABLE:
		case ENTRY_TABLE_AT:
			walk_alike(w, level, index, n, addr, limits, copies);
			break;
		}
	}
}

struct scan scan_tables(const struct tables *t, const struct scan_visitor *visitor)
{
	struct scan scan = { 0 };
	struct walk_state w = { .t = t, .visitor = visitor, .scan = &scan };
	const struct limits none = { 0 };
	struct table *top = &w.on_way[t->levels];

	top->addr = t->root;
	read_table(&w, top, t->levels);
	walk_table(&w, t->levels, t->first, t->base, &none, 1);
	free_table(top);
	return scan;
}

void scan_free(struct scan *s)
{
	free(s->runs);
	*s = (struct scan){ 0 };
}
