// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_pagetable.c - the module's walker, pagetable.c, over made-up memory.  Prints
 * one line a case; exit status 1 if one fails.
 *
 * Tables have eight entries, so that all of an address space can be compared
 * with a translation that this file does itself, address by address.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pagetable.h"

enum {
	TABLE_SIZE = 64,	/* eight entries of eight bytes */
	N_TABLES = 64,
	LEVELS = 3,
	PAGE_SHIFT = 6,
	SPACE = 1 << 3 * LEVELS,	/* pages */
};

/* Entries: what they are, permissions, a group of four, and from bit 6 an address. */
#define VALID		1ULL
#define TABLE		2ULL
#define WRITE		4ULL
#define NX		8ULL
#define USED		16ULL	/* set by the processor */
#define GROUP		32ULL
#define ADDRESS		0x0000fffffffffc0ULL
#define MASK		(VALID | TABLE | WRITE | NX | GROUP)

static unsigned int failures;

static void check(bool holds, const char *what)
{
	printf("%s %s\n", holds ? "ok" : "FAILED", what);
	failures += !holds;
}

/* --- The memory, and what happens to it while it is read ------------------------ */

static __u64 memory[N_TABLES][TABLE_SIZE / 8];

struct event {
	unsigned int table;	/* just before the nth copy of this one as a whole */
	unsigned int nth;	/* 0: before each */
	__u64 *entry;		/* it gets this value */
	__u64 value;
	unsigned int seen;
};

static struct event events[4];
static unsigned int n_events, polls, poll_limit;

static void happen(unsigned int table)
{
	for (struct event *e = events; e < events + n_events; e++) {
		if (e->table != table)
			continue;
		e->seen++;
		if (!e->nth)
			*e->entry ^= e->value;
		else if (e->seen == e->nth)
			*e->entry = e->value;
	}
}

static bool read_memory(void *unused, void *to, __u64 phys, size_t size)
{
	(void)unused;
	if (phys / TABLE_SIZE >= N_TABLES)
		return false;
	if (size == TABLE_SIZE)
		happen((unsigned int)(phys / TABLE_SIZE));
	memcpy(to, (char *)memory + phys, size);
	return true;
}

static int poll(void *unused)
{
	(void)unused;
	return ++polls == poll_limit ? -EINTR : 0;
}

/* --- The format -------------------------------------------------------------------- */

static struct kvas_entry decode(const struct kvas_pagetable *t, unsigned int level,
				__u64 value)
{
	struct kvas_entry entry = { .phys = value & ADDRESS };

	if (!(value & VALID))
		return entry;
	entry.kind = level > 1 && value & TABLE ? KVAS_ENTRY_TABLE : KVAS_ENTRY_PAGE;
	if (entry.kind == KVAS_ENTRY_PAGE && value & GROUP)
		entry.group = t->level[level].shift + 2;
	return entry;
}

static void limit(unsigned int level, __u64 value, struct kvas_limits *limits)
{
	(void)level;
	limits->clear |= ~value & WRITE;
	limits->set |= value & NX;
}

static const struct kvas_pagetable format = {
	.levels = LEVELS,
	.entry_size = 8,
	.base = -(1ULL << (PAGE_SHIFT + 3 * LEVELS)),
	.level = {
		[1] = { PAGE_SHIFT, 3, MASK },
		[2] = { PAGE_SHIFT + 3, 3, MASK },
		[3] = { PAGE_SHIFT + 6, 3, MASK },
	},
	.decode = decode,
	.limit = limit,
};

static struct kvas_run runs[1024];
static char buffer[LEVELS * TABLE_SIZE];

static struct kvas_walker walker(void)
{
	return (struct kvas_walker) {
		.t = &format, .read = read_memory, .read_again = read_memory, .poll = poll, .buffer = buffer,
		.runs = runs, .room = sizeof(runs) / sizeof(runs[0]),
	};
}

static void start(void)
{
	memset(memory, 0, sizeof(memory));
	memset(events, 0, sizeof(events));
	n_events = polls = poll_limit = 0;
}

static __u64 table(unsigned int number)
{
	return number * TABLE_SIZE | VALID | TABLE | WRITE;
}

static __u64 page(unsigned int number)
{
	return (1024ULL + number) << PAGE_SHIFT | VALID | WRITE;
}

static void fill(unsigned int number, __u64 first, __u64 step)
{
	for (unsigned int n = 0; n < 8; n++)
		memory[number][n] = first + n * step;
}

static void add_event(unsigned int copied, unsigned int nth, __u64 *entry, __u64 value)
{
	events[n_events++] = (struct event) { copied, nth, entry, value, 0 };
}

static __u64 address(unsigned int number)
{
	return format.base + ((__u64)number << PAGE_SHIFT);
}

/* Whether a run is this one, of pages counted from the space's first. */
static bool is_run(const struct kvas_run *run, unsigned int first, unsigned int n,
		   unsigned int level, __u64 attr, __u64 upper)
{
	return run->start == address(first) && run->end == address(first + n) - 1 &&
	       !run->times && !run->unsettled && run->level == level && run->attr == attr &&
	       run->upper == upper;
}

/* --- All of an address space, page by page --------------------------------------------- */

struct seen {
	unsigned int level;	/* 0: nothing is mapped */
	__u64 attr, upper;
};

static struct seen seen[SPACE], expected[SPACE];

static void translate(unsigned int n, struct seen *to)
{
	const __u64 *at = memory[0];
	bool write = true, nx = false;
	unsigned int level;
	__u64 entry;

	*to = (struct seen) { 0 };
	for (level = LEVELS; ; level--) {
		entry = at[n >> 3 * (level - 1) & 7];
		if (!(entry & VALID))
			return;
		if (level == 1 || !(entry & TABLE))
			break;
		write &= !!(entry & WRITE);
		nx |= !!(entry & NX);
		at = memory[(entry & ADDRESS) / TABLE_SIZE];
	}
	to->level = level;
	to->attr = entry & MASK;
	to->upper = (!write ? entry & WRITE : 0) | (nx ? ~entry & NX : 0);
}

/* Copies of a repeat that follows a run are all pages that lie after its range. */
static bool expand(const struct kvas_walker *w)
{
	memset(seen, 0, sizeof(seen));
	for (const struct kvas_run *run = w->runs; run < w->runs + w->n_runs; run++) {
		__u64 first = (run->start - format.base) >> PAGE_SHIFT;
		__u64 n = (run->end - run->start + 1) >> PAGE_SHIFT;

		if (first + (run->times ? run->times : 1) * n > SPACE)
			return false;
		for (unsigned int copy = 1; copy < run->times; copy++)
			memcpy(seen + first + copy * n, seen + first, n * sizeof(*seen));
		for (unsigned int i = 0; !run->times && i < n; i++)
			seen[first + i] = (struct seen) { run->level, run->attr, run->upper };
	}
	return true;
}

static unsigned int below(unsigned int n)
{
	return (unsigned int)rand() % n;
}

static __u64 random_entry(unsigned int level, unsigned int of)
{
	unsigned int kind = below(8);
	__u64 bits = (below(4) ? WRITE : 0) | (below(4) ? 0 : NX) | (below(3) ? USED : 0);

	if (kind < 2)
		return 0;
	if (level > 1 && kind < 7)	/* tables of a level stand together */
		return ((3 - level) * 6 + 1 + below(of)) * TABLE_SIZE | VALID | TABLE | bits;
	return (1024ULL + below(16)) << PAGE_SHIFT | VALID | bits;
}

static void make_random(void)
{
	unsigned int alike = 1 + below(6);

	start();
	for (unsigned int number = 0; number < 13; number++) {
		unsigned int level = number == 0 ? 3 : number < 7 ? 2 : 1;

		for (unsigned int n = 0; n < 8; n++)
			memory[number][n] = n && below(alike) ? memory[number][n - 1] :
							       random_entry(level, 1 + below(6));
	}
}

static void test_random(void)
{
	struct kvas_walker w = walker();
	bool same = true, merged = true, repeats = false;

	for (unsigned int seed = 1; seed <= 20000; seed++) {
		srand(seed);
		make_random();
		same &= !kvas_walk_all(&w) && expand(&w);
		for (unsigned int n = 0; n < SPACE; n++)
			translate(n, &expected[n]);
		same &= !memcmp(seen, expected, sizeof(seen));
		for (size_t i = 0; i < w.n_runs; i++) {
			repeats |= w.runs[i].times > 1;
			merged &= !i || w.runs[i].times || w.runs[i - 1].times ||
				  w.runs[i - 1].end < w.runs[i].start;
		}
	}
	check(same, "20000 random spaces are seen as they are, page by page");
	check(merged && repeats, "in order of addresses, some with repeats");
}

/* --- One behaviour each ---------------------------------------------------------------- */

static void test_runs(void)
{
	struct kvas_walker w = walker();

	start();
	memory[0][0] = table(1);
	memory[1][0] = table(2);
	memory[1][1] = table(3);
	fill(2, page(0), 1 << PAGE_SHIFT);
	fill(3, page(80), 1 << PAGE_SHIFT);
	memory[0][7] = page(0) | NX;
	check(!kvas_walk_all(&w) && w.n_runs == 2, "neighbouring tables give one run");
	check(is_run(&runs[0], 0, 16, 1, VALID | WRITE, 0), "as long as both");
	check(is_run(&runs[1], 448, 64, 3, VALID | WRITE | NX, 0) && runs[1].end == ~0ULL,
	      "a run ends with the last address");
	check(w.tables == 4 && !w.again, "each table was read once");
	memory[3][0] |= USED;
	check(!kvas_walk_all(&w) && w.n_runs == 2, "a bit of the processor's splits no run");
	memory[3][0] |= GROUP;
	check(!kvas_walk_all(&w) && runs[1].group == PAGE_SHIFT + 2, "a group does");
}

/* As mips64: the last entries, here four of level 2, are those of the last addresses. */
static void test_high(void)
{
	const __u64 end = (3ULL << 62) + (SPACE << PAGE_SHIFT), high = -(4ULL << (PAGE_SHIFT + 3));
	struct kvas_pagetable t = format;
	struct kvas_walker w = walker();
	struct kvas_path path;

	w.t = &t;
	t.base = 3ULL << 62;
	t.high = high;
	start();
	memory[0][0] = memory[0][7] = table(1);
	memory[1][3] = page(0);
	memory[1][4] = page(8) | NX;
	memory[1][7] = table(2);
	memory[2][7] = page(16);
	check(!kvas_walk_all(&w) && w.n_runs == 6, "entries for two ranges");
	check(runs[1].start == t.base + (4 << (PAGE_SHIFT + 3)) &&
	      runs[2].end == t.base + (64 << PAGE_SHIFT) - 1, "the first ones stand for the first");
	check(runs[3].start == end + high - (1 << (PAGE_SHIFT + 3)) && runs[3].end == end + high - 1,
	      "which ends where the second one begins");
	check(runs[4].start == high && runs[4].end == high + (1 << (PAGE_SHIFT + 3)) - 1,
	      "the last ones stand for the last");
	check(runs[5].start == -(1ULL << PAGE_SHIFT) && runs[5].end == ~0ULL, "up to the last address");
	check(!kvas_walk_one(&w, ~0ULL, &path) && path.last == 1 && path.step[3].index == 7 &&
	      path.step[1].value == memory[2][7], "which is walked by them, too");
	check(!kvas_walk_one(&w, t.base, &path) && path.step[3].index == 0 && path.last == 2,
	      "as the first by the first ones");
}

static void test_limits(void)
{
	struct kvas_walker w = walker();

	start();
	memory[0][0] = table(1) | NX;
	memory[1][0] = table(2) & ~WRITE;
	memory[1][1] = page(0);
	fill(2, page(0), 0);
	check(!kvas_walk_all(&w) && is_run(&runs[0], 0, 8, 1, VALID | WRITE, WRITE | NX),
	      "what upper levels deny and set");
	check(is_run(&runs[1], 8, 8, 2, VALID | WRITE, NX), "and not below others");
}

static void test_repeats(void)
{
	struct kvas_walker w = walker();

	start();
	fill(0, table(1), 0);
	fill(1, table(2), 0);
	memory[2][1] = page(0);
	check(!kvas_walk_all(&w) && w.n_runs == 3 && w.tables == 3, "shared tables are read once");
	check(is_run(&runs[0], 1, 1, 1, VALID | WRITE, 0), "what they map stands once");
	check(runs[1].times == 8 && runs[1].start == address(0) && runs[1].end == address(8) - 1,
	      "its repeat after it");
	check(runs[2].times == 8 && runs[2].end == address(64) - 1, "and that one's repeat");
	fill(2, page(0), 0);
	check(!kvas_walk_all(&w) && w.n_runs == 1 && is_run(&runs[0], 0, SPACE, 1,
							    VALID | WRITE, 0),
	      "what fills a shared table is one run");
	fill(2, 0, 0);
	check(!kvas_walk_all(&w) && !w.n_runs, "an empty one none");
	memory[0][0] = page(0) | NX;
	fill(2, page(0) | NX, 0);
	check(!kvas_walk_all(&w) && w.n_runs == 2, "levels are not mixed");
}

/* Another task replaces a table: the old one is not believed. */
static void test_replaced(void)
{
	struct kvas_walker w = walker();

	start();
	memory[0][0] = table(1);
	memory[1][0] = table(2);
	memory[1][1] = table(3);
	fill(2, page(0), 0);
	fill(3, ~0ULL, 0);
	fill(4, page(0), 0);
	add_event(3, 1, &memory[1][1], table(4));
	check(!kvas_walk_all(&w) && w.again == 1, "a parent that changed is read again");
	check(w.n_runs == 1 && is_run(&runs[0], 0, 16, 1, VALID | WRITE, 0),
	      "and what replaced the table is seen");

	start();
	memory[0][0] = table(1);
	memory[1][0] = table(2);
	fill(2, page(0), 0);
	add_event(2, 1, &memory[1][0], page(0));
	check(!kvas_walk_all(&w) && w.n_runs == 1 && is_run(&runs[0], 0, 8, 2,
							    VALID | WRITE, 0),
	      "a large page that replaced it, too");

	start();
	memory[0][0] = table(1);
	memory[1][0] = table(2);
	add_event(2, 1, &memory[1][0], table(2) | USED);
	check(!kvas_walk_all(&w) && !w.again, "a bit of the processor's is no change");
	memory[1][0] = table(2);
	events[0].seen = 0;
	events[0].value = table(2) | NX;
	check(!kvas_walk_all(&w) && w.again == 1, "another permission is one");
}

/* What changes is above the parent: what was found below is taken back. */
static void test_replaced_above(void)
{
	struct kvas_walker w = walker();

	start();
	memory[0][0] = page(0);
	memory[0][1] = table(1);
	memory[1][0] = table(2);
	memory[1][1] = table(3);
	fill(2, page(0), 0);
	fill(3, page(0) | NX, 0);
	fill(4, 0, 0);
	memory[4][7] = page(9);
	add_event(3, 1, &memory[0][1], table(4));
	check(!kvas_walk_all(&w) && w.again == 1 && w.n_runs == 2, "a grandparent that changed");
	check(is_run(&runs[1], 64 + 56, 8, 2, VALID | WRITE, 0), "gives what it leads to now");

	start();
	memory[0][0] = table(5);
	fill(5, table(6), 0);
	memory[5][7] = table(8);
	fill(6, page(0), 0);
	fill(8, page(0), 0);
	memory[0][1] = table(1);
	memory[1][0] = table(2);
	memory[1][1] = table(3);
	fill(2, page(0), 0);
	fill(3, page(0), 0);
	add_event(3, 1, &memory[0][1], 0);
	check(!kvas_walk_all(&w) && w.n_runs == 1 && is_run(&runs[0], 0, 64, 1,
							    VALID | WRITE, 0),
	      "a run that had grown is as long as before");
}

static void test_unsettled(void)
{
	struct kvas_walker w = walker();

	start();
	memory[0][0] = table(1);
	memory[1][2] = table(2);
	memory[1][3] = table(3);
	fill(2, page(0), 0);
	fill(3, page(0), 0);
	add_event(2, 0, &memory[1][2], WRITE);
	check(!kvas_walk_all(&w) && w.n_runs == 2 && runs[0].unsettled, "what never settles");
	check(runs[0].start == address(16) && runs[0].end == address(24) - 1 && !runs[0].attr,
	      "is marked as long as its entry");
	check(is_run(&runs[1], 24, 8, 1, VALID | WRITE, 0), "and the walk goes on after it");
	check(w.again == 7, "after eight tries");

	start();
	memory[0][0] = table(1);
	memory[1][0] = table(N_TABLES);
	check(!kvas_walk_all(&w) && w.n_runs == 1 && runs[0].unsettled && !w.again,
	      "a table that cannot be read is marked, too");
}

static void test_errors(void)
{
	struct kvas_walker w = walker();

	start();
	for (unsigned int n = 0; n < 8; n += 2)
		memory[0][n] = page(n);
	w.room = 4;
	check(!kvas_walk_all(&w) && w.n_runs == 4, "as many runs as there is room for");
	w.room = 3;
	check(kvas_walk_all(&w) == -ENOSPC && w.n_runs == 3, "and not more");
	w.root = N_TABLES * TABLE_SIZE;
	check(kvas_walk_all(&w) == -EIO, "a top table that cannot be read");
	w = walker();
	memory[0][1] = table(1);
	poll_limit = 1;
	check(kvas_walk_all(&w) == -EINTR, "a walk that is stopped");
}

static void test_one(void)
{
	struct kvas_walker w = walker();
	struct kvas_path path;

	start();
	memory[0][1] = table(1) | NX;
	memory[1][2] = table(2);
	memory[2][3] = page(5) | GROUP;
	check(!kvas_walk_one(&w, address(64 + 16 + 3), &path) && path.settled && path.readable &&
	      path.last == 1, "one address is walked to its page");
	check(path.step[3].index == 1 && path.step[2].index == 2 && path.step[1].index == 3 &&
	      path.step[2].table == TABLE_SIZE && path.step[1].value == memory[2][3],
	      "by these entries");
	check(path.entry.phys == (page(5) & ADDRESS) && path.entry.group == PAGE_SHIFT + 2 &&
	      path.attr == (VALID | WRITE | GROUP) && path.upper == NX, "as they say");
	check(!kvas_walk_one(&w, address(64), &path) && path.last == 2 &&
	      path.entry.kind == KVAS_ENTRY_NONE, "or to where it ends");
	memory[1][2] = table(N_TABLES);
	check(!kvas_walk_one(&w, address(64 + 16), &path) && !path.readable && path.last == 2,
	      "or to a table that cannot be read");
	w.root = N_TABLES * TABLE_SIZE;
	check(kvas_walk_one(&w, address(0), &path) == -EIO, "or not at all");
}

/* Says of each level what some formats say: bits alone make an entry lead to a table. */
static struct kvas_entry decode_bits(const struct kvas_pagetable *t, unsigned int level,
				     __u64 value)
{
	(void)level;
	return decode(t, 2, value);
}

static void test_below_the_last_level(void)
{
	struct kvas_pagetable t = format;
	struct kvas_walker w = walker();
	struct kvas_path path;

	start();
	t.decode = decode_bits;
	w.t = &t;
	memory[0][1] = table(1);
	memory[1][2] = table(2);
	memory[2][3] = table(3);
	memory[2][4] = page(4);
	check(!kvas_walk_all(&w) && w.n_runs == 1 && runs[0].start == address(64 + 16 + 4) &&
	      w.tables == 3, "an entry of the last level leads to no table");
	check(!kvas_walk_one(&w, address(64 + 16 + 3), &path) && path.last == 1 &&
	      path.entry.kind == KVAS_ENTRY_NONE, "nor does a walk of one address follow it");
}

int main(void)
{
	test_random();
	test_runs();
	test_high();
	test_limits();
	test_repeats();
	test_replaced();
	test_replaced_above();
	test_unsettled();
	test_errors();
	test_one();
	test_below_the_last_level();
	return failures ? 1 : 0;
}
