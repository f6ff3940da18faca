// SPDX-License-Identifier: GPL-2.0-only
/*
 * s390x: which areas there are, spelled in the kernel's own macros
 * (arch/s390/include/asm/pgtable.h, page.h, lowcore.h, abs_lowcore.h,
 * maccess.h); arch/s390/boot/startup.c places them.
 *
 * The kernel has all addresses for itself, and so has each process: there are
 * no halves.  Up to 6.9 all memory and in it the image stand at their physical
 * addresses; later kernels map the image for itself.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/lowcore.h>
#include <asm/setup.h>

/* A header since 6.0; sparse cannot ask for one. */
#ifdef __has_include
#if __has_include(<asm/abs_lowcore.h>)
#include <asm/abs_lowcore.h>
#endif
#endif

#include "arch.h"

const char kvas_arch_name[] = "s390x";
const enum kvas_area_id kvas_arch_image_home = KVAS_IMAGE;

/* What takes a search to find; it does not change while the kernel runs. */
static struct {
	struct kvas_image image;
	unsigned long max_mappable;
	unsigned long vmemmap_size;
	unsigned long abs_lowcore;
	unsigned long memcpy_real;
	unsigned long amode31, amode31_end;
	unsigned long kaslr_offset;
	bool has_kaslr_offset;
} found;

#ifdef __kaslr_offset_phys
unsigned long kvas_arch_image_va(resource_size_t phys)
{
	return phys - __kaslr_offset_phys + __kaslr_offset;
}

phys_addr_t kvas_arch_image_phys(unsigned long addr)
{
	return addr - __kaslr_offset + __kaslr_offset_phys;
}
#else
unsigned long kvas_arch_image_va(resource_size_t phys)
{
	return phys;
}

phys_addr_t kvas_arch_image_phys(unsigned long addr)
{
	return addr;
}
#endif

/* The names of the first lowcore that this CPU sees. */
#ifdef LOWCORE_ALT_ADDRESS
#define LOWCORE	get_lowcore()
#else
#define LOWCORE	&S390_lowcore
#endif

/* What the linker script (vmlinux.lds.S) puts behind a part of the image. */
static unsigned long __init next_page(const struct kvas_phys_range *range)
{
	return range->end ? PAGE_ALIGN(kvas_arch_image_va(range->end)) : 0;
}

static void __init find_image(void)
{
	const struct kvas_image *image = &found.image;

	kvas_part_found(KVAS_IMAGE,
			KVAS_BOUND(image->code.end ? kvas_arch_image_va(image->code.start) : 0,
				   "_text", IOMEM),
			KVAS_BOUND_BEFORE(next_page(&image->bss),
					  "PAGE_ALIGN(__bss_stop) - 1", IOMEM));
	kvas_resource_found(KVAS_TEXT, &image->code, "_text", "_etext - 1");
	/* "Kernel data" begins at _etext. */
	KVAS_MARKERS_FOUND(RODATA, __start_rodata, __end_rodata);
	kvas_part_found(KVAS_DATA,
			KVAS_BOUND(kvas_symbol("_sdata", 0), "_sdata", KPROBE),
			KVAS_BOUND(image->data.end ? kvas_arch_image_va(image->data.end) : 0,
				   "_edata - 1", IOMEM));
	kvas_part_found(KVAS_INIT,
			KVAS_BOUND(next_page(&image->data), "PAGE_ALIGN(_edata)", IOMEM),
			KVAS_BOUND_BEFORE(image->bss.end ?
					  kvas_arch_image_va(image->bss.start) : 0,
					  "__bss_start - 1", IOMEM));
	KVAS_MARKERS_FOUND(INIT_PERCPU, __per_cpu_start, __per_cpu_end);
	kvas_resource_found(KVAS_BSS, &image->bss, "__bss_start", "__bss_stop - 1");
}

static unsigned long __init variable(const char *name)
{
	unsigned long value;

	return kvas_variable(name, &value, sizeof(value)) ? value : 0;
}

void __init kvas_arch_init(void)
{
	kvas_common_init();
	kvas_image_find(&found.image);
	find_image();
	found.max_mappable = variable("max_mappable");
	found.vmemmap_size = variable("vmemmap_size");
	found.abs_lowcore = variable("__abs_lowcore");
	found.memcpy_real = variable("__memcpy_real_area");
	found.has_kaslr_offset = kvas_vmcoreinfo_hex("KERNELOFFSET=", &found.kaslr_offset);
	/* Its name since 5.15. */
	if (!kvas_vmcoreinfo_hex("SAMODE31=", &found.amode31) ||
	    !kvas_vmcoreinfo_hex("EAMODE31=", &found.amode31_end))
		found.amode31 = 0;
}

/* How many bits of an address the kernel's page tables translate. */
static unsigned int va_bits(void)
{
	unsigned long asce;

	/* Control register 13 names the kernel's tables at all times. */
	asm volatile("stctg %%c13,%%c13,%0" : "=Q" (asce));
	/* As ptdump (arch/s390/mm/dump_pagetables.c) takes its limit. */
	return min(64UL, ((asce & _ASCE_TYPE_MASK) >> 2) * 11 + 31);
}

static void add_user(struct kvas_layout *l, unsigned int bits)
{
	kvas_layout_add_absent(l, KVAS_USER, "in address spaces of their own, one each process");
	if (bits < 64)
		kvas_layout_add_range(l, KVAS_NONCANONICAL, 1UL << bits,
				      "1UL << bits that the kernel_asce translates",
				      KVAS_ROUTE_CPU, ULONG_MAX, "ULONG_MAX",
				      KVAS_ROUTE_MACRO);
	else
		kvas_layout_add_absent(l, KVAS_NONCANONICAL,
				       "the kernel's page tables translate all 64 bits");
}

static void add_lowcore(struct kvas_layout *l)
{
	struct kvas_area *area;

	area = KVAS_RANGE(l, LOWCORE, LOWCORE, (unsigned long)(LOWCORE + 1) - 1, CPU);
	area->start.source = "&lowcore";
	area->end.source = "&lowcore + 1 - 1 byte";
	area->note = "each CPU finds its own here";
}

#define ROOM_UNKNOWN							\
	"to the end of memory; the room behind it " KVAS_NEEDS_SYMBOLS

/* The identity mapping. */
static void add_direct_map(struct kvas_layout *l, const struct kvas_memory *memory)
{
	struct kvas_area *area;

#ifdef VMEM_MAX_PHYS
	area = KVAS_RANGE(l, DIRECT_MAP, PAGE_OFFSET, VMEM_MAX_PHYS - 1, EXPORTED);
	kvas_set_populated(area, &memory->last);
#else
	area = KVAS_RANGE(l, DIRECT_MAP, PAGE_OFFSET, memory->last.addr, EXPORTED);
	area->end = memory->last;
	if (found.max_mappable) {
		area->end = *KVAS_BOUND((unsigned long)__va(found.max_mappable) - 1,
					"__va(max_mappable) - 1", KPROBE);
		kvas_set_populated(area, &memory->last);
	} else {
		area->note = ROOM_UNKNOWN;
	}
#endif
	kvas_set_linear(area);
}

static void add_vmemmap(struct kvas_layout *l, const struct kvas_memory *memory)
{
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	const struct kvas_bound last = kvas_last_page(memory);
	struct kvas_area *area;

	area = KVAS_RANGE(l, VMEMMAP, vmemmap, last.addr, EXPORTED);
	area->end = last;
	if (found.vmemmap_size) {
		area->end = *KVAS_BOUND((unsigned long)vmemmap + found.vmemmap_size - 1,
					"vmemmap + vmemmap_size - 1", KPROBE);
		kvas_set_populated(area, &last);
	} else {
		area->note = ROOM_UNKNOWN;
	}
#else
	kvas_layout_add_absent(l, KVAS_VMEMMAP,
			       "CONFIG_SPARSEMEM_VMEMMAP is not set");
#endif
}

/* Windows at addresses that only variables tell, since 6.0 and 6.1. */
static void add_windows(struct kvas_layout *l)
{
#ifdef ABS_LOWCORE_MAP_SIZE
	if (found.abs_lowcore)
		kvas_layout_add_range(l, KVAS_ABS_LOWCORE, found.abs_lowcore,
				      "__abs_lowcore", KVAS_ROUTE_KPROBE,
				      found.abs_lowcore + ABS_LOWCORE_MAP_SIZE - 1,
				      "__abs_lowcore + ABS_LOWCORE_MAP_SIZE - 1",
				      KVAS_ROUTE_KPROBE);
	else
		kvas_layout_add_absent(l, KVAS_ABS_LOWCORE, KVAS_NEEDS_SYMBOLS);
	/* One page; named MEMCPY_REAL_SIZE since 6.3. */
	if (found.memcpy_real)
		kvas_layout_add_range(l, KVAS_MEMCPY_REAL, found.memcpy_real,
				      "__memcpy_real_area", KVAS_ROUTE_KPROBE,
				      found.memcpy_real + PAGE_SIZE - 1,
				      "__memcpy_real_area + PAGE_SIZE - 1",
				      KVAS_ROUTE_KPROBE);
	else
		kvas_layout_add_absent(l, KVAS_MEMCPY_REAL, KVAS_NEEDS_SYMBOLS);
#else
	kvas_layout_add_absent(l, KVAS_ABS_LOWCORE, "this release has none");
	kvas_layout_add_absent(l, KVAS_MEMCPY_REAL, "this release has none");
#endif
}

static void add_amode31(struct kvas_layout *l)
{
	struct kvas_area *area;

	if (!found.amode31) {
		kvas_layout_add_absent(l, KVAS_AMODE31, "not in VMCOREINFO");
		return;
	}
	area = kvas_layout_add_range(l, KVAS_AMODE31, found.amode31, "__samode31",
				     KVAS_ROUTE_VMCOREINFO, found.amode31_end - 1,
				     "__eamode31 - 1", KVAS_ROUTE_VMCOREINFO);
	/* Virtual and physical addresses are the same here. */
	area->has_phys = true;
	area->phys = found.amode31;
}

static void add_vmalloc(struct kvas_layout *l)
{
	KVAS_RANGE(l, VMALLOC, VMALLOC_START, VMALLOC_END - 1, EXPORTED);
	/* MODULES_VADDR is not exported, but startup.c leaves no gap. */
#ifdef CONFIG_KMSAN
	KVAS_RANGE(l, KMSAN_VMALLOC_SHADOW, KMSAN_VMALLOC_SHADOW_START,
		   KMSAN_VMALLOC_SHADOW_END - 1, EXPORTED);
	KVAS_RANGE(l, KMSAN_VMALLOC_ORIGIN, KMSAN_VMALLOC_ORIGIN_START,
		   KMSAN_VMALLOC_ORIGIN_END - 1, EXPORTED);
	KVAS_RANGE(l, KMSAN_MODULES_SHADOW, KMSAN_MODULES_SHADOW_START,
		   KMSAN_MODULES_SHADOW_END - 1, EXPORTED);
	KVAS_RANGE(l, KMSAN_MODULES_ORIGIN, KMSAN_MODULES_ORIGIN_START,
		   KMSAN_MODULES_ORIGIN_END - 1, EXPORTED);
	KVAS_RANGE(l, MODULES, KMSAN_MODULES_ORIGIN_END,
		   KMSAN_MODULES_ORIGIN_END + MODULES_LEN - 1, EXPORTED);
#else
	KVAS_RANGE(l, MODULES, VMALLOC_END, VMALLOC_END + MODULES_LEN - 1, EXPORTED);
#endif
	kvas_add_kasan_shadow(l);
	kvas_layout_add_absent(l, KVAS_FIXMAP, "s390 has none");
	kvas_layout_add_absent(l, KVAS_PKMAP, "no highmem on a 64-bit kernel");
}

static void add_kaslr_facts(struct kvas_layout *l)
{
#ifdef __kaslr_offset_phys
	KVAS_FACT(l, "image_kaslr_offset", OFFSET, __kaslr_offset, EXPORTED);
	KVAS_FACT(l, "image_kaslr_offset_phys", OFFSET, __kaslr_offset_phys, EXPORTED);
#else
	struct kvas_fact *image;

	image = kvas_layout_add_fact(l, "image_kaslr_offset", KVAS_UNIT_OFFSET,
				     found.kaslr_offset, "__kaslr_offset",
				     KVAS_ROUTE_VMCOREINFO);
	if (!found.has_kaslr_offset)
		image->absent = "not in VMCOREINFO";
#endif
}

void kvas_arch_layout(struct kvas_layout *l)
{
	unsigned int bits = va_bits();
	struct kvas_memory memory;

	kvas_find_memory(&memory);
	add_user(l, bits);
	add_direct_map(l, &memory);
	add_lowcore(l);
	add_amode31(l);
	add_windows(l);
	add_vmemmap(l, &memory);
	kvas_add_kfence(l);
	kvas_add_percpu(l);
	add_vmalloc(l);
	kvas_add_parts(l);

	kvas_layout_add_fact(l, "page_levels", KVAS_UNIT_LEVELS, (bits - 31 + 10) / 11 + 2,
			     "type of the kernel_asce", KVAS_ROUTE_CPU);
	kvas_layout_add_fact(l, "va_bits", KVAS_UNIT_BITS, bits,
			     "type of the kernel_asce", KVAS_ROUTE_CPU);
	KVAS_FACT(l, "user_limit", ADDRESS, TASK_SIZE_MAX, MACRO);
	strscpy(kvas_layout_add_fact(l, "user_kernel_split", KVAS_UNIT_TEXT, 0,
				     "user_asce, kernel_asce", KVAS_ROUTE_CPU)->text,
		"separate", sizeof(l->facts[0].text));
	kvas_add_paging_facts(l);
	kvas_add_memory_facts(l, memory.end);
	add_kaslr_facts(l);
}

unsigned long kvas_arch_fixmap_slot(const char **source)
{
	return 0;
}
