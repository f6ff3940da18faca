// SPDX-License-Identifier: GPL-2.0-only
/*
 * The options that matter on every architecture.  Those of one architecture
 * alone are in its file.
 */
#include <linux/string.h>

#include "config.h"
#include "format.h"

const struct kvas_option kvas_common_options[] = {
	KVAS_SWITCH(CONFIG_SMP),
	KVAS_SWITCH(CONFIG_NUMA),
	KVAS_SWITCH(CONFIG_RELOCATABLE),
	KVAS_SWITCH(CONFIG_RANDOMIZE_BASE),
	KVAS_SWITCH(CONFIG_ZONE_DEVICE),
	KVAS_SWITCH(CONFIG_MEMORY_HOTPLUG),
	KVAS_SWITCH(CONFIG_SPARSEMEM),
	KVAS_SWITCH(CONFIG_SPARSEMEM_VMEMMAP),
	KVAS_SWITCH(CONFIG_VMAP_STACK),
	KVAS_SWITCH(CONFIG_MODULES),
	KVAS_SWITCH(CONFIG_KASAN),
	KVAS_SWITCH(CONFIG_KASAN_VMALLOC),
	KVAS_SWITCH(CONFIG_KMSAN),
	KVAS_SWITCH(CONFIG_KFENCE),
	KVAS_SWITCH(CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP),
	KVAS_SWITCH(CONFIG_EFI),
	KVAS_SWITCH(CONFIG_STRICT_KERNEL_RWX),
	KVAS_SWITCH(CONFIG_STRICT_MODULE_RWX),
	KVAS_SWITCH(CONFIG_DEBUG_VIRTUAL),
	KVAS_SWITCH(CONFIG_KALLSYMS),
	KVAS_SWITCH(CONFIG_KALLSYMS_ALL),
	KVAS_SWITCH(CONFIG_KPROBES),
#ifndef CONFIG_64BIT
	KVAS_SWITCH(CONFIG_FLATMEM),
	KVAS_SWITCH(CONFIG_HIGHMEM),
	KVAS_SWITCH(CONFIG_VMSPLIT_3G),
	KVAS_SWITCH(CONFIG_VMSPLIT_3G_OPT),
	KVAS_SWITCH(CONFIG_VMSPLIT_2G),
	KVAS_SWITCH(CONFIG_VMSPLIT_2G_OPT),
	KVAS_SWITCH(CONFIG_VMSPLIT_1G),
	KVAS_NUMBER(CONFIG_PAGE_OFFSET),
#endif
	KVAS_NUMBER(CONFIG_PGTABLE_LEVELS),
	KVAS_NUMBER(CONFIG_KASAN_SHADOW_OFFSET),
	KVAS_NUMBER(CONFIG_KFENCE_NUM_OBJECTS),
	KVAS_NUMBER(CONFIG_NR_CPUS),
	KVAS_NUMBER(CONFIG_NODES_SHIFT),
	{ }
};

/**
 * kvas_config_write() - write the config records of a list
 * @w:		where to
 * @options:	the list
 */
void kvas_config_write(struct kvas_writer *w, const struct kvas_option *options)
{
	const struct kvas_option *option;

	for (option = options; option->name; option++) {
		/* The value of a number that this kernel lacks is the option's own name. */
		if (!strcmp(option->value, option->name))
			continue;
		kvas_begin_record(w, "config");
		kvas_put_text(w, "name", option->name);
		kvas_put_text(w, "value", option->value);
		kvas_end_record(w);
	}
}
