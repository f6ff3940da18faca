// SPDX-License-Identifier: GPL-2.0-only
/* mappings_parse.c - text of kvas_mappings to struct mappings; see mappings.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "layout/fields.h"
#include "mappings.h"

enum { LEAST_PAGE = 1 << 10 };

struct reading {
	struct mappings *m;
	struct frame frame;
	const struct record *record;	/* in hand */
	/* Those that no repeat holds yet, by address. */
	struct run **open;
	size_t n_open;
	uint64_t mapped;		/* by those, all copies */
};

/* --- Values of the record in hand --------------------------------------------- */

static bool need(struct reading *r, const char *key, const char **value)
{
	return field_text(&r->frame, r->record, key, value);
}

static bool need_decimal(struct reading *r, const char *key, uint64_t least, uint64_t *n)
{
	return field_decimal(&r->frame, r->record, key, least, UINT64_MAX, n);
}

static bool need_size(struct reading *r, const char *key, uint64_t *less_one)
{
	return field_size(&r->frame, r->record, key, less_one);
}

static bool need_hex(struct reading *r, const char *key, uint64_t *n)
{
	return field_hex(&r->frame, r->record, key, n);
}

/* If the architecture is not known, the first address tells how many bits one has. */
static bool need_address(struct reading *r, const char *key, uint64_t *addr)
{
	struct mappings *m = r->m;
	const char *s;

	if (!need(r, key, &s))
		return false;
	if (!m->bits)
		m->bits = strlen(s) == strlen("0x") + 8 ? 32 : 64;
	m->max_addr = UINT64_MAX >> (64 - m->bits);
	if (strlen(s) == strlen("0x") + m->bits / 4)
		return need_hex(r, key, addr);
	return frame_fail(&r->frame, "%s=%.40s: an address of this %u-bit kernel is 0x and %u digits of 0-9a-f",
			  key, s, m->bits, m->bits / 4);
}

/* --- The tables ------------------------------------------------------------------ */

/* Of some architectures the mask of level 1 tells more. */
static void choose_attributes(struct mappings *m)
{
	m->attributes = attributes_of(m->arch, m->levels, m->level[1].mask);
	if (m->attributes)
		m->bits = m->attributes->bits;
}

static bool parse_tables(struct reading *r)
{
	struct mappings *m = r->m;
	uint64_t levels;

	if (m->arch)
		return frame_fail(&r->frame, "a second tables record");
	if (!need(r, "arch", &m->arch))
		return false;
	m->absent = record_value(r->record, "absent");
	if (m->absent)
		return true;
	if (!need_decimal(r, "levels", 1, &levels) || !need_hex(r, "root", &m->root))
		return false;
	if (levels > MAPPINGS_MAX_LEVELS)
		return frame_fail(&r->frame, "levels=%" PRIu64 ": more than %d", levels,
				  MAPPINGS_MAX_LEVELS);
	m->levels = (unsigned int)levels;
	choose_attributes(m);
	return true;
}

static bool need_level(struct reading *r, unsigned int *level)
{
	uint64_t n;

	if (!need_decimal(r, "level", 1, &n))
		return false;
	*level = (unsigned int)n;
	return n <= r->m->levels ||
	       frame_fail(&r->frame, "level=%" PRIu64 ": these tables have %u levels", n,
			  r->m->levels);
}

/* Does the level above begin where this one ends?  Yes if one is not there yet. */
static bool is_joined(const struct mappings_level *below, const struct mappings_level *above)
{
	return !below->size || !above->size || below->size * below->entries == above->size;
}

/* An entry stands for all of a table one level lower, and an index is made of bits. */
static bool check_level(struct reading *r, unsigned int n)
{
	const struct mappings_level *level = &r->m->level[n];

	if (!is_power_of_two(level->size))
		return frame_fail(&r->frame, "the size of a level is not a power of two");
	if (level->size < LEAST_PAGE)
		return frame_fail(&r->frame, "the size of a level is less than any page's");
	if (level->entries < 2 || !is_power_of_two(level->entries))
		return frame_fail(&r->frame, "entries=%" PRIu64 ": expected a power of two, at least 2",
				  level->entries);
	if (level->entries - 1 > UINT64_MAX / level->size)
		return frame_fail(&r->frame, "a table of level %u goes beyond the last address", n);
	if ((n > 1 && !is_joined(level - 1, level)) ||
	    (n < r->m->levels && !is_joined(level, level + 1)))
		return frame_fail(&r->frame, "an entry does not stand for a table of the level below it");
	return true;
}

static bool parse_level(struct reading *r)
{
	struct mappings_level *level;
	unsigned int n;
	uint64_t less_one;

	if (!need_level(r, &n))
		return false;
	level = &r->m->level[n];
	if (level->size)
		return frame_fail(&r->frame, "a second record of level %u", n);
	if (!need_size(r, "size", &less_one) ||
	    !need_decimal(r, "entries", 1, &level->entries) ||
	    !need_hex(r, "mask", &level->mask))
		return false;
	level->size = less_one + 1;
	if (n == 1)
		choose_attributes(r->m);
	return check_level(r, n);
}

/* What is mapped is told by them; what bits mean, too. */
static bool need_levels(struct reading *r)
{
	for (unsigned int n = 1; n <= r->m->levels; n++)
		if (!r->m->level[n].size)
			return frame_fail(&r->frame, "expected the record of level %u here", n);
	return true;
}

static bool parse_register(struct reading *r)
{
	struct mappings_register *reg = &r->m->registers[r->m->n_registers++];

	return need(r, "name", &reg->name) && need_hex(r, "value", &reg->value);
}

/* --- Runs -------------------------------------------------------------------------- */

static bool parse_range(struct reading *r, struct run *run)
{
	uint64_t less_one;

	run->line = r->record->line;
	if (!need_address(r, "start", &run->start) || !need_address(r, "end", &run->end) ||
	    !need_size(r, "size", &less_one))
		return false;
	if (run->start > run->end)
		return frame_fail(&r->frame, "start is above end");
	if (less_one != run->end - run->start)
		return frame_fail(&r->frame, "the size does not match the range from start to end");
	return true;
}

static bool parse_window(struct reading *r)
{
	struct run range = { 0 };

	if (!parse_range(r, &range))
		return false;
	r->m->windows[r->m->n_windows++] = (struct mappings_window){ range.start, range.end };
	return true;
}

/* The next one by address. */
static bool append(struct reading *r, struct run *run, uint64_t mapped)
{
	const struct run *before = r->n_open ? r->open[r->n_open - 1] : NULL;

	if (before && before->last >= run->start)
		return frame_fail(&r->frame, "it begins before the end of what is mapped up to line %u",
				  before->line);
	if (__builtin_add_overflow(r->mapped, mapped, &r->mapped))
		return frame_fail(&r->frame, "more is mapped than there are addresses");
	r->open[r->n_open++] = run;
	return true;
}

static bool parse_group(struct reading *r, struct run *run, const struct mappings_level *level)
{
	uint64_t less_one;

	if (!record_value(r->record, "group"))
		return true;
	if (!need_size(r, "group", &less_one))
		return false;
	run->group = less_one + 1;
	if (!is_power_of_two(run->group))
		return frame_fail(&r->frame, "the group is not a power of two");
	return run->group >= level->size ||
	       frame_fail(&r->frame, "the group is smaller than the page");
}

static bool parse_entries(struct reading *r, struct run *run)
{
	const struct mappings_level *level;

	if (!need_level(r, &run->level))
		return false;
	level = &r->m->level[run->level];
	if (run->start % level->size || (run->end - run->start) % level->size != level->size - 1)
		return frame_fail(&r->frame, "the range is not one of whole pages of level %u",
				  run->level);
	if (!need_hex(r, "attr", &run->attr) || !parse_group(r, run, level))
		return false;
	if (run->attr & ~level->mask)
		return frame_fail(&r->frame, "attr has bits that the mask of level %u has not",
				  run->level);
	if (record_value(r->record, "upper") && !need_hex(r, "upper", &run->upper))
		return false;
	if (r->m->attributes)
		run->access = attributes_access(r->m->attributes, run->level, run->attr,
						run->upper);
	return true;
}

static bool parse_mapping(struct reading *r)
{
	struct run *run = pool_alloc(&r->m->pool, sizeof(*run));

	if (!need_levels(r) || !parse_range(r, run))
		return false;
	run->unsettled = record_value(r->record, "unsettled");
	if (!run->unsettled && !parse_entries(r, run))
		return false;
	run->times = 1;
	run->last = run->last_mapped = run->end;
	run->first_mapped = run->start;
	r->m->n_runs++;
	if (run->end - run->start == UINT64_MAX)
		return frame_fail(&r->frame, "no tables map all addresses");
	return append(r, run, run->end - run->start + 1);
}

/* Links those that are open from the first on; returns it. */
static const struct run *link_open(struct reading *r, size_t first)
{
	for (size_t i = first; i + 1 < r->n_open; i++)
		r->open[i]->next = r->open[i + 1];
	return first < r->n_open ? r->open[first] : NULL;
}

static uint64_t mapped_by(const struct run *run)
{
	uint64_t sum = 0;

	if (!run->inside)
		return run->end - run->start + 1;
	for (const struct run *i = run->inside; i; i = i->next)
		sum += mapped_by(i);
	return sum * run->times;
}

static bool parse_copies(struct reading *r, struct run *repeat)
{
	uint64_t less_one, reach;

	if (!need_decimal(r, "times", 2, &repeat->times) || !need_size(r, "stride", &less_one))
		return false;
	repeat->stride = less_one + 1;
	if (less_one < repeat->end - repeat->start)
		return frame_fail(&r->frame, "the stride is less than the size: the copies overlap");
	if (__builtin_mul_overflow(repeat->times - 1, repeat->stride, &reach) ||
	    !repeat->stride || reach > r->m->max_addr - repeat->end)
		return frame_fail(&r->frame, "the copies go beyond the last address");
	repeat->last = repeat->end + reach;
	return true;
}

/* Takes what it holds out of those that are open. */
static bool parse_repeat(struct reading *r)
{
	struct run *repeat = pool_alloc(&r->m->pool, sizeof(*repeat));
	size_t first = r->n_open;
	uint64_t once = 0, more;

	if (!need_levels(r) || !parse_range(r, repeat) || !parse_copies(r, repeat))
		return false;
	while (first && r->open[first - 1]->start >= repeat->start)
		once += mapped_by(r->open[--first]);
	if (first == r->n_open)
		return frame_fail(&r->frame, "the repeat holds no mapping");
	if (r->open[r->n_open - 1]->last > repeat->end)
		return frame_fail(&r->frame, "what is mapped up to line %u goes beyond the end of the repeat",
				  r->open[r->n_open - 1]->line);
	if (__builtin_mul_overflow(repeat->times - 1, once, &more))
		return frame_fail(&r->frame, "more is mapped than there are addresses");
	repeat->first_mapped = r->open[first]->first_mapped;
	repeat->last_mapped = r->open[r->n_open - 1]->last_mapped +
			      (repeat->last - repeat->end);
	repeat->inside = link_open(r, first);
	r->n_open = first;
	return append(r, repeat, more);
}

/* --- All records ---------------------------------------------------------------------- */

static bool parse_record(struct reading *r)
{
	static const struct {
		const char *word;
		bool (*parse)(struct reading *r);
	} kinds[] = {
		{ "tables", parse_tables }, { "level", parse_level },
		{ "register", parse_register }, { "mapping", parse_mapping },
		{ "repeat", parse_repeat }, { "window", parse_window },
	};
	const char *word = r->record->word;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(word, kinds[i].word) != 0)
			continue;
		if (kinds[i].parse != parse_tables && !r->m->arch)
			return frame_fail(&r->frame, "expected the tables record here, before all others");
		if (r->m->absent && (kinds[i].parse == parse_mapping || kinds[i].parse == parse_repeat))
			return frame_fail(&r->frame, "the tables are absent, but something is mapped");
		return kinds[i].parse(r);
	}
	return true;
}

static bool parse_end(struct reading *r)
{
	uint64_t runs;

	r->record = &r->frame.end;
	r->frame.line = r->frame.end.line;
	if (!need_levels(r))
		return false;
	if (!record_value(r->record, "runs"))
		return true;
	return need_decimal(r, "runs", 0, &runs) &&
	       (runs == r->m->n_runs ||
		frame_fail(&r->frame, "cut short or edited: the 'end' line counts %" PRIu64 " mappings, %zu are here; make the %s again",
			   runs, r->m->n_runs, r->frame.kind));
}

static void *alloc(void *owner, size_t count, size_t size)
{
	return pool_alloc(owner, count * size);
}

static bool parse_all(struct reading *r, const char *text, size_t size)
{
	struct mappings *m = r->m;

	if (!frame_parse(&r->frame, text, size))
		return false;
	r->open = pool_alloc(&m->pool, (r->frame.n_records + 1) * sizeof(*r->open));
	m->registers = pool_alloc(&m->pool, (r->frame.n_records + 1) * sizeof(*m->registers));
	m->windows = pool_alloc(&m->pool, (r->frame.n_records + 1) * sizeof(*m->windows));
	for (size_t i = 0; i < r->frame.n_records; i++) {
		r->record = &r->frame.records[i];
		r->frame.line = r->record->line;
		if (!parse_record(r))
			return false;
	}
	if (!parse_end(r))
		return false;
	m->runs = link_open(r, 0);
	m->bits = m->bits ? m->bits : 64;
	m->max_addr = UINT64_MAX >> (64 - m->bits);
	if (m->arch)
		return true;
	r->frame.line = 0;
	return frame_fail(&r->frame, "there is no tables record");
}

struct mappings *mappings_parse(const char *text, size_t size, struct parse_error *error)
{
	struct reading r = {
		.frame = {
			.word = KVAS_MAPPINGS_NAME, .newest = KVAS_MAPPINGS_VERSION,
			.kind = "list of mappings", .most_lines = MAPPINGS_MOST_LINES,
			.alloc = alloc,
			.error = error,
		},
	};

	r.m = calloc(1, sizeof(*r.m));
	if (!r.m) {
		frame_no_memory(&r.frame);
		return NULL;
	}
	r.frame.owner = &r.m->pool;
	if (parse_all(&r, text, size))
		return r.m;
	mappings_free(r.m);
	return NULL;
}

void mappings_free(struct mappings *m)
{
	if (m)
		pool_free(&m->pool);
	free(m);
}
