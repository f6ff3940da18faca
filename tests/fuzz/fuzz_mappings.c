// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_mappings.c - whatever bytes a file of page tables has, the reader must neither
 * crash nor leak nor take long, each mistake gets a sentence, and sums agree.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pagetables/mappings.h"
#include "fuzz.h"

struct sum {
	const struct mappings *m;
	uint64_t start, end, bytes;
};

static void add(void *data, const struct piece *p)
{
	struct sum *s = data;
	struct pool pool = { 0 };

	require(s->start <= p->start && p->start <= p->end && p->end <= s->end,
		"a piece is in its interval");
	require(p->times && p->reach <= s->end - p->end, "and so is its last copy");
	require(p->run->start <= p->run->end && p->run->end <= s->m->max_addr,
		"a run is a range of addresses");
	require(p->run->unsettled || s->m->level[p->run->level].size, "a run has a level");
	if (s->m->attributes && !p->run->unsettled)
		attributes_text(s->m->attributes, p->run->level, p->run->attr, &pool);
	pool_free(&pool);
	require(!__builtin_add_overflow(s->bytes, (p->end - p->start + 1) * p->times, &s->bytes),
		"not more is mapped than there are addresses");
}

static uint64_t mapped(const struct mappings *m, uint64_t start, uint64_t end)
{
	struct sum s = { m, start, end, 0 };

	mappings_each(m, start, end, add, &s);
	return s.bytes;
}

static void compare(void *data, const struct mapping_pair *pair)
{
	(void)data;
	require(runs_alike(pair->from, pair->to), "nothing differs from itself");
}

static void check_interval(const struct mappings *m, uint64_t start, uint64_t end)
{
	uint64_t first, last, bytes = mapped(m, start, end);

	if (!mappings_hole(m, start, end, &first, &last)) {
		require(bytes == end - start + 1, "without a hole all is mapped");
		return;
	}
	require(start <= first && first <= last && last <= end, "a hole is in its interval");
	require(mapped(m, first, last) == 0, "nothing is mapped in a hole");
	require(first == start || mapped(m, first - 1, first - 1) == 1, "before it something is");
	require(last == end || mapped(m, last + 1, last + 1) == 1, "and after it");
	require(mappings_compare(m, m, start, end, compare, NULL), "it fits with itself");
}

/* By the bytes of the input, so that each finding comes again. */
static uint64_t middle(const uint8_t *data, size_t size, uint64_t max)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * 1099511628211u;
	return max ? hash % max : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parse_error error = { 0 };
	struct mappings *m = mappings_parse((const char *)data, size, &error);
	uint64_t top, cut;

	if (!m) {
		require(*error.message && !strchr(error.message, '\n'), "a mistake has a sentence");
		return 0;
	}
	top = m->max_addr;
	cut = middle(data, size, top);
	/* An address in a run, if there is one, so that copies are cut. */
	if (m->runs && cut % 4)
		cut = m->runs->start + cut % (m->runs->last - m->runs->start + 1);
	if (cut == top)
		cut--;
	require(mapped(m, 0, top) == mapped(m, 0, cut) + mapped(m, cut + 1, top),
		"two parts make the whole");
	check_interval(m, 0, top);
	check_interval(m, 0, cut);
	check_interval(m, cut + 1, top);
	mappings_free(m);
	return 0;
}
