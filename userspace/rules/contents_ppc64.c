// SPDX-License-Identifier: GPL-2.0-only
/* contents_ppc64.c - what a capture of ppc64 must hold besides the common. */
#include "arch.h"

static const struct content_rule items[] = {
	/* Hash leaves it to the kernel to refuse addresses. */
	{ RECORD_REGION, "noncanonical", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "direct_map", NEVER, NULL,
	  { "phys", "populated_start", "populated_end" } },
	{ RECORD_REGION, "vectors", AT_RUN_TIME, NULL, { 0 } },
	{ RECORD_REGION, "kernel_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "isa_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "phb_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "ioremap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", POPULATED },
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_REGION, "modules", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "rodata", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "data", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "bss", WITHOUT_SYMBOLS, NULL, PHYS },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "mmu", "text", NULL },
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_PPC_4K_PAGES", "CONFIG_PPC_64K_PAGES", "CONFIG_PPC_RADIX_MMU",
	"CONFIG_PPC_RADIX_MMU_DEFAULT", "CONFIG_PPC_64S_HASH_MMU", NULL
};

static const char *const numbers[] = {
	"CONFIG_PAGE_OFFSET", "CONFIG_KERNEL_START", "CONFIG_PHYSICAL_START", NULL
};

static const char *const order[] = {
	"user", "noncanonical", "direct_map", "vmalloc", "kernel_io", "phb_io",
	"ioremap", "fixmap", "vmemmap", "kasan_shadow", NULL
};

const struct contents contents_ppc64 = {
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
