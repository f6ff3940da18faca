// SPDX-License-Identifier: GPL-2.0-only
/* The three modes of the MMU, with an image of 32 MiB where it is linked. */
#ifndef BITS
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/sparsemem.h>
#include "values.h"

#define pgtable_l5_enabled	(BITS == 57)
#define pgtable_l4_enabled	(BITS >= 48)
/* What set_satp_mode() leaves in kernel_map.page_offset; arch/riscv/mm/init.c. */
#undef PAGE_OFFSET
#ifndef PAGE_OFFSET_L5
#define PAGE_OFFSET_L5		_AC(CONFIG_PAGE_OFFSET, UL)
#endif
#define PAGE_OFFSET		(BITS == 57 ? PAGE_OFFSET_L5 : BITS == 48 ? PAGE_OFFSET_L4 : PAGE_OFFSET_L3)
/* Symbols of the image. */
#define _start			(*(char *)KERNEL_LINK_ADDR)
#define _end			(*(char *)(KERNEL_LINK_ADDR + SZ_32M))

#define BITS 39
#define PRINT print_39
#include "riscv64.c"
#undef BITS
#undef PRINT
#define BITS 48
#define PRINT print_48
#include "riscv64.c"
#undef BITS
#undef PRINT
#define BITS 57
#define PRINT print_57
#include "riscv64.c"
#else
void PRINT(void)
{
	if (BITS == 39)
		MODE_BEGINS("va_bits=39");
	else if (BITS == 48)
		MODE_BEGINS("va_bits=48");
	else
		MODE_BEGINS("va_bits=57");
	REGION("user", 0, PGDIR_SIZE * PTRS_PER_PGD / 2);
	REGION("noncanonical", 1UL << (VA_BITS - 1), -(1UL << (VA_BITS - 1)));
	REGION("direct_map", PAGE_OFFSET, PAGE_OFFSET + KERN_VIRT_SIZE);
	REGION("vmalloc", VMALLOC_START, VMALLOC_END);
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	REGION("vmemmap", VMEMMAP_START, VMEMMAP_END);
#else
	ABSENT("vmemmap");
#endif
	REGION("pci_io", PCI_IO_START, PCI_IO_END);
	REGION("fixmap", FIXADDR_START, FIXADDR_TOP);
	REGION("dtb", FIXADDR_TOP - ((unsigned long)FIX_FDT << PAGE_SHIFT),
	       FIXADDR_TOP - ((unsigned long)FIX_FDT_END << PAGE_SHIFT) + PAGE_SIZE);
#ifdef CONFIG_KASAN
	REGION("kasan_shadow", KASAN_SHADOW_START, KASAN_SHADOW_END);
#else
	ABSENT("kasan_shadow");
#endif
#ifdef CONFIG_MODULES
	REGION("modules", MODULES_VADDR, MODULES_END);
#endif
	REGION("bpf_jit", BPF_JIT_REGION_START, BPF_JIT_REGION_END);
#ifndef CONFIG_XIP_KERNEL
	VALUE("image.start", KERNEL_LINK_ADDR);
#endif
	VALUE("user_limit.value", PGDIR_SIZE * PTRS_PER_PGD / 2);
	VALUE("page_levels.value", BITS == 57 ? 5 : BITS == 48 ? 4 : 3);
	VALUE("va_bits.value", VA_BITS);
	VALUE("page_size.value", PAGE_SIZE);
	VALUE("pmd_size.value", PMD_SIZE);
	VALUE("pgdir_size.value", PGDIR_SIZE);
	VALUE("thread_size.value", THREAD_SIZE);
#ifdef CONFIG_SPARSEMEM
	VALUE("section_size.value", 1UL << SECTION_SIZE_BITS);
	VALUE("max_physmem_bits.value", MAX_PHYSMEM_BITS);
#endif
}
#endif
