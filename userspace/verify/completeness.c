// SPDX-License-Identifier: GPL-2.0-only
/*
 * completeness.c - what a capture must hold, by rules/ARCH.c and what is
 * common, and which of it may be absent if the configuration of the kernel says
 * so.  And the words about a value that have a fixed vocabulary: its route and
 * its unit.
 *
 * That something is there tells nothing of its value: what leans on the
 * capture alone can disagree here, and never agrees.
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "rules/arch.h"
#include "verify.h"

struct completeness {
	const char *config;		/* the configuration file, or NULL */
	const char *why;
	unsigned int release;		/* major * 1000 + minor, or 0 */
};

#define EXECMEM(name)							\
	{ RECORD_REGION, name, BY_EXECMEM, "CONFIG_MODULES", { 0 } }

static const struct content_rule common_items[] = {
	{ RECORD_REGION, "user", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "direct_map", NEVER, NULL, PHYS },
	{ RECORD_REGION, "percpu", WITHOUT_SYMBOLS, "CONFIG_SMP", { 0 } },
	{ RECORD_REGION, "vmalloc", NEVER, NULL, { 0 } },
	{ RECORD_REGION, "image", WITHOUT_SYMBOLS, NULL, PHYS },
	{ RECORD_REGION, "kfence", AT_RUN_TIME, "CONFIG_KFENCE", { 0 } },
	{ RECORD_REGION, "mem_map", WITHOUT_OPTION, "CONFIG_FLATMEM", { 0 } },
	EXECMEM("execmem_text"), EXECMEM("execmem_text_fallback"),
	EXECMEM("execmem_kprobes"), EXECMEM("execmem_ftrace"),
	EXECMEM("execmem_bpf"), EXECMEM("execmem_data"),
	{ RECORD_SECTION, "text", NEVER, NULL, PHYS },
	{ RECORD_SECTION, "data", NEVER, NULL, PHYS },
	{ RECORD_WITNESS, "kmalloc", NEVER, NULL, CONTENT },
	{ RECORD_WITNESS, "vmalloc", NEVER, NULL, CONTENT },
	{ RECORD_WITNESS, "page", NEVER, NULL, CONTENT },
	{ RECORD_WITNESS, "struct_page", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "percpu", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "percpu_dynamic", NEVER, NULL, CONTENT },
	{ RECORD_WITNESS, "kernel_function", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "module_function", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "module_constant", NEVER, NULL, CONTENT },
	{ RECORD_WITNESS, "module_data", NEVER, NULL, CONTENT },
	{ RECORD_WITNESS, "module_bss", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "reader_stack", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "init_stack", NEVER, NULL, { 0 } },
	{ RECORD_WITNESS, "swapper_stack", NEVER, NULL, { 0 } },
	{ 0 }
};

static const struct fact_rule common_facts[] = {
	{ "page_size", "bytes", NULL },
	{ "user_limit", "address", NULL },
	{ "user_kernel_split", "text", NULL },
	{ "pgdir_size", "bytes", NULL },
	{ "pmd_size", "bytes", NULL },
	{ "max_physmem_bits", "bits", "CONFIG_SPARSEMEM" },
	{ "section_size", "bytes", "CONFIG_SPARSEMEM" },
	{ "struct_page_size", "bytes", NULL },
	{ "thread_size", "bytes", NULL },
	{ "cpus", "count", NULL },
	{ "ram", "bytes", NULL },
	{ "high_memory", "address", NULL },
	{ 0 }
};

static const char *const common_switches[] = {
	"CONFIG_SMP", "CONFIG_NUMA", "CONFIG_RELOCATABLE",
	"CONFIG_RANDOMIZE_BASE", "CONFIG_ZONE_DEVICE", "CONFIG_MEMORY_HOTPLUG",
	"CONFIG_SPARSEMEM", "CONFIG_SPARSEMEM_VMEMMAP", "CONFIG_VMAP_STACK",
	"CONFIG_MODULES", "CONFIG_KASAN", "CONFIG_KASAN_VMALLOC",
	"CONFIG_KMSAN", "CONFIG_KFENCE", "CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP",
	"CONFIG_EFI", "CONFIG_STRICT_KERNEL_RWX", "CONFIG_STRICT_MODULE_RWX",
	"CONFIG_DEBUG_VIRTUAL", "CONFIG_KALLSYMS", "CONFIG_KALLSYMS_ALL",
	"CONFIG_KPROBES", NULL
};

/* Published where the kernel has them. */
static const char *const common_numbers[] = {
	"CONFIG_PGTABLE_LEVELS", "CONFIG_KASAN_SHADOW_OFFSET",
	"CONFIG_KFENCE_NUM_OBJECTS", "CONFIG_NR_CPUS", "CONFIG_NODES_SHIFT",
	NULL
};

/* Asked of 32-bit kernels only. */
static const char *const switches_32[] = {
	"CONFIG_FLATMEM", "CONFIG_HIGHMEM", "CONFIG_VMSPLIT_3G",
	"CONFIG_VMSPLIT_3G_OPT", "CONFIG_VMSPLIT_2G", "CONFIG_VMSPLIT_2G_OPT",
	"CONFIG_VMSPLIT_1G", NULL
};

static const char *const numbers_32[] = { "CONFIG_PAGE_OFFSET", NULL };

static const void *load(struct machine *m)
{
	struct completeness *k = pool_alloc(machine_pool(m), sizeof(*k));

	k->config = machine_config_file(m, &k->why);
	k->release = release_number(machine_measured(m, "release"));
	return k;
}

static bool is_set(const struct completeness *k, const char *option)
{
	const char *value = config_value(k->config, option);

	return value && *value != 'm';
}

/* The note that tells the build ID; 6.9 renamed its option. */
static bool has_vmcoreinfo(const struct completeness *k)
{
	return !k->config || is_set(k, "CONFIG_CRASH_CORE") ||
	       is_set(k, "CONFIG_VMCORE_INFO");
}

static const char *must_have(struct verification *v)
{
	return pool_printf(&v->pool, "every capture of %s has it",
			   v->layout->arch);
}

/* Where there is no value, its "absent"; NULL, and said so, without either. */
static const struct value *require(struct verification *v, enum record_type type,
				   const char *name, const char *key)
{
	const struct value *value = value_of(v, type, name, key);

	if (!value)
		value = value_of(v, type, name, "absent");
	if (!value)
		report_missing(v, type, name, key, must_have(v));
	return value;
}

/* One of each memory node, with other memory between. */
static bool may_be_in_pieces(const struct completeness *k, const struct value *absent)
{
	return !strcmp(absent->name, "percpu") && is_set(k, "CONFIG_NUMA") &&
	       !strncmp(absent->text, "in several pieces", 17);
}

/* debug_pagealloc does it; before 6.9 the module then looks for no marker there. */
static bool may_be_unmapped(const struct value *absent)
{
	return !strncmp(absent->name, "init", 4) &&
	       !strncmp(absent->text, "a part of BSS or brk is unmapped", 32);
}

/*
 * Before 6.10 x86 has a variable with RANDOMIZE_MEMORY, and needs none without;
 * arm64 has a static one until 6.4, which KASLR needs.
 */
static bool could_be_found(const struct completeness *k, const struct verification *v)
{
	if (is_arch(v, "x86_64 i386"))
		return true;
	return is_set(k, "CONFIG_RANDOMIZE_BASE") && is_arch(v, "arm64") && k->release < 6005;
}

/* Where that of text was found, and the kernel's source has another for this. */
static bool is_certain(const struct verification *v, const char *name)
{
	const struct region *text = layout_region(v->layout, "execmem_text");

	return text && !text->absent &&
	       ((is_arch(v, "arm64 riscv64") && !strcmp(name, "execmem_kprobes")) ||
		(is_arch(v, "arm64") && !strcmp(name, "execmem_bpf")));
}

/* Each of the others may be as text is, which the capture itself must say. */
static void judge_execmem(const struct completeness *k, struct verification *v,
			  const struct content_rule *item, const struct value *absent)
{
	bool text = !strcmp(item->name, "execmem_text");

	if (!k->release)
		report(v, absent, CANNOT_SAY, "the release is not known");
	else if (k->release < 6010 && !(text && could_be_found(k, v)))
		report(v, absent, ALLOWS, "before 6.10 nothing shows it");
	else if (k->release >= 6010 && !is_set(k, "CONFIG_EXECMEM"))
		report(v, absent, ALLOWS, "CONFIG_EXECMEM is not set");
	else if (text || is_certain(v, item->name))
		report(v, absent, DISAGREES, "with this configuration there is one, and it can be found");
	else
		report(v, absent, CANNOT_SAY, "it may be the same as that of execmem_text");
}

static void judge_absence(const struct completeness *k, struct verification *v,
			  const struct content_rule *item, const struct value *absent)
{
	bool before = v->leaning;

	if (item->absence == ALWAYS)
		return;
	if (item->absence == NEVER) {
		report(v, absent, DISAGREES, "every %s kernel has it",
		       v->layout->arch);
		return;
	}
	if (!k->config) {
		report(v, absent, CANNOT_SAY, "%s", k->why);
		return;
	}
	v->leaning = false;		/* on the configuration file instead */
	if (item->option && !is_set(k, item->option))
		report(v, absent, ALLOWS, "%s is not set", item->option);
	else if ((item->absence == WITHOUT_SYMBOLS || item->absence == BY_EXECMEM) &&
		 (!is_set(k, "CONFIG_KALLSYMS_ALL") ||
		  !is_set(k, "CONFIG_KPROBES")))
		report(v, absent, ALLOWS,
		       "cannot be found without KALLSYMS_ALL and KPROBES");
	else if (item->absence == BY_EXECMEM)
		judge_execmem(k, v, item, absent);
	else if (may_be_in_pieces(k, absent))
		report(v, absent, CANNOT_SAY, "the number of memory nodes is not known");
	else if (may_be_unmapped(absent))
		report(v, absent, CANNOT_SAY, "it is not known which parts are unmapped");
	else if (item->absence == AT_RUN_TIME)
		report(v, absent, CANNOT_SAY, "the kernel may have turned it off");
	else if (item->absence == OPTIONAL)
		report(v, absent, CANNOT_SAY, "it may not have been had");
	else
		report(v, absent, DISAGREES, "with this configuration there is one, and it can be found");
	v->leaning = before;
}

static bool is_lacking(const struct verification *v, const struct content_rule *item)
{
	const char *key = item->type == RECORD_WITNESS ? "addr" : "start";

	return !value_of(v, item->type, item->name, key) &&
	       !value_of(v, item->type, item->name, "absent");
}

static void check_item(const struct completeness *k, struct verification *v,
		       const struct content_rule *item)
{
	const char *key = item->type == RECORD_WITNESS ? "addr" : "start";
	const struct value *value;

	/* Not with every kernel, but with each that has the option. */
	if (item->absence == OPTIONAL && !value_of(v, item->type, item->name, key) &&
	    !(item->option && k->config && is_set(k, item->option)))
		return;
	if (may_lack(v->layout, item->name) && is_lacking(v, item)) {
		v->lacks = pool_printf(&v->pool, "%s%s%s", v->lacks ? v->lacks : "",
				       v->lacks ? ", " : "", item->name);
		return;
	}
	value = require(v, item->type, item->name, key);
	if (!value)
		return;
	if (!strcmp(value->key, "absent")) {
		judge_absence(k, v, item, value);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(item->keys) && item->keys[i]; i++) {
		if (!strncmp(item->keys[i], "populated_", strlen("populated_")) &&
		    ends_with_memory(v, item->name))
			continue;
		if (!value_of(v, item->type, item->name, item->keys[i]))
			report_missing(v, item->type, item->name, item->keys[i],
				       must_have(v));
	}
}

/* An architecture's own rows replace common ones. */
static bool is_replaced(const struct arch *c, const struct content_rule *item)
{
	for (const struct content_rule *i = c->items; i && i->name; i++) {
		if (i->type == item->type && !strcmp(i->name, item->name))
			return true;
	}
	return false;
}

static void check_items(const struct completeness *k, struct verification *v,
			const struct arch *c)
{
	for (const struct content_rule *i = common_items; i->name; i++) {
		if (!is_replaced(c, i))
			check_item(k, v, i);
	}
	for (const struct content_rule *i = c->items; i && i->name; i++)
		check_item(k, v, i);
}

static bool is_replaced_fact(const struct arch *c,
			     const struct fact_rule *fact)
{
	for (const struct fact_rule *i = c->facts; i && i->name; i++) {
		if (!strcmp(i->name, fact->name))
			return true;
	}
	return false;
}

static void check_fact(const struct completeness *k, struct verification *v,
		       const struct fact_rule *rule)
{
	const struct value *value;
	const char *unit;

	/* Then it is said to be absent. */
	if (rule->option && (!k->config || !is_set(k, rule->option)) &&
	    !value_of(v, RECORD_FACT, rule->name, "value") &&
	    value_of(v, RECORD_FACT, rule->name, "absent"))
		return;
	value = require(v, RECORD_FACT, rule->name, "value");
	if (!value)
		return;
	unit = record_value(value->record, "unit");
	if (!strcmp(value->key, "absent"))
		report(v, value, DISAGREES, "every %s kernel has it",
		       v->layout->arch);
	else if (!unit || strcmp(unit, rule->unit))
		report(v, value, DISAGREES, "its unit is %s", rule->unit);
}

static void check_facts(const struct completeness *k, struct verification *v,
			const struct arch *c)
{
	for (const struct fact_rule *i = common_facts; i->name; i++) {
		if (!is_replaced_fact(c, i))
			check_fact(k, v, i);
	}
	for (const struct fact_rule *i = c->facts; i && i->name; i++)
		check_fact(k, v, i);
}

static void check_switches(struct verification *v, const char *const *list)
{
	for (; list && *list; list++)
		require(v, RECORD_CONFIG, *list, "value");
}

static void check_numbers(const struct completeness *k, struct verification *v,
			  const char *const *list)
{
	for (; k->config && list && *list; list++) {
		if (is_set(k, *list))
			require(v, RECORD_CONFIG, *list, "value");
	}
}

static void check_options(const struct completeness *k, struct verification *v,
			  const struct arch *c)
{
	for (size_t i = 0; i < v->layout->n_configs; i++)
		report(v, value_of(v, RECORD_CONFIG,
				   v->layout->configs[i].name, "absent"),
		       DISAGREES, "an option is set to something, or n");
	check_switches(v, common_switches);
	check_switches(v, c->switches);
	check_numbers(k, v, common_numbers);
	check_numbers(k, v, c->numbers);
	if (v->layout->bits == 32) {
		check_switches(v, switches_32);
		check_numbers(k, v, numbers_32);
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
			report(v, value, DISAGREES, "its %s is not one that the format has",
			       provenance[i].tells[1]);
	}
}

/* include/linux/memremap.h, enum memory_type, but for what has no addresses */
static void check_kinds(struct verification *v)
{
	static const char kinds[] = "fs_dax generic p2pdma coherent unknown";
	size_t pieces = 0;

	for (size_t i = 0; i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];

		if (!r->is_memory)
			continue;
		pieces++;
		report(v, value_at(v, r->record, "kind"),
		       line_has_word(kinds, r->kind) ? ALLOWS : DISAGREES,
		       "a kind of device memory");
	}
	report(v, value_of(v, RECORD_MEMORY, "zone_device", "absent"),
	       pieces ? ALLOWS : DISAGREES, "others are listed");
}

static void check(const void *evidence, struct verification *v)
{
	const struct arch *arch = arch_by_name(v->layout->arch);
	const struct completeness *k = evidence;
	size_t published = v->n_values;

	v->leaning = true;
	for (size_t i = 0; i < published; i++)
		check_provenance(v, &v->values[i]);
	check_kinds(v);
	if (arch) {
		check_items(k, v, arch);
		check_facts(k, v, arch);
		check_options(k, v, arch);
		if (!value_of(v, RECORD_KERNEL, "kernel", "build_id") &&
		    has_vmcoreinfo(k))
			report_missing(v, RECORD_KERNEL, "kernel", "build_id",
				       "VMCOREINFO has it");
	}
	v->leaning = false;
}

const struct source source_completeness = {
	.name = "completeness",
	.title = "what a capture must hold, and the words it may use",
	.load = load,
	.check = check,
};
