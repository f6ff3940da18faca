// SPDX-License-Identifier: GPL-2.0-only
/* ids.c - see column.h: a picture has each id once. */
#include <ctype.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "column.h"

/* An id, and the last number that made another one of it. */
struct id {
	char *text;
	unsigned int last;
};

static int compare_ids(const void *a, const void *b)
{
	return strcmp(((const struct id *)a)->text, ((const struct id *)b)->text);
}

/* The one with this text; is_new: there was none.  Takes the text. */
static struct id *find_id(struct ids *ids, char *text, bool *is_new)
{
	struct id *id = zalloc_array(1, sizeof(*id)), **found;

	*id = (struct id){ text, 1 };
	found = tsearch(id, &ids->used, compare_ids);
	if (!found)
		die("not enough memory");
	*is_new = *found == id;
	if (!*is_new) {
		free(text);
		free(id);
	}
	return *found;
}

const char *unique_id(struct ids *ids, const char *kind, const char *name)
{
	char *text = text_printf("%s-%s", kind, name);
	struct id *first, *id;
	bool is_new;

	for (char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			*c = '-';
	first = id = find_id(ids, text, &is_new);
	while (!is_new)
		id = find_id(ids, text_printf("%s-%u", first->text, ++first->last), &is_new);
	return id->text;
}

static void free_id(void *data)
{
	struct id *id = data;

	free(id->text);
	free(id);
}

void ids_free(struct ids *ids)
{
	tdestroy(ids->used, free_id);
	*ids = (struct ids){ 0 };
}
