// SPDX-License-Identifier: GPL-2.0-only
/* situation.c - see situation.h */
#include <ctype.h>
#include <string.h>

#include "arch.h"
#include "base/util.h"
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

/* The 18 of "5.15.18-1-arch"; 0 for "5.15" and "5.15.0-91-generic". */
static unsigned int find_update(const char *name)
{
	uint64_t number = 0;

	for (int i = 0; name && i < 3; i++) {
		if (!scan_number(&name, 10, &number) || (i < 2 && !skip(&name, ".")))
			return 0;
	}
	return number < 1000 ? (unsigned int)number : 0;
}

/*
 * Enterprise kernels take changes from later releases: those of Red Hat, Oracle and
 * others (5.14.0-427.el9), of Amazon, openEuler, Anolis and Kylin, and of SUSE, whose
 * name has six digits (5.14.21-150500.55-default).
 */
static bool is_enterprise(const char *name)
{
	static const char *const marks[] = { ".el", ".amzn", ".oe", ".an", ".al", ".ky" };
	const char *suffix = name ? strchr(name, '-') : NULL, *mark;

	if (!suffix)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		mark = strstr(suffix, marks[i]);
		if (mark && isdigit((unsigned char)mark[strlen(marks[i])]))
			return true;
	}
	return strspn(suffix + 1, "0123456789") == 6 && suffix[7] == '.';
}

/* "5.14.0-1024-oem", but neither "5.14.0" nor "5.14.0-rc3". */
static bool hides_update(const char *name)
{
	const char *suffix = name ? strchr(name, '-') : NULL;

	return suffix && isdigit((unsigned char)suffix[1]) && !find_update(name);
}

enum question has_change(const struct situation *s, unsigned int release,
			 const struct backport *backports)
{
	unsigned int update = find_update(s->release_name);

	if (!s->release)
		return OPEN;
	if (s->release >= release)
		return YES;
	if (is_enterprise(s->release_name))
		return OPEN;
	for (; backports->release; backports++) {
		if (backports->release != s->release)
			continue;
		if (backports->update == NEVER_TAKEN)
			return NO;
		return !update ? OPEN : update >= backports->update ? YES : NO;
	}
	return hides_update(s->release_name) ? OPEN : NO;
}

bool situation_is_arch(const struct situation *s, const char *list)
{
	return s->arch && line_has_word(list, s->arch->name);
}

size_t modes_by_bits(const struct situation *s, const unsigned int *bits, size_t n,
		     struct situation *modes)
{
	bool known = s->va_bits.kind == NUMBER;
	size_t count = 0;

	/* A processor for more than the kernel can use does not change it. */
	while (known && n > 1 && bits[n - 1] > s->va_bits.number)
		n--;
	for (size_t i = known ? n - 1 : 0; i < n; i++) {
		modes[count] = *s;
		modes[count++].va_bits = number(bits[i], "the processor");
	}
	return count;
}
