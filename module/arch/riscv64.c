// SPDX-License-Identifier: GPL-2.0-only
/*
 * RISC-V with 64 bits: which areas there are, spelled in the kernel's own
 * macros (arch/riscv/include/asm/pgtable.h, page.h, fixmap.h, kasan.h).  To add
 * a region is to add a row.
 *
 * The levels of the page tables are chosen at boot, and nearly all hangs on
 * them: pgtable_l4_enabled and pgtable_l5_enabled tell.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <asm/fixmap.h>

#include "arch.h"

const char kvas_arch_name[] = "riscv64";
const enum kvas_area_id kvas_arch_image_home = KVAS_IMAGE;

static struct kvas_image image;

phys_addr_t kvas_arch_image_phys(unsigned long addr)
{
	return kernel_mapping_va_to_pa(addr);
}

unsigned long kvas_arch_image_va(resource_size_t phys)
{
	return (unsigned long)kernel_mapping_pa_to_va(phys);
}

static void __init symbols_found(enum kvas_area_id id, const char *first,
				 const char *behind, const char *last_source)
{
	kvas_part_found(id, &(struct kvas_bound) { kvas_symbol(first, 0), first,
						   KVAS_ROUTE_KPROBE },
			KVAS_BOUND_BEFORE(kvas_symbol(behind, 0), last_source, KPROBE));
}

void __init kvas_arch_init(void)
{
	kvas_common_init();
	kvas_image_find(&image);

	kvas_part_found(KVAS_IMAGE,
			KVAS_BOUND(kernel_map.virt_addr, "kernel_map.virt_addr", EXPORTED),
			KVAS_BOUND(kernel_map.virt_addr + kernel_map.size - 1,
				   "kernel_map.virt_addr + kernel_map.size - 1", EXPORTED));
	kvas_resource_found(KVAS_TEXT, &image.code, "_text", "_etext - 1");
	kvas_resource_found(KVAS_RODATA, &image.rodata, "__start_rodata",
			    "__end_rodata - 1");
	kvas_resource_found(KVAS_DATA, &image.data, "_data", "_edata - 1");
	kvas_resource_found(KVAS_BSS, &image.bss, "__bss_start", "__bss_stop - 1");
	symbols_found(KVAS_INIT, "__init_begin", "__init_end", "__init_end - 1");
#ifdef CONFIG_SMP
	symbols_found(KVAS_INIT_PERCPU, "__per_cpu_start", "__per_cpu_end",
		      "__per_cpu_end - 1");
#endif
}

static void add_user_half(struct kvas_layout *l)
{
	KVAS_RANGE(l, USER, 0, TASK_SIZE_64 - 1, CPU);
	KVAS_RANGE(l, NONCANONICAL, 1UL << (VA_BITS - 1), -(1UL << (VA_BITS - 1)) - 1, CPU);
}

static void add_direct_map(struct kvas_layout *l, const struct kvas_memory *memory)
{
	struct kvas_area *area;

	area = KVAS_RANGE(l, DIRECT_MAP, PAGE_OFFSET, PAGE_OFFSET + KERN_VIRT_SIZE - 1, CPU);
	area->has_phys = true;
	area->phys = linear_mapping_va_to_pa(PAGE_OFFSET);
	kvas_set_populated(area, &memory->last);
	area->populated_start = memory->first;
	area->note = "populated from the lowest memory to the highest, with holes";
}

static void add_vmemmap(struct kvas_layout *l, const struct kvas_memory *memory)
{
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	const struct kvas_bound last = kvas_last_page(memory);
	struct kvas_area *area;

	area = KVAS_RANGE(l, VMEMMAP, VMEMMAP_START, VMEMMAP_END - 1, CPU);
	kvas_set_populated(area, &last);
	area->populated_start = (unsigned long)virt_to_page((void *)memory->first);
#else
	kvas_layout_add_absent(l, KVAS_VMEMMAP,
			       "CONFIG_SPARSEMEM_VMEMMAP is not set");
#endif
}

/* MODULES_VADDR and MODULES_END, whose _start and _end are not exported. */
#define IMAGE_START	PFN_ALIGN(kernel_map.virt_addr)
#define IMAGE_END	PFN_ALIGN(kernel_map.virt_addr + kernel_map.size)

static void add_modules(struct kvas_layout *l)
{
#ifdef CONFIG_MODULES
	kvas_layout_add_range(l, KVAS_MODULES,
			      IMAGE_END - SZ_2G, "MODULES_VADDR", KVAS_ROUTE_EXPORTED,
			      IMAGE_START - 1, "MODULES_END - 1", KVAS_ROUTE_EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_MODULES, "CONFIG_MODULES is not set");
#endif
	kvas_layout_add_range(l, KVAS_BPF_JIT, IMAGE_START - BPF_JIT_REGION_SIZE,
			      "BPF_JIT_REGION_START", KVAS_ROUTE_EXPORTED,
			      IMAGE_START - 1, "BPF_JIT_REGION_END - 1",
			      KVAS_ROUTE_EXPORTED);
}

/* create_linear_mapping_page_table() sets the pool aside in any case. */
static void add_kfence(struct kvas_layout *l)
{
	struct kvas_area *area = kvas_add_kfence(l);
	char byte;

	if (area && kvas_read(&byte, (const void *)area->start.addr, sizeof(byte)))
		area->note = "set aside at boot, but KFENCE is off";
}

static void add_facts(struct kvas_layout *l, const void *memory_end)
{
	KVAS_FACT(l, "page_levels", LEVELS,
		  pgtable_l5_enabled ? 5 : pgtable_l4_enabled ? 4 : 3, CPU);
	KVAS_FACT(l, "va_bits", BITS, VA_BITS, CPU);
	KVAS_FACT(l, "user_limit", ADDRESS, TASK_SIZE_64, CPU);
	kvas_add_split(l, (1UL << (VA_BITS - 1)) - 1, -(1UL << (VA_BITS - 1)),
		       "VA_BITS", KVAS_ROUTE_CPU);
	kvas_add_paging_facts(l);
	kvas_add_memory_facts(l, memory_end);
	KVAS_FACT(l, "phys_ram_base", ADDRESS, phys_ram_base, EXPORTED);
	KVAS_FACT(l, "va_pa_offset", OFFSET, kernel_map.va_pa_offset, EXPORTED);
#ifndef CONFIG_XIP_KERNEL
	KVAS_FACT(l, "va_kernel_pa_offset", OFFSET, kernel_map.va_kernel_pa_offset,
		  EXPORTED);
#endif
	KVAS_FACT(l, "image_kaslr_offset", OFFSET,
		  kernel_map.virt_addr - KERNEL_LINK_ADDR, EXPORTED);
}

void kvas_arch_layout(struct kvas_layout *l)
{
	struct kvas_memory memory;

	kvas_find_memory(&memory);
	add_user_half(l);
	/* Slots count downward; that of FIXADDR_TOP itself is FIX_HOLE. */
	KVAS_RANGE(l, FIXMAP, FIXADDR_START, FIXADDR_TOP - 1, CPU);
	KVAS_RANGE(l, DTB, __fix_to_virt(FIX_FDT),
		   __fix_to_virt(FIX_FDT_END) + PAGE_SIZE - 1, CPU);
	KVAS_RANGE(l, PCI_IO, PCI_IO_START, PCI_IO_END - 1, CPU);
	add_vmemmap(l, &memory);
	KVAS_RANGE(l, VMALLOC, VMALLOC_START, VMALLOC_END - 1, CPU);
	add_direct_map(l, &memory);
	kvas_add_kasan_shadow(l);
	add_modules(l);
	add_kfence(l);
	kvas_add_percpu(l);
	kvas_add_parts(l);
	kvas_layout_add_absent(l, KVAS_PKMAP, "no highmem on a 64-bit kernel");
	add_facts(l, memory.end);
}

/* The device tree stays where it was mapped at boot. */
unsigned long kvas_arch_fixmap_slot(const char **source)
{
	unsigned long slot = __fix_to_virt(FIX_FDT);
	char byte;

	*source = "__fix_to_virt(FIX_FDT)";
	return kvas_read(&byte, (const void *)slot, sizeof(byte)) ? slot : 0;
}
