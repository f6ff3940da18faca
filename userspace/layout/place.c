// SPDX-License-Identifier: GPL-2.0-only
/* place.c - see place.h */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "place.h"

/* --- Physical addresses ------------------------------------------------------ */

static bool is_in_use(const struct region *r, uint64_t addr)
{
	return !r->has_populated || (addr >= r->populated_start &&
				     addr <= r->populated_end);
}

/*
 * The first 8 KiB of s390 are other memory on each CPU: prefixing replaces these
 * addresses after the page tables have translated them.
 */
static bool is_prefixed(const struct layout *l, uint64_t phys)
{
	return strcmp(l->arch, "s390x") == 0 && phys < 8192;
}

/* Only where an addition gives it; elsewhere the page tables decide. */
static bool find_phys(struct place *p)
{
	for (const struct region *r = p->region; r; r = r->parent) {
		/* Wherever the lowcore was moved to, it means these 8 KiB. */
		if (strcmp(r->name, "lowcore") == 0)
			return false;
		if (!r->has_phys)
			continue;
		p->phys = r->phys + (p->addr - r->start);
		return is_in_use(r, p->addr) && !is_prefixed(p->l, p->phys);
	}
	return false;
}

/*
 * Does the address in the image still mean the image?  Memory for boot only is
 * freed.  Its mapping goes with page-table isolation and stays without, but
 * either way anybody may own the pages now.
 */
static bool is_kept_section(const struct region *r)
{
	return r && r->is_section && strncmp(r->name, "init", 4) != 0;
}

/* The other virtual address of the same byte, in the region r. */
static bool find_alias_in(struct place *p, const struct region *r)
{
	/* Below 0 a region may start whose lowest addresses mean no memory. */
	uint64_t offset = p->phys - r->phys;

	if (r->absent || !r->has_phys || offset > r->end - r->start)
		return false;
	p->alias = r->start + offset;
	return p->alias != p->addr && is_in_use(r, p->alias) &&
	       (!r->is_section || is_kept_section(layout_find(p->l, p->alias)));
}

static bool find_alias(struct place *p)
{
	for (size_t i = 0; i < p->l->n_present; i++) {
		const struct region *r = &p->l->regions[i];

		if ((r->is_section || strcmp(r->name, "direct_map") == 0) &&
		    find_alias_in(p, r))
			return true;
	}
	return false;
}

bool is_user_address(const struct layout *l, uint64_t addr)
{
	const struct region *r = l->process ? NULL : layout_find(l, addr);

	return l->process ? addr <= l->user_end : r && strcmp(r->name, "user") == 0;
}

/* --- Regions and holes --------------------------------------------------------- */

static void find_neighbours(struct place *p)
{
	for (size_t i = 0; i < p->l->n_present; i++) {
		const struct region *r = &p->l->regions[i];

		if (r->depth == 0 && r->end < p->addr && (!p->below || r->end > p->below->end))
			p->below = r;
		if (r->depth == 0 && r->start > p->addr && !p->above)
			p->above = r;
	}
}

struct place place_find(const struct layout *l, uint64_t addr)
{
	struct place p = { .l = l, .addr = addr, .region = layout_find(l, addr) };

	if (!p.region)
		find_neighbours(&p);
	for (p.partial = p.region; p.partial && !p.partial->has_populated; )
		p.partial = p.partial->parent;
	p.in_use = p.region && (!p.partial || is_in_use(p.partial, addr));
	p.has_phys = find_phys(&p);
	p.has_alias = p.has_phys && find_alias(&p);
	return p;
}

uint64_t place_start(const struct place *p)
{
	if (p->region)
		return p->region->start;
	return p->below ? p->below->end + 1 : 0;
}

uint64_t place_end(const struct place *p)
{
	if (p->region)
		return p->region->end;
	return p->above ? p->above->start - 1 : p->l->max_addr;
}

bool place_is_in(const struct place *p, const char *name)
{
	for (const struct region *r = p->region; r; r = r->parent)
		if (strcmp(r->name, name) == 0)
			return true;
	return false;
}

static char *hole_name(const struct place *p)
{
	if (p->below && p->above)
		return text_printf("unused hole between %s and %s", p->below->name, p->above->name);
	if (p->below || p->above)
		return text_printf("unused hole %s %s", p->below ? "above" : "below",
				   p->below ? p->below->name : p->above->name);
	return text_printf("unused hole");
}

char *place_name(const struct place *p)
{
	char *text;

	if (!p->region)
		return hole_name(p);
	text = p->region->is_memory ?
		text_printf("%s (%s)", p->region->name, p->region->kind) :
		text_printf("%s", p->region->name);
	for (const struct region *r = p->region->parent; r; r = r->parent) {
		char *longer = text_printf("%s > %s", r->name, text);

		free(text);
		text = longer;
	}
	return text;
}

const struct witness *place_witness(const struct place *p)
{
	for (size_t i = 0; i < p->l->n_witnesses; i++)
		if (!p->l->witnesses[i].absent && p->l->witnesses[i].addr == p->addr)
			return &p->l->witnesses[i];
	return NULL;
}
