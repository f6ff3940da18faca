// SPDX-License-Identifier: GPL-2.0-only
/* contents_arm.c - what a capture of arm must hold besides the common. */
#include "arch.h"

static const struct content_rule items[] = {
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pkmap", WITHOUT_OPTION, "CONFIG_HIGHMEM", { 0 } },
	{ RECORD_REGION, "kmap_local", WITHOUT_OPTION, "CONFIG_HIGHMEM", { 0 } },
	{ RECORD_REGION, "vmalloc_gap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pci_io", WITHOUT_OPTION, "CONFIG_PCI", { 0 } },
	{ RECORD_REGION, "dtb", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "itcm", AT_RUN_TIME, "CONFIG_HAVE_TCM", { 0 } },
	{ RECORD_REGION, "dtcm", AT_RUN_TIME, "CONFIG_HAVE_TCM", { 0 } },
	{ RECORD_REGION, "vectors", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "text", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "rodata", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "data_bss", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "data", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "bss", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_WITNESS, "kmap", OPTIONAL, "CONFIG_HIGHMEM", CONTENT },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "pa_bits", "bits", NULL },
	{ "highmem", "bytes", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_ARM_LPAE", "CONFIG_THUMB2_KERNEL", "CONFIG_ARM_MODULE_PLTS",
	"CONFIG_ARM_PATCH_PHYS_VIRT", "CONFIG_XIP_KERNEL",
	"CONFIG_DEBUG_ALIGN_RODATA", "CONFIG_PCI", "CONFIG_HAVE_TCM",
	"CONFIG_KUSER_HELPERS", NULL
};

static const char *const numbers[] = { "CONFIG_PHYS_OFFSET", NULL };

static const char *const order[] = {
	"user", "kasan_shadow", "modules", "pkmap", "direct_map", "vmalloc_gap",
	"vmalloc", "dtb", "fixmap", "kmap_local", "itcm", "dtcm", "vectors", NULL
};

const struct contents contents_arm = {
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
	/* BSS, and with it the image, ends with its last variable. */
	.ragged_image = true,
};
