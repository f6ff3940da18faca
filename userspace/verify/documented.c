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
	bool vmap_stack, one_processor, highmem;
	const void *evidence[];		/* by the index in arches[] */
};

static const void *load(struct machine *m)
{
	struct documented *d = pool_alloc(machine_pool(m), sizeof(*d) +
					  n_arches * sizeof(d->evidence[0]));
	const char *text, *ignore, *config = machine_config_file(m, &ignore);
	uint64_t pages;

	d->is_there = machine_file(m, "/proc/cpuinfo", NULL, NULL);
	d->vmap_stack = !config || is_switched_on(config, "CONFIG_VMAP_STACK");
	text = machine_file(m, "/proc/meminfo", NULL, NULL);
	text = text ? after(text, "HighTotal:") : NULL;
	text += text ? strspn(text, " ") : 0;
	d->highmem = text && scan_number(&text, 10, &pages) && pages;
	d->one_processor = config && !is_switched_on(config, "CONFIG_SMP");
	for (size_t i = 0; i < n_arches; i++) {
		const struct documentation *of = arches[i].documentation;

		if (of && of->load)
			d->evidence[i] = of->load(m);
	}
	return d;
}

void expect_size(struct verification *v, const char *name,
			struct known size)
{
	const struct value *start = value_of(v, RECORD_REGION, name, "start");

	expect(v, RECORD_REGION, name, "size", size);
	if (!start || !start->is_number)
		return;
	size.number += start->number - 1;
	size.high += start->number - 1;
	expect(v, RECORD_REGION, name, "end", leaning(size));
}

/* --- Where witnesses live ------------------------------------------------ */

#define IMAGE	""		/* what is around the image: by architecture */

/*
 * The second is where the first is not known, or not there; stacks are in
 * vmalloc with VMAP_STACK.
 */
static const struct {
	const char *name, *region, *otherwise;
} homes[] = {
	{ "kmalloc", "direct_map", NULL },	{ "page", "direct_map", NULL },
	{ "vmalloc", "vmalloc", NULL },		{ "struct_page", "vmemmap", "direct_map" },
	{ "percpu", "percpu", "direct_map" },	{ "kernel_function", "text", IMAGE },
	{ "module_function", "modules", "vmalloc" },
	{ "module_constant", "modules", "vmalloc" },
	{ "module_data", "modules", "vmalloc" },
	{ "module_bss", "modules", "vmalloc" },
	{ "reader_stack", "vmalloc", "direct_map" },
	{ "init_stack", "vmalloc", "direct_map" },
	{ "swapper_stack", "data", IMAGE },
	{ "fixmap_slot", "fixmap", NULL },
};

/* Either place is right; which one, nothing but the object tells. */
static bool check_moving(struct verification *v, const char *name,
			 const struct documentation *of)
{
	const struct value *home = value_of(v, RECORD_WITNESS, name, "region");

	if (!home || strcmp(home->text, "vmalloc"))
		return false;
	if (of->modules_move && !strncmp(name, "module_", 7))
		report(v, home, ALLOWS, "KASLR may put modules near the image");
	else if (of->boot_stack_moves && !strcmp(name, "swapper_stack"))
		report(v, home, ALLOWS, "boot may have left the stack in data");
	else
		return false;
	return true;
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

	if (home && d->highmem && !strcmp(home->text, "direct_map"))
		report(v, home, ALLOWS, "memory for processes need not be highmem");
	else if (home)
		expect_value(v, home, d->highmem ? word("pkmap", "HighTotal is not 0") :
			     word("direct_map", "there is no highmem"));
}

static void check_homes(const struct documented *d, struct verification *v,
			const struct documentation *of)
{
	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		/* A kernel for one processor keeps no copies for others. */
		bool own = d->one_processor && !strcmp(homes[i].name, "percpu");
		const char *name = own ? "data" :
			another_home(v, homes[i].name, homes[i].region);
		const char *otherwise = own ? IMAGE : homes[i].otherwise;
		const struct region *r = layout_region(v->layout, name);
		bool is_stack = !strcmp(name, "vmalloc") && otherwise;
		bool elsewhere = is_stack ? !d->vmap_stack : !r || r->absent;
		struct known home;

		if (check_moving(v, homes[i].name, of))
			continue;
		if (otherwise && !*otherwise)
			otherwise = of->image_home;
		home = word(elsewhere && otherwise ? otherwise : name,
			    "where such objects live");
		expect(v, RECORD_WITNESS, homes[i].name, "region",
		       elsewhere && !is_stack ? leaning(home) : home);
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
};
