// SPDX-License-Identifier: GPL-2.0-only
/* lab_answers.c - see lab.h: a file of answers. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "lab.h"

enum { MAX_ANSWERS = 1 << 20 };

static void add_answer(struct lab *lab, struct lab_answers *to, const char *answer)
{
	const char **larger;

	if (!(to->n & (to->n - 1))) {
		larger = pool_alloc(&lab->pool, 2 * (to->n + 1) * sizeof(*larger));
		if (to->n)
			memcpy(larger, to->answers, to->n * sizeof(*larger));
		to->answers = larger;
	}
	to->answers[to->n++] = answer;
}

/* "EXERCISE: ANSWER". */
static void take_line(struct lab *lab, struct lab_answers *all, size_t *n, const char *name,
		      unsigned int number, char *line)
{
	char *colon = strchr(line, ':'), *end;
	const struct exercise *ex;
	size_t i = 0;

	for (end = colon; end && end > line && isspace((unsigned char)end[-1]); end--)
		;
	if (!end || end == line)
		die("%s:%u: expected 'EXERCISE: ANSWER', with the number or the name of an exercise",
		    name, number);
	*end = '\0';
	ex = lab_files_find(&lab->files, line);
	if (!ex) {
		char *shown = escaped(line);

		die("%s:%u: there is no exercise '%.60s': 'kvas lab' lists them", name, number, shown);
	}
	while (i < *n && all[i].ex != ex)
		i++;
	if (i == *n)
		all[(*n)++].ex = ex;
	for (colon++; isspace((unsigned char)*colon); colon++)
		;
	add_answer(lab, &all[i], pool_copy(&lab->pool, colon, strlen(colon)));
}

struct lab_answers *lab_answers_load(struct lab *lab, const char *file, size_t *n)
{
	struct lab_answers *all = pool_alloc(&lab->pool, (lab->files.n_exercises + 1) * sizeof(*all));
	const char *name;
	size_t size;
	char *text = load_operand(file, MAX_ANSWERS, "file of answers", &size, &name), *line = text;

	*n = 0;
	if (strlen(text) != size)
		die("%s: expected text, found a NUL byte", name);
	for (unsigned int number = 1; line; number++) {
		char *next = strchr(line, '\n'), *end;

		if (next)
			*next++ = '\0';
		end = line + strlen(line);
		while (end > line && isspace((unsigned char)end[-1]))
			*--end = '\0';
		line += strspn(line, " \t");
		if (*line && *line != '#')
			take_line(lab, all, n, name, number, line);
		line = next;
	}
	if (!*n)
		die("%s has no answer: expected lines such as '7: 0x1000'", name);
	free(text);
	return all;
}
