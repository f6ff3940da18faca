// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory.c - the kernel's own variables, read from its memory: kallsyms or
 * System.map say where they are, /proc/kcore what they hold.  And the live objects: whether
 * the text that kvas put there is there.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "machine/elfcore.h"
#include "machine/symtab.h"
#include "pagetables/tables.h"
#include "execmem.h"
#include "verify.h"

enum item {
	PAGE_OFFSET, VMALLOC, VMEMMAP, HIGH_MEMORY, PHYS_BASE, KFENCE,
	PHYSMEM_END, MAX_PFN, TOTALRAM, LEVELS, PGDIR_SHIFT, NR_CPU_IDS,
	PCPU_BASE, PCPU_UNIT, IDT,
	/* What follows from several of them. */
	DIRECT_LAST, MEMORY_LAST, VA_BITS, PGDIR_SIZE, RAM, CPUS, PCPU_LAST,
	/* Of one architecture only. */
	VMALLOC_END, MODULES, MODULES_END, VMEMMAP_POINTER, IO_START, IO_END,
	VM_MAP_BASE, PHYS_OFFSET, IMAGE_DISTANCE, ABS_LOWCORE, MEMCPY_REAL,
	RAM_BASE, AMODE31, AMODE31_END, MAX_MAPPABLE,
	ENTRY_AREA_LAST, ESPFIX, RELEASE, CPU0_TIMES,
	DIRECT_OFFSET, VMALLOC_OFFSET, VMEMMAP_OFFSET, MEMORY_KASLR,
	MODULE_OFFSET, MODULE_BASE,
	N_ITEMS,
};

static const struct {
	enum item item;
	const char *name;
	size_t size;			/* 0: of a pointer */
} variables[] = {
	{ PAGE_OFFSET, "page_offset_base", 0 },
	{ VMALLOC, "vmalloc_base", 0 },
	{ VMEMMAP, "vmemmap_base", 0 },
	{ HIGH_MEMORY, "high_memory", 0 },
	{ PHYS_BASE, "phys_base", 0 },
	{ KFENCE, "__kfence_pool", 0 },
	{ PHYSMEM_END, "physmem_end", 0 },
	{ PHYSMEM_END, "direct_map_physmem_end", 0 },	/* since 6.13 */
	{ MAX_PFN, "max_pfn", 0 },
	{ TOTALRAM, "_totalram_pages", 0 },
	{ LEVELS, "__pgtable_l5_enabled", 4 },
	{ PGDIR_SHIFT, "pgdir_shift", 4 },
	{ NR_CPU_IDS, "nr_cpu_ids", 4 },
	{ PCPU_BASE, "pcpu_base_addr", 0 },
	{ PCPU_UNIT, "pcpu_unit_size", 4 },
	/* arch/s390/boot/startup.c, arch/powerpc/mm/pgtable_64.c */
	{ VMALLOC, "VMALLOC_START", 0 },
	{ VMALLOC, "__vmalloc_start", 0 },
	{ VMALLOC_END, "VMALLOC_END", 0 },
	{ VMALLOC_END, "__vmalloc_end", 0 },
	{ MODULES, "MODULES_VADDR", 0 },
	{ MODULES_END, "MODULES_END", 0 },
	{ VMEMMAP_POINTER, "vmemmap", 0 },
	{ IO_START, "__kernel_io_start", 0 },
	{ IO_END, "__kernel_io_end", 0 },
	{ VM_MAP_BASE, "vm_map_base", 0 },
	{ PHYS_OFFSET, "memstart_addr", 8 },
	{ IMAGE_DISTANCE, "kimage_voffset", 0 },
	{ ABS_LOWCORE, "__abs_lowcore", 0 },
	{ MEMCPY_REAL, "__memcpy_real_area", 0 },
	{ RAM_BASE, "phys_ram_base", 0 },
	{ AMODE31, "__samode31", 0 },
	{ AMODE31_END, "__eamode31", 0 },
	{ MAX_MAPPABLE, "max_mappable", 0 },
	/* Until 6.9, arch/x86/kernel/module.c and arch/arm64/kernel/kaslr.c */
	{ MODULE_OFFSET, "module_load_offset", 0 },
	{ MODULE_BASE, "module_alloc_base", 0 },
};

#define MAX_CPUS	8192
#define X86_P4D		(UINT64_C(1) << 39)
#define THREAD_INFO_MAX	512		/* bytes */
#define STACK_END_MAGIC	0x57ac6e9du	/* include/uapi/linux/magic.h */

struct memory {
	struct machine *machine;
	const struct symbols *symbols;
	const struct tables *tables;
	const struct elfcore *core;
	const char *why;		/* there is nothing to read */
	size_t pointer;			/* bytes */
	uint64_t page;			/* bytes, or 0 */
	struct known items[N_ITEMS];
	struct execmem execmem;
};

static void read_variable(struct memory *k, size_t i)
{
	struct known *item = &k->items[variables[i].item];
	size_t size = variables[i].size ? variables[i].size : k->pointer;
	uint64_t addr, n;
	const char *why;

	if (!symbols_find(k->symbols, variables[i].name, NULL, &addr)) {
		if (item->kind == UNKNOWN && !item->how)
			*item = unknown("this kernel has no such variable, or does not list it");
		return;
	}
	if (machine_number(k->machine, addr, size, &n, &why))
		*item = number(n, variables[i].name);
	else
		*item = unknown(why);
}

static bool known_numbers(const struct memory *k, enum item a, enum item b)
{
	return k->items[a].kind == NUMBER && k->items[b].kind == NUMBER;
}

static uint64_t wrap_pointer(const struct memory *k, uint64_t addr)
{
	return k->pointer == 4 ? (uint32_t)addr : addr;
}

/* How far each CPU's per-CPU memory is from where it was linked. */
static bool cpu_offset(struct memory *k, unsigned int cpu, uint64_t *offset)
{
	const char *why;
	uint64_t table;

	return symbols_find(k->symbols, "__per_cpu_offset", NULL, &table) &&
	       machine_number(k->machine, table + cpu * k->pointer, k->pointer, offset, &why);
}

static bool cpu_number(struct memory *k, unsigned int cpu, const char *name,
		       uint64_t *n)
{
	uint64_t offset, variable;
	const char *why;

	return symbols_find(k->symbols, name, NULL, &variable) &&
	       cpu_offset(k, cpu, &offset) &&
	       machine_number(k->machine, wrap_pointer(k, variable + offset), k->pointer, n,
			   &why);
}

static void find_cpus(struct memory *k)
{
	uint64_t mask, n = k->items[NR_CPU_IDS].number, low = UINT64_MAX;
	uint64_t high = 0, cpus = 0, bits = 0, offset;
	const char *why;

	if (k->items[NR_CPU_IDS].kind != NUMBER || n > MAX_CPUS ||
	    !symbols_find(k->symbols, "__cpu_possible_mask", NULL, &mask))
		return;
	for (unsigned int cpu = 0; cpu < n; cpu++) {
		unsigned int in_word = cpu % (k->pointer * 8);

		if (!in_word && !machine_number(k->machine, mask + cpu / 8, k->pointer,
					     &bits, &why))
			return;
		if (!(bits >> in_word & 1))
			continue;
		cpus++;
		if (!cpu_offset(k, cpu, &offset))
			return;
		low = offset < low ? offset : low;
		high = offset > high ? offset : high;
	}
	if (!cpus)
		return;
	k->items[CPUS] = number(cpus, "__cpu_possible_mask");
	if (known_numbers(k, PCPU_BASE, PCPU_UNIT))
		k->items[PCPU_LAST] = number(k->items[PCPU_BASE].number + high -
			low + k->items[PCPU_UNIT].number - 1,
			"pcpu_base_addr, __per_cpu_offset, pcpu_unit_size");
	if (cpu_offset(k, 0, &offset) &&
	    symbols_find(k->symbols, "kernel_cpustat", NULL, &low))
		k->items[CPU0_TIMES] = number(wrap_pointer(k, low + offset),
			"kernel_cpustat and __per_cpu_offset[0]");
}

/* idt_descr is a packed structure: 16 bits of limit, then the address. */
static void find_entry_areas(struct memory *k)
{
	uint64_t addr, first, second, espfix, cpus = k->items[NR_CPU_IDS].number;
	const char *why, *config;
	uint64_t nr_cpus;

	if (symbols_find(k->symbols, "idt_descr", NULL, &addr) &&
	    machine_number(k->machine, addr + 2, 8, &addr, &why))
		k->items[IDT] = number(addr, "idt_descr.address");
	if (cpu_number(k, 0, "espfix_stack", &espfix) && espfix)
		k->items[ESPFIX] = number(espfix & ~(X86_P4D - 1),
			"espfix_stack of CPU 0, down to the size of an entry");
	/*
	 * Until 6.1 the areas are an array over all CPUs there could be,
	 * after a page for the interrupt table; then they are spread out.
	 */
	if (k->items[IDT].kind != NUMBER || cpus < 2 ||
	    symbols_find(k->symbols, "_cea_offset", NULL, &addr) ||
	    !cpu_number(k, 0, "cea_exception_stacks", &first) ||
	    !cpu_number(k, 1, "cea_exception_stacks", &second) ||
	    second <= first)
		return;
	config = machine_config_file(k->machine, &why);
	if (config)
		config = after(config, "CONFIG_NR_CPUS=");
	if (!config || !scan_number(&config, 10, &nr_cpus) || nr_cpus > MAX_CPUS)
		return;
	k->items[ENTRY_AREA_LAST] = number(k->items[IDT].number + k->page +
		nr_cpus * (second - first) - 1,
		"cea_exception_stacks of two CPUs, and CONFIG_NR_CPUS");
}

static void find_release(struct memory *k)
{
	static const char prefix[] = "Linux version ";
	char banner[sizeof(prefix) + 80] = { 0 };
	const char *why;
	uint64_t addr;
	char *end;

	if (!symbols_find(k->symbols, "linux_banner", NULL, &addr) ||
	    !machine_memory(k->machine, addr, banner, sizeof(banner) - 1, &why) ||
	    strncmp(banner, prefix, strlen(prefix)))
		return;
	end = strchr(banner + strlen(prefix), ' ');
	if (end)
		k->items[RELEASE] = word(pool_copy(machine_pool(k->machine),
			banner + strlen(prefix),
			(size_t)(end - banner) - strlen(prefix)), "linux_banner");
}

/* How far KASLR moved the three, from where they are linked. */
static void find_offsets(struct memory *k, bool five)
{
	static const struct {
		enum item base, offset;
		uint64_t four, five;
	} bases[] = {
		{ PAGE_OFFSET, DIRECT_OFFSET, 0xffff888000000000, 0xff11000000000000 },
		{ VMALLOC, VMALLOC_OFFSET, 0xffffc90000000000, 0xffa0000000000000 },
		{ VMEMMAP, VMEMMAP_OFFSET, 0xffffea0000000000, 0xffd4000000000000 },
	};
	bool moved = false;

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		uint64_t offset;

		if (k->items[bases[i].base].kind != NUMBER)
			return;
		offset = k->items[bases[i].base].number -
			 (five ? bases[i].five : bases[i].four);
		k->items[bases[i].offset] = number(offset,
			k->items[bases[i].base].how);
		moved = moved || offset;
	}
	k->items[MEMORY_KASLR] = word(moved ? "y" : "n",
		"page_offset_base, vmalloc_base, vmemmap_base");
}

static void derive(struct memory *k)
{
	struct known *i = k->items;
	uint64_t root;

	if (known_numbers(k, PAGE_OFFSET, PHYSMEM_END))
		i[DIRECT_LAST] = number(i[PAGE_OFFSET].number +
			i[PHYSMEM_END].number,
			"page_offset_base and physmem_end");
	if (known_numbers(k, PAGE_OFFSET, MAX_PFN) && k->page)
		i[MEMORY_LAST] = number(i[PAGE_OFFSET].number +
			i[MAX_PFN].number * k->page - 1,
			"page_offset_base and max_pfn");
	if (i[TOTALRAM].kind == NUMBER && k->page)
		i[RAM] = number(i[TOTALRAM].number * k->page, "_totalram_pages");
	if (i[PGDIR_SHIFT].kind == NUMBER && i[PGDIR_SHIFT].number < 64)
		i[PGDIR_SIZE] = number(UINT64_C(1) << i[PGDIR_SHIFT].number,
				       "pgdir_shift");
	if (i[LEVELS].kind == NUMBER) {
		bool five = i[LEVELS].number != 0;

		i[VA_BITS] = number(five ? 57 : 48, i[LEVELS].how);
		i[LEVELS].number = five ? 5 : 4;
		find_offsets(k, five);
	} else if (symbols_find(k->symbols, "init_top_pgt", NULL, &root) &&
		   !symbols_find(k->symbols, "__pgtable_l5_enabled", NULL, &root)) {
		/* All variables are listed: this kernel knows four only. */
		find_offsets(k, false);
	}
	if (i[KFENCE].kind == NUMBER && !i[KFENCE].number)
		i[KFENCE] = nothing("__kfence_pool is NULL");
}

static const void *load(struct machine *m)
{
	struct memory *k = pool_alloc(machine_pool(m), sizeof(*k));

	k->machine = m;
	k->tables = tables_load(m);
	k->symbols = machine_addresses(m, &k->why);
	if (k->symbols)
		k->core = machine_core(m, &k->why);
	if (k->core) {
		k->pointer = k->core->bits / 8;
		k->page = machine_page_size(m);
		for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
			read_variable(k, i);
		find_release(k);
		find_cpus(k);
		execmem_load(&k->execmem, m, k->symbols);
		if (k->core->machine == EM_X86_64)
			find_entry_areas(k);
		derive(k);
	}
	for (size_t i = 0; i < N_ITEMS; i++) {
		if (k->items[i].kind == UNKNOWN && !k->items[i].how)
			k->items[i].how = k->core ?
				"no variable of this kernel shows it" : k->why;
	}
	return k;
}

static const struct rule rules[] = {
	{ NULL, RECORD_KERNEL, "kernel", "release", RELEASE, 0 },
	{ "x86_64", RECORD_REGION, "direct_map", "start", PAGE_OFFSET, 0 },
	{ "x86_64", RECORD_REGION, "direct_map", "end", DIRECT_LAST, 0 },
	{ "x86_64", RECORD_REGION, "direct_map", "populated_start", PAGE_OFFSET, 0 },
	{ NULL, RECORD_FACT, "high_memory", "value", HIGH_MEMORY, 0 },
	{ "x86_64", RECORD_FACT, "high_memory", "value", MEMORY_LAST, 1 },
	{ NULL, RECORD_REGION, "vmalloc", "start", VMALLOC, 0 },
	{ "s390x ppc64", RECORD_REGION, "vmalloc", "end", VMALLOC_END, -1 },
	{ "arm64", RECORD_FACT, "phys_offset", "value", PHYS_OFFSET, 0 },
	{ "arm64", RECORD_FACT, "kimage_voffset", "value", IMAGE_DISTANCE, 0 },
	{ "riscv64", RECORD_FACT, "phys_ram_base", "value", RAM_BASE, 0 },
	{ "loongarch64", RECORD_FACT, "vm_map_base", "value", VM_MAP_BASE, 0 },
	{ "ppc64", RECORD_REGION, "kernel_io", "start", IO_START, 0 },
	{ "ppc64", RECORD_REGION, "kernel_io", "end", IO_END, -1 },
	{ "s390x", RECORD_REGION, "abs_lowcore", "start", ABS_LOWCORE, 0 },
	{ "s390x", RECORD_REGION, "memcpy_real", "start", MEMCPY_REAL, 0 },
	{ "s390x", RECORD_REGION, "modules", "start", MODULES, 0 },
	{ "s390x", RECORD_REGION, "modules", "end", MODULES_END, -1 },
	{ "s390x", RECORD_REGION, "amode31", "start", AMODE31, 0 },
	{ "s390x", RECORD_REGION, "amode31", "end", AMODE31_END, -1 },
	{ "s390x", RECORD_REGION, "direct_map", "size", MAX_MAPPABLE, 0 },
	{ "s390x ppc64", RECORD_REGION, "vmemmap", "start", VMEMMAP_POINTER, 0 },
	{ "x86_64", RECORD_REGION, "vmemmap", "start", VMEMMAP, 0 },
	{ "x86_64", RECORD_REGION, "vmemmap", "populated_start", VMEMMAP, 0 },
	{ NULL, RECORD_REGION, "kfence", "start", KFENCE, 0 },
	{ NULL, RECORD_REGION, "percpu", "start", PCPU_BASE, 0 },
	{ NULL, RECORD_REGION, "percpu", "end", PCPU_LAST, 0 },
	{ "x86_64", RECORD_REGION, "cpu_entry_area", "start", IDT, 0 },
	{ "x86_64", RECORD_REGION, "cpu_entry_area", "end", ENTRY_AREA_LAST, 0 },
	{ "x86_64", RECORD_REGION, "espfix", "start", ESPFIX, 0 },
	{ "x86_64", RECORD_FACT, "phys_base", "value", PHYS_BASE, 0 },
	{ "x86_64", RECORD_FACT, "page_levels", "value", LEVELS, 0 },
	{ "x86_64", RECORD_FACT, "va_bits", "value", VA_BITS, 0 },
	{ NULL, RECORD_FACT, "pgdir_size", "value", PGDIR_SIZE, 0 },
	{ NULL, RECORD_FACT, "ram", "value", RAM, 0 },
	{ NULL, RECORD_FACT, "cpus", "value", CPUS, 0 },
	{ "x86_64", RECORD_FACT, "memory_kaslr", "value", MEMORY_KASLR, 0 },
	{ "x86_64", RECORD_FACT, "direct_map_kaslr_offset", "value", DIRECT_OFFSET, 0 },
	{ "x86_64", RECORD_FACT, "vmalloc_kaslr_offset", "value", VMALLOC_OFFSET, 0 },
	{ "x86_64", RECORD_FACT, "vmemmap_kaslr_offset", "value", VMEMMAP_OFFSET, 0 },
	{ NULL, RECORD_WITNESS, "percpu", "addr", CPU0_TIMES, 0 },
};

/*
 * Is what was found at another address not the witness itself?  Memory that is
 * mapped twice is so only where the tables can be walked, or if the other
 * address is in the region of the witness, too.
 */
static bool is_another(const struct memory *k, const struct verification *v,
		       const struct witness *w, uint64_t elsewhere)
{
	const struct region *home = layout_region(v->layout, w->region_name);

	return !k->tables->why || (home && !home->absent && elsewhere >= home->start &&
				   elsewhere <= home->end);
}

/* Whether the text that a witness is said to hold is there. */
static void check_content(const struct memory *k, struct verification *v,
			  const struct witness *w)
{
	const struct value *addr = value_of(v, RECORD_WITNESS, w->name, "addr");
	const struct value *text = value_of(v, RECORD_WITNESS, w->name, "content");
	size_t size = strlen(w->content) + 1;
	char found[512];
	const char *why = k->why;
	uint64_t elsewhere;
	enum verdict verdict;

	if (size > sizeof(found))
		return;
	if (machine_memory(k->machine, w->addr, found, size, &why) ||
	    tables_read(k->tables, w->addr, found, size, &why)) {
		verdict = memcmp(found, w->content, size) ? DISAGREES : AGREES;
		why = verdict == AGREES ? "the text is there" :
					  "the text is not there";
	} else if (machine_memory_find(k->machine, w->content, size,
				       &elsewhere) &&
		   is_another(k, v, w, elsewhere)) {
		verdict = DISAGREES;
		why = "the text is somewhere else";
	} else {
		verdict = CANNOT_SAY;
	}
	report(v, addr, verdict, "%s", why);
	report(v, text, verdict, "%s", why);
}

static bool thread_info_is_there(const struct memory *k)
{
	const char *ignore, *config = machine_config_file(k->machine, &ignore);

	return config && !is_switched_on(config, "CONFIG_THREAD_INFO_IN_TASK");
}

/* Each published range is one of those; and before there were some, the variables. */
static void check_execmem(const struct memory *k, struct verification *v)
{
	const struct region *modules = layout_region(v->layout, "modules");
	struct known start = k->items[is_arch(v, "x86_64") ? MODULE_OFFSET : MODULE_BASE];

	if (execmem_check(&k->execmem, v) || start.kind != NUMBER || !is_arch(v, "x86_64 arm64") ||
	    !modules || modules->absent)
		return;
	if (is_arch(v, "x86_64"))
		start = leaning(number(start.number + modules->start, start.how));
	expect(v, RECORD_REGION, "execmem_text", "start", start);
}

enum stack_end { UNREAD, NO_MARK, MARK };

/* Among the first words of so many bytes. */
static enum stack_end find_mark(const struct memory *k, uint64_t addr, size_t size,
			   const char **why)
{
	unsigned char bytes[THREAD_INFO_MAX];

	if (!k->core || !machine_memory(k->machine, addr, bytes, size, why))
		return UNREAD;
	for (size_t at = 0; at < size; at += k->pointer) {
		if (load_word(bytes + at, k->pointer, k->core->big_endian) ==
		    STACK_END_MAGIC)
			return MARK;
	}
	return NO_MARK;
}

/*
 * The lowest word of a kernel stack, behind which it must not grow.  Some
 * architectures keep a struct thread_info below.  Every task's stack has it, so
 * it does not tell whose this is.
 */
static void check_stack(const struct memory *k, struct verification *v,
			const char *name)
{
	const struct value *value = value_of(v, RECORD_WITNESS, name, "addr");
	const char *why = k->why;
	enum stack_end mark;

	if (!value || !value->is_number)
		return;
	mark = find_mark(k, value->number, k->pointer, &why);
	if (mark == NO_MARK && thread_info_is_there(k) && k->page &&
	    value->number % k->page == 0 &&
	    find_mark(k, value->number, THREAD_INFO_MAX, &why) == MARK)
		mark = MARK;
	if (mark == UNREAD)
		report(v, value, CANNOT_SAY, "%s", why);
	else if (mark == MARK)
		report(v, value, ALLOWS, "the mark at the end of a stack is there");
	else
		report(v, value, DISAGREES, "there is no mark of the end of a stack");
}

static void check(const void *evidence, struct verification *v)
{
	const struct memory *k = evidence;
	struct known last = k->items[HIGH_MEMORY], items[ARRAY_SIZE(k->items)];

	memcpy(items, k->items, sizeof(items));
	items[MEMORY_LAST] = limit_of_memory(v, k->items[MEMORY_LAST]);
	if (ends_with_memory(v, "direct_map") && !end_could_be_known(v))
		items[DIRECT_LAST] = items[MEMORY_LAST];
	apply_rules(v, rules, ARRAY_SIZE(rules), items);
	last.number--;
	if (last.kind == NUMBER && high_memory_is_unmapped(v)) {
		last = from_there(last, 0);
	} else if (last.kind == NUMBER && memory_was_added(v)) {
		last.number++;
		last = up_to_there(last, v->layout->max_addr);
	}
	expect_memory_end(v, last);
	if (is_arch(v, "x86_64"))
		expect_memory_end(v, items[MEMORY_LAST]);
	for (size_t i = 0; i < v->layout->n_witnesses; i++) {
		const struct witness *w = &v->layout->witnesses[i];

		if (!w->absent && w->content)
			check_content(k, v, w);
	}
	check_execmem(k, v);
	check_stack(k, v, "reader_stack");
	check_stack(k, v, "init_stack");
	check_stack(k, v, "swapper_stack");
}

const struct source source_memory = {
	.name = "memory",
	.title = "variables and objects in memory, by /proc/kcore",
	.load = load,
	.check = check,
};
