// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any architecture that has no file of its own: what the macros that most
 * share and exported variables give.  A macro that may hang on a variable that
 * is not exported is used where the compiler can fold it; and what has two
 * meanings, where they agree.  Whatever that leaves open is absent.
 */
#include <linux/highmem.h>
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>
#include <asm/sections.h>
#ifdef CONFIG_COMPAT
#include <linux/compat.h>
#endif

#include "arch.h"

#define NO_RULE		"kvas has no rules for this architecture"
#define NOT_CONSTANT	"no constant, and kvas has no rules for this architecture"

const char kvas_arch_name[] = "generic";
const enum kvas_area_id kvas_arch_image_home = KVAS_NO_AREA;

/* Neither is asked: where the image lies is no matter of macros. */
phys_addr_t kvas_arch_image_phys(unsigned long addr)
{
	return 0;
}

unsigned long kvas_arch_image_va(resource_size_t phys)
{
	return 0;
}

void __init kvas_arch_init(void)
{
	kvas_common_init();
}

/* The last byte, of an end that architectures count in or out. */
static unsigned long last_byte(unsigned long end)
{
	return end & 1 ? end : end - 1;
}

/* On s390 user and kernel have all addresses each. */
static void add_user(struct kvas_layout *l)
{
	const char *why = NULL;

#ifdef CONFIG_COMPAT
	if (in_compat_syscall())
		why = "a 32-bit process reads, whose TASK_SIZE is not that of others";
#endif
	if (PAGE_OFFSET < TASK_SIZE)
		why = "user addresses are also kernel addresses";
	if (why) {
		kvas_layout_add_absent(l, KVAS_USER, why);
		return;
	}
	KVAS_RANGE(l, USER, 0, TASK_SIZE - 1, EXPORTED);
	KVAS_FACT(l, "user_limit", ADDRESS, TASK_SIZE, EXPORTED);
}

/*
 * PAGE_OFFSET is where the direct map begins if memory does; arm64 may leave
 * its begin empty.  Returns whether it does.
 */
static bool add_direct_map(struct kvas_layout *l, const struct kvas_memory *memory)
{
	bool begins = virt_addr_valid((void *)PAGE_OFFSET);
	unsigned long first = ULONG_MAX;
	struct kvas_area *area;
	int node;

	if (begins) {
		area = KVAS_RANGE(l, DIRECT_MAP, PAGE_OFFSET, memory->last.addr, EXPORTED);
	} else {
		for_each_online_node(node)
			first = min_t(unsigned long, first, node_start_pfn(node));
		first = (unsigned long)__va(PFN_PHYS(first));
		area = KVAS_RANGE(l, DIRECT_MAP, first, memory->last.addr, EXPORTED);
		area->start.source = "__va(PFN_PHYS(node_start_pfn()))";
		area->note = "from the first memory on";
	}
	area->end = memory->last;
	kvas_set_linear(area);
	return begins;
}

static void add_vmemmap(struct kvas_layout *l, bool begins,
			const struct kvas_memory *memory)
{
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	const struct kvas_bound last = kvas_last_page(memory);
	struct kvas_area *area;

	if (!begins) {
		kvas_layout_add_absent(l, KVAS_VMEMMAP, NO_RULE);
		return;
	}
#ifdef VMEMMAP_START
	area = KVAS_RANGE(l, VMEMMAP, VMEMMAP_START, last.addr, EXPORTED);
#else
	area = KVAS_RANGE(l, VMEMMAP, virt_to_page((void *)PAGE_OFFSET), last.addr, EXPORTED);
#endif
	area->end = last;
#else
	kvas_layout_add_absent(l, KVAS_VMEMMAP, "CONFIG_SPARSEMEM_VMEMMAP is not set");
#endif
}

/* KASLR may have put them elsewhere: this module's own place is the proof. */
static void add_modules(struct kvas_layout *l)
{
#ifdef MODULES_VADDR
	unsigned long own = (unsigned long)kvas_arch_name;

	if (!__builtin_constant_p(MODULES_VADDR) || !__builtin_constant_p(MODULES_END))
		kvas_layout_add_absent(l, KVAS_MODULES, NOT_CONSTANT);
	else if (own < MODULES_VADDR || own >= MODULES_END)
		kvas_layout_add_absent(l, KVAS_MODULES, "not between MODULES_VADDR and MODULES_END");
	else
		KVAS_RANGE(l, MODULES, MODULES_VADDR, MODULES_END - 1, EXPORTED);
#else
	kvas_layout_add_absent(l, KVAS_MODULES, NO_RULE);
#endif
}

static void add_pkmap(struct kvas_layout *l)
{
#ifdef CONFIG_HIGHMEM
	if (__builtin_constant_p(PKMAP_BASE))
		KVAS_RANGE(l, PKMAP, PKMAP_BASE, PKMAP_BASE + LAST_PKMAP * PAGE_SIZE - 1,
			   EXPORTED);
	else
		kvas_layout_add_absent(l, KVAS_PKMAP, NOT_CONSTANT);
#else
	kvas_layout_add_absent(l, KVAS_PKMAP, "CONFIG_HIGHMEM is not set");
#endif
}

static void add_kasan(struct kvas_layout *l)
{
#if defined(CONFIG_KASAN) && defined(KASAN_SHADOW_START)
	if (__builtin_constant_p(KASAN_SHADOW_START) &&
	    __builtin_constant_p(KASAN_SHADOW_END))
		KVAS_RANGE(l, KASAN_SHADOW, KASAN_SHADOW_START,
			   last_byte(KASAN_SHADOW_END), EXPORTED);
	else
		kvas_layout_add_absent(l, KVAS_KASAN_SHADOW, NOT_CONSTANT);
#else
	kvas_layout_add_absent(l, KVAS_KASAN_SHADOW, "CONFIG_KASAN is not set, or has no shadow");
#endif
}

/* What the resource tree calls code is not only text everywhere. */
static void add_sections(struct kvas_layout *l)
{
	kvas_layout_add_absent(l, KVAS_TEXT, NO_RULE);
	kvas_layout_add_absent(l, KVAS_RODATA, NO_RULE);
	kvas_layout_add_absent(l, KVAS_DATA, NO_RULE);
	kvas_layout_add_absent(l, KVAS_INIT, NO_RULE);
	kvas_layout_add_absent(l, KVAS_BSS, NO_RULE);
}

void kvas_arch_layout(struct kvas_layout *l)
{
	struct kvas_memory memory;
	struct kvas_area *area;
	bool begins;

	kvas_find_memory(&memory);
	add_user(l);
	begins = add_direct_map(l, &memory);
	area = KVAS_RANGE(l, VMALLOC, VMALLOC_START, last_byte(VMALLOC_END), EXPORTED);
	area->end.source = VMALLOC_END & 1 ? "VMALLOC_END" : "VMALLOC_END - 1";
	add_vmemmap(l, begins, &memory);
	kvas_add_mem_map(l);
	add_modules(l);
	/* Whether the slot at FIXADDR_TOP is one to be used, macros do not say. */
	kvas_layout_add_absent(l, KVAS_FIXMAP, NO_RULE);
	add_pkmap(l);
	add_kasan(l);
	kvas_layout_add_absent(l, KVAS_IMAGE, NO_RULE);
	add_sections(l);
	kvas_add_kfence(l);
	kvas_add_percpu(l);
	kvas_add_paging_facts(l);
	kvas_add_memory_facts(l, memory.end);
}

unsigned long kvas_arch_fixmap_slot(const char **source)
{
	return 0;
}
