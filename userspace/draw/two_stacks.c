// SPDX-License-Identifier: GPL-2.0-only
/*
 * two_stacks.c - see kinds.h
 *
 * A column for each thread: its kernel stack above the split, its user stack below, and
 * an arrow from one to the other, the way of a system call.  A wide page has several
 * columns beside each other, and what has no room is in another row.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "frame.h"
#include "sheet.h"
#include "kinds.h"

enum {
	STACK_WIDTH = 170, GUTTER = 34,		/* the arrow is in the gutter */
	STACK_HEIGHT = 128, GUARD_HEIGHT = 24,
	REGISTERS_HEIGHT = 26,
	LEAST_USED = 8,				/* height of what is used */
	SPLIT_HEIGHT = 62, ABOVE_LINE = 23,
	PAD = 6,
};

struct stacks_picture {
	const struct two_stacks *t;
	const struct page *page;
	struct scene *s;
	double margin, y;
	double step;				/* from one column to the next */
	double labels;				/* height of the addresses above a stack */
	bool has_guard, has_gap, has_used, has_at_most;
};

/* --- One stack ------------------------------------------------------------------------ */

static void address_line(struct stacks_picture *p, double x, double y, uint64_t addr,
			 const char *more)
{
	char *digits = label_address(addr, p->t->bits);

	scene_text(p->s, x, y + text_ascent(SMALL_FIXED), SMALL_FIXED, ANCHOR_START, INK_QUIET,
		   digits);
	if (more && text_width(digits, SMALL_FIXED) + 6 + text_width(more, SMALL) <= STACK_WIDTH)
		scene_text(p->s, x + text_width(digits, SMALL_FIXED) + 6, y + text_ascent(SMALL),
			   SMALL, ANCHOR_START, INK_QUIET, more);
	free(digits);
}

/* A guard or a gap; returns the y below. */
static double draw_below(struct stacks_picture *p, const struct drawn_stack *stack, double x,
			 double y)
{
	char *size, *text;

	if (!stack->guard && !stack->gap)
		return y;
	size = label_size((stack->guard ? stack->guard : stack->gap) - 1);
	text = word_with(stack->guard ? WORD_STACK_GUARD : WORD_STACK_GAP, size);
	scene_group(p->s, NULL, stack->guard ? "guard" : "gap", text, NULL);
	scene_box(p->s, x, y, STACK_WIDTH, GUARD_HEIGHT,
		  stack->guard ? TONE_NOTHING : TONE_UNUSED, STATE_RESERVED, STROKE_DASHED);
	scene_text(p->s, x + PAD, y + (GUARD_HEIGHT - line_height(SMALL)) / 2 + text_ascent(SMALL),
		   SMALL, ANCHOR_START, INK_TEXT, text);
	scene_end_group(p->s);
	p->has_guard |= stack->guard > 0;
	p->has_gap |= stack->gap > 0;
	free(text);
	free(size);
	return y + GUARD_HEIGHT;
}

static void draw_unknown(struct stacks_picture *p, const struct drawn_stack *stack, double x,
			 double y)
{
	scene_box(p->s, x, y, STACK_WIDTH, STACK_HEIGHT, TONE_NONE, STATE_RESERVED, STROKE_DASHED);
	y = wrapped(p->s, x + PAD, y + PAD, STACK_WIDTH - 2 * PAD, NORMAL, INK_TEXT,
		    word(WORD_NOT_KNOWN));
	if (stack->why)
		wrapped(p->s, x + PAD, y + 2, STACK_WIDTH - 2 * PAD, SMALL, INK_TEXT, stack->why);
}

static void draw_stack_title(struct stacks_picture *p, const struct drawn_stack *stack, double x,
			     double y, enum picture_word title)
{
	char *size = label_size(stack->end - stack->start);

	line_of_text(p->s, x + PAD, &y, BOLD, INK_TEXT, word(title));
	line_of_text(p->s, x + PAD, &y, NORMAL, INK_TEXT, size);
	free(size);
}

/* The arrow on its inside: where a stack grows. */
static void draw_growth(struct stacks_picture *p, double x, double from, double to)
{
	if (to - from > 14)
		scene_line(p->s, x + STACK_WIDTH - 14, from + 3, x + STACK_WIDTH - 14, to - 4,
			   STROKE_THIN, INK_TEXT)->has_arrow = true;
}

/* How high what is in use is drawn; linear. */
static double used_height(const struct drawn_thread *th)
{
	double size = (double)(th->user.end - th->user.start) + 1;
	double used = (double)(th->user.end - th->sp) + 1;
	double height = STACK_HEIGHT * used / size;

	if (height < LEAST_USED)
		return LEAST_USED;
	return height > STACK_HEIGHT - LEAST_USED && used < size ? STACK_HEIGHT - LEAST_USED : height;
}

/* Title and size stand where there is room: below what is in use, or in it. */
static void draw_user_stack(struct stacks_picture *p, const struct drawn_thread *th, double x,
			    double y)
{
	double used = th->has_sp ? used_height(th) : 0;
	double texts = line_height(BOLD) + line_height(NORMAL);
	char *size, *text;

	scene_box(p->s, x, y, STACK_WIDTH, STACK_HEIGHT, TONE_DATA, STATE_RESERVED, STROKE_THIN);
	if (!th->has_sp) {
		draw_stack_title(p, &th->user, x, y + PAD, WORD_USER_STACK);
		return;
	}
	scene_group(p->s, NULL, "used", word(WORD_IN_USE), NULL);
	scene_box(p->s, x, y, STACK_WIDTH, used, TONE_DATA, STATE_MAPPED, STROKE_THIN);
	scene_end_group(p->s);
	p->has_used = true;
	size = label_size(th->user.end - th->sp);
	text = word_with(th->is_at_most ? WORD_STACK_USED_AT_MOST : WORD_STACK_USED, size);
	p->has_at_most |= th->is_at_most;
	if (used > texts + line_height(SMALL) + PAD) {
		draw_stack_title(p, &th->user, x, y + 2, WORD_USER_STACK);
		scene_text(p->s, x + PAD, y + 2 + texts + text_ascent(SMALL), SMALL, ANCHOR_START,
			   INK_TEXT, text);
	} else {
		scene_text(p->s, x + PAD, y + used + 3 + text_ascent(SMALL), SMALL, ANCHOR_START,
			   INK_TEXT, text);
		draw_stack_title(p, &th->user, x, y + used + 6 + line_height(SMALL),
				 WORD_USER_STACK);
	}
	draw_growth(p, x, y + used, y + STACK_HEIGHT);
	free(text);
	free(size);
}

/* On entry into the kernel it is empty: the registers of user mode are stored first. */
static void draw_kernel_stack(struct stacks_picture *p, const struct drawn_thread *th, double x,
			      double y)
{
	double top = y + REGISTERS_HEIGHT;

	scene_box(p->s, x, y, STACK_WIDTH, STACK_HEIGHT, TONE_PAGES, STATE_RESERVED, STROKE_THIN);
	scene_group(p->s, NULL, "registers", word(WORD_SAVED_REGISTERS), NULL);
	scene_box(p->s, x, y, STACK_WIDTH, REGISTERS_HEIGHT, TONE_CHOSEN, STATE_RESERVED,
		  STROKE_THIN);
	scene_text(p->s, x + PAD, y + (REGISTERS_HEIGHT - line_height(SMALL)) / 2 +
		   text_ascent(SMALL), SMALL, ANCHOR_START, INK_TEXT, word(WORD_SAVED_REGISTERS));
	scene_end_group(p->s);
	draw_stack_title(p, &th->kernel, x, top + 4, WORD_KERNEL_STACK);
	if (th->region)
		scene_text(p->s, x + PAD, top + 6 + line_height(BOLD) + line_height(NORMAL) +
			   text_ascent(SMALL), SMALL, ANCHOR_START, INK_TEXT, th->region);
	draw_growth(p, x, top, y + STACK_HEIGHT);
}

/* Addresses above and below, stack and what is below it; returns the y below all. */
static double draw_stack(struct stacks_picture *p, const struct drawn_thread *th, bool kernel,
			 double x, double y)
{
	const struct drawn_stack *stack = kernel ? &th->kernel : &th->user;

	scene_group(p->s, NULL, kernel ? "stack kernel-stack" : "stack user-stack",
		    word(kernel ? WORD_KERNEL_STACK : WORD_USER_STACK), stack->why);
	if (!stack->known) {
		draw_unknown(p, stack, x, y + p->labels);
		scene_end_group(p->s);
		return y + p->labels + STACK_HEIGHT;
	}
	address_line(p, x, y, stack->end, word(WORD_LAST_ADDRESS));
	y += p->labels;
	if (kernel)
		draw_kernel_stack(p, th, x, y);
	else
		draw_user_stack(p, th, x, y);
	y += STACK_HEIGHT;
	address_line(p, x + PAD, y - line_height(SMALL_FIXED) - 2, stack->start, NULL);
	y = draw_below(p, stack, x, y);
	scene_end_group(p->s);
	return y;
}

/* --- A thread ---------------------------------------------------------------------------- */

static double stack_room(const struct stacks_picture *p)
{
	return p->labels + STACK_HEIGHT + GUARD_HEIGHT + 8;
}

/* Out of the user stack at its pointer, up through the split, into the kernel stack's top. */
static void draw_call(struct stacks_picture *p, const struct drawn_thread *th, double x,
		      double kernel, double user)
{
	double right = x + STACK_WIDTH, bend = right + GUTTER / 2.0;
	double from = user + p->labels + (th->has_sp ? used_height(th) : STACK_HEIGHT / 2.0);
	double to = kernel + p->labels + REGISTERS_HEIGHT / 2.0;
	const struct point points[] = {
		{ right, from }, { bend, from }, { bend, to }, { right + 2, to },
	};

	if (!th->user.known || !th->kernel.known)
		return;
	scene_group(p->s, NULL, "arrow system-call", word(WORD_SYSTEM_CALL), NULL);
	scene_path(p->s, points, ARRAY_SIZE(points), false, STROKE_THICK, INK_CHOSEN)->has_arrow = true;
	scene_text(p->s, bend - 6, user - 4 - line_height(SMALL) + text_ascent(SMALL), SMALL,
		   ANCHOR_END, INK_CHOSEN, word(WORD_SYSTEM_CALL));
	scene_end_group(p->s);
}

static double name_height(const struct stacks_picture *p, size_t first, size_t n)
{
	double height = 0;

	for (size_t i = first; i < first + n; i++) {
		char *name = escaped(p->t->threads[i].name);

		height = larger(height, wrapped_height(STACK_WIDTH, BOLD, name));
		free(name);
	}
	return height;
}

static void draw_thread(struct stacks_picture *p, const struct drawn_thread *th, double x,
			double names, double split)
{
	double kernel = p->y + names + 4, user = split + SPLIT_HEIGHT;
	char *name = escaped(th->name);

	scene_group(p->s, NULL, "thread", name, NULL);
	wrapped(p->s, x, p->y, STACK_WIDTH, BOLD, INK_STRONG, name);
	draw_stack(p, th, true, x, kernel);
	user = draw_stack(p, th, false, x, user);
	if (th->user.known && th->user.why)
		wrapped(p->s, x, user, STACK_WIDTH + GUTTER - 8, SMALL, INK_TEXT, th->user.why);
	draw_call(p, th, x, kernel, split + SPLIT_HEIGHT);
	scene_end_group(p->s);
	free(name);
}

/* The strongest line of the picture, with what is on either side of it. */
static void draw_split(struct stacks_picture *p, double y)
{
	double right = p->page->width - p->margin;
	double middle = y + ABOVE_LINE;
	const char *above = word(p->t->is_space ? WORD_SPACE_OF_KERNEL : WORD_KERNEL_HALF);
	const char *below = word(p->t->is_space ? WORD_SPACE_OF_PROCESS : WORD_USER_HALF);

	scene_group(p->s, NULL, "split", word(WORD_SYSTEM_CALL), NULL);
	scene_line(p->s, p->margin, middle, right, middle, STROKE_THICK, INK_STRONG);
	scene_text(p->s, p->margin, middle - 6, BOLD, ANCHOR_START, INK_STRONG, above);
	scene_text(p->s, p->margin, middle + 5 + text_ascent(BOLD), BOLD, ANCHOR_START, INK_STRONG,
		   below);
	scene_end_group(p->s);
}

/* --- The picture -------------------------------------------------------------------------- */

/* The longest remark below a user stack. */
static double remarks_height(const struct stacks_picture *p, size_t first, size_t n)
{
	double height = 0;

	for (size_t i = first; i < first + n; i++) {
		const struct drawn_stack *stack = &p->t->threads[i].user;

		if (stack->known && stack->why)
			height = larger(height, wrapped_height(STACK_WIDTH + GUTTER - 8, SMALL,
							       stack->why));
	}
	return height;
}

static void draw_row(struct stacks_picture *p, size_t first, size_t n)
{
	double names = name_height(p, first, n);
	double split = p->y + names + 4 + stack_room(p);

	draw_split(p, split);
	for (size_t i = 0; i < n; i++)
		draw_thread(p, &p->t->threads[first + i], p->margin + (double)i * p->step, names,
			    split);
	p->y = split + SPLIT_HEIGHT + stack_room(p) + remarks_height(p, first, n) + 24;
}

static void draw_threads(struct stacks_picture *p)
{
	double width = p->page->width - 2 * p->margin;
	size_t fit = (size_t)((width + 8) / (STACK_WIDTH + GUTTER + 8));

	p->step = (double)STACK_WIDTH + GUTTER + 8;
	if (!fit)
		fit = 1;
	for (size_t first = 0; first < p->t->n_threads; first += fit) {
		size_t left = p->t->n_threads - first;

		draw_row(p, first, left < fit ? left : fit);
	}
}

static void draw_key(struct stacks_picture *p)
{
	struct key key = key_begin(p->s, p->page, p->y);
	double width = p->page->width - 2 * p->margin;

	key_add(&key, TONE_PAGES, STATE_RESERVED, word(WORD_KERNEL_STACK));
	key_add(&key, TONE_DATA, STATE_RESERVED, word(WORD_USER_STACK));
	if (p->has_used)
		key_add(&key, TONE_DATA, STATE_MAPPED, word(WORD_KEY_USED));
	if (p->has_guard)
		key_add(&key, TONE_NOTHING, STATE_RESERVED, word(WORD_KEY_GUARD));
	if (p->has_gap)
		key_add(&key, TONE_UNUSED, STATE_RESERVED, word(WORD_KEY_GAP));
	p->y = key_end(&key);
	p->y = wrapped(p->s, p->margin, p->y, width, SMALL, INK_QUIET, word(WORD_STACKS_NOTE));
	if (p->has_at_most)
		p->y = wrapped(p->s, p->margin, p->y + 2, width, SMALL, INK_QUIET,
			       word(WORD_AT_MOST_NOTE));
}

struct scene *compose_two_stacks(const struct two_stacks *t, const struct page *page)
{
	struct stacks_picture p = { .t = t, .page = page, .margin = page_margin(page) };
	double width = page->width - 2 * p.margin;
	char *process = escaped(t->process), *number, *kernel = NULL, *date = NULL;

	p.s = scene_new(word(WORD_STACKS_TITLE), word(WORD_STACKS_NOTE));
	p.s->width = page->width;
	p.labels = line_height(SMALL_FIXED) + 2;
	if (t->l) {
		kernel = label_kernel(t->l, NULL);
		date = label_date(t->l);
	}
	p.y = draw_title(p.s, page, p.s->title, kernel, date);
	p.y = wrapped(p.s, p.margin, p.y + 2, width, NORMAL, INK_TEXT, process);
	if (t->split)
		p.y = wrapped(p.s, p.margin, p.y + 2, width, SMALL, INK_QUIET, t->split);
	p.y += 16;
	draw_threads(&p);
	if (t->n_hidden) {
		number = text_printf("%zu", t->n_hidden);
		line_with(p.s, p.margin, &p.y, NORMAL, INK_TEXT, WORD_MORE_THREADS, number);
		p.y += 10;
		free(number);
	}
	draw_key(&p);
	p.s->height = p.y + p.margin;
	free(process);
	free(kernel);
	free(date);
	return p.s;
}
