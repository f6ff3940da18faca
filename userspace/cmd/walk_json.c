// SPDX-License-Identifier: GPL-2.0-only
/* walk_json.c - see walk.h: a walk as JSON. */
#include <inttypes.h>
#include <stdlib.h>

#include "output/json.h"
#include "walk.h"

static json_t *json_taken(char *text)
{
	json_t *json = json_text(text);

	free(text);
	return json;
}

static json_t *json_word(uint64_t value, int digits)
{
	return json_sprintf("0x%0*" PRIx64, digits, value);
}

static json_t *json_entry(const struct trail *t, const struct walk_entry *e)
{
	const struct shape *shape = t->shape;
	json_t *object = json_object();

	json_member(object, "level", json_count(e->level));
	json_member(object, "first_bit", e->level <= shape->levels ?
		    json_count(shape->shift[e->level]) : json_null());
	json_member(object, "bits", e->level <= shape->levels ?
		    json_count(shape->bits[e->level]) : json_null());
	json_member(object, "index", json_count(e->index));
	json_member(object, "addr", e->has_addr ? json_address(t->spot.place.l, e->addr) :
						  json_null());
	json_member(object, "value", json_word(e->value, entry_digits(t)));
	json_member(object, "kind", json_text(walk_kinds[e->kind]));
	json_member(object, "means", json_taken(entry_meaning(t, e)));
	return object;
}

static json_t *json_process(const struct trail *t)
{
	const struct walk_process *p = t->process;
	const struct layout *l = t->spot.place.l;
	const struct thread *thread = p ? p->thread : NULL;
	json_t *object = p ? json_object() : json_null();

	if (!p)
		return object;
	json_member(object, "pid", json_count(p->pid));
	json_member(object, "tid", json_count(p->tid));
	json_member(object, "comm", json_text(p->comm));
	json_member(object, "kernel_half", json_text(thread ? kernel_half_words[thread->half] : NULL));
	json_member(object, "root", thread && thread->has_root ?
		    json_address(l, thread->root) : json_null());
	json_member(object, "user_root", thread && thread->has_user_root ?
		    json_address(l, thread->user_root) : json_null());
	return object;
}

static void add_entry(const struct trail *t, json_t *object)
{
	const struct pagemap_entry *e = &t->opinion.entry;
	bool has_frame = e->present && !pagemap_hides_frame(e);
	bool has_swap = e->swapped && (e->swap_type || e->swap_offset);

	json_member(object, "present", json_boolean(e->present));
	json_member(object, "swapped", json_boolean(e->swapped));
	json_member(object, "file", json_boolean(e->file));
	json_member(object, "exclusive", json_boolean(e->exclusive));
	json_member(object, "soft_dirty", json_boolean(e->soft_dirty));
	json_member(object, "uffd_wp", json_boolean(e->uffd_wp));
	json_member(object, "guard", json_boolean(e->guard));
	json_member(object, "phys", has_frame ?
		    json_address(t->spot.place.l, e->frame * t->process->page_size) : json_null());
	json_member(object, "swap_type", has_swap ? json_count(e->swap_type) : json_null());
	json_member(object, "swap_offset", has_swap ? json_word(e->swap_offset, 16) : json_null());
}

static json_t *json_opinion(const struct trail *t)
{
	static const char *const words[] = {
		[OPINION_NONE] = "unreadable", [OPINION_AGREES] = "agrees",
		[OPINION_ALONE] = "alone", [OPINION_CHANGED] = "changed",
		[OPINION_DIFFERS] = "differs",
	};
	const struct opinion *o = &t->opinion;
	json_t *object;

	if (o->says == OPINION_NOT_ASKED)
		return json_null();
	object = json_object();
	json_member(object, "says", json_text(words[o->says]));
	json_member(object, "why", json_text(o->why));
	if (o->says != OPINION_NONE)
		add_entry(t, object);
	return object;
}

/* Under the keys that a run of kvas mappings has. */
static void add_page(const struct trail *t, json_t *object)
{
	const struct layout *l = t->spot.place.l;
	const struct walk *w = &t->walk;
	bool found = w->mapped && !w->by_window;
	uint64_t start = found ? w->addr & -w->size : 0;

	json_member(object, "phys", w->mapped ? json_address(l, w->phys) : json_null());
	json_member(object, "start", found ? json_address(l, start) : json_null());
	json_member(object, "end", found ? json_address(l, start + w->size - 1) : json_null());
	json_member(object, "page", found ? json_size(w->size - 1) : json_null());
	json_member(object, "level", found ? json_count(w->level) : json_null());
	json_member(object, "group", w->group ? json_size(w->group - 1) : json_null());
	json_member(object, "attr", found ? json_word(w->attr, 16) : json_null());
	json_member(object, "upper", found ? json_word(w->upper, 16) : json_null());
	json_member(object, "attributes", json_taken(page_attributes(t)));
	json_member(object, "access", json_taken(page_access(t)));
}

static void add_walk(const struct trail *t, json_t *object)
{
	const struct layout *l = t->spot.place.l;
	const struct walk *w = &t->walk;
	json_t *entries = json_array();

	for (size_t i = 0; i < w->n_entries; i++)
		json_element(entries, json_entry(t, &w->entries[i]));
	json_member(object, "note", json_text(t->note));
	json_member(object, "addr", json_address(l, w->addr));
	json_member(object, "in", json_taken(spot_region(&t->spot)));
	json_member(object, "source", json_text(walk_source(t)));
	json_member(object, "half", json_text(w->user ? "user" : "kernel"));
	json_member(object, "levels", w->levels ? json_count(w->levels) : json_null());
	json_member(object, "root", w->has_root ? json_address(l, w->root) : json_null());
	json_member(object, "entries", entries);
	json_member(object, "process", json_process(t));
	json_member(object, "pagemap", json_opinion(t));
	add_page(t, object);
	json_member(object, "known", json_boolean(!w->unknown));
	json_member(object, "absent", json_taken(walk_end(t)));
}

json_t *json_walk(const struct trail *t)
{
	json_t *object = json_object();

	json_member(object, "query", json_text(t->query));
	json_member(object, "error", json_text(t->error));
	if (!t->error)
		add_walk(t, object);
	return object;
}
