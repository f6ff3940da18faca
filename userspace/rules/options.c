// SPDX-License-Identifier: GPL-2.0-only
/* options.c - see options.h */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "options.h"

struct option {
	const char *name, *value;
};

struct kernel_options {
	struct option *each;
	size_t n;
};

/* Of several lines with one option the first comes first. */
static int compare(const void *a, const void *b)
{
	const struct option *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : x->name < y->name ? -1 : x->name > y->name;
}

const struct kernel_options *kernel_options_parse(const char *text, struct pool *pool)
{
	struct kernel_options *o = pool_alloc(pool, sizeof(*o));
	char *copy = pool_copy(pool, text, strlen(text));
	size_t lines = 1;

	for (const char *line = text; line; line = next_line(line))
		lines++;
	o->each = pool_alloc(pool, lines * sizeof(*o->each));
	for (char *line = copy, *next; line && *line; line = next) {
		size_t n = strcspn(line, "=\n");

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strncmp(line, "CONFIG_", 7) || line[n] != '=')
			continue;
		line[n] = '\0';
		o->each[o->n++] = (struct option) { line, line + n + 1 };
	}
	if (o->n)
		qsort(o->each, o->n, sizeof(*o->each), compare);
	return o;
}

const char *kernel_option(const struct kernel_options *o, const char *name)
{
	size_t low = 0, high = o->n;

	/* The first that is not before it. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(o->each[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < o->n && !strcmp(o->each[low].name, name) ? o->each[low].value : NULL;
}

bool kernel_options_empty(const struct kernel_options *o)
{
	return !o->n;
}
