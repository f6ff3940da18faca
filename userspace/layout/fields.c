// SPDX-License-Identifier: GPL-2.0-only
/* fields.c - see fields.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fields.h"

bool field_text(struct frame *f, const struct record *r, const char *key, const char **value)
{
	f->line = r->line;
	*value = record_value(r, key);
	return *value || frame_fail(f, "the %s record has no '%s'", r->word, key);
}

bool field_decimal(struct frame *f, const struct record *r, const char *key, uint64_t least,
		   uint64_t most, uint64_t *n)
{
	const char *s, *end;

	if (!field_text(f, r, key, &s))
		return false;
	end = s;
	if (!scan_number(&end, 10, n) || *end || *n < least)
		return frame_fail(f, "%s=%.40s: expected a decimal number, at least %" PRIu64,
				  key, s, least);
	return *n <= most ||
	       frame_fail(f, "%s=%.40s: at most %" PRIu64 " is possible", key, s, most);
}

bool field_size(struct frame *f, const struct record *r, const char *key, uint64_t *less_one)
{
	const char *s;

	if (!field_text(f, r, key, &s))
		return false;
	return size_parse(s, less_one) ||
	       frame_fail(f, "%s=%.40s: expected a decimal number of bytes, with one letter of KMGTPE or none",
			  key, s);
}

bool field_hex(struct frame *f, const struct record *r, const char *key, uint64_t *n)
{
	const char *s;
	size_t digits;

	if (!field_text(f, r, key, &s))
		return false;
	digits = strlen(s) - (strncmp(s, "0x", 2) ? 0 : 2);
	if (strncmp(s, "0x", 2) == 0 && digits && digits <= 16 &&
	    strspn(s + 2, "0123456789abcdef") == digits) {
		*n = strtoull(s + 2, NULL, 16);
		return true;
	}
	return frame_fail(f, "%s=%.40s: expected 0x and at most 16 digits of 0-9a-f", key, s);
}

/* The value of a digit of 0-9a-f, or 16. */
static unsigned int digit_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (unsigned int)(found - digits) : 16;
}

/* One byte at *s, which is moved past it; 0 if it is none that is written so. */
static char next_byte(const char **s)
{
	unsigned int high, low;

	if (**s != '\\')
		return **s == ' ' ? '\0' : *(*s)++;
	high = (*s)[1] == 'x' ? digit_value((*s)[2]) : 16;
	low = high < 16 ? digit_value((*s)[3]) : 16;
	if (low == 16)
		return '\0';
	*s += strlen("\\xNN");
	return (char)(high << 4 | low);
}

bool field_escaped(struct frame *f, const struct record *r, const char *key, const char **bytes)
{
	const char *s;
	char *to;

	if (!field_text(f, r, key, &s))
		return false;
	to = f->alloc(f->owner, strlen(s) + 1, 1);
	if (!to)
		return frame_no_memory(f);
	*bytes = to;
	while (*s) {
		*to = next_byte(&s);
		if (!*to++)
			return frame_fail(f, "%s: expected \\x01 to \\xff in the place of a backslash or a blank, found '%.40s'",
					  key, s);
	}
	return true;
}
