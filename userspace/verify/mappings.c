// SPDX-License-Identifier: GPL-2.0-only
/*
 * mappings.c - what is mapped, by the module's kvas_mappings and by the reader's own
 * walk through /proc/kcore: do both find the same, and does it lie in the regions that
 * are published?
 *
 * The kernel maps and unmaps while they are read.  What differs is looked at again,
 * and only what both sides say once more counts.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysroot.h"
#include "base/text.h"
#include "base/util.h"
#include "layout/frame.h"
#include "pagetables/compare.h"
#include "pagetables/scan.h"
#include "verify.h"

#define LIVE_FILE	"/sys/kernel/debug/" KVAS_MAPPINGS_NAME

enum { MOST_LOOKS = 5 };

struct evidence_of_mappings {
	const struct tables *tables;
	const char *module, *module_why;	/* the text, or why there is none */
	size_t module_size;
	const char *reader, *reader_why;
	uint64_t read, unread;			/* tables, by the reader's walk */
	const char *unread_why;
	bool compared;
	unsigned int looks;			/* that found the same */
	uint64_t equal, changed, lasting;	/* bytes */
	uint64_t unsettled, by_module;		/* one side does not know; the module alone */
	bool too_different, not_comparable;
	bool other_levels;			/* and so nothing is compared */
	struct difference *list;		/* what differs at each look */
	size_t n;
};

/* --- Two looks at one machine ------------------------------------------------------------ */

static struct mappings *parse(const char *text, size_t size, struct pool *pool,
			      const char **why)
{
	struct parse_error error;
	struct mappings *m = text ? mappings_parse(text, size, &error) : NULL;

	if (text && !m && error.line)
		*why = pool_printf(pool, "line %u: %s", error.line, error.message);
	else if (text && !m)
		*why = pool_printf(pool, "%s", error.message);
	if (m && m->absent) {
		*why = pool_printf(pool, "%s", m->absent);
		mappings_free(m);
		m = NULL;
	}
	return m;
}

/* By the reader's own walk; to be freed. */
static char *scan_now(const struct tables *t, struct evidence_of_mappings *e)
{
	struct scan scan = scan_tables(t, NULL);
	char *text = scan_text(t, &scan);

	e->read = scan.tables;
	e->unread = scan.unread;
	e->unread_why = scan.why;
	scan_free(&scan);
	return text;
}

static bool compare_texts(const char *module, size_t size, const char *reader,
			  struct pool *pool, struct evidence_of_mappings *e,
			  struct comparison *c)
{
	struct mappings *a = parse(module, size, pool, &e->module_why);
	struct mappings *b = parse(reader, strlen(reader), pool, &e->reader_why);
	bool both = a && b && mappings_same_levels(a, b);

	e->other_levels = a && b && !both;
	if (both)
		*c = comparison_of(a, b);
	if (a)
		mappings_free(a);
	if (b)
		mappings_free(b);
	return both;
}

static void look_again(const struct tables *t, struct evidence_of_mappings *e,
		       struct comparison *c)
{
	struct evidence_of_mappings ignored = { 0 };
	struct comparison next;
	size_t size;
	char *module = sysroot_slurp(NULL, LIVE_FILE, MAPPINGS_MOST_BYTES, &size);
	char *reader = scan_now(t, &ignored);

	if (module && reader && compare_texts(module, size, reader, machine_pool(t->machine),
					      &ignored, &next)) {
		e->looks += comparison_keep(c, &next);
		comparison_free(&next);
	}
	free(module);
	free(reader);
}

static void compare_looks(const struct tables *t, struct evidence_of_mappings *e)
{
	struct pool *pool = machine_pool(t->machine);
	struct comparison c;
	uint64_t at_first;
	unsigned int looks = 1;

	e->compared = compare_texts(e->module, e->module_size, e->reader, pool, e, &c);
	if (!e->compared)
		return;
	e->looks = 1;
	e->equal = c.equal;
	e->unsettled = c.unsettled;
	at_first = comparison_bytes(&c);
	while ((c.n || c.unsettled_by_a) && looks++ < MOST_LOOKS && machine_is_live(t->machine))
		look_again(t, e, &c);
	e->lasting = comparison_bytes(&c);
	/* Of a list that was not whole at first more may last. */
	e->changed = at_first > e->lasting ? at_first - e->lasting : 0;
	e->too_different = c.too_different;
	e->not_comparable = c.not_comparable;
	e->by_module = c.unsettled_by_a;
	e->n = c.n;
	e->list = pool_alloc(pool, (c.n + 1) * sizeof(*c.list));
	if (c.n)
		memcpy(e->list, c.list, c.n * sizeof(*c.list));
	comparison_free(&c);
}

static const void *load(struct machine *m)
{
	struct evidence_of_mappings *e = pool_alloc(machine_pool(m), sizeof(*e));
	const struct tables *t = tables_load(m);
	char *text;

	e->tables = t;
	e->module = machine_file(m, LIVE_FILE, &e->module_size, &e->module_why);
	e->reader_why = t->why;
	if (t->why)
		return e;
	text = scan_now(t, e);
	if (!text)
		e->reader_why = "the physical address of the top page table is not known";
	else
		e->reader = pool_copy(machine_pool(m), text, strlen(text));
	free(text);
	if (e->module && e->reader)
		compare_looks(t, e);
	return e;
}

/* --- Do both find the same? -------------------------------------------------------------- */

/* What the kernel maps and unmaps all the time: one look does not decide there. */
static bool is_volatile(const struct layout *l, uint64_t addr)
{
	static const char *const names[] = {
		"vmalloc", "modules", "modules_text", "bpf_jit", "kfence", "fixmap", "pkmap",
		"kmap_local", "kasan_shadow", "ioremap", "kernel_io",
	};

	for (const struct region *r = layout_find(l, addr); r; r = r->parent)
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (strcmp(r->name, names[i]) == 0)
				return true;
	return false;
}

/* The first difference that is an error, or NULL. */
static const struct difference *first_error(const struct evidence_of_mappings *e,
					    const struct layout *l)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->looks > 1 || !is_volatile(l, e->list[i].start))
			return &e->list[i];
	return NULL;
}

static const char *described(struct pool *pool, const struct mapped_as *m)
{
	if (!m->level)
		return "nothing";
	return pool_printf(pool, "level %u, attr 0x%" PRIx64 ", upper 0x%" PRIx64 ", group %" PRIu64,
			   m->level, m->attr, m->upper, m->group);
}

static void check_both(const struct evidence_of_mappings *e, struct verification *v)
{
	const struct value *value = value_of(v, RECORD_FACT, "page_levels", "value");
	const struct difference *d;

	if (!value)
		return;
	if (e->other_levels) {
		report(v, value, DISAGREES, "the levels of the module's tables have another number, size, number of entries or mask than those that the reader walks");
		return;
	}
	if (!e->compared) {
		report(v, value, CANNOT_SAY, "%s", e->module ? e->reader_why ? e->reader_why :
		       e->module_why : e->module_why);
		return;
	}
	if (e->not_comparable) {
		report(v, value, CANNOT_SAY, "the module's walk and the reader's repeat in ways that do not fit together: to compare them would take too much work");
		return;
	}
	d = first_error(e, v->layout);
	if (d)
		report(v, value, DISAGREES, "the module's walk and the reader's differ in %" PRIu64
		       " bytes, first 0x%" PRIx64 "-0x%" PRIx64 ": %s against %s", e->lasting,
		       d->start, d->end, described(&v->pool, &d->a), described(&v->pool, &d->b));
	else if (e->too_different)
		report(v, value, DISAGREES, "the module's walk and the reader's differ in too much to list");
	else if (e->by_module)
		report(v, value, CANNOT_SAY, "the module's walk leaves %" PRIu64
		       " bytes unsettled that the reader's does not; the same is found in %" PRIu64,
		       e->by_module, e->equal);
	else if (!e->equal)
		report(v, value, CANNOT_SAY, "the reader's walk found nothing that it could compare: %s",
		       e->unread_why ? e->unread_why : "nothing is mapped");
	else
		report(v, value, ALLOWS, "the module's walk and the reader's found the same in %" PRIu64
		       " bytes; %" PRIu64 " changed between them, %" PRIu64 " are unsettled, %" PRIu64
		       " of %" PRIu64 " tables the reader could not read", e->equal,
		       e->changed + e->lasting, e->unsettled, e->unread, e->read);
}

/* Is there no answer to whether both find the same, for a reason in what was found? */
static bool is_doubtful(const struct evidence_of_mappings *e)
{
	return e->not_comparable || e->by_module;
}

/* The strongest verdict counts: of tables in doubt, the number of levels is no proof. */
static void check_shape(const struct evidence_of_mappings *e, const struct mappings *m,
			struct verification *v)
{
	const struct value *levels = value_of(v, RECORD_FACT, "page_levels", "value");
	const char *how = "as the module's kvas_mappings has it";

	if (!levels || levels->number != m->levels || !is_doubtful(e))
		expect(v, RECORD_FACT, "page_levels", "value", number(m->levels, how));
	expect(v, RECORD_FACT, "page_size", "value", number(m->level[1].size, how));
}

/* --- Does it lie in the regions? ---------------------------------------------------------- */

/* What is mapped between two regions. */
struct gap {
	const struct tables *tables;
	const struct mappings *m;
	uint64_t start, end;
	const struct region *below, *above;
	bool unsettled;
	bool touches_below, touches_above;
	uint64_t above_start;		/* of what touches the one above */
	uint64_t alone, alone_end;	/* the first mapping that touches neither */
	bool is_alone;
};

/* A page may begin in the region below, or end in the one above. */
static void look_at(void *data, const struct piece *piece)
{
	struct gap *g = data;
	uint64_t start = piece->start, end = piece->end + piece->reach, page;
	bool below = start == g->start && g->below, above = end == g->end && g->above;

	if (piece->run->unsettled) {
		g->unsettled = true;
		return;
	}
	page = g->m->level[piece->run->level].size;
	if (below && start % page) {
		if (end - start < page - start % page)
			return;
		start += page - start % page;
	}
	if (above && (end + 1) % page) {
		if (end - start < (end + 1) % page)
			return;
		end -= (end + 1) % page;
	}
	if (start > end)
		return;
	g->touches_below |= below;
	g->touches_above |= above && !below;
	if (above)
		g->above_start = start;
	if (!below && !above && !g->is_alone) {
		g->is_alone = true;
		g->alone = start;
		g->alone_end = end;
	}
}

/* Nothing is in some regions; others belong to processes or are translated by no table. */
static bool is_bound_of_mappings(const struct tables *t, const struct region *r, uint64_t addr)
{
	return r && strcmp(r->name, "noncanonical") && strcmp(r->name, "guard_hole") &&
	       strcmp(r->name, "user") && strcmp(r->name, "user_guard") &&
	       (!t->paging || !t->levels || tables_translate(t, addr));
}

static void note_mapped(void *data, const struct piece *piece)
{
	if (!piece->run->unsettled)
		*(bool *)data = true;
}

/* That nothing is mapped beyond its bounds says nothing of a region that is not used. */
static bool is_used(const struct mappings *m, const struct region *r)
{
	bool used = false;

	mappings_each(m, r->start, r->end, note_mapped, &used);
	return used;
}

/* A region that the kernel has, but whose place its symbols do not tell, may be anywhere. */
static bool has_unplaced_region(const struct layout *l)
{
	for (size_t i = l->n_present; i < l->n_regions; i++) {
		if (after(l->regions[i].absent, "needs KALLSYMS_ALL"))
			return true;
	}
	return false;
}

/*
 * KASAN's shadow is filled from the first address of an entry of the top table on
 * (kasan_init() of arch/x86/mm/kasan_init_64.c).
 */
static bool is_filled_before(const struct gap *g)
{
	uint64_t size = g->m->level[g->m->levels].size;

	return strcmp(g->above->name, "kasan_shadow") == 0 &&
	       g->above_start >= (g->above->start & -size);
}

static void judge_gap(struct gap *g, struct verification *v)
{
	const struct value *end = NULL, *start = NULL;

	if (is_bound_of_mappings(g->tables, g->below, g->start - 1))
		end = value_at(v, g->below->record, "end");
	if (is_bound_of_mappings(g->tables, g->above, g->end + 1))
		start = value_at(v, g->above->record, "start");

	if (g->is_alone && !has_unplaced_region(v->layout))
		report_missing(v, RECORD_REGION, pool_printf(&v->pool, "0x%" PRIx64, g->alone),
			       "start", pool_printf(&v->pool, "up to 0x%" PRIx64 " is mapped, in no region",
						    g->alone_end));
	if (end && g->touches_below)
		report(v, end, DISAGREES, "what is mapped goes on after it");
	if (start && g->touches_above && !is_filled_before(g))
		report(v, start, DISAGREES, "what is mapped begins before it");
	if (g->unsettled || g->is_alone || g->touches_below || g->touches_above)
		return;
	if (end && is_used(g->m, g->below))
		report(v, end, ALLOWS, "nothing is mapped between it and the next region");
	if (start && is_used(g->m, g->above))
		report(v, start, ALLOWS, "nothing is mapped between it and the region before");
}

static void check_gap(const struct gap *between, struct verification *v)
{
	struct gap gap = *between;

	mappings_each(gap.m, gap.start, gap.end, look_at, &gap);
	judge_gap(&gap, v);
}

static void check_regions(const struct tables *t, const struct mappings *m,
			  struct verification *v)
{
	const struct layout *l = v->layout;
	struct gap gap = { .tables = t, .m = m };

	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		if (r->parent || r->is_overlay || r->is_memory)
			continue;
		gap.above = r;
		gap.end = r->start - 1;
		if (r->start > gap.start)
			check_gap(&gap, v);
		if (r->end == l->max_addr)
			return;
		if (r->end >= gap.start) {
			gap.below = r;
			gap.start = r->end + 1;
		}
	}
	gap.above = NULL;
	gap.end = l->max_addr;
	check_gap(&gap, v);
}

/* NULL if there is no file, or it says that there are no tables.  Refuses a malformed one. */
static struct mappings *parse_module(const struct evidence_of_mappings *e,
				     struct verification *v)
{
	struct parse_error error;
	struct mappings *m;

	if (!e->module)
		return NULL;
	m = mappings_parse(e->module, e->module_size, &error);
	if (!m)
		parse_refuse(pool_printf(&v->pool, "%s" LIVE_FILE, machine_root(v->machine)),
			     &error);
	if (!m->absent)
		return m;
	mappings_free(m);
	return NULL;
}

static void check(const void *evidence, struct verification *v)
{
	const struct evidence_of_mappings *e = evidence;
	const char *why = NULL;
	struct mappings *m = parse_module(e, v);
	bool by_module = m;

	if (!m && e->reader)
		m = parse(e->reader, strlen(e->reader), &v->pool, &why);
	check_both(e, v);
	if (m && strcmp(m->arch, v->layout->arch) == 0) {
		if (by_module)
			check_shape(e, m, v);
		check_regions(e->tables, m, v);
	}
	if (m)
		mappings_free(m);
}

const struct source source_mappings = {
	.name = "mappings",
	.title = "what is mapped, by the module and through /proc/kcore",
	.load = load,
	.check = check,
};
