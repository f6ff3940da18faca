/* SPDX-License-Identifier: GPL-2.0-only */
/* lab.h - the parts of kvas lab: what is installed, machines, asking, results, grading. */
#ifndef KVAS_CMD_LAB_H
#define KVAS_CMD_LAB_H

#include <jansson.h>
#include <stdio.h>

#include "base/options.h"
#include "lab/session.h"
#include "load.h"
#include "output/columns.h"

/* --- lab_files.c: exercises and saved machines ---------------------------------------------- */

struct lab_files {
	struct exercise **exercises;	/* in the order of their numbers and names */
	size_t n_exercises;
	const char **machines;		/* directories of saved machines, by name */
	size_t n_machines;
	bool lenient;			/* exercises may have mistakes */
	struct pool pool;
};

/*
 * Of --lab-dir (NULL: not given), or else of where kvas is installed or was built.  Does
 * not return if there are no exercises, or one of them is wrong, unless that is to be found
 * out.
 */
void lab_files_load(struct lab_files *f, const char *lab_dir, bool lenient);
void lab_files_free(struct lab_files *f);

/* By its number or its name; NULL if there is none. */
const struct exercise *lab_files_find(const struct lab_files *f, const char *word);

/* The same; does not return if there is none. */
const struct exercise *lab_files_need(const struct lab_files *f, const char *word);

/* Of the i-th exercise: which of those before it have its name or its number. */
void lab_files_find_doubles(const struct lab_files *f, size_t i, struct mistakes *mistakes);

/* Of one file, which need not be installed; mistakes are added. */
struct exercise *lab_exercise_load(const char *file, struct mistakes *mistakes);

/* --- lab_machine.c, lab_observe.c: the machines that are asked about ------------------------- */

struct lab_observer;
struct lab;

struct lab_machine {
	struct world world;
	struct session_machine who;	/* as a result has it */
	struct options opt;
	struct capture capture;
	struct option_source options;
	struct lab_observer *observer;	/* NULL until something is asked */
	struct lab *lab;
};

struct lab {
	const struct options *opt;
	struct lab_files files;
	struct lab_machine *here;	/* or NULL, and why */
	const char *here_why;
	struct lab_machine **saved;	/* of each of the files' machines, NULL until it is used */
	struct session session;
	struct observations *notes;	/* takes what is observed; or NULL */
	const char *state_file;		/* or NULL: nothing is kept */
	const char *no_state;		/* why nothing can be kept, or NULL */
	FILE *out;			/* what is told to people */
	struct pool pool;
};

/* The machine that is looked at, if there is one. */
void lab_open_here(struct lab *lab);

/* A saved one, by its place in the files. */
struct lab_machine *lab_saved_machine(struct lab *lab, size_t i);
void lab_close_machines(struct lab *lab);

/* For struct world. */
bool lab_observe(void *machine, const char *query, struct pool *pool, struct lab_value *v,
		 const char **why);
void lab_observer_close(struct lab_machine *m);

/* A term as the rules have it for the machine's configuration with these changes. */
bool lab_predicted(struct lab_machine *m, const char *changes, const char *term,
		   struct lab_value *v, const char **why);

/* A key of a process or of its thread; lab_process.c. */
struct lab_process;
bool lab_process_key(struct lab_machine *m, struct lab_process **p, bool thread, const char *key,
		     struct pool *pool, struct lab_value *v, const char **why);
void lab_process_close(struct lab_process *p);

/* --- lab_json.c: sessions as JSON -------------------------------------------------------------- */

json_t *lab_session_json(const struct session *s);

/* False with *why, which says where. */
bool lab_session_parse(struct session *s, const char *text, size_t size, const char **why,
		       bool *digest_fits);

/* Replaces the file when all is written; "-" is standard output. */
void lab_write(const char *file, struct session *s);

/* The state between two runs: its file; whether there was one. */
const char *lab_state_file(struct pool *pool);
bool lab_state_load(struct session *s, const char *file);

/*
 * Makes the directories that it is in, and keeps other labs away from it until this one ends.
 * False with *why if nothing can be kept there.  Does not return if another lab is using it.
 */
bool lab_state_prepare(struct pool *pool, const char *file, const char **why);

/* Now, as ISO 8601 has it. */
const char *lab_now(struct pool *pool);

/* --- lab_ask.c -------------------------------------------------------------------------------- */

/* Answers to one exercise from a file. */
struct lab_answers {
	const struct exercise *ex;
	const char **answers;
	size_t n;
};

enum ask_end { ASK_ON, ASK_QUIT };

/* Asks a person (answers is NULL), or takes answers; keeps the session in lab->state_file. */
enum ask_end lab_ask(struct lab *lab, const struct exercise *ex, const struct lab_answers *answers);

/* How many are right, and so on, in a line. */
void lab_print_score(const struct lab *lab);

/* From now on SIGINT and SIGTERM end a question, not the program. */
void lab_catch_signals(void);

/* --- lab_answers.c ------------------------------------------------------------------------------ */

/* Reads a file of answers.  Does not return if a line is wrong. */
struct lab_answers *lab_answers_load(struct lab *lab, const char *file, size_t *n);

/* --- lab_list.c -------------------------------------------------------------------------------- */

enum { N_LAB_COLUMNS = 7, N_GRADE_COLUMNS = 14, N_EACH_COLUMNS = 11 };
extern const struct column lab_columns[N_LAB_COLUMNS];
void lab_print_list(const struct lab *lab);
json_t *lab_json_list(const struct lab *lab);

/* --- lab_grade.c, lab_regrade.c ------------------------------------------------------------------ */

/* What became of one exercise in a result, computed again. */
struct grade {
	const char *exercise, *title;
	enum { GRADE_RIGHT, GRADE_WRONG, GRADE_SHOWN, GRADE_SKIPPED, GRADE_OPEN, GRADE_UNKNOWN } grade;
	uint64_t tries, hints, seconds;
	bool first;			/* right at the first try */
	const char *answer, *right;	/* the last one, and the right one; or NULL */
	const char *condition;		/* what is wrong with the result, or NULL */
};

extern const char *const grade_words[GRADE_UNKNOWN + 1];

struct graded {
	const char *file;
	const char *student, *machine;	/* or NULL */
	bool known;			/* it could be read */
	uint64_t seed;
	uint64_t said;			/* a hash of all answers and their times; 0: there are none */
	struct grade *grades;
	size_t n;
	const char *condition;		/* of the whole, or NULL */
	struct session session;
	struct pool pool;
};

void lab_regrade(struct graded *g, const struct lab_files *files, const char *file);

/* Says which have the answers of one before them, given in the same seconds. */
void lab_regrade_find_copies(struct graded *all, size_t n);

extern const struct column grade_columns[N_GRADE_COLUMNS], grade_each_columns[N_EACH_COLUMNS];
int lab_grade(const struct options *opt, const struct lab_files *files, char **names, int n,
	      bool each, bool csv);

#endif /* KVAS_CMD_LAB_H */
