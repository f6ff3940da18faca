// SPDX-License-Identifier: GPL-2.0-only
/* A processor with all bits that the kernel was built for, and one with fewer. */
#ifndef BITS
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/fixmap.h>
#include <asm/memory.h>
#include <asm/pgtable.h>
#include <asm/sparsemem.h>
#include "values.h"

#undef vabits_actual
#define vabits_actual	((u64)BITS)

#define BITS VA_BITS
#define PRINT print_built
#include "arm64.c"
#undef BITS
#undef PRINT
#if CONFIG_ARM64_VA_BITS > 48
#define BITS VA_BITS_MIN
#define PRINT print_fewer
#include "arm64.c"
#endif
#else
void PRINT(void)
{
	if (BITS == 52)
		MODE_BEGINS("va_bits=52");
	else if (BITS == 48)
		MODE_BEGINS("va_bits=48");
	else if (BITS == 47)
		MODE_BEGINS("va_bits=47");
	else
		MODE_BEGINS("");
	REGION("user", 0, 1UL << vabits_actual);
	REGION("noncanonical", 1UL << vabits_actual, _PAGE_OFFSET(vabits_actual));
	REGION("direct_map", _PAGE_OFFSET(vabits_actual), PAGE_END);
#if defined(CONFIG_KASAN_GENERIC) || defined(CONFIG_KASAN_SW_TAGS)
	REGION("kasan_shadow", KASAN_SHADOW_START, KASAN_SHADOW_END);
#else
	ABSENT("kasan_shadow");
#endif
	REGION("vmalloc", VMALLOC_START, VMALLOC_END);
#ifdef CONFIG_MODULES
	REGION("modules", MODULES_VADDR, MODULES_END);
#endif
#ifdef BPF_JIT_REGION_START
	REGION("bpf_jit", BPF_JIT_REGION_START, BPF_JIT_REGION_END);
#else
	ABSENT("bpf_jit");
#endif
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	/* As virt_to_page() counts from PAGE_OFFSET. */
	REGION("vmemmap", VMEMMAP_START + ((_PAGE_OFFSET(vabits_actual) - PAGE_OFFSET) >> PAGE_SHIFT) *
	       sizeof(struct page), VMEMMAP_END);
#else
	ABSENT("vmemmap");
#endif
	REGION("pci_io", PCI_IO_START, PCI_IO_END);
	REGION("fixmap", FIXADDR_TOP - ((unsigned long)(__end_of_fixed_addresses - 1) << PAGE_SHIFT),
	       FIXADDR_TOP);
	REGION("dtb", FIXADDR_TOP - ((unsigned long)FIX_FDT << PAGE_SHIFT),
	       FIXADDR_TOP - ((unsigned long)FIX_FDT_END << PAGE_SHIFT) + PAGE_SIZE);
	VALUE("image.start", KIMAGE_VADDR);
	VALUE("user_limit.value", 1UL << vabits_actual);
	VALUE("page_levels.value", ARM64_HW_PGTABLE_LEVELS(vabits_actual));
	VALUE("va_bits.value", vabits_actual);
	VALUE("page_size.value", PAGE_SIZE);
	VALUE("pmd_size.value", PMD_SIZE);
	VALUE("pgdir_size.value", PGDIR_SIZE);
	VALUE("thread_size.value", THREAD_SIZE);
#ifdef CONFIG_SPARSEMEM
	VALUE("section_size.value", 1UL << SECTION_SIZE_BITS);
#endif
}
#endif
