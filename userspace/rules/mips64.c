// SPDX-License-Identifier: GPL-2.0-only
/*
 * mips64.c - the layout as the processor's architecture and the
 * kernel's sources give it (arch/mips/include/asm/addrspace.h, pgtable-64.h,
 * mach-generic/spaces.h; "MIPS64 Architecture, Volume III", virtual memory).
 */
#include <elf.h>
#include <string.h>

#include "arch.h"
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

struct facts {
	const char *why;		/* there is no configuration */
	unsigned int page_shift;
	uint64_t levels;
	bool va_bits_48, not_moved;
};

static struct facts find_facts(const struct situation *s)
{
	struct facts d = { 0 };

	if (!s->options) {
		d.why = s->why_no_options;
		return d;
	}
	d.page_shift = has_option(s, "CONFIG_PAGE_SIZE_64KB") ? 16 :
		       has_option(s, "CONFIG_PAGE_SIZE_16KB") ? 14 :
		       has_option(s, "CONFIG_PAGE_SIZE_4KB") ? 12 : 0;
	d.levels = option_number(s, "CONFIG_PGTABLE_LEVELS");
	if (!d.page_shift || d.levels < 2 || d.levels > 4)
		d.why = "the configuration tells no page size";
	d.va_bits_48 = has_option(s, "CONFIG_MIPS_VA_BITS_48");
	/* Without KASLR a relocatable kernel moves, too: kernel/relocate.c. */
	d.not_moved = !has_option(s, "CONFIG_RELOCATABLE") ||
		      (has_option(s, "CONFIG_RANDOMIZE_BASE") && has_parameter(s, "nokaslr"));
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

/* Window number 2 of XKPHYS is uncached. */
#define UNCACHED	(XKPHYS + 2 * BIT(59))

static void expect_fixed(struct expected_list *e)
{
	const char *how = "a segment of the processor";

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		must_be(e, RECORD_REGION, fixed[i].name, fixed[i].key,
		       number(fixed[i].address, how));
	must_be(e, RECORD_REGION, "uncached", "start", if_any(number(UNCACHED, how)));
	must_be(e, RECORD_REGION, "uncached", "end",
	       if_any(number(UNCACHED + BIT(59) - 1, how)));
	must_be(e, RECORD_REGION, "uncached", "phys", if_any(number(0, how)));
	/* Which of the eight windows is for the register Config to say. */
	must_be(e, RECORD_REGION, "direct_map", "start",
		in_steps(range(XKPHYS, XKSEG - BIT(59), "one of eight windows"), BIT(59)));
	must_have_size(e, "direct_map", number(BIT(59), "a window of XKPHYS"));
	must_be(e, RECORD_REGION, "vmemmap", "start",
	       nothing("the architecture does not select SPARSEMEM_VMEMMAP"));
	must_be(e, RECORD_REGION, "kasan_shadow", "start",
	       nothing("the architecture does not have KASAN"));
	must_be(e, RECORD_REGION, "pkmap", "start",
	       nothing("a 64-bit kernel has no highmem"));
}

static void expect_pages(const struct facts *d, struct expected_list *e)
{
	const char *how = "the page size and levels of the configuration";
	unsigned int shift = d->page_shift, index = shift - 3;
	uint64_t page = BIT(shift);

	must_be(e, RECORD_FACT, "page_size", "value", number(page, how));
	must_be(e, RECORD_FACT, "page_levels", "value", number(d->levels, how));
	must_be(e, RECORD_FACT, "pmd_size", "value", number(BIT(shift + index), how));
	must_be(e, RECORD_FACT, "pgdir_size", "value",
	       number(BIT(shift + ((unsigned int)d->levels - 1) * index), how));
	/* asm/thread_info.h */
	must_be(e, RECORD_FACT, "thread_size", "value",
	       number(shift < 14 ? 16384 : page, "THREAD_SIZE"));
	must_be(e, RECORD_REGION, "vmalloc", "start",
	       number(XKSEG + 2 * page, "two pages into XKSEG"));
	must_be(e, RECORD_REGION, "fixmap", "end",
	       number(FIXADDR_TOP + page - 1, "the page at FIXADDR_TOP"));
	/* FIX_CMAP_BEGIN to FIX_CMAP_END, eight colours twice */
	must_be(e, RECORD_REGION, "fixmap", "start",
	       number(FIXADDR_TOP - 16 * page, "17 slots"));
	must_be(e, RECORD_REGION, "modules", "start",
	       if_any(number(CKSSEG, "the mapped segment of 32-bit processors")));
	must_be(e, RECORD_REGION, "modules", "end",
	       if_any(number(FIXADDR_TOP - 19 * page - 1, "two pages below FIXADDR_START")));
}

/* Without VA_BITS_48 it is what three levels of 4 KiB tables translate. */
static void expect_user(const struct facts *d, struct expected_list *e)
{
	const char *how = "TASK_SIZE64";

	if (d->va_bits_48) {
		must_be(e, RECORD_REGION, "user", "end",
		       range(TIB - 1, BIT(48) - 1, how));
		return;
	}
	must_be(e, RECORD_REGION, "user", "end", number(TIB - 1, how));
	must_be(e, RECORD_FACT, "user_limit", "value", number(TIB, how));
	must_be(e, RECORD_FACT, "user_kernel_split", "value", word("1T:8E", how));
	/* Of XKSEG less is used than the processor has: XKSEG's last 4 GiB. */
	if (d->page_shift == 12 && d->levels == 3)
		must_be(e, RECORD_REGION, "vmalloc", "end",
		       number(XKSEG + TIB - (UINT64_C(4) * GIB) - 1,
			      "what three levels translate, less 4 GiB"));
}

static void expect(const struct situation *s, struct expected_list *e)
{
	const struct facts facts = find_facts(s), *d = &facts;

	/* Rules without a machine to apply them to confirm nothing. */
	e->weak = d->why != NULL;
	expect_fixed(e);
	must_be(e, RECORD_FACT, "va_bits", "value",
	       range(40, 62, "SEGBITS of the architecture"));
	e->weak = false;
	if (d->why)
		return;
	expect_pages(d, e);
	expect_user(d, e);
	must_be(e, RECORD_FACT, "image_kaslr_offset", "value", d->not_moved ?
	       number(0, "nokaslr, or not configured") :
	       range(0, 512 * MIB, "moved within ckseg0"));
}

/* --- What a capture of it must hold --------------------------------------- */

static const struct content_rule items[] = {
	{ RECORD_REGION, "xksseg", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "xkphys", NEVER, NULL, { 0 } },
	/* Where the direct map itself is not cached, it is no other. */
	{ RECORD_REGION, "uncached", AT_RUN_TIME, NULL, PHYS },
	{ RECORD_REGION, "direct_map", NEVER, NULL,
	  { "phys", "populated_start", "populated_end" } },
	{ RECORD_REGION, "ckseg0", NEVER, NULL, PHYS },
	{ RECORD_REGION, "ckseg1", NEVER, NULL, PHYS },
	{ RECORD_REGION, "cksseg", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "ckseg3", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "ejtag", NEVER, NULL, { 0 } },
	/* Only with -msym32, which no option tells. */
	{ RECORD_REGION, "modules", AT_RUN_TIME, "CONFIG_MODULES", { 0 } },
	{ RECORD_REGION, "mem_map", WITHOUT_OPTION, "CONFIG_FLATMEM", { 0 } },
	{ RECORD_REGION, "vmemmap", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "kasan_shadow", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "rodata", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init", NEVER, NULL, PHYS },
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
	"CONFIG_PAGE_SIZE_4KB", "CONFIG_PAGE_SIZE_16KB", "CONFIG_PAGE_SIZE_64KB",
	"CONFIG_MIPS_VA_BITS_48", "CONFIG_MAPPED_KERNEL", "CONFIG_EVA", NULL
};

static const char *const numbers[] = { "CONFIG_RANDOMIZE_BASE_MAX_OFFSET", NULL };

static const char *const order[] = {
	"user", "xksseg", "xkphys", "direct_map", "vmalloc", "ckseg0", "ckseg1",
	"cksseg", "ckseg3", "ejtag", "fixmap", NULL
};

const struct arch arch_mips64 = {
	.name = "mips64",
	.machine = EM_MIPS,
	.bits = 64,
	.expect = expect,
	.image_home = "ckseg0",
	.not_predicted = "for lack of rules",
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
	.ragged_image = true,
};
