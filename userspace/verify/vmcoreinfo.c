// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmcoreinfo.c - the note VMCOREINFO in /proc/kcore, which tells crash(8) and
 * makedumpfile(8) how to read a dump (kernel/crash_core.c, from 6.9 on
 * kernel/vmcore_info.c; arch/x86/kernel/machine_kexec_64.c, later
 * vmcore_info_64.c).
 */
#include <string.h>

#include "../util.h"
#include "elfcore.h"
#include "text.h"
#include "verify.h"

enum item {
	RELEASE, BUILD_ID, PAGE_SIZE, PAGE_STRUCT, MAX_PHYSMEM_BITS,
	SECTION_SIZE, STEXT, KERNEL_OFFSET, PHYS_BASE, LEVELS, VA_BITS,
	PGDIR_SIZE, VMALLOC_START, VMEMMAP, IMAGE_SIZE,
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
	items[VA_BITS] = items[PGDIR_SIZE] = items[LEVELS];
	if (items[LEVELS].kind == NUMBER) {
		bool five = items[LEVELS].number != 0;

		items[LEVELS].number = five ? 5 : 4;
		items[VA_BITS].number = five ? 57 : 48;
		items[PGDIR_SIZE].number = UINT64_C(1) << (five ? 48 : 39);
	}
	return items;
}

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
	{ "x86_64", RECORD_FACT, "image_kaslr_offset", "value", KERNEL_OFFSET, 0 },
	{ "x86_64", RECORD_REGION, "image", "start", STEXT, 0 },
	{ "x86_64", RECORD_SECTION, "text", "start", STEXT, 0 },
	{ "x86_64", RECORD_REGION, "vmalloc", "start", VMALLOC_START, 0 },
	{ "x86_64", RECORD_REGION, "vmemmap", "start", VMEMMAP, 0 },
	{ "x86_64", RECORD_REGION, "image_window", "end", IMAGE_SIZE, KERNEL_MAP - 1 },
	{ "x86_64", RECORD_REGION, "image_window", "size", IMAGE_SIZE, 0 },
	{ "x86_64", RECORD_REGION, "modules", "start", IMAGE_SIZE, KERNEL_MAP },
};

static void check(const void *evidence, struct verification *v)
{
	apply_rules(v, rules, ARRAY_SIZE(rules), evidence);
}

const struct source source_vmcoreinfo = {
	.name = "vmcoreinfo",
	.title = "the note VMCOREINFO in /proc/kcore",
	.load = load,
	.check = check,
};
