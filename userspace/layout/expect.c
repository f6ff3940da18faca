// SPDX-License-Identifier: GPL-2.0-only
/* expect.c - see expect.h: words to a tree. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "claim.h"
#include "expect.h"

enum {
	MAX_WORDS = 32,		/* in one line */
	MAX_LINES = 10000,
	MAX_FILE_LINE = 1000,	/* bytes */
};

static const struct {
	const char *words[2];
	enum relation relation;
} relations[] = {
	{ { "=" }, EQUAL }, { { "==" }, EQUAL }, { { "!=" }, UNEQUAL },
	{ { "<" }, LESS }, { { "<=" }, AT_MOST }, { { ">" }, MORE }, { { ">=" }, AT_LEAST },
	{ { "present" }, PRESENT }, { { "absent" }, ABSENT },
	{ { "not", "in" }, NOT_IN }, { { "in" }, IN },
	{ { "above" }, ABOVE }, { { "below" }, BELOW }, { { "within" }, WITHIN },
};

struct parser {
	char *words[MAX_WORDS];
	bool quoted[MAX_WORDS];
	size_t n, at;
	size_t length;		/* of the line up to a comment or its end */
	char *error;
	size_t room;
};

__attribute__((format(printf, 2, 3)))
static bool fail(struct parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->error, p->room, format, args);
	va_end(args);
	return false;
}

/* --- Words ------------------------------------------------------------------ */

static bool is_operator(char c)
{
	return c && strchr("=!<>", c);
}

/* Copies the words of a line; operators need no space around them. */
static bool split(struct parser *p, const char *line, char *copies)
{
	const char *s = line;

	for (;;) {
		size_t n;

		p->length = (size_t)(s - line);
		s += strspn(s, " \t");
		if (!*s || *s == '#')
			return true;
		if (p->n == MAX_WORDS)
			return fail(p, "more than %d words", MAX_WORDS);
		p->quoted[p->n] = *s == '"';
		if (*s == '"') {
			n = strcspn(++s, "\"");
			if (!s[n])
				return fail(p, "the quote before '%.40s' is never closed", s);
		} else if (is_operator(*s)) {
			n = strspn(s, "=!<>");
		} else {
			n = strcspn(s, " \t#\"=!<>");
		}
		memcpy(copies, s, n);
		copies[n] = '\0';
		p->words[p->n] = copies;
		copies += n + 1;
		s += n + p->quoted[p->n++];
	}
}

static const char *word(const struct parser *p)
{
	return p->at < p->n ? p->words[p->at] : NULL;
}

static bool is_word(const struct parser *p, const char *text)
{
	return p->at < p->n && !p->quoted[p->at] && strcmp(p->words[p->at], text) == 0;
}

/* --- Terms ------------------------------------------------------------------ */

bool number_parse(const char *s, struct number *value)
{
	bool negative = *s == '-';
	const struct fact f = { .value = s + negative };
	uint64_t n;

	if (size_parse(f.value, &n))
		*value = plus_one(n);
	else if (fact_number(&f, &n))
		*value = from(n);
	else
		return false;
	if (negative)
		*value = minus(from(0), *value);
	return true;
}

/* A name and what is around it: letters, digits, _ and dots between. */
static bool is_name(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	do {
		size_t n = strspn(s, allowed);

		if (!n)
			return false;
		s += n;
	} while (*s == '.' && s++);
	return !*s;
}

static bool parse_term(struct parser *p, struct term *t, const char *expected)
{
	const char *text = word(p);

	if (!text)
		return fail(p, "expected %s at the end of the line", expected);
	*t = (struct term){ .kind = NUMBER, .text = text };
	if (p->quoted[p->at]) {
		t->kind = TEXT;
	} else if (is_word(p, "witness")) {
		p->at++;
		if (!word(p) || !is_name(word(p)))
			return fail(p, "expected the name of a witness after 'witness'");
		*t = (struct term){ .kind = WITNESS, .text = word(p) };
	} else if (!number_parse(text, &t->value)) {
		/* 2G:2G */
		bool digit = strspn(text, "0123456789"), ratio = digit && strchr(text, ':');

		if (digit && !ratio)
			return fail(p, "expected a number such as 4096, 0x1000, 4K or 32T, found '%.40s'", text);
		if (!ratio && !is_name(text))
			return fail(p, "expected %s, found '%.40s'", expected, text);
		t->kind = ratio ? TEXT : NAME;
	}
	p->at++;
	return true;
}

static bool parse_relation(struct parser *p, enum relation *relation)
{
	for (size_t i = 0; i < ARRAY_SIZE(relations); i++) {
		size_t before = p->at;

		if (!is_word(p, relations[i].words[0]))
			continue;
		p->at++;
		*relation = relations[i].relation;
		if (!relations[i].words[1])
			return true;
		if (is_word(p, relations[i].words[1])) {
			p->at++;
			return true;
		}
		p->at = before;
	}
	return fail(p, "expected =, !=, <, <=, >, >=, in, not in, above, below, within, present or absent, found %s%.40s%s",
		    word(p) ? "'" : "", word(p) ? word(p) : "the end of the line",
		    word(p) ? "'" : "");
}

static bool parse_within(struct parser *p, struct claim *c)
{
	if (!word(p) || !number_parse(word(p), &c->distance) ||
	    c->distance.over < 0)
		return fail(p, "expected a size after 'within', such as 2G");
	p->at++;
	if (!is_word(p, "of"))
		return fail(p, "expected 'of' after the size, as in 'modules within 2G of text'");
	p->at++;
	return true;
}

static bool parse_claim(struct parser *p, struct claim *c)
{
	if (!parse_term(p, &c->left, "a name, a number or a \"text\"") ||
	    !parse_relation(p, &c->relation))
		return false;
	if (c->relation == PRESENT || c->relation == ABSENT)
		return c->left.kind == NAME ||
		       fail(p, "only a region or section is present or absent");
	if (c->relation == WITHIN && !parse_within(p, c))
		return false;
	return parse_term(p, &c->right, c->relation <= AT_LEAST ?
			  "a name, a number or a \"text\"" : "a region or an address");
}

/* A claim, and the one after "if". */
static struct claim *parse_expectation(struct parser *p)
{
	struct claim *c = zalloc_array(2, sizeof(*c));

	if (parse_claim(p, c)) {
		bool whole = true;

		if (is_word(p, "if")) {
			p->at++;
			c->condition = c + 1;
			whole = parse_claim(p, c->condition);
		}
		if (whole && p->at == p->n)
			return c;
		if (whole)
			fail(p, "expected the end of the line or 'if', found '%.40s'", word(p));
	}
	free(c);
	return NULL;
}

/* --- Lines ------------------------------------------------------------------ */

static bool parse_line(struct expectations *all, const char *line, size_t length,
		       unsigned int number_of_line)
{
	struct parser p = { .error = all->error, .room = sizeof(all->error) };
	/* The text, then its words, each with a NUL. */
	char *text = zalloc_array(3 * length + 3, 1), *copies = text + length + 1;
	struct claim *claim = NULL;

	all->error_line = number_of_line;
	while (length && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	memcpy(text, line, length);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c >= 0x20 && c <= 0x7e) || c == '\t')
			continue;
		fail(&p, "byte 0x%02x in the line: a file of expectations is plain ASCII text", c);
		free(text);
		return false;
	}
	if (!split(&p, text, copies) || (p.n && !(claim = parse_expectation(&p)))) {
		free(text);
		return false;
	}
	if (!p.n) {
		free(text);
		return true;
	}
	text[p.length] = '\0';
	all->each[all->n++] = (struct expectation){
		.line = number_of_line, .text = text, .parsed = claim,
	};
	return true;
}

struct expectations *expectations_parse(const char *text, size_t size,
					struct expectations *failed)
{
	struct expectations *all = zalloc_array(1, sizeof(*all));
	size_t lines = 1;
	unsigned int n = 0;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	all->each = zalloc_array(lines, sizeof(*all->each));
	if (lines > MAX_LINES) {
		all->error_line = MAX_LINES + 1;
		snprintf(all->error, sizeof(all->error), "more than %d lines", MAX_LINES);
		goto wrong;
	}
	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;

		n++;
		if (length > MAX_FILE_LINE) {
			all->error_line = n;
			snprintf(all->error, sizeof(all->error), "longer than %d bytes",
				 MAX_FILE_LINE);
			goto wrong;
		}
		if (!parse_line(all, text, length, n))
			goto wrong;
		length += end != NULL;
		text += length;
		size -= length;
	}
	if (all->n)
		return all;
	all->error_line = 0;
	snprintf(all->error, sizeof(all->error),
		 "there is no expectation in it: write one a line, such as 'pkmap absent'");
wrong:
	*failed = *all;
	expectations_free(all);
	return NULL;
}

void expectations_free(struct expectations *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->n; i++) {
		free(e->each[i].text);
		free(e->each[i].parsed);
	}
	free(e->each);
	free(e);
}
