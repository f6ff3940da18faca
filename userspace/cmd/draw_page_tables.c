// SPDX-License-Identifier: GPL-2.0-only
/* draw_page_tables.c - see draw_page.h: mappings and walks for the page to explore. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "base/sysroot.h"
#include "base/util.h"
#include "draw_page.h"
#include "layout/frame.h"
#include "mappings.h"
#include "output/json.h"
#include "walk.h"

enum { MOST_RUNS = 10000 };	/* some 40 bytes each; the page has at most 1 MiB */

/* --- Runs ----------------------------------------------------------------------------- */

/* How memory is mapped; as a number for each run, it takes little room. */
struct look {
	bool mixed, unsettled;
	unsigned int level;
	uint64_t attr, upper, group;
};

struct drawn {
	uint64_t start, end;
	size_t look;
};

struct runs {
	const struct mappings *m;
	struct drawn *list;
	size_t n, room;
	struct look *looks;
	size_t n_looks, look_room;
	uint64_t merged;		/* what is smaller is drawn with its neighbours; or 0 */
};

static void *grown(void *list, size_t n, size_t *room, size_t size)
{
	void *more;

	if (n < *room)
		return list;
	*room = *room * 2 + 64;
	more = zalloc_array(*room, size);
	if (n)
		memcpy(more, list, n * size);
	free(list);
	return more;
}

static size_t look_number(struct runs *runs, const struct look *look)
{
	for (size_t i = 0; i < runs->n_looks; i++) {
		const struct look *l = &runs->looks[i];

		if (l->mixed == look->mixed && l->unsettled == look->unsettled &&
		    l->level == look->level && l->attr == look->attr &&
		    l->upper == look->upper && l->group == look->group)
			return i;
	}
	runs->looks = grown(runs->looks, runs->n_looks, &runs->look_room, sizeof(*look));
	runs->looks[runs->n_looks] = *look;
	return runs->n_looks++;
}

static void add_run(void *data, const struct piece *piece)
{
	struct runs *runs = data;
	const struct run *r = piece->run;
	const struct look look = {
		.unsettled = r->unsettled, .level = r->level, .attr = r->attr,
		.upper = r->upper, .group = r->group,
	};

	runs->list = grown(runs->list, runs->n, &runs->room, sizeof(*runs->list));
	runs->list[runs->n++] = (struct drawn){
		piece->start, piece->end + piece->reach, look_number(runs, &look),
	};
}

static int compare_runs(const void *a, const void *b)
{
	const struct drawn *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Joins neighbours that together have at most so many bytes. */
static void merge_runs(struct runs *runs, uint64_t bytes)
{
	const size_t mixed = look_number(runs, &(struct look){ .mixed = true });
	size_t n = 0;

	for (size_t i = 0; i < runs->n; i++) {
		struct drawn *last = n ? &runs->list[n - 1] : NULL, *next = &runs->list[i];

		if (!last || next->end - last->start >= bytes) {
			runs->list[n++] = *next;
			continue;
		}
		last->look = last->look == next->look ? last->look : mixed;
		last->end = next->end > last->end ? next->end : last->end;
	}
	runs->n = n;
	runs->merged = bytes;
}

static struct runs find_runs(const struct mappings *m)
{
	struct runs runs = { .m = m };
	uint64_t bytes = m->level[1].size ? m->level[1].size : 4096;

	mappings_each(m, 0, m->max_addr, add_run, &runs);
	if (runs.n)
		qsort(runs.list, runs.n, sizeof(*runs.list), compare_runs);
	while (runs.n > MOST_RUNS && bytes < UINT64_MAX / 2)
		merge_runs(&runs, bytes *= 2);
	return runs;
}

static json_t *json_look(const struct mappings *m, const struct look *look)
{
	const struct attributes *a = look->mixed || look->unsettled ? NULL : m->attributes;
	json_t *object = json_object();
	struct pool pool = { 0 };
	char text[ACCESS_TEXT];

	if (a)
		access_text(attributes_access(a, look->level, look->attr, look->upper), text);
	json_member(object, "access", json_text(look->mixed ? "mixed" : look->unsettled ?
						"unsettled" : a ? text : "?"));
	json_member(object, "page", look->level ? json_size(m->level[look->level].size - 1) :
						  json_null());
	json_member(object, "group", look->group ? json_size(look->group - 1) : json_null());
	json_member(object, "attributes", json_text(a ? attributes_text(a, look->level, look->attr,
									&pool) : NULL));
	pool_free(&pool);
	return object;
}

/* Start, size and look of each. */
static void add_runs(json_t *object, const struct mappings *m)
{
	struct runs runs = find_runs(m);
	json_t *array = json_array(), *looks = json_array();

	for (size_t i = 0; i < runs.n; i++) {
		const struct drawn *d = &runs.list[i];
		json_t *run = json_array();

		json_element(run, json_address(&(struct layout){ .bits = m->bits }, d->start));
		json_element(run, json_size(d->end - d->start));
		json_element(run, json_count(d->look));
		json_element(array, run);
	}
	for (size_t i = 0; i < runs.n_looks; i++)
		json_element(looks, json_look(m, &runs.looks[i]));
	json_member(object, "runs", array);
	json_member(object, "looks", looks);
	json_member(object, "merged", runs.merged ? json_size(runs.merged - 1) : json_null());
	free(runs.list);
	free(runs.looks);
}

/* --- Mappings ---------------------------------------------------------------------------- */

static json_t *json_usage_of_regions(const struct page_capture *c, const struct mappings *m)
{
	struct question q = { .opt = c->opt, .m = m, .l = c->l };
	json_t *array;

	q.windows = zalloc_array(c->l->n_present, sizeof(*q.windows));
	for (size_t i = 0; i < c->l->n_present; i++) {
		const struct region *r = &c->l->regions[i];

		q.windows[q.n_windows++] = (struct window){ r, r->start, r->end };
	}
	array = json_mappings_regions(&q);
	free(q.windows);
	return array;
}

/* Those of the machine, if there are any to read; a capture alone has none. */
static struct mappings *find_mappings(const struct page_capture *c)
{
	int fd = c->opt->file ? -1 : sysroot_open(c->opt->sysroot, KVAS_LIVE_MAPPINGS);

	if (fd < 0)
		return NULL;
	close(fd);
	return mappings_load(c->opt, NULL, c->l);
}

json_t *json_page_mappings(const struct page_capture *c)
{
	struct mappings *own = c->mappings ? NULL : find_mappings(c);
	const struct mappings *m = own ? own : c->mappings;
	json_t *object;

	if (!m)
		return json_null();
	object = json_object();
	json_member(object, "regions", json_usage_of_regions(c, m));
	json_member(object, "known", json_boolean(m->attributes));
	add_runs(object, m);
	if (own)
		mappings_free(own);
	return object;
}

/* --- Walks --------------------------------------------------------------------------------- */

struct walks {
	struct asker asker;		/* the first: what it calls gets all of this */
	struct walker walker;
	json_t *array;
};

static void add_walk(struct asker *asker, const char *query, uint64_t addr, const char *more)
{
	struct walks *all = (struct walks *)asker;
	struct trail t = {
		.query = query, .note = more, .spot = spot_find(asker->names, addr),
		.walker = &all->walker, .shape = &all->walker.shape,
	};

	t.walk = walker_walk(&all->walker, addr, &asker->names->pool);
	if (t.walk.arch && t.walk.levels)
		t.attributes = attributes_of(t.walk.arch, t.walk.levels, t.shape->mask);
	json_element(all->array, json_walk(&t));
}

__attribute__((noreturn))
static void refuse_query(struct asker *asker, const char *query, const char *why)
{
	(void)asker;
	die("--walk=%s: %s", query, why);
}

/* kvas_walk may be there and yet be closed, where the machine is locked down. */
static struct table_source find_source(const struct options *opt)
{
	int fd = sysroot_open(opt->sysroot, "/sys/kernel/debug/" KVAS_WALK_NAME);

	if (fd < 0)
		return (struct table_source){ .kind = SOURCE_KCORE };
	close(fd);
	return (struct table_source){ .kind = SOURCE_MODULE };
}

static void walk_all(struct walks *all, const struct layout *l, const char *walk)
{
	char *query = walk ? text_printf("%s", walk) : NULL;

	for (size_t i = 0; i < l->n_witnesses; i++)
		if (!l->witnesses[i].absent)
			add_walk(&all->asker, l->witnesses[i].name, l->witnesses[i].addr, NULL);
	if (query)
		ask_operands(&all->asker, 1, &query);
	free(query);
}

json_t *json_page_walks(const struct page_capture *c, const char *walk)
{
	struct names names;
	struct walks all = { .asker = {
		.names = &names, .found = add_walk, .refused = refuse_query } };

	if (c->opt->file && walk)
		die("--walk=%s: a capture alone has no page tables; a saved machine is named with --sysroot", walk);
	if (c->opt->file)
		return json_null();
	names_load(&names, c->opt, c->l);
	walker_open(&all.walker, c->opt, c->l, find_source(c->opt));
	if (all.walker.source.kind == SOURCE_MODULE || !all.walker.tables->why) {
		all.array = json_array();
		walk_all(&all, c->l, walk);
	} else {
		if (walk)
			die("--walk=%s: the page tables cannot be read: %s", walk, all.walker.tables->why);
		all.array = json_null();
	}
	walker_close(&all.walker);
	names_free(&names);
	return all.array;
}
