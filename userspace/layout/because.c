// SPDX-License-Identifier: GPL-2.0-only
/* because.c - see diff.h: what explains a difference, in words. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "diff.h"

static const char *reason_text(const struct difference *c, const char *reason)
{
	if (strcmp(reason, "memory") == 0)
		return "the amount of memory";
	if (strcmp(reason, "processor") == 0)
		return "the processor";
	if (strcmp(reason, "parameter") == 0)
		return "or a boot parameter";
	if (strcmp(reason, "kernel") == 0)
		return "another kernel";
	if (strcmp(reason, "boot") == 0)
		return "allocated at boot";
	if (c->kind == MOVED && strstr(reason, "_kaslr_offset"))
		return "KASLR";
	return reason;
}

/* The caller frees it; NULL if nothing is known. */
static char *reasons_text(const struct difference *c)
{
	char *text = NULL;

	for (size_t i = 0; i < c->n_reasons; i++) {
		const char *with = c->kind == MOVED && !strstr(c->reason[i], "_kaslr_offset") &&
				   strcmp(c->reason[i], "boot") ? "with " : "";
		char *longer = text_printf("%s%s%s%s", text ? text : "", text ? ", " : "",
					   with, reason_text(c, c->reason[i]));

		free(text);
		text = longer;
	}
	return text;
}

char *difference_because(const struct difference *c)
{
	const char *absent = c->absent[0] ? c->absent[0] : c->absent[1];

	return c->n_reasons || !absent ? reasons_text(c) : text_printf("%s", absent);
}
