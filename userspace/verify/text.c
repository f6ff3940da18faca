// SPDX-License-Identifier: GPL-2.0-only
/* text.c - see text.h */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

const char *next_line(const char *line)
{
	line = strchr(line, '\n');
	return line && line[1] ? line + 1 : NULL;
}

const char *after(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	for (; text; text = next_line(text)) {
		if (!strncmp(text, prefix, length))
			return text + length;
	}
	return NULL;
}

bool line_has(const char *line, const char *piece)
{
	return memmem(line, strcspn(line, "\n"), piece, strlen(piece));
}

bool line_has_word(const char *line, const char *word)
{
	size_t length = strlen(word);

	while (*line && *line != '\n') {
		size_t n = strcspn(line, " \t\n");

		if (n == length && !memcmp(line, word, n))
			return true;
		line += n;
		line += strspn(line, " \t");
	}
	return false;
}

bool scan_number(const char **p, int base, uint64_t *n)
{
	unsigned char first = (unsigned char)**p;
	char *end;

	/* strtoull() would take spaces and a minus sign, too. */
	if (base == 16 ? !isxdigit(first) : !isdigit(first))
		return false;
	if (base == 0 && strncmp(*p, "0x", 2))
		base = 10;
	errno = 0;
	*n = strtoull(*p, &end, base);
	if (errno || end == *p)
		return false;
	*p = end;
	return true;
}

bool skip(const char **p, const char *bytes)
{
	size_t length = strlen(bytes);

	if (strncmp(*p, bytes, length))
		return false;
	*p += length;
	return true;
}
