// SPDX-License-Identifier: GPL-2.0-only
/* Four and five levels of tables, where KASLR moves nothing. */
#ifndef LEVELS
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/efi.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <asm/cpu_entry_area.h>
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/sparsemem.h>
#include <uapi/asm/vsyscall.h>
#include "values.h"

#undef pgtable_l5_enabled
#define pgtable_l5_enabled()	(LEVELS == 5)
#define pgdir_shift		(LEVELS == 5 ? 48 : 39)
#define ptrs_per_p4d		(LEVELS == 5 ? 512 : 1)
/* arch/x86/kernel/head64.c */
#define page_offset_base	(LEVELS == 5 ? __PAGE_OFFSET_BASE_L5 : __PAGE_OFFSET_BASE_L4)
#define vmalloc_base		(LEVELS == 5 ? __VMALLOC_BASE_L5 : __VMALLOC_BASE_L4)
#define vmemmap_base		(LEVELS == 5 ? __VMEMMAP_BASE_L5 : __VMEMMAP_BASE_L4)
/* task_size_max() chooses the same when alternatives are patched. */
#undef TASK_SIZE_MAX
#define TASK_SIZE_MAX		((1UL << __VIRTUAL_MASK_SHIFT) - PAGE_SIZE)

#define LEVELS 4
#define PRINT print_4
#include "x86_64.c"
#undef LEVELS
#undef PRINT
#if !defined(CONFIG_PGTABLE_LEVELS) || CONFIG_PGTABLE_LEVELS == 5
#define LEVELS 5
#define PRINT print_5
#include "x86_64.c"
#endif
#else
void PRINT(void)
{
	if (LEVELS == 5)
		MODE_BEGINS("va_bits=57");
	else
		MODE_BEGINS("va_bits=48");
	REGION("user", 0, TASK_SIZE_MAX);
	REGION("user_guard", TASK_SIZE_MAX, 1UL << __VIRTUAL_MASK_SHIFT);
	REGION("noncanonical", 1UL << __VIRTUAL_MASK_SHIFT, -(1UL << __VIRTUAL_MASK_SHIFT));
	REGION("guard_hole", GUARD_HOLE_BASE_ADDR, GUARD_HOLE_END_ADDR);
	REGION("ldt_remap", LDT_BASE_ADDR, LDT_END_ADDR);
	REGION("direct_map", PAGE_OFFSET, PAGE_OFFSET + MAXMEM);
	REGION_UP_TO("vmalloc", VMALLOC_START, VMALLOC_END);
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	VALUE("vmemmap.start", VMEMMAP_START);
	VALUE("vmemmap.size", round_up((MAXMEM >> PAGE_SHIFT) * sizeof(struct page), 1UL << 40));
#else
	ABSENT("vmemmap");
#endif
#ifdef CONFIG_KASAN
	REGION("kasan_shadow", KASAN_SHADOW_START, KASAN_SHADOW_END);
#else
	ABSENT("kasan_shadow");
#endif
#ifdef CONFIG_KMSAN
	REGION_UP_TO("kmsan_vmalloc_shadow", KMSAN_VMALLOC_SHADOW_START,
		     VMALLOC_END + KMSAN_VMALLOC_SHADOW_OFFSET);
	REGION_UP_TO("kmsan_vmalloc_origin", KMSAN_VMALLOC_ORIGIN_START,
		     VMALLOC_END + KMSAN_VMALLOC_ORIGIN_OFFSET);
	REGION("kmsan_modules_shadow", KMSAN_MODULES_SHADOW_START, KMSAN_MODULES_ORIGIN_START);
	REGION("kmsan_modules_origin", KMSAN_MODULES_ORIGIN_START,
	       KMSAN_MODULES_ORIGIN_START + MODULES_LEN);
#else
	ABSENT("kmsan_vmalloc_shadow");
	ABSENT("kmsan_vmalloc_origin");
	ABSENT("kmsan_modules_shadow");
	ABSENT("kmsan_modules_origin");
#endif
	REGION("cpu_entry_area", CPU_ENTRY_AREA_BASE, CPU_ENTRY_AREA_BASE + CPU_ENTRY_AREA_MAP_SIZE);
#ifdef CONFIG_X86_ESPFIX64
	REGION("espfix", ESPFIX_BASE_ADDR, ESPFIX_BASE_ADDR + P4D_SIZE);
#else
	ABSENT("espfix");
#endif
#ifdef CONFIG_EFI
	REGION("efi_runtime", EFI_VA_END, EFI_VA_START);
#else
	ABSENT("efi_runtime");
#endif
	REGION("image_window", __START_KERNEL_map, __START_KERNEL_map + KERNEL_IMAGE_SIZE);
#ifdef LOAD_PHYSICAL_ADDR
	VALUE("image.start", __START_KERNEL_map + LOAD_PHYSICAL_ADDR);
#else
	VALUE("image.start", __START_KERNEL);
#endif
#ifdef CONFIG_MODULES
	REGION("modules", MODULES_VADDR, MODULES_END);
#endif
#ifdef CONFIG_X86_VSYSCALL_EMULATION
	REGION("vsyscall", VSYSCALL_ADDR, VSYSCALL_ADDR + PAGE_SIZE);
#else
	ABSENT("vsyscall");
#endif
	/* The slot of FIXADDR_TOP itself is used. */
	VALUE("fixmap.end", FIXADDR_TOP + PAGE_SIZE - 1);
	VALUE("user_limit.value", TASK_SIZE_MAX);
	VALUE("page_levels.value", LEVELS);
	VALUE("va_bits.value", __VIRTUAL_MASK_SHIFT + 1);
	VALUE("page_size.value", PAGE_SIZE);
	VALUE("pmd_size.value", PMD_SIZE);
	VALUE("pgdir_size.value", PGDIR_SIZE);
	VALUE("thread_size.value", THREAD_SIZE);
	VALUE("section_size.value", 1UL << SECTION_SIZE_BITS);
	VALUE("max_physmem_bits.value", MAX_PHYSMEM_BITS);
}
#endif
