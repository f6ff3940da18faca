// SPDX-License-Identifier: GPL-2.0-only
/* spans.c - see spans.h */
#include <stdlib.h>

#include "base/util.h"
#include "spans.h"

const char *span_kind_word(enum span_kind kind)
{
	static const char *const words[] = {
		[SPAN_HOLE] = "hole",
		[SPAN_REGION] = "region",
		[SPAN_USED] = "used",
		[SPAN_RESERVED] = "reserved",
	};

	return words[kind];
}

char *span_name(const struct span *s)
{
	if (s->kind == SPAN_HOLE)
		return text_printf("unused hole");
	return text_printf("%s%s", s->is_rest ? "rest of " : "", s->region->name);
}

static int compare_addresses(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Every address at which a span may begin, ascending; returns how many. */
static size_t find_cuts(const struct layout *l, uint64_t *cuts)
{
	size_t n = 0, unique = 0;

	cuts[n++] = 0;
	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		cuts[n++] = r->start;
		if (r->end < l->max_addr)
			cuts[n++] = r->end + 1;
		if (!r->has_populated)
			continue;
		cuts[n++] = r->populated_start;
		if (r->populated_end < l->max_addr)
			cuts[n++] = r->populated_end + 1;
	}
	qsort(cuts, n, sizeof(*cuts), compare_addresses);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || cuts[i] != cuts[unique - 1])
			cuts[unique++] = cuts[i];
	return unique;
}

static struct span make_span(const struct layout *l, uint64_t start,
			     uint64_t end)
{
	const struct region *r = layout_find(l, start);
	struct span s = { .start = start, .end = end, .region = r };

	if (!r)
		s.kind = SPAN_HOLE;
	else if (!r->has_populated)
		s.kind = SPAN_REGION;
	else if (start >= r->populated_start && start <= r->populated_end)
		s.kind = SPAN_USED;
	else
		s.kind = SPAN_RESERVED;
	return s;
}

/* Regions that are the parent of others which are drawn. */
static bool *find_containers(const struct layout *l)
{
	bool *is_container = zalloc_array(l->n_regions, sizeof(*is_container));

	for (size_t i = 0; i < l->n_present; i++)
		if (l->regions[i].parent && !l->regions[i].is_overlay)
			is_container[l->regions[i].parent - l->regions] = true;
	return is_container;
}

struct span *spans_cut(const struct layout *l, size_t *n_spans)
{
	uint64_t *cuts = zalloc_array(4 * l->n_present + 1, sizeof(*cuts));
	size_t n_cuts = find_cuts(l, cuts), n = 0;
	struct span *spans = zalloc_array(n_cuts, sizeof(*spans));
	bool *is_container = find_containers(l);

	for (size_t i = 0; i < n_cuts; i++) {
		uint64_t end = i + 1 < n_cuts ? cuts[i + 1] - 1 : l->max_addr;
		struct span s = make_span(l, cuts[i], end);

		s.is_rest = s.region && is_container[s.region - l->regions];
		/* A cut that changes nothing, say inside an overlap. */
		if (n && spans[n - 1].region == s.region &&
		    spans[n - 1].kind == s.kind)
			spans[n - 1].end = s.end;
		else
			spans[n++] = s;
	}
	free(is_container);
	free(cuts);
	*n_spans = n;
	return spans;
}
