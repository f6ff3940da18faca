// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64: the regions, spelled in the kernel's own macros
 * (arch/arm64/include/asm/memory.h, pgtable.h, fixmap.h, kasan.h).
 *
 * A kernel built for 52-bit addresses runs with fewer on a processor that
 * cannot do more: vabits_actual tells, so many rows depend on the CPU.
 */
#include <linux/efi.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/cpufeature.h>
#include <asm/fixmap.h>
#include <asm/memory.h>
#include <asm/mmu.h>
#include <asm/pgtable-hwdef.h>
#include <asm/sdei.h>
#include <asm/sysreg.h>

#include "arm_image.h"

static const struct kvas_option options[] = {
	KVAS_SWITCH(CONFIG_ARM64_4K_PAGES),
	KVAS_SWITCH(CONFIG_ARM64_16K_PAGES),
	KVAS_SWITCH(CONFIG_ARM64_64K_PAGES),
	KVAS_SWITCH(CONFIG_ARM64_LPA2),
	KVAS_SWITCH(CONFIG_ARM64_FORCE_52BIT),
	KVAS_SWITCH(CONFIG_RANDOMIZE_MODULE_REGION_FULL),
	KVAS_SWITCH(CONFIG_ARM64_MODULE_PLTS),
	KVAS_SWITCH(CONFIG_UNMAP_KERNEL_AT_EL0),
	KVAS_SWITCH(CONFIG_KASAN_SW_TAGS),
	KVAS_SWITCH(CONFIG_KASAN_HW_TAGS),
	KVAS_SWITCH(CONFIG_ACPI_APEI_GHES),
	KVAS_SWITCH(CONFIG_ARM_SDE_INTERFACE),
	KVAS_NUMBER(CONFIG_ARM64_VA_BITS),
	KVAS_NUMBER(CONFIG_ARM64_PA_BITS),
	{ }
};

static struct kvas_image image;
static unsigned long image_text;	/* _text; 0 if not known */
static struct kvas_row efi_runtime;

static unsigned long image_va(resource_size_t phys)
{
	return __phys_to_kimg(phys);
}

static bool image_phys(unsigned long addr, unsigned long long *phys)
{
	*phys = __kimg_to_phys(addr);
	return true;
}

/*
 * Where _text is.  "Kernel code" starts there, but not in releases (6.1) that
 * leave what is before _stext out of the image they map.
 */
static unsigned long __init find_text(unsigned long code, unsigned long stext)
{
	unsigned long offset;

	if (stext && code != stext)
		return code;
	return kvas_vmcoreinfo_hex("KERNELOFFSET=", &offset) ?
		KIMAGE_VADDR + offset : 0;
}

#ifdef CONFIG_EFI
/*
 * The firmware's services are mapped where the boot stub told the firmware
 * that they would be (drivers/firmware/efi/arm-runtime.c), in page tables of
 * their own.  The memory map that the stub handed over has these addresses.
 */
static void __init find_efi_runtime(struct kvas_row *row)
{
	unsigned long first = ULONG_MAX, last = 0;
	const char *at;
	int n;

	if (!efi_enabled(EFI_RUNTIME_SERVICES) || !efi_enabled(EFI_MEMMAP)) {
		row->absent = "the kernel does not use EFI's runtime services";
		return;
	}
	at = efi.memmap.map;
	for (n = 0; n < efi.memmap.nr_map; n++, at += efi.memmap.desc_size) {
		efi_memory_desc_t piece;

		if (!kvas_read(&piece, at, sizeof(piece)) ||
		    !(piece.attribute & EFI_MEMORY_RUNTIME) ||
		    !piece.virt_addr || piece.virt_addr == U64_MAX)
			continue;
		first = min_t(unsigned long, first, piece.virt_addr);
		last = max_t(unsigned long, last, piece.virt_addr - 1 +
			     (piece.num_pages << EFI_PAGE_SHIFT));
	}
	row->start = (struct kvas_bound) {
		first, "lowest virt_addr of efi.memmap", NULL, KVAS_ROUTE_EXPORTED
	};
	row->end = (struct kvas_bound) {
		last, "end of the highest virt_addr of efi.memmap", NULL, KVAS_ROUTE_EXPORTED
	};
	row->note = "mapped during EFI calls only, in page tables of their own";
	if (first > last)
		row->absent = "EFI's runtime services have no virtual addresses";
}
#else
static void __init find_efi_runtime(struct kvas_row *row)
{
	row->absent = "CONFIG_EFI is not set";
}
#endif

static void __init init(void)
{
	struct kvas_bound code, stext;

	kvas_image_find(&image);
	code = kvas_resource_start(&image.code, "_text");
	stext = kvas_arm_text_start();
	image_text = find_text(code.addr, stext.addr);
	if (code.addr == stext.addr)
		code.source = "_stext";
	kvas_arm_find_image(&image, code, stext);
	efi_runtime.id = KVAS_EFI_RUNTIME;
	find_efi_runtime(&efi_runtime);
}

#ifndef CONFIG_ARM64_FORCE_52BIT
#define NOTE_USER							\
	(vabits_actual > VA_BITS_MIN ?					\
	 "mmap() stays below DEFAULT_MAP_WINDOW_64 unless asked for more" : NULL)
#else
#define NOTE_USER	NULL
#endif

/*
 * Slots of the fixmap count downward.  The one with the trampoline's data was
 * the highest of two slots, then the lowest of four, and is the highest again.
 */
#define TRAMPOLINE_ROW(first, last)					\
	REGION_IF(CONFIG_UNMAP_KERNEL_AT_EL0, KPTI_TRAMPOLINE, __fix_to_virt(first), \
		  __fix_to_virt(last) + PAGE_SIZE, CPU,			\
		  .note = cpus_have_cap(ARM64_UNMAP_KERNEL_AT_EL0) ? NULL : \
			  "not in use: kernel page-table isolation is off")

#if KVAS_HAS_TRAMP_DATA && KVAS_HAS_TRAMP_TEXT3
#define ROW_TRAMPOLINE	TRAMPOLINE_ROW(FIX_ENTRY_TRAMP_DATA, FIX_ENTRY_TRAMP_TEXT3)
#elif KVAS_HAS_TRAMP_DATA
#define ROW_TRAMPOLINE	TRAMPOLINE_ROW(FIX_ENTRY_TRAMP_TEXT, FIX_ENTRY_TRAMP_DATA)
#elif KVAS_HAS_TRAMP_TEXT4 && defined(CONFIG_RELOCATABLE)
#define ROW_TRAMPOLINE	TRAMPOLINE_ROW(FIX_ENTRY_TRAMP_TEXT1, FIX_ENTRY_TRAMP_TEXT4)
#else
#define ROW_TRAMPOLINE	TRAMPOLINE_ROW(FIX_ENTRY_TRAMP_TEXT1, FIX_ENTRY_TRAMP_TEXT3)
#endif

/* Before 5.17, and stable 5.15.18 and 5.16.4, BPF programs had a window. */
#ifdef BPF_JIT_REGION_START
#define ROW_BPF_JIT							\
	REGION(BPF_JIT, BPF_JIT_REGION_START, BPF_JIT_REGION_END, MACRO)
#else
#define ROW_BPF_JIT	NO_REGION(BPF_JIT, "this release puts BPF programs in vmalloc")
#endif

static void add_windows(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_row rows[] = {
		REGION(USER, 0, (1UL << vabits_actual), CPU, .note = NOTE_USER),
		REGION(NONCANONICAL, 1UL << vabits_actual, _PAGE_OFFSET(vabits_actual), CPU),
		REGION(DIRECT_MAP, _PAGE_OFFSET(vabits_actual), PAGE_END, CPU,
		       .note = KVAS_NOTE_HOLES),
		ROW_KASAN_SHADOW(CPU),
		REGION(VMALLOC, VMALLOC_START, VMALLOC_END, CPU),
		REGION_IF(CONFIG_MODULES, MODULES, MODULES_VADDR, MODULES_END, MACRO),
		ROW_BPF_JIT,
		REGION(VMEMMAP, virt_to_page((void *)_PAGE_OFFSET(vabits_actual)), VMEMMAP_END,
		       CPU, .absent = UNLESS(CONFIG_SPARSEMEM_VMEMMAP)),
	};

	ADD_REGIONS(l, rows);
}

/* The slot of FIXADDR_TOP itself is FIX_HOLE, which is never used. */
static void add_fixed(struct kvas_layout *l)
{
	const struct kvas_row rows[] = {
		REGION(PCI_IO, PCI_IO_START, PCI_IO_END, CPU),
		REGION(FIXMAP, __fix_to_virt(__end_of_fixed_addresses - 1), FIXADDR_TOP, CPU),
		REGION(DTB, __fix_to_virt(FIX_FDT), __fix_to_virt(FIX_FDT_END) + PAGE_SIZE, CPU),
		ROW_TRAMPOLINE,
		efi_runtime,
		ROW_NO_HIGHMEM_ON_64_BITS,
	};

	ADD_REGIONS(l, rows);
}

static void add_regions(struct kvas_layout *l, const struct kvas_memory *memory)
{
	add_windows(l, memory);
	add_fixed(l);
}

/*
 * With KASLR, modules do not go to MODULES_VADDR but around the image
 * (kaslr_init() of arch/arm64/kernel/kaslr.c, later module_init_limits() of
 * module.c).
 */
static void fill_in(struct kvas_layout *l, const struct kvas_memory *memory)
{
	kvas_set_phys(l, KVAS_DIRECT_MAP, __pa(_PAGE_OFFSET(vabits_actual)));
	kvas_set_populated_from_first(l, memory);
	if (image_text && image_text != KIMAGE_VADDR)
		kvas_set_note(l, KVAS_MODULES,
			      "not used under KASLR: modules go near the image, see execmem_text");
}

/* How far the image was moved from the address for which it was linked. */
static struct kvas_fact image_offset(void)
{
	return (struct kvas_fact) {
		.name = "image_kaslr_offset",
		.unit = KVAS_UNIT_OFFSET,
		.absent = image_text ? NULL : "where _text is, is not known",
		.value = image_text - KIMAGE_VADDR,
		.source = "_text - KIMAGE_VADDR",
		.route = KVAS_ROUTE_DERIVED,
	};
}

static unsigned int pa_bits(void)
{
	return id_aa64mmfr0_parange_to_phys_shift((read_sysreg(tcr_el1) & TCR_IPS_MASK) >>
						  TCR_IPS_SHIFT);
}

static void add_facts(struct kvas_layout *l, const struct kvas_memory *memory)
{
	const struct kvas_fact facts[] = {
		FACT("page_levels", LEVELS, ARM64_HW_PGTABLE_LEVELS(vabits_actual), CPU),
		FACT("va_bits", BITS, vabits_actual, CPU),
		{ .name = "pa_bits", .unit = KVAS_UNIT_BITS, .value = pa_bits(),
		  .source = "TCR_EL1.IPS", .route = KVAS_ROUTE_CPU },
		FACT("user_limit", ADDRESS, 1UL << vabits_actual, CPU),
		FACT("kpti", BOOL, cpus_have_cap(ARM64_UNMAP_KERNEL_AT_EL0), EXPORTED),
		/* The physical address of PAGE_OFFSET, which may lie before all memory. */
		FACT("phys_offset", OFFSET, memstart_addr, EXPORTED),
		FACT("kimage_voffset", OFFSET, kimage_voffset, EXPORTED),
		image_offset(),
	};

	ADD_FACTS(l, facts);
	kvas_layout_add_split(l, (1UL << vabits_actual) - 1, _PAGE_OFFSET(vabits_actual),
			      "vabits_actual", KVAS_ROUTE_CPU);
}

/* The slots of the device tree are in use if there is one, even under ACPI. */
static unsigned long fixmap_slot(const char **source)
{
	*source = "__fix_to_virt(FIX_FDT)";
	return kvas_readable_address(__fix_to_virt(FIX_FDT));
}

#if defined(CONFIG_MODULES) && !KVAS_HAS_EXECMEM
/* The range of so many bytes whose start a variable keeps; false if there is none. */
#define FIND_RANGE(row, variable, size)					\
	find_range(row, #variable, #variable " has no plausible value", size, \
		   #variable " + " #size " - 1")

static bool __init find_range(struct kvas_row *row, const char *variable,
			      const char *implausible, u64 size, const char *end_source)
{
	u64 base;

	row->absent = kvas_variable(variable, &base, sizeof(base));
	if (row->absent)
		return false;
	if (!PAGE_ALIGNED(base) || base < _PAGE_OFFSET(vabits_actual))
		row->absent = implausible;
	row->start = (struct kvas_bound) { base, variable, NULL, KVAS_ROUTE_KPROBE };
	row->end = (struct kvas_bound) { base + size - 1, end_source, NULL, KVAS_ROUTE_KPROBE };
	return true;
}

/*
 * Until 6.4 kaslr.c draws the start of MODULES_VSIZE bytes, and with KASAN in
 * software module_alloc() ends the range where its shadow ends.  From 6.5 on
 * module_init_limits() of module.c draws the start of 128 MiB.
 */
static void __init find_module_alloc_range(struct kvas_row *row)
{
	if (!FIND_RANGE(row, module_alloc_base, MODULES_VSIZE))
		FIND_RANGE(row, module_direct_base, SZ_128M);
	else if (IS_ENABLED(CONFIG_KASAN_GENERIC) || IS_ENABLED(CONFIG_KASAN_SW_TAGS))
		row->end = KVAS_END(MODULES_END, "MODULES_END", KVAS_ROUTE_MACRO);
}
#else
#define find_module_alloc_range	NULL
#endif

#ifdef CONFIG_ARM_SDE_INTERFACE
#define SDEI_STACKS							\
	STACK_PER_CPU("sdei", SDEI_STACK_SIZE, AT, "sdei_stack_normal_ptr"), \
	STACK_PER_CPU("critical", SDEI_STACK_SIZE, AT, "sdei_stack_critical_ptr")
#else
#define SDEI_STACKS							\
	NO_STACK("sdei", "CONFIG_ARM_SDE_INTERFACE is not set"),	\
	NO_STACK("critical", "CONFIG_ARM_SDE_INTERFACE is not set")
#endif

static struct kvas_stack stacks[] __ro_after_init = {
	STACK_PER_CPU("irq", IRQ_STACK_SIZE, AT, "irq_stack_ptr"),
	STACK_PER_CPU("overflow", OVERFLOW_STACK_SIZE, ITSELF, "overflow_stack"),
	SDEI_STACKS,
	{ }
};

const struct kvas_arch kvas_arch __refconst = {
	.name = "arm64",
	.image_area = KVAS_IMAGE,
	.options = options,
	.init = init,
	.add_regions = add_regions,
	.add_facts = add_facts,
	.fill_in = fill_in,
	.image_va = image_va,
	.image_phys = image_phys,
	.fixmap_slot = fixmap_slot,
	.find_module_range = find_module_alloc_range,
	.stacks = stacks,
};
