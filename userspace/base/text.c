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

const char *next_word(const char **line, size_t *length)
{
	const char *word = *line + strspn(*line, " \t");

	*length = strcspn(word, " \t\n");
	*line = word + *length;
	return *length ? word : NULL;
}

bool line_has_word_of(const char *line, const char *word, size_t length)
{
	const char *here;
	size_t n;

	while ((here = next_word(&line, &n))) {
		if (n == length && memcmp(here, word, n) == 0)
			return true;
	}
	return false;
}

bool line_has_word(const char *line, const char *word)
{
	return line_has_word_of(line, word, strlen(word));
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

const char *config_value(const char *config, const char *option)
{
	const char *p;

	/* The name of one option may be the beginning of another's. */
	while (config && (p = after(config, option))) {
		if (*p == '=')
			return p + 1;
		config = next_line(p);
	}
	return NULL;
}

bool is_switched_on(const char *config, const char *option)
{
	const char *value = config_value(config, option);

	return value && *value == 'y';
}

enum question ask_config(const char *config, const char *option)
{
	if (!config)
		return OPEN;
	return is_switched_on(config, option) ? YES : NO;
}

uint64_t config_number(const char *config, const char *option)
{
	const char *p = after(config, option);
	uint64_t n;

	return p && scan_number(&p, 0, &n) ? n : 0;
}

unsigned int release_number(const char *release)
{
	uint64_t major, minor;

	if (!release || !scan_number(&release, 10, &major) ||
	    !skip(&release, ".") || !scan_number(&release, 10, &minor))
		return 0;
	return (unsigned int)(major * 1000 + minor);
}

/* From 3.0 on a major number has 20 releases, the last with .19; 4 has one more. */
bool is_release(const char *text)
{
	uint64_t major, minor, update;

	if (!scan_number(&text, 10, &major) || !skip(&text, ".") ||
	    !scan_number(&text, 10, &minor) || major > 999 ||
	    (major > 2 && minor > 19 + (major == 4)))
		return false;
	while (skip(&text, ".")) {
		if (!scan_number(&text, 10, &update))
			return false;
	}
	if (*text && !strchr("-+~_", *text))
		return false;
	for (; *text; text++) {
		if (!isalnum((unsigned char)*text) && !strchr("-+~_.:", *text))
			return false;
	}
	return true;
}

uint64_t ram_end(const char *iomem)
{
	uint64_t start, end, highest = 0;

	for (; iomem; iomem = next_line(iomem)) {
		const char *p = iomem + strspn(iomem, " ");

		if (scan_number(&p, 16, &start) && skip(&p, "-") &&
		    scan_number(&p, 16, &end) && skip(&p, " : System RAM") &&
		    end > highest)
			highest = end;
	}
	return highest ? highest + 1 : 0;
}

/* As the kernel's memparse() reads it; what follows does not matter to it. */
static bool scan_size(const char *p, uint64_t *size)
{
	if (!scan_number(&p, 0, size))
		return false;
	*size <<= *p == 'G' || *p == 'g' ? 30 : *p == 'M' || *p == 'm' ? 20 :
		  *p == 'K' || *p == 'k' ? 10 : 0;
	return true;
}

bool cmdline_size(const char *cmdline, const char *option, uint64_t *size)
{
	size_t length = strlen(option);
	bool found = false;

	for (const char *p = cmdline; p && *p; p += strcspn(p, " \n")) {
		p += strspn(p, " \n");
		/* What follows is for the first process. */
		if (!strncmp(p, "-- ", 3))
			break;
		if (!strncmp(p, option, length) && scan_size(p + length, size))
			found = true;
	}
	return found;
}

size_t utf8_length(const char *s, size_t size)
{
	/* The least character of each length: a longer form of a smaller one is none. */
	static const uint32_t least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
	unsigned char first = (unsigned char)*s;
	size_t n = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
	uint32_t c = first & (0x7f >> n);

	if (n < 2 || n > size)
		return n < 2 && size ? n : 0;
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	}
	return c < least[n] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff ? 0 : n;
}
