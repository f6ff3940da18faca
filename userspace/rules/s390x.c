// SPDX-License-Identifier: GPL-2.0-only
/*
 * s390x.c - the layout as the kernel's sources give it:
 * arch/s390/boot/startup.c, asm/pgtable.h, asm/page.h, asm/lowcore.h.
 */
#include <elf.h>
#include <string.h>

#include "arch.h"
#include "base/util.h"

#define KIB	(UINT64_C(1) << 10)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)

/* Where the linker script puts _text, in the image's own addresses. */
#define TEXT_OFFSET	MIB

struct facts {
	const char *why;		/* something below is not known */
	unsigned int release;		/* major * 1000 + minor */
	uint64_t cpus, image_base, phys_bits, kasan_offset;
	uint64_t ram_end;		/* 0: not known */
	bool nokaslr, kasan, kmsan, random_identity;
	enum question other_lowcore;
	unsigned int levels;		/* of the kernel's tables; 0: not known */
};

/* What levels of tables translate. */
static unsigned int bits_of(unsigned int levels)
{
	return levels == 4 ? 53 : 42;
}

/*
 * setup_kernel_memory_layout() takes three levels or four.  KASAN needs four.
 * Until 6.9 modules are at the end of what there is; since then the image may
 * be anywhere in it, and without KASLR it is where it was linked for.
 */
static unsigned int find_levels(const struct facts *d, const struct situation *s)
{
	bool mapped = s->mapped_end.kind == NUMBER;

	if ((mapped && s->mapped_end.number >> bits_of(3)) || (d->kasan && d->release >= 6001))
		return 4;
	if (d->kasan || !mapped || !s->maps_modules)
		return 0;
	if (d->release < 6010)
		return 3;
	return d->nokaslr && d->image_base && !(d->image_base >> bits_of(3)) ? 3 : 0;
}

static struct facts find_facts(const struct situation *s)
{
	struct facts d = {
		.why = s->release ? NULL : "the release is not known",
		.release = s->release,
		.ram_end = s->memory_end.number,
	};

	if (!s->options) {
		d.why = s->why_no_options;
		return d;
	}
	d.cpus = option_number(s, "CONFIG_NR_CPUS");
	d.image_base = option_number(s, "CONFIG_KERNEL_IMAGE_BASE");
	d.phys_bits = option_number(s, "CONFIG_MAX_PHYSMEM_BITS");
	d.kasan = has_option(s, "CONFIG_KASAN");
	d.kasan_offset = option_number(s, "CONFIG_KASAN_SHADOW_OFFSET");
	d.kmsan = has_option(s, "CONFIG_KMSAN");
	d.random_identity = has_option(s, "CONFIG_RANDOMIZE_IDENTITY_BASE");
	d.nokaslr = !has_option(s, "CONFIG_RANDOMIZE_BASE") || has_parameter(s, "nokaslr");
	d.other_lowcore = !s->cmdline ? OPEN :
		has_parameter(s, "relocate_lowcore") ? YES : NO;
	d.levels = find_levels(&d, s);
	return d;
}

/* Since 6.10 the image has page tables of its own. */
static bool is_mapped_apart(const struct facts *d)
{
	return d->release >= 6010;
}

static void expect_spaces(struct expected_list *e)
{
	const char *how = "a process has all addresses but the last page";

	must_be(e, RECORD_REGION, "user", "start",
	       nothing("each process has an address space for itself"));
	must_be(e, RECORD_FACT, "user_limit", "value", number(-4 * KIB, how));
	must_be(e, RECORD_FACT, "user_kernel_split", "value", word("separate", how));
	must_be(e, RECORD_REGION, "noncanonical", "end",
	       if_any(number(UINT64_MAX, "the last address")));
}

/*
 * If nothing else tells how many levels there are, the published number does: it
 * is one of two, and all else has to go with it.
 */
static void expect_levels(const struct facts *d, const struct situation *s,
			 struct expected_list *e)
{
	unsigned int is = d->levels ? d->levels : s->page_levels.number == 4 ? 4 : 3;
	const char *how = !d->levels ? "what so many levels of tables translate" :
			  is == 4 ? "four levels of tables" : "three levels of tables";
	struct known bits = number(bits_of(is), how);
	struct known levels = d->levels ? number(is, "startup.c") :
					  leaning(range(3, 4, "startup.c"));

	bits.leaning = !d->levels;
	must_be(e, RECORD_FACT, "page_levels", "value", levels);
	must_be(e, RECORD_FACT, "va_bits", "value", bits);
	/* So many bits are never all of an address. */
	bits.certain = true;
	bits.number = UINT64_C(1) << bits.number;
	must_be(e, RECORD_REGION, "noncanonical", "start", bits);
}

static void expect_memory(const struct facts *d, struct expected_list *e)
{
	uint64_t most = UINT64_C(512) * GIB;

	if (!d->random_identity || d->nokaslr || !is_mapped_apart(d)) {
		must_be(e, RECORD_REGION, "direct_map", "start", number(0, "virtual is physical"));
		must_be(e, RECORD_REGION, "direct_map", "populated_start",
		       if_any(number(0, "virtual is physical")));
	}
	must_be(e, RECORD_REGION, "direct_map", "phys", number(0, "absolute zero"));
	if (!is_mapped_apart(d))
		must_be_from(e, RECORD_REGION, "direct_map", "end", REGION_START("vmemmap"),
			     number(-UINT64_C(1), "VMEM_MAX_PHYS is vmemmap"));
	else if (d->ram_end && !d->random_identity)
		must_be(e, RECORD_REGION, "direct_map", "end",
		       d->ram_end <= most ? number(most - 1, "MAX_DCSS_ADDR") :
		       range(d->ram_end - 1, UINT64_MAX, "all memory"));
	if (d->other_lowcore == NO) {
		must_be(e, RECORD_REGION, "lowcore", "start", number(0, "asm/lowcore.h"));
		must_be(e, RECORD_REGION, "lowcore", "end", number(8 * KIB - 1, "asm/lowcore.h"));
	}
	must_be(e, RECORD_REGION, "amode31", "start",
	       if_any(range(8 * KIB, 2 * GIB - 1, "reached with 31 bits")));
	must_be(e, RECORD_REGION, "amode31", "end",
	       if_any(range(8 * KIB, 2 * GIB - 1, "reached with 31 bits")));
	must_have_size(e, "amode31", if_any(number(12 * KIB, "AMODE31_SIZE")));
}

/* The windows: above modules at first, below vmalloc since the image moved. */
static void expect_windows(const struct facts *d, struct expected_list *e)
{
	if (d->cpus)
		must_have_size(e, "abs_lowcore",
			    if_any(number(d->cpus * 8 * KIB, "CONFIG_NR_CPUS")));
	must_have_size(e, "memcpy_real", if_any(number(4 * KIB, "one page")));
	if (is_mapped_apart(d))
		must_be_from(e, RECORD_REGION, "memcpy_real", "end", REGION_START("vmalloc"),
			     if_any(number(-UINT64_C(1), "below vmalloc")));
	must_have_size(e, "modules", number(2 * GIB, "MODULES_LEN"));
	if (!d->kmsan)
		must_be_from(e, RECORD_REGION, "vmalloc", "end", REGION_START("modules"),
			     number(-UINT64_C(1), "modules follow"));
	must_be(e, RECORD_REGION, "kasan_shadow", "start", d->kasan ?
	       number(d->kasan_offset, "CONFIG_KASAN_SHADOW_OFFSET") :
	       nothing("this configuration has no shadow"));
	must_be(e, RECORD_REGION, "fixmap", "start", nothing("s390 has none"));
	must_be(e, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
}

static void expect_image(const struct facts *d, struct expected_list *e)
{
	uint64_t base = is_mapped_apart(d) ? d->image_base : 0;
	struct known start = number(base + TEXT_OFFSET, "without KASLR");

	if (!d->nokaslr || (is_mapped_apart(d) && !base)) {
		must_be(e, RECORD_REGION, "image", "start",
		       range(TEXT_OFFSET, UINT64_MAX, "KASLR may move it up"));
		must_be(e, RECORD_SECTION, "text", "start",
		       range(TEXT_OFFSET, UINT64_MAX, "KASLR may move it up"));
	} else {
		must_be(e, RECORD_REGION, "image", "start", start);
		must_be(e, RECORD_SECTION, "text", "start", start);
		must_be(e, RECORD_FACT, "image_kaslr_offset", "value",
		       number(base, "without KASLR"));
	}
	must_be_from(e, RECORD_FACT, "image_kaslr_offset", "value", REGION_START("image"),
		     number(-TEXT_OFFSET, "from where it was linked"));
	if (is_mapped_apart(d))
		must_be_from(e, RECORD_FACT, "image_kaslr_offset_phys", "value",
			     (struct published) { RECORD_REGION, "image", "phys" },
			     number(-TEXT_OFFSET, "from where it was linked"));
	else
		must_be_from(e, RECORD_REGION, "image", "phys", REGION_START("image"),
			     number(0, "virtual is physical"));
}

static void expect_facts(const struct facts *d, struct expected_list *e)
{
	const char *how = "asm/pgtable.h";

	must_be(e, RECORD_FACT, "page_size", "value", number(4 * KIB, how));
	must_be(e, RECORD_FACT, "pmd_size", "value", number(MIB, how));
	must_be(e, RECORD_FACT, "pgdir_size", "value", number(UINT64_C(1) << 53, how));
	if (d->phys_bits)
		must_be(e, RECORD_FACT, "max_physmem_bits", "value",
		       number(d->phys_bits, "CONFIG_MAX_PHYSMEM_BITS"));
	if (!d->kasan && !d->kmsan)
		must_be(e, RECORD_FACT, "thread_size", "value",
		       number(16 * KIB, "asm/thread_info.h"));
}

static void expect(const struct situation *s, struct expected_list *e)
{
	const struct facts facts = find_facts(s), *d = &facts;

	if (d->why) {
		must_be(e, RECORD_FACT, "va_bits", "value", unknown(d->why));
		return;
	}
	expect_spaces(e);
	expect_levels(d, s, e);
	expect_memory(d, e);
	expect_windows(d, e);
	expect_image(d, e);
	expect_facts(d, e);
}

/* --- What a capture of it must hold --------------------------------------- */

static const struct content_rule items[] = {
	{ RECORD_REGION, "user", ALWAYS, NULL, { 0 } },
	/* With five levels of page tables all addresses are good. */
	{ RECORD_REGION, "noncanonical", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "lowcore", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "amode31", WITHOUT_OPTION, "CONFIG_CRASH_DUMP", PHYS },
	{ RECORD_REGION, "abs_lowcore", WITHOUT_SYMBOLS, NULL, { 0 } },
	{ RECORD_REGION, "memcpy_real", WITHOUT_SYMBOLS, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "image", NEVER, NULL, PHYS },
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_REGION, "kmsan_vmalloc_shadow", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_vmalloc_origin", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_modules_shadow", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_modules_origin", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "fixmap", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "rodata", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "data", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "bss", NEVER, NULL, PHYS },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_RANDOMIZE_IDENTITY_BASE", NULL
};

static const char *const numbers[] = {
	"CONFIG_MAX_PHYSMEM_BITS", "CONFIG_KERNEL_IMAGE_BASE", NULL
};

/* The image is first until 6.9, and last since; the windows moved, too. */
static const char *const order[] = {
	"direct_map", "vmemmap", "vmalloc", "modules", "noncanonical", NULL
};

const struct arch arch_s390x = {
	.name = "s390x",
	.machine = EM_S390,
	.bits = 64,
	.expect = expect,
	.image_home = "image",
	.not_predicted = "for lack of rules",
	.boot_stack_moves = true,
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
