// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86_64: the regions, spelled in the kernel's own macros
 * (arch/x86/include/asm/pgtable_64_types.h, page_64_types.h, kasan.h); those
 * that 32 bits have, too, are in x86.c.
 *
 * A row's route says what its macros depend on where they are no constants:
 * CPU, the number of paging levels; EXPORTED, the variables that KASLR sets.
 */
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/cpu_entry_area.h>
#include <asm/e820/api.h>
#include <asm/processor.h>
#include <uapi/asm/vsyscall.h>

#include "x86.h"

#define TB_SHIFT	40

static const struct kvas_option options[] = {
	KVAS_SWITCH(CONFIG_X86_5LEVEL),
	KVAS_SWITCH(CONFIG_DYNAMIC_MEMORY_LAYOUT),
	KVAS_SWITCH(CONFIG_RANDOMIZE_MEMORY),
	KVAS_SWITCH(CONFIG_PAGE_TABLE_ISOLATION),
	KVAS_SWITCH(CONFIG_MITIGATION_PAGE_TABLE_ISOLATION),
	KVAS_SWITCH(CONFIG_MODIFY_LDT_SYSCALL),
	KVAS_SWITCH(CONFIG_X86_ESPFIX64),
	KVAS_SWITCH(CONFIG_X86_VSYSCALL_EMULATION),
	KVAS_SWITCH(CONFIG_LEGACY_VSYSCALL_XONLY),
	KVAS_SWITCH(CONFIG_LEGACY_VSYSCALL_NONE),
	KVAS_SWITCH(CONFIG_XEN_PV),
	KVAS_SWITCH(CONFIG_AMD_MEM_ENCRYPT),
	KVAS_NUMBER(CONFIG_PHYSICAL_START),
	KVAS_NUMBER(CONFIG_PHYSICAL_ALIGN),
	KVAS_NUMBER(CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING),
	{ }
};

/* Set once: memory that is added later does not move the direct map's end. */
static struct kvas_bound direct_map_end;
static bool memory_is_randomized;

static unsigned long image_va(resource_size_t phys)
{
	return phys - phys_base + __START_KERNEL_map;
}

static bool image_phys(unsigned long addr, unsigned long long *phys)
{
	*phys = addr - __START_KERNEL_map + phys_base;
	return true;
}

/* Asked once: each use of pgtable_l5_enabled() adds 30 bytes of code. */
static bool five_levels __ro_after_init;

#define LINK_BASE(name)	(five_levels ? __##name##_BASE_L5 : __##name##_BASE_L4)

static bool __init is_any_base_moved(void)
{
	return PAGE_OFFSET != LINK_BASE(PAGE_OFFSET) ||
	       VMALLOC_START != LINK_BASE(VMALLOC) ||
	       VMEMMAP_START != LINK_BASE(VMEMMAP);
}

/* The last byte of the direct map's window must leave room for all memory. */
static bool __init is_plausible_end(unsigned long end)
{
	return end >= (unsigned long)high_memory - 1 && end < VMALLOC_START;
}

/* 6.11 (and stable 6.1) made the end of the direct map a variable. */
static bool __init read_direct_map_end(struct kvas_bound *end, const char *variable,
				       const char *source)
{
	unsigned long last;

	*end = (struct kvas_bound) { .source = source, .route = KVAS_ROUTE_KPROBE };
	end->absent = kvas_variable(variable, &last, sizeof(last));
	if (end->absent)
		return false;
	end->addr = (unsigned long)__va(last);
	if (is_plausible_end(end->addr))
		return true;
	end->absent = "its variable has no plausible value";
	return false;
}

#ifdef CONFIG_RANDOMIZE_MEMORY
#define TWO_RULES							\
	"needs KALLSYMS_ALL and KPROBES: no variable holds it, and two rules may hold"
#define BOOT_MEMORY_RULE						\
	"PAGE_OFFSET + (end of RAM by e820__mapped_any() rounded up to TB + " \
	"CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING TB) - 1"

/*
 * kernel_randomize_memory() of arch/x86/mm/kaslr.c, before the end became a
 * variable: room for the memory at boot, and some more.  A later change, which
 * stable kernels took without the variable, leaves room for all physical
 * addresses instead.  Then VMALLOC_START lies after all that room; where it
 * does not, the earlier rule holds.
 */
static void __init compute_direct_map_end(struct kvas_bound *end)
{
	unsigned long tb = MAXMEM >> TB_SHIFT;

	if (VMALLOC_START - PAGE_OFFSET >= MAXMEM) {
		end->absent = TWO_RULES;
		return;
	}
	/* Memory hotplug does not change this, unlike max_pfn and high_memory. */
	while (tb && !e820__mapped_any((tb - 1) << TB_SHIFT, tb << TB_SHIFT, E820_TYPE_RAM))
		tb--;
	tb += CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING;
	*end = (struct kvas_bound) {
		.addr = PAGE_OFFSET + min(tb << TB_SHIFT, MAXMEM) - 1,
		.source = BOOT_MEMORY_RULE,
		.route = KVAS_ROUTE_DERIVED,
	};
}
#else
static void __init compute_direct_map_end(struct kvas_bound *end)
{
}
#endif

static void __init find_direct_map_end(struct kvas_bound *end)
{
	if (read_direct_map_end(end, "direct_map_physmem_end",
				"__va(direct_map_physmem_end)"))
		return;
	/* Its name until 6.12. */
	if (read_direct_map_end(end, "physmem_end", "__va(physmem_end)"))
		return;
	if (memory_is_randomized)
		compute_direct_map_end(end);
	else
		*end = (struct kvas_bound) {
			.addr = PAGE_OFFSET + MAXMEM - 1,
			.source = "PAGE_OFFSET + MAXMEM - 1",
			.route = KVAS_ROUTE_DERIVED,
		};
}

/*
 * The task-state segment has the address after each.  With FRED it is not filled in:
 * the processor has such addresses in registers (arch/x86/kernel/fred.c), which only
 * code that runs on it can read.
 */
#define STACK_IST(what, vector)						\
	STACK_PER_CPU_IN(what, EXCEPTION_STKSZ, BEFORE, cpu_tss_rw,	\
			 offsetof(struct tss_struct, x86_tss.ist[IST_INDEX_##vector]))
#ifdef IST_INDEX_VC
#define STACK_VC	STACK_IST("vmm_comm", VC)
#else
#define STACK_VC	NO_STACK("vmm_comm", "this kernel has none")
#endif

static struct kvas_stack stacks[] __ro_after_init = {
	/* The address of its last word. */
	STACK_X86("irq", IRQ_STACK_SIZE, BEFORE, hardirq_stack_ptr, .below = 8),
	STACK_IST("double_fault", DF),
	STACK_IST("nmi", NMI),
	STACK_IST("debug", DB),
	STACK_IST("machine_check", MCE),
	STACK_VC,
	{ }
};

/* Xen gives a paravirtual guest its exceptions on the thread's own stack. */
static void __init forget_exception_stacks(void)
{
	struct kvas_stack *stack;

	for (stack = stacks; stack->kind; stack++) {
		if (stack->base == (unsigned long)&cpu_tss_rw)
			stack->absent = "Xen takes the thread's own stack for exceptions";
	}
}

static void __init init(void)
{
	kvas_x86_find_image(__START_KERNEL_map + KERNEL_IMAGE_SIZE);
	five_levels = pgtable_l5_enabled();
	memory_is_randomized = is_any_base_moved();
	find_direct_map_end(&direct_map_end);
	if (cpu_feature_enabled(X86_FEATURE_XENPV))
		forget_exception_stacks();
}

/* Bit 47 with 4 levels of page tables, bit 56 with 5, is copied upwards. */
#define HALF	(1UL << __VIRTUAL_MASK_SHIFT)

#define VMEMMAP_RULE							\
	"VMEMMAP_START + round_up(pages of direct_map * sizeof(struct page), 1T) - 1"
#define NOTE_POPULATED	"populated to the highest memory since boot, with holes"

/* The struct page of each page that the direct map has room for. */
static struct kvas_bound vmemmap_end(void)
{
	unsigned long pages = (direct_map_end.addr - PAGE_OFFSET + 1) / PAGE_SIZE;

	return (struct kvas_bound) {
		.addr = VMEMMAP_START - 1 +
			round_up(pages * sizeof(struct page), 1UL << TB_SHIFT),
		.source = VMEMMAP_RULE,
		.route = KVAS_ROUTE_DERIVED,
	};
}

static void add_lower_regions(struct kvas_layout *l, const struct kvas_memory *memory)
{
	bool known = !direct_map_end.absent;
	const struct kvas_row rows[] = {
		REGION(USER, 0, TASK_SIZE_MAX, CPU),
		REGION(USER_GUARD, TASK_SIZE_MAX, (1UL << __VIRTUAL_MASK_SHIFT), CPU),
		REGION(NONCANONICAL, 1UL << __VIRTUAL_MASK_SHIFT,
		       -(1UL << __VIRTUAL_MASK_SHIFT), CPU),
		REGION(GUARD_HOLE, GUARD_HOLE_BASE_ADDR, GUARD_HOLE_END_ADDR, EXPORTED),
		REGION_UP_TO(DIRECT_MAP, PAGE_OFFSET, known ? direct_map_end : memory->last,
			     EXPORTED,
			     .note = known ? NOTE_POPULATED : KVAS_NOTE_ROOM_UNKNOWN),
		REGION(VMALLOC, VMALLOC_START, VMALLOC_END, EXPORTED),
		REGION_UP_TO(VMEMMAP, VMEMMAP_START, known ? vmemmap_end() : memory->last_page,
			     EXPORTED, .absent = UNLESS(CONFIG_SPARSEMEM_VMEMMAP),
			     .note = known ? NULL : KVAS_NOTE_ROOM_UNKNOWN),
	};

	ADD_REGIONS(l, rows);
}

static void add_sanitizer_regions(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		ROW_KASAN_SHADOW(CPU),
		REGION_IF(CONFIG_KMSAN, KMSAN_VMALLOC_SHADOW, KMSAN_VMALLOC_SHADOW_START,
			  VMALLOC_END + KMSAN_VMALLOC_SHADOW_OFFSET, EXPORTED),
		REGION_IF(CONFIG_KMSAN, KMSAN_VMALLOC_ORIGIN, KMSAN_VMALLOC_ORIGIN_START,
			  VMALLOC_END + KMSAN_VMALLOC_ORIGIN_OFFSET, EXPORTED),
		REGION_IF(CONFIG_KMSAN, KMSAN_MODULES_SHADOW, KMSAN_MODULES_SHADOW_START,
			  KMSAN_MODULES_ORIGIN_START, EXPORTED),
		REGION_IF(CONFIG_KMSAN, KMSAN_MODULES_ORIGIN, KMSAN_MODULES_ORIGIN_START,
			  KMSAN_MODULES_ORIGIN_START + MODULES_LEN, EXPORTED),
	};

	ADD_REGIONS(l, rows);
}

/* These stand at the same place on every boot with as many levels. */
static void add_upper_regions(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION_IF(CONFIG_X86_ESPFIX64, ESPFIX, ESPFIX_BASE_ADDR,
			  ESPFIX_BASE_ADDR + P4D_SIZE, EXPORTED),
		REGION_IF(CONFIG_EFI, EFI_RUNTIME, EFI_VA_END, EFI_VA_START, EXPORTED,
			  .note = "mapped during EFI calls only; filled from the top"),
		REGION(IMAGE_WINDOW, __START_KERNEL_map, __START_KERNEL_map + KERNEL_IMAGE_SIZE,
		       EXPORTED),
		REGION_IF(CONFIG_MODULES, MODULES, MODULES_VADDR, MODULES_END, EXPORTED),
		REGION_IF(CONFIG_X86_VSYSCALL_EMULATION, VSYSCALL, VSYSCALL_ADDR,
			  VSYSCALL_ADDR + PAGE_SIZE, EXPORTED,
			  .note = "usable or not: boot parameter vsyscall="),
		ROW_NO_HIGHMEM_ON_64_BITS,
	};

	ADD_REGIONS(l, rows);
}

static void add_regions(struct kvas_layout *l, const struct kvas_memory *memory)
{
	add_lower_regions(l, memory);
	add_sanitizer_regions(l);
	add_upper_regions(l);
	kvas_x86_add_regions(l);
}

static void fill_in(struct kvas_layout *l, const struct kvas_memory *memory)
{
	kvas_set_phys(l, KVAS_DIRECT_MAP, __pa(PAGE_OFFSET));
	if (!direct_map_end.absent) {
		kvas_set_populated(l, KVAS_DIRECT_MAP, PAGE_OFFSET, &memory->last);
		kvas_set_populated(l, KVAS_VMEMMAP, VMEMMAP_START, &memory->last_page);
	}
#ifdef CONFIG_KASAN
	/* kasan_init() of arch/x86/mm/kasan_init_64.c */
	if (KASAN_SHADOW_START & ~PGDIR_MASK)
		kvas_set_note(l, KVAS_KASAN_SHADOW,
			      "mapped from KASAN_SHADOW_START & PGDIR_MASK on");
#endif
}

/* How far a base lies from where it was linked. */
#define OFFSET_FACT(what, address, base)				\
	{ .name = what, .unit = KVAS_UNIT_OFFSET,			\
	  .value = (address) - (five_levels ?				\
				__##base##_BASE_L5 : __##base##_BASE_L4), \
	  .source = five_levels ? #address " - __" #base "_BASE_L5" :	\
				  #address " - __" #base "_BASE_L4",	\
	  .route = KVAS_ROUTE_DERIVED }

static void add_kaslr_facts(struct kvas_layout *l)
{
	const struct kvas_fact facts[] = {
		{ .name = "memory_kaslr", .unit = KVAS_UNIT_BOOL, .value = memory_is_randomized,
		  .source = "the offset of a base is not 0", .route = KVAS_ROUTE_DERIVED },
		OFFSET_FACT("direct_map_kaslr_offset", PAGE_OFFSET, PAGE_OFFSET),
		OFFSET_FACT("vmalloc_kaslr_offset", VMALLOC_START, VMALLOC),
		OFFSET_FACT("vmemmap_kaslr_offset", VMEMMAP_START, VMEMMAP),
	};

	ADD_FACTS(l, facts);
}

static void add_facts(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_fact facts[] = {
		FACT("page_levels", LEVELS, five_levels ? 5 : 4, CPU),
		FACT("va_bits", BITS, __VIRTUAL_MASK_SHIFT + 1, CPU),
		FACT("user_limit", ADDRESS, TASK_SIZE_MAX, CPU),
		FACT("phys_base", ADDRESS, phys_base, EXPORTED),
	};

	ADD_FACTS(l, facts);
	kvas_layout_add_split(l, HALF - 1, -HALF, "1UL << __VIRTUAL_MASK_SHIFT",
			      KVAS_ROUTE_CPU);
	kvas_x86_add_facts(l);
	add_kaslr_facts(l);
}

const struct kvas_arch kvas_arch __refconst = {
	.name = "x86_64",
	.image_area = KVAS_IMAGE_WINDOW,
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
