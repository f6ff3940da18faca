// SPDX-License-Identifier: GPL-2.0-only
/* verdicts.c - what is said of each value. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "rules/arch.h"
#include "verify.h"

bool is_arch(const struct verification *v, const char *list)
{
	return line_has_word(list, v->layout->arch);
}

uint64_t wrap(const struct verification *v, uint64_t addr)
{
	return addr & v->layout->max_addr;
}

/* Is it one, and so wraps around; sizes and physical addresses may be larger. */
static bool is_address(const struct rule *r)
{
	static const char *const keys[] = {
		"start", "end", "populated_start", "populated_end", "addr",
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(r->key, keys[i]))
			return true;
	}
	return false;
}

static bool leans(const struct verification *v)
{
	return v->leaning || v->inside;
}

void report(struct verification *v, const struct value *value,
	    enum verdict verdict, const char *why, ...)
{
	struct cell *c;
	va_list args;

	if (!value)
		return;
	c = &v->cells[(size_t)(value - v->values) * v->n_sources + v->source];
	if ((verdict == ALLOWS || verdict == AGREES) && leans(v))
		verdict = CONSISTENT;
	if (verdict == DISAGREES && !leans(v))
		c->outside = true;
	if (verdict == DISAGREES && c->verdict != DISAGREES)
		v->n_disagree++;
	if (verdict <= c->verdict)
		return;
	c->verdict = verdict;
	if (!v->explain)
		return;
	va_start(args, why);
	/* What comes from files may hold any bytes; a sentence may not. */
	c->why = printable(pool_vprintf(&v->pool, why, args));
	va_end(args);
}

/*
 * Is "absent" the statement that there is no such thing?  Of these a module
 * always knows; of others it may lack the symbols to tell.
 */
static bool absence_is_certain(const struct verification *v,
			       const struct value *value)
{
	static const char *const names[] = {
		"efi_runtime", "espfix", "kasan_shadow", "kfence",
		"kmsan_modules_origin", "kmsan_modules_shadow",
		"kmsan_vmalloc_origin", "kmsan_vmalloc_shadow", "pkmap",
		"vmemmap", "vsyscall",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(value->name, names[i]))
			return !is_arch(v, "generic");
	}
	return false;
}

static void expect_absent(struct verification *v, const struct value *value,
			  struct known k)
{
	if (k.kind == NOTHING)
		report(v, value, AGREES, "%s", k.how);
	else if (k.kind == UNKNOWN)
		report(v, value, CANNOT_SAY, "%s", k.how);
	else if (k.kind == ANYTHING)
		report(v, value, ALLOWS, "%s", k.how);
	else if (k.if_any)
		report(v, value, CANNOT_SAY, "only its place is known, if it exists: %s", k.how);
	else if (k.certain || absence_is_certain(v, value))
		report(v, value, DISAGREES, "there is one: %s", k.how);
	else
		report(v, value, CANNOT_SAY, "this source has a value, and kvas has none: %s",
		       k.how);
}

static bool is_one_of(const struct known *k, uint64_t n)
{
	if (k->either)
		return n == k->number || n == k->high;
	return n >= k->number && n <= highest(k);
}

static void expect_number(struct verification *v, const struct value *value,
			  struct known k)
{
	bool good = value->is_number && is_one_of(&k, value->number);
	char *exact = number_like(value->text, k.number);

	if (!good && k.kind == NUMBER)
		report(v, value, DISAGREES, "%s: %s", exact, k.how);
	else if (!good)
		report(v, value, DISAGREES, "%s 0x%" PRIx64 "%s0x%" PRIx64 ", %s",
		       k.either ? "neither" : "outside", k.number,
		       k.either ? " nor " : "-", k.high, k.how);
	else if (k.multiple && value->number % k.multiple)
		report(v, value, DISAGREES, "no multiple of 0x%" PRIx64 ", %s", k.multiple, k.how);
	else if (k.kind == NUMBER)
		report(v, value, AGREES, "%s", k.how);
	else
		report(v, value, ALLOWS, "within 0x%" PRIx64 "-0x%" PRIx64
		       ", %s", k.number, k.high, k.how);
	free(exact);
}

static void judge(struct verification *v, const struct value *value,
		  struct known k)
{
	if (!strcmp(value->key, "absent")) {
		expect_absent(v, value, k);
		return;
	}
	switch (k.kind) {
	case UNKNOWN:
		report(v, value, CANNOT_SAY, "%s", k.how);
		break;
	case NOTHING:
		report(v, value, DISAGREES, "there is none: %s", k.how);
		break;
	case WORD:
		if (!strcmp(value->text, k.word))
			report(v, value, AGREES, "%s", k.how);
		else
			report(v, value, DISAGREES, "%s: %s", k.word, k.how);
		break;
	case NUMBER:
	case RANGE:
		expect_number(v, value, k);
		break;
	case ANYTHING:
		report(v, value, ALLOWS, "%s", k.how);
		break;
	}
}

void expect_value(struct verification *v, const struct value *value,
		  struct known k)
{
	bool before = v->leaning;

	if (!value)
		return;
	v->leaning = before || k.leaning;
	judge(v, value, k);
	v->leaning = before;
}

void report_missing(struct verification *v, enum record_type type,
		    const char *name, const char *key, const char *why)
{
	struct value *value;
	struct record *r;

	if (v->n_values == v->room)
		return;
	r = pool_alloc(&v->pool, sizeof(*r));
	r->type = type;
	r->word = record_words[type];
	value = &v->values[v->n_values++];
	*value = (struct value) {
		.record = r, .name = name, .key = key, .text = "(missing)",
	};
	report(v, value, DISAGREES, "%s", why);
}

void expect(struct verification *v, enum record_type type, const char *name,
	    const char *key, struct known k)
{
	const struct value *value = value_of(v, type, name, key);

	if (!value)
		value = value_of(v, type, name, "absent");
	expect_value(v, value, k);
}

void apply_rules(struct verification *v, const struct rule *rules, size_t n,
		 const struct known *items)
{
	bool known_arch = arch_by_name(v->layout->arch);

	for (size_t i = 0; i < n; i++) {
		const struct rule *r = &rules[i];
		struct known k = items[r->item];

		if (r->arch && !is_arch(v, r->arch)) {
			/* Others have rules of their own. */
			if (!known_arch)
				report(v, value_of(v, r->type, r->name, r->key),
				       CANNOT_SAY, "no rule for %s",
				       v->layout->arch);
			continue;
		}
		k.number += (uint64_t)r->add;
		k.high += (uint64_t)r->add;
		if (is_address(r)) {
			k.number = wrap(v, k.number);
			k.high = wrap(v, k.high);
		}
		expect(v, r->type, r->name, r->key, k);
	}
}
