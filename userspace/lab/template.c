// SPDX-License-Identifier: GPL-2.0-only
/* template.c - see exercise.h: texts with values in them. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "exercise.h"

void mistakes_add(struct mistakes *m, unsigned int line, const char *format, ...)
{
	char *message;
	va_list args;

	if (m->n == m->room) {
		struct mistake *old = m->list;

		m->room = m->room ? 2 * m->room : 8;
		m->list = zalloc_array(m->room, sizeof(*m->list));
		if (m->n)
			memcpy(m->list, old, m->n * sizeof(*old));
		free(old);
	}
	va_start(args, format);
	message = pool_vprintf(&m->pool, format, args);
	va_end(args);
	/* It may cite some lines of the file. */
	for (char *s = message; *s; s++)
		if (*s == '\n' || *s == '\t')
			*s = ' ';
	m->list[m->n++] = (struct mistake){ line, message };
}

void mistakes_free(struct mistakes *m)
{
	free(m->list);
	pool_free(&m->pool);
}

static unsigned int lines_before(const char *text, size_t n)
{
	unsigned int lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

struct lab_expression expression_of(struct pool *pool, const char *text, size_t length,
				    unsigned int line, struct mistakes *mistakes)
{
	struct expression_error error;
	struct lab_expression x = { expression_parse(pool, text, length, &error), line };

	if (!x.node)
		mistakes_add(mistakes, line + lines_before(text, error.at), "%s", error.message);
	return x;
}

static struct template_piece *add_piece(struct pool *pool, struct template *t)
{
	struct template_piece *old = t->pieces;

	/* Their number doubles at each power of two. */
	if (!(t->n & (t->n - 1))) {
		t->pieces = pool_alloc(pool, 2 * (t->n + 1) * sizeof(*t->pieces));
		if (t->n)
			memcpy(t->pieces, old, t->n * sizeof(*old));
	}
	return &t->pieces[t->n++];
}

/* The length of "EXPRESSION:FORM" without the form, which is NULL without one. */
static size_t cut_form(struct pool *pool, const char *text, size_t length, const char **form)
{
	size_t at = length;

	while (at && text[at - 1] != ':')
		at--;
	*form = at ? pool_copy(pool, text + at, length - at) : NULL;
	if (!*form || !lab_is_form(*form)) {
		*form = NULL;
		return length;
	}
	return at - 1;
}

/* The closing brace, which does not stand in quotes; or NULL. */
static const char *closing_brace(const char *s)
{
	bool quoted = false;

	for (; *s && (quoted || *s != '}'); s++)
		if (*s == '"')
			quoted = !quoted;
	return *s ? s : NULL;
}

struct template template_parse(struct pool *pool, const char *text, unsigned int line,
			       struct mistakes *mistakes)
{
	struct template t = { 0 };
	const char *s = text;

	while (*s) {
		size_t n = strcspn(s, "{");
		struct template_piece *piece;
		const char *end;

		/* The first of two braces is the text's. */
		n += s[n] && s[n + 1] == '{';
		if (n) {
			piece = add_piece(pool, &t);
			piece->text = pool_copy(pool, s, n);
			s += n + (s[n] && s[n - 1] == '{');
			continue;
		}
		end = closing_brace(s + 1);
		if (!end) {
			mistakes_add(mistakes, line + lines_before(text, (size_t)(s - text)),
				     "the brace is never closed: write {{ for one that is text");
			break;
		}
		piece = add_piece(pool, &t);
		n = cut_form(pool, s + 1, (size_t)(end - s - 1), &piece->form);
		piece->expression = expression_of(pool, s + 1, n,
						  line + lines_before(text, (size_t)(s - text)),
						  mistakes);
		s = end + 1;
	}
	return t;
}

const char *template_fill(const struct template *t, struct evaluation *e)
{
	const char *text = "";

	for (size_t i = 0; i < t->n; i++) {
		const struct template_piece *piece = &t->pieces[i];
		const char *more = piece->text;
		struct lab_value v;

		if (!more) {
			if (!evaluate(e, piece->expression.node, &v)) {
				e->line = piece->expression.line;
				return NULL;
			}
			more = lab_text(e->pool, e->world->layout->bits, &v, piece->form);
		}
		text = pool_printf(e->pool, "%s%s", text, more);
	}
	return text;
}
