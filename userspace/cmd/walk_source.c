// SPDX-License-Identifier: GPL-2.0-only
/* walk_source.c - see walk.h: the module's kvas_walk, or /proc/kcore. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/sysroot.h"
#include "base/util.h"
#include "layout/frame.h"
#include "pagetables/mappings.h"
#include "walk.h"

#define LIVE_WALK	"/sys/kernel/debug/" KVAS_WALK_NAME
#define LIVE_MAPPINGS	"/sys/kernel/debug/" KVAS_MAPPINGS_NAME

enum { WALK_ROOM = 64 << 10 };	/* one read() gives one whole walk */

/* --- The module's file ------------------------------------------------------------ */

/* kvas_walk does not tell how many bits index each table, but its neighbour does. */
static struct shape shape_of_module(const struct options *opt)
{
	struct shape shape = { 0 };
	struct parse_error error;
	struct mappings *m = NULL;
	size_t size;
	char *text = sysroot_slurp(opt->sysroot, LIVE_MAPPINGS, MAPPINGS_MOST_BYTES, &size);

	if (text)
		m = mappings_parse(text, size, &error);
	free(text);
	if (!m)
		return shape;
	if (m->levels <= TABLES_MAX_LEVELS)
		shape.levels = m->levels;
	shape.mask = m->level[1].mask;
	for (unsigned int level = 1; level <= shape.levels; level++) {
		shape.shift[level] = log2_of(m->level[level].size);
		shape.bits[level] = log2_of(m->level[level].entries);
	}
	mappings_free(m);
	return shape;
}

static bool open_module(struct walker *w, const struct layout *l)
{
	const struct fact *page = layout_fact(l, "page_size");

	w->fd = sysroot_open(w->opt->sysroot, LIVE_WALK);
	if (w->fd < 0 && errno == ENOENT && w->source.kind == SOURCE_ANY)
		return false;
	if (w->fd < 0)
		die("cannot read %s%s: %s; --source=kcore walks through /proc/kcore",
		    w->opt->sysroot ? w->opt->sysroot : "", LIVE_WALK, strerror(errno));
	if (!page || !fact_number(page, &w->page_size) || !is_power_of_two(w->page_size))
		die("the layout does not tell the page size, by which addresses are found in %s",
		    LIVE_WALK);
	w->source.kind = SOURCE_MODULE;
	w->shape = shape_of_module(w->opt);
	return true;
}

static struct walk not_known(uint64_t addr, const char *why)
{
	return (struct walk){ .addr = addr, .unknown = true, .absent = why };
}

__attribute__((noreturn))
static void refuse_walk(const struct walker *w, uint64_t addr, const struct parse_error *error)
{
	char line[24] = "";

	if (error->line)
		snprintf(line, sizeof(line), ", line %u", error->line);
	die("%s%s, at 0x%" PRIx64 "%s: %s", w->opt->sysroot ? w->opt->sysroot : "", LIVE_WALK,
	    addr, line, error->message);
}

static struct walk walk_module(const struct walker *w, uint64_t addr, struct pool *pool)
{
	struct parse_error error;
	struct walk walk;
	char *text = zalloc_array(WALK_ROOM, 1);
	ssize_t n;

	do {
		n = pread(w->fd, text, WALK_ROOM, (off_t)(addr / w->page_size));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		walk = not_known(addr, pool_printf(pool, "%s cannot be read: %s", LIVE_WALK,
						   strerror(errno)));
	else if (!walk_parse(text, (size_t)n, addr, w->page_size, pool, &walk, &error))
		refuse_walk(w, addr, &error);
	free(text);
	return walk;
}

/* --- /proc/kcore, or a crash dump -------------------------------------------------- */

struct shape shape_of_tables(const struct tables *t)
{
	struct shape shape = { 0 };

	if (t->why)
		return shape;
	shape.levels = t->levels;
	shape.mask = t->paging->attributes(t, 1);
	for (unsigned int level = 1; level <= t->levels; level++) {
		shape.shift[level] = log2_of(tables_size(t, level));
		shape.bits[level] = tables_index_bits(t, level);
	}
	return shape;
}

static void open_memory(struct walker *w, const struct layout *l)
{
	if (w->source.kind == SOURCE_ANY)
		w->source.kind = SOURCE_KCORE;
	w->tables = source_open(w->source, w->opt->sysroot, l, &w->machine);
	w->shape = shape_of_tables(w->tables);
}

/* --- Either ---------------------------------------------------------------------- */

void walker_open(struct walker *w, const struct options *opt, const struct layout *l,
		 struct table_source wanted)
{
	*w = (struct walker){ .opt = opt, .source = wanted, .fd = -1 };
	if (wanted.kind >= SOURCE_KCORE || !open_module(w, l))
		open_memory(w, l);
}

void walker_close(struct walker *w)
{
	if (w->fd >= 0)
		close(w->fd);
	machine_free(w->machine);
}

struct walk walker_walk(struct walker *w, uint64_t addr, struct pool *pool)
{
	return w->source.kind == SOURCE_MODULE ? walk_module(w, addr, pool) :
						 walk_tables(w->tables, addr);
}
