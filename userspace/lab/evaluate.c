// SPDX-License-Identifier: GPL-2.0-only
/* evaluate.c - see evaluate.h */
#include <string.h>

#include "evaluate.h"

static const char *operator_mark(enum operator op)
{
	static const char *const marks[] = {
		[OP_OR] = "||", [OP_AND] = "&&", [OP_EQUAL] = "==", [OP_UNEQUAL] = "!=",
		[OP_LESS] = "<", [OP_AT_MOST] = "<=", [OP_MORE] = ">", [OP_AT_LEAST] = ">=",
		[OP_IN] = "in", [OP_BIT_OR] = "|", [OP_BIT_XOR] = "^", [OP_BIT_AND] = "&",
		[OP_LEFT] = "<<", [OP_RIGHT] = ">>", [OP_PLUS] = "+", [OP_MINUS] = "-",
		[OP_TIMES] = "*", [OP_DIVIDED] = "/", [OP_MODULO] = "%", [OP_NOT] = "!",
		[OP_COMPLEMENT] = "~", [OP_NEGATIVE] = "-",
	};

	return marks[op];
}

static bool evaluate_name(struct evaluation *e, const struct node *n, struct lab_value *v)
{
	struct table_shape shape;

	for (size_t i = 0; i < e->n_variables; i++)
		if (strcmp(e->variables[i].name, n->name) == 0) {
			*v = e->variables[i].value;
			return true;
		}
	if (strcmp(n->name, "kvas") == 0) {
		*v = lab_word(e->world->command);
		return true;
	}
	if (strcmp(n->name, "levels") == 0) {
		if (!find_shape(e, &shape))
			return false;
		*v = lab_number(LOOK_NUMBER, shape.levels);
		return true;
	}
	return value_of_term(e, n->name, v);
}

/* A number, or a mistake. */
static bool evaluate_number(struct evaluation *e, const struct node *n, const char *what,
			    struct lab_value *v)
{
	if (!evaluate(e, n, v))
		return false;
	if (v->kind == LAB_NUMBER)
		return true;
	return mistaken(e, "%s takes a number, and '%s' is %s", what,
			lab_text(e->pool, e->world->layout->bits, v, NULL), lab_kind_word(v->kind));
}

static bool evaluate_unary(struct evaluation *e, const struct node *n, struct lab_value *v)
{
	if (!evaluate_number(e, n->args[0], operator_mark(n->op), v))
		return false;
	if (n->op == OP_NOT)
		*v = lab_number(LOOK_BOOL, !v->n);
	else if (n->op == OP_COMPLEMENT)
		v->n = ~v->n;
	else
		*v = lab_number(v->look == LOOK_ADDRESS ? LOOK_HEX : v->look, -v->n);
	return true;
}

/* What is added to an address is an address; the difference of two is none. */
static enum lab_look look_of_both(enum operator op, enum lab_look a, enum lab_look b)
{
	if (op == OP_MINUS && a == LOOK_ADDRESS && b == LOOK_ADDRESS)
		return LOOK_HEX;
	if (op == OP_DIVIDED || op == OP_MODULO)
		return a == b ? LOOK_NUMBER : a == LOOK_ADDRESS || a == LOOK_HEX ? LOOK_HEX : a;
	if (op == OP_RIGHT)
		return a == LOOK_ADDRESS ? LOOK_HEX : a;
	if (a == LOOK_ADDRESS || b == LOOK_ADDRESS)
		return LOOK_ADDRESS;
	if (op == OP_LEFT)
		return a;
	if (a == LOOK_HEX || b == LOOK_HEX)
		return LOOK_HEX;
	return a == LOOK_BOOL || a == LOOK_NUMBER ? b == LOOK_BOOL ? LOOK_NUMBER : b : a;
}

static bool arithmetic(struct evaluation *e, enum operator op, uint64_t a, uint64_t b,
		       uint64_t *n)
{
	if ((op == OP_DIVIDED || op == OP_MODULO) && !b)
		return mistaken(e, "'%s' by zero", operator_mark(op));
	if ((op == OP_LEFT || op == OP_RIGHT) && b > 63)
		return mistaken(e, "'%s' by %llu bits: at most 63", operator_mark(op),
				(unsigned long long)b);
	switch (op) {
	case OP_BIT_OR:		*n = a | b; break;
	case OP_BIT_XOR:	*n = a ^ b; break;
	case OP_BIT_AND:	*n = a & b; break;
	case OP_LEFT:		*n = a << b; break;
	case OP_RIGHT:		*n = a >> b; break;
	case OP_PLUS:		*n = a + b; break;
	case OP_MINUS:		*n = a - b; break;
	case OP_TIMES:		*n = a * b; break;
	case OP_DIVIDED:	*n = a / b; break;
	case OP_MODULO:		*n = a % b; break;
	case OP_LESS:		*n = a < b; break;
	case OP_AT_MOST:	*n = a <= b; break;
	case OP_MORE:		*n = a > b; break;
	default:		*n = a >= b; break;
	}
	return true;
}

static bool evaluate_logic(struct evaluation *e, const struct node *n, struct lab_value *v)
{
	bool first;

	if (!evaluate_number(e, n->args[0], operator_mark(n->op), v))
		return false;
	first = v->n != 0;
	if (first == (n->op == OP_AND) &&
	    !evaluate_number(e, n->args[1], operator_mark(n->op), v))
		return false;
	*v = lab_number(LOOK_BOOL, v->n != 0);
	return true;
}

static bool evaluate_in(struct evaluation *e, const struct lab_value *a, const struct lab_value *b,
			struct lab_value *v)
{
	uint64_t last = a->kind == LAB_PLACE ? a->last : a->n;

	if (b->kind != LAB_PLACE || (a->kind != LAB_NUMBER && a->kind != LAB_PLACE))
		return mistaken(e, "'in' stands between an address and a place, not between %s and %s",
				lab_kind_word(a->kind), lab_kind_word(b->kind));
	*v = lab_number(LOOK_BOOL, a->n >= b->n && last <= b->last);
	return true;
}

static bool evaluate_binary(struct evaluation *e, const struct node *n, struct lab_value *v)
{
	struct lab_value a, b;
	uint64_t result = 0;

	if (n->op == OP_OR || n->op == OP_AND)
		return evaluate_logic(e, n, v);
	if (!evaluate(e, n->args[0], &a) || !evaluate(e, n->args[1], &b))
		return false;
	if (n->op == OP_IN)
		return evaluate_in(e, &a, &b, v);
	if (n->op == OP_EQUAL || n->op == OP_UNEQUAL) {
		if (a.kind != b.kind)
			return mistaken(e, "%s and %s cannot be compared", lab_kind_word(a.kind),
					lab_kind_word(b.kind));
		*v = lab_number(LOOK_BOOL, lab_equal(&a, &b) == (n->op == OP_EQUAL));
		return true;
	}
	if (a.kind != LAB_NUMBER || b.kind != LAB_NUMBER)
		return mistaken(e, "'%s' stands between numbers, not between %s and %s",
				operator_mark(n->op), lab_kind_word(a.kind), lab_kind_word(b.kind));
	if (!arithmetic(e, n->op, a.n, b.n, &result))
		return false;
	*v = lab_number(n->op < OP_BIT_OR ? LOOK_BOOL : look_of_both(n->op, a.look, b.look), result);
	return true;
}

static bool evaluate_list(struct evaluation *e, const struct node *n, struct lab_value *v)
{
	struct lab_value *items = pool_alloc(e->pool, (n->n_args + 1) * sizeof(*items));

	for (size_t i = 0; i < n->n_args; i++)
		if (!evaluate(e, n->args[i], &items[i]))
			return false;
	*v = (struct lab_value){ .kind = LAB_LIST, .items = items, .n_items = n->n_args };
	return true;
}

/* Is the value of an argument of the kind that the letter says? */
static bool fits(char letter, const struct lab_value *v)
{
	switch (letter) {
	case 'a':
		return v->kind == LAB_NUMBER;
	case 'p':
		return v->kind == LAB_PLACE;
	case 'w':
		return v->kind == LAB_WORD;
	default:
		return v->kind == LAB_LIST;
	}
}

static bool evaluate_call(struct evaluation *e, const struct node *n, struct lab_value *v)
{
	struct lab_value args[MOST_ARGUMENTS] = { 0 };

	for (size_t i = 0; i < n->n_args; i++) {
		static const char *const kinds[] = {
			['a'] = "a number", ['p'] = "a place", ['w'] = "a word", ['l'] = "a list",
		};
		char letter = function_takes(n->function, i);

		if (letter == 'n' || letter == 'x')
			continue;
		if (!evaluate(e, n->args[i], &args[i]))
			return false;
		if (!fits(letter, &args[i]))
			return mistaken(e, "argument %zu of %s() is %s, not %s", i + 1,
					n->function->name, lab_kind_word(args[i].kind),
					kinds[(unsigned char)letter]);
	}
	if (n->function->picks && !e->random)
		return mistaken(e, "%s() belongs after Let: each use would pick something else",
				n->function->name);
	return n->function->call(e, n, args, n->n_args, v);
}

bool evaluate(struct evaluation *e, const struct node *n, struct lab_value *v)
{
	e->compute = evaluate;
	switch (n->kind) {
	case NODE_VALUE:
		*v = n->value;
		return true;
	case NODE_NAME:
		return evaluate_name(e, n, v);
	case NODE_CALL:
		return evaluate_call(e, n, v);
	case NODE_LIST:
		return evaluate_list(e, n, v);
	case NODE_UNARY:
		return evaluate_unary(e, n, v);
	case NODE_BINARY:
		return evaluate_binary(e, n, v);
	case NODE_CHOICE:
		break;
	}
	if (!evaluate_number(e, n->args[0], "'?'", v))
		return false;
	return evaluate(e, n->args[v->n ? 1 : 2], v);
}
