// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel image on Arm, of 32 bits and of 64: arch/arm/kernel/vmlinux.lds.S
 * and arch/arm64/kernel/vmlinux.lds.S have the same parts in the same order.
 */
#include "arm_image.h"

/** kvas_arm_text_start() - where text starts: a marker that every kallsyms knows */
struct kvas_bound __init kvas_arm_text_start(void)
{
	unsigned long stext;

	if (kvas_vmcoreinfo_hex("SYMBOL(_stext)=", &stext))
		return *KVAS_BOUND(stext, "_stext", VMCOREINFO);
	return *KVAS_BOUND(kvas_symbol("_stext", 0), "_stext", KPROBE);
}

/*
 * The end of text.  Where kallsyms knows little else, text and init text are
 * all that it counts to the kernel, but _etext itself is then no symbol.
 */
static struct kvas_bound __init text_end(unsigned long stext, unsigned long init)
{
	unsigned long etext = kvas_symbol("_etext", 0);

	if (etext || IS_ENABLED(CONFIG_KALLSYMS_ALL) || !stext || !init)
		return *KVAS_BOUND_BEFORE(etext, "_etext - 1", KPROBE);
	/* Instructions have at least two bytes. */
	return *KVAS_BOUND_BEFORE(kvas_symbols_end(stext, init, 2), "_etext - 1", KALLSYMS);
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
void __init kvas_arm_find_image(const struct kvas_image *image,
				const struct kvas_bound *first,
				const struct kvas_bound *stext)
{
	unsigned long init = image->code.end ? kvas_arch_image_va(image->code.end) + 1 : 0;
	unsigned long data = image->data.end ? kvas_arch_image_va(image->data.start) : 0;
	struct kvas_bound etext = text_end(stext->addr, init);

	kvas_part_found(KVAS_IMAGE, first,
			KVAS_BOUND(image->data.end ? kvas_arch_image_va(image->data.end) : 0,
				   "_end - 1", IOMEM));
	kvas_part_found(KVAS_TEXT, stext, &etext);
	kvas_part_found(KVAS_RODATA,
			&(struct kvas_bound) { etext.addr ? etext.addr + 1 : 0,
					       "_etext", etext.route },
			KVAS_BOUND_BEFORE(init, "__init_begin - 1", IOMEM));
	kvas_part_found(KVAS_INIT, KVAS_BOUND(init, "__init_begin", IOMEM),
			KVAS_BOUND_BEFORE(data, "_sdata - 1", IOMEM));
#ifdef CONFIG_SMP
	kvas_part_found(KVAS_INIT_PERCPU,
			KVAS_BOUND(kvas_symbol("__per_cpu_start", 0), "__per_cpu_start", KPROBE),
			KVAS_BOUND_BEFORE(kvas_symbol("__per_cpu_end", 0),
					  "__per_cpu_end - 1", KPROBE));
#endif
	kvas_part_found(KVAS_DATA, KVAS_BOUND(data, "_sdata", IOMEM),
			KVAS_BOUND_BEFORE(kvas_symbol("_edata", 0), "_edata - 1", KPROBE));
	kvas_part_found(KVAS_BSS,
			KVAS_BOUND(kvas_symbol("__bss_start", 0), "__bss_start", KPROBE),
			KVAS_BOUND_BEFORE(kvas_symbol("__bss_stop", 0),
					  "__bss_stop - 1", KPROBE));
}
