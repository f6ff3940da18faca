// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmcoreinfo.c - the note VMCOREINFO in /proc/kcore, which tells crash(8) and
 * makedumpfile(8) how to read a dump (kernel/crash_core.c, from 6.9 on
 * kernel/vmcore_info.c; arch/x86/kernel/machine_kexec_64.c, later
 * vmcore_info_64.c).
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "machine/elfcore.h"
#include "verify.h"

enum item {
	RELEASE, BUILD_ID, PAGE_SIZE, PAGE_STRUCT, MAX_PHYSMEM_BITS,
	SECTION_SIZE, STEXT, KERNEL_OFFSET, PHYS_BASE, LEVELS, VA_BITS,
	PGDIR_SIZE, VMALLOC_START, VMEMMAP, IMAGE_SIZE,
	NOTED_VA_BITS, VMALLOC_END, MODULES_VADDR, MODULES_END, VMEMMAP_START,
	VMEMMAP_END, PAGE_OFFSET, PHYS_OFFSET, IMAGE_DISTANCE,
	IDENTITY_BASE, AMODE31, AMODE31_END, KERNEL_OFFSET_PHYS, TCR_T1SZ,
	ACTUAL_VA_BITS, ARM64_LEVELS, KERNEL_DISTANCE, PHYS_RAM_BASE,
	N_ITEMS,
};

/* Notes: a key, and how its value is written. */
static const struct {
	enum item item;
	const char *key;
	enum { TEXT, DECIMAL, HEX, SHIFT } form;
} keys[] = {
	{ RELEASE, "OSRELEASE=", TEXT },
	{ BUILD_ID, "BUILD-ID=", TEXT },
	{ PAGE_SIZE, "PAGESIZE=", DECIMAL },
	{ PAGE_STRUCT, "SIZE(page)=", DECIMAL },
	{ MAX_PHYSMEM_BITS, "NUMBER(MAX_PHYSMEM_BITS)=", DECIMAL },
	{ SECTION_SIZE, "NUMBER(SECTION_SIZE_BITS)=", SHIFT },
	{ STEXT, "SYMBOL(_stext)=", HEX },
	{ KERNEL_OFFSET, "KERNELOFFSET=", HEX },
	{ PHYS_BASE, "NUMBER(phys_base)=", DECIMAL },
	{ LEVELS, "NUMBER(pgtable_l5_enabled)=", DECIMAL },
	{ VMALLOC_START, "NUMBER(VMALLOC_START)=", HEX },
	{ VMEMMAP, "SYMBOL(vmemmap)=", HEX },
	{ IMAGE_SIZE, "NUMBER(KERNEL_IMAGE_SIZE)=", DECIMAL },
	{ NOTED_VA_BITS, "NUMBER(VA_BITS)=", DECIMAL },
	{ VMALLOC_END, "NUMBER(VMALLOC_END)=", HEX },
	{ MODULES_VADDR, "NUMBER(MODULES_VADDR)=", HEX },
	{ MODULES_END, "NUMBER(MODULES_END)=", HEX },
	{ VMEMMAP_START, "NUMBER(VMEMMAP_START)=", HEX },
	{ VMEMMAP_END, "NUMBER(VMEMMAP_END)=", HEX },
	{ PAGE_OFFSET, "NUMBER(PAGE_OFFSET)=", HEX },
	{ PHYS_OFFSET, "NUMBER(PHYS_OFFSET)=", HEX },
	{ IMAGE_DISTANCE, "NUMBER(kimage_voffset)=", HEX },
	{ IDENTITY_BASE, "IDENTITYBASE=", HEX },
	{ AMODE31, "SAMODE31=", HEX },
	{ AMODE31_END, "EAMODE31=", HEX },
	{ KERNEL_OFFSET_PHYS, "KERNELOFFPHYS=", HEX },
	{ KERNEL_DISTANCE, "NUMBER(va_kernel_pa_offset)=", HEX },
	{ PHYS_RAM_BASE, "NUMBER(phys_ram_base)=", DECIMAL },
	{ TCR_T1SZ, "NUMBER(TCR_EL1_T1SZ)=", HEX },
};

static struct known read_key(struct pool *pool, const char *text, size_t i)
{
	const char *p = after(text, keys[i].key);
	const char *how = pool_printf(pool, "%.*s",
				      (int)strlen(keys[i].key) - 1, keys[i].key);
	bool negative;
	uint64_t n;

	if (!p)
		return unknown(pool_printf(pool, "this kernel's note has no %s",
					   how));
	if (keys[i].form == TEXT)
		return word(pool_copy(pool, p, strcspn(p, "\n")), how);
	negative = keys[i].form == DECIMAL && *p == '-';
	p += negative;
	if (keys[i].form == HEX)
		skip(&p, "0x");
	if (!scan_number(&p, keys[i].form == HEX ? 16 : 10, &n) ||
	    (*p != '\n' && *p) || (keys[i].form == SHIFT && n > 63))
		return unknown(pool_printf(pool, "%s is not understood", how));
	if (keys[i].form == SHIFT)
		n = UINT64_C(1) << n;
	return number(negative ? -n : n, how);
}

/* ARM64_HW_PGTABLE_LEVELS() of arch/arm64/include/asm/pgtable-hwdef.h */
static struct known arm64_levels(const struct known *items)
{
	uint64_t page = items[PAGE_SIZE].number, index = 0;

	if (items[ACTUAL_VA_BITS].kind != NUMBER || items[PAGE_SIZE].kind != NUMBER)
		return items[ACTUAL_VA_BITS];
	while (page >> index > 8)
		index++;
	return index ? number((items[ACTUAL_VA_BITS].number - 4) / index,
			      "PAGESIZE and NUMBER(TCR_EL1_T1SZ)") : unknown("");
}

static const void *load(struct machine *m)
{
	struct pool *pool = machine_pool(m);
	struct known *items = pool_alloc(pool, N_ITEMS * sizeof(*items));
	const struct elfcore *core;
	const char *why;

	core = machine_core(m, &why);
	if (core && !core->vmcoreinfo)
		why = "/proc/kcore has no note VMCOREINFO";
	for (size_t i = 0; i < N_ITEMS; i++)
		items[i] = unknown(why);
	if (!core || !core->vmcoreinfo)
		return items;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		items[keys[i].item] = read_key(pool, core->vmcoreinfo, i);
	items[ACTUAL_VA_BITS] = items[TCR_T1SZ];
	items[ACTUAL_VA_BITS].number = 64 - items[TCR_T1SZ].number;
	items[ARM64_LEVELS] = arm64_levels(items);
	items[VA_BITS] = items[PGDIR_SIZE] = items[LEVELS];
	if (items[LEVELS].kind == NUMBER) {
		bool five = items[LEVELS].number != 0;

		items[LEVELS].number = five ? 5 : 4;
		items[VA_BITS].number = five ? 57 : 48;
		items[PGDIR_SIZE].number = UINT64_C(1) << (five ? 48 : 39);
	}
	return items;
}

#define MIB		(1u << 20)
#define KERNEL_MAP	((int64_t)0xffffffff80000000u)

static const struct rule rules[] = {
	{ NULL, RECORD_KERNEL, "kernel", "release", RELEASE, 0 },
	{ NULL, RECORD_KERNEL, "kernel", "build_id", BUILD_ID, 0 },
	{ NULL, RECORD_FACT, "page_size", "value", PAGE_SIZE, 0 },
	{ NULL, RECORD_FACT, "struct_page_size", "value", PAGE_STRUCT, 0 },
	{ NULL, RECORD_FACT, "max_physmem_bits", "value", MAX_PHYSMEM_BITS, 0 },
	{ NULL, RECORD_FACT, "section_size", "value", SECTION_SIZE, 0 },
	{ "x86_64", RECORD_FACT, "page_levels", "value", LEVELS, 0 },
	{ "x86_64", RECORD_FACT, "va_bits", "value", VA_BITS, 0 },
	{ "x86_64", RECORD_FACT, "pgdir_size", "value", PGDIR_SIZE, 0 },
	{ "x86_64", RECORD_FACT, "phys_base", "value", PHYS_BASE, 0 },
	{ NULL, RECORD_FACT, "image_kaslr_offset", "value", KERNEL_OFFSET, 0 },
	{ NULL, RECORD_REGION, "vmalloc", "start", VMALLOC_START, 0 },
	{ NULL, RECORD_REGION, "vmalloc", "end", VMALLOC_END, -1 },
	{ NULL, RECORD_REGION, "modules", "end", MODULES_END, -1 },
	{ "x86_64", RECORD_REGION, "vmemmap", "start", VMEMMAP, 0 },
	{ "x86_64", RECORD_REGION, "image_window", "end", IMAGE_SIZE, KERNEL_MAP - 1 },
	{ "x86_64", RECORD_REGION, "image_window", "size", IMAGE_SIZE, 0 },
	{ "x86_64", RECORD_REGION, "modules", "start", IMAGE_SIZE, KERNEL_MAP },
	{ "arm64 riscv64", RECORD_REGION, "modules", "start", MODULES_VADDR, 0 },
	{ "arm64 riscv64", RECORD_REGION, "vmemmap", "end", VMEMMAP_END, -1 },
	{ "arm64", RECORD_FACT, "va_bits", "value", ACTUAL_VA_BITS, 0 },
	{ "arm64", RECORD_FACT, "page_levels", "value", ARM64_LEVELS, 0 },
	{ "riscv64", RECORD_FACT, "va_kernel_pa_offset", "value", KERNEL_DISTANCE, 0 },
	{ "riscv64", RECORD_FACT, "phys_ram_base", "value", PHYS_RAM_BASE, 0 },
	{ "riscv64", RECORD_REGION, "direct_map", "phys", PHYS_RAM_BASE, 0 },
	{ "riscv64", RECORD_REGION, "direct_map", "start", PAGE_OFFSET, 0 },
	{ "riscv64", RECORD_REGION, "vmemmap", "start", VMEMMAP_START, 0 },
	{ "arm64", RECORD_FACT, "phys_offset", "value", PHYS_OFFSET, 0 },
	{ "arm64", RECORD_FACT, "kimage_voffset", "value", IMAGE_DISTANCE, 0 },
	{ "s390x", RECORD_REGION, "direct_map", "start", IDENTITY_BASE, 0 },
	{ "s390x", RECORD_REGION, "amode31", "start", AMODE31, 0 },
	{ "s390x", RECORD_REGION, "amode31", "end", AMODE31_END, -1 },
	{ "s390x", RECORD_FACT, "image_kaslr_offset_phys", "value", KERNEL_OFFSET_PHYS, 0 },
};

/* So far is all of the image from its physical addresses. */
static void check_image_phys(struct known distance, struct verification *v)
{
	for (size_t i = 0; i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];
		struct known at = distance;

		if (!r->is_section && strcmp(r->name, "image"))
			continue;
		at.number = r->start - distance.number;
		expect(v, r->record->type, r->name, "phys", at);
	}
}

/* Of the direct map's lowest address with the VA bits that it was built for. */
static void check_arm64(const struct known *items, struct verification *v)
{
	const struct region *map = layout_region(v->layout, "direct_map");
	struct known phys = items[PHYS_OFFSET];

	if (items[NOTED_VA_BITS].kind == NUMBER && map && !map->absent &&
	    items[NOTED_VA_BITS].number < 64) {
		phys.number += map->start +
			(UINT64_C(1) << items[NOTED_VA_BITS].number);
		expect(v, RECORD_REGION, "direct_map", "phys", phys);
	}
	check_image_phys(items[IMAGE_DISTANCE], v);
}

/* Text starts there, or a little before where code for the boot comes first. */
static void check_text(const struct known *items, struct verification *v)
{
	static const struct {
		enum record_type type;
		const char *name;
	} starts[] = {
		{ RECORD_REGION, "image" }, { RECORD_SECTION, "text" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		const struct region *r = layout_region(v->layout, starts[i].name);
		struct known k = items[STEXT];

		if (k.kind == NUMBER && r && !r->absent && r->start < k.number)
			k = range(k.number - MIB, k.number, "within 1 MiB of _stext");
		expect(v, starts[i].type, starts[i].name, "start", k);
	}
}

static void check(const void *evidence, struct verification *v)
{
	const struct known *items = evidence;

	apply_rules(v, rules, ARRAY_SIZE(rules), items);
	check_text(items, v);
	if (is_arch(v, "arm64"))
		check_arm64(items, v);
	if (is_arch(v, "riscv64"))
		check_image_phys(items[KERNEL_DISTANCE], v);
}

const struct source source_vmcoreinfo = {
	.name = "vmcoreinfo",
	.title = "the note VMCOREINFO in /proc/kcore",
	.load = load,
	.check = check,
};
