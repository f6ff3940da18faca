/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * evaluate.h - the value of an expression on a machine.
 *
 * Pure: what is not in the layout is asked through struct world, so that the same
 * answer can be computed again from what a result holds.
 */
#ifndef KVAS_LAB_EVALUATE_H
#define KVAS_LAB_EVALUATE_H

#include "expression.h"
#include "layout/expect.h"
#include "layout/model.h"

/* A machine, as exercises ask it. */
struct world {
	const char *name;
	const struct layout *layout;
	const struct option_source *options;	/* that the layout lacks */
	const char *command;			/* that reads it: "kvas --sysroot ..." */
	/*
	 * What is not in the layout: "symbol(\"schedule\")".  The value lives as long as the
	 * pool.  False with *why if it is not known.
	 */
	bool (*observe)(void *data, const char *query, struct pool *pool, struct lab_value *v,
			const char **why);
	/* A saved machine that is installed, or NULL with *why. */
	const struct world *(*other)(void *data, const char *name, const char **why);
	void *data;
};

struct variable {
	const char *name;
	struct lab_value value;
};

struct evaluation {
	const struct world *world;
	struct pool *pool;
	const struct variable *variables;
	size_t n_variables;
	uint64_t *random;		/* the state of what picks; NULL: nothing may be picked */
	/* Why there is no value: the machine lacks something, or the author is mistaken. */
	enum { NO_PROBLEM, LACKING, MISTAKEN } problem;
	const char *why;
	unsigned int line;		/* of a text: where the expression stands that has no value; or 0 */
	/* evaluate(), for functions that compute their arguments themselves. */
	bool (*compute)(struct evaluation *e, const struct node *n, struct lab_value *v);
};

/* False with problem and why. */
bool evaluate(struct evaluation *e, const struct node *n, struct lab_value *v);

/* These set problem and why, and return false. */
bool lacking(struct evaluation *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool mistaken(struct evaluation *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- terms.c: what the layout says ---------------------------------------------------- */

/* A term of kvas get. */
bool value_of_term(struct evaluation *e, const char *name, struct lab_value *v);

/* A region or section that is there. */
const struct region *region_named(struct evaluation *e, const char *name);

/* Which bits of an address index which table; only where the layout alone tells it. */
struct table_shape {
	unsigned int levels, shift[6], bits[6];	/* by level, from 1 */
};

bool find_shape(struct evaluation *e, struct table_shape *shape);

/* --- functions.c ---------------------------------------------------------------------- */

struct function {
	const char *name;
	/*
	 * A letter for each argument: a number, p place, w word, l list, n name that is not
	 * evaluated, x expression that the function evaluates; ? after it: may be left
	 * out; * after it: one or more.
	 */
	const char *takes;
	bool picks;			/* by the seed */
	bool (*call)(struct evaluation *e, const struct node *n, const struct lab_value *args,
		     size_t n_args, struct lab_value *v);
};

const struct function *function_named(const char *name);

/* "; did you mean NAME?", or "". */
const char *similar_function(struct pool *pool, const char *name);

/* What is wrong with the arguments of a call, or NULL. */
const char *function_check(struct pool *pool, const struct function *f, const struct node *n);

/* The letter for an argument. */
char function_takes(const struct function *f, size_t argument);

/* --- random.c -------------------------------------------------------------------------- */

/* The state for the n-th variable of an exercise. */
uint64_t random_state(uint64_t seed, const char *exercise, size_t n);
uint64_t random_next(uint64_t *state);

/* FNV-1a of these bytes, going on from what came before, or RANDOM_BASIS. */
#define RANDOM_BASIS	UINT64_C(0xcbf29ce484222325)
uint64_t random_hash(uint64_t before, const void *data, size_t size);

/* What tells this boot's layout from others: the places of its regions. */
uint64_t layout_hash(const struct layout *l);

#endif /* KVAS_LAB_EVALUATE_H */
