// SPDX-License-Identifier: GPL-2.0-only
/*
 * pagetables.c - the kernel's page tables, as tables.c reads them: what the
 * processor itself goes by.  What one architecture alone has there is asked by
 * pagetables_ARCH.c.
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "pagetables.h"

/* Where a part of the image starts: as listed, or else as published. */
static bool find_part(const struct tables *t, const struct verification *v,
		      const struct region *r, uint64_t *start)
{
	for (size_t i = 0; i < n_marks; i++) {
		const struct symbol_mark *m = &marks[i];

		if (m->type == r->record->type && !strcmp(m->name, r->name) &&
		    !strcmp(m->key, "start") &&
		    mark_applies(m, v->layout->arch) &&
		    tables_symbol(t, mark_symbol(m, v->layout), start) && *start)
			return true;
	}
	/* On x86_64 an address since 6.14, and before an offset. */
	if (!strcmp(r->name, "init_percpu") &&
	    tables_symbol(t, "__per_cpu_start", start) && *start)
		return true;
	*start = r->start;
	return false;
}

/* The physical address of every part of the image that is still mapped. */
static void check_phys(const struct tables *t, struct verification *v)
{
	for (size_t i = 0; i < v->layout->n_regions; i++) {
		const struct region *r = &v->layout->regions[i];
		struct mapping at;
		struct known is;
		uint64_t start, text;
		bool listed;

		if (!r->has_phys || r->absent || r->is_memory)
			continue;
		listed = find_part(t, v, r, &start);
		at = tables_walk(t, start);
		/* Before _stext is what only the boot needs. */
		if (!strcmp(r->name, "image") &&
		    tables_symbol(t, "_stext", &text) && text > start) {
			at = tables_walk(t, text);
			at.phys -= text - start;
		}
		is = at.state == MAPPED ?
			number(at.phys, "where its first byte is mapped") :
			unknown(at.state == HOLE ? "not mapped any more" : at.why);
		expect(v, r->record->type, r->name, "phys",
		       listed ? is : leaning(is));
	}
}

/*
 * These map what there is and no page more; but a module that knew of no device
 * memory stopped before it.
 */
static bool maps_exactly(const struct verification *v)
{
	return is_arch(v, "x86_64 arm64 riscv64") && !is_older(v->layout);
}

/* The last byte of memory is mapped where it is due, and the next is not. */
static void check_direct_map_end(const struct tables *t,
				 struct verification *v)
{
	const struct region *r = layout_region(v->layout, "direct_map");
	const struct region *pool = layout_region(v->layout, "kfence");
	const struct value *value = value_of(v, RECORD_REGION, "direct_map",
					     "populated_end");
	struct mapping at, behind;

	if (!value || !r || r->absent || !r->has_phys ||
	    r->populated_end == v->layout->max_addr)
		return;
	/* Every other page of the pool faults, the last one, too. */
	if (pool && !pool->absent && pool->end == r->populated_end) {
		report(v, value, CANNOT_SAY, "the pool of KFENCE is there");
		return;
	}
	at = tables_walk(t, r->populated_end);
	behind = tables_walk(t, r->populated_end + 1);
	v->leaning = true;		/* on where the region starts */
	if (at.state == UNREADABLE || behind.state == UNREADABLE)
		report(v, value, CANNOT_SAY, "%s", at.why ? at.why : behind.why);
	else if (at.state == HOLE || at.phys - r->phys != r->populated_end - r->start)
		report(v, value, DISAGREES, "the last byte is not mapped, or not as far from the start as it is in memory");
	else if (behind.state == MAPPED)
		report(v, value, maps_exactly(v) ? DISAGREES : ALLOWS, "more is mapped after it");
	else
		report(v, value, AGREES, "the last byte is mapped, and nothing after it");
	v->leaning = false;
}

/* Device memory is mapped as RAM is, from its first byte to its last. */
static void check_device_memory(const struct tables *t, struct verification *v)
{
	for (size_t i = 0; i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];
		const struct value *start = value_at(v, r->record, "start");
		const struct value *end = value_at(v, r->record, "end");
		struct mapping first, last;

		if (!r->is_memory)
			continue;
		first = tables_walk(t, r->start);
		last = tables_walk(t, r->end);
		expect_value(v, value_at(v, r->record, "phys"), first.state == MAPPED ?
			     leaning(number(first.phys, "where its first byte is mapped")) :
			     unknown(first.why ? first.why : "nothing is mapped there"));
		if (first.state == UNREADABLE || last.state == UNREADABLE) {
			report(v, start, CANNOT_SAY, "%s", first.why ? first.why : last.why);
			report(v, end, CANNOT_SAY, "%s", first.why ? first.why : last.why);
			continue;
		}
		report(v, start, first.state == MAPPED && first.phys == r->phys ?
		       ALLOWS : DISAGREES, "against what is mapped there");
		report(v, end, last.state == MAPPED && last.phys == r->phys + (r->end - r->start) ?
		       ALLOWS : DISAGREES, "against what is mapped there");
	}
}

/* The slots for the device tree start where a mapping does. */
static void check_tree(const struct tables *t, struct verification *v,
		       const struct value *value)
{
	struct mapping at, before, behind;

	if (!value || !value->is_number)
		return;
	at = tables_walk(t, value->number);
	before = tables_walk(t, value->number - 1);
	behind = tables_walk(t, value->number + (UINT64_C(1) << t->page_shift));
	if (value->number & ((UINT64_C(1) << t->page_shift) - 1))
		report(v, value, DISAGREES, "not the start of a page");
	else if (at.state == MAPPED && before.state == HOLE)
		report(v, value, AGREES, "a page is mapped there, and nothing before");
	else if ((at.state == MAPPED && before.state == MAPPED) ||
		 (at.state == HOLE && behind.state == MAPPED))
		report(v, value, DISAGREES, "no mapping starts there");
	else
		report(v, value, CANNOT_SAY, "%s", at.why ? at.why :
		       "nothing is mapped there");
}

static void check_trees(const struct tables *t, struct verification *v)
{
	const struct witness *w = layout_witness(v->layout, "fixmap_slot");

	check_tree(t, v, value_of(v, RECORD_REGION, "dtb", "start"));
	if (w && w->source && strstr(w->source, "FIX_FDT"))
		check_tree(t, v, value_of(v, RECORD_WITNESS, w->name, "addr"));
}

/*
 * Where the tables lead from the first address of RAM to the first of RAM, as
 * many levels as were gone through are right.
 */
static void check_levels(const struct tables *t, struct verification *v)
{
	const struct segment *ram = t->core->ram;
	const char *how = "that many levels lead from the top table to memory";
	uint64_t bits = tables_bits(t), phys;
	bool window = ram < t->core->end && paging_window(t->paging, ram->vaddr, &phys);
	struct mapping at;

	if (ram == t->core->end || window)
		return;
	at = tables_walk(t, ram->vaddr);
	if (at.state != MAPPED || at.phys != ram->paddr)
		return;
	expect(v, RECORD_FACT, "page_levels", "value", number(t->levels, how));
	expect(v, RECORD_FACT, "va_bits", "value", number(bits, how));
}

/* What check() judges, for when it cannot. */
static const struct rule rules[] = {
	{ NULL, RECORD_FACT, "page_levels", "value", 0, 0 },
	{ NULL, RECORD_REGION, "direct_map", "populated_end", 0, 0 },
	{ NULL, RECORD_REGION, "direct_map", "phys", 0, 0 },
	{ NULL, RECORD_REGION, "image", "phys", 0, 0 },
	{ NULL, RECORD_SECTION, "text", "phys", 0, 0 },
	{ NULL, RECORD_SECTION, "rodata", "phys", 0, 0 },
	{ NULL, RECORD_SECTION, "data", "phys", 0, 0 },
	{ NULL, RECORD_SECTION, "init", "phys", 0, 0 },
	{ NULL, RECORD_SECTION, "init_percpu", "phys", 0, 0 },
	{ NULL, RECORD_SECTION, "bss", "phys", 0, 0 },
	{ NULL, RECORD_SECTION, "brk", "phys", 0, 0 },
};

static void cannot_check(struct verification *v, struct known reason)
{
	apply_rules(v, rules, ARRAY_SIZE(rules), &reason);
	if (is_arch(v, "x86_64"))
		cannot_check_x86_64(v, reason);
}

static void check(const void *evidence, struct verification *v)
{
	const struct paging *paging = paging_by_name(v->layout->arch);
	const struct tables *t = evidence;

	if (!paging || paging != t->paging || (t->why && !paging->windows)) {
		cannot_check(v, unknown(t->why ? t->why :
					"these are tables of another architecture"));
		return;
	}
	check_phys(t, v);
	check_direct_map_end(t, v);
	check_device_memory(t, v);
	if (t->why)
		return;
	check_levels(t, v);
	check_trees(t, v);
	if (is_arch(v, "x86_64"))
		check_x86_64(t, v);
}

static const void *load(struct machine *m)
{
	return tables_load(m);
}

const struct source source_pagetables = {
	.name = "pagetables",
	.title = "the kernel's page tables in memory",
	.load = load,
	.check = check,
};
