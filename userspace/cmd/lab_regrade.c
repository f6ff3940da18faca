// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_regrade.c - see lab.h: a student's result, with each answer computed again.
 *
 * What the result says of itself counts for nothing that the seed and the layout in it
 * can tell.  What is missing or does not fit is said, and costs no point.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "lab.h"
#include "layout/parse.h"

enum { MAX_RESULT = 64 << 20, MOST_STRANGE = 3 /* that are named */ };

const char *const grade_words[] = {
	[GRADE_RIGHT] = "right", [GRADE_WRONG] = "wrong", [GRADE_SHOWN] = "shown",
	[GRADE_SKIPPED] = "skipped", [GRADE_OPEN] = "open", [GRADE_UNKNOWN] = "unknown",
};

/* A machine as a result has it. */
struct kept_machine {
	struct world world;
	struct option_source options;
	struct layout *layout;		/* NULL: why */
	const char *why;
	size_t index;
	struct regrading *of;
};

struct regrading {
	struct graded *g;
	struct kept_machine *machines;
	const struct session_record *record;	/* in hand */
};

/* --- What the machine said then -------------------------------------------------------------- */

static bool observed_then(void *data, const char *query, struct pool *pool, struct lab_value *v,
			  const char **why)
{
	const struct kept_machine *m = data;
	const struct observation *o = observations_find(&m->of->record->observed, m->index, query);

	if (o && o->known)
		*v = o->value;
	else
		*why = o ? o->why : pool_printf(pool, "the result does not have what %s was", query);
	return o && o->known;
}

static const char *option_then(void *data, const char *option, const char **why)
{
	struct kept_machine *m = data;
	struct lab_value v;

	return observed_then(data, option, &m->of->g->pool, &v, why) && v.kind == LAB_WORD ? v.word : NULL;
}

static const struct world *other_then(void *data, const char *name, const char **why)
{
	const struct kept_machine *m = data;
	const struct session *s = &m->of->g->session;

	for (size_t i = 0; i < s->n_machines; i++)
		if (strcmp(s->machines[i].name, name) == 0 && m->of->machines[i].layout)
			return &m->of->machines[i].world;
	*why = "the result does not have it";
	return NULL;
}

static void open_machines(struct regrading *r)
{
	struct session *s = &r->g->session;

	r->machines = pool_alloc(&r->g->pool, (s->n_machines + 1) * sizeof(*r->machines));
	for (size_t i = 0; i < s->n_machines; i++) {
		struct kept_machine *m = &r->machines[i];
		struct parse_error error;

		m->index = i;
		m->of = r;
		m->layout = layout_parse(s->machines[i].capture, strlen(s->machines[i].capture), &error);
		if (!m->layout)
			m->why = pool_printf(&r->g->pool, "machines[%zu].capture, line %u: %s", i,
					     error.line, error.message);
		m->options = (struct option_source){ .value = option_then, .data = m };
		m->world = (struct world){ .name = s->machines[i].name, .layout = m->layout,
					   .options = &m->options, .command = s->machines[i].command,
					   .observe = observed_then, .other = other_then, .data = m };
	}
}

/* --- One exercise ------------------------------------------------------------------------------ */

__attribute__((format(printf, 3, 4)))
static void condition(struct regrading *r, struct grade *grade, const char *format, ...)
{
	va_list args;

	if (grade->condition)
		return;
	va_start(args, format);
	grade->condition = pool_vprintf(&r->g->pool, format, args);
	va_end(args);
}

/* The last answer that counts. */
static const char *last_answer(const struct session_record *record)
{
	for (size_t i = record->n_tries; i; i--)
		if (record->tries[i - 1].verdict != ANSWER_MALFORMED)
			return record->tries[i - 1].answer;
	return NULL;
}

/* Judges the tries again. */
static void judge(struct regrading *r, struct grade *grade, const struct lab_question *q)
{
	const struct session_record *record = r->record;
	bool right = false, any = false;

	for (size_t i = 0; i < record->n_tries; i++) {
		const struct session_try *t = &record->tries[i];
		enum verdict verdict;

		if (t->earlier) {
			any |= t->verdict != ANSWER_MALFORMED;
			continue;
		}
		verdict = question_judge(q, t->answer).verdict;
		if (verdict == ANSWER_RIGHT && !any)
			grade->first = true;
		any |= verdict != ANSWER_MALFORMED;
		right |= verdict == ANSWER_RIGHT;
		if (verdict != t->verdict)
			condition(r, grade, "altered: the answer '%.60s' stands as %s, and is %s", t->answer,
				  verdict_words[t->verdict], verdict_words[verdict]);
	}
	if (record->state == STATE_SHOWN)
		grade->grade = GRADE_SHOWN;
	else if (right)
		grade->grade = GRADE_RIGHT;
	else if (record->state == STATE_RIGHT)
		condition(r, grade, "altered: it stands as right, without a right answer");
	else
		grade->grade = record->state == STATE_SKIPPED ? GRADE_SKIPPED :
			       any ? GRADE_WRONG : GRADE_OPEN;
	if (grade->grade != GRADE_RIGHT)
		grade->first = false;
}

static void regrade_record(struct regrading *r, struct grade *grade, const struct exercise *ex)
{
	const struct session_record *record = r->record;
	struct kept_machine *m;
	struct lab_question *q;

	grade->tries = record_tries(record);
	grade->hints = record->hints;
	grade->seconds = record->seconds;
	grade->answer = last_answer(record);
	if (!record->asked) {
		grade->grade = record->state == STATE_OPEN ? GRADE_OPEN : GRADE_UNKNOWN;
		if (record->state != STATE_OPEN)
			condition(r, grade, "altered: it stands as %s, and was never asked",
				  record_state_words[record->state]);
		return;
	}
	if (record->hash != ex->hash)
		condition(r, grade, "the exercise that is installed is another version than the student's");
	m = &r->machines[record->machine];
	if (!m->layout) {
		condition(r, grade, "damaged: %s", m->why);
		return;
	}
	q = pool_alloc(&r->g->pool, sizeof(*q));
	if (question_make(q, ex, &m->world, r->g->session.seed, &r->g->pool) != QUESTION_MADE) {
		condition(r, grade, "it cannot be computed again: %s", q->problem);
		return;
	}
	if (record->hash == ex->hash && (strcmp(record->question, q->question) != 0 ||
					 strcmp(record->text, q->text) != 0)) {
		condition(r, grade, "altered: the seed and the layout give another question");
		return;
	}
	grade->right = question_right(q);
	judge(r, grade, q);
}

/* --- The whole ----------------------------------------------------------------------------------- */

static void say(struct graded *g, const char *text)
{
	g->condition = g->condition ? pool_printf(&g->pool, "%s; %s", g->condition, text) : text;
}

static bool load(struct graded *g, const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *why;
	size_t size;
	bool fits;
	char *text = fd < 0 ? NULL : slurp_fd(fd, MAX_RESULT, &size);

	if (!text)
		say(g, pool_printf(&g->pool, "it cannot be read: %s", strerror(errno)));
	if (fd >= 0)
		close(fd);
	if (!text)
		return false;
	g->known = lab_session_parse(&g->session, text, size, &why, &fits);
	if (!g->known)
		say(g, pool_copy(&g->pool, why, strlen(why)));
	else if (!fits)
		say(g, "altered or mistyped after kvas wrote it: its digest does not fit");
	free(text);
	return g->known;
}

/* Exercises that the result has, and that are not installed. */
static void say_strange(struct graded *g, const struct lab_files *files)
{
	size_t strange = 0;

	for (size_t i = 0; i < g->session.n_records; i++)
		if (!lab_files_find(files, g->session.records[i].exercise) && strange++ < MOST_STRANGE)
			say(g, pool_printf(&g->pool, "no exercise '%.60s' is installed",
					   g->session.records[i].exercise));
	if (strange > MOST_STRANGE)
		say(g, pool_printf(&g->pool, "nor are %zu others", strange - MOST_STRANGE));
}

/* Answers alone may be the same by chance. */
static uint64_t hash_of_tries(const struct session *s)
{
	uint64_t hash = RANDOM_BASIS;
	bool any = false;

	for (size_t i = 0; i < s->n_records; i++) {
		const struct session_record *r = &s->records[i];

		hash = random_hash(hash, r->exercise, strlen(r->exercise) + 1);
		for (size_t j = 0; j < r->n_tries; j++) {
			hash = random_hash(hash, r->tries[j].answer, strlen(r->tries[j].answer) + 1);
			hash = random_hash(hash, r->tries[j].at, strlen(r->tries[j].at) + 1);
			any = true;
		}
	}
	return any ? hash : 0;
}

void lab_regrade_find_copies(struct graded *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t j = 0;

		while (j < i && (!all[i].said || all[j].said != all[i].said))
			j++;
		if (j < i)
			say(&all[i], pool_printf(&all[i].pool,
						 "a copy: it has the answers of %s, given in the same seconds",
						 all[j].file));
	}
}

void lab_regrade(struct graded *g, const struct lab_files *files, const char *file)
{
	struct regrading r = { .g = g };

	*g = (struct graded){ .file = file };
	if (!load(g, file))
		return;
	g->student = g->session.student;
	g->seed = g->session.seed;
	g->said = hash_of_tries(&g->session);
	g->machine = g->session.n_machines ? g->session.machines[0].name : NULL;
	open_machines(&r);
	say_strange(g, files);
	g->grades = pool_alloc(&g->pool, (files->n_exercises + 1) * sizeof(*g->grades));
	for (size_t i = 0; i < files->n_exercises; i++) {
		const struct exercise *ex = files->exercises[i];
		struct grade *grade = &g->grades[g->n++];

		*grade = (struct grade){ .exercise = ex->name, .title = ex->title, .grade = GRADE_UNKNOWN };
		r.record = session_find(&g->session, ex->name);
		if (r.record)
			regrade_record(&r, grade, ex);
		else
			condition(&r, grade, "missing: the result does not have it");
	}
	if (g->session.n_machines && r.machines[0].layout)
		g->machine = pool_printf(&g->pool, "%s, %s", r.machines[0].layout->release,
					 r.machines[0].layout->machine);
	for (size_t i = 0; i < g->session.n_machines; i++)
		if (r.machines[i].layout)
			layout_free(r.machines[i].layout);
}
