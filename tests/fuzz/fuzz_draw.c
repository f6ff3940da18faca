// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_draw.c - of whatever capture parses, pictures can be made: all that they
 * have is on the page, each id is there once, and groups are closed.
 *
 * The second layout of a pair is the same one without every fifth line if that is of a
 * region, so that regions vanish.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/backend.h"
#include "draw/kinds.h"
#include "layout/parse.h"
#include "fuzz.h"

/* --- What must hold of a scene -------------------------------------------------------- */

static int is_within(double low, double high, double least, double most)
{
	return isfinite(low) && isfinite(high) && low >= least - 1 && high <= most + 1;
}

static void check_text(const struct scene *s, const struct mark *m)
{
	double width = text_width(m->text, m->font);
	double left = m->anchor == ANCHOR_END ? m->x - width :
		      m->anchor == ANCHOR_MIDDLE ? m->x - width / 2 : m->x;

	require(is_within(left, left + width, 0, s->width), "a text is within the width of the page");
	require(is_within(m->y - text_ascent(m->font), m->y, 0, s->height),
		"a text is within the height of the page");
}

static void check_path(const struct scene *s, const struct mark *m)
{
	for (size_t i = 0; i < m->n_points; i++)
		require(is_pen_up(m->points[i]) ||
			(is_within(m->points[i].x, m->points[i].x, 0, s->width) &&
			 is_within(m->points[i].y, m->points[i].y, 0, s->height)),
			"a line is on the page");
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void check_ids(const struct scene *s)
{
	char **ids = calloc(s->n_marks + 1, sizeof(*ids));
	size_t n = 0;

	for (size_t i = 0; i < s->n_marks; i++)
		if (s->marks[i].type == MARK_GROUP && s->marks[i].id)
			ids[n++] = s->marks[i].id;
	qsort(ids, n, sizeof(*ids), compare_texts);
	for (size_t i = 1; i < n; i++)
		require(strcmp(ids[i - 1], ids[i]) != 0, "each id is there once");
	free(ids);
}

static void check_scene(const struct scene *s)
{
	size_t depth = 0;

	require(isfinite(s->height) && s->height > 0, "a page has a height");
	for (size_t i = 0; i < s->n_marks; i++) {
		const struct mark *m = &s->marks[i];

		depth += m->type == MARK_GROUP;
		if (m->type == MARK_GROUP_END)
			require(depth-- > 0, "a group ends after it began");
		else if (m->type == MARK_BOX)
			require(m->width >= 0 && m->height >= 0 &&
				is_within(m->x, m->x + m->width, 0, s->width) &&
				is_within(m->y, m->y + m->height, 0, s->height), "a box is on the page");
		else if (m->type == MARK_TEXT)
			check_text(s, m);
		else if (m->type == MARK_PATH)
			check_path(s, m);
	}
	require(depth == 0, "each group ends");
	check_ids(s);
}

/* --- Pictures ------------------------------------------------------------------------- */

static struct scene *draw_column(const struct layout *l, const struct page *page, unsigned int h)
{
	struct request r = {
		.brief = page->brief, .without_pins = h & 1, .linear = !page->brief && (h & 6) == 6,
	};
	const struct region *one = l->n_present ? &l->regions[h / 8 % l->n_present] : NULL;
	const struct region *other = l->n_present ? &l->regions[h / 64 % l->n_present] : NULL;

	if (one && (h & 24) == 8)
		r.zoom = one;
	if (one && (h & 24) == 16 && one->start < other->end) {
		r.has_range = true;
		r.from = one->start;
		r.to = other->end;
	}
	return compose_column(l, &r, page);
}

/* Without some lines of regions; NULL if others need these. */
static struct layout *changed(const char *data, size_t size)
{
	struct parse_error error;
	struct layout *other;
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	unsigned int records = 0, line = 1;

	for (const char *at = data, *end; at < data + size; at = end, line++) {
		end = memchr(at, '\n', (size_t)(data + size - at));
		end = end ? end + 1 : data + size;
		if (line > 2 && line % 5 == 0 && *at == 'r')
			continue;
		if (strncmp(at, "end ", 4) == 0)
			break;
		fwrite(at, 1, (size_t)(end - at), out);
		records += line > 1;
	}
	fprintf(out, "end records=%u\n", records);
	fclose(out);
	other = layout_parse(text, n, &error);
	free(text);
	return other;
}

static struct scene *draw_pair(const struct layout *l, const struct layout *other,
			       const struct page *page, unsigned int h)
{
	struct diff *d = diff_layouts(l, NULL, other, NULL);
	struct pair pair = { .diff = d, .names = { "a", "b<>&\"'" }, .is_predicted = h & 1 };
	struct scene *s = compose_pair(&pair, page);

	diff_free(d);
	return s;
}

static struct scene *draw_physical(const struct layout *l, const struct page *page, unsigned int h)
{
	uint64_t split = (uint64_t)h << (h % 32);
	const struct physical_piece pieces[] = {
		{ 0, 0xfff, h & 1, false },
		{ 0x1000, split + 0x1000, true, h & 2 },
		{ split + 0x1001, UINT64_MAX >> (h & 4 ? 1 : 16), h & 8, h & 8 },
	};
	const struct physical_view v = { .l = l, .pieces = pieces, .n = 1 + h % 3, .source = "" };

	return compose_physical(&v, page);
}

static void draw(const struct layout *l, const char *data, size_t size, unsigned int h)
{
	const struct page page = {
		.width = LEAST_PAGE_WIDTH + h / 16 % (MOST_PAGE_WIDTH - LEAST_PAGE_WIDTH + 1),
		.brief = (h & 3) == 3,
	};
	struct layout *other = NULL;
	struct scene *s;

	if (h % 8 == 4)
		other = changed(data, size);
	if (other)
		s = draw_pair(l, other, &page, h >> 8);
	else if (h % 8 == 5)
		s = draw_physical(l, &page, h >> 8);
	else
		s = draw_column(l, &page, h >> 8);
	check_scene(s);
	backend_draw(backends[0], s, (enum theme)(h >> 5) % N_THEMES, "/dev/null");
	scene_free(s);
	layout_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parse_error error;
	struct layout *l = layout_parse((const char *)data, size, &error);

	if (!l)
		return 0;
	draw(l, (const char *)data, size, hash(data, size));
	layout_free(l);
	return 0;
}
