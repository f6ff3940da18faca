// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86_64: which areas there are, spelled in the kernel's own macros
 * (arch/x86/include/asm/pgtable_64_types.h, page_64_types.h, kasan.h); what
 * 32 bits have too is in x86.h.  To add a region is to add a row.
 *
 * A row's route says what its macros hang on where they are no constants: CPU,
 * the paging levels in use; EXPORTED, the variables that KASLR sets at boot.
 */
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/e820/api.h>
#include <uapi/asm/vsyscall.h>

#include "x86.h"

#define TB_SHIFT	40

const char kvas_arch_name[] = "x86_64";
const enum kvas_area_id kvas_arch_image_home = KVAS_IMAGE_WINDOW;

/* What takes a search to find; it does not change while the kernel runs. */
static struct kvas_bound direct_map_end;	/* addr 0: unknown */
static bool randomized;

unsigned long kvas_arch_image_va(resource_size_t phys)
{
	return phys - phys_base + __START_KERNEL_map;
}

#define LINK_BASE(name, l5)	((l5) ? __##name##_BASE_L5 : __##name##_BASE_L4)

/* Is any of the three bases not where it was linked? */
static bool __init memory_is_randomized(void)
{
	bool l5 = pgtable_l5_enabled();

	return PAGE_OFFSET != LINK_BASE(PAGE_OFFSET, l5) ||
	       VMALLOC_START != LINK_BASE(VMALLOC, l5) ||
	       VMEMMAP_START != LINK_BASE(VMEMMAP, l5);
}

#if defined(CONFIG_RANDOMIZE_MEMORY) && \
	!(KVAS_HAS_PHYSMEM_END && defined(CONFIG_ZONE_DEVICE))
/*
 * kernel_randomize_memory() of arch/x86/mm/kaslr.c: room for the memory there
 * was at boot, and some more.  With ZONE_DEVICE, newer releases leave room for
 * all physical addresses instead.  0 if not known.
 */
static unsigned long __init room_for_boot_memory(void)
{
	unsigned long tb = MAXMEM >> TB_SHIFT;

	/* Unlike max_pfn and high_memory, not changed by memory hotplug. */
	while (tb && !e820__mapped_any((tb - 1) << TB_SHIFT, tb << TB_SHIFT,
				       E820_TYPE_RAM))
		tb--;
	tb += CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING;
	return min(tb << TB_SHIFT, MAXMEM);
}
#else
static unsigned long __init room_for_boot_memory(void)
{
	return 0;
}
#endif

/*
 * How far the direct map's window reaches, set once: memory added later does
 * not move it.
 */
static void __init find_direct_map_end(struct kvas_bound *end)
{
	unsigned long physmem_end, room;

	end->route = KVAS_ROUTE_KPROBE;
	end->source = "__va(direct_map_physmem_end)";
	if (kvas_variable("direct_map_physmem_end", &physmem_end,
			  sizeof(physmem_end))) {
		end->addr = (unsigned long)__va(physmem_end);
		return;
	}
	/* Its name until 6.12. */
	end->source = "__va(physmem_end)";
	if (kvas_variable("physmem_end", &physmem_end, sizeof(physmem_end))) {
		end->addr = (unsigned long)__va(physmem_end);
		return;
	}
	end->route = KVAS_ROUTE_DERIVED;
	if (!randomized) {
		end->source = "PAGE_OFFSET + MAXMEM - 1";
		end->addr = PAGE_OFFSET + MAXMEM - 1;
		return;
	}
	room = room_for_boot_memory();
	if (room) {
		end->source = "PAGE_OFFSET + (end of RAM by e820__mapped_any() rounded up to TB + "
			"CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING TB) - 1";
		end->addr = PAGE_OFFSET + room - 1;
	}
}

void __init kvas_arch_init(void)
{
	kvas_common_init();
	kvas_x86_find_image(__START_KERNEL_map + KERNEL_IMAGE_SIZE);
	randomized = memory_is_randomized();
	find_direct_map_end(&direct_map_end);
}

/* Each use of these macros costs code that is patched at boot: so one is made. */
#define HALF		"1UL << __VIRTUAL_MASK_SHIFT"

static void add_user_half(struct kvas_layout *l, unsigned long half)
{
	KVAS_RANGE(l, USER, 0, TASK_SIZE_MAX - 1, CPU);
	KVAS_RANGE(l, USER_GUARD, TASK_SIZE_MAX, half - 1, CPU)->end.source =
		"(" HALF ") - 1";
	kvas_layout_add_range(l, KVAS_NONCANONICAL, half, HALF, KVAS_ROUTE_CPU,
			      -half - 1, "-(" HALF ") - 1", KVAS_ROUTE_CPU);
}

#define ROOM_UNKNOWN							\
	"to the end of memory; the room behind it " KVAS_NEEDS_SYMBOLS

static void add_direct_map(struct kvas_layout *l, const void *memory_end)
{
	struct kvas_area *area = kvas_add_direct_map(l, memory_end);

	if (!direct_map_end.addr) {
		area->note = ROOM_UNKNOWN;
		return;
	}
	kvas_set_populated(area, &area->end);
	area->end = direct_map_end;
	area->note = "populated to the highest memory since boot, with holes";
}

/* The struct page of each page that the direct map has room for. */
static void add_vmemmap(struct kvas_layout *l, unsigned long last_memory)
{
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	unsigned long last = (unsigned long)(virt_to_page(last_memory) + 1) - 1;
	unsigned long room = direct_map_end.addr - PAGE_OFFSET + 1;
	struct kvas_area *area;

	if (!direct_map_end.addr) {
		area = KVAS_RANGE(l, VMEMMAP, VMEMMAP_START, last, EXPORTED);
		area->end.source = "virt_to_page(high_memory - 1) + 1 - 1 byte";
		area->note = ROOM_UNKNOWN;
		return;
	}
	room = round_up(room / PAGE_SIZE * sizeof(struct page), 1UL << TB_SHIFT);
	area = KVAS_RANGE(l, VMEMMAP, VMEMMAP_START, VMEMMAP_START + room - 1, EXPORTED);
	area->end.source =
		"VMEMMAP_START + round_up(pages of direct_map * sizeof(struct page), 1T) - 1";
	area->end.route = KVAS_ROUTE_DERIVED;
	kvas_set_populated(area, KVAS_BOUND(last, "virt_to_page(high_memory - 1) + 1 - 1 byte",
					    EXPORTED));
#else
	kvas_layout_add_absent(l, KVAS_VMEMMAP,
			       "CONFIG_SPARSEMEM_VMEMMAP is not set");
#endif
}

static void add_vmalloc(struct kvas_layout *l)
{
	struct kvas_area *area __maybe_unused;

	KVAS_RANGE(l, VMALLOC, VMALLOC_START, VMALLOC_END, EXPORTED);
#ifdef CONFIG_KMSAN
	KVAS_RANGE(l, KMSAN_VMALLOC_SHADOW, KMSAN_VMALLOC_SHADOW_START,
		   VMALLOC_END + KMSAN_VMALLOC_SHADOW_OFFSET, EXPORTED);
	KVAS_RANGE(l, KMSAN_VMALLOC_ORIGIN, KMSAN_VMALLOC_ORIGIN_START,
		   VMALLOC_END + KMSAN_VMALLOC_ORIGIN_OFFSET, EXPORTED);
	KVAS_RANGE(l, KMSAN_MODULES_SHADOW, KMSAN_MODULES_SHADOW_START,
		   KMSAN_MODULES_ORIGIN_START - 1, EXPORTED);
	KVAS_RANGE(l, KMSAN_MODULES_ORIGIN, KMSAN_MODULES_ORIGIN_START,
		   KMSAN_MODULES_ORIGIN_START + MODULES_LEN - 1, EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_KMSAN_VMALLOC_SHADOW, "CONFIG_KMSAN is not set");
	kvas_layout_add_absent(l, KVAS_KMSAN_VMALLOC_ORIGIN, "CONFIG_KMSAN is not set");
	kvas_layout_add_absent(l, KVAS_KMSAN_MODULES_SHADOW, "CONFIG_KMSAN is not set");
	kvas_layout_add_absent(l, KVAS_KMSAN_MODULES_ORIGIN, "CONFIG_KMSAN is not set");
#endif
#ifdef CONFIG_KASAN
	area = KVAS_RANGE(l, KASAN_SHADOW, KASAN_SHADOW_START,
			  KASAN_SHADOW_END - 1, CPU);
	/* kasan_init() of arch/x86/mm/kasan_init_64.c */
	if (KASAN_SHADOW_START & ~PGDIR_MASK)
		area->note = "mapped from KASAN_SHADOW_START & PGDIR_MASK on";
#else
	kvas_layout_add_absent(l, KVAS_KASAN_SHADOW, "CONFIG_KASAN is not set");
#endif
}

/* What stands at the same place on every boot of a given number of levels. */
static void add_fixed(struct kvas_layout *l)
{
	struct kvas_area *area __maybe_unused;

	KVAS_RANGE(l, GUARD_HOLE, GUARD_HOLE_BASE_ADDR, GUARD_HOLE_END_ADDR - 1,
		   EXPORTED);
#ifdef CONFIG_X86_ESPFIX64
	KVAS_RANGE(l, ESPFIX, ESPFIX_BASE_ADDR, ESPFIX_BASE_ADDR + P4D_SIZE - 1,
		   EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_ESPFIX, "CONFIG_X86_ESPFIX64 is not set");
#endif
#ifdef CONFIG_EFI
	area = KVAS_RANGE(l, EFI_RUNTIME, EFI_VA_END, EFI_VA_START - 1, EXPORTED);
	area->note = "mapped during EFI calls only; filled from the top";
#else
	kvas_layout_add_absent(l, KVAS_EFI_RUNTIME, "CONFIG_EFI is not set");
#endif
	KVAS_RANGE(l, IMAGE_WINDOW, __START_KERNEL_map,
		   __START_KERNEL_map + KERNEL_IMAGE_SIZE - 1, EXPORTED);
#ifdef CONFIG_MODULES
	KVAS_RANGE(l, MODULES, MODULES_VADDR, MODULES_END - 1, EXPORTED);
#endif
#ifdef CONFIG_X86_VSYSCALL_EMULATION
	area = KVAS_RANGE(l, VSYSCALL, VSYSCALL_ADDR, VSYSCALL_ADDR + PAGE_SIZE - 1,
			  EXPORTED);
	area->note = "usable or not: boot parameter vsyscall=";
#else
	kvas_layout_add_absent(l, KVAS_VSYSCALL,
			       "CONFIG_X86_VSYSCALL_EMULATION is not set");
#endif
	kvas_layout_add_absent(l, KVAS_PKMAP, "no highmem on a 64-bit kernel");
}

phys_addr_t kvas_arch_image_phys(unsigned long addr)
{
	return addr - __START_KERNEL_map + phys_base;
}

static void add_facts(struct kvas_layout *l, const void *memory_end, unsigned long half)
{
	KVAS_FACT(l, "page_levels", LEVELS, pgtable_l5_enabled() ? 5 : 4, CPU);
	KVAS_FACT(l, "va_bits", BITS, __VIRTUAL_MASK_SHIFT + 1, CPU);
	KVAS_FACT(l, "pa_bits", BITS, boot_cpu_data.x86_phys_bits, EXPORTED);
	KVAS_FACT(l, "user_limit", ADDRESS, TASK_SIZE_MAX, CPU);
	kvas_add_split(l, half - 1, -half, HALF, KVAS_ROUTE_CPU);
	kvas_add_paging_facts(l);
	kvas_add_memory_facts(l, memory_end);
	KVAS_FACT(l, "phys_base", ADDRESS, phys_base, EXPORTED);
}

/* How far each base lies from where it was linked. */
static void add_kaslr_facts(struct kvas_layout *l)
{
	bool l5 = pgtable_l5_enabled();

	kvas_layout_add_fact(l, "memory_kaslr", KVAS_UNIT_BOOL,
			     randomized, "the offset of a base is not 0",
			     KVAS_ROUTE_DERIVED);
	kvas_layout_add_fact(l, "direct_map_kaslr_offset", KVAS_UNIT_OFFSET,
			     PAGE_OFFSET - LINK_BASE(PAGE_OFFSET, l5),
			     l5 ? "PAGE_OFFSET - __PAGE_OFFSET_BASE_L5" :
				  "PAGE_OFFSET - __PAGE_OFFSET_BASE_L4",
			     KVAS_ROUTE_DERIVED);
	kvas_layout_add_fact(l, "vmalloc_kaslr_offset", KVAS_UNIT_OFFSET,
			     VMALLOC_START - LINK_BASE(VMALLOC, l5),
			     l5 ? "VMALLOC_START - __VMALLOC_BASE_L5" :
				  "VMALLOC_START - __VMALLOC_BASE_L4",
			     KVAS_ROUTE_DERIVED);
	kvas_layout_add_fact(l, "vmemmap_kaslr_offset", KVAS_UNIT_OFFSET,
			     VMEMMAP_START - LINK_BASE(VMEMMAP, l5),
			     l5 ? "VMEMMAP_START - __VMEMMAP_BASE_L5" :
				  "VMEMMAP_START - __VMEMMAP_BASE_L4",
			     KVAS_ROUTE_DERIVED);
}

void kvas_arch_layout(struct kvas_layout *l)
{
	/* Once, as memory may be added at any time. */
	const void *memory_end = high_memory;
	unsigned long last = (unsigned long)memory_end - 1;
	unsigned long half = 1UL << __VIRTUAL_MASK_SHIFT;

	add_user_half(l, half);
	add_fixed(l);
	add_direct_map(l, memory_end);
	add_vmemmap(l, last);
	kvas_add_kfence(l);
	kvas_add_percpu(l);
	add_vmalloc(l);
	kvas_add_parts(l);
	add_facts(l, memory_end, half);
	kvas_x86_add(l);
	add_kaslr_facts(l);
}
