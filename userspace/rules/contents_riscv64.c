// SPDX-License-Identifier: GPL-2.0-only
/* contents_riscv64.c - what a capture of riscv64 must hold besides the common. */
#include "arch.h"

static const struct content_rule items[] = {
	{ RECORD_REGION, "noncanonical", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "dtb", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "pci_io", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", POPULATED },
	{ RECORD_REGION, "direct_map", NEVER, NULL,
	  { "phys", "populated_start", "populated_end" } },
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "bpf_jit", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "image", NEVER, NULL, PHYS },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_SECTION, "rodata", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "bss", NEVER, NULL, PHYS },
	{ RECORD_WITNESS, "fixmap_slot", OPTIONAL, NULL, { 0 } },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "phys_ram_base", "address", NULL },
	{ "va_pa_offset", "offset", NULL },
	{ "va_kernel_pa_offset", "offset", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_XIP_KERNEL", "CONFIG_COMPAT", "CONFIG_BUILTIN_DTB", NULL
};

static const char *const numbers[] = { "CONFIG_PHYS_RAM_BASE", NULL };

static const char *const order[] = {
	"user", "noncanonical", "fixmap", "pci_io", "vmemmap", "vmalloc",
	"direct_map", "kasan_shadow", "modules", "image", NULL
};

const struct contents contents_riscv64 = {
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
