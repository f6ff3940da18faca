// SPDX-License-Identifier: GPL-2.0-only
/*
 * completeness.c - what a capture of x86_64 must hold, and which of it may be
 * absent if the configuration of the kernel says so.  And the words about a
 * value that have a fixed vocabulary: its route and its unit.
 *
 * That something is there tells nothing of its value: what leans on the
 * capture alone can disagree here, and never agrees.
 */
#include <string.h>

#include "../util.h"
#include "text.h"
#include "verify.h"

struct completeness {
	const char *config;		/* the configuration file, or NULL */
	const char *why;
};

/* When a record may say that there is no such thing. */
enum absence {
	NEVER,
	WITHOUT_OPTION,
	WITHOUT_SYMBOLS,		/* or without the option */
	AT_RUN_TIME,			/* or without the option */
	ALWAYS,
};

struct item {
	enum record_type type;
	const char *name;
	enum absence absence;
	const char *option;
	const char *keys[2];		/* what it has besides, if present */
};

#define POPULATED	{ "populated_start", "populated_end" }
#define PHYS		{ "phys" }
#define CONTENT		{ "content" }

static const struct item items[] = {
	{ RECORD_REGION, "user", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "user_guard", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "noncanonical", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "guard_hole", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "ldt_remap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "direct_map", NEVER, NULL, POPULATED },
	{ RECORD_REGION, "percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", { 0 } },
	{ RECORD_REGION, "vmalloc", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vmemmap", WITHOUT_OPTION, "CONFIG_SPARSEMEM_VMEMMAP", POPULATED },
	{ RECORD_REGION, "cpu_entry_area", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "espfix", WITHOUT_OPTION, "CONFIG_X86_ESPFIX64", { 0 } },
	{ RECORD_REGION, "efi_runtime", WITHOUT_OPTION, "CONFIG_EFI", { 0 } },
	{ RECORD_REGION, "image_window", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "image", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_REGION, "modules", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "fixmap", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "vsyscall", WITHOUT_OPTION, "CONFIG_X86_VSYSCALL_EMULATION", { 0 } },
	{ RECORD_REGION, "pkmap", ALWAYS, NULL, { 0 } },
	{ RECORD_REGION, "kfence", AT_RUN_TIME, "CONFIG_KFENCE", { 0 } },
	{ RECORD_REGION, "kmsan_vmalloc_shadow", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_vmalloc_origin", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_modules_shadow", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kmsan_modules_origin", WITHOUT_OPTION, "CONFIG_KMSAN", { 0 } },
	{ RECORD_REGION, "kasan_shadow", WITHOUT_OPTION, "CONFIG_KASAN", { 0 } },
	{ RECORD_SECTION, "text", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "rodata", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "data", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "init", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_SECTION, "init_percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", PHYS },
	{ RECORD_SECTION, "bss", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "brk", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_WITNESS, "kmalloc", NEVER, NULL, CONTENT },
	{ RECORD_WITNESS, "vmalloc", NEVER, NULL, CONTENT },
	{ RECORD_WITNESS, "page", NEVER, NULL, CONTENT },
	{ RECORD_WITNESS, "struct_page", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "percpu", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "kernel_function", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "module_function", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "module_constant", NEVER, NULL, CONTENT },
	{ RECORD_WITNESS, "module_data", NEVER, NULL, CONTENT },
	{ RECORD_WITNESS, "module_bss", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "reader_stack", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "init_stack", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "swapper_stack", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "fixmap_slot", NEVER, NULL, { 0 } },
};

static const struct {
	const char *name, *unit;
} facts[] = {
	{ "page_size", "bytes" },	{ "page_levels", "levels" },
	{ "va_bits", "bits" },		{ "pa_bits", "bits" },
	{ "max_physmem_bits", "bits" },	{ "user_limit", "address" },
	{ "user_kernel_split", "text" }, { "pgdir_size", "bytes" },
	{ "pmd_size", "bytes" },	{ "section_size", "bytes" },
	{ "struct_page_size", "bytes" }, { "thread_size", "bytes" },
	{ "pti", "bool" },		{ "cpus", "count" },
	{ "ram", "bytes" },		{ "high_memory", "address" },
	{ "phys_base", "address" },	{ "memory_kaslr", "bool" },
	{ "direct_map_kaslr_offset", "offset" },
	{ "vmalloc_kaslr_offset", "offset" },
	{ "vmemmap_kaslr_offset", "offset" },
	{ "image_kaslr_offset", "offset" },
};

static const char *const switches[] = {
	"CONFIG_SMP", "CONFIG_NUMA", "CONFIG_X86_5LEVEL",
	"CONFIG_DYNAMIC_MEMORY_LAYOUT", "CONFIG_RELOCATABLE",
	"CONFIG_RANDOMIZE_BASE", "CONFIG_RANDOMIZE_MEMORY",
	"CONFIG_ZONE_DEVICE", "CONFIG_MEMORY_HOTPLUG",
	"CONFIG_SPARSEMEM", "CONFIG_SPARSEMEM_VMEMMAP", "CONFIG_VMAP_STACK",
	"CONFIG_MODULES", "CONFIG_KASAN", "CONFIG_KASAN_VMALLOC",
	"CONFIG_KMSAN", "CONFIG_KFENCE", "CONFIG_PAGE_TABLE_ISOLATION",
	"CONFIG_MITIGATION_PAGE_TABLE_ISOLATION",
	"CONFIG_MODIFY_LDT_SYSCALL", "CONFIG_X86_ESPFIX64",
	"CONFIG_X86_VSYSCALL_EMULATION", "CONFIG_LEGACY_VSYSCALL_XONLY",
	"CONFIG_LEGACY_VSYSCALL_NONE", "CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP",
	"CONFIG_EFI", "CONFIG_XEN_PV", "CONFIG_AMD_MEM_ENCRYPT",
	"CONFIG_STRICT_KERNEL_RWX", "CONFIG_STRICT_MODULE_RWX",
	"CONFIG_DEBUG_VIRTUAL", "CONFIG_KALLSYMS", "CONFIG_KALLSYMS_ALL",
	"CONFIG_KPROBES",
};

/* Published where the kernel has them. */
static const char *const numbers[] = {
	"CONFIG_PGTABLE_LEVELS", "CONFIG_PHYSICAL_START",
	"CONFIG_PHYSICAL_ALIGN", "CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING",
	"CONFIG_KASAN_SHADOW_OFFSET", "CONFIG_KFENCE_NUM_OBJECTS",
	"CONFIG_NR_CPUS", "CONFIG_NODES_SHIFT",
};

static const void *load(struct machine *m)
{
	struct completeness *k = pool_alloc(machine_pool(m), sizeof(*k));

	k->config = machine_config_file(m, &k->why);
	return k;
}

static bool is_set(const struct completeness *k, const char *option)
{
	const char *p = after(k->config, option);

	return p && *p == '=' && strncmp(p, "=m", 2);
}

/* The note that tells the build ID; 6.9 renamed its option. */
static bool has_vmcoreinfo(const struct completeness *k)
{
	return !k->config || is_set(k, "CONFIG_CRASH_CORE") ||
	       is_set(k, "CONFIG_VMCORE_INFO");
}

/* Where there is no value, its "absent"; NULL, and said so, without either. */
static const struct value *require(struct verification *v, enum record_type type,
				   const char *name, const char *key)
{
	const struct value *value = value_of(v, type, name, key);

	if (!value)
		value = value_of(v, type, name, "absent");
	if (!value)
		report_missing(v, type, name, key,
			       "every capture of x86_64 has it");
	return value;
}

static void judge_absence(const struct completeness *k, struct verification *v,
			  const struct item *item, const struct value *absent)
{
	bool before = v->leaning;

	if (item->absence == ALWAYS)
		return;
	if (item->absence == NEVER) {
		report(v, absent, DISAGREES, "every x86_64 kernel has it");
		return;
	}
	if (!k->config) {
		report(v, absent, CANNOT_SAY, "%s", k->why);
		return;
	}
	v->leaning = false;		/* on the configuration file instead */
	if (item->option && !is_set(k, item->option))
		report(v, absent, ALLOWS, "%s is not set", item->option);
	else if (item->absence == WITHOUT_SYMBOLS &&
		 (!is_set(k, "CONFIG_KALLSYMS_ALL") ||
		  !is_set(k, "CONFIG_KPROBES")))
		report(v, absent, ALLOWS,
		       "cannot be found without KALLSYMS_ALL and KPROBES");
	else if (item->absence == AT_RUN_TIME)
		report(v, absent, CANNOT_SAY, "the kernel may have turned it off");
	else
		report(v, absent, DISAGREES, "with this configuration there is one, and it can be found");
	v->leaning = before;
}

static void check_item(const struct completeness *k, struct verification *v,
		       const struct item *item)
{
	const char *key = item->type == RECORD_WITNESS ? "addr" : "start";
	const struct value *value = require(v, item->type, item->name, key);

	if (!value)
		return;
	if (!strcmp(value->key, "absent")) {
		judge_absence(k, v, item, value);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(item->keys) && item->keys[i]; i++) {
		if (!value_of(v, item->type, item->name, item->keys[i]))
			report_missing(v, item->type, item->name, item->keys[i],
				       "every capture of x86_64 has it");
	}
}

static void check_facts(struct verification *v)
{
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		const struct value *value = require(v, RECORD_FACT,
						    facts[i].name, "value");
		const char *unit;

		if (!value)
			continue;
		unit = record_value(value->record, "unit");
		if (!strcmp(value->key, "absent"))
			report(v, value, DISAGREES, "every x86_64 kernel has it");
		else if (!unit || strcmp(unit, facts[i].unit))
			report(v, value, DISAGREES, "its unit is %s", facts[i].unit);
	}
}

static void check_options(const struct completeness *k, struct verification *v)
{
	for (size_t i = 0; i < v->layout->n_configs; i++)
		report(v, value_of(v, RECORD_CONFIG,
				   v->layout->configs[i].name, "absent"),
		       DISAGREES, "an option is set to something, or n");
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		require(v, RECORD_CONFIG, switches[i], "value");
	for (size_t i = 0; k->config && i < ARRAY_SIZE(numbers); i++) {
		if (is_set(k, numbers[i]))
			require(v, RECORD_CONFIG, numbers[i], "value");
	}
}

/* --- How a value was had, on any architecture ---------------------------- */

static bool is_route(const char *word)
{
	static const char *const routes[] = {
#define X(id, word) word,
		KVAS_ROUTES(X)
#undef X
	};

	for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
		if (!strcmp(word, routes[i]))
			return true;
	}
	return false;
}

static const struct {
	enum record_type type;
	const char *key;
	const char *tells[2];
} provenance[] = {
	{ RECORD_FACT, "value", { "source", "route" } },
	{ RECORD_REGION, "start", { "start_source", "start_route" } },
	{ RECORD_REGION, "end", { "end_source", "end_route" } },
	{ RECORD_REGION, "populated_end", { "populated_source", "populated_route" } },
	{ RECORD_SECTION, "start", { "start_source", "start_route" } },
	{ RECORD_SECTION, "end", { "end_source", "end_route" } },
	{ RECORD_WITNESS, "addr", { "source", NULL } },
};

static void check_provenance(struct verification *v, const struct value *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(provenance); i++) {
		const char *source, *route;

		if (value->record->type != provenance[i].type ||
		    strcmp(value->key, provenance[i].key))
			continue;
		source = record_value(value->record, provenance[i].tells[0]);
		route = provenance[i].tells[1] ?
			record_value(value->record, provenance[i].tells[1]) : "macro";
		if (!source || !*source)
			report(v, value, DISAGREES, "no %s is published",
			       provenance[i].tells[0]);
		if (!route || !is_route(route))
			report(v, value, DISAGREES, "its %s is none",
			       provenance[i].tells[1]);
	}
}

static void check(const void *evidence, struct verification *v)
{
	const struct completeness *k = evidence;
	size_t published = v->n_values;

	v->leaning = true;
	for (size_t i = 0; i < published; i++)
		check_provenance(v, &v->values[i]);
	if (is_arch(v, "x86_64")) {
		for (size_t i = 0; i < ARRAY_SIZE(items); i++)
			check_item(k, v, &items[i]);
		check_facts(v);
		check_options(k, v);
		if (!value_of(v, RECORD_KERNEL, "kernel", "build_id") &&
		    has_vmcoreinfo(k))
			report_missing(v, RECORD_KERNEL, "kernel", "build_id",
				       "VMCOREINFO tells it");
	}
	v->leaning = false;
}

const struct source source_completeness = {
	.name = "completeness",
	.title = "what a capture must hold, and the words it may use",
	.load = load,
	.check = check,
};
