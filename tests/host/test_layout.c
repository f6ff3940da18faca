// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_layout.c - the module's pure file, layout.c, on the host.  Prints one
 * line a case; exit status 1 if one fails.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "layout.h"

static unsigned int failures;

static void check(bool holds, const char *what)
{
	printf("%s %s\n", holds ? "ok" : "FAILED", what);
	failures += !holds;
}

/* END macros, as the kernels that define them spell them. */
static void test_last_byte(void)
{
	static const struct {
		const char *what;
		unsigned long end, last;
	} cases[] = {
		/* arch/nios2/include/asm/pgtable.h, CONFIG_NIOS2_KERNEL_REGION_BASE 0xc0000000 */
		{ "nios2 MODULES_END is inclusive", 0xc0000000UL - 1, 0xbfffffffUL },
		/* CONFIG_NIOS2_KERNEL_MMU_REGION_BASE 0x80000000, VMALLOC_END before modules */
		{ "nios2 VMALLOC_END is inclusive", 0xbe000000UL - 1, 0xbdffffffUL },
		{ "i386 VMALLOC_END is exclusive", 0xff7fe000UL, 0xff7fdfffUL },
		{ "an end after the last address", 0, ULONG_MAX },
		{ "an end at the last address", ULONG_MAX, ULONG_MAX },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kvas_bound bound = kvas_bound_at_end(cases[i].end, "END", "END - 1",
							    KVAS_ROUTE_MACRO);

		check(kvas_last_byte(cases[i].end) == cases[i].last, cases[i].what);
		check(bound.addr == cases[i].last &&
		      strcmp(bound.source, cases[i].end & 1 ? "END" : "END - 1") == 0,
		      "and its source says so");
	}
}

static void add(struct kvas_layout *l, enum kvas_area_id id, unsigned long start,
		unsigned long end)
{
	const struct kvas_row row = { .id = id, .start.addr = start, .end.addr = end };

	kvas_layout_add_rows(l, &row, 1);
}

static void test_sort_nest_find(void)
{
	static struct kvas_layout l;

	add(&l, KVAS_DATA, 0x5000, 0x5fff);
	add(&l, KVAS_IMAGE, 0x4000, 0x6fff);
	add(&l, KVAS_TEXT, 0x4000, 0x4fff);
	add(&l, KVAS_VMALLOC, 0x9000, 0x8fff);
	kvas_layout_finish(&l);
	check(l.areas[0].row.id == KVAS_IMAGE && l.areas[1].row.id == KVAS_TEXT &&
	      l.areas[2].row.id == KVAS_DATA, "areas are sorted, the outer one first");
	check(kvas_layout_get(&l, KVAS_TEXT)->parent == KVAS_IMAGE, "a section is in the image");
	check(!kvas_layout_get(&l, KVAS_VMALLOC) && l.areas[3].row.absent,
	      "a reversed range is absent");
	check(kvas_layout_find(&l, 0x5800)->row.id == KVAS_DATA, "the innermost area is found");
	check(kvas_layout_find(&l, 0x6800)->row.id == KVAS_IMAGE, "the outer one outside it");
	check(!kvas_layout_find(&l, 0x8000), "and none where there is none");
}

static void test_names(void)
{
	unsigned int n;

	for (n = 0; n < KVAS_N_AREAS; n++)
		check(kvas_area_names[n] != NULL, "each area has a name");
	for (n = 0; n < KVAS_N_ROUTES; n++)
		check(kvas_route_names[n] != NULL, "each route has a name");
	for (n = 0; n < KVAS_N_UNITS; n++)
		check(kvas_unit_names[n] != NULL, "each unit has a name");
}

static void test_full(void)
{
	static struct kvas_layout l;
	const struct kvas_fact fact = { .name = "fact" };

	for (unsigned int n = 0; n < KVAS_MAX_FACTS; n++)
		kvas_layout_add_facts(&l, &fact, 1);
	check(!l.is_full, "a layout takes all facts that it has room for");
	kvas_layout_add_facts(&l, &fact, 1);
	check(l.is_full && l.n_facts == KVAS_MAX_FACTS, "and says that one is left out");
}

int main(void)
{
	test_last_byte();
	test_sort_nest_find();
	test_names();
	test_full();
	return failures ? 1 : 0;
}
