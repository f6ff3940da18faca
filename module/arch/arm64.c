// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64: which areas there are, spelled in the kernel's own macros
 * (arch/arm64/include/asm/memory.h, pgtable.h, fixmap.h, kasan.h).  To add a
 * region is to add a row.
 *
 * A kernel built for 52-bit addresses runs with fewer on a processor that
 * cannot do more: vabits_actual tells, and hangs on the CPU then.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/cpufeature.h>
#include <asm/fixmap.h>
#include <asm/memory.h>
#include <asm/mmu.h>
#include <asm/pgtable-hwdef.h>
#include <asm/sysreg.h>

#include "arm_image.h"

const char kvas_arch_name[] = "arm64";
const enum kvas_area_id kvas_arch_image_home = KVAS_IMAGE;

static struct kvas_image image;
static unsigned long image_text;	/* _text; 0 if not known */

phys_addr_t kvas_arch_image_phys(unsigned long addr)
{
	return __kimg_to_phys(addr);
}

unsigned long kvas_arch_image_va(resource_size_t phys)
{
	return __phys_to_kimg(phys);
}

/*
 * Where _text was moved to.  "Kernel code" begins there, but not in releases
 * (6.1) that leave what is before _stext out of the image they map.
 */
static unsigned long __init image_linked(unsigned long code, unsigned long stext)
{
	unsigned long offset;

	if (stext && code != stext)
		return code;
	return kvas_vmcoreinfo_hex("KERNELOFFSET=", &offset) ?
		KIMAGE_VADDR + offset : 0;
}

void __init kvas_arch_init(void)
{
	struct kvas_bound stext;
	unsigned long code;

	kvas_common_init();
	kvas_image_find(&image);
	code = image.code.end ? kvas_arch_image_va(image.code.start) : 0;
	stext = kvas_arm_text_start();
	image_text = image_linked(code, stext.addr);
	kvas_arm_find_image(&image,
			    KVAS_BOUND(code, code == stext.addr ? "_stext" : "_text", IOMEM),
			    &stext);
}

static void add_user_half(struct kvas_layout *l)
{
	struct kvas_area *area;

	area = KVAS_RANGE(l, USER, 0, (1UL << vabits_actual) - 1, CPU);
	if (vabits_actual > VA_BITS_MIN && !IS_ENABLED(CONFIG_ARM64_FORCE_52BIT))
		area->note = "mmap() stays below DEFAULT_MAP_WINDOW_64 unless asked for more";
	KVAS_RANGE(l, NONCANONICAL, 1UL << vabits_actual,
		   _PAGE_OFFSET(vabits_actual) - 1, CPU);
}

static void add_direct_map(struct kvas_layout *l, const struct kvas_memory *memory)
{
	struct kvas_area *area;

	area = KVAS_RANGE(l, DIRECT_MAP, _PAGE_OFFSET(vabits_actual), PAGE_END - 1, CPU);
	area->has_phys = true;
	area->phys = __pa(area->start.addr);
	kvas_set_populated(area, &memory->last);
	area->populated_start = memory->first;
	area->note = "populated from the lowest memory to the highest, with holes";
}

static void add_vmemmap(struct kvas_layout *l, const struct kvas_memory *memory)
{
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	const struct kvas_bound last = kvas_last_page(memory);
	struct kvas_area *area;

	area = KVAS_RANGE(l, VMEMMAP, virt_to_page((void *)_PAGE_OFFSET(vabits_actual)),
			  VMEMMAP_END - 1, CPU);
	kvas_set_populated(area, &last);
	area->populated_start = (unsigned long)virt_to_page((void *)memory->first);
#else
	kvas_layout_add_absent(l, KVAS_VMEMMAP,
			       "CONFIG_SPARSEMEM_VMEMMAP is not set");
#endif
}

/*
 * kaslr_init() of arch/arm64/kernel/kaslr.c, later module_init_limits() of
 * module.c: with KASLR, modules go to a window around the image.
 */
static void add_modules(struct kvas_layout *l)
{
#ifdef CONFIG_MODULES
	unsigned long self = (unsigned long)kvas_arch_name;
	struct kvas_area *area;

	area = KVAS_RANGE(l, MODULES, MODULES_VADDR, MODULES_END - 1, MACRO);
	if (self < area->start.addr || self > area->end.addr)
		area->note = "this module is in vmalloc: KASLR puts modules near the image";
#else
	kvas_layout_add_absent(l, KVAS_MODULES, "CONFIG_MODULES is not set");
#endif
#ifdef BPF_JIT_REGION_START
	KVAS_RANGE(l, BPF_JIT, BPF_JIT_REGION_START, BPF_JIT_REGION_END - 1, MACRO);
#else
	kvas_layout_add_absent(l, KVAS_BPF_JIT, "this release puts BPF programs in vmalloc");
#endif
}

/*
 * Slots count downward.  The one with the trampoline's data was the lowest of
 * its slots once, and is the highest now.
 */
static void add_trampoline(struct kvas_layout *l)
{
#ifdef CONFIG_UNMAP_KERNEL_AT_EL0
	struct kvas_area *area;

#if defined(KVAS_HAS_TRAMP_DATA)
	area = KVAS_RANGE(l, KPTI_TRAMPOLINE, __fix_to_virt(FIX_ENTRY_TRAMP_DATA),
			  __fix_to_virt(FIX_ENTRY_TRAMP_TEXT3) + PAGE_SIZE - 1, CPU);
#elif defined(KVAS_HAS_TRAMP_TEXT4) && defined(CONFIG_RELOCATABLE)
	area = KVAS_RANGE(l, KPTI_TRAMPOLINE, TRAMP_VALIAS,
			  __fix_to_virt(FIX_ENTRY_TRAMP_TEXT4) + PAGE_SIZE - 1, CPU);
#else
	area = KVAS_RANGE(l, KPTI_TRAMPOLINE, TRAMP_VALIAS,
			  __fix_to_virt(FIX_ENTRY_TRAMP_TEXT3) + PAGE_SIZE - 1, CPU);
#endif
	if (!cpus_have_cap(ARM64_UNMAP_KERNEL_AT_EL0))
		area->note = "not in use: kernel page-table isolation is off";
#else
	kvas_layout_add_absent(l, KVAS_KPTI_TRAMPOLINE,
			       "CONFIG_UNMAP_KERNEL_AT_EL0 is not set");
#endif
}

static void add_fixed(struct kvas_layout *l)
{
	KVAS_RANGE(l, PCI_IO, PCI_IO_START, PCI_IO_END - 1, CPU);
	/* Slots count downward; that of FIXADDR_TOP itself is FIX_HOLE. */
	KVAS_RANGE(l, FIXMAP, __fix_to_virt(__end_of_fixed_addresses - 1),
		   FIXADDR_TOP - 1, CPU);
	KVAS_RANGE(l, DTB, __fix_to_virt(FIX_FDT),
		   __fix_to_virt(FIX_FDT_END) + PAGE_SIZE - 1, CPU);
	add_trampoline(l);
}

static void add_facts(struct kvas_layout *l, const void *memory_end)
{
	struct kvas_fact *fact;

	KVAS_FACT(l, "page_levels", LEVELS, ARM64_HW_PGTABLE_LEVELS(vabits_actual), CPU);
	KVAS_FACT(l, "va_bits", BITS, vabits_actual, CPU);
	kvas_layout_add_fact(l, "pa_bits", KVAS_UNIT_BITS,
			     id_aa64mmfr0_parange_to_phys_shift((read_sysreg(tcr_el1) & TCR_IPS_MASK)
								>> TCR_IPS_SHIFT),
			     "TCR_EL1.IPS", KVAS_ROUTE_CPU);
	KVAS_FACT(l, "user_limit", ADDRESS, 1UL << vabits_actual, CPU);
	kvas_add_split(l, (1UL << vabits_actual) - 1, _PAGE_OFFSET(vabits_actual),
		       "vabits_actual", KVAS_ROUTE_CPU);
	KVAS_FACT(l, "kpti", BOOL, cpus_have_cap(ARM64_UNMAP_KERNEL_AT_EL0), EXPORTED);
	kvas_add_paging_facts(l);
	kvas_add_memory_facts(l, memory_end);
	/* Of PAGE_OFFSET, which may lie before all memory: it may be negative. */
	KVAS_FACT(l, "phys_offset", OFFSET, memstart_addr, EXPORTED);
	KVAS_FACT(l, "kimage_voffset", OFFSET, kimage_voffset, EXPORTED);

	fact = kvas_layout_add_fact(l, "image_kaslr_offset", KVAS_UNIT_OFFSET,
				    image_text - KIMAGE_VADDR,
				    "_text - KIMAGE_VADDR", KVAS_ROUTE_DERIVED);
	if (!image_text)
		fact->absent = "where _text is, is not known";
}

void kvas_arch_layout(struct kvas_layout *l)
{
	struct kvas_memory memory;

	kvas_find_memory(&memory);
	add_user_half(l);
	add_direct_map(l, &memory);
	kvas_add_kasan_shadow(l);
	add_modules(l);
	KVAS_RANGE(l, VMALLOC, VMALLOC_START, VMALLOC_END - 1, CPU);
	add_vmemmap(l, &memory);
	add_fixed(l);
	kvas_add_kfence(l);
	kvas_add_percpu(l);
	kvas_add_parts(l);
	kvas_layout_add_absent(l, KVAS_PKMAP, "no highmem on a 64-bit kernel");
	add_facts(l, memory.end);
}

/* The slots of the device tree are in use if there is one, even under ACPI. */
unsigned long kvas_arch_fixmap_slot(const char **source)
{
	unsigned long slot = __fix_to_virt(FIX_FDT);
	char byte;

	*source = "__fix_to_virt(FIX_FDT)";
	return kvas_read(&byte, (const void *)slot, sizeof(byte)) ? slot : 0;
}
