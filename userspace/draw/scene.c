// SPDX-License-Identifier: GPL-2.0-only
/* scene.c - see scene.h: marks on a page. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scene.h"

static char *copy(const char *text)
{
	return text ? text_printf("%s", text) : NULL;
}

struct scene *scene_new(const char *title, const char *description)
{
	struct scene *s = zalloc_array(1, sizeof(*s));

	s->title = copy(title);
	s->description = copy(description);
	return s;
}

void scene_free(struct scene *s)
{
	for (size_t i = 0; i < s->n_marks; i++) {
		struct mark *m = &s->marks[i];

		free(m->id);
		free(m->classes);
		free(m->title);
		free(m->about);
		free(m->points);
		free(m->text);
	}
	free(s->marks);
	free(s->title);
	free(s->description);
	free(s);
}

static struct mark *add_mark(struct scene *s, enum mark_type type)
{
	struct mark *m;

	if (s->n_marks == s->room) {
		s->room = s->room ? 2 * s->room : 256;
		s->marks = realloc(s->marks, s->room * sizeof(*s->marks));
		if (!s->marks)
			die("not enough memory");
	}
	m = &s->marks[s->n_marks++];
	*m = (struct mark){ .type = type };
	return m;
}

void scene_group(struct scene *s, const char *id, const char *classes, const char *title,
		 const char *about)
{
	struct mark *m = add_mark(s, MARK_GROUP);

	m->id = copy(id);
	m->classes = copy(classes);
	m->title = copy(title);
	m->about = copy(about);
}

void scene_end_group(struct scene *s)
{
	add_mark(s, MARK_GROUP_END);
}

struct mark *scene_box(struct scene *s, double x, double y, double width, double height,
		       enum tone tone, enum state state, enum stroke stroke)
{
	struct mark *m = add_mark(s, MARK_BOX);

	m->x = x;
	m->y = y;
	m->width = width;
	m->height = height;
	m->tone = tone;
	m->state = state;
	m->stroke = stroke;
	return m;
}

struct mark *scene_path(struct scene *s, const struct point *points, size_t n, bool is_closed,
			enum stroke stroke, enum ink ink)
{
	struct mark *m = add_mark(s, MARK_PATH);

	m->points = zalloc_array(n, sizeof(*points));
	if (n)
		memcpy(m->points, points, n * sizeof(*points));
	m->n_points = n;
	m->is_closed = is_closed;
	m->stroke = stroke;
	m->ink = ink;
	return m;
}

struct mark *scene_line(struct scene *s, double x1, double y1, double x2, double y2,
			enum stroke stroke, enum ink ink)
{
	const struct point points[] = { { x1, y1 }, { x2, y2 } };

	return scene_path(s, points, ARRAY_SIZE(points), false, stroke, ink);
}

struct mark *scene_text(struct scene *s, double x, double baseline, struct font font,
			enum anchor anchor, enum ink ink, const char *text)
{
	struct mark *m = add_mark(s, MARK_TEXT);

	m->x = x;
	m->y = baseline;
	m->font = font;
	m->anchor = anchor;
	m->ink = ink;
	m->text = copy(text);
	return m;
}
