// SPDX-License-Identifier: GPL-2.0-only
/* mappings_access.c - which runs are asked for, by what they allow. */
#include <string.h>

#include "base/util.h"
#include "mappings.h"

static const char access_letters[] = "rwxuU";

static unsigned int access_bits(struct access a)
{
	return (a.read ? 1 : 0) | (a.write ? 2 : 0) | (a.execute ? 4 : 0) | (a.user ? 8 : 0) |
	       (a.user_execute ? 16 : 0);
}

bool filter_takes(const struct question *q, const struct run *run)
{
	const struct access_filter *f = &q->filter;
	unsigned int bits = access_bits(run->access);

	if (!f->must && !f->must_not)
		return true;
	return !run->unsettled && (bits & f->must) == f->must && !(bits & f->must_not);
}

void filter_parse(struct access_filter *f, const char *text)
{
	char sign = 0, last = ',';

	for (const char *p = text; *p; last = *p++) {
		const char *letter = strchr(access_letters, *p);

		if (*p == '+' || *p == '-') {
			sign = *p;
		} else if (letter && sign) {
			unsigned int bit = 1u << (letter - access_letters);

			*(sign == '+' ? &f->must : &f->must_not) |= bit;
		} else if (*p == ',' && strchr(access_letters, last)) {
			sign = 0;
		} else {
			last = ',';
			break;
		}
	}
	if (!strchr(access_letters, last))
		die("--access=%s: expected letters of rwxuU after + or -, such as +x,-w", text);
	if (f->must & f->must_not)
		die("--access=%s: nothing has a permission and has it not", text);
}
