// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptdump.c - the kernel's own dump of its page tables in debugfs, where
 * PTDUMP_DEBUGFS is set (arch/x86/mm/dump_pagetables.c).
 *
 * A line "---[ name ]---" stands before the first entry that starts at or
 * after a marker of the kernel, and then a line for each run of like entries.
 * So a marker is after the start of the entry before, and no later than
 * where its first run starts: exactly there, unless it lies inside a hole.
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "verify.h"

enum item {
	DIRECT_MAP, VMALLOC, VMEMMAP, KASAN, KASAN_END, LDT, ENTRY_AREA,
	ESPFIX, EFI, HIGH_KERNEL, MODULES, MODULES_END,
	N_ITEMS,
};

static const struct {
	enum item item;
	const char *name;
} markers[] = {
	{ DIRECT_MAP, "Low Kernel Mapping" },	{ VMALLOC, "vmalloc() Area" },
	{ VMEMMAP, "Vmemmap" },			{ KASAN, "KASAN shadow" },
	{ KASAN_END, "KASAN shadow end" },	{ LDT, "LDT remap" },
	{ ENTRY_AREA, "CPU entry Area" },	{ ESPFIX, "ESPfix Area" },
	{ EFI, "EFI Runtime Services" },	{ HIGH_KERNEL, "High Kernel Mapping" },
	{ MODULES, "Modules" },			{ MODULES_END, "End Modules" },
};

struct run {
	uint64_t start, end;		/* one past the last byte, or 0 */
	uint64_t entry;			/* size of one of its entries */
};

/* "0xffff888000000000-0xffff888000001000    4K   RW   GLB NX pte" */
static bool parse_run(const char *line, struct run *r)
{
	static const struct {
		const char *name;
		unsigned int shift;
	} levels[] = {
		{ "pte", 12 }, { "pmd", 21 }, { "pud", 30 }, { "p4d", 39 },
		{ "pgd", 39 },
	};
	const char *p = line;

	if (!skip(&p, "0x") || !scan_number(&p, 16, &r->start) ||
	    !skip(&p, "-0x") || !scan_number(&p, 16, &r->end))
		return false;
	r->entry = 0;
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		if (line_has_word(p, levels[i].name))
			r->entry = UINT64_C(1) << levels[i].shift;
	}
	/* With five levels an entry of the top one is larger. */
	if (line_has_word(p, "pgd") && (r->end - r->start) >> 48 &&
	    !((r->start | r->end) & ((UINT64_C(1) << 48) - 1)))
		r->entry = UINT64_C(1) << 48;
	return r->entry != 0;
}

static bool parse_marker(const char *line, size_t *which)
{
	if (!skip(&line, "---[ "))
		return false;
	for (*which = 0; *which < ARRAY_SIZE(markers); ++*which) {
		size_t n = strlen(markers[*which].name);

		if (!strncmp(line, markers[*which].name, n) &&
		    !strncmp(line + n, " ]", 2))
			break;
	}
	return true;
}

/* Reads run after run; the first one after a marker bounds it. */
struct reader {
	struct known *items;
	size_t marker;			/* or as many as there are: none */
	bool waiting;			/* for the first run after it */
	struct run last;
	uint64_t low;			/* the marker before is after this */
	unsigned int runs;		/* after the marker before */
};

static void place_marker(struct reader *r, const struct run *first)
{
	uint64_t low = r->last.entry ? first->start - r->last.entry + 1 : 0;

	/* Two markers in one hole show one entry after the other. */
	if (r->runs == 1 && r->last.end - r->last.start <= r->last.entry)
		low = r->low;
	r->low = low;
	r->runs = 0;
	r->waiting = false;
	if (r->marker < ARRAY_SIZE(markers))
		r->items[markers[r->marker].item] =
			range(low, first->start, markers[r->marker].name);
}

static void take_line(struct reader *r, const char *line)
{
	struct run run;

	if (parse_marker(line, &r->marker)) {
		r->waiting = true;
	} else if (parse_run(line, &run)) {
		if (r->waiting)
			place_marker(r, &run);
		r->runs++;
		r->last = run;
	}
}

static const void *load(struct machine *m)
{
	static const char *const paths[] = {
		"/sys/kernel/debug/page_tables/kernel",
		"/sys/kernel/debug/kernel_page_tables",
	};
	struct known *items = pool_alloc(machine_pool(m),
					 N_ITEMS * sizeof(*items));
	struct reader r = { .items = items, .marker = ARRAY_SIZE(markers) };
	const char *text = NULL, *why;

	for (size_t i = 0; i < ARRAY_SIZE(paths) && !text; i++)
		text = machine_file(m, paths[i], NULL, &why);
	for (size_t i = 0; i < N_ITEMS; i++)
		items[i] = unknown(text ? "the dump has no such marker" :
			"this kernel has no dump of its page tables (PTDUMP_DEBUGFS)");
	for (const char *line = text; line; line = next_line(line))
		take_line(&r, line);
	return items;
}

static const struct rule rules[] = {
	{ "x86_64", RECORD_REGION, "direct_map", "start", DIRECT_MAP, 0 },
	{ "x86_64", RECORD_REGION, "vmalloc", "start", VMALLOC, 0 },
	{ "x86_64", RECORD_REGION, "vmemmap", "start", VMEMMAP, 0 },
	{ "x86_64", RECORD_REGION, "kasan_shadow", "start", KASAN, 0 },
	{ "x86_64", RECORD_REGION, "kasan_shadow", "end", KASAN_END, -1 },
	{ "x86_64", RECORD_REGION, "ldt_remap", "start", LDT, 0 },
	{ "x86_64", RECORD_REGION, "cpu_entry_area", "start", ENTRY_AREA, 0 },
	{ "x86_64", RECORD_REGION, "espfix", "start", ESPFIX, 0 },
	{ "x86_64", RECORD_REGION, "efi_runtime", "start", EFI, 0 },
	{ "x86_64", RECORD_REGION, "image_window", "start", HIGH_KERNEL, 0 },
	{ "x86_64", RECORD_REGION, "modules", "start", MODULES, 0 },
	{ "x86_64", RECORD_REGION, "modules", "end", MODULES_END, -1 },
};

/* Where the first run starts at the published place, that is no chance. */
static void check(const void *evidence, struct verification *v)
{
	const struct known *items = evidence;

	apply_rules(v, rules, ARRAY_SIZE(rules), items);
	for (size_t i = 0; i < ARRAY_SIZE(rules) && is_arch(v, "x86_64"); i++) {
		const struct rule *r = &rules[i];
		const struct value *value = value_of(v, r->type, r->name, r->key);
		const struct known *k = &items[r->item];

		if (value && k->kind == RANGE &&
		    value->number == k->high + (uint64_t)r->add)
			report(v, value, AGREES, "the first entry after \"%s\"",
			       k->how);
	}
}

const struct source source_ptdump = {
	.name = "ptdump",
	.title = "the kernel's own dump of its page tables",
	.load = load,
	.check = check,
};
