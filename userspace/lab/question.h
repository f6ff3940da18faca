/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * question.h - an exercise on a machine with a seed: what is asked, which answers are
 * right, and what a given answer is worth.
 */
#ifndef KVAS_LAB_QUESTION_H
#define KVAS_LAB_QUESTION_H

#include "exercise.h"

struct lab_question {
	const struct exercise *ex;
	const struct world *world;
	uint64_t seed;
	struct pool *pool;
	struct variable variables[MOST_REPEATED];
	size_t n_variables;
	struct lab_value rights[MOST_REPEATED];
	const char *text, *question, *why;	/* text and why may be empty */
	const char *choices[MOST_REPEATED];
	const char *hints[MOST_REPEATED];	/* those that have values here */
	size_t n_hints;
	/* Why there is none, and the line of the file that it stands in. */
	const char *problem;
	unsigned int problem_line;
};

enum question_state {
	QUESTION_MADE,
	QUESTION_LACKING,	/* the machine has not what it needs */
	QUESTION_MISTAKEN,	/* the file is wrong */
};

/* All texts and the right answers; the pool and the world must live as long. */
enum question_state question_make(struct lab_question *q, const struct exercise *ex,
				  const struct world *world, uint64_t seed, struct pool *pool);

enum verdict { ANSWER_MALFORMED, ANSWER_WRONG, ANSWER_RIGHT };

struct judgement {
	enum verdict verdict;
	const char *say;		/* why it is refused, or what a wrong one means; or NULL */
	const char *read_as;		/* what it was read as, if it is not what was written */
};

struct judgement question_judge(const struct lab_question *q, const char *answer);

/* The right answer as it is shown. */
const char *question_right(const struct lab_question *q);

/* --- answer.c ---------------------------------------------------------------------------- */

/* What a student wrote, as a value; false with *why it is no such answer. */
bool answer_parse(const struct lab_question *q, const char *text, struct lab_value *v,
		  const char **why);

/* One value of the exercise's kind as it is shown. */
const char *answer_text(const struct lab_question *q, const struct lab_value *v);

/* Names as kvas explain has them; others stay. */
struct lab_value answer_canonical(const struct lab_question *q, const struct lab_value *v);

/* Is a size what kvas prints of the right one, rounded? */
bool answer_is_rounded(const char *text, uint64_t right);

/* --- check.c ------------------------------------------------------------------------------ */

/* What is wrong with an exercise, on any of these machines. */
void exercise_check(const struct exercise *ex, const struct world *const *worlds, size_t n,
		    struct mistakes *mistakes);

#endif /* KVAS_LAB_QUESTION_H */
