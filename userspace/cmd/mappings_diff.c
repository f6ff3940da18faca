// SPDX-License-Identifier: GPL-2.0-only
/* mappings_diff.c - what became mapped and unmapped between two files, and what changed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "mappings.h"
#include "output/json.h"
#include "output/table.h"

enum change_kind { MAPPED, UNMAPPED, CHANGED_ACCESS, CHANGED_PAGES, CHANGED_ATTRIBUTES, UNSETTLED };

static const char *const change_words[] = {
	[MAPPED] = "mapped", [UNMAPPED] = "unmapped", [CHANGED_ACCESS] = "access",
	[CHANGED_PAGES] = "pages", [CHANGED_ATTRIBUTES] = "attributes",
	[UNSETTLED] = "unsettled",
};

enum { CHANGE, START, END, SIZE, TIMES, FROM, TO, REGION, LAST, FROM_PAGE, TO_PAGE,
       FROM_ATTRIBUTES, TO_ATTRIBUTES };

const struct column mappings_diff_columns[N_MAPPINGS_DIFF_COLUMNS] = {
	[CHANGE] = { "CHANGE", "mapped, unmapped, or what changed: access, pages, attributes", 0, BY_DEFAULT },
	[START] = { "START", "first address", 0, BY_DEFAULT },
	[END] = { "END", "last address", 0, BY_DEFAULT },
	[SIZE] = { "SIZE", "bytes, of one copy", SCOLS_FL_RIGHT, BY_DEFAULT },
	[TIMES] = { "TIMES", "how many copies there are", SCOLS_FL_RIGHT, IF_WIDE },
	[FROM] = { "FROM", "what was allowed in the first", 0, BY_DEFAULT },
	[TO] = { "TO", "what is allowed in the second", 0, BY_DEFAULT },
	[REGION] = { "REGION", "the innermost region or section at START", 0, BY_DEFAULT },
	[LAST] = { "LAST", "last address of the last copy", 0, ON_REQUEST },
	[FROM_PAGE] = { "FROM_PAGE", "page size in the first", SCOLS_FL_RIGHT, ON_REQUEST },
	[TO_PAGE] = { "TO_PAGE", "page size in the second", SCOLS_FL_RIGHT, ON_REQUEST },
	[FROM_ATTRIBUTES] = { "FROM_ATTRIBUTES", "what the bits said in the first", 0, ON_REQUEST },
	[TO_ATTRIBUTES] = { "TO_ATTRIBUTES", "what the bits say in the second", 0, ON_REQUEST },
};

const char *const mappings_diff_members[N_MAPPINGS_DIFF_COLUMNS] = {
	[FROM_PAGE] = "from", [TO_PAGE] = "to", [FROM_ATTRIBUTES] = "from", [TO_ATTRIBUTES] = "to",
};

_Static_assert(TO_ATTRIBUTES == N_MAPPINGS_DIFF_COLUMNS - 1, "all are listed");

/* Nobody reads more, and files that do not fit together may have millions. */
enum { MOST_CHANGES = 1 << 16 };

struct listing {
	const struct question *q;
	struct mappings_diff *diff;
	size_t room;
	struct pool pool;
	const struct mapping_pair *change;	/* in hand */
};

/* --- What changed ------------------------------------------------------------------ */

static bool same_access(const struct run *a, const struct run *b)
{
	char s[ACCESS_TEXT], t[ACCESS_TEXT];

	access_text(a->access, s);
	access_text(b->access, t);
	return strcmp(s, t) == 0;
}

static enum change_kind kind_of(const struct mapping_pair *c)
{
	if ((c->from && c->from->unsettled) || (c->to && c->to->unsettled))
		return UNSETTLED;
	if (!c->from)
		return MAPPED;
	if (!c->to)
		return UNMAPPED;
	if (!same_access(c->from, c->to))
		return CHANGED_ACCESS;
	return c->from->level != c->to->level || c->from->group != c->to->group ?
	       CHANGED_PAGES : CHANGED_ATTRIBUTES;
}

static void add(void *data, const struct mapping_pair *change)
{
	struct listing *s = data;
	struct mappings_diff *d = s->diff;
	struct mapping_pair *last = d->n ? &d->changes[d->n - 1] : NULL, *more;

	if (runs_alike(change->from, change->to))
		return;
	if (last && last->times == 1 && change->times == 1 && last->end + 1 == change->start &&
	    runs_alike(last->from, change->from) && runs_alike(last->to, change->to)) {
		last->end = change->end;
		return;
	}
	if (d->n == MOST_CHANGES)
		die("the two files differ in more than %d places; compare less of them with --from and --to",
		    MOST_CHANGES);
	if (d->n == s->room) {
		more = zalloc_array(s->room = s->room * 2 + 16, sizeof(*more));
		if (d->n)
			memcpy(more, d->changes, d->n * sizeof(*more));
		free(d->changes);
		d->changes = more;
	}
	d->changes[d->n++] = *change;
}

struct mappings_diff mappings_find_changes(const struct question *q)
{
	struct mappings_diff d = { 0 };
	struct listing s = { .q = q, .diff = &d };

	for (size_t i = 0; i < q->n_intervals; i++)
		if (!mappings_compare(q->before, q->m, q->intervals[i].start,
				      q->intervals[i].end, add, &s))
			die("the two files repeat in ways that do not fit together: they are not of one kernel; compare less of them with --from and --to");
	return d;
}

/* --- The table ----------------------------------------------------------------------- */

static char *address(const struct listing *s, uint64_t addr)
{
	return text_printf("0x%0*" PRIx64, (int)s->q->m->bits / 4, addr);
}

static char *size(const struct listing *s, uint64_t less_one)
{
	return s->q->opt->bytes ? size_bytes(less_one) : size_human(less_one);
}

static const struct region *region_of(const struct listing *s)
{
	return s->q->l ? layout_find(s->q->l, s->change->start) : NULL;
}

static char *access_of(const struct question *q, const struct run *r)
{
	char text[ACCESS_TEXT];

	if (!r || r->unsettled || !q->m->attributes)
		return NULL;
	access_text(r->access, text);
	return text_printf("%s", text);
}

static const char *attributes_of_run(struct listing *s, const struct run *r)
{
	if (!r || (!r->unsettled && !s->q->m->attributes))
		return NULL;
	return r->unsettled ? "unsettled" :
	       attributes_text(s->q->m->attributes, r->level, r->attr, &s->pool);
}

static char *cell_of_side(struct listing *s, int column)
{
	const bool from = column == FROM || column == FROM_PAGE || column == FROM_ATTRIBUTES;
	const struct run *r = from ? s->change->from : s->change->to;
	const struct mappings *m = from ? s->q->before : s->q->m;
	const char *text;

	switch (column) {
	case FROM:
	case TO:
		return access_of(s->q, r);
	case FROM_PAGE:
	case TO_PAGE:
		return r && r->level ? size(s, m->level[r->level].size - 1) : NULL;
	default:
		text = attributes_of_run(s, r);
		return text ? text_printf("%s", text) : NULL;
	}
}

static char *cell(const void *item, int column)
{
	struct listing *s = (struct listing *)item;
	const struct mapping_pair *c = s->change;

	switch (column) {
	case CHANGE:
		return text_printf("%s", change_words[kind_of(c)]);
	case START:
		return address(s, c->start);
	case END:
		return address(s, c->end);
	case SIZE:
		return size(s, c->end - c->start);
	case TIMES:
		return text_printf("%" PRIu64, c->times);
	case REGION:
		return region_of(s) ? text_printf("%s", region_of(s)->name) : NULL;
	case LAST:
		return address(s, c->end + c->reach);
	default:
		return cell_of_side(s, column);
	}
}

void mappings_print_diff(const struct question *q, const struct mappings_diff *d)
{
	struct listing s = { .q = q };
	struct table t;

	table_init(&t, q->opt, mappings_diff_columns, N_MAPPINGS_DIFF_COLUMNS);
	for (size_t i = 0; i < d->n; i++) {
		s.change = &d->changes[i];
		table_add(&t, NULL, q->opt->color && s.change->to && is_wx(s.change->to) ? "red" : NULL,
			  cell, &s);
	}
	table_print(&t, stdout);
	pool_free(&s.pool);
}

/* --- JSON ----------------------------------------------------------------------------- */

static json_t *json_side(struct listing *s, const struct mappings *m, const struct run *r)
{
	json_t *object;
	char *access;

	if (!r)
		return json_null();
	object = json_object();
	access = access_of(s->q, r);
	json_member(object, "access", json_text(access));
	json_member(object, "page", r->level ? json_size(m->level[r->level].size - 1) : json_null());
	json_member(object, "group", r->group ? json_size(r->group - 1) : json_null());
	json_member(object, "attributes", json_text(attributes_of_run(s, r)));
	free(access);
	return object;
}

static json_t *json_change(struct listing *s)
{
	const struct mapping_pair *c = s->change;
	const unsigned int bits = s->q->m->bits;
	json_t *object = json_object();

	json_member(object, "change", json_text(change_words[kind_of(c)]));
	json_member(object, "start", json_number(VALUE_ADDRESS, bits, c->start));
	json_member(object, "end", json_number(VALUE_ADDRESS, bits, c->end));
	json_member(object, "size", json_size(c->end - c->start));
	json_member(object, "times", json_count(c->times));
	json_member(object, "last", json_number(VALUE_ADDRESS, bits, c->end + c->reach));
	json_member(object, "region", json_text(region_of(s) ? region_of(s)->name : NULL));
	json_member(object, "from", json_side(s, s->q->before, c->from));
	json_member(object, "to", json_side(s, s->q->m, c->to));
	return object;
}

json_t *json_mappings_diff(const struct question *q, const struct mappings_diff *d)
{
	struct listing s = { .q = q };
	json_t *array = json_array();

	for (size_t i = 0; i < d->n; i++) {
		s.change = &d->changes[i];
		json_element(array, json_change(&s));
	}
	pool_free(&s.pool);
	return array;
}
