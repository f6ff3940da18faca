// SPDX-License-Identifier: GPL-2.0-only
/* frame.c - see frame.h */
#include <stdlib.h>

#include "base/util.h"
#include "blocks.h"
#include "frame.h"
#include "texts/words.h"

enum { SWATCH = 22, SWATCH_HEIGHT = 13, SPACE = 6, ENTRY_SPACE = 18, ROW = 20, PIN_SIZE = 4 };

static const struct font plain = { FACE_SANS, TEXT_SMALL, false };

double page_margin(const struct page *page)
{
	return page->width < 700 ? 12 : 24;
}

double draw_title(struct scene *s, const struct page *page, const char *title,
		  const char *subtitle, const char *date)
{
	const struct font large = { FACE_SANS, TEXT_LARGE, true };
	const struct font normal = { FACE_SANS, page->brief && page->width >= 700 ? TEXT_LARGE : TEXT_NORMAL, false };
	const struct font bold = { FACE_SANS, TEXT_NORMAL, true };
	double margin = page_margin(page);
	struct block b = block_of_width(page->width - 2 * margin);

	scene_group(s, "title", "title", NULL, NULL);
	block_add(&b, title, text_width(title, large) > 2 * b.width ? bold : large, ANCHOR_START,
		  INK_TEXT);
	block_skip(&b, 2);
	if (subtitle && *subtitle)
		block_add(&b, subtitle, normal, ANCHOR_START, INK_TEXT);
	if (date && !block_beside(&b, date, plain, ANCHOR_END, INK_QUIET))
		block_add(&b, date, plain, ANCHOR_START, INK_QUIET);
	block_draw(s, &b, margin, margin);
	scene_end_group(s);
	margin += b.height;
	block_free(&b);
	return margin;
}

void draw_pin(struct scene *s, double x, double y)
{
	const struct point points[] = {
		{ x, y - PIN_SIZE }, { x + PIN_SIZE, y }, { x, y + PIN_SIZE }, { x - PIN_SIZE, y },
	};
	struct mark *m = scene_path(s, points, ARRAY_SIZE(points), true, STROKE_THIN, INK_CHOSEN);

	m->tone = TONE_CHOSEN;
	m->state = STATE_MAPPED;
}

/* --- The legend -------------------------------------------------------------------- */

struct legend {
	struct scene *s;
	struct font font;
	double row;
	double left, right, x, y;
};

/* The place of the next entry's sign; the text is after it. */
static void begin_entry(struct legend *l, const char *text)
{
	double width = SWATCH + SPACE + text_width(text, l->font);

	if (l->x > l->left && l->x + width > l->right) {
		l->x = l->left;
		l->y += l->row;
	}
	scene_text(l->s, l->x + SWATCH + SPACE,
		   l->y + (SWATCH_HEIGHT - line_height(l->font)) / 2 + text_ascent(l->font), l->font,
		   ANCHOR_START, INK_TEXT, text);
}

static void end_entry(struct legend *l, const char *text)
{
	l->x += SWATCH + SPACE + text_width(text, l->font) + ENTRY_SPACE;
}

static void add_swatch(struct legend *l, enum tone tone, enum state state, const char *text)
{
	begin_entry(l, text);
	scene_box(l->s, l->x, l->y, SWATCH, SWATCH_HEIGHT, tone, state, STROKE_THIN);
	end_entry(l, text);
}

/* Which tones and states are in the picture? */
static void find_used(const struct scene *s, bool tones[N_TONES], bool states[STATE_MAPPED + 1])
{
	for (size_t i = 0; i < s->n_marks; i++) {
		const struct mark *m = &s->marks[i];

		if (m->type != MARK_BOX || m->tone == TONE_NONE)
			continue;
		tones[m->tone] = true;
		if (m->tone < TONE_UNUSED)
			states[m->state] = true;
	}
}

static void add_tones(struct legend *l, const bool tones[N_TONES])
{
	static const struct {
		enum tone tone;
		enum picture_word meaning;
	} entries[] = {
		{ TONE_CODE, WORD_LEGEND_CODE }, { TONE_DATA, WORD_LEGEND_DATA },
		{ TONE_ONE_PIECE, WORD_LEGEND_ONE_PIECE }, { TONE_PAGES, WORD_LEGEND_PAGES },
		{ TONE_FIXED, WORD_LEGEND_FIXED }, { TONE_UNUSED, WORD_LEGEND_UNUSED },
		{ TONE_NOTHING, WORD_LEGEND_NOTHING }, { TONE_ALERT, WORD_LEGEND_ALERT },
		{ TONE_CHOSEN, WORD_LEGEND_CHOSEN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if (tones[entries[i].tone])
			add_swatch(l, entries[i].tone, STATE_RESERVED, word(entries[i].meaning));
}

/* The states are shown in a tone that the picture has. */
static void add_states(struct legend *l, const bool tones[N_TONES],
		       const bool states[STATE_MAPPED + 1])
{
	static const enum picture_word meanings[] = {
		[STATE_RESERVED] = WORD_LEGEND_RESERVED, [STATE_POPULATED] = WORD_LEGEND_POPULATED,
		[STATE_MAPPED] = WORD_LEGEND_MAPPED,
	};
	enum tone tone = TONE_ONE_PIECE;

	for (enum tone t = TONE_CODE; !tones[tone] && t < TONE_UNUSED; t++)
		if (tones[t])
			tone = t;
	/* One state alone needs no words. */
	if (states[STATE_RESERVED] + states[STATE_POPULATED] + states[STATE_MAPPED] < 2)
		return;
	for (enum state state = STATE_RESERVED; state <= STATE_MAPPED; state++)
		if (states[state])
			add_swatch(l, tone, state, word(meanings[state]));
}

static void add_signs(struct legend *l, unsigned int signs)
{
	double middle;

	if (signs & SIGN_PIN) {
		begin_entry(l, word(WORD_LEGEND_PIN));
		draw_pin(l->s, l->x + SWATCH / 2.0, l->y + SWATCH_HEIGHT / 2.0);
		end_entry(l, word(WORD_LEGEND_PIN));
	}
	if (!(signs & SIGN_INSIDE))
		return;
	begin_entry(l, word(WORD_LEGEND_INSIDE));
	middle = l->y + SWATCH_HEIGHT / 2.0;
	scene_line(l->s, l->x, middle - 2, l->x + SWATCH, l->y, STROKE_THIN, INK_QUIET);
	scene_line(l->s, l->x, middle + 2, l->x + SWATCH, l->y + SWATCH_HEIGHT, STROKE_THIN,
		   INK_QUIET);
	end_entry(l, word(WORD_LEGEND_INSIDE));
}

double draw_legend(struct scene *s, const struct page *page, double y, unsigned int signs,
		   const char *const *notes)
{
	double margin = page_margin(page);
	const bool is_large = page->brief && page->width >= 700;
	const struct font font = { FACE_SANS, is_large ? TEXT_NORMAL : TEXT_SMALL, false };
	struct legend l = { s, font, larger(ROW, line_height(font) + 6), margin, page->width - margin,
			    margin, y + 8 };
	struct block b = block_of_width(page->width - 2 * margin);
	bool tones[N_TONES] = { false }, states[STATE_MAPPED + 1] = { false };

	find_used(s, tones, states);
	scene_group(s, "legend", "legend", NULL, NULL);
	scene_line(s, l.left, y, l.right, y, STROKE_THIN, INK_QUIET);
	add_tones(&l, tones);
	add_states(&l, tones, states);
	add_signs(&l, signs);
	scene_end_group(s);
	scene_group(s, "notes", "notes", NULL, NULL);
	for (size_t i = 0; notes[i]; i++)
		block_add(&b, notes[i], font, ANCHOR_START, INK_TEXT);
	block_draw(s, &b, margin, l.y + l.row);
	scene_end_group(s);
	y = l.y + l.row + b.height;
	block_free(&b);
	return y;
}
