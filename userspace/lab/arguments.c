// SPDX-License-Identifier: GPL-2.0-only
/* arguments.c - see evaluate.h: what a function takes. */
#include <string.h>

#include "evaluate.h"

/* How many letters, and how many arguments at least and at most. */
static void limits(const struct function *f, size_t *least, size_t *most)
{
	*least = *most = 0;
	for (const char *c = f->takes; *c; c++) {
		if (*c == '?')
			--*least;
		else if (*c == '*')
			*most = MOST_ARGUMENTS;
		else
			++*least, ++*most;
	}
}

char function_takes(const struct function *f, size_t argument)
{
	char letter = 'x';

	for (const char *c = f->takes; *c; c++) {
		if (*c == '?')
			continue;
		if (*c == '*')
			return letter;
		letter = *c;
		if (!argument--)
			break;
	}
	return letter;
}

const char *function_check(struct pool *pool, const struct function *f, const struct node *n)
{
	size_t least, most;

	limits(f, &least, &most);
	if (n->n_args < least || n->n_args > most)
		return pool_printf(pool, least == most ? "%s(): the number of arguments must be %zu, and is %zu" :
				   most == MOST_ARGUMENTS ?
				   "%s(): the number of arguments must be at least %zu, and is %zu" :
				   "%s(): the number of arguments must be %zu or one more, and is %zu",
				   f->name, least, n->n_args);
	for (size_t i = 0; i < n->n_args; i++)
		if (function_takes(f, i) == 'n' && n->args[i]->kind != NODE_NAME)
			return pool_printf(pool, "argument %zu of %s() is a name, such as vmalloc",
					   i + 1, f->name);
	return NULL;
}
