// SPDX-License-Identifier: GPL-2.0-only
/* judge.c - see expect.h: what a layout says of an expectation. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "expect.h"
#include "names.h"
#include "terms.h"

/* --- As people read it --------------------------------------------------------- */

enum style { IN_FULL, HEXADECIMAL, DECIMAL, AS_SIZE };

/* As the other side of a comparison is written. */
static enum style style_of(const struct layout *l, const struct term *t,
			   const struct term *other)
{
	const struct fact *f = term_fact(l, t);
	bool is_offset = f && f->unit && strcmp(f->unit, "offset") == 0;

	if (is_address(l, t) && !is_offset)
		return IN_FULL;
	if (f && f->unit && strcmp(f->unit, "bytes") != 0 && !is_offset)
		return DECIMAL;
	if (other->kind != NUMBER)
		return is_offset ? HEXADECIMAL : AS_SIZE;
	if (other->text[strspn(other->text, "-0123456789")] == '\0')
		return DECIMAL;
	return strncmp(other->text, "0x", 2) == 0 &&
	       !strpbrk(other->text, "KMGTPkmgtp") ? HEXADECIMAL : AS_SIZE;
}

/* 12.5P, or 5151514624 (4.8G) where that is not all of it. */
static char *size_text(struct number n, const char *bytes)
{
	char *size = size_human(n.low - 1), *both;
	struct number same;

	if (number_parse(size, &same, NULL) && order(n, same) == 0)
		return size;
	both = text_printf("%s (%s)", bytes, size);
	free(size);
	return both;
}

static char *number_text(const struct layout *l, struct number n, enum style style)
{
	const char *sign = n.over < 0 ? "-" : "";
	struct number m = magnitude(n);
	char *bytes, *text;

	if (style == IN_FULL)
		return text_printf("%s0x%0*" PRIx64, sign, (int)l->bits / 4, m.low);
	if (style == HEXADECIMAL)
		return text_printf("%s0x%s%" PRIx64, sign, m.over ? "1000000000000000" : "", m.low);
	bytes = m.over ? size_bytes(UINT64_MAX) : text_printf("%s%" PRIu64, sign, m.low);
	/* Below that, a size is its number of bytes. */
	if (style == DECIMAL || *sign || (!m.over && m.low < 1024))
		return bytes;
	text = size_text(n, bytes);
	free(bytes);
	return text;
}

static char *meaning_text(const struct layout *l, const struct term *t,
			  const struct meaning *m, const struct term *other)
{
	char *first, *last, *text;

	if (m->kind == IS_TEXT)
		return text_printf("%s", m->text);
	if (m->kind == IS_NUMBER)
		return number_text(l, m->first, style_of(l, t, other));
	first = number_text(l, m->first, IN_FULL);
	last = number_text(l, m->last, IN_FULL);
	text = text_printf("%s-%s", first, last);
	free(first);
	free(last);
	return text;
}

/* --- Judgement --------------------------------------------------------------- */

static bool holds_of(enum relation relation, int which)
{
	switch (relation) {
	case EQUAL:
		return which == 0;
	case UNEQUAL:
		return which != 0;
	case LESS:
		return which < 0;
	case AT_MOST:
		return which <= 0;
	case MORE:
		return which > 0;
	default:
		return which >= 0;
	}
}

/* Nearer to each other than +- allows. */
static bool is_near(const struct claim *c, struct number a, struct number b)
{
	struct number allowed = c->share ? percent_of(b, c->share) : c->distance;

	return order(magnitude(minus(a, b)), allowed) <= 0;
}

static bool compare(const struct claim *c, const struct meaning *a, const struct meaning *b)
{
	int which;

	if (a->kind == IS_TEXT || b->kind == IS_TEXT) {
		bool same = a->kind == b->kind && strcmp(a->text, b->text) == 0;

		return c->relation == EQUAL ? same : c->relation == UNEQUAL && !same;
	}
	which = order(a->first, b->first);
	if (!which)
		which = order(a->last, b->last);
	if (c->tolerant)
		which = !is_near(c, a->first, b->first);
	return holds_of(c->relation, which);
}

/* Are the far ends of two places less than so far apart? */
static bool within(const struct meaning *a, const struct meaning *b, struct number distance)
{
	struct number low = order(a->first, b->first) < 0 ? a->first : b->first;
	struct number high = order(a->last, b->last) > 0 ? a->last : b->last;

	return order(minus(high, low), distance) < 0;
}

static bool relate(const struct claim *c, const struct meaning *a, const struct meaning *b)
{
	switch (c->relation) {
	case IN:
		return order(a->first, b->first) >= 0 && order(a->last, b->last) <= 0;
	case NOT_IN:
		return order(a->last, b->first) < 0 || order(a->first, b->last) > 0;
	case ABOVE:
		return order(a->first, b->last) > 0;
	case BELOW:
		return order(a->last, b->first) < 0;
	case WITHIN:
		return within(a, b, c->distance);
	default:
		return compare(c, a, b);
	}
}

/* What the two sides are, but for what is there to be read in the line. */
static char *found_text(const struct layout *l, const struct claim *c,
			const struct meaning *a, const struct meaning *b)
{
	char *left = meaning_text(l, &c->left, a, &c->right);
	char *right = meaning_text(l, &c->right, b, &c->left), *text;

	if (c->left.kind == NUMBER && c->right.kind == NAME)
		text = text_printf("%s is %s", c->right.text, right);
	else if ((c->right.kind == NAME || c->right.kind == WITNESS) && b->text != c->right.text)
		text = text_printf("%s is %s, %s is %s", c->left.text, left, c->right.text, right);
	else
		text = text_printf("%s is %s", c->left.text, left);
	free(left);
	free(right);
	return text;
}

static bool judge_presence(const struct view *view, const struct claim *c, char **why)
{
	struct meaning m = name_meaning(view, c->left.text);
	bool present = m.kind != IS_NOTHING;

	if (present == (c->relation == PRESENT)) {
		free(m.why);
		return true;
	}
	if (present) {
		char *where = meaning_text(view->layout, &c->left, &m, &c->right);

		*why = text_printf("%s is %s", c->left.text, where);
		free(where);
	} else {
		*why = m.why;
	}
	return false;
}

/* y or n, of what is written for one or the other; or NULL. */
static const char *truth(const struct term *t)
{
	static const char *const words[2][5] = {
		{ "n", "no", "off", "false", "0" }, { "y", "yes", "on", "true", "1" },
	};

	for (int i = 0; i < 2; i++) {
		for (size_t j = 0; j < ARRAY_SIZE(words[i]); j++)
			if (strcasecmp(t->text, words[i][j]) == 0)
				return i ? "y" : "n";
	}
	return NULL;
}

static bool is_truth(const struct meaning *m)
{
	return m->kind == IS_TEXT && (strcmp(m->text, "y") == 0 || strcmp(m->text, "n") == 0);
}

/*
 * mmu = radix, text.parent = image: against a text, a word is one; and against y
 * or n, so are 1 and 0.
 */
static void take_as_text(const struct meaning *a, const struct term *t, struct meaning *b)
{
	const char *text = is_truth(a) ? truth(t) : NULL;

	if (!text && t->kind == NAME && b->kind != IS_TEXT)
		text = t->text;
	if (a->kind != IS_TEXT || !text || t->kind == WITNESS)
		return;
	free(b->why);
	*b = (struct meaning){ .kind = IS_TEXT, .text = text };
}

static bool is_release(const struct term *t)
{
	return t->kind == NAME && strcmp(t->text, "release") == 0;
}

/* A release, and a number or version to compare it with. */
static bool compares_versions(const struct claim *c)
{
	return is_release(&c->left) && (c->right.kind == VERSION || c->right.kind == NUMBER);
}

static bool judge(const struct view *view, const struct claim *c, char **why)
{
	struct meaning a, b;
	bool holds;

	if (c->relation == PRESENT || c->relation == ABSENT)
		return judge_presence(view, c, why);
	a = term_meaning(view, &c->left);
	b = term_meaning(view, &c->right);
	take_as_text(&a, &c->right, &b);
	if (a.kind == IS_NOTHING || b.kind == IS_NOTHING) {
		*why = a.kind == IS_NOTHING ? a.why : b.why;
		if (a.kind == IS_NOTHING && b.kind == IS_NOTHING)
			free(b.why);
		return false;
	}
	if (c->relation > ABSENT && (a.kind == IS_TEXT || b.kind == IS_TEXT)) {
		*why = text_printf("%s is not a place", a.kind == IS_TEXT ? c->left.text : c->right.text);
		return false;
	}
	holds = compares_versions(c) ?
		holds_of(c->relation, version_order(a.text, c->right.text)) : relate(c, &a, &b);
	if (!holds)
		*why = found_text(view->layout, c, &a, &b);
	return holds;
}

/* --- Has it a meaning? -------------------------------------------------------- */

/* A region is a place: its size and its bounds are numbers. */
static char *wrong_comparison(const struct layout *l, const struct claim *c)
{
	bool left = is_bare_region(l, &c->left), right = is_bare_region(l, &c->right);
	const char *name = left ? c->left.text : c->right.text;

	if (c->relation > AT_LEAST || !(left || right) ||
	    (left && right && c->relation <= UNEQUAL))
		return NULL;
	return text_printf("%s is a place and not a number: say %s.size, %s.start or %s.end",
			   name, name, name, name);
}

static char *wrong_number(const struct claim *c)
{
	const struct term *both[] = { &c->left, &c->right };

	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		const struct term *t = both[i];

		if (t->kind == VERSION && !(i && is_release(&c->left) && c->relation <= AT_LEAST))
			return text_printf("%s is a version: only release is compared with one, as in 'release >= %s'; a number is written such as 4096 or 4K",
					   t->text, t->text);
		if (t->kind == NUMBER && !t->exact && c->relation <= UNEQUAL && !c->tolerant)
			return text_printf("%s is no whole number of bytes, and nothing is equal to it: say how near, as in '%s +- 1%%'",
					   t->text, t->text);
	}
	if (compares_versions(c) && c->tolerant)
		return text_printf("'+-' needs numbers, and a release is none");
	return NULL;
}

/* A text is the same as another or not, and no more. */
static char *wrong_text(const struct view *view, const struct claim *c)
{
	const struct term *both[] = { &c->left, &c->right };

	if ((c->relation <= UNEQUAL && !c->tolerant) || c->relation > AT_LEAST ||
	    compares_versions(c))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		const struct term *t = both[i];
		struct meaning m = term_meaning(view, t);

		free(m.why);
		/* What an option is when it is set, nothing tells. */
		if (m.kind == IS_TEXT && (t->kind == TEXT || strncmp(t->text, "CONFIG_", 7) != 0))
			return text_printf("%s is a text and no number: only = and != compare it, without '+-'",
					   t->text);
	}
	return NULL;
}

/* pti = maybe */
static char *wrong_truth(const struct view *view, const struct claim *c)
{
	const struct fact *f = term_fact(view->layout, &c->left);
	struct meaning m;

	if (!f || !f->value || c->relation > UNEQUAL || truth(&c->right) ||
	    term_fact(view->layout, &c->right))
		return NULL;
	m = term_meaning(view, &c->left);
	return is_truth(&m) ? text_printf("%s is y or n, and never '%s'", c->left.text,
					  c->right.text) : NULL;
}

static char *wrong_claim(const struct view *view, const struct claim *c)
{
	char *wrong = term_error(view, &c->left);
	struct meaning m;
	bool word;

	if (wrong || c->relation == PRESENT || c->relation == ABSENT)
		return wrong;
	wrong = wrong_number(c);
	if (!wrong)
		wrong = wrong_truth(view, c);
	if (!wrong)
		wrong = wrong_text(view, c);
	if (wrong)
		return wrong;
	/* mmu = radix: against a text, or what is absent, a word is one. */
	m = term_meaning(view, &c->left);
	free(m.why);
	word = c->relation <= UNEQUAL && (m.kind == IS_TEXT || m.kind == IS_NOTHING);
	if (word && c->right.kind == NAME)
		return NULL;
	wrong = term_error(view, &c->right);
	return wrong ? wrong : wrong_comparison(view->layout, c);
}

/* Do they all hold?  What is found of those that do not is put together. */
static bool judge_all(const struct view *view, const struct claim *each, size_t n, char **why)
{
	*why = NULL;
	for (size_t i = 0; i < n; i++) {
		char *found = NULL, *both;

		if (judge(view, &each[i], &found))
			continue;
		if (*why) {
			both = text_printf("%s; %s", *why, found);
			free(*why);
			free(found);
			found = both;
		}
		*why = found;
	}
	return !*why;
}

enum outcome expectation_judge(const struct expectation *e, const struct layout *l,
			       const struct option_source *options, char **why)
{
	const struct view view = { l, options };
	const struct claims *c = e->parsed;

	for (size_t i = 0; i < c->n + c->n_conditions; i++) {
		*why = wrong_claim(&view, &c->each[i]);
		if (*why)
			return MEANINGLESS;
	}
	if (!judge_all(&view, c->each + c->n, c->n_conditions, why))
		return SKIPPED;
	return judge_all(&view, c->each, c->n, why) ? HOLDS : FAILS;
}
