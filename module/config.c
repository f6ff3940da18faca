// SPDX-License-Identifier: GPL-2.0-only
/* The options that shape the layout, as this module was compiled with them. */
#include <linux/kconfig.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/stringify.h>

#include "kvas.h"

/* As below, asked of 32-bit kernels only. */
#ifdef CONFIG_64BIT
#define SWITCHES_32(X)
#else
#define SWITCHES_32(X)							\
	X(X86_PAE)							\
	X(HIGHMEM)							\
	X(HIGHMEM4G)							\
	X(HIGHMEM64G)							\
	X(FLATMEM)
#endif

/*
 * X(option): yes or no; a tristate counts if it is built in.
 * Renamed options stand under each of their names.
 */
#define SWITCHES(X)							\
	X(SMP)								\
	X(NUMA)								\
	X(X86_5LEVEL)							\
	X(DYNAMIC_MEMORY_LAYOUT)					\
	X(RELOCATABLE)							\
	X(RANDOMIZE_BASE)						\
	X(RANDOMIZE_MEMORY)						\
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
	X(PAGE_TABLE_ISOLATION)						\
	X(MITIGATION_PAGE_TABLE_ISOLATION)				\
	X(MODIFY_LDT_SYSCALL)						\
	X(X86_ESPFIX64)							\
	X(X86_VSYSCALL_EMULATION)					\
	X(LEGACY_VSYSCALL_XONLY)					\
	X(LEGACY_VSYSCALL_NONE)						\
	X(DEBUG_KMAP_LOCAL_FORCE_MAP)					\
	X(EFI)								\
	X(XEN_PV)							\
	X(AMD_MEM_ENCRYPT)						\
	X(STRICT_KERNEL_RWX)						\
	X(STRICT_MODULE_RWX)						\
	X(DEBUG_VIRTUAL)						\
	X(KALLSYMS)							\
	X(KALLSYMS_ALL)							\
	X(KPROBES)

/* X(option): a number, as in .config; not shown where there is none. */
#define NUMBERS(X)							\
	X(PGTABLE_LEVELS)						\
	X(PHYSICAL_START)						\
	X(PHYSICAL_ALIGN)						\
	X(RANDOMIZE_MEMORY_PHYSICAL_PADDING)				\
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

static const char options[] = SWITCHES(SWITCH) SWITCHES_32(SWITCH) NUMBERS(NUMBER);

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
