/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.h - what became of a student's exercises, as data: the state between two runs,
 * and the result that a teacher collects.
 */
#ifndef KVAS_LAB_SESSION_H
#define KVAS_LAB_SESSION_H

#include "question.h"

/* What was asked of a machine beside its layout, and what it said. */
struct observation {
	size_t machine;			/* index of the session's machine */
	const char *query;
	bool known;
	struct lab_value value;		/* a number or a word, if known */
	const char *why;		/* it is not */
};

struct observations {
	struct observation *list;	/* in the pool of whoever owns it */
	size_t n, room;
};

/* The one of this query, or NULL. */
const struct observation *observations_find(const struct observations *o, size_t machine,
					    const char *query);
void observations_add(struct observations *o, struct pool *pool, struct observation one);

struct session_try {
	const char *answer;
	enum verdict verdict;
	const char *said;		/* or NULL */
	const char *at;			/* the time, as ISO 8601 has it */
	bool earlier;			/* at another question than the one that is recorded */
};

enum record_state { STATE_OPEN, STATE_SKIPPED, STATE_SHOWN, STATE_RIGHT };
extern const char *const record_state_words[STATE_RIGHT + 1];
extern const char *const verdict_words[ANSWER_RIGHT + 1];

/* An exercise, and what became of it. */
struct session_record {
	const char *exercise;
	unsigned int number;
	const char *title;
	uint64_t hash;			/* of the file of the exercise */
	enum record_state state;
	bool asked;			/* what follows is set */
	size_t machine;			/* index of the session's machine */
	const char *text, *question;
	const char *choices[MOST_REPEATED];
	size_t n_choices;
	struct observations observed;
	struct session_try *tries;
	size_t n_tries, room;
	uint64_t hints, seconds;
};

/* A machine that exercises were about. */
struct session_machine {
	const char *name;		/* "this machine", or that of a saved one */
	const char *path;		/* of a saved one, or NULL */
	const char *command;		/* that reads it */
	const char *capture;
};

struct session {
	uint64_t seed;
	const char *student;		/* or NULL */
	const char *begun, *written;	/* times */
	struct session_machine *machines;
	size_t n_machines, machines_room;
	struct session_record *records;
	size_t n_records, records_room;
	struct pool pool;
};

/* NULL if there is none. */
struct session_record *session_find(const struct session *s, const char *exercise);

/* The one of an exercise, which is added if there is none. */
struct session_record *session_record(struct session *s, const struct exercise *ex);

/* The index of a machine, which is added if there is none of the same name and capture. */
size_t session_machine(struct session *s, const struct session_machine *m);

/* Takes machines away that no exercise is about. */
void session_prune(struct session *s);

void session_try(struct session *s, struct session_record *r, const char *answer,
		 const struct judgement *j, const char *at);

/* Tries that count: those that were not refused. */
size_t record_tries(const struct session_record *r);

struct score {
	size_t of, right, first, shown, skipped, open;
	uint64_t hints, tries, seconds;
};

struct score session_score(const struct session *s);

void session_free(struct session *s);

#endif /* KVAS_LAB_SESSION_H */
