// SPDX-License-Identifier: GPL-2.0-only
/* Book3S with hashed page tables, and with radix trees where they are built in. */
#ifndef RADIX
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/sparsemem.h>
#include "values.h"

/* hash__early_init_mmu() and radix__early_init_mmu() of arch/powerpc/mm/book3s64. */
#define BY_MMU(what)		(RADIX ? RADIX_##what : H_##what)
#define __pte_index_size	BY_MMU(PTE_INDEX_SIZE)
#define __pmd_index_size	BY_MMU(PMD_INDEX_SIZE)
#define __pud_index_size	BY_MMU(PUD_INDEX_SIZE)
#define __pgd_index_size	BY_MMU(PGD_INDEX_SIZE)
#define __vmalloc_start		BY_MMU(VMALLOC_START)
#define __vmalloc_end		BY_MMU(VMALLOC_END)
#define __kernel_io_start	BY_MMU(KERN_IO_START)
#define __kernel_io_end		BY_MMU(KERN_IO_END)

#define RADIX 0
#define PRINT print_hash
#include "ppc64.c"
#undef RADIX
#undef PRINT
#ifdef CONFIG_PPC_RADIX_MMU
#define RADIX 1
#define PRINT print_radix
#include "ppc64.c"
#endif
#else
void PRINT(void)
{
	if (RADIX)
		MODE_BEGINS("mmu=radix");
	else
		MODE_BEGINS("mmu=hash");
	REGION("user", 0, TASK_SIZE_USER64);
	REGION("direct_map", PAGE_OFFSET, VMALLOC_START);
	REGION("vmalloc", VMALLOC_START, VMALLOC_END);
	REGION("kernel_io", KERN_IO_START, KERN_IO_END);
	REGION("isa_io", ISA_IO_BASE, ISA_IO_END);
	REGION("phb_io", PHB_IO_BASE, PHB_IO_END);
	REGION("ioremap", IOREMAP_BASE, IOREMAP_END);
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	REGION("vmemmap", BY_MMU(VMEMMAP_START), BY_MMU(VMEMMAP_END));
#else
	ABSENT("vmemmap");
#endif
#ifdef CONFIG_KASAN
	if (RADIX)
		REGION("kasan_shadow", KASAN_SHADOW_START, KASAN_SHADOW_END);
	else
		ABSENT("kasan_shadow");
#else
	ABSENT("kasan_shadow");
#endif
	VALUE("user_limit.value", TASK_SIZE_USER64);
	VALUE("page_size.value", PAGE_SIZE);
	VALUE("pmd_size.value", PMD_SIZE);
	VALUE("pgdir_size.value", PGDIR_SIZE);
	VALUE("thread_size.value", THREAD_SIZE);
#ifdef CONFIG_SPARSEMEM
	VALUE("section_size.value", 1UL << SECTION_SIZE_BITS);
#endif
}
#endif
