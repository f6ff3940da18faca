// SPDX-License-Identifier: GPL-2.0-only
/* mappings_runs.c - the runs themselves, and those that are writable and executable. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "mappings.h"
#include "output/json.h"
#include "output/table.h"

/* --- The table ---------------------------------------------------------------------- */

enum { START, END, SIZE, PAGE, GROUP, ACCESS, ATTRIBUTES, TIMES, REGION, LAST, LEVEL, ATTR,
       UPPER, LINE };

const struct column mappings_run_columns[N_MAPPINGS_RUN_COLUMNS] = {
	[START] = { "START", "first address", 0, BY_DEFAULT },
	[END] = { "END", "last address", 0, BY_DEFAULT },
	[SIZE] = { "SIZE", "bytes, of one copy", SCOLS_FL_RIGHT, BY_DEFAULT },
	[PAGE] = { "PAGE", "page size", SCOLS_FL_RIGHT, BY_DEFAULT },
	[GROUP] = { "GROUP", "bytes that one translation may cover, if entries are grouped", SCOLS_FL_RIGHT, IF_WIDE },
	[ACCESS] = { "ACCESS", "what is allowed: rwx, u: user mode can reach it, U: and execute it", 0, BY_DEFAULT },
	[ATTRIBUTES] = { "ATTRIBUTES", "what the bits of its entries say, as the architecture names them", 0, BY_DEFAULT },
	[TIMES] = { "TIMES", "how often it is mapped", SCOLS_FL_RIGHT, BY_DEFAULT },
	[REGION] = { "REGION", "the innermost region or section at its start", 0, BY_DEFAULT },
	[LAST] = { "LAST", "last address of the last copy", 0, ON_REQUEST },
	[LEVEL] = { "LEVEL", "of its entries; 1 is that of single pages", SCOLS_FL_RIGHT, ON_REQUEST },
	[ATTR] = { "ATTR", "the bits of its entries", 0, ON_REQUEST },
	[UPPER] = { "UPPER", "the bits whose effect the levels above change", 0, ON_REQUEST },
	[LINE] = { "LINE", "of the file of mappings", SCOLS_FL_RIGHT, ON_REQUEST },
};

_Static_assert(LINE == N_MAPPINGS_RUN_COLUMNS - 1, "all are listed");

struct listing {
	const struct question *q;
	struct table table;
	json_t *array;
	struct pool pool;
	struct piece piece;		/* in hand */
};

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
	return s->q->l ? layout_find(s->q->l, s->piece.start) : NULL;
}

/* NULL if it is not known what they mean. */
static const char *attributes(struct listing *s)
{
	const struct run *r = s->piece.run;

	if (r->unsettled)
		return "unsettled";
	if (!s->q->m->attributes)
		return NULL;
	return attributes_text(s->q->m->attributes, r->level, r->attr, &s->pool);
}

static char *cell_of_entries(const struct listing *s, int column)
{
	const struct run *r = s->piece.run;
	char access[ACCESS_TEXT];

	switch (column) {
	case PAGE:
		return size(s, s->q->m->level[r->level].size - 1);
	case GROUP:
		return r->group ? size(s, r->group - 1) : NULL;
	case ACCESS:
		access_text(r->access, access);
		return s->q->m->attributes ? text_printf("%s", access) : NULL;
	case LEVEL:
		return text_printf("%u", r->level);
	case ATTR:
		return text_printf("0x%" PRIx64, r->attr);
	case UPPER:
		return r->upper ? text_printf("0x%" PRIx64, r->upper) : NULL;
	default:
		return NULL;
	}
}

static char *cell(const void *item, int column)
{
	struct listing *s = (struct listing *)item;
	const struct piece *p = &s->piece;
	const char *text;

	switch (column) {
	case START:
		return address(s, p->start);
	case END:
		return address(s, p->end);
	case SIZE:
		return size(s, p->end - p->start);
	case ATTRIBUTES:
		text = attributes(s);
		return text ? text_printf("%s", text) : NULL;
	case TIMES:
		return text_printf("%" PRIu64, p->times);
	case REGION:
		return region_of(s) ? text_printf("%s", region_of(s)->name) : NULL;
	case LAST:
		return address(s, p->end + p->reach);
	case LINE:
		return text_printf("%u", p->run->line);
	default:
		return p->run->unsettled ? NULL : cell_of_entries(s, column);
	}
}

static void add_row(void *data, const struct piece *piece)
{
	struct listing *s = data;

	if (!filter_takes(s->q, piece->run))
		return;
	s->piece = *piece;
	table_add(&s->table, NULL, s->q->opt->color && is_wx(piece->run) ? "red" : NULL, cell, s);
}

static void each_interval(const struct question *q,
			void (*found)(void *data, const struct piece *piece), void *data)
{
	for (size_t i = 0; i < q->n_intervals; i++)
		mappings_each(q->m, q->intervals[i].start, q->intervals[i].end, found, data);
}

void mappings_print_runs(const struct question *q)
{
	struct listing s = { .q = q };

	table_init(&s.table, q->opt, mappings_run_columns, N_MAPPINGS_RUN_COLUMNS);
	each_interval(q, add_row, &s);
	table_print(&s.table, stdout);
	pool_free(&s.pool);
}

/* --- JSON ------------------------------------------------------------------------------ */

static json_t *json_addr(const struct question *q, uint64_t addr)
{
	return json_number(VALUE_ADDRESS, q->m->bits, addr);
}

static json_t *json_hex(uint64_t n)
{
	return json_number(VALUE_OFFSET, 64, n);
}

static void add_entries(struct listing *s, json_t *object)
{
	const struct run *r = s->piece.run;
	const struct mappings *m = s->q->m;
	char access[ACCESS_TEXT], *bits = text_printf("0x%016" PRIx64, r->attr);
	char *upper = text_printf("0x%016" PRIx64, r->upper);

	access_text(r->access, access);
	json_member(object, "level", json_count(r->level));
	json_member(object, "page", json_hex(m->level[r->level].size));
	json_member(object, "group", r->group ? json_hex(r->group) : json_null());
	json_member(object, "attr", json_text(bits));
	json_member(object, "upper", json_text(upper));
	json_member(object, "access", json_text(m->attributes ? access : NULL));
	free(bits);
	free(upper);
}

static json_t *json_piece(struct listing *s)
{
	const struct piece *p = &s->piece;
	const struct question *q = s->q;
	json_t *object = json_object();

	json_member(object, "start", json_addr(q, p->start));
	json_member(object, "end", json_addr(q, p->end));
	json_member(object, "size", json_size(p->end - p->start));
	json_member(object, "times", json_count(p->times));
	json_member(object, "last", json_addr(q, p->end + p->reach));
	json_member(object, "region", json_text(region_of(s) ? region_of(s)->name : NULL));
	json_member(object, "line", json_count(p->run->line));
	json_member(object, "attributes", json_text(attributes(s)));
	if (!p->run->unsettled)
		add_entries(s, object);
	return object;
}

static void add_element(void *data, const struct piece *piece)
{
	struct listing *s = data;

	if (!filter_takes(s->q, piece->run))
		return;
	s->piece = *piece;
	json_element(s->array, json_piece(s));
}

json_t *json_mappings_runs(const struct question *q)
{
	struct listing s = { .q = q, .array = json_array() };

	each_interval(q, add_element, &s);
	pool_free(&s.pool);
	return s.array;
}

/* --- Writable and executable ---------------------------------------------------------- */

struct wx_search {
	struct wx found;
	size_t room;
};

static void add_wx(void *data, const struct piece *piece)
{
	struct wx_search *s = data;
	struct wx *wx = &s->found;
	uint64_t bytes = (piece->end - piece->start + 1) * piece->times;

	if (piece->run->unsettled)
		wx->unsettled += bytes;
	if (!is_wx(piece->run))
		return;
	if (wx->n == s->room) {
		struct piece *more = zalloc_array(s->room = s->room * 2 + 16, sizeof(*more));

		if (wx->n)
			memcpy(more, wx->pieces, wx->n * sizeof(*more));
		free(wx->pieces);
		wx->pieces = more;
	}
	wx->pieces[wx->n++] = *piece;
	wx->bytes += bytes;
}

/* Windows of the processor, for which it asks no table, allow everything. */
static bool has_window(const struct question *q)
{
	for (size_t i = 0; i < q->n_intervals; i++)
		for (size_t k = 0; k < q->m->n_windows; k++)
			if (q->m->windows[k].start <= q->intervals[i].end &&
			    q->m->windows[k].end >= q->intervals[i].start)
				return true;
	return false;
}

struct wx find_wx(const struct question *q)
{
	struct wx_search s = { 0 };

	each_interval(q, add_wx, &s);
	s.found.window = has_window(q);
	return s.found;
}

json_t *json_wx(const struct question *q, const struct wx *wx)
{
	struct listing s = { .q = q };
	json_t *array = json_array();

	for (size_t i = 0; i < wx->n; i++) {
		s.piece = wx->pieces[i];
		json_element(array, json_piece(&s));
	}
	pool_free(&s.pool);
	return array;
}
