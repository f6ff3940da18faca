// SPDX-License-Identifier: GPL-2.0-only
/*
 * ppc64 for servers (Book3S): which areas there are, spelled in the kernel's
 * own macros (arch/powerpc/include/asm/book3s/64/pgtable.h, radix.h, hash.h,
 * hash-4k.h, hash-64k.h, task_size_64.h, fixmap.h, kasan.h).
 *
 * A row's route is CPU where its macros hang on the MMU in use: with radix the
 * processor walks the page tables; with hash it looks into a table of its own,
 * which the kernel fills, and the direct map is in no page table at all.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/fixmap.h>
#include <asm/mmu.h>

#include "arch.h"

const char kvas_arch_name[] = "ppc64";
const enum kvas_area_id kvas_arch_image_home = KVAS_DIRECT_MAP;

phys_addr_t kvas_arch_image_phys(unsigned long addr)
{
	return addr - kernstart_virt_addr + kernstart_addr;
}

unsigned long kvas_arch_image_va(resource_size_t phys)
{
	return phys - kernstart_addr + kernstart_virt_addr;
}

/*
 * Without KALLSYMS_ALL only text has symbols: it, a gap, and init text.  So it
 * is a walk, page by page.
 */
static struct kvas_bound __init text_end(void)
{
	unsigned long addr = kvas_symbol("_etext", 0);

	if (addr || IS_ENABLED(CONFIG_KALLSYMS_ALL))
		return *KVAS_BOUND_BEFORE(addr, "_etext - 1", KPROBE);
	for (addr = kernstart_virt_addr; kvas_is_kernel_symbol(addr + 1); )
		addr += PAGE_SIZE;
	return *KVAS_BOUND(addr - 1, "_etext - 1", KALLSYMS);
}

/* The last symbols are those of BSS. */
static unsigned long __init image_end(void)
{
	unsigned long bss = kvas_symbol("__bss_start", 0);

	return bss ? kvas_symbols_end(bss & PAGE_MASK, (unsigned long)high_memory, PAGE_SIZE) : 0;
}

void __init kvas_arch_init(void)
{
	const struct kvas_bound end_of_text = text_end();

	kvas_common_init();
	kvas_part_found(KVAS_IMAGE,
			KVAS_BOUND(kernstart_virt_addr, "kernstart_virt_addr", EXPORTED),
			KVAS_BOUND_BEFORE(image_end(), "_end - 1", KALLSYMS));
	kvas_part_found(KVAS_TEXT,
			KVAS_BOUND(kernstart_virt_addr, "kernstart_virt_addr", EXPORTED),
			&end_of_text);
	KVAS_MARKERS_FOUND(RODATA, __start_rodata, __end_rodata);
	KVAS_MARKERS_FOUND(INIT, __init_begin, __init_end);
#ifdef CONFIG_SMP
	KVAS_MARKERS_FOUND(INIT_PERCPU, __per_cpu_start, __per_cpu_end);
#endif
	KVAS_MARKERS_FOUND(DATA, _sdata, _edata);
	KVAS_MARKERS_FOUND(BSS, __bss_start, __bss_stop);
}

static void add_user(struct kvas_layout *l)
{
	KVAS_RANGE(l, USER, 0, TASK_SIZE_USER64 - 1, EXPORTED);
	if (radix_enabled())
		KVAS_RANGE(l, NONCANONICAL, RADIX_PGTABLE_RANGE, PAGE_OFFSET - 1, CPU)->note =
			"the page tables' quadrants 1 and 2, which only guests have, among them";
	else
		kvas_layout_add_absent(l, KVAS_NONCANONICAL,
				       "the kernel and not the CPU refuses what hash has no segment for");
}

static void add_direct_map(struct kvas_layout *l, unsigned long last)
{
	struct kvas_area *area;

	area = KVAS_RANGE(l, DIRECT_MAP, PAGE_OFFSET, KERN_VIRT_START - 1, EXPORTED);
	kvas_set_populated(area, KVAS_BOUND(last, "high_memory - 1", EXPORTED));
	kvas_set_linear(area);
}

static void add_vmemmap(struct kvas_layout *l, unsigned long last_memory)
{
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	struct kvas_area *area;

	if (radix_enabled())
		area = KVAS_RANGE(l, VMEMMAP, vmemmap, RADIX_VMEMMAP_END - 1, EXPORTED);
	else
		area = KVAS_RANGE(l, VMEMMAP, vmemmap, H_VMEMMAP_END - 1, EXPORTED);
	kvas_set_populated(area,
			   KVAS_BOUND((unsigned long)(virt_to_page((void *)last_memory) + 1) - 1,
				      "virt_to_page(high_memory - 1) + 1 - 1 byte", EXPORTED));
#else
	kvas_layout_add_absent(l, KVAS_VMEMMAP,
			       "CONFIG_SPARSEMEM_VMEMMAP is not set");
#endif
}

/* Behind __kernel_io_end, which is not exported. */
#define KERNEL_IO_END	((unsigned long)vmemmap)

static void add_io(struct kvas_layout *l)
{
	struct kvas_area *area;

	area = KVAS_RANGE(l, KERNEL_IO, KERN_IO_START, KERNEL_IO_END - 1, EXPORTED);
	area->end.source = "vmemmap - 1 byte";
	KVAS_RANGE(l, ISA_IO, ISA_IO_BASE, ISA_IO_END - 1, EXPORTED);
	KVAS_RANGE(l, PHB_IO, PHB_IO_BASE, PHB_IO_END - 1, EXPORTED);
	area = KVAS_RANGE(l, IOREMAP, IOREMAP_BASE, KERNEL_IO_END - FIXADDR_SIZE - 1,
			  EXPORTED);
	area->end.source = "vmemmap - FIXADDR_SIZE - 1 byte";
	area = KVAS_RANGE(l, FIXMAP, KERNEL_IO_END - FIXADDR_SIZE, KERNEL_IO_END - 1,
			  EXPORTED);
	area->start.source = "vmemmap - FIXADDR_SIZE";
	area->end.source = "vmemmap - 1 byte";
	area->note = "slots fill it from the top";
}

static void add_facts(struct kvas_layout *l, const void *memory_end)
{
	struct kvas_fact *mmu;

	mmu = kvas_layout_add_fact(l, "mmu", KVAS_UNIT_TEXT, 0, "radix_enabled()",
				   KVAS_ROUTE_CPU);
	strscpy(mmu->text, radix_enabled() ? "radix" : "hash", sizeof(mmu->text));
	KVAS_FACT(l, "page_levels", LEVELS, CONFIG_PGTABLE_LEVELS, MACRO);
	if (radix_enabled())
		KVAS_FACT(l, "va_bits", BITS, RADIX_PGTABLE_EADDR_SIZE, CPU);
	else
		KVAS_FACT(l, "va_bits", BITS, H_PGTABLE_EADDR_SIZE, CPU);
	KVAS_FACT(l, "user_limit", ADDRESS, TASK_SIZE_USER64, EXPORTED);
	kvas_add_split(l, TASK_SIZE_USER64 - 1, PAGE_OFFSET,
		       "TASK_SIZE_USER64, PAGE_OFFSET", KVAS_ROUTE_MACRO);
	kvas_add_paging_facts(l);
	kvas_add_memory_facts(l, memory_end);
	KVAS_FACT(l, "image_kaslr_offset", OFFSET, kernstart_virt_addr - KERNELBASE,
		  EXPORTED);
}

void kvas_arch_layout(struct kvas_layout *l)
{
	/* Once, as memory may be added at any time. */
	const void *memory_end = high_memory;
	unsigned long last = (unsigned long)memory_end - 1;

	add_user(l);
	add_direct_map(l, last);
	kvas_add_kfence(l);
	kvas_add_percpu(l);
	KVAS_RANGE(l, VMALLOC, VMALLOC_START, VMALLOC_END - 1, EXPORTED);
#ifdef MODULES_VADDR
	KVAS_RANGE(l, MODULES, MODULES_VADDR, MODULES_END - 1, EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_MODULES, "modules are in vmalloc");
#endif
	add_io(l);
	add_vmemmap(l, last);
	/* kasan_init() of arch/powerpc/mm/kasan/init_book3s_64.c */
	if (IS_ENABLED(CONFIG_KASAN) && !radix_enabled())
		kvas_layout_add_absent(l, KVAS_KASAN_SHADOW, "KASAN is off: it needs radix");
	else
		kvas_add_kasan_shadow(l);
	kvas_layout_add_absent(l, KVAS_PKMAP, "no highmem on a 64-bit kernel");
	kvas_add_parts(l);
	add_facts(l, memory_end);
}

/* The slots are for early boot. */
unsigned long kvas_arch_fixmap_slot(const char **source)
{
	return 0;
}
