// SPDX-License-Identifier: GPL-2.0-only
/*
 * spaces.c - see panels.h
 *
 * Where user processes have address spaces of their own (s390x), the picture has two
 * columns: that of a process on the left, and the kernel's; a system call leads from
 * one to the other.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "frame.h"
#include "panels.h"
#include "sheet.h"

enum { SPACE_WIDTH = 150, SPACE_GAP = 26, LEAST_WIDTH = 860, ARROW_DOWN = 26, PAD = 6 };

double spaces_width(const struct layout *l, const struct page *page)
{
	const struct fact *split = layout_fact(l, "user_kernel_split");

	if (l->process || page->brief || page->width < LEAST_WIDTH || !split || !split->value ||
	    strcmp(split->value, "separate") != 0)
		return 0;
	return SPACE_WIDTH + SPACE_GAP;
}

static double head_height(double width, enum picture_word name, enum picture_word tables)
{
	return wrapped_height(width, BOLD, word(name)) + line_height(BOLD) +
	       wrapped_height(width, SMALL, word(tables));
}

double spaces_heads_height(const struct strip *column)
{
	return larger(head_height(SPACE_WIDTH, WORD_SPACE_OF_PROCESS, WORD_SPACE_PROCESS),
		      head_height(column->width, WORD_SPACE_OF_KERNEL, WORD_SPACE_KERNEL)) + 8;
}

/* What it is, and by which register it is translated. */
static void draw_head(struct scene *s, double x, double y, double width, enum picture_word name,
		      enum picture_word tables)
{
	y = wrapped(s, x, y, width, BOLD, INK_STRONG, word(name));
	line_of_text(s, x, &y, BOLD, INK_TEXT, "ASCE");
	wrapped(s, x, y, width, SMALL, INK_TEXT, word(tables));
}

static void draw_call(struct scene *s, double from, double to, double y)
{
	scene_group(s, NULL, "arrow system-call", word(WORD_SYSTEM_CALL), NULL);
	scene_line(s, from, y, to, y, STROKE_THICK, INK_CHOSEN)->has_arrow = true;
	scene_text(s, (from + to) / 2, y - 6, SMALL, ANCHOR_MIDDLE, INK_CHOSEN,
		   word(WORD_SYSTEM_CALL));
	scene_end_group(s);
}

/* All of it is the process's: there is no boundary to the kernel in it. */
static void draw_user_space(struct scene *s, const struct layout *l, double x, double y,
			    double height)
{
	uint64_t limit;
	bool known = fact_number(layout_fact(l, "user_limit"), &limit) && limit;
	char *size = known ? label_size(limit - 1) : text_printf("%s", ""), *last, *first;
	double text = y + PAD;

	scene_group(s, "user-space", "space user", word(WORD_SPACE_OF_PROCESS), size);
	scene_box(s, x, y, SPACE_WIDTH, height, TONE_CODE, STATE_RESERVED, STROKE_THIN);
	first = label_address(0, l->bits);
	if (known) {
		last = label_address(limit - 1, l->bits);
		line_of_text(s, x + PAD, &text, SMALL_FIXED, INK_TEXT, last);
		line_of_text(s, x + PAD, &text, SMALL, INK_QUIET, word(WORD_LAST_ADDRESS));
		free(last);
	}
	text = y + height / 2 - line_height(BOLD);
	line_of_text(s, x + PAD, &text, BOLD, INK_TEXT, word(WORD_PROCESS_ALONE));
	line_of_text(s, x + PAD, &text, NORMAL, INK_TEXT, size);
	scene_text(s, x + PAD, y + height - PAD, SMALL_FIXED, ANCHOR_START, INK_TEXT, first);
	scene_end_group(s);
	free(first);
	free(size);
}

void spaces_draw(struct scene *s, const struct layout *l, const struct page *page,
		 const struct strip *column, double heads)
{
	double x = page_margin(page);

	scene_group(s, "roots", "roots", word(WORD_ROOTS_TITLE), NULL);
	draw_head(s, x, heads, SPACE_WIDTH, WORD_SPACE_OF_PROCESS, WORD_SPACE_PROCESS);
	draw_head(s, column->x, heads, column->width, WORD_SPACE_OF_KERNEL, WORD_SPACE_KERNEL);
	draw_call(s, x + SPACE_WIDTH + 6, column->x - 6, heads + ARROW_DOWN);
	draw_user_space(s, l, x, column->y, column->height);
	scene_end_group(s);
}
