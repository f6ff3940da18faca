// SPDX-License-Identifier: GPL-2.0-only
/* query.c - see query.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "query.h"

bool query_address(const struct layout *l, const char *s, const char **digits)
{
	bool prefixed = strncasecmp(s, "0x", 2) == 0;
	size_t n;

	*digits = prefixed ? s + 2 : s;
	n = strspn(*digits, "0123456789abcdefABCDEF");
	if (n == 0 || (*digits)[n] || (!prefixed && n != l->bits / 4))
		return false;
	*digits += strspn(*digits, "0");
	return true;
}

/* Decimal, or hexadecimal with 0x.  Returns why it is no number, or NULL. */
static const char *parse_number(const char *s, uint64_t *number)
{
	bool hexadecimal = strncasecmp(s, "0x", 2) == 0;
	char *end;

	s += hexadecimal ? 2 : 0;
	/* No sign, no space, no second 0x: strtoull() would take them. */
	if (!*s || s[strspn(s, hexadecimal ? "0123456789abcdefABCDEF" : "0123456789")])
		return "must be a number, decimal or hexadecimal with 0x";
	errno = 0;
	*number = strtoull(s, &end, hexadecimal ? 16 : 10);
	return errno ? "is larger than 64 bits can hold" : NULL;
}

/* A module at the end, perhaps with its build id, or a file: " [nf_tables 1234abcd]". */
static void cut_bracket(struct pool *pool, char *text, struct query *q)
{
	char *bracket = strchr(text, '[');
	size_t n = strlen(text);

	if (!bracket || bracket == text || text[n - 1] != ']')
		return;
	text[n - 1] = '\0';
	q->bracket = bracket + 1;
	q->module = pool_copy(pool, q->bracket, strcspn(q->bracket, " "));
	while (bracket > text && bracket[-1] == ' ')
		bracket--;
	*bracket = '\0';
}

bool query_fits_size(const struct query *q, uint64_t size)
{
	return !q->size || !size || q->size == size;
}

const char *query_parse(struct pool *pool, char *text, struct query *q)
{
	const char *problem;
	char *plus, *slash;

	*q = (struct query){ .symbol = text };
	cut_bracket(pool, text, q);
	plus = strchr(text, '+');
	if (!plus)
		return NULL;
	*plus++ = '\0';
	slash = strchr(plus, '/');
	if (slash)
		*slash++ = '\0';
	problem = parse_number(plus, &q->offset);
	if (problem)
		return pool_printf(pool, "the offset after + %s", problem);
	problem = slash ? parse_number(slash, &q->size) : NULL;
	if (problem)
		return pool_printf(pool, "the size after / %s", problem);
	return NULL;
}
