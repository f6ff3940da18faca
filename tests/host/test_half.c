// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_half.c - the module's comparison of two top tables, half.c, over made-up memory.
 * Prints one line a case; exit status 1 if one fails.
 */
#include <stdio.h>
#include <string.h>

#include "half.h"

enum {
	BITS = 6,
	ENTRIES = 1 << BITS,
	FIRST = ENTRIES / 2,
	KERNEL = 0,		/* the tables, by their number */
	PROCESS = 1,
	KERNEL_BELOW = 2,
	PROCESS_BELOW = 3,
	N_TABLES = 4,
};

#define VALID		1ULL
#define TABLE		2ULL
#define USED		16ULL
#define ADDRESS		(~0ULL << 9)
#define PHYS(number)	((__u64)(number) * ENTRIES * 8)

static __u64 memory[N_TABLES][ENTRIES];
static unsigned int failures, reads;
static unsigned int changes;	/* of the kernel's table, at so many reads of it */

static void check(bool holds, const char *what)
{
	printf("%s %s\n", holds ? "ok" : "FAILED", what);
	failures += !holds;
}

static bool read_memory(void *unused, void *to, __u64 phys, size_t size)
{
	(void)unused;
	reads++;
	if (phys / sizeof(*memory) == KERNEL && changes) {
		changes--;
		memory[KERNEL][FIRST] ^= ADDRESS;
	}
	if (phys + size > sizeof(memory))
		return false;
	memcpy(to, (char *)memory + phys, size);
	return true;
}

static struct kvas_entry decode(const struct kvas_pagetable *t, unsigned int level, __u64 value)
{
	(void)t;
	(void)level;
	if (!(value & VALID))
		return (struct kvas_entry) { KVAS_ENTRY_NONE };
	return (struct kvas_entry) {
		value & TABLE ? KVAS_ENTRY_TABLE : KVAS_ENTRY_PAGE, .phys = value & ADDRESS,
	};
}

static const struct kvas_pagetable format = {
	.levels = 2, .entry_size = 8, .decode = decode,
	.level = { { 0 }, { 12, BITS, 0 }, { 18, BITS, 0 } },
};

static struct kvas_half compare(bool has_copies)
{
	struct kvas_halves halves = {
		.t = &format, .first = FIRST, .ignored = USED, .has_copies = has_copies,
		.read = read_memory, .kernel = PHYS(KERNEL), .process = PHYS(PROCESS),
	};
	struct kvas_half found;

	kvas_compare_halves(&halves, &found);
	return found;
}

static void clear(void)
{
	memset(memory, 0, sizeof(memory));
}

static void set(unsigned int index, __u64 kernel, __u64 process)
{
	memory[KERNEL][index] = kernel;
	memory[PROCESS][index] = process;
}

static bool is(const struct kvas_half *half, unsigned int same, unsigned int copied,
	       unsigned int missing, unsigned int own, const char *other)
{
	return !half->unreadable && half->same == same && half->copied == copied &&
	       half->missing == missing && half->own == own && !strcmp(half->other, other);
}

static bool kind(const struct kvas_half *half, const char *word)
{
	return !strcmp(kvas_half_kind(half), word);
}

static void test_entries(void)
{
	struct kvas_half found;

	clear();
	set(0, VALID, VALID | 0x1000);
	found = compare(false);
	check(is(&found, 0, 0, 0, 0, "") && kind(&found, "same"), "the user half does not count");
	set(FIRST, VALID | 0x1000, VALID | 0x1000);
	set(ENTRIES - 1, VALID | 0x2000, VALID | 0x2000 | USED);
	found = compare(false);
	check(is(&found, 2, 0, 0, 0, "") && kind(&found, "same"), "what the processor sets is no difference");
	set(FIRST + 1, VALID | 0x3000, 0);
	found = compare(false);
	check(is(&found, 2, 0, 1, 0, "33") && kind(&found, "lazy"), "an entry that is missing");
	set(FIRST + 2, 0, VALID);
	set(FIRST + 3, VALID | 0x3000, VALID | 0x4000);
	found = compare(false);
	check(is(&found, 2, 0, 1, 2, "33-35") && kind(&found, "own"), "entries of its own");
	set(FIRST + 4, USED, ADDRESS);
	found = compare(false);
	check(is(&found, 2, 0, 1, 2, "33-35"), "what neither uses does not count");
}

static void test_ranges(void)
{
	struct kvas_half found;
	unsigned int n;

	clear();
	for (n = 0; n < 8; n++)
		set(FIRST + 3 * n, VALID, 0);
	found = compare(false);
	check(is(&found, 0, 0, 8, 0, "32,35,38,41,44,47,50,53"), "eight ranges");
	set(FIRST + 25, VALID, 0);
	set(FIRST + 28, VALID, 0);
	found = compare(false);
	check(is(&found, 0, 0, 10, 0, "32,35,38,41,44,47,50,53,..."), "more than eight");
	clear();
	for (n = FIRST; n < ENTRIES; n++)
		set(n, VALID, 0);
	found = compare(false);
	check(is(&found, 0, 0, 32, 0, "32-63"), "one range to the end");
}

static void test_copies(void)
{
	struct kvas_half found;

	clear();
	set(FIRST, VALID | TABLE | PHYS(KERNEL_BELOW), VALID | TABLE | PHYS(PROCESS_BELOW));
	set(FIRST + 1, VALID | 0x1000, VALID | 0x1000);
	memory[KERNEL_BELOW][0] = memory[PROCESS_BELOW][0] = VALID | 0x1000;
	memory[KERNEL_BELOW][ENTRIES - 1] = VALID | 0x2000;
	memory[PROCESS_BELOW][ENTRIES - 1] = VALID | 0x2000 | USED;
	found = compare(true);
	check(is(&found, 1, 1, 0, 0, "32") && kind(&found, "copied"), "a table of its own with equal entries");
	found = compare(false);
	check(is(&found, 1, 0, 0, 1, "32"), "where there are no copies, nothing is looked at below");
	memory[PROCESS_BELOW][ENTRIES - 1] = 0;
	found = compare(true);
	check(is(&found, 1, 0, 1, 0, "32") && kind(&found, "lazy"), "one that lacks an entry");
	memory[PROCESS_BELOW][1] = VALID;
	found = compare(true);
	check(is(&found, 1, 0, 0, 1, "32") && kind(&found, "own"), "one with an entry of its own");
	set(FIRST, VALID | TABLE | PHYS(KERNEL_BELOW), VALID | 0x1000);
	found = compare(true);
	check(is(&found, 1, 0, 0, 1, "32"), "a page is no copy of a table");
	set(FIRST, VALID | TABLE | PHYS(KERNEL_BELOW), VALID | TABLE | PHYS(N_TABLES));
	found = compare(true);
	check(found.unreadable, "nothing is said of a table that cannot be read");
}

static void test_changes(void)
{
	struct kvas_half found;

	clear();
	set(FIRST, VALID | 0x1000, VALID | 0x1000);
	changes = 2;
	found = compare(false);
	check(is(&found, 1, 0, 0, 0, ""), "a change meanwhile is looked at again");
	changes = ~0U;
	reads = 0;
	found = compare(false);
	check(found.unreadable && reads < 100, "the kernel's table never settles");
	changes = 0;
}

int main(void)
{
	test_entries();
	test_ranges();
	test_copies();
	test_changes();
	return failures != 0;
}
