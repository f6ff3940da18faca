// SPDX-License-Identifier: GPL-2.0-only
/* numbers.c - see claim.h: the numbers in expectations. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/util.h"
#include "claim.h"

#define DIGITS "0123456789"

/* K, k, KiB, B: how often a number is doubled.  Nothing is a unit, too. */
static bool parse_unit(const char *s, unsigned int *doublings)
{
	static const char letters[] = "BKMGTPE";
	const char *letter = *s ? strchr(letters, toupper((unsigned char)*s)) : letters;

	if (!letter)
		return false;
	*doublings = 10 * (unsigned int)(letter - letters);
	return !*s || !s[1] || (*doublings && strcasecmp(s + 1, "ib") == 0);
}

/* At most 2^64. */
static bool shift_left(uint64_t n, unsigned int doublings, struct number *value)
{
	uint64_t limit = UINT64_MAX >> doublings;

	*value = from(n << doublings);
	if (n <= limit)
		return true;
	*value = (struct number){ 1, 0 };
	return doublings && n == limit + 1;
}

/* Adds what digits after a point are worth in bytes; whether they end there. */
static bool add_fraction(struct number *value, const char *digits, size_t n,
			 unsigned int doublings)
{
	uint64_t left = 0, whole = 1, bytes = 0;

	for (size_t i = 0; i < n; i++) {
		left = 10 * left + (uint64_t)(digits[i] - '0');
		whole *= 10;
	}
	while (doublings--) {
		bytes = 2 * bytes + (2 * left >= whole);
		left = 2 * left % whole;
	}
	value->low += bytes;
	return !left;
}

static bool parse_magnitude(const char *s, struct number *value, bool *exact)
{
	enum { MAX_FRACTION = 9 };
	bool hex = strncmp(s, "0x", 2) == 0;
	const char *fraction = NULL;
	unsigned int doublings;
	size_t n_fraction = 0;
	uint64_t n;

	*exact = true;
	s += hex ? 2 : 0;
	if (strncmp(s, "0x", 2) == 0 || !scan_number(&s, hex ? 16 : 10, &n))
		return false;
	if (!hex && *s == '.') {
		fraction = ++s;
		n_fraction = strspn(s, DIGITS);
		s += n_fraction;
		/* 6.1 without a unit is a version. */
		if (!n_fraction || n_fraction > MAX_FRACTION || !*s)
			return false;
	}
	if (!parse_unit(s, &doublings) || !shift_left(n, doublings, value))
		return false;
	if (fraction)
		*exact = add_fraction(value, fraction, n_fraction, doublings);
	return !value->over || !value->low;
}

bool number_parse(const char *text, struct number *value, bool *exact)
{
	bool negative = *text == '-', whole;

	if (!parse_magnitude(text + negative, value, exact ? exact : &whole))
		return false;
	if (negative)
		*value = minus(from(0), *value);
	return true;
}

/* Too large, and nothing else is wrong with it. */
static bool is_too_large(const char *digits)
{
	bool hex = strncmp(digits, "0x", 2) == 0;
	const char *first = digits + (hex ? 2 : 0);
	size_t n = strspn(first, hex ? DIGITS "abcdefABCDEF" : DIGITS);
	unsigned int doublings;

	return n && parse_unit(first + n, &doublings);
}

char *number_error(const char *text)
{
	const char *s = text + (*text == '-');
	size_t n = strspn(s, DIGITS ".");
	char unit = (char)toupper((unsigned char)s[n]);

	/* 16 MB may be 16,000,000 bytes. */
	if (unit && strchr("KMGTPE", unit) && strcasecmp(s + n + 1, "b") == 0)
		return text_printf("'%.40s' may be meant in powers of 1000 or of 1024: write %.*s%c for 1024",
				   text, (int)(s + n - text), text, unit);
	if (is_too_large(s))
		return text_printf("'%.40s' is more than 16E, the largest number here", text);
	return text_printf("expected a number such as 4096, 0x1000, 4K, 4KiB or 12.5P, a version such as 6.1, or a \"text\", found '%.40s'",
			   text);
}

bool percent_parse(const char *text, uint64_t *share)
{
	uint64_t parsed, scale = 1000;

	if (!scan_number(&text, 10, &parsed) || parsed > 100)
		return false;
	parsed *= scale;
	if (*text == '.') {
		const char *first = ++text;

		for (; isdigit((unsigned char)*text) && scale > 1; text++) {
			scale /= 10;
			parsed += (uint64_t)(*text - '0') * scale;
		}
		if (text == first)
			return false;
	}
	if (parsed > 100000 || strcmp(text, "%") != 0)
		return false;
	*share = parsed;
	return true;
}

struct number percent_of(struct number n, uint64_t share)
{
	uint64_t all = magnitude(n).over ? UINT64_MAX : magnitude(n).low;

	return from(all / 100000 * share + all % 100000 * share / 100000);
}

bool is_version(const char *text)
{
	size_t dots = 0;

	for (;; text++, dots++) {
		size_t n = strspn(text, DIGITS);

		if (!n)
			return false;
		text += n;
		if (*text != '.')
			return !*text && dots;
	}
}

int version_order(const char *release, const char *version)
{
	uint64_t a, b;

	while (scan_number(&version, 10, &b)) {
		if (!scan_number(&release, 10, &a))
			a = 0;
		if (a != b)
			return a < b ? -1 : 1;
		release += *release == '.';
		version += *version == '.';
	}
	return 0;
}
