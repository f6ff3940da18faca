// SPDX-License-Identifier: GPL-2.0-only
/*
 * config.c - the configuration file of the kernel's package, and what follows
 * from it for the layout.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "machine/elfcore.h"
#include "verify.h"

enum item {
	/* On or not, for regions that need an option. */
	KASAN, KMSAN, KFENCE, ESPFIX, EFI, VSYSCALL, VMEMMAP,
	KFENCE_SIZE, HIGHMEM, PAGE_OFFSET, WINDOW_SIZE, MODULES_END, THREAD_SIZE, LEVELS, CPUS,
	LINK_START, MOVED, MEMORY_KASLR, PTI, PMD_SIZE, PGDIR_SIZE, TABLE_LEVELS,
	IMAGE_KASLR,
	N_ITEMS,
};

struct option {
	const char *name;
	const char *value;
};

struct config {
	const char *why;		/* there is no such file */
	struct option *options;
	size_t n;
	const char *kfence_interval;
	struct known items[N_ITEMS];
};

static int compare_options(const void *a, const void *b)
{
	const struct option *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* "CONFIG_X=value" and "# CONFIG_X is not set". */
static void parse(struct config *c, const char *text, struct pool *pool)
{
	size_t lines = 1;

	for (const char *line = text; line; line = next_line(line))
		lines++;
	c->options = pool_alloc(pool, lines * sizeof(*c->options));
	for (const char *line = text; line; line = next_line(line)) {
		size_t n = strcspn(line, "=\n");

		if (strncmp(line, "CONFIG_", 7) || line[n] != '=')
			continue;
		c->options[c->n++] = (struct option) {
			.name = pool_copy(pool, line, n),
			.value = pool_copy(pool, line + n + 1,
					   strcspn(line + n + 1, "\n")),
		};
	}
	qsort(c->options, c->n, sizeof(*c->options), compare_options);
}

/* "n" for what is not set, and for what this kernel does not know. */
static const char *value_in(const struct config *c, const char *name)
{
	const struct option key = { .name = name }, *found = NULL;

	if (c->n)
		found = bsearch(&key, c->options, c->n, sizeof(key),
				compare_options);
	return found ? found->value : "n";
}

static bool is_on(const struct config *c, const char *name)
{
	return !strcmp(value_in(c, name), "y");
}

static bool number_in(const struct config *c, const char *name, uint64_t *n)
{
	const char *p = value_in(c, name);

	return scan_number(&p, 0, n) && !*p;
}

/* Without the option there is no such region; with it, perhaps. */
static void need(struct config *c, enum item item, const char *option,
		 struct pool *pool)
{
	if (!is_on(c, option))
		c->items[item] = nothing(pool_printf(pool, "%s is not set", option));
	else
		c->items[item] = unknown(pool_printf(pool, "%s is set, and decides no more", option));
}

/*
 * Where tables are a page of 8-byte entries, and as many levels as configured;
 * and on 32-bit kernels by the format of entries, which is an option.
 */
static void find_geometry(struct config *c, uint64_t page, uint64_t bits)
{
	bool pae = is_on(c, "CONFIG_X86_PAE") || is_on(c, "CONFIG_ARM_LPAE");
	const char *how = "CONFIG_PGTABLE_LEVELS and the page size";
	uint64_t levels;

	if (!number_in(c, "CONFIG_PGTABLE_LEVELS", &levels) || levels < 2 ||
	    levels > 5)
		return;
	c->items[TABLE_LEVELS] = number(levels, "CONFIG_PGTABLE_LEVELS");
	if (bits == 64 && page) {
		uint64_t size = page * (page / 8);

		c->items[PMD_SIZE] = number(size, how);
		while (levels-- > 2)
			size *= page / 8;
		c->items[PGDIR_SIZE] = number(size, how);
		return;
	}
	how = "levels of tables, and their format";
	if (pae) {
		c->items[PMD_SIZE] = number(1u << 21, how);
		c->items[PGDIR_SIZE] = number(1u << 30, how);
	} else {
		/* On ARM two of the processor's tables make one. */
		c->items[PMD_SIZE] = c->items[PGDIR_SIZE] =
			number(is_on(c, "CONFIG_ARM") ? 1u << 21 : 1u << 22, how);
	}
}

/* Where _stext is, less where 32-bit x86 links it. */
static void find_distance(struct config *c, struct machine *m)
{
	const struct elfcore *core;
	uint64_t start, align, offset, at;
	const char *why, *p;

	core = machine_core(m, &why);
	p = core && core->vmcoreinfo ?
		after(core->vmcoreinfo, "SYMBOL(_stext)=") : NULL;
	if (p && scan_number(&p, 16, &at) &&
	    number_in(c, "CONFIG_PAGE_OFFSET", &offset) &&
	    number_in(c, "CONFIG_PHYSICAL_START", &start) &&
	    number_in(c, "CONFIG_PHYSICAL_ALIGN", &align) && align)
		c->items[MOVED] = number(at - offset - (start + align - 1) / align * align,
			"SYMBOL(_stext) in the note VMCOREINFO, CONFIG_PAGE_OFFSET and CONFIG_PHYSICAL_START");
}

static void derive(struct config *c, struct pool *pool, struct machine *m)
{
	uint64_t page = machine_page_size(m);
	const char *bits;
	bool kasan = is_on(c, "CONFIG_KASAN");
	uint64_t n, align;

	need(c, KASAN, "CONFIG_KASAN", pool);
	need(c, KMSAN, "CONFIG_KMSAN", pool);
	need(c, KFENCE, "CONFIG_KFENCE", pool);
	need(c, ESPFIX, "CONFIG_X86_ESPFIX64", pool);
	need(c, EFI, "CONFIG_EFI", pool);
	need(c, VSYSCALL, "CONFIG_X86_VSYSCALL_EMULATION", pool);
	need(c, VMEMMAP, "CONFIG_SPARSEMEM_VMEMMAP", pool);
	need(c, HIGHMEM, "CONFIG_HIGHMEM", pool);
	if (number_in(c, "CONFIG_PAGE_OFFSET", &n))
		c->items[PAGE_OFFSET] = number(n, "CONFIG_PAGE_OFFSET");
	if (page && number_in(c, "CONFIG_KFENCE_NUM_OBJECTS", &n) && n < 1 << 20)
		c->items[KFENCE_SIZE] = if_any(number((n + 1) * 2 * page,
			"two pages for each of CONFIG_KFENCE_NUM_OBJECTS and one more"));
	else
		c->items[KFENCE_SIZE] = c->items[KFENCE];
	c->items[WINDOW_SIZE] = number(is_on(c, "CONFIG_RANDOMIZE_BASE") ?
				       1u << 30 : 1u << 29,
				       "CONFIG_RANDOMIZE_BASE");
	c->items[MODULES_END] =
		number(is_on(c, "CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP") ?
		       0xfffffffffe000000u : 0xffffffffff000000u,
		       "CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP");
	c->items[THREAD_SIZE] = number(kasan ? 32768 : 16384, "CONFIG_KASAN");
	if (strstr(value_in(c, "CONFIG_PGTABLE_LEVELS"), "4"))
		c->items[LEVELS] = number(4, "CONFIG_PGTABLE_LEVELS");
	else
		c->items[LEVELS] = range(4, 5, "CONFIG_PGTABLE_LEVELS");
	if (number_in(c, "CONFIG_NR_CPUS", &n))
		c->items[CPUS] = range(1, n, "CONFIG_NR_CPUS");
	if (number_in(c, "CONFIG_PHYSICAL_START", &n) &&
	    number_in(c, "CONFIG_PHYSICAL_ALIGN", &align) &&
	    align && align < 1u << 30 && n < 1u << 30)
		c->items[LINK_START] =
			number(0xffffffff80000000u + (n + align - 1) / align * align,
			       "CONFIG_PHYSICAL_START, moved by image_kaslr_offset");
	if (!is_on(c, "CONFIG_RANDOMIZE_BASE"))
		c->items[IMAGE_KASLR] = if_any(number(0, "CONFIG_RANDOMIZE_BASE is not set"));
	bits = machine_measured(m, "word_bits");
	if (bits && scan_number(&bits, 10, &n))
		find_geometry(c, page, is_on(c, "CONFIG_64BIT") ? 64 : n);
	if (is_on(c, "CONFIG_X86_32"))
		find_distance(c, m);
	if (!is_on(c, "CONFIG_RANDOMIZE_MEMORY"))
		c->items[MEMORY_KASLR] = word("n", "CONFIG_RANDOMIZE_MEMORY is not set");
	if (!is_on(c, "CONFIG_PAGE_TABLE_ISOLATION") &&
	    !is_on(c, "CONFIG_MITIGATION_PAGE_TABLE_ISOLATION"))
		c->items[PTI] = word("n", "page-table isolation is not set");
}

static const void *load(struct machine *m)
{
	struct pool *pool = machine_pool(m);
	struct config *c = pool_alloc(pool, sizeof(*c));
	const char *text = machine_config_file(m, &c->why);

	c->kfence_interval = machine_line(m, "/sys/module/kfence/parameters/sample_interval", NULL);
	for (size_t i = 0; i < N_ITEMS; i++)
		c->items[i] = unknown(text ? "the options leave it open" : c->why);
	if (text) {
		parse(c, text, pool);
		derive(c, pool, m);
	}
	return c;
}

static const struct rule rules[] = {
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

/* What is built as a module is not built in. */
static void check_option(const struct config *c, struct verification *v,
			 const struct fact *f)
{
	const struct value *value = value_of(v, RECORD_CONFIG, f->name, "value");
	const char *is;

	if (!c->n) {
		report(v, value, CANNOT_SAY, "%s", c->why ? c->why :
		       "the configuration file is empty");
		return;
	}
	is = value_in(c, f->name);
	if (!strcmp(is, "m"))
		is = "n";
	expect_value(v, value, word(is, "the configuration file"));
}

/* absent="CONFIG_X is not set": whether it is not. */
static void check_reason(const struct config *c, struct verification *v,
			 const struct value *value)
{
	size_t n = strcspn(value->text, " ");
	char name[64];

	if (strcmp(value->key, "absent") || strncmp(value->text, "CONFIG_", 7) ||
	    strcmp(value->text + n, " is not set") || n >= sizeof(name))
		return;
	memcpy(name, value->text, n);
	name[n] = '\0';
	if (c->n)
		report(v, value, is_on(c, name) ? DISAGREES : AGREES, "%s=%s",
		       name, value_in(c, name));
}

/* An eighth of all addresses, of which the published width tells how many. */
static void check_kasan(const struct config *c, struct verification *v)
{
	const struct value *bits = value_of(v, RECORD_FACT, "va_bits", "value");
	const char *how = "CONFIG_KASAN_SHADOW_OFFSET and va_bits";
	uint64_t offset, half;

	if (!number_in(c, "CONFIG_KASAN_SHADOW_OFFSET", &offset) || !bits ||
	    !bits->is_number || bits->number < 32 || bits->number > 64)
		return;
	half = -(UINT64_C(1) << (bits->number - 1));
	offset += half >> 3;
	expect(v, RECORD_REGION, "kasan_shadow", "start",
	       leaning(if_any(number(offset, how))));
	expect(v, RECORD_REGION, "kasan_shadow", "end",
	       leaning(if_any(number(offset + (UINT64_C(1) << (bits->number - 4)) - 1, how))));
}

/*
 * A pool that samples at no time was most likely not set up at boot.  It may
 * have been turned off since.
 */
static void check_kfence(const struct config *c, struct verification *v)
{
	const struct value *absent = value_of(v, RECORD_REGION, "kfence", "absent");

	if (c->kfence_interval && !strcmp(c->kfence_interval, "0"))
		report(v, absent, ALLOWS, "the module parameter kfence.sample_interval is 0");
}

static void check(const void *evidence, struct verification *v)
{
	const struct config *c = evidence;
	const struct value *offset;
	const struct region *kfence;
	struct known start = c->items[LINK_START], end;

	apply_rules(v, rules, ARRAY_SIZE(rules), c->items);
	check_kfence(c, v);
	for (size_t i = 0; i < v->layout->n_configs; i++)
		check_option(c, v, &v->layout->configs[i]);
	for (size_t i = 0; i < v->n_values; i++)
		check_reason(c, v, &v->values[i]);
	kfence = layout_region(v->layout, "kfence");
	if (kfence && !kfence->absent && c->items[KFENCE_SIZE].kind == NUMBER) {
		end = c->items[KFENCE_SIZE];
		end.number = wrap(v, end.number + kfence->start - 1);
		expect(v, RECORD_REGION, "kfence", "end", leaning(end));
	}
	if (!is_arch(v, "x86_64"))
		return;
	check_kasan(c, v);
	offset = value_of(v, RECORD_FACT, "image_kaslr_offset", "value");
	if (!offset)
		return;
	start.number += offset->number;
	expect(v, RECORD_SECTION, "text", "start", leaning(start));
	expect(v, RECORD_REGION, "image", "start", leaning(start));
}

const struct source source_config = {
	.name = "config",
	.title = "the configuration file of the kernel's package",
	.load = load,
	.check = check,
	.foretells = true,
};
