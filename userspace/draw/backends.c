// SPDX-License-Identifier: GPL-2.0-only
/* backends.c - see backend.h */
#include "backend.h"

extern const struct backend svg_backend, png_backend, pdf_backend, txt_backend;

const struct backend *const backends[] = {
	&svg_backend, &png_backend, &pdf_backend, &txt_backend, NULL
};

static void draw_mark(const struct backend *b, void *page, const struct mark *m)
{
	switch (m->type) {
	case MARK_GROUP:
		if (b->group)
			b->group(page, m);
		break;
	case MARK_GROUP_END:
		if (b->end_group)
			b->end_group(page);
		break;
	case MARK_BOX:
		b->box(page, m);
		break;
	case MARK_PATH:
		b->path(page, m);
		break;
	case MARK_TEXT:
		b->text(page, m);
		break;
	}
}

void backend_draw(const struct backend *b, const struct scene *s, enum theme theme,
		  const char *path)
{
	void *page = b->begin(s, theme, path);

	for (size_t i = 0; i < s->n_marks; i++)
		draw_mark(b, page, &s->marks[i]);
	b->end(page);
}
