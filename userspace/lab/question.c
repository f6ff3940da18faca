// SPDX-License-Identifier: GPL-2.0-only
/* question.c - see question.h */
#include <string.h>

#include "base/util.h"
#include "layout/claim.h"
#include "question.h"

static struct evaluation evaluation_of(const struct lab_question *q)
{
	return (struct evaluation){ .world = q->world, .pool = q->pool,
				    .variables = q->variables, .n_variables = q->n_variables };
}

/* --- Making it -------------------------------------------------------------------------- */

static enum question_state failed(struct lab_question *q, const struct evaluation *e, unsigned int line)
{
	q->problem = e->why ? e->why : "it has no value";
	q->problem_line = line;
	return e->problem == MISTAKEN ? QUESTION_MISTAKEN : QUESTION_LACKING;
}

static enum question_state make_needs(struct lab_question *q)
{
	const struct exercise *ex = q->ex;

	for (size_t i = 0; i < ex->n_needs; i++) {
		struct evaluation e = evaluation_of(q);
		struct lab_value v;

		if (!evaluate(&e, ex->needs[i].node, &v))
			return failed(q, &e, ex->needs[i].line);
		if (v.kind != LAB_NUMBER) {
			mistaken(&e, "Needs: expected what is true or false, found %s", lab_kind_word(v.kind));
			return failed(q, &e, ex->needs[i].line);
		}
		if (!v.n) {
			lacking(&e, "it is about machines of another kind");
			return failed(q, &e, ex->needs[i].line);
		}
	}
	return QUESTION_MADE;
}

static enum question_state make_variables(struct lab_question *q)
{
	const struct exercise *ex = q->ex;

	for (size_t i = 0; i < ex->n_lets; i++) {
		uint64_t random = random_state(q->seed, ex->name, i);
		struct evaluation e = evaluation_of(q);

		e.random = &random;
		if (!evaluate(&e, ex->lets[i].value.node, &q->variables[i].value))
			return failed(q, &e, ex->lets[i].value.line);
		q->variables[q->n_variables++].name = ex->lets[i].name;
	}
	return QUESTION_MADE;
}

static bool is_choice(const struct exercise *ex, const char *word)
{
	for (size_t i = 0; i < ex->n_choices; i++)
		if (lab_same_word(ex->choices[i].word, word))
			return true;
	return false;
}

/* Is the value one that an answer of the kind can have?  A problem in e if not. */
static bool check_kind(const struct lab_question *q, struct evaluation *e, const struct lab_value *v)
{
	bool is_word = q->ex->kind == ANSWER_IS_NAME || q->ex->kind == ANSWER_IS_WORD ||
		       q->ex->kind == ANSWER_IS_CHOICE;

	if (v->kind != (is_word ? LAB_WORD : LAB_NUMBER))
		return mistaken(e, "Right: expected %s, for an answer that is %s; found %s",
				is_word ? "a word" : "a number", answer_kind_words(q->ex, q->pool),
				lab_kind_word(v->kind));
	if (q->ex->kind == ANSWER_IS_CHOICE && !is_choice(q->ex, v->word))
		return mistaken(e, "Right: there is no choice '%s'", v->word);
	return true;
}

static bool check_right(const struct lab_question *q, struct evaluation *e, const struct lab_value *v)
{
	if (q->ex->many == ONE)
		return check_kind(q, e, v);
	if (v->kind != LAB_LIST)
		return mistaken(e, "Right: of a list or set it is a list, not %s", lab_kind_word(v->kind));
	for (size_t i = 0; i < v->n_items; i++)
		if (!check_kind(q, e, &v->items[i]))
			return false;
	return true;
}

static enum question_state make_rights(struct lab_question *q)
{
	for (size_t i = 0; i < q->ex->n_rights; i++) {
		struct evaluation e = evaluation_of(q);
		struct lab_value v;

		if (!evaluate(&e, q->ex->rights[i].node, &v) || !check_right(q, &e, &v))
			return failed(q, &e, q->ex->rights[i].line);
		q->rights[i] = answer_canonical(q, &v);
	}
	return QUESTION_MADE;
}

static enum question_state make_text(struct lab_question *q, const struct template *t,
				     const char **text)
{
	struct evaluation e = evaluation_of(q);

	*text = template_fill(t, &e);
	return *text ? QUESTION_MADE : failed(q, &e, e.line);
}

static enum question_state make_texts(struct lab_question *q)
{
	const struct exercise *ex = q->ex;
	enum question_state state = make_text(q, &ex->text, &q->text);

	if (state == QUESTION_MADE)
		state = make_text(q, &ex->question, &q->question);
	for (size_t i = 0; i < ex->n_choices && state == QUESTION_MADE; i++)
		state = make_text(q, &ex->choices[i].text, &q->choices[i]);
	for (size_t i = 0; i < ex->n_hints && state == QUESTION_MADE; i++) {
		state = make_text(q, &ex->hints[i], &q->hints[q->n_hints]);
		q->n_hints += state == QUESTION_MADE;
		/* A hint may be of other machines. */
		state = state == QUESTION_LACKING ? QUESTION_MADE : state;
	}
	return state == QUESTION_MADE ? make_text(q, &ex->why, &q->why) : state;
}

enum question_state question_make(struct lab_question *q, const struct exercise *ex,
				  const struct world *world, uint64_t seed, struct pool *pool)
{
	enum question_state (*const steps[])(struct lab_question *q) = {
		make_needs, make_variables, make_rights, make_texts,
	};
	enum question_state state = QUESTION_MADE;

	*q = (struct lab_question){ .ex = ex, .world = world, .seed = seed, .pool = pool };
	for (size_t i = 0; i < ARRAY_SIZE(steps) && state == QUESTION_MADE; i++)
		state = steps[i](q);
	return state;
}

/* --- Judging --------------------------------------------------------------------------- */

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a < b ? b - a : a - b;
}

static bool is_near(const struct lab_question *q, uint64_t given, uint64_t right)
{
	uint64_t most = q->ex->tolerance;

	if (q->ex->tolerance_share)
		most = percent_of(from(right), q->ex->tolerance_share).low;
	return distance(given, right) <= most;
}

static bool matches_one(const struct lab_question *q, const struct lab_value *given,
			const struct lab_value *right)
{
	if (given->kind == LAB_NUMBER && right->kind == LAB_NUMBER)
		return is_near(q, given->n, right->n);
	return lab_equal(given, right);
}

static bool matches_set(const struct lab_question *q, const struct lab_value *given,
			const struct lab_value *right)
{
	bool *taken = pool_alloc(q->pool, right->n_items + 1);

	for (size_t i = 0; i < given->n_items; i++) {
		size_t j = 0;

		while (j < right->n_items &&
		       (taken[j] || !matches_one(q, &given->items[i], &right->items[j])))
			j++;
		if (j == right->n_items)
			return false;
		taken[j] = true;
	}
	return true;
}

static bool matches(const struct lab_question *q, const struct lab_value *given,
		    const struct lab_value *right)
{
	if (q->ex->many == ONE)
		return matches_one(q, given, right);
	if (right->kind != LAB_LIST || given->n_items != right->n_items)
		return false;
	if (q->ex->many == ANY_ORDER)
		return matches_set(q, given, right);
	for (size_t i = 0; i < given->n_items; i++)
		if (!matches_one(q, &given->items[i], &right->items[i]))
			return false;
	return true;
}

/* What a wrong answer means, or NULL. */
static const char *meaning_of(const struct lab_question *q, const struct lab_value *given)
{
	for (size_t i = 0; i < q->ex->n_wrongs; i++) {
		const struct wrong *w = &q->ex->wrongs[i];
		struct evaluation e = evaluation_of(q);
		const char *text;
		struct lab_value v;

		if (w->condition.node && (!evaluate(&e, w->condition.node, &v) ||
					  v.kind != LAB_NUMBER || !v.n))
			continue;
		if (!evaluate(&e, w->value.node, &v))
			continue;
		v = answer_canonical(q, &v);
		text = v.kind == given->kind && matches(q, given, &v) ? template_fill(&w->text, &e) : NULL;
		if (text)
			return text;
	}
	return NULL;
}

struct judgement question_judge(const struct lab_question *q, const char *answer)
{
	struct judgement j = { .verdict = ANSWER_MALFORMED };
	struct lab_value given;

	if (!answer_parse(q, answer, &given, &j.say))
		return j;
	j.read_as = answer_text(q, &given);
	if (strcmp(j.read_as, answer) == 0)
		j.read_as = NULL;
	j.verdict = ANSWER_RIGHT;
	for (size_t i = 0; i < q->ex->n_rights; i++)
		if (matches(q, &given, &q->rights[i]) ||
		    (q->ex->kind == ANSWER_IS_SIZE && q->ex->many == ONE &&
		     answer_is_rounded(answer, q->rights[i].n)))
			return j;
	j.verdict = ANSWER_WRONG;
	j.say = meaning_of(q, &given);
	return j;
}

const char *question_right(const struct lab_question *q)
{
	const char *text = answer_text(q, &q->rights[0]);

	for (size_t i = 1; i < q->ex->n_rights; i++) {
		size_t same = 0;

		while (same < i && !lab_equal(&q->rights[i], &q->rights[same]))
			same++;
		if (same == i)
			text = pool_printf(q->pool, "%s or %s", text, answer_text(q, &q->rights[i]));
	}
	return text;
}
