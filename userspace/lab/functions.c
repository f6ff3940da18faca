// SPDX-License-Identifier: GPL-2.0-only
/* functions.c - see evaluate.h: the functions of exercises, which lab/README.md lists. */
#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "base/util.h"
#include "evaluate.h"
#include "layout/claim.h"
#include "layout/place.h"

#define CALL(name) static bool name(struct evaluation *e, const struct node *n,	\
				    const struct lab_value *args, size_t n_args,	\
				    struct lab_value *v)

/* Most functions need only some of these. */
#define UNUSED (void)e, (void)n, (void)args, (void)n_args

static bool give(struct lab_value *v, enum lab_look look, uint64_t n)
{
	*v = lab_number(look, n);
	return true;
}

/* --- What the seed decides ------------------------------------------------------------ */

/* A multiple of step from low to high. */
static bool pick_multiple(struct evaluation *e, uint64_t low, uint64_t high, uint64_t step,
			  uint64_t *n)
{
	uint64_t first, count;

	if (!step)
		return mistaken(e, "a step of 0");
	first = low % step ? low + (step - low % step) : low;
	if (first < low || first > high)
		return lacking(e, "there is no multiple of 0x%" PRIx64 " from 0x%" PRIx64 " to 0x%" PRIx64,
			       step, low, high);
	count = (high - first) / step + 1;
	*n = first + (count ? random_next(e->random) % count : random_next(e->random)) * step;
	return true;
}

CALL(call_pick)
{
	uint64_t found;

	UNUSED;
	return pick_multiple(e, args[0].n, args[0].last, n_args > 1 ? args[1].n : 1, &found) &&
	       give(v, LOOK_ADDRESS, found);
}

CALL(call_between)
{
	uint64_t found;

	UNUSED;
	if (args[0].n > args[1].n)
		return mistaken(e, "the low end of between() is above the high one");
	return pick_multiple(e, args[0].n, args[1].n, n_args > 2 ? args[2].n : 1, &found) &&
	       give(v, args[0].look == LOOK_NUMBER ? args[1].look : args[0].look, found);
}

CALL(call_one_of)
{
	struct lab_value found[MOST_ARGUMENTS];
	size_t n_found = 0;

	UNUSED;
	for (size_t i = 0; i < n->n_args; i++) {
		if (e->compute(e, n->args[i], &found[n_found]))
			n_found++;
		else if (e->problem == MISTAKEN)
			return false;
	}
	if (!n_found)
		return false;		/* why the last one has none */
	e->problem = NO_PROBLEM;
	*v = found[random_next(e->random) % n_found];
	return true;
}

/* The next hole at or above *from, of at least a size. */
static bool next_hole(const struct layout *l, uint64_t *from, uint64_t least, uint64_t *start,
		      uint64_t *end)
{
	for (;;) {
		struct place p = place_find(l, *from);

		*start = place_start(&p);
		*end = place_end(&p);
		if (!p.region && *end - *start >= least - 1) {
			*from = *end;
			return true;
		}
		/* Out of the outermost region. */
		for (const struct region *r = p.region; r; r = r->parent)
			*end = r->end > *end ? r->end : *end;
		if (*end >= l->max_addr)
			return false;
		*from = *end + 1;
	}
}

CALL(call_hole)
{
	enum { MOST_HOLES = 256 };
	const struct layout *l = e->world->layout;
	struct lab_value holes[MOST_HOLES];
	uint64_t from = 0, start, end, least = 4096;
	size_t n_holes = 0;

	UNUSED;
	if (n_args)
		least = args[0].n ? args[0].n : 1;
	else if (layout_fact(l, "page_size"))
		fact_number(layout_fact(l, "page_size"), &least);
	while (n_holes < MOST_HOLES && next_hole(l, &from, least, &start, &end)) {
		holes[n_holes++] = lab_place(start, end);
		if (from++ >= l->max_addr)
			break;
	}
	if (!n_holes)
		return lacking(e, "no hole of %" PRIu64 " bytes is between the regions", least);
	*v = holes[random_next(e->random) % n_holes];
	return true;
}

/* --- Places --------------------------------------------------------------------------- */

CALL(call_place)
{
	UNUSED;
	if (args[0].n > args[1].n)
		return mistaken(e, "the first address of place() is above the last one");
	*v = lab_place(args[0].n, args[1].n);
	return true;
}

CALL(call_used)
{
	const struct region *r = region_named(e, n->args[0]->name);

	UNUSED;
	if (!r)
		return false;
	*v = r->has_populated ? lab_place(r->populated_start, r->populated_end) :
				lab_place(r->start, r->end);
	return true;
}

CALL(call_start)
{
	UNUSED;
	return give(v, LOOK_ADDRESS, args[0].n);
}

CALL(call_end)
{
	UNUSED;
	return give(v, LOOK_ADDRESS, args[0].last);
}

CALL(call_size)
{
	uint64_t size = args[0].last - args[0].n + 1;

	UNUSED;
	return size ? give(v, LOOK_SIZE, size) : lacking(e, "2^64 bytes are more than 64 bits hold");
}

CALL(call_present)
{
	struct lab_value unused;

	UNUSED;
	if (value_of_term(e, n->args[0]->name, &unused))
		return give(v, LOOK_BOOL, true);
	if (e->problem == MISTAKEN)
		return false;
	e->problem = NO_PROBLEM;
	return give(v, LOOK_BOOL, false);
}

/* --- What is at an address ------------------------------------------------------------ */

static const struct region *outermost(const struct region *r)
{
	while (r && r->parent)
		r = r->parent;
	return r;
}

CALL(call_region_of)
{
	struct place p = place_find(e->world->layout, args[0].n);

	UNUSED;
	*v = lab_word(p.region ? p.region->name : "hole");
	return true;
}

CALL(call_top_region_of)
{
	struct place p = place_find(e->world->layout, args[0].n);

	UNUSED;
	*v = lab_word(p.region ? outermost(p.region)->name : "hole");
	return true;
}

/* Whether the processor may translate it; only where the layout tells it. */
static bool is_canonical(struct evaluation *e, uint64_t addr, bool *canonical)
{
	const struct layout *l = e->world->layout;
	const struct region *r = layout_region(l, "noncanonical");

	*canonical = addr <= l->max_addr;
	if (l->bits == 32)
		return true;
	if (!r || r->absent)
		return lacking(e, "this layout has no region noncanonical");
	*canonical = addr < r->start || addr > r->end;
	return true;
}

CALL(call_canonical)
{
	bool canonical;

	UNUSED;
	return is_canonical(e, args[0].n, &canonical) && give(v, LOOK_BOOL, canonical);
}

CALL(call_half_of)
{
	const struct layout *l = e->world->layout;
	const struct region *user = layout_region(l, "user");
	bool canonical;

	UNUSED;
	if (!user || user->absent)
		return lacking(e, "this layout has no region user");
	if (user->start == 0 && user->end == l->max_addr)
		return lacking(e, "the user half has an address space of its own here");
	if (!is_canonical(e, args[0].n, &canonical))
		return false;
	/* The guard page above the user half belongs to it, as no kernel address is below. */
	if (is_user_address(l, args[0].n) || place_is_in(&(struct place){
			.region = layout_find(l, args[0].n) }, "user_guard"))
		*v = lab_word("user");
	else
		*v = lab_word(canonical ? "kernel" : "hole");
	return true;
}

CALL(call_phys)
{
	struct place p = place_find(e->world->layout, args[0].n);

	UNUSED;
	if (!p.has_phys)
		return lacking(e, "no addition gives the physical address of 0x%" PRIx64, args[0].n);
	return give(v, LOOK_ADDRESS, p.phys);
}

/* The address of a physical one in a region that has all of it in one piece. */
static bool find_virtual(struct evaluation *e, const char *name, uint64_t phys,
			 struct lab_value *v)
{
	const struct region *r = region_named(e, name);
	uint64_t offset;

	if (!r)
		return false;
	if (!r->has_phys)
		return lacking(e, "%s has no physical address here", name);
	offset = phys - r->phys;
	if (offset > r->end - r->start)
		return lacking(e, "physical memory at 0x%" PRIx64 " is not in %s", phys, name);
	return give(v, LOOK_ADDRESS, r->start + offset);
}

CALL(call_virt)
{
	UNUSED;
	return find_virtual(e, "direct_map", args[0].n, v);
}

CALL(call_image_virt)
{
	UNUSED;
	return find_virtual(e, "image", args[0].n, v);
}

CALL(call_witness)
{
	UNUSED;
	return value_of_term(e, pool_printf(e->pool, "witness %s", n->args[0]->name), v);
}

CALL(call_since)
{
	UNUSED;
	if (!is_version(args[0].word))
		return mistaken(e, "since() takes a version such as \"6.1\", not \"%.40s\"", args[0].word);
	return give(v, LOOK_BOOL, version_order(e->world->layout->release, args[0].word) >= 0);
}

/* --- Page tables ---------------------------------------------------------------------- */

static bool shape_of_level(struct evaluation *e, uint64_t level, struct table_shape *shape)
{
	if (!find_shape(e, shape))
		return false;
	if (level < 1 || level > shape->levels)
		return mistaken(e, "there are page tables of the levels 1 to %u here, and none of %" PRIu64,
				shape->levels, level);
	return true;
}

static uint64_t index_of(const struct table_shape *shape, uint64_t addr, unsigned int level)
{
	return addr >> shape->shift[level] & ((UINT64_C(1) << shape->bits[level]) - 1);
}

CALL(call_shift)
{
	struct table_shape shape;

	UNUSED;
	return shape_of_level(e, args[0].n, &shape) && give(v, LOOK_NUMBER, shape.shift[args[0].n]);
}

CALL(call_entries)
{
	struct table_shape shape;

	UNUSED;
	return shape_of_level(e, args[0].n, &shape) &&
	       give(v, LOOK_NUMBER, UINT64_C(1) << shape.bits[args[0].n]);
}

CALL(call_index)
{
	struct table_shape shape;

	UNUSED;
	return shape_of_level(e, args[1].n, &shape) &&
	       give(v, LOOK_NUMBER, index_of(&shape, args[0].n, (unsigned int)args[1].n));
}

CALL(call_indexes)
{
	struct table_shape shape;
	struct lab_value *items;

	UNUSED;
	if (!find_shape(e, &shape))
		return false;
	items = pool_alloc(e->pool, shape.levels * sizeof(*items));
	for (unsigned int i = 0; i < shape.levels; i++)
		items[i] = lab_number(LOOK_NUMBER, index_of(&shape, args[0].n, shape.levels - i));
	*v = (struct lab_value){ .kind = LAB_LIST, .items = items, .n_items = shape.levels };
	return true;
}

static bool page_size(struct evaluation *e, uint64_t *size)
{
	struct lab_value v;

	if (!value_of_term(e, "page_size", &v))
		return false;
	if (v.kind != LAB_NUMBER || !is_power_of_two(v.n))
		return lacking(e, "page_size is no power of two here");
	*size = v.n;
	return true;
}

CALL(call_page_offset)
{
	uint64_t size = 0;

	UNUSED;
	return page_size(e, &size) && give(v, LOOK_HEX, args[0].n & (size - 1));
}

CALL(call_page_of)
{
	uint64_t size = 0;

	UNUSED;
	return page_size(e, &size) && give(v, LOOK_ADDRESS, args[0].n & ~(size - 1));
}

/* --- Arithmetic ------------------------------------------------------------------------ */

CALL(call_bits)
{
	uint64_t high = args[1].n, low = args[2].n;

	UNUSED;
	if (high > 63 || low > high)
		return mistaken(e, "bits() takes a number, and its highest and its lowest bit, from 63 to 0");
	return give(v, LOOK_HEX, args[0].n >> low & (UINT64_MAX >> (63 - (high - low))));
}

CALL(call_log2)
{
	UNUSED;
	return args[0].n ? give(v, LOOK_NUMBER, log2_of(args[0].n)) : mistaken(e, "log2() of 0");
}

CALL(call_align_down)
{
	UNUSED;
	return args[1].n ? give(v, args[0].look, args[0].n - args[0].n % args[1].n) :
			   mistaken(e, "a step of 0");
}

CALL(call_align_up)
{
	uint64_t rest;

	UNUSED;
	if (!args[1].n)
		return mistaken(e, "a step of 0");
	rest = args[0].n % args[1].n;
	return give(v, args[0].look, rest ? args[0].n + (args[1].n - rest) : args[0].n);
}

CALL(call_min)
{
	UNUSED;
	*v = args[args[1].n < args[0].n];
	return true;
}

CALL(call_max)
{
	UNUSED;
	*v = args[args[1].n > args[0].n];
	return true;
}

CALL(call_count)
{
	UNUSED;
	return give(v, LOOK_NUMBER, args[0].n_items);
}

CALL(call_item)
{
	UNUSED;
	if (args[1].n < 1 || args[1].n > args[0].n_items)
		return mistaken(e, "item(): expected a number from 1 to %zu, found %" PRIu64,
				args[0].n_items, args[1].n);
	*v = args[0].items[args[1].n - 1];
	return true;
}

CALL(call_on)
{
	const struct world *here = e->world, *there;
	const char *why = NULL;
	bool known;

	UNUSED;
	if (n->args[0]->kind != NODE_VALUE || n->args[0]->value.kind != LAB_WORD)
		return mistaken(e, "on() takes the name of a saved machine in quotes first");
	there = here->other ? here->other(here->data, n->args[0]->value.word, &why) : NULL;
	if (!there)
		return lacking(e, "the saved machine %s cannot be read: %s", n->args[0]->value.word,
			       why ? why : "none is at hand");
	e->world = there;
	known = e->compute(e, n->args[1], v);
	e->world = here;
	return known;
}

/* --- What is asked of the machine ------------------------------------------------------ */

static bool observe(struct evaluation *e, const char *query, struct lab_value *v)
{
	const struct world *w = e->world;
	const char *why = NULL;

	if (w->observe && w->observe(w->data, query, e->pool, v, &why))
		return true;
	return lacking(e, "%s", why ? why : pool_printf(e->pool, "%s is not known here", query));
}

/* NAME(ARGUMENTS), each in one spelling. */
CALL(call_observed)
{
	const char *query = pool_printf(e->pool, "%s(", n->function->name);

	for (size_t i = 0; i < n_args; i++) {
		char letter = function_takes(n->function, i);

		if (letter == 'n')
			query = pool_printf(e->pool, "%s%s%s", query, i ? ", " : "", n->args[i]->name);
		else if (letter == 'w')
			query = pool_printf(e->pool, "%s%s\"%s\"", query, i ? ", " : "", args[i].word);
		else
			query = pool_printf(e->pool, "%s%s0x%" PRIx64, query, i ? ", " : "", args[i].n);
	}
	return observe(e, pool_printf(e->pool, "%s)", query), v);
}

/* --- The table ------------------------------------------------------------------------- */

static const struct function functions[] = {
	{ "pick", "pa?", true, call_pick },
	{ "between", "aaa?", true, call_between },
	{ "one_of", "x*", true, call_one_of },
	{ "hole", "a?", true, call_hole },
	{ "present", "n", false, call_present },
	{ "place", "aa", false, call_place },
	{ "used", "n", false, call_used },
	{ "start", "p", false, call_start },
	{ "end", "p", false, call_end },
	{ "size", "p", false, call_size },
	{ "region_of", "a", false, call_region_of },
	{ "top_region_of", "a", false, call_top_region_of },
	{ "half_of", "a", false, call_half_of },
	{ "canonical", "a", false, call_canonical },
	{ "phys", "a", false, call_phys },
	{ "virt", "a", false, call_virt },
	{ "image_virt", "a", false, call_image_virt },
	{ "witness", "n", false, call_witness },
	{ "since", "w", false, call_since },
	{ "shift", "a", false, call_shift },
	{ "entries", "a", false, call_entries },
	{ "index", "aa", false, call_index },
	{ "indexes", "a", false, call_indexes },
	{ "page_offset", "a", false, call_page_offset },
	{ "page_of", "a", false, call_page_of },
	{ "bits", "aaa", false, call_bits },
	{ "log2", "a", false, call_log2 },
	{ "align_down", "aa", false, call_align_down },
	{ "align_up", "aa", false, call_align_up },
	{ "min", "aa", false, call_min },
	{ "max", "aa", false, call_max },
	{ "count", "l", false, call_count },
	{ "item", "la", false, call_item },
	{ "on", "xx", false, call_on },
	{ "symbol", "w", false, call_observed },
	{ "symbol_at", "a", false, call_observed },
	{ "entry", "aa", false, call_observed },
	{ "entry_at", "aa", false, call_observed },
	{ "walk_level", "a", false, call_observed },
	{ "walk_phys", "a", false, call_observed },
	{ "page_bytes", "a", false, call_observed },
	{ "access", "a", false, call_observed },
	{ "mapped", "n", false, call_observed },
	{ "process", "w", false, call_observed },
	{ "thread", "w", false, call_observed },
	{ "predicted", "wn", false, call_observed },
};

const struct function *function_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	return NULL;
}

const char *similar_function(struct pool *pool, const char *name)
{
	const char *names[ARRAY_SIZE(functions)], *similar;

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		names[i] = functions[i].name;
	similar = similar_word(name, strlen(name), names, ARRAY_SIZE(functions));
	return similar ? pool_printf(pool, "; did you mean %s?", similar) : "";
}
