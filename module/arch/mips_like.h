/* SPDX-License-Identifier: GPL-2.0-only */
/* What LoongArch has from MIPS, whose port it was made from. */
#ifndef KVAS_MIPS_LIKE_H
#define KVAS_MIPS_LIKE_H

#include "arch.h"

/* "Kernel data" is all from code to _edata: resource_init() of kernel/setup.c. */
static inline void __init
kvas_find_mips_like_image(const struct kvas_image *image,
			  const struct kvas_bound *end)
{
	kvas_part_found(KVAS_IMAGE,
			KVAS_BOUND(image->code.end ? kvas_arch_image_va(image->code.start) : 0,
				   "_text", IOMEM),
			end);
	kvas_resource_found(KVAS_TEXT, &image->code, "_text", "_etext - 1");
	kvas_resource_found(KVAS_DATA, &image->data, "_etext", "_edata - 1");
	kvas_resource_found(KVAS_BSS, &image->bss, "__bss_start", "__bss_stop - 1");
	kvas_part_found(KVAS_RODATA,
			KVAS_BOUND(kvas_symbol("__start_rodata", 0),
				   "__start_rodata", KPROBE),
			KVAS_BOUND_BEFORE(kvas_symbol("__end_rodata", 0),
					  "__end_rodata - 1", KPROBE));
}

#endif /* KVAS_MIPS_LIKE_H */
