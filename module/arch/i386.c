// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86 of 32 bits, with PAE and without: the regions, spelled in the kernel's
 * own macros (arch/x86/include/asm/pgtable_32_areas.h, page_32_types.h); those
 * that 64 bits have, too, are in x86.c.
 *
 * Everything above lowmem depends on two exported variables: high_memory, where
 * it ends, and __FIXADDR_TOP, from which the rest is counted down.
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/cpu_entry_area.h>
#include <asm/fixmap.h>
#include <asm/processor.h>

#include "x86.h"

static const struct kvas_option options[] = {
	KVAS_SWITCH(CONFIG_X86_PAE),
	KVAS_SWITCH(CONFIG_HIGHMEM4G),
	KVAS_SWITCH(CONFIG_HIGHMEM64G),
	KVAS_SWITCH(CONFIG_PAGE_TABLE_ISOLATION),
	KVAS_SWITCH(CONFIG_MITIGATION_PAGE_TABLE_ISOLATION),
	KVAS_SWITCH(CONFIG_MODIFY_LDT_SYSCALL),
	KVAS_NUMBER(CONFIG_PHYSICAL_START),
	KVAS_NUMBER(CONFIG_PHYSICAL_ALIGN),
	{ }
};

static unsigned long image_va(resource_size_t phys)
{
	return (unsigned long)__va(phys);
}

static bool image_phys(unsigned long addr, unsigned long long *phys)
{
	*phys = __pa(addr);
	return true;
}

enum { IRQ_STACK, SOFTIRQ_STACK, DOUBLE_FAULT_STACK };

static struct kvas_stack stacks[] __ro_after_init = {
	[IRQ_STACK] = STACK_X86("irq", THREAD_SIZE, AT, hardirq_stack_ptr),
	[SOFTIRQ_STACK] = STACK_X86("softirq", THREAD_SIZE, AT, softirq_stack_ptr,
				    .absent = UNLESS_SOFTIRQS_ARE_THREADS),
	[DOUBLE_FAULT_STACK] = {
		.kind = "double_fault",
		.size = sizeof_field(struct cpu_entry_area, doublefault_stack.stack),
		.variable = KVAS_IN_ARRAY,
		.stride = CPU_ENTRY_AREA_SIZE,
		.offset = offsetof(struct cpu_entry_area, doublefault_stack.stack),
		.place = KVAS_STACK_ITSELF,
	},
	{ }
};

static void __init init(void)
{
	stacks[DOUBLE_FAULT_STACK].base = CPU_ENTRY_AREA_PER_CPU;
	kvas_x86_find_image((unsigned long)high_memory & PAGE_MASK);
}

static void add_regions(struct kvas_layout *l, const struct kvas_memory *memory)
{
	/* Above the topmost slot of the fixmap, up to the last address. */
	unsigned long reserved = FIXADDR_TOP + PAGE_SIZE;
	const struct kvas_row rows[] = {
		REGION(USER, 0, TASK_SIZE, MACRO),
		REGION(VMALLOC, VMALLOC_START, VMALLOC_END, EXPORTED),
		REGION_IF(CONFIG_MODULES, MODULES, MODULES_VADDR, MODULES_END, EXPORTED,
			  .note = "all of vmalloc"),
		NO_REGION(VMEMMAP, "CONFIG_SPARSEMEM_VMEMMAP is not set"),
		NO_REGION(KASAN_SHADOW, "CONFIG_KASAN is not set"),
		REGION(RESERVE_TOP, FIXADDR_TOP + PAGE_SIZE, ULONG_MAX, EXPORTED,
		       .absent = reserved ? NULL :
				 "neither a hypervisor nor reservetop= asked for it"),
	};

	kvas_add_lowmem(l, memory);
	ADD_REGIONS(l, rows);
	kvas_add_highmem(l);
	kvas_x86_add_regions(l);
}

static void add_facts(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_fact facts[] = {
		FACT("page_levels", LEVELS, CONFIG_PGTABLE_LEVELS, MACRO),
		FACT("va_bits", BITS, BITS_PER_LONG, MACRO),
		FACT("user_limit", ADDRESS, TASK_SIZE, MACRO),
		kvas_highmem_fact(),
	};

	ADD_FACTS(l, facts);
	kvas_layout_add_split(l, PAGE_OFFSET - 1, PAGE_OFFSET, "PAGE_OFFSET", KVAS_ROUTE_MACRO);
	kvas_x86_add_facts(l);
}

static void fill_in(struct kvas_layout *l, const struct kvas_memory *memory)
{
	kvas_set_phys(l, KVAS_DIRECT_MAP, __pa(PAGE_OFFSET));
}

const struct kvas_arch kvas_arch __refconst = {
	.name = "i386",
	.image_area = KVAS_DIRECT_MAP,
	.options = options,
	.init = init,
	.add_regions = add_regions,
	.add_facts = add_facts,
	.fill_in = fill_in,
	.image_va = image_va,
	.image_phys = image_phys,
	.fixmap_slot = kvas_x86_fixmap_slot,
	.find_module_range = kvas_x86_find_module_range,
	.stacks = stacks,
};
