// SPDX-License-Identifier: GPL-2.0-only
/* contents_i386.c - what a capture of i386 must hold besides the common. */
#include "arch.h"

static const struct content_rule items[] = {
	{ RECORD_REGION, "vmalloc_gap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pkmap", WITHOUT_OPTION, "CONFIG_HIGHMEM", { 0 } },
	{ RECORD_REGION, "kmap_local", WITHOUT_OPTION, "CONFIG_HIGHMEM", { 0 } },
	{ RECORD_REGION, "ldt_remap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "cpu_entry_area", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "reserve_top", AT_RUN_TIME, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "kasan_shadow", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "rodata", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "bss", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "brk", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_WITNESS, "kmap", OPTIONAL, "CONFIG_HIGHMEM", CONTENT },
	{ RECORD_WITNESS, "fixmap_slot", OPTIONAL, NULL, { 0 } },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "pa_bits", "bits", NULL },
	{ "highmem", "bytes", NULL },
	{ "pti", "bool", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_X86_PAE", "CONFIG_HIGHMEM4G", "CONFIG_HIGHMEM64G",
	"CONFIG_PAGE_TABLE_ISOLATION", "CONFIG_MITIGATION_PAGE_TABLE_ISOLATION",
	"CONFIG_MODIFY_LDT_SYSCALL", NULL
};

static const char *const numbers[] = {
	"CONFIG_PHYSICAL_START", "CONFIG_PHYSICAL_ALIGN", NULL
};

static const char *const order[] = {
	"user", "direct_map", "vmalloc_gap", "vmalloc", "pkmap", "ldt_remap",
	"cpu_entry_area", "fixmap", "kmap_local", "reserve_top", NULL
};

const struct contents contents_i386 = {
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
