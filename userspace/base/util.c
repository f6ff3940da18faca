// SPDX-License-Identifier: GPL-2.0-only
/* util.c - see util.h */
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "options.h"
#include "text.h"
#include "util.h"

/*
 * The character at text if it sets the direction of writing, else 0.  It shows nothing,
 * and with it a name looks like another.
 */
static unsigned int direction_control(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = utf8_length(text, strnlen(text, 3));
	unsigned int c = n == 2 ? (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu) :
			 n == 3 ? (s[0] & 0xfu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu) : 0;

	return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) ? c : 0;
}

/* Moves *text past the character, if it is one. */
static bool print_direction(FILE *out, const char **text)
{
	unsigned int c = direction_control(*text);

	if (!c)
		return false;
	fprintf(out, "\\u%04x", c);
	*text += c < 0x800 ? 2 : 3;
	return true;
}

static void print_escaped(FILE *out, const char *text)
{
	mbstate_t state = { 0 };

	while (*text) {
		wchar_t c;
		size_t n;

		if (print_direction(out, &text))
			continue;
		n = mbrtowc(&c, text, MB_LEN_MAX, &state);
		if (n <= MB_LEN_MAX && iswprint((wint_t)c)) {
			fwrite(text, 1, n, out);
			text += n;
		} else {
			fprintf(out, "\\x%02x", (unsigned char)*text++);
			state = (mbstate_t){ 0 };
		}
	}
}

#ifdef __SANITIZE_ADDRESS__
/* What is not freed when the program gives up is no leak. */
static bool gave_up;

int __lsan_is_turned_off(void);

int __lsan_is_turned_off(void)
{
	return gave_up;
}
#endif

void die(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	fputs("kvas: ", stderr);
	print_escaped(stderr, text ? text : "not enough memory");
	fputc('\n', stderr);
	free(text);
#ifdef __SANITIZE_ADDRESS__
	gave_up = true;
#endif
	exit(KVAS_FAILURE);
}

char *text_printf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		die("not enough memory");
	va_end(args);
	return text;
}

void *zalloc_array(size_t count, size_t size)
{
	/* One more, so that an array of none is an allocation too. */
	void *p = calloc(count + 1, size);

	if (!p)
		die("not enough memory");
	return p;
}

char *escaped(const char *text)
{
	char *copy;
	size_t size;
	FILE *out = open_memstream(&copy, &size);

	if (!out)
		die("not enough memory");
	print_escaped(out, text);
	if (fclose(out))
		die("not enough memory");
	return copy;
}

char *without_directions(char *text)
{
	const char *rest = text;
	char *copy;
	size_t size;
	FILE *out;

	/* Each begins with one of these bytes. */
	if (!strpbrk(text, "\xd8\xe2"))
		return text;
	out = open_memstream(&copy, &size);
	if (!out)
		die("not enough memory");
	while (*rest)
		if (!print_direction(out, &rest))
			fputc(*rest++, out);
	if (fclose(out))
		die("not enough memory");
	free(text);
	return copy;
}

char *printable(char *text)
{
	for (char *p = text; *p; p++) {
		if (*p < ' ' || *p > '~')
			*p = '?';
	}
	return text;
}

char *size_human(uint64_t less_one)
{
	static const char letters[] = "BKMGTPE";
	unsigned int unit = 0, shift;
	uint64_t mask, whole, tenths;

	while (unit < 6 && less_one >= (UINT64_C(1024) << 10 * unit) - 1)
		unit++;
	shift = 10 * unit;
	mask = (UINT64_C(1) << shift) - 1;
	whole = less_one >> shift;
	if ((less_one & mask) == mask)
		return text_printf("%" PRIu64 "%c", whole + 1, letters[unit]);
	if ((less_one & mask) == mask / 2)
		return text_printf("%" PRIu64 ".5%c", whole, letters[unit]);
	if ((less_one & mask >> 10) == mask >> 10 && less_one >> (shift - 10) < 9999)
		return text_printf("%" PRIu64 "%c", (less_one >> (shift - 10)) + 1,
				   letters[unit - 1]);
	tenths = (((less_one & mask) + 1) * 10 + mask / 2) >> shift;
	if (tenths == 10 && whole == 1023 && unit < 6)
		return text_printf("1.0%c", letters[unit + 1]);
	return text_printf("%" PRIu64 ".%" PRIu64 "%c", whole + tenths / 10, tenths % 10,
			   letters[unit]);
}

char *size_bytes(uint64_t less_one)
{
	if (less_one == UINT64_MAX)
		return text_printf("18446744073709551616");
	return text_printf("%" PRIu64, less_one + 1);
}

char *number_like(const char *other, uint64_t n)
{
	static const char units[] = "KMGTPE";
	size_t length = strlen(other);
	int unit = -1;

	/* An address has all its digits. */
	if (strncmp(other, "0x", 2) == 0 && (length == 10 || length == 18))
		return text_printf("0x%0*" PRIx64, (int)length - 2, n);
	if (strncmp(other + (*other == '-'), "0x", 2) == 0)
		return text_printf("0x%" PRIx64, n);
	if (length && strchr(units, other[length - 1])) {
		for (; n && n % 1024 == 0 && units[unit + 1]; unit++)
			n /= 1024;
	}
	return unit < 0 ? text_printf("%" PRIu64, n) :
		text_printf("%" PRIu64 "%c", n, units[unit]);
}

void print_wrapped(FILE *out, unsigned int indent, unsigned int width,
		   const char *text)
{
	/* However narrow: a word or two of text. */
	unsigned int room = width > indent + 15 ? width - indent : 15;
	unsigned int used = 0;

	while (*text) {
		unsigned int length = (unsigned int)strcspn(text, " ");

		if (used && used + 1 + length > room) {
			fprintf(out, "\n%*s", (int)indent, "");
			used = 0;
		} else if (used) {
			fputc(' ', out);
			used++;
		}
		/* A word wider than all the room is cut. */
		if (length > room)
			length = room;
		fwrite(text, 1, length, out);
		used += length;
		text += length;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

/* --- What somebody may have meant ----------------------------------------- */

enum { MAX_NAME = 40 };

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Letters to add, remove, change or swap (Damerau and Levenshtein). */
static size_t distance(const char *a, size_t n, const char *b)
{
	size_t row[3][MAX_NAME + 1], m = strlen(b);

	for (size_t j = 0; j <= m; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *now = row[i % 3], *last = row[(i - 1) % 3], *before = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = last[j - 1] + !same_letter(a[i - 1], b[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[n % 3][m];
}

const char *similar_word(const char *word, size_t length, const char *const *words, size_t n)
{
	const char *best = NULL;
	size_t least = length / 3 + 1;

	for (size_t i = 0; i < n && length <= MAX_NAME; i++) {
		size_t d = strlen(words[i]) <= MAX_NAME ? distance(word, length, words[i]) : least;

		if (d < least) {
			least = d;
			best = words[i];
		}
	}
	return best;
}
