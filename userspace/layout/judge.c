// SPDX-License-Identifier: GPL-2.0-only
/* judge.c - see expect.h: what a layout says of an expectation. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "claim.h"
#include "expect.h"
#include "names.h"

/* --- What a layout says of a term -------------------------------------------- */

/* What expectations are held against. */
struct view {
	const struct layout *layout;
	const struct option_source *options;
};

static bool is_option(const char *name)
{
	return strncmp(name, "CONFIG_", strlen("CONFIG_")) == 0;
}

/* A number, a range, a text, or why there is none. */
struct meaning {
	enum { IS_NUMBER, IS_RANGE, IS_TEXT, IS_NOTHING } kind;
	struct number first, last;	/* inclusive */
	const char *text;
	char *why;			/* of IS_NOTHING */
};

static struct meaning nothing(char *why)
{
	return (struct meaning){ .kind = IS_NOTHING, .why = why };
}

static struct meaning a_number(struct number n)
{
	return (struct meaning){ .kind = IS_NUMBER, .first = n, .last = n };
}

static const char *last_dot(const char *name, size_t length)
{
	while (length && name[length - 1] != '.')
		length--;
	return length ? name + length - 1 : NULL;
}

static bool is_around(const struct region *r, const char *name, size_t length)
{
	for (r = r->parent; r; r = r->parent)
		if (strlen(r->name) == length && strncmp(r->name, name, length) == 0)
			return true;
	return false;
}

/* image.text: the last part is the region, those before lie around it. */
static const struct region *find_region(const struct layout *l, const char *path,
					size_t length, char **why)
{
	const char *dot = last_dot(path, length);
	const char *name = dot ? dot + 1 : path;
	size_t n = (size_t)(path + length - name);
	const struct region *r = NULL;

	/* As textbooks call it. */
	if (n == strlen("lowmem") && strncmp(name, "lowmem", n) == 0)
		r = layout_region(l, "direct_map");
	for (size_t i = 0; i < l->n_regions && !r; i++) {
		const struct region *other = &l->regions[i];

		/* Of device memory there may be several pieces, all of one name. */
		if (!other->is_memory && strlen(other->name) == n &&
		    strncmp(other->name, name, n) == 0)
			r = other;
	}
	if (!r) {
		*why = text_printf("nothing here is called %.*s", (int)n, name);
		return NULL;
	}
	while (dot && !r->absent) {
		size_t before = (size_t)(dot - path);
		const char *start = last_dot(path, before);

		start = start ? start + 1 : path;
		if (!is_around(r, start, (size_t)(dot - start))) {
			*why = text_printf("%s is not in %.*s", r->name,
					   (int)(dot - start), start);
			return NULL;
		}
		dot = start > path ? start - 1 : NULL;
	}
	return r;
}

static struct meaning of_region(const struct region *r)
{
	if (r->absent)
		return nothing(text_printf("%s is absent: %s", r->name, r->absent));
	return (struct meaning){ .kind = IS_RANGE, .first = from(r->start), .last = from(r->end) };
}

static struct meaning of_key(const struct region *r, const char *key)
{
	if (r->absent)
		return of_region(r);
	if (strcmp(key, "start") == 0)
		return a_number(from(r->start));
	if (strcmp(key, "end") == 0)
		return a_number(from(r->end));
	if (strcmp(key, "size") == 0)
		return a_number(plus_one(r->end - r->start));
	if (strcmp(key, "phys") == 0)
		return r->has_phys ? a_number(from(r->phys)) :
		       nothing(text_printf("%s has no physical address", r->name));
	if (strcmp(key, "used") == 0)
		return r->has_populated ?
		       a_number(plus_one(r->populated_end - r->populated_start)) :
		       nothing(text_printf("how much of %s is in use is not known", r->name));
	return (struct meaning){ .kind = IS_TEXT,
				 .text = r->parent_name ? r->parent_name : "" };
}

static bool is_key(const char *word)
{
	static const char *const keys[] = { "start", "end", "size", "phys", "used", "parent" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i], word) == 0)
			return true;
	return false;
}

static struct meaning of_value(const char *value)
{
	struct meaning m = { .kind = IS_TEXT, .text = value };

	if (number_parse(value, &m.first)) {
		m.kind = IS_NUMBER;
		m.last = m.first;
	}
	return m;
}

/* What is said of the kernel, a fact or an option; false if it is none. */
static bool of_statement(const struct view *view, const char *name, struct meaning *m)
{
	const struct option_source *options = view->options;
	const struct layout *l = view->layout;
	const char *value = record_value(&l->records[0], name), *unused;
	const struct fact *f;

	if (value) {
		*m = of_value(value);
		return true;
	}
	f = layout_fact(l, strcmp(name, "vm_split") ? name : "user_kernel_split");
	if (!f)
		f = layout_config(l, name);
	if (!f && is_option(name) && (value = options->value(options->data, name, &unused)))
		*m = of_value(value);
	else if (f && f->absent)
		*m = nothing(text_printf("%s is absent: %s", name, f->absent));
	else if (f)
		*m = of_value(f->value);
	else
		return false;
	return true;
}

static struct meaning of_name(const struct view *view, const char *name)
{
	const char *dot = last_dot(name, strlen(name));
	bool key = dot && is_key(dot + 1);
	size_t length = key ? (size_t)(dot - name) : strlen(name);
	const struct region *r;
	struct meaning m;
	char *why;

	if (!dot && of_statement(view, name, &m))
		return m;
	r = find_region(view->layout, name, length, &why);
	if (!r)
		return nothing(why);
	return key ? of_key(r, dot + 1) : of_region(r);
}

static struct meaning meaning(const struct view *view, const struct term *t)
{
	const struct witness *w;

	switch (t->kind) {
	case NUMBER:
		return a_number(t->value);
	case TEXT:
		return (struct meaning){ .kind = IS_TEXT, .text = t->text };
	case WITNESS:
		w = layout_witness(view->layout, t->text);
		if (!w)
			return nothing(text_printf("there is no witness %s", t->text));
		if (w->absent)
			return nothing(text_printf("the witness %s is absent: %s", w->name, w->absent));
		return a_number(from(w->addr));
	default:
		return of_name(view, t->text);
	}
}

/* --- Judgement --------------------------------------------------------------- */

/* As people read it: an address in full, all else as a size if it is one. */
static char *number_text(const struct layout *l, struct number n, bool size)
{
	bool negative = n.over < 0;
	struct number magnitude = negative ? minus(from(0), n) : n;

	if (!size)
		return text_printf("%s0x%0*" PRIx64, negative ? "-" : "", (int)l->bits / 4,
				   magnitude.low);
	if (!negative && (n.low || n.over) && n.low % 1024 == 0) {
		char *text = size_human(n.low - 1);

		if (!strchr(text, '.'))
			return text;
		free(text);
	}
	return text_printf("%s%" PRIu64, negative ? "-" : "", magnitude.low);
}

/* Is a term written or known as an address? */
static bool is_address(const struct layout *l, const struct term *t)
{
	const char *dot = t->kind == NAME ? last_dot(t->text, strlen(t->text)) : NULL;
	const struct fact *f = t->kind == NAME ? layout_fact(l, t->text) : NULL;

	if (f && f->unit)
		return !strcmp(f->unit, "address") || !strcmp(f->unit, "offset");
	if (t->kind == NUMBER)
		return strncmp(t->text, "0x", 2) == 0;
	if (t->kind == NAME && (layout_config(l, t->text) ||
				record_value(&l->records[0], t->text)))
		return false;
	return !dot || strcmp(dot, ".start") == 0 || strcmp(dot, ".end") == 0 ||
	       strcmp(dot, ".phys") == 0;
}

static char *meaning_text(const struct layout *l, const struct term *t, const struct meaning *m)
{
	char *first, *last, *text;

	if (m->kind == IS_TEXT)
		return text_printf("%s", m->text);
	first = number_text(l, m->first, m->kind == IS_NUMBER && !is_address(l, t));
	if (m->kind == IS_NUMBER)
		return first;
	last = number_text(l, m->last, false);
	text = text_printf("%s-%s", first, last);
	free(first);
	free(last);
	return text;
}

static bool compare(enum relation relation, const struct meaning *a, const struct meaning *b)
{
	int which;

	if (a->kind == IS_TEXT || b->kind == IS_TEXT) {
		bool same = a->kind == b->kind && strcmp(a->text, b->text) == 0;

		return relation == EQUAL ? same : relation == UNEQUAL && !same;
	}
	which = order(a->first, b->first);
	if (!which)
		which = order(a->last, b->last);
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
		return compare(c->relation, a, b);
	}
}

/* Of NAME, NUMBER and the like what is not there to be read in the line. */
static char *found_text(const struct layout *l, const struct claim *c,
			const struct meaning *a, const struct meaning *b)
{
	char *left = meaning_text(l, &c->left, a), *right = meaning_text(l, &c->right, b), *text;

	if ((c->right.kind == NAME || c->right.kind == WITNESS) && b->text != c->right.text)
		text = text_printf("%s is %s, %s is %s", c->left.text, left, c->right.text, right);
	else
		text = text_printf("%s is %s", c->left.text, left);
	free(left);
	free(right);
	return text;
}

static bool judge_presence(const struct view *view, const struct claim *c, char **why)
{
	struct meaning m = of_name(view, c->left.text);
	bool present = m.kind != IS_NOTHING;

	if (present == (c->relation == PRESENT)) {
		free(m.why);
		return true;
	}
	if (present) {
		char *where = meaning_text(view->layout, &c->left, &m);

		*why = text_printf("%s is %s", c->left.text, where);
		free(where);
	} else {
		*why = m.why;
	}
	return false;
}

static bool judge(const struct view *view, const struct claim *c, char **why)
{
	struct meaning a, b;
	bool holds;

	if (c->relation == PRESENT || c->relation == ABSENT)
		return judge_presence(view, c, why);
	a = meaning(view, &c->left);
	b = meaning(view, &c->right);
	/* mmu = radix, text.parent = image: against a text, a word is one. */
	if (a.kind == IS_TEXT && b.kind != IS_TEXT && c->right.kind == NAME) {
		free(b.why);
		b = (struct meaning){ .kind = IS_TEXT, .text = c->right.text };
	}
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
	holds = relate(c, &a, &b);
	if (!holds)
		*why = found_text(view->layout, c, &a, &b);
	return holds;
}

/* --- Has it a meaning? -------------------------------------------------------- */

static bool has_region(const struct layout *l, const char *name, size_t length)
{
	for (size_t i = 0; i < l->n_regions; i++) {
		const struct region *r = &l->regions[i];

		if (!r->is_memory && strlen(r->name) == length && !strncmp(r->name, name, length))
			return true;
	}
	return is_region_name(name, length);
}

static char *unknown_name(const char *name, size_t length)
{
	const char *similar = similar_name(name, length);

	return text_printf("nothing is called '%.*s'%s%s%s", (int)length, name,
			   similar ? "; did you mean " : "", similar ? similar : "",
			   similar ? "?" : "");
}

/* The first name of a path that is none, but for a key at its end; or NULL. */
static const char *unknown_part(const struct layout *l, const char *path)
{
	const char *dot = last_dot(path, strlen(path));
	const char *end = dot && is_key(dot + 1) ? dot : path + strlen(path);

	while (path < end) {
		size_t length = strcspn(path, ".");

		if (!has_region(l, path, length))
			return path;
		path += length + 1;
	}
	return NULL;
}

/* Why nothing can be said of a term, whatever machine it is; or NULL. */
static char *wrong_term(const struct view *view, const struct term *t)
{
	const struct layout *l = view->layout;
	const char *why, *part;

	if (t->kind == WITNESS)
		return layout_witness(l, t->text) || is_witness_name(t->text) ? NULL :
		       unknown_name(t->text, strlen(t->text));
	if (t->kind != NAME || is_kernel_key(t->text) || is_fact_name(t->text) ||
	    layout_fact(l, t->text) || layout_config(l, t->text))
		return NULL;
	part = is_option(t->text) ? NULL : unknown_part(l, t->text);
	if (part)
		return unknown_name(part, strcspn(part, "."));
	if (!is_option(t->text))
		return NULL;
	if (view->options->value(view->options->data, t->text, &why))
		return NULL;
	return text_printf("the capture does not have %s, and %s", t->text, why);
}

static bool is_bare_region(const struct layout *l, const struct term *t)
{
	const char *dot;

	if (t->kind != NAME)
		return false;
	dot = last_dot(t->text, strlen(t->text));
	return !is_fact_name(t->text) && !layout_fact(l, t->text) &&
	       !(dot && is_key(dot + 1)) && !unknown_part(l, t->text);
}

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

static char *wrong_claim(const struct view *view, const struct claim *c)
{
	char *wrong = wrong_term(view, &c->left);
	struct meaning m;
	bool word;

	if (wrong || c->relation == PRESENT || c->relation == ABSENT)
		return wrong;
	/* mmu = radix: against a text, or what is absent, a word is one. */
	m = meaning(view, &c->left);
	free(m.why);
	word = c->relation <= UNEQUAL && (m.kind == IS_TEXT || m.kind == IS_NOTHING);
	if (word && c->right.kind == NAME)
		return NULL;
	wrong = wrong_term(view, &c->right);
	return wrong ? wrong : wrong_comparison(view->layout, c);
}

enum outcome expectation_judge(const struct expectation *e, const struct layout *l,
			       const struct option_source *options, char **why)
{
	const struct view view = { l, options };
	const struct claim *c = e->parsed;
	char *unmet = NULL;

	*why = wrong_claim(&view, c);
	if (!*why && c->condition)
		*why = wrong_claim(&view, c->condition);
	if (*why)
		return MEANINGLESS;
	if (c->condition && !judge(&view, c->condition, &unmet)) {
		*why = unmet;
		return SKIPPED;
	}
	return judge(&view, c, why) ? HOLDS : FAILS;
}
