// SPDX-License-Identifier: GPL-2.0-only
/* style.c - see column.h: what depends on the width of the page. */
#include <math.h>
#include <stdlib.h>

#include "column.h"
#include "texts/words.h"

enum {
	WIDE = 1200, NARROW = 700,	/* widths of pages that differ in more than width */
	NAMES_BESIDE = 190, NAMES_SPACE = 10, LEAST_LABELS = 148,
	GROUP = 5,			/* four digits and a space */
};

bool page_is_narrow(const struct page *page)
{
	return page->width < NARROW;
}

struct style style_of(const struct page *page, unsigned int bits)
{
	bool is_narrow = page_is_narrow(page), is_wide = page->width >= WIDE;
	enum text_size normal = is_narrow ? TEXT_SMALL : TEXT_NORMAL;
	enum text_size large = !page->brief ? normal : is_narrow ? TEXT_NORMAL : TEXT_LARGE;
	struct style style = {
		.name = { FACE_SANS, large, true },
		.size = { FACE_SANS, large, false },
		.small = { FACE_SANS, page->brief ? normal : TEXT_SMALL, false },
		.address = { FACE_FIXED, page->brief ? large : is_wide ? TEXT_NORMAL : TEXT_SMALL,
			     false },
		.pad = is_narrow ? 5 : 8, .lane = is_narrow ? 22 : 28,
		.names = is_wide && !page->brief ? NAMES_BESIDE : 0,
		/* In four thousand million bytes differences are small. */
		.per_bit = (bits == 32 ? 1.6 : 0.8) * (page->brief ? 0.5 : 1),
		.growth = (bits == 32 ? 1.6 : 0.6) * (page->brief || is_narrow ? 0.7 : 1),
		.brief = page->brief, .is_narrow = is_narrow,
	};

	style.least = larger(line_height(style.name), line_height(style.address)) + 4;
	return style;
}

double style_address_width(const struct style *style, const struct layout *l,
			   unsigned int hidden_groups)
{
	char *address = label_address(l->max_addr, l->bits);
	double width = text_width(address + GROUP * (size_t)hidden_groups, style->address);

	free(address);
	return width + (style->names ? style->names + NAMES_SPACE : 0);
}

char *half_label(const struct half_range *half, enum half which)
{
	char *size = label_sizes(half->size);
	char *text = word_with(WORD_HALF_SIZE, word(which == HALF_USER ? WORD_USER_HALF :
								   WORD_KERNEL_HALF), size);

	free(size);
	return text;
}

double style_label_width(const struct style *style, const struct picture *p)
{
	const struct font bold = { FACE_SANS, style->size.size, true };
	double width = style_address_width(style, p->l, 0);

	if (style->small.size != style->size.size)
		width = larger(width, LEAST_LABELS);
	for (enum half i = HALF_KERNEL; i <= HALF_USER; i++) {
		char *text;

		if (!p->halves[i].is_drawn)
			continue;
		text = half_label(&p->halves[i], i);
		width = larger(width, ceil(text_width(text, bold)));
		free(text);
	}
	return width;
}

char *covered_note(const struct picture *p)
{
	return p->covered ? word_with(WORD_COVERED, p->covered) : NULL;
}
