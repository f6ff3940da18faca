// SPDX-License-Identifier: GPL-2.0-only
/* spot.c - see spot.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "spot.h"

/* What vmalloc() and its relatives hand out, and the kernel lists in vmallocinfo. */
static const char *const listed[] = { "vmalloc", "modules", "modules_text", "bpf_jit" };

/*
 * Not for regions in one of these that the kernel maps without vmalloc():
 * an address there needs no area.
 */
static bool is_listed(const struct place *p)
{
	for (size_t i = 0; p->region && i < ARRAY_SIZE(listed); i++)
		if (strcmp(p->region->name, listed[i]) == 0)
			return true;
	return false;
}

struct spot spot_find(const struct names *n, uint64_t addr)
{
	struct spot s = { .names = n, .place = place_find(n->layout, addr) };
	const struct region *r = s.place.region;

	if (!r || (r->name && strcmp(r->name, "user") == 0))
		return s;
	if (!r->is_section && !s.place.has_phys) {
		s.area = names_area(n, addr);
		s.section = names_module(n, addr);
	}
	s.nearest = names_at(n, addr);
	return s;
}

char *spot_region(const struct spot *s)
{
	char *text = place_name(&s->place), *longer;

	if (!s->area || !area_is_percpu(s->area))
		return text;
	longer = text_printf("%s > per-CPU chunk", text);
	free(text);
	return longer;
}

char *spot_symbol(const struct spot *s)
{
	const struct symbol *symbol = s->nearest.symbol;

	if (!symbol)
		return NULL;
	return text_printf("%.*s+0x%" PRIx64, (int)symbol->name_length, symbol->name,
			   s->nearest.offset);
}

char *spot_module(const struct spot *s)
{
	if (!s->section)
		return NULL;
	return text_printf("%s %s+0x%" PRIx64, s->section->module, s->section->name,
			   s->place.addr - s->section->start);
}

/* --- Remarks ------------------------------------------------------------------- */

static char *unused_remark(const struct place *p)
{
	const struct region *r = p->partial;
	const char *what = strcmp(r->name, "direct_map") == 0 ? "the memory in use" :
			   "the part in use";
	int digits = (int)p->l->bits / 4;

	if (p->addr > r->populated_end)
		return text_printf("beyond %s, which ends at 0x%0*" PRIx64, what, digits,
				   r->populated_end);
	return text_printf("below %s, which starts at 0x%0*" PRIx64, what, digits,
			   r->populated_start);
}

/* A stack that overflows goes on below the area that it is in. */
static char *gap_remark(const struct spot *s)
{
	const struct area *below = names_area_below(s->names, s->place.addr);
	const struct area *above = names_area_above(s->names, s->place.addr);

	if (above && above->start - s->place.addr <= 0x1000)
		return text_printf("nothing is mapped here now; 0x%" PRIx64 " bytes below the area of %s",
				   above->start - s->place.addr, above->caller);
	if (below && s->place.addr - below->end <= 0x1000)
		return text_printf("nothing is mapped here now; 0x%" PRIx64 " bytes after the area of %s",
				   s->place.addr - below->end, below->caller);
	return text_printf("nothing is mapped here now: in no area of vmalloc()");
}

static bool is_stale(const struct area *area)
{
	return strncmp(area->caller, "unpurged", strlen("unpurged")) == 0;
}

char *spot_remark(const struct spot *s)
{
	const struct region *r = s->place.region;

	if (!r)
		return NULL;
	if (s->place.partial && !s->place.in_use)
		return unused_remark(&s->place);
	if (r->is_section && strncmp(r->name, "init", 4) == 0)
		return text_printf("freed after boot: by now this may be anybody's memory");
	if (s->area && area_is_guard(s->names, s->area, s->place.addr))
		return text_printf("guard page after the area of %s: never mapped", s->area->caller);
	if (s->area && is_stale(s->area))
		return text_printf("freed, but not yet handed out again");
	if (!is_listed(&s->place) || s->area || s->section)
		return NULL;
	if (s->names->areas_known)
		return gap_remark(s);
	return text_printf("nothing need be mapped here: only parts of %s are in use, and there is no list of them",
			   r->name);
}

bool spot_is_possible(const struct spot *s)
{
	const struct region *r = s->place.region;

	if (!r || (s->place.partial && !s->place.in_use) || strcmp(r->name, "noncanonical") == 0 ||
	    strcmp(r->name, "guard_hole") == 0 || strcmp(r->name, "user_guard") == 0 ||
	    strcmp(r->name, "vmalloc_gap") == 0)
		return false;
	return !s->area || !area_is_guard(s->names, s->area, s->place.addr);
}
