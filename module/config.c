// SPDX-License-Identifier: GPL-2.0-only
/* The options that shape the layout, as this module was compiled with them. */
#include <linux/seq_file.h>
#include <linux/string.h>
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

/* X(option): a number, shown as in .config; not shown where there is none. */
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

/*
 * OPTION=value lines, without the CONFIG_ that all have in common.  An option
 * that is not set is no macro, and stringifies to its own name.
 */
#define X(option) #option "=" __stringify(CONFIG_##option) "\n"
static const char switches[] = SWITCHES(X);
static const char numbers[] = NUMBERS(X);
#undef X

/* Prints what stands behind one line of the text, and moves on to the next. */
static bool show_option(struct seq_file *m, const char **text, bool is_switch)
{
	const char *name = *text;
	const char *value = strchr(name, '=') + 1;
	const char *end = strchr(value, '\n');
	bool is_set = strncmp(value, "CONFIG_", 7);

	*text = end + 1;
	if (!is_switch && !is_set)
		return false;
	seq_printf(m, "config  name=CONFIG_%.*s value=%.*s\n",
		   (int)(value - 1 - name), name,
		   is_switch ? 1 : (int)(end - value),
		   is_switch ? (is_set ? "y" : "n") : value);
	return true;
}

/**
 * kvas_config_show() - print the config records
 * @m:	where to
 *
 * Return: how many.
 */
unsigned int kvas_config_show(struct seq_file *m)
{
	const char *text;
	unsigned int shown = 0;

	for (text = switches; *text; )
		shown += show_option(m, &text, true);
	for (text = numbers; *text; )
		shown += show_option(m, &text, false);
	return shown;
}
