// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls.c - what the kernel answers to a program's calls: its name, its page
 * size, and how far up it lets memory be mapped.
 */
#include <string.h>

#include "base/text.h"
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

static bool measured_number(struct machine *m, const char *key, uint64_t *n)
{
	const char *text = machine_measured(m, key);

	return text && scan_number(&text, 0, n) && !*text;
}

/* What uname(2) calls it, up to what follows there. */
static struct known arch_of(const char *machine)
{
	static const char *const names[][2] = {
		{ "x86_64", "x86_64" },		{ "i686", "i386" },
		{ "aarch64", "arm64" },		{ "armv", "arm" },
		{ "riscv64", "riscv64" },	{ "ppc64", "ppc64" },
		{ "s390x", "s390x" },		{ "loongarch64", "loongarch64" },
		{ "mips64", "mips64" },
	};

	for (size_t i = 0; machine && i < ARRAY_SIZE(names); i++) {
		if (!strncmp(machine, names[i][0], strlen(names[i][0])))
			return word(names[i][1], "machine");
	}
	return unknown("no architecture is known by that name");
}

static const void *load(struct machine *m)
{
	struct calls *k = pool_alloc(machine_pool(m), sizeof(*k));
	const char *missing = "it was not measured";
	uint64_t page, highest;

	k->items[RELEASE] = measured_word(m, "release");
	k->items[MACHINE] = measured_word(m, "machine");
	k->items[ARCH] = arch_of(machine_measured(m, "machine"));
	k->items[ENDIAN] = measured_word(m, "byte_order");
	k->items[BITS] = k->items[PAGE_SIZE] = k->items[USER_LIMIT] =
		unknown(missing);
	/* A program may be narrower than its kernel, and never wider. */
	if (measured_number(m, "word_bits", &k->bits))
		k->items[BITS] = k->bits >= 64 ?
			number(k->bits, "width of a program's words") :
			range(k->bits, 64, "width of a program's words");
	if (!measured_number(m, "page_size", &page))
		return k;
	k->items[PAGE_SIZE] = number(page, "AT_PAGESZ");
	if (measured_number(m, "mmap_highest", &highest))
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
