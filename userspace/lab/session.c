// SPDX-License-Identifier: GPL-2.0-only
/* session.c - see session.h */
#include <string.h>

#include "session.h"

const char *const record_state_words[] = {
	[STATE_OPEN] = "open", [STATE_SKIPPED] = "skipped",
	[STATE_SHOWN] = "shown", [STATE_RIGHT] = "right",
};

const char *const verdict_words[] = {
	[ANSWER_MALFORMED] = "refused", [ANSWER_WRONG] = "wrong", [ANSWER_RIGHT] = "right",
};

/* Room for one more in an array of the pool. */
static void *with_room(struct pool *pool, void *list, size_t n, size_t *room, size_t size)
{
	void *larger;

	if (n < *room)
		return list;
	*room = *room ? 2 * *room : 4;
	larger = pool_alloc(pool, *room * size);
	if (n)
		memcpy(larger, list, n * size);
	return larger;
}

static const char *kept(struct pool *pool, const char *text)
{
	return text ? pool_copy(pool, text, strlen(text)) : NULL;
}

const struct observation *observations_find(const struct observations *o, size_t machine,
					    const char *query)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->list[i].machine == machine && strcmp(o->list[i].query, query) == 0)
			return &o->list[i];
	return NULL;
}

void observations_add(struct observations *o, struct pool *pool, struct observation one)
{
	o->list = with_room(pool, o->list, o->n, &o->room, sizeof(one));
	one.query = kept(pool, one.query);
	one.why = kept(pool, one.why);
	one.value.word = kept(pool, one.value.word);
	o->list[o->n++] = one;
}

struct session_record *session_find(const struct session *s, const char *exercise)
{
	for (size_t i = 0; i < s->n_records; i++)
		if (strcmp(s->records[i].exercise, exercise) == 0)
			return &s->records[i];
	return NULL;
}

struct session_record *session_record(struct session *s, const struct exercise *ex)
{
	struct session_record *r = session_find(s, ex->name);

	if (!r) {
		s->records = with_room(&s->pool, s->records, s->n_records, &s->records_room, sizeof(*r));
		r = &s->records[s->n_records++];
		*r = (struct session_record){ .exercise = kept(&s->pool, ex->name) };
	}
	r->number = ex->number;
	r->title = kept(&s->pool, ex->title);
	r->hash = ex->hash;
	return r;
}

size_t session_machine(struct session *s, const struct session_machine *m)
{
	for (size_t i = 0; i < s->n_machines; i++)
		if (strcmp(s->machines[i].name, m->name) == 0 &&
		    strcmp(s->machines[i].capture, m->capture) == 0)
			return i;
	s->machines = with_room(&s->pool, s->machines, s->n_machines, &s->machines_room, sizeof(*m));
	s->machines[s->n_machines] = (struct session_machine){
		.name = kept(&s->pool, m->name), .path = kept(&s->pool, m->path),
		.command = kept(&s->pool, m->command), .capture = kept(&s->pool, m->capture),
	};
	return s->n_machines++;
}

void session_prune(struct session *s)
{
	size_t *place = pool_alloc(&s->pool, (s->n_machines + 1) * sizeof(*place));
	size_t n = 0;

	for (size_t i = 0; i < s->n_records; i++) {
		const struct session_record *r = &s->records[i];

		if (r->asked)
			place[r->machine] = 1;
		for (size_t j = 0; j < r->observed.n; j++)
			place[r->observed.list[j].machine] = 1;
	}
	for (size_t i = 0; i < s->n_machines; i++) {
		if (!place[i])
			continue;
		s->machines[n] = s->machines[i];
		place[i] = n++;
	}
	s->n_machines = n;
	for (size_t i = 0; i < s->n_records; i++) {
		struct session_record *r = &s->records[i];

		r->machine = r->asked ? place[r->machine] : 0;
		for (size_t j = 0; j < r->observed.n; j++)
			r->observed.list[j].machine = place[r->observed.list[j].machine];
	}
}

void session_try(struct session *s, struct session_record *r, const char *answer,
		 const struct judgement *j, const char *at)
{
	r->tries = with_room(&s->pool, r->tries, r->n_tries, &r->room, sizeof(*r->tries));
	r->tries[r->n_tries++] = (struct session_try){
		.answer = kept(&s->pool, answer), .verdict = j->verdict,
		.said = kept(&s->pool, j->say), .at = kept(&s->pool, at),
	};
	if (j->verdict == ANSWER_RIGHT && r->state != STATE_SHOWN)
		r->state = STATE_RIGHT;
}

size_t record_tries(const struct session_record *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_tries; i++)
		n += r->tries[i].verdict != ANSWER_MALFORMED;
	return n;
}

/* Was the first answer that counts the right one? */
static bool is_first(const struct session_record *r)
{
	for (size_t i = 0; i < r->n_tries; i++)
		if (r->tries[i].verdict != ANSWER_MALFORMED)
			return r->tries[i].verdict == ANSWER_RIGHT;
	return false;
}

struct score session_score(const struct session *s)
{
	struct score score = { .of = s->n_records };

	for (size_t i = 0; i < s->n_records; i++) {
		const struct session_record *r = &s->records[i];

		score.right += r->state == STATE_RIGHT;
		score.first += r->state == STATE_RIGHT && is_first(r);
		score.shown += r->state == STATE_SHOWN;
		score.skipped += r->state == STATE_SKIPPED;
		score.open += r->state == STATE_OPEN;
		score.hints += r->hints;
		score.tries += record_tries(r);
		score.seconds += r->seconds;
	}
	return score;
}

void session_free(struct session *s)
{
	pool_free(&s->pool);
}
