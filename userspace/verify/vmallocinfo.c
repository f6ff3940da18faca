// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmallocinfo.c - /proc/vmallocinfo: every area that vmalloc() and its kin
 * have handed out, each followed by a guard page that is counted in
 * (mm/vmalloc.c).  With kptr_restrict=0 the addresses are hashed.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "machine/elfcore.h"
#include "verify.h"

enum item {
	VMALLOC_START, VMALLOC_LAST, MODULES_START, MODULES_LAST, STACK_SIZE,
	N_ITEMS,
};

#define CKSSEG		0xffffffffc0000000u	/* MIPS, after the image's segments */

struct area {
	uint64_t start, end;		/* one past the last byte */
	const char *line;
};

struct vmallocinfo {
	struct known items[N_ITEMS];
	struct area *areas;		/* by address */
	size_t n;
	uint64_t guard;			/* bytes after each */
	uint64_t percpu_end;		/* after the highest of per-CPU memory; 0: none */
	uint64_t percpu_align;		/* they are multiples of that */
	uint64_t low;			/* the lowest of all but those of modules */
	/* Where modules have a range of their own, or 0. */
	uint64_t modules, modules_end;
	bool bpf_below;			/* and BPF programs below it */
	const char *why;		/* there are none */
};

/* "0xffffc90000000000-0xffffc90000005000   20480 caller+0x1/0x2 pages=4 ..." */
static bool parse_line(const char *line, struct area *a)
{
	a->line = line;
	return skip(&line, "0x") && scan_number(&line, 16, &a->start) &&
	       skip(&line, "-0x") && scan_number(&line, 16, &a->end) &&
	       *line == ' ' && a->end > a->start;
}

/* Areas are made of pages; hashed addresses are any number. */
static bool is_hashed(const struct area *a)
{
	return (a->start | a->end) & 4095;
}

static int compare_areas(const void *a, const void *b)
{
	const struct area *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* The I/O space of a PCI host bridge, on powerpc, is not called ioremap in 6.1. */
static bool is_of_device(const char *line)
{
	return line_has(line, " ioremap") ||
	       line_has(line, " pcibios_map_phb_io_space+");
}

/* Memory of devices has a range of its own on some architectures. */
static bool is_of_kind(const struct vmallocinfo *info, const struct area *a,
		       bool modules)
{
	bool inside = a->start >= info->modules && a->end <= info->modules_end;

	if (info->bpf_below && a->end <= info->modules)
		return false;
	return inside == modules && !is_of_device(a->line);
}

/* Each area of this kind starts no lower and ends no higher than it may. */
static void take_bounds(struct vmallocinfo *info, bool modules,
			enum item start, const char *how)
{
	uint64_t low = UINT64_MAX, high = 0;

	for (size_t i = 0; i < info->n; i++) {
		const struct area *a = &info->areas[i];

		if (!is_of_kind(info, a, modules))
			continue;
		low = a->start < low ? a->start : low;
		high = a->end > high ? a->end : high;
	}
	if (!high)
		return;
	info->items[start] = range(0, low, how);
	info->items[start + 1] = range(high - 1, UINT64_MAX, how);
}

/*
 * /proc/kcore has a segment for modules if they do not share vmalloc's.  Without
 * it: on 64-bit MIPS they are within reach of the image, and vmalloc is not; on
 * 32-bit ARM they are below the direct map, and all else is above.
 */
static bool find_modules(struct vmallocinfo *info, struct machine *m)
{
	const char *why, *config = machine_config_file(m, &why);
	const struct elfcore *core = machine_core(m, &why);

	if (core && core->modules) {
		info->modules = core->modules->vaddr;
		info->modules_end = core->modules->vaddr + core->modules->size;
		/* Until 5.16. */
		info->bpf_below = core->machine == EM_AARCH64;
	} else if (core && core->machine == EM_MIPS) {
		info->modules = CKSSEG;
		info->modules_end = UINT64_MAX;
	} else if (!core && is_switched_on(config, "CONFIG_ARM")) {
		config = after(config, "CONFIG_PAGE_OFFSET=");
		return config && scan_number(&config, 0, &info->modules_end);
	}
	return core;
}

/* Which of these is the caller depends on what the compiler inlined. */
static bool is_stack(const char *line)
{
	static const char *const callers[] = {
		" alloc_thread_stack_node+", " dup_task_struct+",
		" copy_process+", " kernel_clone+", " fork_idle+",
		" create_io_thread+",
	};

	for (size_t i = 0; i < ARRAY_SIZE(callers); i++) {
		if (line_has(line, callers[i]))
			return true;
	}
	return false;
}

/* Every task got its stack from the same function, in one size. */
static void take_stack_size(struct vmallocinfo *info)
{
	uint64_t size = 0;

	for (size_t i = 0; i < info->n; i++) {
		const struct area *a = &info->areas[i];

		if (!is_stack(a->line))
			continue;
		if (size && size != a->end - a->start)
			return;
		size = a->end - a->start;
	}
	if (info->guard && size > info->guard)
		info->items[STACK_SIZE] = number(size - info->guard,
						 "each area for the stack of a task, less its guard page");
}

/* Chunks of the per-CPU allocator, an area for each group of CPUs. */
static bool is_percpu(const struct area *a)
{
	return line_has(a->line, " pcpu_get_vm_areas+");
}

static void take_percpu(struct vmallocinfo *info)
{
	uint64_t bits = 0;

	info->low = UINT64_MAX;
	for (size_t i = 0; i < info->n; i++) {
		const struct area *a = &info->areas[i];

		if (is_of_kind(info, a, false) && a->start < info->low)
			info->low = a->start;
		if (!is_percpu(a))
			continue;
		bits |= a->start | a->end;
		if (a->end > info->percpu_end)
			info->percpu_end = a->end;
	}
	info->percpu_align = bits & -bits;
}

static void take_areas(struct vmallocinfo *info, const char *text,
		       struct pool *pool)
{
	size_t lines = 1;
	bool hashed = false;

	for (const char *line = text; line; line = next_line(line))
		lines++;
	info->areas = pool_alloc(pool, lines * sizeof(*info->areas));
	for (const char *line = text; line; line = next_line(line)) {
		if (!parse_line(line, &info->areas[info->n]))
			continue;
		hashed = hashed || is_hashed(&info->areas[info->n]);
		info->n++;
	}
	if (info->n && hashed) {
		info->n = 0;
		info->why = "/proc/vmallocinfo hashes addresses: it needs kernel.kptr_restrict=1 and CAP_SYSLOG";
	}
	if (info->n)
		qsort(info->areas, info->n, sizeof(*info->areas), compare_areas);
}

static const void *load(struct machine *m)
{
	struct pool *pool = machine_pool(m);
	struct vmallocinfo *info = pool_alloc(pool, sizeof(*info));
	const char *text;
	bool known;

	text = machine_file(m, "/proc/vmallocinfo", NULL, &info->why);
	if (text) {
		info->why = "/proc/vmallocinfo lists no such area";
		take_areas(info, text, pool);
	}
	info->guard = machine_page_size(m);
	known = find_modules(info, m);
	for (size_t i = 0; i < N_ITEMS; i++)
		info->items[i] = unknown(known || !info->n ? info->why :
			"needs /proc/kcore to tell which areas are of modules");
	if (known) {
		take_bounds(info, false, VMALLOC_START,
			    "all areas but those of modules");
		take_bounds(info, true, MODULES_START, "all areas of modules");
	}
	take_stack_size(info);
	if (known)
		take_percpu(info);
	return info;
}

static const struct rule rules[] = {
	{ NULL, RECORD_REGION, "vmalloc", "start", VMALLOC_START, 0 },
	{ NULL, RECORD_REGION, "vmalloc", "end", VMALLOC_LAST, 0 },
	{ NULL, RECORD_REGION, "modules", "start", MODULES_START, 0 },
	{ NULL, RECORD_REGION, "modules", "end", MODULES_LAST, 0 },
	{ NULL, RECORD_FACT, "thread_size", "value", STACK_SIZE, 0 },
};

static const struct area *area_at(const struct vmallocinfo *info,
				  uint64_t addr)
{
	size_t low = 0, high = info->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addr < info->areas[middle].start)
			high = middle;
		else if (addr >= info->areas[middle].end)
			low = middle + 1;
		else
			return &info->areas[middle];
	}
	return NULL;
}

/*
 * An object of vmalloc() and a stack are at the start of an area.  That it was
 * asked for as a stack does not tell which task's.
 */
static void check_start(const struct vmallocinfo *info, struct verification *v,
			const char *witness, bool stack)
{
	const struct value *value = value_of(v, RECORD_WITNESS, witness, "addr");
	const struct witness *w = layout_witness(v->layout, witness);
	const struct area *a;
	bool nameless;

	if (!value || !w || strcmp(w->region_name, "vmalloc"))
		return;
	if (!info->n) {
		report(v, value, CANNOT_SAY, "%s", info->why);
		return;
	}
	a = area_at(info, w->addr);
	/* Without kallsyms callers have no names. */
	nameless = a && line_has(a->line, " 0xff");
	if (!a || a->start != w->addr)
		report(v, value, DISAGREES, "no area starts there");
	else if (stack && is_stack(a->line))
		report(v, value, ALLOWS, "an area for a stack starts there");
	else if (!stack && line_has(a->line, "[kvas]"))
		report(v, value, AGREES, "an area for it starts there");
	else
		report(v, value, stack || nameless ? ALLOWS : DISAGREES,
		       "the area that starts there was asked for by %s function",
		       nameless ? "a nameless" : "another");
}

/*
 * pcpu_get_vm_areas() looks for room from the top down, so the first chunk that
 * needed some is as high as its alignment allows.  Where chunks have gone since,
 * the highest left is lower, but with 64 bits never in the lower half.
 */
static void check_percpu_end(const struct vmallocinfo *info, struct verification *v)
{
	const struct value *end = value_of(v, RECORD_REGION, "vmalloc", "end");
	uint64_t top = info->percpu_end, near = 2 * info->percpu_align - 1;

	if (!end || !end->is_number || !top)
		return;
	if (end->number - (top - 1) <= near)
		expect_value(v, end, range(top - 1, top - 1 + near,
					   "per-CPU memory is at the top of vmalloc"));
	else if (v->layout->bits == 64 && info->low < top)
		expect_value(v, end, range(top - 1, top - 1 + (top - info->low),
					   "per-CPU memory is in the upper half of vmalloc"));
}

/* What is no part of the first chunk is part of one in vmalloc. */
static void check_percpu_object(const struct vmallocinfo *info, struct verification *v)
{
	const struct witness *w = layout_witness(v->layout, "percpu_dynamic");
	const struct value *addr = value_of(v, RECORD_WITNESS, "percpu_dynamic", "addr");
	const struct area *a;

	if (!w || w->absent || strcmp(w->region_name, "vmalloc"))
		return;
	if (!info->n) {
		report(v, addr, CANNOT_SAY, "%s", info->why);
		return;
	}
	a = area_at(info, w->addr);
	report(v, addr, a && is_percpu(a) ? ALLOWS : DISAGREES, "against the areas of per-CPU memory");
}

static void check(const void *evidence, struct verification *v)
{
	const struct vmallocinfo *info = evidence;

	apply_rules(v, rules, ARRAY_SIZE(rules), info->items);
	check_start(info, v, "vmalloc", false);
	check_start(info, v, "reader_stack", true);
	check_start(info, v, "init_stack", true);
	check_percpu_end(info, v);
	check_percpu_object(info, v);
}

const struct source source_vmallocinfo = {
	.name = "vmallocinfo",
	.title = "/proc/vmallocinfo",
	.load = load,
	.check = check,
};
