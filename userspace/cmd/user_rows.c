// SPDX-License-Identifier: GPL-2.0-only
/* user_rows.c - the user half and the kernel half in one list; see user.h. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "user.h"

char *user_amount(const struct options *opt, uint64_t bytes)
{
	if (!bytes)
		return text_printf("0");
	return opt->bytes ? size_bytes(bytes - 1) : size_human(bytes - 1);
}

const char *user_other_space(const struct user_view *v)
{
	const struct region *r = v->l ? layout_region(v->l, "user") : NULL;

	return r && r->absent ?
	       "in an address space of its own: the same address is other memory there" : NULL;
}

struct listing {
	const struct user_view *v;
	struct user_row *rows;
	size_t n, user;			/* index of the user half, or NO_PARENT */
};

const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	/* The name of a memfd may have slashes. */
	if (strncmp(path, "/memfd:", strlen("/memfd:")) == 0)
		return path + 1;
	return slash && slash[1] && *path == '/' ? slash + 1 : path;
}

static struct user_row *add(struct listing *s, uint64_t start, uint64_t end, size_t parent)
{
	struct user_row *row = &s->rows[s->n++];

	*row = (struct user_row){ .v = s->v, .start = start, .end = end, .parent = parent };
	return row;
}

unsigned int user_row_depth(const struct user_row *rows, const struct user_row *row)
{
	unsigned int depth = 0;

	for (; row->parent != NO_PARENT; row = &rows[row->parent])
		depth++;
	return depth;
}

static void add_user_half(struct listing *s)
{
	const struct user_view *v = s->v;
	const struct region *r = v->l ? layout_region(v->l, "user") : NULL;

	s->user = NO_PARENT;
	if (r && r->absent)
		r = NULL;
	if (!r && !v->limit.known)
		return;
	s->user = s->n;
	add(s, r ? r->start : 0, r ? r->end : v->limit.end, NO_PARENT)->region = r;
}

static void add_parts(struct listing *s)
{
	const struct user_view *v = s->v;
	const struct image *image = NULL;
	size_t image_row = NO_PARENT;

	for (size_t i = 0; i < v->parts.n; i++) {
		const struct part *part = &v->parts.parts[i];
		bool outside = part->vma && is_in_kernel_half(v->p, part->vma);
		size_t parent = outside ? NO_PARENT : s->user;

		/* The kernel's own row tells more of it. */
		if (outside && v->l)
			continue;
		if (part->image && part->image != image) {
			image = part->image;
			image_row = s->n;
			add(s, image_first(v->p, image), image_last(v->p, image),
			    parent)->image = image;
		}
		if (part->image)
			parent = image_row;
		add(s, part->start, part->end, parent)->part = part;
	}
}

static void add_kernel_half(struct listing *s)
{
	const struct layout *l = s->v->l;
	size_t *at = zalloc_array(l->n_present, sizeof(*at));

	for (size_t i = 0; i < l->n_present; i++) {
		const struct region *r = &l->regions[i];
		size_t parent = r->parent ? at[r->parent - l->regions] : NO_PARENT;

		at[i] = s->user;
		if (s->user != NO_PARENT && r == s->rows[s->user].region)
			continue;
		at[i] = s->n;
		add(s, r->start, r->end, parent)->region = r;
	}
	free(at);
}

struct user_row *user_rows(const struct user_view *v, size_t *n)
{
	size_t room = 1 + v->parts.n + v->p->n_images + (v->l ? v->l->n_present : 0);
	struct listing s = { .v = v, .rows = zalloc_array(room, sizeof(*s.rows)) };

	add_user_half(&s);
	add_parts(&s);
	if (v->l)
		add_kernel_half(&s);
	*n = s.n;
	return s.rows;
}
