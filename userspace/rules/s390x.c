// SPDX-License-Identifier: GPL-2.0-only
/*
 * s390x.c - the layout as the kernel's sources give it:
 * arch/s390/boot/startup.c, asm/pgtable.h, asm/page.h, asm/lowcore.h.
 *
 * What it hangs on is taken from the release, the configuration, the command
 * line and /proc/kcore; nothing is taken from kvas.
 */
#include <string.h>

#include "arch.h"
#include "base/text.h"
#include "base/util.h"
#include "machine/elfcore.h"

#define KIB	(UINT64_C(1) << 10)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)

/* Where the linker script puts _text, in the image's own addresses. */
#define TEXT_OFFSET	MIB

struct documented {
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

static bool is_above_three_levels(const struct elfcore *core)
{
	for (size_t i = 0; i < core->n_segments; i++) {
		const struct segment *s = &core->segments[i];

		if ((s->vaddr + (s->size - 1)) >> bits_of(3))
			return true;
	}
	return false;
}

/*
 * setup_kernel_memory_layout() takes three levels or four.  KASAN needs four.
 * Until 6.9 modules are at the end of what there is; since then the image may
 * be anywhere in it, and without KASLR it is where it was linked for.
 */
static unsigned int find_levels(const struct documented *d, struct machine *m)
{
	const char *ignore;
	const struct elfcore *core = machine_core(m, &ignore);

	if ((core && is_above_three_levels(core)) || (d->kasan && d->release >= 6001))
		return 4;
	if (d->kasan || !core || !core->modules)
		return 0;
	if (d->release < 6010)
		return 3;
	return d->nokaslr && d->image_base && !(d->image_base >> bits_of(3)) ? 3 : 0;
}

static const void *load(struct machine *m)
{
	struct documented *d = pool_alloc(machine_pool(m), sizeof(*d));
	const char *cmdline = machine_file(m, "/proc/cmdline", NULL, NULL);
	const char *config = machine_config_file(m, &d->why);

	if (!config)
		return d;
	d->release = release_number(machine_measured(m, "release"));
	d->why = d->release ? NULL : "the release is not known";
	d->cpus = config_number(config, "CONFIG_NR_CPUS=");
	d->image_base = config_number(config, "CONFIG_KERNEL_IMAGE_BASE=");
	d->phys_bits = config_number(config, "CONFIG_MAX_PHYSMEM_BITS=");
	d->kasan = is_switched_on(config, "CONFIG_KASAN");
	d->kasan_offset = config_number(config, "CONFIG_KASAN_SHADOW_OFFSET=");
	d->kmsan = is_switched_on(config, "CONFIG_KMSAN");
	d->random_identity = is_switched_on(config, "CONFIG_RANDOMIZE_IDENTITY_BASE");
	d->nokaslr = !is_switched_on(config, "CONFIG_RANDOMIZE_BASE") ||
		     (cmdline && line_has_word(cmdline, "nokaslr"));
	d->other_lowcore = !cmdline ? OPEN :
		line_has_word(cmdline, "relocate_lowcore") ? YES : NO;
	d->ram_end = ram_end(machine_file(m, "/proc/iomem", NULL, NULL));
	d->levels = find_levels(d, m);
	return d;
}

/* Since 6.10 the image has page tables of its own. */
static bool is_mapped_apart(const struct documented *d)
{
	return d->release >= 6010;
}

static void check_spaces(struct verification *v)
{
	const char *how = "a process has all addresses but the last page";

	expect(v, RECORD_REGION, "user", "start",
	       nothing("each process has an address space for itself"));
	expect(v, RECORD_FACT, "user_limit", "value", number(-4 * KIB, how));
	expect(v, RECORD_FACT, "user_kernel_split", "value", word("separate", how));
	expect(v, RECORD_REGION, "noncanonical", "end",
	       if_any(number(UINT64_MAX, "the last address")));
}

/*
 * If nothing else tells how many levels there are, the published number does: it
 * is one of two, and all else has to go with it.
 */
static void check_levels(const struct documented *d, struct verification *v)
{
	const struct value *levels = value_of(v, RECORD_FACT, "page_levels", "value");
	const struct value *bits = value_of(v, RECORD_FACT, "va_bits", "value");
	unsigned int is = d->levels;
	const char *how = is == 4 ? "four levels of tables" : "three levels of tables";
	bool before = v->leaning;

	v->leaning = before || !is;
	if (is) {
		expect_value(v, levels, number(is, "startup.c"));
	} else {
		expect_value(v, levels, range(3, 4, "startup.c"));
		is = levels && levels->number == 4 ? 4 : 3;
		how = "what so many levels of tables translate";
	}
	expect_value(v, bits, number(bits_of(is), how));
	expect(v, RECORD_REGION, "noncanonical", "start",
	       number(UINT64_C(1) << bits_of(is), how));
	v->leaning = true;
	if (bits && bits->number < 64)
		report(v, value_of(v, RECORD_REGION, "noncanonical", "absent"),
		       DISAGREES, "va_bits are not all bits of an address");
	v->leaning = before;
}

static void check_memory(const struct documented *d, struct verification *v)
{
	const struct region *vmemmap = layout_region(v->layout, "vmemmap");
	uint64_t most = UINT64_C(512) * GIB;

	if (!d->random_identity || d->nokaslr || !is_mapped_apart(d)) {
		expect(v, RECORD_REGION, "direct_map", "start", number(0, "virtual is physical"));
		expect(v, RECORD_REGION, "direct_map", "populated_start",
		       if_any(number(0, "virtual is physical")));
	}
	expect(v, RECORD_REGION, "direct_map", "phys", number(0, "absolute zero"));
	if (!is_mapped_apart(d) && vmemmap && !vmemmap->absent)
		expect(v, RECORD_REGION, "direct_map", "end",
		       leaning(number(vmemmap->start - 1, "VMEM_MAX_PHYS is vmemmap")));
	else if (is_mapped_apart(d) && d->ram_end && !d->random_identity)
		expect(v, RECORD_REGION, "direct_map", "end",
		       d->ram_end <= most ? number(most - 1, "MAX_DCSS_ADDR") :
		       range(d->ram_end - 1, UINT64_MAX, "all memory"));
	if (d->other_lowcore == NO) {
		expect(v, RECORD_REGION, "lowcore", "start", number(0, "asm/lowcore.h"));
		expect(v, RECORD_REGION, "lowcore", "end", number(8 * KIB - 1, "asm/lowcore.h"));
	}
	expect(v, RECORD_REGION, "amode31", "start",
	       if_any(range(8 * KIB, 2 * GIB - 1, "reached with 31 bits")));
	expect(v, RECORD_REGION, "amode31", "end",
	       if_any(range(8 * KIB, 2 * GIB - 1, "reached with 31 bits")));
	expect_size(v, "amode31", if_any(number(12 * KIB, "AMODE31_SIZE")));
}

/* The windows: above modules at first, below vmalloc since the image moved. */
static void check_windows(const struct documented *d, struct verification *v)
{
	const struct region *modules = layout_region(v->layout, "modules");
	const struct region *vmalloc = layout_region(v->layout, "vmalloc");

	if (d->cpus)
		expect_size(v, "abs_lowcore",
			    if_any(number(d->cpus * 8 * KIB, "CONFIG_NR_CPUS")));
	expect_size(v, "memcpy_real", if_any(number(4 * KIB, "one page")));
	if (is_mapped_apart(d) && vmalloc && !vmalloc->absent)
		expect(v, RECORD_REGION, "memcpy_real", "end",
		       leaning(if_any(number(vmalloc->start - 1, "below vmalloc"))));
	expect_size(v, "modules", number(2 * GIB, "MODULES_LEN"));
	if (!d->kmsan && modules && !modules->absent)
		expect(v, RECORD_REGION, "vmalloc", "end",
		       leaning(number(modules->start - 1, "modules follow")));
	expect(v, RECORD_REGION, "kasan_shadow", "start", d->kasan ?
	       number(d->kasan_offset, "CONFIG_KASAN_SHADOW_OFFSET") :
	       nothing("this configuration has no shadow"));
	expect(v, RECORD_REGION, "fixmap", "start", nothing("s390 has none"));
	expect(v, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
}

static void check_image(const struct documented *d, struct verification *v)
{
	const struct region *image = layout_region(v->layout, "image");
	uint64_t base = is_mapped_apart(d) ? d->image_base : 0;
	struct known start = number(base + TEXT_OFFSET, "without KASLR");

	if (!d->nokaslr || (is_mapped_apart(d) && !base)) {
		expect(v, RECORD_REGION, "image", "start",
		       range(TEXT_OFFSET, UINT64_MAX, "KASLR may move it up"));
		expect(v, RECORD_SECTION, "text", "start",
		       range(TEXT_OFFSET, UINT64_MAX, "KASLR may move it up"));
	} else {
		expect(v, RECORD_REGION, "image", "start", start);
		expect(v, RECORD_SECTION, "text", "start", start);
		expect(v, RECORD_FACT, "image_kaslr_offset", "value",
		       number(base, "without KASLR"));
	}
	if (image && !image->absent) {
		uint64_t offset = image->start - TEXT_OFFSET;

		expect(v, RECORD_FACT, "image_kaslr_offset", "value",
		       leaning(number(offset, "from where it was linked")));
		if (is_mapped_apart(d))
			expect(v, RECORD_FACT, "image_kaslr_offset_phys", "value",
			       leaning(number(image->phys - TEXT_OFFSET,
					      "from where it was linked")));
		else
			expect(v, RECORD_REGION, "image", "phys",
			       leaning(number(image->start, "virtual is physical")));
	}
}

static void check_facts(const struct documented *d, struct verification *v)
{
	const char *how = "asm/pgtable.h";

	expect(v, RECORD_FACT, "page_size", "value", number(4 * KIB, how));
	expect(v, RECORD_FACT, "pmd_size", "value", number(MIB, how));
	expect(v, RECORD_FACT, "pgdir_size", "value", number(UINT64_C(1) << 53, how));
	if (d->phys_bits)
		expect(v, RECORD_FACT, "max_physmem_bits", "value",
		       number(d->phys_bits, "CONFIG_MAX_PHYSMEM_BITS"));
	if (!d->kasan && !d->kmsan)
		expect(v, RECORD_FACT, "thread_size", "value",
		       number(16 * KIB, "asm/thread_info.h"));
}

static void check(const void *evidence, struct verification *v)
{
	const struct documented *d = evidence;

	if (d->why) {
		expect(v, RECORD_FACT, "va_bits", "value", unknown(d->why));
		return;
	}
	check_spaces(v);
	check_levels(d, v);
	check_memory(d, v);
	check_windows(d, v);
	check_image(d, v);
	check_facts(d, v);
}

const struct documentation documented_s390x = {
	.load = load,
	.check = check,
	.image_home = "image",
	.boot_stack_moves = true,
};
