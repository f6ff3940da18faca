// SPDX-License-Identifier: GPL-2.0-only
/*
 * mips64.c - the layout as the processor's architecture and the
 * kernel's sources give it (arch/mips/include/asm/addrspace.h, pgtable-64.h,
 * mach-generic/spaces.h; "MIPS64 Architecture, Volume III", virtual memory).
 *
 * The size of pages and the number of levels are in the configuration;
 * nothing is taken from kvas.
 */
#include <string.h>

#include "arch.h"
#include "base/text.h"
#include "base/util.h"

#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)
#define TIB	(UINT64_C(1) << 40)
#define BIT(n)	(UINT64_C(1) << (n))

#define XKSSEG	0x4000000000000000u
#define XKPHYS	0x8000000000000000u
#define XKSEG	0xc000000000000000u
#define CKSEG0	0xffffffff80000000u
#define CKSSEG	0xffffffffc0000000u
#define EJTAG	0xffffffffff200000u	/* the debug segment "dseg" */
#define FIXADDR_TOP	0xfffffffffffe0000u

struct documented {
	const char *why;		/* there is no configuration */
	unsigned int page_shift;
	uint64_t levels;
	bool va_bits_48, not_moved;
};

static const void *load(struct machine *m)
{
	static const struct {
		const char *option;
		unsigned int shift;
	} sizes[] = {
		{ "CONFIG_PAGE_SIZE_4KB", 12 },	{ "CONFIG_PAGE_SIZE_16KB", 14 },
		{ "CONFIG_PAGE_SIZE_64KB", 16 },
	};
	struct documented *d = pool_alloc(machine_pool(m), sizeof(*d));
	const char *cmdline = machine_file(m, "/proc/cmdline", NULL, NULL);
	const char *config = machine_config_file(m, &d->why), *p;

	if (!config)
		return d;
	d->why = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (is_switched_on(config, sizes[i].option))
			d->page_shift = sizes[i].shift;
	}
	p = after(config, "CONFIG_PGTABLE_LEVELS=");
	if (!d->page_shift || !p || !scan_number(&p, 10, &d->levels) ||
	    d->levels < 2 || d->levels > 4)
		d->why = "the configuration tells no page size";
	d->va_bits_48 = is_switched_on(config, "CONFIG_MIPS_VA_BITS_48");
	/* Without KASLR a relocatable kernel moves, too: kernel/relocate.c. */
	d->not_moved = !is_switched_on(config, "CONFIG_RELOCATABLE") ||
		       (is_switched_on(config, "CONFIG_RANDOMIZE_BASE") &&
			cmdline && line_has_word(cmdline, "nokaslr"));
	return d;
}

/* The same on every processor of this architecture. */
static const struct {
	const char *name, *key;
	uint64_t address;
} fixed[] = {
	{ "user", "start", 0 },
	{ "xksseg", "start", XKSSEG },
	{ "xksseg", "end", XKPHYS - 1 },
	{ "xkphys", "start", XKPHYS },
	{ "xkphys", "end", XKSEG - 1 },
	{ "ckseg0", "start", CKSEG0 },
	{ "ckseg0", "end", CKSEG0 + 512 * MIB - 1 },
	{ "ckseg0", "phys", 0 },
	{ "ckseg1", "start", CKSEG0 + 512 * MIB },
	{ "ckseg1", "end", CKSSEG - 1 },
	{ "ckseg1", "phys", 0 },
	{ "cksseg", "start", CKSSEG },
	{ "cksseg", "end", CKSSEG + 512 * MIB - 1 },
	{ "ckseg3", "start", CKSSEG + 512 * MIB },
	{ "ckseg3", "end", UINT64_MAX },
	{ "ejtag", "start", EJTAG },
	{ "ejtag", "end", EJTAG + 2 * MIB - 1 },
	{ "direct_map", "phys", 0 },
};

/* The window number 2 of XKPHYS is the one past the caches. */
#define UNCACHED	(XKPHYS + 2 * BIT(59))

static void check_fixed(struct verification *v)
{
	const char *how = "a segment of the processor";
	const struct value *start;

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		expect(v, RECORD_REGION, fixed[i].name, fixed[i].key,
		       number(fixed[i].address, how));
	expect(v, RECORD_REGION, "uncached", "start", if_any(number(UNCACHED, how)));
	expect(v, RECORD_REGION, "uncached", "end",
	       if_any(number(UNCACHED + BIT(59) - 1, how)));
	expect(v, RECORD_REGION, "uncached", "phys", if_any(number(0, how)));
	/* Which of the eight windows is for the register Config to say. */
	start = value_of(v, RECORD_REGION, "direct_map", "start");
	expect(v, RECORD_REGION, "direct_map", "start",
	       range(XKPHYS, XKSEG - BIT(59), "one of eight windows"));
	if (start && start->is_number && start->number % BIT(59))
		report(v, start, DISAGREES, "no window starts there");
	expect_size(v, "direct_map", number(BIT(59), "a window of XKPHYS"));
	expect(v, RECORD_REGION, "vmemmap", "start",
	       nothing("the architecture does not select SPARSEMEM_VMEMMAP"));
	expect(v, RECORD_REGION, "kasan_shadow", "start",
	       nothing("the architecture does not have KASAN"));
	expect(v, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
}

static void check_pages(const struct documented *d, struct verification *v)
{
	const char *how = "the page size and levels of the configuration";
	unsigned int shift = d->page_shift, index = shift - 3;
	uint64_t page = BIT(shift);

	expect(v, RECORD_FACT, "page_size", "value", number(page, how));
	expect(v, RECORD_FACT, "page_levels", "value", number(d->levels, how));
	expect(v, RECORD_FACT, "pmd_size", "value", number(BIT(shift + index), how));
	expect(v, RECORD_FACT, "pgdir_size", "value",
	       number(BIT(shift + ((unsigned int)d->levels - 1) * index), how));
	/* asm/thread_info.h */
	expect(v, RECORD_FACT, "thread_size", "value",
	       number(shift < 14 ? 16384 : page, "THREAD_SIZE"));
	expect(v, RECORD_REGION, "vmalloc", "start",
	       number(XKSEG + 2 * page, "two pages into XKSEG"));
	expect(v, RECORD_REGION, "fixmap", "end",
	       number(FIXADDR_TOP + page - 1, "the page at FIXADDR_TOP"));
	/* FIX_CMAP_BEGIN to FIX_CMAP_END, eight colours twice */
	expect(v, RECORD_REGION, "fixmap", "start",
	       number(FIXADDR_TOP - 16 * page, "17 slots"));
	expect(v, RECORD_REGION, "modules", "start",
	       if_any(number(CKSSEG, "the mapped segment of 32-bit processors")));
	expect(v, RECORD_REGION, "modules", "end",
	       if_any(number(FIXADDR_TOP - 19 * page - 1, "two pages below FIXADDR_START")));
}

/* Without VA_BITS_48 it is what three levels of 4 KiB tables translate. */
static void check_user(const struct documented *d, struct verification *v)
{
	const char *how = "TASK_SIZE64";

	if (d->va_bits_48) {
		expect(v, RECORD_REGION, "user", "end",
		       range(TIB - 1, BIT(48) - 1, how));
		return;
	}
	expect(v, RECORD_REGION, "user", "end", number(TIB - 1, how));
	expect(v, RECORD_FACT, "user_limit", "value", number(TIB, how));
	expect(v, RECORD_FACT, "user_kernel_split", "value", word("1T:8E", how));
	/* Of XKSEG less is used than the processor has: XKSEG's last 4 GiB. */
	if (d->page_shift == 12 && d->levels == 3)
		expect(v, RECORD_REGION, "vmalloc", "end",
		       number(XKSEG + TIB - (UINT64_C(4) * GIB) - 1,
			      "what three levels translate, less 4 GiB"));
}

static void check(const void *evidence, struct verification *v)
{
	const struct documented *d = evidence;

	/* Rules without a machine to apply them to confirm nothing. */
	v->leaning = d->why != NULL;
	check_fixed(v);
	expect(v, RECORD_FACT, "va_bits", "value",
	       range(40, 62, "SEGBITS of the architecture"));
	v->leaning = false;
	if (d->why)
		return;
	check_pages(d, v);
	check_user(d, v);
	expect(v, RECORD_FACT, "image_kaslr_offset", "value", d->not_moved ?
	       number(0, "nokaslr, or not configured") :
	       range(0, 512 * MIB, "moved within ckseg0"));
}

const struct documentation documented_mips64 = {
	.load = load,
	.check = check,
	.image_home = "ckseg0",
};
