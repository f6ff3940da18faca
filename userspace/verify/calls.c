// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls.c - what the kernel answers to a program's calls: its name, its page
 * size, and how far up it lets memory be mapped.
 */
#include <string.h>

#include "base/util.h"
#include "verify.h"

enum item {
	RELEASE, MACHINE, ARCH, ENDIAN, BITS, PAGE_SIZE, USER_LIMIT,
	N_ITEMS,
};

struct calls {
	struct known items[N_ITEMS];
	uint64_t bits;			/* of the program that asked */
};

static struct known measured_word(struct machine *m, const char *key)
{
	const char *text = machine_measured(m, key);

	return text ? word(text, key) : unknown("it was not measured");
}

static struct known arch_of(struct machine *m)
{
	const char *arch = machine_arch(m);

	return arch ? word(arch, "machine") : unknown("no architecture is known by that name");
}

static const void *load(struct machine *m)
{
	struct calls *k = pool_alloc(machine_pool(m), sizeof(*k));
	const char *missing = "it was not measured";
	uint64_t page, highest;

	k->items[RELEASE] = measured_word(m, "release");
	k->items[MACHINE] = measured_word(m, "machine");
	k->items[ARCH] = arch_of(m);
	k->items[ENDIAN] = measured_word(m, "byte_order");
	k->items[BITS] = k->items[PAGE_SIZE] = k->items[USER_LIMIT] =
		unknown(missing);
	/* A program may be narrower than its kernel, and never wider. */
	if (machine_measured_number(m, "word_bits", &k->bits))
		k->items[BITS] = k->bits >= 64 ?
			number(k->bits, "width of a program's words") :
			range(k->bits, 64, "width of a program's words");
	if (!machine_measured_number(m, "page_size", &page))
		return k;
	k->items[PAGE_SIZE] = number(page, "AT_PAGESZ");
	if (machine_measured_number(m, "mmap_highest", &highest))
		k->items[USER_LIMIT] = number(highest + page,
			"after the highest page that mmap() gives");
	return k;
}

static const struct rule rules[] = {
	{ NULL, RECORD_KERNEL, "kernel", "release", RELEASE, 0 },
	{ NULL, RECORD_KERNEL, "kernel", "machine", MACHINE, 0 },
	{ NULL, RECORD_KERNEL, "kernel", "endian", ENDIAN, 0 },
	{ NULL, RECORD_KERNEL, "kernel", "bits", BITS, 0 },
	{ NULL, RECORD_FACT, "page_size", "value", PAGE_SIZE, 0 },
};

static const struct rule limits[] = {
	{ NULL, RECORD_FACT, "user_limit", "value", USER_LIMIT, 0 },
	{ NULL, RECORD_REGION, "user", "end", USER_LIMIT, -1 },
	{ NULL, RECORD_REGION, "user", "size", USER_LIMIT, 0 },
	{ "x86_64", RECORD_REGION, "user_guard", "start", USER_LIMIT, 0 },
};

static void check(const void *evidence, struct verification *v)
{
	const struct calls *k = evidence;
	struct known items[N_ITEMS];

	apply_rules(v, rules, ARRAY_SIZE(rules), k->items);
	memcpy(items, k->items, sizeof(items));
	/* The rules for any can be used for this one, too. */
	if (k->bits == v->layout->bits && !is_arch(v, "generic"))
		expect(v, RECORD_KERNEL, "kernel", "arch", items[ARCH]);
	if (k->bits && k->bits != v->layout->bits)
		items[USER_LIMIT] = unknown("measured by a program of another word size than the kernel's");
	apply_rules(v, limits, ARRAY_SIZE(limits), items);
}

const struct source source_calls = {
	.name = "calls",
	.title = "uname(2), the auxiliary vector, and where mmap(2) succeeds",
	.load = load,
	.check = check,
};
