// SPDX-License-Identifier: GPL-2.0-only
/* situation.c - see situation.h */
#include <string.h>

#include "arch.h"
#include "situation.h"

bool has_option(const struct situation *s, const char *name)
{
	return ask_option(s, name) == YES;
}

enum question ask_option(const struct situation *s, const char *name)
{
	const char *value = s->options ? kernel_option(s->options, name) : NULL;

	if (!s->options)
		return OPEN;
	return value && *value == 'y' ? YES : NO;
}

uint64_t option_number(const struct situation *s, const char *name)
{
	const char *value = s->options ? kernel_option(s->options, name) : NULL;
	uint64_t n;

	return value && scan_number(&value, 0, &n) ? n : 0;
}

bool has_parameter(const struct situation *s, const char *word)
{
	return s->cmdline && line_has_word(s->cmdline, word);
}

bool situation_is_arch(const struct situation *s, const char *list)
{
	return s->arch && line_has_word(list, s->arch->name);
}
