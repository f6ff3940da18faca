// SPDX-License-Identifier: GPL-2.0-only
/* execmem.c - see execmem.h */
#include <string.h>

#include "base/util.h"
#include "execmem.h"
#include "machine/elfcore.h"

/* struct execmem_info: five ranges of 6 to 8 words, and a word or two besides. */
enum { BLOCK = 48 };

static void take_block(struct execmem *e, struct machine *m, uint64_t addr)
{
	const char *why;
	size_t i = 0;

	while (i < BLOCK && machine_number(m, addr + i * e->pointer, e->pointer, &e->words[e->n + i], &why))
		i++;
	/* Those that cannot be read are 0, which no range starts with. */
	if (i)
		e->n += BLOCK;
}

void execmem_load(struct execmem *e, struct machine *m, const struct symbols *symbols)
{
	static const char name[] = "execmem_info";
	enum { MOST = 4 };
	const char *why;
	const struct elfcore *core = machine_core(m, &why);
	size_t found = 0;

	*e = (struct execmem) { 0 };
	if (!core)
		return;
	e->pointer = core->bits / 8;
	e->words = pool_alloc(machine_pool(m), 2 * MOST * BLOCK * sizeof(*e->words));
	for (size_t i = 0; i < symbols->n && found < MOST; i++) {
		const struct symbol *s = &symbols->list[i];
		uint64_t to;

		if (s->in_module || s->name_length != strlen(name) ||
		    memcmp(s->name, name, strlen(name)))
			continue;
		found++;
		take_block(e, m, s->addr);
		if (machine_number(m, s->addr, e->pointer, &to, &why) && to % e->pointer == 0 && to)
			take_block(e, m, to);
	}
}

/* By enum execmem_type; of each, its range and the one for when it is full. */
static const struct {
	const char *name;
	size_t type, fallback;
} names[] = {
	{ "execmem_text", 0, 0 },	{ "execmem_text_fallback", 0, 1 },
	{ "execmem_kprobes", 1, 0 },	{ "execmem_ftrace", 2, 0 },
	{ "execmem_bpf", 3, 0 },	{ "execmem_data", 4, 0 },
};

/* Most ranges count their end out. */
static bool is_range(const struct execmem *e, const uint64_t *words, const struct region *r)
{
	uint64_t after = e->pointer == 4 ? (uint32_t)(r->end + 1) : r->end + 1;

	return words[0] == r->start && (words[1] == r->end || words[1] == after);
}

/* Is it where the structure has the range of that name? */
static bool is_in_words(const struct execmem *e, const struct region *r)
{
	/* A struct execmem_range; with 32 bits its pgprot_t may be of two words. */
	size_t least = e->pointer == 8 ? 6 : 7, most = e->pointer == 8 ? 6 : 8;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i].name, r->name) != 0)
			continue;
		for (size_t block = 0; block < e->n; block += BLOCK) {
			for (size_t size = least; size <= most; size++) {
				size_t at = names[i].type * size + 2 * names[i].fallback;

				if (is_range(e, e->words + block + at, r))
					return true;
			}
		}
	}
	return false;
}

bool execmem_check(const struct execmem *e, struct verification *v)
{
	for (size_t i = 0; e->n && i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];
		enum verdict verdict;

		if (!r->is_overlay)
			continue;
		verdict = is_in_words(e, r) ? AGREES : DISAGREES;
		report(v, value_at(v, r->record, "start"), verdict, "against execmem_info");
		report(v, value_at(v, r->record, "end"), verdict, "against execmem_info");
	}
	return e->n;
}
