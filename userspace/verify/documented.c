// SPDX-License-Identifier: GPL-2.0-only
/*
 * documented.c - what the kernel's documentation and sources say of where
 * things are, whatever machine it is; by documented_ARCH.c.
 */
#include <string.h>

#include "../util.h"
#include "arch.h"
#include "text.h"

struct documented {
	bool is_there;			/* a machine to apply rules to */
	enum question vmap_stack, smp, highmem;
	unsigned int release;		/* major * 1000 + minor, or 0 */
	const void *evidence[];		/* by the index in arches[] */
};

/* Kernels without highmem do not count it. */
static enum question find_highmem(const char *meminfo)
{
	const char *p = meminfo ? after(meminfo, "HighTotal:") : NULL;
	uint64_t pages;

	if (!p)
		return meminfo && after(meminfo, "MemTotal:") ? NO : OPEN;
	p += strspn(p, " ");
	if (!scan_number(&p, 10, &pages))
		return OPEN;
	return pages ? YES : NO;
}

static const void *load(struct machine *m)
{
	struct documented *d = pool_alloc(machine_pool(m), sizeof(*d) +
					  n_arches * sizeof(d->evidence[0]));
	const char *ignore, *config = machine_config_file(m, &ignore);

	d->is_there = machine_file(m, "/proc/cpuinfo", NULL, NULL);
	d->release = release_number(machine_measured(m, "release"));
	d->vmap_stack = ask_config(config, "CONFIG_VMAP_STACK");
	d->smp = ask_config(config, "CONFIG_SMP");
	d->highmem = find_highmem(machine_file(m, "/proc/meminfo", NULL, NULL));
	for (size_t i = 0; i < n_arches; i++) {
		const struct documentation *of = arches[i].documentation;

		if (of && of->load)
			d->evidence[i] = of->load(m);
	}
	return d;
}

uint64_t linked_offset(const char *config, uint64_t window)
{
	uint64_t start = config_number(config, "CONFIG_PHYSICAL_START=");
	uint64_t align = config_number(config, "CONFIG_PHYSICAL_ALIGN=");

	return start && align && start <= window && align <= window ?
		(start + align - 1) / align * align : 0;
}

void expect_size(struct verification *v, const char *name,
			struct known size)
{
	const struct value *start = value_of(v, RECORD_REGION, name, "start");

	/* Up to the end of memory there is no more than that. */
	if (is_numeric(&size) && ends_with_memory(v, name))
		size = from_there(size, 1);
	expect(v, RECORD_REGION, name, "size", size);
	if (!start || !start->is_number)
		return;
	size.number += start->number - 1;
	size.high += start->number - 1;
	expect(v, RECORD_REGION, name, "end", leaning(size));
}

/* --- Where witnesses live ------------------------------------------------ */

#define IMAGE	""		/* what is around the image: by architecture */
#define STACKS	"stacks"	/* by configuration */

/* The second is where the first is not known, or not there. */
static const struct {
	const char *name, *region, *otherwise;
} homes[] = {
	{ "kmalloc", "direct_map", NULL },	{ "page", "direct_map", NULL },
	{ "vmalloc", "vmalloc", NULL },		{ "struct_page", "vmemmap", "direct_map" },
	{ "percpu", "percpu", NULL },		{ "percpu_dynamic", "percpu", NULL },
	{ "kernel_function", "text", IMAGE },
	{ "module_function", "modules", "vmalloc" },
	{ "module_constant", "modules", "vmalloc" },
	{ "module_data", "modules", "vmalloc" },
	{ "module_bss", "modules", "vmalloc" },
	{ "reader_stack", STACKS, NULL },	{ "init_stack", STACKS, NULL },
	{ "swapper_stack", "data", IMAGE },
	{ "fixmap_slot", "fixmap", NULL },
};

/* Either place is right; which one, nothing but the object tells. */
static bool check_moving(const struct documented *d, struct verification *v,
			 const char *name, const struct documentation *of)
{
	const struct value *home = value_of(v, RECORD_WITNESS, name, "region");

	if (!home || strcmp(home->text, "vmalloc"))
		return false;
	if (!strncmp(name, "percpu", 6) && d->smp == YES)
		report(v, home, ALLOWS, strcmp(name, "percpu") ? "all chunks but the first are there" :
		       "the first chunk is there if it was made of pages");
	else if (of->modules_move && !strncmp(name, "module_", 7))
		report(v, home, ALLOWS, "KASLR may put modules near the image");
	else if (of->boot_stack_moves && !strcmp(name, "swapper_stack"))
		report(v, home, ALLOWS, "boot may have left the stack in data");
	else
		return false;
	return true;
}

/*
 * Ranges for code that are those of a region, or that of text, which is not
 * published twice: execmem_arch_setup() and execmem_init_missing(), since 6.10.
 */
static void check_execmem(const struct documented *d, struct verification *v)
{
	static const struct {
		const char *archs, *name, *region;
	} same[] = {
		{ "riscv64 arm i386", "execmem_text", "modules" },
		{ "ppc64", "execmem_text", "vmalloc" },
		{ "arm", "execmem_text_fallback", "vmalloc" },
		{ "riscv64 arm64", "execmem_kprobes", "vmalloc" },
		{ "arm64", "execmem_bpf", "vmalloc" },
		{ "riscv64", "execmem_bpf", "bpf_jit" },
	};
	static const struct {
		const char *archs, *name;
	} none[] = {
		{ "riscv64 s390x ppc64", "execmem_text_fallback" },
		{ "arm s390x ppc64", "execmem_kprobes" },
		{ "arm arm64 riscv64 s390x ppc64", "execmem_ftrace" },
		{ "arm s390x ppc64", "execmem_bpf" },
		{ "arm arm64 riscv64 s390x ppc64", "execmem_data" },
	};

	for (size_t i = 0; d->release >= 6010 && i < ARRAY_SIZE(none); i++) {
		if (is_arch(v, none[i].archs))
			expect(v, RECORD_REGION, none[i].name, "start",
			       nothing("the same as that of text, or there is none"));
	}
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		const struct region *r = layout_region(v->layout, same[i].region);

		if (!is_arch(v, same[i].archs) || !r || r->absent)
			continue;
		/* i386 has had that one alone before, too. */
		if (d->release < 6010 && !is_arch(v, "i386"))
			continue;
		expect(v, RECORD_REGION, same[i].name, "start",
		       leaning(if_any(number(r->start, same[i].region))));
		expect(v, RECORD_REGION, same[i].name, "end",
		       leaning(if_any(number(r->end, same[i].region))));
	}
}

/* What kernels without vmemmap have, and KFENCE's sample of all objects. */
static const char *another_home(const struct verification *v,
				const char *witness, const char *region)
{
	const struct region *mem_map = layout_region(v->layout, "mem_map");
	const struct region *pool = layout_region(v->layout, "kfence");
	const struct region *map = layout_region(v->layout, "direct_map");
	const struct value *addr = value_of(v, RECORD_WITNESS, witness, "addr");

	if (!strcmp(witness, "struct_page") && mem_map && !mem_map->absent)
		return "mem_map";
	/* On LoongArch the pool is not part of the direct map. */
	if (!strcmp(witness, "kmalloc") && pool && !pool->absent && map &&
	    !map->absent && addr && addr->is_number &&
	    addr->number >= pool->start && addr->number <= pool->end &&
	    (addr->number < map->start || addr->number > map->end))
		return "kfence";
	return region;
}

/* A page of highmem needs a window; where there is some, others serve, too. */
static void check_kmap(const struct documented *d, struct verification *v)
{
	const struct value *home = value_of(v, RECORD_WITNESS, "kmap", "region");

	if (!home)
		return;
	if (d->highmem == OPEN)
		expect_value(v, home, unknown("/proc/meminfo does not tell whether there is highmem"));
	else if (d->highmem == NO)
		expect_value(v, home, word("direct_map", "there is no highmem"));
	else if (!strcmp(home->text, "direct_map"))
		report(v, home, ALLOWS, "memory for processes need not be highmem");
	else
		expect_value(v, home, word("pkmap", "HighTotal is not 0"));
}

/* A kernel for one processor keeps no copies for others. */
static struct known percpu_home(const struct documented *d,
				const struct verification *v,
				const struct documentation *of)
{
	const struct region *r = layout_region(v->layout, "percpu");
	const char *how = "where such objects live";

	if (d->smp == OPEN)
		return unknown("needs the configuration, to tell one processor from many");
	if (d->smp == YES)
		return r && !r->absent ? word("percpu", how) :
		       leaning(word("direct_map", how));
	r = layout_region(v->layout, "data");
	return r && !r->absent ? word("data", how) :
	       leaning(word(of->image_home, how));
}

/* In the first chunk, behind what is static; in one piece or in several. */
static struct known dynamic_home(const struct documented *d, const struct verification *v)
{
	const struct region *r = layout_region(v->layout, "percpu");
	const struct value *home = value_of(v, RECORD_WITNESS, "percpu_dynamic", "region");

	if (d->smp == OPEN)
		return unknown("needs the configuration, to tell one processor from many");
	/* A kernel for one processor makes its other chunks of pages. */
	if (d->smp == NO && home && !strcmp(home->text, "direct_map"))
		return leaning(word("direct_map", "a chunk made of pages"));
	return r && !r->absent ? word("percpu", "the first chunk") :
	       leaning(word("direct_map", "the first chunk"));
}

static struct known stack_home(const struct documented *d)
{
	if (d->vmap_stack == OPEN)
		return unknown("needs the configuration, to tell where stacks are");
	return d->vmap_stack == YES ? word("vmalloc", "CONFIG_VMAP_STACK") :
	       word("direct_map", "CONFIG_VMAP_STACK is not set");
}

static struct known home_of(const struct documented *d,
			    const struct verification *v, size_t i,
			    const struct documentation *of)
{
	const char *name = another_home(v, homes[i].name, homes[i].region);
	const char *otherwise = homes[i].otherwise;
	const struct region *r = layout_region(v->layout, name);
	const char *how = "where such objects live";

	if (!strcmp(homes[i].name, "percpu_dynamic"))
		return dynamic_home(d, v);
	if (!strcmp(name, "percpu"))
		return percpu_home(d, v, of);
	if (!strcmp(name, STACKS))
		return stack_home(d);
	if (otherwise && !*otherwise)
		otherwise = of->image_home;
	if (otherwise && (!r || r->absent))
		return leaning(word(otherwise, how));
	return word(name, how);
}

static void check_homes(const struct documented *d, struct verification *v,
			const struct documentation *of)
{
	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		if (!check_moving(d, v, homes[i].name, of))
			expect(v, RECORD_WITNESS, homes[i].name, "region",
			       home_of(d, v, i, of));
	}
}

static void check(const void *evidence, struct verification *v)
{
	const struct arch *arch = arch_by_name(v->layout->arch);
	const struct documented *d = evidence;

	if (arch && arch->documentation) {
		arch->documentation->check(d->evidence[arch - arches], v);
		/* Rules without a machine confirm nothing. */
		v->leaning = !d->is_there;
		check_homes(d, v, arch->documentation);
		check_kmap(d, v);
		check_execmem(d, v);
		v->leaning = false;
		return;
	}
	for (size_t i = 0; i < v->layout->n_present; i++) {
		const struct region *r = &v->layout->regions[i];
		const enum record_type type = r->record->type;

		report(v, value_of(v, type, r->name, "start"), CANNOT_SAY,
		       "no rule for %s", v->layout->arch);
		report(v, value_of(v, type, r->name, "end"), CANNOT_SAY,
		       "no rule for %s", v->layout->arch);
	}
}

const struct source source_documented = {
	.name = "documented",
	.title = "the kernel's documentation of its layout, and the rules of KASLR",
	.load = load,
	.check = check,
	.foretells = true,
};
