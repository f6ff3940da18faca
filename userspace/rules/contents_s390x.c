// SPDX-License-Identifier: GPL-2.0-only
/* contents_s390x.c - what a capture of s390x must hold besides the common. */
#include "arch.h"

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

const struct contents contents_s390x = {
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
