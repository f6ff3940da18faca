// SPDX-License-Identifier: GPL-2.0-only
/* contents_arm64.c - what a capture of arm64 must hold besides the common. */
#include "arch.h"

static const struct content_rule items[] = {
	{ RECORD_REGION, "noncanonical", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "direct_map", NEVER, NULL,
	  { "phys", "populated_start", "populated_end" } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", POPULATED },
	/* CONFIG_KASAN_HW_TAGS has none, CONFIG_KASAN_SW_TAGS has one. */
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN_GENERIC", { 0 } },
	{ RECORD_REGION, "efi_runtime", AT_RUN_TIME, "CONFIG_EFI", { 0 } },
	{ RECORD_REGION, "bpf_jit", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pci_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "dtb", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "kpti_trampoline", WITHOUT_OPTION, "CONFIG_UNMAP_KERNEL_AT_EL0", { 0 } },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "text", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "rodata", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "data_bss", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "data", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "bss", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_WITNESS, "fixmap_slot", OPTIONAL, NULL, { 0 } },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "pa_bits", "bits", NULL },
	{ "kpti", "bool", NULL },
	{ "phys_offset", "offset", NULL },
	{ "kimage_voffset", "offset", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_ARM64_4K_PAGES", "CONFIG_ARM64_16K_PAGES",
	"CONFIG_ARM64_64K_PAGES", "CONFIG_ARM64_LPA2",
	"CONFIG_ARM64_FORCE_52BIT", "CONFIG_RANDOMIZE_MODULE_REGION_FULL",
	"CONFIG_ARM64_MODULE_PLTS", "CONFIG_UNMAP_KERNEL_AT_EL0",
	"CONFIG_KASAN_SW_TAGS", "CONFIG_KASAN_HW_TAGS",
	"CONFIG_ACPI_APEI_GHES", "CONFIG_ARM_SDE_INTERFACE", NULL
};

static const char *const numbers[] = {
	"CONFIG_ARM64_VA_BITS", "CONFIG_ARM64_PA_BITS", NULL
};

/* What lies above vmalloc is sorted in another way since 6.9. */
static const char *const order[] = {
	"user", "noncanonical", "direct_map", "kasan_shadow", "bpf_jit",
	"modules", "vmalloc", "pci_io", NULL
};

const struct contents contents_arm64 = {
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
