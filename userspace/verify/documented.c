// SPDX-License-Identifier: GPL-2.0-only
/*
 * documented.c - what the kernel's documentation and sources say of where
 * things are: rules/ARCH.c.
 */
#include "situation.h"

/* By the index in arches[]. */
static const void *load(struct machine *m)
{
	struct situation *each, s;
	size_t n = 0;

	while (arches[n])
		n++;
	each = pool_alloc(machine_pool(m), n * sizeof(*each));
	situation_of_machine(&s, m, NULL);
	for (size_t i = 0; i < n; i++) {
		each[i] = s;
		situation_for_arch(&each[i], m, arches[i]);
	}
	return each;
}

static void check(const void *evidence, struct verification *v)
{
	const struct situation *each = evidence;
	struct expected_list e = { 0 };

	for (size_t i = 0; arches[i]; i++) {
		struct situation s = each[i];

		if (!is_arch(v, arches[i]->name))
			continue;
		situation_take_published(&s, v);
		rules_of_arch(&s, &e);
		compare_with_rules(v, &e);
		expected_free(&e);
		return;
	}
	for (size_t i = 0; i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];
		const enum record_type type = r->record->type;

		report(v, value_of(v, type, r->name, "start"), CANNOT_SAY,
		       "no rule for %s", v->layout->arch);
		report(v, value_of(v, type, r->name, "end"), CANNOT_SAY,
		       "no rule for %s", v->layout->arch);
	}
}

const struct source source_documented = {
	.name = "documented",
	.title = "the kernel's documentation of its layout, and the rules of KASLR",
	.load = load,
	.check = check,
};
