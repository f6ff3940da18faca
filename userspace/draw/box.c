// SPDX-License-Identifier: GPL-2.0-only
/* box.c - see draw.h and parts.h: what is asked of one box. */
#include <stdlib.h>

#include "parts.h"

bool box_is_framed(const struct box *b)
{
	return b->kind == BOX_REGION || b->kind == BOX_HOLE || b->kind == BOX_FOLDED;
}

void box_clear(struct box *b)
{
	free(b->name);
	free(b->size);
	free(b->about);
	edge_free(&b->top);
	free(b->pins);
	for (size_t i = 0; i < b->n_insets; i++) {
		free(b->insets[i].text);
		edge_free(&b->insets[i].bottom);
	}
	free(b->insets);
}
