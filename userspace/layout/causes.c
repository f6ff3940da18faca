// SPDX-License-Identifier: GPL-2.0-only
/*
 * causes.c - what the place and size of each thing hang on.
 *
 * From the kernel's sources, 5.10 to 7.2: the macros of each architecture's
 * headers, and who reads the boot parameters.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "diff.h"

struct rule {
	const char *of;
	unsigned int bits;	/* of the kernels that it is for; 0: all */
	const char *by;
	const char *else_by;	/* asked if none of those differs */
};

#define PAGE_OPTIONS							\
	"CONFIG_ARM64_4K_PAGES CONFIG_ARM64_16K_PAGES CONFIG_ARM64_64K_PAGES " \
	"CONFIG_PPC_4K_PAGES CONFIG_PPC_64K_PAGES "			\
	"CONFIG_4KB_3LEVEL CONFIG_4KB_4LEVEL CONFIG_16KB_2LEVEL "	\
	"CONFIG_16KB_3LEVEL CONFIG_64KB_2LEVEL CONFIG_64KB_3LEVEL "	\
	"CONFIG_PAGE_SIZE_4KB CONFIG_PAGE_SIZE_16KB CONFIG_PAGE_SIZE_64KB "
#define SPLIT_OPTIONS							\
	"CONFIG_VMSPLIT_3G CONFIG_VMSPLIT_3G_OPT CONFIG_VMSPLIT_2G "	\
	"CONFIG_VMSPLIT_2G_OPT CONFIG_VMSPLIT_1G CONFIG_PAGE_OFFSET "
#define HIGHMEM_OPTIONS							\
	"CONFIG_HIGHMEM CONFIG_HIGHMEM4G CONFIG_HIGHMEM64G "
#define WIDTHS	"page_levels va_bits page_size mmu "
#define KASLR	"nokaslr= CONFIG_RANDOMIZE_BASE CONFIG_RANDOMIZE_MEMORY "
/* What the end of lowmem depends on, and so all that follows it. */
#define LOWMEM	SPLIT_OPTIONS HIGHMEM_OPTIONS				\
	"memory mem= vmalloc= highmem= CONFIG_X86_PAE CONFIG_ARM_LPAE "

/* What the ranges for code hang on, and whether they are found. */
#define CODE	"modules image CONFIG_RANDOMIZE_BASE nokaslr= "		\
	"CONFIG_KALLSYMS_ALL CONFIG_KALLSYMS CONFIG_KPROBES "

static const struct rule rules[] = {
	/* Facts. */
	{ .of = "page_size", .by = PAGE_OPTIONS },
	{ .of = "page_levels", .by =
		"CONFIG_X86_5LEVEL no5lvl= no4lvl= CONFIG_X86_PAE CONFIG_ARM_LPAE "
		"CONFIG_ARM64_VA_BITS CONFIG_MIPS_VA_BITS_48 page_size",
	  .else_by = "CONFIG_PGTABLE_LEVELS processor" },
	{ .of = "va_bits", .by =
		"page_levels CONFIG_ARM64_VA_BITS CONFIG_MIPS_VA_BITS_48 "
		"page_size mmu",
	  .else_by = "processor" },
	{ .of = "pa_bits", .by = "CONFIG_X86_PAE CONFIG_ARM_LPAE CONFIG_ARM64_PA_BITS",
	  .else_by = "processor" },
	{ .of = "mmu", .by = "disable_radix= CONFIG_PPC_RADIX_MMU "
		"CONFIG_PPC_RADIX_MMU_DEFAULT",
	  .else_by = "processor" },
	{ .of = "user_limit", .bits = 32, .by = SPLIT_OPTIONS WIDTHS "CONFIG_KASAN" },
	{ .of = "user_limit", .bits = 64, .by = WIDTHS },
	{ .of = "user_kernel_split", .by = SPLIT_OPTIONS WIDTHS },
	{ .of = "pgdir_size", .by = WIDTHS "CONFIG_X86_PAE CONFIG_ARM_LPAE" },
	{ .of = "pmd_size", .by = WIDTHS "CONFIG_X86_PAE CONFIG_ARM_LPAE" },
	{ .of = "max_physmem_bits", .by = WIDTHS
		"CONFIG_X86_PAE CONFIG_MAX_PHYSMEM_BITS" },
	{ .of = "section_size", .by = WIDTHS "CONFIG_X86_PAE" },
	{ .of = "thread_size", .by = "CONFIG_KASAN page_size" },
	{ .of = "cpus", .by =
		"nr_cpus= maxcpus= possible_cpus= CONFIG_SMP CONFIG_NR_CPUS" },
	{ .of = "ram", .bits = 32, .by = "mem= memmap= CONFIG_KASAN " HIGHMEM_OPTIONS,
	  .else_by = "memory" },
	{ .of = "ram", .bits = 64, .by = "mem= memmap= CONFIG_KASAN", .else_by = "memory" },
	{ .of = "high_memory", .bits = 32, .by = LOWMEM "memmap=" },
	{ .of = "high_memory", .bits = 64, .by = "mem= memmap= memory" },
	{ .of = "highmem", .by = LOWMEM "memmap=" },
	{ .of = "memory_kaslr", .by =
		"nokaslr= CONFIG_RANDOMIZE_MEMORY CONFIG_RANDOMIZE_BASE CONFIG_KASAN" },
	{ .of = "pti", .by = "pti= nopti= mitigations= CONFIG_PAGE_TABLE_ISOLATION "
		"CONFIG_MITIGATION_PAGE_TABLE_ISOLATION",
	  .else_by = "processor" },
	{ .of = "kpti", .by = "kpti= nokaslr= mitigations= CONFIG_UNMAP_KERNEL_AT_EL0 "
		"CONFIG_RANDOMIZE_BASE",
	  .else_by = "processor" },
	/* Regions. */
	{ .of = "user", .by = "user_limit" },
	{ .of = "user_guard", .by = "va_bits" },
	{ .of = "noncanonical", .by = "va_bits" },
	{ .of = "guard_hole", .by = "page_levels" },
	{ .of = "ldt_remap", .bits = 32, .by = "CONFIG_X86_PAE", .else_by = "cpu_entry_area" },
	{ .of = "ldt_remap", .bits = 64, .by = "page_levels" },
	{ .of = "direct_map", .bits = 32, .by = LOWMEM "CONFIG_KASAN memmap=" },
	{ .of = "direct_map", .bits = 64, .by = WIDTHS KASLR
		"CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING "
		"CONFIG_ZONE_DEVICE CONFIG_KASAN",
	  .else_by = "mem= memory" },
	{ .of = "zone_device", .by = "CONFIG_ZONE_DEVICE memmap=", .else_by = "memory" },
	{ .of = "vmalloc_gap", .by = LOWMEM },
	{ .of = "vmalloc", .bits = 32, .by = LOWMEM "pkmap fixmap CONFIG_KASAN" },
	{ .of = "vmalloc", .bits = 64, .by = WIDTHS "CONFIG_KASAN CONFIG_KMSAN vmalloc=",
	  .else_by = "vmemmap mem= memory" },
	{ .of = "vmemmap", .by = WIDTHS "struct_page_size CONFIG_SPARSEMEM_VMEMMAP "
		KASLR,
	  .else_by = "direct_map mem= memory" },
	{ .of = "mem_map", .by = LOWMEM
		"struct_page_size CONFIG_FLATMEM CONFIG_SPARSEMEM" },
	{ .of = "kasan_shadow", .by = "CONFIG_KASAN CONFIG_KASAN_SW_TAGS "
		"CONFIG_KASAN_SHADOW_OFFSET " WIDTHS },
	{ .of = "kmsan_vmalloc_shadow", .by = "CONFIG_KMSAN" },
	{ .of = "kmsan_vmalloc_origin", .by = "CONFIG_KMSAN" },
	{ .of = "kmsan_modules_shadow", .by = "CONFIG_KMSAN" },
	{ .of = "kmsan_modules_origin", .by = "CONFIG_KMSAN" },
	{ .of = "kfence", .by = "CONFIG_KFENCE kfence.sample_interval= "
		"CONFIG_KFENCE_NUM_OBJECTS page_size" },
	{ .of = "percpu", .by = "cpus CONFIG_SMP CONFIG_NUMA percpu_alloc= "
		"CONFIG_KALLSYMS_ALL " "CONFIG_KALLSYMS CONFIG_KPROBES CONFIG_KASAN "
		"CONFIG_DEBUG_VIRTUAL" },
	{ .of = "cpu_entry_area", .by = "CONFIG_NR_CPUS CONFIG_X86_PAE CONFIG_KASAN "
		"pkmap fixmap" },
	{ .of = "espfix", .by = "CONFIG_X86_ESPFIX64" },
	{ .of = "efi_runtime", .by = "CONFIG_EFI" },
	{ .of = "image_window", .by = "CONFIG_RANDOMIZE_BASE" },
	{ .of = "image", .by = SPLIT_OPTIONS
		"CONFIG_PHYSICAL_START CONFIG_KALLSYMS_ALL CONFIG_KALLSYMS "
		"CONFIG_KPROBES " WIDTHS },
	{ .of = "modules", .by = "CONFIG_RANDOMIZE_BASE CONFIG_MODULES "
		"CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP " SPLIT_OPTIONS HIGHMEM_OPTIONS
		"CONFIG_THUMB2_KERNEL vmalloc " WIDTHS "CONFIG_KASAN image" },
	{ .of = "reserve_top", .by = "reservetop= CONFIG_X86_PAE" },
	{ .of = "fixmap", .by = "reservetop= CONFIG_NR_CPUS CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP "
		HIGHMEM_OPTIONS WIDTHS "CONFIG_X86_PAE",
	  .else_by = "vmemmap direct_map" },
	{ .of = "kmap_local", .by = HIGHMEM_OPTIONS "CONFIG_NR_CPUS" },
	{ .of = "pkmap", .by = HIGHMEM_OPTIONS SPLIT_OPTIONS
		"CONFIG_X86_PAE CONFIG_NR_CPUS fixmap" },
	{ .of = "vsyscall", .by = "CONFIG_X86_VSYSCALL_EMULATION" },
	{ .of = "pci_io", .by = WIDTHS "CONFIG_PCI",
	  .else_by = "vmemmap direct_map" },
	{ .of = "dtb", .by = WIDTHS "fixmap" },
	{ .of = "bpf_jit", .by = WIDTHS "CONFIG_KASAN image" },
	{ .of = "kpti_trampoline", .by = "CONFIG_UNMAP_KERNEL_AT_EL0 fixmap " WIDTHS },
	{ .of = "itcm", .by = "CONFIG_HAVE_TCM" },
	{ .of = "dtcm", .by = "CONFIG_HAVE_TCM" },
	{ .of = "kernel_io", .by = WIDTHS },
	{ .of = "isa_io", .by = WIDTHS },
	{ .of = "phb_io", .by = WIDTHS },
	{ .of = "ioremap", .by = WIDTHS },
	{ .of = "amode31", .by = "nokaslr=" },
	{ .of = "abs_lowcore", .by = "page_levels mem= memory" },
	{ .of = "memcpy_real", .by = "page_levels mem= memory" },
	{ .of = "modules_text", .by = "modules" },
	{ .of = "execmem_text", .by = CODE "CONFIG_RANDOMIZE_MEMORY "
		"CONFIG_RANDOMIZE_MODULE_REGION_FULL" },
	{ .of = "execmem_text_fallback", .by = CODE "CONFIG_ARM_MODULE_PLTS" },
	{ .of = "execmem_kprobes", .by = CODE "vmalloc" },
	{ .of = "execmem_ftrace", .by = CODE },
	{ .of = "execmem_bpf", .by = CODE "vmalloc bpf_jit" },
	{ .of = "execmem_data", .by = CODE "vmalloc" },
	{ .of = "kfence_area", .by = "CONFIG_KFENCE CONFIG_KFENCE_NUM_OBJECTS " WIDTHS },
	{ .of = "init", .by = "CONFIG_KALLSYMS_ALL CONFIG_KALLSYMS CONFIG_KPROBES" },
	{ .of = "init_percpu", .by = "CONFIG_SMP CONFIG_KALLSYMS_ALL CONFIG_KALLSYMS "
		"CONFIG_KPROBES" },
	{ .of = "brk", .by = "CONFIG_KALLSYMS_ALL CONFIG_KALLSYMS" },
};

/* The rule for a thing of kernels of so many bits, or NULL. */
static const struct rule *find_rule(const char *name, unsigned int bits)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (strcmp(rules[i].of, name) == 0 &&
		    (!rules[i].bits || rules[i].bits == bits))
			return &rules[i];
	return NULL;
}

const char *causes_of(const char *name, unsigned int bits, bool otherwise)
{
	const struct rule *rule = find_rule(name, bits);
	const char *words = !rule ? NULL : otherwise ? rule->else_by : rule->by;

	return words ? words : "";
}

bool is_known_parameter(const char *name, size_t length)
{
	char *word = text_printf("%.*s=", (int)length, name);
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(rules) && !known; i++)
		known = line_has_word(rules[i].by, word) ||
			(rules[i].else_by && line_has_word(rules[i].else_by, word));
	free(word);
	return known;
}

bool is_placed_at_boot(const char *name)
{
	static const char *const names[] = {
		"kfence", "percpu", "mem_map", "amode31", "abs_lowcore", "memcpy_real",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}
