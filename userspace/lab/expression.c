// SPDX-License-Identifier: GPL-2.0-only
/* expression.c - see expression.h */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "evaluate.h"
#include "expression.h"
#include "layout/claim.h"

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_WORD, TOKEN_NAME, TOKEN_MARK, TOKEN_BAD };

struct reader {
	struct pool *pool;
	const char *text, *end, *at;
	struct expression_error *error;
	unsigned int depth;
	bool failed;
	/* The token that is next. */
	enum token_kind kind;
	const char *start;
	size_t length;
};

__attribute__((format(printf, 2, 3)))
static struct node *fail(struct reader *r, const char *format, ...)
{
	va_list args;

	if (r->failed)
		return NULL;
	r->failed = true;
	r->error->at = (size_t)(r->start - r->text);
	va_start(args, format);
	vsnprintf(r->error->message, sizeof(r->error->message), format, args);
	va_end(args);
	return NULL;
}

/* --- Tokens ------------------------------------------------------------------------ */

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Letters, digits and _, with dots between. */
static void take_name(struct reader *r)
{
	while (r->at < r->end && (is_name_char(*r->at) ||
				  (*r->at == '.' && r->at + 1 < r->end && is_name_char(r->at[1]))))
		r->at++;
}

static void take_mark(struct reader *r)
{
	static const char *const pairs[] = { "||", "&&", "==", "!=", "<=", ">=", "<<", ">>" };

	r->kind = TOKEN_MARK;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (r->end - r->at >= 2 && strncmp(r->at, pairs[i], 2) == 0) {
			r->at += 2;
			return;
		}
	if (!strchr("?:<>|^&+-*/%!~()[],", *r->at))
		r->kind = TOKEN_BAD;
	r->at++;
}

static void next(struct reader *r)
{
	while (r->at < r->end && isspace((unsigned char)*r->at))
		r->at++;
	r->start = r->at;
	if (r->at == r->end || !*r->at) {
		r->kind = TOKEN_END;
	} else if (*r->at == '"') {
		const char *close = memchr(r->at + 1, '"', (size_t)(r->end - r->at - 1));

		r->kind = close ? TOKEN_WORD : TOKEN_BAD;
		r->at = close ? close + 1 : r->end;
	} else if (isdigit((unsigned char)*r->at)) {
		r->kind = TOKEN_NUMBER;
		take_name(r);
	} else if (is_name_char(*r->at)) {
		r->kind = TOKEN_NAME;
		take_name(r);
	} else {
		take_mark(r);
	}
	r->length = (size_t)(r->at - r->start);
}

static bool is(const struct reader *r, const char *token)
{
	return (r->kind == TOKEN_MARK || r->kind == TOKEN_NAME) && r->length == strlen(token) &&
	       strncmp(r->start, token, r->length) == 0;
}

static bool take(struct reader *r, const char *token)
{
	bool there = is(r, token);

	if (there)
		next(r);
	return there;
}

/* What stands there, for messages. */
static const char *found(const struct reader *r)
{
	if (r->kind == TOKEN_END)
		return "the end";
	return pool_printf(r->pool, "'%.*s'", (int)(r->length < 40 ? r->length : 40), r->start);
}

static bool expect(struct reader *r, const char *token, const char *where)
{
	if (take(r, token))
		return true;
	fail(r, "expected '%s' %s, found %s", token, where, found(r));
	return false;
}

/* --- Trees ------------------------------------------------------------------------- */

static struct node *parse_choice(struct reader *r);

static struct node *new_node(struct reader *r, enum node_kind kind, size_t n_args)
{
	struct node *n = pool_alloc(r->pool, sizeof(*n));

	n->kind = kind;
	n->n_args = n_args;
	n->args = n_args ? pool_alloc(r->pool, n_args * sizeof(*n->args)) : NULL;
	return n;
}

/* "a, b, c" up to a closing mark. */
static bool parse_items(struct reader *r, struct node *n, const char *close)
{
	struct node *items[MOST_ARGUMENTS];

	n->n_args = 0;
	while (!is(r, close)) {
		if (n->n_args == MOST_ARGUMENTS) {
			fail(r, "more than %d of them stand in one pair of brackets", MOST_ARGUMENTS);
			return false;
		}
		items[n->n_args] = parse_choice(r);
		if (!items[n->n_args++])
			return false;
		if (!take(r, ","))
			break;
	}
	n->args = pool_alloc(r->pool, (n->n_args + 1) * sizeof(*n->args));
	memcpy(n->args, items, n->n_args * sizeof(*n->args));
	return expect(r, close, "or a comma");
}

static struct node *parse_number(struct reader *r)
{
	const char *text = pool_copy(r->pool, r->start, r->length);
	struct node *n = new_node(r, NODE_VALUE, 0);
	struct number number;
	bool exact;

	if (!number_parse(text, &number, &exact) || number.over || !exact)
		return fail(r, "expected a number of at most 64 bits, such as 4096, 0x1000, 4K or 12.5P, found '%.40s'",
			    text);
	n->value = lab_number(strncmp(text, "0x", 2) == 0 ? LOOK_HEX :
			      isalpha((unsigned char)text[r->length - 1]) ? LOOK_SIZE : LOOK_NUMBER,
			      number.low);
	next(r);
	return n;
}

static struct node *parse_name(struct reader *r)
{
	struct node *n = new_node(r, NODE_NAME, 0);
	struct reader name = *r;
	const char *problem;

	n->name = pool_copy(r->pool, r->start, r->length);
	next(r);
	if (!take(r, "("))
		return n;
	n->kind = NODE_CALL;
	n->function = function_named(n->name);
	if (!n->function) {
		r->start = name.start;
		return fail(r, "there is no function '%.40s'%s", n->name,
			    similar_function(r->pool, n->name));
	}
	if (!parse_items(r, n, ")"))
		return NULL;
	problem = function_check(r->pool, n->function, n);
	if (problem) {
		r->start = name.start;
		return fail(r, "%s", problem);
	}
	return n;
}

static struct node *parse_primary(struct reader *r)
{
	struct node *n;

	switch (r->kind) {
	case TOKEN_NUMBER:
		return parse_number(r);
	case TOKEN_NAME:
		return parse_name(r);
	case TOKEN_WORD:
		n = new_node(r, NODE_VALUE, 0);
		n->value = lab_word(pool_copy(r->pool, r->start + 1, r->length - 2));
		next(r);
		return n;
	case TOKEN_BAD:
		return fail(r, *r->start == '"' ? "the quote is never closed" :
			    "expected an expression, found %s", found(r));
	default:
		break;
	}
	if (take(r, "(")) {
		n = parse_choice(r);
		return n && expect(r, ")", "to close the bracket") ? n : NULL;
	}
	if (take(r, "[")) {
		n = new_node(r, NODE_LIST, 0);
		return parse_items(r, n, "]") ? n : NULL;
	}
	return fail(r, "expected an expression, found %s", found(r));
}

static struct node *parse_unary(struct reader *r)
{
	static const struct {
		const char *mark;
		enum operator op;
	} marks[] = { { "!", OP_NOT }, { "~", OP_COMPLEMENT }, { "-", OP_NEGATIVE } };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		struct node *n;

		if (!is(r, marks[i].mark))
			continue;
		if (r->depth >= MOST_NESTED)
			return fail(r, "it is nested more than %d deep", MOST_NESTED);
		next(r);
		n = new_node(r, NODE_UNARY, 1);
		n->op = marks[i].op;
		r->depth++;
		n->args[0] = parse_unary(r);
		r->depth--;
		return n->args[0] ? n : NULL;
	}
	return parse_primary(r);
}

/* From weak to strong; those of one strength together. */
static const struct {
	const char *mark;
	enum operator op;
	unsigned int strength;
} binary[] = {
	{ "||", OP_OR, 0 }, { "&&", OP_AND, 1 },
	{ "==", OP_EQUAL, 2 }, { "!=", OP_UNEQUAL, 2 }, { "<", OP_LESS, 2 }, { "<=", OP_AT_MOST, 2 },
	{ ">", OP_MORE, 2 }, { ">=", OP_AT_LEAST, 2 }, { "in", OP_IN, 2 },
	{ "|", OP_BIT_OR, 3 }, { "^", OP_BIT_XOR, 4 }, { "&", OP_BIT_AND, 5 },
	{ "<<", OP_LEFT, 6 }, { ">>", OP_RIGHT, 6 }, { "+", OP_PLUS, 7 }, { "-", OP_MINUS, 7 },
	{ "*", OP_TIMES, 8 }, { "/", OP_DIVIDED, 8 }, { "%", OP_MODULO, 8 },
};

enum { STRONGEST = 8 };

static bool binary_at(const struct reader *r, unsigned int strength, size_t *i)
{
	for (*i = 0; *i < ARRAY_SIZE(binary); ++*i)
		if (binary[*i].strength == strength && is(r, binary[*i].mark))
			return true;
	return false;
}

static struct node *parse_binary(struct reader *r, unsigned int strength)
{
	struct node *left = strength == STRONGEST ? parse_unary(r) : parse_binary(r, strength + 1);
	unsigned int links = 0;
	size_t i;

	while (left && binary_at(r, strength, &i)) {
		struct node *n = new_node(r, NODE_BINARY, 2);

		/* Trees are visited by recursion. */
		if (++links > MOST_NESTED)
			return fail(r, "more than %d operators stand in a row", MOST_NESTED);
		next(r);
		n->op = binary[i].op;
		n->args[0] = left;
		n->args[1] = strength == STRONGEST ? parse_unary(r) : parse_binary(r, strength + 1);
		left = n->args[1] ? n : NULL;
	}
	return left;
}

static struct node *parse_choice(struct reader *r)
{
	struct node *condition, *n;

	if (r->depth >= MOST_NESTED)
		return fail(r, "it is nested more than %d deep", MOST_NESTED);
	r->depth++;
	condition = parse_binary(r, 0);
	n = condition;
	if (condition && take(r, "?")) {
		n = new_node(r, NODE_CHOICE, 3);
		n->args[0] = condition;
		n->args[1] = parse_choice(r);
		if (!n->args[1] || !expect(r, ":", "between the two values after '?'"))
			n = NULL;
		else if (!(n->args[2] = parse_choice(r)))
			n = NULL;
	}
	r->depth--;
	return n;
}

const struct node *expression_parse(struct pool *pool, const char *text, size_t length,
				    struct expression_error *error)
{
	struct reader r = { .pool = pool, .text = text, .end = text + length, .at = text,
			    .error = error };
	struct node *n;

	next(&r);
	n = parse_choice(&r);
	if (n && r.kind != TOKEN_END)
		return fail(&r, "expected an operator or the end, found %s", found(&r));
	return n;
}

bool expression_visit(const struct node *n, bool (*visit)(void *data, const struct node *n),
		      void *data)
{
	if (!visit(data, n))
		return false;
	for (size_t i = 0; i < n->n_args; i++)
		if (!expression_visit(n->args[i], visit, data))
			return false;
	return true;
}
