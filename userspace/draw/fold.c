// SPDX-License-Identifier: GPL-2.0-only
/*
 * fold.c - a brief picture: what is inside boxes becomes rows in them, and what
 * is small is left out or joined, until no more lines are taken than there are.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "parts.h"
#include "texts/words.h"

enum {
	SMALL_GAP = 65536,	/* a gap is small below this, */
	NEGLIGIBLE = 9,		/* or if both neighbours are 2^9 times as large */
	LEAST_STEP = 6,		/* no row more before the size grows 2^6-fold */
	MAX_STEP = 64,
};

/* Takes boxes out of the list that were cleared and marked. */
static void compact(struct picture *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n_boxes; i++)
		if (p->boxes[i].name)
			p->boxes[kept++] = p->boxes[i];
	p->n_boxes = kept;
}

/* Clears and marks one. */
static void remove_box(struct box *b)
{
	box_clear(b);
	*b = (struct box){ 0 };
}

/* --- What is inside becomes rows ------------------------------------------------- */

static void append(char **text, const char *separator, char *part)
{
	char *longer = text_printf("%s%s%s", *text, separator, part);

	free(*text);
	free(part);
	*text = longer;
}

static struct inset *add_inset(struct box *b, struct picture *p, const struct box *from)
{
	struct inset *inset;

	b->insets = realloc(b->insets, (b->n_insets + 1) * sizeof(*b->insets));
	if (!b->insets)
		die("not enough memory");
	inset = &b->insets[b->n_insets++];
	*inset = (struct inset){
		.start = from->start, .end = from->end, .region = from->region,
		.text = text_printf("%s%s%s", from->name, from->size ? " " : "",
				    from->size ? from->size : ""),
		.bottom = edge_at(p->l, from->start),
	};
	return inset;
}

/* Boxes deeper than base become rows of the box around them, or words in such a row. */
static void flatten(struct picture *p, unsigned int base)
{
	struct box *around = NULL;
	bool first_word = true;
	size_t kept = 0;

	for (size_t i = 0; i < p->n_boxes; i++) {
		struct box *b = &p->boxes[i];

		if (b->depth <= base) {
			p->boxes[kept] = *b;
			around = &p->boxes[kept++];
			if (around->depth == base)
				around->is_leaf = true;
			continue;
		}
		if (b->kind == BOX_REGION && b->depth == base + 1) {
			add_inset(around, p, b);
			first_word = true;
		} else if (b->kind == BOX_REGION && b->depth == base + 2) {
			append(&around->insets[around->n_insets - 1].text,
			       first_word ? ": " : ", ", text_printf("%s", b->name));
			first_word = false;
		}
		box_clear(b);
	}
	p->n_boxes = kept;
}

/* --- Fewer lines ------------------------------------------------------------------ */

static unsigned int lines_of(const struct box *b)
{
	unsigned int rows = b->n_insets > b->rows ? (unsigned int)b->n_insets : b->rows;

	return 1 + (rows || box_is_framed(b) ? rows : 1);
}

static unsigned int count_lines(const struct picture *p)
{
	unsigned int n = 0;

	for (size_t i = 0; i < p->n_boxes; i++)
		n += lines_of(&p->boxes[i]);
	return n;
}

static bool is_gap(const struct box *b)
{
	return b->kind == BOX_HOLE || b->kind == BOX_REST || b->kind == BOX_RESERVED;
}

/* May this gap go, so that the box below reaches up to the one above? */
static bool can_hide(const struct picture *p, size_t at)
{
	const struct box *b = &p->boxes[at];

	/* The topmost edge is the last address. */
	return at && is_gap(b) && at + 1 < p->n_boxes && b[1].half == b->half &&
	       b[1].depth == b->depth && b[-1].depth == b->depth;
}

static void hide_gap(struct picture *p, size_t at)
{
	struct box *b = &p->boxes[at], *below = b + 1;
	char *size = size_human(b->end - b->start);

	p->n_hidden_gaps++;
	p->hidden_gaps += b->end - b->start + 1;
	free(below->about);
	below->about = word_with(WORD_UNUSED_ABOVE, size);
	free(size);
	remove_box(b);
}

static bool is_small(const struct picture *p, size_t at)
{
	const struct box *b = &p->boxes[at];
	uint64_t size = b->end - b->start;

	/* Without the gap the name of the edge above it has no line. */
	if (b->top.names[0] && !b->top.is_expression)
		return false;
	if (size < SMALL_GAP)
		return true;
	return size < (b[1].end - b[1].start) >> NEGLIGIBLE &&
	       size < (b[-1].end - b[-1].start) >> NEGLIGIBLE;
}

static void hide_small_gaps(struct picture *p)
{
	for (size_t i = 0; i < p->n_boxes; i++)
		if (can_hide(p, i) && is_small(p, i))
			hide_gap(p, i);
	compact(p);
}

/* Gaps below 2^log2 go, while there are too many lines; returns how many are left. */
static unsigned int hide_gaps(struct picture *p, unsigned int log2,
			      unsigned int lines, unsigned int max_lines)
{
	for (size_t i = 0; i < p->n_boxes && lines > max_lines; i++) {
		if (p->boxes[i].log2 <= log2 && can_hide(p, i)) {
			lines -= lines_of(&p->boxes[i]);
			hide_gap(p, i);
		}
	}
	compact(p);
	return lines;
}

/* All rows of one box in one; the box that has the most. */
static bool join_insets(struct picture *p)
{
	struct box *most = NULL;
	char *text;

	for (size_t i = 0; i < p->n_boxes; i++)
		if (p->boxes[i].n_insets > (most ? most->n_insets : 1))
			most = &p->boxes[i];
	if (!most)
		return false;
	text = text_printf("%s", most->insets[0].text);
	text[strcspn(text, ":")] = '\0';
	for (size_t i = 1; i < most->n_insets; i++) {
		struct inset *inset = &most->insets[i];

		inset->text[strcspn(inset->text, ":")] = '\0';
		append(&text, ", ", text_printf("%s", inset->text));
		free(inset->text);
		edge_free(&inset->bottom);
	}
	free(most->insets[0].text);
	most->insets[0].text = text;
	most->insets[0].start = most->insets[most->n_insets - 1].start;
	most->insets[0].region = NULL;
	edge_free(&most->insets[0].bottom);
	most->n_insets = 1;
	return true;
}

/* The rows of one box go; the count of them stays. */
static bool drop_insets(struct picture *p)
{
	for (size_t i = p->n_boxes; i > 0; i--) {
		struct box *b = &p->boxes[i - 1];

		if (!b->n_insets)
			continue;
		free(b->about);
		b->about = word_with(WORD_WITH, b->insets[0].text);
		free(b->insets[0].text);
		edge_free(&b->insets[0].bottom);
		free(b->insets);
		b->insets = NULL;
		b->n_insets = 0;
		return true;
	}
	return false;
}

static bool can_join(const struct box *above)
{
	const struct box *below = above + 1;

	return above->half == below->half && above->depth == below->depth &&
	       above->is_leaf && below->is_leaf;
}

static size_t regions_in(const struct box *b)
{
	return b->kind == BOX_FOLDED ? b->n_folded : b->kind == BOX_REGION;
}

/* Of two that become one box, with this many regions. */
static char *joined_name(const struct box *above, const struct box *below, size_t n)
{
	const struct box *one = regions_in(above) ? above : below;
	char *count, *name;

	if (n == 1)
		return one->kind == BOX_FOLDED ? text_printf("%s", one->name) :
						 word_with(WORD_FOLDED_ONE, one->name);
	count = text_printf("%zu", n);
	name = word_with(WORD_FOLDED, count);
	free(count);
	return name;
}

/* Makes one box of two: the lower one, which is the next to be looked at. */
static void join(struct picture *p, struct box *above, struct box *below)
{
	struct edge top = above->top;
	uint64_t gap = above->start - below->end - 1;
	char *name = joined_name(above, below, regions_in(above) + regions_in(below));

	/* A gap between them that was left out is inside now. */
	p->hidden_gaps -= gap;
	p->n_hidden_gaps -= gap > 0;
	below->n_folded = regions_in(above) + regions_in(below);
	below->kind = BOX_FOLDED;
	below->region = NULL;
	below->end = above->end;
	below->log2 = above->log2 > below->log2 ? above->log2 : below->log2;
	above->top = below->top;
	below->top = top;
	free(below->name);
	free(below->size);
	free(below->about);
	below->name = name;
	below->size = size_human(below->end - below->start);
	below->about = NULL;
	remove_box(above);
}

/* Neighbours that are below 2^log2 together become one box. */
static unsigned int join_neighbours(struct picture *p, unsigned int log2,
				    unsigned int lines, unsigned int max_lines)
{
	for (size_t i = 0; i + 1 < p->n_boxes && lines > max_lines; i++) {
		struct box *b = &p->boxes[i];

		if (!can_join(b) || (b->end - b[1].start) >> (log2 - 1) > 1)
			continue;
		lines -= lines_of(b);
		join(p, b, b + 1);
	}
	compact(p);
	return lines;
}

/* --- Heights ---------------------------------------------------------------------- */

static void scale(struct picture *p, unsigned int step)
{
	for (size_t i = 0; i < p->n_boxes; i++) {
		struct box *b = &p->boxes[i];

		b->rows = b->is_leaf && b->log2 > 16 ? (b->log2 - 16) / step : 0;
	}
}

void fold_boxes(struct picture *p, unsigned int base, unsigned int max_lines)
{
	unsigned int lines;

	flatten(p, base);
	scale(p, MAX_STEP);
	hide_small_gaps(p);
	while (count_lines(p) > max_lines && join_insets(p))
		;
	lines = count_lines(p);
	for (unsigned int log2 = 16; log2 <= 64 && lines > max_lines; log2++)
		lines = hide_gaps(p, log2, lines, max_lines);
	while (count_lines(p) > max_lines && drop_insets(p))
		;
	lines = count_lines(p);
	for (unsigned int log2 = 1; log2 <= 64 && lines > max_lines; log2++)
		lines = join_neighbours(p, log2, lines, max_lines);
	for (unsigned int step = LEAST_STEP; step <= MAX_STEP; step++) {
		scale(p, step);
		if (count_lines(p) <= max_lines)
			return;
	}
}
