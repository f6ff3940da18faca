// SPDX-License-Identifier: GPL-2.0-only
/*
 * roots.c - see kinds.h
 *
 * Facts are from the kernel's sources: Documentation/arch/arm64/memory.rst,
 * Documentation/arch/loongarch/introduction.rst, arch/mips/include/asm/addrspace.h,
 * arch/powerpc/include/asm/book3s/64/radix.h, arch/s390/kernel/entry.S, and the code
 * that loads the registers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "frame.h"
#include "parts.h"
#include "kinds.h"
#include "sheet.h"
#include "themes.h"

enum { PAD = 6, ARROW = 44, ROW_GAP = 8, CALL_GAP = 26, MOST_WAYS = 10 };

/* What translates a part of the address space. */
struct way {
	const char *archs;
	const char *fact, *value;	/* only where this fact has this value; or NULL */
	const char *region;		/* whose addresses; NULL: a half */
	enum half half;			/* HALF_NEITHER: a space that the layout has not */
	const char *root;		/* the register, or NULL: no table is asked */
	enum picture_word words;
};

/* From the top down. */
static const struct way ways[] = {
	{ "x86_64 i386", NULL, NULL, NULL, HALF_KERNEL, "CR3", WORD_ROOT_SHARED },
	{ "x86_64 i386", NULL, NULL, NULL, HALF_USER, "CR3", WORD_ROOT_PROCESS },
	{ "riscv64", NULL, NULL, NULL, HALF_KERNEL, "satp", WORD_ROOT_SHARED },
	{ "riscv64", NULL, NULL, NULL, HALF_USER, "satp", WORD_ROOT_PROCESS },
	{ "arm", "page_levels", "2", NULL, HALF_KERNEL, "TTBR0", WORD_ROOT_SHARED },
	{ "arm", "page_levels", "2", NULL, HALF_USER, "TTBR0", WORD_ROOT_PROCESS },
	{ "arm64", NULL, NULL, NULL, HALF_KERNEL, "TTBR1_EL1", WORD_ROOT_KERNEL },
	{ "arm64", NULL, NULL, NULL, HALF_USER, "TTBR0_EL1", WORD_ROOT_PROCESS },
	{ "loongarch64", NULL, NULL, "vmalloc", HALF_KERNEL, "PGDH", WORD_ROOT_KERNEL },
	{ "loongarch64", NULL, NULL, "write_combine", HALF_KERNEL, NULL, WORD_WINDOW_COMBINED },
	{ "loongarch64", NULL, NULL, "direct_map", HALF_KERNEL, NULL, WORD_WINDOW_CACHED },
	{ "loongarch64", NULL, NULL, "uncached", HALF_KERNEL, NULL, WORD_WINDOW_UNCACHED },
	{ "loongarch64", NULL, NULL, NULL, HALF_USER, "PGDL", WORD_ROOT_PROCESS },
	{ "mips64", NULL, NULL, "ckseg3", HALF_KERNEL, "swapper_pg_dir", WORD_ROOT_KERNEL },
	{ "mips64", NULL, NULL, "ckseg1", HALF_KERNEL, NULL, WORD_WINDOW_UNCACHED },
	{ "mips64", NULL, NULL, "ckseg0", HALF_KERNEL, NULL, WORD_WINDOW_CACHED },
	{ "mips64", NULL, NULL, "vmalloc", HALF_KERNEL, "swapper_pg_dir", WORD_ROOT_KERNEL },
	{ "mips64", NULL, NULL, "xkphys", HALF_KERNEL, NULL, WORD_WINDOW_ALL },
	{ "mips64", NULL, NULL, NULL, HALF_USER, "pgd_current", WORD_ROOT_PROCESS },
	{ "ppc64", "mmu", "radix", NULL, HALF_KERNEL, "quadrant 3", WORD_ROOT_KERNEL },
	{ "ppc64", "mmu", "radix", NULL, HALF_USER, "quadrant 0", WORD_ROOT_PROCESS },
	{ "ppc64", "mmu", "hash", NULL, HALF_KERNEL, "segment 0xc", WORD_ROOT_HASH },
	{ "ppc64", "mmu", "hash", NULL, HALF_USER, "segment 0x0", WORD_ROOT_HASH },
	{ "s390x", NULL, NULL, NULL, HALF_KERNEL, "ASCE", WORD_SPACE_KERNEL },
	{ "s390x", NULL, NULL, NULL, HALF_NEITHER, "ASCE", WORD_SPACE_PROCESS },
};

struct root_box {
	const struct way *way;
	char *name;
	bool has_start;
	uint64_t start;
	enum tone tone;
};

struct roots {
	struct scene *s;
	const struct layout *l;
	double margin, y, left, right, right_width;	/* left: the width of the boxes there */
	struct root_box boxes[MOST_WAYS];
	size_t n;
};

/* --- Which there are ----------------------------------------------------------------- */

static bool is_true(const struct layout *l, const struct way *w)
{
	const struct fact *f = w->fact ? layout_fact(l, w->fact) : NULL;

	return line_has_word(w->archs, l->arch) &&
	       (!w->fact || (f && f->value && strcmp(f->value, w->value) == 0));
}

static void add_way(struct roots *r, const struct way *w, const struct half_range *halves)
{
	struct root_box box = { .way = w, .has_start = true, .tone = TONE_PAGES };
	const struct region *region = w->region ? layout_region(r->l, w->region) : NULL;

	if ((w->region && (!region || region->absent)) || r->n == MOST_WAYS)
		return;
	if (!w->region && w->half != HALF_NEITHER && !halves[w->half].is_drawn)
		return;
	if (region) {
		box.start = region->start;
		box.tone = region_tone(region);
		box.name = text_printf("%s", region->name);
	} else if (w->half == HALF_NEITHER) {
		box.has_start = false;
		box.tone = TONE_CODE;
		box.name = text_printf("%s", word(WORD_SPACE_OF_PROCESS));
	} else {
		box.start = halves[w->half].start;
		box.tone = w->half == HALF_USER ? TONE_CODE : TONE_PAGES;
		box.name = text_printf("%s", word(w->words == WORD_SPACE_KERNEL ?
						  WORD_SPACE_OF_KERNEL :
						  w->half == HALF_USER ? WORD_USER_HALF :
						  WORD_KERNEL_HALF));
	}
	r->boxes[r->n++] = box;
}

static void find_ways(struct roots *r)
{
	struct half_range halves[HALF_USER + 1] = { 0 };

	find_halves(r->l, halves);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (is_true(r->l, &ways[i]))
			add_way(r, &ways[i], halves);
	for (size_t i = 0; i <= HALF_USER; i++)
		free(halves[i].size);
}

/* --- Drawing ---------------------------------------------------------------------------- */

static double left_height(const struct roots *r, const struct root_box *box)
{
	return wrapped_height(r->left - 2 * PAD, BOLD, box->name) +
	       (box->has_start ? line_height(SMALL_FIXED) : 0) + 8;
}

static double right_height(const struct roots *r, const struct root_box *box)
{
	return (box->way->root ? line_height(BOLD) : 0) +
	       wrapped_height(r->right_width - 2 * PAD, SMALL, word(box->way->words)) + 8;
}

static void draw_left(struct roots *r, const struct root_box *box, double height)
{
	double y;

	scene_box(r->s, r->margin, r->y, r->left, height, box->tone, STATE_RESERVED, STROKE_THIN);
	y = wrapped(r->s, r->margin + PAD, r->y + 4, r->left - 2 * PAD, BOLD, INK_TEXT, box->name);
	if (box->has_start) {
		char *addr = label_address(box->start, r->l->bits);

		line_of_text(r->s, r->margin + PAD, &y, SMALL_FIXED, INK_TEXT, addr);
		free(addr);
	}
}

static void draw_right(struct roots *r, const struct root_box *box, double height)
{
	double y = r->y + 4;

	scene_box(r->s, r->right, r->y, r->right_width, height,
		  box->way->root ? TONE_NONE : TONE_ONE_PIECE, STATE_RESERVED, STROKE_THIN);
	if (box->way->root)
		line_of_text(r->s, r->right + PAD, &y, BOLD, INK_TEXT, box->way->root);
	wrapped(r->s, r->right + PAD, y, r->right_width - 2 * PAD, SMALL, INK_TEXT,
		word(box->way->words));
}

/* Between two address spaces: up, from the process to the kernel. */
static void draw_call(struct roots *r)
{
	double x = r->margin + r->left / 4, top = r->y - ROW_GAP;

	scene_group(r->s, NULL, "arrow system-call", word(WORD_SYSTEM_CALL), NULL);
	scene_line(r->s, x, top + CALL_GAP, x, top + 2, STROKE_THICK, INK_CHOSEN)->has_arrow = true;
	scene_text(r->s, x + 10, top + (CALL_GAP - line_height(SMALL)) / 2 + text_ascent(SMALL),
		   SMALL, ANCHOR_START, INK_CHOSEN, word(WORD_SYSTEM_CALL));
	scene_end_group(r->s);
	r->y = top + CALL_GAP;
}

static void draw_way(struct roots *r, size_t i)
{
	const struct root_box *box = &r->boxes[i];
	double height = larger(left_height(r, box), right_height(r, box));
	double middle;
	char *id = text_printf("root-%zu", i);

	if (i && box->way->words == WORD_SPACE_PROCESS)
		draw_call(r);
	middle = r->y + height / 2;
	scene_group(r->s, id, "root", box->name, word(box->way->words));
	draw_left(r, box, height);
	scene_line(r->s, r->margin + r->left, middle, r->right - 1, middle, STROKE_THIN,
		   INK_TEXT)->has_arrow = true;
	draw_right(r, box, height);
	scene_end_group(r->s);
	r->y += height + ROW_GAP;
	free(id);
}

double draw_roots(struct scene *s, const struct layout *l, const struct page *page, double y)
{
	struct roots r = { .s = s, .l = l, .margin = page_margin(page), .y = y };
	const struct fact *pti = layout_fact(l, "pti");
	double width = page->width - 2 * r.margin;

	find_ways(&r);
	if (!r.n)
		return y;
	r.left = width * 0.38 > 260 ? 260 : width * 0.38;
	r.right = r.margin + r.left + ARROW;
	r.right_width = page->width - r.margin - r.right;
	if (r.right_width > 420)
		r.right_width = 420;
	scene_group(s, "roots", "roots", word(WORD_ROOTS_TITLE), NULL);
	r.y = wrapped(s, r.margin, r.y, width, BOLD, INK_STRONG, word(WORD_ROOTS_TITLE)) + 4;
	for (size_t i = 0; i < r.n; i++) {
		draw_way(&r, i);
		free(r.boxes[i].name);
	}
	if (pti && pti->value && strcmp(pti->value, "y") == 0)
		r.y = wrapped(s, r.margin, r.y, width, SMALL, INK_TEXT, word(WORD_ROOTS_PTI)) + 4;
	scene_end_group(s);
	return r.y + 8;
}
