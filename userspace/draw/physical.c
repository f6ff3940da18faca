// SPDX-License-Identifier: GPL-2.0-only
/*
 * physical.c - see kinds.h
 *
 * The kernel's regions are on the left, physical memory on the right, the highest
 * address of each on top.  A band joins what is mapped where: the direct map by one broad
 * band, the image by a narrow one, and highmem by a dashed one to the regions through
 * which the kernel reaches it.  With all aliases there are as many narrow bands from each
 * region as it has pieces of RAM, which are in the order of their physical addresses.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/util.h"
#include "frame.h"
#include "kinds.h"
#include "sheet.h"
#include "themes.h"

enum {
	PAD = 6,
	USED_HEIGHT = 110,		/* of the direct map, where RAM is behind it */
	RAM_BASE = 44, RAM_STEP = 14, RAM_MOST = 170,
	OTHER_HEIGHT = 30,
	REGION_GAP = 4,
	LEAST_BAND = 3,
	LEAST_ALIAS = 1, ALIAS_GAP = 2,	/* nearer ones are drawn as one */
};

struct region_box {
	const struct region *r;
	char *size, *note;
	double top, bottom;
	double used_top, used_bottom;	/* of the direct map: where RAM is behind it */
};

struct beside {
	const struct physical_view *v;
	const struct page *page;
	struct scene *s;
	double margin, top, y;
	double left, left_width, right, right_width, addresses;
	struct region_box *boxes;	/* from the top down */
	size_t n;
	double *piece_tops;		/* of each piece; and one more: the lowest edge */
};

/* --- What is known --------------------------------------------------------------------- */

static bool is_named(const struct region *r, const char *name)
{
	return strcmp(r->name, name) == 0;
}

static bool has_highmem(const struct beside *b)
{
	for (size_t i = 0; i < b->v->n; i++)
		if (b->v->pieces[i].is_highmem)
			return true;
	return false;
}

static bool is_window_to_highmem(const struct beside *b, const struct region *r)
{
	return has_highmem(b) && (is_named(r, "pkmap") || is_named(r, "kmap_local"));
}

/* The part of the direct map with RAM behind it. */
static void used_part(const struct region *r, uint64_t *start, uint64_t *end)
{
	*start = r->has_populated ? r->populated_start : r->start;
	*end = r->has_populated ? r->populated_end : r->end;
}

static bool is_part_used(const struct region *r)
{
	uint64_t start, end;

	used_part(r, &start, &end);
	return start != r->start || end != r->end;
}

/* Of the image where it is not in the direct map: the same bytes a second time. */
static bool is_second_mapping(const struct region *r)
{
	const struct region *up = r->parent;

	while (up && !is_named(up, "direct_map"))
		up = up->parent;
	return r->has_phys && is_named(r, "image") && !up;
}

/* Top level of the kernel, and whatever a band leads to. */
static bool is_shown(const struct beside *b, const struct region *r)
{
	if (!region_is_kernels(r) || r->is_overlay || r->is_memory)
		return false;
	return !r->parent || is_named(r, "direct_map") || is_second_mapping(r) || is_window_to_highmem(b, r);
}

/* The innermost region around this one, or itself, that is shown; or NULL. */
static const struct region *home_of(const struct beside *b, const struct region *r)
{
	while (r && !is_shown(b, r))
		r = r->parent;
	return r;
}

/* Bytes of RAM that a region leads to by its own aliases, and those of what is not shown in it. */
static uint64_t aliased(const struct beside *b, const struct region *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < b->v->n_aliases; i++) {
		const struct physical_alias *a = &b->v->aliases[i];

		if (home_of(b, a->r) == r)
			sum += a->end - a->start + 1;
	}
	return sum;
}

static char *with_aliases(const struct beside *b, const struct region *r, char *note)
{
	uint64_t bytes = aliased(b, r);
	char *size, *text, *longer;

	if (!bytes)
		return note;
	size = label_size(bytes - 1);
	text = word_with(WORD_ALIAS_NOTE, size);
	longer = text_printf("%s%s%s", note ? note : "", note ? "; " : "", text);
	free(text);
	free(size);
	free(note);
	return longer;
}

static char *note_of(const struct beside *b, const struct region *r)
{
	char *part, *all, *text;
	uint64_t start, end;

	if (is_named(r, "direct_map") && is_part_used(r)) {
		used_part(r, &start, &end);
		part = label_size(end - start);
		all = label_size(r->end - r->start);
		text = word_with(WORD_BEHIND, part, all);
		free(part);
		free(all);
		return text;
	}
	if (is_named(r, "direct_map"))
		return text_printf("%s", word(WORD_ALL_BEHIND));
	if (is_second_mapping(r))
		return text_printf("%s", word(WORD_SECOND_MAPPING));
	if (is_window_to_highmem(b, r))
		return text_printf("%s", word(WORD_PAGE_AT_A_TIME));
	return NULL;
}

/* --- Places ------------------------------------------------------------------------------- */

static double texts_height(const struct beside *b, const struct region_box *box)
{
	double height = name_and_size_height(b->left_width - 2 * PAD, BOLD, box->r->name, box->size) + 4;

	if (!b->addresses)
		height += line_height(SMALL_FIXED);
	if (box->note)
		height += wrapped_height(b->left_width - 2 * PAD, SMALL, box->note);
	return height;
}

/* One below the other, also what lies within another: a band needs its own edges. */
static void place_regions(struct beside *b)
{
	const struct layout *l = b->v->l;
	double y = b->top;

	b->boxes = zalloc_array(l->n_present + 1, sizeof(*b->boxes));
	for (size_t i = l->n_present; i > 0; i--) {
		struct region_box *box = &b->boxes[b->n];
		const struct region *r = &l->regions[i - 1];
		double texts;

		if (!is_shown(b, r))
			continue;
		b->n++;
		box->r = r;
		box->size = label_size(r->end - r->start);
		box->note = with_aliases(b, r, note_of(b, r));
		texts = texts_height(b, box);
		box->top = y;
		y += texts;
		if (is_named(r, "direct_map")) {
			box->used_top = y;
			y += USED_HEIGHT;
			box->used_bottom = y;
			if (r->has_populated && r->populated_start != r->start)
				y += 14;
		}
		box->bottom = y;
		y += REGION_GAP;
	}
	b->y = y;
}

static double piece_height(const struct physical_piece *piece)
{
	unsigned int log2 = log2_of(piece->end - piece->start);
	double height = RAM_BASE + (log2 > 26 ? (log2 - 26) * RAM_STEP : 0);

	if (!piece->is_ram)
		return OTHER_HEIGHT;
	return height > RAM_MOST ? RAM_MOST : height;
}

static void place_pieces(struct beside *b)
{
	double y = b->top;

	b->piece_tops = zalloc_array(b->v->n + 1, sizeof(*b->piece_tops));
	for (size_t i = b->v->n; i > 0; i--) {
		b->piece_tops[i - 1] = y;
		y += piece_height(&b->v->pieces[i - 1]);
	}
	b->y = larger(b->y, y);
}

static double piece_bottom(const struct beside *b, size_t i)
{
	return b->piece_tops[i] + piece_height(&b->v->pieces[i]);
}

/* Where a physical address is, its lower edge; linear within a piece. */
static double y_of(const struct beside *b, uint64_t phys)
{
	for (size_t i = 0; i < b->v->n; i++) {
		const struct physical_piece *piece = &b->v->pieces[i];

		if (phys <= piece->end)
			return piece_bottom(b, i) - piece_height(piece) *
			       ((double)(phys - piece->start) /
				((double)(piece->end - piece->start) + 1));
	}
	return b->v->n ? b->piece_tops[b->v->n - 1] : b->top;
}

/* --- Bands ---------------------------------------------------------------------------------- */

static void draw_band(struct beside *b, const struct region *r, const char *kind, double top,
		      double bottom, double phys_top, double phys_bottom, bool is_dashed)
{
	double left = b->left + b->left_width;
	const struct point points[] = {
		{ left, top }, { b->right, phys_top }, { b->right, phys_bottom }, { left, bottom },
	};
	char *id = text_printf("band-%s", r->name), *classes = text_printf("band %s", kind);
	struct mark *mark;

	scene_group(b->s, id, classes, r->name, NULL);
	mark = scene_path(b->s, points, ARRAY_SIZE(points), true,
			  is_dashed ? STROKE_DASHED : STROKE_THIN, INK_QUIET);
	mark->tone = is_dashed ? TONE_NONE : region_tone(r);
	mark->state = STATE_RESERVED;
	scene_end_group(b->s);
	free(classes);
	free(id);
}

static void band_of_direct_map(struct beside *b, const struct region_box *box)
{
	const struct region *r = box->r;
	uint64_t start, end;

	if (!r->has_phys || !b->v->n)
		return;
	used_part(r, &start, &end);
	draw_band(b, r, "broad", box->used_top, box->used_bottom,
		  y_of(b, r->phys + (end - r->start) + 1), y_of(b, r->phys + (start - r->start)),
		  false);
}

static void band_of_image(struct beside *b, const struct region_box *box)
{
	double bottom = y_of(b, box->r->phys);
	double top = y_of(b, box->r->phys + (box->r->end - box->r->start) + 1);

	if (b->v->n)
		draw_band(b, box->r, "narrow", box->top, box->bottom,
			  bottom - top < LEAST_BAND ? bottom - LEAST_BAND : top, bottom, false);
}

static void band_to_highmem(struct beside *b, const struct region_box *box)
{
	double top = 0, bottom = 0;
	bool any = false;

	for (size_t i = 0; i < b->v->n; i++) {
		if (!b->v->pieces[i].is_highmem)
			continue;
		top = b->piece_tops[i];
		bottom = any ? bottom : piece_bottom(b, i);
		any = true;
	}
	draw_band(b, box->r, "dashed", box->top, box->bottom, top, bottom, true);
}

/* On the right edge of the gap: a piece of RAM, or several that are near one another. */
struct landing {
	double top, bottom;
};

/* Of a box, from the highest down; to be freed. */
static struct landing *find_landings(const struct beside *b, const struct region *r, size_t *n)
{
	struct landing *list = zalloc_array(b->v->n_aliases + 1, sizeof(*list));

	*n = 0;
	for (size_t i = b->v->n_aliases; i > 0; i--) {
		const struct physical_alias *a = &b->v->aliases[i - 1];
		struct landing *last = *n ? &list[*n - 1] : NULL, next;

		if (home_of(b, a->r) != r)
			continue;
		next.bottom = y_of(b, a->start);
		next.top = a->end == UINT64_MAX ? next.bottom : y_of(b, a->end + 1);
		if (next.bottom - next.top < LEAST_ALIAS)
			next.top = next.bottom - LEAST_ALIAS;
		if (last && next.top - last->bottom < ALIAS_GAP)
			last->bottom = larger(last->bottom, next.bottom);
		else
			list[(*n)++] = next;
	}
	return list;
}

/* The bands share the edge of their box, in the order in which they land: none cross. */
static void bands_of_aliases(struct beside *b, const struct region_box *box)
{
	struct landing *list;
	struct point *points, *to;
	double left = b->left + b->left_width, y = box->top, sum = 0;
	char *id = text_printf("alias-%s", box->r->name);
	size_t n;

	list = find_landings(b, box->r, &n);
	points = to = zalloc_array(n * 5 + 1, sizeof(*points));
	for (size_t i = 0; i < n; i++)
		sum += list[i].bottom - list[i].top;
	for (size_t i = 0; i < n; i++) {
		double share = (box->bottom - box->top) * (list[i].bottom - list[i].top) / sum;

		if (i)
			*to++ = PEN_UP;
		*to++ = (struct point){ left, y };
		*to++ = (struct point){ b->right, list[i].top };
		*to++ = (struct point){ b->right, list[i].bottom };
		*to++ = (struct point){ left, y + share };
		y += share;
	}
	if (n) {
		struct mark *mark;

		scene_group(b->s, id, "band alias", box->r->name, box->note);
		mark = scene_path(b->s, points, (size_t)(to - points), true, STROKE_THIN, INK_QUIET);
		mark->tone = region_tone(box->r);
		mark->state = STATE_RESERVED;
		scene_end_group(b->s);
	}
	free(points);
	free(list);
	free(id);
}

static void draw_bands(struct beside *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (is_named(b->boxes[i].r, "direct_map"))
			band_of_direct_map(b, &b->boxes[i]);
	for (size_t i = 0; i < b->n; i++) {
		if (b->v->aliases)
			bands_of_aliases(b, &b->boxes[i]);
		else if (is_second_mapping(b->boxes[i].r))
			band_of_image(b, &b->boxes[i]);
		if (is_window_to_highmem(b, b->boxes[i].r))
			band_to_highmem(b, &b->boxes[i]);
	}
}

/* --- Both columns ---------------------------------------------------------------------------- */

static void draw_texts(struct beside *b, const struct region_box *box)
{
	double x = b->left + PAD, width = b->left_width - 2 * PAD, y = box->top + 2;

	y = name_and_size(b->s, x, y, width, BOLD, box->r->name, box->size);
	if (!b->addresses) {
		char *addr = label_address(box->r->start, b->v->l->bits);

		line_of_text(b->s, x, &y, SMALL_FIXED, INK_QUIET, addr);
		free(addr);
	}
	if (box->note)
		wrapped(b->s, x, y, width, SMALL, INK_TEXT, box->note);
}

static void draw_region(struct beside *b, const struct region_box *box)
{
	char *id = text_printf("region-%s", box->r->name);
	char *classes = text_printf("region kind-%s", box->r->name);
	enum tone tone = region_tone(box->r);

	scene_group(b->s, id, classes, box->r->name, box->note);
	scene_box(b->s, b->left, box->top, b->left_width, box->bottom - box->top, tone,
		  STATE_RESERVED, STROKE_THIN);
	if (box->used_bottom > box->used_top)
		scene_box(b->s, b->left, box->used_top, b->left_width,
			  box->used_bottom - box->used_top, tone, STATE_POPULATED, STROKE_THIN);
	draw_texts(b, box);
	if (b->addresses) {
		char *addr = label_address(box->r->start, b->v->l->bits);

		scene_text(b->s, b->left - 6, box->bottom - 2, SMALL_FIXED, ANCHOR_END, INK_QUIET,
			   addr);
		free(addr);
	}
	scene_end_group(b->s);
	free(classes);
	free(id);
}

static void draw_piece(struct beside *b, size_t i)
{
	const struct physical_piece *piece = &b->v->pieces[i];
	double y = b->piece_tops[i], height = piece_height(piece);
	char *size = label_size(piece->end - piece->start), *addr, id[40];
	const char *name = word(piece->is_highmem ? WORD_HIGHMEM : piece->is_ram ? WORD_RAM :
				WORD_NO_RAM);

	snprintf(id, sizeof(id), "physical-%zu", i);
	scene_group(b->s, id, piece->is_highmem ? "physical highmem" :
		    piece->is_ram ? "physical ram" : "physical other", name, size);
	scene_box(b->s, b->right, y, b->right_width, height,
		  piece->is_ram ? TONE_ONE_PIECE : TONE_UNUSED,
		  piece->is_ram ? STATE_POPULATED : STATE_RESERVED, STROKE_THIN);
	/* An address below 2^32 is written in 32 bits where all are. */
	addr = label_address(piece->start, b->v->pieces[b->v->n - 1].end >> 32 ? 64 : 32);
	y += (height - line_height(BOLD) - line_height(SMALL_FIXED)) / 2;
	scene_text(b->s, b->right + PAD, y + text_ascent(BOLD), BOLD, ANCHOR_START, INK_TEXT, name);
	scene_text(b->s, b->right + b->right_width - PAD, y + text_ascent(BOLD), NORMAL, ANCHOR_END,
		   INK_TEXT, size);
	scene_text(b->s, b->right + PAD, y + line_height(BOLD) + text_ascent(SMALL_FIXED),
		   SMALL_FIXED, ANCHOR_START, INK_TEXT, addr);
	scene_end_group(b->s);
	free(addr);
	free(size);
}

/* --- The picture ------------------------------------------------------------------------------- */

static void draw_heads(struct beside *b)
{
	double left = wrapped(b->s, b->left, b->y, b->left_width, BOLD, INK_STRONG,
			      word(WORD_VIRTUAL));
	double right = wrapped(b->s, b->right, b->y, b->right_width, BOLD, INK_STRONG,
			       word(WORD_PHYSICAL));

	right = wrapped(b->s, b->right, right, b->right_width, SMALL, INK_QUIET, b->v->source);
	b->top = larger(left, right) + 8;
}

static void draw_key(struct beside *b)
{
	struct key key = key_begin(b->s, b->page, b->y + 12);
	double width = b->page->width - 2 * b->margin;
	char *count;

	key_add(&key, TONE_ONE_PIECE, STATE_POPULATED, word(WORD_RAM));
	key_add(&key, TONE_ONE_PIECE, STATE_RESERVED, word(WORD_RESERVED_FOR_RAM));
	key_add(&key, TONE_UNUSED, STATE_RESERVED, word(WORD_KEY_NO_RAM));
	b->y = key_end(&key);
	b->y = wrapped(b->s, b->margin, b->y, width, SMALL, INK_QUIET, word(WORD_PHYSICAL_NOTE));
	if (b->v->aliases)
		b->y = wrapped(b->s, b->margin, b->y, width, SMALL, INK_QUIET,
			       word(WORD_ALIASES_NOTE));
	if (b->v->unread)
		b->y = wrapped(b->s, b->margin, b->y + 4, width, BOLD, INK_ALERT, b->v->unread);
	if (b->n == b->v->l->n_present)
		return;
	count = text_printf("%zu", b->v->l->n_present - b->n);
	b->y = note_not_drawn(b->s, b->margin, b->y, width, count);
	free(count);
}

static void place_columns(struct beside *b)
{
	char *addr = label_address(UINT64_MAX, b->v->l->bits);
	double width = b->page->width - 2 * b->margin;

	b->addresses = b->page->width < 700 ? 0 : text_width(addr, SMALL_FIXED) + 10;
	b->left = b->margin + b->addresses;
	b->left_width = (width - b->addresses) * 0.42;
	b->right_width = (width - b->addresses) * 0.36;
	b->right = b->page->width - b->margin - b->right_width;
	free(addr);
}

struct scene *compose_physical(const struct physical_view *v, const struct page *page)
{
	struct beside b = { .v = v, .page = page, .margin = page_margin(page) };
	char *kernel = label_kernel(v->l, NULL), *date = label_date(v->l);

	b.s = scene_new(word(WORD_PHYSICAL_TITLE), word(WORD_PHYSICAL_NOTE));
	b.s->width = page->width;
	b.y = draw_title(b.s, page, b.s->title, kernel, date) + 14;
	place_columns(&b);
	draw_heads(&b);
	place_regions(&b);
	place_pieces(&b);
	draw_bands(&b);
	for (size_t i = 0; i < b.n; i++)
		draw_region(&b, &b.boxes[i]);
	for (size_t i = 0; i < v->n; i++)
		draw_piece(&b, i);
	draw_key(&b);
	b.s->height = b.y + b.margin;
	for (size_t i = 0; i < b.n; i++) {
		free(b.boxes[i].size);
		free(b.boxes[i].note);
	}
	free(b.boxes);
	free(b.piece_tops);
	free(date);
	free(kernel);
	return b.s;
}
