// SPDX-License-Identifier: GPL-2.0-only
/*
 * kvas_test.ko: KUnit suites of what is pure in kvas.ko.  It includes the
 * files under test and is a module of its own, so that a kernel with KUnit
 * tests them and no other kernel carries them.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "config.c"
#include "format.c"
#include "layout.c"

const char kvas_arch_name[] = "test";
char kvas_build_id[41] = "0123";

static struct kvas_layout *new_layout(struct kunit *test)
{
	struct kvas_layout *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, l);
	return l;
}

static struct kvas_area *add(struct kvas_layout *l, enum kvas_area_id id,
			     unsigned long start, unsigned long end)
{
	return kvas_layout_add_range(l, id, start, "first", KVAS_ROUTE_MACRO,
				     end, "last byte", KVAS_ROUTE_EXPORTED);
}

/* An image inside a window, sections inside the image, one stranger. */
static void add_example(struct kvas_layout *l)
{
	add(l, KVAS_DATA, 0x5000, 0x5fff);
	add(l, KVAS_MODULES, 0x9000, 0x9fff);
	kvas_layout_add_absent(l, KVAS_PKMAP, "no highmem");
	add(l, KVAS_IMAGE_WINDOW, 0x1000, 0x8fff);
	add(l, KVAS_TEXT, 0x4000, 0x4fff);
	add(l, KVAS_IMAGE, 0x4000, 0x6fff);
	kvas_layout_nest(l);
}

static void layout_sorts_outer_first(struct kunit *test)
{
	static const enum kvas_area_id expected[] = {
		KVAS_IMAGE_WINDOW, KVAS_IMAGE, KVAS_TEXT, KVAS_DATA,
		KVAS_MODULES, KVAS_PKMAP,
	};
	struct kvas_layout *l = new_layout(test);
	unsigned int i;

	add_example(l);
	KUNIT_ASSERT_EQ(test, l->n_areas, (unsigned int)ARRAY_SIZE(expected));
	for (i = 0; i < ARRAY_SIZE(expected); i++)
		KUNIT_EXPECT_EQ(test, l->areas[i].id, expected[i]);
}

static void layout_nests_in_the_smallest(struct kunit *test)
{
	static const struct { enum kvas_area_id id, parent; } cases[] = {
		{ KVAS_IMAGE_WINDOW, KVAS_NO_AREA },
		{ KVAS_IMAGE, KVAS_IMAGE_WINDOW },
		{ KVAS_TEXT, KVAS_IMAGE },
		{ KVAS_DATA, KVAS_IMAGE },
		{ KVAS_MODULES, KVAS_NO_AREA },
	};
	struct kvas_layout *l = new_layout(test);
	const struct kvas_area *area;
	unsigned int i;

	add_example(l);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		area = kvas_layout_get(l, cases[i].id);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, area);
		KUNIT_EXPECT_EQ(test, area->parent, cases[i].parent);
	}
}

static void layout_overlap_is_no_nesting(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);

	add(l, KVAS_VMALLOC, 0x1000, 0x2fff);
	add(l, KVAS_MODULES, 0x2000, 0x3fff);
	kvas_layout_nest(l);
	KUNIT_EXPECT_EQ(test, kvas_layout_get(l, KVAS_MODULES)->parent, KVAS_NO_AREA);
}

static void layout_same_range_nests_in_the_first(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);

	add(l, KVAS_VMALLOC, 0x1000, 0x2fff);
	add(l, KVAS_MODULES, 0x1000, 0x2fff);
	kvas_layout_nest(l);
	KUNIT_EXPECT_EQ(test, kvas_layout_get(l, KVAS_MODULES)->parent, KVAS_VMALLOC);
	KUNIT_EXPECT_EQ(test, kvas_layout_get(l, KVAS_VMALLOC)->parent, KVAS_NO_AREA);
}

static void layout_reversed_range_is_absent(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);

	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, add(l, KVAS_VMALLOC, 2, 1)->absent);
	KUNIT_EXPECT_PTR_EQ(test, kvas_layout_get(l, KVAS_VMALLOC),
			    (const struct kvas_area *)NULL);
}

static void layout_full_takes_no_more(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);
	unsigned int i;

	for (i = 0; i < KVAS_N_AREAS + 3; i++)
		add(l, KVAS_VMALLOC, i, i);
	KUNIT_EXPECT_EQ(test, l->n_areas, (unsigned int)KVAS_N_AREAS);
	for (i = 0; i < KVAS_MAX_FACTS + 3; i++)
		KVAS_FACT(l, "fact", COUNT, i, DERIVED);
	KUNIT_EXPECT_EQ(test, l->n_facts, (unsigned int)KVAS_MAX_FACTS);
	KUNIT_EXPECT_EQ(test, l->facts[KVAS_MAX_FACTS - 1].value,
			KVAS_MAX_FACTS - 1ULL);
}

static void layout_expression_is_spelled(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);
	const struct kvas_area *area;

	area = KVAS_RANGE(l, USER, PAGE_SIZE, jiffies | PAGE_SIZE, EXPORTED);

	KUNIT_EXPECT_STREQ(test, area->start.source, "PAGE_SIZE");
	KUNIT_EXPECT_EQ(test, area->start.route, KVAS_ROUTE_MACRO);
	KUNIT_EXPECT_STREQ(test, area->end.source, "jiffies | PAGE_SIZE");
	KUNIT_EXPECT_EQ(test, area->end.route, KVAS_ROUTE_EXPORTED);
}

/* First what there is, sorted; then what there is not, as it was added. */
static void layout_absent_keeps_its_order(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);

	kvas_layout_add_absent(l, KVAS_PKMAP, "first");
	kvas_layout_add_absent(l, KVAS_ESPFIX, "second");
	add(l, KVAS_VMALLOC, 0, ULONG_MAX);
	kvas_layout_add_absent(l, KVAS_FIXMAP, "third");
	kvas_layout_nest(l);
	KUNIT_ASSERT_EQ(test, l->n_areas, 4U);
	KUNIT_EXPECT_EQ(test, l->areas[0].id, KVAS_VMALLOC);
	KUNIT_EXPECT_EQ(test, l->areas[1].id, KVAS_PKMAP);
	KUNIT_EXPECT_EQ(test, l->areas[2].id, KVAS_ESPFIX);
	KUNIT_EXPECT_EQ(test, l->areas[3].id, KVAS_FIXMAP);
	KUNIT_EXPECT_PTR_EQ(test, kvas_layout_get(l, KVAS_PKMAP),
			    (const struct kvas_area *)NULL);
}

static void layout_size_is_exact(struct kunit *test)
{
	static const struct {
		unsigned long start, end;
		const char *text;
	} cases[] = {
		{ 0, 0, "1" }, { 0, 1022, "1023" }, { 0, 1023, "1K" },
		{ 0x1000, 0x1fff, "4K" }, { 0, (1UL << 30) - 1, "1G" },
		{ 0, 1024 * 1024 + 1023, "1025K" },
#if BITS_PER_LONG == 64
		{ 0, ULONG_MAX, "16E" }, { 1, ULONG_MAX, "18446744073709551615" },
		{ 0, (1UL << 47) - 4096 - 1, "137438953468K" },
#else
		{ 0, ULONG_MAX, "4G" },
#endif
	};
	char text[24];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		kvas_size_text(text, sizeof(text), cases[i].start, cases[i].end);
		KUNIT_EXPECT_STREQ(test, text, cases[i].text);
	}
}

static struct kunit_case layout_cases[] = {
	KUNIT_CASE(layout_sorts_outer_first),
	KUNIT_CASE(layout_nests_in_the_smallest),
	KUNIT_CASE(layout_overlap_is_no_nesting),
	KUNIT_CASE(layout_same_range_nests_in_the_first),
	KUNIT_CASE(layout_reversed_range_is_absent),
	KUNIT_CASE(layout_full_takes_no_more),
	KUNIT_CASE(layout_expression_is_spelled),
	KUNIT_CASE(layout_absent_keeps_its_order),
	KUNIT_CASE(layout_size_is_exact),
	{}
};

static struct kunit_suite layout_suite = {
	.name = "kvas_layout",
	.test_cases = layout_cases,
};

/* A seq_file over a plain buffer, for one line of output. */
static void open_text(struct kunit *test, struct seq_file *m, size_t size)
{
	memset(m, 0, sizeof(*m));
	m->size = size;
	m->buf = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m->buf);
}

#if BITS_PER_LONG == 64
#define ADDR(digits)	"0x00000000" digits
#else
#define ADDR(digits)	"0x" digits
#endif

static void format_present_region(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);
	struct kvas_area *area;
	struct seq_file m;

	area = add(l, KVAS_IMAGE, 0x1000, 0x2fff);
	area->parent = KVAS_IMAGE_WINDOW;
	area->has_phys = true;
	area->phys = 0x5000;
	area->note = "two words";
	open_text(test, &m, 1024);
	put_area(&m, area);
	KUNIT_EXPECT_STREQ(test, (const char *)m.buf,
			   "region  start=" ADDR("00001000") " end=" ADDR("00002fff")
			   " size=8K            name=image          parent=image_window"
			   " phys=" ADDR("00005000") " start_source=first start_route=macro"
			   " end_source=\"last byte\" end_route=exported note=\"two words\"\n");
}

static void format_absent_section(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);
	struct seq_file m;

	kvas_layout_add_absent(l, KVAS_INIT, "not known");
	open_text(test, &m, 256);
	put_area(&m, &l->areas[0]);
	KUNIT_EXPECT_STREQ(test, (const char *)m.buf,
			   "section name=init absent=\"not known\"\n");
}

static void format_fact_by_unit(struct kunit *test)
{
	static const struct {
		enum kvas_unit unit;
		unsigned long long value;
		const char *text;
	} cases[] = {
		{ KVAS_UNIT_BYTES, 4096, " value=4096 unit=bytes" },
		{ KVAS_UNIT_ADDRESS, 0x1000, " value=" ADDR("00001000") " unit=address" },
		{ KVAS_UNIT_OFFSET, 0x200000, " value=0x200000 unit=offset" },
		{ KVAS_UNIT_OFFSET, -0x200000ULL, " value=-0x200000 unit=offset" },
		{ KVAS_UNIT_BOOL, 1, " value=y unit=bool" },
		{ KVAS_UNIT_BOOL, 0, " value=n unit=bool" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kvas_fact fact = { .unit = cases[i].unit, .value = cases[i].value };
		struct seq_file m;

		open_text(test, &m, 128);
		put_fact_value(&m, &fact);
		KUNIT_EXPECT_STREQ(test, (const char *)m.buf, cases[i].text);
	}
}

static void format_fact_with_provenance(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);
	struct seq_file m;

	KVAS_FACT(l, "answer", COUNT, 6 * 7, EXPORTED);
	l->facts[1] = (struct kvas_fact) { .name = "gone", .absent = "no such thing" };
	open_text(test, &m, 256);
	put_fact(&m, &l->facts[0]);
	put_fact(&m, &l->facts[1]);
	KUNIT_EXPECT_STREQ(test, (const char *)m.buf,
			   "fact    name=answer value=42 unit=count"
			   " source=\"6 * 7\" route=macro\n"
			   "fact    name=gone absent=\"no such thing\"\n");
}

static void format_witness(struct kunit *test)
{
	static const struct kvas_witness here = {
		.name = "w", .addr = 0x4000, .home = KVAS_TEXT, .source = "f(x, y)",
		.content = "two words",
	};
	static const struct kvas_witness gone = { .name = "w", .absent = "none" };
	struct seq_file m;

	open_text(test, &m, 256);
	put_witness(&m, &here);
	put_witness(&m, &gone);
	KUNIT_EXPECT_STREQ(test, (const char *)m.buf,
			   "witness addr=" ADDR("00004000") " name=w               region=text"
			   " source=\"f(x, y)\" content=\"two words\"\n"
			   "witness name=w absent=none\n");
}

/* An option is a line of its own, set or not; a number only if there is one. */
static void format_config(struct kunit *test)
{
	unsigned int shown, lines = 0;
	struct seq_file m;
	const char *at;

	open_text(test, &m, 16384);
	shown = kvas_config_show(&m);
	KUNIT_ASSERT_FALSE(test, seq_has_overflowed(&m));
	for (at = m.buf; *at; at = strchr(at, '\n') + 1) {
		KUNIT_EXPECT_EQ(test, strncmp(at, "config  name=CONFIG_", 20), 0);
		lines++;
	}
	KUNIT_EXPECT_GT(test, lines, 30U);
	KUNIT_EXPECT_EQ(test, lines, shown);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, strstr(m.buf, IS_ENABLED(CONFIG_SMP) ?
						  "=CONFIG_SMP value=y\n" :
						  "=CONFIG_SMP value=n\n"));
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, strstr(m.buf, "=CONFIG_NR_CPUS value="
						  __stringify(CONFIG_NR_CPUS) "\n"));
	KUNIT_EXPECT_PTR_EQ(test, strstr(m.buf, "value=CONFIG_"), (char *)NULL);
}

static void format_counts_its_records(struct kunit *test)
{
	struct kvas_snapshot *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	unsigned int lines = 0, records;
	struct seq_file m;
	const char *at;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s);
	add_example(&s->layout);
	KVAS_FACT(&s->layout, "page_size", BYTES, PAGE_SIZE, MACRO);
	s->witnesses[s->n_witnesses++] = (struct kvas_witness) {
		.name = "w", .addr = 0x4000, .home = KVAS_TEXT, .source = "f",
	};
	open_text(test, &m, 16384);
	kvas_format(&m, s);
	KUNIT_ASSERT_FALSE(test, seq_has_overflowed(&m));

	KUNIT_EXPECT_EQ(test, strncmp(m.buf, "kvas 1\nkernel  ", 15), 0);
	for (at = m.buf; *at; at++)
		lines += *at == '\n';
	at = strstr(m.buf, "\nend     records=");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, at);
	KUNIT_ASSERT_EQ(test, sscanf(at, "\nend     records=%u", &records), 1);
	KUNIT_EXPECT_EQ(test, records, lines - 2);
}

static void format_same_snapshot_same_bytes(struct kunit *test)
{
	struct kvas_snapshot *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct seq_file small, first, second;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s);
	add_example(&s->layout);
	open_text(test, &small, 64);
	open_text(test, &first, 16384);
	open_text(test, &second, 16384);
	kvas_format(&small, s);
	kvas_format(&first, s);
	kvas_format(&second, s);
	KUNIT_EXPECT_TRUE(test, seq_has_overflowed(&small));
	KUNIT_EXPECT_EQ(test, first.count, second.count);
	KUNIT_EXPECT_EQ(test, memcmp(first.buf, second.buf, first.count), 0);
}

static struct kunit_case format_cases[] = {
	KUNIT_CASE(format_present_region),
	KUNIT_CASE(format_absent_section),
	KUNIT_CASE(format_fact_by_unit),
	KUNIT_CASE(format_fact_with_provenance),
	KUNIT_CASE(format_witness),
	KUNIT_CASE(format_config),
	KUNIT_CASE(format_counts_its_records),
	KUNIT_CASE(format_same_snapshot_same_bytes),
	{}
};

static struct kunit_suite format_suite = {
	.name = "kvas_format",
	.test_cases = format_cases,
};

kunit_test_suites(&layout_suite, &format_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit suites of kvas");
