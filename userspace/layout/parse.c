// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse.c - text of the contract (module/kvas_format.h) to struct layout: the
 * frame, lines and words.
 *
 * Strict, so that a damaged capture is refused and not half understood: each
 * proper prefix of a capture is an error.  What a later version may add
 * (record types, keys, names, routes) is kept and not interpreted.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "parser.h"

enum {
	MAX_RECORDS = 65536,	/* a real capture has some 130 */
	MAX_PAIRS = 64,		/* in one record */
};

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

static bool check_bytes(struct parser *p, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '\r')
			return parser_fail(p, "carriage return in the line: the capture went through a terminal or a DOS editor, copy it again as a file");
		if (c < 0x20 || c > 0x7e)
			return parser_fail(p, "byte 0x%02x in the line: a capture is plain ASCII text", c);
	}
	return true;
}

/* Cuts the value at *s off, and moves *s past it. */
static bool parse_value(struct parser *p, char **s, const char **value)
{
	char *end;

	if (**s == '"') {
		*value = ++*s;
		end = strchr(*s, '"');
		if (!end)
			return parser_fail(p, "the quote before '%.40s' is never closed", *s);
		*end++ = '\0';
		if (*end && *end != ' ')
			return parser_fail(p, "expected a space after a quoted value, found '%.40s'", end);
	} else {
		*value = *s;
		end = *s + strcspn(*s, " ");
		if (end == *s)
			return parser_fail(p, "a key has no value after its '='");
		if (memchr(*s, '"', (size_t)(end - *s)))
			return parser_fail(p, "quote inside the value '%.*s'", (int)(end - *s > 40 ? 40 : end - *s), *s);
	}
	*s = end;
	return true;
}

/* One key=value at s, without the spaces before it. */
static bool parse_pair(struct parser *p, char **s, struct field *f)
{
	size_t n = word_length(*s);

	if (n == 0 || (*s)[n] != '=')
		return parser_fail(p, "expected key=value, found '%.40s'", *s);
	f->key = *s;
	*s += n;
	*(*s)++ = '\0';
	return parse_value(p, s, &f->value);
}

/* Splits a line into its type word and its pairs, in place. */
static bool parse_line(struct parser *p, char *s, struct record *r)
{
	size_t n = word_length(s);
	bool more;

	if (n == 0 || (s[n] && s[n] != ' '))
		return parser_fail(p, "expected a record type in lower case, found '%.40s'", s);
	r->word = s;
	r->line = p->line;
	s += n;
	more = *s;
	if (more)
		*s++ = '\0';
	while (more) {
		struct field *f = &r->fields[r->n_fields];

		s += strspn(s, " ");
		if (!*s)
			return parser_fail(p, "spaces at the end of the line");
		if (r->n_fields == MAX_PAIRS)
			return parser_fail(p, "more than %d pairs in one record", MAX_PAIRS);
		if (!parse_pair(p, &s, f))
			return false;
		if (record_value(r, f->key))
			return parser_fail(p, "the key '%.40s' appears twice", f->key);
		r->n_fields++;
		more = *s;
		if (more)
			*s++ = '\0';
	}
	return true;
}

static enum record_type type_of(const char *word)
{
	for (size_t i = 0; i < RECORD_UNKNOWN; i++)
		if (strcmp(record_words[i], word) == 0)
			return (enum record_type)i;
	return RECORD_UNKNOWN;
}

static bool parse_records(struct parser *p)
{
	struct layout *l = p->l;
	size_t count[RECORD_UNKNOWN + 1] = { 0 };

	for (size_t i = 0; i < l->n_records; i++)
		count[l->records[i].type]++;
	l->facts = layout_alloc(l, count[RECORD_FACT], sizeof(*l->facts));
	l->configs = layout_alloc(l, count[RECORD_CONFIG], sizeof(*l->configs));
	l->regions = layout_alloc(l, count[RECORD_REGION] + count[RECORD_SECTION] +
				  count[RECORD_MEMORY], sizeof(*l->regions));
	l->witnesses = layout_alloc(l, count[RECORD_WITNESS],
				    sizeof(*l->witnesses));
	if (!l->facts || !l->configs || !l->regions || !l->witnesses)
		return parser_no_memory(p);
	for (size_t i = 0; i < l->n_records; i++)
		if (!parser_record(p, &l->records[i]))
			return false;
	if (l->bits)
		return true;
	p->line = 0;
	return parser_fail(p, "the capture has no kernel record");
}

/* --- The frame: first line, last line, lines between --------------------- */

static bool parse_header(struct parser *p, const char *text, size_t size)
{
	static const char word[] = KVAS_DEBUGFS_NAME " ";
	size_t skip = sizeof(word) - 1, n = 0;

	p->line = 1;
	if (size == 0)
		return parser_fail(p, "the capture is empty");
	if (size >= skip && memcmp(text, word, skip) == 0)
		while (skip + n < size && is_digit(text[skip + n]))
			n++;
	if (n && skip + n < size && text[skip + n] == '\r')
		return check_bytes(p, text + skip + n, 1);
	if (n == 0 || n > 4 || text[skip] == '0' ||
	    (skip + n < size && text[skip + n] != '\n'))
		return parser_fail(p, "not a capture of kvas: expected 'kvas %d' as the first line",
			    KVAS_FORMAT_VERSION);
	for (size_t i = 0; i < n; i++)
		p->l->version = p->l->version * 10 + (unsigned int)(text[skip + i] - '0');
	if (p->l->version > KVAS_FORMAT_VERSION)
		return parser_fail(p, "made by a newer kvas: the capture has format version %u, this reader knows %d; use the reader of that version",
			    p->l->version, KVAS_FORMAT_VERSION);
	return true;
}

static bool parse_end(struct parser *p, const struct record *r, bool last)
{
	const char *records = record_value(r, "records");
	char expected[24];

	if (!last)
		return parser_fail(p, "text after the 'end' line");
	if (!records)
		return parser_fail(p, "the 'end' line has no 'records'");
	snprintf(expected, sizeof(expected), "%zu", p->l->n_records);
	if (strcmp(records, expected) == 0)
		return true;
	return parser_fail(p, "cut short or edited: the 'end' line counts %.20s records, %s are here; make the capture again",
		    records, expected);
}

/* Each line that ends before size, from the second on, becomes a record. */
static bool split_lines(struct parser *p, char *text, size_t size,
			struct field *fields)
{
	char *s = strchr(text, '\n') + 1;
	char *end = text + size;

	while (s < end) {
		struct record *r = &p->l->records[p->l->n_records];
		size_t n = strcspn(s, "\n");	/* stops at a NUL too */

		p->line++;
		if (!check_bytes(p, s, n + (s[n] == '\0')))
			return false;
		s[n] = '\0';
		r->fields = fields;
		if (!parse_line(p, s, r))
			return false;
		fields += r->n_fields;
		s += n + 1;
		if (strcmp(r->word, "end") == 0)
			return parse_end(p, r, s == end);
		r->type = type_of(r->word);
		p->l->n_records++;
	}
	return parser_fail(p, "cut short: the last line is not 'end records=N'; make the capture again");
}

static bool parse_capture(struct parser *p, const char *text, size_t size)
{
	struct layout *l = p->l;
	size_t lines = 0, pairs = 0;
	struct field *fields;
	char *copy;

	if (!parse_header(p, text, size))
		return false;
	for (size_t i = 0; i < size; i++) {
		lines += text[i] == '\n';
		pairs += text[i] == '=';
	}
	if (lines > MAX_RECORDS) {
		p->line = MAX_RECORDS + 1;
		return parser_fail(p, "more than %d lines: no layout is that large", MAX_RECORDS);
	}
	if (text[size - 1] != '\n') {
		p->line = (unsigned int)lines + 1;
		return parser_fail(p, "cut short: the last line does not end; make the capture again");
	}
	copy = layout_alloc(l, size + 1, 1);
	l->records = layout_alloc(l, lines, sizeof(*l->records));
	fields = layout_alloc(l, pairs + 1, sizeof(*fields));
	if (!copy || !l->records || !fields)
		return parser_no_memory(p);
	memcpy(copy, text, size);
	return split_lines(p, copy, size, fields) && parse_records(p) &&
	       parser_relate(p);
}

struct layout *layout_parse(const char *text, size_t size,
			    struct parse_error *error)
{
	struct parser p = { .error = error };

	p.l = calloc(1, sizeof(*p.l));
	if (!p.l) {
		parser_no_memory(&p);
		return NULL;
	}
	if (parse_capture(&p, text, size))
		return p.l;
	layout_free(p.l);
	return NULL;
}
