// SPDX-License-Identifier: GPL-2.0-only
/* config.c - what follows from options alone, on any architecture. */
#include <string.h>

#include "arch.h"
#include "base/text.h"
#include "base/util.h"

enum item {
	/* On or not, for regions that need an option. */
	KASAN, KMSAN, KFENCE, ESPFIX, EFI, VSYSCALL, VMEMMAP,
	KFENCE_SIZE, HIGHMEM, PAGE_OFFSET, WINDOW_SIZE, MODULES_END, THREAD_SIZE, LEVELS, CPUS,
	MOVED, MEMORY_KASLR, PTI, PMD_SIZE, PGDIR_SIZE, TABLE_LEVELS, IMAGE_KASLR,
	N_ITEMS,
};

static const struct {
	const char *archs;		/* NULL: any; else some, with a space between */
	enum record_type type;
	const char *name;
	const char *key;
	enum item item;
	int64_t add;
} rules[] = {
	{ NULL, RECORD_REGION, "kasan_shadow", "start", KASAN, 0 },
	{ "x86_64", RECORD_REGION, "kmsan_vmalloc_shadow", "start", KMSAN, 0 },
	{ "x86_64", RECORD_REGION, "kmsan_vmalloc_origin", "start", KMSAN, 0 },
	{ "x86_64", RECORD_REGION, "kmsan_modules_shadow", "start", KMSAN, 0 },
	{ "x86_64", RECORD_REGION, "kmsan_modules_origin", "start", KMSAN, 0 },
	{ NULL, RECORD_REGION, "kfence", "start", KFENCE, 0 },
	{ NULL, RECORD_REGION, "kfence", "size", KFENCE_SIZE, 0 },
	{ "x86_64", RECORD_REGION, "espfix", "start", ESPFIX, 0 },
	{ "x86_64 arm64", RECORD_REGION, "efi_runtime", "start", EFI, 0 },
	{ "x86_64", RECORD_REGION, "vsyscall", "start", VSYSCALL, 0 },
	{ NULL, RECORD_REGION, "vmemmap", "start", VMEMMAP, 0 },
	{ NULL, RECORD_REGION, "pkmap", "start", HIGHMEM, 0 },
	{ "i386 arm", RECORD_REGION, "direct_map", "start", PAGE_OFFSET, 0 },
	{ "x86_64", RECORD_REGION, "image_window", "size", WINDOW_SIZE, 0 },
	{ "x86_64", RECORD_REGION, "image_window", "end", WINDOW_SIZE,
	  -INT64_C(0x80000001) },
	{ "x86_64", RECORD_REGION, "modules", "start", WINDOW_SIZE,
	  -INT64_C(0x80000000) },
	{ "x86_64", RECORD_REGION, "modules", "end", MODULES_END, -1 },
	{ "x86_64", RECORD_FACT, "thread_size", "value", THREAD_SIZE, 0 },
	{ "x86_64", RECORD_FACT, "page_levels", "value", LEVELS, 0 },
	{ NULL, RECORD_FACT, "cpus", "value", CPUS, 0 },
	{ "i386 arm loongarch64 mips64", RECORD_FACT, "page_levels", "value", TABLE_LEVELS, 0 },
	{ "i386 arm arm64 loongarch64 mips64", RECORD_FACT, "pgdir_size", "value", PGDIR_SIZE, 0 },
	{ "i386 arm arm64 riscv64 loongarch64 mips64", RECORD_FACT, "pmd_size", "value", PMD_SIZE, 0 },
	{ "x86_64 riscv64 loongarch64 mips64", RECORD_FACT, "image_kaslr_offset", "value", IMAGE_KASLR, 0 },
	{ "i386", RECORD_FACT, "image_kaslr_offset", "value", MOVED, 0 },
	{ "x86_64", RECORD_FACT, "memory_kaslr", "value", MEMORY_KASLR, 0 },
	{ "x86_64 i386", RECORD_FACT, "pti", "value", PTI, 0 },
};

/* A number and nothing after it. */
static bool number_in(const struct situation *s, const char *name, uint64_t *n)
{
	const char *p = kernel_option(s->options, name);

	return p && scan_number(&p, 0, n) && !*p;
}

/* Without the option there is no such region; with it, perhaps. */
static struct known need(const struct situation *s, struct expected_list *e, const char *option)
{
	return has_option(s, option) ?
		unknown(pool_printf(&e->pool, "%s is set, and decides no more", option)) :
		nothing(pool_printf(&e->pool, "%s is not set", option));
}

static void find_needed(const struct situation *s, struct known *items, struct expected_list *e)
{
	items[KASAN] = need(s, e, "CONFIG_KASAN");
	items[KMSAN] = need(s, e, "CONFIG_KMSAN");
	items[KFENCE] = need(s, e, "CONFIG_KFENCE");
	items[ESPFIX] = need(s, e, "CONFIG_X86_ESPFIX64");
	items[EFI] = need(s, e, "CONFIG_EFI");
	items[VSYSCALL] = need(s, e, "CONFIG_X86_VSYSCALL_EMULATION");
	items[VMEMMAP] = need(s, e, "CONFIG_SPARSEMEM_VMEMMAP");
	items[HIGHMEM] = need(s, e, "CONFIG_HIGHMEM");
}

/*
 * Where tables are a page of 8-byte entries, and as many levels as configured;
 * and on 32-bit kernels by the format of entries, which is an option.
 */
static void find_geometry(const struct situation *s, struct known *items)
{
	bool pae = has_option(s, "CONFIG_X86_PAE") || has_option(s, "CONFIG_ARM_LPAE");
	uint64_t page = s->page_size.number, levels, size;
	const char *how = "CONFIG_PGTABLE_LEVELS and the page size";

	if (!number_in(s, "CONFIG_PGTABLE_LEVELS", &levels) || levels < 2 ||
	    levels > 5)
		return;
	items[TABLE_LEVELS] = number(levels, "CONFIG_PGTABLE_LEVELS");
	if (has_option(s, "CONFIG_64BIT")) {
		if (s->page_size.kind != NUMBER)
			return;
		size = page * (page / 8);
		items[PMD_SIZE] = number(size, how);
		while (levels-- > 2)
			size *= page / 8;
		items[PGDIR_SIZE] = number(size, how);
		return;
	}
	how = "levels of tables, and their format";
	if (pae) {
		items[PMD_SIZE] = number(1u << 21, how);
		items[PGDIR_SIZE] = number(1u << 30, how);
	} else {
		/* On ARM two of the processor's tables make one. */
		items[PMD_SIZE] = items[PGDIR_SIZE] =
			number(has_option(s, "CONFIG_ARM") ? 1u << 21 : 1u << 22, how);
	}
}

/* Where _stext is, less where 32-bit x86 links it. */
static void find_distance(const struct situation *s, struct known *items)
{
	uint64_t start, align, offset;

	if (s->stext.kind == NUMBER && number_in(s, "CONFIG_PAGE_OFFSET", &offset) &&
	    number_in(s, "CONFIG_PHYSICAL_START", &start) &&
	    number_in(s, "CONFIG_PHYSICAL_ALIGN", &align) && align)
		items[MOVED] = number(s->stext.number - offset - (start + align - 1) / align * align,
			"SYMBOL(_stext) in the note VMCOREINFO, CONFIG_PAGE_OFFSET and CONFIG_PHYSICAL_START");
}

/*
 * pti_check_boottime_disable() of arch/x86/mm/pti.c: the last pti= counts, and the last
 * mitigations=.  Which of them and of nopti is stronger changed twice.  Without any,
 * the processor decides.
 */
static void find_pti(const struct situation *s, struct known *items)
{
	const char *words = s->cmdline, *one;
	bool given = false, mitigated = true, others;
	enum question pti = OPEN;
	size_t n;

	while ((one = next_word(&words, &n))) {
		if (n > 12 && !strncmp(one, "mitigations=", 12))
			mitigated = n != 15 || strncmp(one + 12, "off", 3);
		if (n < 6 || strncmp(one, "pti=", 4))
			continue;
		given = true;
		pti = n == 6 && !strncmp(one + 4, "on", 2) ? YES :
		      n == 7 && !strncmp(one + 4, "off", 3) ? NO : OPEN;
	}
	others = !mitigated || has_parameter(s, "nopti");
	if (pti == NO)
		items[PTI] = word("n", "pti=off");
	else if (others && !given)
		items[PTI] = word("n", "nopti or mitigations=off");
	else if (pti == YES && !others)
		items[PTI] = word("y", "pti=on");
}

/* Of x86_64. */
static void find_x86(const struct situation *s, struct known *items)
{
	const char *levels = kernel_option(s->options, "CONFIG_PGTABLE_LEVELS");

	items[WINDOW_SIZE] = has_option(s, "CONFIG_RANDOMIZE_BASE") ?
		number(1u << 30, "CONFIG_RANDOMIZE_BASE") :
		number(1u << 29, "CONFIG_RANDOMIZE_BASE is not set");
	items[MODULES_END] = has_option(s, "CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP") ?
		number(0xfffffffffe000000u, "CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP") :
		number(0xffffffffff000000u, "CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP is not set");
	items[THREAD_SIZE] = has_option(s, "CONFIG_KASAN") ? number(32768, "CONFIG_KASAN") :
		number(16384, "CONFIG_KASAN is not set");
	items[LEVELS] = levels && strchr(levels, '4') ? number(4, "CONFIG_PGTABLE_LEVELS") :
							range(4, 5, "CONFIG_PGTABLE_LEVELS");
	if (!has_option(s, "CONFIG_RANDOMIZE_MEMORY"))
		items[MEMORY_KASLR] = word("n", "CONFIG_RANDOMIZE_MEMORY is not set");
	if (!has_option(s, "CONFIG_PAGE_TABLE_ISOLATION") &&
	    !has_option(s, "CONFIG_MITIGATION_PAGE_TABLE_ISOLATION"))
		items[PTI] = word("n", "page-table isolation is not set");
	else if (s->cmdline)
		find_pti(s, items);
}

static void find_items(const struct situation *s, struct known *items, struct expected_list *e)
{
	uint64_t page = s->page_size.kind == NUMBER ? s->page_size.number : 0, n;

	find_needed(s, items, e);
	if (number_in(s, "CONFIG_PAGE_OFFSET", &n))
		items[PAGE_OFFSET] = number(s->arch && s->arch->bits == 32 ? (uint32_t)n : n,
					    "CONFIG_PAGE_OFFSET");
	if (page && number_in(s, "CONFIG_KFENCE_NUM_OBJECTS", &n) && n < 1 << 20)
		items[KFENCE_SIZE] = if_any(number((n + 1) * 2 * page,
			"two pages for each of CONFIG_KFENCE_NUM_OBJECTS and one more"));
	else
		items[KFENCE_SIZE] = items[KFENCE];
	if (number_in(s, "CONFIG_NR_CPUS", &n))
		items[CPUS] = range(1, n, "CONFIG_NR_CPUS");
	if (!has_option(s, "CONFIG_RANDOMIZE_BASE"))
		items[IMAGE_KASLR] = if_any(number(0, "CONFIG_RANDOMIZE_BASE is not set"));
	find_geometry(s, items);
	if (has_option(s, "CONFIG_X86_32"))
		find_distance(s, items);
	find_x86(s, items);
}

/* An eighth of all addresses; the number of bits tells how many there are. */
static void find_kasan(const struct situation *s, struct expected_list *e)
{
	const struct known *bits = &s->va_bits;
	const char *how = "CONFIG_KASAN_SHADOW_OFFSET and va_bits";
	uint64_t offset, half;
	struct known start, end;

	if (!number_in(s, "CONFIG_KASAN_SHADOW_OFFSET", &offset) ||
	    bits->kind != NUMBER || bits->number < 32 || bits->number > 64)
		return;
	half = -(UINT64_C(1) << (bits->number - 1));
	offset += half >> 3;
	start = if_any(number(offset, how));
	end = if_any(number(offset + (UINT64_C(1) << (bits->number - 4)) - 1, how));
	start.leaning = end.leaning = bits->leaning;
	must_be(e, RECORD_REGION, "kasan_shadow", "start", start);
	must_be(e, RECORD_REGION, "kasan_shadow", "end", end);
}

/* Where the image is linked, moved by what is published. */
static void find_image(const struct situation *s, struct expected_list *e)
{
	struct known start = unknown(s->options ? "the options leave it open" : s->why_no_options);
	uint64_t n, align;

	if (s->options && number_in(s, "CONFIG_PHYSICAL_START", &n) &&
	    number_in(s, "CONFIG_PHYSICAL_ALIGN", &align) &&
	    align && align < 1u << 30 && n < 1u << 30)
		start = number(0xffffffff80000000u + (n + align - 1) / align * align,
			       "CONFIG_PHYSICAL_START, moved by image_kaslr_offset");
	must_be_from(e, RECORD_SECTION, "text", "start", FACT("image_kaslr_offset"), start);
	must_be_from(e, RECORD_REGION, "image", "start", FACT("image_kaslr_offset"), start);
}

void rules_of_options(const struct situation *s, const char *arch_name, struct expected_list *e)
{
	struct known items[N_ITEMS];

	for (size_t i = 0; i < N_ITEMS; i++)
		items[i] = unknown(s->options ? "the options leave it open" : s->why_no_options);
	if (s->options)
		find_items(s, items, e);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		struct known k = items[rules[i].item];

		if (rules[i].archs && !situation_is_arch(s, rules[i].archs)) {
			/* Others have rules of their own. */
			if (!s->arch)
				must_be(e, rules[i].type, rules[i].name, rules[i].key,
					unknown(pool_printf(&e->pool, "no rule for %s", arch_name)));
			continue;
		}
		k.number += (uint64_t)rules[i].add;
		k.high += (uint64_t)rules[i].add;
		must_be(e, rules[i].type, rules[i].name, rules[i].key, k)->end_too =
			rules[i].item == KFENCE_SIZE && k.kind == NUMBER;
	}
	if (!situation_is_arch(s, "x86_64"))
		return;
	if (s->options)
		find_kasan(s, e);
	find_image(s, e);
}
