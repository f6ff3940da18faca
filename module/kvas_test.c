// SPDX-License-Identifier: GPL-2.0-only
/*
 * kvas_test.ko: KUnit suites of what is pure in kvas.ko.  It is a module of its
 * own, so that kernels without KUnit do not carry it.  It includes the files
 * under test, because kvas.ko exports nothing and the suites look at static
 * functions, and it stands in for the files that they call.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "config.c"
#include "format.c"
#include "layout.c"
#include "policy.c"
#include "snapshot.c"

/* In place of main.c, symbols.c, memory.c, witness.c and an architecture. */
static const struct kvas_option test_options[] = { { } };

const struct kvas_arch kvas_arch = { .name = "test", .options = test_options };
char kvas_build_id[41] = "0123";

static int test_setting;
static bool setting_is_readable;

struct kvas_symbol kvas_symbol(const char *name, unsigned int distance)
{
	return (struct kvas_symbol) { .absent = "no such symbol" };
}

bool kvas_read(void *to, const void *from, size_t size)
{
	if (setting_is_readable)
		memcpy(to, from, size);
	return setting_is_readable;
}

void kvas_layout_take(struct kvas_layout *l, struct kvas_memory *memory)
{
}

void kvas_witnesses_collect(struct kvas_witnesses *w, struct kvas_layout *l)
{
}

void kvas_witnesses_release(struct kvas_witnesses *w)
{
}

static struct kvas_layout *new_layout(struct kunit *test)
{
	struct kvas_layout *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, l);
	return l;
}

static void add(struct kvas_layout *l, enum kvas_area_id id,
		unsigned long start, unsigned long end)
{
	const struct kvas_row row = {
		.id = id,
		.start = { start, "first", NULL, KVAS_ROUTE_MACRO },
		.end = { end, "last byte", NULL, KVAS_ROUTE_EXPORTED },
	};

	kvas_layout_add_rows(l, &row, 1);
}

static void add_absent(struct kvas_layout *l, enum kvas_area_id id, const char *why)
{
	const struct kvas_row row = { .id = id, .absent = why };

	kvas_layout_add_rows(l, &row, 1);
}

/* An image inside a window, sections inside the image, one stranger. */
static void add_example(struct kvas_layout *l)
{
	add(l, KVAS_DATA, 0x5000, 0x5fff);
	add(l, KVAS_MODULES, 0x9000, 0x9fff);
	add_absent(l, KVAS_PKMAP, "no highmem");
	add(l, KVAS_IMAGE_WINDOW, 0x1000, 0x8fff);
	add(l, KVAS_TEXT, 0x4000, 0x4fff);
	add(l, KVAS_IMAGE, 0x4000, 0x6fff);
	kvas_layout_finish(l);
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
		KUNIT_EXPECT_EQ(test, l->areas[i].row.id, expected[i]);
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
	kvas_layout_finish(l);
	KUNIT_EXPECT_EQ(test, kvas_layout_get(l, KVAS_MODULES)->parent, KVAS_NO_AREA);
}

static void layout_same_range_nests_in_the_first(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);

	add(l, KVAS_VMALLOC, 0x1000, 0x2fff);
	add(l, KVAS_MODULES, 0x1000, 0x2fff);
	kvas_layout_finish(l);
	KUNIT_EXPECT_EQ(test, kvas_layout_get(l, KVAS_MODULES)->parent, KVAS_VMALLOC);
	KUNIT_EXPECT_EQ(test, kvas_layout_get(l, KVAS_VMALLOC)->parent, KVAS_NO_AREA);
}

static void layout_reversed_range_is_absent(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);

	add(l, KVAS_VMALLOC, 2, 1);
	kvas_layout_finish(l);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, l->areas[0].row.absent);
	KUNIT_EXPECT_PTR_EQ(test, kvas_layout_get(l, KVAS_VMALLOC), (struct kvas_area *)NULL);
}

static void layout_full_takes_no_more_and_says_so(struct kunit *test)
{
	const struct kvas_fact fact = { .name = "fact" };
	struct kvas_layout *l = new_layout(test);
	unsigned int i;

	for (i = 0; i < KVAS_N_AREAS; i++)
		add(l, KVAS_VMALLOC, i, i);
	for (i = 0; i < KVAS_MAX_FACTS; i++)
		kvas_layout_add_facts(l, &fact, 1);
	KUNIT_EXPECT_FALSE(test, l->is_full);
	add(l, KVAS_VMALLOC, i, i);
	KUNIT_EXPECT_TRUE(test, l->is_full);
	KUNIT_EXPECT_EQ(test, l->n_areas, (unsigned int)KVAS_N_AREAS);
	l->is_full = false;
	kvas_layout_add_facts(l, &fact, 1);
	KUNIT_EXPECT_TRUE(test, l->is_full);
	KUNIT_EXPECT_EQ(test, l->n_facts, (unsigned int)KVAS_MAX_FACTS);
}

static void layout_rows_are_spelled(struct kunit *test)
{
	const struct kvas_row rows[] = {
		REGION(USER, PAGE_SIZE, jiffies | PAGE_SIZE, EXPORTED),
		REGION_IF(CONFIG_KUNIT, VMALLOC, PAGE_SIZE, 2 * PAGE_SIZE - 1, CPU),
		REGION_IF(CONFIG_NO_SUCH_OPTION, MODULES, no_such_macro, no_such_macro, CPU),
	};

	KUNIT_EXPECT_STREQ(test, rows[0].start.source, "PAGE_SIZE");
	KUNIT_EXPECT_EQ(test, rows[0].start.route, KVAS_ROUTE_MACRO);
	KUNIT_EXPECT_EQ(test, rows[0].end.route, KVAS_ROUTE_EXPORTED);
	KUNIT_EXPECT_EQ(test, rows[1].end.addr, 2 * PAGE_SIZE - 1);
	KUNIT_EXPECT_STREQ(test, rows[1].end.source, "2 * PAGE_SIZE - 1");
	KUNIT_EXPECT_STREQ(test, rows[2].absent, "CONFIG_NO_SUCH_OPTION is not set");
}

static void layout_bound_makes_absent(struct kunit *test)
{
	const struct kvas_row row = {
		.id = KVAS_VMALLOC,
		.end = { .absent = "nobody knows" },
	};
	struct kvas_layout *l = new_layout(test);

	kvas_layout_add_rows(l, &row, 1);
	KUNIT_EXPECT_STREQ(test, l->areas[0].row.absent, "nobody knows");
}

static void layout_finds_the_innermost(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);

	add_example(l);
	KUNIT_EXPECT_EQ(test, kvas_layout_find(l, 0x4fff)->row.id, KVAS_TEXT);
	KUNIT_EXPECT_EQ(test, kvas_layout_find(l, 0x6000)->row.id, KVAS_IMAGE);
	KUNIT_EXPECT_EQ(test, kvas_layout_find(l, 0x1000)->row.id, KVAS_IMAGE_WINDOW);
	KUNIT_EXPECT_PTR_EQ(test, kvas_layout_find(l, 0xa000), (const struct kvas_area *)NULL);
}

/* First what there is, sorted; then what there is not, as it was added. */
static void layout_absent_keeps_its_order(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);

	add_absent(l, KVAS_PKMAP, "first");
	add_absent(l, KVAS_ESPFIX, "second");
	add(l, KVAS_VMALLOC, 0, ULONG_MAX);
	add_absent(l, KVAS_FIXMAP, "third");
	kvas_layout_finish(l);
	KUNIT_ASSERT_EQ(test, l->n_areas, 4U);
	KUNIT_EXPECT_EQ(test, l->areas[0].row.id, KVAS_VMALLOC);
	KUNIT_EXPECT_EQ(test, l->areas[1].row.id, KVAS_PKMAP);
	KUNIT_EXPECT_EQ(test, l->areas[2].row.id, KVAS_ESPFIX);
	KUNIT_EXPECT_EQ(test, l->areas[3].row.id, KVAS_FIXMAP);
	KUNIT_EXPECT_PTR_EQ(test, kvas_layout_get(l, KVAS_PKMAP),
			    (struct kvas_area *)NULL);
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
	KUNIT_CASE(layout_full_takes_no_more_and_says_so),
	KUNIT_CASE(layout_rows_are_spelled),
	KUNIT_CASE(layout_bound_makes_absent),
	KUNIT_CASE(layout_finds_the_innermost),
	KUNIT_CASE(layout_absent_keeps_its_order),
	KUNIT_CASE(layout_size_is_exact),
	{}
};

static struct kunit_suite layout_suite = {
	.name = "kvas_layout",
	.test_cases = layout_cases,
};

/* A writer to a plain buffer. */
static void open_text(struct kunit *test, struct kvas_writer *w, size_t size)
{
	struct seq_file *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m);
	m->size = size;
	m->buf = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m->buf);
	*w = (struct kvas_writer) { m };
}

#define TEXT(w)	((const char *)(w).m->buf)

#if BITS_PER_LONG == 64
#define ADDR(digits)	"0x00000000" digits
#else
#define ADDR(digits)	"0x" digits
#endif

static void format_present_region(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);
	struct kvas_writer w;

	add(l, KVAS_IMAGE_WINDOW, 0x1000, 0x3fff);
	add(l, KVAS_IMAGE, 0x1000, 0x2fff);
	l->areas[1].has_phys = true;
	l->areas[1].phys = 0x5000;
	l->areas[1].row.note = "two words";
	kvas_layout_finish(l);
	open_text(test, &w, 1024);
	write_area(&w, &l->areas[1]);
	KUNIT_EXPECT_STREQ(test, TEXT(w),
			   "region  start=" ADDR("00001000") " end=" ADDR("00002fff")
			   " size=8K            name=image          parent=image_window"
			   " phys=" ADDR("00005000") " start_source=first start_route=macro"
			   " end_source=\"last byte\" end_route=exported note=\"two words\"\n");
}

static void format_absent_section(struct kunit *test)
{
	struct kvas_layout *l = new_layout(test);
	struct kvas_writer w;

	add_absent(l, KVAS_INIT, "not known");
	open_text(test, &w, 256);
	write_area(&w, &l->areas[0]);
	KUNIT_EXPECT_STREQ(test, TEXT(w), "section name=init absent=\"not known\"\n");
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
		struct kvas_writer w;

		open_text(test, &w, 128);
		write_fact_value(&w, &fact);
		KUNIT_EXPECT_STREQ(test, TEXT(w), cases[i].text);
	}
}

static void format_fact_with_provenance(struct kunit *test)
{
	const struct kvas_fact facts[] = {
		FACT("answer", COUNT, 6 * 7, EXPORTED),
		FACT_IF(CONFIG_NO_SUCH_OPTION, "gone", COUNT, no_such_macro, CPU),
	};
	struct kvas_writer w;

	open_text(test, &w, 256);
	write_fact(&w, &facts[0]);
	write_fact(&w, &facts[1]);
	KUNIT_EXPECT_STREQ(test, TEXT(w),
			   "fact    name=answer value=42 unit=count"
			   " source=\"6 * 7\" route=macro\n"
			   "fact    name=gone absent=\"CONFIG_NO_SUCH_OPTION is not set\"\n");
}

static void format_witness(struct kunit *test)
{
	static const struct kvas_witness here = {
		.name = "w", .addr = 0x4000, .area = KVAS_TEXT, .source = "f(x, y)",
		.content = "two words",
	};
	static const struct kvas_witness gone = { .name = "w", .absent = "none" };
	struct kvas_writer w;

	open_text(test, &w, 256);
	write_witness(&w, &here);
	write_witness(&w, &gone);
	KUNIT_EXPECT_STREQ(test, TEXT(w),
			   "witness addr=" ADDR("00004000") " name=w               region=text"
			   " source=\"f(x, y)\" content=\"two words\"\n"
			   "witness name=w absent=none\n");
}

static void format_device_memory(struct kunit *test)
{
	struct kvas_memory *memory = kunit_kzalloc(test, sizeof(*memory), GFP_KERNEL);
	struct kvas_writer w;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, memory);
	memory->n_devices = 1;
	memory->devices_left_out = true;
	memory->devices[0] = (struct kvas_device_memory) {
		.start = 0x1000, .end = 0x1fff, .phys = 0x3000, .kind = "fs_dax",
	};
	open_text(test, &w, 512);
	write_memory(&w, memory);
	KUNIT_EXPECT_STREQ(test, TEXT(w),
			   "memory  start=" ADDR("00001000") " end=" ADDR("00001fff")
			   " size=4K            name=zone_device    phys=" ADDR("00003000")
			   " kind=fs_dax\n"
			   "memory  name=zone_device"
			   " absent=\"there are more pieces than kvas lists\"\n");
	KUNIT_EXPECT_EQ(test, w.records, 2U);
}

/* An option is a line of its own, set or not; a number only if there is one. */
static void format_config(struct kunit *test)
{
	static const struct kvas_option options[] = {
		KVAS_SWITCH(CONFIG_MMU), KVAS_SWITCH(CONFIG_NO_SUCH_OPTION),
		KVAS_NUMBER(CONFIG_NR_CPUS), KVAS_NUMBER(CONFIG_NO_SUCH_NUMBER), { }
	};
	struct kvas_writer w;

	open_text(test, &w, 256);
	kvas_config_write(&w, options);
	KUNIT_EXPECT_STREQ(test, TEXT(w),
			   "config  name=CONFIG_MMU value=y\n"
			   "config  name=CONFIG_NO_SUCH_OPTION value=n\n"
			   "config  name=CONFIG_NR_CPUS value=" __stringify(CONFIG_NR_CPUS) "\n");
	KUNIT_EXPECT_EQ(test, w.records, 3U);
}

static struct kvas_snapshot *new_snapshot(struct kunit *test)
{
	struct kvas_snapshot *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s);
	add_example(&s->layout);
	s->witnesses.list[s->witnesses.n++] = (struct kvas_witness) {
		.name = "w", .addr = 0x4000, .area = KVAS_TEXT, .source = "f",
	};
	return s;
}

static void format_counts_its_records(struct kunit *test)
{
	const struct kvas_snapshot *s = new_snapshot(test);
	unsigned int lines = 0, records;
	struct kvas_writer w;
	const char *at;

	open_text(test, &w, 16384);
	kvas_snapshot_write(s, &w);
	KUNIT_ASSERT_FALSE(test, seq_has_overflowed(w.m));

	KUNIT_EXPECT_EQ(test, strncmp(TEXT(w), "kvas 1\nkernel  ", 15), 0);
	for (at = TEXT(w); *at; at++)
		lines += *at == '\n';
	at = strstr(TEXT(w), "\nend     records=");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, at);
	KUNIT_ASSERT_EQ(test, sscanf(at, "\nend     records=%u", &records), 1);
	KUNIT_EXPECT_EQ(test, records, lines - 2);
}

static void format_same_snapshot_same_bytes(struct kunit *test)
{
	const struct kvas_snapshot *s = new_snapshot(test);
	struct kvas_writer small, first, second;

	open_text(test, &small, 64);
	open_text(test, &first, 16384);
	open_text(test, &second, 16384);
	kvas_snapshot_write(s, &small);
	kvas_snapshot_write(s, &first);
	kvas_snapshot_write(s, &second);
	KUNIT_EXPECT_TRUE(test, seq_has_overflowed(small.m));
	KUNIT_EXPECT_EQ(test, first.m->count, second.m->count);
	KUNIT_EXPECT_EQ(test, memcmp(TEXT(first), TEXT(second), first.m->count), 0);
}

static struct kunit_case format_cases[] = {
	KUNIT_CASE(format_present_region),
	KUNIT_CASE(format_absent_section),
	KUNIT_CASE(format_fact_by_unit),
	KUNIT_CASE(format_fact_with_provenance),
	KUNIT_CASE(format_witness),
	KUNIT_CASE(format_device_memory),
	KUNIT_CASE(format_config),
	KUNIT_CASE(format_counts_its_records),
	KUNIT_CASE(format_same_snapshot_same_bytes),
	{}
};

static struct kunit_suite format_suite = {
	.name = "kvas_format",
	.test_cases = format_cases,
};

/* Whether an opener with CAP_SYSLOG may read, under a value of the setting. */
static bool allows(bool is_readable, int setting)
{
	bool result;

	setting_is_readable = is_readable;
	test_setting = setting;
	kptr_restrict_setting = &test_setting;
	result = setting_allows();
	kptr_restrict_setting = NULL;
	return result;
}

static void policy_obeys_the_setting(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, allows(true, 0));
	KUNIT_EXPECT_TRUE(test, allows(true, 1));
	KUNIT_EXPECT_FALSE(test, allows(true, 2));
	KUNIT_EXPECT_FALSE(test, allows(true, 3));
}

static void policy_refuses_if_nothing_tells(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, allows(false, 0));
	/* A %pK that prints a hash, as %p does, and is not known to obey. */
	KUNIT_EXPECT_FALSE(test, kvas_pointer_text_allows("000000001234abcd",
							  "ffffffff81000000", false));
	KUNIT_EXPECT_FALSE(test, kvas_pointer_text_allows("(____ptrval____)",
							  "ffffffff81000000", false));
}

static void policy_believes_a_pointer_text_that_tells(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, kvas_pointer_text_allows("0000000000000000",
							  "ffffffff81000000", true));
	KUNIT_EXPECT_FALSE(test, kvas_pointer_text_allows("0000000000000000",
							  "ffffffff81000000", false));
	KUNIT_EXPECT_TRUE(test, kvas_pointer_text_allows("000000001234abcd",
							 "ffffffff81000000", true));
	KUNIT_EXPECT_TRUE(test, kvas_pointer_text_allows("ffffffff81000000",
							 "ffffffff81000000", false));
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE(policy_obeys_the_setting),
	KUNIT_CASE(policy_refuses_if_nothing_tells),
	KUNIT_CASE(policy_believes_a_pointer_text_that_tells),
	{}
};

static struct kunit_suite policy_suite = {
	.name = "kvas_policy",
	.test_cases = policy_cases,
};

kunit_test_suites(&layout_suite, &format_suite, &policy_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit suites of kvas");
