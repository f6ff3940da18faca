// SPDX-License-Identifier: GPL-2.0-only
/* paper.c - see paper.h */
#include <stdlib.h>

#include "base/util.h"
#include "paper.h"

/*
 * Of a sheet, what A4 (595 x 842 pt) and Letter (612 x 792 pt) have in common, so
 * that no printer has to scale.
 */
enum { SHORT_SIDE = 595, LONG_SIDE = 792 };

/* pt for a px where the smallest texts have 6 pt. */
static const double READABLE_SCALE = 6.0 / 11;

/* So much larger must texts become to be worth a sheet that lies, or several sheets. */
static const double LEAST_GAIN = 1.1;

/* Of the room on a sheet, what a part takes at least. */
static const double LEAST_PART = 0.6;

/* The scale at which the width of a scene fits. */
static double scale_across(const struct scene *s, double width)
{
	return lesser(USUAL_SCALE, (width - 2 * PAPER_MARGIN) / s->width);
}

static struct sheet whole_sheet(const struct scene *s, double width, double height)
{
	return (struct sheet){
		.width = width, .height = height, .top = 0, .bottom = s->height,
		.scale = lesser(scale_across(s, width), (height - 2 * PAPER_MARGIN) / s->height),
	};
}

static bool crosses_text(const struct scene *s, double y)
{
	for (size_t i = 0; i < s->n_marks; i++) {
		const struct mark *m = &s->marks[i];
		double top = m->y - text_ascent(m->font);

		if (m->type == MARK_TEXT && y > top && y < top + line_height(m->font))
			return true;
	}
	return false;
}

/*
 * Where a part ends that begins at top and has room for so much: at the edge of a
 * box if it can be, and never within a line of text unless all is full of text.
 */
static double part_end(const struct scene *s, double top, double room)
{
	double least = top + LEAST_PART * room, most = top + room, best = 0;

	if (most >= s->height)
		return s->height;
	for (size_t i = 0; i < s->n_marks; i++) {
		double y = s->marks[i].y;

		if (s->marks[i].type == MARK_BOX && y > best && y >= least && y <= most &&
		    !crosses_text(s, y))
			best = y;
	}
	for (double y = most; best == 0 && y > least; y--)
		best = crosses_text(s, y) ? 0 : y;
	return best > 0 ? best : most;
}

static size_t add_parts(const struct scene *s, const struct sheet *like, struct sheet *sheets)
{
	double room = (like->height - 2 * PAPER_MARGIN) / like->scale, top = 0;
	size_t n = 0;

	for (; top < s->height; n++) {
		double bottom = part_end(s, top, room);

		if (sheets) {
			sheets[n] = *like;
			sheets[n].top = top;
			sheets[n].bottom = bottom;
		}
		top = bottom;
	}
	return n;
}

struct sheet *paper_sheets(const struct scene *s, size_t *n)
{
	struct sheet upright = whole_sheet(s, SHORT_SIDE, LONG_SIDE);
	struct sheet lying = whole_sheet(s, LONG_SIDE, SHORT_SIDE);
	struct sheet whole = lying.scale > LEAST_GAIN * upright.scale ? lying : upright;
	struct sheet part = scale_across(s, SHORT_SIDE) >= READABLE_SCALE ? upright : lying;
	struct sheet *sheets;

	part.scale = scale_across(s, part.width);
	*n = 1;
	if (whole.scale < READABLE_SCALE && part.scale >= LEAST_GAIN * whole.scale)
		*n += add_parts(s, &part, NULL);
	sheets = zalloc_array(*n, sizeof(*sheets));
	sheets[0] = whole;
	if (*n > 1)
		add_parts(s, &part, sheets + 1);
	return sheets;
}
