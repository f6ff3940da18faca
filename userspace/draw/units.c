// SPDX-License-Identifier: GPL-2.0-only
/* units.c - see column.h: the boxes of a picture as a tree, and what is written in each. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "column.h"
#include "texts/texts.h"
#include "texts/words.h"
#include "themes.h"

/* --- The tree --------------------------------------------------------------------- */

/* The boxes of one depth from *at on; what is deeper belongs to the one before. */
static size_t take_units(const struct picture *p, size_t *at, unsigned int depth,
			 struct unit **units)
{
	size_t n = 0, first = *at, i = 0;

	while (*at < p->n_boxes && p->boxes[*at].depth >= depth)
		n += p->boxes[(*at)++].depth == depth;
	*units = zalloc_array(n, sizeof(**units));
	for (*at = first; i < n; i++) {
		struct unit *u = &(*units)[i];

		u->box = &p->boxes[(*at)++];
		u->n_inside = take_units(p, at, depth + 1, &u->inside);
	}
	return n;
}

size_t units_of_picture(const struct picture *p, unsigned int base, struct unit **units)
{
	size_t at = 0;

	while (at < p->n_boxes && p->boxes[at].depth < base)
		at++;
	return take_units(p, &at, base, units);
}

void unit_clear(struct unit *u)
{
	block_free(&u->text);
	for (size_t i = 0; i < u->n_notes; i++)
		block_free(&u->notes[i].text);
	for (size_t i = 0; i < u->n_pins; i++)
		block_free(&u->pins[i].text);
	free(u->notes);
	free(u->pins);
	u->notes = NULL;
	u->pins = NULL;
	u->n_notes = u->n_pins = 0;
}

void units_free(struct unit *units, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		units_free(units[i].inside, units[i].n_inside);
		unit_clear(&units[i]);
	}
	free(units);
}

/* --- Fills ------------------------------------------------------------------------ */

enum tone unit_tone(const struct unit *u)
{
	const struct box *b = u->box;

	if (b->is_torn)
		return TONE_NOTHING;
	if (b->kind == BOX_HOLE || b->kind == BOX_FOLDED || !b->region)
		return TONE_UNUSED;
	return region_tone(b->region);
}

bool region_is_backed(const struct layout *l, const struct region *r)
{
	if (r->is_section || strcmp(r->name, "image") == 0)
		return true;
	for (const struct region *outer = r; outer; outer = outer->parent) {
		if (outer->has_populated)
			return outer->populated_start <= r->start && r->end <= outer->populated_end;
		/* Lowmem is no larger than the memory that there is. */
		if (l->bits == 32 && strcmp(outer->name, "direct_map") == 0)
			return true;
	}
	return false;
}

size_t units_count(const struct unit *units, size_t n)
{
	size_t sum = n;

	for (size_t i = 0; i < n; i++)
		if (units[i].is_frame)
			sum += units_count(units[i].inside, units[i].n_inside);
	return sum;
}

enum state unit_state(const struct unit *u, const struct layout *l)
{
	const struct box *b = u->box;

	if (b->kind == BOX_USED)
		return STATE_POPULATED;
	if (b->kind != BOX_REGION && b->kind != BOX_REST)
		return STATE_RESERVED;
	/* What is between the sections of the image is none of them. */
	if (b->kind == BOX_REST && (b->region->is_section || strcmp(b->region->name, "image") == 0))
		return STATE_RESERVED;
	return region_is_backed(l, b->region) ? STATE_POPULATED : STATE_RESERVED;
}

/* --- Texts ------------------------------------------------------------------------ */

/* Name and size in a line if there is room for both, and the purpose if for all. */
static void write_head(struct unit *u, const char *name, const char *size, const char *purpose,
		       const struct style *style)
{
	const struct font *name_font = u->box->kind == BOX_REGION ? &style->name : &style->size;
	enum ink ink = u->box->kind == BOX_REGION ? INK_TEXT : INK_QUIET;

	block_add(&u->text, name, *name_font, ANCHOR_START, ink);
	if (u->is_beside_lane)
		block_end_before(&u->text, style->lane);
	if (size && !block_beside(&u->text, size, style->size, ANCHOR_END, INK_TEXT))
		block_add(&u->text, size, style->size, ANCHOR_START, INK_TEXT);
	if (purpose && !block_beside(&u->text, purpose, style->small, ANCHOR_START, INK_QUIET))
		block_add(&u->text, purpose, style->small, ANCHOR_START, INK_QUIET);
}

static void write_line(struct unit *u, char *text, const struct style *style)
{
	block_add(&u->text, text, style->small, ANCHOR_START, INK_TEXT);
	free(text);
}

/* How much of a region there is. */
static void write_populated(struct unit *u, const struct style *style)
{
	const struct region *r = u->box->region;
	uint64_t size = r->populated_end - r->populated_start;
	char *some = label_size(size), *all = label_size(r->end - r->start);

	if (size < r->end - r->start)
		write_line(u, word_with(WORD_POPULATED, some, all), style);
	free(some);
	free(all);
}

static void write_part(struct unit *u, const struct style *style)
{
	char *part = label_size(u->box->end - u->box->start);
	char *all = label_size(u->box->region->end - u->box->region->start);

	write_line(u, word_with(WORD_SHOWN_PART, part, all), style);
	free(part);
	free(all);
}

/* Of many only the names, one after the other: lines are dear where texts are large. */
static void write_names(struct unit *u, const struct style *style)
{
	char *names = NULL;

	for (size_t i = 0; i < u->box->n_insets; i++) {
		const char *text = u->box->insets[i].text;
		char *longer = text_printf("%s%s%.*s", names ? names : "", names ? ", " : "",
					   (int)strcspn(text, " "), text);

		free(names);
		names = longer;
	}
	write_line(u, names, style);
}

static void write_insets(struct unit *u, const struct style *style)
{
	if (style->brief && u->box->n_insets > 1) {
		write_names(u, style);
		return;
	}
	for (size_t i = 0; i < u->box->n_insets; i++)
		write_line(u, label_sizes(u->box->insets[i].text), style);
}

static bool is_part(const struct picture *p, const struct box *b)
{
	return b->kind == BOX_REGION && b->size && !b->is_torn &&
	       ((b->region->start < p->start && b->start == p->start) ||
		(b->region->end > p->end && b->end == p->end));
}

/* The texts of the unit alone. */
static void write_texts(struct unit *u, const struct picture *p, const struct style *style)
{
	const struct box *b = u->box;
	char *size = b->size ? label_sizes(b->size) : NULL;
	char *about = b->about && (!style->brief || b->kind != BOX_REGION || b->half != HALF_USER) ?
		      label_sizes(b->about) : NULL;

	write_head(u, b->name, size, about, style);
	if (b->is_torn && !style->brief && !style->linear)
		write_line(u, text_printf("%s", word(WORD_NO_ADDRESS)), style);
	if (is_part(p, b))
		write_part(u, style);
	else if (b->kind == BOX_REGION && b->region->has_populated && b->size && !style->brief)
		write_populated(u, style);
	write_insets(u, style);
	free(size);
	free(about);
}

int unit_grows(const struct unit *u, const struct picture *p)
{
	if (!p->l->process || u->box->kind != BOX_REGION)
		return 0;
	return strcmp(u->box->region->name, "stack") == 0 ? -1 :
	       strcmp(u->box->region->name, "heap") == 0 ? 1 : 0;
}

/* --- Notes and pins --------------------------------------------------------------- */

static void add_note(struct unit *u, const struct region *r, enum picture_word form,
		     const struct style *style)
{
	const char *purpose = region_purpose(r);
	char *size = label_size(r->end - r->start), *text = word_with(form, r->name, size);
	struct note *note;

	u->notes = realloc(u->notes, (u->n_notes + 1) * sizeof(*u->notes));
	if (!u->notes)
		die("not enough memory");
	note = &u->notes[u->n_notes++];
	*note = (struct note){ r, purpose, block_of_width(u->text.width) };
	block_add(&note->text, text, style->small, ANCHOR_START, INK_TEXT);
	free(size);
	free(text);
}

/*
 * Ranges for code overlap others, and nothing lies in them.  One that goes beyond the end of
 * what it begins in, as on arm64 without KASLR, is in nothing.
 */
static bool is_noted_at(const struct region *range, const struct box *b)
{
	if (b->kind != BOX_REGION || !b->size)
		return false;
	if (range->parent)
		return range->parent == b->region;
	return !b->region->parent && range->start >= b->start && range->start <= b->end;
}

static void write_notes(struct unit *u, const struct picture *p, const struct style *style)
{
	const struct layout *l = p->l;

	for (size_t i = 0; u->is_in_panel && !u->is_frame && i < u->n_inside; i++)
		if (u->inside[i].box->kind == BOX_REGION)
			add_note(u, u->inside[i].box->region, WORD_HOLDS, style);
	for (size_t i = 0; i < l->n_present; i++)
		if (l->regions[i].is_overlay && is_noted_at(&l->regions[i], u->box))
			add_note(u, &l->regions[i], WORD_CODE_RANGE, style);
}

static void add_pins(struct unit *u, const struct box *b)
{
	if (!b->n_pins)
		return;
	u->pins = realloc(u->pins, (u->n_pins + b->n_pins) * sizeof(*u->pins));
	if (!u->pins)
		die("not enough memory");
	for (size_t i = 0; i < b->n_pins; i++)
		u->pins[u->n_pins++] = (struct label_of_pin){ .witness = b->pins[i] };
}

/* Those of parts that are not drawn, too. */
static void gather_pins(struct unit *u, const struct unit *from)
{
	add_pins(u, from->box);
	for (size_t i = 0; i < from->n_inside && !from->is_frame; i++)
		gather_pins(u, &from->inside[i]);
}

static void write_pins(struct unit *u, const struct style *style)
{
	for (size_t i = 0; i < u->n_pins; i++) {
		u->pins[i].text = block_of_width(u->text.width);
		block_add(&u->pins[i].text, u->pins[i].witness->name, style->small, ANCHOR_END,
			  INK_TEXT);
	}
}

bool unit_is_tiled(const struct unit *u, size_t least)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < u->n_inside; i++) {
		const struct box *b = u->inside[i].box;

		if (b->kind != BOX_REGION)
			continue;
		sum += (double)(b->end - b->start) + 1;
		n++;
	}
	return n >= least && sum > ((double)(u->box->end - u->box->start) + 1) / 2;
}

bool unit_has_insets(const struct unit *u)
{
	return u->has_panel || (u->is_in_panel && u->n_inside && !u->is_frame);
}

/* What is inside a unit of a panel is drawn there if it is most of it. */
static void frame_unit(struct unit *u)
{
	u->is_frame = u->is_in_panel && unit_is_tiled(u, 1);
	for (size_t i = 0; i < u->n_inside; i++) {
		u->inside[i].is_in_panel = u->is_frame;
		frame_unit(&u->inside[i]);
	}
}

bool unit_shows_populated(const struct unit *u)
{
	return u->box->kind == BOX_REGION && u->box->region->has_populated && !u->is_frame;
}

static bool needs_lane(const struct unit *u, const struct picture *p)
{
	return u->n_pins || unit_has_insets(u) || unit_grows(u, p) || unit_shows_populated(u);
}

void units_prepare(struct unit *units, size_t n, const struct picture *p, bool is_narrow)
{
	bool is_needed = false;

	for (size_t i = 0; i < n; i++) {
		struct unit *u = &units[i];

		if (u->is_in_panel) {
			frame_unit(u);
			gather_pins(u, u);
		}
		u->has_lane = needs_lane(u, p);
		is_needed |= u->has_lane;
		if (u->is_frame)
			units_prepare(u->inside, u->n_inside, p, is_narrow);
	}
	for (size_t i = 0; i < n && !is_narrow; i++)
		units[i].is_beside_lane = is_needed && !units[i].has_lane;
}

void unit_write(struct unit *u, const struct picture *p, const struct style *style, double width)
{
	u->text = block_of_width(width - 2 * style->pad - (u->has_lane ? style->lane : 0));
	write_texts(u, p, style);
	write_pins(u, style);
	write_notes(u, p, style);
	for (size_t i = 0; u->is_frame && i < u->n_inside; i++)
		unit_write(&u->inside[i], p, style, width - style->pad);
}

double unit_text_height(const struct unit *u)
{
	double height = u->text.height;

	for (size_t i = 0; i < u->n_notes; i++)
		height += u->notes[i].text.height;
	for (size_t i = 0; i < u->n_pins; i++)
		height += u->pins[i].text.height;
	return height;
}

double unit_need(const struct unit *u, const struct style *style)
{
	double need = unit_text_height(u) + style->pad;

	/* Below the text there is room for what there is of it. */
	if (unit_shows_populated(u))
		need += style->pad;
	return need < style->least ? style->least : need;
}
