/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * expression.h - the expressions of exercises as trees: expression.c makes them,
 * evaluate.c computes their values.  lab/README.md has the language.
 */
#ifndef KVAS_LAB_EXPRESSION_H
#define KVAS_LAB_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "value.h"

enum node_kind {
	NODE_VALUE,		/* a number or a word */
	NODE_NAME,		/* a variable, or a term of kvas get */
	NODE_CALL,
	NODE_LIST,
	NODE_UNARY,
	NODE_BINARY,
	NODE_CHOICE,		/* a ? b : c */
};

enum operator {
	OP_OR, OP_AND, OP_EQUAL, OP_UNEQUAL, OP_LESS, OP_AT_MOST, OP_MORE, OP_AT_LEAST, OP_IN,
	OP_BIT_OR, OP_BIT_XOR, OP_BIT_AND, OP_LEFT, OP_RIGHT, OP_PLUS, OP_MINUS,
	OP_TIMES, OP_DIVIDED, OP_MODULO, OP_NOT, OP_COMPLEMENT, OP_NEGATIVE,
};

struct function;

struct node {
	enum node_kind kind;
	enum operator op;
	struct lab_value value;
	const char *name;		/* of NODE_NAME and NODE_CALL; the text of a name */
	const struct function *function;
	struct node **args;		/* operands, arguments or items */
	size_t n_args;
};

/* What is wrong with a text, and where: a byte of it, from 0. */
struct expression_error {
	size_t at;
	char message[200];
};

enum { MOST_NESTED = 64, MOST_ARGUMENTS = 64 };

/*
 * The tree of the first length bytes of a text, in the pool; NULL with the error filled
 * in.
 */
const struct node *expression_parse(struct pool *pool, const char *text, size_t length,
				    struct expression_error *error);

/* Calls visit() for a node and all below it, until one returns false. */
bool expression_visit(const struct node *n, bool (*visit)(void *data, const struct node *n),
		      void *data);

#endif /* KVAS_LAB_EXPRESSION_H */
