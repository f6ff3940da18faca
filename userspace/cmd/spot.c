// SPDX-License-Identifier: GPL-2.0-only
/* spot.c - see where.h: what is known of an address, as JSON. */
#include <inttypes.h>
#include <stdlib.h>

#include "output/json.h"
#include "where.h"

static json_t *json_module(const struct spot *s)
{
	json_t *module = json_object();

	json_member(module, "name", json_text(s->section->module));
	json_member(module, "section", json_text(s->section->name));
	json_member(module, "section_start", json_address(s->place.l, s->section->start));
	json_member(module, "start", s->area ? json_address(s->place.l, s->area->start) : json_null());
	json_member(module, "end", s->area ? json_address(s->place.l, s->area->end) : json_null());
	return module;
}

static json_t *json_area(const struct spot *s)
{
	json_t *area = json_object();

	json_member(area, "caller", json_text(s->area->caller));
	json_member(area, "percpu", json_boolean(area_is_percpu(s->area)));
	json_member(area, "start", json_address(s->place.l, s->area->start));
	json_member(area, "end", json_address(s->place.l, s->area->end));
	return area;
}

static json_t *json_hole(const struct place *p)
{
	json_t *hole = json_object();

	json_member(hole, "start", json_address(p->l, place_start(p)));
	json_member(hole, "end", json_address(p->l, place_end(p)));
	json_member(hole, "below", json_text(p->below ? p->below->name : NULL));
	json_member(hole, "above", json_text(p->above ? p->above->name : NULL));
	return hole;
}

/* Takes text that is to be freed. */
static json_t *json_taken(char *text)
{
	json_t *json = json_text(text);

	free(text);
	return json;
}

void json_owner(json_t *object, const struct spot *s)
{
	json_member(object, "module", s->section ? json_module(s) : json_null());
	json_member(object, "area", s->area ? json_area(s) : json_null());
}

/* What is known of an address that was found. */
void json_spot(json_t *object, const struct spot *s)
{
	const struct place *p = &s->place;
	const struct witness *w = place_witness(p);
	json_t *regions = json_array();

	for (const struct region *r = p->region; r; r = r->parent)
		json_array_insert_new(regions, 0, json_text(r->name));
	json_member(object, "addr", json_address(p->l, p->addr));
	json_member(object, "in", json_taken(spot_region(s)));
	json_member(object, "regions", regions);
	json_member(object, "hole", p->region ? json_null() : json_hole(p));
	json_member(object, "offset", p->region ?
		    json_sprintf("0x%" PRIx64, p->addr - p->region->start) : json_null());
	json_member(object, "start", p->region ? json_address(p->l, p->region->start) : json_null());
	json_member(object, "end", p->region ? json_address(p->l, p->region->end) : json_null());
	json_member(object, "kind", json_text(p->region ? p->region->kind : NULL));
	json_member(object, "symbol", json_taken(spot_symbol(s)));
	json_owner(object, s);
	json_member(object, "phys", p->has_phys ? json_address(p->l, p->phys) : json_null());
	json_member(object, "alias", p->has_alias ? json_address(p->l, p->alias) : json_null());
	json_member(object, "witness", json_text(w ? w->name : NULL));
}
