// SPDX-License-Identifier: GPL-2.0-only
/* terms.c - see terms.h */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "names.h"
#include "terms.h"

static bool is_option(const char *name)
{
	return strncmp(name, "CONFIG_", strlen("CONFIG_")) == 0;
}

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

	if (number_parse(value, &m.first, NULL)) {
		m.kind = IS_NUMBER;
		m.last = m.first;
	}
	return m;
}

/* vm_split, too, as the options are called that decide it. */
static const struct fact *fact_of(const struct layout *l, const char *name)
{
	return layout_fact(l, strcmp(name, "vm_split") ? name : "user_kernel_split");
}

const struct fact *term_fact(const struct layout *l, const struct term *t)
{
	return t->kind == NAME ? fact_of(l, t->text) : NULL;
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
	f = fact_of(l, name);
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

struct meaning name_meaning(const struct view *view, const char *name)
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

struct meaning term_meaning(const struct view *view, const struct term *t)
{
	const struct witness *w;

	switch (t->kind) {
	case NUMBER:
		return a_number(t->value);
	case VERSION:
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
		return name_meaning(view, t->text);
	}
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

char *term_error(const struct view *view, const struct term *t)
{
	const struct layout *l = view->layout;
	const char *why, *part;

	if (t->kind == WITNESS)
		return layout_witness(l, t->text) || is_witness_name(t->text) ? NULL :
		       unknown_name(t->text, strlen(t->text));
	if (t->kind != NAME || t->may_be_unknown || is_kernel_key(t->text) || is_fact_name(t->text) ||
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

bool is_bare_region(const struct layout *l, const struct term *t)
{
	const char *dot;

	if (t->kind != NAME)
		return false;
	dot = last_dot(t->text, strlen(t->text));
	return !is_fact_name(t->text) && !layout_fact(l, t->text) &&
	       !(dot && is_key(dot + 1)) && !unknown_part(l, t->text);
}

bool is_address(const struct layout *l, const struct term *t)
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

/* --- One term by itself ------------------------------------------------------- */

static struct answer a_value(enum value_kind kind, char *text)
{
	return (struct answer){ .type = ANSWER_VALUE, .kind = kind, .text = text };
}

/* Of a region that is there; a key is one of is_key(), or NULL. */
static struct answer answer_of_region(const struct region *r, const char *key)
{
	const char *text = key ? record_value(r->record, key) : NULL;

	if (!key)
		return (struct answer){ .type = ANSWER_PLACE, .place = r };
	if (strcmp(key, "used") == 0)
		return a_value(VALUE_SIZE, size_bytes(r->populated_end - r->populated_start));
	return a_value(field_kind(r->record, key), text_printf("%s", text ? text : ""));
}

static struct answer answer_of_name(const struct view *view, const char *name)
{
	const struct layout *l = view->layout;
	const char *dot = last_dot(name, strlen(name)), *text;
	const struct fact *f = layout_fact(l, strcmp(name, "vm_split") ? name : "user_kernel_split");
	bool key = dot && is_key(dot + 1);
	const struct region *r;
	char *unused;

	if (!f)
		f = layout_config(l, name);
	if (f)
		return a_value(field_kind(f->record, "value"), text_printf("%s", f->value));
	text = record_value(&l->records[0], name);
	if (text)
		return a_value(field_kind(&l->records[0], name), text_printf("%s", text));
	r = is_option(name) ? NULL : find_region(l, name, key ? (size_t)(dot - name) : strlen(name), &unused);
	if (r)
		return answer_of_region(r, key ? dot + 1 : NULL);
	text = view->options->value(view->options->data, name, (const char **)&unused);
	return a_value(VALUE_TEXT, text_printf("%s", text ? text : ""));
}

static struct answer an_absence(char *why)
{
	static const char mark[] = " is absent: ";
	const char *reason = strstr(why, mark);

	return (struct answer){ .type = ANSWER_ABSENT, .why = why,
				.reason = reason ? reason + strlen(mark) : why };
}

struct answer term_answer(const char *name, const struct layout *l,
			  const struct option_source *options)
{
	const struct view view = { l, options };
	struct answer a = { .type = ANSWER_UNKNOWN };
	char error[256];
	struct term *t = term_parse(name, error, sizeof(error));
	struct meaning m;

	if (!t) {
		a.why = text_printf("%s", error);
		return a;
	}
	a.why = term_error(&view, t);
	if (!a.why) {
		m = term_meaning(&view, t);
		if (m.kind == IS_NOTHING)
			a = an_absence(m.why);
		else if (t->kind == WITNESS)
			a = a_value(VALUE_ADDRESS, value_number(VALUE_ADDRESS, l->bits, m.first.low, true));
		else
			a = answer_of_name(&view, t->text);
	}
	free(t);
	return a;
}

void answer_free(struct answer *a)
{
	free(a->text);
	free(a->why);
}
