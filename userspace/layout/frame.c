// SPDX-License-Identifier: GPL-2.0-only
/* frame.c - see frame.h */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "frame.h"

enum { MAX_PAIRS = 64 };	/* in one record */

/* --- What is wrong ------------------------------------------------------- */

bool frame_vfail(struct frame *f, const char *format, va_list args)
{
	f->error->line = f->line;
	vsnprintf(f->error->message, sizeof(f->error->message), format, args);
	return false;
}

bool frame_fail(struct frame *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	frame_vfail(f, format, args);
	va_end(args);
	return false;
}

bool frame_no_memory(struct frame *f)
{
	f->line = 0;
	return frame_fail(f, "not enough memory for a %s of this size", f->kind);
}

void parse_refuse(const char *name, const struct parse_error *error)
{
	if (error->line)
		die("%s:%u: %s", name, error->line, error->message);
	die("%s: %s", name, error->message);
}

/* --- Lines and words ---------------------------------------------------- */

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The length of a record type or key at s. */
static size_t word_length(const char *s)
{
	size_t n = 0;

	if (is_lower(s[0]))
		while (is_lower(s[n]) || is_digit(s[n]) || s[n] == '_')
			n++;
	return n;
}

static bool check_bytes(struct frame *f, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '\r')
			return frame_fail(f, "carriage return in the line: the %s went through a terminal or a DOS editor, copy it again as a file", f->kind);
		if (c < 0x20 || c > 0x7e)
			return frame_fail(f, "byte 0x%02x in the line: a %s is plain ASCII text", c, f->kind);
	}
	return true;
}

/* Cuts the value at *s off, and moves *s past it. */
static bool parse_value(struct frame *f, char **s, const char **value)
{
	char *end;

	if (**s == '"') {
		*value = ++*s;
		end = strchr(*s, '"');
		if (!end)
			return frame_fail(f, "the quote before '%.40s' is never closed", *s);
		*end++ = '\0';
		if (*end && *end != ' ')
			return frame_fail(f, "expected a space after a quoted value, found '%.40s'", end);
	} else {
		*value = *s;
		end = *s + strcspn(*s, " ");
		if (end == *s)
			return frame_fail(f, "a key has no value after its '='");
		if (memchr(*s, '"', (size_t)(end - *s)))
			return frame_fail(f, "quote inside the value '%.*s'", (int)(end - *s > 40 ? 40 : end - *s), *s);
	}
	*s = end;
	return true;
}

/* One key=value at s, without the spaces before it. */
static bool parse_pair(struct frame *f, char **s, struct field *pair)
{
	size_t n = word_length(*s);

	if (n == 0 || (*s)[n] != '=')
		return frame_fail(f, "expected key=value, found '%.40s'", *s);
	pair->key = *s;
	*s += n;
	*(*s)++ = '\0';
	return parse_value(f, s, &pair->value);
}

/* Splits a line into its type word and its pairs, in place. */
static bool parse_line(struct frame *f, char *s, struct record *r)
{
	size_t n = word_length(s);
	bool more;

	if (n == 0 || (s[n] && s[n] != ' '))
		return frame_fail(f, "expected a record type in lower case, found '%.40s'", s);
	r->word = s;
	r->line = f->line;
	s += n;
	more = *s;
	if (more)
		*s++ = '\0';
	while (more) {
		struct field *pair = &r->fields[r->n_fields];

		s += strspn(s, " ");
		if (!*s)
			return frame_fail(f, "spaces at the end of the line");
		if (r->n_fields == MAX_PAIRS)
			return frame_fail(f, "more than %d pairs in one record", MAX_PAIRS);
		if (!parse_pair(f, &s, pair))
			return false;
		if (record_value(r, pair->key))
			return frame_fail(f, "the key '%.40s' appears twice", pair->key);
		r->n_fields++;
		more = *s;
		if (more)
			*s++ = '\0';
	}
	return true;
}

/* --- First line, last line, lines between --------------------------------- */

static bool parse_header(struct frame *f, const char *text, size_t size)
{
	size_t length = strlen(f->word), skip = length + 1, n = 0;

	f->line = 1;
	if (size == 0)
		return frame_fail(f, "the %s is empty", f->kind);
	if (size >= skip && memcmp(text, f->word, length) == 0 && text[length] == ' ')
		while (skip + n < size && is_digit(text[skip + n]))
			n++;
	if (n && skip + n < size && text[skip + n] == '\r')
		return check_bytes(f, text + skip + n, 1);
	if (n == 0 || n > 4 || text[skip] == '0' ||
	    (skip + n < size && text[skip + n] != '\n'))
		return frame_fail(f, "not a %s of kvas: expected '%s %u' as the first line",
				  f->kind, f->word, f->newest);
	for (size_t i = 0; i < n; i++)
		f->version = f->version * 10 + (unsigned int)(text[skip + i] - '0');
	if (f->version > f->newest)
		return frame_fail(f, "made by a newer kvas: the %s has format version %u, this reader knows %u; use the reader of that version",
				  f->kind, f->version, f->newest);
	return true;
}

static bool parse_end(struct frame *f, const struct record *r, bool last)
{
	const char *records = record_value(r, "records");
	char expected[24];

	if (!last)
		return frame_fail(f, "text after the 'end' line");
	if (!records)
		return frame_fail(f, "the 'end' line has no 'records'");
	f->end = *r;
	snprintf(expected, sizeof(expected), "%zu", f->n_records);
	if (strcmp(records, expected) == 0)
		return true;
	return frame_fail(f, "cut short or edited: the 'end' line counts %.20s records, %s are here; make the %s again",
			  records, expected, f->kind);
}

/* Each line that ends before size, from the second on, becomes a record. */
static bool split_lines(struct frame *f, char *text, size_t size, struct field *fields)
{
	char *s = strchr(text, '\n') + 1;
	char *end = text + size;

	while (s < end) {
		struct record *r = &f->records[f->n_records];
		size_t n = strcspn(s, "\n");	/* stops at a NUL too */

		f->line++;
		if (!check_bytes(f, s, n + (s[n] == '\0')))
			return false;
		s[n] = '\0';
		r->fields = fields;
		if (!parse_line(f, s, r))
			return false;
		fields += r->n_fields;
		s += n + 1;
		if (strcmp(r->word, "end") == 0)
			return parse_end(f, r, s == end);
		f->n_records++;
	}
	return frame_fail(f, "cut short: the last line is not 'end records=N'; make the %s again",
			  f->kind);
}

bool frame_parse(struct frame *f, const char *text, size_t size)
{
	size_t lines = 0, pairs = 0;
	struct field *fields;
	char *copy;

	if (!parse_header(f, text, size))
		return false;
	for (size_t i = 0; i < size; i++) {
		lines += text[i] == '\n';
		pairs += text[i] == '=';
	}
	if (lines > f->most_lines) {
		f->line = (unsigned int)f->most_lines + 1;
		return frame_fail(f, "more than %zu lines: no %s is that large", f->most_lines,
				  f->kind);
	}
	if (text[size - 1] != '\n') {
		f->line = (unsigned int)lines + 1;
		return frame_fail(f, "cut short: the last line does not end; make the %s again",
				  f->kind);
	}
	copy = f->alloc(f->owner, size + 1, 1);
	f->records = f->alloc(f->owner, lines, sizeof(*f->records));
	fields = f->alloc(f->owner, pairs + 1, sizeof(*fields));
	if (!copy || !f->records || !fields)
		return frame_no_memory(f);
	memcpy(copy, text, size);
	return split_lines(f, copy, size, fields);
}
