// SPDX-License-Identifier: GPL-2.0-only
/* The options that shape the layout, as this module was compiled with them. */
#include <linux/kconfig.h>
#include <linux/seq_file.h>
#include <linux/stringify.h>

#include "kvas.h"

/*
 * X(option): yes or no; a tristate counts if it is built in.
 * Renamed options stand under each of their names.
 */
#define SWITCHES(X)							\
	X(64BIT)							\
	X(SMP)								\
	X(NUMA)								\
	X(MMU)								\
	X(X86_5LEVEL)							\
	X(X86_PAE)							\
	X(HIGHMEM)							\
	X(HIGHMEM4G)							\
	X(HIGHMEM64G)							\
	X(DYNAMIC_MEMORY_LAYOUT)					\
	X(RELOCATABLE)							\
	X(RANDOMIZE_BASE)						\
	X(RANDOMIZE_MEMORY)						\
	X(ZONE_DEVICE)							\
	X(MEMORY_HOTPLUG)						\
	X(FLATMEM)							\
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

/*
 * X(option): a number, spelled as in .config.  One that the kernel lacks
 * stringifies to its own name, and is not shown.
 */
#define NUMBERS(X)							\
	X(PGTABLE_LEVELS)						\
	X(PAGE_OFFSET)							\
	X(PHYSICAL_START)						\
	X(PHYSICAL_ALIGN)						\
	X(RANDOMIZE_MEMORY_PHYSICAL_PADDING)				\
	X(KASAN_SHADOW_OFFSET)						\
	X(KFENCE_NUM_OBJECTS)						\
	X(NR_CPUS)							\
	X(NODES_SHIFT)

static const struct {
	const char *name;
	bool is_set;
} switches[] = {
#define X(option) { "CONFIG_" #option, IS_BUILTIN(CONFIG_##option) },
	SWITCHES(X)
#undef X
};

static const struct {
	const char *name;
	const char *value;
} numbers[] = {
#define X(option) { "CONFIG_" #option, __stringify(CONFIG_##option) },
	NUMBERS(X)
#undef X
};

/**
 * kvas_config_show() - print the config records
 * @m:	where to
 *
 * Return: how many.
 */
unsigned int kvas_config_show(struct seq_file *m)
{
	unsigned int i, shown = ARRAY_SIZE(switches);

	for (i = 0; i < ARRAY_SIZE(switches); i++)
		seq_printf(m, "config  name=%s value=%c\n", switches[i].name,
			   switches[i].is_set ? 'y' : 'n');
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (!strncmp(numbers[i].value, "CONFIG_", 7))
			continue;
		seq_printf(m, "config  name=%s value=%s\n", numbers[i].name,
			   numbers[i].value);
		shown++;
	}
	return shown;
}
