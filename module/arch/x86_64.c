// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86_64: which areas there are, spelled in the kernel's own macros
 * (arch/x86/include/asm/pgtable_64_types.h, page_64_types.h, pgtable_areas.h,
 * cpu_entry_area.h, fixmap.h, kasan.h).  To add a region is to add a row.
 *
 * A row's route says what its macros hang on where they are no constants: CPU,
 * the paging levels in use; EXPORTED, the variables that KASLR sets at boot.
 */
#include <linux/cpumask.h>
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <asm/cpu_entry_area.h>
#include <asm/cpufeature.h>
#include <asm/e820/api.h>
#include <asm/fixmap.h>
#include <asm/processor.h>
#include <uapi/asm/vsyscall.h>

#include "../compat.h"
#include "../kvas.h"

#define NEEDS_SYMBOLS	"needs KALLSYMS_ALL and KPROBES"
#define TB_SHIFT	40

const char kvas_arch_name[] = "x86_64";

/* What takes a search to find; it does not change while the kernel runs. */
static struct {
	struct kvas_image image;
	unsigned long init_begin, init_end;
	unsigned long per_cpu_start, per_cpu_end;
	const char *per_cpu_start_source, *per_cpu_end_source;
	unsigned long end;
	struct kvas_bound direct_map_end;	/* addr 0: unknown */
	void *pcpu_base_addr;
	int pcpu_unit_size;
} found;

static unsigned long image_va(resource_size_t phys)
{
	return phys - phys_base + __START_KERNEL_map;
}

/*
 * A marker between data and BSS.  Such memory is freed after boot, and with
 * page-table isolation unmapped, so ask for a byte of BSS behind the marker.
 * How far that is, is not known: come down from above, where nothing or brk
 * is met, and stop at the first answer, so that no freed memory is asked for.
 */
static unsigned long __init marker(const char *name)
{
	unsigned long first = image_va(found.image.data.end) + 1;
	unsigned long bss = image_va(found.image.bss.start);
	unsigned long last = image_va(found.image.bss.end);
	unsigned long addr = 0;
	long distance;

	if (!found.image.data.end || !found.image.bss.end || last - bss < 64)
		return 0;
	for (distance = last - first - 16; distance > 0 && !addr;
	     distance -= last - bss - 16)
		addr = kvas_symbol(name, distance);
	return addr >= first && addr <= bss ? addr : 0;
}

/*
 * No symbol look-up gives _end, which lies outside what it delimits: search
 * for the page after the last one that kallsyms counts to the kernel.
 */
static unsigned long __init image_end(void)
{
	unsigned long in = image_va(found.image.bss.end) & PAGE_MASK;
	unsigned long out = __START_KERNEL_map + KERNEL_IMAGE_SIZE;

	/* One byte into the page: 5.10 counts _end itself to the kernel. */
	if (!found.image.bss.end || !kvas_is_kernel_symbol(in + 1))
		return 0;
	while (out - in > PAGE_SIZE) {
		unsigned long middle = (in + (out - in) / 2) & PAGE_MASK;

		if (kvas_is_kernel_symbol(middle + 1))
			in = middle;
		else
			out = middle;
	}
	return out;
}

#define LINK_BASE(name)							\
	(pgtable_l5_enabled() ? __##name##_BASE_L5 : __##name##_BASE_L4)

/* Is any of the three bases not where it was linked? */
static bool memory_is_randomized(void)
{
	return PAGE_OFFSET != LINK_BASE(PAGE_OFFSET) ||
	       VMALLOC_START != LINK_BASE(VMALLOC) ||
	       VMEMMAP_START != LINK_BASE(VMEMMAP);
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
	if (!memory_is_randomized()) {
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
	kvas_image_find(&found.image);
	found.end = image_end();
	found.init_begin = marker("__init_begin");
	found.init_end = marker("__init_end");

	found.per_cpu_start = marker("__per_cpu_start");
	found.per_cpu_start_source = "__per_cpu_start";
	found.per_cpu_end = marker("__per_cpu_end");
	found.per_cpu_end_source = "__per_cpu_end - 1";
	if (!found.per_cpu_start) {
		/*
		 * Until 6.14 per-CPU symbols count from 0.  What was loaded
		 * ends where the next page of init memory begins.
		 */
		found.per_cpu_start = marker("__per_cpu_load");
		found.per_cpu_start_source = "__per_cpu_load";
		found.per_cpu_end = marker("_sinittext");
		found.per_cpu_end_source = "_sinittext - 1";
	}

	find_direct_map_end(&found.direct_map_end);
	if (!kvas_variable("pcpu_base_addr", &found.pcpu_base_addr,
			   sizeof(found.pcpu_base_addr)) ||
	    !kvas_variable("pcpu_unit_size", &found.pcpu_unit_size,
			   sizeof(found.pcpu_unit_size)))
		found.pcpu_base_addr = NULL;
}

static void add_user_half(struct kvas_layout *l)
{
	KVAS_RANGE(l, USER, 0, TASK_SIZE_MAX - 1, CPU);
	KVAS_RANGE(l, USER_GUARD, TASK_SIZE_MAX,
		   (1UL << __VIRTUAL_MASK_SHIFT) - 1, CPU);
	KVAS_RANGE(l, NONCANONICAL, 1UL << __VIRTUAL_MASK_SHIFT,
		   -(1UL << __VIRTUAL_MASK_SHIFT) - 1, CPU);
}

/* Sets the used part of an area that is used from its start. */
static void set_populated(struct kvas_area *area, unsigned long end,
			  const char *source)
{
	area->has_populated = true;
	area->populated_start = area->start.addr;
	area->populated_end = (struct kvas_bound) {
		end, source, KVAS_ROUTE_EXPORTED
	};
}

#define ROOM_UNKNOWN							\
	"to the end of memory; the room behind it " NEEDS_SYMBOLS

static void add_direct_map(struct kvas_layout *l, unsigned long last)
{
	const struct kvas_bound *end = &found.direct_map_end;
	struct kvas_area *area;

	if (!end->addr) {
		area = KVAS_RANGE(l, DIRECT_MAP, PAGE_OFFSET, last, EXPORTED);
		area->end.source = "high_memory - 1";
		area->note = ROOM_UNKNOWN;
		return;
	}
	area = kvas_layout_add_range(l, KVAS_DIRECT_MAP, PAGE_OFFSET, "PAGE_OFFSET",
				     KVAS_ROUTE_OF(PAGE_OFFSET, EXPORTED),
				     end->addr, end->source, end->route);
	set_populated(area, last, "high_memory - 1");
	area->note = "populated to the highest memory since boot, with holes";
}

/* The struct page of each page that the direct map has room for. */
static void add_vmemmap(struct kvas_layout *l, unsigned long last_memory)
{
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	unsigned long last = (unsigned long)(virt_to_page(last_memory) + 1) - 1;
	unsigned long room = found.direct_map_end.addr - PAGE_OFFSET + 1;
	struct kvas_area *area;

	if (!found.direct_map_end.addr) {
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
	set_populated(area, last, "virt_to_page(high_memory - 1) + 1 - 1 byte");
#else
	kvas_layout_add_absent(l, KVAS_VMEMMAP,
			       "CONFIG_SPARSEMEM_VMEMMAP is not set");
#endif
}

static void add_kfence(struct kvas_layout *l)
{
#ifdef CONFIG_KFENCE
	if (!__kfence_pool) {
		kvas_layout_add_absent(l, KVAS_KFENCE, "off: __kfence_pool is NULL");
		return;
	}
	KVAS_RANGE(l, KFENCE, __kfence_pool,
		   __kfence_pool + KFENCE_POOL_SIZE - 1, EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_KFENCE, "CONFIG_KFENCE is not set");
#endif
}

/* From the lowest CPU's unit to the highest's; a kernel for one has one. */
static unsigned long percpu_span(void)
{
#ifdef CONFIG_SMP
	unsigned long lowest = ULONG_MAX, highest = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		lowest = min(lowest, per_cpu_offset(cpu));
		highest = max(highest, per_cpu_offset(cpu));
	}
	return highest - lowest;
#else
	return 0;
#endif
}

/* The first chunk, where its units stand side by side. */
static void add_percpu(struct kvas_layout *l)
{
	unsigned long base = (unsigned long)found.pcpu_base_addr;
	struct kvas_area *area;

	if (!base || found.pcpu_unit_size <= 0) {
		kvas_layout_add_absent(l, KVAS_PERCPU, NEEDS_SYMBOLS);
		return;
	}
	if (percpu_span() / found.pcpu_unit_size >= num_possible_cpus()) {
		kvas_layout_add_absent(l, KVAS_PERCPU,
				       "in several pieces, one for each memory node");
		return;
	}
	area = kvas_layout_add_range(l, KVAS_PERCPU, base, "pcpu_base_addr",
				     KVAS_ROUTE_KPROBE,
				     base + percpu_span() + found.pcpu_unit_size - 1,
				     "pcpu_base_addr + span of __per_cpu_offset[] + pcpu_unit_size - 1",
				     KVAS_ROUTE_KPROBE);
	area->note = "the unused end of each CPU's unit is ordinary memory";
}

static void add_vmalloc(struct kvas_layout *l)
{
#ifdef CONFIG_KASAN
	struct kvas_area *area;
#endif

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
	struct kvas_area *area;

	KVAS_RANGE(l, GUARD_HOLE, GUARD_HOLE_BASE_ADDR, GUARD_HOLE_END_ADDR - 1,
		   EXPORTED);
	area = KVAS_RANGE(l, LDT_REMAP, LDT_BASE_ADDR, LDT_END_ADDR - 1, EXPORTED);
	area->note = "used in processes only, by modify_ldt() under PTI";
	KVAS_RANGE(l, CPU_ENTRY_AREA, CPU_ENTRY_AREA_BASE,
		   CPU_ENTRY_AREA_BASE + CPU_ENTRY_AREA_MAP_SIZE - 1, EXPORTED);
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
	/* Slots count downward, from 0 at FIXADDR_TOP. */
	KVAS_RANGE(l, FIXMAP, __fix_to_virt(__end_of_fixed_addresses - 1),
		   FIXADDR_TOP + PAGE_SIZE - 1, EXPORTED);
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

/* A part of the image. */
static void add_part(struct kvas_layout *l, enum kvas_area_id id,
		     unsigned long start, const char *start_source,
		     enum kvas_route start_route, unsigned long next,
		     const char *end_source, enum kvas_route end_route)
{
	struct kvas_area *area;

	if (!start || next <= start) {
		kvas_layout_add_absent(l, id, end_route == KVAS_ROUTE_IOMEM ?
				       "not in the resource tree" : NEEDS_SYMBOLS);
		return;
	}
	area = kvas_layout_add_range(l, id, start, start_source, start_route,
				     next - 1, end_source, end_route);
	area->has_phys = true;
	area->phys = start - __START_KERNEL_map + phys_base;
	if (id == KVAS_INIT)
		area->note = "freed after boot";
	if (id == KVAS_INIT_PERCPU)
		area->note = "each CPU's original; freed after boot";
}

static void add_resource(struct kvas_layout *l, enum kvas_area_id id,
			 const struct kvas_phys_range *range,
			 const char *start_source, const char *end_source)
{
	add_part(l, id, range->end ? image_va(range->start) : 0, start_source,
		 KVAS_ROUTE_IOMEM, image_va(range->end) + 1, end_source,
		 KVAS_ROUTE_IOMEM);
}

static void add_image(struct kvas_layout *l)
{
	const struct kvas_image *image = &found.image;

	add_part(l, KVAS_IMAGE,
		 image->code.end ? image_va(image->code.start) : 0, "_text",
		 KVAS_ROUTE_IOMEM, found.end, "_end - 1", KVAS_ROUTE_KALLSYMS);
	add_resource(l, KVAS_TEXT, &image->code, "_text", "_etext - 1");
	add_resource(l, KVAS_RODATA, &image->rodata, "__start_rodata",
		     "__end_rodata - 1");
	add_resource(l, KVAS_DATA, &image->data, "_sdata", "_edata - 1");
	add_resource(l, KVAS_BSS, &image->bss, "__bss_start", "__bss_stop - 1");
	add_part(l, KVAS_INIT, found.init_begin, "__init_begin",
		 KVAS_ROUTE_KPROBE, found.init_end, "__init_end - 1",
		 KVAS_ROUTE_KPROBE);
	if (IS_ENABLED(CONFIG_SMP))
		add_part(l, KVAS_INIT_PERCPU, found.per_cpu_start,
			 found.per_cpu_start_source, KVAS_ROUTE_KPROBE,
			 found.per_cpu_end, found.per_cpu_end_source,
			 KVAS_ROUTE_KPROBE);
	else
		kvas_layout_add_absent(l, KVAS_INIT_PERCPU,
				       "CONFIG_SMP is not set");
	/* vmlinux.lds.S: nothing stands between BSS and brk. */
	add_part(l, KVAS_BRK,
		 image->bss.end ? PAGE_ALIGN(image_va(image->bss.end)) : 0,
		 "PAGE_ALIGN(__bss_stop)", KVAS_ROUTE_DERIVED, found.end,
		 "_end - 1", KVAS_ROUTE_KALLSYMS);
}

static void add_paging_facts(struct kvas_layout *l)
{
	unsigned long half = (1UL << __VIRTUAL_MASK_SHIFT) >> TB_SHIFT;
	struct kvas_fact *split;

	KVAS_FACT(l, "page_size", BYTES, PAGE_SIZE, MACRO);
	KVAS_FACT(l, "page_levels", LEVELS, pgtable_l5_enabled() ? 5 : 4, CPU);
	KVAS_FACT(l, "va_bits", BITS, __VIRTUAL_MASK_SHIFT + 1, CPU);
	KVAS_FACT(l, "pa_bits", BITS, boot_cpu_data.x86_phys_bits, EXPORTED);
	KVAS_FACT(l, "max_physmem_bits", BITS, MAX_PHYSMEM_BITS, CPU);
	KVAS_FACT(l, "user_limit", ADDRESS, TASK_SIZE_MAX, CPU);
	split = KVAS_FACT(l, "user_kernel_split", TEXT, 1UL << __VIRTUAL_MASK_SHIFT, CPU);
	if (half < 1024)
		snprintf(split->text, sizeof(split->text), "%luT:%luT", half, half);
	else
		snprintf(split->text, sizeof(split->text), "%luP:%luP",
			 half / 1024, half / 1024);
	KVAS_FACT(l, "pgdir_size", BYTES, PGDIR_SIZE, EXPORTED);
	KVAS_FACT(l, "pmd_size", BYTES, PMD_SIZE, MACRO);
	KVAS_FACT(l, "section_size", BYTES, 1UL << SECTION_SIZE_BITS, MACRO);
	KVAS_FACT(l, "struct_page_size", BYTES, sizeof(struct page), MACRO);
	KVAS_FACT(l, "thread_size", BYTES, THREAD_SIZE, MACRO);
	KVAS_FACT(l, "pti", BOOL, boot_cpu_has(X86_FEATURE_PTI), EXPORTED);
}

static void add_memory_facts(struct kvas_layout *l, const void *memory_end)
{
	KVAS_FACT(l, "cpus", COUNT, num_possible_cpus(), EXPORTED);
	KVAS_FACT(l, "ram", BYTES, totalram_pages() * PAGE_SIZE, EXPORTED);
	kvas_layout_add_fact(l, "high_memory", KVAS_UNIT_ADDRESS,
			     (unsigned long)memory_end, "high_memory",
			     KVAS_ROUTE_EXPORTED);
	KVAS_FACT(l, "phys_base", ADDRESS, phys_base, EXPORTED);
}

/* How far each base lies from where it was linked. */
static void add_kaslr_facts(struct kvas_layout *l)
{
	bool l5 = pgtable_l5_enabled();
	struct kvas_fact *image;

	kvas_layout_add_fact(l, "memory_kaslr", KVAS_UNIT_BOOL,
			     memory_is_randomized(),
			     "PAGE_OFFSET, VMALLOC_START or VMEMMAP_START is not its link-time base",
			     KVAS_ROUTE_DERIVED);
	kvas_layout_add_fact(l, "direct_map_kaslr_offset", KVAS_UNIT_OFFSET,
			     PAGE_OFFSET - LINK_BASE(PAGE_OFFSET),
			     l5 ? "PAGE_OFFSET - __PAGE_OFFSET_BASE_L5" :
				  "PAGE_OFFSET - __PAGE_OFFSET_BASE_L4",
			     KVAS_ROUTE_DERIVED);
	kvas_layout_add_fact(l, "vmalloc_kaslr_offset", KVAS_UNIT_OFFSET,
			     VMALLOC_START - LINK_BASE(VMALLOC),
			     l5 ? "VMALLOC_START - __VMALLOC_BASE_L5" :
				  "VMALLOC_START - __VMALLOC_BASE_L4",
			     KVAS_ROUTE_DERIVED);
	kvas_layout_add_fact(l, "vmemmap_kaslr_offset", KVAS_UNIT_OFFSET,
			     VMEMMAP_START - LINK_BASE(VMEMMAP),
			     l5 ? "VMEMMAP_START - __VMEMMAP_BASE_L5" :
				  "VMEMMAP_START - __VMEMMAP_BASE_L4",
			     KVAS_ROUTE_DERIVED);
	image = kvas_layout_add_fact(l, "image_kaslr_offset", KVAS_UNIT_OFFSET,
				     image_va(found.image.code.start) - __START_KERNEL,
				     "_text - __START_KERNEL", KVAS_ROUTE_IOMEM);
	if (!found.image.code.end)
		image->absent = "not in the resource tree";
}

void kvas_arch_layout(struct kvas_layout *l)
{
	/* Once, as memory may be added at any time. */
	const void *memory_end = high_memory;
	unsigned long last = (unsigned long)memory_end - 1;

	add_user_half(l);
	add_fixed(l);
	add_direct_map(l, last);
	add_vmemmap(l, last);
	add_kfence(l);
	add_percpu(l);
	add_vmalloc(l);
	add_image(l);
	add_paging_facts(l);
	add_memory_facts(l, memory_end);
	add_kaslr_facts(l);
}

unsigned long kvas_arch_fixmap_slot(const char **source)
{
	*source = "fix_to_virt(FIX_APIC_BASE)";
	return fix_to_virt(FIX_APIC_BASE);
}
