// SPDX-License-Identifier: GPL-2.0-only
/* expected.c - see expected.h */
#include <stdlib.h>

#include "base/util.h"
#include "expected.h"

/* Room for one more. */
static void *grow(void *list, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return list;
	*room = *room ? 2 * *room : 128;
	list = reallocarray(list, *room, size);
	if (!list)
		die("not enough memory");
	return list;
}

void expected_free(struct expected_list *e)
{
	free(e->each);
	free(e->homes);
	pool_free(&e->pool);
	*e = (struct expected_list) { 0 };
}

struct expected *must_be(struct expected_list *e, enum record_type type,
			 const char *name, const char *key, struct known k)
{
	e->each = grow(e->each, e->n, &e->room, sizeof(*e->each));
	e->each[e->n] = (struct expected) {
		.type = type, .name = name, .key = key, .known = k, .weak = e->weak,
	};
	return &e->each[e->n++];
}

struct expected *must_be_from(struct expected_list *e, enum record_type type,
			      const char *name, const char *key,
			      struct published from, struct known k)
{
	struct expected *one = must_be(e, type, name, key, leaning(k));

	one->from = from;
	return one;
}

struct expected *must_have_size(struct expected_list *e, const char *name, struct known size)
{
	struct expected *one = must_be(e, RECORD_REGION, name, "size", size);

	one->end_too = true;
	return one;
}

void must_span(struct expected_list *e, const char *name, uint64_t start,
	       uint64_t end, const char *how)
{
	must_be(e, RECORD_REGION, name, "start", number(start, how));
	must_be(e, RECORD_REGION, name, "end", number(end - 1, how));
}

void must_span_if_any(struct expected_list *e, const char *name, uint64_t start,
		      uint64_t end, const char *how)
{
	must_be(e, RECORD_REGION, name, "start", if_any(number(start, how)));
	must_be(e, RECORD_REGION, name, "end", if_any(number(end - 1, how)));
}

void may_be_absent(struct expected_list *e, const char *name, const char *how)
{
	must_be(e, RECORD_REGION, name, "absent",
		(struct known) { .kind = ANYTHING, .how = how });
}

struct home *must_live(struct expected_list *e, const char *witness, const char *region,
		       const char *otherwise, const char *how)
{
	e->homes = grow(e->homes, e->n_homes, &e->homes_room, sizeof(*e->homes));
	e->homes[e->n_homes] = (struct home) {
		.witness = witness, .region = region, .otherwise = otherwise,
		.how = how, .weak = e->weak,
	};
	return &e->homes[e->n_homes++];
}

struct home *may_live(struct expected_list *e, const char *witness, const char *region,
		      const char *how)
{
	struct home *home = must_live(e, witness, region, NULL, how);

	home->may = true;
	return home;
}
