// SPDX-License-Identifier: GPL-2.0-only
/* walk_parse.c - see walk.h: the walk as the module's kvas_walk tells it. */
#include <string.h>

#include "base/bits.h"
#include "layout/fields.h"
#include "walk.h"

enum { MAX_WALK_LINES = 64 };

struct reading {
	struct frame *frame;
	struct pool *pool;
	const struct record *record;
	struct walk *walk;
	bool has_walk, has_page;
	uint64_t page_size;
};

static void *alloc(void *owner, size_t count, size_t size)
{
	return pool_alloc(owner, count * size);
}

static bool take_hex(struct reading *r, const char *key, uint64_t *n)
{
	return field_hex(r->frame, r->record, key, n);
}

static bool take_small(struct reading *r, const char *key, uint64_t most, unsigned int *n)
{
	uint64_t number;

	if (!field_decimal(r->frame, r->record, key, 0, most, &number))
		return false;
	*n = (unsigned int)number;
	return true;
}

static bool take_size(struct reading *r, const char *key, uint64_t *size)
{
	if (!field_size(r->frame, r->record, key, size))
		return false;
	if (*size == UINT64_MAX)
		return frame_fail(r->frame, "%s: a page is not that large", key);
	(*size)++;
	return is_power_of_two(*size) ||
	       frame_fail(r->frame, "%s: expected a power of two", key);
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
		return frame_fail(r->frame, "there is more than one walk");
	r->has_walk = true;
	if (!take_hex(r, "addr", &addr))
		return false;
	if (addr != (w->addr & -r->page_size))
		return frame_fail(r->frame, "the walk is of another address");
	if (!half || (strcmp(half, "user") && strcmp(half, "kernel")))
		return frame_fail(r->frame, "half: expected user or kernel");
	w->user = strcmp(half, "user") == 0;
	if (!field_text(r->frame, r->record, "arch", &w->arch))
		return false;
	w->arch = text_of(r, "arch");
	w->has_root = record_value(r->record, "root");
	return !w->has_root || (take_hex(r, "root", &w->root) &&
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
	return frame_fail(r->frame, "kind: expected table, page or none");
}

static bool take_entry(struct reading *r)
{
	struct walk *w = r->walk;
	struct walk_entry *e = &w->entries[w->n_entries];

	if (w->n_entries == w->levels)
		return frame_fail(r->frame, "there are more entries than levels");
	if (!take_small(r, "level", TABLES_MAX_LEVELS, &e->level) ||
	    !take_small(r, "index", UINT32_MAX, &e->index) ||
	    !take_hex(r, "addr", &e->addr) || !take_hex(r, "value", &e->value) ||
	    !take_kind(r, &e->kind))
		return false;
	if (e->level != w->levels - w->n_entries)
		return frame_fail(r->frame, "level=%u: expected the entries from the top level down",
			      e->level);
	e->has_addr = true;
	if (e->kind == ENTRY_TABLE)
		paging_limits(w->arch, w->levels, e->level, e->value, &e->limits);
	w->n_entries++;
	return true;
}

/* Nothing is mapped, or it is not known what: kvas_format.h tells how they differ. */
static bool take_absence(struct reading *r)
{
	struct walk *w = r->walk;
	const struct walk_entry *last = w->n_entries ? &w->entries[w->n_entries - 1] : NULL;

	if (last && last->kind == ENTRY_LEAF)
		return frame_fail(r->frame, "the last entry maps a page, and the page is absent");
	w->unknown = !w->has_root || record_value(r->record, "unsettled") ||
		     (last && last->kind == ENTRY_TABLE);
	return true;
}

/* The page around the address: only its size is kept. */
static bool take_range(struct reading *r)
{
	struct walk *w = r->walk;
	uint64_t start, end;

	if (!take_hex(r, "start", &start) || !take_hex(r, "end", &end) ||
	    !take_size(r, "size", &w->size))
		return false;
	if (end < start || end - start != w->size - 1)
		return frame_fail(r->frame, "the size does not match the range from start to end");
	if (start & (w->size - 1))
		return frame_fail(r->frame, "the page does not start at a multiple of its size");
	return start == (w->addr & -w->size) ||
	       frame_fail(r->frame, "the page is not that of the address");
}

/* It is the last entry that maps the page. */
static bool take_level(struct reading *r)
{
	struct walk *w = r->walk;
	const struct walk_entry *last = w->n_entries ? &w->entries[w->n_entries - 1] : NULL;

	if (!take_small(r, "level", w->levels, &w->level))
		return false;
	if (!w->level)
		return frame_fail(r->frame, "level=0: there is no such level");
	if (!last || last->kind != ENTRY_LEAF)
		return frame_fail(r->frame, "no entry maps the page");
	return last->level == w->level ||
	       frame_fail(r->frame, "level=%u: the entry that maps the page is of level %u",
			  w->level, last->level);
}

static bool take_page(struct reading *r)
{
	struct walk *w = r->walk;

	if (r->has_page)
		return frame_fail(r->frame, "there is more than one page");
	r->has_page = true;
	w->absent = text_of(r, "absent");
	if (w->absent)
		return take_absence(r);
	w->mapped = true;
	if (!take_range(r) || !take_hex(r, "phys", &w->phys) || !take_level(r) ||
	    !take_hex(r, "attr", &w->attr))
		return false;
	if (record_value(r->record, "upper") && !take_hex(r, "upper", &w->upper))
		return false;
	if (record_value(r->record, "group") && !take_size(r, "group", &w->group))
		return false;
	if (w->group && w->group < w->size)
		return frame_fail(r->frame, "the group is smaller than the page");
	w->phys += w->addr & (w->size - 1);
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
		r->frame->line = r->record->line;
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			if (strcmp(r->record->word, kinds[k].word))
				continue;
			if (k && !r->has_walk)
				return frame_fail(r->frame, "expected a 'walk' record first");
			if (!kinds[k].take(r))
				return false;
		}
	}
	r->frame->line = 0;
	return r->has_page || frame_fail(r->frame, "there is no 'page' record");
}

/* The module tells of tables only; a window of the processor needs none. */
static void try_window(struct walk *w)
{
	const struct paging *paging = w->arch && !w->user ? paging_by_name(w->arch) : NULL;

	if (w->mapped || !paging || !paging_window(paging, w->addr, &w->phys))
		return;
	w->mapped = w->by_window = true;
	w->unknown = false;
	w->absent = NULL;
}

bool walk_parse(const char *text, size_t size, uint64_t addr, uint64_t page_size,
		struct pool *pool, struct walk *walk, struct parse_error *error)
{
	struct frame frame = {
		.word = KVAS_WALK_NAME, .newest = KVAS_WALK_VERSION, .kind = "walk",
		.most_lines = MAX_WALK_LINES, .alloc = alloc, .owner = pool, .error = error,
	};
	struct reading reading = {
		.frame = &frame, .pool = pool, .walk = walk, .page_size = page_size,
	};

	*walk = (struct walk){ .addr = addr };
	if (!frame_parse(&frame, text, size) || !take_records(&reading))
		return false;
	try_window(walk);
	return true;
}
