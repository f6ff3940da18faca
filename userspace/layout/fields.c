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
