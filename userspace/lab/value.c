// SPDX-License-Identifier: GPL-2.0-only
/* value.c - see value.h */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "layout/value.h"
#include "value.h"

static char folded(char c)
{
	return c == ' ' || c == '-' ? '_' : (char)tolower((unsigned char)c);
}

bool lab_same_word(const char *a, const char *b)
{
	while (*a && folded(*a) == folded(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

bool lab_equal(const struct lab_value *a, const struct lab_value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case LAB_NUMBER:
		return a->n == b->n;
	case LAB_PLACE:
		return a->n == b->n && a->last == b->last;
	case LAB_WORD:
		return lab_same_word(a->word, b->word);
	case LAB_LIST:
		break;
	}
	if (a->n_items != b->n_items)
		return false;
	for (size_t i = 0; i < a->n_items; i++)
		if (!lab_equal(&a->items[i], &b->items[i]))
			return false;
	return true;
}

const char *lab_kind_word(enum lab_kind kind)
{
	static const char *const words[] = {
		[LAB_NUMBER] = "a number", [LAB_PLACE] = "a place",
		[LAB_WORD] = "a word", [LAB_LIST] = "a list",
	};

	return words[kind];
}

/* --- Text ------------------------------------------------------------------------ */

static const struct {
	const char *form;
	enum value_kind kind;
	bool exact;
} forms[] = {
	{ "address", VALUE_ADDRESS, true }, { "size", VALUE_SIZE, false },
	{ "bytes", VALUE_SIZE, true }, { "number", VALUE_COUNT, true },
	{ "hex", VALUE_OFFSET, true },
};

/* In the order of enum lab_look. */
static const char *const form_of_look[] = { "number", "address", "size", "hex", NULL };

bool lab_is_form(const char *form)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (strcmp(forms[i].form, form) == 0)
			return true;
	return false;
}

static const char *kept(struct pool *pool, char *text)
{
	const char *copy = pool_copy(pool, text, strlen(text));

	free(text);
	return copy;
}

/* A size that is not rounded, with the largest letter that leaves nothing over. */
static const char *size_text(struct pool *pool, uint64_t n)
{
	static const char letters[] = "KMGTPE";
	size_t letter = 0;

	if (!n || n % 1024)
		return pool_printf(pool, "%llu", (unsigned long long)n);
	for (n /= 1024; n % 1024 == 0 && letters[letter + 1]; letter++)
		n /= 1024;
	return pool_printf(pool, "%llu%c", (unsigned long long)n, letters[letter]);
}

static const char *number_text(struct pool *pool, unsigned int bits, const struct lab_value *v,
			       const char *form)
{
	if (!form)
		form = form_of_look[v->look];
	if (!form)
		return v->n ? "yes" : "no";
	if (strcmp(form, "size") == 0)
		return size_text(pool, v->n);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (strcmp(forms[i].form, form) == 0)
			return kept(pool, value_number(forms[i].kind, bits, v->n, forms[i].exact));
	return "?";
}

const char *lab_text(struct pool *pool, unsigned int bits, const struct lab_value *v,
		     const char *form)
{
	const char *text = "";

	switch (v->kind) {
	case LAB_NUMBER:
		return number_text(pool, bits, v, form);
	case LAB_WORD:
		return v->word;
	case LAB_PLACE:
		return pool_printf(pool, "%s-%s",
				   kept(pool, value_number(VALUE_ADDRESS, bits, v->n, true)),
				   kept(pool, value_number(VALUE_ADDRESS, bits, v->last, true)));
	case LAB_LIST:
		break;
	}
	for (size_t i = 0; i < v->n_items; i++)
		text = pool_printf(pool, "%s%s%s", text, i ? ", " : "",
				   lab_text(pool, bits, &v->items[i], form));
	return text;
}
