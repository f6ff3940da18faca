// SPDX-License-Identifier: GPL-2.0-only
/* contents_mips64.c - what a capture of mips64 must hold besides the common. */
#include "arch.h"

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

const struct contents contents_mips64 = {
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
	.ragged_image = true,
};
