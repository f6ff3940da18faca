// SPDX-License-Identifier: GPL-2.0-only
/* mappings_regions.c - how much of each region is mapped, and how. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "mappings.h"
#include "output/json.h"
#include "output/table.h"
#include "texts/texts.h"

/* --- Sums ------------------------------------------------------------------------ */

/* Bytes that are mapped alike. */
struct share {
	unsigned int level;
	uint64_t group;
	struct access access;
	uint64_t bytes;
};

struct usage {
	const struct question *q;
	const struct window *window;
	struct share *shares;
	size_t n, room;
	uint64_t mapped, unsettled, wx;
	bool in_window;			/* no table has anything to say of it */
	bool has_hole;
	uint64_t hole_start, hole_end;
};

static bool same_access(struct access a, struct access b)
{
	return a.read == b.read && a.write == b.write && a.execute == b.execute &&
	       a.user == b.user && a.user_execute == b.user_execute;
}

static struct share *share_of(struct usage *u, const struct run *run)
{
	for (size_t i = 0; i < u->n; i++) {
		struct share *s = &u->shares[i];

		if (s->level == run->level && s->group == run->group &&
		    same_access(s->access, run->access))
			return s;
	}
	if (u->n == u->room) {
		struct share *more = zalloc_array(u->room = u->room * 2 + 16, sizeof(*more));

		if (u->n)
			memcpy(more, u->shares, u->n * sizeof(*more));
		free(u->shares);
		u->shares = more;
	}
	u->shares[u->n] = (struct share){ run->level, run->group, run->access, 0 };
	return &u->shares[u->n++];
}

static void add_piece(void *data, const struct piece *piece)
{
	struct usage *u = data;
	uint64_t bytes = (piece->end - piece->start + 1) * piece->times;

	if (piece->run->unsettled) {
		u->unsettled += bytes;
		return;
	}
	if (!filter_takes(u->q, piece->run))
		return;
	u->mapped += bytes;
	u->wx += is_wx(piece->run) ? bytes : 0;
	share_of(u, piece->run)->bytes += bytes;
}

/* Smaller pages first; of one size the fewer letters. */
static int compare_shares(const void *a, const void *b)
{
	const struct share *x = a, *y = b;
	char s[ACCESS_TEXT], t[ACCESS_TEXT];

	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	access_text(x->access, s);
	access_text(y->access, t);
	return strcmp(s, t);
}

static struct usage measure(const struct question *q, const struct window *w)
{
	struct usage u = { .q = q, .window = w };

	mappings_each(q->m, w->start, w->end, add_piece, &u);
	if (u.n)
		qsort(u.shares, u.n, sizeof(*u.shares), compare_shares);
	u.in_window = mappings_in_window(q->m, w->start, w->end);
	u.has_hole = !u.in_window && mappings_hole(q->m, w->start, w->end, &u.hole_start, &u.hole_end);
	return u;
}

/* Sums the shares that are alike in one respect; each is given to add() once. */
static void sum_shares(const struct usage *u, bool (*alike)(const struct share *a, const struct share *b),
		       void (*add)(void *data, const struct usage *u, const struct share *sum),
		       void *data)
{
	for (size_t i = 0; i < u->n; i++) {
		struct share sum = u->shares[i];
		bool seen = false;

		for (size_t j = 0; j < u->n; j++) {
			if (j == i || !alike(&u->shares[i], &u->shares[j]))
				continue;
			seen = seen || j < i;
			sum.bytes += u->shares[j].bytes;
		}
		if (!seen)
			add(data, u, &sum);
	}
}

static bool alike_in_page(const struct share *a, const struct share *b)
{
	return a->level == b->level && a->group == b->group;
}

static bool alike_in_access(const struct share *a, const struct share *b)
{
	return same_access(a->access, b->access);
}

/* --- The table --------------------------------------------------------------------- */

enum { NAME, SIZE, USED, MAPPED, PAGES, ACCESS, WX, HOLE, START, END, HOLE_RANGE, UNSETTLED };

const struct column mappings_region_columns[N_MAPPINGS_REGION_COLUMNS] = {
	[NAME] = { "NAME", "name of the region or section", SCOLS_FL_TREE, BY_DEFAULT },
	[SIZE] = { "SIZE", "bytes that are reserved for it", SCOLS_FL_RIGHT, BY_DEFAULT },
	[USED] = { "USED", "size of the part in use, where that is published", SCOLS_FL_RIGHT, IF_WIDE },
	[MAPPED] = { "MAPPED", "bytes that are mapped", SCOLS_FL_RIGHT, BY_DEFAULT },
	[PAGES] = { "PAGES", "the same by page size; 4K/64K: pages of 4K in groups of 64K", 0, BY_DEFAULT },
	[ACCESS] = { "ACCESS", "the same by what is allowed: rwx, u: user mode can reach it, U: and execute it", 0, BY_DEFAULT },
	[WX] = { "WX", "bytes that are both writable and executable", SCOLS_FL_RIGHT, BY_DEFAULT },
	[HOLE] = { "HOLE", "size of the largest part that is free", SCOLS_FL_RIGHT, IF_WIDE },
	[START] = { "START", "first address", 0, ON_REQUEST },
	[END] = { "END", "last address", 0, ON_REQUEST },
	[HOLE_RANGE] = { "HOLE_RANGE", "first and last address of the largest part that is free", 0, ON_REQUEST },
	[UNSETTLED] = { "UNSETTLED", "bytes whose tables could not be read, or changed each time they were read", SCOLS_FL_RIGHT, ON_REQUEST },
};

_Static_assert(UNSETTLED == N_MAPPINGS_REGION_COLUMNS - 1, "all are listed");

const char *const mappings_region_members[N_MAPPINGS_REGION_COLUMNS] = {
	[USED] = "populated_start populated_end", [PAGES] = "by_page window", [ACCESS] = "by_access",
	[HOLE_RANGE] = "hole",
};

static char *address(const struct usage *u, uint64_t addr)
{
	return text_printf("0x%0*" PRIx64, (int)u->q->m->bits / 4, addr);
}

static char *size(const struct usage *u, uint64_t less_one)
{
	return u->q->opt->bytes ? size_bytes(less_one) : size_human(less_one);
}

static char *bytes(const struct usage *u, uint64_t n)
{
	return n ? size(u, n - 1) : text_printf("0");
}

/* Appends "what:bytes" to the text at data. */
static void append(void *data, const struct usage *u, const char *what, uint64_t n)
{
	char **text = data, *amount = bytes(u, n), *longer;

	longer = text_printf("%s%s%s:%s", *text ? *text : "", *text ? " " : "", what, amount);
	free(amount);
	free(*text);
	*text = longer;
}

static void append_page(void *data, const struct usage *u, const struct share *s)
{
	char *page = size_human(u->q->m->level[s->level].size - 1);
	char *group = s->group ? size_human(s->group - 1) : text_printf("%s", "");
	char *what = text_printf("%s%s%s", page, s->group ? "/" : "", group);

	append(data, u, what, s->bytes);
	free(what);
	free(group);
	free(page);
}

static void append_access(void *data, const struct usage *u, const struct share *s)
{
	char what[ACCESS_TEXT] = "?";

	if (u->q->m->attributes)
		access_text(s->access, what);
	append(data, u, what, s->bytes);
}

static char *shares_text(const struct usage *u, bool pages)
{
	char *text = NULL;

	sum_shares(u, pages ? alike_in_page : alike_in_access, pages ? append_page : append_access,
		   &text);
	return text;
}

static char *hole_range(const struct usage *u)
{
	int digits = (int)u->q->m->bits / 4;

	return text_printf("0x%0*" PRIx64 "-0x%0*" PRIx64, digits, u->hole_start, digits,
			   u->hole_end);
}

static char *cell(const void *item, int column)
{
	const struct usage *u = item;
	const struct region *r = u->window->region;

	switch (column) {
	case NAME:
		return text_printf("%s", r ? r->name : u->q->l ? "hole" : "all");
	case SIZE:
		return size(u, u->window->end - u->window->start);
	case USED:
		return r && r->has_populated ? size(u, r->populated_end - r->populated_start) : NULL;
	case MAPPED:
		return u->in_window ? NULL : bytes(u, u->mapped);
	case PAGES:
		if (u->in_window)
			return text_printf("no tables");
		return shares_text(u, true);
	case ACCESS:
		return shares_text(u, false);
	case WX:
		return u->wx || u->q->opt->bytes ? bytes(u, u->wx) : NULL;
	case HOLE:
		return u->has_hole ? size(u, u->hole_end - u->hole_start) : NULL;
	case START:
		return address(u, u->window->start);
	case END:
		return address(u, u->window->end);
	case HOLE_RANGE:
		return u->has_hole ? hole_range(u) : NULL;
	case UNSETTLED:
		return bytes(u, u->unsettled);
	default:
		return NULL;
	}
}

void mappings_print_regions(const struct question *q)
{
	bool tree = !q->opt->raw && !q->opt->pairs;
	struct libscols_line **lines = zalloc_array(q->l ? q->l->n_regions : 1, sizeof(*lines));
	struct table t;

	table_init(&t, q->opt, mappings_region_columns, N_MAPPINGS_REGION_COLUMNS);
	for (size_t i = 0; i < q->n_windows; i++) {
		const struct region *r = q->windows[i].region;
		struct usage u = measure(q, &q->windows[i]);
		struct libscols_line *parent = NULL, *line;

		if (r && r->parent && tree)
			parent = lines[r->parent - q->l->regions];
		line = table_add(&t, parent, q->opt->color && u.wx ? "red" : NULL, cell, &u);
		if (r)
			lines[r - q->l->regions] = line;
		free(u.shares);
	}
	free(lines);
	table_fit(&t, q->opt, PAGES, ACCESS);
	table_print(&t, stdout);
}

/* --- JSON ----------------------------------------------------------------------------- */

static json_t *json_bytes(uint64_t n)
{
	return json_number(VALUE_SIZE, 64, n);
}

static void add_json_page(void *data, const struct usage *u, const struct share *s)
{
	json_t *object = json_object();

	json_member(object, "page", json_bytes(u->q->m->level[s->level].size));
	json_member(object, "group", s->group ? json_bytes(s->group) : json_null());
	json_member(object, "bytes", json_bytes(s->bytes));
	json_element(data, object);
}

static void add_json_access(void *data, const struct usage *u, const struct share *s)
{
	json_t *object = json_object();
	char text[ACCESS_TEXT];

	access_text(s->access, text);
	json_member(object, "access", json_text(u->q->m->attributes ? text : NULL));
	json_member(object, "bytes", json_bytes(s->bytes));
	json_element(data, object);
}

static json_t *json_addr(const struct question *q, uint64_t addr)
{
	return json_number(VALUE_ADDRESS, q->m->bits, addr);
}

static json_t *json_hole(const struct usage *u)
{
	json_t *object;

	if (!u->has_hole)
		return json_null();
	object = json_object();
	json_member(object, "start", json_addr(u->q, u->hole_start));
	json_member(object, "end", json_addr(u->q, u->hole_end));
	json_member(object, "size", json_size(u->hole_end - u->hole_start));
	return object;
}

static json_t *json_usage(const struct usage *u)
{
	const struct window *w = u->window;
	const struct region *r = w->region;
	json_t *object = json_object(), *pages = json_array(), *access = json_array();

	json_member(object, "name", json_text(r ? r->name : NULL));
	json_member(object, "start", json_addr(u->q, w->start));
	json_member(object, "end", json_addr(u->q, w->end));
	json_member(object, "size", json_size(w->end - w->start));
	if (r && r->has_populated) {
		json_member(object, "populated_start", json_addr(u->q, r->populated_start));
		json_member(object, "populated_end", json_addr(u->q, r->populated_end));
	}
	json_member(object, "mapped", json_bytes(u->mapped));
	sum_shares(u, alike_in_page, add_json_page, pages);
	json_member(object, "by_page", pages);
	sum_shares(u, alike_in_access, add_json_access, access);
	json_member(object, "by_access", access);
	json_member(object, "wx", u->q->m->attributes ? json_bytes(u->wx) : json_null());
	json_member(object, "window", json_boolean(u->in_window));
	json_member(object, "hole", json_hole(u));
	json_member(object, "unsettled", json_bytes(u->unsettled));
	return object;
}

json_t *json_mappings_regions(const struct question *q)
{
	json_t *array = json_array();

	for (size_t i = 0; i < q->n_windows; i++) {
		struct usage u = measure(q, &q->windows[i]);

		json_element(array, json_usage(&u));
		free(u.shares);
	}
	return array;
}
