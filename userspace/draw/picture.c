// SPDX-License-Identifier: GPL-2.0-only
/*
 * picture.c - the layout pass: from spans (spans.h) to boxes.
 *
 * The leaves of the picture are spans, so that no address is left out and none
 * is drawn twice; around them are boxes for the regions that they lie in.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "layout/spans.h"
#include "parts.h"
#include "texts/texts.h"
#include "texts/words.h"

enum { MAX_CHAIN = 32 };

struct builder {
	struct picture *p;
	const struct request *r;
	size_t room;			/* for boxes */
	size_t open[MAX_CHAIN];		/* the boxes around, outermost first */
	unsigned int n_open;
	bool *begun;			/* regions that were drawn before */
	const struct witness **pins;	/* those of the layout, from the top down */
	size_t n_pins;
};

/* --- Boxes ---------------------------------------------------------------------- */

static unsigned int log2_of(uint64_t less_one)
{
	unsigned int log2 = 0;

	for (; less_one; less_one >>= 1)
		log2++;
	return log2;
}

/* From 64K on a row more each time the size grows 256-fold. */
static unsigned int rows_of(const struct box *b)
{
	return b->log2 > 16 ? (b->log2 - 16) / 8 : 0;
}

static struct box *add_box(struct builder *b, enum box_kind kind,
			   const struct region *region, uint64_t start, uint64_t end)
{
	struct picture *p = b->p;
	struct box *box;

	if (p->n_boxes == b->room) {
		b->room = b->room ? 2 * b->room : 64;
		p->boxes = realloc(p->boxes, b->room * sizeof(*p->boxes));
		if (!p->boxes)
			die("not enough memory");
	}
	box = &p->boxes[p->n_boxes++];
	*box = (struct box){
		.start = start, .end = end, .kind = kind, .region = region,
		.depth = b->n_open, .half = half_of(p->halves, start),
		.log2 = log2_of(end - start), .size = size_human(end - start),
		.top = edge_at(p->l, end + 1),
		.is_torn = region && strcmp(region->name, "noncanonical") == 0,
	};
	if (end == p->l->max_addr)
		edge_free(&box->top);
	return box;
}

static char *about_region(const struct builder *b, const struct region *r)
{
	const char *purpose = region_purpose(r);

	if (b->r->brief && b->p->l->bits == 32 && strcmp(r->name, "direct_map") == 0)
		return text_printf("%s", word(WORD_LOWMEM));
	if (b->r->brief && r->has_populated) {
		char *used = size_human(r->populated_end - r->populated_start);
		char *text = word_with(WORD_SHORT_IN_USE, used);

		free(used);
		return text;
	}
	return purpose ? text_printf("%s", purpose) : NULL;
}

/* Begins the box of a region, which ends at end; what follows is inside. */
static struct box *open_region(struct builder *b, const struct region *r,
			       uint64_t start, uint64_t end)
{
	bool *begun = &b->begun[r - b->p->l->regions];
	struct box *box = add_box(b, BOX_REGION, r, start, end);

	box->name = *begun ? word_with(WORD_CONTINUED, r->name) : text_printf("%s", r->name);
	free(box->size);
	box->size = *begun ? NULL : size_human(r->end - r->start);
	box->about = *begun ? NULL : about_region(b, r);
	*begun = true;
	b->open[b->n_open++] = (size_t)(box - b->p->boxes);
	return box;
}

static int compare_pins(const void *a, const void *b)
{
	const struct witness *x = *(const struct witness *const *)a;
	const struct witness *y = *(const struct witness *const *)b;

	return x->addr > y->addr ? -1 : x->addr < y->addr;
}

static void find_pins(struct builder *b)
{
	const struct layout *l = b->p->l;

	b->pins = zalloc_array(l->n_witnesses, sizeof(*b->pins));
	for (size_t i = 0; i < l->n_witnesses && !b->r->without_pins; i++)
		if (!l->witnesses[i].absent)
			b->pins[b->n_pins++] = &l->witnesses[i];
	qsort(b->pins, b->n_pins, sizeof(*b->pins), compare_pins);
}

static void take_pins(const struct builder *b, struct box *box)
{
	size_t first = 0, n = 0;

	while (first < b->n_pins && b->pins[first]->addr > box->end)
		first++;
	while (first + n < b->n_pins && b->pins[first + n]->addr >= box->start)
		n++;
	box->pins = zalloc_array(n, sizeof(*box->pins));
	box->n_pins = n;
	if (n)
		memcpy(box->pins, b->pins + first, n * sizeof(*box->pins));
}

static void make_leaf(const struct builder *b, struct box *box)
{
	box->is_leaf = true;
	box->rows = rows_of(box);
	take_pins(b, box);
}

/* --- From spans to boxes -------------------------------------------------------- */

static bool is_around(const struct region *outer, const struct region *r)
{
	for (r = r->parent; r; r = r->parent)
		if (r == outer)
			return true;
	return false;
}

/*
 * The regions that a span is drawn in, outermost first; returns how many.  A
 * picture of one region begins with it.
 */
static unsigned int find_chain(const struct span *s, const struct region *zoom,
			       const struct region *chain[MAX_CHAIN])
{
	const struct region *up[MAX_CHAIN];
	unsigned int n = 0, n_up = 0;

	for (const struct region *r = s->region; r && n_up + 1 < MAX_CHAIN; r = r->parent)
		if (!zoom || (r != zoom && !is_around(r, zoom)))
			up[n_up++] = r;
	if (zoom)
		chain[n++] = zoom;
	while (n_up)
		chain[n++] = up[--n_up];
	return n;
}

/* Is it the main stack, or the gap below it?  One of MAP_GROWSDOWN has such a gap, too. */
static bool is_stack_or_gap(const struct layout *l, const struct region *r)
{
	if (r && strcmp(r->name, "stack_guard_gap") == 0)
		r = layout_find(l, r->end + 1);
	return r && strcmp(r->name, "stack") == 0;
}

/* Of a process: what may grow into a hole; or NULL. */
static char *about_hole(const struct layout *l, const struct span *s)
{
	const struct region *below = s->start ? layout_find(l, s->start - 1) : NULL;
	const struct region *above = s->end < l->max_addr ? layout_find(l, s->end + 1) : NULL;

	if (!l->process || s->end > l->user_end)
		return NULL;
	if (is_stack_or_gap(l, above))
		return text_printf("%s", word(WORD_ROOM_FOR_STACK));
	if (below && strcmp(below->name, "heap") == 0)
		return text_printf("%s", word(WORD_ROOM_FOR_HEAP));
	return NULL;
}

/* The leaf of a span that is not the whole of the box around it. */
static void add_part(struct builder *b, const struct span *s, const struct region *around)
{
	enum box_kind kind = !around ? BOX_HOLE : s->region != around ? BOX_REST :
			     s->kind == SPAN_USED ? BOX_USED :
			     s->kind == SPAN_RESERVED ? BOX_RESERVED : BOX_REST;
	struct box *box = add_box(b, kind, around, s->start, s->end);

	box->name = kind == BOX_REST ? word_with(WORD_REST_OF, around->name) :
		    text_printf("%s", word(kind == BOX_HOLE ? WORD_UNUSED_HOLE :
					   kind == BOX_USED ? WORD_IN_USE : WORD_RESERVED));
	if (kind == BOX_HOLE)
		box->about = about_hole(b->p->l, s);
	make_leaf(b, box);
	if (kind != BOX_HOLE && box->rows == 0)
		box->rows = 1;		/* no border has its text */
}

/*
 * Is a span all that this box has?  What overlaps the region of a picture of one
 * region is inside its box, though it is no parent.
 */
static bool is_alone(const struct span *s, const struct region *zoom, const struct region *box)
{
	return box != zoom || (s->start == zoom->start && s->end == zoom->end);
}

static void add_span(struct builder *b, const struct span *s)
{
	const struct region *chain[MAX_CHAIN], *zoom = b->r->zoom;
	unsigned int n = find_chain(s, zoom, chain), common = 0;
	struct box *boxes = b->p->boxes;

	while (common < n && common < b->n_open &&
	       boxes[b->open[common]].region == chain[common])
		common++;
	b->n_open = common;
	for (unsigned int d = common; d < n; d++)
		open_region(b, chain[d], s->start, s->end);
	boxes = b->p->boxes;
	for (unsigned int d = 0; d < common; d++) {
		struct box *box = &boxes[b->open[d]];

		box->start = s->start;
		box->log2 = log2_of(box->end - box->start);
	}
	if (n > common && s->kind == SPAN_REGION && !s->is_rest && is_alone(s, zoom, chain[n - 1]))
		make_leaf(b, &boxes[b->open[n - 1]]);
	else
		add_part(b, s, n ? chain[n - 1] : NULL);
}

/* --- The whole picture ---------------------------------------------------------- */

static char *split_text(const struct layout *l)
{
	const struct fact *f = layout_fact(l, "user_kernel_split");
	const char *colon = f && f->value ? strchr(f->value, ':') : NULL;
	bool is_separate = f && f->value && strcmp(f->value, "separate") == 0;
	char *user, *text;

	if (!colon)
		return text_printf("%s", is_separate ? word(WORD_SPLIT_SEPARATE) : "");
	user = text_printf("%.*s", (int)(colon - f->value), f->value);
	text = word_with(WORD_SPLIT, user, colon + 1);
	free(user);
	return text;
}

char *picture_subtitle(const struct layout *l)
{
	char *split = split_text(l), *memory = ram_sentence(l);
	char *both = text_printf("%s%s%s", split, *split && *memory ? "; " : "", memory);

	free(split);
	free(memory);
	return both;
}

static void write_titles(struct picture *p, const struct region *zoom)
{
	const struct layout *l = p->l;
	char *kernel = word_with(WORD_ON_MACHINE, l->release, l->machine);

	p->title = text_printf("%s%s%s%s%s", kernel, l->process ? ", " : "",
			       l->process ? l->process : "", zoom ? ": " : "", zoom ? zoom->name : "");
	free(kernel);
	p->subtitle = l->process ? text_printf("%s", l->process_note) : picture_subtitle(l);
	if (!*p->subtitle) {
		free(p->subtitle);
		p->subtitle = NULL;
	}
}

bool picture_has(const struct layout *l, enum drawn_part part)
{
	struct half_range halves[HALF_USER + 1] = { 0 };
	bool has[] = {
		[PART_ALL] = true, [PART_USER] = false, [PART_KERNEL] = false,
	};

	find_halves(l, halves);
	has[PART_USER] = halves[HALF_USER].is_drawn;
	has[PART_KERNEL] = halves[HALF_KERNEL].is_drawn;
	for (size_t i = 0; i <= HALF_USER; i++)
		free(halves[i].size);
	return has[part];
}

static void find_range(struct picture *p, const struct request *r)
{
	const struct half_range *half = r->part == PART_USER ? &p->halves[HALF_USER] :
					r->part == PART_KERNEL ? &p->halves[HALF_KERNEL] : NULL;

	p->start = r->zoom ? r->zoom->start : half ? half->start : 0;
	p->end = r->zoom ? r->zoom->end : half ? half->end : p->l->max_addr;
	if (half && !half->is_drawn)
		p->end = p->start = 0;
	if (r->has_range) {
		p->start = r->from;
		p->end = r->to;
	}
	for (size_t i = 0; i <= HALF_USER; i++)
		if (r->zoom || (half && half != &p->halves[i]))
			p->halves[i].is_drawn = false;
}

/* Of a 32-bit machine: what of its RAM the direct map shows, and what it does not. */
static void find_physical(struct picture *p, const struct request *r)
{
	const struct region *low = layout_region(p->l, "direct_map");
	struct physical *memory = &p->physical;
	uint64_t highmem;

	if (p->l->bits != 32 || !low || low->absent || !low->has_phys || r->zoom ||
	    r->part == PART_USER)
		return;
	memory->is_known = true;
	memory->low_start = low->phys;
	memory->low_end = low->phys + (low->end - low->start);
	memory->low_size = size_human(low->end - low->start);
	if (fact_number(layout_fact(p->l, "highmem"), &highmem) && highmem)
		memory->high_size = size_human(highmem - 1);
}

/* Is it to be drawn, but others have all of its addresses? */
static bool is_covered(const struct builder *b, const struct region *r)
{
	const struct picture *p = b->p;

	return !r->is_overlay && !b->begun[r - p->l->regions] && r->start >= p->start &&
	       r->end <= p->end && !(b->r->zoom && is_around(r, b->r->zoom));
}

/* Of a damaged capture only. */
static void find_covered(const struct builder *b)
{
	enum { MOST_NAMES = 8 };
	struct picture *p = b->p;
	size_t n = 0;

	for (size_t i = 0; i < p->l->n_present; i++) {
		char *longer;

		if (!is_covered(b, &p->l->regions[i]) || n++ > MOST_NAMES)
			continue;
		longer = text_printf("%s%s%s", p->covered ? p->covered : "", p->covered ? ", " : "",
				     n > MOST_NAMES ? "..." : p->l->regions[i].name);
		free(p->covered);
		p->covered = longer;
	}
}

struct picture *picture_build(const struct layout *l, const struct request *r)
{
	struct builder b = { .r = r, .begun = zalloc_array(l->n_regions, sizeof(*b.begun)) };
	struct picture *p = zalloc_array(1, sizeof(*p));
	size_t n;
	struct span *spans = spans_cut(l, &n);

	p->l = l;
	b.p = p;
	find_halves(l, p->halves);
	find_range(p, r);
	find_pins(&b);
	for (size_t i = n; i > 0; i--) {
		struct span s = spans[i - 1];

		if (s.end < p->start || s.start > p->end)
			continue;
		s.start = s.start < p->start ? p->start : s.start;
		s.end = s.end > p->end ? p->end : s.end;
		add_span(&b, &s);
	}
	p->bottom = edge_at(l, p->start);
	find_covered(&b);
	write_titles(p, r->zoom);
	find_physical(p, r);
	if (r->brief)
		fold_boxes(p, r->zoom ? 1 : 0, r->max_lines);
	free(spans);
	free(b.pins);
	free(b.begun);
	return p;
}

void picture_free(struct picture *p)
{
	for (size_t i = 0; i < p->n_boxes; i++)
		box_clear(&p->boxes[i]);
	for (size_t i = 0; i <= HALF_USER; i++)
		free(p->halves[i].size);
	free(p->boxes);
	edge_free(&p->bottom);
	free(p->physical.low_size);
	free(p->physical.high_size);
	free(p->title);
	free(p->subtitle);
	free(p->covered);
	free(p);
}
