// SPDX-License-Identifier: GPL-2.0-only
/* draw_walk.c - kvas draw --walk ADDRESS: what a picture of a walk is made of. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/sysroot.h"
#include "base/util.h"
#include "draw.h"
#include "draw/themes.h"
#include "draw/kinds.h"
#include "layout/frame.h"
#include "load.h"
#include "texts/words.h"
#include "walk.h"

#define LIVE_MAPPINGS	"/sys/kernel/debug/" KVAS_MAPPINGS_NAME

/* All that is opened for one picture. */
struct walking {
	struct asker asker;		/* the first: what it calls gets all of this */
	const struct drawing *d;
	struct layout *l;
	struct names names;
	struct walker walker;
	struct walk_process process;
	struct machine *machine;	/* of tables, if the walker has none; or NULL */
	const struct tables *tables;	/* by which memory is read */
	struct mappings *mappings;	/* or NULL */
	struct trail trail;
	size_t n_found;
};

/* --- The address ------------------------------------------------------------------- */

static void take_address(struct asker *asker, const char *query, uint64_t addr, const char *more)
{
	struct walking *g = (struct walking *)asker;

	(void)more;
	if (g->n_found++ && g->trail.spot.place.addr != addr)
		die("--walk=%s: this is at 0x%" PRIx64 " and at 0x%" PRIx64 ": expected one of these addresses",
		    query, g->trail.spot.place.addr, addr);
	g->trail.query = query;
	g->trail.spot = spot_find(&g->names, addr);
}

__attribute__((noreturn))
static void refuse(struct asker *asker, const char *query, const char *why)
{
	(void)asker;
	die("--walk=%s: %s", query, why);
}

static void ask_address(struct walking *g, const char *argument)
{
	char *operand = text_printf("%s", argument);

	if (strcmp(argument, "-") == 0)
		die("--walk=-: expected one address or symbol");
	g->asker = (struct asker){ .names = &g->names, .found = take_address, .refused = refuse };
	ask_operands(&g->asker, 1, &operand);
	free(operand);
}

/* --- The walk ---------------------------------------------------------------------- */

static void open_all(struct walking *g, const struct drawing *d)
{
	const struct options *opt = d->opt;
	struct table_source source = { .kind = opt->process ? SOURCE_KCORE : SOURCE_ANY };

	if (opt->file)
		die("--walk needs page tables, and --file names a capture, which holds none: a saved machine is named with --sysroot");
	g->d = d;
	g->l = load_layout(opt);
	names_load(&g->names, opt, g->l);
	walker_open(&g->walker, opt, g->l, source);
	if (opt->process)
		walk_process_open(&g->process, &g->walker, g->l, opt->process, NULL);
}

static void take_walk(struct walking *g)
{
	struct trail *t = &g->trail;
	uint64_t addr = t->spot.place.addr;

	t->walker = &g->walker;
	t->shape = &g->walker.shape;
	if (g->d->opt->process) {
		t->process = &g->process;
		t->walk = walk_process_walk(&g->process, addr, &t->opinion, &t->shape);
	} else {
		t->walk = walker_walk(&g->walker, addr, &g->names.pool);
	}
	if (t->walk.arch && t->walk.levels)
		t->attributes = attributes_of(t->walk.arch, t->walk.levels, t->shape->mask);
}

/* Memory is read by /proc/kcore, also if the walk is the module's. */
static void open_tables(struct walking *g)
{
	const struct table_source kcore = { .kind = SOURCE_KCORE };
	struct parse_error error;
	size_t size;
	char *text;

	g->tables = g->walker.tables;
	if (g->walker.source.kind == SOURCE_MODULE)
		g->tables = source_open(kcore, g->d->opt->sysroot, g->l, &g->machine);
	text = sysroot_slurp(g->d->opt->sysroot, LIVE_MAPPINGS, MAPPINGS_MOST_BYTES, &size);
	if (text)
		g->mappings = mappings_parse(text, size, &error);
	free(text);
}

/* --- The tables -------------------------------------------------------------------- */

static bool is_kernels(const struct walking *g, uint64_t addr)
{
	const struct region *r = layout_find(g->l, addr);

	return !r || region_is_kernels(r);
}

/* The kernel's own tables, as far as they were not read. */
static void infer(const struct walking *g, const struct walked_table *t, unsigned int index,
		  enum entry_seen *seen)
{
	uint64_t size = UINT64_C(1) << t->first_bit;
	uint64_t start = (g->trail.walk.addr & -size) - index * size;
	size_t first = 0, n = (size_t)1 << t->bits;

	if (!g->mappings || g->trail.walk.user || g->mappings->absent)
		return;
	while (first < n && !is_kernels(g, (start + first * size) & g->l->max_addr))
		first++;
	if (first < n)
		walk_infer_table(g->mappings, start + first * size, size, seen + first, n - first);
}

static enum entry_seen seen_of(enum entry_kind kind)
{
	return kind == ENTRY_NONE ? SEEN_EMPTY : kind == ENTRY_LEAF ? SEEN_LEAF : SEEN_TABLE;
}

static unsigned int entry_size(const struct trail *t)
{
	return (unsigned int)entry_digits(t) / 2;
}

static const char *means(struct walking *g, size_t i)
{
	const struct walk *w = &g->trail.walk;
	const struct walk_entry *e = &w->entries[i], *next = e + 1;
	struct pool *pool = &g->names.pool;
	char *more = entry_meaning(&g->trail, e), *size, *place, *text;
	const char *kept;
	uint64_t phys;

	if (e->kind == ENTRY_NONE) {
		free(more);
		return word(WORD_ENTRY_MAPS_NOTHING);
	}
	size = label_size(w->size - 1);
	if (e->kind == ENTRY_LEAF)
		place = text_printf("0x%" PRIx64, w->phys & -w->size);
	else if (i + 1 < w->n_entries && next->has_addr)
		place = text_printf("0x%" PRIx64, next->addr - (uint64_t)next->index *
				    entry_size(&g->trail));
	else if (!g->tables->why &&
		 tables_decode(g->tables, e->value, e->level, &phys) == ENTRY_TABLE)
		place = text_printf("0x%" PRIx64, phys);
	else
		place = text_printf("%s", word(WORD_PLACE_NOT_KNOWN));
	text = e->kind == ENTRY_LEAF ? word_with(WORD_ENTRY_MAPS_PAGE, size, place) :
				       word_with(WORD_ENTRY_LEADS_TO, place);
	kept = pool_printf(pool, "%s%s%s", text, more ? "; " : "", more ? more : "");
	free(text);
	free(place);
	free(size);
	free(more);
	return kept;
}

static void take_table(struct walking *g, struct walked *w, size_t i)
{
	const struct walk_entry *e = &g->trail.walk.entries[i];
	struct walked_table *t = &w->tables[i];
	struct pool *pool = &g->names.pool;
	enum entry_seen *seen;
	char *value;
	size_t n;

	t->first_bit = g->trail.shape->shift[e->level];
	t->bits = g->trail.shape->bits[e->level];
	t->has_at = e->has_addr;
	t->at = e->addr - (uint64_t)e->index * entry_size(&g->trail);
	n = (size_t)1 << t->bits;
	t->seen = seen = pool_alloc(pool, n * sizeof(*seen));
	walk_read_table(g->tables, &g->trail.walk, i, seen, n);
	infer(g, t, e->index, seen);
	/* As the walk found it, whatever became of it since. */
	seen[e->index] = seen_of(e->kind);
	value = label_address(e->value, entry_size(&g->trail) * 8);
	t->value = pool_printf(pool, "%s", value);
	free(value);
	t->means = means(g, i);
}

/* The module may know tables of which it is not told how many entries they have. */
static bool knows_shape(const struct trail *t)
{
	for (size_t i = 0; i < t->walk.n_entries; i++) {
		unsigned int level = t->walk.entries[i].level;

		if (level > t->shape->levels || !t->shape->bits[level] ||
		    t->walk.entries[i].index >> t->shape->bits[level])
			return false;
	}
	return true;
}

/* --- The picture --------------------------------------------------------------------- */

static enum tone tone_of(const struct trail *t)
{
	return t->spot.place.region ? region_tone(t->spot.place.region) : TONE_PAGES;
}

static const char *whose(struct walking *g)
{
	const struct trail *t = &g->trail;
	struct pool *pool = &g->names.pool;
	const char *origin = walk_origin(t);
	char *text;

	if (t->process && (t->walk.user || g->process.tables.kernel_is_own)) {
		char *pid = text_printf("%u", g->process.pid);

		text = word_with(WORD_TABLES_OF_PROCESS, pid, origin);
		free(pid);
	} else {
		text = word_with(t->walk.user ? WORD_TABLES_OF_READER : WORD_TABLES_OF_KERNEL,
				 origin);
	}
	origin = pool_printf(pool, "%s", text);
	free(text);
	return origin;
}

static struct scene *compose(struct walking *g)
{
	struct walked w = { .l = g->l, .walk = &g->trail.walk, .whose = whose(g),
			    .tone = tone_of(&g->trail) };
	char *in = spot_region(&g->trail.spot), *name = spot_symbol(&g->trail.spot);
	char *access = access_words(&g->trail), *end = walk_end(&g->trail);
	struct scene *s;

	w.in = in;
	w.name = name;
	w.access = access;
	w.end = end;
	for (size_t i = 0; i < w.walk->n_entries; i++)
		take_table(g, &w, i);
	s = compose_walk(&w, &g->d->page);
	free(end);
	free(access);
	free(name);
	free(in);
	return s;
}

struct scene *draw_walk(const struct drawing *d)
{
	struct walking g = { 0 };
	struct scene *s;

	open_all(&g, d);
	ask_address(&g, d->argument);
	take_walk(&g);
	open_tables(&g);
	if (!knows_shape(&g.trail))
		die("--walk=%s: it is not known which bits of an address index which table: neither %s nor /proc/kcore can be read",
		    d->argument, LIVE_MAPPINGS);
	s = compose(&g);
	mappings_free(g.mappings);
	if (d->opt->process)
		walk_process_close(&g.process);
	walker_close(&g.walker);
	machine_free(g.machine);
	names_free(&g.names);
	layout_free(g.l);
	return s;
}
