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
	MAX_WORDS = 64,		/* in one line */
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
	size_t indent;		/* spaces before the text */
	size_t length;		/* of the text, up to a comment or its end */
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

static const char operators[] = "=!<>";

/* An operator needs no space around it; + is in releases, too. */
static size_t word_length(const char *s)
{
	size_t n = 0;

	if (strncmp(s, "+-", 2) == 0)
		return 2;
	if (strchr(operators, *s))
		return strspn(s, operators);
	while (s[n] && !strchr(" \t#\"", s[n]) && !strchr(operators, s[n]) &&
	       strncmp(s + n, "+-", 2) != 0)
		n++;
	return n;
}

/* Copies the words of a line. */
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
				return fail(p, "the quote at column %zu is never closed: a text stands between two \", and has none in it",
					    p->indent + (size_t)(s - line));
		} else {
			n = word_length(s);
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

/* 2G:2G */
static bool is_ratio(const char *text)
{
	const char *colon = strchr(text, ':');
	struct number n;
	char *first;
	bool ratio;

	if (!colon)
		return false;
	first = text_printf("%.*s", (int)(colon - text), text);
	ratio = number_parse(first, &n, NULL) && number_parse(colon + 1, &n, NULL);
	free(first);
	return ratio;
}

/* 6.12.3-amd64: a release in full. */
static bool is_release(const char *text)
{
	size_t n = strspn(text, "0123456789.");
	char *version = text_printf("%.*s", (int)n, text);
	bool release = is_version(version) && (text[n] == '-' || text[n] == '+');

	free(version);
	return release;
}

static bool begins_number(const char *text)
{
	text += *text == '-';
	return *text >= '0' && *text <= '9';
}

static bool parse_name(struct parser *p, struct term *t, const char *expected)
{
	char *text = p->words[p->at];
	size_t n = strlen(text);

	t->kind = NAME;
	t->may_be_unknown = n > 1 && text[n - 1] == '?';
	if (t->may_be_unknown)
		text[n - 1] = '\0';
	return is_name(text) || fail(p, "expected %s, found '%.40s'", expected, text);
}

static bool parse_number(struct parser *p, struct term *t)
{
	char *error;

	if (number_parse(t->text, &t->value, &t->exact))
		t->kind = NUMBER;
	else if (is_version(t->text))
		t->kind = VERSION;
	else if (is_ratio(t->text) || is_release(t->text))
		t->kind = TEXT;
	else {
		error = number_error(t->text);
		fail(p, "%s", error);
		free(error);
		return false;
	}
	return true;
}

static bool parse_term(struct parser *p, struct term *t, const char *expected)
{
	const char *text = word(p);

	if (!text)
		return fail(p, "expected %s at the end of the line", expected);
	*t = (struct term){ .kind = TEXT, .text = text };
	if (is_word(p, "witness")) {
		p->at++;
		if (!word(p) || !is_name(word(p)))
			return fail(p, "expected the name of a witness after 'witness'");
		*t = (struct term){ .kind = WITNESS, .text = word(p) };
	} else if (!p->quoted[p->at] && !(begins_number(text) ? parse_number(p, t) :
					  parse_name(p, t, expected))) {
		return false;
	}
	p->at++;
	return true;
}

struct term *term_parse(const char *text, char *error, size_t room)
{
	struct parser p = { .error = error, .room = room };
	/* The term, and after it its words, each with a NUL. */
	struct term *t = zalloc_array(1, sizeof(*t) + 2 * strlen(text) + 2);

	if (split(&p, text, (char *)(t + 1)) && parse_term(&p, t, "a name")) {
		if (p.at < p.n)
			fail(&p, "expected one name, found '%.40s' after it", word(&p));
		else if (t->kind != NAME && t->kind != WITNESS)
			fail(&p, "expected a name, found '%.40s'", t->text);
		else
			return t;
	}
	free(t);
	return NULL;
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
	if (!word(p) || !number_parse(word(p), &c->distance, NULL) ||
	    c->distance.over < 0)
		return fail(p, "expected a size after 'within', such as 2G");
	p->at++;
	if (!is_word(p, "of"))
		return fail(p, "expected 'of' after the size, as in 'modules within 2G of text'");
	p->at++;
	return true;
}

/* +- 5%, +- 16M */
static bool parse_tolerance(struct parser *p, struct claim *c)
{
	p->at++;
	if (c->relation > UNEQUAL)
		return fail(p, "'+-' belongs to = and !=");
	if (!word(p) || (!percent_parse(word(p), &c->share) &&
			 (!number_parse(word(p), &c->distance, NULL) || c->distance.over < 0)))
		return fail(p, "expected a size or a share after '+-', such as 16M or 5%%");
	p->at++;
	c->tolerant = true;
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
	if (!parse_term(p, &c->right, c->relation <= AT_LEAST ?
			"a name, a number or a \"text\"" : "a region or an address"))
		return false;
	return !is_word(p, "+-") || parse_tolerance(p, c);
}

/* Claims with "and" between them; their number is added to *n. */
static bool parse_claims(struct parser *p, struct claim *each, size_t *n)
{
	do {
		*n += 1;
		if (!parse_claim(p, each++))
			return false;
	} while (is_word(p, "and") && p->at++ < p->n);
	return true;
}

/* What is claimed, and what follows "if". */
static struct claims *parse_expectation(struct parser *p)
{
	/* A claim has two words at least. */
	struct claims *c = zalloc_array(1, sizeof(*c) + (p->n / 2 + 1) * sizeof(c->each[0]));

	if (parse_claims(p, c->each, &c->n)) {
		bool whole = true;

		if (is_word(p, "if")) {
			p->at++;
			whole = parse_claims(p, c->each + c->n, &c->n_conditions);
		}
		if (whole && p->at == p->n)
			return c;
		if (whole)
			fail(p, "expected the end of the line, 'and'%s, found '%.40s'",
			     c->n_conditions ? "" : " or 'if'", word(p));
	}
	free(c);
	return NULL;
}

/* --- Lines ------------------------------------------------------------------ */

/* Is it ASCII, with the line ends of Unix? */
static bool check_bytes(struct parser *p, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c >= 0x20 && c <= 0x7e) || c == '\t')
			continue;
		if (c == '\r' && i == length - 1)
			return fail(p, "the line ends as DOS ends them, with CR and LF: remove the CR, as with tr -d '\\r'");
		return fail(p, "byte 0x%02x in the line: a file of expectations is plain ASCII text", c);
	}
	return true;
}

/* One space between two words. */
static char *join(const struct parser *p)
{
	char *text = text_printf("%s", "");

	for (size_t i = 0; i < p->n; i++) {
		const char *quote = p->quoted[i] ? "\"" : "";
		char *longer = text_printf("%s%s%s%s%s", text, i ? " " : "", quote,
					   p->words[i], quote);

		free(text);
		text = longer;
	}
	return text;
}

static bool parse_line(struct expectations *all, const char *line, size_t length,
		       unsigned int number_of_line)
{
	struct parser p = { .error = all->error, .room = sizeof(all->error) };
	/* The text, then its words, each with a NUL. */
	char *text, *copies, *name = NULL;
	struct claims *claims = NULL;
	bool right;

	all->error_line = number_of_line;
	while (length && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
		p.indent++;
	}
	text = zalloc_array(3 * length + 3, 1);
	copies = text + length + 1;
	memcpy(text, line, length);
	right = check_bytes(&p, text, length) && split(&p, text, copies);
	if (right && p.n) {
		name = join(&p);
		claims = parse_expectation(&p);
		right = claims;
	}
	if (!claims) {
		free(text);
		free(name);
		return right;
	}
	text[p.length] = '\0';
	all->each[all->n++] = (struct expectation){
		.line = number_of_line, .text = text, .name = name, .parsed = claims,
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
		free(e->each[i].name);
		free(e->each[i].parsed);
	}
	free(e->each);
	free(e);
}
