// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel image on Arm, of 32 bits and of 64: arch/arm/kernel/vmlinux.lds.S
 * and arch/arm64/kernel/vmlinux.lds.S have the same parts in the same order.
 */
#include "arm_image.h"

/**
 * kvas_arm_text_start() - where text starts: a marker that every kallsyms knows
 *
 * Return: the bound, or why it is not known.
 */
struct kvas_bound __init kvas_arm_text_start(void)
{
	struct kvas_bound start = { .source = "_stext", .route = KVAS_ROUTE_VMCOREINFO };

	if (kvas_vmcoreinfo_hex("SYMBOL(_stext)=", &start.addr))
		return start;
	return kvas_marker("_stext");
}

/*
 * The end of text.  Without KALLSYMS_ALL kallsyms counts nothing to the kernel
 * but text and init text, and does not know _etext itself.
 */
static struct kvas_bound __init text_end(const struct kvas_bound *stext,
					 const struct kvas_bound *init)
{
	struct kvas_bound end = kvas_marker_end("_etext", "_etext - 1");

	if (!end.absent || IS_ENABLED(CONFIG_KALLSYMS_ALL) || stext->absent || init->absent)
		return end;
	/* Instructions have at least two bytes. */
	return kvas_symbols_end(stext->addr, init->addr, 2, "_etext - 1");
}

static struct kvas_bound __init next_byte(struct kvas_bound bound, const char *source)
{
	bound.addr++;
	bound.source = source;
	return bound;
}

static struct kvas_bound __init byte_before(struct kvas_bound bound, const char *source)
{
	bound.addr--;
	bound.source = source;
	return bound;
}

/**
 * kvas_arm_find_image() - find the kernel image and its parts
 * @image:	what the resource tree has: "Kernel code" up to __init_begin,
 *		"Kernel data" from _sdata to _end
 * @first:	where the image starts
 * @stext:	where text starts
 *
 * vmlinux.lds.S: text, what is only read (on arm64 page tables, too), what is
 * freed after boot, data, BSS.
 */
void __init kvas_arm_find_image(const struct kvas_image *image, struct kvas_bound first,
				struct kvas_bound stext)
{
	struct kvas_bound code_end = kvas_resource_end(&image->code, "__init_begin - 1");
	struct kvas_bound init = next_byte(code_end, "__init_begin");
	struct kvas_bound data = kvas_resource_start(&image->data, "_sdata");
	struct kvas_bound etext = text_end(&stext, &init);

	kvas_part_found(KVAS_IMAGE, first, kvas_resource_end(&image->data, "_end - 1"), NULL);
	kvas_part_found(KVAS_TEXT, stext, etext, NULL);
	kvas_part_found(KVAS_RODATA, next_byte(etext, "_etext"), code_end, NULL);
	kvas_part_found(KVAS_INIT, init, byte_before(data, "_sdata - 1"), KVAS_NOTE_INIT);
	KVAS_PERCPU_ORIGINAL_FOUND();
	kvas_part_found(KVAS_DATA_BSS, data, kvas_resource_end(&image->data, "_end - 1"),
			KVAS_NOTE_DATA_BSS);
	kvas_part_found(KVAS_DATA, data, kvas_marker_end("_edata", "_edata - 1"), NULL);
	KVAS_MARKERS_FOUND(BSS, __bss_start, __bss_stop, NULL);
}
