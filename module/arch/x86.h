/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What x86 has with 32 bits and with 64, spelled in the same macros
 * (arch/x86/include/asm/pgtable_areas.h, cpu_entry_area.h, fixmap.h).
 */
#ifndef KVAS_ARCH_X86_H
#define KVAS_ARCH_X86_H

#include <asm/cpu_entry_area.h>
#include <asm/cpufeature.h>
#include <asm/fixmap.h>
#include <asm/pgtable_areas.h>
#include <asm/processor.h>

#include "arch.h"

/* x86.c; it does not change while the kernel runs. */
extern struct kvas_image x86_image;
void kvas_x86_find_image(unsigned long limit);

/**
 * kvas_x86_add() - add the areas and facts that both have
 * @l:	the layout
 */
static inline void kvas_x86_add(struct kvas_layout *l)
{
	struct kvas_area *area;

	area = KVAS_RANGE(l, LDT_REMAP, LDT_BASE_ADDR, LDT_END_ADDR - 1, EXPORTED);
	area->note = "used in processes only, by modify_ldt() under PTI";
	KVAS_RANGE(l, CPU_ENTRY_AREA, CPU_ENTRY_AREA_BASE,
		   CPU_ENTRY_AREA_BASE + CPU_ENTRY_AREA_MAP_SIZE - 1, EXPORTED);
	/* Slots count downward, from 0 at FIXADDR_TOP. */
	KVAS_RANGE(l, FIXMAP, __fix_to_virt(__end_of_fixed_addresses - 1),
		   FIXADDR_TOP + PAGE_SIZE - 1, EXPORTED);
#ifndef CONFIG_SMP
	kvas_layout_add_absent(l, KVAS_INIT_PERCPU, "CONFIG_SMP is not set");
#endif
	KVAS_FACT(l, "pti", BOOL, boot_cpu_has(X86_FEATURE_PTI), EXPORTED);
	kvas_add_image_offset(l, &x86_image, __START_KERNEL, "_text - __START_KERNEL");
}

#endif /* KVAS_ARCH_X86_H */
