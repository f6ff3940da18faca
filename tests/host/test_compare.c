// SPDX-License-Identifier: GPL-2.0-only
/* test_compare.c - which differences last from one look to the next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pagetables/compare.h"

enum { READ_ONLY = 1, WRITABLE = 3 };

static int failures;

static void check(bool holds, const char *what)
{
	printf("%s: %s\n", holds ? "ok" : "FAILED", what);
	failures += !holds;
}

static struct difference difference(uint64_t start, uint64_t end, uint64_t times, uint64_t attr)
{
	return (struct difference){ start, end, times, { 1, attr, 0, 0 }, { 0 } };
}

static struct comparison look(size_t n, const struct difference *list, bool cut)
{
	struct comparison c = { .n = n, .room = n, .too_different = cut };

	c.list = calloc(n + 1, sizeof(*list));
	if (!c.list)
		abort();
	memcpy(c.list, list, n * sizeof(*list));
	return c;
}

/* What is left of the first look, by the second. */
static struct comparison kept(struct comparison first, struct comparison second)
{
	bool whole = !first.too_different && !second.too_different && !second.not_comparable;

	check(comparison_keep(&first, &second) == whole, "both tell");
	comparison_free(&second);
	return first;
}

static bool is_one(const struct comparison *c, uint64_t start, uint64_t end, uint64_t times)
{
	return c->n == 1 && c->list[0].start == start && c->list[0].end == end &&
	       c->list[0].times == times;
}

#define LOOK(cut, ...) look(sizeof((struct difference[]){ __VA_ARGS__ }) / sizeof(struct difference), \
			    (struct difference[]){ __VA_ARGS__ }, cut)

static void test_common(void)
{
	struct comparison c = kept(LOOK(false, difference(0x1000, 0x4fff, 1, READ_ONLY)),
				   LOOK(false, difference(0x3000, 0x8fff, 1, READ_ONLY)));

	check(is_one(&c, 0x3000, 0x4fff, 1), "what both have");
	comparison_free(&c);
	c = kept(LOOK(false, difference(0x1000, 0x1fff, 1, READ_ONLY)),
		 LOOK(false, difference(0x1000, 0x1fff, 1, WRITABLE)));
	check(!c.n, "not if one side is another");
	comparison_free(&c);
	c = kept(LOOK(false, difference(0x1000, 0x1fff, 8, READ_ONLY)),
		 LOOK(false, difference(0x1000, 0x1fff, 3, READ_ONLY),
		      difference(0x7000, 0x7fff, 5, READ_ONLY)));
	check(is_one(&c, 0x1000, 0x1fff, 3), "a repeat that is cut at the second look");
	comparison_free(&c);
	c = kept(LOOK(false, difference(0x1000, 0x1fff, 3, READ_ONLY)),
		 LOOK(false, difference(0x1000, 0x1fff, 8, READ_ONLY)));
	check(is_one(&c, 0x1000, 0x1fff, 3), "a repeat that was cut at the first look");
	comparison_free(&c);
}

static void test_cut_lists(void)
{
	struct comparison c = kept(LOOK(false, difference(0x9000, 0x9fff, 1, READ_ONLY)),
				   LOOK(true, difference(0x1000, 0x1fff, 1, READ_ONLY)));

	check(is_one(&c, 0x9000, 0x9fff, 1) && !c.too_different, "the second is not whole");
	comparison_free(&c);
	c = kept(LOOK(true, difference(0x1000, 0x1fff, 1, READ_ONLY)),
		 LOOK(false, difference(0x9000, 0x9fff, 1, READ_ONLY)));
	check(is_one(&c, 0x9000, 0x9fff, 1) && !c.too_different, "the first is not whole");
	comparison_free(&c);
	c = kept(LOOK(true, difference(0x1000, 0x1fff, 1, READ_ONLY)),
		 LOOK(true, difference(0x9000, 0x9fff, 1, READ_ONLY)));
	check(is_one(&c, 0x1000, 0x1fff, 1) && c.too_different, "neither is whole");
	comparison_free(&c);
	c = kept(LOOK(false, difference(0x1000, 0x1fff, 1, READ_ONLY)),
		 (struct comparison){ .not_comparable = true });
	check(is_one(&c, 0x1000, 0x1fff, 1), "of the second nothing is known");
	comparison_free(&c);
}

int main(void)
{
	test_common();
	test_cut_lists();
	return failures > 0;
}
