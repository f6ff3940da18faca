// SPDX-License-Identifier: GPL-2.0-only
/* draw_physical.c - kvas draw --physical: physical memory beside the kernel's addresses. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "draw.h"
#include "draw/kinds.h"
#include "load.h"
#include "machine/machine.h"
#include "pagetables/scan.h"
#include "texts/words.h"

enum { MOST_PIECES = 1024 };

struct block {
	uint64_t start, end;
};

struct gathering {
	struct physical_piece list[MOST_PIECES];
	size_t n;
	struct block ram[MOST_PIECES];	/* without what is between blocks that are drawn as one */
	size_t n_ram;
	uint64_t split;			/* the first address of highmem; 0: there is none */
};

static void add_piece(struct gathering *g, uint64_t start, uint64_t end, bool is_ram)
{
	if (g->n < MOST_PIECES)
		g->list[g->n++] = (struct physical_piece){
			.start = start, .end = end, .is_ram = is_ram,
			.is_highmem = is_ram && g->split && start >= g->split,
		};
}

/* A block of RAM, and what is not RAM before it. */
static void add_ram(struct gathering *g, uint64_t start, uint64_t end)
{
	uint64_t next = g->n ? g->list[g->n - 1].end + 1 : 0;

	if (end < start || (g->n && start < next))
		return;
	if (start > next)
		add_piece(g, next, start - 1, false);
	if (g->split > start && g->split <= end) {
		add_piece(g, start, g->split - 1, true);
		start = g->split;
	}
	add_piece(g, start, end, true);
}

/* --- /proc/iomem --------------------------------------------------------------------- */

/* Blocks with so little between them are drawn as one. */
static bool is_close(const struct block *before, const struct block *next, uint64_t ram)
{
	return next->start - before->end <= ram / 64;
}

static bool scan_block(const char *line, struct block *b)
{
	return *line != ' ' && line_has(line, ": System RAM") && scan_number(&line, 16, &b->start) &&
	       skip(&line, "-") && scan_number(&line, 16, &b->end) && b->end > b->start;
}

static bool take_iomem(struct gathering *g, const char *iomem)
{
	struct block blocks[MOST_PIECES], b;
	size_t n = 0, kept = 0;
	uint64_t ram = 0;

	for (const char *line = iomem; line && *line; line = next_line(line)) {
		if (!scan_block(line, &b))
			continue;
		if (n == MOST_PIECES / 2 - 1)
			die("--physical: /proc/iomem has more than %zu blocks of RAM", n);
		blocks[n] = g->ram[n] = b;
		g->n_ram = ++n;
		ram += b.end - b.start + 1;
	}
	for (size_t i = 0; i < n; i++) {
		if (kept && is_close(&blocks[kept - 1], &blocks[i], ram))
			blocks[kept - 1].end = blocks[i].end;
		else
			blocks[kept++] = blocks[i];
	}
	for (size_t i = 0; i < kept; i++)
		add_ram(g, blocks[i].start, blocks[i].end);
	return kept > 0;
}

/* --- The layout alone ------------------------------------------------------------------ */

/* What the direct map shows, and above it highmem. */
static bool take_layout(struct gathering *g, const struct layout *l, const struct region *low)
{
	uint64_t start = low->has_populated ? low->populated_start : low->start;
	uint64_t end = low->has_populated ? low->populated_end : low->end, highmem = 0;

	if (!low->has_phys)
		return false;
	fact_number(layout_fact(l, "highmem"), &highmem);
	g->ram[0].start = low->phys + (start - low->start);
	g->ram[0].end = low->phys + (end - low->start) + highmem;
	g->n_ram = 1;
	add_ram(g, g->ram[0].start, g->ram[0].end);
	return true;
}

/* --- Aliases --------------------------------------------------------------------------- */

/* What leads to RAM besides the direct map's own arithmetic. */
struct alias_search {
	const struct gathering *g;
	const struct layout *l;
	const struct tables *t;
	const struct region *low;	/* the direct map */
	struct physical_alias *list;
	size_t n, room;
	uint64_t pages;			/* that were seen at all */
};

static void add_alias(struct alias_search *a, const struct region *r, uint64_t start, uint64_t end)
{
	if (a->n == a->room) {
		a->room = a->room ? 2 * a->room : 256;
		a->list = realloc(a->list, a->room * sizeof(*a->list));
		if (!a->list)
			die("not enough memory");
	}
	a->list[a->n++] = (struct physical_alias){ r, start, end };
}

/* Of a range of physical addresses what is RAM. */
static void add_ram_of(struct alias_search *a, const struct region *r, uint64_t start,
		       uint64_t end)
{
	for (size_t i = 0; r && i < a->g->n_ram; i++) {
		const struct block *b = &a->g->ram[i];

		if (b->start <= end && b->end >= start)
			add_alias(a, r, b->start > start ? b->start : start,
				  b->end < end ? b->end : end);
	}
}

/* Is it the address that the direct map has for it? */
static bool is_direct(const struct alias_search *a, uint64_t addr, uint64_t phys)
{
	return addr >= a->low->start && addr <= a->low->end && a->low->has_phys &&
	       phys == a->low->phys + (addr - a->low->start);
}

/* The last address up to end that is in the same regions as this one. */
static uint64_t last_alike(const struct layout *l, uint64_t addr, uint64_t end)
{
	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		if (r->start > addr && r->start - 1 < end)
			end = r->start - 1;
		if (r->end >= addr && r->end < end)
			end = r->end;
	}
	return end;
}

static void see_page(void *data, const struct scan_leaf *leaf)
{
	struct alias_search *a = data;
	uint64_t phys = tables_page(a->t, leaf->level, leaf->value, leaf->addr);
	uint64_t size = tables_size(a->t, leaf->level);

	a->pages++;
	if (is_direct(a, leaf->addr, phys))
		return;
	/* One entry may be of several regions, such as text and rodata. */
	for (uint64_t at = leaf->addr, end = leaf->addr + (size - 1), last;; at = last + 1) {
		last = last_alike(a->l, at, end);
		add_ram_of(a, layout_find(a->l, at), phys + (at - leaf->addr),
			   phys + (last - leaf->addr));
		if (last == end)
			return;
	}
}

/* No table has them, but they lead to RAM as well. */
static void add_windows(struct alias_search *a)
{
	for (size_t i = 0; i < a->l->n_present; i++) {
		const struct region *r = &a->l->regions[i];
		uint64_t first, last;

		if (r == a->low || r->parent || r->is_memory || r->is_overlay ||
		    !paging_window(a->t->paging, r->start, &first) ||
		    !paging_window(a->t->paging, r->end, &last) ||
		    is_direct(a, r->start, first))
			continue;
		a->pages++;
		if (last > first)
			add_ram_of(a, r, first, last);
	}
}

static int compare_aliases(const void *x, const void *y)
{
	const struct physical_alias *a = x, *b = y;

	if (a->r != b->r)
		return a->r < b->r ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

static int compare_starts(const void *x, const void *y)
{
	const struct physical_alias *a = x, *b = y;

	return a->start != b->start ? (a->start < b->start ? -1 : 1) : compare_aliases(x, y);
}

/* Each byte of a region once, and ascending. */
static void merge_aliases(struct alias_search *a)
{
	size_t n = 0;

	if (!a->n)
		return;
	qsort(a->list, a->n, sizeof(*a->list), compare_aliases);
	for (size_t i = 1; i < a->n; i++) {
		struct physical_alias *last = &a->list[n], *next = &a->list[i];

		if (next->r == last->r && next->start <= last->end + 1)
			last->end = next->end > last->end ? next->end : last->end;
		else
			a->list[++n] = *next;
	}
	a->n = n + 1;
	qsort(a->list, a->n, sizeof(*a->list), compare_starts);
}

/* Returns why some may be missing, to be freed, or NULL. */
static char *find_aliases(struct alias_search *a, struct machine *m)
{
	const struct scan_visitor visitor = { .leaf = see_page, .data = a };
	char *unread = NULL, *tables, *missing;
	struct scan scan;

	a->t = tables_load(m);
	if (!a->t->paging || (a->t->why && !a->t->paging->windows))
		die("--aliases: the page tables cannot be read: %s", a->t->why);
	add_windows(a);
	if (!a->t->why) {
		scan = scan_tables(a->t, &visitor);
		if (scan.unread) {
			tables = text_printf("%" PRIu64, scan.tables);
			missing = text_printf("%" PRIu64, scan.unread);
			unread = word_with(WORD_ALIASES_UNREAD, missing, tables, scan.why);
			free(tables);
			free(missing);
		}
		scan_free(&scan);
	}
	if (!a->pages)
		die("--aliases: no entry of the page tables that maps a page can be read%s%s",
		    unread ? ": " : a->t->why ? ": " : "", unread ? unread : a->t->why ? a->t->why : "");
	merge_aliases(a);
	return unread;
}

static uint64_t find_split(const struct layout *l, const struct region *low)
{
	uint64_t highmem;

	if (l->bits != 32 || !low->has_phys || !fact_number(layout_fact(l, "highmem"), &highmem) ||
	    !highmem)
		return 0;
	return low->phys + (low->end - low->start) + 1;
}

/* Of the machine, which is NULL for a capture alone. */
static void take_aliases(struct physical_view *v, struct alias_search *a, struct machine *m,
			 char **unread)
{
	if (!m)
		die("--aliases needs page tables, and --file names a capture, which holds none: a saved machine is named with --sysroot");
	v->unread = *unread = find_aliases(a, m);
	/* Known to be none is not the same as not asked for. */
	v->aliases = a->list ? a->list : zalloc_array(1, sizeof(*a->list));
	v->n_aliases = a->n;
}

struct scene *draw_physical(const struct drawing *d)
{
	struct layout *l = load_layout(d->opt);
	const struct region *low = layout_region(l, "direct_map");
	struct gathering g = { 0 };
	struct physical_view v = { .l = l, .source = word(WORD_FROM_IOMEM) };
	struct alias_search a = { .g = &g, .l = l, .low = low };
	struct machine *m = NULL;
	const char *iomem = NULL, *why;
	char *unread = NULL;
	struct scene *s;
	size_t size;

	if (!low || low->absent)
		die("--physical: the layout has no direct map, by which physical memory is known%s%s",
		    low ? ": " : "", low ? low->absent : "");
	g.split = find_split(l, low);
	if (!d->opt->file) {
		m = machine_new(d->opt->sysroot, NULL);
		iomem = machine_file(m, "/proc/iomem", &size, &why);
	}
	if (!iomem || !take_iomem(&g, iomem)) {
		v.source = word(WORD_FROM_LAYOUT);
		if (!take_layout(&g, l, low))
			die("--physical: the layout does not tell where its direct map leads to");
		if (!g.n)
			die("--physical: the direct map begins at 0x%" PRIx64 " of physical memory, and would end beyond 64 bits",
			    low->phys);
	}
	v.pieces = g.list;
	v.n = g.n;
	if (d->aliases)
		take_aliases(&v, &a, m, &unread);
	s = compose_physical(&v, &d->page);
	free((void *)v.aliases);
	free(unread);
	if (m)
		machine_free(m);
	layout_free(l);
	return s;
}
