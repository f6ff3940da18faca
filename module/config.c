// SPDX-License-Identifier: GPL-2.0-only
/* The options that shape the layout, as this module was compiled with them. */
#include <linux/kconfig.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/stringify.h>

#include "kvas.h"

/*
 * X(option): yes or no; a tristate counts if it is built in.
 * Renamed options stand under each of their names.
 */
#if defined(CONFIG_X86_64)
#define ARCH_SWITCHES(X)						\
	X(X86_5LEVEL)							\
	X(DYNAMIC_MEMORY_LAYOUT)					\
	X(RANDOMIZE_MEMORY)						\
	X(PAGE_TABLE_ISOLATION)						\
	X(MITIGATION_PAGE_TABLE_ISOLATION)				\
	X(MODIFY_LDT_SYSCALL)						\
	X(X86_ESPFIX64)							\
	X(X86_VSYSCALL_EMULATION)					\
	X(LEGACY_VSYSCALL_XONLY)					\
	X(LEGACY_VSYSCALL_NONE)						\
	X(XEN_PV)							\
	X(AMD_MEM_ENCRYPT)
#define ARCH_NUMBERS(X)							\
	X(PHYSICAL_START)						\
	X(PHYSICAL_ALIGN)						\
	X(RANDOMIZE_MEMORY_PHYSICAL_PADDING)
#elif defined(CONFIG_X86_32)
#define ARCH_SWITCHES(X)						\
	X(X86_PAE)							\
	X(HIGHMEM4G)							\
	X(HIGHMEM64G)							\
	X(PAGE_TABLE_ISOLATION)						\
	X(MITIGATION_PAGE_TABLE_ISOLATION)				\
	X(MODIFY_LDT_SYSCALL)
#define ARCH_NUMBERS(X)							\
	X(PHYSICAL_START)						\
	X(PHYSICAL_ALIGN)
#elif defined(CONFIG_ARM)
#define ARCH_SWITCHES(X)						\
	X(ARM_LPAE)							\
	X(THUMB2_KERNEL)						\
	X(ARM_MODULE_PLTS)						\
	X(ARM_PATCH_PHYS_VIRT)						\
	X(XIP_KERNEL)							\
	X(DEBUG_ALIGN_RODATA)						\
	X(PCI)								\
	X(HAVE_TCM)							\
	X(KUSER_HELPERS)
#define ARCH_NUMBERS(X)							\
	X(PHYS_OFFSET)
#elif defined(CONFIG_ARM64)
#define ARCH_SWITCHES(X)						\
	X(ARM64_4K_PAGES)						\
	X(ARM64_16K_PAGES)						\
	X(ARM64_64K_PAGES)						\
	X(ARM64_LPA2)							\
	X(ARM64_FORCE_52BIT)						\
	X(RANDOMIZE_MODULE_REGION_FULL)					\
	X(ARM64_MODULE_PLTS)						\
	X(UNMAP_KERNEL_AT_EL0)						\
	X(KASAN_SW_TAGS)						\
	X(KASAN_HW_TAGS)						\
	X(ACPI_APEI_GHES)						\
	X(ARM_SDE_INTERFACE)
#define ARCH_NUMBERS(X)							\
	X(ARM64_VA_BITS)						\
	X(ARM64_PA_BITS)
#elif defined(CONFIG_RISCV)
#define ARCH_SWITCHES(X)						\
	X(XIP_KERNEL)							\
	X(COMPAT)							\
	X(BUILTIN_DTB)
#define ARCH_NUMBERS(X)							\
	X(PHYS_RAM_BASE)
#elif defined(CONFIG_LOONGARCH)
#define ARCH_SWITCHES(X)						\
	X(4KB_3LEVEL)							\
	X(4KB_4LEVEL)							\
	X(16KB_2LEVEL)							\
	X(16KB_3LEVEL)							\
	X(64KB_2LEVEL)							\
	X(64KB_3LEVEL)							\
	X(ARCH_IOREMAP)
#define ARCH_NUMBERS(X)							\
	X(RANDOMIZE_BASE_MAX_OFFSET)
#elif defined(CONFIG_MIPS)
#define ARCH_SWITCHES(X)						\
	X(PAGE_SIZE_4KB)						\
	X(PAGE_SIZE_16KB)						\
	X(PAGE_SIZE_64KB)						\
	X(MIPS_VA_BITS_48)						\
	X(MAPPED_KERNEL)						\
	X(EVA)
#define ARCH_NUMBERS(X)							\
	X(RANDOMIZE_BASE_MAX_OFFSET)
#elif defined(CONFIG_PPC64)
#define ARCH_SWITCHES(X)						\
	X(PPC_4K_PAGES)							\
	X(PPC_64K_PAGES)						\
	X(PPC_RADIX_MMU)						\
	X(PPC_RADIX_MMU_DEFAULT)					\
	X(PPC_64S_HASH_MMU)
#define ARCH_NUMBERS(X)							\
	X(PAGE_OFFSET)							\
	X(KERNEL_START)							\
	X(PHYSICAL_START)
#elif defined(CONFIG_S390)
#define ARCH_SWITCHES(X)						\
	X(RANDOMIZE_IDENTITY_BASE)
#define ARCH_NUMBERS(X)							\
	X(MAX_PHYSMEM_BITS)						\
	X(KERNEL_IMAGE_BASE)
#else
#define ARCH_SWITCHES(X)
#define ARCH_NUMBERS(X)
#endif

/* Asked of 32-bit kernels only. */
#ifdef CONFIG_64BIT
#define SWITCHES_32(X)
#define NUMBERS_32(X)
#else
#define SWITCHES_32(X)							\
	X(FLATMEM)							\
	X(HIGHMEM)							\
	X(VMSPLIT_3G)							\
	X(VMSPLIT_3G_OPT)						\
	X(VMSPLIT_2G)							\
	X(VMSPLIT_2G_OPT)						\
	X(VMSPLIT_1G)
#define NUMBERS_32(X)							\
	X(PAGE_OFFSET)
#endif

#define SWITCHES(X)							\
	X(SMP)								\
	X(NUMA)								\
	X(RELOCATABLE)							\
	X(RANDOMIZE_BASE)						\
	X(ZONE_DEVICE)							\
	X(MEMORY_HOTPLUG)						\
	X(SPARSEMEM)							\
	X(SPARSEMEM_VMEMMAP)						\
	X(VMAP_STACK)							\
	X(MODULES)							\
	X(KASAN)							\
	X(KASAN_VMALLOC)						\
	X(KMSAN)							\
	X(KFENCE)							\
	X(DEBUG_KMAP_LOCAL_FORCE_MAP)					\
	X(EFI)								\
	X(STRICT_KERNEL_RWX)						\
	X(STRICT_MODULE_RWX)						\
	X(DEBUG_VIRTUAL)						\
	X(KALLSYMS)							\
	X(KALLSYMS_ALL)							\
	X(KPROBES)

/* X(option): a number, as in .config; not shown where there is none. */
#define NUMBERS(X)							\
	X(PGTABLE_LEVELS)						\
	X(KASAN_SHADOW_OFFSET)						\
	X(KFENCE_NUM_OBJECTS)						\
	X(NR_CPUS)							\
	X(NODES_SHIFT)

/*
 * "y" or "n", by the trick of linux/kconfig.h: of an option that is set to 1,
 * __ARG_PLACEHOLDER_1 makes a first argument more.
 */
#define YES_OR_NO(option)	YES_OR_NO_1(CONFIG_##option)
#define YES_OR_NO_1(value)	YES_OR_NO_2(value)
#define YES_OR_NO_2(value)	YES_OR_NO_3(__ARG_PLACEHOLDER_##value)
#define YES_OR_NO_3(junk)	SECOND(junk "y", "n", unused)
#define SECOND(first, second, ...)	second

/* OPTION=value lines, without the CONFIG_ that all have in common. */
#define SWITCH(option)	#option "=" YES_OR_NO(option) "\n"
#define NUMBER(option)	#option "=" __stringify(CONFIG_##option) "\n"

static const char options[] =
	SWITCHES(SWITCH) SWITCHES_32(SWITCH) ARCH_SWITCHES(SWITCH)
	NUMBERS(NUMBER) NUMBERS_32(NUMBER) ARCH_NUMBERS(NUMBER);

/**
 * kvas_config_show() - print the config records
 * @m:	where to
 *
 * Return: how many.
 */
unsigned int kvas_config_show(struct seq_file *m)
{
	const char *line, *value, *next;
	unsigned int shown = 0;

	for (line = options; *line; line = next) {
		value = strchr(line, '=') + 1;
		next = strchr(value, '\n') + 1;
		/* A macro that does not exist stringifies to its own name. */
		if (!strncmp(value, "CONFIG_", 7))
			continue;
		seq_puts(m, "config  name=CONFIG_");
		seq_write(m, line, value - 1 - line);
		seq_puts(m, " value=");
		seq_write(m, value, next - value);
		shown++;
	}
	return shown;
}
