// SPDX-License-Identifier: GPL-2.0-only
/* contents_loongarch64.c - what a capture of loongarch64 must hold besides the common. */
#include "arch.h"

static const struct content_rule items[] = {
	{ RECORD_REGION, "uncached", NEVER, NULL, PHYS },
	{ RECORD_REGION, "direct_map", NEVER, NULL,
	  { "phys", "populated_start", "populated_end" } },
	{ RECORD_REGION, "write_combine", NEVER, NULL, PHYS },
	{ RECORD_REGION, "pci_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "modules_text", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", POPULATED },
	{ RECORD_REGION, "kfence_area", WITHOUT_OPTION, "CONFIG_KFENCE", { 0 } },
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "rodata", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "bss", NEVER, NULL, PHYS },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "pa_bits", "bits", NULL },
	{ "vm_map_base", "address", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_4KB_3LEVEL", "CONFIG_4KB_4LEVEL", "CONFIG_16KB_2LEVEL",
	"CONFIG_16KB_3LEVEL", "CONFIG_64KB_2LEVEL", "CONFIG_64KB_3LEVEL",
	"CONFIG_ARCH_IOREMAP", NULL
};

static const char *const numbers[] = { "CONFIG_RANDOMIZE_BASE_MAX_OFFSET", NULL };

static const char *const order[] = {
	"user", "uncached", "direct_map", "write_combine", "pci_io", "modules",
	"vmalloc", "vmemmap", "kfence_area", "kasan_shadow", "fixmap", NULL
};

const struct contents contents_loongarch64 = {
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
