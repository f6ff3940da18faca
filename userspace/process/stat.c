// SPDX-License-Identifier: GPL-2.0-only
/* stat.c - /proc/PID/stat; see internal.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysroot.h"
#include "base/text.h"
#include "base/util.h"
#include "internal.h"

enum { MAX_STAT = 1 << 14 };

/* The name stands raw between the first and the last bracket, whatever it holds. */
static bool parse_name(struct pool *pool, const char **p, struct stat_line *s)
{
	const char *open = strchr(*p, '('), *close = strrchr(*p, ')');

	if (!scan_number(p, 10, &s->pid) || !open || !close || close < open ||
	    close[1] != ' ' || !close[2])
		return false;
	s->comm = pool_copy(pool, open + 1, (size_t)(close - open - 1));
	s->state = close[2];
	*p = close + 3;
	return true;
}

static bool parse_stat(struct pool *pool, const char *text, struct stat_line *s)
{
	/* By the numbers of proc(5); not to be told are 0 or 1. */
	uint64_t *const wanted[] = {
		[9] = &s->flags, [20] = &s->threads, [22] = &s->start_time,
		[26] = &s->start_code, [27] = &s->end_code, [28] = &s->start_stack,
		[45] = &s->start_data, [46] = &s->end_data, [47] = &s->start_brk,
	};
	const char *word;
	size_t length;

	if (!parse_name(pool, &text, s))
		return false;
	for (size_t i = 4; i < ARRAY_SIZE(wanted); i++) {
		word = next_word(&text, &length);
		if (!word || (wanted[i] && !scan_number(&word, 10, wanted[i])))
			return false;
	}
	return true;
}

bool stat_read(struct pool *pool, const char *sysroot, const char *dir, struct stat_line *s)
{
	char *path = text_printf("%s/stat", dir);
	size_t size;
	char *text = sysroot_slurp(sysroot, path, MAX_STAT, &size);
	bool good;

	*s = (struct stat_line){ 0 };
	free(path);
	if (!text)
		return false;
	good = parse_stat(pool, text, s);
	free(text);
	if (!good)
		errno = EINVAL;
	return good;
}
