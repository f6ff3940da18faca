// SPDX-License-Identifier: GPL-2.0-only
/*
 * mips64: which areas there are, spelled in the kernel's own macros
 * (arch/mips/include/asm/addrspace.h, mach-.../spaces.h, pgtable-64.h, fixmap.h).
 *
 * The upper two bits of an address say how it is translated: at XKPHYS windows
 * show memory as it is, without page tables; at XKSEG stands what has them; and
 * the last 2 GiB repeat the segments of 32-bit processors.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/addrspace.h>
#include <asm/cpu-features.h>
#include <asm/fixmap.h>
#include <asm/processor.h>

#include "arch.h"
#include "mips_like.h"

const char kvas_arch_name[] = "mips64";
const enum kvas_area_id kvas_arch_image_home = KVAS_CKSEG0;

static struct kvas_image image;

/* Of CKSEG0 and XKPHYS alike. */
phys_addr_t kvas_arch_image_phys(unsigned long addr)
{
	return __pa(addr);
}

/* Where an exported function of the image lies tells in which window it is. */
unsigned long kvas_arch_image_va(resource_size_t phys)
{
	if ((unsigned long)schedule >= CKSEG0)
		return CKSEG0 + phys;
	return (unsigned long)__va(phys);
}

void __init kvas_arch_init(void)
{
	bool known;

	kvas_common_init();
	/* On those machines it is mapped elsewhere, by the TLB. */
	if (!IS_ENABLED(CONFIG_MAPPED_KERNEL))
		kvas_image_find(&image);
	/* vmlinux.lds.S: _end is __bss_stop. */
	kvas_find_mips_like_image(&image,
				  KVAS_BOUND(image.bss.end ? kvas_arch_image_va(image.bss.end) : 0,
					     "__bss_stop - 1", IOMEM));
	/* vmlinux.lds.S: nothing but init stands between data and BSS. */
	known = image.data.end && image.bss.end;
	kvas_part_found(KVAS_INIT,
			KVAS_BOUND(known ? PAGE_ALIGN(kvas_arch_image_va(image.data.end)) : 0,
				   "PAGE_ALIGN(_edata)", DERIVED),
			KVAS_BOUND_BEFORE(known ? kvas_arch_image_va(image.bss.start) : 0,
					  "__bss_start - 1", DERIVED));
}

/* Each window shows all of memory; they differ in how it is cached. */
static void add_windows(struct kvas_layout *l, const struct kvas_memory *memory)
{
	struct kvas_area *area;

	KVAS_RANGE(l, XKPHYS, XKPHYS, XKSEG - 1, MACRO);
	/* The processor's register Config says which window is the direct map. */
	if (UNCAC_BASE == CAC_BASE) {
		kvas_layout_add_absent(l, KVAS_UNCACHED,
				       "the direct map itself is not cached: CAC_BASE is UNCAC_BASE");
	} else {
		area = KVAS_RANGE(l, UNCACHED, UNCAC_BASE,
				  UNCAC_BASE + TO_PHYS_MASK, CPU);
		area->has_phys = true;
	}
	area = KVAS_RANGE(l, DIRECT_MAP, PAGE_OFFSET, CAC_BASE + TO_PHYS_MASK, CPU);
	kvas_set_linear(area);
	kvas_set_populated(area, &memory->last);
	area->note = "a window of the processor; populated to the highest memory, with holes";
	/* The first 512 MiB of memory, once more. */
	area = KVAS_RANGE(l, CKSEG0, CKSEG0, CKSEG1 - 1, MACRO);
	area->has_phys = true;
	area = KVAS_RANGE(l, CKSEG1, CKSEG1, CKSSEG - 1, MACRO);
	area->has_phys = true;
}

static void add_modules(struct kvas_layout *l)
{
#if defined(MODULES_VADDR)
	KVAS_RANGE(l, MODULES, MODULES_VADDR, MODULES_END - 1, EXPORTED);
#elif defined(MODULE_START)
	KVAS_RANGE(l, MODULES, MODULE_START, MODULE_END - 1, EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_MODULES, "modules are in vmalloc: KBUILD_64BIT_SYM32 is not set");
#endif
}

/* What has page tables: all but the windows. */
static void add_mapped(struct kvas_layout *l)
{
	KVAS_RANGE(l, VMALLOC, VMALLOC_START, VMALLOC_END - 1, EXPORTED);
	add_modules(l);
	/* Slots count downward, from 0 at FIXADDR_TOP. */
	KVAS_RANGE(l, FIXMAP, __fix_to_virt(__end_of_fixed_addresses - 1),
		   FIXADDR_TOP + PAGE_SIZE - 1, EXPORTED);
	kvas_layout_add_absent(l, KVAS_PKMAP, "no highmem on a 64-bit kernel");
}

static void add_vmemmap(struct kvas_layout *l)
{
	kvas_layout_add_absent(l, KVAS_VMEMMAP, "this architecture has none");
	kvas_layout_add_absent(l, KVAS_KASAN_SHADOW, "this architecture has none");
}

static void add_facts(struct kvas_layout *l, const void *memory_end)
{
	KVAS_FACT(l, "page_levels", LEVELS, CONFIG_PGTABLE_LEVELS, MACRO);
	KVAS_FACT(l, "va_bits", BITS, cpu_vmbits, EXPORTED);
	KVAS_FACT(l, "user_limit", ADDRESS, TASK_SIZE64, EXPORTED);
	kvas_add_split(l, TASK_SIZE64 - 1, XKPHYS, "TASK_SIZE64, XKPHYS",
		       KVAS_ROUTE_OF(TASK_SIZE64, EXPORTED));
	kvas_add_paging_facts(l);
	kvas_add_memory_facts(l, memory_end);
	kvas_add_image_offset(l, &image, VMLINUX_LOAD_ADDRESS,
			      "_text - VMLINUX_LOAD_ADDRESS");
}

void kvas_arch_layout(struct kvas_layout *l)
{
	struct kvas_memory memory;

	kvas_find_memory(&memory);
	KVAS_RANGE(l, USER, 0, TASK_SIZE64 - 1, EXPORTED);
	add_windows(l, &memory);
	add_mapped(l);
	add_vmemmap(l);
	kvas_add_mem_map(l);
	kvas_add_kfence(l);
	kvas_add_percpu(l);
	kvas_add_parts(l);
	add_facts(l, memory.end);
}

/* The slots are used for moments only, one for each colour of the cache. */
unsigned long kvas_arch_fixmap_slot(const char **source)
{
	return 0;
}
