// SPDX-License-Identifier: GPL-2.0-only
/* contents_x86_64.c - what a capture of x86_64 must hold besides the common. */
#include "arch.h"

static const struct content_rule items[] = {
	{ RECORD_REGION, "user_guard", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "noncanonical", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "guard_hole", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "ldt_remap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "direct_map", NEVER, NULL,
	  { "phys", "populated_start", "populated_end" } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", POPULATED },
	{ RECORD_REGION, "cpu_entry_area", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "espfix", WITHOUT_OPTION, "CONFIG_X86_ESPFIX64", { 0 } },
	{ RECORD_REGION, "efi_runtime", WITHOUT_OPTION, "CONFIG_EFI", { 0 } },
	{ RECORD_REGION, "image_window", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vsyscall", WITHOUT_OPTION, "CONFIG_X86_VSYSCALL_EMULATION", { 0 } },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "kmsan_vmalloc_shadow", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_vmalloc_origin", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_modules_shadow", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_modules_origin", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_SECTION, "rodata", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "bss", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "brk", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_WITNESS, "fixmap_slot", NEVER, NULL, { 0 } },
	{ 0 }
};

static const struct fact_rule facts[] = {
	{ "page_levels", "levels", NULL },
	{ "va_bits", "bits", NULL },
	{ "pa_bits", "bits", NULL },
	{ "pti", "bool", NULL },
	{ "phys_base", "address", NULL },
	{ "memory_kaslr", "bool", NULL },
	{ "direct_map_kaslr_offset", "offset", NULL },
	{ "vmalloc_kaslr_offset", "offset", NULL },
	{ "vmemmap_kaslr_offset", "offset", NULL },
	{ "image_kaslr_offset", "offset", NULL },
	{ 0 }
};

static const char *const switches[] = {
	"CONFIG_X86_5LEVEL", "CONFIG_DYNAMIC_MEMORY_LAYOUT",
	"CONFIG_RANDOMIZE_MEMORY", "CONFIG_PAGE_TABLE_ISOLATION",
	"CONFIG_MITIGATION_PAGE_TABLE_ISOLATION",
	"CONFIG_MODIFY_LDT_SYSCALL", "CONFIG_X86_ESPFIX64",
	"CONFIG_X86_VSYSCALL_EMULATION", "CONFIG_LEGACY_VSYSCALL_XONLY",
	"CONFIG_LEGACY_VSYSCALL_NONE", "CONFIG_XEN_PV",
	"CONFIG_AMD_MEM_ENCRYPT", NULL
};

static const char *const numbers[] = {
	"CONFIG_PHYSICAL_START", "CONFIG_PHYSICAL_ALIGN",
	"CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING", NULL
};

/* arch/x86/mm/kaslr.c moves three of them, and keeps the order. */
static const char *const order[] = {
	"user", "user_guard", "noncanonical", "guard_hole", "ldt_remap",
	"direct_map", "vmalloc", "vmemmap", "kasan_shadow",
	"cpu_entry_area", "espfix", "efi_runtime", "image_window",
	"modules", "fixmap", NULL
};

const struct contents contents_x86_64 = {
	.items = items,
	.facts = facts,
	.switches = switches,
	.numbers = numbers,
	.order = order,
};
