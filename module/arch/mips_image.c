// SPDX-License-Identifier: GPL-2.0-only
/* The kernel image of MIPS and of LoongArch. */
#include "mips_image.h"

/**
 * kvas_mips_find_image() - find the parts of the image that both have
 * @image:	what the resource tree has; "Kernel data" is everything from code to
 *		_edata (resource_init() of kernel/setup.c)
 * @end:	where the image ends
 */
void __init kvas_mips_find_image(const struct kvas_image *image, struct kvas_bound end)
{
	kvas_part_found(KVAS_IMAGE, kvas_resource_start(&image->code, "_text"), end, NULL);
	kvas_resource_found(KVAS_TEXT, &image->code, "_text", "_etext - 1");
	kvas_resource_found(KVAS_DATA, &image->data, "_etext", "_edata - 1");
	kvas_resource_found(KVAS_BSS, &image->bss, "__bss_start", "__bss_stop - 1");
	KVAS_MARKERS_FOUND(RODATA, __start_rodata, __end_rodata, NULL);
}
