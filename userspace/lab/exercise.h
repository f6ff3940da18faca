/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exercise.h - an exercise as data: parse.c makes it of a text file, which
 * lab/README.md describes; question.c makes a question of it.
 */
#ifndef KVAS_LAB_EXERCISE_H
#define KVAS_LAB_EXERCISE_H

#include "evaluate.h"

/* An expression, and the line that it begins in. */
struct lab_expression {
	const struct node *node;
	unsigned int line;
};

/* A text with values in it. */
struct template_piece {
	const char *text;		/* of what is printed as it stands; or NULL: */
	struct lab_expression expression;
	const char *form;		/* or NULL */
};

struct template {
	struct template_piece *pieces;
	size_t n;
};

enum answer_kind { ANSWER_IS_ADDRESS, ANSWER_IS_SIZE, ANSWER_IS_NUMBER, ANSWER_IS_NAME, ANSWER_IS_WORD,
		   ANSWER_IS_YES_OR_NO, ANSWER_IS_CHOICE };

/* One, several in order, or several in any order. */
enum answer_many { ONE, IN_ORDER, ANY_ORDER };

struct let {
	const char *name;
	struct lab_expression value;
};

struct choice {
	const char *word;
	struct template text;
};

struct wrong {
	struct lab_expression value, condition;	/* the condition's node may be NULL */
	struct template text;
};

enum { MOST_REPEATED = 32 };

struct exercise {
	unsigned int number;		/* of the file's name, or 0 */
	const char *name;		/* the rest of it: "direct-map" */
	const char *file;
	uint64_t hash;			/* of the file's text */
	const char *title;
	struct lab_expression needs[MOST_REPEATED];
	size_t n_needs;
	const char *machines[MOST_REPEATED];
	size_t n_machines;
	unsigned int machines_line;
	bool here_only;			/* no saved machine can have what it needs */
	struct let lets[MOST_REPEATED];
	size_t n_lets;
	struct template text, question, why;
	enum answer_kind kind;
	enum answer_many many;
	struct choice choices[MOST_REPEATED];
	size_t n_choices;
	struct lab_expression rights[MOST_REPEATED];
	size_t n_rights;
	uint64_t tolerance;		/* absolute, or */
	uint64_t tolerance_share;	/* in thousandths of a percent */
	struct template hints[MOST_REPEATED];
	size_t n_hints;
	struct wrong wrongs[MOST_REPEATED];
	size_t n_wrongs;
	struct pool pool;		/* owns all of it */
};

/* What is wrong with a file. */
struct mistake {
	unsigned int line;		/* 0: with all of it */
	const char *message;
};

struct mistakes {
	struct mistake *list;
	size_t n, room;
	struct pool pool;
};

__attribute__((format(printf, 3, 4)))
void mistakes_add(struct mistakes *m, unsigned int line, const char *format, ...);
void mistakes_free(struct mistakes *m);

/* A larger file is none. */
enum { EXERCISE_MOST_BYTES = 64 << 10 };

/*
 * Of the text of a file; its number and name are those of the file's name.  Never NULL,
 * but of use only if no mistake was added.
 */
struct exercise *exercise_parse(const char *file, const char *text, size_t size,
				struct mistakes *mistakes);
void exercise_free(struct exercise *ex);

/* "an address", "a list of numbers": what is expected. */
const char *answer_kind_words(const struct exercise *ex, struct pool *pool);

/* --- template.c ------------------------------------------------------------------------ */

/* Of the text that begins in a line; mistakes are added. */
struct template template_parse(struct pool *pool, const char *text, unsigned int line,
			       struct mistakes *mistakes);

/* The text with its values, or NULL with the problem in e. */
const char *template_fill(const struct template *t, struct evaluation *e);

/* An expression that begins in a line; its node is NULL if it has a mistake, which is added. */
struct lab_expression expression_of(struct pool *pool, const char *text, size_t length,
				    unsigned int line, struct mistakes *mistakes);

#endif /* KVAS_LAB_EXERCISE_H */
