// SPDX-License-Identifier: GPL-2.0-only
/*
 * loongarch64: which areas there are, spelled in the kernel's own macros
 * (arch/loongarch/include/asm/addrspace.h, pgtable.h, fixmap.h, kasan.h).
 *
 * The upper two bits of an address say how it is translated: at XKPRANGE
 * windows show memory as it is, without page tables; at XKVRANGE, from
 * vm_map_base on, stands what has them.  Whatever hangs on the processor's
 * address bits has them from cpu_data or vm_map_base, both exported.
 */
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <asm/addrspace.h>
#include <asm/cpu-features.h>
#include <asm/fixmap.h>
#include <asm/processor.h>

#include "arch.h"
#include "mips_like.h"

const char kvas_arch_name[] = "loongarch64";
const enum kvas_area_id kvas_arch_image_home = KVAS_DIRECT_MAP;

static struct kvas_image image;

phys_addr_t kvas_arch_image_phys(unsigned long addr)
{
	return __pa(addr);
}

unsigned long kvas_arch_image_va(resource_size_t phys)
{
	return (unsigned long)__va(phys);
}

void __init kvas_arch_init(void)
{
	unsigned long end = 0;

	kvas_common_init();
	kvas_image_find(&image);
	/* PECOFF_SEGMENT_ALIGN of vmlinux.lds.S */
	if (image.bss.end)
		end = ALIGN(kvas_arch_image_va(image.bss.end), SZ_64K) - 1;
	kvas_find_mips_like_image(&image,
				  KVAS_BOUND(end, "ALIGN(__bss_stop, SZ_64K) - 1", DERIVED));
	kvas_part_found(KVAS_INIT,
			KVAS_BOUND(kvas_symbol("__init_begin", 0), "__init_begin", KPROBE),
			KVAS_BOUND_BEFORE(kvas_symbol("__init_end", 0),
					  "__init_end - 1", KPROBE));
}

/* Each window shows all of memory; they differ in how it is cached. */
static void add_windows(struct kvas_layout *l, const struct kvas_memory *memory)
{
	struct kvas_area *area;

	area = KVAS_RANGE(l, UNCACHED, UNCACHE_BASE, UNCACHE_BASE + TO_PHYS_MASK,
			  EXPORTED);
	area->has_phys = true;
	area = KVAS_RANGE(l, DIRECT_MAP, PAGE_OFFSET, CACHE_BASE + TO_PHYS_MASK,
			  EXPORTED);
	kvas_set_linear(area);
	kvas_set_populated(area, &memory->last);
	area->note = "a window of the processor; populated to the highest memory, with holes";
#ifdef WRITECOMBINE_BASE
	area = KVAS_RANGE(l, WRITE_COMBINE, WRITECOMBINE_BASE,
			  WRITECOMBINE_BASE + TO_PHYS_MASK, EXPORTED);
	area->has_phys = true;
#else
	kvas_layout_add_absent(l, KVAS_WRITE_COMBINE, "no WRITECOMBINE_BASE in this kernel");
#endif
}

static void add_modules(struct kvas_layout *l)
{
#ifdef CONFIG_MODULES
	KVAS_RANGE(l, MODULES, MODULES_VADDR, MODULES_END - 1, EXPORTED);
	if (MODULES_END - MODULES_VADDR > SZ_256M) {
		struct kvas_area *area;

		/* execmem_arch_setup() of arch/loongarch/mm/init.c */
		area = KVAS_RANGE(l, MODULES_TEXT, MODULES_VADDR,
				  MODULES_VADDR + SZ_256M - 1, EXPORTED);
		area->end.route = KVAS_ROUTE_DERIVED;
	} else {
		kvas_layout_add_absent(l, KVAS_MODULES_TEXT, "all of modules may hold code");
	}
#else
	kvas_layout_add_absent(l, KVAS_MODULES, "CONFIG_MODULES is not set");
#endif
}

static void add_vmemmap(struct kvas_layout *l, const struct kvas_memory *memory)
{
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	const struct kvas_bound last = kvas_last_page(memory);
	struct kvas_area *area;

	area = KVAS_RANGE(l, VMEMMAP, vmemmap, VMEMMAP_END, EXPORTED);
	kvas_set_populated(area, &last);
#else
	kvas_layout_add_absent(l, KVAS_VMEMMAP, "CONFIG_SPARSEMEM_VMEMMAP is not set");
#endif
}

/* What has page tables: all but the windows. */
static void add_mapped(struct kvas_layout *l, const struct kvas_memory *memory)
{
	KVAS_RANGE(l, PCI_IO, PCI_IOBASE, PCI_IOBASE + PCI_IOSIZE - 1, EXPORTED);
	add_modules(l);
	KVAS_RANGE(l, VMALLOC, VMALLOC_START, VMALLOC_END - 1, EXPORTED);
	add_vmemmap(l, memory);
#if defined(CONFIG_KFENCE) && defined(KFENCE_AREA_START)
	KVAS_RANGE(l, KFENCE_AREA, KFENCE_AREA_START, KFENCE_AREA_END, EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_KFENCE_AREA, "CONFIG_KFENCE is not set");
#endif
	kvas_add_kfence(l);
#ifdef CONFIG_KASAN
	KVAS_RANGE(l, KASAN_SHADOW, KASAN_SHADOW_START, KASAN_SHADOW_END, EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_KASAN_SHADOW, "CONFIG_KASAN is not set");
#endif
	/* Slots count downward, from 0 at FIXADDR_TOP, which is FIX_HOLE. */
	KVAS_RANGE(l, FIXMAP, __fix_to_virt(__end_of_fixed_addresses - 1),
		   FIXADDR_TOP - 1, EXPORTED);
	kvas_layout_add_absent(l, KVAS_PKMAP, "no highmem on a 64-bit kernel");
}

static void add_facts(struct kvas_layout *l, const void *memory_end)
{
	KVAS_FACT(l, "page_levels", LEVELS, CONFIG_PGTABLE_LEVELS, MACRO);
	/* What the processor tells counts from 0. */
	KVAS_FACT(l, "va_bits", BITS, cpu_vabits + 1, EXPORTED);
	KVAS_FACT(l, "pa_bits", BITS, cpu_pabits + 1, EXPORTED);
	KVAS_FACT(l, "user_limit", ADDRESS, TASK_SIZE64, EXPORTED);
	kvas_add_split(l, TASK_SIZE64 - 1, UNCACHE_BASE, "TASK_SIZE64, UNCACHE_BASE",
		       KVAS_ROUTE_EXPORTED);
	kvas_add_paging_facts(l);
	kvas_add_memory_facts(l, memory_end);
	KVAS_FACT(l, "vm_map_base", ADDRESS, vm_map_base, EXPORTED);
	kvas_add_image_offset(l, &image, VMLINUX_LOAD_ADDRESS,
			      "_text - VMLINUX_LOAD_ADDRESS");
}

void kvas_arch_layout(struct kvas_layout *l)
{
	struct kvas_memory memory;

	kvas_find_memory(&memory);
	KVAS_RANGE(l, USER, 0, TASK_SIZE64 - 1, EXPORTED);
	add_windows(l, &memory);
	add_mapped(l, &memory);
	kvas_add_percpu(l);
	kvas_add_parts(l);
	add_facts(l, memory.end);
}

/* FIX_EARLYCON_MEM_BASE is used by the early console alone, if there is one. */
unsigned long kvas_arch_fixmap_slot(const char **source)
{
	return 0;
}
