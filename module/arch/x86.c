// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86 of 32 and of 64 bits: the kernel image, in the order in which
 * arch/x86/kernel/vmlinux.lds.S links it, and the regions that both have
 * (arch/x86/include/asm/pgtable_areas.h, cpu_entry_area.h, fixmap.h).
 */
#include <linux/mm.h>
#include <asm/apic.h>
#include <asm/cpu_entry_area.h>
#include <asm/cpufeature.h>
#include <asm/fixmap.h>
#include <asm/pgtable_areas.h>
#include <asm/processor.h>

#include "x86.h"

/* The image does not move. */
static struct kvas_image image;

/*
 * No symbol look-up gives _end, which lies outside what it delimits: search
 * for the page after the last one that kallsyms counts to the kernel.
 */
static struct kvas_bound __init image_end(unsigned long limit)
{
	if (!image.bss.end)
		return kvas_resource_end(&image.bss, "_end - 1");
	return kvas_symbols_end(kvas_arch.image_va(image.bss.end) & PAGE_MASK, limit,
				PAGE_SIZE, "_end - 1");
}

static bool __init is_readable(unsigned long first, unsigned long last)
{
	unsigned long addr;
	char byte;

	for (addr = first; addr <= last; addr = (addr & PAGE_MASK) + PAGE_SIZE) {
		if (!kvas_read(&byte, (const void *)addr, sizeof(byte)))
			return false;
	}
	return true;
}

/*
 * Looks up a marker between data and BSS.  Its memory is freed after boot, and
 * unmapped with page-table isolation, so ask for a byte at a distance after
 * it: the kernel then reads the symbol that covers this byte.  The distance that
 * leads to BSS is not known, so the search comes down from above, where there is
 * brk or no symbol, and stops at the first answer, so it never asks for freed
 * memory.  Where the kernel reads without care, all of BSS and brk must be
 * readable: debug_pagealloc unmaps what was freed of BSS, and the unused end of
 * brk may be unmapped.
 */
static struct kvas_symbol __init
lookup_section_marker(const char *name, const struct kvas_bound *end)
{
	struct kvas_symbol found = { .absent = end->absent };
	unsigned long first, bss, last;
	long distance;

	if (found.absent || !image.data.end)
		return found;
	first = kvas_arch.image_va(image.data.end) + 1;
	bss = kvas_arch.image_va(image.bss.start);
	last = kvas_arch.image_va(image.bss.end);
	found.absent = "BSS is too short to find it safely";
	if (last - bss < 64)
		return found;
	found.absent = "a part of BSS or brk is unmapped, so it cannot be looked up safely";
	if (KVAS_HAS_CARELESS_KPROBES && !is_readable(bss, end->addr))
		return found;
	found.addr = 0;
	for (distance = last - first - 16; distance > 0 && !found.addr;
	     distance -= last - bss - 16)
		found = kvas_symbol(name, distance);
	if (!found.absent && (found.addr < first || found.addr > bss))
		found.absent = "the symbol of its name is another one";
	return found;
}

static struct kvas_bound __init marker(const char *name, const struct kvas_bound *end)
{
	struct kvas_symbol found = lookup_section_marker(name, end);

	return (struct kvas_bound) { found.addr, name, found.absent, KVAS_ROUTE_KPROBE };
}

static struct kvas_bound __init marker_end(const char *name, const char *source,
					   const struct kvas_bound *end)
{
	struct kvas_symbol found = lookup_section_marker(name, end);

	return (struct kvas_bound) { found.addr - 1, source, found.absent, KVAS_ROUTE_KPROBE };
}

/*
 * Until 6.14 per-CPU symbols count from 0 on 64 bits.  The original that was
 * loaded ends where the next page of init memory begins.
 */
static void __init find_percpu_original(const struct kvas_bound *end)
{
	struct kvas_bound start = marker("__per_cpu_start", end);

	if (!IS_ENABLED(CONFIG_SMP))
		kvas_part_absent(KVAS_INIT_PERCPU, "CONFIG_SMP is not set");
	else if (!start.absent)
		kvas_part_found(KVAS_INIT_PERCPU, start,
				marker_end("__per_cpu_end", "__per_cpu_end - 1", end),
				KVAS_NOTE_PERCPU_ORIGINAL);
	else
		kvas_part_found(KVAS_INIT_PERCPU, marker("__per_cpu_load", end),
				marker_end("_sinittext", "_sinittext - 1", end),
				KVAS_NOTE_PERCPU_ORIGINAL);
}

/*
 * No 32-bit kernel of a distribution has KALLSYMS_ALL: there the image is
 * published without its last part rather than not at all.
 */
static void __init find_whole_image(struct kvas_bound end)
{
	struct kvas_bound start = kvas_resource_start(&image.code, "_text");

	if (IS_ENABLED(CONFIG_X86_32) && end.absent)
		kvas_part_found(KVAS_IMAGE, start, kvas_resource_end(&image.bss, "__bss_stop - 1"),
				"without brk, the end of which needs KALLSYMS_ALL");
	else
		kvas_part_found(KVAS_IMAGE, start, end, NULL);
}

/* vmlinux.lds.S: nothing stands between BSS and brk. */
static struct kvas_bound __init brk_start(void)
{
	struct kvas_bound start = kvas_resource_end(&image.bss, "PAGE_ALIGN(__bss_stop)");

	start.addr = PAGE_ALIGN(start.addr);
	start.route = KVAS_ROUTE_DERIVED;
	return start;
}

/**
 * kvas_x86_find_image() - find the kernel image and its parts
 * @limit:	an address that is surely after the image, page-aligned
 */
void __init kvas_x86_find_image(unsigned long limit)
{
	struct kvas_bound end;

	kvas_image_find(&image);
	end = image_end(limit);
	find_whole_image(end);
	kvas_resource_found(KVAS_TEXT, &image.code, "_text", "_etext - 1");
	kvas_resource_found(KVAS_RODATA, &image.rodata, "__start_rodata",
			    "__end_rodata - 1");
	kvas_resource_found(KVAS_DATA, &image.data, "_sdata", "_edata - 1");
	kvas_resource_found(KVAS_BSS, &image.bss, "__bss_start", "__bss_stop - 1");
	kvas_part_found(KVAS_INIT, marker("__init_begin", &end),
			marker_end("__init_end", "__init_end - 1", &end), KVAS_NOTE_INIT);
	kvas_part_found(KVAS_BRK, brk_start(), end, NULL);
	find_percpu_original(&end);
}

/*
 * Slots of the fixmap count downward, from 0 at FIXADDR_TOP.  With 32 bits the
 * first one is FIX_HOLE, which is never used.
 */
#ifdef CONFIG_X86_32
#define ROW_FIXMAP							\
	REGION(FIXMAP, __fix_to_virt(__end_of_fixed_addresses - 1), FIXADDR_TOP, EXPORTED)
#else
#define ROW_FIXMAP							\
	REGION(FIXMAP, __fix_to_virt(__end_of_fixed_addresses - 1),	\
	       FIXADDR_TOP + PAGE_SIZE, EXPORTED)
#endif

/**
 * kvas_x86_add_regions() - add the regions that 32 and 64 bits have
 * @l:	the layout
 */
void kvas_x86_add_regions(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION(LDT_REMAP, LDT_BASE_ADDR, LDT_END_ADDR, EXPORTED,
		       .note = "used in processes only, by modify_ldt() under PTI"),
		REGION(CPU_ENTRY_AREA, CPU_ENTRY_AREA_BASE,
		       CPU_ENTRY_AREA_BASE + CPU_ENTRY_AREA_MAP_SIZE, EXPORTED),
		ROW_FIXMAP,
	};

	ADD_REGIONS(l, rows);
}

/**
 * kvas_x86_add_facts() - add the facts that 32 and 64 bits have
 * @l:	the layout
 */
void kvas_x86_add_facts(struct kvas_layout *l)
{
	const struct kvas_fact facts[] = {
		FACT("pa_bits", BITS, boot_cpu_data.x86_phys_bits, EXPORTED),
		FACT("pti", BOOL, boot_cpu_has(X86_FEATURE_PTI), EXPORTED),
		kvas_image_offset(&image, __START_KERNEL, "_text - __START_KERNEL"),
	};

	ADD_FACTS(l, facts);
}

/**
 * kvas_x86_fixmap_slot() - the slot of the local APIC's registers
 * @source:	how the kernel spells its address
 *
 * Return: the address; 0 if the processor has no registers in memory.
 */
unsigned long kvas_x86_fixmap_slot(const char **source)
{
#ifdef CONFIG_X86_LOCAL_APIC
	/* In x2APIC mode it has none. */
	if (boot_cpu_has(X86_FEATURE_APIC) && !x2apic_enabled()) {
		*source = "fix_to_virt(FIX_APIC_BASE)";
		return fix_to_virt(FIX_APIC_BASE);
	}
#endif
	return 0;
}

#ifdef CONFIG_MODULES
/**
 * kvas_x86_find_module_range() - where modules may be allocated, before 6.10
 * @row:	completed
 *
 * get_module_load_offset() of arch/x86/kernel/module.c draws the offset when
 * the first module is loaded, at the latest this one.  Without RANDOMIZE_MEMORY
 * its kaslr_enabled() is false, and the compiler drops module_load_offset.
 */
void __init kvas_x86_find_module_range(struct kvas_row *row)
{
	unsigned long offset = 0;

	row->start = (struct kvas_bound) {
		MODULES_VADDR, "MODULES_VADDR", NULL, KVAS_ROUTE_EXPORTED
	};
	row->end = KVAS_END(MODULES_END, "MODULES_END", KVAS_ROUTE_EXPORTED);
	if (!IS_ENABLED(CONFIG_RANDOMIZE_MEMORY))
		return;
	row->absent = kvas_variable("module_load_offset", &offset, sizeof(offset));
	if (!PAGE_ALIGNED(offset) || offset > 1024 * PAGE_SIZE)
		row->absent = "module_load_offset has no plausible value";
	row->start = (struct kvas_bound) {
		MODULES_VADDR + offset, "MODULES_VADDR + module_load_offset", NULL,
		KVAS_ROUTE_KPROBE
	};
}
#else
void __init kvas_x86_find_module_range(struct kvas_row *row)
{
	row->absent = "CONFIG_MODULES is not set";
}
#endif
