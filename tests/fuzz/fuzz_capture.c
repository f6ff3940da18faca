// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_capture.c - whatever bytes a capture has, the reader must neither
 * crash nor leak, nor contradict itself.
 *
 * A capture that parses is also cut into spans, searched, drawn and printed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/json.h"
#include "layout/parse.h"
#include "cmd/commands.h"
#include "draw/draw.h"
#include "layout/spans.h"
#include "fuzz.h"

/* --- What must hold ---------------------------------------------------------- */

static void check_find(const struct layout *l, uint64_t addr)
{
	const struct region *found = layout_find(l, addr);
	size_t around = 0;

	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		if (addr < r->start || addr > r->end)
			continue;
		around++;
		/* Ranges for allocators count only where there is nothing else. */
		if (found && r->is_overlay && !found->is_overlay)
			continue;
		require(found && found->is_overlay == r->is_overlay &&
			r->end - r->start >= found->end - found->start,
			"layout_find() finds the smallest region");
	}
	require(!found == !around, "layout_find() finds a region if there is one");
}

static void check_regions(const struct layout *l)
{
	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];

		require(!r->absent && r->start <= r->end && r->end <= l->max_addr,
			"a present region is a range of addresses");
		require(!r->parent || (r->parent < r && r->parent->start <= r->start &&
				       r->parent->end >= r->end &&
				       r->parent->depth + 1 == r->depth),
			"a parent comes before and contains its child");
		check_find(l, r->start);
		check_find(l, r->end);
		check_find(l, (r->end + 1) & l->max_addr);
	}
	for (size_t i = l->n_present; i < l->n_regions; i++)
		require(l->regions[i].absent != NULL, "absent regions come last");
}

static void check_spans(const struct layout *l)
{
	size_t n;
	struct span *spans = spans_cut(l, &n);
	uint64_t next = 0;

	for (size_t i = 0; i < n; i++) {
		const struct span *s = &spans[i];

		require(i == 0 || next != 0, "no span lies above the top");
		require(s->start == next && s->end >= s->start, "spans leave no gap");
		require(s->region == layout_find(l, s->start) &&
			s->region == layout_find(l, s->end), "a span has one owner");
		next = (s->end + 1) & l->max_addr;
	}
	require(next == 0, "spans reach the top");
	free(spans);
}

/* The leaves of a picture leave no gap, and each box is in the one around it. */
static void check_picture(const struct picture *p)
{
	uint64_t end = p->end;
	bool done = false;

	for (size_t i = 0; i < p->n_boxes; i++) {
		const struct box *b = &p->boxes[i];

		require(b->start <= b->end && b->end <= p->end, "a box is a range");
		require(b->depth == 0 || (i && b[-1].depth + 1 >= b->depth), "a box has one around it");
		require(b->is_leaf || (i + 1 < p->n_boxes && b[1].depth == b->depth + 1),
			"what is no leaf has something inside");
		if (!b->is_leaf)
			continue;
		require(!done, "nothing lies below the lowest leaf");
		require(b->end <= end, "leaves are in order");
		done = b->start == p->start;
		end = b->start - 1;
	}
}

static void check_map(const struct layout *l, const struct options *opt, unsigned int choice)
{
	const struct region *r = l->n_present ? &l->regions[choice % l->n_present] : NULL;
	const struct request request = {
		.brief = choice & 1, .without_pins = choice & 2, .max_lines = 20,
		.zoom = (choice & 12) == 12 ? r : NULL,
		.part = (choice & 12) == 4 ? PART_KERNEL : (choice & 12) == 8 ? PART_USER : PART_ALL,
	};
	struct picture *p = picture_build(l, &request);
	char *text;
	size_t size, column = 0, lines = 0;
	FILE *out = open_memstream(&text, &size);

	check_picture(p);
	picture_free(p);
	draw_terminal(out, l, request, opt);
	fclose(out);
	for (size_t i = 0; i < size; i++) {
		column = text[i] == '\n' ? 0 : column + 1;
		lines += text[i] == '\n';
		require(column <= opt->width || opt->utf8 || opt->color, "the map keeps to its width");
	}
	require(!request.brief || lines <= BRIEF_LINES, "a brief map is brief");
	free(text);
}

static void check_output(const struct layout *l, const struct options *opt,
			 unsigned int choice)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	switch (choice % 4) {
	case 0:
		show_table(out, l, opt, (enum show_what)(choice / 4 % 3));
		break;
	case 1:
		show_summary(out, l, opt);
		break;
	case 2:
		json_print(out, json_layout(l));
		break;
	default:
		json_print(out, map_json(l));
	}
	fclose(out);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parse_error error;
	struct layout *l = layout_parse((const char *)data, size, &error);
	unsigned int h = hash(data, size);
	const struct options opt = {
		.width = 40 + h % 161, .width_known = true,
		.utf8 = h >> 8 & 1, .color = h >> 9 & 1, .bytes = h >> 10 & 1,
		.raw = (h >> 11 & 3) == 1, .pairs = (h >> 11 & 3) == 2,
		.all_columns = h >> 13 & 1,
	};

	if (!l) {
		size_t n = strnlen(error.message, sizeof(error.message));

		require(n > 0 && n < sizeof(error.message), "an error has a sentence");
		require(!strchr(error.message, '\n'), "an error is one line");
		return 0;
	}
	check_regions(l);
	check_spans(l);
	check_map(l, &opt, h >> 3);
	check_output(l, &opt, h >> 14);
	layout_free(l);
	return 0;
}
