// SPDX-License-Identifier: GPL-2.0-only
/* walk_parse.c - see walk.h: the walk as the module's kvas_walk tells it. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "layout/frame.h"
#include "walk.h"

enum { MAX_WALK_LINES = 64 };

struct reading {
	struct frame *frame;
	struct pool *pool;
	const struct record *record;
	struct walk *walk;
	bool has_walk, has_page;
	uint64_t start;			/* of the page */
};

static void *alloc(void *owner, size_t count, size_t size)
{
	return pool_alloc(owner, count * size);
}

__attribute__((format(printf, 2, 3)))
static bool refuse(struct reading *r, const char *format, ...)
{
	va_list args;

	r->frame->line = r->record ? r->record->line : 0;
	va_start(args, format);
	frame_vfail(r->frame, format, args);
	va_end(args);
	return false;
}

/* A number after 0x or, if decimal, one without. */
static bool take(struct reading *r, const char *key, bool decimal, uint64_t *n)
{
	const char *text = record_value(r->record, key), *p = text;

	if (!text)
		return refuse(r, "a '%s' record has no '%s'", r->record->word, key);
	if (scan_number(&p, decimal ? 10 : 0, n) && !*p &&
	    (strncmp(text, "0x", 2) == 0) == !decimal)
		return true;
	return refuse(r, "%s=%.40s: expected a %s number", key, text,
		      decimal ? "decimal" : "hexadecimal");
}

static bool take_small(struct reading *r, const char *key, uint64_t most, unsigned int *n)
{
	uint64_t number;

	if (!take(r, key, true, &number))
		return false;
	if (number > most)
		return refuse(r, "%s=%" PRIu64 ": at most %" PRIu64 " is possible", key,
			      number, most);
	*n = (unsigned int)number;
	return true;
}

static bool take_size(struct reading *r, const char *key, uint64_t *size)
{
	const char *text = record_value(r->record, key);

	if (!text || !size_parse(text, size) || *size == UINT64_MAX)
		return refuse(r, "a '%s' record has no size in '%s'", r->record->word, key);
	(*size)++;
	return true;
}

static const char *text_of(struct reading *r, const char *key)
{
	const char *text = record_value(r->record, key);

	return text ? pool_copy(r->pool, text, strlen(text)) : NULL;
}

static bool take_walk(struct reading *r)
{
	struct walk *w = r->walk;
	const char *half = record_value(r->record, "half");
	uint64_t addr;

	if (r->has_walk)
		return refuse(r, "there is more than one walk");
	r->has_walk = true;
	if (!take(r, "addr", false, &addr))
		return false;
	if (addr > w->addr)
		return refuse(r, "the walk is of another address");
	if (!half || (strcmp(half, "user") && strcmp(half, "kernel")))
		return refuse(r, "half: expected user or kernel");
	w->user = strcmp(half, "user") == 0;
	w->arch = text_of(r, "arch");
	if (!w->arch)
		return refuse(r, "a 'walk' record has no 'arch'");
	w->has_root = record_value(r->record, "root");
	return !w->has_root || (take(r, "root", false, &w->root) &&
				take_small(r, "levels", TABLES_MAX_LEVELS, &w->levels));
}

static bool take_kind(struct reading *r, enum entry_kind *kind)
{
	static const struct {
		const char *word;
		enum entry_kind kind;
	} kinds[] = { { "none", ENTRY_NONE }, { "table", ENTRY_TABLE }, { "page", ENTRY_LEAF } };
	const char *word = record_value(r->record, "kind");

	for (size_t i = 0; word && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(word, kinds[i].word) == 0) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	return refuse(r, "kind: expected table, page or none");
}

static bool take_entry(struct reading *r)
{
	struct walk *w = r->walk;
	struct walk_entry *e = &w->entries[w->n_entries];
	const struct paging *paging;

	if (w->n_entries == w->levels)
		return refuse(r, "there are more entries than levels");
	if (!take_small(r, "level", TABLES_MAX_LEVELS, &e->level) ||
	    !take_small(r, "index", UINT32_MAX, &e->index) ||
	    !take(r, "addr", false, &e->addr) || !take(r, "value", false, &e->value) ||
	    !take_kind(r, &e->kind))
		return false;
	if (e->level != w->levels - w->n_entries)
		return refuse(r, "level=%u: expected the entries from the top level down",
			      e->level);
	e->has_addr = true;
	paging = paging_by_name(w->arch);
	if (e->kind == ENTRY_TABLE && paging && paging->limit)
		paging->limit(e->level, e->value, &e->limits);
	w->n_entries++;
	return true;
}

static bool take_page(struct reading *r)
{
	struct walk *w = r->walk;

	if (r->has_page)
		return refuse(r, "there is more than one page");
	r->has_page = true;
	w->absent = text_of(r, "absent");
	if (w->absent)
		return true;
	w->mapped = true;
	if (!take(r, "start", false, &r->start) || !take_size(r, "size", &w->size) ||
	    !take(r, "phys", false, &w->phys) ||
	    !take_small(r, "level", w->levels, &w->level) || !take(r, "attr", false, &w->attr))
		return false;
	if (record_value(r->record, "upper") && !take(r, "upper", false, &w->upper))
		return false;
	if (record_value(r->record, "group") && !take_size(r, "group", &w->group))
		return false;
	if (!w->level)
		return refuse(r, "level=0: there is no such level");
	if (w->addr < r->start || w->addr - r->start >= w->size)
		return refuse(r, "the page is not that of the address");
	w->phys += w->addr - r->start;
	return true;
}

static bool take_records(struct reading *r)
{
	static const struct {
		const char *word;
		bool (*take)(struct reading *r);
	} kinds[] = { { "walk", take_walk }, { "entry", take_entry }, { "page", take_page } };

	for (size_t i = 0; i < r->frame->n_records; i++) {
		r->record = &r->frame->records[i];
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			if (strcmp(r->record->word, kinds[k].word))
				continue;
			if (k && !r->has_walk)
				return refuse(r, "expected a 'walk' record first");
			if (!kinds[k].take(r))
				return false;
		}
	}
	r->record = NULL;
	return r->has_page || refuse(r, "there is no 'page' record");
}

/* The module tells of tables only; a window of the processor needs none. */
static void try_window(struct walk *w)
{
	const struct paging *paging = w->arch && !w->user ? paging_by_name(w->arch) : NULL;

	if (w->mapped || !paging || !paging_window(paging, w->addr, &w->phys))
		return;
	w->mapped = w->by_window = true;
	w->absent = NULL;
}

bool walk_parse(const char *text, size_t size, uint64_t addr, struct pool *pool,
		struct walk *walk, struct parse_error *error)
{
	struct frame frame = {
		.word = KVAS_WALK_NAME, .newest = KVAS_WALK_VERSION, .kind = "walk",
		.most_lines = MAX_WALK_LINES, .alloc = alloc, .owner = pool, .error = error,
	};
	struct reading reading = { .frame = &frame, .pool = pool, .walk = walk };

	*walk = (struct walk){ .addr = addr };
	if (!frame_parse(&frame, text, size) || !take_records(&reading))
		return false;
	try_window(walk);
	return true;
}
