// SPDX-License-Identifier: GPL-2.0-only
/* check.c - see question.h: what is wrong with an exercise that its text alone does not show. */
#include <inttypes.h>
#include <string.h>

#include "question.h"

enum { SEEDS = 24 };

/* What was seen of an exercise on all machines and with all seeds. */
struct seen {
	size_t made;
	size_t wrong_differs[MOST_REPEATED];	/* how often it was not right */
	size_t wrong_applies[MOST_REPEATED];
	const char *lacking;		/* of the last that cannot be asked, and in which line */
	unsigned int lacking_line;
	const char *machine;
};

static bool uses(void *name, const struct node *n)
{
	return n->kind != NODE_NAME || strcmp(n->name, name) != 0;
}

static bool expression_uses(const struct lab_expression *x, const char *name)
{
	return x->node && !expression_visit(x->node, uses, (void *)name);
}

static bool template_uses(const struct template *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (expression_uses(&t->pieces[i].expression, name))
			return true;
	return false;
}

static bool is_used(const struct exercise *ex, const char *name)
{
	bool used = template_uses(&ex->text, name) || template_uses(&ex->question, name) ||
		    template_uses(&ex->why, name);

	for (size_t i = 0; i < ex->n_lets; i++)
		used |= expression_uses(&ex->lets[i].value, name);
	for (size_t i = 0; i < ex->n_rights; i++)
		used |= expression_uses(&ex->rights[i], name);
	for (size_t i = 0; i < ex->n_hints; i++)
		used |= template_uses(&ex->hints[i], name);
	for (size_t i = 0; i < ex->n_choices; i++)
		used |= template_uses(&ex->choices[i].text, name);
	for (size_t i = 0; i < ex->n_wrongs; i++)
		used |= expression_uses(&ex->wrongs[i].value, name) ||
			expression_uses(&ex->wrongs[i].condition, name) ||
			template_uses(&ex->wrongs[i].text, name);
	return used;
}

/* Does the condition of a wrong answer hold?  False with a problem in e, too. */
static bool applies(struct evaluation *e, const struct wrong *w)
{
	struct lab_value v;

	if (!w->condition.node)
		return true;
	if (!evaluate(e, w->condition.node, &v))
		return false;
	if (v.kind != LAB_NUMBER)
		return mistaken(e, "after 'if': expected what is true or false, found %s",
				lab_kind_word(v.kind));
	return v.n != 0;
}

static void check_wrong(const struct lab_question *q, size_t i, struct seen *seen,
			struct mistakes *mistakes)
{
	struct evaluation e = { .world = q->world, .pool = q->pool,
				.variables = q->variables, .n_variables = q->n_variables };
	const struct wrong *w = &q->ex->wrongs[i];
	struct lab_value v;

	if (applies(&e, w) && evaluate(&e, w->value.node, &v) && template_fill(&w->text, &e)) {
		v = answer_canonical(q, &v);
		seen->wrong_applies[i]++;
		seen->wrong_differs[i] +=
			question_judge(q, answer_text(q, &v)).verdict == ANSWER_WRONG;
	} else if (e.problem == MISTAKEN) {
		mistakes_add(mistakes, e.line ? e.line : w->value.line, "on %s: %s", q->world->name, e.why);
	}
}

/* What is right must be taken for it. */
static void check_answers(const struct lab_question *q, struct seen *seen, struct mistakes *mistakes)
{
	const struct exercise *ex = q->ex;

	for (size_t i = 0; i < ex->n_rights; i++) {
		const char *right = answer_text(q, &q->rights[i]);

		if (question_judge(q, right).verdict != ANSWER_RIGHT)
			mistakes_add(mistakes, ex->rights[i].line,
				     "on %s, seed %" PRIu64 ": the right answer '%s' is not taken for one: is it %s?",
				     q->world->name, q->seed, right, answer_kind_words(ex, q->pool));
	}
	for (size_t i = 0; i < ex->n_wrongs; i++)
		check_wrong(q, i, seen, mistakes);
}

static void check_on(const struct exercise *ex, const struct world *world, struct seen *seen,
		     struct mistakes *mistakes)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct pool pool = { 0 };
		size_t before = mistakes->n;
		struct lab_question q;

		switch (question_make(&q, ex, world, seed, &pool)) {
		case QUESTION_MADE:
			seen->made++;
			check_answers(&q, seen, mistakes);
			break;
		case QUESTION_LACKING:
			seen->lacking = pool_copy(&mistakes->pool, q.problem, strlen(q.problem));
			seen->lacking_line = q.problem_line;
			seen->machine = world->name;
			break;
		case QUESTION_MISTAKEN:
			mistakes_add(mistakes, q.problem_line, "on %s: %s", world->name, q.problem);
		}
		pool_free(&pool);
		/* Other seeds would tell the same. */
		if (mistakes->n > before)
			return;
	}
}

static void check_machines(const struct exercise *ex, const struct world *const *worlds, size_t n,
			   struct mistakes *mistakes)
{
	for (size_t i = 0; i < ex->n_machines; i++) {
		size_t j = 0;

		while (j < n && strcmp(worlds[j]->name, ex->machines[i]) != 0)
			j++;
		if (j == n)
			mistakes_add(mistakes, ex->machines_line, "Machines: no saved machine '%s' is installed",
				     ex->machines[i]);
	}
}

void exercise_check(const struct exercise *ex, const struct world *const *worlds, size_t n,
		    struct mistakes *mistakes)
{
	size_t before = mistakes->n;
	struct seen seen = { 0 };

	check_machines(ex, worlds, n, mistakes);
	for (size_t i = 0; i < ex->n_lets; i++)
		if (!is_used(ex, ex->lets[i].name))
			mistakes_add(mistakes, ex->lets[i].value.line, "nothing uses the variable '%s'",
				     ex->lets[i].name);
	/* One machine's mistakes are those of all. */
	for (size_t i = 0; i < n && mistakes->n == before; i++)
		check_on(ex, worlds[i], &seen, mistakes);
	if (mistakes->n > before)
		return;
	if (!seen.made && !ex->here_only)
		mistakes_add(mistakes, seen.lacking_line,
			     "none of the %zu saved machines has what it needs; %s: %s", n,
			     n ? seen.machine : "there", n ? seen.lacking : "are none");
	for (size_t i = 0; i < ex->n_wrongs && seen.made; i++)
		if (seen.wrong_applies[i] && !seen.wrong_differs[i])
			mistakes_add(mistakes, ex->wrongs[i].value.line,
				     "Wrong: this is a right answer, or no answer, on each machine and with each seed that was tried");
}
