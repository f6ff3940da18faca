// SPDX-License-Identifier: GPL-2.0-only
/* rules.c - the values of a layout against what rules expect, see situation.h. */
#include <string.h>

#include "base/util.h"
#include "rules/predict.h"
#include "situation.h"

/* --- Values -------------------------------------------------------------- */

static const struct value *find(const struct verification *v, const struct published *p)
{
	return value_of(v, p->type, p->name, p->key);
}

static bool is_absent(const struct verification *v, const struct published *p)
{
	const struct region *r = layout_region(v->layout, p->name);

	return p->type == RECORD_REGION && r && r->absent;
}

static bool all_hold(const struct verification *v, const struct expected *one)
{
	for (size_t i = 0; i < one->n_premises; i++) {
		const struct premise *p = &one->premises[i];
		const struct value *value = find(v, &p->value);

		if (p->if_any && is_absent(v, &p->value))
			continue;
		if (!value || !value->is_number || value->number != p->number)
			return false;
	}
	return true;
}

static bool is_asked(const struct verification *v, const struct expected *one)
{
	return one->when == ANYWHERE || all_hold(v, one) == (one->when == WHERE);
}

static struct known count_from(const struct verification *v, struct known k, uint64_t from,
			       const char *key)
{
	bool is_place = strcmp(key, "size") && strcmp(key, "value") && strcmp(key, "phys");

	if (!is_numeric(&k))
		return k;
	k.number += from;
	k.high += from;
	if (is_place) {
		k.number = wrap(v, k.number);
		k.high = wrap(v, k.high);
	}
	return k;
}

static uint64_t scaled(const struct expected *one, uint64_t n)
{
	if (!one->per)
		return n;
	n = n / one->per * one->times;
	return (n + one->unit - 1) / one->unit * one->unit;
}

/*
 * What is expected of the end or the size of a window.  Where the module could not
 * tell how much room is after memory, there is no more than that.
 */
static struct known up_to_memory(const struct verification *v, const struct expected *one,
				 struct known k)
{
	const struct value *start = value_of(v, RECORD_REGION, one->name, "start");
	bool is_size = !strcmp(one->key, "size"), is_end = !strcmp(one->key, "end");

	if (one->type != RECORD_REGION || (!is_size && !is_end) || !is_numeric(&k) ||
	    !start || !start->is_number || !ends_with_memory(v, one->name))
		return k;
	return range(is_size ? 1 : start->number, highest(&k), k.how);
}

static void compare_end(struct verification *v, const struct expected *one, struct known size)
{
	const struct value *start = value_of(v, RECORD_REGION, one->name, "start");

	if (start && start->is_number)
		expect(v, RECORD_REGION, one->name, "end",
		       leaning(count_from(v, size, start->number - 1, "end")));
}

static void compare(struct verification *v, const struct expected *one)
{
	struct known k = one->known;

	if (!is_asked(v, one))
		return;
	if (one->from.name) {
		const struct value *from = find(v, &one->from);

		if (!from || !from->is_number)
			return;
		k = count_from(v, k, scaled(one, from->number), one->key);
	}
	if (had_another_value(v->layout, one->name, one->key) && is_numeric(&k)) {
		k.number += OLDER_FIXMAP_EXCESS;
		k.high += OLDER_FIXMAP_EXCESS;
	}
	k = up_to_memory(v, one, k);
	v->leaning = one->weak;
	expect(v, one->type, one->name, one->key, k);
	if (one->end_too)
		compare_end(v, one, k);
	v->leaning = false;
}

/* --- Where witnesses live ------------------------------------------------ */

static bool is_present(const struct verification *v, const char *region)
{
	const struct region *r = region ? layout_region(v->layout, region) : NULL;

	return r && !r->absent;
}

static bool is_in(const struct verification *v, const char *region, uint64_t addr)
{
	const struct region *r = layout_region(v->layout, region);

	return is_present(v, region) && addr >= r->start && addr <= r->end;
}

/* Is its address there, and not where it would be? */
static bool is_apart(const struct verification *v, const struct home *home)
{
	const struct value *addr = value_of(v, RECORD_WITNESS, home->witness, "addr");

	return home->apart && addr && addr->is_number && is_present(v, home->region) &&
	       is_in(v, home->apart, addr->number) && !is_in(v, home->region, addr->number);
}

static struct known place_of(const struct verification *v, const struct home *home)
{
	if (!home->region)
		return unknown(home->how);
	if (is_present(v, home->instead))
		return word(home->instead, home->how);
	if (is_apart(v, home))
		return word(home->apart, home->how);
	return home->otherwise && !is_present(v, home->region) ?
		leaning(word(home->otherwise, home->how)) : word(home->region, home->how);
}

/* Whichever of two places is right, if it lives in the one where it may. */
static bool lives_where_it_may(struct verification *v, const struct home *home,
			       const struct value *value)
{
	if (!home->may || strcmp(home->witness, value->name) || strcmp(home->region, value->text))
		return false;
	v->leaning = home->weak || home->leaning;
	report(v, value, ALLOWS, "%s", home->how);
	return true;
}

static void compare_home(struct verification *v, const struct expected_list *e,
			 const struct home *home)
{
	const struct value *value = value_of(v, RECORD_WITNESS, home->witness, "region");

	for (size_t i = 0; value && i < e->n_homes; i++) {
		if (lives_where_it_may(v, &e->homes[i], value))
			return;
	}
	v->leaning = home->weak;
	expect(v, RECORD_WITNESS, home->witness, "region", place_of(v, home));
}

void compare_with_rules(struct verification *v, const struct expected_list *e)
{
	for (size_t i = 0; i < e->n; i++)
		compare(v, &e->each[i]);
	for (size_t i = 0; i < e->n_homes; i++) {
		if (!e->homes[i].may)
			compare_home(v, e, &e->homes[i]);
	}
	v->leaning = false;
}

/* --- Predictions --------------------------------------------------------- */

struct verification *verify_predictions(const struct layout *l,
					const struct predictions *p)
{
	struct verification *v = zalloc_array(1, sizeof(*v));

	v->explain = true;
	collect_values(v, l, 1);
	for (size_t i = 0; i < p->n; i++) {
		const struct prediction *one = &p->each[i];
		struct known k = one->known;

		if (had_another_value(l, one->name, one->key))
			k = unknown("an older module counted one page more");
		else if ((!strcmp(one->key, "end") || !strcmp(one->key, "size")) &&
			 ends_with_memory(v, one->name))
			k = unknown("the module could not tell how much room is after memory");
		expect(v, one->type, one->name, one->key, k);
	}
	return v;
}
