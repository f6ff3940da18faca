// SPDX-License-Identifier: GPL-2.0-only
/* terms.c - see evaluate.h: what the layout says of a name, and of the page tables. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/util.h"
#include "evaluate.h"
#include "layout/claim.h"
#include "layout/terms.h"

bool lacking(struct evaluation *e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	e->why = pool_vprintf(e->pool, format, args);
	va_end(args);
	e->problem = LACKING;
	return false;
}

bool mistaken(struct evaluation *e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	e->why = pool_vprintf(e->pool, format, args);
	va_end(args);
	e->problem = MISTAKEN;
	return false;
}

/* --- Terms ------------------------------------------------------------------------- */

static bool is_option(const char *name)
{
	return strncmp(name, "CONFIG_", strlen("CONFIG_")) == 0;
}

static enum lab_look look_of_kind(enum value_kind kind)
{
	switch (kind) {
	case VALUE_SIZE:
		return LOOK_SIZE;
	case VALUE_ADDRESS:
		return LOOK_ADDRESS;
	case VALUE_OFFSET:
		return LOOK_HEX;
	default:
		return LOOK_NUMBER;
	}
}

/* "y" and "n" of options and of facts are yes and no. */
static bool of_text(struct evaluation *e, const char *name, const struct answer *a,
		    struct lab_value *v)
{
	bool is_switch = a->kind == VALUE_BOOL || is_option(name);
	struct number n;

	if (is_switch && (strcmp(a->text, "y") == 0 || strcmp(a->text, "n") == 0)) {
		*v = lab_number(LOOK_BOOL, *a->text == 'y');
		return true;
	}
	if ((a->kind != VALUE_TEXT || is_option(name)) && number_parse(a->text, &n, NULL)) {
		/* Below zero as C has it; 2^64 has no place here. */
		if (n.over > 0)
			return lacking(e, "%s is %s here, which 64 bits do not hold", name, a->text);
		*v = lab_number(is_option(name) && !strncmp(a->text, "0x", 2) ? LOOK_HEX :
				look_of_kind(a->kind), n.low);
		return true;
	}
	*v = lab_word(pool_copy(e->pool, a->text, strlen(a->text)));
	return true;
}

static bool of_answer(struct evaluation *e, const char *name, const struct answer *a,
		      struct lab_value *v)
{
	switch (a->type) {
	case ANSWER_VALUE:
		return of_text(e, name, a, v);
	case ANSWER_PLACE:
		*v = lab_place(a->place->start, a->place->end);
		return true;
	case ANSWER_ABSENT:
		return lacking(e, "%s", a->why);
	case ANSWER_UNKNOWN:
		break;
	}
	/* Whether there is such an option, only a configuration could tell. */
	return is_option(name) ? lacking(e, "%s", a->why) : mistaken(e, "%s", a->why);
}

bool value_of_term(struct evaluation *e, const char *name, struct lab_value *v)
{
	struct answer a = term_answer(name, e->world->layout, e->world->options);
	bool known = of_answer(e, name, &a, v);

	answer_free(&a);
	return known;
}

const struct region *region_named(struct evaluation *e, const char *name)
{
	struct answer a = term_answer(name, e->world->layout, e->world->options);
	const struct region *r = a.type == ANSWER_PLACE ? a.place : NULL;

	if (a.type == ANSWER_VALUE)
		mistaken(e, "%s is no region", name);
	else if (a.type == ANSWER_ABSENT)
		lacking(e, "%s", a.why);
	else if (a.type == ANSWER_UNKNOWN)
		mistaken(e, "%s", a.why);
	answer_free(&a);
	return r;
}

/* --- Page tables -------------------------------------------------------------------- */

static bool number_of_fact(struct evaluation *e, const char *name, uint64_t *n)
{
	struct lab_value v;

	if (!value_of_term(e, name, &v))
		return false;
	if (v.kind != LAB_NUMBER)
		return lacking(e, "%s is no number here", name);
	*n = v.n;
	return true;
}

/* Those whose tables are each one page, but perhaps for the top one. */
static bool is_regular(const struct layout *l)
{
	static const char *const archs[] = { "x86_64", "i386", "arm64", "riscv64" };

	for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
		if (strcmp(archs[i], l->arch) == 0)
			return true;
	return false;
}

bool find_shape(struct evaluation *e, struct table_shape *shape)
{
	const struct layout *l = e->world->layout;
	uint64_t page = 0, levels = 0, top = 0, bits = 0;
	unsigned int each;

	if (!is_regular(l))
		return lacking(e, "a layout of %s does not tell which bits index which page table",
			       l->arch);
	if (!number_of_fact(e, "page_size", &page) || !number_of_fact(e, "page_levels", &levels) ||
	    !number_of_fact(e, "pgdir_size", &top) || !number_of_fact(e, "va_bits", &bits))
		return false;
	if (levels < 2 || levels >= ARRAY_SIZE(shape->shift) || !is_power_of_two(page) || page < 16)
		return lacking(e, "page_levels is %llu and page_size %llu",
			       (unsigned long long)levels, (unsigned long long)page);
	/* Entries of 8 bytes; without PAE, of 4. */
	each = log2_of(page) - (l->bits == 32 && levels == 2 ? 2 : 3);
	shape->levels = (unsigned int)levels;
	for (unsigned int level = 1; level <= levels; level++) {
		shape->shift[level] = log2_of(page) + (level - 1) * each;
		shape->bits[level] = each;
	}
	if (shape->shift[levels] >= bits || bits > 64 ||
	    top != UINT64_C(1) << shape->shift[levels])
		return lacking(e, "pgdir_size is not what page_size and page_levels give");
	shape->bits[levels] = (unsigned int)bits - shape->shift[levels];
	return true;
}
