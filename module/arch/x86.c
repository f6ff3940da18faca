// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86 of 32 and of 64 bits: the kernel image, in the order in which
 * arch/x86/kernel/vmlinux.lds.S links it.
 */
#include <linux/mm.h>
#include <asm/apic.h>
#include <asm/cpufeature.h>
#include <asm/fixmap.h>
#include <asm/processor.h>

#include "x86.h"

/* It does not change while the kernel runs. */
struct kvas_image x86_image;

/*
 * A marker between data and BSS.  Such memory is freed after boot, and with
 * page-table isolation unmapped, so ask for a byte of BSS behind the marker.
 * How far that is, is not known: come down from above, where nothing or brk
 * is met, and stop at the first answer, so that no freed memory is asked for.
 */
static unsigned long __init marker(const char *name)
{
	unsigned long first = kvas_arch_image_va(x86_image.data.end) + 1;
	unsigned long bss = kvas_arch_image_va(x86_image.bss.start);
	unsigned long last = kvas_arch_image_va(x86_image.bss.end);
	unsigned long addr = 0;
	long distance;

	if (!x86_image.data.end || !x86_image.bss.end || last - bss < 64)
		return 0;
	for (distance = last - first - 16; distance > 0 && !addr;
	     distance -= last - bss - 16)
		addr = kvas_symbol(name, distance);
	return addr >= first && addr <= bss ? addr : 0;
}

/*
 * No symbol look-up gives _end, which lies outside what it delimits: search
 * for the page after the last one that kallsyms counts to the kernel.
 */
static unsigned long __init image_end(unsigned long limit)
{
	unsigned long last = kvas_arch_image_va(x86_image.bss.end) & PAGE_MASK;

	return x86_image.bss.end ? kvas_symbols_end(last, limit, PAGE_SIZE) : 0;
}

#ifdef CONFIG_SMP
/*
 * Until 6.14 per-CPU symbols count from 0 on 64 bits.  What was loaded ends
 * where the next page of init memory begins.
 */
static void __init find_init_percpu(void)
{
	unsigned long start = marker("__per_cpu_start");

	if (start)
		kvas_part_found(KVAS_INIT_PERCPU,
				KVAS_BOUND(start, "__per_cpu_start", KPROBE),
				KVAS_BOUND_BEFORE(marker("__per_cpu_end"),
						  "__per_cpu_end - 1", KPROBE));
	else
		kvas_part_found(KVAS_INIT_PERCPU,
				KVAS_BOUND(marker("__per_cpu_load"), "__per_cpu_load", KPROBE),
				KVAS_BOUND_BEFORE(marker("_sinittext"),
						  "_sinittext - 1", KPROBE));
}
#else
static void __init find_init_percpu(void)
{
}
#endif

/*
 * No 32-bit kernel of a distribution has KALLSYMS_ALL: there the image is
 * shown without its last part rather than not at all.
 */
static void __init find_whole_image(unsigned long end)
{
	const struct kvas_phys_range range = { x86_image.code.start, x86_image.bss.end };

	if (IS_ENABLED(CONFIG_X86_32) && !end && range.end) {
		kvas_resource_found(KVAS_IMAGE, &range, "_text", "__bss_stop - 1");
		return;
	}
	kvas_part_found(KVAS_IMAGE,
			KVAS_BOUND(x86_image.code.end ? kvas_arch_image_va(x86_image.code.start) : 0,
				   "_text", IOMEM),
			KVAS_BOUND_BEFORE(end, "_end - 1", KALLSYMS));
}

/**
 * kvas_x86_find_image() - find the kernel image and its parts
 * @limit:	an address that is surely behind the image, page-aligned
 */
void __init kvas_x86_find_image(unsigned long limit)
{
	unsigned long end;

	kvas_image_find(&x86_image);
	end = image_end(limit);
	find_whole_image(end);
	kvas_resource_found(KVAS_TEXT, &x86_image.code, "_text", "_etext - 1");
	kvas_resource_found(KVAS_RODATA, &x86_image.rodata, "__start_rodata",
			    "__end_rodata - 1");
	kvas_resource_found(KVAS_DATA, &x86_image.data, "_sdata", "_edata - 1");
	kvas_resource_found(KVAS_BSS, &x86_image.bss, "__bss_start", "__bss_stop - 1");
	kvas_part_found(KVAS_INIT,
			KVAS_BOUND(marker("__init_begin"), "__init_begin", KPROBE),
			KVAS_BOUND_BEFORE(marker("__init_end"), "__init_end - 1", KPROBE));
	/* vmlinux.lds.S: nothing stands between BSS and brk. */
	kvas_part_found(KVAS_BRK,
			KVAS_BOUND(x86_image.bss.end ? PAGE_ALIGN(kvas_arch_image_va(x86_image.bss.end)) : 0,
				   "PAGE_ALIGN(__bss_stop)", DERIVED),
			KVAS_BOUND_BEFORE(end, "_end - 1", KALLSYMS));
	find_init_percpu();
}

unsigned long kvas_arch_fixmap_slot(const char **source)
{
#ifdef CONFIG_X86_LOCAL_APIC
	/* In x2APIC mode it has no registers in memory. */
	if (boot_cpu_has(X86_FEATURE_APIC) && !x2apic_enabled()) {
		*source = "fix_to_virt(FIX_APIC_BASE)";
		return fix_to_virt(FIX_APIC_BASE);
	}
#endif
	return 0;
}
