// SPDX-License-Identifier: GPL-2.0-only
/* reasons.c - see diff.h: which of the differences explain the others. */
#include <string.h>

#include "base/text.h"
#include "diff.h"

static const struct difference *find(const struct diff *d, const char *name, size_t length,
				     bool setting)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct difference *c = &d->differences[i];

		if ((c->kind <= SET_PARAMETER) == setting && c->kind != MOVED &&
		    strlen(c->name) == length && strncmp(c->name, name, length) == 0)
			return c;
	}
	return NULL;
}

static void add_reason(struct difference *c, const char *reason)
{
	for (size_t i = 0; i < c->n_reasons; i++)
		if (strcmp(c->reason[i], reason) == 0)
			return;
	if (c->n_reasons < MAX_REASONS)
		c->reason[c->n_reasons++] = reason;
}

/* Of what is set, that which such a word names, or NULL. */
static const struct difference *find_setting(const struct diff *d, const char *word, size_t n)
{
	if (word[n - 1] != '=' && strncmp(word, "CONFIG_", 7) != 0)
		return NULL;
	return find(d, word, n - (word[n - 1] == '='), true);
}

/* More or less of it, and not because the kernel was told to use less. */
static bool memory_differs(const struct diff *d)
{
	const char *words = causes_of("ram", d->layout[0]->bits, false), *word;
	size_t n;

	while ((word = next_word(&words, &n)))
		if (find_setting(d, word, n))
			return false;
	return find(d, "ram", strlen("ram"), false) != NULL;
}

enum { MAX_STEPS = 6 };	/* from a region to the option that decides it; rules may loop */

static bool find_reasons(const struct diff *d, struct difference *c, const char *name,
			 int steps);

/* Is this word, of so many letters, a reason? */
static bool try_reason(const struct diff *d, struct difference *c, const char *word,
		       size_t n, int steps)
{
	const struct difference *setting = find_setting(d, word, n);
	const struct difference *cause = setting ? setting : find(d, word, n, false);

	if (n == strlen("processor") && strncmp(word, "processor", n) == 0) {
		add_reason(c, "processor");
		return true;
	}
	if (n == strlen("memory") && strncmp(word, "memory", n) == 0) {
		if (!memory_differs(d))
			return false;
		add_reason(c, "memory");
		return true;
	}
	if (!cause || cause == c)
		return false;
	if (setting || !find_reasons(d, c, cause->name, steps - 1))
		add_reason(c, cause->name);
	return true;
}

/* What differs among the causes of a thing and their own causes; whether any does. */
static bool find_reasons(const struct diff *d, struct difference *c, const char *name,
			 int steps)
{
	bool found = false;

	for (int otherwise = 0; otherwise < 2 && !found && steps; otherwise++) {
		const char *words = causes_of(name, d->layout[0]->bits, otherwise), *word;
		size_t n;

		while ((word = next_word(&words, &n))) {
			/* Another kernel is a better reason than another processor. */
			if (!otherwise || d->same_kernel || strncmp(word, "processor", n) != 0)
				found |= try_reason(d, c, word, n, steps);
		}
	}
	return found;
}

/* What is left when nothing that was set differs. */
static bool is_guess(const char *reason)
{
	return strcmp(reason, "processor") == 0 || strcmp(reason, "memory") == 0;
}

void diff_explain(struct diff *d)
{
	for (size_t i = 0; i < d->n; i++) {
		struct difference *c = &d->differences[i];

		if (c->kind <= SET_PARAMETER || c->kind == MOVED)
			continue;
		if (c->kind != REBUILT)
			find_reasons(d, c, c->name, MAX_STEPS);
		if (!c->n_reasons && !d->same_kernel)
			add_reason(c, "kernel");
		if (c->n_reasons && is_guess(c->reason[0]) && (!d->cmdline[0] || !d->cmdline[1]))
			add_reason(c, "parameter");
	}
}
