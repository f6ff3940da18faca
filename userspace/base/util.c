// SPDX-License-Identifier: GPL-2.0-only
/* util.c - see util.h */
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "options.h"
#include "util.h"

static void print_escaped(FILE *out, const char *text)
{
	mbstate_t state = { 0 };

	while (*text) {
		wchar_t c;
		size_t n = mbrtowc(&c, text, MB_LEN_MAX, &state);

		if (n <= MB_LEN_MAX && iswprint((wint_t)c)) {
			fwrite(text, 1, n, out);
			text += n;
		} else {
			fprintf(out, "\\x%02x", (unsigned char)*text++);
			state = (mbstate_t){ 0 };
		}
	}
}

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
		fwrite(text, 1, length, out);
		used += length;
		text += length;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

const char *next_word(const char **text, size_t *length)
{
	const char *word = *text + strspn(*text, " ");

	*length = strcspn(word, " ");
	*text = word + *length;
	return *length ? word : NULL;
}
